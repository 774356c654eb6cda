"""On which pages experiments are made, and that each has a page of its own and harms nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from conftest import Web

from auditor.addresses import dom_key
from auditor.model import Coverage, Driver, Network, NotAnswered, Page, Probe, State
from crawlers.browsers import open_browser
from crawlers.egress import Egress
from crawlers.trials import Trials

ARTICLE, LIST = "<html><body><main><p>正文</p></main></body></html>", "<html><body><ul><li>列表</li></ul></body></html>"


async def _ask(driver: Driver, facts: Mapping[str, Any]) -> Any:
    return await driver.evaluate("document.title")


CHEAP, DEAR = Probe(name="cheap", ask=_ask, fresh=True), Probe(name="dear", ask=_ask, fresh=True, everywhere=False)


def chosen(trials: Trials, pages: Sequence[tuple[str, str]]) -> list[str]:
    """The pages on which everything is tried."""

    async def walk() -> list[str]:
        turns = [(trials.turn(url), html) for url, html in pages]
        told = await asyncio.gather(*(turn.choose(html) for turn, html in reversed(turns)))
        assert all(CHEAP in experiments for experiments in told)
        return [turn.url for (turn, _), experiments in zip(turns, reversed(told), strict=True) if DEAR in experiments]

    return asyncio.run(walk())


def test_two_pages_of_each_template_are_tried_in_the_order_of_the_walk() -> None:
    pages = [("/1", ARTICLE), ("/2", LIST), ("/3", ARTICLE), ("/4", ARTICLE), ("/5", LIST), ("/6", LIST)]
    assert chosen(Trials((CHEAP, DEAR), most=9), pages) == ["/1", "/2", "/3", "/5"]
    assert chosen(Trials((CHEAP, DEAR), most=3), pages) == ["/1", "/2", "/3"]
    assert chosen(Trials((CHEAP, DEAR), most=0), pages) == []
    assert len(chosen(Trials((CHEAP, DEAR), most=None), pages)) == 6


def test_pages_that_were_tried_before_come_first() -> None:
    known = [Coverage(url=url, state=State.AUDITED, dom_key=dom_key(ARTICLE)) for url in ("/3", "/4")]
    pages = [("/1", ARTICLE), ("/2", ARTICLE), ("/3", ARTICLE), ("/4", ARTICLE)]
    assert chosen(Trials((CHEAP, DEAR), most=9, known=known), pages) == ["/3", "/4"]
    assert chosen(Trials((CHEAP, DEAR), most=9, known=known[:1]), pages) == ["/1", "/3"]


def test_an_interrupted_run_goes_on_counting() -> None:
    done = [Coverage(url="/1", state=State.AUDITED, dom_key=dom_key(ARTICLE))]
    assert chosen(Trials((CHEAP, DEAR), most=9, done=done), [("/2", ARTICLE), ("/3", ARTICLE)]) == ["/2"]


def test_an_older_judgement_will_do_where_nothing_more_would_be_tried() -> None:
    async def told(trials: Trials, *pages: tuple[str, bool]) -> list[bool]:
        turns = [(trials.turn(url), tried) for url, tried in pages]
        return [await turn.suffices(dom_key(ARTICLE), tried=tried) for turn, tried in turns]

    known = [Coverage(url=url, state=State.AUDITED, dom_key=dom_key(ARTICLE)) for url in ("/1", "/2")]
    pages = ("/1", True), ("/2", True), ("/3", False)
    assert asyncio.run(told(Trials((CHEAP, DEAR), most=9, known=known), *pages)) == [True, True, True]
    assert asyncio.run(told(Trials((CHEAP, DEAR), most=9), ("/1", False))) == [False], "there is room to try it"
    assert asyncio.run(told(Trials((CHEAP, DEAR), most=0), ("/1", False))) == [True]
    assert asyncio.run(told(Trials((CHEAP,), most=9), ("/1", False))) == [True], "nothing is tried on some pages only"


def test_a_visit_that_never_chooses_holds_up_nobody() -> None:
    async def walk() -> Sequence[Probe]:
        trials = Trials((DEAR,), most=9)
        first, second = trials.turn("/1"), trials.turn("/2")
        waiting = asyncio.ensure_future(second.choose(ARTICLE))
        await asyncio.sleep(0)
        assert not waiting.done()
        first.over()
        return await waiting

    assert asyncio.run(walk()) == (DEAR,)


# ------------------------------------------------------------------------------------------------ in a browser

PAGE = """<!DOCTYPE html><html lang=zh><title>{}</title><body><input id=a><script>
document.title = sessionStorage.touched || "untouched";
fetch("/loaded", {{method: "POST"}});
onkeydown = () => {{ document.title = "touched"; sessionStorage.touched = "kept"; fetch("/told", {{method: "POST"}}) }};
</script>"""


def tried(web: Web, *experiments: Probe, browser: str = "playwright") -> Page:
    """A page on which these experiments were made."""

    async def choose(html: str) -> Sequence[Probe]:
        return experiments

    async def visit() -> Page:
        async with Egress(Network(allow=("localhost",))) as egress:
            opened = open_browser(browser, egress=egress, suffix="Test/1.0", viewport=(1280, 800), pictures=False, tabs=1)
            async with opened as made:
                return await made.visit(web.url("/"), (Probe(name="first", ask=_ask),), limit=30, choose=choose)

    web["/"] = PAGE.format("一")
    return asyncio.run(visit())


async def _touch(driver: Driver, facts: Mapping[str, Any]) -> Any:
    before = await driver.evaluate("document.title")
    await driver.press("x")
    after = await driver.evaluate("document.title")
    await driver.reload()
    return [facts["first"], before, after, await driver.evaluate("document.title")]


@pytest.mark.browser
def test_each_experiment_gets_an_untouched_page_and_what_we_do_sends_nothing(web: Web) -> None:
    page = tried(web, *(Probe(name=name, ask=_touch, fresh=True, everywhere=False) for name in ("one", "two")))
    assert page.state is State.AUDITED and dict(page.unanswered) == {}
    assert page.facts["one"] == page.facts["two"] == ["untouched", "untouched", "touched", "untouched"]
    sent = [path for _, path in web.asked if path in ("/loaded", "/told")]
    assert sent == ["/loaded"] * 5  # the look, and two loads for each experiment


@pytest.mark.browser
def test_what_an_experiment_wants_of_every_load_holds_for_its_own_loads_alone(web: Web) -> None:
    async def mark(driver: Driver, facts: Mapping[str, Any]) -> Any:
        await driver.cdp("Page.enable")
        script = {"source": "globalThis.marked = (globalThis.marked ?? 0) + 1"}
        first, _ = [(await driver.cdp("Page.addScriptToEvaluateOnNewDocument", script))["identifier"] for _ in range(2)]
        await driver.press("x")
        seen = []
        for _ in range(2):
            await driver.reload()
            seen.append((await driver.cdp("Runtime.evaluate", {"expression": "globalThis.marked"}))["result"].get("value"))
            await driver.cdp("Page.removeScriptToEvaluateOnNewDocument", {"identifier": first}) if len(seen) == 1 else None
        return seen

    page = tried(web, *(Probe(name=name, ask=mark, fresh=True, everywhere=False) for name in ("one", "two")))
    assert page.facts["one"] == page.facts["two"] == [2, 1]


@pytest.mark.browser
def test_a_window_that_an_experiment_sets_stays_over_its_own_loads_alone(web: Web) -> None:
    async def narrow(driver: Driver, facts: Mapping[str, Any]) -> Any:
        seen = [await driver.evaluate("innerWidth")]
        await driver.set_viewport(320, 640)
        for _ in range(2):
            await driver.reload()
            seen.append(await driver.evaluate("innerWidth"))
        return seen

    page = tried(web, *(Probe(name=name, ask=narrow, fresh=True) for name in ("one", "two")))
    assert page.facts["one"] == page.facts["two"] == [1280, 320, 320]


@pytest.mark.browser
def test_an_experiment_that_overruns_breaks_or_hangs_the_page_costs_only_itself(web: Web) -> None:
    async def slow(driver: Driver, facts: Mapping[str, Any]) -> Any:
        await asyncio.sleep(30)

    async def broken(driver: Driver, facts: Mapping[str, Any]) -> Any:
        raise NotAnswered("这一页不能这样试")

    page = tried(
        web, Probe(name="slow", ask=slow, fresh=True, limit=1), Probe(name="broken", ask=broken, fresh=True),
        Probe(name="good", ask=_ask, fresh=True),
    )  # fmt: skip
    assert page.state is State.AUDITED and (page.facts["first"], page.facts["good"]) == ("untouched", "untouched")
    assert dict(page.unanswered) == {"slow": "没有在 1 秒内做完", "broken": "这一页不能这样试"}


@pytest.mark.browser
def test_a_page_that_hangs_in_an_experiment_ends_the_others_and_keeps_what_was_seen(web: Web) -> None:
    async def hang(driver: Driver, facts: Mapping[str, Any]) -> Any:
        return await driver.evaluate("(() => { for (;;); })()")

    page = tried(web, Probe(name="hang", ask=hang, fresh=True, limit=1), Probe(name="good", ask=_ask, fresh=True))
    assert page.state is State.AUDITED and page.facts["first"] == "untouched" and set(page.unanswered) == {"hang", "good"}
