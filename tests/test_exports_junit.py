"""JUnit XML is well-formed, counts what it holds, and fails for proven barriers only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from histories import PAGES, city_portal, unreachable
from lxml import etree
from materials import exported, hostile, material, subject

from auditor.model import Variant
from reports.material import Material


def suites(of: Material | None = None) -> list[etree._Element]:
    root = etree.fromstring(exported("junit", of), etree.XMLParser(resolve_entities=False))
    found = root.findall("testsuite")
    for one in found:
        cases = one.findall("testcase")
        assert one.get("tests") == str(len(cases)) and cases
        for kind, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert one.get(attribute) == str(len(one.findall(f"testcase/{kind}"))), attribute
    return found


def test_a_page_is_a_suite_and_a_rule_is_a_case() -> None:
    found = {one.get("name"): one for one in suites(material(subject(city_portal()), language="zh"))}
    first = {case.get("classname"): case for case in found[PAGES[0]]}
    assert set(first) == {"image-alt", "color-contrast", "reflow", "target-size", "region"}
    failure = first["image-alt"].find("failure")
    assert failure is not None and failure.get("message") == "图片没有替代文本 (1)" and failure.get("type") == "critical"
    assert "#header > a > img" in failure.text and "补上一句话的说明" in failure.text
    assert "WCAG 1.1.1" in first["image-alt"].get("name")
    decided = first["region"].find("skipped")
    assert decided is not None and "人工决定" in decided.get("message")


def test_rules_that_are_met_are_cases_without_a_failure_and_pages_that_did_not_open_are_errors() -> None:
    found = suites()
    passed = [case for one in found for case in one if case.get("classname") == "html-has-lang"]
    assert len(passed) == 40 and not any(len(case) for case in passed)
    errors = [error for one in found for error in one.findall("testcase/error")]
    assert [error.get("type") for error in errors].count("timeout") == 2 and len(errors) == 2 + 14
    (closed,) = suites(material(subject(replace(unreachable(), issues=()))))
    assert closed.find("testcase/error").get("type") == "dns-error"


def test_other_ways_to_meet_a_page_are_suites_of_their_own() -> None:
    portal = city_portal()
    issue = portal.issues[0]
    both = (issue, replace(issue, id="phone", variant=Variant.MOBILE))
    assert [one.get("name") for one in suites(material(subject(replace(portal, issues=both, coverage=()))))] == [
        issue.page, f"{issue.page} (手机版)",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_text_stays_text(language: str) -> None:
    found = suites(hostile(language))
    assert {child.tag for one in found for child in one.iter()} <= {"testsuite", "testcase", "failure", "skipped", "error"}
