"""Thousands of sites and a hundred thousand addresses: work and memory that do not grow with what does not concern them."""

from __future__ import annotations

import pickle
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.lifecycle import Counts
from auditor.model import Category, Coverage, Mark, Order, Progress, Run, RunState, RunSummary, Site, State, Target, Watch
from auditor.rounds import AT_ONCE, run_round
from auditor.store import Store
from bench.made_nights import made_sites
from bench.made_rounds import Nights

NOW = datetime(2026, 11, 28, 18, tzinfo=UTC)


def site(number: int, host: str = "") -> Target:
    url = f"http://{host or f's{number}.test'}/{number}/"
    return Target(site=Site(id=f"s{number}", name="某站", url=url, category=Category.OTHER, region="", owner=""))


class Counting(ThreadPoolExecutor):
    """Notes how many orders were made and not answered yet, at most; nothing is visited, as nobody confirmed the sites."""

    def __init__(self) -> None:
        super().__init__(2)
        self.out, self.most, self.sites = 0, 0, list[str]()

    def submit(self, work: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        order: Order = values[0]
        self.out += 1
        self.most = max(self.most, self.out)
        self.sites.append(order.target.site.id)
        return super().submit(work, *values, **named)

    def told(self, what: Progress | RunSummary) -> None:
        self.out -= isinstance(what, RunSummary)


def test_only_some_sites_are_handed_out_at_a_time_and_all_in_the_order_of_the_list(tmp_path: Path) -> None:
    targets = [site(number) for number in range(AT_ONCE + 20)] + [site(900, "s0.test"), site(901, "s0.test")]
    with Store.open(tmp_path / "auditor.db") as store, Counting() as executor:
        outcome = run_round(Watch(targets=tuple(targets)), targets, store, executor, trigger="manual", tell=executor.told)
    assert executor.most == AT_ONCE
    assert {run.site for run in outcome.runs} == {one.site.id for one in targets} and len(outcome.runs) == len(targets)
    assert executor.sites == [one.site.id for one in targets]


def test_sites_that_wait_for_their_window_cost_nothing_meanwhile(tmp_path: Path) -> None:
    late = [replace(site(number), window=("02:30", "06:00")) for number in range(40)]  # it is 02:00 when the round begins
    early = [replace(site(100 + number), window=("01:00", "06:00")) for number in range(30)]
    done: list[Progress | RunSummary] = []
    asked: list[datetime] = []

    def clock() -> datetime:
        asked.append(NOW + timedelta(minutes=31 if len(done) >= len(early) else 0))
        return asked[-1]

    with Store.open(tmp_path / "auditor.db") as store, Counting() as executor:
        watch = Watch(targets=(*late, *early), timezone="Asia/Shanghai")
        outcome = run_round(watch, watch.targets, store, executor, trigger="schedule", clock=clock, tell=done.append)
    assert {run.site for run in outcome.runs[: len(early)]} == {one.site.id for one in early}
    assert {run.site for run in outcome.runs} == {one.site.id for one in watch.targets}
    assert len(asked) < 12 * len(watch.targets) < len(early) * len(late)


def test_a_night_asks_the_database_as_much_for_each_site_however_many_there_are(tmp_path: Path) -> None:
    few, many = (_asked(tmp_path / str(sites), sites) for sites in (3, 12))
    per_site = {sql for sql, times in few.items() if times >= 3}
    assert per_site and all(many[sql] <= 4 * few[sql] for sql in per_site)
    assert all(many[sql] == few[sql] for sql in few.keys() - per_site)
    assert not many.keys() - few.keys()


def _asked(folder: Path, sites: int) -> Counter[str]:
    """Statement -> how often the second of two nights asks it."""
    folder.mkdir()
    watch = Watch(targets=tuple(one.target for one in made_sites(sites, 2)), timezone="Asia/Shanghai")
    with Store.open(folder / "auditor.db") as store:
        nights = Nights(watch, store, 2)
        nights.night()
        asked: Counter[str] = Counter()
        store.db.conn.set_trace_callback(lambda sql: asked.update((re.sub(r"'[^']*'|\b\d+\b|\(.*", "?", sql[:200]),)))
        nights.night()
        store.db.conn.set_trace_callback(None)
    return asked


def test_what_addresses_have_in_common_is_read_and_sent_once(tmp_path: Path) -> None:
    reason, stratum = "列入抽样范围，本次没有抽到", "http://large.test/news/{number}"
    entry = Coverage(url="", state=State.NOT_SAMPLED, reason=reason, url_key=stratum, mark=Mark.FRAME, stratum=stratum)
    ledger = tuple(replace(entry, url=f"http://large.test/news/{number}") for number in range(300))
    run = Run(site="s1", round="r", started=NOW, finished=NOW, state=RunState.AUDITED, coverage=ledger)
    with Store.open(tmp_path / "auditor.db") as store:
        store.begin_round("r", NOW, "manual")
        store.save(run, (), Counts(new=0, open=0, fixed=0, reopened=0))
        store.end_round("r", NOW)
        known = store.known("s1")
    assert known == ledger
    assert {(id(one.reason), id(one.url_key), id(one.stratum), id(one.labels)) for one in known} == {
        (id(known[0].reason), id(known[0].url_key), id(known[0].stratum), id(known[0].labels))
    }
    sent = pickle.dumps(known)
    assert sent.count(reason.encode()) == 1 and sent.count(stratum.encode()) == 1
