"""Lets browsers on other machines use our one way out: a port where those machines see us, open to them only."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawlers.ports import close_port

CHUNK = 65536

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Relay:
    """`async with Relay(proxy, server) as relay`, then `relay.url` is our proxy as the browser of that WebDriver server reaches it.

    The browsers of a Grid run on other machines than the server that is asked: `nodes` says where. For a server on loopback without nodes
    it is the proxy itself. Raises OSError where the server's name does not resolve or no way leads there.
    """

    def __init__(self, proxy: str, server: str, nodes: Sequence[Network] = ()) -> None:
        self.url = proxy
        self._nodes = nodes
        self._proxy, self._asked = urlsplit(proxy), urlsplit(server)
        self._peers: set[str] = set()
        self._port: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Relay:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self._asked.hostname, self._asked.port or 80, type=socket.SOCK_STREAM)
        family, place = found[0][0], found[0][4]
        if self._nodes:
            first = self._nodes[0]
            family, place = (socket.AF_INET6 if first.version == 6 else socket.AF_INET), (str(first[0]), 9)
        with socket.socket(family, socket.SOCK_DGRAM) as way:
            way.connect(place)  # sends nothing
            here = way.getsockname()[0]
        if not ipaddress.ip_address(here).is_loopback:
            self._peers = {str(entry[4][0]) for entry in found}
            self._port = await asyncio.start_server(self._accept, here, 0)
            name = f"[{here}]" if ":" in here else here
            self.url = f"{self._proxy.scheme}://{name}:{self._port.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._port is not None:
            await close_port(self._port)
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._is_known(writer.get_extra_info("peername")[0]):
            writer.transport.abort()
            return
        call = asyncio.create_task(self._connect(reader, writer))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        call.add_done_callback(lambda _: writer.transport.abort())  # a call that is cancelled before it begins ends nothing

    def _is_known(self, peer: str) -> bool:
        return peer in self._peers or any(ipaddress.ip_address(peer.partition("%")[0]) in network for network in self._nodes)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        out: asyncio.StreamWriter | None = None
        try:
            back, out = await asyncio.open_connection(self._proxy.hostname, self._proxy.port)
            await asyncio.gather(_copy(reader, out), _copy(back, writer))
        except OSError:
            pass  # one side has gone, so does the other
        finally:
            for end in (writer, out):
                if end is not None:
                    end.transport.abort()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(CHUNK):
        sink.write(data)
        await sink.drain()
    with contextlib.suppress(OSError):
        sink.write_eof()
