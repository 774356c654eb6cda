"""The names of the sheets are what a listener chooses by."""

from __future__ import annotations

from checks.attachments import Facts, Hit, Impact, attachment_check, passed, unsure, xlsx


@attachment_check(
    id="file-sheet-name",
    kinds=("xlsx",),
    criteria=("2.4.6",),
    impact=Impact.MINOR,
    title="工作表没有起名",
    title_en="Sheets of the workbook have no names",
    who="使用读屏软件的盲人在几个工作表之间切换时，只听到“Sheet1、Sheet2”，不知道哪张是自己要的。",
    who_en="Moving between sheets, a blind person hears only “Sheet1, Sheet2”.",
    repair=("双击工作表标签，改成说明内容的名称，例如“2026 年发放名单”。", "删除空白的工作表。"),
    repair_en=("Double-click the tab and name the sheet by what it holds.", "Delete empty sheets."),
    verify="每个工作表的标签都说明内容，没有空白的工作表。",
    before="Sheet1　Sheet2　Sheet3",
    after="发放名单　补贴标准",
    unsure=(
        xlsx({"name": "Sheet1", "unnamed": True}, {"name": "Sheet2", "unnamed": True}),
        xlsx({}, {"name": "Sheet2", "unnamed": True, "rows": 0}),
    ),
    good=(xlsx(), xlsx({"name": "Sheet1", "unnamed": True}), xlsx({}, {"name": "补贴标准"})),
)
def file_sheet_name(facts: Facts) -> Hit | None:
    """Of a workbook with one sheet the name does not matter."""
    if len(facts["sheets"]) < 2:
        return None
    unnamed = [sheet["name"] for sheet in facts["sheets"] if sheet["unnamed"]]
    return unsure(f"有 {len(unnamed)} 个工作表没有起名：“{'”、“'.join(unnamed[:4])}”") if unnamed else passed()
