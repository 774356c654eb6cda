"""The language of the console: English to whoever chose it and to nobody else; what is kept and what programs read is the same for all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from bs4 import BeautifulSoup
from consoles import Browser
from english_consoles import LINK, english, form_of, opened, scanned, sent_table, service
from romanised import HAN

from auditor.accounts import Role
from auditor.language import spoken
from auditor.service import Service
from auditor.store_log import LogBook
from auditor.store_outbox import Outbox


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    running = service(tmp_path, monkeypatch)
    yield running
    running.close()


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
