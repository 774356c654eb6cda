"""Our own checks in a real audit: in frames of other processes, with pictures, in both browsers, and when one of them breaks."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from conftest import Web, needs_driver, order

from auditor.audit import audit
from auditor.model import Driver, NotAnswered, Outcome, Profile, Progress, Run, State
from auditor.snapshots import unpack
from checks import judge, own
from checks.check import Hit, checks
from checks.document import Document
from crawlers.browsers.worlds import Worlds

pytestmark = pytest.mark.browser
MORE = "<div style='position: absolute; left: 40px; top: 30px'><a href='/a'>更多</a></div>"
HEAD = "<!DOCTYPE html><html lang='zh-CN'><head><title>云浔市政务服务网</title></head>"
PAGE = HEAD + "<body style='margin: 0'><main><h1>首页</h1></main>{}</body></html>"


def audited(web: Web, browser: str = "playwright", *, profile: Profile = Profile.STATIC, told: list[Progress] | None = None) -> Run:
    web["/inner"] = f"<!DOCTYPE html><html lang='zh-CN'><head><title>内</title></head><body style='margin: 0'>{MORE}</body></html>"
    frames = "".join(
        f"<iframe id='{name}' title='{name}' style='position: absolute; border: 5px solid; left: 100px; top: {top}px' src='{url}'></iframe>"
        for name, top, url in (("own", 200, web.url("/inner")), ("other", 400, web.url("/inner", "127.0.0.1")))
    )
    web["/"] = PAGE.format(frames)
    asked = order(web.url("/"), browser=browser)
    asked = replace(asked, target=replace(asked.target, profile=profile), evidence=told is not None)
    return audit(asked, (told if told is not None else []).append)


@pytest.mark.parametrize("browser", ["playwright", "selenium"])
def test_frames_of_the_own_and_of_other_processes_are_captured_with_their_place_on_the_page(web: Web, browser: str) -> None:
    if browser == "selenium":
        needs_driver()
    found = [finding for finding in audited(web, browser).findings if finding.rule == "link-purpose"]
    places = {finding.element.selector.split(" >>> ")[0]: finding.element.box for finding in found}
    own, other = places["#own"], places["#other"]
    assert own and other and set(places) == {"#own", "#other"}
    assert (round(own.x), round(other.x), round(other.y - own.y)) == (145, 145, 200)
    assert 205 <= own.y <= 260, "some lines below the upper edge of the frame, in any font"
    assert {(finding.engines, finding.outcome) for finding in found} == {(("auditor",), Outcome.FAILED)}


def test_what_our_checks_find_is_shown_in_a_picture_and_can_be_judged_again(web: Web) -> None:
    told: list[Progress] = []
    run = audited(web, told=told)
    found = [finding for finding in run.findings if finding.rule == "link-purpose"]
    blobs = {name: blob for progress in told for name, blob in progress.blobs.items()}
    pictures = [blobs[finding.picture][:4] for finding in found if finding.picture]
    assert len(found) == 2 and pictures == [b"RIFF"]  # one for each rule and shape of path
    again = judge.judge(unpack(blobs[run.coverage[0].snapshot]), None)
    assert [replace(finding, picture="") for finding in run.findings] == list(again.findings)


def test_the_profile_axe_asks_nothing_of_our_own(web: Web) -> None:
    run = audited(web, profile=Profile.AXE)
    assert run.coverage[0].engines == ("axe",) and {finding.engines for finding in run.findings} <= {("axe",)}
    assert "link-purpose" not in run.rules and "checks" not in run.versions
    assert run.ruleset_id != judge.ruleset_id(None, Profile.FULL)


@pytest.mark.parametrize("method", ["Accessibility.getFullAXTree", "DOMDebugger.getEventListeners", "DOM.getDocument"])
def test_a_capture_that_is_not_whole_judges_nothing_and_closes_nothing(web: Web, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    web["/"] = PAGE.format(MORE + "<div id=h></div><script>h.attachShadow({mode: 'open'}).innerHTML = '字'</script>")
    asked = order(web.url("/"), browser="playwright")
    assert "link-purpose-alone" in {finding.rule for finding in audit(asked, lambda progress: None).findings}
    _fails(monkeypatch, method, 0)
    run = audit(asked, lambda progress: None)
    assert (run.coverage[0].state, run.coverage[0].engines) == (State.AUDITED, ("axe",))
    assert "link-purpose-alone" not in {finding.rule for finding in run.findings}


def test_a_frame_of_which_the_capture_is_not_whole_is_told(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    _fails(monkeypatch, "Accessibility.getFullAXTree", 1)
    run = audited(web)
    (entry,) = run.coverage
    assert (entry.engines, set(entry.silent_frames)) == (("axe", "auditor"), {"#own", "#other"})


def test_where_only_a_picture_cannot_be_read_the_rest_is_told_and_nothing_closed(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(driver: Driver, facts: Mapping[str, Any]) -> None:
        raise NotAnswered("图片的文字没有在 30 秒内读完")

    probes = tuple(replace(probe, ask=late) if probe.name == "picture_text" else probe for probe in judge.probes())
    monkeypatch.setattr(judge, "probes", lambda profile: probes)
    run = audited(web)
    assert run.coverage[0].engines == ("axe",)
    assert "link-purpose" in {finding.rule for finding in run.findings}


def _fails(monkeypatch: pytest.MonkeyPatch, method: str, answered: int) -> None:
    """Every CDP command of this name fails after so many answers."""
    asked, before = [0], Worlds.cdp

    async def cdp(self: Worlds, name: str, params: Mapping[str, Any] | None = None, *, frame: str | None = None) -> Any:
        asked[0] += name == method
        if name == method and asked[0] > answered:
            raise NotAnswered(f"{method}：没有回答")
        return await before(self, name, params, frame=frame)

    monkeypatch.setattr(Worlds, "cdp", cdp)


def test_a_check_that_breaks_is_not_taken_for_a_clean_page(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(document: Document) -> Iterator[Hit]:
        yield from ()
        raise ZeroDivisionError

    bad = replace(checks()["link-purpose"][0], look=broken)
    monkeypatch.setattr(own, "checks", lambda: {**checks(), "link-purpose": (bad,)})
    with caplog.at_level(logging.ERROR):
        run = audited(web)
    assert (run.coverage[0].state, run.coverage[0].engines) == (State.AUDITED, ("axe",))
    assert "link-purpose" in caplog.text and web.url("/") in caplog.text
