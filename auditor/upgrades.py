"""The first night under other rules: the pages of the last night are judged again, so that the change of the rules can be bridged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from auditor.bridging import RuleSet
from auditor.comparison import FEWEST_PAIRS
from auditor.model import JUDGED, Run, RunSummary, Target
from auditor.moves import Night
from auditor.rejudging import rejudged, same_questions
from auditor.scoring import that_count
from auditor.store import Store
from checks import judge
from checks.criteria import criteria


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """A run under other rules than the run before it, with that night as it was judged then."""

    target: Target
    run: Run
    before: RunSummary
    night: Night  #: with its newest tallies, those that its kept pages have
    old: RuleSet

    @property
    def new(self) -> RuleSet:
        """The rules of the run."""
        return RuleSet(id=self.run.ruleset_id, rules=judge.counting())

    def judged_again(self, blob: Callable[[str], bytes | None]) -> Night:
        """The night before as the rules of today judge its kept pages; `blob` gives them by their digests. Takes seconds to minutes."""
        again = rejudged(self.night.coverage, self.target, self.before.state, blob)
        return replace(self.night, coverage=again.coverage, tallies=again.tallies, asked=again.asked)


def upgrade(store: Store, target: Target, run: Run, recent: int) -> Upgrade | None:
    """The change of rules that a run brings; None where there is none, or kept pages cannot tell what it does.

    They cannot where something else was asked of the pages (`rejudging.same_questions`), where the newest run with an index, among the
    `recent` ones, was not the last to see pages under its rules, or where fewer than `comparison.FEWEST_PAIRS` pages were kept. To be
    asked before the run is stored, as the store names only the newest snapshot of a page.
    """
    if run.state not in JUDGED:
        return None
    runs = store.runs(run.site, recent, brief=True)
    before = next((one for one in runs if one.score is not None), None)
    if before is None or before.ruleset_id == run.ruleset_id or not same_questions(before.versions, run.versions):
        return None
    if run.ruleset_id != judge.ruleset_id(target.level, target.profile):  # takes long, and most nights have the rules of the night before
        return None
    since = runs[: runs.index(before)]
    rules = store.ruleset(before.ruleset_id)
    if rules is None or any(one.ruleset_id not in (before.ruleset_id, "") for one in since):
        return None
    night = replace(store.night(run.site, before.round), tallies=store.tallies(run.site), published=None)
    if sum(bool(entry.snapshot) for entry in night.coverage) < FEWEST_PAIRS:
        return None
    return Upgrade(
        target=target, run=run, before=before, night=night, old=RuleSet(id=before.ruleset_id, rules=that_count(rules, criteria()))
    )
