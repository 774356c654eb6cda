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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from auditor.model import RunSummary

LEAST = 2
"""Pages looked at in each stratum, where it has so many: one alone tells nothing of the spread."""

PANEL = 0.5
"""Share of the random pages that the period before has drawn too: what changed is seen best on the same pages."""

BATCH = 10  # pages by which samples grow

FEWEST = 30
"""Random pages before which it is never enough: fewer tell too little of what is rare, and of their own spread."""

UNSEEN = 0.05
"""Good-Turing share of problem groups not met yet, from which no new ones need to be looked for."""

NARROW = 3.0
"""Points: half the width of the index's interval from which it is narrow enough."""

WEIGHTY = 0.9
"""Share of the pages whose strata are asked for new problem groups; what is rare would never come to an end."""

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


def limit_of(runs: Iterable[RunSummary], period: str) -> int | None:
    """How many random pages are looked at in a period, by the runs of a site, newest first; None: as many as the budget allows.

    The same all through a period, as its first sample had it, which goes by what the last sample of the period before found to suffice.
    """
    sample = next((run.sample for run in runs if run.sample is not None), None)
    if sample is None:
        return None
    return sample.limit if sample.period == period else sample.suffices if sample.period == before(period) else None


def number_of(seed: str, url: str) -> bytes:
    """The number of an address in a period, by which it is drawn: the smaller the sooner."""
    return hashlib.sha256(f"{seed}\n{url}".encode("utf-8", "surrogatepass")).digest()


def strata_of(frame: Iterable[Known]) -> dict[str, tuple[str, ...]]:
    """Pages made alike, take-all pages left out: groups of one URL key, joined where most of their known templates are the same.

    Key of a stratum: the smallest URL key in it. Addresses are sorted. A group is never split by what was seen on some of its pages:
    only those could be moved, and among the pages left behind the ones drawn would no longer be drawn at random. Nor are the sizes of its
    parts estimated by a first sample whose templates alone are learned (two-phase sampling). Measured on a stored crawl of 2,103 pages
    (bench.statistics_templates, 1,000 draws), with 50 pages audited the standard error is 0.62 as it is, 0.65 with 50 further pages read,
    0.57 with 100 and 0.50 with 200; with 100 audited and 50 read it grows from 0.48 to 0.84. Every run would have to read four times the
    pages that it audits, and plain intervals held the index in 90 % of those samples still. What a draw may have missed is therefore
    reckoned with in the interval (`scoring.stratified`), and the stratum stays whole.
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


def weighty(strata: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The largest strata, as many as hold WEIGHTY of all pages: in them nothing new may be left to meet."""
    ordered = sorted(strata, key=lambda key: (-len(strata[key]), key))
    wanted, kept = WEIGHTY * sum(map(len, strata.values())), 0
    found: set[str] = set()
    for key in ordered:
        if kept >= wanted:
            break
        found.add(key)
        kept += len(strata[key])
    return frozenset(found)


def sufficient(looked: int, *, half_width: float | None, unseen: float) -> int | None:
    """How many random pages a sample needs, as far as `looked` ones tell; None: they tell nothing (methods.md 1.4, step 7).

    Wanted are NARROW points at most as half the width of the index's interval, which shrinks with the root of the pages, and UNSEEN at
    most as the share of problem groups not met yet, which shrinks with the pages as long as about as many groups are met but once. Whole
    batches, FEWEST at least.

    The pages asked must not be among those that the answer is used for. A rule that looks at a sample while it is drawn stops sooner
    where bad pages were missed: the index is then too good, by 0.3 standard errors at a budget of 100 and more on the portal of
    bench.large_portal. So the panel of a period, which the next does not draw again, says how many pages the next one looks at.
    """
    if half_width is None or not looked:
        return None
    wanted = looked * max((half_width / NARROW) ** 2, unseen / UNSEEN)
    return max(FEWEST, math.ceil(wanted / BATCH) * BATCH)
