"""The running service over one database and one targets.yml: what the schedule, the console and programs have in common."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from auditor import stops
from auditor import targets as targets_file
from auditor.accounts import COST, MAY, Cost, Right
from auditor.audit import may_visit
from auditor.cluster import ClusterGone, ClusterWrong, from_environment
from auditor.drafts import Drafts
from auditor.model import History, Target
from auditor.notices.announcing import announce_trouble
from auditor.publish import read_site
from auditor.remembering import Remembered
from auditor.remembering_covered import CoveredSites
from auditor.retests import Retest, perform
from auditor.rounds import NIGHT, SCHEDULE, RoundAbandoned, may_begin, run_round
from auditor.schedule import Nights
from auditor.store import Store, StoreError
from auditor.store_accounts import Accounts
from auditor.store_settings import setting
from auditor.targets import Problem, TargetsError
from auditor.workers import YIELDING, workers
from crawlers.browsers.find import BrowserMissing

log = logging.getLogger("auditor")

PAUSE = "pause"
"""The setting that says who paused the schedule; its `until` tells when it was resumed."""

WAITING = 20
"""Retests that may wait for their turn."""

READERS = 8
"""Connections that are kept open for reading."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How targets.yml was last read."""

    at: datetime
    problems: tuple[Problem, ...] = ()  #: why what it says is not in force; what was read before still is


class Service:
    """One service: `watch` is what it watches at this moment; a round under way goes on with what it began with."""

    def __init__(self, path: Path, db: Path, *, public: bool = False, cost: Cost = COST) -> None:
        """Raises TargetsError where targets.yml has mistakes, StoreError where the database cannot be used."""
        self.path, self.db, self.public, self.cost = path, db, public, cost
        self.watch = targets_file.load(path)
        self.reading = Reading(at=datetime.now(UTC))
        self.trouble = ""
        self.stop = threading.Event()
        self.retests: dict[tuple[str, str], Retest] = {}  #: the newest of each site and group since the service began
        self._reloading = threading.Lock()
        self._retesting, self._retester = threading.Lock(), ThreadPoolExecutor(1, "retest")
        self._drafter = ThreadPoolExecutor(1, "draft")
        self.drafts = Drafts(
            db, lambda: self.watch, self._drafter.submit, lambda: self.nights.running or self.stop.is_set(), self._may_draft
        )  # fmt: skip
        self._readers: queue.SimpleQueue[Store] = queue.SimpleQueue()
        self._remembered, self._covered = Remembered(), CoveredSites(self.history_of)
        Store.open(db).close()  # applies migrations, so that readers find the tables
        self.nights = Nights(self.watch, self.night, self.last_round, paused=self.paused)

    @property
    def reports_public(self) -> bool:
        """Whether everybody may read the report pages."""
        return self.public or self.watch.service.public

    def close(self) -> None:
        """A round under way ends at its next page and goes on at the next start."""
        self.stop.set()
        self.nights.end()
        self._retester.shutdown(wait=True)
        self._drafter.shutdown(wait=True)
        with contextlib.suppress(queue.Empty):
            while True:
                self._readers.get_nowait().close()

    # ------------------------------------------------------------------------------------------ the database

    @contextlib.contextmanager
    def read(self) -> Iterator[Store]:
        """A connection to read with, of which nobody else makes use meanwhile."""
        try:
            store = self._readers.get_nowait()
        except queue.Empty:
            store = Store.open(self.db, readonly=True)
        try:
            yield store
        except BaseException:
            store.close()
            raise
        if self._readers.qsize() < READERS and not self.stop.is_set():
            self._readers.put(store)
        else:
            store.close()

    def write(self) -> Store:
        """A connection to write with, to be closed after use."""
        return Store.open(self.db)

    def history(self) -> History:
        """What pages about all sites together tell (`StoreReader.history`, in brief), as of now; only what has changed is read anew."""
        with self.read() as store:
            return self._remembered.history(self.watch, store, datetime.now(UTC))

    def page(self, path: str, *, public: bool = False) -> bytes | None:
        """A report page about all sites together, as it is or as everybody may read it; None where there is none."""
        return self._remembered.page(self.history(), path, public=public)

    def history_of(self, site: str) -> History | None:
        """All that may be shown of one site; None if it is not watched."""
        target = self.target(site)
        if target is None:
            return None
        history = self.history()
        with self.read() as store:
            return read_site(history, self.watch, store, target)

    def public_history_of(self, site: str) -> History | None:
        """What everybody may read of one site; None if it is not watched. Read and covered anew only when something of it has changed."""
        return self._covered.of(self.history(), site) if self.target(site) is not None else None

    def shows_everybody(self, digest: str) -> bool:
        """Whether a picture stands on a report page that everybody may read."""
        return self._covered.shows(self.history(), digest)

    def target(self, site: str) -> Target | None:
        """A site of targets.yml."""
        return next((target for target in self.watch.targets if target.site.id == site), None)

    def today(self) -> date:
        """The day that it is where the sites are."""
        return datetime.now(ZoneInfo(self.watch.timezone)).date()

    def blob(self, digest: str) -> bytes | None:
        """A picture by its digest."""
        with self.read() as store:
            return store.blobs.get(digest)

    # ------------------------------------------------------------------------------------------ rounds

    def night(self, schedule: str) -> None:
        """Audit the enabled targets of one schedule text; an unfinished round of an earlier process goes on first."""
        chosen = [target for target in self.watch.targets if target.enabled and target.schedule == schedule]
        now = datetime.now(UTC)
        if chosen and all(may_begin(target, self.watch.timezone, now)[0] >= now + NIGHT for target in chosen):
            log.warning("计划 %s 的网站现在都不在允许访问的时段，这一次不检测，等下一次计划时间。", schedule)
            return
        self.round(chosen, trigger=SCHEDULE, resume=True)

    def round(self, chosen: Sequence[Target], *, trigger: str, resume: bool = False) -> None:
        """One round in this thread; what kept it from ending is told by `health`."""
        try:
            with Store.open(self.db) as store, workers(nice=YIELDING, cluster=from_environment()) as executor:
                outcome = run_round(self.watch, chosen, store, executor, trigger=trigger, resume=resume, stop=self.stop)
            self.trouble = ""
            log.info("round %s finished in %.0f s, %d sites", outcome.round, outcome.seconds, len(outcome.runs))
        except RoundAbandoned as error:
            log.info("round %s is left unfinished", error)
        except (StoreError, BrowserMissing, ClusterGone, ClusterWrong) as error:
            self.trouble = str(error)
            log.error("the round did not finish: %s", error)
            with contextlib.suppress(StoreError), Store.open(self.db) as store:
                announce_trouble(self.watch, store, self.trouble, datetime.now(UTC))

    def run_now(self, sites: Sequence[str]) -> bool:
        """Audit some sites at once, in a thread of its own, whatever their window says; False while another round runs."""
        chosen = [target for target in self.watch.targets if target.site.id in sites]
        return self.nights.now(lambda: self.round(chosen, trigger="manual"))

    def retest(self, target: Target, group: str, pages: Sequence[str], done: Callable[[str], None]) -> Retest | None:
        """Have the pages of a group looked at again, in a thread of its own, one retest after another; `done` hears what came of it.

        None, and nothing is done, while a night runs or could go on, or too many wait.
        """
        site = target.site.id
        with self._retesting:
            waiting = self.waiting()
            known = next((one for one in waiting if (one.site, one.group) == (site, group)), None)
            if known is not None:
                return known
            if self.nights.running or self.stop.is_set() or len(waiting) >= WAITING:
                return None
            asked = Retest(site=site, group=group, pages=tuple(pages), asked=datetime.now(UTC))
            self.retests[site, group] = asked
        self._retester.submit(self._retest, target, asked, done)
        return asked

    def waiting(self) -> list[Retest]:
        """The retests that run or wait for their turn; other threads may add some meanwhile."""
        return [one for one in list(self.retests.values()) if one.ended is None]

    def _retest(self, target: Target, asked: Retest, done: Callable[[str], None]) -> None:
        told = "服务正在停止，没有复测。"
        try:
            if not self.stop.is_set():
                told = perform(self.db, self.watch, target, asked.group, asked.pages, lambda: self.nights.running or self.stop.is_set())
        except (StoreError, BrowserMissing) as error:
            told = str(error)
        except Exception as error:
            log.exception("the retest of %s broke off", asked.site)
            told = f"检测程序出错，没有结果：{type(error).__name__}。"
        finally:
            self.retests[asked.site, asked.group] = replace(asked, ended=datetime.now(UTC), told=told)
        with contextlib.suppress(StoreError):
            done(told)

    def _may_draft(self, account: str, site: str) -> bool:
        """Whether somebody may have drafts of a site checked, as of now."""
        with self.read() as store:
            found = Accounts(store).named(account)
        return found is not None and not found.disabled and found.role in MAY[Right.DRAFT] and found.sees(site)

    def last_round(self) -> datetime | None:
        """When the newest finished round began, or the schedule was resumed; None before the first. What came before is not made up."""
        with self.read() as store:
            last = store.last_finished()
            resumed = (setting(store, PAUSE) or {}).get("until")
        if last is None or not resumed:
            return last.started if last else None
        return max(last.started, datetime.fromisoformat(resumed))

    def pause(self) -> dict[str, str] | None:
        """Who paused the schedule, when (`since`) and why; None where it is not paused."""
        with self.read() as store:
            told = setting(store, PAUSE)
        return told if told and not told.get("until") else None

    def paused(self) -> bool:
        """Whether no night is to begin by itself."""
        return self.pause() is not None

    # ------------------------------------------------------------------------------------------ targets.yml

    def reload(self) -> Reading:
        """Read targets.yml again, one after another. With mistakes in it everything stays as it was."""
        with self._reloading:
            try:
                watch = targets_file.load(self.path)
            except TargetsError as error:
                self.reading = Reading(at=datetime.now(UTC), problems=error.problems)
                return self.reading
            self.nights.replace(watch)
            self.watch = watch
            self.reading = Reading(at=datetime.now(UTC))
            return self.reading

    def health(self) -> dict[str, Any]:
        """Whether the database answers, when the last round was and the next will be, and what went wrong if it did not finish."""
        with self.read() as store:
            last = store.last_finished()
        unconfirmed = sum(target.enabled and not may_visit(target, self.watch.network) for target in self.watch.targets)
        return {
            "ok": not self.trouble, "trouble": self.trouble, "running": self.nights.running, "paused": self.paused(),
            "last_round": last.started.isoformat() if last else None,
            "next": {schedule: when.isoformat() for schedule, when in self.nights.next_times().items()},
            "stops": [stop.host for stop in stops.read(stops.beside(self.db))],
            "sites": len(self.watch.targets), "unconfirmed": unconfirmed, "now": datetime.now(UTC).isoformat(timespec="seconds"),
        }  # fmt: skip
