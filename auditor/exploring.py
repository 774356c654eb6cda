"""Which addresses of a large site are read for their links alone, without a browser, so that the frame of its samples becomes whole.

Pure. A sample speaks for the addresses that are known, and a night of `max_pages` visits meets few of them: the same pages are drawn all
quarter. Most portals are written out as plain pages by their editing system, so that its columns can be read through with ordinary
requests, each at a fraction of what a visit costs site and auditor. So every night READS of them are spent where they promise most:

- Addresses are of one kind when they have the same key (`auditor.addresses.url_key`), and of one class when the last step of that key is
  the same, whatever folder it stands in.
- What an address promises is the mean of what those of its kind have led to in any night, with that of its class as one further reading,
  which in turn has a first guess: HOPE_OF_LISTS where the address is called like a list, else HOPE.
- The most promising kind is read on in the order of discovery, until it promises less than STABLE new addresses a reading: from there on
  the frame is taken to be whole.
- Of one kind no more than MOST_READ addresses are ever read, and none in whose path a step comes back again and again.
- AGAIN of the readings go to addresses that have led on before, in the order of the night's numbers, because lists grow at their top.

Pages that lead to nothing but further ones of their own kind (calendars, page numbers beyond the last) count as having led to nothing.
Nothing that is read here is a part of any sample for that: reading decides what is known, the draw decides what is looked at.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.addresses import url_key
from auditor.sampling import number_of

READS = 2.0
"""Addresses read in one night, for each page of `max_pages`."""

AGAIN = 0.2
"""Share of the readings that goes to addresses read before."""

STABLE = 0.5
"""New addresses a reading below which nothing more is read."""

HOPE_OF_LISTS, HOPE = 10.0, 1.0
"""New addresses that are hoped for before anything of the kind was read."""

MOST_READ = 200
"""Addresses of one kind that are ever read: lists end, calendars do not, and nothing else tells them apart.

What is left counts as unread.
"""

REPEATED = 4
"""How often a step may stand in the path of a key: sites that lead ever deeper repeat it (PathologicalPath of Heritrix)."""

STEP = 8  # readings between two looks at what promises most

LIST = re.compile(
    r"(?:(?:index|default|main|lists?|more|channel|column|node|col|lanmu|liebiao|page)(?:[-_]?#)*(?:\.\w+)?\??)?", re.IGNORECASE
)
"""The last step of the key of an address that is called like a list: a folder, `index_#.html`, `list.jsp`, `col#`."""


@dataclass
class _Kind:
    """What addresses of one kind have led to."""

    read: int = 0
    led_to: int = 0

    def promises(self, before: float) -> float:
        """New addresses of one more reading; `before` counts as one reading."""
        return (self.led_to + before) / (self.read + 1)


class Exploration:
    """The readings of one night. `led_to`: address -> how many addresses it has led to first in earlier nights, of those read then."""

    def __init__(self, led_to: Mapping[str, int], *, max_pages: int, seed: str) -> None:
        self.left = math.ceil(READS * max_pages)
        self.read = 0  #: addresses read tonight
        self.found = 0  #: addresses first met by that
        self._again = math.floor(AGAIN * self.left)
        self._seed = seed
        self._led_to = dict(led_to)
        self._tonight: set[str] = set()
        self._kinds: dict[str, _Kind] = defaultdict(_Kind)
        self._classes: dict[str, _Kind] = defaultdict(_Kind)
        self._keys: dict[str, str] = {}
        for url, count in led_to.items():
            self._count(url, count, first=True)

    def wanted(self, waiting: Sequence[str]) -> Sequence[str]:
        """The addresses to read next, of those waiting; none: enough is known, or enough was read tonight."""
        room = min(STEP, self.left)
        if room <= 0:
            return ()
        again = self._read_again(waiting)
        chosen = again or self._promising(waiting, room)
        self.left -= len(chosen)
        self._tonight.update(chosen)
        return chosen

    def was_read(self, url: str, new: Iterable[str]) -> None:
        """An address was read, and led to these that nobody knew."""
        new = tuple(new)
        self.read += 1
        self.found += len(new)
        own = self._key(url)
        count = len(new) if any(self._key(one) != own for one in new) else 0
        first = url not in self._led_to
        self._led_to[url] = self._led_to.get(url, 0) + count
        self._count(url, count, first=first)

    def led_to(self, url: str) -> int | None:
        """How many addresses one has led to first, in all nights up to this one; None where it was never read."""
        return self._led_to.get(url)

    def unread(self, waiting: Iterable[str]) -> int:
        """How many of these addresses were never read, although they promise more."""
        return sum(self._promise(self._key(url)) >= STABLE for url in waiting if url not in self._led_to)

    # ------------------------------------------------------------------------------------------ inside

    def _read_again(self, waiting: Sequence[str]) -> Sequence[str]:
        """Once, before all others: some that have led on in earlier nights."""
        again, self._again = self._again, 0
        lists = [url for url in waiting if self._led_to.get(url, 0) > 0] if again else []
        return sorted(lists, key=lambda url: number_of(self._seed, url))[:again]

    def _promising(self, waiting: Sequence[str], room: int) -> Sequence[str]:
        """Of the kind that promises most, the first that were never read; with an untried kind only one, which tells of the others."""
        groups: dict[str, list[str]] = defaultdict(list)
        for url in waiting:
            if url not in self._led_to and url not in self._tonight:
                groups[self._key(url)].append(url)
        promises = {key: self._promise(key) for key in groups if self._kinds[key].read < MOST_READ and not _winding(key)}
        chosen: list[str] = []
        for key in sorted(promises, key=lambda key: -promises[key]):
            if promises[key] < STABLE or len(chosen) >= room:
                break
            chosen += groups[key][: room - len(chosen) if self._kinds[key].read else 1]
        return chosen

    def _promise(self, key: str) -> float:
        name = _class(key)
        hope = HOPE_OF_LISTS if LIST.fullmatch(name) else HOPE
        return self._kinds[key].promises(self._classes[name].promises(hope))

    def _count(self, url: str, count: int, *, first: bool) -> None:
        key = self._key(url)
        for kind in (self._kinds[key], self._classes[_class(key)]):
            kind.read += first
            kind.led_to += count

    def _key(self, url: str) -> str:
        if url not in self._keys:
            self._keys[url] = url_key(url)
        return self._keys[url]


def _class(key: str) -> str:
    """The last step of a key, with the names of what is asked for in its query."""
    return key.partition("?")[0].rpartition("/")[2] + ("?" if "?" in key else "")


def _winding(key: str) -> bool:
    """Whether the path of a key comes back to the same step again and again."""
    steps = Counter(filter(None, key.partition("?")[0].split("/")[1:]))
    return any(times > REPEATED for times in steps.values())
