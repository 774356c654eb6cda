"""Asks a site whether what makes up a page is still as it was: conditional requests, one for each shared file and run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from auditor.addresses import canonical
from auditor.model import Judged, Source, State, Variant
from crawlers.browsers.http import Answer
from crawlers.contents import FAILED, digest_of
from crawlers.guest import Guest
from crawlers.scope import belongs

LIMIT_BYTES = 10_000_000
LIMIT = 20.0  # seconds for one file
LIMIT_ALL = 60.0  # seconds for all files of one page but its document: then it is opened instead
AT_ONCE = 6  # files asked for side by side, as browsers do

Now = tuple[str | None, str]
"""The digest of a file today (None: it cannot be said), and the address that it came from in the end."""


class Keeper(Protocol):
    """Who holds judgements of earlier nights."""

    def holds(self, url: str, variant: Variant) -> bool:
        """Whether there is most probably something to offer."""
        ...

    def offer(self, url: str, variant: Variant) -> Judged | None:
        """A judgement that holds on if nothing that makes up the page has changed, told as one that was carried over."""
        ...

    def recheck(self, url: str, variant: Variant) -> Sequence[Source]:
        """What makes up a page that is judged anew although it could be carried over: the site is asked about it nevertheless."""
        ...

    def tried(self, judged: Judged) -> bool:
        """Whether it was tried at a page how it is used, with all that is tried."""
        ...

    def has_changed(self, url: str, variant: Variant) -> None:
        """A judgement does not hold on: something of the page has changed."""
        ...


class Nothing:
    """The keeper who has nothing to offer."""

    def holds(self, url: str, variant: Variant) -> bool:
        """Nothing is."""
        return False

    def offer(self, url: str, variant: Variant) -> Judged | None:
        """Nothing."""
        return None

    def recheck(self, url: str, variant: Variant) -> Sequence[Source]:
        """Nothing."""
        return ()

    def tried(self, judged: Judged) -> bool:
        """Nothing was."""
        return False

    def has_changed(self, url: str, variant: Variant) -> None:
        """Nobody said otherwise."""


class Unchanged:
    """Knows what the files of a site are like tonight."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self._asked: dict[str, asyncio.Task[Now]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def held(self, keeper: Keeper, url: str, variant: Variant) -> Judged | None:
        """What `keeper` has of a page, where it holds on; it is told where it does not."""
        judged, order = keeper.offer(url, variant), self.guest.order
        if judged is not None and order.crawl and not belongs(_place(judged.coverage.final_url or url), order.target):
            return None  # it led on to what is no part of the site any more
        sources = judged.sources if judged is not None else keeper.recheck(url, variant)
        if sources and not await self(sources):
            keeper.has_changed(url, variant)
            return None
        return judged

    async def __call__(self, sources: Sequence[Source]) -> bool:
        """Whether all files are as they were, and the document is where it was.

        The document comes first, in the turn of its host; the others follow as for any visitor, some at a time: where one of them is
        another by now, or the host asks us to stay away, nobody is asked for the rest.
        """
        if not sources:
            return False
        digest, address = await self._now(sources[0], in_turn=True)
        if digest != sources[0].digest or _place(address) != _place(sources[0].final_url or sources[0].url):
            return False
        try:
            async with asyncio.timeout(LIMIT_ALL):
                for first in range(1, len(sources), AT_ONCE):
                    some = sources[first : first + AT_ONCE]
                    found = await asyncio.gather(*(self._now(source, in_turn=False) for source in some))
                    if any(now != source.digest for (now, _), source in zip(found, some, strict=True)):
                        return False
        except TimeoutError:
            return False
        return True

    async def _now(self, source: Source, *, in_turn: bool) -> Now:
        if source.url not in self._asked:
            self._asked[source.url] = asyncio.create_task(self._ask(source, in_turn))
        return await asyncio.shield(self._asked[source.url])

    async def _ask(self, source: Source, in_turn: bool) -> Now:
        place: AbstractAsyncContextManager[None] = nullcontext() if in_turn else self._places  # who waits for a turn keeps nobody waiting
        async with place:
            answer = await self.guest.get(
                source.url, limit_bytes=LIMIT_BYTES, limit=LIMIT, validators=source.validators, in_turn=in_turn
            )
        if answer.state is State.INTERRUPTED:  # nobody was asked; that may be otherwise for the next page
            self._asked.pop(source.url, None)
            return None, answer.final_url
        digest = _told(answer, source)
        if digest and not await self._safe(source.url, answer.final_url):
            digest = None
        return digest, answer.final_url

    async def _safe(self, *addresses: str) -> bool:
        """Whether a browser would come there by now: the fetcher does not look at certificates."""
        for address in addresses:
            if await self.guest.trouble_with_tls(address, certificate=True):
                return False
        return True


def _told(answer: Answer, source: Source) -> str | None:
    if answer.status == 304:  # an answer to nobody's question where there was no condition
        return source.digest if source.validators else None
    if answer.state is None:
        return digest_of(answer.status, answer.body, answer.headers)
    return FAILED if answer.status is None else None  # an answer that was cut is no content


def _place(address: str) -> str:
    return canonical(address) or address
