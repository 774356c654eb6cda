"""A round of the demo city on two workers of a Dask cluster against the same round on two processes of this one, and with kills in it.

    python -m bench.cluster [--repeats 3] [--sites 6] [--profile static]

Prints the seconds of each round and the median of the ratios, one pair after the other; then what a round lost and what it has twice in
which a worker was killed, and one in which the scheduler was, and came back. Ends with status 1 where the cluster takes 10 % longer, or
anything is lost or there twice. Seconds are those of the round: processes that are kept, scheduler and workers, have been started before.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from clusters import LocalCluster, kill  # type: ignore[import-not-found,unused-ignore]
from processes import browsers  # type: ignore[import-not-found,unused-ignore]

from auditor import targets as targets_file
from auditor.cluster import Cluster
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import Profile, Progress, RunState, RunSummary, Target, Watch
from auditor.rounds import run_round
from auditor.store import Store
from auditor.workers import workers

MOST_LOST = 1.10  # of the time that the same takes on this machine
COUNT = 2

Standing = dict[str, tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, str, str]]]]
"""Site -> its issues and its ledger."""


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a round came to."""

    seconds: float
    standing: Standing
    twice: int  #: issues or addresses that are there twice


def main() -> int:
    """Measure and print; 0 if every line holds."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--repeats", type=int, default=3)
    words.add_argument("--sites", type=int, default=6)
    words.add_argument("--profile", choices=[profile.value for profile in Profile], default=Profile.STATIC.value)
    chosen = words.parse_args()
    with City() as city, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        watch = targets_file.loads(targets_text(city.port, Profile(chosen.profile)))
        targets = watch.targets[: chosen.sites]
        with LocalCluster(Path(folder) / "cluster") as cluster:
            for _ in range(COUNT):
                cluster.work()
            pairs = [_pair(watch, targets, Path(folder) / str(number), cluster) for number in range(chosen.repeats)]
        ratio = statistics.median(there.seconds / here.seconds for here, there in pairs)
        alone = pairs[0][0]
        lines = [
            _line("time", ratio <= MOST_LOST, f"median ratio {ratio:.3f} of {len(pairs)}, {len(targets)} sites, {chosen.profile}"),
            _line("the same", *_same(alone, *(there for _, there in pairs))),
            _line("a worker is killed", *_same(alone, _struck(watch, targets, Path(folder) / "worker", _kill_worker))),
            _line("the scheduler is killed", *_same(alone, _struck(watch, targets, Path(folder) / "scheduler", _kill_scheduler))),
        ]
    return 0 if all(lines) else 1


def _pair(watch: Watch, targets: tuple[Target, ...], folder: Path, cluster: LocalCluster) -> tuple[Night, Night]:
    with workers(COUNT) as executor:
        here = _night(watch, targets, folder / "here", executor)
    with workers(cluster=Cluster(address=cluster.address)) as executor:
        there = _night(watch, targets, folder / "there", executor)
    print(f"here {here.seconds:.1f} s, on the cluster {there.seconds:.1f} s, ratio {there.seconds / here.seconds:.3f}", flush=True)
    return here, there


def _night(
    watch: Watch, targets: tuple[Target, ...], folder: Path, executor: Executor, tell: Callable[[object], None] = lambda _: None
) -> Night:
    folder.mkdir(parents=True)
    begun = time.monotonic()
    with Store.open(folder / "auditor.db") as store:
        outcome = run_round(watch, targets, store, executor, trigger="bench", tell=tell)
        seconds = time.monotonic() - begun
        failed = [run.site for run in outcome.runs if run.state is RunState.FAILED]
        if failed:
            raise SystemExit(f"not audited: {failed}")
        standing: Standing = {}
        twice = 0
        for site in (target.site.id for target in targets):
            issues = [(i.page, i.rule, i.element.selector, i.instance, i.group, i.state.value) for i in store.issues(site)]
            ledger = [(entry.url, entry.variant.value, entry.state.value) for entry in store.ledger(site)]
            standing[site] = frozenset(issues), frozenset(ledger)
            twice += len(issues) - len(standing[site][0]) + len(ledger) - len(standing[site][1])
    return Night(seconds=seconds, standing=standing, twice=twice)


# ---------------------------------------------------------------------------------------------- the kills


def _struck(watch: Watch, targets: tuple[Target, ...], folder: Path, strike: Callable[[LocalCluster], None]) -> Night:
    """A round in whose midst something is killed."""
    pages = threading.Semaphore(0)

    def tell(told: Progress | RunSummary) -> None:
        if isinstance(told, Progress):
            pages.release()

    with LocalCluster(folder / "cluster") as cluster:
        for _ in range(COUNT):
            cluster.work()

        def later() -> None:
            for _ in range(8):
                pages.acquire(timeout=60)
            strike(cluster)

        killer = threading.Thread(target=later, daemon=True)
        with workers(cluster=Cluster(address=cluster.address)) as executor:
            killer.start()
            night = _night(watch, targets, folder / "there", executor, tell)  # type: ignore[arg-type]
        killer.join(60)
    print(f"{night.seconds:.1f} s with the kill", flush=True)
    return night


def _kill_worker(cluster: LocalCluster) -> None:
    busy = next((worker for worker in cluster.workers if browsers(worker.pid)), cluster.workers[0])
    kill(busy)


def _kill_scheduler(cluster: LocalCluster) -> None:
    scheduler: subprocess.Popen[bytes] | None = cluster.scheduler
    if scheduler is not None:
        kill(scheduler)
    for worker in list(cluster.workers):
        worker.wait(60)
    cluster.schedule()
    for _ in range(COUNT):
        cluster.work()


def _same(alone: Night, *nights: Night) -> tuple[bool, str]:
    """Whether rounds came to what a round on this machine did."""
    lost = more = twice = 0
    for night in nights:
        twice += night.twice
        for site, sides in alone.standing.items():
            for before, after in zip(sides, night.standing[site], strict=True):
                lost += len(before - after)
                more += len(after - before)
    return not (lost or more or twice), f"{lost} issues and addresses lost, {more} too many, {twice} twice"


def _line(name: str, holds: bool, told: str) -> bool:
    print(f"{'holds' if holds else 'FAILS'}  {name}: {told}", flush=True)
    return holds


if __name__ == "__main__":
    sys.exit(main())
