"""The mouse, the keyboard and the button on one page: the same answer each time, and nothing leads away from it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from capturing import Studio, studio, whole

from checks.probes import capture, hover, pointer, shortcuts

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = """<style>#nav > li { position: relative; width: 120px; line-height: 40px; list-style: none } #nav ul { display: none;
  position: absolute; left: 0; top: 40px; width: 160px; background: #fff } #nav li:hover ul { display: block }</style>
<ul id="nav"><li><a href="/jg/">机构设置</a><ul><li><a href="/jg/1">办公室</a></li></ul></li></ul>
<p style="width: 300px">县政府召开常务会议，研究残疾人工作。</p><p id="news">第 1 条</p>
<script>let n = 1; setInterval(() => { news.textContent = `第 ${++n} 条`; }, 150)</script>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Studio]:
    with studio() as made:
        yield made


def test_the_same_page_gives_the_same_answer_although_something_moves_on_it(browser: Studio) -> None:
    answers = [browser.facts(whole(PAGE), (capture.PROBE, hover.PROBE))["hover"] for _ in range(2)]
    assert json.dumps(answers[0]) == json.dumps(answers[1])
    (effect,) = answers[0]["effects"]
    assert effect["words"] == "办公室" and effect["vanishes"] and effect["hoverable"]
    assert effect["covers"] and effect["dismissed"] is False, "it lies over the text and Esc leaves it there"
    assert effect["keyboard"] == "" and effect["leads"]


def test_what_changes_by_itself_is_not_taken_for_the_effect_of_a_key(browser: Studio) -> None:
    html = PAGE.replace("<script>", "<script>document.addEventListener('keydown', () => 1);")
    told = browser.facts(whole(html), (capture.PROBE, shortcuts.PROBE))["shortcuts"]
    assert told == {"listens": ["keydown"], "keys": [], "many": False, "switch": None, "cut": False}


def test_a_press_that_would_lead_away_is_seen_and_stopped(browser: Studio) -> None:
    html = "<p><a href='javascript:;' onmousedown=\"location.href='/away.html'\">政务公开</a></p>"
    told = browser.facts(whole(html), (capture.PROBE, pointer.PROBE))["pointer"]
    assert [(press["down"], press["control"]["words"]) for press in told["presses"]] == [(["leads"], "政务公开")]
