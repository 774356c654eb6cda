"""A blind person hears «120», «元», «每月» cell by cell and not what they mean, as the bold first row is no header to the screen reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, unsure
from checks.document import Document, Node, number
from checks.tables import Cell, Grid, grid

FIGURE = re.compile(r"[-+]?[\d,.]+\s?[%％元人个项件万亿吨天年]*")
DIGITS = re.compile(r"\d")
ROWS = "<tr><td>生活补贴</td><td>每月150元</td><td>民政局</td></tr><tr><td>护理补贴</td><td>每月120元</td><td>民政局</td></tr>"
NUMBERS = "<tr><td>生活补贴</td><td>150</td><td>12,040人</td></tr>"
HEAD = "<tr><td>{0}项目{1}</td><td>{0}标准{1}</td><td>{0}发放单位{1}</td></tr>"


@check(
    id="table-without-header",
    criteria=("1.3.1",),
    impact=Impact.SERIOUS,
    covers=("td-has-header",),
    title="数据表格没有设表头",
    title_en="Data table has no header cells",
    who="使用读屏软件的盲人逐格听表格时，听不到这一格属于哪一列，一串数字和单位分不清是谁的。",
    who_en="A blind person who goes through the table cell by cell does not hear which column a figure belongs to.",
    repair=(
        "在后台编辑器的“表格属性”中，把第一行（需要时连同第一列）设为表头，不要只加粗或填底色。",
        '由模板生成的，请开发单位把表头单元格由 <td> 改为 <th scope="col">；只用来排版的表格，加上 role="presentation"。',
    ),
    repair_en=(
        "In the editor's table properties, make the first row (and the first column where needed) headers instead of bold or shaded cells.",
        'Where a template makes it, ask the vendor to use <th scope="col">; give role="presentation" to tables that only place things.',
    ),
    verify="用读屏软件在表格中移动，每到一格都先听到它的列标题。",
    before=f'<table border="1">{HEAD.format("<b>", "</b>")}{ROWS}</table>',
    after='<table border="1"><tr><th scope="col">项目</th><th scope="col">标准</th><th scope="col">发放单位</th></tr>' + ROWS + "</table>",
    bad=(
        f'<table border="1">{HEAD.format("<strong>", "</strong>")}{ROWS}</table>',
        f'<table><thead>{HEAD.format("", "")}</thead><tbody>{ROWS}</tbody></table>',
        f'<table border="1"><tr style="background:#cde"><td>项目</td><td>标准</td><td>单位</td></tr>{ROWS}</table>',
        f"<table>{HEAD.format('', '')}{NUMBERS * 3}</table>",
        f"<table><caption>补贴标准</caption>{HEAD.format('', '')}{ROWS}</table>",
    ),
    unsure=(f'<table border="1">{HEAD.format("", "")}{ROWS}</table>',),
    good=(
        f'<table border="1"><tr><th>项目</th><th>标准</th><th>单位</th></tr>{ROWS}</table>',
        f'<table border="1" role="presentation">{HEAD.format("<b>", "</b>")}{ROWS}</table>',
        f'<table border="1">{HEAD.format("", "").replace("<td", "<td role=columnheader")}{ROWS}</table>',
        '<table><tr><td width="200"><a href="/a">首页</a></td><td><p>正文很长</p><p>正文很长</p><ul><li>一</li></ul></td></tr></table>',
        "<table><tr><td>电话：</td><td><input></td></tr><tr><td>姓名：</td><td><input></td></tr><tr><td>地址：</td><td><input></td></tr></table>",
        f'<table border="1" hidden>{HEAD.format("<b>", "</b>")}{ROWS}</table>',
        '<table border="1"><tr><td>一</td><td>二</td></tr></table>',
    ),
)  # fmt: skip
def table_without_header(document: Document) -> Iterator[Hit]:
    """F91 where the page itself shows a header (caption, <thead>, a first row set off by bold or shade); else a bordered table of data."""
    for table in document.elements("table"):
        if not table.visible or table.hidden or table.get("role").strip().lower() in ("presentation", "none") or _places(table):
            continue
        cells = grid(table)
        if cells.height < 2 or cells.width < 2 or any(cell.header or cell.node.has("scope") for cell in cells.cells):
            continue
        sign = _sign(cells)
        if sign:
            yield failed(table, f"表格共{cells.height}行{cells.width}列，{sign}，但没有一个表头单元格；请把第一行设为表头")
        elif cells.height >= 3 and cells.width >= 3 and _bordered(cells) and _dense(cells):
            yield unsure(table, f"表格共{cells.height}行{cells.width}列，有边框而没有表头单元格；若是数据表格，请设表头")


def _places(table: Node) -> bool:
    """Whether it only places things: it holds what no cell of data holds."""
    return any(table.descendants("table", "form", "input", "select", "textarea", "iframe", "h1", "h2", "h3", "h4", "ul", "ol", "video"))


def _sign(cells: Grid) -> str:
    """What on the page shows that the first row heads the others."""
    first, second = cells.row(0), cells.row(1)
    told = [cell.node.text for cell in first]
    full = all(0 < len(text) <= 20 for text in told) and len({*told}) == len(told) and len(first) == cells.width and len(first) >= 2
    if not full or not _dense(cells):
        return ""
    tags = {child.tag: child for child in cells.table.children}
    if "thead" in tags and first[0].node.inside("thead") is tags["thead"] and cells.height > len(tags["thead"].children):
        return "第一行写在表头区（thead）里"
    later = [cell for cell in cells.cells if cell.row >= 1]
    if cells.height < 3 or len(second) != len(first):
        return ""
    if all(map(_bold, first)) and sum(map(_bold, later)) <= 0.4 * len(later) and not all(map(_bold, second)):
        return "第一行用加粗表示表头"
    shades = {str(cell.node.background) for cell in first}
    if len(shades) == 1 and cells.height >= 3 and all(str(cell.node.background) not in shades for cell in later):
        return "第一行用底色表示表头"
    if not any(DIGITS.search(text) for text in told) and any(_figures(cells, cell.column) for cell in first):
        return "第一行是各列的名称，下面是数字"
    return "有表格标题（caption）" if "caption" in tags and tags["caption"].text else ""


def _bold(cell: Cell) -> bool:
    parts = [one for one in (cell.node, *cell.node.descendants()) if any(text.shown.strip() for _, text in one.texts)]
    return bool(parts) and all(one.bold for one in parts)


def _figures(cells: Grid, column: int) -> bool:
    """Whether a column holds nothing but figures below its first row."""
    told = [cell.node.text for cell in cells.cells if cell.row and cell.column == column and cell.columns == 1]
    return len(told) >= 3 and all(FIGURE.fullmatch(text) for text in told)


def _dense(cells: Grid) -> bool:
    """Most cells hold short text, and some cells below the first row hold figures or all are short."""
    filled = [cell for cell in cells.cells if cell.node.text]
    short = [cell for cell in filled if len(cell.node.text) <= 60]
    spanned = any(cell.columns == cells.width for cell in cells.row(1))
    return len(filled) >= 0.6 * len(cells.cells) and len(short) >= 0.7 * len(filled) and not spanned


def _bordered(cells: Grid) -> bool:
    lined = sum(any(number(cell.node.style(f"border-{side}-width"), 0) > 0 for side in ("top", "left")) for cell in cells.cells)
    figures = sum(1 for cell in cells.cells if cell.row and DIGITS.search(cell.node.text))
    return lined >= 0.8 * len(cells.cells) and figures >= 2
