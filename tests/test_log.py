"""The log of what people did: nobody changes it unseen, and a kill leaves it whole."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from auditor.store import Store, StoreError
from auditor.store_log import Act, Actor, LogBook

ACTOR = Actor(name="张三", role="operator", address="10.0.0.9")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[LogBook]:
    with Store.open(tmp_path / "auditor.db") as store:
        made = LogBook(store)
        for number in range(5):
            made.record(ACTOR, Act.DECIDED, f"site-{number}", "误报：不是障碍")
        yield made


def test_rows_come_back_newest_first_and_hang_together(book: LogBook) -> None:
    entries = book.entries()
    assert [entry.number for entry in entries] == [5, 4, 3, 2, 1]
    assert (entries[0].who, entries[0].act, entries[0].about, entries[0].address) == ("张三", Act.DECIDED, "site-4", "10.0.0.9")
    assert [entry.number for entry in book.entries(2, before=4)] == [3, 2]
    found = book.verify()
    assert (found.rows, found.broken, found.last) == (5, None, entries[0].digest)


@pytest.mark.parametrize(
    "order",
    [
        "UPDATE audit_log SET detail = '' WHERE no = 3",
        "DELETE FROM audit_log WHERE no = 5",
        "INSERT INTO audit_log VALUES (9, '', '', '', '', 'decided', '', '', '', '')",
        "INSERT OR REPLACE INTO audit_log VALUES (3, '', '', '', '', 'decided', '', '', '', '')",
    ],
)
def test_the_database_refuses_to_change_shorten_or_jump(book: LogBook, tmp_path: Path, order: str) -> None:
    with closing(sqlite3.connect(tmp_path / "auditor.db")) as other, pytest.raises(sqlite3.IntegrityError, match="audit log"):
        other.execute(order)
    assert book.verify().broken is None


@pytest.mark.parametrize(
    ("order", "broken"),
    [
        ("UPDATE audit_log SET who = '李四' WHERE no = 3", 3),
        ("UPDATE audit_log SET at = '2026-01-01T00:00:00+00:00' WHERE no = 5", 5),
        ("DELETE FROM audit_log WHERE no = 2", 2),
    ],
)
def test_whoever_takes_the_locks_off_is_found_out(book: LogBook, tmp_path: Path, order: str, broken: int) -> None:
    with closing(sqlite3.connect(tmp_path / "auditor.db", isolation_level=None)) as other:
        for name in ("is_never_changed", "is_never_shortened"):
            other.execute(f"DROP TRIGGER audit_log_{name}")
        other.execute(order)
    assert book.verify().broken == broken


def test_a_log_cut_short_is_found_out_by_a_digest_that_was_written_down(book: LogBook, tmp_path: Path) -> None:
    noted = book.verify().last
    assert book.verify(noted).holds and book.verify(noted[:12]).holds
    with closing(sqlite3.connect(tmp_path / "auditor.db", isolation_level=None)) as other:
        other.execute("DROP TRIGGER audit_log_is_never_shortened")
        other.execute("DELETE FROM audit_log WHERE no = 5")
    cut = book.verify(noted)
    assert cut.broken is None and not cut.holds
    command = [sys.executable, "-m", "auditor", "log", "--db", str(tmp_path / "auditor.db"), "--verify", "--holds", noted]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "截短" in done.stderr


def test_a_change_and_its_row_are_one(book: LogBook) -> None:
    with pytest.raises(StoreError), book.store.writing():
        book.record(ACTOR, Act.DECIDED, "never")
        raise StoreError("no")
    assert book.verify().rows == 5
    with pytest.raises(OSError), book.around(ACTOR, Act.STOPPED, "www.x.gov.cn"):
        raise OSError("磁盘已满")
    assert [entry.act for entry in book.entries(2)] == [Act.FAILED, Act.STOPPED], "what changes a file is told before it is done"
    assert "磁盘已满" in book.entries(1)[0].detail


WRITER = """
import sys
from auditor.store import Store
from auditor.store_log import Act, Actor, LogBook
with Store.open(sys.argv[1]) as store:
    book = LogBook(store)
    while True:
        print(book.record(Actor(name="a", role="operator"), Act.DECIDED, "one", "x" * 300), flush=True)
"""


def test_a_log_written_to_while_its_process_is_killed_is_unbroken_and_lacks_nothing_that_was_reported(tmp_path: Path) -> None:
    path = tmp_path / "auditor.db"
    Store.open(path).close()
    said = 0
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        first = int(process.stdout.readline())
        assert first == said + 1, "a new process goes on where the chain ends"
        time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate(timeout=30)
        said = int(([str(first), *rest.split()])[-1])
        with Store.open(path, readonly=True) as store:
            found = LogBook(store).verify()
        assert found.broken is None and found.rows in (said, said + 1), "at most the last one was written and could not be told"
        said = found.rows
