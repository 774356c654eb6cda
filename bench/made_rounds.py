"""Rounds over thousands of sites that nobody visits: a targets.yml of any length, and workers that answer at once with made-up runs.

So only the coordinator works: it reads the store, hands out orders, takes in pages and runs, advances issues, counts the index and writes.
Orders and answers cross to the workers and back as bytes, as they do to processes and machines.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.model import Category, Judged, Order, Progress, Run, RunSummary, Watch
from auditor.rounds import Outcome, run_round
from auditor.store import Store
from auditor.targets import load
from bench.made_nights import LIVES, Life, MadeSite

SHIPPED = Path(__file__).parents[1] / "targets.yml"
REGIONS = ("370800", "370811", "370812", "370826", "370827", "370828", "370829", "370830", "370831", "370832", "370881", "370883")
OWNERS = 40
BEGIN = datetime(2026, 10, 5, 18, tzinfo=UTC)
WORKERS = 4
AHEAD = 8
"""Runs that may wait for the coordinator. Real workers are slower than it is; these would run away from it."""


def listed(sites: int, file: Path) -> Path:
    """The shipped targets.yml with so many made-up sites in place of its own, every one confirmed."""
    head, _, _ = SHIPPED.read_text(encoding="utf-8").partition("\nsites:")
    file.write_text(head + "\nsites:\n" + "".join(_sites(sites)), encoding="utf-8")
    return file


def _sites(sites: int) -> Iterator[str]:
    kinds = list(Category)
    for number in range(sites):
        yield (
            f"  - id: s{number:04}\n    name: 第{number}个网站\n    url: http://s{number}.test/\n    category: {kinds[number % 3].value}\n"
            f'    region: "{REGIONS[number % len(REGIONS)]}"\n    owner: 第{number % OWNERS + 1}局\n    legal_basis: 32-1\n'
            "    confirmed: {by: 王主任, date: 2026-10-01}\n"
        )


class Nights:
    """Rounds over the sites of a targets.yml, a day after the other; every night finds the same."""

    def __init__(self, watch: Watch, store: Store, pages: int) -> None:
        self.watch, self.store, self.pages = watch, store, pages
        self.number = 0
        self.across = 0.0  #: seconds of processor that the newest round took to send orders and read answers
        self.sent = 0  #: bytes of the orders of the newest round

    def night(self) -> Outcome:
        """One more round."""
        now = BEGIN + timedelta(days=self.number)
        self.number += 1
        with Instant(self.pages) as executor:
            outcome = run_round(
                self.watch, self.watch.targets, self.store, executor, trigger="bench", clock=lambda: now, tell=executor.taken
            )  # fmt: skip
        self.across, self.sent = executor.across, executor.sent
        return outcome


class Instant(Executor):
    """Workers that know the answer already; `taken` is to hear what the coordinator has stored."""

    def __init__(self, pages: int) -> None:
        self.across, self.sent = 0.0, 0
        self._lives = [Life(number, pages) for number in range(LIVES)]
        for life in self._lives:
            life.night(first=True)
        self._threads = ThreadPoolExecutor(WORKERS)
        self._ahead, self._lock = threading.Semaphore(AHEAD), threading.Lock()

    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """As the executors of `auditor.workers`: an order, and where to report to."""
        return self._threads.submit(self._run, *args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As of an Executor."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)

    def taken(self, told: Progress | RunSummary) -> None:
        """The coordinator has stored something."""
        if isinstance(told, RunSummary):
            self._ahead.release()

    def _run(self, order: Order, report: Callable[[Progress], None]) -> Run:
        self._ahead.acquire()
        order = self._crossed(order, ours=True)
        run = made_run(order, self._lives)
        for page in pages_of(run):
            report(self._crossed(Progress(round=run.round, site=run.site, judged=page)))
        return self._crossed(run)

    def _crossed(self, told: Any, *, ours: bool = False) -> Any:
        """What arrives on the other side; counted is what the coordinator's side does of it."""
        begun = time.thread_time()
        sent = pickle.dumps(told)
        between = time.thread_time()
        arrived = pickle.loads(sent)
        spent = between - begun if ours else time.thread_time() - between
        with self._lock:
            self.across += spent
            self.sent += len(sent) if ours else 0
        return arrived


def made_run(order: Order, lives: list[Life]) -> Run:
    """What a night finds on one of the sites of `listed`."""
    number = int(order.target.site.id[1:])
    return MadeSite(number, lives[number % len(lives)]).run(order.round, order.now)


def pages_of(run: Run) -> Iterator[Judged]:
    """A run as its pages were told."""
    for entry in run.coverage:
        findings = tuple(one for one in run.findings if one.page == entry.url)
        yield Judged(coverage=entry, findings=findings, tallies=tuple(one for one in run.tallies if one.page == entry.url))


def loaded(sites: int, folder: Path) -> Watch:
    """The watch over so many made-up sites."""
    return load(listed(sites, folder / "targets.yml"))
