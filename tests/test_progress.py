"""The progress of a round on the start page: brought up to date without a reload, politely, for whoever may see it, and only then."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from consoles import LOGO, MAP, PASSWORD, Browser, answering, run, service
from own_pages import STYLE, look_at
from playwright.async_api import Page, Request, async_playwright

from auditor.accounts import Role
from auditor.lifecycle import Counts
from auditor.model import Coverage, Judged, Progress, RunState, State
from auditor.service import Service
from auditor.web import night
from crawlers.browsers.find import find_browser

ROUND = "20261129-020000"
SHOWN = {"one": LOGO, "two": MAP}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path)
    yield running
    running.close()


class Round:
    """A round that goes on as a test says."""

    def __init__(self, made: Service) -> None:
        self.made, self.pages = made, 0
        with made.write() as store:
            store.begin_round(ROUND, datetime.now(UTC), "manual")

    def judge(self, site: str, pages: int = 1) -> None:
        """Judge some pages of a site."""
        with self.made.write() as store:
            for _ in range(pages):
                self.pages += 1
                page = Coverage(url=f"http://www.{site}.test/{self.pages}", state=State.AUDITED)
                store.note(Progress(round=ROUND, site=site, judged=Judged(coverage=page)))

    def finish(self, site: str, state: RunState = RunState.AUDITED) -> None:
        """Store the run of a site."""
        found = replace(run(site, SHOWN[site], state), round=ROUND, finished=datetime.now(UTC), reason="", findings=(), tallies=())
        with self.made.write() as store:
            store.save(found, (), Counts())

    def end(self) -> None:
        """End the round as such."""
        with self.made.write() as store:
            store.end_round(ROUND, datetime.now(UTC))


@contextmanager
def working(made: Service) -> Iterator[None]:
    """The service is at work on a round as long as this lasts."""
    begun, go = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go.wait(120)

    assert made.nights.now(work) and begun.wait(20)
    try:
        yield
    finally:
        go.set()
        while made.nights.running:
            go.wait(0.01)


def asked(browser: Browser, round: str = ROUND, known: object = 0) -> dict[str, str]:
    """What the script is answered."""
    answer = browser.get(f"/progress?round={round}&known={known}")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    page = BeautifulSoup(answer.content, "lxml")
    whole = page.select_one("#progress")
    assert whole is not None
    parts = {name: page.select_one(f"[data-part={name}]") for name in ("told", "sites", "news")}
    told = {name: part.get_text("", strip=True) for name, part in parts.items() if part is not None}
    return told | {name: str(whole[f"data-{name}"]) for name in ("live", "round", "known")}


def test_the_part_tells_of_sites_that_ended_since_it_was_asked_for_and_of_the_end(made: Service) -> None:
    browser = Browser(made).sign_in(Role.FEDERATION)
    with working(made):
        assert "正在准备" in asked(browser, "")["told"]
        now = Round(made)
        now.judge("one", 3)
        first = asked(browser, "")
        assert "已完成 0 个网站，正在检测 1 个" in first["told"] and first["sites"] == "一号网站：已检测 3 页，本次最多 5 页"
        assert (first["live"], first["round"], first["known"], first["news"]) == ("yes", ROUND, "0", "")
        now.finish("one")
        now.judge("two")
        second = asked(browser)
        assert second["news"] == "一号网站：已检测。" and second["known"] == "1" and "二号网站：已检测 1 页" in second["sites"]
        assert asked(browser, known=1)["news"] == "" == asked(browser, "another")["news"]
        now.finish("two", RunState.FAILED)
        now.end()
        last = asked(browser, known=1)
        assert last["news"] == "二号网站：未能评价。" and "正在收尾" in last["told"] and (last["live"], last["known"]) == ("yes", "2")
    ended = asked(browser, known=2)
    assert (ended["live"], ended["news"]) == ("no", "检测已经结束。") and "请刷新页面" in ended["told"] and ended["sites"] == ""


def test_a_round_that_stopped_is_not_said_to_have_ended(made: Service) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    with working(made):
        Round(made)
    assert asked(browser)["told"] == asked(browser)["news"] == "检测已经停下，没有完成。"


def test_many_sites_that_ended_meanwhile_are_counted_and_not_named(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    monkeypatch.setattr("auditor.web.progress.ONE_BY_ONE", 1)
    with working(made):
        now = Round(made)
        for site in SHOWN:
            now.finish(site)
        assert asked(browser)["news"] == "又有 2 个网站检测结束。" and asked(browser, known=1)["news"] == "二号网站：已检测。"
        browser.get("/?lang=en")
        assert asked(browser)["news"] == "2 more sites done."


def test_an_owner_hears_of_the_own_sites_alone(made: Service) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    with working(made):
        now = Round(made)
        now.judge("one")
        now.judge("two")
        assert asked(owner)["sites"].startswith("一号网站") and "二号" not in asked(owner)["sites"]
        now.finish("two")
        assert (asked(owner)["news"], asked(owner)["known"]) == ("", "0") and "已完成 0 个网站" in asked(owner)["told"]
        assert Browser(made).get("/progress").headers["location"].startswith("/login")


@pytest.mark.parametrize("wrong", ["x", "1.5", "9" * 5000])
def test_what_is_asked_wrongly_is_refused_and_what_is_out_of_reach_tells_nothing(made: Service, wrong: str) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    assert browser.get(f"/progress?known={wrong}").status_code == 422
    unknown = asked(browser, "%22%3E%3Cscript%3E", 10**9)
    assert (unknown["live"], unknown["round"], unknown["news"]) == ("no", "", "检测已经结束。") and "<p>" not in unknown["told"]
    assert asked(browser, "20261128-020000", -5)["known"] == "2"


def test_a_page_left_open_keeps_nobody_signed_in(made: Service) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)

    def age(minutes: int) -> str:
        with made.write() as store, store.writing() as connection:
            seen = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
            connection.execute("UPDATE session SET seen = ?", (seen,))
        return seen

    def seen() -> str:
        with made.read() as store:
            return str(store.db.execute("SELECT seen FROM session").fetchone()[0])

    before = age(59)
    assert browser.get("/progress").status_code == 200 and seen() == before
    assert browser.get("/").status_code == 200 and seen() != before
    age(61)
    assert browser.get("/progress").headers["location"].startswith("/login")


def test_a_script_of_ours_is_allowed_where_it_is_needed_and_nowhere_else(made: Service) -> None:
    browser = Browser(made).sign_in(Role.OPERATOR)
    with working(made):
        Round(made).judge("one")
        page = browser.get("/")
        scripts = BeautifulSoup(page.content, "lxml").select("script")
        assert [(one["src"], one.get_text()) for one in scripts] == [("/progress.js", "")]
        policy = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
        assert policy["script-src"] == policy["connect-src"] == "'self'" and policy["default-src"] == "'none'"
        assert policy["base-uri"] == "'none'" and policy["frame-ancestors"] == "'none'"
        for path in ("/sites", "/run", "/progress", "/progress.js", "/reports/", "/login"):
            assert "script-src" not in browser.get(path).headers["content-security-policy"], path
    idle = browser.get("/")
    assert "script-src" not in idle.headers["content-security-policy"] and "<script" not in idle.text
    script = Browser(made).get("/progress.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8" and script.headers["x-content-type-options"] == "nosniff"


# ---------------------------------------------------------------------------------------------- in a browser


def looked_at(address: str, act: Callable[[Page, list[str]], Awaitable[None]]) -> None:
    """Sign in with scripts, and do something on the start page; `act` gets the questions of the script as they are asked."""

    async def look() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=str(found) if (found := find_browser()) else None)
            page = await browser.new_page(viewport={"width": 1000, "height": 800})
            questions: list[str] = []
            wrong: list[str] = []

            def heard(request: Request) -> None:
                if "/progress?" in request.url:
                    questions.append(request.url)

            page.on("request", heard)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
            await page.goto(f"{address}/login")
            await page.fill("#name", "canlian")
            await page.fill("#password", PASSWORD)
            await page.press("#password", "Enter")
            await page.wait_for_url(f"{address}/")
            await page.evaluate("window.untouched = true")
            await act(page, questions)
            assert await page.evaluate("window.untouched") is True, "reloaded"
            await browser.close()
            assert wrong == []

    asyncio.run(look())


LISTEN = """
const news = document.getElementById("progress-news");
window.said = [];
new MutationObserver(() => said.push(news.innerText)).observe(news, {childList: true, characterData: true, subtree: true});
"""
"""Have the page keep what its live region says."""

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""Have the page believe that its tab is hidden, or shown again."""


async def quiet(page: Page, questions: list[str]) -> bool:
    """Whether the script asks nothing for ten times as long as it waits between two questions."""
    await page.wait_for_timeout(100)  # what was asked already
    before = len(questions)
    await page.wait_for_timeout(1000)
    return len(questions) == before


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_the_page_changes_while_a_round_goes_on_and_rests_when_it_is_paused_hidden_or_over(
    made: Service, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(night, "EVERY", 0.1)
    work, now = ExitStack(), Round(made)
    work.enter_context(working(made))
    now.judge("one")

    async def act(page: Page, questions: list[str]) -> None:
        one, two, button, news = "li[data-site=one]", "li[data-site=two]", "#progress-pause", "#progress-news"
        assert "已检测 1 页" in await page.inner_text(one) and await page.inner_text(news) == ""
        await page.focus(f"{one} a")
        stands = await page.evaluate_handle("document.activeElement")
        focused = "element => element === document.activeElement"
        await page.evaluate(LISTEN)
        now.judge("one", 2)
        await page.wait_for_selector(f"{one}:has-text('已检测 3 页')")
        now.judge("two")
        await page.wait_for_selector(f"{two}:has-text('已检测 1 页')")
        assert await page.evaluate(focused, stands) and await page.evaluate("said") == [], "pages are not announced"
        now.finish("one")
        await page.wait_for_selector(f"{news}:has-text('一号网站：已检测。')")
        assert await page.evaluate(focused, stands), "what somebody stands on stays until they leave it"
        for _ in range(10):
            await page.keyboard.press("Tab")
            if await page.evaluate(f"document.activeElement.matches('{button}')"):
                break
        assert await page.locator(one).count() == 0 and await page.inner_text(button) == "暂停自动更新"
        await page.keyboard.press("Enter")
        assert await page.inner_text(button) == "继续自动更新" and await quiet(page, questions)
        now.judge("two")
        assert await quiet(page, questions) and "已检测 1 页" in await page.inner_text(two)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(f"{two}:has-text('已检测 2 页')")
        await page.evaluate(HIDE, True)
        assert await quiet(page, questions)
        now.judge("two")
        await page.evaluate(HIDE, False)
        await page.wait_for_selector(f"{two}:has-text('已检测 3 页')")
        now.finish("two")
        now.end()
        await page.wait_for_selector(f"{news}:has-text('二号网站：已检测。')")
        await asyncio.to_thread(work.close)
        await page.wait_for_selector(f"{news}:has-text('检测已经结束。')")
        assert await quiet(page, questions) and await page.locator("#progress li").count() == 0
        assert await page.evaluate(f"document.activeElement.matches('{button}')"), "nobody is sent away from where they stand"
        await page.keyboard.press("Tab")
        await page.wait_for_selector(button, state="hidden")
        assert [one for one in await page.evaluate("said") if one] == ["一号网站：已检测。", "二号网站：已检测。", "检测已经结束。"]

    with work, answering(made) as address:
        looked_at(address, act)


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_whoever_is_signed_out_meanwhile_is_told_and_nothing_more_is_asked(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night, "EVERY", 0.1)

    async def act(page: Page, questions: list[str]) -> None:
        with made.write() as store, store.writing() as connection:
            connection.execute("DELETE FROM session")
        await page.wait_for_selector("#progress-news:has-text('登录已经过期')")
        assert await quiet(page, questions)

    with working(made), answering(made) as address:
        Round(made).judge("one")
        looked_at(address, act)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("viewport", [(1280, 800), (320, 640)])
def test_the_page_has_no_failure_under_our_own_audit(
    made: Service, monkeypatch: pytest.MonkeyPatch, viewport: tuple[int, int], language: str
) -> None:  # fmt: skip
    operator = Browser(made).sign_in(Role.OPERATOR)
    operator.get(f"/?lang={language}")
    monkeypatch.setattr(night, "EVERY", 0.5)
    with working(made):
        now = Round(made)
        now.finish("two")
        now.judge("one", 2)
        asks = f"/progress?round={ROUND}&known=1"
        assert asked(operator)["news"]
        beside = {"/progress.js": "/progress.js", asks: asks.replace("known=1", "known=0")}  # something is announced again and again
        look_at(operator, {"/": operator.get("/").text}, viewport, beside=STYLE | beside)
