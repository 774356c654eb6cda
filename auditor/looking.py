"""Looks at some pages by day for who asked, in a process apart that a night ends at once: how retests and drafts are audited."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import wait
from datetime import timedelta

from auditor.audit import audit
from auditor.model import Order, Progress, Run
from auditor.workers import YIELDING, workers

STEP = 0.5
"""Seconds after which it is asked again whether a night has begun."""

PATIENCE = 5.0
"""Seconds that a look may take to end by itself once it is broken off; what it saw is of no use then."""

GRACE = timedelta(minutes=5)
"""How long after its deadline a look may go on, with the visits that began before and with judging what they saw."""


class BrokenOff(Exception):
    """A look that was ended before it came to anything."""


class GivenWay(BrokenOff):
    """A night had the say."""


class TookTooLong(BrokenOff):
    """It did not end in time."""


def look(order: Order, given_way: Callable[[], bool], keep: Callable[[Progress], None] = lambda _: None) -> Run:
    """What `audit` makes of an order, which needs a deadline, done in a process of its own that is ended with it.

    A page may be of anybody's making, and exhaust memory or never come to an end: whoever serves readers is not to be hit by that.
    `keep` hears of every judged page. Raises GivenWay within a second once `given_way` says so, TookTooLong GRACE after the deadline,
    WorkerLost where the process died, and what `audit` raises.
    """
    assert order.deadline is not None
    until = time.monotonic() + (order.deadline - order.now + GRACE).total_seconds()
    with workers(1, nice=YIELDING, patience=PATIENCE) as executor:
        looking = executor.submit(audit, order, keep)
        while not wait([looking], timeout=STEP).done:
            if given_way():
                raise GivenWay
            if time.monotonic() > until:
                raise TookTooLong
        return looking.result()
