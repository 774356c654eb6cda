"""What opens over the page when a control is pressed by keyboard, where the focus goes, and controls that answer to clicks alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks.document import Document, captured
from checks.probes import dialogs_script as script
from checks.probes.eyes import asked, open_eyes
from checks.probes.scenes import keep_view

NAME = "dialogs"
LIMIT = 45.0  # seconds
TRIES = 12  # controls that are pressed
DIALOGS = 4  # of these, how many that open something are looked at closely
CONTROLS = 4  # things that look like controls and are none by their tags
ROUNDS = 30  # Tab presses inside one dialog


async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
    """-> {"standing": dialog that is open on load or None, "dialogs": [what a control opened], "controls": [what answers to what], "cut"}.

    A dialog tells whether the focus was moved into it ("inside") or comes into it with the next Tab ("tab_in"), what was focused outside
    of it while it stood ("leaves"), what closed it ("closes") and whether the focus came back ("back"). What speaks against the page was
    seen on two loads of it; what was seen once only is None.
    """
    if not captured(facts):
        return {}
    document = Document(facts)
    clicked = [node.place for node in document.nodes if node.listeners & {"click", "mousedown"} and node.scope.kind != "frame"][:400]
    session = _Session(driver)
    await session.begin()
    standing = await session.standing()
    if standing is not None:
        await session.afresh()
        _agree(standing, await session.standing())
        return {"standing": standing, "dialogs": [], "controls": [], "cut": True}
    told = await asked(driver, script.COLLECT, clicked, TRIES, CONTROLS)
    dialogs = await session.dialogs(told["triggers"])
    for dialog in dialogs:
        if _against(dialog):
            await session.afresh()
            with suppress(NotAnswered):
                again, _ = await session.pressed(dialog["place"]) if session.time_left() else (None, False)
            _agree(dialog, again)
    controls = await session.controls(told["controls"])
    return {"standing": None, "dialogs": dialogs, "controls": controls, "cut": told["cut"] or session.cut}


PROBE = Probe(name=NAME, ask=ask, fresh=True, everywhere=False, limit=LIMIT)

SIGNS = {"inside": False, "tab_in": False, "back": False}  # what speaks against a dialog


def _against(dialog: Mapping[str, Any]) -> bool:
    return dialog["leaves"] is not None or any(dialog[name] is bad for name, bad in SIGNS.items())


def _agree(dialog: dict[str, Any], again: Mapping[str, Any] | None) -> None:
    """Keep what was seen twice."""
    for name in SIGNS:
        if again is None or again[name] != dialog[name]:
            dialog[name] = None
    if again is None or again["leaves"] is None:
        dialog["leaves"] = None


class _Session:
    """The keyboard on one page, under a budget of time."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.cut = False
        self._known = False
        self._end = asyncio.get_running_loop().time() + LIMIT * 0.8

    async def begin(self) -> None:
        await open_eyes(self.driver)
        await asked(self.driver, script.TOOLS, 600 if self._known else 1100)
        self._known = True

    async def afresh(self) -> None:
        """A new load of the page."""
        await self.driver.reload()
        await self.begin()

    def time_left(self, share: float = 0.0) -> bool:
        return asyncio.get_running_loop().time() < self._end - LIMIT * share

    async def standing(self) -> dict[str, Any] | None:
        """The dialog that covers the page as it is loaded, and whether Tab leads into it."""
        told: dict[str, Any] | None = await asked(self.driver, script.STANDS)
        if told is None:
            return None
        await keep_view(self.driver, told["overlay"]["place"], "网页打开后，没有人操作时的画面，框出的是盖在上面的内容")
        told |= {"tab_in": told["inside"], "leaves": None, "back": None}
        for _ in range(3):
            if told["tab_in"]:
                break
            await self.driver.press("Tab")
            step = await asked(self.driver, script.STEP)
            told["tab_in"] = step["inside"]
        return told

    async def dialogs(self, triggers: list[str]) -> list[dict[str, Any]]:
        """What the controls open, one after the other, each on an untouched page."""
        found: list[dict[str, Any]] = []
        for place in triggers:
            if len(found) >= DIALOGS or not self.time_left(0.4):
                self.cut = True
                break
            dialog, touched = None, True
            with suppress(NotAnswered):
                dialog, touched = await self.pressed(place)
            if dialog is not None and all(dialog["overlay"]["place"] != one["overlay"]["place"] for one in found):
                found.append({"place": place, **dialog})
            if touched:
                await self.afresh()
        return found

    async def pressed(self, place: str) -> tuple[dict[str, Any] | None, bool]:
        """What Enter on a control opens, and whether the page is another one after it."""
        if not await asked(self.driver, script.AIM, place):
            return None, False
        await self.driver.press("Enter")
        told = await asked(self.driver, script.OPENS, 500)
        dialog: dict[str, Any] | None = told["over"]
        if dialog is None:
            return None, told["changed"]
        await keep_view(self.driver, dialog["overlay"]["place"], "按回车键之后的画面，框出的是打开的内容", also=(place,))
        dialog |= {"tab_in": None, "leaves": None, "closes": "", "back": None, "next": None}
        if not (dialog["modal"] or dialog["marked"]) or not dialog["tabbables"]:
            return dialog, True
        if not dialog["inside"]:
            await self.driver.press("Tab")
            dialog["tab_in"] = (await asked(self.driver, script.STEP))["inside"]
        if dialog["inside"] or dialog["tab_in"]:
            await self._walk(dialog)
        await self._close(dialog)
        return dialog, True

    async def _walk(self, dialog: dict[str, Any]) -> None:
        """Tab through a dialog and a little further."""
        for _ in range(min(ROUNDS, dialog["tabbables"] + 2)):
            await self.driver.press("Tab")
            step = await asked(self.driver, script.STEP)
            if not step["there"]:
                return
            if not step["inside"] and not step["nowhere"]:
                dialog["leaves"] = step["at"]
                return

    async def _close(self, dialog: dict[str, Any]) -> None:
        """Close a dialog with Esc, or else with its button, and look where the focus is."""
        await asked(self.driver, "const { root } = auditorLayer; if (!auditorInside()) "
                    "[...root.querySelectorAll('*')].find(e.tabbable)?.focus(); return true")  # fmt: skip
        await self.driver.press("Escape")
        end = await asked(self.driver, script.CLOSED, 600)
        if end["closed"]:
            dialog["closes"] = "Escape"
        elif way := await asked(self.driver, script.CLOSER):
            if way == "key":
                await self.driver.press("Enter")
            end = await asked(self.driver, script.CLOSED, 800)
            dialog["closes"] = way if end["closed"] else ""
        if end["closed"] and dialog["closes"] != "mouse":
            dialog["back"] = True
            if end["none"]:
                await self.driver.press("Tab")
                after = await asked(self.driver, script.AFTER)
                dialog["back"] = None if after["distance"] < 0 else after["distance"] <= 2
                dialog["next"] = after["next"]
            elif not end["back"]:
                dialog["back"] = None

    async def controls(self, places: list[str]) -> list[dict[str, Any]]:
        """What looks like a control: whether keys do what a click does. Where none did, it was tried on two loads."""
        found: list[dict[str, Any]] = []
        for place in places:
            if not self.time_left(0.1):
                self.cut = True
                break
            with suppress(NotAnswered):
                await self.afresh()
                told = await self.answers(place)
                if told is not None and told["click"] and not told["key"]:
                    await self.afresh()
                    again = await self.answers(place)
                    if again is None or again["key"] or not set(again["click"]) & set(told["click"]):
                        continue
                if told is not None:
                    found.append(told)
        return found

    async def answers(self, place: str) -> dict[str, Any] | None:
        """The key that something answers to, and what a click does where there is none."""
        if not await asked(self.driver, script.AIM, place):
            return None
        told = await asked(self.driver, "return e.told(auditorTrigger)")
        for key in ("Enter", "Space", "ArrowRight", "ArrowDown"):
            await self.driver.press(key)
            if await asked(self.driver, script.DONE, 250, True):
                return {"control": told, "key": key, "click": []}
        point = await asked(self.driver, script.POINTED)
        if point is None:
            return None
        await self.driver.move(*point)
        await asked(self.driver, script.REST)
        await self.driver.click(*point)
        return {"control": told, "key": "", "click": await asked(self.driver, script.DONE, 400, False)}
