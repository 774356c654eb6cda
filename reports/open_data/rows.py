"""Goes through a brief history row by row for the open data: one generator for each file, which holds one site at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from auditor.language import say
from auditor.linking import Linked
from auditor.model import Conformance, Goal, History, Impact, Plan, Rule, Score, Site, SiteHistory
from auditor.scoring import ranks
from auditor.trends import Point
from reports import changes, indicators, reviews, rollups, scores, tendencies, words
from reports.changes import Change
from reports.definitions import By, Definition, definitions
from reports.grouping import board
from reports.indicators import Counted, counted
from reports.places import counties, departments
from reports.platforms import platform_of
from reports.rollups import Group
from reports.runs import judged, known, newest, pages_judged, unconfirmed

THINGS = {"site": "站点", "group": "问题组", "complaint": "投诉举报", "document": "文档"}
"""English noun of what an indicator counts -> the Chinese one."""


@dataclass(frozen=True)
class Gathered:
    """A history with what several files need of it, each worked out once."""

    history: History

    @cached_property
    def ranks(self) -> Mapping[str, tuple[int, int]]:
        """Site -> the best and the worst rank that its interval allows."""
        return ranks(scores.comparable(rollups.watched(self.history)))


@dataclass(frozen=True, kw_only=True)
class SiteRow:
    """A site as its newest night left it."""

    site: Site
    region: str
    platform: str
    state: str
    day: date | None
    score: Score | None
    rank: tuple[int, int] | None
    pages: int | None
    known: int | None
    drawn: str
    counts: Mapping[Impact, int] | None
    ruleset: str

    def groups(self, impact: Impact) -> int | None:
        """Groups to repair of an impact; None where nothing was judged."""
        return None if self.counts is None else self.counts[impact]


def sites(told: Gathered) -> Iterator[SiteRow]:
    """All sites that are watched, in the order of targets.yml."""
    history = told.history
    regions = {region.id: region.name for region in history.regions}
    for one in history.sites:
        site, last, family = one.target.site, newest(one), platform_of(one)
        sound = judged(last)
        score = last.score if last and sound else None
        yield SiteRow(
            site=site, region=regions.get(site.region, ""), platform=family.platform if family else "", state=_state(one),
            day=words.date_of(last.started, history.timezone) if last else None, score=score, rank=told.ranks.get(site.id),
            pages=pages_judged(last) if last else None, known=known(last) if last else None, drawn=_drawn(score),
            counts=board(one, history.rules, history.now, history.timezone).by_impact() if sound else None,
            ruleset=last.ruleset_id if last else "",
        )  # fmt: skip


def _state(site: SiteHistory) -> str:
    if not site.target.enabled:
        return "off"
    if unconfirmed(site):
        return "waiting"
    last = newest(site)
    return last.state.value if last else "none"


def _drawn(score: Score | None) -> str:
    if score is None:
        return ""
    return "all" if score.pages >= score.population else "yes" if score.sample is not None else "no"


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """How far a site meets a criterion."""

    site: Site
    criterion: str
    met: Conformance


def conformance(told: Gathered) -> Iterator[Criterion]:
    """Every site with every criterion that applies on it."""
    for one in told.history.sites:
        last = newest(one)
        if last and judged(last) and last.score:
            for number in sorted(last.score.criteria, key=lambda number: [int(part) for part in number.split(".")]):
                yield Criterion(site=one.target.site, criterion=number, met=last.score.criteria[number])


@dataclass(frozen=True, kw_only=True)
class Night:
    """The index of a site on one day."""

    site: Site
    day: date
    score: Score
    linked: Point | None
    ruleset: str
    mark: str


def index(told: Gathered) -> Iterator[Night]:
    """Every site with every day on which it has an index."""
    history = told.history
    for one in history.sites:
        linked = tendencies.series(history, one)
        comparable = {point.day: point for point in linked.comparable}
        nights = {
            words.date_of(run.started, history.timezone): (run.score, run.ruleset_id)
            for run in reversed(one.runs)
            if judged(run) and run.score is not None
        }
        for day, (score, ruleset) in nights.items():
            mark = _mark(linked, day)
            yield Night(site=one.target.site, day=day, score=score, linked=comparable.get(day), ruleset=ruleset, mark=mark)


def _mark(linked: Linked, day: date) -> str:
    found = next((one for one in linked.breaks if one.day == day), None)
    return "" if found is None else "linked" if found.linked else "unlinked"


@dataclass(frozen=True, kw_only=True)
class Rollup:
    """A group of sites with its change."""

    group: Group
    moved: Change | None
    sure: bool


def groups(told: Gathered) -> Iterator[Rollup]:
    """The city and every group of sites (`changes.of_groups`)."""
    for group, moved, sure in changes.of_groups(told.history):
        yield Rollup(group=group, moved=moved, sure=sure)


@dataclass(frozen=True, kw_only=True)
class Value:
    """An indicator of a place."""

    known: Definition
    by: str
    id: str
    place: str
    found: Counted | None
    told: str

    @property
    def part(self) -> int | None:
        """None where there is no number."""
        return self.found.part if self.found and self.found.whole else None

    @property
    def whole(self) -> int | None:
        """None where there is no number."""
        return self.found.whole if self.found and self.part is not None else None

    @property
    def share(self) -> bool:
        """Whether part / whole is what the indicator tells."""
        return self.known.share and bool(self.whole) and not (self.found and self.found.items)

    @property
    def untested(self) -> int | None:
        """Things that were not judged."""
        return self.found.untested if self.found else None

    @property
    def things(self) -> str:
        """What is counted."""
        if self.found is None:
            return ""
        return say("项", "item") if self.found.items else say(THINGS[self.found.things], self.found.things)


def indicators_(told: Gathered) -> Iterator[Value]:
    """Every indicator of the city, and of regions and departments where it is told of them."""
    history = told.history
    watched = [site for site in history.sites if site.target.enabled]
    for known_ in definitions().values():
        found = counted(history, known_.id, history.sites)
        told_ = indicators.told(known_.id, found)
        yield Value(known=known_, by="city", id="all", place=say("全市", "The city"), found=found, told=told_)
        if found is None:
            continue
        places = [("region", place) for place in counties(history, watched)] if By.COUNTY in known_.by else []
        places += [("department", place) for place in departments(history, watched)] if By.DEPARTMENT in known_.by else []
        for by, place in places:
            one = counted(history, known_.id, place.sites)
            told_ = one.sentence if one else indicators.no_data()
            yield Value(known=known_, by=by, id=place.id, place=place.name, found=one, told=told_)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A goal with one of its indicators."""

    plan: Plan
    goal: Goal
    indicator: str
    main: bool  #: whether the target is of this indicator
    part: int | None
    whole: int | None
    over: bool


def goals(told: Gathered) -> Iterator[Promise]:
    """Every goal of every plan with each of its indicators; once without, where people report it."""
    history = told.history
    for plan in history.plans:
        for goal in plan.goals:
            for id in goal.indicators or ("",):
                found = counted(history, id, reviews.sites_of(goal, history.sites)) if id else None
                some = found is not None and found.part is not None and found.whole > 0
                yield Promise(
                    plan=plan, goal=goal, indicator=id, main=id == (goal.indicator or ""), part=found.part if found and some else None,
                    whole=found.whole if found and some else None, over=reviews.over(history, plan),
                )  # fmt: skip


@dataclass(kw_only=True)
class Barrier:
    """What stands of a rule on a site."""

    site: Site
    rule: str
    groups: int = 0
    places: int = 0
    addresses: set[str] = field(default_factory=set)
    asked: int = 0

    @property
    def pages(self) -> int:
        """Pages on which something of it is to be repaired."""
        return len(self.addresses)


def barriers(told: Gathered) -> Iterator[Barrier]:
    """Every judged site with every rule of which something stands on its pages."""
    for one in told.history.sites:
        if judged(newest(one)):
            yield from _barriers(told.history, one)


def _barriers(history: History, one: SiteHistory) -> list[Barrier]:
    found: dict[str, Barrier] = {}
    standing = board(one, history.rules, history.now, history.timezone)
    for group in (*standing.to_fix, *standing.to_judge):
        barrier = found.setdefault(group.rule, Barrier(site=one.target.site, rule=group.rule))
        if group.undecided:
            barrier.asked += 1
            continue
        barrier.groups += 1
        barrier.places += len(group.issues)
        barrier.addresses.update(group.pages)
    return sorted(found.values(), key=lambda barrier: barrier.rule)


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """What stands of a rule on all sites."""

    rule: Rule
    sites: int
    groups: int
    pages: int

    @property
    def title(self) -> str:
        """What the rule demands."""
        return say(self.rule.title, self.rule.title_en)

    @property
    def who(self) -> str:
        """Who is shut out."""
        return say(self.rule.who, self.rule.who_en)


def rules(told: Gathered) -> Iterator[Ruled]:
    """Every rule of which something is to be repaired anywhere, in the order of their ids."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for barrier in barriers(told):
        if barrier.groups and barrier.rule in told.history.rules:
            for place, more in enumerate((1, barrier.groups, barrier.pages)):
                counts[barrier.rule][place] += more
    for id, (sites_, groups_, pages) in sorted(counts.items()):
        yield Ruled(rule=told.history.rules[id], sites=sites_, groups=groups_, pages=pages)
