"""Tasks that people do on a site: every state they lead to is audited, nothing is sent that the list does not say, no secret stays."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from conftest import Web
from playwright.async_api import Error, async_playwright

from auditor.audit import audit
from auditor.model import Action, Category, Journey, Network, Order, Page, Profile, Progress, Run, Site, State, Step, Target
from auditor.plain import to_plain
from auditor.snapshots import unpack
from crawlers.browsers.find import find_browser, launch_flags
from crawlers.browsers.journey import _usable
from crawlers.journeys import HIDDEN, NoSecret, Secrets, stages, title

HEAD = "<!DOCTYPE html><html lang='zh-CN'><head><title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>"
FORM = """<form action="/save" method="post"><label>姓名 <input id="name" name="name"></label>
<label>证件号 <input id="number" name="number"></label><button id="send">提交</button></form>
<p id="echo"></p><script>number.oninput = () => {
  echo.textContent = "您填的是" + number.value;
  number.setAttribute("value", number.value);
}</script>"""
NEXT = """<a id="next" href="/form" target="_blank">在线办理</a><button id="more" onclick="more()">展开</button><div id="list"></div>
<script>function more() { setTimeout(() => { list.innerHTML = "<img src='a.png'>" }, 400) }</script>"""
SECRET = "37082819700101123X/测&试"


def step(action: str, what: str, **rest: object) -> Step:
    return Step(action=Action(action), what=what, **rest)  # type: ignore[arg-type]


@pytest.fixture
def site(web: Web) -> Web:
    web["/robots.txt"] = (404, {}, b"")
    web["/"] = page("首页", "<p>内容</p>")
    web["/guide"] = page("办事指南", NEXT)
    web["/form"] = page("填写", FORM)
    web["/save"] = page("结果", "<p class='done'>已收到</p><img src='b.png'>")
    web["/search"] = page("查询", '<form action="/found"><input id="q" name="q" aria-label="查询"><button>查</button></form>')
    web["/found"] = page("查询结果", "<p>没有</p>")
    return web


def page(title: str, body: str) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, HEAD.format(title=title, body=body).encode()


def walk(web: Web, *steps: Step, tell: Callable[[Progress], None] = lambda _: None, evidence: bool = False, **changes: object) -> Run:
    """Audits the start page and one journey."""
    journey = Journey(name="预约 办理", steps=steps)
    site = Site(id="s", name="", url=web.url("/"), category=Category.OTHER, region="", owner="")
    target = Target(site=site, delay=0.0, finders=("listed",), journeys=(journey,), profile=Profile.STATIC)
    network = Network(resolve={f"localhost:{web.port}": f"127.0.0.1:{web.port}"})
    order = Order(target=target, network=network, round="r", now=datetime.now(UTC), evidence=evidence)
    return audit(dataclasses.replace(order, **changes), tell)  # type: ignore[arg-type]


def states(run: Run) -> dict[str, tuple[State, str]]:
    """Name of each state of the journey -> how it ended and why."""
    return {title(entry.url).partition(" · ")[2]: (entry.state, entry.reason) for entry in run.coverage if title(entry.url)}


# ---------------------------------------------------------------------------------------------- without a browser


def test_states_are_cut_after_what_leads_on_with_the_waits_that_follow() -> None:
    steps = (
        step("open", "http://a.cn/x?b=1#c"), step("fill", "#a", value="1"), step("fill", "#b", value="2"),
        step("click", "#c", name="提交 后"), step("wait_for", "#d"), step("expect", "text=好"),
        step("press", "Tab"), step("fill", "#e", value=""),
    )  # fmt: skip
    found = stages(Journey(name="预约/办理", steps=steps))
    assert [[number for number, _ in stage.steps] for stage in found] == [[1], [2, 3, 4, 5, 6], [7], [8]]
    begin = "http://a.cn/x?b=1#办事流程/预约-办理/"
    assert [stage.url for stage in found] == [begin + "第1步", begin + "提交-后", begin + "第3步", begin + "第4步"]
    assert title(found[1].url) == "预约-办理 · 提交-后"
    assert title("http://a.cn/x#c") == ""


def test_a_secret_is_hidden_in_every_shape_and_place() -> None:
    secrets = Secrets({"N": SECRET})
    seen = Page(url="http://a.cn/", final_url="http://a.cn/?n=37082819700101123X%2F%E6%B5%8B%26%E8%AF%95", state=State.AUDITED)
    facts = {"axe": {"nodes": [{"html": "<b>37082819700101123X/测&amp;试</b>"}], SECRET.lower(): 1}}
    seen = dataclasses.replace(seen, title=f"您好，{SECRET}", facts=facts, links=(f"/a?{SECRET}",), pictures={"b": b"x"})
    assert secrets.cleaned(seen) is seen and not secrets
    assert secrets.reveal("env:N") == SECRET and secrets
    cleaned = secrets.cleaned(seen)
    assert "0101123" not in repr(cleaned) and repr(cleaned).count(HIDDEN) == 5
    assert cleaned.pictures == {} and cleaned.state is State.AUDITED and cleaned.url == seen.url


@pytest.mark.parametrize(("value", "words"), [("", "没有设置"), ("abc", "少于 4 个字符")])
def test_a_secret_that_cannot_be_kept_is_not_used(value: str, words: str) -> None:
    with pytest.raises(NoSecret, match=words) as why:
        Secrets({"N": value}).reveal("env:N")
    assert "abc" not in str(why.value)


@pytest.mark.parametrize(
    "shape",
    [
        "%B2%E2%CA%D4%C8%CB%D4%B1", "%b2%e2%ca%d4%c8%cb%d4%b1", "%u6D4B%u8BD5%u4EBA%u5458",
        "%E6%B5%8B%E8%AF%95%E4%BA%BA%E5%91%98", "%25E6%25B5%258B%25E8%25AF%2595%25E4%25BA%25BA%25E5%2591%2598",
    ],
)  # fmt: skip
def test_a_secret_is_hidden_in_the_addresses_of_pages_in_other_encodings(shape: str) -> None:
    secrets = Secrets({"N": "测试人员"})
    secrets.reveal("env:N")
    seen = Page(url="http://a.cn/", final_url=f"http://a.cn/?q={shape}&b=1", state=State.AUDITED)
    assert secrets.cleaned(seen).final_url == f"http://a.cn/?q={HIDDEN}&b=1"


def test_a_name_of_ones_own_does_not_meet_that_of_an_unnamed_state() -> None:
    found = stages(Journey(name="a", steps=(step("open", "http://a.cn/", name="第2步"), step("click", "#c"))))
    assert [title(stage.url) for stage in found] == ["a · 「第2步」", "a · 第2步"]


# ---------------------------------------------------------------------------------------------- in the browser

browser = pytest.mark.browser


@browser
def test_every_state_is_audited_as_a_page_of_its_own_also_in_a_new_window(site: Web) -> None:
    run = walk(
        site, step("open", site.url("/guide"), name="指南"), step("click", "#more"), step("wait_for", "#list img", name="展开"),
        step("click", "text=在线办理"), step("expect", "url=/form"), step("expect", "h1", name="填写"),
    )  # fmt: skip
    assert {name: state for name, (state, _) in states(run).items()} == dict.fromkeys(("指南", "展开", "填写"), State.AUDITED)
    found = {(title(finding.page), finding.element.selector) for finding in run.findings if finding.rule == "image-alt"}
    assert found == {("预约-办理 · 展开", "img")}
    assert [entry.title for entry in run.coverage] == ["首页", "办事指南", "办事指南", "填写"]
    assert run.state == "audited"


@browser
@pytest.mark.parametrize("submit", [False, True])
def test_nothing_is_submitted_unless_the_step_says_so(site: Web, submit: bool) -> None:
    fill, send = step("fill", "#name", value="测试"), step("click", "#send", submit=submit)
    run = walk(site, step("open", site.url("/form")), fill, send, step("wait_for", ".done", name="结果"))
    arrived = [path for _, path in site.asked if path == "/save"]
    state, why = states(run)["结果"]
    if submit:
        assert (state, arrived) == (State.AUDITED, ["/save"])
        assert [title(finding.page) for finding in run.findings if finding.rule == "image-alt"] == ["预约-办理 · 结果"]
    else:
        assert (state, arrived) == (State.RENDER_FAILED, [])
        assert "第 3 步（click #send）会提交表单，流程里没有写 submit: true，没有提交" in why


@browser
def test_a_form_that_would_leave_by_get_is_not_submitted_either(site: Web) -> None:
    run = walk(site, step("open", site.url("/search")), step("fill", "#q", value="残疾人"), step("press", "Enter", name="结果"))
    assert states(run)["结果"][0] is State.RENDER_FAILED
    assert not any(path.startswith("/found") for _, path in site.asked)


@browser
@pytest.mark.parametrize(
    "script", ["document.forms[0].submit()", "document.forms[0].requestSubmit()", "location = '/found?q=' + encodeURIComponent(q.value)"]
)
def test_no_script_sends_what_was_filled_in_by_get_unless_the_step_says_so(site: Web, script: str) -> None:
    form = '<form action="/found"><input id="q" name="q" aria-label="查询"></form>'
    site["/search"] = page("查询", f'{form}<button id="go" onclick="{script}">查</button>')
    fill = step("fill", "#q", value="残疾人")
    run = walk(site, step("open", site.url("/search")), fill, step("click", "#go", name="结果"))
    assert states(run)["结果"][0] is State.RENDER_FAILED
    assert "会提交表单，流程里没有写 submit: true，没有提交" in states(run)["结果"][1]
    assert not any(path.startswith("/found") for _, path in site.asked)
    site["/found?q=%E6%AE%8B%E7%96%BE%E4%BA%BA"] = page("查询结果", "<p>没有</p>")
    run = walk(site, step("open", site.url("/search")), fill, step("click", "#go", submit=True, name="结果"))
    assert states(run)["结果"] == (State.AUDITED, "")


@browser
@pytest.mark.parametrize("way", ["#script", "#link"])
def test_what_the_site_answered_to_a_new_window_is_known(site: Web, way: str) -> None:
    body = "<button id='script' onclick=\"window.open('/broken')\">打开</button><a id='link' href='/broken' target='_blank'>打开</a>"
    site["/guide"] = page("办事指南", body)
    site["/broken"] = (500, {}, page("系统概览", "<p>" + "本页介绍了有关的情况。" * 60 + "</p>")[2])
    run = walk(site, step("open", site.url("/guide")), step("click", way, name="窗口"))
    assert states(run)["窗口"][0] is State.ERROR_PAGE
    assert run.coverage[-1].status == 500


@browser
def test_a_window_that_never_rests_does_not_hold_the_journey_up(site: Web) -> None:
    site["/guide"] = page("办事指南", "<button id='go' onclick=\"window.open('/busy')\">打开</button>")
    site["/busy"] = page("忙", "<script>setTimeout(() => { for (;;); }, 1000)</script>")
    steps = step("open", site.url("/guide")), step("click", "#go"), step("wait_for", "text=没有这句话", name="等")
    begun = time.monotonic()
    run = walk(site, *steps, page_limit=4.0)
    assert states(run)["等"][0] is State.TIMEOUT
    assert time.monotonic() - begun < 40


@browser
def test_a_click_to_where_robots_forbid_ends_the_journey(site: Web) -> None:
    site["/robots.txt"] = (200, {"content-type": "text/plain"}, b"User-agent: *\nDisallow: /form\n")
    run = walk(site, step("open", site.url("/guide")), step("click", "#next", name="填写"), step("press", "Tab", name="后来"))
    state, why = states(run)["填写"]
    assert state is State.BLOCKED_BY_ROBOTS and "robots.txt 不允许访问这个地址，不作检测" in why
    assert states(run)["后来"] == (State.INTERRUPTED, "流程在前面的步骤中断，没有走到这里")
    assert not any("填写" in title(finding.page) for finding in run.findings)


@browser
def test_an_unknown_key_is_told_with_examples(site: Web) -> None:
    run = walk(site, step("open", site.url("/form")), step("press", "回车", name="键"))
    assert states(run)["键"][1].endswith("没有这个键，请写 Enter、Tab、Shift+Tab 这样的键名")


@browser
def test_the_death_of_the_page_is_not_told_as_a_step_that_failed() -> None:
    async def attempt() -> None:
        async with async_playwright() as playwright:
            opened = await playwright.chromium.launch(executable_path=find_browser(), args=launch_flags("http://localhost"))
            tab = await opened.new_page()
            clicking = asyncio.ensure_future(_usable(tab.locator("#never").click(timeout=20_000), "没有找到"))
            await tab.evaluate("1")
            await opened.close()
            with pytest.raises(Error, match="closed"):
                await clicking

    asyncio.run(asyncio.wait_for(attempt(), 30))


@browser
def test_a_step_that_cannot_be_taken_ends_the_journey_with_a_sentence(site: Web) -> None:
    run = walk(site, step("open", site.url("/guide")), step("expect", "text=没有这句话", name="甲"), step("click", "#more", name="乙"))
    assert states(run)["甲"][0] is State.RENDER_FAILED
    assert "第 2 步（expect text=没有这句话）等了 1 秒没有出现" in states(run)["甲"][1]
    assert states(run)["乙"] == (State.INTERRUPTED, "流程在前面的步骤中断，没有走到这里")
    assert run.state == "withheld"


@browser
def test_a_secret_is_filled_in_and_never_kept(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_NUMBER", SECRET)
    told: list[Progress] = []
    fill = step("fill", "#number", value="env:TEST_NUMBER")
    run = walk(site, step("open", site.url("/form")), fill, step("press", "Tab", name="填好"), tell=told.append, evidence=True)
    assert states(run)["填好"] == (State.AUDITED, "")
    kept = json.dumps(to_plain(run), ensure_ascii=False, default=str) + "".join(repr(progress.judged) for progress in told)
    pages = [repr(unpack(progress.blobs[progress.judged.coverage.snapshot])) for progress in told]
    assert any(f"您填的是{HIDDEN}" in each for each in pages)
    assert all("0101123" not in each for each in (kept, *pages))


@browser
def test_a_login_form_is_a_state_like_any_other(site: Web) -> None:
    site["/my"] = (302, {"location": "/login"}, b"")
    site["/login"] = page("登录", '<form><input name="u"><input type="password" name="p"><button>登录</button></form>')
    assert states(walk(site, step("open", site.url("/my"), name="登录")))["登录"] == (State.AUDITED, "")
    site["/login"] = (401, {}, b"<p>login</p>")
    assert states(walk(site, step("open", site.url("/my"), name="登录")))["登录"][0] is State.LOGIN_WALL


@browser
def test_a_missing_secret_is_told_and_the_page_stays_untouched(site: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_NUMBER", raising=False)
    run = walk(site, step("open", site.url("/form")), step("fill", "#number", value="env:TEST_NUMBER", name="填好"))
    assert states(run)["填好"][0] is State.RENDER_FAILED
    assert "环境变量 TEST_NUMBER 没有设置" in states(run)["填好"][1]


@browser
def test_a_journey_keeps_to_the_site_and_to_its_robots(site: Web) -> None:
    site["/robots.txt"] = (200, {"content-type": "text/plain"}, b"User-agent: *\nDisallow: /form\n")
    run = walk(site, step("open", site.url("/guide")), step("open", site.url("/form"), name="填写"))
    assert {state for state, _ in states(run).values()} == {State.BLOCKED_BY_ROBOTS}
    run = walk(site, step("open", "http://other.test/", name="外"))
    assert states(run)["外"][0] is State.EXCLUDED
    assert "/form" not in {path for _, path in site.asked}


@browser
def test_an_interrupted_journey_is_gone_through_again_and_its_states_are_told_once(site: Web) -> None:
    steps = step("open", site.url("/guide"), name="指南"), step("click", "#next", name="填写")
    told: list[Progress] = []
    walk(site, *steps, tell=told.append)
    run = walk(site, *steps, done=tuple(progress.judged for progress in told[:-1]))
    assert [title(entry.url) for entry in run.coverage] == ["", "预约-办理 · 指南", "预约-办理 · 填写"]
    assert {state for state, _ in states(run).values()} == {State.AUDITED}
    site.asked.clear()
    run = walk(site, *steps, done=tuple(progress.judged for progress in told))
    assert len(run.coverage) == 3 and "/guide" not in {path for _, path in site.asked}
