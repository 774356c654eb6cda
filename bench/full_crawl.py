"""Audits a whole site once, whatever its size, and keeps what samples can be drawn from: every address with its state and tallies.

    python -m bench.full_crawl portal -o FILE     the enlarged portal of the demo city (bench.large_portal), some 2,200 pages
    python -m bench.full_crawl second -o FILE     another of another seed and spread, some 1,600 pages, to check on
    python -m bench.full_crawl third -o FILE      a third, some 1,100 pages, which nothing was tried on
    python -m bench.full_crawl stats -o FILE      the statistics host of the research material (AUDITOR_SHARED)

Profile static, no pictures, no snapshots. Two or three pages a second. `python -m bench.statistics_sampling --crawl FILE` reads it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from auditor.audit import audit
from auditor.identity import group_of
from auditor.model import Category, Network, Order, Outcome, Profile, Progress, Run, Site, Target
from bench import large_portal
from bench.throughput import SHARED, wait_for

MOST = 20_000  # pages: more than either site has
PORT = 18932
PORTALS = {"portal": large_portal.FIRST, "second": large_portal.SECOND, "third": large_portal.THIRD}


def main() -> None:
    """Audit and keep."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("site", choices=[*PORTALS, "stats"])
    words.add_argument("-o", "--out", type=Path, required=True)
    words.add_argument("--tabs", type=int, default=2)
    chosen = words.parse_args()
    begun = time.monotonic()
    with _stats() if chosen.site == "stats" else _portal(PORTALS[chosen.site]) as (start, resolve):
        run = _audited(chosen.site, start, resolve, chosen.tabs)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps(kept(run), ensure_ascii=False), encoding="utf-8")
    states = Counter(entry.state.value for entry in run.coverage)
    print(f"{run.state} {dict(states)}, {len(run.tallies)} tallies, {time.monotonic() - begun:.0f} s -> {chosen.out}")


def kept(run: Run) -> dict[str, object]:
    """What is kept of a run, as plain data."""
    tallies: dict[str, list[list[object]]] = {}
    for tally in run.tallies:
        tallies.setdefault(tally.page, []).append([tally.rule, tally.failed, tally.passed, tally.cant_tell])
    groups: dict[str, set[str]] = {}
    for finding in run.findings:
        if finding.outcome is Outcome.FAILED:
            groups.setdefault(finding.page, set()).add(group_of(run.site, finding.rule, finding.element))
    return {
        "site": run.site, "rules": list(run.rules), "ruleset": run.ruleset_id,
        "pages": [
            {
                "url": entry.url, "state": entry.state.value, "url_key": entry.url_key, "dom_key": entry.dom_key,
                "engines": list(entry.engines), "tallies": tallies.get(entry.url, []), "groups": sorted(groups.get(entry.url, ())),
            }
            for entry in run.coverage
        ],
    }  # fmt: skip


def _audited(name: str, start: str, resolve: dict[str, str], tabs: int) -> Run:
    site = Site(id=name, name=name, url=start, category=Category.PORTAL, region="", owner="")
    target = Target(site=site, max_pages=MOST, tabs=tabs, delay=0.0, documents=0, profile=Profile.STATIC)
    order = Order(target=target, network=Network(resolve=resolve), round="full", now=datetime.now(UTC), evidence=False)
    seen = Counter[str]()

    def told(progress: Progress) -> None:
        seen["pages"] += 1
        if seen["pages"] % 100 == 0:
            print(f"{seen['pages']} pages", file=sys.stderr, flush=True)

    return audit(order, told)


@contextmanager
def _portal(portal: large_portal.Portal) -> Iterator[tuple[str, dict[str, str]]]:
    with large_portal.serving(portal) as port:
        yield large_portal.START, {f"{large_portal.HOST}:80": f"127.0.0.1:{port}"}


@contextmanager
def _stats() -> Iterator[tuple[str, dict[str, str]]]:
    host = json.loads((SHARED / "sites.json").read_text(encoding="utf-8"))["sites"]["stats"]
    server = subprocess.Popen([sys.executable, "-W", "ignore", str(SHARED / "serve.py"), "--port", str(PORT)], stdout=subprocess.DEVNULL)
    try:
        wait_for(PORT)
        yield f"http://{host['aliases'][0]}{host['start'][0]}", {f"{host['aliases'][0]}:80": f"127.0.0.1:{PORT}"}
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
