"""Results in W3C's EARL 1.0 as JSON-LD: one assertion for each page, rule and criterion, as W3C's WCAG-EM Report Tool imports them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from auditor.model import Issue, Outcome
from reports.earl import Assertion, assertor, told
from reports.exports.json import dumped, within
from reports.material import CLOSED, TOOL, Material, Subject, clean_rules, page_barrier, set_aside, sure, uri
from reports.wording import reservation

WCAG = "http://www.w3.org/TR/WCAG21/#"
NEWER = "http://www.w3.org/TR/WCAG/#"
"""The Report Tool knows a criterion by the prefixes WCAG20, WCAG21 and WCAG alone (its `appContext.js`), not by that of WCAG 2.2."""

CONTEXT = {
    "@vocab": "http://www.w3.org/ns/earl#",
    "earl": "http://www.w3.org/ns/earl#",
    "doap": "http://usefulinc.com/ns/doap#",
    "dct": "http://purl.org/dc/terms/",
    "WCAG21": WCAG,
    "WCAG": NEWER,
    "title": "dct:title",
    "description": "dct:description",
    "date": "dct:date",
    "isPartOf": {"@id": "dct:isPartOf", "@type": "@id"},
    "source": {"@id": "dct:source", "@type": "@id"},
    "assertedBy": {"@type": "@id"},
    "outcome": {"@type": "@id"},
    "mode": {"@type": "@id"},
}
PLACES = 5
"""How many places of a page a description names; how many there are is always told."""


def chunks(material: Material) -> Iterator[bytes]:
    """One JSON-LD graph: who tested, and the assertions of every site. Nothing is said of pages that nobody looked at."""
    yield from within({"@context": CONTEXT}, "@graph", _graph(material))


def _graph(material: Material) -> Iterator[list[bytes]]:
    yield [dumped({**assertor(TOOL, material.version), "description": reservation(material)})]
    for subject in material.subjects:
        for assertion in assertions(material, subject):
            date = {"date": subject.run.started.isoformat()}
            said = dict(told(assertion))
            yield [dumped({**said, "result": {**said["result"], "description": assertion.description, **date}})]


def assertions(material: Material, subject: Subject) -> Iterator[Assertion]:
    """What failed or could not be told on each page, and after that what was met; rules without a criterion are left out.

    What somebody has set aside is neither; a page with something of a rule that stands does not count as meeting it.
    """
    standing = (issue for issue in subject.by_page() if page_barrier(issue) and issue.state not in CLOSED)
    told_of: set[int] = set()
    for (page, rule), some in groupby(standing, key=lambda issue: (issue.page, issue.rule)):
        told_of.add(hash((page, rule)))
        issues = [issue for issue in some if set_aside(subject, issue) is None]
        if issues:
            failed = any(sure(subject, issue) for issue in issues)
            outcome = Outcome.FAILED.value if failed else Outcome.CANT_TELL.value
            pointer = material.told(issues[0].element.selector, 1000) if len(issues) == 1 else ""
            yield from _each(material, page, rule, issues[0].criteria, outcome, _description(material, issues), pointer)
    for page, rules in clean_rules(subject).items():
        for rule in rules:
            if hash((page, rule)) not in told_of and rule in material.rules:
                yield from _each(material, page, rule, material.rules[rule].criteria, "passed", material.rule_title(rule))


def requirement(material: Material, number: str) -> str:
    """The address of a criterion as the Report Tool knows it."""
    criterion = material.criteria.get(number)
    return f"{NEWER if criterion and criterion.since == '2.2' else WCAG}{material.anchors.get(number, '')}"


def _each(
    material: Material, page: str, rule: str, criteria: Sequence[str], outcome: str, description: str, pointer: str = ""
) -> Iterator[Assertion]:
    """One assertion for each criterion: the Report Tool takes a test for part of one only."""
    for number in criteria:
        if number in material.anchors:
            yield Assertion(
                source=uri(material.address(page)), test=rule, outcome=outcome, requirements=(requirement(material, number),),
                description=description, pointer=pointer,
            )  # fmt: skip


def _description(material: Material, issues: Sequence[Issue]) -> str:
    first = issues[0]
    places = "; ".join(material.told(issue.element.selector, 120) for issue in issues[:PLACES])
    more = f" … ({len(issues)})" if len(issues) > PLACES else ""
    return f"{material.rule_title(first.rule)} [{first.rule}] {material.told(first.message, 300)} {places}{more}"
