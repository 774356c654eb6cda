"""The service shows the same report pages as the static files, and gives nothing else away."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from consoles import PASSWORD, PEOPLE, QUICK, TARGETS, Browser
from histories import history, hostile_history, picture, rendered

import reports
from auditor.accounts import Role
from auditor.everybody import for_everybody
from auditor.model import History
from auditor.service import Service
from auditor.store_accounts import Accounts

DIGEST, PICTURE = picture("logo")
SNAPSHOT = b"\x28\xb5\x2f\xfdsnapshot of a page"


class Told(Service):
    """A service whose history a test makes up."""

    nights_told: list[History] | None = None

    def history(self) -> History:
        """The next of the histories, or the one of the reports' tests."""
        return self.nights_told.pop(0) if self.nights_told else history()

    def history_of(self, site: str) -> History | None:
        """The same of one site."""
        told = self.history()
        chosen = tuple(one for one in told.sites if one.target.site.id == site)
        return replace(told, sites=chosen) if chosen else None

    def public_history_of(self, site: str) -> History | None:
        """As everybody may read it."""
        told = self.history_of(site)
        return for_everybody(told) if told else None


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Told]:
    (tmp_path / "targets.yml").write_text(TARGETS, encoding="utf-8")
    running = Told(tmp_path / "targets.yml", tmp_path / "auditor.db", public=True, cost=QUICK)
    with running.write() as store:
        Accounts(store, QUICK).add(PEOPLE[Role.OPERATOR], PASSWORD)
        store.blobs.put(DIGEST, PICTURE)
        store.blobs.put(hashlib.sha256(SNAPSHOT).hexdigest(), SNAPSHOT)
    yield running
    running.close()


LANGUAGES = re.compile('\n<nav aria-label="语言">.*?</nav>'.encode())


def bare(content: bytes, path: str) -> bytes:
    """What is served without the links to the languages, which every page of the service has once."""
    found = LANGUAGES.findall(content)
    assert len(found) == path.endswith(".html"), path
    return LANGUAGES.sub(b"", content)


def test_every_file_of_the_static_site_is_served_to_the_byte(made: Told) -> None:
    visitor = Browser(made).sign_in(Role.OPERATOR)
    for path, content in rendered().items():
        answer = visitor.get(f"/reports/{path}")
        assert answer.status_code == 200 and bare(answer.content, path) == content, path
        assert answer.headers["content-type"] == reports.media_type(path)


def test_short_addresses_lead_to_the_same_pages(made: Told) -> None:
    visitor = Browser(made).sign_in(Role.OPERATOR)
    assert bare(visitor.get("/reports/").content, "index.html") == rendered()["index.html"]
    assert bare(visitor.get("/reports/sites/shi").content, "sites/shi.html") == rendered()["sites/shi.html"]


def test_every_link_of_a_served_page_is_answered(made: Told) -> None:
    visitor = Browser(made)
    page = visitor.page("/reports/sites/shi")
    inside = {str(tag.get("href") or tag.get("src")) for tag in page.find_all(["a", "link", "img"])}
    wanted = {target.partition("#")[0] for target in inside if not target.startswith("http")} - {""}
    assert f"../pictures/{DIGEST}.webp" in wanted and "../style.css" in wanted
    for target in wanted:
        assert visitor.get(str(httpx.URL("http://audit.test/reports/sites/shi").join(target).path)).status_code == 200, target


def test_pictures_are_served_for_good_and_nothing_else_that_is_stored(made: Told) -> None:
    answer = Browser(made).get(f"/reports/pictures/{DIGEST}.webp")
    assert answer.content == PICTURE and answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    assert Browser(made).get(f"/reports/pictures/{hashlib.sha256(SNAPSHOT).hexdigest()}.webp").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/reports/sites/nobody",
        "/reports/sites/shi.2.html",
        "/reports/sites/shi.x.html",
        "/reports/sites/",
        "/reports/sites/..%2fstyle.css",
        "/reports/sites/a/b/c",
        "/reports/index.2.html",
        "/reports/pictures/abc.webp",
        f"/reports/pictures/{'A' * 64}.webp",
        "/reports/pictures/..%2f..%2fetc%2fpasswd.webp",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/static/",
    ],
)
def test_an_address_that_does_not_exist_gets_a_page_in_chinese(made: Told, path: str) -> None:
    answer = Browser(made).get(path)
    assert answer.status_code == 404
    page = BeautifulSoup(answer.content, "lxml")
    assert page.html is not None and page.html["lang"] == "zh-CN"
    assert page.h1 is not None and page.h1.get_text() == "没有这个页面"
    style = page.select_one("link")
    assert (
        style is not None and Browser(made).get(str(httpx.URL(f"http://audit.test{path}").join(str(style["href"])).path)).status_code == 200
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/reports/sites/shi", "/health", "/style.css"])
def test_what_is_there_to_be_read_cannot_be_written(made: Told, path: str, method: str) -> None:
    answer = Browser(made).ask(method, path)
    assert answer.status_code == 405 and "只供查看" in answer.text


def test_heads_are_answered_like_pages(made: Told) -> None:
    assert Browser(made).ask("HEAD", "/reports/sites/shi").status_code == 200
    assert Browser(made).ask("HEAD", "/reports/sites/nobody").status_code == 404


def test_a_sick_service_says_so_and_keeps_the_reason_to_itself(made: Told) -> None:
    assert Browser(made).get("/health").status_code == 200
    made.trouble = "数据库 /var/lib/secret.db 不能写入"
    answer = Browser(made).get("/health")
    assert answer.status_code == 503 and answer.json()["ok"] is False and "secret" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_history_that_cannot_be_read_is_an_apology_without_details(made: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable() -> Any:
        raise OSError("/var/lib/secret.db is malformed")

    monkeypatch.setattr(made, "history", unreadable)
    answer = Browser(made).get("/reports/")
    assert answer.status_code == 500 and "暂时不能显示" in answer.text and "secret" not in answer.text
    assert "content-security-policy" in answer.headers


def test_every_request_shows_the_history_of_its_moment(made: Told) -> None:
    made.nights_told = [history(), replace(history(), sites=history().sites[:1])]
    assert Browser(made).get("/reports/").text != Browser(made).get("/reports/").text


def test_of_a_site_that_is_not_there_nothing_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "targets.yml").write_text(TARGETS, encoding="utf-8")
    running = Service(tmp_path / "targets.yml", tmp_path / "auditor.db", public=True)
    asked: list[str] = []
    monkeypatch.setattr(running, "history", lambda: asked.append("all of it"))
    assert Browser(running).get("/reports/sites/nobody.html").status_code == 404 and asked == []
    running.close()


def test_text_from_pages_stays_inert_when_served(made: Told) -> None:
    made.nights_told = [hostile_history(), hostile_history()]
    for path in ("/reports/", "/reports/sites/evil"):
        answer = Browser(made).get(path)
        assert answer.status_code == 200
        assert (
            not BeautifulSoup(answer.content, "lxml").find_all(["script", lambda tag: tag.has_attr("onerror")])
            and "\u202e" not in answer.text
        )
