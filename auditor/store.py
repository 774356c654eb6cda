"""Keeps rounds, runs, ledgers, issues and decisions in SQLite, and gives them back; the only door to the database."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from auditor.lifecycle import Counts
from auditor.migrations import MIGRATIONS, applied_steps, refuse_newer
from auditor.model import (
    Bridge,
    CoreIndex,
    Decision,
    Issue,
    Judged,
    Move,
    Permit,
    Progress,
    Rule,
    Run,
    RunSummary,
    Score,
    Site,
)
from auditor.plain import dump
from auditor.snapshots import Blobs
from auditor.store_carried import give_up
from auditor.store_lock import StoreBusy, StoreError, StoreFull, StoreTooNew, WriterLock, keeping_lock, told
from auditor.store_read import StoreReader
from auditor.store_rounds import RETEST
from auditor.store_rows import as_json, moment, text
from auditor.store_save import save_issues, save_run, site_number

__all__ = ["Store", "StoreBusy", "StoreError", "StoreFull", "StoreTooNew"]

WAIT = 30.0
SURE = 3  # rounds, the newest of which say what day it is
"""Seconds to wait while another connection writes."""


class Store(StoreReader):
    """A database file, its blobs and its lock. Belongs to the thread that opened it, a readonly one to one thread at a time.

    Errors are `StoreError`s.

    The writer of a round holds the lock from `begin_round` (or its first `note` or `save`) to `end_round` or `close`;
    anybody else who tries to gets StoreBusy. Readers and `decide` need no lock.
    """

    def __init__(self, path: Path, db: Database) -> None:
        self.path = path
        self.db = db
        self.blobs = Blobs.beside(path)
        self._lock = WriterLock(path)

    @classmethod
    def open(cls, path: Path | str, *, readonly: bool = False) -> Self:
        """Open the database, which is created, and brought up to date, unless `readonly`.

        StoreTooNew if a newer version of the program has written it, StoreError if it cannot be opened.
        """
        path = Path(path).absolute()
        with told(path):
            if readonly and not path.exists():
                raise StoreError(f"还没有数据库 {path}，请先运行 auditor run。")
            path.parent.mkdir(parents=True, exist_ok=True)
            store = cls(path, Database(_connect(path, readonly), execute_plugins=False))
            try:
                store._prepare(readonly)
            except BaseException:
                store.close()
                raise
            return store

    def close(self) -> None:
        """Close the connection and free the lock. What was not stored in a transaction is gone."""
        self.db.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------ writing a round

    def begin_round(self, name: str, started: datetime, trigger: str) -> None:
        """Enter a round and become its writer; one that was interrupted goes on. StoreError if it has ended."""
        if self._query("SELECT 1 FROM round WHERE id = ? AND finished IS NOT NULL", (name,)):
            raise StoreError(f"轮次 {name} 已经结束，不能再开始。")
        self._become_writer()
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO round (id, started, cause) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING", (name, moment(started), trigger)
            )

    def note(self, progress: Progress) -> None:
        """Keep one judged page at once, blobs first, so that a killed run goes on after it."""
        self._become_writer()
        with told(self.path):
            for digest, content in progress.blobs.items():
                self.blobs.put(digest, content)
        body = zlib.compress(dump(progress.judged))
        with self._writing() as connection:
            now, site = self._numbers([progress.round])[progress.round], site_number(connection, progress.site)
            if connection.execute("SELECT 1 FROM run WHERE site = ? AND round >= ?", (site, now)).fetchone():
                return
            connection.executemany(
                "INSERT INTO blob (digest, bytes, kind, first_round) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
                [(digest, len(data), _kind(digest, progress.judged), now) for digest, data in progress.blobs.items()],
            )
            entry = progress.judged.coverage
            place = (text(entry.url), entry.variant.value) if progress.judged.sources else ("", "")
            connection.execute(
                "INSERT INTO journal (round, site, seq, kind, body, url, variant) "
                "SELECT ?1, ?2, coalesce(max(seq), 0) + 1, 'judged', ?3, ?4, ?5 FROM journal WHERE round = ?1 AND site = ?2",
                (now, site, body, *place),
            )

    def keep_rules(self, ruleset: str, rules: Iterable[Rule]) -> None:
        """Keep what a rule set holds, without its words; nothing happens where it is known already."""
        if not ruleset or self._query("SELECT 1 FROM ruleset WHERE id = ?", (ruleset,)):
            return
        bare = (
            replace(rule, title="", title_en="", who="", who_en="", repair=(), repair_en=(), verify="", before="", after="")
            for rule in rules
        )
        told = as_json(list(bare))
        with self._writing() as connection:
            connection.execute("INSERT INTO ruleset (id, rules) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", (ruleset, told))

    def save(
        self, run: Run, changed: Iterable[Issue], counts: Counts, score: Score | None = None, move: Move | None = None,
        *, bridge: Bridge | None = None, core: CoreIndex | None = None,
    ) -> RunSummary:  # fmt: skip
        """Store a run and what it changed, all of it or nothing; its journal goes. Saved before: nothing changes.

        `changed` and `counts` are what `lifecycle.advance` gave, `score` what `run_score.score` gave,
        `move` why it is not what it was, `bridge` what a change of the rules did, if one was measured; `core` takes the place of the core
        index of the site, which stays as it is where the run has no score.
        StoreError if a later round of the site is stored already.
        """
        self._become_writer()
        issues = tuple(changed)
        with self._writing() as connection:
            before = self.run_of(run.site, run.round)
            if before is not None:
                return before
            named = {name for issue in issues for span in issue.spans for name in (span.first, span.last) if name}
            rounds = self._numbers({run.round, *named})
            newest = "SELECT max(r.round) FROM run r JOIN site s ON s.no = r.site WHERE s.id = ?"
            if (self._query(newest, (run.site,))[0][0] or 0) > rounds[run.round]:
                raise StoreError(f"网站 {run.site} 已有更新一轮的结果，轮次 {run.round} 的结果不再写入。")
            save_run(connection, run, issues, counts, rounds, score, move)
            if bridge is not None:
                row = (site_number(connection, run.site), rounds[run.round], as_json(bridge))
                connection.execute("INSERT INTO bridge (site, round, body) VALUES (?, ?, ?)", row)
            if score is not None:
                self._keep_core(connection, site_number(connection, run.site), core)
            summary = self.run_of(run.site, run.round)
        assert summary is not None
        return summary

    def _keep_core(self, connection: sqlite3.Connection, site: int, core: CoreIndex | None) -> None:
        connection.execute("DELETE FROM core WHERE site = ?", (site,))
        if core is not None:
            connection.execute("INSERT INTO core (site, body) VALUES (?, ?)", (site, as_json(core)))

    def save_retest(self, run: Run, changed: Sequence[Issue], blobs: Mapping[str, bytes]) -> None:
        """Store what a retest changed of some issues, and nothing else: ledger, tallies and numbers stay those of the last night.

        Belongs into a transaction (`writing`) in which `under_way` was asked: a night and a retest never overlap.
        """
        with told(self.path):
            for digest, content in blobs.items():
                self.blobs.put(digest, content)
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO round (id, started, finished, cause) VALUES (?, ?, ?, ?)",
                (run.round, moment(run.started), moment(run.finished), RETEST),
            )
            named = {name for issue in changed for span in issue.spans for name in (span.first, span.last) if name}
            rounds = self._numbers({run.round, *named})
            save_issues(connection, run.site, changed, rounds)
            give_up(connection, site_number(connection, run.site), run)
            connection.executemany(
                "INSERT INTO blob (digest, bytes, kind, first_round) VALUES (?, ?, 'picture', ?) ON CONFLICT (digest) DO NOTHING",
                [(digest, len(content), rounds[run.round]) for digest, content in blobs.items()],
            )

    def end_round(self, name: str, finished: datetime) -> None:
        """Mark a round as finished, and let others write."""
        with self._writing() as connection:
            self._numbers([name])
            connection.execute("UPDATE round SET finished = ? WHERE id = ?", (moment(finished), name))
        self._lock.release()

    def register(self, sites: Iterable[Site], now: datetime) -> None:
        """Enter the sites that are watched, with their names of today. Those not among them any more are archived, never deleted."""
        listed = [(s.id, text(s.name), text(s.url), s.category.value, s.region, text(s.owner), text(s.legal_basis)) for s in sites]
        known = ["name", "url", "category", "region", "owner", "legal_basis"]
        with self._writing() as connection:
            connection.executemany(
                f"INSERT INTO site (id, {', '.join(known)}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                f"{', '.join(f'{name} = excluded.{name}' for name in known)}, archived = NULL",
                listed,
            )
            connection.execute(
                "UPDATE site SET archived = ? WHERE archived IS NULL AND id NOT IN (SELECT value FROM json_each(?))",
                (moment(now), json.dumps([row[0] for row in listed])),
            )

    def permit(self, permits: Mapping[str, Permit | None]) -> None:
        """Record on whose word each site is visited from now on (None: on nobody's, it is not). Nothing is added while that stays so."""
        with self._writing() as connection:
            for name, told in permits.items():
                site = site_number(connection, name)
                row = (text(told.host), text(told.by), told.date.isoformat() if told.date else "") if told else None
                query = "SELECT no, host, author, confirmed FROM permit WHERE site = ? AND until IS NULL"
                before = connection.execute(query, (site,)).fetchone()
                if row == (before[1:] if before else None):
                    continue
                if before:
                    until = moment(told.since if told else datetime.now(UTC))
                    connection.execute("UPDATE permit SET until = ? WHERE no = ?", (until, before[0]))
                if told and row:
                    values = (site, *row, moment(told.since))
                    connection.execute("INSERT INTO permit (site, host, author, confirmed, since) VALUES (?, ?, ?, ?, ?)", values)

    def decide(self, decision: Decision) -> None:
        """Keep a person's word on a group of issues. Words are added, never changed; the last one on a group counts."""
        until = decision.until.isoformat() if decision.until else None
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO decision (site, grp, verdict, author, why, made, until) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    site_number(connection, decision.site), decision.group, decision.verdict.value, text(decision.by),
                    text(decision.why), moment(decision.made), until,
                ),
            )  # fmt: skip

    def unneeded(self, *, snapshots: int = 90, pictures: int = 90) -> tuple[int, int]:
        """How many blobs the next `sweep` would remove, and their bytes. Changes nothing."""
        keep = self._needed(snapshots, pictures)
        sizes = [size for digest, size in self._query("SELECT digest, bytes FROM blob") if digest not in keep]
        return len(sizes), sum(sizes)

    def sweep(self, *, snapshots: int = 90, pictures: int = 90) -> int:
        """Remove blobs and evidence that nobody needs any more; the number of files removed.

        Nothing, and 0, where another process writes or a backup is made: the end of the next round makes up for it.
        Kept are: the newest snapshot of every page, and all of the last `snapshots` nights; pictures of issues that stand,
        were closed within `pictures` nights, that somebody decided on or a case is about; all that an unfinished round has noted.
        Nights count back from the earliest of the newest `SURE` rounds: one round under a clock that ran ahead removes no evidence.
        """
        held, keeping = self._lock.held, keeping_lock(self.path)
        try:
            self._become_writer()
            keeping.acquire()
        except StoreBusy:
            if not held:
                self._lock.release()
            return 0
        try:
            keep = self._needed(snapshots, pictures)
            with self._writing() as connection:
                gone = [row for row in connection.execute("SELECT digest FROM blob") if row[0] not in keep]
                connection.executemany("DELETE FROM blob WHERE digest = ?", gone)
                connection.execute("DELETE FROM evidence WHERE hash NOT IN (SELECT evidence FROM issue)")
            with told(self.path):
                return self.blobs.sweep(keep)
        finally:
            keeping.release()
            if not held:
                self._lock.release()

    # ------------------------------------------------------------------------------------------ inside

    def _needed(self, snapshots: int, pictures: int) -> frozenset[str]:
        """Digests of the blobs that `sweep` keeps."""
        newest = self.rounds(SURE)
        if not newest:
            return frozenset()
        now = min(one.started for one in newest)
        since = {name: moment(now - timedelta(days=nights)) for name, nights in (("s", snapshots), ("p", pictures))}
        first = "(SELECT coalesce(min(no), 0) FROM round WHERE started >= :{})"
        query = (
            "SELECT snapshot FROM address WHERE snapshot <> '' "
            "UNION SELECT walk ->> '$.picture' FROM address WHERE walk <> '' AND site IN (SELECT no FROM site WHERE archived IS NULL) "
            f"UNION SELECT digest FROM blob WHERE kind = 'snapshot' AND first_round >= {first.format('s')} "
        )
        for column in ("picture", "scene"):
            query += (
                f"UNION SELECT {column} FROM issue WHERE {column} <> '' AND (closed_round IS NULL OR closed_round >= {first.format('p')} "
                "OR (site, grp) IN (SELECT site, grp FROM decision UNION "
                "SELECT f.site, g.grp FROM case_group g JOIN casefile f ON f.no = g.casefile)) "
            )
        query += "UNION SELECT picture FROM hand_check WHERE picture <> '' "
        keep = {row[0] for row in self.db.execute(query, since)}
        waiting = "SELECT DISTINCT n.id, s.id FROM journal j JOIN round n ON n.no = j.round JOIN site s ON s.no = j.site"
        for name, site in self._query(waiting):
            for judged in self.journal(name, site):
                walk = judged.coverage.walk
                keep |= {judged.coverage.snapshot, walk.picture if walk else ""}
                keep |= {digest for finding in judged.findings for digest in (finding.picture, finding.scene)}
        return frozenset(keep)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Several changes that hold together or not at all: a change of the store within is part of the same transaction."""
        with self._writing() as connection:
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, that takes the right to write at once: an upgrade from reading could fail without waiting."""
        connection = self.db.conn
        if connection.in_transaction:
            yield connection
            return
        with told(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _become_writer(self) -> None:
        with told(self.path):
            self._lock.acquire()

    def _prepare(self, readonly: bool) -> None:
        """Refuse what is too new, bring what is old up to date."""
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("PRAGMA foreign_keys = ON")
        refuse_newer(f"数据库 {self.path}", applied_steps(self.db.conn))
        if self.db.journal_mode == "wal" and not MIGRATIONS.pending(self.db):
            return
        if readonly:
            raise StoreError(f"数据库 {self.path} 需要先更新，请用 auditor run 或 auditor serve 打开一次。")
        self._lock.acquire(patience=WAIT)  # SQLite does not wait by itself when two connections change the journal mode
        try:
            self.db.enable_wal()
            MIGRATIONS.apply(self.db)
        finally:
            self._lock.release()


def _connect(path: Path, readonly: bool) -> sqlite3.Connection:
    if readonly:
        return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=WAIT, check_same_thread=False)
    return sqlite3.connect(path, timeout=WAIT)


def _kind(digest: str, judged: Judged) -> str:
    return "snapshot" if digest == judged.coverage.snapshot else "picture"
