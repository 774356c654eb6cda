"""How well barriers are known again: seeded mutations of real pages, followed through `lifecycle.advance` from one night to the next.

    AUDITOR_SHARED=../shared python -m bench.statistics_identity [--pages 40] [--seed 1]

Every barrier has a hidden mark (`identity_pages`), every family of mutations (`identity_families`) is done to every page anew. Told per
family, of the barriers that it touched (their `Element` is another than the night before, or there is none; the others are known by
anything):
- kept: of those that stand on both nights, how many continue their own issue;
- wrong: of the issues of night 1 that it touched, how many were continued by another barrier.
Elements that are equal in all that is stored of them but the place (same group, words, opening tag) may stand in for each other where
the family moves things about: which of them went cannot be told from anything that is kept, and nothing that is told of them differs.
Such pairs count as kept and are shown apart («equals»). Where nothing moves, the place does tell, and they count as wrong. What nobody
could tell (`UNTOLD`) is counted on neither side.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from bs4 import BeautifulSoup

from auditor.identity import group_of, wording
from auditor.lifecycle import advance
from auditor.model import Coverage, Finding, Run, RunState, State
from bench.identity_families import FAMILIES, MOVING, OTHERS, SAME
from bench.identity_others import UNTOLD
from bench.identity_pages import ENGINE, Saved, findings, marked, saved_pages, titles
from bench.identity_scene import Scene

NIGHT = datetime(2026, 11, 23, 18, tzinfo=UTC)
Barriers = Sequence[tuple[Finding, str]]


@dataclass(kw_only=True)
class Count:
    """What became of barriers that were touched."""

    stand: int = 0  #: on both nights
    kept: int = 0
    equals: int = 0  #: of those kept, by the issue of an equal
    issues: int = 0  #: of night 1
    wrong: int = 0

    def add(self, other: Count) -> None:
        """Add what another page or family brought."""
        for name in ("stand", "kept", "equals", "issues", "wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def kept_share(self) -> float:
        return self.kept / self.stand if self.stand else 1.0

    @property
    def wrong_share(self) -> float:
        return self.wrong / self.issues if self.issues else 0.0


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--pages", type=int, default=40)
    words.add_argument("--seed", type=int, default=1)
    chosen = words.parse_args()
    for line in measured(pages=chosen.pages, seed=chosen.seed):
        print(line, flush=True)


def measured(*, pages: int, seed: int = 1) -> Iterator[str]:
    """Lines that tell, per family and in total, how many barriers were kept and how many wrongly joined. Needs the real pages.

    Raises FileNotFoundError where the research material (AUDITOR_SHARED) is missing.
    """
    counts = families_counted(saved_pages(pages), seed)
    yield f"identity: {pages} real pages, seed {seed}; barriers that the mutation touched"
    yield f"{'family':22} {'stand':>6} {'kept':>7} {'(equals)':>8} {'issues':>7} {'wrong':>7}"
    total = Count()
    for name, count in counts.items():
        total.add(count)
        yield _line(name, count)
    yield _line("total", total)
    for told, families in (("same barriers", SAME), ("other barriers too", OTHERS)):
        part = Count()
        for name in families:
            part.add(counts[name])
        yield _line(told, part)
    even = [(count.kept_share, count.wrong_share) for count in counts.values()]
    kept, wrong = (sum(column) / len(even) for column in zip(*even, strict=True))
    yield f"{'each family alike':22} {'':6} {kept:7.1%} {'':8} {'':7} {wrong:7.1%}"


def _line(name: str, count: Count) -> str:
    return f"{name:22} {count.stand:6} {count.kept_share:7.1%} {count.equals:8} {count.issues:7} {count.wrong_share:7.1%}"


def families_counted(pages: Sequence[Saved], seed: int) -> Mapping[str, Count]:
    """Family -> what became of the barriers of all pages."""
    news = titles(pages)
    counts = {name: Count() for name in FAMILIES}
    firsts = {page.url: marked(page, str(seed)) for page in pages}
    before = {url: findings(soup, url) for url, soup in firsts.items()}
    for page in pages:
        others = [firsts[other.url] for other in _elsewhere(pages, page)]
        for name, family in FAMILIES.items():
            soup: BeautifulSoup = marked(page, str(seed))
            family(Scene(soup, Random(f"{seed} {name} {page.url}"), news, others))
            counts[name].add(compared(before[page.url], findings(soup, page.url), place_tells=name not in MOVING))
    return counts


def _elsewhere(pages: Sequence[Saved], page: Saved) -> list[Saved]:
    """A page of each of the other hosts."""
    firsts = {other.url.split("/")[2]: other for other in reversed(pages)}
    return [other for host, other in sorted(firsts.items()) if host != page.url.split("/")[2]]


def compared(first: Barriers, second: Barriers, *, place_tells: bool) -> Count:
    """What `advance` makes of the same page on two nights.

    A message names the finding; a picture that night 1 did not have makes `advance` take over tonight's evidence, so that the issue
    tells which finding it was continued by.
    """
    one = [replace(finding, message=str(number)) for number, (finding, _) in enumerate(first)]
    two = [replace(finding, message=str(number), picture=f"{number}") for number, (finding, _) in enumerate(second)]
    rules = {finding.rule for finding in [*one, *two]}
    issues = advance((), _run(1, one, rules), catalogue=rules).changed
    origin = {issue.id: int(issue.message) for issue in issues}
    after = advance(issues, _run(2, two, rules), catalogue=rules).changed
    pairs = {int(issue.message): origin[issue.id] for issue in after if issue.id in origin and issue.picture}
    return _counted(first, second, pairs, place_tells)


def _run(night: int, found: Sequence[Finding], rules: set[str]) -> Run:
    started = NIGHT + timedelta(days=night)
    ledger = tuple(Coverage(url=url, state=State.AUDITED, engines=(ENGINE,)) for url in sorted({finding.page for finding in found}))
    return Run(
        site="bench", round=f"n{night}", started=started, finished=started, state=RunState.AUDITED, coverage=ledger,
        findings=tuple(found), rules=tuple(sorted(rules)),
    )  # fmt: skip


def _counted(first: Barriers, second: Barriers, pairs: Mapping[int, int], place_tells: bool) -> Count:
    """`pairs`: number of the finding of night 2 -> of that of night 1 whose issue it continues."""
    places = {(finding.rule, truth): number for number, (finding, truth) in enumerate(first)}
    own = {number: places.get((finding.rule, truth)) for number, (finding, truth) in enumerate(second) if truth != UNTOLD}
    still = {origin for number, origin in own.items() if origin is not None and first[origin][0].element == second[number][0].element}
    alike = {number: _equal_key(finding) for number, (finding, _) in enumerate(first)}
    exchanged = set() if place_tells else {
        number for number, origin in pairs.items()
        if (mine := own.get(number)) is not None and mine != origin and alike[mine] == alike[origin]
    }  # fmt: skip
    if not place_tells:  # an equal of one that is gone continues its issue
        exchanged |= {number for number, origin in pairs.items() if _stands_in(second[number][0], first[origin][0], own.get(number, -1))}
    wrong = {origin for number, origin in pairs.items() if number in own and own[number] != origin and number not in exchanged}
    count = Count(issues=len(set(range(len(first))) - still | wrong), wrong=len(wrong))
    for number, origin in own.items():
        if origin is not None and origin not in still:
            count.stand += 1
            count.kept += pairs.get(number) == origin or number in exchanged
            count.equals += number in exchanged
    return count


def _stands_in(tonight: Finding, before: Finding, own: int | None) -> bool:
    """Whether one that has no issue of its own continues that of an equal."""
    return own is None and _equal_key(tonight) == _equal_key(before)


def _equal_key(finding: Finding) -> tuple[str, str, str, str]:
    element = finding.element
    return finding.rule, group_of("bench", finding.rule, element), wording(element), element.snippet


if __name__ == "__main__":
    main()
