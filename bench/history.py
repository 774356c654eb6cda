"""How large the database of a year of made-up nights is, how long each question to it takes, and what memory reports need.

    python -m bench.history [--nights 365] [--sites 200] [--pages 50] [--db FILE]

Nothing is visited: nights are made up and stored as nights store them (`bench.made_nights`). FILE is kept, and used again where it is
there; without --db all is thrown away. Printed are

- the database in MB, and its largest tables;
- the readings of the store by which reports, service, exports and the next night ask, the median of five goes and the slowest;
- the pages of the service, from the question to the drawn page;
- the statements that a whole report and every export asked the database: how often, and the slowest time of each;
- what `auditor report --no-pdf` takes, for the whole city and for a list of one site: seconds, peak memory and the largest page,
  measured from outside.

Aims at the full size: under 500 MB, under 300 ms each, reports in under 500 MB of memory with no page above 300 kB. Smaller sizes are no
measurement of them. "Over" is what takes the processor longer: by the clock, a busy machine takes as long as it likes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

from ruamel.yaml import YAML

from auditor import publish, store_brief, store_stream
from auditor.explaining import explained
from auditor.exporting import export
from auditor.model import History, Watch
from auditor.remembering import Remembered
from auditor.store import Store
from auditor.store_cases import Cases
from auditor.targets import load
from bench.made_nights import made_sites, store_nights
from bench.timed_store import Asked, timed_store
from checks import judge
from reports import assessment, catalogue, city, night
from reports import site as site_report
from reports.exports import named, names

SHIPPED = Path(__file__).parents[1] / "targets.yml"
LARGEST, SLOWEST, MEMORY, PAGE = 500, 300, 500, 300  # MB, ms, MB, kB
GOES = 5
OWNERS = 40


def main() -> None:
    """Make, measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, many in (("--nights", 365), ("--sites", 200), ("--pages", 50)):
        words.add_argument(name, type=int, default=many)
    words.add_argument("--db", type=Path, help="where the database is kept")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, beside = chosen.db or Path(folder) / "auditor.db", Path(folder)
        if not path.exists():
            make(path, chosen.nights, chosen.sites, chosen.pages)
        Store.open(path).close()  # one of an earlier version is brought up to date
        watch = listed(path, beside / "targets.yml")
        listed(path, beside / "one.yml", 1)
        for line in chain(size(path), readings(path, watch), pages(path, watch), statements(path, watch, beside / "out")):
            print(line, flush=True)
        for targets, what in (("targets.yml", "the city and its sites"), ("one.yml", "one site")):
            print(told_report(path, beside, targets, what), flush=True)


def make(path: Path, nights: int, sites: int, pages: int) -> None:
    """Store the nights."""
    begun = time.monotonic()
    with Store.open(path) as store:
        store.db.execute("PRAGMA synchronous = OFF")  # what is lost with the power is made again
        store_nights(store, made_sites(sites, pages), nights)
    print(f"{nights} nights x {sites} sites x {pages} pages made and stored in {time.monotonic() - begun:.0f} s", flush=True)


def listed(path: Path, file: Path, most: int | None = None) -> Watch:
    """The shipped targets.yml with the sites of the database in place of its own, spread over its regions."""
    with Store.open(path, readonly=True) as store:
        sites = list(store_stream.sites(store).values())[:most]
    yaml = YAML()
    told = yaml.load(SHIPPED)
    regions = [region["id"] for region in told["regions"]]
    told["sites"] = [
        {
            "id": one.id, "name": one.name, "url": one.url, "category": one.category.value, "region": regions[number % len(regions)],
            "owner": f"第{number % OWNERS + 1}局",
        }
        for number, one in enumerate(sites)
    ]  # fmt: skip
    yaml.dump(told, file)
    return load(file)


# ---------------------------------------------------------------------------------------------- how large


def size(path: Path) -> Iterator[str]:
    """The database file, and its largest tables and indices."""
    whole = sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*") if one.is_file()) / 1e6
    with Store.open(path, readonly=True) as store:
        counts = [store.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("round", "run", "address", "issue", "tally")]
        yield "{} rounds, {} runs, {} addresses, {} issues, {} stretches of tallies".format(*counts)
        yield f"database                 {whole:>9.1f} MB (aim < {LARGEST})"
        query = "SELECT name, sum(pgsize) / 1e6 FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 10"
        for name, many in store.db.execute(query).fetchall():
            yield f"  {name:<22} {many:>9.1f} MB"


# ---------------------------------------------------------------------------------------------- how long


def readings(path: Path, watch: Watch) -> Iterator[str]:
    """Every reading of the store that is asked of one site or of all, by whom it is asked."""
    with Store.open(path, readonly=True) as store:
        rounds = store.rounds()
        site, first, last = watch.targets[0].site.id, rounds[-1].id, rounds[0].id
        issue = store.issues(site, standing=True)[0]
        some = [one.id for one in store.issues(site)[:100]]
        brief, remembered, now = publish.read_history(watch, store, brief=True), Remembered(), datetime.now(UTC)
        asked: dict[str, Callable[[], Any]] = {
            "all rounds": store.rounds,
            "round that did not end": store.unfinished,
            "newest run of a site": lambda: store.runs(site, 1),
            "one run": lambda: store.run_of(site, first),
            "all runs of a site, in brief": lambda: store.runs(site, brief=True),
            "the newest 30 runs of a site": lambda: store.runs(site, 30),
            "standing issues of a site": lambda: store.issues(site, standing=True),
            "closed issues of a site": lambda: store.issues(site, standing=False),
            "all issues of a site": lambda: store.issues(site),
            "one issue": lambda: store.issue(issue.id),
            "ledger of a site": lambda: tuple(store.ledger(site)),
            "ledger of a site after the first night": lambda: tuple(store.ledger(site, first)),
            "tallies of a site": lambda: store.tallies(site),
            "tallies of a site after the first night": lambda: store.tallies(site, first),
            "what an index of the first night rests on": lambda: store.night(site, first),
            "known addresses of a site": lambda: store.known(site),
            "rules asked before": lambda: store.asked_before(site, last),
            "decisions, permits, notes, archived sites": lambda: (
                store.decisions(site), store.permits(site), store.noted(site), store.archived()
            ),
            "journal of a site": lambda: store.journal(last, site),
            "why an index moved since the night before": lambda: explained(store, site, judge.counting()),
            "why an index moved since the first night": lambda: explained(store, site, judge.counting(), since=first, until=last),
            "all sites": lambda: store_stream.sites(store),
            "newest run of every site": store.newest_runs,
            "runs of a night": lambda: store.runs_in(last),
            "what a round under way has judged": lambda: store.progress(last),
            "what has changed, site by site": lambda: (store.mark(), store.marks()),
            "issues of a component": lambda: store.group(site, issue.group),
            "issues of a site, a hundred at a time": lambda: store.issue_page(site, "", 101, {}),
            "whether a picture belongs to a site": lambda: store.shown(site, issue.picture or "0" * 64),
            "messages of a hundred issues": lambda: store_brief.messages(store, some),
            "retests, cases, rules, bridges, core index": lambda: (
                store.retests(2000), Cases(store, watch.timezone).all(), store.ruleset("r1"), store.bridges(site), store.core(site)
            ),
            "issues of a site, the hardest first": lambda: list(store_stream.issues(store, site, urgent=True)),
            "issues of a site, page by page": lambda: list(store_stream.issues(store, site, urgent=False)),
            "pages of each component of a site": lambda: store_stream.pages_of_groups(store, site),
            "history of one site": lambda: publish.read_site(brief, watch, store, watch.targets[0]),
            "brief history of all sites, nothing known": lambda: publish.read_history(watch, store, brief=True),
            "the same, one site changed": lambda: publish.read_history(replace(watch, targets=watch.targets[:1]), store, brief=True),
            "the same, nothing changed": lambda: remembered.history(watch, store, now),
        }  # fmt: skip
        remembered.history(watch, store, now)
        yield f"\nreadings of the store (aim < {SLOWEST} ms)"
        yield from (timed(name, ask) for name, ask in asked.items())


def pages(path: Path, watch: Watch) -> Iterator[str]:
    """The pages of the service: what has to be read of all sites is read once after a night."""
    with Store.open(path, readonly=True) as store:
        brief = _as_of_the_last_night(publish.read_history(watch, store, brief=True))
        site = publish.read_site(brief, watch, store, watch.targets[0])
        yield "\npages, drawn from what was read"
        for name, ask in {
            "city": lambda: list(city.render(brief)),
            "all plans": lambda: list(assessment.render(brief)),
            "all indicators": lambda: list(catalogue.render(brief)),
            "the night": lambda: list(night.render(brief)),
            "one site": lambda: list(site_report.render_site(site, site.sites[0])),
        }.items():
            yield timed(name, ask)


def _as_of_the_last_night(history: History) -> History:
    return replace(history, now=history.rounds[0].started + timedelta(hours=8))


def statements(path: Path, watch: Watch, out: Path) -> Iterator[str]:
    """Every statement of a whole report and of the exports of one site, the slowest first."""
    with timed_store(path) as (store, asked):
        publish.publish(watch, store, out / "site")
        yield from _statements("report", asked)
    with timed_store(path) as (store, asked):
        for name in names():
            export(store, named(name), [watch.targets[0].site.id], out / name, language="zh", public=False)
        yield from _statements("exports of one site", asked)


def _statements(what: str, asked: Mapping[str, Asked]) -> Iterator[str]:
    yield f"\nstatements of {what}: {len(asked)} different ones, {sum(one.times for one in asked.values())} asked"
    for sql, one in sorted(asked.items(), key=lambda item: -item[1].slowest):
        yield (
            f"{one.slowest * 1000:>8.1f} ms at most, of the processor {one.hardest * 1000:>8.1f} ms, {one.times:>5} times, "
            f"{one.rows:>6} rows  {sql[:150]}"
        )


def timed(name: str, ask: Callable[[], Any]) -> str:
    """The median of some goes by the clock and of the processor, which is what an idle machine would take, and the slowest of them."""
    clock, processor = [], []
    for _ in range(GOES):
        begun = time.perf_counter(), time.process_time()
        ask()
        clock.append((time.perf_counter() - begun[0]) * 1000)
        processor.append((time.process_time() - begun[1]) * 1000)
    told = f"median {median(clock):>9.1f} ms, of the processor {median(processor):>9.1f} ms, slowest {max(clock):>9.1f} ms"
    return f"{name:<44} {told}{'  (over)' if median(processor) > SLOWEST else ''}"


# ---------------------------------------------------------------------------------------------- how much memory


def told_report(path: Path, beside: Path, targets: str, what: str) -> str:
    """One run of the command in a process of its own: seconds, peak memory and the largest page."""
    out, begun = beside / f"report {targets}", time.monotonic()
    command = [sys.executable, "-m", "auditor", "report", "--no-pdf", "-t", str(beside / targets), "--db", str(path), "--out", str(out)]
    peak = 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        while child.poll() is None:
            peak = max(peak, _peak(child.pid))
            time.sleep(0.1)
    if child.returncode:
        raise SystemExit(f"auditor report ended with {child.returncode}")
    written = list(out.rglob("*.html"))
    largest = max(written, key=lambda one: one.stat().st_size)
    return (
        f"\nauditor report, {what}: {time.monotonic() - begun:.0f} s, peak memory {peak:.0f} MB (aim < {MEMORY}), "
        f"{len(written)} pages, the largest {largest.name} with {largest.stat().st_size / 1000:.0f} kB (aim < {PAGE})"
    )


def _peak(process: int) -> float:
    """The most memory that a process has held so far, in MB; 0 where it is gone. What wait4 tells would be ours where that is more."""
    try:
        told = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmHWM:")), 0.0)


if __name__ == "__main__":
    main()
