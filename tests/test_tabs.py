"""Tabs that serve several pages: the next one meets no trace of the one before, and what was touched or broken serves no other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from conftest import Web
from playwright._impl.cdp_session import CDPSession

from auditor.model import Driver, Network, NotAnswered, Page, Probe, State
from crawlers.browsers import open_browser, tab
from crawlers.browsers.playwright import PlaywrightBrowser
from crawlers.egress import Egress

pytestmark = pytest.mark.browser

FIRST = """<!DOCTYPE html><html lang="zh"><title>一</title><body><p>第一页</p><script>
sessionStorage.seen = "first"; window.name = "first"; history.pushState({}, "", "/first?again");
setInterval(() => fetch("/asked-by-the-first"), 50);
</script></body></html>"""
SECOND = """<!DOCTYPE html><html lang="zh"><title>二</title><body><p>第二页</p><script>
document.title = JSON.stringify([sessionStorage.seen ?? null, window.name, history.length, document.referrer, String(window.opener)]);
</script></body></html>"""
MESSAGE = "<!DOCTYPE html><html lang='zh'><title>四</title><body><p>第四页</p></body></html>"


async def _title(driver: Driver, facts: Mapping[str, Any]) -> Any:
    return await driver.evaluate("document.title")


async def _resize(driver: Driver, facts: Mapping[str, Any]) -> Any:
    await driver.set_viewport(400, 600)


async def _width(driver: Driver, facts: Mapping[str, Any]) -> Any:
    return await driver.evaluate("innerWidth")


def visited(web: Web, *paths: str, probes: Sequence[Probe] = (Probe(name="title", ask=_title),)) -> tuple[list[Page], int]:
    """The pages, one after the other in one browser, and how many tabs were left open in the end."""

    async def all() -> tuple[list[Page], int]:
        async with Egress(Network(allow=("localhost",))) as egress:
            opened = open_browser("playwright", egress=egress, suffix="Test/1.0", viewport=(1280, 800), pictures=False, tabs=1)
            async with opened as browser:
                assert isinstance(browser, PlaywrightBrowser)
                pages = [await browser.visit(web.url(path), probes, limit=30) for path in paths]
                await asyncio.sleep(0.3)
                assert browser._chromium is not None
                return pages, len(browser._chromium.guard.context.pages)

    return asyncio.run(all())


def test_the_next_page_meets_no_trace_of_the_one_before(web: Web) -> None:
    web["/first"], web["/second"], web["/asked-by-the-first"] = FIRST, SECOND, "ja"
    (first, second), tabs = visited(web, "/first", "/second")
    assert (first.state, second.state, tabs) == (State.AUDITED, State.AUDITED, 1), "one tab served both"
    assert second.title == '[null,"",2,"","null"]', "behind it is nothing but the empty page, as in a fresh tab"
    asked = [path for _, path in web.asked]
    assert "/asked-by-the-first" not in asked[asked.index("/second") + 1 :], "what ran in the first page has ended"


def test_a_tab_whose_window_was_resized_serves_no_other_page(web: Web) -> None:
    web["/first"], web["/second"] = MESSAGE, MESSAGE.replace("四", "五")
    probes = (Probe(name="width", ask=_width), Probe(name="resize", ask=_resize))
    pages, tabs = visited(web, "/first", "/second", probes=probes)
    assert [page.facts["width"] for page in pages] == [1280, 1280]
    assert tabs == 0


def test_a_tab_serves_so_many_pages_and_no_more(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.browsers.tabs.MOST_PAGES", 2)
    web["/a"] = MESSAGE
    pages, tabs = visited(web, "/a", "/a")
    assert (len(pages), tabs) == (2, 0)


async def _answers(driver: Driver, facts: Mapping[str, Any]) -> Any:
    told = await driver.cdp("DOM.getDocument", {"depth": 2})
    return told["root"]["children"][-1]["nodeName"]


def test_an_answer_is_taken_past_the_wrapper_of_the_library_and_comes_through_it_where_that_looks_otherwise(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web["/a"] = MESSAGE
    probes = (Probe(name="root", ask=_answers),)
    assert tab._known(CDPSession.send) is not None, "the library looks as it did: where this fails, see what `Tab._send` may pass by"
    (page,), _ = visited(web, "/a", probes=probes)
    monkeypatch.setattr(tab, "_known", lambda send: None)
    (same,), _ = visited(web, "/a", probes=probes)
    assert page.facts["root"] == same.facts["root"] == "HTML"


def test_a_tab_that_does_not_answer_any_more_is_closed_and_costs_its_page_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(self: tab.Tab, last_words: str) -> bool:
        raise NotAnswered("页面没有应答")

    monkeypatch.setattr(tab.Tab, "tidied", silent)
    web["/a"] = MESSAGE
    pages, tabs = visited(web, "/a", "/a")
    assert ([page.state for page in pages], tabs) == ([State.AUDITED] * 2, 0)
