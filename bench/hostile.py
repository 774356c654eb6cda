"""One round over all hostile sites and three healthy ones of the demo city: does it end in time, in little memory, with true numbers?

    python -m bench.hostile

Prints a line for each of: the bound computed before the start and the seconds taken; the same for each site by itself; the largest
sum of PSS of this process and everything it started, sampled each second; the healthy sites against an audit of them alone; the
table of states; the sums in ledger, summary and JSON. Ends with status 1 if one of them does not hold. Takes two to three minutes
on two cores.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from hostile import TRAPS, HostileSites, groups, limit, rows, url  # type: ignore[import-not-found,unused-ignore]

from auditor.budgets import round_bound, site_bound
from auditor.demo.city import PORTALS
from auditor.demo.server import City
from auditor.model import Category, Coverage, Issue, Network, RunState, Site, State, Target, Watch
from auditor.rounds import Outcome, run_round
from auditor.store import Store
from auditor.telling import round_json
from auditor.workers import workers
from crawlers.browsers.memory import family, pss

MOST_BYTES = 2_500_000_000
HEALTHY = ("portal", "county", "clean")
MOST_SECONDS = 900  # for the bench as a whole


def main() -> int:
    """Run the round, print what came of it; 0 if every line holds."""
    watchdog = threading.Timer(MOST_SECONDS, lambda: os._exit(3))
    watchdog.daemon = True
    watchdog.start()
    with HostileSites() as sites, City() as city, tempfile.TemporaryDirectory() as folder:
        network = Network(user_agent="BenchAudit/1.0", resolve={**sites.resolve, "*.demo.test:80": f"127.0.0.1:{city.port}"})
        healthy = [_healthy(name) for name in HEALTHY]
        alone = _round(healthy, network, Path(folder) / "alone")
        targets = _mixed([*_hostile(), *_traps()], healthy)
        count = _workers()
        bound = round_bound(targets, count)
        print(f"{len(targets)} sites on {count} workers; computed before the start: at most {bound:.0f} s", flush=True)
        with sampled() as memory:
            night = _round(targets, network, Path(folder) / "night")
    lines = [
        _line("time", night.seconds <= bound, f"{night.seconds:.0f} s of {bound:.0f} s, ratio {night.seconds / bound:.2f}"),
        _line("each site in its own time", *_in_time(night, targets)),
        _line("memory", memory.most < MOST_BYTES, f"at most {memory.most // 10**6} of {MOST_BYTES // 10**6} MB, {memory.samples} samples"),
        _line("healthy sites", *_as_alone(night, alone)),
        _line("states", *_states(night)),
        _line("sums", *_sums(night)),
    ]
    return 0 if all(lines) else 1


# ---------------------------------------------------------------------------------------------- the round


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a round came to."""

    seconds: float
    outcome: Outcome
    ledgers: dict[str, tuple[Coverage, ...]]
    issues: dict[str, tuple[Issue, ...]]


def _round(targets: Sequence[Target], network: Network, folder: Path) -> Night:
    watch = Watch(network=network, targets=tuple(targets))
    folder.mkdir()
    begun = time.monotonic()
    with Store.open(folder / "auditor.db") as store, workers() as executor:
        outcome = run_round(watch, targets, store, executor, trigger="manual")
        seconds = time.monotonic() - begun
        ids = [target.site.id for target in targets]
        ledgers = {site: tuple(store.ledger(site)) for site in ids}
        issues = {site: tuple(store.issues(site)) for site in ids}
    return Night(seconds=seconds, outcome=outcome, ledgers=ledgers, issues=issues)


def _hostile() -> Iterator[Target]:
    """A site for each group of hostile pages: its start page links to all of them."""
    for group in groups():
        site = _site(f"hostile-{group}", url(group, "/"))
        yield Target(site=site, delay=0.0, finders=("links",), max_pages=len(rows(group)) + 1, page_seconds=limit(group), minutes=2)


def _traps() -> Iterator[Target]:
    for trap in TRAPS:
        yield Target(
            site=_site(f"trap-{trap.host}", url(trap.host, "/")), pages=tuple(url(trap.host, path) for path in trap.named), delay=0.0,
            max_pages=trap.max_pages, page_seconds=20, minutes=2,
        )  # fmt: skip


def _healthy(name: str) -> Target:
    portal = next(portal for portal in PORTALS if portal.id == name)
    return Target(site=_site(name, f"http://{portal.host}/"), delay=0.0, max_pages=30, minutes=3)


def _site(name: str, address: str) -> Site:
    return Site(id=name, name=name, url=address, category=Category.OTHER, region="", owner="")


def _mixed(hostile: Sequence[Target], healthy: Sequence[Target]) -> list[Target]:
    """The healthy sites among the hostile ones: at the beginning, in the middle and at the end."""
    third = len(hostile) // 2
    return [*hostile[:2], healthy[0], *hostile[2:third], healthy[1], *hostile[third:], healthy[2]]


def _workers() -> int:
    with workers() as executor:
        return int(getattr(executor, "_max_workers", 2))


# ---------------------------------------------------------------------------------------------- memory


@dataclass
class Memory:
    """The largest sum of PSS seen."""

    most: int = 0
    samples: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        took = 0.0
        while not self.over.wait(max(0.1, 1.0 - took)):
            begun = time.monotonic()
            self.most = max(self.most, pss(family(os.getpid())))
            self.samples += 1
            took = time.monotonic() - begun


@contextmanager
def sampled() -> Iterator[Memory]:
    """Weighs this process and all that it started each second."""
    memory = Memory()
    thread = threading.Thread(target=memory.watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        memory.over.set()
        thread.join(10)


# ---------------------------------------------------------------------------------------------- what has to hold


def _line(name: str, holds: bool, told: str) -> bool:
    print(f"{'holds' if holds else 'FAILS'}  {name}: {told}", flush=True)
    return holds


def _in_time(night: Night, targets: Sequence[Target]) -> tuple[bool, str]:
    """Whether no site took longer than it may: then a stuck one cannot keep its worker from the others."""
    bounds = {target.site.id: site_bound(target) for target in targets}
    taken = {run.site: (run.finished - run.started).total_seconds() for run in night.outcome.runs}
    longest = max(taken, key=lambda site: taken[site])
    wrong = [site for site, seconds in taken.items() if seconds > bounds[site]]
    return not wrong, f"the longest, {longest}, took {taken[longest]:.0f} s" if not wrong else f"too long: {', '.join(wrong)}"


def _as_alone(night: Night, alone: Night) -> tuple[bool, str]:
    """Whether the healthy sites are audited with the same ledger and the same issues as by themselves."""
    states = {run.site: run.state for run in night.outcome.runs}
    wrong = [name for name in HEALTHY if states[name] is not RunState.AUDITED or _seen(night, name) != _seen(alone, name)]
    issues = sum(len(night.issues[name]) for name in HEALTHY)
    return not wrong, f"{', '.join(HEALTHY)}, {issues} issues as alone" if not wrong else f"different: {', '.join(wrong)}"


def _seen(night: Night, site: str) -> tuple[set[tuple[str, State]], set[tuple[str, str]]]:
    ledger = {(entry.url, entry.state) for entry in night.ledgers[site]}
    return ledger, {(issue.rule, issue.instance) for issue in night.issues[site]}


def _states(night: Night) -> tuple[bool, str]:
    """Whether every hostile page ended in its state, with its barrier found."""
    wrong, number = [], 0
    for group in groups():
        site = f"hostile-{group}"
        states = {entry.url: entry.state for entry in night.ledgers[site]}
        found = {(issue.page, issue.rule) for issue in night.issues[site]}
        for row in rows(group):
            number += 1
            address = url(group, row.path)
            if states.get(address) is not row.state:
                wrong.append(f"{address} is {states.get(address)}, not {row.state}")
            elif row.rule and (address, row.rule) not in found:
                wrong.append(f"{address}: {row.rule} is not found")
    for trap in TRAPS:
        number += 1
        ledger = night.ledgers[f"trap-{trap.host}"]
        audited = {entry.url for entry in ledger if entry.state is State.AUDITED}
        if len(ledger) > trap.most or not {url(trap.host, path) for path in trap.healthy} <= audited:
            wrong.append(f"{trap.host}: {len(ledger)} addresses, {len(audited)} audited")
    return not wrong, f"{number} rows as in the table" if not wrong else "; ".join(wrong)


def _sums(night: Night) -> tuple[bool, str]:
    """Whether the addresses known, the states counted and the JSON agree for every site."""
    told = {site["id"]: site["coverage"] for site in round_json(night.outcome)["sites"]}
    total, wrong = 0, []
    for run in night.outcome.runs:
        ledger = night.ledgers[run.site]
        counted = Counter(entry.state.value for entry in ledger)
        total += len(ledger)
        once = len({(entry.url, entry.variant) for entry in ledger}) == len(ledger)
        if not once or counted != told[run.site] or sum(run.coverage.values()) != len(ledger):
            wrong.append(run.site)
    return not wrong, f"{total} addresses, each in one state" if not wrong else f"different: {', '.join(wrong)}"


if __name__ == "__main__":
    sys.exit(main())
