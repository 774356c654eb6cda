"""Goes through the tasks (办事流程) of a site after the walk, and tells the states that they reach as pages or as entries of the ledger."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Container, Sequence
from itertools import zip_longest
from typing import Protocol

from auditor.addresses import canonical, host_of
from auditor.model import Action, Journey, NotAnswered, Order, Page, State, Target
from crawlers.frontier import Frontier
from crawlers.guest import Guest
from crawlers.journeys import Stage, stages
from crawlers.landing import ARRIVED, bare
from crawlers.robots import Robots
from crawlers.scope import belongs


class Walk(Protocol):
    """What of a walk through a site is needed here: its manners hold on."""

    order: Order
    target: Target
    guest: Guest
    frontier: Frontier

    @property
    def done(self) -> Container[str]:
        """Addresses that an interrupted run has told of."""
        ...

    async def rules_of(self, url: str) -> Robots | None:
        """The robots.txt that concerns an address."""
        ...

    def left(self) -> float:
        """Seconds in which a visit may begin."""
        ...

    def time_is_over(self) -> str:
        """Why nothing is visited any more."""
        ...


class Tasks:
    """The journeys of one site, one after the other."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    async def all(self) -> AsyncGenerator[Page, None]:
        """Go through the tasks that targets.yml describes; their states are pages beside those of `max_pages`.

        An interrupted run's journey is gone through from its beginning, since a state is reached through those before it.
        """
        for journey in self.walk.target.journeys if self.walk.order.crawl else ():
            plan = stages(journey)
            if all(stage.url in self.walk.done for stage in plan):
                for stage in plan:
                    self.walk.frontier.visited(stage.url)
                continue
            why = await self._kept_from(journey)
            pages = () if why else await self._followed(plan)
            for stage, page in zip_longest(plan, pages):
                self.walk.frontier.add(stage.url)
                if stage.url in self.walk.done:
                    self.walk.frontier.visited(stage.url)
                elif page is not None:
                    self.walk.frontier.visited(stage.url)
                    yield page
                elif why:
                    self.walk.frontier.settle(stage.url, *why)
                elif pages and pages[-1].state not in (State.AUDITED, State.REDIRECTED_OUT):
                    self.walk.frontier.settle(stage.url, State.INTERRUPTED, "流程在前面的步骤中断，没有走到这里")
                else:
                    told = self.walk.guest.barred(host_of(stage.url)) or self.walk.time_is_over()
                    self.walk.frontier.settle(stage.url, State.INTERRUPTED, told)

    async def _kept_from(self, journey: Journey) -> tuple[State, str] | None:
        """Why a journey is not gone through at all: what it opens is not the site's, or closed to us, or the time is over."""
        if self.walk.left() <= 0:
            return State.INTERRUPTED, self.walk.time_is_over()
        for step in journey.steps:
            if step.action is not Action.OPEN:
                continue
            url = canonical(step.what) or step.what
            if not belongs(url, self.walk.target):
                return State.EXCLUDED, f"流程要打开的 {url} 不在本站范围内"
            if told := self.walk.guest.barred(host_of(url)):
                return State.INTERRUPTED, told
            robots = await self.walk.rules_of(url)
            if robots is not None and (why := robots.refusal(url)):
                return State.BLOCKED_BY_ROBOTS, why
        return None

    async def _followed(self, plan: Sequence[Stage]) -> Sequence[Page]:
        """The states of a journey, up to the first that robots.txt does not allow; what that led to is not told."""
        try:
            pages = [await self._own(page) for page in await self.walk.guest.follow(plan)]
        except NotAnswered as why:
            return [Page(url=plan[0].url, final_url=plan[0].url, state=State.RENDER_FAILED, reason=str(why))]
        return pages[: next((number for number, page in enumerate(pages, 1) if page.state is State.BLOCKED_BY_ROBOTS), None)]

    async def _own(self, page: Page) -> Page:
        """The state of a journey, if it is one of this site: a login elsewhere is passed through and not judged."""
        final = canonical(page.final_url)
        if page.state not in ARRIVED or not final:
            return page
        if not belongs(final, self.walk.target):
            return bare(page, State.REDIRECTED_OUT, f"流程走到了本站以外的地址 {final}，不作检测")
        robots = None if self.walk.guest.barred(host_of(final)) else await self.walk.rules_of(final)
        why = robots.refusal(final) if robots is not None else ""
        return bare(page, State.BLOCKED_BY_ROBOTS, f"流程走到了 {final}，{why}，不作检测") if why else page
