"""What the experiments cost: seconds per probe and page, beside the static look at the same pages, in one run.

    python -m bench.experiments [--pages 12] [--only NAME]...

Visits saved real pages (served on loopback) one after the other in one tab, as an audit does: the static look first, then every
experiment on a load of its own, the load included. Prints a line per page and probe, then medians and sums, and how often no answer
came. The statistics host stands for one page only, since its tables are all alike. Absolute seconds are those of this machine and
hour; the ratio to the static look of the same run is what can be compared.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from auditor.model import Driver, Network, Probe, State
from bench.static_cost import STATISTICS
from bench.throughput import SHARED, pages, wait_for
from checks import judge
from checks.check import EXPERIMENTS
from crawlers.browsers import open_browser
from crawlers.egress import Egress

PORT = 18934

Seconds = dict[str, list[float]]


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--pages", type=int, default=12)
    words.add_argument("--only", action="append", default=[], metavar="NAME", help="only this experiment; may be repeated")
    chosen = words.parse_args()
    server = subprocess.Popen([sys.executable, "-W", "ignore", str(SHARED / "serve.py"), "--port", str(PORT)], stdout=subprocess.DEVNULL)
    try:
        wait_for(PORT)
        every = pages(400)
        addresses = [url for url in every if STATISTICS not in url] + [url for url in every if STATISTICS in url][:1]
        experiments = [probe for probe in judge.experiments() if not chosen.only or probe.name in chosen.only]
        seconds, silent = asyncio.run(measured(addresses[: chosen.pages], experiments))
    finally:
        server.terminate()
        server.wait(10)
    told(seconds, silent)


async def measured(addresses: Sequence[str], experiments: Sequence[Probe]) -> tuple[Seconds, Mapping[str, list[str]]]:
    """Seconds of the static look ("look") and of each experiment, page by page; and what did not answer, with the reason."""
    resolve = {f"{address.split('/')[2]}:80": f"127.0.0.1:{PORT}" for address in addresses}
    seconds: Seconds = defaultdict(list)
    silent: dict[str, list[str]] = defaultdict(list)
    async with Egress(Network(resolve=resolve)) as egress:
        opened = open_browser("playwright", egress=egress, suffix="BenchAudit/1.0", viewport=(1280, 800), pictures=False, tabs=1)
        async with opened as browser:
            for address in [addresses[0], *addresses]:  # the first visit warms up
                clock: dict[str, float] = {}
                choose = _choice([_timed(one, clock) for one in experiments])
                page = await browser.visit(address, judge.probes(), limit=120.0, choose=choose)
                if page.state is not State.AUDITED:
                    print(f"!!! {address}: {page.state} {page.reason}", flush=True)
                    continue
                for name, took in {"look": page.seconds, **clock}.items():
                    seconds[name].append(took)
                for name, why in page.unanswered.items():
                    silent[name].append(f"{address}: {why}")
                print("  ".join(f"{name} {took:.1f}" for name, took in {"look": page.seconds, **clock}.items()), address, flush=True)
    return {name: taken[1:] for name, taken in seconds.items()}, silent


def _choice(experiments: Sequence[Probe]) -> Any:
    async def choose(html: str) -> Sequence[Probe]:
        return experiments

    return choose


def _timed(probe: Probe, clock: dict[str, float]) -> Probe:
    async def ask(driver: Driver, facts: Mapping[str, Any]) -> Any:
        begun = time.perf_counter()
        try:
            return await probe.ask(driver, facts)
        finally:
            clock[probe.name] = time.perf_counter() - begun

    return replace(probe, ask=ask)


def told(seconds: Seconds, silent: Mapping[str, list[str]]) -> None:
    """Print what it comes to."""
    look = statistics.median(seconds["look"])
    print(f"\n{'probe':<12} {'median s':>9} {'longest':>8} {'x look':>7}   engine, no answer")
    for name, taken in seconds.items():
        middle = statistics.median(taken)
        engine, missing = EXPERIMENTS.get(name, ""), len(silent.get(name, ()))
        print(f"{name:<12} {middle:>9.1f} {max(taken):>8.1f} {middle / look:>7.1f}   {engine} {missing}")
    trials = [taken for name, taken in seconds.items() if name != "look"]
    battery = [sum(taken) for taken in zip(*trials, strict=False)]
    if battery:
        print(f"\nall experiments of a page: median {statistics.median(battery):.1f} s, longest {max(battery):.1f} s")
    for name, why in silent.items():
        print(f"no answer from {name}: {'; '.join(why)[:1000]}")


if __name__ == "__main__":
    main()
