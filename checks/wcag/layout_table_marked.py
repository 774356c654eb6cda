"""A blind person is led into a «table with headers» that only holds the columns of the page together."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, unsure
from checks.document import Document, Node
from checks.tables import grid

HEAVY = ("table", "form", "ul", "ol", "h1", "h2", "h3", "iframe", "video", "article", "section", "nav")
COLUMN = "<h2>通知公告</h2><ul><li>关于换领残疾人证的通知</li></ul>"


@check(
    id="layout-table-marked",
    criteria=("1.3.1",),
    impact=Impact.MODERATE,
    title="排版用的表格带有数据表格的标记",
    title_en="Layout table carries the marks of a data table",
    who="使用读屏软件的盲人听到“表格、表头”，以为有数据要逐格去听，其实只是页面分栏。",
    who_en="A blind person is told of a table with headers and expects data, while it only holds the columns of the page together.",
    repair=(
        '请开发单位在排版用的表格上加 role="presentation"，并去掉其中的 <th>、<caption> 和 summary 属性；最好改用样式表分栏。',
    ),
    repair_en=(
        'Ask the vendor to put role="presentation" on the layout table and to remove <th>, <caption> and summary; better, use CSS columns.',
    ),
    verify="用读屏软件读到这里，听不到“表格”，内容的先后合理。",
    before=f"<table><tr><th>{COLUMN}</th><td>{COLUMN}</td></tr></table>",
    after=f'<table role="presentation"><tr><td>{COLUMN}</td><td>{COLUMN}</td></tr></table>',
    unsure=(
        f'<table summary="页面布局"><tr><td>{COLUMN}</td><td>{COLUMN}</td></tr></table>',
        '<table role="presentation"><tr><th>左栏</th><th>右栏</th></tr><tr><td>甲</td><td>乙</td></tr></table>',
        f"<table><caption>首页</caption><tr><td>{COLUMN}</td></tr></table>",
    ),
    good=(
        f"<table><tr><td>{COLUMN}</td><td>{COLUMN}</td></tr></table>",
        "<table><tr><th>项目</th><th>标准</th></tr><tr><td>补贴</td><td>120元</td></tr></table>",
        '<table role="presentation"><tr><td>甲</td><td>乙</td></tr></table>', f'<table summary=""><tr><td>{COLUMN}</td></tr></table>',
        "<table><tr><th>材料</th><td><ul><li>身份证</li></ul></td></tr><tr><th>时限</th><td>5天</td></tr></table>",
        f"<table hidden><tr><th>{COLUMN}</th></tr></table>",
    ),
)  # fmt: skip
def layout_table_marked(document: Document) -> Iterator[Hit]:
    """F46: the page says presentation, or its cells hold headings, lists or other tables; and <th>, <caption> or summary stand there."""
    for table in document.elements("table"):
        if not table.visible or table.hidden:
            continue
        said = table.get("role").strip().lower() in ("presentation", "none")
        marks = list(_marks(table))
        if marks and (said or _heavy(table)):
            yield unsure(table, f"这张表格看来只用于排版，却带有{'、'.join(marks)}；若是排版用的，请去掉")


def _heavy(table: Node) -> bool:
    cells = [cell.node for cell in grid(table).cells if cell.node.text]
    heavy = sum(any(cell.descendants(*HEAVY)) for cell in cells)
    return bool(cells) and heavy >= 0.8 * len(cells) and len(cells) <= 12


def _marks(table: Node) -> Iterator[str]:
    if any(cell.node.tag == "th" for cell in grid(table).cells):
        yield "表头单元格（th）"
    if any(child.tag == "caption" and child.text for child in table.children):
        yield "表格标题（caption）"
    if table.get("summary").strip():
        yield "表格摘要（summary）"
