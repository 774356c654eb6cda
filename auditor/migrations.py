"""The shape of the database, as dated steps that sqlite-utils applies in order; a step once released is never changed.

Everything that lasts is kept as an interval: a row holds from `first_round` until (not including) `last_round`, NULL while it
holds still, so that the database grows with change and not with the number of nights. Rounds are numbered in the order in
which they began. Times are ISO 8601 in UTC, lists and mappings JSON.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing

from sqlite_utils import Database, Migrations

from auditor.store_lock import too_new

MIGRATIONS = Migrations("auditor")


def known_steps() -> frozenset[str]:
    """The names of all steps that this version of the program knows."""
    with closing(Database(memory=True, execute_plugins=False)) as empty:
        return frozenset(step.name for step in MIGRATIONS.pending(empty))


def applied_steps(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The names of the steps that a database has taken, in their order."""
    looked_at = Database(connection, recursive_triggers=False, execute_plugins=False)
    return tuple(step.name for step in MIGRATIONS.applied(looked_at))


def refuse_newer(what: str, steps: Iterable[str]) -> None:
    """StoreTooNew where one of the steps that `what` has taken is not known here."""
    if newer := set(steps) - known_steps():
        raise too_new(what, newer)


@MIGRATIONS(name="2026-11-23 first schema")
def first_schema(db: Database) -> None:
    """Sites, rounds, runs, the ledger, tallies, issues, decisions, blobs and the journal."""
    db.executescript(_FIRST_SCHEMA)


@MIGRATIONS(name="2026-11-24 who let us in, and what we asked for")
def permits_and_requests(db: Database) -> None:
    """On whose word a host is visited, and the requests of a run by host."""
    db.executescript(_PERMITS)


@MIGRATIONS(name="2026-11-28 what the use of a page showed")
def scenes(db: Database) -> None:
    """Pictures of what experiments brought about, with what they show; the last walk through a page with the Tab key."""
    db.executescript(_SCENES)


_SCENES = """
ALTER TABLE issue ADD COLUMN scene TEXT NOT NULL DEFAULT '';
ALTER TABLE issue ADD COLUMN caption TEXT NOT NULL DEFAULT '';
ALTER TABLE address ADD COLUMN walk TEXT NOT NULL DEFAULT '';
"""


@MIGRATIONS(name="2026-11-28 toolbars, elder versions and what they are judged by")
def what_is_noted(db: Database) -> None:
    """What the newest run noted of each site; one row for a site, replaced in place."""
    db.executescript(_NOTED)


_NOTED = """
CREATE TABLE noted (
    site INTEGER PRIMARY KEY REFERENCES site(no), round INTEGER NOT NULL REFERENCES round(no), body TEXT NOT NULL
) STRICT;
"""


@MIGRATIONS(name="2026-11-28 where a page comes from")
def provenance(db: Database) -> None:
    """What a page says of its site and column, and the family of systems that made it."""
    db.executescript(_PROVENANCE)


@MIGRATIONS(name="2026-11-29 the score of a run")
def scores(db: Database) -> None:
    """The accessibility index of a run with its error, and why it moved; "" where it was withheld, and in runs of before."""
    for column in ("score", "move"):
        db.executescript(f"ALTER TABLE run ADD COLUMN {column} TEXT NOT NULL DEFAULT '';")


@MIGRATIONS(name="2026-11-29 samples")
def samples(db: Database) -> None:
    """What the draw of a sample made of each address, as part of its entry in the ledger, and how each run drew its own."""
    for column in ("mark", "stratum"):
        db.executescript(f"ALTER TABLE coverage ADD COLUMN {column} TEXT NOT NULL DEFAULT '';")
    db.executescript("ALTER TABLE run ADD COLUMN sample TEXT NOT NULL DEFAULT '';")


@MIGRATIONS(name="2026-11-29 what new rules found")
def new_rules(db: Database) -> None:
    """How many barriers a run met first under a rule that had never been asked: no regression. 0 in runs of before."""
    db.executescript("ALTER TABLE run ADD COLUMN new_rule INTEGER NOT NULL DEFAULT 0;")


@MIGRATIONS(name="2026-11-29 changes of the rules")
def upgrades(db: Database) -> None:
    """What each rule set holds, so that scores can be counted again, and the bridges over its changes, one row for a site and round."""
    db.executescript(_UPGRADES)


_UPGRADES = """
CREATE TABLE ruleset (id TEXT PRIMARY KEY, rules TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE bridge (
    site INTEGER NOT NULL REFERENCES site(no), round INTEGER NOT NULL REFERENCES round(no), body TEXT NOT NULL,
    PRIMARY KEY (site, round)
) STRICT, WITHOUT ROWID;
"""


@MIGRATIONS(name="2026-11-29 messages to be sent")
def outbox(db: Database) -> None:
    """Messages to people, from the moment they are due until they were taken, or given up."""
    db.executescript(_OUTBOX)


_OUTBOX = """
CREATE TABLE outbox (
    no INTEGER PRIMARY KEY, channel TEXT NOT NULL, message TEXT NOT NULL, body TEXT NOT NULL, made TEXT NOT NULL,
    state TEXT NOT NULL, tries INTEGER NOT NULL, tried TEXT, due TEXT NOT NULL, said TEXT NOT NULL, ended TEXT,
    UNIQUE (channel, message)  -- nothing is queued twice
) STRICT;
CREATE INDEX outbox_open ON outbox (due) WHERE ended IS NULL;
"""


@MIGRATIONS(name="2026-11-29 cases")
def cases(db: Database) -> None:
    """Notices to owners with a deadline (督办) and all that was done in them, to which rows are only added."""
    db.executescript(_CASES)


_CASES = """
CREATE TABLE casefile (
    no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, site INTEGER NOT NULL REFERENCES site(no)
) STRICT;
CREATE INDEX casefile_site ON casefile (site);
CREATE TABLE case_event (
    no INTEGER PRIMARY KEY, casefile INTEGER NOT NULL REFERENCES casefile(no), at TEXT NOT NULL, step TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX case_event_casefile ON case_event (casefile);
CREATE TABLE case_group (  -- of issues that a case is about: their evidence is kept for good
    casefile INTEGER NOT NULL REFERENCES casefile(no), grp TEXT NOT NULL,
    PRIMARY KEY (casefile, grp)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER case_event_is_never_changed BEFORE UPDATE ON case_event BEGIN SELECT RAISE(ABORT, 'what was done is never changed'); END;
CREATE TRIGGER case_event_is_never_removed BEFORE DELETE ON case_event BEGIN SELECT RAISE(ABORT, 'what was done is never removed'); END;
"""


@MIGRATIONS(name="2026-11-29 accounts and the log of what people did")
def accounts(db: Database) -> None:
    """Who may sign in, who is signed in, keys for programs, tries to sign in, and the log, to which rows are only added."""
    db.executescript(_ACCOUNTS)


_ACCOUNTS = """
CREATE TABLE account (
    no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, title TEXT NOT NULL, role TEXT NOT NULL, sites TEXT NOT NULL,
    password TEXT NOT NULL, created TEXT NOT NULL, disabled TEXT  -- password: "" where one signs in through a proxy only
) STRICT;
CREATE TABLE session (  -- of the key itself only the digest is kept
    hash TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(no), address TEXT NOT NULL, proxied INTEGER NOT NULL,
    created TEXT NOT NULL, seen TEXT NOT NULL, idle INTEGER NOT NULL  -- seconds
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);
CREATE TABLE token (
    no INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, account INTEGER NOT NULL REFERENCES account(no), label TEXT NOT NULL,
    scope TEXT NOT NULL, created TEXT NOT NULL, expires TEXT NOT NULL, used TEXT, revoked TEXT
) STRICT;
CREATE TABLE attempt (  -- to sign in that failed, or is under way
    no INTEGER PRIMARY KEY, at TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, address TEXT NOT NULL
) STRICT;
CREATE INDEX attempt_name ON attempt (name, at);
CREATE INDEX attempt_address ON attempt (address, at);
CREATE TABLE setting (  -- what people set and what outlasts a restart, such as a pause
    name TEXT PRIMARY KEY, body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_log (  -- each row carries the digest of the one before it
    no INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL, address TEXT NOT NULL, act TEXT NOT NULL,
    about TEXT NOT NULL, detail TEXT NOT NULL, before TEXT NOT NULL, digest TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_log_is_never_changed BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_log_is_never_shortened BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is never shortened'); END;
CREATE TRIGGER audit_log_has_no_gap BEFORE INSERT ON audit_log
    WHEN NEW.no <> (SELECT coalesce(max(no), 0) + 1 FROM audit_log) BEGIN SELECT RAISE(ABORT, 'the audit log has no gap'); END;
"""


@MIGRATIONS(name="2026-11-29 requests of programs that are not repeated")
def requests(db: Database) -> None:
    """What a program asked for under a key of its own, so that asking again with the same key does nothing again."""
    db.executescript(_REQUESTS)


_REQUESTS = """
CREATE TABLE request (
    account INTEGER NOT NULL REFERENCES account(no), key TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
"""


@MIGRATIONS(name="2026-11-29 the core index")
def core_index(db: Database) -> None:
    """The index of a site by the rules that no change has touched, one row for a site, replaced in place."""
    db.executescript("CREATE TABLE core (site INTEGER PRIMARY KEY REFERENCES site(no), body TEXT NOT NULL) STRICT;")


@MIGRATIONS(name="2026-11-29 links that were read")
def links_read(db: Database) -> None:
    """How many addresses each address led to first when its links were read without a browser; NULL where they never were."""
    db.executescript("ALTER TABLE address ADD COLUMN led_to INTEGER;")


@MIGRATIONS(name="2026-11-30 the details of a run stand beside it")
def details(db: Database) -> None:
    """The criteria of a score and why it moved, compressed: the runs of a year are read without them, and take a fraction of the room."""
    db.executescript(_DETAILS)
    for (site,) in db.execute("SELECT no FROM site").fetchall():
        told = db.execute("SELECT round, score, move FROM run WHERE site = ? AND score <> ''", (site,)).fetchall()
        for round, score, move in told:
            brief = json.loads(score)
            detail = {"criteria": brief.pop("criteria", {}), **({"move": json.loads(move)} if move else {})}
            brief.pop("sample", None)
            body = zlib.compress(json.dumps(detail, separators=(",", ":")).encode())
            db.execute("INSERT INTO detail (site, round, body) VALUES (?, ?, ?)", (site, round, body))
            kept = json.dumps(brief, separators=(",", ":"))
            db.execute("UPDATE run SET score = ? WHERE site = ? AND round = ?", (kept, site, round))
    db.executescript("ALTER TABLE run DROP COLUMN move;")


_DETAILS = """
CREATE TABLE detail (
    no INTEGER PRIMARY KEY, site INTEGER NOT NULL REFERENCES site(no), round INTEGER NOT NULL REFERENCES round(no), body BLOB NOT NULL,
    UNIQUE (site, round)
) STRICT;
CREATE INDEX run_round ON run (round);
"""


@MIGRATIONS(name="2026-11-29 what people found by hand")
def hand_checks(db: Database) -> None:
    """What people found on pages, criterion by criterion, and on what no crawler reaches, by checklists; rows are only added."""
    db.executescript(_HAND_CHECKS)


_HAND_CHECKS = """
CREATE TABLE hand_check (  -- list: wcag, with a page as subject and a criterion as item, or a checklist; picture: a digest or ""
    no INTEGER PRIMARY KEY, list TEXT NOT NULL, site INTEGER REFERENCES site(no), subject TEXT NOT NULL, item TEXT NOT NULL,
    outcome TEXT NOT NULL, note TEXT NOT NULL, picture TEXT NOT NULL, author TEXT NOT NULL, day TEXT NOT NULL, made TEXT NOT NULL
) STRICT;
CREATE INDEX hand_check_site ON hand_check (site, subject);
CREATE TRIGGER hand_check_is_never_changed BEFORE UPDATE ON hand_check BEGIN SELECT RAISE(ABORT, 'what was found is never changed'); END;
CREATE TRIGGER hand_check_is_never_removed BEFORE DELETE ON hand_check BEGIN SELECT RAISE(ABORT, 'what was found is never removed'); END;
"""


@MIGRATIONS(name="2026-11-29 what people complain of")
def complaints(db: Database) -> None:
    """Complaints of people without an account; how to reach them stands apart, so that it can be deleted alone."""
    db.executescript(_COMPLAINTS)


_COMPLAINTS = """
CREATE TABLE complaint (  -- of the receipt number only the digest is kept; casefile: id of the case that was opened from it, or ""
    no INTEGER PRIMARY KEY, receipt TEXT NOT NULL UNIQUE, at TEXT NOT NULL, site INTEGER REFERENCES site(no), address TEXT NOT NULL,
    what TEXT NOT NULL, aid TEXT NOT NULL, grp TEXT NOT NULL DEFAULT '', casefile TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX complaint_site ON complaint (site);
CREATE TABLE complaint_event (
    no INTEGER PRIMARY KEY, complaint INTEGER NOT NULL REFERENCES complaint(no), at TEXT NOT NULL, step TEXT NOT NULL, who TEXT NOT NULL,
    words TEXT NOT NULL
) STRICT;
CREATE INDEX complaint_event_of ON complaint_event (complaint);
CREATE TABLE complaint_contact (complaint INTEGER PRIMARY KEY REFERENCES complaint(no), contact TEXT NOT NULL, until TEXT NOT NULL) STRICT;
CREATE TABLE complaint_try (at TEXT NOT NULL, kind TEXT NOT NULL, network TEXT NOT NULL) STRICT;  -- of the last hour
"""


@MIGRATIONS(name="2026-11-29 sites that became a part of others")
def merges(db: Database) -> None:
    """Which site was merged into which, when and why; rows are only added."""
    db.executescript(_MERGES)


_MERGES = """
CREATE TABLE site_merge (
    no INTEGER PRIMARY KEY, site INTEGER NOT NULL REFERENCES site(no), into_site INTEGER NOT NULL REFERENCES site(no), at TEXT NOT NULL,
    author TEXT NOT NULL, why TEXT NOT NULL
) STRICT;
"""


@MIGRATIONS(name="2026-11-29 judgements that are carried over")
def carried(db: Database) -> None:
    """The last judgement of each page with what made it up, and how far runs carried such judgements over."""
    db.executescript(_CARRIED)


_CARRIED = """
ALTER TABLE journal ADD COLUMN url TEXT NOT NULL DEFAULT '';  -- of a page that is known with all that makes it up
ALTER TABLE journal ADD COLUMN variant TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN reuse TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN reused TEXT NOT NULL DEFAULT '';  -- numbers of addresses that were not opened; the ledger tells them as audited
CREATE TABLE carried (
    address INTEGER PRIMARY KEY REFERENCES address(no), round INTEGER NOT NULL REFERENCES round(no), changing INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
"""


_PROVENANCE = """
ALTER TABLE address ADD COLUMN labels TEXT NOT NULL DEFAULT '{}';
ALTER TABLE address ADD COLUMN platform TEXT NOT NULL DEFAULT '';
"""

_PERMITS = """
ALTER TABLE run ADD COLUMN requests TEXT NOT NULL DEFAULT '{}';
CREATE TABLE permit (  -- a row for as long as the word stands
    no INTEGER PRIMARY KEY, site INTEGER NOT NULL REFERENCES site(no), host TEXT NOT NULL,
    author TEXT NOT NULL, confirmed TEXT NOT NULL, since TEXT NOT NULL, until TEXT
) STRICT;
CREATE INDEX permit_site ON permit (site);
"""

_FIRST_SCHEMA = """
CREATE TABLE site (
    no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, url TEXT NOT NULL, category TEXT NOT NULL,
    region TEXT NOT NULL, owner TEXT NOT NULL, legal_basis TEXT NOT NULL, archived TEXT
) STRICT;
CREATE TABLE round (
    no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, started TEXT NOT NULL, finished TEXT, cause TEXT NOT NULL
) STRICT;
CREATE TABLE basis (  -- what runs were judged with; one row for many runs
    no INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, versions TEXT NOT NULL, rules TEXT NOT NULL
) STRICT;
CREATE TABLE run (
    site INTEGER NOT NULL REFERENCES site(no), round INTEGER NOT NULL REFERENCES round(no),
    started TEXT NOT NULL, finished TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, coverage TEXT NOT NULL,
    findings INTEGER NOT NULL, new INTEGER NOT NULL, open INTEGER NOT NULL, fixed INTEGER NOT NULL, reopened INTEGER NOT NULL,
    ruleset TEXT NOT NULL, environment TEXT NOT NULL, basis INTEGER NOT NULL REFERENCES basis(no),
    PRIMARY KEY (site, round)
) STRICT, WITHOUT ROWID;
CREATE TABLE address (  -- what is known of an address now, updated in place
    no INTEGER PRIMARY KEY, site INTEGER NOT NULL REFERENCES site(no), url TEXT NOT NULL, variant TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '', url_key TEXT NOT NULL DEFAULT '', dom_key TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '', snapshot TEXT NOT NULL DEFAULT '', validators TEXT NOT NULL DEFAULT '{}',
    silent_frames TEXT NOT NULL DEFAULT '[]', seconds REAL NOT NULL DEFAULT 0,
    UNIQUE (site, url, variant)
) STRICT;
CREATE TABLE coverage (  -- the ledger
    address INTEGER NOT NULL REFERENCES address(no), first_round INTEGER NOT NULL REFERENCES round(no),
    last_round INTEGER REFERENCES round(no), state TEXT NOT NULL, reason TEXT NOT NULL, status INTEGER,
    final_url TEXT NOT NULL, engines TEXT NOT NULL,
    PRIMARY KEY (address, first_round)
) STRICT, WITHOUT ROWID;
CREATE INDEX coverage_open ON coverage (address) WHERE last_round IS NULL;
CREATE TABLE tally (
    address INTEGER NOT NULL REFERENCES address(no), rule TEXT NOT NULL, first_round INTEGER NOT NULL REFERENCES round(no),
    last_round INTEGER REFERENCES round(no), failed INTEGER NOT NULL, passed INTEGER NOT NULL, cant_tell INTEGER NOT NULL,
    PRIMARY KEY (address, rule, first_round)
) STRICT, WITHOUT ROWID;
CREATE INDEX tally_open ON tally (address) WHERE last_round IS NULL;
CREATE TABLE evidence (hash BLOB PRIMARY KEY, element TEXT NOT NULL) STRICT;
CREATE TABLE issue (
    no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, site INTEGER NOT NULL REFERENCES site(no),
    address INTEGER NOT NULL REFERENCES address(no), rule TEXT NOT NULL, grp TEXT NOT NULL, instance TEXT NOT NULL,
    state TEXT NOT NULL, outcome TEXT NOT NULL, impact TEXT NOT NULL, criteria TEXT NOT NULL,
    evidence BLOB NOT NULL REFERENCES evidence(hash), message TEXT NOT NULL, engines TEXT NOT NULL, picture TEXT NOT NULL,
    first_seen TEXT NOT NULL, changed TEXT NOT NULL, identity_version INTEGER NOT NULL,
    closed_round INTEGER REFERENCES round(no)
) STRICT;
CREATE INDEX issue_standing ON issue (site, rule) WHERE closed_round IS NULL;
CREATE INDEX issue_closed ON issue (site, closed_round) WHERE closed_round IS NOT NULL;
CREATE TABLE issue_span (
    issue INTEGER NOT NULL REFERENCES issue(no), first_round INTEGER NOT NULL REFERENCES round(no),
    last_round INTEGER REFERENCES round(no),
    PRIMARY KEY (issue, first_round)
) STRICT, WITHOUT ROWID;
CREATE TABLE decision (
    no INTEGER PRIMARY KEY, site INTEGER NOT NULL REFERENCES site(no), grp TEXT NOT NULL, verdict TEXT NOT NULL,
    author TEXT NOT NULL, why TEXT NOT NULL, made TEXT NOT NULL, until TEXT
) STRICT;
CREATE INDEX decision_site ON decision (site, grp);
CREATE TABLE blob (
    digest TEXT PRIMARY KEY, bytes INTEGER NOT NULL, kind TEXT NOT NULL, first_round INTEGER NOT NULL REFERENCES round(no)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal (  -- progress of runs that are not stored yet
    round INTEGER NOT NULL REFERENCES round(no), site INTEGER NOT NULL REFERENCES site(no), seq INTEGER NOT NULL,
    kind TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (round, site, seq)
) STRICT;
"""
