"""The service on the web: console, report pages and health behind one door, with the headers that keep scripts, frames and guesses out."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auditor.language import Words, say, told_in
from auditor.service import Service
from auditor.web import (
    actions,
    api,
    cases,
    checks,
    complaints,
    desk,
    downloads,
    drafts,
    health,
    lists,
    merges,
    metrics,
    night,
    people,
    progress,
    report,
    settings,
    sign_in,
    sites,
)
from auditor.web.counting import Counted
from auditor.web.guard import SAFE, Guard, SignInFirst, by_program, way_in
from auditor.web.headers import HEADERS
from auditor.web.languages import choosing, chosen
from reports import pages

LARGEST = 64 * 1024
"""Bytes of a request's body."""

LARGEST_FILE = 2 * 1024 * 1024
"""The same where the form may bring a file (`Guard.file`)."""

TITLES: Mapping[int, str] = Words({
    401: ("没有登录", "Not signed in"),
    403: ("不能这样做", "You cannot do this"),
    404: ("没有这个页面", "There is no such page"),
    405: ("这里只能查看", "This can only be looked at"),
    413: ("提交的内容太大", "Too much was sent"),
    415: ("不能识别提交的内容", "What was sent cannot be read"),
    422: ("地址写得不对", "The address is not right"),
    500: ("暂时不能显示", "This cannot be shown for now"),
})  # fmt: skip
SENTENCES: Mapping[int, str] = Words({
    401: ("密钥不对、已经过期或者已经作废。", "The key is wrong, has run out or was revoked."),
    403: (
        "您的角色没有这项权限。如果工作需要，请联系运行管理员。",
        "Your role does not have this right. If your work needs it, please ask the operator.",
    ),
    404: (
        "请核对地址，或者从首页找到要看的站点。站点改名或者移出清单之后，原来的地址会失效。",
        "Please check the address, or find the site from the start page. "
        "Once a site gets another id or is taken off the list, its old address leads nowhere.",
    ),
    405: ("这个地址的内容只供查看，不接受提交。", "What is at this address can only be looked at; nothing can be sent to it."),
    413: ("请减少文字后重新提交。", "Please shorten it and send it again."),
    415: ("请使用本服务页面上的表单。", "Please use the forms on the pages of this service."),
    422: (
        "地址中有一项写得不对，请从首页找到要看的内容。",
        "A part of the address is not right. Please find what you are looking for from the start page.",
    ),
    500: (
        "服务出了差错，已记入日志。请稍后再试；如果仍然这样，请告诉运行维护人员。",
        "Something went wrong in the service and was put on record. Please try again later, and tell those who run the service "
        "if it stays that way.",
    ),
})  # fmt: skip


def create_app(service: Service) -> FastAPI:
    """The application over a service. RuntimeError if a route does not say which right it needs."""
    app = FastAPI(title="信息无障碍监测", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service

    @app.exception_handler(SignInFirst)
    async def door(request: Request, error: SignInFirst) -> Response:
        if by_program(request):
            return _said(request, 401, headers={"WWW-Authenticate": "Bearer"})
        if request.method in SAFE:
            path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            public = request.url.path == "/" and service.reports_public
            return RedirectResponse("/reports/" if public else way_in(path), status_code=303)
        sentence = say("请重新登录，再提交一次；没有作任何改动。", "Please sign in and send it once more; nothing was changed.")
        return _said(request, 401, say("登录已经过期", "Your sign-in has run out"), sentence)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if (error.status_code, error.detail) == (403, "form"):
            return _said(request, 403, *_stale_form())
        sentence = error.detail if error.status_code == 422 else ""  # said by us; all others are the framework's English
        return _said(request, error.status_code, "", sentence, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def unfit(request: Request, error: RequestValidationError) -> Response:
        where = "、".join(sorted({".".join(map(str, one["loc"][1:])) for one in error.errors()}))
        return _said(request, 422, "", f"这些参数写得不对：{where[:300]}。" if by_program(request) and where else "")

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        with told_in(chosen(request)):  # this stands around `_Edge`
            return _said(request, 500, headers=HEADERS)

    deeds = (actions, lists, merges, people, settings)
    consoles = (sign_in, night, progress, sites, drafts, downloads, cases, checks, complaints, desk, *deeds)
    for part in (*consoles, report, health, metrics, api):
        app.router.routes.extend(part.router.routes)  # one flat list, so that none of them can hide
    unguarded = [route for route in app.routes if len(guards_of(route)) != 1]
    if unguarded:
        raise RuntimeError(f"routes without a declared right: {unguarded}")
    app.state.counted = Counted()
    uploads = [one.path_regex for one in app.routes if isinstance(one, APIRoute) and any(guard.file for guard in guards_of(one))]
    app.add_middleware(_Edge, counted=app.state.counted, uploads=uploads)
    return app


def guards_of(route: object) -> list[Guard]:
    """What guards a route; it has to be exactly one, which declares the right that is needed."""
    if not isinstance(route, APIRoute):
        return []
    return [one.call for one in route.dependant.dependencies if isinstance(one.call, Guard)]


class _Edge:
    """Puts HEADERS on every answer, counts it, has it told in the language of the visitor, and refuses bodies that are too large."""

    def __init__(self, app: ASGIApp, counted: Counted, uploads: Sequence[re.Pattern[str]]) -> None:
        self.app, self.counted, self.uploads = app, counted, uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"0")
        most = LARGEST_FILE if any(path.match(scope["path"]) for path in self.uploads) else LARGEST
        taken, began, begun = 0, time.monotonic(), False

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
            return message

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                self.counted.answered(scope, message["status"], time.monotonic() - began)
            await send(message)

        request = Request(scope)
        try:
            with told_in(chosen(request)):
                if not told.isdigit() or int(told) > most:
                    await _said(request, 413)(scope, receive, dressed)
                else:
                    await (choosing(request) or self.app)(scope, bounded, dressed)
        except Exception:  # what answers it stands around us (`broken`)
            if not begun:
                self.counted.answered(scope, 500, time.monotonic() - began)
            raise


def _said(request: Request, status: int, title: str = "", sentence: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """A page for what cannot be answered; where it stands in the tree decides how it finds the style sheet."""
    if by_program(request):
        return api.problem(status, sentence or SENTENCES.get(status) or "不能完成这个请求。", headers)
    up = "../" * max(0, request.url.path.count("/") - 1)
    title = title or TITLES.get(status) or say("不能完成这个请求", "This request cannot be answered")
    sentence = sentence or SENTENCES.get(status) or say("请从首页重新开始。", "Please begin again from the start page.")
    told = pages.notice(title, sentence, up=up)
    return HTMLResponse(told, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})


def _stale_form() -> tuple[str, str]:
    chinese = "页面打开得太久，或者您已在别处重新登录。请返回上一页，刷新后重新提交；没有作任何改动。"
    english = (
        "The page was open for too long, or you have signed in again elsewhere. Please go back, reload the page and send it again; "
        "nothing was changed."
    )
    return say("表单已经失效", "This form is no longer valid"), say(chinese, english)
