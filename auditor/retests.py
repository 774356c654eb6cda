"""Retests: the pages of one group of barriers looked at again by day, which closes or reopens that group and touches nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from auditor import stops
from auditor.apart import WorkerLost
from auditor.lifecycle import advance
from auditor.looking import GivenWay, TookTooLong, look
from auditor.model import SEEN, STANDING, Issue, IssueState, Order, Progress, Run, State, Target, Variant, Watch
from auditor.store import Store
from auditor.store_lock import StoreBusy
from checks import judge
from crawlers.journeys import title as journey_of

MOST_PAGES = 10
"""Pages of one retest: it is to answer in minutes, and to be no burden by day."""

LONGEST = timedelta(minutes=30)

GIVEN_WAY = "夜间检测已经开始，复测让位，以夜间检测的结果为准"


@dataclass(frozen=True, kw_only=True)
class Retest:
    """One retest, from when it was asked for."""

    site: str
    group: str
    pages: tuple[str, ...]
    asked: datetime
    ended: datetime | None = None
    told: str = ""  #: what came of it, as a Chinese sentence


def pages_of(issues: Sequence[Issue], target: Target) -> tuple[str, ...]:
    """The pages to look at for a group: those where it stands, else those where it was closed; none where a retest could tell nothing.

    That is so for what shows only on other variants, in the middle of a journey, or over the pages of a site together.
    """
    asked = judge.asked(target.level, target.profile, site=False)
    able = [one for one in issues if one.variant is Variant.DESKTOP and not journey_of(one.page) and one.rule in asked]
    standing = [one.page for one in able if one.state in STANDING]
    closed = [one.page for one in able if one.state in (IssueState.FIXED, IssueState.PAGE_GONE)]
    return tuple(dict.fromkeys(standing or closed))[:MOST_PAGES]


def perform(db: Path, watch: Watch, target: Target, group: str, pages: Sequence[str], night_runs: Callable[[], bool]) -> str:
    """Visit the pages and bring the group up to date; the sentence on what came of it.

    A night that begins meanwhile comes first: no further visit is made, and nothing is stored. StoreError, BrowserMissing as in a round.
    """
    began = datetime.now(UTC)
    order = Order(
        target=replace(target, pages=tuple(pages), journeys=(), variants=(Variant.DESKTOP,)), network=watch.network,
        round=_name(began, watch.timezone), now=began, deadline=began + LONGEST, page_limit=target.page_seconds, crawl=False,
        level=target.level, stops=str(stops.beside(db)),
    )  # fmt: skip
    blobs: dict[str, bytes] = {}

    def keep(progress: Progress) -> None:
        blobs.update(progress.blobs)

    try:
        run = look(order, night_runs, keep)
    except GivenWay:
        return f"{GIVEN_WAY}。"
    except TookTooLong:
        return "复测没有在规定的时间内结束，已经中断，没有结果。"
    except WorkerLost:
        return "检测进程意外结束，可能是网页占用的内存太多，没有结果。"
    if night_runs():
        return f"{GIVEN_WAY}。"
    with Store.open(db) as store:
        try:
            return _told(run, pages, _entered(store, run, group, blobs))
        except StoreBusy as error:
            return str(error)


def _entered(store: Store, run: Run, group: str, blobs: Mapping[str, bytes]) -> tuple[Sequence[Issue], Sequence[Issue]]:
    """Store what the run proves of the group: its issues before and after."""
    with store.writing():
        if store.under_way():
            raise StoreBusy(f"{GIVEN_WAY}。")
        known = store.issues(run.site)
        changed = advance(known, run, catalogue=frozenset(judge.rules()), asked_before=store.asked_before(run.site, run.round)).changed
        before = [issue for issue in known if issue.group == group]
        ids = {issue.id for issue in before}
        ours = [issue for issue in changed if issue.id in ids or issue.group == group]
        shown = {digest for issue in ours for digest in (issue.picture, issue.scene)} & set(blobs)
        store.save_retest(run, ours, {digest: blobs[digest] for digest in shown})
        return before, [*{**{one.id: one for one in before}, **{one.id: one for one in ours}}.values()]


def _told(run: Run, pages: Sequence[str], states: tuple[Sequence[Issue], Sequence[Issue]]) -> str:
    """What a retest came to: looked at, repaired, still there, back again, and what could not be looked at and why."""
    before, after = states
    was = {issue.id: issue.state in STANDING for issue in before}
    seen = {entry.url for entry in run.coverage if entry.state in SEEN or entry.state is State.NOT_HTML}
    closed = sum(was.get(issue.id, False) and issue.state not in STANDING for issue in after)
    back = sum(not was.get(issue.id, True) and issue.state in STANDING for issue in after)
    still = sum(issue.state in STANDING and issue.page in set(pages) for issue in after)
    said = [f"复测 {len(pages)} 页，看到 {len(seen)} 页", f"{closed} 处已经不在", f"{still} 处仍在"]
    if back:
        said.append(f"其中 {back} 处修复后又出现")
    unseen = {entry.reason for entry in run.coverage if entry.url in pages and entry.url not in seen and entry.reason}
    return "，".join(said) + "。" + "".join(f"未能复测：{reason}。" for reason in sorted(unseen))


def _name(began: datetime, timezone: str) -> str:
    """Named by the local time at which it begins, and told apart from rounds."""
    return began.astimezone(ZoneInfo(timezone)).strftime("%Y%m%d-%H%M%S-%f-retest")
