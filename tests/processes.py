"""Running the product as a process: what lies below it, who of them is a browser or a driver, and waiting for what must come."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a condition, and fail where it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def offspring(pid: int) -> list[int]:
    """All descendants of a process that still live."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    return not Path(f"/proc/{pid}/exe").exists()


def browsers(pid: int) -> list[int]:
    """The main processes of the Chromiums below a process."""
    return [child for child, words in _commands(pid) if b"chrom" in words[0] and not any(word.startswith(b"--type=") for word in words)]


def drivers(pid: int) -> list[int]:
    """The Playwright drivers below a process."""
    return [child for child, words in _commands(pid) if words[0].endswith(b"node") and any(b"playwright" in word for word in words)]


def _commands(pid: int) -> list[tuple[int, list[bytes]]]:
    found = []
    for child in offspring(pid):
        try:
            found.append((child, Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")))
        except OSError:
            continue
    return found
