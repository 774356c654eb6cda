"""Draws issues together into the components that owners repair: a defect in a shared header is one thing to do, not one a page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.decisions import decisions_in_force
from auditor.model import DOCUMENTS, STANDING, Decision, Impact, Issue, IssueState, Level, Outcome, Rule, SiteHistory, Variant, Verdict
from reports import words

IMPACTS = tuple(Impact)
"""Hardest first."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Issues of one rule on one component, with what an owner needs to decide when to repair it."""

    id: str
    site: str
    rule: str
    outcome: Outcome
    impact: Impact  #: the hardest of its issues
    level: Level | None
    state: IssueState
    issues: tuple[Issue, ...]
    pages: tuple[str, ...]  #: addresses, those with most places first
    first_seen: datetime
    changed: datetime
    example: Issue  #: the issue to show: with a picture if any has one
    repaired: int = 0  #: places of the same component that are fixed already
    decision: Decision | None = None  #: the one in force

    @property
    def undecided(self) -> bool:
        """Whether it is for a person to say what it is, and none has confirmed it."""
        return self.outcome is Outcome.CANT_TELL and not (self.decision and self.decision.verdict is Verdict.CONFIRMED)

    @property
    def set_aside(self) -> bool:
        """Whether somebody decided that it need not be repaired."""
        return self.decision is not None and self.decision.verdict is not Verdict.CONFIRMED

    @property
    def document(self) -> bool:
        """Whether it is about documents, not pages."""
        return DOCUMENTS in self.example.engines

    @property
    def anchor(self) -> str:
        """The id of its place in the report; undecided places of a component stand apart from failed ones."""
        return f"{'q' if self.outcome is Outcome.CANT_TELL else 'g'}-{self.id[:16]}"


@dataclass(frozen=True, kw_only=True)
class Board:
    """All groups of a site, sorted by what is to be done with them. Those in documents that stand undecided are apart."""

    to_fix: tuple[Group, ...] = ()  #: failed or confirmed by a person, standing, nobody has decided otherwise; most urgent first
    to_judge: tuple[Group, ...] = ()  #: cantTell, standing, undecided
    decided: tuple[Group, ...] = ()  #: standing, with a decision in force that sets it aside
    fixed: tuple[Group, ...] = ()  #: failed or confirmed, nothing of it stands any more and something was fixed; latest first
    documents: tuple[Group, ...] = ()  #: failed or cantTell in documents, standing, nobody has decided otherwise; most urgent first
    ended: int = 0  #: places that went with their page or their rule, which is no repair

    def by_impact(self) -> dict[Impact, int]:
        """Groups to fix by impact; every impact is a key."""
        counts = Counter(group.impact for group in self.to_fix)
        return {impact: counts[impact] for impact in IMPACTS}

    def pages(self) -> int:
        """How many pages carry something to fix."""
        return len({page for group in self.to_fix for page in group.pages})


def board(site: SiteHistory, rules: Mapping[str, Rule], now: datetime, timezone: str) -> Board:
    """The groups of a site, of pages as a visitor first meets them.

    Decisions count until their last day, in the timezone; the latest one on a group holds.
    """
    in_force = decisions_in_force(site.decisions, words.date_of(now, timezone))
    standing, fixed, ended = [], [], 0
    for issues in _components(issue for issue in site.issues if issue.variant is Variant.DESKTOP):
        stands = [issue for issue in issues if issue.state in STANDING]
        gone = [issue for issue in issues if issue.state is IssueState.FIXED]
        ended += (len(issues) - len(stands) - len(gone)) if issues[0].outcome is Outcome.FAILED else 0
        if stands:
            standing.append(_group(stands, rules, in_force, repaired=len(gone)))
        elif gone and not (group := _group(gone, rules, in_force, repaired=len(gone))).undecided:
            fixed.append(group)
    standing.sort(key=urgency)
    waiting = [group for group in standing if not group.set_aside]
    pages = [group for group in waiting if not group.document]
    return Board(
        to_fix=tuple(group for group in pages if not group.undecided),
        to_judge=tuple(group for group in pages if group.undecided),
        documents=_drawn_together([group for group in waiting if group.document]),
        decided=tuple(group for group in standing if group.set_aside),
        fixed=tuple(sorted(fixed, key=lambda group: (-group.changed.timestamp(), urgency(group)))),
        ended=ended,
    )


def urgency(group: Group) -> tuple[int, int, int, datetime, str, str]:
    """Sorts what to fix first: impact, level, number of pages, then what has stood longest."""
    levels: Sequence[Level | None] = (Level.A, Level.AA, Level.AAA, None)
    return (IMPACTS.index(group.impact), levels.index(group.level), -len(group.pages), group.first_seen, group.rule, group.id)


def _components(issues: Iterable[Issue]) -> Iterable[list[Issue]]:
    together: dict[tuple[str, Outcome], list[Issue]] = defaultdict(list)
    for issue in issues:
        together[issue.group, issue.outcome].append(issue)
    return together.values()


def _drawn_together(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Groups in documents, of which each document has its own, as one for every rule and outcome; what is proven comes first."""
    alike: dict[tuple[str, Outcome, bool], list[Group]] = defaultdict(list)
    for group in groups:
        alike[group.rule, group.outcome, group.undecided].append(group)
    drawn = [
        replace(
            each[0],
            impact=min((group.impact for group in each), key=IMPACTS.index),
            state=_state([issue for group in each for issue in group.issues]),
            issues=tuple(issue for group in each for issue in group.issues),
            pages=tuple(sorted((page for group in each for page in group.pages), key=lambda page: (len(page), page))),
            first_seen=min(group.first_seen for group in each),
            changed=max(group.changed for group in each),
            repaired=sum(group.repaired for group in each),
            decision=next((group.decision for group in each if group.decision), None),
        )
        for each in alike.values()
    ]
    return tuple(sorted(drawn, key=lambda group: (group.undecided, urgency(group))))


def _group(issues: Sequence[Issue], rules: Mapping[str, Rule], in_force: Mapping[str, Decision], repaired: int) -> Group:
    rule = rules.get(issues[0].rule)
    places = Counter(issue.page for issue in issues)
    return Group(
        id=issues[0].group,
        site=issues[0].site,
        rule=issues[0].rule,
        outcome=issues[0].outcome,
        impact=min((issue.impact for issue in issues), key=IMPACTS.index),
        level=rule.level if rule else None,
        state=_state(issues),
        issues=tuple(issues),
        pages=tuple(page for page, _ in sorted(places.items(), key=lambda item: (-item[1], len(item[0]), item[0]))),
        first_seen=min(issue.first_seen for issue in issues),
        changed=max(issue.changed for issue in issues),
        example=min(issues, key=_showable),
        repaired=repaired,
        decision=in_force.get(issues[0].group),
    )


def _state(issues: Sequence[Issue]) -> IssueState:
    """One word for the group: what came back is said first; new only if all of it is new; not observed only if nothing was."""
    states = {issue.state for issue in issues}
    if IssueState.REOPENED in states:
        return IssueState.REOPENED
    if len(states) == 1:
        return states.pop()
    return IssueState.OPEN


def _showable(issue: Issue) -> tuple[bool, bool, int, str, str]:
    return (not issue.picture, issue.state is IssueState.NOT_OBSERVED, IMPACTS.index(issue.impact), issue.page, issue.id)
