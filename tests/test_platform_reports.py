"""What several sites of one platform have in common is told once for all, with the vendor's name, and only where it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from histories import HOSTILE, city_portal, history

import reports
from auditor.model import Category, Coverage, Decision, History, Platform, Region, RunState, SiteHistory, State, Verdict
from checks.provenance import platforms
from reports.platforms import CODE, facts, platform_of, shared

HANWEB = Platform(id="hanweb", name="大汉（JCMS、jpage）", vendor="大汉软件", mark="V")


def made_by(site: SiteHistory, id: str, name: str, platforms: tuple[str, ...], labels: Mapping[str, str] | None = None) -> SiteHistory:
    """The same site under another id, of which each page tells a family."""
    pages = tuple(
        Coverage(url=f"http://{id}/{number}", state=State.AUDITED, platform=family, labels=labels or {})
        for number, family in enumerate(platforms)
    )
    target = replace(site.target, site=replace(site.target.site, id=id, name=name))
    return replace(site, target=target, coverage=pages, issues=tuple(replace(issue, site=id) for issue in site.issues))


def city(*sites: SiteHistory) -> History:
    return replace(history(), sites=sites, platforms={"hanweb": HANWEB})


def twins() -> tuple[SiteHistory, SiteHistory]:
    one = made_by(city_portal(), "a", "甲县人民政府", ("hanweb", "hanweb", ""))
    return one, made_by(city_portal(), "b", "乙县人民政府", ("hanweb",))


def rows(told: History) -> list[str]:
    section = shared(told)
    return [] if section is None else [BeautifulSoup(str(item), "lxml").get_text(" ", strip=True) for item in section.items]


def test_a_barrier_of_all_sites_of_a_platform_is_told_with_the_vendor_and_both_sites() -> None:
    (first, *_) = told = rows(city(*twins()))
    assert told and first.startswith("大汉软件：大汉（JCMS、jpage） 图片没有替代文本")
    assert "同一平台的 2 个网站都有这个问题" in first and "甲县人民政府" in first and "乙县人民政府" in first


def test_the_same_component_is_told_once_whatever_the_host_and_apart_from_rules_that_only_look_alike() -> None:
    def alone(id: str, src: str, css: str) -> SiteHistory:
        site = made_by(city_portal(), id, f"{id}县人民政府", ("hanweb",))
        logo = next(issue for issue in site.issues if issue.rule == "image-alt")
        image = replace(logo.element, attributes={"src": src, "class": css})
        pages = tuple(replace(logo, id=f"{id}{n}", page=f"http://www.{id}.gov.cn/{n}", element=image) for n in range(3))
        return replace(site, issues=pages)

    same = alone("a", "http://www.a.gov.cn/images/logo.png", "logo"), alone("b", "/images/logo.png", "logo")
    (row,) = rows(city(*same, alone("c", "/images/other.gif", "banner")))
    assert "同一个部件：页头中的图片" in row and "3 个网站中，2 个有这个问题，共 6 页" in row and "c县" not in row
    (row,) = rows(city(alone("a", "/x/logo.png", "logo"), alone("b", "/y/photo.gif", "photo")))
    assert "各网站出问题的部件不同" in row and "2 个网站都有这个问题，共 6 页" in row
    foreign = alone("a", "http://cdn.x.com/images/logo.png", "logo"), alone("b", "/images/logo.png", "logo")
    assert "部件不同" in rows(city(*foreign))[0]


def test_a_site_of_the_platform_without_the_barrier_is_counted() -> None:
    clean = replace(made_by(city_portal(), "c", "丙县人民政府", ("hanweb",)), issues=())
    assert all("同一平台的 3 个网站中，2 个有这个问题" in row for row in rows(city(*twins(), clean)))


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.WITHHELD])
def test_a_site_that_was_not_judged_does_not_count(state: RunState) -> None:
    one, other = twins()
    lost = replace(other, runs=(replace(other.runs[0], state=state, reason="没有答复"), *other.runs[1:]))
    assert shared(city(one, lost)) is None


def test_one_site_two_platforms_or_an_unknown_family_give_no_section() -> None:
    one, other = twins()
    assert shared(city(one)) is None
    assert shared(city(one, made_by(other, "b", "乙县人民政府", ("trs",)))) is None
    assert shared(replace(city(one, other), platforms={})) is None


def test_what_somebody_decided_on_is_not_told_as_shared() -> None:
    one, other = twins()
    groups = {issue.group for issue in other.issues}
    made = history().now
    verdicts = tuple(Decision(site="b", group=group, verdict=Verdict.EXEMPT, by="王", why="测试", made=made) for group in groups)
    assert rows(city(one, replace(other, decisions=verdicts))) == []


def test_pages_that_disagree_tell_no_platform() -> None:
    split = made_by(city_portal(), "a", "甲县人民政府", ("hanweb", "trs"))
    assert platform_of(split) is None
    told = platform_of(made_by(city_portal(), "a", "甲县人民政府", ("hanweb", "hanweb", "trs", "")))
    assert told is not None and (told.platform, told.pages, told.seen) == ("hanweb", 2, 4)


def said(site: SiteHistory, **changes: object) -> dict[str, str]:
    return dict(facts(replace(city(site), **changes), site))  # type: ignore[arg-type]


def test_the_head_of_a_site_names_platform_and_code_and_what_does_not_fit() -> None:
    site = made_by(city_portal(), "a", "甲县人民政府", ("hanweb", "hanweb"), {CODE: "3708000001"})
    told = said(site, regions=(Region(id="370800", name="济宁市"),))
    assert "大汉软件" in told["建站平台"] and "推断" in told["建站平台"]
    assert told["网站标识码"] == "3708000001（取自网页标签 SiteIDCode）"
    foreign = replace(site, coverage=tuple(replace(one, labels={CODE: "1101000001"}) for one in site.coverage))
    assert "前四位与地区代码 370800 不同" in said(foreign, regions=(Region(id="370800", name="济宁市"),))["网站标识码"]


def test_codes_that_differ_or_are_missing_are_said_only_where_one_is_expected() -> None:
    site = made_by(city_portal(), "a", "甲县人民政府", ("", ""))
    assert "都没有写" in said(site)["网站标识码"] and "建站平台" not in said(site)
    hospital = replace(site, target=replace(site.target, site=replace(site.target.site, category=Category.HOSPITAL)))
    assert said(hospital) == {}
    first, second = site.coverage
    mixed = replace(site, coverage=(replace(first, labels={CODE: "1"}), replace(second, labels={CODE: "2"})))
    assert "各页写得不一样" in said(mixed)["网站标识码"]


def test_the_head_of_a_site_tells_kinds_of_pages_and_a_name_that_is_not_the_known_one() -> None:
    site = made_by(city_portal(), "a", "甲县人民政府", ("hanweb", "hanweb"), {CODE: "3708000001", "SiteName": "甲县人民政府门户网站"})
    first, second = site.coverage
    article = replace(first, labels={**first.labels, "ArticleTitle": "通知", "ColumnName": "要闻"})
    column = replace(second, labels={**second.labels, "ColumnName": "要闻"})
    told = said(replace(site, coverage=(article, column)))
    assert told["网页类型"] == "文章 1 页、栏目 1 页（按网页标签）" and "网页上的网站名称" not in told
    moved = replace(site, coverage=(replace(first, labels={"SiteName": "乙市商务局"}),))
    assert "乙市商务局" in said(moved)["网页上的网站名称"] and "网页类型" not in said(moved)


def test_what_a_hostile_page_writes_into_its_labels_stays_text() -> None:
    site = made_by(city_portal(), "a", "甲县人民政府", ("hanweb",), {CODE: HOSTILE})
    pages = dict(reports.render(city(site)))
    html = pages["sites/a.html"].decode()
    assert "<script>alert(1)" not in html and "\u202e" not in html and "U+202E" in html


def test_the_whole_city_page_carries_the_section() -> None:
    html = dict(reports.render(city(*twins())))["index.html"].decode()
    assert "同一平台的共同问题" in html and "请先向主办单位核对" in html
    assert platforms()["hanweb"].vendor == HANWEB.vendor
