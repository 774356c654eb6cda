"""What the tests of the network need: a web server on loopback whose answers a test writes down, and the way to it."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from auditor.model import Network
from crawlers.browsers.http import Fetcher
from crawlers.egress import Egress

T = TypeVar("T")
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def run(work: Coroutine[Any, Any, T], limit: float = 90.0) -> T:
    """Run a test's coroutine, bounded in time."""
    return asyncio.run(asyncio.wait_for(work, limit))


@dataclass(frozen=True)
class Reply:
    """An answer: `pages["/x"] = Reply(b"...", status=503, headers={"Retry-After": "1"}, wait=0.1)`."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0


def redirect(to: str) -> Reply:
    """An answer that sends the visitor on."""
    return Reply(status=302, headers={"Location": to})


def zipped(text: str) -> Reply:
    """A gzip file, as sitemaps come."""
    return Reply(gzip.compress(text.encode()), headers={"Content-Type": "application/gzip"})


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    path: str
    host: str
    at: float  #: seconds, monotonic
    head: str


class Site:
    """A web server: `async with Site() as site`, then `site.pages[path] = "html" | Reply | coroutine function(reader, writer)`.

    Answers end with the connection, unless `keep_alive`.
    """

    def __init__(self, *, keep_alive: bool = False) -> None:
        self.pages: dict[str, str | Reply | Talk] = {}
        self.asked: list[Asked] = []
        self.connections = 0
        self.keep_alive = keep_alive
        self.fallback: Callable[[str], str | Reply] = lambda path: Reply(b"<html><title>404</title>", status=404)
        self.port = 0

    async def __aenter__(self) -> Site:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [asked.path for asked in self.asked]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        path = head.split(" ", 2)[1]
        host = next((line[6:].strip() for line in head.split("\r\n") if line.lower().startswith("host: ")), "")
        self.asked.append(Asked(path, host, time.monotonic(), head))
        page = self.pages.get(f"{host}{path}", self.pages.get(path)) or self.fallback(path)
        if callable(page):
            await page(reader, writer)
            return False
        reply = Reply(page.encode()) if isinstance(page, str) else page
        await asyncio.sleep(reply.wait)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(reply.body)), **reply.headers}
        if not self.keep_alive:
            headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {reply.status} OK", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + reply.body)
        await writer.drain()
        return self.keep_alive


@dataclass(frozen=True)
class Ground:
    """Servers on loopback and the way to them, all running."""

    egress: Egress
    fetcher: Fetcher
    site: Site


@contextlib.asynccontextmanager
async def ground(*hosts: str, **limits: float) -> AsyncIterator[Ground]:
    """A site under these host names (port 80), an egress that knows the way there, a fetcher that goes through it."""
    async with Site() as site:
        network = network_to(site, *hosts)
        async with Egress(network, **limits) as egress, Fetcher(egress, network.user_agent) as fetcher:
            yield Ground(egress, fetcher, site)


def network_to(site: Site, *hosts: str, user_agent: str = "TestAudit/1.0 (+https://example.gov.cn/audit)") -> Network:
    """The network in which these hosts, at port 80, are that site."""
    return Network(user_agent=user_agent, resolve={f"{host}:80": f"127.0.0.1:{site.port}" for host in hosts or ("site.test",)})
