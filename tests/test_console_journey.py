"""A whole repair in a real browser, on the demo city: every role does its part in Chinese, and sees nothing of what is not its own."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from consoles import PASSWORD, PEOPLE, QUICK, answering
from playwright.async_api import Browser, Page, async_playwright

from auditor.accounts import Account, Role
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import Outcome, Profile
from auditor.service import Service
from auditor.store_accounts import Accounts
from crawlers.browsers.find import find_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
SITE = "hospital"


@dataclass(frozen=True)
class Town:
    """The demo city, the service that watches its hospital, and where that answers."""

    city: City
    made: Service
    address: str

    def group(self, outcome: Outcome, selector: str = "") -> str:
        """A group of barriers of the hospital."""
        with self.made.read() as store:
            found = (one for one in store.issues(SITE) if one.outcome is outcome and selector in ("", one.element.selector))
            return next(found).group


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with City(night=1) as city:
        (tmp_path / "targets.yml").write_text(targets_text(city.port, Profile.STATIC), encoding="utf-8")
        made = Service(tmp_path / "targets.yml", tmp_path / "auditor.db", cost=QUICK)
        with made.write() as store:
            for role, account in PEOPLE.items():
                sites = frozenset({SITE}) if role is Role.OWNER else frozenset()
                Accounts(store, QUICK).add(Account(name=account.name, title=account.title, role=role, sites=sites), PASSWORD)
        with answering(made) as address:
            yield Town(city, made, address)
        made.close()


async def enter(browser: Browser, town: Town, role: Role) -> Page:
    """A person's own window, signed in."""
    page = await (await browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})).new_page()
    await page.goto(f"{town.address}/login")
    await page.fill("#name", PEOPLE[role].name)
    await page.fill("#password", PASSWORD)
    await page.click("main button:text-is('登录')")
    await page.wait_for_url(re.compile(r"/(sites|desk|cases)?$"))
    return page


async def audit(page: Page, town: Town) -> None:
    """Start a night of the hospital, and look until it has ended."""
    await page.goto(f"{town.address}/run")
    await page.check(f"input[name=site][value={SITE}]")
    await page.click("button:text-is('启动检测')")
    await until(page, f"{town.address}/run", "button:text-is('启动检测')")


async def until(page: Page, address: str, locator: str) -> None:
    """Look again until something stands on a page."""
    end = time.monotonic() + 300
    while True:
        await page.goto(address)
        if await page.locator(locator).count():
            return
        assert time.monotonic() < end, locator
        await asyncio.sleep(0.5)


async def text(page: Page, path: str, town: Town) -> str:
    """What a page says."""
    answer = await page.goto(f"{town.address}{path}")
    assert answer is not None and answer.status == 200, path
    return await page.inner_text("main")


async def downloads(page: Page, addresses: str) -> dict[str, bytes]:
    """Follow every link of a kind that is a file; name -> content."""
    kept = {}
    for link in await page.locator(addresses).all():
        async with page.expect_download() as waiting:
            await link.click()
        file = await waiting.value
        kept[file.suggested_filename] = Path(await file.path()).read_bytes()
    return kept


async def status(page: Page, town: Town, path: str) -> int:
    answer = await page.goto(f"{town.address}{path}")
    assert answer is not None
    return answer.status


async def repaired(browser: Browser, town: Town) -> None:
    """From the first night to a closed case."""
    operator = await enter(browser, town, Role.OPERATOR)
    await audit(operator, town)
    night = await text(operator, "/", town)
    assert "云浔市第二人民医院" in night and "1 个网站完成检测" in night
    barrier, doubt = town.group(Outcome.FAILED, "#zhanshi"), town.group(Outcome.CANT_TELL)

    federation = await enter(browser, town, Role.FEDERATION)
    assert "待修复" in await text(federation, f"/sites/{SITE}", town)
    await federation.click("main a:text('立案督办')")
    await federation.check(f"input[name=group][value='{barrier}']")
    await federation.fill("[name=days]", "30")
    await federation.fill("[name=why]", "首页的通知只有图片，盲人读不到。")
    await federation.click("button:text-is('立案并通知')")
    await federation.wait_for_url(re.compile(r"/cases/[^/]+\?done="))
    case = federation.url.partition("?")[0].removeprefix(town.address)
    (letter,) = (await downloads(federation, "main a[href$='/letter.docx']")).values()
    assert letter[:2] == b"PK"

    owner = await enter(browser, town, Role.OWNER)
    assert case.rpartition("/")[2] in await text(owner, "/cases", town)
    await text(owner, case, town)
    await owner.click("button:text-is('确认已读')")
    town.city.night = 2  # the vendor repairs it
    await text(owner, f"/sites/{SITE}/groups/{barrier}", town)
    await owner.click("button:text-is('现在复测')")
    await until(owner, f"{town.address}/sites/{SITE}/groups/{barrier}", "[role=status]:has-text('复测完成')")
    assert "已经不在" in await owner.inner_text("main")
    assert [await status(owner, town, path) for path in ("/sites/portal", "/run", "/log", "/people", "/desk")] == [404, 403, 403, 403, 403]

    reviewer = await enter(browser, town, Role.REVIEWER)
    await text(reviewer, "/desk", town)
    await text(reviewer, f"/sites/{SITE}/groups/{doubt}", town)
    await reviewer.check("input[name=verdict][value='false-positive']")
    await reviewer.fill("[name=why]", "看过截图和页面，没有障碍。")
    await reviewer.click("button:text-is('记录决定')")
    await reviewer.wait_for_url("**?done=decided")
    assert "赵六" in await reviewer.inner_text("table:has(#decisions)")
    assert [await status(reviewer, town, path) for path in ("/run", "/people", f"/sites/{SITE}/cases/new")] == [403, 403, 403]

    await audit(operator, town)
    assert "已消除 1 组" in await text(federation, case, town)
    await federation.fill("[name=close-why]", "复测确认已经消除。")
    await federation.click("form[action$='/close'] button")
    await federation.wait_for_url("**?done=*")
    assert "已销号" in await federation.inner_text("dl.facts")


async def read(browser: Browser, town: Town) -> None:
    """Every report, by whom it is for."""
    federation = await enter(browser, town, Role.FEDERATION)
    assert "无障碍指数" in await text(federation, "/reports/", town)
    assert "按县（市、区）" in await text(federation, "/reports/trends.html", town)
    assert "指标" in await text(federation, "/reports/indicators.html", town)
    owner = await enter(browser, town, Role.OWNER)
    assert "怎样核实" in await text(owner, f"/reports/sites/{SITE}.html", town)
    assert "云浔市第二人民医院" in await text(owner, f"/reports/sites/{SITE}.brief.html", town)
    await text(owner, f"/sites/{SITE}", town)
    files = await downloads(owner, f"main a[href*='/sites/{SITE}/export/']")
    endings = {name.rpartition(".")[2] for name in files}
    assert {"csv", "xlsx", "json", "jsonld", "sarif", "xml", "yaml", "html"} <= endings and all(files.values())


def test_a_barrier_is_found_noticed_repaired_rechecked_and_its_case_closed_in_a_browser(town: Town) -> None:
    async def run() -> None:
        async with async_playwright() as playwright:
            found = find_browser()
            browser = await playwright.chromium.launch(executable_path=str(found) if found else None)
            await repaired(browser, town)
            await read(browser, town)
            await browser.close()

    asyncio.run(run())
    with town.made.read() as store:
        assert store.integrity() == "ok" and len(store.rounds()) == 2
