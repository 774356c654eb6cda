"""Tells what can be said of the index over time: on fixed days only, and a trend only where enough comparable nights prove one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from markupsafe import Markup

from auditor.language import Words, capital, counted, joined, say, sentences
from auditor.linking import Linked, Overlap, chained, link
from auditor.model import History, SiteHistory
from auditor.trends import FEWEST_POINTS, SIGNIFICANCE, Break, Direction, Point, Trend, benjamini_hochberg, telling_day, trend
from reports import words
from reports.pages import Section, paragraph, piece, table
from reports.runs import judged, unconfirmed

TWO_YEARS = 730  # days
DIRECTION = Words({Direction.RISING: ("上升", "rising"), Direction.FALLING: ("下降", "falling")})


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
    if not told.linked.points:
        return too_early(history, told.day)
    opening = [_why_seldom(history, told.day), _breaks(history, told.linked)]
    if found.direction is Direction.TOO_FEW:
        few = say(
            f"可以相比的指数按周（超过两年的按月）平均只有 {found.points} 个，少于 {FEWEST_POINTS} 个，不足以判断趋势。",
            f"Comparable indices, averaged by the week (by the month beyond two years): {found.points}, fewer than the {FEWEST_POINTS} "
            "that it "
            "takes to tell a trend.",
        )
        return sentences([*opening, few])
    if found.direction is Direction.NONE:
        none = say(
            f"按周（超过两年的按月）平均的 {found.points} 个指数看不出可以证实的升降，这不等于没有变化。",
            f"{_indices(found.points)} show no rise or fall that can be proved, which does not mean that nothing changed.",
        )
        return sentences([*opening, none])
    direction = DIRECTION[found.direction]
    sure = say(
        f"按周（超过两年的按月）平均的 {found.points} 个指数表明在{direction}，平均每年 {_slope(found)}。",
        f"{_indices(found.points)} show that it is {direction}, by {_slope(found)} a year on average.",
    )
    alone = say(
        "这是只就本站检验的结论，全市总览同时检验许多站点，要求更严。",
        "This is tested for this site alone; the overview of the city tests many sites at once and asks for more.",
    )
    return sentences([*opening, sure, _season(told), alone])


def too_early(history: History, until: date | None) -> str:
    """What stands where no site can be tested; `until`: the fixed day up to which there was no audit at all."""
    few = say("检测次数还少，现在不能判断趋势。", "There are too few audits yet to judge a trend.")
    return sentences([few, f"{capital(first_time(history, until))}{say('。', '.')}" if until else ""])


def first_time(history: History, until: date) -> str:
    """When trends are judged for the first time if there was no audit up to this fixed day: after the end of the quarter that follows."""
    day = words.day(telling_day(until + timedelta(days=100)), history.timezone)
    return say(f"第一次判断在{day}以后", f"the first assessment is after {day}")


def _why_seldom(history: History, until: date, means: str = "") -> str:
    day = words.day(until, history.timezone)
    return say(
        f"趋势只在每季度末判断一次，因为反复检验会把偶然的起伏当成趋势{'。' if means else '，'}这里截至{day}{means}。",
        "Trends are assessed only at quarter ends, because repeated testing would mistake chance for a trend. This is as of "
        f"{day}{means}.",
    )


def _indices(count: int) -> str:
    return f"{count} {'index' if count == 1 else 'indices'}, averaged by the week (by the month beyond two years),"


def _breaks(history: History, linked: Linked) -> str:
    """What the changes of the rules mean for the series."""
    loose = [one for one in linked.breaks if not one.linked]
    told = []
    if loose:
        day = words.day(loose[-1].day, history.timezone)
        told.append(
            say(
                f"检测规则在{day}有更换，此前的指数与现在的不能相比，不计入趋势。",
                f"The rules changed on {day}; earlier indices cannot be compared with those of now and have no part in the trend.",
            )
        )
    if linked.links:
        listed = say("；", "; ").join(joined([words.day(one.day, history.timezone), shift(one)]) for one in linked.links)
        told.append(
            say(
                f"检测规则更换过（{listed}），更换以前的指数已按这个差值换算，差值的误差计入检验。",
                f"The rules changed ({listed}); earlier indices are converted by this difference, whose error counts in the test.",
            )
        )
    return sentences(told)


def shift(mark: Break) -> str:
    """What a change of the rules did to the index on the same pages."""
    points = mark.shift or 0.0
    higher, size = points > 0, f"{abs(points):.1f}"
    apart = say(f"{'高' if higher else '低'} {size} 分", f"{size} points {'higher' if higher else 'lower'} than")
    if abs(points) < 0.05:
        apart = say("没有高低", "the same as")
    return say(
        f"在同样的 {words.number(mark.pairs)} 页上，新规则比旧规则{apart}（标准误 {mark.se:.1f}）",
        f"on the same {counted(mark.pairs, 'page')} the index by the new rules is {apart} by the old ones (standard error {mark.se:.1f})",
    )


def _slope(found: Trend) -> str:
    low, high = (words.signed(bound) if bound is not None else say("不定", "unknown") for bound in (found.low, found.high))
    slope = words.signed(found.slope or 0.0)
    return say(f"{slope}（95% 置信区间 {low} 至 {high}）", f"{slope} (95% confidence interval {low} to {high})")


def _season(told: Tendency) -> str:
    season = say(
        "数据不满两年，其中有多少是季节的影响还分不出来。",
        "The data cover less than two years; how much of it is the season cannot be told yet.",
    )
    return season if told.short else ""


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
    title = say("指数的变化趋势", "Trends of the index")
    if not tested:
        early = too_early(history, None if any(one.linked.points for one in told) else told[0].day)
        return Section(id="trends", title=title, intro=paragraph(early))
    rising, falling, still = directions[Direction.RISING], directions[Direction.FALLING], tested - len(sure)
    means = say(
        "，各站点的指数按周（超过两年的按月）平均", "; the indices of each site are averaged by the week (by the month beyond two years)"
    )
    intro = [
        _why_seldom(history, told[0].day, means),
        say(
            f"可以相比的指数够 {FEWEST_POINTS} 个的站点 {tested} 个，其中能证实上升的 {rising} 个，"
            f"能证实下降的 {falling} 个，看不出可以证实的升降 {still} 个；"
            f"另有 {few} 个站点的指数少于 {FEWEST_POINTS} 个，不足以判断。",
            f"{counted(tested, 'site')} with at least {FEWEST_POINTS} comparable indices: a rise is proved for {rising}, a fall for "
            f"{falling}, "
            f"neither for {still}. {counted(few, 'more site')} with fewer than {FEWEST_POINTS} indices, too few to tell.",
        ),
        say(
            f"同时检验 {tested} 个站点，总会有一些偶然显得在升降。下表按本杰明尼—霍赫贝格法取舍，列出的站点中平均至多有 5% 其实没有变化。",
            f"Where {counted(tested, 'site')} are tested at once, some always seem to rise or fall by chance. The table is chosen by the "
            "method of Benjamini and Hochberg: of the sites listed, at most 5% on average did not change at all.",
        ),
    ]
    opening = Markup().join(map(paragraph, intro))
    rows = [
        piece(
            "tendencies.html", "site", name=one.site.target.site.name, path=f"sites/{one.site.target.site.id}.html",
            direction=capital(DIRECTION[one.found.direction]), slope=_slope(one.found), points=one.found.points,
            remark=sentences((_breaks(history, one.linked), _season(one))),
        )
        for one in sorted(sure, key=lambda one: (one.found.slope or 0.0, one.site.target.site.id))
    ]  # fmt: skip
    if not rows:
        return Section(id="trends", title=title, intro=opening)
    heads = say(["站点", "趋势", "平均每年（分）", "指数个数", "说明"], ["Site", "Trend", "Points a year on average", "Indices", "Remarks"])
    caption = say("指数能证实在下降或上升的站点，下降快的在前", "Sites whose index is proved to fall or rise, the fastest falling first")
    return table("trends", title, opening, caption, heads, rows, counts=heads[3:4])


def demonstrable(told: Sequence[Tendency]) -> list[Tendency]:
    """Those with a trend after the correction for so many tests (Benjamini and Hochberg)."""
    tested = [one for one in told if one.found.p is not None]
    rates = benjamini_hochberg([one.found.p or 0.0 for one in tested])
    return [one for one, rate in zip(tested, rates, strict=True) if rate <= SIGNIFICANCE and one.found.direction in DIRECTION]
