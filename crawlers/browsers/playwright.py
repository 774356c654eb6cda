"""Looks at addresses with Chromium through Playwright: one browser for one site, a fresh tab for each page."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from playwright.async_api import Error

from auditor.model import Page, Probe, State
from crawlers.browsers.chromium import Chromium
from crawlers.browsers.find import BrowserMissing, products
from crawlers.browsers.guard import Guard
from crawlers.browsers.journey import JourneyVisit
from crawlers.browsers.look import CRASHED, Exit, Seen, overran, page_of, told, trouble
from crawlers.browsers.sources import Sources
from crawlers.browsers.trying import tried
from crawlers.browsers.visit import Visit, quietly
from crawlers.journeys import Secrets, Stage
from crawlers.slots import Idle, off_the_clock
from crawlers.trials import Choose, InTurn, at_once
from crawlers.visitor import Manner

NEWS = 0.2  # seconds in which the death of a browser becomes known
LAUNCHES = 3  # attempts to start a browser before it counts as lost
ENDING = 25.0  # seconds for all browsers to end
GOES_ON = frozenset({State.AUDITED, State.ERROR_PAGE, State.SOFT_404, State.MAINTENANCE, State.TOO_LARGE})
"""States of a journey from which a further step may lead on; after all others the journey has ended."""


DRIVER = f"playwright {metadata.version('playwright')}"


def installed() -> tuple[tuple[str, str], ...]:
    """What `version` and `driver` of a browser may be once it has started."""
    return tuple((product, DRIVER) for product in products())


def browser(
    *, egress: Exit, suffix: str, viewport: tuple[int, int], pictures: bool, tabs: int = 2, remote: str | None = None,
    welcome: frozenset[State] = frozenset(),
) -> PlaywrightBrowser:
    """The browser as `open_browser` asks for it; tabs cost nothing here, and it is always on this machine."""
    return PlaywrightBrowser(egress=egress, suffix=suffix, viewport=viewport, pictures=pictures, welcome=welcome)


class NotStarted(Exception):
    """A browser that has worked before does not start again."""


@dataclass
class PlaywrightBrowser:
    """Chromium for one site. It is started when first needed and replaced when it has died, hangs or is worn."""

    egress: Exit
    suffix: str  #: appended to the browser's own User-Agent
    viewport: tuple[int, int]  #: CSS px
    pictures: bool
    welcome: frozenset[State] = frozenset()  #: see `open_browser`
    version: str = ""
    driver: str = DRIVER
    _read: dict[tuple[str, str], str] = field(default_factory=dict)  #: digests of style sheets and scripts, for `Sources`
    _chromium: Chromium | None = None
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ends: set[asyncio.Task[None]] = field(default_factory=set)  #: of browsers that are being stopped

    async def __aenter__(self) -> PlaywrightBrowser:
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._chromium is not None:
            self._chromium.visits = 0
            self._retire(self._chromium)
        if self._ends:
            await asyncio.wait(self._ends, timeout=ENDING)

    async def visit(
        self, url: str, probes: Sequence[Probe], *, limit: float, idle: Idle = contextlib.nullcontext,
        choose: Choose | None = None, turn: InTurn = at_once, manner: Manner | None = None,
    ) -> Page:  # fmt: skip
        """Look at an address, at most `limit` seconds. Whatever the site does comes back as `Page.state`.

        `idle()` surrounds the time in which the page is only waited for. `choose` tells the experiments that a page is put to
        after it was looked at, each under its own limit; `turn` is awaited before every further load. With a `manner` it happens in a
        context of its own.

        Raises BrowserMissing where no browser can be started.
        """
        begun, seen_at = time.monotonic(), datetime.now(UTC)
        try:
            async with self._running() as chromium, _context(chromium, manner) as guard:
                sources = Sources(self.egress, self._read if manner is None else {})
                visit = Visit(url=url, egress=self.egress, guard=guard, memory=chromium.memory, sources=sources)
                visit.tabs = chromium.tabs if manner is None else None
                try:
                    seen = await self._looked(chromium, visit, visit.run(probes, pictures=self.pictures, welcome=self.welcome), limit, idle)
                    address = visit.page.url if visit.page else ""
                    page = page_of(url, visit.answer, address, seen, seen_at=seen_at, seconds=time.monotonic() - begun)
                    if seen.state is State.AUDITED:
                        page = replace(page, sources=await sources.taken())
                    if choose is not None and seen.state is State.AUDITED:
                        page = await self._tried(chromium, visit, page, choose, turn, idle)
                finally:
                    await visit.close()
                return page
        except (NotStarted, _NoContext):
            return page_of(url, None, "", CRASHED, seen_at=seen_at, seconds=time.monotonic() - begun)

    async def _tried(self, chromium: Chromium, visit: Visit, page: Page, choose: Choose, turn: InTurn, idle: Idle) -> Page:
        async with idle(True):
            experiments = await choose(page.html)
        if not experiments:
            return page
        async with _ending_with(chromium, visit):
            page, fit = await tried(visit, page, experiments, pictures=self.pictures, turn=turn, idle=idle)
        if not fit:
            self._retire(chromium)
        return page

    async def follow(
        self, plan: Sequence[Stage], probes: Sequence[Probe], *, limit: float, turn: Callable[[], Awaitable[bool]]
    ) -> Sequence[Page]:
        """Go through a journey and look at each of its states, at most `limit` seconds each; `turn` is awaited before each.

        Tells the states up to the first that is not reached, or that comes when `turn` says no. It happens in a context of its own.
        """
        secrets, pages = Secrets(), list[Page]()
        async with contextlib.AsyncExitStack() as stack:
            try:
                chromium = await stack.enter_async_context(self._running())
                guard = await chromium.context()
            except (NotStarted, Error):
                return [page_of(plan[0].url, None, "", CRASHED, seen_at=datetime.now(UTC), seconds=0.0)]
            visit = JourneyVisit(url=plan[0].url, egress=self.egress, guard=guard, secrets=secrets, memory=chromium.memory)
            try:
                for stage in plan:
                    if not await turn():
                        break
                    begun, seen_at = time.monotonic(), datetime.now(UTC)
                    seen = await self._looked(chromium, visit, visit.reach(stage, probes, pictures=self.pictures), limit)
                    address = visit.page.url if visit.page else ""
                    page = page_of(stage.url, visit.answer, address, seen, seen_at=seen_at, seconds=time.monotonic() - begun)
                    pages.append(secrets.cleaned(page))
                    if seen.state not in GOES_ON or visit.ended.done():
                        break
            finally:
                await visit.close()
                await _end(guard)
        return pages

    # ------------------------------------------------------------------------------------------ one look

    async def _looked(
        self, chromium: Chromium, visit: Visit, work: Coroutine[Any, Any, Seen], limit: float, idle: Idle = contextlib.nullcontext
    ) -> Seen:
        """What some work on a page comes to, be it that it overran its limit or that page or browser died under it."""
        try:
            async with asyncio.timeout(limit) as clock, _ending_with(chromium, visit):
                visit.idle = lambda: off_the_clock(idle, clock)
                seen = await visit.unless_ended(work)
            if seen.state is State.RENDER_FAILED or seen.unanswered:
                return await _death(chromium, visit) or seen
            return seen
        except TimeoutError:  # its process may go on for ever: no further visit goes to this browser
            self._retire(chromium)
            return overran(limit)
        except Error as error:
            return await _death(chromium, visit) or told(trouble(visit.url, error.message, self.egress, visit.answer))

    # ------------------------------------------------------------------------------------------ browsers

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[Chromium]:
        """The browser for a visit, a new one if there is none that is fit. Raises BrowserMissing, NotStarted."""
        async with self._starting:
            known = self._chromium
            if known is not None and (known.memory.worn() or not await known.alive()):
                self._retire(known)
            if self._chromium is None:
                self._chromium = await self._started()
            chromium = self._chromium
            chromium.visits += 1
        try:
            yield chromium
        finally:
            chromium.visits -= 1
            if chromium.retired:
                self._retire(chromium)

    async def _started(self) -> Chromium:
        problem: Exception | None = None
        for _ in range(LAUNCHES):
            try:
                chromium = await Chromium.start(self.egress, self.suffix, self.viewport)
            except (Error, TimeoutError) as error:
                problem = error
            else:
                self.version = chromium.version
                return chromium
        if self.version:
            raise NotStarted
        why = problem.message.splitlines()[0] if isinstance(problem, Error) else "没有在限定时间内启动"
        raise BrowserMissing(f"浏览器无法启动：{why}")

    def _retire(self, chromium: Chromium) -> None:
        """Let no further visit into a browser; it is stopped once the last of those under way is over."""
        chromium.retired = True
        if self._chromium is chromium:
            self._chromium = None
        if chromium.visits == 0:
            end = asyncio.create_task(chromium.stop())
            self._ends.add(end)
            end.add_done_callback(self._ends.discard)


class _NoContext(Exception):
    """The browser gave no context."""


@asynccontextmanager
async def _context(chromium: Chromium, manner: Manner | None) -> AsyncIterator[Guard]:
    """The context that all visits share, or one of its own for a visit in another manner."""
    if manner is None:
        yield chromium.guard
        return
    try:
        guard = await chromium.context(manner)
    except Error as error:
        raise _NoContext from error
    try:
        yield guard
    finally:
        await _end(guard)


async def _end(guard: Guard) -> None:
    """Close a context of its own, with all windows in it."""
    for window in guard.context.pages:
        await guard.silence(window)
    await quietly(asyncio.wait_for(guard.context.close(), 5))


@asynccontextmanager
async def _ending_with(chromium: Chromium, visit: Visit) -> AsyncIterator[None]:
    """The visit ends with its browser: questions under way may otherwise wait for their limit, one after another."""

    def gone(_: object = None) -> None:
        visit.end(CRASHED)

    chromium.browser.on("disconnected", gone)
    if not chromium.browser.is_connected():
        gone()
    try:
        yield
    finally:
        chromium.browser.remove_listener("disconnected", gone)


async def _death(chromium: Chromium, visit: Visit) -> Seen | None:
    """What the death of the browser or the page under the questions means, None if both live; the news may come a moment later."""
    await asyncio.sleep(NEWS)
    if visit.ended.done():
        return visit.ended.result()
    return None if await chromium.alive() else CRASHED
