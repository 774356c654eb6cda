"""A blind person hears the caption of a table as one more cell; yet a header that other headers name is no caption."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, passed
from checks.document import Document
from checks.tables import grid

ROWS = "<tr><th>姓名</th><th>职务</th></tr><tr><td>张某某</td><td>窗口负责人</td></tr><tr><td>李某某</td><td>咨询员</td></tr>"


@check(
    id="table-fake-caption",
    bad=(f'<table><tr><td colspan="2">窗口人员一览表</td></tr>{ROWS}</table>',
         f'<table><tr><td></td></tr><tr><td colspan="2"><b>窗口人员一览表</b></td></tr>{ROWS}</table>'),
    good=(
        f"<table><caption>窗口人员一览表</caption>{ROWS}</table>", f"<table>{ROWS}</table>",
        '<table><tr><th id="a" colspan="2">姓名</th></tr><tr><th headers="a">姓</th><th headers="a">名</th></tr></table>',
        f'<table role="presentation"><tr><td colspan="2">窗口人员一览表</td></tr>{ROWS}</table>',
        '<table><tr><td colspan="2">今天天气很好</td></tr><tr><td>左</td><td>右</td></tr></table>',
    ),
)  # fmt: skip
def caption_in_cell(document: Document) -> Iterator[Hit]:
    """1.3.1: the first row that says anything is one <td> over the whole width of a table with headers and without <caption>."""
    for table in document.by_role("table"):
        if table.tag != "table" or table.hidden or any(child.tag == "caption" and child.text for child in table.children):
            continue
        cells = grid(table)
        rows = (cells.row(number) for number in range(min(cells.height, 5)))
        first = next((row for row in rows if any(cell.node.text for cell in row)), [])
        if len(first) != 1 or cells.width < 2 or first[0].columns < cells.width:
            continue
        node = first[0].node
        later = [cell for cell in cells.cells if cell.row > first[0].row]
        if node.tag == "th" and node.get("id") in {word for cell in later for word in cell.node.get("headers").split()}:
            yield passed(table)
        elif node.tag == "th" or len(node.text) > 60 or any(node.descendants("a", "img", "input")):
            continue
        elif any(cell.header for cell in later):
            yield failed(table, f"表格的标题“{node.text[:30]}”写在单元格里；请改用 <caption>，或在“表格属性”中填写标题")
