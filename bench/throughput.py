"""How much of the speed of a bare loop (same browser, two tabs, goto + axe.run) an audit keeps; both measured in one run.

    python -m bench.throughput [--pages 60] [--repeats 3]

Runs on the real pages of the research material (AUDITOR_SHARED). Prints pages per second of both and their ratio for each repeat,
and the medians. Times on a shared machine are noise; the ratio of neighbours is not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from playwright.async_api import Error, async_playwright

from auditor.audit import audit
from auditor.model import Category, Network, Order, Profile, Site, State, Target
from checks.axe.probe import OPTIONS
from checks.axe.source import axe_source
from crawlers.browsers.find import find_browser, launch_flags

SHARED = Path(os.environ.get("AUDITOR_SHARED", Path(__file__).parents[2] / "shared")) / "realpages"
TABS = 2


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--pages", type=int, default=60)
    words.add_argument("--repeats", type=int, default=3)
    chosen = words.parse_args()
    port = 18931
    server = subprocess.Popen([sys.executable, "-W", "ignore", str(SHARED / "serve.py"), "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        addresses = pages(chosen.pages)
        ratios = {"judged": [], "with pictures and snapshots": []}
        for number in range(chosen.repeats):
            bare = asyncio.run(bare_loop(addresses, port))
            for name, evidence in (("judged", False), ("with pictures and snapshots", True)):
                ours = audited(addresses, port, evidence)
                ratios[name].append(ours / bare)
                print(f"{number + 1}: bare {bare:.2f} pages/s, {name} {ours:.2f} pages/s, ratio {ours / bare:.2f}", flush=True)
        for name, found in ratios.items():
            print(f"median ratio, {name}: {statistics.median(found):.2f} ({len(addresses)} pages)")
    finally:
        server.terminate()
        server.wait(10)


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


async def bare_loop(addresses: Sequence[str], port: int) -> float:
    """Pages per second of goto + axe.run in the page's own world, two tabs, nothing kept."""
    todo = list(reversed(addresses))
    call = f"axe.run(document, {json.dumps(dict(OPTIONS))}).then(answer => answer.violations.length)"

    async with async_playwright() as playwright:
        flags = [*launch_flags(), f"--host-resolver-rules=MAP *:80 127.0.0.1:{port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=flags)
        context = await browser.new_context(viewport={"width": 1280, "height": 800})

        async def tab() -> int:
            page, done = await context.new_page(), 0
            while todo:
                try:
                    await page.goto(todo.pop(), wait_until="load", timeout=15_000)
                    await page.evaluate(axe_source())
                    await page.evaluate(call)
                    done += 1
                except Error as error:
                    print(f"   bare loop: {error.message.splitlines()[0][:120]}")
            return done

        begun = time.perf_counter()
        done = sum(await asyncio.gather(*(tab() for _ in range(TABS))))
        seconds = time.perf_counter() - begun
        await browser.close()
    return done / seconds


def audited(addresses: Sequence[str], port: int, evidence: bool) -> float:
    """Pages per second of an audit of exactly these addresses, without the start of the browser."""
    resolve = {f"{address.split('/')[2]}:80": f"127.0.0.1:{port}" for address in addresses}
    site = Site(id="bench", name="", url=addresses[0], category=Category.OTHER, region="", owner="")
    target = Target(site=site, pages=tuple(addresses), delay=0.0, tabs=TABS, profile=Profile.STATIC)
    order = Order(target=target, network=Network(resolve=resolve), round="bench", now=datetime.now(UTC), crawl=False, evidence=evidence)
    audit(replace(order, target=replace(target, pages=tuple(addresses[:1]))), lambda _: None)  # warms the disk cache of the browser
    times: list[float] = []
    run = audit(order, lambda _: times.append(time.perf_counter()))
    done = sum(entry.state is State.AUDITED for entry in run.coverage)
    return (done - 1) / (times[-1] - times[0])


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
