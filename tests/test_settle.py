"""When a page counts as settled: what comes is waited for, what only goes on and on is not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from auditor.model import Driver, Probe
from crawlers.browsers.settle import PATIENCE, settle
from tests.capturing import Studio, studio, whole

DRIFTING = "<div id=a style='position:fixed'>应急值班</div><script>let n = 0; setInterval(() => { a.style.left = n++ + 'px' }, 30)</script>"
ROLLING = "<ul id=a><li>一</li><li>二</li></ul><script>setInterval(() => a.append(a.firstChild), 40)</script>"
TICKING = "<p id=a></p><script>setInterval(() => { a.textContent = new Date().toISOString() }, 50)</script>"
FADING = """<p id=a style='opacity:0'>公告</p><script>
let n = 0; const t = setInterval(() => { a.style.opacity = n++ / 16; n > 16 ? clearInterval(t) : 0 }, 50)</script>"""
LATE = """<p id=a style='opacity:0'>公告</p><ul id=b></ul><script>
a.className = 'x'; let n = 0; const wait = setInterval(() => b.append(document.createElement('li')), 100);
setTimeout(() => { clearInterval(wait); 
  const t = setInterval(() => { a.style.opacity = n++ / 16; n > 16 ? clearInterval(t) : 0 }, 30) }, 1500)</script>"""
GROWING = "<ul id=a></ul><script>setInterval(() => a.append(document.createElement('li')), 100)</script>"


@pytest.fixture(scope="module")
def web() -> Iterator[Studio]:
    with studio() as made:
        yield made


def rest(web: Studio, html: str) -> tuple[Mapping[str, Any], float, str]:
    """What `settle` told, the seconds it took, and how opaque #a was then."""

    async def ask(driver: Driver, facts: Mapping[str, Any]) -> Any:
        begun = asyncio.get_running_loop().time()
        told = await settle(driver)
        took = asyncio.get_running_loop().time() - begun
        return told, took, await driver.evaluate("document.querySelector('#a').style.opacity")

    told: tuple[Mapping[str, Any], float, str] = web.facts(whole(html), [Probe(name="rest", ask=ask)])["rest"]
    return told


@pytest.mark.parametrize("html", [DRIFTING, ROLLING, TICKING], ids=["drifting", "rolling", "ticking"])
def test_what_goes_on_for_good_is_not_waited_for(web: Studio, html: str) -> None:
    told, took, _ = rest(web, html)
    assert told["settled"] and took < PATIENCE


def test_what_fades_in_is_waited_for(web: Studio) -> None:
    told, _, opacity = rest(web, FADING)
    assert told["settled"] and float(opacity) == 1


def test_what_begins_late_is_waited_for_although_it_was_touched_before(web: Studio) -> None:
    told, _, opacity = rest(web, LATE)
    assert told["settled"] and float(opacity) == 1


def test_what_keeps_bringing_something_new_never_rests(web: Studio) -> None:
    told, took, _ = rest(web, GROWING)
    assert not told["settled"] and took >= PATIENCE
