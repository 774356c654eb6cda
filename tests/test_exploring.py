"""The frame of a large site becomes whole: its lists are read without a browser, bounded, as a guest, and nothing of that is a sample."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from loopback import Ground, ground, redirect, run
from test_crawl import START, html, order, paths, walked
from test_selecting import NOW, big, drawn, night, seen, told_of, wanted

from auditor.exploring import AGAIN, MOST_READ, READS, REPEATED, STEP, Exploration
from auditor.lifecycle import Counts
from auditor.model import Judged, Mark, State
from auditor.model import Run as Night
from auditor.run_score import score
from auditor.store import Store
from bench import frame_growth
from checks import judge
from crawlers.browsers.http import Answer
from crawlers.reading import links_in, links_of


async def reading(here: Ground, number: int = 1, **changes: object) -> Night:
    """A night in which links are read too."""
    return await night(here, wanted(number, **changes), reading=True)


def test_a_site_of_hundreds_of_pages_is_known_whole_after_its_first_night() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)  # 376 pages, 60 of them visited
            told = await reading(here)
            assert told.sample is not None and told.sample.unread == 0 and told.sample.unknown == 0
            assert {entry.url.removeprefix(START[:-1]) for entry in told.coverage} == set(here.site.pages)
            assert told.sample.read <= 120 and told.sample.met > 250
            marks = Counter(entry.mark for entry in told.coverage)
            assert marks[Mark.EXPLORED] <= 10 and marks[Mark.LATE] == 0 and len(seen(told)) == 60
            assert {entry.state for entry in told.coverage if entry.mark is Mark.FRAME} == {State.NOT_SAMPLED}

    run(story())


def test_on_a_site_that_fits_nothing_is_read() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here, news=20, laws=10)
            told = await reading(here)
            asked = Counter(here.site.paths())
            assert told.sample is None and max(asked[path] for path in here.site.pages if path != "/") == 1

    run(story())


def test_every_night_reads_on_where_the_last_one_ended_and_stops_when_all_is_known() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here, news=1600)
            nights = [await reading(here, max_pages=10)]
            for number in range(2, 7):
                nights.append(await reading(here, number, known=nights[-1].coverage, max_pages=10))
            samples = [told.sample for told in nights if told.sample]
            assert len(samples) == 6 and all(sample.read <= 20 for sample in samples)
            assert samples[0].frame + samples[0].late < 1200 and samples[0].unread > 0
            assert samples[-1].frame == len(here.site.pages) - sum(e.mark in (Mark.SURE, Mark.LEFT_OUT) for e in nights[-1].coverage)
            assert samples[-1].unread == 0 and samples[-1].read < 20 and samples[-1].unknown == 0

    run(story())


def test_a_resumed_run_reads_and_draws_the_same() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)
            whole = await reading(here)
            part = await night(here, wanted(), reading=True, stop=35)
            done = [Judged(coverage=replace(entry, mark=Mark.NONE, stratum="")) for entry in part.coverage]
            again = await reading(here, done=tuple(await told_of(here, done)))
            assert drawn(again) == drawn(whole) and again.sample == whole.sample

    run(story())


def test_how_much_is_unknown_is_estimated_where_scripts_write_the_links_of_lists() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here, news=0, laws=0)
            pages = here.site.pages
            pages["/"] = html(*(f"/part/{n}.html" for n in range(200)))
            pages |= {f"/part/{n}.html": html(f"/only/{n}.html", title=f"part{n}") for n in range(200)}
            pages |= {f"/only/{n}.html": html(title=f"only{n}") for n in range(200)}
            told = await night(here, wanted())  # nothing is read
            assert told.sample is not None and told.sample.unknown is not None
            known = told.sample.frame + told.sample.sure + told.sample.late
            assert known + told.sample.unknown == pytest.approx(401, rel=0.05)

    run(story())


class Everything:
    """Wants to read all that waits, once."""

    def __init__(self) -> None:
        self.led_to: dict[str, list[str]] = {}
        self.asked: set[str] = set()

    def wanted(self, waiting: Sequence[str]) -> Sequence[str]:
        new = [url for url in waiting if url not in self.asked]
        self.asked.update(new)
        return new

    def was_read(self, url: str, new: Iterable[str]) -> None:
        self.led_to[url] = list(new)


def test_what_is_read_is_asked_for_like_a_guest() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {
                "/robots.txt": "User-agent: *\nDisallow: /secret/\n", "/": html("/a", "/b", "/c", "/d", "/secret/1"),
                "/a": html("/e", "/f.pdf", "/secret/2", "http://elsewhere.test/"), "/b": redirect("/secret/3"),
                "/c": redirect("http://elsewhere.test/"), "/d": redirect("/g"), "/g": html("/b", "/h"),
            }  # fmt: skip
            explorer = Everything()
            pages, rest, _ = await walked(here, order(), explorer=explorer, sampler=lambda waiting: ())
            assert paths(pages) == ["/"] and {one.host for one in here.site.asked} == {"site.test"}
            assert not any("secret" in path or "pdf" in path for path in here.site.paths())
            assert explorer.led_to == {
                START + "a": [START + "e"], START + "b": [], START + "c": [], START + "d": [START + "h"], START + "e": [], START + "h": [],
            }  # fmt: skip
            assert rest[START + "secret/2"].state is State.BLOCKED_BY_ROBOTS and rest[START + "e"].state is State.NOT_SAMPLED

    run(story())


def test_reading_keeps_the_gap_between_requests_and_takes_a_quarter_of_the_time_at_most() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html(*(f"/{n}" for n in range(40)))
            explorer = Everything()
            begun = time.monotonic()
            limited = replace(order(delay=0.05), site_limit=4.0)
            await walked(here, limited, explorer=explorer, sampler=lambda waiting: ())
            reads = [one.at for one in here.site.asked if one.path.strip("/").isdigit()]
            assert reads[-1] - reads[0] > 0.8 * 0.05 * (len(reads) - 1)
            assert 5 < len(reads) < 30 and reads[-1] - begun < 2

    run(story())


def test_what_addresses_led_to_is_known_the_night_after(tmp_path: Path) -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)
            told = await reading(here)
            with Store.open(tmp_path / "auditor.db") as store:
                for number, one in enumerate((told, replace(told, coverage=tuple(replace(e, led_to=None) for e in told.coverage)))):
                    store.begin_round(f"n{number}", NOW, "manual")
                    one = replace(one, round=f"n{number}")
                    store.save(one, (), Counts(new=0, open=0, fixed=0, reopened=0), score(one, judge.counting()))
                    store.end_round(f"n{number}", NOW)
                    known = {entry.url: entry.led_to for entry in store.known("site")}
                    assert known == {entry.url: entry.led_to for entry in told.coverage}  # a night that reads nothing forgets nothing
            assert known[START + "news/list_40.html"] == 41 and known[START + "news/7.html"] is None

    run(story())


@pytest.mark.browser
def test_a_real_audit_reads_on_from_what_the_store_knows() -> None:
    nights = list(frame_growth.nights(2, 10))
    samples = [told.sample for told, _, _ in nights if told.sample]
    assert len(samples) == 2 and [sample.read for sample in samples] == [20, 20]
    assert samples[1].frame > samples[0].frame + 100 and samples[1].met > 100
    assert all(frame_growth.line(1, told, found, 91.5, 1.0).split()[2] == "20" for told, found, _ in nights)


# ---------------------------------------------------------------------------------------------- what is read first


def explored(
    site: dict[str, list[str]], *, nights: int = 1, max_pages: int = 50, start: str = "http://a.test/"
) -> Iterator[tuple[int, int]]:
    """Night after night, addresses read and known; `site`: address -> where it leads."""
    known = dict.fromkeys([start, *site[start]])
    led_to: dict[str, int] = {}
    for number in range(nights):
        exploration = Exploration(led_to, max_pages=max_pages, seed=str(number))
        while batch := exploration.wanted([url for url in known if url != start]):
            for url in batch:
                new = [one for one in site.get(url, ()) if one not in known]
                known |= dict.fromkeys(new)
                exploration.was_read(url, new)
        led_to |= {url: count for url in known if (count := exploration.led_to(url)) is not None}
        assert exploration.read <= 2 * max_pages and len(known) >= exploration.found
        yield exploration.read, len(known)


def test_pages_of_articles_are_tried_and_then_left_alone() -> None:
    articles = [f"http://a.test/bm{n % 40}/t2026_{n}.html" for n in range(1000)]
    site = {"http://a.test/": articles}
    ((read, known),) = explored(site)
    assert read < 10 and known == 1001


def test_a_calendar_without_an_end_is_left_alone() -> None:
    site = {f"http://a.test/list.jsp?day={n}": [f"http://a.test/list.jsp?day={n + 1}"] for n in range(1000)}
    site["http://a.test/"] = ["http://a.test/list.jsp?day=0"]
    ((read, _),) = explored(site)
    assert read < 25


def test_a_calendar_of_months_and_days_does_not_fill_the_ledger_in_any_number_of_nights() -> None:
    site = {}
    for month in range(400):
        days = [f"http://a.test/calendar?month={month}&day={day}" for day in range(1, 31)]
        site |= {one: [f"http://a.test/calendar?month={month + 1}", *days] for one in (f"http://a.test/calendar?month={month}", *days)}
    site["http://a.test/"] = ["http://a.test/calendar?month=0", "http://a.test/about.html"]
    nights = list(explored(site, nights=12))
    assert MOST_READ * 31 < nights[-1][1] < 32 * (MOST_READ + STEP)
    assert nights[-1][1] == nights[-2][1] and nights[-1][0] <= AGAIN * READS * 50  # months that led on, and nothing else


def test_a_labyrinth_that_leads_ever_deeper_is_left_where_it_repeats_itself() -> None:
    def deeper(address: str, depth: int) -> None:
        site[address] = [f"{address}{name:x}/" for name in range(0xABCDE00A, 0xABCDE00D)] if depth else []
        for each in site[address]:
            deeper(each, depth - 1)

    site: dict[str, list[str]] = {}
    deeper("http://a.test/s/", 7)
    site["http://a.test/"] = ["http://a.test/s/"]
    *_, (_, known) = explored(site, nights=12)
    steps = {address: address.count("/") - 4 for address in site}
    assert known == 1 + sum(depth <= REPEATED + 1 for depth in steps.values() if depth >= 0)


def test_lists_that_led_on_are_read_again_because_they_grow_at_their_top() -> None:
    site = {"http://a.test/": [f"http://a.test/c{n}/index.html" for n in range(10)]}
    site |= {f"http://a.test/c{n}/index.html": [f"http://a.test/c{n}/{i}.html" for i in range(30)] for n in range(10)}
    nights = explored(site, nights=4)
    assert next(nights)[1] == 311
    for n in range(10):
        site[f"http://a.test/c{n}/index.html"].insert(0, f"http://a.test/c{n}/new.html")
    assert next(nights)[1] == 321


def test_what_promises_more_than_the_bound_is_told_as_unread() -> None:
    exploration = Exploration({"http://a.test/index_1.html": 20, "http://a.test/9.html": 0}, max_pages=1, seed="")
    assert exploration.unread(["http://a.test/index_1.html", "http://a.test/index_2.html", "http://a.test/8.html"]) == 1


# ---------------------------------------------------------------------------------------------- what documents say


def test_links_frames_and_what_scripts_of_editing_systems_write_are_read() -> None:
    document = """<base href="/col/"><a href=" a.html ">a</a><area href="b.html"><iframe src="c.html"></iframe><a name=x>x</a>
        <script>createPageHTML(3, 0, "index", "html");</script>
        <script type="text/xml"><datastore><record><![CDATA[<li><a href='/art/1.html' title='x'>x</a></li>]]></record></datastore>
        </script><a href="http://[">broken</a>"""
    found = [link for link in links_in(document, "http://a.test/x/") if link]
    assert found == [f"http://a.test/{path}" for path in
                     ("col/a.html", "col/b.html", "col/c.html", "col/index_1.html", "col/index_2.html", "art/1.html")]  # fmt: skip
    assert list(links_in("", "http://a.test/")) == []


def test_only_documents_lead_on() -> None:
    body = b'<a href="/x">x</a>'
    pdf = Answer(url="http://a.test/", final_url="http://a.test/", status=200, headers={"content-type": "application/pdf"}, body=body)
    assert links_of(pdf) == [] and links_of(replace(pdf, headers={})) == ["http://a.test/x"]
    assert links_of(replace(pdf, headers={}, status=404)) == [] and links_of(replace(pdf, headers={}, state=State.TIMEOUT)) == []
