"""What is no page of the site is known as such, and what only talks about it stays a page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from conftest import Web

from auditor.model import Run, State
from crawlers import recognise as recognising
from crawlers.missing import CLOSE, Missing, fingerprint, made_up, read
from crawlers.recognise import SMALL, Seen, how_to_allow, may_pass, recognise

URL = "http://www.site.gov.cn/bszn/index.html"
LONG = "为进一步优化营商环境，现将有关事项通知如下，请各单位认真抓好落实。" * 20


def seen(text: str = "", **facts: Any) -> Seen:
    return Seen(**{"asked": URL, "final": URL, "status": 200, "text": text, **facts})


def state(found: Seen) -> State | None:
    told = recognise(found)
    assert told is None or told[1]
    return told[0] if told else None


# ---------------------------------------------------------------------------------------------- challenges

RUISHU = "<html><head><meta content='x' r='m'><script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;</script></head></html>"
JSL = "<script>document.cookie='__jsl_clearance_s=1|-1|x';location.href=location.pathname+location.search</script>"


@pytest.mark.parametrize(
    ("found", "name", "passes"),
    [
        (seen(status=412, scripted=True), "瑞数", True),
        (seen(html=RUISHU, scripted=True), "瑞数", True),
        (seen(status=202, scripted=True), "瑞数", True),
        (seen(status=521, scripted=True), "加速乐", True),
        (seen(html=JSL, scripted=True), "加速乐", True),
        (seen("正在检查", title="知道创宇云防御-浏览器安全检查", scripted=True), "知道创宇云防御", True),
        (seen("当前访问疑似黑客攻击，已被创宇盾拦截", status=403), "知道创宇云防御", False),
        (seen(html="<script>var arg1='0A';document.cookie='acw_sc__v2='</script>", scripted=True), "阿里云 WAF", True),
        (seen("很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。", status=405), "阿里云 WAF", False),
        (seen("403", html="<img src='https://waf-static.tencent.com/x.png'>", status=403), "腾讯云 WAF", False),
        (seen("您的请求疑似攻击行为！事件 ID：1", status=418), "华为云 WAF", False),
        (seen("您的请求带有不合法参数，已被网站管理员设置拦截！如果您是网站管理员，请登录安全狗"), "安全狗", False),
        (seen(html="<script>security_session_verify</script>", scripted=True), "云锁", True),
        (seen("您的访问可能对网站造成危险，已被云防护安全拦截", status=403), "玄武盾", False),
        (seen(status=468, scripted=True), "长亭雷池", True),
        (seen("您当前的访问行为存在异常，请稍后重试"), "网宿云盾", False),
        (seen("", title="Just a moment...", html="<script>window._cf_chl_opt={}</script>", status=403, scripted=True), "Cloudflare", True),
        (seen("请完成安全验证后继续访问 拖动滑块完成拼图"), "", False),
        (seen("", title="安全验证"), "", False),
        (seen("访问异常，请稍后再试"), "", False),
        (seen("您的访问过于频繁，请稍后再试。", status=403), "", False),
        (seen("请开启JavaScript并刷新该页."), "", False),
    ],
)  # fmt: skip
def test_a_firewall_is_known_with_its_name_and_whether_a_browser_gets_through(found: Seen, name: str, passes: bool) -> None:
    told = recognise(found)
    assert told is not None and told[0] is State.CHALLENGE
    assert (f"（{name}）" in told[1]) == bool(name)
    assert may_pass(found) is passes
    assert not may_pass(replace(found, scripted=False)), "without a script nothing happens by itself"


@pytest.mark.parametrize(
    "found",
    [
        seen(LONG, html=RUISHU, links=40),  # behind 瑞数 every page carries its script
        seen("首页 通知公告 政策文件", html=RUISHU, links=12),
        seen("视频点播", html=RUISHU, frames=1),
        seen("关于网站安全验证方式升级的通知：访问异常的，请完成验证" + LONG, links=30),
        seen("关于“访问异常”问题的答复", article=True),
        seen("账号 密码 请完成安全验证 登录", passwords=1, asked=URL + "?login"),
        seen("为什么提示“请完成验证”？" + LONG),
        seen(LONG, title="Just a moment", html="<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'>"),
        seen("网络安全宣传周：当前访问疑似黑客攻击怎么办", links=SMALL),
    ],
)
def test_a_page_that_talks_about_firewalls_or_stands_behind_one_is_a_page(found: Seen) -> None:
    assert state(found) is not State.CHALLENGE
    assert not may_pass(found)


def test_a_dead_server_behind_cloudflare_is_no_challenge() -> None:
    assert state(seen("Web server is down Error code 521", status=521, server="cloudflare")) is State.ERROR_PAGE


def test_an_ordinary_refusal_is_an_error_page() -> None:
    assert state(seen("403 Forbidden nginx", title="403 Forbidden", status=403)) is State.ERROR_PAGE
    assert state(seen("403 - 禁止访问: 访问被拒绝。您无权使用所提供的凭据查看此目录或页面。", status=403)) is State.ERROR_PAGE
    assert state(seen(status=500)) is State.ERROR_PAGE


def test_the_owner_is_told_how_to_let_us_in() -> None:
    assert "“TestAudit/1.0 (+https://example.gov.cn/audit)”" in how_to_allow("TestAudit/1.0 (+https://example.gov.cn/audit)")


# ---------------------------------------------------------------------------------------------- maintenance


@pytest.mark.parametrize(
    ("text", "status", "quoted"),
    [
        ("系统维护中，请稍后访问", 200, "系统维护中，请稍后访问"),
        ("尊敬的用户：\n系统正在升级维护。\n预计6月3日8:00恢复", 200, "系统正在升级维护，预计6月3日8:00恢复"),
        ("因机房割接，网站于2026年11月24日22:00至25日6:00暂停服务，敬请谅解。", 200, "2026年11月24日22:00至25日6:00暂停服务"),
        ("网站升级维护中", 503, "网站升级维护中"),
        ("本平台停止对外服务", 200, "停止对外服务"),
        ("网站建设中……", 200, "网站建设中"),
        ("Site under maintenance", 503, "under maintenance"),
    ],
)
def test_a_notice_of_maintenance_is_quoted_with_its_planned_time(text: str, status: int, quoted: str) -> None:
    told = recognise(seen(text, status=status))
    assert told is not None and told[0] is State.MAINTENANCE
    assert quoted in told[1]


@pytest.mark.parametrize(
    "found",
    [
        seen("关于政务服务网系统维护的公告\n政务服务网定于今晚22:00至24:00停机维护，期间暂停服务。", article=True),
        seen("关于系统维护期间暂停服务的公告" + LONG, links=60),
        seen("系统维护中\n" + LONG),
        seen("首页 新闻 服务 公告：医保系统正在维护", links=25),
        seen("设备维护单位名录 电梯维护 道路维护"),
        seen("用户名 密码 登录 系统维护中", passwords=1, asked="http://a.gov.cn/login"),
    ],
)
def test_an_announcement_of_maintenance_on_a_page_is_a_page(found: Seen) -> None:
    assert state(found) is None


def test_what_a_notice_says_cannot_bend_our_sentence() -> None:
    told = recognise(seen("系统维护中\u202e\u0007\u2066" + "很" * 200 + "久"))
    assert told is not None
    assert not re.search("[\u0000-\u001f\u2028-\u202e\u2066-\u2069]", told[1]) and len(told[1]) < 120


# ---------------------------------------------------------------------------------------------- login


@pytest.mark.parametrize(
    "found",
    [
        seen(status=401), seen(status=407), seen("用户名 密码 验证码 登录", passwords=1, fields=2),
        seen("欢迎使用" + LONG, final="https://sso.site.gov.cn/cas/login?service=x", passwords=1, links=30),
        seen("统一身份认证平台 个人登录 法人登录 扫码登录" + LONG, final="http://www.site.gov.cn/uias/index"),
        seen("请登录", final="http://www.site.gov.cn/user/login.html"),
        seen("扫码登录", final="http://passport.site.gov.cn/"),
    ],
)  # fmt: skip
def test_a_wall_of_login_forms_is_known(found: Seen) -> None:
    assert state(found) is State.LOGIN_WALL


@pytest.mark.parametrize(
    "found",
    [
        seen("办事指南 用户登录 密码" + LONG, passwords=1, fields=1, links=30),
        seen("用户名 密码 登录 通知公告", passwords=1, fields=1, links=20),
        seen("用户名 密码 登录", passwords=1, fields=1, asked="http://a.gov.cn/login.jsp", final="http://a.gov.cn/login.jsp"),
        seen("注册：用户名 邮箱 手机 地址 密码 确认", passwords=2, fields=6),
        seen("博客 catalog", final="http://www.site.gov.cn/blogin/"),
        seen("新闻 登录" + LONG, final="http://www.site.gov.cn/news/1.html"),
        seen(LONG, final="http://www.site.gov.cn/login-help/1.html"),
    ],
)
def test_a_login_form_beside_other_content_or_a_login_page_itself_is_a_page(found: Seen) -> None:
    assert state(found) is None


# ---------------------------------------------------------------------------------------------- missing pages


@pytest.mark.parametrize(
    "found",
    [
        seen("您访问的页面不存在或已删除，5秒后返回首页", links=1), seen("对不起，您要查看的文章不存在"), seen("信息已被删除"),
        *(seen(LONG, title=title, links=50) for title in (
            "404", "404 Not Found - 某某市人民政府", "某某市政府_页面不存在", "抱歉，您访问的页面不存在或已删除！", "访问的页面找不到了",
        )),
        seen("返回首页", final="http://www.site.gov.cn/404.html"), seen("The page you requested was removed"),
        seen(LONG, final="http://www.site.gov.cn/error/notFound.jsp?u=1", links=30),
    ],
)  # fmt: skip
def test_an_excuse_for_a_missing_page_is_known_although_its_status_is_200(found: Seen) -> None:
    told = recognise(found)
    assert told is not None and told[0] is State.SOFT_404
    assert told[1].endswith("状态却是 200")


@pytest.mark.parametrize(
    "found",
    [
        seen(LONG, title="404页面不存在怎么办"), seen(LONG, title="关于第404号提案的答复"), seen("您访问的页面不存在" + LONG, links=30),
        seen("为什么会提示“您访问的页面不存在”", article=True), seen("热线电话 404", links=2), seen("服务窗口", asked=URL, final=URL),
        seen("测试", asked="http://a.gov.cn/404.html", final="http://a.gov.cn/404.html"), seen("项目 404", title="项目编号 404"),
        seen("检索结果：信息", title="信息不存在虚假的承诺书"),
    ],
)  # fmt: skip
def test_a_page_about_missing_pages_is_a_page(found: Seen) -> None:
    assert state(found) is None


def test_gone_is_gone_whatever_the_document_says() -> None:
    assert {state(seen(LONG, status=404)), state(seen("系统维护中", status=410))} == {State.GONE}


def test_an_empty_document_proves_nothing() -> None:
    assert state(seen(empty=True)) is State.RENDER_FAILED
    assert state(seen("")) is None, "a picture without words is a page"


def test_near_texts_have_near_fingerprints_and_other_texts_do_not() -> None:
    lost = "某某市人民政府 首页 政务公开 办事服务 互动交流 您要找的页面不在这里，可能已经删除。主办单位：某某市人民政府办公室 备案号"
    assert (fingerprint(lost) ^ fingerprint(lost)) == 0
    assert (fingerprint(lost * 8) ^ fingerprint(lost * 8 + "今天")).bit_count() <= CLOSE
    assert (fingerprint(lost) ^ fingerprint("某某市人民政府 首页 政务公开 办事服务 关于做好防汛工作的通知" + LONG)).bit_count() > 3 * CLOSE


def test_a_document_is_read_as_its_words_alone() -> None:
    head = "<?xml version='1.0' encoding='gbk'?><html><title> 无此\n页 </title>"
    one = read(f"{head}<script>1</script><p>第 3 页<!-- c --><style>x</style> 完<b> </b>")
    assert (one.title, one.pieces) == ("无此页", ("第0页完",))
    assert [read(nothing).pieces for nothing in ("", "<!---->", "\ud800")] == [(), (), ("?",)]
    assert made_up("http://a.cn") == made_up("http://a.cn") != made_up("http://b.cn")


def test_what_a_page_shares_with_the_start_page_does_not_make_it_a_missing_one() -> None:
    menu = "".join(f"<a href='/{number}'>栏目{chr(0x4E00 + number)}</a>" for number in range(300))
    lost = Missing("某市政府", "您要找的内容不在这里请从首页进入", frozenset(read(menu).pieces))
    document = f"<title>某市政府</title>{menu}<p>{{}}"
    assert lost.is_page("某市 政府", document.format("您要找的内容不在这里 请从首页进入"))
    assert not lost.is_page("某市政府", document.format("领导信箱"))
    assert not lost.is_page("某市政府", document.format(""))
    assert not lost.is_page("别的标题", document.format("您要找的内容不在这里 请从首页进入"))


@pytest.mark.shared
def test_of_the_real_pages_none_is_taken_for_anything_else(shared: Path) -> None:
    files = sorted((shared / "realpages" / "sites").rglob("*.htm*"))
    mistaken = {str(file): told for file in files if (told := recognise(from_file(file)))}
    assert len(files) > 100 and not mistaken


def from_file(file: Path) -> Seen:
    """What a browser without scripts would see of a saved page."""
    soup = BeautifulSoup(file.read_bytes(), "lxml")
    html, links, frames = str(soup), len(soup.select("a[href]")), len(soup.select("iframe"))
    title = soup.title.get_text() if soup.title else ""
    article = soup.find("meta", attrs={"name": re.compile("^(ArticleTitle|PubDate)$", re.IGNORECASE)}) is not None
    for part in soup(["script", "style", "noscript", "template", "option"]):
        part.decompose()
    text = "\n".join(soup.stripped_strings)[: recognising.MOST_TEXT]
    return seen(text, title=title, html=html[: recognising.MOST_HTML], links=links, frames=frames, article=article)


# ---------------------------------------------------------------------------------------------- in the browser

HEAD = "<!DOCTYPE html><html lang='zh-CN'><head><meta charset='utf-8'><title>办事指南</title></head>"
PAGE = HEAD + "<body><main><h1>办事指南</h1>{}</main></body></html>"


class AfterTheFirst(dict[str, Any]):
    """The answers of a server whose firewall tests the first visitor; whoever comes again is let through."""

    def __init__(self, pages: dict[str, Any], test: str) -> None:
        super().__init__(pages)
        self.test: str | None = test

    def get(self, path: str, default: Any = None) -> Any:
        test, self.test = self.test, None
        return (521, {}, test.encode()) if test else super().get(path, default)


@pytest.mark.browser
def test_a_test_that_the_browser_passes_by_itself_is_passed_and_the_page_judged(web: Web, see: Callable[..., Run]) -> None:
    web["/"] = PAGE.format("<img src='a.png'>")
    test = "<script>setTimeout(() => {document.cookie = '__jsl_clearance=1'; location.reload()}, 1200)</script>"
    web.pages = AfterTheFirst(web.pages, test)
    run = see(web.url("/"))
    (entry,) = run.coverage
    assert (entry.state, entry.status, entry.title) == (State.AUDITED, 200, "办事指南"), entry.reason
    assert "image-alt" in [finding.rule for finding in run.findings]


@pytest.mark.browser
def test_a_test_that_is_not_passed_is_told_with_the_way_to_let_us_in(
    web: Web, see: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawlers.arrival.PATIENCE", 1.0)
    web["/"] = (412, {}, (RUISHU + "<script>setInterval(() => 0, 1000)</script>").encode())
    begun = time.monotonic()
    (entry,) = see(web.url("/")).coverage
    assert (entry.state, entry.status) == (State.CHALLENGE, 412)
    assert "瑞数" in entry.reason and "放行 User-Agent 含“PortalA11yAudit/1.0”" in entry.reason
    assert time.monotonic() - begun < 20


LOGIN = PAGE.format("<form><input name=u><input type=password><button>登录</button></form>")
DOCUMENTS: dict[str, tuple[int, str, State]] = {
    "excuse": (200, PAGE.format("您访问的页面不存在或已删除"), State.SOFT_404),
    "maintenance": (200, PAGE.format("系统升级维护中，预计明日8时恢复"), State.MAINTENANCE),
    "maintenance-503": (503, PAGE.format("系统升级维护中"), State.MAINTENANCE),
    "wall": (200, LOGIN, State.LOGIN_WALL),
    "form-beside-a-page": (200, LOGIN.replace("</form>", f"</form><p>{LONG}"), State.AUDITED),
    "puzzle": (200, PAGE.format("<script>document.write('请完成安全验证')</script>"), State.CHALLENGE),
    "block-page": (403, PAGE.format("已被创宇盾拦截"), State.CHALLENGE),
    "error-without-words": (500, "", State.ERROR_PAGE),
    "gone-without-words": (404, "", State.GONE),
    "nothing": (200, "<title>x</title><script>1</script>", State.RENDER_FAILED),
    "a-picture": (200, "<html><body><img alt='' src=a.png>", State.AUDITED),
    "a-closed-shadow": (
        200,
        "<body><x-a></x-a><script>document.body.firstChild.attachShadow({mode: 'closed'})</script>",
        State.AUDITED,
    ),
    "frames": (200, "<html><frameset cols='*'><frame src='/a-picture'></frameset></html>", State.AUDITED),
    "hidden-notice": (200, PAGE.format("<p hidden>系统维护中</p><input type=hidden name=links>"), State.AUDITED),
    "clobbered": (200, "<form name=body><img name=querySelectorAll><input name=checkVisibility>x</form><img name=title>", State.AUDITED),
    "article": (200, PAGE.replace("<title>", "<meta name='ArticleTitle' content='x'><title>").format("系统维护中"), State.AUDITED),
}


@pytest.mark.browser
def test_documents_are_recognised_as_they_stand_in_the_browser(web: Web, see: Callable[..., Run]) -> None:
    for name, (status, body, _) in DOCUMENTS.items():
        web[f"/{name}"] = (status, {}, body.encode())
    web["/redirected"] = (302, {"Location": "/user/login?back=1"}, b"")
    web["/user/login?back=1"] = PAGE.format("欢迎<input type=password><a href='/a'>忘记密码</a> 用户登录" + LONG)
    run = see(*(web.url(f"/{name}") for name in (*DOCUMENTS, "redirected")))
    states = {entry.url.rpartition("/")[2]: entry.state for entry in run.coverage}
    assert states == {**{name: state for name, (_, _, state) in DOCUMENTS.items()}, "redirected": State.LOGIN_WALL}
    assert all(bool(entry.reason) == (entry.state is not State.AUDITED) for entry in run.coverage)
