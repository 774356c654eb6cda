"""Makes the fixed table of the mid-term and the final review of a plan as plain rows: one for each sentence and each of its indicators.

A number stands only for the time it was found in. What was found after a plan had ended is the baseline of what comes, never its result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from auditor.language import Words, aside, joined, listed, say
from auditor.model import Attribute, Goal, History, Plan, Reported, SiteHistory
from reports import indicators, words
from reports.definitions import By, Source, definitions
from reports.indicators import Counted, counted, no_data
from reports.places import counties
from reports.runs import judged

NONE = "—"
SOURCE = Words({Source.AUTOMATIC: ("自动", "automatic"), Source.WORKFLOW: ("流程", "workflow"), Source.HUMAN: ("填报", "reported")})
ATTRIBUTE = Words({Attribute.EXPECTED: ("预期性", "expected"), Attribute.BINDING: ("约束性", "binding")})


def heads() -> tuple[str, ...]:
    """The columns of the table."""
    return say(
        (
            "任务（原文）", "牵头部门", "参与部门", "指标", "属性", "基期值", "目标值", "本期值", "分县（市、区）值", "数据来源",
            "未检测数", "证据链接",
        ),
        (
            "Task (in the words of the plan)", "In charge", "Taking part", "Indicator", "Attribute", "Baseline", "Target", "Value now",
            "By county or district", "Source", "Not audited", "Evidence",
        ),
    )  # fmt: skip


def progress() -> str:
    """What people report of a goal itself."""
    return say("任务进展", "Progress of the task")


def not_in_period() -> str:
    """What stands where a plan ended before the first audit."""
    return say("规划期内没有检测数据", "no audit within the period of the plan")


def not_kept() -> str:
    """What stands where an audit was made and its details are not in the reports."""
    return f"{no_data()}{aside(say('那一次检测的明细没有保留在报表里', 'the details of that audit are not kept in the reports'))}"


@dataclass(frozen=True, kw_only=True)
class Review:
    """A review of a plan: its name and the last day it speaks of."""

    id: str
    name: str
    last: date


@dataclass(frozen=True, kw_only=True)
class Row:
    """One indicator of one sentence, or the progress that people report of it, in the order of HEADS."""

    goal: Goal
    indicator: str
    attribute: str
    baseline: str
    target: str
    current: str
    counties: tuple[tuple[str, str], ...]  #: region, value
    source: str
    untested: str
    evidence: tuple[str, ...]  #: words or addresses
    looked: bool  #: whether it rests on audits, which the city's report shows


def reviews(plan: Plan) -> tuple[Review, ...]:
    """Mid-term and final review; where no document says what the mid-term one speaks of, it takes what the period has."""
    return (
        Review(id="mid", name=say("中期评估", "Mid-term review"), last=plan.midterm or plan.period[1]),
        Review(id="end", name=say("期末（总结）评估", "Final review"), last=plan.period[1]),
    )


def over(history: History, plan: Plan) -> bool:
    """Whether the period of a plan has ended."""
    return words.date_of(history.now, history.timezone) > plan.period[1]


def rank(plan: Plan) -> str:
    """What the numbers are for a plan, in a sentence or two: none is one of its indicators unless 残联 has ruled so."""
    if any(goal.attribute is not Attribute.NONE for goal in plan.goals):
        return say(
            "哪些任务是预期性或约束性指标，由残联依据文件设定；其余指标的名称和算法由本服务拟定，只用来反映任务进展。",
            "Which tasks are expected or binding targets is set by the Disabled Persons’ Federation by a document; the names of all other "
            "indicators and how they are counted were drawn up by this service, only to show the progress of the tasks.",
        )
    return say(
        "规划没有为信息无障碍设定约束性或预期性指标；指标的名称和算法由本服务拟定，只用来反映任务进展。",
        "The plan sets no binding or expected targets for information accessibility; the names of the indicators and how they are counted "
        "were drawn up by this service, only to show the progress of the tasks.",
    )


def sites_of(goal: Goal, sites: Sequence[SiteHistory]) -> list[SiteHistory]:
    """The sites that a goal speaks of."""
    return [site for site in sites if not goal.categories or site.target.site.category in goal.categories]


def target(goal: Goal, timezone: str) -> str:
    """The value that a document sets, with the day and the document; "" where none does."""
    if goal.target is None:
        return ""
    day = words.day(goal.due, timezone) if goal.due else ""
    due = say(f"{day}前", f"by {day}") if day else ""
    more = joined([part for part in (due, goal.target_document) if part])
    known = definitions().get(goal.indicator or "")
    return f"{goal.target:.12g}{'%' if known and known.share else ''}{aside(more)}"


def table(history: History, plan: Plan, review: Review) -> tuple[tuple[Goal, tuple[Row, ...]], ...]:
    """Every goal of the plan with its rows."""
    now = between(history, plan.period[0], review.last)
    first = first_day(history)
    base = between(history, date.min, first) if first else None
    table_ = _Table(history=history, plan=plan, review=review, now=now, base=base, first=first)
    return tuple((goal, tuple(table_.rows(goal))) for goal in plan.goals)


def first_day(history: History) -> date | None:
    """The day of the first run that judged a site; None if there is none."""
    started = [run.started for site in history.sites for run in (*site.runs, *site.landmarks) if judged(run)]
    return words.date_of(min(started), history.timezone) if started else None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What is known of a time: the history cut to it, whether anything was judged, and whether details of its last runs are there."""

    history: History
    judged: bool
    detailed: bool


def between(history: History, first: date, last: date) -> Picture:
    """The runs of some days. Issues, ledgers and notes tell of the newest run of all only, and stand where that is one of them."""
    zone = history.timezone
    sites, detailed = [], True
    for site in history.sites:
        runs = tuple(run for run in (*site.runs, *site.landmarks) if first <= words.date_of(run.started, zone) <= last)
        if runs[:1] == site.runs[:1]:
            sites.append(replace(site, runs=runs, landmarks=()))
            continue
        detailed = detailed and not runs
        sites.append(replace(site, runs=runs, landmarks=(), issues=(), coverage=(), noted={}))
    rounds = tuple(one for one in history.rounds if first <= words.date_of(one.started, zone) <= last)
    found = any(judged(run) for site in sites for run in site.runs)
    retests = tuple(one for one in history.retests if first <= words.date_of(one.started, zone) <= last)
    return Picture(history=replace(history, sites=tuple(sites), rounds=rounds, retests=retests), judged=found, detailed=detailed)


# ---------------------------------------------------------------------------------------------- rows


@dataclass(frozen=True, kw_only=True)
class _Table:
    history: History
    plan: Plan
    review: Review
    now: Picture
    base: Picture | None
    first: date | None

    def rows(self, goal: Goal) -> Iterator[Row]:
        """A row for each indicator, and one for what people report of the goal itself."""
        for id in goal.indicators:
            found = self.found(id, goal, self.now)
            row = self.row(goal, id, definitions()[id].name, definitions()[id].source)
            yield replace(
                row, current=self.current(id, found), counties=self.counties(id, goal, found), looked=found is not None,
                untested=found.left if found else NONE,
            )  # fmt: skip
        row = self.row(goal, goal.id, progress(), Source.HUMAN)
        lead = goal.lead or say("由市政府残工委明确单位", "the working committee on disability of the city government names who")
        awaited = f"{no_data()}{say('：待填报', ': to be reported')}{aside(lead)}"
        yield replace(row, current=_in_a_row(self.told(goal.id)) or awaited)

    def row(self, goal: Goal, about: str, name: str, source: Source) -> Row:
        """What does not depend on audits."""
        reports = self.reports(about)
        return Row(
            goal=goal, indicator=name, attribute=self.attribute(goal), baseline=self.baseline(about, goal), target=self.target(goal, about),
            current="", counties=self.reported_counties(about), untested=NONE, looked=False,
            source=listed([SOURCE[one] for one in ((source, Source.HUMAN) if reports and source is not Source.HUMAN else (source,))]),
            evidence=tuple(dict.fromkeys(one.evidence for one in (*self.bases(about), *reports))),
        )  # fmt: skip

    def found(self, id: str, goal: Goal, picture: Picture | None) -> Counted | None:
        """What audits of that time say; None where they cannot."""
        if picture is None or not picture.judged:
            return None
        return counted(picture.history, id, sites_of(goal, picture.history.sites), detailed=picture.detailed)

    def current(self, id: str, found: Counted | None) -> str:
        """What audits give and what people have reported, or who has to."""
        reports = self.told(id)
        if id not in indicators.COUNTS:
            return _in_a_row(reports) or f"{no_data()}{say('：', ': ')}{indicators.waiting(id)}"
        still = [] if reports or definitions()[id].source is Source.AUTOMATIC else [indicators.waiting(id)]
        return _in_a_row([self.audited(id, found), *reports, *still])

    def audited(self, id: str, found: Counted | None) -> str:
        """The value of now, as far as audits give it."""
        if found is not None:
            return found.sentence
        if self.now.judged and id in indicators.COUNTS:
            return not_kept()
        return not_in_period() if over(self.history, self.plan) else no_data()

    def baseline(self, about: str, goal: Goal) -> str:
        """What people report of a time before the plan, else what the first audits of all found, with their year."""
        if reports := [one for one in self.bases(about) if one.region is None]:
            return _in_a_row([self.report(one) for one in reports])
        if about not in indicators.COUNTS or self.first is None:
            return NONE
        found = self.found(about, goal, self.base)
        told = found.sentence if found else not_kept()
        return say(f"基线（{self.first.year}）：{told}", f"baseline ({self.first.year}): {told}")

    def counties(self, id: str, goal: Goal, found: Counted | None) -> tuple[tuple[str, str], ...]:
        """Every county's value by audits, each followed by what was reported of it."""
        reported = dict(self.reported_counties(id))
        if found is None or By.COUNTY not in definitions()[id].by:
            return tuple(reported.items())
        values = []
        for place in counties(self.now.history, sites_of(goal, self.now.history.sites)):
            one = counted(self.now.history, id, place.sites, detailed=self.now.detailed)
            values.append((place.name, _in_a_row([one.value if one else no_data(), reported.get(place.name, "")])))
        return tuple(values)

    def reported_counties(self, about: str) -> tuple[tuple[str, str], ...]:
        """What was reported of regions, in their order."""
        newest = {one.region: self.report(one) for one in self.reports(about) if one.region is not None}
        return tuple((place.name, newest[place.id]) for place in counties(self.history, ()) if place.id in newest)

    def told(self, about: str) -> list[str]:
        """The newest report on the whole city, if there is one."""
        return [self.report(one) for one in self.reports(about) if one.region is None][-1:]

    def reports(self, about: str) -> list[Reported]:
        """What was reported of the time that the review speaks of, oldest first."""
        found = [one for one in self.plan.reported if one.about == about and self.plan.period[0] <= one.period[0]]
        return sorted((one for one in found if one.period[1] <= self.review.last), key=lambda one: (one.period[1], one.date))

    def bases(self, about: str) -> list[Reported]:
        """What was reported of a time before the plan."""
        return [one for one in self.plan.reported if one.about == about and one.period[1] < self.plan.period[0]]

    def report(self, one: Reported) -> str:
        """A report with who made it and the time it speaks of."""
        value = f"{one.value:.12g} {one.unit}" if one.value is not None else ""
        since, until = (words.day(day, self.history.timezone) for day in one.period)
        when = words.day(one.date, self.history.timezone)
        what = joined([part for part in (value, one.said.strip()) if part])
        return say(f"{what}（{since}至{until}，{one.by} {when}填报）", f"{what} ({since} to {until}, reported by {one.by} on {when})")

    def attribute(self, goal: Goal) -> str:
        """What 残联 has set, with the document; NONE where nothing is set."""
        if goal.attribute is Attribute.NONE or goal.ruling is None:
            return NONE
        when = words.day(goal.ruling.date, self.history.timezone)
        by, document, what = goal.ruling.by, goal.ruling.document, ATTRIBUTE[goal.attribute]
        return say(f"{what}（{by}{when}设定，{document}）", f"{what} (set by {by} on {when}, {document})")

    def target(self, goal: Goal, about: str) -> str:
        """What a document sets for the main indicator, or for what people report where there is none; NONE elsewhere."""
        return target(goal, self.history.timezone) or NONE if about == (goal.indicator or goal.id) else NONE


def _in_a_row(parts: Sequence[str]) -> str:
    return say("；", "; ").join(part for part in parts if part)
