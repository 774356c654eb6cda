"""Tells the head of the department that owns a site what matters, on one screen and without technical words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.addresses import host_of
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
        path=path_of(site), title=f"{subject.name}：给负责人的一页", lead=lead, sections=tuple(sections),
        trail=(("全市总览", "index.html"), ("检测报告", f"sites/{subject.id}.html")),
        foot=made(history),
    )  # fmt: skip
    yield from write(document)


def _state(history: History, site: SiteHistory, standing: Board) -> str:
    last, halted = newest(site), stopped(history, host_of(site.target.site.url))
    if last is None or not judged(last):
        return f"最近一次没有能够评价：{why_not_judged(site)}{halted}这不表示网站没有障碍。"
    pages = f"程序看了 {words.number(pages_judged(last))} 页（已知 {words.number(known(last))} 个地址）"
    if not standing.to_fix:
        return f"{pages}，在自动检测范围内没有查到需要修复的障碍。{halted}许多障碍程序看不出来，还要请残疾人试用。"
    hard = standing.by_impact()[Impact.CRITICAL]
    told = f"其中 {hard} 组会使一部分人完全用不了" if hard else "没有查到使人完全用不了的"
    return f"{pages}，查到 {len(standing.to_fix)} 组需要修复的障碍（同一个部件上的同一种障碍算一组），{told}。{halted}"


def _facts(history: History, site: SiteHistory, standing: Board, ranked: Sequence[Ranked], cards: Cards) -> list[tuple[str, str]]:
    last = newest(site)
    found = [("主办单位", site.target.site.owner or "未填写")]
    if last is not None:
        found.append(("最近一次检测", words.day(last.started, history.timezone)))
    if last is not None and judged(last):
        found.append(("与上一次相比", f"新出现 {last.new} 处，再次出现 {last.reopened} 处，已修复 {last.fixed} 处"))
    if ranked:
        small = sum(cards.effort(one.group).size is Size.SMALL for one in ranked[:10])
        found.append(("工作量", f"最先要改的 {min(10, len(ranked))} 组里，{small} 组只需改动一两行代码或者模板"))
    if standing.to_judge:
        found.append(("等人判断", f"{len(standing.to_judge)} 组，程序拿不准，请派人看一看"))
    if standing.documents:
        found.append(("文档（附件）", f"{len(standing.documents)} 组障碍，另行修改"))
    return found


def _shut_out(ranked: Sequence[Ranked], cards: Cards) -> Section | None:
    told = list(dict.fromkeys(who for one in ranked if (who := cards.who(one.group))))[:FIRST]
    if not told:
        return None
    return Section(id="who", title="谁用不了", intro=piece("brief.html", "listed", sentences=told))


def _asked(site: SiteHistory, standing: Board, ranked: Sequence[Ranked], cards: Cards) -> Section:
    sentences = []
    if ranked:
        first = ranked[0]
        sentences.append(f"请把检测报告交给网站的维护单位，从“{cards.title(first.group)}”改起（{cards.extent(first.group)}）。")
    if standing.to_judge:
        sentences.append("请指定一名工作人员，对程序拿不准的地方逐一作出判断。")
    if not judged(newest(site)):
        sentences.append("请维护单位先让检测程序能够打开网站：原因写在检测报告的开头。")
    sentences.append("请邀请残疾人试用网站上最常办的几件事，把遇到的困难告诉维护单位。")
    return Section(id="do", title="请您安排", intro=piece("brief.html", "listed", sentences=sentences))
