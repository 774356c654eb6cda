"""A change of the rules: the linked series moves by nothing it should not, and what was really repaired still shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from statistics import fmean

import pytest

from auditor.bridging import RuleSet, bridged, explained
from auditor.comparison import FEWEST_PAIRS
from auditor.linking import Overlap, link
from auditor.model import Bridge, Cause, Coverage, Impact, State, Tally
from auditor.moves import Night, moved
from auditor.run_score import counted, page_indices, strata_of_index
from auditor.trends import Point
from tests.test_scoring import RULES, START, entry, tally

COUNTING = {id: RULES[id] for id in ("image-alt", "contrast", "lang")}
OLD, NEW = RuleSet(id="old", rules=COUNTING), RuleSet(id="new", rules=COUNTING)
ASKED = frozenset(COUNTING)
SIZES = {"news": 30, "guide": 18, "file": 12}


def pages() -> tuple[Coverage, ...]:
    return tuple(entry(f"{START}{kind}/{n}") for kind, size in SIZES.items() for n in range(size))


def site(rng: Random) -> dict[str, dict[str, tuple[int, int]]]:
    """What is wrong with each page: rule -> places that fail and places that are right. Templates differ in it."""
    habits = {"news": 0.3, "guide": 0.5, "file": 0.7}
    return {
        one.url: {
            "image-alt": (bad := sum(rng.random() < habits[one.url.split("/")[-2]] for _ in range(5)), 5 - bad),
            "contrast": (rng.randint(0, 2), 6), "lang": (int(rng.random() < 0.2), 1),
        }
        for one in pages()
    }  # fmt: skip


def night(name: str, told: dict[str, dict[str, tuple[int, int]]], coverage: tuple[Coverage, ...] | None = None) -> Night:
    tallies = tuple(tally(rule, *counts, page=url) for url, rules in told.items() for rule, counts in rules.items())
    return Night(round=name, coverage=coverage or pages(), tallies=tallies, asked=ASKED)


def stricter(told: dict[str, dict[str, tuple[int, int]]], rng: Random) -> dict[str, dict[str, tuple[int, int]]]:
    """The same pages as a changed check sees them: of what it passed so far, it now fails part."""
    found = {}
    for url, rules in told.items():
        failed, passed = rules["contrast"]
        more = rng.randint(0, passed)
        found[url] = {**rules, "contrast": (failed + more, passed - more)}
    return found


def index(one: Night) -> float:
    found = counted(one.coverage, one.tallies, COUNTING, asked=ASKED)
    assert found is not None
    return found.value


def bridge(before: Night, again: Night, after: Night) -> Bridge:
    found = bridged("a", before, again, after, OLD, NEW)
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
    before, again = night("1", told), night("1", stricter(told, Random(3)))
    found = bridge(before, again, replace(again, round="2"))
    assert found.shift == pytest.approx(index(again) - index(before)) and found.shift < -5 < 0 < found.error
    assert (found.before, found.after, found.round, found.pages) == ("old", "new", "2", 60)


def test_the_same_rules_bridge_by_nothing() -> None:
    before = night("1", site(Random(4)))
    found = bridge(before, before, replace(before, round="2"))
    assert (found.shift, found.error, found.core_rules) == (0, 0, 3)
    assert found.core_before == found.core_after == pytest.approx(index(before))


def test_the_core_index_is_of_the_rules_that_say_the_same_and_does_not_move_with_the_others() -> None:
    told = site(Random(5))
    changed = stricter(told, Random(6))
    found = bridge(night("1", told), night("1", changed), night("2", changed))
    assert found.core_rules == 2 and found.core_before == pytest.approx(found.core_after or 0)
    heavier = replace(NEW, rules={**COUNTING, "lang": replace(COUNTING["lang"], impact=Impact.CRITICAL)})
    other = bridged("a", night("1", told), night("1", changed), night("2", changed), OLD, heavier)
    assert other is not None and other.core_rules == 1, "a rule that weighs more now is not the same rule"


def test_pages_that_were_not_kept_take_no_part_and_too_few_bridge_nothing() -> None:
    told = site(Random(7))
    kept = tuple(one if n % 2 else replace(one, state=State.NOT_SAMPLED) for n, one in enumerate(pages()))
    half = {url: rules for n, (url, rules) in enumerate(told.items()) if n % 2}
    found = bridge(night("1", told), night("1", stricter(half, Random(8)), kept), night("2", told))
    assert found.pages == 30
    few = tuple(one if n < FEWEST_PAIRS - 1 else replace(one, state=State.NOT_SAMPLED) for n, one in enumerate(pages()))
    assert bridged("a", night("1", told), night("1", told, few), night("2", told), OLD, NEW) is None


def test_what_a_person_has_found_to_be_none_is_left_out_on_both_sides() -> None:
    told = site(Random(9))
    spared = {(url, "contrast"): 99 for url in told}
    nights = night("1", told), night("1", stricter(told, Random(10))), night("2", told)
    found = bridged("a", *nights, OLD, NEW, spared)
    assert found is not None and abs(found.shift) < abs(bridge(*nights).shift)


@pytest.mark.parametrize("repaired", [0, 12])
def test_over_many_sites_the_linked_series_moves_by_what_was_repaired_and_by_nothing_else(repaired: int) -> None:
    """Planted: a check that finds more on the same pages, and on some pages images that really got their words."""
    inside = 0
    for seed in range(50):
        rng = Random(seed)
        told = site(rng)
        mended = {url: {**rules, "image-alt": (0, 5)} if n < repaired else rules for n, (url, rules) in enumerate(told.items())}
        eyes = rng.randint(0, 10**9)  # the changed check sees an unchanged page the same way on both nights
        before, again, after = night("1", told), night("1", stricter(told, Random(eyes))), night("2", stricter(mended, Random(eyes)))
        found = bridge(before, again, after)
        points = [Point(day=date(2026, 11, 1) + timedelta(days=n), value=index(one), ruleset=rules)
                  for n, (one, rules) in enumerate([(before, "old"), (after, "new")])]  # fmt: skip
        linked = link(points, [Overlap(before="old", after="new", shift=found.shift, se=found.error, pairs=found.pages)])
        first, last = linked.comparable
        truth = index(after) - index(again)
        assert (truth > 1) is bool(repaired) and index(after) < index(before) - 3, "the published index falls by the ruler"
        inside += abs((last.value - first.value) - truth) <= 1.96 * first.se + 1e-9
    assert inside == 50, "every page was judged by both, so that the shift is exact for this night"


def test_a_sample_of_the_pages_bridges_the_whole_within_its_error_as_often_as_promised() -> None:
    inside = 0
    for seed in range(200):
        rng = Random(seed)
        told, eyes = site(rng), rng.randint(0, 10**9)
        before, again = night("1", told), night("1", stricter(told, Random(eyes)))
        drawn = {url for kind, size in SIZES.items() for url in rng.sample([f"{START}{kind}/{n}" for n in range(size)], size // 3)}
        seen = tuple(one if one.url in drawn else replace(one, state=State.NOT_SAMPLED) for one in pages())
        some = bridge(
            replace(before, coverage=seen, tallies=_of(before, drawn)), replace(again, coverage=seen, tallies=_of(again, drawn)), before
        )
        inside += abs(some.shift - (index(again) - index(before))) <= 1.96 * some.error
    assert 0.93 <= inside / 200 <= 1


def _of(one: Night, drawn: set[str]) -> tuple[Tally, ...]:
    return tuple(tally for tally in one.tallies if tally.page in drawn)


def test_why_the_index_moved_names_the_rules_for_what_the_rules_did() -> None:
    told = site(Random(11))
    changed = stricter(told, Random(12))
    mended = {url: {**rules, "image-alt": (0, 5)} if n < 12 else rules for n, (url, rules) in enumerate(changed.items())}
    before, again, after = night("1", told), night("1", changed), night("2", mended)
    naive = moved(before, after, COUNTING)
    assert naive is not None and naive.parts[Cause.NEW] < -3, "without the kept pages the check's new eyes pass for new failures"
    move = explained(naive, before, again, after, COUNTING)
    assert sum(move.parts.values()) == pytest.approx(move.after - move.before) == pytest.approx(index(after) - index(before))
    assert move.parts[Cause.RULES] == pytest.approx(index(again) - index(before)) and move.parts[Cause.NEW] == 0
    assert move.parts[Cause.REPAIRED] == pytest.approx(index(after) - index(again)) and (move.since, move.until) == ("1", "2")
