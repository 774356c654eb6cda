"""Lets a browser on another machine use our one way out: a port where that machine sees us, open to that machine only."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from urllib.parse import urlsplit

from crawlers.ports import close_port

CHUNK = 65536


class Relay:
    """`async with Relay(proxy, server) as relay`, then `relay.url` is our proxy as the browser of that WebDriver server reaches it.

    For a server on loopback it is the proxy itself. Raises OSError where the server's name does not resolve or no way leads there.
    """

    def __init__(self, proxy: str, server: str) -> None:
        self.url = proxy
        self._proxy, self._asked = urlsplit(proxy), urlsplit(server)
        self._peers: set[str] = set()
        self._port: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Relay:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self._asked.hostname, self._asked.port or 80, type=socket.SOCK_STREAM)
        with socket.socket(found[0][0], socket.SOCK_DGRAM) as way:
            way.connect(found[0][4])
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
        if writer.get_extra_info("peername")[0] not in self._peers:
            writer.transport.abort()
            return
        call = asyncio.create_task(self._connect(reader, writer))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        call.add_done_callback(lambda _: writer.transport.abort())  # a call that is cancelled before it begins ends nothing

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
