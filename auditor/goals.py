"""Says when a promised goal will be met at the pace that was measured, or that this cannot be said.

Source: methods.md 2.5.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import NormalDist, median

from auditor.trends import YEAR, Break, Point, Trend, periods, trend, years

FEWEST_POINTS = 6
LARGEST_P = 0.1
"""Without six points and a p of at most this no date is told."""

PERCENTILES = 0.8
"""The interval of the date: from the 10th to the 90th percentile."""

NEAREST = 0.5
"""Scores are held this far from 0 and 100, where the logit has no end. A goal of 100 counts as reached at 99.5."""

FURTHEST = 50.0
"""Years beyond which no date is told."""


class Outlook(StrEnum):
    """Whether a goal will be met."""

    MET = "met"
    ON_COURSE = "on-course"  #: it is met in time even at the slowest pace that fits the measurements
    NOT_IN_TIME = "not-in-time"  #: it is not, even at the fastest pace that fits the measurements: 按当前趋势在期限内无法达到
    CANNOT_BE_SAID = "cannot-be-said"  #: no trend to go by, or the day it is due lies between the earliest and the latest date


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """When a goal is met at the pace measured. Dates are None where there is none, or it lies out of sight."""

    outlook: Outlook
    points: int  #: after averaging
    p: float | None = None
    required: float | None = None  #: points per year from the last score to the goal on the day it is due
    actual: float | None = None  #: points per year (Theil-Sen)
    reached: date | None = None
    earliest: date | None = None  #: at the 90th percentile of the slope
    latest: date | None = None  #: at the 10th; None: not at all at that pace


@dataclass(frozen=True, kw_only=True)
class Wait:
    """How long a site took to pass, or has been waiting so far."""

    days: int
    passed: bool


@dataclass(frozen=True, kw_only=True)
class Passed:
    """The share of sites that have passed after so many days."""

    days: int
    share: float
    low: float
    high: float
    waiting: int  #: sites that had neither passed nor left before that day


def quarter_ends(first: date, last: date) -> tuple[date, ...]:
    """The ends of the quarters of a year from one day to another, both included; none where they lie in the wrong order."""
    firsts = (date(year, month, 1) for year in range(first.year, last.year + 2) for month in (1, 4, 7, 10))
    return tuple(end for start in firsts if first <= (end := start - timedelta(days=1)) <= last)


def forecast(points: Iterable[Point], *, goal: float, due: date, links: Sequence[Break] = ()) -> Forecast:
    """When a series reaches the score `goal` (0..100) that is promised for the day `due`.

    `points` and `links` as for `trends.trend`, whose averaging and test are used. Theil-Sen is fitted to logit(Q/100), so that the
    last points cost more than the first: t* = (logit goal − b)/m. The interval comes from that of the slope, 10th to 90th
    percentile, each with its own intercept; it inverts the test, see `trends.trend` for why it is not a bootstrap.

    met: the last score (mean of its week or month) is not below the goal. Cannot be said: p > LARGEST_P, fewer than
    FEWEST_POINTS, or a day due inside the interval. A goal that is past due and not met is not-in-time.

    Measured (bench/statistics_trends.py, standard error 1.5, two years to go): the interval, 80 % promised, holds the true day in
    79 to 85 of 100 cases from 12 weeks on if the path is straight in logit. If it is straight in points, dates come 12 to 16 weeks too
    late, and after a year only 28 of 100 intervals hold the true day: they tell the noise, not that the curve may be another one.
    With 6 points a date is told in 6 of 100 cases, and then a year too early, as only what looks steep passes the test. On-course
    was told of a site that would be late in at most 2 of 100 cases.

    ValueError: a goal that is not in 0..100, a score that is not a finite number.
    """
    if not 0 <= goal <= 100:
        raise ValueError(f"a goal is a score from 0 to 100, not {goal}")
    given = tuple(points)
    observed = periods(given)
    if not observed:
        return Forecast(outlook=Outlook.CANNOT_BE_SAID, points=0)
    last = observed[-1]
    pace = trend(given, links=links)
    bent = trend(given, links=links, confidence=PERCENTILES, scale=_logit)
    left = (due - last.day).days / YEAR
    required = (goal - last.value) / left if left > 0 and goal > last.value else None
    dates = _dates(observed, bent, goal) if _telling(bent) else (None, None, None)
    return Forecast(
        outlook=_outlook(last, goal, due, bent, dates),
        points=len(observed),
        p=bent.p,
        required=required,
        actual=pace.slope,
        reached=dates[0],
        earliest=dates[1],
        latest=dates[2],
    )


def passing(waits: Iterable[Wait]) -> tuple[Passed, ...]:
    """The share of sites that have passed, day by day (1 - Kaplan-Meier); a step for each day on which one did.

    A site that has not passed yet is censored: it counts as waiting up to its last day, and not as a failure. The 95 % interval
    is that of log(-log S) with Greenwood's variance (Kalbfleisch & Prentice 1980), which stays inside 0..1; where all have passed
    it cannot be computed, and runs from the lower bound before to 1. ValueError: negative days.
    """
    left = sorted(waits, key=lambda wait: wait.days)
    if left and left[0].days < 0:
        raise ValueError("nobody waits less than no days")
    steps: list[Passed] = []
    survival, spread, floor = 1.0, 0.0, 0.0
    for day in sorted({wait.days for wait in left if wait.passed}):
        waiting = sum(wait.days >= day for wait in left)
        passed = sum(wait.days == day and wait.passed for wait in left)
        survival *= 1 - passed / waiting
        if passed < waiting:
            spread += passed / (waiting * (waiting - passed))
            low, high = _log_log(survival, spread)
        else:
            low, high = floor, 1.0
        floor = max(floor, low)
        steps.append(Passed(days=day, share=1 - survival, low=low, high=high, waiting=waiting))
    return tuple(steps)


def _telling(bent: Trend) -> bool:
    return bent.points >= FEWEST_POINTS and bent.p is not None and bent.p <= LARGEST_P


def _outlook(last: Point, goal: float, due: date, bent: Trend, dates: tuple[date | None, date | None, date | None]) -> Outlook:
    _, earliest, latest = dates
    if last.value >= goal:
        return Outlook.MET
    if due <= last.day:
        return Outlook.NOT_IN_TIME
    if not _telling(bent):
        return Outlook.CANNOT_BE_SAID
    if latest and latest <= due:
        return Outlook.ON_COURSE
    return Outlook.CANNOT_BE_SAID if earliest and earliest <= due else Outlook.NOT_IN_TIME


def _dates(observed: Sequence[Point], bent: Trend, goal: float) -> tuple[date | None, date | None, date | None]:
    """The day the goal is reached at the slope measured, at the steepest and at the flattest."""
    slopes = (bent.slope, bent.high, bent.low)
    reached, earliest, latest = (_date(observed, slope, goal) for slope in slopes)
    return reached, earliest, latest


def _date(observed: Sequence[Point], slope: float | None, goal: float) -> date | None:
    if slope is None or slope <= 0:
        return None
    ticks = years(observed)
    level = median(_logit(point.value) - slope * tick for point, tick in zip(observed, ticks, strict=True))
    wait = max((_logit(goal) - level) / slope, ticks[-1])
    if wait > ticks[-1] + FURTHEST:
        return None
    return date.fromordinal(observed[0].day.toordinal() + math.ceil(wait * YEAR - 1e-6))


def _logit(score: float) -> float:
    share = min(100 - NEAREST, max(NEAREST, score)) / 100
    return math.log(share / (1 - share))


def _log_log(survival: float, spread: float) -> tuple[float, float]:
    """Bounds of 1 - S from those of log(-log S)."""
    reach = NormalDist().inv_cdf(0.975) * math.sqrt(spread) / abs(math.log(survival))
    return 1 - survival ** math.exp(-reach), 1 - survival ** math.exp(reach)
