"""What the checks of experiments promise by their examples the service keeps: the first bad one of each, audited as a page of a site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from capturing import PICTURE, whole
from conftest import Answer, Web, serving

from auditor.audit import audit
from auditor.model import Category, Finding, Network, Order, Profile, Site, State, Target
from checks.check import INTERACTION, LAYOUT, Check, checks

pytestmark = [pytest.mark.browser, pytest.mark.experiments, pytest.mark.timeout(3000)]  # one audit of all, by hand

TRIED = {
    f"{check.id}-{number}": check
    for group in checks().values() for number, check in enumerate(group)
    if check.engine in (LAYOUT, INTERACTION) and (check.bad or check.unsure)
}  # fmt: skip


class Shelf(dict[str, Answer]):
    """Pages by path; every picture that is asked for is one of 240 x 160."""

    def get(self, path: str, default: object = None) -> Answer:  # type: ignore[override]
        pictured = path.endswith((".png", ".jpg", ".gif")) and path not in self
        return (200, {"Content-Type": "image/png"}, PICTURE) if pictured else super().get(path) or (404, {}, b"nothing here")


@pytest.fixture(scope="module")
def findings() -> Iterator[dict[str, list[Finding]]]:
    """What one audit of all these examples finds, by the name of the example."""
    web = Web()
    web.pages = Shelf()
    with serving(web):
        for name, check in TRIED.items():  # an address that names a login may show nothing else
            web[f"/login/{name}"] = whole(next(iter((*check.bad, *check.unsure))))
        addresses = tuple(web.url(f"/login/{name}") for name in TRIED)
        site = Site(id="examples", name="", url=addresses[0], category=Category.OTHER, region="", owner="")
        target = Target(site=site, pages=addresses, delay=0.0, tabs=2, profile=Profile.FULL, minutes=40)
        order = Order(target=target, network=Network(allow=("localhost",)), round="r", now=datetime.now(UTC), level=None, crawl=False)
        run = audit(order, lambda progress: None)
        assert {entry.state for entry in run.coverage} == {State.AUDITED}
        found: dict[str, list[Finding]] = {name: [] for name in TRIED}
        for finding in run.findings:
            found[urlsplit(finding.page).path.rpartition("/")[2]].append(finding)
        yield found


@pytest.mark.parametrize("name", sorted(TRIED))
def test_an_audit_says_of_an_example_what_its_check_promises(findings: dict[str, list[Finding]], name: str) -> None:
    check: Check = TRIED[name]
    want = "failed" if check.bad else "cantTell"
    assert want in [finding.outcome.value for finding in findings[name] if finding.rule == check.id]
