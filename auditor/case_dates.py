"""Which cases wait for somebody today: unread notices, deadlines that come near or are past, retests that are due; pure.

Periods are counted in calendar days, the first of them the day after (民法典 第二百零一条). Where the last day is a public holiday the
federation gives an extension: no program knows which days those are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from auditor.cases import day_of
from auditor.language import counted, say
from auditor.model import Case, CaseState, CaseStep
from reports import words

UNREAD = 3  # days after which an unread notice is reminded of
BEFORE = (7, 1)  # days before the deadline
EVERY = 7  # days between reminders once the deadline is past


class Occasion(StrEnum):
    """Why somebody is reminded."""

    UNREAD = "unread"
    BEFORE = "before"
    OVERDUE = "overdue"
    RETEST = "retest"


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something that should have been done since a day."""

    case: Case
    occasion: Occasion
    since: date

    @property
    def sentence(self) -> str:
        """What is to be done, for the people of the case."""
        name, deadline, standing = self.case.id, words.short_day(self.case.deadline), len(self.case.standing)
        groups = counted(standing, "group of barriers", "groups of barriers")
        return {
            Occasion.UNREAD: say(
                f"案件 {name} 的整改通知还没有回执，请尽快查收。", f"The notice of case {name} has no receipt yet; please read it soon."
            ),
            Occasion.BEFORE: say(
                f"案件 {name} 的整改期限是{deadline}，还有 {standing} 组障碍没有查实修复。",
                f"The deadline of case {name} is {deadline}; {groups} without proof of repair.",
            ),
            Occasion.OVERDUE: say(
                f"案件 {name} 的整改期限（{deadline}）已过，还有 {standing} 组障碍没有查实修复。",
                f"The deadline of case {name} ({deadline}) is past; {groups} without proof of repair.",
            ),
            Occasion.RETEST: say(
                f"案件 {name} 的整改期限（{deadline}）已过，应当复测。",
                f"The deadline of case {name} ({deadline}) is past; a retest is due.",
            ),
        }[self.occasion]


def due(case: Case, today: date, timezone: str) -> tuple[Due, ...]:
    """What waits in a case on a day. A reminder that was given since then is not due again."""
    last = max((day_of(one, timezone) for one in case.events if one.step is CaseStep.REMIND), default=None)
    found = [one for one in _reminders(case, today) if last is None or last < one.since]
    newest = [max(found, key=lambda one: one.since)] if found else []
    wants = case.state not in (CaseState.CLOSED, CaseState.DISPUTED) and case.groups and today > case.deadline
    if wants and (case.retested is None or case.retested <= case.deadline):
        newest.append(Due(case=case, occasion=Occasion.RETEST, since=case.deadline + timedelta(days=1)))
    return tuple(newest)


def _reminders(case: Case, today: date) -> Iterator[Due]:
    if case.state not in (CaseState.NOTIFIED, CaseState.READ) or (case.groups and not case.standing):
        return
    unread = case.opened + timedelta(days=UNREAD)
    if case.read is None and unread <= today:
        yield Due(case=case, occasion=Occasion.UNREAD, since=unread)
    for days in BEFORE:
        day = case.deadline - timedelta(days=days)
        if case.opened < day <= today <= case.deadline:
            yield Due(case=case, occasion=Occasion.BEFORE, since=day)
    if today > case.deadline:
        days = max(1, (today - case.deadline).days // EVERY * EVERY)
        yield Due(case=case, occasion=Occasion.OVERDUE, since=case.deadline + timedelta(days=days))
