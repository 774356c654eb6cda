"""Checks over the pages of a site: each catches its bad examples and leaves its good ones alone; silence alone closes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from capturing import Studio, studio, whole
from conftest import Web

from auditor.addresses import url_key
from auditor.audit import _judge, audit
from auditor.lifecycle import advance
from auditor.model import (
    Category,
    Coverage,
    Issue,
    IssueState,
    Judged,
    Level,
    Network,
    Order,
    Outcome,
    Page,
    Profile,
    Progress,
    Run,
    RunState,
    Site,
    State,
    Target,
)
from auditor.plain import dump, load
from checks import judge, sites
from checks.criteria import criteria
from checks.extract import comparable, taken
from checks.probes import backgrounds, picture_text
from checks.site.navigation_order import longest_rising, moved
from checks.survey import EXTRACT_VERSION, Sight, SiteCheck, Survey, example, packed, sight, site_checks, unpacked
from crawlers.journeys import MARK

ALL = [pytest.param(check, id=id) for id, check in site_checks().items()]
HAN = re.compile("[\u3400-\u9fff]")
HOME = "http://www.example.test"
MENU = ("首页 /", "政务公开 /zwgk/", "办事服务 /bsfw/", "互动交流 /hdjl/")
INVERTED = (MENU[0], MENU[2], MENU[1], MENU[3])

# ---------------------------------------------------------------------------------------------- the declarations


@pytest.mark.parametrize("check", ALL)
def test_a_check_catches_its_bad_examples_and_leaves_its_good_ones_alone(check: SiteCheck) -> None:
    assert check.good and (check.bad or check.unsure), "show bad and good"
    for wanted, examples in ((Outcome.FAILED, check.bad), (Outcome.CANT_TELL, check.unsure), (None, check.good)):
        for survey in examples:
            hits = list(check.look(survey))
            met = {hit.outcome for hit in hits if hit.outcome}
            assert met == ({wanted} if wanted else set()), [(hit.page.url, hit.outcome, hit.message) for hit in hits]
            assert all(hit.element is not None and hit.message for hit in hits if hit.outcome)


@pytest.mark.parametrize("check", ALL)
def test_a_check_is_declared_in_both_languages(check: SiteCheck) -> None:
    rule = check.rule
    assert judge.rules()[rule.id] == rule
    assert all(number in criteria() for number in rule.criteria)
    for text in (rule.title, rule.who, rule.verify, *rule.repair):
        assert HAN.search(text) and text.strip() == text
        assert not re.search(r"[\u3400-\u9fff][,;?!]", text), text
    for text in (rule.title_en, rule.who_en, *rule.repair_en):
        assert text and not HAN.search(text), text
    assert rule.repair and len(rule.repair) == len(rule.repair_en)
    assert rule.before and rule.after and rule.before != rule.after


def test_site_rules_are_asked_where_a_site_is_crawled_and_not_by_axe_alone() -> None:
    with_level = {id for id, check in site_checks().items() if check.rule.level is not None}
    for profile in (Profile.STATIC, Profile.FULL):
        assert with_level <= set(judge.asked(Level.AA, profile))
        assert set(site_checks()) <= set(judge.asked(None, profile))
        assert not set(site_checks()) & set(judge.asked(None, profile, site=False))
        assert judge.ruleset_id(Level.AA, profile) != judge.ruleset_id(Level.AA, profile, site=False)
        assert "site" in judge.versions(profile) and "site" not in judge.versions(profile, site=False)
    assert not set(site_checks()) & set(judge.asked(None, Profile.AXE))
    assert judge.ruleset_id(Level.AA, Profile.AXE) == judge.ruleset_id(Level.AA, Profile.AXE, site=False)


# ---------------------------------------------------------------------------------------------- single judgements


def said(check: str, *pages: Sight) -> list[tuple[str, str, str]]:
    """Address, outcome and selector of what a check finds."""
    hits = site_checks()[check].look(example(*pages))
    return [(hit.page.url.removeprefix(HOME), hit.outcome, hit.element.selector) for hit in hits if hit.outcome and hit.element]


@pytest.mark.parametrize("numbers", [[], [1], [1, 2, 3], [3, 2, 1], [2, 1, 3], [5, 1, 2, 6, 3, 4], [9, 1, 8, 2, 7, 3]])
def test_the_longest_rising_places_rise_and_no_other_choice_is_longer(numbers: list[int]) -> None:
    chosen = [numbers[place] for place in sorted(longest_rising(numbers))]
    assert all(one < other for one, other in pairwise(chosen))
    best = [1] * len(numbers)
    for place in range(len(numbers)):
        best[place] = 1 + max((best[earlier] for earlier in range(place) if numbers[earlier] < numbers[place]), default=0)
    assert len(chosen) == max(best, default=0)


def test_only_what_really_moved_is_named() -> None:
    right, wrong = ([(href, name) for name, href in (item.split() for item in menu)] for menu in (MENU, (*MENU[1:], MENU[0])))
    assert moved(right, wrong) == [("/", "首页")]


def test_the_order_of_most_pages_is_the_right_one_even_against_the_start_page() -> None:
    assert said("navigation-order", sight("/", nav=INVERTED), sight("/a", nav=MENU), sight("/b", nav=MENU)) == [("/", "failed", "nav")]


def test_where_as_many_pages_have_either_order_the_start_page_is_right() -> None:
    assert said("navigation-order", sight("/z", nav=MENU), sight("/a", nav=INVERTED)) == [("/a", "failed", "nav")]


def test_a_name_that_few_pages_use_is_asked_about_at_its_link() -> None:
    pages = [sight(f"/{name}", footer=("关于 /gy/", "意见征集 /yjzj/")) for name in "abc"]
    odd = sight("/d", footer=("建言献策 /yjzj/", "关于 /gy/"))
    assert said("consistent-identification", *pages, odd) == [("/d", "cantTell", "footer > ul > li:nth-of-type(1) > a")]


def test_titles_that_are_equal_are_told_once() -> None:
    pages = [sight(f"/{name}", title="云浔市", headings=(name,)) for name in "abc"]
    ((place, outcome, _),) = said("title-duplicate", *pages, sight("/d", title="其他"))
    assert (place, outcome) == ("/a", "cantTell")


# ---------------------------------------------------------------------------------------------- the extract of a real page


@pytest.fixture(scope="module")
def browser() -> Iterator[Studio]:
    with studio() as made:
        yield made


FULL = """<body><header id="top"><a href="/"><img src="/logo.png" alt="云浔市"></a>
<form action="/so/index.html" role="search"><input name="q" aria-label="关键词"><button>搜索</button></form>
<p class="hot">热词：<a href="/x">落户</a><a href="/y">医保</a></p></header>
<nav aria-label="主导航"><ul><li><a href="/index.html">首页</a></li><li><a href="http://www.example.test/zwgk/">政务公开</a></li>
<li style="display:none"><a href="/hidden/">藏起来的</a></li><li><a href="javascript:go()">办事服务</a></li></ul></nav>
<nav aria-label="当前位置"><a href="/">首页</a><a href="/zwgk/">政务公开</a></nav>
<main><h1>通知公告</h1><h2>本月</h2><a href="/lxwm/">联系我们</a><a href="tel:0000-1">电话</a></main>
<footer><a href="/map.html">网站地图</a><a href="/wza/">无障碍声明</a><a href="tel:0000-12345">12345 热线</a><a href="/zc/">网站找错</a>
<ul class="share"><li><a href="http://weibo.test/">微博</a></li></ul></footer></body>"""

OLD = """<body><div id="header"><a href="/">云浔市</a>
<ul class="mainNav"><li><a href="/a/">公开</a></li><li><a href="/b/">服务</a></li></ul></div>
<div class="list-head"><a href="/more/">更多</a></div><div class="foot"><a href="/lxwm/">联系我们</a></div></body>"""


@pytest.mark.browser
def test_the_extract_of_a_page_holds_what_pages_repeat_and_leaves_lists_that_vary_out(browser: Studio) -> None:
    told = taken(browser.document(whole(FULL).replace("<body><body>", "<body>")))
    parts = {part.kind: [(link.name, link.href, link.place) for link in part.links] for part in told.components}
    assert parts == {
        "banner": [("云浔市", "/", "a")],
        "navigation": [("首页", "/", "ul/li[1]/a"), ("政务公开", "/zwgk/", "ul/li[2]/a"), ("办事服务", "", "ul/li[4]/a")],
        "contentinfo": [
            ("网站地图", "/map.html", "a[1]"), ("无障碍声明", "/wza/", "a[2]"), ("12345 热线", "", "a[3]"), ("网站找错", "/zc/", "a[4]"),
        ],
    }  # fmt: skip
    assert all(part.declared for part in told.components)
    assert [(help.kind, help.what) for help in told.helps] == [("tel", "000012345")]
    assert (told.search, told.search_button, told.sitemap) == ("关键词", ("/so/", "搜索"), "网站地图")
    assert (told.statement, told.feedback, told.headings, told.language) == ("无障碍声明", "联系我们", ("通知公告", "本月"), "zh")
    assert len(json.dumps(packed(told))) < 6000


@pytest.mark.browser
def test_an_extract_is_kept_of_pages_of_a_crawl_and_not_of_states_of_a_journey_or_of_single_pages(browser: Studio) -> None:
    site = Site(id="s", name="", url=HOME + "/", category=Category.OTHER, region="", owner="")
    order = Order(target=Target(site=site), network=Network(), round="r", now=datetime(2026, 11, 1, tzinfo=UTC), evidence=False)
    facts = {**browser.facts(whole(FULL)), backgrounds.NAME: {}, picture_text.NAME: {}}
    page = Page(url=HOME + "/", final_url=HOME + "/", state=State.AUDITED, facts=facts)
    kept, _ = _judge(page, order)
    state, _ = _judge(replace(page, url=f"{page.url}{MARK}挂号/第1步"), order)
    single, _ = _judge(page, replace(order, crawl=False))
    assert unpacked(kept.extract) is not None
    assert (state.coverage.engines, single.coverage.engines) == (kept.coverage.engines, kept.coverage.engines)
    assert (state.extract, single.extract) == ({}, {})


@pytest.mark.browser
def test_parts_without_landmarks_are_known_by_the_names_that_authors_give_them(browser: Studio) -> None:
    told = taken(browser.document(whole(OLD)))
    assert [(part.kind, part.declared, [link.name for link in part.links]) for part in told.components] == [
        ("banner", False, ["云浔市"]), ("navigation", True, ["公开", "服务"]), ("contentinfo", False, ["联系我们"]),
    ]  # fmt: skip
    assert [help.name for help in told.helps] == ["联系我们"]


def test_addresses_compare_without_scheme_own_host_and_index_page() -> None:
    base = "https://www.example.test/a/b.html"
    assert comparable("../index.html", base) == comparable("http://www.example.test/", base) == "/"
    assert comparable("http://other.test/x", base) == "other.test/x"
    assert comparable("#top", base) == comparable("javascript:void(0)", base) == ""


def test_an_extract_travels_through_the_journal_and_old_journals_stay_readable() -> None:
    page = sight("/", nav=MENU, helps=("contentinfo 联系我们 /lxwm/",), search_button=("/so/", "搜索"))
    judged = Judged(coverage=Coverage(url="http://x.test/", state=State.AUDITED), extract=packed(page.extract))
    assert load(Judged, dump(judged)) == judged
    assert unpacked(load(Judged, dump(judged)).extract) == page.extract
    old = {"coverage": {"url": "http://x.test/", "state": "audited"}}
    assert load(Judged, json.dumps(old).encode()).extract == {}
    assert unpacked({}) is None and unpacked({**packed(page.extract), "version": EXTRACT_VERSION + 1}) is None
    assert unpacked({**packed(page.extract), "components": 3}) is None


# ---------------------------------------------------------------------------------------------- what silence proves


def entry(path: str, state: State = State.AUDITED) -> Coverage:
    url = HOME + path
    judged = state is State.AUDITED
    return Coverage(url=url, state=state, digest="d" if judged else "", engines=("axe", "auditor") if judged else (), url_key=url_key(url))


def night(pages: Sequence[Sight], *others: Coverage, known: Sequence[Coverage] = (), state: RunState = RunState.AUDITED) -> sites.Together:
    judged = [Judged(coverage=entry(page.url.removeprefix(HOME)), extract=packed(page.extract)) for page in pages]
    ledger = [*(one.coverage for one in judged), *others]
    return sites.look(judged, ledger, start=HOME + "/", known=known, state=state, rules=tuple(site_checks()))


PAGES = (sight("/", nav=MENU), sight("/a/", nav=MENU), sight("/b/", nav=INVERTED))
KNOWN = [entry("/"), entry("/a/"), entry("/b/")]


def test_a_night_that_saw_everything_answers_on_every_page_that_took_part() -> None:
    told = night(PAGES, known=KNOWN)
    assert {url.removeprefix(HOME) for url, _ in told.answered} == {"/", "/a/", "/b/"}
    assert [(one.page, one.rule) for one in told.findings if one.outcome is Outcome.FAILED] == [(HOME + "/b/", "navigation-order")]
    orders = {tally.page.removeprefix(HOME): (tally.failed, tally.passed) for tally in told.tallies if tally.rule == "navigation-order"}
    assert orders == {"/": (0, 1), "/a/": (0, 1), "/b/": (1, 0)}


@pytest.mark.parametrize(
    ("other", "answers"),
    [
        pytest.param(entry("/a/", State.TIMEOUT), False, id="a partner timed out"),
        pytest.param(entry("/a/", State.OVER_BUDGET), False, id="a partner was left out for the budget"),
        pytest.param(entry("/a/", State.CRASHED), False, id="a partner crashed"),
        pytest.param(entry("/a/", State.AUDITED), False, id="a partner was judged without a capture"),
        pytest.param(entry("/a/", State.GONE), True, id="a partner is proven gone"),
        pytest.param(entry("/a/", State.EXCLUDED), True, id="we were told to leave a partner out for good"),
        pytest.param(entry("/new/", State.TIMEOUT), True, id="a page that was never judged before timed out"),
    ],
)
def test_silence_proves_nothing_where_a_partner_of_an_earlier_night_is_missing(other: Coverage, answers: bool) -> None:
    told = night((PAGES[0], PAGES[2]), other, known=KNOWN)
    assert bool(told.answered) is answers
    assert any(one.rule == "navigation-order" for one in told.findings), "what is found is told all the same"


def test_another_page_of_its_kind_stands_for_a_missing_one() -> None:
    known = [entry("/"), entry("/art/1.html"), entry("/art/2.html")]
    told = night((sight("/", nav=MENU), sight("/art/1.html", nav=MENU)), entry("/art/2.html", State.OVER_BUDGET), known=known)
    assert told.answered


@pytest.mark.parametrize(("state", "tells"), [(RunState.PARTIAL, True), (RunState.WITHHELD, False), (RunState.FAILED, False)])
def test_a_run_that_is_worth_less_than_audited_proves_nothing_and_a_withheld_one_tells_nothing(state: RunState, tells: bool) -> None:
    told = night(PAGES, known=KNOWN, state=state)
    assert told.answered == frozenset()
    assert bool(told.findings) is tells


def test_one_page_alone_says_nothing() -> None:
    told = night(PAGES[:1])
    assert (told.findings, told.answered) == ((), frozenset())


def test_a_site_that_offers_a_second_way_only_outside_what_was_seen_is_not_failed() -> None:
    pages = [sight("/"), *(sight(f"/{name}/", links=("/",)) for name in "abcd")]
    judged = [Judged(coverage=entry(page.url.removeprefix(HOME)), extract=packed(page.extract), links=tuple(page.links)) for page in pages]
    ledger = [*(one.coverage for one in judged), entry("/unseen/", State.OVER_BUDGET)]
    told = sites.look(judged, ledger, start=HOME + "/", known=(), state=RunState.AUDITED, rules=("multiple-ways",))
    assert [one.outcome for one in told.findings] == [Outcome.CANT_TELL]


# ---------------------------------------------------------------------------------------------- end to end

PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title} - 云浔市</title></head><body>
<header><a href="/">云浔市</a></header><nav aria-label="主导航"><ul>{menu}</ul></nav><main><h1>{title}</h1><p>正文</p></main>
<footer><a href="/wza">无障碍声明</a> <a href="/map">网站地图</a></footer></body></html>"""


def page(title: str, order: Sequence[int] = (0, 1, 2)) -> str:
    entries = (("/", "首页"), ("/gk", "公开"), ("/fw", "服务"))
    return PAGE.format(title=title, menu="".join(f'<li><a href="{entries[place][0]}">{entries[place][1]}</a></li>' for place in order))


class Portal:
    """A small site, audited night by night as rounds do it."""

    def __init__(self, web: Web) -> None:
        self.web, self.night = web, 0
        self.issues: dict[str, Issue] = {}
        self.known: tuple[Coverage, ...] = ()
        self.journal: list[Judged] = []

    def audit(self, *, done: Sequence[Judged] = (), profile: Profile = Profile.STATIC) -> Run:
        self.night += 1
        site = Site(id="s", name="", url=self.web.url("/"), category=Category.OTHER, region="", owner="")
        network = Network(resolve={f"localhost:{self.web.port}": f"127.0.0.1:{self.web.port}"})
        order = Order(
            target=Target(site=site, delay=0.0, finders=("links",), profile=profile), network=network, round=f"r{self.night}",
            now=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=self.night), evidence=False, known=self.known, done=tuple(done),
        )  # fmt: skip
        self.journal = []

        def note(progress: Progress) -> None:
            self.journal.append(load(Judged, dump(progress.judged)))

        run = audit(order, note)
        changed, _ = advance(self.issues.values(), run, catalogue=frozenset(judge.rules()))
        self.issues |= {issue.id: issue for issue in changed}
        now = {entry.url: entry for entry in run.coverage}
        kept = {entry.url: entry for entry in self.known}
        self.known = tuple(
            replace(entry, digest=entry.digest or (kept[url].digest if url in kept else "")) for url, entry in (kept | now).items()
        )
        return run

    def order_issues(self) -> dict[str, IssueState]:
        found = [issue for issue in self.issues.values() if issue.rule == "navigation-order"]
        return {issue.page.removeprefix(self.web.url("")): issue.state for issue in found}


@pytest.mark.browser
def test_an_inverted_navigation_is_found_lasts_through_a_bad_night_and_is_closed_on_evidence(web: Web) -> None:
    web["/"], web["/gk"], web["/fw"] = page("首页"), page("公开"), page("服务", (0, 2, 1))
    web["/wza"], web["/map"] = page("无障碍声明"), page("网站地图")
    portal = Portal(web)
    first = portal.audit()
    (finding,) = [one for one in first.findings if one.rule == "navigation-order"]
    assert (finding.page, finding.outcome, finding.engines) == (web.url("/fw"), Outcome.FAILED, ("site",))
    assert finding.element.selector.endswith("nav") and "服务" in finding.message
    answered = {entry.url for entry in first.coverage if "site" in entry.engines}
    assert answered == {web.url(path) for path in ("/", "/gk", "/fw", "/wza", "/map")}
    assert "navigation-order" in first.rules and "site" in first.versions
    assert [one.rule for one in first.findings if one.engines == ("site",)] == ["navigation-order"]

    web["/gk"] = (503, {}, b"busy")
    web["/fw"] = page("服务")
    second = portal.audit()
    assert not any("site" in entry.engines for entry in second.coverage)
    assert portal.order_issues() == {"/fw": IssueState.NOT_OBSERVED}

    web["/gk"] = page("公开")
    journal = portal.journal[:2]
    third = portal.audit(done=[judged for judged in journal if judged.coverage.url == web.url("/")])
    assert all("site" in entry.engines for entry in third.coverage)
    assert portal.order_issues() == {"/fw": IssueState.FIXED}


@pytest.mark.browser
def test_axe_alone_asks_nothing_of_the_site(web: Web) -> None:
    web["/"], web["/gk"], web["/fw"] = page("首页"), page("公开"), page("服务", (0, 2, 1))
    portal = Portal(web)
    run = portal.audit(profile=Profile.AXE)
    assert not any("site" in one.engines for one in (*run.findings, *run.coverage))
    assert all(judged.extract == {} for judged in portal.journal)
    assert not set(site_checks()) & set(run.rules)


def test_an_extract_says_nothing_of_a_page_that_was_not_captured() -> None:
    judged = [Judged(coverage=entry(path)) for path in ("/", "/a/")]
    ledger = [one.coverage for one in judged]
    told = sites.look(judged, ledger, start=HOME + "/", known=(), state=RunState.AUDITED, rules=tuple(site_checks()))
    assert told == sites.Together()


def test_a_survey_of_no_pages_is_silent() -> None:
    for check in site_checks().values():
        assert list(check.look(Survey(pages=()))) == []


def test_help_that_stays_is_not_accused_when_other_help_moves_past_it() -> None:
    contact, number = "banner 联系我们 /lxwm/", "contentinfo 热线 tel:12345"
    moved = sight("/b", helps=("banner 热线 tel:12345", contact))
    survey = example(sight("/", helps=(contact, number)), sight("/a", helps=(contact, number)), moved)
    hits = [hit for hit in site_checks()["consistent-help"].look(survey) if hit.outcome]
    assert [(hit.page.url, "“热线”" in hit.message) for hit in hits] == [(moved.url, True)]
