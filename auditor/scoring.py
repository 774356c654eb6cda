"""The accessibility index (无障碍指数, 0-100) of pages, sites and groups of sites, with its error; the formulas of methods.md 2.3.

Only what is sure counts: doubts (cantTell) are in neither count. What it says is "within automated scope": never conformity.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from os.path import commonprefix
from statistics import fmean, variance
from typing import NamedTuple

from auditor.intervals import CONFIDENCE, Estimate, estimate, t_quantile, wilson
from auditor.model import Conformance, Criterion, Impact, Level, Rule, Tally

WEIGHTS: Mapping[Impact, int] = {Impact.CRITICAL: 10, Impact.SERIOUS: 7, Impact.MODERATE: 3, Impact.MINOR: 1}
"""Of rules inside one criterion, as Lighthouse weighs its audits (methods.md 2.1)."""

PRINCIPLES: Mapping[str, float] = {"1": 0.3, "2": 0.3, "3": 0.2, "4": 0.2}
"""Shares of the four principles in the index after the manner of the survey of 2019 (peers.md 20)."""

INTERFERING = ("1.4.2", "2.1.2", "2.2.2", "2.3.1")
"""Criteria of which a failure may keep people from the whole page (WCAG 2.2, 5.2.5 Non-Interference)."""

NORMAL = 1.95996
"""Standard errors below which no two numbers are apart at 95 %, whatever their degrees of freedom."""

UNSEEN_DROP = 20.0
"""Points by which a page that nobody has looked at may well lie below pages that are all alike."""

UNMET_PAGES = 3
"""Pages without anything worse than was met that are reckoned with in every stratum before any is looked at."""

UNMET = (1 - CONFIDENCE) / 2
"""Chance to have missed pages of a worse kind, down to which they are reckoned with."""

Criteria = Mapping[str, float]
"""Criterion -> how well it is met, 0 to 1; criteria that nothing applies to are not in it."""

Sums = dict[str, tuple[float, float]]
"""Criterion -> the weighed scores of its rules on a page, added up, and their weights."""


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """Pages made alike: how many there are, and the values of those that were looked at."""

    key: str
    size: int
    values: tuple[float, ...]
    others: int = 0  #: addresses looked at that turned out to be no page of the site
    alone: bool = False  #: speaks for no other stratum: its pages were picked

    @property
    def pages(self) -> float:
        """How many of its addresses are pages, as far as those looked at tell."""
        return self.size * len(self.values) / (len(self.values) + self.others) if self.others else self.size


def that_count(rules: Mapping[str, Rule], criteria: Mapping[str, Criterion]) -> Mapping[str, Rule]:
    """The rules by which the index is counted: those of level A and AA, each with its criteria of these levels alone."""
    counting = {number for number, criterion in criteria.items() if Level.AA.includes(criterion.level)}
    found = {}
    for rule in rules.values():
        kept = tuple(number for number in rule.criteria if number in counting)
        if kept and Level.AA.includes(rule.level):
            found[rule.id] = rule if kept == rule.criteria else replace(rule, criteria=kept)
    return found


def rule_score(failed: int, passed: int) -> float:
    """1 - ½([f > 0] + f) with f = failed / (failed + passed): half "is it clean", half "how much is clean". Needs one of the two."""
    share = failed / (failed + passed)
    return 1 - 0.5 * ((failed > 0) + share)


def page_criteria(tallies: Iterable[Tally], rules: Mapping[str, Rule]) -> Criteria:
    """Criterion -> the mean of its rules' scores on one page, weighed by impact. `rules`: those `that_count`; others take no part."""
    sums: Sums = {}
    for tally in tallies:
        if rule := rules.get(tally.rule):
            add(sums, rule, tally.failed, tally.passed)
    return {criterion: total / weight for criterion, (total, weight) in sorted(sums.items())}


def add(sums: Sums, rule: Rule, failed: int, passed: int) -> None:
    """Let one more rule take part in the sums of a page; nothing where it neither failed nor passed."""
    if not failed + passed:
        return
    weight = WEIGHTS[rule.impact]
    part = weight * rule_score(failed, passed)
    for criterion in rule.criteria:
        total, weights = sums.get(criterion, (0.0, 0.0))
        sums[criterion] = (total + part, weights + weight)


def index(criteria: Criteria) -> float | None:
    """The index of a page: 100 times the mean over the criteria that apply, each counting 1; None where none applies."""
    return 100 * fmean(criteria.values()) if criteria else None


def by_principle(criteria: Criteria) -> float | None:
    """The index with the four principles weighing 30, 30, 20 and 20 (PRINCIPLES); those that nothing applies to are left out."""
    groups: dict[str, list[float]] = defaultdict(list)
    for criterion, score in criteria.items():
        groups[criterion[0]].append(score)
    weight = sum(PRINCIPLES[principle] for principle in groups)
    return 100 * sum(PRINCIPLES[principle] * fmean(scores) for principle, scores in groups.items()) / weight if groups else None


def stratified(strata: Sequence[Stratum]) -> Estimate | None:
    """The mean over all pages of all strata, from the pages looked at; None where there are none (methods.md 2.3).

    Q = Σ (N_h/N)·mean_h; SE² = Σ (N_h/N)²·(1 - n_h/N_h)·s_h²/n_h; t with Σ (n_h - 1) degrees of freedom. A stratum with one page looked at
    takes its variance from itself together with the nearest one, one with none is counted as if it were the nearest one.
    Where addresses turned out to be no page, how many pages a stratum has is itself estimated: Q is then a ratio of two totals, and
    s_h² is that of its residuals, which are value - Q of a page and 0 of what is none (Cochran 1977, 6.11 and 5A.14).
    Upwards the interval leans as the values do (`_leaning`). Downwards that helps only where bad pages were seen: where the draw missed the
    few there are, index and error are both too good. So pages of a worse kind are reckoned with that nobody met (`_unmet`), together with
    chance as independent errors: low = Q - √(t²·SE² + Σ unmet_h²). Without them the interval held the index of a portal of whose pages 3 %
    came from an older system in 80 % of samples of 50 pages (bench.statistics_sampling, which says how well it does now).
    Values lie between 0 and 100. Where every page was looked at the error is 0: nothing was estimated. Where pages were not, but those
    seen are all alike, the error is that of one page in as many lying UNSEEN_DROP points lower: equal pages prove nothing of the others.
    """
    strata = [stratum for stratum in strata if stratum.pages > 0]
    known = [stratum for stratum in strata if stratum.values]
    if not known:
        return None
    total = sum(stratum.pages for stratum in strata)
    sizes = {stratum.key: stratum.pages for stratum in known}
    for stratum in strata:
        if not stratum.values:
            sizes[_nearest(stratum, known).key] += stratum.pages
    value = sum(sizes[stratum.key] * fmean(stratum.values) for stratum in known) / total
    parts = [_part(stratum, sizes[stratum.key], total, value, known) for stratum in known]
    squared = sum(part.variance for part in parts)
    if not squared:
        seen = sum(len(stratum.values) for stratum in known if len(stratum.values) < sizes[stratum.key])
        unseen = sum(sizes[stratum.key] - len(stratum.values) for stratum in known) / total
        return estimate(value, UNSEEN_DROP * unseen / seen if seen else 0.0, max(1, seen - 1), lowest=0.0, highest=100.0)
    freedom = max(1, sum(part.freedom for part in parts))
    found = _leaning(value, math.sqrt(squared), freedom, sum(part.third for part in parts) / squared**1.5)
    chance = t_quantile(0.5 + CONFIDENCE / 2, freedom) ** 2 * squared
    worst = min(min(stratum.values) for stratum in known)
    unmet = sum(_unmet(stratum, sizes[stratum.key], total, worst) ** 2 for stratum in known)
    return replace(found, low=max(0.0, value - math.sqrt(chance + unmet)))


class _Part(NamedTuple):
    """What a stratum adds to the variance and to the third moment of the estimate."""

    variance: float
    third: float
    freedom: int  #: degrees of freedom


def _part(stratum: Stratum, pages: float, total: float, value: float, known: Sequence[Stratum]) -> _Part:
    """`pages` that the stratum speaks for, out of `total`; `value` of the whole."""
    n = len(stratum.values) + stratum.others
    size = pages * n / len(stratum.values)  # addresses, as far as it speaks for more than its own
    if n >= size:
        return _Part(0.0, 0.0, 0)
    seen, share = n / size, size / total
    values = stratum.values if n > 1 else _with_nearest(stratum, known)
    residuals = [one - value for one in values] + [0.0] * stratum.others
    if len(residuals) < 2:
        return _Part(share**2 * (1 - seen) * 50.0**2 / n, 0.0, 0)  # one page of a whole site: anything is possible
    middle, m = fmean(residuals), len(residuals)
    third = m * sum((one - middle) ** 3 for one in residuals) / ((m - 1) * (m - 2)) if m > 2 else 0.0
    third = share**3 * (1 - seen) * (1 - 2 * seen) * third / n**2
    return _Part(share**2 * (1 - seen) * variance(residuals) / n, third, n - 1)


def _unmet(stratum: Stratum, pages: float, total: float, worst: float) -> float:
    """Points of the index that pages of a worse kind may take away which a stratum has although none of them was looked at.

    Of pages of which n were looked at without one, at most 1 - UNMET^(1/n) are of that kind, but for a chance of UNMET (for 5 % this is the
    rule of three, 3/n: Hanley and Lippman-Hand 1983). That reckons with a third of the stratum where few were looked at, although such
    kinds are rare on most sites; so UNMET_PAGES count as looked at before (a prior Beta(1, UNMET_PAGES)). A page nobody met is taken to
    be as bad as the `worst` that was met anywhere on the site. UNMET_PAGES was chosen on synthetic sites and on the first portal of
    bench.large_portal. With larger ones (4 to 12), Jeffreys' and the mid-P bound, one imaginary page of the worst kind instead (Borkowf
    2006), or skewness in the lower bound, intervals held the index of the first two portals less evenly over 30 to 200 pages. On the third,
    which nothing was tried on, these intervals are too wide rather than too narrow: many of its samples meet no page of the worse kind.
    """
    n = len(stratum.values) + stratum.others
    size = pages * n / len(stratum.values)
    share = 1 - math.pow(UNMET, 1 / (n + UNMET_PAGES))
    return max(0.0, size - n) / total * share * (fmean(stratum.values) - worst)


def _leaning(value: float, error: float, freedom: float, skewness: float) -> Estimate:
    """The interval for an estimate of this skewness: Hall's monotone cubic transformation of t (JRSS B 54, 1992, 221-228).

    `skewness` is that of the estimate, not of the pages. Without any it is value ± t·error.
    """
    reach = t_quantile(0.5 + CONFIDENCE / 2, freedom)

    def back(t: float) -> float:
        if abs(skewness) < 1e-6:
            return t
        inner = 1 + skewness * (t - skewness / 6)
        return 3 / skewness * (math.copysign(abs(inner) ** (1 / 3), inner) - 1)

    low, high = value - error * back(reach), value - error * back(-reach)
    return Estimate(value=value, error=error, low=max(0.0, min(low, value)), high=min(100.0, max(high, value)), freedom=freedom)


def _with_nearest(stratum: Stratum, known: Sequence[Stratum]) -> tuple[float, ...]:
    others = [other for other in known if other is not stratum]
    return stratum.values + (_nearest(stratum, others).values if others else ())


def _nearest(stratum: Stratum, known: Sequence[Stratum]) -> Stratum:
    """The stratum whose key begins most like this one's, among those with the most pages looked at."""

    def nearness(other: Stratum) -> tuple[int, int, str]:
        return len(commonprefix([stratum.key, other.key])), len(other.values), other.key  # noqa: RUF071  letter by letter is meant

    return max([other for other in known if not other.alone] or known, key=nearness)


def conformance(pages: Iterable[tuple[Criteria, float]]) -> dict[str, Conformance]:
    """Criterion -> the share of the pages it applies to that meet it; `pages`: each with how many pages of the site it stands for.

    A page meets a criterion when nothing there fails it. The interval is Wilson's with the effective number of pages (Σw)²/Σw² (Kish
    1965), which is (N-1)/(N-n) times as large as n of N pages are seen; there is none to tell where every page stands for itself.
    """
    met: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    for criteria, weight in pages:
        for criterion, score in criteria.items():
            met[criterion].append((score >= 1, weight))
    return {criterion: _conformance(found) for criterion, found in met.items()}


def _conformance(found: Sequence[tuple[bool, float]]) -> Conformance:
    n, population = len(found), sum(weight for _, weight in found)
    share = sum(weight for clean, weight in found if clean) / population
    low = high = share
    if population > n:
        effective = population**2 / sum(weight * weight for _, weight in found) * (population - 1) / (population - n)
        low, high = wilson(share * effective, effective)
    return Conformance(pages=n, failing=sum(not clean for clean, _ in found), share=share, low=low, high=high)


def together(scores: Sequence[Estimate], weights: Sequence[float] | None = None) -> Estimate | None:
    """The mean of several sites (equal weights unless given, such as visits); None without any. Errors combine as independent ones."""
    if not scores:
        return None
    shares = [weight / sum(weights) for weight in weights] if weights else [1 / len(scores)] * len(scores)
    parts = [((share * score.error) ** 2, score.freedom) for share, score in zip(shares, scores, strict=True)]
    squared = sum(part for part, _ in parts)
    spread = sum(part**2 / degrees for part, degrees in parts)
    freedom = squared**2 / spread if spread else math.inf
    value = sum(share * score.value for share, score in zip(shares, scores, strict=True))
    return estimate(value, math.sqrt(squared), freedom, lowest=0.0, highest=100.0)


def ranks(scores: Mapping[str, Estimate]) -> dict[str, tuple[int, int]]:
    """Name -> the best and the worst rank it may have: two are told apart only where the interval of their difference leaves 0 out.

    Ties that the intervals cannot separate share a range, such as 3rd to 7th. Unchanged by the order of the names.
    """
    order = sorted(scores, key=lambda name: scores[name].value)
    sites = [scores[name] for name in order]
    values, reaches = [one.value for one in sites], [_reach(one) for one in sites]
    squares = [one.error**2 for one in sites]
    least, most, furthest = min(squares, default=0.0), max(squares, default=0.0), max(reaches, default=0.0)
    better, worse, beyond = [0] * len(sites), [0] * len(sites), [0] * (len(sites) + 1)
    for place, (value, square, reach) in enumerate(zip(values, squares, reaches, strict=True)):
        near = bisect_right(values, value + NORMAL * math.sqrt(square + least) - _ROUNDED)
        far = bisect_right(values, value + furthest * math.sqrt(square + most) + _ROUNDED)
        better[place] += len(sites) - far
        beyond[far] += 1
        for other in range(max(near, place + 1), far):
            spread, apart = math.sqrt(square + squares[other]), values[other] - value
            if apart > NORMAL * spread and (apart > max(reach, reaches[other]) * spread + _ROUNDED or _apart(sites[other], sites[place])):
                better[place] += 1
                worse[other] += 1
    passed = accumulate(beyond)
    return {name: (1 + up, len(sites) - down - more) for name, up, down, more in zip(order, better, worse, passed, strict=False)}


_ROUNDED = 1e-9
"""Points by which a bound may be off; within them two sites are compared in full."""


def _reach(one: Estimate) -> float:
    """Standard errors beyond which something lies surely apart from this, whatever the other's error: none has fewer degrees of freedom."""
    return t_quantile(0.975, one.freedom if math.isinf(one.freedom) else max(1, math.floor(one.freedom * (1 - 1e-9))))


def _apart(high: Estimate, low: Estimate) -> bool:
    """Whether the first is surely above the second: Welch's comparison of two means at 95 %."""
    apart, squared = high.value - low.value, high.error**2 + low.error**2
    if apart <= NORMAL * math.sqrt(squared):
        return apart > 0 == squared
    spread = sum(one.error**4 / one.freedom for one in (high, low))
    freedom = squared**2 / spread if spread else math.inf
    return apart > t_quantile(0.975, freedom if math.isinf(freedom) else max(1, math.floor(freedom))) * math.sqrt(squared)
