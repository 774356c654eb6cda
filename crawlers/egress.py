"""The one way out to the network: a forward proxy on loopback for the browsers and httpx, which goes only where it may.

Every name is resolved once, what is not a public address is refused, and the connection is made to exactly the address that was
checked. A site therefore cannot lead the browser into the networks around us, whatever it redirects to or embeds.

Programs of our own user get out without a password where the system can tell (`needs_login`), all others need it: Playwright turns
off the browser's cache to log in at a proxy, which costs every page all its pictures again.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from auditor.addresses import host_of, port_of
from auditor.model import Network, State
from crawlers import ownership
from crawlers.messages import UNTIL_CLOSE, Head, Malformed, copy_body, framing, read_head
from crawlers.pace import STEP
from crawlers.peers import Peer, close_all
from crawlers.ports import close_port
from crawlers.routes import Routes, Unreachable

OWN_HEADER = "x-auditor-egress"
REQUEST_LIMIT = 256_000  # bytes of a request head; one line of it at most LINE_LIMIT
LINE_LIMIT = 64_000
RESPONSE_LIMIT = 512_000  # Chromium itself gives up at 256 kB
INTERIM_ANSWERS = 10  # 100 and 103, before the final one
OF_ONE_HOP = {"connection", "keep-alive", OWN_HEADER}  # fields that we write ourselves
SAFE = (b"GET", b"HEAD", b"OPTIONS")

BACKGROUND = re.compile(
    r"(update|optimizationguide-pa|safebrowsing|clientservices|content-autofill|passwordsleakcheck-pa)\.googleapis\.com"
    r"|(accounts|safebrowsing|clients\d*|mtalk|android\.clients|dl|redirector)\.google\.com|(.*\.)?gvt1\.com"
    r"|(edge|config\.edge|msedge\.api\.cdp)\.(microsoft|skype)\.com"
)
"""Hosts that browsers call of their own accord, despite the flags: denied, and not counted as traffic of the page."""

AUTHORITY = rb"(?:\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\\\[\]\x00-\x20\x7f-\xff]+)"
ABSOLUTE = re.compile(rb"http://(%b(?::[0-9]{0,5})?)((?:[/?][^\s#\x00-\x20\x7f]*)?)" % AUTHORITY, re.IGNORECASE)
TUNNEL = re.compile(rb"(%b:[0-9]{1,5})" % AUTHORITY)
REQUEST_LINE = re.compile(rb"([A-Z][A-Z-]{0,30}) ([^ ]+) HTTP/1\.([01])")
STATUS_LINE = re.compile(rb"HTTP/[0-9.]+ +([0-9]{3})(?: .*)?", re.DOTALL)


class Egress:
    """A running proxy: `async with Egress(network) as egress`, then `egress.url` with `username` and `password`.

    `requests` counts what was asked for, per host, and `denied` what of that was not let out. Times are seconds: `connect_timeout`
    for resolving and for connecting, `idle_timeout` for an answer to begin and between two pieces of it. `stopped` tells why a host
    must not be visited any more, "" if it may be: nothing goes to such a host, and what is under way is broken off within a second.
    """

    def __init__(
        self, network: Network, *, connect_timeout: float = 10.0, idle_timeout: float = 60.0, trust_own_user: bool = True,
        stopped: Callable[[str], str] = lambda host: "",
    ) -> None:  # fmt: skip
        self.url = ""
        self.username = "auditor"
        self.password = secrets.token_urlsafe(24)
        self.needs_login = not (trust_own_user and ownership.can_tell())
        self.requests: Counter[str] = Counter()
        self.denied: Counter[str] = Counter()
        self._token = secrets.token_urlsafe(24)
        self._login = b"Basic " + base64.b64encode(f"{self.username}:{self.password}".encode())
        self.routes = Routes(network, connect_timeout)
        self._idle = idle_timeout
        self._troubles: dict[tuple[str, int], tuple[State, str]] = {}
        self._stopped = stopped
        self._tasks: set[asyncio.Task[None]] = set()
        self._hosts: dict[asyncio.Task[None], str] = {}  #: connection of the browser -> the host that it is about
        self._watch: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Egress:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=LINE_LIMIT)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._watch = asyncio.create_task(self._break_off())
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._server is not None:
            await close_port(self._server)
        if self._watch is not None:
            self._watch.cancel()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    def trouble(self, host: str, port: int) -> tuple[State, str] | None:
        """What went wrong the last time on the way to a host, with a Chinese sentence; None if the last time went well."""
        return self._troubles.get((host.lower().strip("[]"), port))

    def own_answer(self, headers: Mapping[str, str]) -> bool:
        """Whether an answer (header names in lower case) is ours, a refusal, and not the site's: no site knows the token."""
        return hmac.compare_digest(headers.get(OWN_HEADER, "").partition(" ")[0].encode(), self._token.encode())

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(Peer(reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        task.add_done_callback(lambda _: writer.transport.abort())  # when cancelled before it ran it has closed nothing

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._hosts.pop(task, None)

    async def _break_off(self) -> None:
        """End the connections of every host that somebody calls us off."""
        while True:
            await asyncio.sleep(STEP)
            why = {host: self._stopped(host) for host in set(self._hosts.values())}
            for task, host in list(self._hosts.items()):
                if why[host]:
                    task.cancel()

    async def _serve(self, client: Peer) -> None:
        """One connection of the browser: request after request, until somebody has had enough."""
        site: Peer | None = None
        try:
            while (request := await self._request(client)) is not None:
                if request.method == b"CONNECT":
                    await self._tunnel_to(request, client)
                    return
                site = await self._answer(request, client, site)
                if site is None:
                    return
        except _Refusal as refusal:
            with contextlib.suppress(OSError, TimeoutError):
                await self._refuse(client, refusal)
        except asyncio.IncompleteReadError:
            pass  # the site closed in mid-answer, so do we: the browser sees for itself that something is missing
        except (OSError, TimeoutError, Malformed):
            client.abort()  # the head of the answer is out already: a broken connection is all that can still be said
        finally:
            await close_all(client, site)

    # ------------------------------------------------------------------------------------------ requests

    async def _request(self, client: Peer) -> _Request | None:
        """The next request, checked; None when the browser has hung up or is silent."""
        try:
            async with asyncio.timeout(self._idle):
                head = await read_head(client.reader, REQUEST_LIMIT)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return None
        except Malformed as problem:
            raise _Refusal(431, str(problem)) from None
        if head is None:
            return None
        line = REQUEST_LINE.fullmatch(head.first)
        body = framing(head)
        if line is None or not head.tidy or (body == UNTIL_CLOSE and head.says_body):
            raise _Refusal(400, "请求格式不正确")
        if not self._may_use(client, head.values("proxy-authorization")):
            raise _Refusal(407, "使用这个代理需要密码")
        method, target, minor = line.groups()
        found = (TUNNEL if method == b"CONNECT" else ABSOLUTE).fullmatch(target)
        address = "http://" + found[1].decode("ascii") if found else ""
        host, port = host_of(address), port_of(address)
        if found is None or not host:
            raise _Refusal(400, "请求的网址不正确")
        if BACKGROUND.fullmatch(host):
            raise _Refusal(403, "浏览器自身的后台访问，没有放行", State.DENIED_BY_EGRESS)
        self.requests[host] += 1
        if why := self._stopped(host):
            self.denied[host] += 1
            self._troubles[host, port] = (State.INTERRUPTED, why)
            raise _Refusal(403, why, State.INTERRUPTED)
        task = asyncio.current_task()
        assert task is not None
        self._hosts[task] = host
        path = b"" if method == b"CONNECT" else found[2]
        return _Request(
            method=method, authority=found[1], host=host, port=port, path=path if path.startswith(b"/") else b"/" + path, head=head,
            body=0 if body == UNTIL_CLOSE else body, lasting=minor == b"1" and not head.has_token("close"),
        )  # fmt: skip

    def _may_use(self, client: Peer, logins: list[bytes]) -> bool:
        if logins or self.needs_login:
            return len(logins) == 1 and hmac.compare_digest(logins[0], self._login)
        if client.own is None:
            ends = client.writer.get_extra_info("peername"), client.writer.get_extra_info("sockname")
            client.own = None not in ends and ownership.is_own(*ends)
        return client.own

    async def _connect(self, request: _Request) -> Peer:
        place = (request.host, request.port)
        try:
            reader, writer = await self.routes.connect(*place, limit=RESPONSE_LIMIT)
        except Unreachable as why:
            self._troubles[place] = (why.state, str(why))
            self.denied[request.host] += 1
            raise _Refusal(403 if why.state is State.DENIED_BY_EGRESS else 502, str(why), why.state) from None
        self._troubles.pop(place, None)
        return Peer(reader, writer, place)

    def _trouble(self, request: _Request, state: State, sentence: str) -> _Refusal:
        self._troubles[request.host, request.port] = (state, sentence)
        return _Refusal(502, sentence, state)

    async def _refuse(self, client: Peer, refusal: _Refusal) -> None:
        """An answer of our own; the connection ends with it."""
        body = str(refusal).encode()
        lines = [f"HTTP/1.1 {refusal.status} Auditor", "Content-Type: text/plain; charset=utf-8", f"Content-Length: {len(body)}"]
        if refusal.status == 407:
            lines.append('Proxy-Authenticate: Basic realm="auditor"')
        if refusal.state is not None:
            lines.append(f"X-Auditor-Egress: {self._token} {refusal.state}")
        lines += ["Cache-Control: no-store", "Connection: close", "", ""]
        client.writer.write("\r\n".join(lines).encode() + body)
        async with asyncio.timeout(self._idle):
            await client.writer.drain()

    # ------------------------------------------------------------------------------------------ answers

    async def _answer(self, request: _Request, client: Peer, site: Peer | None) -> Peer | None:
        """Let the site answer; gives back its connection if both sides may go on, None if the browser's ends here."""
        place = (request.host, request.port)
        if site is not None and (site.place != place or site.reader.at_eof() or request.body or request.method not in SAFE):
            await site.close()
            site = None
        reused = site is not None
        if site is None:
            site = await self._connect(request)
        upload: asyncio.Task[None] | None = None
        try:
            try:
                site.writer.write(request.forwarded())
                if request.body:
                    upload = asyncio.create_task(copy_body(client.reader, site.writer, request.body, self._idle))
                head = await self._head(request, site, client)
            except _Refusal as refusal:
                if reused and refusal.state is State.CONNECTION_RESET:  # it had closed the idle connection: ask again on a fresh one
                    await site.close()
                    return await self._answer(request, client, None)
                raise
            lasting = await self._pass_on(request, head, site, client)
            if upload is not None and not upload.done():
                lasting = False
            if lasting:
                site, kept = None, site
                return kept
            return None
        finally:
            try:
                if upload is not None:
                    upload.cancel()
                    await asyncio.wait([upload])
                    if not upload.cancelled():
                        upload.exception()
            finally:
                await close_all(site)

    async def _head(self, request: _Request, site: Peer, client: Peer) -> Head:
        """The head of the final answer; interim ones (100, 103) are passed on."""
        try:
            for _ in range(INTERIM_ANSWERS):
                async with asyncio.timeout(self._idle):
                    head = await read_head(site.reader, RESPONSE_LIMIT)
                if head is None:
                    raise self._trouble(request, State.CONNECTION_RESET, "网站没有回答就断开了连接")
                status = STATUS_LINE.fullmatch(head.first)
                if status is None:
                    raise self._trouble(request, State.CONNECTION_RESET, "网站的回答不符合 HTTP 协议")
                if not status[1].startswith(b"1") or status[1] == b"101":
                    return head
                if head.tidy:
                    client.writer.write(head.written(without=OF_ONE_HOP, proxy=False))
            raise Malformed("网站没有给出最终的回答")
        except TimeoutError:
            raise self._trouble(request, State.TIMEOUT, f"已连上网站，但 {self._idle:.0f} 秒内没有回答") from None
        except (OSError, asyncio.IncompleteReadError):
            raise self._trouble(request, State.CONNECTION_RESET, "网站在回答前断开了连接") from None
        except Malformed as problem:
            raise self._trouble(request, State.TOO_LARGE, f"网站的回答无法读取：{problem}") from None

    async def _pass_on(self, request: _Request, head: Head, site: Peer, client: Peer) -> bool:
        """Pass an answer on to the browser; True if both connections may be used again."""
        status = int(head.first.split()[1][:3])
        if status == 101:
            client.writer.write(head.written(without={OWN_HEADER}))
            await self._tunnel(request, client, site)
            return False
        body = 0 if request.method == b"HEAD" or status in (204, 304) else framing(head)
        # Where the ends of an answer are in doubt the browser might see them elsewhere and take the rest for the answer of another host.
        lasting = request.lasting and head.tidy and body != UNTIL_CLOSE and not head.has_token("close") and b"/1.1" in head.first
        ending = b"" if lasting else b"Connection: close\r\n"
        client.writer.write(head.written(without=OF_ONE_HOP, proxy=False, ending=ending))
        try:
            await copy_body(site.reader, client.writer, body, self._idle)
        except TimeoutError:
            self._trouble(request, State.TIMEOUT, f"网站在传输内容时停顿超过 {self._idle:.0f} 秒")
            raise
        except (OSError, Malformed, asyncio.IncompleteReadError):
            if site.reader.at_eof() or site.reader.exception():  # otherwise it was the browser that hung up
                self._trouble(request, State.CONNECTION_RESET, "网站在传输内容时断开了连接")
            raise
        return lasting

    # ------------------------------------------------------------------------------------------ tunnels

    async def _tunnel_to(self, request: _Request, client: Peer) -> None:
        site = await self._connect(request)
        try:
            client.writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await self._tunnel(request, client, site)
        finally:
            await site.close()

    async def _tunnel(self, request: _Request, client: Peer, site: Peer) -> None:
        """Bytes both ways, until both sides are done or neither has said anything for the idle time."""
        loop = asyncio.get_running_loop()
        last, spoken = loop.time(), {id(client): False, id(site): False}

        async def one_way(source: Peer, sink: Peer) -> None:
            nonlocal last
            try:
                while data := await source.reader.read(65536):
                    last, spoken[id(source)] = loop.time(), True
                    sink.writer.write(data)
                    await sink.writer.drain()
                if source is site and not spoken[id(site)] and not client.reader.at_eof():
                    self._trouble(request, State.CONNECTION_RESET, "网站没有回答就断开了连接")
                sink.writer.write_eof()
            except OSError:
                client.abort()
                site.abort()

        ways = {asyncio.create_task(one_way(client, site)), asyncio.create_task(one_way(site, client))}
        try:
            while ways:
                done, ways = await asyncio.wait(ways, timeout=self._idle, return_when=asyncio.FIRST_COMPLETED)
                if not done and loop.time() - last >= self._idle:
                    if spoken[id(client)] and not spoken[id(site)]:
                        self._trouble(request, State.TIMEOUT, f"已连上网站，但 {self._idle:.0f} 秒内没有回答")
                    break
        finally:
            for way in ways:
                way.cancel()
            if ways:
                await asyncio.wait(ways)
        if site.reader.exception():
            self._trouble(request, State.CONNECTION_RESET, "网站断开了连接")


class _Refusal(Exception):
    """An answer of our own: its HTTP status, its sentence, and the state that the address gets by it."""

    def __init__(self, status: int, sentence: str, state: State | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.state = state


@dataclass(frozen=True, kw_only=True)
class _Request:
    """A request that may be made."""

    method: bytes
    authority: bytes  #: host and port as the browser wrote them
    host: str
    port: int
    path: bytes
    head: Head
    body: int
    lasting: bool  #: the browser would like to keep the connection

    def forwarded(self) -> bytes:
        """Its head as the site gets it: Host is always that of the address, what concerns the proxy stays here."""
        upgrade = self.head.values("upgrade") if self.head.has_token("upgrade") else []
        first = b"%b %b HTTP/1.1\r\nHost: %b\r\n" % (self.method, self.path, self.authority)
        ending = b"Upgrade: %b\r\nConnection: Upgrade\r\n" % upgrade[0] if upgrade else b""
        return first + self.head.written(first=False, without=OF_ONE_HOP | {"host", "te", "upgrade"}, proxy=False, ending=ending)
