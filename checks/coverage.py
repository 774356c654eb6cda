"""What automatic judging reaches of WCAG 2.2: for each criterion, what it can end in, by axe and by our own checks.

Read from the declarations: a rule counts by the examples that stand beside it, each of which a test opens in a real browser
(tests/test_checks.py, test_site_checks.py, test_catalogue.py). Nothing here is written by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.model import Covered, Criterion, Level, Reach
from checks import judge
from checks.axe.catalogue import AXE_RULES, entries
from checks.check import checks
from checks.criteria import criteria
from checks.survey import site_checks

ENOUGH = 2  # examples of either kind from which on a criterion counts, as one that can fail or as one that a person is asked about


@dataclass(frozen=True, kw_only=True)
class _Voice:
    rule: str
    axe: bool
    failing: int
    asking: int
    sparing: int  #: examples that it leaves alone


def coverage(level: Level = Level.AA) -> tuple[Covered, ...]:
    """All criteria of a level, in the order of their numbers."""
    rules = judge.rules()
    voices: dict[str, list[_Voice]] = {}
    for voice in _voices():
        for number in rules[voice.rule].criteria:
            voices.setdefault(number, []).append(voice)
    return tuple(_covered(one, voices.get(number, [])) for number, one in criteria().items() if level.includes(one.level))


def counts(covered: tuple[Covered, ...]) -> Counter[Reach]:
    """How many criteria end in what."""
    return Counter(one.reach for one in covered)


def _covered(criterion: Criterion, voices: list[_Voice]) -> Covered:
    failing, asking, sparing = (sum(getattr(voice, name) for voice in voices) for name in ("failing", "asking", "sparing"))
    passing = sum(voice.sparing for voice in voices if voice.failing)
    proven = failing >= ENOUGH and passing >= ENOUGH
    asked = asking + failing >= ENOUGH and sparing >= ENOUGH
    return Covered(
        criterion=criterion, axe=_reach([voice for voice in voices if voice.axe]), failing=failing, asking=asking, passing=sparing,
        ours=_reach([voice for voice in voices if not voice.axe]),
        reach=Reach.FAILED if proven else Reach.CANT_TELL if asked else Reach.HUMAN,
    )  # fmt: skip


def _reach(voices: list[_Voice]) -> Reach:
    if any(voice.failing for voice in voices):
        return Reach.FAILED
    return Reach.CANT_TELL if any(voice.asking for voice in voices) else Reach.HUMAN


def _voices() -> Iterator[_Voice]:
    for id, entry in entries().items():
        if entry["axe"] in AXE_RULES and entry.get("shown", True):
            bad, good = 1 + len(entry.get("more_bad", ())), 1 + len(entry.get("more_good", ()))
            undecided = bool(entry.get("undecided"))
            yield _Voice(rule=id, axe=True, asking=bad, failing=0, sparing=good) if undecided else _Voice(
                rule=id, axe=True, failing=bad, asking=0, sparing=good
            )
    for id, group in checks().items():
        yield from (_voice(id, len(one.bad), len(one.unsure), len(one.good)) for one in group)
    yield from (_voice(id, len(one.bad), len(one.unsure), len(one.good)) for id, one in site_checks().items())


def _voice(rule: str, bad: int, unsure: int, good: int) -> _Voice:
    return _Voice(rule=rule, axe=False, failing=bad, asking=unsure, sparing=good)
