"""Cuts a picture for each place of a finding out of one picture of the page, with the place marked."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw

from auditor.model import Box, Driver, NotAnswered

TILE = 2400  # CSS px: how much of a page one shot takes
DEEPEST = 30_000  # CSS px: places further down get no picture
MARGIN = 64  # CSS px around the element
NARROWEST = 420  # CSS px that a picture shows at least, where the page is that wide
WIDEST, HIGHEST = 720, 460  # px of a finished picture
SINGLES = 50  # pictures of single places on one page
MARK, HALO = (200, 0, 140), (255, 255, 255)  # a red that few sites use

_Place = tuple[str, Box]


async def take_pictures(driver: Driver, places: Sequence[Mapping[str, Any]], width: int, height: int) -> dict[str, bytes]:
    """A WebP for each place {"selector", "box"} of an open page of that size (CSS px): selector -> picture.

    The first SINGLES places get a picture of their own; the others share one of their part of the page, all of them marked.
    Places without a size are shown with a small mark where they would stand. A shot that fails leaves its places
    without a picture; a finding is worth telling without one.
    """
    pictures: dict[str, bytes] = {}
    by_tile: dict[int, tuple[list[_Place], list[_Place]]] = {}
    for number, place in enumerate(places):
        box = _visible(Box(**place["box"]), width, height)
        if box is not None:
            alone, together = by_tile.setdefault(int(box.y // TILE), ([], []))
            (alone if number < SINGLES else together).append((place["selector"], box))
    for tile, (alone, together) in sorted(by_tile.items()):
        top = max(0.0, tile * TILE - HIGHEST)
        clip = Box(x=0, y=top, width=width, height=min(height - top, TILE + 2 * HIGHEST))
        try:
            shot = await driver.shot(clip)
        except NotAnswered:
            continue
        pictures.update(await asyncio.to_thread(_cut, shot, clip, alone, together))
    return pictures


def _visible(box: Box, width: int, height: int) -> Box | None:
    """The part of a box that lies on the page, None if nothing of it does."""
    left, top = max(0.0, box.x), max(0.0, box.y)
    right, bottom = min(float(width), box.x + box.width), min(float(height), box.y + box.height)
    if right < left or bottom < top or top > DEEPEST:
        return None
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def _cut(shot: bytes, clip: Box, alone: Sequence[_Place], together: Sequence[_Place]) -> dict[str, bytes]:
    with Image.open(io.BytesIO(shot)) as opened:
        page = opened.convert("RGB")
    pictures: dict[str, bytes] = {}
    done: dict[tuple[int, ...], bytes] = {}
    for selector, box in alone:
        key = tuple(round(value) for value in (box.x, box.y, box.width, box.height))
        if key not in done:
            done[key] = _marked(page, box.x - clip.x, box.y - clip.y, box.width, box.height)
        pictures[selector] = done[key]
    if together:
        draw = ImageDraw.Draw(page)
        for _, box in together:
            _mark(draw, box.x - clip.x, box.y - clip.y, box.width, box.height)
        page.thumbnail((WIDEST, page.height))
        pictures.update(dict.fromkeys((selector for selector, _ in together), _encoded(page)))
    return pictures


def _marked(page: Image.Image, x: float, y: float, width: float, height: float) -> bytes:
    left, top = max(0.0, x - MARGIN), max(0.0, y - MARGIN)
    right, bottom = min(float(page.width), x + width + MARGIN), min(float(page.height), y + min(height, HIGHEST * 2.0) + MARGIN)
    left = max(0.0, min(left, right - NARROWEST))
    right = min(float(page.width), max(right, left + NARROWEST))
    piece = page.crop((int(left), int(top), int(right) or 1, max(int(bottom), int(top) + 1)))
    _mark(ImageDraw.Draw(piece), x - left, y - top, width, height)
    piece.thumbnail((WIDEST, HIGHEST))
    return _encoded(piece)


def _mark(draw: ImageDraw.ImageDraw, x: float, y: float, width: float, height: float) -> None:
    edge = (x - 3, y - 3, x + max(width, 6) + 3, y + max(height, 6) + 3)
    draw.rectangle((edge[0] - 2, edge[1] - 2, edge[2] + 2, edge[3] + 2), outline=HALO, width=6)
    draw.rectangle(edge, outline=MARK, width=3)


def _encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=72, method=2)
    return out.getvalue()
