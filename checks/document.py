"""A captured page, pleasant to ask: its elements with their visible text, accessible name and role, styles, boxes and colours.

`Document(page.facts)` is built from the answers to the probes, above all that of `checks.probes.capture`. Frames and shadow roots are
part of one tree: the root of a frame's document is the child of the element that shows it, what a shadow root holds stands under its host.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from auditor.model import Box
from checks.engine import mark
from checks.nodes import Node, nearest, number
from checks.parts import Layout, Scope, Text
from checks.probes.capture import NAME
from checks.texts import collapsed

__all__ = ["Document", "Node", "captured", "collapsed", "nearest", "number"]


class Document:
    """All elements of a captured page, in document order. Raises KeyError where the page was not captured (`captured`)."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        capture = facts[NAME]
        self.facts = facts  #: the answers to all probes
        self.url: str = capture["documents"][0]["url"]
        self.title: str = capture["documents"][0]["title"]  #: as Chromium shows it
        self.told: Mapping[str, list[Any]] = capture["tree"]
        self.listeners: Mapping[str, list[str]] = capture["listeners"]
        self.nodes: list[Node] = []
        self.silent: list[Node] = []  #: elements that show a frame which gave no full answer
        self.drawn: list[Layout] = []  #: boxes of pseudo-elements
        self.scopes: list[Scope] = []
        self.pictures: dict[int, list[int]] = {}
        self.media: dict[int, Mapping[str, Any]] = {}
        _Builder(self, capture).build(capture.get("lost", ()))

    @cached_property
    def _by_tag(self) -> Mapping[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.tag, []).append(node)
        return found

    @cached_property
    def _by_role(self) -> Mapping[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.exposed and node.role:
                found.setdefault(node.role, []).append(node)
        return found

    def meet(self, told: Mapping[str, Any] | None) -> Node | None:
        """The element that an experiment told of (`checks.probes.script.PLACES`), on another load of the page; None: not to be found.

        It stands at the same place, or is the only one that looks like it.
        """
        if not told:
            return None
        wanted = mark(told["tag"], told["attributes"], told["words"])
        here = self._by_place.get(told["place"])
        if here is not None and here.mark == wanted:
            return here
        alike = [node for node in self.elements(told["tag"]) if node.mark == wanted]
        return alike[0] if len(alike) == 1 else None

    @cached_property
    def _by_place(self) -> Mapping[str, Node]:
        return {node.place: node for node in self.nodes}

    @property
    def root(self) -> Node:
        """The <html> of the page."""
        return self.nodes[0]

    @property
    def body(self) -> Node | None:
        """The <body> of the page."""
        return next((node for node in self.root.children if node.tag in ("body", "frameset")), None)

    def elements(self, *tags: str) -> Iterator[Node]:
        """All elements in document order, those with one of the tags where any are named."""
        if not tags:
            return iter(self.nodes)
        if len(tags) == 1:
            return iter(self._by_tag.get(tags[0], ()))
        return iter(sorted((node for tag in set(tags) for node in self._by_tag.get(tag, ())), key=lambda node: node.index))

    def by_role(self, *roles: str) -> Iterator[Node]:
        """What assistive technology meets under one of these computed roles, in document order."""
        return iter(sorted((node for role in set(roles) for node in self._by_role.get(role, ())), key=lambda node: node.index))

    def with_attribute(self, *names: str) -> Iterator[Node]:
        """All elements that have one of these attributes."""
        return (node for node in self.nodes if any(name in node.attributes for name in names))

    @property
    def links(self) -> Iterator[Node]:
        """What assistive technology meets as a link."""
        return self.by_role("link")

    @property
    def headings(self) -> Iterator[Node]:
        """What assistive technology meets as a heading."""
        return self.by_role("heading")

    @property
    def fields(self) -> Iterator[Node]:
        """What assistive technology meets as a field of a form."""
        return self.by_role("textbox", "searchbox", "combobox", "listbox", "spinbutton", "slider", "checkbox", "radio", "switch")

    def same_page(self, node: Node) -> str | None:
        """The fragment that a link of the page itself leads to ("" for `#`); None where it leads elsewhere."""
        href = node.get("href").strip()
        if href.startswith("#"):
            return href[1:]
        base, _, fragment = href.partition("#")
        return fragment if "#" in href and base and base == node.scope.url.partition("#")[0] else None


def captured(facts: Mapping[str, Any]) -> bool:
    """Whether there is a Document in the answers to the probes."""
    return bool(facts.get(NAME, {}).get("documents"))


# ------------------------------------------------------------------------------------------------ inside


class _Builder:
    """Makes one tree out of the documents of a capture."""

    def __init__(self, document: Document, capture: Mapping[str, Any]) -> None:
        self.document = document
        self.entries = capture["documents"]
        self.first: dict[int, int] = {}  #: process -> number of its first document
        for number_, entry in enumerate(self.entries):
            self.first.setdefault(entry["process"], number_)
        self.owners = {entry["owner"]: number_ for number_, entry in enumerate(self.entries) if entry.get("owner")}
        self.ranks: dict[tuple[int, int], int] = {}  #: parent and scope -> elements so far, less one
        self.shadows: dict[int, Scope] = {}  #: host -> its shadow root
        self.by_number: dict[str, Node] = {}

    def build(self, lost: Sequence[str]) -> None:
        """Add the page, and with it all its frames."""
        self.add(0, Scope("page", None, self.entries[0]["url"]), 0.0, 0.0)
        self.document.silent += [self.by_number[number_] for number_ in lost if number_ in self.by_number]

    def add(self, which: int, scope: Scope, left: float, top: float) -> None:
        """Add a document; the top left corner of its window lies at (left, top) of the page."""
        part = _Part(self.entries[which], self.entries[self.first[self.entries[which]["process"]]])
        if scope.host is not None:
            left, top = left - part.entry["scroll"][0], top - part.entry["scroll"][1]
        self.document.scopes.append(scope)
        layout = _layouts(part, left, top)
        made: dict[int, tuple[Node | None, Scope]] = {}  #: what may have children -> the parent and the scope of these
        for at, (above, kind) in enumerate(zip(part.nodes["parentIndex"], part.nodes["nodeType"], strict=True)):
            if above < 0:
                made[at] = scope.host, scope
            elif at in part.closed or (above not in made and not part.hosted(at)):
                continue
            elif at in part.pseudo:
                self.document.drawn += [layout[at][0]] if at in layout else []
            elif kind == ELEMENT:
                node = self._element(part, at, *self._home(part, at, *made.get(above, (None, scope))))
                node.layout = layout[at][0] if at in layout else None
                made[at] = node, node.scope
                self._frame(part, at, node)
            elif kind == TEXT and above in made and (parent := made[above][0]) is not None and parent.tag not in ("script", "style"):
                text = Text(part.word(part.nodes["nodeValue"][at]))
                if at in layout:
                    _, text.shown, text.boxes = layout[at]
                parent.texts.append((len(parent.children), text))
        self._extras(scope, part.entry.get("extras") or {})
        scope.sheets = (part.entry.get("extras") or {}).get("sheets")

    def _home(self, part: _Part, at: int, parent: Node | None, scope: Scope) -> tuple[Node | None, Scope, int]:
        """The parent of an element in the DOM, its scope, and which child element of these it is."""
        told = part.shadows.get(part.number(at))
        if told and (host := self.by_number.get(told[0])):
            if not told[2]:
                return host, host.scope, told[1]
            if host.index not in self.shadows:
                self.shadows[host.index] = Scope("shadow", host, scope.url)
                self.document.scopes.append(self.shadows[host.index])
            return host, self.shadows[host.index], told[1]
        key = parent.index if parent else -1, id(scope)
        self.ranks[key] = self.ranks.get(key, -1) + 1
        return parent, scope, self.ranks[key]

    def _element(self, part: _Part, at: int, parent: Node | None, scope: Scope, rank: int) -> Node:
        told = part.nodes["attributes"][at]
        pairs = [(part.word(told[place]).lower(), part.word(told[place + 1])) for place in range(0, len(told) - 1, 2)]
        attributes = dict(reversed(pairs))  # the first of two counts
        attributes = {name: attributes[name] for name, _ in pairs}
        node = Node(self.document, len(self.document.nodes), part.word(part.nodes["nodeName"][at]).lower(), attributes, parent, scope)
        node.number = part.number(at)
        node.rank = rank
        self.by_number[node.number] = node
        node.clickable = at in part.clickable
        self.document.nodes.append(node)
        if parent is not None:
            node.order = len(parent.children)
            parent.children.append(node)
        scope.root = scope.root or node
        if named := attributes.get("id"):
            if named in scope.ids:
                scope.repeated.setdefault(named, [scope.ids[named]]).append(node)
            else:
                scope.ids[named] = node
        return node

    def _frame(self, part: _Part, at: int, node: Node) -> None:
        """Add the document that an element shows, if it shows one."""
        which = self.first[part.entry["process"]] + part.inner[at] if at in part.inner else self.owners.get(node.number)
        if which is None:
            return
        if self.entries[which].get("silent"):
            self.document.silent.append(node)
        box = node.box or Box(x=0, y=0, width=0, height=0)
        left, top = (number(node.style(f"border-{side}-width"), 0) + number(node.style(f"padding-{side}"), 0) for side in ("left", "top"))
        self.add(which, Scope("frame", node, self.entries[which]["url"]), box.x + left, box.y + top)

    def _extras(self, scope: Scope, extras: Mapping[str, Any]) -> None:
        """Join what the page's own script told, image by image, to the elements of a document."""
        def in_order(node: Node) -> list[int]:
            return [int(step) for step in node.place.split("/") if step.isdigit()]

        for known, tags, name in ((self.document.pictures, ("img",), "images"), (self.document.media, ("video", "audio"), "media")):
            nodes = sorted((node for node in self.document.nodes if node.tag in tags and node.scope is scope), key=in_order)
            if len(nodes) == len(extras.get(name, ())):
                known.update((node.index, fact) for node, fact in zip(nodes, extras[name], strict=True))


ELEMENT, TEXT = 1, 3  # nodeType


class _Part:
    """One document of the capture, with its sparse columns made readable."""

    def __init__(self, entry: Mapping[str, Any], first: Mapping[str, Any]) -> None:
        self.entry = entry
        self.strings: list[str] = first["strings"]
        shadows: Mapping[str, Any] = first["shadows"]
        self.nodes: Mapping[str, Any] = entry["nodes"]
        self.inner = self._sparse("contentDocumentIndex")
        self.pseudo = self._sparse("pseudoType")
        self.closed = {at for at, kind in self._sparse("shadowRootType").items() if self.word(kind) == "closed"}
        self.shadows: Mapping[str, Any] = shadows
        self.clickable = self._sparse("isClickable")

    def word(self, number_: int) -> str:
        """The string with a number; "" for none."""
        return self.strings[number_] if number_ >= 0 else ""

    def hosted(self, at: int) -> bool:
        """Whether it is a child of a shadow host or root."""
        return self.number(at) in self.shadows

    def number(self, at: int) -> str:
        """The name of a node of this document in the capture."""
        return str(self.entry["first"] + at)

    def _sparse(self, name: str) -> dict[int, int]:
        column = self.nodes.get(name) or {}
        return dict(zip(column.get("index", ()), column.get("value", column.get("index", ())), strict=True))


def _layouts(part: _Part, left: float, top: float) -> dict[int, tuple[Layout, str, list[Box]]]:
    """Node -> (layout, text shown, boxes of its lines). A node with several layout objects keeps its first box."""
    columns, lines = part.entry["layout"], part.entry["boxes"]
    paints = columns.get("paintOrders") or [0] * len(columns["nodeIndex"])
    found: dict[int, tuple[Layout, str, list[Box]]] = {}

    def placed(bounds: list[float]) -> Box:
        return Box(x=bounds[0] + left, y=bounds[1] + top, width=bounds[2], height=bounds[3])

    for place, at in enumerate(columns["nodeIndex"]):
        shown, boxes = part.word(columns["text"][place]), list[Box]()
        if shown:
            begin = bisect_left(lines["layoutIndex"], place)
            while begin < len(lines["layoutIndex"]) and lines["layoutIndex"][begin] == place:
                boxes.append(placed(lines["bounds"][begin]))
                begin += 1
        if at in found:  # first-letter and the like
            found[at] = (found[at][0], found[at][1] + shown, found[at][2] + boxes)
        else:
            found[at] = (Layout(placed(columns["bounds"][place]), columns["styles"][place], part.strings, paints[place]), shown, boxes)
    return found
