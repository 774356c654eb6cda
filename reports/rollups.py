"""Draws sites together by county, category, department and platform, with the index of each group and the rank that its interval allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from auditor.intervals import Estimate
from auditor.language import say
from auditor.model import History, SiteHistory
from auditor.scoring import ranks, together
from reports import scores, words
from reports.places import counties, departments
from reports.platforms import platform_of
from reports.runs import judged, newest, unconfirmed


class By(StrEnum):
    """By what sites are drawn together."""

    CITY = "city"
    REGION = "region"
    CATEGORY = "category"
    DEPARTMENT = "department"
    PLATFORM = "platform"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Sites that belong together, of those that are watched and were visited."""

    by: By
    id: str
    name: str
    sites: tuple[SiteHistory, ...]
    judged: int  #: sites whose newest night was judged
    counted: int  #: sites that are in the mean: judged by the rules that most sites share
    index: Estimate | None  #: plain mean of their indices; None without any
    rank: tuple[int, int] | None = None  #: best and worst among the groups of the same kind; None without an index


def watched(history: History) -> list[SiteHistory]:
    """The sites of which something is told: enabled, confirmed and visited."""
    return [site for site in history.sites if site.target.enabled and site.runs and not unconfirmed(site)]


def groups(history: History) -> list[Group]:
    """All groups that have a site, kind by kind, each kind in the order in which officials list it."""
    sites = watched(history)
    known = scores.comparable(sites)
    found = [_group(by, id, name, some, known) for by, id, name, some in _parts(history, sites) if some]
    placed: dict[tuple[By, str], tuple[int, int]] = {}
    for by in By:
        estimates = {one.id: one.index for one in found if one.by is by and one.index is not None}
        placed |= {(by, id): place for id, place in ranks(estimates).items()}
    return [replace(one, rank=None if one.by is By.CITY else placed.get((one.by, one.id))) for one in found]


def _parts(history: History, sites: Sequence[SiteHistory]) -> Iterator[tuple[By, str, str, Sequence[SiteHistory]]]:
    yield By.CITY, "all", say("全部站点", "All sites"), sites
    yield from ((By.REGION, place.id, place.name, place.sites) for place in counties(history, sites))
    kinds: dict[str, list[SiteHistory]] = defaultdict(list)
    families: dict[str, list[SiteHistory]] = defaultdict(list)
    for site in sites:
        kinds[site.target.site.category].append(site)
        told = platform_of(site)
        if told is not None and told.platform in history.platforms:
            families[told.platform].append(site)
    yield from ((By.CATEGORY, kind, name, kinds[kind]) for kind, name in words.CATEGORY.items() if kind in kinds)
    yield from ((By.DEPARTMENT, place.id, place.name, place.sites) for place in departments(history, sites))
    for id, some in sorted(families.items(), key=lambda one: (-len(one[1]), one[0])):
        platform = history.platforms[id]
        yield By.PLATFORM, id, say(f"{platform.vendor}：{platform.name}", f"{platform.vendor}: {platform.name}"), some


def _group(by: By, id: str, name: str, sites: Sequence[SiteHistory], known: Mapping[str, Estimate]) -> Group:
    estimates = [known[site.target.site.id] for site in sites if site.target.site.id in known]
    return Group(
        by=by, id=id, name=name, sites=tuple(sites), judged=sum(judged(newest(site)) for site in sites), counted=len(estimates),
        index=together(estimates),
    )  # fmt: skip
