"""What moves, blinks, changes or sounds on a page that nobody touches, and whether anything on it makes that stop."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from PIL import Image

from auditor.model import Box, Driver, NotAnswered, Probe, Scene
from checks.probes.files import Files
from checks.probes.flashes import flashes, frame
from checks.probes.motion_controls import CENTRE, CLICK, CONTROLS, SHOWN
from checks.probes.motion_films import films
from checks.probes.motion_keyframes import BACK, FLICKER, KEYFRAMES, STEP
from checks.probes.motion_sound import HEARD, HOOK, PLAY, SOUNDS
from checks.probes.motion_watch import FILMS, WATCH
from checks.probes.scenes import NO_PICTURE, look_on, strip

NAME = "motion"
LASTING = 5_000  #: ms: what WCAG lets move by itself
LOOK, LONGEST = 6_500, 15_000  #: ms of watching
AGAIN = 1_500  #: ms, on a fresh load
CANDIDATES = 6
SECONDS = 30.0  #: after which no control is tried any more
SETTLED = 1_300  #: ms after a control was used: what ends until then obeys it
MOMENTS = (0.3, 1.8, 3.3, 4.8, 6.2)  #: seconds after which a picture shows what went on
STEPS = 24  #: pictures of one run of an animation
LARGEST = (900.0, 700.0)  #: CSS px of a picture
BIG = 21_824
WINDOW = (1280, 800)  #: CSS px


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What went on in 6.5 seconds (up to 15 where something changes seldom), and again on a fresh load.

    -> {"seconds", "samples", "cut", "components": [{"element", "kinds": {kind: changes}, "bursts": [[begin, end] ms], "share" of the
    samples in which it changed, "area" CSS px² in sight, …, "again": the same on a fresh load or None, "tried": [{"element", "named",
    "kind", "keyboard", "ended": stopped, hidden or moves}], "adjust": [element], "untried": bool}], "films": [`films`], "sounds":
    {"media", "control", "scripts"}, "flashing": [{"element", "size", "seconds", "general", "red"}], "flickers": [...]}.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    await _start(driver, least=LOOK, most=LONGEST)
    looking = asyncio.ensure_future(look_on(driver, MOMENTS))
    shown, cut = await films(Files(driver), await driver.evaluate(FILMS))
    seen = await _watched(driver)
    await _show(driver, await looking, [*seen["components"], *shown])
    parts = [one for one in seen["components"] if lasts(one)][:CANDIDATES]
    flickers = await driver.evaluate(FLICKER) if any(_may_flicker(one) for one in parts) else []
    flashing = await _keyframes(driver)
    sounds = await _sounds(driver)
    hook = await _hook(driver) if sounds["scripted"] else None
    try:
        if parts or hook:
            await driver.reload()
            await _again(driver, parts, loop.time() if not parts else began)
        sounds["scripts"] = await _heard(driver) if hook else []
    finally:
        if hook:
            with suppress(NotAnswered):
                await driver.cdp("Page.removeScriptToEvaluateOnNewDocument", {"identifier": hook})
    return {
        "seconds": seen["seconds"], "samples": seen["samples"], "cut": seen["cut"] or cut, "components": parts, "films": shown,
        "sounds": sounds, "flashing": flashing, "flickers": flickers,
    }  # fmt: skip


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=60.0)


def lasts(part: Mapping[str, Any]) -> bool:
    """Whether something went on for more than five seconds: all the time, or again and again."""
    bursts: Sequence[Sequence[int]] = part["bursts"]
    if not bursts or (part["area"] <= 0 and len(bursts) < 2):
        return False
    return bursts[-1][1] >= LASTING and (len(bursts) >= 2 or bursts[0][1] - bursts[0][0] >= LASTING)


# ------------------------------------------------------------------------------------------------ inside


async def _start(driver: Driver, *, least: int, most: int, expect: Sequence[str] = ()) -> None:
    settings = json.dumps({"least": least, "most": most, "needed": LASTING, "expect": list(expect)})
    await driver.evaluate(WATCH.replace("__SETTINGS__", settings))


async def _watched(driver: Driver) -> dict[str, Any]:
    told: dict[str, Any] | None = await driver.evaluate("globalThis.auditorMotion", limit=45)
    if not told or told["lost"]:
        raise NotAnswered("页面在观察期间换成了另一页")
    return told


async def _show(driver: Driver, shots: Sequence[bytes], moving: Sequence[Mapping[str, Any]]) -> None:
    """Keep what the moving parts looked like from moment to moment."""
    for one in [one for one in moving if "bursts" not in one or lasts(one)][:CANDIDATES]:
        picture = None
        with suppress(*NO_PICTURE):
            picture = await asyncio.to_thread(strip, shots, one["element"]["box"], WINDOW)
        if picture:
            told = f"没有人碰网页时，每隔约1.5秒的画面，共{len(shots)}幅"
            driver.keep(one["element"]["place"], Scene(picture=picture, caption=told))


async def _again(driver: Driver, parts: Sequence[dict[str, Any]], began: float) -> None:
    """Watch the page afresh, then try what may stop it."""
    for part in parts:
        part.update(again=None, tried=[], adjust=[], untried=False)
    await _start(driver, least=AGAIN, most=LONGEST if parts else AGAIN, expect=[part["element"]["place"] for part in parts])
    seen = await _watched(driver)
    for part in parts:
        part["again"] = _same(part, seen["components"])
    moving = [part for part in parts if part["again"] and part["again"]["bursts"]]
    if moving:
        await driver.move(2, 400)
        await _try(driver, moving, began)


def _same(part: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The component of another look that is the same: at the same place, or the only one with its id."""
    element = part["element"]
    named = element["attributes"].get("id")
    at = [one for one in others if (one["element"]["place"], one["element"]["tag"]) == (element["place"], element["tag"])]
    at = at or [one for one in others if named and one["element"]["attributes"].get("id") == named]
    if len(at) != 1:
        return None
    return {key: at[0][key] for key in ("bursts", "share", "kinds", "area", "element")}


async def _try(driver: Driver, parts: Sequence[dict[str, Any]], began: float) -> None:
    loop = asyncio.get_running_loop()
    waiting: list[tuple[dict[str, Any], list[list[dict[str, Any]]]]] = []
    for part in parts:
        place = json.dumps(part["again"]["element"]["place"])
        told = await driver.evaluate(f"{CONTROLS}({place}, {json.dumps(set(part['kinds']) == {'text'})})") or {"controls": [], "adjust": []}
        part["adjust"] = told["adjust"]
        waiting.append((part, _groups(told["controls"])))
    while waiting := [(part, groups) for part, groups in waiting if groups and not _ended(part)]:
        if loop.time() - began > SECONDS:
            break
        await _round(driver, [(part, groups.pop(0)) for part, groups in waiting])
    for part, groups in waiting:
        part["untried"] = bool(groups) and not _ended(part)


def _groups(controls: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What is tried one after the other: controls named for it each by itself, then some of the others at once."""
    named = [one for one in controls if one["kind"] == "pause"][:2] + [one for one in controls if one["kind"] == "close"][:1]
    rest = [one for one in controls if one["kind"] == "other"][:2] + [one for one in controls if one["kind"] == "turn"][:1]
    return [[one] for one in named] + ([rest] if rest else [])


def _ended(part: Mapping[str, Any]) -> bool:
    return any(one["ended"] in ("stopped", "hidden") for one in part["tried"])


async def _round(driver: Driver, waiting: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
    """Use some controls of each moving part, each control once, and look whether the parts still move."""
    used: set[str] = set()
    for control in (control for _, controls in waiting for control in controls):
        place = json.dumps(control["element"]["place"])
        if place not in used:
            await driver.evaluate(f"{CENTRE}({place})")
            await driver.evaluate(f"{CLICK}({place})")
            used.add(place)
    wait = max(_pause(part) for part, _ in waiting)
    await _start(driver, least=wait, most=wait)
    seen = await _watched(driver)
    for part, controls in waiting:
        found = _same({"element": part["again"]["element"]}, seen["components"])
        shown = await driver.evaluate(f"{SHOWN}({json.dumps(part['again']['element']['place'])})")
        moves = found is not None and any(end > SETTLED for _, end in found["bursts"])
        ended = "hidden" if not shown else "moves" if moves else "stopped"
        part["tried"] += [{**control, "ended": ended} for control in controls]


def _pause(part: Mapping[str, Any]) -> int:
    """How long in ms one must look to see that it has stopped: well over the longest time for which it rests by itself."""
    looks = (part["bursts"], part["again"]["bursts"])
    rests = [after[0] - before[1] for bursts in looks for before, after in pairwise(bursts)]
    return int(min(9_500, SETTLED + 1.25 * max(rests, default=0) + 900))


def _may_flicker(part: Mapping[str, Any]) -> bool:
    return part["area"] > BIG and part["share"] >= 0.4 and bool(set(part["kinds"]) & {"paint", "show", "fade", "picture", "colour"})


async def _keyframes(driver: Driver) -> list[dict[str, Any]]:
    """Fast animations of large parts, played picture by picture, with the flashes of their worst second."""
    found = []
    for number, one in enumerate(await driver.evaluate(KEYFRAMES)):
        x, y, width, height = one["box"]
        size = (min(width, LARGEST[0]), min(height, LARGEST[1]))
        frames = []
        try:
            for step in range(STEPS):
                await driver.evaluate(STEP % (number, (step + 0.5) / STEPS))
                shot = await driver.shot(Box(x=x, y=y, width=size[0], height=size[1]))
                with Image.open(io.BytesIO(shot)) as picture:
                    frames.append(frame(picture, one["lasts"] / STEPS, size))
        except NotAnswered:
            continue
        finally:
            with suppress(NotAnswered):
                await driver.evaluate(BACK)
        worst = flashes(frames, size, loops=True)
        told = {"element": one["element"], "size": list(size), "seconds": one["lasts"] / 1000}
        found.append({**told, "general": worst.general, "red": worst.red})
    return found


async def _sounds(driver: Driver) -> dict[str, Any]:
    """What may sound; browsers let nothing sound before the page was touched, so that a gesture is lent to what would begin by itself."""
    sounds: dict[str, Any] = await driver.evaluate(SOUNDS)
    if any(one["autoplay"] and not one["muted"] and not one["failed"] for one in sounds["media"]):
        with suppress(NotAnswered, KeyError):
            asked = {"expression": PLAY, "userGesture": True, "awaitPromise": True, "returnByValue": True}
            answer = await driver.cdp("Runtime.evaluate", asked)
            for one, heard in zip(sounds["media"], answer["result"].get("value") or [], strict=False):
                one["heard"] = heard
    return sounds


async def _hook(driver: Driver) -> str | None:
    with suppress(NotAnswered):
        await driver.cdp("Page.enable")
        return str((await driver.cdp("Page.addScriptToEvaluateOnNewDocument", {"source": HOOK}))["identifier"])
    return None


async def _heard(driver: Driver) -> list[dict[str, Any]]:
    with suppress(NotAnswered, KeyError):
        answer = await driver.cdp("Runtime.evaluate", {"expression": HEARD, "returnByValue": True})
        return list(answer["result"].get("value") or [])
    return []
