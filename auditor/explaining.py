"""Answers why the index of a site moved between any two of its runs: by what was kept with the runs, else counted anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from auditor.indexing import rules_of
from auditor.model import Move, Rule, RunSummary
from auditor.moves import joined, moved
from auditor.store import Store, StoreError


def explained(store: Store, site: str, rules: Mapping[str, Rule], *, since: str | None = None, until: str | None = None) -> Move | None:
    """By default the newest run with an index and the one before; None where there are no two such runs.

    For other pairs it is counted anew, without decisions of people and with today's templates; what that changes is a part of its own.
    Where changes of the rules lie between them that were all bridged, it is split at each of them, and the parts are added up.
    `rules`: those that count (`scoring.that_count`). StoreError where a round is named in which the site has no index, where `since` is
    not before `until`, or where the site has no run at all.
    """
    runs = store.runs(site, brief=True)
    if not runs:
        raise StoreError(f"数据库中没有网站 {site} 的检测。")
    scored = {run.round: run for run in runs if run.score is not None}
    for round in filter(None, (since, until)):
        if round not in scored:
            raise StoreError(f"网站 {site} 在轮次 {round} 没有无障碍指数。")
    rounds = list(scored)
    second = until or next(iter(rounds), None)
    first = since or (next(iter(rounds[rounds.index(second) + 1 :]), None) if second else None)
    if not first or not second:
        return None
    if rounds.index(first) <= rounds.index(second):
        raise StoreError(f"轮次 {first} 不早于 {second}，请把较早的一次写在 --from。")
    between = [scored[round] for round in reversed(rounds[rounds.index(second) : rounds.index(first) + 1])]
    kept = _kept(store, scored[second])
    return kept if kept and kept.since == first else _anew(store, between, rules)


def _anew(store: Store, runs: Sequence[RunSummary], rules: Mapping[str, Rule]) -> Move | None:
    """From the first of the runs, in order of time, to the last."""
    first, last = runs[0], runs[-1]
    whole = moved(
        store.night(first.site, first.round), store.night(last.site, last.round), rules, old=rules_of(store, first.ruleset_id)
    )
    changes = [(one, other) for one, other in pairwise(runs) if one.ruleset_id != other.ruleset_id]
    if whole is None or not changes:
        return whole
    steps = _steps(store, runs, changes, rules)
    return replace(whole, bridged=False) if steps is None else replace(joined(steps), pages=whole.pages, paired=None, bridged=True)


def _steps(
    store: Store, runs: Sequence[RunSummary], changes: Sequence[tuple[RunSummary, RunSummary]], rules: Mapping[str, Rule]
) -> list[Move] | None:
    """The moves inside each rule set and over each change between them; None where one of the changes was not bridged."""
    bridges = {bridge.round for bridge in store.bridges(runs[0].site)}
    ends = [*(one for change in changes for one in change), runs[-1]]
    steps: list[Move | None] = []
    for start, end in pairwise([runs[0], *ends]):
        if start.ruleset_id != end.ruleset_id:
            over = _kept(store, end) if end.round in bridges else None
            steps.append(over if over and over.since == start.round else None)
        elif start.round != end.round:
            known = rules_of(store, start.ruleset_id) or rules
            steps.append(moved(store.night(start.site, start.round), store.night(end.site, end.round), known))
    return None if any(step is None for step in steps) else [step for step in steps if step is not None]


def _kept(store: Store, run: RunSummary) -> Move | None:
    """The move that was kept with a run, of which only the brief summary was read."""
    whole = store.run_of(run.site, run.round)
    return whole.move if whole else None
