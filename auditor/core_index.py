"""The core index: one series by the rules that no bridged change of the rules has touched, so that nothing has to be converted.

Source: methods.md 2.4, as matched models in price indices. It begins with the first bridge; every further one may leave fewer rules, and
the nights before are then counted again by those that are left. A change that was not bridged ends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from auditor.model import Bridge, CoreIndex, Rule, Run, RunSummary
from auditor.moves import Night
from auditor.run_score import Excused, counted
from auditor.store import Store

NIGHTS = 60
"""The newest nights of which it is kept: as many as reports draw."""


def core_index(
    store: Store, run: Run, before: RunSummary, bridge: Bridge | None, rules: Mapping[str, Rule], spared: Excused
) -> CoreIndex | None:
    """The core index with the night of `run`; None where no change of the rules was bridged, or the newest was not.

    `before`: the newest run with an index; `bridge`: over the change that the run brings, if there is one. To be asked before the run
    is stored. With a bridge the NIGHTS before are counted again: about two seconds for sixty nights of fifty pages.
    """
    known = store.core(run.site)
    tonight = Night(round=run.round, coverage=run.coverage, tallies=run.tallies, asked=frozenset(run.rules))
    if bridge is None:
        if known is None or before.ruleset_id != run.ruleset_id:
            return None
        value = by(known.rules, tonight, rules, spared)
        return None if value is None else CoreIndex(rules=known.rules, values=_newest({**known.values, run.round: value}))
    core = tuple(rule for rule in bridge.core if known is None or rule in known.rules)
    scored = [one for one in store.runs(run.site, 2 * NIGHTS, brief=True) if one.score is not None]
    rounds = linked(scored, {one.round for one in store.bridges(run.site)})[: NIGHTS - 1]
    nights = [*(store.night(run.site, round) for round in reversed(rounds)), tonight]
    values = {night.round: value for night in nights if (value := by(core, night, rules, spared)) is not None}
    return CoreIndex(rules=core, values=values) if run.round in values else None


def by(core: Sequence[str], night: Night, rules: Mapping[str, Rule], spared: Excused) -> float | None:
    """The index of a night by these rules alone; None where none of them applies."""
    only = {rule: rules[rule] for rule in core if rule in rules}
    found = counted(night.coverage, night.tallies, only, asked=night.asked & only.keys(), spared=spared) if only else None
    return found.value if found else None


def linked(runs: Sequence[RunSummary], bridges: set[str]) -> list[str]:
    """The rounds of the newest runs that follow each other under one rule set or over a bridge, newest first; `bridges`: their rounds."""
    if not runs:
        return []
    found = [runs[0].round]
    for later, earlier in pairwise(runs):
        if later.ruleset_id != earlier.ruleset_id and later.round not in bridges:
            break
        found.append(earlier.round)
    return found


def _newest(values: Mapping[str, float]) -> Mapping[str, float]:
    return dict(list(values.items())[-NIGHTS:])
