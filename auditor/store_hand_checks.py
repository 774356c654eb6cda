"""Keeps what people found by hand; rows are only added."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from auditor.hand_checks import HandCheck, Held
from auditor.store import Store
from auditor.store_lock import told
from auditor.store_rows import moment, text
from auditor.store_save import site_number

_QUERY = (
    "SELECT h.list, coalesce(s.id, ''), h.subject, h.item, h.outcome, h.note, h.picture, h.author, h.day, h.made "
    "FROM hand_check h LEFT JOIN site s ON s.no = h.site"
)


class HandChecks:
    """The findings of one store. Belongs to the thread of the store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, checks: Iterable[HandCheck], picture: bytes = b"") -> None:
        """Enter findings, with the picture that they name."""
        with self.store.writing() as connection:
            for one in checks:
                if one.picture:
                    with told(self.store.path):
                        self.store.blobs.put(one.picture, picture)
                connection.execute(
                    "INSERT INTO hand_check (list, site, subject, item, outcome, note, picture, author, day, made) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        one.list, site_number(connection, one.site) if one.site else None, text(one.subject), one.item, one.held.value,
                        text(one.note), one.picture, text(one.by), one.day.isoformat(), moment(one.made),
                    ),
                )  # fmt: skip

    def of_site(self, site: str) -> tuple[HandCheck, ...]:
        """The findings on the pages of a site, oldest first."""
        return self._found(f"{_QUERY} WHERE s.id = ? ORDER BY h.no", (site,))

    def of_list(self, list: str) -> tuple[HandCheck, ...]:
        """The findings by a checklist, oldest first."""
        return self._found(f"{_QUERY} WHERE h.list = ? ORDER BY h.no", (list,))

    def shown(self, digest: str) -> bool:
        """Whether a picture belongs to something that is no site."""
        with told(self.store.path):
            return bool(self.store.db.execute("SELECT 1 FROM hand_check WHERE site IS NULL AND picture = ?", (digest,)).fetchone())

    def _found(self, query: str, values: tuple[Any, ...]) -> tuple[HandCheck, ...]:
        with told(self.store.path):
            rows = self.store.db.execute(query, values).fetchall()
        return tuple(
            HandCheck(
                list=row[0], site=row[1], subject=row[2], item=row[3], held=Held(row[4]), note=row[5], picture=row[6], by=row[7],
                day=date.fromisoformat(row[8]), made=datetime.fromisoformat(row[9]),
            )
            for row in rows
        )  # fmt: skip
