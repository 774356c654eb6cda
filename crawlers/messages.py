"""Reads heads and bodies of HTTP/1 messages from streams: as much of HTTP as a proxy must know to see where a message ends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

CHUNKED, UNTIL_CLOSE = -1, -2
"""Lengths of bodies that are not told in advance."""

FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
TRAILER_LIMIT = 64_000


class Malformed(Exception):
    """A message that cannot be read on; the sentence says why."""


@dataclass(frozen=True)
class Head:
    """First line and fields of a message."""

    first: bytes
    fields: tuple[tuple[str, bytes, bytes], ...]  #: name in lower case ("" where the line is no field), value, the line itself

    @property
    def tidy(self) -> bool:
        """Whether every line is a field beyond doubt, and the length of the body is told at most once."""
        told = len(self.values("content-length")) + len(self.values("transfer-encoding"))
        return told <= 1 and all(name for name, _, _ in self.fields)

    @property
    def says_body(self) -> bool:
        """Whether it speaks of a body at all."""
        return bool(self.values("content-length") or self.values("transfer-encoding"))

    def values(self, name: str) -> list[bytes]:
        """All values of a field."""
        return [value for key, value, _ in self.fields if key == name]

    def has_token(self, token: str) -> bool:
        """Whether `Connection` (or `Proxy-Connection`) names the token."""
        told = b",".join([*self.values("connection"), *self.values("proxy-connection")]).lower()
        return token.encode() in [piece.strip() for piece in told.split(b",")]

    def written(self, *, first: bool = True, without: AbstractSet[str] = frozenset(), proxy: bool = True, ending: bytes = b"") -> bytes:
        """The head as bytes, without some fields and (proxy=False) without all that begin with `Proxy-`."""
        kept = [line for name, _, line in self.fields if name not in without and (proxy or not name.startswith("proxy-"))]
        return b"".join(line + b"\r\n" for line in ([self.first] if first else []) + kept) + ending + b"\r\n"


async def read_head(reader: asyncio.StreamReader, limit: int) -> Head | None:
    """The head of the next message; None at the end of the stream. Raises Malformed past `limit` bytes."""
    lines: list[bytes] = []
    size = 0
    while True:
        try:
            line = await reader.readline()
        except ValueError:  # a line longer than the reader's limit
            raise Malformed("消息头部过长") from None
        size += len(line)
        if size > limit:
            raise Malformed("消息头部过长")
        if not line.endswith(b"\n"):
            if lines or line:
                raise asyncio.IncompleteReadError(line, None)
            return None
        line = line.rstrip(b"\r\n")
        if line:
            lines.append(line)
        elif lines:
            return Head(lines[0], tuple(map(_field, lines[1:])))


def framing(head: Head) -> int:
    """The length of the body in bytes, CHUNKED, or UNTIL_CLOSE where it is not told or in doubt."""
    lengths, codings = head.values("content-length"), head.values("transfer-encoding")
    if codings:
        return CHUNKED if not lengths and [coding.lower() for coding in codings] == [b"chunked"] else UNTIL_CLOSE
    return int(lengths[0]) if len(lengths) == 1 and re.fullmatch(rb"[0-9]{1,15}", lengths[0]) else UNTIL_CLOSE


async def copy_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, length: int, idle: float) -> None:
    """Copy a body of that length as it is, chunk marks included. Raises TimeoutError after `idle` seconds without a byte."""
    if length != CHUNKED:
        await _copy(reader, writer, None if length == UNTIL_CLOSE else length, idle)
        return
    while True:
        line = await _line(reader, idle)
        mark = CHUNK.fullmatch(line)
        if mark is None:
            raise Malformed("分块传输的格式不正确")
        writer.write(line)
        size = int(mark[1], 16)
        if size == 0:
            break
        await _copy(reader, writer, size, idle)
        ending = await _line(reader, idle)
        if ending.strip(b"\r\n"):
            raise Malformed("分块传输的格式不正确")
        writer.write(ending)
    room = TRAILER_LIMIT
    while room > 0:
        line = await _line(reader, idle)
        writer.write(line)
        room -= len(line)
        if not line.strip(b"\r\n"):
            await _drain(writer, idle)
            return
    raise Malformed("分块传输的格式不正确")


def _field(line: bytes) -> tuple[str, bytes, bytes]:
    found = FIELD.fullmatch(line)
    return (found[1].decode("ascii").lower(), found[2], line) if found else ("", b"", line)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, amount: int | None, idle: float) -> None:
    while amount is None or amount > 0:
        async with asyncio.timeout(idle):
            data = await reader.read(65536 if amount is None else min(amount, 65536))
        if not data:
            if amount is None:
                break
            raise asyncio.IncompleteReadError(b"", amount)
        writer.write(data)
        await _drain(writer, idle)
        if amount is not None:
            amount -= len(data)
    await _drain(writer, idle)


async def _drain(writer: asyncio.StreamWriter, idle: float) -> None:
    async with asyncio.timeout(idle):
        await writer.drain()


async def _line(reader: asyncio.StreamReader, idle: float) -> bytes:
    async with asyncio.timeout(idle):
        try:
            line = await reader.readline()
        except ValueError:
            raise Malformed("分块传输的格式不正确") from None
    if not line.endswith(b"\n"):
        raise asyncio.IncompleteReadError(line, None)
    return line
