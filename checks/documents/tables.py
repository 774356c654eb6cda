"""In a table without headers a listener hears numbers and does not learn what they stand for."""

from __future__ import annotations

from checks.attachments import Facts, Hit, Impact, attachment_check, docx, failed, passed, pdf, unsure, xlsx

LONG = 3
MANY_MERGED = 5


@attachment_check(
    id="file-table-header",
    kinds=("pdf", "docx", "xlsx"),
    criteria=("1.3.1",),
    impact=Impact.SERIOUS,
    title="文档里的表格没有表头",
    title_en="Tables of the document have no header cells",
    who="使用读屏软件的盲人在表格里移动时听不到行列名称，一串数字不知道是金额、人数还是日期。",
    who_en="Moving through the table, a blind person does not hear which column a number belongs to.",
    repair=(
        "Word、WPS：选中表格第一行，“表格属性”→“行”，勾选“在各页顶端以标题行形式重复出现”。",
        "Excel、WPS 表格：选中数据，“插入”→“表格（超级表）”，勾选“表包含标题”；或者冻结首行，并在“页面布局”→“打印标题”里设置顶端标题行。",
        "只有 PDF 的：用 Acrobat 的“阅读顺序”→“表格编辑器”，把表头单元格的类型设为“标题单元格”。",
    ),
    repair_en=(
        "Word, WPS: mark the first row as “Repeat as header row”.",
        "Excel: make it a table with headers, or freeze the first row and set it as print title.",
        "PDF only: set the type of header cells in Acrobat's table editor.",
    ),
    verify="用读屏软件在表格里左右移动，每个单元格先读列名再读内容。",
    before="第一行：普通单元格",
    after="第一行：标题行",
    bad=(pdf(tables={"count": 2, "without_header": 1, "plain": 1}),),
    unsure=(
        pdf(tables={"count": 2, "without_header": 1}),
        docx(tables={"without_header": 1}),
        xlsx({"header": False}),
        xlsx({}, {"name": "附表", "header": False, "widest": 2}),
    ),
    good=(
        pdf(),
        docx(),
        xlsx(),
        pdf(tagged=False, tables={"without_header": 1}),
        xlsx({"header": False, "rows": 1}),
        docx(tables={"count": 0}),
    ),
)
def file_table_header(facts: Facts) -> Hit | None:
    """Failed where a tagged PDF has a table without TH or Headers that is plainly data (F91).

    Other tables may be forms or set a page out; so may a table of Word, and rows of Excel may be no table.
    """
    if facts["kind"] == "xlsx":
        without = [sheet["name"] for sheet in facts["sheets"] if sheet["rows"] > LONG and sheet["widest"] > 1 and not sheet["header"]]
        return (
            unsure(f"工作表“{'”、“'.join(without[:3])}”的数据没有设为表格，也没有冻结或打印标题行，请看表头是否标明")
            if without
            else passed()
        )
    tables = facts["tables"]
    if not tables["count"] or (facts["kind"] == "pdf" and not facts["tagged"]):
        return None
    if not tables["without_header"]:
        return passed()
    told = f"{tables['count']} 个表格中有 {tables['without_header']} 个没有表头"
    if facts["kind"] == "pdf":
        return failed(told) if tables["plain"] else unsure(f"{told}，请看它们是数据表，还是只用来填写或排版")
    return unsure(f"{told}（标题行），请看它们是数据表还是填写用的表")


@attachment_check(
    id="file-table-merged",
    kinds=("docx", "xlsx"),
    criteria=("1.3.1",),
    impact=Impact.MODERATE,
    title="表格里有合并单元格",
    title_en="Table has merged cells",
    who="使用读屏软件的盲人在有合并单元格的表里移动，行列对不上，会把别人的数字当成自己的。",
    who_en="In tables with merged cells rows and columns do not match for a listener.",
    repair=("把合并的单元格拆开，每格都写上内容；一张复杂的表可以拆成几张简单的表。", "标题不要写在合并的第一行里，写在表格上方。"),
    repair_en=(
        "Split merged cells and fill in each; make several simple tables of a complex one.",
        "Put the title above the table, not into a merged first row.",
    ),
    verify="用读屏软件逐格移动，每格读出的行名、列名都对。",
    before="第 1 行：合并 A1:F1，“发放名单”",
    after="标题写在表格上方；第 1 行是各列的名称",
    unsure=(docx(tables={"merged": 1}), xlsx({"merged": 8})),
    good=(docx(), xlsx(), xlsx({"merged": 1})),
)
def file_table_merged(facts: Facts) -> Hit | None:
    """Never failed: a merged cell with marked headers can be read rightly."""
    if facts["kind"] == "xlsx":
        names = [sheet["name"] for sheet in facts["sheets"] if sheet["merged"] >= MANY_MERGED]
        return unsure(f"工作表“{'”、“'.join(names[:3])}”里有多处合并单元格，请看行列是否清楚") if names else passed()
    merged = facts["tables"]["merged"]
    return unsure(f"有 {merged} 个表格含合并单元格，请看行列是否清楚") if merged else passed()
