"""Work that tests have done in a process apart."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from typing import Any


class Bad(Exception):
    """An error that does not travel: it cannot be made of its arguments again."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def double(order: int, report: Callable[[Any], None]) -> tuple[int, int]:
    """Tells the numbers below `order`; the double of it, and where that was worked out."""
    for number in range(order):
        report(number)
    logging.getLogger("auditor").warning("doubled %d", order)
    return 2 * order, os.getpid()


def endless(order: Any, report: Callable[[Any], None]) -> None:
    """Tells its process for ever."""
    while True:
        report(os.getpid())
        time.sleep(0.01)


def fail(order: str, report: Callable[[Any], None]) -> None:
    """Fails as told."""
    if order == "known":
        raise ValueError("known")
    raise Bad("un", "known")


def die(order: Any, report: Callable[[Any], None]) -> None:
    """Is killed, as by a machine without memory."""
    report("about to")
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)
