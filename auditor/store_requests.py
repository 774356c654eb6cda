"""Remembers what programs asked for under keys of their own, so that asking twice does not do it twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from auditor.store import Store, StoreError
from auditor.store_rows import moment, text

KEPT = timedelta(days=7)
"""How long a key is remembered."""


class OtherRequest(Exception):
    """The key was used before, for something else."""


class Unanswered(Exception):
    """The same was asked a moment ago, and it is not known yet what comes of it."""


class Requests:
    """The requests of one store. Belongs to the thread of the store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def begin(self, account: str, key: str, body: str, now: datetime) -> str:
        """The answer that was given to the same request before; "" where it is new, and is noted now.

        OtherRequest where the key belongs to another `body`, Unanswered where the first one is still being dealt with, StoreError
        where there is no such account.
        """
        with self.store.writing() as connection:
            connection.execute("DELETE FROM request WHERE at < ?", (moment(now - KEPT),))
            found = connection.execute("SELECT no FROM account WHERE name = ?", (account,)).fetchone()
            if found is None:
                raise StoreError(f"没有登录名 {account}。")
            query = "SELECT body, answer FROM request WHERE account = ? AND key = ?"
            before = connection.execute(query, (found[0], text(key))).fetchone()
            if before is None:
                connection.execute(
                    "INSERT INTO request (account, key, at, body, answer) VALUES (?, ?, ?, ?, '')",
                    (found[0], text(key), moment(now), body),
                )
                return ""
            if before[0] != body:
                raise OtherRequest
            if not before[1]:
                raise Unanswered
            return str(before[1])

    def answered(self, account: str, key: str, answer: str) -> None:
        """Note what came of it; "" : nothing, so that it can be asked again."""
        whose = "account = (SELECT no FROM account WHERE name = ?) AND key = ?"
        with self.store.writing() as connection:
            if answer:
                connection.execute(f"UPDATE request SET answer = ? WHERE {whose}", (answer, account, text(key)))
            else:
                connection.execute(f"DELETE FROM request WHERE {whose}", (account, text(key)))
