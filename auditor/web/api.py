"""The interface for programs: sites, runs, the ledger, barriers and rounds as JSON, and rounds asked for, each once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, HTTPException, Query, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from auditor import acting
from auditor.audit import may_visit
from auditor.model import Category, Impact, IssueState, Outcome, State, Variant
from auditor.store_requests import OtherRequest, Requests, Unanswered
from auditor.web import api_shapes as shapes
from auditor.web.api_shapes import AddressShape, IssueShape, Page, Problem, RoundAsked, RoundShape, RoundWanted, RunShape, SiteShape
from auditor.web.guard import AskingRounds, Entering, Looking, Visitor

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"
MOST = 500

_REFUSALS = {
    401: "no key, or one that does not hold",
    403: "the role, or the scope of the key, does not allow it",
    404: "there is no such thing, or the role must not see it",
    422: "a parameter does not fit",
}


def _told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {
        one: {"description": _REFUSALS.get(one, "refused"), "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        for one in statuses
    }


_UNCHANGED = {"description": "unchanged since the ETag of If-None-Match"}
router = APIRouter(prefix=PREFIX, responses={304: _UNCHANGED, **_told(401, 403, 404, 422)})

After = Annotated[str, Query(max_length=300, description="`next` of the part before; empty: from the beginning")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="items in one part")]
Known = Annotated[str | None, Header(alias="If-None-Match", max_length=1000, description="ETag of an earlier answer")]


@router.get("/openapi.json", include_in_schema=False)
def description(visitor: Entering, request: Request, known: Known = None) -> Response:
    """This interface as OpenAPI 3.1."""
    return _answer(json.dumps(document(request.app), ensure_ascii=False).encode(), known)


@router.get("/rounds", response_model=Page[RoundShape])
def rounds(visitor: Looking, after: After = "", limit: Limit = 100, known: Known = None) -> Response:
    """The rounds, newest first."""
    with visitor.service.read() as store:
        found = sorted(store.rounds(), key=lambda one: shapes.moment_key(one.id, one.started), reverse=True)
    keys = [shapes.moment_key(one.id, one.started) for one in found]
    chosen, following = shapes.part(keys, after, limit, descending=True)
    items = [shapes.round_shape(one) for one in found[chosen]]
    return _part(Page[RoundShape](items=items, total=len(found), next=following), known)


@router.get("/sites", response_model=Page[SiteShape])
def sites(
    visitor: Looking, q: Annotated[str, Query(max_length=100, description="part of name, address, owner or id")] = "",
    category: Category | None = None, region: Annotated[str, Query(pattern="^[a-z0-9-]*$", max_length=40)] = "",
    enabled: bool | None = None, after: After = "", limit: Limit = 100, known: Known = None,
) -> Response:  # fmt: skip
    """The sites that the key may see, in the order of their ids, each with its newest run."""
    found = sorted(
        (
            one for one in visitor.targets(q)
            if category in (None, one.site.category) and region in ("", one.site.region) and enabled in (None, one.enabled)
        ),
        key=lambda one: one.site.id,
    )  # fmt: skip
    with visitor.service.read() as store:
        runs = store.newest_runs()
    chosen, following = shapes.part([one.site.id for one in found], after, limit)
    items = [
        shapes.site_shape(one, runs.get(one.site.id), confirmed=may_visit(one, visitor.service.watch.network)) for one in found[chosen]
    ]
    return _part(Page[SiteShape](items=items, total=len(found), next=following), known)


@router.get("/sites/{site}", response_model=SiteShape)
def site(visitor: Looking, site: str, known: Known = None) -> Response:
    """One site with its newest run."""
    target = visitor.target(site)
    with visitor.service.read() as store:
        runs = store.runs(site, 1)
    newest = runs[0] if runs else None
    return _part(shapes.site_shape(target, newest, confirmed=may_visit(target, visitor.service.watch.network)), known)


@router.get("/sites/{site}/runs", response_model=Page[RunShape])
def runs(visitor: Looking, site: str, after: After = "", limit: Limit = 100, known: Known = None) -> Response:
    """The runs of a site, newest first."""
    visitor.target(site)
    with visitor.service.read() as store:
        found = sorted(
            store.runs(site, brief=True), key=lambda one: shapes.moment_key(one.round, one.started), reverse=True
        )
    keys = [shapes.moment_key(one.round, one.started) for one in found]
    chosen, following = shapes.part(keys, after, limit, descending=True)
    return _part(Page[RunShape](items=[shapes.run_shape(one) for one in found[chosen]], total=len(found), next=following), known)


@router.get("/sites/{site}/ledger", response_model=Page[AddressShape])
def ledger(
    visitor: Looking, site: str, state: State | None = None, after: After = "", limit: Limit = 100, known: Known = None
) -> Response:
    """Every address that the newest run met, and what became of it."""
    visitor.target(site)
    with visitor.service.read() as store:
        found = sorted((one for one in store.ledger(site) if state in (None, one.state)), key=lambda one: f"{one.url} {one.variant.value}")
    chosen, following = shapes.part([f"{one.url} {one.variant.value}" for one in found], after, limit)
    return _part(Page[AddressShape](items=[shapes.address_shape(one) for one in found[chosen]], total=len(found), next=following), known)


@router.get("/sites/{site}/issues", response_model=Page[IssueShape])
def issues(
    visitor: Looking, site: str, standing: Annotated[bool | None, Query(description="whether it has to be repaired yet")] = None,
    state: IssueState | None = None, outcome: Outcome | None = None, impact: Impact | None = None, variant: Variant | None = None,
    rule: Annotated[str, Query(max_length=100)] = "", group: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[str, Query(max_length=2000, description="an address")] = "",
    after: After = "", limit: Limit = 100, known: Known = None,
) -> Response:  # fmt: skip
    """The barriers of a site in the order of their ids."""
    visitor.target(site)
    asked = {"state": state, "outcome": outcome, "impact": impact, "variant": variant, "rule": rule, "group": group, "page": page}
    filters = {name: str(value) for name, value in asked.items() if value}
    with visitor.service.read() as store:
        found, total = store.issue_page(site, after, limit + 1, filters, standing=standing)
    items = [shapes.issue_shape(one) for one in found[:limit]]
    return _part(Page[IssueShape](items=items, total=total, next=items[-1].id if len(found) > limit else None), known)


@router.get("/sites/{site}/issues/{issue}", response_model=IssueShape)
def issue(visitor: Looking, site: str, issue: str, known: Known = None) -> Response:
    """One barrier."""
    visitor.target(site)
    with visitor.service.read() as store:
        found, _ = store.issue_page(site, "", 1, {"id": issue})
    if not found:
        raise HTTPException(404)
    return _part(shapes.issue_shape(found[0]), known)


@router.post("/rounds", status_code=202, response_model=RoundAsked, responses=_told(409))
def begin(
    visitor: AskingRounds, wanted: RoundWanted,
    key: Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern="^[!-~]+$",
                               description="made by the program; the same request with the same key is not done again")],
) -> Response:  # fmt: skip
    """Begin a round over some sites at once, whatever their windows say. 409 while another one runs."""
    body = hashlib.sha256(json.dumps(wanted.sites).encode("utf-8", "replace")).hexdigest()
    _known_sites(visitor, wanted.sites)
    with visitor.service.write() as store:
        requests = Requests(store)
        try:
            before = requests.begin(visitor.account.name, key, body, datetime.now(UTC))
        except OtherRequest:
            return problem(422, "这个 Idempotency-Key 已经用于另一项请求。")
        except Unanswered:
            return problem(409, "同一项请求刚刚提出过，还没有结果，请稍后再问。")
        if before:
            return Response(before, 202, media_type="application/json")
        answer = ""
        try:
            acting.run_now(visitor.service, visitor.actor, wanted.sites)
            answer = RoundAsked(asked=datetime.now(UTC), sites=wanted.sites).model_dump_json()
        except acting.Refused as refused:
            return problem(409, str(refused))
        finally:
            requests.answered(visitor.account.name, key, answer)
    return Response(answer, 202, media_type="application/json")


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal as programs read it (RFC 9457)."""
    told = Problem(title=_REFUSALS.get(status, "refused"), status=status, detail=detail)
    return JSONResponse(told.model_dump(), status, headers={"Cache-Control": "no-store", **(headers or {})}, media_type=PROBLEM)


def document(app: FastAPI) -> dict[str, Any]:
    """The description of this interface, made once from the routes themselves."""
    if app.openapi_schema is None:
        app.openapi_schema = _document(app)
    return app.openapi_schema


def _document(app: FastAPI) -> dict[str, Any]:
    routes = [route for route in app.routes if getattr(route, "path", "").startswith(PREFIX)]
    made = get_openapi(
        title="信息无障碍审计服务", version="1", openapi_version="3.1.0", routes=routes,
        description="Keys are made in the console at 我的账户 and sent as `Authorization: Bearer`; lists come in parts.",
    )  # fmt: skip
    made["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    made["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"key": []}]
    return made


def _known_sites(visitor: Visitor, sites: list[str]) -> None:
    known = {one.site.id for one in visitor.service.watch.targets if one.enabled}
    if unknown := sorted(set(sites) - known):
        raise HTTPException(422, f"网站清单中没有启用这些网站：{'、'.join(unknown)[:500]}")


def _part(shape: Any, known: str | None) -> Response:
    return _answer(shape.model_dump_json().encode(), known)


def _answer(content: bytes, known: str | None) -> Response:
    """JSON with its ETag; 304 without a body for whoever has it already."""
    tag = '"' + hashlib.sha256(content).hexdigest()[:32] + '"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if known is not None and (known.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in known.split(",")}):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
