"""The one way out: goes where it may, nowhere else, says so truthfully, and never hangs."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import os
import socket
import struct
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx
import pytest
from loopback import Reply, Site, ground, network_to, redirect, run

from auditor.model import Network, State
from crawlers import ownership
from crawlers.browsers.http import Fetcher
from crawlers.egress import Egress
from crawlers.routes import is_public, narrowed


async def talk(egress: Egress, request: str, *, login: bool = True, body: bytes = b"", until_end: bool = True) -> bytes:
    """Say something to the proxy, word for word; the whole answer."""
    reader, writer = await connect(egress)
    writer.write(spelled(egress, request, login) + body)
    answer = await (reader.read() if until_end else reader.readuntil(b"\r\n\r\n"))
    writer.close()
    return answer


async def connect(egress: Egress) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(egress.url.rpartition(":")[2]))


def spelled(egress: Egress, request: str, login: bool = True) -> bytes:
    secret = base64.b64encode(f"{egress.username}:{egress.password}".encode()).decode()
    lines = [*request.split("\n"), *([f"Proxy-Authorization: Basic {secret}"] if login else []), "", ""]
    return "\r\n".join(lines).encode("latin-1")


# ---------------------------------------------------------------------------------------------- where it may go


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
    "198.18.0.1", "192.0.0.8", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff0e::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2001:db8::1", "2001::1", "3fff::1", "5f00::1",
    "::7f00:1", "fe80::1%eth0", "no address",
])  # fmt: skip
def test_an_address_that_is_not_public_is_known_as_such(address: str) -> None:
    assert not is_public(address)


def test_a_network_is_narrowed_to_what_it_opens_to_one_host() -> None:
    table = {"*.a.test:80": "10.0.0.1:80", "b.a.test:80": "10.0.0.2:80", "*.a.test:8080": "10.0.0.3:80"}
    whole = Network(resolve=table, allow_private=True, allow=("10.0.0.9",))
    assert narrowed(whole, "b.a.test") == Network(
        resolve={"b.a.test:80": "10.0.0.2:80", "b.a.test:8080": "10.0.0.3:80"}, allow=("b.a.test",)
    )  # fmt: skip
    assert narrowed(replace(whole, allow_private=False), "else.test") == Network()


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808"])
def test_a_public_address_is_known_as_such(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "017700000001", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "LOCALHOST.", "10.0.0.1", "0",
])  # fmt: skip
def test_no_spelling_of_a_private_address_leads_there(host: str) -> None:
    async def story() -> None:
        async with ground() as here:
            port = here.site.port
            for request in (f"GET http://{host}:{port}/secret HTTP/1.1", f"CONNECT {host}:{port} HTTP/1.1"):
                answer = await talk(here.egress, request)
                assert answer.startswith(b"HTTP/1.1 403"), answer
            assert here.site.asked == []

    run(story())


def test_only_the_place_named_in_resolve_is_reached_not_another_port_of_it() -> None:
    async def story() -> None:
        async with ground("site.test") as here:
            here.site.pages["/"] = "<title>您好</title>"
            assert "您好" in (await here.fetcher.get("http://site.test/")).body.decode()
            assert here.site.asked[0].host == "site.test"
            other = await here.fetcher.get("http://site.test:8080/")
            assert other.state is State.DNS_ERROR

    run(story())


def test_an_exact_name_in_resolve_goes_before_a_wildcard_and_a_longer_wildcard_before_a_shorter_one() -> None:
    async def story() -> None:
        async with Site() as exact, Site() as long, Site() as short:
            ways = {"*.test:80": short, "*.demo.test:80": long, "a.demo.test:80": exact}
            network = Network(resolve={name: f"127.0.0.1:{site.port}" for name, site in ways.items()})
            async with Egress(network) as egress, Fetcher(egress, "T/1") as fetcher:
                for host in ("a.demo.test", "b.demo.test", "x.y.demo.test", "other.test"):
                    await fetcher.get(f"http://{host}/")
            assert [site.asked[0].host for site in (exact, long, short)] == ["a.demo.test", "b.demo.test", "other.test"]
            assert [len(site.asked) for site in (exact, long, short)] == [1, 2, 1]

    run(story())


@pytest.mark.parametrize(("network", "allowed"), [
    (Network(allow_private=True), True), (Network(allow=("localhost",)), True), (Network(allow=("127.0.0.1",)), False), (Network(), False),
])  # fmt: skip
def test_a_private_address_is_reached_only_where_it_is_allowed(network: Network, allowed: bool) -> None:
    async def story() -> None:
        async with Site() as site, Egress(network) as egress, Fetcher(egress, "T/1") as fetcher:
            site.pages["/"] = "here"
            answer = await fetcher.get(f"http://localhost:{site.port}/")
            assert (answer.state is None) is allowed
            assert bool(site.asked) is allowed

    run(story())


def test_a_redirect_to_a_private_address_is_refused() -> None:
    async def story() -> None:
        async with ground() as here, Site() as inner:
            here.site.pages["/"] = redirect(f"http://127.0.0.1:{inner.port}/admin")
            answer = await here.fetcher.get("http://site.test/")
            assert answer.state is State.DENIED_BY_EGRESS
            assert "内部网络" in answer.reason
            assert inner.asked == []

    run(story())


def test_the_background_calls_of_a_browser_are_denied_and_not_counted() -> None:
    async def story() -> None:
        async with ground() as here:
            for host in ("update.googleapis.com", "accounts.google.com", "clients4.google.com", "r1.gvt1.com", "edge.microsoft.com"):
                assert (await talk(here.egress, f"CONNECT {host}:443 HTTP/1.1")).startswith(b"HTTP/1.1 403")
                assert here.egress.trouble(host, 443) is None
            here.site.pages["/"] = "x"
            await here.fetcher.get("http://site.test/")
            assert here.egress.requests == {"site.test": 1}

    run(story())


# ---------------------------------------------------------------------------------------------- who may use it


def test_without_the_password_nobody_else_gets_out() -> None:
    async def story() -> None:
        async with Site() as site, Egress(network_to(site), trust_own_user=False) as egress:
            for request in ("GET http://site.test/ HTTP/1.1", "CONNECT site.test:80 HTTP/1.1"):
                answer = await talk(egress, request, login=False)
                assert answer.startswith(b"HTTP/1.1 407")
                assert b"Proxy-Authenticate: Basic" in answer
            assert egress.needs_login
            assert site.asked == []
            assert b"404" in await talk(egress, "GET http://site.test/ HTTP/1.1")

    run(story())


def test_a_wrong_password_is_never_good_enough() -> None:
    async def story() -> None:
        async with ground() as here:
            wrong = base64.b64encode(b"auditor:guess").decode()
            answer = await talk(here.egress, f"GET http://site.test/ HTTP/1.1\nProxy-Authorization: Basic {wrong}", login=False)
            assert answer.startswith(b"HTTP/1.1 407")
            assert here.site.asked == []

    run(story())


@pytest.mark.skipif(not ownership.can_tell(), reason="this system does not tell whose a connection is")
def test_programs_of_our_own_user_need_no_password() -> None:
    async def story() -> None:
        async with ground() as here:
            assert not here.egress.needs_login
            assert b"404" in await talk(here.egress, "GET http://site.test/ HTTP/1.1", login=False)

    run(story())


@pytest.mark.skipif(not ownership.can_tell() or os.getuid() != 0, reason="only root can become somebody else")
def test_programs_of_another_user_need_the_password() -> None:
    visitor = "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n"
    visitor += "s.sendall(b'GET http://site.test/ HTTP/1.1\\r\\n\\r\\n'); print(s.recv(100).decode())"

    async def story() -> None:
        async with ground() as here:
            port = here.egress.url.rpartition(":")[2]
            process = await asyncio.create_subprocess_exec(
                "/usr/bin/env", "python3", "-c", visitor, port, user=65534, stdout=asyncio.subprocess.PIPE
            )  # fmt: skip
            said, _ = await process.communicate()
            assert said.startswith(b"HTTP/1.1 407")
            assert here.site.asked == []

    run(story())


def test_the_password_never_reaches_the_site() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = "x"
            await talk(here.egress, "GET http://site.test/ HTTP/1.1\nHost: other.test\nProxy-Connection: close\nX-Mine: 1")
            head = here.site.asked[0].head.lower()
            assert "proxy-" not in head
            assert "x-mine: 1" in head
            assert "host: site.test" in head
            assert "other.test" not in head

    run(story())


def test_it_listens_on_loopback_only() -> None:
    async def story() -> None:
        async with ground() as here:
            assert here.egress.url.startswith("http://127.0.0.1:")

    run(story())


@pytest.mark.parametrize("request_head", [
    "GET / HTTP/1.1", "GET https://site.test/ HTTP/1.1", "GET ftp://site.test/ HTTP/1.1", "GET http://a@site.test/ HTTP/1.1",
    "GET http://site.test\\@evil.test/ HTTP/1.1", "GET http:// HTTP/1.1", "CONNECT site.test HTTP/1.1", "CONNECT site.test:99999 HTTP/1.1",
    "GET http://site.test/ HTTP/1.1\nX: a\rY: b", "GET http://site.test/ HTTP/1.1\n folded: x",
    "GET http://site.test/ HTTP/1.1\nbad name: x",
    "POST http://site.test/ HTTP/1.1\nContent-Length: 3\nTransfer-Encoding: chunked", "POST http://site.test/ HTTP/1.1\nContent-Length: x",
    "POST http://site.test/ HTTP/1.1\nContent-Length: 3\nContent-Length: 5", "hello", "GET http://site.test/a b HTTP/1.1",
])  # fmt: skip
def test_a_request_that_is_not_beyond_doubt_is_refused(request_head: str) -> None:
    async def story() -> None:
        async with ground() as here:
            assert (await talk(here.egress, request_head)).startswith(b"HTTP/1.1 400")
            assert here.site.asked == []

    run(story())


def test_an_absurdly_long_request_line_is_refused() -> None:
    async def story() -> None:
        async with ground() as here:
            answer = await talk(here.egress, f"GET http://site.test/{'a' * 70_000} HTTP/1.1")
            assert answer.startswith(b"HTTP/1.1 431")
            assert here.site.asked == []

    run(story())


# ---------------------------------------------------------------------------------------------- what it passes on


def test_bodies_pass_both_ways_by_length_and_in_chunks() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        body = b""
        while size := int(line, 16):
            body += await reader.readexactly(size)
            await reader.readline()
            line = await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(body), 1000):
            piece = body[start : start + 1000]
            writer.write(b"%x;note=1\r\n%b\r\n" % (len(piece), piece))
        writer.write(b"0\r\nX-Trailer: 1\r\n\r\n")

    async def pieces() -> object:
        for _ in range(50):
            yield b"0123456789" * 100

    async def story() -> None:
        async with ground() as here:
            here.site.pages["/echo"] = echo
            proxy = httpx.Proxy(here.egress.url, auth=(here.egress.username, here.egress.password))
            async with httpx.AsyncClient(proxy=proxy, trust_env=False) as client:
                answer = await client.post("http://site.test/echo", content=pieces())  # type: ignore[arg-type]
                assert answer.content == b"0123456789" * 5000

    run(story())


def test_connections_are_kept_on_both_sides_and_answers_do_not_mix() -> None:
    async def story() -> None:
        async with Site(keep_alive=True) as one, Site(keep_alive=True) as two:
            for site, name in ((one, "one"), (two, "two")):
                site.fallback = lambda path, name=name: Reply(f"{name}{path}".encode())  # type: ignore[misc]
            network = Network(resolve={"one.test:80": f"127.0.0.1:{one.port}", "two.test:80": f"127.0.0.1:{two.port}"})
            async with Egress(network) as egress:
                reader, writer = await connect(egress)
                for name, path in [("one", "/1"), ("one", "/2"), ("two", "/3"), ("one", "/4")]:
                    writer.write(spelled(egress, f"GET http://{name}.test{path} HTTP/1.1"))
                    assert b"Connection: close" not in await reader.readuntil(b"\r\n\r\n")
                    assert await reader.readexactly(5) == f"{name}{path}".encode()
                writer.close()
            assert one.paths() == ["/1", "/2", "/4"]
            assert (one.connections, two.connections) == (2, 1)

    run(story())


def test_an_idle_connection_that_the_site_closed_is_not_the_browsers_trouble() -> None:
    async def story() -> None:
        async with ground() as here:
            left = asyncio.Event()

            async def short(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                await writer.drain()
                await left.wait()

            here.site.pages["/"] = short
            reader, writer = await connect(here.egress)
            for _ in range(3):
                writer.write(spelled(here.egress, "GET http://site.test/ HTTP/1.1"))
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
                assert await reader.readexactly(2) == b"ok"
                left.set()
            writer.close()
            assert here.site.connections == 3

    run(story())


@pytest.mark.parametrize("head", [
    b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 500\r\n\r\n", b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: 1\r\n folded\r\nContent-Length: 72\r\n\r\n",
])  # fmt: skip
def test_an_answer_with_doubtful_ends_passes_but_ends_the_connection(head: bytes) -> None:
    async def story() -> None:
        async def smuggle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(head + b"5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nfor somebody else")

        async with ground() as here:
            here.site.pages["/"] = smuggle
            answer = await talk(here.egress, "GET http://site.test/ HTTP/1.1")
            assert b"Connection: close\r\n" in answer
            assert answer.endswith(b"for somebody else")

    run(story())


def test_connect_is_a_tunnel_for_any_bytes() -> None:
    async def story() -> None:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while data := await reader.read(1000):
                writer.write(data.upper())
            writer.write(b"bye")
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            async with Egress(Network(resolve={"echo.test:443": f"127.0.0.1:{port}"})) as egress:
                reader, writer = await connect(egress)
                writer.write(spelled(egress, "CONNECT echo.test:443 HTTP/1.1"))
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
                writer.write(b"\x16\x03\x01 hello")
                assert await reader.readexactly(9) == b"\x16\x03\x01 HELLO"
                writer.write_eof()
                assert await reader.read() == b"bye"
                writer.close()
                assert egress.requests == {"echo.test": 1}

    run(story())


def test_a_websocket_upgrade_turns_into_a_tunnel() -> None:
    async def story() -> None:
        async def socket_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
            writer.write((await reader.readexactly(5))[::-1])
            await writer.drain()

        async with ground() as here:
            here.site.pages["/ws"] = socket_server
            reader, writer = await connect(here.egress)
            writer.write(spelled(here.egress, "GET http://site.test/ws HTTP/1.1\nConnection: Upgrade\nUpgrade: websocket"))
            head = await reader.readuntil(b"\r\n\r\n")
            assert b"101" in head and b"Upgrade: websocket" in head
            writer.write(b"hello")
            assert await reader.read() == b"olleh"
            writer.close()
            assert "upgrade: websocket" in here.site.asked[0].head.lower()

    run(story())


# ---------------------------------------------------------------------------------------------- what went wrong


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    return


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def half_a_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-")


async def not_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.test ESMTP\r\n\r\n")


async def endless_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: " + b"a" * 1000 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize(("answer", "state"), [
    (reset, State.CONNECTION_RESET), (hang_up, State.CONNECTION_RESET), (half_a_head, State.CONNECTION_RESET),
    (not_http, State.CONNECTION_RESET), (say_nothing, State.TIMEOUT), (endless_head, State.TOO_LARGE),
])  # fmt: skip
def test_a_site_that_does_not_answer_is_told_apart(answer: Callable[..., Awaitable[None]], state: State) -> None:
    async def story() -> None:
        async with ground(idle_timeout=0.5) as here:
            here.site.pages["/"] = answer
            told = await here.fetcher.get("http://site.test/")
            assert told.state is state
            assert told.reason.endswith(("连接", "协议", "回答", "过长")), told.reason
            assert here.egress.trouble("site.test", 80) == (state, told.reason)
            here.site.pages["/"] = "well again"
            assert (await here.fetcher.get("http://site.test/")).ok
            assert here.egress.trouble("site.test", 80) is None

    run(story())


def test_a_closed_port_and_a_missing_name_are_told_apart_for_tunnels_too() -> None:
    async def story() -> None:
        network = Network(resolve={"shut.test:80": f"127.0.0.1:{closed_port()}", "shut.test:443": f"127.0.0.1:{closed_port()}"})
        async with Egress(network) as egress, Fetcher(egress, "T/1") as fetcher:
            for url in ("http://shut.test/", "https://shut.test/"):
                assert (await fetcher.get(url)).state is State.CONNECTION_REFUSED
            for url in ("http://nobody.invalid/", "https://nobody.invalid/"):
                answer = await fetcher.get(url)
                assert answer.state is State.DNS_ERROR
                assert "nobody.invalid" in answer.reason
            assert egress.trouble("nobody.invalid", 443) is not None

    run(story())


def test_a_site_that_breaks_off_in_mid_body_leaves_no_complete_answer() -> None:
    async def story() -> None:
        async def torn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")

        async with ground() as here:
            here.site.pages["/"] = torn
            assert (await here.fetcher.get("http://site.test/")).state is State.CONNECTION_RESET

    run(story())


def test_a_forged_answer_of_ours_is_not_believed() -> None:
    async def story() -> None:
        async with ground() as here:
            for token in ("guess", "", here.egress._token):  # even the true one: what a site sends under this name is dropped
                here.site.pages["/"] = Reply(b"x", status=403, headers={"X-Auditor-Egress": f"{token} denied-by-egress"})
                answer = await here.fetcher.get("http://site.test/")
                assert (answer.state, answer.status) == (None, 403)
                assert "x-auditor-egress" not in answer.headers
            assert not here.egress.own_answer({"x-auditor-egress": "guess denied-by-egress"})
            assert not here.egress.own_answer({})

    run(story())


def test_our_own_refusal_carries_the_token_and_the_state() -> None:
    async def story() -> None:
        async with ground() as here:
            answer = (await talk(here.egress, "GET http://10.1.2.3/ HTTP/1.1")).decode()
            line = next(line for line in answer.split("\r\n") if line.startswith("X-Auditor-Egress: "))
            assert line.endswith(" denied-by-egress")
            assert here.egress.own_answer({"x-auditor-egress": line.partition(": ")[2]})
            assert "内部网络" in answer

    run(story())


def test_shutting_down_does_not_wait_for_anybody() -> None:
    async def story() -> float:
        loop = asyncio.get_running_loop()
        async with Site() as site:
            site.pages["/"] = say_nothing
            async with Egress(network_to(site)) as egress:
                talks = [await connect(egress) for _ in range(5)]
                talks[0][1].write(spelled(egress, "GET http://site.test/ HTTP/1.1"))
                talks[1][1].write(spelled(egress, "CONNECT site.test:80 HTTP/1.1"))
                talks[2][1].write(b"GET http://si")
                while not (site.asked and site.connections == 2):
                    await asyncio.sleep(0.01)
                begun = loop.time()
            for _, writer in talks:
                writer.close()
            return loop.time() - begun

    assert run(story()) < 10


# ---------------------------------------------------------------------------------------------- the fetcher


def test_a_compressed_answer_is_unpacked_up_to_the_limit_only() -> None:
    async def story() -> None:
        packer = zlib.compressobj(9, wbits=31)
        bomb = packer.compress(bytes(50_000_000)) + packer.flush()
        async with ground() as here:
            here.site.pages["/bomb"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
            tracemalloc.start()
            answer = await here.fetcher.get("http://site.test/bomb", limit_bytes=100_000)
            assert tracemalloc.get_traced_memory()[1] < 10_000_000
            tracemalloc.stop()
            assert (answer.state, len(answer.body)) == (State.TOO_LARGE, 100_000)
            here.site.pages["/twice"] = Reply(bomb, headers={"Content-Encoding": "gzip, gzip"})
            assert (await here.fetcher.get("http://site.test/twice")).body == b""
            here.site.pages["/broken"] = Reply(b"no gzip", headers={"Content-Encoding": "gzip"})
            assert (await here.fetcher.get("http://site.test/broken")).state is State.CONNECTION_RESET

    run(story())


def test_an_endless_answer_ends_at_the_limit_and_a_slow_one_at_the_time() -> None:
    async def story() -> None:
        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"a" * 10_000)
                await writer.drain()

        async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"a")
                await asyncio.sleep(0.05)

        async with ground() as here:
            here.site.pages |= {"/endless": endless, "/dripping": dripping}
            answer = await here.fetcher.get("http://site.test/endless", limit_bytes=100_000)
            assert (answer.state, len(answer.body)) == (State.TOO_LARGE, 100_000)
            assert (await here.fetcher.get("http://site.test/dripping", limit=0.3)).state is State.TIMEOUT

    run(story())


def test_redirects_are_followed_but_not_for_ever() -> None:
    async def story() -> None:
        async with ground("site.test", "other.test") as here:
            here.site.pages |= {"/a": redirect("http://other.test/b"), "/b": redirect("c?x=1"), "/c?x=1": "arrived"}
            here.site.pages["/loop"] = redirect("/loop")
            answer = await here.fetcher.get("http://site.test/a")
            assert (answer.final_url, answer.body) == ("http://other.test/c?x=1", b"arrived")
            assert (await here.fetcher.get("http://site.test/loop")).state is State.ERROR_PAGE
            assert here.site.paths().count("/loop") == 11
            for odd in ("file:///etc/passwd", "javascript:alert(1)", "http://[", "http://", "//"):
                here.site.pages["/odd"] = redirect(odd)
                assert (await here.fetcher.get("http://site.test/odd")).state is State.ERROR_PAGE, odd

    run(story())


def test_connections_that_come_while_it_is_being_left_are_closed_too() -> None:
    async def go(steps: int) -> None:
        async with Egress(Network()) as egress:
            where = egress.url.removeprefix("http://").split(":")
            for _ in range(20):
                calls.append(socket.create_connection((where[0], int(where[1]))))
            for _ in range(steps):
                await asyncio.sleep(0)

    calls: list[socket.socket] = []
    for steps in range(6):
        asyncio.run(go(steps))
        gc.collect()  # a stream that nobody closed is told as a warning, which is an error here
    for call in calls:
        call.settimeout(5)
        with contextlib.suppress(ConnectionError):
            assert call.recv(1) == b""
        call.close()
