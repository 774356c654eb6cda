"""The table of what automatic judging reaches is made of the examples, and says no more than these prove."""

from __future__ import annotations

from auditor.model import Level, Reach
from checks.axe.catalogue import entries
from checks.check import checks
from checks.coverage import ENOUGH, counts, coverage
from checks.criteria import criteria


def test_every_criterion_of_levels_a_and_aa_is_told_once() -> None:
    assert [one.criterion for one in coverage()] == [one for one in criteria().values() if Level.AA.includes(one.level)]
    assert sum(counts(coverage()).values()) == 55


def test_a_criterion_can_fail_only_by_examples_that_show_it() -> None:
    for one in coverage(Level.AAA):
        assert one.reach is not Reach.FAILED or (one.failing >= ENOUGH and one.passing >= ENOUGH), one
        assert one.reach is not Reach.CANT_TELL or (one.failing + one.asking >= ENOUGH and one.passing >= ENOUGH), one
        if one.reach is Reach.FAILED:
            assert Reach.FAILED in (one.axe, one.ours), one


def test_axe_alone_reaches_what_its_own_rules_decide() -> None:
    assert any(entry.get("undecided") for entry in entries().values())
    told = {one.criterion.number: one.axe for one in coverage()}
    assert (told["1.1.1"], told["1.2.2"], told["2.1.2"]) == (Reach.FAILED, Reach.CANT_TELL, Reach.HUMAN)


def test_what_the_project_promises_is_reached() -> None:
    """Issue 5: at least 38 of the 55 can fail, at least 12 more end in cantTell."""
    reached = counts(coverage())
    assert reached[Reach.FAILED] >= 38 and reached[Reach.CANT_TELL] >= 12


def test_examples_are_not_copies_of_each_other() -> None:
    for group in checks().values():
        for check in group:
            for examples in (check.bad, check.unsure, check.good):
                assert len(set(examples)) == len(examples), check.id
