"""One open page as probes see it (`auditor.model.Driver`), where the driver has WebDriver to offer and nothing more.

There is no world of our own then: questions are put in the page itself, frame by frame, and a page that has broken the tools they
need gives no answer. Frames have no ids of their own either; they are named by their place: `page.0.2` is the third frame of the first.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from axe_selenium_python import Axe
from selenium.common.exceptions import JavascriptException, WebDriverException

from auditor.model import Box, Frame, NotAnswered
from crawlers.browsers.drivers import HTTP_LIMIT, Session
from crawlers.browsers.keeping import Keeping
from crawlers.browsers.look import Answer
from crawlers.browsers.settle import settle
from crawlers.browsers.webdriver_tab import WebDriverInput
from crawlers.browsers.worlds import ANSWER_LIMIT, NO_CONTENT

PAGE = "page"
NOTES = (0.0, 0.1, 0.2)  # seconds to wait before each try to learn how a site answered that brought no document
DEEPEST = 10

FRAMES = """((root) => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === "iframe" || element.localName === "frame") found.push(element);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(root);
  return found;
})(document)"""

TIDY = f"for (const frame of {FRAMES}) frame.removeAttribute('cd_frame_id_');"
"""ChromeDriver writes this attribute on a frame to step into it; the page never had it."""

BROKEN = "网页改写或关闭了浏览器的内置功能，在其中不能可靠地检测"
SOUND = """((here, switchedOn) =>
  switchedOn() &&
  JSON.stringify({ a: [1, "b"] }) === '{"a":[1,"b"]}' && JSON.parse("[1]")[0] === 1 && Promise.resolve(1) instanceof Promise &&
  [1, 2].map((n) => n + 1)[1] === 3 && [1, 2].filter((n) => n > 1)[0] === 2 && [1, 2].some((n) => n > 1) && [1].concat([2])[1] === 2 &&
  [3, 1].slice(1)[0] === 1 && [2, 1].sort()[0] === 1 && [1, 2].indexOf(2) === 1 && [1, 2].reduce((a, b) => a + b, 0) === 3 &&
  Array.from(new Set([1, 1]))[0] === 1 && Array.from([4, 5], (n) => n * 2)[1] === 10 && Object.keys({ a: 1 })[0] === "a" &&
  Object.assign({}, { a: 1 }).a === 1 && "a-b".split("-")[1] === "b" && "ab".replace("a", "c") === "cb" && " a ".trim() === "a" &&
  (() => { for (const name in {}) return false; return true; })() &&
  (!here || here instanceof Element && here instanceof Node && here.matches(":root") && document.querySelector(":root") === here &&
    document.querySelectorAll("*").length === document.getElementsByTagName("*").length &&
    here.querySelectorAll("*").length === here.getElementsByTagName("*").length && getComputedStyle(here).display !== "")
)(document.documentElement, () => {
  try {  // a document with scripts switched off reads what is inside of noscript
    const box = document.createElement("div");
    box.innerHTML = "<noscript><p></p></noscript>";
    return !box.querySelector("p");
  } catch { return true; }
})"""
"""Whether what our scripts need of the page's world still does what it should; where it does not, no answer can be trusted."""

ARRIVED = """(() => {
  const [entry] = performance.getEntriesByType("navigation");
  return [document.URL, entry?.responseStatus ?? 0, document.contentType, entry?.name ?? ""];
})()"""

CODE = "document.querySelector('.error-code')?.textContent ?? ''"
"""What full browsers print on their own error page, such as ERR_TOO_MANY_REDIRECTS; the headless shell leaves it blank."""


class Broken(NotAnswered):
    """The page's own world does not do what a script needs, and will not do so later."""


class PlainTab(WebDriverInput, Keeping):
    """A page that is asked in its own world. `denied` tells whether an answer (address, status) is a refusal of our own proxy."""

    def __init__(self, session: Session, denied: Callable[[str, int], bool]) -> None:
        super().__init__()
        self.session = session
        self.limit = ANSWER_LIMIT
        self.answer: Answer | None = None  #: the answer that brought the page, as far as the page can tell
        self._denied = denied
        self._stepped = False  #: whether the driver may have left its marks on frames
        self._libraries: dict[str, str] = {}  #: library -> the file that holds it

    @classmethod
    async def open(cls, session: Session, viewport: tuple[int, int], denied: Callable[[str, int], bool]) -> PlainTab:
        """A fresh tab. Raises NotAnswered."""

        def work() -> None:
            session.driver.switch_to.window(session.anchor)
            session.driver.switch_to.new_window("tab")

        await session.do(work)
        tab = cls(session, denied)
        await tab.set_viewport(*viewport)
        return tab

    async def go(self, url: str) -> str:
        """Open an address; "" or what the browser says went wrong."""

        def work() -> str:
            try:
                self.session.driver.get(url)
                where = str(self.session.driver.execute_script("return document.URL"))
            except WebDriverException as error:
                if "net::ERR_" in str(error.msg):
                    return str(error.msg)
                raise
            if where.startswith(NO_CONTENT):
                for pause in NOTES:
                    time.sleep(pause)
                    self._note()
                    if self.answer is not None:
                        break
                code = str(self.session.driver.execute_script(f"return {CODE}"))
                if code.startswith("ERR_"):
                    return f"net::{code}"
                return "net::ERR_HTTP_RESPONSE_CODE_FAILURE" if self.answer else "浏览器没有说明原因"
            return "" if where not in ("data:,", "about:blank") else "net::ERR_ABORTED"

        return await self.session.do(work, limit=HTTP_LIMIT)

    async def listen(self) -> None:
        """Take up what the page tells of the answer that brought it."""
        await self.evaluate("0")

    async def frames(self) -> Sequence[Frame]:
        """All frames that can be asked, the page itself first, parents before children."""

        def work() -> list[Frame]:
            found, waiting = list[Frame](), [Frame(id=PAGE, parent=None, url="")]
            while waiting:
                frame = waiting.pop(0)
                try:
                    self._enter(frame.id)
                    url, count = self._run(f"[document.URL, {FRAMES}.length]")
                except (WebDriverException, NotAnswered):
                    if frame.parent is None:
                        raise
                    continue
                found.append(Frame(id=frame.id, parent=frame.parent, url=url))
                if frame.id.count(".") < DEEPEST:
                    waiting += [Frame(id=f"{frame.id}.{place}", parent=frame.id, url="") for place in range(count)]
            return found

        return await self.session.do(work, limit=self._patience())

    async def evaluate(self, script: str, *, frame: str | None = None, limit: float | None = None) -> Any:
        """The JSON value (awaited) of an expression in a frame; None: the page itself."""

        def work() -> Any:
            self.session.driver.set_script_timeout(limit or self.limit)
            self._enter(frame or PAGE)
            if frame in (None, PAGE):
                self._note()
            return self._run(script)

        return await self.session.do(work, limit=self._patience(limit))

    async def load(self, library: str, *, frame: str | None = None) -> None:
        """Make a script library available in a frame, if what it needs there is sound."""

        def work() -> None:
            self._enter(frame or PAGE)
            self._run("0")  # says whether the page is sound
            Axe(self.session.driver, script_url=self._file(library)).inject()

        await self.session.do(work, limit=self._patience())

    async def child_frame(self, expression: str, *, frame: str | None = None) -> str | None:
        """The id of the frame shown by the element that `expression` yields, None if it shows none or an error page."""

        def work() -> str | None:
            self._enter(frame or PAGE)
            place = self._run(f"{FRAMES}.indexOf({expression})")
            if place < 0:
                return None
            child = f"{frame or PAGE}.{place}"
            self._enter(child)
            url, status, *_ = self._run(ARRIVED)
            return None if url.startswith(NO_CONTENT) or self._denied(url, status or 0) else child

        return await self.session.do(work, limit=self._patience())

    async def shot(self, clip: Box | None = None, *, quality: int | None = None) -> bytes:
        """A PNG of the viewport; a part of the page cannot be had, nor another format."""
        if clip is not None:
            raise NotAnswered("这个浏览器驱动不能截取页面的一部分")
        return await self.session.do(self.session.driver.get_screenshot_as_png)

    async def cdp(self, method: str, params: Mapping[str, Any] | None = None, *, frame: str | None = None) -> Any:
        """There is none: raises NotAnswered."""
        raise NotAnswered("这个浏览器驱动不提供 CDP")

    async def set_viewport(self, width: int, height: int) -> None:
        """Resize the viewport, in CSS px."""

        def work() -> None:
            driver = self.session.driver
            self._enter(PAGE)
            for _ in range(2):  # the first time shows how much of a window the browser keeps for itself
                inner = self._run("[innerWidth, innerHeight]")
                if inner == [width, height]:
                    return
                outer = driver.get_window_size()
                driver.set_window_size(outer["width"] + width - inner[0], outer["height"] + height - inner[1])

        await self.session.do(work)

    async def reload(self) -> None:
        """Load the page afresh and wait until it has settled."""
        await self.session.do(self.session.driver.refresh)
        await settle(self)

    # ------------------------------------------------------------------------------------------ inside, within the session's thread

    def _enter(self, frame: str) -> None:
        driver = self.session.driver
        driver.switch_to.default_content()
        for place in frame.split(".")[1:]:
            element = driver.execute_script(f"return {FRAMES}[{place}]")
            if element is None:
                raise NotAnswered("框架已不存在")
            self._stepped = True
            driver.switch_to.frame(element)

    def _run(self, script: str) -> Any:
        """The value of an expression in the frame entered last, if the page's world is sound."""
        check = f"if (!{SOUND}) throw new Error('{BROKEN}');"
        try:
            told = self.session.driver.execute_script(f"{TIDY if self._stepped else ''}{check}return Promise.all([\n{script}\n])")
        except JavascriptException as error:
            raise Broken(BROKEN if BROKEN in str(error.msg) else str(error.msg).splitlines()[0][:300]) from error
        if not isinstance(told, list) or len(told) != 1:
            raise NotAnswered("页面弹出了对话框")
        return told[0]

    def _note(self) -> None:
        with contextlib.suppress(JavascriptException, TypeError, ValueError):
            url, status, kind, name = self.session.driver.execute_script(f"return {ARRIVED}")
            if not isinstance(status, int) or not status:
                return
            if str(url).startswith("http"):
                self.answer = Answer(url=str(url), status=status, headers={"content-type": str(kind)})
            elif str(name).startswith("http"):  # the browser's own error page in place of an answer without a document
                self.answer = Answer(url=str(name), status=status)

    def _patience(self, limit: float | None = None) -> float:
        """The driver itself ends a script at its limit; only a driver that does not is stuck."""
        return (limit or self.limit) + 5

    def _file(self, library: str) -> str:
        if library not in self._libraries:
            handle, name = tempfile.mkstemp(suffix=".js", prefix="library-", dir=self.session.folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(library)
            self._libraries[library] = name
        return self._libraries[library]
