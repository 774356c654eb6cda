"""How a page bears other windows: a narrow one, one at 200 %, one held upright and on its side; and text spaced wider than usual.

Everything that looks broken is looked at again on a fresh load of the page; only what is broken there too is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks.probes.scenes import BODY, keep_view
from checks.probes.script import run

NAME = "layout"
WIDE, ZOOMED, NARROW = (1280, 800), (640, 512), (320, 640)
"""CSS px: the usual window; the same at 200 % (ACT 59br37); what is left of it at 400 % (1.4.10), a little higher."""
BOXES, PAIRS = ("zoomed", "narrow"), ("zoomedOver", "narrowOver")  # what cuts text off, and what lies over each other
ORIENTATIONS = (("portrait", 375, 667), ("landscape", 667, 375))

SCRIPT = run("layout.js", "layout_changes.js", "layout_targets.js", end="A.calm(); return true; ")
HERE = "(async () => {{ const A = globalThis.auditorLayout; {} }})()"

AT_FIRST = """A.begin('wide'); await A.rest(); A.moved(); A.small('wide');
return {spacing: A.spacing('wide'), larger: A.larger('wide'), full: A.full()};"""
ZOOM = """await A.rest(640); A.look('zoomed');
return {zoomed: A.cut('wide', 'zoomed'), zoomedOver: A.over('wide', 'zoomed'), shut: A.wide('zoomed', 'wide')};"""
REFLOW = """await A.rest(320); A.look('narrow');
return {reflow: A.wide('narrow', 'wide'), narrow: A.cut('wide', 'narrow'),
narrowOver: A.over('wide', 'narrow'), lost: A.lost('wide', 'narrow'), small: A.small('narrow', 'wide')};"""
NARROW_ALONE = """await A.rest(320); A.begin('narrow'); await A.rest(); A.moved(); A.look('narrow');
return {reflow: A.wide('narrow'), small: A.small('narrow')};"""
ZOOM_ALONE = "await A.rest(640); A.look('zoomed'); return A.wide('zoomed');"
WIDE_AGAIN = """await A.rest(1280); A.begin('wide'); await A.rest(); A.moved();
return {spacing: A.spacing('wide'), zoomed: A.cut('wide', 'zoomed'), narrow: A.cut('wide', 'narrow'),
zoomedOver: A.over('wide', 'zoomed'), narrowOver: A.over('wide', 'narrow')};"""
NARROWED = "窗口宽320像素（相当于放大到400%）时的画面"
SHOWN = 4  # elements of each kind of which a picture is kept
UPRIGHT = "await A.rest(%d); return A.upright('%s');"


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was seen in each window.

    -> {"reflow": text that reaches beyond a window of 320 px, "narrow": boxes that cut text off there, "lost": text that is not there
    at all, "small": targets of the pointer that are too small only there, "zoomed": boxes that cut text off at 200 %, "narrowOver",
    "zoomedOver": texts that lie over each other there,
    "spacing": {"cut", "over"} with wider spacing, "larger": boxes that cut text
    off when its size alone is doubled, "turned": what is turned by the way the phone is held, "held": what is shown either way,
    "full": whether there was more text than was looked at}. Elements are told as `Document.meet` wants them.
    """
    try:
        first = await _first(driver)
        if _broken(first):
            first = _kept(first, await _again(driver, first))
    finally:
        await driver.set_viewport(*WIDE)
    return first


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=True, limit=20.0)


async def _first(driver: Driver) -> dict[str, Any]:
    await driver.evaluate(SCRIPT)
    seen: dict[str, Any] = await driver.evaluate(HERE.format(AT_FIRST))
    await driver.set_viewport(*ZOOMED)
    seen.update(await driver.evaluate(HERE.format(ZOOM)))
    await driver.set_viewport(*NARROW)
    seen.update(await driver.evaluate(HERE.format(REFLOW)))
    seen.update(await _held(driver))
    return seen


async def _again(driver: Driver, first: Mapping[str, Any]) -> dict[str, Any]:
    """The same questions on a page that was loaded in the narrow window."""
    await driver.set_viewport(*NARROW)
    await driver.reload()
    await driver.evaluate(SCRIPT)
    seen: dict[str, Any] = await driver.evaluate(HERE.format(NARROW_ALONE))
    for group in seen["reflow"]["groups"][:SHOWN]:
        await keep_view(driver, group["run"]["place"], NARROWED, also=(group["top"]["place"], *BODY), scroll=True)
    narrow = [one["box"] for one in first["narrow"]] + [one["second"] for one in first["narrowOver"]]
    await _show(driver, narrow + [one["top"] for one in first["small"]], NARROWED)
    if any(first[name] for name in BOXES + PAIRS) or first["shut"]["shut"] or first["spacing"]["cut"] or first["spacing"]["over"]:
        await driver.set_viewport(*ZOOMED)
        seen["shut"] = await driver.evaluate(HERE.format(ZOOM_ALONE))
        zoomed = [one["top"] for one in first["shut"]["groups"]] + [one["box"] for one in first["zoomed"]]
        await _show(driver, zoomed + [one["second"] for one in first["zoomedOver"]], "放大到200%时的画面")
        await driver.set_viewport(*WIDE)
        seen.update(await driver.evaluate(HERE.format(WIDE_AGAIN)))
        spaced = [one["box"] for one in first["spacing"]["cut"]] + [one["second"] for one in first["spacing"]["over"]]
        if spaced:
            await driver.evaluate(HERE.format("A.loosen('wide'); return null;"))
            await _show(driver, spaced, "行距、字距放宽之后的画面")
            await driver.evaluate(HERE.format("A.tighten(); return null;"))
    seen.update(await _held(driver) if first["turned"] else {})
    return seen


async def _held(driver: Driver) -> dict[str, Any]:
    """The page on a phone that is held upright, and on one that lies on its side."""
    held: dict[str, Any] = {}
    try:
        for name, width, height in ORIENTATIONS:
            kind, angle = (f"{name}Primary", 0 if name == "portrait" else 90)
            await driver.cdp("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": True, "screenWidth": width, "screenHeight": height,
                "screenOrientation": {"type": kind, "angle": angle},
            })  # fmt: skip
            held[name] = await driver.evaluate(HERE.format(UPRIGHT % (width, name)))
        turned = await driver.evaluate(HERE.format("return A.turned();"))
        await _show(driver, [one["top"] for one in turned], "手机横放时的画面")
        return {"held": held, "turned": turned}
    except NotAnswered:
        return {"held": {}, "turned": []}
    finally:
        with suppress(NotAnswered):
            await driver.cdp("Emulation.clearDeviceMetricsOverride")
        await driver.set_viewport(NARROW[0], NARROW[1] + 1)  # another one than before, so that it is set


async def _show(driver: Driver, elements: Sequence[Mapping[str, Any]], caption: str) -> None:
    """Keep what some of the elements look like now."""
    for place in dict.fromkeys(one["place"] for one in elements[:SHOWN]):
        await keep_view(driver, place, caption, scroll=True)


def _broken(seen: Mapping[str, Any]) -> bool:
    spacing, reflow = seen["spacing"], seen["reflow"]
    return bool(reflow["groups"] or any(seen[name] for name in (*BOXES, *PAIRS, "turned", "small")) or spacing["cut"] or spacing["over"])


def _kept(first: dict[str, Any], again: Mapping[str, Any]) -> dict[str, Any]:
    """What both looks tell of the same elements."""
    groups = _both(first["reflow"]["groups"], again["reflow"]["groups"], "top")
    kept = {**first, "reflow": {**again["reflow"], "groups": groups}}
    kept["shut"] = {**first["shut"], "groups": _both(first["shut"]["groups"], again.get("shut", {}).get("groups", ()), "top")}
    for name in BOXES + PAIRS:
        kept[name] = _both(first[name], again.get(name, ()), "box" if name in BOXES else "second")
    spacing = again.get("spacing") or {"cut": (), "over": ()}
    kept["spacing"] = {
        "cut": _both(first["spacing"]["cut"], spacing["cut"], "box"),
        "over": _both(first["spacing"]["over"], spacing["over"], "second"),
    }
    for name in ("turned", "small"):
        kept[name] = _both(first[name], again.get(name, ()), "top")
    return kept


def _both(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]], key: str) -> list[Mapping[str, Any]]:
    seen = {(found[key]["place"], found[key]["tag"]) for found in other}
    return [found for found in one if (found[key]["place"], found[key]["tag"]) in seen]
