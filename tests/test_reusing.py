"""Judgements of earlier nights: when they are offered, when a page is judged anew all the same, and what is learned from that."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from auditor.audit import _told_all
from auditor.model import (
    Carried,
    Category,
    Compared,
    Coverage,
    Element,
    Finding,
    Impact,
    Judged,
    Network,
    Order,
    Outcome,
    Page,
    Reuse,
    Site,
    Source,
    State,
    Target,
    Variant,
)
from auditor.plain import dump
from auditor.reusing import MOST, REASON, UNSTEADY, Held, counted, learned, light

NIGHT = date(2026, 11, 29)
PAGE = "http://a.test/1"
SOURCES = (Source(url=PAGE, digest="d" * 64, validators={"etag": '"1"'}), Source(url="http://a.test/s.css", digest="c" * 64))


def finding(selector: str = "img", outcome: Outcome = Outcome.FAILED) -> Finding:
    return Finding(
        rule="image-alt", criteria=("1.1.1",), outcome=outcome, impact=Impact.SERIOUS, page=PAGE,
        element=Element(selector=selector, tag="img"), message="", engines=("axe",),
    )  # fmt: skip


def judged(url: str = PAGE, **changes: Any) -> Judged:
    told = Judged(
        coverage=Coverage(url=url, state=State.AUDITED, dom_key="k", engines=("axe",)), findings=(finding(),), links=("http://a.test/2",),
        sources=SOURCES,
    )  # fmt: skip
    return replace(told, **changes)


def kept(url: str = PAGE, *, seen: date = NIGHT - timedelta(days=1), **changes: Any) -> Carried:
    one = Carried(
        url=url, variant=Variant.DESKTOP, seen=seen, ruleset_id="rules", environment_id="here", body=zlib.compress(dump(judged(url)))
    )
    return replace(one, **changes)


def held(*ones: Carried, today: date = NIGHT, every: int | None = None, percent: float = 0.0, round: str = "r") -> Held:
    site = Site(id="a", name="甲", url="http://a.test/", category=Category.PORTAL, region="", owner="")
    target = Target(site=site, full_audit_every=every, recheck_percent=percent)
    order = Order(target=target, network=Network(), round=round, now=datetime(2026, 11, 29, tzinfo=UTC), carried=ones, today=today)
    return Held(order, "rules", "here")


def week() -> list[date]:
    return [NIGHT + timedelta(days=day) for day in range(7)]


def test_what_was_judged_by_the_same_rules_in_the_same_browser_is_offered_as_carried_over() -> None:
    offered = held(kept()).offer(PAGE, Variant.DESKTOP)
    assert offered is not None
    assert (offered.coverage.state, offered.coverage.reason) == (State.REUSED, REASON)
    assert offered.findings == judged().findings
    assert offered.sources == SOURCES
    for other in (kept(ruleset_id="older"), kept(environment_id="elsewhere"), kept(body=b"broken"), kept(variant=Variant.MOBILE)):
        assert held(other).offer(PAGE, Variant.DESKTOP) is None


def test_a_page_of_which_not_all_is_known_is_never_offered() -> None:
    body = zlib.compress(dump(judged(sources=())))
    assert held(kept(body=body)).offer(PAGE, Variant.DESKTOP) is None


def test_every_page_has_its_turn_within_seven_nights_and_about_a_seventh_each_night() -> None:
    urls = [f"http://a.test/{number}" for number in range(700)]
    nights = []
    for day in range(7):
        today = NIGHT + timedelta(days=day)
        tonight = held(*(kept(url, seen=today - timedelta(days=1)) for url in urls), today=today, every=7)
        nights.append({url for url in urls if tonight.offer(url, Variant.DESKTOP) is None})
    assert set.union(*nights) == set(urls)
    assert sum(map(len, nights)) == len(urls), "a turn comes once"
    assert all(60 <= len(night) <= 140 for night in nights), [len(night) for night in nights]


def test_what_is_seven_nights_old_is_judged_anew_whose_turn_ever_it_is() -> None:
    for day in range(7):
        today = NIGHT + timedelta(days=day)
        assert held(kept(seen=today - timedelta(days=7)), today=today, every=7).offer(PAGE, Variant.DESKTOP) is None
    assert held(kept(), every=1).offer(PAGE, Variant.DESKTOP) is None, "every night anew"


def test_some_are_drawn_to_be_judged_anew_others_each_night_and_the_same_when_a_night_is_resumed() -> None:
    urls = [f"http://a.test/{number}" for number in range(2000)]

    def drawn(round: str) -> set[str]:
        tonight = held(*map(kept, urls), percent=5.0, round=round)
        return {url for url in urls if tonight.offer(url, Variant.DESKTOP) is None}

    one, other = drawn("20261129-020000"), drawn("20261130-020000")
    assert 60 <= len(one) <= 140
    assert len(one & other) < 20
    assert drawn("20261129-020000") == one


def test_a_page_judged_anew_is_compared_with_what_was_known_of_it() -> None:
    here = held(kept(), every=1)
    other = judged(findings=(finding(outcome=Outcome.CANT_TELL),))
    fewer = judged(findings=())
    moved = judged(sources=(replace(SOURCES[0], digest="e" * 64), SOURCES[1]))
    unknown = judged(sources=())
    words = [here.compared(one).coverage.compared for one in (judged(), other, fewer, moved, unknown)]
    assert words == [Compared.STEADY, Compared.DIFFERED, Compared.DIFFERED, Compared.CHANGED, Compared.CHANGED]
    assert here.compared(judged("http://a.test/new")).coverage.compared is Compared.NONE
    assert here.compared(judged(coverage=Coverage(url=PAGE, state=State.TIMEOUT))).coverage.compared is Compared.NONE


def test_a_page_whose_answer_to_us_is_another_than_to_the_browser_counts_as_one_that_changed() -> None:
    here = held(kept())
    here.has_changed(PAGE, Variant.DESKTOP)
    assert here.compared(judged()).coverage.compared is Compared.CHANGED


def test_what_the_site_called_unchanged_and_came_out_otherwise_counts_as_an_error_whatever_the_browser_got() -> None:
    moved = (replace(SOURCES[0], digest="e" * 64), SOURCES[1])
    turn = next(day for day in week() if held(kept(), every=3, today=day).offer(PAGE, Variant.DESKTOP) is None)
    drawn = held(kept(), every=3, today=turn)
    assert drawn.recheck(PAGE, Variant.DESKTOP) == SOURCES, "it is asked about although it is opened"
    word = drawn.compared(judged(findings=(), sources=moved)).coverage.compared
    assert word is Compared.DIFFERED
    assert drawn.compared(judged(sources=moved)).coverage.compared is Compared.CHANGED
    drawn.has_changed(PAGE, Variant.DESKTOP)
    assert drawn.compared(judged(findings=(), sources=moved)).coverage.compared is Compared.CHANGED
    assert held(kept(), every=1).recheck(PAGE, Variant.DESKTOP) == (), "where nothing is ever carried over nobody is asked"
    assert held(kept()).recheck(PAGE, Variant.DESKTOP) == (), "it is offered"


def test_a_page_on_which_more_or_less_was_tried_than_before_is_not_compared() -> None:
    here = held(kept())
    for engines in (("axe", "interaction"), ("auditor",)):
        other = judged(coverage=Coverage(url=PAGE, state=State.AUDITED, engines=engines), findings=())
        assert here.compared(other).coverage.compared is Compared.NONE
    silent = judged(coverage=Coverage(url=PAGE, state=State.AUDITED, engines=("axe",), silent_frames=("iframe",)), findings=())
    assert here.compared(silent).coverage.compared is Compared.NONE


def test_pages_that_are_not_carried_over_anyway_learn_but_do_not_count_as_errors() -> None:
    here = held(kept(changing=7))
    assert here.compared(judged()).coverage.compared is Compared.RESTED
    assert here.compared(judged(findings=())).coverage.compared is Compared.RESTLESS
    assert (learned(7, Compared.RESTED), learned(6, Compared.RESTLESS)) == (6, 7)
    ledger = [Coverage(url=PAGE, state=State.AUDITED, compared=word) for word in (Compared.RESTED, Compared.RESTLESS)]
    assert counted(ledger) == Reuse()
    assert here.recheck(PAGE, Variant.DESKTOP) == ()


def test_pages_that_change_all_the_time_are_not_asked_about_until_they_rest() -> None:
    changing = 0
    for word in (Compared.CHANGED, Compared.CHANGED):
        changing = learned(changing, word)
    assert changing == UNSTEADY
    assert held(kept(changing=changing)).offer(PAGE, Variant.DESKTOP) is None
    assert learned(changing, Compared.CHANGED) == UNSTEADY, "it does not get worse, so that one quiet night is enough"
    rested = learned(changing, Compared.STEADY)
    assert held(kept(changing=rested)).offer(PAGE, Variant.DESKTOP) is not None


def test_a_page_that_was_carried_over_wrongly_is_looked_at_for_six_nights() -> None:
    changing = learned(0, Compared.DIFFERED)
    assert changing == MOST[Compared.DIFFERED]
    nights = 0
    while held(kept(changing=changing)).offer(PAGE, Variant.DESKTOP) is None:
        changing = learned(changing, Compared.STEADY)
        nights += 1
    assert nights == 6
    assert learned(0, Compared.STEADY) == 0


def test_a_run_tells_how_far_it_carried_over_and_how_often_that_would_have_been_wrong() -> None:
    ledger = [
        Coverage(url=f"http://a.test/{number}", state=state, compared=word)
        for number, (state, word) in enumerate(
            [(State.REUSED, Compared.NONE)] * 4 + [(State.AUDITED, Compared.STEADY)] * 3 + [(State.AUDITED, Compared.DIFFERED),
             (State.AUDITED, Compared.CHANGED), (State.AUDITED, Compared.NONE)]
        )
    ]  # fmt: skip
    assert counted(ledger) == Reuse(reused=4, steady=3, differed=1, changed=1)
    assert counted(ledger[-1:]) is None, "a first night has nothing to carry over"


def test_a_resumed_run_knows_again_what_it_had_carried_over() -> None:
    here = held(kept())
    offered = here.offer(PAGE, Variant.DESKTOP)
    assert offered is not None
    noted = light(offered)
    assert noted.findings == ()
    assert here.filled([noted, judged("http://a.test/2")]) == (offered, judged("http://a.test/2"))
    assert held().filled([noted]) == (), "without it the page is looked at"
    assert light(judged()) == judged()


def test_a_judgement_in_which_something_is_missing_is_not_to_be_carried_over() -> None:
    page = Page(url=PAGE, final_url=PAGE, state=State.AUDITED, facts={"closed": ("my-menu",)})
    assert _told_all(page, ("my-menu",)), "nobody can ever look into a closed shadow root"
    assert not _told_all(page, ("my-menu", "iframe"))
    assert not _told_all(replace(page, unanswered={"keyboard": "没有在 60 秒内做完"}), ())
