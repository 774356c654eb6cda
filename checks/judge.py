"""Asks every engine what a Page shows, and knows all rules that can be asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from auditor.model import Finding, Level, Page, Probe, Rule, Tally
from checks import axe
from checks.engine import PageEngine

ENGINES: tuple[PageEngine, ...] = (axe.ENGINE,)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the engines say of one page."""

    findings: tuple[Finding, ...]
    tallies: tuple[Tally, ...]
    engines: tuple[str, ...]  #: those that really answered
    silent_frames: tuple[str, ...]  #: and closed shadow roots: parts of the page that no engine could look into


def judge(page: Page, level: Level | None = None) -> Judgement:
    """Every engine's word on a page, for the rules of a level (Level.AA: A and AA; None: all, best practice too)."""
    wanted = {rule.id for rule in rules().values() if level is None or level.includes(rule.level)}
    answered = [engine for engine in ENGINES if engine.answered(page)]
    return Judgement(
        findings=tuple(finding for engine in answered for finding in engine.findings(page) if finding.rule in wanted),
        tallies=tuple(tally for engine in answered for tally in engine.tallies(page) if tally.rule in wanted),
        engines=tuple(engine.name for engine in answered),
        silent_frames=(*(frame for engine in answered for frame in engine.silent_frames(page)), *page.facts.get("closed", ())),
    )


def probes() -> tuple[Probe, ...]:
    """The questions a browser must put to an open page for the engines."""
    return tuple(engine.probe for engine in ENGINES if engine.probe)


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule of every engine, by id."""
    return {rule_id: rule for engine in ENGINES for rule_id, rule in engine.rules().items()}


def asked(level: Level | None = None) -> tuple[str, ...]:
    """Ids of the rules that are asked at a level, sorted."""
    known = rules()
    return tuple(sorted({rule for engine in ENGINES for rule in engine.asked() if level is None or level.includes(known[rule].level)}))


def versions() -> Mapping[str, str]:
    """Versions of the engines, to be recorded with every run."""
    return {name: version for engine in ENGINES for name, version in engine.versions().items()}


def ruleset_id(level: Level | None) -> str:
    """What breaks a series when it changes: engines, their versions and options, and the rules asked; 16 hexadecimal digits."""
    told = json.dumps([dict(versions()), asked(level)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
