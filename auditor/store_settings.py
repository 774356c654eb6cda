"""What people set and what outlasts a restart, such as a pause of the schedule."""

from __future__ import annotations

import json
import sqlite3

from auditor.store import Store
from auditor.store_lock import told


def setting(store: Store, name: str) -> dict[str, str] | None:
    """One of them; None where it is not set."""
    with told(store.path):
        found = store.db.execute("SELECT body FROM setting WHERE name = ?", (name,)).fetchone()
    return dict(json.loads(found[0])) if found else None


def keep_setting(connection: sqlite3.Connection, name: str, body: dict[str, str]) -> None:
    """Set it. Belongs inside a transaction, beside the row of the log that tells of it."""
    connection.execute(
        "INSERT INTO setting (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
        (name, json.dumps(body, ensure_ascii=False)),
    )
