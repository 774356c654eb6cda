"""Pixels decide the contrast of text only where they stand for what people see."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from capturing import Studio, studio, whole
from conftest import Web, order
from PIL import Image

from auditor.audit import audit
from auditor.model import Driver, Outcome, Page, Probe, State
from checks import axe, judge
from checks.probes import backgrounds, capture, picture_text

pytestmark = pytest.mark.browser
BLACK, WHITE = "background:linear-gradient(#000,#111)", "background:linear-gradient(#fff,#eee)"
WORDS = "残疾人证换领通知"
PROBES = (axe.PROBE, capture.PROBE, backgrounds.PROBE, Probe(name=picture_text.NAME, ask=lambda driver, facts: _nothing()))


def words(style: str) -> str:
    """A paragraph of this style."""
    return f"<p style='{style}'>{WORDS}</p>"


def film(frames: int) -> str:
    """A light GIF of some frames, as an address."""
    out = io.BytesIO()
    pictures = [Image.new("RGB", (600, 200), (255, 255, 200 + number)) for number in range(frames)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=9000, loop=0)
    return "data:image/gif;base64," + base64.b64encode(out.getvalue()).decode()


ON_BLACK = words(f"{BLACK};color:#fff")
BEHIND = "div{position:relative;color:#000}div::before{content:'';position:absolute;inset:0;background:currentColor}p{position:relative}"
VEIL = "p{position:relative}p::after{content:'';position:absolute;inset:0;background:rgba(255,255,255,.9)}"
MOVING = "@keyframes k{to{background-position:0 -400px}}p{background:linear-gradient(#000 50%,#fff 50%);animation:k 3s infinite}"
SHEER = "background:linear-gradient(rgba(0,0,0,.1),rgba(0,0,0,.2))"
CANVAS = "<canvas width=400 height=99 style='position:absolute;left:0;top:0'></canvas>"
KEPT = {
    "over a GIF that stands still": f"<div style='background:url({film(1)})'>{words('')}</div>",
    "a gradient in the colour of the text around":
        f"<div style='color:#003;background:linear-gradient(currentColor,#114)'><b style='color:#fff'>{WORDS}</b></div>",
    "a pseudo-element in the colour of the text around": f"<style>{BEHIND}</style><div>{words('color:#fff')}</div>",
    "below the first window": f"<div style='height:100vh'></div>{ON_BLACK}",
    "made smaller": f"<div style='transform:scale(.5);transform-origin:0 0'>{ON_BLACK}</div>",
    "zoomed": f"<div style='zoom:1.5'>{ON_BLACK}</div>",
    # upright, some fonts have no height
    "from top to bottom": words(f"writing-mode:vertical-rl;text-orientation:sideways;{BLACK};color:#fff"),
    "in a shadow root": f"<div id=h></div><script>h.attachShadow({{mode:'open'}}).innerHTML=`{ON_BLACK}`</script>",
    "on a bar that stays in the window": f"<div style='position:fixed;bottom:0;{BLACK}'>{words('color:#fff')}</div>",
}  # fmt: skip
OPEN = {
    "filled with another colour": words(f"color:#000;-webkit-text-fill-color:#fff;{WHITE}"),
    "filled with the background": words(f"color:#000;-webkit-text-fill-color:transparent;{WHITE};-webkit-background-clip:text"),
    "drawn with a line around its letters": words(f"color:#fff;-webkit-text-stroke:1px #000;{WHITE}"),
    "under a veil": f"<style>{VEIL}</style>{words(WHITE)}",
    "faded by a filter": f"<div style='filter:opacity(.2)'>{words(WHITE)}</div>",
    "blended with what lies below": words(f"{WHITE};mix-blend-mode:difference"),
    "over a background that stays where it is":
        f"<div style='background:linear-gradient(#000,#fff) fixed;height:2400px;padding-top:1500px'>{words('color:#fff')}</div>",
    "over a canvas": f"<div style='position:relative;height:99px'>{CANVAS}{words('position:relative')}</div>",
    "over a background that moves": f"<style>{MOVING}</style>{words('background-size:100% 800px')}",
    "on a bar through which the page is seen": f"<div style='position:fixed;top:0;{SHEER}'>{words('')}</div>",
    "over a film": f"<div style='background:url({film(2)})'>{words('')}</div>",
    "between half light and half dark": words("color:#444;background:linear-gradient(90deg,#fff,#000);width:140px"),
}  # fmt: skip


async def _nothing() -> Mapping[str, Any]:
    return {}


@pytest.fixture(scope="module")
def browser() -> Iterator[Studio]:
    with studio() as made:
        yield made


@pytest.mark.parametrize("html", KEPT.values(), ids=KEPT.keys())
def test_text_that_can_be_read_is_no_question_any_more(browser: Studio, html: str) -> None:
    assert _undecided_by_axe(browser, html) and not _told(browser, html)


@pytest.mark.parametrize("html", OPEN.values(), ids=OPEN.keys())
def test_what_pixels_cannot_tell_stays_a_question(browser: Studio, html: str) -> None:
    assert _told(browser, html) == {Outcome.CANT_TELL}


def test_a_picture_that_was_not_found_moves_nothing(web: Web) -> None:
    web["/"] = whole("<div style='background:url(/none.gif)'><p style='color:#ccc'>残疾人证换领通知</p></div>")
    run = audit(order(web.url("/"), browser="playwright"), lambda progress: None)
    assert [(one.outcome, one.engines) for one in run.findings if one.rule == "color-contrast"] == [(Outcome.FAILED, ("axe", "auditor"))]


def test_a_page_that_changed_since_it_was_captured_is_not_measured(browser: Studio) -> None:
    html = f"<p id=p style='color:#000;{WHITE}'>{WORDS}</p>"

    async def change(driver: Driver, facts: Mapping[str, Any]) -> None:
        await driver.evaluate("(() => { p.style.color = '#fff'; })()")

    facts = browser.facts(whole(html), (*PROBES[:2], Probe(name="change", ask=change), backgrounds.PROBE))
    assert facts["backgrounds"] == {} and browser.facts(whole(html), PROBES)["backgrounds"]


def test_the_page_is_left_as_it_was_at_once(browser: Studio) -> None:
    """Colours that fade would be caught on their way by the picture that is taken next."""
    html = f"<style>p{{transition:all 2s;{WHITE};color:#000}}</style><p id=p>{WORDS}</p>"

    async def seen(driver: Driver, facts: Mapping[str, Any]) -> Any:
        return await driver.evaluate("(() => { const s = getComputedStyle(p); return [s.webkitTextFillColor, s.transitionDuration] })()")

    facts = browser.facts(whole(html), (*PROBES, Probe(name="seen", ask=seen)))
    assert facts["backgrounds"] and facts["seen"] == ["rgb(0, 0, 0)", "2s"]


def _told(browser: Studio, html: str) -> set[Outcome]:
    facts = browser.facts(whole(html), PROBES)
    page = Page(url="http://www.example.test/", final_url="http://www.example.test/", state=State.AUDITED, facts=facts)
    return {finding.outcome for finding in judge.judge(page).findings if finding.rule == "color-contrast"}


def _undecided_by_axe(browser: Studio, html: str) -> bool:
    return bool(browser.facts(whole(html), PROBES[:1])["axe"]["rules"]["color-contrast"]["incomplete"])
