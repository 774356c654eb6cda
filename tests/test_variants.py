"""Other variants than desktop are looked at on few pages, stand beside it, and never come into its counts, verdict or issues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from conftest import Web

from auditor import targets as targets_file
from auditor.audit import audit, verdict
from auditor.demo import city as demo
from auditor.demo.server import City
from auditor.model import (
    STANDING,
    Category,
    Coverage,
    Judged,
    Level,
    Network,
    Order,
    Outcome,
    Profile,
    Progress,
    Run,
    RunState,
    Site,
    State,
    Target,
    Variant,
)
from auditor.publish import publish, read_history
from auditor.rounds import run_round
from auditor.store import Store
from auditor.variants import PAGES, most, plan
from auditor.workers import workers
from checks import miit
from reports import indicators
from reports.aids import compare

HOME = "http://www.a.test/"
ALL = tuple(Variant)


# ---------------------------------------------------------------------------------------------- what is planned


def order(*variants: Variant, **more: Any) -> Order:
    site = Site(id="a", name="甲", url=HOME, category=Category.PORTAL, region="1", owner="")
    return Order(target=Target(site=site, variants=variants, **more), network=Network(), round="r", now=datetime.now(UTC))


def judged(url: str, variant: Variant = Variant.DESKTOP, *, kind: str = "", links: tuple[str, ...] = (), **noted: Any) -> Judged:
    entry = Coverage(url=url, variant=variant, state=State.AUDITED, dom_key=kind or url, final_url=url)
    return Judged(coverage=entry, links=links, noted=noted)


def planned(order: Order, *done: Judged) -> list[tuple[Variant, str]]:
    return [(trip.variant, trip.url) for trip in plan(order, done)]


def test_a_site_that_asks_for_desktop_alone_is_looked_at_in_no_other_way() -> None:
    assert planned(order(Variant.DESKTOP), judged(HOME, toolbars=[{"family": "esdtools"}], elder=[{"url": HOME + "zz/"}])) == []


def test_a_phone_sees_the_start_page_and_pages_of_other_templates() -> None:
    kinds = {"": "a", "1": "b", "2": "b", "3": "c", "4": "d"}
    done = [judged(HOME + name, kind=kind) for name, kind in kinds.items()]
    assert planned(order(Variant.MOBILE), *done) == [(Variant.MOBILE, HOME), (Variant.MOBILE, HOME + "1"), (Variant.MOBILE, HOME + "3")]


def test_the_toolbar_is_opened_and_blocked_where_there_is_one() -> None:
    both = order(Variant.TOOLBAR_OPEN, Variant.TOOLBAR_BLOCKED)
    assert planned(both, judged(HOME, toolbars=[], aid=[{"words": "无障碍服务", "url": HOME + "wza"}])) == []
    opened, blocked = plan(both, [judged(HOME, toolbars=[{"family": "esdtools"}], blockable=["esdtools"])])
    assert (opened.variant, blocked.variant) == (Variant.TOOLBAR_OPEN, Variant.TOOLBAR_BLOCKED)
    assert opened.first and blocked.manner.blocked == ("esdtools",)


def test_a_toolbar_without_a_script_of_its_own_is_told_as_not_compared() -> None:
    (trip,) = plan(order(Variant.TOOLBAR_BLOCKED), [judged(HOME, toolbars=[], aid=[{"words": "无障碍", "url": ""}])])
    assert "不能单独屏蔽" in trip.unreachable


def test_the_elder_version_is_found_by_its_link_and_followed_into_its_folder() -> None:
    start = judged(HOME, elder=[{"words": "长者版", "url": HOME + "zz/index.html"}])
    assert planned(order(Variant.ELDER), start) == [(Variant.ELDER, HOME + "zz/index.html")]
    links = (HOME, HOME + "zz/a.html", HOME + "xw/1.html", HOME + "zz/f.pdf", "/zz/b.html", HOME + "zz/c.html")
    seen = judged(HOME + "zz/index.html", Variant.ELDER, links=links)
    assert planned(order(Variant.ELDER), start, seen) == [
        (Variant.ELDER, HOME + name) for name in ("zz/index.html", "zz/a.html", "zz/b.html")
    ]  # fmt: skip


def test_an_address_in_targets_yml_comes_before_what_the_page_says() -> None:
    start = judged(HOME, elder=[{"words": "长者版", "url": HOME + "zz/"}])
    assert planned(order(Variant.ELDER, elder=HOME + "old/"), start) == [(Variant.ELDER, HOME + "old/")]


def test_an_elder_mode_that_is_switched_on_is_the_start_page() -> None:
    (trip,) = plan(order(Variant.ELDER), [judged(HOME, elder=[{"words": "关怀版", "url": ""}])])
    assert trip.url == HOME and trip.first


def test_no_more_pages_are_planned_than_are_budgeted() -> None:
    assert most(order(*ALL).target) == sum(PAGES.values()) == 8


def test_the_verdict_on_a_run_is_that_of_the_desktop() -> None:
    seen = Coverage(url=HOME, state=State.AUDITED)
    lost = [replace(seen, url=f"{HOME}{n}", variant=Variant.MOBILE, state=State.TIMEOUT) for n in range(9)]
    assert verdict([seen, *lost], HOME)[0] is RunState.AUDITED
    assert verdict([replace(seen, state=State.TIMEOUT), replace(seen, variant=Variant.MOBILE)], HOME)[0] is RunState.FAILED


# ---------------------------------------------------------------------------------------------- in a browser


def asked_for(web: Web, *variants: Variant) -> Order:
    """What is asked for of the site on a small server."""
    site = Site(id="a", name="甲", url=web.url("/"), category=Category.PORTAL, region="1", owner="")
    target = Target(site=site, variants=(Variant.DESKTOP, *variants), delay=0.0, profile=Profile.STATIC, finders=("links",))
    network = Network(resolve={f"localhost:{web.port}": f"127.0.0.1:{web.port}"})
    return Order(target=target, network=network, round="r", now=datetime.now(UTC), level=Level.AA)


def visit(web: Web, *variants: Variant) -> Run:
    return audit(asked_for(web, *variants), lambda _: None)


PAGE = (
    "<!doctype html><html lang=zh-CN><head><meta charset=utf-8><meta name=viewport content='width=device-width'><title>首页</title></head>"
    "<body><h1>首页</h1><p>残疾人证换领请带身份证和两张照片到所在乡镇的服务大厅办理，也可以委托家属代办，当天即可领取新证，不收取任何费用。"
    "行动不便的可以电话预约上门。</p>{}</body></html>"
)


@pytest.mark.browser
def test_a_phone_has_the_window_the_touch_and_the_name_of_one(web: Web) -> None:
    script = "p.textContent=[innerWidth,navigator.maxTouchPoints>0,/Mobile Safari/.test(navigator.userAgent)]"
    web["/"] = PAGE.format(f"<p id=p></p><script>{script}</script><img src=/x.png>")
    texts: dict[Variant, str] = {}

    def keep(progress: Progress) -> None:
        from auditor.snapshots import unpack

        page = unpack(progress.blobs[progress.judged.coverage.snapshot])
        texts[progress.judged.coverage.variant] = BeautifulSoup(page.html, "lxml").select_one("#p").text  # type: ignore[union-attr]

    run = audit(asked_for(web, Variant.MOBILE), keep)
    assert texts == {Variant.DESKTOP: "1280,false,false", Variant.MOBILE: "375,true,true"}
    assert Counter(finding.variant for finding in run.findings if finding.rule == "image-alt") == {Variant.DESKTOP: 1, Variant.MOBILE: 1}
    assert all(tally.variant in (Variant.DESKTOP, Variant.MOBILE) for tally in run.tallies)


@pytest.mark.browser
def test_a_toolbar_that_does_not_open_is_told_and_not_judged(web: Web) -> None:
    web["/"] = PAGE.format("<button type=button id=toolbarSwitch>无障碍</button><script src=/esdtoolsinit.js></script><img src=/x.png>")
    web["/esdtoolsinit.js"] = (200, {"Content-Type": "text/javascript"}, b"")
    run = visit(web, Variant.TOOLBAR_OPEN)
    (entry,) = [entry for entry in run.coverage if entry.variant is Variant.TOOLBAR_OPEN]
    assert entry.state is State.RENDER_FAILED and "页面都没有变化" in entry.reason
    assert {finding.variant for finding in run.findings} == {Variant.DESKTOP}


@pytest.mark.browser
def test_an_elder_mode_is_switched_on_before_it_is_judged_and_a_resumed_audit_does_not_go_there_again(web: Web) -> None:
    switch = "document.body.style.fontSize='26px';document.querySelector('h1').textContent='长者首页'"
    web["/"] = PAGE.format(f'<button type=button style="font-size:inherit" onclick="{switch}">关怀版</button>')
    told: list[Judged] = []
    wanted = asked_for(web, Variant.ELDER)
    run = audit(wanted, lambda progress: told.append(progress.judged))
    (row,) = [row for row in miit.rows(run.noted) if row.requirement.id == "elder-text"]
    assert row.state is miit.RowState.PASS
    asked = len(web.asked)
    again = audit(replace(wanted, done=tuple(told)), lambda _: None)
    assert [(entry.url, entry.variant) for entry in again.coverage] == [(entry.url, entry.variant) for entry in run.coverage]
    assert not [path for _, path in web.asked[asked:] if path == "/"]


@pytest.mark.browser
def test_an_elder_version_elsewhere_is_not_visited(web: Web) -> None:
    web["/"] = PAGE.format("<a href='http://other.example.test/zz/'>长者版</a>")
    run = visit(web, Variant.ELDER)
    (entry,) = [entry for entry in run.coverage if entry.variant is Variant.ELDER]
    assert entry.state is State.EXCLUDED and "不在本站范围内" in entry.reason


@pytest.mark.browser
def test_robots_txt_holds_for_the_elder_version_too(web: Web) -> None:
    web["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /zz/\n")
    web["/"] = PAGE.format("<a href='/zz/'>长者版</a>")
    run = visit(web, Variant.ELDER)
    (entry,) = [entry for entry in run.coverage if entry.variant is Variant.ELDER]
    assert entry.state is State.BLOCKED_BY_ROBOTS
    assert "/zz/" not in [path for _, path in web.asked]


# ---------------------------------------------------------------------------------------------- three toolbars of the demo city

TOOLBARS = ("songling", "traffic", "water")


@dataclass
class Two:
    """Two nights over the three portals with a toolbar."""

    store: Store
    history: Any
    runs: list[Any]
    pages: dict[str, BeautifulSoup]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("toolbars")
    with City() as city, Store.open(folder / "auditor.db") as store:
        watch = targets_file.loads(demo.targets_text(city.port, Profile.STATIC))
        watch = replace(watch, targets=tuple(target for target in watch.targets if target.site.id in TOOLBARS))
        runs = []
        for night in (1, 2):
            city.night = night
            with workers(apart=False) as executor:
                runs += run_round(watch, watch.targets, store, executor, trigger="demo").runs
        publish(watch, store, folder / "site")
        pages = {name: soup(folder / "site" / "sites" / f"{name}.html") for name in TOOLBARS}
        yield Two(store, read_history(watch, store), runs, pages)


def soup(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(encoding="utf-8"), "lxml")


def situations(two: Two, site: str) -> dict[str, tuple[int, ...]]:
    """Rule -> failed places with the toolbar closed, open and blocked."""
    (history,) = [one for one in two.history.sites if one.target.site.id == site]
    compared = compare(history)
    assert compared.situations == (Variant.DESKTOP, Variant.TOOLBAR_OPEN, Variant.TOOLBAR_BLOCKED) and not compared.missing
    return dict(compared.counts)


@pytest.mark.browser
def test_a_toolbar_that_works_helps_only_while_it_is_open(two: Two) -> None:
    assert situations(two, "songling") == {"image-alt": (1, 0, 1), "link-name": (1, 1, 1)}


@pytest.mark.browser
def test_a_toolbar_that_harms_shows_as_what_blocking_it_takes_away_and_opening_adds(two: Two) -> None:
    assert situations(two, "traffic") == {"image-alt": (2, 1, 1), "aria-hidden-focus": (0, 1, 0), "mouse-only-control": (0, 1, 0)}


@pytest.mark.browser
def test_a_toolbar_that_does_nothing_changes_nothing(two: Two) -> None:
    assert situations(two, "water") == {"image-alt": (1, 1, 1)}


@pytest.mark.browser
def test_the_site_report_shows_the_three_side_by_side_and_gives_no_credit(two: Two) -> None:
    section = two.pages["traffic"].select_one("#toolbar")
    assert section is not None
    text = section.find_parent("section").get_text() if section.name != "section" else section.get_text()  # type: ignore[union-attr]
    assert "不打开工具条" in text and "打开工具条" in text and "屏蔽工具条" in text
    assert "govwza" in text and "不能代替" in text and "1 处是工具条自己带来的" in text


@pytest.mark.browser
def test_open_toolbars_close_no_issue_and_count_nowhere(two: Two) -> None:
    for site in TOOLBARS:
        issues = two.store.issues(site)
        desktop = [one for one in issues if one.variant is Variant.DESKTOP and one.outcome is Outcome.FAILED]
        known = {known for known in demo.expected(2, site=site) if known.outcome == "failed"}
        assert {(one.rule, one.element.selector) for one in desktop} == {(one.rule, one.selector) for one in known}
        assert all(one.state in STANDING for one in issues)
        for run in (run for run in two.runs if run.site == site):
            assert run.open == run.findings == len(known)
            seen = sum(entry.state is State.AUDITED for entry in demo.addresses() if entry.site == site)
            assert run.pages_audited + run.pages_reused == seen
        assert two.runs[-1].new == 0


@pytest.mark.browser
def test_phone_and_elder_pages_stand_in_a_table_of_their_own(two: Two) -> None:
    section = two.pages["songling"].select_one("#beside")
    assert section is not None
    text = two.pages["songling"].get_text()
    assert "手机版和长者版" in text and "适老化设计规范对照监测" in text and "不是评测" in text
    ledger = two.pages["songling"].select_one("#coverage-table")
    assert ledger is not None and len(ledger.find_parent("table").select("tbody tr")) == 2  # type: ignore[union-attr]


@pytest.mark.browser
def test_dependency_on_toolbars_is_an_indicator(two: Two) -> None:
    assert indicators.values(two.history)["IA-9"].startswith("3/3（100.0%）")
