"""The draw: the same for everybody, fair to small templates, half panel and half fresh, and it knows when it is enough."""

from __future__ import annotations

from collections import Counter

import pytest

from auditor.sampling import LEAST, REST, Known, allocate, draw, enough, gathered, seed_of, strata_of, unseen


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


def test_a_draw_can_be_repeated_and_differs_from_period_to_period() -> None:
    one, again = (draw(frame, site="a", period="2026", budget=40) for frame in (FRAME, FRAME[::-1]))
    other = draw(FRAME, site="a", period="2027", budget=40)
    assert one == again and len(one.pages) == 40 == len(set(one.pages)) and one.pages[0] == "http://a.test/"
    assert set(one.pages) != set(other.pages) and one.seed == seed_of("a", "2026")
    assert sum(one.weight(key, len(urls)) * len(urls) for key, urls in one.drawn.items()) == pytest.approx(len(FRAME) - 1)


def test_any_page_of_a_stratum_is_drawn_as_often_as_any_other() -> None:
    met = Counter(url for period in range(600) for url in draw(FRAME, site="a", period=str(period), budget=31).drawn["a.test/about/#"])
    times, share = sum(met.values()), 2 / 9
    spread = (600 * share * (1 - share)) ** 0.5
    assert len(met) == 9 and times == 1200 and all(abs(count - times / 9) < 4 * spread for count in met.values())


def test_half_of_the_random_pages_are_those_of_the_last_time() -> None:
    first = draw(FRAME, site="a", period="2026", budget=61)
    second = draw(FRAME, site="a", period="2027", budget=61, panel=first.pages)
    for key, urls in second.drawn.items():
        again = set(urls) & set(first.drawn[key])
        assert len(again) >= len(urls) // 2 and (len(again) < len(urls) or len(first.strata[key]) < 10)


def test_a_site_within_its_budget_is_looked_at_whole_and_the_take_all_pages_always() -> None:
    assert set(draw(FRAME, site="a", period="2026", budget=5000).pages) == {known.url for known in FRAME}
    sure = [Known(url=f"http://a.test/s{n}", url_key="a.test/s#", take_all=True) for n in range(30)]
    found = draw([*sure, *pages("news", 500)], site="a", period="2026", budget=20)
    assert found.sure == tuple(sorted(known.url for known in sure)) and len(found.pages) == 33  # a tenth of them on top
    assert draw([], site="a", period="2026", budget=20).pages == ()


def test_it_is_enough_when_nothing_new_is_met_and_the_interval_is_narrow() -> None:
    assert unseen(["a", "a", "b"]) == pytest.approx(1 / 3) and unseen([]) == 1
    often = ["a"] * 50 + ["b"]
    assert enough(new_in_batch=1, groups=often, half_width=2.9) and enough(new_in_batch=0, groups=["a"], half_width=2.9)
    assert not enough(new_in_batch=1, groups=["a", "b"], half_width=2.9)
    assert not enough(new_in_batch=0, groups=often, half_width=3.1) and not enough(new_in_batch=0, groups=often, half_width=None)
