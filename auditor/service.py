"""`auditor serve`: the schedule, the report pages and the health address in one process on the embedded database."""

from __future__ import annotations

import contextlib
import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from auditor import stops
from auditor.audit import may_visit
from auditor.model import History, Watch
from auditor.notices.announcing import announce_trouble
from auditor.notices.post import Postman
from auditor.publish import read_history
from auditor.rounds import NIGHT, SCHEDULE, RoundAbandoned, may_begin, run_round
from auditor.schedule import Nights
from auditor.store import Store, StoreError
from auditor.store_lock import serving_lock
from auditor.telling import LogLines
from auditor.web.app import create_app
from auditor.workers import workers
from crawlers.browsers.find import BrowserMissing

log = logging.getLogger("auditor")


def serve(watch: Watch, db: Path, host: str, port: int) -> None:
    """Run until the process is told to stop. One process only: a second one would start every night twice."""
    console = logging.StreamHandler()
    console.setFormatter(LogLines("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[console])
    lock = serving_lock(db)
    Store.open(db).close()  # applies migrations, so that readers find the tables
    lock.acquire()
    service = _Service(watch, db)
    nights = Nights(watch, service.night, service.last_round)
    app = create_app(service.history, service.blob, lambda: service.health(nights))
    nights.begin()
    log.info("serving on http://%s:%d", host, port)
    try:
        with Postman(lambda: watch, db):
            uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
    finally:
        service.stop.set()  # a round under way ends at its next page and goes on at the next start
        nights.end()
        lock.release()


class _Service:
    """What the schedule and the pages need of the database, each call on a connection of its own."""

    def __init__(self, watch: Watch, db: Path) -> None:
        self.watch, self.db = watch, db
        self.trouble = ""
        self.stop = threading.Event()

    def night(self, schedule: str) -> None:
        """Audit the enabled targets of one schedule text; an unfinished round of an earlier process goes on first."""
        chosen = [target for target in self.watch.targets if target.enabled and target.schedule == schedule]
        now = datetime.now(UTC)
        if chosen and all(may_begin(target, self.watch.timezone, now)[0] >= now + NIGHT for target in chosen):
            log.warning("计划 %s 的网站现在都不在允许访问的时段，这一次不检测，等下一次计划时间。", schedule)
            return
        try:
            with Store.open(self.db) as store, workers() as executor:
                outcome = run_round(self.watch, chosen, store, executor, trigger=SCHEDULE, resume=True, stop=self.stop)
            self.trouble = ""
            log.info("round %s finished in %.0f s, %d sites", outcome.round, outcome.seconds, len(outcome.runs))
        except RoundAbandoned as error:
            log.info("round %s is left unfinished", error)
        except (StoreError, BrowserMissing) as error:
            self.trouble = str(error)
            log.error("the round did not finish: %s", error)
            with contextlib.suppress(StoreError), Store.open(self.db) as store:
                announce_trouble(self.watch, store, self.trouble, now)

    def last_round(self) -> datetime | None:
        """When the newest finished round began, None before the first; an unfinished one is still to be made up."""
        with Store.open(self.db, readonly=True) as store:
            return next((entry.started for entry in store.rounds() if entry.finished), None)

    def history(self) -> History:
        """Everything the report pages may show."""
        with Store.open(self.db, readonly=True) as store:
            return read_history(self.watch, store)

    def blob(self, digest: str) -> bytes | None:
        """A picture by its digest."""
        with Store.open(self.db, readonly=True) as store:
            return store.blobs.get(digest)

    def health(self, nights: Nights) -> dict[str, Any]:
        """Whether the database answers, when the last round was and the next will be, and what went wrong if it did not finish."""
        last = self.last_round()
        unconfirmed = sum(target.enabled and not may_visit(target, self.watch.network) for target in self.watch.targets)
        return {
            "ok": not self.trouble, "trouble": self.trouble, "running": nights.running,
            "last_round": last.isoformat() if last else None,
            "next": {schedule: when.isoformat() for schedule, when in nights.next_times().items()},
            "stops": [stop.host for stop in stops.read(stops.beside(self.db))],
            "sites": len(self.watch.targets), "unconfirmed": unconfirmed, "now": datetime.now(UTC).isoformat(timespec="seconds"),
        }  # fmt: skip
