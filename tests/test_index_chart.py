"""The index over nights: every change of the rules is marked, what was bridged is linked, and what was not is said to be apart."""

from __future__ import annotations

from dataclasses import replace

from bs4 import BeautifulSoup, Tag
from test_tendencies import site

from auditor.model import Bridge, CoreIndex, SiteHistory
from reports import index_chart
from reports.scores import of_site
from tests.histories import history

BRIDGE = Bridge(site="b", round="night-9", before="old", after="new", shift=-11.0, error=0.3, pages=30, core=("a", "b"))


def upgraded(*bridges: Bridge) -> SiteHistory:
    """Ten nights under new rules, at 70, after ten under the old ones, at 81."""
    return replace(site("b", [70.0] * 10 + [81.0] * 10, upgraded=10), bridges=bridges)


def drawn(known: SiteHistory) -> Tag:
    chart = BeautifulSoup(str(index_chart.of_site(history(), known)), "lxml").find("figure")
    assert isinstance(chart, Tag)
    return chart


def heights(line: Tag) -> list[float]:
    return [float(pair.partition(",")[2]) for pair in str(line["points"]).split()]


def test_a_bridged_change_is_a_line_and_a_note_and_the_linked_series_does_not_move() -> None:
    chart = drawn(upgraded(BRIDGE))
    assert len(chart.select("path.break")) == 1 and len(chart.select("polyline.open")) == 2 and len(chart.select("circle")) == 20
    (linked,) = chart.select("polyline.linked")
    assert len(set(heights(linked))) == 1 and len(heights(linked)) == 20
    published = [set(heights(line)) for line in chart.select("polyline.open")]
    assert published[0] != published[1] and published[1] == set(heights(linked)), "the newest nights stand as they were published"
    told = chart.get_text()
    assert "2026年11月14日起检测规则更换，在同样的 30 页上，新规则比旧规则低 11.0 分（标准误 0.3）" in told
    assert "核心指数" not in told and not chart.select("polyline.core")
    assert "不能直接比较" in told and "不是检测规则带来的" in told
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in chart.select("tbody tr")]
    assert rows[9] == ["2026年11月14日检测规则更换", "70.0", "70.0"] and rows[10][1:3] == ["81.0", "70.0"]


def test_the_core_index_is_a_line_a_note_and_a_column() -> None:
    core = CoreIndex(rules=("a", "b"), values={f"night-{back}": 91.0 - back / 10 for back in range(15, -1, -1)})
    chart = drawn(replace(upgraded(BRIDGE), core=core))
    (line,) = chart.select("polyline.core")
    assert len(heights(line)) == 16 and heights(line) == sorted(heights(line), reverse=True), "no step where the rules changed"
    assert "只按历次更换都没有改变的 2 条规则计算" in chart.get_text()
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in chart.select("tr")]
    assert rows[0][3] == "核心指数" and rows[1][3] == "91.0" and rows[16][3] == "89.5" and rows[17][3] == "—"
    bare = drawn(replace(upgraded(BRIDGE), core=replace(core, values={"night-0": 90.0})))
    assert not bare.select("polyline.core") and "核心指数" not in bare.get_text(), "one night is no line"


def test_a_change_that_was_not_bridged_cuts_the_series() -> None:
    chart = drawn(upgraded())
    assert len(chart.select("path.break")) == 1 and not chart.select("polyline.linked")
    assert "此前的指数与之后的不能相比" in chart.get_text() and "换算到现行规则" not in chart.get_text()
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in chart.select("tbody tr")]
    assert rows[10][1:3] == ["81.0", "—"]


def test_without_a_change_there_is_one_line_and_no_note() -> None:
    chart = drawn(site("b", [70.0 + n for n in range(20)]))
    assert len(chart.select("polyline.open")) == 1 and not chart.select("path.break") and not chart.select("polyline.linked")
    assert "规则" not in "".join(part.get_text() for part in chart.select("p.remark"))


def test_the_words_say_what_the_drawing_shows_and_the_section_of_the_index_carries_it() -> None:
    chart = drawn(upgraded(BRIDGE))
    assert chart.svg is not None and chart.svg["role"] == "img"
    named = [chart.find(id=one) for one in str(chart.svg["aria-labelledby"]).split()]
    assert all(part is not None and part.get_text() for part in named)
    section = of_site(history(), upgraded(BRIDGE))
    assert section is not None and "<figure" in str(section.intro)
    assert index_chart.of_site(history(), site("b", [70.0])) == ""
