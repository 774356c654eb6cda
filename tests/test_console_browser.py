"""The console in a real browser: signed in to by keyboard alone, used without scripts, and without a failure under our own audit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from conftest import Web, serving
from consoles import LOGO, MAP, MAP_PICTURE, PASSWORD, PICTURE, Browser, answering, service
from playwright.async_api import Page, async_playwright

from auditor.accounts import Role
from auditor.model import Outcome, Profile, State
from auditor.pages import audit_pages
from auditor.service import Service
from auditor.store_hand_checks import HandChecks
from crawlers.browsers.find import find_browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

UNDECIDED = {"color-contrast", "image-shows-text", "image-text-in-alt", "link-text-address"}
"""What is left to a person: text of table cells that lies beyond the edge of what is scrolled, dark on white as all of it; words in the
pictures of other people's pages; addresses of pages as the names of links to them."""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path)
    yield running
    running.close()


@pytest.fixture
def address(made: Service) -> Iterator[str]:
    """The service on loopback."""
    with answering(made) as told:
        yield told


def with_browser(act: Callable[[Page], Awaitable[None]]) -> None:
    """Do something in a browser in which no script runs."""

    async def run() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=str(found) if (found := find_browser()) else None)
            context = await browser.new_context(java_script_enabled=False, viewport={"width": 1000, "height": 800})
            await act(await context.new_page())
            await browser.close()

    asyncio.run(run())


async def reach(page: Page, locator: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.locator(f"{locator}:focus").count():
            return
    raise AssertionError(f"the Tab key does not reach {locator}")


def test_somebody_signs_in_decides_and_signs_out_by_keyboard_without_scripts(address: str, made: Service) -> None:
    async def act(page: Page) -> None:
        await page.goto(f"{address}/sites/one")
        assert page.url == f"{address}/login?next=/sites/one"
        await reach(page, "#name")
        await page.keyboard.type("canlian")
        await page.keyboard.press("Tab")
        await page.keyboard.type("wrong")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/login")
        assert "登录名或密码不对" in await page.inner_text(".errors") and (await page.title()).startswith("错误：")
        await reach(page, "#password")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/sites/one")
        assert await page.inner_text("h1") == "一号网站"
        await reach(page, "a.skip")
        await page.keyboard.press("Enter")
        await reach(page, "ul.groups a")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/groups/*")
        await reach(page, "input[name=verdict]")
        await page.keyboard.press("ArrowUp")
        await reach(page, "#why")
        await page.keyboard.type("依法可以不改。")
        await reach(page, "form[action$='/decide'] button")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**?done=decided")
        assert "已记录这项决定" in await page.inner_text("[role=status]") and "王五" in await page.inner_text("table:has(#decisions)")
        await reach(page, ".who-am-i button")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/login")
        await page.goto(f"{address}/sites")
        assert "/login" in page.url

    with_browser(act)
    with made.read() as store:
        (kept,) = store.decisions("one")
    assert (kept.by, kept.verdict.value) == ("王五", "exempt")


@pytest.mark.slow
@pytest.mark.timeout(1800)  # some twenty pages, each looked at in full
@pytest.mark.parametrize(
    ("viewport", "language", "profile"),
    [((1280, 800), "zh", Profile.FULL), ((320, 640), "en", Profile.FULL), ((320, 640), "zh", Profile.STATIC)],
)
def test_the_console_has_no_failure_under_our_own_audit(
    made: Service, viewport: tuple[int, int], language: str, profile: Profile
) -> None:
    operator, stranger = Browser(made).sign_in(Role.OPERATOR), Browser(made)
    for browser in (operator, stranger):
        browser.get(f"/login?lang={language}")
    with made.read() as store:
        groups = {issue.outcome: issue.group for issue in store.issues("one")}
    site = "/sites/one"
    wrong_case = operator.post(f"{site}/cases", days="0")
    opened = operator.post(f"{site}/cases", group=[groups[Outcome.FAILED]], days="30", why="影响盲人办事。", complaint="读不出办事指南。")
    case = str(opened.headers["location"]).partition("?")[0]
    found = {"form-token": operator.token, "page": "http://www.one.test/", "criterion": "1.1.1", "held": "no", "note": "读作 logo。"}
    check = f"{site}/evaluation/check"
    assert operator.ask("POST", check, form=found, files={"picture": ("p.webp", MAP_PICTURE, "image/webp")}).status_code == 303
    paths = [
        "/cases",
        case,
        f"{site}/cases/new",
        f"{site}/evaluation",
        "/checks",
        "/checks/terminal",
        "/list",
        "/list/import",
        "/list/new",
        f"/list{site}/edit",
        "/",
        "/sites",
        site,
        "/sites/three",
        "/desk",
        "/run",
        "/settings",
        "/log",
        *(f"{site}/groups/{one}" for one in groups.values()),
    ]
    book = Web()
    for path in (*paths, "/self"):
        book[path] = operator.get(path).text
    book[check] = operator.get(f"{check}?page=http%3A%2F%2Fwww.one.test%2F&criterion=1.1.1").text
    book["/wrong-case"] = wrong_case.text
    with made.read() as store:
        (kept,) = HandChecks(store).of_site("one")
    book[f"{site}/pictures/{kept.picture}.webp"] = (
        200, {"Content-Type": "image/webp"}, operator.get(f"{site}/pictures/{kept.picture}.webp").content
    )  # fmt: skip
    book["/login"] = stranger.get("/login").text
    wrong = operator.post(f"{site}/groups/{groups[Outcome.FAILED]}/decide", verdict="accepted")
    book["/wrong"] = wrong.text.replace("../pictures/", f"{site}/pictures/")
    for sheet in ("/style.css", "/console.css"):
        book[sheet] = (200, {"Content-Type": "text/css; charset=utf-8"}, operator.get(sheet).content)
    for digest, content in ((LOGO, PICTURE), (MAP, MAP_PICTURE)):
        book[f"{site}/pictures/{digest}.webp"] = (200, {"Content-Type": "image/webp"}, content)
    with serving(book) as web:
        addresses = [web.url(path) for path in (*paths, check, "/self", "/login", "/wrong", "/wrong-case")]
        run = audit_pages(
            addresses, level=None, profile=profile, allow=("localhost",), browser="playwright", tell=lambda _: None, viewport=viewport
        )
    assert {entry.state for entry in run.coverage} == {State.AUDITED}, run.coverage
    failed = [finding for finding in run.findings if finding.outcome is Outcome.FAILED]
    assert [(finding.page, finding.rule, finding.element.selector, finding.message) for finding in failed] == []
    asked = {(finding.rule, finding.page, finding.element.selector, finding.message) for finding in run.findings}
    assert {one for one in asked if one[0] not in UNDECIDED} == set()
    assert len({tally.rule for tally in run.tallies if tally.passed}) > 25, "the audit really looked"
