"""Shares the work between visits: so many may be at work at once, and one that only waits for its page lets another work."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

Idle = Callable[..., AbstractAsyncContextManager[None]]
"""What surrounds the time in which a visit does nothing but wait. `idle(True)`: it waits for other visits, which must get the place."""


class Slots:
    """Places for `tabs` visits at work, and for `at_rest` more whose pages are only waited for."""

    def __init__(self, tabs: int, at_rest: int) -> None:
        self._work = asyncio.Semaphore(max(1, tabs))
        self._rest = asyncio.Semaphore(at_rest)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Idle]:
        """A place to work, once there is one; yields what lends it out: `async with idle():`."""
        await self._work.acquire()
        held = True

        @asynccontextmanager
        async def idle(always: bool = False) -> AsyncIterator[None]:
            nonlocal held
            if not always and self._rest.locked():
                yield
                return
            async with contextlib.nullcontext() if always else self._rest:
                held = False
                self._work.release()
                try:
                    yield
                except Exception:  # what is cancelled goes without
                    await self._work.acquire()
                    held = True
                    raise
                await self._work.acquire()
                held = True

        try:
            yield idle
        finally:
            if held:
                self._work.release()


@asynccontextmanager
async def off_the_clock(idle: Idle, clock: asyncio.Timeout) -> AsyncIterator[None]:
    """The same for a visit under a limit: the limit stands still while the visit waits to go on."""
    loop = asyncio.get_running_loop()
    end: float | None = None
    begun = 0.0
    async with idle():
        yield
        begun, end = loop.time(), clock.when()
        if end is not None:
            clock.reschedule(None)
    if end is not None:
        clock.reschedule(end + loop.time() - begun)
