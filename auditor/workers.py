"""Gives an Executor, which alone decides where audits run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from auditor.apart import Apart


@contextmanager
def workers(count: int | None = None, *, nice: int = 0) -> Iterator[Executor]:
    """Processes apart, one site each, as many as there are cores (2 to 4) unless told otherwise; `nice` makes them wait for others.

    Each is a process of its own and no pool's: one that is killed costs its own site only.
    """
    with Apart(count or min(4, max(2, os.cpu_count() or 2)), nice=nice) as pool:
        yield pool
