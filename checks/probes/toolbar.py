"""The accessibility toolbar of a page, used by keyboard: whether it opens, enlarges and closes, and what its opening does to the page."""

from __future__ import annotations

import asyncio
import string
from collections.abc import Mapping, Sequence
from contextlib import suppress
from statistics import median
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks import toolbars
from checks.document import captured
from checks.probes import toolbar_script as script
from checks.probes.eyes import asked, open_eyes
from checks.probes.shortcuts import EFFECT, READY

NAME = "toolbar"
LIMIT = 70.0  # seconds
STOPS = 45  # Tab presses until the entrance has to have been met
PRESSES = 3  # of the button that enlarges
MOST_PRESSES = 60  # of Tab in an open toolbar; of one with more stops it is not told whether it traps
GROWS = 1.1  # times the height of a line, from which text has grown
LASTS = 3200  # ms that something sounds which starts by itself (1.4.2: three seconds)
KEYS = (*string.digits, *string.ascii_lowercase, "+", "-", "=")
SIGNS = {"opens": "mouse", "hides": None, "sounds": True, "key": None, "trapped": True, "closes": "mouse"}
"""What of an answer may speak against the page, with the value that does (None: any value but None)."""


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """-> {"entrance": element or None, "kind": "aid" or "elder", "words", "leads": [entrances that lead elsewhere], and of one that opens
    here: "reached": whether Tab met it (None: not within STOPS), "opens": "Enter", "Space", "mouse" or "" (nothing happens),
    "root": what came, "names": of what it offers, "hides": text taken from screen readers, "sounds", "stops": a control that ends it,
    "enlarge": {"control", "how": "key", "mouse" or "" (nothing grew), "ratio", "largest": CSS px}, "key": a single key that does something
    only since, "trapped", "closes": "Escape", "key", "toggle", "mouse" or "", "closer"}.

    What speaks against the page was seen on two loads of it; what was seen once only is None.
    """
    if not captured(facts):
        return {}
    session = _Session(driver)
    await session.begin()
    found = await asked(driver, script.FIND, list(toolbars.entrances()), "")
    here = [one for one in found if not one["leads"]]
    told: dict[str, Any] = {"entrance": None, "kind": "", "words": "", "leads": [one for one in found if one["leads"]][:4]}
    if not here:
        return told
    entrance = here[0]
    told |= {"entrance": entrance, "kind": entrance["kind"], "words": entrance["words"]}
    told |= await session.used(entrance)
    if _against(told):
        again: Mapping[str, Any] | None = None
        with suppress(NotAnswered):
            if session.time_left(0.35):
                await session.afresh()
                again = await session.used(entrance, only=told)
        _agree(told, again)
    return told


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=LIMIT)


def _speaks(name: str, value: Any) -> bool:
    bad = SIGNS[name]
    return value is not None if bad is None else value == bad


def _against(told: Mapping[str, Any]) -> frozenset[str]:
    named = frozenset(name for name in SIGNS if _speaks(name, told.get(name)))
    return named | ({"enlarge"} if told.get("enlarge") and told["enlarge"]["how"] != "key" else frozenset())


def _agree(told: dict[str, Any], again: Mapping[str, Any] | None) -> None:
    """Keep of what speaks against the page only what was seen twice."""
    for name in _against(told):
        if name == "enlarge":
            same = again is not None and again.get("enlarge") and again["enlarge"]["how"] == told["enlarge"]["how"]
        else:
            same = again is not None and _speaks(name, again.get(name))
        if not same:
            told[name] = None


class _Session:
    """The keyboard on one page, under a budget of time."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self._known = False
        self._end = asyncio.get_running_loop().time() + LIMIT * 0.85

    async def begin(self) -> None:
        await open_eyes(self.driver)
        await self.driver.cdp("Runtime.evaluate", {"expression": script.HOOK})
        await asked(self.driver, "return e.watch(given[0])", 500 if self._known else 1100)
        self._known = True

    async def afresh(self) -> None:
        await self.driver.reload()
        await self.begin()

    def time_left(self, share: float = 0.0) -> bool:
        return asyncio.get_running_loop().time() < self._end - LIMIT * share

    async def used(self, entrance: Mapping[str, Any], only: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Everything that is tried with a toolbar on one load; `only`: what an earlier load told, of which what it met is tried again."""
        keys = await self._key_listeners()
        told: dict[str, Any] = {**await self._opened(entrance), "hides": None, "sounds": None, "stops": None, "enlarge": None, "key": None,
                                "trapped": None, "closes": None, "closer": None}  # fmt: skip
        if told["opens"] in ("", None):
            return told
        told["hides"] = await asked(self.driver, script.HIDES)
        if only is None or only["sounds"]:
            told["sounds"] = await self._sounds()
            told["stops"] = await asked(self.driver, script.STOPS)
        if only is None or only["enlarge"]:
            told["enlarge"] = await self._enlarged()
        tried = KEYS if only is None else (only["key"]["key"],) if only["key"] else ()
        if tried and await self._key_listeners() > keys:
            told["key"] = await self._shortcut(tried)
        if told["root"] is not None and self.time_left(0.05):
            told |= await self._left(told["tabbables"])
        return told

    async def _opened(self, entrance: Mapping[str, Any]) -> dict[str, Any]:
        """Walk to the entrance with Tab and press Enter, then Space, and at last click."""
        none: dict[str, Any] = {"reached": None, "opens": None, "root": None, "names": [], "tabbables": 0}
        if not await asked(self.driver, script.AIM, entrance["place"], False):
            return none
        reached = await self._walked() if entrance["tab"] else False
        for key in ("Enter", "Space") if entrance["tab"] else ():
            if not reached or key == "Space":
                await asked(self.driver, script.AIM, entrance["place"], True)
            await self.driver.press(key)
            if (opened := await asked(self.driver, script.OPENED, 1500)) is not None:
                return {**none, "reached": reached or None, "opens": key, **opened}
        where = await asked(self.driver, "return e.pointOf(e.elementAt(given[0]))", entrance["place"])
        if where is not None:
            await asked(self.driver, script.AIM, entrance["place"], False)
            await self.driver.click(*where)
            if (opened := await asked(self.driver, script.OPENED, 1500)) is not None:
                how = "mouse" if opened["root"] is not None else None  # only news are told from what Enter had begun late
                return {**none, "reached": reached or None, "opens": how, **opened}
        leads = await asked(self.driver, "return e.wanted.length > 0")  # we held it back ourselves
        return {**none, "reached": reached or None, "opens": None if leads else ""}

    async def _walked(self) -> bool:
        for _ in range(STOPS):
            await self.driver.press("Tab")
            step = await asked(self.driver, script.AT)
            if step["there"]:
                return True
            if step["left"]:
                return False
        return False

    async def _sounds(self) -> bool:
        """Whether something sounds for three seconds after the toolbar was opened."""
        first = await self._heard()
        if not any(one["sounds"] for one in first):
            await asked(self.driver, script.REST, 400)
            first = await self._heard()
        if not any(one["sounds"] for one in first):
            return False
        await asked(self.driver, script.REST, LASTS)
        later = await self._heard()
        return any(one["sounds"] and before["sounds"] and (one["at"] > before["at"] or not one["media"])
                   for before, one in zip(first, later, strict=False))  # fmt: skip

    async def _heard(self) -> Sequence[Mapping[str, Any]]:
        told = await self.driver.cdp("Runtime.evaluate", {"expression": script.HEARD, "returnByValue": True})
        return told["result"].get("value") or []

    async def _enlarged(self) -> dict[str, Any] | None:
        """What the button that promises larger text does to the text; None where there is none."""
        control = await asked(self.driver, script.LARGER)
        if control is None:
            return None
        before = await asked(self.driver, script.SIZES)
        best: float | None = None
        for how in ("key", "mouse"):
            for _ in range(PRESSES):
                focused, point = await asked(self.driver, script.FOCUS_LARGER)
                if how == "key" and focused and control["tab"]:
                    await self.driver.press("Enter")
                elif how == "mouse" and point is not None:
                    await self.driver.click(*point)
                else:
                    break
                await asked(self.driver, script.REST, 300)
                after = await asked(self.driver, script.SIZES)
                ratio = _growth(before, after)
                if ratio is not None and ratio >= GROWS:
                    return {"control": control, "how": how, "ratio": round(ratio, 2), "largest": _largest(before, after)}
                best = ratio if best is None else best
        return None if best is None else {"control": control, "how": "", "ratio": round(best, 2), "largest": _largest(before, after)}

    async def _key_listeners(self) -> int:
        """How many key listeners the window, the document, <html> and <body> have."""
        count = 0
        for what in ("window", "document", "document.documentElement", "document.body"):
            held = await self.driver.cdp("Runtime.evaluate", {"expression": what, "objectGroup": "auditor"})
            if "objectId" in held["result"]:
                told = await self.driver.cdp("DOMDebugger.getEventListeners", {"objectId": held["result"]["objectId"]})
                count += sum(listener["type"] in ("keydown", "keypress", "keyup") for listener in told["listeners"])
        await self.driver.cdp("Runtime.releaseObjectGroup", {"objectGroup": "auditor"})
        return count

    async def _shortcut(self, keys: Sequence[str]) -> dict[str, Any] | None:
        """The first single key that does something people see while nothing has the focus."""
        for key in keys:
            if not self.time_left(0.3) or not await asked(self.driver, READY):
                return None
            await self.driver.press(key)
            if (effect := await asked(self.driver, EFFECT, 150)) is not None:
                switched = await asked(self.driver, script.SPEAKS_OF_KEYS)
                return {"key": key, "kinds": effect["kinds"], "words": effect["words"], "switch": switched}
        return None

    async def _left(self, tabbables: int) -> dict[str, Any]:
        """Whether Tab leads out of the open toolbar, and what closes it: Esc, its own button, its entrance, and last the mouse."""
        trapped: bool | None = None
        if await asked(self.driver, script.ENTER_ROOT):
            presses = 2 * tabbables + 4
            if presses <= MOST_PRESSES:
                trapped = not await self._out("Tab", presses)
                await asked(self.driver, script.ENTER_ROOT)
                trapped = trapped and not await self._out("Shift+Tab", presses)
                await asked(self.driver, script.ENTER_ROOT)
        await self.driver.press("Escape")
        if not await asked(self.driver, script.THERE, 500):
            return {"trapped": False, "closes": "Escape", "closer": None}
        closer = await asked(self.driver, script.CLOSER)
        if closer is not None and closer["tab"]:
            for key in ("Enter", "Space"):
                await self.driver.press(key)
                if not await asked(self.driver, script.THERE, 700):
                    return {"trapped": False, "closes": "key", "closer": closer}
        if await asked(self.driver, script.TRIGGER):
            await self.driver.press("Enter")
            if not await asked(self.driver, script.THERE, 700):
                return {"trapped": trapped, "closes": "toggle", "closer": closer}
        point = await asked(self.driver, "return globalThis.auditorCloser?.isConnected ? e.pointOf(globalThis.auditorCloser) : null")
        if point is not None:
            await self.driver.click(*point)
            if not await asked(self.driver, script.THERE, 700):
                return {"trapped": trapped, "closes": "mouse", "closer": closer}
        return {"trapped": trapped, "closes": "", "closer": closer}

    async def _out(self, key: str, presses: int) -> bool:
        """Whether a key, pressed again and again, leads out."""
        for _ in range(presses):
            await self.driver.press(key)
            if not (await asked(self.driver, script.STEP))["inside"]:
                return True
        return False


def _growth(before: Sequence[Any], after: Sequence[Any]) -> float | None:
    """How many times as high the lines of the page's longest texts are as before, in the middle of them; None where that cannot be told."""
    ratios = [now[0] / was[0] for was, now in zip(before, after, strict=False) if was and now and was[0] > 0]
    return median(ratios) if ratios else None


def _largest(before: Sequence[Any], after: Sequence[Any]) -> float | None:
    """Font size of these texts as it looks, in CSS px, in the middle of them: what is computed times what the line grew beyond that."""
    sizes = [was[1] * now[0] / was[0] for was, now in zip(before, after, strict=False) if was and now and was[0] > 0]
    return round(median(sizes), 1) if sizes else None
