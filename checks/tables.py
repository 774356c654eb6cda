"""Tables as the grid that HTML makes of them: which cell lies where, whatever spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from checks.document import Node

HEADER_ROLES = frozenset({"columnheader", "rowheader"})
CELL_ROLES = frozenset({"cell", "gridcell", "layout-cell"}) | HEADER_ROLES
SPAN_AT_MOST = 100


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell and the slots that it takes, counted from 0."""

    node: Node
    row: int
    column: int
    rows: int
    columns: int

    @property
    def header(self) -> bool:
        """Whether it is exposed as a header, or is a <th> (which Chromium may expose as a plain cell)."""
        return self.node.role in HEADER_ROLES or (self.node.tag == "th" and not self.node.has("role"))


@dataclass(frozen=True, kw_only=True)
class Grid:
    """All cells of one table, without those of tables inside it."""

    table: Node
    cells: tuple[Cell, ...]
    height: int
    width: int

    @cached_property
    def _rows(self) -> Mapping[int, list[Cell]]:
        found: dict[int, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.row, []).append(cell)
        return found

    def row(self, number: int) -> list[Cell]:
        """The cells that begin in a row."""
        return self._rows.get(number, [])


def grid(table: Node) -> Grid:
    """The grid of a <table> (HTML, forming a table; rows are taken in document order) or of an element with the role of one."""
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    height = 0
    for number, row in enumerate(_rows(table)):
        column = 0
        for node in row.children:
            if node.tag not in ("td", "th") and node.role not in CELL_ROLES:
                continue
            while (number, column) in taken:
                column += 1
            wide, high = _span(node, "colspan", "aria-colspan"), _span(node, "rowspan", "aria-rowspan")
            cells.append(Cell(node=node, row=number, column=column, rows=high, columns=wide))
            taken.update((number + down, column + right) for down in range(high) for right in range(wide))
            column += wide
        height = number + 1
    return Grid(table=table, cells=tuple(cells), height=height, width=1 + max((column for _, column in taken), default=-1))


def _rows(table: Node) -> Iterator[Node]:
    for child in table.children:
        if child.tag == "tr" or child.role in ("row", "layout-row"):
            yield child
        elif child.tag in ("thead", "tbody", "tfoot") or child.role in ("rowgroup", "generic", "none"):
            yield from _rows(child)


def _span(node: Node, *names: str) -> int:
    written = next((node.get(name).strip() for name in names if node.has(name)), "")
    return max(1, min(int(written), SPAN_AT_MOST)) if written.isdecimal() else 1
