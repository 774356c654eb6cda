"""What is kept of a page beside findings is what people would read off it: entrances, sizes of text, floating windows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from capturing import ADDRESS, Studio, studio, whole

from auditor.model import Page, State, Variant
from checks.noted import noted

pytestmark = pytest.mark.browser
TEXT = "<h1>残疾人证</h1><p>请带身份证和两张照片到所在乡镇的服务大厅办理，也可以委托家属代办。</p>"
FLOAT = (
    "<div style='position:fixed;left:200px;top:200px;width:200px;height:150px'><a href='/zt'>"
    "<img src='/z.png' alt='专题' width=200 height=90></a>{}</div>"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Studio]:
    with studio() as made:
        yield made


def kept(browser: Studio, html: str, variant: Variant = Variant.DESKTOP, *, start: bool = True) -> Any:
    page = Page(url=ADDRESS, final_url=ADDRESS, state=State.AUDITED, html=html, facts=browser.facts(whole(html)), variant=variant)
    return noted(page, start=start)


def test_only_start_pages_and_other_variants_are_kept(browser: Studio) -> None:
    assert kept(browser, TEXT, start=False) == {}
    assert kept(browser, TEXT, Variant.ELDER, start=False)["text"]["chars"] > 30


def test_entrances_tell_where_they_lead_and_whether_the_keyboard_gets_there(browser: Studio) -> None:
    html = (
        f"{TEXT}<a href='/zz/'>长者版</a><span style='cursor:pointer' onclick='a()'>关怀版</span>"
        "<button type=button>无障碍浏览</button><a href='#w'>无障碍工具条</a><p id=w>说明</p>"
        "<a href='/n.html'>全市适老化改造工作推进会议在市政府召开</a><button type=button></button>"
    )
    told = kept(browser, html)
    assert told["elder"] == [{"words": "长者版", "url": f"{ADDRESS}zz/", "tab": True}, {"words": "关怀版", "url": "", "tab": False}]
    assert told["aid"] == [{"words": "无障碍浏览", "url": "", "tab": True}]
    assert told["nameless"] == 1


def test_text_is_measured_by_its_characters(browser: Studio) -> None:
    assert kept(browser, f"<style>*{{font-size:20px}}</style>{TEXT}")["text"] == {"chars": 37, "large": 1.0, "median": 20.0}
    assert kept(browser, f"<style>p{{font-size:14px}}</style>{TEXT}")["text"]["large"] < 0.2


@pytest.mark.parametrize(
    ("button", "told"),
    [
        ("", {"closes": False}),
        ("<button style='position:absolute;right:0;top:0;width:44px;height:44px'>×</button>",
         {"closes": True, "tab": True, "width": 44.0, "height": 44.0, "place": "右上"}),
        ("<span onclick='a()' style='position:absolute;left:0;bottom:0;width:20px;height:20px'>关闭</span>",
         {"closes": True, "tab": False, "width": 20.0, "height": 20.0, "place": ""}),
        ("<a href='javascript:c()' class='close' style='position:absolute;left:70px;bottom:0;width:60px;height:44px'>关闭</a>",
         {"closes": True, "tab": True, "width": 60.0, "height": 44.0, "place": "中央底部"}),
    ],
)  # fmt: skip
def test_a_floating_window_is_told_with_its_button(browser: Studio, button: str, told: dict[str, Any]) -> None:
    (found,) = kept(browser, TEXT + FLOAT.format(button))["floats"]
    assert {name: found[name] for name in told} == told


def test_what_floats_without_a_linked_picture_promotes_nothing(browser: Studio) -> None:
    assert kept(browser, TEXT + "<div style='position:fixed;right:0;bottom:50px'><a href='#'>返回顶部</a></div>")["floats"] == []
