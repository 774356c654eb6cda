"""Whether the service is well, for whatever watches over it, and the style sheets and the script of its pages."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from auditor.accounts import Right
from auditor.store import StoreError
from auditor.web.guard import Entering
from auditor.web.showing import of_ours
from reports import pages

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
OPEN = ("ok", "running", "paused", "last_round", "next", "now")
"""What is told to everybody; the rest to those who may see the settings."""


@router.api_route("/health", methods=READ)
def how_it_is(visitor: Entering) -> Response:
    """JSON: status 200, or 503 where it says `"ok": false`."""
    try:
        told = visitor.service.health()
    except StoreError as error:
        told = {"ok": False, "trouble": str(error)}
    shown = told if visitor.may(Right.SETTINGS) else {name: told[name] for name in OPEN if name in told}
    return JSONResponse(jsonable_encoder(shown), status_code=200 if told["ok"] else 503, headers={"Cache-Control": "no-store"})


@router.api_route("/ready", methods=READ)
def whether_ready(visitor: Entering) -> Response:
    """JSON: status 200 while the database answers and the service is not about to end, else 503."""
    well = not visitor.service.stop.is_set()
    try:
        with visitor.service.read() as store:
            store.rounds(1)
    except StoreError:
        well = False
    return JSONResponse({"ready": well}, status_code=200 if well else 503, headers={"Cache-Control": "no-store"})


@router.api_route("/style.css", methods=READ)
def style(visitor: Entering) -> Response:
    """The style of all pages."""
    return _file(pages.stylesheet(), "text/css")


@router.api_route("/console.css", methods=READ)
def console(visitor: Entering) -> Response:
    """The style of the console's forms."""
    return _file(of_ours("console.css"), "text/css")


@router.api_route("/progress.js", methods=READ)
def script(visitor: Entering) -> Response:
    """The script of the start page (`progress`)."""
    return _file(of_ours("progress.js"), "text/javascript")


def _file(content: bytes, kind: str) -> Response:
    return Response(content, media_type=f"{kind}; charset=utf-8", headers={"Cache-Control": "no-cache"})
