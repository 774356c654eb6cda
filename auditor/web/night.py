"""The start page: how the last night went, what is going on now, what could not be audited and why, and when the next one comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Response

from auditor import stops
from auditor.accounts import Right
from auditor.audit import may_visit
from auditor.case_dates import Due
from auditor.casework import waiting
from auditor.language import say
from auditor.model import RoundSummary, RunState, Stop, Target
from auditor.store_cases import Cases
from auditor.web.guard import Looking, Visitor
from auditor.web.progress import EVERY, Line, UnderWay, lines, under_way
from auditor.web.showing import show
from reports import words

router = APIRouter(include_in_schema=False)

NIGHTS = 14


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What the start page says, of the sites that the visitor may see."""

    running: UnderWay | None
    last: RoundSummary | None
    well: tuple[Line, ...]
    badly: tuple[Line, ...]  #: sites that were not audited, or in part only, with the reason in their run
    unconfirmed: tuple[Target, ...]
    rounds: tuple[RoundSummary, ...]
    next: tuple[tuple[str, datetime], ...]
    pause: dict[str, str] | None
    stops: tuple[Stop, ...]
    trouble: str
    due: tuple[Due, ...]  #: what waits in cases today


def overview(visitor: Visitor) -> Overview:
    """All of it, by a few small questions to the database."""
    service = visitor.service
    seen = {target.site.id: target for target in visitor.targets()}
    with service.read() as store:
        rounds = store.rounds(NIGHTS)
        last, running = store.last_finished(), under_way(visitor, store, seen)
        runs = store.runs_in(last.id) if last else ()
        cases = [one for one in Cases(store, service.watch.timezone).all() if one.site in seen]
    visited = [line for line in lines(runs, seen) if may_visit(line.target, service.watch.network)]
    return Overview(
        running=running, last=last,
        well=tuple(line for line in visited if line.run.state is RunState.AUDITED),
        badly=tuple(line for line in visited if line.run.state is not RunState.AUDITED),
        unconfirmed=tuple(one for one in seen.values() if one.enabled and not may_visit(one, service.watch.network)),
        rounds=rounds, next=tuple(service.nights.next_times().items()), pause=service.pause(),
        due=waiting(cases, service.watch.timezone, datetime.now(UTC)), stops=stops.read(stops.beside(service.db)),
        trouble=service.trouble if visitor.may(Right.LOOK_ALL) else "",
    )  # fmt: skip


@router.api_route("/", methods=["GET", "HEAD"])
def last_night(visitor: Looking, done: str = "") -> Response:
    """The page."""
    it = overview(visitor)
    return show(
        visitor, "night.html", say("夜间检测", "Nightly audits"), done=done, live=it.running is not None, it=it, every=EVERY,
        triggers=words.TRIGGER, duration=words.duration,
    )  # fmt: skip
