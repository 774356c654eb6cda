"""The life of an issue, told night by night: what closes it, what does not, and what makes it the same issue again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from auditor.lifecycle import Counts, advance
from auditor.model import (
    NEVER_TRIED,
    NOT_A_PAGE,
    SEEN,
    Box,
    Coverage,
    Element,
    Finding,
    Impact,
    Issue,
    IssueState,
    Outcome,
    Run,
    RunState,
    Span,
    State,
    Tally,
    Variant,
)

HOME = "http://www.example.gov.cn/"
RULES = ("image-alt", "link-name", "label")
FIRST_NIGHT = datetime(2026, 11, 23, 18, tzinfo=UTC)

NEW, OPEN, REOPENED = IssueState.NEW, IssueState.OPEN, IssueState.REOPENED
HIDDEN, FIXED, GONE, RETIRED = IssueState.NOT_OBSERVED, IssueState.FIXED, IssueState.PAGE_GONE, IssueState.RULE_RETIRED


def picture(place: int = 1, *, page: str = HOME, rule: str = "image-alt", outcome: Outcome = Outcome.FAILED, **changes: object) -> Finding:
    """A picture without a text alternative."""
    details = {"text": "", "selector": f"#news > img:nth-child({place})", "attributes": {"src": "/images/a.png", "class": "pic"}} | changes
    item = Element(
        tag="img", xpath=f"/html/body/div/img[{place}]", snippet=str(details.pop("snippet", '<img src="/images/a.png" class="pic">')),
        ancestors=({"tag": "div", "id": "news"},), box=Box(x=0, y=100.0 * place, width=10, height=10), **details,  # type: ignore[arg-type]
    )  # fmt: skip
    return Finding(
        rule=rule, criteria=("1.1.1",), outcome=outcome, impact=Impact.CRITICAL, page=page, element=item, message="请写替代文字。",
        engines=("axe",),
    )  # fmt: skip


def page(state: State = State.AUDITED, *, url: str = HOME, engines: tuple[str, ...] = ("axe",), **changes: object) -> Coverage:
    return Coverage(url=url, state=state, engines=engines if state in SEEN else (), **changes)  # type: ignore[arg-type]


def a_run(
    night: int, findings: Iterable[Finding] = (), coverage: Sequence[Coverage] | None = None, *,
    rules: tuple[str, ...] = RULES, **changes: object,
) -> Run:  # fmt: skip
    started = FIRST_NIGHT + timedelta(days=night)
    found = tuple(findings)
    ledger = tuple(page(url=url) for url in dict.fromkeys([HOME, *(item.page for item in found)])) if coverage is None else tuple(coverage)
    values: dict[str, object] = {
        "site": "portal", "round": f"n{night}", "started": started, "finished": started + timedelta(hours=1), "state": RunState.AUDITED,
        "coverage": ledger, "findings": found, "rules": rules,
    }  # fmt: skip
    return Run(**(values | changes))  # type: ignore[arg-type]


class Nights:
    """The issues of a site, as the store would keep them: only what `advance` says has changed is written."""

    def __init__(self) -> None:
        self.issues: dict[str, Issue] = {}
        self.night = 0
        self.written: tuple[Issue, ...] = ()

    def pass_(self, findings: Iterable[Finding] = (), coverage: Sequence[Coverage] | None = None, *, catalogue: Iterable[str] = RULES,
              **changes: object) -> Counts:  # fmt: skip
        self.night += 1
        run = a_run(self.night, findings, coverage, **changes)  # type: ignore[arg-type]
        self.written, counts = advance(self.issues.values(), run, catalogue=frozenset(catalogue))
        self.issues |= {issue.id: issue for issue in self.written}
        again = advance(self.issues.values(), run, catalogue=frozenset(catalogue))
        assert again.changed == (), "the same run given twice must change nothing"
        return counts

    @property
    def only(self) -> Issue:
        (issue,) = self.issues.values()
        return issue

    @property
    def states(self) -> Counter[IssueState]:
        return Counter(issue.state for issue in self.issues.values())


# ---------------------------------------------------------------------------------------------- one issue, told as a story

STORIES = [
    # what happens in the nights after the first, and the state of the issue after each
    pytest.param([("seen", OPEN), ("seen", OPEN)], [("n1", None)], id="still there"),
    pytest.param([("repaired", FIXED)], [("n1", "n2")], id="repaired the next day"),
    pytest.param([("seen", OPEN), ("repaired", FIXED), ("repaired", FIXED)], [("n1", "n3")], id="repaired and it stays so"),
    pytest.param(
        [("repaired", FIXED), ("seen", REOPENED), ("seen", OPEN)], [("n1", "n2"), ("n3", None)], id="back again, then simply open"
    ),
    pytest.param(
        [("repaired", FIXED), ("seen", REOPENED), ("repaired", FIXED), ("seen", REOPENED)],
        [("n1", "n2"), ("n3", "n4"), ("n5", None)],
        id="a barrier that comes and goes",
    ),
    pytest.param([("timeout", HIDDEN), ("seen", OPEN)], [("n1", None)], id="page not reached: not observed, then open without a break"),
    pytest.param([("timeout", HIDDEN), ("timeout", HIDDEN), ("repaired", FIXED)], [("n1", "n4")], id="repaired while nobody could look"),
    pytest.param([("silent", HIDDEN), ("repaired", FIXED)], [("n1", "n3")], id="the engine fell silent: proves nothing"),
    pytest.param([("untried", NEW), ("seen", OPEN)], [("n1", None)], id="page not drawn tonight: left alone"),
    pytest.param([("absent", NEW), ("seen", OPEN)], [("n1", None)], id="page not in the ledger: left alone"),
    pytest.param([("timeout", HIDDEN), ("untried", HIDDEN), ("seen", OPEN)], [("n1", None)], id="not reached, then not drawn"),
    pytest.param([("gone", GONE), ("gone", GONE)], [("n1", "n2")], id="the page was taken down"),
    pytest.param([("gone", GONE), ("seen", REOPENED)], [("n1", "n2"), ("n3", None)], id="the page was put up again, barrier and all"),
    pytest.param([("gone", GONE), ("repaired", GONE)], [("n1", "n2")], id="the page was put up again without the barrier"),
    pytest.param([("smaller", NEW), ("seen", OPEN)], [("n1", None)], id="a smaller profile did not ask the rule"),
    pytest.param([("retired", RETIRED), ("repaired", RETIRED)], [("n1", "n2")], id="the rule left the catalogue: retired, never fixed"),
    pytest.param([("reused", OPEN), ("reused", OPEN)], [("n1", None)], id="the page was reused with its old judgement"),
    pytest.param([("timeout", HIDDEN), ("reused", OPEN)], [("n1", None)], id="reused after a night in which it was not reached"),
    pytest.param([("rejudged", FIXED)], [("n1", "n2")], id="a reused page judged again by a mended check"),
    pytest.param([("interrupted", HIDDEN), ("error", HIDDEN), ("challenge", HIDDEN)], [("n1", None)], id="three bad nights in a row"),
    pytest.param([("withheld", FIXED)], [("n1", "n2")], id="a withheld run: the page itself was judged, that is enough"),
    pytest.param([("failed", HIDDEN)], [("n1", None)], id="a failed run"),
]

NIGHTS: dict[str, dict[str, object]] = {
    "seen": {"findings": [picture()]},
    "repaired": {},
    "timeout": {"coverage": [page(State.TIMEOUT)]},
    "error": {"coverage": [page(State.ERROR_PAGE)]},
    "challenge": {"coverage": [page(State.CHALLENGE)]},
    "interrupted": {"coverage": [page(State.INTERRUPTED)]},
    "silent": {"coverage": [page(engines=("wcag",))]},
    "untried": {"coverage": [page(State.NOT_SAMPLED)]},
    "absent": {"coverage": []},
    "gone": {"coverage": [page(State.GONE)]},
    "smaller": {"rules": ("link-name",)},
    "retired": {"catalogue": ("link-name", "label"), "rules": ("link-name", "label")},
    "reused": {"coverage": [page(State.REUSED)]},
    "rejudged": {"coverage": [page(State.REUSED)], "tallies": (Tally(page=HOME, rule="image-alt", passed=1),)},
    "withheld": {"state": RunState.WITHHELD, "coverage": [page(), *(page(State.TIMEOUT, url=HOME + path) for path in "abc")]},
    "failed": {"state": RunState.FAILED, "coverage": [page(State.DNS_ERROR)]},
}


@pytest.mark.parametrize(("story", "spans"), STORIES)
def test_the_life_of_an_issue(story: list[tuple[str, IssueState]], spans: list[tuple[str, str | None]]) -> None:
    city = Nights()
    city.pass_([picture()])
    assert city.only.state is NEW
    for what, state in story:
        city.pass_(**NIGHTS[what])  # type: ignore[arg-type]
        assert city.only.state is state, f"night {city.night}: {what}"
    assert city.only.spans == tuple(Span(first=first, last=last) for first, last in spans)
    assert city.only.first_seen == FIRST_NIGHT + timedelta(days=1)


@pytest.mark.parametrize("state", State)
def test_every_state_of_the_ledger_has_its_meaning_for_an_issue_that_was_not_found(state: State) -> None:
    city = Nights()
    city.pass_([picture()])
    city.pass_([], [page(state)])
    expected = HIDDEN
    if state in NEVER_TRIED:
        expected = NEW
    elif state in NOT_A_PAGE - {State.DUPLICATE, State.SOFT_404}:  # a soft 404 is recognised by its words, which proves nothing
        expected = GONE
    elif state in SEEN:
        expected = FIXED if state is State.AUDITED else OPEN
    assert city.only.state is expected


def test_the_time_of_a_change_is_kept_and_only_of_a_change() -> None:
    city = Nights()
    city.pass_([picture()])
    city.pass_([picture()])
    assert city.only.changed == FIRST_NIGHT + timedelta(days=2)
    city.pass_([picture()])
    assert city.only.changed == FIRST_NIGHT + timedelta(days=2)
    city.pass_([])
    assert city.only.changed == FIRST_NIGHT + timedelta(days=4)


def test_a_rule_that_returns_to_the_catalogue_starts_afresh() -> None:
    city = Nights()
    city.pass_([picture()])
    city.pass_(**NIGHTS["retired"])  # type: ignore[arg-type]
    city.pass_([picture()])
    assert sorted(city.states.elements()) == [NEW, RETIRED]


def test_what_a_new_rule_finds_is_no_regression() -> None:
    first = advance((), a_run(1, [picture()], rules=("image-alt",)), catalogue=RULES)
    assert [issue.state for issue in first.changed] == [NEW], "in the first run nobody knows how long anything has stood"
    both = a_run(2, [picture(), picture(2, text="别的"), picture(rule="label")])
    changed, counts = advance(first.changed, both, catalogue=RULES, asked_before=("image-alt",))
    assert {(issue.rule, issue.element.text): issue.state for issue in changed} == {
        ("image-alt", ""): OPEN, ("image-alt", "别的"): NEW, ("label", ""): IssueState.NEW_RULE,
    }  # fmt: skip
    assert counts == Counts(new=1, new_rule=1, open=3)
    assert advance(changed, both, catalogue=RULES, asked_before=("image-alt",)).changed == ()
    later, counts = advance(changed, a_run(3, both.findings), catalogue=RULES, asked_before=RULES)
    assert {issue.state for issue in later} == {OPEN}
    assert counts == Counts(open=3)


def test_an_issue_of_a_rule_that_left_the_catalogue_is_never_fixed_whatever_became_of_its_page() -> None:
    for state in State:
        city = Nights()
        city.pass_([picture()])
        counts = city.pass_([], [page(state)], catalogue=("link-name",), rules=("link-name",))
        assert (city.only.state, counts) == (RETIRED, Counts()), state


# ---------------------------------------------------------------------------------------------- evidence


def test_any_engine_that_found_it_may_close_it() -> None:
    city = Nights()
    city.pass_([replace(picture(), engines=("axe", "wcag"))], [page(engines=("axe", "wcag"))])
    city.pass_([], [page(engines=("wcag",))])
    assert city.only.state is FIXED


def test_an_engine_that_lost_the_rule_closes_nothing_and_its_successor_does() -> None:
    first = advance((), a_run(1, [picture()]), catalogue=RULES)
    askers = {"image-alt": ("wcag",)}
    silent = advance(first.changed, a_run(2, [], [page(engines=("axe",))]), catalogue=RULES, askers=askers)
    assert [issue.state for issue in silent.changed] == [HIDDEN]
    spoken = advance(first.changed, a_run(2, [], [page(engines=("axe", "wcag"))]), catalogue=RULES, askers=askers)
    assert [issue.state for issue in spoken.changed] == [FIXED]


def test_a_silent_frame_keeps_the_issues_inside_it_and_no_others() -> None:
    inside = picture(1, selector="iframe#news >>> img", text="内")
    deeper = picture(2, selector='iframe#news >>> iframe[src="/x?p=1"] >>> img', text="深")
    beside, outside = picture(3, selector="iframe#links >>> img", text="旁"), picture(4, text="外")
    city = Nights()
    city.pass_([inside, deeper, beside, outside])
    city.pass_([], [page(silent_frames=("body > iframe#news",))])
    assert {issue.element.text: issue.state for issue in city.issues.values()} == {"内": HIDDEN, "深": HIDDEN, "旁": FIXED, "外": FIXED}


def test_a_variant_that_was_not_visited_is_not_judged_by_another() -> None:
    city = Nights()
    mobile = replace(picture(), variant=Variant.MOBILE)
    city.pass_([picture(), mobile], [page(), page(variant=Variant.MOBILE)])
    assert len(city.issues) == 2
    city.pass_([], [page()])
    assert {issue.variant: issue.state for issue in city.issues.values()} == {Variant.DESKTOP: FIXED, Variant.MOBILE: NEW}


def test_issues_of_a_duplicate_end_when_the_address_that_stands_for_it_carries_them() -> None:
    other = HOME + "index.html"
    city = Nights()
    city.pass_([picture(text="甲"), picture(2, text="乙", rule="link-name")])
    city.pass_([picture(text="甲", page=other)], [page(url=other), page(State.DUPLICATE, final_url=other)])
    assert {(issue.page, issue.element.text): issue.state for issue in city.issues.values()} == {
        (HOME, "甲"): GONE, (HOME, "乙"): HIDDEN, (other, "甲"): NEW,
    }  # fmt: skip


def test_the_twin_of_a_duplicate_is_also_known_by_its_digest() -> None:
    other = HOME + "index.html"
    city = Nights()
    city.pass_([picture()])
    city.pass_([picture(page=other)], [page(url=other, digest="d"), page(State.DUPLICATE, digest="d")])
    assert city.states == {GONE: 1, NEW: 1}


# ---------------------------------------------------------------------------------------------- what is written


def test_growth_follows_change_a_standing_issue_is_written_twice_and_no_more() -> None:
    city = Nights()
    written = []
    for _ in range(10):
        city.pass_([picture()])
        written.append(len(city.written))
    assert written == [1, 1] + [0] * 8


def test_a_moved_box_is_no_news() -> None:
    city = Nights()
    for _ in range(2):
        city.pass_([picture()])
    moved = picture()
    city.pass_([replace(moved, element=replace(moved.element, box=Box(x=9, y=9, width=9, height=9)), message="另一句话。")])
    assert city.written == ()


@pytest.mark.parametrize("news", [
    pytest.param(replace(picture(), outcome=Outcome.CANT_TELL), id="another outcome"),
    pytest.param(replace(picture(), impact=Impact.MINOR), id="another impact"),
    pytest.param(replace(picture(), picture="f" * 64), id="a first picture"),
    pytest.param(replace(picture(), engines=("wcag",)), id="found by another engine only"),
    pytest.param(picture(snippet='<img src="/images/a.png" class="pic" loading="lazy">'), id="another snippet"),
    pytest.param(picture(attributes={"src": "/images/b.png", "class": "pic"}), id="another file"),
])  # fmt: skip
def test_news_about_a_standing_issue_is_taken_over_as_a_whole(news: Finding) -> None:
    city = Nights()
    for _ in range(2):
        city.pass_([picture()])
    city.pass_([news])
    (written,) = city.written
    assert (written.state, written.outcome, written.impact, written.element, written.picture, written.engines) == (
        OPEN, news.outcome, news.impact, news.element, news.picture, news.engines,
    )  # fmt: skip
    assert written.spans == (Span(first="n1"),)


def test_a_picture_is_not_given_up_for_none() -> None:
    city = Nights()
    city.pass_([replace(picture(), picture="f" * 64)])
    city.pass_([picture(snippet="<img>")])
    assert city.only.picture == "f" * 64


def test_an_undecided_finding_is_an_issue_too_and_stays_the_same_when_it_is_decided() -> None:
    city = Nights()
    assert city.pass_([picture(outcome=Outcome.CANT_TELL)]) == Counts()
    assert city.pass_([picture()]) == Counts(open=1)
    assert city.only.state is OPEN
    assert city.pass_([]) == Counts(fixed=1)


def test_what_two_engines_decided_is_not_undone_by_one_while_the_other_is_silent() -> None:
    """Pixels had settled what axe alone cannot tell; in a night in which they could not be looked at nothing new is known."""
    city = Nights()
    both = replace(picture(), engines=("axe", "auditor"))
    city.pass_([both], [page(engines=("axe", "auditor"))])
    city.pass_([picture(outcome=Outcome.CANT_TELL)], [page(engines=("axe",))])
    assert (city.only.state, city.only.outcome, city.only.engines) == (OPEN, Outcome.FAILED, ("axe", "auditor"))
    city.pass_([picture(outcome=Outcome.CANT_TELL)], [page(engines=("axe", "auditor"))])
    assert (city.only.state, city.only.outcome, city.only.engines) == (OPEN, Outcome.CANT_TELL, ("axe",))


def test_counts_tell_failed_barriers_only() -> None:
    city = Nights()
    kinds = ["logo", "banner", "icon", "map", "photo"]
    first = [picture(place, attributes={"src": f"/images/{kind}.png", "class": kind}) for place, kind in enumerate(kinds)]
    assert city.pass_([*first, picture(9, text="?", outcome=Outcome.CANT_TELL)]) == Counts(new=5, open=5)
    assert city.pass_(first[1:]) == Counts(open=4, fixed=1)
    assert city.pass_([first[0], *first[2:], picture(7, rule="label")]) == Counts(new=1, open=5, fixed=1, reopened=1)
    assert city.pass_([], [page(State.TIMEOUT)]) == Counts(open=5)
    assert city.pass_([], [page(State.GONE)]) == Counts()
