"""Copies everything into one file while a night may be running, and puts it back; a copy counts only once it was read again."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from auditor import stops
from auditor.backup_file import DATABASE, STOPS, TARGETS, Manifest, Writing, read
from auditor.migrations import applied_steps, refuse_newer
from auditor.snapshots import Blobs
from auditor.store import Store
from auditor.store_health import MEGABYTE
from auditor.store_lock import StoreBusy, StoreError, StoreFull, WriterLock, keeping_lock, looking, serving_lock, told
from auditor.store_outbox import Outbox

RESERVE = 200 * MEGABYTE  # bytes that stay free on the disk of a backup
PATIENCE = 600.0  # seconds in which a sweep, or another backup, has to end
GROWING = ("decision", "permit", "case_event", "hand_check", "complaint", "complaint_event", "site_merge", "audit_log")
"""Tables to which rows are only added: who has more of them is newer."""

LEFT_OUT = ("complaint_contact", "complaint_try")
"""Tables that no backup has: how people who complained can be reached is deleted in time, and could not be where copies of it lie."""


def back_up(db: Path, file: Path, now: datetime, targets: Path | None = None) -> Manifest:
    """Write a checked copy of a database, its blobs and stops (and of targets.yml) to a new file, whole or not at all.

    Nothing waits for it: rounds and readers go on, the copy is the state of one moment, without LEFT_OUT. StoreError where it cannot be
    made.
    """
    if not db.exists():
        raise StoreError(f"没有数据库 {db}。")
    if file.exists():
        raise StoreError(f"{file} 已经存在，请换一个文件名，备份不覆盖旧的备份。")
    place = file.absolute().parent
    if not place.is_dir():
        raise StoreError(f"没有文件夹 {place}，请先建立。")
    draft = file.with_name(file.name + ".part")
    try:
        with told(db):
            _leave_room(db, place)
            with tempfile.TemporaryDirectory(prefix=".backup-", dir=place) as folder, _drafted(draft) as made:
                manifest = _write(db, Path(folder) / DATABASE, made, now, targets)
                if read(draft) != manifest:
                    raise StoreError(f"写出的备份 {draft} 读回来与原来的不同，请检查磁盘。")
                os.replace(draft, file)
                _settle(place)
    except StoreFull as error:
        raise StoreError(f"{place} 所在的磁盘空间不足，备份没有写成，也没有留下文件；数据库没有改动。") from error
    return manifest


def restore(file: Path, db: Path, now: datetime) -> tuple[Manifest, Path | None]:
    """Put a backup in a database's place, and say where the old one was set aside (None: there was none).

    The backup is checked as a whole first. StoreBusy where a process uses the database; StoreError where it holds what the backup does not;
    StoreTooNew where the backup is of a newer program. Pictures are added to those that are there.
    """
    db = db.absolute()
    manifest = read(file)
    refuse_newer(f"备份 {file}", manifest.steps)
    with told(db), _alone(db), tempfile.TemporaryDirectory(prefix=".restore-", dir=db.parent) as folder:
        blobs = Blobs.beside(db)

        def take(name: str, content: IO[bytes]) -> None:
            if name.startswith("blobs/"):
                blobs.put(name.removeprefix("blobs/"), content.read())
                return
            with (Path(folder) / name).open("wb") as copy:
                shutil.copyfileobj(content, copy)
                copy.flush()
                os.fsync(copy.fileno())

        read(file, take)
        fresh = Path(folder) / DATABASE
        _check(fresh, manifest)
        aside = _set_aside(db, fresh, now) if db.exists() else None
        if aside is None and (stray := db.with_name(db.name + "-wal")).exists():
            raise StoreError(f"{db} 已经不在，但留下了它的 {stray.name}，请先移走，否则其中的内容会混进恢复的数据库。")
        os.replace(fresh, db)
        for name, place in ((STOPS, stops.beside(db)), (TARGETS, db.with_name(db.name + ".targets.yml"))):
            if (kept := Path(folder) / name).exists() and not place.exists():
                os.replace(kept, place)
        _settle(db.parent)
    with Store.open(db) as store:  # brings an older one up to date
        Outbox(store).doubt()
    return manifest, aside


# ---------------------------------------------------------------------------------------------- writing


def _leave_room(db: Path, place: Path) -> None:
    """Refuse before anything is written where the backup would fill the disk: a night that runs on it would break off."""
    with looking(db) as look:
        blobs = look.execute("SELECT coalesce(sum(bytes), 0) FROM blob").fetchone()[0]
    needed = blobs + 2 * sum(part.stat().st_size for part in (db, db.with_name(db.name + "-wal")) if part.exists())
    if shutil.disk_usage(place).free < needed + RESERVE:
        raise StoreError(
            f"{place} 所在的磁盘放不下备份：需要 {needed / MEGABYTE:,.0f} MB，并且另留 {RESERVE / MEGABYTE:,.0f} MB，使检测能够继续。"
            "没有写出任何内容；请换一个磁盘。"
        )


@contextlib.contextmanager
def _drafted(draft: Path) -> Iterator[Writing]:
    """A backup that is being written; nothing is left under the draft's name, whatever happens."""
    made = Writing(draft)
    try:
        yield made
    finally:
        made.break_off()
        draft.unlink(missing_ok=True)


def _write(db: Path, copy: Path, made: Writing, now: datetime, targets: Path | None) -> Manifest:
    """The database as of one moment, with all blobs that it names: nothing is swept away meanwhile."""
    blobs = Blobs.beside(db)
    keeping = keeping_lock(db)
    keeping.acquire(patience=PATIENCE)
    try:
        _copy(db, copy)
        lost = list(_add_blobs(copy, blobs, made))
    finally:
        keeping.release()
    made.file(DATABASE, copy)
    for name, path in ((STOPS, stops.beside(db)), (TARGETS, targets)):
        if path is not None and path.exists():
            made.file(name, path)
    with looking(copy) as look:
        last = look.execute("SELECT id FROM round ORDER BY no DESC LIMIT 1").fetchone()
        manifest = Manifest(
            made=now, program=version("portal-auditor"), steps=applied_steps(look), rows=_rows(look), files=made.files,
            blobs=tuple(sorted(made.blobs)), lost=tuple(sorted(lost)), last_round=last[0] if last else "",
        )  # fmt: skip
    made.end(manifest)
    return manifest


def _copy(db: Path, copy: Path) -> None:
    """The database as of one moment, in one file, and sound."""
    copy.unlink(missing_ok=True)
    with looking(db) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        _leave_out(target)
    with looking(copy) as look:
        if (found := look.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise StoreError(f"数据库 {db} 已经损坏，没有备份：{found}。请用以前的备份恢复。")


def _leave_out(copy: sqlite3.Connection) -> None:
    """Overwrite what is deleted in time at its place and would outlast that in a backup; an earlier version may not know it."""
    copy.execute("PRAGMA secure_delete = ON")
    known = {row[0] for row in copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for table in LEFT_OUT:
        if table in known:
            copy.execute(f"DELETE FROM {table}")
    copy.commit()


def _add_blobs(copy: Path, blobs: Blobs, made: Writing) -> Iterator[str]:
    """Add all blobs; the digests of what is not there are given."""
    with looking(copy) as look:
        for name in _digests(look):
            content = blobs.get(name)
            if content is None:
                yield name
            else:
                made.blob(name, content)


def _digests(look: sqlite3.Connection) -> list[str]:
    """All blobs that a database names; one of an earlier version may not know findings by hand."""
    query = "SELECT digest FROM blob"
    if look.execute("SELECT 1 FROM sqlite_master WHERE name = 'hand_check'").fetchone():
        query += " UNION SELECT picture FROM hand_check WHERE picture <> ''"
    return [row[0] for row in look.execute(f"{query} ORDER BY 1")]


# ---------------------------------------------------------------------------------------------- putting back


@contextlib.contextmanager
def _alone(db: Path) -> Iterator[None]:
    """Nobody writes and nobody serves meanwhile."""
    db.parent.mkdir(parents=True, exist_ok=True)
    locks = (WriterLock(db), serving_lock(db))
    try:
        for lock in locks:
            lock.acquire()
        yield
    finally:
        for lock in locks:
            lock.release()


def _check(fresh: Path, manifest: Manifest) -> None:
    """Whether the copy that came out is the one that went in."""
    with looking(fresh) as look:
        found = look.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok" or _rows(look) != dict(manifest.rows):
            raise StoreError(f"备份里的数据库已经损坏，没有恢复：{found}。")


def _set_aside(db: Path, fresh: Path, now: datetime) -> Path:
    """Keep the old database under another name beside, if the backup holds all that it holds. Nothing is changed where that is not so."""
    with closing(sqlite3.connect(db, timeout=5)) as old:
        old.execute("ATTACH ? AS fresh", (str(fresh),))
        more = [row[0] for row in old.execute("SELECT id FROM main.round EXCEPT SELECT id FROM fresh.round")]
        tables = {row[0] for row in old.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'")}
        known = {row[0] for row in old.execute("SELECT name FROM fresh.sqlite_schema WHERE type = 'table'")}
        for table in GROWING:
            if table in tables:
                count, before = (old.execute(f"SELECT count(*) FROM {of}.{table}").fetchone()[0] if table in have else 0
                                 for of, have in (("main", tables), ("fresh", known)))  # fmt: skip
                more += [f"{table} {count - before} 条"] if count > before else []
        if more:
            raise StoreError(
                f"数据库 {db} 里有备份以后的内容（{'、'.join(more[:4])}{' 等' if len(more) > 4 else ''}），没有覆盖。"
                "确实要恢复到备份时的状态，请先把它和 .blobs 文件夹移到别处。"
            )
        old.execute("DETACH fresh")
        try:
            mode = old.execute("PRAGMA journal_mode = DELETE").fetchone()[0]  # what is only in the log goes into the file
        except sqlite3.OperationalError:
            mode = "wal"
        if mode != "delete":
            raise StoreBusy(f"数据库 {db} 正被另一个程序使用，请先停止服务再恢复。")
    aside = db.with_name(f"{db.name}.before-{now:%Y%m%d-%H%M%S}")
    os.link(db, aside)
    return aside


# ---------------------------------------------------------------------------------------------- small things


def _rows(look: sqlite3.Connection) -> dict[str, int]:
    names = look.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").fetchall()
    return {name: look.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}


def _settle(folder: Path) -> None:
    """Put the names of a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
