"""Keeps what everybody may read of single sites, so that a crawl of public reports does not read and cover the same site at every step."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import reports
from auditor.everybody import for_everybody
from auditor.language import Language, spoken
from auditor.model import History, SiteHistory

HELD = 16
"""Sites that are held in full, those that were asked for last."""

Read = Callable[[str], History | None]
"""Reads one site in full, as those who work with it may see it."""


class CoveredSites:
    """Single sites without what is not for everybody, each good for as long as `Remembered` tells the same of it. For any thread."""

    def __init__(self, read: Read) -> None:
        self._read, self._lock = read, threading.RLock()
        self._sites: OrderedDict[tuple[str, Language], tuple[SiteHistory, SiteHistory]] = OrderedDict()
        self._pictures: dict[str, tuple[SiteHistory, frozenset[str]]] = {}
        self._places: tuple[History, Mapping[str, Sequence[str]]] | None = None

    def of(self, history: History, site: str) -> History | None:
        """A history (of `Remembered`, in brief) with one site alone, covered in the language that is told; None where it is not watched."""
        brief = _brief(history, site)
        if brief is None:
            return None
        with self._lock:
            key = (site, spoken())
            kept = self._sites.get(key)
            if kept is None or kept[0] is not brief:
                read = self._read(site)
                if read is None or not read.sites:
                    return None
                kept = self._sites[key] = (brief, for_everybody(read).sites[0])
            self._sites.move_to_end(key)
            while len(self._sites) > HELD:
                self._sites.popitem(last=False)
        return replace(for_everybody(replace(history, sites=())), sites=(kept[1],))

    def shows(self, history: History, digest: str) -> bool:
        """Whether the public page of a site shows a picture: neither a window nor one beside which personal data was found."""
        with self._lock:
            if self._places is None or self._places[0] is not history:
                self._places = (history, _places(history))
            return any(digest in self._shown(history, site) for site in self._places[1].get(digest, ()))

    def _shown(self, history: History, site: str) -> frozenset[str]:
        """The pictures on the public page of a site."""
        brief, kept = _brief(history, site), self._pictures.get(site)
        if brief is None:
            return frozenset()
        if kept is None or kept[0] is not brief:
            told = self.of(history, site)
            kept = self._pictures[site] = (brief, frozenset(reports.pictures(told)) if told else frozenset())
        return kept[1]


def _brief(history: History, site: str) -> SiteHistory | None:
    return next((one for one in history.sites if one.target.site.id == site), None)


def _places(history: History) -> Mapping[str, Sequence[str]]:
    """Picture of an element -> the sites with an issue that has it."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for site in history.sites:
        for issue in site.issues:
            if issue.picture:
                found[issue.picture][site.target.site.id] = None
    return {digest: tuple(sites) for digest, sites in found.items()}
