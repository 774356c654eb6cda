"""A change of the rules: the linked series moves by nothing it should not, and what was really repaired still shows."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from statistics import fmean
from typing import Any

import pytest

from auditor.bridging import bridged, explained
from auditor.comparison import FEWEST_PAIRS
from auditor.core_index import by
from auditor.model import Bridge, Cause, Impact
from auditor.moves import Night, moved
from auditor.run_score import page_indices, strata_of_index
from bench import statistics_promises
from bench.judged_site import ASKED, CONTRAST, COUNTING, LANGUAGE, NEW, OLD, PICTURES, index, night, repaired, site, stricter, urls


def bridge(before: Night, again: Night) -> Bridge:
    found = bridged("a", "2", before, again, OLD, NEW)
    assert found is not None
    return found


def test_the_weights_are_those_of_the_index() -> None:
    before = night("1", site(Random(1)))
    homes, weights = strata_of_index(before.coverage)
    values = page_indices(before.coverage, before.tallies, COUNTING, asked=ASKED)
    mean = sum(share * fmean(value for url, value in values.items() if homes[url] == key) for key, share in weights.items())
    assert mean == pytest.approx(index(before)) and sum(weights.values()) == pytest.approx(1)


def test_the_shift_of_a_whole_site_is_the_difference_of_its_two_indices() -> None:
    told = site(Random(2))
    before, again = night("1", told), night("1", stricter(told, 3))
    found = bridge(before, again)
    assert found.shift == pytest.approx(index(again) - index(before)) and found.shift < -5 < 0 < found.error
    assert (found.before, found.after, found.round, found.pages) == ("old", "new", "2", 60)


def test_the_same_rules_bridge_by_nothing() -> None:
    before = night("1", site(Random(4)))
    found = bridge(before, before)
    assert (found.shift, found.error, set(found.core)) == (0, 0, set(COUNTING))


def test_the_core_are_the_rules_that_say_the_same_and_its_index_does_not_move_with_the_others() -> None:
    told = site(Random(5))
    before, again = night("1", told), night("1", stricter(told, 6))
    found = bridge(before, again)
    assert set(found.core) == {PICTURES, LANGUAGE}
    was, now = (by(found.core, one, COUNTING, {}) for one in (before, again))
    assert was == pytest.approx(now) and index(again) < index(before) - 5
    heavier = replace(NEW, rules={**COUNTING, LANGUAGE: replace(COUNTING[LANGUAGE], impact=Impact.CRITICAL)})
    other = bridged("a", "2", before, again, OLD, heavier)
    assert other is not None and other.core == (PICTURES,), "a rule that weighs more now is not the same rule"
    assert by(("gone",), before, COUNTING, {}) is None


def test_pages_that_were_not_kept_take_no_part_and_too_few_bridge_nothing() -> None:
    told = site(Random(7))
    found = bridge(night("1", told), night("1", stricter(told, 8), urls()[::2]))
    assert found.pages == 30
    few = night("1", told, urls()[: FEWEST_PAIRS - 1])
    assert bridged("a", "2", night("1", told), few, OLD, NEW) is None


def test_what_a_person_has_found_to_be_none_is_left_out_on_both_sides() -> None:
    told = site(Random(9))
    spared = {(url, CONTRAST): 99 for url in told}
    nights = night("1", told), night("1", stricter(told, 10))
    found = bridged("a", "2", *nights, OLD, NEW, spared)
    assert found is not None and abs(found.shift) < abs(bridge(*nights).shift)


def test_what_the_benchmark_promises_of_upgrades_is_kept_and_a_wrong_bridge_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted over many sites: a check that finds more on the same pages, and pictures that really got their words."""
    found = list(statistics_promises.upgraded(20))
    assert [one.told for one in found if not one.kept] == [] and len(found) == 8

    def blind(*told: Any) -> Bridge | None:
        bridge = bridged(*told)
        return bridge and replace(bridge, shift=0.0)

    monkeypatch.setattr(statistics_promises, "bridged", blind)
    missed = [one.told for one in statistics_promises.upgraded(20) if not one.kept]
    assert len(missed) == 6, missed


def test_why_the_index_moved_names_the_rules_for_what_the_rules_did() -> None:
    told = site(Random(11))
    changed = stricter(told, 12)
    before, again, after = night("1", told), night("1", changed), night("2", repaired(changed, urls()[:12]))
    naive = moved(before, after, COUNTING)
    assert naive is not None and naive.parts[Cause.NEW] < -3, "without the kept pages the check's new eyes pass for new failures"
    move = explained(before, before, again, after, OLD, NEW)
    assert move is not None and (move.since, move.until, move.bridged) == ("1", "2", True)
    assert sum(move.parts.values()) == pytest.approx(move.after - move.before) == pytest.approx(index(after) - index(before))
    assert move.parts[Cause.RULES] == pytest.approx(index(again) - index(before)) and move.parts[Cause.NEW] == 0
    assert move.parts[Cause.REPAIRED] == pytest.approx(index(after) - index(again)) and move.rules[Cause.NEW] == ()
    assert move.paired is not None and move.paired.change is not None and move.paired.change > 0, "the new rules on both nights"


def test_pages_that_were_not_kept_are_coverage_and_no_part_of_the_rules() -> None:
    told = site(Random(13))
    before, again, after = night("1", told), night("1", told, urls()[::2]), night("2", told)
    move = explained(before, before, again, after, OLD, NEW)
    assert move is not None and abs(index(again) - index(before)) > 0.3, "the kept half is another one than the whole"
    assert move.parts == dict.fromkeys(Cause, 0.0) | {Cause.COVERAGE: move.parts[Cause.COVERAGE]}
    assert move.parts[Cause.COVERAGE] == pytest.approx(0) and move.after == pytest.approx(move.before), "left out and back again"


def test_the_split_begins_at_the_index_that_was_published() -> None:
    told = site(Random(14))
    before, again, after = replace(night("1", told), published=42.0), night("1", told), night("2", told)
    move = explained(before, replace(before, published=None), again, after, OLD, NEW)
    assert move is not None and move.before == 42 and move.parts[Cause.RECOUNTED] == pytest.approx(index(after) - 42)
    assert sum(move.parts.values()) == pytest.approx(move.after - move.before) and move.parts[Cause.RULES] == pytest.approx(0)
