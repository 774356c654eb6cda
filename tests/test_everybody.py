"""What everybody may read says nothing of who decided, who stopped, who confirmed and what was noted, and reads well without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from consoles import PEOPLE, Browser, service
from histories import NOW, history

import reports
from auditor import stops
from auditor.accounts import Role
from auditor.everybody import for_everybody
from auditor.model import Coverage, Decision, History, Permit, RunState, State, Stop, Verdict
from auditor.service import Service

WHO, WHY, NOTE = "钱某某", "负责人口头要求", "内部备注一则"
STOPPED = stops.reason(Stop(host="*", by=WHO, why=WHY))


def inside() -> History:
    """A city of which much was written down that is nobody else's business."""
    told = history()
    sites = []
    for site in told.sites:
        run = replace(site.runs[0], state=RunState.PARTIAL, reason=STOPPED) if site.runs else None
        decisions = tuple(replace(one, by=WHO, why=WHY) for one in site.decisions)
        sites.append(
            replace(
                site, target=replace(site.target, note=NOTE, contact=WHO), decisions=decisions,
                runs=(run, *site.runs[1:]) if run else (),
                coverage=(*site.coverage, Coverage(url="http://stopped.test/", state=State.INTERRUPTED, reason=STOPPED)),
                permits=(Permit(host="www.x.test", by=WHO, date=date(2026, 10, 9), since=NOW),),
            )
        )  # fmt: skip
    return replace(told, sites=tuple(sites), stops=(Stop(host="*", by=WHO, why=WHY, since=NOW),))


def pages(told: History) -> dict[str, str]:
    """The pages that are served to everybody."""
    return {path: content.decode() for path, content in reports.render(told) if path.endswith(".html") and not path.startswith("night")}


def test_no_page_for_everybody_holds_a_name_a_reason_or_a_note() -> None:
    before, after = pages(inside()), pages(for_everybody(inside()))
    for word in (WHO, WHY, NOTE):
        assert any(word in told for told in before.values()) and not [path for path, told in after.items() if word in told]


def test_without_them_the_pages_read_as_if_they_had_never_been_there() -> None:
    told = pages(for_everybody(inside()))
    assert "人工紧急停止，没有访问" in told["sites/shi.html"] and "紧急停止生效中，暂不访问：全部主机（" in told["sites/shi.html"]
    assert "已经确认可以访问 www.x.test，2026年10月9日" in told["sites/shi.html"]
    decisions = told["sites/shi.html"].partition('id="decisions"')[2].partition("</table>")[0]
    assert "暂不整改" in decisions and "理由" not in decisions and "决定人" not in decisions
    for path, page in told.items():
        assert "night.html" not in page and ".docx" not in page and "auditor confirm" not in page and "auditor export" not in page, path


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path, public=True)
    with running.write() as store:
        for site in ("one", "two"):
            group = store.issues(site)[0].group
            store.decide(Decision(site=site, group=group, verdict=Verdict.FALSE_POSITIVE, by=WHO, why=WHY, made=NOW))
    stops.add(stops.beside(running.db), Stop(host="*", by=WHO, why=WHY))
    yield running
    running.close()


def test_the_service_tells_everybody_less_than_those_who_work_with_a_site(public: Service) -> None:
    asked = ("/reports/sites/one.html", "/reports/sites/two.html")
    told = {role: [WHY in Browser(public).sign_in(role).get(path).text for path in asked] for role in Role}
    assert told == {role: [True, True] for role in PEOPLE} | {Role.OWNER: [True, False], Role.NOBODY: [False, False]}
    kept = {role: Browser(public).sign_in(role).get(asked[0]).headers["cache-control"] for role in (Role.NOBODY, Role.OWNER)}
    assert kept == {Role.NOBODY: "no-cache", Role.OWNER: "private, no-store"}


def test_the_start_page_is_drawn_apart_for_everybody(public: Service) -> None:
    for role in (Role.OPERATOR, Role.NOBODY, Role.OPERATOR, Role.OWNER):
        assert ("night.html" in Browser(public).sign_in(role).get("/reports/").text) is (role is Role.OPERATOR)


def test_the_draft_of_the_letter_is_for_those_who_see_the_site(public: Service) -> None:
    with public.write() as store:  # what is decided to be no barrier is nothing to write of
        group = store.issues("one")[0].group
        store.decide(Decision(site="one", group=group, verdict=Verdict.CONFIRMED, by=WHO, why=WHY, made=NOW))
    letter = "/reports/sites/one.notice.docx"
    assert Browser(public).get(letter).status_code == 404
    assert {Browser(public).sign_in(role).get(letter).status_code for role in (Role.OPERATOR, Role.OWNER)} == {200}
