"""Cases: what may be done by whom and when, deadlines in days, retests by evidence, and walks through the whole machine."""

from __future__ import annotations

import io
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import docx
import pytest
from histories import NOW, ZONE, history, target
from test_store import START, a_run, entry, finding, keep

from auditor import cases as rules
from auditor.case_dates import Due, Occasion, due
from auditor.cases import NotAllowed, case_of, opened, retest, taken
from auditor.casework import follow_up, letter, retested, tell, to_do, waiting
from auditor.model import (
    Case,
    CaseEvent,
    CaseState,
    CaseStep,
    Channel,
    Ending,
    Issue,
    IssueState,
    Party,
    Reader,
    SiteHistory,
    State,
    Watch,
)
from auditor.plain import to_plain
from auditor.snapshots import digest
from auditor.store import Store, StoreError
from auditor.store_cases import Cases
from auditor.store_outbox import Outbox
from reports import caseload
from reports.grouping import board
from reports.indicators import counted, told

OPENED = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
DAY = date(2026, 12, 1)
GROUPS = ("a", "b", "c")


def event(step: CaseStep, day: int = 0, party: Party | None = None, **more: object) -> CaseEvent:
    values = {"at": OPENED + timedelta(days=day), "step": step, "by": "王科长", "party": party or rules.ROLES[step][0], "why": "依规定。"}
    return CaseEvent(**(values | more))  # type: ignore[arg-type]


def a_case(groups: tuple[str, ...] = GROUPS, **more: object) -> Case:
    return opened("2026-0001", "shi", event(CaseStep.OPEN, groups=groups, **{"days": 30, **more}), ZONE)


def after(case: Case, *events: CaseEvent) -> Case:
    for one in events:
        case = taken(case, one, ZONE)
    return case


def seen(day: int, *repaired: str, gone: tuple[str, ...] = (), unseen: tuple[str, ...] = ()) -> CaseEvent:
    days = {group: DAY + timedelta(days=day) for group in repaired}
    return event(CaseStep.RETEST, day, Party.SERVICE, round="r", repaired=days, gone=gone, unseen=unseen)


# ---------------------------------------------------------------------------------------------- step by step


def test_a_case_goes_its_way_from_the_notice_to_its_end() -> None:
    case = a_case()
    assert (case.state, case.opened, case.deadline) == (CaseState.NOTIFIED, DAY, date(2026, 12, 31)), "the day of the notice does not count"
    case = after(case, event(CaseStep.READ, 2), event(CaseStep.REMIND, 24), seen(29, "a", "b"))
    assert (case.state, case.read, case.standing) == (CaseState.READ, date(2026, 12, 3), ("c",))
    with pytest.raises(NotAllowed, match="还有 1 组障碍没有查实修复"):
        after(case, event(CaseStep.CLOSE, 31))
    case = after(case, seen(33, "a", "b", "c"), event(CaseStep.CLOSE, 34))
    assert (case.state, case.ending, case.closed) == (CaseState.CLOSED, Ending.REPAIRED, date(2027, 1, 4))
    assert case_of("2026-0001", "shi", case.events, ZONE) == case


def test_days_are_counted_where_the_case_is_dealt_with() -> None:
    late = datetime(2026, 12, 1, 17, 30, tzinfo=UTC)  # 01:30 of the next day in Shanghai
    case = opened("x", "shi", replace(event(CaseStep.OPEN, groups=GROUPS, days=1), at=late), ZONE)
    assert (case.opened, case.deadline) == (date(2026, 12, 2), date(2026, 12, 3))


def test_a_clock_that_is_put_right_in_between_stops_no_case(store: Store) -> None:
    with pytest.raises(NotAllowed, match=r"2026-12-01 10:00.*时钟可能被调回"):
        after(a_case(), replace(event(CaseStep.READ), at=OPENED - timedelta(hours=2)))
    keep(store, a_run(1, [finding(1, 1)]))
    made = Cases(store, ZONE).open("portal", an_opening(store, 1, at=OPENED))
    read = Cases(store, ZONE).act(made.id, replace(event(CaseStep.READ), at=OPENED - timedelta(minutes=50)))
    assert [one.at for one in read.events] == [OPENED, OPENED] and Cases(store, ZONE).get(made.id) == read


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (event(CaseStep.READ, 1, Party.REVIEWER), "已读只能由主办单位、残联、运行单位来做"),
        (event(CaseStep.EXTEND, 1, Party.OWNER, days=3), "延期只能由残联来做"),
        (event(CaseStep.EXTEND, 1, days=0), "1 到 365 之间"),
        (event(CaseStep.REMIND, 1, why=" "), "催办要写明理由"),
        (event(CaseStep.REMIND, 1, by=""), "请写明由谁来做"),
        (event(CaseStep.REMIND, -1), "时间不能倒退"),
        (event(CaseStep.DECIDE, 1, upheld=True), "不能申诉决定"),
        (event(CaseStep.DISPUTE, 1, groups=("z",)), "不在这个案件里"),
        (event(CaseStep.RETEST, 1), "要依据一次检测"),
        (seen(1, "z"), "说的不是这个案件里的障碍"),
        (event(CaseStep.TRANSFER, 40), "移送给哪个机关"),
        (event(CaseStep.TRANSFER, 30, to="市检察院"), "期满还没有整改的才能移送"),
        (event(CaseStep.CLOSE, 1), "还有 3 组障碍没有查实修复"),
        (event(CaseStep.OPEN, 1, groups=("a",), days=3), "不能通报"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_reason(step: CaseEvent, words: str) -> None:
    with pytest.raises(NotAllowed, match=words):
        after(a_case(), step)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"groups": ()}, "是哪几组障碍"), ({"groups": ("a", "a")}, "写了两次"), ({"days": None}, "期限"),
        ({"party": Party.OWNER}, "通报只能由"),
    ],
)
def test_a_notice_says_about_what_and_until_when(more: dict[str, object], words: str) -> None:
    with pytest.raises(NotAllowed, match=words):
        opened("x", "shi", replace(event(CaseStep.OPEN, groups=GROUPS, days=3), **more), ZONE)  # type: ignore[arg-type]


def test_a_dispute_that_is_right_takes_its_groups_out_and_its_days_do_not_count() -> None:
    disputed = after(a_case(), event(CaseStep.DISPUTE, 10, groups=("a",)))
    assert (disputed.state, disputed.read) == (CaseState.DISPUTED, date(2026, 12, 11)), "whoever disputes has read"
    for step in (event(CaseStep.REMIND, 11), event(CaseStep.CLOSE, 11), event(CaseStep.TRANSFER, 60, to="某机关")):
        with pytest.raises(NotAllowed, match="申诉中"):
            after(disputed, step)
    upheld = after(disputed, event(CaseStep.DECIDE, 15, upheld=True))
    assert (upheld.state, upheld.withdrawn, upheld.standing) == (CaseState.READ, ("a",), ("b", "c"))
    assert upheld.deadline == date(2027, 1, 5), "five days of dispute"
    rejected = after(disputed, event(CaseStep.DECIDE, 15, Party.REVIEWER, upheld=False))
    assert (rejected.withdrawn, rejected.deadline) == ((), date(2027, 1, 5))
    nothing_left = after(a_case(("a",)), event(CaseStep.DISPUTE, 1), event(CaseStep.DECIDE, 2, upheld=True))
    assert after(nothing_left, event(CaseStep.CLOSE, 3)).ending is Ending.WITHDRAWN


def test_a_case_past_its_deadline_can_be_handed_to_an_authority_and_still_be_settled() -> None:
    handed = after(a_case(), event(CaseStep.TRANSFER, 31, to="市人民检察院"))
    assert handed.state is CaseState.TRANSFERRED
    done = after(handed, seen(50, "a", "b", gone=("c",)), event(CaseStep.CLOSE, 51))
    assert done.state is CaseState.CLOSED and done.standing == ()


def test_a_complaint_needs_no_barrier_and_is_answered() -> None:
    case = a_case((), complaint="办事大厅的验证码听不到。")
    assert due(case, DAY + timedelta(days=40), ZONE)[-1].occasion is Occasion.OVERDUE, "it waits for an answer; there is nothing to retest"
    closed = after(case, event(CaseStep.CLOSE, 5, satisfied=True))
    assert closed.ending is Ending.ANSWERED
    with pytest.raises(NotAllowed, match="只有投诉"):
        after(a_case(("a",)), seen(1, "a"), event(CaseStep.CLOSE, 5, satisfied=True))


def test_an_extension_counts_from_the_old_deadline_or_from_today_if_that_is_past() -> None:
    assert after(a_case(), event(CaseStep.EXTEND, 5, days=10)).deadline == date(2027, 1, 10)
    assert after(a_case(), event(CaseStep.EXTEND, 40, days=10)).deadline == DAY + timedelta(days=50)


# ---------------------------------------------------------------------------------------------- walks


def a_step(dice: random.Random, day: int) -> CaseEvent:
    """Anything that somebody could try, sensible or not."""
    some = tuple(group for group in GROUPS if dice.random() < 0.6)
    parts: tuple[list[str], ...] = ([], [], [])
    for group in GROUPS:
        if (place := dice.randrange(4)) < 3:
            parts[place].append(group)
    return event(
        dice.choice(list(CaseStep)), day, dice.choice(list(Party)), groups=some, days=dice.choice([None, 0, 1, 20]),
        round=dice.choice(["", "r", "r"]), repaired=dict.fromkeys(parts[0], DAY), gone=tuple(parts[1]), unseen=tuple(parts[2]),
        upheld=dice.choice([None, True, False]), to=dice.choice(["", "市检察院"]),
        why=dice.choice(["", "依规定。", "依规定。"]),
    )  # fmt: skip


def test_no_walk_through_the_machine_breaks_its_rules() -> None:
    used: Counter[tuple[CaseState, CaseStep]] = Counter()
    for seed in range(400):
        dice, day = random.Random(seed), 0
        case = a_case() if seed % 3 else a_case((), complaint="听不到。")
        for _ in range(60):
            day += dice.choice([0, 0, 1, 5])
            step = a_step(dice, day)
            try:
                later = taken(case, step, ZONE)
            except NotAllowed as refusal:
                assert str(refusal).endswith("。")
                continue
            used[case.state, step.step] += 1
            assert later.state is rules.TRANSITIONS[case.state, step.step] and step.party in rules.ROLES[step.step]
            assert later.deadline >= case.deadline and set(later.withdrawn) >= set(case.withdrawn)
            assert len(later.events) == len(case.events) + 1 and later.events[:-1] == case.events
            assert not set(later.standing) & {*later.withdrawn, *later.repaired, *later.gone}
            assert not set(later.withdrawn) & {*later.repaired, *later.gone, *later.unseen}
            assert (later.state is CaseState.CLOSED) == (later.ending is not None) == (later.closed is not None)
            assert later.state is not CaseState.CLOSED or later.standing == ()
            assert (later.state is CaseState.DISPUTED) or not later.disputed
            due(later, DAY + timedelta(days=day), ZONE)
            case = later
        assert case_of(case.id, case.site, case.events, ZONE) == case
        if case.state is CaseState.CLOSED:
            assert all(not _possible(case, a_step(dice, day + 1)) for _ in range(20))
    assert set(used) == set(rules.TRANSITIONS), "every transition was walked"


def _possible(case: Case, step: CaseEvent) -> bool:
    try:
        taken(case, step, ZONE)
    except NotAllowed:
        return False
    return True


def test_everything_that_can_be_done_has_a_role_and_a_name() -> None:
    assert set(rules.ROLES) == set(CaseStep) == set(rules.STEP_NAMES) and all(rules.ROLES.values())
    assert {step for _, step in rules.TRANSITIONS} == set(CaseStep) - {CaseStep.OPEN}
    assert set(rules.STATE_NAMES) == set(CaseState) and set(rules.PARTY_NAMES) == set(Party) and set(rules.ENDING_NAMES) == set(Ending)


# ---------------------------------------------------------------------------------------------- what waits


def occasions(case: Case, day: int) -> list[tuple[Occasion, int]]:
    return [(one.occasion, (one.since - DAY).days) for one in due(case, DAY + timedelta(days=day), ZONE)]


def test_reminders_come_due_by_the_calendar_and_each_once() -> None:
    case = a_case()
    assert occasions(case, 2) == [] and occasions(case, 3) == [(Occasion.UNREAD, 3)]
    reminded = after(case, event(CaseStep.REMIND, 3))
    assert occasions(reminded, 10) == []
    read = after(reminded, event(CaseStep.READ, 4))
    assert occasions(read, 22) == [] and occasions(read, 23) == [(Occasion.BEFORE, 23)] and occasions(read, 28) == [(Occasion.BEFORE, 23)]
    assert occasions(read, 29) == [(Occasion.BEFORE, 29)]
    assert occasions(read, 30) == [(Occasion.BEFORE, 29)], "the last day is the owner's"
    assert occasions(read, 31) == [(Occasion.OVERDUE, 31), (Occasion.RETEST, 31)]
    tested = after(read, seen(31, "a"), event(CaseStep.REMIND, 31))
    assert occasions(tested, 36) == [] and occasions(tested, 37) == [(Occasion.OVERDUE, 37)], "once a week from then on"


def test_nobody_is_reminded_of_what_is_repaired_disputed_or_settled() -> None:
    for case in (
        after(a_case(), seen(31, *GROUPS)), after(a_case(), event(CaseStep.DISPUTE, 5)),
        after(a_case(), seen(31, *GROUPS), event(CaseStep.CLOSE, 32)),
        after(a_case(), event(CaseStep.TRANSFER, 31, to="某机关"), seen(31)),
    ):  # fmt: skip
        assert occasions(case, 60) == []


def test_a_short_period_is_not_reminded_of_before_it_began() -> None:
    assert occasions(after(a_case(days=5), event(CaseStep.READ, 0)), 3) == []
    assert occasions(after(a_case(days=1), event(CaseStep.READ, 0)), 0) == []


# ---------------------------------------------------------------------------------------------- retests


def issue(number: int, group: str, state: IssueState, changed: datetime = OPENED) -> Issue:
    made = history().sites[1].issues[0]
    return replace(made, id=f"i{number}", group=group, state=state, changed=changed)


def test_a_retest_reads_the_evidence_and_silence_proves_nothing() -> None:
    later = OPENED + timedelta(days=9)
    names = {group: (f"i{number}",) for number, group in enumerate("abcdef")}
    case = a_case(tuple("abcdefg"), issues=names)
    found = [
        issue(0, "a", IssueState.FIXED), issue(10, "a", IssueState.FIXED, later),
        issue(1, "b", IssueState.FIXED, later), issue(11, "b", IssueState.OPEN),
        issue(2, "c", IssueState.NOT_OBSERVED), issue(12, "c", IssueState.FIXED),
        issue(3, "d", IssueState.PAGE_GONE), issue(13, "d", IssueState.RULE_RETIRED),
        issue(4, "another name by now", IssueState.FIXED, later),
        issue(5, "f", IssueState.PAGE_GONE), issue(15, "f", IssueState.FIXED, later),
        issue(99, "z", IssueState.OPEN),
    ]  # fmt: skip
    made = retest(case, found, round="n9", timezone=ZONE, at=event(CaseStep.RETEST, 10, Party.SERVICE))
    day = date(2026, 12, 9)  # found in the morning of the tenth
    assert made.repaired == {"a": day, "e": day, "f": day} and made.gone == ("d",) and made.unseen == ("c", "g")
    assert after(case, made).standing == ("b", "c", "g"), "what was not seen is not repaired"


# ---------------------------------------------------------------------------------------------- the store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "auditor.db") as opened_store:
        yield opened_store


def an_opening(store: Store, *places: int, at: datetime = START + timedelta(days=1, hours=2)) -> CaseEvent:
    """About the issues at some places of the site."""
    chosen = [one for one in store.issues("portal", standing=True) if one.element.text in {f"图{place}" for place in places}]
    names = {one.group: (one.id,) for one in chosen}
    return replace(event(CaseStep.OPEN, groups=tuple(names), issues=names, days=5), at=at)


WATCH = Watch(
    targets=(target("portal", "某网站"),),
    notices=(
        Channel(id="ops", kind="wecom"), Channel(id="office", kind="mail", reader=Reader.OWNER, sites=("portal",)),
        Channel(id="county", kind="feishu", reader=Reader.FEDERATION),
    ),
)  # fmt: skip


def test_what_was_done_is_kept_as_it_was_and_cannot_be_changed(store: Store) -> None:
    keep(store, a_run(1, [finding(1, 1), finding(1, 2)]))
    cases = Cases(store, ZONE)
    made = cases.open("portal", an_opening(store, 1))
    assert made.id == "2026-0001" and cases.get(made.id) == made
    later = cases.act(made.id, replace(event(CaseStep.READ), at=START + timedelta(days=2)))
    assert cases.all() == (later,) and cases.all("other") == ()
    with pytest.raises(NotAllowed, match=r"2026-0001.*不能重复立案"):
        cases.open("portal", an_opening(store, 1))
    assert cases.open("portal", an_opening(store, 2)).id == "2026-0002"
    with pytest.raises(NotAllowed):
        cases.act(made.id, replace(event(CaseStep.READ), at=START + timedelta(days=3)))
    with pytest.raises(StoreError, match="没有案件 2026-0009"):
        cases.get("2026-0009")
    for change in ("UPDATE case_event SET step = 'close'", "DELETE FROM case_event"):
        with closing(sqlite3.connect(store.path)) as other, pytest.raises(sqlite3.IntegrityError, match="never"):
            other.execute(change)


def test_the_history_carries_the_cases_of_a_site(store: Store) -> None:
    keep(store, a_run(1, [finding(1, 1)]))
    made = Cases(store, ZONE).open("portal", an_opening(store, 1))
    told_of = store.history(WATCH, rules={}, criteria={}, now=NOW)
    assert told_of.sites[0].cases == (made,)


def test_the_evidence_of_a_case_is_kept_for_good(store: Store) -> None:
    from test_store_failures import progress

    picture, other = b"RIFF-one" * 9, b"RIFF-two" * 9
    store.begin_round("n1", START, "demo")
    store.note(progress(1, blobs={digest(picture): picture, digest(other): other}))
    keep(store, a_run(1, [finding(1, 1, picture=digest(picture)), finding(1, 2, "b", digest(other))]))
    Cases(store, ZONE).open("portal", an_opening(store, 1))
    keep(store, a_run(2, []))
    for night in (198, 199, 200):
        keep(store, a_run(night, []))
    assert store.sweep() == 1
    assert digest(picture) in store.blobs and digest(other) not in store.blobs


# ---------------------------------------------------------------------------------------------- rounds


def test_rounds_retest_by_themselves_and_remind_at_the_deadline(store: Store) -> None:
    keep(store, a_run(1, [finding(1, 1), finding(2, 3)]))
    cases = Cases(store, ZONE)
    case = cases.open("portal", an_opening(store, 1, 3))
    assert tell(WATCH, store, case, CaseStep.OPEN, NOW) == 2, "the owner and the federation, not the operator"

    def night(number: int, *findings: object, **more: object) -> Case:
        run = a_run(number, findings, **more)  # type: ignore[arg-type]
        keep(store, run)
        follow_up(WATCH, store, run.round, run.finished)
        return cases.get(case.id)

    assert [one.step for one in night(2, finding(1, 1), finding(2, 3)).events] == [CaseStep.OPEN], "nothing changed, nothing is entered"
    half = night(3, finding(2, 3))
    assert len(half.repaired) == 1 and len(half.standing) == 1 and half.events[-1].by == "auditor"
    unread = night(5, finding(2, 3))
    assert [one.step for one in unread.events[2:]] == [CaseStep.REMIND]
    last_day = night(6, finding(2, 3))
    assert last_day.deadline == date(2026, 11, 30) and last_day.events == unread.events
    over = night(7, finding(2, 3))
    assert [one.step for one in over.events[3:]] == [CaseStep.RETEST, CaseStep.REMIND], "asked for by the deadline"
    again = night(8, finding(1, 1), finding(2, 3))
    assert again.repaired == {} and len(again.standing) == 2, "what came back is not repaired any more"
    away = night(9, coverage=[entry(1, State.TIMEOUT), entry(2)])
    assert len(away.repaired) == 1 and away.unseen == away.standing and len(away.unseen) == 1
    subjects = [one.message.subject for one in Outbox(store).newest(99) if one.channel == "office"]
    assert sum("催办" in one for one in subjects) >= 2 and sum("复测" in one for one in subjects) >= 1
    assert not [one for one in Outbox(store).newest(99) if one.channel == "ops"]


def test_where_no_owner_can_be_reached_a_reminder_waits_for_a_person(store: Store) -> None:
    keep(store, a_run(1, [finding(1, 1)]))
    quiet = replace(WATCH, notices=())
    case = Cases(store, ZONE).open("portal", an_opening(store, 1))
    late = START + timedelta(days=9)
    keep(store, a_run(9, [finding(1, 1)]))
    follow_up(quiet, store, "n9", late)
    found = waiting(Cases(store, ZONE).all(), ZONE, late)
    assert [one.occasion for one in found] == [Occasion.OVERDUE] and isinstance(found[0], Due) and case.id in found[0].sentence


def test_all_that_waits_in_a_case_is_told_of_it() -> None:
    over, settled = a_case(), replace(a_case(), id="2026-0002", state=CaseState.CLOSED)
    said = to_do([over, settled], ZONE, OPENED + timedelta(days=31))
    overdue = "案件 2026-0001 的整改期限（12月31日）已过，还有 3 组障碍没有查实修复。"
    assert said == {over.id: f"{overdue}案件 2026-0001 的整改期限（12月31日）已过，应当复测。"}


def test_an_event_that_names_its_ending_as_they_once_did_is_still_read(store: Store) -> None:
    keep(store, a_run(1, [finding(1, 1)]))
    cases = Cases(store, ZONE)
    case = cases.open("portal", event(CaseStep.OPEN, complaint="验证码听不到。", days=30))
    closing = event(CaseStep.CLOSE, 1)
    body = json.dumps({**to_plain(closing), "ending": "answered"})
    with store.writing() as connection:
        connection.execute("INSERT INTO case_event (casefile, at, step, body) SELECT no, '', 'close', ? FROM casefile", (body,))
    closed = cases.get(case.id)
    assert closed.ending is Ending.ANSWERED and closed.events[-1] == closing


def test_a_retest_by_hand_needs_an_audit_since_the_notice(store: Store) -> None:
    keep(store, a_run(1, [finding(1, 1)]))
    case = Cases(store, ZONE).open("portal", an_opening(store, 1))
    bare = replace(event(CaseStep.RETEST), at=START + timedelta(days=3))
    with pytest.raises(StoreError, match="通报以后还没有检测过"):
        retested(WATCH, store, case.id, bare)
    keep(store, a_run(2, []))
    assert retested(WATCH, store, case.id, bare).standing == ()


def test_the_letter_is_about_the_barriers_of_the_case_that_still_stand_and_names_its_last_day() -> None:
    site = next(one for one in history().sites if one.target.site.id == "shi")
    groups = tuple(dict.fromkeys(issue.group for issue in board(site, history().rules, NOW, ZONE).to_fix[0].issues))
    others = tuple(one.example.group for one in board(site, history().rules, NOW, ZONE).to_fix[1:3])
    case = a_case((*groups, *others))
    content = letter(history(), case)
    assert content is not None and content == letter(history(), case)
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
    assert "请把附件所列的 3 组问题改好" in text and "请在2026年12月31日以前（含当日）完成" in text and "本案编号 2026-0001" in text
    assert "查到需要修复的问题 4 组" in text, "what was found on the site stays what it was"
    repaired = after(case, seen(3, *others))
    content = letter(history(), repaired)
    assert content is not None
    (table,) = docx.Document(io.BytesIO(content)).tables
    assert [row.cells[5].text for row in table.rows] == ["编号", groups[0][:10]]
    assert letter(history(), after(repaired, seen(4, *groups, *others))) is None
    assert letter(history(), replace(case, site="nowhere")) is None
    assert letter(history(), a_case((), complaint="验证码听不到。")) is None, "a complaint names no barrier"


# ---------------------------------------------------------------------------------------------- indicators


def with_cases(*cases: Case, issues: tuple[Issue, ...] = ()) -> SiteHistory:
    return replace(history().sites[1], cases=cases, issues=issues)


def test_repairs_are_counted_by_groups_in_time_and_in_days() -> None:
    first = after(a_case(), seen(10, "a", gone=("c",)), seen(40, "a", "b", gone=("c",)))
    first = replace(first, repaired={"a": DAY + timedelta(days=10), "b": DAY + timedelta(days=40)})
    running = a_case(("d",), days=300)
    site = with_cases(first, running, a_case((), complaint="听不到。"))
    found = caseload.repairs([site], DAY + timedelta(days=60))
    assert (found.told, found.repaired, found.expired, found.in_time, found.days) == (3, 2, 2, 1, 25.0)
    among = replace(history(), sites=(site,), now=OPENED + timedelta(days=60))
    value = counted(among, "IA-5", among.sites)
    assert value is not None and value.value == "2/3（66.7%）" and "平均 25.0 天" in value.sentence and "按期消除 1/2" in value.sentence
    assert told("IA-5", counted(history(), "IA-5", history().sites)).startswith("尚无数据：有督办案件以后才有")


def test_complaints_are_counted_with_what_people_say_of_the_answer() -> None:
    open_one = a_case((), complaint="甲")
    settled = [after(open_one, event(CaseStep.CLOSE, 1, satisfied=word)) for word in (True, True, False, None)]
    site = with_cases(open_one, *settled, a_case())
    value = counted(replace(history(), sites=(site,)), "IA-14", (site,))
    assert value is not None and value.value == "4/5（80.0%）" and "回访 3 件，满意 2/3（66.7%）" in value.sentence


def test_what_comes_back_after_a_case_was_closed_is_told() -> None:
    closed = after(a_case(issues={"a": ("i1",), "b": ("i2",), "c": ("i3",)}), seen(5, *GROUPS), event(CaseStep.CLOSE, 6))
    site = with_cases(closed, issues=(issue(1, "renamed", IssueState.REOPENED), issue(2, "b", IssueState.FIXED)))
    assert caseload.relapses([site]) == "其中销号的案件消除过 3 组，现在又出现的 1 组"
    assert caseload.relapses([with_cases(a_case())]) == ""
