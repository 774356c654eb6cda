"""The store when things go wrong: interrupted rounds, other writers, odd files, kill -9 and full disks."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from test_store import HERE, RULES, START, a_run, big_run, entry, finding, keep, rows, tally, url

from auditor.lifecycle import Counts, advance
from auditor.model import Decision, IssueState, Judged, Progress, Verdict
from auditor.snapshots import digest
from auditor.store import Store, StoreBusy, StoreError, StoreTooNew


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "auditor.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


# ---------------------------------------------------------------------------------------------- progress


def progress(page: int, night: int = 1, blobs: dict[str, bytes] | None = None, **changes: object) -> Progress:
    judged = Judged(coverage=entry(page, **changes), findings=(finding(page, 1),), tallies=(tally("rule-1", page),), links=(url(9),))
    return Progress(round=f"n{night}", site="portal", judged=judged, blobs=blobs or {})


def test_progress_is_kept_page_by_page_until_the_run_is_stored(path: Path, store: Store) -> None:
    store.begin_round("n1", START, "demo")
    for page in (1, 2, 3):
        store.note(progress(page))
    store.note(progress(2, title="又一次"))
    with Store.open(path, readonly=True) as reader:
        found = reader.journal("n1", "portal")
    assert [judged.coverage.url for judged in found] == [url(1), url(2), url(3)]
    assert found[0] == progress(1).judged
    assert found[1].coverage.title == "又一次"
    assert store.journal("n1", "other") == ()
    run = a_run(1, [finding(1, 1)])
    store.save(run, *advance((), run, catalogue=RULES))
    assert store.journal("n1", "portal") == ()
    store.note(progress(4))
    assert rows(store)["journal"] == 0, "what comes after the run is stored is too late"


def test_blobs_of_a_page_are_on_the_disk_before_it_is_noted(store: Store) -> None:
    picture = b"RIFF" * 100
    store.begin_round("n1", START, "demo")
    store.note(progress(1, blobs={digest(picture): picture}))
    assert store.blobs.get(digest(picture)) == picture
    assert rows(store)["blob"] == 1
    with pytest.raises(ValueError, match="does not belong"):
        store.note(progress(2, blobs={"0" * 64: picture}))
    assert len(store.journal("n1", "portal")) == 1


def test_an_interrupted_round_goes_on_in_the_next_process(path: Path) -> None:
    with Store.open(path) as first:
        first.begin_round("n1", START, "schedule")
        first.note(progress(1))
    with Store.open(path) as second:
        assert second.unfinished() == ("n1",)
        second.begin_round("n1", START + timedelta(hours=5), "manual")
        assert second.rounds()[0].started == START
        assert [judged.coverage.url for judged in second.journal("n1", "portal")] == [url(1)]


def test_sweep_keeps_what_is_needed_and_nothing_else(store: Store) -> None:
    names = ["standing", "closed", "decided", "never used", "snapshot now", "snapshot before", "noted"]
    blob = {name: name.encode() for name in names}
    at = {name: digest(data) for name, data in blob.items()}
    stored = {at[name]: blob[name] for name in names}
    findings = [finding(1, 1, picture=at["standing"]), finding(1, 2, "b", at["closed"]), finding(1, 3, "c", at["decided"])]

    store.begin_round("n1", START, "demo")
    before = entry(1, snapshot=at["snapshot before"])
    first = {name: data for name, data in stored.items() if name not in (at["snapshot now"], at["noted"])}
    store.note(Progress(round="n1", site="portal", judged=Judged(coverage=before, findings=tuple(findings)), blobs=first))
    keep(store, a_run(1, findings, [before]))
    assert store.sweep() == 1, "a picture that no issue took over"
    assert at["never used"] not in store.blobs

    group = next(issue.group for issue in store.issues("portal") if issue.picture == at["decided"])
    store.decide(Decision(site="portal", group=group, verdict=Verdict.EXEMPT, by="张三", why="第三方内容", made=START))
    now = entry(1, snapshot=at["snapshot now"])
    store.begin_round("n2", START, "demo")
    second = {at["snapshot now"]: blob["snapshot now"]}
    store.note(Progress(round="n2", site="portal", judged=Judged(coverage=now), blobs=second))
    keep(store, a_run(2, findings[:1], [now]))
    assert store.sweep() == 0, "ninety nights have not passed"

    for day in (97, 98):
        store.begin_round(f"n{day}", START + timedelta(days=day), "demo")
        store.end_round(f"n{day}", START + timedelta(days=day))
    store.begin_round("n99", START + timedelta(days=99), "demo")
    waiting = replace(finding(2, 1), picture=at["noted"])
    judged = Judged(coverage=entry(2), findings=(waiting,))
    store.note(Progress(round="n99", site="portal", judged=judged, blobs={at["noted"]: blob["noted"]}))
    assert store.sweep() == 2
    assert sorted(store.blobs) == sorted(at[name] for name in ("standing", "decided", "snapshot now", "noted"))
    assert rows(store)["blob"] == 4


# ---------------------------------------------------------------------------------------------- who may open and write


def test_only_one_writes_a_round_and_others_are_told_who_does(path: Path, store: Store) -> None:
    store.begin_round("n1", START, "demo")
    with Store.open(path) as other:
        with pytest.raises(StoreBusy, match=f"进程号 {os.getpid()}.*正在写入"):
            other.begin_round("n2", START, "demo")
        with pytest.raises(StoreBusy):
            other.note(progress(1))
        with pytest.raises(StoreBusy):
            other.save(a_run(1), (), Counts())
        other.decide(Decision(site="portal", group="g", verdict=Verdict.ACCEPTED, by="张三", why="", made=START))
        assert other.sweep() == 0
        assert [found.id for found in other.rounds()] == ["n1"]
        store.end_round("n1", START)
        other.begin_round("n2", START, "demo")


def test_a_reader_sees_the_last_whole_state_while_a_run_is_being_written(path: Path, store: Store) -> None:
    keep(store, a_run(1, [finding(1, 1)]))
    with Store.open(path, readonly=True) as reader:
        store.db.conn.execute("BEGIN IMMEDIATE")
        store.db.conn.execute("UPDATE issue SET state = 'fixed'")
        assert [issue.state for issue in reader.issues("portal")] == [IssueState.NEW]
        store.db.conn.execute("ROLLBACK")
        with pytest.raises(StoreError, match="权限"):
            reader.decide(Decision(site="portal", group="g", verdict=Verdict.ACCEPTED, by="张三", why="", made=START))


def test_what_cannot_be_opened_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="还没有数据库"):
        Store.open(tmp_path / "none.db", readonly=True)
    (tmp_path / "text.db").write_text("这不是数据库" * 100)
    with pytest.raises(StoreError, match="不是本程序的数据库"):
        Store.open(tmp_path / "text.db")
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.execute("CREATE TABLE something (a)")
    with pytest.raises(StoreError, match="需要先更新"):
        Store.open(tmp_path / "old.db", readonly=True)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="无法读写"):
        Store.open(tmp_path / "file" / "auditor.db")


def test_a_database_of_a_newer_version_is_left_alone(path: Path) -> None:
    with Store.open(path) as store:
        keep(store, a_run(1))
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('auditor', '2031-01-01 more', '')")
    for readonly in (False, True):
        with pytest.raises(StoreTooNew, match=r"2031-01-01 more.*先升级本程序"):
            Store.open(path, readonly=readonly)
    with closing(sqlite3.connect(path)) as look:
        assert look.execute("SELECT count(*) FROM run").fetchone() == (1,)


def test_the_database_speaks_wal_and_holds_its_references(store: Store) -> None:
    assert store.db.journal_mode == "wal"
    with pytest.raises(sqlite3.IntegrityError):
        store.db.execute("INSERT INTO issue_span (issue, first_round) VALUES (77, 77)")
    with pytest.raises(sqlite3.IntegrityError):
        store.db.execute("INSERT INTO round (id, started, cause) VALUES (x'00', 1.5, 'a')")


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process of its own that speaks the words of this file."""
    words = "import os, signal, sys\nfrom test_store_failures import *\npath = Path(sys.argv[1])\n"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE / "tests")])}
    command = [sys.executable, "-c", words + textwrap.dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_two_processes_may_create_the_database_at_once(path: Path) -> None:
    code = """
        with Store.open(path) as store:
            print(store.integrity())
    """
    pair = [start(code, path) for _ in range(2)]
    assert [process.communicate(timeout=60) for process in pair] == [("ok\n", "")] * 2


def test_the_lock_of_a_killed_writer_is_free_again(path: Path) -> None:
    code = """
        store = Store.open(path)
        store.begin_round("n1", START, "demo")
        print("writing", flush=True)
        signal.pause()
    """
    with start(code, path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        with Store.open(path) as other, pytest.raises(StoreBusy, match=f"进程号 {process.pid}"):
            other.begin_round("n2", START, "demo")
        process.kill()
    with Store.open(path) as other:
        other.begin_round("n2", START, "demo")


# ---------------------------------------------------------------------------------------------- kill -9 and full disks


def life(path: Path, nights: int) -> None:
    """Some ordinary nights, the last of them with pages noted and not stored."""
    with Store.open(path) as store:
        for night in range(1, nights):
            keep(store, big_run(night, churn=30))
        store.begin_round(f"n{nights}", START + timedelta(days=nights), "demo")
        for page in range(3):
            store.note(progress(page, nights))


KILLED = """
    life(path, 4)
    run = big_run(4, churn=30)
    store = Store.open(path)
    store.begin_round("n4", run.started, "demo")
    changed, counts = advance(store.issues("portal"), run, catalogue=frozenset(RULES))
    left = int(sys.argv[2])
    def count():
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    store.db.conn.set_progress_handler(count, 500)
    store.save(run, changed, counts)
    print("saved", int(sys.argv[2]) - left, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
"""Kills itself after some steps of SQLite inside `save`; steps 0: right after it."""


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The same nights without a kill."""
    path = tmp_path_factory.mktemp("unkilled") / "auditor.db"
    life(path, 4)
    with Store.open(path) as store:
        keep(store, big_run(4, churn=30))
        yield store


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How often `count` is called during the save that is to be killed."""
    with start(KILLED, tmp_path_factory.mktemp("counted") / "auditor.db", 0) as process:
        told, complaints = process.communicate(timeout=60)
    assert told.startswith("saved "), complaints
    assert process.returncode == -signal.SIGKILL
    return int(told.split()[1])


@pytest.mark.parametrize("moment", [0.0, 0.2, 0.4, 0.6, 0.8, 0.97, "after"])
def test_kill_9_in_the_middle_of_a_save_costs_nothing(path: Path, unkilled: Store, steps: int, moment: float | str) -> None:
    at = 0 if isinstance(moment, str) else max(1, int(steps * moment))
    with start(KILLED, path, at) as process:
        told, complaints = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, complaints
    assert bool(told) == (moment == "after")
    with Store.open(path) as store:
        assert store.integrity() == "ok"
        assert all(store.run_of("portal", name) == unkilled.run_of("portal", name) is not None for name in ("n1", "n2", "n3"))
        assert store.unfinished() == ("n4",)
        if moment != "after":
            assert store.run_of("portal", "n4") is None
            assert len(store.journal("n4", "portal")) == 3
        keep(store, big_run(4, churn=30))
        assert store.issues("portal") == unkilled.issues("portal")
        assert store.runs("portal") == unkilled.runs("portal")
        assert tuple(store.ledger("portal", "n2")) == tuple(unkilled.ledger("portal", "n2"))
        assert rows(store) == rows(unkilled)
        assert keep(store, big_run(5)).open == 300


FULL = """
    from auditor.store import StoreFull
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    life(path, 4)
    store = Store.open(path)
    def room(limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, -1))
    def tell(work):
        try:
            work()
            print("done")
        except StoreFull as error:
            assert isinstance(error, OSError), error
            print(error)
    run = big_run(4, churn=300)
    store.begin_round("n4", run.started, "demo")
    step = advance(store.issues("portal"), run, catalogue=frozenset(RULES))
    large = os.urandom(1_000_000)
    for limit in (0, 10_000, 60_000, 200_000):
        room(limit)
        tell(lambda: store.save(run, *step))
        room(-1)
        print(store.integrity(), store.run_of("portal", "n4"), len(store.journal("n4", "portal")))
    room(0)
    tell(lambda: store.note(progress(7, 4, {digest(large): large})))
    tell(lambda: [store.note(progress(number, 4)) for number in range(100)])
    room(-1)
    tell(lambda: store.save(run, *step))
    store.end_round("n4", run.finished)
    print(store.integrity())
"""


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_FSIZE)[1] != resource.RLIM_INFINITY, reason="files are limited here already")
def test_a_disk_that_fills_up_costs_nothing_and_the_run_can_be_stored_later(path: Path, unkilled: Store) -> None:
    with start(FULL, path) as process:
        told, complaints = process.communicate(timeout=60)
    assert complaints == ""
    lines = told.splitlines()
    sentence = f"磁盘空间不足，数据库 {path} 无法写入"
    assert [line.startswith(sentence) for line in lines[0:8:2]] == [True] * 4
    assert lines[1:8:2] == ["ok None 3"] * 4
    assert [line.startswith(sentence) for line in lines[8:10]] == [True, True]
    assert lines[10:] == ["done", "ok"]
    with Store.open(path) as store:
        assert store.runs("portal")[1:] == unkilled.runs("portal")[1:]
        assert store.runs("portal")[0].open == 300
        assert list(store.blobs) == []
