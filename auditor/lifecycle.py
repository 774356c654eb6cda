"""Follows barriers from night to night: a run's findings meet the issues known so far, and only evidence closes one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from auditor.identity import FRAME_STEP, IDENTITY_VERSION, fingerprint, outer_steps, renewed, stable_steps
from auditor.matching import Spot, match, spots_of
from auditor.model import (
    DOCUMENTS,
    NEVER_TRIED,
    SEEN,
    STANDING,
    Coverage,
    Issue,
    IssueState,
    Outcome,
    Run,
    Span,
    State,
    Variant,
)

NO_PAGE_ANY_MORE = frozenset({State.GONE, State.REDIRECTED_OUT, State.NOT_HTML})
"""States that prove that no page of this site stands at the address any more, so that its barriers went with it."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What a run did to the issues of its site: failed barriers of pages in the variant desktop; documents and other variants are apart."""

    new: int = 0  #: first seen in this run, under a rule that was asked before
    new_rule: int = 0  #: first seen as their rule was first asked: no regression, they may have stood for long
    open: int = 0  #: standing after this run, the first seen and those that could not be looked at included
    fixed: int = 0  #: proven absent in this run (page-gone and rule-retired do not count)
    reopened: int = 0  #: back again after they had been closed


class Advance(NamedTuple):
    """The outcome of `advance`: what there is to write, and what there is to tell."""

    changed: tuple[Issue, ...]
    counts: Counts


def advance(
    issues: Iterable[Issue],
    run: Run,
    *,
    catalogue: Collection[str],
    askers: Mapping[str, Collection[str]] | None = None,
    asked_before: Collection[str] = (),
) -> Advance:
    """The issues of a site after one more run.

    `issues` are all issues of the site, closed ones too. `catalogue` holds the ids of the rules that exist today, `askers`
    (optional) the engines that ask each rule today. `asked_before` holds the rules that any run of the site asked before (none: it
    is the first run, or nobody knows); what is first seen under another rule is new-rule, not new. `Advance.changed` holds exactly
    the issues that differ from those given, in the order given, and then the new ones; an issue that stands as it stood is not
    among them, and the same run given twice changes nothing the second time.

    An issue that is found again with another outcome keeps the old one as long as an engine that had a say in it is silent.

    Which finding is which issue: `auditor.matching.match`.

    An issue that was not found stays, unless
    - its rule left the catalogue: rule-retired;
    - nothing is there any more (gone, redirected out of the site, not HTML): page-gone. A redirect out and a document that
      is no page are visited addresses with an answer, so the page is as gone as with a 404;
    - its page was audited in this run, the rule was asked there, and an engine that found it answered: fixed. Whether the
      run as a whole was withheld does not matter: the evidence is that of the page.
    A barrier in a document is followed by the same evidence, but the document is not-html all the time: it is fixed when the
    document was read (`documents` is among the engines of its entry), and left alone while it is not among those that are fetched.
    It becomes not-observed when its page was tried but not judged, or no engine that could have found it answered (there,
    or in its frame). It is left alone when the page was not tried, is not in the ledger, or the rule was not asked (a smaller profile).
    A reused page without findings and tallies in the run is one whose old judgement was carried over: its issues are
    confirmed as they stand, and nothing is closed. A duplicate's issues are page-gone when the address that stands for it
    carries the same group, since they are counted there; otherwise nobody looked for them, and they are not-observed.

    `Span.last` is the round that proved the absence: the end is exclusive. Times are those of the start of the run.
    """
    given = tuple(issues)
    night = _Night(run, frozenset(catalogue), askers)
    known = renewed(given)
    seen, fresh = match(known, night.spots)
    after = [_advanced(issue, seen.get(issue.id), night) for issue in known]
    new = tuple(_new_issue(spot, run, asked_before) for spot in fresh)
    changed = tuple(now for before, now in zip(given, after, strict=True) if now != before) + new
    return Advance(changed=changed, counts=_counts(given, after, new))


def _counts(before: Sequence[Issue], after: Sequence[Issue], new: Sequence[Issue]) -> Counts:
    """Of the barriers that count: those of pages as a visitor first meets them."""
    failed = [(was.state, now.state) for was, now in zip(before, after, strict=True) if _counts_for(now)]
    fresh = [issue.state for issue in new if _counts_for(issue)]
    return Counts(
        new=fresh.count(IssueState.NEW),
        new_rule=fresh.count(IssueState.NEW_RULE),
        open=len(fresh) + sum(now in STANDING for _, now in failed),
        fixed=sum(was is not now and now is IssueState.FIXED for was, now in failed),
        reopened=sum(was not in STANDING and now is IssueState.REOPENED for was, now in failed),
    )


def _counts_for(issue: Issue) -> bool:
    return issue.outcome is Outcome.FAILED and issue.variant is Variant.DESKTOP and DOCUMENTS not in issue.engines


# ---------------------------------------------------------------------------------------------- what a run proves


class _Night:
    """One run, asked about the issues it did not find."""

    def __init__(self, run: Run, catalogue: Collection[str], askers: Mapping[str, Collection[str]] | None) -> None:
        self.run = run
        self.spots = spots_of(run)
        self.catalogue = catalogue
        self.rules = frozenset(run.rules)
        self.askers = askers or {}
        self.ledger: dict[tuple[str, Variant], Coverage] = {(entry.url, entry.variant): entry for entry in run.coverage}

    @cached_property
    def judged_anew(self) -> frozenset[tuple[str, Variant]]:
        """Pages with findings or tallies in this run."""
        told = [(finding.page, finding.variant) for finding in self.run.findings]
        return frozenset(told + [(tally.page, tally.variant) for tally in self.run.tallies])

    @cached_property
    def carried(self) -> frozenset[tuple[str, Variant, str]]:
        """Page, variant and group of everything found."""
        return frozenset((spot.page, spot.variant, spot.group) for spot in self.spots)

    @cached_property
    def by_digest(self) -> Mapping[tuple[str, Variant], tuple[str, ...]]:
        found: dict[tuple[str, Variant], tuple[str, ...]] = defaultdict(tuple)
        for entry in self.run.coverage:
            if entry.digest and entry.state in SEEN:
                found[entry.digest, entry.variant] += (entry.url,)
        return found

    def verdict(self, issue: Issue) -> IssueState | None:
        """The state an issue takes that was not found; None leaves it alone."""
        if issue.rule not in self.catalogue:
            return IssueState.RULE_RETIRED
        entry = self.ledger.get((issue.page, issue.variant))
        if entry is None or entry.state in NEVER_TRIED:
            return None
        if DOCUMENTS in issue.engines:
            return self._verdict_on_document(issue, entry)
        if entry.state in NO_PAGE_ANY_MORE:
            return IssueState.PAGE_GONE
        if issue.rule not in self.rules:
            return None
        if entry.state is State.DUPLICATE and self._stands_elsewhere(issue, entry):
            return IssueState.PAGE_GONE
        if entry.state not in SEEN:
            return IssueState.NOT_OBSERVED
        if entry.state is State.REUSED and (issue.page, issue.variant) not in self.judged_anew:
            return IssueState.OPEN
        return IssueState.FIXED if self._answered(issue, entry) and not _in_silent_frame(issue, entry) else IssueState.NOT_OBSERVED

    def _verdict_on_document(self, issue: Issue, entry: Coverage) -> IssueState | None:
        """The same for a barrier in a document, which is `not-html` whether it was read or not: only reading it closes the issue."""
        if entry.state is not State.NOT_HTML:
            gone = entry.state in SEEN or entry.state in NO_PAGE_ANY_MORE
            return IssueState.PAGE_GONE if gone else IssueState.NOT_OBSERVED
        if issue.rule not in self.rules:
            return None
        if DOCUMENTS in entry.engines:
            return IssueState.FIXED
        return IssueState.NOT_OBSERVED if entry.final_url else None  # without an answer it was not among those that were fetched

    def _answered(self, issue: Issue, entry: Coverage) -> bool:
        """Whether an engine answered on the page that found this issue before and still has the rule, or has it now."""
        able: Collection[str] = issue.engines
        if today := self.askers.get(issue.rule):
            able = set(issue.engines) & set(today) or today
        return not set(able).isdisjoint(entry.engines)

    def half_heard(self, issue: Issue, spot: Spot) -> bool:
        """Whether tonight's other outcome is but the word of some of those who spoke of it before, as another did not answer."""
        if issue.outcome is spot.finding.outcome or issue.rule not in self.rules:
            return False
        entry = self.ledger.get((spot.page, spot.variant))
        heard = set(entry.engines) if entry else set[str]()
        able = set(issue.engines) & set(self.askers.get(issue.rule, issue.engines))
        return bool(able - heard)

    def _stands_elsewhere(self, issue: Issue, entry: Coverage) -> bool:
        others = {entry.final_url, *self.by_digest.get((entry.digest, issue.variant), ())} - {"", issue.page}
        return any((url, issue.variant, issue.group) in self.carried for url in others)


def _in_silent_frame(issue: Issue, entry: Coverage) -> bool:
    """Whether the element was seen in a frame of the page that gave no answer this time."""
    inside = stable_steps(outer_steps(issue.element.selector))
    silent = (stable_steps(frame.split(FRAME_STEP)) for frame in entry.silent_frames)
    return any(inside[: len(steps)] == steps for steps in silent)


# ---------------------------------------------------------------------------------------------- one issue, one night


def _advanced(issue: Issue, spot: Spot | None, night: _Night) -> Issue:
    if spot is not None:
        return _seen_again(issue if night.half_heard(issue, spot) else _with_evidence(issue, spot), night.run)
    if issue.state not in STANDING:
        return issue
    verdict = night.verdict(issue)
    if verdict is IssueState.OPEN:
        return _seen_again(issue, night.run)
    if verdict is None or verdict is issue.state:
        return issue
    spans = issue.spans
    if verdict not in STANDING:
        spans = (*spans[:-1], replace(spans[-1], last=night.run.round))
    return replace(issue, state=verdict, changed=night.run.started, spans=spans)


def _seen_again(issue: Issue, run: Run) -> Issue:
    if issue.state not in STANDING:
        spans = (*issue.spans, Span(first=run.round))
        return replace(issue, state=IssueState.REOPENED, changed=run.started, spans=spans)
    if issue.state is IssueState.OPEN or (issue.spans[-1].first == run.round and issue.state is not IssueState.NOT_OBSERVED):
        return issue
    return replace(issue, state=IssueState.OPEN, changed=run.started)


def _with_evidence(issue: Issue, spot: Spot) -> Issue:
    """The issue with tonight's evidence where that tells something new. A box or path that moved does not, but the paths of equals.

    Evidence is of one moment (element, message and picture belong together), so it is taken as a whole or not at all.
    """
    finding = spot.finding
    same = (
        (issue.instance, issue.group, issue.element.snippet, issue.outcome, issue.impact)
        == (spot.instance, spot.group, finding.element.snippet, finding.outcome, finding.impact)
        and (spot.alone or issue.element.xpath == finding.element.xpath)
        and (issue.picture or not finding.picture)
        and (issue.scene or not finding.scene)
        and not set(issue.engines).isdisjoint(finding.engines)
        and (DOCUMENTS not in finding.engines or issue.message == finding.message)  # the message says where in the document it is
    )
    if same:
        return issue
    return replace(
        issue,
        group=spot.group,
        instance=spot.instance,
        outcome=finding.outcome,
        impact=finding.impact,
        criteria=finding.criteria,
        element=finding.element,
        message=finding.message,
        engines=finding.engines,
        picture=finding.picture or (issue.picture if issue.instance == spot.instance else ""),
        scene=finding.scene,
        caption=finding.caption,
        identity_version=IDENTITY_VERSION,
    )


def _new_issue(spot: Spot, run: Run, asked_before: Collection[str]) -> Issue:
    finding = spot.finding
    return Issue(
        id=fingerprint(run.site, spot.page, spot.variant, spot.rule, spot.instance, run.round),
        site=run.site,
        rule=spot.rule,
        page=spot.page,
        variant=spot.variant,
        group=spot.group,
        instance=spot.instance,
        state=IssueState.NEW if not asked_before or spot.rule in asked_before else IssueState.NEW_RULE,
        outcome=finding.outcome,
        impact=finding.impact,
        criteria=finding.criteria,
        element=finding.element,
        message=finding.message,
        engines=finding.engines,
        picture=finding.picture,
        scene=finding.scene,
        caption=finding.caption,
        first_seen=run.started,
        changed=run.started,
        spans=(Span(first=run.round),),
        identity_version=IDENTITY_VERSION,
    )
