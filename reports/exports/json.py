"""Everything that is told of sites and their issues as JSON of a documented shape (json.schema.json), for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.model import Issue, Move
from reports.material import TOOL, Material, Place, Subject, last_checked, looked_at, set_aside
from reports.wording import reservation

SHAPE = "portal-auditor-results/1"


def chunks(material: Material) -> Iterator[bytes]:
    """One JSON object; issues stand on a line each."""
    head = {
        "format": SHAPE,
        "tool": {"name": TOOL, "version": material.version},
        "generated": material.now.isoformat(),
        "language": material.language,
        "public": material.public,
        "note": reservation(material),
        "rules": {id: _rule(material, id) for id in material.rules},
    }
    yield from within(head, "sites", (_site(material, subject) for subject in material.subjects))


def within(head: Mapping[str, Any], key: str, parts: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """An object of `head` with one more key, a list whose members come in pieces."""
    yield dumped(head)[:-1] + b"," * bool(head) + dumped(key) + b":[\n"
    for number, part in enumerate(parts):
        yield b",\n" if number else b""
        yield from part
    yield b"\n]}\n"


def dumped(value: Any) -> bytes:
    """Compact JSON; what is hidden in text has been written out before."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _site(material: Material, subject: Subject) -> Iterator[bytes]:
    site, run, score = subject.site, subject.run, subject.run.score
    head = {
        "id": site.id,
        "name": material.told(site.name),
        "url": material.address(site.url),
        "category": site.category.value,
        "region": site.region,
        "owner": material.told(site.owner),
        "run": {
            "round": run.round,
            "started": run.started.isoformat(),
            "finished": run.finished.isoformat(),
            "state": run.state.value,
            "reason": material.told(run.reason),
            "coverage": {state.value: count for state, count in run.coverage.items()},
            "ruleset": run.ruleset_id,
            "versions": dict(run.versions),
        },
        "score": {"value": score.value, "low": score.low, "high": score.high, "pages": score.pages} if score else None,
        "move": _move(run.move) if run.move and score else None,
    }
    seen = looked_at(subject)
    yield from within(head, "issues", ([dumped(_issue(material, subject, issue, seen))] for issue in subject.urgent()))


def _move(move: Move) -> Mapping[str, Any]:
    """Why the index is not the one before; the parts add up to the change."""
    parts = {cause.value: points for cause, points in move.parts.items()}
    return {
        "since": move.since, "before": move.before, "after": move.after, "parts": parts, "pages": move.pages, "bridged": move.bridged,
    }  # fmt: skip


def _issue(material: Material, subject: Subject, issue: Issue, seen: frozenset[Place]) -> Mapping[str, Any]:
    checked = last_checked(subject, issue, seen)
    box = issue.element.box
    return {
        "id": issue.id,
        "group": issue.group,
        "rule": issue.rule,
        "criteria": list(issue.criteria),
        "page": material.address(issue.page),
        "variant": issue.variant.value,
        "outcome": issue.outcome.value,
        "impact": issue.impact.value,
        "state": issue.state.value,
        "first_seen": issue.first_seen.isoformat(),
        "last_checked": checked.isoformat() if checked else None,
        "changed": issue.changed.isoformat(),
        "pages_affected": subject.reach.get(issue.group, 0),
        "engines": list(issue.engines),
        "message": material.told(issue.message, 600),
        "element": {
            "selector": material.told(issue.element.selector, 1000),
            "xpath": material.told(issue.element.xpath, 1000),
            "tag": material.told(issue.element.tag, 60),
            "name": material.told(issue.element.name),
            "landmark": issue.element.landmark,
            "snippet": material.code(issue.element.snippet),
            "box": [box.x, box.y, box.width, box.height] if box else None,
        },
        "decision": _decision(material, subject, issue),
    }


def _decision(material: Material, subject: Subject, issue: Issue) -> Mapping[str, Any] | None:
    """What a person decided; who and why is nobody's business outside."""
    decision = subject.decisions.get(issue.group)
    if decision is None:
        return None
    told = {
        "verdict": decision.verdict.value,
        "made": decision.made.isoformat(),
        "until": decision.until.isoformat() if decision.until else None,
        "set_aside": set_aside(subject, issue) is not None,
    }
    return told if material.public else {**told, "by": material.told(decision.by), "why": material.told(decision.why, 600)}


def _rule(material: Material, id: str) -> Mapping[str, Any]:
    rule = material.rules[id]
    return {
        "title": material.say(rule.title, rule.title_en),
        "criteria": [{"number": number, "address": material.criterion_address(number)} for number in rule.criteria],
        "level": rule.level.value if rule.level else None,
        "impact": rule.impact.value,
        "who": material.say(rule.who, rule.who_en),
        "repair": list(rule.repair_en if material.language == "en" else rule.repair),
    }
