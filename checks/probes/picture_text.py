"""What is written in the pictures of a page, read by a small offline model where one is installed (the extra `ocr`)."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from PIL import Image

from auditor.model import Box, Driver, NotAnswered, Probe
from checks.document import Document, Node, captured
from checks.probes.files import URL, Files
from checks.reading import installed, read

NAME = "picture_text"
LOG = logging.getLogger(__name__)

SMALLEST = (40, 12)  # CSS px
MOST = 4  # pictures of one page: the same ones whatever was read before, so that nights can be compared
PHOTO = (0.5, 2.0)  # width by height: in between, most are photographs, which wait until banners and buttons have been read
SHOTS = 2  # of these, those of which the browser has to take a picture
LIMIT = 30  # seconds for all pictures of a page, so that nothing hangs
DRAWING = frozenset({"img", "canvas", "svg", "object", "embed", "iframe", "video", "input", "select", "textarea", "button"})


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Place of an element -> {"lines": [[text, how sure, 0 to 1]], "found": lines of text in it, "covers": their share of its area,
    "plain": share of its five most common colours, "inked": how much of what is drawn on its commonest colour lies in these lines},
    for the largest pictures of the page itself; {} for those in which nothing is written.

    The lines stand from top to bottom, at most LINES. {} where no model is installed: then nothing was asked (`installed`).
    Raises NotAnswered where the pictures were not read in time, or the browser could not show one.
    """
    if installed() == "none" or not captured(facts):
        return {}
    found: dict[str, Any] = {}
    document = Document(facts)
    wanted = candidates(document)
    if not wanted:
        return {}
    lens = _Lens(driver, document, facts)
    try:
        async with asyncio.timeout(LIMIT):
            for node in wanted:
                if (told := await _told(lens, node)) is not None:
                    found[node.place] = dict(told)
    except TimeoutError as why:
        raise NotAnswered(f"图片的文字没有在 {LIMIT} 秒内读完") from why
    return found


async def _told(lens: _Lens, node: Node) -> Mapping[str, Any] | None:
    """What is read in a picture; None where it could not be looked at."""
    try:
        raw = await lens.pixels(node)
        return await asyncio.to_thread(read, raw) if raw else None
    except NotAnswered:
        raise
    except Exception:  # a strange picture, or the model: a page is never given up for it
        LOG.warning("图片文字识别出错，已跳过页面 %s 上的一张图片", lens.document.url, exc_info=True)
        return None


PROBE = Probe(name=NAME, ask=ask)


def candidates(document: Document) -> list[Node]:
    """What people see as a picture, at most MOST, those of the shape of a banner or button first, then the largest.

    Backgrounds only of elements that hold no text themselves; badges without a name that lead to other sites are left out.
    """
    found = [node for node in document.nodes if _is_picture(node) and _fits(node) and node.visible and not _badge(node)]
    return sorted(found, key=lambda node: (_like_a_photo(node.box), -_area(node.box), node.index))[:MOST]


def leads_away(node: Node) -> bool:
    """Whether it stands in a link to another site, as the badges and marks of friends do."""
    link = node if node.tag == "a" else node.inside("a")
    if link is None or not link.get("href").strip():
        return False
    there = urlsplit(urljoin(node.scope.url, link.get("href").strip()))
    return there.scheme in ("http", "https") and there.hostname != urlsplit(node.scope.url).hostname


# ------------------------------------------------------------------------------------------------ which pictures


def _is_picture(node: Node) -> bool:
    if node.scope.kind == "frame" or node.tag in ("html", "body"):
        return False
    if node.tag == "img" or (node.tag == "input" and node.get("type").strip().lower() == "image"):
        return True
    if node.tag in ("canvas", "object", "embed"):
        return not node.text
    if node.tag in ("input", "select", "textarea", "iframe", "video"):
        return False
    if node.tag == "svg":
        shown = node.role == "img" or bool(node.name) or any(node.descendants("image"))
        return shown and not any(node.descendants("text", "foreignObject", "foreignobject"))
    return "url(" in node.style("background-image") and not node.text and not any(_draws(one) for one in node.descendants())


def _draws(node: Node) -> bool:
    return node.tag in DRAWING or "url(" in node.style("background-image")


def _fits(node: Node) -> bool:
    box = node.box
    return box is not None and box.width >= SMALLEST[0] and box.height >= SMALLEST[1] and box.x >= 0 and box.y >= 0


def _badge(node: Node) -> bool:
    return not (node.exposed and node.name) and leads_away(node)


def _like_a_photo(box: Box | None) -> bool:
    return box is not None and PHOTO[0] <= box.width / box.height <= PHOTO[1]


def _area(box: Box | None) -> float:
    return box.width * box.height if box else 0.0


# ------------------------------------------------------------------------------------------------ their pixels


class _Lens:
    """Gets the pixels of a picture: its file as it came, or a shot of the page where that would show something else."""

    def __init__(self, driver: Driver, document: Document, facts: Mapping[str, Any]) -> None:
        self.driver = driver
        self.document = document
        self.sources = _sources(facts)
        self.files = Files(driver)
        self.shots = SHOTS

    async def pixels(self, node: Node) -> bytes | None:
        address, background = self._address(node)
        raw = await self.files.get(address) if address else None
        if raw and not _vector(raw):
            if not background or _holds(node.box, raw) or not await asyncio.to_thread(read, raw):
                return raw
        elif address and not raw and node.tag not in ("object", "embed"):
            return None
        if self.document.pictures.get(node.index) == [0, 0]:  # what did not load shows its alternative
            return None
        if self.shots and node.box is not None and not self._covered(node):
            self.shots -= 1
            return await self.driver.shot(node.box)
        return None

    def _address(self, node: Node) -> tuple[str, bool]:
        """Where its file came from; whether it is a background, of which only a part may be seen."""
        if node.tag in ("img", "input", "object", "embed"):
            told = self.sources.get(node.number) or node.get("data" if node.tag == "object" else "src").strip()
            return (urljoin(node.scope.url, told) if told else ""), False
        urls = URL.findall(node.style("background-image"))
        return (urls[0] if len(urls) == 1 else ""), True

    def _covered(self, node: Node) -> bool:
        """Whether text of other elements stands on it, which a shot would show too."""
        box = node.box
        inside = {one.index for one in node.descendants()}
        return box is None or any(
            line.x < box.x + box.width and box.x < line.x + line.width and line.y < box.y + box.height and box.y < line.y + line.height
            for other in self.document.nodes
            if other.texts and other.index != node.index and other.index not in inside and other.visible
            for line in other.lines
        )


def _sources(facts: Mapping[str, Any]) -> dict[str, str]:
    """Number of an <img> -> the address that it shows (srcset and lazy loading settled)."""
    documents = facts["capture"]["documents"]
    strings: dict[int, Any] = {}
    found: dict[str, str] = {}
    for entry in documents:
        words = strings.setdefault(entry["process"], entry["strings"])
        column = entry["nodes"].get("currentSourceURL") or {"index": (), "value": ()}
        for at, word in zip(column["index"], column["value"], strict=True):
            if word >= 0:
                found[str(entry["first"] + at)] = words[word]
    return found


def _vector(raw: bytes) -> bool:
    return b"<svg" in raw[:4000].lower() and raw[:400].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _holds(box: Box | None, raw: bytes) -> bool:
    """Whether a background is shown as a whole, as a sprite is not."""
    with Image.open(io.BytesIO(raw)) as opened:
        return box is not None and opened.width <= box.width * 1.05 and opened.height <= box.height * 1.05
