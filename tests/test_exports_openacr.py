"""OpenACR has the shape of GSA's schema 0.1.0 and says of no criterion that it is supported."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from histories import city_portal, withheld
from jsonschema import Draft7Validator
from materials import exported, hostile, material, subject
from ruamel.yaml import YAML

from auditor.model import Level
from checks.criteria import criteria
from reports.material import Material

TEXT = {"type": "string"}
CONTACT = {"type": "object", "required": ["email"], "additionalProperties": False,
           "properties": dict.fromkeys(("name", "company_name", "address", "email", "phone", "website"), TEXT)}  # fmt: skip
ADHERENCE = ["partially-supports", "does-not-support", "not-applicable", "not-evaluated"]  # "supports" is left out on purpose
CHAPTER = {
    "type": "object", "required": ["criteria"], "properties": {"criteria": {"type": "array", "items": {
        "type": "object", "required": ["num", "components"], "properties": {"num": TEXT, "components": {"type": "array", "items": {
            "type": "object", "required": ["name", "adherence"], "properties": {
                "name": {"const": "web"},
                "adherence": {"type": "object", "required": ["level"], "properties": {"level": {"enum": ADHERENCE}, "notes": TEXT}}}}}}}}},
}  # fmt: skip
OPENACR = Draft7Validator(
    {
        "type": "object", "required": ["title", "product", "author"], "additionalProperties": False,
        "properties": {
            "title": TEXT, "product": {"type": "object", "required": ["name"]}, "author": CONTACT, "vendor": CONTACT, "report_date": TEXT,
            "version": {"type": "integer"}, "notes": TEXT, "evaluation_methods_used": TEXT, "catalog": TEXT,
            "chapters": {"type": "object", "additionalProperties": False,
                         "properties": {"success_criteria_level_a": CHAPTER, "success_criteria_level_aa": CHAPTER}},
        },
    }
)  # fmt: skip


def report(of: Material) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(exported("openacr", of).decode())
    OPENACR.validate(found)
    return found


def levels(found: dict[str, Any]) -> dict[str, str]:
    return {one["num"]: one["components"][0]["adherence"]["level"] for chapter in found["chapters"].values() for one in chapter["criteria"]}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_criteria_of_a_and_aa_stand_in_their_chapters(language: str) -> None:
    found = report(material(subject(city_portal()), language=language))
    wanted = [one for one in criteria().values() if Level.AA.includes(one.level)]
    assert set(levels(found)) == {one.number for one in wanted}
    assert {one["num"] for one in found["chapters"]["success_criteria_level_a"]["criteria"]} == {
        one.number for one in wanted if one.level is Level.A
    }
    report(hostile(language))


def test_what_fails_on_most_pages_is_not_supported_and_what_shows_nothing_is_not_evaluated() -> None:
    told = levels(report(material(subject(city_portal()))))
    assert (told["1.1.1"], told["1.4.3"], told["1.4.10"]) == ("does-not-support", "partially-supports", "partially-supports")
    assert set(told.values()) == {"does-not-support", "partially-supports", "not-evaluated"} and told["3.1.1"] == "not-evaluated"
    assert set(levels(report(material(subject(withheld())))).values()) == {"not-evaluated"}


def test_a_doubt_is_noted_and_is_no_failure() -> None:
    site = city_portal()
    asked = replace(site, issues=tuple(issue for issue in site.issues if issue.id == "i400"))
    found = report(material(subject(asked)))
    (one,) = (one for one in found["chapters"]["success_criteria_level_a"]["criteria"] if one["num"] == "1.1.1")
    assert one["components"][0]["adherence"] == {"level": "not-evaluated", "notes": "1 页上有 1 处需要人工判断。"}


def test_what_a_person_has_to_fill_in_is_marked() -> None:
    found = report(material(subject(city_portal())))
    assert found["author"]["email"] == found["vendor"]["email"] == "【请填写】" and "草稿" in found["title"]
    assert "检测 40 页" in found["evaluation_methods_used"] and "不是符合性声明" in found["notes"]
