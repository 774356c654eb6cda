"""How fast the frame of a large site without a sitemap becomes whole: night after night audited with few pages, from an empty store on.

    python -m bench.frame_growth [--nights 6] [--pages 50] [--crawl FILE] [--unread]

The enlarged portal of the demo city (`bench.large_portal`), profile static. Told of each night: addresses known and up for the draw,
addresses read without a browser, the estimate of how many there are, the index with its interval, and seconds. With --crawl FILE (a
full crawl of the same portal, `bench.full_crawl`) also how far the index is from the one of all pages. --unread: nothing is read, as if
scripts wrote all links.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean

from auditor.audit import audit
from auditor.lifecycle import Counts
from auditor.model import Category, Network, Order, Profile, Run, Score, Site, Target
from auditor.run_score import score
from auditor.store import Store
from bench import large_portal
from bench.statistics_sampling import stored
from checks import judge

BEGIN = datetime(2026, 10, 1, 18, tzinfo=UTC)  # the first night of a quarter


def main() -> None:
    """Audit and tell."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--nights", type=int, default=6)
    words.add_argument("--pages", type=int, default=50)
    words.add_argument("--crawl", type=Path)
    words.add_argument("--unread", action="store_true")
    chosen = words.parse_args()
    truth = fmean(stored(chosen.crawl).index.values()) if chosen.crawl else None
    print(" night  known  read   met unread estimated  index      interval    off    s")
    for number, (run, found, seconds) in enumerate(nights(chosen.nights, chosen.pages, reading=not chosen.unread), 1):
        print(line(number, run, found, truth, seconds), flush=True)


def nights(count: int, pages: int, *, reading: bool = True) -> Iterator[tuple[Run, Score | None, float]]:
    """So many nights in a row, each knowing what those before left in the store; with the seconds it took."""
    site = Site(id="portal", name="portal", url=large_portal.START, category=Category.PORTAL, region="", owner="")
    with large_portal.serving() as port, tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "auditor.db") as store:
        target = Target(site=site, max_pages=pages, delay=0.0, documents=0, profile=Profile.STATIC)
        network = Network(resolve={f"{large_portal.HOST}:80": f"127.0.0.1:{port}"})
        for number in range(count):
            begun, now = time.monotonic(), BEGIN + timedelta(days=number)
            known = store.known(site.id)
            order = Order(target=target, network=network, round=f"r{number}", now=now, evidence=False, known=known)
            run = audit(order, lambda told: None)
            found = score(run, judge.counting())
            store.begin_round(order.round, now, "manual")
            store.save(run, (), Counts(new=0, open=0, fixed=0, reopened=0), found)
            store.end_round(order.round, now)
            yield run, found, time.monotonic() - begun


def line(number: int, run: Run, found: Score | None, truth: float | None, seconds: float) -> str:
    """What is told of a night."""
    sample = run.sample
    if sample is None or found is None:
        return f"{number:>5} {len(run.coverage):>6}  {run.state} {run.reason}"
    known = sample.frame + sample.late
    guess = "—" if sample.unknown is None else f"{known + sample.unknown:.0f}"
    off = "—" if truth is None else f"{found.value - truth:+.2f}"
    return (
        f"{number:>5} {sample.frame:>6} {sample.read:>5} {sample.met:>5} {sample.unread:>6} {guess:>9} {found.value:>6.2f} "
        f"{found.low:>6.2f}-{found.high:<6.2f} {off:>6} {seconds:>4.0f}"
    )


if __name__ == "__main__":
    main()
