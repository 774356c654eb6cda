"""Keeps cases (督办): the events as they came, to which rows are only added, and the groups of issues whose evidence they need."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from auditor import cases as rules
from auditor.language import say
from auditor.model import Case, CaseEvent, CaseState
from auditor.store_lock import StoreError, told
from auditor.store_rows import as_json, from_json, moment, text
from auditor.store_save import site_number

if TYPE_CHECKING:
    from auditor.store import Store

_EVENTS = "SELECT f.id, s.id, e.body FROM case_event e JOIN casefile f ON f.no = e.casefile JOIN site s ON s.no = f.site"


def read_cases(db: Database, timezone: str, site: str | None = None) -> tuple[Case, ...]:
    """The cases of a site, or all of them, oldest first."""
    rows = db.execute(f"{_EVENTS} WHERE ?1 IS NULL OR s.id = ?1 ORDER BY f.no, e.no", (site,)).fetchall()
    return _cases(rows, timezone)


def _cases(rows: Iterable[Any], timezone: str) -> tuple[Case, ...]:
    found: dict[tuple[str, str], list[CaseEvent]] = {}
    for id, site, body in rows:
        found.setdefault((id, site), []).append(from_json(CaseEvent, body))
    return tuple(rules.case_of(id, site, events, timezone) for (id, site), events in found.items())


class Cases:
    """The cases of one store. Belongs to the thread of the store; `timezone` is where days are counted."""

    def __init__(self, store: Store, timezone: str) -> None:
        self.store, self.timezone = store, timezone

    def all(self, site: str | None = None) -> tuple[Case, ...]:
        """Every case, or those of a site, oldest first."""
        with told(self.store.path):
            return read_cases(self.store.db, self.timezone, site)

    def get(self, id: str) -> Case:
        """One case; StoreError where there is none."""
        return self._get(self.store.db.conn, id)

    def open(self, site: str, event: CaseEvent) -> Case:
        """Begin a case with its next number of the year. NotAllowed where the event says too little, or a case about it is open already."""
        year = rules.day_of(event, self.timezone).year
        with self.store.writing() as connection:
            for other in self.all(site):
                if other.state is not CaseState.CLOSED and set(other.groups) & set(event.groups) - set(other.withdrawn):
                    told = f"Some of these barriers are in case {other.id} already, which is not closed; they cannot be in another."
                    raise rules.NotAllowed(say(f"其中有障碍已在案件 {other.id} 中，还没有销号，不能重复立案。", told))
            query = "SELECT count(*) FROM casefile WHERE id LIKE ?"
            number = connection.execute(query, (f"{year}-%",)).fetchone()[0] + 1
            case = rules.opened(f"{year}-{number:04}", site, event, self.timezone)
            entered = connection.execute("INSERT INTO casefile (id, site) VALUES (?, ?)", (case.id, site_number(connection, site)))
            groups = [(entered.lastrowid, group) for group in event.groups]
            connection.executemany("INSERT INTO case_group (casefile, grp) VALUES (?, ?)", groups)
            self._enter(connection, case.id, event)
        return case

    def act(self, id: str, event: CaseEvent | Callable[[Case], CaseEvent]) -> Case:
        """Add an event, or what a function makes of the case as it is; the case after it. NotAllowed where the rules forbid it.

        What others did meanwhile counts: the rules are asked in the same transaction that writes.
        """
        with self.store.writing() as connection:
            before = self._get(connection, id)
            made = event(before) if callable(event) else event
            after = rules.taken(before, made, self.timezone)
            self._enter(connection, id, after.events[-1])
        return after

    def _get(self, connection: sqlite3.Connection, id: str) -> Case:
        with told(self.store.path):
            rows = connection.execute(f"{_EVENTS} WHERE f.id = ? ORDER BY e.no", (id,)).fetchall()
        if not rows:
            raise StoreError(f"没有案件 {id}，用 auditor case list 可以查看全部案件。")
        return _cases(rows, self.timezone)[0]

    @staticmethod
    def _enter(connection: sqlite3.Connection, id: str, event: CaseEvent) -> None:
        connection.execute(
            "INSERT INTO case_event (casefile, at, step, body) VALUES ((SELECT no FROM casefile WHERE id = ?), ?, ?, ?)",
            (id, moment(event.at), event.step.value, text(as_json(event))),
        )
