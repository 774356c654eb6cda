"""What W3C's WCAG-EM Report Tool does with a file, as its sources say (w3c/wai-wcag-em-report-tool, assertionStore and evaluationStore).

It frames the JSON-LD with its own context and then reads plain keys; a file that says the right thing in a shape it does not
expect imports as nothing. The names below are those it reads by.
"""

from __future__ import annotations

from typing import Any

from pyld import jsonld

CONTEXT = {
    "wcagem": "http://www.w3.org/TR/WCAG-EM/#", "Evaluation": "wcagem:procedure", "defineScope": "wcagem:step1", "scope": "wcagem:step1a",
    "step1b": {"@id": "wcagem:step1b", "@type": "@id"}, "conformanceTarget": "step1b", "exploreTarget": "wcagem:step2",
    "accessibilitySupportBaseline": "wcagem:step1c", "additionalEvaluationRequirements": "wcagem:step1d",
    "essentialFunctionality": "wcagem:step2b", "pageTypeVariety": "wcagem:step2c", "technologiesReliedUpon": "wcagem:step2d",
    "selectSample": "wcagem:step3", "structuredSample": "wcagem:step3a", "randomSample": "wcagem:step3b", "Website": "wcagem:website",
    "Webpage": "wcagem:webpage", "auditSample": "wcagem:step4", "reportFindings": "wcagem:step5", "documentSteps": "wcagem:step5a",
    "commissioner": "wcagem:commissioner", "evaluator": "wcagem:evaluator", "evaluationSpecifics": "wcagem:step5b",
    "WCAG": "http://www.w3.org/TR/WCAG/#", "WCAG20": "http://www.w3.org/TR/WCAG20/#", "WCAG21": "http://www.w3.org/TR/WCAG21/#",
    "WAI": "http://www.w3.org/WAI/", "wcagVersion": "WAI:standards-guidelines/wcag/#versions", "earl": "http://www.w3.org/ns/earl#",
    "Assertion": "earl:Assertion", "TestCase": "earl:TestCase", "TestRequirement": "earl:TestRequirement",
    "TestSubject": "earl:TestSubject", "TestResult": "earl:TestResult", "assertedBy": "earl:assertedBy", "mode": "earl:mode",
    "result": "earl:result", "subject": "earl:subject", "test": "earl:test", "outcome": "earl:outcome",
    "dcterms": "http://purl.org/dc/terms/", "title": "dcterms:title", "description": "dcterms:description", "summary": "dcterms:summary",
    "date": "dcterms:date", "hasPart": "dcterms:hasPart", "isPartOf": "dcterms:isPartOf",
    "source": {"@id": "dcterms:source", "@type": "@id"}, "id": "@id", "type": "@type",
}  # fmt: skip


def frame(document: Any, kind: str) -> list[dict[str, Any]]:
    """The nodes of a type, as the tool sees them."""
    framed = jsonld.frame(document, {"@context": CONTEXT, "@type": kind}, {"processingMode": "json-ld-1.1"})
    return list(framed["@graph"]) if "@graph" in framed else [{key: value for key, value in framed.items() if key != "@context"}]


def criterion(test: dict[str, Any]) -> str:
    """The anchor by which the tool finds the criterion of a test: what follows the first colon of `isPartOf`, else of its own id."""
    part = test.get("isPartOf")
    return str((part and part["id"]) or test["id"]).split(":")[1]


def page(subject: dict[str, Any]) -> str:
    """The address by which the tool finds the page of its sample."""
    return str(subject["id"] if str(subject.get("id", "")).startswith("http") else subject["source"])
