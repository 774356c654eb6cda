"""What floats over a page: small windows with a linked picture that keep their place or wander, and how they are closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from checks.controls import reached_by_tab
from checks.document import Document, Node

DRIFTS = re.compile(
    r"piao|drift|float[-_]?(?:ad|img|win|window|div|box|layer|banner)|ad[-_]?float|fudong|fuchuang|pop[-_]?ad|duilian|couplet",
    re.IGNORECASE,
)
CLOSES = re.compile(r"关闭|不再显示|×|✕|✖|^\s*[xX]\s*$|close", re.IGNORECASE)
CLOSER = re.compile(r"close|guanbi", re.IGNORECASE)
PLACES = ("左上", "右上", "中央底部")
"""Where the APP specification lets a float have its button (附件2 2.4)."""


@dataclass(frozen=True, kw_only=True)
class Float:
    """A floating window. `width` and `height` are those of its button, CSS px; `place` is one of PLACES, "" elsewhere."""

    words: str  #: what it shows
    closes: bool  #: whether it has a button that calls itself so
    named: bool = False  #: whether its marks call it a floating advertisement; else it may be a service robot or the like
    tab: bool = False  #: whether the keyboard reaches that
    width: float = 0.0
    height: float = 0.0
    place: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def floats(document: Document) -> Iterator[Float]:
    """The floating windows of a page, the outermost of nested ones."""
    known: set[int] = set()
    for node in document.nodes:
        if node.style("position") not in ("fixed", "absolute") or not node.visible:
            continue
        if any(above.index in known for above in node.ancestors()):
            continue
        if (node.style("position") == "fixed" or DRIFTS.search(f"{node.get('id')} {node.get('class')}")) and _promotes(node):
            known.add(node.index)
            yield _float(node)


def _promotes(node: Node) -> bool:
    """Whether it is a small window that advertises something: a linked picture with few words."""
    box = node.box
    if box is None or not (40 <= box.width <= 700 and 40 <= box.height <= 620) or len(node.text) > 80:
        return False
    links = [one for one in node.descendants("a", "area") if one.has("href")]
    return 0 < len(links) <= 8 and any(any(True for _ in link.descendants("img")) for link in links)


def _float(node: Node) -> Float:
    pictures = (one.get("alt") for one in node.descendants("img"))
    words = node.text or next(filter(None, pictures), "")
    named = bool(DRIFTS.search(f"{node.get('id')} {node.get('class')}"))
    buttons = [one for one in node.descendants() if one.visible and one.box is not None and _closes(one)]
    if not buttons:
        return Float(words=words[:40], closes=False, named=named)
    button = next((one for one in buttons if reached_by_tab(one)), buttons[0])
    assert button.box is not None
    return Float(
        words=words[:40], closes=True, named=named, tab=reached_by_tab(button), width=round(button.box.width, 1),
        height=round(button.box.height, 1),
        place=_place(node, button),
    )  # fmt: skip


def _closes(node: Node) -> bool:
    words = node.own_text or node.get("aria-label") or node.get("title") or node.get("alt") or node.get("value")
    marks = f"{node.get('id')} {node.get('class')}"
    return bool((words and len(words) <= 10 and CLOSES.search(words)) or (not node.children and CLOSER.search(marks)))


def _place(node: Node, button: Node) -> str:
    around, box = node.box, button.box
    assert around is not None and box is not None
    across = (box.x + box.width / 2 - around.x) / around.width
    down = (box.y + box.height / 2 - around.y) / around.height
    if down <= 1 / 3:
        return PLACES[0] if across <= 1 / 3 else PLACES[1] if across >= 2 / 3 else ""
    return PLACES[2] if down >= 2 / 3 and 1 / 3 < across < 2 / 3 else ""
