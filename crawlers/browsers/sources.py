"""What a page is made of, as the browser got it: its document, those of its frames, style sheets, scripts and the data they asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping

from playwright.async_api import Error, Request, Response

from auditor.model import Source
from crawlers.browsers.look import Exit
from crawlers.contents import FAILED, digest_of, validators_of

KINDS = frozenset({"document", "stylesheet", "script", "xhr", "fetch"})
SHARED = frozenset({"stylesheet", "script"})
"""Kinds whose content is read once in a run, however many pages load them."""

LIVE = frozenset({"eventsource", "websocket"})
MOST = 300  # files of one page
LIMIT = 5.0  # seconds to read what was not read yet


class Sources:
    """The files of one page. Nothing is told where not all of them are known, such as the answer to a POST or a stream of data.

    `known`: address -> digest of style sheets and scripts that were read before in this run; it is added to.
    """

    def __init__(self, egress: Exit, known: MutableMapping[str, str]) -> None:
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
        if not self.whole or not self._answers or len(self._answers) + len(self._failed) > MOST:
            return ()
        try:
            async with asyncio.timeout(LIMIT):
                found = [await self._source(url, answer) for url, answer in self._answers.items()]
        except (TimeoutError, Error):
            return ()
        return (*found, *(Source(url=url, digest=FAILED) for url in self._failed if url not in self._answers))

    def _concerns(self, request: Request) -> bool:
        kind = request.resource_type
        if not self._open or not (kind in KINDS or kind in LIVE) or not request.url.startswith("http"):
            return False
        if kind in LIVE or request.method != "GET":
            self.whole = False
        return self.whole

    async def _source(self, url: str, answer: Response) -> Source:
        headers: Mapping[str, str] = answer.headers
        if self.egress.own_answer(headers):
            return Source(url=url, digest=FAILED)
        shared = answer.request.resource_type in SHARED
        if shared and url in self.known:
            return Source(url=url, digest=self.known[url], validators=validators_of(headers))
        there = 200 <= answer.status < 300 or answer.status == 304
        told = digest_of(200 if there else answer.status, await answer.body() if there else b"")
        if shared:
            self.known[url] = told
        return Source(url=url, digest=told, validators=validators_of(headers))


def _first(request: Request) -> str:
    """The address that a chain of redirects began with, without its fragment."""
    while request.redirected_from is not None:
        request = request.redirected_from
    return request.url.partition("#")[0]
