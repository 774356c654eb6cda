"""The structure tree of a PDF: whether there is one, and what its headings, figures and tables tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf

from checks.readers.told import few, short

MOST_NODES = 60_000
DEEPEST = 150

HEADINGS: Mapping[str, int] = {"H": 0, **{f"H{level}": level for level in range(1, 7)}}


@dataclass
class _Table:
    rows: int = 0
    widest: int = 0
    headers: int = 0


@dataclass
class _Seen:
    """What has been met on the walk down the tree."""

    nodes: int = 0
    headings: list[int] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
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
    wide = [table for table in seen.tables if table.rows > 1 and table.widest > 1]
    return {
        "marked": _get(marks, "/Marked") is True,
        "suspects": _get(marks, "/Suspects") is True,
        "tagged": _get(marks, "/Marked") is True and seen.nodes > 0,
        "headings": seen.headings[:500],
        "figures": {
            "count": seen.figures, "untold": len(seen.untold), "pages": few(sorted({page for page in seen.untold if page})),
            "alternatives": few(seen.alternatives),
        },
        "tables": {"count": len(wide), "without_header": sum(not table.headers for table in wide)},
    }  # fmt: skip


def _get(holder: Any, key: str) -> Any:
    with suppress(Exception):
        if isinstance(holder, Dictionary):
            return holder.get(key)
    return None


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
            table.rows += 1
            table.widest = max(table.widest, sum(1 for _ in _kids(node)))
        table.headers += kind == "TH"
    return table


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
