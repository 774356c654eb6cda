"""Draws means over time with their intervals, and groups side by side, as small SVG with the numbers in a table; no script, no style."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from markupsafe import Markup

from auditor.intervals import Estimate
from auditor.language import say
from auditor.model import History
from reports import scores, words
from reports.changes import Panel
from reports.charts import LEFT, RIGHT, TOP, WIDTH, Drawing, ends, radius, spread
from reports.pages import piece

BOTTOM, HEIGHT = 152, 172
ROW = 30
"""Height of a group in the drawing of groups: its name above, its interval below."""
NAME = 38
"""Width of a name that fits above a line, in Latin letters; a Chinese sign is two wide."""


@dataclass(frozen=True, kw_only=True)
class Over(Drawing):
    """A line over time with the interval of each of its points."""

    height: int = HEIGHT
    bottom: int = BOTTOM
    line: str
    bars: list[tuple[float, float, float]] = field(default_factory=list)  #: place, top and bottom


def over_time(history: History, panel: Panel, *, id: str) -> Markup:
    """The mean index of a fixed set of sites, with a table of its numbers; the words claim no trend."""
    step, middles = spread(len(panel.means))
    low, high = _scale([one.index for one in panel.means])

    def height(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low), 1)

    points = [(middle, height(one.index.value)) for middle, one in zip(middles, panel.means, strict=True)]
    days = [_stretch(history, panel, place) for place in range(len(panel.means))]
    starts = {one.day: middle for one, middle in zip(panel.means, middles, strict=True)}
    plot = Over(
        radius=radius(len(points)), levels=[(height(low), low), (height(high), high)], points=points,
        line=" ".join(f"{x},{y}" for x, y in points),
        bars=[(x, height(one.index.high), height(one.index.low)) for x, one in zip(middles, panel.means, strict=True)],
        breaks=[round(starts[day] - step / 2, 1) for day in panel.broken], dates=ends(middles, days[0], days[-1]),
    )  # fmt: skip
    rows = [
        (day, scores.span(one.index), say("有站点的检测规则更换", "rules of some sites changed") if one.day in panel.broken else "")
        for day, one in zip(reversed(days), reversed(panel.means), strict=True)
    ]
    first, last = (f"{days[place]} {panel.means[place].index.value:.1f}" for place in (0, -1))
    description = say(f"{first}，{last}。竖线是 95% 置信区间。", f"{first}, {last}. Upright lines are 95% intervals.")
    return piece("trends.html", "over", id=id, title=_title(panel), description=description, plot=plot, rows=rows)


def _title(panel: Panel) -> str:
    n = panel.sites
    return say(f"同样 {n} 个站点的平均无障碍指数", f"Mean index of the same {n} sites")


def _stretch(history: History, panel: Panel, place: int) -> str:
    day = panel.means[place].day
    if panel.monthly:
        return say(f"{day.year}年{day.month}月", f"{day:%Y-%m}")
    return say(f"{words.day(day, history.timezone)}起的一周", f"week from {day.isoformat()}")


# ---------------------------------------------------------------------------------------------- groups side by side


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A group in the drawing."""

    name: str
    told: str
    y: float
    low: float
    high: float
    middle: float


@dataclass(frozen=True, kw_only=True)
class Aside(Drawing):
    """Intervals under each other on one scale."""

    bars: list[Bar] = field(default_factory=list)


def side_by_side(named: Sequence[tuple[str, Estimate]], *, id: str, title: str) -> Markup:
    """Groups with their intervals on one scale, in the order given; the table beside it holds the numbers."""
    low, high = _scale([one for _, one in named])

    def place(value: float) -> float:
        return round(10 + (RIGHT - 10) * (value - low) / (high - low), 1)

    bars = [
        Bar(
            name=_fitting(name), told=scores.span(one), y=TOP + ROW * index,
            low=place(one.low), high=place(one.high), middle=place(one.value),
        )
        for index, (name, one) in enumerate(named)
    ]  # fmt: skip
    bottom = TOP + ROW * len(named)
    plot = Aside(
        width=WIDTH + 8, height=bottom + 22, left=LEFT, radius=3.5, bars=bars,
        levels=[(place(value), value) for value in (low, (low + high) // 2, high)],
    )  # fmt: skip
    described = say("；", "; ").join(f"{name} {scores.span(one)}" for name, one in named)
    return piece("trends.html", "aside", id=id, title=title, description=described, plot=plot, bottom=bottom)


def _fitting(name: str) -> str:
    """The name, cut where it is too wide to stand above a line."""
    ends = list(accumulate(1 + (sign > "\u2e7f") for sign in name))
    return name if not ends or ends[-1] <= NAME else f"{name[: sum(end < NAME - 1 for end in ends)]}…"


def _scale(estimates: Sequence[Estimate]) -> tuple[int, int]:
    """Tens below and above all intervals, between 0 and 100."""
    low = 10 * math.floor(min(one.low for one in estimates) / 10)
    high = min(100, 10 * math.ceil(max(one.high for one in estimates) / 10))
    return (low, high) if high >= low + 20 else (max(0, high - 20), max(high, 20))
