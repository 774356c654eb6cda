"""The report for a site's owner answers what first, where, how, how much work, since when, and what was not tested."""

from __future__ import annotations

import resource
from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup, Tag
from histories import HOSTILE, LOGO, NOW, RULES, ZONE, city_portal, element, history, hostile_history, issue, rendered, said, soup

from auditor.model import Coverage, History, Issue, IssueState, Outcome, Platform, Profile, Reach, SiteHistory, Span, State
from checks import judge
from checks.editions import parse
from reports import cards as cards_file
from reports import lists, text, untested, words
from reports import site as site_report
from reports.cards import Cards
from reports.efforts import Size, effort
from reports.grouping import Group, board
from reports.hearing import SPOKEN, heard
from reports.pages import LARGEST, paragraph
from reports.proofs import command
from reports.repairs import propose


def alone(site: SiteHistory) -> History:
    return replace(history(), sites=(site,))


def groups(*issues: Issue) -> tuple[Group, ...]:
    return board(replace(city_portal(), issues=issues, decisions=()), RULES, NOW, ZONE).to_fix


def first_card(site: SiteHistory) -> str:
    card = BeautifulSoup(dict(site_report.render(alone(site)))["sites/shi.html"], "lxml").select_one("article.card")
    assert isinstance(card, Tag)
    return " ".join(card.get_text(" ", strip=True).split())


# ---------------------------------------------------------------------------------------------- one card


def test_a_card_answers_what_an_owner_asks() -> None:
    shown = first_card(city_portal())
    for expected in (
        "谁会受阻： 使用读屏软件的盲人", "位于 页头 角色 图片（img） 名称 没有名称", "这一处现在的代码",
        'alt="【图片的内容，图上有文字的一并写入】"',
        "工作量：小。 40 页上的代码相同，改模板或者共用部件一处，各页随之改好。", "对人的影响：完全受阻（×10.00）",
        "准则级别：A 级（×1.50）",
        "优先分",
        "WCAG 2.2：1.1.1 非文本内容，A 级", "GB/T 37668-2019 中对应的条款还没有经人核对原文，暂不列出。", "按 Ctrl+F5 刷新", "auditor page http://www.shi.gov.cn/col/col7/index.html",
    ):  # fmt: skip
        assert expected in shown, expected
    order = [shown.index(part) for part in ("谁会受阻", "在哪里", "怎样修复", "怎样核实", "对应的准则")]
    assert order == sorted(order), "who is shut out comes before which rule is broken"


def test_what_came_back_says_how_often() -> None:
    portal = city_portal()
    spans = (Span(first="night-9", last="night-7"), Span(first="night-3"))
    again = tuple(replace(one, spans=spans, state=IssueState.REOPENED) for one in portal.issues if one.rule == "image-alt")
    assert "消失后又出现 合计 40 次" in first_card(replace(portal, issues=again[:40]))


def test_clauses_of_chinese_standards_are_shown_once_a_person_has_confirmed_them(monkeypatch: pytest.MonkeyPatch) -> None:
    table = """
        [[edition]]
        id = "gb"
        number = "GB/T 37668-2019"
        title = "t"
        status = "in-force"
        starts = 2020-03-01
        mark = "V2"
        source = "s"
        [[edition.clause]]
        number = "3.2.1.3"
        title = "非文本控件"
        level = "一级"
        criteria = ["1.1.1"]
        mark = "V2"
        confirmed = {by = "王工", date = 2026-11-20}
    """
    known = parse(table)
    asked: list[date] = []

    def clauses(number: str, on: date) -> object:
        asked.append(on)
        return (clause for clause in known["gb"].clauses if number in clause.criteria)

    monkeypatch.setattr(cards_file, "clauses", clauses)
    monkeypatch.setattr(cards_file, "editions", lambda: known)
    assert "GB/T 37668-2019 3.2.1.3 非文本控件，一级" in first_card(city_portal()) and set(asked) == {date(2026, 11, 23)}


def test_the_command_to_check_again_is_safe_to_paste() -> None:
    (one,) = groups(issue(1, "image-alt", "http://www.shi.gov.cn/a?b=1&c='$(rm)'#step", LOGO))
    assert command(one) == """auditor page 'http://www.shi.gov.cn/a?b=1&c='"'"'$(rm)'"'"''"""
    (bad,) = groups(issue(1, "image-alt", "javascript:alert(1)", LOGO))
    assert command(bad) == ""


# ---------------------------------------------------------------------------------------------- what is heard, and how much work


@pytest.mark.parametrize(
    ("where", "role", "name", "state"),
    [
        (element("a", "a", "", href="/"), "链接（link）", "没有名称", "没有特别的状态"),
        (element("a", "a", ""), "没有角色，只当作普通文字", "没有名称", "没有特别的状态"),
        (element("h", "h3", "", name="公告"), "标题（heading，3 级）", "“公告”", "没有特别的状态"),
        (element("i", "input", "", type="checkbox", checked="", required=""), "复选框（checkbox）", "没有名称", "已选中、必填"),
        (element("d", "div", "", role="button", **{"aria-expanded": "false"}), "按钮（button）", "没有名称", "已收起"),
        (element("i", "img", "", alt=""), "图片（img）", "空（作为装饰略过不读）", "没有特别的状态"),
        (element("x", "div", "", role=HOSTILE), text.line(HOSTILE.lower().split()[0], 40), "没有名称", "没有特别的状态"),
    ],
)
def test_a_screen_reader_is_given_role_name_and_state(where: object, role: str, name: str, state: str) -> None:
    told = heard(where)  # type: ignore[arg-type]
    assert told is not None and (told.role, told.name, told.state) == (role, name, state)


def test_the_way_to_an_element_is_told_from_the_outside_in() -> None:
    above = ({"tag": "a"}, {"tag": "li"}, {"tag": "ul"}, {"tag": "div", "role": "menu"})
    where = replace(element("i", "img", "navigation"), ancestors=above)
    told = heard(where)
    assert told is not None and told.path == ("导航", "菜单", "列表", "列表项")
    assert heard(element("html", "html", "")) is None
    assert set(words.ROLE) <= set(SPOKEN)


def test_work_is_small_where_one_template_mends_all_and_more_where_people_must_write() -> None:
    (shared,) = groups(*(issue(n, "image-alt", f"http://www.shi.gov.cn/{n}", LOGO) for n in range(30)))
    told = effort(shared, RULES["image-alt"], propose("image-alt", LOGO))
    assert told.size is Size.SMALL and "30 页上的代码相同" in told.reason
    field = element("#q", "input", "main", id="q")
    (many,) = groups(*(issue(n, "image-alt", "http://www.shi.gov.cn/", replace(field, snippet=f"<input id={n}>")) for n in range(11)))
    told = effort(many, RULES["image-alt"], propose("label", field))
    assert told.size is Size.MEDIUM and "11 种不同的内容，每一处都要由了解内容的人补写" in told.reason
    assert effort(replace(many, rule="video-caption"), None, None).size is Size.LARGE
    used = replace(RULES["image-alt"], engines=("interaction",))
    assert effort(shared, used, None).size is Size.MEDIUM
    assert effort(replace(shared, rule="x"), None, None).size is Size.SMALL
    (unknown,) = groups(issue(1, "region", "http://a/", LOGO))
    assert effort(unknown, None, None).size is Size.MEDIUM


# ---------------------------------------------------------------------------------------------- what belongs together


def test_what_is_repaired_in_one_go_stands_together_by_part_template_and_vendor() -> None:
    pages_ = [f"http://www.shi.gov.cn/art/{n}" for n in range(3)]
    ledger = tuple(Coverage(url=url, state=State.AUDITED, url_key="art", dom_key="d", title="文章", platform="tr") for url in pages_)
    ledger += tuple(Coverage(url=f"http://www.shi.gov.cn/more/{n}", state=State.NOT_SAMPLED, url_key="art") for n in range(7))
    issues = (issue(1, "image-alt", pages_[0], LOGO), issue(2, "color-contrast", pages_[1], LOGO), issue(3, "region", pages_[1], LOGO))
    site = replace(city_portal(), issues=issues, coverage=ledger, decisions=())
    known = replace(alone(site), platforms={"tr": Platform(id="tr", name="云平台", vendor="某厂商", mark="V")})
    table = BeautifulSoup(dict(site_report.render(known))["sites/shi.html"], "lxml").select_one("#together table tbody")
    assert isinstance(table, Tag)
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
    assert [row[0] for row in rows] == ["页面部件", "页面模板", "建站平台"]
    assert rows[0][1:] == ["页头", "3", "1、2、3", "查到 2 页；按同一模板推算约 7 页（2 至 9 页）", "完全受阻"]
    assert "相同的模板（已知 10 页）" in rows[1][1] and rows[2][1] == "某厂商：云平台（推断，请核对）"


# ---------------------------------------------------------------------------------------------- what was not tested


def test_what_was_not_tested_is_told_in_one_place_with_why_and_what_to_do() -> None:
    section = soup("sites/shi.html").select_one("#untested")
    assert isinstance(section, Tag)
    shown = " ".join(section.get_text(" ", strip=True).split())
    for expected in ("网页：打开超时 2 个地址", "网页：超出本次检测量 25 个地址", "手机版、长者版", "4 条中的 1 条：1.4.10 反复滚动",
                     "程序不能代替残疾人试用", "都不能算作“没有障碍”"):  # fmt: skip
        assert expected in shown, expected
    failed = list(untested.rows(history(), next(site for site in history().sites if site.target.site.id == "hall"), doubts=False))
    assert any(row[3] == "等下一次检测；这些条仍要由人检查" for row in failed), "what was not seen is not called free of doubt"
    assert failed[0][0] == "整个网站" and "域名 www.hall.gov.cn 无法解析" in failed[0][2]


def test_the_section_for_people_is_named_only_where_there_is_one() -> None:
    reach = tuple(replace(one, reach=Reach.CANT_TELL) for one in history().reach)
    whole = replace(history(), reach=reach)
    told = {doubts: {row[3] for row in untested.rows(whole, city_portal(), doubts=doubts)} for doubts in (True, False)}
    there, none = "见“需要人工判断”一节", "本站这次没有查到可疑之处；这些条仍要由人检查"
    assert there in told[True] and none not in told[True] and none in told[False] and there not in told[False]


def test_engines_that_did_not_answer_are_named_with_the_pages() -> None:
    entry = Coverage(url="http://a/", state=State.AUDITED, engines=("axe", "auditor", "layout"), silent_frames=("#f",))
    site = replace(city_portal(), coverage=(entry, replace(entry, url="http://b/", engines=("axe", "layout", "interaction"))))
    assert untested.silent(site) == {"axe": (0, 2), "auditor": (1, 2), "layout": (0, 2), "interaction": (1, 2)}
    unknown = replace(entry, url="http://c/", engines=(), silent_frames=())
    assert untested.silent(replace(site, coverage=(*site.coverage, unknown))) == untested.silent(site), "nothing is known of it"
    assert set(untested.ENGINES) == {engine.name for engine in judge.engines()}, "every engine has its words"
    told = {row[0]: row[1] for row in untested.rows(history(), site, doubts=True)}
    assert told["代码和画面检查（本项目）"] == "2 页中的 1 页" and told["键盘、表单和弹窗试用"] == "2 页中的 1 页"
    assert told["网页里的一部分"] == "2 处框架或封闭的组件" and "代码检查（axe-core）" not in told
    small = replace(site, target=replace(site.target, profile=Profile.AXE))
    assert {row[0]: row[1] for row in untested.rows(history(), small, doubts=False)}["代码和画面检查（本项目）"] == "全部网页"


# ---------------------------------------------------------------------------------------------- the page for the head of a department


def test_the_page_for_the_manager_has_no_technical_words_and_fits_a_screen() -> None:
    for path in (path for path in rendered() if path.endswith(".brief.html")):
        shown = said(path)
        for word in ("WCAG", "alt", "aria", "ARIA", "HTML", "CSS", "image-", "准则", "选择器", "A 级", "AA 级", "GB/T"):
            assert word not in shown, (path, word)
        assert len(shown) < 1500, path
        assert "自动检测范围内" in shown
    page = said("sites/shi.brief.html")
    assert (
        "查到 4 组需要修复的障碍（同一个部件上的同一种障碍算一组），其中 1 组会使一部分人完全用不了" in page
        and "从“图片没有替代文本”改起" in page
    )
    assert "最近一次没有能够评价" in said("sites/hall.brief.html") and "不表示网站没有障碍" in said("sites/hall.brief.html")
    assert "许多障碍程序看不出来" in said("sites/canlian.brief.html")


# ---------------------------------------------------------------------------------------------- nothing grows without bounds


def big_site(issues: int, components: int) -> SiteHistory:
    portal = city_portal()
    places = [element(f"#x{n}", "a", "main", f'<a id="x{n}">', id=f"x{n}") for n in range(components)]
    pattern = issue(0, "color-contrast", "http://www.shi.gov.cn/", places[0])
    made = tuple(
        replace(
            pattern, id=f"i{n}", instance=f"n{n}", page=f"http://www.shi.gov.cn/p{n // components}", element=places[n % components],
            group=f"{n % components:032x}", outcome=Outcome.CANT_TELL if n % components % 3 == 0 else Outcome.FAILED,
        )
        for n in range(issues)
    )  # fmt: skip
    ledger = tuple(Coverage(url=f"http://www.shi.gov.cn/p{n}", state=State.AUDITED, url_key="p", dom_key="d") for n in range(20_000))
    return replace(portal, issues=made, coverage=ledger, decisions=())


@pytest.mark.slow
@pytest.mark.parametrize("components", [40, 20_000])
def test_a_site_with_a_hundred_thousand_issues_opens_at_once_and_no_page_is_too_long(components: int) -> None:
    known = alone(big_site(100_000, components))
    (site,) = known.sites
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path, content = next(site_report.render_site(known, site, "sites/shi.html"))
    assert path == "sites/shi.html" and "先改这十组" in content.decode() and len(content) < 300_000
    pages = kept = 0
    for path, content in site_report.render_site(known, site):
        assert len(content) < 300_000, path
        pages += 1
        kept = max(kept, len(content))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert pages > 200 and grown < 250, f"{pages} pages, {grown:.0f} MB more"


def test_one_page_of_a_long_list_is_made_without_those_before_it() -> None:
    made: list[int] = []

    def full(place: int) -> object:
        made.append(place)
        return paragraph(str(place))

    listing = lists.Listing(path="sites/a.list", title="t", count=1000, each=10, unit="组", full=full, short=full)  # type: ignore[arg-type]
    ((path, content),) = lists.write(listing, "sites/a.list.50.html")
    assert path == "sites/a.list.50.html" and made == list(range(490, 500)) and "第 50 页，共 100 页" in content.decode()
    page = BeautifulSoup(content, "lxml")
    names = [str(link["href"]) for link in page.select("nav a")]
    shifted = replace(listing, before=10)
    assert listing.ranges[0][0] == "第 1—20 组" and shifted.ranges[-1][0] == "第 991—1,010 组"
    assert {"a.list.49.html", "a.list.51.html", "a.list.html", "a.list.99.html"} <= set(names) and len(listing.ranges) <= lists.RANGES


def test_items_that_are_too_long_give_way_to_short_ones_so_that_a_page_stays_bounded() -> None:
    long = paragraph("字" * 30_000)
    listing = lists.Listing(
        path="sites/a.l", title="t", count=25, each=25, unit="组", full=lambda _: long, short=lambda n: paragraph(f"短{n}")
    )  # fmt: skip
    ((_, content),) = lists.write(listing)
    assert len(content) < LARGEST + 20_000 and "短24" in content.decode() and "字字" in content.decode()


def test_what_stands_for_a_long_item_is_short_whatever_the_page_wrote() -> None:
    known = hostile_history()
    (site,) = known.sites
    group = board(site, known.rules, known.now, known.timezone).to_fix[0]
    assert len(Cards(known, site).short(group, 1).encode()) < LARGEST / 25
    awful = Coverage(url="http://evil.gov.cn/" + "\u202e" * 3000, state=State.TIMEOUT, title=HOSTILE * 99, reason=HOSTILE * 99)
    many = replace(site, coverage=tuple(replace(awful, url=f"{awful.url}{n}") for n in range(301)))
    assert all(len(content) < 300_000 for _, content in site_report.render_site(known, many))
