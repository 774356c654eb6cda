"""Changes of the rules in a row, one not bridged, nights without an index: what is kept of the core index, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from auditor.bridging import RuleSet
from auditor.core_index import NIGHTS, by, linked
from auditor.explaining import explained
from auditor.indexing import Indexed, indexed
from auditor.lifecycle import Counts
from auditor.model import Category, Cause, Move, Run, RunState, RunSummary, Site, Target, Watch
from auditor.moves import Night
from auditor.store import Store
from auditor.upgrades import Upgrade, upgrade
from bench.judged_site import COUNTING, LANGUAGE, PICTURES, START, night, repaired, site, stricter, urls
from bench.judged_site import Site as Pages
from checks import judge
from tests.histories import run

SUBJECT = Site(id="s", name="门户", url=START, category=Category.PORTAL, region="", owner="")
TARGET = Target(site=SUBJECT)
BEGUN = datetime(2026, 11, 1, 18, tzinfo=UTC)
SPEAKS = tuple(sorted(COUNTING))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "auditor.db") as opened:
        opened.register([SUBJECT], BEGUN)
        yield opened


def as_run(number: int, told: Pages, ruleset: str, state: RunState = RunState.AUDITED) -> Run:
    seen = night(f"r{number}", told)
    begun = BEGUN + timedelta(days=number)
    return Run(
        site="s", round=seen.round, started=begun, finished=begun, state=state, coverage=seen.coverage, tallies=seen.tallies,
        rules=SPEAKS, ruleset_id=ruleset,
    )  # fmt: skip


def keep(store: Store, run: Run, again: Pages | None = None) -> Indexed:
    """Store a run as a round does; `again`: the pages of the night before as the new rules judge them, where the rules changed."""
    store.keep_rules(run.ruleset_id, [judge.rules()[rule] for rule in run.rules])
    change = None
    if again is not None:
        before = store.runs("s", 1)[0]
        kept = replace(store.night("s", before.round), published=None)
        change = Upgrade(target=TARGET, run=run, before=before, night=kept, old=RuleSet(id=before.ruleset_id, rules=COUNTING))
    judged_again: Night | None = night(store.runs("s", 1)[0].round, again) if again is not None else None
    found = indexed(store, run, (), BEGUN.date(), change=change, again=judged_again)
    store.begin_round(run.round, run.started, "manual")
    store.save(run, (), Counts(), found.score, found.move, bridge=found.bridge, core=found.core)
    store.end_round(run.round, run.finished)
    return found


def shouting(told: Pages) -> Pages:
    """As a check of languages sees it that fails every page."""
    return {url: {**rules, LANGUAGE: (1, 0)} for url, rules in told.items()}


def two_changes(store: Store) -> Mapping[str, Pages]:
    """Rules a, then b, stricter about contrast, then c, which sees languages otherwise; some pages are repaired along the way."""
    first = site(Random(1))
    mended = repaired(first, urls()[:12])
    for number in range(3):
        keep(store, as_run(number, first, "a"))
    keep(store, as_run(3, stricter(mended, 7), "b"), stricter(first, 7))
    keep(store, as_run(4, stricter(mended, 7), "b"))
    last = shouting(stricter(mended, 7))
    keep(store, as_run(5, last, "c"), last)
    return {"first": first, "mended": mended, "last": last}


def explain(store: Store, since: int, until: int) -> Move:
    found = explained(store, "s", judge.counting(), since=f"r{since}", until=f"r{until}")
    assert found is not None
    assert sum(found.parts.values()) == pytest.approx(found.after - found.before)
    scores = {one.round: one.score.value for one in store.runs("s") if one.score}
    assert (found.before, found.after) == (scores[f"r{since}"], scores[f"r{until}"]), "between the numbers that were published"
    return found


def test_each_change_leaves_fewer_rules_and_the_nights_before_are_counted_again_by_them(store: Store) -> None:
    pages = two_changes(store)
    core = store.core("s")
    assert core is not None and core.rules == (PICTURES,) and list(core.values) == [f"r{number}" for number in range(6)]
    before, after = (by((PICTURES,), night("r", pages[name]), COUNTING, {}) for name in ("first", "mended"))
    assert before is not None and after is not None and after > before + 3
    assert list(core.values.values()) == pytest.approx([before] * 3 + [after] * 3), "it moves by repairs and by no change of the rules"
    history = store.history(watch(), rules={}, criteria={}, now=BEGUN)
    assert history.sites[0].core == core and len(history.sites[0].bridges) == 2


def watch() -> Watch:
    return Watch(targets=(TARGET,))


def test_any_two_nights_over_two_changes_are_split_at_both(store: Store) -> None:
    two_changes(store)
    whole, bridges = explain(store, 0, 5), store.bridges("s")
    assert whole.bridged and whole.parts[Cause.RULES] == pytest.approx(sum(one.shift for one in bridges))
    assert whole.parts[Cause.NEW] == pytest.approx(0) and whole.parts[Cause.REPAIRED] > 1 and whole.pages == 60
    assert dict(whole.rules[Cause.REPAIRED]).keys() == {PICTURES} and whole.paired is None
    assert explain(store, 3, 4).bridged is None and explain(store, 2, 4).bridged is True


def test_a_change_that_was_not_bridged_ends_it_and_is_said_to_be_one(store: Store) -> None:
    pages = two_changes(store)
    found = keep(store, as_run(6, pages["first"], "d"))
    assert found.core is None and store.core("s") is None and found.move is not None and found.move.bridged is False
    assert explain(store, 0, 6).bridged is False and explain(store, 0, 5).bridged is True
    again = shouting(pages["first"])
    later = keep(store, as_run(7, again, "e"), again)
    assert later.core is not None and list(later.core.values) == ["r6", "r7"], "it begins anew, with what can be compared"


def test_a_night_without_an_index_leaves_the_core_index_as_it_was(store: Store) -> None:
    pages = two_changes(store)
    known = store.core("s")
    assert keep(store, as_run(6, pages["last"], "c", RunState.WITHHELD)) == Indexed() and store.core("s") == known
    found = keep(store, as_run(7, pages["last"], "c"))
    assert found.core is not None and known is not None and set(found.core.values) == {*known.values, "r7"}
    assert found.move is not None and found.move.since == "r5" and found.move.bridged is None


def test_the_first_night_has_an_index_and_nothing_to_compare_it_with(store: Store) -> None:
    found = keep(store, as_run(0, site(Random(1)), "a"))
    assert found.score is not None and found == Indexed(score=found.score)
    assert explained(store, "s", judge.counting()) is None


def test_kept_pages_are_asked_for_only_where_they_can_answer(store: Store) -> None:
    """Too few snapshots, or a night in between that saw pages by other rules: no bridge is begun."""
    told = site(Random(1))
    versions = {"axe": "1"}

    def tonight(number: int) -> Run:
        return replace(as_run(number, told, judge.ruleset_id(TARGET.level, TARGET.profile)), versions=versions)

    kept = as_run(0, told, "a")
    keep(store, replace(kept, versions=versions))
    assert upgrade(store, TARGET, tonight(1), 30) is None, "no snapshot was kept"
    shown = tuple(replace(one, snapshot="0" * 64) for one in kept.coverage)
    keep(store, replace(as_run(1, told, "a"), versions=versions, coverage=shown))
    found = upgrade(store, TARGET, tonight(2), 30)
    assert found is not None and found.before.round == "r1" and found.night.published is None
    keep(store, replace(as_run(2, told, "b", RunState.WITHHELD), versions=versions, coverage=shown))
    assert upgrade(store, TARGET, tonight(3), 30) is None


def test_runs_are_linked_as_far_as_every_change_was_bridged() -> None:
    def runs(*rules: str) -> list[RunSummary]:
        return [replace(run("s", back, RunState.AUDITED, {}), ruleset_id=rule) for back, rule in enumerate(rules)]

    assert linked([], set()) == [] and linked(runs("c"), set()) == ["night-0"]
    assert linked(runs("c", "c", "b", "a"), {"night-1"}) == ["night-0", "night-1", "night-2"]
    assert linked(runs("a", "b", "a"), {"night-0", "night-1"}) == ["night-0", "night-1", "night-2"]
    assert NIGHTS >= 60
