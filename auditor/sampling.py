"""Which pages of a site are looked at when not all can be: strata, take-all pages, a seeded draw, panel and fresh halves, stop rule.

The method is that of methods.md 1.4. Every choice depends on the site, the period and the addresses alone, so that anybody can repeat
it; the whole frame is kept, so that every weight can be computed again.

Each address has a number of its own in each period, as good as random: sha256 of the period's seed and the address ("permanent random
numbers", Ohlsson 1995). Of a stratum those with the smallest numbers are drawn: half of them by the numbers of the period before (the
panel), half by those of this period (fresh). That is simple random sampling without replacement, because the numbers know nothing of
the pages; the same pages are drawn every night of a period, however the frame grows, and a page that appears has the same chance as
all others. Next period's panel are this period's fresh pages, as far as the strata stay as large.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

LEAST = 2
"""Pages looked at in each stratum, where it has so many: one alone tells nothing of the spread."""

PANEL = 0.5
"""Share of the random pages that the period before has drawn too: what changed is seen best on the same pages."""

BATCH = 10  # pages between two questions whether it is enough

FEWEST = 30
"""Random pages before which it is never enough: fewer tell too little of what is rare, and of their own spread."""

UNSEEN = 0.05
"""Good-Turing share of problem groups not met yet, from which no new ones need to be looked for."""

NARROW = 3.0
"""Points: half the width of the index's interval from which it is narrow enough."""

REST = "~"  #: key of the stratum of all that is rare; sorts after every address


@dataclass(frozen=True, kw_only=True)
class Known:
    """An address of the frame."""

    url: str
    url_key: str
    dom_key: str = ""  #: of the template, "" while nobody has looked
    take_all: bool = False  #: to be looked at in any case: the start page, pages named in targets.yml, journeys


@dataclass(frozen=True, kw_only=True)
class Draw:
    """What is to be looked at, and out of what."""

    strata: Mapping[str, tuple[str, ...]]  #: key -> addresses, without those taken in any case
    sure: tuple[str, ...]  #: taken in any case
    drawn: Mapping[str, tuple[str, ...]]  #: key -> addresses in the order of the draw
    seeds: tuple[str, str]  #: of the period before and of this one
    panel: frozenset[str]  #: those drawn by the numbers of the period before

    @property
    def pages(self) -> tuple[str, ...]:
        """All addresses to look at: first those taken in any case, then the strata, so that any stop leaves a fair sample.

        LEAST of every stratum come first, then all strata in the proportion in which they are drawn.
        """
        turns = (
            ((0, turn) if turn < LEAST else (1, (turn + 0.5) / len(row)), key, url)
            for key, row in self.drawn.items()
            for turn, url in enumerate(row)
        )
        return self.sure + tuple(url for _, _, url in sorted(turns))

    def weight(self, key: str, looked_at: int) -> float:
        """How many pages of the site one page of a stratum stands for, when so many of it were looked at."""
        return len(self.strata[key]) / looked_at


def seed_of(site: str, period: str) -> str:
    """The seed of a site in a period: sha256 of both, in hexadecimal digits."""
    return hashlib.sha256(f"{site}\n{period}".encode()).hexdigest()


def period_of(day: date) -> str:
    """The period in which the same pages are drawn: a quarter of a year, such as 2026Q4."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def before(period: str) -> str:
    """The period before: 2026Q4 of 2027Q1. ValueError where it is no quarter."""
    year, _, quarter = period.partition("Q")
    return f"{year}Q{int(quarter) - 1}" if quarter != "1" else f"{int(year) - 1}Q4"


def number_of(seed: str, url: str) -> bytes:
    """The number of an address in a period, by which it is drawn: the smaller the sooner."""
    return hashlib.sha256(f"{seed}\n{url}".encode("utf-8", "surrogatepass")).digest()


def strata_of(frame: Iterable[Known]) -> dict[str, tuple[str, ...]]:
    """Pages made alike, take-all pages left out: groups of one URL key, joined where most of their known templates are the same.

    Key of a stratum: the smallest URL key in it. Addresses are sorted. A group is never split by what was seen on some of its pages:
    only those could be moved, and among the pages left behind the ones drawn would no longer be drawn at random.
    """
    groups: dict[str, list[Known]] = defaultdict(list)
    for known in frame:
        if not known.take_all:
            groups[known.url_key].append(known)
    joined: dict[str, list[str]] = {}
    by_template: dict[str, str] = {}
    for key in sorted(groups):
        templates = Counter(known.dom_key for known in groups[key] if known.dom_key)
        template = min(templates, key=lambda name: (-templates[name], name), default="")
        home = by_template.setdefault(template, key) if template else key
        joined.setdefault(home, []).extend(known.url for known in groups[key])
    return {key: tuple(sorted(set(urls))) for key, urls in joined.items()}


def allocate(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """How many pages of each stratum are looked at: n_h = min(N_h, max(LEAST, ⌈n·√N_h / Σ√N_h⌉)) (methods.md 1.4, step 5).

    Rounded up so that n may be passed; then the strata that are looked at most densely give pages back, down to LEAST.
    ValueError where n is less than what all strata need at least: join the rare ones before (`gathered`).
    """
    least = {key: min(size, LEAST) for key, size in sizes.items()}
    if sum(least.values()) > n:
        raise ValueError(f"{len(sizes)} strata need more than {n} pages")
    roots = sum(math.sqrt(size) for size in sizes.values())
    wanted = {key: min(size, max(LEAST, math.ceil(n * math.sqrt(size) / roots))) for key, size in sizes.items()}
    over = sum(wanted.values()) - n
    while over > 0:
        key = max((key for key in wanted if wanted[key] > least[key]), key=lambda key: (wanted[key] / math.sqrt(sizes[key]), key))
        wanted[key] -= 1
        over -= 1
    while over < 0 and any(wanted[key] < sizes[key] for key in sizes):
        key = min((key for key in wanted if wanted[key] < sizes[key]), key=lambda key: (wanted[key] / math.sqrt(sizes[key]), key))
        wanted[key] += 1
        over += 1
    return wanted


def gathered(strata: Mapping[str, tuple[str, ...]], most: int) -> dict[str, tuple[str, ...]]:
    """At most `most` >= 1 strata: where there are more, the smallest become one (REST)."""
    if len(strata) <= most:
        return dict(strata)
    ordered = sorted(strata, key=lambda key: (-len(strata[key]), key))
    kept, rare = ordered[: most - 1], ordered[most - 1 :]
    return {**{key: strata[key] for key in sorted(kept)}, REST: tuple(sorted(url for key in rare for url in strata[key]))}


def draw(frame: Iterable[Known], *, seeds: tuple[str, str], budget: int, per_stratum: int = 4) -> Draw:
    """Draw the pages of a site that are looked at: take-all pages, and `budget` pages in all where the frame has more.

    `seeds`: of the period before and of this one (`seed_of`). At most budget / `per_stratum` strata, so that each can have a spread of its
    own. At least a tenth of the take-all pages are drawn on top (WCAG-EM 3.2).
    """
    frame = sorted(frame, key=lambda known: known.url)
    sure = tuple(dict.fromkeys(known.url for known in frame if known.take_all))
    strata = strata_of(frame)
    population = sum(map(len, strata.values()))
    n = min(population, max(budget - len(sure), math.ceil(len(sure) / 10)))
    strata = gathered(strata, max(1, n // per_stratum))
    drawn: dict[str, tuple[str, ...]] = {}
    panel: set[str] = set()
    if n:
        for key, count in allocate({key: len(urls) for key, urls in strata.items()}, max(n, min(LEAST, population))).items():
            drawn[key], kept = _drawn(strata[key], count, seeds)
            panel |= kept
    return Draw(strata=strata, sure=sure, drawn=drawn, seeds=seeds, panel=frozenset(panel))


def _drawn(urls: Sequence[str], count: int, seeds: tuple[str, str]) -> tuple[tuple[str, ...], set[str]]:
    """`count` of the addresses, fresh ones and those of the panel in turns, each in the order of its numbers; and the panel."""
    again = sorted(urls, key=lambda url: number_of(seeds[0], url))[: math.floor(count * PANEL)]
    kept = set(again)
    fresh = sorted((url for url in urls if url not in kept), key=lambda url: number_of(seeds[1], url))[: count - len(kept)]
    return tuple(url for pair in zip_longest(fresh, again) for url in pair if url is not None), kept


def unseen(groups: Iterable[str]) -> float:
    """Good-Turing estimate of the share of problem groups not met yet: groups met on one page only / all meetings; 1 without any.

    `groups`: every (page, group) once, by its group. Good (1953).
    """
    counts = Counter(groups)
    meetings = sum(counts.values())
    return sum(count == 1 for count in counts.values()) / meetings if meetings else 1.0


def enough(*, new_in_batch: int, groups: Iterable[str], half_width: Callable[[], float | None]) -> bool:
    """The stop rule (methods.md 1.4, step 7): nothing new in the last batch or next to nothing left unseen, and a narrow interval.

    `half_width` of the index's interval in points (None: there is no index yet) is asked only where it matters.
    """
    if new_in_batch > 0 and unseen(groups) > UNSEEN:
        return False
    half = half_width()
    return half is not None and half <= NARROW
