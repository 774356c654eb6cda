"""What the database tells of rounds: which there were, which one runs or could go on, and whether anything has changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from auditor import store_rows as rows
from auditor.model import RoundSummary
from auditor.store_lock import told

RETEST = "retest"
"""Why the row of a retest stands among the rounds."""

STALE = timedelta(hours=20)
"""An interrupted round older than this is not resumed: its pages belong to an earlier night."""


class RoundReader:
    """The part of `StoreReader` that is about rounds."""

    path: Path
    db: Database

    def rounds(self, limit: int | None = None) -> tuple[RoundSummary, ...]:
        """The rounds, newest first; retests are none."""
        query = "SELECT id, started, finished, cause FROM round WHERE cause <> ? ORDER BY no DESC LIMIT ?"
        return tuple(rows.round_summary(row) for row in self._query(query, (RETEST, -1 if limit is None else limit)))

    def retests(self, limit: int) -> tuple[RoundSummary, ...]:
        """The retests, newest first."""
        query = "SELECT id, started, finished, cause FROM round WHERE cause = ? ORDER BY no DESC LIMIT ?"
        return tuple(rows.round_summary(row) for row in self._query(query, (RETEST, limit)))

    def last_finished(self) -> RoundSummary | None:
        """The newest round that has ended; None before the first."""
        query = "SELECT id, started, finished, cause FROM round WHERE finished IS NOT NULL AND cause <> ? ORDER BY no DESC LIMIT 1"
        return next((rows.round_summary(row) for row in self._query(query, (RETEST,))), None)

    def under_way(self) -> bool:
        """Whether a round is running, or was interrupted and may yet go on: a night then has the say, not a retest."""
        newest = next(iter(self.rounds(1)), None)
        return newest is not None and newest.finished is None and datetime.now(UTC) - newest.started < STALE

    def unfinished(self) -> tuple[str, ...]:
        """The round that was begun last, if it did not end: it can go on. What a later round has overtaken cannot."""
        query = f"SELECT id FROM round WHERE finished IS NULL AND cause <> '{RETEST}' AND no = (SELECT max(no) FROM round)"
        return tuple(row[0] for row in self._query(query))

    def mark(self) -> tuple[int, ...]:
        """Numbers that change whenever a round begins or ends."""
        return tuple(self._query("SELECT count(*), count(finished) FROM round")[0])

    def marks(self) -> Mapping[str, tuple[int | None, ...]]:
        """Site -> numbers that change whenever something else does that reports tell of it."""
        query = (
            "SELECT s.id, s.no, (SELECT max(round) FROM run WHERE site = s.no), (SELECT max(no) FROM decision WHERE site = s.no), "
            "(SELECT max(no) FROM permit WHERE site = s.no), (SELECT count(*) FROM permit WHERE site = s.no AND until IS NULL), "
            "(SELECT max(e.no) FROM casefile c JOIN case_event e ON e.casefile = c.no WHERE c.site = s.no), "
            "(SELECT max(e.no) FROM complaint c JOIN complaint_event e ON e.complaint = c.no WHERE c.site = s.no) FROM site s"
        )
        return {row[0]: row[1:] for row in self._query(query)}

    def progress(self, round: str) -> Mapping[str, int]:
        """Site -> pages that are judged in a round and not stored as a run yet."""
        query = (
            "SELECT s.id, count(*) FROM journal j JOIN round n ON n.no = j.round JOIN site s ON s.no = j.site "
            "WHERE n.id = ? GROUP BY j.site"
        )
        return dict(self._query(query, (round,)))

    def _query(self, query: str, parameters: Sequence[Any] = ()) -> list[Any]:
        with told(self.path):
            return self.db.execute(query, parameters).fetchall()
