"""Pictures of findings: the element is in the picture, and it is marked; a page with very many still shows each one."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from conftest import Web
from PIL import Image

from auditor.marking import MARK
from auditor.model import Page, Probe
from checks.judge import probes
from crawlers.browsers.pictures import SINGLES

pytestmark = pytest.mark.browser


@pytest.fixture
def visit() -> Callable[[str], Page]:
    """One visit, with pictures."""
    import asyncio

    from auditor.model import Network
    from crawlers.browsers.playwright import PlaywrightBrowser
    from crawlers.egress import Egress

    async def look(url: str, questions: tuple[Probe, ...]) -> Page:
        async with Egress(Network(allow=("localhost",))) as egress:
            browser = PlaywrightBrowser(egress=egress, suffix="Test/1.0", viewport=(1280, 800), pictures=True)
            async with browser:
                return await browser.visit(url, questions, limit=60)

    return lambda url: asyncio.run(look(url, probes()))


def test_each_of_very_many_places_is_marked_in_a_picture(web: Web, visit: Callable[[str], Page]) -> None:
    images = "".join(f"<p style='height:60px'>第 {n} 张<img id='i{n}' src='x.png' width='80' height='40'></p>" for n in range(120))
    web["/"] = f"<!DOCTYPE html><html lang='zh'><title>图</title><body>{images}"
    page = visit(web.url("/"))
    assert {f"#i{number}" for number in range(120)} <= set(page.pictures)
    assert len(set(page.pictures.values())) > SINGLES
    for selector in ("#i0", "#i30", "#i119"):
        picture = Image.open(io.BytesIO(page.pictures[selector])).convert("RGB")
        assert any(sum(abs(a - b) for a, b in zip(pixel, MARK, strict=True)) < 60 for _, pixel in picture.getcolors(1 << 24) or ())


def test_a_place_far_to_the_right_or_without_size_does_no_harm(web: Web, visit: Callable[[str], Page]) -> None:
    web["/"] = (
        "<!DOCTYPE html><html lang='zh'><title>图</title><body><img id='far' src='x.png' style='position:absolute;left:9000px;top:10px'>"
        "<img id='gone' src='x.png' style='position:absolute;left:-500px;top:10px'><a id='empty' href='/x'></a>"
    )
    page = visit(web.url("/"))
    assert "#gone" not in page.pictures
    assert "#empty" in page.pictures


def test_what_is_said_of_the_whole_document_has_no_picture(web: Web, visit: Callable[[str], Page]) -> None:
    web["/"] = "<!DOCTYPE html><html><title>图</title><body><h1>图</h1><img id='one' src='x.png' width='80' height='40'>"
    pictures = visit(web.url("/")).pictures
    assert "#one" in pictures and "html" not in pictures
