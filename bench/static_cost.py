"""What our own judging costs beside axe, page by page on the real pages: ratios of neighbours, from one tab in one run.

    python -m bench.static_cost [--pages 30] [--skip 0]

Every page is opened once, as an audit opens it (guard, proxy, the wait until it has settled), and asked there, one question after
the other: axe as the product asks it, the capture as the product takes it. Which of the two comes first changes from page to page,
since the first one may pay for a layout that the second finds done. Then come the questions of our checks that need pixels (text over
pictures, words in pictures), and Python reads axe's answer (voices and tallies) and runs our own checks over the capture (a fresh
Document each time): these together are the cost of the checks. The first page warms everything up and does not count.

Prints for each page: seconds of axe (question + reading), of the capture, of our checks, and the two ratios; then medians and totals,
of all pages and once more without the statistics host, whose many small tables would otherwise speak for everybody.
Gates of issue 4: capture / axe < 0.30, (capture + axe + own checks) / axe <= 1.6; the exit status is 1 if a total or a median is above.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.model import Driver, Network, Page, Probe, State
from bench.throughput import SHARED, pages, wait_for
from checks import axe, own
from checks.axe.probe import PROBE as AXE
from checks.probes.capture import PROBE as CAPTURE
from crawlers.browsers import Browser, open_browser
from crawlers.egress import Egress

CAPTURE_GATE, STATIC_GATE = 0.30, 1.6
STATISTICS = "//www.stats.gov.cn/"
PORT = 18932


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of one page."""

    url: str
    axe: float
    capture: float
    own: float

    @property
    def captured(self) -> float:
        """The capture in terms of axe."""
        return self.capture / self.axe

    @property
    def static(self) -> float:
        """All static judging in terms of axe."""
        return (self.capture + self.axe + self.own) / self.axe


@dataclass
class Clock:
    """Seconds that each question took on the page that is open."""

    seconds: dict[str, float] = field(default_factory=dict)

    def timed(self, probe: Probe) -> Probe:
        """The same question, under the clock; nothing is asked for pictures."""

        async def ask(driver: Driver, facts: Mapping[str, Any]) -> Any:
            begun = time.perf_counter()
            answer = await probe.ask(driver, facts)
            self.seconds[probe.name] = time.perf_counter() - begun
            return answer

        return replace(probe, ask=ask, places=lambda facts: ())


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--pages", type=int, default=30)
    words.add_argument("--skip", type=int, default=0, help="leave out so many pages first")
    chosen = words.parse_args()
    server = subprocess.Popen([sys.executable, "-W", "ignore", str(SHARED / "serve.py"), "--port", str(PORT)], stdout=subprocess.DEVNULL)
    try:
        wait_for(PORT)
        addresses = pages(chosen.skip + chosen.pages)[chosen.skip :]
        costs = asyncio.run(measured([addresses[0], *addresses]))
    finally:
        server.terminate()
        server.wait(10)
    if not costs:
        sys.exit("no page could be measured")
    sys.exit(told(costs))


async def measured(addresses: Sequence[str]) -> list[Cost]:
    """The costs of these pages, in one tab after the other; the first address warms up."""
    resolve = {f"{address.split('/')[2]}:80": f"127.0.0.1:{PORT}" for address in addresses}
    costs: list[Cost] = []
    async with Egress(Network(resolve=resolve)) as egress:
        opened = open_browser("playwright", egress=egress, suffix="BenchAudit/1.0", viewport=(1280, 800), pictures=False, tabs=1)
        async with opened as browser:
            for number, address in enumerate(addresses):
                cost = await _visit(browser, address, capture_first=number % 2 == 0)
                if cost is not None and number:
                    costs.append(cost)
                    print(_line(cost), flush=True)
    return costs


async def _visit(browser: Browser, address: str, *, capture_first: bool) -> Cost | None:
    clock = Clock()
    first = (CAPTURE, AXE) if capture_first else (AXE, CAPTURE)
    pixels = [probe for probe in own.ENGINE.probes if probe.name != CAPTURE.name]
    probes = [clock.timed(probe) for probe in (*first, *pixels)]
    page = await browser.visit(address, probes, limit=120.0)
    if page.state is not State.AUDITED or len(clock.seconds) < len(probes):
        print(f"!!! {address}: {page.state} {page.reason} {dict(page.unanswered)}", flush=True)
        return None
    reading, judging = _read(page)
    asking = sum(clock.seconds[probe.name] for probe in pixels)
    return Cost(url=address, axe=clock.seconds[AXE.name] + reading, capture=clock.seconds[CAPTURE.name], own=asking + judging)


def _read(page: Page) -> tuple[float, float]:
    """Seconds for the reading of axe's answer, and for our own checks."""
    begun = time.perf_counter()
    list(axe.voices(page)), list(axe.tallies(page))
    read = time.perf_counter()
    list(own.voices(page))
    return read - begun, time.perf_counter() - read


def told(costs: Sequence[Cost]) -> int:
    """Print what it comes to; 1 if a gate does not hold."""
    above = 0
    for name, chosen in (("all pages", costs), ("without statistics", [cost for cost in costs if STATISTICS not in cost.url])):
        if not chosen:
            continue
        axe_s, capture_s, own_s = (sum(getattr(cost, name) for cost in chosen) for name in ("axe", "capture", "own"))
        captured = statistics.median(cost.captured for cost in chosen), capture_s / axe_s
        static = statistics.median(cost.static for cost in chosen), (capture_s + axe_s + own_s) / axe_s
        print(f"\n{name} ({len(chosen)}): axe {axe_s:.1f} s, capture {capture_s:.1f} s, own checks {own_s:.1f} s")
        print(f"capture / axe:                  median {captured[0]:.2f}, total {captured[1]:.2f} (gate < {CAPTURE_GATE:.2f})")
        print(f"(capture + axe + checks) / axe: median {static[0]:.2f}, total {static[1]:.2f} (gate <= {STATIC_GATE:.2f})")
        above += max(captured) >= CAPTURE_GATE or max(static) > STATIC_GATE
    return int(above > 0)


def _line(cost: Cost) -> str:
    figures = f"axe {cost.axe:6.3f} s  capture {cost.capture:6.3f} s  checks {cost.own:6.3f} s"
    return f"{figures}  capture/axe {cost.captured:5.2f}  static/axe {cost.static:5.2f}  {cost.url[:80]}"


if __name__ == "__main__":
    main()
