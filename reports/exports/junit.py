"""Results as JUnit XML for the gates of site builders: a suite for each page, a case for each rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from auditor.model import SEEN, Issue, State, Variant
from reports import words
from reports.material import CLOSED, Material, Subject, clean_rules, set_aside, sure
from reports.wording import reservation, word

PLACES = 50
"""How many places of one rule a case names; how many there are is always told."""


def chunks(material: Material) -> Iterator[bytes]:
    """`testsuites` with, for each page: failures for what is proven, errors for pages that could not be looked at, and skipped for
    what a person has to judge or has set aside. Pages that nobody asked for are not in it.
    """
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    yield f"<!-- {_comment(reservation(material))} -->\n".encode()
    for subject in material.subjects:
        yield from (suite.encode() for suite in _suites(material, subject))
    yield b"</testsuites>\n"


def _suites(material: Material, subject: Subject) -> Iterator[str]:
    met = dict(clean_rules(subject))
    standing = (issue for issue in subject.by_page() if issue.state not in CLOSED)
    for (page, variant), some in groupby(standing, key=lambda issue: (issue.page, issue.variant)):
        cases = [_case(material, subject, rule, list(issues)) for rule, issues in groupby(some, key=lambda issue: issue.rule)]
        told = {rule for rule, _, _ in cases}
        if variant is Variant.DESKTOP:
            cases += [(rule, _passed(material, rule), "") for rule in met.pop(page, ()) if rule not in told]
        yield _suite(material, subject, page, variant, cases)
    for page, rules in met.items():
        yield _suite(material, subject, page, Variant.DESKTOP, [(rule, _passed(material, rule), "") for rule in rules])
    for entry in subject.ledger():
        if words.kind(entry.state) == words.Kind.FAILED and entry.state not in SEEN:
            said = f"{word(material, entry.state)} {material.told(entry.reason, 600)}".strip()
            yield _suite(material, subject, entry.url, entry.variant, [("page", _error(material, entry.state, said), "error")])


Case = tuple[str, str, str]
"""Name of the case, its XML, and what it counts as: failure, error, skipped or ""."""


def _suite(material: Material, subject: Subject, page: str, variant: Variant, cases: Sequence[Case]) -> str:
    name = material.address(page) + ("" if variant is Variant.DESKTOP else f" ({word(material, variant)})")
    counts = {kind: sum(one == kind for _, _, one in cases) for kind in ("failure", "error", "skipped")}
    return (
        f"<testsuite name={_attribute(name)} package={_attribute(subject.site.id)} tests={_attribute(len(cases))} "
        f'failures="{counts["failure"]}" errors="{counts["error"]}" skipped="{counts["skipped"]}" '
        f'timestamp="{subject.run.started:%Y-%m-%dT%H:%M:%S}">\n{"".join(xml for _, xml, _ in cases)}</testsuite>\n'
    )


def _case(material: Material, subject: Subject, rule: str, issues: Sequence[Issue]) -> Case:
    waiting = [issue for issue in issues if set_aside(subject, issue) is None]
    failed = [issue for issue in waiting if sure(subject, issue)]
    if failed:
        known = material.rules.get(rule)
        repair: Sequence[str] = (known.repair_en if material.language == "en" else known.repair) if known else ()
        places = [f"{material.told(one.element.selector, 600)}\n  {material.told(one.message, 300)}" for one in failed[:PLACES]]
        if len(failed) > PLACES:
            places.append(material.say(f"共 {len(failed)} 处", f"{len(failed)} places"))
        told = _text("\n".join([*places, "", *repair]))
        said = f"{material.rule_title(rule)} ({len(failed)})"
        body = f"<failure message={_attribute(said)} type={_attribute(failed[0].impact.value)}>{told}</failure>"
        return rule, _xml(material, rule, body), "failure"
    said = material.say("需要人工判断", "A person has to judge") if waiting else material.say("已有人工决定", "A person has decided")
    return rule, _xml(material, rule, f"<skipped message={_attribute(f'{said} ({len(waiting or issues)})')}/>"), "skipped"


def _passed(material: Material, rule: str) -> str:
    return _xml(material, rule, "")


def _error(material: Material, state: State, said: str) -> str:
    name = material.say("页面未能检测", "The page could not be audited")
    error = f"<error message={_attribute(said)} type={_attribute(state.value)}/>"
    return f'<testcase name={_attribute(name)} classname="page">{error}</testcase>\n'


def _xml(material: Material, rule: str, body: str) -> str:
    known = material.rules.get(rule)
    criteria = ", ".join(known.criteria) if known else ""
    name = f"{rule} {material.rule_title(rule)}" + (f" (WCAG {criteria})" if criteria else "")
    return f"<testcase name={_attribute(name)} classname={_attribute(rule)}>{body}</testcase>\n"


def _attribute(value: object) -> str:
    return quoteattr(str(value))


def _text(value: str) -> str:
    return escape(value)


def _comment(value: str) -> str:
    return value.replace("--", "—")
