"""The structure tree of a PDF: whether there is one, and what its headings, figures and tables tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, String

from checks.readers.told import few, short

MOST_NODES = 60_000
DEEPEST = 150

HEADINGS: Mapping[str, int] = {"H": 0, **{f"H{level}": level for level in range(1, 7)}}


@dataclass
class _Table:
    widths: list[int] = field(default_factory=list)  #: cells of each row
    headers: int = 0
    spans: int = 0  #: cells over several rows or columns
    cells: int = 0
    empty: int = 0

    @property
    def wide(self) -> bool:
        """Whether it has rows and columns at all."""
        return len(self.widths) > 1 and max(self.widths) > 1

    @property
    def plain(self) -> bool:
        """Whether it is plainly data: rows of equal length, each cell filled. Layouts and forms to fill in are not."""
        return len(set(self.widths)) == 1 and not self.spans and self.empty * 10 <= self.cells


@dataclass
class _Seen:
    """What has been met on the walk down the tree."""

    nodes: int = 0
    headings: list[int] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    worded: int = 0  #: elements that tell the words for all they hold
    figures: int = 0
    untold: list[int] = field(default_factory=list)  #: pages of figures without words, 0: unknown
    alternatives: list[str] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)


def structure(pdf: Pdf) -> dict[str, Any]:
    """The facts of the structure tree of an open PDF."""
    marks, tree = _get(pdf.Root, "/MarkInfo"), _get(pdf.Root, "/StructTreeRoot")
    seen = _Seen()
    if isinstance(tree, Dictionary):
        _walk(tree, _roles(tree), _page_numbers(pdf), seen)
    wide = [table for table in seen.tables if table.wide]
    without = [table for table in wide if not table.headers]
    return {
        "marked": _get(marks, "/Marked") is True, "tree": isinstance(tree, Dictionary) and seen.nodes > 0,
        "suspects": _get(marks, "/Suspects") is True,
        "tagged": _get(marks, "/Marked") is True and seen.nodes > 0,
        "headings": seen.headings[:500], "worded": seen.worded,
        "figures": {
            "count": seen.figures, "untold": len(seen.untold), "pages": few(sorted({page for page in seen.untold if page})),
            "alternatives": few(seen.alternatives),
        },
        "tables": {"count": len(wide), "without_header": len(without), "plain": sum(table.plain for table in without)},
    }  # fmt: skip


def _get(holder: Any, key: str) -> Any:
    with suppress(Exception):
        if isinstance(holder, Dictionary):
            return holder.get(key)
    return None


def document_language(pdf: Pdf) -> str:
    """The language that the element around all others (Document) states; "" without one."""
    tree = _get(pdf.Root, "/StructTreeRoot")
    for node in _kids(tree):
        told = _get(node, "/Lang")
        return str(told) if _kind(node, _roles(tree)) == "Document" and isinstance(told, String) else ""
    return ""


def _roles(tree: Any) -> Mapping[str, str]:
    """The role map: a name of the author's -> a name of the standard's, or another one of the author's."""
    found: dict[str, str] = {}
    roles = _get(tree, "/RoleMap")
    if isinstance(roles, Dictionary):
        with suppress(Exception):
            for name, meant in list(roles.items())[:1000]:
                if isinstance(meant, Name):
                    found[str(name).removeprefix("/")] = str(meant).removeprefix("/")
    return found


def _kind(node: Any, roles: Mapping[str, str]) -> str:
    found = _get(node, "/S")
    kind = str(found).removeprefix("/") if isinstance(found, Name) else ""
    for _ in range(10):
        if kind not in roles or roles[kind] == kind:
            break
        kind = roles[kind]
    return kind


def _page_numbers(pdf: Pdf) -> Mapping[Any, int]:
    numbers: dict[Any, int] = {}
    for number in range(min(len(pdf.pages), 5000)):
        with suppress(Exception):
            numbers[pdf.pages[number].obj.objgen] = number + 1
    return numbers


def _walk(tree: Any, roles: Mapping[str, str], pages: Mapping[Any, int], seen: _Seen) -> None:
    """Down the tree in reading order; what is met twice, too deep or too much is left out."""
    met: set[Any] = set()
    waiting: list[tuple[Any, int, int, _Table | None]] = [(kid, 0, 0, None) for kid in reversed(list(_kids(tree)))]
    while waiting and seen.nodes < MOST_NODES:
        node, depth, page, table = waiting.pop()
        place = node.objgen if node.objgen != (0, 0) else None
        if depth > DEEPEST or (place and place in met):
            continue
        met.add(place)
        seen.nodes += 1
        kind = _kind(node, roles)
        page = _page(node, pages) or page
        table = _note(node, kind, page, table, seen)
        if kind in ("Figure", "Formula"):
            continue  # what is inside is told by its own words
        waiting += [(kid, depth + 1, page, table) for kid in reversed(list(_kids(node)))]


def _note(node: Any, kind: str, page: int, table: _Table | None, seen: _Seen) -> _Table | None:
    """Note what a node is; the table that its children stand in."""
    seen.kinds.add(kind[:40])
    seen.worded += isinstance(_get(node, "/ActualText"), String)
    if kind in HEADINGS:
        seen.headings.append(HEADINGS[kind])
    elif kind == "Figure":
        seen.figures += 1
        words = _words(node)
        if words.strip():
            seen.alternatives.append(short(words))
        else:
            seen.untold.append(page)
    elif kind == "Table":
        table = _Table()
        seen.tables.append(table)
    elif table is not None:
        if kind == "TR":
            table.widths.append(sum(1 for _ in _kids(node)))
        elif kind in ("TH", "TD"):
            table.cells += 1
            table.empty += _bare(node)
            told = list(_attributes(node))
            table.headers += kind == "TH" or any(_get(one, "/Headers") for one in told)
            table.spans += any((_get(one, key) or 1) != 1 for one in told for key in ("/ColSpan", "/RowSpan"))
    return table


def _attributes(node: Any) -> Iterator[Any]:
    """The dictionaries of attributes of an element."""
    found = _get(node, "/A")
    with suppress(Exception):
        for one in list(found)[:20] if isinstance(found, Array) else [found]:
            if isinstance(one, Dictionary):
                yield one


def _bare(node: Any, depth: int = 0) -> bool:
    """Whether nothing stands in an element."""
    found = _get(node, "/K")
    if found is None or (isinstance(found, Array) and not len(found)):
        return True
    kids = list(_kids(node))
    only = len(kids) == (len(found) if isinstance(found, Array) else 1)
    return depth < 4 and only and all(_bare(kid, depth + 1) for kid in kids[:20])


def _words(node: Any) -> str:
    for key in ("/Alt", "/ActualText"):
        found = _get(node, key)
        if found is not None:
            with suppress(Exception):
                return str(found)
    return ""


def _page(node: Any, pages: Mapping[Any, int]) -> int:
    page = _get(node, "/Pg")
    with suppress(Exception):
        return pages.get(page.objgen, 0) if page is not None else 0
    return 0


def _kids(node: Any) -> Iterator[Any]:
    """The elements below a node; content itself (numbers, references to marks and objects) is none."""
    found = _get(node, "/K")
    each = found if isinstance(found, Array) else [found]
    with suppress(Exception):
        for kid in each:
            if isinstance(kid, Dictionary) and _get(kid, "/S") is not None and _get(kid, "/Type") not in (Name.MCR, Name.OBJR):
                yield kid
