"""Two browsers, one contract: the same pages give the same findings, and nothing a page or a crash does to a driver outlives the visit."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
from conftest import Web, needs_driver, order, seeing
from drivers import grid
from processes import offspring, until

from auditor import targets as targets_file
from auditor.audit import audit
from auditor.demo import city as demo
from auditor.demo.server import City
from auditor.model import Driver, Level, Network, Order, Page, Probe, Profile, Run, RunState, State, Variant
from auditor.rounds import run_round
from auditor.store import Store
from auditor.target_schema import Browser as Named
from auditor.workers import workers
from checks import judge
from crawlers import browsers
from crawlers.browsers.find import BrowserMissing
from crawlers.browsers.selenium import SeleniumBrowser
from crawlers.egress import Egress

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PLAIN = "selenium without CDP"
PAGE = "<!DOCTYPE html><html lang='zh-CN'><head><title>测试</title></head><body><main><h1>测试</h1>{}</main></body></html>"
PICTURE = "<img src='a.png'>"
BEGUN = "const call = new XMLHttpRequest(); call.open('GET', '/begun', false); call.send();"  # heard of before the script goes on
BUSY = f"{BEGUN} for (const end = Date.now() + 5000; Date.now() < end;);"

DOZEN = {
    "portal": ("/", "/xwdt/index.html", "/zt/wza.html"),
    "county": ("/", "/bmfw/index.htm", "/jsq/index.htm", "/lyjc/index.htm"),  # GBK, a frameset, builtins overwritten
    "service": ("/apply/step1.html", "/login.html", "/service/busy.html"),  # CSP, an error
    "federation": ("/lxwm/index.html", "/files/2026-08.pdf"),  # a frame, no page
    "hospital": ("/yygh/hy.html", "/zj/index.html"),  # a shadow root
    "clean": ("/",),
}
BROKEN = "county.demo.test/jsq/index.htm"
"""The page whose own script has overwritten what axe needs: it cannot be judged where there is no world apart from the page's."""

MOVING = frozenset({"emergency"})  # floats and rolling notices are somewhere else at each look
DOWNLOAD = "cl.demo.test/files/2026-08.pdf"
"""An address without a document: only the browser's log, a thing of CDP, knows with which status it came."""


@pytest.fixture(autouse=True)
def a_driver() -> None:
    needs_driver()


# ---------------------------------------------------------------------------------------------- the registry


def test_a_browser_is_a_file_of_the_folder_and_targets_yml_knows_exactly_these() -> None:
    assert browsers.names() == tuple(sorted(get_args(Named))) == ("playwright", "selenium")
    with pytest.raises(browsers.UnknownBrowser, match=r"没有名为 look 的浏览器.*playwright、selenium"):
        browsers.open_browser("look", egress=Egress(Network()), suffix="", viewport=(1280, 800), pictures=False, tabs=1)


def test_a_missing_driver_is_told_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch, web: Web) -> None:
    monkeypatch.setenv("AUDITOR_DRIVER", "no-such-driver")
    with pytest.raises(BrowserMissing, match="chromium-driver"):
        seeing("selenium")(web.url("/"))
    command = [sys.executable, "-m", "auditor", "page", "--browser", "selenium", web.url("/")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "chromium-driver" in done.stderr and "Traceback" not in done.stderr


def test_a_site_whose_driver_is_missing_has_failed_and_the_others_go_on(tmp_path: Path, city: City) -> None:
    watch = targets_file.loads(demo.targets_text(city.port, Profile.STATIC))
    network = replace(watch.network, webdriver="http://127.0.0.1:9")
    first, second = (replace(target, max_pages=1) for target in watch.targets if target.site.id in ("clean", "hospital"))
    watch = replace(watch, network=network, targets=(replace(first, browser="selenium"), second))
    with Store.open(tmp_path / "auditor.db") as store, workers(apart=False) as executor:
        runs = {run.site: run for run in run_round(watch, watch.targets, store, executor, trigger="manual").runs}
    failed = runs[first.site.id]
    assert (failed.state, runs[second.site.id].state) == (RunState.FAILED, RunState.AUDITED)
    assert "浏览器驱动没有应答。请确认 network.webdriver（或 AUDITOR_WEBDRIVER）的地址正确、驱动服务已经启动" in failed.reason


def test_the_command_line_judges_a_page_through_selenium(web: Web) -> None:
    web["/"] = PAGE.format(PICTURE)
    words = ["page", "--browser", "selenium", web.url("/", "127.0.0.1"), "--allow", "127.0.0.1", "--json"]
    done = subprocess.run([sys.executable, "-m", "auditor", *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "chromedriver" in told["versions"]["driver"]
    assert [finding["selector"] for finding in told["pages"][0]["findings"] if finding["rule"] == "image-alt"] == ["img"]


def test_a_grid_that_does_not_answer_and_a_proxy_that_wants_a_password_are_told() -> None:
    with pytest.raises(BrowserMissing, match=r"没有打开浏览器：浏览器驱动没有应答"):
        seeing("selenium", webdriver="http://127.0.0.1:9")("http://localhost/")

    async def visit() -> None:
        async with Egress(Network(), trust_own_user=False) as egress, opened(egress) as browser:
            await browser.visit("http://localhost/", (), limit=20)

    with pytest.raises(BrowserMissing, match="密码"):
        asyncio.run(visit())


# ---------------------------------------------------------------------------------------------- equal findings


def seen(run: Run) -> dict[str, Any]:
    """What two browsers must agree on, without the port."""

    def place(url: str) -> str:
        return f"{urlsplit(url).hostname}{urlsplit(url).path}?{urlsplit(url).query}".rstrip("?")

    return {
        "findings": Counter(
            (place(finding.page), finding.rule, finding.outcome, finding.element.selector, finding.element.xpath, finding.element.snippet,
             finding.element.name, finding.element.text, json.dumps(finding.element.attributes, sort_keys=True))
            for finding in run.findings
        ),
        "tallies": Counter((place(tally.page), tally.rule, tally.failed, tally.passed, tally.cant_tell) for tally in run.tallies),
        "coverage": {place(entry.url): (entry.state, entry.status, entry.title, entry.silent_frames) for entry in run.coverage},
        "documents": {place(entry.url): entry.digest for entry in run.coverage},
    }  # fmt: skip


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with City(night=1) as running:
        yield running


def whole(city: City, browser: str) -> dict[str, Run]:
    """Every site of the city, as a night audits it, in the variant that every browser can meet: site -> run."""
    watch = targets_file.loads(demo.targets_text(city.port, Profile.STATIC))
    orders = [
        Order(
            target=replace(target, browser=browser, variants=(Variant.DESKTOP,)), network=watch.network, round="r", now=datetime.now(UTC),
            evidence=False,
        )
        for target in watch.targets
    ]
    with ThreadPoolExecutor(2) as pool:
        return {run.site: run for run in pool.map(lambda one: audit(one, lambda _: None), orders)}


@pytest.fixture(scope="module")
def by_playwright(city: City) -> dict[str, dict[str, Any]]:
    return {site: seen(run) for site, run in whole(city, "playwright").items()}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_selenium_finds_on_the_whole_demo_city_what_playwright_finds(city: City, by_playwright: dict[str, dict[str, Any]]) -> None:
    city.user_agents.clear()
    runs = whole(city, "selenium")
    for site, expected in by_playwright.items():
        told = seen(runs[site])
        if site in MOVING:
            assert told.pop("documents").keys() == expected["documents"].keys()
            expected = {name: one for name, one in expected.items() if name != "documents"}
        assert told == expected, site
    assert sum(sum(told["findings"].values()) for told in by_playwright.values()) > 90
    assert all("chromedriver" in run.versions["driver"] and run.versions["browser"] for run in runs.values())
    assert city.user_agents and all("DemoCityAudit/1.0 (+http://www.demo.test/" in agent for agent in city.user_agents)


def test_without_cdp_selenium_says_what_axe_says_and_our_own_checks_are_told_as_silent(
    city: City, by_playwright: dict[str, dict[str, Any]], plain_driver: str
) -> None:
    """But for the page that breaks the world it shares with us."""
    watch = targets_file.loads(demo.targets_text(city.port, Profile.STATIC))
    addresses = [f"http://{demo.portal(site).host}{path}" for site, paths in DOZEN.items() for path in paths]
    places = {address.removeprefix("http://") for address in addresses}
    network = {"user_agent": watch.network.user_agent, "resolve": watch.network.resolve, "webdriver": plain_driver}
    run = audit(replace(order(*addresses, browser="selenium", **network), level=Level.AA), lambda _: None)
    by_network = {"user_agent": watch.network.user_agent, "resolve": watch.network.resolve}
    asked = replace(order(*addresses, browser="playwright", **by_network), level=Level.AA)
    axe_alone = seen(audit(replace(asked, target=replace(asked.target, profile=Profile.AXE)), lambda _: None))

    by_hand = seen(run)

    def told(what: str) -> dict[Any, Any]:
        if what in ("findings", "tallies"):  # documents are opened without a browser, by the profile axe not at all
            return dict(axe_alone[what]) | {key: one for key, one in by_hand[what].items() if key[0] == DOWNLOAD}
        return {key: value for site in by_playwright.values() for key, value in site[what].items()}

    assert seen(run) == {
        "findings": {key: count for key, count in told("findings").items() if key[0] in places - {BROKEN}},
        "tallies": {key: count for key, count in told("tallies").items() if key[0] in places - {BROKEN}},
        "coverage": {key: entry for key, entry in told("coverage").items() if key in places}
        | {BROKEN: (State.RENDER_FAILED, 200, "", ()), DOWNLOAD: by_hand["coverage"][DOWNLOAD]},
        "documents": {key: digest for key, digest in told("documents").items() if key in places} | {BROKEN: ""},
    }
    assert by_hand["coverage"][DOWNLOAD][0] is State.NOT_HTML
    assert all(key[1].startswith("file-") for key in by_hand["findings"] if key[0] == DOWNLOAD)
    assert sum(seen(run)["findings"].values()) > 50
    assert "without CDP" in run.versions["driver"]
    assert {entry.engines for entry in run.coverage if entry.state is State.AUDITED} == {("axe",)}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_real_pages_are_the_same_for_both(shared: Path) -> None:
    from test_realpages import serving

    sites = json.loads((shared / "realpages" / "sites.json").read_text(encoding="utf-8"))["sites"].values()
    with serving(shared / "realpages") as port:
        resolve = {f"{site['aliases'][0]}:80": f"127.0.0.1:{port}" for site in sites}
        addresses = [f"http://{site['aliases'][0]}{site['start'][0]}" for site in sites]
        told = [seen(audit(order(*addresses, browser=name, resolve=resolve), lambda _: None)) for name in ("playwright", "selenium")]
    assert all(state is State.AUDITED for state, *_ in told[0]["coverage"].values())
    for what in ("findings", "tallies", "coverage"):  # two of the pages write a random number into themselves
        assert told[0][what] == told[1][what]


# ---------------------------------------------------------------------------------------------- a driver elsewhere


def test_a_driver_elsewhere_is_used_and_left_without_a_session(tmp_path: Path, web: Web) -> None:
    web["/"] = PAGE.format(PICTURE)
    with grid(tmp_path) as address:  # fails when a session is left behind
        run = seeing("selenium", webdriver=address)(web.url("/"))
    assert (run.coverage[0].state, run.versions["driver"].endswith("CDP")) == (State.AUDITED, False)
    assert [finding.element.selector for finding in run.findings if finding.rule == "image-alt"] == ["img"]


def test_a_browser_on_another_machine_goes_out_through_our_proxy(tmp_path: Path, web: Web) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no address besides loopback")
        host = way.getsockname()[0]
    web["/"] = PAGE.format(PICTURE)
    with grid(tmp_path, host=host) as address:
        run = seeing("selenium", webdriver=address)(web.url("/"), "http://10.255.255.1/")
    assert {entry.url: entry.state for entry in run.coverage} == {
        web.url("/"): State.AUDITED, "http://10.255.255.1/": State.DENIED_BY_EGRESS,
    }  # fmt: skip


def test_a_browser_that_does_not_reach_our_proxy_says_nothing_about_a_site(tmp_path: Path, web: Web) -> None:
    web["/"] = PAGE.format(PICTURE)
    with grid(tmp_path, walled=True) as address, pytest.raises(BrowserMissing, match=r"连不上本机的出口代理"):
        seeing("selenium", webdriver=address)(web.url("/"))


# ---------------------------------------------------------------------------------------------- what a page may do


@asynccontextmanager
async def opened(egress: Egress, **settings: Any) -> AsyncIterator[SeleniumBrowser]:
    browser = SeleniumBrowser(**{"egress": egress, "suffix": "Test/1.0", "viewport": (1280, 800), "pictures": False, **settings})
    async with browser:
        yield browser


def visits(work: Callable[[SeleniumBrowser], Awaitable[Any]], **settings: Any) -> Any:
    """The result of some visits with one browser; afterwards none of its processes is left."""

    async def run() -> Any:
        async with Egress(Network(allow=("localhost", "127.0.0.1"))) as egress, opened(egress, **settings) as browser:
            result = await asyncio.wait_for(work(browser), 200)
            started.update(offspring(os.getpid()))
            return result

    before, started = set(offspring(os.getpid())), set[int]()
    result = asyncio.run(run())
    assert started - before
    until(lambda: not running(started - before) and not set(offspring(os.getpid())) - before)
    return result


def running(pids: Collection[int]) -> list[int]:
    """Those of some processes that have not ended, whoever is their parent now."""
    return [pid for pid in pids if Path(f"/proc/{pid}/exe").exists()]


def test_a_script_that_never_yields_costs_its_own_page_only(web: Web) -> None:
    web["/stuck"] = PAGE.format("<script>while (true);</script>")
    web["/"] = PAGE.format(PICTURE)

    async def work(browser: SeleniumBrowser) -> list[State]:
        stuck, other = await asyncio.gather(
            browser.visit(web.url("/stuck"), (), limit=8), browser.visit(web.url("/"), judge.probes(), limit=60)
        )
        return [stuck.state, other.state, (await browser.visit(web.url("/"), judge.probes(), limit=60)).state]

    assert visits(work) == [State.TIMEOUT, State.AUDITED, State.AUDITED]


@pytest.mark.parametrize(
    "script",
    ["setInterval(() => alert(1), 100)", "for (let n = 0; n < 40; n++) open('/')", "onbeforeunload = () => 'no'; setTimeout(close, 300)"],
)
def test_dialogs_popups_and_windows_that_close_themselves_do_not_stop_a_visit(web: Web, script: str) -> None:
    web["/"] = PAGE.format(PICTURE)
    web["/trap"] = PAGE.format(f"{PICTURE}<script>{script}</script>")

    async def work(browser: SeleniumBrowser) -> list[Page]:
        return [await browser.visit(web.url(path), judge.probes(), limit=60) for path in ("/trap", "/")]

    trap, after = visits(work)
    assert (trap.state, trap.unanswered, trap.final_url) == (State.AUDITED, {}, web.url("/trap"))
    assert (after.state, after.unanswered, after.final_url) == (State.AUDITED, {}, web.url("/"))


@pytest.mark.parametrize("cdp", [True, False])
def test_a_download_leaves_nothing_on_the_disk(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cdp: bool) -> None:
    for name in ("here", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    web["/list.zip"] = (200, {"Content-Type": "application/zip", "Content-Disposition": "attachment"}, b"PK" * 1000)
    web["/"] = PAGE.format("<a id='a' href='/list.zip' download>下载</a><script>setTimeout(() => a.click(), 50)</script>")

    async def work(browser: SeleniumBrowser) -> list[State]:
        return [(await browser.visit(web.url(path), judge.probes(), limit=60)).state for path in ("/list.zip", "/")]

    assert visits(work, cdp=cdp) == [State.NOT_HTML, State.AUDITED]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["here", "temporary"]


@pytest.mark.parametrize("cdp", [True, False])
def test_keys_mouse_viewport_and_reload_reach_the_page(web: Web, cdp: bool) -> None:
    web["/"] = PAGE.format("<style>#b:hover{color:red}</style><p><a id='a' href='#x'>甲</a> <a id='b' href='#y'>乙</a></p>")
    told: dict[str, Any] = {}

    async def ask(driver: Driver, _: object) -> bool:
        await driver.press("Tab")
        await driver.press("Tab")
        told["second"] = await driver.evaluate("document.activeElement.id")
        await driver.press("Shift+Tab")
        told["first"] = await driver.evaluate("document.activeElement.id")
        await driver.press("Enter")
        told["followed"] = await driver.evaluate("location.hash")
        box = await driver.evaluate("(({x, y, width, height}) => [x + width / 2, y + height / 2])(b.getBoundingClientRect())")
        await driver.move(*box)
        told["hover"] = await driver.evaluate("b.matches(':hover')")
        await driver.set_viewport(640, 700)
        told["size"] = await driver.evaluate("[innerWidth, innerHeight]")
        await driver.evaluate("document.body.append('x')")
        await driver.reload()
        told["text"] = await driver.evaluate("document.body.lastChild.data ?? ''")
        told["shot"] = (await driver.shot())[:4]
        return True

    async def work(browser: SeleniumBrowser) -> Page:
        return await browser.visit(web.url("/"), [Probe(name="hands", ask=ask)], limit=60)

    page = visits(work, cdp=cdp)
    assert (page.unanswered, page.facts["hands"]) == ({}, True)
    assert told == {
        "second": "b", "first": "a", "followed": "#x", "hover": True, "size": [640, 700], "text": "", "shot": b"\x89PNG",
    }  # fmt: skip


# ---------------------------------------------------------------------------------------------- what may die


def main_process(part: bytes, others: Collection[int]) -> list[int]:
    """Pids below this process whose program is called so, without the helpers of a browser and those that ran before the test."""
    found = []
    for pid in set(offspring(os.getpid())) - set(others):
        try:
            program, *words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if program.endswith(part) and not any(word.startswith(b"--type=") for word in words):
            found.append(pid)
    return found


def victims(victim: str, others: Collection[int]) -> list[int]:
    """The driver of a test, or its browser."""
    if victim == "driver":
        return main_process(b"chromedriver", others)
    return main_process(b"headless-shell", others) or main_process(b"chromium", others)


@pytest.mark.parametrize("moment", [0.0, 0.05, 0.2, 0.6])
def test_a_visit_that_is_broken_off_while_its_browser_starts_leaves_nothing(web: Web, moment: float) -> None:
    web["/"] = PAGE.format(PICTURE)

    async def work(browser: SeleniumBrowser) -> State:
        visit = asyncio.create_task(browser.visit(web.url("/"), (), limit=60))
        await asyncio.sleep(moment)
        visit.cancel()
        await asyncio.wait([visit])
        await browser.visit(web.url("/"), (), limit=0.1)
        return (await browser.visit(web.url("/"), (), limit=60)).state

    assert visits(work) is State.AUDITED


@pytest.mark.parametrize("cdp", [True, False])
def test_visits_that_are_broken_off_at_any_moment_leave_nothing(web: Web, cdp: bool) -> None:
    web["/"] = PAGE.format(PICTURE)

    async def work(browser: SeleniumBrowser) -> State:
        await browser.visit(web.url("/nothing"), (), limit=60)
        for hundredths in range(0, 30, 2):
            visit = asyncio.create_task(browser.visit(web.url("/nothing"), (), limit=60))
            await asyncio.sleep(hundredths / 100)
            visit.cancel()
            await asyncio.wait([visit])
        return (await browser.visit(web.url("/"), judge.probes(), limit=60)).state

    assert visits(work, cdp=cdp) is State.AUDITED


@pytest.mark.parametrize("victim", ["driver", "browser"])
def test_a_visit_whose_driver_or_browser_is_killed_has_crashed_and_the_next_one_works(web: Web, victim: str) -> None:
    web["/"] = PAGE.format(PICTURE)
    web["/long"] = PAGE.format(f"<script>{BUSY}</script>")
    others = offspring(os.getpid())

    async def work(browser: SeleniumBrowser) -> list[State]:
        visit = asyncio.create_task(browser.visit(web.url("/long"), judge.probes(), limit=60))
        await asyncio.to_thread(until, lambda: any(path == "/begun" for _, path in web.asked))
        below.update(set(offspring(os.getpid())) - set(others))
        for pid in victims(victim, others):
            os.kill(pid, signal.SIGKILL)
        return [(await visit).state, (await browser.visit(web.url("/"), judge.probes(), limit=60)).state]

    below = set[int]()
    assert visits(work) == [State.CRASHED, State.AUDITED]
    until(lambda: not running(below))


def test_a_crashed_visit_is_made_once_more_by_the_audit(web: Web) -> None:
    web["/"] = PAGE.format(f"{PICTURE}<script>{BUSY}</script>")
    others = offspring(os.getpid())

    def kill() -> None:
        until(lambda: any(path == "/begun" for _, path in web.asked))
        for pid in victims("driver", others):
            os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    run = seeing("selenium")(web.url("/"))
    killer.join()
    assert (run.coverage[0].state, sum(path == "/" for _, path in web.asked)) == (State.AUDITED, 2)


def test_driver_and_browser_end_with_a_process_of_ours_that_is_killed(web: Web, tmp_path: Path) -> None:
    web["/"] = PAGE.format(f"<script>{BEGUN} while (true);</script>")
    command = [sys.executable, "-m", "auditor", "page", "--browser", "selenium", "--allow", "localhost", web.url("/")]
    surroundings = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings)
    until(lambda: any(path == "/begun" for _, path in web.asked))
    below = offspring(process.pid)
    process.kill()
    process.wait()
    assert len(below) > 3
    until(lambda: not running(below))
    assert list(tmp_path.glob("auditor-*")) == []
