"""What people do in cases (督办) through the console: the rules decide, the log is told, and those whom it concerns get a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from auditor import cases as rules
from auditor.accounts import Account
from auditor.acting import Refused, words
from auditor.casework import retested, tell
from auditor.language import say, told_in
from auditor.model import Case, CaseEvent, CaseStep, Party
from auditor.service import Service
from auditor.store import Store, StoreError
from auditor.store_cases import Cases
from auditor.store_log import Act, Actor, LogBook

MOST_GROUPS = 200


def open_case(
    service: Service, account: Account, actor: Actor, *, site: str, groups: Sequence[str], complaint: str, days: str, why: str
) -> Case:
    """Open a case about groups of barriers of a site, or about what somebody complained of. Refused with what is missing."""
    event = opening(account, groups, complaint=complaint, days=days, why=why)
    with service.write() as store, store.writing():
        return opened(service, store, actor, site, groups, event)


def opening(account: Account, groups: Sequence[str], *, complaint: str, days: str, why: str) -> CaseEvent:
    """The first step of a case. Refused with what is missing."""
    errors: dict[str, str] = {}
    event = CaseEvent(
        at=datetime.now(UTC), step=CaseStep.OPEN, by=account.title, party=Party(account.role.value), why=words(why, errors),
        complaint=words(complaint, errors, "complaint", needed=False), days=_days("days", days, errors),
    )  # fmt: skip
    if not groups and not event.complaint:
        told = "Please choose at least one group of barriers, or enter what the complaint says."
        errors["group"] = say("请至少选择一组障碍，或者写明投诉的内容。", told)
    if len(groups) > MOST_GROUPS:
        errors["group"] = say(f"一个案件最多 {MOST_GROUPS} 组障碍。", f"A case can hold {MOST_GROUPS} groups of barriers at most.")
    if errors:
        raise Refused(errors)
    return event


def opened(service: Service, store: Store, actor: Actor, site: str, groups: Sequence[str], event: CaseEvent) -> Case:
    """Enter a case that begins with `event` (`opening`), inside a transaction of the caller. Refused where nothing of a group stands."""
    whole = _standing(store, site, groups)
    try:
        made = Cases(store, service.watch.timezone).open(site, replace(event, groups=tuple(whole), issues=whole))
    except rules.NotAllowed as error:
        raise Refused({"": str(error)}) from None
    tell(service.watch, store, made, CaseStep.OPEN, event.at)
    LogBook(store).record(actor, Act.CASE_OPENED, f"{made.id} {site}", f"至 {made.deadline.isoformat()}：{event.why}")
    return made


def act(
    service: Service, account: Account, actor: Actor, case: Case, step: CaseStep, said: Mapping[str, str], groups: Sequence[str]
) -> Case:  # fmt: skip
    """Do one step in a case. `said`: why, days, to, upheld, satisfied, as far as the step has them; `groups`: that are disputed.

    Refused: field -> what to mend; StoreError where there is no such case.
    """
    errors: dict[str, str] = {}
    answers = {"yes": True, "no": False}
    authority = say("请写明移送给哪个机关。", "Please enter the authority that the case is referred to.")
    event = CaseEvent(
        at=datetime.now(UTC), step=step, by=account.title, party=Party(account.role.value),
        why=words(said.get("why", ""), errors, needed=step is not CaseStep.READ),
        days=_days("days", said.get("days", ""), errors) if step is CaseStep.EXTEND else None,
        to=words(said.get("to", ""), errors, "to", authority) if step is CaseStep.TRANSFER else "",
        groups=tuple(dict.fromkeys(groups)) if step is CaseStep.DISPUTE else (),
        upheld=answers.get(said.get("upheld", "")) if step is CaseStep.DECIDE else None,
        satisfied=answers.get(said.get("satisfied", "")) if step is CaseStep.CLOSE else None,
    )  # fmt: skip
    if step is CaseStep.DECIDE and event.upheld is None:
        errors["upheld"] = say("请选择成立还是不成立。", "Please choose whether the dispute is upheld.")
    if errors:
        raise Refused(errors)
    with service.write() as store, store.writing():
        try:
            if step is CaseStep.RETEST:
                after = retested(service.watch, store, case.id, event)
            else:
                after = Cases(store, service.watch.timezone).act(case.id, event)
        except (rules.NotAllowed, StoreError) as error:
            raise Refused({"": str(error)}) from None
        tell(service.watch, store, after, step, event.at)
        with told_in("zh"):
            name = rules.STEP_NAMES[step]
        LogBook(store).record(actor, Act.CASE_STEP, f"{case.id} {case.site}", f"{name}：{event.why}"[:1200])
    return after


def _standing(store: Store, site: str, groups: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Groups -> the ids of their issues that stand. Refused where nothing of one stands."""
    issues = store.issues(site, standing=True)
    found = {group: tuple(one.id for one in issues if one.group == group) for group in dict.fromkeys(groups)}
    if any(not ids for ids in found.values()):
        told = "Some of these barriers are gone already or belong to another site. Please choose again."
        raise Refused({"group": say("其中有障碍已经消除，或者不属于这个网站，请重新选择。", told)})
    return found


def _days(field: str, told: str, errors: dict[str, str]) -> int | None:
    told = told.strip()
    if not (told.isascii() and told.isdigit() and 1 <= int(told[:6]) <= rules.LONGEST):
        errors[field] = rules.days_needed()
        return None
    return int(told)
