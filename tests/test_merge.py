"""What two engines say of one barrier is told once, and where they disagree both are heard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.model import Element, Finding, Impact, Outcome, Page, State, Tally
from checks.engine import Voice
from checks.merge import merged

FAILED, CANT_TELL = Outcome.FAILED, Outcome.CANT_TELL
PAGE = Page(url="http://www.example.test/", final_url="http://www.example.test/", state=State.AUDITED)


def voice(
    engine: str, outcome: Outcome | None, rule: str = "color-contrast", place: str = "0/1/2", mark: str = "p", covers: tuple[str, ...] = ()
) -> Voice:
    finding = None
    if outcome:
        finding = Finding(
            rule=rule, criteria=("1.4.3",), outcome=outcome, impact=Impact.SERIOUS, page=PAGE.url,
            element=Element(selector=f"#{engine}"), message=f"{engine}的话", engines=(engine,),
        )  # fmt: skip
    return Voice(engine=engine, rule=rule, place=place, mark=mark, outcome=outcome, finding=finding, covers=covers)


def tally(rule: str = "color-contrast", **counts: int) -> Tally:
    return Tally(page=PAGE.url, rule=rule, **counts)


@pytest.mark.parametrize(
    ("first", "second", "outcome", "engines", "counts"),
    [
        (FAILED, FAILED, FAILED, ("axe", "auditor"), (1, 5, 0)),
        (FAILED, CANT_TELL, FAILED, ("axe",), (1, 5, 0)),
        (FAILED, None, CANT_TELL, ("axe", "auditor"), (0, 5, 1)),
        (CANT_TELL, FAILED, FAILED, ("axe", "auditor"), (1, 5, 0)),
        (CANT_TELL, CANT_TELL, CANT_TELL, ("axe", "auditor"), (0, 5, 1)),
        (CANT_TELL, None, None, (), (0, 6, 0)),
    ],
)
def test_two_voices_on_one_element_under_one_rule(
    first: Outcome, second: Outcome | None, outcome: Outcome | None, engines: tuple[str, ...], counts: tuple[int, int, int]
) -> None:
    before = tally(failed=int(first is FAILED), passed=5, cant_tell=int(first is CANT_TELL))
    findings, tallies = merged(PAGE, [voice("axe", first)], [before], [voice("auditor", second)])
    assert [(one.outcome, one.engines, one.element.selector) for one in findings] == ([(outcome, engines, "#axe")] if outcome else [])
    assert [(one.failed, one.passed, one.cant_tell) for one in tallies] == [counts]


def test_both_voices_are_heard_where_they_disagree() -> None:
    (finding,), _ = merged(PAGE, [voice("axe", FAILED)], [tally(failed=1)], [voice("auditor", None)])
    assert "结论不同" in finding.message and "axe的话" in finding.message


def test_a_voice_that_overrules_takes_a_failure_back() -> None:
    kept = replace(voice("auditor", None), overrules=True)
    findings, (count,) = merged(PAGE, [voice("axe", FAILED)], [tally(failed=1)], [kept])
    assert findings == () and (count.failed, count.passed) == (0, 1)


def test_a_rule_of_ours_that_covers_the_same_barrier_is_not_told_twice() -> None:
    ours = voice("auditor", FAILED, rule="link-purpose", covers=("link-name",))
    (finding,), (count,) = merged(PAGE, [voice("axe", FAILED, rule="link-name")], [tally("link-name", failed=1)], [ours])
    assert (finding.rule, finding.engines, count.rule) == ("link-name", ("axe", "auditor"), "link-name")


def test_a_failure_of_ours_takes_the_place_of_a_doubt_that_it_covers() -> None:
    ours = voice("auditor", FAILED, rule="link-purpose", covers=("link-name",))
    (finding,), counts = merged(PAGE, [voice("axe", CANT_TELL, rule="link-name")], [tally("link-name", cant_tell=1)], [ours])
    assert (finding.rule, finding.outcome) == ("link-purpose", FAILED)
    assert [(one.rule, one.failed, one.cant_tell) for one in counts] == [("link-purpose", 1, 0)]


def test_what_another_rule_passes_leaves_a_finding_as_it_is() -> None:
    ours = voice("auditor", None, rule="link-purpose", covers=("link-name",))
    (finding,), _ = merged(PAGE, [voice("axe", FAILED, rule="link-name")], [tally("link-name", failed=1)], [ours])
    assert (finding.outcome, finding.engines) == (FAILED, ("axe",))


def test_what_one_engine_alone_speaks_of_is_told_and_counted() -> None:
    ours = [
        voice("auditor", FAILED, place="0/9"), voice("auditor", None, rule="other"), voice("auditor", CANT_TELL, rule="other", place="0/8"),
    ]  # fmt: skip
    findings, tallies = merged(PAGE, [voice("axe", FAILED)], [tally(failed=1, passed=2)], ours)
    assert [(one.rule, one.outcome, one.engines) for one in findings] == [
        ("color-contrast", FAILED, ("axe",)), ("color-contrast", FAILED, ("auditor",)), ("other", CANT_TELL, ("auditor",)),
    ]  # fmt: skip
    assert {one.rule: (one.failed, one.passed, one.cant_tell) for one in tallies} == {"color-contrast": (2, 2, 0), "other": (0, 1, 1)}


def test_elements_of_which_axe_gives_no_place_are_never_taken_for_one() -> None:
    findings, _ = merged(PAGE, [voice("axe", FAILED, place=""), voice("axe", FAILED, place="")], [tally(failed=2)], [])
    assert len(findings) == 2


def test_an_element_that_came_to_stand_in_the_place_of_another_is_not_taken_for_it() -> None:
    """The page put a link in front of this one between axe's look and ours."""
    findings, (count,) = merged(
        PAGE, [voice("axe", FAILED, mark="a||/old|||")], [tally(failed=1)], [voice("auditor", None, mark="a||/new|||")]
    )
    assert [(one.outcome, one.engines) for one in findings] == [(FAILED, ("axe",))] and (count.failed, count.passed) == (1, 1)


def test_a_third_engine_meets_what_the_second_added() -> None:
    asked = voice("auditor", CANT_TELL, rule="select-jump")
    seen = voice("interaction", FAILED, rule="change-on-input", covers=("select-jump",))
    (finding,), counts = merged(PAGE, [], [], [asked, seen])
    assert (finding.rule, finding.outcome, finding.engines) == ("change-on-input", FAILED, ("auditor", "interaction"))
    assert [(one.rule, one.failed, one.cant_tell) for one in counts] == [("change-on-input", 1, 0)]
    (finding,), _ = merged(PAGE, [], [], [voice("auditor", FAILED, rule="select-jump"), seen])
    assert (finding.rule, finding.engines) == ("select-jump", ("auditor", "interaction"))
