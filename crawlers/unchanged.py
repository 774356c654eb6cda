"""Asks a site whether what makes up a page is still as it was: conditional requests, one for each shared file and run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from auditor.model import Judged, Source, Variant
from crawlers.browsers.http import Answer
from crawlers.contents import FAILED, digest_of
from crawlers.guest import Guest

LIMIT_BYTES = 10_000_000
LIMIT = 20.0  # seconds for one file
AT_ONCE = 6  # files of one page asked for side by side, as browsers do


class Keeper(Protocol):
    """Who holds judgements of earlier nights."""

    def offer(self, url: str, variant: Variant) -> Judged | None:
        """A judgement that holds on if nothing that makes up the page has changed, told as one that was carried over."""
        ...

    def tried(self, judged: Judged) -> bool:
        """Whether it was tried at a page how it is used, with all that is tried."""
        ...

    def has_changed(self, url: str, variant: Variant) -> None:
        """A judgement does not hold on: something of the page has changed."""
        ...


class Nothing:
    """The keeper who has nothing to offer."""

    def offer(self, url: str, variant: Variant) -> Judged | None:
        """Nothing."""
        return None

    def tried(self, judged: Judged) -> bool:
        """Nothing was."""
        return False

    def has_changed(self, url: str, variant: Variant) -> None:
        """Nobody said otherwise."""


class Unchanged:
    """Knows what the files of a site are like tonight."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self._asked: dict[str, asyncio.Task[str | None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, sources: Sequence[Source]) -> bool:
        """Whether all files are as they were. The document comes first, in the turn of its host; the others follow as for any visitor."""
        if not sources or await self._now(sources[0], in_turn=True) != sources[0].digest:
            return False
        found = await asyncio.gather(*(self._now(source, in_turn=False) for source in sources[1:]))
        return all(now == source.digest for now, source in zip(found, sources[1:], strict=True))

    async def _now(self, source: Source, *, in_turn: bool) -> str | None:
        """The digest of today; None where it cannot be said."""
        if source.url not in self._asked:
            self._asked[source.url] = asyncio.create_task(self._ask(source, in_turn))
        return await asyncio.shield(self._asked[source.url])

    async def _ask(self, source: Source, in_turn: bool) -> str | None:
        async with self._places:
            answer = await self.guest.get(
                source.url, limit_bytes=LIMIT_BYTES, limit=LIMIT, validators=source.validators, in_turn=in_turn
            )
        return source.digest if answer.status == 304 else _told(answer)


def _told(answer: Answer) -> str | None:
    if answer.state is None:
        return digest_of(answer.status, answer.body)
    return FAILED if answer.status is None else None  # an answer that was cut is no content
