"""Cases in the console: opened with a deadline, read, disputed, decided, retested and closed, each step by whoever may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from consoles import LOGO, TARGETS, Browser, run, service
from histories import HOSTILE

from auditor.accounts import MAY, Right, Role
from auditor.cases import ROLES
from auditor.lifecycle import advance
from auditor.model import Case, CaseState, CaseStep, IssueState, Outcome, Party
from auditor.service import Service
from auditor.store_cases import Cases
from auditor.store_log import Act, LogBook
from auditor.store_outbox import Outbox
from auditor.web import cases as web_cases

MAILED = TARGETS.replace(
    "sites:",
    "notices:\n"
    '  - {id: owner-one, kind: webhook, reader: owner, sites: [one], url: "http://hook.test/", secret: "env:HOOK", allow_private: true}\n'
    "sites:",
)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path, MAILED)
    yield running
    running.close()


def group(made: Service, site: str = "one") -> str:
    with made.read() as store:
        return next(issue.group for issue in store.issues(site) if issue.outcome is Outcome.FAILED)


def only_case(made: Service, site: str = "one") -> Case:
    with made.read() as store:
        (found,) = Cases(store, made.watch.timezone).all(site)
    return found


def opened(made: Service, site: str = "one", **more: object) -> str:
    """A case that 残联 opened; its path."""
    federation = Browser(made).sign_in(Role.FEDERATION)
    answer = federation.post(f"/sites/{site}/cases", **{"group": [group(made, site)], "days": "30", "why": "影响盲人办事。", **more})
    assert answer.status_code == 303, BeautifulSoup(answer.content, "lxml").select_one(".errors")
    return str(answer.headers["location"]).partition("?")[0]


def text(browser: Browser, path: str) -> str:
    return browser.page(path).get_text(" ", strip=True)


def repaired(made: Service) -> None:
    """The next night finds nothing any more."""
    night = datetime.now(UTC)
    found = run("one", LOGO)
    tally = replace(found.tallies[0], failed=0, cant_tell=0, passed=2)
    found = replace(found, round="later", started=night, finished=night, findings=(), tallies=(tally,))
    with made.write() as store:
        store.begin_round("later", night, "schedule")
        changed, counts = advance(store.issues("one"), found, catalogue=frozenset(found.rules))
        store.save(found, changed, counts)
        store.end_round("later", night)
        assert {one.state for one in store.issues("one")} == {IssueState.FIXED}


def test_the_rights_in_cases_are_those_of_their_rules() -> None:
    for step, parties in ROLES.items():
        assert {role.value for role in MAY[Right(f"case-{step.value}")]} == {party.value for party in parties if party is not Party.SERVICE}


def test_a_case_goes_from_notice_to_closing(made: Service) -> None:
    path = opened(made)
    owner, federation = Browser(made).sign_in(Role.OWNER), Browser(made).sign_in(Role.FEDERATION)
    told = text(owner, path)
    assert "已通报，未读" in told and "影响盲人办事。" in told and "王五 （残联）".replace(" ", "") in told.replace(" ", "")
    assert only_case(made).id in text(owner, "/cases")
    assert owner.post(f"{path}/read").headers["location"] == f"{path}?done=case"
    assert "整改中" in text(owner, path) and only_case(made).read is not None
    early = federation.post(f"{path}/close", close_why="看过了。")
    assert early.status_code == 422 and "没有查实修复" in early.text and only_case(made).state is CaseState.READ
    assert federation.post(f"{path}/retest", retest_why="主办单位报告已修复。").status_code == 422, "nobody has looked since the notice"
    repaired(made)
    assert federation.post(f"{path}/retest", retest_why="主办单位报告已修复。").status_code == 303
    assert "已消除" in text(federation, path)
    assert federation.post(f"{path}/close", close_why="复测通过。").status_code == 303
    assert "已销号 （障碍已消除".replace(" ", "") in text(federation, path).replace(" ", "")
    assert only_case(made).id not in text(federation, "/cases").partition("没有销号的")[2].partition("显示")[2]
    assert only_case(made).id in text(federation, "/cases?state=all")
    assert federation.page(path).select("form[action^='/cases/']") == [], "nothing is left to do"
    with made.read() as store:
        acts = [(entry.who, entry.act) for entry in LogBook(store).entries(40) if entry.act in (Act.CASE_OPENED, Act.CASE_STEP)]
        assert acts == [*[("canlian", Act.CASE_STEP)] * 2, ("zeren", Act.CASE_STEP), ("canlian", Act.CASE_OPENED)]
        assert [entry.channel for entry in Outbox(store).unsent()] == ["owner-one"] * 4, "the owner hears of every step"


def test_a_dispute_is_decided_by_others_and_takes_the_barrier_out(made: Service) -> None:
    path = opened(made)
    owner, federation = Browser(made).sign_in(Role.OWNER), Browser(made).sign_in(Role.FEDERATION)
    assert owner.post(f"{path}/dispute", dispute_group=["nonsense"], dispute_why="不是障碍。").status_code == 422
    assert owner.post(f"{path}/dispute", dispute_group=[group(made)], dispute_why="这是装饰图片。").status_code == 303
    assert "申诉中" in text(federation, path)
    missing = federation.post(f"{path}/decide", decide_why="x")
    assert missing.status_code == 422 and 'href="#decide-upheld"' in missing.text
    assert federation.post(f"{path}/decide", decide_why="核对后属实。", decide_upheld="yes").status_code == 303
    assert "申诉成立，已撤销" in text(owner, path)
    assert federation.post(f"{path}/close", close_why="申诉成立。").status_code == 303
    assert only_case(made).ending is not None and "申诉成立，已撤销" in text(owner, path)


def test_a_complaint_is_a_case_without_barriers(made: Service) -> None:
    path = opened(made, group=[], complaint="读屏软件读不出办事指南。", days="15")
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert "读屏软件读不出办事指南。" in text(operator, path)
    assert operator.post(f"{path}/close", close_why="已电话答复。", close_satisfied="yes").status_code == 303
    assert only_case(made).events[-1].satisfied is True


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"days": "30", "why": "x"}, "group"), ({"group": "GROUP", "days": "0", "why": "x"}, "days"),
        ({"group": "GROUP", "days": "三十", "why": "x"}, "days"), ({"group": "GROUP", "days": "30", "why": " "}, "why"),
        ({"group": "other", "days": "30", "why": "x"}, "group"), ({"complaint": "长" * 1001, "days": "30", "why": "x"}, "complaint"),
    ],
)  # fmt: skip
def test_a_notice_that_says_too_little_is_not_sent(made: Service, form: dict[str, str], field: str) -> None:
    sent = {name: group(made) if value == "GROUP" else value for name, value in form.items()}
    answer = Browser(made).sign_in(Role.FEDERATION).post("/sites/one/cases", **sent)
    page = BeautifulSoup(answer.content, "lxml")
    assert answer.status_code == 422 and page.select_one(f".errors a[href='#{field}']") and page.select_one(f"#{field}")
    with made.read() as store:
        assert Cases(store, made.watch.timezone).all() == () and Outbox(store).unsent() == ()


def test_the_same_barrier_is_not_followed_in_two_cases(made: Service) -> None:
    opened(made)
    again = Browser(made).sign_in(Role.FEDERATION).post("/sites/one/cases", group=[group(made)], days="9", why="x")
    assert again.status_code == 422 and "不能重复立案" in again.text


def test_an_owner_meets_no_case_of_others(made: Service) -> None:
    path = opened(made, "two")
    owner = Browser(made).sign_in(Role.OWNER)
    assert owner.get(path).status_code == 404 and owner.get(f"{path}/letter.docx").status_code == 404
    assert owner.post(f"{path}/read").status_code == 404 and owner.post(f"{path}/dispute", dispute_why="x").status_code == 404
    for listed in ("/cases", "/cases?site=two&state=all"):
        assert only_case(made, "two").id not in text(owner, listed)
    assert only_case(made, "two").state is CaseState.NOTIFIED


def test_each_step_is_offered_to_whoever_may_and_refused_to_others(made: Service) -> None:
    path = opened(made)
    offered = {
        role: {str(form["action"]).rpartition("/")[2] for form in Browser(made).sign_in(role).page(path).select("form[action^='/cases/']")}
        for role in (Role.OWNER, Role.FEDERATION, Role.OPERATOR, Role.REVIEWER)
    }
    assert offered == {
        Role.OWNER: {"read", "dispute"}, Role.FEDERATION: {"read", "remind", "extend", "retest", "close", "transfer"},
        Role.OPERATOR: {"read", "remind", "retest", "close"}, Role.REVIEWER: {"retest"},
    }  # fmt: skip
    assert Browser(made).sign_in(Role.OWNER).post(f"{path}/close", close_why="x").status_code == 403
    assert Browser(made).sign_in(Role.REVIEWER).post("/sites/one/cases", group=[group(made)], days="9", why="x").status_code == 403


def test_every_step_of_the_rules_has_its_form(made: Service) -> None:
    assert set(web_cases.ABOUT) == set(CaseStep) - {CaseStep.OPEN}


def test_what_waits_in_cases_stands_on_the_start_page(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(made)
    federation = Browser(made).sign_in(Role.FEDERATION)
    assert "等待办理的案件" not in text(federation, "/")
    with made.write() as store:
        late = replace(only_case(made).events[0], at=datetime.now(UTC) - timedelta(days=60), groups=(group(made, "two"),), issues={})
        Cases(store, made.watch.timezone).open("two", late)
    assert "的整改期限" in text(federation, "/") and "应当复测" in text(federation, "/cases")
    assert "等待办理的案件" not in text(Browser(made).sign_in(Role.OWNER), "/")


def test_the_letter_is_downloaded_where_there_is_one(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    path = opened(made)
    owner = Browser(made).sign_in(Role.OWNER)

    monkeypatch.setattr(web_cases, "letter", lambda history, case: b"PK letter" if case == only_case(made) else None)
    link = next(str(one["href"]) for one in owner.page(path).select("main a") if "letter" in str(one["href"]))
    answer = owner.get(link)
    assert answer.content == b"PK letter" and f'filename="notice-{only_case(made).id}.docx"' in answer.headers["content-disposition"]
    monkeypatch.setattr(web_cases, "letter", lambda history, case: None)
    assert owner.get(link).status_code == 404


def test_what_people_write_into_cases_stays_inert(made: Service) -> None:
    path = opened(made, why=HOSTILE, complaint=HOSTILE)
    Browser(made).sign_in(Role.OWNER).post(f"{path}/dispute", dispute_why=HOSTILE)
    for shown in (path, "/cases", "/log"):
        assert not re.search(r"<script|<img src=x|\u202e", Browser(made).sign_in(Role.FEDERATION).get(shown).text)


def test_a_case_that_does_not_exist_is_a_page_that_does_not(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    for id in ("2026-9999", quote("'; DROP TABLE casefile; --"), "..%2f..%2fx"):
        assert operator.get(f"/cases/{id}").status_code == 404
