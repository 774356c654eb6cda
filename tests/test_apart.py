"""Audits in processes apart: what they tell arrives, their errors travel, and one that dies takes nothing with it."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError

import errands
import pytest
from executors import errors_travel_with_their_kind_where_they_can, nobody, who_hears_no_more_ends_the_work
from processes import gone, until

from auditor.apart import Apart, WorkEnded, WorkerLost
from auditor.workers import workers


@pytest.fixture
def executor() -> Iterator[Apart]:
    with Apart(1) as pool:
        yield pool


def test_what_is_told_arrives_in_order_and_one_process_does_many_audits(executor: Apart, caplog: pytest.LogCaptureFixture) -> None:
    told: list[int] = []
    with caplog.at_level(logging.WARNING):
        first, place = executor.submit(errands.double, 5, told.append).result(60)
        second, again = executor.submit(errands.double, 3, nobody).result(60)
    assert (first, second, told) == (10, 6, [0, 1, 2, 3, 4])
    assert place == again != os.getpid()
    assert [record.getMessage() for record in caplog.records] == ["doubled 5", "doubled 3"]


def test_errors_travel_with_their_kind_where_they_can(executor: Apart) -> None:
    errors_travel_with_their_kind_where_they_can(executor)


def test_who_hears_no_more_ends_the_work_and_the_process_stays_of_use(executor: Apart) -> None:
    process = who_hears_no_more_ends_the_work(executor)
    assert executor.submit(errands.double, 1, nobody).result(60) == (2, process)


def test_a_process_that_dies_costs_its_own_work_only(executor: Apart) -> None:
    told: list[str] = []
    with pytest.raises(WorkerLost, match="检测进程意外结束"):
        executor.submit(errands.die, None, told.append).result(60)
    assert told == ["about to"]
    assert executor.submit(errands.double, 4, nobody).result(60)[0] == 8


@pytest.mark.timeout(60)
def test_what_cannot_be_read_costs_its_own_work_only_and_answers_are_not_mixed_up(executor: Apart) -> None:
    with pytest.raises(ValueError, match="unreadable"):
        executor.submit(errands.tell_unreadable, None, nobody).result(60)
    assert executor.submit(errands.double, 4, nobody).result(60)[0] == 8
    with pytest.raises(WorkerLost):
        executor.submit(errands.double, errands.Unreadable(), nobody).result(60)
    assert executor.submit(errands.double, 3, nobody).result(60)[0] == 6


def test_what_a_process_starts_can_be_ended(executor: Apart) -> None:
    assert executor.submit(errands.ends_by_a_polite_request, None, nobody).result(60) == -signal.SIGTERM


def test_processes_end_with_the_executor_and_with_whoever_started_them() -> None:
    with Apart(1) as executor:
        _, place = executor.submit(errands.double, 1, nobody).result(60)
    assert gone(place)
    program = (
        "import errands\nfrom auditor.apart import Apart\n"
        "Apart(1).submit(errands.endless, None, lambda process: print(process, flush=True)).result()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        below = int(process.stdout.readline())
        process.kill()
    until(lambda: gone(below), 20)


def test_without_waiting_what_is_under_way_ends_too() -> None:
    executor, heard = Apart(1), list[int]()
    running = executor.submit(errands.endless, None, heard.append)
    until(lambda: bool(heard), 60)
    executor.shutdown(wait=False)
    with pytest.raises(WorkerLost):
        running.result(60)
    began = time.monotonic()
    until(lambda: gone(heard[0]), 20)
    assert time.monotonic() - began < 20


@pytest.mark.timeout(90)
def test_who_leaves_by_an_exception_waits_for_no_word_of_the_work() -> None:
    chatty, mute = list[int](), list[tuple[int, int]]()
    with pytest.raises(ZeroDivisionError), workers(2, patience=1.0) as executor:
        running = executor.submit(errands.endless, None, chatty.append), executor.submit(errands.silent, None, mute.append)
        waiting = executor.submit(errands.double, 1, nobody)
        until(lambda: bool(chatty and mute), 60)
        began = time.monotonic()
        raise ZeroDivisionError
    assert time.monotonic() - began < 15, "and not a minute after the next thing that is told"
    assert waiting.cancelled() and all(isinstance(one.exception(), WorkEnded) for one in running)
    assert gone(chatty[0]) and gone(mute[0][0])


def test_a_process_apart_is_out_of_reach_of_the_terminal(executor: Apart) -> None:
    heard: list[tuple[int, int]] = []
    running = executor.submit(errands.silent, None, heard.append)
    until(lambda: bool(heard), 60)
    assert heard[0][0] == heard[0][1] != os.getpgid(0), "Ctrl-C there is for whole groups"
    executor.shutdown(wait=False)
    with pytest.raises(WorkerLost):
        running.result(60)


def test_work_that_is_ended_before_it_has_begun_does_not_run_on() -> None:
    with Apart(1, patience=30) as executor:
        running = executor.submit(errands.endless, None, nobody)
        executor.end()  # while its process starts
        with pytest.raises((WorkEnded, CancelledError)):
            running.result(60)
