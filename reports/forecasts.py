"""Tells whether a goal with a target and a due day will be met at the pace of the ends of quarters so far, or that this cannot be said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from auditor.goals import FEWEST_POINTS, Forecast, Outlook, forecast, quarter_ends
from auditor.language import counted, say
from auditor.model import Goal, History, Plan, RunSummary, SiteHistory
from auditor.trends import Point, telling_day
from reports import indicators, reviews, words
from reports.definitions import Definition, definitions
from reports.pages import Section, paragraph, piece, table
from reports.runs import judged

BY_RULES = frozenset({"IA-3"})
"""Indicators that change with the rules, so that ends of quarters under other rules cannot be compared."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """The value of an indicator at the ends of quarters, in per cent and in order of time."""

    points: tuple[Point, ...]
    dropped: int = 0  #: earlier ones under other rules
    sites: tuple[int, ...] = ()  #: how many each value is a share of


def section(history: History, plan: Plan) -> Section | None:
    """The forecast of every goal of the plan that has a target and a due day; None where none has."""
    told = [(goal, definitions()[goal.indicator]) for goal in plan.goals if goal.indicator and goal.target is not None and goal.due]
    if not told:
        return None
    intro = paragraph(
        say(
            "目标值是有文件规定的。预测只用各季度末的数值（每个站点截至那一天最近一次检测），按泰尔—森斜率推算，"
            f"要有 {FEWEST_POINTS} 个以上的季度末，而且能证实在升降才给出日期；给出的最早和最晚是 80% 的区间。"
            "推算的前提是今后与以往一样，它不是对工作的评价。",
            "The targets are those that a document sets. The forecast uses only the values at the ends of quarters (of each site the "
            "latest "
            f"audit up to that day) and the Theil–Sen slope; it gives days only with {FEWEST_POINTS} ends of quarters or more and where a "
            "rise "
            "or fall can be proved. The earliest and the latest day given are an interval of 80%. It supposes that things go on as they "
            "did, "
            "and is no rating of anybody’s work.",
        )
    )
    rows = [row(history, plan, goal, known) for goal, known in told]
    heads = say(
        ("任务（原文）", "指标", "目标值", "各季度末的数值", "速度", "能否按期达到"),
        ("Task (in the words of the plan)", "Indicator", "Target", "Values at the ends of quarters", "Pace", "Will it be met in time"),
    )
    caption = say("有目标值和期限的任务，按现有速度的预测", "Tasks with a target and a due day, as they would go on at the present pace")
    return table("forecasts", say("目标的预测", "Forecast of the targets"), intro, caption, heads, rows)


def row(history: History, plan: Plan, goal: Goal, known: Definition) -> Markup:
    """One goal with what its quarters say."""
    target = reviews.target(goal, history.timezone)
    if known.id not in indicators.OF_SUMMARIES or not known.share:
        why = say("数值由人工填报，不作推算", "the values are reported by people and are not extrapolated")
        if known.id in indicators.COUNTS:
            why = say("过去的数值没有留存", "earlier values are not kept")
        return _row(goal, known, target, reviews.NONE, reviews.NONE, _cannot(why))
    found = series(history, plan, goal, known)
    points = (f"{words.day(one.day, history.timezone)}{say(' ', ': ')}{one.value:.1f}%" for one in found.points)
    listed = say("；", "; ").join(points) or say("还没有", "None yet")
    if found.dropped:
        listed += say(
            f"（此前 {found.dropped} 个季度末的检测规则不同，不能相比，没有计入）",
            f" ({counted(found.dropped, 'earlier end', 'earlier ends')} of quarters had other rules, cannot be compared and are left out)",
        )
    if len(set(found.sites)) > 1:
        listed += say(
            f"（计入的站点 {min(found.sites)} 至 {max(found.sites)} 个，升降中可能有站点增减的影响）",
            f" (of {min(found.sites)} to {max(found.sites)} sites; sites added or removed may have a part in the rise or fall)",
        )
    made = outlook(found, goal, known)
    pace = _pace(made, known) if made.outlook is not Outlook.MET else reviews.NONE
    return _row(goal, known, target, listed, pace, said(history, plan, goal, found, made))


def _row(goal: Goal, known: Definition, target: str, listed: str, pace: str, told: str) -> Markup:
    return piece("forecasts.html", "goal", goal=goal, indicator=known.name, target=target, listed=listed, pace=pace, told=told)


# ---------------------------------------------------------------------------------------------- the series


def series(history: History, plan: Plan, goal: Goal, known: Definition) -> Series:
    """The indicator of the sites that the goal speaks of at the ends of quarters, none of them after the plan's end or the due day."""
    first = reviews.first_day(history)
    today = words.date_of(history.now, history.timezone)
    last = min(telling_day(today), plan.period[1], goal.due or date.max)
    if first is None:
        return Series(points=())
    ends = quarter_ends(max(first, plan.period[0]), last)
    told = [one for end in ends if (one := _point(history, goal, known, end)) is not None]
    points = [point for point, _ in told]
    same = _newest_basis(points) if known.id in BY_RULES else tuple(points)
    dropped = len(points) - len(same)
    return Series(points=same, dropped=dropped, sites=tuple(whole for _, whole in told[dropped:]))


def _newest_basis(points: Sequence[Point]) -> tuple[Point, ...]:
    """The last points that share their rule set."""
    kept = 0
    while kept < len(points) and points[-1 - kept].ruleset == points[-1].ruleset:
        kept += 1
    return tuple(points[len(points) - kept :])


def _point(history: History, goal: Goal, known: Definition, end: date) -> tuple[Point, int] | None:
    """The value on one day by the summaries of the runs up to it, with the rule set of most of them, and of how many sites it is.

    None where nothing was judged.
    """
    sites = [replace(site, runs=_up_to(history, site, end), landmarks=()) for site in reviews.sites_of(goal, history.sites)]
    found = indicators.counted(history, known.id, sites, detailed=False)
    if found is None or found.part is None or not found.whole:
        return None
    rules = Counter(run.ruleset_id for site in sites if site.target.enabled for run in site.runs if judged(run))
    usual = max(sorted(rules), key=lambda id: rules[id], default="")
    return Point(day=end, value=100 * found.part / found.whole, ruleset=usual), found.whole


def _up_to(history: History, site: SiteHistory, day: date) -> tuple[RunSummary, ...]:
    """The newest run of a site up to a day, if there is one."""
    found = (run for run in (*site.runs, *site.landmarks) if words.date_of(run.started, history.timezone) <= day)
    return tuple(one for one in (next(found, None),) if one is not None)


def outlook(found: Series, goal: Goal, known: Definition) -> Forecast:
    """What can be said of the goal. Where less is better the series is turned over, so that it has to rise to the goal."""
    target, due = goal.target or 0.0, goal.due or date.max
    if not known.less:
        return forecast(found.points, goal=target, due=due)
    return forecast([replace(one, value=100 - one.value) for one in found.points], goal=100 - target, due=due)


# ---------------------------------------------------------------------------------------------- in words


def _pace(made: Forecast, known: Definition) -> str:
    """How fast it goes and how fast it would have to, in per cent points a year."""
    sign = -1 if known.less else 1
    told = []
    if made.actual is not None and made.points >= FEWEST_POINTS:
        actual = words.signed(sign * made.actual)
        told.append(say(f"实际每年 {actual} 个百分点", f"in fact {actual} percentage points a year"))
    if made.required is not None:
        required = words.signed(sign * made.required)
        told.append(say(f"按期达到需要每年 {required} 个百分点", f"{required} percentage points a year needed to meet it in time"))
    return say("；", "; ").join(told) or reviews.NONE


def said(history: History, plan: Plan, goal: Goal, found: Series, made: Forecast) -> str:
    """Whether the goal is met in time, as far as it can be said."""
    today = words.date_of(history.now, history.timezone)
    if not found.points:
        over = reviews.over(history, plan)
        return _cannot(
            say(
                f"{'规划期内' if over else ''}还没有季度末的数值",
                f"there is no value at the end of a quarter{' within the period of the plan' if over else ' yet'}",
            )
        )
    last, due = found.points[-1], goal.due or date.max
    when = words.day(last.day, history.timezone)
    if made.outlook is Outlook.MET:
        return say(f"{when}已达到目标值。", f"The target was met on {when}.")
    if due < today:
        return say(
            f"期限已过，期限之前最后一个季度末（{when}）没有达到目标值。",
            f"The due day has passed; at the last end of a quarter before it ({when}) the target was not met.",
        )
    days = _dates(history, made)
    if made.outlook is Outlook.ON_COURSE:
        return say(f"按现有速度可以按期达到：{days}。", f"At the present pace it will be met in time: {days}.")
    if made.outlook is Outlook.NOT_IN_TIME:
        return say(
            f"按当前趋势在期限内无法达到{f'：{days}' if days else ''}。",
            f"As things go it cannot be met in time{f': {days}' if days else ''}.",
        )
    if made.points < FEWEST_POINTS:
        return _cannot(
            say(
                f"能够相比的季度末只有 {made.points} 个，少于 {FEWEST_POINTS} 个",
                f"only {counted(made.points, 'end', 'ends')} of quarters can be compared, fewer than {FEWEST_POINTS}",
            )
        )
    if made.earliest is None:
        return _cannot(
            say("看不出可以证实的升降，不知道会不会达到", "no rise or fall can be proved, and whether it will be met is not known")
        )
    return say(
        f"不能断言能否按期：{days}，期限落在这个区间里。",
        f"Whether it will be in time cannot be said: {days}, and the due day falls into that interval.",
    )


def _cannot(why: str) -> str:
    return say(f"不能断言：{why}。", f"It cannot be said: {why}.")


def _dates(history: History, made: Forecast) -> str:
    """When the target is reached at the pace measured, at the steepest and at the flattest that fits."""
    if made.earliest is None:
        return ""
    early = words.day(made.earliest, history.timezone)
    last, about = (words.day(day, history.timezone) if day else "" for day in (made.latest, made.reached))
    late = say(f"最晚{last}", f"at the latest on {last}") if last else say("最慢的速度下达不到", "never at the slowest pace")
    near = say(f"预计{about}前后达到，", f"expected around {about}, ") if about else ""
    return say(f"{near}最早{early}，{late}", f"{near}at the earliest on {early}, {late}")
