"""What the mouse brings into sight by resting on something: whether one can reach it, keep it, send it away, and have it by keyboard."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks.document import Document, captured
from checks.probes import hover_script as script
from checks.probes.eyes import asked, open_eyes
from checks.probes.scenes import keep_view

NAME = "hover"
LIMIT = 45.0  # seconds
HOVERS = frozenset({"mouseover", "mouseenter", "pointerenter", "pointerover", "mousemove"})
TRIES = 16  # things the mouse is rested on
EFFECTS = 5  # of these, how many that show something are looked at closely
SLOW = 2  # of these, how many are waited for as long as the criterion asks
PERSISTS = 3000  # ms
LOADS = 3  # how often the page is loaded for what stays open
STOPS = 12  # Tab presses near one thing
ROTATES = 4500  # ms
ASPECTS = frozenset({"hoverable", "persistent", "dismissed", "keyboard"})
PACE = 12.0  # CSS px from one step of the mouse to the next


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """-> {"effects": [what came into sight where], "tried": [element told], "cut": whether something was left out, "unread": sheets}.

    An effect tells the trigger and the content, and whether it vanishes when the mouse leaves, can be reached by the mouse ("hoverable",
    "gap": only when it is moved fast), stays for 3 s, goes away with Esc, and how the keyboard shows it (`_by_keyboard`). What speaks
    against the page was seen on two loads of it.
    """
    if not captured(facts):
        return {}
    document = Document(facts)
    listening = [node.place for node in document.nodes if node.listeners & HOVERS and node.visible and node.scope.kind != "frame"]
    session = _Session(driver)
    await session.begin()
    told = await asked(driver, script.COLLECT, listening[:300], 40)
    effects = await session.tried(told["groups"])
    doubtful = [effect for effect in effects if _against(effect)]
    if doubtful and session.time_left():
        await driver.reload()
        await session.begin()
    for effect in doubtful:
        again = None
        if session.time_left():
            with suppress(NotAnswered):
                again = await session.trial(effect["place"], _against(effect) if effect["vanishes"] else frozenset())
        _agree(effect, again)
    return {"effects": effects, "tried": session.places, "cut": told["cut"] or session.cut, "unread": told["unread"]}


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=LIMIT)


def _against(effect: Mapping[str, Any]) -> frozenset[str]:
    """What of an effect speaks against the page."""
    return frozenset(name for name in ASPECTS if effect[name] is False or (effect[name] == "" and not effect["leads"]))


def _agree(effect: dict[str, Any], again: Mapping[str, Any] | None) -> None:
    """Keep of what speaks against the page only what was seen twice; for what stays open the keys were tried on a load of its own."""
    seen = again is not None and again["vanishes"] == effect["vanishes"]
    for name in _against(effect):
        if not seen or (effect["vanishes"] and again is not None and again[name] != effect[name]):
            effect[name] = None


class _Session:
    """The mouse on one page, under a budget of time."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.cut = False
        self.places: list[str] = []
        self._known = False
        self._slow = 0
        self._loads = 0
        self._end = asyncio.get_running_loop().time() + LIMIT * 0.8

    async def begin(self) -> None:
        await open_eyes(self.driver)
        await self.driver.move(2, 2)
        await asked(self.driver, "return e.watch(given[0])", 600 if self._known else 1200)
        self._known = True

    def time_left(self, share: float = 0.0) -> bool:
        return asyncio.get_running_loop().time() < self._end - LIMIT * share

    async def tried(self, groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The effects of resting on the members of groups, one of each group; half of the time is kept for a second look."""
        effects: list[dict[str, Any]] = []
        contents: set[str] = set()
        for group in groups:
            for member in group["members"]:
                if len(self.places) >= TRIES or len(effects) >= EFFECTS or not self.time_left(0.4):
                    self.cut = True
                    return effects
                self.places.append(member["place"])
                with suppress(NotAnswered):
                    effect = await self.trial(member["place"], ASPECTS if member["scripted"] else ASPECTS - {"persistent"})
                    if effect is not None:
                        if effect["content"]["place"] not in contents:
                            contents.add(effect["content"]["place"])
                            effects.append({"place": member["place"], "how": group["how"], **effect})
                        break
        return effects

    async def rest(self, place: str, patience: int = 450) -> tuple[Any, Any]:
        """Take the mouse away and rest it on an element -> (where: its point and the one aside, what came into sight); None: nothing."""
        where = await asked(self.driver, script.REST, place)
        if where is None:
            return None, None
        await self.driver.move(*where["aside"])
        await self._still(1500, gone=True)  # what was shown before goes away with a delay
        await asked(self.driver, script.BEFORE)
        x, y = where["point"]
        await self.driver.move(x - 1, y)
        await self.driver.move(x, y)
        return where, await asked(self.driver, script.SHOWN, place, patience)

    async def trial(self, place: str, asked_for: frozenset[str]) -> dict[str, Any] | None:
        """What one element shows under the mouse, and what can be done with it, as far as it is asked for (of ASPECTS)."""
        await asked(self.driver, "globalThis.auditorPart = null; return true")
        where, shown = await self.rest(place)
        if shown is None:
            return None
        found = {**shown, **dict.fromkeys(ASPECTS), "gap": False, "rotates": False}
        told = (shown["trigger"]["place"], place)
        await keep_view(self.driver, shown["content"]["place"], "鼠标停在上面时的画面，框出的是新出现的内容", also=told)
        near = await asked(self.driver, script.NEAREST, *where["point"])
        if "hoverable" in asked_for and near is not None:
            found["hoverable"] = await self._reached(where["point"], near)
        found["vanishes"] = await self._sent_away(where["aside"])
        alone = shown["new_links"] or shown["new_words"] or shown["pictures"]
        if not found["vanishes"]:
            found["hoverable"] = None
            if "keyboard" in asked_for and alone and self._loads < LOADS and self.time_left(0.3):
                self._loads += 1
                found["keyboard"] = await self._by_keyboard(place, where["aside"], shown["content"]["place"])
                found["rotates"] = found["keyboard"] == "" and await self._still(ROTATES)
            return found
        if found["hoverable"] is False and near is not None:
            found["gap"] = found["hoverable"] = await self._jumped(place, near)
        if "persistent" in asked_for and self._slow < SLOW and self.time_left(0.3):
            self._slow += 1
            found["persistent"] = await self._kept(place)
        if "dismissed" in asked_for and found["covers"]:
            found["dismissed"] = await self._dismissed(place)
        if "keyboard" in asked_for and alone:
            found["keyboard"] = await self._by_keyboard(place, where["aside"])
        return found

    async def _jumped(self, place: str, near: Sequence[float]) -> bool | None:
        """Whether what the walking mouse lost is still there when it jumps."""
        _, shown = await self.rest(place, 900)
        if shown is None:
            return None
        await self.driver.move(*near)
        return await self._still(350)

    async def _kept(self, place: str) -> bool | None:
        """Whether it is there as long as the mouse rests; a second time where it was not."""
        _, shown = await self.rest(place, 900)
        return None if shown is None else await self._still(PERSISTS, gone=True)

    async def _dismissed(self, place: str) -> bool | None:
        """Whether Esc sends it away while the mouse rests."""
        _, shown = await self.rest(place, 900)
        if shown is None:
            return None
        await self.driver.press("Escape")
        return not await self._still(700, gone=True)

    async def _sent_away(self, aside: Sequence[float]) -> bool:
        """Whether it goes when the mouse goes; where only leaving the content itself closes it, on the way through that."""
        await self.driver.move(*aside)
        if not await self._still(1500, gone=True):
            return True
        near = await asked(self.driver, script.NEAREST, *aside)
        if near is None:
            return False
        await self.driver.move(*near)
        await self.driver.move(*aside)
        return not await self._still(1500, gone=True)

    async def _still(self, time: int, *, gone: bool = False) -> bool:
        return bool(await asked(self.driver, script.STILL, time, gone))

    async def _reached(self, start: Sequence[float], end: Sequence[float]) -> bool:
        """Whether it is still there when the mouse has walked into it."""
        steps = max(2, min(40, int((abs(end[0] - start[0]) + abs(end[1] - start[1])) / PACE)))
        for step in range(1, steps + 1):
            part = step / steps
            await self.driver.move(start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)
        return await self._still(350)

    async def _by_keyboard(self, place: str, aside: Sequence[float], opened: str | None = None) -> str | None:
        """The key that shows it: "Tab", "Enter", "Space", "ArrowDown"; "" where none does; None where that could not be told.

        `opened`: the place of what the mouse has opened for good; it is looked for on a page that is loaded afresh.
        """
        if opened is not None:
            await self.driver.reload()
            await self.begin()
            if not await asked(self.driver, script.AWAITED, opened):
                return None
        if not await self._sent_away(aside):
            return None
        await asked(self.driver, script.START, place)
        for _ in range(STOPS):
            await self.driver.press("Tab")
            stop = await asked(self.driver, script.STOP, place)
            if stop.get("inside") or await self._still(0):
                return "Tab"
            if stop["past"]:
                return ""
            if stop["own"] and not stop["submits"]:
                for key in ("Enter", "Space", "ArrowDown", "ArrowRight"):
                    await self.driver.press(key)
                    if await self._still(250):
                        return key
        return None
