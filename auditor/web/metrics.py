"""Numbers for Prometheus, in its text format 0.0.4: how the service, the nights and the sites are. Nothing can be changed here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from fastapi import APIRouter, Request, Response

from auditor.model import JUDGED, RunSummary
from auditor.service import Service
from auditor.store_outbox import Outbox
from auditor.web.counting import BOUNDS, Counted
from auditor.web.guard import Watching

router = APIRouter(include_in_schema=False)
FORMAT = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[dict[str, str], float]


@router.get("/metrics")
def metrics(visitor: Watching, request: Request) -> Response:
    """All of them."""
    lines = [*_service(visitor.service), *_sites(visitor.service), *_answers(request.app.state.counted)]
    return Response("".join(lines), media_type=FORMAT, headers={"Cache-Control": "no-store"})


def _service(service: Service) -> Iterator[str]:
    told = service.health()
    with service.read() as store:
        unsent = len(Outbox(store).unsent())
        newest = store.last_finished()
    yield from _one("auditor_ok", "Whether the last round came to its end.", told["ok"])
    yield from _one("auditor_round_running", "Whether a round runs.", told["running"])
    yield from _one("auditor_schedule_paused", "Whether the schedule is paused.", told["paused"])
    yield from _one("auditor_sites", "Sites that are watched.", told["sites"])
    yield from _one("auditor_sites_unconfirmed", "Enabled sites that nobody has confirmed.", told["unconfirmed"])
    yield from _one("auditor_stops", "Emergency stops in force.", len(told["stops"]))
    yield from _one("auditor_retests_waiting", "Retests that run or wait.", len(service.waiting()))
    yield from _one("auditor_messages_waiting", "Messages that were not taken yet.", unsent)
    if newest is not None and newest.finished is not None:
        yield from _one("auditor_last_round_timestamp_seconds", "When the newest finished round began.", newest.started.timestamp())
        seconds = (newest.finished - newest.started).total_seconds()
        yield from _one("auditor_last_round_seconds", "How long it took.", seconds)
    times = [({"schedule": name}, datetime.fromisoformat(when).timestamp()) for name, when in told["next"].items()]
    yield from _family("auditor_next_round_timestamp_seconds", "When the next round is due.", times)


def _sites(service: Service) -> Iterator[str]:
    with service.read() as store:
        runs = store.newest_runs()
    newest = [runs[one.site.id] for one in service.watch.targets if one.site.id in runs]
    judged = [one for one in newest if one.state in JUDGED]
    states = [({"site": run.site, "state": run.state.value}, 1.0) for run in newest]
    yield from _family("auditor_site_state", "How the newest run of a site ended.", states)
    yield from _family("auditor_site_open", "Barriers that stand, of sites that were judged.", _each(judged, lambda run: run.open))
    pages = _each(judged, lambda run: run.pages_audited + run.pages_reused)
    yield from _family("auditor_site_pages", "Pages judged or carried over.", pages)
    scored = [({"site": run.site}, run.score.value) for run in judged if run.score]
    yield from _family("auditor_site_index", "Accessibility index, 0 to 100, where it is not withheld.", scored)
    begun = _each(newest, lambda run: run.started.timestamp())
    yield from _family("auditor_site_run_timestamp_seconds", "When the newest run of a site began.", begun)


def _answers(counted: Counted) -> Iterator[str]:
    by_status, within, seconds, answers = counted.now()
    name = "auditor_http_requests_total"
    told = [({"method": method, "status": str(status)}, float(count)) for (method, status), count in sorted(by_status.items())]
    yield from _family(name, "Answers since the service began.", told, "counter")
    name = "auditor_http_request_seconds"
    yield f"# HELP {name} Time until the head of an answer was sent.\n# TYPE {name} histogram\n"
    for bound in BOUNDS:
        yield f'{name}_bucket{{le="{bound}"}} {within.get(bound, 0)}\n'
    yield f'{name}_bucket{{le="+Inf"}} {answers}\n{name}_sum {seconds:.6f}\n{name}_count {answers}\n'


def _each(runs: Iterable[RunSummary], value: Callable[[RunSummary], float]) -> list[Sample]:
    return [({"site": run.site}, value(run)) for run in runs]


def _one(name: str, help: str, value: float) -> Iterator[str]:
    return _family(name, help, [({}, value)])


def _family(name: str, help: str, samples: Iterable[Sample], kind: str = "gauge") -> Iterator[str]:
    yield f"# HELP {name} {help}\n# TYPE {name} {kind}\n"
    for labels, value in samples:
        told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{{{told}}} {float(value):.15g}\n" if told else f"{name} {float(value):.15g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
