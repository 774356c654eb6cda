"""Serves the same report pages as the static files, read-only, with the address that says whether the service is well."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

import reports
from auditor.model import History
from reports import pages

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FRESH = "no-cache"
FOREVER = "private, max-age=31536000, immutable"
READ = ["GET", "HEAD"]

TITLES = {404: "没有这个页面", 405: "这里只能查看", 500: "暂时不能显示"}
SENTENCES = {
    404: "请核对地址，或者从首页找到要看的站点。站点改名或者移出清单之后，原来的地址会失效。",
    405: "本服务的页面只供查看，不接受提交。",
    500: "服务出了差错，已记入日志。请稍后再试；如果仍然这样，请告诉运行维护人员。",
}


def create_app(
    read_history: Callable[[], History], blob: Callable[[str], bytes | None], health: Callable[[], Mapping[str, Any]]
) -> FastAPI:
    """The application. Every page is rendered from the history of the moment.

    `blob(digest)` gives a picture or None; what is no WebP picture is never handed out, since snapshots are kept in the same
    place. `health()` is sent as JSON: status 200, or 503 where it says `"ok": false`.
    """
    app = FastAPI(title="信息无障碍监测", docs_url=None, redoc_url=None, openapi_url=None)

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return _said(request, error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        return _said(request, 500, HEADERS)

    @app.api_route("/", methods=READ)
    @app.api_route("/{name}.html", methods=READ)
    def overview(name: str = "index") -> Response:
        content = reports.overview(read_history(), f"{name}.html")
        if content is None:
            raise HTTPException(404)
        return HTMLResponse(content, headers={"Cache-Control": FRESH})

    @app.api_route("/sites/{name}", methods=READ)
    def one_site(name: str) -> Response:
        """ID, or ID.html, ID.2.html, ID.brief.html … as in the static files, so that their links lead somewhere here too."""
        history = read_history()
        name = name.removesuffix(".html")
        subject = next((one for one in history.sites if one.target.site.id == name.partition(".")[0]), None)
        if subject is None:
            raise HTTPException(404)
        path = f"sites/{name}" if name.endswith(tuple(reports.TYPES)) else f"sites/{name}.html"
        content = reports.file_of(history, subject, path)
        if content is None:
            raise HTTPException(404)
        return Response(content, media_type=reports.media_type(path), headers={"Cache-Control": FRESH})

    @app.api_route("/style.css", methods=READ)
    def style() -> Response:
        return Response(pages.stylesheet(), media_type="text/css; charset=utf-8", headers={"Cache-Control": FRESH})

    @app.api_route("/pictures/{digest}.webp", methods=READ)
    def picture(digest: str) -> Response:
        content = blob(digest) if re.fullmatch("[0-9a-f]{64}", digest) else None
        if content is None or content[:4] != b"RIFF" or content[8:12] != b"WEBP":
            raise HTTPException(404)
        return Response(content, media_type="image/webp", headers={"Cache-Control": FOREVER})

    @app.api_route("/health", methods=READ)
    def how_it_is() -> Response:
        told = dict(health())
        return JSONResponse(jsonable_encoder(told), status_code=200 if told.get("ok", True) else 503, headers={"Cache-Control": "no-store"})

    return app


def _said(request: Request, status: int, headers: Mapping[str, str] | None) -> Response:
    """A page in Chinese for what cannot be answered; where it stands in the tree decides how it finds the style sheet."""
    up = "../" * max(0, request.url.path.count("/") - 1)
    title = TITLES.get(status, "不能完成这个请求")
    return HTMLResponse(
        pages.notice(title, SENTENCES.get(status, "请从首页重新开始。"), up=up), status_code=status, headers=dict(headers or {})
    )
