"""Says whether two runs of a site really differ: page by page on the pages that both have seen.

Source: methods.md 2.5. Pages that only one run has seen tell nothing about change, only about which pages were looked at.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import NormalDist, fmean, variance
from typing import NamedTuple

from auditor.intervals import t_quantile

FEWEST_PAIRS = 10
"""Pages that both runs must have seen before a difference is spoken of.

Measured share of changes claimed where there is none, at 5 % promised (bench/statistics_trends.py): noise in every page 4 % with 10
pages, 4 % with 40; some pages move a lot 0 and 3 %. Missed where changes are lopsided: exponential 9 and 6 %; if one page in ten
rises by 9 and all others fall by 1, 42 and 8 %, since ten pages often hold none of the former. No interval sees what no page shows.
"""

DRAWS = 2000


class PageScore(NamedTuple):
    """A page of the panel: the stratum it stands for, and its score (0..100)."""

    stratum: str
    score: float


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How far the second run lies above the first. `change`, `low` and `high` are None where it cannot be said."""

    pairs: int  #: pages seen in both runs
    covered: float  #: share of the site (by weight) whose strata have such pages; the rest is taken to be like them
    change: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def demonstrable(self) -> bool:
        """Whether the interval excludes no change at all; False where it cannot be said."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


class Shift(NamedTuple):
    """A stratified mean of differences with its standard error."""

    mean: float
    se: float
    pairs: int
    covered: float


@dataclass(frozen=True, kw_only=True)
class McNemar:
    """Pages on which a criterion passes in one run and fails in the other."""

    pairs: int
    mended: int  #: failed before, passes now
    broken: int  #: passed before, fails now
    p: float  #: two-sided, exact


def paired_difference(
    before: Mapping[str, PageScore],
    after: Mapping[str, PageScore],
    *,
    weights: Mapping[str, float],
    seed: int,
    draws: int = DRAWS,
    confidence: float = 0.95,
) -> Difference:
    """The difference of two runs on the pages of both (url -> stratum and score), with a bootstrap interval.

    `weights` are N_h/N by stratum, as in the score; strata without a pair fall out and the others are scaled up (`covered` tells
    how much is left). The stratum is that of the second run. Pages are drawn anew within strata, one page fewer than there are,
    which frees the variance of its bias (McCarthy & Snowden 1985); a stratum with one pair joins the smallest other one. The
    percentiles are those that a t-interval needs (Hesterberg 2015, "expanded percentile"; degrees of freedom after Satterthwaite
    1946), and the interval is widened to that t-interval where it is narrower.
    Where every page changed by the same amount the interval has no width; if that amount is 0, no change is claimed.
    Cannot be said: fewer than FEWEST_PAIRS pairs; see there for what the 95 % are worth. `seed` makes it repeatable. There is no
    correction for finite populations, so that the interval is rather too wide for a site of which most pages are seen.

    ValueError: a stratum without a weight, a weight that is negative, a score that is not a finite number.
    """
    strata, covered = _differences(before, after, weights)
    pairs = sum(len(values) for _, values in strata)
    if pairs < FEWEST_PAIRS:
        return Difference(pairs=pairs, covered=covered)
    means = _drawn_again(strata, Random(seed), draws)
    change, se, freedom = _estimated(strata)
    reach = t_quantile((1 + confidence) / 2, freedom)
    tail = NormalDist().cdf(-reach)
    low, high = min(_quantile(means, tail), change - reach * se), max(_quantile(means, 1 - tail), change + reach * se)
    return Difference(pairs=pairs, covered=covered, change=change, low=low, high=high)


def paired_shift(before: Mapping[str, PageScore], after: Mapping[str, PageScore], *, weights: Mapping[str, float]) -> Shift | None:
    """The same difference with its standard error instead of an interval: SE² = Σ_h W_h²·s_h²/n_h; None: fewer than FEWEST_PAIRS pairs.

    Without the correction for finite populations of methods.md 2.3, so that it is rather too large for a small site.
    """
    strata, covered = _differences(before, after, weights)
    pairs = sum(len(values) for _, values in strata)
    if pairs < FEWEST_PAIRS:
        return None
    mean, se, _ = _estimated(strata)
    return Shift(mean=mean, se=se, pairs=pairs, covered=covered)


def mcnemar(before: Mapping[str, Mapping[str, bool]], after: Mapping[str, Mapping[str, bool]]) -> dict[str, McNemar]:
    """For each criterion (criterion -> url -> whether the page passes) that both runs asked: pages mended and broken, and p.

    p = min(1, 2·P[X ≤ min(mended, broken)]) with X ~ Bin(mended + broken, ½): the exact form of McNemar 1947. Pages on which the
    criterion was applicable in one run only are left out. With many criteria go by `trends.benjamini_hochberg`, not by p.
    """
    return {criterion: _mcnemar(before[criterion], after[criterion]) for criterion in before if criterion in after}


def _mcnemar(before: Mapping[str, bool], after: Mapping[str, bool]) -> McNemar:
    both = [(before[url], after[url]) for url in before if url in after]
    mended, broken = both.count((False, True)), both.count((True, False))
    moved = mended + broken
    tail = sum(math.comb(moved, count) for count in range(min(mended, broken) + 1))
    return McNemar(pairs=len(both), mended=mended, broken=broken, p=min(1.0, 2 * tail / 2**moved))


def _differences(
    before: Mapping[str, PageScore], after: Mapping[str, PageScore], weights: Mapping[str, float]
) -> tuple[list[tuple[float, list[float]]], float]:
    """Weight and differences of each stratum, the weights scaled to 1, and the share of the weight that is covered."""
    if any(not math.isfinite(weight) or weight < 0 for weight in weights.values()):
        raise ValueError("weights of strata are shares of the site, and not negative")
    grouped: dict[str, list[float]] = defaultdict(list)
    for url in sorted(before.keys() & after.keys()):
        stratum, score = after[url]
        if stratum not in weights:
            raise ValueError(f"stratum {stratum} of {url} has no weight")
        if not math.isfinite(score - before[url].score):
            raise ValueError(f"the score of {url} is no number")
        grouped[stratum].append(score - before[url].score)
    strata = _pooled([(weights[stratum], grouped[stratum]) for stratum in sorted(grouped) if weights[stratum] > 0])
    total, everything = math.fsum(weight for weight, _ in strata), math.fsum(weights.values())
    return [(weight / total, values) for weight, values in strata], total / everything if everything else 0.0


def _drawn_again(strata: Sequence[tuple[float, list[float]]], rng: Random, draws: int) -> list[float]:
    """The stratified means of so many draws, in order; a stratum in which all changed alike gives the same in every draw."""
    moving = [(weight, values) for weight, values in strata if len(set(values)) > 1]
    still = math.fsum(weight * values[0] for weight, values in strata if len(set(values)) == 1)
    if not moving:
        return [still]
    return sorted(still + sum(weight * fmean(rng.choices(values, k=len(values) - 1)) for weight, values in moving) for _ in range(draws))


def _estimated(strata: Sequence[tuple[float, list[float]]]) -> tuple[float, float, float]:
    """Mean, standard error and its degrees of freedom (Satterthwaite 1946, at least 3). Equal differences have no error at all."""
    if len({value for _, values in strata for value in values}) == 1:
        return strata[0][1][0], 0.0, 3.0
    mean = math.fsum(weight * fmean(values) for weight, values in strata)
    parts = [(weight**2 * variance(values) / len(values), len(values) - 1) for weight, values in strata]
    square, spread = math.fsum(part for part, _ in parts), math.fsum(part**2 / own for part, own in parts)
    return mean, math.sqrt(square), max(3.0, square**2 / spread) if spread else 3.0


def _pooled(strata: Sequence[tuple[float, list[float]]]) -> list[tuple[float, list[float]]]:
    """No stratum with a single pair, as one value has no spread: it joins the smallest of the others."""
    left = sorted(strata, key=lambda stratum: len(stratum[1]))
    while len(left) > 1 and len(left[0][1]) == 1:
        (one, values), (other, more) = left[:2]
        left = sorted([(one + other, values + more), *left[2:]], key=lambda stratum: len(stratum[1]))
    return left


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Linear between neighbours."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    low, high = ordered[below], ordered[above]
    return low if low == high else low + (place - below) * (high - low)
