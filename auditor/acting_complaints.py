"""What people do with complaints of the public: take one in, say what it is about, answer it, open a case from it, close it."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor import acting_cases
from auditor.accounts import Account
from auditor.acting import Refused, words
from auditor.complaints import Complaint, ComplaintEvent, ComplaintStep, Told, unfit
from auditor.language import counted, say
from auditor.model import Case
from auditor.service import Service
from auditor.store_complaints import Complaints
from auditor.store_lock import StoreError
from auditor.store_log import Act, Actor, LogBook

PUBLIC = Actor(name="公众", role="nobody")
"""How the log, which is never shortened, names whoever complains: without an address."""


def take_in(service: Service, address: str, told: Told, trap: str) -> str:
    """Enter what somebody tells; the receipt number, which is kept nowhere. Refused with what does not fit, or how long to wait."""
    now = datetime.now(UTC)
    errors = unfit(told, {target.site.id for target in service.watch.targets}, trap)
    if errors:
        raise Refused(errors)
    with service.write() as store:
        complaints = Complaints(store)
        pause = complaints.pause(address, now)
        if pause:
            raise Refused({"": slow_down(pause.total_seconds())})
        with store.writing():
            receipt = complaints.add(told, now)
            LogBook(store).record(PUBLIC, Act.COMPLAINT_RECEIVED, told.site)
    return receipt


def look_up(service: Service, address: str, receipt: str) -> Complaint:
    """The complaint of a receipt number. Refused where there is none, or somebody tries too many."""
    with service.write() as store:
        pause = Complaints(store).pause(address, datetime.now(UTC), looking=True)
        found = None if pause else Complaints(store).by_receipt(receipt)
    if pause:
        raise Refused({"": slow_down(pause.total_seconds())})
    if found is None:
        raise Refused({"receipt": say("没有这个回执号，请核对后再查。", "There is no such receipt number; please check it.")})
    return found


def slow_down(seconds: float) -> str:
    """The sentence for who has to wait."""
    minutes = max(1, round(seconds / 60))
    return say(
        f"现在提交和查询的太多，请 {minutes} 分钟后再试；着急的，请打残联的电话。",
        f"Too much is being sent in just now. Please try again in {counted(minutes, 'minute')}; "
        "if it cannot wait, telephone the Disabled Persons’ Federation.",
    )


def link(service: Service, account: Account, actor: Actor, number: int, site: str, group: str) -> None:
    """Say which site, and perhaps which barrier, a complaint is about."""
    if service.target(site) is None:
        raise Refused({"site": say("请从列表中选择网站。", "Choose a site from the list.")})
    with service.write() as store, store.writing():
        one = _open(Complaints(store), number)
        if one.case:
            raise Refused({"": say("已经立案的投诉不能改到别的网站。", "A complaint that became a case stays with its site.")})
        if group and not store.group(site, group):
            raise Refused({"group": say("这个网站没有这一组障碍。", "The site has no such group of barriers.")})
        _step(Complaints(store), account, number, ComplaintStep.LINKED, f"{site} {group[:8]}".strip(), site=site, group=group)
        LogBook(store).record(actor, Act.COMPLAINT_STEP, str(number), f"关联 {site} {group[:8]}".strip())


def answer(service: Service, account: Account, actor: Actor, number: int, told: str) -> None:
    """Answer a complaint: whoever has the receipt number reads it."""
    errors: dict[str, str] = {}
    told = words(told, errors, "answer", say("请写明答复。", "Write the answer."))
    if errors:
        raise Refused(errors)
    with service.write() as store, store.writing():
        _open(Complaints(store), number)
        _step(Complaints(store), account, number, ComplaintStep.ANSWERED, told)
        LogBook(store).record(actor, Act.COMPLAINT_STEP, str(number), "答复")


def close(service: Service, account: Account, actor: Actor, number: int, why: str) -> None:
    """Close a complaint that has been answered. From then on its contact is kept for a while only."""
    errors: dict[str, str] = {}
    why = words(why, errors, "why", say("请写明怎样办结。", "Say how it was settled."))
    if errors:
        raise Refused(errors)
    with service.write() as store, store.writing():
        one = _open(Complaints(store), number)
        if not one.answer:
            raise Refused({"why": say("先答复，再办结。", "Answer it before you close it.")})
        _step(Complaints(store), account, number, ComplaintStep.CLOSED, why)
        LogBook(store).record(actor, Act.COMPLAINT_STEP, str(number), "办结")


def open_case(service: Service, account: Account, actor: Actor, number: int, *, complaint: str, days: str, why: str) -> Case:
    """Open a case (督办) about what a complaint tells; `complaint`: its words without who said them, which the owner will read.

    One transaction: whoever sends the form twice opens one case, and what a colleague closes meanwhile stays closed.
    """
    with service.write() as store, store.writing():
        one = _open(Complaints(store), number)
        if one.case:
            raise Refused({"": say(f"已经立案：{one.case}。", f"There is a case already: {one.case}.")})
        if not one.told.site or service.target(one.told.site) is None:
            raise Refused({"": say("先关联网站，再立案。", "Say which site it is about before you open a case.")})
        if not complaint.strip():
            raise Refused({"complaint": say("请写明投诉的内容。", "Say what the complaint is about.")})
        groups = [one.group] if one.group else []
        event = acting_cases.opening(account, groups, complaint=complaint, days=days, why=why)
        made = acting_cases.opened(service, store, actor, one.told.site, groups, event)
        _step(Complaints(store), account, number, ComplaintStep.CASE, made.id)
        LogBook(store).record(actor, Act.COMPLAINT_STEP, str(number), f"立案 {made.id}")
    return made


def _open(complaints: Complaints, number: int) -> Complaint:
    """A complaint on which something can still be done."""
    try:
        one = complaints.get(number)
    except StoreError as error:
        raise Refused({"": str(error)}) from None
    if one.closed:
        raise Refused({"": say("这件投诉已经办结。", "This complaint is closed.")})
    return one


def _step(
    complaints: Complaints, account: Account, number: int, step: ComplaintStep, told: str, *,
    site: str | None = None, group: str | None = None,
) -> None:  # fmt: skip
    event = ComplaintEvent(at=datetime.now(UTC), step=step, who=account.title, words=told)
    complaints.step(number, event, site=site, group=group)
