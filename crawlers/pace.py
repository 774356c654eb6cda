"""Guest manners: the gap between two visits of one host, wider while the host has trouble, and the night in which visits may begin."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

LONGEST_GAP = 60.0
"""Seconds between two visits that our own caution may reach; a longer crawl-delay or `delay` holds all the same."""

GOOD_RUN = 5
"""Good answers in a row after which the gap is halved again."""

LONGEST_WAIT = 1800.0
"""Seconds for which a host is waited for; one that asks for more is left alone for this run."""

STEP = 0.5  # seconds between two looks at whether somebody has stopped us


class Pace:
    """The order in which visits of a host may start; hosts do not wait for each other.

    `delay` is the gap between the starts of two visits of one host, in seconds; with 0, on our own machines, caution adds nothing
    to it. `stopped` tells whether somebody has called us off a host; it is asked before every start and during every pause.
    """

    def __init__(self, delay: float, *, stopped: Callable[[str], bool] = lambda host: False) -> None:
        self.delay = delay
        self.stopped = stopped
        self._hosts: dict[str, _Host] = {}

    def gap(self, host: str) -> float:
        """Seconds between the starts of two visits of this host."""
        return self._host(host).gap(self.delay)

    def ask(self, host: str, delay: float) -> None:
        """The host wants at least this many seconds (crawl-delay): the floor of the gap."""
        known = self._host(host)
        known.asked = max(delay, known.asked)

    def met(self, host: str, *, well: bool) -> None:
        """A visit ended: trouble (429, 503, no answer, a broken one) doubles the gap, GOOD_RUN good answers in a row halve it again."""
        known = self._host(host)
        if not well:
            known.good = 0
            if known.gap(self.delay) < LONGEST_GAP:
                known.caution *= 2
            return
        known.good += 1
        if known.good >= GOOD_RUN:
            known.good, known.caution = 0, max(1.0, known.caution / 2)

    def hold(self, host: str, seconds: float) -> None:
        """No visit of the host for so many seconds from now (Retry-After, or a failure)."""
        known = self._host(host)
        known.held = max(known.held, asyncio.get_running_loop().time() + seconds)

    def held(self, host: str) -> bool:
        """Whether no visit of the host may start just now, whoever's turn it is."""
        return self._host(host).held > asyncio.get_running_loop().time()

    def note(self, host: str) -> str:
        """What slowed the visits of this host down, as a Chinese clause; "" if nothing did."""
        known = self._host(host)
        return f"网站几次没有正常回答，访问间隔放宽到 {known.gap(self.delay):.0f} 秒" if known.caution > 1 and self.delay else ""

    async def turn(self, host: str, left: Callable[[], float] = lambda: math.inf) -> bool:
        """Wait for our turn, first come first served.

        False if it would come later than in `left()` seconds or LONGEST_WAIT, or if we have been stopped.
        """
        loop = asyncio.get_running_loop()
        known = self._host(host)
        async with known.queue:
            while not self.stopped(host):
                wait = max(known.held, known.started + known.gap(self.delay)) - loop.time()
                if left() <= 0 or wait > min(left(), max(LONGEST_WAIT, known.gap(self.delay))):
                    return False
                if wait <= 0:
                    known.started = loop.time()
                    return True
                await asyncio.sleep(min(wait, STEP))
            return False

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())


@dataclass
class _Host:
    """What is known of one host. Times are those of the event loop's clock."""

    asked: float = 0.0  #: crawl-delay
    caution: float = 1.0  #: times the gap
    good: int = 0  #: answers in a row
    held: float = -math.inf  #: no visit before
    started: float = -math.inf  #: the last visit
    queue: asyncio.Lock = field(default_factory=asyncio.Lock)

    def gap(self, delay: float) -> float:
        base = max(delay, self.asked)
        return max(base, min(base * self.caution, LONGEST_GAP))


def night(window: tuple[str, str], timezone: str, now: datetime) -> tuple[datetime, datetime]:
    """The night window, such as ("22:00", "06:30"), that is open at `now`, else the next: when it opens and closes, in UTC.

    Visits may begin from the first moment on and before the second. Equal times mean the whole day.
    """
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    begin, end = (time.fromisoformat(text.zfill(5)) for text in window)
    for day in (today + timedelta(days=offset) for offset in range(-1, 3)):
        opens = datetime.combine(day, begin, zone).astimezone(UTC)
        closes = datetime.combine(day + timedelta(days=end <= begin), end, zone).astimezone(UTC)
        if closes > now:
            return opens, closes
    raise AssertionError("a window of at most a day opens within three days")


def retry_after(text: str, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, given as a number or as a date (RFC 9110, 10.2.3); None if it says neither."""
    told = text.strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError):
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
