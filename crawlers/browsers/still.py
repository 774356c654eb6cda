"""Holds still what moves by itself, so that two looks at an unchanged page see the same."""

from __future__ import annotations

from auditor.model import Driver
from crawlers.browsers.frames import in_every_frame

STILL = """(() => {
  for (const animation of document.getAnimations?.() ?? []) {
    try {
      if (Number.isFinite(animation.effect.getComputedTiming().endTime)) animation.finish();
      else { animation.pause(); animation.currentTime = 0; }
    } catch {}
  }
  for (const ticker of document.getElementsByTagName("marquee")) ticker.stop?.();
})()"""
"""Transitions and finite animations stand at their end, endless ones at their beginning, tickers where they are."""


async def hold_still(driver: Driver) -> None:
    """Stop the animations of all frames of an open page. What scripts of the page move goes on. Raises NotAnswered."""
    async for _ in in_every_frame(driver, STILL):
        pass
