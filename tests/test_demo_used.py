"""What only shows when the demo city is used is found where it was planted, and nowhere else; the control site stays clean."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from auditor import targets as targets_file
from auditor.audit import audit
from auditor.demo import city as demo
from auditor.demo.server import City
from auditor.model import Level, Order, Outcome, Run, State
from auditor.workers import workers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
TIMES = int(os.environ.get("AUDITOR_TIMES", "1"))  # a finding that is not made every time is a bug: ten times by hand


@pytest.fixture(scope="module", params=range(1, TIMES + 1))
def runs(request: pytest.FixtureRequest) -> dict[str, Run]:
    """The start page of every portal on the first night, looked at and used."""
    with City() as city:
        watch = targets_file.loads(demo.targets_text(city.port))
        orders = {
            target.site.id: Order(
                target=replace(target, max_pages=1), network=watch.network, round=f"r{request.param}", now=datetime.now(UTC), level=Level.AA
            )
            for target in watch.targets
        }
        with workers() as executor:
            begun = {site: executor.submit(audit, order, lambda progress: None) for site, order in orders.items()}
            return {site: run.result() for site, run in begun.items()}


def test_the_planted_barriers_are_found_and_no_others(runs: dict[str, Run]) -> None:
    found = {
        demo.Known(urlsplit(one.page).hostname or "", urlsplit(one.page).path, one.rule, one.element.selector, one.outcome.value)
        for run in runs.values()
        for one in run.findings
        if set(one.engines) <= demo.USED
    }
    seen = {(urlsplit(entry.url).hostname, urlsplit(entry.url).path) for run in runs.values() for entry in run.coverage if entry.engines}
    want = {known for known in demo.expected(1, used=True) if (known.host, known.path) in seen}
    assert sorted(want - found) == []
    assert sorted(known for known in found - want if known.outcome == Outcome.FAILED) == []


def test_every_start_page_was_used(runs: dict[str, Run]) -> None:
    for site, run in runs.items():
        start = next(entry for entry in run.coverage if entry.state is State.AUDITED)
        assert set(start.engines) >= demo.USED, site


def test_what_is_found_has_a_picture(runs: dict[str, Run]) -> None:
    told = [one for run in runs.values() for one in run.findings if set(one.engines) <= demo.USED and one.outcome is Outcome.FAILED]
    assert told and all(one.picture for one in told)
