"""The measuring of readers passes only where there was something to measure, and tells what it missed."""

from __future__ import annotations

import asyncio
import math
from collections import Counter

import httpx
import pytest

from bench.readers import Nights, Told, ask, misses, night

IDLE = Told(seconds=[0.01, 0.02, 0.03])


def loaded(*seconds: float, in_night: int | None = None) -> Told:
    return Told(seconds=[*seconds], in_night=len(seconds) if in_night is None else in_night)


def client(answer: httpx.Response | list[httpx.Response]) -> httpx.AsyncClient:
    left = answer if isinstance(answer, list) else [answer] * 100
    return httpx.AsyncClient(base_url="http://audit.test", transport=httpx.MockTransport(lambda request: left.pop(0)))


def test_the_gate_is_met_while_nights_run_and_every_answer_is_right() -> None:
    assert misses(IDLE, loaded(0.09, 0.1), Nights()) == []


@pytest.mark.parametrize(
    ("idle", "load", "nights", "told"),
    [
        (Told(), loaded(0.01), Nights(), "idle: no answer was right"),
        (IDLE, loaded(), Nights(), "under load: no answer was right"),
        (IDLE, loaded(0.11), Nights(), "times that of the idle service"),
        (IDLE, loaded(0.01, 0.01, in_night=1), Nights(), "a night ran during 1 of 2 answers only"),
        (IDLE, loaded(0.01), Nights(trouble="RuntimeError no night began: 422"), "the nights broke off: RuntimeError no night began"),
        (Told(seconds=[0.01], errors=Counter({"500 /": 2})), loaded(0.01), Nights(), "idle: 2 errors"),
    ],
)  # fmt: skip
def test_what_the_gate_misses_is_told(idle: Told, load: Told, nights: Nights, told: str) -> None:
    (said,) = misses(idle, load, nights)
    assert told in said


def test_a_phase_without_answers_has_a_line_and_no_median() -> None:
    assert "0 answers" in Told().line("idle") and math.isnan(Told().median)


def test_the_time_of_an_answer_that_is_wrong_does_not_count() -> None:
    told = Told()
    asyncio.run(ask(client(httpx.Response(500)), "/", told, Nights(run=True)))
    asyncio.run(ask(client(httpx.Response(200)), "/", told, Nights(run=True)))
    asyncio.run(ask(client(httpx.Response(200)), "/", told, Nights()))
    assert (len(told.seconds), told.in_night, dict(told.errors)) == (2, 1, {"500 /": 1})


@pytest.mark.parametrize(
    ("begun", "after", "told"),
    [
        (422, {"ok": True, "running": False, "last_round": "b"}, "no night began: 422"),
        (303, {"ok": False, "running": False, "last_round": "b", "trouble": "x"}, "a night did not end: x"),
        (303, {"ok": True, "running": False, "last_round": "a"}, "a night did not end"),
    ],
)
def test_a_night_that_does_not_begin_or_end_is_none(begun: int, after: dict[str, object], told: str) -> None:
    answers = [httpx.Response(200, json={"last_round": "a"}), httpx.Response(begun), httpx.Response(200, json=after)]
    nights = Nights()
    with pytest.raises(RuntimeError, match=told):
        asyncio.run(night(client(answers), "key", ["portal"], nights))
    assert (nights.run, nights.ended) == (False, 0)
