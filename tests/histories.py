"""A small city as reports see it, made by hand: a portal with barriers, sites that could not be judged, a clean one, some that wait."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from bs4 import BeautifulSoup
from PIL import Image, ImageDraw

import reports
from auditor.model import (
    Category,
    Confirmation,
    Conformance,
    Coverage,
    Covered,
    Criterion,
    Decision,
    Element,
    Goal,
    History,
    Impact,
    Issue,
    IssueState,
    KeyboardWalk,
    Level,
    Outcome,
    Plan,
    Reach,
    Region,
    RoundSummary,
    Rule,
    RunState,
    RunSummary,
    Score,
    Site,
    SiteHistory,
    Span,
    State,
    TabStop,
    Target,
    Verdict,
    WalkEnd,
)

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai
ZONE = "Asia/Shanghai"
HOSTILE = '"><script>alert(1)</script>\u202egro.live\u200b\x07<img src=x onerror=alert(2)>'


# ---------------------------------------------------------------------------------------------- a realistic history


def night(back: int) -> RoundSummary:
    started = datetime(2026, 11, 22, 18, 0, tzinfo=UTC) - timedelta(days=back)
    return RoundSummary(id=f"night-{back}", started=started, finished=started + timedelta(minutes=72), trigger="schedule")


def run(
    site: str,
    back: int,
    state: RunState,
    coverage: Mapping[State, int],
    reason: str = "",
    counts: tuple[int, ...] = (0, 0, 0, 0),
    ruleset: str = "5b1f0c2d9e",
) -> RunSummary:
    started = night(back).started
    new, still, fixed, reopened = counts
    return RunSummary(
        site=site,
        round=f"night-{back}",
        started=started,
        finished=started + timedelta(minutes=9),
        state=state,
        reason=reason,
        coverage=coverage,
        findings=still,
        new=new,
        open=still,
        fixed=fixed,
        reopened=reopened,
        ruleset_id=ruleset,
        environment_id="e1",
        versions={"axe-core": "4.12.1", "Chromium": "156.0"},
    )


def rule(id: str, title: str, impact: Impact, level: Level | None, criteria: tuple[str, ...], who: str) -> Rule:
    return Rule(
        id=id,
        title=title,
        title_en=id,
        criteria=criteria,
        level=level,
        impact=impact,
        who=who,
        who_en="",
        repair=("在后台编辑器中选中它，补上一句话的说明。", "出现在模板里的，请开发单位在模板中修改。"),
        repair_en=(),
        verify="用读屏软件读到这里，听到的话与看到的一致。",
        before='<img src="/upload/a.jpg">',
        after='<img src="/upload/a.jpg" alt="换领通知">',
        engines=("axe",),
    )


RULES = {
    each.id: each
    for each in (
        rule(
            "image-alt", "图片没有替代文本", Impact.CRITICAL, Level.A, ("1.1.1",), "使用读屏软件的盲人读到这张图片时，只能听到“图片”二字。"
        ),
        rule(
            "color-contrast",
            "文字与背景的对比度不足",
            Impact.SERIOUS,
            Level.AA,
            ("1.4.3",),
            "低视力的人和在强光下使用手机的人看不清这些字。",
        ),
        rule("reflow", "窄屏上要左右滚动", Impact.MODERATE, Level.AA, ("1.4.10",), "放大页面的低视力者每读一行都要来回移动页面。"),
        rule("target-size", "点击区域太小", Impact.MODERATE, Level.AA, ("2.5.8",), "手部活动不便的人点不中，或者点到旁边的链接。"),
        rule("region", "内容不在任何区域里", Impact.MINOR, None, (), "使用读屏软件的人不能按区域跳转。"),
    )
}
CRITERIA = {
    each.number: each
    for each in (
        Criterion(number="1.1.1", level=Level.A, name_zh="非文本内容", name_en="Non-text Content", since="2.0"),
        Criterion(number="1.4.3", level=Level.AA, name_zh="对比度（最小）", name_en="Contrast (Minimum)", since="2.0"),
        Criterion(number="1.4.10", level=Level.AA, name_zh="反复滚动", name_en="Reflow", since="2.1", gloss="重排"),
        Criterion(number="2.5.8", level=Level.AA, name_zh="目标尺寸（最小）", name_en="Target Size", since="2.2", official=False),
    )
}


REACHED = tuple(
    Covered(criterion=one, axe=axe, ours=ours, reach=reach, failing=3, asking=1, passing=4)
    for one, axe, ours, reach in zip(
        CRITERIA.values(), (Reach.FAILED, Reach.FAILED, Reach.HUMAN, Reach.CANT_TELL),
        (Reach.FAILED, Reach.CANT_TELL, Reach.HUMAN, Reach.HUMAN),
        (Reach.FAILED, Reach.FAILED, Reach.HUMAN, Reach.CANT_TELL), strict=True,
    )
)  # fmt: skip


def target(
    id: str,
    name: str,
    region: str = "370800",
    category: Category = Category.PORTAL,
    *,
    confirmed: bool = True,
    enabled: bool = True,
    note: str = "",
) -> Target:
    site = Site(
        id=id, name=name, url=f"http://www.{id}.gov.cn/", category=category, region=region, owner="市政府办公室", legal_basis="32-1"
    )
    return Target(site=site, confirmed=Confirmation(by="王主任", date=date(2026, 10, 9)) if confirmed else None, enabled=enabled, note=note)


def element(selector: str, tag: str, landmark: str, snippet: str = "", name: str = "", **attributes: str) -> Element:
    return Element(selector=selector, tag=tag, landmark=landmark, snippet=snippet, name=name, attributes=attributes)


LOGO = element("#header > a > img", "img", "banner", '<img class="logo" src="/images/logo.png">', **{"class": "logo wide"})
HINT = element("li:nth-child(3) > span", "span", "main", '<span class="date">2026-11-20</span>', name="2026-11-20", **{"class": "date"})


def issue(
    number: int,
    rule_id: str,
    page: str,
    where: Element,
    state: IssueState = IssueState.OPEN,
    *,
    group: str = "",
    back: int = 20,
    outcome: Outcome = Outcome.FAILED,
    picture: str = "",
) -> Issue:
    known = RULES[rule_id]
    seen = night(back).started
    return Issue(
        id=f"i{number}",
        site="shi",
        rule=rule_id,
        page=page,
        group=hashlib.sha256((group or f"{rule_id}{where.selector}").encode()).hexdigest(),
        instance=f"n{number}",
        state=state,
        outcome=outcome,
        impact=known.impact,
        criteria=known.criteria,
        element=where,
        message="没有 alt 属性，也没有其他可用的名称。",
        engines=("axe",),
        picture=picture,
        first_seen=seen,
        changed=seen,
        spans=(Span(first=f"night-{back}"),),
    )


@cache
def picture(words_on_it: str) -> tuple[str, bytes]:
    image = Image.new("RGB", (760, 220), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 760, 70), fill="#9b1c1c")
    draw.text((90, 28), words_on_it, fill="white")
    draw.rectangle((20, 12, 300, 60), outline="#ffd21f", width=4)
    out = io.BytesIO()
    image.save(out, "WEBP")
    return hashlib.sha256(out.getvalue()).hexdigest(), out.getvalue()


WALK = KeyboardWalk(
    ended=WalkEnd.LEFT, picture=picture("logo")[0],
    stops=(TabStop(name="首页", tag="a", visible=True), TabStop(name="", tag="input", visible=False),
           TabStop(name="搜索", tag="button", visible=None, covered=True)),
)  # fmt: skip
PAGES = [f"http://www.shi.gov.cn/col/col{number}/index.html" for number in range(40)]


def city_portal() -> SiteHistory:
    """A site with a header defect on 40 pages, some more, some mended, one decided, one undecided."""
    logo, _ = picture("logo")
    issues = [issue(n, "image-alt", page, LOGO, picture=logo if n == 7 else "") for n, page in enumerate(PAGES)]
    issues += [issue(100 + n, "color-contrast", page, HINT, IssueState.NEW, back=0) for n, page in enumerate(PAGES[:6])]
    issues += [issue(200, "color-contrast", PAGES[9], HINT, IssueState.FIXED, back=3)]
    issues += [issue(300, "reflow", PAGES[0], element("html", "html", ""), IssueState.REOPENED, back=9)]
    issues += [issue(301, "target-size", PAGES[0], element("#pager > a", "a", "navigation", name="2"), IssueState.NOT_OBSERVED)]
    issues += [issue(302, "region", PAGES[0], element("#float", "div", "", id="float"), group="decided")]
    asked = issue(400, "image-alt", PAGES[1], element("#map", "img", "main", name="map.png", id="map"), outcome=Outcome.CANT_TELL)
    issues += [replace(asked, scene=logo, caption="窗口宽320像素时的画面")]
    issues += [
        issue(500 + n, "image-alt", PAGES[n], element("#banner", "img", "main", id="banner"), IssueState.FIXED, back=1) for n in (2, 3)
    ]
    issues += [issue(600, "image-alt", PAGES[5], element("#old", "img", "main", id="old"), IssueState.PAGE_GONE, back=2)]
    states = [State.AUDITED] * 40 + [State.OVER_BUDGET] * 25 + [State.TIMEOUT] * 2 + [State.NOT_HTML] * 5 + [State.GONE]
    addresses = PAGES + [f"http://www.shi.gov.cn/art/{n}.html" for n in range(len(states) - 40)]
    ledger = tuple(
        Coverage(url=url, state=state, status=404 if state is State.GONE else 200, title=f"栏目{n}-某市人民政府" if n < 40 else "",
                 walk=WALK if n == 3 else None)
        for n, (url, state) in enumerate(zip(addresses, states, strict=True))
    )
    counts = Counter(states)
    runs = tuple(
        run(
            "shi",
            back,
            RunState.AUDITED,
            counts,
            counts=(6 if back == 0 else 2, 48 + back, 2, 1 if back == 0 else 0),
            ruleset="5b1f0c2d9e" if back < 4 else "0a0a0a0a0a",
        )
        for back in range(8)
    )
    decision = Decision(
        site="shi",
        group=next(each.group for each in issues if each.id == "i302"),
        verdict=Verdict.ACCEPTED,
        by="李工",
        why="飘窗将于年底随改版一并撤下。",
        made=night(5).started,
        until=date(2026, 12, 31),
    )
    estimated = Score(
        value=71.26, error=1.4, low=68.4, high=74.1, freedom=20, pages=40, population=300, strata=6, principles=69.5,
        used=-4.2, used_pages=2, criteria={
            "1.1.1": Conformance(pages=40, failing=31, share=0.225, low=0.13, high=0.36),
            "1.4.3": Conformance(pages=40, failing=8, share=0.8, low=0.66, high=0.89),
            "9.9.9": Conformance(pages=1, failing=0, share=1, low=1, high=1),
        },
    )  # fmt: skip
    runs = (replace(runs[0], score=estimated), *runs[1:])
    return SiteHistory(target=target("shi", "某市人民政府"), runs=runs, issues=tuple(issues), coverage=ledger, decisions=(decision,))


def unreachable() -> SiteHistory:
    """A site that was fine last week and could not be opened last night."""
    reason = "首页打不开：域名 www.hall.gov.cn 无法解析。请核对网址和域名解析。"
    runs = (
        run("hall", 0, RunState.FAILED, {State.DNS_ERROR: 1}, reason),
        run("hall", 1, RunState.AUDITED, {State.AUDITED: 12, State.NOT_SAMPLED: 30}, counts=(1, 3, 0, 0)),
    )
    ledger = (Coverage(url="http://www.hall.gov.cn/", state=State.DNS_ERROR, reason="域名无法解析。"),)
    old = issue(900, "color-contrast", "http://www.hall.gov.cn/", HINT)
    return SiteHistory(
        target=target("hall", "某市网上办事大厅", category=Category.SERVICE),
        runs=runs,
        issues=(replace(old, site="hall"),),
        coverage=ledger,
    )


def withheld() -> SiteHistory:
    reason = "访问 20 个页面，只有 6 个能够检测，其余被安全验证拦住。"
    runs = (run("xian", 0, RunState.WITHHELD, {State.AUDITED: 6, State.CHALLENGE: 14}, reason, counts=(0, 0, 0, 0)),)
    ledger = tuple(
        Coverage(url=f"http://www.xian.gov.cn/{n}", state=State.AUDITED if n < 6 else State.CHALLENGE, status=200 if n < 6 else 412)
        for n in range(20)
    )
    return SiteHistory(target=target("xian", "某县人民政府", "370826"), runs=runs, coverage=ledger)


def clean() -> SiteHistory:
    counted = Score(value=100, error=0, low=100, high=100, pages=12, population=12, strata=3, principles=100, criteria={
        "1.1.1": Conformance(pages=12, failing=0, share=1, low=1, high=1)
    })  # fmt: skip
    runs = (replace(run("canlian", 0, RunState.AUDITED, {State.AUDITED: 9, State.REUSED: 3, State.NOT_HTML: 2}), score=counted),)
    ledger = tuple(Coverage(url=f"http://www.canlian.gov.cn/{n}", state=State.AUDITED, status=200) for n in range(9))
    return SiteHistory(target=target("canlian", "某市残疾人联合会", category=Category.DISABLED_FEDERATION), runs=runs, coverage=ledger)


PLAN = Plan(
    id="jining-145",
    name="济宁市残疾人事业发展“十四五”规划",
    document="济政字〔2021〕71号",
    period=(date(2021, 1, 1), date(2025, 12, 31)),
    goals=(
        Goal(
            id="portals",
            indicator="IA-1",
            quote="推动各级政府门户网站、办事系统实现无障碍服务。",
            source="三（六）2",
            lead="市残联",
            participants=("市大数据中心", "市行政审批服务局"),
        ),
        Goal(id="block", indicator="IA-3", quote="推动各级政府门户网站、办事系统实现无障碍服务。", source="三（六）2", lead="市残联"),
        Goal(id="press", indicator=None, quote="政府新闻发布会配备同步速录字幕、通用手语翻译。", source="专栏 8 之 7", lead="市残联"),
    ),
)


def history(*more: SiteHistory) -> History:
    return History(
        now=NOW,
        timezone=ZONE,
        plans=(PLAN,),
        regions=(
            Region(id="370800", name="济宁市"),
            Region(id="370826", name="微山县", parent="370800"),
            Region(id="jn-gxq", name="高新区", local=True),
        ),
        rounds=tuple(night(back) for back in range(8)),
        sites=(
            withheld(),
            city_portal(),
            unreachable(),
            clean(),
            SiteHistory(target=target("gxq", "高新区管委会", "jn-gxq", confirmed=False, note="网址来自公开信息，待大数据中心核对。")),
            SiteHistory(target=target("old", "旧版办事大厅", category=Category.SERVICE, enabled=False, note="已并入新平台。")),
            *more,
        ),
        rules=RULES,
        criteria=CRITERIA,
        reach=REACHED,
    )


@cache
def rendered() -> dict[str, bytes]:
    return dict(reports.render(history()))


def soup(path: str, files_: Mapping[str, bytes] | None = None) -> BeautifulSoup:
    return BeautifulSoup((files_ or rendered())[path], "lxml")


def said(path: str, files_: Mapping[str, bytes] | None = None) -> str:
    return soup(path, files_).get_text("", strip=False)


def hostile_history() -> History:
    """A site whose every text was written by somebody who wants the report to misbehave."""
    bad = Element(
        selector=HOSTILE,
        tag="img",
        snippet=HOSTILE * 9,
        name=HOSTILE,
        text=HOSTILE,
        landmark="banner",
        attributes={"id": HOSTILE, "class": HOSTILE},
    )
    pages_ = [
        "javascript:alert(1)",
        f"http://www.evil.gov.cn/{HOSTILE}",
        "http://www.evil.gov.cn/" + "a" * 5000,
        "data:text/html,x",
        "http://[::1",
    ]
    issues = tuple(
        replace(issue(n, "image-alt", page, bad), site="evil", message=HOSTILE, scene=picture("logo")[0], caption=HOSTILE)
        for n, page in enumerate(pages_)
    )
    walk = KeyboardWalk(stops=(TabStop(name=HOSTILE, tag=HOSTILE, visible=False, covered=True),) * 3, ended=WalkEnd.TRAPPED)
    ledger = tuple(Coverage(url=page, state=State.AUDITED, title=HOSTILE, reason=HOSTILE, walk=walk) for page in pages_)
    ledger += (Coverage(url="http://www.evil.gov.cn/lone", state=State.TIMEOUT, title="\ud800", reason="长" * 4000),)
    runs = (run("evil", 0, RunState.PARTIAL, Counter(entry.state for entry in ledger), HOSTILE),)
    decision = Decision(
        site="evil", group=issues[0].group, verdict=Verdict.EXEMPT, by=HOSTILE, why=HOSTILE, made=NOW, until=date(2026, 1, 1)
    )
    evil = SiteHistory(target=target("evil", HOSTILE, note=HOSTILE), runs=runs, issues=issues, coverage=ledger, decisions=(decision,))
    return replace(history(), sites=(evil,))
