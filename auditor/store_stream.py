"""Reads issues, tallies and the ledger of a store a few hundred rows at a time, so that telling them takes the same memory at any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor import store_rows as rows
from auditor.model import Category, Coverage, Issue, Site, Span, Tally
from auditor.store_lock import told
from auditor.store_read import CLOSED_TOLD, StoreReader
from auditor.store_rounds import RETEST

AT_ONCE = 500
_BY_PAGE = "a.no, i.rule, i.no"
_BY_URGENCY = (
    "CASE i.impact WHEN 'critical' THEN 0 WHEN 'serious' THEN 1 WHEN 'moderate' THEN 2 ELSE 3 END, "
    "i.closed_round IS NOT NULL, i.rule, i.grp, a.no, i.no"
)


def sites(store: StoreReader) -> Mapping[str, Site]:
    """Every site that was ever watched and is not archived, by its id, as it was last named."""
    query = "SELECT id, name, url, category, region, owner, legal_basis FROM site WHERE archived IS NULL ORDER BY no"
    return {row[0]: _site(row) for row in _rows(store, query)}


def archived_site(store: StoreReader, id: str) -> Site | None:
    """A site that is watched no more."""
    query = "SELECT id, name, url, category, region, owner, legal_basis FROM site WHERE archived IS NOT NULL AND id = ?"
    return next((_site(row) for row in _rows(store, query, (id,))), None)


def issues(store: StoreReader, site: str, *, urgent: bool) -> Iterator[Issue]:
    """The issues that stand, and those closed in the newest rounds that reports hear of: the hardest first, or page by page."""
    query = (
        f"SELECT {rows.ISSUE_COLUMNS} FROM issue i JOIN site s ON s.no = i.site JOIN address a ON a.no = i.address "
        f"JOIN evidence e ON e.hash = i.evidence WHERE s.id = ? AND {_TOLD} ORDER BY {_BY_URGENCY if urgent else _BY_PAGE}"
    )
    names = dict(_rows(store, "SELECT no, id FROM round"))
    for some in _batches(store, query, (site, CLOSED_TOLD)):
        spans: dict[int, list[Span]] = defaultdict(list)
        marks = ", ".join("?" * len(some))
        spans_of = f"SELECT issue, first_round, last_round FROM issue_span WHERE issue IN ({marks}) ORDER BY first_round"
        for issue, first, last in _rows(store, spans_of, [row[0] for row in some]):
            spans[issue].append(Span(first=names[first], last=names[last] if last is not None else None))
        yield from (rows.issue(row, tuple(spans[row[0]]), {}) for row in some)


def pages_of_groups(store: StoreReader, site: str) -> Mapping[str, int]:
    """On how many pages each component has something that stands; a component of which nothing stands is not among them."""
    query = (
        "SELECT i.grp, count(DISTINCT i.address) FROM issue i JOIN site s ON s.no = i.site "
        "WHERE s.id = ? AND i.closed_round IS NULL GROUP BY i.grp"
    )
    return dict(_rows(store, query, (site,)))


def tallies(store: StoreReader, site: str) -> Iterator[Tally]:
    """The tallies of every page as of the last run that judged it, page by page."""
    query = (
        "SELECT a.url, a.variant, t.rule, t.failed, t.passed, t.cant_tell FROM site s JOIN address a ON a.site = s.no "
        "JOIN tally t ON t.address = a.no WHERE s.id = ? AND t.last_round IS NULL ORDER BY a.no, t.rule"
    )
    return (rows.tally(row) for row in _rows(store, query, (site,)))


def ledger(store: StoreReader, site: str) -> Iterator[Coverage]:
    """The ledger of the newest run, each address once."""
    query = (
        f"SELECT {rows.COVERAGE_COLUMNS} FROM site s JOIN address a ON a.site = s.no JOIN coverage c ON c.address = a.no "
        "WHERE s.id = ? AND c.last_round IS NULL ORDER BY a.no"
    )
    return (rows.coverage(row) for row in _rows(store, query, (site,)))


_TOLD = (
    "(i.closed_round IS NULL OR i.closed_round >= "
    f"(SELECT coalesce(min(no), 0) FROM (SELECT no FROM round WHERE cause <> '{RETEST}' ORDER BY no DESC LIMIT ?)))"
)


def _site(row: Sequence[Any]) -> Site:
    id, name, url, category, region, owner, legal_basis = row
    kind = Category(category) if category else Category.OTHER
    return Site(id=id, name=name, url=url, category=kind, region=region, owner=owner, legal_basis=legal_basis)


def _rows(store: StoreReader, query: str, parameters: Sequence[Any] = ()) -> Iterator[Any]:
    for some in _batches(store, query, parameters):
        yield from some


def _batches(store: StoreReader, query: str, parameters: Sequence[Any]) -> Iterator[list[Any]]:
    with told(store.path):
        cursor = store.db.execute(query, parameters)
    while True:
        with told(store.path):
            some = cursor.fetchmany(AT_ONCE)
        if not some:
            return
        yield some
