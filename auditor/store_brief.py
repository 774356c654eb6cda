"""Reads of a site only what reports over many sites count, so that the whole city fits into little memory.

Left out is what the report of the site alone shows: words, scene and instance of an issue, and its element but for those by which
components are shown; of the ledger all that was neither seen nor a document, and of the rest titles, labels and walks.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from auditor import store_rows as rows
from auditor.model import SEEN, Coverage, Element, Impact, Issue, IssueState, Outcome, Span, State, Variant
from auditor.store_lock import told

if TYPE_CHECKING:
    from auditor.store_read import StoreReader

_COUNTED = "', '".join(sorted(state.value for state in SEEN | {State.NOT_HTML}))


def ledger(store: StoreReader, site: str) -> tuple[Coverage, ...]:
    """The pages that were seen and the documents, of the newest run."""
    query = (
        "SELECT a.url, a.variant, c.state, c.status, c.final_url, c.engines, a.platform FROM site s JOIN address a ON a.site = s.no "
        f"JOIN coverage c ON c.address = a.no WHERE s.id = ? AND c.last_round IS NULL AND c.state IN ('{_COUNTED}') ORDER BY a.no"
    )
    with told(store.path):
        return tuple(
            Coverage(
                url=url, variant=Variant(variant), state=State(state), status=status, final_url=final_url, engines=_strings(engines),
                platform=platform,
            )
            for url, variant, state, status, final_url, engines, platform in store.db.execute(query, (site,))
        )  # fmt: skip


def issues(store: StoreReader, site: str, where: str) -> tuple[Issue, ...]:
    """The issues of a site for which a condition with the site as parameter holds, in the order in which they were found."""
    chosen = f"FROM issue i JOIN site s ON s.no = i.site WHERE {where}"
    query = (
        f"SELECT i.no, i.id, i.address, i.rule, {_SHARE}, i.impact, i.criteria, i.engines, i.picture, i.first_seen, i.changed, "
        f"i.identity_version {chosen} ORDER BY i.no"
    )
    with told(store.path):
        elements, spans = _elements(store, chosen, site), _spans(store, chosen, site)
        places = "SELECT a.no, a.url, a.variant FROM address a JOIN site s ON s.no = a.site WHERE s.id = ?"
        pages = {no: (url, Variant(variant)) for no, url, variant in store.db.execute(places, (site,))}
        return tuple(
            Issue(
                id=id, site=site, rule=rule, page=pages[address][0], variant=pages[address][1], group=group, instance="",
                state=IssueState(state), outcome=Outcome(outcome), impact=Impact(impact), criteria=_strings(criteria),
                element=elements[group, outcome, state, pages[address][1].value], message="", engines=_strings(engines), picture=picture,
                first_seen=datetime.fromisoformat(first_seen), changed=datetime.fromisoformat(changed), spans=spans[no],
                identity_version=version,
            )
            for no, id, address, rule, group, outcome, state, impact, criteria, engines, picture, first_seen, changed, version
            in store.db.execute(query, (site,))
        )  # fmt: skip


def messages(store: StoreReader, issues: Iterable[str]) -> Mapping[str, str]:
    """Issue -> its words, which are not read with it."""
    with told(store.path):
        query = "SELECT id, message FROM issue WHERE id IN (SELECT value FROM json_each(?))"
        return dict(store.db.execute(query, (json.dumps(list(issues)),)).fetchall())


_SHARE = "i.grp, i.outcome, i.state"
"""What issues have in common that share an element here, besides the variant of their page."""


def _elements(store: StoreReader, chosen: str, site: str) -> Mapping[tuple[str, ...], Element]:
    """Component, outcome, state and variant -> the element of the issue by which reports show it (`grouping.Group.example`)."""
    impacts = " ".join(f"WHEN '{impact.value}' THEN {place}" for place, impact in enumerate(Impact))
    shown = f"i.picture = '', CASE i.impact {impacts} END, a.url, i.id"
    first = (
        f"SELECT {_SHARE}, a.variant, i.evidence, row_number() OVER (PARTITION BY {_SHARE}, a.variant ORDER BY {shown}) AS place "
        f"{chosen.replace('WHERE', 'JOIN address a ON a.no = i.address WHERE', 1)}"
    )
    element = "JOIN evidence e ON e.hash = f.evidence WHERE f.place = 1"
    found = store.db.execute(f"SELECT f.grp, f.outcome, f.state, f.variant, e.element FROM ({first}) f {element}", (site,))
    return {(group, outcome, state, variant): rows.from_json(Element, element) for group, outcome, state, variant, element in found}


def _spans(store: StoreReader, chosen: str, site: str) -> Mapping[int, tuple[Span, ...]]:
    names = dict(store.db.execute("SELECT no, id FROM round").fetchall())
    found: dict[int, tuple[Span, ...]] = defaultdict(tuple)
    query = f"SELECT issue, first_round, last_round FROM issue_span WHERE issue IN (SELECT i.no {chosen}) ORDER BY first_round"
    for issue, first, last in store.db.execute(query, (site,)):
        found[issue] += (Span(first=names[first], last=names[last] if last is not None else None),)
    return found


@cache
def _strings(told: str) -> tuple[str, ...]:
    return tuple(json.loads(told))
