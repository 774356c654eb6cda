"""The index and its error: hand-computed values, limits, and what must not move it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from statistics import variance

import pytest

from auditor import scoring
from auditor.intervals import Estimate, estimate, t_quantile, wilson
from auditor.model import (
    Coverage,
    Criterion,
    Decision,
    Element,
    Impact,
    Issue,
    IssueState,
    Level,
    Outcome,
    Rule,
    Run,
    RunState,
    Score,
    Span,
    State,
    Tally,
    Variant,
    Verdict,
)
from auditor.run_score import excused, score, without
from auditor.scoring import (
    Stratum,
    by_principle,
    conformance,
    index,
    page_criteria,
    ranks,
    rule_score,
    stratified,
    that_count,
    together,
)

NOW = datetime(2026, 11, 28, 2, tzinfo=UTC)
START = "http://a.test/"


def a_rule(id: str, *criteria: str, impact: Impact = Impact.SERIOUS, level: Level | None = Level.A, engine: str = "axe") -> Rule:
    return Rule(
        id=id, title=id, title_en=id, criteria=criteria, level=level, impact=impact, who="", who_en="", repair=(), repair_en=(),
        verify="", before="", after="", engines=(engine,),
    )  # fmt: skip


LEVELS = {
    number: Criterion(number=number, level=level, name_zh="", name_en="", since="2.0")
    for number, level in (("1.1.1", Level.A), ("1.4.3", Level.AA), ("1.4.6", Level.AAA), ("3.1.1", Level.A))
}

RULES = {
    rule.id: rule
    for rule in (
        a_rule("image-alt", "1.1.1", impact=Impact.CRITICAL), a_rule("image-words", "1.1.1", impact=Impact.MINOR),
        a_rule("contrast", "1.4.3", level=Level.AA), a_rule("lang", "3.1.1"), a_rule("region", level=None),
        a_rule("trap", "2.1.2", engine="interaction"), a_rule("same-help", "3.2.6", engine="site"),
        a_rule("tagged", "1.3.1", engine="documents"),
    )
}  # fmt: skip


def tally(rule: str, failed: int = 0, passed: int = 0, cant_tell: int = 0, page: str = "http://a.test/") -> Tally:
    return Tally(page=page, rule=rule, failed=failed, passed=passed, cant_tell=cant_tell)


# ---------------------------------------------------------------------------------------------- intervals


@pytest.mark.parametrize(("freedom", "expected"), [(1, 12.7062), (4.5, 2.6589), (30, 2.0423), (math.inf, 1.95996)])
def test_t_quantiles_are_those_of_the_tables(freedom: float, expected: float) -> None:
    assert t_quantile(0.975, freedom) == pytest.approx(expected, abs=1e-4)
    assert t_quantile(0.025, freedom) == pytest.approx(-t_quantile(0.975, freedom))


def test_wilson_is_that_of_the_tables_and_stays_in_its_bounds() -> None:
    assert wilson(50, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=1e-4) and wilson(20, 20)[1] == 1
    assert wilson(0, 0) == (0, 1)


def test_quantiles_that_do_not_exist_are_refused() -> None:
    for probability, freedom in ((0.0, 3.0), (1.0, 3.0), (0.5, 0.0)):
        with pytest.raises(ValueError, match="no quantile"):
            t_quantile(probability, freedom)


# ---------------------------------------------------------------------------------------------- pages


def test_a_rule_is_half_whether_and_half_how_much() -> None:
    assert [rule_score(*counts) for counts in ((0, 5), (5, 0), (1, 3))] == [1, 0, 0.375]


def test_criteria_are_means_of_their_rules_by_impact_and_doubts_do_not_count() -> None:
    met = page_criteria([tally("image-alt", 1, 3), tally("image-words", 0, 4, 9), tally("lang", 0, 0, 3), tally("region", 3, 0)], RULES)
    assert met == {"1.1.1": pytest.approx((10 * 0.375 + 1 * 1) / 11)}
    assert index(met) == pytest.approx(43.1818, abs=1e-4) and index({}) is None


def test_only_criteria_of_level_a_and_aa_count() -> None:
    both, aaa = a_rule("contrast", "1.4.3", "1.4.6", level=Level.AA), a_rule("contrast-more", "1.4.6", level=Level.AAA)
    counting = that_count({rule.id: rule for rule in (both, aaa, RULES["region"], RULES["lang"])}, LEVELS)
    assert {id: rule.criteria for id, rule in counting.items()} == {"contrast": ("1.4.3",), "lang": ("3.1.1",)}
    assert page_criteria([tally("contrast", 0, 1), tally("contrast-more", 1, 0)], counting) == {"1.4.3": 1}


def test_each_criterion_counts_one_and_principles_as_the_survey_has_them() -> None:
    met = {"1.1.1": 0.0, "1.4.3": 1.0, "3.1.1": 1.0}
    assert index(met) == pytest.approx(200 / 3)
    assert by_principle(met) == pytest.approx(100 * (0.3 * 0.5 + 0.2 * 1) / 0.5) and by_principle({}) is None


def test_what_a_person_has_found_to_be_none_is_no_failure() -> None:
    spared = {(START, "lang"): 2}
    assert page_criteria(without([tally("lang", 1, 0)], spared), RULES) == {}
    assert page_criteria(without([tally("lang", 3, 1), tally("contrast", 1, 1)], spared), RULES) == {"1.4.3": 0.25, "3.1.1": 0.25}


# ---------------------------------------------------------------------------------------------- sites


def test_strata_weigh_by_their_pages_and_errors_by_what_was_not_seen() -> None:
    found = stratified([Stratum(key="a", size=90, values=(80.0, 90.0, 100.0)), Stratum(key="b", size=10, values=(40.0, 60.0))])
    assert found is not None and found.value == pytest.approx(0.9 * 90 + 0.1 * 50)
    squared = 0.9**2 * (1 - 3 / 90) * 100 / 3 + 0.1**2 * (1 - 2 / 10) * 200 / 2
    assert found.error == pytest.approx(math.sqrt(squared)) and found.freedom == 3
    assert found.high == pytest.approx(min(100, found.value + t_quantile(0.975, found.freedom) * found.error))


def test_a_site_seen_whole_has_no_error_and_one_not_seen_no_score() -> None:
    whole = stratified([Stratum(key="a", size=2, values=(80.0, 90.0))])
    assert whole is not None and (whole.low, whole.value, whole.high, whole.error) == (85, 85, 85, 0)
    assert stratified([Stratum(key="a", size=5, values=())]) is None and stratified([]) is None


def test_a_stratum_without_a_page_is_counted_like_its_neighbour_and_one_page_borrows_a_spread() -> None:
    strata = [
        Stratum(key="a/news/1", size=10, values=(50.0, 50.0)), Stratum(key="a/news/2", size=10, values=()),
        Stratum(key="b", size=20, values=(100.0,)),
    ]  # fmt: skip
    found = stratified(strata)
    assert found is not None and found.value == pytest.approx(75) and found.error > 0


def test_the_mix_of_pages_audited_does_not_move_the_index() -> None:
    """The defect of pooled ratios (methods.md 2.2): a top-heavy sample of an unchanged site."""
    few = stratified([Stratum(key="a", size=10, values=(20.0,) * 5), Stratum(key="b", size=990, values=(90.0,) * 5)])
    many = stratified([Stratum(key="a", size=10, values=(20.0,) * 5), Stratum(key="b", size=990, values=(90.0,) * 100)])
    assert few is not None and many is not None and few.value == many.value == pytest.approx(89.3)


def test_conformance_counts_pages_by_what_they_stand_for() -> None:
    met = conformance([({"1.1.1": 1.0}, 9.0), ({"1.1.1": 0.4, "3.1.1": 1.0}, 1.0)])
    alt, lang = met["1.1.1"], met["3.1.1"]
    assert (alt.share, alt.pages, alt.failing) == (pytest.approx(0.9), 2, 1)
    assert alt.low < 0.9 < alt.high and lang.share == lang.low == lang.high == 1  # the one page there is


def test_sites_together_and_ranks_that_cannot_be_separated() -> None:
    scores = {"a": estimate(90, 1, 20), "b": estimate(88, 1, 20), "c": estimate(60, 1, 20)}
    city = together(list(scores.values()))
    assert city is not None and city.value == pytest.approx(238 / 3) and city.error == pytest.approx(math.sqrt(3) / 3)
    assert ranks(scores) == {"a": (1, 2), "b": (1, 2), "c": (3, 3)}
    assert together([]) is None
    endless = Estimate(value=70, error=2, low=66, high=74)
    assert ranks({**scores, "d": endless})["d"] == (3, 3) and together([endless, endless]) is not None
    visits = together(list(scores.values()), [0, 0, 5])
    assert visits is not None and visits.value == 60
    sure = Estimate(value=80, error=0, low=80, high=80)
    assert ranks({"a": sure, "b": replace(sure, value=79)}) == {"a": (1, 1), "b": (2, 2)}


def test_ranks_are_those_of_comparing_every_pair_without_comparing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    chance, compared = Random(20261129), list[Estimate]()
    whole = scoring._apart

    def counted(high: Estimate, low: Estimate) -> bool:
        compared.append(high)
        return whole(high, low)

    monkeypatch.setattr(scoring, "_apart", counted)
    for many in (0, 1, 2, 30, 200):
        scores = {str(number): _some_estimate(chance) for number in range(many)}
        better, worse = (
            {one: sum(whole(*((scores[other], mine) if up else (mine, scores[other]))) for other in scores if other != one)
             for one, mine in scores.items()} for up in (True, False)
        )  # fmt: skip
        assert ranks(scores) == {one: (1 + better[one], many - worse[one]) for one in scores}
    assert len(compared) < 200 * 200 / 10


def _some_estimate(chance: Random) -> Estimate:
    value = chance.choice([chance.uniform(40, 100), float(chance.randint(70, 90)), 100.0])
    error = chance.choice([0.0, chance.uniform(0, 0.1), chance.uniform(0.5, 6), 1.0])
    return Estimate(value=value, error=error, low=0, high=100, freedom=chance.choice([math.inf, chance.uniform(0.3, 5), 20.0, 1e7]))


# ---------------------------------------------------------------------------------------------- runs


def entry(url: str, state: State = State.AUDITED, *, variant: str = "desktop", engines: tuple[str, ...] = ("axe",)) -> Coverage:
    return Coverage(url=url, state=state, url_key=url.rsplit("/", 1)[0], variant=Variant(variant), engines=engines)


def a_run(*tallies: Tally, coverage: tuple[Coverage, ...], state: RunState = RunState.AUDITED) -> Run:
    return Run(site="a", round="r", started=NOW, finished=NOW, state=state, coverage=coverage, tallies=tallies, rules=tuple(RULES))


def scored(*tallies: Tally, coverage: tuple[Coverage, ...] = (entry(START),)) -> Score:
    found = score(a_run(*tallies, coverage=coverage), RULES)
    assert found is not None
    return found


def test_a_score_is_withheld_where_coverage_is_not_enough() -> None:
    for state in (RunState.WITHHELD, RunState.FAILED):
        assert score(a_run(tally("lang", 0, 1), coverage=(entry(START),), state=state), RULES) is None
    assert score(a_run(coverage=(entry(START),)), RULES) is None


def test_a_page_on_which_an_engine_fell_silent_was_not_seen() -> None:
    pages = (tally("lang", 0, 1), tally("lang", 1, 0, page=START + "b"))
    told = scored(*pages, coverage=(entry(START), entry(START + "b", engines=("auditor",))))
    assert (told.value, told.pages, told.population) == (100, 1, 2) and told.error > 0


def test_equal_pages_prove_nothing_of_those_not_seen() -> None:
    few, many = (stratified([Stratum(key="a", size=1000, values=(100.0,) * n)]) for n in (5, 50))
    assert few is not None and many is not None and few.low < 95 < many.low < 99.5 and few.high == 100


def test_addresses_that_are_no_pages_make_a_stratum_smaller_and_its_error_that_of_a_ratio() -> None:
    plain, half = Stratum(key="a", size=100, values=(90.0, 70.0, 80.0)), Stratum(key="b", size=300, values=(50.0, 60.0), others=2)
    told = stratified([plain, half])
    assert half.pages == 150 and told is not None and told.value == pytest.approx((100 * 80 + 150 * 55) / 250)
    residuals = [50 - told.value, 60 - told.value, 0, 0]
    squared = (100 / 250) ** 2 * (1 - 3 / 100) * 100 / 3 + (300 / 250) ** 2 * (1 - 4 / 300) * variance(residuals) / 4
    assert told.error == pytest.approx(math.sqrt(squared))
    assert stratified([plain, Stratum(key="b", size=300, values=(), others=3)]) == stratified([plain])


def test_pages_looked_at_in_any_case_speak_for_no_others() -> None:
    sure = Stratum(key="", size=3, values=(10.0, 20.0, 30.0), alone=True)
    told = stratified([sure, Stratum(key="a", size=20, values=(90.0, 94.0)), Stratum(key="z", size=10, values=())])
    assert told is not None and told.value == pytest.approx((60 + 30 * 92) / 33)


def test_the_lower_bound_reckons_with_bad_pages_that_no_draw_has_met() -> None:
    alike = Stratum(key="a", size=1000, values=(90.0, 90.5) * 20)
    told = stratified([alike, Stratum(key="b", size=2, values=(80.0, 90.0))])  # how bad a page of this site may be
    assert told is not None and told.high - told.value < 0.2 < 0.7 < told.value - told.low
    more = stratified([replace(alike, values=alike.values * 5), Stratum(key="b", size=2, values=(80.0, 90.0))])
    assert more is not None and told.low < more.low < more.value - 0.1  # the more pages show none, the fewer there may be


def test_documents_other_variants_and_journeys_are_no_pages_of_the_index() -> None:
    alone = scored(tally("lang", 0, 1))
    others = [
        tally("tagged", 5, 0), tally("lang", 9, 0, page=START + "#办事流程/甲/乙"),
        Tally(page=START, variant=Variant.MOBILE, rule="lang", failed=4),
    ]  # fmt: skip
    coverage = (entry(START), entry(START, variant="mobile"), entry(START + "#办事流程/甲/乙"), entry(START + "a.pdf", State.NOT_HTML))
    assert scored(tally("lang", 0, 1), *others, coverage=coverage) == alone == replace(alone, value=100, pages=1, population=1)


def test_what_is_tried_on_some_pages_is_told_beside_the_index() -> None:
    told = scored(
        tally("lang", 0, 1), tally("trap", 1, 0), tally("lang", 0, 1, page=START + "b"), coverage=(entry(START), entry(START + "b"))
    )
    assert (told.value, told.used, told.used_pages) == (100, -50, 1)


def test_rules_over_the_pages_of_a_site_hold_on_every_page() -> None:
    coverage = (entry(START), entry(START + "b"))
    pages = (tally("lang", 0, 1), tally("lang", 0, 1, page=START + "b"))
    assert scored(*pages, tally("same-help", 1, 0, page=START + "b"), coverage=coverage).value == 50


def test_pages_that_were_not_visited_count_in_the_stratum_of_their_kind() -> None:
    coverage = (
        entry(START), entry(START + "news/1"), entry(START + "news/2"),
        *(entry(f"{START}news/{n}", State.OVER_BUDGET) for n in range(3, 11)),
        entry(START + "x", State.EXCLUDED), entry(START + "y", State.GONE),
    )  # fmt: skip
    pages = (tally("lang", 0, 1), tally("lang", 1, 0, page=START + "news/1"), tally("lang", 1, 1, page=START + "news/2"))
    told = scored(*pages, coverage=coverage)
    assert (told.pages, told.population, told.strata) == (3, 11, 2)
    assert told.value == pytest.approx((1 * 100 + 10 * (0 + 25) / 2) / 11) and told.error > 0
    met = told.criteria["3.1.1"]
    assert (met.pages, met.failing, met.share) == (3, 2, pytest.approx(1 / 11)) and met.low < 1 / 11 < met.high


def test_false_alarms_that_stand_are_excused() -> None:
    issue = Issue(
        id="i", site="a", rule="lang", page=START, group="g", instance="x", state=IssueState.OPEN, outcome=Outcome.FAILED,
        impact=Impact.SERIOUS, criteria=("3.1.1",), element=Element(selector="html"), message="", engines=("axe",), first_seen=NOW,
        changed=NOW, spans=(Span(first="r"),),
    )  # fmt: skip
    said = Decision(site="a", group="g", verdict=Verdict.FALSE_POSITIVE, by="甲", why="乙", made=NOW, until=date(2026, 11, 28))
    assert excused([issue], [said], date(2026, 11, 28)) == {(START, "lang"): 1}
    for other in (replace(said, verdict=Verdict.ACCEPTED), replace(said, until=date(2026, 11, 27))):
        assert not excused([issue], [other], date(2026, 11, 28))
    run = a_run(tally("lang", 1, 0), tally("contrast", 0, 1), coverage=(entry(START),))
    told = score(run, RULES, {(START, "lang"): 1})
    assert told is not None and told.value == 100
