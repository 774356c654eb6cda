"""Carries a series of scores across a change of the tool, so that no line moves because the ruler did.

Source: methods.md 2.4. In the round of an upgrade both rule sets judge the same loaded pages; the mean difference is the shift.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean
from typing import Self

from auditor.model import Bridge
from auditor.trends import Break, Point


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """One dual run: the same pages judged by two rule sets."""

    before: str
    after: str
    shift: float  #: score under `after` less score under `before`
    se: float
    pairs: int

    @classmethod
    def of(cls, bridge: Bridge) -> Self:
        """What the bridge of an upgrade says of the series."""
        return cls(before=bridge.before, after=bridge.after, shift=bridge.shift, se=bridge.error, pairs=bridge.pages)


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A series in the terms of its newest rules, as far as it could be linked: the last score stays as it was published."""

    points: tuple[Point, ...]  #: all points in order of time; those before the last break without an overlap keep their own basis
    breaks: tuple[Break, ...]  #: every change of the rule set, linked or not
    start: int  #: index of the first point that can be compared with the newest

    @property
    def comparable(self) -> tuple[Point, ...]:
        """The newest segment: the only points of which a trend may be told."""
        return self.points[self.start :]

    @property
    def links(self) -> tuple[Break, ...]:
        """The breaks inside the newest segment, for `trends.trend(series.comparable, links=series.links)`."""
        inside = (self.breaks.index(mark) for mark in self.breaks if not mark.linked)
        return self.breaks[max(inside, default=-1) + 1 :]


def chained(overlaps: Sequence[Overlap]) -> tuple[Overlap, ...]:
    """Dual runs in order of time, and those that follow from them: two changes in a row on one day leave no point between them.

    The shifts of a chain are added, their errors in quadrature. Where two rule sets were compared directly, that is taken.
    """
    known = {(one.before, one.after): one for one in overlaps}
    found = list(overlaps)
    for start, first in enumerate(overlaps):
        chain = first
        for one in overlaps[start + 1 :]:
            if one.before != chain.after:
                break
            error = math.hypot(chain.se, one.se)
            chain = Overlap(
                before=chain.before, after=one.after, shift=chain.shift + one.shift, se=error, pairs=min(chain.pairs, one.pairs)
            )
            if chain.before != chain.after and known.setdefault((chain.before, chain.after), chain) is chain:
                found.append(chain)
    return tuple(found)


def link(points: Iterable[Point], overlaps: Sequence[Overlap] = ()) -> Linked:
    """The series in the terms of its newest rules, with every break marked.

    Wherever neighbours differ in their rule set there is a break; an overlap of these two (run in either direction) links it.
    With several overlaps the shift is their mean, and its error the mean error, since they share pages. The points on the far
    side move by the shift, and its error is added to theirs in quadrature. Each segment between breaks without an overlap is
    on its own. Linked scores are not cut off at 0 and 100, which would bend the line.

    ValueError: two rule sets on one day; of a dual run one score is published, the other goes into its overlap.
    """
    parts = _parts(points)
    breaks = tuple(_break(earlier[-1], later[0], overlaps) for earlier, later in pairwise(parts))
    linked: list[Point] = []
    start = first = 0
    for end in (index for index in range(1, len(parts) + 1) if index == len(parts) or not breaks[index - 1].linked):
        start = len(linked)
        linked += _on_one_basis(parts[first:end], breaks[first : end - 1])
        first = end
    return Linked(points=tuple(linked), breaks=breaks, start=start)


def _parts(points: Iterable[Point]) -> list[list[Point]]:
    """Points in order of time, a new part wherever the rule set changes."""
    parts: list[list[Point]] = []
    for point in sorted(points, key=lambda point: point.day):
        if parts and parts[-1][-1].ruleset == point.ruleset:
            parts[-1].append(point)
            continue
        if parts and parts[-1][-1].day == point.day:
            raise ValueError(f"two rule sets on {point.day}: {parts[-1][-1].ruleset} and {point.ruleset}")
        parts.append([point])
    return parts


def _break(earlier: Point, later: Point, overlaps: Sequence[Overlap]) -> Break:
    before, after = earlier.ruleset, later.ruleset
    found = [(one.shift, one) for one in overlaps if (one.before, one.after) == (before, after)]
    found += [(-one.shift, one) for one in overlaps if (one.after, one.before) == (before, after)]
    mark = Break(day=later.day, before=before, after=after)
    if not found:
        return mark
    return replace(
        mark,
        shift=fmean(shift for shift, _ in found),
        se=fmean(one.se for _, one in found),
        pairs=sum(one.pairs for _, one in found),
    )


def _on_one_basis(parts: Sequence[Sequence[Point]], breaks: Sequence[Break]) -> list[Point]:
    """The parts of a segment, with the breaks between them, moved onto the last of them."""
    moved: list[Point] = []
    for index, part in enumerate(parts):
        shift = math.fsum(mark.shift or 0.0 for mark in breaks[index:])
        error = math.hypot(*(mark.se for mark in breaks[index:]))
        moved += [replace(point, value=point.value + shift, se=math.hypot(point.se, error)) for point in part]
    return moved
