"""Says whether the scores of a site really move, how fast, and what cannot be said: Mann-Kendall, Theil-Sen, Benjamini-Hochberg.

Source: methods.md 2.5. Which of the known procedures is used was decided by measurement (bench/statistics_trends.py), since a
trend that is none costs the trust of a whole report: see `Correction` and `trend` for the rates, the ones that are missed too.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations
from statistics import NormalDist, fmean, median

FEWEST_POINTS = 5
"""A trend is not spoken of below this: four points in perfect order come by chance in 8 of 100 cases (methods.md 2.5)."""

EXACT_UP_TO = 10
"""Points up to which the distribution of the score is counted, not approximated."""

CORRECTED_FROM = 7
"""Points from which serial correlation is looked for. Below, the counted test keeps what is promised by itself, as it has so few
possible values, and what could be estimated from six points would only drown what there is."""

MOST_WEEKS = 104
"""Weeks beyond which a series is looked at month by month."""

SIGNIFICANCE = 0.05
YEAR = 365.25  #: days


class Direction(StrEnum):
    """What may be said about a series."""

    TOO_FEW = "too-few"  #: fewer than FEWEST_POINTS: 不足以判断
    NONE = "none"  #: no demonstrable trend; not a proof that nothing moves
    RISING = "rising"
    FALLING = "falling"


class Correction(StrEnum):
    """How the variance of the Mann-Kendall score is corrected for scores that resemble those before.

    All three share one formula, V·(1 + 2/(n(n-1)(n-2)) · Σ_k (n-k)(n-k-1)(n-k-2)·ρ_k) (Hamed & Rao 1998); they differ in ρ_k, the
    autocorrelation of the ranks of the detrended series at lag k.

    Measured share of series without a trend that are called one, in %, at 5 % promised (2000 series each: ±0.3 to ±0.9; the function
    `corrections` of bench/statistics_trends.py):

        n    φ     none  hamed-rao  modelled         φ = correlation with the point before
        6    0      1.5     1.5        1.5
        6    0.3    3.4     3.4        3.4
        6    0.5    5.7     5.7        5.7
        10   0      4.0     6.8        2.5
        10   0.3   10.0    11.7        5.0
        10   0.5   17.4    18.9        7.8
        20   0      4.5     8.3        3.4
        20   0.3   13.2    16.6        6.9
        20   0.5   21.1    22.3        7.7
        52   0      4.3     7.9        3.8
        52   0.3   13.2    15.6        5.7
        52   0.5   23.2    18.8        6.2

    Hamed & Rao's own choice of ρ_k breaks the promise even where nothing is correlated, as among n-1 estimates some are
    significant by chance and may shrink the variance. It is kept for comparison with other programs, nothing here uses it.
    Trend-free pre-whitening was tried as well, and was as bad as no correction at all.
    """

    NONE = "none"
    HAMED_RAO = "hamed-rao"  #: ρ_k as estimated, where |ρ_k| > 1.96/√n; as in pymannkendall. May shrink the variance
    MODELLED = "modelled"  #: ρ_k = ρ^k with ρ = (n·ρ_1 + 2)/(n - 4), the estimate freed of its bias; never shrinks the variance


@dataclass(frozen=True, kw_only=True)
class Point:
    """One score of a site, or of a city."""

    day: date
    value: float
    se: float = 0.0  #: standard error
    ruleset: str = ""


@dataclass(frozen=True, kw_only=True)
class Break:
    """A day on which the tool changed; a chart marks it whether the series could be linked or not."""

    day: date  #: of the first point under the new rules
    before: str
    after: str
    shift: float | None = None  #: score under the new rules less score under the old ones, on the same pages; None: not linked
    se: float = 0.0  #: standard error of the shift
    pairs: int = 0

    @property
    def linked(self) -> bool:
        """Whether the points on both sides can be compared."""
        return self.shift is not None


@dataclass(frozen=True, kw_only=True)
class MannKendall:
    """The outcome of the test: whether later values tend to lie above the earlier ones."""

    n: int
    score: int  #: pairs that rise less pairs that fall
    variance: float  #: of the score if there is no trend; corrected
    p: float  #: two-sided


@dataclass(frozen=True, kw_only=True)
class Trend:
    """What can be said about a series. All but `direction` and `points` are None where there are too few points."""

    direction: Direction
    points: int  #: after averaging over weeks or months
    p: float | None = None
    slope: float | None = None  #: per year (Theil-Sen)
    low: float | None = None  #: interval of the slope; None: open on this side
    high: float | None = None


# ---------------------------------------------------------------------------------------------- is there a trend


def trend(
    points: Iterable[Point],
    *,
    links: Sequence[Break] = (),
    confidence: float = 0.95,
    scale: Callable[[float], float] | None = None,
) -> Trend:
    """The trend of a series of comparable points, in points per year; the order in which they are given does not matter.

    The points are averaged (`periods`), so that nights that resemble each other do not count as so many witnesses. Mann-Kendall
    says whether there is a trend, Theil-Sen how steep it is, over the real dates, so that gaps count. `links` are the linked
    breaks inside the series: the error of their shift, which moves all points on one side together, is added to the variance
    of the score. `scale` is applied to every averaged value (see `goals.forecast`).

    The interval holds every slope that the same test would not reject (Sen 1968, Gilbert 1987 16.5, with the corrected variance):
    verdict and interval do not contradict each other. A block bootstrap of the residuals (methods.md 2.5) was measured and not
    taken: of its 95 % intervals 71 of 100 held the true slope for 6 points, 83 for 12, 90 for 26; of these 99, 95 and 96.

    The promise is 5 % false trends, for a single look. It is kept for independent scores (6 to 52 weeks: 2 to 4 %) and for nightly
    scores with a correlation of 0.5 from night to night (5 %; with 0.7: 6 %). It is missed for weekly scores that resemble the week
    before: up to 7 % for φ = 0.3, 8 % for φ = 0.5 (`Correction`); we know of no procedure that does better and keeps its power.
    And whoever looks again and again is told a trend at some time of a site that does not change at all: within a year in 39 of 100
    cases if every week, in 25 if every month, in 12 if at the end of every quarter. A report tests on these days (`telling_day`).
    With a standard error of 1.5, +10 points a year are seen after 12 weeks in 14 of 100 cases, after 26 in 96; +5 in 50 after 26,
    in all after 52.

    ValueError: a value that is not a finite number.
    """
    given = _in_order(points)
    observed = periods(given)
    if len(observed) < FEWEST_POINTS:
        return Trend(direction=Direction.TOO_FEW, points=len(observed))
    times, values = years(observed), _scaled(observed, scale)
    test, null = _tested(values, times, Correction.MODELLED, sum(_variance_of_link(given, link) for link in links if link.se > 0))
    slopes = _slopes(times, values)
    low, high = _interval(slopes, null, 1 - confidence)
    direction = Direction.NONE
    if test.p <= SIGNIFICANCE:
        direction = Direction.RISING if test.score > 0 else Direction.FALLING
    return Trend(direction=direction, points=len(observed), p=test.p, slope=median(slopes), low=low, high=high)


def telling_day(today: date) -> date:
    """The last day that a report made on `today` looks at for trends: the end of the last quarter of a year that is over.

    So a trend is tested four times a year, however often the report is made; see `trend` for what every further look costs.
    """
    return today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1) - timedelta(days=1)


def mann_kendall(
    values: Sequence[float], *, times: Sequence[float] | None = None, correction: Correction = Correction.MODELLED
) -> MannKendall:
    """Mann-Kendall's test against a monotone trend, two-sided, with corrections for ties and for serial correlation.

    `values` in order of time, `times` in any unit (default 0, 1, 2, …; used to take the trend out before correlation is looked
    for). Up to EXACT_UP_TO values p is counted over all orders of the values, with ties as well; beyond, it is the normal
    approximation with continuity correction. A corrected p is never below the uncorrected one, except under HAMED_RAO.

    Source: Mann 1945; Kendall 1975; V = [n(n-1)(2n+5) - Σ t(t-1)(2t+5)]/18 over groups of t equal values.
    ValueError: a value that is not a finite number, or times of another length.
    """
    ticks = [float(index) for index in range(len(values))] if times is None else list(times)
    if len(ticks) != len(values) or not all(map(math.isfinite, (*values, *ticks))):
        raise ValueError("values and times must be finite numbers, as many of the ones as of the others")
    return _tested(values, ticks, correction, 0.0)[0]


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """The smallest false discovery rate at which each hypothesis would be rejected, in the order given.

    Of the sites with a value ≤ 0.05, on average at most 5 % have no trend: what a list of many sites must go by instead of p.
    Source: Benjamini & Hochberg 1995. ValueError: a p outside 0..1.
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError("a p-value lies between 0 and 1")
    adjusted, bound = [1.0] * len(p_values), 1.0
    for rank, index in sorted(enumerate(sorted(range(len(p_values)), key=p_values.__getitem__), 1), reverse=True):
        bound = min(bound, p_values[index] * len(p_values) / rank)
        adjusted[index] = bound
    return tuple(adjusted)


def theil_sen(times: Sequence[float], values: Sequence[float]) -> float:
    """The median of the slopes of all pairs (Theil 1950, Sen 1968), per unit of `times`; 0 where no two times differ."""
    return median(_slopes(times, values) or [0.0])


# ---------------------------------------------------------------------------------------------- points in time


def periods(points: Iterable[Point]) -> tuple[Point, ...]:
    """Means by ISO week, or by calendar month if there are more than MOST_WEEKS weeks; in order of time.

    A period without a point stays empty, and a mean carries the mean day of its points. Standard errors are taken as independent.
    """
    ordered = _in_order(points)
    weeks = _means(ordered, lambda day: day.isocalendar()[:2])
    return weeks if len(weeks) <= MOST_WEEKS else _means(ordered, lambda day: (day.year, day.month))


def years(points: Sequence[Point]) -> tuple[float, ...]:
    """Days of the points as years since the first of them."""
    return tuple((point.day - points[0].day).days / YEAR for point in points)


def _in_order(points: Iterable[Point]) -> tuple[Point, ...]:
    ordered = tuple(sorted(points, key=lambda point: point.day))
    for point in ordered:
        if not (math.isfinite(point.value) and math.isfinite(point.se)):
            raise ValueError(f"the score of {point.day} is no number: {point.value} ± {point.se}")
    return ordered


def _means(points: Sequence[Point], period: Callable[[date], Hashable]) -> tuple[Point, ...]:
    grouped: dict[Hashable, list[Point]] = defaultdict(list)
    for point in points:
        grouped[period(point.day)].append(point)
    return tuple(group[0] if len(group) == 1 else _mean(group) for group in grouped.values())


def _mean(group: Sequence[Point]) -> Point:
    day = date.fromordinal(sum(point.day.toordinal() for point in group) // len(group))
    value = group[0].value if len({point.value for point in group}) == 1 else fmean(point.value for point in group)
    return replace(group[-1], day=day, value=value, se=math.hypot(*(point.se for point in group)) / len(group))


def _scaled(points: Sequence[Point], scale: Callable[[float], float] | None) -> list[float]:
    return [scale(point.value) if scale else point.value for point in points]


# ---------------------------------------------------------------------------------------------- the test


@dataclass(frozen=True, kw_only=True)
class _Null:
    """How the score is distributed if there is no trend."""

    plain: float  #: variance before correction
    variance: float
    counted: tuple[float, ...] = ()  #: probability of k inversions, where it is counted
    untied: int = 0  #: pairs that differ

    def p(self, score: int) -> float:
        """Two-sided: how often chance gives a score as far from 0."""
        size = abs(score)
        if size == 0 or self.plain == 0:
            return 1.0
        if not self.counted:
            return _normal_p(size, self.variance)
        exact = min(1.0, 2 * math.fsum(self.counted[: max(0, (self.untied - size) // 2 + 1)]))
        return max(exact, _normal_p(size, self.variance)) if self.variance > self.plain else exact


def _normal_p(size: int, variance: float) -> float:
    return math.erfc((size - 1) / math.sqrt(2 * variance))


def _tested(values: Sequence[float], times: Sequence[float], correction: Correction, further: float) -> tuple[MannKendall, _Null]:
    """The test and what it compares with; `further` is added to the variance of the score."""
    n, score, ties = len(values), _score(values), Counter(values).values()
    plain = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    factor = 1.0
    if plain and n >= CORRECTED_FROM and correction is not Correction.NONE:
        factor = _factor(_autocorrelations(_residual_ranks(times, values)), correction)
    counted = _inversions(tuple(ties)) if n <= EXACT_UP_TO and correction is not Correction.HAMED_RAO else ()
    untied = math.comb(n, 2) - sum(math.comb(t, 2) for t in ties)
    null = _Null(plain=plain, variance=plain * factor + further, counted=counted, untied=untied)
    return MannKendall(n=n, score=score, variance=null.variance, p=null.p(score)), null


def _score(values: Sequence[float]) -> int:
    return sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))


def _inversions(ties: Sequence[int]) -> tuple[float, ...]:
    """Probability of 0, 1, 2 … inversions among all orders of values in groups of equals: the q-multinomial coefficient."""
    ways = [1]
    for k in range(2, sum(ties) + 1):
        ways = [sum(ways[max(0, index - k + 1) : index + 1]) for index in range(len(ways) + k - 1)]
    for k in (k for size in ties for k in range(2, size + 1)):  # divided by (1 - q^k)/(1 - q)
        quotient: list[int] = []
        for index in range(len(ways) - k + 1):
            quotient.append(ways[index] - (ways[index - 1] if index else 0) + (quotient[index - k] if index >= k else 0))
        ways = quotient
    total = sum(ways)
    return tuple(count / total for count in ways)


def _variance_of_link(points: Sequence[Point], link: Break) -> float:
    """The variance that the error of a shift adds to the score: its square, as far as the score follows the shift."""

    def score(error: float) -> int:
        moved = (replace(point, value=point.value + error) if point.day < link.day else point for point in points)
        return _score([point.value for point in periods(moved)])

    return ((score(link.se) - score(-link.se)) / 2) ** 2


# ---------------------------------------------------------------------------------------------- serial correlation


def _residual_ranks(times: Sequence[float], values: Sequence[float]) -> list[float]:
    """Ranks of what the trend leaves over. What differs by less than a billionth of the range is equal: it is rounding."""
    slope, spread = theil_sen(times, values), max(values) - min(values)
    left = [round((value - values[0] - slope * time) / spread, 9) for time, value in zip(times, values, strict=True)]
    places = defaultdict(list)
    for place, value in enumerate(sorted(left)):
        places[value].append(place)
    return [fmean(places[value]) for value in left]


def _autocorrelations(series: Sequence[float]) -> list[float]:
    """Estimates at the lags 1 … n-1; zeros for a constant series."""
    n, middle = len(series), fmean(series)
    centred = [value - middle for value in series]
    square = math.fsum(value * value for value in centred)
    if square == 0:
        return [0.0] * (n - 1)
    return [math.fsum(a * b for a, b in zip(centred, centred[lag:], strict=False)) / square for lag in range(1, n)]


def _factor(found: Sequence[float], correction: Correction) -> float:
    """By what the variance of the score is multiplied. A factor that is not positive (HAMED_RAO) means no correction."""
    n = len(found) + 1
    if correction is Correction.HAMED_RAO:
        bound = NormalDist().inv_cdf(0.975) / math.sqrt(n)
        taken = [value if abs(value) > bound else 0.0 for value in found]
    else:
        first = min(0.95, max(0.0, (n * found[0] + 2) / (n - 4)))
        taken = [first**lag for lag in range(1, n)]
    weights = ((n - lag) * (n - lag - 1) * (n - lag - 2) for lag in range(1, n))
    factor = 1 + 2 / (n * (n - 1) * (n - 2)) * math.fsum(w * value for w, value in zip(weights, taken, strict=True))
    return factor if factor > 0 else 1.0


# ---------------------------------------------------------------------------------------------- the slope


def _slopes(times: Sequence[float], values: Sequence[float]) -> list[float]:
    pairs = combinations(zip(times, values, strict=True), 2)
    return sorted((later[1] - earlier[1]) / (later[0] - earlier[0]) for earlier, later in pairs if later[0] != earlier[0])


def _interval(slopes: Sequence[float], null: _Null, error: float) -> tuple[float | None, float | None]:
    """The slopes that the test does not reject: between the ones that leave the smallest significant score of pairs on one side."""
    if null.plain == 0:
        return slopes[0], slopes[-1]
    least, most = 1, len(slopes) + 1
    while least < most:  # p falls as the score grows
        middle = (least + most) // 2
        least, most = (least, middle) if null.p(middle) <= error else (middle + 1, most)
    if least > len(slopes):
        return None, None
    outside = (len(slopes) - least) // 2
    return slopes[outside], slopes[-1 - outside]
