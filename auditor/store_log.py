"""The log of what people did: rows are only added, and each carries the digest of the one before, so that a change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from auditor.store import Store
from auditor.store_lock import told
from auditor.store_rows import moment, text


class Act(StrEnum):
    """What can be done."""

    SIGN_IN = "sign-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGN_OUT = "sign-out"
    REFUSED = "refused"  #: asked for something that the role may not do
    ACCOUNT_ADDED = "account-added"
    ACCOUNT_CHANGED = "account-changed"
    ACCOUNT_DISABLED = "account-disabled"
    ACCOUNT_ENABLED = "account-enabled"
    SESSIONS_ENDED = "sessions-ended"
    PASSWORD_CHANGED = "password-changed"
    TOKEN_MADE = "token-made"
    TOKEN_REVOKED = "token-revoked"
    DECIDED = "decided"
    CONFIRMED = "confirmed"
    CHECKED = "checked"
    CASE_OPENED = "case-opened"
    CASE_STEP = "case-step"
    DRAFT_CHECKED = "draft-checked"
    COMPLAINT_RECEIVED = "complaint-received"
    COMPLAINT_STEP = "complaint-step"
    RUN = "run"
    RETEST = "retest"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    STOP_LIFTED = "stop-lifted"
    RELOADED = "reloaded"
    SITES_CHANGED = "sites-changed"
    SITE_MERGED = "site-merged"
    FAILED = "failed"  #: what the row before speaks of did not come about


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, and from where."""

    name: str
    role: str
    address: str = ""  #: "" for a command on the machine itself


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the log."""

    number: int
    at: datetime
    who: str
    role: str
    address: str
    act: Act
    about: str  #: a site, a host, an account
    detail: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What an examination of the log came to."""

    rows: int
    last: str  #: digest of the last row; written down elsewhere it proves later that nothing before it was changed or cut off
    broken: int | None = None  #: the first row that does not fit
    holds: bool = True  #: whether the digest that was asked for is among them


class LogBook:
    """The log of one store. Belongs to the thread of the store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def record(self, actor: Actor, act: Act, about: str = "", detail: str = "", *, now: datetime | None = None) -> int:
        """Add a row and give its number; it is on disk when this returns, or with the transaction under way."""
        with self.store.writing() as connection:
            last = connection.execute("SELECT no, digest FROM audit_log ORDER BY no DESC LIMIT 1").fetchone()
            number, before = (last[0] + 1, last[1]) if last else (1, "")
            at = moment(now or datetime.now(UTC))
            said = (number, at, text(actor.name), actor.role, actor.address, act.value, text(about), text(detail), before)
            connection.execute(
                "INSERT INTO audit_log (no, at, who, role, address, act, about, detail, before, digest) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*said, _digest(said)),
            )
        return number

    @contextmanager
    def around(self, actor: Actor, act: Act, about: str = "", detail: str = "") -> Iterator[None]:
        """Record what changes something outside the database before it is done, and that it failed if it did."""
        number = self.record(actor, act, about, detail)
        try:
            yield
        except BaseException as error:
            self.record(actor, Act.FAILED, about, f"第 {number} 条没有完成：{str(error) or type(error).__name__}"[:500])
            raise

    def entries(self, limit: int = 100, *, before: int | None = None) -> tuple[Entry, ...]:
        """Rows, newest first; with `before` those older than a row."""
        with told(self.store.path):
            rows = self.store.db.execute(
                "SELECT no, at, who, role, address, act, about, detail, digest FROM audit_log "
                "WHERE ?1 IS NULL OR no < ?1 ORDER BY no DESC LIMIT ?2",
                (before, limit),
            ).fetchall()
        return tuple(
            Entry(
                number=row[0], at=datetime.fromisoformat(row[1]), who=row[2], role=row[3], address=row[4], act=Act(row[5]),
                about=row[6], detail=row[7], digest=row[8],
            )
            for row in rows
        )  # fmt: skip

    def verify(self, holds: str = "") -> Verdict:
        """Go through the whole log. `holds`: a digest, or its beginning, that was written down earlier and has to be among them."""
        before, count, found = "", 0, not holds
        with told(self.store.path):
            for row in self.store.db.execute(
                "SELECT no, at, who, role, address, act, about, detail, before, digest FROM audit_log ORDER BY no"
            ):
                if row[0] != count + 1 or row[8] != before or _digest(row[:9]) != row[9]:
                    return Verdict(rows=count, last=before, broken=count + 1, holds=found)
                before, count = row[9], row[0]
                found = found or before.startswith(holds)
        return Verdict(rows=count, last=before, holds=found)


def _digest(said: tuple[object, ...]) -> str:
    """SHA-256 over the row as a JSON list, the digest of the row before included."""
    return hashlib.sha256(json.dumps(list(said), ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()
