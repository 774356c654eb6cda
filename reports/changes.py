"""Says how far an index moved between two fixed days, with its interval, and which changes chance does not explain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from auditor.intervals import Estimate, estimate, t_share
from auditor.language import aside, between
from auditor.model import History, SiteHistory
from auditor.trends import SIGNIFICANCE, Point, benjamini_hochberg, telling_day
from reports import tendencies, words
from reports.rollups import Group, groups, watched
from reports.runs import judged

A_YEAR = timedelta(days=365)
STRETCH = timedelta(days=14)
"""Nights that are averaged at either end, so that no single night decides; as many days have to lie between the ends."""
OLDEST = timedelta(days=45)
"""Days before the fixed day within which a night stands for it."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """The change of an index, in points: later less earlier."""

    since: date
    until: date
    points: Estimate
    sites: int = 1

    @property
    def p(self) -> float:
        """How often chance alone gives a change as large: two-sided, Student's t."""
        one = self.points
        if not one.error:
            return 0.0 if one.value else 1.0
        size = abs(one.value) / one.error
        return math.erfc(size / math.sqrt(2)) if math.isinf(one.freedom) else 2 * (1 - t_share(size, one.freedom))


def change(history: History, site: SiteHistory, last: date) -> Change | None:
    """From the two weeks that end a year before the last night up to `last`, else from the first two comparable ones, to those before it.

    Nights under other rules count only where they could be linked; the error of the link is in them. Nights of two weeks share their
    sample, so that the error of their mean is that of one of them. The errors of both ends are taken as independent. Half of a sample is
    kept from quarter to quarter, so that they are not: the interval is too wide rather than too narrow. None where there are no comparable
    nights on both sides of two weeks, the later ones near `last`.
    """
    points = tendencies.series(history, site, last).comparable
    if not points or last - points[-1].day > OLDEST:
        return None
    late = [point for point in points if points[-1].day - point.day < STRETCH]
    before = [point for point in points if point.day <= points[-1].day - A_YEAR]
    start = before[-1].day - STRETCH if before else points[0].day - timedelta(days=1)
    early = [point for point in points if start < point.day <= start + STRETCH]
    if late[0].day - early[-1].day < STRETCH:
        return None
    freedom = _freedoms(history, site)
    ends = [(fmean(point.value for point in some), fmean(point.se for point in some)) for some in (early, late)]
    parts = [(ends[0][1] ** 2, freedom.get(early[-1].day, math.inf)), (ends[1][1] ** 2, freedom.get(late[-1].day, math.inf))]
    return Change(since=early[0].day, until=late[-1].day, points=_estimate(ends[1][0] - ends[0][0], parts))


def mean(changes: Sequence[Change]) -> Change | None:
    """The mean change of several sites, each with the same weight; errors combine as independent ones. None without any."""
    if not changes:
        return None
    n = len(changes)
    parts = [((one.points.error / n) ** 2, one.points.freedom) for one in changes]
    value = sum(one.points.value for one in changes) / n
    return Change(
        since=min(one.since for one in changes), until=max(one.until for one in changes), points=_estimate(value, parts), sites=n
    )


def demonstrable(changes: Sequence[Change | None]) -> list[bool]:
    """Which of several changes are none that chance explains, with the false discovery rate of all of them held (Benjamini, Hochberg)."""
    rates = iter(benjamini_hochberg([one.p for one in changes if one is not None]))
    return [one is not None and next(rates) <= SIGNIFICANCE for one in changes]


def of_groups(history: History) -> list[tuple[Group, Change | None, bool]]:
    """Every group of sites with its change up to the last fixed day, and whether chance does not explain it."""
    day = telling_day(words.date_of(history.now, history.timezone))
    moved = {site.target.site.id: change(history, site, day) for site in watched(history)}
    found = groups(history)
    means = [mean([one for site in group.sites if (one := moved[site.target.site.id]) is not None]) for group in found]
    return list(zip(found, means, demonstrable(means), strict=True))


def told(points: Estimate) -> str:
    """`+3.2（+1.1—+5.3）`, or the number alone where it has no error."""
    if not points.error:
        return words.signed(points.value)
    return words.signed(points.value) + aside(between(words.signed(points.low), words.signed(points.high)))


def _estimate(value: float, parts: Sequence[tuple[float, float]]) -> Estimate:
    """A number with the variances it is made of and their degrees of freedom (Welch and Satterthwaite)."""
    squared = sum(variance for variance, _ in parts)
    spread = sum(variance**2 / freedom for variance, freedom in parts)
    return estimate(value, math.sqrt(squared), squared**2 / spread if spread else math.inf)


def _freedoms(history: History, site: SiteHistory) -> dict[date, float]:
    """Day -> degrees of freedom of the error of its index."""
    return {
        words.date_of(run.started, history.timezone): run.score.freedom
        for run in reversed(site.runs)
        if judged(run) and run.score is not None and run.score.freedom is not None
    }


# ---------------------------------------------------------------------------------------------- over the whole time


@dataclass(frozen=True, kw_only=True)
class Mean:
    """The mean index of the same sites in one stretch of time."""

    day: date  #: its first
    index: Estimate


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The mean index of the same sites over time."""

    sites: int
    left_out: int  #: sites that have an index now and none that can be compared at the start
    monthly: bool  #: by months, else by weeks
    means: tuple[Mean, ...]
    broken: tuple[date, ...]  #: first days of stretches in which the rules of some of the sites changed


MOST = 24
WEEKS = 26


def panel(history: History, sites: Sequence[SiteHistory]) -> Panel | None:
    """The mean of the sites that have a comparable index in the first and in the last stretch of the newest two years at most.

    So nothing moves because sites came or went. A stretch without a night keeps the number of the one before. None without two stretches.
    """
    linked = {site.target.site.id: tendencies.series(history, site) for site in sites}
    series = {id: one.comparable for id, one in linked.items() if one.comparable}
    days = [point.day for points in series.values() for point in points]
    if not days:
        return None
    monthly = (max(days) - min(days)).days > 7 * WEEKS
    stretches = sorted({_start(day, monthly) for day in days})[-(MOST if monthly else WEEKS) :]
    values = {id: _by_stretch(points, monthly) for id, points in series.items()}
    same = [found for found in values.values() if stretches[0] in found and stretches[-1] in found]
    if len(stretches) < 2 or not same:
        return None
    means, last = [], [found[stretches[0]] for found in same]
    for start in stretches:
        last = [found.get(start, before) for found, before in zip(same, last, strict=True)]
        parts = [((point.se / len(last)) ** 2, math.inf) for point in last]
        means.append(Mean(day=start, index=_estimate(sum(point.value for point in last) / len(last), parts)))
    broken = {_start(mark.day, monthly) for one in linked.values() for mark in one.links} & set(stretches[1:])
    return Panel(
        sites=len(same), left_out=len(series) - len(same), monthly=monthly, means=tuple(means), broken=tuple(sorted(broken))
    )


def _start(day: date, monthly: bool) -> date:
    return day.replace(day=1) if monthly else day - timedelta(days=day.weekday())


def _by_stretch(points: Sequence[Point], monthly: bool) -> dict[date, Point]:
    """Stretch -> its last night."""
    return {_start(point.day, monthly): point for point in points}
