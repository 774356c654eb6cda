"""How fast the service answers fifty readers while a night runs, against the same service with one reader and nothing else to do.

    python -m bench.readers [--readers N] [--seconds S] [--pause S]

Serves the demo city, starts `auditor serve` over it as it is installed, and audits one night so that there is something to read. Then the
same pages (console, report, API, in turn) are asked for twice: by one reader after another page while the service is idle, and by N readers
at once, each of whom looks at a page for `--pause` seconds on average before the next, while nights run without a break. Told are the
median and the 99th percentile of both in milliseconds, their ratio, and errors: answers that are not 200, or that never came. The gate is
a ratio in one run (median under load at most five times that of the idle service, no error); exit status 1 where it is not met.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from auditor.accounts import Account, Role, form_token
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import Profile
from auditor.store import Store
from auditor.store_accounts import Accounts

BARRIER = "a barrier"
BARRIERS = re.compile(r"/sites/portal/groups/[0-9a-f]+")
GATE = 5.0
IDLE = 120
"""Answers that are waited for one after another, without anything else."""

READER = Account(name="bench", title="测量", role=Role.OPERATOR)
SEED = 20261129


@dataclass
class Told:
    """What a phase came to."""

    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    last: str = ""  #: page of a site that was read last

    def line(self, name: str) -> str:
        """One line of the table."""
        ordered = sorted(self.seconds)
        last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        times = f"median {self.median * 1000:8.1f} ms   p99 {last * 1000:8.1f} ms"
        return f"{name:<12}{len(ordered):>8} answers   {times}   errors {self.errors.total()}"

    @property
    def median(self) -> float:
        """Of all answers, seconds."""
        return statistics.median(self.seconds)


class Served:
    """The service as it is installed, in a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        (folder / "targets.yml").write_text(targets_text(port, Profile.STATIC), encoding="utf-8")
        with Store.open(folder / "out" / "auditor.db") as store:
            Accounts(store).add(READER, "Bench-readers-1")
            self.key = Accounts(store).begin(READER, "127.0.0.1", datetime.now(UTC), stay=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.base = f"http://127.0.0.1:{free.getsockname()[1]}"
        command = [sys.executable, "-m", "auditor", "serve", "--port", self.base.rpartition(":")[2]]
        self.process = subprocess.Popen(command, cwd=folder)

    def client(self) -> httpx.AsyncClient:
        """A signed-in reader."""
        return httpx.AsyncClient(base_url=self.base, cookies={"auditor": self.key}, timeout=30)

    def stop(self) -> None:
        """End the process as an installer would."""
        self.process.terminate()
        self.process.wait(timeout=60)


async def main() -> int:
    """Both phases; 1 where the gate is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--pause", type=float, default=5)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, City(night=1) as city:
        served = Served(Path(folder), city.port)
        try:
            async with served.client() as client:
                sites = await ready(client)
                await night(client, served.key, sites)
                pages = await readable(client)
                idle = await one_after_another(client, pages)
            city.night = 2
            loaded, nights = await together(served, sites, pages, wanted)
        finally:
            served.stop()
    ratio = loaded.median / idle.median
    print(idle.line("idle"))
    print(loaded.line(f"{wanted.readers} readers"))
    print(f"nights that ended meanwhile: {nights}; ratio of the medians: {ratio:.2f} (gate {GATE:.0f}); errors: {dict(loaded.errors)}")
    print(json.dumps({"idle_ms": idle.median * 1000, "loaded_ms": loaded.median * 1000, "ratio": ratio, "errors": loaded.errors.total()}))
    return int(ratio > GATE or bool(loaded.errors) or bool(idle.errors))


async def ready(client: httpx.AsyncClient) -> list[str]:
    """Wait for the service; the ids of its sites."""
    for _ in range(600):
        try:
            answer = await client.get("/api/v1/sites?enabled=true&limit=500")
            return [one["id"] for one in answer.raise_for_status().json()["items"]]
        except httpx.HTTPError:
            await asyncio.sleep(0.2)
    raise SystemExit("the service does not answer")


async def night(client: httpx.AsyncClient, key: str, sites: list[str]) -> None:
    """Audit the sites and wait for the end."""
    form = {"form-token": form_token(key), "site": sites}
    begun = await client.post("/run/now", data=form, headers={"Origin": str(client.base_url).rstrip("/")})
    if begun.status_code != 303:
        raise SystemExit(f"no night began: {begun.status_code}")
    while (await client.get("/health")).json()["running"]:
        await asyncio.sleep(1)


async def readable(client: httpx.AsyncClient) -> list[str]:
    """What readers look at: the console, barriers with their pictures, reports, the interface for programs."""
    pages = ["/", "/sites", "/sites/portal", "/sites/hospital", "/sites/hospital/evaluation", "/cases", "/desk", "/reports/"]
    pages += ["/reports/sites/hospital.html", "/api/v1/sites", "/api/v1/sites/portal/issues?limit=50", "/api/v1/sites/portal/runs"]
    shown = (await client.get("/sites/portal")).text
    for path in list(dict.fromkeys(BARRIERS.findall(shown)))[:6]:
        shown = (await client.get(path)).text
        pages += [BARRIER, *(f"/sites/portal/pictures/{digest}.webp" for digest in re.findall(r"pictures/([0-9a-f]{64})", shown))]
    return pages


async def one_after_another(client: httpx.AsyncClient, pages: list[str]) -> Told:
    """The idle service; what it reads once for all of them is read before."""
    told = Told()
    for path in pages:
        await client.get(path)
    for number in range(IDLE):
        await ask(client, pages[number % len(pages)], told)
    return told


async def together(served: Served, sites: list[str], pages: list[str], wanted: argparse.Namespace) -> tuple[Told, int]:
    """Many readers while nights run; how many nights ended in that time."""
    told, until, nights = Told(), time.monotonic() + wanted.seconds, 0

    async def reader(number: int) -> None:
        chance = random.Random(SEED + number)
        async with served.client() as client:
            await asyncio.sleep(chance.uniform(0, wanted.pause))
            while time.monotonic() < until:
                await ask(client, chance.choice(pages), told)
                await asyncio.sleep(chance.uniform(0, 2 * wanted.pause))

    async def work() -> None:
        nonlocal nights
        async with served.client() as client:
            while time.monotonic() < until:
                await night(client, served.key, sites)
                nights += 1

    working = asyncio.create_task(work())
    await asyncio.gather(*(reader(number) for number in range(wanted.readers)))
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    return told, nights


async def ask(client: httpx.AsyncClient, path: str, told: Told) -> None:
    """One page, whole."""
    if path == BARRIER:  # a link on the page of the site as it is now
        await ask(client, "/sites/portal", told)
        path = next(iter(BARRIERS.findall(told.last)), "/sites/portal")
    began = time.monotonic()
    try:
        answer = await client.get(path)
    except httpx.HTTPError as error:
        told.errors[type(error).__name__] += 1
        return
    told.seconds.append(time.monotonic() - began)
    told.last = answer.text if path == "/sites/portal" else told.last
    if answer.status_code != 200:
        told.errors[f"{answer.status_code} {path}"] += 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
