"""Guest manners on a real walk: what happens when a host is busy, sends us away, cannot be connected to, or somebody says stop."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
import test_crawl
from loopback import Ground, Reply, Site, ground, redirect, run
from test_crawl import START, PlainBrowser, hang_up, html, order, paths, states, walked

from auditor.model import Coverage, Network, Page, Scope, State
from crawlers import guest as visiting
from crawlers.browsers.http import Fetcher
from crawlers.crawl import crawl
from crawlers.egress import Egress
from crawlers.guest import MOST_CHALLENGES, STOPPED
from crawlers.missing import made_up
from crawlers.routes import Routes
from crawlers.tls import diagnose

LOST = "<html><head><title>提示</title></head><body>您要找的内容不在这里，可能已经改了地址。请从首页进入。<p>现在是 {} 点</body></html>"


def counted(rest: dict[str, Coverage]) -> Counter[str]:
    return Counter(str(entry.state) for entry in rest.values())


# ---------------------------------------------------------------------------------------------- stop


def test_a_stop_ends_the_walk_and_what_is_left_says_so() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html(*(f"/{number}" for number in range(20)))
            here.site.fallback = lambda path: html(title=path)
            asked = here.site.paths
            pages, rest, browser = await walked(here, order(tabs=1, max_pages=10, delay=0.05), stopped=lambda host: "/3" in asked())
            assert paths(pages)[:4] == ["/", "/0", "/1", "/2"] and len(pages) <= 5
            assert counted(rest) == {"interrupted": 10 - len(pages), "over-budget": 11}
            assert {entry.reason for entry in rest.values() if entry.state is State.INTERRUPTED} == {STOPPED}
            assert "人工紧急停止" in STOPPED and "/5" not in asked() and len(browser.visits) <= 5

    run(story())


def test_a_stop_breaks_off_a_visit_under_way_within_seconds() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html("/slow", "/b")
            here.site.pages["/slow"] = Reply(wait=25)
            since: list[float] = []

            def stopped(host: str) -> bool:
                if "/slow" in here.site.paths():
                    since.append(time.monotonic())
                return bool(since)

            pages, rest, browser = await walked(here, order(tabs=1), stopped=stopped)
            assert time.monotonic() - since[0] < 12
            assert paths(pages) == ["/"] and counted(rest) == {"interrupted": 2}
            assert browser.visits[1] == START + "slow"

    run(story())


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml"])
def test_a_stop_ends_the_wait_for_robots_and_sitemaps_too(path: str) -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/": html("/a"), "/a": html(), path: Reply(wait=12)}
            begun = time.monotonic()
            pages, rest, _ = await walked(here, order(finders=("links", "sitemap")), stopped=lambda host: path in here.site.paths())
            assert time.monotonic() - begun < 11
            assert len(pages) + len(rest) == (2 if pages else 1) and counted(rest)["interrupted"] == len(rest)

    run(story())


def test_a_stop_before_the_start_asks_for_nothing() -> None:
    async def story(**changes: Any) -> None:
        async with ground() as here:
            pages, rest, browser = await walked(here, order(pages=(START + "a",), **changes), stopped=lambda host: True)
            assert pages == [] and {entry.reason for entry in rest.values()} == {STOPPED}
            assert (here.site.asked, browser.visits) == ([], [])

    run(story())
    run(story(crawl=False))


def test_a_stop_for_one_host_leaves_the_others_alone_and_holds_for_the_whole_run() -> None:
    async def story() -> None:
        async with ground("site.test", "a.site.test") as here:
            here.site.pages["site.test/"] = html("http://a.site.test/1", "/2", "http://a.site.test/3", "/4")
            here.site.fallback = lambda path: html(title=path)
            answers = iter([True])
            pages, rest, _ = await walked(
                here, order(scope=Scope.SAME_DOMAIN), stopped=lambda host: host == "a.site.test" and next(answers, False)
            )
            assert paths(pages) == ["/", "/2", "/4"]
            assert {url: entry.reason for url, entry in rest.items()} == {f"http://a.site.test/{n}": STOPPED for n in (1, 3)}

    run(story())


# ---------------------------------------------------------------------------------------------- firewalls


def challenged(monkeypatch: pytest.MonkeyPatch, tested: Callable[[str], bool], **changes: Any) -> tuple[list[Page], dict[str, Coverage]]:
    """A walk over twenty pages, some of them behind a firewall's test."""
    monkeypatch.setitem(test_crawl.MEANS, 412, State.CHALLENGE)

    async def story() -> tuple[list[Page], dict[str, Coverage]]:
        async with ground() as here:
            here.site.pages["/"] = html(*(f"/{number}" for number in range(20)))
            here.site.fallback = lambda path: Reply(status=412) if tested(path) else html(title=path)
            pages, rest, _ = await walked(here, order(tabs=1, **changes))
            return pages, rest

    return run(story())


def test_a_host_that_shows_its_firewall_on_every_page_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pages, rest = challenged(monkeypatch, lambda path: path.strip("/").isdigit())
    assert Counter(page.state for page in pages) == {State.AUDITED: 1, State.CHALLENGE: MOST_CHALLENGES}
    assert counted(rest) == {"interrupted": 20 - MOST_CHALLENGES}
    (reason,) = {entry.reason for entry in rest.values()}
    assert reason.startswith("连续 5 个页面都停在网站的安全验证上") and "放行" in reason


def test_a_host_that_shows_it_now_and_then_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    pages, rest = challenged(monkeypatch, lambda path: path.strip("/").isdigit() and path != "/4" and path != "/9" and path != "/14")
    assert len(pages) == 21 and rest == {}


def test_addresses_given_one_by_one_are_all_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    given = tuple(f"{START}{number}" for number in range(8))
    pages, rest = challenged(monkeypatch, lambda path: True, pages=given, crawl=False)
    assert [page.state for page in pages] == [State.CHALLENGE] * 8 and rest == {}


# ---------------------------------------------------------------------------------------------- busy hosts

HOURS = {"Retry-After": "7200"}

BUSY: dict[str, tuple[Any, State, int, int]] = {
    "503": (Reply(status=503), State.ERROR_PAGE, 2, 0),
    "429": (Reply(status=429), State.ERROR_PAGE, 2, 0),
    "503 for a second": (Reply(status=503, headers={"Retry-After": "1"}), State.ERROR_PAGE, 2, 0),
    "503 for hours": (Reply(status=503, headers=HOURS), State.ERROR_PAGE, 1, 2),
    "429 for hours": (Reply(status=429, headers=HOURS), State.ERROR_PAGE, 1, 2),
    "500 for hours": (Reply(status=500, headers=HOURS), State.ERROR_PAGE, 1, 0),
    "200 for hours": (Reply(html().encode(), headers=HOURS), State.AUDITED, 1, 0),
    "no answer": (hang_up, State.CONNECTION_RESET, 2, 0),
}
"""What a host answers for one page: the state of that page, how often it is asked for, how many of the two others are left out."""


@pytest.mark.parametrize("kind", BUSY)
def test_a_busy_host_is_asked_once_more_or_left_alone_as_it_wishes(kind: str) -> None:
    answer, state, asked, left_out = BUSY[kind]

    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/": html("/busy", "/b", "/c"), "/busy": answer}
            here.site.fallback = lambda path: html(title=path)
            pages, rest, _ = await walked(here, order(tabs=1))
            assert states(pages)["/busy"] == state
            assert here.site.paths().count("/busy") == asked
            assert counted(rest)["interrupted"] == len(rest) == left_out
            if left_out:
                assert "2 小时" in pages[1].reason and "没有再试" in pages[1].reason
                assert all("2 小时" in entry.reason and "Retry-After" in entry.reason for entry in rest.values())

    run(story())


def test_a_longer_retry_after_is_waited_for_by_the_host_but_not_by_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiting, "LONGEST_PAUSE", 0.5)

    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/": html("/busy", "/b"), "/b": html(), "/busy": Reply(status=503, headers={"Retry-After": "1"})}
            pages, rest, browser = await walked(here, order(tabs=1))
            assert states(pages) == {"/": "audited", "/busy": "error-page", "/b": "audited"} and rest == {}
            assert browser.visits.count(START + "busy") == 1
            times = {asked.path: asked.at for asked in here.site.asked}
            assert 1.0 <= times["/b"] - times["/busy"] < 15

    run(story())


def test_a_host_that_sends_us_away_until_after_the_deadline_is_not_waited_for() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/": html("/busy", "/b"), "/busy": Reply(status=503, headers={"Retry-After": "600"})}
            begun = time.monotonic()
            pages, rest, _ = await walked(here, order(tabs=1, deadline=datetime.now(UTC) + timedelta(seconds=120)))
            assert time.monotonic() - begun < 15
            assert states(pages)["/busy"] == "error-page"
            assert "10 分钟" in rest[START + "b"].reason

    run(story())


def test_a_host_in_trouble_is_visited_less_often_and_again_as_before_when_it_is_well() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html("/busy1", "/busy2", *(f"/{number}" for number in range(14)))
            here.site.fallback = lambda path: Reply(status=503) if "busy" in path else Reply(html(title=path).encode())
            pages, _, _ = await walked(here, order(tabs=1, delay=0.03))
            assert Counter(states(pages).values()) == {"audited": 15, "error-page": 2}
            times = [asked.at for asked in here.site.asked if asked.path in {f"/{number}" for number in range(14)}]
            gaps = [later - earlier for earlier, later in pairwise(times)]
            # medians: a machine that stalls once makes one gap long and the next one short
            assert median(gaps[:4]) > 0.4, "four refusals: 16 times the gap"
            assert median(gaps[5:9]) > 0.2
            assert median(gaps[10:]) > 0.09

    run(story())


# ---------------------------------------------------------------------------------------------- robots.txt

ROBOTS: dict[str, tuple[Any, State | None, int]] = {
    "none": (Reply(status=404), State.AUDITED, 1),
    "503": (Reply(status=503), None, 2),
    "503 for hours": (Reply(status=503, headers=HOURS), None, 1),
    "429": (Reply(status=429), None, 2),
    "cut": (hang_up, None, 2),
    "a firewall's test": (Reply(b"<script>1</script>", status=521), State.AUDITED, 1),
    "a firewall's refusal": (Reply(status=412), State.AUDITED, 1),
    "a document": (Reply(b"<html>Disallow: /</html>"), State.AUDITED, 1),
    "a loop": (redirect("/robots.txt"), State.AUDITED, 11),
    "a bomb": (Reply(b"User-agent: *\nDisallow: /x\n" + b"#" * 3_000_000), State.AUDITED, 1),
    "many rules": (Reply(b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*a*a*a*b$\n" * 15_000), State.AUDITED, 1),
    "binary": (Reply(bytes(range(256)) * 100), State.AUDITED, 1),
    "a request rate": (Reply(b"User-agent: *\nRequest-rate: 1/1"), State.AUDITED, 1),
}
"""What stands at /robots.txt: the state of the start page (None: not visited), and how often it is asked for."""


@pytest.mark.parametrize("kind", ROBOTS)
def test_whatever_stands_in_the_place_of_robots_txt_has_its_meaning(kind: str) -> None:
    answer, state, asked = ROBOTS[kind]

    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/": html("/a" * 300), "/robots.txt": answer}
            here.site.fallback = lambda path: html(title=path)
            begun = time.monotonic()
            pages, rest, _ = await walked(here, order())
            assert time.monotonic() - begun < 10
            assert here.site.paths().count("/robots.txt") == asked
            assert (pages[0].state if pages else None) == state
            closed = [entry for entry in rest.values() if entry.state is State.BLOCKED_BY_ROBOTS]
            assert len(closed) == len(rest) == (1 if state is None or "test" in kind else 0)
            if "test" in kind:
                assert "防护系统" in closed[0].reason

    run(story())


def test_robots_txt_is_asked_again_only_after_the_pause_it_wishes() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/": html(), "/robots.txt": Reply(status=503, headers={"Retry-After": "1"})}
            await walked(here, order())
            first, second = [asked.at for asked in here.site.asked]
            assert 1 <= second - first < 15

    run(story())


# ---------------------------------------------------------------------------------------------- missing pages


async def lost_site(here: Ground, **changes: Any) -> tuple[list[Page], dict[str, Coverage]]:
    """A site that says 200 and the hour for whatever it does not have."""
    hours = iter(range(100))
    here.site.pages |= {
        "/robots.txt": Reply(status=404), "/": html("/a", "/lost/1", "/b", "/lost/2", "/like"), "/a": html("/lost/3", title="甲"),
        "/b": html(title="乙"), "/like": LOST.format("8").replace("提示", "别的标题"), **changes,
    }  # fmt: skip
    here.site.fallback = lambda path: LOST.format(next(hours))
    pages, rest, _ = await walked(here, order(tabs=2))
    return pages, rest


def test_how_a_site_answers_for_missing_pages_is_learned_and_known_again() -> None:
    async def story() -> None:
        async with ground() as here:
            pages, rest = await lost_site(here)
            assert states(pages) == {
                "/": "audited", "/a": "audited", "/lost/1": "soft-404", "/b": "audited", "/lost/2": "soft-404", "/like": "audited",
                "/lost/3": "soft-404",
            }  # fmt: skip
            assert rest == {}
            assert {page.reason for page in pages if page.state is State.SOFT_404} == {"与网站对不存在的网址的回答相同，状态却是 200"}
            assert sum("missing-page" in path for path in here.site.paths()) == 1

    run(story())


def test_a_missing_page_is_not_asked_for_where_robots_txt_forbids_it_or_nobody_needs_it() -> None:
    async def story() -> None:
        async with ground() as here:
            await lost_site(here, **{"/robots.txt": "User-agent: *\nAllow: /$\nAllow: /lost\nDisallow: /"})
            assert not any("missing-page" in path for path in here.site.paths())
            await lost_site(here, **{"/": html(title="allein")})
            assert not any("missing-page" in path for path in here.site.paths())

    run(story())


@pytest.mark.parametrize(
    "answer",
    [
        redirect("/"), Reply(status=404), Reply(b"%PDF", headers={"Content-Type": "application/pdf"}), Reply(b""),
        Reply(html("/a", "/lost/1", "/b", "/lost/2", "/like").encode()), Reply(LOST.encode(), status=503),
    ],
)  # fmt: skip
def test_nothing_is_learned_from_an_answer_that_shows_no_page_of_its_own(answer: Reply) -> None:
    async def story() -> None:
        async with ground() as here:
            pages, _ = await lost_site(here, **{made_up("http://site.test").removeprefix("http://site.test"): answer})
            assert State.SOFT_404 not in {page.state for page in pages}

    run(story())


# ---------------------------------------------------------------------------------------------- secure connections


@pytest.mark.parametrize(("start", "visited"), [("https://site.test/", False), ("http://site.test/", True)])
def test_a_connection_cut_in_the_handshake_is_a_fault_of_tls(start: str, visited: bool) -> None:
    async def story() -> None:
        async with Site() as site:
            handshakes = 0

            async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                nonlocal handshakes
                handshakes += 1
                await reader.read(100)
                writer.transport.abort()

            secure = await asyncio.start_server(cut, "127.0.0.1", 0)
            site.pages |= {"/robots.txt": Reply(status=404), "/": html("/a"), "/a": redirect("https://site.test/x")}
            place = f"127.0.0.1:{secure.sockets[0].getsockname()[1]}"
            network = Network(resolve={"site.test:80": f"127.0.0.1:{site.port}", "site.test:443": place})
            async with Egress(network) as egress, Fetcher(egress, "T/1") as fetcher:
                wanted = order(pages=(start + "b",))
                wanted = replace(wanted, target=replace(wanted.target, site=replace(wanted.target.site, url=start)))
                told = partial(diagnose, routes=Routes(network, 3.0))
                items = [
                    item async for item in crawl(wanted, PlainBrowser(fetcher), fetcher, (), retry_pause=0.01, diagnose=told)
                ]  # fmt: skip
            secure.close()
            found = {item.url: (item.state, item.reason) for item in items}
            if visited:
                assert found[start][0] is State.AUDITED
                assert found[start + "a"][0] is State.CONNECTION_RESET, "an address that is not secure says nothing of a handshake"
            else:
                assert found[start] == (State.TLS_ERROR, "网站在建立安全连接（TLS 握手）时断开")
                assert found[start + "b"][0] is State.BLOCKED_BY_ROBOTS
            assert handshakes < 12

    run(story())
