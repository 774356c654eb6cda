"""The last judgement of each page, kept as the journal had it, for the nights on which nothing of the page has changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.model import NEVER_TRIED, Carried, Run, State, Variant
from auditor.reusing import learned
from auditor.store_rows import moment, text

Place = tuple[str, str]

KEPT = timedelta(days=8)
"""Age from which a judgement is of no use any more: pages are judged anew every 7 nights at least."""

CARRIED = (
    "SELECT a.url, a.variant, n.started, r.ruleset, r.environment, c.changing, c.body FROM site s JOIN address a ON a.site = s.no "
    "JOIN carried c ON c.address = a.no JOIN round n ON n.no = c.round JOIN run r ON r.site = s.no AND r.round = c.round "
    "WHERE s.id = ? AND n.started >= ? ORDER BY a.no"
)
"""The judgements of a site since a time, for `carried`."""


def carried(row: tuple[str, str, str, str, str, int, bytes], zone: ZoneInfo) -> Carried:
    """A judgement from a row of CARRIED."""
    url, variant, started, ruleset, environment, changing, body = row
    seen = datetime.fromisoformat(started).astimezone(zone).date()
    return Carried(
        url=url, variant=Variant(variant), seen=seen, ruleset_id=ruleset, environment_id=environment, changing=changing, body=body
    )


def save_judgements(connection: sqlite3.Connection, site: int, now: int, run: Run, numbers: Mapping[Place, int]) -> None:
    """Keep tonight's judgements out of the journal in the place of older ones, and note which pages were not opened.

    Belongs inside the transaction that saves the run, before its journal goes. A page that was judged anew and of which not all is known
    has nothing to carry over any more.
    """
    words = {(text(entry.url), entry.variant.value): entry.compared for entry in run.coverage if entry.state is State.AUDITED}
    query = "SELECT url, variant, body FROM journal WHERE site = ? AND round = ? AND url <> '' ORDER BY seq"
    kept = {(url, variant): body for url, variant, body in connection.execute(query, (site, now))}
    ours = "address IN (SELECT no FROM address WHERE site = ?)"
    before = dict(connection.execute(f"SELECT address, changing FROM carried WHERE {ours}", (site,)))
    rows = [
        (numbers[place], now, learned(before.get(numbers[place], 0), words[place]), body)
        for place, body in kept.items() if place in words
    ]  # fmt: skip
    gone = [(numbers[place],) for place in words if place not in kept and numbers[place] in before]
    connection.executemany("DELETE FROM carried WHERE address = ?", gone)
    connection.executemany("INSERT OR REPLACE INTO carried (address, round, changing, body) VALUES (?, ?, ?, ?)", rows)
    old = f"DELETE FROM carried WHERE {ours} AND round < (SELECT coalesce(min(no), 0) FROM round WHERE started >= ?)"
    connection.execute(old, (site, moment(run.started - KEPT)))
    reused = [numbers[text(entry.url), entry.variant.value] for entry in run.coverage if entry.state is State.REUSED]
    if reused:
        row = (json.dumps(reused, separators=(",", ":")), site, now)
        connection.execute("UPDATE run SET reused = ? WHERE site = ? AND round = ?", row)


def give_up(connection: sqlite3.Connection, site: int, run: Run) -> None:
    """Carry nothing over of pages that a retest has looked at since: what it closed or reopened would be undone by what was before.

    Belongs inside the transaction that saves the retest.
    """
    gone = "DELETE FROM carried WHERE address = (SELECT no FROM address WHERE site = ? AND url = ? AND variant = ?)"
    seen = [(site, text(entry.url), entry.variant.value) for entry in run.coverage if entry.state not in NEVER_TRIED]
    connection.executemany(gone, seen)
