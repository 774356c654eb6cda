"""Draws findings of our own checks on the real pages for a person to judge, each with a picture; and counts the verdicts.

    python -m bench.precision --out FOLDER        audit, draw, write FOLDER/sample.csv, for each finding a picture
                                                  and, where one was taken, what the use of the page showed
    python -m bench.precision --judged FOLDER/sample.csv        print the precision, keep the table as bench/precision.csv
    python -m bench.precision --used …            the same for what only shows when a page is used, on the demo city too:
                                                  bench/precision_used.csv

Only failed findings count that our checks alone speak of. At most MOST are drawn, by a seed that stands in this file:
check by check in turns, at most EACH of one check on one host, and at most a fifth from the statistics host.
Whoever judges has not written the check. `verdict`: true (the barrier is there, as the message says), false, or unclear, which counts
as false; `why` in a sentence. The table that is kept holds no text of the pages but the first 80 characters of the markup.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import islice, zip_longest
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from auditor.addresses import host_of
from auditor.audit import audit
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import Category, Driver, Finding, Network, Order, Outcome, Probe, Profile, Progress, Site, State, Target
from auditor.targets import loads
from bench.throughput import SHARED, pages, wait_for
from checks.check import ENGINE, INTERACTION, LAYOUT
from crawlers.browsers import open_browser
from crawlers.egress import Egress

SEED = 20261123
MOST, EACH, FIFTH = 100, 3, 5
STATISTICS = "www.stats.gov.cn"
PORT = 18933
KEPT = Path(__file__).parent / "precision.csv"
KEPT_USED = KEPT.with_name("precision_used.csv")
LOOKED, USED = frozenset({ENGINE}), frozenset({LAYOUT, INTERACTION})
GATE = {LOOKED: 0.95, USED: 0.90}  # of issue 4 and issue 5
COLUMNS = ("number", "host", "path", "rule", "criteria", "selector", "snippet", "message", "picture", "scene", "caption", "verdict", "why")
KEPT_COLUMNS = tuple(name for name in COLUMNS if name not in ("message", "picture", "scene", "caption"))
VERDICTS = ("true", "false", "unclear")


def main() -> None:
    """Draw, or count."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = words.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=Path, metavar="FOLDER", help="where the sample is written")
    what.add_argument("--judged", type=Path, metavar="FILE", help="a sample in which every verdict is filled in")
    words.add_argument("--pages", type=int, default=60, help="pages to audit; hosts in turn")
    words.add_argument("--used", action="store_true", help="findings of experiments, instead of those of the look at the page")
    chosen = words.parse_args()
    engines = USED if chosen.used else LOOKED
    if chosen.judged:
        with chosen.judged.open(encoding="utf-8-sig", newline="") as file:
            sys.exit(count(list(csv.DictReader(file)), KEPT_USED if chosen.used else KEPT, GATE[engines]))
    chosen.out.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen([sys.executable, "-W", "ignore", str(SHARED / "serve.py"), "--port", str(PORT)], stdout=subprocess.DEVNULL)
    try:
        wait_for(PORT)
        findings, blobs = audited(*saved(chosen.pages, Profile.FULL if chosen.used else Profile.STATIC), engines)
        if chosen.used:
            of_city, more = city(engines)
            findings, blobs = [*findings, *of_city], {**blobs, **more}
        sample = draw(findings, engines=engines)
        pictures = asyncio.run(shown([finding for finding in sample if not finding.picture and not chosen.used]))
    finally:
        server.terminate()
        server.wait(10)
    rows = [_row(number, finding, chosen.out, blobs, pictures) for number, finding in enumerate(sample, 1)]
    with (chosen.out / "sample.csv").open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    print(f"{len(sample)} of {len(findings)} findings, seed {SEED}; {sum(not row['picture'] for row in rows)} without a picture")
    for name in ("host", "rule"):
        print(f"{name}: {', '.join(f'{value} {times}' for value, times in Counter(row[name] for row in rows).most_common())}")


# ---------------------------------------------------------------------------------------------- drawing


def draw(
    findings: Iterable[Finding], *, engines: Set[str] = LOOKED, seed: int = SEED, most: int = MOST, each: int = EACH
) -> list[Finding]:
    """The sample: the same findings, in whatever order they come, give the same one."""
    chance = Random(seed)
    ours = sorted((finding for finding in findings if counts(finding, engines)), key=_key)
    others = _turns([finding for finding in ours if host_of(finding.page) != STATISTICS], chance)
    statistics = _turns([finding for finding in ours if host_of(finding.page) == STATISTICS], chance)
    drawn = Counter[tuple[str, str]]()

    def fresh(line: Iterator[Finding]) -> Iterator[Finding]:
        for finding in line:
            stratum = host_of(finding.page), finding.rule
            if drawn[stratum] < each:
                drawn[stratum] += 1
                yield finding

    first = fresh(others)
    sample = list(islice(first, most - most // FIFTH))
    sample += islice(fresh(statistics), min(most // FIFTH, len(sample) // (FIFTH - 1)))
    sample += islice(first, most - len(sample))
    return sorted(sample, key=_key)


def counts(finding: Finding, engines: Set[str] = LOOKED) -> bool:
    """Whether these engines alone say that something is wrong there."""
    return finding.outcome is Outcome.FAILED and set(finding.engines) <= engines


def _turns(findings: Iterable[Finding], chance: Random) -> Iterator[Finding]:
    """One finding of each check in turn; those of a check one of each host in turn; by chance otherwise."""
    strata: dict[str, dict[str, list[Finding]]] = {}
    for finding in findings:
        strata.setdefault(finding.rule, {}).setdefault(host_of(finding.page), []).append(finding)
    return _in_turn([list(_in_turn(_shuffled(list(hosts.values()), chance), chance)) for hosts in strata.values()], chance)


def _in_turn(queues: Sequence[list[Finding]], chance: Random) -> Iterator[Finding]:
    order = list(queues)
    chance.shuffle(order)
    return (finding for turn in zip_longest(*order) for finding in turn if finding is not None)


def _shuffled(queues: list[list[Finding]], chance: Random) -> list[list[Finding]]:
    for queue in queues:
        chance.shuffle(queue)
    return queues


def _key(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.page, finding.element.selector, finding.message


# ---------------------------------------------------------------------------------------------- seeing


def saved(most: int, profile: Profile) -> tuple[Target, Network]:
    """The saved real pages, as if they were one site."""
    addresses = pages(most)
    site = Site(id="bench", name="", url=addresses[0], category=Category.OTHER, region="", owner="")
    return Target(site=site, pages=tuple(addresses), delay=0.0, profile=profile), Network(resolve=_resolve(addresses))


def city(engines: Set[str]) -> tuple[list[Finding], Mapping[str, bytes]]:
    """All findings of these engines on the pages of the demo city in its first night, and their pictures."""
    findings: list[Finding] = []
    blobs: dict[str, bytes] = {}
    with City(night=1) as served:
        watch = loads(targets_text(served.port))
        for target in watch.targets:
            here, shown = audited(replace(target, interaction_pages=target.max_pages), watch.network, engines, crawl=True)
            findings += here
            blobs.update(shown)
    return findings, blobs


def audited(target: Target, network: Network, engines: Set[str], *, crawl: bool = False) -> tuple[list[Finding], Mapping[str, bytes]]:
    """All failed findings of these engines on these pages, and the pictures by digest."""
    order = Order(target=target, network=network, round="bench", now=datetime.now(UTC), level=None, crawl=crawl)
    blobs: dict[str, bytes] = {}

    def keep(progress: Progress) -> None:
        told = [finding for finding in progress.judged.findings if counts(finding, engines)]
        pictures = {name for finding in told for name in (finding.picture, finding.scene)}
        blobs.update((name, blob) for name, blob in progress.blobs.items() if name in pictures)

    run = audit(order, keep)
    for entry in run.coverage:
        if entry.state is not State.AUDITED:
            print(f"!!! {entry.url}: {entry.state} {entry.reason}")
    return [finding for finding in run.findings if counts(finding, engines)], blobs


async def shown(findings: Sequence[Finding]) -> Mapping[tuple[str, str], bytes]:
    """Pictures of findings for which the audit made none (it shows one of each shape), by page and selector."""
    found: dict[tuple[str, str], bytes] = {}
    addresses = list(dict.fromkeys(finding.page for finding in findings))
    async with Egress(Network(resolve=_resolve(addresses))) as egress:
        opened = open_browser("playwright", egress=egress, suffix="BenchAudit/1.0", viewport=(1280, 800), pictures=True, tabs=1)
        async with opened as browser:
            for address in addresses:
                elements = [finding.element for finding in findings if finding.page == address]
                places = [{"selector": one.selector, "box": asdict(one.box)} for one in elements if one.box]
                page = await browser.visit(address, [_pointing(places)], limit=120.0)
                found.update(((address, selector), picture) for selector, picture in page.pictures.items())
    return found


def _pointing(places: Sequence[Mapping[str, Any]]) -> Probe:
    """A probe that asks nothing and wants these places to be shown."""

    async def ask(driver: Driver, facts: Mapping[str, Any]) -> Any:
        return len(places)

    return Probe(name="shown", ask=ask, places=lambda facts: places)


def _resolve(addresses: Iterable[str]) -> Mapping[str, str]:
    return {f"{host_of(address)}:80": f"127.0.0.1:{PORT}" for address in addresses}


# ---------------------------------------------------------------------------------------------- tables


def _row(
    number: int, finding: Finding, folder: Path, blobs: Mapping[str, bytes], pictures: Mapping[tuple[str, str], bytes]
) -> Mapping[str, str]:
    picture = blobs.get(finding.picture) or pictures.get((finding.page, finding.element.selector))
    name = f"{number:03}.webp" if picture else ""
    if picture:
        (folder / name).write_bytes(picture)
    scene = f"{number:03}-used.webp" if finding.scene else ""
    if scene:
        (folder / scene).write_bytes(blobs[finding.scene])
    parts = urlsplit(finding.page)
    return {
        "number": str(number), "host": parts.netloc, "path": parts.path + (f"?{parts.query}" if parts.query else ""), "rule": finding.rule,
        "criteria": " ".join(finding.criteria), "selector": finding.element.selector, "snippet": finding.element.snippet,
        "message": finding.message, "picture": name, "scene": scene, "caption": finding.caption, "verdict": "", "why": "",
    }  # fmt: skip


def count(rows: Sequence[Mapping[str, str]], kept: Path, gate: float = GATE[LOOKED]) -> int:
    """Print the precision of a judged sample and keep its table; 1 if it is below the gate (a share), 2 if a verdict is missing."""
    if missing := [row["number"] for row in rows if row["verdict"].strip() not in VERDICTS]:
        print(f"no verdict ({' | '.join(VERDICTS)}) at {', '.join(missing)}")
        return 2
    told = [{name: row[name][:80] if name == "snippet" else row[name].strip() for name in KEPT_COLUMNS} for row in rows]
    with kept.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, KEPT_COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(told)
    right = sum(row["verdict"] == "true" for row in told)
    print(f"precision {right}/{len(told)} = {100 * right / max(len(told), 1):.1f} % (gate >= {100 * gate:.0f} %)")
    for row in told:
        if row["verdict"] != "true":
            print(f"  {row['number']:>3} {row['verdict']:8}{row['rule']:32}{row['host']}  {row['why']}")
    return int(right < gate * len(told))


if __name__ == "__main__":
    main()
