"""Gives an Executor, which alone decides where audits run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def workers(count: int | None = None) -> Iterator[Executor]:
    """Threads of this process, one site each, as many as there are cores (2 to 4) unless told otherwise.

    Threads and not processes: a killed browser then costs its own site only, where a killed worker process would break the pool.
    """
    with ThreadPoolExecutor(count or min(4, max(2, os.cpu_count() or 2)), thread_name_prefix="audit") as pool:
        yield pool
