"""The walk over pages that have not changed since an earlier night: what is carried over, and what is looked at all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from loopback import Ground, Reply, ground, redirect, run
from test_crawl import START, PlainBrowser, html, order
from test_unchanged import source

from auditor.model import Coverage, Judged, Order, Page, Source, State, Variant
from crawlers.contents import page_digest
from crawlers.crawl import crawl

TEXT = html(title="甲")


def judgement(path: str, content: str, final: str = "") -> Judged:
    page = source(START + path, content)
    entry = Coverage(
        url=START + path, state=State.REUSED, reason="没有变化", final_url=START + (final or path), status=200, engines=("axe",),
        digest=page_digest(content),
    )  # fmt: skip
    return Judged(coverage=entry, sources=(replace(page, final_url=START + final) if final else page,))


class Kept:
    """A keeper that has some judgements; pages `again` are judged anew all the same."""

    def __init__(self, *judged: Judged, again: Sequence[str] = ()) -> None:
        self.judged = {one.coverage.url: one for one in judged}
        self.again = {START + path for path in again}
        self.changed: list[str] = []

    def holds(self, url: str, variant: Variant) -> bool:
        return self.offer(url, variant) is not None

    def offer(self, url: str, variant: Variant) -> Judged | None:
        return None if url in self.again else self.judged.get(url)

    def recheck(self, url: str, variant: Variant) -> Sequence[Source]:
        return self.judged[url].sources if url in self.again else ()

    def tried(self, judged: Judged) -> bool:
        return False

    def has_changed(self, url: str, variant: Variant) -> None:
        self.changed.append(url.removeprefix(START))


async def told(here: Ground, keeper: Kept, wanted: Order | None = None, **options: Any) -> tuple[dict[str, str], list[str]]:
    """State of every address, and which were opened."""
    browser = PlainBrowser(here.fetcher)
    found = {}
    async for item in crawl(wanted or order(), browser, here.fetcher, (), keeper=keeper, **options):
        entry = item.coverage if isinstance(item, Judged) else item
        assert isinstance(entry, Page | Coverage)
        found[entry.url.removeprefix(START)] = entry.state.value
    return found, [url.removeprefix(START) for url in browser.visits]


def test_a_page_that_is_now_met_under_another_address_is_not_counted_twice() -> None:
    async def story() -> None:
        async with ground() as here:
            other = html(title="乙")
            here.site.pages = {
                "/": html("/new", "/copy", "/b", "/twin"), "/new": redirect("/b"), "/copy": TEXT, "/b": other, "/twin": TEXT
            }  # fmt: skip
            keeper = Kept(judgement("b", other), judgement("twin", TEXT))
            states, opened = await told(here, keeper)
            assert states == {"": "audited", "new": "audited", "copy": "audited", "b": "duplicate", "twin": "duplicate"}
            assert "twin" not in opened

    run(story())


def test_a_page_that_led_on_to_what_is_no_part_of_the_site_any_more_is_looked_at() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages = {"/": html("/a"), "/a": redirect("/old/a"), "/old/a": TEXT}
            keeper = Kept(judgement("a", TEXT, final="old/a"))
            assert await told(here, keeper) == ({"": "audited", "a": "reused"}, [""])
            entry = replace(keeper.judged[START + "a"].coverage, final_url="http://other.test/a")
            keeper.judged[START + "a"] = replace(keeper.judged[START + "a"], coverage=entry)
            assert "a" in (await told(here, keeper))[1]

    run(story())


def test_the_site_is_asked_about_a_page_that_is_judged_anew_all_the_same() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages = {"/": html("/a", "/b"), "/a": TEXT, "/b": TEXT + " "}
            keeper = Kept(judgement("a", TEXT), judgement("b", TEXT), again=("a", "b"))
            _, opened = await told(here, keeper)
            assert opened == ["", "a", "b"]
            assert keeper.changed == ["b"]

    run(story())


def test_pages_that_are_opened_do_not_wait_for_those_between_them_that_are_not() -> None:
    async def story() -> None:
        async with ground() as here:
            names = [f"p{number}" for number in range(40)]
            texts = {name: html(title=name) for name in names}
            here.site.pages = {f"/{name}": text for name, text in texts.items()} | {"/": html(*(f"/{name}" for name in names))}
            for name in ("p0", "p35"):
                here.site.pages[f"/{name}"] = Reply(texts[name].encode(), wait=0.8)
            keeper = Kept(*(judgement(name, text) for name, text in texts.items() if name not in ("p0", "p35")))
            browser = PlainBrowser(here.fetcher)
            async for _ in crawl(order(tabs=2), browser, here.fetcher, (), keeper=keeper):
                pass
            assert [url.removeprefix(START) for url in browser.visits] == ["", "p0", "p35"]
            assert browser.most_under_way == 2, "forty pages lie between them, and both are under way at once"

    run(story())
