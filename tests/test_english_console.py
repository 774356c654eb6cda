"""The console in English: no word of ours stays Chinese in pages, in complaints about forms, and where something cannot be answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from consoles import LOGO, NIGHT, PASSWORD, Browser, run
from english_consoles import english, opened, scanned, seen, sent_table, service
from romanised import romanised
from test_cases_console import only_case
from test_console import group, paths
from test_hand_checks import jpeg, send

from auditor import stops
from auditor.accounts import Role
from auditor.hand_checks import checklists
from auditor.lifecycle import Counts, advance
from auditor.model import Coverage, Judged, Outcome, Progress, RunState, State
from auditor.retests import Retest
from auditor.service import Service
from auditor.store_cases import Cases


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    running = service(tmp_path, monkeypatch)
    yield running
    running.close()


THEIRS: Mapping[str, tuple[str, ...]] = {
    "/log": ("td:nth-child(6)", "td:nth-child(7)"),
    "/checks/": (".hint", "main > p"),
}
"""Pages -> what of them is told as it was written: the details of the log, and what regulations say."""


def test_every_page_is_wholly_english_to_every_role_before_anything_was_done(made: Service) -> None:
    for role in (Role.OPERATOR, Role.OWNER, Role.NOBODY):
        browser = english(made, role)
        for path in paths(made):
            answer = browser.get(path)
            if answer.status_code != 303:
                scanned(answer, *next((those for begin, those in THEIRS.items() if path.startswith(begin)), ()))


def test_every_page_is_wholly_english_once_everything_has_happened(made: Service) -> None:
    operator, federation, owner = (english(made, role) for role in (Role.OPERATOR, Role.FEDERATION, Role.OWNER))
    shown = eventful(made, operator, federation, owner)
    with under_way(made):
        assert "1 page audited, of 5 at most" in seen(operator, "/") and "An audit is under way" in seen(operator, "/run")
    assert "The last audit was not completed: x" in seen(operator, "/")
    assert "could not be opened" in seen(operator, "/") and "Cases that wait for somebody" in seen(federation, "/")
    assert "The schedule is paused" in seen(operator, "/run")
    told = seen(federation, shown)
    assert "Notice to" not in told and "Extension, 9 days" in told and "Decision on a dispute, not upheld" in told
    assert "Deadline" in told and f"{only_case(made).opened.day} " in told
    assert "1 group" in seen(owner, "/sites/one") and "Put off" not in seen(owner, "/sites/one")
    assert "Of 55 success criteria" in seen(owner, "/sites/one/evaluation") and "not met on 1 page" in seen(owner, "/sites/one/evaluation")
    barrier = f"/sites/one/groups/{group(made)}"
    assert "The recheck ended on" in seen(owner, barrier) and "from 28 November 2026" in seen(owner, barrier)
    assert "Repair put off" in seen(federation, barrier)
    waits = f"/sites/one/groups/{group(made, outcome=Outcome.CANT_TELL)}"
    assert "A recheck of 1 page began on" in seen(operator, waits)
    assert "revoked" in seen(operator, "/self") and "2 items checked" not in seen(operator, "/checks")
    for browser in (operator, federation, owner):
        for path in (*paths(made), "/cases?state=all", "/sites?q=one", "/desk?site=one", "/sites/two"):
            answer = browser.get(path)
            if answer.status_code != 303:
                scanned(answer, *next((those for begin, those in THEIRS.items() if path.startswith(begin)), ()))


def eventful(made: Service, operator: Browser, federation: Browser, owner: Browser) -> str:
    """Much happens; the path of a case."""
    path = opened(made, federation, complaint="x")
    owner.post(f"{path}/dispute", dispute_why="x", dispute_group=[group(made)])
    scanned(federation.get(path))
    federation.post(f"{path}/decide", decide_why="x", decide_upheld="no")
    for step, more in (("remind", {}), ("extend", {"extend_days": "9"})):
        assert federation.post(f"{path}/{step}", **{f"{step}_why": "x", **more}).status_code == 303
    opened(made, operator, "two", group=[], complaint="x", days="1")
    with made.write() as store:
        made_case = Cases(store, made.watch.timezone).all("two")[0]
        late = replace(made_case.events[0], at=datetime.now(UTC) - timedelta(days=60), groups=(group(made, "two"),), issues={})
        Cases(store, made.watch.timezone).open("two", late)
    until = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    barrier = f"/sites/one/groups/{group(made)}"
    assert federation.post(f"{barrier}/decide", verdict="accepted", why="x", until=until).status_code == 303
    page = "/sites/one/evaluation/check"
    checked = {"page": "http://www.one.test/", "criterion": "1.1.1", "held": "no", "note": "x"}
    assert send(operator, page, jpeg(), **checked).status_code == 303
    answers = {f"item-{item.id}": "yes" for item in checklists()["terminal"].items}
    day = made.today().isoformat()
    assert send(operator, "/checks/terminal", subject="x", day=day, note="", **answers).status_code == 303
    operator.post("/run/pause", pause_why="x")
    operator.post("/run/stop", stop_host="all", stop_why="x")
    operator.post("/self/tokens", label="x", scope="read", days="30")
    operator.post("/self/tokens/1/revoke")
    operator.post("/self/tokens", label="y", scope=["read", "decide"], days="365")
    began = datetime.now(UTC)
    two = Retest(site="one", group=group(made), pages=("a", "b"), asked=began, ended=began, told="x")
    made.retests["one", two.group] = two
    doubt = replace(two, group=group(made, outcome=Outcome.CANT_TELL), pages=("a",), ended=None)
    made.retests["one", doubt.group] = doubt
    made.trouble = "x"
    failed_night(made)
    return path


def failed_night(made: Service) -> None:
    """A night on which the second site could not be audited."""
    begun = NIGHT + timedelta(days=1)
    with made.write() as store:
        store.begin_round("20261129-020000", begun, "schedule")
        one = replace(romanised(run("one", LOGO)), round="20261129-020000", started=begun, finished=begun)
        changed, counts = advance(store.issues("one"), one, catalogue=frozenset(one.rules))
        store.save(one, changed, counts)
        two = replace(romanised(run("two", LOGO, RunState.FAILED)), round="20261129-020000", findings=(), tallies=())
        store.save(replace(two, reason="could not be opened", started=begun, finished=begun), (), Counts())
        store.end_round("20261129-020000", begun + timedelta(minutes=70))


@contextmanager
def under_way(made: Service) -> Iterator[None]:
    """A round that has judged one page."""
    begun, go = threading.Event(), threading.Event()

    def work() -> None:
        with made.write() as store:
            store.begin_round("20261130-020000", datetime.now(UTC), "manual")
            page = Coverage(url="http://www.one.test/", state=State.AUDITED)
            store.note(Progress(round="20261130-020000", site="one", judged=Judged(coverage=page)))
        begun.set()
        go.wait(60)

    assert made.nights.now(work) and begun.wait(60)
    try:
        yield
    finally:
        go.set()


def test_every_complaint_about_a_form_is_wholly_english(made: Service) -> None:
    operator, federation, owner = (english(made, role) for role in (Role.OPERATOR, Role.FEDERATION, Role.OWNER))
    reviewer = english(made, Role.REVIEWER)
    barrier, doubt = (f"/sites/one/groups/{group(made, outcome=one)}" for one in (Outcome.FAILED, Outcome.CANT_TELL))
    path = opened(made, federation)
    long = "x" * 1001
    wrong: list[tuple[Browser, str, dict[str, object]]] = [
        (operator, f"{barrier}/decide", {}), (operator, f"{barrier}/decide", {"verdict": "accepted", "why": long}),
        *((operator, f"{barrier}/decide", {"verdict": "exempt", "why": "x", "until": day}) for day in ("soon", "2020-01-01", "2999-01-01")),
        (operator, "/run/now", {}), (operator, "/run/resume", {}), (operator, "/run/pause", {}), (operator, "/run/stop", {}),
        (operator, "/run/lift", {"host": "x"}), (operator, "/sites/three/confirm", {}), (operator, "/sites/one/confirm", {"basis": "x"}),
        (operator, "/list/new", {}), (operator, "/list/new", {"id": "one"}), (operator, "/list/sites/one/remove", {}),
        (federation, "/sites/one/cases", {}), (federation, "/sites/one/cases", {"group": ["x"] * 201, "days": "0", "why": "x"}),
        (federation, "/sites/one/cases", {"group": ["x"], "days": "9", "why": "x"}),
        (federation, "/sites/one/cases", {"group": [group(made)], "days": "9", "why": "x"}),
        (federation, f"{path}/close", {"close_why": "x"}), (federation, f"{path}/transfer", {"transfer_why": "x"}),
        (federation, f"{path}/transfer", {"transfer_why": "x", "transfer_to": "x"}), (federation, f"{path}/extend", {}),
        (federation, f"{path}/retest", {"retest_why": "x"}), (federation, f"{path}/decide", {"decide_why": "x"}),
        (federation, f"{path}/decide", {"decide_why": "x", "decide_upheld": "no"}),
        (owner, f"{path}/dispute", {"dispute_why": "x", "dispute_group": ["x"]}),
        (reviewer, "/self/tokens", {}), (reviewer, "/self/password", {"new": "x"}), (reviewer, "/self/password", {"new": "hecha" * 4}),
        (reviewer, "/self/password", {"new": "x" * 10}), (reviewer, "/self/password", {"new": "Aa1" + "a" * 9}),
        (reviewer, "/self/password", {"new": "Better-horse-9"}),
        (reviewer, "/self/password", {"new": "Better-horse-9", "again": "Better-horse-9", "old": "x"}),
        (reviewer, "/login", {}), (reviewer, "/login", {"name": "nobody", "password": PASSWORD}),
    ]  # fmt: skip
    for browser, where, said in wrong:
        answer = browser.post(where, **said)
        assert answer.status_code == 422, (where, said, answer.status_code)
        scanned(answer)
    for picture, said in ((b"", {}), (b"no picture", {"held": "unsure"})):
        checked = send(reviewer, "/sites/one/evaluation/check", picture, page="http://www.one.test/", criterion="1.1.1", **said)
        assert checked.status_code == 422 and scanned(checked)
        for day in ("soon", "2999-01-01"):
            listed = send(reviewer, "/checks/terminal", picture, day=day)
            assert listed.status_code == 422 and scanned(listed, *THEIRS["/checks/"])
    assert reviewer.post(f"{doubt}/decide", verdict="confirmed", why="x").status_code == 303
    stops.beside(made.db).mkdir()
    unwritten = operator.post("/run/stop", stop_host="www.one.test", stop_why="x")
    assert unwritten.status_code == 422 and "The stop is not in force" in scanned(unwritten, "main > ul")


def test_tables_of_sites_are_taken_and_refused_in_english(made: Service) -> None:
    operator = english(made, Role.OPERATOR)
    for content in (b"", b"\xff\xfe\x00", b"name\nx\n", b"id,id\nx,x\n", b"PK\x03\x04", b"id\none\none\n"):
        answer = sent_table(operator, content, "check")
        assert answer.status_code == 422 and scanned(answer, ".errors", ".error"), content
    added = (
        "id,name,url,category,region,owner\none,x,http://www.other.test/,portal,990000,y\nfive,x,http://www.five.test/,school,990000,y\n"
    )
    for what, expected in (("check", "not written yet"), ("write", "It is written into the list.")):
        told = scanned(sent_table(operator, added.encode(), what))
        assert expected in told and "Added: five" in told and "one: name, address, owner (with another host" in told
    school = made.target("five")
    assert school is not None and school.site.category == "school"


def test_what_cannot_be_answered_is_told_in_english(made: Service) -> None:
    owner, nobody = english(made, Role.OWNER), english(made, Role.NOBODY)
    answers = [
        owner.get("/nowhere"), owner.get("/settings"), owner.ask("DELETE", "/sites"), owner.ask("POST", "/self/password", content=b"{}"),
        owner.ask("POST", "/login", form={"name": "x" * 70_000}), owner.get("/log?before=x"), owner.ask("POST", "/self/password"),
        nobody.ask("POST", "/run/now"), owner.get("/sites/two"), owner.get("/reports/"),
    ]  # fmt: skip
    told = [(answer.status_code, scanned(answer)) for answer in answers]
    assert [status for status, _ in told] == [404, 403, 405, 415, 413, 403, 403, 401, 404, 404], told
    nobody.get("/login")
    for _ in range(9):
        last = nobody.post("/login", name="zeren", password="wrong")
    assert last.status_code == 429 and "Please try again in" in scanned(last)
