"""Asks every engine what a Page shows, and knows all rules that can be asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import Any

from auditor.model import Coverage, Finding, Judged, KeyboardWalk, Level, Page, Probe, Profile, Rule, RunState, Tally
from auditor.scoring import that_count
from checks import axe, documents_engine, own, sites, walks
from checks.check import INTERACTION
from checks.criteria import criteria, with_stricter
from checks.engine import DocumentEngine, PageEngine, SiteEngine
from checks.merge import merged

ENGINES: tuple[PageEngine, ...] = (axe.ENGINE, own.ENGINE, *own.EXPERIMENTING)
"""The first is asked alone by the profile `axe`, the first two by `static`: the others change the page they look at."""

SITE_ENGINES: tuple[SiteEngine, ...] = (sites.ENGINE,)
"""What is asked of the pages of a run together, where a site is crawled; not by the profile `axe`."""

DOCUMENT_ENGINES: tuple[DocumentEngine, ...] = (documents_engine.ENGINE,)
"""What is asked of the documents that a site offers; not by the profile `axe`."""

Engine = PageEngine | SiteEngine | DocumentEngine


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the engines say of one page."""

    findings: tuple[Finding, ...]
    tallies: tuple[Tally, ...]
    engines: tuple[str, ...]  #: those that answered in full, so that their silence means something
    walk: KeyboardWalk | None  #: with the Tab key, where it was made
    silent_frames: tuple[str, ...]  #: and closed shadow roots: parts of the page that no engine could look into


def judge(page: Page, level: Level | None = None, profile: Profile = Profile.FULL) -> Judgement:
    """Every engine's word on a page, for the rules of a level (Level.AA: A and AA; None: all, best practice too)."""
    wanted = {rule.id for rule in rules().values() if level is None or level.includes(rule.level)}
    speaking = engines(profile)
    answered = [engine for engine in speaking if engine.answered(page)]
    first, *others = ([voice for voice in engine.voices(page) if voice.rule in wanted] for engine in speaking)
    counted = [tally for engine in answered for tally in engine.tallies(page) if tally.rule in wanted]
    findings, tallies = merged(page, first, counted, chain.from_iterable(others))
    if level in (None, Level.AAA):
        findings = tuple(replace(finding, criteria=with_stricter(finding.criteria)) for finding in findings)
    return Judgement(
        findings=findings,
        tallies=tallies,
        engines=tuple(engine.name for engine in answered),
        walk=walks.walk(page) if any(engine.name == INTERACTION for engine in speaking) else None,
        silent_frames=(*(frame for engine in answered for frame in engine.silent_frames(page)), *page.facts.get("closed", ())),
    )


def extract(page: Page, profile: Profile = Profile.FULL) -> Mapping[str, Any]:
    """What has to be kept of a page so that the pages of a site can be judged together; empty where it cannot take part."""
    return sites.ENGINE.extract(page) if site_engines(profile) else {}


def judge_together(
    judged: Sequence[Judged], ledger: Sequence[Coverage], *, start: str, known: Iterable[Coverage], state: RunState,
    level: Level | None = None, profile: Profile = Profile.FULL,
) -> sites.Together:  # fmt: skip
    """What the judged pages of a run say together, for the rules of a level (`sites.look`)."""
    wanted = [id for engine in site_engines(profile) for id in engine.asked() if level is None or level.includes(rules()[id].level)]
    return sites.look(judged, ledger, start=start, known=known, state=state, rules=wanted) if wanted else sites.Together()


def judge_document(url: str, facts: Mapping[str, Any], level: Level | None = None) -> documents_engine.Paper:
    """What is said of a document by its facts (`checks.readers`), for the rules of a level."""
    wanted = [id for engine in DOCUMENT_ENGINES for id in engine.asked() if level is None or level.includes(rules()[id].level)]
    return documents_engine.look(url, facts, wanted)


def document_engines(profile: Profile = Profile.FULL) -> tuple[DocumentEngine, ...]:
    """The engines that a profile asks of documents."""
    return () if profile is Profile.AXE else DOCUMENT_ENGINES


def site_engines(profile: Profile = Profile.FULL, *, site: bool = True) -> tuple[SiteEngine, ...]:
    """The engines that a profile asks of the pages of a run together; `site` False: single pages are judged, no site."""
    return SITE_ENGINES if site and profile is not Profile.AXE else ()


def tried(entry: Coverage) -> bool:
    """Whether it was tried at an address how the page is used."""
    return INTERACTION in entry.engines


def engines(profile: Profile = Profile.FULL) -> tuple[PageEngine, ...]:
    """The engines that a profile asks."""
    return ENGINES[: {Profile.AXE: 1, Profile.STATIC: 2}.get(profile, len(ENGINES))]


def probes(profile: Profile = Profile.FULL) -> tuple[Probe, ...]:
    """The questions a browser must put to an open page for the engines, in this order."""
    return tuple(probe for engine in engines(profile) for probe in engine.probes if not probe.fresh)


def experiments(profile: Profile = Profile.FULL) -> tuple[Probe, ...]:
    """The questions that change the page they are put to, each of which needs one of its own."""
    return tuple(probe for engine in engines(profile) for probe in engine.probes if probe.fresh)


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule of every engine, by id, with the engines that speak for it."""
    every: tuple[Engine, ...] = (*ENGINES, *SITE_ENGINES, *DOCUMENT_ENGINES)
    words = {rule_id: rule for engine in every for rule_id, rule in engine.rules().items()}
    askers = {rule_id: tuple(engine.name for engine in every if rule_id in engine.asked()) for rule_id in words}
    return {rule_id: replace(rule, engines=askers[rule_id] or rule.engines) for rule_id, rule in words.items()}


@cache
def counting() -> Mapping[str, Rule]:
    """The rules by which the accessibility index is counted (`scoring.that_count`)."""
    return that_count(rules(), criteria())


def asked(level: Level | None = None, profile: Profile = Profile.FULL, *, site: bool = True) -> tuple[str, ...]:
    """Ids of the rules that are asked at a level, sorted; `site` False: without those over the pages of a site."""
    known = rules()
    every: tuple[Engine, ...] = (*engines(profile), *site_engines(profile, site=site), *document_engines(profile))
    chosen = {rule for engine in every for rule in engine.asked()}
    return tuple(sorted(rule for rule in chosen if level is None or level.includes(known[rule].level)))


def versions(profile: Profile = Profile.FULL, *, site: bool = True) -> Mapping[str, str]:
    """Versions of the engines, to be recorded with every run."""
    every: tuple[Engine, ...] = (*engines(profile), *site_engines(profile, site=site), *document_engines(profile))
    return {name: version for engine in every for name, version in engine.versions().items()}


def ruleset_id(level: Level | None, profile: Profile = Profile.FULL, *, site: bool = True) -> str:
    """What breaks a series when it changes: engines, their versions and options, and the rules asked; 16 hexadecimal digits."""
    told = json.dumps([dict(versions(profile, site=site)), asked(level, profile, site=site)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
