"""Says what needs somebody's hand after a night: what, why, and what to do, most pressing first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from auditor.decisions import decisions_in_force
from auditor.model import History, RunState, RunSummary, SiteHistory, State
from reports import untested, words
from reports.runs import judged, newest, stop_told, unconfirmed

GIGABYTE = 1024**3
LITTLE = 2 * GIGABYTE
"""Free bytes of the disk below which an operator is asked to make room, as `auditor doctor` does."""
SOON = timedelta(days=30)
"""Days before a decision ends in which it is told."""
SILENT = 0.2
"""Share of judged pages without an answer of an engine from which on that is told."""


@dataclass(frozen=True, kw_only=True)
class Hand:
    """Something to be done by a person."""

    what: str
    why: str
    todo: str
    site: SiteHistory | None = None  #: None: it concerns the whole service


def wanted(history: History) -> Iterator[Hand]:
    """All that needs a hand."""
    yield from _service(history)
    for site in history.sites:
        if site.target.enabled:
            yield from _site(history, site)


def _service(history: History) -> Iterator[Hand]:
    if history.disk is not None and history.disk.free < LITTLE:
        free = f"只剩 {history.disk.free / GIGABYTE:.1f} GB"
        yield Hand(what="磁盘空间不多", why=free, todo="请腾出至少 2 GB；写满之后检测会停下，已有的结果不受影响。")
    if history.rounds and history.rounds[0].finished is None:
        begun = words.clock(history.rounds[0].started, history.timezone)
        todo = "没有在进行的，请运行 auditor run --resume 接着检测；serve 会自己接着做。"
        yield Hand(what="最近一轮没有结束", why=f"{begun} 开始，正在进行或者中途中断", todo=todo)
    for stop in history.stops:
        place, about = stop_told(stop, history.timezone)
        host = "--all" if stop.host == "*" else stop.host
        yield Hand(what=f"紧急停止：{place}", why=about, todo=f"原因消除后请解除：auditor stop --lift {host}")


def _site(history: History, site: SiteHistory) -> Iterator[Hand]:
    last = newest(site)
    if unconfirmed(site):
        why = "网址还没有经人核对，不会访问"
        yield Hand(what="等待确认", why=why, todo=f"请核对网址，然后运行：auditor confirm {site.target.site.id} --by 姓名", site=site)
    elif last is not None and last.state is not RunState.AUDITED:
        yield Hand(what=_missed(site), why=last.reason or words.RUN_MEANING[last.state], todo=remedy(last), site=site)
    yield from _silent(site)
    yield from _ending(history, site)


def _missed(site: SiteHistory) -> str:
    """How it went, and since how many audits."""
    state = words.RUN_STATE[site.runs[0].state]
    missed = len(list(takewhile(lambda run: not judged(run), site.runs)))
    return f"{state}，连续 {missed} 次" if missed > 1 else state


def remedy(run: RunSummary) -> str:
    """What to do about the state in which most addresses of a run ended that should have been judged."""
    counts = Counter({state: count for state, count in run.coverage.items() if words.kind(state) in untested.UNSEEN_KINDS})
    counts.pop(State.NOT_SAMPLED, None)
    if not counts:
        return "请查看这个网站的检测报告。"
    (state, _) = counts.most_common(1)[0]
    return f"{words.advice(state)[1] or '下一次检测会再试；总是这样的，请与网站的主办单位联系'}。"


def _silent(site: SiteHistory) -> Iterator[Hand]:
    if not judged(newest(site)):
        return
    for engine, (missing, pages) in untested.silent(site).items():
        if engine != untested.TRIED_ON_SOME and missing > SILENT * pages:
            yield Hand(
                what=f"{untested.ENGINES[engine]}没有回答", why=f"{words.number(pages)} 页中的 {words.number(missing)} 页",
                todo="下一次检测会再试；总是这样的，请运行 auditor doctor，再查看日志。", site=site,
            )  # fmt: skip


def _ending(history: History, site: SiteHistory) -> Iterator[Hand]:
    """Decisions that end soon; what they let rest will stand among what is to be repaired again."""
    today = words.date_of(history.now, history.timezone)
    for decision in decisions_in_force(site.decisions, today).values():
        if decision.until is not None and decision.until - today <= SOON:
            until = words.day(decision.until, history.timezone)
            why = f"编号 {words.group_number(decision.group)}，{words.VERDICT[decision.verdict]}，{decision.by}，有效期至{until}"
            todo = "到期后问题会重新列入；仍然成立的，请再作一次决定（auditor decide）。"
            yield Hand(what="人工决定快要到期", why=why, todo=todo, site=site)
