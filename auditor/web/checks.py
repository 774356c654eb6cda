"""Checks by hand: a sample of a site's pages criterion by criterion, and checklists of what no crawler reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Response

from auditor import acting_checks
from auditor.acting import Refused
from auditor.addresses import canonical
from auditor.hand_checks import WCAG, HandCheck, Held, checklists, evaluation, latest, sample
from auditor.language import Words, capital, say
from auditor.model import STANDING, Covered, History, Issue, SiteHistory, Variant
from auditor.sampling import period_of
from auditor.store_hand_checks import HandChecks
from auditor.web.guard import Checking, Judging, Looking, Visitor
from auditor.web.report import shown
from auditor.web.showing import back, show
from checks.coverage import coverage
from checks.criteria import address
from reports.cards import Cards
from reports.grouping import board
from reports.runs import newest

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
HELD: Mapping[Held, str] = Words({
    Held.YES: ("满足", "met"), Held.NO: ("不满足", "not met"), Held.ABSENT: ("不适用", "does not apply"),
    Held.UNSURE: ("不能确定", "not sure"),
})  # fmt: skip
ABOUT: Mapping[Held, str] = Words({
    Held.ABSENT: ("没有这一条所说的内容。", "There is nothing of the kind."),
    Held.UNSURE: (
        "看过了，但无法判断；不计入核查完的。", "It was looked at and cannot be told; it does not count among what is checked."
    ),
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a reviewer works with on one site."""

    history: History
    told: SiteHistory
    pages: tuple[str, ...]
    checks: tuple[HandCheck, ...]
    covered: tuple[Covered, ...]


@router.api_route("/sites/{site}/evaluation", methods=READ)
def overview(visitor: Looking, site: str, done: str = "") -> Response:
    """Both numbers, the sample, and each criterion as the program and as people found it."""
    desk = _desk(visitor, site)
    found = latest(one for one in desk.checks if one.list == WCAG)
    numbers = {one.criterion.number for one in desk.covered}
    done_of = {page: sum((page, number) in found for number in numbers) for page in desk.pages}
    titles = {one.url: one.title for one in desk.told.coverage if one.variant is Variant.DESKTOP}
    name = desk.told.target.site.name
    bad = [one for one in found.values() if one.held is Held.NO and one.subject in desk.pages]
    title = say(f"{name}：人工核查", f"{name}: checks by hand")
    return show(
        visitor, "evaluation.html", title, done=done, target=desk.told.target, run=newest(desk.told),
        both=evaluation(desk.covered, desk.pages, desk.checks, desk.told.issues), sample=done_of, titles=titles, bad=bad,
        total=len(desk.covered), quote=quote, following={page: _following(desk, page) for page in desk.pages},
    )  # fmt: skip


@router.api_route("/sites/{site}/evaluation/check", methods=READ)
def one_criterion(visitor: Judging, site: str, page: str, criterion: str, done: str = "") -> Response:
    """The form for one criterion on one page."""
    return _form(visitor, _desk(visitor, site), page, criterion, done=done)


@router.post("/sites/{site}/evaluation/check")
def check(visitor: Checking, site: str) -> Response:
    """Keep it, and go on with the next criterion that nobody has checked on that page."""
    desk, page, criterion = _desk(visitor, site), visitor.said("page"), visitor.said("criterion")
    _known(desk, page, criterion)
    try:
        made = acting_checks.check_page(
            visitor.service, visitor.account, visitor.actor, site=site, page=page, criterion=criterion, held=visitor.said("held"),
            note=visitor.said("note"), picture=visitor.file("picture")[1],
        )  # fmt: skip
    except Refused as refused:
        return _form(visitor, desk, page, criterion, errors=dict(refused.errors))
    following = _following(replace(desk, checks=(*desk.checks, made)), page)
    where = f"/sites/{site}/evaluation"
    return back(f"{where}/check?page={quote(page, safe='')}&criterion={following}" if following else where, "checked")


@router.api_route("/checks", methods=READ)
def lists(visitor: Judging, done: str = "") -> Response:
    """The checklists, and what was checked by each."""
    with visitor.service.read() as store:
        book = HandChecks(store)
        found = [(one, _things(book.of_list(one.id))) for one in checklists().values()]
    return show(visitor, "checklists.html", say("线下核查", "Checks on the spot"), done=done, lists=found)


@router.api_route("/checks/{name}", methods=READ)
def one_list(visitor: Judging, name: str) -> Response:
    """A checklist to fill in, and the things that were checked by it."""
    return _checklist(visitor, name)


@router.post("/checks/{name}")
def fill_in(visitor: Checking, name: str) -> Response:
    """Keep a filled-in checklist."""
    asked = checklists().get(name)
    if asked is None:
        raise HTTPException(404)
    try:
        acting_checks.check_thing(
            visitor.service, visitor.account, visitor.actor, asked, subject=visitor.said("subject"), day=visitor.said("day"),
            said={item.id: visitor.said(f"item-{item.id}") for item in asked.items}, note=visitor.said("note"),
            picture=visitor.file("picture")[1],
        )  # fmt: skip
    except Refused as refused:
        return _checklist(visitor, name, dict(refused.errors))
    return back("/checks", "checked")


@router.api_route("/checks/pictures/{digest}.webp", methods=READ)
def picture(visitor: Judging, digest: str) -> Response:
    """A picture that belongs to a filled-in checklist."""
    with visitor.service.read() as store:
        if not HandChecks(store).shown(digest):
            raise HTTPException(404)
    return shown(visitor.service, digest)


def _desk(visitor: Visitor, site: str) -> Desk:
    history = visitor.history(site)
    told = history.sites[0]
    with visitor.service.read() as store:
        checks = HandChecks(store).of_site(site)
    start = canonical(told.target.site.url) or told.target.site.url
    period = period_of(history.now.astimezone(ZoneInfo(history.timezone)).date())
    pages = sample(start, told.coverage, checks, seed=f"{site} {period}")
    return Desk(history=history, told=told, pages=pages, checks=checks, covered=coverage())


def _known(desk: Desk, page: str, criterion: str) -> Covered:
    found = next((one for one in desk.covered if one.criterion.number == criterion), None)
    if page not in desk.pages or found is None:
        raise HTTPException(404)
    return found


def _following(desk: Desk, page: str) -> str:
    """The first criterion that nobody has checked on a page; "" where all are."""
    found = latest(one for one in desk.checks if one.list == WCAG)
    return next((one.criterion.number for one in desk.covered if (page, one.criterion.number) not in found), "")


def _form(
    visitor: Visitor, desk: Desk, page: str, criterion: str, *, errors: dict[str, str] | None = None, done: str = ""
) -> Response:  # fmt: skip
    covered, history = _known(desk, page, criterion), desk.history
    standing, cards = board(desk.told, history.rules, history.now, history.timezone), Cards(history, desk.told)
    groups = [
        (one, cards.heading(one)) for one in (*standing.to_fix, *standing.to_judge)
        if any(_here(issue, page, criterion) for issue in one.issues)
    ]  # fmt: skip
    earlier = [one for one in reversed(desk.checks) if (one.list, one.subject, one.item) == (WCAG, page, criterion)]
    title = f"{criterion} {say(covered.criterion.name_zh, covered.criterion.name_en)}"
    return show(
        visitor, "evaluation_check.html", title, status=422 if errors else 200, errors=errors or {},
        done=done, target=desk.told.target, page=page, covered=covered, groups=groups, earlier=earlier, choices=_choices(), words=HELD,
        said=visitor.said, link=address(criterion),
    )  # fmt: skip


def _here(issue: Issue, page: str, criterion: str) -> bool:
    return issue.page == page and criterion in issue.criteria and issue.state in STANDING


def _things(checks: Sequence[HandCheck]) -> list[tuple[str, list[HandCheck]]]:
    """What was checked, newest first, each with the findings that count."""
    things: dict[str, list[HandCheck]] = {}
    for one in latest(checks).values():
        things.setdefault(one.subject, []).append(one)
    return sorted(things.items(), key=lambda thing: max(one.made for one in thing[1]), reverse=True)


def _checklist(visitor: Visitor, name: str, errors: dict[str, str] | None = None) -> Response:
    asked = checklists().get(name)
    if asked is None:
        raise HTTPException(404)
    with visitor.service.read() as store:
        things = _things(HandChecks(store).of_list(name))
    return show(
        visitor, "checklist.html", asked.name_told, status=422 if errors else 200, errors=errors or {}, asked=asked, things=things,
        texts={item.id: item.told for item in asked.items}, choices=_choices(), words=HELD, said=visitor.said,
        day=visitor.said("day") or visitor.service.today().isoformat(),
    )  # fmt: skip


def _choices() -> list[tuple[str, str, str]]:
    """What can be found, with hints (`choice` in forms.html)."""
    return [(held.value, capital(word), ABOUT.get(held, "")) for held, word in HELD.items()]
