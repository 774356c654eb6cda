"""Looks at a database without changing it: whether it is whole, how large, and whether its pictures are there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.migrations import known_steps
from auditor.snapshots import Blobs
from auditor.store_lock import StoreTooNew, told


@dataclass(frozen=True, kw_only=True)
class Health:
    """What a look at a database showed."""

    damage: str  #: what SQLite says against it; "" if nothing
    bytes: int  #: of the database, with its log
    rounds: int
    newest: datetime | None  #: when the newest round began
    blobs: int  #: pictures and snapshots that it names
    lost: int  #: of them are not there
    old: bool  #: an earlier version of the program wrote it last


def look(db: Path) -> Health:
    """Look at a database. StoreTooNew where a newer program wrote it, StoreError where it cannot be read. Reads all of it once."""
    with told(db), closing(sqlite3.connect(f"{db.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as connection:
        steps = {row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'auditor'")}
        if newer := sorted(steps - known_steps()):
            raise StoreTooNew(f"数据库 {db} 由较新版本的程序写成（{'、'.join(newer)}），请先升级本程序。")
        damage = "；".join(row[0] for row in connection.execute("PRAGMA quick_check(3)"))
        rounds, newest = connection.execute("SELECT count(*), max(started) FROM round").fetchone()
        names = [row[0] for row in connection.execute("SELECT digest FROM blob")]
    blobs = Blobs(db.with_name(db.name + ".blobs"))
    files = (db, db.with_name(db.name + "-wal"))
    return Health(
        damage="" if damage == "ok" else damage, bytes=sum(file.stat().st_size for file in files if file.exists()), rounds=rounds,
        newest=datetime.fromisoformat(newest) if newest else None, blobs=len(names), lost=sum(name not in blobs for name in names),
        old=bool(known_steps() - steps),
    )  # fmt: skip
