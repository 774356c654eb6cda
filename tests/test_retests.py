"""A retest closes or reopens one group of barriers in minutes, and leaves everything else to the nights."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from consoles import PEOPLE, QUICK, Browser, service

from auditor.accounts import Account, Role
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import DOCUMENTS, Issue, IssueState, Outcome, Profile, Variant
from auditor.retests import MOST_PAGES, pages_of
from auditor.service import Service
from auditor.store_accounts import Accounts
from auditor.store_log import Act, LogBook


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path)
    yield running
    running.close()


def barrier(made: Service) -> Issue:
    with made.read() as store:
        return next(issue for issue in store.issues("one") if issue.outcome is Outcome.FAILED)


def test_the_pages_of_a_retest_are_those_where_the_group_stands_and_only_if_none_is_left_those_where_it_was(made: Service) -> None:
    one = barrier(made)
    target = made.target("one")
    assert target is not None
    many = [replace(one, id=f"i{number}", page=f"http://www.one.test/{number}") for number in range(30)]
    assert pages_of(many, target) == tuple(issue.page for issue in many[:MOST_PAGES])
    closed = replace(one, state=IssueState.FIXED, page="http://www.one.test/old")
    assert pages_of([closed, one], target) == (one.page,) and pages_of([closed], target) == (closed.page,)
    for other in (
        replace(one, variant=Variant.MOBILE),
        replace(one, rule="consistent-navigation"),
        replace(one, state=IssueState.RULE_RETIRED),
    ):
        assert pages_of([other], target) == (), other
    assert DOCUMENTS not in one.engines


def test_no_retest_begins_while_a_night_runs_or_may_go_on(made: Service) -> None:
    one, browser = barrier(made), Browser(made).sign_in(Role.OWNER)
    begun, go = threading.Event(), threading.Event()

    def night() -> None:
        begun.set()
        go.wait(20)

    assert made.nights.now(night) and begun.wait(20)
    path = f"/sites/one/groups/{one.group}/retest"
    refused = browser.post(path)
    go.set()
    assert refused.status_code == 422 and "夜间检测正在进行" in refused.text
    with made.write() as store:
        store.begin_round("interrupted", datetime.now(UTC), "schedule")
    again = browser.post(path)
    assert again.status_code == 422 and "中断后等待继续" in again.text


def test_a_site_that_nobody_confirmed_is_not_retested(made: Service) -> None:
    made.path.write_text(
        made.path.read_text(encoding="utf-8").replace(",\n     confirmed: {by: 王主任, date: 2026-10-01}", ""), encoding="utf-8"
    )
    made.reload()
    refused = Browser(made).sign_in(Role.OWNER).post(f"/sites/one/groups/{barrier(made).group}/retest")
    assert refused.status_code == 422 and "还没有确认可以访问" in refused.text


# ---------------------------------------------------------------------------------------------- on the demo city


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_an_owner_has_a_repair_confirmed_within_minutes_on_a_portal_that_was_repaired_meanwhile(tmp_path: Path) -> None:
    with City(night=1) as city:
        (tmp_path / "targets.yml").write_text(targets_text(city.port, Profile.STATIC), encoding="utf-8")
        made = Service(tmp_path / "targets.yml", tmp_path / "auditor.db", cost=QUICK)
        with made.write() as store:
            Accounts(store, QUICK).add(
                Account(name=PEOPLE[Role.OWNER].name, title="李四", role=Role.OWNER, sites=frozenset({"hospital"})), "Correct-horse-7"
            )
        target = made.target("hospital")
        assert target is not None
        made.round([target], trigger="manual")
        assert not made.trouble
        owner = Browser(made).sign_in(Role.OWNER)
        before = states(made)
        (banner,) = [issue for issue in issues(made) if issue.rule == "image-alt" and issue.element.selector == "#zhanshi"]
        path = f"/sites/hospital/groups/{banner.group}"

        assert "1 处仍在" in retested(made, owner, path), "what is not repaired stays as it is"
        assert states(made) == {**before, banner.id: IssueState.OPEN}
        city.requests.clear()
        city.night = 2
        told = retested(made, owner, path)
        assert "1 处已经不在" in told and "0 处仍在" in told
        assert {asked for host, asked in city.requests if asked.endswith(("/", ".html"))} == {"/"}, "only the page of the group"
        assert states(made) == {**before, banner.id: IssueState.FIXED}, "nothing else was closed or opened"
        assert "已不在" in owner.page(path).get_text() and "已修复（1 组）" in owner.page("/sites/hospital").get_text()
        with made.read() as store:
            assert (len(store.rounds()), len(store.runs("hospital")), len(store.retests(9))) == (1, 1, 2)
            last = made.last_round()
            assert last == store.rounds()[0].started and store.unfinished() == () and store.integrity() == "ok"

        city.night = 1
        assert "其中 1 处修复后又出现" in retested(made, owner, path)
        assert states(made) == {**before, banner.id: IssueState.REOPENED}
        made.round([target], trigger="manual")
        with made.read() as store:
            assert len(store.rounds()) == 2 and store.unfinished() == (), "one night after another in the same service"
        assert states(made)[banner.id] is IssueState.OPEN, "the next night goes on from there"
        spans = next(issue.spans for issue in issues(made) if issue.id == banner.id)
        assert [span.last is None for span in spans] == [False, True]
        with made.read() as store:
            acts = [(entry.who, entry.act) for entry in LogBook(store).entries(6)]
            assert acts == [("zeren", Act.RETEST)] * 6 and LogBook(store).verify().broken is None
        made.close()


def retested(made: Service, owner: Browser, path: str) -> str:
    """Ask for a retest, wait for its end; what the page says of it."""
    answer = owner.post(f"{path}/retest")
    assert answer.status_code == 303, BeautifulSoup(answer.content, "lxml").select_one(".errors")
    end = time.monotonic() + 200
    while (told := next(iter(made.retests.values()))).ended is None:
        assert "开始复测 1 页" in owner.page(path).get_text() or told.ended is None
        assert time.monotonic() < end
        time.sleep(0.3)
    assert told.told in owner.page(path).get_text()
    return told.told


def issues(made: Service) -> tuple[Issue, ...]:
    with made.read() as store:
        return store.issues("hospital")


def states(made: Service) -> dict[str, IssueState]:
    return {issue.id: issue.state for issue in issues(made)}
