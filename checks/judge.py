"""Asks every engine what a Page shows, and knows all rules that can be asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from auditor.model import Finding, Level, Page, Probe, Profile, Rule, Tally
from checks import axe, own
from checks.engine import PageEngine
from checks.merge import merged

ENGINES: tuple[PageEngine, PageEngine] = (axe.ENGINE, own.ENGINE)
"""The first is asked alone by the profile `axe`."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the engines say of one page."""

    findings: tuple[Finding, ...]
    tallies: tuple[Tally, ...]
    engines: tuple[str, ...]  #: those that really answered
    silent_frames: tuple[str, ...]  #: and closed shadow roots: parts of the page that no engine could look into


def judge(page: Page, level: Level | None = None, profile: Profile = Profile.FULL) -> Judgement:
    """Every engine's word on a page, for the rules of a level (Level.AA: A and AA; None: all, best practice too)."""
    wanted = {rule.id for rule in rules().values() if level is None or level.includes(rule.level)}
    answered = [engine for engine in engines(profile) if engine.answered(page)]
    first, second = (
        [voice for voice in engine.voices(page) if voice.rule in wanted] if engine in answered else [] for engine in ENGINES
    )
    counted = [tally for engine in answered for tally in engine.tallies(page) if tally.rule in wanted]
    findings, tallies = merged(page, first, counted, second)
    return Judgement(
        findings=findings,
        tallies=tallies,
        engines=tuple(engine.name for engine in answered),
        silent_frames=(*(frame for engine in answered for frame in engine.silent_frames(page)), *page.facts.get("closed", ())),
    )


def engines(profile: Profile = Profile.FULL) -> tuple[PageEngine, ...]:
    """The engines that a profile asks."""
    return ENGINES[:1] if profile is Profile.AXE else ENGINES


def probes(profile: Profile = Profile.FULL) -> tuple[Probe, ...]:
    """The questions a browser must put to an open page for the engines, in this order."""
    return tuple(probe for engine in engines(profile) for probe in engine.probes)


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule of every engine, by id, with the engines that speak for it."""
    words = {rule_id: rule for engine in ENGINES for rule_id, rule in engine.rules().items()}
    askers = {rule_id: tuple(engine.name for engine in ENGINES if rule_id in engine.asked()) for rule_id in words}
    return {rule_id: replace(rule, engines=askers[rule_id] or rule.engines) for rule_id, rule in words.items()}


def asked(level: Level | None = None, profile: Profile = Profile.FULL) -> tuple[str, ...]:
    """Ids of the rules that are asked at a level, sorted."""
    known = rules()
    chosen = {rule for engine in engines(profile) for rule in engine.asked()}
    return tuple(sorted(rule for rule in chosen if level is None or level.includes(known[rule].level)))


def versions(profile: Profile = Profile.FULL) -> Mapping[str, str]:
    """Versions of the engines, to be recorded with every run."""
    return {name: version for engine in engines(profile) for name, version in engine.versions().items()}


def ruleset_id(level: Level | None, profile: Profile = Profile.FULL) -> str:
    """What breaks a series when it changes: engines, their versions and options, and the rules asked; 16 hexadecimal digits."""
    told = json.dumps([dict(versions(profile)), asked(level, profile)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
