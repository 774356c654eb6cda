"""Looks by day are done in a process apart: what goes wrong there, or takes too long, costs that look and nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import errands
import pytest
from processes import gone

from auditor import looking
from auditor.apart import WorkerLost
from auditor.looking import GRACE, GivenWay, TookTooLong, look
from auditor.model import Category, Network, Order, Site, Target

NOW = datetime.now(UTC)
SITE = Site(id="a", name="甲", url="http://a.test/", category=Category.OTHER, region="", owner="")
ORDER = Order(target=Target(site=SITE), network=Network(), round="x", now=NOW, deadline=NOW + timedelta(minutes=1))


def never() -> bool:
    return False


def test_a_look_is_done_in_a_process_of_its_own_that_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "audit", errands.whereabouts)
    told: list[Any] = []
    place: Any = look(ORDER, never, told.append)
    assert told == [place] and place != os.getpid() and gone(place)


@pytest.mark.timeout(90)
@pytest.mark.parametrize("work", [errands.silent, errands.holds_the_interpreter])
def test_a_night_ends_a_look_at_once_whatever_it_is_doing(monkeypatch: pytest.MonkeyPatch, work: Callable[..., Any]) -> None:
    monkeypatch.setattr(looking, "audit", work)
    monkeypatch.setattr(looking, "PATIENCE", 1.0)
    told: list[Any] = []
    began = time.monotonic()
    with pytest.raises(GivenWay):
        look(ORDER, lambda: bool(told), told.append)
    assert gone(told[0][0]) and time.monotonic() - began < 30


@pytest.mark.timeout(90)
def test_a_look_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "audit", errands.silent)
    monkeypatch.setattr(looking, "PATIENCE", 0.2)
    over = Order(target=ORDER.target, network=Network(), round="x", now=NOW, deadline=NOW - GRACE + timedelta(seconds=2))
    began = time.monotonic()
    with pytest.raises(TookTooLong):
        look(over, never)
    assert 2 <= time.monotonic() - began < 30


def test_a_look_whose_process_dies_costs_nobody_else_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "audit", errands.die)
    with pytest.raises(WorkerLost):
        look(ORDER, never)
