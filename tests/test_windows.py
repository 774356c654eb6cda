"""Night windows: rounds of the schedule visit a site when it may be visited, without keeping the others waiting."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from consoles import TARGETS

from auditor.model import Category, Order, Progress, RunSummary, Site, Target, Watch
from auditor.rounds import NIGHT, Outcome, run_round
from auditor.service import Service
from auditor.store import Store

ZONE = ZoneInfo("Asia/Shanghai")


def china(text: str) -> datetime:
    """A moment of the coming night in China, such as 21:59; after noon it is that of the day before."""
    hour, minute = map(int, text.split(":"))
    return datetime(2031, 5, 1 if hour >= 12 else 2, hour, minute, tzinfo=ZONE).astimezone(UTC)


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self, text: str) -> None:
        self.now = china(text)

    def __call__(self) -> datetime:
        return self.now


class Noting(ThreadPoolExecutor):
    """Runs what it is given, and notes the orders with the time at which they came."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(1)
        self.clock = clock
        self.orders: list[tuple[str, datetime, datetime | None]] = []

    def submit(self, work: Callable[..., Any], /, *values: Any, **named: Any) -> Any:
        order: Order = values[0]
        self.orders.append((order.target.site.id, self.clock.now, order.deadline))
        return super().submit(work, *values, **named)


def site(name: str, window: tuple[str, str] | None, host: str = "") -> Target:
    """A site that nobody has confirmed: its audit ends at once, and visits nothing."""
    url = f"http://{host or name}.test/"
    told = Site(id=name, name=name, url=url, category=Category.OTHER, region="990000", owner="某局")
    return Target(site=told, window=window)


def audited(
    folder: Path, clock: Clock, *targets: Target, trigger: str = "schedule", tell: Callable[[Progress | RunSummary], None] = lambda _: None
) -> tuple[list[tuple[str, datetime, datetime | None]], Outcome]:
    with Store.open(folder / "auditor.db") as store, Noting(clock) as executor:
        outcome = run_round(Watch(targets=targets), targets, store, executor, trigger=trigger, tell=tell, clock=clock)
        return executor.orders, outcome


def test_a_window_that_is_open_ends_the_visits_when_it_closes(tmp_path: Path) -> None:
    clock = Clock("02:00")
    sites = site("a", ("22:00", "06:30")), site("b", None), site("c", ("22:00", "02:30")), site("d", ("02:00", "02:00"))
    orders, _ = audited(tmp_path, clock, *sites)
    assert [(name, deadline) for name, _, deadline in orders] == [
        ("a", china("06:30")), ("b", clock.now + NIGHT), ("c", china("02:30")), ("d", clock.now + NIGHT),
    ]  # fmt: skip


def test_a_site_whose_window_is_not_open_yet_waits_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    clock = Clock("21:00")

    def tell(news: Progress | RunSummary) -> None:
        if isinstance(news, RunSummary):  # the clock moves on only when everybody who may be visited has been
            clock.now = {"day": china("21:30"), "same": china("22:00"), "night": china("23:00")}.get(news.site, clock.now)

    sites = site("night", ("22:00", "06:30"), "host"), site("late", ("23:00", "04:00")), site("same", None, "host"), site("day", None)
    orders, outcome = audited(tmp_path, clock, *sites, tell=tell)
    begun = {name: moment for name, moment, _ in orders}
    assert {name: begun[name] for name in ("same", "day")} == dict.fromkeys(("same", "day"), china("21:00"))
    assert begun["night"] >= china("22:00") and begun["late"] >= china("23:00")
    assert {name: deadline for name, _, deadline in orders}["late"] == china("04:00")
    assert {run.site for run in outcome.runs} == {"night", "late", "same", "day"}


def test_a_site_whose_window_opens_too_late_is_told_as_not_visited(tmp_path: Path) -> None:
    orders, outcome = audited(tmp_path, Clock("06:30"), site("night", ("22:00", "06:30")), site("day", None))
    assert [name for name, _, _ in orders] == ["day"]
    (run,) = (run for run in outcome.runs if run.site == "night")
    assert (run.state, run.coverage) == ("failed", {"interrupted": 1})
    assert run.reason == "允许访问的时段（22:00—06:30）要到 5月2日 22:00 才开始，这一轮没有访问"


def test_no_round_begins_where_nobody_may_be_visited_before_it_ends(tmp_path: Path) -> None:
    now = datetime.now(ZONE)
    by_and_by = f"{now + timedelta(hours=10):%H:%M}", f"{now + timedelta(hours=11):%H:%M}"
    for window, begun in ((by_and_by, 0), (None, 1)):
        Store.open(tmp_path / "auditor.db").close()
        (tmp_path / "targets.yml").write_text(TARGETS, encoding="utf-8")
        service = Service(tmp_path / "targets.yml", tmp_path / "auditor.db")
        service.watch = Watch(targets=(site("a", window),))
        service.night("02:00")
        service.close()
        with Store.open(tmp_path / "auditor.db", readonly=True) as store:
            assert len(store.rounds()) == begun
        assert service.trouble == ""


@pytest.mark.parametrize("trigger", ["manual", "demo"])
def test_a_round_that_a_person_starts_is_not_bound_by_the_window(tmp_path: Path, trigger: str) -> None:
    clock = Clock("12:00")
    orders, _ = audited(tmp_path, clock, site("night", ("22:00", "06:30")), trigger=trigger)
    assert orders == [("night", clock.now, clock.now + NIGHT)]


def test_the_time_zone_of_the_list_counts(tmp_path: Path) -> None:
    clock = Clock("02:00")
    target = site("a", ("17:00", "19:00"))
    with Store.open(tmp_path / "auditor.db") as store, Noting(clock) as executor:
        run_round(replace(Watch(targets=(target,)), timezone="UTC"), [target], store, executor, trigger="schedule", clock=clock)
        assert executor.orders == [("a", clock.now, clock.now + timedelta(hours=1))]
