"""The walk over one site: which address is visited next, what every answer means for the ledger, and when it is enough."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncGenerator, Callable, Container, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

from auditor.addresses import canonical, host_of, origin_of
from auditor.model import (
    SEEN,
    STILL_TO_DO,
    Attachment,
    Coverage,
    Judged,
    Order,
    Page,
    Probe,
    State,
    Variant,
)
from crawlers import finders, missing
from crawlers.attachments import Papers
from crawlers.beside import Beside, Plan, nowhere
from crawlers.browsers.http import Getter
from crawlers.contents import page_digest
from crawlers.frontier import Frontier
from crawlers.guest import Diagnosis, Guest, Looks, Stop
from crawlers.landing import ARRIVED, bare, once
from crawlers.reading import Explorer, read_on
from crawlers.robots import MOST_ORIGINS, Robots
from crawlers.scope import belongs, unwanted
from crawlers.tasks import Tasks
from crawlers.trials import Trials, Turn
from crawlers.unchanged import Keeper, Nothing, Unchanged
from crawlers.visitor import Visitor

Sampler = Callable[[Sequence[str]], Sequence[str]]
"""Of the addresses waiting, in the order of discovery, those to visit next, in order. None of them: enough has been seen."""

READ_AHEAD = 4  # visits begun before the first of them is handed out, per tab
HELD = 1 / 8  # of a visit: an address of which a judgement is held
RETRY_PAUSE = 2.0  # seconds before a failure that may pass is tried again

OPENED = SEEN | {State.RENDER_FAILED}
"""States of addresses whose document was there: its links lead on, and it is the page of its final address."""


async def crawl(
    order: Order,
    browser: Visitor,
    fetcher: Getter,
    probes: Sequence[Probe],
    *,
    sampler: Sampler | None = None,
    explorer: Explorer | None = None,
    remembered: Iterable[str] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    retry_pause: float = RETRY_PAUSE,
    stopped: Stop = lambda host: False,
    diagnose: Diagnosis | None = None,
    trials: Trials | None = None,
    documents: int = 0,
    trips: Plan = nowhere,
    looks: Looks | None = None,
    keeper: Keeper | None = None,
) -> AsyncGenerator[Page | Attachment | Judged | Coverage, None]:
    """Every visited address as a Page, as soon as it is its turn; at the end every other known address as a Coverage.

    A page that `keeper` has a judgement of, and that has not changed since, comes as that (Judged) and is not opened.
    Before the end come up to `documents` of the documents that the pages link to, each as an Attachment; none where that is 0.

    Start page first, then `target.pages`, then level by level in the order of discovery, so that the same site gives the same
    pages in the same order, however fast it answers. Addresses of `order.done` count as visited and are not handed out again.
    `sampler` chooses among the addresses waiting; the `remembered` ones of earlier nights are among them, whether linked or not.
    `explorer` says which of those waiting are read for their links before that, without a browser.
    With `order.crawl` False exactly `target.pages` are visited: no robots.txt, no scope, no limit, no following.
    Visits begin before `order.deadline` only (for a scheduled run the end of its night window, `crawlers.pace.night`), and none on a
    host once `stopped(host)`; those under way there are broken off. `diagnose` says what is wrong with a secure connection,
    `trials` on which pages experiments are made, `trips` what is looked at in other variants once the site has been walked through;
    `looks` hears of every page when it is being opened and when it no longer is.
    Close it (`contextlib.aclosing`) when leaving early. Raises finders.UnknownFinder.
    """
    walk = _Walk(order, browser, fetcher, probes, clock, retry_pause, stopped, diagnose, trials or Trials((), most=0), papers=documents > 0)
    walk.guest.looks = looks or walk.guest.looks
    walk.keeper = keeper or walk.keeper
    batch: Sequence[str] = walk.begin()
    while batch and not walk.over():
        async with aclosing(walk.visits(batch)) as pages:
            async for page in pages:
                yield page
        batch = await walk.next_batch(sampler, explorer, remembered)
    async for page in Tasks(walk).all():
        yield page
    async for found in walk.papers.fetched(documents, walk.done):
        yield found
    if order.crawl:
        async for told in Beside(walk, trips).all():
            yield told
    for coverage in walk.rest():
        yield coverage


class _Walk:
    """What a crawl knows while it goes on."""

    def __init__(
        self, order: Order, browser: Visitor, fetcher: Getter, probes: Sequence[Probe], clock: Callable[[], datetime], pause: float,
        stopped: Stop, diagnose: Diagnosis | None, trials: Trials, *, papers: bool,
    ) -> None:  # fmt: skip
        self.trials = trials
        self.order, self.target, self.clock = order, order.target, clock
        self.begun = clock()
        self.start = canonical(self.target.site.url) or self.target.site.url
        self.finders = finders.load(self.target.finders)
        self.frontier = Frontier()
        self.guest = Guest(order, browser, fetcher, probes, left=self.left, stopped=stopped, diagnose=diagnose, pause=pause)
        self.keeper: Keeper = Nothing()
        self.unchanged = Unchanged(self.guest)
        self.room: float = self.target.max_pages if order.crawl else math.inf
        self.late = False  #: a visit would have come after the deadline
        self.named: list[str] = []  #: addresses of targets.yml that are to be visited after the start page
        self.asked = self.learned = not order.crawl  #: the site, for further addresses and for what is missing
        self.missing: missing.Missing | None = None
        self.robots: dict[str, Robots] = {}
        self.cleared: set[str] = set()  #: addresses that robots.txt was asked about
        self.papers = Papers(order, self.guest, self.frontier, self.robots, wanted=papers)
        self.owners: dict[str, str] = {}  #: final address -> the address that is its page
        self.documents: dict[str, str] = {}  #: digest of a document -> the address that is its page
        finished = [judged for judged in order.done if judged.coverage.state not in STILL_TO_DO]
        self.done = {judged.coverage.url: judged for judged in finished if judged.coverage.variant is Variant.DESKTOP}

    # ------------------------------------------------------------------------------------------ the walk

    def begin(self) -> list[str]:
        """The addresses to visit first: the start page alone, which shows how the site is, or a list as it is."""
        if self.order.crawl:
            self.add([self.start], listed=True)
        self.add(self.target.pages, listed=True)
        first = self.frontier.waiting()
        if self.order.crawl:
            first, self.named = first[:1], first[1:]
        return first

    async def next_batch(self, sampler: Sampler | None, explorer: Explorer | None, remembered: Iterable[str]) -> Sequence[str]:
        """The addresses to visit next: those that somebody named, then what the pages and the site itself told of."""
        if self.over():
            return []
        batch: Sequence[str]
        if self.named:
            batch, self.named = self.named, []
        else:
            await self.ask_the_site(remembered)
            if explorer is not None:
                await read_on(self, explorer)
            batch = self.frontier.waiting()
            if sampler is not None:
                known = self.allowed({origin_of(self.start)})  # not of others, of which an interrupted run that goes on knows nothing yet
                batch = [url for url in dict.fromkeys(sampler(list(known))) if url in known]
        if batch and not self.learned:
            await self.learn_what_is_missing()
        return batch

    def add(self, addresses: Iterable[str], *, listed: bool = False, base: str | None = None) -> list[str]:
        """Enter addresses into the ledger; what is somebody else's is left out, unless it was listed. Those that are new and wait."""
        new = []
        for found in addresses:
            url = canonical(found, base) or (found if listed else None)
            if url is None or not (listed or belongs(url, self.target)) or not self.frontier.add(url):
                continue
            if not host_of(url):
                self.frontier.settle(url, State.EXCLUDED, "不是可以访问的网址")
                continue
            self.papers.named(url)
            if self.order.crawl and url != self.start and (why := unwanted(url, self.target, listed=listed)):
                self.frontier.settle(url, *why)
            else:
                new.append(url)
        return new

    async def visits(self, batch: Iterable[str]) -> AsyncGenerator[Page | Judged, None]:
        """Visit addresses side by side, but begin, settle and hand out in order: nothing depends on how fast the answers come.

        What may begin depends only on what was settled READ_AHEAD tabs earlier, where addresses of which a judgement is held count little:
        most of them take no tab.
        """
        todo, flights = deque(batch), deque[tuple[str, asyncio.Task[Page | Judged | None], float]]()
        ahead = 0.0
        try:
            while True:
                while todo and ahead < READ_AHEAD * max(1, self.target.tabs) and not self.over():
                    url = todo.popleft()
                    if await self.admitted(url):
                        self.room -= 1
                        weight = HELD if self.keeper.holds(url, Variant.DESKTOP) else 1.0
                        flights.append((url, asyncio.create_task(self.visit(url, self.trials.turn(url))), weight))
                        ahead += weight
                if not flights:
                    return
                outcome = await flights[0][1]
                url, _, weight = flights.popleft()
                ahead -= weight
                if outcome is None and (why := self.guest.barred(host_of(url))):
                    self.frontier.settle(url, State.INTERRUPTED, why)
                elif outcome is None:
                    self.room += 1
                elif isinstance(outcome, Judged):
                    outcome = once(outcome, self.owners, self.documents) if self.order.crawl and url not in self.done else outcome
                    self.remember(outcome)
                    if url not in self.done:
                        yield outcome
                else:
                    page = self.settled(replace(outcome, url=url) if outcome.url != url else outcome)
                    if not self.papers.holds(page):
                        yield page
        finally:
            for _, task, _ in flights:
                task.cancel()
            await asyncio.gather(*(task for _, task, _ in flights), return_exceptions=True)

    def allowed(self, origins: Container[str]) -> dict[str, None]:
        """The addresses waiting that the robots.txt of these origins, as far as it is known, does not forbid; the others are settled."""
        for url in self.frontier.waiting():
            if url not in self.cleared and (origin := origin_of(url)) in origins and (robots := self.robots.get(origin)):
                if why := robots.refusal(url):
                    self.frontier.settle(url, State.BLOCKED_BY_ROBOTS, why)
                self.cleared.add(url)
        return dict.fromkeys(self.frontier.waiting())

    async def ask_the_site(self, remembered: Iterable[str]) -> None:
        """Let the finders ask for further addresses, once, if the host may be asked at all, and remember those of earlier nights."""
        origin = origin_of(self.start)
        robots = await self.rules_of(self.start) if self.start in self.done else self.robots.get(origin)
        if self.asked or robots is None or robots.closed:
            return
        self.asked = True
        ground = finders.Ground(target=self.target, origin=origin, robots=robots, fetcher=self.guest)
        for finder in self.finders:
            if finder.on_site is not None:
                self.add(await finder.on_site(ground))
        self.add(remembered)

    async def learn_what_is_missing(self) -> None:
        """Ask once how the site answers where no page stands, if its start page could be seen."""
        self.learned = True
        origin = origin_of(self.start)
        robots = self.robots.get(origin)
        if robots is not None and self.start in self.owners.values():
            self.missing = await missing.learn(self.guest, self.start, origin, lambda url: not robots.refusal(url))

    def over(self) -> bool:
        """Whether no further visit may begin."""
        self.late = self.late or self.guest.late or self.left() <= 0
        return self.late or self.room <= 0

    def left(self) -> float:
        """Seconds to the deadline, or until the site's own time is over."""
        return min(self._night_left(), self._own_left())

    def _night_left(self) -> float:
        return (self.order.deadline - self.clock()).total_seconds() if self.order.deadline else math.inf

    def _own_left(self) -> float:
        limit = self.order.site_limit
        return math.inf if limit is None else limit - self.order.spent - (self.clock() - self.begun).total_seconds()

    def time_is_over(self) -> str:
        """Why nothing is visited any more, where time is the reason."""
        limit = self.order.site_limit
        if limit is not None and self._own_left() < self._night_left():
            span = f"{limit:.0f} 秒" if limit < 120 else f"{limit / 60:.0f} 分钟"
            return f"这个网站一轮可用的 {span}已经用完，没有访问"
        return "到了规定的结束时间，没有访问"

    def rest(self) -> Iterator[Coverage]:
        """How the addresses without a visit end; those of an interrupted run's `done` have been told by then."""
        note = f"；另有 {self.frontier.refused} 个网址因数量过多没有登记" if self.frontier.refused else ""
        over = self.over()
        interrupted = self.room if self.late else 0
        full, left_out = f"已达到 {self.target.max_pages} 页的上限，没有访问{note}", f"不在本轮抽样之内{note}"
        for url in self.allowed(self.robots):
            if interrupted > 0:
                interrupted -= 1
                robots = self.robots.get(origin_of(url))
                slow = "；".join(filter(None, (robots.note if robots else "", self.guest.pace.note(host_of(url)))))
                told = f"{self.time_is_over()}（{slow}）" if slow else self.time_is_over()
                self.frontier.settle(url, State.INTERRUPTED, self.guest.barred(host_of(url)) or told)
            elif over:
                self.frontier.settle(url, State.OVER_BUDGET, full)
            else:
                self.frontier.settle(url, State.NOT_SAMPLED, left_out)
        return (coverage for coverage in self.frontier.settled() if coverage.url not in self.done)

    # ------------------------------------------------------------------------------------------ one address

    async def admitted(self, url: str) -> bool:
        """Whether an address is to be visited now; if not, it is settled."""
        if url in self.done:
            return True
        if self.called_off(url):
            return False
        if not self.order.crawl:
            return True
        if url in self.owners:
            self.frontier.settle(url, State.DUPLICATE, f"与 {self.owners[url]} 是同一网页（后者跳转到这里）")
            return False
        robots = await self.rules_of(url)
        if robots is None:
            return False
        why = robots.refusal(url)
        if not why or (url == self.start and not robots.connected):
            return True
        told = None
        if url == self.start and robots.failure is State.CONNECTION_RESET:
            told = await self.guest.trouble_with_tls(url, certificate=False)
        self.frontier.settle(url, *((State.TLS_ERROR, told) if told else (State.BLOCKED_BY_ROBOTS, why)))
        return False

    def called_off(self, url: str) -> bool:
        """Whether its host is not to be visited any more; the address is settled then, at the expense of what may be visited."""
        why = self.guest.barred(host_of(url))
        if why:
            self.frontier.settle(url, State.INTERRUPTED, why)
            self.room -= 1
        return bool(why)

    async def rules_of(self, url: str) -> Robots | None:
        """The robots.txt that concerns an address, asked for once; None if the address was settled instead."""
        origin = origin_of(url)
        if origin in self.robots:
            return self.robots[origin]
        if len(self.robots) >= MOST_ORIGINS:
            self.frontier.settle(url, State.OVER_BUDGET, f"网站涉及的主机超过 {MOST_ORIGINS} 个，没有访问")
            return None
        robots = await self.guest.robots(origin)
        if robots is None:
            self.called_off(url)
            return None
        self.robots[origin] = robots
        return robots

    async def visit(self, url: str, turn: Turn) -> Page | Judged | None:
        """The page at an address, or what an interrupted run or an earlier night said of it; None if its turn did not come."""
        try:
            return self.done.get(url) or await self.kept(url, turn) or await self.guest.visit(url, turn.choose)
        finally:
            turn.over()

    async def kept(self, url: str, turn: Turn) -> Judged | None:
        """The judgement of an earlier night, where it holds on and nothing is missing from it."""
        if (judged := await self.unchanged.held(self.keeper, url, Variant.DESKTOP)) is None:
            return None
        return judged if await turn.suffices(judged.coverage.dom_key, tried=self.keeper.tried(judged)) else None

    def settled(self, page: Page) -> Page:
        """The page with its final state in the ledger; its links are taken up."""
        self.frontier.visited(page.url)
        if not self.order.crawl:
            return page
        final = canonical(page.final_url) or page.url
        if page.state in ARRIVED and not belongs(final, self.target):
            hint = "；如网站已改用这个地址，请在 targets.yml 中修改" if page.url == self.start else ""
            return bare(page, State.REDIRECTED_OUT, f"跳转到本站以外的地址 {final}{hint}")
        if page.state not in OPENED:
            return page
        digest = page_digest(page.html) if page.html else ""
        if final in self.owners:
            return bare(page, State.DUPLICATE, f"与 {self.owners[final]} 是同一网页（最终地址相同）")
        if self.missing is not None and page.url != self.start and self.missing.is_page(page.title, page.html):
            return bare(page, State.SOFT_404, "与网站对不存在的网址的回答相同，状态却是 200")
        if digest in self.documents:
            return bare(page, State.DUPLICATE, f"内容与 {self.documents[digest]} 完全相同")
        self.keep(page.url, final, digest)
        for finder in self.finders:
            if finder.on_page is not None:
                self.add(finder.on_page(page), base=final)
        self.papers.linked(page.url, page.links, final)
        return page

    def remember(self, judged: Judged) -> None:
        """Take up again what an interrupted run had settled."""
        told = judged.coverage
        self.frontier.visited(told.url)
        if self.order.crawl and told.state in OPENED:
            self.keep(told.url, canonical(told.final_url) or told.url, told.digest)
            if any(finder.on_page is not None for finder in self.finders):
                self.add(judged.links, base=told.final_url or told.url)
            self.papers.linked(told.url, judged.links, told.final_url or told.url)

    def keep(self, url: str, final: str, digest: str) -> None:
        """This address is the page of its final address and of its document."""
        self.owners.setdefault(final, url)
        if digest:
            self.documents.setdefault(digest, url)
