"""Keeps the gap between two visits of one host. The place where politeness learns: what slows a host down belongs here."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable


class Pace:
    """The order in which visits of a host may start; hosts do not wait for each other."""

    def __init__(self, delay: float) -> None:
        self.delay = delay  #: seconds between the starts of two visits of one host
        self._asked: dict[str, float] = {}
        self._next: dict[str, float] = {}
        self._queues: dict[str, asyncio.Lock] = {}

    def gap(self, host: str) -> float:
        """Seconds between the starts of two visits of this host."""
        return max(self.delay, self._asked.get(host, 0.0))

    def ask(self, host: str, delay: float) -> None:
        """The host wants at least this many seconds (crawl-delay)."""
        self._asked[host] = max(delay, self._asked.get(host, 0.0))

    def hold(self, host: str, seconds: float) -> None:
        """No visit of the host for so many seconds from now (Retry-After, or a failure)."""
        self._next[host] = max(self._next.get(host, 0.0), asyncio.get_running_loop().time() + seconds)

    async def turn(self, host: str, left: Callable[[], float] = lambda: math.inf) -> bool:
        """Wait for our turn, first come first served; False if it would come later than in `left()` seconds."""
        loop = asyncio.get_running_loop()
        async with self._queues.setdefault(host, asyncio.Lock()):
            while (wait := self._next.get(host, 0.0) - loop.time()) > 0:
                if wait > left():
                    return False
                await asyncio.sleep(wait)
            if left() <= 0:
                return False
            self._next[host] = loop.time() + self.gap(host)
            return True
