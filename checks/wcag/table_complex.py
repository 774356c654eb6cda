"""A blind person hears one header of three for a figure in a table of many layers, and takes it for the wrong year or county."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document
from checks.tables import Cell, Grid, grid

LAYERS = '<tr><th rowspan="2">县区</th><th colspan="2">2025年</th><th colspan="2">2026年</th></tr>'
NAMES = "<tr><th>新办</th><th>换领</th><th>新办</th><th>换领</th></tr>"
DATA = "<tr><td>浔江区</td><td>120</td><td>80</td><td>130</td><td>95</td></tr>"


@check(
    id="table-complex-headers",
    criteria=("1.3.1",),
    impact=Impact.MODERATE,
    title="多层表头没有写明管哪些格",
    title_en="Layered headers do not say which cells they govern",
    who="使用读屏软件的盲人在多层表头的表格里听不全各层表头，容易把数字归到别的年份、地区或项目上。",
    who_en="In a table of layered headers a blind person does not hear all of them and may take a figure for another year or county.",
    repair=(
        "尽量把表格拆成几张只有一行表头的简单表格。",
        '不能拆的，请开发单位给跨列的表头写 scope="colgroup"（跨行的写 scope="rowgroup"），或者用 headers 属性逐格写明。',
    ),
    repair_en=(
        "Split the table into simple ones with a single row of headers where possible.",
        'Else ask the vendor for scope="colgroup" (or "rowgroup") on headers that span, or a headers attribute on each cell.',
    ),
    verify="用读屏软件移到任一格，能听到它的每一层表头。",
    before=f"<table>{LAYERS}{NAMES}{DATA}</table>",
    after=f'<table>{LAYERS.replace("<th colspan", "<th scope=colgroup colspan")}{NAMES}{DATA}</table>',
    unsure=(
        f"<table><thead>{LAYERS}{NAMES}</thead><tbody>{DATA}{DATA}</tbody></table>",
        "<table><tr><th>姓名</th><th>电话</th></tr><tr><td>张某</td><td>1</td></tr><tr><th>科室</th><th>地址</th></tr><tr><td>一科</td><td>二楼</td></tr></table>",
    ),
    good=(
        "<table><tr><th>姓名</th><th>电话</th></tr><tr><td>张某</td><td>1</td></tr></table>",
        "<table><tr><th>姓名</th><td>张某</td></tr><tr><th>电话</th><td>1</td></tr></table>",
        f'<table role="presentation">{LAYERS}{NAMES}{DATA}</table>', f"<table hidden>{LAYERS}{NAMES}{DATA}</table>",
        '<table><tr><th colspan="2">人员</th></tr><tr><td>张某</td><td>1</td></tr></table>',
        '<table><tr><th id="a" colspan="2">2025年</th></tr><tr><th id="b" headers="a">新办</th><th id="c" headers="a">换领</th></tr>'
        '<tr><td headers="a b">1</td><td headers="a c">2</td></tr></table>',
        "<table><tr><th></th><th>周一</th><th>周二</th></tr><tr><th>上午</th><td>开</td><td>开</td></tr><tr><th>下午</th><td>开</td><td>休</td></tr></table>",
    ),
)  # fmt: skip
def table_complex(document: Document) -> Iterator[Hit]:
    """H43, H63: two and more rows of headers of which some span, or a row of headers among the data, and neither scope nor headers."""
    for table in document.by_role("table", "grid"):
        if table.hidden or table.tag != "table":
            continue
        cells = grid(table)
        if not any(cell.header for cell in cells.cells):
            continue
        data = [cell for cell in cells.cells if not cell.header and cell.node.text]
        if not data:
            continue
        if any(cell.node.refers("headers") for cell in data):
            yield passed(table)
        elif told := _layers(cells) or _among(cells):
            yield unsure(table, f"表格{told}；请核对读屏软件在每一格是否读出全部表头，必要时拆成简单的表格")
        else:
            yield passed(table)


def _layers(cells: Grid) -> str:
    top = (cells.row(number) for number in range(min(cells.height, 6)))
    rows = [row for row in top if row and all(cell.header or not cell.node.text for cell in row)]
    spanning = [cell for row in rows for cell in row if cell.header and cell.columns > 1]
    marked = all(cell.node.get("scope").strip().lower() == "colgroup" for cell in spanning)
    return f"有{len(rows)}行表头，其中有跨列的，没有用 scope 写明" if len(rows) >= 2 and len(spanning) >= 2 and not marked else ""


def _among(cells: Grid) -> str:
    """A row of two and more headers, and nothing else, below a row of data."""
    seen_data = False
    for number in range(cells.height):
        row = [cell for cell in cells.row(number) if cell.node.text]
        if seen_data and len(row) >= 2 and all(map(_header, row)):
            return f"在第{number + 1}行又换了一组表头"
        seen_data = seen_data or any(not cell.header for cell in row)
    return ""


def _header(cell: Cell) -> bool:
    return cell.header
