"""Pictures that experiments take of what they have brought about, for the person who has to decide. None is worth an answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from PIL import Image, ImageDraw

from auditor.marking import MARK, WIDEST, dot, encoded, frame, in_a_row, marked, opened
from auditor.model import Box, Driver, NotAnswered, Scene
from checks.probes.script import PLACES

NO_PICTURE = (NotAnswered, OSError, ValueError, ArithmeticError)
"""What a picture may fail by: a page that does not answer, a broken shot, measures out of this world."""

WHERE = "(() => {" + PLACES + """const at = elementAt(%s), box = at?.getBoundingClientRect();
  return box ? { box: [box.x, box.y, box.width, box.height], window: [innerWidth, innerHeight] } : null; })()"""
"""Where the element at a place is in the window, in CSS px."""

INTO_VIEW = "(() => {" + PLACES + "elementAt(%s)?.scrollIntoView({ block: 'center', behavior: 'instant' }); })()"

BODY = ("0/1",)  # the place of the page as a whole
MOST_STOPS = 80  # stops that the picture of a walk and its list tell
TALLEST = 4000  # CSS px of a page that the picture of a walk shows
HALF = 640  # CSS px: a larger piece is shown as a part of the window that holds it


async def keep_view(driver: Driver, place: str, caption: str, *, also: Sequence[str] = (), scroll: bool = False) -> None:
    """Keep a picture of the window as it is, the element at a place framed, for this place and those in `also`."""
    with suppress(*NO_PICTURE):
        if scroll:
            await driver.evaluate(INTO_VIEW % json.dumps(place))
        where = await driver.evaluate(WHERE % json.dumps(place))
        if where is None:
            return
        picture = await asyncio.to_thread(_framed, await driver.shot(), where)
        if picture:
            for one in dict.fromkeys((place, *also)):
                driver.keep(one, Scene(picture=picture, caption=caption))


def _framed(shot: bytes, where: Mapping[str, Any]) -> bytes:
    view = opened(shot)
    x, y, width, height = _within(where["box"], view, where["window"])
    if width < 1 or height < 1:
        frame(ImageDraw.Draw(view), x, y, width, height)
        view.thumbnail((WIDEST, view.height))
        return encoded(view)
    return marked(view, x, y, width, height)


def _within(box: Sequence[float], view: Image.Image, window: Sequence[float]) -> tuple[float, float, float, float]:
    """The part of a box in the window that is in the picture, in px of the picture."""
    scale = view.width / window[0]
    left, top = max(0.0, box[0] * scale), max(0.0, box[1] * scale)
    right, bottom = min(float(view.width), (box[0] + box[2]) * scale), min(float(view.height), (box[1] + box[3]) * scale)
    return min(left, view.width - 1.0), min(top, view.height - 1.0), max(0.0, right - left), max(0.0, bottom - top)


async def look_on(driver: Driver, moments: Sequence[float]) -> list[bytes]:
    """Pictures of the window after so many seconds each, as long as the page answers."""
    shots, clock = list[bytes](), asyncio.get_running_loop()
    begin = clock.time()
    with suppress(*NO_PICTURE):
        for moment in moments:
            await asyncio.sleep(max(0.0, begin + moment - clock.time()))
            shots.append(await driver.shot(quality=80))
    return shots


def strip(shots: Sequence[bytes], box: Sequence[float], window: Sequence[float]) -> bytes | None:
    """What one place of the window showed from moment to moment: a WebP of numbered pictures; None where it was not in the window."""
    if len(shots) < 2:
        return None
    views = [opened(shot) for shot in shots]
    x, y, width, height = _within(box, views[0], window)
    if width < 8 or height < 8:
        return None
    margin = 24
    piece = (int(max(0, x - margin)), int(max(0, y - margin)), int(min(views[0].width, x + width + margin)),
             int(min(views[0].height, y + height + margin)))  # fmt: skip
    return in_a_row([view.crop(piece) for view in views], across=2 if width > HALF else 3, highest=300)


def keep_row(driver: Driver, shots: Sequence[bytes], caption: str, places: Sequence[str]) -> None:
    """Keep pictures of the window, one beside the other, for these places."""
    with suppress(*NO_PICTURE):
        if all(shots):
            picture = in_a_row([opened(shot) for shot in shots], across=1, highest=450)
            for place in dict.fromkeys(places):
                driver.keep(place, Scene(picture=picture, caption=caption))


def keep_pair(driver: Driver, place: str, shots: tuple[bytes, bytes], box: Sequence[float], window: Sequence[float], caption: str) -> None:
    """Keep the same place of the window as two pictures show it."""
    with suppress(*NO_PICTURE):
        if picture := strip(shots, box, window):
            driver.keep(place, Scene(picture=picture, caption=caption))


async def keep_walk(driver: Driver, stops: Sequence[Mapping[str, Any]], caption: str) -> None:
    """Keep a picture of the page with the stops of a walk numbered in their order, and the way between them."""
    if not stops:
        return
    with suppress(*NO_PICTURE):
        width, height = await driver.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
        shot = await driver.shot(Box(x=0, y=0, width=width, height=min(height, TALLEST)), quality=85)
        points = [(stop["at"][0], stop["at"][1]) for stop in stops[:MOST_STOPS]]
        driver.keep("", Scene(picture=await asyncio.to_thread(_walked, shot, points, width), caption=caption))


def _walked(shot: bytes, points: Sequence[tuple[float, float]], width: float) -> bytes:
    page = opened(shot)
    scale = 800 / max(1.0, width)
    page = page.resize((800, max(1, round(page.height * 800 / page.width))))
    draw = ImageDraw.Draw(page)
    at = [(max(12.0, min(788.0, x * scale)), max(10.0, y * scale)) for x, y in points]
    for (x, y), (further_x, further_y) in pairwise(at):
        if max(y, further_y) < page.height:
            draw.line((x, y, further_x, further_y), fill=MARK, width=1)
    for number, (x, y) in enumerate(at, 1):
        if y < page.height:
            dot(draw, x, y, str(number), size=13)
    return encoded(page)
