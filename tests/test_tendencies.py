"""What reports say of the index over time: on fixed days, linked where it was bridged, and never of more sites than chance allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from bs4 import BeautifulSoup

from auditor.model import Bridge, History, RunState, Score, SiteHistory, State
from auditor.trends import telling_day
from reports import tendencies
from reports.city import render
from tests.histories import NOW, history, run, target

LAST = "截至2026年9月30日"
SINCE = (NOW.date() - date(2026, 9, 30)).days  # nights after the last fixed day, which are not looked at


def site(id: str, values: list[float], *, upgraded: int = 0, error: float = 0.5) -> SiteHistory:
    """A site with one judged night for each value, the newest first; `upgraded`: that many of them under the new rules (0: all)."""
    runs = []
    for back, value in enumerate(values):
        ruleset = "new" if not upgraded or back < upgraded else "old"
        score = Score(value=value, error=error, low=value - 1, high=value + 1, freedom=20, pages=30, population=90, strata=3, principles=80)
        runs.append(replace(run(id, back, RunState.AUDITED, {State.AUDITED: 30}, ruleset=ruleset), score=score))
    return SiteHistory(target=target(id, f"{id}县政府"), runs=tuple(runs))


def climbing(nights: int, a_week: float = 2.0) -> list[float]:
    return [90 - back * a_week / 7 for back in range(nights)]


def test_the_fixed_days_are_the_ends_of_quarters() -> None:
    assert telling_day(date(2026, 11, 29)) == date(2026, 9, 30) and telling_day(date(2026, 10, 1)) == date(2026, 9, 30)
    assert telling_day(date(2026, 3, 31)) == date(2025, 12, 31) and telling_day(date(2026, 1, 1)) == date(2025, 12, 31)
    days = {telling_day(date(2026, 1, 1) + timedelta(days=n)) for n in range(365)}
    assert len(days) == 4


def test_a_trend_is_told_only_where_enough_comparable_nights_prove_it() -> None:
    told = tendencies.of_site(history(), site("b", climbing(SINCE + 84)))
    assert LAST in told and "在上升，平均每年 +10" in told and "95% 置信区间 +10" in told
    assert "数据不满两年" in told and "只就本站检验" in told
    few = tendencies.of_site(history(), site("b", climbing(SINCE + 9)))
    assert LAST in few and "少于 5 个，不足以判断趋势" in few
    flat = tendencies.of_site(history(), site("b", [80.0 + n % 2 for n in range(SINCE + 84)]))
    assert "看不出可以证实的升降" in flat and "不等于没有变化" in flat


def test_what_happened_since_the_last_fixed_day_changes_nothing_that_is_told() -> None:
    values = climbing(SINCE + 84)
    fallen = [10.0] * (SINCE - 1) + values[SINCE - 1 :]
    assert tendencies.of_site(history(), site("b", fallen)) == tendencies.of_site(history(), site("b", values))


def test_a_site_that_began_after_the_last_fixed_day_has_no_trend_yet() -> None:
    told = tendencies.of_site(history(), site("b", climbing(SINCE - 2)))
    assert told == "检测次数还少，现在不能判断趋势。第一次判断在2026年12月31日以后。"
    assert said(city(site("b", climbing(SINCE - 2)))) == (f"<p>{told}</p>\n", [])


def test_a_city_of_which_no_site_can_be_tested_says_so_once_and_nothing_more() -> None:
    few = city(*(site(f"s{n}", climbing(SINCE + 9)) for n in range(3)))
    assert said(few) == ("<p>检测次数还少，现在不能判断趋势。</p>\n", [])


def test_nights_under_other_rules_take_no_part_in_a_trend() -> None:
    values = climbing(SINCE + 9) + [20.0] * 100
    told = tendencies.of_site(history(), site("b", values, upgraded=SINCE + 9))
    assert "检测规则在2026年9月22日有更换" in told and "少于 5 个" in told


def test_a_bridge_joins_what_it_measured_and_the_sentence_says_so() -> None:
    """The index falls by eleven points as the rules change, and by nothing else: the linked series must not move."""
    upgraded = SINCE + 40
    values = [70.0 + (n % 7) / 10 for n in range(upgraded)] + [81.0 + (n % 7) / 10 for n in range(upgraded, SINCE + 84)]
    one = site("b", values, upgraded=upgraded)
    bridge = Bridge(site="b", round="night-1", before="old", after="new", shift=-11.0, error=0.3, pages=30)
    told = tendencies.of_site(history(), replace(one, bridges=(bridge,)))
    assert "新规则比旧规则低 11.0 分（标准误 0.3）" in told and "已按这个差值换算" in told
    assert "看不出可以证实的升降" in told and "不计入趋势" not in told
    values_linked = [point.value for point in tendencies.series(history(), replace(one, bridges=(bridge,))).points]
    assert max(values_linked) - min(values_linked) == pytest.approx(0.6)
    assert "此前的指数与现在的不能相比" in tendencies.of_site(history(), one)


def city(*sites: SiteHistory) -> History:
    return replace(history(), sites=sites)


def said(told: History) -> tuple[str, list[str]]:
    section = tendencies.of_city(told)
    assert section is not None
    return str(section.intro), [BeautifulSoup(str(item), "lxml").get_text(" ", strip=True) for item in section.items]


def test_the_city_lists_what_falls_and_rises_and_counts_the_rest() -> None:
    intro, rows = said(
        city(
            site("a", climbing(SINCE + 120)), site("b", climbing(SINCE + 120, -3)), site("c", climbing(9)),
            site("d", [80.0 + n % 2 for n in range(SINCE + 84)]),
        )
    )  # fmt: skip
    assert [row.split()[:2] for row in rows] == [["b县政府", "下降"], ["a县政府", "上升"]]
    assert "站点 3 个，其中能证实上升的 1 个，能证实下降的 1 个，看不出可以证实的升降 1 个；另有 1 个" in intro and LAST in intro


def noise(seed: int, nights: int) -> list[float]:
    rng = Random(seed)
    return [value for _ in range(nights // 7 + 1) for value in [80 + rng.gauss(0, 2)] * 7][:nights]


def test_among_many_sites_that_do_not_change_the_list_stays_empty_where_single_tests_would_not() -> None:
    sites = [site(f"s{seed}", noise(seed, SINCE + 120)) for seed in range(60)]
    told = [tendencies.tendency(city(*sites), one) for one in sites]
    alone = [one for one in told if one.found.direction in tendencies.DIRECTION]
    assert alone and tendencies.demonstrable(told) == []
    assert said(city(*sites))[1] == []


def test_the_page_of_the_city_carries_the_section_and_none_without_an_index() -> None:
    html = dict(render(city(site("a", climbing(SINCE + 84)))))["index.html"].decode()
    assert 'id="trends"' in html and "本杰明尼" in html
    assert tendencies.of_city(city()) is None
