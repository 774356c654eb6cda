"""One round: audits the wanted sites on the given workers, stores each Run as it comes and advances its issues."""

from __future__ import annotations

import contextlib
import heapq
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor import stops
from auditor.addresses import canonical, host_of
from auditor.apart import WorkerLost
from auditor.audit import audit_followed, may_visit
from auditor.budgets import site_seconds
from auditor.casework import follow_up
from auditor.cluster import ClusterGone, MachineLost
from auditor.indexing import RUNS_BEFORE, indexed
from auditor.lifecycle import advance
from auditor.losses import Losses
from auditor.model import (
    Coverage,
    Looking,
    Order,
    Permit,
    Progress,
    Run,
    RunState,
    RunSummary,
    State,
    Target,
    Watch,
)
from auditor.moves import Night
from auditor.notices.announcing import announce
from auditor.sampling import limit_of, period_of
from auditor.store import Store
from auditor.store_complaints import Complaints
from auditor.store_rounds import STALE
from auditor.upgrades import Upgrade, upgrade
from checks import judge
from crawlers.browsers.find import BrowserMissing, DriverMissing
from crawlers.pace import night
from reports import words

log = logging.getLogger("auditor")

NIGHT = timedelta(hours=8)
"""The longest a round may take; what is not begun by then is not begun."""

AT_ONCE = 128
"""Sites that are handed out at a time, waiting for a worker or with one: an order carries all that is known of its site, and those of a
whole city would fill the memory. More than a province's cluster has workers, so that none of them waits for the coordinator."""

SAMPLES_BACK = 30  # runs among which the last sample is looked for
SCHEDULE = "schedule"  # the trigger of rounds that nobody looks on


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
    fresh: bool = False, tell: Tell = lambda _: None, stop: threading.Event | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Outcome:  # fmt: skip
    """Audit `targets` in one round and store everything; only this thread writes the store.

    Sites of one host are audited one after another. With `resume` the newest unfinished round goes on: sites that it
    had finished stay as they are, of the others only the pages it had not judged are visited.
    With the trigger "schedule" a site is visited within its `window` only: it waits for that to open, and where that would take
    longer than the round it is told as not visited. A person who starts a round by hand is present, and not bound by it.
    With `fresh` every page is opened and judged, whether it has changed or not.
    `tell` hears of every judged page and every stored run. Errors of a worker (no browser, no cluster) are raised here, and
    RoundAbandoned once `stop` is set; the round then stays unfinished and can be resumed.
    """
    now = clock()
    round_id = (_unfinished(store, now) if resume else None) or _new_name(watch, store, now)
    store.begin_round(round_id, now, trigger)
    store.register([target.site for target in watch.targets], now)
    store.permit({target.site.id: _permit(target, watch, now) for target in targets})
    work = _Work(watch, store, executor, round_id, now, tell, stop or threading.Event(), clock, by_night=trigger == SCHEDULE, fresh=fresh)
    runs = work.all(targets)
    finished = clock()
    follow_up(watch, store, round_id, finished)
    announce(watch, store, round_id, finished)
    store.end_round(round_id, finished)
    store.sweep(**watch.retention)
    Complaints(store).forget(finished)
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
        clock: Callable[[], datetime], *, by_night: bool, fresh: bool,
    ) -> None:  # fmt: skip
        self.watch, self.store, self.executor, self.tell = watch, store, executor, tell
        self.round, self.now, self.stop, self.clock, self.by_night, self.fresh = round_id, now, stop, clock, by_night, fresh
        self.zone = ZoneInfo(watch.timezone)
        self.over = threading.Event()  #: for workers; `stop` belongs to whoever started the round, who may start another
        begun = next((one.started for one in store.rounds() if one.id == round_id), now)  # earlier than now where a round is resumed
        self.period = period_of(begun.astimezone(ZoneInfo(watch.timezone)).date())
        self.ready: deque[str] = deque()  #: hosts of which no site is under way, and one may be handed out
        self.later: list[tuple[datetime, str]] = []  #: when the window of a host's next site opens, and the host; a heap
        self.inbox: queue.SimpleQueue[_News] = queue.SimpleQueue()
        self.upgrading: set[str] = set()  #: sites whose run waits until the night before it has been judged again
        self.losses = Losses()
        self.desk = ThreadPoolExecutor(1, thread_name_prefix="again")  # where that is done, beside the audits

    def all(self, targets: Sequence[Target]) -> list[RunSummary]:
        """Every target once, in the order in which they end."""
        runs: list[RunSummary] = []
        waiting = _by_host(targets)
        running: dict[str, _Running] = {}
        self.ready.extend(waiting)
        try:
            while running or self.ready or self.later or self.upgrading:
                while self.later and self.later[0][0] <= self.clock():
                    self.ready.append(heapq.heappop(self.later)[1])
                while self.ready and len(running) < AT_ONCE:
                    self._next(self.ready.popleft(), waiting, running, runs)
                item = self._news(wait=bool(running or self.later or self.upgrading))
                if item is None:
                    continue
                if isinstance(item, Looking):
                    self.losses.looking(item, self.clock())
                    continue
                if isinstance(item, Progress):
                    self._note(item)
                    continue
                if isinstance(item, _Again):
                    runs.append(self._keep(item.upgrade.run, item))
                    continue
                host, future = item
                target, _, closes = running.pop(host)
                if isinstance(future.exception(), MachineLost):  # the executor says how often that may be
                    self.losses.moved(target.site.id)
                    self._submit(host, target, closes, running)
                    continue
                if isinstance(future.exception(), WorkerLost) and self.losses.lost(target.site.id):
                    for judged in self.losses.given_up(target.site.id):
                        self._note(Progress(round=self.round, site=target.site.id, judged=judged))
                    self._submit(host, target, closes, running)  # from the last page that was noted, and no later than before
                    continue
                run = self._result(target, future)
                runs += () if self._upgrades(target, run) else (self._keep(run),)
                self.ready.append(host)
        finally:
            self.over.set()
            self.desk.shutdown(wait=False, cancel_futures=True)
            for _, future, _ in running.values():
                future.cancel()
        return runs

    def _news(self, *, wait: bool) -> _News | None:
        """What a worker tells; None if there is nothing, for a while where it is waited for."""
        if self.stop.is_set():
            raise RoundAbandoned(self.round)
        with contextlib.suppress(queue.Empty):
            return self.inbox.get(timeout=0.5) if wait else self.inbox.get_nowait()
        return None

    def _note(self, progress: Progress) -> None:
        """Take in a page that is done."""
        self.losses.judged(progress)
        self.store.note(progress)
        self.tell(progress)

    def _report(self, told: Progress | Looking) -> None:
        """What workers call with a judged page, and with what they look at; ends their audit once this round is being abandoned."""
        if self.over.is_set() or self.stop.is_set():
            raise RoundAbandoned(self.round)
        self.inbox.put(told)

    def _next(
        self, host: str, waiting: dict[str, deque[Target]], running: dict[str, _Running], runs: list[RunSummary]
    ) -> None:  # fmt: skip
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
                heapq.heappush(self.later, (opens, host))
                return
            self._submit(host, target, closes, running)
            return

    def _submit(self, host: str, target: Target, closes: datetime, running: dict[str, _Running]) -> None:
        future = self.executor.submit(audit_followed, self._order(target, closes), self._report)
        running[host] = (target, future, closes)
        future.add_done_callback(lambda ended: self.inbox.put((host, ended)))

    def _window(self, target: Target) -> tuple[datetime, datetime]:
        """When visits of a site may begin, and by when they must have begun."""
        opens, closes = may_begin(target, self.watch.timezone, self.clock()) if self.by_night else (self.now, self.now + NIGHT)
        return opens, min(closes, self.now + NIGHT)

    def _not_begun(self, target: Target, opens: datetime) -> Run:
        local = opens.astimezone(ZoneInfo(self.watch.timezone))
        span = "—".join(target.window or ())
        reason = f"允许访问的时段（{span}）要到 {words.short_day(local)} {local:%H:%M} 才开始，这一轮没有访问"
        return self._broken(target, reason)

    def _order(self, target: Target, deadline: datetime) -> Order:
        site = target.site.id
        return Order(
            target=self.losses.careful(target), network=self.watch.network, round=self.round, now=self.now, deadline=deadline,
            page_limit=target.page_seconds, site_limit=site_seconds(target), spent=self.losses.spent(site, self.clock()),
            known=self.store.known(site), done=self.store.journal(self.round, site), called_off=self.losses.called_off(site),
            carried=() if self.fresh else self.store.carried(site, self.now, self.zone), today=self.now.astimezone(self.zone).date(),
            level=target.level, stops=str(stops.beside(self.store.path)), period=self.period,
            suffices=limit_of(self.store.runs(site, SAMPLES_BACK, brief=True), self.period),
        )  # fmt: skip

    def _result(self, target: Target, future: Future[Run]) -> Run:
        """What an audit brought. An error of ours on one site must not end the night of the others: it is told as a failed run."""
        try:
            return future.result()
        except DriverMissing as error:  # of no concern to sites that are visited with another browser
            return self._broken(target, str(error))
        except (BrowserMissing, RoundAbandoned, ClusterGone):
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

    def _upgrades(self, target: Target, run: Run) -> bool:
        """Whether the run is kept later, as it is judged by other rules than the last one: then that is judged again first."""
        change = upgrade(self.store, target, run, RUNS_BEFORE)
        if change is None:
            return False
        self.upgrading.add(run.site)
        ended = self.desk.submit(change.judged_again, self.store.blobs.get)
        ended.add_done_callback(lambda future: self.inbox.put(_Again(upgrade=change, future=future)))
        return True

    def _keep(self, run: Run, again: _Again | None = None) -> RunSummary:
        self.upgrading.discard(run.site)
        self.store.keep_rules(run.ruleset_id, (judge.rules()[rule] for rule in run.rules if rule in judge.rules()))
        before = self.store.asked_before(run.site, run.round)
        known = self.store.issues(run.site)
        changed, counts = advance(known, run, catalogue=frozenset(judge.rules()), asked_before=before)
        after = {issue.id: issue for issue in (*known, *changed)}
        today = self.now.astimezone(ZoneInfo(self.watch.timezone)).date()
        change, night = (again.upgrade, again.night()) if again else (None, None)
        found = indexed(self.store, run, after.values(), today, change=change, again=night)
        summary = self.store.save(run, changed, counts, found.score, found.move, bridge=found.bridge, core=found.core)
        self.tell(summary)
        return summary


@dataclass(frozen=True, kw_only=True)
class _Again:
    """A run under other rules, and the night before it judged again."""

    upgrade: Upgrade
    future: Future[Night]

    def night(self) -> Night | None:
        """None where that broke off: a change of the rules that cannot be bridged must not cost a night."""
        try:
            return self.future.result()
        except Exception:
            log.exception("the last night of %s could not be judged again", self.upgrade.run.site)
            return None


_News = Progress | Looking | tuple[str, Future[Run]] | _Again
_Running = tuple[Target, Future[Run], datetime]
"""An audit under way, and by when its visits must have begun."""


def _by_host(targets: Iterable[Target]) -> dict[str, deque[Target]]:
    groups: dict[str, deque[Target]] = {}
    for target in targets:
        groups.setdefault(host_of(target.site.url), deque()).append(target)
    return groups
