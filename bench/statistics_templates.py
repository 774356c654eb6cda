"""Whether strata should be split by templates: two-phase sampling against strata joined as they are, over one stored full crawl.

    python -m bench.statistics_templates --crawl FILE [--draws 1000]

Groups of one URL key whose pages are of several templates (as on a portal with pages of an older system) could be split, if it was known
how many pages each template has. It is not: only a sample's templates are. Two-phase sampling (Neyman 1938; Cochran 1977, 12.2) draws a
first sample of `read` pages whose templates alone are learned, estimates the sizes of the parts by it, and draws the pages to be audited
out of the parts. Told of every size of both samples: coverage of the 95 % interval (plain t), bias and standard error. `read` 0: nothing
is split.

The templates of a stored crawl are those of rendered pages, which the documents as they are sent tell at best as well: it is the method's
best case.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import fmean, stdev, variance
from typing import NamedTuple

from auditor.intervals import t_quantile
from auditor.sampling import allocate, gathered, strata_of
from bench.statistics_sampling import SEED, Population, stored

BUDGETS, READ = (30, 50, 100), (0, 50, 100, 200)
LEAST_SEEN = 2  # pages of a template in the first sample, from which it is a part of its own
MOST_PARTS = 3


class Part(NamedTuple):
    """Pages of one stratum and template out of which are drawn."""

    stratum: str
    weight: float  #: estimated share of the site
    pages: Sequence[str]


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--crawl", type=Path, required=True)
    words.add_argument("--draws", type=int, default=1000)
    chosen = words.parse_args()
    for line in measured(stored(chosen.crawl), chosen.draws):
        print(line, flush=True)


def measured(site: Population, draws: int, budgets: Sequence[int] = BUDGETS, read: Sequence[int] = READ) -> Iterator[str]:
    """The lines to print."""
    frame = [replace(known, dom_key="", take_all=False) for known in site.frame if known.url in site.index]
    truth = fmean(site.index[known.url] for known in frame)
    templates = {known.url: known.dom_key for known in site.frame}
    yield f"{'site':<10} {'audited':>7} {'read':>5} {'covered':>8} {'bias/SE':>8} {'SE':>6}"
    for budget in budgets:
        strata = gathered(strata_of(frame), budget // 4)
        for count in read:
            chance = Random(f"{SEED} {site.name} {budget} {count}")
            found = [_estimate(site.index, _parts(strata, templates, count, chance), strata, budget, count, chance) for _ in range(draws)]
            covered = sum(abs(value - truth) <= reach for value, reach in found) / draws
            spread = stdev(value for value, _ in found)
            bias = (fmean(value for value, _ in found) - truth) / spread
            yield f"{site.name:<10} {budget:>7} {count:>5} {100 * covered:>7.1f}% {bias:>8.3f} {spread:>6.3f}"


def _parts(strata: Mapping[str, Sequence[str]], templates: Mapping[str, str], read: int, chance: Random) -> list[Part]:
    """The parts of all strata, by a first sample of `read` pages; the largest MOST_PARTS templates of each, others with the most common."""
    total = sum(map(len, strata.values()))
    if not read:
        return [Part(key, len(urls) / total, urls) for key, urls in strata.items()]
    shares = allocate({key: len(urls) for key, urls in strata.items()}, max(read, 2 * len(strata)))
    found: list[Part] = []
    for key, urls in strata.items():
        first = chance.sample(list(urls), shares[key])
        common = [name for name, seen in Counter(templates[url] for url in first).most_common(MOST_PARTS) if seen >= LEAST_SEEN]
        parts: dict[str, list[str]] = defaultdict(list)
        for url in first:
            parts[templates[url] if templates[url] in common else (common or [""])[0]].append(url)
        found += [Part(key, len(urls) / total * len(part) / len(first), part) for part in parts.values()]
    return found


def _estimate(
    index: Mapping[str, float], parts: Sequence[Part], strata: Mapping[str, Sequence[str]], budget: int, read: int, chance: Random
) -> tuple[float, float]:
    """Estimate and half the width of its interval: variance within the parts, and that of their sizes (Cochran 1977, 12.3)."""
    total = sum(map(len, strata.values()))
    sizes = {str(at): max(1, round(part.weight * total)) for at, part in enumerate(parts)}
    shares = allocate(sizes, max(budget, 2 * len(parts)))
    drawn = [chance.sample(list(part.pages), min(len(part.pages), shares[str(at)])) for at, part in enumerate(parts)]
    values = [[index[url] for url in urls] for urls in drawn]
    value = sum(part.weight * fmean(seen) for part, seen in zip(parts, values, strict=True))
    squared, freedom = 0.0, 0
    for at, (part, seen) in enumerate(zip(parts, values, strict=True)):
        if len(seen) > 1:
            squared += part.weight**2 * variance(seen) / len(seen) * max(0.0, 1 - len(seen) / sizes[str(at)])
            freedom += len(seen) - 1
    for key, urls in strata.items() if read else ():
        own = [(part, fmean(seen)) for part, seen in zip(parts, values, strict=True) if part.stratum == key]
        first = sum(len(part.pages) for part, _ in own)
        weight = len(urls) / total
        middle = sum(part.weight * mean for part, mean in own) / weight
        between = sum(part.weight / weight * (mean - middle) ** 2 for part, mean in own)
        squared += weight**2 * between / first * (1 - first / len(urls))
    return value, t_quantile(0.975, max(1, freedom)) * math.sqrt(squared)


if __name__ == "__main__":
    main()
