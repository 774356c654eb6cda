"""Real government pages, served on loopback under their own names: every host audited, every address accounted for, all read as Chinese."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from auditor import targets as targets_file
from auditor.addresses import document_kind
from auditor.model import JUDGED, NEVER_TRIED, State, Watch
from auditor.rounds import Outcome, run_round
from auditor.snapshots import unpack
from auditor.store import Store
from auditor.workers import workers
from checks import miit
from checks.toolbars import families

pytestmark = [pytest.mark.shared, pytest.mark.browser, pytest.mark.timeout(900)]

WORDS = {
    "stats": "任城区",  # GB2312, told by a meta element only
    "gov-xiangtan": "湘潭",  # UTF-16LE with a byte order mark
    "gov-jinan": "济南",
    "gov-honghu": "洪湖",
    "gov-wlmq": "乌鲁木齐",
    "gov-fcgs": "防城港",
}


class Audited:
    """One round over all hosts."""

    def __init__(self, watch: Watch, store: Store, outcome: Outcome) -> None:
        self.watch, self.store, self.outcome = watch, store, outcome

    def html(self, site: str) -> str:
        """What the browser rendered on all audited pages of a site."""
        blobs = [self.store.blobs.get(entry.snapshot) for entry in self.store.ledger(site) if entry.state is State.AUDITED]
        return "\n".join(unpack(blob).html for blob in blobs if blob)


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    from conftest import SHARED

    folder = tmp_path_factory.mktemp("real")
    sites = json.loads((SHARED / "realpages" / "sites.json").read_text(encoding="utf-8"))["sites"]
    with serving(SHARED / "realpages") as port:
        watch = targets_file.loads(targets_text(sites, port))
        with Store.open(folder / "auditor.db") as store, workers() as executor:
            outcome = run_round(watch, watch.targets, store, executor, trigger="manual")
            yield Audited(watch, store, outcome)


class serving:
    """The server that comes with the pages, on a free port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> int:
        import socket

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        command = [sys.executable, "-W", "ignore", str(self.folder / "serve.py"), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urlopen(f"http://127.0.0.1:{self.port}/__lab/sites", timeout=1).close()
                return self.port
            except OSError:
                time.sleep(0.05)
        self.__exit__()
        raise TimeoutError("the page server does not answer")

    def __exit__(self, *exc: object) -> None:
        self.process.terminate()
        self.process.wait(10)


def targets_text(sites: dict[str, dict[str, list[str]]], port: int, max_pages: int = 6) -> str:
    """A targets.yml that watches every host of the collection."""
    entries = [
        {
            "id": name,
            "name": name,
            "url": f"http://{site['aliases'][0]}{site['start'][0]}",
            "category": "portal",
            "region": "990000",
            "owner": name,
        }
        for name, site in sites.items()
    ]
    return json.dumps({
        "version": 1,
        "regions": [{"id": "990000", "name": "各地", "local": True}],
        "network": {
            "user_agent": "RealPagesTest/1.0 (+http://audit.test/)",
            "resolve": {f"{site['aliases'][0]}:80": f"127.0.0.1:{port}" for site in sites.values()},
        },
        "defaults": {"delay": 0, "max_pages": max_pages, "profile": "static"},
        "sites": entries,
    })  # fmt: skip


def test_every_host_is_audited(audited: Audited) -> None:
    assert len(audited.outcome.runs) == 9
    told = {run.site: (run.state, run.reason, run.pages_audited) for run in audited.outcome.runs}
    assert all(state in JUDGED and pages for state, _, pages in told.values()), told


def test_every_address_is_in_the_ledger_in_one_state_and_sums_are_equal(audited: Audited) -> None:
    for run in audited.outcome.runs:
        ledger = list(audited.store.ledger(run.site))
        assert len({entry.url for entry in ledger}) == len(ledger) == sum(run.coverage.values())
        pages = [entry for entry in ledger if entry.reason != "附件，不是网页" and not document_kind(entry.url)]
        tried = [entry for entry in pages if entry.state not in NEVER_TRIED]
        assert 1 <= len(tried) <= 6
        assert all(entry.reason for entry in ledger if entry.state is not State.AUDITED)


@pytest.mark.parametrize(("site", "word"), WORDS.items())
def test_pages_are_read_as_chinese_whatever_their_encoding(audited: Audited, site: str, word: str) -> None:
    html = audited.html(site)
    assert word in html
    assert html.count("\N{REPLACEMENT CHARACTER}") < 5
    assert any("一" <= letter <= "鿿" for entry in audited.store.ledger(site) for letter in entry.title)


def test_barriers_are_found_with_place_and_picture(audited: Audited) -> None:
    issues = [issue for run in audited.outcome.runs for issue in audited.store.issues(run.site)]
    assert len(issues) > 300
    groups = {issue.group for issue in issues}
    shown = {issue.group for issue in issues if issue.picture}
    assert len(shown) / len(groups) > 0.6, "a card of the report shows one place of a component"
    assert len({issue.rule for issue in issues}) > 12
    assert all(issue.element.selector and issue.message and issue.group for issue in issues)


TOOLBARS = {  # read off the saved pages by hand (grep for wza, barrier, toolbarSwitch, 无障碍, 长者)
    "gov-jinan": {"hanweb-barrierfree"},  # script#barrierfree, div#barrierfree_container
    "gov-moe": {"esdtools"},  # esdtoolsinit.js, a#toolbarSwitch
    "gov-sc": {"esdtools"},  # esdtoolsinit.js; its a#toolbarElderlySwitch stands in a comment
    "gov-fcgs": {"gxzf"},  # div.gxzf-wza, div.i-wza-people, wza.js
    "gov-honghu": {"abt", "barrierfree-frame"},  # two at once: ABT.show() with abt.js, and iframe.js#barrierFree with barrierfree.css
    "gov-xiangtan": {"wxa11y"},  # script#WXA11Y, wxa11yinit.js
    "gov-wlmq": set(),  # a link to wza.urumqi.gov.cn, in a comment
    "gov-hbwhly": set(),
    "stats": set(),
}


def test_the_families_of_toolbars_are_named_rightly(audited: Audited) -> None:
    found: dict[str, set[str]] = {}
    for run in audited.outcome.runs:
        noted = audited.store.noted(run.site)
        found[run.site] = set(miit.families(noted))
        signs = "; ".join(sign for page in noted["pages"][:1] for one in page["toolbars"] for sign in one["signs"])
        print(f"{run.site:14} {'、'.join(families()[one].name for one in sorted(found[run.site])) or '—':40} {signs}")
    assert found == TOOLBARS
