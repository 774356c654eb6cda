"""What the demo city answers to a request on a given night: a pure function from address to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auditor.demo import attachments, documents, pictures
from auditor.demo.city import HERE, PORTALS, Portal, plants

PAGES = HERE / "pages"
TEXT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt",
    ".xml": "application/xml",
}
HTML_SUFFIXES = (".html", ".htm")

REDIRECTS = {
    ("county.demo.test", "/news.asp"): "/zwgk/index.htm",
    ("hospital.demo.test", "/bgcx"): "http://fw.demo.test/jd/query.html",
}
BROKEN = {("fw.demo.test", "/service/busy.html")}
ATTACHMENTS: dict[tuple[str, str], tuple[str, Callable[[], bytes]]] = {
    ("cl.demo.test", "/files/2026-08.pdf"): ("application/pdf", documents.pdf),
    ("cl.demo.test", "/files/shenqingbiao.zip"): ("application/zip", pictures.zipped),
}
HEADERS = {("fw.demo.test", "/login.html"): {"Content-Security-Policy": "script-src 'self'"}}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Status, headers and body; the server adds the length."""

    status: int = 200
    headers: dict[str, str]
    body: bytes = b""


def answer(host: str, target: str, night: int) -> Answer:
    """The answer of `host` to a GET of `target` (path with query, as sent); 404 for hosts the city does not have."""
    portal = next((portal for portal in PORTALS if portal.host == host), None)
    if portal is None:
        return _plain(404, "no such host in the demo city\n")
    path = _file_path(portal, target)
    place = (host, path)
    if place in REDIRECTS:
        return Answer(status=302, headers={"Location": REDIRECTS[place]})
    if place in BROKEN:
        return _page(portal, "/503.html", night, status=503)
    if host == attachments.HOST and path in attachments.ATTACHMENTS:
        document = attachments.ATTACHMENTS[path]
        return Answer(headers={"Content-Type": document.content_type}, body=document.make(_planted(night)))
    if place in ATTACHMENTS:
        content_type, make = ATTACHMENTS[place]
        return Answer(headers={"Content-Type": content_type}, body=make())
    if picture := pictures.picture(path):
        return Answer(headers={"Content-Type": picture.content_type}, body=picture.body)
    return _file(portal, path, night)


def template_of(portal: Portal, path: str) -> str:
    """The template behind a page, as a path below `pages/`."""
    return f"{portal.id}{_file_path(portal, path)}"


def render(template: str, night: int, planted: Callable[[str], bool] | None = None) -> str:
    """The text of a page; `planted` decides which markup is broken (default: the known answers of this night)."""
    return _environment().get_template(template).render(night=night, planted=planted or _planted(night))


def _file_path(portal: Portal, target: str) -> str:
    """Path without query and session id, folders as their index page: how an old content management system reads it."""
    path = urlsplit(target).path.partition(";")[0] or "/"
    if not path.endswith("/"):
        return path
    return next((path + name for name in ("index.html", "index.htm") if (PAGES / (portal.id + path + name)).is_file()), path)


def _file(portal: Portal, path: str, night: int) -> Answer:
    file = PAGES / (portal.id + path)
    hidden = any(part.startswith(("_", "..")) for part in PurePosixPath(path).parts)
    if hidden or not file.is_file():
        return _page(portal, "/404.html", night, status=404)
    if file.suffix in HTML_SUFFIXES:
        return _page(portal, path, night, extra=HEADERS.get((portal.host, path)))
    return Answer(headers={"Content-Type": TEXT_TYPES[file.suffix]}, body=file.read_bytes())


def _page(portal: Portal, path: str, night: int, *, status: int = 200, extra: dict[str, str] | None = None) -> Answer:
    text = render(portal.id + path, night)
    if portal.id == "county":  # as old portals do it: the bytes say less than the page, and the server says nothing
        return Answer(status=status, headers={"Content-Type": "text/html"}, body=text.encode("gb18030"))
    return Answer(status=status, headers={"Content-Type": "text/html; charset=utf-8", **(extra or {})}, body=text.encode())


def _plain(status: int, text: str) -> Answer:
    return Answer(status=status, headers={"Content-Type": "text/plain; charset=utf-8"}, body=text.encode())


def _planted(night: int) -> Callable[[str], bool]:
    standing = {plant.id: plant.stands(night) for plant in plants()}
    return standing.__getitem__


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
