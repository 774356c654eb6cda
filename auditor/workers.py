"""Gives an Executor, which alone decides where audits run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from auditor.apart import PATIENCE, Apart
from auditor.cluster import Cluster

YIELDING = 2
"""Niceness of audits below a service: whoever reads is answered first."""


@contextmanager
def workers(
    count: int | None = None, *, apart: bool = True, nice: int = 0, patience: float = PATIENCE, cluster: Cluster | None = None
) -> Iterator[Executor]:
    """One site each, as many as there are cores (2 to 4) unless told otherwise: processes apart, or threads of this process.

    Apart, several sites are judged at once and who else is in this process is not kept waiting; `nice` makes them wait for others. Each is
    a process of its own and no pool's, so that one that is killed costs its own site only. For a single site threads spare a start.
    With a cluster its machines do all that, as many sites each as it has threads; ClusterGone where it has none that can be used.
    Who leaves by an exception wants none of them any more: all are told so at once, and have `patience` seconds to end by themselves.
    """
    if cluster is not None:
        with _across(cluster) as pool:
            yield pool
        return
    count = count or min(4, max(2, os.cpu_count() or 2))
    with Apart(count, nice=nice, patience=patience) if apart else ThreadPoolExecutor(count, thread_name_prefix="audit") as pool:
        try:
            yield pool
        except BaseException:
            if isinstance(pool, Apart):
                pool.end()
            raise


@contextmanager
def _across(cluster: Cluster) -> Iterator[Executor]:
    from auditor.across import Across

    with Across(cluster) as pool:
        try:
            yield pool
        except BaseException:
            pool.end()
            raise
