"""The crawl draws samples: in full where the site fits, else a seeded draw out of a frame that is kept whole, the same after a stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from loopback import Ground, ground, redirect, run
from test_crawl import PROBES, START, PlainBrowser, html, order

from auditor.addresses import dom_key, url_key
from auditor.essential import essential, kind_of
from auditor.lifecycle import Counts
from auditor.model import Coverage, Enough, Judged, Mark, Order, Page, RunState, State, Tally, Variant
from auditor.model import Run as Night
from auditor.run_score import score
from auditor.sampling import FEWEST, before, number_of, seed_of
from auditor.scoring import Stratum, index, page_criteria, stratified
from auditor.selecting import HalfWidth, Selection
from auditor.store import Store
from checks import judge
from crawlers.crawl import crawl

NOW = datetime(2026, 11, 29, tzinfo=UTC)
RULE = "image-alt"
DRAWN = (Mark.PANEL, Mark.FRESH)


def big(here: Ground, *, news: int = 300, laws: int = 60) -> None:
    """A site of lists and articles; each list leads to forty articles and to the next list."""
    pages = here.site.pages
    pages["/"] = html("/news/index.html", "/law/index.html", "/login.html", "/lxwm.html")
    pages["/login.html"], pages["/lxwm.html"] = html(title="登录"), html(title="联系我们")
    for kind, many in (("news", news), ("law", laws)):
        for turn in range(0, many, 40):
            links = [f"/{kind}/{n}.html" for n in range(turn, min(many, turn + 40))]
            links += [f"/{kind}/list_{turn + 40}.html"] * (turn + 40 < many)
            pages[f"/{kind}/" + (f"list_{turn}.html" if turn else "index.html")] = html(*links)
        for n in range(many):
            pages[f"/{kind}/{n}.html"] = html(title=f"{kind}{n}") + ("<table><tr><td>x</table>" if kind == "law" else "")


def judged(page: Page) -> Judged:
    """What stands for the judgement of a page: as many failures as its address asks for."""
    told = Coverage(
        url=page.url, state=page.state, reason=page.reason, final_url=page.final_url, url_key=url_key(page.url),
        dom_key=dom_key(page.html) if page.html else "",
        engines=tuple(judge.counting()[RULE].engines) if page.state is State.AUDITED else (),
        digest=str(hash(page.html)) if page.html else "",
    )  # fmt: skip
    number = sum(map(ord, page.url))
    tallies = (Tally(page=page.url, rule=RULE, failed=number % 3, passed=4),) if page.state is State.AUDITED else ()
    return Judged(coverage=told, tallies=tallies, links=page.links)


async def night(
    here: Ground, wanted: Order, *, half_width: HalfWidth = lambda ledger: None, stop: int | None = None, reading: bool = False,
    **options: Any,
) -> Night:  # fmt: skip
    """A run as `audit` makes it, with the browser of test_crawl; `stop`: after so many pages it breaks off, and only these are told.

    `reading`: links are read without a browser too.
    """
    done = list(wanted.done)
    selection = Selection(wanted, done, half_width)
    rest: list[Coverage] = []
    walk = crawl(
        wanted, PlainBrowser(here.fetcher), here.fetcher, PROBES, retry_pause=0.01, sampler=selection,
        explorer=selection if reading else None, remembered=selection.remembered(), **options,
    )  # fmt: skip
    async for item in walk:
        if isinstance(item, Coverage):
            rest.append(item)
        elif isinstance(item, Page):
            done.append(judged(item))
        if stop is not None and len(done) >= stop:
            await walk.aclose()
            break
    ledger = selection.marked((*(one.coverage for one in done), *rest))
    assert max(Counter(entry.url for entry in ledger).values()) == 1
    return Night(
        site="site", round=wanted.round, started=NOW, finished=NOW, state=RunState.AUDITED, coverage=ledger, rules=(RULE,),
        tallies=tuple(tally for one in done for tally in one.tallies), sample=selection.sample(ledger),
    )  # fmt: skip


def wanted(number: int = 1, **changes: Any) -> Order:
    known = changes.pop("known", ())
    done = changes.pop("done", ())
    return replace(order(max_pages=changes.pop("max_pages", 60), **changes), round=f"r{number}", now=NOW, known=known, done=done)


def drawn(told: Night) -> dict[str, Mark]:
    return {entry.url: entry.mark for entry in told.coverage if entry.mark in DRAWN}


def seen(told: Night) -> list[str]:
    return [entry.url for entry in told.coverage if entry.state is State.AUDITED]


def test_a_site_that_fits_is_looked_at_whole_and_nothing_is_drawn() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here, news=20, laws=10)
            told = await night(here, wanted())
            assert told.sample is None and {entry.mark for entry in told.coverage} == {Mark.NONE}
            assert len(seen(told)) == len(here.site.pages) and {entry.state for entry in told.coverage} == {State.AUDITED}

    run(story())


def test_a_first_run_explores_with_half_of_its_budget_and_draws_the_rest() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)
            told = await night(here, wanted())
            marks = Counter(entry.mark for entry in told.coverage)
            assert told.sample is not None and told.sample.enough is Enough.DRAWN
            assert marks[Mark.SURE] + marks[Mark.EXPLORED] == told.sample.sure == 30
            assert marks[Mark.PANEL] + marks[Mark.FRESH] == told.sample.drawn == told.sample.looked == 30
            assert len(seen(told)) == 60 and told.sample.frame == marks[Mark.FRAME] + 30
            assert {entry.mark for entry in told.coverage if "login" in entry.url or "lxwm" in entry.url} <= {Mark.SURE, Mark.EXPLORED}
            left = {entry.state for entry in told.coverage if entry.mark in (Mark.FRAME, Mark.LATE)}
            assert left == {State.NOT_SAMPLED} and all(entry.reason for entry in told.coverage if entry.state is not State.AUDITED)

    run(story())


def test_the_next_run_draws_from_all_that_is_known_and_the_same_again_the_night_after() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)
            nights = [await night(here, wanted())]
            for number in range(2, 8):
                nights.append(await night(here, wanted(number, known=nights[-1].coverage)))
            marks = Counter(entry.mark for entry in nights[1].coverage)
            assert marks[Mark.EXPLORED] == 0 and marks[Mark.SURE] == 3  # start, login, contact
            assert len(seen(nights[1])) == 60
            sizes = [told.sample.frame for told in nights if told.sample]
            assert sizes == sorted(sizes) and sizes[-1] > sizes[0]  # what was met late takes part the night after
            known = nights[-1].coverage
            twins = [await night(here, wanted(9, known=known)), await night(here, wanted(10, known=known))]
            assert drawn(twins[0]) == drawn(twins[1])
            change = len(set(drawn(nights[-1])) - set(drawn(nights[-2])))
            assert change < len(drawn(nights[-1])) / 2

    run(story())


def test_half_of_a_new_period_s_pages_are_those_of_the_period_before() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)
            places = [f"{START}{kind}/{n}.html" for kind, many in (("news", 300), ("law", 60)) for n in range(many)]
            known = tuple(Coverage(url=url, state=State.NOT_SAMPLED, url_key=url_key(url)) for url in places)
            first = await night(here, wanted(1, known=known))
            second = await night(here, replace(wanted(2, known=known), period="2027Q1"))
            panel = {url for url, mark in drawn(second).items() if mark is Mark.PANEL}
            assert 0.4 < len(panel) / len(drawn(second)) <= 0.5
            assert len(panel & drawn(first).keys()) >= 0.9 * len(panel)

    run(story())


def test_a_resumed_run_draws_the_same() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)
            before = await night(here, wanted())
            whole = await night(here, wanted(2, known=before.coverage))
            for stop in (1, 4, 17, 59):
                part = await night(here, wanted(2, known=before.coverage), stop=stop)
                done = tuple(Judged(coverage=replace(entry, mark=Mark.NONE, stratum="")) for entry in part.coverage)
                links = {one.coverage.url: one for one in await told_of(here, done)}
                again = await night(here, wanted(2, known=before.coverage, done=tuple(links[one.coverage.url] for one in done)))
                assert {(e.url, e.mark, e.stratum, e.state) for e in again.coverage} == {
                    (e.url, e.mark, e.stratum, e.state) for e in whole.coverage
                }
                assert again.sample == whole.sample

    run(story())


async def told_of(here: Ground, done: Sequence[Judged]) -> list[Judged]:
    """The journal's entries of these pages."""
    browser = PlainBrowser(here.fetcher)
    return [judged(await browser.visit(one.coverage.url, PROBES, limit=5)) for one in done]


def test_what_the_panel_shows_to_suffice_is_all_that_the_next_period_draws() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)
            ledgers: list[Sequence[Coverage]] = []

            def half_width(ledger: Sequence[Coverage]) -> float | None:
                ledgers.append(ledger)
                return 3.0

            first = await night(here, wanted())
            told = await night(here, wanted(2, known=first.coverage), half_width=half_width)
            assert told.sample is not None and told.sample.enough is Enough.DRAWN and told.sample.looked > FEWEST
            marks = Counter(entry.mark for entry in ledgers[-1])  # asked of the panel alone, the others as if nobody had drawn them
            panel = sum(mark is Mark.PANEL for mark in drawn(told).values())
            assert len(ledgers) == 1 and marks[Mark.PANEL] == panel and marks[Mark.FRESH] == 0
            assert marks[Mark.PANEL] + marks[Mark.FRAME] == told.sample.frame
            assert told.sample.suffices is not None and told.sample.suffices >= 30  # nobody met problems: all are unseen
            few = replace(wanted(3, known=told.coverage), suffices=FEWEST, period="2027Q1")
            fewer = await night(here, few)
            assert fewer.sample is not None and fewer.sample.enough is Enough.NARROW and fewer.sample.limit == FEWEST
            assert fewer.sample.looked == fewer.sample.drawn == FEWEST == len(drawn(fewer)) and fewer.sample.suffices is None
            assert not any(entry.state is not State.AUDITED for entry in fewer.coverage if entry.mark in DRAWN)

    run(story())


def test_what_is_over_in_time_is_told_of_the_drawn_pages_only() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)
            before = await night(here, wanted())
            clock = [NOW]
            late = replace(wanted(2, known=before.coverage, tabs=1), deadline=NOW + timedelta(hours=1))
            seen_by_then = len(here.site.asked) + 30

            def now() -> datetime:
                return clock[0] if len(here.site.asked) < seen_by_then else NOW + timedelta(hours=2)

            told = await night(here, late, clock=now)
            assert told.sample is not None and told.sample.enough is Enough.TIME
            assert {entry.state for entry in told.coverage if entry.mark is Mark.FRAME} == {State.NOT_SAMPLED}
            assert {entry.mark for entry in told.coverage if entry.state is State.INTERRUPTED} <= set(DRAWN)
            assert sum(entry.mark in DRAWN for entry in told.coverage) == told.sample.drawn

    run(story())


def test_addresses_that_were_no_pages_are_left_out_and_looked_at_again_now_and_then() -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)
            first = await night(here, wanted(max_pages=80))
            dead = {f"{START}old/{n}.html" for n in range(40)}
            gone = tuple(Coverage(url=url, state=State.GONE, url_key=url_key(url)) for url in sorted(dead))
            here.site.pages |= {url.removeprefix(START[:-1]): html(title=url) for url in dead}  # they are back
            second = await night(here, wanted(2, known=(*first.coverage, *gone), max_pages=80))
            back = {entry.url for entry in second.coverage if entry.url in dead and entry.state is State.AUDITED}
            assert len(back) == 4 and {entry.mark for entry in second.coverage if entry.url in back} == {Mark.SURE}
            assert Counter(entry.mark for entry in second.coverage if entry.url in dead) == {Mark.SURE: 4, Mark.LEFT_OUT: 36}
            third = await night(here, wanted(3, known=second.coverage, max_pages=80))
            assert sum(entry.mark is Mark.LEFT_OUT for entry in third.coverage if entry.url in dead) == 32  # remembered, although unvisited
            assert all(entry.mark in (*DRAWN, Mark.FRAME) for entry in third.coverage if entry.url in back)

    run(story())


def test_weights_and_index_can_be_computed_again_from_the_store_alone(tmp_path: Path) -> None:
    async def story() -> None:
        async with ground() as here:
            big(here)
            here.site.pages |= {f"/law/{n}.html": redirect(f"/law/{n + 1}.html") for n in range(0, 60, 5)}  # some addresses are no pages
            first = await night(here, wanted())
            told = await night(here, wanted(2, known=first.coverage))
            with Store.open(tmp_path / "auditor.db") as store:
                for one in (first, told):
                    store.begin_round(one.round, NOW, "manual")
                    store.save(one, (), Counts(new=0, open=0, fixed=0, reopened=0), score(one, judge.counting()))
                    store.end_round(one.round, NOW)
                summary, ledger, tallies = store.runs("site", 1)[0], list(store.ledger("site", "r2")), store.tallies("site", "r2")
                known = store.known("site")
            assert summary.sample == told.sample is not None and summary.score is not None and summary.score.sample == told.sample
            assert {(e.url, e.mark, e.stratum) for e in ledger} == {(e.url, e.mark, e.stratum) for e in told.coverage}
            again(ledger, tallies, summary)
            third = await night(here, wanted(3, known=known))
            assert third.sample is not None and third.sample.frame >= told.sample.frame

    run(story())


def again(ledger: Sequence[Coverage], tallies: Sequence[Tally], summary: Any) -> None:
    """Every draw and the index, by nothing but ledger, tallies and the line of the run."""
    sample = summary.sample
    assert sample.seed == seed_of("site", sample.period) and sample.before == seed_of("site", before(sample.period))
    value = {tally.page: index(page_criteria([tally], judge.counting())) for tally in tallies if tally.variant is Variant.DESKTOP}
    sure = [entry for entry in ledger if entry.mark in (Mark.SURE, Mark.EXPLORED) and entry.state is State.AUDITED]
    strata = [Stratum(key="", size=len(sure), values=tuple(value[entry.url] or 0.0 for entry in sure), alone=True)]
    for key in sorted({entry.stratum for entry in ledger if entry.stratum}):
        frame = [entry for entry in ledger if entry.stratum == key]
        chosen = [entry for entry in frame if entry.mark in DRAWN]
        panel = sorted(frame, key=lambda entry: number_of(sample.before, entry.url))[: len(chosen) // 2]
        fresh = sorted((one for one in frame if one not in panel), key=lambda entry: number_of(sample.seed, entry.url))
        assert {entry.url for entry in chosen} == {entry.url for entry in (*panel, *fresh[: len(chosen) - len(panel)])}
        seen = [entry for entry in chosen if entry.state is State.AUDITED]
        others = sum(entry.state is State.DUPLICATE for entry in chosen)
        strata.append(Stratum(key=key, size=len(frame), values=tuple(value[entry.url] or 0.0 for entry in seen), others=others))
    assert sum(stratum.others for stratum in strata) > 0
    found = stratified(strata)
    assert found is not None and (found.value, found.error) == pytest.approx((summary.score.value, summary.score.error))
    assert sum(stratum.size for stratum in strata[1:]) == sample.frame
    assert summary.score.population == round(sum(stratum.pages for stratum in strata))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("login.html", "login"), ("col/search/index.html", "search"), ("wzdt.jsp", "site map"), ("lxwm/", "contact"),
        ("wza/", "accessibility"), ("zhangzhe/index.html", "elder version"),
        ("art/2026/1/1/art_1_2.html", ""), ("research/1.html", ""), ("xxgk/index.html", ""),
        ("search/2026/1.html", ""), ("", ""),
    ],
)  # fmt: skip
def test_essential_pages_are_known_by_their_address(path: str, kind: str) -> None:
    assert kind_of(START + path) == kind


def test_of_each_kind_two_addresses_are_essential_and_what_the_start_page_s_entrances_lead_to() -> None:
    many = [f"{START}search.html?q={n}" for n in range(9)] + [START + "aid.html", START + "a.html"]
    noted = {"aid": [{"words": "无障碍", "url": "/aid.html"}], "elder": [{"words": "长者版", "url": ""}]}
    assert essential(many, noted, START) == [START + "aid.html", START + "search.html?q=0", START + "search.html?q=1"]
