"""A round over several sites: what goes wrong with one is told of that one, and the others get their night."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor import targets as targets_file
from auditor.apart import WorkerLost
from auditor.cluster import ClusterGone, MachineLost
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.losses import CALLED_OFF, LOST, Losses
from auditor.model import Category, Coverage, Judged, Looking, Order, Profile, Progress, RunState, Site, State, Target, Watch
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

    def __init__(self, losses: int, error: Exception | None = None) -> None:
        super().__init__(1)
        self.losses = losses
        self.error = error or WorkerLost("检测进程意外结束（-9）。")
        self.done: list[int] = []
        self.until: list[datetime | None] = []
        self.called_off: list[str] = []

    def submit(self, work: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        order: Order = values[0]
        self.done.append(len(order.done))
        self.until.append(order.deadline)
        self.called_off.append(order.called_off)
        if len(self.done) > self.losses:
            return super().submit(work, *values, **named)
        page = Judged(coverage=Coverage(url=f"http://a.test/{len(self.done)}", state=State.GONE))
        values[1](Progress(round=order.round, site=order.target.site.id, judged=page, blobs={}))
        lost: Future[Any] = Future()
        lost.set_exception(self.error)
        return lost


@pytest.mark.parametrize(
    ("losses", "done", "told"),
    [(1, [0, 1], "尚未确认"), (3, [0, 1, 2, 3], "尚未确认"), (4, [0, 1, 2, 3], "检测进程意外结束")],
)
def test_an_audit_whose_worker_is_lost_goes_on_from_the_last_page(tmp_path: Path, losses: int, done: list[int], told: str) -> None:
    site = Site(id="a", name="甲", url="http://a.test/", category=Category.OTHER, region="", owner="")
    target = Target(site=site)  # nobody has confirmed it: its audit visits nothing
    with Store.open(tmp_path / "auditor.db") as store, Losing(losses) as executor:
        (run,) = run_round(Watch(targets=(target,)), [target], store, executor, trigger="manual").runs
    assert executor.done == done and told in run.reason
    assert executor.called_off == ["", "", "", CALLED_OFF][: len(done)]


class Dying(ThreadPoolExecutor):
    """Loses its worker when so many pages have been judged as `pages` tells for each audit: the next one is never heard of."""

    def __init__(self, *pages: int) -> None:
        super().__init__(1)
        self.pages = list(pages)
        self.orders: list[Order] = []
        self.opened: list[list[str]] = []  #: of each audit, the addresses that were opened
        self.died_by: list[set[str]] = []  #: of each loss, what was being looked at

    def submit(self, work: Callable[..., Any], /, *values: Any, **named: Any) -> Future[Any]:
        order, report = values
        self.orders.append(order)
        opened, looked_at, dead = list[str](), set[str](), threading.Event()
        self.opened.append(opened)
        left = self.pages.pop(0) if self.pages else 1000

        def told(item: Progress | Looking) -> None:
            nonlocal left
            if isinstance(item, Progress) and left == 0 and not dead.is_set():
                dead.set()
                self.died_by.append(looked_at)
            if dead.is_set():
                raise WorkerLost("检测进程意外结束（-9）。")
            if isinstance(item, Progress):
                left -= 1
                looked_at.discard(item.judged.coverage.url)
            elif item.over:
                looked_at.discard(item.url)
            else:
                opened.append(item.url)
                looked_at.add(item.url)
            report(item)

        return super().submit(work, order, told)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.timeout(300)
def test_what_was_judged_before_workers_were_lost_is_a_run_and_the_pages_that_may_have_cost_them_are_given_up(tmp_path: Path) -> None:
    with City(night=1) as city, Store.open(tmp_path / "auditor.db") as store, Dying(3, 1, 1) as executor:
        watch = targets_file.loads(targets_text(city.port, Profile.STATIC))
        target = replace(next(one for one in watch.targets if one.site.id == "portal"), minutes=10.0, max_pages=8, documents=0)
        (run,) = run_round(watch, [target], store, executor, trigger="manual").runs
        ledger = list(store.ledger("portal"))
        assert not store.unfinished() and store.journal(run.round, "portal") == ()
    gone = [entry.url for entry in ledger if (entry.state, entry.reason) == (State.CRASHED, LOST)]
    first, second, third = executor.died_by
    given_up = (first & second) or second
    assert given_up and set(gone) == given_up | third and given_up.isdisjoint(executor.opened[2]) and executor.opened[3] == []
    assert [order.target.tabs for order in executor.orders] == [2, 1, 1, 1]
    seen = run.coverage[State.AUDITED]
    assert run.state in (RunState.PARTIAL, RunState.WITHHELD) and 1 <= seen <= 5 and run.coverage[State.CRASHED] == len(gone)
    assert {entry.reason for entry in ledger if entry.state is State.INTERRUPTED} == {CALLED_OFF}
    spent = [order.spent for order in executor.orders]
    assert 0 == spent[0] < spent[1] < spent[2] < spent[3], "no fresh time"
    assert {order.site_limit for order in executor.orders} == {600}


def test_what_was_looked_at_at_each_loss_is_given_up() -> None:
    losses, now = Losses(), datetime(2026, 11, 28, 22, tzinfo=UTC)

    def given_up(*names: str) -> dict[str, State]:
        for name in names:
            losses.looking(Looking(site="a", url=f"http://a.test/{name}", document=name.endswith(".pdf")), now)
        losses.looking(Looking(site="a", url="http://a.test/over", over=True), now)
        judged = Judged(coverage=Coverage(url="http://a.test/judged", state=State.AUDITED))
        losses.judged(Progress(round="r", site="a", judged=judged))
        assert losses.lost("a")
        return {one.coverage.url.rpartition("/")[2]: one.coverage.state for one in losses.given_up("a")}

    target = Target(site=Site(id="a", name="甲", url="http://a.test/", category=Category.OTHER, region="", owner=""), tabs=4)
    assert losses.careful(target).tabs == 4
    assert given_up("one", "two", "x.pdf", "over", "judged") == {}, "it may have been chance"
    assert losses.careful(target).tabs == 1 and not losses.called_off("a")
    assert given_up("two", "x.pdf", "three", "over", "judged") == {"two": State.CRASHED, "x.pdf": State.NOT_HTML}
    assert given_up("three", "four") == {"three": State.CRASHED, "four": State.CRASHED} and losses.called_off("a") == CALLED_OFF
    assert not losses.lost("a")
    assert losses.spent("a", now + timedelta(seconds=20)) == 20.0 and losses.spent("b", now) == 0.0


def test_what_was_looked_at_at_the_second_loss_is_given_up_where_nothing_was_twice() -> None:
    losses, now = Losses(), datetime(2026, 11, 28, 22, tzinfo=UTC)
    for name in ("one", "two"):
        losses.looking(Looking(site="a", url=f"http://a.test/{name}"), now)
        assert losses.lost("a")
        gone = [one.coverage.url for one in losses.given_up("a")]
    assert gone == ["http://a.test/two"]


def test_an_audit_whose_machine_is_lost_goes_on_as_often_as_it_takes_and_no_page_is_blamed(tmp_path: Path) -> None:
    target = Target(site=Site(id="a", name="甲", url="http://a.test/", category=Category.OTHER, region="", owner=""), tabs=4)
    with Store.open(tmp_path / "auditor.db") as store, Losing(6, MachineLost("工作机失去联系。")) as executor:
        (run,) = run_round(Watch(targets=(target,)), [target], store, executor, trigger="manual").runs
    assert executor.done == [0, 1, 2, 3, 4, 5, 6] and "尚未确认" in run.reason
    losses, now = Losses(), datetime(2026, 11, 28, 22, tzinfo=UTC)
    losses.looking(Looking(site="a", url="http://a.test/elsewhere"), now)
    losses.moved("a")
    assert losses.spent("a", now + timedelta(seconds=20)) == 0.0 and losses.careful(target).tabs == 4
    assert losses.lost("a") and losses.lost("a") and not list(losses.given_up("a"))


def test_a_round_without_any_machine_stays_unfinished_with_what_was_noted(tmp_path: Path) -> None:
    target = Target(site=Site(id="a", name="甲", url="http://a.test/", category=Category.OTHER, region="", owner=""))
    with Store.open(tmp_path / "auditor.db") as store, Losing(1, ClusterGone("集群没有可用的工作机。")) as executor:
        with pytest.raises(ClusterGone):
            run_round(Watch(targets=(target,)), [target], store, executor, trigger="manual")
        (name,) = store.unfinished()
        assert len(store.journal(name, "a")) == 1


def test_an_audit_that_goes_on_after_its_window_has_closed_keeps_its_deadline(tmp_path: Path) -> None:
    site = Site(id="a", name="甲", url="http://a.test/", category=Category.OTHER, region="", owner="")
    target, asked = Target(site=site, window=("22:00", "06:00")), list[datetime]()

    def clock() -> datetime:  # 05:50 when the round begins, later than 06:00 once the worker is lost
        asked.append(datetime(2026, 11, 28, 21, 50, tzinfo=UTC) + timedelta(minutes=30) * (len(executor.done) > 0))
        return asked[-1]

    with Store.open(tmp_path / "auditor.db") as store, Losing(1) as executor:
        run_round(Watch(targets=(target,), timezone="Asia/Shanghai"), [target], store, executor, trigger="schedule", clock=clock)
    assert executor.until == [datetime(2026, 11, 28, 22, tzinfo=UTC)] * 2
