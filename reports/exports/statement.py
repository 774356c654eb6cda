"""The draft of an accessibility statement (无障碍声明) for a site's owner to complete: what is known to fail, never a claim to conform.

Modelled on the statement of Commission Implementing Decision (EU) 2018/1523, with the duties of 《无障碍环境建设法》 in their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from auditor.model import Verdict
from reports import words
from reports.failing import Against, against
from reports.material import CLOSED, TOOL, Material, Subject, set_aside
from reports.pages import piece
from reports.runs import judged, pages_judged
from reports.wording import reservation, word

SINGLE = True
YEAR = timedelta(days=365)


def chunks(material: Material) -> Iterator[bytes]:
    """One HTML page that needs nothing beside it; what the owner has to fill in is marked in words and by colour."""
    (subject,) = material.subjects
    found = list(against(material, subject).values())
    html = piece(
        "statement.html",
        material.language,
        site=_site(material, subject),
        run=_run(material, subject),
        failing=[_failing(material, one) for one in found if one.failed.places],
        asked=sum(one.asked.places for one in found),
        decided=_decided(material, subject),
        note=reservation(material),
        today=_day(material, material.day(material.now)),
        review=_day(material, material.day(material.now + YEAR)),
    )
    yield html.strip().encode() + b"\n"


def _site(material: Material, subject: Subject) -> Mapping[str, str]:
    site = subject.site
    return {"name": material.told(site.name), "url": material.address(site.url), "owner": material.told(site.owner)}


def _run(material: Material, subject: Subject) -> Mapping[str, Any]:
    run = subject.run
    return {
        "day": _day(material, material.day(run.started)),
        "state": word(material, run.state),
        "pages": pages_judged(run),
        "reason": material.told(run.reason, 600),
        "judged": judged(run),
        "tool": f"{TOOL} {material.version}",
    }


def _failing(material: Material, one: Against) -> Mapping[str, Any]:
    told = []
    for id, counted in one.rules.items():
        rule = material.rules.get(id)
        who = material.say(rule.who, rule.who_en) if rule else ""
        where = material.say(
            f"（{material.rule_title(id)}，{counted.pages} 页上有 {counted.places} 处）",
            f"({material.rule_title(id)}; {counted.places} places on {counted.pages} pages)",
        )
        told.append({"who": who, "told": where})
    return {"criterion": f"{material.criterion_name(one.criterion.number)} ({one.criterion.level})", "rules": told}


def _decided(material: Material, subject: Subject) -> Sequence[str]:
    """What somebody has set aside and still stands, each rule once; the reasons are for the owner to give."""
    found: dict[str, None] = {}
    for issue in subject.by_page():
        decision = set_aside(subject, issue)
        if decision and issue.state not in CLOSED and decision.verdict is not Verdict.FALSE_POSITIVE:
            until = ""
            if decision.until:
                day = _day(material, decision.until)
                until = material.say(f"，到{day}为止", f", until {day}")
            found[f"{material.rule_title(issue.rule)} ({word(material, decision.verdict)}{until})"] = None
    return tuple(found)


def _day(material: Material, day: date) -> str:
    return words.day(day, material.timezone) if material.language == "zh" else day.isoformat()
