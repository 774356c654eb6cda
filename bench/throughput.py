"""How much of the speed of a bare loop (same browser, two tabs, warm goto + axe.run) an audit keeps; all measured in one run.

    python -m bench.throughput [--pages 60] [--repeats 3] [--profiles axe static full] [--evidence]

Runs on the real pages of the research material (AUDITOR_SHARED), each contender in a process of its own. Prints for each repeat the pages
per second, the ratio to the bare loop of the same repeat, seconds of processor per page of all processes together, our Python's share of
them and its largest memory; then the medians. For the profile axe it is told on how many pages axe found the same violations in both.
Times on a shared machine are noise; the ratio of neighbours is less so, and that of the processor's seconds hardly.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from playwright.async_api import Error, async_playwright

from auditor.audit import audit
from auditor.model import Category, Network, Order, Profile, Progress, Site, State, Target
from checks.axe.probe import OPTIONS
from checks.axe.source import axe_source
from crawlers.browsers.find import find_browser, launch_flags

SHARED = Path(os.environ.get("AUDITOR_SHARED", Path(__file__).parents[2] / "shared")) / "realpages"
TABS = 2
PORT = 18931
BARE = "bare"
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a contender came to."""

    speed: float  #: pages per second, without the start of the browser
    cpu: float  #: seconds of processor per page, of all processes
    own: float  #: share of our Python in them
    memory: float  #: largest resident set of our Python, in MB
    violations: Mapping[str, int] = field(default_factory=dict)  #: page -> nodes that axe fails


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--pages", type=int, default=60)
    words.add_argument("--repeats", type=int, default=3)
    words.add_argument("--profiles", nargs="*", default=["axe", "static"], choices=[profile.value for profile in Profile])
    words.add_argument("--evidence", action="store_true", help="with pictures and snapshots, as in a night")
    words.add_argument("--one", help=argparse.SUPPRESS)
    chosen = words.parse_args()
    if chosen.one:
        print(json.dumps(asdict(_one(chosen.one, chosen.pages, chosen.evidence))))
        return
    server = subprocess.Popen([sys.executable, "-W", "ignore", str(SHARED / "serve.py"), "--port", str(PORT)], stdout=subprocess.DEVNULL)
    try:
        wait_for(PORT)
        found: dict[str, list[Measured]] = {}
        for number in range(chosen.repeats):
            for name in (BARE, *chosen.profiles):
                told = _apart(name, chosen.pages, chosen.evidence)
                found.setdefault(name, []).append(told)
                print(f"{number + 1}: {_line(name, told, found[BARE][-1])}", flush=True)
        for name, measured in found.items():
            print(f"median: {_line(name, _median(measured), _median(found[BARE]))}")
    finally:
        server.terminate()
        server.wait(10)


def _apart(name: str, most: int, evidence: bool) -> Measured:
    """One contender in a fresh process."""
    more = ["--evidence"] if evidence else []
    call = [sys.executable, "-m", "bench.throughput", "--one", name, "--pages", str(most), *more]
    told = subprocess.run(call, stdout=subprocess.PIPE, check=True).stdout
    return Measured(**json.loads(told.splitlines()[-1]))


def _one(name: str, most: int, evidence: bool) -> Measured:
    with contextlib.suppress(AttributeError, OSError):  # whatever the browser leaves behind is ours to wait for, so that its time is told
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    addresses = pages(most)
    speed, violations = asyncio.run(bare_loop(addresses, PORT)) if name == BARE else audited(addresses, PORT, evidence, Profile(name))
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, 0):
            pass
    own, others = (sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Measured(speed=speed, cpu=(own + others) / len(addresses), own=own / (own + others), memory=memory, violations=violations)


def _line(name: str, told: Measured, bare: Measured) -> str:
    same = sum(told.violations.get(page) == count for page, count in bare.violations.items())
    axe = f", axe fails as much on {same} of {len(bare.violations)} pages" if name == Profile.AXE.value else ""
    return (
        f"{name} {told.speed:.2f} pages/s, ratio {told.speed / bare.speed:.2f}; {told.cpu:.2f} s of processor per page, "
        f"ratio {bare.cpu / told.cpu:.2f}, {told.own:.0%} of it our Python, {told.memory:.0f} MB{axe}"
    )


def _median(all: Sequence[Measured]) -> Measured:
    middle = {name: statistics.median(getattr(one, name) for one in all) for name in ("speed", "cpu", "own", "memory")}
    return Measured(**middle, violations=all[-1].violations)


def pages(most: int) -> list[str]:
    """Addresses of saved pages, every host in turn, the big statistics host no more than the others together."""
    sites = json.loads((SHARED / "sites.json").read_text(encoding="utf-8"))["sites"]
    lists = []
    for site in sites.values():
        root = SHARED / site["root"]
        found = sorted(path for path in root.rglob("*.html") if path.stat().st_size > 2000)
        lists.append([f"http://{site['aliases'][0]}/{path.relative_to(root).as_posix()}" for path in found])
    turns = max(map(len, lists))
    return [group[turn] for turn in range(turns) for group in lists if turn < len(group)][:most]


async def bare_loop(addresses: Sequence[str], port: int) -> tuple[float, dict[str, int]]:
    """Pages per second of goto + axe.run in the page's own world, two tabs, nothing kept; and the nodes that fail on each page."""
    todo = list(reversed(addresses))
    call = f"axe.run(document, {json.dumps(dict(OPTIONS))}).then(answer => answer.violations.flatMap(rule => rule.nodes).length)"
    violations: dict[str, int] = {}

    async with async_playwright() as playwright:
        flags = [*launch_flags(), f"--host-resolver-rules=MAP *:80 127.0.0.1:{port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=flags)
        context = await browser.new_context(viewport={"width": 1280, "height": 800})

        async def tab() -> int:
            page, done = await context.new_page(), 0
            while todo:
                url = todo.pop()
                try:
                    await page.goto(url, wait_until="load", timeout=15_000)
                    await page.evaluate(axe_source())
                    violations[url] = await page.evaluate(call)
                    done += 1
                except Error as error:
                    print(f"   bare loop: {error.message.splitlines()[0][:120]}")
            return done

        warm = await context.new_page()
        await warm.goto(addresses[0], wait_until="load", timeout=15_000)
        await warm.close()
        begun = time.perf_counter()
        done = sum(await asyncio.gather(*(tab() for _ in range(TABS))))
        seconds = time.perf_counter() - begun
        await browser.close()
    return done / seconds, violations


def audited(addresses: Sequence[str], port: int, evidence: bool, profile: Profile) -> tuple[float, dict[str, int]]:
    """Pages per second of an audit of exactly these addresses, without the start of the browser; and what axe fails on each page."""
    resolve = {f"{address.split('/')[2]}:80": f"127.0.0.1:{port}" for address in addresses}
    site = Site(id="bench", name="", url=addresses[0], category=Category.OTHER, region="", owner="")
    target = Target(site=site, pages=tuple(addresses), delay=0.0, tabs=TABS, profile=profile)
    order = Order(target=target, network=Network(resolve=resolve), round="bench", now=datetime.now(UTC), crawl=False, evidence=evidence)
    times: list[float] = []
    violations: dict[str, int] = {}

    def report(progress: Progress) -> None:
        times.append(time.perf_counter())
        violations[progress.judged.coverage.url] = sum(one.failed for one in progress.judged.tallies)

    run = audit(replace(order, level=None), report)
    done = sum(entry.state is State.AUDITED for entry in run.coverage)
    return (done - 1) / (times[-1] - times[0]), violations


def wait_for(port: int) -> None:
    """Until the page server answers."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            urlopen(f"http://127.0.0.1:{port}/__lab/sites", timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the page server does not answer")


if __name__ == "__main__":
    main()
