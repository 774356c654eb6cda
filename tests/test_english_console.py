"""The console in English: it is shown to whoever chose it and to nobody else, and no word of ours stays Chinese in it.

What is ours and what people wrote cannot be told apart in a page. So everything in the store is written without Chinese characters
(`romanised`): one that still stands in a page was written by us.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import consoles
import httpx
import pytest
from bs4 import BeautifulSoup
from consoles import LOGO, NIGHT, PASSWORD, Browser, run
from romanised import HAN, romanised
from test_cases_console import MAILED, only_case
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
from auditor.store_log import LogBook
from auditor.store_outbox import Outbox
from checks.judge import rules
from reports.language import spoken

LINK = ".languages a[lang='zh-CN']"
"""The link to the Chinese page, which its readers have to know."""

CODE = "pre [lang='zh-CN']"
"""Examples of code, which are meant for Chinese pages."""

VERIFY = {rule.verify for rule in rules().values()}
"""How repairs are checked: sentences that exist in Chinese alone."""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service of the other tests, without a Chinese character in its store."""
    monkeypatch.setattr(consoles, "PEOPLE", romanised(consoles.PEOPLE))
    monkeypatch.setattr(consoles, "run", lambda site, shown: romanised(run(site, shown)))
    running = consoles.service(tmp_path, romanised(MAILED))
    yield running
    running.close()


def english(made: Service, role: Role, **more: object) -> Browser:
    """The browser of somebody who chose English before signing in."""
    browser = Browser(made, **more)  # type: ignore[arg-type]
    assert browser.get("/login?lang=en").headers["location"] == "/login"
    return browser.sign_in(role)


def scanned(answer: httpx.Response, *theirs: str) -> str:
    """The words of a page that holds no Chinese characters but in elements marked as Chinese that `theirs` select."""
    page = BeautifulSoup(answer.content, "lxml")
    assert page.html is not None and page.html["lang"] == "en", answer.url
    for element in page.select("[lang='zh-CN']"):
        if element.get_text() in VERIFY or element in page.select(", ".join((LINK, CODE, *(f"{one} [lang='zh-CN']" for one in theirs)))):
            element.decompose()
    for element in page.select(", ".join(theirs)) if theirs else ():
        assert not re.search("[\u4e00-\u9fff]", element.get_text()), element
        element.decompose()
    for field in page.select("option, input[type=radio]"):
        del field["value"]  # nobody reads it
    left = str(page)
    assert not HAN.search(left), (str(answer.url), [left[max(0, met.start() - 60) : met.end() + 60] for met in HAN.finditer(left)][:5])
    return page.get_text(" ", strip=True)


def seen(browser: Browser, path: str, *theirs: str) -> str:
    """The words of a page that is there, wholly English."""
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return scanned(answer, *theirs)


# ---------------------------------------------------------------------------------------------- choosing


def test_english_is_chosen_by_a_link_that_leads_back_to_the_same_page(made: Service) -> None:
    visitor = Browser(made).sign_in(Role.FEDERATION)
    page = visitor.page("/sites?q=two&done=saved")
    assert page.html is not None and page.html["lang"] == "zh-CN", "Chinese by default"
    chinese, other = page.select(".languages a")
    assert [chinese["lang"], chinese["hreflang"], chinese["aria-current"]] == ["zh-CN", "zh-CN", "true"]
    assert [other["lang"], other["hreflang"], other.get("aria-current"), other.get_text()] == ["en", "en", None, "English"]
    answer = visitor.get(str(other["href"]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/sites?q=two&done=saved")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("language=en;") and "SameSite=lax" in cookie and "Path=/" in cookie and "Max-Age=" in cookie
    page = visitor.page("/sites?q=two")
    assert page.html is not None and page.html["lang"] == "en" and page.select_one(".languages [aria-current]").get_text() == "English"  # type: ignore[union-attr]
    visitor.get("/sites?lang=zh")
    assert visitor.page("/sites").html["lang"] == "zh-CN"  # type: ignore[index]


def test_pages_are_chinese_until_somebody_chooses_a_language_that_there_is(made: Service) -> None:
    browser = Browser(made)
    for reads in ("en", "en-GB,en;q=0.9", "de"):
        assert '<html lang="zh-CN">' in browser.get("/login", headers={"accept-language": reads}).text
    for sent in ("fr", "", "zh-CN", "EN", "en\r\nX: y"):
        answer = browser.get(f"/login?lang={quote(sent)}")
        assert answer.status_code == 200 and "language=" not in answer.headers.get("set-cookie", ""), sent
    assert '<html lang="zh-CN">' in browser.get("/login", headers={"cookie": "language=fr"}).text


def test_the_link_of_a_language_leads_nowhere_else(made: Service) -> None:
    browser = Browser(made)
    for path in ("//evil.test/?lang=en", "/%2Fevil.test?lang=en", "/\\evil.test?lang=en"):
        answer = browser.get(path)
        assert answer.status_code == 303 and httpx.URL(answer.headers["location"]).host == "", answer.headers["location"]
        assert not answer.headers["location"].startswith("//")
    assert browser.get("/login?next=%2Fcases%3Fa%3D1&lang=en").headers["location"] == "/login?next=%2Fcases%3Fa%3D1"


def test_the_answer_to_a_form_leads_back_to_its_page_in_the_other_language(made: Service) -> None:
    operator = english(made, Role.OPERATOR)
    form = {"form-token": operator.token}
    for sent, expected in (
        ("http://audit.test/run?done=paused", "/run?done=paused&lang=zh"), ("http://evil.test/run", "/?lang=zh"), ("", "/?lang=zh"),
    ):  # fmt: skip
        answer = operator.ask("POST", "/run/pause", form=form, headers={"referer": sent})  # type: ignore[arg-type]
        assert answer.status_code == 422
        assert BeautifulSoup(answer.content, "lxml").select_one(LINK)["href"] == expected  # type: ignore[index]


def test_by_https_the_choice_is_sent_by_https_alone(made: Service) -> None:
    assert "Secure" in Browser(made, base="https://audit.test").get("/login?lang=en").headers["set-cookie"]
    assert "Secure" not in Browser(made).get("/login?lang=en").headers["set-cookie"]


def test_one_visitor_s_language_is_not_the_next_one_s(made: Service) -> None:
    first = english(made, Role.OPERATOR)
    second = Browser(made, app=first.app).sign_in(Role.OPERATOR)
    for path in ("/", "/sites", "/reports/", "/nowhere", "/reports/sites/one", "/self"):
        for browser, tag in ((first, "en"), (second, "zh-CN"), (first, "en")):
            assert f'<html lang="{tag}">' in browser.get(path).text, (path, tag)
    assert spoken() == "zh"


def test_visitors_at_the_same_time_each_read_their_own_language(made: Service) -> None:
    first = english(made, Role.OPERATOR)
    second = Browser(made, app=first.app).sign_in(Role.OPERATOR)
    wrong: list[str] = []

    def look(browser: Browser, tag: str) -> None:
        for path in ("/", "/sites/one", "/reports/", "/cases") * 2:
            if f'<html lang="{tag}">' not in browser.get(path).text:
                wrong.append(path)

    threads = [threading.Thread(target=look, args=pair) for pair in ((first, "en"), (second, "zh-CN"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_programs_are_answered_as_ever(made: Service) -> None:
    program, reader = Browser(made).sign_in(Role.OPERATOR), english(made, Role.OPERATOR)
    assert program.get("/api/v1/nothing").content == reader.get("/api/v1/nothing").content
    assert Browser(made).get("/api/v1/sites").content == english(made, Role.NOBODY).get("/api/v1/sites").content
    assert reader.get("/metrics?lang=en").status_code == 200


def test_something_broken_is_told_in_the_language_of_the_visitor(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = english(made, Role.OPERATOR)
    monkeypatch.setattr(made, "history_of", lambda site: 1 / 0)
    answer = reader.get("/sites/one")
    assert answer.status_code == 500 and "This cannot be shown for now" in scanned(answer)
    assert "暂时不能显示" in Browser(made).sign_in(Role.OPERATOR).get("/sites/one").text


# ---------------------------------------------------------------------------------------------- what is kept stays Chinese


def test_log_and_messages_are_chinese_whoever_gave_occasion_to_them(made: Service) -> None:
    federation, owner = english(made, Role.FEDERATION), english(made, Role.OWNER)
    path = opened(made, federation)
    assert owner.post(f"{path}/read").status_code == 303
    federation.post(f"{path}/extend", extend_days="9", extend_why="x")
    english(made, Role.OPERATOR).post("/list/sites/one/edit", **form_of(made, name="another"))
    with made.read() as store:
        details = [entry.detail for entry in LogBook(store).entries(9)]
        letters = [str(entry.message) for entry in Outbox(store).unsent()]
    assert "one 的名称、主办单位" in details and "延期：x" in details and "已读：" in details
    assert len(letters) == 3 and all("案件" in one and "Case" not in one for one in letters)


def test_a_failure_is_put_on_record_in_chinese(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "run_now", lambda chosen: False)
    answer = english(made, Role.OPERATOR).post("/run/now", site=["one"])
    assert answer.status_code == 422 and "An audit is under way." in scanned(answer)
    with made.read() as store:
        assert "请等它结束后再启动" in LogBook(store).entries(1)[0].detail


def test_a_table_of_sites_is_the_same_file_in_both_languages(made: Service) -> None:
    reader = english(made, Role.OPERATOR)
    table = reader.get("/list/sites.csv").content
    assert table == Browser(made).sign_in(Role.OPERATOR).get("/list/sites.csv").content
    answer = sent_table(reader, table, "check")
    assert "says what the list says" in scanned(answer)


# ---------------------------------------------------------------------------------------------- no word of ours is left in Chinese


def opened(made: Service, browser: Browser, site: str = "one", **more: object) -> str:
    answer = browser.post(f"/sites/{site}/cases", **{"group": [group(made, site)], "days": "30", "why": "x", **more})
    assert answer.status_code == 303, BeautifulSoup(answer.content, "lxml").select_one(".errors")
    return str(answer.headers["location"]).partition("?")[0]


def form_of(made: Service, **changes: str) -> dict[str, str]:
    """The fields of the form of site one, with changes."""
    target = made.target("one")
    assert target is not None
    same = {"name": target.site.name, "url": target.site.url, "category": "portal", "region": "990000", "owner": "x", "enabled": "是"}
    return {**same, "legal_basis": "", "contact": "", "note": "", **changes}


def sent_table(browser: Browser, content: bytes, what: str) -> httpx.Response:
    files = {"table": ("sites.csv", content, "text/csv")}
    return browser.ask("POST", "/list/import", form={"form-token": browser.token, "what": what}, files=files)


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


# ---------------------------------------------------------------------------------------------- the reports


def test_reports_are_shown_in_the_language_that_was_chosen_and_lead_to_the_other(made: Service) -> None:
    reader = english(made, Role.OPERATOR)
    other = Browser(made, app=reader.app).sign_in(Role.OPERATOR)
    for path in ("/reports/", "/reports/night.html", "/reports/indicators.html", "/reports/sites/one.html"):
        pages = [browser.page(path) for browser in (reader, other, reader)]
        assert [page.html["lang"] for page in pages if page.html] == ["en", "zh-CN", "en"], path
        assert pages[0] == pages[2]
        assert [str(link["href"]) for link in pages[1].select(".languages a")] == ["?lang=zh", "?lang=en"]
        scanned(reader.get(path))
    assert other.get("/reports/sites/one.html?lang=en").headers["location"] == "/reports/sites/one.html"
    assert other.page("/reports/").html["lang"] == "en"  # type: ignore[index]


def test_downloads_are_in_the_language_of_the_console(made: Service) -> None:
    reader, other = english(made, Role.OWNER), Browser(made).sign_in(Role.OWNER)
    english_table, chinese_table = (browser.get("/sites/one/export/csv").text for browser in (reader, other))
    assert not HAN.search(english_table) and HAN.search(chinese_table)
