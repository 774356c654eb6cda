"""A WCAG-EM evaluation begun: scope, sample and what was found so far, for an auditor to finish by hand in W3C's WCAG-EM Report Tool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.model import SEEN, Issue, Variant
from reports.exports.earl import CONTEXT as EARL_CONTEXT
from reports.exports.earl import requirement
from reports.exports.json import dumped, within
from reports.failing import Against, against
from reports.material import CLOSED, TOOL, Material, Subject, page_barrier, set_aside, sure, uri
from reports.wording import reservation

SINGLE = True
SAMPLE = 25
"""Pages of the structured sample: each is judged by hand (WCAG-EM 3.a)."""
PLACES = 5
WEBSITE, ASSERTOR = "_:website", "_:assertor"
DATE = "http://www.w3.org/TR/NOTE-datetime"

CONTEXT = {
    "id": "@id", "type": "@type", "wcagem": "http://www.w3.org/TR/WCAG-EM/#", "Evaluation": "wcagem:procedure",
    "defineScope": "wcagem:step1", "scope": "wcagem:step1a", "conformanceTarget": "wcagem:step1b",
    "accessibilitySupportBaseline": "wcagem:step1c", "additionalEvaluationRequirements": "wcagem:step1d",
    "exploreTarget": "wcagem:step2", "essentialFunctionality": "wcagem:step2b", "pageTypeVariety": "wcagem:step2c",
    "technologiesReliedUpon": "wcagem:step2d", "selectSample": "wcagem:step3", "structuredSample": "wcagem:step3a",
    "randomSample": "wcagem:step3b", "Website": "wcagem:website", "Webpage": "wcagem:webpage", "auditSample": "wcagem:step4",
    "reportFindings": "wcagem:step5", "commissioner": "wcagem:commissioner", "evaluator": "wcagem:evaluator",
    "evaluationSpecifics": "wcagem:step5b", "WAI": "http://www.w3.org/WAI/", "wcagVersion": "WAI:standards-guidelines/wcag/#versions",
    "earl": EARL_CONTEXT["earl"], "Assertion": "earl:Assertion", "TestSubject": "earl:TestSubject", "TestResult": "earl:TestResult",
    "TestRequirement": "earl:TestRequirement", "assertedBy": "earl:assertedBy", "mode": "earl:mode", "result": "earl:result",
    "subject": "earl:subject", "test": "earl:test", "outcome": "earl:outcome", "dcterms": EARL_CONTEXT["dct"],
    "title": "dcterms:title", "description": "dcterms:description", "summary": "dcterms:summary", "date": "dcterms:date",
    "WCAG": EARL_CONTEXT["WCAG"], "WCAG21": EARL_CONTEXT["WCAG21"],
}  # fmt: skip
"""The names of the Report Tool's own files (its `appContext.js`); it reads the file by them."""


def chunks(material: Material) -> Iterator[bytes]:
    """One JSON-LD object of type Evaluation. Nothing is told as passed: that is for the person who finishes it."""
    (subject,) = material.subjects
    pages = sample(subject)
    head = {"@context": CONTEXT, "type": "Evaluation", **_steps(material, subject, pages)}
    yield from within(head, "auditSample", ([dumped(one)] for one in _assertions(material, subject, pages)))


def sample(subject: Subject) -> Mapping[str, str]:
    """The structured sample, address -> title: the start page, then a page of each template, then others, SAMPLE in all."""
    firsts: dict[str, str] = {}
    others: dict[str, str] = {}
    templates: set[tuple[str, str]] = set()
    for entry in subject.ledger():
        if entry.variant is not Variant.DESKTOP or entry.state not in SEEN or uri(entry.url) != entry.url:
            continue
        template = (entry.url_key, entry.dom_key)
        kept = firsts if entry.url == subject.site.url or template not in templates else others
        templates.add(template)
        if len(kept) < SAMPLE or entry.url == subject.site.url:
            kept[entry.url] = entry.title
    start = {subject.site.url: firsts[subject.site.url]} if subject.site.url in firsts else {}
    return dict(list({**start, **firsts, **others}.items())[:SAMPLE])


def _steps(material: Material, subject: Subject, pages: Mapping[str, str]) -> Mapping[str, Any]:
    site, run = subject.site, subject.run
    title = material.say(
        f"{material.told(site.name)}：无障碍评价（草稿）", f"Accessibility evaluation of {material.told(site.name)} (draft)"
    )
    told = [
        {"id": url, "type": ["TestSubject", "Webpage"], "title": material.told(name) or "-", "description": url}
        for url, name in pages.items()
    ]
    return {
        "defineScope": {
            "id": "_:defineScope",
            "scope": {
                "id": WEBSITE,
                "type": ["TestSubject", "Website"],
                "title": material.told(site.name),
                "description": material.address(site.url),
            },
            "conformanceTarget": "AA",
            "wcagVersion": "2.2",
            "accessibilitySupportBaseline": "",
            "additionalEvaluationRequirements": "",
        },
        "exploreTarget": {
            "id": "_:exploreTarget",
            "essentialFunctionality": "",
            "pageTypeVariety": material.say(
                f"按网址和页面结构分出的模板中，每种取一页，共 {len(pages)} 页。", f"A page of each template, {len(pages)} in all."
            ),
        },
        "selectSample": {"id": "_:selectSample", "structuredSample": told, "randomSample": []},
        "reportFindings": {
            "id": "_:reportFindings",
            "title": title,
            "commissioner": material.told(site.owner),
            "evaluator": "",
            "date": {"type": DATE, "@value": material.day(run.started).isoformat()},
            "summary": reservation(material),
            "evaluationSpecifics": f"{TOOL} {material.version}; " + "; ".join(f"{name} {number}" for name, number in run.versions.items()),
        },
    }


def _assertions(material: Material, subject: Subject, pages: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """First of the website as a whole, criterion by criterion, then of the pages of the sample."""
    for number, found in against(material, subject).items():
        yield _assertion(material, WEBSITE, number, *_said(material, found))
    for page, issues in _of_sample(subject, pages).items():
        for number, some in issues.items():
            if number in material.anchors:
                failed = any(sure(subject, issue) for issue in some)
                told = [f"{material.rule_title(one.rule)}: {material.told(one.element.selector, 120)}" for one in some[:PLACES]]
                more = [f"… ({len(some)})"] if len(some) > PLACES else []
                yield _assertion(material, page, number, "failed" if failed else "cantTell", "\n".join([*told, *more]))


def _of_sample(subject: Subject, pages: Mapping[str, str]) -> Mapping[str, Mapping[str, list[Issue]]]:
    """Page -> criterion -> what stands there; of each as many issues as a page has."""
    found: dict[str, dict[str, list[Issue]]] = defaultdict(lambda: defaultdict(list))
    for issue in subject.by_page():
        if issue.page in pages and page_barrier(issue) and issue.state not in CLOSED and set_aside(subject, issue) is None:
            for number in issue.criteria:
                found[issue.page][number].append(issue)
    return found


def _said(material: Material, found: Against) -> tuple[str, str]:
    if found.failed.places:
        rules = "; ".join(f"{material.rule_title(rule)} ({counted.places})" for rule, counted in found.rules.items())
        places, pages = found.failed.places, found.failed.pages
        return "failed", material.say(f"自动监测在 {pages} 页上查到 {places} 处：{rules}", f"{places} places on {pages} pages: {rules}")
    if found.asked.places:
        places, pages = found.asked.places, found.asked.pages
        return "cantTell", material.say(
            f"{pages} 页上有 {places} 处需要人工判断", f"{places} places on {pages} pages need a person's judgement"
        )
    return "untested", material.say("自动监测没有查到问题，须由人评价", "Automatic monitoring found nothing; a person has to evaluate it")


def _assertion(material: Material, subject: str, number: str, outcome: str, description: str) -> Mapping[str, Any]:
    return {
        "type": "Assertion",
        "assertedBy": {"id": ASSERTOR, "type": "earl:Software", "title": f"{TOOL} {material.version}"},
        "mode": {"id": "earl:automatic"},
        "subject": {"id": subject},
        "test": {"id": requirement(material, number), "type": "TestRequirement"},
        "result": {"type": "TestResult", "outcome": {"id": f"earl:{outcome}"}, "description": description},
    }
