"""JSON for other programs keeps the shape that its schema promises."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from materials import exported, hostile, material, subject

from auditor.model import Cause, Impact, IssueState, Move, Outcome, RunState, State, Variant, Verdict
from reports.material import Material

SCHEMA: Mapping[str, Any] = json.loads(files("reports").joinpath("exports", "json.schema.json").read_text(encoding="utf-8"))
VALID = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def told(of: Material) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(exported("json", of))
    VALID.validate(found)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("public", [False, True])
def test_json_is_what_its_schema_says(language: str, public: bool) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    found = told(material(language=language, public=public))
    assert (found["language"], found["public"], [site["id"] for site in found["sites"]]) == (language, public, ["shi", "xian", "canlian"])
    assert [issue["id"] for issue in found["sites"][0]["issues"]] == [issue.id for issue in material().subjects[0].urgent()]
    told(hostile(language, public))


def test_the_schema_knows_every_word_of_the_model() -> None:
    issue, site = SCHEMA["$defs"]["issue"]["properties"], SCHEMA["properties"]["sites"]["items"]["properties"]
    for key, words in (("variant", Variant), ("outcome", Outcome), ("impact", Impact), ("state", IssueState)):
        assert issue[key]["enum"] == [word.value for word in words]
    assert issue["decision"]["oneOf"][1]["properties"]["verdict"]["enum"] == [word.value for word in Verdict]
    assert site["run"]["properties"]["state"]["enum"] == [word.value for word in RunState]
    assert site["run"]["properties"]["coverage"]["propertyNames"]["enum"] == [word.value for word in State]


def test_a_score_that_was_withheld_is_no_number_and_the_reason_is_told() -> None:
    portal, withheld, clean = told(material())["sites"]
    assert (withheld["score"], withheld["run"]["state"]) == (None, "withheld") and "安全验证" in withheld["run"]["reason"]
    assert portal["score"]["low"] < portal["score"]["value"] < portal["score"]["high"] and clean["score"]["value"] == 100
    assert portal["run"]["coverage"]["over-budget"] == 25


def test_why_an_index_moved_is_told_in_parts_that_add_up() -> None:
    one = material().subjects[0]
    parts = dict.fromkeys(Cause, 0.0) | {Cause.REPAIRED: 2.5, Cause.RULES: -4.0}
    move = Move(since="night-1", until="night-0", before=72.0, after=70.5, parts=parts, pages=40, bridged=True)
    found, *_ = told(material(replace(one, run=replace(one.run, move=move))))["sites"]
    assert found["move"]["after"] - found["move"]["before"] == sum(found["move"]["parts"].values()) and found["move"]["bridged"]
    assert SCHEMA["properties"]["sites"]["items"]["properties"]["move"]["oneOf"][1]["properties"]["parts"]["propertyNames"]["enum"] == [
        cause.value for cause in Cause
    ]
    assert [site["move"] for site in told(material())["sites"]] == [None, None, None]


def test_who_decided_and_why_stays_inside() -> None:
    for public in (False, True):
        text = exported("json", material(public=public)).decode()
        assert ("李工" in text) is ("飘窗将于年底" in text) is not public
        decided = next(issue for issue in json.loads(text)["sites"][0]["issues"] if issue["id"] == "i302")
        assert decided["decision"]["verdict"] == "accepted" and decided["decision"]["set_aside"]


def test_people_on_pages_are_covered() -> None:
    one = material().subjects[0]
    issue = next(one.urgent())
    said = replace(issue, message="张三 11010519491231002X", element=replace(issue.element, snippet="<td>孙丽</td><td>13812345678</td>"))
    shown = {
        public: exported("json", material(replace(one, urgent=lambda: iter((said,))), public=public)).decode() for public in (False, True)
    }
    assert all("张三" not in text and "1949" not in text and "[身份证号已遮盖]" in text for text in shown.values())
    assert "13812345678" in shown[False] and "13812345678" not in shown[True] and "孙丽" not in shown[True]


def test_no_site_is_still_an_object() -> None:
    empty = replace(material(), subjects=())
    assert told(empty)["sites"] == []
    assert told(material(replace(subject_without_issues(), urgent=lambda: iter(()))))["sites"][0]["issues"] == []


def subject_without_issues() -> Any:
    from histories import clean

    return subject(clean())
