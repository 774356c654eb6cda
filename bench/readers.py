"""How fast the service answers fifty readers while a night runs, against the same service with one reader and nothing else to do.

    python -m bench.readers [--readers N] [--seconds S] [--pause S]

Serves the demo city, starts `auditor serve` over it as it is installed, and audits one night so that there is something to read. Then the
same pages (console, report, API, in turn) are asked for twice: by one reader after another page while the service is idle, and by N readers
at once, each of whom looks at a page for `--pause` seconds on average before the next, while nights run without a break. Told are the
median and the 99th percentile of both in milliseconds, their ratio, and errors: answers that are not 200 (their times are not counted),
or that never came. The gate is a ratio in one run: the median under load is at most five times that of the idle service, every answer
came and was right, and nights ran all the while. Exit status 1 where it is not met, with what was missed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
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
NIGHTS = 0.9
"""Share of the answers under load that were asked for while a night ran; between two nights little time goes by."""

IDLE = 120
"""Answers that are waited for one after another, without anything else."""

READER = Account(name="bench", title="测量", role=Role.OPERATOR)
SEED = 20261129


@dataclass
class Told:
    """What a phase came to."""

    seconds: list[float] = field(default_factory=list)  #: of the answers that are 200
    errors: Counter[str] = field(default_factory=Counter)
    last: str = ""  #: page of a site that was read last
    in_night: int = 0  #: of the answers, those asked for while a night ran

    def line(self, name: str) -> str:
        """One line of the table."""
        ordered = sorted(self.seconds)
        last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] if ordered else math.nan
        times = f"median {self.median * 1000:8.1f} ms   p99 {last * 1000:8.1f} ms"
        return f"{name:<12}{len(ordered):>8} answers   {times}   errors {self.errors.total()}"

    @property
    def median(self) -> float:
        """Of all answers, seconds; not a number where there is none."""
        return statistics.median(self.seconds) if self.seconds else math.nan


@dataclass
class Nights:
    """What audited while the readers read."""

    run: bool = False  #: whether one runs now
    ended: int = 0
    trouble: str = ""  #: why there were no more


class Served:
    """The service as it is installed, in a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        every_page_every_night = targets_text(port, Profile.STATIC).replace("max_pages:", "full_audit_every: 1, max_pages:", 1)
        (folder / "targets.yml").write_text(every_page_every_night, encoding="utf-8")
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
                await night(client, served.key, sites, Nights())
                pages = await readable(client)
                idle = await one_after_another(client, pages)
            city.night = 2
            loaded, nights = await together(served, sites, pages, wanted)
        finally:
            served.stop()
    ratio, missed = loaded.median / idle.median, misses(idle, loaded, nights)
    print(idle.line("idle"))
    print(loaded.line(f"{wanted.readers} readers"))
    print(f"nights that ended meanwhile: {nights.ended}; ratio of the medians: {ratio:.2f} (gate {GATE:.0f})")
    told = {"idle_ms": idle.median * 1000, "loaded_ms": loaded.median * 1000, "ratio": ratio, "errors": loaded.errors.total()}
    print(json.dumps({name: None if math.isnan(value) else value for name, value in told.items()} | {"missed": missed}))
    for one in missed:
        print(f"gate not met: {one}", file=sys.stderr)
    return int(bool(missed))


def misses(idle: Told, loaded: Told, nights: Nights) -> list[str]:
    """Why the gate is not met; empty where it is."""
    found = []
    for name, phase in (("idle", idle), ("under load", loaded)):
        if not phase.seconds:
            found.append(f"{name}: no answer was right")
        if phase.errors:
            found.append(f"{name}: {phase.errors.total()} errors: {dict(phase.errors)}")
    if nights.trouble:
        found.append(f"the nights broke off: {nights.trouble}")
    if loaded.in_night < NIGHTS * len(loaded.seconds):
        found.append(f"a night ran during {loaded.in_night} of {len(loaded.seconds)} answers only")
    if idle.seconds and loaded.seconds and loaded.median > GATE * idle.median:
        found.append(f"the median under load is {loaded.median / idle.median:.2f} times that of the idle service")
    return found


async def ready(client: httpx.AsyncClient) -> list[str]:
    """Wait for the service; the ids of its sites."""
    for _ in range(600):
        try:
            answer = await client.get("/api/v1/sites?enabled=true&limit=500")
            return [one["id"] for one in answer.raise_for_status().json()["items"]]
        except httpx.HTTPError:
            await asyncio.sleep(0.2)
    raise SystemExit("the service does not answer")


async def night(client: httpx.AsyncClient, key: str, sites: list[str], nights: Nights) -> None:
    """Audit the sites and wait for the end. RuntimeError where no night began or it did not end as one should."""
    form = {"form-token": form_token(key), "site": sites}
    before = (await client.get("/health")).json()["last_round"]
    begun = await client.post("/run/now", data=form, headers={"Origin": str(client.base_url).rstrip("/")})
    if begun.status_code != 303:
        raise RuntimeError(f"no night began: {begun.status_code}")
    nights.run = True
    try:
        while (told := (await client.get("/health")).json())["running"]:
            await asyncio.sleep(1)
    finally:
        nights.run = False
    if not told["ok"] or told["last_round"] == before:
        raise RuntimeError(f"a night did not end: {told.get('trouble', '')}")
    nights.ended += 1


async def readable(client: httpx.AsyncClient) -> list[str]:
    """What readers look at: the console, barriers with their pictures, reports, the interface for programs."""
    pages = ["/", "/sites", "/sites/portal", "/sites/hospital", "/sites/hospital/evaluation", "/cases", "/desk", "/reports/"]
    pages += ["/reports/sites/hospital.html", "/api/v1/sites", "/api/v1/sites/portal/issues?limit=50", "/api/v1/sites/portal/runs"]
    shown = (await client.get("/sites/portal")).text
    barriers = list(dict.fromkeys(BARRIERS.findall(shown)))[:6]
    if not barriers:
        raise SystemExit("the night found no barrier to look at")
    for path in barriers:
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


async def together(served: Served, sites: list[str], pages: list[str], wanted: argparse.Namespace) -> tuple[Told, Nights]:
    """Many readers while nights run, and what came of these."""
    told, until, nights = Told(), time.monotonic() + wanted.seconds, Nights()

    async def reader(number: int) -> None:
        chance = random.Random(SEED + number)
        async with served.client() as client:
            await asyncio.sleep(chance.uniform(0, wanted.pause))
            while time.monotonic() < until:
                await ask(client, chance.choice(pages), told, nights)
                await asyncio.sleep(chance.uniform(0, 2 * wanted.pause))

    async def work() -> None:
        try:
            async with served.client() as client:
                while time.monotonic() < until:
                    await night(client, served.key, sites, nights)
        except (httpx.HTTPError, RuntimeError, ValueError, KeyError) as error:
            nights.trouble = f"{type(error).__name__} {error}"

    working = asyncio.create_task(work())
    await asyncio.gather(*(reader(number) for number in range(wanted.readers)))
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working
    return told, nights


async def ask(client: httpx.AsyncClient, path: str, told: Told, nights: Nights | None = None) -> None:
    """One page, whole."""
    if path == BARRIER:  # a link on the page of the site as it is now
        await ask(client, "/sites/portal", told, nights)
        path = next(iter(BARRIERS.findall(told.last)), "/sites/portal")
    began, in_night = time.monotonic(), nights is not None and nights.run
    try:
        answer = await client.get(path)
    except httpx.HTTPError as error:
        told.errors[type(error).__name__] += 1
        return
    took = time.monotonic() - began
    if answer.status_code != 200:
        told.errors[f"{answer.status_code} {path}"] += 1
        return
    told.seconds.append(took)
    told.in_night += in_night
    told.last = answer.text if path == "/sites/portal" else told.last


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
