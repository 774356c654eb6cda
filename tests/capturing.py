"""One browser of a test module, and pages captured from given HTML in it, without a server."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from PIL import Image
from playwright.async_api import CDPSession, Error, Page, Route, async_playwright

from auditor.model import NotAnswered
from checks.document import Document
from checks.probes import capture
from crawlers.browsers.find import find_browser, launch_flags
from crawlers.browsers.settle import settle
from crawlers.browsers.worlds import Worlds

ADDRESS = "http://www.example.test/"


def picture(width: int = 240, height: int = 160) -> bytes:
    """A plain PNG of this size."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (70, 120, 160)).save(out, "PNG")
    return out.getvalue()


PICTURE = picture()


class Loose(Worlds):
    """A page of Playwright as probes see it, without guard and proxy."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        super().__init__()
        self.page = page
        self._session = session

    async def _send(
        self, method: str, params: dict[str, Any] | None = None, *, session: Any = None, limit: float | None = None
    ) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = await asyncio.wait_for(self._session.send(method, params or {}), limit or self.limit)
        except (Error, TimeoutError) as error:
            raise NotAnswered(str(error)[:300]) from error
        return answer


    async def press(self, key: str) -> None:
        await self.page.keyboard.press(key)

    async def write(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def move(self, x: float, y: float) -> None:
        await self.page.mouse.move(x, y)

    async def click(self, x: float, y: float) -> None:
        await self.page.mouse.click(x, y)

    async def set_viewport(self, width: int, height: int) -> None:
        await self.page.set_viewport_size({"width": width, "height": height})

    async def reload(self) -> None:
        await self.page.goto(ADDRESS, wait_until="load")
        self.forget()
        await settle(self)


class Studio:
    """A browser that is kept open."""

    def __init__(self, loop: asyncio.AbstractEventLoop, page: Page, session: CDPSession) -> None:
        self._loop = loop
        self._page = page
        self._session = session
        self._html = ""

    def facts(self, html: str, probes: Sequence[Any] = (capture.PROBE,)) -> Mapping[str, Any]:
        """The answers to probes on a page with this HTML, at http://www.example.test/; every image is one of 240 x 160."""
        return self._loop.run_until_complete(asyncio.wait_for(self._facts(html, probes), 60))

    def many(self, pages: Sequence[str], probes: Sequence[Any], side_by_side: int = 5) -> list[Mapping[str, Any]]:
        """The answers on each of these pages, several at a time, each in a context of its own."""

        async def one(html: str, turn: asyncio.Semaphore) -> Mapping[str, Any]:
            async with turn:
                browser = self._page.context.browser
                assert browser is not None
                context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
                try:
                    page = await context.new_page()
                    made = Studio(self._loop, page, await context.new_cdp_session(page))
                    await context.route("**/*", made.answer)
                    return await asyncio.wait_for(made._facts(html, probes), 120)
                finally:
                    await context.close()

        async def every() -> list[Mapping[str, Any]]:
            turn = asyncio.Semaphore(side_by_side)
            return await asyncio.gather(*(one(html, turn) for html in pages))

        return self._loop.run_until_complete(every())

    def document(self, html: str) -> Document:
        """The same page, as checks see it."""
        return Document(self.facts(html))

    async def _facts(self, html: str, probes: Sequence[Any]) -> Mapping[str, Any]:
        self._html = html
        await self._page.set_viewport_size({"width": 1280, "height": 800})
        await self._page.goto(ADDRESS, wait_until="load")
        driver = Loose(self._page, self._session)
        facts: dict[str, Any] = {}
        for probe in probes:
            if probe.fresh:
                await self._page.set_viewport_size({"width": 1280, "height": 800})
                await driver.reload()
            facts[probe.name] = await probe.ask(driver, facts)
        return facts

    async def answer(self, route: Route) -> None:
        if route.request.url == ADDRESS:
            await route.fulfill(body=self._html, content_type="text/html; charset=utf-8")
        elif route.request.resource_type == "image":
            await route.fulfill(body=PICTURE, content_type="image/png")
        else:
            await route.fulfill(body="", content_type="text/html" if route.request.is_navigation_request() else "text/plain")


@contextmanager
def studio() -> Iterator[Studio]:
    """A studio with a window of 1280 x 800 CSS px."""
    loop = asyncio.new_event_loop()

    async def opened() -> tuple[Any, Any, Studio]:
        playwright = await async_playwright().start()
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        page = await context.new_page()
        made = Studio(loop, page, await context.new_cdp_session(page))
        await context.route("**/*", made.answer)
        return playwright, browser, made

    async def closed(playwright: Any, browser: Any) -> None:
        await browser.close()
        await playwright.stop()

    playwright, browser, made = loop.run_until_complete(opened())
    try:
        yield made
    finally:
        loop.run_until_complete(closed(playwright, browser))
        loop.close()


def whole(html: str) -> str:
    """A snippet as a complete page, whose title, language and heading give no reason for complaint."""
    if "<html" in html.lower() or html.lstrip().lower().startswith("<!doctype"):
        return html
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>残疾人证办理指南 - 云浔市政务服务网</title></head>'
        f"<body>{html}</body></html>"
    )
