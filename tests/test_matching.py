"""Who is who: which finding of tonight is which issue of the nights before."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from test_lifecycle import FIXED, HOME, NEW, OPEN, REOPENED, RULES, Nights, a_run, page, picture

from auditor.identity import IDENTITY_VERSION
from auditor.lifecycle import Counts, advance
from auditor.model import STANDING, Finding, Span, State


def test_two_equal_elements_on_one_page_are_two_issues_and_repairing_one_closes_one() -> None:
    city = Nights()
    city.pass_([picture(1), picture(2)])
    assert city.states == {NEW: 2}
    city.pass_([picture(1), picture(2)])
    city.pass_([picture(1)])
    assert city.states == {OPEN: 1, FIXED: 1}
    assert city.pass_([picture(1), picture(2)]) == Counts(open=2, reopened=1)


def test_the_order_in_which_an_engine_reports_does_not_matter() -> None:
    shuffle = random.Random(7).shuffle
    findings = [picture(place, text=f"图{place // 2}") for place in range(40)]
    city = Nights()
    for _ in range(2):
        city.pass_(findings)
    for _ in range(5):
        shuffle(findings)
        city.pass_(findings)
        assert city.written == ()


def test_elements_that_change_places_stay_the_same_issues() -> None:
    city = Nights()
    for _ in range(2):
        city.pass_([picture(1, text="甲"), picture(2, text="乙")])
    city.pass_([picture(1, text="乙"), picture(2, text="甲")])
    assert city.written == ()


def test_a_shared_header_on_five_pages_is_one_group_of_five_issues() -> None:
    pages = [f"{HOME}art/{number}.html" for number in range(5)]
    city = Nights()
    city.pass_([picture(page=url) for url in pages])
    assert len({issue.group for issue in city.issues.values()}) == 1
    assert city.states == {NEW: 5}
    assert city.pass_([picture(page=url) for url in pages[2:]], [page(url=url) for url in pages]) == Counts(open=3, fixed=2)


def test_ids_with_counters_do_not_make_new_issues() -> None:
    city = Nights()
    for night in range(4):
        item = picture(attributes={"src": "/images/a.png", "class": "pic", "id": f"ember{night}81"}, snippet=f'<img id="ember{night}81">')
        city.pass_([item])
    assert [issue.spans for issue in city.issues.values()] == [(Span(first="n1"),)]


def test_a_rewritten_class_is_known_by_place_and_snippet() -> None:
    """Second step: the component got another identity, but path and snippet are as they were."""
    city = Nights()
    city.pass_([picture()])
    city.pass_([picture(attributes={"src": "/images/a.png", "class": "figure"})])
    assert city.only.state is OPEN


@pytest.mark.parametrize("between", [[], [[]]])
def test_a_half_repaired_element_is_known_by_its_id(between: list[list[Finding]]) -> None:
    """Somebody gave the field a name and a role, not the label it needs: the same barrier, standing or come back."""
    city = Nights()
    city.pass_([picture(1, attributes={"id": "sfzh"}, snippet="<input id=sfzh>")])
    for findings in between:
        city.pass_(findings)
    city.pass_([picture(3, attributes={"id": "sfzh", "name": "id", "role": "textbox"}, text="身份证", snippet="<input id=sfzh name=id>")])
    assert city.only.state is (REOPENED if between else OPEN)


def test_a_moved_element_is_known_by_its_words() -> None:
    """Third step: an equal one before it went, so that its number changed, and so did its path and snippet."""
    city = Nights()
    city.pass_([picture(1, text="图"), picture(2, text="图", snippet="<img id=second>")])
    city.pass_([picture(5, text="图", snippet="<img id=third>")])
    assert city.states == {OPEN: 1, FIXED: 1}


def test_rewritten_words_are_known_by_the_group_in_document_order() -> None:
    """Fourth step: today's news carry other titles, the defect of their template is the same."""
    city = Nights()
    city.pass_([picture(place, text=f"旧闻{place}", snippet=f"旧{place}") for place in (1, 2, 3)])
    counts = city.pass_([picture(place, text=f"新闻{place}", snippet=f"新{place}") for place in (1, 2, 3)])
    assert counts == Counts(open=3)
    assert [issue.element.text for issue in city.issues.values()] == ["新闻1", "新闻2", "新闻3"]


def test_news_that_take_turns_are_one_standing_issue_and_no_coming_and_going() -> None:
    """Standing issues go before closed ones: the title that returns continues the issue of the one that left."""
    city = Nights()
    city.pass_([picture(1, text="甲"), picture(2, text="乙")])
    assert city.pass_([picture(2, text="乙")]) == Counts(open=1, fixed=1)
    assert city.pass_([picture(1, text="甲")]) == Counts(open=1)
    assert city.pass_([picture(1, text="甲"), picture(2, text="乙")]) == Counts(open=2, new=1)


def test_closed_issues_do_not_come_back_by_their_group_alone() -> None:
    city = Nights()
    city.pass_([picture(text="旧")])
    city.pass_([])
    city.pass_([picture(4, text="全新", snippet="<img new>")])
    assert city.states == {FIXED: 1, NEW: 1}


def test_issues_on_other_pages_or_of_other_rules_are_never_taken_for_each_other() -> None:
    city = Nights()
    city.pass_([picture()])
    city.pass_([picture(page=HOME + "b"), picture(rule="label")])
    assert city.states == {FIXED: 1, NEW: 2}


def test_issues_of_an_older_identity_live_on() -> None:
    first = advance((), a_run(1, [picture(1), picture(2)]), catalogue=RULES)
    old = [replace(issue, group="x", instance=f"x{issue.id}", identity_version=IDENTITY_VERSION - 1) for issue in first.changed]
    changed, counts = advance(old, a_run(2, [picture(1), picture(2)]), catalogue=RULES)
    assert counts == Counts(open=2)
    assert [(issue.id, issue.group, issue.instance, issue.state) for issue in changed] == [
        (issue.id, issue.group, issue.instance, OPEN) for issue in first.changed
    ]
    unseen, _ = advance(old, a_run(2, [], []), catalogue=RULES)
    assert [issue.identity_version for issue in unseen] == [IDENTITY_VERSION] * 2


# ---------------------------------------------------------------------------------------------- whatever happens


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_nothing_is_lost_and_spans_are_in_order(seed: int) -> None:
    """Random nights: every finding belongs to exactly one standing issue, and a life is a row of spans that do not touch."""
    chance = random.Random(seed)
    city = Nights()
    pages = [f"{HOME}{number}" for number in range(4)]
    for _ in range(12):
        ends = [State.AUDITED, State.AUDITED, State.TIMEOUT, State.GONE, State.NOT_SAMPLED]
        ledger = [page(chance.choice(ends), url=url) for url in pages]
        findings = [
            picture(place, page=entry.url, text=chance.choice(["", "图一", "图二"]), rule=chance.choice(RULES))
            for entry in ledger if entry.state is State.AUDITED for place in chance.sample(range(6), chance.randrange(6))
        ]  # fmt: skip
        counts = city.pass_(findings, ledger)
        standing = [issue for issue in city.issues.values() if issue.state in STANDING]
        audited = {entry.url for entry in ledger if entry.state is State.AUDITED}
        assert Counter((item.page, item.rule) for item in findings) == Counter(
            (issue.page, issue.rule) for issue in standing if issue.page in audited
        )
        assert counts.open == len(standing)
        for issue in city.issues.values():
            edges = [int(edge[1:]) for span in issue.spans for edge in (span.first, span.last) if edge is not None]
            assert edges == sorted(set(edges))
            assert (issue.spans[-1].last is None) == (issue.state in STANDING)


def test_a_thousand_equal_findings_per_page_are_each_followed() -> None:
    findings = [picture(place, page=f"{HOME}{number}") for number in range(3) for place in range(1000)]
    city = Nights()
    city.pass_(findings)
    assert city.pass_(findings) == Counts(open=3000)
