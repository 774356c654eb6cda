"""The draft of an accessibility conformance report as OpenACR YAML: what is known to fail; the rest is for people to evaluate."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML

from auditor.model import Level
from reports.failing import Against, against
from reports.material import TOOL, Material, Subject
from reports.runs import pages_judged
from reports.wording import reservation

SINGLE = True
CATALOG = "2.5-edition-wcag-2.2-en"
CHAPTERS: Mapping[Level, str] = {Level.A: "success_criteria_level_a", Level.AA: "success_criteria_level_aa"}
MOST = 0.5
"""Share of pages below which a criterion is not met by the majority: does-not-support (OpenACR, catalog/data/terms.yaml)."""


def chunks(material: Material) -> Iterator[bytes]:
    """One YAML document by GSA's schema openacr-0.1.0.

    It never says `supports`: a program cannot know that. OpenACR means `not-evaluated` for level AAA; here it marks what a person
    still has to evaluate before the draft is a report.
    """
    (subject,) = material.subjects
    yaml, out = YAML(), io.StringIO()
    yaml.width = 4096
    yaml.default_flow_style = False
    yaml.dump(_report(material, subject), out)
    yield out.getvalue().encode()


def _report(material: Material, subject: Subject) -> Mapping[str, Any]:
    fill = material.say("【请填写】", "[to be filled in]")
    name, found, pages = material.told(subject.site.name), against(material, subject), pages_judged(subject.run)
    return {
        "title": material.say(f"{name}：无障碍符合性报告（草稿）", f"{name} Accessibility Conformance Report (draft)"),
        "product": {"name": name, "description": material.address(subject.site.url)},
        "author": {"name": fill, "company_name": fill, "email": fill},
        "vendor": {"company_name": material.told(subject.site.owner) or fill, "email": fill},
        "report_date": material.day(material.now).isoformat(),
        "version": 1,
        "notes": reservation(material),
        "evaluation_methods_used": material.say(
            f"{TOOL} {material.version} 自动监测，{material.day(subject.run.started)}，检测 {pages} 页；人工评价部分请补写。",
            f"Automatic monitoring with {TOOL} {material.version} on {material.day(subject.run.started)}, {pages} pages; "
            "evaluation by people is to be added.",
        ),
        "catalog": CATALOG,
        "chapters": {
            chapter: {"criteria": [_criterion(material, subject, one) for one in found.values() if one.criterion.level is level]}
            for level, chapter in CHAPTERS.items()
        },
    }


def _criterion(material: Material, subject: Subject, found: Against) -> Mapping[str, Any]:
    adherence = {"level": _level(subject, found), "notes": _notes(material, found)}
    return {"num": found.criterion.number, "components": [{"name": "web", "adherence": adherence}]}


def _level(subject: Subject, found: Against) -> str:
    if not found.failed.places:
        return "not-evaluated"
    score = subject.run.score
    conformance = score.criteria.get(found.criterion.number) if score else None
    return "does-not-support" if conformance and conformance.share < MOST else "partially-supports"


def _notes(material: Material, found: Against) -> str:
    if found.failed.places:
        rules = "; ".join(f"{material.rule_title(rule)} ({counted.places})" for rule, counted in found.rules.items())
        told = found.failed
        return material.say(
            f"自动监测在 {told.pages} 页上查到 {told.places} 处：{rules}", f"{told.places} places on {told.pages} pages: {rules}"
        )
    if found.asked.places:
        asked = found.asked
        return material.say(
            f"{asked.pages} 页上有 {asked.places} 处需要人工判断。", f"{asked.places} places on {asked.pages} pages need a person."
        )
    return material.say(
        "自动监测没有查到问题，不表示符合；须由人评价。",
        "Automatic monitoring found nothing, which proves nothing; a person has to evaluate it.",
    )
