"""The main job on the demo city: serve it on loopback, audit it some nights, write the report, say where it lies."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import click

from auditor import targets as targets_file
from auditor.demo.city import targets_text
from auditor.demo.server import City
from auditor.model import RunState, Target, Variant, Watch
from auditor.publish import publish
from auditor.rounds import run_round
from auditor.store import Store
from auditor.telling import Teller, round_table
from auditor.workers import workers

SITES = 6  # at a time: what is tried on a page is mostly waited for
ALWAYS_USED = frozenset({"federation"})
"""Portals that are used every night: there something that only shows in use is repaired, and something comes back."""


def show(out: Path, nights: int) -> int:
    """Audit the demo city `nights` times into a fresh database below `out` and write the report there; an exit status.

    What an earlier demo left in the folder is replaced; other files there are left alone.
    """
    begun = time.monotonic()
    _clear(out)
    with City(night=1) as city, Store.open(out / "auditor.db") as store:
        watch = targets_file.loads(targets_text(city.port))
        audited = False
        for night in range(1, nights + 1):
            city.night = night
            audited |= _night(watch, store, night, whole=night == nights)
        first = publish(watch, store, out / "site")
    click.echo(f"用时 {time.monotonic() - begun:.0f} 秒。报告：{first.resolve().as_uri()}")
    return 0 if audited else 1


def _night(watch: Watch, store: Store, night: int, *, whole: bool) -> bool:
    """One night. To be short, only the last one is whole; before it one portal is used, and no page is met in other variants."""
    targets = tuple(target if whole or target.site.id in ALWAYS_USED else _looked_at(target) for target in watch.targets)
    with Teller(total=None) as teller, workers(SITES) as executor:
        outcome = run_round(watch, targets, store, executor, trigger="demo", tell=teller.tell)
    told = "各网站都试用，会多查出只有使用时才显现的障碍" if whole else "为节省时间，只试用一个网站"
    click.echo(f"第 {night} 晚（{outcome.seconds:.0f} 秒）：{told}")
    click.echo(round_table(watch, outcome))
    click.echo("")
    return any(run.state is not RunState.FAILED for run in outcome.runs)


def _looked_at(target: Target) -> Target:
    return replace(target, interaction_pages=0, variants=(Variant.DESKTOP,))


def _clear(out: Path) -> None:
    for name in ("auditor.db", "auditor.db-wal", "auditor.db-shm", "auditor.db.lock"):
        (out / name).unlink(missing_ok=True)
    for name in ("auditor.db.blobs", "site"):
        shutil.rmtree(out / name, ignore_errors=True)
