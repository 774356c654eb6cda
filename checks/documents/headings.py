"""Who cannot skim a page with the eyes jumps from heading to heading: only real ones can be jumped to."""

from __future__ import annotations

import itertools

from checks.attachments import Facts, Hit, Impact, attachment_check, docx, failed, passed, pdf, unsure

LONG = 3
"""Pages from which on a PDF without headings is put to a person."""

MANY_CHARACTERS = 3000
ENOUGH = 3
"""Numbered lines set as headings that prove that headings were meant."""


@attachment_check(
    id="file-headings",
    kinds=("pdf", "docx"),
    criteria=("1.3.1",),
    impact=Impact.SERIOUS,
    title="文档的标题不是真正的标题",
    title_en="Headings of the document are not real headings",
    who="使用读屏软件的盲人靠标题在长文件里跳转；标题只是加粗的普通文字，就只能从头听到尾。",
    who_en="Blind people jump from heading to heading; where those are only bold text, they must listen from beginning to end.",
    repair=(
        "Word、WPS：选中标题文字，在“开始”→“样式”里点“标题 1”“标题 2”，逐级使用，不要跳级；字体、字号在样式里改。",
        "再导出 PDF，导出时选择保留文档结构。",
    ),
    repair_en=(
        "Apply the heading styles, level by level; change typeface and size in the style.",
        "Then export the PDF with document structure.",
    ),
    verify="Word、WPS 的“视图”→“导航窗格”里列出了全部标题，层级正确。",
    before="一、申请条件（正文样式，加粗）",
    after="一、申请条件（“标题 1”样式）",
    bad=(docx(headings=[], heading_looks={"count": 4, "numbered": 3, "texts": ["一、申请条件", "二、补贴标准", "三、办理程序"]}),),
    unsure=(
        pdf(headings=[]), pdf(headings=[1, 3]), docx(headings=[1, 2, 4]), docx(headings=[], characters=5000),
        docx(headings=[], heading_looks={"count": 3, "texts": ["补贴对象"]}),
    ),
    good=(
        pdf(), docx(), pdf(headings=[], pages=2), pdf(headings=[], tagged=False), docx(headings=[], characters=500),
        pdf(headings=[2, 3, 2]),
    ),
)  # fmt: skip
def file_headings(facts: Facts) -> Hit | None:
    """Failed only where at least three numbered lines (一、 …) are set as headings and none is one (F2)."""
    headings = [level for level in facts["headings"] if level]
    if facts["kind"] == "pdf" and not facts["tagged"]:
        return None
    if facts["headings"]:
        jump = next(((before, after) for before, after in itertools.pairwise(headings) if after > before + 1), None)
        return unsure(f"标题从 {jump[0]} 级直接跳到 {jump[1]} 级，请核对层级") if jump else passed()
    if facts["kind"] == "pdf":
        return unsure(f"{facts['pages']} 页的文件没有一个标题标签") if facts["pages"] >= LONG else passed()
    looks = facts["heading_looks"]
    told = f"例如“{'”、“'.join(looks['texts'][:3])}”"
    if looks["numbered"] >= ENOUGH:
        return failed(f"有 {looks['count']} 行文字看上去是标题，却没有用标题样式，{told}")
    if looks["count"] >= ENOUGH:
        return unsure(f"有 {looks['count']} 行加粗的短句没有用标题样式，{told}，请看是不是标题")
    return unsure(f"正文约 {facts['characters']} 字，没有一个标题") if facts["characters"] > MANY_CHARACTERS else passed()
