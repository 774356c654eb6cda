"""What may be done in a case (督办) and what comes of it: a state machine over events, with its transitions and roles as data; pure.

A case is opened with a deadline (通报、限期), read (已读), reminded of (催办), retested (复测), and closed (销号) or handed to an authority
(移送); the owner may dispute it (申诉). What a case is follows from its events alone, so that nothing can be changed afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from auditor.language import Words, counted, listed, say
from auditor.model import STANDING, Case, CaseEvent, CaseState, CaseStep, Ending, Issue, IssueState, Party

LONGEST = 365  # days that may be given, or added
HALF_A_DAY = timedelta(hours=12)
PUT_RIGHT = timedelta(hours=1)  # what a clock is set back by at most when it is merely put right

_GOES_ON = (CaseStep.REMIND, CaseStep.EXTEND, CaseStep.RETEST)
TRANSITIONS: Mapping[tuple[CaseState, CaseStep], CaseState] = {
    **{(state, step): state for state in (CaseState.NOTIFIED, CaseState.READ) for step in _GOES_ON},
    **{(state, CaseStep.DISPUTE): CaseState.DISPUTED for state in (CaseState.NOTIFIED, CaseState.READ)},
    **{(state, CaseStep.CLOSE): CaseState.CLOSED for state in (CaseState.NOTIFIED, CaseState.READ, CaseState.TRANSFERRED)},
    **{(state, CaseStep.TRANSFER): CaseState.TRANSFERRED for state in (CaseState.NOTIFIED, CaseState.READ)},
    (CaseState.NOTIFIED, CaseStep.READ): CaseState.READ,
    (CaseState.DISPUTED, CaseStep.RETEST): CaseState.DISPUTED,
    (CaseState.DISPUTED, CaseStep.DECIDE): CaseState.READ,
    (CaseState.TRANSFERRED, CaseStep.RETEST): CaseState.TRANSFERRED,
}
"""What can be done where, and where it leads. Whoever disputes a notice has read it."""

ROLES: Mapping[CaseStep, tuple[Party, ...]] = {
    CaseStep.OPEN: (Party.FEDERATION, Party.OPERATOR),
    CaseStep.READ: (Party.OWNER, Party.FEDERATION, Party.OPERATOR),
    CaseStep.REMIND: (Party.FEDERATION, Party.OPERATOR, Party.SERVICE),
    CaseStep.EXTEND: (Party.FEDERATION,),
    CaseStep.RETEST: (Party.FEDERATION, Party.OPERATOR, Party.REVIEWER, Party.SERVICE),
    CaseStep.DISPUTE: (Party.OWNER,),
    CaseStep.DECIDE: (Party.FEDERATION, Party.REVIEWER),
    CaseStep.CLOSE: (Party.FEDERATION, Party.OPERATOR),
    CaseStep.TRANSFER: (Party.FEDERATION,),
}
"""Who may do it; the first is who usually does. READ by others than the owner enters a receipt (回执) that came on paper."""

STEP_NAMES: Mapping[CaseStep, str] = Words({
    CaseStep.OPEN: ("通报", "notice"), CaseStep.READ: ("已读", "receipt"), CaseStep.REMIND: ("催办", "reminder"),
    CaseStep.EXTEND: ("延期", "extension"), CaseStep.RETEST: ("复测", "retest"), CaseStep.DISPUTE: ("申诉", "dispute"),
    CaseStep.DECIDE: ("申诉决定", "decision on a dispute"), CaseStep.CLOSE: ("销号", "closing"), CaseStep.TRANSFER: ("移送", "referral"),
})  # fmt: skip
STATE_NAMES: Mapping[CaseState, str] = Words({
    CaseState.NOTIFIED: ("已通报，未读", "notice given, not read yet"), CaseState.READ: ("整改中", "under repair"),
    CaseState.DISPUTED: ("申诉中", "disputed"), CaseState.TRANSFERRED: ("已移送", "referred to an authority"),
    CaseState.CLOSED: ("已销号", "closed"),
})  # fmt: skip
PARTY_NAMES: Mapping[Party, str] = Words({
    Party.FEDERATION: ("残联", "Disabled Persons’ Federation"), Party.OPERATOR: ("运行单位", "operator"),
    Party.OWNER: ("主办单位", "owner"), Party.REVIEWER: ("复核人员", "reviewer"), Party.SERVICE: ("本服务", "this service"),
})  # fmt: skip
ENDING_NAMES: Mapping[Ending, str] = Words({
    Ending.REPAIRED: ("障碍已消除", "barriers gone"), Ending.WITHDRAWN: ("申诉成立，已撤销", "dispute upheld, withdrawn"),
    Ending.ANSWERED: ("已答复", "answered"),
})  # fmt: skip


class NotAllowed(Exception):
    """It cannot be done in this case now; the text is a sentence that says why, in the language that is told."""


def opened(id: str, site: str, event: CaseEvent, timezone: str) -> Case:
    """The case that an OPEN event makes. NotAllowed where the event says too little."""
    _who(event)
    if not event.groups and not event.complaint.strip():
        told = "A notice has to name the groups of barriers or, where a complaint gave rise to it, what the complaint says."
        raise NotAllowed(say("通报要写明是哪几组障碍；由投诉引起的，要写明投诉的内容。", told))
    if len(set(event.groups)) < len(event.groups):
        raise NotAllowed(say("同一组障碍写了两次。", "A group of barriers is named twice."))
    day = day_of(event, timezone)
    return Case(
        id=id, site=site, state=CaseState.NOTIFIED, events=(event,), complaint=event.complaint, groups=event.groups, opened=day,
        deadline=day + timedelta(days=_days(event)),
    )  # fmt: skip


def taken(case: Case, event: CaseEvent, timezone: str) -> Case:
    """The case after one more event. NotAllowed where the state, the role or the facts forbid it.

    An event that seems to be a little earlier than the last one is entered at the same moment: the clock was put right in between.
    """
    after = TRANSITIONS.get((case.state, event.step))
    if after is None:
        state, step = STATE_NAMES[case.state], STEP_NAMES[event.step]
        raise NotAllowed(say(f"案件 {case.id} {state}，不能{step}。", f"Case {case.id} is in the state “{state}”, which allows no {step}."))
    _who(event)
    last = case.events[-1].at
    if event.at < last - PUT_RIGHT:
        told = f"{last.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"
        raise NotAllowed(say(
            f"案件 {case.id} 已有更晚的记录（{told}），时间不能倒退。本机的时钟可能被调回过，请核对。",
            f"Case {case.id} has a later entry already ({told}), and time does not run backwards. The clock of this machine may have been "
            "set back; please check it.",
        ))  # fmt: skip
    event = replace(event, at=max(event.at, last))
    changed = _EFFECTS[event.step](case, event, day_of(event, timezone))
    return replace(changed, state=after, events=(*case.events, event))


def case_of(id: str, site: str, events: Iterable[CaseEvent], timezone: str) -> Case:
    """The case that a sequence of events makes. NotAllowed where they cannot have happened."""
    first, *rest = events
    case = opened(id, site, first, timezone)
    for event in rest:
        case = taken(case, event, timezone)
    return case


def day_of(event: CaseEvent, timezone: str) -> date:
    """The day of an event where the case is dealt with."""
    return event.at.astimezone(ZoneInfo(timezone)).date()


def retest(case: Case, issues: Iterable[Issue], *, round: str, timezone: str, at: CaseEvent) -> CaseEvent:
    """What the issues of the site, as a round left them, say of the case; `at` is the bare event, with who and when.

    A group is repaired when every place of it is closed by evidence, by the day of the last (a night belongs to the day before it: what is
    found repaired at two in the morning was repaired by then); it is gone when all of it went with its page
    or rule; it could not be looked at where a place was not observed, or nothing is known of it any more. Else it stands.
    """
    asked = next(event.issues for event in case.events if event.step is CaseStep.OPEN)
    belonging = {name: group for group, names in asked.items() for name in names}
    found: dict[str, list[Issue]] = {group: [] for group in case.groups if group not in case.withdrawn}
    for issue in issues:
        group = belonging.get(issue.id, issue.group)
        if group in found:
            found[group].append(issue)
    repaired, gone, unseen = {}, [], []
    for group, places in found.items():
        stand = [one for one in places if one.state in STANDING]
        fixed = [one for one in places if one.state is IssueState.FIXED]
        if not places or (stand and all(one.state is IssueState.NOT_OBSERVED for one in stand)):
            unseen.append(group)
        elif stand:
            continue
        elif fixed:
            repaired[group] = (max(one.changed for one in fixed) - HALF_A_DAY).astimezone(ZoneInfo(timezone)).date()
        else:
            gone.append(group)
    return replace(at, step=CaseStep.RETEST, round=round, repaired=repaired, gone=tuple(gone), unseen=tuple(unseen))


# ---------------------------------------------------------------------------------------------- what each event does


def _read(case: Case, event: CaseEvent, day: date) -> Case:
    return replace(case, read=day)


def _remind(case: Case, event: CaseEvent, day: date) -> Case:
    return case


def _extend(case: Case, event: CaseEvent, day: date) -> Case:
    return replace(case, deadline=max(case.deadline, day) + timedelta(days=_days(event)))


def _retest(case: Case, event: CaseEvent, day: date) -> Case:
    if not event.round:
        raise NotAllowed(say("复测要依据一次检测的结果。", "A retest has to rest on the results of an audit."))
    told = {*event.repaired, *event.gone, *event.unseen}
    if not told <= set(case.groups) - set(case.withdrawn) or len(told) < len(event.repaired) + len(event.gone) + len(event.unseen):
        told_of = "The result of the retest is about barriers that are not in this case."
        raise NotAllowed(say("复测的结果说的不是这个案件里的障碍。", told_of))
    return replace(case, repaired=event.repaired, gone=event.gone, unseen=event.unseen, retested=day)


def _dispute(case: Case, event: CaseEvent, day: date) -> Case:
    open_ones = [group for group in case.groups if group not in case.withdrawn]
    about = event.groups or tuple(open_ones)
    if not set(about) <= set(open_ones):
        told = "The barriers in dispute are not in this case, or are withdrawn already."
        raise NotAllowed(say("申诉的障碍不在这个案件里，或者已经撤销。", told))
    return replace(case, disputed=about, read=case.read or day)


def _decide(case: Case, event: CaseEvent, day: date) -> Case:
    """The days that the dispute took do not count against the deadline."""
    if event.upheld is None:
        raise NotAllowed(say("申诉决定要写明成立还是不成立。", "The decision has to say whether the dispute is upheld."))
    since = next(one.at for one in reversed(case.events) if one.step is CaseStep.DISPUTE)
    gone = case.disputed if event.upheld else ()
    return replace(
        case, disputed=(), withdrawn=(*case.withdrawn, *gone), deadline=case.deadline + timedelta(days=max(0, (event.at - since).days)),
        repaired={group: when for group, when in case.repaired.items() if group not in gone},
        gone=tuple(group for group in case.gone if group not in gone), unseen=tuple(group for group in case.unseen if group not in gone),
    )  # fmt: skip


def _close(case: Case, event: CaseEvent, day: date) -> Case:
    if case.standing:
        raise NotAllowed(_still_standing(case))
    if event.satisfied is not None and not case.complaint:
        raise NotAllowed(say("只有投诉才有满意不满意。", "Only a complaint can be answered to somebody’s satisfaction."))
    return replace(case, ending=ending_of(case), closed=day)


def _transfer(case: Case, event: CaseEvent, day: date) -> Case:
    if not event.to.strip():
        raise NotAllowed(say("移送要写明移送给哪个机关。", "A referral has to name the authority."))
    if day <= case.deadline:
        until = case.deadline.isoformat()
        raise NotAllowed(say(
            f"案件 {case.id} 的期限到 {until} 为止，期满还没有整改的才能移送。",
            f"Case {case.id} has until {until}; it can be referred only if it is not repaired by then.",
        ))  # fmt: skip
    return case


_EFFECTS: Mapping[CaseStep, Callable[[Case, CaseEvent, date], Case]] = {
    CaseStep.READ: _read, CaseStep.REMIND: _remind, CaseStep.EXTEND: _extend, CaseStep.RETEST: _retest, CaseStep.DISPUTE: _dispute,
    CaseStep.DECIDE: _decide, CaseStep.CLOSE: _close, CaseStep.TRANSFER: _transfer,
}  # fmt: skip


def ending_of(case: Case) -> Ending:
    """How the case ends, if it ends now."""
    if case.repaired or case.gone:
        return Ending.REPAIRED
    return Ending.WITHDRAWN if case.groups else Ending.ANSWERED


def _who(event: CaseEvent) -> None:
    """NotAllowed where the role may not do it, or nobody stands for it."""
    name = STEP_NAMES[event.step]
    if event.party not in ROLES[event.step]:
        may = listed([PARTY_NAMES[party] for party in ROLES[event.step]])
        raise NotAllowed(say(f"{name}只能由{may}来做。", f"This step ({name}) is only for: {may}."))
    if not event.by.strip():
        raise NotAllowed(say("请写明由谁来做。", "Please name who does it."))
    if not event.why.strip() and event.step is not CaseStep.READ:
        raise NotAllowed(say(f"{name}要写明理由。", f"This step ({name}) needs a reason."))


def _days(event: CaseEvent) -> int:
    if event.days is None or not 1 <= event.days <= LONGEST:
        raise NotAllowed(days_needed())
    return event.days


def days_needed() -> str:
    """The sentence about a period that is none."""
    return say(f"期限要写成 1 到 {LONGEST} 之间的天数。", f"Please write the period as a number of days between 1 and {LONGEST}.")


def _still_standing(case: Case) -> str:
    unseen = len(case.unseen)
    chinese = f"，其中 {unseen} 组最近没有能够复查" if unseen else ""
    english = f", {unseen} of which could not be rechecked lately" if unseen else ""
    return say(
        f"案件 {case.id} 还有 {len(case.standing)} 组障碍没有查实修复{chinese}，不能销号；确有异议的，请走申诉。",
        f"Case {case.id} still has {counted(len(case.standing), 'group')} of barriers without proof of repair{english}, and cannot "
        "be closed. Whoever disagrees can dispute it.",
    )
