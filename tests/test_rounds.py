"""A round over several sites: what goes wrong with one is told of that one, and the others get their night."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor import targets as targets_file
from auditor.apart import WorkerLost
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import Category, Coverage, Judged, Order, Profile, Progress, RunState, Site, State, Target, Watch
from auditor.rounds import run_round
from auditor.store import Store
from auditor.workers import workers


@pytest.mark.browser
def test_an_audit_that_breaks_off_is_a_failed_run_and_the_others_complete(tmp_path: Path) -> None:
    with City(night=1) as city, Store.open(tmp_path / "auditor.db") as store:
        watch = targets_file.loads(targets_text(city.port, Profile.STATIC))
        by_id = {target.site.id: target for target in watch.targets}
        chosen = [replace(by_id["hospital"], browser="netscape"), by_id["clean"]]
        with workers() as executor:
            outcome = run_round(watch, chosen, store, executor, trigger="manual")
        runs = {run.site: run for run in outcome.runs}
        assert (runs["clean"].state, runs["hospital"].state) == (RunState.AUDITED, RunState.FAILED)
        assert "netscape" in runs["hospital"].reason
        assert runs["hospital"].coverage == {State.INTERRUPTED: 1}
        assert not store.unfinished()


class Losing(ThreadPoolExecutor):
    """Loses its worker after a page, as often as told; notes what every audit was told to be done already."""

    def __init__(self, losses: int) -> None:
        super().__init__(1)
        self.losses = losses
        self.done: list[int] = []
        self.until: list[datetime | None] = []

    def submit(self, work: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        order: Order = values[0]
        self.done.append(len(order.done))
        self.until.append(order.deadline)
        if len(self.done) > self.losses:
            return super().submit(work, *values, **named)
        page = Judged(coverage=Coverage(url=f"http://a.test/{len(self.done)}", state=State.GONE))
        values[1](Progress(round=order.round, site=order.target.site.id, judged=page, blobs={}))
        lost: Future[Any] = Future()
        lost.set_exception(WorkerLost("检测进程意外结束（-9）。"))
        return lost


@pytest.mark.parametrize(("losses", "done", "told"), [(1, [0, 1], "尚未确认"), (2, [0, 1], "检测进程意外结束")])
def test_an_audit_whose_worker_is_lost_goes_on_once_from_the_last_page(
    tmp_path: Path, losses: int, done: list[int], told: str
) -> None:
    site = Site(id="a", name="甲", url="http://a.test/", category=Category.OTHER, region="", owner="")
    target = Target(site=site)  # nobody has confirmed it: its audit visits nothing
    with Store.open(tmp_path / "auditor.db") as store, Losing(losses) as executor:
        (run,) = run_round(Watch(targets=(target,)), [target], store, executor, trigger="manual").runs
    assert executor.done == done and told in run.reason


def test_an_audit_that_goes_on_after_its_window_has_closed_keeps_its_deadline(tmp_path: Path) -> None:
    site = Site(id="a", name="甲", url="http://a.test/", category=Category.OTHER, region="", owner="")
    target, asked = Target(site=site, window=("22:00", "06:00")), list[datetime]()

    def clock() -> datetime:  # 05:50 when the round begins, later than 06:00 once the worker is lost
        asked.append(datetime(2026, 11, 28, 21, 50, tzinfo=UTC) + timedelta(minutes=30) * (len(executor.done) > 0))
        return asked[-1]

    with Store.open(tmp_path / "auditor.db") as store, Losing(1) as executor:
        run_round(Watch(targets=(target,), timezone="Asia/Shanghai"), [target], store, executor, trigger="schedule", clock=clock)
    assert executor.until == [datetime(2026, 11, 28, 22, tzinfo=UTC)] * 2
