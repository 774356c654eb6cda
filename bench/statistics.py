"""What the numbers of this service are worth, all in one run: samples, trends, promises over time, the identity of barriers.

    python -m bench.statistics [--draws 400] [--pages 40] [--crawl FILE]...

Each part runs by itself too: `bench.statistics_sampling`, `_trends`, `_promises`, `_identity` (needs AUDITOR_SHARED).
Start it with `-m`: as a script it would stand in the way of the standard library's `statistics`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bench import statistics_identity, statistics_promises, statistics_sampling, statistics_trends


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--draws", type=int, default=400)
    words.add_argument("--pages", type=int, default=40)
    words.add_argument("--crawl", type=Path, action="append", default=[], help="a stored full crawl, as bench.statistics_sampling reads it")
    chosen = words.parse_args()
    for name, lines in (
        ("SAMPLES", statistics_sampling.measured(draws=chosen.draws, crawls=chosen.crawl)),
        ("TRENDS", statistics_trends.measured(draws=chosen.draws)),
        ("PROMISES", statistics_promises.measured(draws=chosen.draws)),
        ("IDENTITY", statistics_identity.measured(pages=chosen.pages)),
    ):
        print(f"\n== {name}", flush=True)
        for line in lines:
            print(line, flush=True)


if __name__ == "__main__":
    main()
