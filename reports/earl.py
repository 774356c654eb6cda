"""Test results in W3C's Evaluation and Report Language (EARL 1.0) as JSON-LD, for tools that read such reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CONTEXT = "https://act-rules.github.io/earl-context.json"
ASSERTOR = "_:assertor"
OUTCOMES = ("passed", "failed", "cantTell", "inapplicable", "untested")


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """What is said of one thing that was tested."""

    source: str  #: address of what was tested
    test: str  #: name of the rule or rules that tested it
    outcome: str  #: one of OUTCOMES
    requirements: tuple[str, ...] = ()  #: addresses of the criteria that the test belongs to
    title: str = ""  #: of what was tested
    description: str = ""  #: what was found, for people
    pointer: str = ""  #: where in it: a CSS selector


def earl(assertions: Iterable[Assertion], *, tool: str, version: str) -> Mapping[str, Any]:
    """The report as JSON-LD: who tested, and one Assertion for each result, in the order given.

    Shape: https://www.w3.org/TR/EARL10-Schema/ and the report format of W3C's ACT implementations. Raises ValueError at an outcome
    that EARL does not know.
    """
    return {"@context": CONTEXT, "@graph": [assertor(tool, version), *(told(assertion) for assertion in assertions)]}


def assertor(tool: str, version: str) -> Mapping[str, Any]:
    """Who tested, as a node of the graph."""
    return {
        "@id": ASSERTOR,
        "@type": ["Assertor", "Software", "doap:Project"],
        "doap:name": tool,
        "doap:release": {"@type": "doap:Version", "doap:revision": version},
    }


def told(assertion: Assertion) -> Mapping[str, Any]:
    """One assertion as a node of the graph. Raises ValueError at an outcome that EARL does not know."""
    if assertion.outcome not in OUTCOMES:
        raise ValueError(f"EARL knows no outcome {assertion.outcome!r}")
    result = {"@type": "TestResult", "outcome": f"earl:{assertion.outcome}"}
    if assertion.description:
        result["info"] = assertion.description
    if assertion.pointer:
        result["pointer"] = assertion.pointer
    subject = {"@type": "TestSubject", "source": assertion.source}
    if assertion.title:
        subject["title"] = assertion.title
    return {
        "@type": "Assertion",
        "assertedBy": ASSERTOR,
        "mode": "earl:automatic",
        "subject": subject,
        "test": {"@type": "TestCase", "title": assertion.test, "isPartOf": list(assertion.requirements)},
        "result": result,
    }
