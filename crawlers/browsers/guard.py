"""Holds back what our own doing would send: once we touch a page, only GET, HEAD and OPTIONS leave it.

While a page loads, its scripts may send what they send for any visitor. From our first key or click on, what leaves would be our
doing: forms, fetch, sendBeacon, whatever the method is carried by, https too, windows that the page opens included.
"""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import parse_qsl, urlsplit

from playwright.async_api import BrowserContext, Error, Frame, Page, Request, Route

from crawlers.journeys import ENCODINGS

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_TOLD = 20
LAST_WORDS = 2.0  # seconds in which a page is silenced, or the watch over it is ended
EVERYTHING = "**/*"

NO_SHARED_WORKERS = "delete globalThis.SharedWorker"
"""No driver sees what a shared worker sends. Browsers of phones have none, so pages must get along without."""

NO_SUBMIT = """((lets) => {
  globalThis.auditorLets = lets;
  if (globalThis.auditorHolds === document) return;
  globalThis.auditorHolds = document;
  globalThis.auditorHeld = 0;
  const hold = (event) => {
    if (globalThis.auditorLets) return;
    globalThis.auditorHeld += 1;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener("submit", hold, { capture: true });
  addEventListener("auditor-submit", hold, { capture: true });
})(%s)"""
"""Forms that are sent by GET leave with a method that is allowed: their submission is held back in the page itself, or let go (true)."""

ASK_FIRST = """(() => {
  const form = HTMLFormElement.prototype, send = form.submit;
  const { apply } = Reflect, tell = EventTarget.prototype.dispatchEvent, Told = CustomEvent;
  form.submit = function submit() {
    if (apply(tell, this, [new Told("auditor-submit", { bubbles: true, cancelable: true, composed: true })])) apply(send, this, []);
  };
})()"""
"""`form.submit()` tells nobody that it sends. In the context of a journey, which no other visit shares, it asks NO_SUBMIT first."""

HELD = "globalThis.auditorHeld ?? 0"


class Guard:
    """Watches over one browser context. It costs nothing until a page is first guarded: then every request of the context is asked
    about, which also switches the browser's cache off, and goes on being so until the last guarded page is released."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.held: list[str] = []  #: what was held back, such as `POST https://www.example.gov.cn/save`, without query
        self.filled: set[str] = set()  #: what was filled in: no document is asked for with one of these in its query
        self._guarded: set[Page] = set()
        self._free: set[Page] = set()
        self._watching = False

    async def prepare(self) -> None:
        """To be called before the first page is opened."""
        await self.context.add_init_script(NO_SHARED_WORKERS)

    def free(self, page: Page) -> None:
        """A page that we opened and have not touched yet. Pages that were never made free (windows that a page opened) are not."""
        self._free.add(page)

    def is_free(self, page: Page) -> bool:
        """Whether we have not touched it."""
        return page in self._free

    async def hold(self, page: Page) -> None:
        """From now on only safe methods leave this page and the windows that it opens."""
        self._free.discard(page)
        self._guarded.add(page)
        if not self._watching:
            self._watching = True
            await self.context.route(EVERYTHING, self._decide)

    async def silence(self, page: Page) -> None:
        """To be called before a page is closed: its last words (pagehide, unload) would leave when nobody watches any more."""
        if page in self._free or page.is_closed():
            return
        with contextlib.suppress(TimeoutError):  # a page that never rests never answers
            await asyncio.wait_for(self._switch_off(page), LAST_WORDS)

    async def _switch_off(self, page: Page) -> None:
        places: list[Page | Frame] = [page, *page.frames[1:]]
        for place in places:  # frames of other processes have a switch of their own
            with contextlib.suppress(Error):
                session = await self.context.new_cdp_session(place)
                await session.send("Emulation.setScriptExecutionDisabled", {"value": True})

    async def release(self, page: Page) -> None:
        """The page is gone, or may send again what a step of a journey says."""
        self._free.discard(page)
        self._guarded.discard(page)
        if not self._guarded and self._watching:
            self._watching = False
            with contextlib.suppress(Error, TimeoutError):
                await asyncio.wait_for(self.context.unroute(EVERYTHING, self._decide), LAST_WORDS)

    async def _decide(self, route: Route, request: Request) -> None:
        with contextlib.suppress(Error):  # the page has gone in the meantime
            if self._may_send(request) or (request.method in SAFE and not self._tells(request)):
                await route.continue_()
                return
            if len(self.held) < MOST_TOLD:
                self.held.append(f"{request.method} {request.url.partition('?')[0][:200]}")
            await route.abort("blockedbyclient")

    def _tells(self, request: Request) -> bool:
        """Whether a document is asked for with something that was filled in: a form by another name."""
        if not self.filled or not request.is_navigation_request():
            return False
        query = urlsplit(request.url).query
        return any(value in self.filled for encoding in ENCODINGS for _, value in parse_qsl(query, encoding=encoding))

    def _may_send(self, request: Request) -> bool:
        try:
            return request.frame.page in self._free
        except Error:  # a new window's first request: there is no page yet
            return False
