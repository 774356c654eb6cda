"""How far the round is that runs now: a part of the start page, which its script asks for again and again while somebody looks on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Response

from auditor.model import RoundSummary, RunSummary, Target
from auditor.store import Store
from auditor.web.guard import Following, Visitor
from auditor.web.showing import part
from reports import words

router = APIRouter(include_in_schema=False)

EVERY = 5.0
"""Seconds from one answer to the next question."""

ONE_BY_ONE = 3
"""Sites that are named when they end between two questions; of more only their number is told."""

RECENT = 14
"""Rounds among which the one that a page shows is looked for."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One site of a round."""

    target: Target
    run: RunSummary


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """The round that runs now."""

    round: RoundSummary | None  #: None: it is being got ready, or brought to its end
    done: tuple[Line, ...]
    now: tuple[tuple[Target, int], ...]  #: sites being audited, with the pages judged so far


def lines(runs: Iterable[RunSummary], seen: Mapping[str, Target]) -> tuple[Line, ...]:
    """The runs of the sites that the visitor may see."""
    return tuple(Line(target=seen[run.site], run=run) for run in runs if run.site in seen)


def under_way(visitor: Visitor, store: Store, seen: Mapping[str, Target]) -> UnderWay | None:
    """What runs at this moment; None: nothing."""
    if not visitor.service.nights.running:
        return None
    names = store.unfinished()
    round = next((one for one in store.rounds(1) if one.id in names), None)
    if round is None:
        return UnderWay(round=None, done=(), now=())
    now = tuple((seen[site], pages) for site, pages in store.progress(round.id).items() if site in seen)
    return UnderWay(round=round, done=lines(store.runs_in(round.id), seen), now=now)


@router.api_route("/progress", methods=["GET", "HEAD"])
def progress(visitor: Following, round: str = "", known: int = 0) -> Response:
    """The part as it is now. `round`: the one that is shown, `known`: how many of its sites are known there to be done."""
    seen = {target.site.id: target for target in visitor.targets()}
    with visitor.service.read() as store:
        running = under_way(visitor, store, seen)
        before = next((one for one in store.rounds(RECENT) if one.id == round), None)
        now = running.round if running and running.round else before
        done = running.done if running and running.round else lines(store.runs_in(now.id), seen) if now else ()
    shown, finished = now.id if now else "", now is None or now.finished is not None
    news = done[max(0, known) :] if shown == round else ()
    return part(
        visitor, "progress.html", running=running, shown=shown, known=len(done), news=news, finished=finished, one_by_one=ONE_BY_ONE,
        triggers=words.TRIGGER,
    )  # fmt: skip
