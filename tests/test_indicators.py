"""Indicators and goals: every sentence has its row, every number its basis, nothing is invented and nothing filled in afterwards."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from histories import LOGO, NOW, RULES, ZONE, element, history, issue, run, target
from test_targets import GOOD, REPORTED, ROOT, RULING

from auditor import store_read
from auditor.model import (
    Attribute,
    Category,
    Coverage,
    Decision,
    Impact,
    Issue,
    IssueState,
    Level,
    Outcome,
    Region,
    Reported,
    Ruling,
    RunState,
    SiteHistory,
    Span,
    State,
    Variant,
    Verdict,
)
from auditor.targets import load, loads
from checks import miit
from reports import indicators, places
from reports.definitions import Source, definitions
from reports.grouping import board
from reports.indicators import Counted, counted, no_data

# 济政字〔2021〕71号, copied from shared/domain/plan-jizhengzi-2021-71.txt (the published PDF's text, lines 894-947) without the line breaks
# and spaces of the PDF: every sentence of 三（六）2 and of items 3 to 7 of 专栏 8.
SENTENCES = {
    "三（六）2": (
        "将信息无障碍作为数字政府、智慧城市、数字乡村建设的重要组成部分，纳入文明城市创建指标。",
        "推动各级政府门户网站、办事系统实现无障碍服务。",
        "为听力、言语和视力残疾人参加职业技能培训、就业创业等活动提供无障碍支持服务。",
        "鼓励食品药品添加无障碍识别标识。",
        "加快推广普惠便利的电信服务，完善网络及信息基础设施建设，推动5G在无障碍领域的应用。",
        "扩大信息无障碍终端产品供给，鼓励支持无障碍技术和产品的开发、应用、推广。",
    ),
    "专栏8-3": (
        "加快政府门户网站、政府服务平台和网上办事大厅信息无障碍。",
        "推动新闻资讯、社交通讯、生活购物、医疗健康、金融服务、学习教育、旅游出行等互联网网站、移动互联网应用（APP）的无障碍改造。",
    ),
    "专栏8-4": ("推进医院自助就医设备、自动售卖设备、银行自动柜员机、地铁自助检票设备、机场自助值机设备等自助公共服务设备的无障碍改造。",),
    "专栏8-5": ("利用图像识别、二维码等技术加快食品药品信息识别无障碍。",),
    "专栏8-6": (
        "把国家通用手语、通用盲文作为应急语言文字服务内容，政府新闻发布会和电视、网络发布突发公共事件信息时加配字幕和手语，医院、"
        "疏散避难场所和集中隔离场所等设置语音、字幕等信息提示装置。",
    ),
    "专栏8-7": ("政府新闻发布会配备同步速录字幕、通用手语翻译，鼓励政务服务大厅和公共服务场所为残疾人提供字幕、手语、语音等服务。",),
}
LEAD = "市残联"
WITH = ("市委网信办", "市工业和信息化局", "市大数据中心", "市市场监管局", "市行政审批服务局", "市人力资源社会保障局", "市城市管理局")

# ---------------------------------------------------------------------------------------------- what stands in the data files


def test_every_sentence_of_the_plan_on_information_has_its_row() -> None:
    goals = load(ROOT / "targets.yml").plans[0].goals
    for source, sentences in SENTENCES.items():
        assert tuple(goal.quote for goal in goals if goal.source == source) == sentences
    assert all((goal.lead, goal.participants) == (LEAD, WITH) for goal in goals if goal.source in {"三（六）2", "专栏8-3"})


def test_sixteen_indicators_are_defined_in_full_and_in_order() -> None:
    assert list(definitions()) == [f"IA-{number}" for number in range(1, 17)]
    for one in definitions().values():
        assert all(re.search("[一-鿿]", text) for text in (one.name, one.definition, one.basis)), one.id
        assert one.definition.endswith("。") and re.fullmatch(r"[\x20-\x7e]+", one.english["name"]), one.id
        assert one.lead and one.units and one.by and all((*one.lead, *one.participants)), one.id
        assert bool(one.reporter) or one.source is Source.AUTOMATIC, one.id
        assert bool(one.later) == (one.source is Source.WORKFLOW), one.id
    assert len({one.name for one in definitions().values()}) == 16


def test_every_automatic_indicator_is_counted_and_so_is_every_workflow() -> None:
    automatic, workflow = (
        {id for id, one in definitions().items() if one.source is source} for source in (Source.AUTOMATIC, Source.WORKFLOW)
    )
    assert automatic | workflow == set(indicators.COUNTS) - {"IA-8"} and set(indicators.OF_SUMMARIES) < automatic


@pytest.mark.parametrize(("id", "source"), [
    ("IA-1", "三（六）2"), ("IA-1", "四（四）"), ("IA-2", "专栏8-3"), ("IA-3", "三（六）2"), ("IA-5", "四（四）"), ("IA-7", "三（九）3"),
    ("IA-7", "三（一）2"), ("IA-7", "三（二）2"), ("IA-7", "三（二）3"), ("IA-7", "三（九）1"), ("IA-12", "专栏8-6"), ("IA-13", "专栏7-3"),
    ("IA-14", "四（四）"), ("IA-15", "专栏8-4"),
])  # fmt: skip
def test_an_indicator_stands_beside_the_sentence_it_rests_on(id: str, source: str) -> None:
    assert source.split("）")[0] in definitions()[id].basis
    assert any(id in goal.indicators for goal in load(ROOT / "targets.yml").plans[0].goals if goal.source == source)


def test_what_people_report_and_what_the_federation_rules_are_read() -> None:
    text = GOOD.replace("target: null", f"attribute: 约束性, ruling: {RULING}, target: 95, target_document: 某文")
    plan = loads(text.replace("regions:", f"    midterm: 2023-06-30\n{REPORTED}regions:")).plans[0]
    assert plan.midterm == date(2023, 6, 30) and plan.goals[0].attribute is Attribute.BINDING
    assert plan.goals[0].ruling == Ruling(by="市残联", date=date(2026, 3, 1), document="济残字〔2026〕9号")
    assert plan.reported == (
        Reported(
            about="g1", region="370811", period=(date(2024, 1, 1), date(2024, 12, 31)), value=12, unit="台", by="市卫生健康委",
            date=date(2025, 1, 15), evidence="济卫函〔2025〕1号",
        ),
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- counting

NIGHT = run("x", 0, RunState.AUDITED, {State.AUDITED: 9})


def a_site(id: str, *issues: Issue, state: RunState | None = RunState.AUDITED, region: str = "370800", **more: object) -> SiteHistory:
    category, owner = more.pop("category", Category.PORTAL), more.pop("owner", "某局")
    made = target(id, f"{id}网站", region, category)  # type: ignore[arg-type]
    made = replace(made, site=replace(made.site, owner=str(owner)))
    runs = (replace(NIGHT, site=id, state=state),) if state else ()
    return SiteHistory(**{"target": made, "runs": runs, "issues": issues, **more})  # type: ignore[arg-type]


def of(id: str, *sites: SiteHistory) -> Counted:
    found = counted(replace(history(), sites=sites), id, sites)
    assert found is not None
    return found


def numbers(found: Counted) -> tuple[int | None, int, int]:
    return found.part, found.whole, found.untested


LEVEL_A, LEVEL_AA = issue(1, "image-alt", "http://x/", LOGO), issue(2, "color-contrast", "http://x/", LOGO)


@pytest.mark.parametrize("id", indicators.COUNTS)
def test_a_share_of_nothing_is_no_number(id: str) -> None:
    for sites in ((), (a_site("a", state=None),), (a_site("a", state=RunState.WITHHELD, category=Category.OTHER),)):
        found = of(id, *sites)
        assert id == "IA-16" or (found.value == no_data() and "%" not in found.sentence)
    assert of(id).sentence == no_data()


def test_portals_count_when_confirmed_and_platforms_when_listed() -> None:
    waits = a_site("w", state=None)
    waits = replace(waits, target=replace(waits.target, confirmed=None))
    found = of("IA-1", a_site("a"), a_site("b", state=RunState.FAILED), waits, a_site("c", category=Category.SERVICE))
    assert numbers(found) == (1, 2, 2) and found.value == "1/2（50.0%）" and "另有 1 个等待确认" in found.sentence
    assert numbers(of("IA-2", a_site("a"), a_site("c", category=Category.SERVICE))) == (1, 1, 0)


def test_only_proven_failures_of_level_a_on_pages_block_a_site() -> None:
    unsure = replace(LEVEL_A, outcome=Outcome.CANT_TELL)
    fixed, phone = replace(LEVEL_A, state=IssueState.FIXED), replace(LEVEL_A, variant=Variant.MOBILE)
    document = replace(LEVEL_A, engines=("documents",))
    sites = [a_site(str(n), one) for n, one in enumerate((LEVEL_A, LEVEL_AA, unsure, fixed, phone, document))]
    assert numbers(of("IA-3", *sites, a_site("f", LEVEL_A, state=RunState.FAILED))) == (5, 6, 1)
    for verdict, kept, asked in ((Verdict.CONFIRMED, 0, 0), (Verdict.FALSE_POSITIVE, 1, 1), (Verdict.ACCEPTED, 1, 1)):
        word = Decision(site="x", group=LEVEL_A.group, verdict=verdict, by="王工", why="看过。", made=NOW)
        decided = [a_site("a", LEVEL_A, decisions=(word,)), a_site("b", unsure, decisions=(word,))]
        assert [of("IA-3", one).part for one in decided] == [kept, asked]


def test_a_site_is_blocked_exactly_where_its_board_has_something_of_level_a_to_fix() -> None:
    for site in (*history().sites, *(a_site("a", one) for one in (LEVEL_A, LEVEL_AA, replace(LEVEL_A, outcome=Outcome.CANT_TELL)))):
        told = any(group.level is Level.A for group in board(site, RULES, NOW, ZONE).to_fix)
        assert indicators._blocked(history(), site) == told


def test_relapses_are_told_of_the_rounds_of_which_closed_issues_are_known() -> None:
    assert indicators.CLOSED_TOLD == store_read.CLOSED_TOLD
    spans = {
        "stood": (Span(first="night-7"),),
        "closed": (Span(first="night-7", last="night-3"),),
        "back": (Span(first="night-7", last="night-5"), Span(first="night-2")),
        "twice": (Span(first="night-7", last="night-5"), Span(first="night-4", last="night-2"), Span(first="night-1")),
        "long ago": (Span(first="night-99", last="night-90"), Span(first="night-80")),
    }
    states = {"closed": IssueState.FIXED, "back": IssueState.REOPENED}
    issues = [replace(LEVEL_A, spans=one, state=states.get(name, IssueState.OPEN)) for name, one in spans.items()]
    gone = replace(LEVEL_A, spans=spans["closed"], state=IssueState.PAGE_GONE)
    assert numbers(of("IA-6", a_site("a", *issues, gone)))[:2] == (2, 3)


def facts(**more: object) -> dict[str, object]:
    page = {
        "url": "http://x/", "variant": "desktop", "floats": [], "toolbars": [], "aid": [], "elder": [], "nameless": 0, "pictures": 0,
        "frames": 0, "text": {"chars": 0, "median": 0, "large": 0},
    }  # fmt: skip
    changes = {key: more.pop(key) for key in ("toolbars", "aid") if key in more}
    told = {"start": "http://x/", "rules": {}, "keyboard": [0, 0], "used": 0, "variants": ["desktop"], **more}
    return {"pages": [{**page, **changes}], **told}


def test_captchas_are_found_but_only_people_can_say_whether_another_way_works() -> None:
    noted = facts(rules={"captcha-picture": [1, 2, 3], "captcha-login": [1, 0, 0]})
    found = of("IA-8", a_site("a", noted=noted))
    assert numbers(found) == (None, 7, 0) and found.value == no_data()
    assert "图形验证码 6 处，其中没有其他方式的 1 处，附近有其他方式、要人试用的 2 处" in found.told
    assert "待填报（市行政审批服务局" in indicators.told("IA-8", found)
    assert "没有见到图形验证码" in of("IA-8", a_site("a", noted=facts())).sentence


def test_toolbars_are_depended_on_where_the_bare_page_fails() -> None:
    equipped = facts(aid=[{"url": "", "words": "无障碍"}])
    own = replace(LEVEL_A, rule="toolbar-trap")
    rules = {**RULES, "toolbar-trap": replace(RULES["image-alt"], id="toolbar-trap")}
    sites = (a_site("a", LEVEL_A, noted=equipped), a_site("b", own, noted=equipped), a_site("c", LEVEL_A, noted=facts()), a_site("d"))
    found = counted(replace(history(), rules=rules), "IA-9", sites)
    assert found is not None and numbers(found) == (1, 2, 1)


def test_rows_for_old_age_are_counted_and_what_a_person_must_see_is_not_met() -> None:
    noted = facts()
    rows = [row for row in miit.rows(noted) if row.requirement.document == "附件1"]
    states = [row.state for row in rows]
    found = of("IA-10", a_site("a", noted=noted), a_site("b", noted=noted), a_site("c"))
    whole = len(rows) - states.count(miit.RowState.ABSENT)
    assert numbers(found) == (2 * states.count(miit.RowState.PASS), 2 * whole, 1)
    assert found.value == f"{found.part} 项（共涉及 {2 * whole} 项）" and "%" not in found.sentence and "没有算作符合" in found.sentence


def test_documents_that_were_not_read_are_neither_good_nor_bad() -> None:
    read = [Coverage(url=f"http://x/{n}.pdf", final_url=f"http://x/{n}.pdf", state=State.NOT_HTML, engines=("documents",)) for n in (1, 2)]
    waits = Coverage(url="http://x/3.pdf", state=State.NOT_HTML)
    bad = replace(issue(1, "image-alt", "http://x/1.pdf", LOGO), rule="file-untagged", engines=("documents",))
    found = of("IA-11", a_site("a", bad, coverage=(*read, waits)))
    assert numbers(found) == (1, 2, 1) and "另有 1 份没有抽到" in found.sentence


def test_failed_audits_are_told_with_their_reasons() -> None:
    shut = replace(a_site("b", state=RunState.FAILED), runs=(run("b", 0, RunState.FAILED, {State.CHALLENGE: 3}),))
    found = of("IA-16", a_site("a"), shut, a_site("c", state=None))
    assert numbers(found) == (1, 2, 1) and "尝试访问的网页 12 页，未能检测的 3 页（遇到安全验证 3 页）" in found.sentence


def test_what_nobody_counts_says_who_has_to_report_it_or_what_has_to_come_first() -> None:
    told = indicators.values(history())
    assert list(told) == list(definitions())
    assert told["IA-13"] == "尚无数据：待填报（市委宣传部等）" and told["IA-5"].startswith("尚无数据：有督办案件以后才有")


# ---------------------------------------------------------------------------------------------- places

REGIONS = (
    Region(id="370800", name="济宁市"),
    Region(id="370871", name="高新区", parent="370800"),
    Region(id="370800-tbh", name="太白湖新区", parent="370800", local=True),
    Region(id="370881", name="曲阜市", parent="370800"),
    Region(id="370811", name="任城区", parent="370800"),
)


def test_counties_stand_in_the_order_of_their_codes_and_zones_last() -> None:
    sites = (a_site("a", region="370871"), a_site("b", region="370881"))
    found = places.counties(replace(history(), regions=REGIONS), sites)
    assert [place.name for place in found] == ["济宁市（本级）", "任城区", "曲阜市", "高新区", "太白湖新区"]
    assert [len(place.sites) for place in found] == [0, 0, 1, 1, 0]


def test_departments_stand_by_region_and_unknown_owners_last() -> None:
    owners = {"b": "", "c": "市教育局", "d": "市教育局"}
    sites = (a_site("a", region="370881", owner="曲阜市政府"), *(a_site(id, owner=owner) for id, owner in owners.items()))
    found = places.departments(replace(history(), regions=REGIONS), sites)
    assert [(place.name, len(place.sites)) for place in found] == [("市教育局", 2), ("曲阜市政府", 1), ("主办单位待核", 1)]


def test_the_impact_of_a_group_never_decides_what_blocks() -> None:
    minor = replace(LEVEL_A, impact=Impact.MINOR, element=element("p", "p", ""))
    assert of("IA-3", a_site("a", minor)).part == 0
