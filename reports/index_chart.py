"""Draws the index of a site over its nights, with every change of the rules marked and the earlier nights told in today's rules."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from markupsafe import Markup

from auditor.linking import Linked
from auditor.model import Bridge, History, SiteHistory
from auditor.trends import Break, Point
from reports import tendencies, words
from reports.pages import piece

WIDTH, LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 340, 38, 332, 24, 152, 172
NIGHTS = 60
TITLE = "无障碍指数的变化"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One night in the table beside the drawing."""

    date: str
    value: str
    linked: str  #: in today's rules; "—" where it could not be linked
    remark: str


@dataclass(frozen=True, kw_only=True)
class Plot:
    """The drawing in numbers of the view box."""

    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM
    radius: float = 2.5
    levels: list[tuple[float, int]] = field(default_factory=list)
    published: list[str] = field(default_factory=list)  #: a line for each rule set
    points: list[tuple[float, float]] = field(default_factory=list)
    linked: str = ""  #: the line in today's rules; "" where it is the published one
    breaks: list[float] = field(default_factory=list)
    dates: list[tuple[float, str, str]] = field(default_factory=list)


def of_site(history: History, site: SiteHistory) -> Markup:
    """The drawing with its words and its numbers in a table; nothing before there are two nights with an index."""
    given = tendencies.points(history, site)[-NIGHTS:]
    if len(given) < 2:
        return Markup()
    linked = tendencies.series(history, site)
    shown = [mark for mark in linked.breaks if given[0].day < mark.day]
    known = {point.day: point.value for point in linked.comparable}
    crossed = any(mark.linked for mark in linked.links if mark in shown)
    return piece(
        "index_chart.html", "draw", title=TITLE, caption=f"{TITLE}（最近 {len(given)} 次有指数的检测）",
        description=_describe(history, given), plot=_plot(history, given, known if crossed else {}, shown),
        rows=list(_rows(history, given, known, shown)), notes=list(_notes(history, site, linked, shown)),
    )  # fmt: skip


def _describe(history: History, given: Sequence[Point]) -> str:
    """The drawing in words: no claim about a trend."""
    first, last = given[0], given[-1]
    ends = "，".join(f"{words.day(one.day, history.timezone)} {one.value:.1f}" for one in (first, last))
    rules = "，其间检测规则有更换，两端的数字不能直接比较" if first.ruleset != last.ruleset else ""
    return f"{ends}{rules}。"


def _notes(history: History, site: SiteHistory, linked: Linked, shown: Sequence[Break]) -> Iterator[str]:
    for mark in shown:
        when = f"竖的虚线：{words.day(mark.day, history.timezone)}起检测规则更换"
        if not mark.linked:
            yield f"{when}，没有能够用新旧两套规则检测同样的网页，此前的指数与之后的不能相比。"
            continue
        yield f"{when}，{tendencies.shift(mark)}。{_core(next((one for one in site.bridges if _of(one, mark)), None))}"
    if any(mark in linked.links for mark in shown):
        yield "细的虚线是把更换以前的指数按上面的差值换算到现行规则，线上的变化不是检测规则带来的，换算有误差。"


def _of(bridge: Bridge, mark: Break) -> bool:
    return (bridge.before, bridge.after) == (mark.before, mark.after)


def _core(bridge: Bridge | None) -> str:
    """The index by the rules that did not change, before and after."""
    if bridge is None or bridge.core_before is None or bridge.core_after is None:
        return ""
    return (
        f"前后没有改变的 {words.number(bridge.core_rules)} 条规则单独计算的核心指数，"
        f"更换前最后一次为 {bridge.core_before:.1f}，更换后第一次为 {bridge.core_after:.1f}。"
    )


def _rows(history: History, given: Sequence[Point], known: Mapping[date, float], shown: Sequence[Break]) -> Iterator[Row]:
    changed = {mark.day for mark in shown}
    for point in reversed(given):
        yield Row(
            date=words.day(point.day, history.timezone), value=f"{point.value:.1f}",
            linked=f"{known[point.day]:.1f}" if point.day in known else "—",
            remark="检测规则更换" if point.day in changed else "",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- where everything is drawn


def _plot(history: History, given: Sequence[Point], known: Mapping[date, float], shown: Sequence[Break]) -> Plot:
    step = (RIGHT - LEFT) / len(given)
    places = {point.day: round(LEFT + step * (index + 0.5), 1) for index, point in enumerate(given)}
    values = [*(point.value for point in given), *(known[point.day] for point in given if point.day in known)]
    low, high = 10 * math.floor(min(values) / 10), 10 * math.ceil(max(values) / 10)
    high = max(high, low + 10)

    def height(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low), 1)

    parts: dict[str, list[str]] = {}
    for point in given:
        stretch = f"{sum(mark.day <= point.day for mark in shown)}"
        parts.setdefault(stretch, []).append(f"{places[point.day]},{height(point.value)}")
    ends = [(places[given[0].day], "start", given[0].day), (places[given[-1].day], "end", given[-1].day)]
    return Plot(
        radius=2.5 if len(given) <= 40 else 1.5,
        levels=[(height(low), low), (height(high), high)],
        published=[" ".join(part) for part in parts.values()],
        points=[(places[point.day], height(point.value)) for point in given],
        linked=" ".join(f"{places[point.day]},{height(known[point.day])}" for point in given if point.day in known),
        breaks=[round(places[mark.day] - step / 2, 1) for mark in shown if mark.day in places],
        dates=[(LEFT if anchor == "start" else RIGHT, anchor, words.day(day, history.timezone)) for _, anchor, day in ends],
    )
