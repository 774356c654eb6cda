"""Robots.txt: what a host allows, how long it wants us to wait, and what its silence means."""

from __future__ import annotations

import asyncio

import pytest
from loopback import Ground, Reply, ground, redirect, run

from auditor.model import State
from crawlers.robots import LONGEST_DELAY, Robots, product_token

RULES = """\ufeffUser-agent: *
Disallow: /private/   # everybody
Allow: /private/open
Disallow: /*.pdf$
Crawl-delay: 2
Sitemap: http://site.test/map.xml
Sitemap: nonsense

User-agent: TestAudit
User-agent: other
Disallow: /not-for-us
Crawl-delay: 300
"""


async def fetched(here: Ground, product: str = "TestAudit") -> Robots:
    return await Robots.fetch(here.fetcher, "http://site.test", product)


def test_the_group_of_our_own_name_goes_before_the_one_for_everybody() -> None:
    ours, theirs = Robots.parse(RULES.encode(), "TestAudit"), Robots.parse(RULES.encode(), "Somebody")
    assert ours.refusal("http://site.test/not-for-us/x") == "robots.txt 不允许访问这个地址"
    assert ours.refusal("http://site.test/private/x") == ""
    assert theirs.refusal("http://site.test/private/x")
    assert theirs.refusal("http://site.test/private/open/x") == ""
    assert theirs.refusal("http://site.test/a.pdf")
    assert theirs.refusal("http://site.test/a.pdf?x=1") == ""
    assert theirs.sitemaps == ("http://site.test/map.xml",)


def test_crawl_delay_is_honoured_up_to_a_limit_that_is_told() -> None:
    ours, theirs = Robots.parse(RULES.encode(), "TestAudit"), Robots.parse(RULES.encode(), "Somebody")
    assert (theirs.delay, theirs.note) == (2.0, "")
    assert ours.delay == LONGEST_DELAY
    assert "300 秒" in ours.note and "60 秒" in ours.note


@pytest.mark.parametrize("delay", ["nan", "-3", "0", "x", ""])
def test_a_senseless_crawl_delay_asks_for_nothing(delay: str) -> None:
    assert Robots.parse(f"User-agent: *\nCrawl-delay: {delay}".encode(), "TestAudit").delay == 0


@pytest.mark.parametrize(("agent", "token"), [
    ("JiningA11yAudit/1.0 (+https://example.gov.cn/audit)", "JiningA11yAudit"), ("Audit", "Audit"), ("My Audit/2", "My"), ("", "*"),
])  # fmt: skip
def test_the_first_word_of_the_user_agent_is_our_name(agent: str, token: str) -> None:
    assert product_token(agent) == token


@pytest.mark.parametrize("status", [404, 403, 410, 401])
def test_without_a_robots_txt_everything_is_allowed(status: int) -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/robots.txt"] = Reply(RULES.encode(), status=status)
            robots = await fetched(here)
            assert robots.refusal("http://site.test/not-for-us") == ""
            assert here.site.paths() == ["/robots.txt"]

    run(story())


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_fails_twice_closes_the_site_and_says_why(status: int) -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/robots.txt"] = Reply(status=status)
            robots = await fetched(here)
            assert str(status) in robots.refusal("http://site.test/")
            assert robots.connected
            assert here.site.paths() == ["/robots.txt"] * 2

    run(story())


def test_one_failure_is_forgiven() -> None:
    async def story() -> None:
        async with ground() as here:
            answers = [Reply(status=503), Reply(RULES.encode())]

            here.site.fallback = lambda path: answers.pop(0)
            assert (await fetched(here)).refusal("http://site.test/not-for-us")
            assert answers == []

    run(story())


def test_no_answer_at_all_closes_the_site() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def story() -> None:
        async with ground(idle_timeout=0.2) as here:
            here.site.pages["/robots.txt"] = silent
            robots = await fetched(here)
            assert "没有取到" in robots.refusal("http://site.test/")
            assert robots.connected

    run(story())


def test_a_host_that_cannot_be_reached_is_told_from_one_that_is_closed() -> None:
    async def story() -> None:
        async with ground() as here:
            robots = await Robots.fetch(here.fetcher, "http://nobody.invalid", "TestAudit")
            assert robots.refusal("http://nobody.invalid/")
            assert not robots.connected

    run(story())


def test_a_redirect_is_followed_and_an_endless_one_means_no_robots_txt() -> None:
    async def story() -> None:
        async with ground("site.test", "other.test") as here:
            here.site.pages |= {"/robots.txt": redirect("http://other.test/r"), "/r": RULES}
            assert (await fetched(here)).refusal("http://site.test/not-for-us")
            here.site.pages["/r"] = redirect("/r")
            assert (await fetched(here)).refusal("http://site.test/not-for-us") == ""

    run(story())


def test_only_the_beginning_of_an_endless_robots_txt_counts() -> None:
    async def story() -> None:
        async with ground() as here:
            body = RULES.encode() + b"# filler\n" * 100_000 + b"User-agent: TestAudit\nDisallow: /\n"
            here.site.pages["/robots.txt"] = Reply(body)
            answer = await here.fetcher.get("http://site.test/robots.txt", limit_bytes=500_000)
            assert (answer.state, len(answer.body)) == (State.TOO_LARGE, 500_000)
            robots = await fetched(here)
            assert robots.refusal("http://site.test/not-for-us")
            assert robots.refusal("http://site.test/") == ""

    run(story())


def test_bytes_that_are_no_text_allow_everything() -> None:
    assert Robots.parse(bytes(range(256)) * 100, "TestAudit").refusal("http://site.test/") == ""
