"""Merging of sites (网站合并): the form that makes one site a part of another, and the pages on which the history of the one is read."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response

from auditor import acting_merges as acting
from auditor.acting import Refused
from auditor.language import aside, say
from auditor.model import STANDING
from auditor.store_cases import Cases
from auditor.store_merges import Merges
from auditor.web.guard import EditingSites, Visitor, Watching
from auditor.web.showing import back, show
from reports import words

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
NIGHTS = 200
"""Runs told of a merged site."""


@router.api_route("/list/sites/{site}/merge", methods=READ)
def ask(visitor: EditingSites, site: str) -> Response:
    """The form to make a site a part of another."""
    return _form(visitor, site)


@router.post("/list/sites/{site}/merge")
def merge(visitor: EditingSites, site: str) -> Response:
    """Do it."""
    visitor.target(site)
    try:
        acting.merge(
            visitor.service, visitor.actor, visitor.account.title, site, visitor.said("into"), visitor.said("why"),
            sure=visitor.said("sure") == "yes",
        )  # fmt: skip
    except Refused as refused:
        return _form(visitor, site, dict(refused.errors))
    return back(f"/merged/{site}", "merged")


@router.api_route("/merged", methods=READ)
def all_merged(visitor: Watching) -> Response:
    """The sites that became a part of others."""
    with visitor.service.read() as store:
        merges = Merges(store).all()
    return show(visitor, "merged.html", say("已并入其他网站的网站", "Sites merged into others"), merges=merges)


@router.api_route("/merged/{site}", methods=READ)
def one_merged(visitor: Watching, site: str, done: str = "") -> Response:
    """What was known of a site when it became a part of another."""
    with visitor.service.read() as store:
        merge = Merges(store).of(site)
        if merge is None:
            raise HTTPException(404)
        runs, decisions, issues = store.runs(site, NIGHTS, brief=True), store.decisions(site), store.issues(site)
        cases = Cases(store, visitor.service.watch.timezone).all(site)
        known = {one.site for one in Merges(store).all()}
    return show(
        visitor, "merged_site.html", merge.name, done=done, merge=merge, runs=runs,
        decisions=[(one, words.group_number(one.group)) for one in decisions],
        standing=len({one.group for one in issues if one.state in STANDING}),
        cases=cases, onward=_onward(visitor, merge.into, known),
    )  # fmt: skip


def _onward(visitor: Visitor, site: str, merged: set[str]) -> str:
    """Where the site that is watched now is told of; it may have been merged itself since. "" if nowhere."""
    if visitor.service.target(site) is not None:
        return f"/sites/{site}"
    return f"/merged/{site}" if site in merged else ""


def _form(visitor: Visitor, site: str, errors: dict[str, str] | None = None) -> Response:
    target = visitor.target(site)
    others = [(one.site.id, one.site.name + aside(one.site.id), "") for one in visitor.targets() if one.site.id != site]
    return show(
        visitor, "merge.html", say(f"并入其他网站：{target.site.name}", f"Merge into another site: {target.site.name}"),
        status=422 if errors else 200, errors=errors or {}, target=target, others=others, said=visitor.said,
    )  # fmt: skip
