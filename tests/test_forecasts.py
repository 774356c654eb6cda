"""Goals with a target and a due day: forecast from the ends of quarters, in the time of the plan, and honest where it cannot be said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from histories import PLAN, history, run, said, target

import reports
from auditor.goals import quarter_ends
from auditor.lifecycle import Counts
from auditor.model import Conformance, Coverage, Goal, History, Plan, Run, RunState, RunSummary, Score, SiteHistory, State, Watch
from auditor.store import Store
from auditor.store_read import RUNS_TOLD
from reports import assessment, forecasts

FIRST = date(2026, 1, 10)
GOAL = Goal(id="g", indicator="IA-3", quote="原句", source="三", lead="市残联", target=100, target_document="某文", due=date(2030, 12, 31))
AHEAD = replace(PLAN, id="next", name="下一规划", period=(date(2026, 1, 1), date(2030, 12, 31)), goals=(GOAL,))


def judged(site: str, day: date, failing: int, ruleset: str = "same", state: RunState = RunState.AUDITED) -> RunSummary:
    """A run whose index rests on ten pages, some of which fail 1.1.1."""
    met = Conformance(pages=10, failing=failing, share=1 - failing / 10, low=0, high=1)
    index = Score(value=90, error=0, low=90, high=90, pages=10, population=10, strata=1, principles=90, criteria={"1.1.1": met})
    night = run(site, 0, state, {State.AUDITED: 10}, ruleset=ruleset)
    return replace(night, round=f"{site}-{day}", started=datetime(day.year, day.month, day.day, 10, tzinfo=UTC), score=index)


def city(quarters: int, free: Callable[[int], int], *, ruleset: Callable[[int], str] = lambda _: "same") -> History:
    """Ten portals; after quarter q (from 0) `free(q)` of them are without a failure of level A."""
    days = [FIRST + timedelta(days=91 * quarter) for quarter in range(quarters)]
    sites = tuple(
        SiteHistory(
            target=target(f"s{number}", f"站点{number}"),
            runs=tuple(
                judged(f"s{number}", days[quarter], int(number >= free(quarter)), ruleset(quarter))
                for quarter in reversed(range(quarters))
            ),
        )
        for number in range(10)
    )
    now = datetime(days[-1].year, days[-1].month, days[-1].day, tzinfo=UTC) + timedelta(days=88)
    return replace(history(), now=now, sites=sites, plans=(AHEAD,))


def told(known: History, plan: Plan = AHEAD) -> str:
    section = forecasts.section(known, plan)
    assert section is not None
    (item,) = section.items
    return re.sub("<[^>]+>", "|", str(item))


def test_quarters_end_four_times_a_year() -> None:
    assert quarter_ends(date(2026, 3, 31), date(2027, 3, 30)) == (
        date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)
    )  # fmt: skip
    assert quarter_ends(date(2026, 4, 1), date(2026, 6, 29)) == quarter_ends(date(2027, 1, 1), date(2026, 1, 1)) == ()


def test_a_steady_rise_gives_dates_with_their_interval_and_the_pace_that_is_needed() -> None:
    shown = told(city(9, lambda quarter: 1 + quarter))
    assert "2026年3月31日 10.0%；2026年6月30日 20.0%" in shown and "100%（2030年12月31日前，某文）" in shown
    assert re.search(r"按现有速度可以按期达到：预计20\d\d年\d+月\d+日前后达到，最早20\d\d年.+，最晚20\d\d年", shown)
    assert re.search(r"实际每年 \+(39|4\d)\.\d 个百分点；按期达到需要每年 \+\d\.\d 个百分点", shown)


def test_what_creeps_is_seen_not_to_arrive_in_time() -> None:
    near = replace(AHEAD, goals=(replace(GOAL, due=date(2028, 6, 30)),))
    assert "按当前趋势在期限内无法达到" in told(city(9, lambda quarter: 1 + quarter // 3), near)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (city(4, lambda quarter: 2 * quarter), "不能断言：能够相比的季度末只有 4 个，少于 6 个。"),
        (city(9, lambda quarter: 3 + quarter % 2), "不能断言：看不出可以证实的升降，不知道会不会达到。"),
        (replace(city(2, lambda quarter: 0), sites=()), "不能断言：还没有季度末的数值。"),
    ],
)
def test_what_cannot_be_said_is_not_said(known: History, why: str) -> None:
    assert why in told(known)


def test_a_goal_that_is_met_is_seen_with_its_day() -> None:
    assert "2026年12月31日已达到目标值。" in told(city(4, lambda quarter: 8 + quarter))


def test_ends_of_quarters_under_other_rules_are_left_out_where_rules_matter() -> None:
    known = city(9, lambda quarter: 1 + quarter, ruleset=lambda quarter: "old" if quarter < 4 else "new")
    assert "此前 4 个季度末的检测规则不同，不能相比，没有计入" in told(known) and "季度末只有 5 个" in told(known)
    portals = replace(AHEAD, goals=(replace(GOAL, indicator="IA-1"),))
    assert "检测规则不同" not in told(known, portals) and "已达到目标值" in told(known, portals)


def test_a_share_of_ever_more_sites_says_so() -> None:
    known = city(8, lambda quarter: quarter)
    begun = [replace(site, runs=site.runs[: 8 - number]) for number, site in enumerate(known.sites[:4])]
    assert "升降中可能有站点增减的影响" not in told(known)
    assert "计入的站点 7 至 10 个，升降中可能有站点增减的影响" in told(replace(known, sites=(*begun, *known.sites[4:])))


def test_less_is_better_where_the_indicator_says_so() -> None:
    failed = replace(AHEAD, goals=(replace(GOAL, indicator="IA-16", target=0),))
    assert "已达到目标值" in told(city(3, lambda quarter: 0), failed)


def test_nothing_from_after_the_end_of_a_plan_or_its_due_day_is_used() -> None:
    known = city(9, lambda quarter: 1 + quarter)
    closed = replace(AHEAD, period=(date(2026, 1, 1), date(2026, 12, 31)), goals=(replace(GOAL, due=date(2026, 12, 31)),))
    shown = told(known, closed)
    assert "2027年" not in shown and "期限已过，期限之前最后一个季度末（2026年12月31日）没有达到目标值。" in shown
    assert "规划期内还没有季度末的数值" in told(known, replace(closed, period=(date(2021, 1, 1), date(2025, 12, 31))))


def test_what_people_report_and_what_was_not_kept_is_not_extrapolated() -> None:
    known = city(9, lambda quarter: 1 + quarter)
    assert "数值由人工填报，不作推算" in told(known, replace(AHEAD, goals=(replace(GOAL, indicator="IA-7"),)))
    assert "过去的数值没有留存" in told(known, replace(AHEAD, goals=(replace(GOAL, indicator="IA-11"),)))


def test_the_page_of_a_plan_shows_it_only_where_a_goal_has_a_target_and_a_day() -> None:
    known = city(9, lambda quarter: 1 + quarter)
    assert "目标的预测" in said("plan-next.html", dict(assessment.render(known)))
    assert "目标的预测" not in said("plan-jining-145.html", dict(reports.render(history())))
    undated = replace(AHEAD, goals=(replace(GOAL, due=None), replace(GOAL, target=None)))
    assert forecasts.section(known, undated) is None


def test_the_store_keeps_the_ends_of_quarters_in_reach_however_many_nights_there_were(tmp_path: Path) -> None:
    begun, site = datetime(2026, 1, 10, 10, tzinfo=UTC), target("s0", "站点")
    with Store.open(tmp_path / "auditor.db") as store:
        for night in range(RUNS_TOLD + 100):
            when = begun + timedelta(days=night)
            store.begin_round(f"n{night}", when, "schedule")
            entry = Coverage(url="http://www.s0.gov.cn/", state=State.AUDITED)
            told_ = Run(site="s0", round=f"n{night}", started=when, finished=when, state=RunState.AUDITED, coverage=(entry,))
            store.save(told_, (), Counts())
            store.end_round(f"n{night}", when)
        kept = store.history(Watch(plans=(AHEAD,), targets=(site,)), rules={}, criteria={}, now=when)
        without = store.history(Watch(targets=(site,)), rules={}, criteria={}, now=when)
    days = [one.started.date() for one in kept.sites[0].landmarks]
    assert days == [date(2026, 3, 31), date(2026, 1, 10)] and [one.started.date() for one in without.sites[0].landmarks] == days[1:]
