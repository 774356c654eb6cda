"""Tells a site's owner what shuts people out of it, what to repair first and how, and what was not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.language import say
from auditor.model import History, SiteHistory
from reports import agenda, aids, brief, documents, heads, lists, sampling, scores, together, untested, visits, walks
from reports.agenda import Lists
from reports.cards import Cards
from reports.grouping import Board, board
from reports.lists import Listing
from reports.pages import Document, Section, write
from reports.priorities import Ranked, Templates, ranked

WHOLE = 1_000_000_000
"""Bytes that no report reaches: for a printer, which takes it as one sheet."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What all pages of one site's report are made from, worked out once."""

    standing: Board
    cards: Cards
    templates: Templates
    ranked: list[Ranked]  #: all that is to be repaired, what comes first at the head
    lists: Lists
    addresses: Listing | None  #: where there are too many for the report itself


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """Every site's pages: sites/ID.html, sites/ID.2.html …, the page for its head sites/ID.brief.html, and its long lists."""
    for site in history.sites:
        yield from render_site(history, site)


def render_site(history: History, site: SiteHistory, only: str | None = None) -> Iterator[tuple[str, bytes]]:
    """The pages of one site; `only`: those that have to be made for the one of this path."""
    known, start = _known(history, site), f"sites/{site.target.site.id}"
    part = None if only is None else only.removeprefix(f"{start}.").partition(".")[0]
    if part is None or part == "html" or part.isdecimal():
        yield from write(_document(history, site, known))
    if part in (None, "brief"):
        yield from brief.render_brief(history, site, known.standing, known.ranked, known.cards)
    for name, listing in (("others", known.lists.others), ("judge", known.lists.to_judge), ("addresses", known.addresses)):
        if listing is not None and part in (None, name) and (listing is known.addresses or listing.count > agenda.INLINE):
            yield from lists.write(listing, only)


def printable(history: History, site: SiteHistory) -> bytes:
    """The report as one page, however long, for a printer: the first ten in full, the rest in short; long lists stay where they are."""
    ((_, content),) = write(_document(history, site, _known(history, site), paper=True), largest=WHOLE)
    return content


def _known(history: History, site: SiteHistory) -> Known:
    standing, cards, templates = board(site, history.rules, history.now, history.timezone), Cards(history, site), Templates(site.coverage)
    order = ranked(site, standing.to_fix, templates)
    trail = (_top(), (say("检测报告", "Audit report"), f"sites/{site.target.site.id}.html"))
    return Known(
        standing=standing, cards=cards, templates=templates, ranked=order, lists=agenda.lists(site, standing, order, cards, trail),
        addresses=visits.addresses(site),
    )  # fmt: skip


def _top() -> tuple[str, str]:
    return say("全市总览", "City overview"), "index.html"


def _document(history: History, site: SiteHistory, known: Known, *, paper: bool = False) -> Document:
    return Document(
        path=f"sites/{site.target.site.id}",
        title=say(f"{site.target.site.name}无障碍检测报告", f"{site.target.site.name}: accessibility audit report"),
        lead=heads.lead(history, site, known.standing),
        sections=tuple(section for section in _sections(history, site, known, paper) if section is not None),
        trail=(_top(),),
        foot=heads.foot(history, site),
    )


def _sections(history: History, site: SiteHistory, known: Known, paper: bool) -> Iterator[Section | None]:
    standing, cards = known.standing, known.cards
    yield agenda.first(site, known.ranked, cards)
    yield together.section(history, site, known.ranked, known.templates, cards.titles)
    yield agenda.others(known.lists.others, paper=paper)
    yield agenda.to_judge(known.lists.to_judge, paper=paper)
    yield from documents.sections(site, standing, cards)
    if site.runs:
        yield agenda.fixed(history, standing, cards)
    yield walks.section(site.coverage)
    yield agenda.decided(history, site, standing, cards)
    yield from aids.sections(history, site)
    yield scores.of_site(history, site)
    yield sampling.of_site(site)
    yield visits.runs(history, site)
    yield visits.requests(site)
    yield untested.section(history, site, doubts=bool(known.lists.to_judge.count))
    yield visits.coverage(site, known.addresses)
