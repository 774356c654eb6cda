"""Reports say what is known, in plain Chinese, and count it rightly; where nothing could be judged they say that instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from histories import NOW, RULES, ZONE, city_portal, element, history, rendered, said, soup, target

import reports
from auditor.model import Category, Decision, Impact, IssueState, Level, Outcome, RoundSummary, RunState, SiteHistory, Span, State, Verdict
from reports import city, nights, open_data, words
from reports import site as site_report
from reports.grouping import board

# ---------------------------------------------------------------------------------------------- what every file is like


def test_every_report_file_registers_itself_by_its_name() -> None:
    assert set(reports.reports()) == {
        "about", "assessment", "catalogue", "city", "night", "notice", "open_data", "site", "trends",
    }  # fmt: skip


def test_the_files_are_the_city_every_site_every_plan_the_indicators_and_one_style_sheet() -> None:
    sites = {f"sites/{site.target.site.id}{kind}.html" for site in history().sites for kind in ("", ".brief")}
    letters = {"sites/shi.notice.docx"}
    city = {"index.html", "indicators.html", "night.html", "plan-jining-145.html", "trends.html", "about.html", "data/index.html"}
    assert set(rendered()) == {*city, "style.css"} | sites | letters


def test_a_report_of_the_same_history_is_the_same_to_the_byte() -> None:
    assert dict(reports.render(history())) == rendered()


def test_what_is_written_site_by_site_is_what_is_written_at_once() -> None:
    known = history()
    of_sites = {
        path: content for site in known.sites for path, content in reports.of_single_sites(replace(known, sites=(site,)))
    }  # fmt: skip
    assert of_sites.keys().isdisjoint(path for path, _ in reports.of_all_sites(known))
    assert of_sites | dict(reports.of_all_sites(known)) == rendered()
    shown = [reports.pictures(replace(known, sites=(site,))) for site in known.sites]
    assert set().union(*shown) == reports.pictures(known)


@pytest.mark.parametrize("path", [path for path in rendered() if path.endswith(".html")])
def test_every_page_has_one_title_a_language_landmarks_and_headings_in_order(path: str) -> None:
    page = soup(path)
    assert page.html is not None and page.html["lang"] == "zh-CN"
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert page.find("main") and page.find("header") and page.find("footer") and page.find("nav")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert not page.find_all(["script", "style", "iframe", "form"]) and not page.find_all(style=True)


@pytest.mark.parametrize("path", [path for path in rendered() if path.endswith(".html")])
def test_every_page_says_what_it_is_and_what_it_is_not(path: str) -> None:
    shown = said(path)
    assert "自动检测范围内的监测结果" in shown
    assert "不是国家的无障碍信息评测、标识或者认证" in shown
    assert not re.search("[!！]", shown)


def test_every_link_and_picture_inside_the_report_leads_to_something() -> None:
    shown = reports.pictures(history())
    for path in (path for path in rendered() if path.endswith(".html")):
        page = soup(path)
        targets = [tag["href"] for tag in page.find_all("a")] + [tag["src"] for tag in page.find_all("img")]
        for target_ in targets:
            if str(target_).startswith("http"):
                continue
            place, _, anchor = str(target_).partition("#")
            whole = str(Path(*_steps(Path(path).parent / place))) if place else path
            if whole.startswith("pictures/"):
                assert Path(whole).stem in shown
                continue
            if whole in open_data.PATHS:  # written beside the pages
                continue
            assert whole in rendered()
            assert not anchor or soup(whole).find(id=anchor) is not None


def _steps(path: Path) -> list[str]:
    steps: list[str] = []
    for part in path.parts:
        if part == "..":
            steps.pop()
        else:
            steps.append(part)
    return steps


def test_exactly_the_pictures_that_pages_show_are_asked_for() -> None:
    shown = {Path(str(image["src"])).stem for path in rendered() if path.endswith(".html") for image in soup(path).find_all("img")}
    assert shown == reports.pictures(history()) != set()


# ---------------------------------------------------------------------------------------------- the city page


def rows_of(page: BeautifulSoup, caption: str) -> dict[str, list[str]]:
    """First cell -> the other cells of the table with that caption."""
    table = next(table for table in page.find_all("table") if table.caption and caption in table.caption.get_text())
    body = (row.find_all(["th", "td"]) for row in table.find_all("tr") if row.find_parent("thead") is None)
    return {cells[0].get_text(" ", strip=True).split(" ")[0]: [cell.get_text(" ", strip=True) for cell in cells[1:]] for cells in body}


def test_the_city_page_names_the_last_night_in_local_time() -> None:
    assert "最近一晚：2026年11月23日 02:00 至 03:12。" in said("index.html")
    assert soup("index.html").title.get_text() == "济宁市网站信息无障碍监测"  # type: ignore[union-attr]


def test_a_site_row_shows_pages_groups_by_impact_and_the_change_of_the_night() -> None:
    row = rows_of(soup("index.html"), "列入监测")["某市人民政府"]
    assert row == ["已检测 2026年11月23日", "40 / 73", "1", "1", "2", "0", "6", "1", "2"]


def test_a_site_nobody_could_load_shows_no_number_but_the_reason() -> None:
    rows = rows_of(soup("index.html"), "列入监测")
    assert "域名 www.hall.gov.cn 无法解析" in rows["某市网上办事大厅"][0]
    assert rows["某市网上办事大厅"][2:] == ["未能评价。已查到的 1 组待核实", "未能评价"]
    assert rows["某县人民政府"][2:] == ["未能评价", "未能评价"]
    assert "只有 6 个能够检测" in rows["某县人民政府"][0]


def test_sites_stand_by_region_code_with_zones_last() -> None:
    names = list(rows_of(soup("index.html"), "列入监测"))
    assert names[0] == "某市人民政府" and names[-2:] == ["某县人民政府", "高新区管委会"]


def test_every_address_is_accounted_for_and_the_sums_are_right() -> None:
    rows = rows_of(soup("index.html"), "各种结果的地址数")
    known = sum(sum(site.runs[0].coverage.values()) for site in history().sites if site.runs) + 2  # one waits, one rests
    assert rows["合计"][0] == str(known)
    states = [int(rows[words.STATE[state]][0]) for state in State if words.STATE[state] in rows]
    kinds = [int(rows[words.KIND[kind]][0]) for kind in words.Kind if words.KIND[kind] in rows]
    assert sum(states) == sum(kinds) == known
    assert rows[words.STATE[State.NOT_CONFIRMED]][0] == rows[words.STATE[State.EXCLUDED]][0] == "1"


def test_sites_that_wait_or_rest_are_listed_with_what_to_do() -> None:
    shown = said("index.html")
    assert "auditor confirm gxq --by 姓名" in shown and "网址来自公开信息，待大数据中心核对。" in shown
    assert "停用检测的站点（1 个）" in shown and "已并入新平台。" in shown and "enabled 改为 true" in shown


def test_goals_quote_the_plan_and_show_numbers_only_where_they_exist() -> None:
    goals = [goal.get_text(" ", strip=True) for goal in soup("index.html").select(".goal")]
    assert "推动各级政府门户网站、办事系统实现无障碍服务。" in goals[0] and "济政字〔2021〕71号" in goals[0] and "三（六）2" in goals[0]
    assert "1/2（50.0%）" in goals[0] and "另有 1 个等待确认" in goals[0]
    assert "1/2（50.0%）" in goals[1] and "没有查实 A 级障碍的 1 个" in goals[1] and "尚无数据" in goals[2]
    assert all("规划和有关文件没有设定" in goal for goal in goals)
    assert "规划期已于2025年12月31日结束" in said("index.html")


def test_without_any_night_nothing_is_invented() -> None:
    sites = (SiteHistory(target=target("gxq", "高新区管委会", confirmed=False)),)
    shown = said("index.html", dict(reports.render(replace(history(), rounds=(), sites=sites))))
    assert "还没有进行过检测" in shown and "网址待确认" in shown
    assert "%" not in shown and "尚无数据" in shown


def test_a_night_still_running_is_said_to_be_running() -> None:
    running = RoundSummary(id="now", started=NOW - timedelta(minutes=5), finished=None, trigger="manual")
    shown = said("index.html", dict(city.render(replace(history(), rounds=(running, *history().rounds)))))
    assert "最近一晚：2026年11月23日 02:00 至 03:12。" in shown
    assert "09:25 开始的检测还没有结束" in shown
    assert next(nights.told(history(), running)) == "最近一次检测：2026年11月23日 09:25 开始，尚未结束。", "by hand is no night"


# ---------------------------------------------------------------------------------------------- the drawing


def test_the_drawing_says_the_same_in_words_numbers_and_lines() -> None:
    chart = soup("sites/shi.html").select_one("figure.chart")
    assert isinstance(chart, Tag)
    assert chart.svg is not None and chart.svg["role"] == "img"
    named = [chart.find(id=one) for one in str(chart.svg["aria-labelledby"]).split()]
    assert all(part is not None and part.get_text() for part in named)
    assert "2026年11月16日有 55 处，2026年11月23日有 48 处" in chart.get_text()
    rows = rows_of(soup("sites/shi.html"), "单位：处")
    assert rows["2026年11月23日"] == ["48", "6", "1", "2", ""]
    assert rows["2026年11月20日"][-1] == "检测规则更换"
    assert len(chart.select("circle")) == len(rows) == 8
    assert len(chart.select("path.break")) == 1


def test_a_site_that_could_not_be_judged_leaves_a_gap_and_no_zero() -> None:
    chart = soup("sites/hall.html").select_one("figure.chart")
    assert isinstance(chart, Tag)
    assert len(chart.select("circle")) == 1 and len(chart.select("path.unjudged")) == 1
    assert rows_of(soup("sites/hall.html"), "单位：处")["2026年11月23日"] == ["未能评价", ""]
    assert "不足以判断趋势" in chart.get_text()


def test_the_city_keeps_the_last_number_of_a_site_that_was_not_judged() -> None:
    last = nights.charted(history())[-1]
    assert last.open == 48 + 3 + 0  # the hall's three of the night before stand on


# ---------------------------------------------------------------------------------------------- a site's page


def cards(path: str = "sites/shi.html") -> list[Tag]:
    return soup(path).select("article.card")


def test_a_defect_of_a_shared_header_is_told_once_with_its_pages() -> None:
    first = cards()[0]
    assert first.h3 is not None and first.h3.get_text() == "1. 图片没有替代文本：页头中的图片 .logo"
    assert "40 页，共 40 处" in first.get_text() and "还有 30 页。" in first.get_text()
    assert len(first.select("ul.pages li")) == 10
    assert sum("图片 .logo" in str(card.h3) for card in cards()) == 1


def test_a_card_says_who_is_shut_out_before_anything_else_and_then_where_and_how() -> None:
    first = cards()[0]
    assert first.h3 is not None
    following = first.h3.find_next_sibling()
    assert isinstance(following, Tag) and following.get_text().startswith("谁会受阻：使用读屏软件的盲人")
    shown = first.get_text(" ", strip=True)
    for expected in (
        "#header > a > img",
        '<img class="logo" src="/images/logo.png">',
        "首次发现 2026年11月3日（20 天前）",
        "最近一次看到 2026年11月23日",
        "请开发单位在模板中修改",
        "怎样核实",
        'alt="换领通知"',
        "WCAG 2.2：1.1.1 非文本内容，A 级",
        "auditor page http://www.shi.gov.cn/col/col7/index.html",
        "栏目7-某市人民政府",
    ):
        assert expected in shown
    assert first.img is not None
    assert first.img["alt"] == "页面“栏目7-某市人民政府”的局部截图，框出了页头中的图片 .logo"


def test_what_to_fix_first_goes_by_the_rank_that_is_shown() -> None:
    headings = [card.h3.get_text() for card in cards() if card.h3][:4]
    assert [heading.split("：")[0] for heading in headings] == [
        "1. 图片没有替代文本",
        "2. 文字与背景的对比度不足",
        "3. 窄屏上要左右滚动",
        "4. 点击区域太小",
    ]
    assert "把握：以前查到，最近一次没有能够复查（×0.50）" in cards()[3].get_text().replace("\n", "")


def test_criteria_carry_help_words_and_mark_names_that_are_our_own() -> None:
    shown = said("sites/shi.html")
    assert "1.4.10 反复滚动（重排），AA 级" in shown
    assert "2.5.8 目标尺寸（最小）（非官方译名），AA 级" in shown


def test_states_are_said_in_words_with_what_was_mended_already() -> None:
    shown = [card.get_text(" ", strip=True) for card in cards()]
    assert "新出现（1 处此前已修复）" in shown[1]
    assert "最近一次未能复查" in shown[3] and "修复后再次出现" in shown[2]


def test_what_comes_and_goes_by_itself_is_marked() -> None:
    known = history()
    place = next(number for number, site in enumerate(known.sites) if site.target.site.id == "shi")
    shi = known.sites[place]
    spans = tuple(Span(first=f"night-{back}", last=f"night-{back - 1}" if back > 3 else None) for back in (9, 6, 3))
    wavering = replace(shi, issues=tuple(replace(issue, spans=spans) for issue in shi.issues))
    sites = (*known.sites[:place], wavering, *known.sites[place + 1 :])
    page = dict(reports.render(replace(known, sites=sites)))["sites/shi.html"].decode()
    assert "时有时无，可能随页面内容变化" in page
    assert "时有时无" not in said("sites/shi.html")


def test_undecided_places_stand_apart_and_are_not_counted_as_to_fix() -> None:
    page = soup("sites/shi.html")
    section = page.find(id="judge")
    assert isinstance(section, Tag) and "需要人工判断（1 组）" in section.get_text()
    assert "如果属实，谁会受阻：" in section.get_text() and "待判断" in section.get_text()
    assert len(section.select("article")) == 1 and "图片 #map" in section.get_text()
    assert "4 组，涉及 40 页：完全受阻 1 组，严重受阻 1 组，部分受阻 2 组" in page.get_text()


def test_only_proven_repairs_are_told_as_fixed() -> None:
    section = soup("sites/shi.html").find(id="fixed")
    assert isinstance(section, Tag)
    assert "图片 #banner" in section.get_text() and "2026年11月22日" in section.get_text() and "2 页，共 2 处" in section.get_text()
    assert "另有 1 处问题因所在页面撤下或者检测规则停用而不再跟踪" in section.get_text()
    assert "#old" not in section.get_text()


def test_a_decision_is_shown_with_who_why_and_until_when_and_ends_on_its_day() -> None:
    section = soup("sites/shi.html").find(id="decisions")
    assert isinstance(section, Tag)
    for expected in ("暂不整改", "飘窗将于年底随改版一并撤下。", "李工", "2026年12月31日", "有效"):
        assert expected in section.get_text()
    later = replace(history(), now=datetime(2026, 12, 31, 16, 30, tzinfo=UTC))  # half past midnight of the new year in Shanghai
    assert len(board(city_portal(), RULES, NOW, ZONE).to_fix) + 1 == len(board(city_portal(), RULES, later.now, ZONE).to_fix)
    assert "已到期" in said("sites/shi.html", dict(site_report.render(later)))


def test_what_a_person_confirmed_is_to_be_fixed_and_what_was_set_aside_is_not() -> None:
    portal = city_portal()
    asked = next(issue for issue in portal.issues if issue.outcome is Outcome.CANT_TELL)
    before = board(portal, RULES, NOW, ZONE)
    for verdict in Verdict:
        said_so = Decision(site="shi", group=asked.group, verdict=verdict, by="王工", why="看过了。", made=NOW)
        after = board(replace(portal, decisions=(*portal.decisions, said_so)), RULES, NOW, ZONE)
        confirmed = verdict is Verdict.CONFIRMED
        assert (len(after.to_fix) - len(before.to_fix), len(after.decided) - len(before.decided)) == ((1, 0) if confirmed else (0, 1))
        assert not after.to_judge
    known = history()
    confirmed_site = replace(portal, decisions=(replace(said_so, verdict=Verdict.CONFIRMED),))
    sites = tuple(confirmed_site if site.target.site.id == "shi" else site for site in known.sites)
    page = said("sites/shi.html", dict(site_report.render(replace(known, sites=sites))))
    assert "，经人工确认" in page and "如果属实" not in page and "确认属实" in page


def test_a_confirmed_barrier_that_is_repaired_is_told_as_fixed() -> None:
    portal = city_portal()
    asked = next(issue for issue in portal.issues if issue.outcome is Outcome.CANT_TELL)
    mended = tuple(replace(issue, state=IssueState.FIXED) if issue is asked else issue for issue in portal.issues)
    word = Decision(site="shi", group=asked.group, verdict=Verdict.CONFIRMED, by="王工", why="看过了。", made=NOW)
    before, after = (board(replace(portal, issues=mended, decisions=made), RULES, NOW, ZONE) for made in ((), (word,)))
    assert asked.group not in {group.id for group in before.fixed} and asked.group in {group.id for group in after.fixed}


def test_an_undecided_place_has_what_a_person_needs_to_decide() -> None:
    card = soup("sites/shi.html").select_one("#judge article")
    assert isinstance(card, Tag)
    assert "窗口宽320像素时的画面。" in [caption.get_text() for caption in card.find_all("figcaption")]
    assert "位于主要内容角色图片（img）名称“map.png”状态没有特别的状态" in card.get_text().replace("\n", "")


def test_the_walk_with_the_tab_key_is_a_picture_and_a_list() -> None:
    section = soup("sites/shi.html").find(id="walk")
    assert isinstance(section, Tag)
    assert "焦点停靠 3 处，其中 1 处看不见焦点，1 处被别的内容盖住。走完最后一处后，焦点离开了网页" in section.get_text()
    assert [item.get_text() for item in section.find_all("li")] == [
        "链接“首页”", "输入框（没有名称），看不见焦点", "按钮“搜索”，被别的内容盖住"
    ]  # fmt: skip
    assert section.img and section.img["alt"]


def test_the_ledger_lists_every_address_with_its_state_and_adds_up() -> None:
    rows = rows_of(soup("sites/shi.html"), "地址清单")
    assert len(soup("sites/shi.html").find(id="coverage-table").find_parent("table").tbody.find_all("tr")) == 73  # type: ignore[union-attr]
    assert rows_of(soup("sites/shi.html"), "最近一次检测：")["合计"][0] == "73"
    assert rows["http://www.shi.gov.cn/art/32.html"] == ["页面不存在", "服务器答复 404。"]


def test_what_could_not_be_looked_into_is_said_with_the_page() -> None:
    told = history()
    sites = [replace(site, coverage=tuple(replace(entry, silent_frames=("#a", "#b")) for entry in site.coverage)) for site in told.sites]
    page = said("sites/shi.html", dict(site_report.render(replace(told, sites=tuple(sites)))))
    assert "页面中有 2 处内容（框架或封闭的组件）读取不到，没有检测。" in page


def test_a_site_that_failed_says_so_first_and_calls_old_findings_old() -> None:
    page = soup("sites/hall.html")
    warning = page.select_one(".warning")
    assert isinstance(warning, Tag) and warning.get_text(strip=True).startswith("未能评价：首页打不开")
    assert "这一次没有核实" in warning.get_text()
    assert "已查到、待核实的问题（1 组）" in page.get_text()
    assert "没有查到需要修复的问题" not in page.get_text()


def test_a_clean_site_is_clean_only_for_the_pages_that_were_seen() -> None:
    shown = said("sites/canlian.html")
    assert "在检测到的 12 页上，没有查到需要修复的问题" in shown and "其中 3 页内容未变" in shown
    assert "没有查到" not in said("sites/xian.html")


def test_a_rule_that_is_no_longer_known_is_named_by_its_id() -> None:
    shown = said("sites/shi.html", dict(site_report.render(replace(history(), rules={}, criteria={}))))
    assert "image-alt：页头中的图片 .logo" in shown and "1.1.1" in shown


# ---------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (words.STATE, State),
        (words.STATE_MEANING, State),
        (words.RUN_STATE, RunState),
        (words.RUN_MEANING, RunState),
        (words.ISSUE_STATE, IssueState),
        (words.IMPACT, Impact),
        (words.CATEGORY, Category),
        (words.VERDICT, Verdict),
        (words.LEVEL, Level),
    ],
)
def test_every_word_of_the_model_has_a_chinese_word(table: Mapping[object, str], kind: type) -> None:
    assert set(table) == set(kind)  # type: ignore[call-overload]
    assert all(re.search(r"[\u4e00-\u9fff]", word) for word in table.values())


def test_dates_lengths_and_shares_read_as_an_official_would_write_them() -> None:
    evening = datetime(2026, 11, 22, 17, 59, tzinfo=UTC)
    assert words.day(evening, ZONE) == "2026年11月23日"
    assert words.span(evening - timedelta(hours=3), evening, ZONE) == "2026年11月22日 22:59 至 2026年11月23日 01:59"
    assert [words.duration(seconds) for seconds in (7, 61, 3600, 4335)] == ["7 秒", "1 分", "1 小时", "1 小时 12 分"]
    assert words.number(12345) == "12,345" and words.share(3, 13) == "3/13（23.1%）"


def test_components_are_named_by_place_kind_and_what_a_webmaster_can_search_for() -> None:
    assert words.component(element("a", "a", "navigation", name="首页")) == "导航中的链接“首页”"
    assert words.component(element("i", "input", "search", type="image", id="go")) == "搜索区中的图片按钮 #go"
    assert words.component(element("d", "div", "", role="button")) == "按钮"
