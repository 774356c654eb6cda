"""A captured page, asked as checks ask it, against what Chromium shows; and the same places in axe's answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from capturing import Studio, studio

from auditor.model import Driver, Page, Probe, State
from auditor.plain import dump, load
from checks import axe, elements
from checks.colour import Colour, contrast, over, parsed
from checks.document import Document, Node, nearest
from checks.probes import capture
from crawlers.browsers.still import hold_still

pytestmark = pytest.mark.browser

PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><title>办事指南</title></head><body style="margin: 0">
<header><nav><ul><li><a href="/a">  首页
  导航</a></li></ul></nav></header>
<main><h2 id="t">通知<!-- 注 --><br>公告</h2>
<p id="p" style="color: #777; background: #eee">甲<b>乙</b><span style="display: none">藏</span>丙<span style="opacity: 0">淡</span></p>
<div id="once" lang="en">one</div><div id="twice">一</div><div id="twice">二</div>
<input id="field" placeholder="姓名" required><select id="pick" aria-label="地区"><option>云浔</option></select>
<img id="pic" src="/a.png" alt="图"><img id="empty" src="/b.png" alt=""><a id="icon" href="/x"><img src="/c.png" alt="搜索"></a>
<span id="click" onclick="go()">去</span><div id="over" style="background-image: linear-gradient(red, blue)">字</div>
<div id="sr" style="position: absolute; width: 1px; height: 1px; overflow: hidden">只给读屏软件</div>
<div aria-hidden="true"><button id="off">不读</button></div>
<div id="vis" style="visibility: hidden">看不见<i id="back" style="visibility: visible">又看见</i></div>
<table id="layout"><tr><td>左</td><td>右</td></tr></table><table id="data"><tr><th>年</th></tr><tr><td>2026</td></tr></table>
<div id="host"><b>未分配</b><em id="slotted" slot="s">分配</em></div>
<iframe id="frame" style="border: 5px solid; padding: 3px" width="300" height="100"
  srcdoc='<body style="margin: 0"><p id="inner">框里<a href="/y">去处</a></p></body>'></iframe>
<video id="film" src="/film.mp4"><track kind="captions" srclang="zh" src="/c.vtt"></video></main>
<script>document.getElementById("host").attachShadow({mode: "open"}).innerHTML =
'<button id="deep">影中</button><p><slot name="s"></slot></p>';
document.getElementById("p").addEventListener("mousedown", () => {})</script></body></html>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Studio]:
    with studio() as made:
        yield made


@pytest.fixture(scope="module")
def document(browser: Studio) -> Document:
    return browser.document(PAGE)


def one(document: Document, named: str) -> Node:
    return next(node for node in document.nodes if node.get("id") == named)


def test_elements_come_in_document_order_through_frames_and_shadow_roots(document: Document) -> None:
    named = [node.get("id") for node in document.nodes if node.has("id")]
    assert named[:3] == ["t", "p", "once"]
    assert named[named.index("host") :][:5] == ["host", "deep", "slotted", "frame", "inner"]
    assert one(document, "slotted").parent is one(document, "host") and one(document, "slotted").place.endswith("/1")
    assert [node.index for node in document.nodes] == list(range(len(document.nodes)))
    assert one(document, "inner").inside("iframe") is one(document, "frame")
    assert one(document, "deep").parent is one(document, "host")
    assert [scope.kind for scope in document.scopes] == ["page", "shadow", "frame"]


def test_text_is_what_people_see(document: Document) -> None:
    assert one(document, "t").text == "通知 公告"
    assert one(document, "p").text == "甲乙丙"
    assert one(document, "p").own_text == "甲 丙"
    assert one(document, "p").raw_text == "甲乙藏丙淡"
    assert next(document.elements("a")).text == "首页 导航"
    assert one(document, "sr").text == "" and one(document, "sr").clipped and one(document, "sr").exposed
    assert one(document, "vis").text == "又看见"
    assert "框里" not in next(document.elements("main")).text
    assert one(document, "inner").text == "框里去处"
    assert [line.height > 5 for line in one(document, "inner").lines] == [True]


def test_assistive_technology_is_told_roles_names_and_states(document: Document) -> None:
    asked = [one(document, named) for named in ("field", "pick", "icon", "pic", "t")]
    told = {node.get("id"): (node.role, node.name, node.name_from) for node in asked}
    assert told == {
        "field": ("textbox", "姓名", "placeholder"), "pick": ("combobox", "地区", "aria-label"), "icon": ("link", "搜索", "contents"),
        "pic": ("img", "图", "alt"), "t": ("heading", "通知 公告", "contents"),
    }  # fmt: skip
    assert one(document, "field").state("required") is True
    assert [node.heading_level for node in document.headings] == [2]
    assert not one(document, "empty").exposed and one(document, "pic").exposed
    assert one(document, "off").hidden and one(document, "off").focusable and one(document, "off").visible
    assert one(document, "vis").hidden and not one(document, "back").hidden
    assert [one(document, named).role for named in ("layout", "data")] == ["layout-table", "table"]
    assert [link.name for link in document.links] == ["首页 导航", "搜索", "去处"]
    assert next(document.elements("a")).landmark == "navigation"


def test_styles_boxes_colours_languages_and_listeners(document: Document) -> None:
    assert (str(one(document, "p").colour), str(one(document, "p").background)) == ("#777777", "#eeeeee")
    assert one(document, "over").background is None
    assert [one(document, named).language for named in ("p", "once", "inner")] == ["zh-CN", "en", ""]
    assert (one(document, "p").listeners, one(document, "click").listeners) == ({"mousedown"}, {"click"})
    frame, inner = one(document, "frame").box, one(document, "inner").box
    assert frame and inner and (inner.x - frame.x, round(inner.y - frame.y)) == (8, 8 + 16)  # border, padding, margin of p
    assert one(document, "pic").natural_size == (240, 160)
    film = one(document, "film").media
    assert film is not None and film["tracks"] == [["captions", "zh"]]
    assert one(document, "twice").scope.repeated.keys() == {"twice"}
    assert [node.get("id") for node in nearest([one(document, "frame"), one(document, "inner"), one(document, "p")])] == ["p", "frame"]


def test_axe_and_the_document_call_every_element_by_the_same_place(browser: Studio) -> None:
    nodes = "<a href=/x></a><div></div><img src=/y.png>"
    html = (
        f"<!DOCTYPE html><html><head><title>一</title></head><body>{nodes}<p>字</p><section>{nodes}</section><div id=h></div>"
        f"<iframe srcdoc='<p></p>{nodes}'></iframe>{nodes}"
        f"<script>h.attachShadow({{mode: 'open'}}).innerHTML = '<i></i>{nodes}'</script></body></html>"
    )
    facts = browser.facts(html, [axe.PROBE, capture.PROBE])
    page = Page(url="http://www.example.test/", final_url="http://www.example.test/", state=State.AUDITED, facts=facts)
    by_place = {node.place: node for node in Document(facts).nodes}
    voices = [voice for voice in axe.voices(page) if voice.rule in ("image-alt", "link-name")]
    assert len(voices) == 10
    for voice in voices:
        assert voice.finding is not None
        node = by_place[voice.place]
        assert (node.tag, elements.snippet(node).startswith(f"<{voice.finding.element.tag}")) == (voice.finding.element.tag, True)
        assert elements.element(node).attributes == voice.finding.element.attributes
        assert elements.element(node).ancestors == voice.finding.element.ancestors
        assert len(elements.selector(node).split(" >>> ")) == len(voice.finding.element.selector.split(" >>> "))
        assert node.mark == voice.mark


def test_what_stands_in_a_closed_shadow_root_is_left_out_and_what_is_slotted_into_it_stays(browser: Studio) -> None:
    closed = "h.attachShadow({mode: 'closed'}).innerHTML = '<b>里面</b><slot></slot>'"
    slotted = "<div id=h><a href=/x>外面</a></div>"
    document = browser.document(f"<!DOCTYPE html><title>一</title><body>{slotted}<script>{closed}</script></body>")
    assert [node.tag for node in document.nodes if node.inside("body")] == ["div", "a", "script"]
    (link,) = document.elements("a")
    assert link.parent is not None and link.parent.tag == "div" and link.place == "0/1/0/0"


def test_what_has_no_size_is_seen_through_what_it_holds_however_deep(browser: Studio) -> None:
    nested = "<div style='width:0;height:0'>" * 400 + "<b>文字</b>" + "</div>" * 400
    document = browser.document(f"<!DOCTYPE html><title>一</title><body><h2>{nested}</h2><h3 style='height:0'><i></i></h3></body>")
    assert [node.visible for node in document.elements("h2", "h3")] == [True, False]


def test_two_looks_at_an_unchanged_page_are_the_same(browser: Studio) -> None:
    assert dump(browser.facts(PAGE)) == dump(browser.facts(PAGE))


def test_two_looks_at_what_moves_without_end_are_the_same(browser: Studio) -> None:
    moving = "<style>@keyframes m { to { left: 90px } } p { position: relative; animation: m 1s infinite }</style><p>字</p>"

    async def still(driver: Driver, facts: Mapping[str, Any]) -> None:
        await hold_still(driver)

    probes = (Probe(name="still", ask=still), capture.PROBE)
    assert dump(browser.facts(moving, probes)) == dump(browser.facts(moving, probes))


def test_a_capture_survives_being_kept(browser: Studio, document: Document) -> None:
    page = Page(url="http://www.example.test/", final_url="http://www.example.test/", state=State.AUDITED, facts=document.facts)
    again = Document(load(Page, dump(replace(page, pictures={}))).facts)
    assert [(node.tag, node.name, node.text) for node in again.nodes] == [(node.tag, node.name, node.text) for node in document.nodes]
    json.dumps(page.facts)


def test_two_thousand_nested_elements_are_no_trouble(browser: Studio) -> None:
    add = "at = at.appendChild(document.createElement('div'))"
    grow = f"let at = document.body; for (let i = 0; i < 2000; i++) {add}; at.textContent = '底';"
    deep = browser.document(f"<!DOCTYPE html><html lang=zh><title>深</title><body><script>{grow}</script></body></html>")
    assert deep.root.text == "底"
    last = deep.nodes[-1]
    assert last.visible and not last.hidden and last.place.count("/") > 2000 and elements.selector(last)


@pytest.mark.parametrize(
    ("written", "seen"),
    [("rgb(1, 2, 3)", Colour(1, 2, 3)), ("rgba(1, 2, 3, 0.5)", Colour(1, 2, 3, 0.5)), ("color(srgb 1 0 0)", None)],
)
def test_colours_are_read_as_chromium_writes_them(written: str, seen: Colour | None) -> None:
    assert parsed(written) == seen


def test_contrast_is_that_of_wcag() -> None:
    black, white = Colour(0, 0, 0), Colour(255, 255, 255)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(Colour(118, 118, 118), white) == pytest.approx(4.54, abs=0.01)
    assert str(over(Colour(0, 0, 0, 0.5), white)) == "#808080"
