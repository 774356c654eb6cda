"""Cuts a picture for each place of a finding out of one picture of the page, with the place marked."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw

from auditor.model import Box, Driver, NotAnswered

TILE = 2400  # CSS px: how much of a page one shot takes
DEEPEST = 30_000  # CSS px: places further down get no picture
MARGIN = 64  # CSS px around the element
NARROWEST = 420  # CSS px that a picture shows at least, where the page is that wide
WIDEST, HIGHEST = 720, 460  # px of a finished picture
MOST = 150  # pictures of one page
MARK, HALO = (200, 0, 140), (255, 255, 255)  # a red that few sites use


async def take_pictures(driver: Driver, places: Sequence[Mapping[str, Any]], width: int, height: int) -> dict[str, bytes]:
    """A WebP for each place {"selector", "box"} of an open page of that size (CSS px): selector -> picture.

    Places without a size are shown with a small mark where they would stand. A shot that fails leaves its places
    without a picture; a finding is worth telling without one.
    """
    pictures: dict[str, bytes] = {}
    by_tile: dict[int, list[tuple[str, Box]]] = {}
    for place in places[:MOST]:
        box = _visible(Box(**place["box"]), width, height)
        if box is not None:
            by_tile.setdefault(int(box.y // TILE), []).append((place["selector"], box))
    for tile, members in sorted(by_tile.items()):
        top = max(0.0, tile * TILE - HIGHEST)
        clip = Box(x=0, y=top, width=width, height=min(height - top, TILE + 2 * HIGHEST))
        try:
            shot = await driver.shot(clip)
        except NotAnswered:
            continue
        pictures.update(_cut(shot, clip, members))
    return pictures


def _visible(box: Box, width: int, height: int) -> Box | None:
    """The part of a box that lies on the page, None if nothing of it does."""
    left, top = max(0.0, box.x), max(0.0, box.y)
    right, bottom = min(float(width), box.x + box.width), min(float(height), box.y + box.height)
    if right < left or bottom < top or top > DEEPEST:
        return None
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def _cut(shot: bytes, clip: Box, members: Iterable[tuple[str, Box]]) -> Iterator[tuple[str, bytes]]:
    with Image.open(io.BytesIO(shot)) as opened:
        page = opened.convert("RGB")
    done: dict[tuple[int, ...], bytes] = {}
    for selector, box in members:
        key = tuple(round(value) for value in (box.x, box.y, box.width, box.height))
        if key not in done:
            done[key] = _marked(page, box.x - clip.x, box.y - clip.y, box.width, box.height)
        yield selector, done[key]


def _marked(page: Image.Image, x: float, y: float, width: float, height: float) -> bytes:
    left, top = max(0.0, x - MARGIN), max(0.0, y - MARGIN)
    right, bottom = min(float(page.width), x + width + MARGIN), min(float(page.height), y + min(height, HIGHEST * 2.0) + MARGIN)
    left = max(0.0, min(left, right - NARROWEST))
    right = min(float(page.width), max(right, left + NARROWEST))
    piece = page.crop((int(left), int(top), int(right) or 1, max(int(bottom), int(top) + 1)))
    draw = ImageDraw.Draw(piece)
    edge = (x - left - 3, y - top - 3, x - left + max(width, 6) + 3, y - top + max(height, 6) + 3)
    draw.rectangle((edge[0] - 2, edge[1] - 2, edge[2] + 2, edge[3] + 2), outline=HALO, width=6)
    draw.rectangle(edge, outline=MARK, width=3)
    piece.thumbnail((WIDEST, HIGHEST))
    out = io.BytesIO()
    piece.save(out, "WEBP", quality=72, method=2)
    return out.getvalue()
