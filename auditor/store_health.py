"""Looks at a database without changing it: whether it is whole, how large, and whether its pictures are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auditor.migrations import applied_steps, known_steps, refuse_newer
from auditor.snapshots import Blobs
from auditor.store_lock import looking, told

MEGABYTE = 1_000_000
"""Bytes, as disks are sold."""


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
    with told(db), looking(db) as connection:
        steps = applied_steps(connection)
        refuse_newer(f"数据库 {db}", steps)
        damage = "；".join(row[0] for row in connection.execute("PRAGMA quick_check(3)"))
        rounds, newest = connection.execute("SELECT count(*), max(started) FROM round").fetchone()
        names = [row[0] for row in connection.execute("SELECT digest FROM blob")]
    blobs = Blobs.beside(db)
    files = (db, db.with_name(db.name + "-wal"))
    return Health(
        damage="" if damage == "ok" else damage, bytes=sum(file.stat().st_size for file in files if file.exists()), rounds=rounds,
        newest=datetime.fromisoformat(newest) if newest else None, blobs=len(names), lost=sum(name not in blobs for name in names),
        old=bool(known_steps() - set(steps)),
    )  # fmt: skip
