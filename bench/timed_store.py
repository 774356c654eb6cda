"""Opens a store of which every statement is timed: how often it was asked, and how long it took at most, its rows included."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from auditor.store import Store


@dataclass
class Asked:
    """How one statement went."""

    times: int = 0
    slowest: float = 0.0  #: seconds by the clock
    hardest: float = 0.0  #: of the processor
    rows: int = 0  #: of the slowest


@contextmanager
def timed_store(path: Path) -> Iterator[tuple[Store, Mapping[str, Asked]]]:
    """A store for reading, and statement -> how it went so far."""
    asked: dict[str, Asked] = {}

    class Cursor(sqlite3.Cursor):
        """Of a statement that is read in pieces, the time between the pieces is not counted."""

        told: Asked
        spent, worked, rows = 0.0, 0.0, 0

        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            self.told = asked.setdefault(_shape(sql), Asked())
            self.told.times += 1
            return self._timed(super().execute, sql, parameters)

        def fetchall(self) -> list[Any]:
            found: list[Any] = self._timed(super().fetchall)
            return self._seen(found)

        def fetchmany(self, size: int | None = 1) -> list[Any]:
            found: list[Any] = self._timed(super().fetchmany, size)
            return self._seen(found)

        def fetchone(self) -> Any:
            return self._timed(super().fetchone)

        def __next__(self) -> Any:
            return self._seen([self._timed(super().__next__)])[0]

        def _seen(self, found: list[Any]) -> list[Any]:
            self.rows += len(found)
            self.told.rows = self.rows if self.spent >= self.told.slowest else self.told.rows
            return found

        def _timed(self, ask: Any, *parameters: Any) -> Any:
            begun = time.perf_counter(), time.thread_time()
            try:
                return ask(*parameters)
            finally:
                self.spent += time.perf_counter() - begun[0]
                self.worked += time.thread_time() - begun[1]
                self.told.hardest = max(self.told.hardest, self.worked)
                if self.spent >= self.told.slowest:
                    self.told.slowest, self.told.rows = self.spent, self.rows

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            return self.cursor(Cursor).execute(sql, parameters)

    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, factory=Connection)) as connection:
        yield Store(path.absolute(), Database(connection, execute_plugins=False)), asked


def _shape(sql: str) -> str:
    """A statement without what differs from time to time: names of savepoints, and how many values it is given."""
    return re.sub(r"\?(, \?)+", "?, ...", re.sub(r"sqlite_utils_[0-9a-f]+", "…", " ".join(sql.split())))
