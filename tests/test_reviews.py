"""The fixed table of a plan's reviews: each number in its own time, what people report with their evidence, and nothing filled in later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bs4 import BeautifulSoup, Tag
from histories import HOSTILE, PLAN, history
from test_indicators import NIGHT, a_site, facts

import reports
from auditor.model import (
    Attribute,
    Category,
    Conformance,
    Goal,
    History,
    Plan,
    Reported,
    Ruling,
    Score,
)
from reports import reviews
from reports.definitions import definitions
from reports.indicators import no_data

OPEN = replace(PLAN, id="next", name="下一规划", period=(date(2026, 1, 1), date(2030, 12, 31)))


def rows(known: History, plan: Plan, review: int = 1) -> dict[tuple[str, str], reviews.Row]:
    return {(goal.id, row.indicator): row for goal, told in reviews.table(known, plan, reviews.reviews(plan)[review]) for row in told}


def report(**more: object) -> Reported:
    told: dict[str, object] = {
        "about": "press", "period": (date(2026, 1, 1), date(2026, 6, 30)), "value": 12, "unit": "场", "by": "市委宣传部",
        "date": date(2026, 7, 9), "evidence": "http://www.jining.gov.cn/a",
    }  # fmt: skip
    return Reported(**{**told, **more})  # type: ignore[arg-type]


def test_a_closed_plan_gets_no_number_from_after_its_end_but_a_baseline_with_its_year() -> None:
    for row in rows(history(), PLAN).values():
        assert "%" not in row.current and not row.counties and not row.looked and row.untested == reviews.NONE
    assert rows(history(), PLAN)["portals", definitions()["IA-1"].name].current == reviews.not_in_period()
    assert rows(history(), PLAN)["portals", definitions()["IA-1"].name].baseline.startswith("基线（2026）：1/2（50.0%）")


def test_a_running_plan_gets_the_newest_numbers_with_every_county_in_order() -> None:
    row = rows(history(), OPEN)["block", definitions()["IA-3"].name]
    assert row.current.startswith("1/2（50.0%）") and row.looked and row.source == "自动" and row.untested == "3 个站点"
    assert row.counties == (("济宁市（本级）", "1/2（50.0%）"), ("微山县", no_data()), ("高新区", no_data()))


def test_a_goal_counts_only_the_sites_it_speaks_of() -> None:
    goal = replace(PLAN.goals[1], categories=(Category.DISABLED_FEDERATION,))
    row = rows(history(), replace(OPEN, goals=(goal,)))["block", definitions()["IA-3"].name]
    assert row.current.startswith("1/1（100.0%）") and row.untested == "0 个站点"


def test_every_goal_has_a_row_for_what_people_report_and_says_who_has_to() -> None:
    assert [goal.id for goal, _ in reviews.table(history(), PLAN, reviews.reviews(PLAN)[0])] == [goal.id for goal in PLAN.goals]
    for goal in PLAN.goals:
        row = rows(history(), PLAN)[goal.id, reviews.progress()]
        assert (row.current, row.source) == ("尚无数据：待填报（市残联）", "填报")


def test_reports_stand_with_who_when_and_evidence_in_the_time_they_speak_of() -> None:
    told = (
        report(), report(region="370826", value=None, unit="", said="已配备"), report(about="IA-1", value=50, unit="%"),
        report(period=(date(2025, 1, 1), date(2025, 12, 31)), value=3), report(period=(date(2027, 1, 1), date(2027, 12, 31)), value=99),
    )  # fmt: skip
    plan = replace(OPEN, reported=told, midterm=date(2026, 6, 30))
    row = rows(history(), plan, 0)["press", reviews.progress()]
    assert row.current == "12 场（2026年1月1日至2026年6月30日，市委宣传部 2026年7月9日填报）"
    assert row.baseline.startswith("3 场（2025年1月1日") and row.evidence == ("http://www.jining.gov.cn/a",)
    assert [name for name, _ in row.counties] == ["微山县"] and row.counties[0][1].startswith("已配备（")
    assert "99 场" in rows(history(), plan, 1)["press", reviews.progress()].current
    automatic = rows(history(), plan, 1)["portals", definitions()["IA-1"].name]
    assert automatic.current.startswith("1/2（50.0%）") and "50 %（" in automatic.current and automatic.source == "自动、填报"


def test_only_what_the_federation_ruled_and_a_document_set_is_shown_as_such() -> None:
    ruling = Ruling(by="市残联", date=date(2026, 3, 1), document="济残字〔2026〕9号")
    goal = replace(PLAN.goals[0], attribute=Attribute.EXPECTED, ruling=ruling, target=100, target_document="某文", due=date(2030, 12, 31))
    row = rows(history(), replace(OPEN, goals=(goal,)))["portals", reviews.progress()]
    assert row.attribute == "预期性（市残联2026年3月1日设定，济残字〔2026〕9号）" and row.target == reviews.NONE
    main = rows(history(), replace(OPEN, goals=(goal,)))["portals", definitions()["IA-1"].name]
    assert main.target == "100%（2030年12月31日前，某文）"
    free = replace(goal, indicator=None)
    assert rows(history(), replace(OPEN, goals=(free,)))["portals", reviews.progress()].target == "100（2030年12月31日前，某文）"
    assert {(one.attribute, one.target) for one in rows(history(), OPEN).values()} == {("—", "—")}


def test_an_earlier_day_is_told_by_the_summaries_of_its_runs_and_nothing_else() -> None:
    failing = {
        "1.1.1": Conformance(pages=9, failing=1, share=8 / 9, low=8 / 9, high=8 / 9),
        "1.4.3": Conformance(pages=9, failing=0, share=1, low=1, high=1),
    }
    early = Score(value=90, error=0, low=90, high=90, pages=9, population=9, strata=1, principles=90, criteria=failing)
    nights = tuple(replace(NIGHT, round=f"n{n}", started=NIGHT.started - timedelta(days=30 * n), score=early) for n in range(3))
    site = a_site("a", runs=nights, noted=facts())
    goal = Goal(id="g", indicator="IA-3", also=("IA-10", "IA-1"), quote="句", source="三", lead="市残联")
    plan = replace(OPEN, goals=(goal,), midterm=date(2026, 10, 31))
    known = replace(history(), sites=(site,))
    mid, end = (rows(known, plan, review) for review in (0, 1))
    assert mid["g", definitions()["IA-3"].name].current.startswith("0/1（0.0%）：得到评价的站点 1 个，没有一条 A 级准则查到不符合的 0 个")
    assert mid["g", definitions()["IA-10"].name].current == reviews.not_kept()
    assert mid["g", definitions()["IA-1"].name].current.startswith("1/1")
    assert end["g", definitions()["IA-3"].name].current.startswith("1/1") and "项" in end["g", definitions()["IA-10"].name].current
    long_ago = replace(site, runs=nights[:1], landmarks=nights[2:])
    assert reviews.first_day(replace(known, sites=(long_ago,))) == date(2026, 9, 24)


def test_the_page_of_a_plan_is_a_table_with_the_fixed_heads_in_a_region_that_scrolls() -> None:
    page = BeautifulSoup(dict(reports.render(history()))["plan-jining-145.html"], "lxml")
    assert [section.h2.get_text() for section in page.select("section") if section.h2] == ["中期评估表", "期末（总结）评估表"]
    for table in page.find_all("table"):
        assert [head.get_text() for head in table.select("thead th")] == list(reviews.heads())
        region = table.parent
        assert isinstance(region, Tag) and region["role"] == "region" and region["tabindex"] == "0"
        assert region["aria-labelledby"] == table.caption["id"]
        for body in table.find_all("tbody"):
            lines = body.find_all("tr")
            assert lines[0].th["rowspan"] == str(len(lines)) and lines[0].th["scope"] == "rowgroup"
            assert all(line.select_one("th[scope=row]") for line in lines)
    assert "规划期已结束" in page.get_text() and "（已结束）" in dict(reports.render(history()))["index.html"].decode()


def test_the_page_of_indicators_has_all_sixteen_with_sentences_counties_departments_and_sites() -> None:
    page = BeautifulSoup(dict(reports.render(history()))["indicators.html"], "lxml")
    blocks = {str(block["id"]): block for block in page.select("section[id]")}
    assert list(blocks) == list(definitions())
    assert "推动各级政府门户网站、办事系统实现无障碍服务。" in blocks["IA-1"].get_text()
    lines = {id: block.select("tbody tr") for id, block in blocks.items()}
    told = {id: [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in found] for id, found in lines.items()}
    assert [row[:2] for row in told["IA-1"]] == [[name, "县（市、区）"] for name in ("济宁市（本级）", "微山县", "高新区")]
    assert told["IA-1"][1][2].startswith("0/1（0.0%）") and told["IA-1"][2][2].startswith(no_data())
    assert [row[2][:5] for row in told["IA-3"] if row[:2] == ["市政府办公室", "主办单位"]] == ["1/2（5"]
    assert [row[0] for row in told["IA-2"] if row[1] == "服务平台"] == ["某市网上办事大厅"]
    assert len([row for row in told["IA-10"] if row[1] == "站点"]) == sum(site.target.enabled for site in history().sites)
    assert not told["IA-13"] and "待填报（市委宣传部等）" in blocks["IA-13"].get_text()


def test_what_people_write_cannot_become_markup_and_only_web_addresses_become_links() -> None:
    bad = report(by=HOSTILE, said=HOSTILE, unit=HOSTILE, evidence="javascript:alert(1)")
    told = (bad, report(about="IA-1", evidence=HOSTILE), report())
    goals = tuple(replace(goal, quote=HOSTILE, lead=HOSTILE, source=HOSTILE) for goal in OPEN.goals)
    plan = replace(OPEN, name=HOSTILE, document=HOSTILE, goals=goals, reported=told)
    for path, content in reports.render(replace(history(), plans=(plan,))):
        page = BeautifulSoup(content, "lxml")
        if path.endswith(".html"):
            assert not page.find_all("script") and not page.find_all(onerror=True) and "\u202e" not in content.decode()
            schemes = {str(link["href"]).partition(":")[0] for link in page.find_all("a", href=True) if ":" in link["href"]}
            assert schemes <= {"http", "https"}


def test_a_successor_is_another_entry_with_a_page_of_its_own() -> None:
    written = dict(reports.render(replace(history(), plans=(PLAN, OPEN))))
    assert {"plan-jining-145.html", "plan-next.html"} < set(written)
    shown = BeautifulSoup(written["plan-next.html"], "lxml").get_text()
    assert "时段尚未结束" in shown and "规划期已结束" not in shown


def test_the_day_of_a_run_is_the_day_in_the_city() -> None:
    late = replace(NIGHT, started=datetime(2025, 12, 31, 18, tzinfo=UTC))  # two o'clock of the new year in Shanghai
    known = replace(history(), sites=(a_site("a", runs=(late,)),))
    assert reviews.between(known, *PLAN.period).judged is False and reviews.between(known, *OPEN.period).judged is True
