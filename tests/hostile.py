"""The hostile sites of the tests and the bench on one port of loopback: the pages of `hostile_pages` and sites that lead on for ever."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from hostile_pages import PICTURE, PORT, ROWS, Answer, Reply, Row, page

from auditor.exploring import READS


@dataclass(frozen=True, kw_only=True)
class Trap:
    """A site that leads on for ever: what must be reached there, and how large its ledger may grow."""

    host: str
    what: str
    pages: Callable[[str], Answer | None]
    healthy: tuple[str, ...]
    most: int  #: addresses in the ledger
    max_pages: int = 12
    named: tuple[str, ...] = ()  #: pages of the target, looked at in any case


# ---------------------------------------------------------------------------------------------- the table of sites


def links(*addresses: str, title: str) -> str:
    """A page of links."""
    anchors = "".join(f"<p><a href='{address}'>{title} {address}</a></p>" for address in addresses)
    return f"<!DOCTYPE html><html lang='zh-CN'><title>{title}</title><body><main><h1>{title}</h1>{anchors}{PICTURE}</main></body></html>"


def calendar(path: str) -> Answer | None:
    """Every month leads to the next and to each of its days."""
    if path == "/":
        return links("/calendar?month=0", "/news/a.html", "/news/b.html", title="首页")
    if path.startswith("/news/"):
        return links("/", title=path)
    month = int(re.sub(r"\D", "", path.partition("&")[0]) or 0)
    days = [f"/calendar?month={month}&day={day}" for day in range(1, 31)]
    return links(f"/calendar?month={month + 1}", *days, title=path) if path.startswith("/calendar") else None


def sessions(path: str) -> Answer | None:
    """Every link carries a session that was never used before."""
    place = path.partition("?")[0].partition(";")[0]
    pages = {"/": ("/a.html", "/b.html"), "/a.html": ("/b.html", "/c.html"), "/b.html": ("/",), "/c.html": ("/a.html",)}
    if place not in pages:
        return None
    fresh = f"{next(NUMBERS):032x}"
    return links(*(f"{link};jsessionid={fresh.upper()}?sid={fresh}a1" for link in pages[place]), title=place)


def labyrinth(path: str) -> Answer | None:
    """Sessions in the path itself, where nobody can tell them from names."""
    if path == "/":
        return links("/about.html", *(f"/s/{next(NUMBERS):016x}/" for _ in range(60)), title="首页")
    return links("/", title=path) if path == "/about.html" else links(*(f"{path}{next(NUMBERS):x}/" for _ in range(60)), title=path)


def sitemaps(path: str) -> Answer | None:
    """Sitemaps that name each other for ever, one of them a bomb."""
    xml = {"Content-Type": "application/xml"}
    if path == "/":
        return links("/a.html", title="首页")
    if path in ("/a.html", "/b.html"):
        return links("/", title=path)
    if path == "/robots.txt":
        return Reply(body=b"Sitemap: http://sitemaps.hostile.test/index/0.xml\nSitemap: http://sitemaps.hostile.test/lol.xml\n")
    if path == "/lol.xml":
        entities = "".join(f"<!ENTITY l{n + 1} '{f'&l{n};' * 10}'>" for n in range(9))
        places = "<url><loc>http://sitemaps.hostile.test/b.html</loc></url><url><loc>http://sitemaps.hostile.test/&l9;</loc></url>"
        return Reply(body=f"<!DOCTYPE x [<!ENTITY l0 'lol'>{entities}]><urlset>{places}</urlset>".encode(), headers=xml)
    if path.startswith("/index/"):
        names = "".join(f"<sitemap><loc>http://sitemaps.hostile.test/index/{next(NUMBERS)}.xml</loc></sitemap>" for _ in range(20))
        return Reply(body=f"<sitemapindex>{names}</sitemapindex>".encode(), headers=xml)
    return None


def routes(path: str) -> Answer | None:
    """One document that shows another page for each hash; some of its links are scripts."""
    if path != "/":
        return links("/", title=path) if path in ("/history", "/clicked", "/window", "/scripted") else None
    return page(
        "<h2 id=name></h2><a href='#/a'>甲</a> <a href='#!/b'>乙</a> <a href='#foot'>页脚</a> <a href='/history'>丙</a>"
        "<div onclick=\"location.href='/clicked'\">丁</div><a href=\"javascript:window.open('/window','_blank')\">戊</a>"
        "<button onclick=\"javascript:window.location.assign( '/scripted' );return false\">己</button>"
        "<div onclick=\"location.href='/delete/' + id\">庚</div>" + PICTURE +
        "<script>const show = () => { name_.textContent = document.title = '页面 ' + (location.hash || '首页') };"
        " const name_ = document.getElementById('name'); onhashchange = show; show()</script>"
    )  # fmt: skip


NUMBERS = itertools.count(1 << 40)


def met(max_pages: int, links: int, *, start: int) -> int:
    """Addresses that a night can meet: each page visited or read leads to `links` new ones, the start page to `start`."""
    return math.ceil((max_pages + READS * max_pages) * links) + start


TRAPS: tuple[Trap, ...] = (
    Trap(host="calendar", what="a calendar without end", pages=calendar, most=met(8, 31, start=3), max_pages=8,
         healthy=("/", "/news/a.html", "/news/b.html")),
    Trap(host="sessions", what="a new session in every link", pages=sessions, healthy=("/", "/a.html", "/b.html", "/c.html"), most=4),
    Trap(host="labyrinth", what="a new session in every path", pages=labyrinth, most=met(8, 60, start=61), max_pages=8,
         healthy=("/", "/about.html"), named=("/about.html",)),  # one page among a thousand: chance alone hardly ever draws it
    Trap(host="sitemaps", what="bombs and endless indexes as sitemaps", pages=sitemaps, healthy=("/", "/a.html", "/b.html"), most=4),
    Trap(host="routes", what="hash routes and links made by scripts", pages=routes, most=7,
         healthy=("/", "/#/a", "/#!/b", "/history", "/clicked", "/window", "/scripted")),
)  # fmt: skip


# ---------------------------------------------------------------------------------------------- the server


def groups() -> tuple[str, ...]:
    """The sites of the table of pages, in its order."""
    return tuple(dict.fromkeys(row.group for row in ROWS))


def rows(group: str) -> tuple[Row, ...]:
    """The pages of one site."""
    return tuple(row for row in ROWS if row.group == group)


def limit(group: str) -> float:
    """Seconds for a visit of its pages."""
    return min(row.limit for row in rows(group))


def url(host: str, path: str) -> str:
    """The address of a page: port 80 of its host, which `HostileSites.resolve` leads to the server."""
    return f"http://{host}.hostile.test{path}"


class HostileSites:
    """All of them on one port of loopback, told apart by their Host header: `with HostileSites() as sites`.

    `asked` counts what was asked for, per (host, path). A group answers at `/` with links to all of its pages.
    """

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.port = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="hostile-sites", daemon=True)

    @property
    def resolve(self) -> dict[str, str]:
        """The way to them, for `Network.resolve`."""
        return {"*.hostile.test:80": f"127.0.0.1:{self.port}"}

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        tasks: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._answer(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head_lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head_lines[0].split(" ")[1]
            named = next((line[6:].strip() for line in head_lines if line.lower().startswith("host: ")), "")
            host = named.partition(":")[0].removesuffix(".hostile.test")
            self.asked[host, path] += 1
            answer = answer_of(host, path)
            if callable(answer):
                await answer(writer, path)
            else:
                writer.write(_as_bytes(answer, self.port, path))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever asked has had enough
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def answer_of(host: str, path: str) -> Answer:
    """What a host answers; 404 where it has nothing."""
    nothing = Reply(status=404, body=b"nothing here")
    trap = next((trap for trap in TRAPS if trap.host == host), None)
    if trap is not None:
        return trap.pages(path) or nothing
    book: dict[str, Answer] = {"/a.png": nothing}
    for row in rows(host):
        book |= {row.path: row.answer, **row.also}
    if path == "/" and len(book) > 1:
        return links(*(row.path for row in rows(host)), title=host)
    place = path.partition("?")[0]
    return book.get(place) or next((book[name] for name in ("/chain", "/going") if place.startswith(name) and name in book), nothing)


def _as_bytes(answer: str | Reply, port: int, path: str) -> bytes:
    """The answer as it is sent; the path is written into documents, so that no two pages of a site are the same."""
    reply = Reply(body=answer.encode()) if isinstance(answer, str) else answer
    body = reply.body.replace(b"<html", f"<html data-page='{path}'".encode(), 1)
    fields: dict[str, Any] = {"Content-Type": "text/html; charset=utf-8", "Content-Length": len(body), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} OK", "Connection: close", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).replace(PORT, str(port)).encode() + body
