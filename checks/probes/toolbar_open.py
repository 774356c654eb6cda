"""Opens the accessibility toolbar of a page, or switches to its elder mode, before the page is looked at: the variants ask it first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from auditor.model import Driver, NotAnswered, Probe
from checks import toolbars
from checks.probes import toolbar_script as script
from checks.probes.eyes import asked, open_eyes

NAME = "opened"
NOTHING = {"aid": "没有找到能在本页打开的无障碍工具条入口", "elder": "没有找到能在本页切换的长者版入口"}
LEADS = "“%s”要打开另一个网页，没有跟随"
DEAD = "按回车键、用鼠标点击“%s”，页面都没有变化"


def opening(kind: str) -> Probe:
    """The question that opens what is of a kind, "aid" or "elder". -> {"words", "how": "Enter" or "mouse", "names": of what it offers}.

    Raises NotAnswered where nothing opens: then the page is not the variant, and must not be judged as one.
    """
    return Probe(name=NAME, ask=_ask(kind), limit=20.0)


def _ask(kind: str) -> Callable[[Driver, Mapping[str, Any]], Awaitable[dict[str, Any]]]:
    async def ask(driver: Driver, facts: Mapping[str, Any]) -> dict[str, Any]:
        await open_eyes(driver)
        await asked(driver, "return e.watch(given[0])", 700)
        found = await asked(driver, script.FIND, list(toolbars.entrances()), kind)
        if kind == "aid" and not any(not one["leads"] for one in found):  # a toolbar may have the elder mode alone
            found = await asked(driver, script.FIND, list(toolbars.entrances()), "")
        here = [one for one in found if not one["leads"]]
        if not here:
            raise NotAnswered(NOTHING[kind])
        one = here[0]
        for how in ("Enter", "mouse"):
            if not await asked(driver, script.AIM, one["place"], how == "Enter"):
                break
            where = await asked(driver, "return e.pointOf(globalThis.auditorTrigger)")
            if how == "Enter" and one["tab"]:
                await driver.press("Enter")
            elif how == "mouse" and where is not None:
                await driver.click(*where)
            else:
                continue
            opened = await asked(driver, script.OPENED, 2000)
            if opened is not None:
                await asked(driver, "return e.quiet(1500)")
                return {"words": one["words"], "how": how, "names": opened["names"]}
        leads = await asked(driver, "return e.wanted.length > 0")
        raise NotAnswered((LEADS if leads else DEAD) % one["words"])

    return ask
