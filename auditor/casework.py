"""What cases need from a round: retests made of its results, and reminders to owners who can be reached."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from auditor import cases as rules
from auditor.case_dates import Due, Occasion, due
from auditor.language import say, told_in
from auditor.model import JUDGED, Case, CaseEvent, CaseState, CaseStep, Channel, History, Issue, Party, Reader, Watch
from auditor.notices.case_news import case_news
from auditor.store import Store, StoreError
from auditor.store_cases import Cases
from auditor.store_outbox import Outbox
from reports import notice

log = logging.getLogger("auditor")

OURS = "auditor"
WHY_RETEST = "依据本轮检测的结果。"


def follow_up(watch: Watch, store: Store, round: str, now: datetime) -> None:
    """Retest every open case of a site that the round judged, and remind of what is due. A mistake of ours here never costs the round."""
    try:
        cases = Cases(store, watch.timezone)
        open_ones: dict[str, list[Case]] = {}
        for case in cases.all():
            if case.state is not CaseState.CLOSED:
                open_ones.setdefault(case.site, []).append(case)
        for site, theirs in open_ones.items():
            for one in waiting(_retests(watch, store, site, theirs, round, now), watch.timezone, now):
                with contextlib.suppress(rules.NotAllowed):  # somebody was faster
                    _remind(watch, store, cases, one, now)
    except Exception:
        log.exception("案件没有跟进，检测结果不受影响。")


def waiting(cases: Iterable[Case], timezone: str, now: datetime) -> tuple[Due, ...]:
    """All that waits in these cases today."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    return tuple(found for case in cases for found in due(case, today, timezone))


def to_do(cases: Iterable[Case], timezone: str, now: datetime) -> Mapping[str, str]:
    """Number of a case -> all that waits in it today, in sentences."""
    found: dict[str, str] = {}
    for one in waiting(cases, timezone, now):
        found[one.case.id] = found.get(one.case.id, "") + one.sentence
    return found


def retested(watch: Watch, store: Store, id: str, at: CaseEvent) -> Case:
    """Retest one case by the newest round that judged its site. StoreError where none did since it was opened."""
    cases = Cases(store, watch.timezone)
    case = cases.get(id)
    run = next((one for one in store.runs(case.site, brief=True) if one.state in JUDGED), None)
    if run is None or run.started < case.events[0].at:
        raise StoreError(say(
            f"通报以后还没有检测过这个网站，请先运行 auditor run --site {case.site}。",
            f"The site has not been audited since the notice. Please run auditor run --site {case.site} first.",
        ))  # fmt: skip
    issues = store.issues(case.site)
    return cases.act(id, lambda now: rules.retest(now, issues, round=run.round, timezone=watch.timezone, at=at))


def tell(watch: Watch, store: Store, case: Case, what: CaseStep | Due, now: datetime) -> int:
    """Queue what happened in a case for those whom it concerns, in Chinese; the number of messages."""
    channels = [one for one in watch.notices if _concerns(one, case)]
    with told_in("zh"):
        return Outbox(store).queue([(channel.id, case_news(case, what, channel, _name(watch, case), now)) for channel in channels], now)


def letter(history: History, case: Case) -> bytes | None:
    """The draft of the letter (整改通知) of a case as DOCX; None where none of its barriers can be written of now."""
    site = next((site for site in history.sites if site.target.site.id == case.site), None)
    return notice.letter(history, site, case) if site else None


def _retests(watch: Watch, store: Store, site: str, cases: Sequence[Case], round: str, now: datetime) -> Iterator[Case]:
    """The open cases of a site, retested where the round judged it; without those that somebody else went on with meanwhile."""
    run = store.run_of(site, round)
    if run is None or run.state not in JUDGED:
        yield from cases
        return
    issues = store.issues(site)
    for case in cases:
        with contextlib.suppress(rules.NotAllowed):
            yield case if not case.groups or run.started < case.events[0].at else _retest(watch, store, case, issues, round, now)


def _retest(watch: Watch, store: Store, case: Case, issues: Iterable[Issue], round: str, now: datetime) -> Case:
    """The case after its retest. An event is added only where the result is another, or the deadline asks for one."""
    bare = CaseEvent(at=now, step=CaseStep.RETEST, by=OURS, party=Party.SERVICE, why=WHY_RETEST)
    made = rules.retest(case, issues, round=round, timezone=watch.timezone, at=bare)
    asked = any(one.occasion is Occasion.RETEST for one in due(case, rules.day_of(made, watch.timezone), watch.timezone))
    if not asked and (made.repaired, made.gone, made.unseen) == (case.repaired, case.gone, case.unseen):
        return case
    after = Cases(store, watch.timezone).act(case.id, made)
    if asked or (case.standing and not after.standing):
        tell(watch, store, after, CaseStep.RETEST, now)
    return after


def _remind(watch: Watch, store: Store, cases: Cases, one: Due, now: datetime) -> None:
    """Remind an owner who can be reached; where nobody can be, it stays due, for a person to see to."""
    owners = [channel for channel in watch.notices if channel.reader is Reader.OWNER and _concerns(channel, one.case)]
    if one.occasion is Occasion.RETEST or not owners:
        return
    tell(watch, store, one.case, one, now)
    cases.act(one.case.id, CaseEvent(at=now, step=CaseStep.REMIND, by=OURS, party=Party.SERVICE, why=one.sentence))


def _concerns(channel: Channel, case: Case) -> bool:
    return channel.reader is not Reader.OPERATOR and (not channel.sites or case.site in channel.sites)


def _name(watch: Watch, case: Case) -> str:
    return next((target.site.name for target in watch.targets if target.site.id == case.site), case.site)
