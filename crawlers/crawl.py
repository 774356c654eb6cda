"""The walk over one site: which address is visited next, what every answer means for the ledger, and when it is enough."""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from auditor.addresses import canonical, host_of, origin_of
from auditor.model import NEVER_TRIED, SEEN, Coverage, Judged, Order, Page, Probe, State
from crawlers import finders
from crawlers.browsers.http import Answer, Getter
from crawlers.frontier import Frontier
from crawlers.pace import Pace
from crawlers.robots import Robots, product_token
from crawlers.scope import belongs, unwanted

Sampler = Callable[[Sequence[str]], Sequence[str]]
"""Of the addresses waiting, in the order of discovery, those to visit next, in order. None of them: enough has been seen."""

READ_AHEAD = 4  # visits begun before the first of them is handed out, per tab
MOST_ORIGINS = 100  # whose robots.txt is asked for
RETRY_PAUSE = 2.0  # seconds
LONGEST_PAUSE = 30.0

PASSING = frozenset({State.TIMEOUT, State.CONNECTION_RESET, State.CRASHED})
"""Failures that may be gone a moment later, besides the answers 429 and 503."""

ARRIVED = frozenset(
    {State.AUDITED, State.RENDER_FAILED, State.ERROR_PAGE, State.GONE, State.SOFT_404, State.NOT_HTML, State.TOO_LARGE}
)  # fmt: skip
"""States of a visit that ended at some document; only then does it matter whose document that is."""

OPENED = SEEN | {State.RENDER_FAILED}
"""States of addresses whose document was there: its links lead on, and it is the page of its final address."""


class Browser(Protocol):
    """Something that looks at addresses."""

    async def visit(self, url: str, probes: Sequence[Probe], *, limit: float) -> Page:
        """Look at an address, at most `limit` seconds; whatever the site does comes back as `Page.state`."""
        ...


def utc_now() -> datetime:
    """The time, as deadlines are told."""
    return datetime.now(UTC)


async def crawl(
    order: Order,
    browser: Browser,
    fetcher: Getter,
    probes: Sequence[Probe],
    *,
    sampler: Sampler | None = None,
    clock: Callable[[], datetime] = utc_now,
    retry_pause: float = RETRY_PAUSE,
) -> AsyncGenerator[Page | Coverage, None]:
    """Every visited address as a Page, as soon as it is its turn; at the end every other known address as a Coverage.

    Start page first, then `target.pages`, then level by level in the order of discovery, so that the same site gives the same
    pages in the same order, however fast it answers. Addresses of `order.done` count as visited and are not handed out again.
    With `order.crawl` False exactly `target.pages` are visited: no robots.txt, no scope, no limit, no following.
    Close it (`contextlib.aclosing`) when leaving early. Raises finders.UnknownFinder.
    """
    walk = _Walk(order, browser, fetcher, probes, clock, retry_pause)
    batch: Sequence[str] = walk.begin()
    begun = False
    while batch and not walk.over():
        async with aclosing(walk.visits(batch)) as pages:
            async for page in pages:
                yield page
        if order.crawl and not begun:
            await walk.ask_the_site()
        begun = True
        batch = walk.frontier.waiting()
        if sampler is not None:
            known = set(batch)
            batch = [url for url in dict.fromkeys(sampler(batch)) if url in known]
    for coverage in walk.rest():
        yield coverage


def page_digest(html: str) -> str:
    """SHA-256 of a rendered document in hexadecimal: `Coverage.digest`, by which equal documents are known."""
    return hashlib.sha256(html.encode("utf-8", "surrogatepass")).hexdigest()


class _Walk:
    """What a crawl knows while it goes on."""

    def __init__(
        self, order: Order, browser: Browser, fetcher: Getter, probes: Sequence[Probe], clock: Callable[[], datetime], pause: float
    ) -> None:
        self.order, self.target = order, order.target
        self.browser, self.fetcher, self.probes = browser, fetcher, probes
        self.clock, self.pause = clock, pause
        self.start = canonical(self.target.site.url) or self.target.site.url
        self.finders = finders.load(self.target.finders)
        self.frontier = Frontier()
        self.pace = Pace(self.target.delay)
        self.tabs = asyncio.Semaphore(max(1, self.target.tabs))
        self.room: float = self.target.max_pages if order.crawl else math.inf
        self.late = False  #: a visit would have come after the deadline
        self.robots: dict[str, Robots] = {}
        self.owners: dict[str, str] = {}  #: final address -> the address that is its page
        self.documents: dict[str, str] = {}  #: digest of a document -> the address that is its page
        untried = NEVER_TRIED | {State.INTERRUPTED}
        self.done = {judged.coverage.url: judged for judged in order.done if judged.coverage.state not in untried}

    # ------------------------------------------------------------------------------------------ the walk

    def begin(self) -> list[str]:
        """The addresses that somebody named, in order."""
        if self.order.crawl:
            self.add([self.start], listed=True)
        self.add(self.target.pages, listed=True)
        return self.frontier.waiting()

    def add(self, addresses: Iterable[str], *, listed: bool = False, base: str | None = None) -> None:
        """Enter addresses into the ledger; what is somebody else's is left out, unless it was listed."""
        for found in addresses:
            url = canonical(found, base) or (found if listed else None)
            if url is None or not (listed or belongs(url, self.target)) or not self.frontier.add(url):
                continue
            if not host_of(url):
                self.frontier.settle(url, State.EXCLUDED, "不是可以访问的网址")
            elif self.order.crawl and url != self.start and (why := unwanted(url, self.target, listed=listed)):
                self.frontier.settle(url, *why)

    async def visits(self, batch: Iterable[str]) -> AsyncGenerator[Page, None]:
        """Visit addresses side by side, but begin, settle and hand out in order: nothing depends on how fast the answers come.

        What may begin depends only on what was settled READ_AHEAD tabs earlier.
        """
        todo, flights = deque(batch), deque[tuple[str, asyncio.Task[Page | Judged | None]]]()
        try:
            while True:
                while todo and len(flights) < READ_AHEAD * max(1, self.target.tabs) and not self.over():
                    url = todo.popleft()
                    if await self.admitted(url):
                        self.room -= 1
                        flights.append((url, asyncio.create_task(self.visit(url))))
                if not flights:
                    return
                outcome = await flights[0][1]
                url, _ = flights.popleft()
                if outcome is None:
                    self.room += 1
                elif isinstance(outcome, Judged):
                    self.remember(outcome)
                else:
                    yield self.settled(replace(outcome, url=url) if outcome.url != url else outcome)
        finally:
            for _, task in flights:
                task.cancel()
            await asyncio.gather(*(task for _, task in flights), return_exceptions=True)

    async def ask_the_site(self) -> None:
        """Let the finders ask for further addresses, if the host may be asked at all."""
        origin = origin_of(self.start)
        robots = self.robots.get(origin)
        if robots is None or robots.closed or self.over():
            return
        ground = finders.Ground(target=self.target, origin=origin, robots=robots, fetcher=_InTurn(self.fetcher, self.pace, self.left))
        for finder in self.finders:
            if finder.on_site is not None:
                self.add(await finder.on_site(ground))

    def over(self) -> bool:
        """Whether no further visit may begin."""
        self.late = self.late or self.left() <= 0
        return self.late or self.room <= 0

    def left(self) -> float:
        """Seconds to the deadline."""
        return (self.order.deadline - self.clock()).total_seconds() if self.order.deadline else math.inf

    def rest(self) -> Iterator[Coverage]:
        """How the addresses without a visit end; those of an interrupted run's `done` have been told by then."""
        note = f"；另有 {self.frontier.refused} 个网址因数量过多没有登记" if self.frontier.refused else ""
        over = self.over()
        interrupted = self.room if self.late else 0
        for url in self.frontier.waiting():
            robots = self.robots.get(origin_of(url))
            if robots and (why := robots.refusal(url)):
                self.frontier.settle(url, State.BLOCKED_BY_ROBOTS, why)
            elif interrupted > 0:
                interrupted -= 1
                slow = f"（{robots.note}）" if robots and robots.note else ""
                self.frontier.settle(url, State.INTERRUPTED, f"到了规定的结束时间，没有访问{slow}")
            elif over:
                self.frontier.settle(url, State.OVER_BUDGET, f"已达到 {self.target.max_pages} 页的上限，没有访问{note}")
            else:
                self.frontier.settle(url, State.NOT_SAMPLED, f"不在本轮抽样之内{note}")
        return (coverage for coverage in self.frontier.settled() if coverage.url not in self.done)

    # ------------------------------------------------------------------------------------------ one address

    async def admitted(self, url: str) -> bool:
        """Whether an address is to be visited now; if not, it is settled."""
        if url in self.done or not self.order.crawl:
            return True
        if url in self.owners:
            self.frontier.settle(url, State.DUPLICATE, f"与 {self.owners[url]} 是同一网页（后者跳转到这里）")
            return False
        origin = origin_of(url)
        if origin not in self.robots:
            if len(self.robots) >= MOST_ORIGINS:
                self.frontier.settle(url, State.OVER_BUDGET, f"网站涉及的主机超过 {MOST_ORIGINS} 个，没有访问")
                return False
            self.robots[origin] = await Robots.fetch(self.fetcher, origin, product_token(self.order.network.user_agent))
            self.pace.ask(host_of(url), self.robots[origin].delay)
        robots = self.robots[origin]
        why = robots.refusal(url)
        if why and (robots.connected or url != self.start):
            self.frontier.settle(url, State.BLOCKED_BY_ROBOTS, why)
            return False
        return True

    async def visit(self, url: str) -> Page | Judged | None:
        """Visit an address, and once more where the failure may pass; None if its turn did not come before the deadline."""
        if url in self.done:
            return self.done[url]
        async with self.tabs:
            page = await self.attempt(url)
            if page is not None and _may_pass(page):
                self.pace.hold(host_of(url), min(page.retry_after or self.pause, LONGEST_PAUSE))
                page = await self.attempt(url) or page
            return page

    async def attempt(self, url: str) -> Page | None:
        """One visit in its turn."""
        if not await self.pace.turn(host_of(url), self.left):
            self.late = True
            return None
        return await self.browser.visit(url, self.probes, limit=self.order.page_limit)

    def settled(self, page: Page) -> Page:
        """The page with its final state in the ledger; its links are taken up."""
        self.frontier.visited(page.url)
        if not self.order.crawl:
            return page
        final = canonical(page.final_url) or page.url
        if page.state in ARRIVED and not belongs(final, self.target):
            hint = "；如网站已改用这个地址，请在 targets.yml 中修改" if page.url == self.start else ""
            return _bare(page, State.REDIRECTED_OUT, f"跳转到本站以外的地址 {final}{hint}")
        if page.state not in OPENED:
            return page
        digest = page_digest(page.html) if page.html else ""
        if final in self.owners:
            return _bare(page, State.DUPLICATE, f"与 {self.owners[final]} 是同一网页（最终地址相同）")
        if digest in self.documents:
            return _bare(page, State.DUPLICATE, f"内容与 {self.documents[digest]} 完全相同")
        self.keep(page.url, final, digest)
        for finder in self.finders:
            if finder.on_page is not None:
                self.add(finder.on_page(page), base=final)
        return page

    def remember(self, judged: Judged) -> None:
        """Take up again what an interrupted run had settled."""
        told = judged.coverage
        self.frontier.visited(told.url)
        if self.order.crawl and told.state in OPENED:
            self.keep(told.url, canonical(told.final_url) or told.url, told.digest)
            if any(finder.on_page is not None for finder in self.finders):
                self.add(judged.links, base=told.final_url or told.url)

    def keep(self, url: str, final: str, digest: str) -> None:
        """This address is the page of its final address and of its document."""
        self.owners.setdefault(final, url)
        if digest:
            self.documents.setdefault(digest, url)


def _may_pass(page: Page) -> bool:
    return page.state in PASSING or (page.status in (429, 503) and page.state not in SEEN)


def _bare(page: Page, state: State, reason: str) -> Page:
    """The page as an entry of the ledger only: it is not to be judged."""
    return replace(page, state=state, reason=reason, facts={}, unanswered={}, pictures={}, links=())


@dataclass(frozen=True)
class _InTurn:
    """Fetches like the fetcher, but keeps the pace of the host."""

    fetcher: Getter
    pace: Pace
    left: Callable[[], float]

    async def get(self, url: str, *, limit_bytes: int, limit: float) -> Answer:
        if not await self.pace.turn(host_of(url), self.left):
            return Answer(url=url, final_url=url, state=State.INTERRUPTED, reason="到了规定的结束时间")
        return await self.fetcher.get(url, limit_bytes=limit_bytes, limit=min(limit, self.left()))
