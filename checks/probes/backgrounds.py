"""What lies behind text of which axe could not tell the background: pictures and gradients, looked at as pixels with the text away."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from PIL import Image

from auditor.model import Box, Driver, NotAnswered, Probe
from checks.colour import Colour
from checks.document import Document, Node, captured

NAME = "backgrounds"
RULES = ("color-contrast", "color-contrast-enhanced")
DECIDABLE = frozenset({"bgImage", "bgGradient", "imgNode", "pseudoContent", "colorParse", "shortTextContent"})
"""Reasons of axe that pixels can settle; what is covered by something else they cannot."""

MOST = 400  # texts of one page
ROW = 100  # CSS px
SHOTS = 3
TALLEST = 1600  # CSS px of one shot
SAMPLES = (96, 24)  # points looked at behind one line, across and down

AWAY = """(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { color: transparent !important; -webkit-text-fill-color: transparent !important;" +
    " text-shadow: none !important; -webkit-text-stroke-color: transparent !important; text-decoration-color: transparent !important;" +
    " transition: none !important; caret-color: transparent !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, globalThis.auditorAway = sheet];
})()"""
BACK = "(() => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter(one => one !== globalThis.auditorAway); })()"


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Place of an element -> [its darkest and its lightest background, each as red, green, blue, 0 to 255].

    Only for text on the page itself (not in frames) that axe left undecided, and that nothing else covers.
    """
    wanted = dict(_undecided(facts))
    if not wanted or not captured(facts):
        return {}
    document = Document(facts)
    painted = Painted(document)
    texts = [node for node in document.nodes if node.place in wanted and node.scope.kind != "frame" and node.lines]
    texts = [node for node in texts if not node.inside("svg")]  # its colour is a fill, which stays
    texts = [node for node in texts[:MOST] if not painted.over(node)]
    found: dict[str, Any] = {}
    if not texts:
        return found
    await driver.evaluate(AWAY)
    try:
        for clip, group in _strips(texts):
            with suppress(NotAnswered):
                shot = await driver.shot(clip)
                found.update(_read(shot, clip, group))
    finally:
        await driver.evaluate(BACK)
    return found


PROBE = Probe(name=NAME, ask=ask)


class Painted:
    """What is painted where on a page, in rows of its height."""

    def __init__(self, document: Document) -> None:
        self.rows: dict[int, list[Node]] = {}
        for node in document.nodes:
            if node.box is not None and node.style("visibility") == "visible":
                for row in _rows(node.box):
                    self.rows.setdefault(row, []).append(node)

    def over(self, text: Node) -> bool:
        """Whether another element is painted over a text, or an ancestor cuts a part of it off."""
        if _cut_off(text):
            return True
        paint = text.layout.paint if text.layout else 0
        family = {text.index, *(above.index for above in text.ancestors()), *(one.index for one in text.descendants())}
        return any(
            other.layout is not None and other.layout.paint > paint and other.index not in family and _meet(line, other.layout.box)
            for line in text.lines
            for row in _rows(line)
            for other in self.rows.get(row, ())
        )


def _rows(box: Box) -> range:
    return range(int(max(0.0, box.y) // ROW), int(min(50_000.0, box.y + box.height) // ROW) + 1)


def _cut_off(text: Node) -> bool:
    lines = text.lines
    for above in text.ancestors():
        box = above.box if above.style("overflow-x") not in ("visible", "") and above.tag not in ("html", "body") else None
        if box and not all(_within(line, box) for line in lines):
            return True
    return False


def _undecided(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for rule in RULES:
        for node in facts.get("axe", {}).get("rules", {}).get(rule, {}).get("incomplete", ()):
            keys = {(check.get("data") or {}).get("messageKey") for check in node["checks"] if isinstance(check.get("data"), Mapping)}
            if node["seen"] and keys & DECIDABLE:
                yield node["seen"]["place"], rule


def _strips(texts: Sequence[Node]) -> Iterator[tuple[Box, list[Node]]]:
    """The texts from top to bottom, those that one shot can take together, at most SHOTS of them."""
    waiting = sorted(texts, key=lambda node: min(line.y for line in node.lines))
    for _ in range(SHOTS):
        if not waiting:
            return
        top = min(line.y for line in waiting[0].lines)
        group = [node for node in waiting if max(line.y + line.height for line in node.lines) <= top + TALLEST]
        waiting = [node for node in waiting if node not in group]
        if not group:
            waiting = waiting[1:]
            continue
        lines = [line for node in group for line in node.lines]
        left, right = min(line.x for line in lines), max(line.x + line.width for line in lines)
        bottom = max(line.y + line.height for line in lines)
        if left >= 0 and top >= 0:
            yield Box(x=left, y=top, width=right - left, height=bottom - top), group


def _read(shot: bytes, clip: Box, texts: Sequence[Node]) -> Iterator[tuple[str, list[list[int]]]]:
    with Image.open(io.BytesIO(shot)) as opened:
        page = opened.convert("RGB")
    for text in texts:
        colours: set[tuple[int, int, int]] = set()
        for line in text.lines:
            edge = (int(line.x - clip.x), int(line.y - clip.y), int(line.x - clip.x + line.width), int(line.y - clip.y + line.height))
            if edge[2] <= edge[0] or edge[3] <= edge[1]:
                continue
            piece = page.crop(edge)
            piece = piece.resize((min(piece.width, SAMPLES[0]), min(piece.height, SAMPLES[1])), Image.Resampling.NEAREST)
            raw = piece.tobytes()
            colours.update((raw[at], raw[at + 1], raw[at + 2]) for at in range(0, len(raw), 3))
        if colours:
            ranked = sorted(colours, key=lambda colour: Colour(*colour).luminance)
            yield text.place, [list(ranked[0]), list(ranked[-1])]


def _within(inner: Box, outer: Box) -> bool:
    across = outer.x - 1 <= inner.x and inner.x + inner.width <= outer.x + outer.width + 1
    return across and outer.y - 1 <= inner.y and inner.y + inner.height <= outer.y + outer.height + 1


def _meet(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height
