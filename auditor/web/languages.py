"""In which language a page is shown: Chinese, or English to whoever chose it by the link at the head of every page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup, escape

from auditor.language import Language, say, spoken
from auditor.web.guard import SAFE, by_program, onward, peer
from reports.marking import TAG

COOKIE = "language"
"""Holds zh or en and nothing else; as long as it is not there, pages are in Chinese, whatever the browser says it reads."""

PARAMETER = "lang"
YEAR = 365 * 24 * 3600
NAMES: Mapping[Language, str] = {"zh": "中文", "en": "English"}
"""Each language by its own name."""

_CURRENT = ' aria-current="true"'


def chosen(request: Request) -> Language:
    """The language of the answer. Programs are always answered in Chinese, whatever cookies they bring."""
    return "en" if not by_program(request) and request.cookies.get(COOKIE) == "en" else "zh"


def choosing(request: Request) -> Response | None:
    """The answer to the link of a language: it is remembered, and the same page shown in it; None for every other request."""
    wanted = request.query_params.get(PARAMETER, "")
    if wanted not in NAMES or request.method not in SAFE or by_program(request):
        return None
    rest = urlencode(_without(request.url.query))
    answer = RedirectResponse(onward(quote(request.url.path) + (f"?{rest}" if rest else "")), status_code=303)
    _, secure, _ = peer(request, request.app.state.service.watch.service)
    answer.set_cookie(COOKIE, wanted, max_age=YEAR, samesite="lax", secure=secure, path="/")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def links(here: str = "") -> Markup:
    """The languages of a page, each as a link that its readers can read. `here`: path and query of the page; "" for one without a query."""
    path, _, query = here.partition("?")
    rest = _without(query)
    items = (
        f'<li><a href="{escape(f"{path}?{urlencode([*rest, (PARAMETER, code)])}")}" lang="{TAG[code]}" hreflang="{TAG[code]}"'
        f"{_CURRENT if code == spoken() else ''}>{name}</a></li>"
        for code, name in NAMES.items()
    )
    label, listed = say("语言", "Language"), "".join(items)
    return Markup(f'<nav aria-label="{label}"><ul class="languages">{listed}</ul></nav>')


def _without(query: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != PARAMETER]
