"""Tabs that were only looked at and wait for the next page: their process has axe compiled, which costs as much as running it.

A page must not tell that another was there before: its session storage, its window's name and where it was are gone, and so is whatever
ran in it. A tab that was touched, that a page misbehaved in or that has served long is closed instead.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

from playwright.async_api import BrowserContext, Error
from playwright.async_api import Page as BrowserPage

from auditor.model import NotAnswered
from crawlers.browsers.tab import EMPTY, Tab

MOST_PAGES = 25  # in one tab
MOST_TABS = 4  # that wait
LIMIT = 3.0  # seconds to tidy up

LEAVE = """(() => {
  try { sessionStorage.clear(); } catch {}
  window.name = "";
})()"""


class Tabs:
    """The waiting tabs of one context."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self._waiting: list[BrowserPage] = []
        self._served: Counter[BrowserPage] = Counter()

    async def take(self) -> BrowserPage:
        """A tab for a page: one that waits, else a fresh one."""
        while self._waiting:
            page = self._waiting.pop()
            if not page.is_closed():
                return page
        return await self.context.new_page()

    async def is_fit(self, page: BrowserPage, tab: Tab) -> bool:
        """Whether a tab that was looked at may serve another page; it is tidied up then."""
        self._served[page] += 1
        if self._served[page] < MOST_PAGES and len(self._waiting) < MOST_TABS and tab.untouched and not page.is_closed():
            with contextlib.suppress(Error, NotAnswered, TimeoutError):
                async with asyncio.timeout(LIMIT):
                    if await tab.tidied(LEAVE) and page.url == EMPTY:
                        return True
        del self._served[page]
        return False

    def keep(self, page: BrowserPage) -> None:
        """Let a fit tab wait, to which nobody listens any more."""
        self._waiting.append(page)
