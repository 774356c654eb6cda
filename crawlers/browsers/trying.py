"""Puts experiments to a page: each gets a load of its own, a time of its own, and harms neither the others nor what was seen before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from playwright.async_api import Error

from auditor.model import Driver, NotAnswered, Page, Probe, Scene, scene_key
from crawlers.browsers.pictures import take_pictures
from crawlers.browsers.still import hold_still
from crawlers.browsers.visit import Visit
from crawlers.slots import Idle, off_the_clock
from crawlers.trials import LIMIT, InTurn

PICTURES = 20.0  # seconds for the pictures of what they found
SIZE = "[Math.max(document.documentElement.scrollWidth, innerWidth), Math.max(document.documentElement.scrollHeight, innerHeight)]"
SIGN_OF_LIFE = 3.0  # seconds in which a page answers that is not caught in a loop
GONE = "前一项试验之后浏览器不再应答，没有试"


async def tried(
    visit: Visit, page: Page, experiments: Sequence[Probe], *, pictures: bool, turn: InTurn, idle: Idle
) -> tuple[Page, bool]:
    """The page with what the experiments told, and whether the browser is still fit.

    What does not need an untouched load (`Probe.everywhere`) is done first, in the tab that was looked at. The pictures of what was
    found show the page as it was before.
    """
    facts, unanswered, scenes, fit = dict(page.facts), dict(page.unanswered), dict[str, Scene](), True
    for number, probe in enumerate(experiments):
        if not fit or visit.ended.done():
            unanswered[probe.name] = GONE
            continue
        try:
            facts[probe.name] = await _done(visit, probe, facts, again=number > 0 or not probe.everywhere, turn=turn, idle=idle)
            if pictures and visit.tab is not None:
                scenes.update({scene_key(probe.name, place): scene for place, scene in visit.tab.kept().items()})
        except TimeoutError:
            unanswered[probe.name] = f"没有在 {probe.limit or LIMIT:.0f} 秒内做完"
            fit = await _lives(visit)
        except (NotAnswered, Error) as why:
            unanswered[probe.name] = str(why).splitlines()[0][:300] if str(why) else "页面没有应答"
    page = replace(page, facts=facts, unanswered=unanswered, scenes=scenes)
    if pictures and fit and not visit.ended.done():
        page = replace(page, pictures={**await _shown(visit, page, experiments, turn=turn, idle=idle), **page.pictures})
    return page, fit


async def _shown(visit: Visit, page: Page, experiments: Sequence[Probe], *, turn: InTurn, idle: Idle) -> Mapping[str, bytes]:
    places = await asyncio.to_thread(lambda: [place for probe in experiments for place in probe.places(page.facts)])
    places = [place for place in places if place["selector"] not in page.pictures]
    if not places:
        return {}

    async def take(driver: Driver, facts: Mapping[str, Any]) -> Mapping[str, bytes]:
        await hold_still(driver)
        width, height = await driver.evaluate(SIZE)
        return await take_pictures(driver, places, width, height)

    try:
        return dict(await _done(visit, Probe(name="pictures", ask=take, limit=PICTURES), {}, again=True, turn=turn, idle=idle))
    except (TimeoutError, NotAnswered, Error):
        return {}


async def _done(visit: Visit, probe: Probe, facts: dict[str, Any], *, again: bool, turn: InTurn, idle: Idle) -> Any:
    async with asyncio.timeout(probe.limit or LIMIT) as clock:

        async def load() -> None:
            async with off_the_clock(idle, clock):
                if not await turn():
                    raise NotAnswered("到了规定的结束时间，没有试")
            await visit.again()

        assert visit.tab is not None
        visit.tab.renew = load
        visit.tab.begin_anew()
        visit.idle = lambda: off_the_clock(idle, clock)
        if again:
            await load()
        return await _unless_ended(visit, probe.ask(visit.tab, facts))


async def _unless_ended(visit: Visit, work: Awaitable[Any]) -> Any:
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task, visit.ended}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise NotAnswered(visit.ended.result().reason)
        return task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _lives(visit: Visit) -> bool:
    assert visit.tab is not None
    try:
        await visit.tab.evaluate("1", limit=SIGN_OF_LIFE)
    except NotAnswered:
        return False
    return True
