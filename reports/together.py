"""Draws the groups of a site together by what is repaired in one go: a part of the page, a template, the system that made the site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from auditor.language import capital, listed, say
from auditor.model import History, SiteHistory
from reports import platforms, words
from reports.grouping import IMPACTS
from reports.pages import Section, paragraph, piece, table
from reports.priorities import Ranked, Templates, pages_told

MOST = 12
"""Rows of one kind; those with most groups are shown."""
NUMBERS = 12
"""Numbers of groups that a row names."""


def section(
    history: History, site: SiteHistory, ranked: Sequence[Ranked], templates: Templates, titles: Mapping[str, str]
) -> Section | None:
    """What belongs together; None where there is nothing to draw together."""
    if len(ranked) < 2:
        return None
    rows = [*_parts(ranked, templates), *_templates(ranked, templates, titles), *_platform(history, site, ranked, templates)]
    if not rows:
        return None
    intro = paragraph(say(
        "同一个部件、同一个模板里的几个问题，可以交给同一个人一次改好；改建站平台的公共模板，要由厂商来做。"
        "“序号”是上面和后面清单里的先后号。",
        "Several problems of one part or one template can be given to one person and repaired in one go; common templates of the platform "
        "that made the site have to be changed by its vendor. The places are the numbers in the lists above and below.",
    ))  # fmt: skip
    heads = [
        say("归在一起的依据", "Grouped by"), say("具体是哪个", "Which one"), say("问题组数", "Groups"), say("序号", "Places"),
        say("涉及页数", "Pages concerned"), say("最严重的", "Worst impact"),
    ]  # fmt: skip
    caption = say("按部件、模板和平台归并，组数多的在前", "Grouped by part, template and platform, those with most groups first")
    return table("together", say("可以一并修改的", "What can be repaired together"), intro, caption, heads, rows, counts=heads[2:3])


def _parts(ranked: Sequence[Ranked], templates: Templates) -> Iterator[Markup]:
    """Landmarks: what stands in a header is one file for the whole site."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(ranked):
        if name := words.LANDMARK.get(one.group.example.element.landmark):
            found[name].append(place)
    for name, places in _most(found):
        yield _row(say("页面部件", "Part of the page"), capital(name), "", places, ranked, templates)


def _templates(ranked: Sequence[Ranked], templates: Templates, titles: Mapping[str, str]) -> Iterator[Markup]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(ranked):
        for key in one.spread.templates:
            if templates.known[key] > 1:
                found[key].append(place)
    for key, places in _most(found):
        example = templates.example[key]
        of, pages = titles.get(example, "") or example, words.number(templates.known[key])
        name = say(f"与“{of}”相同的模板（已知 {pages} 页）", f"The template of “{of}” ({pages} pages known)")
        yield _row(say("页面模板", "Template"), name, example, places, ranked, templates)


def _platform(history: History, site: SiteHistory, ranked: Sequence[Ranked], templates: Templates) -> Iterator[Markup]:
    told = platforms.platform_of(site)
    known = history.platforms.get(told.platform) if told else None
    if told is None or known is None:
        return
    made = {entry.url for entry in site.coverage if entry.platform == told.platform}
    places = [place for place, one in enumerate(ranked) if made.intersection(one.group.pages)]
    if places:
        name = say(f"{known.vendor}：{known.name}（推断，请核对）", f"{known.vendor}: {known.name} (inferred, please check)")
        yield _row(say("建站平台", "Platform"), name, "", places, ranked, templates)


def _most(found: Mapping[str, list[int]]) -> list[tuple[str, list[int]]]:
    rows = [(name, places) for name, places in found.items() if len(places) > 1]
    return sorted(rows, key=lambda row: (-len(row[1]), row[1][0], row[0]))[:MOST]


def _row(kind: str, name: str, url: str, places: Sequence[int], ranked: Sequence[Ranked], templates: Templates) -> Markup:
    pages = {page for place in places for page in ranked[place].group.pages}
    hardest = min((ranked[place].group.impact for place in places), key=IMPACTS.index)
    named = listed([str(place + 1) for place in places[:NUMBERS]]) + (say("……", " …") if len(places) > NUMBERS else "")
    return piece(
        "site.html", "together", kind=kind, name=name, url=url, count=len(places), numbers=named,
        pages=capital(pages_told(templates.spread(pages))), impact=hardest,
    )  # fmt: skip
