"""What one run changes in the database: ledger, tallies and issues, as sets of rows, and only where something changed."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from auditor.lifecycle import Counts
from auditor.model import NOT_A_PAGE, Coverage, Issue, Move, Run, Score, State, Variant
from auditor.store_carried import save_judgements
from auditor.store_rows import (
    KNOWN_COLUMNS,
    SPAN_COLUMNS,
    Row,
    as_json,
    counted,
    detail_row,
    issue_row,
    known_row,
    moment,
    score_row,
    short_hash,
    span_row,
    text,
)

Place = tuple[str, str]
"""Address and variant."""


def save_run(
    connection: sqlite3.Connection, run: Run, changed: Sequence[Issue], counts: Counts, rounds: Mapping[str, int],
    score: Score | None, move: Move | None,
) -> None:  # fmt: skip
    """Write a run that is not stored yet. Belongs inside a transaction; `rounds` gives the number of every round."""
    site = site_number(connection, run.site)
    now = rounds[run.round]
    _save_run_row(connection, site, now, run, counts, score, move)
    ledger = {(text(entry.url), entry.variant.value): entry for entry in run.coverage}
    tallies = _tallies(run)
    addresses = _addresses(connection, site, [*ledger, *tallies, *((text(issue.page), issue.variant.value) for issue in changed)])
    numbers = {place: row[0] for place, row in addresses.items()}
    before = _open_spans(connection, site)
    _save_ledger(connection, now, ledger, addresses, before)
    _save_tallies(connection, site, now, run, {numbers[place]: entry for place, entry in ledger.items()},
                  {numbers[place]: told for place, told in tallies.items()}, before)  # fmt: skip
    _save_issues(connection, site, changed, numbers, rounds)
    save_judgements(connection, site, now, run, numbers)
    if run.noted:
        keep = "INSERT INTO noted VALUES (?, ?, ?) ON CONFLICT (site) DO UPDATE SET round = excluded.round, body = excluded.body"
        connection.execute(keep, (site, now, as_json(run.noted)))
    connection.execute("DELETE FROM journal WHERE site = ? AND round <= ?", (site, now))


def save_issues(connection: sqlite3.Connection, site: str, changed: Sequence[Issue], rounds: Mapping[str, int]) -> None:
    """Write issues of a site whose ledger stays as it is. Belongs inside a transaction."""
    number = site_number(connection, site)
    addresses = _addresses(connection, number, [(text(issue.page), issue.variant.value) for issue in changed])
    _save_issues(connection, number, changed, {place: row[0] for place, row in addresses.items()}, rounds)


def site_number(connection: sqlite3.Connection, site: str) -> int:
    """The number of a site, which is entered with its id as name where it is not known yet."""
    connection.execute(
        "INSERT INTO site (id, name, url, category, region, owner, legal_basis) VALUES (?, ?, '', '', '', '', '') "
        "ON CONFLICT (id) DO NOTHING",
        (site, site),
    )
    number: int = connection.execute("SELECT no FROM site WHERE id = ?", (site,)).fetchone()[0]
    return number


def _save_run_row(
    connection: sqlite3.Connection, site: int, now: int, run: Run, counts: Counts, score: Score | None, move: Move | None
) -> None:
    versions, rules = as_json(run.versions), as_json(run.rules)
    key = short_hash(versions + rules)
    connection.execute("INSERT INTO basis (hash, versions, rules) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING", (key, versions, rules))
    connection.execute(
        "INSERT INTO run (site, round, started, finished, state, reason, coverage, findings, new, open, fixed, reopened, ruleset, "
        "environment, basis, requests, score, sample, new_rule, reuse) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT no FROM basis WHERE hash = ?), ?, ?, ?, ?, ?)",
        (
            site, now, moment(run.started), moment(run.finished), run.state.value, text(run.reason), as_json(counted(run)),
            sum(finding.variant is Variant.DESKTOP for finding in run.findings),
            counts.new, counts.open, counts.fixed, counts.reopened, run.ruleset_id, run.environment_id, key,
            text(as_json(run.requests)), score_row(score), as_json(run.sample) if run.sample else "",
            counts.new_rule, as_json(run.reuse) if run.reuse else "",
        ),
    )  # fmt: skip
    if score is not None:
        connection.execute("INSERT INTO detail (site, round, body) VALUES (?, ?, ?)", (site, now, detail_row(score, move)))


# ---------------------------------------------------------------------------------------------- the ledger


def _addresses(connection: sqlite3.Connection, site: int, wanted: Iterable[Place]) -> dict[Place, Row]:
    """Every address of the site -> number, what is known of it; the wanted ones are entered where they are new."""
    query = f"SELECT no, url, variant, {KNOWN_COLUMNS} FROM address WHERE site = ?"
    found: dict[Place, Row] = {(row[1], row[2]): (row[0], row[3:]) for row in connection.execute(query, (site,))}
    new = [place for place in dict.fromkeys(wanted) if place not in found]
    if new:
        connection.executemany("INSERT INTO address (site, url, variant) VALUES (?, ?, ?)", [(site, *place) for place in new])
        found |= {(row[1], row[2]): (row[0], row[3:]) for row in connection.execute(query, (site,)) if (row[1], row[2]) not in found}
    return found


def _open_spans(connection: sqlite3.Connection, site: int) -> dict[int, Row]:
    """Address number -> its ledger entry as the last run left it."""
    query = f"SELECT c.address, {SPAN_COLUMNS} FROM address a JOIN coverage c ON c.address = a.no WHERE a.site = ? AND c.last_round IS NULL"
    return {row[0]: row[1:] for row in connection.execute(query, (site,))}


def _save_ledger(
    connection: sqlite3.Connection, now: int, ledger: Mapping[Place, Coverage], addresses: Mapping[Place, Row], before: Mapping[int, Row]
) -> None:
    """Close the entries that hold no longer, open those that are new, bring what is known of the addresses up to date."""
    spans = {addresses[place][0]: span_row(entry) for place, entry in ledger.items()}
    ended = [(now, address) for address, row in before.items() if spans.get(address) != row]
    opened = [(address, now, *row) for address, row in spans.items() if before.get(address) != row]
    connection.executemany("UPDATE coverage SET last_round = ? WHERE address = ? AND last_round IS NULL", ended)
    connection.executemany(f"INSERT INTO coverage (address, first_round, {SPAN_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", opened)
    news = []
    for place, entry in ledger.items():
        number, known = addresses[place]
        told = known_row(entry, known)
        if told[:-1] != known[:-1]:  # how long it took is no news by itself
            news.append((*told, number))
    columns = ", ".join(f"{column} = ?" for column in KNOWN_COLUMNS.split(", "))
    connection.executemany(f"UPDATE address SET {columns} WHERE no = ?", news)


# ---------------------------------------------------------------------------------------------- tallies


def _tallies(run: Run) -> dict[Place, dict[str, tuple[int, int, int]]]:
    """Place -> rule -> failed, passed, cant_tell; two tallies of one rule on one page are added up."""
    found: dict[Place, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for tally in run.tallies:
        rules = found[text(tally.page), tally.variant.value]
        failed, passed, cant_tell = rules.get(tally.rule, (0, 0, 0))
        rules[tally.rule] = (failed + tally.failed, passed + tally.passed, cant_tell + tally.cant_tell)
    return found


def _save_tallies(
    connection: sqlite3.Connection, site: int, now: int, run: Run, ledger: Mapping[int, Coverage],
    tonight: Mapping[int, Mapping[str, tuple[int, int, int]]], spans: Mapping[int, Row],
) -> None:  # fmt: skip
    """Replace the tallies that changed; end those of pages that are gone, and of rules that were asked and no longer apply."""
    query = (
        "SELECT t.address, t.rule, t.failed, t.passed, t.cant_tell FROM address a JOIN tally t ON t.address = a.no "
        "WHERE a.site = ? AND t.last_round IS NULL"
    )
    before = {(row[0], row[1]): row[2:] for row in connection.execute(query, (site,))}
    after = {(address, rule): told for address, rules in tonight.items() for rule, told in rules.items()}
    gone = {address for address, entry in ledger.items() if entry.state in NOT_A_PAGE and not _unread(entry, spans.get(address))}
    sure = {address for address, entry in ledger.items() if _judged_in_full(entry, address in tonight, spans.get(address))}
    asked = frozenset(run.rules)
    ended = [
        (address, rule)
        for (address, rule), told in before.items()
        if after.get((address, rule), told) != told
        or ((address, rule) not in after and (address in gone or (address in sure and rule in asked)))
    ]
    opened = [(address, rule, now, *told) for (address, rule), told in after.items() if before.get((address, rule)) != told]
    connection.executemany(
        "UPDATE tally SET last_round = ? WHERE address = ? AND rule = ? AND last_round IS NULL", [(now, *key) for key in ended]
    )
    connection.executemany("INSERT INTO tally (address, rule, first_round, failed, passed, cant_tell) VALUES (?, ?, ?, ?, ?, ?)", opened)


def _unread(entry: Coverage, before: Row | None) -> bool:
    """Whether it is a document as before, and it was not its turn to be read."""
    return entry.state is State.NOT_HTML and not entry.engines and before is not None and before[0] == State.NOT_HTML.value


def _judged_in_full(entry: Coverage, told: bool, before: Row | None) -> bool:
    """Whether a tally that is missing tonight proves that its rule does not apply there any more.

    It does not where the page was reused unjudged, or an engine or frame fell silent that had answered before.
    """
    judged = entry.state is State.AUDITED or (entry.state is State.REUSED and told)
    answered_before = frozenset(json.loads(before[4])) if before is not None else frozenset()
    return judged and not entry.silent_frames and answered_before <= frozenset(entry.engines)


# ---------------------------------------------------------------------------------------------- issues

_ISSUE_FIXED = ("id", "site", "address", "rule", "first_seen")
_ISSUE_MOVING = (
    "grp", "instance", "state", "outcome", "impact", "criteria", "evidence", "message", "engines", "picture", "scene", "caption", "changed",
    "identity_version", "closed_round",
)  # fmt: skip
_ISSUE_ALL = _ISSUE_FIXED + _ISSUE_MOVING
_WRITE_ISSUE = (
    f"INSERT INTO issue ({', '.join(_ISSUE_ALL)}) VALUES ({', '.join(f':{name}' for name in _ISSUE_ALL)}) "
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _ISSUE_MOVING)}"
)
_WRITE_SPAN = (
    "INSERT INTO issue_span (issue, first_round, last_round) SELECT no, ?, ? FROM issue WHERE id = ? "
    "ON CONFLICT (issue, first_round) DO UPDATE SET last_round = excluded.last_round WHERE last_round IS NOT excluded.last_round"
)


def _save_issues(
    connection: sqlite3.Connection, site: int, changed: Sequence[Issue], numbers: Mapping[Place, int], rounds: Mapping[str, int]
) -> None:
    elements = [as_json(issue.element) for issue in changed]
    connection.executemany(
        "INSERT INTO evidence (hash, element) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
        {short_hash(element): element for element in elements}.items(),
    )
    connection.executemany(_WRITE_ISSUE, [
        {**issue_row(issue, element, rounds), "site": site, "address": numbers[text(issue.page), issue.variant.value]}
        for issue, element in zip(changed, elements, strict=True)
    ])  # fmt: skip
    connection.executemany(_WRITE_SPAN, [
        (rounds[span.first], rounds[span.last] if span.last is not None else None, issue.id) for issue in changed for span in issue.spans
    ])  # fmt: skip
