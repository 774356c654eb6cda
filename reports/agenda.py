"""Lists what is to be done on a site: what to repair first and after, what a person must judge, what is done, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from auditor.decisions import decisions_in_force
from auditor.language import capital, counted, joined, say, sentences
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
Trail = tuple[tuple[str, str], ...]


def _one_group() -> str:
    return say(
        "一组指一个部件上的一种问题，它可能出现在许多页面上；修复部件即可一并解决。",
        "A group is one problem of one component, which may appear on many pages; repairing the component solves them all.",
    )


def _order() -> str:
    return say(
        "按优先分从高到低排列：对人的影响 × 准则级别 × 涉及页数（取对数）× 位置 × 把握，各项和它们的取值写在每一组的“排序依据和记录”中。",
        "The order follows the priority score: impact on people × level of the criterion × pages concerned (as a logarithm) × place × "
        "certainty; each group says under “Priority and history” what these are.",
    )


def _to_judge() -> str:
    return say(
        "程序对下面这些位置不能得出结论，需要有人看一看。判断之前，它们不计入待修复的问题。",
        "Of these places a program cannot tell; somebody has to look. Until they are judged, they do not count as problems to fix.",
    )


@dataclass(frozen=True, kw_only=True)
class Lists:
    """The long lists of groups of one site."""

    others: Listing
    to_judge: Listing


def first(site: SiteHistory, ranked: Sequence[Ranked], cards: Cards) -> Section:
    """The ten things to repair first, each as a card."""
    chosen, sound = ranked[:FIRST], judged(newest(site))
    if not chosen:
        return Section(id="first", title=say("待修复的问题", "Problems to fix"), intro=paragraph(_nothing(site)))
    title = say("先改这十组", "Fix these ten groups first")
    if len(ranked) <= FIRST:
        title = say(f"待修复的 {len(chosen)} 组", f"{counted(len(chosen), 'group')} to fix")
    unproven = say(
        f"已查到、待核实的问题（{len(ranked)} 组）", f"Problems found, not confirmed by this audit ({counted(len(ranked), 'group')})"
    )
    return Section(
        id="first",
        title=title if sound else unproven,
        intro=paragraph(_one_group()) + paragraph(_order()),
        jumps=[
            Jump(item=place, anchor=one.group.anchor, title=cards.heading(one.group), aside=_aside(one, cards))
            for place, one in enumerate(chosen)
        ],
        items=[cards.card(one.group, place, one) for place, one in enumerate(chosen, 1)],
    )


def _aside(one: Ranked, cards: Cards) -> str:
    work = cards.effort(one.group).told
    return joined([words.IMPACT[one.group.impact], cards.extent(one.group), say(f"工作量{work}", f"work: {work}")])


def _nothing(site: SiteHistory) -> str:
    if judged(newest(site)):
        return say(
            "在自动检测范围内，没有查到需要修复的问题。",
            "Within the reach of automatic testing, no problem was found that has to be fixed.",
        )
    why = say("还没有检测过", "There was no audit yet")
    if site.runs:
        why = say("最近一次检测未能评价", "The latest audit gave no rating")
    return say(
        f"{why}，没有可以列出的问题。这不表示网站没有问题。",
        f"{why}, so there are no problems to list. This does not mean that the site has none.",
    )


def lists(site: SiteHistory, standing: Board, ranked: Sequence[Ranked], cards: Cards, trail: Trail) -> Lists:
    """The long lists: all that is to be repaired after the first ten, and all that waits for a person's word."""
    later, waiting, name, unit = ranked[FIRST:], standing.to_judge, site.target.site.name, say("组", "Groups")
    following = say("接着“先改这十组”，按同样的先后排列。", "These follow the ten groups to fix first, in the same order of priority.")
    return Lists(
        others=Listing(
            path=f"sites/{site.target.site.id}.others", title=say(f"{name}：其余待修复的问题", f"{name}: other problems to fix"),
            count=len(later), each=EACH, before=FIRST, unit=unit,
            full=lambda place: cards.card(later[place].group, FIRST + place + 1, later[place]),
            short=lambda place: cards.short(later[place].group, FIRST + place + 1), trail=trail,
            intro=paragraph(sentences([following, _order()])),
        ),
        to_judge=Listing(
            path=f"sites/{site.target.site.id}.judge", title=say(f"{name}：需要人工判断", f"{name}: for a person to judge"),
            count=len(waiting), each=EACH, unit=unit, full=lambda place: cards.card(waiting[place], place + 1),
            short=lambda place: cards.short(waiting[place], place + 1),
            intro=paragraph(_to_judge()), trail=trail,
        ),
    )  # fmt: skip


def others(listing: Listing, *, paper: bool = False) -> Section | None:
    """What is to be repaired after the first ten, or where it is listed; on `paper` in short."""
    count = words.number(listing.count)
    title = say(f"其余待修复的问题（{count} 组）", f"Other problems to fix ({counted(listing.count, 'group')})")
    return _section("others", title, say("按同样的先后排列。", "In the same order of priority."), listing, paper)


def to_judge(listing: Listing, *, paper: bool = False) -> Section | None:
    """What waits for a person's word, or where it is listed; on `paper` in short."""
    count = words.number(listing.count)
    title = say(f"需要人工判断（{count} 组）", f"For a person to judge ({counted(listing.count, 'group')})")
    return _section("judge", title, _to_judge(), listing, paper)


def _section(id: str, title: str, intro: str, listing: Listing, paper: bool) -> Section | None:
    if not listing.count:
        return None
    if listing.count > INLINE:
        many = say("这些组很多，分页列出：", "There are many of them, listed on pages of their own:")
        return Section(id=id, title=title, intro=paragraph(sentences([intro, many])) + pointed_to(listing))
    shown = listing.short if paper else listing.full
    return Section(id=id, title=title, intro=paragraph(intro), items=[shown(place) for place in range(listing.count)])


def fixed(history: History, standing: Board, cards: Cards) -> Section:
    """What was repaired lately, as far as evidence proves it."""
    recent = [group for group in standing.fixed if history.now - group.changed <= RECENT]
    told = [say(
        "在同一页面上再次检测、问题确实不再出现，才记为已修复。",
        "A problem counts as fixed only where the same page was audited again and it was really gone.",
    ) if recent else say(
        f"最近 {RECENT.days} 天没有记为已修复的问题组。", f"No group of problems was recorded as fixed in the last {RECENT.days} days.",
    )]  # fmt: skip
    if standing.ended:
        told.append(say(
            f"另有 {words.number(standing.ended)} 处问题因所在页面撤下或者检测规则停用而不再跟踪，不算作已修复。",
            f"{counted(standing.ended, 'more place')} {'is' if standing.ended == 1 else 'are'} no longer followed because the page was "
            "withdrawn or the rule retired; this does not count as fixed.",
        ))  # fmt: skip
    rows = [
        piece(
            "site.html", "fixed", heading=cards.heading(group), date=words.day(group.changed, history.timezone), extent=cards.extent(group)
        )
        for group in recent[:REPAIRED]
    ]
    if len(recent) > REPAIRED:
        rest = words.number(len(recent) - REPAIRED)
        told.append(say(
            f"下表列出最近修复的 {REPAIRED} 组，其余 {rest} 组见工作清单（XLSX）。",
            f"The table lists the {REPAIRED} groups fixed last; the other {rest} stand in the work list (XLSX).",
        ))  # fmt: skip
    title = say("已修复", "Fixed")
    if recent:
        title = say(
            f"已修复（最近 {RECENT.days} 天，{len(recent)} 组）", f"Fixed (last {RECENT.days} days, {counted(len(recent), 'group')})"
        )
    caption = say(f"最近 {RECENT.days} 天已修复的问题组", f"Groups of problems fixed in the last {RECENT.days} days")
    heads = [say("问题", "Problem"), say("确认修复的日期", "Repair confirmed on"), say("范围", "Extent")]
    return table("fixed", title, paragraph(sentences(told)), caption, heads, rows)


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
    about = () if history.public else (say("理由", "Reason"), say("决定人", "Decided by"))
    heads = [say("问题", "Problem"), say("决定", "Decision"), *about, say("决定日期", "Decided on"), say("有效期至", "Valid until"),
             say("现状", "Now")]  # fmt: skip
    caption = say("对问题组作出的决定，新的在前", "Decisions on groups of problems, the newest first")
    return table("decisions", say("人工决定", "Decisions by people"), paragraph(_why_decided(standing)), caption, heads, rows)


def _why_decided(standing: Board) -> str:
    if standing.decided:
        return say(
            f"因有效的决定，{len(standing.decided)} 组问题没有列入上面的清单；问题本身仍在跟踪。决定到期之后，问题会重新列入。",
            f"Because of decisions in force, {counted(len(standing.decided), 'group')} of problems "
            f"{'is' if len(standing.decided) == 1 else 'are'} left out of the lists above. The problems are still followed, and are listed "
            "again once the decision ends.",
        )
    if any(group.decision for group in standing.to_fix):
        return say("经人工确认属实的问题，列在上面待修复的清单里。", "Problems that a person confirmed are among those to fix above.")
    return say("下列决定都已到期，或者有关的问题已不再出现。", "These decisions have all ended, or the problems no longer appear.")


def _decision_row(history: History, decision: Decision, group: Group | None, in_force: Mapping[str, Decision], cards: Cards) -> Markup:
    if in_force.get(decision.group) == decision:
        gone = group is not None and not group.decision
        standing = say("有效，问题已不再出现" if gone else "有效", "In force; the problem no longer appears" if gone else "In force")
    else:
        standing = say("已到期或已由新的决定代替", "Ended, or replaced by a newer decision")
    return piece(
        "site.html",
        "decision",
        heading=cards.heading(group) if group else say("问题已不在记录中", "Problem no longer on record"),
        verdict=capital(words.VERDICT[decision.verdict]),
        about=() if history.public else (decision.why, decision.by),
        made=words.day(decision.made, history.timezone),
        until=words.day(decision.until, history.timezone) if decision.until else say("未设期限", "No end set"),
        standing=standing,
    )
