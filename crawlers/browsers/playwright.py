"""Looks at addresses with Chromium through Playwright: one browser for one site, a fresh tab for each page."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Error, Playwright, ProxySettings, Request, Response, async_playwright
from playwright.async_api import Page as BrowserPage

from auditor.model import NotAnswered, Page, Probe, State
from crawlers.browsers.find import BrowserMissing, find_browser, launch_flags
from crawlers.browsers.pictures import take_pictures
from crawlers.browsers.settle import settle
from crawlers.browsers.tab import Tab

LOAD_LIMIT = 15.0  # seconds for the load event; a page whose document is there is audited without it
HTML_TYPES = ("text/html", "application/xhtml+xml")
LARGEST = 20_000_000  # characters of rendered HTML
LINKS_AT_MOST = 5000
NEWS = 0.2  # seconds in which the death of a browser becomes known
CRASHED = "浏览器在访问这一页时意外退出"

GATHER = """(() => ({
  title: document.title, lang: document.documentElement?.getAttribute("lang") ?? "",
  html: (document.doctype ? "<!DOCTYPE html>" : "") + (document.documentElement?.outerHTML ?? ""),
  width: Math.max(document.documentElement?.scrollWidth ?? 0, innerWidth),
  height: Math.max(document.documentElement?.scrollHeight ?? 0, document.body?.scrollHeight ?? 0, innerHeight),
}))()"""
LINKS = """Array.from(document.querySelectorAll("a[href], area[href]"), (link) => String(link.href?.baseVal ?? link.href))
  .slice(0, 5000)"""


class Exit(Protocol):
    """The one way out to the network, as a browser needs to know it (`crawlers.egress.Egress`)."""

    url: str  #: address of the proxy
    username: str
    password: str
    needs_login: bool  #: whether the proxy wants the password from programs of our own user too

    def trouble(self, host: str, port: int) -> tuple[State, str] | None:
        """What last went wrong on the way to a host."""
        ...

    def own_answer(self, headers: Mapping[str, str]) -> bool:
        """Whether an answer is the proxy's own and not the site's."""
        ...


@dataclass
class PlaywrightBrowser:
    """Chromium for one site. It is started when first needed and replaced when it has died."""

    egress: Exit
    suffix: str  #: appended to the browser's own User-Agent
    viewport: tuple[int, int]  #: CSS px
    pictures: bool
    version: str = ""
    pid: int | None = None
    _playwright: Playwright | None = None
    _browser: Browser | None = None
    _context: BrowserContext | None = None
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __aenter__(self) -> PlaywrightBrowser:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stop()

    async def visit(self, url: str, probes: Sequence[Probe], *, limit: float) -> Page:
        """Look at an address, at most `limit` seconds. Whatever the site does comes back as `Page.state`.

        Raises BrowserMissing where no browser can be started.
        """
        begun = time.monotonic()
        seen_at = datetime.now(UTC)
        visit = _Visit(url=url, probes=probes, viewport=self.viewport, pictures=self.pictures, egress=self.egress)
        try:
            async with asyncio.timeout(limit):
                context = await self._ready()
                page = await visit.run(context)
            if (page.state is State.RENDER_FAILED or page.unanswered) and await self._died(visit):
                page = visit.ended(State.CRASHED, CRASHED)
        except TimeoutError:
            page = visit.ended(State.TIMEOUT, f"页面在 {limit:.0f} 秒内没有处理完")
        except Error as error:
            page = visit.ended(*await self._trouble(visit, error))
        finally:
            await visit.close()
        return replace(page, seconds=round(time.monotonic() - begun, 3), seen_at=seen_at)

    async def _ready(self) -> BrowserContext:
        async with self._starting:
            if self._context is not None and self._browser is not None and self._browser.is_connected():
                return self._context
            await self._stop()
            return await self._start()

    async def _start(self) -> BrowserContext:
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
        return self._context

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

    async def _trouble(self, visit: _Visit, error: Error) -> tuple[State, str]:
        return (State.CRASHED, CRASHED) if await self._died(visit) else visit.trouble(error)


@dataclass
class _Visit:
    """One visit, from opening a tab to closing it."""

    url: str
    probes: Sequence[Probe]
    viewport: tuple[int, int]
    pictures: bool
    egress: Exit
    page: BrowserPage | None = None
    tab: Tab | None = None
    answer: Response | None = None
    crashed: bool = False

    async def run(self, context: BrowserContext) -> Page:
        self.page = page = await context.new_page()
        page.on("response", self._answered)
        page.on("crash", self._crash)
        page.on("dialog", lambda dialog: asyncio.ensure_future(_quietly(dialog.dismiss())))
        page.on("popup", lambda popup: asyncio.ensure_future(_quietly(popup.close())))
        self.tab = tab = await Tab.open(page)
        try:
            await page.goto(self.url, wait_until="domcontentloaded", timeout=0)
        except Error as error:
            if "interrupted by another navigation" not in error.message:
                raise
        with contextlib.suppress(TimeoutError):  # the load event or its limit
            await asyncio.wait_for(page.wait_for_load_state("load", timeout=0), LOAD_LIMIT)
        refused = self._refused()
        if refused is not None:
            return refused
        try:
            return await self._look(tab)
        except NotAnswered as why:
            return self.ended(State.RENDER_FAILED, f"页面打开后不能读取：{why}")

    async def _look(self, tab: Tab) -> Page:
        rest = await settle(tab)
        if rest["type"] not in HTML_TYPES:
            return self.ended(State.NOT_HTML, f"内容类型是 {rest['type'] or '未知'}，不是网页")
        tab.forget()
        gathered = await tab.evaluate(GATHER)
        if len(gathered["html"]) > LARGEST:
            return self.ended(State.TOO_LARGE, "页面渲染后的内容过大，无法检测")
        facts: dict[str, Any] = {"settled": rest["settled"]}
        unanswered: dict[str, str] = {}
        for probe in self.probes:
            try:
                facts[probe.name] = await probe.ask(tab)
            except NotAnswered as why:
                unanswered[probe.name] = str(why)
        links = await _links(tab)
        pictures = {}
        if self.pictures:
            places = _places(facts)
            if places:
                pictures = await take_pictures(tab, places, gathered["width"], gathered["height"])
        return replace(
            self.ended(State.AUDITED, ""), title=gathered["title"], lang=gathered["lang"], html=gathered["html"], links=links,
            facts=facts, unanswered=unanswered, pictures=pictures,
        )  # fmt: skip

    def ended(self, state: State, reason: str) -> Page:
        """The Page of a visit that ended so, with what is known of the answer."""
        headers = self.answer.headers if self.answer else {}
        final = self.page.url if self.page and not self.page.is_closed() else ""
        return Page(
            url=self.url, final_url=final if final.startswith("http") else (self.answer.url if self.answer else self.url), state=state,
            reason=reason, status=self.answer.status if self.answer else None, content_type=headers.get("content-type", ""),
            validators={name: headers[name] for name in ("etag", "last-modified") if name in headers},
            retry_after=_seconds(headers.get("retry-after", "")),
        )  # fmt: skip

    def trouble(self, error: Error) -> tuple[State, str]:
        """What a failed navigation means for the ledger."""
        named = re.search(r"net::(ERR_[A-Z0-9_]+)", error.message)
        kind = named[1] if named else ""
        if kind == "ERR_ABORTED" or "Download is starting" in error.message:
            return State.NOT_HTML, "这个地址给出的是下载文件，不是网页"
        for pattern, state, sentence in NETWORK_ERRORS:
            if re.match(pattern, kind):
                return self._on_the_way(state, f"{sentence}（{kind}）")
        return self._on_the_way(State.RENDER_FAILED, f"浏览器没能打开这一页：{error.message.splitlines()[0][:200]}")

    async def close(self) -> None:
        """Close the tab, whatever the page does to prevent it."""
        if self.page is not None and not self.page.is_closed():
            await _quietly(asyncio.wait_for(self.page.close(run_before_unload=False), 5))

    def _on_the_way(self, state: State, sentence: str) -> tuple[State, str]:
        parts = urlsplit(self.url)
        return self.egress.trouble(parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80)) or (state, sentence)

    def _refused(self) -> Page | None:
        """The Page of a visit that met an answer which is no page of the site, None if there is one to look at."""
        if self.answer is None:
            return None
        status, headers = self.answer.status, self.answer.headers
        if self.egress.own_answer(headers):
            parts = urlsplit(self.answer.url)
            met = self.egress.trouble(parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80))
            return self.ended(*(met or (State.CONNECTION_REFUSED, "没有连上网站")))
        if status in (404, 410):
            return self.ended(State.GONE, f"网站回答这一页不存在（{status}）")
        if status in (401, 407):
            return self.ended(State.LOGIN_WALL, f"网站要求登录（{status}）")
        if status in (412, 521):
            return self.ended(State.CHALLENGE, f"网站的防护系统没有放行（{status}），请网站管理单位把检测程序列入白名单")
        if status >= 400:
            return self.ended(State.ERROR_PAGE, f"网站回答出错（{status}）")
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if kind and kind not in HTML_TYPES:
            return self.ended(State.NOT_HTML, f"内容类型是 {kind}，不是网页")
        return None

    def _answered(self, response: Response) -> None:
        request: Request = response.request
        if self.page is None or not request.is_navigation_request() or 300 <= response.status < 400:
            return
        if request.frame == self.page.main_frame:
            self.answer = response
        elif self.tab and self.egress.own_answer(response.headers):
            self.tab.refused.add(response.url)

    def _crash(self, _: object) -> None:
        self.crashed = True


NETWORK_ERRORS: tuple[tuple[str, State, str], ...] = (
    (r"ERR_NAME_NOT_RESOLVED", State.DNS_ERROR, "域名没有解析结果"),
    (r"ERR_CONNECTION_REFUSED|ERR_ADDRESS_UNREACHABLE", State.CONNECTION_REFUSED, "网站拒绝连接"),
    (r"ERR_(CONNECTION_(RESET|CLOSED|ABORTED)|EMPTY_RESPONSE|INCOMPLETE|CONTENT_LENGTH|HTTP2|INVALID_(CHUNKED|HTTP))",
     State.CONNECTION_RESET, "连接在传输中断开"),
    (r"ERR_(TIMED_OUT|CONNECTION_TIMED_OUT)", State.TIMEOUT, "网站没有在限定时间内回答"),
    (r"ERR_(CERT|SSL|BAD_SSL|TLS)", State.TLS_ERROR, "安全连接（HTTPS）没有建立"),
    (r"ERR_TOO_MANY_REDIRECTS", State.ERROR_PAGE, "跳转次数过多"),
    (r"ERR_(BLOCKED|UNSAFE)", State.DENIED_BY_EGRESS, "这个地址不允许访问"),
    (r"ERR_(TUNNEL|PROXY)", State.CONNECTION_REFUSED, "没有连上网站"),
)  # fmt: skip


async def _links(tab: Tab) -> tuple[str, ...]:
    """Addresses of links in all frames, in document order of frames, each once."""
    found: dict[str, None] = {}
    for frame in await tab.frames():
        with contextlib.suppress(NotAnswered):
            found.update(dict.fromkeys(await tab.evaluate(LINKS, frame=frame.id if frame.parent else None)))
    return tuple(link for link in found if link.startswith("http"))[:LINKS_AT_MOST]


def _places(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The `elements` of all facts: places that a picture should show."""
    seen: dict[str, dict[str, Any]] = {}
    for fact in facts.values():
        if isinstance(fact, dict):
            for place in fact.get("elements", ()):
                seen.setdefault(place["selector"], place)
    return list(seen.values())


def _seconds(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,6}", text.strip()) else None


async def _quietly(work: Any) -> None:
    with contextlib.suppress(Error, TimeoutError):
        await work
