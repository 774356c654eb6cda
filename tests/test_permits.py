"""On whose word a host was visited and what was asked of whom: recorded when a round begins, told to the owner."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import Web, seeing
from histories import history

import reports
from auditor import stops
from auditor.lifecycle import Counts
from auditor.migrations import MIGRATIONS
from auditor.model import Category, Confirmation, Network, Permit, Run, RunState, Site, Stop, Target, Watch
from auditor.rounds import run_round
from auditor.store import Store
from auditor.workers import workers

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
ZHANG = Permit(host="www.a.test", by="张三", date=date(2026, 11, 20), since=NOW)


def test_a_permit_is_one_row_for_as_long_as_it_stands(tmp_path: Path) -> None:
    with Store.open(tmp_path / "auditor.db") as store:
        later, latest = NOW + timedelta(days=1), NOW + timedelta(days=2)
        for since in (NOW, later):
            store.permit({"a": replace(ZHANG, since=since), "b": None})
        assert (store.permits("a"), store.permits("b")) == ((ZHANG,), ())
        other = Permit(host="new.a.test", by="李四", date=date(2026, 11, 24), since=latest)
        store.permit({"a": other})
        assert store.permits("a") == (other, replace(ZHANG, until=latest))
        store.permit({"a": None})
        assert [permit.until is None for permit in store.permits("a")] == [False, False]


def test_a_round_records_who_let_it_in(tmp_path: Path) -> None:
    def target(name: str, confirmed: Confirmation | None) -> Target:
        site = Site(id=name, name=name, url=f"http://{name}.test/", category=Category.OTHER, region="990000", owner="某局")
        return Target(site=site, confirmed=confirmed)

    targets = (target("confirmed", Confirmation(by="张三", date=date(2026, 11, 20))), target("ours", None), target("nobodys", None))
    watch = Watch(targets=targets, network=Network(resolve={"ours.test:80": "127.0.0.1:9"}))
    with Store.open(tmp_path / "auditor.db") as store, workers(apart=False) as executor:
        stops.add(stops.beside(store.path), Stop(host="*", by="测试"))  # nothing is visited: this is about the record
        run_round(watch, targets, store, executor, trigger="manual")
        names = ("confirmed", "ours", "nobodys")
        told = {name: [(permit.host, permit.by, permit.date) for permit in store.permits(name)] for name in names}
    assert told == {"confirmed": [("confirmed.test", "张三", date(2026, 11, 20))], "ours": [("ours.test", "", None)], "nobodys": []}


def test_a_database_of_the_first_schema_is_brought_up_to_date_and_keeps_its_runs(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    run = Run(site="a", round="r1", started=NOW, finished=NOW, state=RunState.AUDITED)
    with Store.open(path) as store:
        store.begin_round("r1", NOW, "manual")
        store.save(run, (), Counts())
        store.end_round("r1", NOW)
    with closing(sqlite3.connect(path)) as db:  # as it was before
        db.executescript("ALTER TABLE run DROP COLUMN requests; DROP TABLE permit;")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = '2026-11-24 who let us in, and what we asked for'")
        db.commit()
    with Store.open(path) as store:
        assert not MIGRATIONS.pending(store.db) and store.integrity() == "ok"
        assert [(one.round, dict(one.requests)) for one in store.runs("a")] == [("r1", {})]
        store.begin_round("r2", NOW, "manual")
        saved = store.save(replace(run, round="r2", requests={"www.a.test": 12, "cdn.test": 3}), (), Counts())
        assert list(saved.requests.items()) == [("www.a.test", 12), ("cdn.test", 3)]


@pytest.mark.browser
def test_an_audit_counts_the_requests_that_went_out(web: Web) -> None:
    web["/"] = '<!doctype html><html lang="zh"><title>首页</title><h1>您好</h1><img src="/a.png"><img src="http://10.0.0.1/b.png">'
    run = seeing("playwright", allow=("localhost",))(web.url("/"))
    assert dict(run.requests) == {"localhost": len(web.asked)} and len(web.asked) >= 2


def test_the_owner_reads_who_let_us_in_what_we_asked_and_that_we_were_stopped() -> None:
    known = history()
    site = known.sites[0]
    runs = (replace(site.runs[0], requests={"www.shi.gov.cn": 1234, "<b>cdn": 5, "*": 7}), *site.runs[1:])
    stopped = Stop(host="*", by="李四", why="<i>检修", since=NOW)
    told = replace(known, sites=(replace(site, runs=runs, permits=(ZHANG,)), *known.sites[1:]), stops=(stopped,))
    pages = {name: BeautifulSoup(content, "lxml").get_text() for name, content in reports.render(told) if name.endswith(".html")}
    page = pages[f"sites/{site.target.site.id}.html"]
    assert "张三确认可以访问 www.a.test，2026年11月20日" in page
    assert "1,234" in page and "<b>cdn" in page and "其他主机合计" in page
    for text in (page, pages["index.html"]):
        assert "紧急停止生效中，暂不访问：全部主机（2026年11月24日 02:00 起，李四，<i>检修）。" in text
    assert "紧急停止" not in "".join(content.decode() for name, content in reports.render(known) if name.endswith(".html"))
