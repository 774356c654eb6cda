"""Starts the nights at their times; what a night does is handed in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from auditor.model import Watch
from auditor.target_schema import weekly

LATE = timedelta(hours=4)
"""How late a night may still begin when the machine slept or was busy; what is missed by more is made up at the next start."""

THREADS = 32
"""Distinct times that can be due in one moment; all but one of them find a night running and are left out."""

log = logging.getLogger(__name__)


class Nights:
    """The schedule of one service: one job per distinct time among the enabled targets, never two nights at once.

    `start(schedule)` is called in a thread of its own with the text of the schedule that is due, such as `02:00`; it audits
    the enabled targets with that schedule and returns when the round is over. `last_round()` tells when the newest round
    began (aware), None if there has been none; it is asked once, by `begin`.
    """

    def __init__(
        self,
        watch: Watch,
        start: Callable[[str], None],
        last_round: Callable[[], datetime | None],
        *,
        paused: Callable[[], bool] = lambda: False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._start, self._last_round, self._paused, self._now = start, last_round, paused, now
        self._running, self._ended = threading.Lock(), threading.Event()
        self._apart: list[threading.Thread] = []  # what runs besides the scheduler: nights made up, rounds asked for
        self._triggers = _triggers(watch)
        self._scheduler = BackgroundScheduler(timezone=watch.timezone, executors={"default": ThreadPoolExecutor(THREADS)})

    def begin(self) -> None:
        """Watch the clock from now on, and start at once what was missed while nobody did."""
        self._schedule()
        missed = self.missed()
        if missed and not self._paused():
            log.info("上次检测之后错过了计划时间 %s，现在补做。", "、".join(missed))
            self._beside(lambda: self._make_up(missed), "make-up")
        self._scheduler.start()

    def replace(self, watch: Watch) -> None:
        """Go by the times of another watch from now on; a night under way is not touched. Nothing is made up."""
        self._triggers = _triggers(watch)
        self._scheduler.remove_all_jobs()
        self._schedule()

    def end(self, *, wait: bool = True) -> None:
        """Start no more nights; with `wait`, return only when the one under way is over."""
        self._ended.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=wait)
        for thread in self._apart if wait else ():
            thread.join()

    def run(self, schedule: str) -> bool:
        """Run one night now, in this thread. False, and nothing is done, while another one runs; errors of the night are logged.

        The same while the schedule is paused.
        """
        if self._paused():
            log.warning("检测计划 %s 到了时间，但计划已经暂停，这一次不启动。", schedule)
            return False
        if not self._running.acquire(blocking=False):
            log.warning("检测计划 %s 到了时间，但另一次检测还在进行，这一次不启动。", schedule)
            return False
        try:
            self._start(schedule)
        except Exception:
            log.exception("按计划 %s 启动的检测没有完成。", schedule)
        finally:
            self._running.release()
        return True

    def now(self, work: Callable[[], None]) -> bool:
        """Do some work in a thread of its own, as if it were a night. False, and nothing is done, while a night runs."""
        if self._ended.is_set() or not self._running.acquire(blocking=False):
            return False

        def done() -> None:
            try:
                work()
            except Exception:
                log.exception("手工启动的检测没有完成。")
            finally:
                self._running.release()

        self._beside(done, "by-hand")
        return True

    @property
    def running(self) -> bool:
        """Whether a night runs at this moment."""
        return self._running.locked()

    def missed(self) -> tuple[str, ...]:
        """Schedules that were due between the last round and now. Without any round so far the first one waits for its time."""
        last = self._last_round()
        if last is None:
            return ()
        now = self._now()
        return tuple(text for text, when in self._triggers.items() if _due(when, last, now))

    def next_times(self) -> dict[str, datetime]:
        """Schedule -> when it is due next, in the timezone of the watch; times that never come are left out."""
        times = {text: when.get_next_fire_time(None, self._now()) for text, when in self._triggers.items()}
        return {text: time for text, time in times.items() if time is not None}

    def _schedule(self) -> None:
        for text, when in self._triggers.items():
            self._scheduler.add_job(
                self.run, when, args=[text], id=text, coalesce=True, max_instances=1, misfire_grace_time=int(LATE.total_seconds()),
                replace_existing=True,
            )  # fmt: skip

    def _beside(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name)
        self._apart = [one for one in self._apart if one.is_alive()] + [thread]
        thread.start()

    def _make_up(self, missed: Iterable[str]) -> None:
        """In a thread of our own: APScheduler 3 trips over a one-time job that is under way when it is shut down."""
        for text in missed:
            if not self._ended.is_set():
                self.run(text)


def schedules(watch: Watch) -> tuple[str, ...]:
    """The distinct schedules of the enabled targets, in the order of the file."""
    return tuple(dict.fromkeys(target.schedule for target in watch.targets if target.enabled))


def trigger(schedule: str, timezone: str) -> CronTrigger:
    """When `02:00` or `mon-fri 02:00` is due in a timezone. ValueError with a Chinese sentence if it says nothing sensible."""
    days, hour, minute = weekly(schedule)
    return CronTrigger(day_of_week=",".join(days), hour=hour, minute=minute, timezone=timezone)


def _triggers(watch: Watch) -> dict[str, CronTrigger]:
    return {text: trigger(text, watch.timezone) for text in schedules(watch)}


def _due(when: CronTrigger, last: datetime, now: datetime) -> bool:
    """A round that began at the very second it was due counts as done, hence one second more."""
    following = when.get_next_fire_time(None, last + timedelta(seconds=1))
    return following is not None and following <= now
