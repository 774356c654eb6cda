"""Goes through a task on a site as a visitor would, in a browser context of its own, and reads the page at every state."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import Dialog, Error, Locator, Response
from playwright.async_api import Page as BrowserPage
from playwright.async_api import TimeoutError as Overdue

from auditor.model import Action, NotAnswered, Probe, State, Step
from crawlers.browsers.frames import in_every_frame
from crawlers.browsers.guard import ASK_FIRST, HELD, NO_SUBMIT
from crawlers.browsers.look import Seen
from crawlers.browsers.visit import Visit
from crawlers.journeys import NoSecret, Secrets, Stage

PATIENCE = 10.0  # seconds for a place to be there, to become usable, or to appear
AFTERMATH = 0.3  # seconds in which a click or key leads to a new document, if it does
SHORTEST = 2  # characters of what was filled in: one alone may stand in any address
MOST_EARLY = 50  # answers for documents that are remembered until it is known whose they are

GONE = re.compile(r"(target|page|context|browser|connection)\b.*\b(closed|crashed)", re.IGNORECASE)
"""What the driver says where nothing can be asked any more: not the step's fault."""


class Astray(Exception):
    """The journey cannot go on; the text is a Chinese sentence."""


@dataclass
class JourneyVisit(Visit):
    """A tab that takes the steps of a journey. Windows that the page opens take its place, as they do for a visitor."""

    secrets: Secrets = field(default_factory=Secrets)
    _submits: bool = False  #: whether the step under way may send something
    _window: BrowserPage | None = None  #: one that the page has just opened
    _early: deque[Response] = field(default_factory=lambda: deque(maxlen=MOST_EARLY))  #: a window's may come before the window

    async def start(self) -> None:
        """Open a fresh tab in the context of this journey."""
        await self.guard.context.add_init_script(ASK_FIRST)
        self.guard.context.on("response", self._noted)
        await super().start()

    async def reach(self, stage: Stage, probes: Sequence[Probe], *, pictures: bool) -> Seen:
        """Take the steps of a stage and read what stands there; RENDER_FAILED where a step cannot be taken."""
        if self.page is None:
            await self.start()
        for number, step in stage.steps:
            held = len(self.guard.held)
            try:
                await self._take(step)
            except (Astray, NoSecret, NotAnswered) as why:  # whether the browser has died under it is asked by whoever called
                stopped = "；页面想发送数据，流程里没有写 submit: true，已拦下" if len(self.guard.held) > held else ""
                return Seen(state=State.RENDER_FAILED, reason=f"流程没有走到这里：第 {number} 步（{_told(step)}）{why}{stopped}")
        assert self.page is not None
        # A login form that a journey leads to is where it was meant to lead.
        login = frozenset({State.LOGIN_WALL})
        return await self.read(probes, pictures=pictures and not self.secrets, asked=self.page.url, welcome=login)

    async def reply(self, dialog: Dialog) -> None:
        """A question of the page is agreed to where the step may send something."""
        await (dialog.accept() if self._submits else dialog.dismiss())

    async def opened(self, popup: BrowserPage) -> None:
        """A new window is where the journey goes on."""
        self._window = popup

    async def _take(self, step: Step) -> None:
        assert self.page is not None and self.tab is not None
        self._submits, held = step.submit, len(self.guard.held)
        if step.action is Action.OPEN:
            self.guard.filled.clear()
            await self.guard.release(self.page)
            self.guard.free(self.page)
            self.tab.forget()
            await self.go(step.what)
        elif step.action in (Action.WAIT_FOR, Action.EXPECT):
            await self._until_there(step.what, PATIENCE if step.action is Action.WAIT_FOR else 1.0)
        elif step.action is Action.FILL:
            value = self.secrets.reveal(step.value)
            if len(value) >= SHORTEST:
                self.guard.filled.add(value)
            await self._hold(step)
            await _usable(self._place(step.what).fill(value, timeout=PATIENCE * 1000), "没有找到可以填写的输入框")
        else:
            await self._hold(step)
            if step.action is Action.CLICK:
                await _usable(self._place(step.what).click(timeout=PATIENCE * 1000), "没有找到可以点按的内容")
            else:
                await _usable(self.page.keyboard.press(step.what), "没有按成")
            await self._aftermath(step, held)

    async def _hold(self, step: Step) -> None:
        """Let nothing be sent but what the step says."""
        assert self.page is not None and self.tab is not None
        if step.submit:
            self.guard.filled.clear()  # may be told now, and then stands in the addresses that follow
            await self.guard.release(self.page)
            self.guard.free(self.page)
        else:
            await self.guard.hold(self.page)
        async for _ in in_every_frame(self.tab, NO_SUBMIT % ("true" if step.submit else "false")):
            pass

    async def _aftermath(self, step: Step, held: int) -> None:
        """Where a click or key led: to a new window, a new document, or nowhere."""
        assert self.page is not None and self.tab is not None
        await asyncio.sleep(AFTERMATH)
        if not step.submit and (await self._held_a_form() or any(told.startswith("GET ") for told in self.guard.held[held:])):
            raise Astray("会提交表单，流程里没有写 submit: true，没有提交")
        if self._window is not None:
            window, self._window = self._window, None
            await self.take(window)
        self.tab.forget()
        with contextlib.suppress(Overdue):
            await self.page.wait_for_load_state("load", timeout=PATIENCE * 1000)
        if self.answer is None:
            for response in tuple(self._early):
                with contextlib.suppress(Error):  # of a window that is gone
                    self._answered(response)

    def _noted(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._early.append(response)

    async def _held_a_form(self) -> bool:
        assert self.tab is not None
        return any([held async for held in in_every_frame(self.tab, HELD)])

    async def _until_there(self, what: str, patience: float) -> None:
        """Wait until a place is visible, or the address contains what is written after `url=`."""
        assert self.page is not None
        if what.startswith("url="):
            wanted = what.removeprefix("url=")
            with contextlib.suppress(Overdue):
                await self.page.wait_for_url(lambda url: wanted in url, timeout=patience * 1000, wait_until="commit")
                return
            raise Astray(f"等了 {patience:.0f} 秒，网址中没有 {wanted}")
        try:
            await self._place(what).first.wait_for(state="visible", timeout=patience * 1000)
        except Overdue:
            raise Astray(f"等了 {patience:.0f} 秒没有出现") from None
        except Error as error:
            _unless_gone(error)
            raise Astray(f"写法有误：{_sentence(error)}") from None

    def _place(self, what: str) -> Locator:
        """The place that a step names; ` >>> ` leads into frames, as in the selectors of findings."""
        assert self.page is not None
        *frames, last = (part.strip() for part in what.split(">>>"))
        if not frames:
            return self.page.locator(last)
        inside = self.page.frame_locator(frames[0])
        for frame in frames[1:]:
            inside = inside.frame_locator(frame)
        return inside.locator(last)


async def _usable(work: object, missing: str) -> None:
    try:
        await work  # type: ignore[misc]
    except Overdue:
        raise Astray(f"{missing}（等了 {PATIENCE:.0f} 秒）") from None
    except Error as error:
        _unless_gone(error)
        if "Unknown key" in error.message:
            raise Astray("没有这个键，请写 Enter、Tab、Shift+Tab 这样的键名") from None
        if "strict mode" in error.message:
            raise Astray("有多处符合，请写得更具体") from None
        raise Astray(f"没有成功：{_sentence(error)}") from None


def _unless_gone(error: Error) -> None:
    if GONE.search(_sentence(error)):
        raise error


def _sentence(error: Error) -> str:
    return (error.message.splitlines() or [""])[0][:120]


def _told(step: Step) -> str:
    what = urlsplit(step.what).path if step.action is Action.OPEN else step.what
    return f"{step.action} {what[:80]}"
