"""Lists what is to be done on a site: what to repair first and after, what a person must judge, what is done, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from auditor.decisions import decisions_in_force
from auditor.model import Decision, History, SiteHistory
from reports import words
from reports.cards import Cards
from reports.grouping import Board, Group
from reports.lists import Listing, pointed_to
from reports.pages import Jump, Section, paragraph, piece, table
from reports.priorities import Ranked
from reports.runs import judged, newest

FIRST = 10
INLINE = 20
"""Groups that the report itself shows in a list; longer lists have pages of their own."""
EACH = 25
REPAIRED = 200
RECENT = timedelta(days=90)
ONE_GROUP = "一组指一个部件上的一种问题，它可能出现在许多页面上；修复部件即可一并解决。"
ORDER = "先后按优先分：对人的影响 × 准则级别 × 涉及页数（取对数）× 位置 × 把握，各项和它们的取值写在每一组的“先后和经过”里。"
TO_JUDGE = "程序对下面这些位置不能得出结论，需要有人看一看。判断之前，它们不计入待修复的问题。"
Trail = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Lists:
    """The long lists of groups of one site."""

    others: Listing
    to_judge: Listing


def first(site: SiteHistory, ranked: Sequence[Ranked], cards: Cards) -> Section:
    """The ten things to repair first, each as a card."""
    chosen, sound = ranked[:FIRST], judged(newest(site))
    if not chosen:
        why = "最近一次检测未能评价" if site.runs else "还没有检测过"
        nothing = "在自动检测范围内，没有查到需要修复的问题。" if sound else f"{why}，没有可以列出的问题。这不表示网站没有问题。"
        return Section(id="first", title="待修复的问题", intro=paragraph(nothing))
    title = "先改这十组" if len(ranked) > FIRST else f"待修复的 {len(chosen)} 组"
    return Section(
        id="first",
        title=title if sound else f"已查到、待核实的问题（{len(ranked)} 组）",
        intro=paragraph(ONE_GROUP) + paragraph(ORDER),
        jumps=[
            Jump(item=place, anchor=one.group.anchor, title=cards.heading(one.group), aside=_aside(one, cards))
            for place, one in enumerate(chosen)
        ],
        items=[cards.card(one.group, place, one) for place, one in enumerate(chosen, 1)],
    )


def _aside(one: Ranked, cards: Cards) -> str:
    return f"{words.IMPACT[one.group.impact]}，{cards.extent(one.group)}，工作量{cards.effort(one.group).told}"


def lists(site: SiteHistory, standing: Board, ranked: Sequence[Ranked], cards: Cards, trail: Trail) -> Lists:
    """The long lists: all that is to be repaired after the first ten, and all that waits for a person's word."""
    later, waiting = ranked[FIRST:], standing.to_judge
    return Lists(
        others=Listing(
            path=f"sites/{site.target.site.id}.others", title=f"{site.target.site.name}：其余待修复的问题", count=len(later), each=EACH,
            before=FIRST, unit="组", full=lambda place: cards.card(later[place].group, FIRST + place + 1, later[place]),
            short=lambda place: cards.short(later[place].group, FIRST + place + 1), trail=trail,
            intro=paragraph(f"接着“先改这十组”，按同样的先后排列。{ORDER}"),
        ),
        to_judge=Listing(
            path=f"sites/{site.target.site.id}.judge", title=f"{site.target.site.name}：需要人工判断", count=len(waiting), each=EACH,
            unit="组", full=lambda place: cards.card(waiting[place], place + 1), short=lambda place: cards.short(waiting[place], place + 1),
            intro=paragraph(TO_JUDGE), trail=trail,
        ),
    )  # fmt: skip


def others(listing: Listing, *, paper: bool = False) -> Section | None:
    """What is to be repaired after the first ten, or where it is listed; on `paper` in short."""
    return _section("others", f"其余待修复的问题（{words.number(listing.count)} 组）", "按同样的先后排列。", listing, paper)


def to_judge(listing: Listing, *, paper: bool = False) -> Section | None:
    """What waits for a person's word, or where it is listed; on `paper` in short."""
    return _section("judge", f"需要人工判断（{words.number(listing.count)} 组）", TO_JUDGE, listing, paper)


def _section(id: str, title: str, intro: str, listing: Listing, paper: bool) -> Section | None:
    if not listing.count:
        return None
    if listing.count > INLINE:
        return Section(id=id, title=title, intro=paragraph(f"{intro}这些组很多，分页列出：") + pointed_to(listing))
    shown = listing.short if paper else listing.full
    return Section(id=id, title=title, intro=paragraph(intro), items=[shown(place) for place in range(listing.count)])


def fixed(history: History, standing: Board, cards: Cards) -> Section:
    """What was repaired lately, as far as evidence proves it."""
    recent = [group for group in standing.fixed if history.now - group.changed <= RECENT]
    intro = "在同一页面上再次检测、问题确实不再出现，才记为已修复。" if recent else f"最近 {RECENT.days} 天没有记为已修复的问题组。"
    if standing.ended:
        intro += f"另有 {words.number(standing.ended)} 处问题因所在页面撤下或者检测规则停用而不再跟踪，不算作已修复。"
    rows = [
        piece(
            "site.html", "fixed", heading=cards.heading(group), date=words.day(group.changed, history.timezone), extent=cards.extent(group)
        )
        for group in recent[:REPAIRED]
    ]
    if len(recent) > REPAIRED:
        intro += f"下表列出最近修复的 {REPAIRED} 组，其余 {words.number(len(recent) - REPAIRED)} 组见工作清单（XLSX）。"
    title = f"已修复（最近 {RECENT.days} 天，{len(recent)} 组）" if recent else "已修复"
    return table("fixed", title, paragraph(intro), f"最近 {RECENT.days} 天已修复的问题组", ["问题", "确认修复的日期", "范围"], rows)


def decided(history: History, site: SiteHistory, standing: Board, cards: Cards) -> Section | None:
    """What people decided; None where nobody decided anything."""
    if not site.decisions:
        return None
    in_force = decisions_in_force(site.decisions, words.date_of(history.now, history.timezone))
    known = (*standing.fixed, *standing.to_judge, *standing.to_fix, *standing.documents, *standing.decided)
    groups: dict[str, Group] = {issue.group: group for group in known for issue in group.issues}
    rows = [
        _decision_row(history, decision, groups.get(decision.group), in_force, cards)
        for decision in sorted(site.decisions, key=lambda one: one.made, reverse=True)
    ]
    intro = "下列决定都已到期，或者有关的问题已不再出现。"
    if standing.decided:
        intro = f"因有效的决定，{len(standing.decided)} 组问题没有列入上面的清单；问题本身仍在跟踪。决定到期之后，问题会重新列入。"
    elif any(group.decision for group in standing.to_fix):
        intro = "经人工确认属实的问题，列在上面待修复的清单里。"
    heads = ["问题", "决定", *(() if history.public else ("理由", "决定人")), "决定日期", "有效期至", "现状"]
    return table("decisions", "人工决定", paragraph(intro), "对问题组作出的决定，新的在前", heads, rows)


def _decision_row(history: History, decision: Decision, group: Group | None, in_force: Mapping[str, Decision], cards: Cards) -> Markup:
    if in_force.get(decision.group) == decision:
        standing = "有效" if group is None or group.decision else "有效，问题已不再出现"
    else:
        standing = "已到期或已由新的决定代替"
    return piece(
        "site.html",
        "decision",
        heading=cards.heading(group) if group else "问题已不在记录中",
        verdict=words.VERDICT[decision.verdict],
        about=() if history.public else (decision.why, decision.by),
        made=words.day(decision.made, history.timezone),
        until=words.day(decision.until, history.timezone) if decision.until else "未设期限",
        standing=standing,
    )
