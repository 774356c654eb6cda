"""What a new rule finds is stored with the run and told beside what is new: it may have stood for long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import reports
from auditor import telling
from auditor.lifecycle import Counts
from auditor.model import Coverage, History, Run, RunState, SiteHistory, State
from auditor.rounds import Outcome
from auditor.store import Store
from tests import histories

NOW = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)


def ruled() -> History:
    """The small city on a night on which a new rule found three places of the portal."""
    told = histories.history()
    return replace(told, sites=tuple(_ruled(site) if site.target.site.id == "shi" else site for site in told.sites))


def _ruled(site: SiteHistory) -> SiteHistory:
    return replace(site, runs=(replace(site.runs[0], new_rule=3), *site.runs[1:]))


def test_the_count_of_a_new_rule_is_stored_with_the_run(tmp_path: Path) -> None:
    entry = Coverage(url="http://x.gov.cn/", state=State.AUDITED)
    run = Run(site="x", round="n1", started=NOW, finished=NOW, state=RunState.AUDITED, coverage=(entry,))
    with Store.open(tmp_path / "auditor.db") as store:
        store.begin_round("n1", NOW, "manual")
        store.save(run, (), Counts(new=1, new_rule=2, open=3))
        (kept,) = store.runs("x")
    assert (kept.new, kept.new_rule, kept.open) == (1, 2, 3)
    (site,) = telling.round_json(Outcome(round="n1", started=NOW, finished=NOW, runs=(kept,)))["sites"]
    assert site["issues"] == {"new": 1, "open": 3, "fixed": 0, "reopened": 0, "new_rule": 2}


def test_the_reports_tell_it_apart_from_what_is_new() -> None:
    files = dict(reports.render(ruled()))
    assert "新出现 6 处，修复后再次出现 1 处，已修复 2 处；另有 3 处由新增的检测规则首次查出，可能早已存在，不算新出现" in histories.said(
        "sites/shi.html", files
    )
    chart = histories.soup("sites/shi.html", files).select_one("figure.chart")
    assert chart is not None and "另有 3 处由新增的检测规则首次查出" in chart.get_text() and "新规则首次查出 3 处" in chart.get_text()
    table = histories.soup("index.html", files).find(class_="sites")
    assert table is not None
    heads = [cell.get_text() for cell in table.find_all("th", scope="col")][-4:]
    assert heads == ["新出现", "新规则查出", "再次出现", "已修复"]
    row = next(row for row in table.find_all("tr", role="row") if "某市人民政府" in row.get_text())
    assert [cell.get_text() for cell in row.find_all("td")][-4:] == ["6", "3", "1", "2"]


def test_nights_without_a_new_rule_have_no_column_for_it() -> None:
    assert "新规则查出" not in histories.said("index.html")
    assert "首次查出" not in histories.said("sites/shi.html")
