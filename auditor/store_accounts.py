"""Keeps accounts, sessions, keys for programs and tries to sign in; of what is secret only digests are on disk."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor import accounts as rules
from auditor.accounts import Account, Cost, Role, Session, Token
from auditor.store import Store, StoreError
from auditor.store_lock import StoreBusy, told
from auditor.store_rows import moment, text

_AT_ONCE = threading.Semaphore(2)  # each check of a password takes 32 MiB and a whole core
_ACCOUNT = "a.name, a.title, a.role, a.sites, a.disabled"


@dataclass(frozen=True)
class Seal:
    """A password as it is kept, made before a transaction begins: that takes long."""

    kept: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A sign-in that was not let in."""

    wait: timedelta = timedelta()  #: how long further tries are pointless; zero: name or password was wrong


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A session as it is listed."""

    address: str
    created: datetime
    seen: datetime


class Accounts:
    """The accounts of one store. Belongs to the thread of the store."""

    def __init__(self, store: Store, cost: Cost = rules.COST) -> None:
        self.store, self.cost = store, cost

    # ------------------------------------------------------------------------------------------ accounts

    def seal(self, password: str | Seal) -> Seal:
        """What is kept of a password. To be called before a transaction: it takes a while, and waits where many do the same."""
        if isinstance(password, Seal):
            return password
        with _AT_ONCE:
            return Seal(rules.sealed(password, self.cost))

    def add(self, account: Account, password: str | Seal | None, now: datetime | None = None) -> None:
        """Enter an account; without a password it is for sign-in through a trusted proxy. StoreError if the name is taken."""
        seal = self.seal(password).kept if password is not None else ""
        with self.store.writing() as connection:
            if connection.execute("SELECT 1 FROM account WHERE name = ?", (account.name,)).fetchone():
                raise StoreError(f"已经有登录名 {account.name}。")
            connection.execute(
                "INSERT INTO account (name, title, role, sites, password, created) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    text(account.name), text(account.title), account.role.value, json.dumps(sorted(account.sites)), seal,
                    moment(now or datetime.now(UTC)),
                ),
            )  # fmt: skip

    def all(self) -> tuple[Account, ...]:
        """Every account, disabled ones too, in the order of their names."""
        return tuple(_account(row) for row in self._query(f"SELECT {_ACCOUNT} FROM account a ORDER BY a.name"))

    def named(self, name: str) -> Account | None:
        """One account; upper and lower case are the same."""
        return next((_account(row) for row in self._query(f"SELECT {_ACCOUNT} FROM account a WHERE a.name = ?", (name,))), None)

    def set_password(self, name: str, password: str | Seal, *, keep: str = "") -> None:
        """Give an account another password; all its sessions end, but that with the key `keep`. StoreError if there is no such account."""
        seal = self.seal(password).kept
        with self.store.writing() as connection:
            number = self._number(connection, name)
            connection.execute("UPDATE account SET password = ? WHERE no = ?", (seal, number))
            connection.execute("DELETE FROM session WHERE account = ? AND hash <> ?", (number, rules.kept(keep)))
            connection.execute("DELETE FROM attempt WHERE name = ?", (name,))

    def change(self, account: Account) -> None:
        """Give the account of that name the title, role and sites; it holds from the next request on. StoreError if there is none."""
        with self.store.writing() as connection:
            connection.execute(
                "UPDATE account SET title = ?, role = ?, sites = ? WHERE no = ?",
                (text(account.title), account.role.value, json.dumps(sorted(account.sites)), self._number(connection, account.name)),
            )

    def has_password(self, name: str) -> bool:
        """Whether an account signs in by itself, and not through a trusted proxy only."""
        return bool(self._query("SELECT 1 FROM account WHERE name = ? AND password <> ''", (name,)))

    def sessions(self, name: str, now: datetime) -> tuple[SignedIn, ...]:
        """Where an account is signed in, newest first."""
        rows = self._query(
            "SELECT s.address, s.created, s.seen, s.idle FROM session s JOIN account a ON a.no = s.account WHERE a.name = ? "
            "ORDER BY s.seen DESC",
            (name,),
        )
        found = [(row[0], datetime.fromisoformat(row[1]), datetime.fromisoformat(row[2]), timedelta(seconds=row[3])) for row in rows]
        return tuple(
            SignedIn(address=address, created=created, seen=seen)
            for address, created, seen, idle in found
            if not rules.over(created, seen, idle, now)
        )

    def end_all(self, name: str, *, keep: str = "") -> int:
        """End the sessions of an account but that with the key `keep`; how many that were."""
        with self.store.writing() as connection:
            number = self._number(connection, name)
            return connection.execute("DELETE FROM session WHERE account = ? AND hash <> ?", (number, rules.kept(keep))).rowcount

    def enable(self, name: str) -> None:
        """Let an account sign in again; its tokens stay revoked. StoreError if there is none."""
        with self.store.writing() as connection:
            connection.execute("UPDATE account SET disabled = NULL WHERE no = ?", (self._number(connection, name),))

    def disable(self, name: str, now: datetime | None = None) -> None:
        """Let an account sign in no more; sessions and tokens end at once. What it did stays on record."""
        with self.store.writing() as connection:
            number = self._number(connection, name)
            at = moment(now or datetime.now(UTC))
            connection.execute("UPDATE account SET disabled = coalesce(disabled, ?) WHERE no = ?", (at, number))
            connection.execute("DELETE FROM session WHERE account = ?", (number,))
            connection.execute("UPDATE token SET revoked = coalesce(revoked, ?) WHERE account = ?", (at, number))

    # ------------------------------------------------------------------------------------------ signing in

    def admit(self, name: str, password: str, address: str, now: datetime) -> Account | Refused:
        """The account, if name and password fit. Tries are counted before they are looked at, by account and by address.

        An unknown name is treated like a wrong password, and takes as long.
        """
        number, pause = self._begin_try(name, address, now)
        if pause > timedelta():
            return Refused(wait=pause)
        row = next(iter(self._query(f"SELECT {_ACCOUNT}, a.password FROM account a WHERE a.name = ?", (name,))), None)
        seal = row[5] if row and row[5] and not row[4] else ""
        with _AT_ONCE:
            fits = rules.opens(password, seal or rules.never(self.cost))
            anew = rules.sealed(password, self.cost) if fits and rules.outdated(seal, self.cost) else ""
        if row is None or not fits:
            return Refused()
        with self.store.writing() as connection:
            connection.execute("DELETE FROM attempt WHERE no = ? OR name = ?", (number, name))
            if anew:
                connection.execute("UPDATE account SET password = ? WHERE name = ?", (anew, name))
        return _account(row[:5])

    def begin(self, account: Account, address: str, now: datetime, *, stay: bool = False, proxied: bool = False) -> str:
        """A new session; its key, which is kept nowhere."""
        key = rules.fresh_key()
        with self.store.writing() as connection:
            connection.execute("DELETE FROM session WHERE created < ?", (moment(now - rules.LONGEST),))
            connection.execute(
                "INSERT INTO session (hash, account, address, proxied, created, seen, idle) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    rules.kept(key), self._number(connection, account.name), address, int(proxied), moment(now), moment(now),
                    int(rules.idle_limit(stay=stay).total_seconds()),
                ),
            )  # fmt: skip
        return key

    def session(self, key: str, now: datetime) -> tuple[Session, bool] | None:
        """The session of a key, and whether its use has to be noted (`touch`); None if it is none, or has ended."""
        found = self._query(
            f"SELECT {_ACCOUNT}, s.created, s.seen, s.idle, s.proxied FROM session s JOIN account a ON a.no = s.account WHERE s.hash = ?",
            (rules.kept(key),),
        )
        if not found or found[0][4]:
            return None
        created, seen = (datetime.fromisoformat(told) for told in found[0][5:7])
        if rules.over(created, seen, timedelta(seconds=found[0][7]), now):
            return None
        return Session(account=_account(found[0][:5]), proxied=bool(found[0][8])), now - seen >= rules.TOUCH

    def touch(self, key: str, now: datetime) -> None:
        """Note that a session is used. While somebody else writes for long it is left for the next request."""
        try:
            with self.store.writing() as connection:
                connection.execute("UPDATE session SET seen = ? WHERE hash = ?", (moment(now), rules.kept(key)))
        except StoreBusy:
            return

    def end(self, key: str) -> None:
        """End a session."""
        with self.store.writing() as connection:
            connection.execute("DELETE FROM session WHERE hash = ?", (rules.kept(key),))

    # ------------------------------------------------------------------------------------------ keys for programs

    def make_token(self, account: Account, label: str, scope: Iterable[str], days: int, now: datetime) -> str:
        """A new key that acts for an account; it is given back once and kept nowhere."""
        key = f"aud_{rules.fresh_key()}"
        with self.store.writing() as connection:
            connection.execute(
                "INSERT INTO token (hash, account, label, scope, created, expires) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    rules.kept(key), self._number(connection, account.name), text(label), json.dumps(sorted(set(scope))), moment(now),
                    moment(now + timedelta(days=days)),
                ),
            )  # fmt: skip
        return key

    def tokens(self, name: str) -> tuple[Token, ...]:
        """The keys of an account, newest first."""
        rows = self._query(
            "SELECT t.no, a.name, t.label, t.scope, t.created, t.expires, t.used, t.revoked FROM token t "
            "JOIN account a ON a.no = t.account WHERE a.name = ? ORDER BY t.no DESC",
            (name,),
        )
        return tuple(
            Token(
                number=row[0], account=row[1], label=row[2], scope=tuple(json.loads(row[3])), created=datetime.fromisoformat(row[4]),
                expires=datetime.fromisoformat(row[5]), used=_time(row[6]), revoked=_time(row[7]),
            )
            for row in rows
        )  # fmt: skip

    def revoke(self, name: str, number: int, now: datetime) -> bool:
        """End one key of an account; whether it was one that still held."""
        with self.store.writing() as connection:
            done = connection.execute(
                "UPDATE token SET revoked = ? WHERE no = ? AND revoked IS NULL AND account = (SELECT no FROM account WHERE name = ?)",
                (moment(now), number, name),
            )
            return done.rowcount == 1

    def bearer(self, key: str, now: datetime) -> Session | None:
        """What a key allows; None if it is unknown, has run out or was revoked."""
        found = self._query(
            f"SELECT {_ACCOUNT}, t.scope FROM token t JOIN account a ON a.no = t.account "
            "WHERE t.hash = ? AND t.revoked IS NULL AND t.expires > ? AND a.disabled IS NULL",
            (rules.kept(key), moment(now)),
        )
        if not found:
            return None
        rights = frozenset(right for name in json.loads(found[0][5]) for right in rules.SCOPES.get(name, ()))
        return Session(account=_account(found[0][:5]), scope=rights)

    # ------------------------------------------------------------------------------------------ inside

    def _begin_try(self, name: str, address: str, now: datetime) -> tuple[int, timedelta]:
        """Count a try as failed until it succeeds; its number, or how long to wait before there can be one."""
        name = name[:200]
        with self.store.writing() as connection:
            since = moment(now - rules.WINDOW)
            connection.execute("DELETE FROM attempt WHERE at < ?", (since,))
            by_name, by_address = (
                rules.wait([datetime.fromisoformat(row[0]) for row in connection.execute(query, (value, since))], most, now)
                for query, value, most in (
                    ("SELECT at FROM attempt WHERE name = ? AND at >= ?", name, rules.PER_ACCOUNT),
                    ("SELECT at FROM attempt WHERE address = ? AND at >= ?", address, rules.PER_ADDRESS),
                )
            )
            if (pause := max(by_name, by_address)) > timedelta():
                return 0, pause
            added = connection.execute("INSERT INTO attempt (at, name, address) VALUES (?, ?, ?)", (moment(now), text(name), address))
            return int(added.lastrowid or 0), timedelta()

    def _number(self, connection: sqlite3.Connection, name: str) -> int:
        found = connection.execute("SELECT no FROM account WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise StoreError(f"没有登录名 {name}。")
        return int(found[0])

    def _query(self, query: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        with told(self.store.path):
            return self.store.db.execute(query, parameters).fetchall()


def _account(row: tuple[Any, ...]) -> Account:
    name, title, role, sites, disabled = row
    return Account(name=name, title=title, role=Role(role), sites=frozenset(json.loads(sites)), disabled=disabled is not None)


def _time(told_: str | None) -> datetime | None:
    return datetime.fromisoformat(told_) if told_ else None
