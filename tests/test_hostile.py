"""What no page may do to us: each hostile page ends in its own state, and the barrier on it is found wherever there is a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from conftest import order
from hostile import TRAPS, HostileSites, Trap, limit, rows, url
from hostile_pages import ROWS, Row

from auditor.audit import audit
from auditor.model import Category, Network, Order, Outcome, Profile, Run, Site, State, Target

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sites() -> Iterator[HostileSites]:
    """All hostile sites."""
    with HostileSites() as running:
        yield running


@pytest.fixture(scope="module")
def runs(sites: HostileSites) -> Callable[[str], Run]:
    """The audit of the pages of one group: runs(group) -> Run, each made once."""
    made: dict[str, Run] = {}

    def run(group: str) -> Run:
        if group not in made:
            wanted = order(*(url(group, row.path) for row in rows(group)), browser="playwright", allow=(), resolve=sites.resolve)
            made[group] = audit(replace(wanted, page_limit=limit(group)), lambda _: None)
        return made[group]

    return run


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.group}{row.path}")
def test_a_hostile_page_ends_in_its_state_and_what_is_wrong_with_it_is_found(row: Row, runs: Callable[[str], Run]) -> None:
    run, address = runs(row.group), url(row.group, row.path)
    (entry,) = [entry for entry in run.coverage if entry.url == address]
    assert entry.state is row.state, (row.what, entry.reason)
    findings = [finding for finding in run.findings if finding.page == address and finding.outcome is Outcome.FAILED]
    failed = {(finding.rule, finding.element.selector) for finding in findings}
    assert not row.rule or (row.rule, row.selector) in failed, (row.what, failed)
    assert row.state is State.AUDITED or (not failed and entry.reason), row.what
    assert entry.silent_frames == row.silent
    assert not row.title or entry.title == row.title
    assert not row.final or entry.final_url == url(row.group, row.final)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.host)
def test_a_trap_keeps_the_ledger_small_and_the_pages_of_the_site_are_reached(trap: Trap, sites: HostileSites) -> None:
    run = audit(crawled(trap, sites), lambda _: None)
    audited = {entry.url for entry in run.coverage if entry.state is State.AUDITED}
    assert {url(trap.host, path) for path in trap.healthy} <= audited, {entry.url: entry.state for entry in run.coverage}
    assert len(run.coverage) <= trap.most, sorted(entry.url for entry in run.coverage)[:50]
    assert len({entry.url for entry in run.coverage}) == len(run.coverage)


def crawled(trap: Trap, sites: HostileSites) -> Order:
    """The order to crawl a site."""
    site = Site(id=trap.host, name=trap.what, url=url(trap.host, "/"), category=Category.OTHER, region="", owner="")
    now = datetime.now(UTC)
    return Order(
        target=Target(
            site=site, delay=0.0, max_pages=trap.max_pages, profile=Profile.STATIC, pages=tuple(url(trap.host, path) for path in trap.named)
        ),
        network=Network(resolve=sites.resolve), round="r", now=now, deadline=now + timedelta(minutes=5), evidence=False,
    )  # fmt: skip
