"""Counts what came of the cases (督办案件): repairs, repairs in time, days they took, complaints, and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from auditor.language import counted, say
from auditor.model import STANDING, Case, CaseState, CaseStep, SiteHistory
from reports import words


@dataclass(frozen=True, kw_only=True)
class Repairs:
    """What owners were told to repair, in groups, without those that a dispute took out and those that went with their pages."""

    cases: int
    told: int
    repaired: int
    expired: int  #: repaired, or past their deadline
    in_time: int
    days: float | None  #: mean from the notice to the repair; None: nothing is repaired yet

    @property
    def sentence(self) -> str:
        """The three numbers with what they rest on, as a clause; empty without cases."""
        if not self.told:
            return ""
        share = words.share(self.in_time, self.expired) if self.expired else ""
        told = say(
            f"督办案件 {self.cases} 个，涉及问题 {self.told} 组，经复测消除的 {self.repaired} 组",
            f"{counted(self.cases, 'case')} with {counted(self.told, 'group')} of problems, {self.repaired} found repaired by a retest",
        )
        expired = say(
            f"；期限已到或者已经消除的 {self.expired} 组中，按期消除 {share}",
            f"; of {counted(self.expired, 'group')} past the deadline or repaired, {share} were repaired in time",
        )
        mean = f"{self.days or 0.0:.1f}"
        days = say(f"；从通报到消除平均 {mean} 天", f"; {mean} days on average from the notice to the repair")
        return f"{told}{expired if share else ''}{days if self.days is not None else ''}"


@dataclass(frozen=True, kw_only=True)
class Complaints:
    """Complaints that came in, and what became of them."""

    received: int
    settled: int
    asked: int  #: of the settled ones, those where the person said what to think of the answer
    satisfied: int

    @property
    def sentence(self) -> str:
        """Both rates as a clause; empty without complaints."""
        if not self.received:
            return ""
        told = say(
            f"收到投诉举报 {self.received} 件，办结 {self.settled} 件",
            f"{counted(self.received, 'complaint')} received, {self.settled} settled",
        )
        if not self.asked:
            return told + say("；没有回访", "; nobody was asked what they think of the answer")
        share = words.share(self.satisfied, self.asked)
        return told + say(f"；回访 {self.asked} 件，满意 {share}", f"; {self.asked} asked afterwards, {share} satisfied")


def repairs(sites: Iterable[SiteHistory], today: date) -> Repairs:
    """Indicator IA-5 of some sites on a day."""
    cases = [case for case in _cases(sites) if case.groups]
    days: list[int] = []
    told = expired = in_time = 0
    for case in cases:
        for group in case.groups:
            if group in case.withdrawn or group in case.gone:
                continue
            told += 1
            day = case.repaired.get(group)
            expired += day is not None or today > case.deadline
            in_time += day is not None and day <= case.deadline
            days += [max(0, (day - case.opened).days)] if day is not None else []
    return Repairs(
        cases=len(cases), told=told, repaired=len(days), expired=expired, in_time=in_time, days=fmean(days) if days else None
    )  # fmt: skip


def complaints(sites: Iterable[SiteHistory]) -> Complaints:
    """Indicator IA-14 of some sites."""
    sites = tuple(sites)
    received = [case for case in _cases(sites) if case.complaint]
    apart = [site.complaints for site in sites]  # answered without a case
    settled = [case for case in received if case.state is CaseState.CLOSED]
    answers = [case.events[-1].satisfied for case in settled if case.events[-1].satisfied is not None]
    return Complaints(
        received=len(received) + sum(came for came, _ in apart), settled=len(settled) + sum(closed for _, closed in apart),
        asked=len(answers), satisfied=sum(answers),
    )  # fmt: skip


def relapses(sites: Iterable[SiteHistory]) -> str:
    """What of closed cases stands again, as a clause for indicator IA-6; empty where nothing was closed after a repair."""
    repaired = back = 0
    for site in sites:
        standing = {issue.id for issue in site.issues if issue.state in STANDING}
        groups = {issue.group for issue in site.issues if issue.state in STANDING}
        for case in site.cases:
            if case.state is CaseState.CLOSED:
                ids = {group: set(names) for event in case.events if event.step is CaseStep.OPEN for group, names in event.issues.items()}
                repaired += len(case.repaired)
                back += sum(group in groups or bool(ids.get(group, set()) & standing) for group in case.repaired)
    told = say(
        f"其中销号的案件消除过 {repaired} 组，现在又出现的 {back} 组",
        f"closed cases had repaired {counted(repaired, 'group')}, of which {back} stand again",
    )
    return told if repaired else ""


def _cases(sites: Iterable[SiteHistory]) -> Iterator[Case]:
    return (case for site in sites for case in site.cases)
