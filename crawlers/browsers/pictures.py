"""Cuts a picture for each place of a finding out of pictures of strips of the page, with the place marked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import ImageDraw

from auditor.marking import HIGHEST, MARGIN, WIDEST, encoded, frame, marked, opened
from auditor.model import Box, Driver, NotAnswered

TALLEST = 2400  # CSS px: how much of a page one shot takes
APART = 400  # CSS px between two places that do not go on one shot
DEEPEST = 30_000  # CSS px: places further down get no picture
WHOLE = "html"  # what is said of the whole document has no place that a frame could show
SINGLES = 50  # pictures of single places on one page
QUALITY = 90  # of the shot, a JPEG: a third of the work that a PNG is, for the browser and for us


@dataclass(frozen=True, kw_only=True)
class _Place:
    selector: str
    box: Box
    alone: bool  #: it gets a picture of its own; the others of a shot share one

    @property
    def top(self) -> float:
        return max(0.0, self.box.y - MARGIN)

    @property
    def bottom(self) -> float:
        return self.box.y + min(self.box.height, HIGHEST * 2.0) + MARGIN


async def take_pictures(driver: Driver, places: Sequence[Mapping[str, Any]], width: int, height: int) -> dict[str, bytes]:
    """A WebP for each place {"selector", "box"} of an open page of that size (CSS px): selector -> picture.

    The first SINGLES places get a picture of their own; the others share one of their part of the page, all of them marked.
    Places without a size are shown with a small mark where they would stand. A shot that fails leaves its places
    without a picture; a finding is worth telling without one.
    """
    pictures: dict[str, bytes] = {}
    for strip in _strips(places, width, height):
        top, bottom = strip[0].top, min(float(height), max(place.bottom for place in strip))
        clip = Box(x=0, y=top, width=width, height=max(1.0, bottom - top))
        try:
            shot = await driver.shot(clip, quality=QUALITY)
        except NotAnswered:
            continue
        pictures.update(await asyncio.to_thread(_cut, shot, clip, strip))
    return pictures


def _strips(places: Sequence[Mapping[str, Any]], width: int, height: int) -> Iterator[list[_Place]]:
    """The visible places from top to bottom, those that lie close together on one strip of the page."""
    shown = [place for place in places if place["selector"] != WHOLE]
    boxes = ((place["selector"], number < SINGLES, _visible(Box(**place["box"]), width, height)) for number, place in enumerate(shown))
    found = [_Place(selector=selector, box=box, alone=alone) for selector, alone, box in boxes if box is not None]
    strip: list[_Place] = []
    end = 0.0
    for place in sorted(found, key=lambda place: place.top):
        if strip and (place.top > end + APART or place.bottom > strip[0].top + TALLEST):
            yield strip
            strip = []
        end = max(end, place.bottom) if strip else place.bottom
        strip.append(place)
    if strip:
        yield strip


def _visible(box: Box, width: int, height: int) -> Box | None:
    """The part of a box that lies on the page, None if nothing of it does."""
    left, top = max(0.0, box.x), max(0.0, box.y)
    right, bottom = min(float(width), box.x + box.width), min(float(height), box.y + box.height)
    if right < left or bottom < top or top > DEEPEST:
        return None
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def _cut(shot: bytes, clip: Box, places: Sequence[_Place]) -> dict[str, bytes]:
    page = opened(shot)
    pictures: dict[str, bytes] = {}
    done: dict[tuple[int, ...], bytes] = {}
    for selector, box in ((place.selector, place.box) for place in places if place.alone):
        key = tuple(round(value) for value in (box.x, box.y, box.width, box.height))
        if key not in done:
            done[key] = marked(page, box.x - clip.x, box.y - clip.y, box.width, box.height)
        pictures[selector] = done[key]
    together = [place for place in places if not place.alone]
    if together:
        draw = ImageDraw.Draw(page)
        for place in together:
            frame(draw, place.box.x - clip.x, place.box.y - clip.y, place.box.width, place.box.height)
        page.thumbnail((WIDEST, page.height))
        pictures.update(dict.fromkeys((place.selector for place in together), encoded(page)))
    return pictures
