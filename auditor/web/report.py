"""The report pages, the same as the static files, below /reports/: an owner's own sites, everything for those who see all or the public."""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse

import reports
from auditor.accounts import Right
from auditor.everybody import for_everybody
from auditor.service import Service
from auditor.web.guard import Reporting, Visitor, Watching
from auditor.web.languages import links
from reports import pages

router = APIRouter(prefix="/reports", include_in_schema=False)
READ = ["GET", "HEAD"]


@router.api_route("/night.html", methods=READ)
@router.api_route("/night.{part}.html", methods=READ)
def last_night(visitor: Watching, part: str = "") -> Response:
    """The operator's page of the last night, for nobody else even where the reports are open to everybody."""
    content = visitor.service.page(f"night.{part}.html" if part else "night.html")
    if content is None:
        raise HTTPException(404)
    return HTMLResponse(_with_languages(content), headers={"Cache-Control": "private, no-store"})


@router.api_route("/", methods=READ)
@router.api_route("/{name}.html", methods=READ)
def overview(visitor: Reporting, name: str = "index") -> Response:
    """The pages over all sites."""
    public = not visitor.may(Right.LOOK_ALL)
    if public and not visitor.service.reports_public:
        raise HTTPException(404)
    content = visitor.service.page(f"{name}.html", public=public)
    if content is None:
        raise HTTPException(404)
    return HTMLResponse(_with_languages(content), headers={"Cache-Control": _kept(public)})


@router.api_route("/sites/{name}", methods=READ)
def one_site(visitor: Reporting, name: str) -> Response:
    """ID, or ID.html, ID.2.html, ID.brief.html … as in the static files, so that their links lead somewhere here too."""
    subject = name.partition(".")[0]
    public = not visitor.may(Right.LOOK_ALL) and not visitor.sees(subject)
    if public and (not visitor.service.reports_public or name.endswith(".docx")):  # the letter is a draft for those who send it
        raise HTTPException(404)
    history = visitor.service.history_of(subject)
    if history is None:
        raise HTTPException(404)
    told = for_everybody(history) if public else history
    path = f"sites/{name}" if name.endswith(tuple(reports.TYPES)) else f"sites/{name}.html"
    content = reports.file_of(told, told.sites[0], path)
    if content is None:
        raise HTTPException(404)
    told_page = _with_languages(content) if path.endswith(".html") else content
    return Response(told_page, media_type=reports.media_type(path), headers={"Cache-Control": _kept(public)})


@router.api_route("/style.css", methods=READ)
def style(visitor: Reporting) -> Response:
    """The style sheet beside the pages, as in the static files."""
    return Response(pages.stylesheet(), media_type="text/css; charset=utf-8", headers={"Cache-Control": "no-cache"})


@router.api_route("/pictures/{digest}.webp", methods=READ)
def picture(visitor: Reporting, digest: str) -> Response:
    """A picture of a site whose report the visitor may read."""
    if not _sees_all(visitor):
        with visitor.service.read() as store:
            if not any(store.shown(one.site.id, digest) for one in visitor.targets()):
                raise HTTPException(404)
    return shown(visitor.service, digest)


def shown(service: Service, digest: str) -> Response:
    """A picture; what is none is never handed out, since snapshots of pages are kept in the same place."""
    content = service.blob(digest) if re.fullmatch("[0-9a-f]{64}", digest) else None
    if content is None or content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise HTTPException(404)
    return Response(content, media_type="image/webp", headers={"Cache-Control": "private, max-age=31536000, immutable"})


def _sees_all(visitor: Visitor) -> bool:
    return visitor.may(Right.LOOK_ALL) or visitor.service.reports_public


def _with_languages(page: bytes) -> bytes:
    """A page with the links to its languages at the head, which files on a disk cannot have."""
    head = b'<header class="band"><div class="wide">'
    return page.replace(head, head + b"\n" + links().encode(), 1)


def _kept(public: bool) -> str:
    return "no-cache" if public else "private, no-store"
