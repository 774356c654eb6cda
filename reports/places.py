"""Puts regions and departments in the order in which an official lists them, with the sites that belong to each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.language import say
from auditor.model import History, Region, SiteHistory

ZONES = range(71, 80)
"""Last two digits of the codes that the statistics bureau gives to development zones (开发区), which are no divisions of the state."""

NOBODY = ""
"""Id of the department of sites whose owner is not known."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A region or a department with its sites."""

    id: str  #: code of the region, or name of the department
    name: str
    sites: tuple[SiteHistory, ...]


def order(region: Region) -> tuple[bool, bool, str]:
    """Sorts by code, zones last, those without a national code at the very end."""
    return (zone(region), region.local, region.id)


def zone(region: Region) -> bool:
    """Whether it is a zone (功能区): its code is ours, or one of those that only statistics know."""
    return region.local or (len(region.id) == 6 and region.id[4:].isdecimal() and int(region.id[4:]) in ZONES)


def counties(history: History, sites: Sequence[SiteHistory]) -> tuple[Place, ...]:
    """What the city has itself, then its counties in the order of their codes, then its zones; those without a site too."""
    above = {region.parent for region in history.regions}
    belonging: dict[str, list[SiteHistory]] = defaultdict(list)
    for site in sites:
        belonging[site.target.site.region].append(site)
    ordered = sorted(history.regions, key=lambda region: (region.id not in above, *order(region)))
    known = [(one.id, say(f"{one.name}（本级）", f"{one.name} (city level)") if one.id in above else one.name) for one in ordered]
    known += [(id, id) for id in sorted(belonging.keys() - {id for id, _ in known})]
    return tuple(Place(id=id, name=name, sites=tuple(belonging[id])) for id, name in known)


def departments(history: History, sites: Sequence[SiteHistory]) -> tuple[Place, ...]:
    """The owners of sites, in the order of their regions, then of the list of sites; sites whose owner is not known come last."""
    ordered = sorted(history.regions, key=lambda region: (region.parent is not None, *order(region)))
    regions = {region.id: number for number, region in enumerate(ordered)}
    belonging: dict[str, list[SiteHistory]] = defaultdict(list)
    for site in sorted(sites, key=lambda one: regions.get(one.target.site.region, len(regions))):
        belonging[site.target.site.owner.strip()].append(site)
    owners = sorted(belonging, key=lambda owner: owner == NOBODY)
    unknown = say("主办单位待核", "owner not known yet")
    return tuple(Place(id=owner, name=owner or unknown, sites=tuple(belonging[owner])) for owner in owners)
