"""What a running service does every few hours, whether or not any night runs: contacts of complaints go when their time has come."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from auditor.store import Store, StoreError
from auditor.store_complaints import Complaints

EVERY = 6 * 3600.0
"""Seconds between two looks."""

log = logging.getLogger("auditor")


class Upkeep:
    """A thread that looks at once and then every few hours while a service runs: `with Upkeep(db): …`."""

    def __init__(self, db: Path, *, every: float = EVERY) -> None:
        self._db, self._every = db, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def __enter__(self) -> Upkeep:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with Store.open(self._db) as store:
                    Complaints(store).forget()
            except (StoreError, OSError) as error:
                log.error("到期的联系方式没有清除，下次再试：%s", error)
            self._stop.wait(self._every)
