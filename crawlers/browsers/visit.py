"""One visit with Playwright, from opening a tab to closing it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Dialog, Error, Request, Response
from playwright.async_api import Page as BrowserPage

from auditor.model import NotAnswered, Probe, State
from crawlers.arrival import Answered
from crawlers.browsers.guard import Guard
from crawlers.browsers.look import CRASHED, LOAD_LIMIT, Answer, Exit, Seen, look, refused, told, trouble
from crawlers.browsers.memory import MemoryGuard
from crawlers.browsers.settle import WATCH, settle
from crawlers.browsers.sources import Sources
from crawlers.browsers.tab import Tab
from crawlers.browsers.tabs import Tabs
from crawlers.slots import Idle

MOST_DOCUMENTS = 10  # that may follow each other in one tab
LOOK_AGAIN = 0.5  # seconds after which a document that does not arrive is looked at

TOO_MUCH = Seen(state=State.TOO_LARGE, reason="页面占用的内存过多，已停止打开")
RESTLESS = Seen(state=State.ERROR_PAGE, reason=f"页面打开后不停地转到别的地址，转了 {MOST_DOCUMENTS} 次以上也没有停下")
STANDS = "document.readyState === 'complete' && document.URL.startsWith('http')"


@dataclass
class Visit:
    """One tab, as long as it is open."""

    url: str
    egress: Exit
    guard: Guard
    page: BrowserPage | None = None
    tab: Tab | None = None
    answer: Answer | None = None
    address: str = ""  #: where the page ended up
    idle: Idle = nullcontext  #: what surrounds the time in which the page is only waited for
    memory: MemoryGuard | None = None
    sources: Sources | None = None  #: what makes up the page, where somebody wants to know
    tabs: Tabs | None = None  #: that wait for a page; None: it gets a fresh one
    documents: int = 0  #: answered in this tab since the last step
    broken: str = ""  #: what the browser says of a document that did not arrive as a whole
    ended: asyncio.Future[Seen] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _request: Request | None = None  #: that brought the answer
    _ears: list[tuple[Any, Callable[[Any], Any]]] = field(default_factory=list)  #: event of the page -> who hears of it

    async def unless_ended(self, work: Coroutine[Any, Any, Seen]) -> Seen:
        """The outcome of some work on the page, or what put an end to the page meanwhile."""
        self.documents = 0
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task, self.ended}, return_when=asyncio.FIRST_COMPLETED)
            if self.ended.done() and (not task.done() or task.exception()):
                return self.ended.result()
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def run(self, probes: Sequence[Probe], *, pictures: bool, welcome: frozenset[State] = frozenset()) -> Seen:
        """Open the address in an empty tab, wait until it is there, and read it."""
        await self.start()
        await self.go(self.url)
        return await self.read(probes, pictures=pictures, asked=self.url, welcome=welcome)

    async def start(self) -> None:
        """Take a tab that shows nothing."""
        page = await (self.tabs.take() if self.tabs else self.guard.context.new_page())
        self.guard.free(page)
        await self.take(page)

    async def again(self) -> None:
        """The same address in a fresh tab that nobody has touched, settled; what was done to the old one ends with it."""
        assert self.tab is not None
        await self.close(for_good=True)
        page = await self.guard.context.new_page()
        self.guard.free(page)
        self._listen(page)
        await self.tab.turn_to(page)
        self.documents, self.broken = 0, ""
        await self.go(self.url)
        await settle(self.tab)

    async def take(self, page: BrowserPage) -> None:
        """Make a page the one that is looked at."""
        self._listen(page)
        self.tab = await Tab.open(page, self.guard)

    def _listen(self, page: BrowserPage) -> None:
        self.page, self.answer = page, None
        ears: list[tuple[Any, Callable[[Any], Any]]] = [
            ("response", self._answered), ("crash", self._crash), ("requestfailed", self._failed),
            ("dialog", lambda dialog: asyncio.ensure_future(quietly(self.reply(dialog)))),
            ("popup", lambda popup: asyncio.ensure_future(quietly(self.opened(popup)))),
        ]  # fmt: skip
        if self.sources is not None:
            ears += ("response", self.sources.answered), ("requestfailed", self.sources.failed), ("websocket", self.sources.live)
        for event, hear in ears:
            page.on(event, hear)
        self._ears = ears

    async def reply(self, dialog: Dialog) -> None:
        """What is done with a dialog of the page."""
        await dialog.dismiss()

    async def opened(self, popup: BrowserPage) -> None:
        """What is done with a window that the page opens."""
        await popup.close()

    async def go(self, url: str) -> None:
        """Lead the tab to an address, until the document and what it loads are there or LOAD_LIMIT is over."""
        assert self.page is not None and self.tab is not None
        opening = asyncio.ensure_future(self.page.goto(url, wait_until="domcontentloaded", timeout=0))
        try:
            await asyncio.wait({opening}, timeout=LOOK_AGAIN)
            while not opening.done() and not self.broken and not await self._stands():
                await asyncio.wait({opening}, timeout=LOOK_AGAIN)
            if not opening.done():
                return
            await opening
        except Error as error:
            if "interrupted by another navigation" not in error.message:
                raise
        finally:
            opening.cancel()
        with contextlib.suppress(NotAnswered):  # the watch for rest begins with the document, so that it is over soon after the load event
            await self.tab.evaluate(WATCH)
        with contextlib.suppress(TimeoutError):  # the load event or its limit
            await asyncio.wait_for(self.page.wait_for_load_state("load", timeout=0), LOAD_LIMIT)

    async def _stands(self) -> bool:
        """Whether the document is there although the browser does not say so: `window.stop()` and broken answers leave it like that."""
        assert self.tab is not None
        for _ in range(2):
            try:
                if not await self.tab.evaluate(STANDS, limit=LOOK_AGAIN):
                    return False
            except NotAnswered:
                return False
            await asyncio.sleep(LOOK_AGAIN / 2)
        return True

    async def read(
        self, probes: Sequence[Probe], *, pictures: bool, asked: str, welcome: frozenset[State] = frozenset()
    ) -> Seen:
        """Read what stands there and put the probes' questions to it."""
        assert self.tab is not None
        refusal = refused(self.answer, self.egress) if self.answer else None
        if refusal is None and self.broken:
            refusal = trouble(self.url, self.broken, self.egress, self.answer)
        if refusal:
            return told(refusal)
        return await look(self.tab, probes, pictures=pictures, asked=asked, answered=self._arrived, welcome=welcome, idle=self.idle)

    async def close(self, *, for_good: bool = False) -> None:
        """Close the tab, whatever the page does to prevent it, or leave it to the next page where nothing speaks against that."""
        if self.page is None:
            return
        self.address = self.page.url
        if self.tabs and self.tab and not for_good and not self.ended.done() and await self.tabs.is_fit(self.page, self.tab):
            for event, hear in self._ears:
                self.page.remove_listener(event, hear)
            await self.guard.release(self.page)
            self.tabs.keep(self.page)
            return
        await self.guard.silence(self.page)
        if not self.page.is_closed():
            await quietly(asyncio.wait_for(self.page.close(run_before_unload=False), 5))
        await self.guard.release(self.page)

    def _arrived(self) -> Answered:
        """What the site last answered for the document: a page may load itself again."""
        address = self.page.url if self.page else self.url
        if self.answer is None:
            return Answered(final=address)
        status, headers = self.answer.status, self.answer.headers
        return Answered(final=address, status=status, headers=headers, refused=refused(self.answer, self.egress))

    def _answered(self, response: Response) -> None:
        request = response.request
        if self.page is None or not request.is_navigation_request() or 300 <= response.status < 400:
            return
        if request.frame == self.page.main_frame:
            self.answer = Answer(url=response.url, status=response.status, headers=response.headers)
            self._request, self.broken = request, ""
            self.documents += 1
            if self.documents > MOST_DOCUMENTS:
                self.end(RESTLESS)
        elif self.tab and self.egress.own_answer(response.headers):
            self.tab.refused.add(response.url)

    def _failed(self, request: Request) -> None:
        if request == self._request and request.failure and "ERR_ABORTED" not in request.failure:
            self.broken = request.failure

    def _crash(self, _: object) -> None:
        self.end(TOO_MUCH if self.memory is not None and self.memory.ended_one() else CRASHED)

    def end(self, seen: Seen) -> None:
        """Whatever is done with the page ends with this."""
        if not self.ended.done():
            self.ended.set_result(seen)


async def quietly(work: Any) -> None:
    """Do something that need not succeed: the page may be gone."""
    with contextlib.suppress(Error, TimeoutError):
        await work
