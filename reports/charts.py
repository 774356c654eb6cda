"""Draws issues over nights as a small SVG with its meaning in words and its numbers in a table; no script, no style of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from auditor.language import aside, counted, joined, say, sentences
from reports import words
from reports.pages import paragraph, piece

WIDTH, LEFT, RIGHT, TOP = 340, 38, 332, 24
MIDDLE, LEGEND, BAR_TOP, BASE, HEIGHT = 112, 140, 152, 212, 232
CROWDED = 40
"""Nights from which on their points are drawn smaller."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What drawings over nights have in common, in numbers of the view box."""

    width: int = WIDTH
    height: int
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    radius: float
    levels: list[tuple[float, int]] = field(default_factory=list)  #: height and number of the lines of the grid
    points: list[tuple[float, float]] = field(default_factory=list)
    breaks: list[float] = field(default_factory=list)  #: where the rules changed, between two nights
    dates: list[tuple[float, str, str]] = field(default_factory=list)  #: place, anchor and words


def spread(nights: int) -> tuple[float, list[float]]:
    """The room of one night, and the middle of each."""
    step = (RIGHT - LEFT) / nights
    return step, [round(LEFT + step * (index + 0.5), 1) for index in range(nights)]


def radius(nights: int) -> float:
    """Of the points of a line of so many nights."""
    return 2.5 if nights <= CROWDED else 1.5


def ends(places: Sequence[float], first: str, last: str) -> list[tuple[float, str, str]]:
    """The first and the last date, since more would not be readable on a telephone."""
    if len(places) == 1:
        return [(places[0], "middle", first)]
    return [(LEFT, "start", first), (RIGHT, "end", last)]


@dataclass(frozen=True, kw_only=True)
class Night:
    """What one night counted, in places (处)."""

    date: str
    open: int = 0  #: still standing after this night
    new: int = 0
    first: int = 0  #: found by the first audit of a site, and not among the new ones
    ruled: int = 0  #: first found by a new rule, and not among the new ones
    reopened: int = 0
    fixed: int = 0
    judged: bool = True  #: False: nothing could be judged; the numbers are not shown
    changed: bool = False  #: the rules differ from the night before

    @property
    def remark(self) -> str:
        """What to know before comparing this night with its neighbours."""
        changed = say("检测规则更换", "rules changed") if self.changed else ""
        first = say(f"首次检测查到 {self.first} 处", f"first audit: {counted(self.first, 'place')} found") if self.first else ""
        ruled = say(f"新规则首次查出 {self.ruled} 处", f"{counted(self.ruled, 'place')} first found by new rules") if self.ruled else ""
        return joined([part for part in (changed, first, ruled) if part])


@dataclass(frozen=True, kw_only=True)
class Plot(Drawing):
    """A line with bars below it."""

    height: int = HEIGHT
    middle: int = MIDDLE
    bar_top: int = BAR_TOP
    base: int = BASE
    legend: int = LEGEND
    bar_levels: list[tuple[float, int]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    unjudged: list[tuple[float, float]] = field(default_factory=list)
    bars: list[tuple[str, float, float, float, float]] = field(default_factory=list)


def issues_over_nights(nights: Sequence[Night], *, id: str, title: str) -> Markup:
    """The drawing with its table, for nights in order of time; a sentence instead when there is nothing to draw."""
    judged = [night for night in nights if night.judged]
    if not judged:
        return paragraph(say("还没有可以画成图的检测结果。", "There are no results yet that could be drawn."))
    return piece(
        "chart.html",
        "draw",
        id=id,
        title=title,
        caption=title + aside(say(f"最近 {len(nights)} 次检测", f"the latest {counted(len(nights), 'audit')}")),
        description=describe(nights),
        plot=plot(nights),
        rows=list(reversed(nights)),
        notes=list(_notes(nights)),
    )


def describe(nights: Sequence[Night]) -> str:
    """The drawing in words: counts only, no claim about a trend."""
    judged = [night for night in nights if night.judged]
    first, last, most = judged[0], judged[-1], max(judged, key=lambda night: night.open)
    missing = len(nights) - len(judged)
    standing = say(f"{_when(last)}仍待修复 {last.open} 处。", f"To be repaired on {last.date}: {counted(last.open, 'place')}.")
    if first is not last:
        standing = say(
            f"仍待修复的问题：{_when(first)}有 {first.open} 处，{_when(last)}有 {last.open} 处，最多时（{most.date}）{most.open} 处。",
            f"Problems still to be repaired: {counted(first.open, 'place')} on {first.date}, {last.open} on {last.date}, at most "
            f"{most.open} "
            f"(on {most.date}).",
        )
    ruled = sum(night.ruled for night in judged)
    apart = say(
        f"另有 {ruled} 处由新增的检测规则首次查出，不算新出现，图中没有画成柱形。",
        f"{counted(ruled, 'more place')} were first found by rules that were added; they do not count as new and are not drawn as bars.",
    )
    gaps = say(f"有 {missing} 次检测未能评价，图中没有数字。", f"{counted(missing, 'audit')} not rated, without a figure in the drawing.")
    return sentences([standing, _moved(judged), apart if ruled else "", gaps if missing else ""])


def _when(night: Night) -> str:
    """The date of a night before Chinese words: a time of day is set off from them."""
    return f"{night.date} " if night.date[-1:].isdigit() else night.date


def _moved(judged: Sequence[Night]) -> str:
    """What came and went; what the first audit of a site found was there before and is not new."""
    first, new = sum(night.first for night in judged), sum(night.new for night in judged)
    back, fixed = sum(night.reopened for night in judged), sum(night.fixed for night in judged)
    since = say(f"新出现 {new} 处、再次出现 {back} 处、修复 {fixed} 处。", f"{new} new, {back} back again, {fixed} fixed.")
    if not first:
        return say(f"其间{since}", f"In that time: {since}")
    if first > judged[0].first:
        return say(f"其间首次检测的站点查到 {first} 处，另有{since}", f"Sites audited for the first time: {first} found. Besides: {since}")
    found = say(f"首次检测查到 {first} 处", f"The first audit found {counted(first, 'place')}")
    return say(f"{found}，以后{since}", f"{found}. Since then: {since}") if len(judged) > 1 else f"{found}{say('。', '.')}"


def dated(moments: Sequence[datetime], timezone: str) -> list[str]:
    """The day of each audit; with its time where another fell on the same day."""
    days = Counter(words.day(one, timezone) for one in moments)
    return [day if days[day := words.day(one, timezone)] == 1 else words.clock(one, timezone) for one in moments]


def plot(nights: Sequence[Night]) -> Plot:
    """Where everything is drawn. A night that was not judged breaks the line."""
    step, places = spread(len(nights))
    highest = _ceiling(max((night.open for night in nights if night.judged), default=0))
    tallest = _ceiling(max((max(night.new + night.reopened, night.fixed) for night in nights if night.judged), default=0))
    points = [(x, round(MIDDLE - (MIDDLE - TOP) * night.open / highest, 1)) for x, night in zip(places, nights, strict=True)]
    return Plot(
        radius=radius(len(nights)),
        levels=[(MIDDLE, 0), (TOP, highest)],
        bar_levels=[(BASE, 0), (BAR_TOP, tallest)],
        lines=list(_lines(points, nights)),
        points=[point for point, night in zip(points, nights, strict=True) if night.judged],
        unjudged=[(x, MIDDLE) for x, night in zip(places, nights, strict=True) if not night.judged],
        breaks=[round(x - step / 2, 1) for x, night in zip(places, nights, strict=True) if night.changed],
        bars=list(_bars(places, nights, step, tallest)),
        dates=ends(places, nights[0].date, nights[-1].date),
    )


def _lines(points: Sequence[tuple[float, float]], nights: Sequence[Night]) -> Iterator[str]:
    stretch: list[str] = []
    for (x, y), night in zip(points, nights, strict=True):
        if night.judged:
            stretch.append(f"{x},{y}")
            continue
        if stretch:
            yield " ".join(stretch)
        stretch = []
    if stretch:
        yield " ".join(stretch)


def _bars(places: Sequence[float], nights: Sequence[Night], step: float, tallest: int) -> Iterator[tuple[str, float, float, float, float]]:
    width = round(min(step * 0.4, 14), 2)
    for x, night in zip(places, nights, strict=True):
        for kind, left, count in (("new", x - width, night.new + night.reopened), ("fixed", x, night.fixed)):
            if night.judged and count:
                height = round((BASE - BAR_TOP) * count / tallest, 1)
                yield kind, round(left, 1), round(BASE - height, 1), width, height


def _notes(nights: Sequence[Night]) -> Iterator[str]:
    if any(night.changed for night in nights):
        yield say(
            "竖的虚线表示检测规则更换，虚线前后的数字不能直接比较。",
            "Upright broken lines: the rules changed; figures before and after cannot be compared directly.",
        )
    if not all(night.judged for night in nights):
        yield say("叉号表示那一次未能评价，没有数字。", "A cross: that audit is not rated and has no figure.")
    if sum(night.judged for night in nights) < 5:
        yield say("检测次数少于 5 次，不足以判断趋势。", "Fewer than 5 audits: too few to tell a trend.")


def _ceiling(count: int) -> int:
    """The next round number, at least 1: the top of a scale."""
    if count <= 1:
        return 1
    size: int = 10 ** (len(str(count)) - 1)
    return next(top for top in (size * step // 2 for step in range(2, 21)) if top >= count)
