"""Which pages of a site are looked at in which other variants, by what the night has seen of it so far. Pure.

Desktop counts; the others stand beside it, on few pages: `PAGES`. The start page comes first, on a phone then pages of other templates, of
the elder version then pages that its start page leads to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from auditor.addresses import canonical
from auditor.model import SEEN, Judged, Order, Target, Variant
from checks.probes.toolbar_open import opening
from crawlers.journeys import title as journey_of
from crawlers.scope import belongs, unwanted
from crawlers.visitor import Manner, Trip

PAGES: Mapping[Variant, int] = {Variant.MOBILE: 3, Variant.ELDER: 3, Variant.TOOLBAR_OPEN: 1, Variant.TOOLBAR_BLOCKED: 1}
"""Pages of a site that are looked at in each variant, at most."""

PHONE = Manner(viewport=(375, 667), phone=True)
NOT_BLOCKABLE = "工具条的脚本写在网页里或文件名不能识别，不能单独屏蔽，没有对比"


def plan(order: Order, done: Sequence[Judged]) -> Sequence[Trip]:
    """The trips that make sense by now; a site without a toolbar or an elder version has none of these."""
    start = canonical(order.target.site.url) or order.target.site.url
    desktop = [judged for judged in done if judged.coverage.variant is Variant.DESKTOP and judged.coverage.state in SEEN]
    first = next((judged for judged in desktop if judged.coverage.url == start), None)
    noted = first.noted if first else {}
    wanted = order.target.variants
    trips: list[Trip] = []
    if Variant.MOBILE in wanted:
        trips += [Trip(url=url, variant=Variant.MOBILE, manner=PHONE) for url in _templates(desktop, start)]
    if first is not None and _has_toolbar(noted):
        trips += [trip for trip in (_open(start), _blocked(start, noted)) if trip.variant in wanted]
    if Variant.ELDER in wanted:
        trips += _elder(order.target, start, noted, done) if first is not None or order.target.elder else ()
    return trips


def most(target: Target) -> int:
    """The most pages that are looked at beside the desktop's."""
    return sum(PAGES.get(variant, 0) for variant in target.variants)


def _has_toolbar(noted: Mapping[str, Any]) -> bool:
    return bool(noted.get("toolbars") or any(not one["url"] for one in noted.get("aid", ())))


def _open(start: str) -> Trip:
    return Trip(url=start, variant=Variant.TOOLBAR_OPEN, manner=Manner(), first=(opening("aid"),))


def _blocked(start: str, noted: Mapping[str, Any]) -> Trip:
    patterns = tuple(noted.get("blockable", ()))
    unreachable = "" if patterns else NOT_BLOCKABLE
    return Trip(url=start, variant=Variant.TOOLBAR_BLOCKED, manner=Manner(blocked=patterns), unreachable=unreachable)


def _templates(desktop: Sequence[Judged], start: str) -> Iterator[str]:
    """The start page and the first pages of other templates, in the order of the walk."""
    kinds: dict[str, str] = {}
    for judged in sorted(desktop, key=lambda one: one.coverage.url != start):
        if not journey_of(judged.coverage.url):
            kinds.setdefault(judged.coverage.dom_key, judged.coverage.url)
    yield from list(kinds.values())[: PAGES[Variant.MOBILE]]


def _elder(target: Target, start: str, noted: Mapping[str, Any], done: Sequence[Judged]) -> list[Trip]:
    """The elder version: where targets.yml says, where a link of the start page leads, or what a control of it switches on."""
    entrances = noted.get("elder", ())
    told = target.elder or next((one["url"] for one in entrances if one["url"]), "")
    address = canonical(told, start) if told else None
    if address is None or address == start:
        first = (opening("elder"),)
        return [Trip(url=start, variant=Variant.ELDER, manner=Manner(), first=first)] if any(not one["url"] for one in entrances) else []
    trips = [Trip(url=address, variant=Variant.ELDER, manner=Manner())]
    seen = next((one for one in done if (one.coverage.url, one.coverage.variant) == (address, Variant.ELDER)), None)
    if seen is not None and seen.coverage.state in SEEN:
        links = dict.fromkeys(url for link in seen.links if (url := canonical(link, seen.coverage.final_url or address)))
        inside = [url for url in links if url != address and _within(url, address, start) and belongs(url, target)]
        wanted = [url for url in inside if unwanted(url, target, listed=True) is None][: PAGES[Variant.ELDER] - 1]
        trips += [Trip(url=url, variant=Variant.ELDER, manner=Manner()) for url in wanted]
    return trips


def _within(url: str, elder: str, start: str) -> bool:
    """Whether a page belongs to the elder version: it stands in its folder, or on its host where that is another than the site's."""
    one, home, site = urlsplit(url), urlsplit(elder), urlsplit(start)
    if one.netloc != home.netloc:
        return False
    folder = home.path.rpartition("/")[0] + "/"
    return home.netloc != site.netloc if folder == "/" else one.path.startswith(folder)
