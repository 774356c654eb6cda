"""EARL is what its vocabulary allows, and the WCAG-EM Report Tool finds every page and criterion in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from histories import PAGES, city_portal
from importer import criterion, frame, page
from jsonschema import Draft202012Validator
from materials import exported, hostile, material, subject

from auditor.model import Decision, Tally, Verdict
from checks.criteria import criteria
from reports.material import Material

TEXT, ADDRESS = {"type": "string"}, {"type": "string", "pattern": r"^(https?://[!-~]+|about:invalid)$"}
EARL = Draft202012Validator(
    {  # the classes and properties of https://www.w3.org/TR/EARL10-Schema/ that we use, and nothing beside them
        "type": "object", "required": ["@context", "@graph"],
        "properties": {
            "@context": {"type": "object", "required": ["@vocab"], "properties": {"@vocab": {"const": "http://www.w3.org/ns/earl#"}}},
            "@graph": {"type": "array", "prefixItems": [{"$ref": "#/$defs/assertor"}], "items": {"$ref": "#/$defs/assertion"}},
        },
        "$defs": {
            "assertor": {
                "type": "object", "required": ["@id", "@type", "doap:name", "doap:release"],
                "properties": {"@id": {"const": "_:assertor"}, "@type": {"contains": {"const": "Assertor"}}},
            },
            "assertion": {
                "type": "object", "additionalProperties": False, "required": ["@type", "assertedBy", "subject", "test", "result", "mode"],
                "properties": {
                    "@type": {"const": "Assertion"}, "assertedBy": {"const": "_:assertor"},
                    "mode": {"enum": ["earl:automatic", "earl:manual", "earl:semiAuto", "earl:undisclosed", "earl:unknownMode"]},
                    "subject": {"type": "object", "required": ["@type", "source"],
                                "properties": {"@type": {"const": "TestSubject"}, "source": ADDRESS}},
                    "test": {"type": "object", "required": ["@type", "title", "isPartOf"], "properties": {
                        "@type": {"const": "TestCase"}, "title": {"type": "string", "pattern": "^[a-z0-9-]+$"},
                        "isPartOf": {"type": "array", "minItems": 1, "maxItems": 1, "items": ADDRESS}}},
                    "result": {"type": "object", "additionalProperties": False, "required": ["@type", "outcome"], "properties": {
                        "@type": {"const": "TestResult"}, "description": TEXT, "info": TEXT, "pointer": TEXT,
                        "date": {"type": "string", "format": "date-time"},
                        "outcome": {"enum": ["earl:passed", "earl:failed", "earl:cantTell", "earl:inapplicable", "earl:untested"]}}},
                },
            },
        },
    },
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)  # fmt: skip


def graph(of: Material | None = None) -> list[dict[str, Any]]:
    document = json.loads(exported("earl", of))
    EARL.validate(document)
    return list(document["@graph"][1:])


def said(found: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(one["subject"]["source"], one["test"]["title"], one["result"]["outcome"].partition(":")[2]) for one in found}


def test_each_page_and_rule_has_one_outcome_and_nothing_is_said_of_pages_that_nobody_saw() -> None:
    found = graph()
    told = said(found)
    assert (PAGES[0], "image-alt", "failed") in told and (PAGES[0], "html-has-lang", "passed") in told
    assert len(told) == len({(source, rule) for source, rule, _ in told})
    assert {source for source, _, _ in told} <= set(PAGES)
    assert (PAGES[1], "image-alt", "failed") in told, "an undecided place beside a failed one changes nothing"


def test_an_undecided_place_is_cannot_tell_until_a_person_confirms_it_and_nothing_once_one_has_set_it_aside() -> None:
    portal = city_portal()
    asked = next(issue for issue in portal.issues if issue.id == "i400")
    met = [Tally(page=asked.page, rule="image-alt", passed=4)]
    for verdict, outcome in ((None, "cantTell"), (Verdict.CONFIRMED, "failed"), (Verdict.FALSE_POSITIVE, None)):
        decision = Decision(site="shi", group=asked.group, verdict=verdict, by="甲", why="乙", made=asked.first_seen) if verdict else None
        site = replace(portal, issues=(asked,), decisions=(decision,) if decision else ())
        assert [outcome for _, _, outcome in said(graph(material(subject(site, met))))] == ([outcome] if outcome else [])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_pages_become_addresses_and_text(language: str) -> None:
    assert len(graph(hostile(language))) >= 10


def test_the_report_tool_finds_page_and_criterion_of_every_assertion() -> None:
    document = json.loads(exported("earl"))
    framed = frame(document, "Assertion")
    assert len(framed) == len(document["@graph"]) - 1
    anchors = {material().anchors[number] for number in criteria()}
    for one in framed:
        assert criterion(one["test"]) in anchors and page(one["subject"]) in PAGES
        assert one["result"]["outcome"]["id"] in {"earl:failed", "earl:passed", "earl:cantTell"}
        assert one["result"]["description"] and one["test"]["title"]
    tested = {(page(one["subject"]), criterion(one["test"]), one["result"]["outcome"]["id"]) for one in framed}
    assert (PAGES[0], "non-text-content", "earl:failed") in tested and (PAGES[0], "language-of-page", "earl:passed") in tested


def test_criteria_of_wcag_2_2_are_named_by_a_prefix_that_the_report_tool_knows() -> None:
    portal = city_portal()
    small = next(issue for issue in portal.issues if issue.rule == "target-size")
    (one,) = frame(json.loads(exported("earl", material(subject(replace(portal, issues=(small,)))))), "Assertion")
    assert one["test"]["isPartOf"]["id"] == "WCAG:target-size-minimum"
