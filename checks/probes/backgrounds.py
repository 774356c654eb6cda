"""What lies behind text of which axe could not tell the background: pictures and gradients, looked at as pixels with the text away."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

from PIL import Image, UnidentifiedImageError

from auditor.model import Box, Driver, NotAnswered, Probe
from checks.colour import Colour, parsed
from checks.document import Document, Node, captured, number
from checks.parts import Layout
from checks.probes.files import URL, Files
from checks.probes.script import PLACES

NAME = "backgrounds"
RULES = ("color-contrast", "color-contrast-enhanced")
DECIDABLE = frozenset({"bgImage", "bgGradient", "imgNode", "pseudoContent", "colorParse", "shortTextContent"})
"""Reasons of axe that pixels can settle; what is covered by something else they cannot."""

MOVING = frozenset({"video", "canvas", "iframe", "object", "embed", "marquee"})
FILM = re.compile(r"\.(gif|webp|apng)\b|^data:image/(gif|webp|apng)", re.IGNORECASE)
FILMS = 40  # files looked at on one page
SHOWS_THROUGH = re.compile(r"rgba\(|transparent|\.(png|svg|webp|avif)\b|data:", re.IGNORECASE)
SPACES = re.compile(r"[\s\ufeff]+")
MOST = 400  # texts of one page
ROW = 100  # CSS px
SHOTS = 3
TALLEST = 1600  # CSS px of one shot
SAMPLES = (96, 24)  # points looked at behind one line, across and down

SHEET = ("*, *::before, *::after { -webkit-text-fill-color: transparent !important; text-shadow: none !important;"
         " -webkit-text-stroke-color: transparent !important; text-decoration-color: transparent !important;"
         " text-emphasis-color: transparent !important; caret-color: transparent !important; transition: none !important }")  # fmt: skip
"""The fill and not the colour is taken away, which backgrounds and borders may be made of (currentColor)."""

REST = "*, *::before, *::after { transition: none !important }"

LOOKED = """((places) => { PLACES return places.map((place) => {
  const at = elementAt(place);
  if (!at) return null;
  const { x, y, width, height } = at.getBoundingClientRect();
  return [wordsOf(at), getComputedStyle(at).color, ...[x + scrollX, y + scrollY, width, height].map(Math.round)];
}); })""".replace("PLACES", PLACES)
"""Own text without white space, colour and box (x, y, width, height in CSS px of the page) of elements by their places."""

AWAY = """((sheet, places) => {
  globalThis.auditorAway = new CSSStyleSheet();
  globalThis.auditorAway.replaceSync(sheet);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, globalThis.auditorAway];
  return (LOOKED)(places);
})(%s, %s)""".replace("LOOKED", LOOKED)

BACK = """((rest, places) => {
  const seen = (LOOKED)(places);
  globalThis.auditorAway.replaceSync(rest);
  document.documentElement.getBoundingClientRect();
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter(one => one !== globalThis.auditorAway);
  return seen;
})(%s, %s)""".replace("LOOKED", LOOKED)
"""Colours that fade would be caught half way, so that they come back while nothing fades."""


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Place of an element -> [its darkest and its lightest background, each as red, green, blue, 0 to 255].

    Only for text on the page itself (not in frames) that axe left undecided, and only where the pixels stand for what people see:
    nothing covers it or moves behind it, it is filled with its colour alone, and it stood still from the capture to the end.
    """
    wanted = dict(_undecided(facts))
    if not wanted or not captured(facts):
        return {}
    document = Document(facts)
    painted = Painted(document)
    texts = [node for node in document.nodes if node.place in wanted and node.scope.kind != "frame" and node.lines and _plain(node)]
    texts = [node for node in texts[:MOST] if not painted.over(node) and not painted.restless(node)]
    files = _Films(driver)
    texts = [node for node in texts if not await files.behind(node, painted)]
    found: dict[str, Any] = {}
    if not texts:
        return found
    places = json.dumps([node.place for node in texts])
    before = await driver.evaluate(AWAY % (json.dumps(SHEET), places))
    after: Sequence[Any] = [None] * len(texts)
    try:
        for clip, group in _strips(texts):
            with suppress(NotAnswered):
                shot = await driver.shot(clip)
                found.update(_read(shot, clip, group))
    finally:
        after = await driver.evaluate(BACK % (json.dumps(REST), places))
    still = {text.place for text, one, other in zip(texts, before, after, strict=True) if one == other and _as_captured(text, one)}
    return {place: told for place, told in found.items() if place in still}


PROBE = Probe(name=NAME, ask=ask)


class Painted:
    """What is painted where on a page, in rows of its height."""

    def __init__(self, document: Document) -> None:
        self.rows: dict[int, list[tuple[int, Layout]]] = {}
        self.moving: list[Node] = []
        self.films: list[Node] = []  #: what shows a file that may be a film
        for node in document.nodes:
            if node.layout is not None and node.style("visibility") == "visible":
                self._add(node.index, node.layout)
                if _moves(node):
                    self.moving.append(node)
                if next(_films(node), None):
                    self.films.append(node)
        for layout in document.drawn:
            if _covers(layout):
                self._add(-1, layout)

    def _add(self, index: int, layout: Layout) -> None:
        for row in _rows(layout.box):
            self.rows.setdefault(row, []).append((index, layout))

    def over(self, text: Node) -> bool:
        """Whether something else is painted over a text, or an ancestor cuts a part of it off."""
        if _cut_off(text):
            return True
        paint = text.layout.paint if text.layout else 0
        family = {text.index, *(above.index for above in text.ancestors()), *(one.index for one in text.descendants())}
        return any(
            layout.paint > paint and index not in family and _meet(line, layout.box)
            for line in text.lines
            for row in _rows(line)
            for index, layout in self.rows.get(row, ())
        )

    def restless(self, text: Node) -> bool:
        """Whether something that moves, or stays in the window while the text is scrolled, lies where a text stands."""
        own = {text.index, *(above.index for above in text.ancestors())}
        return any(node.index not in own and _touch(text, node) for node in self.moving)


class _Films:
    """Tells which pictures move by themselves."""

    def __init__(self, driver: Driver) -> None:
        self._files = Files(driver)
        self._known: dict[str, bool] = {}

    async def behind(self, text: Node, painted: Painted) -> bool:
        """Whether such a picture lies where a text stands, or one of which that cannot be told."""
        for node in painted.films:
            if _touch(text, node):
                for address in _films(node):
                    if await self._moves(address):
                        return True
        return False

    async def _moves(self, address: str) -> bool:
        if address not in self._known:
            self._known[address] = len(self._known) >= FILMS or await self._is_film(address)
        return self._known[address]

    async def _is_film(self, address: str) -> bool:
        raw = await self._files.get(address)
        if raw is None:  # a page that says "not found" is no film
            with suppress(NotAnswered):
                return not (await self._files.kind(address)).startswith("text/")
            return True
        try:
            with Image.open(io.BytesIO(raw)) as opened:
                return getattr(opened, "n_frames", 1) > 1
        except UnidentifiedImageError:
            return False
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return True


def _films(node: Node) -> Iterator[str]:
    """Addresses of files that an element shows and that may be films by their names."""
    told = [node.get("src").strip()] if node.tag == "img" else URL.findall(node.style("background-image"))
    yield from (urljoin(node.scope.url, address) for address in told if FILM.search(address))


def _touch(text: Node, other: Node) -> bool:
    return other.box is not None and any(_meet(line, other.box) for line in text.lines)


def _covers(layout: Layout) -> bool:
    """Whether a box of a pseudo-element shows more than its text."""
    ground = parsed(layout.style("background-color"))
    return layout.style("background-image") not in ("none", "") or ground is None or ground.alpha > 0


def _moves(node: Node) -> bool:
    """Whether what it shows may be another one in the next moment, or at another place of the page."""
    if node.tag in MOVING or node.style("position") in ("fixed", "sticky") or node.style("background-attachment") not in ("scroll", ""):
        return True
    return _endless(node)


def _endless(node: Node) -> bool:
    return node.style("animation-name") not in ("none", "") and "infinite" in node.style("animation-iteration-count")


def _afloat(text: Node) -> bool:
    """Whether it stays in the window while what can be seen behind it is scrolled away."""
    ground = False
    for one in (text, *text.ancestors()):
        ground = ground or (one.rendered and _opaque(one))
        if one.style("position") in ("fixed", "sticky"):
            return not ground
    return False


def _opaque(node: Node) -> bool:
    ground, image = parsed(node.style("background-color")), node.style("background-image")
    return (ground is not None and ground.alpha >= 1) or (image not in ("none", "") and not SHOWS_THROUGH.search(image))


def _plain(text: Node) -> bool:
    """Whether its letters are filled with its colour alone, and nothing that it stands in changes or moves that."""
    stroked = number(text.style("-webkit-text-stroke-width"), 0) > 0
    if stroked or text.style("-webkit-text-fill-color") != text.style("color") or _afloat(text):
        return False
    return not any(
        one.style("filter") not in ("none", "")
        or one.style("mix-blend-mode") not in ("normal", "")
        or "text" in one.style("background-clip")
        or one.style("background-attachment") not in ("scroll", "")
        or _endless(one)
        for one in (text, *text.ancestors())
        if one.rendered
    )


def _as_captured(text: Node, seen: Sequence[Any] | None) -> bool:
    """Whether an element is what the capture knew: the same words and colour, at the same place to 2 px."""
    if seen is None or text.box is None or seen[1] != text.style("color"):
        return False
    words = "".join(SPACES.sub("", own.raw) for _, own in text.texts)[:120]
    box = (text.box.x, text.box.y, text.box.width, text.box.height)
    return words == seen[0] and all(abs(one - other) <= 2 for one, other in zip(box, seen[2:], strict=True))


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
            met = piece.getcolors(piece.width * piece.height) or ()
            colours.update((colour[0], colour[1], colour[2]) for _, colour in met if isinstance(colour, tuple))
        if colours:
            ranked = sorted((Colour(*colour).luminance, colour) for colour in colours)
            yield text.place, [list(ranked[0][1]), list(ranked[-1][1])]


def _within(inner: Box, outer: Box) -> bool:
    across = outer.x - 1 <= inner.x and inner.x + inner.width <= outer.x + outer.width + 1
    return across and outer.y - 1 <= inner.y and inner.y + inner.height <= outer.y + outer.height + 1


def _meet(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height
