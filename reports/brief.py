"""Tells the head of the department that owns a site what matters, on one screen and without technical words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.addresses import host_of
from auditor.language import counted, say, sentences
from auditor.model import History, Impact, SiteHistory
from reports import words
from reports.cards import Cards
from reports.efforts import Size
from reports.grouping import Board
from reports.pages import Document, Section, made, piece, write
from reports.priorities import Ranked
from reports.runs import judged, known, newest, pages_judged, stopped, why_not_judged

FIRST = 3


def path_of(site: SiteHistory) -> str:
    """Where the page lies, without .html; the dot keeps it apart from every site id."""
    return f"sites/{site.target.site.id}.brief"


def render_brief(
    history: History, site: SiteHistory, standing: Board, ranked: Sequence[Ranked], cards: Cards
) -> Iterator[tuple[str, bytes]]:
    """The one page."""
    subject = site.target.site
    lead = piece(
        "brief.html", "lead", state=_state(history, site, standing), facts=_facts(history, site, standing, ranked, cards),
        full=f"{subject.id}.html",
    )  # fmt: skip
    sections = [section for section in (_shut_out(ranked, cards), _asked(site, standing, ranked, cards)) if section is not None]
    document = Document(
        path=path_of(site),
        title=say(f"{subject.name}：给负责人的一页", f"{subject.name}: one page for whoever is in charge"), lead=lead,
        sections=tuple(sections),
        trail=((say("全市总览", "City overview"), "index.html"), (say("检测报告", "Audit report"), f"sites/{subject.id}.html")),
        foot=made(history),
    )  # fmt: skip
    yield from write(document)


def _state(history: History, site: SiteHistory, standing: Board) -> str:
    last, halted = newest(site), stopped(history, host_of(site.target.site.url))
    if last is None or not judged(last):
        return sentences([
            say("最近一次没有能够评价：", "The latest audit gave no rating:"), why_not_judged(site), halted,
            say("这不表示网站没有障碍。", "This does not mean that the site has no barriers."),
        ])  # fmt: skip
    seen, addresses, groups = pages_judged(last), known(last), len(standing.to_fix)
    pages = say(
        f"程序看了 {words.number(seen)} 页（已知 {words.number(addresses)} 个地址）",
        f"The program looked at {counted(seen, 'page')} (of {counted(addresses, 'known address', 'known addresses')})",
    )
    if not groups:
        nothing = say(
            f"{pages}，在自动检测范围内没有查到需要修复的障碍。",
            f"{pages} and, within the reach of automatic testing, found no barrier that has to be repaired.",
        )
        more = say("许多障碍程序看不出来，还要请残疾人试用。", "Many barriers escape a program; please have disabled people try the site.")
        return sentences([nothing, halted, more])
    hard = standing.by_impact()[Impact.CRITICAL]
    told = say(
        f"其中 {hard} 组会使一部分人完全用不了" if hard else "没有查到使人完全用不了的",
        f"{hard:,} of them shut some people out wholly" if hard else "none was found that shuts people out wholly",
    )
    return sentences([say(
        f"{pages}，查到 {groups} 组需要修复的障碍（同一个部件上的同一种障碍算一组），{told}。",
        f"{pages} and found {counted(groups, 'group')} of barriers to repair (one barrier of one component is one group); {told}.",
    ), halted])  # fmt: skip


def _facts(history: History, site: SiteHistory, standing: Board, ranked: Sequence[Ranked], cards: Cards) -> list[tuple[str, str]]:
    last = newest(site)
    found = [(say("主办单位", "Owner"), site.target.site.owner or say("未填写", "Not entered"))]
    if last is not None:
        found.append((say("最近一次检测", "Latest audit"), words.day(last.started, history.timezone)))
    if last is not None and judged(last):
        found.append((say("与上一次相比", "Since the previous audit"), say(
            f"新出现 {last.new} 处，再次出现 {last.reopened} 处，已修复 {last.fixed} 处",
            f"{counted(last.new, 'new place')}, {last.reopened:,} back again, {last.fixed:,} fixed",
        )))  # fmt: skip
    if ranked:
        first, small = min(10, len(ranked)), sum(cards.effort(one.group).size is Size.SMALL for one in ranked[:10])
        found.append((say("工作量", "Work"), say(
            f"最先要改的 {first} 组里，{small} 组只需改动一两行代码或者模板",
            f"Of the first {'group' if first == 1 else f'{first} groups'} to repair, {small} can be repaired by a line or two of code "
            "or in a template",
        )))  # fmt: skip
    if count := len(standing.to_judge):
        told = say(
            f"{count} 组，程序拿不准，请派人看一看",
            f"{counted(count, 'group')} of which the program cannot be sure; please have somebody look",
        )
        found.append((say("等人判断", "For a person to judge"), told))
    if count := len(standing.documents):
        told = say(f"{count} 组障碍，另行修改", f"{counted(count, 'group')} of barriers, repaired apart")
        found.append((say("文档（附件）", "Documents (attachments)"), told))
    return found


def _shut_out(ranked: Sequence[Ranked], cards: Cards) -> Section | None:
    told = list(dict.fromkeys(who for one in ranked if (who := cards.who(one.group))))[:FIRST]
    if not told:
        return None
    return Section(id="who", title=say("谁用不了", "Who cannot use it"), intro=piece("brief.html", "listed", sentences=told))


def _asked(site: SiteHistory, standing: Board, ranked: Sequence[Ranked], cards: Cards) -> Section:
    asked: list[str] = []
    if ranked:
        first = ranked[0]
        asked.append(say(
            f"请把检测报告交给网站的维护单位，从“{cards.title(first.group)}”改起（{cards.extent(first.group)}）。",
            "Give the audit report to those who maintain the site. First comes "
            f"“{cards.title(first.group)}” ({cards.extent(first.group)}).",
        ))  # fmt: skip
    if standing.to_judge:
        asked.append(say(
            "请指定一名工作人员，对程序拿不准的地方逐一作出判断。",
            "Name a member of staff who judges, one by one, the places of which the program cannot be sure.",
        ))  # fmt: skip
    if not judged(newest(site)):
        asked.append(say(
            "请维护单位先让检测程序能够打开网站：原因写在检测报告的开头。",
            "Ask those who maintain the site to let the audit open it first: the reason stands at the head of the report.",
        ))  # fmt: skip
    asked.append(say(
        "请邀请残疾人试用网站上最常办的几件事，把遇到的困难告诉维护单位。",
        "Invite disabled people to try what is done most often on the site, and pass on what they meet.",
    ))  # fmt: skip
    return Section(id="do", title=say("请您安排", "What we ask of you"), intro=piece("brief.html", "listed", sentences=asked))
