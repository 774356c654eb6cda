"""Judges kept pages again by today's rules: what a change of the rules does to pages that did not change themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from auditor.addresses import canonical
from auditor.model import Coverage, Judged, RunState, State, Tally, Target
from auditor.run_score import is_page
from auditor.snapshots import unpack
from checks import judge

ASKING = ("axe", "axe-sha256", "axe-options", "probes", "ocr")
"""Versions of what is asked of an open page. Where one of them changed, kept answers are answers to another question."""


@dataclass(frozen=True, kw_only=True)
class Again:
    """A night as today's rules judge its kept pages; pages that were not kept, or could not be read, count as not visited."""

    coverage: tuple[Coverage, ...]
    tallies: tuple[Tally, ...]
    asked: frozenset[str]


def same_questions(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Whether all that is asked of a page now was asked in the same manner then; both are versions of runs."""
    return bool(before) and all(before.get(name) == version for name, version in now.items() if name in ASKING)


def rejudged(ledger: tuple[Coverage, ...], target: Target, state: RunState, blob: Callable[[str], bytes | None]) -> Again:
    """The pages of a ledger judged by the rules of today, one by one and together.

    `blob` gives a kept page by its digest (`snapshots.Blobs.get`), None where it is not there any more; `state`: of the run.
    """
    done = {judged.coverage.url: judged for judged in _judged(ledger, target, blob)}
    coverage = tuple(_entry(entry, done) for entry in ledger)
    level, profile = target.level, target.profile
    start = canonical(target.site.url) or target.site.url
    met = [entry for entry in coverage if is_page(entry)]
    together = judge.judge_together(tuple(done.values()), met, start=start, known=(), state=state, level=level, profile=profile)
    tallies = (*(tally for judged in done.values() for tally in judged.tallies), *together.tallies)
    return Again(coverage=coverage, tallies=tallies, asked=frozenset(judge.asked(level, profile)))


def _judged(ledger: tuple[Coverage, ...], target: Target, blob: Callable[[str], bytes | None]) -> Iterator[Judged]:
    for entry in ledger:
        data = blob(entry.snapshot) if entry.snapshot and is_page(entry) else None
        if data is None:
            continue
        try:
            page = unpack(data)
        except ValueError:  # a damaged file is a page that was not kept
            continue
        said = judge.judge(page, target.level, target.profile)
        seen = replace(entry, engines=said.engines)
        yield Judged(coverage=seen, tallies=said.tallies, links=page.links, extract=judge.extract(page, target.profile))


def _entry(entry: Coverage, done: Mapping[str, Judged]) -> Coverage:
    if entry.url in done and is_page(entry):
        return done[entry.url].coverage
    return replace(entry, state=State.NOT_SAMPLED) if is_page(entry) and entry.state in (State.AUDITED, State.REUSED) else entry
