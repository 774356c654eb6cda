"""How much memory a browser takes, as Linux tells it, and the guard that ends a page before it takes the machine's.

Where there is no /proc nothing is known: browsers are then replaced by the number of their visits only.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

PAGE_BYTES = 800_000_000
"""Private memory that one page may take; pages of portals take 50 to 200 MB, axe at work included."""

ALL_BYTES = 1_500_000_000
"""Private memory that all pages of all browsers of this process may take together; beyond that the largest page ends."""

WORN_BYTES = 700_000_000  # PSS of a browser with all its processes from which it is replaced between two visits
WORN_VISITS = 300  # visits after which it is replaced whatever it takes
WEIGHED = 10  # visits from one weighing of the whole browser to the next
PAUSE, HURRY = 0.4, 0.1  # seconds between two looks at the pages, and where one of them has grown large
PROC = Path("/proc")


def family(root: int, proc: Path = PROC) -> frozenset[int]:
    """A process and its descendants that are still there; empty where the system does not tell."""
    children: dict[int, list[int]] = {}
    for entry in _numbers(proc):
        parent = _parent(proc, entry)
        if parent is not None:
            children.setdefault(parent, []).append(entry)
    found, waiting = set[int](), [root] if _parent(proc, root) is not None else []
    while waiting:
        process = waiting.pop()
        found.add(process)
        waiting += [child for child in children.get(process, ()) if child not in found]
    return frozenset(found)


def pss(processes: Collection[int], proc: Path = PROC) -> int:
    """Bytes that processes take, shared memory counted in proportion (PSS); those that have ended count nothing."""
    total = 0
    for process in processes:
        with contextlib.suppress(OSError):
            found = re.search(r"^Pss:\s+(\d+) kB", (proc / str(process) / "smaps_rollup").read_text(), re.MULTILINE)
            total += int(found[1]) * 1024 if found else 0
    return total


def private(process: int, proc: Path = PROC) -> int:
    """Bytes that a process takes for itself alone, nearly: quick to ask, unlike PSS. 0 where it has ended."""
    try:
        _, resident, shared, *_ = map(int, (proc / str(process) / "statm").read_text().split())
    except (OSError, ValueError):
        return 0
    return max(0, resident - shared) * os.sysconf("SC_PAGE_SIZE")


def glutton(pages: Mapping[int, int], *, page_bytes: int, all_bytes: int) -> int | None:
    """The page process (pid -> private bytes) that has to end: one that takes too much, or the largest of too many; None if all is well."""
    largest = max(pages, key=lambda process: pages[process], default=None)
    if largest is None or (pages[largest] <= page_bytes and sum(pages.values()) <= all_bytes):
        return None
    return largest


class MemoryGuard:
    """Watches the pages of one browser (`root`: its process) beside those of all others of this process."""

    _weights: dict[int, dict[int, int]] = {}  # noqa: RUF012  # root -> page process -> private bytes, of all guards
    _lock = threading.Lock()

    def __init__(self, root: int) -> None:
        """`root` 0: the process is not known, so that only visits are counted."""
        self.root = root
        self.ended_at = -1e9  #: when a page was last ended for its memory, in seconds of `time.monotonic`
        self._visits = 1  # the one that started it

    async def run(self) -> None:
        """Watch until cancelled."""
        try:
            while True:
                await asyncio.sleep(PAUSE if self.look() < PAGE_BYTES // 3 else HURRY)
        finally:
            with self._lock:
                self._weights.pop(self.root, None)

    def look(self) -> int:
        """End a page of ours if it has to; gives the private bytes of the largest."""
        pages = {process: private(process) for process in family(self.root) if _is_page(process)}
        with self._lock:
            self._weights[self.root] = pages
            everybody = {process: weight for weights in self._weights.values() for process, weight in weights.items()}
            chosen = glutton(everybody, page_bytes=PAGE_BYTES, all_bytes=ALL_BYTES)
            if chosen in pages:
                self.ended_at = time.monotonic()
                pages.pop(chosen)
                with contextlib.suppress(OSError):
                    os.kill(chosen, signal.SIGKILL)
        return max(pages.values(), default=0)

    def ended_one(self, within: float = 1.0) -> bool:
        """Whether a page was ended for its memory in the last seconds."""
        return time.monotonic() - self.ended_at < within

    def worn(self) -> bool:
        """Whether the browser should be replaced before its next visit; asked once for each visit."""
        self._visits += 1
        if self._visits > WORN_VISITS:
            return True
        return self._visits % WEIGHED == 0 and pss(family(self.root)) > WORN_BYTES


def _is_page(process: int) -> bool:
    with contextlib.suppress(OSError):
        return b"--type=renderer" in (PROC / str(process) / "cmdline").read_bytes()
    return False


def _numbers(proc: Path) -> Iterator[int]:
    try:
        names = os.listdir(proc)
    except OSError:
        return
    yield from (int(name) for name in names if name.isdigit())


def _parent(proc: Path, process: int) -> int | None:
    try:
        state, parent, *_ = (proc / str(process) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if state == "Z" else int(parent)
