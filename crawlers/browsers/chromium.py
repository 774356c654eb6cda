"""One running Chromium with the driver that Playwright speaks to it through, from its start to its end."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, CDPSession, Error, Playwright, ProxySettings, Request, Route, async_playwright

from crawlers.browsers.find import BrowserMissing, find_browser, launch_flags
from crawlers.browsers.guard import Guard
from crawlers.browsers.look import Exit
from crawlers.browsers.memory import MemoryGuard
from crawlers.browsers.tabs import Tabs
from crawlers.visitor import Manner

PULSE = 10.0  # seconds in which a living browser says its version
START_LIMIT = 90.0  # seconds for all that a start takes
CLOSING = 10.0


@dataclass
class Chromium:
    """A browser of our own. It is retired rather than stopped while visits are under way in it, and ends with the last of them."""

    playwright: Playwright
    browser: Browser
    session: CDPSession  #: to the browser itself
    memory: MemoryGuard
    version: str
    agent: str
    viewport: tuple[int, int]
    guard: Guard  #: and the context that all visits share
    tabs: Tabs  #: of that context, which wait for a page
    watch: asyncio.Task[None]  #: over the memory of its pages
    visits: int = 0  #: under way
    retired: bool = False

    @classmethod
    async def start(cls, egress: Exit, suffix: str, viewport: tuple[int, int]) -> Chromium:
        """A browser that goes out through `egress` and adds `suffix` to its User-Agent.

        Raises BrowserMissing where there is none, playwright's Error or TimeoutError where it does not start; nothing is left behind then.
        """
        executable = find_browser()
        if executable is None:
            raise BrowserMissing("没有找到 Chromium 浏览器，请运行 auditor doctor 查看安装办法")
        playwright = await async_playwright().start()
        browser: Browser | None = None
        try:
            async with asyncio.timeout(START_LIMIT):
                browser = await playwright.chromium.launch(
                    executable_path=executable, args=launch_flags(egress.url), proxy=_proxy(egress), timeout=60_000,
                    handle_sigint=False, handle_sigterm=False, handle_sighup=False,
                )  # fmt: skip
                session = await browser.new_browser_cdp_session()
                told = await session.send("Browser.getVersion")
                agent = f"{told['userAgent']} {suffix}".strip()
                guard = await _fresh(browser, agent, viewport)
                memory = MemoryGuard(await _process(session))
        except BaseException:
            await _end(browser, playwright)
            raise
        return cls(
            playwright=playwright, browser=browser, session=session, memory=memory, version=told["product"], agent=agent,
            viewport=viewport, guard=guard, tabs=Tabs(guard.context), watch=asyncio.create_task(memory.run()),
        )  # fmt: skip

    async def alive(self) -> bool:
        """Whether the browser answers; where its driver has died nobody but an answer can tell."""
        if not self.browser.is_connected():
            return False
        try:
            return bool(await asyncio.wait_for(self.session.send("Browser.getVersion"), PULSE))
        except (Error, TimeoutError):
            return False

    async def context(self, manner: Manner | None = None) -> Guard:
        """A fresh context, with no cookies of any other, and what watches over it; `manner`: how it shows itself and what it leaves out."""
        if manner is None:
            return await _fresh(self.browser, self.agent, self.viewport)
        agent = _phone(self.agent) if manner.phone else self.agent
        guard = await _fresh(self.browser, agent, manner.viewport or self.viewport, phone=manner.phone)
        if manner.blocked:
            unwanted = [re.compile(pattern, re.IGNORECASE) for pattern in manner.blocked]
            await guard.context.route(_meets(unwanted), _leave_out)
        return guard

    async def stop(self) -> None:
        """End the browser and its driver, in some seconds."""
        self.watch.cancel()
        await _end(self.browser, self.playwright)


LONGEST = 2_000  # characters of an address that are looked at
SYSTEM = re.compile(r"\([^)]*\)")
PHONE = "(Linux; Android 13; Mobile)"
"""What stands in the User-Agent of a phone in place of the system; Chrome says no more of it since 2023 (user-agent reduction)."""


def _phone(agent: str) -> str:
    """The same browser as it names itself on a phone."""
    return SYSTEM.sub(PHONE, agent, count=1).replace(" Safari/", " Mobile Safari/", 1)


def _meets(unwanted: Sequence[re.Pattern[str]]) -> Callable[[str], bool]:
    return lambda url: any(pattern.search(url[:LONGEST]) for pattern in unwanted)


async def _leave_out(route: Route, request: Request) -> None:
    """Scripts are left out; a page or a picture whose address looks alike is not."""
    with contextlib.suppress(Error):  # the page has gone in the meantime
        if request.resource_type == "script":
            await route.abort("blockedbyclient")
        else:
            await route.fallback()


async def _fresh(browser: Browser, agent: str, viewport: tuple[int, int], *, phone: bool = False) -> Guard:
    context = await browser.new_context(
        user_agent=agent, viewport={"width": viewport[0], "height": viewport[1]}, is_mobile=phone, has_touch=phone,
        locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="block", accept_downloads=False,
    )  # fmt: skip
    guard = Guard(context)
    await guard.prepare()
    return guard


def _proxy(egress: Exit) -> ProxySettings:
    """The way out. A password is told only where it is needed: with one, Playwright switches the browser's cache off."""
    proxy = ProxySettings(server=egress.url)
    if egress.needs_login:
        proxy |= ProxySettings(server=egress.url, username=egress.username, password=egress.password)
    return proxy


async def _process(session: CDPSession) -> int:
    """The browser's main process, 0 where it does not tell."""
    processes: list[dict[str, Any]] = []
    with contextlib.suppress(Error):
        processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    return next((int(entry["id"]) for entry in processes if entry["type"] == "browser"), 0)


async def _end(browser: Browser | None, playwright: Playwright) -> None:
    try:
        if browser is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(browser.close(), CLOSING)
    finally:  # the driver ends the browser where that did not end by itself
        with contextlib.suppress(Exception):
            await asyncio.wait_for(playwright.stop(), CLOSING)
