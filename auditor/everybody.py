"""Takes out of a history what is not for everybody: names, reasons and notes that people wrote for one another, and personal data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from auditor.model import Coverage, History, RunSummary, SiteHistory
from auditor.stops import nameless
from reports.covering import covered

Reasoned = TypeVar("Reasoned", RunSummary, Coverage)


def for_everybody(history: History) -> History:
    """The same history for the public: decisions, stops and permits without who and why, sites without what was noted on them.

    Personal data on their pages is covered strictly, in the language that is told now (`reports.covering`).
    """
    stops = tuple(replace(stop, by="", why="") for stop in history.stops)
    return replace(history, public=True, stops=stops, sites=tuple(_site(covered(site)) for site in history.sites))


def _site(site: SiteHistory) -> SiteHistory:
    return replace(
        site, target=replace(site.target, note="", contact=""), runs=_nameless(site.runs), landmarks=_nameless(site.landmarks),
        coverage=_nameless(site.coverage), permits=tuple(replace(permit, by="") for permit in site.permits),
        decisions=tuple(replace(decision, by="", why="") for decision in site.decisions),
    )  # fmt: skip


def _nameless(told: Iterable[Reasoned]) -> tuple[Reasoned, ...]:
    """The same without the names in the reasons; what has none stays the same object."""
    return tuple(one if (reason := nameless(one.reason)) == one.reason else replace(one, reason=reason) for one in told)
