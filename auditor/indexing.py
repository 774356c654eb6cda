"""What is kept of the index with a run: the index, why it is not the one before, and what changes of the rules have to do with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from auditor.bridging import bridged, explained
from auditor.core_index import core_index
from auditor.model import Bridge, CoreIndex, Issue, Move, Rule, Run, Score
from auditor.moves import Night, moved
from auditor.run_score import excused, score
from auditor.scoring import that_count
from auditor.store import Store
from auditor.upgrades import Upgrade
from checks import judge
from checks.criteria import criteria

RUNS_BEFORE = 30  # among which one with an index is looked for, to compare with


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """The index of a run and what is told with it; all None where it has none."""

    score: Score | None = None
    move: Move | None = None  #: None: there is nothing to compare with
    bridge: Bridge | None = None
    core: CoreIndex | None = None


def indexed(store: Store, run: Run, issues: Iterable[Issue], today: date, *, change: Upgrade | None, again: Night | None) -> Indexed:
    """The index of a run that is not stored yet, without the failures that a person has found to be none.

    `issues`: all of the site, as the run left them. `change`: that the run was judged by other rules than the one before, with `again`,
    what `Upgrade.judged_again` gave; None where that could not be.
    """
    spared = excused(issues, store.decisions(run.site), today)
    index = score(run, judge.counting(), spared)
    before = next((one for one in store.runs(run.site, RUNS_BEFORE, brief=True) if one.score is not None), None)
    if index is None or before is None:
        return Indexed(score=index)
    now = Night(round=run.round, coverage=run.coverage, tallies=run.tallies, asked=frozenset(run.rules))
    then = store.night(run.site, before.round)
    move, bridge = None, None
    if change is not None and again is not None:
        bridge = bridged(run.site, run.round, change.night, again, change.old, change.new, spared)
        move = explained(then, change.night, again, now, change.old, change.new, spared) if bridge else None
    if move is None:
        move = moved(then, now, judge.counting(), spared, old=rules_of(store, before.ruleset_id))
        if move is not None and before.ruleset_id != run.ruleset_id:
            move = replace(move, bridged=False)
    return Indexed(score=index, move=move, bridge=bridge, core=core_index(store, run, before, bridge, judge.counting(), spared))


def rules_of(store: Store, ruleset: str) -> Mapping[str, Rule] | None:
    """The rules of a rule set by which an index was counted; None where they are not known."""
    known = store.ruleset(ruleset)
    return None if known is None else that_count(known, criteria())
