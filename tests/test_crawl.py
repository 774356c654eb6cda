"""The walk over one site: polite, the same every night, and every known address ends in exactly one state."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from bs4 import BeautifulSoup
from loopback import Ground, Reply, ground, redirect, run

from auditor.addresses import canonical, in_scope
from auditor.model import Category, Coverage, Judged, Network, Order, Page, Probe, Scope, Site, State, Target
from crawlers import crawl as crawling
from crawlers.browsers.http import Fetcher
from crawlers.contents import page_digest
from crawlers.crawl import crawl
from crawlers.slots import Idle

START = "http://site.test/"
MEANS = {404: State.GONE, 410: State.GONE, 401: State.LOGIN_WALL}


class PlainBrowser:
    """A browser without screen or scripts: fetches and parses. It is to the crawl what the real ones are."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self.visits: list[str] = []
        self.under_way = self.most_under_way = 0

    async def visit(self, url: str, probes: Sequence[Probe], *, limit: float, idle: Idle = nullcontext, **trials: Any) -> Page:
        self.visits.append(url)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        answer = await self.fetcher.get(url, limit=limit)
        self.under_way -= 1
        retry = answer.headers.get("retry-after")
        page = Page(
            url=url, final_url=answer.final_url, state=answer.state or State.AUDITED, reason=answer.reason, status=answer.status,
            retry_after=float(retry) if retry else None,
        )  # fmt: skip
        if answer.state or answer.status is None:
            return page
        if answer.status >= 400:
            return replace(page, state=MEANS.get(answer.status, State.ERROR_PAGE), reason=f"网站回答 {answer.status}")
        if "html" not in answer.headers.get("content-type", ""):
            return replace(page, state=State.NOT_HTML, reason="不是网页")
        soup = BeautifulSoup(answer.body, "lxml")
        links = tuple(found for tag in soup.select("a[href]") if (found := canonical(str(tag["href"]), answer.final_url)))
        facts = {probe.name: len(links) for probe in probes}
        return replace(page, html=str(soup), title=soup.title.get_text() if soup.title else "", links=links, facts=facts)


async def count(_: object, __: object) -> int:
    return 0


PROBES = (Probe(name="count", ask=count),)


def order(**changes: Any) -> Order:
    """An order for site.test; the changes go to the target, or to the order where it has such a field."""
    own = {key: changes.pop(key) for key in list(changes) if key in ("crawl", "deadline", "done", "page_limit")}
    site = Site(id="site", name="测试网站", url=START, category=Category.PORTAL, region="370800", owner="办公室")
    target = Target(**{"site": site, "delay": 0.0, "finders": ("links",), **changes})
    network = Network(user_agent="TestAudit/1.0 (+https://example.gov.cn/audit)")
    return Order(target=target, network=network, round="r1", now=datetime.now(UTC), **own)


async def walked(here: Ground, wanted: Order, **options: Any) -> tuple[list[Page], dict[str, Coverage], PlainBrowser]:
    """The whole crawl: pages in their order, the other addresses, the browser."""
    browser = PlainBrowser(here.fetcher)
    pages: list[Page] = []
    rest: list[Coverage] = []
    async for item in crawl(wanted, browser, here.fetcher, PROBES, retry_pause=0.01, **options):
        pages.append(item) if isinstance(item, Page) else rest.append(item)
    assert max(Counter([entry.url for entry in pages + rest]).values(), default=1) == 1, "an address in two states"
    assert all(entry.reason for entry in [*pages, *rest] if entry.state is not State.AUDITED), "a state without its reason"
    return pages, {entry.url: entry for entry in rest}, browser


def html(*links: str, title: str = "") -> str:
    anchors = "".join(f'<a href="{link}">{link}</a>' for link in links)
    return f"<html><head><title>{title or '、'.join(links)}</title></head><body>{anchors}</body></html>"


def paths(pages: Sequence[Page]) -> list[str]:
    return [page.url.removeprefix("http://site.test") for page in pages]


def states(pages: Sequence[Page]) -> dict[str, str]:
    return {page.url.removeprefix("http://site.test"): str(page.state) for page in pages}


# ---------------------------------------------------------------------------------------------- the way


def test_start_page_first_then_the_listed_pages_then_level_by_level() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {
                "/": html("/a", "/b"), "/a": html("/c", "/b"), "/b": html("/d"), "/listed": html("/e"), "/c": html("/f"),
                "/d": html(title="d"), "/e": html(title="e"), "/f": html(title="f"),
            }  # fmt: skip
            pages, rest, _ = await walked(here, order(pages=("/listed", "http://site.test/listed")[1:]))
            assert paths(pages) == ["/", "/listed", "/a", "/b", "/e", "/c", "/d", "/f"]
            assert rest == {}
            assert all(page.facts == {"count": len(page.links)} for page in pages)

    run(story())


def test_the_addresses_of_the_sitemap_come_after_the_links_of_the_start_page() -> None:
    async def story() -> None:
        async with ground() as here:
            places = "".join(f"<url><loc>http://site.test{path}</loc></url>" for path in ("/m", "/a", "/n"))
            here.site.pages |= {"/": html("/a", "/b"), "/sitemap.xml": f"<urlset>{places}<url><loc>http://x.test/</loc></url></urlset>"}
            here.site.fallback = lambda path: html(title=path)
            pages, rest, _ = await walked(here, order(finders=("links", "sitemap")))
            assert paths(pages) == ["/", "/a", "/b", "/m", "/n"]
            assert rest == {}
            alone, _, _ = await walked(here, order(finders=("sitemap",)))
            assert paths(alone) == ["/", "/m", "/a", "/n"]
            listed, _, _ = await walked(here, order(finders=("listed",), pages=("http://site.test/z",)))
            assert paths(listed) == ["/", "/z"]

    run(story())


def test_links_out_of_scope_are_nobodys_addresses() -> None:
    async def story() -> None:
        async with ground("site.test", "www.site.test") as here:
            links = ("http://www.site.test/", "http://other.cn/", "javascript:1", "mailto:a@b.cn", "/#top", "?utm_source=1")
            here.site.pages["site.test/"] = html(*links)
            here.site.fallback = lambda path: html(title="other host")
            pages, rest, _ = await walked(here, order())
            assert (paths(pages), rest) == (["/"], {})
            pages, rest, _ = await walked(here, order(scope=Scope.SAME_DOMAIN))
            assert (paths(pages), rest) == (["/", "http://www.site.test/"], {})

    run(story())


def test_what_is_excluded_or_an_attachment_is_in_the_ledger_without_a_visit() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html("/news/1", "/about", "/news/private/2", "/news/file.PDF", "/news/报告.docx?v=1")
            here.site.fallback = lambda path: html(title=path)
            wanted = order(include=("/news/*",), exclude=("*/private/*",), pages=("http://site.test/named", "http://other.test/x"))
            pages, rest, _ = await walked(here, wanted)
            assert paths(pages) == ["/", "/named", "/news/1"]
            assert {url.removeprefix("http://site.test"): str(entry.state) for url, entry in rest.items()} == {
                "/about": "excluded", "/news/private/2": "excluded", "http://other.test/x": "excluded", "/news/file.PDF": "not-html",
                "/news/%E6%8A%A5%E5%91%8A.docx?v=1": "not-html",
            }  # fmt: skip
            assert rest["http://site.test/news/file.PDF"].reason == "附件，不是网页"
            assert rest["http://site.test/about"].url_key == "site.test/about"

    run(story())


def test_a_jittering_site_is_visited_in_the_same_order_every_night() -> None:
    def page(path: str) -> Reply:
        dice = random.Random(path)
        links = html(*(f"/{dice.randrange(60)}" for _ in range(6)), title=path)
        return Reply(links.encode(), wait=random.random() * 0.02)

    async def story() -> None:
        async with ground() as here:
            here.site.fallback = page
            here.site.pages |= {"/7": redirect("/9"), "/11": redirect("/"), "/robots.txt": Reply(status=404)}
            nights = [await walked(here, order(tabs=tabs, max_pages=30)) for tabs in (4, 4, 4)]
            orders = [[(entry.url, entry.state) for entry in (*pages, *rest.values())] for pages, rest, _ in nights]
            assert orders[0] == orders[1] == orders[2]
            assert len(orders[0]) > 30
            assert nights[0][2].most_under_way > 1

    run(story())


# ---------------------------------------------------------------------------------------------- the ledger


def test_max_pages_counts_attempts_not_successes() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html("/gone", "/broken", "/out", "/file.pdf", "/a", "/b")
            here.site.pages |= {"/broken": Reply(status=500), "/out": redirect("http://other.test/"), "/a": html(), "/b": html()}
            pages, rest, browser = await walked(here, order(max_pages=5))
            assert states(pages) == {
                "/": "audited", "/gone": "gone", "/broken": "error-page", "/out": "dns-error", "/a": "audited",
            }  # fmt: skip
            assert {path: str(entry.state) for path, entry in rest.items()} == {START + "file.pdf": "not-html", START + "b": "over-budget"}
            assert "5 页" in rest[START + "b"].reason
            assert len(browser.visits) == 5

    run(story())


def test_an_address_that_leads_away_is_told_with_its_destination() -> None:
    async def story() -> None:
        async with ground("site.test", "new.test") as here:
            here.site.pages |= {"site.test/": redirect("http://new.test/home"), "new.test/home": html("/a")}
            pages, rest, _ = await walked(here, order())
            assert states(pages) == {"/": "redirected-out"}
            assert "http://new.test/home" in pages[0].reason and "targets.yml" in pages[0].reason
            assert (pages[0].facts, rest) == ({}, {})

    run(story())


def test_the_first_address_that_ends_at_a_page_is_that_page() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {
                "/": html("/old", "/older", "/new", "/copy"), "/old": redirect("/new"), "/older": redirect("/new?utm_source=x"),
                "/new": html("/deep", title="新"), "/new?utm_source=x": html("/deep", title="x"), "/copy": html("/deep", title="新"),
                "/deep": html("/old", title="deep"),
            }  # fmt: skip
            pages, rest, browser = await walked(here, order(tabs=1))
            assert states(pages) == {
                "/": "audited", "/old": "audited", "/older": "duplicate", "/new": "duplicate", "/copy": "duplicate", "/deep": "audited"
            }  # fmt: skip
            assert all(START + "old" in page.reason and not page.facts for page in pages if page.state is State.DUPLICATE)
            assert rest == {}
            assert len(browser.visits) == 6

    run(story())


def test_a_page_known_by_the_address_that_led_there_is_not_visited_again() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/": redirect("/index.html"), "/index.html": html("/index.html", "/a"), "/a": html("/", "/index.html")}
            pages, rest, browser = await walked(here, order())
            assert states(pages) == {"/": "audited", "/a": "audited"}
            assert rest[START + "index.html"].state is State.DUPLICATE
            assert browser.visits == [START, START + "a"]

    run(story())


def test_relative_links_of_a_page_that_answers_everywhere_do_not_lead_on_for_ever() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.fallback = lambda path: '<html><title>t</title><a href="a/b">x</a></html>'
            here.site.pages["/robots.txt"] = Reply(status=404)
            pages, rest, _ = await walked(here, order())
            assert states(pages) == {"/": "audited", "/a/b": "duplicate"}
            assert rest == {}

    run(story())


def test_every_known_address_ends_in_exactly_one_state() -> None:
    met: Counter[State] = Counter()

    async def night(seed: int) -> None:
        dice = random.Random(seed)
        answers: dict[str, str | Reply] = {"/robots.txt": Reply(b"User-agent: *\nDisallow: /*7$")}
        busy = [Reply(status=503, headers={"Retry-After": "0"})] + [Reply(status=503, headers={"Retry-After": "7200"})] * (seed % 3 == 2)
        lost = html(title="no such page").replace("<body>", "<body>您要找的页面不在这里")

        def answer(path: str) -> str | Reply:
            own = random.Random(f"{seed}{path}")
            links = [f"/{link}{'.pdf' if link % 9 == 0 else ''}" for link in own.choices(range(40), k=4)]
            page = html(*links, "http://far.test/", title=path)
            kinds = [Reply(status=404), Reply(status=500), redirect(links[0]), redirect("http://other.test/"), html(title="same"), lost]
            return page if path == "/" else lost if "missing" in path else own.choice([*kinds, *busy, *[page] * 7])

        async with ground("site.test", "other.test") as here:
            here.site.pages |= answers
            here.site.fallback = answer
            wanted = order(max_pages=dice.choice([3, 10, 200]), tabs=dice.choice([1, 3]), exclude=("/1*",), pages=(START + "5",))
            stop = dice.choice([None, 2])
            calls = iter(range(100))
            sampler = (lambda waiting: waiting[:3] if next(calls) < stop else []) if stop else None
            patience = dice.choice([3, 12, 1000])
            pages, rest, _ = await walked(here, wanted, sampler=sampler, stopped=lambda host: len(here.site.asked) > patience)
            known = {START, START + "5"} | {
                link for page in pages if page.state is State.AUDITED for link in page.links if in_scope(link, START, Scope.SAME_HOSTNAME)
            }
            assert {page.url for page in pages} | set(rest) == known
            assert len(pages) + len(rest) == len(known)
            budgeted = [entry for entry in rest.values() if entry.state is State.INTERRUPTED]
            assert len(pages) + len(budgeted) <= wanted.target.max_pages
            met.update(entry.state for entry in (*pages, *rest.values()))

    for seed in range(24):
        run(night(seed))
    assert {State.SOFT_404, State.INTERRUPTED, State.ERROR_PAGE, State.DUPLICATE, State.BLOCKED_BY_ROBOTS, State.OVER_BUDGET} < set(met)


def test_a_sampler_chooses_and_what_it_leaves_is_told() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html(*(f"/{number}" for number in range(10)))
            here.site.fallback = lambda path: html(title=path)
            shown: list[Sequence[str]] = []

            def sampler(waiting: Sequence[str]) -> Sequence[str]:
                shown.append(waiting)
                return [waiting[3], waiting[1], "http://site.test/unknown"] if len(shown) < 3 else []

            pages, rest, _ = await walked(here, order(), sampler=sampler)
            assert paths(pages) == ["/", "/3", "/1", "/5", "/2"]
            assert [len(waiting) for waiting in shown] == [10, 8, 6]
            assert {entry.state for entry in rest.values()} == {State.NOT_SAMPLED}
            assert len(rest) == 6

    run(story())


def test_the_frontier_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from crawlers.frontier import Frontier

    monkeypatch.setattr(crawling, "Frontier", lambda: Frontier(addresses=20))

    async def story() -> None:
        async with ground() as here:
            here.site.fallback = lambda path: html(*(f"{path.rstrip('/')}/{number}" for number in range(15)), title=path)
            here.site.pages["/robots.txt"] = Reply(status=404)
            pages, rest, _ = await walked(here, order(max_pages=4))
            assert len(pages) + len(rest) == 20
            assert "没有登记" in next(iter(rest.values())).reason

    run(story())


# ---------------------------------------------------------------------------------------------- manners


def test_robots_txt_is_obeyed_and_what_it_forbids_is_told() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/robots.txt"] = "User-agent: *\nDisallow: /admin\n"
            here.site.pages |= {"/": html("/admin/1", "/a", "/b"), "/a": html("/admin/2")}
            here.site.fallback = lambda path: html(title=path)
            pages, rest, _ = await walked(here, order(max_pages=2))
            assert paths(pages) == ["/", "/a"]
            assert {url: str(entry.state) for url, entry in rest.items()} == {
                START + "admin/1": "blocked-by-robots", START + "admin/2": "blocked-by-robots", START + "b": "over-budget"
            }  # fmt: skip
            assert not any(path.startswith("/admin") for path in here.site.paths())

    run(story())


def test_a_site_whose_robots_txt_fails_is_left_alone_with_the_reason() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/robots.txt": Reply(status=503), "/": html("/a")}
            pages, rest, _ = await walked(here, order(pages=(START + "b",), finders=("links", "sitemap")))
            assert pages == []
            assert {entry.state for entry in rest.values()} == {State.BLOCKED_BY_ROBOTS}
            assert "503" in rest[START].reason
            assert set(here.site.paths()) == {"/robots.txt"}

    run(story())


def test_a_dead_host_is_called_dead_and_not_closed_by_robots() -> None:
    async def story() -> None:
        async with ground("elsewhere.test") as here:
            wanted = order(finders=("links", "sitemap"))
            site = replace(wanted.target.site, url="http://nobody.invalid/")
            pages, rest, _ = await walked(here, replace(wanted, target=replace(wanted.target, site=site)))
            assert [(page.url, page.state) for page in pages] == [("http://nobody.invalid/", State.DNS_ERROR)]
            assert rest == {}

    run(story())


@pytest.mark.parametrize(("delay", "asked", "gap"), [(0.15, "", 0.15), (0.0, "Crawl-delay: 0.2", 0.2), (0.25, "Crawl-delay: 0.1", 0.25)])
def test_visits_of_one_host_keep_their_distance_whatever_the_tabs(delay: float, asked: str, gap: float) -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/robots.txt": f"User-agent: *\n{asked}\n", "/": html("/1", "/2", "/3", "/4")}
            here.site.fallback = lambda path: Reply(html(title=path).encode(), wait=0.3)
            await walked(here, order(delay=delay, tabs=4))
            times = [asked.at for asked in here.site.asked if asked.path != "/robots.txt"]
            assert len(times) == 6  # the question how a missing page is answered keeps its distance too
            assert median(later - earlier for earlier, later in pairwise(times)) > gap - 0.08  # one stall of the machine shortens one gap

    run(story())


def test_no_more_visits_are_under_way_than_there_are_tabs() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html(*(f"/{number}" for number in range(12)))
            here.site.fallback = lambda path: Reply(html(title=path).encode(), wait=0.05)
            _, _, browser = await walked(here, order(tabs=3))
            assert browser.most_under_way == 3

    run(story())



def test_other_hosts_of_the_site_have_their_own_robots_txt_and_their_own_pace() -> None:
    async def story() -> None:
        async with ground("site.test", "a.site.test") as here:
            here.site.pages |= {
                "site.test/": html("http://a.site.test/x", "http://a.site.test/y"), "a.site.test/robots.txt": "User-agent: *\nDisallow: /y",
                "a.site.test/x": html(),
            }  # fmt: skip
            pages, rest, _ = await walked(here, order(scope=Scope.SAME_DOMAIN))
            assert [page.url for page in pages] == [START, "http://a.site.test/x"]
            assert rest["http://a.site.test/y"].state is State.BLOCKED_BY_ROBOTS

    run(story())


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    return


@pytest.mark.parametrize("trouble", [Reply(status=503), Reply(status=429, headers={"Retry-After": "1"}), hang_up])
def test_a_passing_failure_gets_one_more_chance_after_a_pause(trouble: Any) -> None:
    async def story() -> None:
        async with ground() as here:

            async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                here.site.pages["/a"] = html(title="well again")
                await asyncio.sleep(0)

            here.site.pages |= {"/": html("/a", "/b"), "/b": trouble, "/a": once}
            pages, _, browser = await walked(here, order(tabs=1, max_pages=3))
            assert states(pages)["/a"] == "audited"
            assert pages[-1].state is not State.AUDITED
            assert browser.visits == [START, *[START + "a"] * 2, *[START + "b"] * 2]
            times = [asked.at for asked in here.site.asked if asked.path == "/b"]
            if isinstance(trouble, Reply) and trouble.headers:
                assert times[1] - times[0] >= 1

    run(story())


def test_other_failures_get_no_second_chance() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/": html("/a"), "/a": Reply(status=500)}
            _, _, browser = await walked(here, order())
            assert browser.visits == [START, START + "a"]

    run(story())


# ---------------------------------------------------------------------------------------------- time, resuming, lists


def test_after_the_deadline_nothing_more_is_visited_and_the_rest_is_interrupted() -> None:
    async def story() -> None:
        async with ground() as here:
            now = datetime(2026, 1, 1, tzinfo=UTC)
            clock = [now]

            def page(path: str) -> str:
                if path == "/2":
                    clock[0] = now + timedelta(hours=1)
                return html(title=path)

            here.site.pages["/"] = html(*(f"/{number}" for number in range(20)))
            here.site.fallback = page
            wanted = order(tabs=1, max_pages=10, deadline=now + timedelta(minutes=1))
            pages, rest, _ = await walked(here, wanted, clock=lambda: clock[0])
            assert paths(pages) == ["/", "/0", "/1", "/2"]
            assert Counter(str(entry.state) for entry in rest.values()) == {"interrupted": 6, "over-budget": 11}
            assert "结束时间" in rest[START + "3"].reason

    run(story())


def test_a_turn_that_would_come_after_the_deadline_is_not_waited_for() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {"/robots.txt": "User-agent: *\nCrawl-delay: 600", "/": html("/a")}
            begun = time.monotonic()
            pages, rest, _ = await walked(here, order(deadline=datetime.now(UTC) + timedelta(seconds=20)))
            assert time.monotonic() - begun < 10
            assert paths(pages) == ["/"]
            assert rest[START + "a"].state is State.INTERRUPTED
            assert "600 秒" in rest[START + "a"].reason

    run(story())


def test_an_interrupted_run_goes_on_where_it_stopped_and_ends_like_its_twin() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.fallback = lambda path: html(*(f"/{number}" for number in random.Random(path).choices(range(30), k=4)), title=path)
            here.site.pages |= {"/robots.txt": Reply(status=404), "/3": redirect("/4"), "/9": html(title="same"), "/8": html(title="same")}
            twin, rest, _ = await walked(here, order(max_pages=20))
            for stop in (1, 7, 19, 20):
                done = tuple(judged(page) for page in twin[:stop])
                pages, left, browser = await walked(here, order(max_pages=20, done=done))
                assert [(page.url, page.state) for page in twin[:stop]] + [(page.url, page.state) for page in pages] == [
                    (page.url, page.state) for page in twin
                ]
                assert {url: entry.state for url, entry in left.items()} == {url: entry.state for url, entry in rest.items()}
                assert sorted(browser.visits) == sorted(page.url for page in twin[stop:])

    run(story())


def judged(page: Page) -> Judged:
    digest = page_digest(page.html) if page.state is State.AUDITED else ""
    coverage = Coverage(url=page.url, state=page.state, reason=page.reason, final_url=page.final_url, digest=digest)
    return Judged(coverage=coverage, links=page.links)


def test_what_an_interrupted_run_did_not_visit_is_visited_now() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html(title="x")
            done = (Judged(coverage=Coverage(url=START, state=State.INTERRUPTED, reason="到了规定的结束时间")),)
            pages, _, _ = await walked(here, order(done=done))
            assert states(pages) == {"/": "audited"}

    run(story())


def test_a_list_is_visited_exactly_as_it_is() -> None:
    async def story() -> None:
        async with ground("site.test", "other.test") as here:
            here.site.pages |= {
                "/robots.txt": "User-agent: *\nDisallow: /", "/a": html("/more"), "/b": redirect("http://other.test/a"),
                "other.test/a": html("/more"),
            }  # fmt: skip
            listed = (START + "a", "http://other.test/a", START + "b", START + "a#x", START + "x.pdf", "nonsense")
            pages, rest, _ = await walked(here, order(crawl=False, pages=listed, max_pages=1, exclude=("*",)))
            assert [(page.url, page.state) for page in pages] == [
                (START + "a", State.AUDITED), ("http://other.test/a", State.AUDITED), (START + "b", State.AUDITED),
                (START + "x.pdf", State.GONE),
            ]  # fmt: skip
            assert pages[2].final_url == "http://other.test/a"
            assert {url: entry.state for url, entry in rest.items()} == {"nonsense": State.EXCLUDED}
            assert "/robots.txt" not in here.site.paths()

    run(story())


def test_leaving_early_ends_the_visits_under_way() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html("/1", "/2", "/3")
            here.site.fallback = lambda path: Reply(html(title=path).encode(), wait=20 if path == "/3" else 0.0)
            browser = PlainBrowser(here.fetcher)
            walk = crawl(order(), browser, here.fetcher, ())
            async for item in walk:
                if isinstance(item, Page) and item.url == START + "1":
                    break
            begun = time.monotonic()
            await walk.aclose()
            assert time.monotonic() - begun < 15
            others = asyncio.all_tasks() - {asyncio.current_task()}
            assert not [task for task in others if "visit" in repr(task.get_coro())]

    run(story())


def test_a_mistake_in_a_browser_is_not_swallowed() -> None:
    class Broken:
        async def visit(self, url: str, probes: Sequence[Probe], *, limit: float, idle: Idle = nullcontext, **trials: Any) -> Page:
            raise RuntimeError("no browser")

    async def story() -> None:
        async with ground() as here:
            with pytest.raises(RuntimeError, match="no browser"):
                async for _ in crawl(order(), Broken(), here.fetcher, ()):
                    pass

    run(story())


def test_the_walk_does_not_depend_on_the_order_of_answers() -> None:
    visits: list[list[str]] = []

    async def story(wait: Callable[[str], float]) -> None:
        async with ground() as here:
            here.site.pages["/"] = html("/slow", "/fast")
            here.site.pages["/robots.txt"] = Reply(status=404)
            here.site.fallback = lambda path: Reply(html(f"{path}/a", f"{path}/b", title=path).encode(), wait=wait(path))
            pages, _, _ = await walked(here, order(tabs=2, max_pages=6))
            visits.append(paths(pages))

    run(story(lambda path: 0.1 if path == "/slow" else 0))
    run(story(lambda path: 0.1 if path == "/fast" else 0))
    assert visits[0] == visits[1] == ["/", "/slow", "/fast", "/slow/a", "/slow/b", "/fast/a"]
