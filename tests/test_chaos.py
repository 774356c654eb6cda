"""Kills the process, the browser or the driver at moments spread over a round; afterwards all must be as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from processes import browsers, drivers, gone, offspring, until

from auditor.store import Store

pytestmark = pytest.mark.browser
PAGES = 14
ANSWER = 0.12  # seconds until a page is answered
MOST_IN_FLIGHT = 2 * 4  # tabs, and visits begun ahead per tab (crawlers.crawl.READ_AHEAD)
KINDS = ("process", "browser", "driver")

TARGETS = """version: 1
regions: [{{id: "370800", name: 济宁市}}]
network: {{user_agent: "Chaos/1.0 (+http://chaos.test/)", resolve: {{"chaos.test:80": "127.0.0.1:{port}"}}}}
defaults: {{delay: 0, finders: [links], max_pages: 40, profile: static}}
sites: [{{id: chaos, name: 测试, url: "http://chaos.test/", category: other, region: "370800"}}]
"""


class Site(ThreadingHTTPServer):
    """A site whose pages have barriers of their own, and which counts how often each is asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()

    def begin(self) -> None:
        """Forget what was asked for."""
        self.asked.clear()

    def pages(self) -> int:
        """Requests for pages so far."""
        return sum(self.asked.values())


class Handler(BaseHTTPRequestHandler):
    """Answers /, /1 … with a page, the rest with 404."""

    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        name = self.path.strip("/") or "0"
        known = name.isdigit() and int(name) < PAGES
        if known:
            self.server.asked[self.path] += 1
            time.sleep(ANSWER)
        links = "".join(f'<li><a href="/{n}">第{n}页</a></li>' for n in range(1, PAGES + 1))
        body = f"""<!DOCTYPE html><html lang="zh-CN"><title>第{name}页</title><main><h1>第{name}页</h1><ul>{links}</ul>
        {"<img src='a.png'>" * (int(name) % 3 + 1) if known else ""}<input id="i{name}"></main></html>""".encode()
        self.send_response(200 if known else 404)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is written to the terminal."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Place:
    """A folder with a list of the one site, and the command run in it."""

    folder: Path
    site: Site

    def start(self, *words: str) -> subprocess.Popen[str]:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "targets.yml").write_text(TARGETS.format(port=self.site.server_address[1]), encoding="utf-8")
        command = [sys.executable, "-m", "auditor", "run", "--json", *words]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, process: subprocess.Popen[str]) -> None:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err

    def store(self) -> Store:
        return Store.open(self.folder / "out" / "auditor.db", readonly=True)

    def standing(self) -> tuple[dict[tuple[str, ...], str], dict[str, str]]:
        """Place and state of every issue, and the ledger."""
        with self.store() as store:
            assert store.integrity() == "ok" and not store.unfinished() and len(store.rounds()) == 1
            issues = {(i.page, i.rule, i.element.selector, i.instance, i.group): i.state.value for i in store.issues("chaos")}
            assert len(issues) == len(store.issues("chaos")), "no issue twice"
            return issues, {entry.url: entry.state.value for entry in store.ledger("chaos")}

    def journaled(self) -> set[str]:
        """Paths of the pages that were judged and noted."""
        with self.store() as store:
            rounds = store.rounds()
            noted = store.journal(rounds[0].id, "chaos") if rounds and store.unfinished() else ()
            return {"/" + judged.coverage.url.rpartition("/")[2] for judged in noted}


@dataclass(frozen=True)
class Blow:
    """What was killed, when, and what was going on."""

    kind: str
    asked: int  #: pages asked for by then
    in_flight: int  #: of them those that were not noted yet


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that does not outlive its test, whatever fails."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def strike(place: Place, site: Site, kind: str, moment: float, gap: float) -> Blow:
    """One round with one kill at `moment` (0 to 1 of its pages), carried to its end; fails where a noted page is asked for again."""
    site.begin()
    with ended(place.start()) as process:
        return _struck(place, site, process, kind, moment, gap)


def _struck(place: Place, site: Site, process: subprocess.Popen[str], kind: str, moment: float, gap: float) -> Blow:
    until(lambda: site.pages() > int(moment * PAGES) or process.poll() is not None)
    time.sleep(moment * PAGES % 1 * gap)
    below = offspring(process.pid)
    victims = {"process": [process.pid], "browser": browsers(process.pid), "driver": drivers(process.pid)}[kind]
    asked = Counter(site.asked)
    for victim in victims:
        with suppress(ProcessLookupError):  # it went together with one before it, or was just being replaced
            os.kill(victim, signal.SIGKILL)
    if kind == "process":
        process.communicate(timeout=30)
        until(lambda: all(map(gone, below)), 20)
    noted = place.journaled()
    blow = Blow(kind=kind, asked=sum(asked.values()), in_flight=len(set(asked) - noted))
    if kind == "process":
        with place.store() as store:
            unfinished = store.unfinished()
        if unfinished or not asked:
            place.finish(place.start("--resume"))
        assert site.asked.keys() >= asked.keys()
        assert all(site.asked[path] == asked[path] for path in noted), "a noted page is not visited again"
    else:
        assert victims or site.pages() >= PAGES or process.poll() is not None, "while pages are visited there is one to kill"
        place.finish(process)
    assert site.pages() <= PAGES + MOST_IN_FLIGHT
    return blow


def suffer(folder: Path, site: Site, kills: int) -> list[Blow]:
    """An unkilled twin, then one round for each kill; every one of them must come out like the twin."""
    twin = Place(folder / "twin", site)
    begun = time.monotonic()
    twin.finish(twin.start())
    gap = (time.monotonic() - begun - 2.0) / PAGES  # about: what the start and the end of the process take is not of its pages
    issues, ledger = twin.standing()
    assert len(ledger) == PAGES + 1 and len(issues) > 2 * PAGES
    blows = []
    for number in range(kills):
        place = Place(folder / str(number), site)
        blow = strike(place, site, KINDS[number % len(KINDS)], (number + 0.5) / kills, max(0.05, gap))
        assert place.standing() == (issues, ledger), blow
        blows.append(blow)
    return blows


@pytest.mark.timeout(300)
def test_some_kills_change_nothing(tmp_path: Path, site: Site) -> None:
    blows = suffer(tmp_path, site, len(KINDS))
    assert sum(blow.in_flight > 0 for blow in blows) >= 2, blows


@pytest.mark.chaos
@pytest.mark.timeout(3000)
def test_many_kills_change_nothing(tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """A hundred by hand; `AUDITOR_KILLS` says how many else."""
    blows = suffer(tmp_path, site, kills := int(os.environ.get("AUDITOR_KILLS", "100")))
    in_flight = sum(blow.in_flight > 0 for blow in blows)
    with capsys.disabled():
        kinds = Counter(blow.kind for blow in blows)
        print(f"\n{len(blows)} kills ({dict(kinds)}), {in_flight} with a page in flight, most {max(blow.in_flight for blow in blows)}")
    assert in_flight >= 0.8 * kills
