"""What elements of a captured page are made of: text nodes, boxes with styles, and the documents and shadow roots they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model import Box
from checks.probes.capture import STYLES

if TYPE_CHECKING:
    from checks.nodes import Node

STYLE = {name: place for place, name in enumerate(STYLES)}


class Text:
    """A text node: what it says in the source, what is shown of it, and where."""

    __slots__ = ("boxes", "raw", "shown")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.shown = ""
        self.boxes: list[Box] = []


class Layout:
    """Box and styles of one rendered element."""

    __slots__ = ("_strings", "_styles", "box", "paint")

    def __init__(self, box: Box, styles: list[int], strings: list[str], paint: int) -> None:
        self.box = box
        self.paint = paint  #: what has a higher number is painted over what has a lower one
        self._styles = styles
        self._strings = strings

    def style(self, name: str) -> str:
        place = STYLE[name]
        return self._strings[self._styles[place]] if place < len(self._styles) and self._styles[place] >= 0 else ""


class Scope:
    """A document or a shadow root: what ids are unique in."""

    __slots__ = ("host", "ids", "kind", "repeated", "root", "sheets", "url")

    def __init__(self, kind: str, host: Node | None, url: str) -> None:
        self.kind = kind  #: page, frame or shadow
        self.host = host  #: the element that shows it
        self.url = url
        self.root: Node | None = None  #: its <html>, for documents
        self.sheets: int | None = None  #: number of style sheets of a document; None: not known
        self.ids: dict[str, Node] = {}
        self.repeated: dict[str, list[Node]] = {}  #: ids that more than one element has
