"""Makes one finding of what two engines say of the same barrier, and keeps both voices where they disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from auditor.model import Finding, Outcome, Page, Tally
from checks.engine import Voice

FAILED, CANT_TELL = Outcome.FAILED, Outcome.CANT_TELL


@dataclass
class _Count:
    failed: int = 0
    passed: int = 0
    cant_tell: int = 0

    def shift(self, outcome: Outcome | None, by: int) -> None:
        name = "passed" if outcome is None else "failed" if outcome is FAILED else "cant_tell"
        setattr(self, name, max(0, getattr(self, name) + by))


def merged(
    page: Page, first: Iterable[Voice], tallies: Iterable[Tally], second: Iterable[Voice]
) -> tuple[tuple[Finding, ...], tuple[Tally, ...]]:
    """Findings and tallies of engines that judged the same page. Each barrier is told once, with the engines that saw it.

    `first` are the voices of the first engine, `second` those of the others, engine by engine. Two voices meet where they speak of
    one element (the same place and mark) under one rule, or where the second names the first's rule as covering its own:

    ============  ==============  ==================================================================
    first says    second says     told
    ============  ==============  ==================================================================
    failed        failed          failed, both engines
    failed        cantTell        failed, as the first said it
    failed        kept            cantTell with both voices (only under the same rule); nothing where the second overrules the first
    cantTell      failed          failed, in the second's words, both engines
    cantTell      cantTell        cantTell, in the second's words, both engines
    cantTell      kept            nothing: decided (only under the same rule)
    ============  ==============  ==================================================================

    What only one engine speaks of is told as it says.
    """
    counts: dict[str, _Count] = defaultdict(_Count)
    for tally in tallies:
        counts[tally.rule] = _Count(tally.failed, tally.passed, tally.cant_tell)
    standing: dict[tuple[str, str], Finding] = {}
    marks: dict[tuple[str, str], str] = {}
    for number, voice in enumerate(first):
        if voice.finding is not None:
            standing[voice.rule, voice.place or f"#{number}"] = voice.finding
            marks[voice.rule, voice.place] = voice.mark
    extra: dict[tuple[str, str], Finding] = {}
    engine = ""
    for voice in second:
        if voice.engine != engine:  # what an engine adds is met by those after it
            standing, extra, engine = {**standing, **extra}, {}, voice.engine
        marks.setdefault((voice.rule, voice.place), voice.mark)
        keys = ((rule, voice.place) for rule in (voice.rule, *voice.covers))
        met = next((key for key in keys if key in standing and marks[key] == voice.mark), None)
        if met is None:
            _alone(voice, extra, counts)
            continue
        rule, before = met[0], standing[met]
        after = _both(before, voice, same=rule == voice.rule)
        if after == before:
            continue
        counts[rule].shift(before.outcome, -1)
        if after is None:
            counts[rule].shift(None, 1)
            del standing[met]
        else:
            counts[after.rule].shift(after.outcome, 1)
            standing[met] = after
    told = tuple(
        Tally(page=page.url, variant=page.variant, rule=rule, failed=count.failed, passed=count.passed, cant_tell=count.cant_tell)
        for rule, count in counts.items()
        if count.failed or count.passed or count.cant_tell
    )
    return (*standing.values(), *extra.values()), told


def _alone(voice: Voice, extra: dict[tuple[str, str], Finding], counts: dict[str, _Count]) -> None:
    if voice.finding is None:
        counts[voice.rule].shift(None, 1)
        return
    key = voice.rule, voice.place
    known = extra.get(key)
    if known is None or (known.outcome is CANT_TELL and voice.outcome is FAILED):
        if known is not None:
            counts[voice.rule].shift(known.outcome, -1)
        extra[key] = voice.finding
        counts[voice.rule].shift(voice.outcome, 1)


def _both(before: Finding, voice: Voice, *, same: bool) -> Finding | None:
    if voice.finding is None:
        if not same:
            return before
        if before.outcome is CANT_TELL or voice.overrules:
            return None
        message = f"程序不能确定，请人工查看：两种检测方法的结论不同，一种认为“{before.message}”，另一种没有发现问题"
        return replace(before, outcome=CANT_TELL, message=message, engines=(*before.engines, voice.engine))
    if before.outcome is FAILED:
        return _shown(replace(before, engines=_engines(before, voice.finding)), voice.finding) if voice.outcome is FAILED else before
    told = voice.finding
    words = replace(told, element=before.element, engines=_engines(before, told))
    return words if same or voice.outcome is FAILED else _shown(replace(before, engines=_engines(before, told)), told)


def _shown(before: Finding, told: Finding) -> Finding:
    """With what the second has seen happen, where the first shows nothing."""
    return before if before.scene else replace(before, scene=told.scene, caption=told.caption)


def _engines(*findings: Finding) -> tuple[str, ...]:
    return tuple(dict.fromkeys(engine for finding in findings for engine in finding.engines))
