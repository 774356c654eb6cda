"""Whether cost grows with what there is to do and no faster: many sites, large sites, many pages; every ratio of two sizes in one run.

    python -m bench.scale [PART ...] [--sites 1400 14000] [--addresses 10000 100000] [--pages 20 200] [--night-pages 5] [--repeats 1]

    targets     targets.yml: reading it, `auditor check`, a confirmation written into it
    night       the coordinator alone: rounds whose workers answer at once with made-up runs of --night-pages pages; and the same over a
                few sites of 50 pages, projected to 14,000 of them
    report      what is read of all sites, the pages and data files about them together, the pages of one site
    console     start of the service, start page, list of sites, the city's report page
    addresses   one site with so many known addresses: what an order takes along, choosing, the frontier, saving, telling
    pages       a real audit of so many pages of the enlarged portal of the demo city (`bench.large_portal`), profile axe

Each size is measured in a process of its own. Told of every step: seconds by the clock, seconds of the processor, the memory it took at
most beside what was held before (MB), for the smaller and the larger size, and their ratios. Aim: 10 x as much takes at most 10.5 x the
time; for `pages` also at most 1.2 x the memory of the process. What takes a twentieth of a second tells nothing and has no ratio.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench import scale_parts

AIM = 10.5
TOO_SHORT = 0.05


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a step came to."""

    seconds: float
    cpu: float
    memory: float  #: MB, beside what was held before
    held: float  #: MB, the most that the process held by then


class Meter:
    """Measures the steps of one part, in this process."""

    def __init__(self) -> None:
        self.costs: dict[str, Cost] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """What is done within is one step."""
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before, begun, worked = _memory("VmRSS"), time.monotonic(), time.process_time()
        try:
            yield
        finally:
            peak = _memory("VmHWM")
            self.costs[name] = Cost(
                seconds=time.monotonic() - begun, cpu=time.process_time() - worked, memory=max(0.0, peak - before), held=peak
            )  # fmt: skip

    def note(self, name: str, *, cpu: float = 0.0, memory: float = 0.0) -> None:
        """Part of a step, measured otherwise."""
        self.costs[name] = Cost(seconds=0.0, cpu=cpu, memory=memory, held=memory)


def _memory(name: str) -> float:
    told = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith(f"{name}:"))


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("part", nargs="*", choices=[[], *scale_parts.PARTS], default=[])
    for name, sizes in (("sites", (1400, 14000)), ("addresses", (10_000, 100_000)), ("pages", (20, 200))):
        words.add_argument(f"--{name}", type=int, nargs=2, default=sizes)
    words.add_argument("--night-pages", type=int, default=5)
    words.add_argument("--repeats", type=int, default=1)
    words.add_argument("--one", help=argparse.SUPPRESS)
    words.add_argument("--size", type=int, help=argparse.SUPPRESS)
    chosen = words.parse_args()
    if chosen.one:
        meter = Meter()
        with tempfile.TemporaryDirectory() as folder:
            scale_parts.PARTS[chosen.one].measure(meter, chosen.size, Path(folder), chosen.night_pages)
        print(json.dumps({name: asdict(cost) for name, cost in meter.costs.items()}))
        return
    for name in chosen.part or scale_parts.PARTS:
        sizes = getattr(chosen, scale_parts.PARTS[name].by)
        found = [[_apart(name, size, chosen) for size in sizes] for _ in range(chosen.repeats)]
        print(f"\n{name}: {sizes[0]} and {sizes[1]} {scale_parts.PARTS[name].by}, {sizes[1] / sizes[0]:g} x as many")
        print(f"{'':<52}{'s':>8}{'s':>9}{'x':>7}{'CPU s':>9}{'CPU s':>9}{'x':>7}{'MB':>8}{'MB':>8}{'x':>7}")
        for step in found[0][0]:
            print(_line(step, *([one[place][step] for one in found] for place in (0, 1))), flush=True)


def _apart(part: str, size: int, chosen: argparse.Namespace) -> dict[str, Cost]:
    command = [sys.executable, "-m", "bench.scale", "--one", part, "--size", str(size), "--night-pages", str(chosen.night_pages)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {name: Cost(**cost) for name, cost in json.loads(told.splitlines()[-1]).items()}


def _line(step: str, small: Sequence[Cost], large: Sequence[Cost]) -> str:
    def of(costs: Sequence[Cost], what: Callable[[Cost], float]) -> float:
        return median(map(what, costs))

    told = f"{step:<52}"
    for what, width in ((lambda one: one.seconds, 3), (lambda one: one.cpu, 3), (lambda one: one.memory, 1)):
        one, other = of(small, what), of(large, what)
        ratio = f"{other / one:.1f}" if one > (TOO_SHORT if width == 3 else 1.0) else "—"
        told += f"{one:>9.{width}f}{other:>9.{width}f}{ratio:>7}"
    return told


if __name__ == "__main__":
    main()
