"""One round: audits the wanted sites on the given workers, stores each Run as it comes and advances its issues."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor import stops
from auditor.addresses import canonical, host_of
from auditor.audit import audit, may_visit
from auditor.budgets import site_seconds
from auditor.lifecycle import advance
from auditor.model import (
    Coverage,
    Issue,
    Move,
    Order,
    Permit,
    Progress,
    Run,
    RunState,
    RunSummary,
    Score,
    State,
    Target,
    Watch,
)
from auditor.moves import Night, moved
from auditor.run_score import excused, score
from auditor.sampling import limit_of, period_of
from auditor.store import Store
from checks import judge
from crawlers.browsers.find import BrowserMissing, DriverMissing
from crawlers.pace import night

log = logging.getLogger("auditor")

NIGHT = timedelta(hours=8)
"""The longest a round may take; what is not begun by then is not begun."""

RUNS_BEFORE = 30  # among which one with an index is looked for, to compare with
SAMPLES_BACK = 30  # runs among which the last sample is looked for
SCHEDULE = "schedule"  # the trigger of rounds that nobody looks on

STALE = timedelta(hours=20)
"""An interrupted round older than this is not resumed: its pages belong to an earlier night."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a round came to."""

    round: str
    started: datetime
    finished: datetime
    runs: tuple[RunSummary, ...]

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.finished - self.started).total_seconds()


class RoundAbandoned(Exception):
    """The coordinator gave the round up (full disk, Ctrl-C, missing browser); audits under way end at their next page."""


Tell = Callable[[Progress | RunSummary], None]


def run_round(
    watch: Watch, targets: Sequence[Target], store: Store, executor: Executor, *, trigger: str, resume: bool = False,
    tell: Tell = lambda _: None, stop: threading.Event | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Outcome:  # fmt: skip
    """Audit `targets` in one round and store everything; only this thread writes the store.

    Sites of one host are audited one after another. With `resume` the newest unfinished round goes on: sites that it
    had finished stay as they are, of the others only the pages it had not judged are visited.
    With the trigger "schedule" a site is visited within its `window` only: it waits for that to open, and where that would take
    longer than the round it is told as not visited. A person who starts a round by hand is present, and not bound by it.
    `tell` hears of every judged page and every stored run. Errors of a worker (no browser) are raised here, and
    RoundAbandoned once `stop` is set; the round then stays unfinished and can be resumed.
    """
    now = clock()
    round_id = (_unfinished(store, now) if resume else None) or _new_name(watch, store, now)
    store.begin_round(round_id, now, trigger)
    store.register([target.site for target in watch.targets], now)
    store.permit({target.site.id: _permit(target, watch, now) for target in targets})
    work = _Work(watch, store, executor, round_id, now, tell, stop or threading.Event(), clock, by_night=trigger == SCHEDULE)
    runs = work.all(targets)
    finished = clock()
    store.end_round(round_id, finished)
    store.sweep(**watch.retention)
    return Outcome(round=round_id, started=now, finished=finished, runs=tuple(runs))


def may_begin(target: Target, timezone: str, now: datetime) -> tuple[datetime, datetime]:
    """When visits of a site may begin in a round of the schedule that begins now, and by when they must have begun."""
    end = now + NIGHT
    if target.window is None or target.window[0] == target.window[1]:
        return now, end
    opens, closes = night(target.window, timezone, now)
    return max(opens, now), min(closes, end)


def _permit(target: Target, watch: Watch, now: datetime) -> Permit | None:
    """On whose word a site is visited; None if it is not."""
    if not may_visit(target, watch.network):
        return None
    host, word = host_of(target.site.url), target.confirmed
    return Permit(host=host, by=word.by if word else "", date=word.date if word else None, since=now)


def _unfinished(store: Store, now: datetime) -> str | None:
    """The newest round, if it was interrupted and not so long ago that what it saw has grown old."""
    open_ones = store.unfinished()
    return next((entry.id for entry in store.rounds() if entry.id in open_ones and now - entry.started < STALE), None)


def _new_name(watch: Watch, store: Store, now: datetime) -> str:
    """A round is named by the local time at which it begins, such as 20261124-020000."""
    base = now.astimezone(ZoneInfo(watch.timezone)).strftime("%Y%m%d-%H%M%S")
    taken = {entry.id for entry in store.rounds()}
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 100_000))) if name not in taken)


class _Work:
    """The coordinator's side of a round: hands out sites by host, takes in pages and runs."""

    def __init__(
        self, watch: Watch, store: Store, executor: Executor, round_id: str, now: datetime, tell: Tell, stop: threading.Event,
        clock: Callable[[], datetime], *, by_night: bool,
    ) -> None:  # fmt: skip
        self.watch, self.store, self.executor, self.tell = watch, store, executor, tell
        self.round, self.now, self.stop, self.clock, self.by_night = round_id, now, stop, clock, by_night
        begun = next((one.started for one in store.rounds() if one.id == round_id), now)  # earlier than now where a round is resumed
        self.period = period_of(begun.astimezone(ZoneInfo(watch.timezone)).date())
        self.later: dict[str, datetime] = {}  #: host -> when the window of its next site opens
        self.inbox: queue.SimpleQueue[Progress | tuple[str, Future[Run]]] = queue.SimpleQueue()

    def all(self, targets: Sequence[Target]) -> list[RunSummary]:
        """Every target once, in the order in which they end."""
        runs: list[RunSummary] = []
        waiting = _by_host(targets)
        running: dict[str, tuple[Target, Future[Run]]] = {}
        for host in list(waiting):
            self._next(host, waiting, running, runs)
        try:
            while running or self.later:
                for host in [host for host, opens in self.later.items() if opens <= self.clock()]:
                    del self.later[host]
                    self._next(host, waiting, running, runs)
                item = self._news()
                if item is None:
                    continue
                if isinstance(item, Progress):
                    self.store.note(item)
                    self.tell(item)
                    continue
                host, future = item
                target, _ = running.pop(host)
                runs.append(self._keep(self._result(target, future)))
                self._next(host, waiting, running, runs)
        finally:
            self.stop.set()
            for _, future in running.values():
                future.cancel()
        return runs

    def _news(self) -> Progress | tuple[str, Future[Run]] | None:
        """What a worker tells; None if there is nothing for a while."""
        if self.stop.is_set():
            raise RoundAbandoned(self.round)
        with contextlib.suppress(queue.Empty):
            return self.inbox.get(timeout=0.5)
        return None

    def _report(self, progress: Progress) -> None:
        """What workers call with a judged page; ends their audit once this round is being abandoned."""
        if self.stop.is_set():
            raise RoundAbandoned(self.round)
        self.inbox.put(progress)

    def _next(
        self, host: str, waiting: dict[str, deque[Target]], running: dict[str, tuple[Target, Future[Run]]], runs: list[RunSummary]
    ) -> None:
        """Hand out the next site of a host, or wait for its window; those that this round has finished already are only told again."""
        while waiting[host]:
            target = min(waiting[host], key=lambda one: self._window(one)[0])
            waiting[host].remove(target)
            done = self.store.run_of(target.site.id, self.round)
            if done is not None:
                runs.append(done)
                self.tell(done)
                continue
            opens, closes = self._window(target)
            if opens >= self.now + NIGHT:
                runs.append(self._keep(self._not_begun(target, opens)))
                continue
            if opens > self.clock():
                waiting[host].appendleft(target)
                self.later[host] = opens
                return
            future = self.executor.submit(audit, self._order(target, closes), self._report)
            running[host] = (target, future)
            future.add_done_callback(lambda ended: self.inbox.put((host, ended)))
            return

    def _window(self, target: Target) -> tuple[datetime, datetime]:
        """When visits of a site may begin, and by when they must have begun."""
        opens, closes = may_begin(target, self.watch.timezone, self.clock()) if self.by_night else (self.now, self.now + NIGHT)
        return opens, min(closes, self.now + NIGHT)

    def _not_begun(self, target: Target, opens: datetime) -> Run:
        local = opens.astimezone(ZoneInfo(self.watch.timezone))
        span = "—".join(target.window or ())
        reason = f"允许访问的时段（{span}）要到 {local.month} 月 {local.day} 日 {local:%H:%M} 才开始，这一轮没有访问"
        return self._broken(target, reason)

    def _order(self, target: Target, deadline: datetime) -> Order:
        site = target.site.id
        return Order(
            target=target, network=self.watch.network, round=self.round, now=self.now, deadline=deadline,
            page_limit=target.page_seconds, site_limit=site_seconds(target), known=self.store.known(site),
            done=self.store.journal(self.round, site), level=target.level, stops=str(stops.beside(self.store.path)),
            period=self.period, suffices=limit_of(self.store.runs(site, SAMPLES_BACK), self.period),
        )  # fmt: skip

    def _result(self, target: Target, future: Future[Run]) -> Run:
        """What an audit brought. An error of ours on one site must not end the night of the others: it is told as a failed run."""
        try:
            return future.result()
        except DriverMissing as error:  # of no concern to sites that are visited with another browser
            return self._broken(target, str(error))
        except (BrowserMissing, RoundAbandoned):
            raise
        except Exception as error:
            log.exception("the audit of %s broke off", target.site.id)
            reason = f"检测程序出错，这个网站今晚没有结果：{type(error).__name__}：{error}"[:300]
            return self._broken(target, reason)

    def _broken(self, target: Target, reason: str) -> Run:
        place = Coverage(url=canonical(target.site.url) or target.site.url, state=State.INTERRUPTED, reason=reason)
        return Run(
            site=target.site.id, round=self.round, started=self.now, finished=self.clock(), state=RunState.FAILED, reason=reason,
            coverage=(place,),
        )  # fmt: skip

    def _keep(self, run: Run) -> RunSummary:
        before = self.store.asked_before(run.site, run.round)
        known = self.store.issues(run.site)
        changed, counts = advance(known, run, catalogue=frozenset(judge.rules()), asked_before=before)
        after = {issue.id: issue for issue in (*known, *changed)}
        summary = self.store.save(run, changed, counts, *self._index(run, after.values()))
        self.tell(summary)
        return summary

    def _index(self, run: Run, issues: Iterable[Issue]) -> tuple[Score | None, Move | None]:
        """The index of the run, without the failures that a person has found to be none, and why it is not that of the run before.

        `issues`: all of the site, as the run left them.
        """
        spared = excused(issues, self.store.decisions(run.site), self.now.astimezone(ZoneInfo(self.watch.timezone)).date())
        index = score(run, judge.counting(), spared)
        before = next((one.round for one in self.store.runs(run.site, RUNS_BEFORE) if one.score is not None), None)
        if index is None or before is None:
            return index, None
        now = Night(round=run.round, coverage=run.coverage, tallies=run.tallies, asked=frozenset(run.rules))
        return index, moved(self.store.night(run.site, before), now, judge.counting(), spared)


def _by_host(targets: Iterable[Target]) -> dict[str, deque[Target]]:
    groups: dict[str, deque[Target]] = {}
    for target in targets:
        groups.setdefault(host_of(target.site.url), deque()).append(target)
    return groups
