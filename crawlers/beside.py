"""Looks at some pages of a site in other variants than the one that counts, after the walk: on a phone, its elder version, its toolbar."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from auditor.addresses import canonical, host_of, url_key
from auditor.model import STILL_TO_DO, Coverage, Judged, Order, Page, State, Target
from crawlers.guest import Guest
from crawlers.landing import ARRIVED, bare
from crawlers.robots import Robots
from crawlers.scope import belongs
from crawlers.unchanged import Keeper, Unchanged
from crawlers.visitor import Trip

Plan = Callable[[], Sequence[Trip]]
"""Tells the trips that are known of by now; it is asked again after they were made, since one may lead to others."""


def nowhere() -> Sequence[Trip]:
    """No trips."""
    return ()


class Walk(Protocol):
    """What of a walk through a site is needed here: its manners hold on."""

    order: Order
    target: Target
    guest: Guest
    keeper: Keeper
    unchanged: Unchanged

    async def rules_of(self, url: str) -> Robots | None:
        """The robots.txt that concerns an address."""
        ...

    def left(self) -> float:
        """Seconds in which a visit may begin."""
        ...

    def time_is_over(self) -> str:
        """Why nothing is visited any more."""
        ...


class Beside:
    """The trips of one site, one after the other, each told as a Page or as an entry of the ledger, with its variant."""

    def __init__(self, walk: Walk, plan: Plan) -> None:
        self.walk, self.plan = walk, plan
        done = (judged.coverage for judged in walk.order.done if judged.coverage.state not in STILL_TO_DO)
        self.told = {(entry.url, entry.variant) for entry in done}

    async def all(self) -> AsyncGenerator[Page | Judged | Coverage, None]:
        """Make the trips that nobody has made yet, and those that these lead to."""
        while waiting := [trip for trip in self.plan() if (trip.url, trip.variant) not in self.told]:
            for trip in waiting:
                if (trip.url, trip.variant) not in self.told:
                    self.told.add((trip.url, trip.variant))
                    yield await self._made(trip)

    async def _made(self, trip: Trip) -> Page | Judged | Coverage:
        if why := await self._kept_from(trip):
            return _entry(trip, *why)
        if judged := await self.walk.unchanged.held(self.walk.keeper, trip.url, trip.variant):
            return judged
        page = await self.walk.guest.visit(trip.url, trip=trip)
        if page is None:
            return _entry(trip, State.INTERRUPTED, self.walk.guest.barred(host_of(trip.url)) or self.walk.time_is_over())
        page = replace(page, url=trip.url, variant=trip.variant)
        for probe in trip.first:
            if page.state is State.AUDITED and probe.name in page.unanswered:
                return bare(page, State.RENDER_FAILED, page.unanswered[probe.name])
        final = canonical(page.final_url) or page.url
        if page.state in ARRIVED and not belongs(final, self.walk.target):
            return bare(page, State.REDIRECTED_OUT, f"跳转到本站以外的地址 {final}")
        return page

    async def _kept_from(self, trip: Trip) -> tuple[State, str] | None:
        """Why a trip is not made."""
        if trip.unreachable:
            return State.EXCLUDED, trip.unreachable
        if told := self.walk.guest.barred(host_of(trip.url)):
            return State.INTERRUPTED, told
        if self.walk.left() <= 0:
            return State.INTERRUPTED, self.walk.time_is_over()
        if not belongs(trip.url, self.walk.target):
            return State.EXCLUDED, f"地址 {trip.url} 不在本站范围内，不作检测"
        robots = await self.walk.rules_of(trip.url)
        if robots is None:
            return State.INTERRUPTED, self.walk.guest.barred(host_of(trip.url)) or self.walk.time_is_over()
        why = robots.refusal(trip.url)
        return (State.BLOCKED_BY_ROBOTS, why) if why else None


def _entry(trip: Trip, state: State, reason: str) -> Coverage:
    return Coverage(url=trip.url, variant=trip.variant, state=state, reason=reason, url_key=url_key(trip.url))
