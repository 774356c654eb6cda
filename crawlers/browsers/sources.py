"""What a page is made of, as the browser got it: its document, those of its frames, style sheets, scripts and the data they asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping

from playwright.async_api import Error, Request, Response

from auditor.addresses import canonical
from auditor.model import Source
from crawlers.browsers.look import Exit
from crawlers.contents import FAILED, digest_of, validators_of

KINDS = frozenset({"document", "stylesheet", "script", "xhr", "fetch"})
SHARED = frozenset({"stylesheet", "script"})
"""Kinds whose content is read once in a run, however many pages load them."""

LIVE = frozenset({"eventsource", "websocket"})
MOST = 300  # files of one page
LIMIT = 5.0  # seconds to read what was not read yet
MOST_BYTES = 10_000_000  # of one file: what is announced as more is not read
MOST_WORDS = 200_000  # characters of the addresses and validators of one page, which are all kept

Known = MutableMapping[tuple[str, str], str]
"""Address and validators -> digest. A file that is replaced while a run goes on has other validators from then on."""


class Sources:
    """The files of one page. Nothing is told where not all of them are known, such as the answer to a POST or a stream of data.

    `known`: digests of style sheets and scripts that were read before in this run, in the same manner; it is added to.
    """

    def __init__(self, egress: Exit, known: Known) -> None:
        self.egress, self.known = egress, known
        self.whole = True
        self._answers: dict[str, Response] = {}  #: address as first asked for -> the answer in the end
        self._failed: dict[str, None] = {}
        self._open = True

    def answered(self, response: Response) -> None:
        """Take up an answer; redirects lead on to others."""
        request = response.request
        if not self._concerns(request) or 300 <= response.status < 304 or 304 < response.status < 400:
            return
        self._answers[_first(request)] = response

    def failed(self, request: Request) -> None:
        """Take up a request without an answer. One that the page gave up itself is none."""
        if self._concerns(request) and "ERR_ABORTED" not in (request.failure or ""):
            self._failed[_first(request)] = None

    def live(self, _: object) -> None:
        """The page holds a line to its server: what it shows may change at any time."""
        self.whole = self.whole and not self._open

    async def taken(self) -> tuple[Source, ...]:
        """The files, the document first, and no more are taken up from now on; none where not all are known."""
        self._open = False
        if not self.whole or not self._answers:
            return ()
        try:
            async with asyncio.timeout(LIMIT):
                found = [await self._source(url, answer) for url, answer in self._answers.items()]
        except (TimeoutError, Error, _TooMuch):
            return ()
        told = (*found, *(Source(url=url, digest=FAILED) for url in self._failed if url not in self._answers))
        return told if sum(map(_words, told)) <= MOST_WORDS else ()

    def _concerns(self, request: Request) -> bool:
        kind = request.resource_type
        if not self._open or not (kind in KINDS or kind in LIVE) or not request.url.startswith("http"):
            return False
        if kind in LIVE or request.method != "GET" or len(self._answers) + len(self._failed) > MOST:
            self.whole = False
        return self.whole

    async def _source(self, url: str, answer: Response) -> Source:
        headers: Mapping[str, str] = answer.headers
        if self.egress.own_answer(headers):
            return Source(url=url, digest=FAILED)
        validators = validators_of(headers)
        kept = (url, repr(sorted(validators.items()))) if answer.request.resource_type in SHARED else None
        told = self.known.get(kept) if kept else None
        if told is None:
            there = 200 <= answer.status < 300 or answer.status == 304
            if there and _length(headers) > MOST_BYTES:
                raise _TooMuch
            told = digest_of(200 if there else answer.status, await answer.body() if there else b"", headers)
        if kept:
            self.known[kept] = told
        moved = canonical(answer.url) != canonical(url)
        return Source(url=url, digest=told, validators=validators, final_url=answer.url.partition("#")[0] if moved else "")


class _TooMuch(Exception):
    """A file is larger than what would be asked for again."""


def _length(headers: Mapping[str, str]) -> int:
    told = headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() else 0


def _words(source: Source) -> int:
    return len(source.url) + len(source.final_url) + sum(map(len, source.validators.values()))


def _first(request: Request) -> str:
    """The address that a chain of redirects began with, without its fragment."""
    while request.redirected_from is not None:
        request = request.redirected_from
    return request.url.partition("#")[0]
