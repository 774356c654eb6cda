"""Draws the index of a site over its nights: as published, linked over changes of the rules, and by the rules that never changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from markupsafe import Markup

from auditor.language import aside, counted, joined, say
from auditor.linking import Linked
from auditor.model import History, SiteHistory
from auditor.trends import Break, Point
from reports import tendencies, words
from reports.charts import TOP, Drawing, ends, radius, spread
from reports.pages import piece

BOTTOM, HEIGHT = 152, 172
NIGHTS = 60


@dataclass(frozen=True, kw_only=True)
class Row:
    """One night in the table beside the drawing."""

    date: str
    value: str
    linked: str  #: in today's rules; "—" where it could not be linked
    core: str  #: by the rules that never changed; "—" where it was not counted
    remark: str


@dataclass(frozen=True, kw_only=True)
class Plot(Drawing):
    """Lines of the index."""

    height: int = HEIGHT
    bottom: int = BOTTOM
    published: list[str] = field(default_factory=list)  #: a line for each rule set
    linked: str = ""  #: the line in today's rules; "" where it is the published one
    core: str = ""  #: the line of the core index


def of_site(history: History, site: SiteHistory) -> Markup:
    """The drawing with its words and its numbers in a table; nothing before there are two nights with an index."""
    given = tendencies.points(history, site)[-NIGHTS:]
    if len(given) < 2:
        return Markup()
    linked = tendencies.series(history, site)
    shown = [mark for mark in linked.breaks if given[0].day < mark.day]
    known = {point.day: point.value for point in linked.comparable}
    crossed = any(mark.linked for mark in linked.links if mark in shown)
    core = _core(history, site, given) if crossed else {}
    title = say("无障碍指数的变化", "The accessibility index over time")
    last = say(f"最近 {len(given)} 次有指数的检测", f"the latest {len(given)} audits with an index")
    return piece(
        "index_chart.html", "draw", title=title, caption=title + aside(last),
        description=_describe(history, given), plot=_plot(history, given, known if crossed else {}, core, shown),
        rows=list(_rows(history, given, known, core, shown)), notes=list(_notes(history, site, linked, shown, core)), core=bool(core),
    )  # fmt: skip


def _describe(history: History, given: Sequence[Point]) -> str:
    """The drawing in words: no claim about a trend."""
    first, last = given[0], given[-1]
    ends = joined([f"{words.day(one.day, history.timezone)}{say(' ', ': ')}{one.value:.1f}" for one in (first, last)])
    rules = say("，其间检测规则有更换，两端的数字不能直接比较", "; the rules changed in between, so the two cannot be compared directly")
    return f"{ends}{rules if first.ruleset != last.ruleset else ''}{say('。', '.')}"


def _notes(history: History, site: SiteHistory, linked: Linked, shown: Sequence[Break], core: Mapping[date, float]) -> Iterator[str]:
    for mark in shown:
        day = words.day(mark.day, history.timezone)
        when = say(f"竖的虚线：{day}起检测规则更换", f"Upright broken line: new rules from {day}")
        if mark.linked:
            yield say(f"{when}，{tendencies.shift(mark)}。", f"{when}; {tendencies.shift(mark)}.")
        else:
            yield say(
                f"{when}，没有能够用新旧两套规则检测同样的网页，此前的指数与之后的不能相比。",
                f"{when}; the same pages could not be audited by the old and the new rules, so earlier and later indices cannot be "
                "compared.",
            )
    if any(mark in linked.links for mark in shown):
        yield say(
            "细的虚线是把更换以前的指数按上面的差值换算到现行规则，线上的变化不是检测规则带来的，换算有误差。",
            "The thin broken line shows earlier indices converted to the present rules by the difference above. Changes along it do not "
            "come "
            "from the rules; the conversion has an error.",
        )
    if core and site.core is not None:
        yield say(
            f"点线是核心指数：只按历次更换都没有改变的 {words.number(len(site.core.rules))} 条规则计算，不用换算；"
            "规则少，高低与无障碍指数不同，只看升降。",
            f"The dotted line is the core index: it goes only by the {counted(len(site.core.rules), 'rule')} that never changed and needs "
            "no "
            "conversion. Its rules are few and its height is another than that of the accessibility index; look only at its rise and fall.",
        )


def _core(history: History, site: SiteHistory, given: Sequence[Point]) -> Mapping[date, float]:
    """Day -> the core index of its last run, of the days that are drawn; nothing where there are no two."""
    values = site.core.values if site.core else {}
    days = {point.day for point in given}
    found = {words.date_of(run.started, history.timezone): values[run.round] for run in reversed(site.runs) if run.round in values}
    found = {day: value for day, value in found.items() if day in days}
    return found if len(found) > 1 else {}


def _rows(
    history: History, given: Sequence[Point], known: Mapping[date, float], core: Mapping[date, float], shown: Sequence[Break]
) -> Iterator[Row]:
    changed = {mark.day for mark in shown}
    for point in reversed(given):
        yield Row(
            date=words.day(point.day, history.timezone), value=f"{point.value:.1f}",
            linked=f"{known[point.day]:.1f}" if point.day in known else "—",
            core=f"{core[point.day]:.1f}" if point.day in core else "—",
            remark=say("检测规则更换", "rules changed") if point.day in changed else "",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- where everything is drawn


def _plot(
    history: History, given: Sequence[Point], known: Mapping[date, float], core: Mapping[date, float], shown: Sequence[Break]
) -> Plot:
    step, middles = spread(len(given))
    places = {point.day: middle for point, middle in zip(given, middles, strict=True)}
    values = [*(point.value for point in given), *(known[point.day] for point in given if point.day in known), *core.values()]
    low, high = 10 * math.floor(min(values) / 10), 10 * math.ceil(max(values) / 10)
    high = max(high, low + 10)

    def height(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low), 1)

    def line(values: Mapping[date, float]) -> str:
        return " ".join(f"{places[point.day]},{height(values[point.day])}" for point in given if point.day in values)

    parts: dict[int, list[str]] = {}
    for point in given:
        stretch = sum(mark.day <= point.day for mark in shown)
        parts.setdefault(stretch, []).append(f"{places[point.day]},{height(point.value)}")
    return Plot(
        radius=radius(len(given)),
        levels=[(height(low), low), (height(high), high)],
        published=[" ".join(part) for part in parts.values()],
        points=[(places[point.day], height(point.value)) for point in given],
        linked=line(known),
        core=line(core),
        breaks=[round(places[mark.day] - step / 2, 1) for mark in shown if mark.day in places],
        dates=ends(middles, *(words.day(point.day, history.timezone) for point in (given[0], given[-1]))),
    )
