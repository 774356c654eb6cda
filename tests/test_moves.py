"""Why an index moved: the parts are told apart, and always add up to the change."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from auditor.ground import Ground
from auditor.ground import told as summed
from auditor.model import Cause, Coverage, Impact, Mark, Move, State, Tally, Variant
from auditor.moves import Night, joined, moved
from auditor.run_score import counted
from tests.test_scoring import RULES, START, entry, tally

ASKED = frozenset(RULES)


def night(*tallies: Tally, coverage: tuple[Coverage, ...] = (entry(START),), asked: frozenset[str] = ASKED) -> Night:
    return Night(round="r", coverage=coverage, tallies=tallies, asked=asked)


def move(before: Night, after: Night) -> Move:
    found = moved(before, after, RULES)
    assert found is not None
    assert sum(found.parts.values()) == pytest.approx(found.after - found.before, abs=1e-9)
    return found


def told(before: Night, after: Night) -> dict[Cause, float]:
    return {cause: round(points, 4) for cause, points in move(before, after).parts.items() if abs(points) > 1e-9}


def test_an_unchanged_site_does_not_move() -> None:
    same = night(tally("lang", 1, 1), tally("contrast", 0, 3))
    assert told(same, same) == {} and move(same, same).pages == 1


def test_repairs_new_failures_and_content_are_told_apart() -> None:
    assert told(night(tally("lang", 1, 0)), night(tally("lang", 0, 1))) == {Cause.REPAIRED: 100}
    assert told(night(tally("lang", 0, 1)), night(tally("lang", 1, 1))) == {Cause.NEW: -75}
    assert told(night(tally("lang", 1, 1)), night(tally("lang", 1, 3))) == {Cause.CONTENT: 12.5}


def test_what_happens_at_once_is_shared_fairly() -> None:
    before, after = night(tally("lang", 1, 0), tally("contrast", 0, 1)), night(tally("lang", 0, 1), tally("contrast", 1, 0))
    found = move(before, after)
    assert told(before, after) == {Cause.REPAIRED: 50, Cause.NEW: -50} and found.before == found.after == 50
    assert found.rules[Cause.REPAIRED] == (("lang", 1),) and found.rules[Cause.NEW] == (("contrast", 1),)


def test_another_ruleset_is_no_change_of_the_site() -> None:
    before = night(tally("lang", 0, 1), asked=frozenset({"lang"}))
    after = night(tally("lang", 0, 1), tally("contrast", 1, 0), asked=frozenset({"lang", "contrast"}))
    assert told(before, after) == {Cause.RULES: -50} and told(after, before) == {Cause.RULES: 50}
    assert told(night(tally("lang", 1, 0), asked=frozenset({"lang"})), night(tally("contrast", 0, 1), asked=frozenset({"contrast"}))) == {
        Cause.RULES: 100
    }


def test_other_pages_judged_are_no_change_of_the_site() -> None:
    more = (entry(START), entry(START + "b"))
    before = night(tally("lang", 0, 1))
    after = night(tally("lang", 0, 1), tally("lang", 1, 0, page=START + "b"), coverage=more)
    assert told(before, after) == {Cause.COVERAGE: -50}
    elsewhere = night(tally("lang", 1, 0, page=START + "b"), coverage=(entry(START + "b"),))
    assert told(before, elsewhere) == {Cause.COVERAGE: -100} and move(before, elsewhere).pages == 0


def test_a_silent_engine_repairs_nothing() -> None:
    before = night(tally("lang", 1, 0), tally("lang", 1, 0, page=START + "b"), coverage=(entry(START), entry(START + "b")))
    after = night(tally("lang", 1, 0), coverage=(entry(START), entry(START + "b", engines=("auditor",))))
    assert told(before, after) == {} and move(before, after).pages == 1


def test_a_rule_that_weighs_otherwise_now_is_a_change_of_the_rules() -> None:
    same = night(tally("lang", 1, 1), tally("image-alt", 0, 1))
    lighter = {**RULES, "lang": replace(RULES["lang"], criteria=RULES["image-alt"].criteria, impact=Impact.MINOR)}
    found = moved(same, same, RULES, old=lighter)
    assert found is not None and found.before > found.after
    assert {cause for cause, points in found.parts.items() if abs(points) > 1e-9} == {Cause.RULES}
    assert found.parts[Cause.RULES] == pytest.approx(found.after - found.before)


def test_what_a_person_found_to_be_none_since_then_is_neither_repaired_nor_new() -> None:
    """The index that was published counted it, today's does not: the reader sees both numbers."""
    before = replace(night(tally("lang", 1, 1)), published=25.0)
    found = moved(before, night(tally("lang", 1, 1)), RULES, {(START, "lang"): 1})
    assert found is not None and (found.before, found.after) == (25, 100)
    assert {cause: points for cause, points in found.parts.items() if points} == {Cause.RECOUNTED: 75}


def test_moves_that_follow_each_other_add_up() -> None:
    nights = [night(tally("lang", 1, 0)), night(tally("lang", 0, 1)), night(tally("lang", 1, 1), tally("contrast", 0, 1))]
    steps = [move(*nights[:2]), move(*nights[1:])]
    whole = joined(steps)
    assert (whole.before, whole.after) == (steps[0].before, steps[1].after)
    assert sum(whole.parts.values()) == pytest.approx(whole.after - whole.before) and whole.parts[Cause.REPAIRED] == 100
    assert whole.rules[Cause.REPAIRED] == whole.rules[Cause.NEW] == (("lang", 1),)


def test_a_night_without_an_index_cannot_be_compared() -> None:
    assert moved(night(), night(tally("lang", 0, 1)), RULES) is None


def test_addresses_found_between_the_nights_are_no_change_of_the_site() -> None:
    """More addresses give other strata: the panel is weighed as on the first night, the difference is coverage."""
    names = (START, *(f"{START}{kind}/{n}" for kind in "ab" for n in range(2)))
    seen = tuple(entry(url) for url in names)
    before = night(*(tally("lang", "/b/" in url, 1, page=url) for url in names), coverage=seen)
    more = tuple(entry(f"{START}b/new{n}", State.OVER_BUDGET) for n in range(6))
    after = night(*(tally("lang", 0, 1 + ("/a/" in url), page=url) for url in names), coverage=(*seen, *more))
    parts = told(before, after)
    assert set(parts) == {Cause.REPAIRED} and move(before, after).pages == 5
    worse = night(*(tally("lang", "/b/" in url, 1, page=url) for url in names), coverage=(*seen, *more))
    assert set(told(before, worse)) == {Cause.COVERAGE}, "the same pages, of which worse ones now stand for more"


def test_the_parts_add_up_whatever_happens() -> None:
    chance = Random(20261128)
    names = [rule for rule in RULES if rule not in ("tagged", "region")]

    def any_night() -> Night:
        urls = [START, *(f"{START}{kind}/{n}" for kind in "ab" for n in range(chance.randint(2, 6)))]
        coverage = tuple(entry(url, chance.choice([State.AUDITED, State.AUDITED, State.OVER_BUDGET, State.TIMEOUT])) for url in urls)
        asked = frozenset(chance.sample(names, chance.randint(2, len(names))))
        told = [
            tally(rule, chance.randint(0, 2), chance.randint(0, 3), page=one.url)
            for one in coverage if one.state is State.AUDITED for rule in sorted(asked) if chance.random() < 0.8
        ]  # fmt: skip
        return night(*told, coverage=coverage, asked=asked)

    compared = [moved(any_night(), any_night(), RULES) for _ in range(200)]
    found = [one for one in compared if one is not None]
    assert len(found) > 150
    assert all(sum(one.parts.values()) == pytest.approx(one.after - one.before, abs=1e-9) for one in found)
    common = (Cause.REPAIRED, Cause.NEW, Cause.COVERAGE, Cause.RULES)
    assert all(sum(abs(one.parts[cause]) > 1e-6 for one in found) > 50 for cause in common)


def test_the_index_behind_a_move_is_the_index_of_the_run() -> None:
    chance = Random(20261129)
    names = [rule for rule in RULES if rule != "region"]
    for _ in range(100):
        urls = [START, *(f"{START}{kind}/{n}" for kind in "ab" for n in range(chance.randint(1, 5)))]
        states = [State.AUDITED, State.AUDITED, State.NOT_SAMPLED, State.GONE, State.TIMEOUT]
        coverage = tuple(entry(url, chance.choice(states)) for url in urls)
        tallies = tuple(
            Tally(page=url, rule=rule, failed=chance.randint(0, 2), passed=chance.randint(0, 3), variant=chance.choice(list(Variant)[:2]))
            for url in urls for rule in names if chance.random() < 0.7
        )  # fmt: skip
        found = counted(coverage, tallies, RULES, asked=ASKED)
        assert Ground(coverage, RULES, ASKED).index(summed(tallies, RULES)) == pytest.approx(found.value if found else None)


def test_with_a_drawn_sample_the_index_behind_a_move_is_that_of_the_run() -> None:
    """Strata, pages taken in any case, addresses that are no page, pages seen though not drawn: all as the run counts them."""
    chance = Random(20261130)
    names = [rule for rule in RULES if rule != "region"]
    marks = [Mark.SURE, Mark.EXPLORED, Mark.PANEL, Mark.PANEL, Mark.FRESH, Mark.FRESH, Mark.FRAME, Mark.LATE, Mark.LEFT_OUT]
    states = [State.AUDITED, State.AUDITED, State.AUDITED, State.NOT_SAMPLED, State.GONE, State.TIMEOUT]
    found, drawn = 0, 0
    for _ in range(200):
        coverage = tuple(
            replace(entry(f"{START}{kind}/{n}", chance.choice(states)), mark=chance.choice(marks), stratum=kind)
            for kind in "abc" for n in range(chance.randint(1, 8))
        )  # fmt: skip
        tallies = tuple(
            Tally(page=one.url, rule=rule, failed=chance.randint(0, 2), passed=chance.randint(0, 3))
            for one in coverage for rule in names if chance.random() < 0.7
        )  # fmt: skip
        whole = counted(coverage, tallies, RULES, asked=ASKED)
        fast = Ground(coverage, RULES, ASKED).index(summed(tallies, RULES))
        assert fast == pytest.approx(whole.value if whole else None)
        found += whole is not None
        plain = counted(tuple(replace(one, mark=Mark.NONE, stratum="") for one in coverage), tallies, RULES, asked=ASKED)
        drawn += whole is not None and plain is not None and abs(whole.value - plain.value) > 1e-6
    assert found > 150 and drawn > 150, "the draw has to matter, else nothing was proved"
