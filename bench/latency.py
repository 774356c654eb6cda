"""What 80 ms more for every answer cost a round over several sites: the same round beside one without them, in one run.

    python -m bench.latency [--sites 4] [--pages 12] [--repeats 3] [--profile static] [--wait 0.08]

The sites are hosts of the enlarged portal of the demo city (bench.large_portal), each with the same pages by name, and as many are audited
at a time as in a night. Prints pages per second of both, their ratio for each pair and the median of the ratios.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from auditor.model import Category, Network, Profile, Site, Target, Watch
from auditor.rounds import run_round
from auditor.store import Store
from auditor.workers import workers
from bench import large_portal
from bench.incremental import some_of_each


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--sites", type=int, default=4)
    words.add_argument("--pages", type=int, default=12)
    words.add_argument("--repeats", type=int, default=3)
    words.add_argument("--profile", type=Profile, choices=list(Profile), default=Profile.STATIC)
    words.add_argument("--wait", type=float, default=0.08)
    chosen = words.parse_args()
    ratios = []
    for number in range(chosen.repeats):
        at_once, late = (speed(chosen.sites, chosen.pages, chosen.profile, wait) for wait in (0.0, chosen.wait))
        ratios.append(late / at_once)
        print(f"{number + 1}: {at_once:.2f} pages/s, with {chosen.wait * 1000:.0f} ms more {late:.2f}, ratio {ratios[-1]:.2f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f}")


def speed(sites: int, pages: int, profile: Profile, wait: float) -> float:
    """Pages per second of a whole round, from its start to its end, where every answer comes so many seconds later."""
    with tempfile.TemporaryDirectory() as folder, large_portal.serving(wait=wait) as port, Store.open(Path(folder) / "bench.db") as store:
        targets = tuple(_target(f"s{number}", pages, profile) for number in range(sites))
        watch = Watch(targets=targets, network=Network(resolve={"*.demo.test:80": f"127.0.0.1:{port}"}))
        with workers() as executor:
            outcome = run_round(watch, targets, store, executor, trigger="bench")
    return sum(run.pages_audited for run in outcome.runs) / outcome.seconds


def _target(name: str, pages: int, profile: Profile) -> Target:
    start = f"http://{name}.demo.test/"
    site = Site(id=name, name=name, url=start, category=Category.PORTAL, region="", owner="")
    listed = tuple(start + path for path in some_of_each(pages - 1))
    return Target(site=site, max_pages=pages, pages=listed, finders=("listed",), delay=0.0, window=None, profile=profile)


if __name__ == "__main__":
    main()
