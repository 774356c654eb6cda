"""The judgements that the store keeps for the nights on which nothing of a page has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from test_store import RULES, a_run, entry, finding, keep, url

from auditor.lifecycle import advance
from auditor.model import IssueState, Judged, Progress, Source
from auditor.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "auditor.db") as opened:
        yield opened


def test_a_page_that_a_retest_looked_at_is_not_carried_over_from_the_night_before(store: Store) -> None:
    first = a_run(0, [finding(1, 1), finding(2, 1)])
    store.begin_round(first.round, first.started, "demo")
    for number, told in enumerate(first.coverage, 1):
        page = Judged(coverage=told, findings=(finding(number, 1),), sources=(Source(url=told.url, digest="d"),))
        store.note(Progress(round=first.round, site=first.site, judged=page))
    keep(store, first)
    now = first.started + timedelta(hours=9)
    assert {one.url for one in store.carried("portal", now, ZoneInfo("Asia/Shanghai"))} == {url(1), url(2)}
    retest = replace(a_run(0, coverage=[entry(1)]), round="n0-retest", started=now, finished=now)
    changed = advance(store.issues("portal"), retest, catalogue=frozenset(RULES)).changed
    assert [issue.state for issue in changed] == [IssueState.FIXED]
    store.save_retest(retest, changed, {})
    assert {one.url for one in store.carried("portal", now, ZoneInfo("Asia/Shanghai"))} == {url(2)}, "it would reopen what is repaired"
