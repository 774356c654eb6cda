"""The measuring of W3C's test cases counts what it says it counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.model import Element, Finding, Impact, Outcome, Profile, State
from bench.act import (
    CONSISTENT,
    NEITHER,
    PARTLY,
    Answer,
    Case,
    Measure,
    ask,
    assertions,
    consistency,
    fired,
    measure,
    read_cases,
    told,
    wanted,
)
from checks.criteria import address, criteria
from reports.earl import Assertion, earl

FAILED, CANT_TELL = Outcome.FAILED, Outcome.CANT_TELL


def case(id: str, expected: str, *, rule: str = "aaaaaa", approved: bool = True, criteria: tuple[str, ...] = ("1.1.1",)) -> Case:
    return Case(
        id=id, rule=rule, rule_name=f"Rule {rule}", approved=approved, title=f"Example {id}", expected=expected,
        criteria=frozenset(criteria), path=f"/WAI/{id}.html",
    )  # fmt: skip


def answer(
    *said: tuple[str, Outcome], kept: tuple[str, ...] = (), state: State = State.AUDITED, criteria: tuple[str, ...] = ("1.1.1",)
) -> Answer:
    findings = tuple(
        Finding(
            rule=rule, criteria=criteria, outcome=outcome, impact=Impact.SERIOUS, page="http://a.test/", element=Element(selector="img"),
            message=f"说明 {rule}", engines=("axe",),
        )
        for rule, outcome in said
    )  # fmt: skip
    return Answer(state=state, reason="" if state is State.AUDITED else "没有打开", findings=findings, kept=frozenset(kept))


def measured(*pairs: tuple[Case, Answer], known: tuple[Case, ...] = ()) -> Measure:
    return measure([case for case, _ in pairs], {case.id: answer for case, answer in pairs}, known)


def test_a_rule_fires_only_where_it_failed_and_shares_a_criterion() -> None:
    one = case("1", "failed")
    assert fired(one, answer(("image-alt", FAILED))) == {"image-alt"}
    assert fired(one, answer(("image-alt", CANT_TELL))) == set()
    assert fired(one, answer(("html-lang", FAILED), criteria=("3.1.1",))) == set()


def test_recall_and_raw_false_positives_are_counted_over_their_own_examples() -> None:
    found = measured(
        (case("1", "failed"), answer(("image-alt", FAILED))),
        (case("2", "failed"), answer(("image-alt", CANT_TELL))),
        (case("3", "passed"), answer(("svg-alt", FAILED))),
        (case("4", "inapplicable"), answer()),
    )
    assert (found.failed, found.innocent) == (2, 2)
    assert found.missed == ("2",)
    assert found.raw == ("3",)
    assert found.mapped == (), "svg-alt fires on no failed example of this rule"


def test_a_false_positive_is_mapped_where_the_same_rule_fires_on_a_failed_example() -> None:
    found = measured((case("1", "failed"), answer(("image-alt", FAILED))), (case("2", "passed"), answer(("image-alt", FAILED))))
    assert found.mapped == ("2",)


def test_a_rule_of_another_act_rule_is_not_mapped_here() -> None:
    found = measured(
        (case("1", "failed", rule="bbbbbb"), answer(("svg-alt", FAILED))),
        (case("2", "passed"), answer(("svg-alt", FAILED))),
    )
    assert (found.raw, found.mapped) == (("2",), ())


def test_the_failed_example_that_maps_a_rule_may_be_of_the_other_approval() -> None:
    approved, proposed = case("1", "failed"), case("2", "passed", approved=False)
    answers = {"1": answer(("image-alt", FAILED)), "2": answer(("image-alt", FAILED))}
    assert measure([proposed], answers, [approved, proposed]).mapped == ("2",)
    assert measure([proposed], answers).mapped == ()


def test_a_case_without_an_answer_is_a_miss_and_never_a_clean_page() -> None:
    silent = answer(state=State.RENDER_FAILED)
    found = measured((case("1", "failed"), silent), (case("2", "passed"), silent), (case("3", "passed"), answer()))
    assert (found.missed, found.innocent, found.silent) == (("1",), 1, ("1", "2"))


def test_cases_without_an_answer_are_told_loudly() -> None:
    cases = [case("1", "failed"), case("2", "passed")]
    answers = {"1": answer(state=State.NOT_HTML), "2": answer()}
    lines = list(told(cases, answers, answers, everything=True))
    assert lines[0].startswith("!!! 1 cases got no answer; the 1 failed")
    assert "not-html" in lines[1]
    assert "没有打开" in lines[1]


@pytest.mark.parametrize(
    ("failed", "innocent", "level"),
    [
        ([answer(("a", FAILED)), answer(("b", FAILED))], [answer()], CONSISTENT),
        ([answer(("a", FAILED)), answer(("a", CANT_TELL))], [answer(("a", CANT_TELL))], CONSISTENT),
        ([answer(("a", FAILED)), answer()], [answer()], PARTLY),
        ([answer(("a", FAILED)), answer(("b", CANT_TELL))], [answer()], PARTLY),  # b never failed, so it is no procedure of this rule
        ([answer(("a", FAILED)), answer(state=State.NOT_HTML)], [answer()], PARTLY),
        ([answer(("a", FAILED)), answer(("a", FAILED))], [answer(state=State.NOT_HTML)], PARTLY),
        ([answer(("a", FAILED), ("b", FAILED))], [answer(("b", FAILED))], CONSISTENT),  # b is set aside, a is enough
        ([answer(("a", FAILED)), answer(("b", FAILED))], [answer(("b", FAILED))], PARTLY),
        ([answer(("a", FAILED))], [answer(("a", FAILED))], NEITHER),
        ([answer(("a", CANT_TELL))], [answer()], NEITHER),
    ],
)
def test_consistency_is_that_of_w3c(failed: list[Answer], innocent: list[Answer], level: str) -> None:
    cases = [case(f"f{n}", "failed") for n in range(len(failed))] + [case(f"i{n}", "inapplicable") for n in range(len(innocent))]
    assert consistency(cases, {one.id: said for one, said in zip(cases, [*failed, *innocent], strict=True)})[0] == level


def test_proposed_examples_say_nothing_of_the_consistency_with_an_approved_rule() -> None:
    cases = (case("1", "failed"), case("2", "passed", approved=False))
    answers = {"1": answer(("a", FAILED)), "2": answer(("a", FAILED))}
    assert measure(cases[:1], answers, cases).consistency == {"aaaaaa": CONSISTENT}
    assert measure(cases[1:], answers, cases).consistency == {}


def test_exactly_the_criteria_of_the_rule_are_told_apart() -> None:
    exact = measured((case("1", "failed"), answer(("a", FAILED))))
    wider = measured((case("1", "failed"), answer(("a", FAILED), criteria=("1.1.1", "4.1.2"))))
    assert (exact.exactly, wider.exactly) == (("aaaaaa",), ())
    assert wider.consistency == {"aaaaaa": CONSISTENT}


def test_cases_are_chosen_by_rule_and_criterion() -> None:
    cases = [case("1", "failed"), case("2", "failed", rule="bbbbbb", criteria=("2.4.2",))]
    assert [one.id for one in wanted(cases, [], [])] == ["1", "2"]
    assert [one.id for one in wanted(cases, ["bbbbbb"], [])] == ["2"]
    assert [one.id for one in wanted(cases, [], ["1.1.1"])] == ["1"]


def test_the_list_names_misses_and_what_is_noise_beyond_axe() -> None:
    cases = [case("1", "failed"), case("2", "failed"), case("3", "passed")]
    axe = {"1": answer(("image-alt", FAILED)), "2": answer(), "3": answer(("svg-alt", FAILED))}
    ours = {"1": answer(("image-alt", FAILED)), "2": answer(("new", CANT_TELL)), "3": answer(("svg-alt", FAILED), ("image-alt", FAILED))}
    text = "\n".join(told(cases, axe, ours, everything=True))
    assert "recall 1/2 = 50.0 %" in text
    missed, noise = text.split("missed (1)")[1].split("raw false positives beyond axe's own (1)")
    assert "Example 2" in missed
    assert "?new" in missed
    assert "*image-alt" in noise
    assert "svg-alt" not in noise


def test_earl_tells_one_outcome_for_each_case() -> None:
    cases = [case("1", "failed"), case("2", "failed"), case("3", "passed"), case("4", "inapplicable"), case("5", "passed"),
             case("6", "failed", rule="bbbbbb")]  # fmt: skip
    answers = {
        "1": answer(("image-alt", FAILED), ("image-alt", CANT_TELL)),
        "2": answer(("image-alt", CANT_TELL)),
        "3": answer(kept=("image-alt",)),
        "4": answer(kept=("html-lang",)),
        "5": answer(state=State.NOT_HTML),
        "6": answer(),
    }
    told = list(assertions(cases, answers))
    assert [one.outcome for one in told] == ["failed", "cantTell", "passed", "inapplicable", "untested", "untested"]
    assert told[0].source == "https://www.w3.org/WAI/1.html"
    assert (told[0].test, told[5].test) == ("image-alt", "Rule bbbbbb")
    assert told[0].requirements == ("https://www.w3.org/TR/WCAG22/#non-text-content",)


def test_earl_report_is_json_ld_with_an_assertor_and_assertions() -> None:
    said = Assertion(source="http://a.test/", test="image-alt", outcome="failed", requirements=(address("1.1.1"),), pointer="img")
    report = json.loads(json.dumps(earl([said], tool="auditor", version="1.0")))
    assertor, assertion = report["@graph"]
    assert report["@context"] == "https://act-rules.github.io/earl-context.json"
    assert assertor["doap:name"] == "auditor"
    assert assertion["assertedBy"] == assertor["@id"]
    assert assertion["subject"] == {"@type": "TestSubject", "source": "http://a.test/"}
    assert assertion["test"] == {"@type": "TestCase", "title": "image-alt", "isPartOf": ["https://www.w3.org/TR/WCAG22/#non-text-content"]}
    assert assertion["result"] == {"@type": "TestResult", "outcome": "earl:failed", "pointer": "img"}


def test_earl_knows_its_own_outcomes_only() -> None:
    with pytest.raises(ValueError, match="broken"):
        earl([Assertion(source="http://a.test/", test="image-alt", outcome="broken")], tool="auditor", version="1.0")


def test_every_criterion_has_an_address_of_its_own() -> None:
    found = {address(number) for number in criteria()}
    assert len(found) == len(criteria())


@pytest.mark.shared
@pytest.mark.browser
def test_some_cases_of_w3c_are_audited_and_measured(shared: Path) -> None:
    cases = read_cases(shared / "act")
    images = wanted(cases, ["23a2a8"], [])
    picked = [one for word in ("failed", "passed") for one in [image for image in images if image.expected == word][:2]]
    picked += [one for one in cases if one.path.endswith(".svg")][:1]
    answers = ask(picked, shared / "act", Profile.STATIC)
    found = measure(picked, answers)
    assert (found.failed, found.missed, found.raw) == (2, (), ())
    assert found.consistency["23a2a8"] == CONSISTENT
    assert [answers[id].state for id in found.silent] == [State.NOT_HTML]
