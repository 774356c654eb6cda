"""JavaScript that sees what people see of a page and what became different: for experiments that point, press and click."""

from __future__ import annotations

import json
from typing import Any

from auditor.model import Driver
from checks.probes.script import run

EYES = run("eyes.js")
"""Puts `auditorEyes` into our world. see(): every visible element with the part of its box that is not cut off; news, lost, other and
moved: what became different between two looks, less what never rests; wait(): looks until something is new and stands still."""

OPENED = """(() => {
  const opened = () => { document.dispatchEvent(new Event("auditor-opened")); return null; };
  for (const name of ["open", "print", "alert", "confirm", "prompt"]) window[name] = opened;
})()"""
"""In the world of the page: new windows, the printer and messages are not opened, only remembered."""


async def open_eyes(driver: Driver, *, hold: bool = True) -> None:
    """Prepare a freshly loaded page; with `hold` nothing that is done to it leads away from it."""
    await driver.evaluate(EYES)
    if hold:
        await driver.evaluate("auditorEyes.hold()")
        await driver.cdp("Runtime.evaluate", {"expression": OPENED})


async def asked(driver: Driver, body: str, *given: Any) -> Any:
    """What an async function answers whose parameters are `e` (the eyes) and `given`, a list of what is handed over."""
    return await driver.evaluate(f"(async (e, given) => {{ {body} }})(auditorEyes, {json.dumps(given)})")
