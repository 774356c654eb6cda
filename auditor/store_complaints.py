"""Keeps what people complain of; how to reach them stands in a table of its own and is deleted, overwritten, when its time has come."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from auditor.accounts import kept, wait
from auditor.complaints import (
    MOST,
    MOST_AT_ALL,
    MOST_LOOKED_UP,
    MOST_OF_ALL,
    WINDOW,
    Complaint,
    ComplaintEvent,
    ComplaintStep,
    Told,
    as_written,
    contact_until,
    network_of,
    new_receipt,
)
from auditor.store_lock import StoreError
from auditor.store_lock import told as told_by
from auditor.store_rows import moment, text
from auditor.store_save import site_number

if TYPE_CHECKING:
    from auditor.store import Store

SALT = secrets.token_bytes(32)
"""Of this process alone, so that nobody can try out afterwards which network a digest in the file belongs to."""

CHECKPOINT = 2000
"""Milliseconds for which a checkpoint may keep writers waiting while somebody reads."""

_EVENTS = "SELECT complaint, at, step, who, words FROM complaint_event"
_QUERY = (
    "SELECT c.no, c.at, coalesce(s.id, ''), c.address, c.what, c.aid, c.grp, c.casefile, c.answer, coalesce(p.contact, '') "
    "FROM complaint c LEFT JOIN site s ON s.no = c.site LEFT JOIN complaint_contact p ON p.complaint = c.no AND p.until > ?"
)


def complaint_counts(db: Database, site: str) -> tuple[int, int]:
    """How many complaints about a site came in and how many of them are closed; without those that became a case, which is counted."""
    row = db.execute(
        "SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM complaint_event e WHERE e.complaint = c.no AND e.step = 'closed')) "
        "FROM complaint c JOIN site s ON s.no = c.site WHERE s.id = ? AND c.casefile = ''",
        (site,),
    ).fetchone()
    return row[0], row[1]


class Complaints:
    """The complaints of one store. Belongs to the thread of the store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def pause(self, address: str, now: datetime, *, looking: bool = False) -> timedelta:
        """Count a try from an address and say how long to wait before there can be one; zero: it was counted and may go on.

        `looking`: a receipt is looked up; otherwise something is sent in. Of the address a salted digest of its network is kept for an
        hour. However many come in, a network that has sent none yet may send one, until there are so many that they fill the disk.
        """
        kind, network = ("look" if looking else "send"), hmac.new(SALT, network_of(address).encode(), hashlib.sha256).hexdigest()
        with self.store.writing() as connection:
            connection.execute("DELETE FROM complaint_try WHERE at <= ?", (moment(now - WINDOW),))
            rows = connection.execute("SELECT at, network FROM complaint_try WHERE kind = ?", (kind,)).fetchall()
            every = [datetime.fromisoformat(at) for at, _ in rows]
            own = [datetime.fromisoformat(at) for at, one in rows if one == network]
            pause = wait(own, MOST_LOOKED_UP if looking else MOST, now, window=WINDOW)
            if not looking:
                pause = max(pause, wait(every, MOST_OF_ALL if own else MOST_AT_ALL, now, window=WINDOW))
            if not pause:
                connection.execute("INSERT INTO complaint_try (at, kind, network) VALUES (?, ?, ?)", (moment(now), kind, network))
        return pause

    def add(self, told: Told, now: datetime) -> str:
        """Enter a complaint; its receipt number, of which only a digest is kept."""
        receipt = new_receipt()
        with self.store.writing() as connection:
            site = site_number(connection, told.site) if told.site else None
            made = connection.execute(
                "INSERT INTO complaint (receipt, at, site, address, what, aid) VALUES (?, ?, ?, ?, ?, ?)",
                (kept(receipt), moment(now), site, text(told.address), text(told.what), text(told.aid)),
            )
            number = int(made.lastrowid or 0)
            if told.contact:
                until = moment(contact_until(now, None))
                connection.execute("INSERT INTO complaint_contact VALUES (?, ?, ?)", (number, text(told.contact), until))
            _enter(connection, number, ComplaintEvent(at=now, step=ComplaintStep.RECEIVED, who="", words=""))
        return receipt

    def all(self) -> tuple[Complaint, ...]:
        """Every complaint, newest first."""
        return self._complaints("", ())

    def get(self, number: int) -> Complaint:
        """One complaint; StoreError where there is none."""
        found = self._complaints("WHERE c.no = ?", (number,))
        if not found:
            raise StoreError(f"没有第 {number} 号投诉。")
        return found[0]

    def by_receipt(self, receipt: str) -> Complaint | None:
        """The complaint of a receipt number, however it is typed."""
        found = self._complaints("WHERE c.receipt = ?", (kept(as_written(receipt)),))
        return found[0] if found else None

    def step(self, number: int, event: ComplaintEvent, *, site: str | None = None, group: str | None = None) -> None:
        """Add a step, with what it changes: a site and a group (LINKED), a case, an answer, or the day from which the contact may go."""
        with self.store.writing() as connection:
            if site is not None:
                set_to = (site_number(connection, site) if site else None, group or "", number)
                connection.execute("UPDATE complaint SET site = ?, grp = ? WHERE no = ?", set_to)
            if event.step in (ComplaintStep.CASE, ComplaintStep.ANSWERED):
                column = "casefile" if event.step is ComplaintStep.CASE else "answer"
                connection.execute(f"UPDATE complaint SET {column} = ? WHERE no = ?", (text(event.words), number))
            if event.step is ComplaintStep.CLOSED:
                until = moment(contact_until(self.get(number).at, event.at))
                connection.execute("UPDATE complaint_contact SET until = ? WHERE complaint = ?", (until, number))
            _enter(connection, number, event)

    def forget(self, now: datetime | None = None) -> int:
        """Delete how to reach people whose time has come, so that nothing of it stays in the file or its log; how many those were.

        What somebody who reads keeps in the log meanwhile goes the next time. Belongs outside of transactions.
        """
        now = now or datetime.now(UTC)
        with told_by(self.store.path):
            self.store.db.conn.execute("PRAGMA secure_delete = ON")
        with self.store.writing() as connection:
            connection.execute("DELETE FROM complaint_try WHERE at <= ?", (moment(now - WINDOW),))
            gone = connection.execute("DELETE FROM complaint_contact WHERE until <= ?", (moment(now),)).rowcount
        with told_by(self.store.path), self._patience(CHECKPOINT):
            self.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return gone

    @contextlib.contextmanager
    def _patience(self, milliseconds: int) -> Iterator[None]:
        """Wait for others no longer than that."""
        before = self.store.db.execute("PRAGMA busy_timeout").fetchone()[0]
        self.store.db.execute(f"PRAGMA busy_timeout = {milliseconds}")
        try:
            yield
        finally:
            self.store.db.execute(f"PRAGMA busy_timeout = {before}")

    def _complaints(self, where: str, parameters: tuple[Any, ...]) -> tuple[Complaint, ...]:
        with told_by(self.store.path):
            now = moment(datetime.now(UTC))  # what is due is shown no more, even before a round deletes it
            rows = self.store.db.execute(f"{_QUERY} {where} ORDER BY c.no DESC", (now, *parameters)).fetchall()
            one = f"{_EVENTS} WHERE complaint = ? ORDER BY no"
            told = self.store.db.execute(one, (rows[0][0],)) if len(rows) == 1 else self.store.db.execute(f"{_EVENTS} ORDER BY no")
            events = _by_complaint(told.fetchall())
        return tuple(
            Complaint(
                number=row[0], at=datetime.fromisoformat(row[1]),
                told=Told(site=row[2], address=row[3], what=row[4], aid=row[5], contact=row[9]), group=row[6], case=row[7], answer=row[8],
                events=events[row[0]],
            )
            for row in rows
        )  # fmt: skip


def _by_complaint(rows: list[Any]) -> Mapping[int, tuple[ComplaintEvent, ...]]:
    found: dict[int, tuple[ComplaintEvent, ...]] = defaultdict(tuple)
    for complaint, at, step, who, words in rows:
        found[complaint] += (ComplaintEvent(at=datetime.fromisoformat(at), step=ComplaintStep(step), who=who, words=words),)
    return found


def _enter(connection: sqlite3.Connection, number: int, event: ComplaintEvent) -> None:
    connection.execute(
        "INSERT INTO complaint_event (complaint, at, step, who, words) VALUES (?, ?, ?, ?, ?)",
        (number, moment(event.at), event.step.value, text(event.who), text(event.words)),
    )
