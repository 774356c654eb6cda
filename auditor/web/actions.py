"""What an operator does with the service: start a round, pause the schedule, keep away from a host, read targets.yml again."""

from __future__ import annotations

from fastapi import APIRouter, Response

from auditor import acting, stops
from auditor.audit import may_visit
from auditor.language import say
from auditor.web.guard import Running, Setting, Stopping, Visitor
from auditor.web.showing import back, beside, show

router = APIRouter(prefix="/run", include_in_schema=False)


@router.api_route("", methods=["GET", "HEAD"])
def desk(visitor: Running, done: str = "") -> Response:
    """The page with all of it."""
    return _desk(visitor, done=done)


@router.post("/now")
def run_now(visitor: Running) -> Response:
    """Start a round over the chosen sites."""
    try:
        acting.run_now(visitor.service, visitor.actor, visitor.all_said("site"))
    except acting.Refused as refused:
        return _desk(visitor, dict(refused.errors))
    return back("/", "started")


@router.post("/pause")
def pause(visitor: Running) -> Response:
    """Let no night begin by itself."""
    try:
        acting.pause(visitor.service, visitor.actor, visitor.account.title, visitor.said("pause-why"))
    except acting.Refused as refused:
        return _desk(visitor, beside(refused.errors, "pause"))
    return back("/run", "paused")


@router.post("/resume")
def resume(visitor: Running) -> Response:
    """Go by the schedule again."""
    try:
        acting.resume(visitor.service, visitor.actor)
    except acting.Refused as refused:
        return _desk(visitor, dict(refused.errors))
    return back("/run", "resumed")


@router.post("/stop")
def stop(visitor: Stopping) -> Response:
    """Keep away from a host, or from all."""
    try:
        acting.stop_host(visitor.service, visitor.actor, visitor.account.title, visitor.said("stop-host"), visitor.said("stop-why"))
    except acting.Refused as refused:
        return _desk(visitor, beside(refused.errors, "stop"))
    return back("/run", "stopped")


@router.post("/lift")
def lift(visitor: Stopping) -> Response:
    """Take stops back."""
    try:
        acting.lift_stop(visitor.service, visitor.actor, visitor.said("host"))
    except acting.Refused as refused:
        return _desk(visitor, dict(refused.errors))
    return back("/run", "lifted")


@router.post("/reload")
def reload(visitor: Setting) -> Response:
    """Read targets.yml again; its mistakes are shown on the page of the settings."""
    reading = acting.reload(visitor.service, visitor.actor)
    return back("/settings", "" if reading.problems else "reloaded")


def _desk(visitor: Visitor, errors: dict[str, str] | None = None, done: str = "") -> Response:
    service = visitor.service
    targets = [target for target in service.watch.targets if target.enabled and may_visit(target, service.watch.network)]
    title = say("运行", "Running")
    return show(
        visitor, "run.html", title, status=422 if errors else 200, done=done, errors=errors or {}, targets=targets, pause=service.pause(),
        running=service.nights.running, stops=stops.read(stops.beside(service.db)), chosen=visitor.all_said("site"), said=visitor.said,
        next=service.nights.next_times(),
    )  # fmt: skip
