"""Looks at addresses with Chromium through Playwright: one browser for one site, a fresh tab for each page."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Playwright, ProxySettings, Response, async_playwright
from playwright.async_api import Page as BrowserPage

from auditor.model import NotAnswered, Page, Probe, State
from crawlers.arrival import Answered
from crawlers.browsers.find import BrowserMissing, find_browser, launch_flags
from crawlers.browsers.look import Answer, Exit, Seen, look, page_of, refused, trouble
from crawlers.browsers.settle import WATCH
from crawlers.browsers.tab import Tab

LOAD_LIMIT = 15.0  # seconds for the load event; a page whose document is there is audited without it
NEWS = 0.2  # seconds in which the death of a browser becomes known
CRASHED = Seen(state=State.CRASHED, reason="浏览器在访问这一页时意外退出")


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
    _playwright: Playwright | None = None
    _browser: Browser | None = None
    _context: BrowserContext | None = None
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _under_way: set[asyncio.Event] = field(default_factory=set)  #: one event for each visit, set when it is over
    _stuck: bool = False  #: a page overran its limit; its process may go on for ever, so the browser is replaced

    async def __aenter__(self) -> PlaywrightBrowser:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stop()

    async def visit(self, url: str, probes: Sequence[Probe], *, limit: float) -> Page:
        """Look at an address, at most `limit` seconds. Whatever the site does comes back as `Page.state`.

        Raises BrowserMissing where no browser can be started.
        """
        over = asyncio.Event()
        visit = _Visit(url=url, egress=self.egress)
        context = await self._ready(over)
        begun, seen_at = time.monotonic(), datetime.now(UTC)
        try:
            async with asyncio.timeout(limit):
                seen = await visit.run(context, probes, pictures=self.pictures)
            if (seen.state is State.RENDER_FAILED or seen.unanswered) and await self._died(visit):
                seen = CRASHED
        except TimeoutError:
            seen = Seen(state=State.TIMEOUT, reason=f"页面在 {limit:.0f} 秒内没有处理完")
            self._stuck = True
        except Error as error:
            seen = CRASHED if await self._died(visit) else _seen(trouble(url, error.message, self.egress, visit.answer))
        finally:
            await visit.close()
            self._under_way.discard(over)
            over.set()
        return page_of(url, visit.answer, visit.address, seen, seen_at=seen_at, seconds=time.monotonic() - begun)

    async def _ready(self, over: asyncio.Event) -> BrowserContext:
        """The running browser, a new one if it has died or a page hangs in it; enters the visit whose end `over` will tell."""
        async with self._starting:
            if self._stuck:  # the visits beside it may end first: they are under limits of their own
                for visit in list(self._under_way):
                    await visit.wait()
            if self._stuck or self._context is None or self._browser is None or not self._browser.is_connected():
                await self._stop()
                self._stuck = False
                await self._start()
            assert self._context is not None
            self._under_way.add(over)
            return self._context

    async def _start(self) -> None:
        executable = find_browser()
        if executable is None:
            raise BrowserMissing("没有找到 Chromium 浏览器，请运行 auditor doctor 查看安装办法")
        self._playwright = await async_playwright().start()
        try:
            self._browser = await self._playwright.chromium.launch(
                executable_path=executable, args=launch_flags(), proxy=self._proxy(), timeout=60_000,
                handle_sigint=False, handle_sigterm=False, handle_sighup=False,
            )  # fmt: skip
        except Error as error:
            raise BrowserMissing(f"浏览器无法启动：{error.message.splitlines()[0]}") from error
        session = await self._browser.new_browser_cdp_session()
        told = await session.send("Browser.getVersion")
        self.version = told["product"]
        self._context = await self._browser.new_context(
            user_agent=f"{told['userAgent']} {self.suffix}".strip(), viewport={"width": self.viewport[0], "height": self.viewport[1]},
            locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="block", accept_downloads=False,
        )  # fmt: skip

    def _proxy(self) -> ProxySettings:
        """The way out. A password is told only where it is needed: with one, Playwright switches the browser's cache off."""
        proxy = ProxySettings(server=self.egress.url)
        if self.egress.needs_login:
            proxy |= ProxySettings(server=self.egress.url, username=self.egress.username, password=self.egress.password)
        return proxy

    async def _stop(self) -> None:
        browser, playwright = self._browser, self._playwright
        self._browser = self._context = self._playwright = None
        for end in (browser.close() if browser else None, playwright.stop() if playwright else None):
            if end is not None:
                with contextlib.suppress(Error, TimeoutError, Exception):
                    await asyncio.wait_for(end, 10)

    async def _died(self, visit: _Visit) -> bool:
        """Whether the browser or the page died under the questions; the news of that may come a moment after their failure."""
        await asyncio.sleep(NEWS)
        return visit.crashed or self._browser is None or not self._browser.is_connected()


@dataclass
class _Visit:
    """One visit, from opening a tab to closing it."""

    url: str
    egress: Exit
    page: BrowserPage | None = None
    tab: Tab | None = None
    answer: Answer | None = None
    address: str = ""  #: where the page ended up
    crashed: bool = False

    async def run(self, context: BrowserContext, probes: Sequence[Probe], *, pictures: bool) -> Seen:
        self.page = page = await context.new_page()
        page.on("response", self._answered)
        page.on("crash", self._crash)
        page.on("dialog", lambda dialog: asyncio.ensure_future(_quietly(dialog.dismiss())))
        page.on("popup", lambda popup: asyncio.ensure_future(_quietly(popup.close())))
        self.tab = await Tab.open(page)
        try:
            await page.goto(self.url, wait_until="domcontentloaded", timeout=0)
        except Error as error:
            if "interrupted by another navigation" not in error.message:
                raise
        with contextlib.suppress(NotAnswered):  # the watch for rest begins with the document, so that it is over soon after the load event
            await self.tab.evaluate(WATCH)
        with contextlib.suppress(TimeoutError):  # the load event or its limit
            await asyncio.wait_for(page.wait_for_load_state("load", timeout=0), LOAD_LIMIT)
        refusal = refused(self.answer, self.egress) if self.answer else None
        return _seen(refusal) if refusal else await look(self.tab, probes, pictures=pictures, asked=self.url, answered=self._arrived)

    def _arrived(self) -> Answered:
        """What the site last answered for the document: a page may load itself again."""
        address = self.page.url if self.page else self.url
        if self.answer is None:
            return Answered(final=address)
        status, headers = self.answer.status, self.answer.headers
        return Answered(final=address, status=status, headers=headers, refused=refused(self.answer, self.egress))

    async def close(self) -> None:
        """Close the tab, whatever the page does to prevent it."""
        if self.page is not None:
            self.address = self.page.url
            if not self.page.is_closed():
                await _quietly(asyncio.wait_for(self.page.close(run_before_unload=False), 5))

    def _answered(self, response: Response) -> None:
        request = response.request
        if self.page is None or not request.is_navigation_request() or 300 <= response.status < 400:
            return
        if request.frame == self.page.main_frame:
            self.answer = Answer(url=response.url, status=response.status, headers=response.headers)
        elif self.tab and self.egress.own_answer(response.headers):
            self.tab.refused.add(response.url)

    def _crash(self, _: object) -> None:
        self.crashed = True


def _seen(told: tuple[State, str]) -> Seen:
    return Seen(state=told[0], reason=told[1])


async def _quietly(work: Any) -> None:
    with contextlib.suppress(Error, TimeoutError):
        await work
