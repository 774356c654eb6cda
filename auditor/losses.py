"""What a round knows of audits whose worker was lost: which pages were being looked at, how often it happened, what time is spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from auditor.addresses import canonical, url_key
from auditor.model import Coverage, Judged, Looking, Progress, State, Target, Variant

MOST = 2
"""Losses after which nothing more of a site is visited in a round: what was judged by then is its run."""

LOST = "检测这一页时检测进程意外结束，这一轮不再检测"
CALLED_OFF = "检测进程两次意外结束，没有访问"


class Losses:
    """The losses of one round; used by one thread."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()
        self._first: dict[str, datetime] = {}  #: site -> when its first visit began
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

    def given_up(self, target: Target) -> Iterator[Judged]:
        """The pages of which one may have cost the worker: they are not looked at again.

        The start page is, unless it was that twice: without it there is no night.
        """
        start = canonical(target.site.url) or target.site.url
        for (url, variant), state in self._under_way.pop(target.site.id, {}).items():
            if url != start or self._times[target.site.id] >= MOST:
                yield Judged(coverage=Coverage(url=url, variant=variant, state=state, reason=LOST, url_key=url_key(url)))

    def spent(self, site: str, now: datetime) -> float:
        """Seconds since the first visit of a site began, which are its own whatever became of the worker."""
        first = self._first.get(site)
        return 0.0 if first is None else (now - first).total_seconds()

    def called_off(self, site: str) -> str:
        """Why nothing more of a site is visited (`Order.called_off`), "" if it is."""
        return CALLED_OFF if self._times[site] >= MOST else ""
