"""The report pages, the same as the static files, below /reports/: an owner's own sites, everything for those who see all or the public."""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import HTMLResponse

import reports
from auditor.accounts import Right
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
    return _page(visitor, f"{name}.html", public)


@router.api_route("/data/{name}", methods=READ)
def data(visitor: Reporting, name: str) -> Response:
    """The open data and their dictionary; an owner's own view of all sites is that of everybody."""
    public = not visitor.may(Right.LOOK_ALL)
    if public and not visitor.service.reports_public:
        raise HTTPException(404)
    return _page(visitor, f"data/{name}", public)


def _page(visitor: Visitor, path: str, public: bool) -> Response:
    content = visitor.service.page(path, public=public)
    if content is None:
        raise HTTPException(404)
    told = _with_languages(content) if path.endswith(".html") else content
    return Response(told, media_type=reports.media_type(path), headers=_kept(public))


@router.api_route("/sites/{name}", methods=READ)
def one_site(visitor: Reporting, name: str) -> Response:
    """ID, or ID.html, ID.2.html, ID.brief.html … as in the static files, so that their links lead somewhere here too."""
    subject = name.partition(".")[0]
    public = not visitor.may(Right.LOOK_ALL) and not visitor.sees(subject)
    if public and (not visitor.service.reports_public or name.endswith(".docx")):  # the letter is a draft for those who send it
        raise HTTPException(404)
    told = visitor.service.public_history_of(subject) if public else visitor.service.history_of(subject)
    if told is None:
        raise HTTPException(404)
    path = f"sites/{name}" if name.endswith(tuple(reports.TYPES)) else f"sites/{name}.html"
    content = reports.file_of(told, told.sites[0], path)
    if content is None:
        raise HTTPException(404)
    told_page = _with_languages(content) if path.endswith(".html") else content
    return Response(told_page, media_type=reports.media_type(path), headers=_kept(public))


@router.api_route("/style.css", methods=READ)
def style(visitor: Reporting) -> Response:
    """The style sheet beside the pages, as in the static files."""
    return Response(pages.stylesheet(), media_type="text/css; charset=utf-8", headers={"Cache-Control": "no-cache"})


@router.api_route("/pictures/{digest}.webp", methods=READ)
def picture(visitor: Reporting, digest: str) -> Response:
    """A picture of a site that the visitor sees, or one that stands on a page for everybody."""
    if not (visitor.may(Right.LOOK_ALL) or _of_own_site(visitor, digest) or _for_everybody(visitor.service, digest)):
        raise HTTPException(404)
    return shown(visitor.service, digest)


def shown(service: Service, digest: str) -> Response:
    """A picture; what is none is never handed out, since snapshots of pages are kept in the same place."""
    content = service.blob(digest) if re.fullmatch("[0-9a-f]{64}", digest) else None
    if content is None or content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise HTTPException(404)
    return Response(content, media_type="image/webp", headers={"Cache-Control": "private, max-age=31536000, immutable"})


def _of_own_site(visitor: Visitor, digest: str) -> bool:
    with visitor.service.read() as store:
        return any(store.shown(one.site.id, digest) for one in visitor.targets())


def _for_everybody(service: Service, digest: str) -> bool:
    return service.reports_public and service.shows_everybody(digest)


def _with_languages(page: bytes) -> bytes:
    """A page with the links to its languages at the head, which files on a disk cannot have."""
    head = b'<header class="band"><div class="wide">'
    return page.replace(head, head + b"\n" + links().encode(), 1)


def _kept(public: bool) -> dict[str, str]:
    """How long an answer may be kept, and that the same address tells others in another language, or more."""
    return {"Cache-Control": "no-cache" if public else "private, no-store", "Vary": "Cookie"}
