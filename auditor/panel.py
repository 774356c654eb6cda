"""Compares two nights of a site page by page: the pages that both have judged, by the rules that both have asked."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from auditor.comparison import PageScore, mcnemar, paired_difference
from auditor.model import Coverage, Paired, Rule, Tally, Variant
from auditor.run_score import NO_PAGES, SOMETIMES, TOGETHER, is_page, needed, was_seen
from auditor.sampling import Known, strata_of
from auditor.scoring import Criteria, index, page_criteria
from auditor.trends import SIGNIFICANCE, benjamini_hochberg


def compared(
    before: tuple[Collection[Coverage], Iterable[Tally]], after: tuple[Collection[Coverage], Iterable[Tally]],
    rules: Mapping[str, Rule], *, asked: Collection[str], seed: str,
) -> Paired:  # fmt: skip
    """The difference of two nights, each a ledger and its tallies, on the pages of both (`comparison.paired_difference`).

    `rules`: those that count, `asked`: those asked on both nights. What is only tried on some pages takes no part, nor do the rules over
    the pages of a site, which move every page alike and are no evidence of any of them. The strata are those of the second night.
    `seed` names the two nights. Criteria are told where McNemar's test proves that pages turned, by the false discovery rate over all.
    """
    alone = on_every_page(rules, asked)
    strata = strata_by_key(after[0])
    weights = {key: len(urls) for key, urls in strata.items()}
    home = {url: key for key, urls in strata.items() for url in urls}
    old, new = (met_by_page(ledger, tallies, alone) for ledger, tallies in (before, after))
    found = paired_difference(
        _scores(old, home), _scores(new, home), weights={key: size / sum(weights.values()) for key, size in weights.items()},
        seed=int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]),
    )  # fmt: skip
    return Paired(pages=found.pairs, covered=found.covered, change=found.change, low=found.low, high=found.high, turned=_turned(old, new))


def on_every_page(rules: Mapping[str, Rule], asked: Collection[str]) -> Mapping[str, Rule]:
    """The rules that are asked of every page by itself."""
    return {rule: rules[rule] for rule in asked if rule in rules and not set(rules[rule].engines) <= SOMETIMES | {TOGETHER}}


def strata_by_key(ledger: Iterable[Coverage]) -> Mapping[str, tuple[str, ...]]:
    """The strata of the pages of a ledger, those that were never seen too."""
    pages = (entry for entry in ledger if is_page(entry) and entry.state not in NO_PAGES)
    return strata_of(Known(url=entry.url, url_key=entry.url_key, dom_key=entry.dom_key) for entry in pages)


def met_by_page(ledger: Iterable[Coverage], tallies: Iterable[Tally], rules: Mapping[str, Rule]) -> dict[str, Criteria]:
    """Page -> how well it meets each criterion by these rules; only pages that all of their engines judged."""
    wanted = needed(rules, rules)
    seen = {entry.url for entry in ledger if is_page(entry) and was_seen(entry, wanted)}
    found: dict[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        if tally.page in seen and tally.variant is Variant.DESKTOP and tally.rule in rules:
            found[tally.page].append(tally)
    return {url: met for url, told in found.items() if (met := page_criteria(told, rules))}


def _scores(pages: Mapping[str, Criteria], home: Mapping[str, str]) -> dict[str, PageScore]:
    return {url: PageScore(home[url], index(met) or 0.0) for url, met in pages.items() if url in home}


def _turned(old: Mapping[str, Criteria], new: Mapping[str, Criteria]) -> dict[str, tuple[int, int]]:
    """Criterion -> pages that meet it now and did not, and the other way round; those that chance does not explain."""
    tests = mcnemar(_passing(old), _passing(new))
    rates = benjamini_hochberg([test.p for test in tests.values()])
    return {
        criterion: (test.mended, test.broken) for (criterion, test), rate in zip(tests.items(), rates, strict=True) if rate <= SIGNIFICANCE
    }


def _passing(pages: Mapping[str, Criteria]) -> dict[str, dict[str, bool]]:
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for url, met in pages.items():
        for criterion, score in met.items():
            found[criterion][url] = score >= 1
    return found
