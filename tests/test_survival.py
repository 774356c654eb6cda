"""A night that is killed, or whose disk fills up, loses no earlier night; the next run goes on from there."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import browsers, gone, offspring, until

from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import SEEN, IssueState, Profile, State
from auditor.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
SITES = ("hospital", "federation")


class Place:
    """A folder with a list of two demo sites, and the command run in it."""

    def __init__(self, folder: Path, city: City) -> None:
        self.folder, self.city = folder, city
        folder.mkdir(exist_ok=True)
        (folder / "targets.yml").write_text(targets_text(city.port, Profile.STATIC), encoding="utf-8")

    def start(self, *words: str) -> subprocess.Popen[str]:
        sites = [word for site in SITES for word in ("--site", site)]
        command = [sys.executable, "-m", "auditor", "run", "--json", *sites, *words]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words: str) -> dict[str, object]:
        process = self.start(*words)
        out, err = process.communicate(timeout=200)
        assert process.returncode == 0, err
        told: dict[str, object] = json.loads(out)
        return told

    def asked(self) -> Counter[tuple[str, str]]:
        """Requests for pages so far, per address."""
        return Counter({key: count for key, count in self.city.requests.items() if key[1].endswith((".html", "/"))})

    def store(self) -> Store:
        return Store.open(self.folder / "out" / "auditor.db", readonly=True)

    def standing(self) -> dict[tuple[str, ...], str]:
        """Place and state of every issue, and the ledger of every site: what two nights are compared by.

        Which unchanged pages are opened all the same is drawn by the name of the round, so that it differs between two nights.
        """
        with self.store() as store:
            assert store.integrity() == "ok"
            issues = {
                (site, issue.page, issue.rule, issue.element.selector, issue.instance): issue.state.value
                for site in SITES
                for issue in store.issues(site)
            }
            ledger = {(site, entry.url): _seen(entry.state).value for site in SITES for entry in store.ledger(site)}
        return {**issues, **ledger}


def _seen(state: State) -> State:
    return State.AUDITED if state in SEEN else state


@pytest.fixture
def city() -> Iterator[City]:
    with City(night=1) as opened:
        yield opened


def test_killed_browsers_are_replaced_and_nothing_is_lost(tmp_path: Path, city: City) -> None:
    twin, place = Place(tmp_path / "twin", city), Place(tmp_path / "killed", city)
    twin.run()
    city.requests.clear()
    process = place.start()
    until(lambda: len(place.asked()) >= 4)
    killed = browsers(process.pid)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    _, err = process.communicate(timeout=200)
    assert killed and process.returncode == 0, err
    assert place.standing() == twin.standing()


def test_a_killed_process_loses_the_pages_in_flight_only(tmp_path: Path, city: City) -> None:
    twin, place = Place(tmp_path / "twin", city), Place(tmp_path / "killed", city)
    twin.run()
    twin.run()
    place.run()
    before = place.standing()
    city.requests.clear()
    process = place.start()
    until(lambda: len(place.asked()) >= 7)
    below = offspring(process.pid)
    process.kill()
    process.communicate(timeout=30)
    until(lambda: all(map(gone, below)))  # no browser is left behind
    assert place.standing() == before, "the night before is as it was"
    assert place.run("--resume")
    assert place.standing() == twin.standing()
    with place.store() as store:
        assert len(store.rounds()) == 2 and not store.unfinished()
    pages_again = [address for address, count in place.asked().items() if count > 1]
    assert len(pages_again) <= 2 * 4 * len(SITES), "only what was in flight or read ahead is asked for again"


def test_without_resume_the_next_night_begins_afresh(tmp_path: Path, city: City) -> None:
    place = Place(tmp_path / "killed", city)
    process = place.start()
    until(lambda: len(place.asked()) >= 3)
    process.kill()
    process.communicate(timeout=30)
    place.run()
    with place.store() as store:
        assert store.integrity() == "ok"
        first, second = reversed(store.rounds())
        assert (first.finished, second.finished is not None) == (None, True)
        assert {issue.state for site in SITES for issue in store.issues(site)} == {IssueState.NEW}


def test_a_full_disk_ends_the_run_in_a_sentence_and_keeps_the_night_before(tmp_path: Path, city: City) -> None:
    place = Place(tmp_path / "full", city)
    place.run()
    before = place.standing()
    city.night = 2
    city.requests.clear()
    process = place.start()
    until(lambda: len(place.asked()) >= 3)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (8192, 8192))  # from now on every file ends there
    out, err = process.communicate(timeout=200)
    assert process.returncode == 1, (out, err)
    assert "Traceback" not in err and "磁盘" in err, err
    assert place.standing() == before
    place.run()
    with place.store() as store:
        assert IssueState.FIXED in {issue.state for site in SITES for issue in store.issues(site)}
