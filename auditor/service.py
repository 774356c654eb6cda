"""`auditor serve`: the schedule, the report pages and the health address in one process on the embedded database."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from auditor.audit import may_visit
from auditor.model import History, Watch
from auditor.publish import read_history
from auditor.rounds import RoundAbandoned, run_round
from auditor.schedule import Nights
from auditor.store import Store, StoreError
from auditor.web.app import create_app
from auditor.workers import workers
from crawlers.browsers.find import BrowserMissing

log = logging.getLogger("auditor")


def serve(watch: Watch, db: Path, host: str, port: int) -> None:
    """Run until the process is told to stop. One process only: a second one would start every night twice."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    Store.open(db).close()  # applies migrations, so that readers find the tables
    service = _Service(watch, db)
    nights = Nights(watch, service.night, service.last_round)
    app = create_app(service.history, service.blob, lambda: service.health(nights))
    nights.begin()
    log.info("serving on http://%s:%d", host, port)
    try:
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
    finally:
        service.stop.set()  # a round under way ends at its next page and goes on at the next start
        nights.end()


class _Service:
    """What the schedule and the pages need of the database, each call on a connection of its own."""

    def __init__(self, watch: Watch, db: Path) -> None:
        self.watch, self.db = watch, db
        self.trouble = ""
        self.stop = threading.Event()

    def night(self, schedule: str) -> None:
        """Audit the enabled targets of one schedule text; an unfinished round of an earlier process goes on first."""
        chosen = [target for target in self.watch.targets if target.enabled and target.schedule == schedule]
        try:
            with Store.open(self.db) as store, workers() as executor:
                outcome = run_round(self.watch, chosen, store, executor, trigger="schedule", resume=True, stop=self.stop)
            self.trouble = ""
            log.info("round %s finished in %.0f s, %d sites", outcome.round, outcome.seconds, len(outcome.runs))
        except RoundAbandoned as error:
            log.info("round %s is left unfinished", error)
        except (StoreError, BrowserMissing) as error:
            self.trouble = str(error)
            log.error("the round did not finish: %s", error)

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
            "sites": len(self.watch.targets), "unconfirmed": unconfirmed, "now": datetime.now(UTC).isoformat(timespec="seconds"),
        }  # fmt: skip
