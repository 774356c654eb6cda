"""Fetches what needs no browser (robots.txt, sitemaps, documents) through the one way out: bounded in bytes and time, never raising."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import httpx

from auditor.addresses import host_of, port_of
from auditor.model import State
from crawlers.egress import Egress

MOST_REDIRECTS = 10
CODINGS = {"gzip": 47, "x-gzip": 47, "deflate": 47, "identity": 0, "": 0}
"""Content codings we understand, with zlib's word for them (47: gzip or zlib, told by the first bytes)."""


CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
NO_VALIDATORS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back. `state` is None when the whole answer was read; the HTTP status says what the site made of the request."""

    url: str
    final_url: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  #: names in lower case
    body: bytes = b""  #: decompressed; cut where state is TOO_LARGE
    state: State | None = None
    reason: str = ""  #: a Chinese sentence where state is not None

    @property
    def ok(self) -> bool:
        """Whether there is a body worth reading."""
        return self.status == 200 and self.state in (None, State.TOO_LARGE)


Refuse = Callable[[str], Awaitable[tuple[State, str] | None]]
"""Why an address that an answer leads on to must not be asked for: the state and a Chinese sentence; None where it may be."""


class Getter(Protocol):
    """Something that fetches: the Fetcher itself, or one that waits its turn first."""

    async def get(
        self, url: str, *, limit_bytes: int, limit: float, refuse: Refuse | None = None, validators: Mapping[str, str] = NO_VALIDATORS
    ) -> Answer:
        """Fetch an address; `refuse` is asked of each that it leads on to, before that is asked for.

        `validators` (etag, last-modified) are those of what is known of it: the status 304 says that it is still that.
        """
        ...


class Fetcher:
    """Fetches addresses through the egress: `async with Fetcher(egress, user_agent) as fetcher`.

    Certificates are not judged here: that is the browser's word, and the robots.txt of a site with a faulty one holds all the same.
    """

    def __init__(self, egress: Egress, user_agent: str) -> None:
        self.egress = egress
        self.user_agent = user_agent
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Fetcher:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._client = httpx.AsyncClient(
            proxy=httpx.Proxy(self.egress.url, auth=(self.egress.username, self.egress.password)), verify=context, trust_env=False,
            timeout=None, headers={"User-Agent": self.user_agent, "Accept-Encoding": "gzip", "Accept-Language": "zh-CN,zh;q=0.9"},
        )  # fmt: skip
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def get(
        self, url: str, *, limit_bytes: int = 10_000_000, limit: float = 30.0, refuse: Refuse | None = None,
        validators: Mapping[str, str] = NO_VALIDATORS,
    ) -> Answer:  # fmt: skip
        """Fetch an address and follow up to MOST_REDIRECTS redirects, none of them to where `refuse` has something against it.

        At most `limit_bytes` of the decompressed body are read, in at most `limit` seconds all told. Whatever goes wrong is told in
        `Answer.state` and `Answer.reason`. With `validators` the answer may be 304 and no body.
        """
        try:
            async with asyncio.timeout(limit):
                return await self._follow(url, limit_bytes, refuse, validators)
        except TimeoutError:
            return Answer(url=url, final_url=url, state=State.TIMEOUT, reason=f"{limit:.0f} 秒内没有取到")

    async def _follow(self, url: str, limit_bytes: int, refuse: Refuse | None, validators: Mapping[str, str]) -> Answer:
        address = url
        for _ in range(MOST_REDIRECTS + 1):
            try:
                answer, onward = await self._fetch(url, address, limit_bytes, validators)
            except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError, zlib.error, ValueError) as error:
                state, reason = self._trouble(address, error)
                return Answer(url=url, final_url=address, state=state, reason=reason)
            if onward is None:
                return answer
            if refuse is not None and (refused := await refuse(onward)):
                return Answer(url=url, final_url=onward, state=refused[0], reason=refused[1])
            address = onward
        return Answer(url=url, final_url=address, state=State.ERROR_PAGE, reason=f"跳转超过 {MOST_REDIRECTS} 次")

    async def _fetch(self, url: str, address: str, limit_bytes: int, validators: Mapping[str, str]) -> tuple[Answer, str | None]:
        """One request; the second value is where it is redirected to."""
        assert self._client is not None, "Fetcher is used outside of `async with`"
        condition = {CONDITIONS[name]: value for name, value in validators.items() if name in CONDITIONS}
        async with self._client.stream("GET", address, headers=condition) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            if self.egress.own_answer(headers):
                met = self.egress.trouble(host_of(address), port_of(address))
                state, reason = met or (State.CONNECTION_REFUSED, "没有连上网站")
                return Answer(url=url, final_url=address, state=state, reason=reason), None
            if response.has_redirect_location:
                onward = str(response.url.join(headers["location"]))
                if not host_of(onward):
                    raise httpx.InvalidURL(onward)
                return Answer(url=url, final_url=address), onward
            body, cut, why = await _read(response.aiter_raw(), headers.get("content-encoding", ""), limit_bytes)
            status = response.status_code
            return Answer(url=url, final_url=address, status=status, headers=headers, body=body, state=cut, reason=why), None

    def _trouble(self, address: str, error: Exception) -> tuple[State, str]:
        met = self.egress.trouble(host_of(address), port_of(address))
        if met:
            return met
        if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
            return State.ERROR_PAGE, "网站跳转到的网址不正确"
        if isinstance(error, ssl.SSLError) or "SSL" in str(error) or "TLS" in str(error):
            return State.TLS_ERROR, "安全连接（HTTPS）没有建立"
        if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | zlib.error | OSError):
            return State.CONNECTION_RESET, "内容没有传完整"
        return State.CONNECTION_REFUSED, "没有取到"


async def _read(pieces: AsyncIterator[bytes], coding: str, most: int) -> tuple[bytes, State | None, str]:
    """The decompressed body up to `most` bytes: never more than that is unpacked, whatever the pieces would swell to."""
    window = CODINGS.get(coding.strip().lower())
    if window is None:
        return b"", State.RENDER_FAILED, "内容的压缩方式无法识别"
    body = bytearray()
    unpack = zlib.decompressobj(window) if window else None
    async for piece in pieces:
        if unpack is None:
            body += piece
        else:
            body += unpack.decompress(piece, most + 1 - len(body))
        if len(body) > most:
            return bytes(body[:most]), State.TOO_LARGE, f"内容超过 {most // 1000} kB，只读取了前面的部分"
    return bytes(body), None, ""


def gunzip(data: bytes, most: int) -> bytes:
    """The content of a gzip file, at most `most` bytes of it; of a broken one what can be read."""
    unpack = zlib.decompressobj(31)
    found = bytearray()
    with contextlib.suppress(zlib.error):
        for start in range(0, len(data), 4096):
            if len(found) >= most:
                break
            found += unpack.decompress(data[start : start + 4096], most - len(found))
    return bytes(found)
