"""Work that tests have done in a process apart."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from auditor.model import Order


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


def silent(order: Any, report: Callable[[Any], None]) -> None:
    """Tells its process and its group once, and never anything again."""
    report((os.getpid(), os.getpgid(0)))
    while True:
        time.sleep(60)


def whereabouts(order: Any, report: Callable[[Any], None]) -> int:
    """Tells its process, and answers with it."""
    report(os.getpid())
    return os.getpid()


def holds_the_interpreter(order: Any, report: Callable[[Any], None]) -> None:
    """Tells its process, then lets no other thread of it have a turn for longer than anybody waits."""
    report((os.getpid(), 0))
    re.match(r"(a|a)*b", "a" * 40)


class Unreadable:
    """Travels, and cannot be made again where it arrives."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _unreadable, (os.getpid(),)


def _unreadable(place: int) -> Unreadable:
    if place != os.getpid():
        raise ValueError("unreadable")
    return Unreadable()


def tell_unreadable(order: Any, report: Callable[[Any], None]) -> str:
    """Tells something that cannot be read, and goes on."""
    report(Unreadable())
    return "of the first"


def ends_by_a_polite_request(order: Any, report: Callable[[Any], None]) -> int:
    """How a program that it starts ends when it is asked to."""
    with subprocess.Popen(["sleep", "60"]) as program:
        program.terminate()
        try:
            return program.wait(10)
        finally:
            program.kill()


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


def read_stops(order: Order, report: Callable[[Any], None]) -> None:
    """Tells what the stop file of its order says, each time that it changes, until that is an end."""
    said = None
    while said != b"end":
        if (now := Path(order.stops).read_bytes()) != said:
            said = now
            report(said)
        time.sleep(0.05)


def heavy(order: int, report: Callable[[Any], None]) -> int:
    """Tells `order` megabytes, one by one."""
    for number in range(order):
        report(bytes([number]) * 2**20)
    return order
