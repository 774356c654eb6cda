"""Which pages of a site are looked at when not all can be: strata, take-all pages, a seeded draw, panel and fresh halves, stop rule.

The method is that of methods.md 1.4. Every choice depends on the site, the period and the addresses alone, so that anybody can repeat
it; the whole frame is kept, so that every weight can be computed again.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

LEAST = 2
"""Pages looked at in each stratum, where it has so many: one alone tells nothing of the spread."""

PANEL = 0.5
"""Share of the random pages that were looked at the last time too: what changed is seen best on the same pages."""

BATCH = 10  # pages between two questions whether it is enough
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

    seed: str
    strata: Mapping[str, tuple[str, ...]]  #: key -> addresses, without those taken in any case
    sure: tuple[str, ...]  #: taken in any case
    drawn: Mapping[str, tuple[str, ...]]  #: key -> addresses in the order of the draw

    @property
    def pages(self) -> tuple[str, ...]:
        """All addresses to look at: first those taken in any case, then the strata in turns, so that any stop leaves a fair sample."""
        rows = [self.drawn[key] for key in sorted(self.drawn)]
        longest = max(map(len, rows), default=0)
        return self.sure + tuple(row[turn] for turn in range(longest) for row in rows if turn < len(row))

    def weight(self, key: str, looked_at: int) -> float:
        """How many pages of the site one page of a stratum stands for, when so many of it were looked at."""
        return len(self.strata[key]) / looked_at


def seed_of(site: str, period: str) -> str:
    """The seed of a site in a period (such as a year): sha256 of both, in hexadecimal digits."""
    return hashlib.sha256(f"{site}\n{period}".encode()).hexdigest()


def strata_of(frame: Iterable[Known]) -> dict[str, tuple[str, ...]]:
    """Pages made alike, take-all pages left out: groups of one URL key, joined where most of their known templates are the same.

    Key of a stratum: the smallest URL key in it. Addresses are sorted.
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


def draw(frame: Iterable[Known], *, site: str, period: str, budget: int, panel: Collection[str] = (), per_stratum: int = 4) -> Draw:
    """Draw the pages of a site that are looked at: take-all pages, and `budget` pages in all where the frame has more.

    `panel`: addresses drawn the last time; up to PANEL of each stratum's pages are drawn among them. At most budget / `per_stratum`
    strata, so that each can have a spread of its own. At least a tenth of the take-all pages are drawn on top (WCAG-EM 3.2).
    """
    frame = sorted(frame, key=lambda known: known.url)
    seed = seed_of(site, period)
    sure = tuple(dict.fromkeys(known.url for known in frame if known.take_all))
    strata = strata_of(frame)
    population = sum(map(len, strata.values()))
    n = min(population, max(budget - len(sure), math.ceil(len(sure) / 10)))
    strata = gathered(strata, max(1, n // per_stratum))
    drawn: dict[str, tuple[str, ...]] = {}
    if n:
        for key, count in allocate({key: len(urls) for key, urls in strata.items()}, max(n, min(LEAST, population))).items():
            drawn[key] = _drawn(strata[key], count, frozenset(panel), Random(f"{seed}\n{key}"))
    return Draw(seed=seed, strata=strata, sure=sure, drawn=drawn)


def _drawn(urls: Sequence[str], count: int, panel: frozenset[str], chance: Random) -> tuple[str, ...]:
    """`count` of the addresses in random order, some of them from the panel: panel and fresh pages in turns."""
    again = [url for url in urls if url in panel]
    kept = set(chance.sample(again, min(len(again), math.floor(count * PANEL))))
    fresh = chance.sample([url for url in urls if url not in kept], count - len(kept))
    chosen = [*kept, *fresh]
    chosen.sort()
    chance.shuffle(chosen)
    return tuple(chosen)


def unseen(groups: Iterable[str]) -> float:
    """Good-Turing estimate of the share of problem groups not met yet: groups met on one page only / all meetings; 1 without any.

    `groups`: every (page, group) once, by its group. Good (1953).
    """
    counts = Counter(groups)
    meetings = sum(counts.values())
    return sum(count == 1 for count in counts.values()) / meetings if meetings else 1.0


def enough(*, new_in_batch: int, groups: Iterable[str], half_width: float | None) -> bool:
    """The stop rule (methods.md 1.4, step 7): nothing new in the last batch or next to nothing left unseen, and a narrow interval."""
    met = list(groups)
    return half_width is not None and half_width <= NARROW and (new_in_batch == 0 or unseen(met) <= UNSEEN)
