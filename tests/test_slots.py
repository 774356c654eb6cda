"""So many visits are at work at once; some that only wait stand aside, and their limit stands still while they wait to go on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from crawlers.slots import Slots, off_the_clock

T = TypeVar("T")


def run(story: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(story, 10))


def test_never_more_work_than_there_are_places_nor_wait_beside_them_than_may() -> None:
    async def story() -> tuple[int, int]:
        slots, at_work, most, under_way, deepest = Slots(2, 3), 0, 0, 0, 0

        async def work() -> None:
            nonlocal at_work, most
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0.005)
            at_work -= 1

        async def visit() -> None:
            nonlocal under_way, deepest
            async with slots.place() as idle:
                under_way += 1
                deepest = max(deepest, under_way)
                await work()
                async with idle():
                    await asyncio.sleep(0.03)
                await work()
                under_way -= 1

        await asyncio.gather(*(visit() for _ in range(20)))
        return most, deepest

    most, deepest = run(story())
    assert most == 2
    assert deepest == 2 + 3


def test_the_limit_of_a_visit_stands_still_while_it_waits_for_its_place() -> None:
    async def story() -> float:
        slots = Slots(1, 1)
        loop = asyncio.get_running_loop()

        async def other() -> None:
            async with slots.place():
                await asyncio.sleep(0.8)

        async with slots.place() as idle, asyncio.timeout(0.4) as clock:
            begun = loop.time()
            async with off_the_clock(idle, clock):
                beside = asyncio.create_task(other())
                await asyncio.sleep(0.1)
            waited = loop.time() - begun
        await beside
        return waited

    assert run(story()) >= 0.8


def test_the_limit_runs_while_the_page_is_waited_for() -> None:
    async def story() -> None:
        async with Slots(1, 1).place() as idle, asyncio.timeout(0.1) as clock, off_the_clock(idle, clock):
            await asyncio.sleep(5)

    with pytest.raises(TimeoutError):
        run(story())


@pytest.mark.parametrize("end", [asyncio.CancelledError, ValueError])
def test_places_are_neither_lost_nor_made_when_a_wait_ends_in_an_error(end: type[BaseException]) -> None:
    async def story() -> int:
        slots = Slots(1, 1)
        with pytest.raises(end):
            async with slots.place() as idle, idle():
                raise end
        most = at_work = 0

        async def visit() -> None:
            nonlocal most, at_work
            async with slots.place():
                at_work += 1
                most = max(most, at_work)
                await asyncio.sleep(0.01)
                at_work -= 1

        await asyncio.gather(*(visit() for _ in range(4)))
        return most

    assert run(story()) == 1
