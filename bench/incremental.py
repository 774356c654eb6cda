"""What a night over an unchanged site costs, against the first one; all nights measured in one run.

    python -m bench.incremental [--pages 50] [--profile full] [--repeats 1]

Runs on the enlarged portal of the demo city (bench.large_portal), `--pages` pages of it by name. Four nights, each a day after the other:
the first; one over the unchanged site with neither turn nor recheck; one with both; one on which 2 % of the pages have one barrier more.
Prints how long each took as a share of the first, and whether it found the same issues, or exactly the changes. The third is also told over
a whole week, in which every page has its turn once.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path

from auditor.model import STANDING, Category, IssueState, Network, Profile, RunSummary, Site, Target, Watch
from auditor.rounds import run_round
from auditor.store import Store
from auditor.workers import workers
from bench import large_portal

BARRIER = '<img src="/img/added.svg">'
CHANGED = 0.02  # share of the pages
WEEK = 7
SITE = "big"


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--pages", type=int, default=50)
    words.add_argument("--profile", type=Profile, choices=list(Profile), default=Profile.FULL)
    words.add_argument("--repeats", type=int, default=1)
    chosen = words.parse_args()
    told: dict[str, list[float]] = {}
    for _ in range(chosen.repeats):
        with tempfile.TemporaryDirectory() as folder, large_portal.serving() as port, Store.open(Path(folder) / "bench.db") as store:
            for name, share in Nights(store, port, chosen.pages, chosen.profile).shares():
                told.setdefault(name, []).append(share)
    for name, shares in told.items():
        print(f"median, {name}: {statistics.median(shares):.3f} of the first night, {1 / statistics.median(shares):.1f} times as fast")


class Nights:
    """The nights of one site."""

    def __init__(self, store: Store, port: int, pages: int, profile: Profile) -> None:
        self.store, self.day = store, 0
        site = Site(id=SITE, name="云浔市公共服务门户", url=large_portal.START, category=Category.PORTAL, region="370800", owner="市政府")
        listed = tuple(large_portal.START + path for path in some_of_each(pages - 1))
        self.target = Target(
            site=site, max_pages=pages, pages=listed, finders=("listed",), delay=0.0, window=None, profile=profile
        )  # fmt: skip
        self.network = Network(resolve={f"{large_portal.HOST}:80": f"127.0.0.1:{port}"})

    def shares(self) -> Iterator[tuple[str, float]]:
        """What each night came to, told as it ends: its name and the time it took as a share of the first."""
        bare = replace(self.target, full_audit_every=None, recheck_percent=0.0)
        first = self.night("first", self.target)
        known = self.standing()
        yield "unchanged, neither turn nor recheck", self.night("unchanged, neither", bare) / first
        print(f"   the same issues: {known == self.standing()} ({len(known)})")
        yield "2 % of the pages changed, neither", self.changed(bare) / first
        week = [self.night(f"day {day + 1} of a week, both", self.target) / first for day in range(WEEK)]
        yield "unchanged, with turn and recheck, mean of a week", statistics.mean(week)

    def night(self, name: str, target: Target) -> float:
        """Seconds of one more night."""
        self.day += 1
        watch = Watch(targets=(target,), network=self.network)
        begun = time.monotonic()
        with workers(1, apart=False) as executor:
            outcome = run_round(watch, (target,), self.store, executor, trigger="bench", clock=self._clock())
        seconds = time.monotonic() - begun
        print(f"{name}: {seconds:.1f} s, {_told(outcome.runs[0])}", flush=True)
        return seconds

    def changed(self, target: Target) -> float:
        """Seconds of a night on which some pages have one barrier more."""
        seen = [entry.url for entry in self.store.known(SITE) if entry.digest and entry.url != large_portal.START]
        some = seen[:: round(1 / CHANGED)]
        with _barrier_on(some):
            seconds = self.night("2 % changed", target)
        found = [issue for issue in self.store.issues(SITE) if issue.state is IssueState.NEW and issue.first_seen == self._newest().started]
        exact = sorted(issue.page for issue in found) == sorted(some) and {issue.rule for issue in found} == {"image-alt"}
        print(f"   exactly the changes: {exact} ({len(found)} new issues on {len(some)} changed pages, {self._newest().fixed} fixed)")
        return seconds

    def standing(self) -> set[str]:
        """The issues that stand."""
        return {issue.id for issue in self.store.issues(SITE) if issue.state in STANDING}

    def _newest(self) -> RunSummary:
        return self.store.runs(SITE, 1)[0]

    def _clock(self):  # type: ignore[no-untyped-def]
        ahead = timedelta(days=self.day)
        return lambda: datetime.now(UTC) + ahead


def some_of_each(most: int) -> list[str]:
    """Paths of pages, of every column in turn."""
    lists = [[large_portal.address(column, number) for number in range(column.pages)] for column in large_portal.FIRST.columns]
    return [path for paths in zip_longest(*lists) for path in paths if path is not None][:most]


@contextmanager
def _barrier_on(addresses: list[str]) -> Iterator[None]:
    """For a while these pages have one barrier more."""
    paths = {address.removeprefix(large_portal.START) for address in addresses}
    large_portal.ADDED.update(dict.fromkeys(paths, BARRIER))
    try:
        yield
    finally:
        large_portal.ADDED.clear()


def _told(run: RunSummary) -> str:
    states = {state.value: count for state, count in run.coverage.items() if state.value in ("audited", "reused")}
    return f"{run.state.value} {states}, {run.findings} findings, {run.reuse}"


if __name__ == "__main__":
    main()
