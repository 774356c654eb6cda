"""The draw: the same for everybody, fair to small templates, half panel and half fresh, and it knows when it is enough."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from test_sample_reports import SAMPLE

from auditor.model import RunState, RunSummary, State
from auditor.sampling import (
    FEWEST,
    LEAST,
    REST,
    Known,
    allocate,
    before,
    draw,
    gathered,
    limit_of,
    number_of,
    period_of,
    seed_of,
    strata_of,
    sufficient,
    unseen,
    weighty,
)
from tests.histories import run


def pages(kind: str, count: int, *, dom_key: str = "") -> list[Known]:
    return [Known(url=f"http://a.test/{kind}/{n:04}", url_key=f"a.test/{kind}/#", dom_key=dom_key) for n in range(count)]


FRAME = [Known(url="http://a.test/", url_key="a.test/", take_all=True), *pages("news", 900), *pages("law", 90), *pages("about", 9)]


def test_addresses_of_one_template_are_one_stratum_and_take_all_pages_none() -> None:
    frame = [*pages("news", 3, dom_key="x"), *pages("law", 2, dom_key="x"), *pages("form", 1, dom_key="y"), *pages("new", 1), FRAME[0]]
    found = strata_of(frame)
    assert {key: len(urls) for key, urls in found.items()} == {"a.test/form/#": 1, "a.test/law/#": 5, "a.test/new/#": 1}
    assert strata_of(reversed(frame)) == found


@pytest.mark.parametrize("n", [6, 12, 40, 200, 999])
def test_small_templates_get_more_than_their_share_and_the_sum_is_kept(n: int) -> None:
    sizes = {"news": 900, "law": 90, "about": 9}
    shares = allocate(sizes, n)
    assert sum(shares.values()) == n and all(min(LEAST, sizes[key]) <= shares[key] <= sizes[key] for key in sizes)
    assert shares["about"] / 9 >= shares["law"] / 90 >= shares["news"] / 900
    with pytest.raises(ValueError, match="need more"):
        allocate({str(n): 5 for n in range(10)}, 19)


def test_rare_templates_are_gathered_so_that_every_stratum_has_a_spread() -> None:
    strata = {f"t{n}": tuple(f"{n}/{i}" for i in range(n)) for n in range(1, 11)}
    found = gathered(strata, 4)
    assert sorted(found) == ["t10", "t8", "t9", REST] and sum(map(len, found.values())) == 55
    assert gathered(strata, 10) == strata


def seeds(period: int) -> tuple[str, str]:
    return seed_of("a", str(period - 1)), seed_of("a", str(period))


def test_a_draw_can_be_repeated_and_differs_from_period_to_period() -> None:
    one, again = (draw(frame, seeds=seeds(1), budget=40) for frame in (FRAME, FRAME[::-1]))
    other = draw(FRAME, seeds=seeds(2), budget=40)
    assert one == again and len(one.pages) == 40 == len(set(one.pages)) and one.pages[0] == "http://a.test/"
    assert set(one.pages) != set(other.pages)
    assert sum(one.weight(key, len(urls)) * len(urls) for key, urls in one.drawn.items()) == pytest.approx(len(FRAME) - 1)


def test_periods_are_quarters() -> None:
    assert [period_of(date(2026, month, 1)) for month in (1, 3, 4, 12)] == ["2026Q1", "2026Q1", "2026Q2", "2026Q4"]
    assert before("2026Q4") == "2026Q3" and before("2026Q1") == "2025Q4"


def test_any_page_of_a_stratum_is_drawn_as_often_as_any_other() -> None:
    met = Counter(url for period in range(600) for url in draw(FRAME, seeds=seeds(period), budget=31).drawn["a.test/about/#"])
    times, share = sum(met.values()), 2 / 9
    spread = (600 * share * (1 - share)) ** 0.5
    assert len(met) == 9 and times == 1200 and all(abs(count - times / 9) < 4 * spread for count in met.values())


def test_the_fresh_half_of_a_period_is_the_panel_of_the_next() -> None:
    first, second = draw(FRAME, seeds=seeds(1), budget=61), draw(FRAME, seeds=seeds(2), budget=61)
    for key, urls in second.drawn.items():
        kept = set(urls) & second.panel
        assert len(kept) == len(urls) // 2 and len(kept & set(first.drawn[key])) >= 0.9 * len(kept)
    assert len(second.panel) < len(set(second.pages) - second.panel)


def test_a_growing_frame_changes_only_what_the_new_pages_displace() -> None:
    grown = [*FRAME, *(Known(url=f"http://a.test/news/x{n}", url_key="a.test/news/#") for n in range(30))]
    was, now = draw(FRAME, seeds=seeds(1), budget=61), draw(grown, seeds=seeds(1), budget=61)
    new = {known.url for known in grown} - {known.url for known in FRAME}
    assert len(set(was.pages) - set(now.pages)) <= len(set(now.pages) & new) + 3
    ranked = sorted(now.strata["a.test/news/#"], key=lambda url: number_of(seeds(1)[0], url))
    assert set(ranked[: len(now.drawn["a.test/news/#"]) // 2]) == now.panel & set(now.strata["a.test/news/#"])


def test_any_stop_leaves_every_stratum_its_share() -> None:
    found = draw(FRAME, seeds=seeds(1), budget=61)
    for stop in range(10, 61, 10):
        parts = Counter(known.url_key for known in FRAME if known.url in found.pages[:stop])
        assert all(parts[key] >= LEAST for key in found.drawn)
        assert all(abs(parts[key] - len(row) * (stop - 1) / 60) <= 3 for key, row in found.drawn.items())


def test_a_site_within_its_budget_is_looked_at_whole_and_the_take_all_pages_always() -> None:
    assert set(draw(FRAME, seeds=seeds(1), budget=5000).pages) == {known.url for known in FRAME}
    sure = [Known(url=f"http://a.test/s{n}", url_key="a.test/s#", take_all=True) for n in range(30)]
    found = draw([*sure, *pages("news", 500)], seeds=seeds(1), budget=20)
    assert found.sure == tuple(sorted(known.url for known in sure)) and len(found.pages) == 33  # a tenth of them on top
    assert draw([], seeds=seeds(1), budget=20).pages == ()


def test_what_suffices_is_told_by_the_width_of_the_interval_and_by_what_was_met_but_once() -> None:
    assert unseen(["a", "a", "b"]) == pytest.approx(1 / 3) and unseen([]) == 1
    assert sufficient(25, half_width=3.0, unseen=0.0) == FEWEST and sufficient(25, half_width=6.0, unseen=0.0) == 100
    assert sufficient(25, half_width=1.0, unseen=0.2) == 100 and sufficient(25, half_width=4.6, unseen=0.01) == 60
    assert sufficient(25, half_width=None, unseen=0.0) is None and sufficient(0, half_width=1.0, unseen=0.0) is None


def test_what_is_rare_is_not_asked_for_new_problems() -> None:
    strata = {"a": ("1",) * 60, "b": ("1",) * 31, "c": ("1",) * 5, "d": ("1",) * 4}
    assert weighty(strata) == {"a", "b"} and weighty({}) == frozenset()


def test_how_much_suffices_is_fixed_for_a_whole_period_by_the_one_before() -> None:
    def of(period: str, **told: Any) -> RunSummary:
        return replace(run("a", 0, RunState.AUDITED, {State.AUDITED: 9}), sample=replace(SAMPLE, period=period, **told))

    nothing = run("a", 0, RunState.FAILED, {})
    assert limit_of([nothing, of("2026Q4", suffices=40), of("2026Q4", suffices=90)], "2027Q1") == 40
    assert limit_of([of("2027Q1", limit=40, suffices=90), of("2026Q4", suffices=60)], "2027Q1") == 40
    assert limit_of([of("2027Q1", suffices=90), of("2026Q4", suffices=60)], "2027Q1") is None
    assert limit_of([of("2026Q3", suffices=40)], "2027Q1") is None and limit_of([nothing], "2027Q1") is None
