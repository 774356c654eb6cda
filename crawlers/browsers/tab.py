"""One open page of Chromium as probes see it (`auditor.model.Driver`), spoken to over CDP in a world of our own."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.async_api import CDPSession, Error, Page

from auditor.model import Box, Frame, NotAnswered

WORLD = "auditor"
ANSWER_LIMIT = 20.0  # seconds for one question
NO_CONTENT = "chrome-error:"  # the address of a frame whose document did not arrive


class Tab:
    """A page whose frames are asked in isolated worlds: the page's CSP, Trusted Types and patched builtins do not reach there.

    Frames of other processes have CDP sessions of their own, which are opened when a frame is first asked for.
    """

    def __init__(self, page: Page, session: CDPSession, limit: float = ANSWER_LIMIT) -> None:
        self.page = page
        self.limit = limit
        self.refused: set[str] = set()  #: addresses of frames whose document is a refusal of our own proxy, not the site's
        self._session = session
        self._owners: dict[str, CDPSession] = {}
        self._worlds: dict[str, int] = {}
        self._frames: list[Frame] = []

    @classmethod
    async def open(cls, page: Page, limit: float = ANSWER_LIMIT) -> Tab:
        """A tab for a freshly opened Playwright page."""
        return cls(page, await page.context.new_cdp_session(page), limit)

    def forget(self) -> None:
        """Drop what is known of frames and worlds, after a navigation."""
        self._owners.clear()
        self._worlds.clear()
        self._frames = []

    async def frames(self) -> Sequence[Frame]:
        """All frames that can be asked, the page itself first, parents before children."""
        self._frames = []
        await self._collect(self._session)
        if len(self.page.frames) > len(self._frames):
            for frame in self.page.frames[1:]:
                try:
                    session = await asyncio.wait_for(self.page.context.new_cdp_session(frame), self.limit)
                except (Error, TimeoutError):
                    continue  # lives in the page's own process, or is gone
                await self._collect(session)
        return self._frames

    async def evaluate(self, script: str, *, frame: str | None = None, limit: float | None = None) -> Any:
        """The JSON value (awaited) of an expression in a frame; None: the page itself."""
        answer = await self._ask(script, frame, limit, by_value=True)
        return answer.get("value")

    async def child_frame(self, expression: str, *, frame: str | None = None) -> str | None:
        """The id of the frame shown by the element that `expression` yields, None if it shows none or an error page."""
        answer = await self._ask(expression, frame, None, by_value=False)
        if "objectId" not in answer:
            return None
        owner = await self._owner(frame)
        node = await self._send("DOM.describeNode", {"objectId": answer["objectId"]}, session=owner)
        found: str | None = node["node"].get("frameId")
        if found is None:
            return None
        known = {entry.id: entry for entry in self._frames}
        if found not in known:
            known = {entry.id: entry for entry in await self.frames()}
        if found not in known or known[found].url.startswith(NO_CONTENT) or known[found].url in self.refused:
            return None
        return found

    async def press(self, key: str) -> None:
        """Press and release a key, such as Tab or Shift+Tab."""
        await self._within(self.page.keyboard.press(key))

    async def move(self, x: float, y: float) -> None:
        """Move the mouse to a point of the viewport."""
        await self._within(self.page.mouse.move(x, y))

    async def shot(self, clip: Box | None = None) -> bytes:
        """A PNG of a part of the page (document coordinates), without a clip of the viewport."""
        params: dict[str, Any] = {"format": "png", "optimizeForSpeed": True}
        if clip is not None:
            params |= {
                "captureBeyondViewport": True,
                "clip": {"x": clip.x, "y": clip.y, "width": max(1.0, clip.width), "height": max(1.0, clip.height), "scale": 1},
            }
        return base64.b64decode((await self._send("Page.captureScreenshot", params))["data"])

    async def cdp(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """A command of the Chrome DevTools Protocol, to the page's own session."""
        return await self._send(method, dict(params or {}))

    async def set_viewport(self, width: int, height: int) -> None:
        """Resize the viewport, in CSS px."""
        await self._within(self.page.set_viewport_size({"width": width, "height": height}))

    async def reload(self) -> None:
        """Load the page afresh and wait until it has settled."""
        from crawlers.browsers.settle import settle  # settle speaks of tabs: imported where it is needed

        await self._within(self.page.reload(wait_until="load", timeout=self.limit * 1000))
        self.forget()
        await settle(self)

    # ------------------------------------------------------------------------------------------ inside

    async def _ask(self, script: str, frame: str | None, limit: float | None, *, by_value: bool) -> dict[str, Any]:
        owner, world = await self._owner(frame), await self._world(frame)
        params = {"expression": script, "contextId": world, "awaitPromise": True, "returnByValue": by_value}
        try:
            answer = await self._send("Runtime.evaluate", params, session=owner, limit=limit)
        except NotAnswered:
            self._worlds.pop(frame or "", None)
            raise
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise NotAnswered(str(details.get("exception", {}).get("description") or details.get("text"))[:500])
        result: dict[str, Any] = answer["result"]
        return result

    async def _owner(self, frame: str | None) -> CDPSession:
        if frame is None or frame in self._owners:
            return self._owners.get(frame or "", self._session)
        await self.frames()
        if frame not in self._owners:
            raise NotAnswered("框架已不存在")
        return self._owners[frame]

    async def _world(self, frame: str | None) -> int:
        key = frame or ""
        if key not in self._worlds:
            target = frame or (await self._send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
            params = {"frameId": target, "worldName": WORLD}
            made = await self._send("Page.createIsolatedWorld", params, session=await self._owner(frame))
            self._worlds[key] = made["executionContextId"]
        return self._worlds[key]

    async def _collect(self, session: CDPSession) -> None:
        tree = await self._send("Page.getFrameTree", session=session)
        waiting = [tree["frameTree"]]
        while waiting:
            node = waiting.pop(0)
            frame = node["frame"]
            self._owners[frame["id"]] = session
            url = NO_CONTENT if frame.get("unreachableUrl") else frame["url"]
            if all(known.id != frame["id"] for known in self._frames):
                self._frames.append(Frame(id=frame["id"], parent=frame.get("parentId"), url=url))
            waiting.extend(node.get("childFrames", ()))

    async def _send(
        self, method: str, params: dict[str, Any] | None = None, *, session: CDPSession | None = None, limit: float | None = None
    ) -> dict[str, Any]:
        answer: dict[str, Any] = await self._within((session or self._session).send(method, params or {}), limit)
        return answer

    async def _within(self, work: Any, limit: float | None = None) -> Any:
        """Await a call to the browser under a limit; CDP calls have none of their own and may wait for ever."""
        try:
            return await asyncio.wait_for(work, limit or self.limit)
        except TimeoutError:
            raise NotAnswered(f"页面在 {limit or self.limit:.0f} 秒内没有应答") from None
        except Error as error:
            raise NotAnswered(error.message.splitlines()[0][:300]) from error
