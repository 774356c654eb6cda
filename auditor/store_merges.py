"""Keeps which site became a part of which other one, when and why; rows are only added, and the history of both stays where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auditor.store import Store
from auditor.store_lock import told
from auditor.store_rows import moment, text
from auditor.store_save import site_number


@dataclass(frozen=True, kw_only=True)
class Merge:
    """A site that is watched no more because it became a part of another."""

    site: str  #: its id
    name: str  #: as it was last named
    url: str
    into: str  #: id of the site that it became a part of
    into_name: str
    at: datetime
    by: str
    why: str


class Merges:
    """The merges of one store. Belongs to the thread of the store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, site: str, into: str, by: str, why: str, now: datetime) -> None:
        """Enter a merge; the site is archived at once. Belongs inside a transaction, beside the change of targets.yml."""
        with self.store.writing() as connection:
            number, other = site_number(connection, site), site_number(connection, into)
            connection.execute("UPDATE site SET archived = coalesce(archived, ?) WHERE no = ?", (moment(now), number))
            connection.execute(
                "INSERT INTO site_merge (site, into_site, at, author, why) VALUES (?, ?, ?, ?, ?)",
                (number, other, moment(now), text(by), text(why)),
            )

    def all(self) -> tuple[Merge, ...]:
        """Every merge, newest first."""
        with told(self.store.path):
            rows = self.store.db.execute(
                "SELECT s.id, s.name, s.url, a.id, a.name, m.at, m.author, m.why FROM site_merge m "
                "JOIN site s ON s.no = m.site JOIN site a ON a.no = m.into_site ORDER BY m.no DESC"
            ).fetchall()
        return tuple(
            Merge(
                site=row[0], name=row[1], url=row[2], into=row[3], into_name=row[4], at=datetime.fromisoformat(row[5]), by=row[6],
                why=row[7],
            )
            for row in rows
        )  # fmt: skip

    def of(self, site: str) -> Merge | None:
        """What a site became a part of; None if of nothing."""
        return next((one for one in self.all() if one.site == site), None)
