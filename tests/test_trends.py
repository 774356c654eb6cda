"""Whether a score moves: known values, what must not matter, and what must not be claimed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from datetime import date, timedelta
from itertools import combinations, permutations
from random import Random

import pytest

from auditor.comparison import FEWEST_PAIRS, PageScore, mcnemar, paired_difference, paired_shift
from auditor.goals import FURTHEST, Outlook, Wait, forecast, passing
from auditor.linking import Overlap, chained, link
from auditor.model import Bridge
from auditor.trends import (
    FEWEST_POINTS,
    Break,
    Correction,
    Direction,
    Point,
    Trend,
    benjamini_hochberg,
    mann_kendall,
    periods,
    theil_sen,
    trend,
)
from bench.statistics_promises import improved, unchanged
from bench.statistics_trends import measured

MONDAY = date(2026, 1, 5)
WHOLE = {"": 1.0}
UNEVEN = [62.1, 61.4, 63.0, 64.2, 63.9, 62.8, 64.6, 66.0, 65.1, 64.9, 66.3, 67.0]


def weekly(values: Sequence[float], *, ruleset: str = "", start: date = MONDAY) -> list[Point]:
    return [Point(day=start + timedelta(weeks=week), value=value, ruleset=ruleset) for week, value in enumerate(values)]


def noise(seed: int, count: int, size: float = 1.5) -> list[float]:
    rng = Random(seed)
    return [70 + rng.gauss(0, size) for _ in range(count)]


def panel(changes: Sequence[float], stratum: str = "") -> tuple[dict[str, PageScore], dict[str, PageScore]]:
    before = {f"/{number}": PageScore(stratum, 60.0 + number % 7) for number in range(len(changes))}
    after = {f"/{number}": PageScore(stratum, 60.0 + number % 7 + change) for number, change in enumerate(changes)}
    return before, after


# ---------------------------------------------------------------------------------------------- Mann-Kendall


@pytest.mark.parametrize(("count", "expected"), [(1, 1.0), (2, 1.0), (3, 1 / 3), (4, 1 / 12), (5, 1 / 60), (6, 1 / 360), (7, 1 / 2520)])
def test_perfect_order_comes_by_chance_twice_in_n_factorial(count: int, expected: float) -> None:
    found = mann_kendall([float(index) for index in range(count)], correction=Correction.NONE)
    assert found.p == pytest.approx(expected)
    assert found.score == math.comb(count, 2)


def test_gilbert_example_16_1() -> None:
    found = mann_kendall([10, 15, 14, 20])
    assert (found.score, found.p) == (4, pytest.approx(2 * 0.167, abs=1e-3))


@pytest.mark.parametrize(("swaps", "one_sided"), [(13, 0.054), (12, 0.036), (11, 0.023), (10, 0.014)])
def test_kendalls_table_for_ten_values(swaps: int, one_sided: float) -> None:
    """S = 45 - 2·inversions: 19, 21, 23, 25 (Kendall 1975, table A.1; Gilbert 1987, table A18)."""
    values = list(range(10))
    for _ in range(swaps):
        place = next(index for index in range(9) if values[index] < values[index + 1])
        values[place], values[place + 1] = values[place + 1], values[place]
    found = mann_kendall(values, correction=Correction.NONE)
    assert (found.score, round(found.p / 2, 3)) == (45 - 2 * swaps, one_sided)


@pytest.mark.parametrize("values", [(1, 1, 2, 3, 3, 4), (5, 5, 5, 6, 7, 7), (1, 2, 2, 2, 2, 3), (4, 3, 3, 2, 1), (1, 1, 1, 1, 2)])
def test_ties_are_counted_over_all_orders(values: tuple[int, ...]) -> None:
    def score(order: Sequence[int]) -> int:
        return sum((b > a) - (b < a) for a, b in combinations(order, 2))

    scores = [score(order) for order in permutations(values)]
    for order in (values, values[::-1], values[1:] + values[:1]):
        expected = sum(abs(one) >= abs(score(order)) for one in scores) / len(scores)
        assert mann_kendall(order, correction=Correction.NONE).p == pytest.approx(expected)


def test_variance_with_ties_and_normal_approximation() -> None:
    """n = 12 with groups of 2 and 3: V = (12·11·29 - 2·1·9 - 3·2·11)/18 = 208; S = 66 - 4 - 2·2."""
    values = [1, 2, 2, 4, 5, 6, 7, 7, 7, 10, 11, 9]
    found = mann_kendall(values, correction=Correction.NONE)
    assert (found.score, found.variance) == (58, 208)
    assert found.p == pytest.approx(math.erfc(57 / math.sqrt(208) / math.sqrt(2)))


def test_corrections_agree_with_an_independent_computation() -> None:
    """Computed with numpy after pymannkendall's algorithm; with 66 pairs no two residuals are tied."""
    p = {correction: mann_kendall(UNEVEN, correction=correction).p for correction in Correction}
    assert mann_kendall(UNEVEN).score == 50
    assert p[Correction.HAMED_RAO] == pytest.approx(2.5227874502764536e-06, rel=1e-6)
    assert p[Correction.MODELLED] == pytest.approx(0.00413256187772415, rel=1e-6)
    assert p[Correction.NONE] == pytest.approx(math.erfc(49 / math.sqrt(12 * 11 * 29 / 18) / math.sqrt(2)))


@pytest.mark.parametrize("seed", range(20))
def test_the_correction_taken_never_makes_a_trend_surer(seed: int) -> None:
    values = noise(seed, 5 + 2 * seed)
    plain, ours = mann_kendall(values, correction=Correction.NONE), mann_kendall(values)
    assert ours.p >= plain.p and ours.variance >= plain.variance


@pytest.mark.parametrize("count", [6, 12, 20])
def test_white_noise_is_called_a_trend_no_more_often_than_promised(count: int) -> None:
    """600 series: within three standard errors of the simulation; the whole measurement is bench/statistics_trends.py."""
    told = sum(mann_kendall(noise(seed, count)).p <= 0.05 for seed in range(600))
    assert told / 600 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 600)
    assert told  # it is no test that never speaks


@pytest.mark.parametrize("values", [[math.nan, 1, 2, 3, 4], [1, 2, math.inf, 3, 4]])
def test_what_is_no_number_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        mann_kendall(values)
    with pytest.raises(ValueError, match="no number"):
        trend(weekly(values))


def test_theil_sen_by_hand() -> None:
    """Slopes of the pairs: 5, 2, 10/3, -1, 2.5, 6."""
    assert theil_sen([0, 1, 2, 3], [10, 15, 14, 20]) == pytest.approx((2.5 + 10 / 3) / 2)
    assert theil_sen([0, 1, 2, 3, 4], [0, 1, 2, 3, 400]) == 1  # one wild value among five does not count
    assert theil_sen([], []) == 0
    assert theil_sen([3, 3], [1, 2]) == 0


# ---------------------------------------------------------------------------------------------- trends


@pytest.mark.parametrize("count", range(FEWEST_POINTS))
def test_few_points_claim_nothing(count: int) -> None:
    assert trend(weekly([float(10 * index) for index in range(count)])) == Trend(direction=Direction.TOO_FEW, points=count)


def test_many_nights_of_few_weeks_are_few_points() -> None:
    nights = [Point(day=MONDAY + timedelta(days=night), value=50 + night) for night in range(28)]
    assert trend(nights) == Trend(direction=Direction.TOO_FEW, points=4)


def test_a_straight_line_is_found_with_its_slope_per_year() -> None:
    found = trend(weekly([50 + week * 7 / 365.25 * 12 for week in range(30)]))
    assert found.direction is Direction.RISING
    assert (found.slope, found.low, found.high) == pytest.approx((12, 12, 12))


def test_gaps_count_as_time() -> None:
    days = [0, 7, 14, 200, 207, 214, 390, 397]
    line = [Point(day=MONDAY + timedelta(days=day), value=40 + day / 365.25 * 9) for day in days]
    assert trend(line).slope == pytest.approx(9)


@pytest.mark.parametrize("count", [5, 9, 30])
def test_a_constant_series_has_no_trend_and_no_width(count: int) -> None:
    found = trend(weekly([61.7] * count))
    assert astuple(found) == (Direction.NONE, count, 1.0, 0.0, 0.0, 0.0)


def test_a_constant_series_of_nights_stays_constant_in_its_means() -> None:
    found = trend([Point(day=MONDAY + timedelta(days=night), value=0.1 + 0.2) for night in range(90)])
    assert (found.direction, found.p, found.slope) == (Direction.NONE, 1.0, 0.0)


@pytest.mark.parametrize("seed", range(12))
def test_shift_and_scale_do_not_matter_and_reversal_turns_the_sign(seed: int) -> None:
    values = [value + 0.2 * seed * index for index, value in enumerate(noise(seed, 5 + 3 * seed))]
    given = trend(weekly(values))
    assert given.p is not None and given.slope is not None
    moved = trend(weekly([value * 4 - 17 for value in values]))
    assert (moved.direction, moved.p, moved.slope) == (given.direction, pytest.approx(given.p), pytest.approx(4 * given.slope))
    turned = trend(weekly(values[::-1]))
    opposite = {Direction.RISING: Direction.FALLING, Direction.FALLING: Direction.RISING}.get(given.direction, given.direction)
    assert (turned.direction, turned.p, turned.slope) == (opposite, pytest.approx(given.p), pytest.approx(-given.slope))
    mirrored = [None if end is None else -end for end in (given.high, given.low)]
    assert [turned.low, turned.high] == [end if end is None else pytest.approx(end) for end in mirrored]


@pytest.mark.parametrize("seed", range(40))
def test_verdict_and_interval_never_contradict_each_other(seed: int) -> None:
    values = [value + 0.1 * (seed % 5) * index for index, value in enumerate(noise(seed, 5 + seed))]
    found = trend(weekly(values))
    assert found.p is not None and found.slope is not None
    low, high = found.low if found.low is not None else -math.inf, found.high if found.high is not None else math.inf
    assert low <= found.slope <= high
    assert (found.direction is Direction.RISING) == (low > 0)
    assert (found.direction is Direction.FALLING) == (high < 0)


def test_the_order_in_which_points_are_given_does_not_matter() -> None:
    points = weekly(UNEVEN)
    assert trend(reversed(points)) == trend(points)


STRANGE = [
    [0.0, 0.0, 0.0, 0.0, 100.0],
    [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0],
    [0.0, 100.0] * 10,
    [float(index) for index in range(60)],
    [1e-12 * index for index in range(12)],
    [50.0] * 11 + [50.1],
    *(noise(seed, 5 + seed, 10) for seed in range(12)),
]


@pytest.mark.parametrize("values", STRANGE)
def test_nothing_that_is_told_is_nan(values: list[float]) -> None:
    told = [*astuple(trend(weekly(values))), *astuple(forecast(weekly(values), goal=100, due=date(2027, 1, 1)))]
    told += [value for correction in Correction for value in astuple(mann_kendall(values, correction=correction))]
    assert all(math.isfinite(value) for value in told if isinstance(value, float))


def test_means_by_week_keep_gaps_and_turn_to_months_when_there_are_many() -> None:
    nights = [Point(day=MONDAY + timedelta(days=day), value=float(day), se=2.0) for day in (0, 2, 4, 14, 15)]
    assert [(point.day, point.value) for point in periods(nights)] == [
        (MONDAY + timedelta(days=2), 2.0),
        (MONDAY + timedelta(days=14), 14.5),
    ]
    assert periods(nights)[0].se == pytest.approx(2 / math.sqrt(3))
    assert len(periods(weekly([1.0] * 104))) == 104
    assert len(periods(weekly([1.0] * 106))) == 25
    assert periods(periods(nights)) == periods(nights)


def test_benjamini_and_hochberg_1995_example() -> None:
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
    assert sum(value <= 0.05 for value in benjamini_hochberg(p)) == 4
    assert benjamini_hochberg(p[::-1]) == benjamini_hochberg(p)[::-1]
    assert benjamini_hochberg([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.04, 0.04))
    assert benjamini_hochberg([]) == ()
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([math.nan])


# ---------------------------------------------------------------------------------------------- two runs


def test_pages_that_did_not_change_claim_no_change() -> None:
    found = paired_difference(*panel([0.0] * 30), weights=WHOLE, seed=1)
    assert (found.change, found.low, found.high, found.demonstrable, found.pairs) == (0, 0, 0, False, 30)


def test_the_same_change_on_every_page_has_no_width_and_is_demonstrable() -> None:
    found = paired_difference(*panel([2.0] * 12), weights=WHOLE, seed=1)
    assert (found.change, found.low, found.high, found.demonstrable) == (2, 2, 2, True)


def test_one_page_alone_proves_nothing() -> None:
    assert not paired_difference(*panel([0.0] * 19 + [60.0]), weights=WHOLE, seed=1).demonstrable


@pytest.mark.parametrize("count", range(FEWEST_PAIRS))
def test_too_few_pairs_say_nothing(count: int) -> None:
    before, after = panel([5.0] * count)
    after |= {f"/new{number}": PageScore("", 1.0) for number in range(50)}
    found = paired_difference(before, after, weights=WHOLE, seed=1)
    assert (found.pairs, found.change, found.low, found.high, found.demonstrable) == (count, None, None, None, False)
    assert paired_shift(before, after, weights=WHOLE) is None


def test_strata_count_by_their_weight_and_those_without_pairs_are_told() -> None:
    before = {f"/{name}{number}": PageScore(name, 50.0) for name in "ab" for number in range(8)}
    after = {url: PageScore(page.stratum, 52.0 if page.stratum == "a" else 60.0) for url, page in before.items()}
    found = paired_difference(before, after, weights={"a": 0.6, "b": 0.2, "c": 0.2}, seed=1)
    assert (found.change, found.covered) == (pytest.approx(0.75 * 2 + 0.25 * 10), pytest.approx(0.8))
    assert (found.low, found.high) == pytest.approx((4, 4))


def test_a_stratum_with_one_pair_joins_another() -> None:
    before, after = panel([1.0, 2.0, 3.0, 4.0] * 4, "a")
    before["/one"], after["/one"] = PageScore("b", 10.0), PageScore("b", 90.0)
    found = paired_difference(before, after, weights={"a": 0.5, "b": 0.5}, seed=1)
    assert found.change == pytest.approx((40 + 80) / 17)


def test_the_interval_is_repeatable_turns_with_the_runs_and_resembles_the_t_interval() -> None:
    rng = Random(3)
    before, after = panel([rng.gauss(1, 3) for _ in range(40)])
    found = paired_difference(before, after, weights=WHOLE, seed=7)
    assert found == paired_difference(before, after, weights=WHOLE, seed=7)
    turned = paired_difference(after, before, weights=WHOLE, seed=7)
    shift = paired_shift(before, after, weights=WHOLE)
    assert shift and found.change is not None and found.low is not None and found.high is not None
    assert turned.change == pytest.approx(-found.change)
    assert found.high - found.low == pytest.approx(2 * 2.0227 * shift.se, rel=0.1)


def test_unknown_strata_and_scores_that_are_no_numbers_are_refused() -> None:
    before, after = panel([1.0] * 12)
    with pytest.raises(ValueError, match="no weight"):
        paired_difference(before, after, weights={"x": 1.0}, seed=1)
    with pytest.raises(ValueError, match="not negative"):
        paired_difference(before, after, weights={"": -1.0}, seed=1)
    with pytest.raises(ValueError, match="no number"):
        paired_difference(before, after | {"/3": PageScore("", math.nan)}, weights=WHOLE, seed=1)


MOVED = [(6, 0, 1 / 32), (0, 6, 1 / 32), (5, 0, 1 / 16), (8, 1, 20 / 512), (3, 3, 1), (0, 0, 1)]


@pytest.mark.parametrize(("mended", "broken", "p"), MOVED)
def test_mcnemar_counts_only_pages_that_moved(mended: int, broken: int, p: float) -> None:
    before = [False] * mended + [True] * broken + [True] * 9 + [False] * 4
    after = [True] * mended + [False] * broken + [True] * 9 + [False] * 4
    first = {"1.1.1": {str(page): told for page, told in enumerate(before)} | {"gone": True}, "1.4.3": {}}
    found = mcnemar(first, {"1.1.1": {str(page): told for page, told in enumerate(after)}, "2.4.4": {"x": True}})
    assert list(found) == ["1.1.1"]
    assert astuple(found["1.1.1"]) == (mended + broken + 13, mended, broken, pytest.approx(p))


# ---------------------------------------------------------------------------------------------- a changed tool


def _upgrade(shift: float, se: float = 0.0) -> list[Overlap]:
    return [Overlap(before="one", after="two", shift=shift, se=se, pairs=20)]


def _two_segments(drop: float, length: int = 10) -> list[Point]:
    later = MONDAY + timedelta(weeks=length)
    return weekly([70.0] * length, ruleset="one") + weekly([70.0 - drop] * length, ruleset="two", start=later)


def test_a_series_with_an_overlap_is_continuous_in_the_terms_of_the_newest_rules() -> None:
    newest = link(_two_segments(4.0), _upgrade(-4.0, 0.5))
    assert {point.value for point in newest.points} == {66.0}
    assert [point.se for point in newest.points] == [0.5] * 10 + [0.0] * 10
    mark = Break(day=MONDAY + timedelta(weeks=10), before="one", after="two", shift=-4.0, se=0.5, pairs=20)
    assert (newest.breaks, newest.links, newest.start) == ((mark,), (mark,), 0)
    assert trend(newest.comparable, links=newest.links).direction is Direction.NONE


def test_a_series_without_an_overlap_is_not_linked() -> None:
    found = link(_two_segments(4.0), [Overlap(before="two", after="three", shift=9, se=0, pairs=20)])
    assert [point.value for point in found.points] == [70.0] * 10 + [66.0] * 10
    assert (found.start, len(found.comparable), found.links, found.breaks[0].linked) == (10, 10, (), False)
    assert trend(found.comparable).direction is Direction.NONE


def test_what_would_be_told_if_nobody_knew_of_the_break_is_not_told() -> None:
    later = MONDAY + timedelta(weeks=26)
    points = weekly(noise(1, 26), ruleset="one") + weekly([value - 4 for value in noise(2, 26)], ruleset="two", start=later)
    assert trend(points).direction is Direction.FALLING
    for overlaps in ([], _upgrade(-4.0, 0.5)):
        found = link(points, overlaps)
        assert trend(found.comparable, links=found.links).direction is Direction.NONE


def test_three_rule_sets_of_which_only_the_last_two_overlap() -> None:
    points = [
        replace(point, ruleset=name) for point, name in zip(weekly([1.0, 1, 5, 5, 8, 8]), ("a", "a", "b", "b", "c", "c"), strict=True)
    ]
    found = link(points, [Overlap(before="b", after="c", shift=3, se=0.1, pairs=12)])
    assert [point.value for point in found.points] == [1, 1, 8, 8, 8, 8]
    assert (found.start, [mark.linked for mark in found.breaks], found.links) == (2, [False, True], found.breaks[1:])


def test_errors_of_several_links_add_in_quadrature_and_a_way_back_uses_the_same_overlap() -> None:
    points = [replace(point, ruleset=name) for point, name in zip(weekly([10.0, 12.0, 10.0]), ("a", "b", "a"), strict=True)]
    found = link(points, [Overlap(before="a", after="b", shift=2, se=3, pairs=12)])
    assert [point.value for point in found.points] == [10, 10, 10]
    assert [point.se for point in found.points] == pytest.approx([math.hypot(3, 3), 3, 0])
    assert [mark.shift for mark in found.breaks] == [2, -2]


def test_two_changes_in_a_row_on_one_day_are_linked_through_the_rules_that_no_point_has() -> None:
    dual = [Overlap(before="a", after="b", shift=2, se=3, pairs=12), Overlap(before="b", after="c", shift=-5, se=4, pairs=20)]
    both = chained(dual)
    assert both == (*dual, Overlap(before="a", after="c", shift=-3, se=5, pairs=12))
    points = [Point(day=date(2026, 11, 1), value=80, ruleset="a"), Point(day=date(2026, 11, 2), value=77, ruleset="c")]
    assert link(points, dual).links == () and [point.value for point in link(points, both).comparable] == [77, 77]
    measured_directly = Overlap(before="a", after="c", shift=1, se=1, pairs=30)
    assert chained([*dual, measured_directly]) == (*dual, measured_directly) and chained([]) == ()
    assert chained([dual[0], replace(dual[0], before="b", after="a")]) == (dual[0], replace(dual[0], before="b", after="a"))


def test_several_overlaps_are_averaged() -> None:
    found = link(_two_segments(4.0), [*_upgrade(-5.0, 0.2), *_upgrade(-3.0, 0.4)])
    assert (found.breaks[0].shift, found.breaks[0].se, found.breaks[0].pairs) == (-4.0, pytest.approx(0.3), 40)


def test_an_overlap_says_what_the_bridge_of_an_upgrade_says() -> None:
    bridge = Bridge(site="shi", round="r2", before="one", after="two", shift=-4.0, error=0.5, pages=16)
    assert Overlap.of(bridge) == Overlap(before="one", after="two", shift=-4.0, se=0.5, pairs=16)


def test_the_error_of_a_link_takes_certainty_from_the_trend_across_it() -> None:
    later = MONDAY + timedelta(weeks=26)
    points = weekly(noise(1, 26), ruleset="one") + weekly([value + 1.5 for value in noise(2, 26)], ruleset="two", start=later)
    exact, vague = link(points, _upgrade(0.0)), link(points, _upgrade(0.0, 1.0))
    assert trend(exact.comparable, links=exact.links).direction is Direction.RISING
    assert trend(vague.comparable, links=vague.links).direction is Direction.NONE


def test_links_of_nothing_and_two_rule_sets_on_one_day() -> None:
    assert (link([]).points, link([]).breaks, link([]).comparable) == ((), (), ())
    assert link(weekly(UNEVEN)).points == tuple(weekly(UNEVEN))
    with pytest.raises(ValueError, match="two rule sets on 2026-01-05"):
        link([Point(day=MONDAY, value=1, ruleset="a"), Point(day=MONDAY, value=2, ruleset="b")])


# ---------------------------------------------------------------------------------------------- goals


def _logistic(slope: float) -> Callable[[float], float]:
    return lambda years: 100 / (1 + math.exp(-(math.log(0.6 / 0.4) + slope * years)))


def test_a_line_in_logit_meets_its_goal_on_the_day_it_must() -> None:
    path = _logistic(0.5)
    points = weekly([path(week * 7 / 365.25) for week in range(40)])
    days = (math.log(0.9 / 0.1) - math.log(0.6 / 0.4)) / 0.5 * 365.25
    found = forecast(points, goal=90, due=date(2030, 1, 1))
    assert found.reached == found.earliest == found.latest == MONDAY + timedelta(days=math.ceil(days))
    assert (found.outlook, found.points) == (Outlook.ON_COURSE, 40)
    years = (date(2030, 1, 1) - points[-1].day).days / 365.25
    assert found.required == pytest.approx((90 - points[-1].value) / years)
    assert forecast(points, goal=90, due=date(2027, 1, 1)).outlook is Outlook.NOT_IN_TIME


def test_a_goal_that_is_met_is_met_however_few_points_there_are() -> None:
    assert forecast(weekly([81.0]), goal=80, due=date(2025, 1, 1)).outlook is Outlook.MET
    assert forecast(weekly([80.0] * 9), goal=80, due=date(2030, 1, 1)).outlook is Outlook.MET


def test_no_date_without_a_trend_or_without_points() -> None:
    for points in (weekly(noise(5, 20)), weekly([60.0, 62, 64, 66, 68]), weekly([60.0] * 30), []):
        found = forecast(points, goal=90, due=date(2030, 1, 1))
        assert (found.outlook, found.reached, found.earliest, found.latest) == (Outlook.CANNOT_BE_SAID, None, None, None)


def test_what_falls_or_is_past_due_is_not_in_time() -> None:
    falling = forecast(weekly([80.0 - week for week in range(10)]), goal=90, due=date(2030, 1, 1))
    assert (falling.outlook, falling.reached) == (Outlook.NOT_IN_TIME, None)
    past = forecast(weekly([60.0] * 9), goal=90, due=MONDAY)
    assert (past.outlook, past.required) == (Outlook.NOT_IN_TIME, None)


def test_a_date_that_might_be_in_time_is_not_told_as_late() -> None:
    points = weekly([60 + 0.3 * week + error for week, error in enumerate([value - 70 for value in noise(4, 16)])])
    open_end = forecast(points, goal=80, due=date(2030, 1, 1))
    assert open_end.reached and open_end.earliest and open_end.earliest < open_end.reached
    between = open_end.earliest + (open_end.reached - open_end.earliest) / 2
    assert forecast(points, goal=80, due=between).outlook is Outlook.CANNOT_BE_SAID
    assert forecast(points, goal=80, due=open_end.earliest - timedelta(days=1)).outlook is Outlook.NOT_IN_TIME


def test_ends_of_the_scale_and_dates_out_of_sight() -> None:
    near = forecast(weekly([90 + week * 0.5 for week in range(19)]), goal=100, due=date(2027, 1, 1))
    assert near.reached and near.outlook is Outlook.ON_COURSE
    slow = forecast(weekly([10 + week * 0.002 for week in range(30)]), goal=99, due=date(2070, 1, 1))
    assert slow.reached is None and FURTHEST == 50
    with pytest.raises(ValueError, match="0 to 100"):
        forecast(weekly(UNEVEN), goal=101, due=date(2027, 1, 1))


def test_kaplan_meier_of_the_6_mp_patients() -> None:
    """Freireich et al. 1963, as in every textbook: + are those still waiting."""
    told = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
    found = passing(Wait(days=int(one.rstrip("+")), passed=not one.endswith("+")) for one in told.split())
    assert [(step.days, round(1 - step.share, 3), step.waiting) for step in found] == [
        (6, 0.857, 21),
        (7, 0.807, 17),
        (10, 0.753, 15),
        (13, 0.690, 12),
        (16, 0.627, 11),
        (22, 0.538, 7),
        (23, 0.448, 6),
    ]
    assert (1 - found[0].high, 1 - found[0].low) == pytest.approx((0.620, 0.952), abs=5e-4)


def test_sites_that_all_passed_and_sites_of_which_none_did() -> None:
    everyone = passing([Wait(days=5, passed=True), Wait(days=9, passed=True)])
    assert [(step.share, step.high) for step in everyone] == [(0.5, pytest.approx(0.994, abs=0.01)), (1.0, 1.0)]
    assert passing([Wait(days=5, passed=False)]) == passing([]) == ()
    with pytest.raises(ValueError, match="no days"):
        passing([Wait(days=-1, passed=True)])


def test_what_is_measured_can_be_measured() -> None:
    lines = list(measured(draws=4))
    assert len(lines) > 60
    assert not [line for line in lines if "nan" in line]


def test_what_is_promised_of_trends_is_kept() -> None:
    told = [one for part in (unchanged, improved) for one in part(12)]
    assert len(told) == 8 and [one.told for one in told if not one.kept] == []
