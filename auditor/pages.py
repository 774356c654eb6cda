"""Audits single addresses without a store, for `auditor page`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from auditor.audit import audit
from auditor.model import Category, Level, Network, Order, Profile, Progress, Run, Site, State, Target


def audit_pages(
    addresses: Sequence[str],
    *,
    level: Level | None,
    profile: Profile = Profile.FULL,
    allow: Sequence[str],
    browser: str,
    tell: Callable[[Progress], None],
    viewport: tuple[int, int] = (1280, 800),
    stops: str = "",
) -> Run:
    """Visit exactly these addresses, once each, and judge them at a viewport (CSS px); thousands are welcome in one call.

    `stops` is the path of the file that says which hosts must not be visited, "" if there is none.
    """
    site = Site(id="page", name="", url=addresses[0], category=Category.OTHER, region="", owner="")
    target = Target(site=site, pages=tuple(dict.fromkeys(addresses)), delay=0.0, browser=browser, profile=profile)
    order = Order(
        target=target,
        network=Network(allow=tuple(allow)),
        round="page",
        now=datetime.now(UTC),
        level=level,
        crawl=False,
        evidence=False,
        viewport=viewport,
        welcome=frozenset({State.LOGIN_WALL, State.RENDER_FAILED}),  # somebody named this very address: a login form, a blank document
        stops=stops,
    )
    return audit(order, tell)
