"""Looks at addresses with Chromium through Playwright: one browser for one site, a fresh tab for each page."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from playwright.async_api import Browser, CDPSession, Error, Playwright, ProxySettings, async_playwright

from auditor.model import Page, Probe, State
from crawlers.browsers.find import BrowserMissing, find_browser, launch_flags
from crawlers.browsers.guard import Guard
from crawlers.browsers.journey import JourneyVisit
from crawlers.browsers.look import Exit, Seen, page_of, trouble
from crawlers.browsers.memory import MemoryGuard
from crawlers.browsers.visit import CRASHED, Visit, quietly
from crawlers.journeys import Secrets, Stage
from crawlers.slots import Idle, off_the_clock

PULSE = 10.0  # seconds in which a living browser says its version
NEWS = 0.2  # seconds in which the death of a browser becomes known
GOES_ON = frozenset({State.AUDITED, State.ERROR_PAGE, State.SOFT_404, State.MAINTENANCE, State.TOO_LARGE})
"""States of a journey from which a further step may lead on; after all others the journey has ended."""


def browser(
    *, egress: Exit, suffix: str, viewport: tuple[int, int], pictures: bool, tabs: int = 2, remote: str | None = None
) -> PlaywrightBrowser:
    """The browser as `open_browser` asks for it; tabs cost nothing here, and it is always on this machine."""
    return PlaywrightBrowser(egress=egress, suffix=suffix, viewport=viewport, pictures=pictures)


@dataclass
class PlaywrightBrowser:
    """Chromium for one site. It is started when first needed and replaced when it has died."""

    egress: Exit
    suffix: str  #: appended to the browser's own User-Agent
    viewport: tuple[int, int]  #: CSS px
    pictures: bool
    version: str = ""
    driver: str = f"playwright {metadata.version('playwright')}"
    _agent: str = ""
    _playwright: Playwright | None = None
    _browser: Browser | None = None
    _session: CDPSession | None = None  #: to the browser itself
    _guard: Guard | None = None  #: and the context that all visits share
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _memory: MemoryGuard | None = None
    _weighing: asyncio.Task[None] | None = None
    _under_way: set[asyncio.Event] = field(default_factory=set)  #: one event for each visit, set when it is over
    _stuck: bool = False  #: a page overran its limit, or the browser is worn: it is replaced before the next visit

    async def __aenter__(self) -> PlaywrightBrowser:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stop()

    async def visit(self, url: str, probes: Sequence[Probe], *, limit: float, idle: Idle = contextlib.nullcontext) -> Page:
        """Look at an address, at most `limit` seconds. Whatever the site does comes back as `Page.state`.

        `idle()` surrounds the time in which the page is only waited for.

        Raises BrowserMissing where no browser can be started.
        """
        over = asyncio.Event()
        visit = Visit(url=url, egress=self.egress, guard=await self._ready(over), memory=self._memory)
        begun, seen_at = time.monotonic(), datetime.now(UTC)
        try:
            async with asyncio.timeout(limit) as clock:
                visit.idle = lambda: off_the_clock(idle, clock)
                seen = await visit.unless_ended(visit.run(probes, pictures=self.pictures))
            if seen.state is State.RENDER_FAILED or seen.unanswered:
                seen = await self._death(visit) or seen
        except TimeoutError:
            seen = Seen(state=State.TIMEOUT, reason=f"页面在 {limit:.0f} 秒内没有处理完")
            self._stuck = True
        except Error as error:
            seen = await self._death(visit) or _seen(trouble(url, error.message, self.egress, visit.answer))
        finally:
            await visit.close()
            self._under_way.discard(over)
            over.set()
        return page_of(url, visit.answer, visit.address, seen, seen_at=seen_at, seconds=time.monotonic() - begun)

    async def follow(
        self, plan: Sequence[Stage], probes: Sequence[Probe], *, limit: float, turn: Callable[[], Awaitable[bool]]
    ) -> Sequence[Page]:
        """Go through a journey and look at each of its states, at most `limit` seconds each; `turn` is awaited before each.

        Tells the states up to the first that is not reached, or that comes when `turn` says no. It happens in a context of its own.
        """
        over, secrets = asyncio.Event(), Secrets()
        await self._ready(over)
        pages: list[Page] = []
        guard = await self._context()
        visit = JourneyVisit(url=plan[0].url, egress=self.egress, guard=guard, secrets=secrets, memory=self._memory)
        try:
            for stage in plan:
                if not await turn():
                    break
                begun, seen_at = time.monotonic(), datetime.now(UTC)
                seen = await self._reached(visit, stage, probes, limit)
                address = visit.page.url if visit.page else ""
                page = page_of(stage.url, visit.answer, address, seen, seen_at=seen_at, seconds=time.monotonic() - begun)
                pages.append(secrets.cleaned(page))
                if seen.state not in GOES_ON:
                    break
        finally:
            await visit.close()
            for window in guard.context.pages:
                await guard.silence(window)
            await quietly(asyncio.wait_for(guard.context.close(), 5))
            self._under_way.discard(over)
            over.set()
        return pages

    async def _reached(self, visit: JourneyVisit, stage: Stage, probes: Sequence[Probe], limit: float) -> Seen:
        try:
            async with asyncio.timeout(limit):
                return await visit.unless_ended(visit.reach(stage, probes, pictures=self.pictures))
        except TimeoutError:
            self._stuck = True
            return Seen(state=State.TIMEOUT, reason=f"页面在 {limit:.0f} 秒内没有处理完")
        except Error as error:
            return await self._death(visit) or _seen(trouble(stage.url, error.message, self.egress, visit.answer))

    async def _ready(self, over: asyncio.Event) -> Guard:
        """The running browser, a new one if it has died or a page hangs in it; enters the visit whose end `over` will tell."""
        async with self._starting:
            self._stuck = self._stuck or (self._memory is not None and self._memory.worn())
            if self._stuck:  # the visits beside it may end first: they are under limits of their own
                for visit in list(self._under_way):
                    await visit.wait()
            if self._stuck or self._guard is None or not await self._alive():
                await self._stop()
                self._stuck = False
                await self._start()
            assert self._guard is not None
            self._under_way.add(over)
            return self._guard

    async def _start(self) -> None:
        executable = find_browser()
        if executable is None:
            raise BrowserMissing("没有找到 Chromium 浏览器，请运行 auditor doctor 查看安装办法")
        self._playwright = await async_playwright().start()
        try:
            self._browser = await self._playwright.chromium.launch(
                executable_path=executable, args=launch_flags(self.egress.url), proxy=self._proxy(), timeout=60_000,
                handle_sigint=False, handle_sigterm=False, handle_sighup=False,
            )  # fmt: skip
        except Error as error:
            raise BrowserMissing(f"浏览器无法启动：{error.message.splitlines()[0]}") from error
        self._session = session = await self._browser.new_browser_cdp_session()
        told = await session.send("Browser.getVersion")
        self.version = told["product"]
        self._agent = f"{told['userAgent']} {self.suffix}".strip()
        self._guard = await self._context()
        processes: list[dict[str, Any]] = []
        with contextlib.suppress(Error):
            processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        self._memory = MemoryGuard(next((int(entry["id"]) for entry in processes if entry["type"] == "browser"), 0))
        self._weighing = asyncio.create_task(self._memory.run())

    async def _context(self) -> Guard:
        """A fresh context, with no cookies of any other, and what watches over it."""
        assert self._browser is not None
        context = await self._browser.new_context(
            user_agent=self._agent, viewport={"width": self.viewport[0], "height": self.viewport[1]},
            locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="block", accept_downloads=False,
        )  # fmt: skip
        guard = Guard(context)
        await guard.prepare()
        return guard

    def _proxy(self) -> ProxySettings:
        """The way out. A password is told only where it is needed: with one, Playwright switches the browser's cache off."""
        proxy = ProxySettings(server=self.egress.url)
        if self.egress.needs_login:
            proxy |= ProxySettings(server=self.egress.url, username=self.egress.username, password=self.egress.password)
        return proxy

    async def _stop(self) -> None:
        browser, playwright = self._browser, self._playwright
        self._browser = self._session = self._guard = self._playwright = self._memory = None
        if self._weighing is not None:
            self._weighing.cancel()
        for end in (browser.close() if browser else None, playwright.stop() if playwright else None):
            if end is not None:
                with contextlib.suppress(Error, TimeoutError, Exception):
                    await asyncio.wait_for(end, 10)

    async def _death(self, visit: Visit) -> Seen | None:
        """What the death of the browser or the page under the questions means, None if both live; the news may come a moment later."""
        await asyncio.sleep(NEWS)
        if visit.ended.done():
            return visit.ended.result()
        replaced = visit.guard.context.browser is not self._browser  # by another visit that met the death first
        return CRASHED if visit.crashed or replaced or not await self._alive() else None

    async def _alive(self) -> bool:
        """Whether the browser answers; where its driver has died nobody but an answer can tell."""
        if self._browser is None or self._session is None or not self._browser.is_connected():
            return False
        try:
            return bool(await asyncio.wait_for(self._session.send("Browser.getVersion"), PULSE))
        except (Error, TimeoutError):
            return False


def _seen(told: tuple[State, str]) -> Seen:
    return Seen(state=told[0], reason=told[1])
