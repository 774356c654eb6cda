"""Looks at addresses with Chromium through Selenium: a driver here or elsewhere, a session for each visit under way.

It is there for systems that Playwright does not run on. Where the driver passes CDP commands on, pages are asked in a world of our
own, as with Playwright; where it does not, axe-selenium-python brings axe into the page itself, frame by frame.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import itertools
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from auditor.model import NotAnswered, Page, Probe, State
from crawlers.arrival import Answered
from crawlers.browsers.drivers import CLOSE_LIMIT, NotStarted, Session, Wish
from crawlers.browsers.find import DriverMissing, browsers, find_driver
from crawlers.browsers.look import CRASHED, LOAD_LIMIT, Answer, Exit, Seen, look, on_the_way, overran, page_of, refused, told, trouble
from crawlers.browsers.plain_tab import Broken, PlainTab
from crawlers.browsers.relay import Network, Relay
from crawlers.browsers.settle import WATCH
from crawlers.browsers.webdriver_tab import NOT_GUARDED, DevToolsTab
from crawlers.journeys import Stage
from crawlers.slots import Idle
from crawlers.trials import Choose, InTurn, at_once
from crawlers.visitor import Manner

STEP = 0.03
MOST_WINDOWS = 20  # that a page may leave behind; a browser with more is replaced
REFUSALS = (403, 502)  # what our own proxy answers with
MISSED = 20  # times to ask again how the site answered, where the page does not know it yet
ADVICE = "。请确认 network.webdriver（或 AUDITOR_WEBDRIVER）的地址正确、驱动服务已经启动"
OTHER_MANNERS = "这个浏览器驱动不能以手机等其他方式打开网页；请改用 browser: playwright"
NO_STATUS = Seen(state=State.RENDER_FAILED, reason="浏览器没有说明网站的回答（状态码），不能判断这一页是否正常")


class OutOfReach(Exception):
    """A browser elsewhere does not reach our proxy, whose address is the text: nothing it says of a site is worth anything."""


@dataclass(frozen=True, kw_only=True)
class Nature:
    """What a browser said of itself when it was started as it is."""

    version: str
    agent: str  #: User-Agent
    cdp: bool  #: whether its driver passes CDP commands on


LEARNED: dict[tuple[str, bool], Nature] = {}
"""What is known of the browsers of a driver (its path or address, and whether CDP is wanted); learnt anew when they change."""


def browser(
    *, egress: Exit, suffix: str, viewport: tuple[int, int], pictures: bool, tabs: int = 2, remote: str | None = None,
    welcome: frozenset[State] = frozenset(),
) -> SeleniumBrowser:
    """The browser as `open_browser` asks for it. AUDITOR_WEBDRIVER names the server of this machine, whatever `remote` says."""
    remote = os.environ.get("AUDITOR_WEBDRIVER") or remote
    return SeleniumBrowser(egress=egress, suffix=suffix, viewport=viewport, pictures=pictures, tabs=tabs, remote=remote, welcome=welcome)


@dataclass
class SeleniumBrowser:
    """Chromium for one site, through WebDriver. Sessions are started when needed, kept, and replaced when they do not answer."""

    egress: Exit
    suffix: str  #: appended to the browser's own User-Agent
    viewport: tuple[int, int]  #: CSS px
    pictures: bool
    tabs: int = 2  #: visits at once
    remote: str | None = None  #: address of a WebDriver server or Grid; None: a driver is started here
    welcome: frozenset[State] = frozenset()  #: see `open_browser`
    cdp: bool = True  #: False: do without CDP even where the driver offers it
    version: str = ""
    driver: str = ""
    _relay: Relay | None = None
    _way: tuple[Path | None, bool] | None = None  #: the browser that the driver takes, and whether through a pipe
    _idle: list[Session] = field(default_factory=list)
    _turn: asyncio.Semaphore = field(init=False)
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._turn = asyncio.Semaphore(max(1, self.tabs))

    async def __aenter__(self) -> SeleniumBrowser:
        return self

    async def __aexit__(self, *exc: object) -> None:
        idle, self._idle = self._idle, []
        await asyncio.gather(*(session.close() for session in idle))
        if self._relay is not None:
            await self._relay.__aexit__(*exc)

    async def visit(
        self, url: str, probes: Sequence[Probe], *, limit: float, idle: Idle = contextlib.nullcontext,
        choose: Choose | None = None, turn: InTurn = at_once, manner: Manner | None = None,
    ) -> Page:  # fmt: skip
        """Look at an address, at most `limit` seconds. Whatever the site does comes back as `Page.state`.

        A session does one thing after another: there is nothing to do in its idle time. No experiment is made: a driver does not
        ask before a request leaves, so nothing could be held back.

        Raises DriverMissing where no browser can be started.
        """
        if manner is not None:
            return page_of(url, None, "", told((State.RENDER_FAILED, OTHER_MANNERS)), seen_at=datetime.now(UTC), seconds=0.0)
        page = await self._looked(url, probes, limit)
        if choose is None or page.state is not State.AUDITED:
            return page
        async with idle(True):
            experiments = await choose(page.html)
        return replace(page, unanswered={**page.unanswered, **dict.fromkeys((probe.name for probe in experiments), NOT_GUARDED)})

    async def _looked(self, url: str, probes: Sequence[Probe], limit: float) -> Page:
        async with self._turn:
            begun, seen_at = time.monotonic(), datetime.now(UTC)
            visit = _Visit(url=url, egress=self.egress, viewport=self.viewport)
            session: Session | None = None
            try:
                async with asyncio.timeout(limit):
                    session = await self._session()
                    visit.proxy = session.wish.proxy
                    seen = await visit.run(session, probes, pictures=self.pictures, welcome=self.welcome)
            except TimeoutError:
                seen = overran(limit)
            except NotAnswered as why:
                seen = told(trouble(url, str(why), self.egress))
            except OutOfReach as why:
                problem = f"{self.remote} 的浏览器连不上本机的出口代理（{why}），没有访问任何网站"
                raise DriverMissing(f"{problem}。请让那台机器能够连到本机，或在本机启动驱动") from None
            finally:
                if session is not None:
                    if session.lost:
                        seen = CRASHED
                    await self._give_back(session)
            answer = visit.tab.answer if visit.tab else None
            return page_of(url, answer, visit.address, seen, seen_at=seen_at, seconds=time.monotonic() - begun)

    async def follow(
        self, plan: Sequence[Stage], probes: Sequence[Probe], *, limit: float, turn: Callable[[], Awaitable[bool]]
    ) -> Sequence[Page]:
        """A driver does not ask before a request leaves, so nothing could be held back: raises NotAnswered."""
        raise NotAnswered("办事流程要用 playwright 来走：经由驱动（selenium）时，没有写明提交的步骤拦不住")

    # ------------------------------------------------------------------------------------------ sessions

    async def _session(self) -> Session:
        while self._idle:
            session, alive = self._idle.pop(), False
            try:
                alive = await session.alive()
            finally:
                if not alive:
                    await session.close()
            if alive:
                return session
        async with self._starting:
            return await self._start()

    async def _start(self) -> Session:
        """A new session as this browser wants it. The first one at a place is only asked what it is like, since the User-Agent is
        made of the browser's own and has to be known when it starts."""
        for _ in range(3):
            wish = await self._wish()
            place = (str(wish.remote or wish.driver), self.cdp)
            known = LEARNED.get(place)
            if known:
                wish = replace(wish, agent=f"{known.agent} {self.suffix}".strip(), cdp=known.cdp)
            session = await self._first_that_starts(wish)
            if known and (session.version, session.agent, session.cdp) == (known.version, wish.agent, wish.cdp):
                self.version = known.version
                self.driver = f"chromedriver {session.driver_version}{'' if session.cdp else ' without CDP'}"
                return session
            await session.close()
            LEARNED.pop(place, None)
            if not known:
                LEARNED[place] = Nature(version=session.version, agent=session.agent, cdp=session.cdp)
        raise DriverMissing("浏览器没有采用设定的 User-Agent，没有访问。请换一个驱动，或改用 browser: playwright")

    async def _wish(self) -> Wish:
        if self.egress.needs_login:
            raise DriverMissing("这台机器上访问网络需要向出口代理出示密码，Selenium 做不到，请改用 browser: playwright")
        driver = None if self.remote else find_driver()
        if not self.remote and driver is None:
            named = os.environ.get("AUDITOR_DRIVER")
            what = f" AUDITOR_DRIVER 指明的 {named}" if named else "浏览器驱动 chromedriver"
            raise DriverMissing(f"没有找到{what}：请安装系统软件包 chromium-driver，或用 AUDITOR_DRIVER 指明驱动的路径")
        if self.remote and self._relay is None:
            try:
                self._relay = await Relay(self.egress.url, self.remote, _nodes()).__aenter__()
            except OSError as error:
                raise DriverMissing(f"{self.remote} 无法到达：{error.strerror}{ADVICE}") from error
        proxy = self._relay.url if self._relay else self.egress.url
        return Wish(driver=driver, remote=self.remote, proxy=proxy, viewport=self.viewport, cdp=self.cdp)

    async def _first_that_starts(self, wish: Wish) -> Session:
        """A driver fits one version of the browser: where several browsers are installed, the first that it takes is used."""
        ways = list(itertools.product([None] if self.remote else browsers(), (True, False)))
        why = "没有找到 Chromium 浏览器，请运行 auditor doctor 查看安装办法"
        for browser, pipe in (*([self._way] if self._way else ()), *ways):
            try:
                session = await Session.start(replace(wish, browser=browser, pipe=pipe))
            except NotStarted as error:
                advice = ADVICE if self.remote else "。请运行 auditor doctor，核对驱动与浏览器的版本是否一致"
                why = f"{self.remote or wish.driver} 没有打开浏览器：{error}{advice}"
            else:
                self._way = browser, pipe
                return session
        raise DriverMissing(why)

    async def _give_back(self, session: Session) -> None:
        """Keep a session for the next visit, without the tabs of this one, or end it."""
        kept = False

        def tidy() -> int:
            driver = session.driver
            left = [handle for handle in driver.window_handles if handle != session.anchor]
            for handle in left[:MOST_WINDOWS]:
                driver.switch_to.window(handle)
                driver.close()
            driver.switch_to.window(session.anchor)
            return len(left)

        try:
            with contextlib.suppress(NotAnswered):
                kept = await session.do(tidy, limit=CLOSE_LIMIT) <= MOST_WINDOWS and session.usable
        finally:
            if kept:
                self._idle.append(session)
            else:
                await session.close()


@dataclass
class _Visit:
    """One visit, from opening a tab to reading what is in it."""

    url: str
    egress: Exit
    viewport: tuple[int, int]
    proxy: str = ""  #: as the browser knows it
    tab: DevToolsTab | PlainTab | None = None
    address: str = ""  #: where the page ended up

    async def run(self, session: Session, probes: Sequence[Probe], *, pictures: bool, welcome: frozenset[State]) -> Seen:
        tab: DevToolsTab | PlainTab
        if session.cdp:
            tab = await DevToolsTab.open(session, self.viewport, self.egress.own_answer)
        else:
            tab = await PlainTab.open(session, self.viewport, self._denied)
        self.tab = tab
        failure = await tab.go(self.url)
        if not failure:
            await self._loaded(tab)
        await self._listen(tab)
        for _ in range(0 if failure else MISSED):
            if tab.answer is not None or not session.usable:
                break
            await asyncio.sleep(STEP)
            await self._listen(tab)
        refusal = self._refusal(tab.answer)
        if "ERR_PROXY_CONNECTION_FAILED" in failure:  # it is ours, in this very process
            raise OutOfReach(self.proxy)
        if refusal or failure:
            return told(refusal or trouble(self.url, failure, self.egress, tab.answer))
        if tab.answer is None:
            return NO_STATUS
        seen = await look(tab, probes, pictures=pictures, asked=self.url, answered=self._arrived, welcome=welcome)
        await self._listen(tab)
        return seen

    async def _loaded(self, tab: DevToolsTab | PlainTab) -> None:
        """Wait for the document, however long it takes, and for its load event at most LOAD_LIMIT."""
        loop = asyncio.get_running_loop()
        end: float | None = None
        while tab.session.usable:
            try:
                ready = (await tab.evaluate(WATCH))["ready"]  # the watch for rest begins with the document
            except Broken:
                return
            except NotAnswered:  # just being loaded, or a dialog is open
                ready = "loading"
            if ready != "loading":
                end = end or loop.time() + LOAD_LIMIT
            if end and (ready == "complete" or loop.time() >= end):
                return
            await asyncio.sleep(STEP)

    async def _listen(self, tab: DevToolsTab | PlainTab) -> None:
        """Take up what came from the site, and where the page is now."""
        with contextlib.suppress(NotAnswered):
            await tab.listen()
            self.address = await tab.evaluate("document.URL")

    def _arrived(self) -> Answered:
        """What the site last answered for the document: a page may load itself again."""
        answer = self.tab.answer if self.tab else None
        if answer is None:
            return Answered(final=self.url)
        return Answered(final=answer.url, status=answer.status, headers=answer.headers, refused=self._refusal(answer))

    def _refusal(self, answer: Answer | None) -> tuple[State, str] | None:
        if answer is None:
            return None
        if isinstance(self.tab, PlainTab) and self._denied(answer.url, answer.status):
            return on_the_way(answer.url, self.egress)
        return refused(answer, self.egress)

    def _denied(self, url: str, status: int) -> bool:
        return status in REFUSALS and on_the_way(url, self.egress) is not None


def _nodes() -> list[Network]:
    """Where the browsers of a Grid run, in AUDITOR_WEBDRIVER_NODES; empty: where the server is."""
    told = os.environ.get("AUDITOR_WEBDRIVER_NODES", "")
    try:
        return [ipaddress.ip_network(word, strict=False) for word in told.replace(",", " ").split()]
    except ValueError:
        raise DriverMissing(f"AUDITOR_WEBDRIVER_NODES 要写 IP 地址或网段，如 10.1.2.0/24，不是 {told}") from None
