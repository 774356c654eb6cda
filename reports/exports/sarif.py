"""Results in SARIF 2.1.0 for the tools of developers: a run for each site, our fingerprints, what changed, and what was set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.model import Impact, Issue, IssueState, Outcome, Rule, RunState
from reports.exports.json import dumped, within
from reports.material import CLOSED, TOOL, Material, Subject, set_aside, uri
from reports.wording import reservation, word

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVEL: Mapping[Impact, str] = {Impact.CRITICAL: "error", Impact.SERIOUS: "error", Impact.MODERATE: "warning", Impact.MINOR: "note"}
INSTANCE, GROUP = "a11yInstance/v1", "a11yGroup/v1"


def chunks(material: Material) -> Iterator[bytes]:
    """One SARIF log; results stand on a line each."""
    yield from within({"$schema": SCHEMA, "version": "2.1.0"}, "runs", (_run(material, subject) for subject in material.subjects))


def baseline(subject: Subject, issue: Issue) -> str:
    """How the result compares with the site's run before: SARIF's baselineState.

    `updated` is what was there before and could not be looked at tonight: neither unchanged, as far as anybody knows, nor absent.
    """
    if issue.state in CLOSED:
        return "absent"
    if issue.state is IssueState.NOT_OBSERVED:
        return "updated"
    return "new" if issue.spans and issue.spans[-1].first == subject.run.round else "unchanged"


def _run(material: Material, subject: Subject) -> Iterator[bytes]:
    site, run = subject.site, subject.run
    rules = list(material.rules.values())
    places = {rule.id: number for number, rule in enumerate(rules)}
    seen = run.state is not RunState.FAILED
    invocation: dict[str, Any] = {
        "executionSuccessful": seen,
        "startTimeUtc": f"{run.started:%Y-%m-%dT%H:%M:%S.000Z}",
        "endTimeUtc": f"{run.finished:%Y-%m-%dT%H:%M:%S.000Z}",
    }
    if run.state is not RunState.AUDITED:
        said = f"{word(material, run.state)}: {material.told(run.reason, 600)}"
        invocation["toolExecutionNotifications"] = [{"level": "warning" if seen else "error", "message": {"text": said}}]
    head = {
        "tool": {"driver": {"name": TOOL, "version": material.version, "language": material.say("zh-CN", "en"),
                            "fullDescription": {"text": reservation(material)}, "rules": [_rule(material, rule) for rule in rules]}},
        "automationDetails": {"id": f"{site.id}/{run.round}", "description": {"text": material.told(site.name)}},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "properties": {"site": site.id, "public": material.public},
    }  # fmt: skip
    yield from within(head, "results", ([dumped(_result(material, subject, issue, places))] for issue in subject.urgent()))


def _rule(material: Material, rule: Rule) -> Mapping[str, Any]:
    repair: Sequence[str] = rule.repair_en if material.language == "en" else rule.repair
    told: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": material.say(rule.title, rule.title_en)},
        "fullDescription": {"text": material.say(rule.who, rule.who_en) or rule.title},
        "help": {"text": "\n".join(repair) or rule.title},
        "defaultConfiguration": {"level": LEVEL[rule.impact]},
        "properties": {
            "tags": ["accessibility", *(f"wcag{number.replace('.', '')}" for number in rule.criteria)],
            "criteria": [material.criterion_name(number) for number in rule.criteria],
            "level": rule.level.value if rule.level else "best-practice",
        },
    }
    if rule.criteria:
        told["helpUri"] = material.criterion_address(rule.criteria[0])
    return told


def _result(material: Material, subject: Subject, issue: Issue, places: Mapping[str, int]) -> Mapping[str, Any]:
    asks = issue.outcome is Outcome.CANT_TELL
    told: dict[str, Any] = {
        "ruleId": issue.rule,
        "kind": "review" if asks else "fail",
        "level": "none" if asks else LEVEL[issue.impact],
        "message": {"text": f"{material.rule_title(issue.rule)}: {material.told(issue.message, 600)}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": uri(material.address(issue.page))}},
                "logicalLocations": [{"fullyQualifiedName": material.told(issue.element.selector, 1000) or "html", "kind": "element"}],
            }
        ],
        "partialFingerprints": {INSTANCE: issue.instance, GROUP: issue.group},
        "baselineState": baseline(subject, issue),
        "suppressions": _suppressions(material, subject, issue),
        "properties": {
            "issue": issue.id,
            "state": issue.state.value,
            "variant": issue.variant.value,
            "impact": issue.impact.value,
            "criteria": list(issue.criteria),
            "pagesAffected": subject.reach.get(issue.group, 0),
            "firstSeen": issue.first_seen.isoformat(),
            "snippet": material.code(issue.element.snippet),
        },
    }
    if issue.rule in places:
        told["ruleIndex"] = places[issue.rule]
    return told


def _suppressions(material: Material, subject: Subject, issue: Issue) -> list[Mapping[str, Any]]:
    """What a person set aside; an empty list says that nobody has."""
    decision = set_aside(subject, issue)
    if decision is None:
        return []
    why = "" if material.public else f": {material.told(decision.why, 600)}"
    return [{"kind": "external", "status": "accepted", "justification": f"{word(material, decision.verdict)}{why}"}]
