"""Nights start at their local time, a missed one is made up, and never do two run at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from auditor.model import Category, Site, Target, Watch
from auditor.schedule import Nights, schedules, trigger

SHANGHAI = ZoneInfo("Asia/Shanghai")
PATIENCE = 10.0


def watch(*texts: str, disabled: str = "") -> Watch:
    def target(number: int, text: str, enabled: bool = True) -> Target:
        site = Site(id=f"s{number}", name="", url="http://a.test/", category=Category.PORTAL, region="370800", owner="")
        return Target(site=site, schedule=text, enabled=enabled)

    targets = [target(number, text) for number, text in enumerate(texts)]
    return Watch(targets=(*targets, *([target(99, disabled, False)] if disabled else [])))


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def nothing(_: str) -> None:
    """A night over as soon as it began."""


@pytest.fixture
def begun() -> Iterator[Callable[[Nights], Nights]]:
    """Begins Nights and ends them after the test."""
    all_: list[Nights] = []

    def begin(nights: Nights) -> Nights:
        all_.append(nights)
        nights.begin()
        return nights

    yield begin
    for nights in all_:
        nights.end()


def test_times_are_local_and_weekdays_mean_what_they_say() -> None:
    nightly = trigger("02:00", "Asia/Shanghai").get_next_fire_time(None, datetime(2026, 11, 22, 17, 0, tzinfo=UTC))
    assert nightly == china("2026-11-23 02:00") and nightly.utcoffset() == timedelta(hours=8)
    monday = trigger("mon 02:00", "Asia/Shanghai").get_next_fire_time(None, china("2026-11-24 00:00"))  # a Tuesday
    assert monday == china("2026-11-30 02:00") and monday.strftime("%a") == "Mon"
    working_day = trigger("mon-fri 03:30", "Asia/Shanghai").get_next_fire_time(None, china("2026-11-27 12:00"))  # a Friday
    assert working_day == china("2026-11-30 03:30")


@pytest.mark.parametrize("text", ["1 02:00", "0-4 02:00", "25:00", "fri-mon 02:00", "0 2 * * 1", ""])
def test_a_schedule_that_could_be_misread_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
        trigger(text, "Asia/Shanghai")


def test_there_is_one_job_per_distinct_time_of_enabled_targets() -> None:
    assert schedules(watch("02:00", "03:00", "02:00", disabled="04:00")) == ("02:00", "03:00")


@pytest.mark.parametrize(
    ("last", "now", "missed"),
    [
        ("2026-11-22 02:00:01", "2026-11-23 09:00", True),  # down over night
        ("2026-11-23 02:00", "2026-11-23 09:00", False),  # that night has run
        ("2026-11-23 01:59:30", "2026-11-23 02:05", True),  # by hand before it was due
        ("2026-11-22 14:00", "2026-11-23 01:59:59", False),  # not yet
        ("2026-11-10 02:00:01", "2026-11-23 09:00", True),  # down for many nights
    ],
)
def test_a_night_is_missed_when_its_time_lies_between_the_last_round_and_now(last: str, now: str, missed: bool) -> None:
    nights = Nights(watch("02:00"), nothing, lambda: china(last).astimezone(UTC), now=lambda: china(now))
    assert nights.missed() == (("02:00",) if missed else ())


def test_the_very_first_night_waits_for_its_time() -> None:
    nights = Nights(watch("02:00"), nothing, lambda: None, now=lambda: china("2026-11-23 09:00"))
    assert nights.missed() == ()
    assert nights.next_times() == {"02:00": china("2026-11-24 02:00")}


def test_many_missed_nights_are_made_up_once_at_the_start(begun: Callable[[Nights], Nights]) -> None:
    started: list[str] = []
    done = threading.Event()

    def start(text: str) -> None:
        started.append(text)
        if text == "mon 03:00":
            done.set()

    begun(Nights(watch("02:00", "mon 03:00"), start, lambda: datetime.now(UTC) - timedelta(days=15)))
    assert done.wait(PATIENCE)
    assert started == ["02:00", "mon 03:00"]


def test_the_scheduler_starts_the_night_when_its_time_has_come(begun: Callable[[Nights], Nights]) -> None:
    started: list[str] = []
    done = threading.Event()

    def start(text: str) -> None:
        started.append(text)
        done.set()

    nights = begun(Nights(watch("02:00"), start, lambda: datetime.now(UTC)))
    job = nights._scheduler.get_job("02:00")
    assert job.next_run_time.astimezone(SHANGHAI).strftime("%H:%M:%S") == "02:00:00"
    job.modify(next_run_time=datetime.now(UTC) + timedelta(seconds=0.3))
    assert done.wait(PATIENCE)
    assert started == ["02:00"]


def test_a_second_night_is_refused_and_logged_while_one_runs(caplog: pytest.LogCaptureFixture) -> None:
    inside, leave = threading.Event(), threading.Event()

    def start(_: str) -> None:
        inside.set()
        assert leave.wait(PATIENCE)

    nights = Nights(watch("02:00"), start, lambda: None)
    first = threading.Thread(target=nights.run, args=["02:00"])
    first.start()
    assert inside.wait(PATIENCE) and nights.running
    with caplog.at_level(logging.WARNING):
        assert nights.run("03:00") is False
    assert "03:00" in caplog.text and "另一次检测还在进行" in caplog.text
    leave.set()
    first.join(PATIENCE)
    assert not nights.running and nights.run("03:00") is True


def test_a_night_that_breaks_is_logged_and_the_next_one_starts(caplog: pytest.LogCaptureFixture) -> None:
    started: list[str] = []

    def start(text: str) -> None:
        started.append(text)
        if len(started) == 1:
            raise OSError("disk full")

    nights = Nights(watch("02:00"), start, lambda: None)
    with caplog.at_level(logging.ERROR):
        assert nights.run("02:00") is True
    assert "没有完成" in caplog.text and "disk full" in caplog.text
    assert nights.run("02:00") is True and len(started) == 2


def test_ending_waits_for_the_night_under_way() -> None:
    inside, over = threading.Event(), threading.Event()

    def start(_: str) -> None:
        inside.set()
        time.sleep(0.3)
        over.set()

    nights = Nights(watch("02:00"), start, lambda: datetime.now(UTC) - timedelta(days=2))
    nights.begin()
    assert inside.wait(PATIENCE)
    nights.end()
    assert over.is_set()


def test_times_that_were_replaced_before_the_service_begins_stand_once(begun: Callable[[Nights], Nights]) -> None:
    nights = Nights(watch("02:00"), nothing, lambda: None)
    nights.replace(watch("02:00", "03:30"))
    begun(nights).replace(watch("03:30"))
    assert list(nights.next_times()) == ["03:30"]


def test_a_watch_without_enabled_targets_starts_nothing_and_ends(begun: Callable[[Nights], Nights]) -> None:
    nights = begun(Nights(watch(disabled="02:00"), nothing, lambda: None))
    assert nights.next_times() == {} and not nights.running


def test_ending_without_waiting_returns_at_once_and_makes_up_no_more() -> None:
    started: list[str] = []
    inside, leave = threading.Event(), threading.Event()

    def start(text: str) -> None:
        started.append(text)
        inside.set()
        assert leave.wait(PATIENCE)

    nights = Nights(watch("02:00", "03:00"), start, lambda: datetime.now(UTC) - timedelta(days=2))
    nights.begin()
    assert inside.wait(PATIENCE)
    nights.end(wait=False)
    assert nights.running
    leave.set()
    nights.end()
    assert started == ["02:00"]
