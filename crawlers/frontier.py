"""The addresses a crawl knows of, in the order of discovery, each of them waiting, visited, or settled without a visit."""

from __future__ import annotations

from collections.abc import Iterator
from sys import intern

from auditor.addresses import url_key
from auditor.model import Coverage, State

MOST_ADDRESSES = 100_000
MOST_CHARACTERS = 20_000_000


class Frontier:
    """A bounded ledger: what does not fit is counted in `refused` and forgotten."""

    def __init__(self, addresses: int = MOST_ADDRESSES, characters: int = MOST_CHARACTERS) -> None:
        self.refused = 0
        self._rooms = addresses
        self._characters = characters
        self._waiting: dict[str, None] = {}
        self._known: set[str] = set()
        self._settled: dict[str, Coverage] = {}

    def add(self, url: str) -> bool:
        """Put an address at the end of those waiting; False if it is known already or there is no room."""
        if url in self._known:
            return False
        if len(self._known) >= self._rooms or self._characters < len(url):
            self.refused += 1
            return False
        self._characters -= len(url)
        self._known.add(url)
        self._waiting[url] = None
        return True

    def waiting(self) -> list[str]:
        """The addresses that nothing has been decided about, in the order of discovery."""
        return list(self._waiting)

    def visited(self, url: str) -> None:
        """The address has its Page; it waits no longer."""
        self._known.add(url)
        self._waiting.pop(url, None)

    def settle(self, url: str, state: State, reason: str) -> None:
        """The address ends in this state without a visit."""
        self.visited(url)
        self._settled[url] = Coverage(url=url, state=state, reason=reason, final_url="", url_key=intern(url_key(url)))

    def state(self, url: str) -> State | None:
        """The state in which an address was settled without a visit; None where it was not."""
        return self._settled[url].state if url in self._settled else None

    def taken_up(self, url: str) -> None:
        """An address that was settled has its answer after all."""
        self._settled.pop(url, None)

    def settled(self) -> Iterator[Coverage]:
        """How the addresses without a visit ended."""
        yield from self._settled.values()
