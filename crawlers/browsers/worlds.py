"""Asks the frames of an open Chromium page in worlds of our own, over CDP; whoever can send a CDP command can use it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from auditor.model import Box, Frame, NotAnswered
from crawlers.browsers.keeping import Keeping

WORLD = "auditor"
ANSWER_LIMIT = 20.0  # seconds for one question
NO_CONTENT = "chrome-error:"  # the address of a frame whose document did not arrive

SOON = """globalThis.setTimeout = ((later) => (work, delay, ...rest) => {
  if (delay > 1) return later(work, delay, ...rest);
  queueMicrotask(() => work(...rest));
  return 0;
})(globalThis.setTimeout.bind(globalThis));
"""
"""A document with scripts switched off (CSP sandbox) has no timers; libraries mostly want "soon", which a microtask is."""


class Worlds(Keeping):
    """The frames of one page, each asked in an isolated world: the page's CSP, Trusted Types and patched builtins do not reach there.

    A subclass says how a CDP command is sent (`_send`), and through which further sessions frames of other processes are reached.
    """

    def __init__(self, limit: float = ANSWER_LIMIT) -> None:
        super().__init__()
        self.limit = limit
        self.refused: set[str] = set()  #: addresses of frames whose document is a refusal of our own proxy, not the site's
        self._owners: dict[str, Any] = {}  #: frame -> the session that reaches it
        self._worlds: dict[str, int] = {}
        self._frames: list[Frame] = []

    def forget(self) -> None:
        """Drop what is known of frames and worlds, after a navigation."""
        self._owners.clear()
        self._worlds.clear()
        self._frames = []

    async def frames(self) -> Sequence[Frame]:
        """All frames that can be asked, the page itself first, parents before children."""
        self._frames = []
        await self._collect(None)
        async for session in self._other_sessions():
            await self._collect(session)
        return self._frames

    async def evaluate(self, script: str, *, frame: str | None = None, limit: float | None = None) -> Any:
        """The JSON value (awaited) of an expression in a frame; None: the page itself."""
        answer = await self._ask(script, frame, limit, by_value=True)
        return answer.get("value")

    async def load(self, library: str, *, frame: str | None = None) -> None:
        """Make a script library available in a frame's world."""
        await self._ask(f"(() => {{ {SOON}{library}\n}})()", frame, None, by_value=True)

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

    async def shot(self, clip: Box | None = None, *, quality: int | None = None) -> bytes:
        """A PNG of a part of the page (document coordinates), without a clip of the viewport; a JPEG where a quality is named."""
        params: dict[str, Any] = {"format": "png", "optimizeForSpeed": True} if quality is None else {"format": "jpeg", "quality": quality}
        if clip is not None:
            params |= {
                "captureBeyondViewport": True,
                "clip": {"x": clip.x, "y": clip.y, "width": max(1.0, clip.width), "height": max(1.0, clip.height), "scale": 1},
            }
        return base64.b64decode((await self._send("Page.captureScreenshot", params))["data"])

    async def cdp(self, method: str, params: Mapping[str, Any] | None = None, *, frame: str | None = None) -> Any:
        """A command of the Chrome DevTools Protocol, to the session that reaches a frame; None: the page's own."""
        return await self._send(method, dict(params or {}), session=await self._owner(frame))

    # ------------------------------------------------------------------------------------------ what a subclass knows

    async def _send(
        self, method: str, params: dict[str, Any] | None = None, *, session: Any = None, limit: float | None = None
    ) -> dict[str, Any]:
        """The answer to a CDP command; `session` None: the page's own. Raises NotAnswered."""
        raise NotImplementedError

    async def _other_sessions(self) -> AsyncIterator[Any]:
        """Sessions of frames that live in other processes than the page; none where all live in one."""
        none: tuple[Any, ...] = ()
        for session in none:
            yield session

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

    async def _owner(self, frame: str | None) -> Any:
        if frame is None or frame in self._owners:
            return self._owners.get(frame or "")
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

    async def _collect(self, session: Any) -> None:
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
