"""Answers why the index of a site moved between any two of its runs: by what was kept with the run, else counted anew."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.model import Move, Rule
from auditor.moves import moved
from auditor.store import Store, StoreError


def explained(store: Store, site: str, rules: Mapping[str, Rule], *, since: str | None = None, until: str | None = None) -> Move | None:
    """By default the newest run with an index and the one before; None where there are no two such runs.

    For other pairs it is counted without decisions of people and with today's templates. `rules`: those that count
    (`scoring.that_count`). StoreError where a round is named in which the site has no index, or the site has no run at all.
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
    run = store.run_of(site, second)
    kept = run.move if run else None
    return kept if kept and kept.since == first else moved(store.night(site, first), store.night(site, second), rules)
