"""The index of one run of a site: which pages and which rules it rests on.

Pages as a visitor first meets them. Where a sample was drawn its strata count, with the pages looked at in any case as one of their
own that is seen whole; else each template is a stratum. Rules of the engines that are asked on every page and of those over the
pages of a site. What is only tried on some pages (`Score.used`) and documents are told beside it: they would move the index with the
number of pages they were tried on.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from statistics import fmean
from typing import NamedTuple

from auditor.decisions import decisions_in_force
from auditor.model import (
    DOCUMENTS,
    JUDGED,
    NEVER_TRIED,
    NOT_A_PAGE,
    SEEN,
    STANDING,
    Coverage,
    Decision,
    Issue,
    IssueState,
    Mark,
    Outcome,
    Rule,
    Run,
    Score,
    State,
    Tally,
    Variant,
    Verdict,
)
from auditor.sampling import Known, strata_of
from auditor.scoring import INTERFERING, Criteria, Stratum, by_principle, conformance, index, page_criteria, stratified

Excused = Mapping[tuple[str, str], int]
"""(Page, rule) -> failures that a person has found to be none."""

NO_PAGES = NOT_A_PAGE | (NEVER_TRIED - {State.NOT_SAMPLED, State.OVER_BUDGET})
"""States of addresses that are no pages of the site, or not ours to visit: they are not among those the index speaks for."""

CHOSEN = frozenset({Mark.SURE, Mark.EXPLORED})
DRAWN = frozenset({Mark.PANEL, Mark.FRESH})
DRAWABLE = DRAWN | {Mark.FRAME}
TAKEN_ALL = ""  # key of the stratum of pages looked at in any case

JOURNEY = "#"  # an address of the ledger has a fragment only where it is a state of a page in a journey
INTERACTION, TOGETHER = "interaction", "site"  # names of the engines
SEEN_NOW = STANDING - {IssueState.NOT_OBSERVED}
SOMETIMES = frozenset({INTERACTION, DOCUMENTS})


def score(run: Run, rules: Mapping[str, Rule], spared: Excused | None = None) -> Score | None:
    """The score of a run; None where its coverage is not enough (neither audited nor partial), or no rule applied anywhere."""
    if run.state not in JUDGED:
        return None
    found = counted(run.coverage, run.tallies, rules, asked=run.rules, spared=spared)
    return replace(found, sample=run.sample) if found else None


def counted(
    coverage: Iterable[Coverage],
    tallies: Iterable[Tally],
    rules: Mapping[str, Rule],
    *,
    asked: Collection[str],
    spared: Excused | None = None,
) -> Score | None:
    """The score that a ledger and the tallies of its pages come to; None where no rule applied anywhere.

    `asked`: the rules that were asked. A page on which an engine fell silent that should have answered was not seen.

    Criteria of the rules over the pages of a site are met alike on every page (methods.md 2.3). The addresses that were not visited for
    want of budget count in the stratum of their kind.
    """
    tallies, kinds = without(tallies, spared or {}), _kinds(rules)
    told, everywhere = _by_page(tallies, kinds), _of_site(tallies, kinds)
    pages = [entry for entry in coverage if is_page(entry)]
    wanted = needed(asked, rules)
    sampled = any(entry.mark for entry in pages)
    seen = [entry.url for entry in pages if was_seen(entry, wanted) and entry.url in told and _stands(entry, sampled)]
    both = {url: _of_page([*told[url], *everywhere], rules, kinds) for url in seen}
    met = {url: looked for url, (looked, _) in both.items() if looked}
    groups = _groups(pages)
    strata = _strata(groups, met, index)
    estimated = stratified(strata)
    if estimated is None:
        return None
    principles = stratified(_strata(groups, met, by_principle)) or estimated
    differences = [_number(index(used)) - _number(index(looked)) for looked, used in both.values() if used and looked]
    return Score(
        value=estimated.value, error=estimated.error, low=estimated.low, high=estimated.high,
        freedom=None if math.isinf(estimated.freedom) else estimated.freedom, pages=len(met),
        population=round(sum(stratum.pages for stratum in strata)), strata=len(strata), principles=principles.value,
        used=fmean(differences) if differences else None, used_pages=len(differences),
        criteria=conformance(_standing_for(groups, met)), interfering=_interfering(both.values()),
    )  # fmt: skip


class Frame:
    """The pages of a ledger, in their strata, to weigh whatever single pages are worth as `counted` weighs them."""

    def __init__(self, coverage: Iterable[Coverage], rules: Mapping[str, Rule], asked: Collection[str]) -> None:
        pages = [entry for entry in coverage if is_page(entry)]
        wanted, sampled = needed(asked, rules), any(entry.mark for entry in pages)
        self.seen = frozenset(entry.url for entry in pages if was_seen(entry, wanted) and _stands(entry, sampled))
        self._groups = _groups(pages)

    def weighed(self, values: Mapping[str, float]) -> float | None:
        """The index of the site from those of seen pages; None without any."""
        estimated = stratified(_strata(self._groups, {url: {"": value} for url, value in values.items()}, lambda one: one[""]))
        return estimated.value if estimated else None


def page_indices(
    coverage: Iterable[Coverage], tallies: Iterable[Tally], rules: Mapping[str, Rule], *, asked: Collection[str]
) -> dict[str, float]:
    """Page -> its index, of all that were seen and to which any rule applies; as `counted` takes them."""
    tallies, kinds = tuple(tallies), _kinds(rules)
    told, everywhere, wanted = _by_page(tallies, kinds), _of_site(tallies, kinds), needed(asked, rules)
    seen = [entry.url for entry in coverage if is_page(entry) and was_seen(entry, wanted) and entry.url in told]
    looked = {url: _of_page([*told[url], *everywhere], rules, kinds)[0] for url in seen}
    return {url: _number(index(criteria)) for url, criteria in looked.items() if criteria}


def strata_of_index(coverage: Iterable[Coverage]) -> tuple[Mapping[str, str], Mapping[str, float]]:
    """Address -> the stratum it stands in, and stratum -> its share of the pages, as `counted` weighs them."""
    groups = _groups([entry for entry in coverage if is_page(entry)])
    pages = sum(len(kind.addresses) for kind in groups.values())
    homes = {url: key for key, kind in groups.items() for url in kind.addresses}
    return homes, {key: len(kind.addresses) / pages for key, kind in groups.items() if pages}


def is_page(entry: Coverage) -> bool:
    """Whether it is a page as a visitor first meets it: no other variant, no state of a journey."""
    return entry.variant is Variant.DESKTOP and JOURNEY not in entry.url


def needed(asked: Collection[str], rules: Mapping[str, Rule]) -> frozenset[str]:
    """The engines that have to answer on every page: those that alone speak for one of the rules that were asked."""
    alone = {rules[rule].engines[0] for rule in asked if rule in rules and len(rules[rule].engines) == 1}
    return frozenset(alone - SOMETIMES - {TOGETHER})


def was_seen(entry: Coverage, wanted: Collection[str]) -> bool:
    """Whether a page was judged by all engines that have to answer; a silent one proves nothing."""
    return entry.state in SEEN and frozenset(wanted) <= frozenset(entry.engines)


def excused(issues: Iterable[Issue], decisions: Iterable[Decision], today: date) -> Excused:
    """The failures that were seen, but that a person has found to be none (误报); `issues` as the run left them."""
    spared = {group for group, one in decisions_in_force(decisions, today).items() if one.verdict is Verdict.FALSE_POSITIVE}
    return Counter(
        (issue.page, issue.rule)
        for issue in issues
        if issue.group in spared and issue.state in SEEN_NOW and issue.outcome is Outcome.FAILED and issue.variant is Variant.DESKTOP
    )


def without(tallies: Iterable[Tally], spared: Excused) -> tuple[Tally, ...]:
    """The tallies as if what people found to be no failure did not exist."""
    return tuple(
        replace(tally, failed=max(0, tally.failed - spared[tally.page, tally.rule]))
        if tally.variant is Variant.DESKTOP and (tally.page, tally.rule) in spared
        else tally
        for tally in tallies
    )


class _Kinds(NamedTuple):
    """Rules that some engines alone ask."""

    together: frozenset[str]  #: of the pages of a site
    sometimes: frozenset[str]  #: on some pages only
    tried: frozenset[str]  #: by using the page


def _kinds(rules: Mapping[str, Rule]) -> _Kinds:
    def alone(engines: Collection[str]) -> frozenset[str]:
        return frozenset(id for id, rule in rules.items() if set(rule.engines) <= set(engines))

    return _Kinds(together=alone({TOGETHER}), sometimes=alone(SOMETIMES), tried=alone({INTERACTION}))


def _by_page(tallies: Iterable[Tally], kinds: _Kinds) -> Mapping[str, Sequence[Tally]]:
    found: dict[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        if tally.variant is Variant.DESKTOP and tally.rule not in kinds.together:
            found[tally.page].append(tally)
    return found


def _of_page(tallies: Sequence[Tally], rules: Mapping[str, Rule], kinds: _Kinds) -> tuple[Criteria, Criteria]:
    """What a page meets when it is looked at, and with what was tried on it too (empty where nothing was)."""
    looked = [tally for tally in tallies if tally.rule not in kinds.sometimes]
    tried = [tally for tally in tallies if tally.rule in kinds.tried]
    return page_criteria(looked, rules), page_criteria([*looked, *tried], rules) if tried else {}


def _of_site(tallies: Iterable[Tally], kinds: _Kinds) -> Sequence[Tally]:
    """What the rules over the pages of a site say, summed up to one tally of each."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for tally in tallies:
        if tally.variant is Variant.DESKTOP and tally.rule in kinds.together:
            sums[tally.rule][0] += tally.failed
            sums[tally.rule][1] += tally.passed
    return [Tally(page="", rule=rule, failed=failed, passed=passed) for rule, (failed, passed) in sums.items()]


def _interfering(pages: Iterable[tuple[Criteria, Criteria]]) -> Mapping[str, int]:
    """Criterion -> pages that fail it when looked at or used, of those that may keep people from a whole page."""
    failing = Counter(number for looked, used in pages for number in INTERFERING if (used or looked).get(number, 1.0) < 1)
    return {number: failing[number] for number in INTERFERING if failing[number]}


def _number(value: float | None) -> float:
    return 0.0 if value is None else value


class _Kind(NamedTuple):
    """Addresses made alike."""

    addresses: Sequence[str]
    others: int  #: of them, that were looked at and are no page of the site


def _strata(groups: Mapping[str, _Kind], met: Mapping[str, Criteria], measure: Callable[[Criteria], float | None]) -> list[Stratum]:
    return [
        Stratum(
            key=key, size=len(kind.addresses), others=kind.others, alone=key == TAKEN_ALL,
            values=tuple(_number(measure(met[url])) for url in kind.addresses if url in met),
        )
        for key, kind in sorted(groups.items())
    ]  # fmt: skip


def _groups(pages: Sequence[Coverage]) -> Mapping[str, _Kind]:
    """Stratum -> its addresses, those that were never seen too: as they were drawn, or by their templates where no sample was."""
    if not any(entry.mark for entry in pages):
        known = (Known(url=entry.url, url_key=entry.url_key, dom_key=entry.dom_key) for entry in pages if entry.state not in NO_PAGES)
        return {key: _Kind(urls, 0) for key, urls in strata_of(known).items()}
    found: dict[str, list[str]] = defaultdict(list)
    others = Counter[str]()
    for entry in pages:
        if entry.mark in CHOSEN and entry.state not in NO_PAGES:
            found[TAKEN_ALL].append(entry.url)
        elif entry.mark in DRAWABLE:
            found[entry.stratum].append(entry.url)
            others[entry.stratum] += entry.mark in DRAWN and entry.state in NOT_A_PAGE
    return {key: _Kind(urls, others[key]) for key, urls in found.items()}


def _stands(entry: Coverage, sampled: bool) -> bool:
    """Whether what was seen of a page counts: where a sample was drawn, only if it was looked at for that."""
    return not sampled or entry.mark in CHOSEN | DRAWN


def _standing_for(groups: Mapping[str, _Kind], met: Mapping[str, Criteria]) -> Iterator[tuple[Criteria, float]]:
    """The judged pages, each with how many pages of its stratum it stands for."""
    for kind in groups.values():
        seen = [met[url] for url in kind.addresses if url in met]
        yield from ((criteria, len(kind.addresses) / (len(seen) + kind.others)) for criteria in seen)
