"""Closes a listening port of ours without losing sight of the connections that asyncio was just accepting."""

from __future__ import annotations

import asyncio

ROUNDS = 4  # of the event loop, until asyncio has told of a connection that it has accepted


async def close_port(server: asyncio.Server) -> None:
    """Accept nothing more, let what was accepted come to its callback, then close.

    A server that is closed at once forgets connections that are half accepted: their sockets stay open until they are collected.
    """
    loop = asyncio.get_running_loop()
    for listener in server.sockets:
        loop.remove_reader(listener.fileno())
    for _ in range(ROUNDS):
        await asyncio.sleep(0)
    server.close()
