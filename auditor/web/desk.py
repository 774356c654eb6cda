"""The reviewer's desk: what no program can tell, one question after another, with the picture and what to look for."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Response

from auditor import store_brief
from auditor.language import say
from auditor.model import History, SiteHistory
from auditor.web.guard import Judging
from auditor.web.showing import show
from reports.cards import Cards
from reports.grouping import Group, board

router = APIRouter(prefix="/desk", include_in_schema=False)
LISTED = 100


@router.api_route("", methods=["GET", "HEAD"])
def questions(visitor: Judging, site: str = "", done: str = "") -> Response:
    """What waits for a person, what concerns most pages first."""
    history = visitor.service.history()
    seen = [one for one in history.sites if visitor.sees(one.target.site.id)]
    chosen = [one for one in seen if not site or one.target.site.id == site]
    waiting = sorted(_waiting(history, chosen), key=lambda item: -len(item[1].pages))
    with visitor.service.read() as store:
        said = store_brief.messages(store, [group.example.id for _, group, _ in waiting[:LISTED]])
    return show(
        visitor, "desk.html", say("人工判断", "Judgements"), done=done, said=said,
        waiting=[(told.target, group, cards) for told, group, cards in waiting[:LISTED]],
        total=len(waiting), sites=[one.target for one in seen], site=site,
    )  # fmt: skip


def _waiting(history: History, sites: list[SiteHistory]) -> Iterator[tuple[SiteHistory, Group, Cards]]:
    for told in sites:
        cards = Cards(history, told)
        for group in board(told, history.rules, history.now, history.timezone).to_judge:
            yield told, group, cards
