"""Who is who: which finding of tonight is which issue of the nights before."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import replace

import pytest
from test_lifecycle import FIXED, HOME, NEW, OPEN, REOPENED, RULES, Nights, a_run, page, picture

from auditor.identity import IDENTITY_VERSION
from auditor.lifecycle import Counts, advance
from auditor.model import STANDING, Element, Finding, Span, State


def test_two_equal_elements_on_one_page_are_two_issues_and_repairing_one_closes_one() -> None:
    city = Nights()
    city.pass_([picture(1), picture(2)])
    assert city.states == {NEW: 2}
    city.pass_([picture(1), picture(2)])
    city.pass_([picture(1)])
    assert city.states == {OPEN: 1, FIXED: 1}
    assert city.pass_([picture(1), picture(2)]) == Counts(open=2, reopened=1)


def test_the_order_in_which_an_engine_reports_does_not_matter() -> None:
    shuffle = random.Random(7).shuffle
    findings = [picture(place, text=f"图{place // 2}") for place in range(40)]
    city = Nights()
    for _ in range(2):
        city.pass_(findings)
    for _ in range(5):
        shuffle(findings)
        city.pass_(findings)
        assert city.written == ()


def test_elements_that_change_places_stay_the_same_issues() -> None:
    city = Nights()
    for _ in range(2):
        city.pass_([picture(1, text="甲"), picture(2, text="乙")])
    city.pass_([picture(1, text="乙"), picture(2, text="甲")])
    assert city.written == ()


def test_a_shared_header_on_five_pages_is_one_group_of_five_issues() -> None:
    pages = [f"{HOME}art/{number}.html" for number in range(5)]
    city = Nights()
    city.pass_([picture(page=url) for url in pages])
    assert len({issue.group for issue in city.issues.values()}) == 1
    assert city.states == {NEW: 5}
    assert city.pass_([picture(page=url) for url in pages[2:]], [page(url=url) for url in pages]) == Counts(open=3, fixed=2)


def test_ids_with_counters_do_not_make_new_issues() -> None:
    city = Nights()
    for night in range(4):
        item = picture(attributes={"src": "/images/a.png", "class": "pic", "id": f"ember{night}81"}, snippet=f'<img id="ember{night}81">')
        city.pass_([item])
    assert [issue.spans for issue in city.issues.values()] == [(Span(first="n1"),)]


def test_a_rewritten_class_is_known_by_place_and_snippet() -> None:
    """Second step: the component got another identity, but path and snippet are as they were."""
    city = Nights()
    city.pass_([picture()])
    city.pass_([picture(attributes={"src": "/images/a.png", "class": "figure"})])
    assert city.only.state is OPEN


@pytest.mark.parametrize("between", [[], [[]]])
def test_a_half_repaired_element_is_known_by_its_id(between: list[list[Finding]]) -> None:
    """Somebody gave the field a name and a role, not the label it needs: the same barrier, standing or come back."""
    city = Nights()
    city.pass_([picture(1, attributes={"id": "sfzh"}, snippet="<input id=sfzh>")])
    for findings in between:
        city.pass_(findings)
    city.pass_([picture(3, attributes={"id": "sfzh", "name": "id", "role": "textbox"}, text="身份证", snippet="<input id=sfzh name=id>")])
    assert city.only.state is (REOPENED if between else OPEN)


def test_a_moved_element_is_known_by_its_words() -> None:
    """Third step: an equal one before it went, so that its number changed, and so did its path and snippet."""
    city = Nights()
    city.pass_([picture(1, text="图"), picture(2, text="图", snippet="<img id=second>")])
    city.pass_([picture(5, text="图", snippet="<img id=third>")])
    assert city.states == {OPEN: 1, FIXED: 1}


def test_rewritten_words_are_known_by_the_picture_and_the_place() -> None:
    """Fourth step: the pictures carry other words, each is what it was."""
    city = Nights()
    city.pass_([picture(place, text=f"旧闻{place}", snippet=f"旧{place}") for place in (1, 2, 3)])
    counts = city.pass_([picture(place, text=f"新闻{place}", snippet=f"新{place}") for place in (1, 2, 3)])
    assert counts == Counts(open=3)
    assert [issue.element.text for issue in city.issues.values()] == ["新闻1", "新闻2", "新闻3"]


def test_news_that_take_turns_are_one_standing_issue_and_no_coming_and_going() -> None:
    """Standing issues go before closed ones: the title that returns continues the issue of the one that left."""
    city = Nights()
    city.pass_([picture(1, text="甲"), picture(2, text="乙")])
    assert city.pass_([picture(2, text="乙")]) == Counts(open=1, fixed=1)
    assert city.pass_([picture(1, text="甲")]) == Counts(open=1)
    assert city.pass_([picture(1, text="甲"), picture(2, text="乙")]) == Counts(open=2, new=1)


def test_closed_issues_do_not_come_back_by_their_group_alone() -> None:
    city = Nights()
    city.pass_([picture(text="旧")])
    city.pass_([])
    city.pass_([picture(4, text="全新", snippet="<img new>")])
    assert city.states == {FIXED: 1, NEW: 1}


def test_issues_on_other_pages_or_of_other_rules_are_never_taken_for_each_other() -> None:
    city = Nights()
    city.pass_([picture()])
    city.pass_([picture(page=HOME + "b"), picture(rule="label")])
    assert city.states == {FIXED: 1, NEW: 2}


def test_issues_of_an_older_identity_live_on() -> None:
    first = advance((), a_run(1, [picture(1), picture(2)]), catalogue=RULES)
    old = [replace(issue, group="x", instance=f"x{issue.id}", identity_version=IDENTITY_VERSION - 1) for issue in first.changed]
    changed, counts = advance(old, a_run(2, [picture(1), picture(2)]), catalogue=RULES)
    assert counts == Counts(open=2)
    assert [(issue.id, issue.group, issue.instance, issue.state) for issue in changed] == [
        (issue.id, issue.group, issue.instance, OPEN) for issue in first.changed
    ]
    unseen, _ = advance(old, a_run(2, [], []), catalogue=RULES)
    assert [issue.identity_version for issue in unseen] == [IDENTITY_VERSION] * 2


# ---------------------------------------------------------------------------------------------- likeness


def link(place: int, text: str, href: str, *, wrapper: str = "", **attributes: str) -> Finding:
    """An item of a list of news."""
    told = {"href": href, "class": "title"} | attributes
    item = Element(
        tag="a", selector=f"li:nth-of-type({place}) > a", xpath=f"/html/body{wrapper}/ul/li[{place}]/a", name=text, text=text,
        snippet=f'<a href="{href}" class="{told["class"]}">{text}</a>', attributes=told, ancestors=({"tag": "li"}, {"tag": "ul"}),
    )  # fmt: skip
    return replace(picture(rule="link-name"), element=item)


TITLE, ADDRESS = "我市召开全民健身工作会议", "/art/2026/11/23/art_12_301.html"
OLD = [link(1, TITLE, ADDRESS), link(2, "高新区新建三所幼儿园", "/art/2026/11/23/art_12_302.html")]


def followed(before: list[Finding], after: list[Finding]) -> dict[str, str]:
    """What an issue said on the first night -> what it says on the second, of those that stand on both."""
    first = advance((), a_run(1, before), catalogue=RULES).changed
    then = {issue.id: issue.element.text or issue.element.xpath for issue in first}
    second = {issue.id: issue for issue in (*first, *advance(first, a_run(2, after), catalogue=RULES).changed)}
    return {said: second[name].element.text or second[name].element.xpath for name, said in then.items() if second[name].state in STANDING}


@pytest.mark.parametrize("after", [
    pytest.param([link(1, TITLE, ADDRESS, **{"class": "news-item__a1b2c"})], id="other classes"),
    pytest.param([link(1, "我市召开全民健身工作会", ADDRESS)], id="words corrected"),
    pytest.param([link(1, "全民健身：今日看点", ADDRESS)], id="another title, the same address"),
    pytest.param([link(1, TITLE, f"https://www.example.gov.cn{ADDRESS}?v=9")], id="an absolute address"),
    pytest.param([link(7, TITLE, ADDRESS, wrapper="/div[3]", target="_blank")], id="moved"),
    pytest.param([link(1, TITLE + "（128）", ADDRESS)], id="a counter"),
])  # fmt: skip
def test_a_changed_element_is_known_by_what_it_says_and_where_it_leads(after: list[Finding]) -> None:
    assert followed(OLD[:1], after) == {TITLE: after[0].element.text}


def test_other_news_in_the_same_list_are_other_barriers() -> None:
    news = [link(1, "第七届文化节开幕", "/art/2026/11/24/art_9_417.html"), link(2, "供热设施检修公告", "/art/2026/11/24/art_9_418.html")]
    assert followed(OLD, news) == {}
    rolled = [news[0], link(2, TITLE, ADDRESS)]
    assert followed(OLD, rolled) == {TITLE: TITLE}


def test_another_picture_in_the_same_place_is_another_barrier() -> None:
    before = picture(attributes={"src": "/upload/201.png", "class": "pic"}, snippet='<img src="/upload/201.png">')
    after = picture(attributes={"src": "/upload/f7c2.png", "class": "pic"}, snippet='<img src="/upload/f7c2.png">')
    assert followed([before], [after]) == {}


def test_a_date_is_known_by_its_place_and_rank() -> None:
    """Numbers say nothing of an element that stands where it stood."""
    before = [picture(place, text=f"2026-11-0{place}", attributes={}, snippet=f"<i>{place}</i>") for place in (1, 2, 3)]
    after = [picture(place + 1, text=f"2026-12-1{place}", attributes={}, snippet=f"<i>1{place}</i>") for place in (1, 2, 3)]
    assert followed(before, after) == {f"2026-11-0{place}": f"2026-12-1{place}" for place in (1, 2, 3)}


def test_of_equals_that_stay_where_they_are_the_repaired_one_is_fixed() -> None:
    city = Nights()
    for _ in range(2):
        city.pass_([picture(place) for place in (1, 2, 3, 4)])
    city.pass_([picture(place) for place in (1, 3, 4)])
    assert [issue.element.xpath for issue in city.issues.values() if issue.state is FIXED] == ["/html/body/div/img[2]"]


def test_equals_that_all_moved_on_keep_their_order() -> None:
    city = Nights()
    city.pass_([picture(place) for place in (1, 2, 3)])
    city.pass_([picture(place) for place in (2, 3, 4)])
    assert city.states == {OPEN: 3}
    assert [issue.element.xpath[-3:] for issue in city.issues.values()] == ["[2]", "[3]", "[4]"]


def test_an_id_that_two_elements_have_tells_neither() -> None:
    def titled(text: str, place: int) -> Finding:
        return picture(place, text=text, attributes={"id": "title"}, snippet=f"<b>{text}</b>", selector=f"b:nth-of-type({place})")

    before = [titled("通知公告", 1), titled("政策文件", 2)]
    assert followed(before, [titled("政策文件", 1), titled("通知公告", 2)]) == {"通知公告": "通知公告", "政策文件": "政策文件"}


def test_the_title_of_a_page_is_one_whatever_it_says() -> None:
    def title(text: str) -> Finding:
        item = Element(selector="head > title", xpath="/html/head/title", snippet=f"<title>{text}</title>", tag="title", text=text)
        return replace(picture(), element=item)

    assert followed([title("首页")], [title("欢迎光临本网站")]) == {"首页": "欢迎光临本网站"}


def test_likeness_does_not_cross_frames() -> None:
    inside = [replace(item, element=replace(item.element, selector=f"iframe#news >>> {item.element.selector}")) for item in OLD]
    assert followed(OLD, inside) == {}


@pytest.mark.timeout(60)
def test_thousands_of_changed_findings_are_matched_in_near_linear_time() -> None:
    """A page whose titles, addresses and classes all changed: nothing exact is left, and every property is shared by many."""

    def seconds(count: int) -> float:
        before = [link(place, f"关于第{place}批项目的公示", f"/art/{place}/a.html") for place in range(count)]
        after = [link(place + 1, f"关于第{place + count}批项目公示", f"/art/{place}/a.html", **{"class": "t2"}) for place in range(count)]
        first = advance((), a_run(1, before), catalogue=RULES).changed
        begun = time.process_time()
        advance(first, a_run(2, after), catalogue=RULES)
        return time.process_time() - begun

    small, large = seconds(250), seconds(2000)
    assert large < 8 * small * 4 + 1.0


# ---------------------------------------------------------------------------------------------- whatever happens


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_nothing_is_lost_and_spans_are_in_order(seed: int) -> None:
    """Random nights: every finding belongs to exactly one standing issue, and a life is a row of spans that do not touch."""
    chance = random.Random(seed)
    city = Nights()
    pages = [f"{HOME}{number}" for number in range(4)]
    for _ in range(12):
        ends = [State.AUDITED, State.AUDITED, State.TIMEOUT, State.GONE, State.NOT_SAMPLED]
        ledger = [page(chance.choice(ends), url=url) for url in pages]
        findings = [
            picture(place, page=entry.url, text=chance.choice(["", "图一", "图二"]), rule=chance.choice(RULES))
            for entry in ledger if entry.state is State.AUDITED for place in chance.sample(range(6), chance.randrange(6))
        ]  # fmt: skip
        counts = city.pass_(findings, ledger)
        standing = [issue for issue in city.issues.values() if issue.state in STANDING]
        audited = {entry.url for entry in ledger if entry.state is State.AUDITED}
        assert Counter((item.page, item.rule) for item in findings) == Counter(
            (issue.page, issue.rule) for issue in standing if issue.page in audited
        )
        assert counts.open == len(standing)
        for issue in city.issues.values():
            edges = [int(edge[1:]) for span in issue.spans for edge in (span.first, span.last) if edge is not None]
            assert edges == sorted(set(edges))
            assert (issue.spans[-1].last is None) == (issue.state in STANDING)


def test_a_thousand_equal_findings_per_page_are_each_followed() -> None:
    findings = [picture(place, page=f"{HOME}{number}") for number in range(3) for place in range(1000)]
    city = Nights()
    city.pass_(findings)
    assert city.pass_(findings) == Counts(open=3000)
