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
from functools import cache
from pathlib import Path
from types import MappingProxyType

PAGE_BYTES = 800_000_000
"""Private memory that one page may take; pages of portals take 50 to 200 MB, axe at work included."""

ALL_BYTES = 1_500_000_000
"""Private memory of all pages of all browsers of this process beyond which the largest ends, if it takes more than half of PAGE_BYTES."""

MACHINE_SHARE = 0.25
"""Share of the memory available at the beginning that all pages may take together, and ALL_BYTES at least; beyond it the largest page
ends however small it is."""

WORN_BYTES = 700_000_000  # PSS of a browser with all its processes from which it is replaced between two visits
WORN_VISITS = 300  # visits after which it is replaced whatever it takes
WEIGHED = 10  # visits from one weighing of the whole browser to the next
PAUSE, HURRY = 0.4, 0.1  # seconds between two looks at the pages, and where one of them has grown large
REREAD = 20  # looks from one reading of all processes of the machine to the next; between them only new ones are asked
PROC = Path("/proc")


def family(root: int, proc: Path = PROC, *, known: Mapping[int, int | None] | None = None) -> frozenset[int]:
    """A process and its descendants that are still there; empty where the system does not tell.

    `known`: what `parents` told a moment ago; without it everybody is asked.
    """
    above = parents(proc) if known is None else known
    children: dict[int, list[int]] = {}
    for process, parent in above.items():
        if parent is not None:
            children.setdefault(parent, []).append(process)
    found, waiting = set[int](), [root] if above.get(root) is not None else []
    while waiting:
        process = waiting.pop()
        found.add(process)
        waiting += [child for child in children.get(process, ()) if child not in found]
    return frozenset(found)


def parents(proc: Path = PROC, known: Mapping[int, int | None] = MappingProxyType({})) -> dict[int, int | None]:
    """The parent of every process (None where it has ended, but is still listed); those `known` already are not asked again."""
    return {process: known[process] if process in known else _parent(proc, process) for process in _numbers(proc)}


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


def allowance(proc: Path = PROC) -> int:
    """Bytes that all pages may take together on this machine, as it is now."""
    with contextlib.suppress(OSError):
        if found := re.search(r"^MemAvailable:\s+(\d+) kB", (proc / "meminfo").read_text(), re.MULTILINE):
            return max(ALL_BYTES, int(int(found[1]) * 1024 * MACHINE_SHARE))
    return ALL_BYTES


def glutton(pages: Mapping[int, int], *, page_bytes: int, all_bytes: int, most_bytes: int) -> int | None:
    """The page process (pid -> private bytes) that has to end, None if all is well: the largest, where it takes more than `page_bytes`,
    where it takes more than half of that and all together more than `all_bytes`, or where all take more than `most_bytes`."""
    largest = max(pages, key=lambda process: pages[process], default=None)
    if largest is None:
        return None
    weight, total = pages[largest], sum(pages.values())
    too_much = weight > page_bytes or total > most_bytes or (total > all_bytes and weight > page_bytes // 2)
    return largest if too_much else None


class MemoryGuard:
    """Watches the pages of one browser (`root`: its process) beside those of all others of this process."""

    _weights: dict[int, dict[int, int]] = {}  # noqa: RUF012  # root -> page process -> private bytes, of all guards
    _lock = threading.Lock()

    def __init__(self, root: int) -> None:
        """`root` 0: the process is not known, so that only visits are counted."""
        self.root = root
        self.ended_at = -1e9  #: when a page was last ended for taking too much itself, in seconds of `time.monotonic`
        self._visits = 1  # the one that started it
        self._looks = 0
        self._parents: dict[int, int | None] = {}

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
        self._looks += 1
        self._parents = parents(known=self._parents if self._looks % REREAD else {})
        pages = {process: private(process) for process in family(self.root, known=self._parents) if _is_page(process)}
        with self._lock:
            self._weights[self.root] = pages
            everybody = {process: weight for weights in self._weights.values() for process, weight in weights.items()}
            chosen = glutton(everybody, page_bytes=PAGE_BYTES, all_bytes=ALL_BYTES, most_bytes=_allowance())
            if chosen in pages:
                if pages.pop(chosen) > PAGE_BYTES:
                    self.ended_at = time.monotonic()
                with contextlib.suppress(OSError):
                    os.kill(chosen, signal.SIGKILL)
        return max(pages.values(), default=0)

    def ended_one(self, within: float = 1.0) -> bool:
        """Whether a page was ended in the last seconds because it took too much itself.

        One that had to go because all together took too much has crashed, for all that the site can do about it, and is tried again.
        """
        return time.monotonic() - self.ended_at < within

    def worn(self) -> bool:
        """Whether the browser should be replaced before its next visit; asked once for each visit."""
        self._visits += 1
        if self._visits > WORN_VISITS:
            return True
        return self._visits % WEIGHED == 0 and pss(family(self.root)) > WORN_BYTES


_allowance = cache(allowance)


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
