"""A site and a round have an end that is known before they begin, and what time does not allow is told as such."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from loopback import ground, run
from test_crawl import html, order, paths, walked

from auditor.budgets import CLOSING, FORESTAGE, round_bound, site_bound, site_seconds, trial_seconds
from auditor.model import Action, Category, Journey, Profile, Site, State, Step, Target
from auditor.opening import SECONDS
from crawlers.attachments import LIMIT_SECONDS
from crawlers.guest import AT_REST


def target(host: str = "a.gov.cn", **changes: Any) -> Target:
    site = Site(id=host, name="", url=f"http://{host}/", category=Category.OTHER, region="", owner="")
    told = {"delay": 1.0, "max_pages": 10, "tabs": 2, "page_seconds": 60.0, "profile": Profile.STATIC, "documents": 0, **changes}
    return Target(site=site, **told)


def test_a_site_has_the_time_its_pages_may_need_or_what_the_list_says() -> None:
    assert site_seconds(target()) == FORESTAGE + 10 * 33
    assert site_seconds(target(minutes=5)) == 300
    journey = Journey(name="办理", steps=tuple(Step(action=Action.OPEN, what=f"http://a.gov.cn/{number}") for number in range(3)))
    assert site_seconds(target(journeys=(journey, journey))) == FORESTAGE + 10 * 33 + 6 * 61


def test_documents_have_their_time_too_where_they_are_asked_for() -> None:
    assert site_seconds(target(documents=5)) == site_seconds(target()) + 5 * (1 + LIMIT_SECONDS + SECONDS)
    assert site_seconds(target(documents=5, profile=Profile.AXE)) == site_seconds(target(profile=Profile.AXE))


def test_the_pages_on_which_the_use_of_a_site_is_tried_have_their_time_too() -> None:
    static, full = target(), target(profile=Profile.FULL, interaction_pages=3)
    every, some = (trial_seconds(full, everywhere=everywhere) for everywhere in (True, False))
    assert every > 0 and some > 0 and trial_seconds(static, everywhere=False) == 0
    assert site_seconds(full) == site_seconds(static) + (10 * every + 3 * some) / 2
    assert site_bound(full) - site_seconds(full) == site_bound(static) - site_seconds(static) + 4 * (every + some)


def test_visits_that_began_in_time_have_their_own_even_those_that_wait_at_rest() -> None:
    assert site_bound(target(minutes=5)) == 300 + (1 + (2 + AT_REST) / 2) * 60 + CLOSING
    assert site_bound(target(minutes=5, tabs=1)) == 300 + (2 + AT_REST) * 60 + CLOSING


def test_a_round_is_bounded_by_its_work_shared_out_and_its_longest_piece() -> None:
    one = site_bound(target())
    assert round_bound([], 2) == 0
    assert round_bound([target()], 2) == one * 1.5
    assert round_bound([target("a.cn"), target("b.cn"), target("c.cn")], 2) == one * 2.5
    assert round_bound([target("a.cn"), target("a.cn")], 2) == one * 3  # one host, one after the other


@pytest.mark.parametrize(("site_limit", "deadline", "why"), [
    (120.0, 600, "2 分钟已经用完"), (24.0, 600, "可用的 24 秒已经用完"), (600.0, 120, "规定的结束时间"),
])  # fmt: skip
@pytest.mark.parametrize("spent", [0.0, 20.0])
def test_what_is_not_begun_in_the_time_of_a_site_is_interrupted_with_the_reason(
    site_limit: float, deadline: float, why: str, spent: float
) -> None:
    async def story() -> None:
        async with ground() as here:
            now = datetime(2026, 1, 1, tzinfo=UTC)
            clock = [now]

            def page(path: str) -> str:
                if path == "/2":
                    clock[0] = now + timedelta(seconds=130)
                return html(title=path)

            here.site.pages["/"] = html(*(f"/{number}" for number in range(20)))
            here.site.fallback = page
            wanted = replace(order(tabs=1, max_pages=10, deadline=now + timedelta(seconds=deadline)), site_limit=site_limit, spent=spent)
            pages, rest, _ = await walked(here, wanted, clock=lambda: clock[0])
            assert paths(pages) == ["/", "/0", "/1", "/2"]
            told = [entry.reason for entry in rest.values() if entry.state is State.INTERRUPTED]
            assert len(told) == 6 and all(why in reason for reason in told)

    run(story())
