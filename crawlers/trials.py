"""Which pages are also used and not only looked at: every page in what costs little, some pages of each template in all the rest."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from auditor.addresses import dom_key
from auditor.model import Coverage, Probe

Choose = Callable[[str], Awaitable[Sequence[Probe]]]
"""Tells the experiments for a page with this rendered HTML."""

InTurn = Callable[[], Awaitable[bool]]
"""Waits until the host may be asked for a page again; False: there is no time for that any more."""

LIMIT = 60.0  # seconds for one experiment that names none
PER_TEMPLATE = 2  # pages of one template on which everything is tried


async def at_once() -> bool:
    """There is no need to wait for a turn."""
    return True


class Trials:
    """Decides in the order of the walk, however fast the pages answer, so that the same site is tried on the same pages.

    Pages on which it was all tried in an earlier night come first: what was found there can only be proven repaired there.
    `most` pages of the site at most; None: all pages, whatever their template. `done`: those of an interrupted run.
    """

    def __init__(
        self, experiments: Sequence[Probe], *, most: int | None, known: Iterable[Coverage] = (), done: Iterable[Coverage] = ()
    ) -> None:
        self.experiments = tuple(experiments)
        self._room = most
        self._templates: Counter[str] = Counter()
        self._known = {entry.url: entry.dom_key for entry in known}
        self._turns: list[Turn] = []
        for entry in done:
            self._take(entry.url, entry.dom_key)

    def turn(self, url: str) -> Turn:
        """The turn of the next address of the walk; `over()` has to be called in the end, whatever became of it."""
        self._turns = [turn for turn in self._turns if not turn.decided.is_set()]
        turn = Turn(trials=self, url=url, before=tuple(self._turns))
        self._turns.append(turn)
        return turn

    def for_page(self, url: str, html: str) -> Iterator[Probe]:
        """What is tried on a page, in this order."""
        cheap = [probe for probe in self.experiments if probe.everywhere]
        yield from cheap
        if len(cheap) < len(self.experiments) and self._wanted(url, dom_key(html)):
            yield from (probe for probe in self.experiments if not probe.everywhere)

    def _wanted(self, url: str, template: str) -> bool:
        if not self._open(url, template):
            self._known.pop(url, None)
            return False
        if self._room is not None:
            self._take(url, template)
        return True

    def _open(self, url: str, template: str) -> bool:
        """Whether there is room to try everything on a page of this template."""
        if self._room is None:
            return True
        if url in self._known:
            reserved, kept = 0, 0
        else:
            reserved, kept = sum(known == template for known in self._known.values()), len(self._known)
        return self._room - kept > 0 and self._templates[template] + reserved < PER_TEMPLATE

    def suffices(self, url: str, template: str, *, tried: bool) -> bool:
        """Whether an older judgement of a page, on which everything was `tried` or not, holds all that would be tried tonight."""
        if len(self.experiments) == sum(probe.everywhere for probe in self.experiments):
            return True
        if not tried and self._open(url, template):
            return False
        if tried:
            self._take(url, template)
        else:
            self._known.pop(url, None)
        return True

    def _take(self, url: str, template: str) -> None:
        self._known.pop(url, None)
        self._templates[template] += 1
        if self._room is not None:
            self._room -= 1


@dataclass
class Turn:
    """One address whose turn it is, after those before it have been decided on."""

    trials: Trials
    url: str
    before: Sequence[Turn]
    decided: asyncio.Event = field(default_factory=asyncio.Event)

    async def choose(self, html: str) -> Sequence[Probe]:
        """What is tried on the page, once everybody before has chosen. Nothing where it was asked before: the page broke on it."""
        for turn in self.before:
            await turn.decided.wait()
        if self.decided.is_set():
            return ()
        chosen = tuple(self.trials.for_page(self.url, html))
        self.decided.set()
        return chosen

    async def suffices(self, template: str, *, tried: bool) -> bool:
        """Whether an older judgement of the page will do (`Trials.suffices`); the turn has then come and gone."""
        for turn in self.before:
            await turn.decided.wait()
        enough = self.trials.suffices(self.url, template, tried=tried)
        if enough:
            self.decided.set()
        return enough

    def over(self) -> None:
        """The visit is over, or its turn did not come."""
        self.decided.set()
