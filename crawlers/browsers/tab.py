"""One open page of Chromium as probes see it (`auditor.model.Driver`), reached through Playwright."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import cache
from inspect import signature
from typing import Any

from playwright.async_api import CDPSession, Error, Page

from auditor.model import NotAnswered
from crawlers.browsers.guard import Guard
from crawlers.browsers.settle import settle
from crawlers.browsers.worlds import ANSWER_LIMIT, Worlds

LASTING = frozenset({"Page.enable", "Network.enable", "Network.setBlockedURLs"})
"""Commands that hold for what is loaded later as well."""

CHANGING = ("Emulation.", "Input.")
EMPTY = "about:blank"
"""What a waiting tab shows, as a fresh one does: a page that goes back comes to this in either."""

ADD, REMOVE = "Page.addScriptToEvaluateOnNewDocument", "Page.removeScriptToEvaluateOnNewDocument"


class Tab(Worlds):
    """A page of Playwright. Frames of other processes have CDP sessions of their own, which are opened when a frame is first asked for."""

    def __init__(self, page: Page, session: CDPSession, guard: Guard, limit: float = ANSWER_LIMIT) -> None:
        super().__init__(limit)
        self.page = page
        self.guard = guard
        self._lasting: dict[str, dict[str, Any]] = {}  #: command -> its parameters
        self._window: tuple[int, int] | None = None  #: CSS px; None: that of the context
        self._numbers = itertools.count()
        self._scripts: dict[str, tuple[str, dict[str, Any]]] = {}  #: identifier that was told -> that of today, and the script
        self.renew: Callable[[], Awaitable[None]] | None = None  #: how the page is loaded afresh where it was touched
        self._session = session
        self._changed = False  #: whether what the browser shows of it was changed by a command

    @property
    def untouched(self) -> bool:
        """Whether it was only looked at: nothing was pressed, no window resized, nothing told to the browser that would last."""
        return not (self._window or self._lasting or self._scripts or self._changed) and self.guard.is_free(self.page)

    async def tidied(self, last_words: str) -> bool:
        """Leave the page for an empty one behind which there is nothing, and end our session; True once that is done.

        `last_words` are said in the frames of the page. Raises playwright's Error where the tab does not follow.
        """
        for frame in await self.frames():
            with contextlib.suppress(NotAnswered):
                await self.evaluate(last_words, frame=frame.id if frame.parent else None)
        await self.page.goto(EMPTY)
        await self._send("Page.resetNavigationHistory")
        await self._session.detach()
        return len(self.page.frames) == 1

    @classmethod
    async def open(cls, page: Page, guard: Guard, limit: float = ANSWER_LIMIT) -> Tab:
        """A tab for a freshly opened Playwright page, in the context that `guard` watches over."""
        return cls(page, await page.context.new_cdp_session(page), guard, limit)

    async def turn_to(self, page: Page) -> None:
        """From now on it is another page, in a fresh tab of the same context; what an experiment wants of every load goes along."""
        self.page, self._session = page, await page.context.new_cdp_session(page)
        self.forget()
        if self._window is not None:
            await self.set_viewport(*self._window)
        for method, params in self._lasting.items():
            await self._send(method, params)
        for told, (_, script) in self._scripts.items():
            self._scripts[told] = (await self._send(ADD, script))["identifier"], script

    def begin_anew(self) -> None:
        """Another experiment: what the last one wanted of every load is over."""
        self._lasting.clear()
        self._scripts.clear()
        self._window = None
        self.kept()

    async def cdp(self, method: str, params: Mapping[str, Any] | None = None, *, frame: str | None = None) -> Any:
        """As `Worlds.cdp`; what holds for later documents also holds for the tabs that `reload` opens."""
        if method == REMOVE and params is not None and params["identifier"] in self._scripts:
            params = {"identifier": self._scripts.pop(params["identifier"])[0]}
        answer = await super().cdp(method, params, frame=frame)
        if method == ADD and frame is None:  # every tab counts its scripts from 1
            told = f"auditor-{next(self._numbers)}"
            self._scripts[told] = answer["identifier"], dict(params or {})
            return {"identifier": told}
        self._changed = self._changed or method.startswith(CHANGING)
        if method in LASTING and frame is None:
            self._lasting[method] = dict(params or {})
        return answer

    async def press(self, key: str) -> None:
        """Press and release a key, such as Tab or Shift+Tab. From the first time on only safe methods leave the page."""
        await self.guard.hold(self.page)
        await self._within(self.page.keyboard.press(key))

    async def write(self, text: str) -> None:
        """Type a text into what has the focus, key by key; the same holds."""
        await self.guard.hold(self.page)
        await self._within(self.page.keyboard.type(text))

    async def move(self, x: float, y: float) -> None:
        """Move the mouse to a point of the viewport; the same holds."""
        await self.guard.hold(self.page)
        await self._within(self.page.mouse.move(x, y))

    async def click(self, x: float, y: float) -> None:
        """Press and release the left button at a point of the viewport; the same holds."""
        await self.guard.hold(self.page)
        await self._within(self.page.mouse.click(x, y))

    async def set_viewport(self, width: int, height: int) -> None:
        """Resize the viewport, in CSS px; the tabs that `reload` opens have the same."""
        self._window = width, height
        await self._within(self.page.set_viewport_size({"width": width, "height": height}))

    async def reload(self) -> None:
        """Load the page afresh, untouched, and wait until it has settled."""
        if self.renew is not None:
            await self.renew()
            return
        await self._within(self.page.reload(wait_until="load", timeout=self.limit * 1000))
        self.forget()
        await settle(self)

    # ------------------------------------------------------------------------------------------ inside

    async def _other_sessions(self) -> AsyncIterator[CDPSession]:
        if len(self.page.frames) <= len(self._frames):
            return
        for frame in self.page.frames[1:]:
            try:
                yield await asyncio.wait_for(self.page.context.new_cdp_session(frame), self.limit)
            except (Error, TimeoutError):
                continue  # lives in the page's own process, or is gone

    async def _send(
        self, method: str, params: dict[str, Any] | None = None, *, session: CDPSession | None = None, limit: float | None = None
    ) -> dict[str, Any]:
        answer: dict[str, Any] = await self._within(_sent(session or self._session, method, params or {}), limit)
        return answer

    async def _within(self, work: Any, limit: float | None = None) -> Any:
        """Await a call to the browser under a limit; CDP calls have none of their own and may wait for ever."""
        try:
            return await asyncio.wait_for(work, limit or self.limit)
        except TimeoutError:
            raise NotAnswered(f"页面在 {limit or self.limit:.0f} 秒内没有应答") from None
        except Error as error:
            raise NotAnswered(error.message.splitlines()[0][:300]) from error


async def _sent(session: CDPSession, method: str, params: dict[str, Any]) -> Any:
    """The answer to a command as it came.

    Playwright's wrapper looks for objects of its own in every value of an answer: in vain, and the snapshot of a page has a hundred
    thousand. What lies under the wrapper is asked where it looks as we know it.
    """
    bare = getattr(session, "_impl_obj", None)
    if bare is None or (more := _known(type(bare).send)) is None:
        return await session.send(method, params)
    return await bare.send(method, params, **more)


@cache
def _known(send: Any) -> dict[str, None] | None:
    """The arguments that it wants beside the method and its parameters; None: it is not what we know."""
    wanted = list(signature(send).parameters)[1:]
    return dict.fromkeys(wanted[2:]) if wanted[:2] == ["method", "params"] and set(wanted[2:]) <= {"timeout"} else None
