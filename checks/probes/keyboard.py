"""The keyboard experiment: a walk through the page with the Tab key, and what it shows of reach, traps, order and sight of the focus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks.document import Document, captured
from checks.probes.keyboard_look import FEW, Look, look_again
from checks.probes.keyboard_use import clickable, skip_links, trials
from checks.probes.keyboard_walk import Trail, clock, pause_for, prepare, trap, walk
from checks.probes.scenes import keep_walk

NAME = "keyboard"
LIMIT = 60.0  # seconds
WALK_LIMIT, LOOK_LIMIT, LAST_CALL = 20.0, 38.0, 48.0  # seconds from the beginning after which a part is not gone on with
MOST_LOOKS = 16  # stops of which pictures are taken
EACH = 2  # those of one kind
MOST_COVERED = 4
SURE = frozenset({"caret", "ring"})


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a walk with the Tab key met.

    -> {"stops": [{"n", "element", "name", "group", "sign", "look", "shown", "cover", "frame", "at"}], "left": whether the focus got out of
    the page at the end, "cut": a bound was hit, "trap": None or {"cycle", "backwards", "tried", "exit"}, "changes": [{"element", "name",
    "what", "to", "shown", "sure"}], "skips", "clicked"}. `sign` says what showed the focus: "caret", "ring" (that of the browser),
    "style" (some style differs), "" (none does); `look`, what pictures of it showed (`keyboard_look._sign`) and of how many looks.
    """
    if not captured(facts):
        return {}
    start = clock()
    await prepare(driver)
    pause = await pause_for(driver, facts["capture"])
    trail = await walk(driver, pause, start + WALK_LIMIT)
    told: dict[str, Any] = {"left": trail.left, "cut": trail.cut, "trap": None, "skips": [], "clicked": []}
    changes = await _changes(driver, trail)
    await keep_walk(driver, trail.stops, "从网页开头一直按 Tab 键，焦点依次走到的位置")
    if not trail.left and not trail.cut:
        told["trap"] = await trap(driver, trail, pause, start + LOOK_LIMIT)
    looks = _looks(trail, changes)
    if looks:
        with suppress(NotAnswered):
            await _look(driver, trail, looks, pause, start + LOOK_LIMIT)
    for change in changes:
        look = next((one for one in looks if one.stop["element"]["place"] == change["element"]["place"]), None)
        change["sure"] = bool(look and change["what"] in look.told.get("change", ()))
    if trail.left and not trail.cut:
        with suppress(NotAnswered):
            told["skips"] = await skip_links(driver, trail, pause, start + LAST_CALL)
            wanted = clickable(Document(facts), [stop["element"] for stop in trail.stops])
            told["clicked"] = await trials(driver, wanted, start + LAST_CALL)
    met = {look.stop["element"]["place"]: look.told for look in looks}
    told["stops"] = [_stop(number, stop, met.get(stop["element"]["place"], {})) for number, stop in enumerate(trail.stops, 1)]
    told["changes"] = changes
    return told


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=LIMIT)


def sign(stop: Mapping[str, Any]) -> str:
    """What showed the focus, as far as styles tell."""
    if stop["caret"]:
        return "caret"
    if not stop.get("differs"):
        return ""
    return "ring" if stop["ring"] else "style"


def _stop(number: int, stop: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: stop[key] for key in ("element", "name", "group", "shown", "frame", "at", "hidden")}
    return {"n": number, "sign": sign(stop), "look": told.get("sign"), "looks": told.get("looks", 0), "cover": told.get("cover")} | kept


async def _changes(driver: Driver, trail: Trail) -> list[dict[str, Any]]:
    """What happened when elements received the focus, each once."""
    seen: dict[tuple[int, str], dict[str, Any]] = {}
    for change in trail.changes:
        if (change["id"], change["what"]) in seen or len(seen) >= 6:
            continue
        at = f"auditorKeys.known[{change['id']}]"
        about = await driver.evaluate(
            f"{at}?.isConnected ? {{ element: auditorKeys.told({at}), name: auditorKeys.nameOf({at}), shown: auditorKeys.shown({at}), "
            f"hidden: !!{at}.closest('[aria-hidden=true]'), within: auditorKeys.within(auditorKeys.known[{_id(change)}], {at}) }} : null"
        )
        if about is not None:
            to = change["to"]
            seen[change["id"], change["what"]] = about | {"what": change["what"], "to": to if isinstance(to, str) else ""}
    return list(seen.values())


def _id(change: Mapping[str, Any]) -> int:
    return change["to"] if isinstance(change["to"], int) else -1


def _looks(trail: Trail, changes: Sequence[Mapping[str, Any]]) -> list[Look]:
    """Which stops are to be looked at again: some of each kind whose sign of the focus is in doubt, and those that seem covered."""
    chosen: dict[str, Look] = {}
    doubtful = [stop for stop in trail.stops if not stop["frame"] and (sign(stop) not in SURE or not stop["shown"])]
    counts: dict[tuple[int, bool], int] = {}
    picked: list[dict[str, Any]] = []
    for stop in sorted(doubtful, key=lambda one: sign(one) == "style"):
        key = stop["group"], stop["shown"]
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= (EACH if sign(stop) == "" else 1):
            picked.append(stop)
    for stop in picked[:MOST_LOOKS]:
        chosen[stop["element"]["place"]] = Look(stop=stop, sign=True)
    for covered in [one for one in trail.stops if one["cover"]][:MOST_COVERED]:
        chosen.setdefault(covered["element"]["place"], Look(stop=covered)).cover = True
    for change in changes:
        if change["what"] != "passed on":
            chosen.setdefault(change["element"]["place"], Look(stop={"element": change["element"]})).change = True
    return list(chosen.values())


async def _look(driver: Driver, trail: Trail, looks: Sequence[Look], pause: int, until: float) -> None:
    """Look once at all, and once more, with patience, at those that showed nothing."""
    await look_again(driver, looks, len(trail.way), pause, until)
    for look in looks:
        look.told["looks"] = 1
    blank = [look for look in looks if (seen := look.told.get("sign")) is not None and seen["near"] <= FEW]
    if not blank or clock() > until:
        return
    again = [Look(stop=look.stop, sign=True) for look in blank]
    await look_again(driver, again, len(trail.way), pause, until, patient=True)
    for first, second in zip(blank, again, strict=True):
        if (seen := second.told.get("sign")) is None:
            first.told["sign"] = None
        else:
            first.told["looks"] = 2
            if seen["near"] > FEW or seen["far"] > first.told["sign"]["far"]:
                first.told["sign"] = seen
