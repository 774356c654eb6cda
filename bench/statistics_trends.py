"""What the statistics of trend, comparison and goals promise, and what they keep: measured on simulated sites whose truth is known.

    python -m bench.statistics_trends [--draws 500]

Every figure comes from simulation with seeds that stand in this file; about three minutes with the default. A rate of x % in N draws
is uncertain by √(x(100-x)/N) in the same unit, which is printed behind it. Alternatives that were not taken are measured beside what
was taken: no correction and Hamed & Rao's for the test, a block bootstrap for the slope.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from statistics import fmean, median, stdev
from typing import NamedTuple

from auditor.comparison import PageScore, paired_difference, paired_shift
from auditor.goals import Outlook, forecast
from auditor.linking import Linked, Overlap, link
from auditor.trends import (
    FEWEST_POINTS,
    YEAR,
    Correction,
    Direction,
    Point,
    Trend,
    benjamini_hochberg,
    mann_kendall,
    telling_day,
    theil_sen,
    trend,
)

SEED = 20261123
START = date(2026, 1, 5)  # a Monday
NOISE = 1.5  # standard error of a score
WEEK, MONTH, NIGHT = 7.0, YEAR / 12, 1.0
WEIGHTS = {"portal": 0.1, "service": 0.3, "news": 0.6}


def main() -> None:
    """Print all that is measured."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--draws", type=int, default=500, help="simulated series for each figure")
    for line in measured(draws=words.parse_args().draws):
        print(line, flush=True)


def measured(*, draws: int) -> Iterator[str]:
    """Line after line; `draws` simulated series for each rate (a part of them where a series costs much)."""
    for part in (corrections, unchanged, powers, slopes, pairs, discoveries, upgrades, forecasts):
        yield from part(draws)


# ---------------------------------------------------------------------------------------------- false trends


def corrections(draws: int) -> Iterator[str]:
    """How often each correction sees a trend where there is none."""
    yield "False trends at 5 % promised, in %, by correction (weekly scores, φ = correlation with the week before)"
    for count in (6, 10, 20, 52):
        for phi in (0.0, 0.3, 0.5):
            series = [correlated(rng, count, phi) for rng in seeds(f"corrections {count} {phi}", draws)]
            rates = {
                name: rate([mann_kendall(values, correction=name).p <= 0.05 for values in series])
                for name in (Correction.NONE, Correction.HAMED_RAO, Correction.MODELLED)
            }
            yield f"  n {count:3}  φ {phi}  " + "  ".join(f"{name} {share}" for name, share in rates.items())
    yield "False trends of nightly scores over a year as published (means by week)"
    for phi in (0.0, 0.3, 0.5, 0.7):
        series = [correlated(rng, 365, phi) for rng in seeds(f"nights {phi}", draws // 2)]
        yield f"  n 365  φ {phi}  {rate([claims(trend(points(values, NIGHT))) for values in series])}"


def unchanged(draws: int) -> Iterator[str]:
    """A site on which nothing changes, audited every week on 20 other pages, with noise in every page."""
    yield "False trends of a site that does not change: 20 of 600 pages drawn anew each week, noise of 1 point in each page"
    for count in (6, 12, 26, 52):
        told = [claims(trend(points(sampled(rng, count), WEEK))) for rng in seeds(f"unchanged {count}", draws)]
        yield f"  n {count:3}  {rate(told)}"
    yield "  a trend told at least once within a year, if somebody looks"
    series_of_a_year = [points(sampled(rng, 52), WEEK) for rng in seeds("every week", draws // 4)]
    weeks = range(FEWEST_POINTS, 53)
    looks: dict[str, Callable[[date], date]] = {"every week": lambda day: day, "every month": last_month, "every quarter": telling_day}
    for name, last in looks.items():
        ever = [any(claims(trend(_until(one, last(one[week - 1].day)))) for week in weeks) for one in series_of_a_year]
        yield f"    {name:14} {rate(ever)}"


def last_month(day: date) -> date:
    """The end of the last month that is over: looked at more often than what is taken."""
    return day.replace(day=1) - timedelta(days=1)


def _until(series: Sequence[Point], day: date) -> list[Point]:
    return [point for point in series if point.day <= day]


# ---------------------------------------------------------------------------------------------- power and coverage


def powers(draws: int) -> Iterator[str]:
    """How often an improvement is seen."""
    yield f"Improvements seen, in % (standard error of a score {NOISE})"
    for name, step in (("weekly", WEEK), ("monthly", MONTH)):
        for count in (6, 12, 26, 52)[: 4 if step == WEEK else 3]:
            seen = {}
            for gain in (5, 10):
                found = [trend(points(moving(rng, count, step, gain), step)) for rng in seeds(f"{name} {count} {gain}", draws // 2)]
                seen[gain] = rate([one.direction is Direction.RISING for one in found])
            yield f"  {name} n {count:2}  " + "  ".join(f"+{gain} a year: {share}" for gain, share in seen.items())
    yield "Improvements of 5 points in steps instead, weekly, in % (a step looks like scores that resemble those before)"
    for count in (12, 26, 52):
        seen = {}
        for steps in (1, 2, 4):
            stairs = [5 / steps * sum(index * (steps + 1) >= step * count for step in range(1, steps + 1)) for index in range(count)]
            told = []
            for rng in seeds(f"steps {count} {steps}", draws // 2):
                values = [stair + value for stair, value in zip(stairs, moving(rng, count, WEEK, 0), strict=True)]
                told.append(trend(points(values, WEEK)).direction is Direction.RISING)
            seen[steps] = rate(told)
        yield f"  n {count:2}  " + "  ".join(f"{steps} steps: {share}" for steps, share in seen.items())


def slopes(draws: int) -> Iterator[str]:
    """How often the interval of the slope holds the true one, beside that of a block bootstrap."""
    yield "True slopes inside the 95 % interval, in % (weekly; block bootstrap with blocks of 2 for comparison, not used)"
    for count in (6, 12, 26, 52):
        for gain, phi in ((0, 0.0), (5, 0.0), (0, 0.5)):
            ours, theirs, widths = [], [], []
            for index, rng in enumerate(seeds(f"slope {count} {gain} {phi}", draws // 2)):
                values = moving(rng, count, WEEK, gain, phi)
                told = trend(points(values, WEEK))
                ours.append(holds(told.low, told.high, gain))
                widths.append((told.high or math.inf) - (told.low or -math.inf))
                if index * count < 4 * draws:
                    theirs.append(holds(*block_bootstrap([week * WEEK / YEAR for week in range(count)], values, rng), gain))
            yield (
                f"  n {count:2}  +{gain} a year  φ {phi}  interval {rate(ours)}, width {fmean(widths):.1f}  block bootstrap {rate(theirs)}"
            )


def pairs(draws: int) -> Iterator[str]:
    """How often the interval of a paired difference holds the true one, and a change is claimed."""
    yield "Paired difference of two runs: true change inside the 95 % interval, and change claimed, in % (300 bootstrap draws)"
    kinds: dict[str, tuple[float, Callable[[Random], float]]] = {
        "unchanged, noise in every page": (0.0, lambda rng: rng.gauss(0, 3)),
        "unchanged, 30 % of pages move": (0.0, lambda rng: rng.gauss(0, 8) if rng.random() < 0.3 else 0.0),
        "unchanged, skewed (exponential)": (0.0, lambda rng: rng.expovariate(1 / 3) - 3),
        "unchanged, 10 % of pages +9, all others -1": (0.0, lambda rng: 9.0 if rng.random() < 0.1 else -1.0),
        "all pages +2, noise": (2.0, lambda rng: 2 + rng.gauss(0, 3)),
        "40 % of pages +10": (4.0, lambda rng: 10.0 if rng.random() < 0.4 else 0.0),
    }
    for name, (truth, change) in kinds.items():
        for count in (10, 15, 20, 40):
            found = []
            for number, rng in enumerate(seeds(f"pairs {name} {count}", draws // 2)):
                before = panel(rng, count)
                after = {url: PageScore(page.stratum, page.score + change(rng)) for url, page in before.items()}
                found.append(paired_difference(before, after, weights=WEIGHTS, seed=number, draws=300))
            inside = rate([holds(one.low, one.high, truth) for one in found])
            yield f"  {name}, {count} pages: inside {inside}, claimed {rate([one.demonstrable for one in found])}"
    still = panel(Random(SEED), 20)
    told = paired_difference(still, still, weights=WEIGHTS, seed=SEED)
    yield f"  no page changed: {told.change} from {told.low} to {told.high}, change claimed: {told.demonstrable}"


# ---------------------------------------------------------------------------------------------- many sites


def discoveries(draws: int) -> Iterator[str]:
    """How many of the trends told of 200 sites are none, with and without Benjamini & Hochberg."""
    yield "200 sites, 26 weeks, of which 40 improve by 10 points a year: false ones among the trends told, and improvements seen, in %"
    naive, ours, power, quiet = [], [], [], []
    for rng in seeds("discoveries", max(2, draws // 20)):
        found = [trend(points(moving(rng, 26, WEEK, 10 if site < 40 else 0), WEEK)).p or 0.0 for site in range(200)]
        adjusted = benjamini_hochberg(found)
        naive.append(false_share([p <= 0.05 for p in found], 40))
        ours.append(false_share([p <= 0.05 for p in adjusted], 40))
        power.append(fmean(p <= 0.05 for p in adjusted[:40]))
        quiet.append(any(p <= 0.05 for p in benjamini_hochberg(found[40:])))
    yield f"  by p: {mean(naive)}  Benjamini-Hochberg at 5 %: {mean(ours)}, seen {mean(power)}"
    yield f"  160 sites without any trend, at least one told: {rate(quiet)}"


# ---------------------------------------------------------------------------------------------- upgrades


def upgrades(draws: int) -> Iterator[str]:
    """What an engine upgrade does to a site that does not change: it lowers each page by 4 ± 3 points, in week 26 of 52."""
    yield "Upgrade that costs 4 ± 3 points a page, dual run on 20 of 600 pages, site unchanged, 52 weeks"
    bare, linked, blind, off, stated = [], [], [], [], []
    for rng in seeds("upgrades", draws):
        site = panel(rng, 600)
        newer = {url: PageScore(page.stratum, page.score - rng.gauss(4, 3)) for url, page in site.items()}
        series = upgraded(rng, site, newer)
        bare.append(claims(trend(series.published)))
        linked.append(claims(trend(series.linked.comparable, links=series.linked.links)))
        blind.append(claims(trend(series.linked.comparable)))
        off.append((series.linked.breaks[0].shift or 0.0) - (stratified(newer) - stratified(site)))
        stated.append(series.linked.breaks[0].se)
    error = stdev(off) / math.sqrt(len(off))
    yield f"  error of the shift: mean {fmean(off):+.3f} ± {error:.3f} points, standard deviation {stdev(off):.3f}"
    yield f"  standard error stated for it: {fmean(stated):.3f}; truth inside ±1.96 of it: " + rate(
        [abs(one) <= 1.96 * se for one, se in zip(off, stated, strict=True)]
    )
    yield f"  false trends: not linked {rate(bare)}, linked {rate(linked)}, linked as if the shift were exact {rate(blind)}"


class Upgraded(NamedTuple):
    """A series before and after linking."""

    published: list[Point]
    linked: Linked


def upgraded(rng: Random, site: dict[str, PageScore], newer: dict[str, PageScore]) -> Upgraded:
    """52 weeks of 20 pages drawn anew, the newer rules from week 26 on, both on the pages of that week."""
    published, overlaps = [], []
    for week in range(52):
        urls = drawn(rng, site)
        scores, ruleset = (site, "old") if week < 26 else (newer, "new")
        seen = {url: PageScore(scores[url].stratum, scores[url].score + rng.gauss(0, 1)) for url in urls}
        published.append(Point(day=START + timedelta(weeks=week), value=stratified(seen), ruleset=ruleset))
        if week == 26:
            both = ({url: site[url] for url in urls}, {url: newer[url] for url in urls})
            shift = paired_shift(*both, weights=WEIGHTS)
            overlaps = [Overlap(before="old", after="new", shift=shift.mean, se=shift.se, pairs=shift.pairs)] if shift else []
    return Upgraded(published, link(published, overlaps))


# ---------------------------------------------------------------------------------------------- goals


def forecasts(draws: int) -> Iterator[str]:
    """How often the date told is right, and how often a verdict is wrong."""
    yield f"Goal of 80 from 60, standard error of a score {NOISE}: verdicts, and true days inside the 80 % interval, in %"
    for name, path in PATHS.items():
        for count in (6, 12, 26, 52):
            for due in (3.0, 1.5):
                yield f"  {name}, n {count:2} weeks, due after {due} years: {outlooks(draws // 2, count, path, due)}"


def outlooks(draws: int, count: int, path: Callable[[float], float], due: float) -> str:
    """What is told of a site on this path after so many weeks, and how often it is right."""
    met = next((day for day in range(1500) if path(day / YEAR) >= 80), None)
    told = []
    for rng in seeds(f"goal {count} {path(1.0)} {due}", draws):
        values = [path(week * WEEK / YEAR) + NOISE * rng.gauss(0, 1) for week in range(count)]
        told.append(forecast(points(values, WEEK), goal=80, due=START + timedelta(days=round(due * YEAR))))
    dated = [one for one in told if one.reached]
    truth = "never" if met is None else "in time" if met <= due * YEAR else "late"
    day = START + timedelta(days=met or 0)
    inside = [met is not None and one.earliest is not None and one.earliest <= day <= (one.latest or date.max) for one in dated]
    verdicts = "  ".join(f"{name} {rate([one.outlook is name for one in told])}" for name in Outlook if name is not Outlook.MET)
    late = [((one.reached or day) - day).days / 7 for one in dated]
    off = f", median {median(late):+.0f} weeks off" if met is not None and late else ""
    return f"truth {truth}  {verdicts}  dated {rate([bool(one.reached) for one in told])}, of these inside {rate(inside)}{off}"


def bent(time: float) -> float:
    """From 60 to 80 in two years, straight on the logit scale that the forecast fits."""
    start, end = math.log(0.6 / 0.4), math.log(0.8 / 0.2)
    return 100 / (1 + math.exp(-(start + (end - start) * time / 2)))


PATHS: dict[str, Callable[[float], float]] = {
    "no change": lambda time: 60.0,
    "two years, straight in logit as fitted": bent,
    "two years, straight in points": lambda time: 60 + 10 * time,
}


# ---------------------------------------------------------------------------------------------- what is simulated


def seeds(name: str, draws: int) -> Iterator[Random]:
    """A generator of its own for each series, so that no figure depends on another."""
    return (Random(f"{SEED} {name} {draw}") for draw in range(max(1, draws)))


def correlated(rng: Random, count: int, phi: float) -> list[float]:
    """White noise (φ = 0) or a stationary AR(1) series of variance 1."""
    fresh = math.sqrt(1 - phi * phi)
    return list(accumulate([rng.gauss(0, 1) * (1 if index == 0 else fresh) for index in range(count)], lambda last, new: phi * last + new))


def moving(rng: Random, count: int, step: float, gain: float, phi: float = 0.0) -> list[float]:
    """Scores from 70 on that gain so many points a year, with noise."""
    return [70 + gain * index * step / YEAR + NOISE * noise for index, noise in enumerate(correlated(rng, count, phi))]


def points(values: Sequence[float], step: float) -> list[Point]:
    """The values as points, so many days apart."""
    return [Point(day=START + timedelta(days=round(index * step)), value=value) for index, value in enumerate(values)]


def panel(rng: Random, count: int) -> dict[str, PageScore]:
    """Pages of three strata, as many as their weight but two at least, with scores about 60, 75 and 85."""
    sizes = {stratum: max(2, round(count * weight)) for stratum, weight in WEIGHTS.items()}
    sizes["news"] = count - sizes["portal"] - sizes["service"]
    middle = {"portal": 60, "service": 75, "news": 85}
    urls = [(f"{stratum}/{number}", stratum) for stratum, size in sizes.items() for number in range(size)]
    return {url: PageScore(stratum, rng.gauss(middle[stratum], 8)) for url, stratum in urls}


def drawn(rng: Random, site: dict[str, PageScore]) -> list[str]:
    """20 pages within strata."""
    return [
        url
        for stratum, size in (("portal", 2), ("service", 6), ("news", 12))
        for url in rng.sample([url for url in site if site[url].stratum == stratum], size)
    ]


def stratified(pages: dict[str, PageScore]) -> float:
    """The score of a site: Σ W_h · mean."""
    return sum(weight * fmean(page.score for page in pages.values() if page.stratum == name) for name, weight in WEIGHTS.items())


def sampled(rng: Random, count: int) -> list[float]:
    """Weekly scores of one unchanged site of 600 pages."""
    site = panel(rng, 600)
    scores = []
    for _ in range(count):
        seen = {url: PageScore(site[url].stratum, site[url].score + rng.gauss(0, 1)) for url in drawn(rng, site)}
        scores.append(stratified(seen))
    return scores


def block_bootstrap(times: Sequence[float], values: Sequence[float], rng: Random, block: int = 2) -> tuple[float, float]:
    """The 95 % percentile interval of the slope from residuals drawn in blocks, made larger by √(n/(n-2)); 200 draws."""
    slope, count = theil_sen(times, values), len(values)
    left = [(value - slope * time) for time, value in zip(times, values, strict=True)]
    wide = [(value - fmean(left)) * math.sqrt(count / (count - 2)) for value in left]
    found = []
    for _ in range(200):
        starts = [rng.randrange(count - block + 1) for _ in range(-(-count // block))]
        noise = [wide[start + offset] for start in starts for offset in range(block)][:count]
        found.append(theil_sen(times, [slope * time + one for time, one in zip(times, noise, strict=True)]))
    found.sort()
    return found[4], found[-5]


# ---------------------------------------------------------------------------------------------- how it is told


def claims(told: Trend) -> bool:
    """Whether a trend is told."""
    return told.direction in (Direction.RISING, Direction.FALLING)


def holds(low: float | None, high: float | None, truth: float) -> bool:
    """Whether an interval holds the truth; an open side holds everything."""
    return (low is None or low <= truth + 1e-9) and (high is None or truth - 1e-9 <= high)


def false_share(told: Sequence[bool], true_ones: int) -> float:
    """Share of false ones among those told, 0 if there are none."""
    return sum(told[true_ones:]) / max(1, sum(told))


def rate(told: Sequence[bool]) -> str:
    """A share in % with its Monte Carlo error."""
    if not told:
        return "-"
    share = fmean(told)
    return f"{100 * share:.1f} ±{100 * math.sqrt(share * (1 - share) / len(told)):.1f}"


def mean(values: Sequence[float]) -> str:
    """A mean share in % with its Monte Carlo error."""
    return f"{100 * fmean(values):.1f} ±{100 * stdev(values) / math.sqrt(len(values)):.1f}"


if __name__ == "__main__":
    main()
