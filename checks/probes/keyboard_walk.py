"""Walks through a page with real presses of the Tab key, and finds out whether the focus can get out of it again."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.model import Driver
from checks.probes.keyboard_script import INSTALL, LOOK, MAIN, TEXT, WATCHED

MOST_STOPS = 150
REPEATS = {"iframe": 40, "frame": 40, "object": 40, "input": 12, "video": 12, "audio": 12}
"""Presses that an element may take for itself: frames, fields of dates and players have stops inside."""
FEW_REPEATS = 6  # those of all others
ROUNDS = 3  # arrivals at one element without having left the document
PULLED_BACK = 400  # ms in which a script may fetch the focus back into the page
WATCHED_PAUSE = 40  # ms after each key where scripts listen to focus and keys: what they put off for a moment has happened then
LISTENED = frozenset({"focus", "blur", "focusin", "focusout", "keydown", "keyup", "keypress"})
KEY = re.compile(
    r"(?<![A-Za-z])((?:(?:ctrl|control|alt|shift)\s*[+＋-]\s*){1,2}[a-z0-9]|(?:ctrl|control|alt|shift)\s*[+＋-]\s*(?:tab|f\d{1,2}|esc(?:ape)?)|"
    r"esc(?:ape)?|f\d{1,2})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
LETTER = re.compile(r"(?:press|hit|按下?|敲)\s*(?:the\s+)?[\"“‘'「【]?\s*([A-Za-z])\s*[\"”’'」】]?\s*-?\s*(?:key\b|键)", re.IGNORECASE)
HELPS = re.compile(r"帮助|如何|怎样|怎么|说明|快捷键|键盘|退出|离开|help|how|exit|leave|shortcut|keyboard|instruction", re.IGNORECASE)
CLOSES = re.compile(r"关\s*闭|取\s*消|知道了|我已阅读|跳过|^[×✕✖xX]$|close|cancel|dismiss|^ok$|确\s*[定认]|退出|返回", re.IGNORECASE)
HARMLESS = """((place) => { const at = auditorKeys.elementAt(place);
  return !!at && ((at.localName === "a" && /^(#|javascript:|$)/i.test(at.getAttribute("href") ?? ""))
    || (at.localName === "button" && at.type === "button") || (at.localName === "button" && !at.form)
    || (at.localName === "input" && at.type === "button") || (!/^(a|button|input|select|textarea)$/.test(at.localName))); })(%s)"""


HELPED = f"((place) => {{ if (({HARMLESS[: -len('(%s)')]})(place)) auditorKeys.elementAt(place).click(); }})(%s)"


@dataclass
class Trail:
    """What a walk met."""

    stops: list[dict[str, Any]] = field(default_factory=list)  #: each element once, in the order of arrival
    way: list[int] = field(default_factory=list)  #: where each press led: id of an element, -1: to nothing, -2: out of the document
    changes: list[dict[str, Any]] = field(default_factory=list)  #: what else happened when an element received the focus
    left: bool = False
    cut: bool = False
    by_id: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def cycle(self) -> list[int]:
        """The ids among which the focus goes round at the end of a way that does not leave."""
        tail = [one for one in self.way[-2 * MOST_STOPS :] if one >= 0]
        return list(dict.fromkeys(reversed(tail[-(len(tail) // 2 + 1) :] if len(set(tail)) > 1 else tail)))


async def prepare(driver: Driver) -> None:
    """To be called on each load of the page, before the first key."""
    await driver.cdp("Runtime.evaluate", {"expression": MAIN})
    await driver.evaluate(INSTALL)


async def pause_for(driver: Driver, capture: Mapping[str, Any]) -> int:
    """How long to wait after each key, in ms."""
    types = {one for told in capture.get("listeners", {}).values() for one in told}
    return WATCHED_PAUSE if types & LISTENED or await driver.evaluate(WATCHED) else 0


async def press(driver: Driver, key: str, before: int, pause: int, *, brief: bool = False) -> dict[str, Any]:
    """Press a key and look where the focus is; "inside": whether it is in the document, and no script fetches it back."""
    await driver.press(key)
    seen: dict[str, Any] = await driver.evaluate(LOOK % (before, pause, json.dumps(brief)))
    if not seen["inside"]:
        again = await driver.evaluate(LOOK % (before, PULLED_BACK, json.dumps(brief)))
        if again["inside"]:
            seen = again | {"events": [*seen["events"], *again["events"]]}
    return seen


async def walk(driver: Driver, pause: int, until: float) -> Trail:
    """From the beginning of the page to its end, or round and round where it has none. `until`: time of the loop."""
    trail, at, same = Trail(), -1, 0
    visits: dict[int, int] = {}
    started = await driver.evaluate("auditorKeys.deepest() === document.body || !auditorKeys.deepest()")
    clock = asyncio.get_running_loop()
    while True:
        if clock.time() > until or len(trail.stops) > MOST_STOPS:
            trail.cut = True
            return trail
        seen = await press(driver, "Tab", at, pause)
        _note(trail, at, seen)
        now = seen["id"] if seen["inside"] else -2
        trail.way.append(now)
        if now == -2:
            trail.left = True
            if started:
                return trail
            started, at, visits = True, -1, {}
            continue
        same = same + 1 if now == at else 0
        if now != at and now >= 0:
            visits[now] = visits.get(now, 0) + 1
        stop = trail.by_id.get(now)
        if visits.get(now, 0) >= ROUNDS or same >= REPEATS.get(stop["element"]["tag"] if stop else "", FEW_REPEATS):
            trail.cut = bool(stop and stop["frame"] and same)
            return trail
        if trail.left and visits.get(now, 0) and trail.way.count(now) > 1:
            return trail
        at = now


def _note(trail: Trail, before: int, seen: Mapping[str, Any]) -> None:
    """What one press has taught."""
    if "left" in seen and before in trail.by_id:
        trail.by_id[before]["differs"] = seen["left"]["differs"]
    if "stop" in seen:
        stop = seen["stop"] | {"id": seen["id"]}
        trail.stops.append(stop)
        trail.by_id[seen["id"]] = stop
    focused = [told for kind, told in seen["events"] if kind == "focus"]
    if not focused:
        return
    for kind, told in seen["events"]:
        if kind in ("navigate", "submit"):
            trail.changes.append({"id": focused[0], "what": kind, "to": told})
        elif kind == "told":
            what, _, to = told.partition(" ")
            trail.changes.append({"id": focused[0], "what": what, "to": to})
    if seen["inside"] and seen["id"] != focused[0]:
        trail.changes.append({"id": focused[0], "what": "lost" if seen["id"] < 0 else "passed on", "to": seen["id"]})


# ------------------------------------------------------------------------------------------------ traps


async def trap(driver: Driver, trail: Trail, pause: int, until: float) -> dict[str, Any] | None:
    """Why the focus does not get out of the page, tried once more on a fresh load; None where it does get out."""
    if trail.left or trail.cut:
        return None
    backwards = await _leaves(driver, "Shift+Tab", _enough(len(trail.stops)), pause)
    await driver.reload()
    await prepare(driver)
    again = await walk(driver, pause, until)
    if again.left or again.cut:
        return None
    inside = [again.by_id[one]["element"] for one in reversed(again.cycle) if one in again.by_id]
    back_again = backwards and await _leaves(driver, "Shift+Tab", _enough(len(again.stops)), pause)
    told = {"cycle": inside[:10], "length": len(inside), "backwards": backwards and back_again, "tried": [], "exit": ""}
    if told["backwards"]:
        return told
    for key in ("Escape", *await _named_keys(driver)):
        if clock() < until and await _out_by(driver, key, told, pause):
            return told
    await _by_controls(driver, again, told, pause, until)
    return told


def clock() -> float:
    """Seconds of the running loop."""
    return asyncio.get_running_loop().time()


def _enough(stops: int) -> int:
    """Presses that go through so many stops twice, some of which take several."""
    return 2 * stops + 8 if stops > 3 else 4 * stops + 4


async def _leaves(driver: Driver, key: str, presses: int, pause: int) -> bool:
    for _ in range(min(presses, MOST_STOPS + 20)):
        if not (await press(driver, key, -1, pause, brief=True))["inside"]:
            return True
    return False


async def _out_by(driver: Driver, key: str, told: dict[str, Any], pause: int) -> bool:
    """Whether the focus gets out after a key."""
    told["tried"].append(key)
    first = await press(driver, key, -1, pause, brief=True)
    if not first["inside"] or await _leaves(driver, "Tab", _enough(told["length"]), pause):
        told["exit"] = key
        return True
    return False


async def _named_keys(driver: Driver) -> Sequence[str]:
    """Keys that the text of the page names, as the driver calls them."""
    text = await driver.evaluate(TEXT)
    found = [_spelled(one) for one in KEY.findall(text)] + [one.lower() for one in LETTER.findall(text)]
    return [key for key in dict.fromkeys(found) if key != "Escape"][:5]


def _spelled(written: str) -> str:
    names = {"ctrl": "Control", "control": "Control", "alt": "Alt", "shift": "Shift", "esc": "Escape", "escape": "Escape", "tab": "Tab"}
    parts = [part.strip().lower() for part in re.split(r"[+＋-]", written)]
    return "+".join(names.get(part, part.upper() if re.fullmatch(r"f\d+", part) else part) for part in parts)


async def _by_controls(driver: Driver, trail: Trail, told: dict[str, Any], pause: int, until: float) -> None:
    """Use what closes something among the stops of the cycle, and what may tell how to get out."""
    known = set(told["tried"])
    for stop in [one for one in trail.stops if HELPS.search(one["name"]) and not CLOSES.search(one["name"])][:3]:
        await driver.evaluate(HELPED % json.dumps(stop["element"]["place"]))
    if await _by_new_keys(driver, known, told, pause):
        return
    stops = [trail.by_id[one] for one in reversed(trail.cycle) if one in trail.by_id]
    for stop in sorted(stops, key=lambda one: not CLOSES.search(one["name"]))[:6]:
        place = json.dumps(stop["element"]["place"])
        if clock() > until or not await driver.evaluate(HARMLESS % place) or not await _go_to(driver, place, told["length"], pause):
            continue
        name = f"Enter ({stop['name'][:20]})"
        if CLOSES.search(stop["name"]):
            if await _out_by(driver, "Enter", told, pause):
                told["exit"] = name
                return
        else:
            await press(driver, "Enter", -1, pause, brief=True)
            told["tried"].append(name)
        if await _by_new_keys(driver, known, told, pause):
            return


async def _by_new_keys(driver: Driver, known: set[str], told: dict[str, Any], pause: int) -> bool:
    """Whether a key leads out that the page names by now and did not name before."""
    for key in await _named_keys(driver):
        if key not in known:
            known.add(key)
            if await _out_by(driver, key, told, pause):
                return True
    return False


async def _go_to(driver: Driver, place: str, length: int, pause: int) -> bool:
    for _ in range(length + 2):
        if await driver.evaluate(f"auditorKeys.deepest() === auditorKeys.elementAt({place})"):
            return True
        await press(driver, "Tab", -1, pause, brief=True)
    return False
