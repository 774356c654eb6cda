"""Floats, notices and captchas of the demo city: the barriers are found as planted, the good twins beside them stay untouched when used."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from auditor import targets as targets_file
from auditor.audit import audit
from auditor.demo import city as demo
from auditor.demo.server import City
from auditor.model import Finding, Level, Order, Outcome, Run, Target

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
BAD = {"emergency": ("/", "/yj/baoyu.html"), "identity": ("/",)}
TWINS = {"emergency": ("/zhuanti.html",), "identity": ("/danwei.html",)}
USED = frozenset({"drifting-window", "moving-content"})


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    """All pages of the two portals on the first night, looked at and used."""
    with City() as city:
        watch = targets_file.loads(demo.targets_text(city.port))
        chosen = {target.site.id: target for target in watch.targets if target.site.id in BAD}
        now = datetime.now(UTC)

        def order(site: str, target: Target) -> Order:
            pages = tuple(target.site.url.rstrip("/") + path for path in (*BAD[site], *TWINS[site]))
            asked = replace(target, pages=pages, interaction_pages=len(pages))
            return Order(target=asked, network=watch.network, round="r1", now=now, level=Level.AA, crawl=False)

        return {site: audit(order(site, target), lambda progress: None) for site, target in chosen.items()}


def found(runs: dict[str, Run], pages: dict[str, tuple[str, ...]]) -> list[Finding]:
    return [one for site, run in runs.items() for one in run.findings if urlsplit(one.page).path in pages[site]]


def known(one: Finding) -> demo.Known:
    return demo.Known(urlsplit(one.page).hostname or "", urlsplit(one.page).path, one.rule, one.element.selector, one.outcome.value)


def test_every_page_was_looked_at_and_used(runs: dict[str, Run]) -> None:
    for site, run in runs.items():
        assert len(run.coverage) == len(BAD[site]) + len(TWINS[site])
        assert all(set(entry.engines) >= demo.USED for entry in run.coverage), site


def test_the_planted_barriers_are_found(runs: dict[str, Run]) -> None:
    want = {one for site in BAD for used in (False, True) for one in demo.expected(1, site=site, used=used)}
    told = {known(one) for one in found(runs, BAD)}
    assert sorted(want - told) == []
    assert {one.rule for one in want} >= USED | {"floating-window", "emergency-picture", "captcha-login", "captcha-picture"}
    assert sorted(one for one in told - want if one.outcome == Outcome.FAILED) == []


def test_the_twins_that_can_be_closed_paused_and_heard_stay_untouched(runs: dict[str, Run]) -> None:
    told = [known(one) for one in found(runs, TWINS) if one.outcome is Outcome.FAILED or one.rule in USED | {"floating-window"}]
    assert told == []


def test_all_of_them_are_of_one_platform(runs: dict[str, Run]) -> None:
    assert {entry.platform for run in runs.values() for entry in run.coverage} == {"demo"}
    assert {entry.labels["SiteIDCode"] for entry in runs["emergency"].coverage} == {"9900000021"}
