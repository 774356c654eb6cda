"""Bridges a change of the rules: how far the new ones move the index of pages that did not change, and an index by what both say alike.

Source: methods.md 2.4. Both rule sets have judged the same loaded pages; the mean difference is the shift, with its standard error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from auditor.comparison import PageScore, paired_shift
from auditor.model import SEEN, Bridge, Cause, Move, Rule, Tally, Variant
from auditor.moves import Night, joined, moved, only, weighing
from auditor.run_score import Excused, page_indices, strata_of_index, without


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """Rules under their id, as far as they are needed to count an index (`scoring.that_count`)."""

    id: str
    rules: Mapping[str, Rule]


def bridged(site: str, round: str, before: Night, again: Night, old: RuleSet, new: RuleSet, spared: Excused | None = None) -> Bridge | None:
    """The bridge over a change of the rules; None where too few pages were judged by both (`comparison.FEWEST_PAIRS`).

    `before`: the last night under the old rules, as they judged it; `again`: the same night as the new rules judge its kept pages;
    `round`: the first under the new rules. `spared`: failures that a person has found to be none, left out throughout.
    """
    before, again = (replace(night, tallies=without(night.tallies, spared or {})) for night in (before, again))
    homes, weights = strata_of_index(before.coverage)
    was, now = (
        {url: PageScore(homes[url], value) for url, value in found.items() if url in homes}
        for found in (
            page_indices(before.coverage, before.tallies, old.rules, asked=before.asked),
            page_indices(again.coverage, again.tallies, new.rules, asked=again.asked),
        )
    )
    shift = paired_shift(was, now, weights=weights)
    if shift is None:
        return None
    core = _core(before, again, old, new, was.keys() & now.keys())
    return Bridge(
        site=site, round=round, before=old.id, after=new.id, shift=shift.mean, error=shift.se, pages=shift.pairs, core=tuple(sorted(core))
    )


def explained(
    before: Night, kept: Night, again: Night, after: Night, old: RuleSet, new: RuleSet, spared: Excused | None = None
) -> Move | None:
    """Why the index moved over a change of the rules, in three steps that add up: the old rules from the night before, as it was told, to
    its kept pages; both rule sets on these pages, which is the rules' part; the new rules from there to the first night under them.

    `kept`: the night before by its newest tallies; None where one of the steps has no index.
    """
    seen = {(entry.url, entry.variant) for entry in again.coverage if entry.state in SEEN}
    kept = only(kept, seen)
    first = moved(before, kept, old.rules, spared)
    last = moved(again, after, new.rules, spared)
    if first is None or last is None:
        return None
    rules = replace(last, before=first.after, after=last.before, parts={Cause.RULES: last.before - first.after}, rules={})
    return replace(joined([first, rules, last]), bridged=True)


def _core(before: Night, again: Night, old: RuleSet, new: RuleSet, pages: Iterable[str]) -> set[str]:
    """The rules that are the same in both sets and say the same of every one of these pages."""
    both = before.asked & again.asked & old.rules.keys() & new.rules.keys()
    alike = {id for id in both if weighing(old.rules[id]) == weighing(new.rules[id])}
    kept = set(pages)
    for tallies in _by_page(before.tallies, again.tallies, kept).values():
        alike -= {rule for rule, (was, now) in tallies.items() if was != now}
    return alike


def _by_page(
    old: Iterable[Tally], new: Iterable[Tally], pages: set[str]
) -> Mapping[str, dict[str, tuple[tuple[int, int], tuple[int, int]]]]:
    """Page -> rule -> (failed, passed) by the old rules and by the new ones; pages of the variant desktop."""
    sums: dict[str, dict[str, list[list[int]]]] = defaultdict(lambda: defaultdict(lambda: [[0, 0], [0, 0]]))
    for side, tallies in enumerate((old, new)):
        for tally in tallies:
            if tally.page in pages and tally.variant is Variant.DESKTOP:
                pair = sums[tally.page][tally.rule][side]
                pair[0] += tally.failed
                pair[1] += tally.passed
    return {page: {rule: ((was[0], was[1]), (now[0], now[1])) for rule, (was, now) in rules.items()} for page, rules in sums.items()}
