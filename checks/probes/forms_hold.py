"""Holds back everything that trying a form could send or open, in the page's own world, and keeps a list of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from typing import Any

from auditor.model import Driver, NotAnswered

HOLD = files("checks.probes").joinpath("forms_hold.js").read_text(encoding="utf-8")
"""Put into every document before the page's own scripts; it lets everything pass until `on` is set. What is held is never answered,
so that no error of ours is shown. The page's handlers of `submit` run: it is the navigation after them that is called off."""

EVERYTHING = ("*",)


class Held:
    """The page's own world, in which everything that leaves is held back."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    async def own(self, script: str) -> Any:
        """The value of an expression in the page's own world, as if the user had asked for it."""
        answer = await self.driver.cdp(
            "Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True, "userGesture": True}
        )
        if "exceptionDetails" in answer:
            raise NotAnswered(str(answer["exceptionDetails"].get("text"))[:300])
        return answer["result"].get("value")

    async def arm(self, *, gets: bool = True) -> None:
        """From now on nothing leaves, but GET requests of scripts where `gets`. Raises NotAnswered where the page has shaken us off."""
        armed = await self.own(
            f"!!globalThis.auditorHeldForms && (Object.assign(auditorHeldForms, {{ on: true, gets: {json.dumps(gets)} }}), true)"
        )
        if not armed:
            raise NotAnswered("页面不允许拦截表单的发送，没有填写表单")
        await self.block(() if gets else EVERYTHING)

    async def block(self, addresses: Sequence[str]) -> None:
        """A second net under the first: files whose address fits none of these patterns load, others do not."""
        await self.driver.cdp("Network.setBlockedURLs", {"urls": list(addresses)})

    async def taken(self, *, said: bool = True) -> tuple[list[list[str]], list[list[str]]]:
        """What was held back since the last time ([kind, address]: navigate, open, submit, request), and what alert and the like said,
        which is left for later where not `said`."""
        words = "auditorHeldForms.told.splice(0)" if said else "[]"
        took = await self.own(f"globalThis.auditorHeldForms ? [auditorHeldForms.did.splice(0), {words}] : null")
        return (took[0], took[1]) if took else ([["navigate", ""]], [])


@asynccontextmanager
async def held(driver: Driver) -> AsyncIterator[Held]:
    """Load the page afresh with the hold in it, and take it away at the end."""
    await driver.cdp("Page.enable")
    await driver.cdp("Network.enable")
    added = await driver.cdp("Page.addScriptToEvaluateOnNewDocument", {"source": HOLD})
    try:
        await driver.reload()
        yield Held(driver)
    finally:
        for method, params in (
            ("Network.setBlockedURLs", {"urls": []}), ("Network.disable", {}),
            ("Page.removeScriptToEvaluateOnNewDocument", {"identifier": added["identifier"]}), ("Page.disable", {}),
        ):  # fmt: skip
            with suppress(NotAnswered):
                await driver.cdp(method, params)
