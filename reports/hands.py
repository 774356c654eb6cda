"""Says what needs somebody's hand after a night: what, why, and what to do, most pressing first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from auditor.decisions import decisions_in_force
from auditor.language import capital, counted, say
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
    """All that needs attention."""
    yield from _service(history)
    for site in history.sites:
        if site.target.enabled:
            yield from _site(history, site)


def _service(history: History) -> Iterator[Hand]:
    if history.disk is not None and history.disk.free < LITTLE:
        free = f"{history.disk.free / GIGABYTE:.1f} GB"
        yield Hand(
            what=say("磁盘空间不多", "Little room on the disk"),
            why=say(f"只剩 {free}", f"Only {free} left"),
            todo=say(
                "请腾出至少 2 GB；写满之后检测会停下，已有的结果不受影响。",
                "Please make room for at least 2 GB. Audits stop when the disk is full; results already there are not touched.",
            ),
        )
    if history.rounds and history.rounds[0].finished is None:
        begun = words.clock(history.rounds[0].started, history.timezone)
        yield Hand(
            what=say("最近一轮没有结束", "The latest round has not ended"),
            why=say(f"{begun} 开始，正在进行或者中途中断", f"Started on {begun}; still running, or interrupted"),
            todo=say(
                "没有在进行的，请运行 auditor run --resume 接着检测；serve 会自己接着做。",
                "If it is not running, please go on with auditor run --resume; serve goes on by itself.",
            ),
        )
    for stop in history.stops:
        place, about = stop_told(stop, history.timezone)
        host = "--all" if stop.host == "*" else stop.host
        yield Hand(
            what=say(f"紧急停止：{place}", f"Emergency stop: {place}"),
            why=about,
            todo=say(
                f"原因消除后请解除：auditor stop --lift {host}", f"Once the cause is gone, please lift it: auditor stop --lift {host}"
            ),
        )


def _site(history: History, site: SiteHistory) -> Iterator[Hand]:
    last = newest(site)
    if unconfirmed(site):
        id = site.target.site.id
        yield Hand(
            what=say("等待确认", "Awaits confirmation"),
            why=say("网址还没有经人核对，不会访问", "Nobody has checked the address; it is not visited"),
            todo=say(
                f"请核对网址，然后运行：auditor confirm {id} --by 姓名",
                f"Please check the address, then run: auditor confirm {id} --by NAME",
            ),
            site=site,
        )
    elif last is not None and last.state is not RunState.AUDITED:
        yield Hand(what=_missed(site), why=last.reason or words.RUN_MEANING[last.state], todo=remedy(last), site=site)
    yield from _silent(site)
    yield from _ending(history, site)


def _missed(site: SiteHistory) -> str:
    """How it went, and since how many audits."""
    state = capital(words.RUN_STATE[site.runs[0].state])
    missed = len(list(takewhile(lambda run: not judged(run), site.runs)))
    return say(f"{state}，连续 {missed} 次", f"{state}, {missed} times running") if missed > 1 else state


def remedy(run: RunSummary) -> str:
    """What to do about the state in which most addresses of a run ended that should have been judged."""
    counts = Counter({state: count for state, count in run.coverage.items() if words.kind(state) in untested.UNSEEN_KINDS})
    counts.pop(State.NOT_SAMPLED, None)
    if not counts:
        return say("请查看这个网站的检测报告。", "Please look at the report of this website.")
    (state, _) = counts.most_common(1)[0]
    again = say(
        "下一次检测会再试；总是这样的，请与网站的主办单位联系",
        "The next audit will try again; if it is always so, please turn to the owner of the website",
    )
    return f"{words.advice(state)[1] or again}{say('。', '.')}"


def _silent(site: SiteHistory) -> Iterator[Hand]:
    if not judged(newest(site)):
        return
    for engine, (missing, pages) in untested.silent(site).items():
        if engine != untested.TRIED_ON_SOME and missing > SILENT * pages:
            name = untested.ENGINES[engine]
            yield Hand(
                what=say(f"{name}没有回答", f"No answer: {name}"),
                why=say(
                    f"{words.number(pages)} 页中的 {words.number(missing)} 页",
                    f"On {words.number(missing)} of {counted(pages, 'page')}",
                ),
                todo=say(
                    "下一次检测会再试；总是这样的，请运行 auditor doctor，再查看日志。",
                    "The next audit will try again; if it is always so, please run auditor doctor and look at the log.",
                ),
                site=site,
            )


def _ending(history: History, site: SiteHistory) -> Iterator[Hand]:
    """Decisions that end soon; what they let rest will stand among what is to be repaired again."""
    today = words.date_of(history.now, history.timezone)
    for decision in decisions_in_force(site.decisions, today).values():
        if decision.until is not None and decision.until - today <= SOON:
            until = words.day(decision.until, history.timezone)
            number, verdict = words.group_number(decision.group), words.VERDICT[decision.verdict]
            yield Hand(
                what=say("人工决定快要到期", "A decision ends soon"),
                why=say(
                    f"编号 {number}，{verdict}，{decision.by}，有效期至{until}",
                    f"Number {number}, {verdict}, {decision.by}, valid until {until}",
                ),
                todo=say(
                    "到期后问题会重新列入；仍然成立的，请再作一次决定（auditor decide）。",
                    "The problem is listed again afterwards; if the decision still holds, please make it again (auditor decide).",
                ),
                site=site,
            )
