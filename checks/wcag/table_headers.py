"""A blind person goes through a table cell by cell and is told the wrong header, or a header that belongs to nothing."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, passed
from checks.document import Document, Node
from checks.tables import Cell, Grid, grid

TABLES = ("table", "grid", "treegrid")


@check(
    id="td-headers-attr",
    bad=(
        '<table><tr><th id="a">项目</th><th id="b">标准</th></tr><tr><td headers="a">补贴</td><td headers="c">120元</td></tr></table>',
        '<table><tr><th id="a">项目</th></tr></table><table><tr><th>标准</th></tr><tr><td headers="a">120元</td></tr></table>',
        '<table><tr><th>项目</th></tr><tr><td id="b" headers="b">补贴</td></tr></table>',
        '<table><tr><th><span id="a">项目</span></th></tr><tr><td headers="a">补贴</td></tr></table>',
    ),
    good=(
        '<table><tr><th id="a">项目</th></tr><tr><td headers="a">补贴</td></tr></table>',
        '<table><tr><td role="columnheader" id="a">项目</td></tr><tr><td headers="a">补贴</td></tr></table>',
        '<table><tr><th>项目</th></tr><tr><td headers="">补贴</td></tr></table>',
        '<table role="presentation"><tr><td>项目</td></tr><tr><td headers="a">补贴</td></tr></table>',
        '<table hidden><tr><th>项目</th></tr><tr><td headers="a">补贴</td></tr></table>',
    ),
)
def headers_attribute(document: Document) -> Iterator[Hit]:
    """1.3.1, ACT a25f45: every name in headers is the id of another cell of the same table. Axe, too, speaks of the table."""
    tables: dict[int, tuple[Node, list[str]]] = {}
    for cell in document.with_attribute("headers"):
        table = cell.inside("table", *TABLES)
        if cell.tag not in ("td", "th") or table is None or table.role not in TABLES or not table.exposed or cell.hidden:
            continue
        told = tables.setdefault(table.index, (table, []))[1]
        told += [f"{word}”{wrong}" for word in cell.get("headers").split() if (wrong := _wrong(cell, word, table))]
    for table, told in tables.values():
        if told:
            many = f"，这样的共{len(told)}处" if len(told) > 1 else ""
            yield failed(table, f"headers 属性写的“{told[0]}{many}；请改为本表格中表头单元格的 id，表格简单的可以改用 scope")
        else:
            yield passed(table)


def _wrong(cell: Node, word: str, table: Node) -> str:
    header = cell.by_id(word)
    if header is None:
        return "在网页中不存在"
    if header is cell:
        return "就是这个单元格自己"
    if header.tag not in ("td", "th"):
        return "不是单元格"
    return "" if header.inside("table", *TABLES) is table else "在另一张表格里"


@check(
    id="th-has-data-cells",
    bad=(
        "<table><tr><th>时间</th><th>班次</th></tr><tr><td>05:41</td></tr></table>",
        '<table><tr><th scope="row">时间</th></tr><tr><td>05:41</td></tr></table>',
        '<div role="table"><div role="row"><span role="columnheader">时间</span><span role="columnheader">班次</span></div>'
        '<div role="row"><span role="cell">05:41</span></div></div>',
        '<table><tr><th id="a">时间</th><th id="b">班次</th></tr><tr><td headers="a">05:41</td><td headers="a">1</td></tr></table>',
    ),
    good=(
        "<table><tr><th>时间</th><th>班次</th></tr><tr><td>05:41</td><td>1</td></tr></table>",
        "<table><tr><th>时间</th><td>05:41</td></tr></table>",
        '<table><tr><th colspan="2">时间</th></tr><tr><td>05:41</td><td>06:41</td></tr></table>',
        '<table><tr><th id="a">时间</th><th id="b">班次</th></tr><tr><td headers="a b">05:41</td></tr></table>',
        '<table><tr><th rowspan="2">站</th><th colspan="2">时间</th></tr><tr><th>到</th><th>发</th></tr>'
        "<tr><td>东</td><td>5</td><td>6</td></tr></table>",
        '<table><tr><th scope="col">室</th><th scope="col">时间</th></tr><tr><th scope="row">书库</th><td>9时</td></tr></table>',
        '<table role="presentation"><tr><th>时间</th></tr></table>', "<table><tr><th>时间</th><th>班次</th></tr></table>",
        "<table><tr><th></th><th>班次</th></tr><tr><th>早</th><td>1</td></tr></table>",
    ),
)  # fmt: skip
def header_has_cells(document: Document) -> Iterator[Hit]:
    """1.3.1, ACT d0f69e: each header has a cell in its column, its row, or one that names it.

    Axe, too, speaks of the table; tables of headers alone are left to it."""
    for table in document.by_role(*TABLES):
        if table.hidden:
            continue
        cells = grid(table)
        named = {word for cell in cells.cells for word in cell.node.get("headers").split()}
        if all(cell.header for cell in cells.cells):
            continue
        headers = [cell for cell in cells.cells if cell.header and cell.node.text and not cell.node.hidden]
        idle = [cell.node for cell in headers if cell.node.get("id") not in named and not _serves(cell, cells)]
        if idle:
            words = "、".join(f"“{node.text[:20]}”" for node in idle[:3])
            yield failed(table, f"表头{words}没有对应的数据单元格；请补上数据，或者改为普通单元格")
        elif headers:
            yield passed(table)


def _serves(header: Cell, cells: Grid) -> bool:
    scope = header.node.get("scope").strip().lower()
    for cell in cells.cells:
        if cell is header:
            continue
        if cell.node.refers("headers"):
            continue  # it names its headers itself
        under = cell.column < header.column + header.columns and header.column < cell.column + cell.columns
        below = under and cell.row >= header.row + header.rows
        beside = cell.row < header.row + header.rows and header.row < cell.row + cell.rows
        if below and scope not in ("row", "rowgroup") and header.node.role != "rowheader":
            return True  # other headers below count too, as in a first column of row headers
        if beside and not cell.header and scope not in ("col", "colgroup"):
            return True
    return scope in ("rowgroup", "colgroup")
