"""What samples are worth: bias of the index, and how often its 95 % interval holds the truth, over many sites and sample sizes.

    python -m bench.statistics_sampling [--draws 400] [--crawl FILE]...

Synthetic sites of known truth (`SHAPES`), templates of Zipfian size; and, with --crawl FILE, a stored full crawl (`bench.full_crawl`), of
which alone is told then: `--draws 2000` is what issue 7 asks for. Every draw has seeds of its own. Of a stored crawl the draw is that of
`auditor.selecting` in a second run: start page and essential pages in any case, addresses that are no pages among those up for the draw,
templates known only of the pages that the period before has drawn. The truth is the index of the full crawl; what the rules over the
pages of a site said is taken from there. Each budget is measured without and with ("s") the rule by which a period looks at fewer pages,
where those of the period before have shown that they suffice. "none" is the share of samples without any page FAR points below the index of
the site, "held" that of their intervals which hold it ("-": the site has no such page, or every sample met one). Samples that met none of
the few bad pages look much alike, and so either nearly all of their intervals hold the index or hardly any: where they are many, the
coverage of intervals that go by the sample alone is well above 95 % or well below.
The Monte Carlo error of a coverage of 95 % from n draws is 1.96·√(0.95·0.05/n), that of a bias 1/√n standard errors.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import fmean, stdev
from typing import NamedTuple

from auditor.essential import essential
from auditor.intervals import Estimate
from auditor.model import NOT_A_PAGE, SEEN, Coverage, State, Tally
from auditor.run_score import page_indices
from auditor.sampling import FEWEST, Draw, Known, draw, seed_of, sufficient, unseen, weighty
from auditor.scoring import Stratum, stratified
from checks import judge

SEED = 20261128
BUDGETS = (30, 60, 200)
STORED_BUDGETS = (30, 40, 50, 60, 100, 200)
FAR = 15.0  # points below the index of the site, from which a page is of a kind that samples should meet
SIZES = ((1, 500), (5, 1000), (25, 3000), (200, 5000))  # templates, pages


class Population(NamedTuple):
    """A site of which everything is known."""

    name: str
    frame: Sequence[Known]
    index: Mapping[str, float]  #: of the addresses that are pages
    groups: Mapping[str, frozenset[str]] = {}  #: problem groups of each page


class Worth(NamedTuple):
    """What the samples of one budget were worth."""

    covered: float  #: share of the intervals that hold the truth
    bias: float  #: in standard errors
    half_width: float  #: mean, in points
    error: float  #: of the estimates, in points
    pages: float  #: looked at, on average
    draws: int
    none: float  #: share of samples without a page FAR below the truth
    held: float | None  #: share of their intervals that hold it; None: there are none


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--draws", type=int, default=400)
    words.add_argument("--crawl", type=Path, action="append", default=[], help="what bench.full_crawl wrote")
    chosen = words.parse_args()
    for line in measured_crawls(chosen.crawl, draws=chosen.draws) if chosen.crawl else measured(draws=chosen.draws):
        print(line, flush=True)


def measured(*, draws: int, crawls: Sequence[Path] = ()) -> Iterator[str]:
    """The lines to print: of the synthetic sites, and of stored crawls where there are any."""
    yield from _cells(((site, budget, False) for site in synthetic() for budget in BUDGETS), draws)
    if crawls:
        yield from measured_crawls(crawls, draws=draws)


def measured_crawls(crawls: Sequence[Path], *, draws: int) -> Iterator[str]:
    """The lines to print of stored full crawls."""
    sites = [stored(path) for path in crawls]
    yield from _cells(((site, budget, stop) for site in sites for budget in STORED_BUDGETS for stop in (False, True)), draws)


def _cells(wanted: Iterator[tuple[Population, int, bool]], draws: int) -> Iterator[str]:
    chance = f"覆盖率的抽样误差 ±{196 * math.sqrt(0.95 * 0.05 / draws):.1f} 个百分点，偏差的 ±{1.96 / math.sqrt(draws):.3f}"
    yield f"样本（每格抽 {draws} 次；{chance}）"
    yield f"{'site':<32} {'pages':>6} {'truth':>6} {'budget':>6} {'looked':>6} {'covered':>8} {'bias/SE':>8} " + (
        f"{'SE':>6} {'±':>6} {'none':>6} {'held':>6}"
    )
    every: list[Worth] = []
    for site, budget, stop in wanted:
        if budget < len(site.frame) and not (stop and budget <= FEWEST):
            worth = of_samples(site, budget, draws, stop=stop)
            every.append(worth)
            yield _line(site, budget, worth, stop)
    yield f"mean coverage {100 * fmean(worth.covered for worth in every):.1f} %, of {sum(worth.draws for worth in every)} draws"
    margin = 1.96 * math.sqrt(0.95 * 0.05 / draws)
    low, high = (sum(side(worth.covered) for worth in every) for side in (lambda c: c < 0.93 - margin, lambda c: c > 0.97 + margin))
    outside = sum(not 0.93 <= worth.covered <= 0.97 for worth in every)
    yield f"cells outside of 93-97 %: {outside} of {len(every)}; by more than the Monte Carlo error: {low} below, {high} above"
    yield f"cells with a bias of 0.1 SE or more: {sum(abs(worth.bias) >= 0.1 for worth in every)} of {len(every)}"


def of_samples(site: Population, budget: int, draws: int, *, stop: bool = False) -> Worth:
    """Draw again and again, and compare with the truth. `stop`: by as many pages as the period before found to suffice."""
    truth = fmean(site.index.values())
    far = {url for url, index in site.index.items() if index < truth - FAR}
    blank = [replace(known, dom_key="") for known in site.frame]
    values, widths, looked, holds, without = [], [], 0, [], []
    for number in range(draws):
        chosen = _drawn(site, blank, budget, number, stop=stop)
        pages = chosen.pages
        found = _estimate(site, chosen, pages)
        assert found is not None
        holds.append(found.low - 1e-9 <= truth <= found.high + 1e-9)
        without += [holds[-1]] if far and far.isdisjoint(pages) else []
        values.append(found.value)
        widths.append((found.high - found.low) / 2)
        looked += len(pages)
    spread = stdev(values)
    bias = (fmean(values) - truth) / spread if spread else 0.0
    held = fmean(without) if without else None
    return Worth(fmean(holds), bias, fmean(widths), spread, looked / draws, draws, len(without) / draws, held)


def _drawn(site: Population, blank: Sequence[Known], budget: int, number: int, *, stop: bool = False) -> Draw:
    """The draw of a run whose earlier periods have shown the templates of the pages that these drew, and how many of them suffice.

    `blank`: the frame as it is known before anything was drawn.
    """
    old, before, now = (seed_of(site.name, f"{SEED}-{number}-{period}") for period in range(3))
    last = draw(blank, seeds=(old, before), budget=budget)
    seen = frozenset(last.pages)
    frame = [known if known.url in seen else plain for known, plain in zip(site.frame, blank, strict=True)]
    limit = _suffices(site, last) if stop else None
    return draw(frame, seeds=(before, now), budget=budget if limit is None else min(budget, limit + len(last.sure)))


def _suffices(site: Population, last: Draw) -> int | None:
    """How many random pages suffice by the panel of a draw, as `auditor.selecting` has it."""
    found = _estimate(site, last, (*last.sure, *last.panel))
    heavy = weighty(last.strata)
    groups = [group for key in heavy for url in last.drawn[key] if url in last.panel for group in site.groups.get(url, ())]
    half_width = (found.high - found.low) / 2 if found else None
    return sufficient(len(last.panel), half_width=half_width, unseen=unseen(groups))


def _estimate(site: Population, chosen: Draw, pages: Sequence[str]) -> Estimate | None:
    """The index by the pages looked at. Pages taken in any case are a stratum of their own."""
    looked = frozenset(pages)
    sure = tuple(site.index[url] for url in chosen.sure if url in site.index)
    strata = [Stratum(key="", size=len(sure), values=sure, alone=True)]
    for key, urls in chosen.drawn.items():
        seen = [url for url in urls if url in looked]
        values = tuple(site.index[url] for url in seen if url in site.index)
        strata.append(Stratum(key=key, size=len(chosen.strata[key]), values=values, others=len(seen) - len(values)))
    return stratified(strata)


def stored(path: Path) -> Population:
    """A full crawl, from a file of `bench.full_crawl`."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    rows = {row["url"]: row for row in kept["pages"] if State(row["state"]) in SEEN | NOT_A_PAGE}
    ledger = [Coverage(url=url, state=State(row["state"]), engines=tuple(row["engines"])) for url, row in rows.items()]
    tallies = [
        Tally(page=url, rule=rule, failed=failed, passed=passed, cant_tell=unsure)
        for url, row in rows.items() for rule, failed, passed, unsure in row["tallies"]
    ]  # fmt: skip
    index = page_indices(ledger, tallies, judge.counting(), asked=kept["rules"])
    sure = frozenset((next(iter(rows)), *essential(rows, {}, next(iter(rows)))))
    frame = [Known(url=url, url_key=row["url_key"], dom_key=row["dom_key"], take_all=url in sure) for url, row in rows.items()]
    return Population(path.stem, frame, index, {url: frozenset(row["groups"]) for url, row in rows.items()})


# ---------------------------------------------------------------------------------------------- synthetic sites


def synthetic() -> Iterator[Population]:
    """Sites of every shape and size, each always the same."""
    for shape, make in SHAPES.items():
        for templates, pages in SIZES:
            yield _site(f"{shape}, {templates} templates", templates, pages, make)


Make = Callable[[Random, float], float | None]
"""The index of a page of a template with this base; None: the address is no page."""


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
            value = make(chance, base)
            if value is not None:
                index[url] = min(100.0, max(0.0, value))
    return Population(name, frame, index)


SHAPES: Mapping[str, Make] = {
    "pages alike": lambda chance, base: base + chance.gauss(0, 1),
    "pages differ": lambda chance, base: base + chance.gauss(0, 6),
    "a barrier on half of them": lambda chance, base: base - 12 * (chance.random() < 0.5),
    "one address in 4 is no page": lambda chance, base: base + chance.gauss(0, 4) if chance.random() < 0.75 else None,
    "one page in 15 much worse": lambda chance, base: base - 20 * (chance.random() < 1 / 15),
}


def _line(site: Population, budget: int, worth: Worth, stop: bool) -> str:
    told = f"{budget}{'s' if stop else ''}"
    return (
        f"{site.name:<32} {len(site.index):>6} {fmean(site.index.values()):>6.2f} {told:>6} {worth.pages:>6.1f} "
        f"{100 * worth.covered:>7.1f}% {worth.bias:>8.3f} {worth.error:>6.2f} {worth.half_width:>6.2f} "
        f"{100 * worth.none:>5.1f}% {'-' if worth.held is None else f'{100 * worth.held:.1f}%':>6}"
    )


if __name__ == "__main__":
    main()
