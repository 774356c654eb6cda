"""Complaints of the public: anybody may tell of a barrier, officers answer, contacts stand apart and go, floods are held back."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from consoles import TARGETS, Browser, service
from own_pages import look_at, told_in_english
from processes import until

from auditor import complaints as rules
from auditor import store_complaints
from auditor.accounts import Role
from auditor.complaints import ComplaintEvent, ComplaintStep, Told
from auditor.language import told_in
from auditor.model import Case, CaseEvent
from auditor.rounds import run_round
from auditor.service import Service
from auditor.store import Store
from auditor.store_cases import Cases
from auditor.store_complaints import Complaints, complaint_counts
from auditor.store_log import Act, LogBook
from auditor.upkeep import Upkeep
from auditor.web import complaints as console
from reports import caseload

OPEN = TARGETS + "service: {complaints: true}\n"
NOW = datetime(2026, 11, 29, 1, tzinfo=UTC)
SETTLED = ("hidden-content",)  # the field that no person is to see, and that nobody has to
WHAT = {"site": "one", "what": "读屏读不出办事指南的图片。", "aid": "读屏软件", "contact": "13900001111"}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path, OPEN)
    yield running
    running.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "apart.db") as opened:
        yield opened


def visitor(made: Service, address: str = "10.0.0.9") -> Browser:
    """Somebody who has opened the form."""
    browser = Browser(made, address=address)
    assert browser.get("/complain").status_code == 200
    return browser


def receipt(page: str) -> str:
    (found,) = re.findall(r"<code>([0-9A-Z-]{14})</code>", page)
    return found


def complain(made: Service, **said: object) -> str:
    """Send the form; the receipt number."""
    answer = visitor(made).post("/complain", **{**WHAT, **said})
    assert answer.status_code == 200, answer.text
    return receipt(answer.text)


def log(made: Service) -> list[tuple[str, str, Act, str, str]]:
    with made.read() as store:
        told = [one for one in LogBook(store).entries(100) if one.act in (Act.COMPLAINT_RECEIVED, Act.COMPLAINT_STEP, Act.CASE_OPENED)]
    return [(one.who, one.address, one.act, one.about, one.detail) for one in reversed(told)]


def test_without_the_switch_there_is_no_form_for_anybody(tmp_path: Path) -> None:
    with closing(service(tmp_path)) as closed:
        assert Browser(closed).get("/complain").headers["location"].startswith("/login")
        assert "/complain" not in Browser(closed).get("/login").text
        officer = Browser(closed).sign_in(Role.FEDERATION)
        assert [officer.get("/complain").status_code, officer.post("/complain", **WHAT).status_code] == [404, 404]
        assert "complaints: true" in officer.get("/complaints").text


def test_somebody_tells_of_a_barrier_and_reads_the_answer(made: Service) -> None:
    assert 'href="/complain"' in Browser(made).get("/login").text
    number = complain(made)
    asking = visitor(made, "10.9.9.9")
    assert "已收到" in asking.post("/complain/state", receipt=number.lower().replace("-", " ")).text
    federation = Browser(made).sign_in(Role.FEDERATION)
    listed = federation.page("/complaints").get_text(" ", strip=True)
    assert "第 1 号" in listed and "一号网站" in listed and "13900001111" not in listed
    assert "13900001111" in federation.get("/complaints/1").text
    early = federation.post("/complaints/1/close", close_why="已经改好。")
    assert early.status_code == 422 and "先答复" in early.text
    assert federation.post("/complaints/1/answer", answer_answer=" ").status_code == 422
    assert federation.post("/complaints/1/answer", answer_answer="图片已加上文字。").headers["location"] == "/complaints/1?done=complaint"
    state = asking.post("/complain/state", receipt=number).text
    assert "已答复" in state and "图片已加上文字。" in state and "13900001111" not in state and "王五" not in state
    assert federation.post("/complaints/1/close", close_why="复查过。").status_code == 303
    assert "已办结" in asking.post("/complain/state", receipt=number).text
    assert federation.post("/complaints/1/answer", answer_answer="又一次。").status_code == 422, "closed for good"
    assert "第 1 号" not in federation.get("/complaints").text and "第 1 号" in federation.get("/complaints?state=all").text
    assert log(made) == [
        ("公众", "", Act.COMPLAINT_RECEIVED, "one", ""),
        ("canlian", "10.0.0.9", Act.COMPLAINT_STEP, "1", "答复"),
        ("canlian", "10.0.0.9", Act.COMPLAINT_STEP, "1", "办结"),
    ]


def test_a_complaint_is_linked_and_becomes_a_case(made: Service) -> None:
    complain(made, site="", address="http://www.two.test/x")
    operator = Browser(made).sign_in(Role.OPERATOR)
    with made.read() as store:
        group, other = store.issues("one")[0].group, store.issues("two")[0].group
    assert operator.post("/complaints/1/case", case_complaint="x", case_days="30", case_why="y").status_code == 422, "of no site yet"
    assert operator.post("/complaints/1/link", link_site="gone").status_code == 422
    assert operator.post("/complaints/1/link", link_site="one", link_group="f" * 64).status_code == 422
    assert operator.post("/complaints/1/link", link_site="one", link_group=group).status_code == 303
    with made.read() as store:
        assert store.archived() == {}, "no other site is touched"
    assert f"/sites/one/groups/{group}" in operator.get("/complaints/1").text and group != other
    wrong = operator.post("/complaints/1/case", case_complaint=" ", case_days="0", case_why="")
    assert wrong.status_code == 422 and 'href="#case-complaint"' in wrong.text
    assert operator.post("/complaints/1/case", case_complaint="读不出图片。", case_days="30", case_why="影响办事。").status_code == 303
    with made.read() as store:
        (case,) = Cases(store, made.watch.timezone).all("one")
    assert (case.complaint, case.groups) == ("读不出图片。", (group,))
    assert operator.post("/complaints/1/case", case_complaint="x", case_days="30", case_why="y").status_code == 422, "once only"
    assert operator.post("/complaints/1/link", link_site="two").status_code == 422
    owner = Browser(made).sign_in(Role.OWNER)
    assert "13900001111" not in owner.get(f"/cases/{case.id}").text
    assert [one[2] for one in log(made)] == [
        Act.COMPLAINT_RECEIVED, Act.COMPLAINT_STEP, Act.CASE_OPENED, Act.COMPLAINT_STEP,
    ]  # fmt: skip


def test_two_who_act_on_a_complaint_at_once_do_not_undo_one_another(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A double click opens one case; a colleague who closes it meanwhile has the last word."""
    complain(made)
    enter, begun = Cases.open, threading.Event()

    def slowly(cases: Cases, site: str, event: CaseEvent) -> Case:
        begun.set()
        time.sleep(0.3)
        return enter(cases, site, event)

    monkeypatch.setattr(Cases, "open", slowly)
    operator, federation = Browser(made).sign_in(Role.OPERATOR), Browser(made).sign_in(Role.FEDERATION)
    federation.post("/complaints/1/answer", answer_answer="正在处理。")
    said = {"case_complaint": "读不出图片。", "case_days": "30", "case_why": "影响办事。"}
    with ThreadPoolExecutor(3) as threads:
        clicks = [threads.submit(operator.post, "/complaints/1/case", **said) for _ in range(2)]
        assert begun.wait(20)
        closing_it = threads.submit(federation.post, "/complaints/1/close", close_why="复查过。")
        assert sorted(click.result().status_code for click in clicks) == [303, 422] and closing_it.result().status_code == 303
    with made.read() as store:
        (case,) = Cases(store, made.watch.timezone).all("one")
        one = Complaints(store).get(1)
    assert one.case == case.id
    assert [event.step for event in one.events] == [
        ComplaintStep.RECEIVED, ComplaintStep.ANSWERED, ComplaintStep.CASE, ComplaintStep.CLOSED,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("what", {"what": " "}),
        ("what", {"what": "长" * 1001}),
        ("site", {"site": ""}),
        ("site", {"site": "gone"}),
        ("address", {"address": "a" * 501}),
        ("aid", {"aid": "a" * 101}),
        ("contact", {"contact": "1" * 201}),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field_and_nothing_is_kept(made: Service, field: str, said: dict[str, object]) -> None:
    answer = visitor(made).post("/complain", **{**WHAT, **said})
    assert answer.status_code == 422 and f'href="#{field}"' in answer.text
    with made.read() as store:
        assert Complaints(store).all() == ()


def test_programs_forged_forms_and_large_ones_are_refused(made: Service) -> None:
    browser = visitor(made)
    assert browser.post("/complain", **WHAT, homepage="http://spam.test").status_code == 422
    assert browser.ask("POST", "/complain", form=WHAT).status_code == 403
    assert Browser(made).ask("POST", "/complain", form={**WHAT, "form-token": ""}).status_code == 403
    origin = {"Origin": "http://evil.test"}
    assert browser.ask("POST", "/complain", form={**WHAT, "form-token": browser.token}, headers=origin).status_code == 403
    assert browser.post("/complain", **{**WHAT, "what": "长" * 30_000}).status_code == 413
    trap = browser.page("/complain").select_one("#homepage")
    assert trap is not None and trap.parent is not None and trap.parent.has_attr("hidden"), "nobody sees or hears it"
    with made.read() as store:
        assert Complaints(store).all() == ()


def test_what_somebody_writes_is_text(made: Service) -> None:
    complain(made, what="<script>alert(1)</script>", address="javascript:alert(1)", aid="<img src=x>")
    page = Browser(made).sign_in(Role.OPERATOR).page("/complaints/1")
    assert not page.select("script, img, a[href^=javascript]") and "<script>alert(1)</script>" in page.get_text()


def test_one_network_may_tell_so_much_an_hour_and_others_still_may(made: Service) -> None:
    for number in range(rules.MOST):
        assert visitor(made, f"10.0.7.{number}").post("/complain", **WHAT).status_code == 200
    held = visitor(made, "10.0.7.99").post("/complain", **WHAT)
    assert held.status_code == 422 and "分钟后再试" in held.text
    assert visitor(made, "10.0.8.1").post("/complain", **WHAT).status_code == 200


def test_tries_are_counted_by_network_for_an_hour_and_no_networks_can_use_up_what_others_may(store: Store) -> None:
    complaints = Complaints(store)
    for number in range(rules.MOST_OF_ALL):
        assert not complaints.pause(f"2001:db8:{number // rules.MOST:x}:{number:x}::1", NOW), "a fifth of them"
    assert complaints.pause("2001:db8:0:ffff::9", NOW), "of the same /48"
    assert not complaints.pause("10.2.0.1", NOW) and not complaints.pause("10.3.0.1", NOW), "who has sent nothing yet may"
    assert complaints.pause("10.2.0.2", NOW + timedelta(minutes=59)) == timedelta(minutes=1), "once"
    assert not complaints.pause("10.2.0.1", NOW + timedelta(hours=1))
    for _ in range(rules.MOST_LOOKED_UP):
        assert not complaints.pause("2001:db8::1", NOW, looking=True)
    assert complaints.pause("2001:db8:0:1::2", NOW, looking=True) and not complaints.pause("2001:db8:1::2", NOW, looking=True)
    assert rules.network_of("::ffff:192.0.2.77") == "192.0.2.0/24", "as a socket of both kinds tells it"
    assert rules.network_of("192.0.2.77") == "192.0.2.0/24" and rules.network_of("2001:db8::9") == "2001:db8::/48"


def test_there_is_an_end_to_what_is_taken_in_within_an_hour(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_complaints, "MOST_AT_ALL", 20)
    complaints = Complaints(store)
    assert [bool(complaints.pause(f"10.1.{number}.1", NOW)) for number in range(22)] == [False] * 20 + [True] * 2
    assert rules.MOST_AT_ALL >= 10 * rules.MOST_OF_ALL


def test_what_is_kept_of_a_network_tells_nothing_once_the_process_has_ended(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(rules.MOST):
        assert not Complaints(store).pause("10.1.0.1", NOW)
    kept = {row[0] for row in store.db.execute("SELECT network FROM complaint_try")}
    guesses = {hashlib.sha256(word.encode()).hexdigest() for word in ("10.1.0.0/24", "network 10.1.0.0/24")}
    assert len(kept) == 1 and not kept & guesses and Complaints(store).pause("10.1.0.1", NOW)
    monkeypatch.setattr(store_complaints, "SALT", b"of another process")
    assert not Complaints(store).pause("10.1.0.1", NOW)


def test_contacts_go_after_their_time_and_nothing_of_them_stays_in_the_file(store: Store) -> None:
    complaints = Complaints(store)
    for contact in ("13911112222", "13933334444"):
        complaints.add(Told(what="读不出", address="x", contact=contact), NOW)
    complaints.step(1, ComplaintEvent(at=NOW, step=ComplaintStep.ANSWERED, who="王五", words="改好了"))
    complaints.step(1, ComplaintEvent(at=NOW + timedelta(days=2), step=ComplaintStep.CLOSED, who="王五", words="完"))
    assert complaints.forget(NOW + timedelta(days=31)) == 0
    assert complaints.forget(NOW + timedelta(days=32)) == 1
    assert [complaints.get(number).told.contact for number in (1, 2)] == ["", "13933334444"]
    assert complaints.forget(NOW + timedelta(days=364)) == 0 and complaints.forget(NOW + timedelta(days=365)) == 1
    assert complaints.get(2).told.what == "读不出", "what was told stays"
    log = store.path.with_name(f"{store.path.name}-wal")
    assert log.stat().st_size == 0 and not [one for one in (b"1391111", b"1393333") if one in store.path.read_bytes()]
    assert store.db.execute("PRAGMA busy_timeout").fetchone()[0] > store_complaints.CHECKPOINT, "others are waited for as before"


def test_somebody_who_reads_does_not_keep_contacts_from_being_deleted(store: Store) -> None:
    complaints = Complaints(store)
    complaints.add(Told(what="读不出", address="x", contact="13911112222"), NOW)
    with Store.open(store.path, readonly=True) as reader, reader.db.atomic():
        assert reader.db.execute("SELECT count(*) FROM complaint").fetchone()[0] == 1
        assert complaints.forget(NOW + timedelta(days=365)) == 1
    complaints.forget(NOW + timedelta(days=365))
    assert store.path.with_name(f"{store.path.name}-wal").stat().st_size == 0


def test_a_service_deletes_contacts_even_if_no_night_ever_runs(store: Store) -> None:
    for days in (364, 366):
        Complaints(store).add(Told(what="x", address="y", contact=f"{days} 天前"), datetime.now(UTC) - timedelta(days=days))

    def left() -> int:
        return int(store.db.execute("SELECT count(*) FROM complaint_contact").fetchone()[0])

    with Upkeep(store.path, every=0.05):
        until(lambda: left() == 1)
        Complaints(store).add(Told(what="x", address="y", contact="以前"), datetime.now(UTC) - timedelta(days=400))
        until(lambda: left() == 1)


def test_contacts_whose_time_has_come_are_not_shown_even_if_no_round_ever_ends(store: Store) -> None:
    complaints = Complaints(store)
    for days in (364, 366):
        complaints.add(Told(what="x", address="y", contact=f"{days} 天前"), datetime.now(UTC) - timedelta(days=days))
    assert [one.told.contact for one in complaints.all()] == ["", "364 天前"] and complaints.get(2).told.contact == ""


def test_the_end_of_a_round_deletes_contacts_whose_time_has_come(made: Service) -> None:
    with made.write() as store, ThreadPoolExecutor(1) as executor:
        for days in (364, 366):
            Complaints(store).add(Told(what="x", address="y", contact=f"{days} 天前"), datetime.now(UTC) - timedelta(days=days))
        run_round(made.watch, (), store, executor, trigger="manual")
        assert [one.told.contact for one in Complaints(store).all()] == ["", "364 天前"]


def test_a_receipt_number_is_kept_as_a_digest_and_taken_however_it_is_typed(store: Store) -> None:
    number = Complaints(store).add(Told(what="x", address="y"), NOW)
    assert len({rules.new_receipt() for _ in range(50)}) == 50
    for typed in (number, number.lower(), number.replace("-", ""), f" {number.replace('-', '  ')} "):
        assert Complaints(store).by_receipt(typed) is not None
    assert Complaints(store).by_receipt(number[:-1] + ("2" if number[-1] != "2" else "3")) is None
    assert not [row for row in store.db.execute("SELECT receipt FROM complaint") if number in row[0] or number.replace("-", "") in row[0]]


def test_receipts_cannot_be_tried_out_one_after_another(made: Service) -> None:
    complain(made)
    browser = visitor(made, "10.5.0.1")
    wrong = browser.post("/complain/state", receipt="2222-2222-2222")
    assert wrong.status_code == 422 and 'href="#receipt"' in wrong.text
    with made.write() as store:
        for _ in range(rules.MOST_LOOKED_UP - 1):
            Complaints(store).pause("10.5.0.2", datetime.now(UTC), looking=True)
    assert "分钟后再试" in browser.post("/complain/state", receipt="2222-2222-2223").text


def test_what_is_closed_without_a_case_counts_for_the_indicator(made: Service) -> None:
    before = made.history()
    for _ in range(2):
        complain(made)
    with made.write() as store:
        for step in (ComplaintStep.ANSWERED, ComplaintStep.CLOSED):
            Complaints(store).step(1, ComplaintEvent(at=datetime.now(UTC), step=step, who="王五", words="好了"))
        assert complaint_counts(store.db, "one") == (2, 1) and complaint_counts(store.db, "two") == (0, 0)
    history = made.history()
    assert history is not before, "what is remembered is read anew"
    found = caseload.complaints(history.sites)
    assert (found.received, found.settled) == (2, 1)
    with made.write() as store:
        Complaints(store).step(2, ComplaintEvent(at=datetime.now(UTC), step=ComplaintStep.CASE, who="王五", words="2026-0001"))
        assert complaint_counts(store.db, "one") == (1, 1), "the case counts from now on"


def test_a_long_list_is_told_in_part(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "LISTED", 1)
    for _ in range(3):
        complain(made)
    page = Browser(made).sign_in(Role.OPERATOR).page("/complaints")
    assert len(page.select("tbody tr")) == 1 and "还有更早的 2 件" in page.get_text()


def test_only_officers_read_complaints(made: Service) -> None:
    complain(made)
    for role in (Role.OWNER, Role.REVIEWER):
        browser = Browser(made).sign_in(role)
        assert browser.get("/complaints/1").status_code == browser.post("/complaints/1/answer", answer_answer="x").status_code == 403
    assert Browser(made).get("/complaints").headers["location"].startswith("/login")
    assert Browser(made).sign_in(Role.OPERATOR).get("/complaints/99").status_code == 404


def test_every_sentence_is_told_in_english_too(made: Service) -> None:
    complain(made)
    operator = Browser(made).sign_in(Role.OPERATOR)
    told_in_english(operator, ("/complain", "/complain/state", "/complaints", "/complaints/1"))
    with told_in("en"):
        told = rules.unfit(Told(what="", contact="1" * 300), (), "x")
        assert set(told) == {"what", "site", "contact", ""} and not re.search("[一-鿿]", "".join(told.values()))
        assert rules.STEP_WORDS[ComplaintStep.CLOSED] == "closed"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("viewport", [(1280, 800), (320, 640)])
def test_the_pages_have_no_failure_under_our_own_audit(made: Service, viewport: tuple[int, int]) -> None:
    somebody = visitor(made)
    taken = somebody.post("/complain", **WHAT)
    wrong = somebody.post("/complain", what="")
    operator = Browser(made).sign_in(Role.OPERATOR)
    operator.post("/complaints/1/answer", answer_answer="正在处理。")
    pages = {path: somebody.get(path).text for path in ("/complain", "/complain/state")}
    pages |= {path: operator.get(path).text for path in ("/complaints", "/complaints/1")}
    told = somebody.post("/complain/state", receipt=receipt(taken.text))
    look_at(operator, pages | {"/taken": taken.text, "/wrong": wrong.text, "/told": told.text}, viewport, SETTLED)
