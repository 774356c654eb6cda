"""The messages that are to be sent: queued once, taken by one sender at a time, kept until they were taken or given up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from auditor.notices.message import Doubtful, Final, Message
from auditor.store import Store
from auditor.store_rows import as_json, from_json, moment, text

FIRST_WAIT = timedelta(minutes=1)  # before the second try; each further one waits twice as long
LONGEST_WAIT = timedelta(hours=1)
PATIENCE = timedelta(hours=24)  # after which a message is given up
MOST_TRIES = 48  # after which it is given up as well, whatever the clock says
KEPT = timedelta(days=90)  # how long messages that are sent, or given up, can be looked up


class Post(StrEnum):
    """Where a message is."""

    WAITING = "waiting"
    SENDING = "sending"  #: handed to the other side, whose answer is not known: not yet, or the process ended meanwhile
    SENT = "sent"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One message to one channel."""

    number: int
    channel: str
    message: Message
    state: Post
    tries: int
    tried: datetime | None
    due: datetime
    said: str  #: what went wrong last time; "" if nothing did
    ended: datetime | None


_COLUMNS = "no, channel, body, state, tries, tried, due, said, ended"


class Outbox:
    """The messages of one store. Belongs to the thread of the store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def queue(self, messages: Iterable[tuple[str, Message]], now: datetime) -> int:
        """Enter messages by channel; those that are known, sent or not, are left as they are. The number of new ones."""
        with self.store.writing() as connection:
            before = connection.total_changes
            connection.executemany(
                "INSERT INTO outbox (channel, message, body, made, state, tries, due, said) VALUES (?, ?, ?, ?, ?, 0, ?, '') "
                "ON CONFLICT (channel, message) DO NOTHING",
                [(channel, one.id, text(as_json(one)), moment(now), Post.WAITING.value, moment(now)) for channel, one in messages],
            )
            return connection.total_changes - before

    def recover(self, now: datetime) -> int:
        """Let messages go on whose sending broke off; each then says that it may have been received. Only for the one sender."""
        with self.store.writing() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM outbox WHERE state = ?", (Post.SENDING.value,)).fetchall()
            for entry in map(_entry, rows):
                body = text(as_json(replace(entry.message, again=True)))
                query = "UPDATE outbox SET state = ?, body = ?, due = ? WHERE no = ?"
                connection.execute(query, (Post.WAITING.value, body, moment(now), entry.number))
        return len(rows)

    def doubt(self) -> None:
        """All that waits may have been sent already: the database was put back from a backup. `recover` lets it go on."""
        with self.store.writing() as connection:
            connection.execute("UPDATE outbox SET state = ? WHERE state = ?", (Post.SENDING.value, Post.WAITING.value))

    def due(self, now: datetime) -> tuple[Entry, ...]:
        """What is to be sent by now, in the order in which it was queued.

        Nothing waits for longer than LONGEST_WAIT: what seems to was put off under a clock that was set back since.
        """
        latest = moment(now), moment(now + LONGEST_WAIT)
        return self._entries("state = ? AND (due <= ? OR due > ?) ORDER BY no", (Post.WAITING.value, *latest))

    def recent(self, channels: Iterable[str], since: datetime, now: datetime) -> int:
        """How many messages went out to these channels between two moments, whatever came of them."""
        marks = list(channels)
        query = f"SELECT count(*) FROM outbox WHERE tried > ? AND tried <= ? AND channel IN ({', '.join('?' * len(marks))})"
        return int(self.store.db.execute(query, (moment(since), moment(now), *marks)).fetchone()[0])

    def begin(self, entry: Entry, now: datetime) -> None:
        """Note that a message is handed over now."""
        self._update(entry, "state = ?, tries = tries + 1, tried = ?", (Post.SENDING.value, moment(now)))

    def taken(self, entry: Entry, now: datetime) -> None:
        """Note that the other side has it."""
        self._update(entry, "state = ?, said = '', ended = ?", (Post.SENT.value, moment(now)))

    def refused(self, entry: Entry, why: str, now: datetime) -> bool:
        """Note that it was not taken, and when to try again; True where it is given up. Doubtful and Final are heeded in `why`."""
        old = (now - entry.message.made >= PATIENCE and entry.tries > 0) or entry.tries >= MOST_TRIES
        if old or isinstance(why, Final):
            self._update(entry, "state = ?, said = ?, ended = ?", (Post.GIVEN_UP.value, text(why), moment(now)))
            return True
        wait = min(FIRST_WAIT * 2 ** min(entry.tries, 16), LONGEST_WAIT)
        body = replace(entry.message, again=entry.message.again or isinstance(why, Doubtful))
        told = (Post.WAITING.value, text(why), moment(now + wait), text(as_json(body)))
        self._update(entry, "state = ?, said = ?, due = ?, body = ?", told)
        return False

    def once_more(self, now: datetime) -> int:
        """Let what was given up, or waits for a further try, be tried now; the number of messages."""
        with self.store.writing() as connection:
            query = "UPDATE outbox SET state = ?, due = ?, ended = NULL WHERE state IN (?, ?)"
            given = (Post.WAITING.value, moment(now), Post.GIVEN_UP.value, Post.WAITING.value)
            return connection.execute(query, given).rowcount

    def forget(self, now: datetime) -> None:
        """Remove what ended long ago."""
        with self.store.writing() as connection:
            connection.execute("DELETE FROM outbox WHERE ended < ?", (moment(now - KEPT),))

    def newest(self, limit: int = 50) -> tuple[Entry, ...]:
        """The newest messages, newest first."""
        return self._entries("1 ORDER BY no DESC LIMIT ?", (limit,))

    def unsent(self) -> tuple[Entry, ...]:
        """What waits or was given up, oldest first."""
        return self._entries("state <> ? ORDER BY no", (Post.SENT.value,))

    def _entries(self, where: str, values: tuple[object, ...]) -> tuple[Entry, ...]:
        return tuple(map(_entry, self.store.db.execute(f"SELECT {_COLUMNS} FROM outbox WHERE {where}", values).fetchall()))

    def _update(self, entry: Entry, what: str, values: tuple[object, ...]) -> None:
        with self.store.writing() as connection:
            connection.execute(f"UPDATE outbox SET {what} WHERE no = ?", (*values, entry.number))


def _entry(row: sqlite3.Row | tuple[object, ...]) -> Entry:
    number, channel, body, state, tries, tried, due, said, ended = (str(value) if value is not None else "" for value in row)
    return Entry(
        number=int(number), channel=channel, message=from_json(Message, body), state=Post(state), tries=int(tries),
        tried=datetime.fromisoformat(tried) if tried else None, due=datetime.fromisoformat(due), said=said,
        ended=datetime.fromisoformat(ended) if ended else None,
    )  # fmt: skip
