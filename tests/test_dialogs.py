"""Dialogs opened by keyboard: where the focus was seen to go, and that no form is sent and no link followed on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from capturing import Studio, studio, whole

from checks.probes import capture, dialogs

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NATIVE = """<p><button type="button" onclick="d.showModal()">意见反馈</button> <a href="/1">通知一</a></p>
<dialog id="d" aria-label="意见反馈"><input aria-label="意见"><button type="button" onclick="d.close()">关闭</button></dialog>"""
AWAY = """<p><a href="javascript:location.href='/away.html'">打开专题</a> <button type="button" onclick="window.open('/pop.html')">查看说明
</button> <button type="button" onclick="f.submit()">打开登录</button></p><form id="f" action="/send" method="post"></form>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Studio]:
    with studio() as made:
        yield made


def test_a_native_dialog_takes_keeps_and_gives_back_the_focus(browser: Studio) -> None:
    told = browser.facts(whole(NATIVE), (capture.PROBE, dialogs.PROBE))["dialogs"]
    (dialog,) = told["dialogs"]
    assert dialog["modal"] and dialog["inside"] and dialog["leaves"] is None
    assert dialog["closes"] == "Escape" and dialog["back"]
    assert told["standing"] is None and not told["controls"]


def test_nothing_leads_away_while_controls_are_pressed(browser: Studio) -> None:
    told = browser.facts(whole(AWAY), (capture.PROBE, dialogs.PROBE))["dialogs"]
    assert told["dialogs"] == []
    assert browser._page.url == "http://www.example.test/"
    assert len(browser._page.context.pages) == 1
