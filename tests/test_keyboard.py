"""The keyboard experiment goes where the Tab key goes, numbers its stops, knows its bounds and tells the same every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from capturing import Studio, studio, whole

from checks.check import checks
from checks.document import Document
from checks.probes import capture, keyboard

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Studio]:
    with studio() as made:
        yield made


def asked(browser: Studio, html: str) -> Mapping[str, Any]:
    facts: Mapping[str, Any] = browser.facts(whole(html), (capture.PROBE, keyboard.PROBE))
    return facts


def names(facts: Mapping[str, Any]) -> list[str]:
    return [stop["name"] for stop in facts["keyboard"]["stops"]]


def test_stops_are_numbered_in_the_order_of_the_key_and_each_has_its_place_on_the_page(browser: Studio) -> None:
    facts = asked(browser, '<a href="/a">一</a><p style="height: 1500px"></p><button type="button">二</button><a href="/c" '
                           'tabindex="1">三</a>')
    stops = facts["keyboard"]["stops"]
    assert [(stop["n"], stop["name"]) for stop in stops] == [(1, "三"), (2, "一"), (3, "二")]
    assert stops[0]["element"]["box"][1] > 1500 > stops[1]["element"]["box"][1]
    assert facts["keyboard"]["left"] and not facts["keyboard"]["cut"]


def test_a_page_that_sets_the_focus_itself_is_walked_from_its_beginning_too(browser: Studio) -> None:
    facts = asked(browser, '<a href="/a">一</a><button type="button" autofocus>二</button><a href="/c">三</a>')
    assert sorted(names(facts)) == ["一", "三", "二"]


def test_what_stands_in_open_shadow_roots_is_walked_and_met_again(browser: Studio) -> None:
    facts = asked(
        browser,
        '<div><template shadowrootmode="open"><style>a { outline: none }</style><a href="/a">一</a><a href="/b">二</a></template></div>',
    )
    assert names(facts) == ["一", "二"]
    document = Document(facts)
    assert [document.meet(stop["element"]).text for stop in facts["keyboard"]["stops"]] == ["一", "二"]  # type: ignore[union-attr]
    (check,) = checks()["focus-not-visible"]
    assert [hit.outcome for hit in check.look(document) if hit.outcome] == ["failed"]


def test_a_walk_that_is_too_long_is_cut_and_nothing_is_concluded_from_what_it_did_not_reach(browser: Studio) -> None:
    links = "".join(f'<a href="/{n}">第{n}条</a> ' for n in range(170))
    facts = asked(browser, f'<div id="o" style="cursor: pointer">展开</div>{links}<script>document.onclick = () => {{ o.textContent = '
                           f'1; }}</script>')
    assert facts["keyboard"]["cut"] and 150 <= len(facts["keyboard"]["stops"]) <= 152
    assert facts["keyboard"]["trap"] is None and facts["keyboard"]["clicked"] == []


def test_nothing_is_opened_left_or_sent_on_the_way(browser: Studio) -> None:
    facts = asked(
        browser,
        '<a href="/a" onfocus="location.href = \'/gone\'">一</a><a href="/b" onfocus="window.open(\'/new\')">二</a>'
        '<form action="/s"><button onfocus="this.form.submit()">三</button></form><a href="/d">四</a>',
    )
    assert names(facts) == ["一", "二", "三", "四"]
    assert [(change["name"], change["what"], change["sure"]) for change in facts["keyboard"]["changes"]] == [
        ("一", "navigate", True), ("二", "open", True), ("三", "navigate", True),
    ]  # fmt: skip


@pytest.mark.slow
def test_a_page_in_motion_gives_the_same_facts_each_time(browser: Studio) -> None:
    html = (
        '<style>a { outline: none }</style><div id="m" style="position: relative">滚动公告</div><p><a href="/a">一</a> <a href="/b">'
        '二</a></p>'
        '<script>let x = 0; setInterval(() => { m.style.left = (x = (x + 7) % 600) + "px"; m.textContent = "第" + x + "条"; }, '
        '25);</script>'
    )
    (check,) = checks()["focus-not-visible"]
    told = [[(hit.node.place, hit.outcome) for hit in check.look(Document(asked(browser, html)))] for _ in range(2)]
    assert told[0] == told[1]
    assert told[0]
