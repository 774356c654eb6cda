"""Whether what makes up a page is still as it was: asked on condition, each file once, the document first."""

from __future__ import annotations

import hashlib

from loopback import Ground, Reply, ground, run
from test_crawl import order

from auditor.model import Order, Source
from crawlers.contents import FAILED
from crawlers.guest import Guest
from crawlers.unchanged import Unchanged

PAGE, STYLE, SCRIPT = "http://site.test/a", "http://site.test/s.css", "http://site.test/s.js"
TEXT, RULES = "<html><title>甲</title>", "p { color: red }"


def source(url: str, content: str, **validators: str) -> Source:
    return Source(url=url, digest=hashlib.sha256(content.encode()).hexdigest(), validators=validators)


def asking(here: Ground, wanted: Order | None = None) -> Unchanged:
    guest = Guest(
        wanted or order(), browser=None, fetcher=here.fetcher, probes=(), left=lambda: 60.0, stopped=lambda host: False, diagnose=None,  # type: ignore[arg-type]
        pause=0.01,
    )  # fmt: skip
    return Unchanged(guest)


def test_a_page_is_unchanged_where_all_its_files_have_the_same_content() -> None:
    async def told() -> list[bool]:
        async with ground() as here:
            here.site.pages = {"/a": TEXT, "/s.css": RULES}
            same = source(PAGE, TEXT), source(STYLE, RULES)
            found = [await asking(here)(same)]
            here.site.pages["/s.css"] = RULES + " "
            found.append(await asking(here)(same))
            here.site.pages = {"/a": TEXT + " ", "/s.css": RULES}
            before = len(here.site.asked)
            found.append(await asking(here)(same))
            assert here.site.paths()[before:] == ["/a"], "with another document nothing further is asked"
            return [*found, await asking(here)(())]

    assert run(told()) == [True, False, False, False]


def test_what_has_validators_is_asked_for_on_condition() -> None:
    async def told() -> tuple[bool, str]:
        async with ground() as here:
            here.site.pages["/a"] = Reply(status=304)
            known = source(PAGE, "whatever it was", etag='"abc"', **{"last-modified": "Sat, 28 Nov 2026 00:00:00 GMT"})
            return await asking(here)((known,)), here.site.asked[0].head.lower()

    same, head = run(told())
    assert same
    assert 'if-none-match: "abc"' in head
    assert "if-modified-since: sat, 28 nov 2026 00:00:00 gmt" in head


def test_a_shared_file_is_asked_for_once_in_a_run_however_many_pages_have_it() -> None:
    async def told() -> list[str]:
        async with ground() as here:
            here.site.pages = {f"/{name}": TEXT for name in "abc"} | {"/s.css": RULES}
            unchanged = asking(here)
            pages = [(source(f"http://site.test/{name}", TEXT), source(STYLE, RULES)) for name in "abc"]
            assert [await unchanged(sources) for sources in pages] == [True] * 3
            return here.site.paths()

    assert sorted(run(told())) == ["/a", "/b", "/c", "/s.css"]


def test_a_file_that_failed_before_has_to_fail_the_same_way() -> None:
    async def told() -> list[bool]:
        async with ground() as here:
            here.site.pages["/a"] = TEXT
            page = source(PAGE, TEXT)
            gone, dead = Source(url=SCRIPT, digest="404"), Source(url="http://unknown.test/x.js", digest=FAILED)
            found = [await asking(here)((page, gone, dead))]
            here.site.pages["/s.js"] = "alert(1)"
            return [*found, await asking(here)((page, gone))]

    assert run(told()) == [True, False]


def test_the_document_waits_for_its_turn_and_nothing_is_asked_once_the_time_is_over() -> None:
    async def told() -> tuple[bool, int]:
        async with ground() as here:
            here.site.pages["/a"] = TEXT
            unchanged = asking(here)
            unchanged.guest.left = lambda: 0.0
            return await unchanged((source(PAGE, TEXT),)), len(here.site.asked)

    assert run(told()) == (False, 0)
