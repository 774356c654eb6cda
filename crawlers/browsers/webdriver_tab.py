"""One open page as probes see it (`auditor.model.Driver`), reached through WebDriver and, where the driver offers it, CDP."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from selenium.common.exceptions import UnexpectedAlertPresentException, WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.keys import Keys

from auditor.model import NotAnswered
from crawlers.browsers.drivers import HTTP_LIMIT, Session
from crawlers.browsers.look import Answer
from crawlers.browsers.settle import settle
from crawlers.browsers.worlds import Worlds

DIALOGS = 50  # that may come in between one question and its answer
NO_WORKERS = "if (navigator.serviceWorker) navigator.serviceWorker.register = async () => {};"

ONCE = """((asked) => (globalThis.auditorAsked = { %(number)d: asked?.[%(number)d] ?? (async () => (
%(script)s
))() })[%(number)d])(globalThis.auditorAsked)"""
"""A question that may be put again and is answered once: when a dialog of the page opens, the driver gives up waiting for the answer."""

NOT_GUARDED = "用 Selenium 驱动浏览器时无法确保点击和输入不改变网站的数据，不作交互检测"
WORDS = {"Space": " ", "Ctrl": Keys.CONTROL}


class WebDriverInput:
    """Keys and the mouse, the same for every page reached through WebDriver."""

    session: Session

    async def press(self, key: str) -> None:
        """Press and release a key, such as Tab or Shift+Tab."""
        *held, last = (_key(name) for name in key.split("+")) if key != "+" else ["+"]

        def work() -> None:
            actions = ActionChains(self.session.driver, duration=0)
            for modifier in held:
                actions.key_down(modifier)
            actions.send_keys(last)
            for modifier in reversed(held):
                actions.key_up(modifier)
            actions.perform()

        await self.session.do(work)

    async def write(self, text: str) -> None:
        """Nothing is typed where nobody watches over what leaves the page (`guard.py`): raises NotAnswered."""
        raise NotAnswered(NOT_GUARDED)

    async def click(self, x: float, y: float) -> None:
        """Nor is anything clicked: raises NotAnswered."""
        raise NotAnswered(NOT_GUARDED)

    async def move(self, x: float, y: float) -> None:
        """Move the mouse to a point of the viewport."""

        def work() -> None:
            actions = ActionBuilder(self.session.driver, duration=0)
            actions.pointer_action.move_to_location(round(x), round(y))  # type: ignore[no-untyped-call]
            actions.perform()

        await self.session.do(work)


class DevToolsTab(WebDriverInput, Worlds):
    """A page whose driver passes CDP commands on. What the site answered is read from the browser's own log."""

    def __init__(self, session: Session, target: str, own_answer: Callable[[Mapping[str, str]], bool]) -> None:
        super().__init__()
        self.session = session
        self.target = target  #: id of the tab and of its main frame
        self.answer: Answer | None = None  #: the answer that brought the last document of the main frame
        self._own_answer = own_answer
        self._questions = itertools.count()

    @classmethod
    async def open(cls, session: Session, viewport: tuple[int, int], own_answer: Callable[[Mapping[str, str]], bool]) -> DevToolsTab:
        """A fresh tab. Raises NotAnswered."""

        def work() -> str:
            driver = session.driver
            target: str = session.command("Target.createTarget", {"url": "about:blank"})["targetId"]
            driver.switch_to.window(next(handle for handle in driver.window_handles if handle.endswith(target)))
            with contextlib.suppress(WebDriverException):  # said already, where another tab lives in the same process
                session.command("Emulation.setLocaleOverride", {"locale": "zh-CN"})
            session.command("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Shanghai"})
            session.command("Emulation.setDeviceMetricsOverride", _metrics(*viewport))
            session.command("Emulation.setFocusEmulationEnabled", {"enabled": True})
            session.command("Page.setDownloadBehavior", {"behavior": "deny"})
            session.command("Network.setUserAgentOverride", {"userAgent": session.agent, "acceptLanguage": "zh-CN"})
            session.command("Page.addScriptToEvaluateOnNewDocument", {"source": NO_WORKERS})
            driver.execute("getLog", {"type": "performance"})
            return target

        return cls(session, await session.do(work), own_answer)

    async def go(self, url: str) -> str:
        """Open an address; "" or what the browser says went wrong."""
        answer = await self.session.do(lambda: self._command("Page.navigate", {"url": url}), limit=HTTP_LIMIT)
        return str((answer or {}).get("errorText", ""))

    async def listen(self) -> None:
        """Take up what the log tells of documents that have arrived."""
        for entry in await self.session.do(lambda: self.session.driver.execute("getLog", {"type": "performance"})["value"]):
            if '"Network.responseReceived"' not in entry["message"]:
                continue
            event = json.loads(entry["message"])["message"]["params"]
            if event.get("type") != "Document":
                continue
            response = event["response"]
            headers = {name.lower(): value for name, value in response["headers"].items()}
            if event.get("frameId") == self.target:
                self.answer = Answer(url=response["url"], status=response["status"], headers=headers)
            elif self._own_answer(headers):
                self.refused.add(response["url"])

    async def evaluate(self, script: str, *, frame: str | None = None, limit: float | None = None) -> Any:
        """The JSON value (awaited) of an expression in a frame; None: the page itself."""
        result = await super().evaluate(script, frame=frame, limit=limit)
        if frame is None:
            await self.listen()
        return result

    async def child_frame(self, expression: str, *, frame: str | None = None) -> str | None:
        """The id of the frame shown by the element that `expression` yields, None if it shows none or an error page."""
        await self.listen()
        return await super().child_frame(expression, frame=frame)

    async def set_viewport(self, width: int, height: int) -> None:
        """Resize the viewport, in CSS px."""
        await self._send("Emulation.setDeviceMetricsOverride", _metrics(width, height))

    async def reload(self) -> None:
        """Load the page afresh and wait until it has settled."""
        await self._send("Page.reload")
        self.forget()
        await settle(self)

    # ------------------------------------------------------------------------------------------ inside

    async def _send(
        self, method: str, params: dict[str, Any] | None = None, *, session: Any = None, limit: float | None = None
    ) -> dict[str, Any]:
        params = dict(params or {})
        if method == "Runtime.evaluate":
            params["expression"] = ONCE % {"number": next(self._questions), "script": params["expression"]}

        def work() -> Any:
            for _ in range(DIALOGS):
                if (answer := self._command(method, params)) is not None:
                    return answer
            raise NotAnswered("页面不断弹出对话框")

        answer: dict[str, Any] = await self.session.do(work, limit=limit or self.limit)
        return answer

    def _command(self, method: str, params: Mapping[str, Any]) -> Any:
        with contextlib.suppress(UnexpectedAlertPresentException):
            return self.session.command(method, params)
        return None


def _metrics(width: int, height: int) -> dict[str, Any]:
    size = {"width": width, "height": height, "screenWidth": width, "screenHeight": height}
    return {**size, "deviceScaleFactor": 1, "mobile": False}


def _key(name: str) -> str:
    """WebDriver's character for a key called as in `KeyboardEvent.key`."""
    if len(name) == 1 or name in WORDS:
        return WORDS.get(name, name)
    return str(getattr(Keys, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()))
