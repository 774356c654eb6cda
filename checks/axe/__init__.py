"""axe-core as an engine: its question (probe.py), its words (catalogue.toml) and the reading of its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.model import Box, Element, Finding, Impact, Outcome, Page, Tally
from checks.axe.catalogue import AXE_RULES, rule_of, rules
from checks.axe.messages import sentence
from checks.axe.probe import OPTIONS, PROBE, path
from checks.axe.source import axe_digest, axe_version
from checks.engine import PageEngine, Voice, mark

NAME = "axe"


def voices(page: Page) -> Iterator[Voice]:
    """What axe's answer in `page.facts` says is failed or undecided, rule by rule, in document order; what it passed is only counted."""
    for axe_id, entry in _answer(page).items():
        rule = rules()[rule_of(axe_id)]
        for outcome, nodes in ((Outcome.FAILED, entry["failed"]), (Outcome.CANT_TELL, entry["incomplete"])):
            for node in nodes:
                finding = Finding(
                    rule=rule.id, criteria=rule.criteria, outcome=outcome, impact=Impact(node["impact"] or rule.impact), page=page.url,
                    variant=page.variant, element=_element(node), message=sentence(rule, outcome, node["checks"]), engines=(NAME,),
                )  # fmt: skip
                seen = node["seen"] or {}
                known = mark(seen.get("tag", ""), seen.get("attributes", {}), seen.get("words", ""))
                yield Voice(engine=NAME, rule=rule.id, place=seen.get("place", ""), mark=known, outcome=outcome, finding=finding)


def tallies(page: Page) -> Iterator[Tally]:
    """How many elements failed, passed or stayed undecided under each rule that applied."""
    for axe_id, entry in _answer(page).items():
        yield Tally(
            page=page.url, variant=page.variant, rule=rule_of(axe_id), failed=len(entry["failed"]), passed=entry["passed"],
            cant_tell=len(entry["incomplete"]),
        )  # fmt: skip


def answered(page: Page) -> bool:
    """Whether axe ran to its end on the page itself."""
    return NAME in page.facts


def silent_frames(page: Page) -> tuple[str, ...]:
    """Selectors of frames in which axe could not run."""
    return tuple(page.facts[NAME]["silent"]) if answered(page) else ()


def asked() -> tuple[str, ...]:
    """Ids of the rules that axe is asked for."""
    return tuple(rule_of(axe_id) for axe_id in AXE_RULES)


def versions() -> Mapping[str, str]:
    """Versions and options that make one ruleset differ from another."""
    return {"axe": axe_version(), "axe-sha256": axe_digest(), "axe-options": repr(OPTIONS)}


def _answer(page: Page) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = page.facts[NAME]["rules"] if answered(page) else {}
    return answer


def _element(node: Mapping[str, Any]) -> Element:
    seen = node["seen"] or {}
    return Element(
        selector=path(node["selector"]), xpath=path(node["xpath"] or []), snippet=node["snippet"] or "", tag=seen.get("tag", ""),
        attributes=seen.get("attributes", {}), ancestors=tuple(seen.get("ancestors", ())), landmark=seen.get("landmark", ""),
        name=seen.get("name", ""), text=seen.get("text", ""), box=Box(**seen["box"]) if seen.get("box") else None,
    )  # fmt: skip


ENGINE = PageEngine(
    name=NAME, probes=(PROBE,), rules=rules, asked=asked, voices=voices, tallies=tallies, answered=answered, silent_frames=silent_frames,
    versions=versions,
)  # fmt: skip
