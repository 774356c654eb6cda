"""The service shows the same pages as the static files, to readers only, and gives nothing else away."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from histories import history, hostile_history, picture, rendered

import reports
from auditor.web.app import create_app

DIGEST, PICTURE = picture("logo")
SNAPSHOT = b"\x28\xb5\x2f\xfdsnapshot of a page"
BLOBS = {DIGEST: PICTURE, hashlib.sha256(SNAPSHOT).hexdigest(): SNAPSHOT}
WELL = {"ok": True, "last_round": datetime(2026, 11, 22, 18, 0, tzinfo=UTC), "next": {"02:00": "2026-11-24T02:00:00+08:00"}}


def app(told: Mapping[str, Any] = WELL) -> FastAPI:
    return create_app(history, BLOBS.get, lambda: told)


def ask(path: str, method: str = "GET", service: FastAPI | None = None) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=service or app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://audit.test") as client:
            return await client.request(method, path)

    return asyncio.run(asked())


@pytest.mark.parametrize("path", sorted(rendered()))
def test_every_file_of_the_static_site_is_served_to_the_byte(path: str) -> None:
    answer = ask(f"/{path}")
    assert answer.status_code == 200 and answer.content == rendered()[path]
    assert answer.headers["content-type"] == reports.media_type(path)


def test_short_addresses_lead_to_the_same_pages() -> None:
    assert ask("/").content == rendered()["index.html"]
    assert ask("/sites/shi").content == rendered()["sites/shi.html"]


def test_every_link_of_a_served_page_is_answered() -> None:
    page = BeautifulSoup(ask("/sites/shi").content, "lxml")
    inside = {str(tag.get("href") or tag.get("src")) for tag in page.find_all(["a", "link", "img"])}
    wanted = {target.partition("#")[0] for target in inside if not target.startswith("http")} - {""}
    assert f"../pictures/{DIGEST}.webp" in wanted and "../style.css" in wanted
    for target in wanted:
        assert ask(str(httpx.URL("http://audit.test/sites/shi").join(target).path)).status_code == 200


def test_pictures_are_served_for_good_and_nothing_else_that_is_stored() -> None:
    answer = ask(f"/pictures/{DIGEST}.webp")
    assert answer.content == PICTURE and answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    assert ask(f"/pictures/{hashlib.sha256(SNAPSHOT).hexdigest()}.webp").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/sites/nobody",
        "/sites/shi.2.html",
        "/sites/shi.x.html",
        "/sites/",
        "/sites/..%2fstyle.css",
        "/sites/a/b/c",
        "/index.2.html",
        "/pictures/abc.webp",
        f"/pictures/{'A' * 64}.webp",
        "/pictures/..%2f..%2fetc%2fpasswd.webp",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/static/",
    ],
)
def test_an_address_that_does_not_exist_gets_a_page_in_chinese(path: str) -> None:
    answer = ask(path)
    assert answer.status_code == 404
    page = BeautifulSoup(answer.content, "lxml")
    assert page.html is not None and page.html["lang"] == "zh-CN"
    assert page.h1 is not None and page.h1.get_text() == "没有这个页面"
    style = page.select_one("link")
    assert style is not None and ask(str(httpx.URL(f"http://audit.test{path}").join(str(style["href"])).path)).status_code == 200


@pytest.mark.parametrize("path", ["/", "/sites/shi", "/style.css", f"/pictures/{DIGEST}.webp", "/health", "/nothing"])
def test_every_answer_carries_the_headers_that_keep_scripts_frames_and_guesses_out(path: str) -> None:
    headers = ask(path).headers
    policy = headers["content-security-policy"]
    for rule in ("default-src 'none'", "style-src 'self'", "img-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/sites/shi", "/health", "/style.css"])
def test_nothing_can_be_written(path: str, method: str) -> None:
    answer = ask(path, method)
    assert answer.status_code == 405 and "只供查看" in answer.text


def test_heads_are_answered_like_pages() -> None:
    assert ask("/sites/shi", "HEAD").status_code == 200
    assert ask("/sites/nobody", "HEAD").status_code == 404


def test_health_is_told_as_json_and_a_sick_service_says_so() -> None:
    answer = ask("/health")
    assert answer.status_code == 200 and answer.json()["last_round"] == "2026-11-22T18:00:00+00:00"
    assert answer.headers["cache-control"] == "no-store"
    assert ask("/health", service=app({"ok": False, "why": "数据库不能写入"})).status_code == 503


def test_a_history_that_cannot_be_read_is_an_apology_without_details() -> None:
    def unreadable() -> Any:
        raise OSError("/var/lib/secret.db is malformed")

    answer = ask("/", service=create_app(unreadable, BLOBS.get, lambda: WELL))
    assert answer.status_code == 500 and "暂时不能显示" in answer.text and "secret" not in answer.text
    assert "content-security-policy" in answer.headers


def test_every_request_shows_the_history_of_its_moment() -> None:
    nights = [history(), replace(history(), sites=history().sites[:1])]
    service = create_app(lambda: nights.pop(0), BLOBS.get, lambda: WELL)
    assert ask("/", service=service).text != ask("/", service=service).text


def test_text_from_pages_stays_inert_when_served() -> None:
    service = create_app(hostile_history, BLOBS.get, lambda: WELL)
    for path in ("/", "/sites/evil"):
        answer = ask(path, service=service)
        assert answer.status_code == 200
        assert (
            not BeautifulSoup(answer.content, "lxml").find_all(["script", lambda tag: tag.has_attr("onerror")])
            and "\u202e" not in answer.text
        )
