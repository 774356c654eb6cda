"""What `bench.scale` measures: each part does its work once at one size, step by step, under a meter."""

from __future__ import annotations

import asyncio
import pickle
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from auditor import publish, store_stream, targets
from auditor.accounts import Account, Role
from auditor.lifecycle import Counts
from auditor.model import Category, Mark, Network, Order, Profile, Run, RunState, Site, State, Target, Watch
from auditor.rounds import run_round
from auditor.selecting import Selection
from auditor.service import Service
from auditor.store import Store
from auditor.store_accounts import Accounts
from auditor.web.app import create_app
from auditor.workers import workers
from bench import large_portal
from bench.incremental import _some_of_each
from bench.made_nights import made_sites, store_nights
from bench.made_rounds import BEGIN, Nights, listed, loaded
from crawlers.frontier import Frontier
from reports import open_data, reports
from reports import site as site_report

if TYPE_CHECKING:
    from bench.scale import Meter

HISTORY = 2  # nights behind what is reported
TOLD_SITES = 20
ABOUT_ONE = ("site", "notice")  # reports about one site each
FEW, USUAL, PROVINCE = 30, 50, 14_000  # sites, pages of a site, sites
READER = Account(name="bench", title="测量", role=Role.OPERATOR)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that grows."""

    by: str  #: what there is more of
    measure: Callable[[Meter, int, Path, int], None]


def _targets(meter: Meter, sites: int, folder: Path, pages: int) -> None:
    file = listed(sites, folder / "targets.yml")
    with meter.step("read into a watch"):
        targets.load(file)
    with meter.step("auditor check"):
        targets.problems(file.read_text(encoding="utf-8"))
    with meter.step("write a confirmation into it"):
        targets.confirm(file, f"s{sites // 2:04}", "李主任", date(2026, 10, 2))


def _night(meter: Meter, sites: int, folder: Path, pages: int) -> None:
    watch = loaded(sites, folder)
    with Store.open(folder / "auditor.db") as store:
        nights = Nights(watch, store, pages)
        for name in ("the first night", "a night after it"):
            begun = time.thread_time()
            with meter.step(name):
                nights.night()
            meter.note(f"  {name}: the coordinator's thread", cpu=time.thread_time() - begun)
            meter.note(f"  {name}: orders out and answers in", cpu=nights.across, memory=nights.sent / 1e6)

    _province(meter, folder)


def _province(meter: Meter, folder: Path) -> None:
    """What a night of a province would take of the coordinator, by the second night of a few sites of usual size."""
    watch = loaded(FEW, folder)
    with Store.open(folder / "province.db") as store:
        nights = Nights(watch, store, USUAL)
        nights.night()
        begun = time.thread_time()
        with meter.step(f"{FEW} sites of {USUAL} pages, a night after the first"):
            nights.night()
        meter.note(f"  the coordinator, for {PROVINCE} of them", cpu=(time.thread_time() - begun + nights.across) * PROVINCE / FEW)


def _with_history(sites: int, folder: Path, pages: int) -> Watch:
    with Store.open(folder / "auditor.db") as store:
        store.db.execute("PRAGMA synchronous = OFF")
        store_nights(store, made_sites(sites, pages), HISTORY)
    return loaded(sites, folder)


def _report(meter: Meter, sites: int, folder: Path, pages: int) -> None:
    watch = _with_history(sites, folder, pages)
    with Store.open(folder / "auditor.db", readonly=True) as store:
        with meter.step("history of all sites, in brief"):
            history = publish.read_history(watch, store, brief=True)
        for name, render in reports().items():
            if name in ABOUT_ONE:
                continue
            with meter.step(f"pages of all sites: {name}"):
                for _ in render(history):
                    pass
        with meter.step("data files"):
            for _, chunks in open_data.files(history):
                for _ in chunks:
                    pass
        with meter.step(f"{TOLD_SITES} sites, page and work list"):
            for target in watch.targets[:TOLD_SITES]:
                list(publish._of_one_site(publish.read_site(history, watch, store, target), store, folder / "out", lambda history: ""))


def _console(meter: Meter, sites: int, folder: Path, pages: int) -> None:
    _with_history(sites, folder, pages)
    with meter.step("the service starts"):
        service = Service(folder / "targets.yml", folder / "auditor.db")
    with service.write() as store:
        Accounts(store).add(READER, "Bench-readers-1")
        key = Accounts(store).begin(READER, "127.0.0.1", datetime.now(UTC), stay=True)
    app = create_app(service)

    async def asked(path: str) -> None:
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://audit.test", cookies={"auditor": key}, timeout=600) as client:
            answer = await client.get(path)
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")

    one = f"s{sites // 2:04}"
    for path in ("/", "/", "/sites", "/list", "/reports/", "/reports/", f"/sites/{one}", f"/reports/sites/{one}.html"):
        name = f"GET {path.replace(one, 'SITE')}"
        with meter.step(f"{name}, once more" if name in meter.costs else name):
            asyncio.run(asked(path))
    service.close()


def _addresses(meter: Meter, addresses: int, folder: Path, pages: int) -> None:
    site = Site(id="large", name="large", url="http://large.test/", category=Category.PORTAL, region="370800", owner="")
    target = Target(site=site, max_pages=50)
    urls = [site.url, *(f"http://large.test/col{n % 40}/2026/{n % 12 + 1}/art_{n % 7}_{n}.html" for n in range(1, addresses))]
    with meter.step("frontier: all addresses met"):
        frontier = Frontier()
        for url in urls:
            frontier.add(url)
        for url in frontier.waiting():
            frontier.settle(url, State.NOT_SAMPLED, "列入抽样范围，本次没有抽到")
        ledger = tuple(frontier.settled())
    ledger = tuple(replace(one, mark=Mark.FRAME, stratum=one.url_key) for one in ledger)
    run = Run(site=site.id, round="r1", started=BEGIN, finished=BEGIN, state=RunState.AUDITED, coverage=ledger, rules=("image-alt",))
    none = Counts(new=0, open=0, fixed=0, reopened=0)
    with Store.open(folder / "auditor.db") as store:
        store.register([site], BEGIN)
        for number, name in enumerate(("the first run saved", "a run after it saved, nothing new")):
            now = BEGIN + timedelta(days=number)
            store.begin_round(f"r{number}", now, "bench")
            with meter.step(name):
                store.save(replace(run, round=f"r{number}", started=now, finished=now), (), none)
            store.end_round(f"r{number}", now)
        with meter.step("known addresses read for an order"):
            known = store.known(site.id)
        with meter.step("order sent to a worker and read there"):
            order = pickle.loads(pickle.dumps(Order(target=target, network=Network(), round="r2", now=BEGIN, known=known)))
        with meter.step("pages chosen"):
            selection = Selection(order, [], lambda ledger: None)
            frontier = Frontier()
            for url in selection.remembered():
                frontier.add(url)
            while batch := selection(frontier.waiting()):
                for url in batch:
                    frontier.visited(url)
        with meter.step("ledger told, a few at a time"):
            for _ in store_stream.ledger(store, site.id):
                pass
        watch = Watch(targets=(target,), network=Network())
        with meter.step("history of the site, in brief"):
            history = publish.read_history(watch, store, brief=True)
        with meter.step("history of the site, in full"):
            full = publish.read_site(history, watch, store, target)
        with meter.step("pages of the site"):
            for _ in site_report.render_site(full, full.sites[0]):
                pass


def _pages(meter: Meter, pages: int, folder: Path, unused: int) -> None:
    site = Site(id="big", name="big", url=large_portal.START, category=Category.PORTAL, region="370800", owner="")
    named = tuple(large_portal.START + path for path in _some_of_each(pages - 1))
    target = Target(
        site=site, max_pages=pages, pages=named, finders=("listed",), delay=0.0, window=None, profile=Profile.AXE, documents=0
    )  # fmt: skip
    with large_portal.serving() as port, Store.open(folder / "auditor.db") as store, workers(1, apart=False) as executor:
        watch = Watch(targets=(target,), network=Network(resolve={f"{large_portal.HOST}:80": f"127.0.0.1:{port}"}))
        with meter.step("a round over the site"):
            run_round(watch, (target,), store, executor, trigger="bench")
    meter.note("  the whole process", memory=meter.costs["a round over the site"].held)


PARTS: Mapping[str, Part] = {
    "targets": Part(by="sites", measure=_targets),
    "night": Part(by="sites", measure=_night),
    "report": Part(by="sites", measure=_report),
    "console": Part(by="sites", measure=_console),
    "addresses": Part(by="addresses", measure=_addresses),
    "pages": Part(by="pages", measure=_pages),
}
