"""Waits until a page has settled, by evidence: the DOM quiet for a short window and the fonts there.

What drifts, rolls or counts for good (飘窗, 滚动公告, a clock) is no reason to wait: an element that has been changing for RESTLESS seconds
without a pause and without bringing anything new is counted as resting. A fade that ends sooner is still waited for.
"""

from __future__ import annotations

import asyncio
from typing import Any

from auditor.model import Driver, NotAnswered

QUIET = 0.3  # seconds without a change of the DOM
PATIENCE = 4.0  # seconds to wait for that; pages that never rest are audited as they are
RESTLESS = 1.2  # seconds
STEP = 0.06

WATCH = """(() => {
  const world = globalThis;
  if (world.auditorWatched !== document) {
    world.auditorWatched = document;
    world.auditorChanged = performance.now();
    const begun = new WeakMap(), last = new WeakMap(), met = new WeakSet();
    const old = (node) => node.nodeType === Node.TEXT_NODE || met.has(node);
    const restless = ({ type, target, addedNodes, removedNodes }) => {
      const brings = type === "childList" && ![...addedNodes].every(old);
      for (const node of removedNodes) met.add(node);
      const now = performance.now();
      if (!(now - last.get(target) < PAUSE)) begun.set(target, now);
      last.set(target, now);
      return !brings && now - begun.get(target) > RESTLESS;
    };
    new MutationObserver((records) => {
      if (records.filter((record) => !restless(record)).length) world.auditorChanged = performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  }
  return { quiet: (performance.now() - world.auditorChanged) / 1000,
           fonts: !document.fonts || document.fonts.status === "loaded",
           ready: document.readyState, type: document.contentType };
})()""".replace("RESTLESS", str(RESTLESS * 1000)).replace("PAUSE", str(QUIET * 1000))


async def settle(driver: Driver, *, quiet: float = QUIET, patience: float = PATIENCE) -> dict[str, Any]:
    """Wait for rest; tells {"settled": bool, "type": content type of the document, "ready": its readyState}.

    Raises NotAnswered where the page does not answer at all.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    misses = 0
    while True:
        try:
            seen = await driver.evaluate(WATCH)
        except NotAnswered:  # a navigation takes our world away; it is made anew for the new document
            misses += 1
            if misses > 5:
                raise
            await asyncio.sleep(STEP * 4)
            continue
        resting = seen["quiet"] >= quiet and seen["fonts"] and seen["ready"] != "loading"
        if resting or loop.time() >= end:
            return {"settled": resting, "type": seen["type"], "ready": seen["ready"]}
        await asyncio.sleep(STEP)
