"""The made-up year of the history bench leaves in the store what nights leave behind that are computed in full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

import reports
from auditor.demo.city import targets_text
from auditor.lifecycle import advance
from auditor.model import Element, History, IssueState, Move, SiteHistory, State
from auditor.moves import Night, moved
from auditor.publish import publish, read_history, read_site
from auditor.run_score import score
from auditor.store import Store
from auditor.targets import loads
from bench import made_nights
from bench.timed_store import timed_store
from checks import judge
from reports import heads, open_data
from reports.grouping import board

NIGHTS, SITES, PAGES = 9, 12, 6


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    """The same nights: made by the bench, and each computed in full from what the store holds."""
    folder = tmp_path_factory.mktemp("nights")
    with pytest.MonkeyPatch.context() as patch, Store.open(folder / "made.db") as made, Store.open(folder / "full.db") as full:
        patch.setattr(made_nights, "CHANGE", 0.25)
        patch.setattr(made_nights, "TIMEOUT", 0.15)
        made_nights.store_nights(made, made_nights.made_sites(SITES, PAGES), NIGHTS)
        _in_full(full)
        yield made, full


def _in_full(store: Store) -> None:
    sites = made_nights.made_sites(SITES, PAGES)
    lives = {id(site.life): site.life for site in sites}
    store.register([site.target.site for site in sites], made_nights.FIRST)
    for number in range(NIGHTS):
        now = made_nights.FIRST + timedelta(days=number)
        name = now.strftime("%Y%m%d-%H%M%S")
        store.begin_round(name, now, "schedule")
        for life in lives.values():
            life.night(number == 0)
        for site in sites:
            run = site.run(name, now)
            run = replace(run, tallies=tuple(one for page in range(PAGES) for one in site.tallies[page]))
            before = store.runs(run.site, 1)
            known, asked = store.issues(run.site), store.asked_before(run.site, name)
            changed, counts = advance(known, run, catalogue=frozenset(judge.rules()), asked_before=asked)
            tonight = Night(round=name, coverage=run.coverage, tallies=run.tallies, asked=frozenset(run.rules))
            move = moved(store.night(run.site, before[0].round), tonight, judge.counting()) if before else None
            store.save(run, changed, counts, score(run, judge.counting()), move)
        store.end_round(name, now + timedelta(hours=1))


def _figures(move: Move) -> dict[str, float]:
    return {"before": move.before, "after": move.after, **{cause.value: part for cause, part in move.parts.items()}}


def test_made_nights_are_stored_as_real_ones(stores: tuple[Store, Store]) -> None:
    made, full = stores
    states, moves = set(), 0
    for number in range(SITES):
        site = f"s{number:04}"
        issues, runs = made.issues(site), made.runs(site)
        assert {issue.id: issue for issue in issues} == {issue.id: issue for issue in full.issues(site)}
        assert len(runs) == NIGHTS and [replace(run, move=None) for run in runs] == [replace(run, move=None) for run in full.runs(site)]
        for run, other in zip(runs, full.runs(site), strict=True):
            assert (run.move is None) == (other.move is None)
            if run.move and other.move:
                assert _figures(run.move) == pytest.approx(_figures(other.move), abs=1e-9)  # added up in another order
                assert (run.move.since, run.move.pages, run.move.rules) == (other.move.since, other.move.pages, other.move.rules)
        assert tuple(made.ledger(site)) == tuple(full.ledger(site)) and made.tallies(site) == full.tallies(site)
        states |= {issue.state for issue in issues}
        moves += sum(any(run.move.parts.values()) for run in runs if run.move)
    assert states >= {IssueState.OPEN, IssueState.NEW, IssueState.FIXED, IssueState.NOT_OBSERVED} and moves > SITES


def test_a_move_begins_at_the_index_of_the_run_before_though_pages_timed_out(stores: tuple[Store, Store]) -> None:
    """What the store still knows of a page that did not answer is of an earlier night: it moves no index."""
    _, full = stores
    told = 0
    for number in range(SITES):
        runs = full.runs(f"s{number:04}")
        for run, before in pairwise(runs):
            assert run.move and before.score and run.move.before == pytest.approx(before.score.value, abs=1e-9)
            told += before.coverage.get(State.TIMEOUT, 0)
    assert told > SITES


def test_sites_of_one_life_have_the_same_index_and_their_own_issues(stores: tuple[Store, Store]) -> None:
    made, _ = stores
    first, other = (made.runs(site) for site in ("s0000", f"s{made_nights.LIVES:04}"))
    assert [run.score for run in first] == [run.score for run in other]
    assert {issue.id for issue in made.issues("s0000")}.isdisjoint(issue.id for issue in made.issues(f"s{made_nights.LIVES:04}"))


def test_a_report_is_written_from_a_brief_history_and_one_site_after_the_other(stores: tuple[Store, Store], tmp_path: Path) -> None:
    made, _ = stores
    base = loads(targets_text(80))
    watch = replace(base, targets=tuple(site.target for site in made_nights.made_sites(SITES, PAGES)))
    whole = read_history(watch, made)
    brief = replace(read_history(watch, made, brief=True), now=whole.now)
    assert dict(reports.of_all_sites(brief)) == dict(reports.of_all_sites(whole))
    for target, site, short in zip(watch.targets, whole.sites, brief.sites, strict=True):
        assert _shown(brief, short) == _shown(whole, site)
        alone = read_site(brief, watch, made, target)
        assert dict(reports.of_single_sites(alone)) == dict(reports.of_single_sites(replace(whole, sites=(site,))))
    publish(watch, made, tmp_path)
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {path for path, _ in reports.render(whole)} | {heads.work_list(site) for site in whole.sites} | set(open_data.PATHS)


def _shown(history: History, site: SiteHistory) -> list[tuple[str, str, Element]]:
    found = board(site, history.rules, history.now, history.timezone)
    return [(group.anchor, group.example.id, group.example.element) for group in (*found.to_fix, *found.to_judge, *found.fixed)]


def test_every_statement_of_a_store_is_counted_and_its_answer_is_the_same(stores: tuple[Store, Store]) -> None:
    made, _ = stores
    with timed_store(made.path) as (store, asked):
        assert [store.issues(f"s{number:04}") for number in range(SITES)] == [made.issues(f"s{number:04}") for number in range(SITES)]
        (told,) = (one for sql, one in asked.items() if sql.startswith("SELECT i.no, i.id"))
        assert told.times == SITES and told.slowest > 0
        assert told.rows in {len(made.issues(f"s{number:04}")) for number in range(SITES)}
