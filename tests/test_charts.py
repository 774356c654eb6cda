"""What is told of nights: what the first audit found is not new, and two audits of one day are told apart by their time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from histories import NOW, history, run, target

from auditor.language import told_in
from auditor.model import RoundSummary, RunState, SiteHistory, State
from reports import nights, visits
from reports.charts import dated, describe


def audited(*counts: dict[str, int]) -> SiteHistory:
    """A site with one judged run for each, the newest first."""
    runs = (replace(run("a", back, RunState.AUDITED, {State.AUDITED: 3}), **one) for back, one in enumerate(counts))  # type: ignore[arg-type]
    return SiteHistory(target=target("a", "甲县政府"), runs=tuple(runs))


LATER = {"open": 144, "new": 28, "reopened": 22, "fixed": 98, "new_rule": 0}
FIRST = {"open": 192, "new": 192, "reopened": 0, "fixed": 0, "new_rule": 0}


def test_what_the_first_audit_found_is_not_new_in_the_city_and_of_a_site() -> None:
    one = audited(LATER, FIRST)
    known = replace(history(), sites=(one,))
    told = describe(nights.charted(known))
    assert "首次检测查到 192 处，以后新出现 28 处、再次出现 22 处、修复 98 处。" in told
    shown = str(visits.runs(known, one).intro)
    assert "首次检测查到 192 处，以后新出现 28 处、再次出现 22 处、修复 98 处。" in shown and 'class="new"' in shown
    assert [night.new for night in nights.charted(known)][-2:] == [0, 28]
    with told_in("en"):
        told = describe(nights.charted(known))
    assert "The first audit found 192 places. Since then: 28 new, 22 back again, 98 fixed." in told


def test_a_site_that_joins_later_has_a_first_audit_of_its_own() -> None:
    joined = audited(FIRST, FIRST)
    before = replace(joined, runs=joined.runs[1:])
    other = audited(FIRST)
    other = replace(other, target=target("b", "乙县政府"), runs=(replace(other.runs[0], site="b"),))
    grown = (replace(before.runs[0], open=10, new=10), replace(joined.runs[0], open=10, new=0))
    known = replace(history(), sites=(replace(joined, runs=grown[::-1]), other))
    assert "其间首次检测的站点查到 202 处，另有新出现 0 处" in describe(nights.charted(known))


def test_earlier_runs_that_are_not_known_leave_everything_as_counted() -> None:
    known = replace(history(), sites=(audited(LATER, {**FIRST, "new": 5}),))
    assert "其间新出现 33 处、再次出现 22 处、修复 98 处。" in describe(nights.charted(known))


def test_two_audits_of_one_day_are_told_with_their_time() -> None:
    assert dated([NOW, NOW + timedelta(hours=2), NOW + timedelta(days=1)], "Asia/Shanghai") == [
        "2026年11月23日 09:30", "2026年11月23日 11:30", "2026年11月24日",
    ]  # fmt: skip
    rounds = [
        RoundSummary(id=f"night-{back}", started=NOW - timedelta(hours=back), finished=NOW, trigger="manual") for back in range(2)
    ]  # fmt: skip
    told = describe(nights.charted(replace(history(), rounds=tuple(rounds), sites=(audited(LATER, FIRST),))))
    assert "2026年11月23日 08:30 有 192 处，2026年11月23日 09:30 有 144 处" in told
