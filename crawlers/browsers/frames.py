"""Puts one question to all frames of an open page, the page itself first."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from auditor.model import Driver, NotAnswered


async def in_every_frame(driver: Driver, script: str) -> AsyncIterator[Any]:
    """The values of an expression in the frames that answer, parents before children. Raises NotAnswered where the page does not."""
    for frame in await driver.frames():
        with contextlib.suppress(NotAnswered):
            yield await driver.evaluate(script, frame=frame.id if frame.parent else None)
