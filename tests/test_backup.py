"""Backups: whole or not there, the state of one moment while a night runs, checked; and restoring that overwrites nothing it should not."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from processes import until
from test_store import HERE, START, a_run, big_run, finding, keep, rows
from test_store_failures import progress

from auditor import stops, store_backup
from auditor.backup_file import read
from auditor.complaints import Told
from auditor.migrations import MIGRATIONS
from auditor.model import Decision, Reader, Stop, Verdict
from auditor.notices.message import Message
from auditor.snapshots import digest
from auditor.store import Store, StoreBusy, StoreError, StoreTooNew
from auditor.store_backup import back_up, restore
from auditor.store_complaints import Complaints
from auditor.store_lock import serving_lock
from auditor.store_outbox import Outbox

NOW = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
PICTURES = [b"RIFF" + bytes([number]) * 500 for number in range(6)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "auditor.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


def a_night(store: Store, night: int, pictures: list[bytes]) -> None:
    """One round whose findings have pictures."""
    store.begin_round(f"n{night}", START + timedelta(days=night), "demo")
    store.note(progress(1, night, blobs={digest(one): one for one in pictures}))
    keep(store, a_run(night, [finding(1, place, picture=digest(one)) for place, one in enumerate(pictures, 1)]))


def test_what_comes_back_is_what_was_there(path: Path, store: Store, tmp_path: Path) -> None:
    a_night(store, 1, PICTURES)
    stops.add(stops.beside(path), Stop(host="www.x.gov.cn", by="张三"))
    (tmp_path / "targets.yml").write_text("version: 1\n")
    made = back_up(path, tmp_path / "b.tar", NOW, tmp_path / "targets.yml")
    assert made.last_round == "n1" and len(made.blobs) == 6 and not made.lost and made.rows["issue"] == 6
    assert oct((tmp_path / "b.tar").stat().st_mode & 0o777) == "0o600"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["b.tar", "data", "targets.yml"], "nothing is left lying about"
    other = tmp_path / "elsewhere" / "new.db"
    assert restore(tmp_path / "b.tar", other, NOW) == (made, None)
    with Store.open(other) as copy:
        assert copy.issues("portal") == store.issues("portal") and copy.rounds() == store.rounds()
        assert sorted(copy.blobs) == sorted(store.blobs) and copy.integrity() == "ok" and rows(copy) == rows(store)
    assert [stop.host for stop in stops.read(stops.beside(other))] == ["www.x.gov.cn"]
    assert other.with_name("new.db.targets.yml").read_text() == "version: 1\n"


def test_how_people_can_be_reached_who_complained_is_in_no_backup(path: Path, store: Store, tmp_path: Path) -> None:
    for number in range(300):
        Complaints(store).add(Told(what="读不出", address="x", contact=f"1390000{number:04}"), NOW)
    made = back_up(path, tmp_path / "b.tar", NOW)
    assert (made.rows["complaint"], made.rows["complaint_contact"]) == (300, 0)
    restore(tmp_path / "b.tar", tmp_path / "new.db", NOW)
    assert b"1390000" in path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    assert b"1390000" not in (tmp_path / "new.db").read_bytes()
    assert Complaints(store).get(7).told.contact == "13900000006", "it stays where it was"


def test_a_backup_never_overwrites_another_and_says_what_was_lost(path: Path, store: Store, tmp_path: Path) -> None:
    a_night(store, 1, PICTURES)
    back_up(path, tmp_path / "b.tar", NOW)
    with pytest.raises(StoreError, match="已经存在"):
        back_up(path, tmp_path / "b.tar", NOW)
    gone = digest(PICTURES[0])
    (path.with_name("auditor.db.blobs") / gone[:2] / gone).unlink()
    made = back_up(path, tmp_path / "c.tar", NOW)
    assert made.lost == (gone,) and len(made.blobs) == 5 and read(tmp_path / "c.tar") == made
    with pytest.raises(StoreError, match="没有数据库"):
        back_up(path.with_name("none.db"), tmp_path / "d.tar", NOW)


def test_a_backup_of_a_running_night_is_the_state_of_one_moment(path: Path, tmp_path: Path) -> None:
    ended = threading.Event()

    def nights() -> None:
        with Store.open(path) as store:
            for number in range(1, 1000):
                if ended.is_set():
                    return
                a_night(store, number, [PICTURES[0], f"RIFF{number}".encode() * 50])
                store.sweep(snapshots=1, pictures=1)

    work = threading.Thread(target=nights)
    work.start()
    try:
        until(lambda: path.exists() and path.with_name("auditor.db.blobs").exists())
        for number in range(5):
            made = back_up(path, tmp_path / f"{number}.tar", NOW)
            restore(tmp_path / f"{number}.tar", tmp_path / f"{number}.db", NOW)
            with Store.open(tmp_path / f"{number}.db") as copy:
                assert copy.integrity() == "ok" and not made.lost
                assert all(issue.picture in copy.blobs for issue in copy.issues("portal", standing=True))
            time.sleep(0.1)
    finally:
        ended.set()
        work.join()


def test_nothing_is_swept_away_while_a_backup_is_made(path: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_night(store, 1, PICTURES)
    whole, swept = store_backup._copy, []

    def copy_and_sweep(db: Path, copy: Path) -> None:
        whole(db, copy)
        for night in (2, 198, 199, 200):
            keep(store, a_run(night, []))
        swept.append(store.sweep())

    monkeypatch.setattr(store_backup, "_copy", copy_and_sweep)
    made = back_up(path, tmp_path / "b.tar", NOW)
    assert swept == [0] and made.lost == () and len(made.blobs) == 6 and made.last_round == "n1"
    assert store.sweep() == 6, "it is made up for at the end of the next round"


KILLED = textwrap.dedent("""
    import sys, time
    from datetime import UTC, datetime
    from pathlib import Path
    from auditor import backup_file
    from auditor.store_backup import back_up
    add = backup_file.Writing.blob
    def slow(self, name, content):
        add(self, name, content)
        print("one", flush=True)
        time.sleep(0.2)
    backup_file.Writing.blob = slow
    back_up(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now(UTC))
""")


def test_a_killed_backup_leaves_no_file_of_that_name(path: Path, store: Store, tmp_path: Path) -> None:
    a_night(store, 1, PICTURES)
    command = [sys.executable, "-c", KILLED, str(path), str(tmp_path / "b.tar")]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert not (tmp_path / "b.tar").exists() and (tmp_path / "b.tar.part").exists()
    assert len(back_up(path, tmp_path / "b.tar", NOW).blobs) == 6
    assert not (tmp_path / "b.tar.part").exists()


def test_every_damaged_byte_is_noticed(path: Path, store: Store, tmp_path: Path) -> None:
    a_night(store, 1, PICTURES[:2])
    file = tmp_path / "b.tar"
    back_up(path, file, NOW)
    whole = file.read_bytes()
    with tarfile.open(file) as tar:
        places = [(one.offset_data, one.offset_data + one.size) for one in tar]
    for begin, end in places:
        for at in (begin, (begin + end) // 2, end - 1):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(StoreError):
                restore(file, tmp_path / "x.db", NOW)
    for cut in (0, 100, len(whole) // 3, places[-1][0]):
        file.write_bytes(whole[:cut])
        with pytest.raises(StoreError):
            restore(file, tmp_path / "x.db", NOW)
    assert not (tmp_path / "x.db").exists()


def test_a_file_with_foreign_parts_is_refused(path: Path, store: Store, tmp_path: Path) -> None:
    a_night(store, 1, [])
    back_up(path, tmp_path / "b.tar", NOW)
    for name in ("../../evil", "/etc/evil", "blobs/../evil", f"blobs/{'a' * 64}", "blobs"):
        odd = tmp_path / "odd.tar"
        odd.write_bytes((tmp_path / "b.tar").read_bytes())
        with tarfile.open(odd, "a") as tar:
            tar.addfile(tarfile.TarInfo(name))
        with pytest.raises(StoreError):
            restore(odd, tmp_path / "x.db", NOW)
    with tarfile.open(odd, "w") as tar:
        link = tarfile.TarInfo("auditor.db")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(StoreError, match="不该有的内容"):
        restore(odd, tmp_path / "x.db", NOW)
    assert not list(tmp_path.glob("x.db*.db")) and not (tmp_path.parent / "evil").exists()


# ---------------------------------------------------------------------------------------------- restoring


def test_an_older_database_is_set_aside_and_a_newer_one_left_alone(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        a_night(store, 1, PICTURES[:1])
        back_up(path, tmp_path / "one.tar", NOW)
        a_night(store, 2, PICTURES[:2])
        back_up(path, tmp_path / "two.tar", NOW)
    with pytest.raises(StoreError, match=r"备份以后的内容（n2）"):
        restore(tmp_path / "one.tar", path, NOW)
    _, aside = restore(tmp_path / "two.tar", path, NOW)
    assert aside is not None and aside.name == "auditor.db.before-20261201-040000"
    with Store.open(path) as store:
        assert [one.id for one in store.rounds()] == ["n2", "n1"]
        store.decide(Decision(site="portal", group="g", verdict=Verdict.ACCEPTED, by="张三", why="x", made=NOW))
    with pytest.raises(StoreError, match="decision 1 条"):
        restore(tmp_path / "two.tar", path, NOW + timedelta(hours=1))
    with closing(sqlite3.connect(aside)) as old:
        assert old.execute("SELECT count(*) FROM round").fetchone() == (2,)


def test_what_the_public_told_since_is_not_overwritten(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        a_night(store, 1, [])
        back_up(path, tmp_path / "b.tar", NOW)
        Complaints(store).add(Told(what="读不出", address="x"), NOW)
    with pytest.raises(StoreError, match="complaint 1 条"):
        restore(tmp_path / "b.tar", path, NOW)


def test_a_database_that_is_in_use_is_not_overwritten(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        a_night(store, 1, [])
        back_up(path, tmp_path / "b.tar", NOW)
        with pytest.raises(StoreBusy, match="请先停止服务"):
            restore(tmp_path / "b.tar", path, NOW)
        store.begin_round("n2", START + timedelta(days=2), "demo")
        with pytest.raises(StoreBusy, match="正在写入"):
            restore(tmp_path / "b.tar", path, NOW)
    lock = serving_lock(path)
    lock.acquire()
    with pytest.raises(StoreBusy, match="正在提供服务"):
        restore(tmp_path / "b.tar", path, NOW)
    lock.release()


def test_what_a_database_left_behind_does_not_get_into_the_restored_one(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        a_night(store, 1, [])
        back_up(path, tmp_path / "b.tar", NOW)
    path.unlink()
    stray = path.with_name("auditor.db-wal")
    stray.write_bytes(b"old")
    with pytest.raises(StoreError, match=r"auditor\.db-wal"):
        restore(tmp_path / "b.tar", path, NOW)
    stray.unlink()
    restore(tmp_path / "b.tar", path, NOW)
    assert path.exists()


def test_a_backup_of_an_older_program_is_brought_up_to_date_and_one_of_a_newer_refused(path: Path, tmp_path: Path) -> None:
    last = MIGRATIONS.pending(_empty())[-1].name
    from sqlite_utils import Database

    path.parent.mkdir(parents=True)
    with closing(Database(path)) as old:
        MIGRATIONS.apply(old, stop_before=last)
    back_up(path, tmp_path / "old.tar", NOW)
    restore(tmp_path / "old.tar", tmp_path / "new.db", NOW)
    with Store.open(tmp_path / "new.db", readonly=True) as store:
        assert store.rounds() == ()
    with closing(sqlite3.connect(path)) as newer, newer:
        newer.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('auditor', '2031-01-01 more', '')")
    back_up(path, tmp_path / "newer.tar", NOW)
    with pytest.raises(StoreTooNew, match="2031-01-01 more"):
        restore(tmp_path / "newer.tar", tmp_path / "x.db", NOW)


def _empty():  # type: ignore[no-untyped-def]
    from sqlite_utils import Database

    return Database(memory=True)


def test_a_damaged_database_is_not_backed_up(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        keep(store, big_run(1))
    with path.open("r+b") as file:
        file.seek(40_000)
        file.write(b"\xff" * 8000)
    with pytest.raises(StoreError, match="损坏"):
        back_up(path, tmp_path / "b.tar", NOW)
    assert not (tmp_path / "b.tar").exists()


def test_a_backup_that_would_fill_the_disk_is_not_begun(path: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_night(store, 1, PICTURES)
    place = tmp_path / "small"
    place.mkdir()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=store_backup.RESERVE + 10_000))
    with pytest.raises(StoreError, match=r"放不下备份.*另留 200 MB"):
        back_up(path, place / "b.tar", NOW)
    assert list(place.iterdir()) == []
    with pytest.raises(StoreError, match="没有文件夹"):
        back_up(path, tmp_path / "nowhere" / "b.tar", NOW)


FULL = textwrap.dedent("""
    import resource, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from auditor.store import StoreError
    from auditor.store_backup import back_up, restore
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), -1))
    try:
        if sys.argv[4] == "backup":
            back_up(Path(sys.argv[1]), Path(sys.argv[2]), datetime.now(UTC))
        else:
            restore(Path(sys.argv[2]), Path(sys.argv[1]), datetime.now(UTC))
    except StoreError as error:
        print(error)
""")


def on_a_full_disk(what: str, db: Path, file: Path, limit: int) -> str:
    """What is said where every file ends at `limit` bytes."""
    command = [sys.executable, "-c", FULL, str(db), str(file), str(limit), what]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=HERE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_disk_that_fills_up_during_a_backup_leaves_nothing_behind(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        a_night(store, 1, PICTURES)
        keep(store, big_run(2))
    place = tmp_path / "other"
    place.mkdir()
    whole = path.stat().st_size
    before = path.read_bytes()
    for limit in (whole // 3, whole + 3000):  # while the database is copied, and while the tar is written
        assert "磁盘空间不足，备份没有写成，也没有留下文件" in on_a_full_disk("backup", path, place / "b.tar", limit)
        assert list(place.iterdir()) == []
    assert path.read_bytes() == before
    back_up(path, place / "b.tar", NOW)


def test_a_disk_that_fills_up_while_a_backup_is_put_back_leaves_the_old_database(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        keep(store, big_run(1))
    back_up(path, tmp_path / "b.tar", NOW)
    before = path.read_bytes()
    assert "磁盘空间不足" in on_a_full_disk("restore", path, tmp_path / "b.tar", path.stat().st_size // 2)
    assert path.read_bytes() == before and [each.name for each in path.parent.glob("auditor.db.before-*")] == []


def test_messages_of_a_backup_that_is_put_back_say_that_they_may_be_known(path: Path, tmp_path: Path) -> None:
    news = [Message(id=f"m{number}", reader=Reader.OPERATOR, subject="无障碍", lines=("有变化。",), made=NOW) for number in range(3)]
    with Store.open(path) as store:
        outbox = Outbox(store)
        outbox.queue([("ops", one) for one in news], NOW)
        outbox.taken(outbox.due(NOW)[0], NOW)
    back_up(path, tmp_path / "b.tar", NOW)
    restore(tmp_path / "b.tar", tmp_path / "new" / "auditor.db", NOW)
    with Store.open(tmp_path / "new" / "auditor.db") as store:
        outbox = Outbox(store)
        assert outbox.recover(NOW) == 2
        assert [(one.message.id, one.message.again) for one in outbox.due(NOW)] == [("m1", True), ("m2", True)]


def test_the_commands_tell_what_they_did(path: Path, store: Store, tmp_path: Path) -> None:
    a_night(store, 1, PICTURES)
    store.close()

    def auditor(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "auditor", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path, env=os.environ)

    done = auditor("backup", "b.tar", "--db", str(path))
    assert done.returncode == 0 and "已核对）：最近一轮 n1，截图和快照 6 个" in done.stdout, done.stderr
    assert auditor("backup", "b.tar", "--db", str(path)).returncode == 1
    assert auditor("backup", "nowhere/b.tar", "--db", str(path)).returncode == 1
    back = auditor("restore", "b.tar", "--db", "new/auditor.db")
    assert back.returncode == 0 and "最近一轮 n1" in back.stdout and (tmp_path / "new" / "auditor.db").exists(), back.stderr
    again = auditor("restore", "b.tar", "--db", "new/auditor.db")
    assert "改名为" in again.stdout
