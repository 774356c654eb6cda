"""Whether what makes up a page is still as it was: asked on condition, each file once, the document first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from loopback import Ground, Reply, ground, redirect, run
from test_crawl import order

from auditor.model import Order, Source
from crawlers.browsers.http import Answer
from crawlers.contents import FAILED, digest_of
from crawlers.guest import Guest
from crawlers.pace import Pace
from crawlers.unchanged import AT_ONCE, Unchanged

PAGE, STYLE, SCRIPT = "http://site.test/a", "http://site.test/s.css", "http://site.test/s.js"
HEADERS = {"content-type": "text/html; charset=utf-8"}
TEXT, RULES = "<html><title>甲</title>", "p { color: red }"


def source(url: str, content: str, **validators: str) -> Source:
    return Source(url=url, digest=digest_of(200, content.encode(), HEADERS), validators=validators)


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


def test_an_answer_that_nothing_has_changed_says_nothing_where_it_was_not_asked_on_condition() -> None:
    async def told() -> bool:
        async with ground() as here:
            here.site.pages["/a"] = Reply(status=304)
            return await asking(here)((source(PAGE, TEXT),))

    assert run(told()) is False


def test_a_document_that_now_comes_from_another_address_is_not_the_page_it_was() -> None:
    async def told() -> list[bool]:
        async with ground() as here:
            here.site.pages = {"/a": redirect("/b"), "/b": TEXT, "/c": redirect("/b")}
            page = source(PAGE, TEXT)
            found = [await asking(here)((page,))]
            found.append(await asking(here)((replace(page, final_url="http://site.test/b"),)))
            here.site.pages["/a"] = TEXT
            return [*found, await asking(here)((replace(page, final_url="http://site.test/b"),))]

    assert run(told()) == [False, True, False]


def test_what_failed_before_and_could_not_be_asked_for_tonight_is_not_known_to_be_as_it_was() -> None:
    async def told() -> list[bool]:
        async with ground() as here:
            here.site.pages["/a"] = TEXT
            page, dead = source(PAGE, TEXT), Source(url="http://dead.test/x.js", digest=FAILED)
            found = [await asking(here)((page, dead))]
            stopped = asking(here)
            stopped.guest.stopped = lambda host: host == "dead.test"
            return [*found, await stopped((page, dead))]

    assert run(told()) == [True, False]


def test_once_the_site_is_too_busy_nobody_is_asked_for_the_rest_of_a_page() -> None:
    async def told() -> tuple[bool, int]:
        async with ground() as here:
            here.site.pages["/a"] = TEXT
            many = [f"/{number}.js" for number in range(60)]
            here.site.pages |= {path: Reply(status=503, headers={"Retry-After": "20"}) for path in many}
            same = await asking(here)((source(PAGE, TEXT), *(source(f"http://site.test{path}", RULES) for path in many)))
            return same, len(here.site.asked)

    same, asked = run(told())
    assert not same
    assert asked <= 1 + AT_ONCE


def test_a_host_that_asked_to_be_left_alone_is_not_asked_for_files_either() -> None:
    async def told() -> list[bool]:
        async with ground() as here:
            here.site.pages = {"/a": TEXT, "/s.css": RULES}
            unchanged = asking(here)
            assert await unchanged((source(PAGE, TEXT),))
            unchanged.guest.pace.hold("site.test", 600)
            found = [await unchanged((source(PAGE, TEXT), source(STYLE, RULES)))]
            assert here.site.paths() == ["/a"]
            unchanged.guest.pace = Pace(0.0)
            return [*found, await unchanged((source(PAGE, TEXT), source(STYLE, RULES)))]

    assert run(told()) == [False, True]


def test_a_page_whose_files_do_not_come_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.unchanged.LIMIT_ALL", 0.2)

    async def told() -> bool:
        async with ground() as here:
            here.site.pages = {"/a": TEXT, "/s.css": Reply(RULES.encode(), wait=60)}
            return await asking(here)((source(PAGE, TEXT), source(STYLE, RULES)))

    assert run(told(), 20) is False


def test_files_do_not_wait_for_documents_whose_turn_has_not_come() -> None:
    async def told() -> bool:
        async with ground() as here:
            here.site.pages = {"/a": TEXT, "/s.css": RULES}
            unchanged = asking(here)
            unchanged.guest.pace.ask("site.test", 600)
            assert await unchanged.guest.pace.turn("site.test")
            waiting = [asyncio.create_task(unchanged((source(f"http://site.test/{number}", TEXT),))) for number in range(2 * AT_ONCE)]
            await asyncio.sleep(0)
            style = await asyncio.wait_for(unchanged._now(source(STYLE, RULES), in_turn=False), 20)
            for task in waiting:
                task.cancel()
            return style[0] == source(STYLE, RULES).digest

    assert run(told())


def test_a_site_whose_certificate_has_run_out_since_is_not_carried_over_as_if_visitors_still_came_in() -> None:
    class Lenient:
        async def get(self, url: str, **_: Any) -> Answer:
            return Answer(url=url, final_url=url, status=200, headers=HEADERS, body=TEXT.encode())

    asked: list[str] = []

    async def diagnose(host: str, port: int, *, certificate: bool) -> str | None:
        asked.append(host)
        return "网站的证书已于 2026年11月28日过期" if host == "old.test" else None

    async def told(host: str, other: str = "") -> bool:
        guest = Guest(
            order(), browser=None, fetcher=Lenient(), probes=(), left=lambda: 60.0, stopped=lambda host: False, diagnose=diagnose,  # type: ignore[arg-type]
            pause=0.01,
        )  # fmt: skip
        frames = tuple(source(f"https://{other}/{number}", TEXT) for number in range(3) if other)
        return await Unchanged(guest)((source(f"https://{host}/a", TEXT), *frames))

    assert run(told("sound.test"))
    assert not run(told("old.test"))
    asked.clear()
    assert not run(told("sound.test", other="old.test"))
    assert asked == ["sound.test", "old.test"], "once for each host"


def test_the_same_bytes_are_another_page_where_they_are_to_be_taken_as_something_else() -> None:
    async def told() -> list[bool]:
        async with ground() as here:
            found = []
            for more in ({}, {"Content-Type": "text/plain"}, {"Content-Security-Policy": "script-src 'none'"}, {"Refresh": "0; url=/b"}):
                here.site.pages["/a"] = Reply(TEXT.encode(), headers={"Date": "Sun, 29 Nov 2026 02:00:00 GMT", **more})
                found.append(await asking(here)((source(PAGE, TEXT),)))
            return found

    assert run(told()) == [True, False, False, False]
