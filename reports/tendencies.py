"""Tells what can be said of the index over time: on fixed days only, and a trend only where enough comparable nights prove one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from auditor.linking import Linked, Overlap, chained, link
from auditor.model import History, SiteHistory
from auditor.trends import FEWEST_POINTS, SIGNIFICANCE, Break, Direction, Point, Trend, benjamini_hochberg, telling_day, trend
from reports import words
from reports.pages import Section, paragraph, piece, table
from reports.runs import judged, unconfirmed

MEANS = "按周（超过两年的按月）平均"
WHY_SELDOM = "趋势只在每季度末判断一次，因为反复检验会把偶然的起伏当成趋势"
TWO_YEARS = 730  # days
DIRECTION = {Direction.RISING: "上升", Direction.FALLING: "下降"}


@dataclass(frozen=True, kw_only=True)
class Tendency:
    """What is said of the index of a site up to a fixed day."""

    site: SiteHistory
    linked: Linked
    found: Trend  #: tested for this site alone
    day: date  #: the last that was looked at

    @property
    def short(self) -> bool:
        """Whether it is too short for the seasons to show: less than two years."""
        points = self.linked.comparable
        return not points or (points[-1].day - points[0].day).days < TWO_YEARS


def tendency(history: History, site: SiteHistory) -> Tendency:
    """The trend of a site up to the last fixed day (`trends.telling_day`), linked across changes of the rules where they were bridged."""
    last = telling_day(words.date_of(history.now, history.timezone))
    linked = series(history, site, last)
    return Tendency(site=site, linked=linked, found=_trend(linked.comparable, linked.links), day=last)


def series(history: History, site: SiteHistory, last: date = date.max) -> Linked:
    """The index of every judged night up to a day, on the basis of the newest rules as far as it could be linked."""
    dual = chained([Overlap.of(one) for one in site.bridges])
    return link((point for point in points(history, site) if point.day <= last), dual)


@lru_cache(maxsize=1024)
def _trend(points: tuple[Point, ...], links: tuple[Break, ...]) -> Trend:
    """Kept, since it stays the same until the next fixed day, however often the report is made."""
    return trend(points, links=links)


def points(history: History, site: SiteHistory) -> Sequence[Point]:
    """The index of every judged night in local time; of several runs of one day the last."""
    found = {
        (day := words.date_of(run.started, history.timezone)): Point(
            day=day, value=run.score.value, se=run.score.error, ruleset=run.ruleset_id
        )
        for run in reversed(site.runs)
        if judged(run) and run.score is not None
    }
    return tuple(found.values())


# ---------------------------------------------------------------------------------------------- of one site


def of_site(history: History, site: SiteHistory) -> str:
    """What can be said of the index of a site over time, in two or three sentences."""
    told = tendency(history, site)
    found = told.found
    opening = f"{WHY_SELDOM}，这里截至{words.day(told.day, history.timezone)}。{_breaks(history, told.linked)}"
    if found.direction is Direction.TOO_FEW:
        return f"{opening}可以相比的指数{MEANS}只有 {found.points} 个，少于 {FEWEST_POINTS} 个，不足以判断趋势。"
    if found.direction is Direction.NONE:
        return f"{opening}{MEANS}的 {found.points} 个指数看不出可以证实的升降，这不等于没有变化。"
    alone = "这是只就本站检验的结论，全市总览同时检验许多站点，要求更严。"
    return f"{opening}{MEANS}的 {found.points} 个指数表明在{DIRECTION[found.direction]}，平均每年 {_slope(found)}。{_season(told)}{alone}"


def _breaks(history: History, linked: Linked) -> str:
    """What the changes of the rules mean for the series."""
    loose = [one for one in linked.breaks if not one.linked]
    told = ""
    if loose:
        told = f"检测规则在{words.day(loose[-1].day, history.timezone)}有更换，此前的指数与现在的不能相比，不计入趋势。"
    if linked.links:
        listed = "；".join(f"{words.day(one.day, history.timezone)}，{shift(one)}" for one in linked.links)
        told += f"检测规则更换过（{listed}），更换以前的指数已按这个差值换算，差值的误差计入检验。"
    return told


def shift(mark: Break) -> str:
    """What a change of the rules did to the index on the same pages."""
    points = mark.shift or 0.0
    apart = f"{'高' if points > 0 else '低'} {abs(points):.1f} 分" if abs(points) >= 0.05 else "没有高低"
    return f"在同样的 {words.number(mark.pairs)} 页上，新规则比旧规则{apart}（标准误 {mark.se:.1f}）"


def _slope(found: Trend) -> str:
    low, high = (words.signed(bound) if bound is not None else "不定" for bound in (found.low, found.high))
    return f"{words.signed(found.slope or 0.0)}（95% 置信区间 {low} 至 {high}）"


def _season(told: Tendency) -> str:
    return "数据不满两年，其中有多少是季节的影响还分不出来。" if told.short else ""


# ---------------------------------------------------------------------------------------------- of all sites


def of_city(history: History) -> Section | None:
    """The sites whose index surely rises or falls, with the false discovery rate of the whole list held; None before any has an index."""
    watched = [site for site in history.sites if site.target.enabled and site.runs and not unconfirmed(site)]
    told = [tendency(history, site) for site in watched if any(judged(run) and run.score is not None for run in site.runs)]
    if not told:
        return None
    sure = demonstrable(told)
    directions = Counter(one.found.direction for one in sure)
    few = sum(one.found.direction is Direction.TOO_FEW for one in told)
    tested = len(told) - few
    sentences = [
        f"{WHY_SELDOM}。这里截至{words.day(told[0].day, history.timezone)}，各站点的指数{MEANS}。",
        f"可以相比的指数够 {FEWEST_POINTS} 个的站点 {tested} 个，其中能证实上升的 {directions[Direction.RISING]} 个，"
        f"能证实下降的 {directions[Direction.FALLING]} 个，看不出可以证实的升降 {tested - len(sure)} 个；"
        f"另有 {few} 个站点的指数少于 {FEWEST_POINTS} 个，不足以判断。",
    ]
    if tested:
        sentences.append(
            f"同时检验 {tested} 个站点，总会有一些偶然显得在升降。下表按本杰明尼—霍赫贝格法取舍，列出的站点中平均至多有 5% 其实没有变化。"
        )
    intro = Markup().join(map(paragraph, sentences))
    rows = [
        piece(
            "tendencies.html", "site", name=one.site.target.site.name, path=f"sites/{one.site.target.site.id}.html",
            direction=DIRECTION[one.found.direction], slope=_slope(one.found), points=one.found.points,
            remark="".join((_breaks(history, one.linked), _season(one))),
        )
        for one in sorted(sure, key=lambda one: (one.found.slope or 0.0, one.site.target.site.id))
    ]  # fmt: skip
    if not rows:
        return Section(id="trends", title="指数的变化趋势", intro=intro)
    heads = ["站点", "趋势", "平均每年（分）", "指数个数", "说明"]
    return table("trends", "指数的变化趋势", intro, "指数能证实在下降或上升的站点，下降快的在前", heads, rows, counts=heads[3:4])


def demonstrable(told: Sequence[Tendency]) -> list[Tendency]:
    """Those with a trend after the correction for so many tests (Benjamini and Hochberg)."""
    tested = [one for one in told if one.found.p is not None]
    rates = benjamini_hochberg([one.found.p or 0.0 for one in tested])
    return [one for one, rate in zip(tested, rates, strict=True) if rate <= SIGNIFICANCE and one.found.direction in DIRECTION]
