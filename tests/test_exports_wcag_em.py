"""The evaluation opens in the WCAG-EM Report Tool with scope, sample and results, and claims nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from histories import PAGES, city_portal
from importer import frame
from materials import exported, hostile, material, subject

from auditor.model import Level
from checks.criteria import criteria
from reports.exports.wcag_em import SAMPLE, sample
from reports.material import Material


def portal(language: str = "zh") -> Material:
    return material(subject(city_portal()), language=language)


def evaluation(of: Material) -> dict[str, Any]:
    (found,) = frame(json.loads(exported("wcag-em", of)), "Evaluation")
    return found


def results(of: Material) -> list[tuple[str, str, str]]:
    """Subject, anchor of the criterion, outcome: framed anew, as the tool does."""
    framed = {"@context": json.loads(exported("wcag-em", of))["@context"], **evaluation(of)}
    return [
        (one["subject"].get("id", ""), one["test"]["id"].split(":")[-1], one["result"]["outcome"]["id"])
        for one in frame(framed, "Assertion")
    ]  # fmt: skip


def test_the_report_tool_reads_scope_sample_and_summary() -> None:
    found = evaluation(portal())
    scope = found["defineScope"]
    assert (scope["scope"]["title"], scope["scope"]["description"]) == ("某市人民政府", "http://www.shi.gov.cn/")
    assert (scope["conformanceTarget"], scope["wcagVersion"]) == ("AA", "2.2")
    pages = found["selectSample"]["structuredSample"]
    assert len(pages) == SAMPLE and all(page["id"] == page["description"] and page["title"] for page in pages)
    findings = found["reportFindings"]
    assert findings["title"] == "某市人民政府：无障碍评价（草稿）" and findings["date"]["@value"] == "2026-11-23"
    assert findings["commissioner"] == "市政府办公室" and "不是符合性声明" in findings["summary"]


def test_every_criterion_has_a_result_for_the_site_and_none_is_passed() -> None:
    told = results(portal())
    site = {anchor: outcome for whose, anchor, outcome in told if whose.startswith("_:")}
    levels = [one for one in criteria().values() if Level.AA.includes(one.level)]
    assert set(site) == {material().anchors[one.number] for one in levels} and len(site) == 55
    assert site["non-text-content"] == site["contrast-minimum"] == site["target-size-minimum"] == "earl:failed"
    assert site["language-of-page"] == "earl:untested" and "earl:passed" not in {outcome for _, _, outcome in told}
    assert (PAGES[0], "non-text-content", "earl:failed") in told
    assert {whose for whose, _, _ in told if not whose.startswith("_:")} <= set(sample(portal().subjects[0]))


def test_only_what_a_person_has_to_judge_is_cannot_tell() -> None:
    site = city_portal()
    asked = replace(site, issues=tuple(issue for issue in site.issues if issue.id == "i400"))
    told = {anchor: outcome for whose, anchor, outcome in results(material(subject(asked))) if whose.startswith("_:")}
    assert told["non-text-content"] == "earl:cantTell" and list(told.values()).count("earl:untested") == 54


def test_the_sample_takes_the_start_page_and_one_of_each_template_first() -> None:
    site = city_portal()
    keyed = [replace(entry, url_key=f"k{number % 3}") for number, entry in enumerate(site.coverage[:40])]
    start = replace(keyed[30], url=site.target.site.url)
    found = sample(subject(replace(site, coverage=(*keyed, start))))
    assert list(found)[:4] == [site.target.site.url, PAGES[0], PAGES[1], PAGES[2]] and len(found) == SAMPLE


@pytest.mark.parametrize("language", ["zh", "en"])
def test_addresses_that_nobody_can_open_are_no_sample_and_text_of_pages_stays_text(language: str) -> None:
    evil = hostile(language)
    assert sample(evil.subjects[0]) == {} and "structuredSample" not in evaluation(evil)["selectSample"]
    assert {outcome for _, _, outcome in results(evil)} == {"earl:failed", "earl:untested"}
