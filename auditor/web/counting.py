"""Counts what was answered and how fast, and tells the log of it; nothing of who asked is kept."""

from __future__ import annotations

import logging
import threading
from collections import Counter

from starlette.types import Scope

log = logging.getLogger("auditor.requests")

BOUNDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the histogram, seconds."""


class Counted:
    """The answers of one process since it began."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.by_status: Counter[tuple[str, int]] = Counter()  #: method, status -> answers
        self.within: Counter[float] = Counter()  #: bound -> answers that took no longer
        self.seconds, self.answers = 0.0, 0

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """Take in one answer, when its head is sent."""
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
        with self._lock:
            self.by_status[method, status] += 1
            self.answers += 1
            self.seconds += seconds
            for bound in BOUNDS:
                self.within[bound] += seconds <= bound
        told = {"method": method, "path": scope["path"][:300], "status": status, "ms": round(seconds * 1000, 1)}
        log.info("%s %s %d", method, told["path"], status, extra={"fields": told})

    def now(self) -> tuple[dict[tuple[str, int], int], dict[float, int], float, int]:
        """All of it as of one moment."""
        with self._lock:
            return dict(self.by_status), dict(self.within), self.seconds, self.answers
