"""The sites that a visitor may see, one site with its barriers, one group of them with pictures, history and the form to decide."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response

from auditor import acting
from auditor.accounts import Right
from auditor.audit import may_visit
from auditor.language import say
from auditor.model import History, Issue, SiteHistory, Verdict
from auditor.retests import MOST_PAGES
from auditor.web.downloads import DOWNLOADS
from auditor.web.guard import Confirming, Judging, Looking, Retesting, Visitor
from auditor.web.report import shown
from auditor.web.showing import back, show
from reports import words
from reports.cards import Cards
from reports.grouping import Group, board
from reports.runs import newest, state_word, why_not_judged

router = APIRouter(prefix="/sites", include_in_schema=False)
READ = ["GET", "HEAD"]
LISTED = 200
"""Groups and places on one page; the report has all of them."""


@router.api_route("", methods=READ)
def all_sites(visitor: Looking, q: str = "") -> Response:
    """The list, or what of it holds some words."""
    with visitor.service.read() as store:
        runs = store.newest_runs()
    rows = [(target, runs.get(target.site.id), may_visit(target, visitor.service.watch.network)) for target in visitor.targets(q)]
    return show(visitor, "sites.html", say("网站", "Sites"), rows=rows, q=q[:100], total=len(visitor.targets()))


@router.api_route("/{site}", methods=READ)
def one_site(visitor: Looking, site: str, done: str = "") -> Response:
    """What there is to do on a site."""
    return _site(visitor, site, done=done)


@router.post("/{site}/confirm")
def confirm(visitor: Confirming, site: str) -> Response:
    """Say that the site may be visited."""
    visitor.target(site)
    try:
        acting.confirm(visitor.service, visitor.actor, visitor.account.title, site, visitor.said("basis"))
    except acting.Refused as refused:
        return _site(visitor, site, errors=dict(refused.errors))
    return back(f"/sites/{site}", "confirmed")


@router.api_route("/{site}/groups/{group}", methods=READ)
def one_group(visitor: Looking, site: str, group: str, done: str = "") -> Response:
    """A group of barriers: pictures, places, history, decisions."""
    return _group(visitor, site, group, done=done)


@router.post("/{site}/groups/{group}/decide")
def decide(visitor: Judging, site: str, group: str) -> Response:
    """Keep a decision on it."""
    visitor.target(site)
    try:
        acting.decide(
            visitor.service, visitor.account, visitor.actor, site=site, group=group, verdict=visitor.said("verdict"),
            why=visitor.said("why"), until=visitor.said("until"), allowed=verdicts(visitor),
        )  # fmt: skip
    except acting.Refused as refused:
        return _group(visitor, site, group, errors=dict(refused.errors))
    return back("/desk" if visitor.said("back") == "desk" else f"/sites/{site}/groups/{group}", "decided")


@router.post("/{site}/groups/{group}/retest")
def retest(visitor: Retesting, site: str, group: str) -> Response:
    """Have its pages looked at again."""
    visitor.target(site)
    try:
        acting.retest(visitor.service, visitor.actor, site, group)
    except acting.Refused as refused:
        return _group(visitor, site, group, errors=dict(refused.errors))
    return back(f"/sites/{site}/groups/{group}", "retest")


@router.api_route("/{site}/pictures/{digest}.webp", methods=READ)
def picture(visitor: Looking, site: str, digest: str) -> Response:
    """A picture that belongs to this very site."""
    visitor.target(site)
    with visitor.service.read() as store:
        if not store.shown(site, digest):
            raise HTTPException(404)
    return shown(visitor.service, digest)


def verdicts(visitor: Visitor) -> tuple[Verdict, ...]:
    """What this visitor may decide."""
    return (*(acting.JUDGING if visitor.may(Right.JUDGE) else ()), *(acting.SETTING_ASIDE if visitor.may(Right.SET_ASIDE) else ()))


def _told(visitor: Visitor, site: str) -> tuple[History, SiteHistory]:
    history = visitor.history(site)
    return history, history.sites[0]


def _site(visitor: Visitor, site: str, *, done: str = "", errors: dict[str, str] | None = None) -> Response:
    history, told = _told(visitor, site)
    target = told.target
    standing, cards = board(told, history.rules, history.now, history.timezone), Cards(history, told)
    run = newest(told)
    return show(
        visitor, "site_page.html", target.site.name, status=422 if errors else 200, done=done, errors=errors or {}, target=target, run=run,
        state=state_word(told), why=why_not_judged(told), runs=told.runs[:14], board=standing, cards=cards, listed=LISTED,
        visitable=may_visit(target, visitor.service.watch.network), basis=visitor.said("basis"),
        legal=words.legal_basis(target.site.legal_basis), downloads=DOWNLOADS,
    )  # fmt: skip


def _group(visitor: Visitor, site: str, group: str, *, done: str = "", errors: dict[str, str] | None = None) -> Response:
    history, told = _told(visitor, site)
    standing, cards = board(told, history.rules, history.now, history.timezone), Cards(history, told)
    groups = [
        one for one in (*standing.to_fix, *standing.to_judge, *standing.decided, *standing.documents, *standing.fixed) if group in _ids(one)
    ]
    with visitor.service.read() as store:
        places = store.group(site, group)
    if not places:
        raise HTTPException(404)
    rule = history.rules.get(places[0].rule)
    title = cards.heading(groups[0]) if groups else say(rule.title, rule.title_en) if rule else places[0].rule
    return show(
        visitor, "group.html", title, status=422 if errors else 200, done=done, errors=errors or {}, target=told.target,
        group=group, retest=visitor.service.retests.get((site, group)), most=MOST_PAGES,
        undecided=any(one.undecided for one in groups), cards=[cards.card(one) for one in groups],
        places=[(issue, _stretches(issue, history)) for issue in places[:LISTED]], more=len(places) - LISTED,
        decisions=[one for one in reversed(told.decisions) if one.group == group], allowed=verdicts(visitor),
        today=visitor.service.today(), said=visitor.said,
    )  # fmt: skip


def _ids(group: Group) -> set[str]:
    """What of documents is drawn together keeps the ids of each."""
    return {issue.group for issue in group.issues}


def _stretches(issue: Issue, history: History) -> str:
    """Between which days a barrier was there."""
    begun = {one.id: words.day(one.started, history.timezone) for one in (*history.rounds, *history.retests)}
    told = []
    for span in issue.spans:
        first, last = begun.get(span.first, span.first), begun.get(span.last, span.last) if span.last else ""
        told.append(say(f"{first} 起", f"from {first}") + (say(f"，{last} 已不在", f", gone by {last}") if last else ""))
    return say("；", "; ").join(told)
