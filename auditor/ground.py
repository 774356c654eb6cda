"""Counts the index of one ledger again and again over slightly different tallies, so that a question of a whole site takes no minute.

It is the index of `run_score.counted`, without its error and all that stands beside it: what every page is worth by itself is kept, and
only the pages whose tallies differ are counted anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import fmean

from auditor.model import Coverage, Rule, Tally, Variant
from auditor.run_score import SOMETIMES, TOGETHER, Frame
from auditor.scoring import Sums, add

_SITE = frozenset({TOGETHER})


@dataclass(frozen=True, kw_only=True)
class Told:
    """What tallies come to, before they are weighed: of each page by itself, and of the rules over the pages of the site."""

    pages: Mapping[str, Sums]  #: every page that any rule spoke of
    site: Sums = field(default_factory=dict)


def of_site(rule: Rule | None) -> bool:
    """Whether a rule is asked of the pages of a site together: it is met alike on every page."""
    return rule is not None and _SITE.issuperset(rule.engines)


def told(tallies: Iterable[Tally], rules: Mapping[str, Rule]) -> Told:
    """Sum up the tallies of pages as a visitor first meets them; rules that are only asked on some pages add nothing."""
    pages: dict[str, Sums] = {}
    together: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for tally in tallies:
        if tally.variant is not Variant.DESKTOP:
            continue
        rule = rules.get(tally.rule)
        if of_site(rule):
            together[tally.rule][0] += tally.failed
            together[tally.rule][1] += tally.passed
            continue
        sums = pages.get(tally.page)
        if sums is None:
            sums = pages[tally.page] = {}
        if rule is not None and not SOMETIMES.issuperset(rule.engines):
            add(sums, rule, tally.failed, tally.passed)
    site: Sums = {}
    for name, (failed, passed) in together.items():
        add(site, rules[name], failed, passed)
    return Told(pages=pages, site=site)


class Ground:
    """The pages of a ledger that were seen."""

    def __init__(self, coverage: Iterable[Coverage], rules: Mapping[str, Rule], asked: Collection[str]) -> None:
        self.frame = Frame(coverage, rules, asked)

    def index(self, found: Told) -> float | None:
        """The index of the site if its pages had these tallies; None where no rule applied anywhere."""
        values: dict[str, float] = {}
        for url in self.frame.seen:
            sums = found.pages.get(url)
            if sums is not None and (value := _value(sums, found.site)) is not None:
                values[url] = value
        return self.frame.weighed(values)


def _value(sums: Sums, site: Sums) -> float | None:
    """The index of a page (`scoring.index`), the rules of the site being met there as everywhere."""
    if site:
        sums = dict(sums)
        for criterion, (total, weight) in site.items():
            before = sums.get(criterion, (0.0, 0.0))
            sums[criterion] = (before[0] + total, before[1] + weight)
    return 100 * fmean(total / weight for total, weight in sums.values()) if sums else None
