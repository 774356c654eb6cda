"""The text under an element of a captured page: what people see of it, and all that stands in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.parts import Text

if TYPE_CHECKING:
    from checks.nodes import Node

SPACE = re.compile(r"[\s\u200b\ufeff]+")
BLOCKS = frozenset({"block", "flex", "grid", "table", "list-item", "table-cell", "table-row", "table-caption", "flow-root"})
UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "title", "meta", "link"})


def collapsed(text: str) -> str:
    """Text with runs of white space made one, and none at its ends."""
    return SPACE.sub(" ", text).strip()


def shown(node: Node) -> Iterator[str]:
    """What is seen of the text under a node, piece by piece in document order; a blank at the borders of blocks."""
    waiting: list[Node | Text | None] = [node]
    while waiting:
        at = waiting.pop()
        if at is None:
            yield " "
        elif isinstance(at, Text):
            yield at.shown
        elif at.tag == "br":
            yield " "
        elif at.tag not in UNSEEN:
            block = at.style("display") in BLOCKS
            seen = at.rendered and at.style("visibility") != "hidden" and not at.faint and not at.clipped
            inner = [one for one in _content(at) if seen or not isinstance(one, Text)]
            inner = [one for one in inner if isinstance(one, Text) or one.scope is at.scope or one.scope.kind == "shadow"]
            waiting.extend(reversed([None, *inner, None] if block else inner))


def raw(node: Node) -> Iterator[str]:
    """All text under a node in its own document, hidden or not, piece by piece."""
    waiting: list[Node | Text] = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, Text):
            yield at.raw
        elif at.scope is node.scope and at.tag not in ("script", "style"):
            waiting.extend(reversed(list(_content(at))))


def _content(node: Node) -> Iterator[Node | Text]:
    """Its child elements and own texts in document order."""
    texts = iter(node.texts)
    text = next(texts, None)
    for place, child in enumerate(node.children):
        while text is not None and text[0] <= place:
            yield text[1]
            text = next(texts, None)
        yield child
    while text is not None:
        yield text[1]
        text = next(texts, None)
