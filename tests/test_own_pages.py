"""A gate, not a wish: the pages we make pass our own audit, static and served, at both widths."""

from __future__ import annotations

import functools
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from auditor import targets as targets_file
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import Outcome, Profile, State
from auditor.pages import audit_pages
from auditor.publish import publish
from auditor.rounds import run_round
from auditor.store import Store
from auditor.workers import workers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]  # a gate of .ci/run

PAGES = ("index.html", "night.html", *(f"sites/{name}.html" for name in ("portal", "portal.brief", "county", "dead", "off")))
ENGLISH = ("index.html", "night.html", "indicators.html", *(f"sites/{name}.html" for name in ("county", "county.brief", "dead")))
UNDECIDED = {"color-contrast", "image-shows-text", "image-text-in-alt", "link-text-address"}
"""What is left to a person on our pages: text in charts and in cells that span, looked at by eye, all dark on white; words in the
pictures of other people's pages, which are evidence; addresses of pages as the names of links to them."""
QUOTED = {"spaced-letters"}
"""The same on English pages, where words quoted from other people's pages stand apart, marked as Chinese: some with blanks in them."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the report of a real audit: two portals of the demo city on two nights, one site that does not answer."""
    folder = tmp_path_factory.mktemp("own")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = closed.getsockname()[1]
    with City(night=1) as city, Store.open(folder / "auditor.db") as store:
        text = targets_text(city.port, Profile.STATIC).replace('resolve: {"', f'resolve: {{"dead.demo.test:80": "127.0.0.1:{dead}", "')
        text += (
            '  - {id: dead, name: 打不开的网站, url: "http://dead.demo.test/", category: other, region: "990000", owner: 某局}\n'
            '  - {id: off, name: 停用的网站, url: "http://off.test/", category: other, region: "990000", owner: 某局, enabled: false}\n'
        )
        watch = targets_file.loads(text)
        chosen = [target for target in watch.targets if target.site.id in ("portal", "county", "dead")]
        tried = [replace(one, profile=Profile.FULL, interaction_pages=1) if one.site.id == "county" else one for one in chosen]
        for city.night, targets in ((1, chosen), (2, tried)):
            with workers() as executor:
                run_round(watch, targets, store, executor, trigger="demo")
        publish(watch, store, folder / "site")
        publish(watch, store, folder / "site" / "en", language="en")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(folder / "site")))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize(("folder", "viewport", "pages"), [("", (1280, 800), PAGES), ("", (320, 640), PAGES), ("en/", (320, 640), ENGLISH)])
def test_our_report_pages_have_no_failure(site: str, folder: str, viewport: tuple[int, int], pages: tuple[str, ...]) -> None:
    addresses = [f"{site}/{folder}{path}" for path in pages]
    run = audit_pages(addresses, level=None, allow=("127.0.0.1",), browser="playwright", tell=lambda _: None, viewport=viewport)
    assert {entry.state for entry in run.coverage} == {State.AUDITED}, run.coverage
    failed = [finding for finding in run.findings if finding.outcome is Outcome.FAILED]
    assert [(finding.page, finding.rule, finding.element.selector) for finding in failed] == []
    assert {finding.rule for finding in run.findings} <= (UNDECIDED | QUOTED if folder else UNDECIDED)
    assert len({tally.rule for tally in run.tallies if tally.passed}) > 25, "the audit really looked"


def test_what_the_use_of_a_page_showed_is_in_the_report(site: str) -> None:
    from urllib.request import urlopen

    with urlopen(f"{site}/sites/county.html", timeout=10) as answer:
        page = answer.read().decode()
    assert "键盘走查（1 页）" in page and "没有人碰网页时" in page


def test_a_site_nobody_could_load_is_told_as_such(site: str) -> None:
    from urllib.request import urlopen

    with urlopen(f"{site}/index.html", timeout=10) as answer:
        page = answer.read().decode()
    row = page[page.index("打不开的网站") :][:900]
    assert "未能评价" in row
