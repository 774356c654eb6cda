"""Complaints (投诉反映): the form and the answer for everybody, without account, script or puzzle; the list and the steps for officers."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Response

from auditor import accounts as rules
from auditor import acting_complaints as acting
from auditor.acting import Refused
from auditor.complaints import CONTACT_AFTER, CONTACT_LONGEST, LONGEST_WHAT, STEP_WORDS, Complaint, Told
from auditor.language import say
from auditor.store_complaints import Complaints
from auditor.store_lock import StoreError
from auditor.web.cases import offered
from auditor.web.guard import DOOR, Answering, Complaining, Visitor, give_key
from auditor.web.showing import back, beside, show

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
LISTED = 300
"""Complaints on one page, the newest."""

TRAP = "homepage"
"""The field that no person sees."""


@router.api_route("/complain", methods=READ)
def form(visitor: Complaining) -> Response:
    """The form; 404 where the service takes no complaints."""
    return _form(visitor)


@router.post("/complain")
def take(visitor: Complaining) -> Response:
    """Take it in. The receipt number is shown by the page that answers, and nowhere else."""
    _taken(visitor)
    told = Told(**{field: visitor.said(field).strip() for field in ("what", "site", "address", "aid", "contact")})
    try:
        receipt = acting.take_in(visitor.service, visitor.address, told, visitor.said(TRAP))
    except Refused as refused:
        return _form(visitor, dict(refused.errors))
    return show(visitor, "complain_taken.html", say("已经收到", "Received"), receipt=receipt, contact=bool(told.contact), kept=_kept())


@router.api_route("/complain/state", methods=READ)
def ask(visitor: Complaining) -> Response:
    """The form to ask what became of a complaint."""
    return _state(visitor)


@router.post("/complain/state")
def state(visitor: Complaining) -> Response:
    """What became of it. The number comes in a form, so that it stands in no history and no log of addresses."""
    _taken(visitor)
    try:
        found = acting.look_up(visitor.service, visitor.address, visitor.said("receipt"))
    except Refused as refused:
        return _state(visitor, errors=dict(refused.errors))
    return _state(visitor, found)


@router.api_route("/complaints", methods=READ)
def everything(visitor: Answering, state: str = "open") -> Response:
    """The complaints; those that are closed only when asked for."""
    with visitor.service.read() as store:
        found = Complaints(store).all()
    chosen = [one for one in found if state == "all" or not one.closed]
    return show(
        visitor, "complaints.html", say("投诉反映", "Complaints"), complaints=chosen[:LISTED],
        more=len(chosen) - LISTED, closed=sum(one.closed for one in found), state=state,
        names=_names(visitor), steps=STEP_WORDS, taking=visitor.service.watch.service.complaints,
    )  # fmt: skip


@router.api_route("/complaints/{complaint}", methods=READ)
def one(visitor: Answering, complaint: int, done: str = "") -> Response:
    """One complaint with what can be done about it."""
    return _one(visitor, complaint, done=done)


@router.post("/complaints/{complaint}/link")
def link(visitor: Answering, complaint: int) -> Response:
    """Say what it is about."""
    return _act(visitor, complaint, "link", lambda: acting.link(
        visitor.service, visitor.account, visitor.actor, complaint, visitor.said("link-site"), visitor.said("link-group")
    ))  # fmt: skip


@router.post("/complaints/{complaint}/answer")
def answer(visitor: Answering, complaint: int) -> Response:
    """Answer it."""
    told = visitor.said("answer-answer")
    return _act(visitor, complaint, "answer", lambda: acting.answer(visitor.service, visitor.account, visitor.actor, complaint, told))


@router.post("/complaints/{complaint}/close")
def close(visitor: Answering, complaint: int) -> Response:
    """Close it."""
    why = visitor.said("close-why")
    return _act(visitor, complaint, "close", lambda: acting.close(visitor.service, visitor.account, visitor.actor, complaint, why))


@router.post("/complaints/{complaint}/case")
def open_case(visitor: Answering, complaint: int) -> Response:
    """Open a case from it."""
    said = {field: visitor.said(f"case-{field}") for field in ("complaint", "days", "why")}
    return _act(visitor, complaint, "case", lambda: acting.open_case(
        visitor.service, visitor.account, visitor.actor, complaint, **said
    ))  # fmt: skip


def _act(visitor: Visitor, number: int, form: str, act: Callable[[], object]) -> Response:
    _found(visitor, number)
    try:
        act()
    except Refused as refused:
        return _one(visitor, number, beside(refused.errors, form))
    return back(f"/complaints/{number}", "complaint")


def _taken(visitor: Visitor) -> None:
    """404 where the service takes no complaints."""
    if not visitor.service.watch.service.complaints:
        raise HTTPException(404)


def _kept() -> str:
    return say(
        f"联系方式与投诉内容分开保存，只有残联和运行管理员能看，只用于答复；办结 {CONTACT_AFTER} 天后删除，最长保存 {CONTACT_LONGEST} 天。",
        f"How to reach you is kept apart from what you tell, is read by the federation and the operator only, serves to answer you, and "
        f"is deleted {CONTACT_AFTER} days after the matter is closed, at the latest after {CONTACT_LONGEST} days.",
    )


def _names(visitor: Visitor) -> dict[str, str]:
    return {target.site.id: target.site.name for target in visitor.service.watch.targets}


def _form(visitor: Visitor, errors: dict[str, str] | None = None) -> Response:
    _taken(visitor)
    key = visitor.key or rules.fresh_key()
    watched = [(target.site.id, target.site.name, "") for target in visitor.service.watch.targets if target.enabled]
    sites = [("", say("其他网站，或者不清楚", "Another site, or not known"), ""), *watched]
    answer = show(
        visitor, "complain.html", say("反映网站障碍", "Report a barrier"), status=422 if errors else 200, errors=errors or {},
        door=rules.form_token(key), sites=sites, said=visitor.said, trap=TRAP, longest=LONGEST_WHAT, kept=_kept(),
    )  # fmt: skip
    return _with_key(visitor, answer, key)


def _state(visitor: Visitor, found: Complaint | None = None, errors: dict[str, str] | None = None) -> Response:
    _taken(visitor)
    key = visitor.key or rules.fresh_key()
    answer = show(
        visitor, "complain_state.html", say("查询办理情况", "What became of it"), status=422 if errors else 200, errors=errors or {},
        door=rules.form_token(key), found=found, steps=STEP_WORDS, receipt=visitor.said("receipt"),
    )  # fmt: skip
    return _with_key(visitor, answer, key)


def _with_key(visitor: Visitor, answer: Response, key: str) -> Response:
    """The cookie without which nobody can send the form for somebody else."""
    if not visitor.key:
        give_key(answer, visitor, key, DOOR)
    return answer


def _found(visitor: Visitor, number: int) -> Complaint:
    with visitor.service.read() as store:
        try:
            return Complaints(store).get(number)
        except StoreError:
            raise HTTPException(404) from None


def _one(visitor: Visitor, number: int, errors: dict[str, str] | None = None, *, done: str = "") -> Response:
    found = _found(visitor, number)
    watched = visitor.service.target(found.told.site) is not None
    groups = [(one.id, heading, "") for one, heading in offered(visitor, found.told.site)] if watched else []
    return show(
        visitor, "complaint.html", say(f"第 {number} 号投诉", f"Complaint {number}"), status=422 if errors else 200, errors=errors or {},
        done=done, one=found, names=_names(visitor), steps=STEP_WORDS, said=visitor.said, watched=watched,
        sites=[(id, name, "") for id, name in _names(visitor).items()],
        groups=[("", say("没有对应的障碍，或者不清楚", "None of these, or not known"), ""), *groups],
    )  # fmt: skip
