"""What reports say of the index: never a number without its interval and basis, never one where it is withheld."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from auditor.model import Cause, Move, RunState, Score, SiteHistory, State
from reports import scores
from reports.site import render_site
from tests.histories import history, run, said, soup, target


def rows(path: str) -> list[list[str]]:
    table = soup(path).find(id="index-table")
    assert table is not None and table.find_parent("table") is not None
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_parent("table").find_all("tr")]


def test_a_site_tells_its_index_with_interval_and_basis() -> None:
    told = said("sites/shi.html")
    assert "71.3（68.4—74.1）。依据 40 页推算已知的 300 页，括号内是 95% 置信区间；网页按访问顺序检测，不是随机抽取，区间仅供参考" in told
    assert "仿 2019 年有关调查的做法）" in told and "69.5" in told and "2 页上，计入试用结果后，指数平均低 4.2" in told
    assert "已知的 12 页全部检测，没有抽样误差（没有发现的网页不在其中）" in said("sites/canlian.html")


def test_criteria_are_told_with_pages_and_intervals_and_unknown_ones_left_out() -> None:
    head, *told = rows("sites/shi.html")
    assert head[1:3] == ["适用的页数", "查到不符合的页数"]
    assert [row[1:] for row in told] == [["40", "31", "22%（13%—36%）"], ["40", "8", "80%（66%—89%）"]]


def test_the_city_ranks_only_what_intervals_can_separate_and_names_what_is_withheld() -> None:
    told = {row[0]: row[1:] for row in rows("index.html")}
    assert told["某市残疾人联合会"][:2] == ["100.0", "1"] and told["某市人民政府"][:2] == ["71.3（68.4—74.1）", "2"]
    assert told["某县人民政府"][:2] == [scores.withheld(), "—"]
    assert told["全部站点"][2].startswith("2 个站点的平均，未能评价 2 个") and told["地区：微山县"][2] == "0 个站点的平均，未能评价 1 个"


def test_two_sites_that_cannot_be_told_apart_share_a_range_of_ranks() -> None:
    near = Score(value=72, error=1.5, low=69, high=75, freedom=18, pages=30, population=200, strata=4, principles=70)
    more = SiteHistory(target=target("b", "乙县政府"), runs=(replace(run("b", 0, RunState.AUDITED, {State.AUDITED: 30}), score=near),))
    section = scores.of_city(history(more))
    assert section is not None
    told = [str(item) for item in section.items]
    assert sum('<td class="whole">2—3</td>' in item for item in told) == 2


def test_sites_judged_by_other_rules_are_neither_ranked_nor_averaged_in() -> None:
    near = Score(value=99, error=0, low=99, high=99, pages=30, population=30, strata=4, principles=99)
    other = SiteHistory(
        target=target("b", "乙县政府"), runs=(replace(run("b", 0, RunState.AUDITED, {State.AUDITED: 30}, ruleset="other"), score=near),)
    )
    old = SiteHistory(target=target("c", "丙县政府"), runs=(run("c", 0, RunState.AUDITED, {State.AUDITED: 30}),))
    section = scores.of_city(history(other, old))
    assert section is not None
    told = {name: str(item) for item in section.items for name in ("全部站点", "乙县政府", "丙县政府") if name in str(item)}
    assert "2 个站点的平均，未能评价 2 个，由旧版本检测、还没有指数 1 个，检测规则不同 1 个" in told["全部站点"]
    assert '<td class="whole">规则不同</td>' in told["乙县政府"] and scores.old() in told["丙县政府"]


def test_why_an_index_moved_is_told_in_parts_that_add_up() -> None:
    parts = {Cause.REPAIRED: 2.5, Cause.NEW: -0.25, Cause.CONTENT: 0.0, Cause.COVERAGE: 0.0, Cause.RULES: -0.01}
    move = Move(since="night-1", until="night-0", before=70, after=72.24, parts=parts, pages=11)
    told = scores.moved(history(), move)
    assert told == "与2026年11月22日的检测（70.0）相比变动 +2.2，其中：查到的问题减少 +2.5，查到的问题增多 −0.2。两次都检测的有 11 页。"
    still = replace(move, after=70, parts=dict.fromkeys(Cause, 0.0))
    assert scores.moved(history(), still) == "与2026年11月22日的检测相比没有变化。"
    level = replace(move, after=70.01, parts={Cause.REPAIRED: 0.4, Cause.NEW: -0.9, Cause.CONTENT: 0.51})
    parts_told = "（查到的问题减少 +0.4，查到的问题增多 −0.9，页面内容增减 +0.5）"
    assert scores.moved(history(), level) == f"与2026年11月22日的检测（70.0）相比没有变化{parts_told}。两次都检测的有 11 页。"
    known = history()
    later = replace(known.rounds[0], id="again", started=known.rounds[0].started + timedelta(hours=3))
    again = replace(known, rounds=(later, *known.rounds))
    assert scores.moved(again, replace(still, since="night-0", until="again")) == "与2026年11月23日 02:00 的检测相比没有变化。"


def test_a_run_without_an_index_shows_none() -> None:
    old = SiteHistory(target=target("b", "乙县政府"), runs=(run("b", 0, RunState.AUDITED, {State.AUDITED: 30}),))
    known = replace(history(), sites=(old,))
    assert scores.of_city(known) is None and scores.fact(old) is None
    told = b"".join(content for _, content in render_site(known, old))
    assert b'id="index"' not in told and scores.of_run(old.runs[0]) == "—" and told.count(scores.name().encode()) == 1  # a head of a column
