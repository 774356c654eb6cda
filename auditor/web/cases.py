"""Cases (督办案件): which there are and what waits in them, one case with all that was done, and the forms for what comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from fastapi import APIRouter, Depends, HTTPException, Response

from auditor import acting, acting_cases
from auditor import cases as rules
from auditor.accounts import right_of
from auditor.casework import letter, to_do
from auditor.language import Words, counted, say
from auditor.model import Case, CaseState, CaseStep
from auditor.store import StoreError
from auditor.store_cases import Cases
from auditor.web.guard import Guard, Looking, OpeningCases, Visitor
from auditor.web.showing import attached, back, beside, show
from reports import words
from reports.cards import Cards
from reports.grouping import Group, board

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OFFERED = 100
"""Groups that can be chosen for one case, the most urgent first."""

ABOUT: Mapping[CaseStep, str] = Words({
    CaseStep.READ: (
        "主办单位收到通报后确认；收到纸质回执的，由残联或者运行单位代为记录。",
        "The owner confirms the notice; a receipt that comes on paper is entered by the federation or the operator.",
    ),
    CaseStep.REMIND: ("再次提醒主办单位。", "The owner is reminded."),
    CaseStep.EXTEND: (
        "在原来的期限之后增加天数；已经过期的，从今天算起。", "Days are added to the deadline, or to today where the deadline is past."
    ),
    CaseStep.RETEST: (
        "按最近一次检测的结果，看障碍是否消除。", "By the results of the latest audit it is seen whether the barriers are gone."
    ),
    CaseStep.DISPUTE: (
        "对通报有异议的，写明理由，由残联决定；申诉所用的天数不计入期限。",
        "Whoever disagrees with the notice gives a reason, and the federation decides; the days that takes do not count.",
    ),
    CaseStep.DECIDE: (
        "成立的，有关障碍从案件中撤销；不成立的，继续整改。",
        "Where it is upheld, the barriers in dispute are withdrawn from the case; where not, they have to be repaired.",
    ),
    CaseStep.CLOSE: (
        "障碍都已消除、申诉成立或者投诉已经答复的，结案。",
        "The case is closed once all barriers are gone, the dispute is upheld or the complaint is answered.",
    ),
    CaseStep.TRANSFER: (
        "期满没有整改的，移送有权处理的机关。",
        "What is not repaired by the deadline is referred to the authority that can deal with it.",
    ),
})  # fmt: skip


@router.api_route("/cases", methods=READ)
def all_cases(visitor: Looking, state: str = "open", site: str = "") -> Response:
    """The cases of the sites that the visitor may see; those that are closed only when asked for."""
    service = visitor.service
    with service.read() as store:
        found = [one for one in Cases(store, service.watch.timezone).all(site or None) if visitor.sees(one.site)]
    due = to_do(found, service.watch.timezone, datetime.now(UTC))
    chosen = [one for one in found if state == "all" or one.state is not CaseState.CLOSED]
    names = {target.site.id: target.site.name for target in service.watch.targets}
    title = say("督办案件", "Cases")
    return show(
        visitor, "cases.html", title, cases=sorted(chosen, key=lambda one: one.deadline), due=due, names=names, state=state,
        closed=sum(one.state is CaseState.CLOSED for one in found), states=rules.STATE_NAMES,
    )  # fmt: skip


@router.api_route("/sites/{site}/cases/new", methods=READ)
def new_case(visitor: OpeningCases, site: str, group: str = "") -> Response:
    """The form to open a case about a site."""
    return _new(visitor, site, [group] if group else [])


@router.post("/sites/{site}/cases")
def open_case(visitor: OpeningCases, site: str) -> Response:
    """Open it."""
    visitor.target(site)
    try:
        made = acting_cases.open_case(
            visitor.service, visitor.account, visitor.actor, site=site, groups=visitor.all_said("group"),
            complaint=visitor.said("complaint"), days=visitor.said("days"), why=visitor.said("why"),
        )  # fmt: skip
    except acting.Refused as refused:
        return _new(visitor, site, visitor.all_said("group"), dict(refused.errors))
    return back(f"/cases/{made.id}", "opened")


@router.api_route("/cases/{case}", methods=READ)
def one_case(visitor: Looking, case: str, done: str = "") -> Response:
    """One case."""
    return _case(visitor, _seen(visitor, case), done=done)


@router.api_route("/cases/{case}/letter.docx", methods=READ)
def the_letter(visitor: Looking, case: str) -> Response:
    """The draft of the letter (整改通知) to the owner; 404 where there is nothing to write of."""
    found = _seen(visitor, case)
    history = visitor.service.history_of(found.site)
    content = letter(history, found) if history else None
    if content is None:
        raise HTTPException(404)
    return attached(content, DOCX, f"notice-{found.id}.docx")


def _step(step: CaseStep) -> Callable[..., Response]:
    """The handler of one step, with the right that it needs."""

    def act(case: str, visitor: Visitor = Depends(Guard(right_of(step)))) -> Response:  # noqa: B008
        found = _seen(visitor, case)
        said = {name: visitor.said(f"{step.value}-{name}") for name in ("why", "days", "to", "upheld", "satisfied")}
        try:
            groups = visitor.all_said(f"{step.value}-group")
            acting_cases.act(visitor.service, visitor.account, visitor.actor, found, step, said, groups)
        except acting.Refused as refused:
            return _case(visitor, found, errors=beside(refused.errors, step.value))
        return back(f"/cases/{case}", "case")

    return act


for each in ABOUT:
    router.add_api_route(f"/cases/{{case}}/{each.value}", _step(each), methods=["POST"])


def _seen(visitor: Visitor, id: str) -> Case:
    """The case; 404, as if there were none, where the visitor must not see its site."""
    with visitor.service.read() as store:
        try:
            found = Cases(store, visitor.service.watch.timezone).get(id)
        except StoreError:
            raise HTTPException(404) from None
    if not visitor.sees(found.site):
        raise HTTPException(404)
    return found


def _groups(visitor: Visitor, site: str) -> tuple[dict[str, tuple[Group, str]], list[Group]]:
    """Every id of a group -> the group and its heading; and those that stand and are to be repaired."""
    history = visitor.service.history_of(site)
    if history is None or not history.sites:
        return {}, []
    told = history.sites[0]
    standing, cards = board(told, history.rules, history.now, history.timezone), Cards(history, told)
    everything = (*standing.fixed, *standing.decided, *standing.to_judge, *standing.documents, *standing.to_fix)
    known = {id: (one, cards.heading(one)) for one in everything for id in {issue.group for issue in one.issues}}
    return known, [*standing.to_fix, *(one for one in standing.documents if len({issue.group for issue in one.issues}) == 1)]


def offered(visitor: Visitor, site: str) -> list[tuple[Group, str]]:
    """The groups of a site that a case or a complaint may be about, the most urgent first, with their headings."""
    known, to_fix = _groups(visitor, site)
    return [(one, known[one.id][1]) for one in to_fix[:OFFERED]]


def _new(visitor: Visitor, site: str, chosen: list[str], errors: dict[str, str] | None = None) -> Response:
    target = visitor.target(site)
    known, to_fix = _groups(visitor, site)
    offered = [one for one in to_fix if one.id in chosen] + [one for one in to_fix if one.id not in chosen]
    choices = [(one.id, known[one.id][1], _on_pages(one)) for one in offered[:OFFERED]]
    title = say("立案督办", "Open a case")
    return show(
        visitor, "case_new.html", title, status=422 if errors else 200, errors=errors or {}, target=target, choices=choices,
        chosen=chosen, more=len(to_fix) - len(choices), said=visitor.said, days=visitor.said("days") or "30",
    )  # fmt: skip


def _case(visitor: Visitor, case: Case, *, done: str = "", errors: dict[str, str] | None = None) -> Response:
    known, _ = _groups(visitor, case.site)
    target = visitor.service.target(case.site)
    steps = [step for step in ABOUT if (case.state, step) in rules.TRANSITIONS and visitor.may(right_of(step))]
    title = say(f"案件 {case.id}", f"Case {case.id}")
    return show(
        visitor, "case.html", title, status=422 if errors else 200, done=done, errors=errors or {}, case=case, target=target,
        groups=[(id, known[id][1] if id in known else "", _state_of(case, id)) for id in case.groups], steps=steps, about=ABOUT,
        Step=CaseStep, names=rules.STEP_NAMES, states=rules.STATE_NAMES, parties=rules.PARTY_NAMES, endings=rules.ENDING_NAMES,
        said=visitor.said, all_said=visitor.all_said, ending=rules.ending_of(case), letter=bool(case.standing),
    )  # fmt: skip


def _state_of(case: Case, group: str) -> str:
    """How a group of a case stands."""
    if group in case.withdrawn:
        return say("申诉成立，已撤销", "dispute upheld, withdrawn")
    if group in case.repaired:
        day = case.repaired[group]
        return say(f"已消除（{day.isoformat()}）", f"gone ({words.day(day, '')})")
    if group in case.gone:
        return say("所在页面已撤下", "page withdrawn")
    if group in case.unseen:
        return say("最近没有能够复查", "could not be rechecked lately")
    return say("没有查实修复", "no proof of repair")


def _on_pages(group: Group) -> str:
    return say(f"{len(group.pages)} 个页面", counted(len(group.pages), "page"))
