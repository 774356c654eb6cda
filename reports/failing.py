"""Counts what stands against each success criterion on the pages of a site, for documents that go criterion by criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.model import Criterion, Level
from reports.material import CLOSED, Material, Subject, page_barrier, set_aside, sure


@dataclass(kw_only=True)
class Counted:
    """Places and pages; grows while issues are told page by page."""

    places: int = 0
    pages: int = 0
    last: str = ""  #: the page counted last

    def add(self, page: str) -> None:
        """One more place, on a page."""
        self.places += 1
        self.pages += page != self.last
        self.last = page


@dataclass(kw_only=True)
class Against:
    """What stands against one criterion."""

    criterion: Criterion
    failed: Counted = field(default_factory=Counted)  #: barriers, proven or confirmed
    asked: Counted = field(default_factory=Counted)  #: what a person has to judge
    rules: dict[str, Counted] = field(default_factory=dict)  #: rules that are broken


def against(material: Material, subject: Subject) -> Mapping[str, Against]:
    """Every criterion of levels A and AA -> what stands against it on pages as a visitor first meets them; set aside is left out."""
    found = {one.number: Against(criterion=one) for one in material.criteria.values() if Level.AA.includes(one.level)}
    for issue in subject.by_page():
        if not page_barrier(issue) or issue.state in CLOSED or set_aside(subject, issue) is not None:
            continue
        for number in issue.criteria:
            if number in found:
                one = found[number]
                if sure(subject, issue):
                    one.failed.add(issue.page)
                    one.rules.setdefault(issue.rule, Counted()).add(issue.page)
                else:
                    one.asked.add(issue.page)
    return found
