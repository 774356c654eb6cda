"""Says what the newest run of a site is worth, so that no number stands where nothing could be judged."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from auditor.addresses import matches_host
from auditor.language import aside, capital, joined, say
from auditor.model import JUDGED, History, RunSummary, SiteHistory, State, Stop
from reports import words
from reports.pages import piece


def first_audit(site: SiteHistory) -> RunSummary | None:
    """The first run that was judged: what it found is not new. None where earlier ones have left the history: more stood than came up."""
    oldest = next((run for run in reversed(site.runs) if judged(run)), None)
    return oldest if oldest is not None and oldest.open == oldest.new else None


def newest(site: SiteHistory) -> RunSummary | None:
    """The newest run, if there is one."""
    return site.runs[0] if site.runs else None


def judged(run: RunSummary | None) -> bool:
    """Whether the run saw enough for its numbers to stand for the site."""
    return run is not None and run.state in JUDGED


def visited(run: RunSummary) -> bool:
    """Whether anything was asked of the site; an unconfirmed site is only listed."""
    return bool(set(run.coverage) - {State.NOT_CONFIRMED})


def unconfirmed(site: SiteHistory) -> bool:
    """Whether the site still waits for somebody to confirm its address: no confirmation, and never really visited."""
    last = newest(site)
    return site.target.confirmed is None and (last is None or not visited(last))


def state_word(site: SiteHistory) -> str:
    """Where the site stands, in a word."""
    last = newest(site)
    if not site.target.enabled:
        return say("检测已停用", "audits are switched off")
    if unconfirmed(site):
        return words.STATE[State.NOT_CONFIRMED]
    return words.RUN_STATE[last.state] if last else say("尚未检测", "not audited yet")


def why_not_judged(site: SiteHistory) -> str:
    """The sentence that stands instead of numbers where the newest run has none to give; empty if it has."""
    last = newest(site)
    if last is None and not site.target.enabled:
        return say("还没有检测过，检测已停用。", "It has not been audited, and its audits are switched off.")
    if unconfirmed(site):
        return words.STATE_MEANING[State.NOT_CONFIRMED]
    if last is None:
        return say("还没有检测过。", "It has not been audited yet.")
    return "" if judged(last) else last.reason or words.RUN_MEANING[last.state]


def stopped(history: History, host: str | None = None) -> str:
    """The sentence on the emergency stops in force, all of them or those that a host meets; empty if there are none."""
    meant = [stop for stop in history.stops if host is None or stop.host == "*" or matches_host(f"{host}:0", stop.host)]
    told = say("；", "; ").join(f"{place}{aside(about)}" for place, about in (stop_told(stop, history.timezone) for stop in meant))
    return say(f"紧急停止生效中，暂不访问：{told}。", f"An emergency stop is in force; not visited for now: {told}.") if told else ""


def stop_told(stop: Stop, timezone: str) -> tuple[str, str]:
    """What an emergency stop keeps us from, and since when, by whom and why, as far as that is known."""
    begun = words.clock(stop.since, timezone) if stop.since else ""
    since = say(f"{begun} 起", f"since {begun}") if begun else ""
    host = say("全部主机", "all hosts") if stop.host == "*" else stop.host
    return host, joined([part for part in (since, stop.by, stop.why) if part])


def pages_judged(run: RunSummary) -> int:
    """Pages that were judged or whose judgement was carried over unchanged."""
    return run.pages_audited + run.pages_reused


def known(run: RunSummary) -> int:
    """All addresses of the ledger."""
    return sum(run.coverage.values())


def ledger(id: str, counts: Mapping[State, int], caption: str) -> Markup:
    """A table of how many addresses ended in which state, by kind, with their sum."""
    rows = []
    for kind in words.Kind:
        states = [(state, counts[state], words.STATE_MEANING[state]) for state in State if words.kind(state) == kind and counts.get(state)]
        if states:
            rows.append((capital(words.KIND[kind]), states, sum(count for _, count, _ in states)))
    return piece("parts.html", "ledger", id=id, rows=rows, total=sum(counts.values()), caption=caption)
