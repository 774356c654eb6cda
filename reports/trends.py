"""Tells 残联 how accessibility moves by county, category, department and platform: only what the intervals allow, on fixed days only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from auditor.language import aside, between, say
from auditor.model import Category, History, Plan, SiteHistory
from auditor.trends import SIGNIFICANCE, Direction, Trend, telling_day, trend
from reports import assessment, catalogue, changes, forecasts, indicators, reviews, scores, tendencies, trend_charts, words
from reports.changes import Change
from reports.definitions import definitions
from reports.indicators import counted
from reports.pages import Document, Section, made, paragraph, piece, table, write
from reports.rollups import By, Group, watched
from reports.tendencies import Tendency, demonstrable, tendency

ALL_SITES = True
PATH = "trends.html"
STILL = 2.0
"""Points a year between which the whole interval of a site has to lie that is said to stand still."""
DRAWN = 24
"""Groups in one drawing; more are in the table alone."""
NONE = "—"
HEADS = (("任务（原文）", "Promise"), ("指标", "Indicator"), ("目标值", "Target"), ("现值", "Now"), ("能否按期", "In time"))
"""Of the table of promises, in both languages."""


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """The trend report: trends.html, and trends.2.html … where there are very many departments."""
    known = _known(history)
    yield from write(
        Document(
            path=PATH.removesuffix(".html"),
            title=say("无障碍趋势报告", "Trends of accessibility"),
            lead=piece("parts.html", "disclaimer") + Markup().join(map(paragraph, _lead(history, known))),
            sections=tuple(_sections(history, known)),
            trail=((say("全市总览", "All sites"), "index.html"),),
            foot=made(history),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Known:
    """What all sections are made from."""

    day: date  #: the fixed day up to which something is said of changes
    groups: Sequence[tuple[Group, Change | None, bool]]  #: with its change, and whether chance does not explain it
    told: Sequence[Tendency]
    sure: Sequence[Tendency]  #: those with a trend, the false discovery rate of all of them held

    @property
    def begun(self) -> bool:
        """Whether any site had an index by that day; True where none has one yet at all."""
        return not self.told or any(one.linked.points for one in self.told)


def _known(history: History) -> Known:
    day = telling_day(words.date_of(history.now, history.timezone))
    told = [tendency(history, site) for site in watched(history) if tendencies.points(history, site)]
    return Known(day=day, groups=changes.of_groups(history), told=told, sure=demonstrable(told))


def _lead(history: History, known: Known) -> Iterator[str]:
    day = words.day(known.day, history.timezone)
    first = tendencies.first_time(history, known.day)
    until = say(f"这里截至{day}", f"here up to {day}") if known.begun else first
    yield say(
        "本页供残联和各主管部门了解变化。数字不是对工作的评价；括号内是 95% 置信区间。",
        "This page tells those who follow the city's promises what changed. Numbers are no judgement of anybody's work. In brackets: 95% "
        "intervals.",
    )
    yield say(
        f"“现在”取最近一次检测。变化和趋势只在每季度末判断一次，{until}：反复检验会把偶然的起伏当成趋势。"
        "检测规则更换过的，更换以前的指数按同样网页上的差值换算；没有能够换算的不计入变化。",
        f"“Now” is the newest night. Changes and trends are assessed only at quarter ends ({until}), because repeated testing would "
        "mistake chance for a trend. Where the rules changed, earlier numbers were moved by the difference on the same pages; where "
        "that could not be measured, they are left out.",
    )
    yield say(
        "各表中每组的指数是所辖站点的简单平均。两组的差别小于误差、不能断定高下时，名次并列，写作一个范围。变化的区间没有排除零、或者同时检验"
        "这么多组之后（本杰明尼—霍赫贝格法）仍可能出于偶然的，写作“不能断定升降”，这不等于没有变化。",
        "In the tables the index of a group is the plain mean of its sites. Where a difference is smaller than its error, ranks are shared "
        "and told as a range. A change that may be chance, as so many groups are tested at once (Benjamini and Hochberg), is told as not "
        "proven, which does not mean that nothing changed.",
    )


def _sections(history: History, known: Known) -> Iterator[Section]:
    yield _city(history, known)
    titles = {
        By.REGION: say("按县（市、区）", "By county"), By.CATEGORY: say("按网站类别", "By category"),
        By.DEPARTMENT: say("按主办单位", "By department"), By.PLATFORM: say("按建站平台", "By platform"),
    }  # fmt: skip
    for by, title in titles.items():
        yield _table(history, known, by, title)
    if any(one.found.p is not None for one in known.told):
        yield _moving(history, known, Direction.RISING)
        yield _moving(history, known, Direction.FALLING)
        yield _still(history, known)
    else:
        early = tendencies.too_early(history, None if known.begun else known.day)
        yield Section(id="moving", title=say("指数的变化趋势", "Trends of the index"), intro=paragraph(early))
    for plan in history.plans:
        yield _plan(history, plan)


# ---------------------------------------------------------------------------------------------- the city and its parts


def _city(history: History, known: Known) -> Section:
    title = say("全市", "The whole city")
    whole, moved, sure = next((one for one in known.groups if one[0].by is By.CITY), (None, None, False))
    if whole is None or whole.index is None:
        return Section(id="city", title=title, intro=paragraph(say("还没有站点得到指数。", "No site has an index yet.")))
    at = scores.span(whole.index)
    told = [say(
        f"现在 {whole.counted} 个站点的平均无障碍指数为 {at}，各站点权重相同。",
        f"Now the mean index of {whole.counted} sites is {at}, each with the same weight.",
    )]  # fmt: skip
    told.append(_change_told(history, moved, sure) + say("。", "."))
    intro = Markup().join(map(paragraph, told))
    panel = changes.panel(history, whole.sites)
    if panel is None:
        missing = say("可以相比的检测还不够画出变化。", "There are too few comparable nights for a drawing.")
        return Section(id="city", title=title, intro=intro + paragraph(missing))
    intro += trend_charts.over_time(history, panel, id="city-chart")
    left = say(
        f"，另有 {panel.left_out} 个站点开始得晚或者不能换算，不在图中", f"; {panel.left_out} more began later or could not be linked"
    )
    intro += paragraph(say(
        f"图中始终是同样的 {panel.sites} 个站点，站点增减不会使它升降{left if panel.left_out else ''}。",
        f"The drawing shows the same {panel.sites} sites throughout, so that it does not move as sites come and go"
        f"{left if panel.left_out else ''}.",
    ))  # fmt: skip
    if panel.broken:
        intro += paragraph(say(
            "竖的虚线表示有站点的检测规则从这里更换，此前的指数已经换算，换算有误差。",
            "Broken upright lines mark where the rules changed for some sites; earlier numbers are converted, with an error.",
        ))  # fmt: skip
    return Section(id="city", title=title, intro=intro)


def _change_told(history: History, moved: Change | None, sure: bool) -> str:
    if moved is None:
        return say(
            "季度末之前可以相比的检测不满六周，不谈变化",
            "Before the end of the quarter there are less than six weeks of comparable nights",
        )
    since, until = (words.day(day, history.timezone) for day in (moved.since, moved.until))
    return say(
        f"{since}至{until}，可以相比的 {moved.sites} 个站点平均变动 {changes.told(moved.points)} 分：{_said(moved, sure)}",
        f"From {since} to {until} the {moved.sites} sites that can be compared moved by {changes.told(moved.points)} points on average: "
        f"{_said(moved, sure)}",
    )


def _said(moved: Change | None, sure: bool) -> str:
    """What the interval allows to be said."""
    if moved is None:
        return NONE
    if not sure:
        return say("不能断定升降", "neither a rise nor a fall can be proven")
    return say("能证实上升", "a proven rise") if moved.points.value > 0 else say("能证实下降", "a proven fall")


def _table(history: History, known: Known, by: By, title: str) -> Section:
    found = [one for one in known.groups if one[0].by is by]
    if not found:
        none = {By.PLATFORM: say("没有认出任何站点的建站平台。", "The platform of no site was recognised.")}
        return Section(id=by.value, title=title, intro=paragraph(none.get(by, say("还没有访问过站点。", "No site was visited yet."))))
    with_index = [(group.name, group.index) for group, _, _ in found if group.index is not None]
    intro = Markup()
    if 1 < len(with_index) <= DRAWN:
        drawn = say(f"{title}的无障碍指数和 95% 置信区间", f"Index {title[:1].lower()}{title[1:]} with 95% intervals")
        intro += trend_charts.side_by_side(with_index, id=f"{by.value}-chart", title=drawn)
    heads = [
        say("名称", "Name"), say("得到评价 / 访问的站点数", "Sites judged / visited"), say("现在的指数", "Index now"), say("名次", "Rank"),
        say("没有查实 A 级障碍的站点", "Sites without a proven barrier of level A"), say("变化（分）", "Change (points)"),
        say("结论", "Conclusion"),
    ]  # fmt: skip
    rows = [_row(history, *one) for one in found]
    return table(by.value, title, intro, say(f"{title}：现在和变化", f"{title}: now and change"), heads, rows, counts=heads[1:2])


def _row(history: History, group: Group, moved: Change | None, sure: bool) -> Markup:
    best, worst = group.rank or (0, 0)
    free = counted(history, "IA-3", group.sites)
    since, many = (words.day(moved.since, history.timezone), moved.sites) if moved else ("", 0)
    return piece(
        "trends.html", "group", name=group.name, sites=f"{group.judged} / {len(group.sites)}",
        index=scores.span(group.index) if group.index else say("未能评价", "not judged"),
        rank=NONE if not best else scores.rank(best, worst), free=free.value if free else indicators.no_data(),
        change=changes.told(moved.points) if moved else say("还不能相比", "not comparable yet"),
        since=say(f"{since}起，{many} 个站点", f"since {since}, {many} sites") if moved else "",
        said=_said(moved, sure),
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- sites that move and sites that do not


def _moving(history: History, known: Known, direction: Direction) -> Section:
    rising = direction is Direction.RISING
    id, title = ("improved", say("改进最多的站点", "Most improved")) if rising else ("regressed", say("指数下降的站点", "Falling index"))
    sign = -1 if rising else 1
    order = sorted(
        (one for one in known.sure if one.found.direction is direction),
        key=lambda one: (sign * (one.found.slope or 0.0), one.site.target.site.id),
    )
    tested = sum(one.found.p is not None for one in known.told)
    told = say(
        f"可以检验的站点 {tested} 个，能证实{'上升' if rising else '下降'}的 {len(order)} 个"
        "（同时检验多个站点，列出的平均至多有 5% 其实没有变化）；"
        f"另有 {len(known.told) - tested} 个站点可以相比的指数太少，不足以判断。",
        f"Of {tested} sites that can be tested, {len(order)} are proven to {'rise' if rising else 'fall'} (of those listed on average at "
        f"most 5% did not change); {len(known.told) - tested} more have too few comparable numbers.",
    )
    if not order:
        return Section(id=id, title=title, intro=paragraph(told))
    ties = say(
        "按平均每年的变化排列；区间互相重叠的，先后没有意义。",
        "In the order of the change a year; where intervals overlap, the order means nothing.",
    )
    heads = [say("站点", "Site"), say("平均每年（分）", "A year (points)"), say("现在的指数", "Index now"), say("说明", "Remark")]
    rows = [_site(history, one, one.found) for one in order]
    return table(id, title, paragraph(told) + paragraph(ties), title, heads, rows)


def _still(history: History, known: Known) -> Section:
    """Sites whose interval leaves no room for a change that matters, with the error of the whole list held (Bonferroni)."""
    title = say("变化很小的站点", "Hardly changing")
    tested = [one for one in known.told if one.found.p is not None]
    wide = 1 - SIGNIFICANCE / max(1, len(tested))
    found = [(one, trend(one.linked.comparable, links=one.linked.links, confidence=wide)) for one in tested]
    order = [(one, narrow) for one, narrow in found if _within(narrow)]
    told = say(
        f"能证实每年的变化不超过 ±{STILL:.0f} 分的站点 {len(order)} 个（区间按同时检验 {len(tested)} 个站点放宽）。"
        "没有列出的不一定在变：数据少的时候，变与不变都不能断定。指数已经很高的站点，不变不是问题。",
        f"{len(order)} sites are proven to change by no more than ±{STILL:.0f} points a year (intervals widened, as {len(tested)} sites "
        "are tested at once). Others need not be moving: with few numbers neither can be said. Where an index is high, standing still "
        "is no fault.",
    )
    if not order:
        return Section(id="still", title=title, intro=paragraph(told))
    heads = [say("站点", "Site"), say("平均每年（分）", "A year (points)"), say("现在的指数", "Index now"), say("说明", "Remark")]
    rows = [_site(history, one, narrow) for one, narrow in sorted(order, key=lambda each: _value(each[0].site))]
    caption = say("变化很小的站点，指数低的在前", "Sites that hardly change, the lowest first")
    return table("still", title, paragraph(told), caption, heads, rows)


def _within(narrow: Trend) -> bool:
    return narrow.low is not None and narrow.high is not None and narrow.low > -STILL and narrow.high < STILL


def _value(site: SiteHistory) -> float:
    run = site.runs[0]
    return run.score.value if run.score else 0.0


def _site(history: History, one: Tendency, found: Trend) -> Markup:
    site = one.site.target.site
    low, high = (words.signed(bound) if bound is not None else say("不定", "open") for bound in (found.low, found.high))
    regions = {region.id: region.name for region in history.regions}
    points = found.points
    remark = say(f"{points} 个可以相比的周（月）平均值", f"{points} comparable means by week or month")
    links = len(one.linked.links)
    if links:
        remark += say(f"，其间检测规则更换 {links} 次，已换算", f"; the rules changed {links} times in between, converted")
    return piece(
        "trends.html", "moving", name=site.name, path=f"sites/{site.id}.html",
        kind=f"{words.CATEGORY[Category(site.category)]}{say('，', ', ')}{regions.get(site.region, site.region)}",
        slope=words.signed(found.slope or 0.0) + aside(between(low, high)), now=scores.of_run(one.site.runs[0]), remark=remark,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- what was promised


def _plan(history: History, plan: Plan) -> Section:
    """Indicators against the goals of a plan, each with its sentence; the tables of its reviews are a page of their own."""
    asked = [goal for goal in plan.goals if goal.indicators]
    title = say(f"规划任务：{plan.name}", f"Promises of {plan.name}")
    kinds = Counter(goal.target is not None for goal in plan.goals)
    told = say(
        f"{plan.name}（{plan.document}）共有 {len(plan.goals)} 项与信息无障碍有关的任务，其中有文件规定目标值的 {kinds[True]} 项。"
        f"{reviews.rank(plan)}",
        f"{plan.name} ({plan.document}) makes {len(plan.goals)} promises on accessibility, of which {kinds[True]} have a target set by a "
        f"document. {reviews.rank(plan)}",
    )
    if reviews.over(history, plan):
        told += say(
            "规划期已经结束，下面的现值只作为今后的基线，不用来评价规划期内的进展。",
            " Its period is over: the values of now are a baseline for what comes and say nothing of its success.",
        )
    links = [
        (say(f"{plan.name}：中期、期末评估表", f"{plan.name}: tables of the mid-term and final reviews"), assessment.path(plan),
         say("每项任务的基期值、本期值和分县（市、区）值", "each promise with its baseline, its value and those of counties")),
        (say("指标的定义和现值", "Indicators"), catalogue.PATH, say("算法、依据和统计范围", "how they are counted, and on what basis")),
    ]  # fmt: skip
    intro = paragraph(told) + piece("parts.html", "links", rows=links)
    heads = [say(*head) for head in HEADS]
    rows = [_goal(history, plan, goal.id, id) for goal in asked for id in goal.indicators]
    if not rows:
        return Section(id=f"plan-{plan.id}", title=title, intro=intro)
    caption = say(f"{plan.name}：任务、指标和现值", f"{plan.name}: promises, indicators and their values")
    return table(f"plan-{plan.id}", title, intro, caption, heads, rows)


def _goal(history: History, plan: Plan, id: str, indicator: str) -> Markup:
    goal = next(one for one in plan.goals if one.id == id)
    found = counted(history, indicator, reviews.sites_of(goal, history.sites))
    known = definitions()[indicator]
    main = indicator == goal.indicator
    outlook = NONE
    if main and goal.target is not None and goal.due and indicator in indicators.OF_SUMMARIES and known.share:
        series = forecasts.series(history, plan, goal, known)
        outlook = forecasts.said(history, plan, goal, series, forecasts.outlook(series, goal, known))
    target = (reviews.target(goal, history.timezone) if main else "") or say("没有文件规定", "set by no document")
    return piece(
        "trends.html", "goal", quote=goal.quote, source=goal.source, indicator=known.name, target=target,
        now=indicators.told(indicator, found), outlook=outlook,
    )  # fmt: skip
