"""Keeps what was read of each site, so that a running service reads again only what has changed, and draws no page twice."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import reports
from auditor import stops
from auditor.everybody import for_everybody
from auditor.language import Language, spoken
from auditor.model import History, SiteHistory, Watch
from auditor.publish import read_history
from auditor.store import Store
from reports import open_data

Mark = tuple[Any, ...]
NEVER: Mark = ("never read",)


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A history, and what held when it was read."""

    history: History
    watch: Watch
    common: Mark  #: what all that is told of sites depends on
    passing: Mark  #: what the rest depends on
    sites: Mapping[str, tuple[Mark, SiteHistory]]


_Drawn = tuple[
    History, dict[bool, History], dict[tuple[reports.Render, bool, Language], dict[str, bytes]],
    dict[tuple[str, bool, Language], bytes | None],
]  # fmt: skip
"""A history, the same in full and as everybody may read it (True), the pages that each report made of each in each language, and the open
data asked for."""


class Remembered:
    """The brief history of all sites (`StoreReader.history`) as of now. May be asked from any thread."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None
        self._drawn: _Drawn | None = None
        self._reading, self._drawing = threading.Lock(), threading.Lock()

    def history(self, watch: Watch, store: Store, now: datetime) -> History:
        """The same object as before until something changes, or an hour passes. Whoever asks meanwhile waits for the one that reads."""
        with self._reading, store.db.atomic():
            common = (now.astimezone(ZoneInfo(watch.timezone)).date(), *store.mark())
            passing = (now.replace(minute=0, second=0, microsecond=0), stops.read(stops.beside(store.path)))
            marks = store.marks()
            kept = self._kept
            known = kept.sites if kept is not None and kept.watch is watch and kept.common == common else {}
            changed = tuple(one for one in watch.targets if known.get(one.site.id, (NEVER,))[0] != marks.get(one.site.id, ()))
            if kept is not None and known and not changed and kept.passing == passing:
                return kept.history
            read = read_history(replace(watch, targets=changed), store, brief=True)
            fresh = {one.target.site.id: (marks.get(one.target.site.id, ()), one) for one in read.sites}
            sites = {one.site.id: fresh.get(one.site.id) or known[one.site.id] for one in watch.targets}
            history = replace(read, sites=tuple(site for _, site in sites.values()))
            self._kept = _Kept(history=history, watch=watch, common=common, passing=passing, sites=sites)
            return history

    def page(self, history: History, path: str, *, public: bool = False) -> bytes | None:
        """A page about all sites together, as it is or as everybody may read it; None where there is none.

        A report is drawn once for a history and the language that is told, with all of its pages, so that one which is
        none costs no more than a look.
        """
        with self._drawing:
            if self._drawn is None or self._drawn[0] is not history:
                self._drawn = (history, {False: history}, {}, {})
            _, told, drawn, data = self._drawn
            if public not in told:
                told[public] = for_everybody(history)
            if path in open_data.PATHS:
                asked = (path, public, spoken())
                if asked not in data:
                    data[asked] = open_data.file_of(told[public], path)
                return data[asked]
            render = reports.maker_of(path)
            wanted = (render, public, spoken())
            if wanted not in drawn:
                drawn[wanted] = dict(render(told[public]))
            return drawn[wanted].get(path)
