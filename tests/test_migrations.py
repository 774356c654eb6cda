"""Migrations forward from each earlier version: rows that were written then are all there now, and every reader understands them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from histories import NOW, ZONE, target
from sqlite_utils import Database
from test_store import RULES, a_run, entry, finding, keep, rows

from auditor.migrations import MIGRATIONS
from auditor.model import Cause, Conformance, IssueState, Move, RunState, Score, State, Watch
from auditor.notices.announcing import announce
from auditor.store import Store, StoreError
from auditor.store_cases import Cases
from auditor.store_outbox import Outbox
from auditor.store_rows import as_json

with closing(Database(memory=True)) as nothing:
    STEPS = [step.name for step in MIGRATIONS.pending(nothing)]

URL = "http://www.example.gov.cn/page1.html"
WHEN = "2026-11-23T18:00:00+00:00"
ELEMENT = '{"selector":"main > img:nth-child(1)","tag":"img","text":"图1","attributes":{"src":"/1.png"}}'
ROWS: list[tuple[str, dict[str, Any]]] = [
    ("site", {"no": 1, "id": "portal", "name": "某网站", "url": URL, "category": "portal", "region": "370800", "owner": "某局",
              "legal_basis": "32-1"}),
    ("round", {"no": 1, "id": "n1", "started": WHEN, "finished": WHEN, "cause": "schedule"}),
    ("round", {"no": 2, "id": "n2", "started": "2026-11-24T18:00:00+00:00", "finished": None, "cause": "schedule"}),
    ("basis", {"no": 1, "hash": b"h", "versions": '{"axe-core":"4.12.1"}', "rules": '["image-alt"]'}),
    ("run", {"site": 1, "round": 1, "started": WHEN, "finished": WHEN, "state": "audited", "reason": "", "coverage": '{"audited":1}',
             "findings": 1, "new": 1, "open": 1, "fixed": 0, "reopened": 0, "ruleset": "r", "environment": "e", "basis": 1,
             "requests": '{"www.example.gov.cn":9}', "score": "", "move": "", "sample": ""}),
    ("address", {"no": 1, "site": 1, "url": URL, "variant": "desktop", "title": "首页", "url_key": "k", "dom_key": "d", "digest": "0" * 64,
                 "walk": "", "labels": '{"SiteName":"某网站"}', "platform": ""}),
    ("coverage", {"address": 1, "first_round": 1, "last_round": None, "state": "audited", "reason": "", "status": 200, "final_url": URL,
                  "engines": '["axe"]', "mark": "", "stratum": ""}),
    ("tally", {"address": 1, "rule": "image-alt", "first_round": 1, "last_round": None, "failed": 1, "passed": 2, "cant_tell": 0}),
    ("evidence", {"hash": b"e", "element": ELEMENT}),
    ("issue", {"no": 1, "id": "i1", "site": 1, "address": 1, "rule": "image-alt", "grp": "g", "instance": "x", "state": "new",
               "outcome": "failed", "impact": "serious", "criteria": '["1.1.1"]', "evidence": b"e", "message": "请写替代文字。",
               "engines": '["axe"]', "picture": "", "first_seen": WHEN, "changed": WHEN, "identity_version": 1, "scene": "",
               "caption": ""}),
    ("issue_span", {"issue": 1, "first_round": 1, "last_round": None}),
    ("decision", {"no": 1, "site": 1, "grp": "g", "verdict": "accepted", "author": "张三", "why": "改版", "made": WHEN, "until": None}),
    ("permit", {"no": 1, "site": 1, "host": "www.example.gov.cn", "author": "张三", "confirmed": "2026-11-20", "since": WHEN}),
    ("noted", {"site": 1, "round": 1, "body": "{}"}),
]  # fmt: skip


def as_of(path: Path, step: str | None) -> dict[str, int]:
    """A database as the program of a step wrote it (the steps before `step`; None: of all), with rows in every table of ours."""
    path.parent.mkdir(parents=True)
    with closing(Database(path)) as db:
        MIGRATIONS.apply(db, stop_before=step)
        assert step is None or step not in {one.name for one in MIGRATIONS.applied(db)}
        known = {name: {column.name for column in db[name].columns} for name in db.table_names()}
        with db.atomic():
            for table, values in ROWS:
                if table in known:
                    told = {name: value for name, value in values.items() if name in known[table]}
                    marks = ", ".join("?" * len(told))
                    db.execute(f"INSERT INTO {table} ({', '.join(told)}) VALUES ({marks})", list(told.values()))
        return {table: db[table].count for table in known if not table.startswith("_")}


@pytest.mark.parametrize("step", [*STEPS[1:], None], ids=lambda step: str(step)[:40])
def test_rows_of_every_earlier_version_are_read_and_written_on(tmp_path: Path, step: str | None) -> None:
    path = tmp_path / "data" / "auditor.db"
    before = as_of(path, step)
    with Store.open(path) as store:
        assert not MIGRATIONS.pending(store.db) and store.integrity() == "ok"
        assert {table: count for table, count in rows(store).items() if table in before} == before
        watch = Watch(targets=(target("portal", "某网站"),))
        site = store.history(watch, rules={}, criteria={}, now=NOW).sites[0]
        assert (site.runs[0].state, site.runs[0].new, site.runs[0].versions) == (RunState.AUDITED, 1, {"axe-core": "4.12.1"})
        assert [(one.url, one.state, one.title) for one in site.coverage] == [(URL, State.AUDITED, "首页")]
        issue = site.issues[0]
        assert (issue.id, issue.group, issue.state, issue.element.text) == ("i1", "g", IssueState.NEW, "图1")
        assert site.decisions[0].by == "张三" and site.cases == () and store.unfinished() == ("n2",)
        assert store.tallies("portal")[0].passed == 2 and store.known("portal")[0].digest == "0" * 64
        keep(store, a_run(2, [finding(1, 1)], [entry(1)], rules=(*RULES, "image-alt")))
        assert [one.round for one in store.runs("portal")] == ["n2", "n1"] and store.integrity() == "ok"
        assert Cases(store, ZONE).all() == () and Outbox(store).unsent() == () and announce(watch, store, "n2", NOW) == 0
        assert store.sweep() == 0


def test_the_index_of_a_run_its_criteria_and_why_it_moved_are_kept_when_they_come_to_stand_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "auditor.db"
    as_of(path, "2026-11-30 the details of a run stand beside it")
    index = Score(
        value=71.25, error=0.5, low=70.25, high=72.25, freedom=8.5, pages=40, population=50, strata=3, principles=69.5,
        criteria={"1.1.1": Conformance(pages=40, failing=10, share=0.75, low=0.6, high=0.85)}, interfering={"2.1.2": 1},
    )  # fmt: skip
    move = Move(since="n0", until="n1", before=70.0, after=71.25, parts={Cause.REPAIRED: 1.25}, pages=38, rules={Cause.NEW: (("a", 2),)})
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE run SET score = ?, move = ?", (as_json(index), as_json(move)))
    with Store.open(path) as store:
        run = store.runs("portal")[0]
        assert run.score == index and run.move == move
        brief = store.runs("portal", brief=True)[0]
        assert brief.score == replace(index, criteria={}) and brief.move is None


def test_the_rows_of_this_test_fill_every_table_of_the_first_versions(tmp_path: Path) -> None:
    counts = as_of(tmp_path / "data" / "auditor.db", None)
    empty = {table for table, count in counts.items() if not count}
    assert empty >= {"blob", "journal", "outbox", "casefile", "case_event", "case_group"}
    assert {table for table, _ in ROWS} <= counts.keys() - empty


def test_a_step_that_breaks_off_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "data" / "auditor.db"
    as_of(path, STEPS[1])
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE outbox (no INTEGER)")  # somebody else's: the step that makes ours cannot be done
    with pytest.raises(StoreError, match="outbox already exists"):
        Store.open(path)
    with closing(Database(path)) as db:
        done = [one.name for one in MIGRATIONS.applied(db)]
        assert "2026-11-29 messages to be sent" not in done and done == STEPS[: len(done)]
        db["outbox"].drop()
    with Store.open(path) as store:
        assert store.integrity() == "ok" and len(store.issues("portal")) == 1
