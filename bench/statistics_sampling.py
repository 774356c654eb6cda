"""What samples are worth: bias of the index, and how often its 95 % interval holds the truth, over many sites and sample sizes.

    python -m bench.statistics_sampling [--draws 400]

Synthetic sites of known truth (`SHAPES`), templates of Zipfian size; and, with --crawl FILE, the pages of a stored full crawl. Every
draw has a seed of its own. The Monte Carlo error of a coverage of 95 % from n draws is 1.96·√(0.95·0.05/n).
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import fmean, stdev
from typing import NamedTuple

from auditor.sampling import Known, draw
from auditor.scoring import Stratum, stratified

SEED = 20261128
BUDGETS = (30, 60, 200)
SIZES = ((1, 500), (5, 1000), (25, 3000), (200, 5000))  # templates, pages


class Population(NamedTuple):
    """A site of which everything is known."""

    name: str
    frame: Sequence[Known]
    index: Mapping[str, float]


class Worth(NamedTuple):
    """What the samples of one budget were worth."""

    covered: float  #: share of the intervals that hold the truth
    bias: float  #: in standard errors
    half_width: float  #: mean, in points
    error: float  #: of the estimates, in points
    draws: int


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--draws", type=int, default=400)
    words.add_argument("--crawl", type=Path, action="append", default=[], help="JSON: [{url, url_key, dom_key, index}]")
    chosen = words.parse_args()
    for line in measured(draws=chosen.draws, crawls=chosen.crawl):
        print(line, flush=True)


def measured(*, draws: int, crawls: Sequence[Path] = ()) -> Iterator[str]:
    """The lines to print."""
    yield f"样本（每格抽 {draws} 次；覆盖率的抽样误差 ±{196 * math.sqrt(0.95 * 0.05 / draws):.1f} 个百分点）"
    yield f"{'site':<28} {'pages':>6} {'budget':>6} {'covered':>8} {'bias/SE':>8} {'SE':>6} {'±':>6}"
    every: list[Worth] = []
    for site in (*synthetic(), *map(stored, crawls)):
        for budget in BUDGETS:
            if budget < len(site.frame):
                worth = of_samples(site, budget, draws)
                every.append(worth)
                yield _line(site, budget, worth)
    yield f"mean coverage {100 * fmean(worth.covered for worth in every):.1f} %, of {sum(worth.draws for worth in every)} draws"
    low = sum(worth.covered < 0.93 - 1.96 * math.sqrt(0.95 * 0.05 / worth.draws) for worth in every)
    yield f"cells below 93 % by more than the Monte Carlo error: {low} of {len(every)}"


def of_samples(site: Population, budget: int, draws: int) -> Worth:
    """Draw again and again, and compare with the truth. Pages taken in any case are added with their own values."""
    truth = fmean(site.index.values())
    values, widths, covered = [], [], 0
    for number in range(draws):
        chosen = draw(site.frame, site=site.name, period=f"{SEED}-{number}", budget=budget)
        strata = [
            Stratum(key=key, size=len(chosen.strata[key]), values=tuple(map(site.index.__getitem__, urls)))
            for key, urls in chosen.drawn.items()
        ]
        strata += [Stratum(key=url, size=1, values=(site.index[url],)) for url in chosen.sure]
        found = stratified(strata)
        assert found is not None
        covered += found.low - 1e-9 <= truth <= found.high + 1e-9
        values.append(found.value)
        widths.append((found.high - found.low) / 2)
    spread = stdev(values)
    return Worth(covered / draws, (fmean(values) - truth) / spread if spread else 0.0, fmean(widths), spread, draws)


def stored(path: Path) -> Population:
    """A full crawl, from a file."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    frame = [Known(url=row["url"], url_key=row["url_key"], dom_key=row["dom_key"], take_all=row.get("take_all", False)) for row in rows]
    return Population(path.stem, frame, {row["url"]: row["index"] for row in rows})


# ---------------------------------------------------------------------------------------------- synthetic sites


def synthetic() -> Iterator[Population]:
    """Sites of every shape and size, each always the same."""
    for shape, make in SHAPES.items():
        for templates, pages in SIZES:
            yield _site(f"{shape}, {templates} templates", templates, pages, make)


Make = Callable[[Random, float], float]


def _site(name: str, templates: int, pages: int, make: Make) -> Population:
    chance = Random(f"{SEED} {name}")
    shares = [1 / (rank + 1) ** 1.1 for rank in range(templates)]
    frame: list[Known] = []
    index: dict[str, float] = {}
    for number, share in enumerate(shares):
        base = chance.uniform(70, 98)
        for page in range(max(1, round(pages * share / sum(shares)))):
            url = f"http://a.test/t{number:03}/{page}"
            frame.append(Known(url=url, url_key=f"a.test/t{number:03}/#"))
            index[url] = min(100.0, max(0.0, make(chance, base)))
    return Population(name, frame, index)


SHAPES: Mapping[str, Make] = {
    "pages alike": lambda chance, base: base + chance.gauss(0, 1),
    "pages differ": lambda chance, base: base + chance.gauss(0, 6),
    "a barrier on half of them": lambda chance, base: base - 12 * (chance.random() < 0.5),
    "one page in 15 much worse": lambda chance, base: base - 20 * (chance.random() < 1 / 15),
}


def _line(site: Population, budget: int, worth: Worth) -> str:
    return (
        f"{site.name:<28} {len(site.frame):>6} {budget:>6} {100 * worth.covered:>7.1f}% {worth.bias:>8.3f} "
        f"{worth.error:>6.2f} {worth.half_width:>6.2f}"
    )


if __name__ == "__main__":
    main()
