"""The text in pictures is read on this machine alone, the same every time, and a picture that cannot be read costs no page."""

from __future__ import annotations

import io
import random
import socket
from collections.abc import Iterator

import pytest
from capturing import Studio, picture, studio, whole
from conftest import Web, needs_driver, order
from PIL import Image, ImageDraw, ImageFont

from auditor.audit import audit
from auditor.model import Outcome
from checks import reading
from checks.document import Document
from checks.probes import capture, picture_text
from checks.wcag.picture_words import drawn, shared

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(reading.installed() == "none", reason="the extra ocr is not installed"),
]
PROBES = (capture.PROBE, picture_text.PROBE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Studio]:
    with studio() as made:
        yield made


def lines_read(browser: Studio, html: str) -> dict[str, list[str]]:
    """Tag -> the lines read in elements of this tag."""
    facts = browser.facts(whole(html), PROBES)
    tags = {node.place: node.tag for node in Document(facts).nodes}
    return {tags[place]: [line[0] for line in told["lines"]] for place, told in facts["picture_text"].items() if told}


def test_chinese_and_english_are_read_in_pictures_of_every_kind(browser: Studio) -> None:
    found = lines_read(
        browser,
        f'<img src="{drawn("网上办事大厅")}" alt="">'
        f'<div style="width: 240px; height: 50px; background: url(&quot;{drawn("Opening hours")}&quot;)">'
        "</div>",
    )
    assert found == {"img": ["网上办事大厅"], "div": ["Opening hours"]}


@pytest.mark.parametrize("engine", ["playwright", "selenium"])
def test_an_audit_in_both_browsers_reads_files_from_the_web(web: Web, engine: str) -> None:
    if engine == "selenium":
        needs_driver()
    web["/hours.png"] = (200, {"Content-Type": "image/png"}, _picture_of_text())
    body = '<main><h1>开放时间</h1><p><img src="/hours.png" alt="照片"><img src="/none.png" alt="Opening hours"></p>'
    body += '<object data="/hours.png" title="照片"></object><svg width="260" height="60"><image href="/hours.png"/></svg></main>'
    web["/"] = whole(body)
    run = audit(order(web.url("/"), browser=engine), lambda progress: None)
    found = [finding for finding in run.findings if finding.rule == "image-shows-text"]
    assert [(finding.element.tag, finding.outcome) for finding in found if finding.element] == [
        (tag, Outcome.FAILED) for tag in ("img", "object", "svg")
    ]
    assert all("Opening hours" in finding.message for finding in found)


def test_plain_pictures_and_noise_hold_no_text(browser: Studio) -> None:
    noise = Image.frombytes("RGB", (300, 200), random.Random(7).randbytes(300 * 200 * 3))
    raw = io.BytesIO()
    noise.save(raw, "PNG")
    assert reading.read(raw.getvalue()) == {} == reading.read(picture())
    assert lines_read(browser, '<img src="/photo.jpg" alt="">') == {}


def test_text_that_is_text_is_not_taken_for_a_picture(browser: Studio) -> None:
    backed = '<div style="width: 240px; height: 50px; background: url(/b.png)">办事大厅</div>'
    backed += '<input placeholder="请输入查询内容" style="background: url(/b.png)">'
    assert lines_read(browser, backed + '<svg width="240" height="50" role="img" aria-label="x"><text y="40">办事大厅</text></svg>') == {}


def test_what_did_not_load_is_not_read_as_its_alternative(browser: Studio) -> None:
    assert lines_read(browser, '<img src="data:image/png;base64,AAAA" alt="网上办事大厅" width="240" height="60">') == {}


def test_equal_pixels_are_read_alike_without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = _picture_of_text()
    first = reading.read(raw)
    monkeypatch.setattr(reading, "REMEMBERED", type(reading.REMEMBERED)())
    assert first and reading.read(raw) == first and reading.read(raw) is reading.read(raw)


def test_nothing_is_fetched_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    reading._reader.cache_clear()
    monkeypatch.setattr(reading, "REMEMBERED", type(reading.REMEMBERED)())
    assert reading.read(_picture_of_text())["lines"]


@pytest.mark.parametrize("raw", [b"", b"\x89PNG\r\n\x1a\n broken", b"GIF89a", b"<html>404</html>", b"\xff\xd8\xff\xe0" + b"\0" * 200])
def test_a_broken_file_holds_no_text(raw: bytes) -> None:
    assert reading.read(raw) == {}


def test_where_no_model_is_installed_nothing_is_asked(browser: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_text, "installed", lambda: "none")
    assert lines_read(browser, f'<img src="{drawn("网上办事大厅")}" alt="">') == {}


def test_slips_of_the_model_still_count_as_the_same_words() -> None:
    assert shared("accessibillty", "accessibility") > 0.7
    assert shared("春节期间照常办理业务", "春节期间照常办埋业务") > 0.7
    assert shared("w3c", "ercimlogo") == 0 == shared("登录", "进入系统")


def _picture_of_text() -> bytes:
    """«Opening hours» in black on white."""
    drawing = Image.new("RGB", (260, 60), "white")
    ImageDraw.Draw(drawing).text((10, 8), "Opening hours", fill="black", font=ImageFont.load_default(32))
    out = io.BytesIO()
    drawing.save(out, "PNG")
    return out.getvalue()
