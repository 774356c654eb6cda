"""Visits addresses as a good guest: in turn, once more where a failure may pass, and not against the word of the host or the owner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from auditor.addresses import host_of, port_of
from auditor.model import SEEN, Order, Page, Probe, State, Variant
from crawlers.browsers.http import NO_VALIDATORS, Answer, Getter, Refuse
from crawlers.journeys import Stage
from crawlers.pace import LONGEST_WAIT, STEP, Pace, retry_after
from crawlers.recognise import how_to_allow
from crawlers.robots import Robots, product_token
from crawlers.slots import Idle, Slots
from crawlers.trials import Choose
from crawlers.visitor import Trip, Visitor

T = TypeVar("T")

Stop = Callable[[str], str | bool]
"""Whether somebody has called us off a host: a sentence that says why, or True. Asked every half second: it has to answer at once."""

Looks = Callable[[str, Variant, bool], None]
"""Hears of a page that it is being opened (True), and no longer is (False)."""

LONGEST_PAUSE = 30.0
"""Seconds of Retry-After up to which the same address is asked for once more."""

MOST_CHALLENGES = 5
"""Pages in a row of one host behind a firewall's test; each costs some seconds of waiting, and knocking on does not open the door."""

AT_REST = 4
"""Visits beyond `tabs` that may be under way: a page that is only waited for until it rests costs neither the host nor us anything."""

CLOSING = 10.0  # seconds for a visit that is broken off to close its tab
STOPPED = "人工紧急停止，没有访问"

PASSING = frozenset({State.TIMEOUT, State.CONNECTION_RESET, State.CRASHED})
"""Failures that may be gone a moment later, besides the answers 429 and 503."""

BUSY = frozenset({429, 503})
SAID_ENOUGH = SEEN | {State.MAINTENANCE, State.CHALLENGE}
"""States that tell more than the status does: to ask once more would be knocking at a closed door."""


class Diagnosis(Protocol):
    """What is wrong with the secure connection to a host (`crawlers.tls.diagnose`, with its routes filled in)."""

    def __call__(self, host: str, port: int, *, certificate: bool) -> Coroutine[Any, Any, str | None]:
        """A Chinese sentence, None if nothing was found."""
        ...


class Guest:
    """The way to the hosts of one site. `left` tells the seconds to the deadline, `pause` is the one before a second attempt."""

    def __init__(
        self, order: Order, browser: Visitor, fetcher: Getter, probes: Sequence[Probe],
        *, left: Callable[[], float], stopped: Stop, diagnose: Diagnosis | None, pause: float,
    ) -> None:  # fmt: skip
        self.order, self.browser, self.fetcher, self.probes = order, browser, fetcher, probes
        self.left, self.stopped, self.diagnose, self.pause = left, stopped, diagnose, pause
        self.looks: Looks = lambda url, variant, opened: None
        self.late = False  #: a visit would have come after the deadline
        self.pace = Pace(order.target.delay, stopped=lambda host: bool(self.barred(host)))
        self._slots = Slots(order.target.tabs, AT_REST)
        self._barred: dict[str, str] = {}
        self._challenged: dict[str, int] = {}  #: host -> challenges in a row
        self._diagnoses: dict[tuple[str, int, bool], asyncio.Task[str | None]] = {}

    def barred(self, host: str) -> str:
        """Why a host is not visited any more in this run, "" if it is: somebody stopped us, or it does not let us in."""
        if host not in self._barred and (why := self.stopped(host)):
            self._barred[host] = why if isinstance(why, str) else STOPPED
        return self._barred.get(host, "")

    async def visit(self, url: str, choose: Choose | None = None, trip: Trip | None = None) -> Page | None:
        """Visit an address in its turn, and once more where the failure may pass; `choose` tells what is tried on the page.

        `trip`: in which other way than the usual one it is met.
        None if its turn did not come: it would have been too late (`late`), or the host is `barred`.
        """
        async with self._slots.place() as idle:
            page = await self._attempt(url, idle, choose, trip)
            if page is not None and _may_pass(page) and (page.retry_after or 0.0) <= LONGEST_PAUSE:
                self.pace.hold(host_of(url), page.retry_after or self.pause)
                page = await self._attempt(url, idle, choose, trip) or page
            if page is not None and page.state not in SEEN and self.stopped(host_of(url)):
                return None  # it was our own doing
            if page is not None:
                self._count_challenges(page)
            return await self._explained(page) if page is not None else None

    async def follow(self, plan: Sequence[Stage]) -> Sequence[Page]:
        """Go through a journey, in turn at every state: its states as pages, up to the last that was tried."""
        host = host_of(plan[0].url)
        async with self._slots.place():
            work = self.browser.follow(plan, self.probes, limit=self.order.page_limit, turn=lambda: self.pace.turn(host, self.left))
            return await self._unless_stopped(host, work) or ()

    async def robots(self, origin: str) -> Robots | None:
        """The robots.txt of an origin; its crawl-delay holds from now on. None if the host is barred."""
        host = host_of(origin)
        if self.barred(host):
            return None
        product = product_token(self.order.network.user_agent)
        robots = await self._unless_stopped(host, Robots.fetch(self.fetcher, origin, product, self._again))
        if robots is not None:
            self.pace.ask(host, robots.delay)
        return robots

    async def get(
        self, url: str, *, limit_bytes: int, limit: float, refuse: Refuse | None = None, validators: Mapping[str, str] = NO_VALIDATORS,
        in_turn: bool = True,
    ) -> Answer:  # fmt: skip
        """Fetch like the fetcher, but in turn; what belongs to a page that had its turn at once, or not while the host is held."""
        host = host_of(url)
        answer: Answer | None = None
        if await self.pace.turn(host, self.left) if in_turn else self.left() > 0 and not self.barred(host) and not self.pace.held(host):
            limit = min(limit, self.left())
            work = self.fetcher.get(url, limit_bytes=limit_bytes, limit=limit, refuse=refuse, validators=validators)
            answer = await self._unless_stopped(host, work)
        if answer is None:
            return Answer(url=url, final_url=url, state=State.INTERRUPTED, reason=self.barred(host) or "到了规定的结束时间")
        if answer.status in BUSY:
            self.pace.met(host, well=False)
            self._sent_away(host, retry_after(answer.headers.get("retry-after", ""), datetime.now(UTC)))
        return answer

    async def trouble_with_tls(self, url: str, *, certificate: bool) -> str | None:
        """What is wrong with the secure connection at an address, asked once per host and port; None if nothing was found."""
        place = host_of(url), port_of(url), certificate
        if self.diagnose is None or not url.startswith("https:") or self.barred(place[0]):
            return None
        if place not in self._diagnoses:
            work = self.diagnose(place[0], place[1], certificate=certificate)
            self._diagnoses[place] = asyncio.ensure_future(work)
        return await asyncio.shield(self._diagnoses[place])

    # ------------------------------------------------------------------------------------------ inside

    async def _attempt(self, url: str, idle: Idle, choose: Choose | None, trip: Trip | None) -> Page | None:
        """One visit in its turn; the host's manners are learned from it."""
        host = host_of(url)
        if not await self.pace.turn(host, self.left):
            self.late = self.late or not self.barred(host)
            return None
        probes = (*trip.first, *self.probes) if trip else self.probes
        how = {"manner": trip.manner} if trip else {}
        work = self.browser.visit(
            url, probes, limit=self.order.page_limit, idle=idle, choose=choose, turn=lambda: self.pace.turn(host, self.left), **how
        )
        variant = trip.variant if trip else Variant.DESKTOP
        self.looks(url, variant, True)
        page = await self._unless_stopped(host, work)
        self.looks(url, variant, False)
        if page is None:
            return None
        if _in_trouble(page):
            self.pace.met(host, well=False)
        elif page.status is not None:
            self.pace.met(host, well=True)
        return self._sent_away_from(host, page) if page.status in BUSY else page

    def _sent_away_from(self, host: str, page: Page) -> Page:
        self._sent_away(host, page.retry_after)
        if (page.retry_after or 0.0) <= LONGEST_PAUSE or not _may_pass(page):
            return page
        return replace(page, reason=f"{page.reason}；网站要求 {_span(page.retry_after or 0.0)}后再来（Retry-After），没有再试")

    def _sent_away(self, host: str, seconds: float | None) -> None:
        """The host asked us to stay away for so long (Retry-After): we do, and for this run if it cannot be waited for."""
        if not seconds:
            return
        self.pace.hold(host, seconds)
        if seconds > min(self.left(), LONGEST_WAIT):
            self._barred.setdefault(host, f"网站要求 {_span(seconds)}内不再访问（Retry-After），这一轮没有访问")

    def _count_challenges(self, page: Page) -> None:
        """Leave a host alone that lets us see nothing but its firewall; addresses given one by one are all tried."""
        host = host_of(page.url)
        self._challenged[host] = self._challenged.get(host, 0) + 1 if page.state is State.CHALLENGE else 0
        if self._challenged[host] >= MOST_CHALLENGES and self.order.crawl:
            how = how_to_allow(self.order.network.user_agent)
            self._barred.setdefault(host, f"连续 {MOST_CHALLENGES} 个页面都停在网站的安全验证上，这一轮不再访问；{how}")

    async def _again(self, answer: Answer) -> bool:
        """Wait before robots.txt is asked for a second time; False where it is not to be."""
        host = host_of(answer.url)
        wait = retry_after(answer.headers.get("retry-after", ""), datetime.now(UTC)) or self.pause
        if wait > LONGEST_PAUSE:
            return False
        self.pace.hold(host, wait)
        return await self.pace.turn(host, self.left)

    async def _unless_stopped(self, host: str, work: Coroutine[Any, Any, T]) -> T | None:
        """The outcome of some work on a host; None, and the work broken off, once somebody stops us there."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=STEP)
                if not task.done() and self.stopped(host):
                    self.barred(host)
                    return None
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=CLOSING)

    async def _explained(self, page: Page) -> Page:
        """The page with a reason that says more than the browser knows: what is wrong with the connection, what the owner can do."""
        if page.state is State.CHALLENGE:
            return replace(page, reason=f"{page.reason}；{how_to_allow(self.order.network.user_agent)}")
        if page.state is State.TLS_ERROR:
            where = page.url
            if self.diagnose is not None and not where.startswith("https:"):  # it led on to a secure address: to which?
                where = (await self.get(page.url, limit_bytes=1000, limit=10.0)).final_url
            told = await self.trouble_with_tls(where, certificate=True)
        elif page.state is State.CONNECTION_RESET and page.status is None:
            told = await self.trouble_with_tls(page.url, certificate=False)
        else:
            return page
        return replace(page, state=State.TLS_ERROR, reason=told) if told else page


def _in_trouble(page: Page) -> bool:
    """Whether the host had trouble with our visit: it said so, broke off, or did not answer at all."""
    return page.status in BUSY or page.state is State.CONNECTION_RESET or (page.state is State.TIMEOUT and page.status is None)


def _may_pass(page: Page) -> bool:
    if page.state is State.TIMEOUT and page.status is not None:  # the document came and overran its time: it would do so again
        return False
    return page.state in PASSING or (page.status in BUSY and page.state not in SAID_ENOUGH)


def _span(seconds: float) -> str:
    """A length of time in words."""
    if seconds < 120:
        return f"{seconds:.0f} 秒"
    return f"{seconds / 60:.0f} 分钟" if seconds < 7200 else f"{seconds / 3600:.0f} 小时"
