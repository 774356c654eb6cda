"""The two sides of a proxied connection, and how they are closed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass
class Peer:
    """One side of the proxy: the browser or a site."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    place: tuple[str, int] = ("", 0)
    own: bool | None = None  #: whether it is a program of our own user; None: not asked yet

    def abort(self) -> None:
        self.writer.transport.abort()

    async def close(self) -> None:
        """Close; what is still to be written gets a second, whoever does not read it by then loses it."""
        self.writer.close()
        try:
            async with asyncio.timeout(1):
                await self.writer.wait_closed()
        except (OSError, TimeoutError):
            self.abort()
        except asyncio.CancelledError:
            self.abort()
            raise


async def close_all(*peers: Peer | None) -> None:
    """Close one after another, and all of them even when cancelled over it."""
    try:
        for peer in peers:
            if peer is not None:
                await peer.close()
    finally:
        for peer in peers:
            if peer is not None:
                peer.abort()
