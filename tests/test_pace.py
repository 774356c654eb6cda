"""Guest manners: how a host's trouble slows us down, how a stop ends every pause, and when the night begins and ends."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from loopback import run

from crawlers.pace import GOOD_RUN, LONGEST_GAP, LONGEST_WAIT, Pace, night, retry_after

HOST = "site.test"


def test_trouble_doubles_the_gap_up_to_a_limit() -> None:
    async def story() -> None:
        pace = Pace(1.0)
        gaps = []
        for _ in range(10):
            pace.met(HOST, well=False)
            gaps.append(pace.gap(HOST))
        assert gaps == [2, 4, 8, 16, 32, LONGEST_GAP, LONGEST_GAP, LONGEST_GAP, LONGEST_GAP, LONGEST_GAP]
        assert pace.gap("other.test") == 1
        assert "60 秒" in pace.note(HOST) and not pace.note("other.test")

    run(story())


def test_a_run_of_good_answers_halves_it_again_and_a_single_one_does_not() -> None:
    async def story() -> None:
        pace = Pace(1.0)
        for _ in range(2):
            pace.met(HOST, well=False)
        for _ in range(GOOD_RUN - 1):
            pace.met(HOST, well=True)
        assert pace.gap(HOST) == 4
        pace.met(HOST, well=False)
        for _ in range(GOOD_RUN - 1):
            pace.met(HOST, well=True)
        assert pace.gap(HOST) == 8, "trouble begins the run afresh"
        gaps = []
        for _ in range(4 * GOOD_RUN):
            pace.met(HOST, well=True)
            gaps.append(pace.gap(HOST))
        assert gaps == [4] * GOOD_RUN + [2] * GOOD_RUN + [1] * (2 * GOOD_RUN)
        assert pace.note(HOST) == ""

    run(story())


def test_crawl_delay_stays_the_floor_and_is_widened_too() -> None:
    async def story() -> None:
        pace = Pace(1.0)
        pace.ask(HOST, 5.0)
        pace.met(HOST, well=False)
        assert pace.gap(HOST) == 10
        for _ in range(10 * GOOD_RUN):
            pace.met(HOST, well=True)
        assert pace.gap(HOST) == 5
        pace.ask(HOST, 2 * LONGEST_GAP)
        pace.met(HOST, well=False)
        assert pace.gap(HOST) == 2 * LONGEST_GAP

    run(story())


def test_without_a_gap_on_our_own_machines_caution_adds_none() -> None:
    async def story() -> None:
        pace = Pace(0.0)
        for _ in range(20):
            pace.met(HOST, well=False)
        assert (pace.gap(HOST), pace.note(HOST)) == (0, "")

    run(story())


def test_a_gap_that_widens_while_somebody_waits_holds_for_the_one_waiting() -> None:
    async def story() -> None:
        pace = Pace(0.2)
        begun = time.monotonic()
        assert await pace.turn(HOST)
        waiting = asyncio.create_task(pace.turn(HOST))
        await asyncio.sleep(0)
        pace.met(HOST, well=False)
        assert await waiting
        assert 0.39 < time.monotonic() - begun < 3

    run(story())


def test_turns_come_first_come_first_served_and_hosts_do_not_wait_for_each_other() -> None:
    async def story() -> None:
        pace = Pace(0.1)
        order: list[str] = []

        async def visit(host: str, name: str) -> None:
            assert await pace.turn(host)
            order.append(name)

        pace.hold("slow.test", 0.3)
        await asyncio.gather(visit("slow.test", "s"), visit("a.test", "1"), visit("a.test", "2"), visit("b.test", "x"))
        assert order == ["1", "x", "2", "s"]

    run(story())


def test_a_hold_that_cannot_be_waited_for_is_told_at_once() -> None:
    async def story() -> None:
        pace = Pace(0.0)
        begun = time.monotonic()
        pace.hold(HOST, LONGEST_WAIT + 60)
        assert not await pace.turn(HOST)
        pace.hold("b.test", 20)
        assert not await pace.turn("b.test", lambda: 10.0)
        assert not await pace.turn("c.test", lambda: 0.0)
        assert time.monotonic() - begun < 1

    run(story())


def test_a_stop_ends_a_pause_within_seconds() -> None:
    async def story() -> None:
        stopped: set[str] = set()
        pace = Pace(30.0, stopped=stopped.__contains__)
        assert await pace.turn(HOST) and await pace.turn("b.test")
        waiting = [asyncio.create_task(pace.turn(HOST)) for _ in range(3)]
        other = asyncio.create_task(pace.turn("b.test"))
        await asyncio.sleep(0.1)
        stopped.add(HOST)
        begun = time.monotonic()
        assert await asyncio.gather(*waiting) == [False] * 3
        assert time.monotonic() - begun < 2
        assert not other.done()
        other.cancel()

    run(story())


# ---------------------------------------------------------------------------------------------- times


def at(text: str) -> datetime:
    """A moment of Beijing time."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "opens", "closes"),
    [
        ("2026-11-24T02:00", "2026-11-23T22:00", "2026-11-24T06:30"),
        ("2026-11-23T22:00", "2026-11-23T22:00", "2026-11-24T06:30"),
        ("2026-11-24T06:29:59", "2026-11-23T22:00", "2026-11-24T06:30"),
        ("2026-11-24T06:30", "2026-11-24T22:00", "2026-11-25T06:30"),
        ("2026-11-24T12:00", "2026-11-24T22:00", "2026-11-25T06:30"),
        ("2026-12-31T23:59", "2026-12-31T22:00", "2027-01-01T06:30"),
    ],
)
def test_the_night_is_the_one_that_is_open_or_the_next(now: str, opens: str, closes: str) -> None:
    assert night(("22:00", "06:30"), "Asia/Shanghai", at(now)) == (at(opens), at(closes))


def test_a_window_within_one_day_and_one_of_the_whole_day() -> None:
    assert night(("1:00", "5:00"), "Asia/Shanghai", at("2026-11-24T06:00")) == (at("2026-11-25T01:00"), at("2026-11-25T05:00"))
    opens, closes = night(("00:00", "00:00"), "Asia/Shanghai", at("2026-11-24T06:00"))
    assert (opens, closes) == (at("2026-11-24T00:00"), at("2026-11-25T00:00"))


def test_the_window_is_that_of_the_place_not_of_the_machine() -> None:
    opens, closes = night(("22:00", "06:30"), "Europe/Berlin", datetime(2026, 3, 28, 23, 0, tzinfo=UTC))
    assert (opens, closes) == (datetime(2026, 3, 28, 21, 0, tzinfo=UTC), datetime(2026, 3, 29, 4, 30, tzinfo=UTC))
    assert closes - opens == timedelta(hours=7.5), "the clocks go forward that night"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("Tue, 24 Nov 2026 00:10:00 GMT", 600), ("Mon, 23 Nov 2026 00:00:00 GMT", 0), ("", None), ("soon", None),
        ("-5", None), ("1.5", None), ("٣", None), ("9" * 400, 999_999_999), ("Tue, 99 Nov 2026 00:10:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_a_number_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after(header, datetime(2026, 11, 24, tzinfo=UTC)) == seconds
