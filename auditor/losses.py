"""What a round knows of audits whose worker was lost: which pages were being looked at, how often it happened, what time is spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from auditor.addresses import url_key
from auditor.model import Coverage, Judged, Looking, Progress, State, Target, Variant

MOST = 3
"""Losses after which nothing more of a site is visited in a round: what was judged by then is its run."""

LOST = "检测这一页时检测进程意外结束，这一轮不再检测"
CALLED_OFF = "检测进程三次意外结束，没有访问"


class Losses:
    """The losses of one round; used by one thread."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()
        self._first: dict[str, datetime] = {}  #: site -> when its first visit began
        self._suspects: dict[str, frozenset[tuple[str, Variant]]] = {}  #: site -> what was looked at when its worker was lost
        self._under_way: dict[str, dict[tuple[str, Variant], State]] = {}  #: site -> what is looked at, and as what it would be lost

    def looking(self, told: Looking, now: datetime) -> None:
        """A page is being looked at, or no longer is."""
        self._first.setdefault(told.site, now)
        under_way = self._under_way.setdefault(told.site, {})
        if told.over:
            under_way.pop((told.url, told.variant), None)
        else:
            under_way[told.url, told.variant] = State.NOT_HTML if told.document else State.CRASHED

    def judged(self, told: Progress) -> None:
        """A page is done."""
        entry = told.judged.coverage
        self._under_way.get(told.site, {}).pop((entry.url, entry.variant), None)

    def lost(self, site: str) -> bool:
        """The worker of a site was lost; whether its audit is handed out once more."""
        self._times[site] += 1
        return self._times[site] <= MOST

    def moved(self, site: str) -> None:
        """The machine of a site was lost, which says nothing of its pages and is not its own time."""
        self._under_way.pop(site, None)
        self._first.pop(site, None)

    def given_up(self, site: str) -> Iterator[Judged]:
        """The pages that are not looked at again, as one of them has probably cost the worker; to be asked at each loss.

        The first may have been chance, and gives nothing up. At the second it is what was looked at both times, else all that was; at the
        last all that was.
        """
        under_way, before = self._under_way.pop(site, {}), self._suspects.get(site, frozenset())
        self._suspects[site] = frozenset(under_way)
        if self._times[site] == 1:
            return
        twice = [] if self._times[site] >= MOST else [what for what in under_way if what in before]
        for url, variant in twice or under_way:
            entry = Coverage(url=url, variant=variant, state=under_way[url, variant], reason=LOST, url_key=url_key(url))
            yield Judged(coverage=entry)

    def careful(self, target: Target) -> Target:
        """How a site is looked at: once its worker was lost, one page at a time, so that few are given up for one."""
        return replace(target, tabs=1) if self._times[target.site.id] else target

    def spent(self, site: str, now: datetime) -> float:
        """Seconds since the first visit of a site began, which are its own whatever became of the worker."""
        first = self._first.get(site)
        return 0.0 if first is None else (now - first).total_seconds()

    def called_off(self, site: str) -> str:
        """Why nothing more of a site is visited (`Order.called_off`), "" if it is."""
        return CALLED_OFF if self._times[site] >= MOST else ""
