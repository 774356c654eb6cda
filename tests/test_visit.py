"""What a visit sees: axe in every frame and world, whatever the page does to its own."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Web, needs_driver, seeing

from auditor.model import DOCUMENTS, Outcome, Profile, Run, State

pytestmark = pytest.mark.browser

PLAIN = "selenium without CDP"
"""Without CDP there is no world of our own; what a page does to its own then breaks the question, or hides what the browser met."""

RENDER_FAILED_WITHOUT_CDP = frozenset({
    "a CSP sandbox that switches scripts off", "patched builtins", "a replaced Element", "a name clash",
    "/loop",  # the headless shell does not say why it shows an error page
})  # fmt: skip


@pytest.fixture(params=["playwright", "selenium", PLAIN])
def browser(request: pytest.FixtureRequest) -> str:
    """One suite over all of them."""
    if request.param != "playwright":
        needs_driver()
    return str(request.param)


@pytest.fixture
def see(browser: str, request: pytest.FixtureRequest) -> Callable[..., Run]:
    """Judges single addresses of loopback through each of the browsers: see(url, ...) -> Run."""
    return by(browser, request)


@pytest.fixture
def axe_sees(browser: str, request: pytest.FixtureRequest) -> Callable[..., Run]:
    """The same by axe alone."""
    return by(browser, request, profile=Profile.AXE)


def by(browser: str, request: pytest.FixtureRequest, **settings: Any) -> Callable[..., Run]:
    driver = request.getfixturevalue("plain_driver") if browser == PLAIN else None
    return seeing(browser.partition(" ")[0], webdriver=driver, **settings)


PICTURE = "<img src='a.png'>"
PAGE = "<!DOCTYPE html><html lang='zh-CN'><head><title>测试</title></head><body><main><h1>测试</h1>{}</main></body></html>"


def failed(run: Run, rule: str) -> list[str]:
    """Selectors of the elements on which a rule failed."""
    return [finding.element.selector for finding in run.findings if finding.rule == rule and finding.outcome is Outcome.FAILED]


def test_frames_of_the_own_and_of_other_origins_and_shadow_roots_are_judged(web: Web, see: Callable[..., Run]) -> None:
    web["/inner"] = PAGE.format(PICTURE)
    web["/"] = PAGE.format(
        f"<iframe title='内' id='own' src='{web.url('/inner')}'></iframe>"
        f"<iframe title='外' id='other' src='{web.url('/inner', '127.0.0.1')}'></iframe>"
        "<div id='host'></div><script>host.attachShadow({mode: 'open'}).innerHTML = \"<img src='b.png'>\"</script>"
    )
    run = see(web.url("/"))
    assert run.coverage[0].state is State.AUDITED
    assert sorted(failed(run, "image-alt")) == ["#host >>> img", "#other >>> img", "#own >>> img"]


def test_a_place_inside_a_frame_is_told_in_coordinates_of_the_page(web: Web, see: Callable[..., Run]) -> None:
    web["/inner"] = (
        "<!DOCTYPE html><html lang='zh'><title>内</title><body style='margin:0'>"
        "<img style='position:absolute;left:30px;top:40px' src='a.png'>"
    )
    web["/"] = PAGE.format(
        "<iframe title='内' style='position:absolute;left:100px;top:200px;border:5px solid'"
        f" src='{web.url('/inner', '127.0.0.1')}'></iframe>"
    )
    (finding,) = [finding for finding in see(web.url("/")).findings if finding.rule == "image-alt"]
    assert finding.element.box is not None
    assert (finding.element.box.x, finding.element.box.y) == (135, 245)


@pytest.mark.parametrize(
    ("what", "headers", "head"),
    [
        ("a CSP that forbids all scripts", {"Content-Security-Policy": "script-src 'none'"}, ""),
        ("a CSP sandbox that switches scripts off", {"Content-Security-Policy": "sandbox"}, ""),
        ("Trusted Types", {"Content-Security-Policy": "require-trusted-types-for 'script'; trusted-types 'none'"}, ""),
        (
            "patched builtins",
            {},
            "window.JSON={};window.Promise=null;Array.prototype.map=null;Array.from=()=>[];window.eval=null;Object.prototype.toJSON=()=>1",
        ),
        ("a replaced Element", {}, "window.Element=function(){};window.Node=null;window.HTMLElement=null"),
        ("a name clash", {}, "window.axe={run(){throw 1}};window.auditorAxe=1;window.setTimeout=()=>0;document.querySelectorAll=()=>[]"),
    ],
)  # fmt: skip
def test_a_page_cannot_break_the_question(
    web: Web, see: Callable[..., Run], browser: str, what: str, headers: dict[str, str], head: str
) -> None:
    body = PAGE.format(PICTURE).replace("<title>", f"<script>{head}</script><title>") if head else PAGE.format(PICTURE)
    web["/"] = (200, headers, body.encode())
    run = see(web.url("/"))
    if browser == PLAIN and what in RENDER_FAILED_WITHOUT_CDP:
        assert (run.coverage[0].state, run.findings, run.tallies) == (State.RENDER_FAILED, (), ()), what
    else:
        assert (run.coverage[0].state, failed(run, "image-alt")) == (State.AUDITED, ["img"]), what


def test_passed_elements_are_counted_as_plain_axe_counts_them(web: Web, axe_sees: Callable[..., Run]) -> None:
    web["/inner"] = PAGE.format("<img src='a.png' alt='甲'><a href='/x'>链接</a><h2>小标题</h2>")
    web["/"] = PAGE.format(
        f"<img src='a.png' alt='乙'>{PICTURE}<h2>一</h2><h3>二</h3><a href='/y'>链接</a><iframe title='内' src='/inner'></iframe>"
    )
    run = axe_sees(web.url("/"))
    counted = {tally.rule: (tally.failed, tally.passed, tally.cant_tell) for tally in run.tallies}
    assert counted == plain_axe(web.url("/"))
    assert counted["image-alt"] == (1, 2, 0)


def plain_axe(url: str) -> dict[str, tuple[int, int, int]]:
    """What axe.run itself counts on a page of one origin: rule -> (failed, passed, undecided)."""
    from playwright.sync_api import sync_playwright

    from checks.axe import rule_of
    from checks.axe.probe import OPTIONS
    from checks.axe.source import axe_source
    from crawlers.browsers.find import find_browser, launch_flags

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        page.goto(url)
        for frame in page.frames:
            frame.evaluate(axe_source())
        answer: dict[str, Any] = json.loads(page.evaluate(f"axe.run(document, {json.dumps(OPTIONS)}).then(JSON.stringify)"))
        browser.close()
    counts: dict[str, list[int]] = {}
    for index, kind in enumerate(("violations", "passes", "incomplete")):
        for rule in answer[kind]:
            counts.setdefault(rule_of(rule["id"]), [0, 0, 0])[index] = len(rule["nodes"])
    return {rule: (found[0], found[1], found[2]) for rule, found in counts.items()}


def test_a_frame_that_does_not_arrive_is_told_as_silent(web: Web, see: Callable[..., Run]) -> None:
    web["/"] = PAGE.format(f"{PICTURE}<iframe title='地图' id='map' src='http://10.255.255.1/'></iframe>")
    run = see(web.url("/"))
    assert run.coverage[0].silent_frames == ("#map",)
    assert failed(run, "image-alt") == ["img"]


@pytest.mark.parametrize(
    ("path", "answer", "state"),
    [
        ("/gone", (404, {}, b"no"), State.GONE),
        ("/gone2", (410, {}, b"no"), State.GONE),
        ("/error", (500, {}, b"no"), State.ERROR_PAGE),
        ("/login", (401, {"WWW-Authenticate": "Basic"}, b"no"), State.LOGIN_WALL),
        ("/waf", (412, {}, b"$_ts"), State.CHALLENGE),
        ("/file.pdf", (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4"), State.NOT_HTML),
        ("/file", (200, {"Content-Type": "application/zip", "Content-Disposition": "attachment"}, b"PK"), State.NOT_HTML),
        ("/text", (200, {"Content-Type": "text/plain"}, b"words"), State.NOT_HTML),
        ("/loop", (302, {"Location": "/loop"}, b""), State.ERROR_PAGE),
    ],
)
def test_what_is_no_page_ends_in_its_own_state_and_without_findings(
    web: Web, see: Callable[..., Run], browser: str, path: str, answer: tuple[int, dict[str, str], bytes], state: State
) -> None:
    web[path] = answer
    run = see(web.url(path))
    states = {state, State.RENDER_FAILED} if browser == PLAIN and path in RENDER_FAILED_WITHOUT_CDP else {state}
    assert run.coverage[0].state in states and all(finding.engines == (DOCUMENTS,) for finding in run.findings)
    assert run.coverage[0].reason


def test_the_outside_world_fails_in_words(see: Callable[..., Run]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    addresses = ("http://nowhere.invalid/", f"http://127.0.0.1:{port}/", "http://192.168.77.7/", f"https://127.0.0.1:{port}/")
    states = [entry.state for entry in sorted(see(*addresses).coverage, key=lambda entry: addresses.index(entry.url))]
    assert states == [State.DNS_ERROR, State.CONNECTION_REFUSED, State.DENIED_BY_EGRESS, State.CONNECTION_REFUSED]


def test_closed_shadow_roots_are_told_in_frames_and_beside_slotted_content_too(web: Web, see: Callable[..., Run], browser: str) -> None:
    root = "<script>document.querySelector('{}').attachShadow({{mode: 'closed'}}).innerHTML = '<p>字</p><slot></slot>'</script>"
    web["/inner"] = PAGE.format("<div id='box'></div>" + root.format("#box"))
    web["/"] = PAGE.format("<iframe title='内' id='own' src='/inner'></iframe>")
    web["/slotted"] = PAGE.format("<my-card id='card'><span>插入</span></my-card>" + root.format("#card"))
    web["/plain"] = PAGE.format("<div id='wrap'><span>插入</span></div>" + root.format("#wrap"))
    web["/none"] = PAGE.format("<my-card><span>插入</span></my-card><div></div>")
    told = [entry.silent_frames for entry in see(*map(web.url, ("/", "/slotted", "/plain", "/none"))).coverage]
    assert told == ([()] * 4 if browser == PLAIN else [("#own >>> #box",), ("#card",), ("#wrap",), ()])


def test_dialogs_popups_and_late_navigations_do_not_stop_a_visit(web: Web, see: Callable[..., Run]) -> None:
    web["/late"] = PAGE.format(PICTURE)
    web["/"] = PAGE.format("<script>alert(1); open('/late'); setTimeout(() => location.href = '/late', 150)</script>")
    run = see(web.url("/"))
    assert (run.coverage[0].state, run.coverage[0].final_url) == (State.AUDITED, web.url("/late"))
    assert failed(run, "image-alt") == ["img"]


def test_every_finding_carries_what_identity_and_the_report_need(web: Web, see: Callable[..., Run]) -> None:
    web["/"] = PAGE.format(
        "<nav id='top' class='bar on'><a href='/a?id=1' class='x'><img src='a.png'></a></nav><p style='color:#aaa'>灰色文字</p>"
    )
    run = see(web.url("/"))
    contrast = next(finding for finding in run.findings if finding.rule == "color-contrast")
    link = next(finding for finding in run.findings if finding.rule == "link-name")
    assert "对比度是 2.32:1，应不低于 4.5:1" in contrast.message
    assert (contrast.element.text, contrast.element.tag, contrast.element.landmark) == ("灰色文字", "p", "main")
    assert link.element.attributes["href"] == "/a?id=1"
    assert link.element.landmark == "navigation"
    assert link.element.ancestors[0] == {"tag": "nav", "id": "top", "class": "bar on"}
    assert link.element.xpath and link.element.snippet and link.element.box
    assert link.criteria == ("2.4.4", "2.4.9", "4.1.2"), "at every level: what breaks 2.4.4 breaks 2.4.9"


def test_a_script_that_never_yields_costs_its_own_page_only(web: Web) -> None:
    import asyncio

    from auditor.model import Network
    from crawlers.browsers.playwright import PlaywrightBrowser
    from crawlers.egress import Egress

    web["/stuck"] = PAGE.format("<script>while (true);</script>")
    web["/"] = PAGE.format(PICTURE)

    async def visits() -> list[State]:
        async with Egress(Network(allow=("localhost",))) as egress:
            browser = PlaywrightBrowser(egress=egress, suffix="Test/1.0", viewport=(1280, 800), pictures=False)
            async with browser:
                stuck = await browser.visit(web.url("/stuck"), (), limit=4)
                after = [await browser.visit(web.url("/"), (), limit=60) for _ in range(2)]
        return [stuck.state, *(page.state for page in after)]

    assert asyncio.run(visits()) == [State.TIMEOUT, State.AUDITED, State.AUDITED]
