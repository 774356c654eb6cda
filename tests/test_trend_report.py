"""The trend report says of counties, departments and sites what their intervals allow, up to the last fixed day, and no more."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from bs4 import BeautifulSoup
from histories import NOW, ZONE, history
from test_tendencies import SINCE, climbing, site

from auditor.intervals import Estimate
from auditor.language import told_in
from auditor.model import Bridge, Category, History, SiteHistory
from reports import changes, trend_charts, trends

DAY = date(2026, 9, 30)


def city(*sites: SiteHistory) -> History:
    return replace(history(), sites=sites, plans=history().plans)


def of(one: SiteHistory, region: str, owner: str = "市教育局", category: Category = Category.DEPARTMENT) -> SiteHistory:
    subject = replace(one.target.site, region=region, owner=owner, category=category)
    return replace(one, target=replace(one.target, site=subject))


def page(told: History) -> BeautifulSoup:
    return BeautifulSoup(b"".join(content for _, content in trends.render(told)), "lxml")


def row(soup: BeautifulSoup, section: str, name: str) -> str:
    found = [one.get_text(" ", strip=True) for one in soup.select(f"#{section} tbody tr") if name in one.get_text()]
    assert len(found) == 1, (section, name, soup.select_one(f"#{section}"))
    return found[0]


def wavering(seed: int, nights: int = SINCE + 120, middle: float = 80.0) -> list[float]:
    chance = Random(seed)
    return [middle + chance.gauss(0, 0.6) for _ in range(nights)]


def test_a_change_is_told_with_its_interval_up_to_the_fixed_day_and_not_beyond() -> None:
    values = [50.0] * SINCE + climbing(120, 3.0)  # what came after the last fixed day is not looked at
    found = changes.change(city(), site("a", values, error=1.0), DAY)
    assert found is not None and (found.since, found.until) == (DAY - timedelta(days=119), DAY)
    assert found.points.value == pytest.approx((119 - 13) * 3 / 7)
    assert found.points.error == pytest.approx(math.sqrt(2)) and found.points.freedom == pytest.approx(40)
    assert found.points.low < found.points.value - 2.8 and found.p < 1e-6
    assert changes.change(city(), site("a", climbing(SINCE + 40)), DAY) is None, "less than six weeks"
    assert changes.change(city(), site("a", climbing(SINCE)), DAY) is None, "nothing before the fixed day"


def test_a_change_goes_back_a_year_and_over_linked_rules_only() -> None:
    values = climbing(SINCE + 400, 0.1)
    found = changes.change(city(), site("a", values), DAY)
    assert found is not None and found.until - found.since == timedelta(days=365 + 13)
    nights = site("b", wavering(1), upgraded=SINCE + 50)
    loose = changes.change(city(), nights, DAY)
    bridge = Bridge(site="b", round="night-1", before="old", after="new", shift=-2.0, error=2.0, pages=30)
    linked = changes.change(city(), replace(nights, bridges=(bridge,)), DAY)
    assert loose is not None and linked is not None and (DAY - loose.since).days < 50 < (DAY - linked.since).days
    assert linked.points.error > 1.9 > loose.points.error, "the error of the link is in it"


def test_chance_among_many_groups_is_no_change() -> None:
    """Of a hundred changes that are none, five lie outside of their own interval; the list as a whole claims nothing."""
    errors = [changes.Change(since=DAY, until=DAY, points=changes._estimate(Random(n).gauss(0, 1), [(1.0, math.inf)])) for n in range(200)]
    alone = sum(one.p < 0.05 for one in errors)
    assert 3 <= alone <= 20 and sum(changes.demonstrable(errors)) == 0
    surely = changes.Change(since=DAY, until=DAY, points=changes._estimate(6.0, [(1.0, math.inf)]))
    assert changes.demonstrable([*errors, surely, None])[-2:] == [True, False]


def test_groups_are_told_with_index_rank_and_what_can_be_said() -> None:
    rising = [of(site(f"a{n}", climbing(SINCE + 120, 1.0)), "370826") for n in range(3)]
    steady = [of(site(f"b{n}", wavering(n)), "jn-gxq", "市卫生健康委") for n in range(3)]
    soup = page(city(*rising, *steady))
    assert "能证实上升" in row(soup, "region", "微山县") and "2026年6月3日起，3 个站点" in row(soup, "region", "微山县")
    assert "不能断定升降" in row(soup, "region", "高新区") and "不能断定升降" in row(soup, "department", "市卫生健康委")
    assert "6 / 6" in row(soup, "category", "部门网站") and "没有认出任何站点的建站平台" in soup.get_text()
    for chart in soup.select("svg"):
        labels = [soup.find(id=id) for id in str(chart["aria-labelledby"]).split()]
        assert chart["role"] == "img" and all(label and label.get_text(strip=True) for label in labels)
    assert len(soup.select("svg")) >= 3 and "同样的 6 个站点" in soup.get_text() and "截至2026年9月30日" in soup.get_text()


def test_groups_that_the_intervals_cannot_separate_share_their_ranks() -> None:
    near = [of(site(id, [80.0 + apart] * 9, error=2.0), region) for id, apart, region in (("a", 0.0, "370826"), ("b", 1.0, "370800"))]
    far = of(site("c", [40.0] * 9, error=2.0), "jn-gxq")
    soup = page(city(*near, far))
    cells = {one.th.get_text(): one.find_all("td")[2].get_text() for one in soup.select("#region tbody tr") if one.th}
    assert cells == {"济宁市（本级）": "1—2", "微山县": "1—2", "高新区": "3"}
    assert "还不能相比" in row(soup, "region", "微山县")


def test_only_what_is_proven_stands_among_improved_regressed_and_still() -> None:
    sites = [site("up", climbing(SINCE + 120)), site("down", [170 - value for value in climbing(SINCE + 120)])]
    sites += [site("still", [80.0 + n % 2 for n in range(SINCE + 180)]), site("young", climbing(SINCE + 9))]
    soup = page(city(*sites))
    names = {id: [one.get_text() for one in soup.select(f"#{id} tbody th a")] for id in ("improved", "regressed", "still")}
    assert names == {"improved": ["up县政府"], "regressed": ["down县政府"], "still": ["still县政府"]}
    assert "另有 1 个站点可以相比的指数太少" in soup.get_text() and "+10" in row(soup, "improved", "up县政府")


def test_where_no_site_can_be_tested_it_is_said_once_and_when_it_will_be() -> None:
    young = page(city(*(site(f"s{n}", climbing(SINCE - 2)) for n in range(3)))).get_text()
    assert young.count("检测次数还少，现在不能判断趋势。") == 1 and "下降的站点" not in young and "变化很小的站点" not in young
    assert "第一次判断在2026年12月31日以后：" in young and "截至" not in young
    few = page(city(*(site(f"s{n}", climbing(SINCE + 9)) for n in range(3)))).get_text()
    assert "这里截至2026年9月30日" in few and "检测次数还少，现在不能判断趋势。" in few and "以后。" not in few


def test_a_site_that_is_known_little_of_is_not_said_to_stand_still() -> None:
    few = page(city(*(site(f"s{n}", wavering(n, SINCE + 40)) for n in range(4))))
    assert not few.select("#still tbody tr") and "变与不变都不能断定" in few.get_text()


def test_the_drawing_is_of_the_same_sites_throughout() -> None:
    """A bad site that joins late and a good one that left do not move the line."""
    stays, joins = site("a", [80.0] * 60), site("b", [20.0] * 10)
    found = changes.panel(city(), (stays, joins))
    assert found is not None and found.sites == 1 and found.left_out == 1 and not found.monthly
    assert {one.index.value for one in found.means} == {80.0}
    year = changes.panel(city(), (site("a", [80.0] * 400),))
    assert year is not None and year.monthly and len(year.means) == 14


def test_changes_of_the_rules_are_marked_in_the_drawing() -> None:
    bridge = Bridge(site="b", round="night-29", before="old", after="new", shift=-2.0, error=0.4, pages=30)
    soup = page(city(replace(site("b", wavering(1), upgraded=30), bridges=(bridge,))))
    assert soup.select("#city svg path.break") and "竖的虚线表示有站点的检测规则从这里更换" in soup.get_text()
    assert "有站点的检测规则更换" in row(soup, "city", "2026年10月19日起的一周")


def test_promises_stand_with_their_sentence_and_lead_to_the_tables_of_their_reviews() -> None:
    soup = page(history())
    part = soup.select_one("#plan-jining-145")
    assert part is not None and {link["href"] for link in part.select("a")} == {"plan-jining-145.html", "indicators.html"}
    assert "没有文件规定" in part.get_text() and "规划期已经结束" in part.get_text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_city_without_numbers_claims_nothing(language: str) -> None:
    with told_in(language):  # type: ignore[arg-type]
        for told in (history(), replace(history(), sites=(), rounds=(), plans=(), regions=())):
            soup = page(told)
            assert not soup.select("#improved tbody tr, #regressed tbody tr, #still tbody tr")
            cells = " ".join(one.get_text() for one in soup.select("td"))
            assert not [word for word in ("能证实上升", "能证实下降", "a proven rise", "a proven fall") if word in cells]
    assert told.now == NOW and told.timezone == ZONE


def test_lines_of_the_scale_do_not_run_through_the_names_and_long_names_are_cut() -> None:
    named = [("某" * 30, Estimate(value=80, error=1, low=78, high=82, freedom=9)), ("甲局", Estimate(value=90, error=0, low=90, high=90))]
    chart = BeautifulSoup(str(trend_charts.side_by_side(named, id="x", title="图")), "lxml")
    names = [one for one in chart.select("text") if one.get("text-anchor") != "middle"]
    assert names[0].get_text().startswith("某" * 18 + "…") and names[1].get_text().startswith("甲局 90.0")
    drawn = [str(one["d"]).split("M")[1:] for one in chart.select("path.grid")]
    lines = [[tuple(map(float, part.split(" ")[1].split("V"))) for part in parts] for parts in drawn]
    assert len(lines) == 3
    for low, high in lines[0]:
        assert not any(low < float(str(one["y"])) and float(str(one["y"])) - 12 < high for one in names)
