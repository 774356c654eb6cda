"""Waits until what was asked for has arrived: at rest, and past a firewall's test where the browser passes that by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from auditor.model import Driver, NotAnswered, State
from crawlers.browsers.settle import settle
from crawlers.recognise import QUESTION, Seen, may_pass, recognise
from crawlers.slots import Idle

PATIENCE = 6.0  # seconds for a test that passes by itself: it runs a script and loads the page again, with a cookie
STEP = 0.25


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What the site last answered for the document itself."""

    final: str
    status: int | None = None  #: None where the driver does not tell
    headers: Mapping[str, str] = field(default_factory=dict)  #: names in lower case
    refused: tuple[State, str] | None = None  #: what the answer alone means, where that is enough


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """How a document stands there: what `settle` told of it, and what it is if it is no page of the site."""

    rest: Mapping[str, Any]
    met: tuple[State, str] | None = None


async def arrive(
    driver: Driver, asked: str, answered: Callable[[], Answered], *, welcome: frozenset[State] = frozenset(), idle: Idle = nullcontext
) -> Arrival:
    """Wait for rest and say what is there. `answered` is asked again after each step, since a test loads the page again.

    What is recognised as one of `welcome` is a page like any other here. `idle()` surrounds the time in which nothing is done but wait.

    Takes at most the patience of `settle` and PATIENCE, twice the former where a test was passed. Raises NotAnswered where the page
    does not answer at all, unless its status says enough.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    try:
        async with idle():
            rest = await settle(driver)
        seen = await _look(driver, asked, answered(), rest)
    except NotAnswered:
        blind = _blind(asked, answered())
        if not blind.refused:
            raise
        return Arrival(rest={"settled": False, "type": "text/html", "ready": ""}, met=recognise(blind))
    while may_pass(seen) and loop.time() < end:
        await asyncio.sleep(STEP)
        with contextlib.suppress(NotAnswered):  # it is just being loaded again
            seen = await _look(driver, asked, answered(), rest)
            if not may_pass(seen):
                rest = await settle(driver)
                seen = await _look(driver, asked, answered(), rest)
    met = recognise(seen)
    blank = seen.empty and seen.scripted  # what a script should have filled is no page, whoever asks for it
    return Arrival(rest=rest, met=answered().refused or (None if met and met[0] in welcome and not blank else met))


async def _look(driver: Driver, asked: str, answered: Answered, rest: Mapping[str, Any]) -> Seen:
    if "html" not in str(rest["type"]):
        return _blind(asked, answered)
    told = await driver.evaluate(QUESTION)
    if not isinstance(told, dict):
        raise NotAnswered("页面没有说明自己的内容")
    return Seen.of(told, asked=asked, final=answered.final, status=answered.status, server=_server(answered))


def _blind(asked: str, answered: Answered) -> Seen:
    """What the answer tells without the document."""
    return Seen(asked=asked, final=answered.final, status=answered.status, server=_server(answered))


def _server(answered: Answered) -> str:
    return answered.headers.get("server", "")
