"""Whether the promises about numbers over time are kept: no trend where nothing changes, improvements found, upgrades that move nothing.

    python -m bench.statistics_promises [--draws 400]

Each line begins with `kept` or `MISSED`. What is told of rates allows for their Monte Carlo error (three of it). Upgrades run through
what a round uses: `run_score.counted`, `bridging.bridged` and `explained`, `core_index.by`, `linking.link`, `trends.trend`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random
from statistics import fmean, stdev
from typing import NamedTuple

from auditor.bridging import bridged, explained
from auditor.core_index import by
from auditor.linking import Overlap, link
from auditor.model import Bridge, Cause
from auditor.moves import Night
from auditor.trends import SIGNIFICANCE, Point, trend
from bench.judged_site import COUNTING, NEW, OLD, index, night, repaired, site, some, stricter, urls
from bench.statistics_trends import NOISE, START, WEEK, claims, moving, points, rate, sampled, seeds

POWERS = {(12, 10): 0.14, (26, 10): 0.96, (26, 5): 0.50, (52, 5): 1.0}
"""(Weeks, points a year) -> how often the improvement is told, as `trends.trend` states it for a standard error of NOISE."""

ROUNDING = 1e-6


class Promise(NamedTuple):
    """One promise and what came of it."""

    kept: bool
    told: str


def main() -> None:
    """Print whether each promise is kept."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--draws", type=int, default=400, help="simulated series for each figure")
    for line in measured(draws=words.parse_args().draws):
        print(line, flush=True)


def measured(*, draws: int) -> Iterator[str]:
    """The lines to print."""
    for name, found in (
        ("An unchanged site shows no trend at the promised error rate", unchanged(draws)),
        ("A planted improvement is found with the stated power", improved(draws)),
        ("An engine upgrade moves the linked series by nothing it should not", upgraded(draws)),
    ):
        yield name
        yield from (f"  {'kept  ' if one.kept else 'MISSED'} {one.told}" for one in found)


def unchanged(draws: int) -> Iterator[Promise]:
    """20 of 600 pages drawn anew each week, noise in every page, nothing happens."""
    for weeks in (6, 12, 26, 52):
        told = [claims(trend(points(sampled(rng, weeks), WEEK))) for rng in seeds(f"promise unchanged {weeks}", draws)]
        kept = fmean(told) <= SIGNIFICANCE + _margin(SIGNIFICANCE, len(told))
        yield Promise(kept, f"{weeks:2} weeks: a trend is told in {rate(told)} %, promised at most {100 * SIGNIFICANCE:.0f} %")


def improved(draws: int) -> Iterator[Promise]:
    """A steady improvement, scores with a standard error of NOISE."""
    for (weeks, gain), power in POWERS.items():
        series = [moving(rng, weeks, WEEK, gain) for rng in seeds(f"promise improved {weeks} {gain}", draws)]
        told = [claims(trend(points(values, WEEK))) for values in series]
        kept = fmean(told) >= power - _margin(min(power, 0.99), len(told))
        yield Promise(kept, f"+{gain:2} points a year, {weeks} weeks, error {NOISE}: found in {rate(told)} %, stated {100 * power:.0f} %")


# ---------------------------------------------------------------------------------------------- upgrades


class Upgrade(NamedTuple):
    """A change of the rules, as one site goes through it."""

    before: Night
    again: Night
    after: Night
    bridge: Bridge
    truth: float  #: what was repaired is worth, by the new rules

    @property
    def step(self) -> float:
        """What the linked series moves by."""
        first, last = link(
            [
                Point(day=START, value=index(self.before), ruleset="old"),
                Point(day=START + timedelta(days=1), value=index(self.after), ruleset="new"),
            ],
            [Overlap.of(self.bridge)],
        ).points
        return last.value - first.value


def upgraded(draws: int) -> Iterator[Promise]:
    """A check that fails part of what it passed before; with and without repairs in the same night; all pages judged, or a third."""
    whole = {count: [_upgrade(rng, count) for rng in seeds(f"promise upgrade {count}", draws // 4)] for count in (0, 12)}
    fell = fmean(index(one.after) - index(one.before) for one in whole[0])
    for count, found in whole.items():
        off = max(abs(one.step - one.truth) for one in found)
        real = f"{count} pages repaired, worth {fmean(one.truth for one in found):+.2f}" if count else "nothing repaired"
        yield Promise(off < ROUNDING, f"every page judged, {real}: the linked series is off by at most {off:.1e} points")
    yield Promise(fell < -1, f"(the published index moved by {fell:+.2f} on average, so there was something to bridge)")
    yield _split(whole[12])
    core = max(abs(_core(one.bridge, one.after) - _core(one.bridge, one.again)) for one in whole[0])
    yield Promise(core < ROUNDING, f"nothing repaired: the core index moves by at most {core:.1e} points")
    yield from _samples(draws)


def _split(found: Sequence[Upgrade]) -> Promise:
    """Why the index moved."""
    wrong, left = 0.0, 0.0
    for one in found:
        move = explained(one.before, one.before, one.again, one.after, OLD, NEW)
        assert move is not None
        wrong = max(wrong, abs(move.parts[Cause.RULES] - one.bridge.shift), abs(move.parts[Cause.NEW]))
        left = max(left, abs(sum(move.parts.values()) - (move.after - move.before)))
    told = f"the split names the rules for what the rules did, off by at most {wrong:.1e}; its parts leave {left:.1e} unexplained"
    return Promise(wrong < ROUNDING and left < ROUNDING, told)


def _samples(draws: int) -> Iterator[Promise]:
    """A third of the pages drawn anew each week, 24 weeks, the upgrade in the middle; nothing is repaired."""
    off, stated, bare, linked = [], [], [], []
    for rng in seeds("promise samples", draws):
        told = site(rng)
        newer = stricter(told, rng.randrange(10**9))
        drawn = [some(rng) for _ in range(24)]
        values = [index(night(str(week), told if week < 12 else newer, seen)) for week, seen in enumerate(drawn)]
        series = [
            Point(day=START + timedelta(weeks=week), value=value, ruleset="old" if week < 12 else "new")
            for week, value in enumerate(values)
        ]
        bridge = bridged("a", "12", night("11", told, drawn[11]), night("11", newer, drawn[11]), OLD, NEW)
        assert bridge is not None
        joined = link(series, [Overlap.of(bridge)])
        bare.append(claims(trend(series)))
        linked.append(claims(trend(joined.comparable, links=joined.links)))
        off.append(bridge.shift - (index(night("11", newer)) - index(night("11", told))))
        stated.append(bridge.error)
    error = stdev(off) / math.sqrt(len(off)) if len(off) > 1 else 0.0
    told_ = f"a third of the pages judged: the shift is off by {fmean(off):+.3f} ±{error:.3f} points on average"
    yield Promise(abs(fmean(off)) <= 3 * error, told_)
    inside = [abs(one) <= 1.96 * se for one, se in zip(off, stated, strict=True)]
    yield Promise(
        fmean(inside) >= 0.95 - _margin(0.95, len(inside)), f"the truth lies inside ±1.96 of the error stated in {rate(inside)} %"
    )
    kept = fmean(linked) <= SIGNIFICANCE + _margin(SIGNIFICANCE, len(linked))
    yield Promise(kept, f"false trends over 24 weeks: {rate(linked)} % of the linked series, {rate(bare)} % if nothing were linked")


def _upgrade(rng: Random, count: int) -> Upgrade:
    """One site whose check is changed in the night in which so many of its pages are repaired."""
    told, seed = site(rng), rng.randrange(10**9)
    mended = repaired(told, rng.sample(urls(), count))
    before, again, after = night("1", told), night("1", stricter(told, seed)), night("2", stricter(mended, seed))
    bridge = bridged("a", "2", before, again, OLD, NEW)
    assert bridge is not None
    return Upgrade(before, again, after, bridge, index(after) - index(again))


def _core(bridge: Bridge, one: Night) -> float:
    found = by(bridge.core, one, COUNTING, {})
    assert found is not None
    return found


def _margin(share: float, draws: int) -> float:
    """Three Monte Carlo errors of a share."""
    return 3 * math.sqrt(share * (1 - share) / draws)


if __name__ == "__main__":
    main()
