"""The toolbar, or what it offers, answers to the mouse alone although the focus gets there."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.china.toolbar_parts import ENTRY, bar, tried
from checks.document import Document

MOUSE = "<button type='button' onmousedown='f()'>放大文字</button><button type='button' onclick='c()'>关闭</button>"
DEAD = "<div id='w'></div><button type='button' id='o'>无障碍浏览</button><p>请带身份证和两张照片到所在乡镇的服务大厅办理。</p>"


@check(
    id="toolbar-keyboard",
    reads=("capture", "toolbar"),
    criteria=("2.1.1",),
    impact=Impact.CRITICAL,
    title="无障碍工具条用键盘打不开或用不了",
    title_en="The accessibility toolbar cannot be opened or used by keyboard",
    who="工具条是为看不见、用不了鼠标的人准备的，焦点走到了入口，按回车键却没有反应，最需要它的人恰恰用不上。",
    who_en="The toolbar is made for people who do not see or cannot use a mouse; they reach it, press Enter, and nothing happens.",
    repair=("请工具条的服务商在 click 事件里打开工具条和执行功能，不要只用 mousedown、mouseup 事件。",),
    repair_en=("Ask the vendor to open it and to do its work on the click event, not on mousedown or mouseup alone.",),
    verify="不用鼠标，按 Tab 键走到入口，按回车键打开，再用回车键按“放大”，文字变大。",
    before=bar().replace("o.onclick", "o.onmousedown"),
    after=bar(),
    bad=(bar().replace("o.onclick", "o.onmousedown"), bar(tools=MOUSE)),
    unsure=(DEAD,),
    good=(
        bar(), bar(entry=ENTRY.replace("无障碍浏览", "长者模式")), bar(entry="<a id='o' href='javascript:void(0)'>无障碍</a>"),
        "<a href='/wza.html'>无障碍服务</a>", "<a href='#w'>无障碍工具条</a><p id='w'>本网站的工具条使用说明。</p>",
    ),
)  # fmt: skip
def toolbar_keyboard(document: Document) -> Iterator[Hit]:
    """2.1.1: neither Enter nor Space, but a click opened it, or enlarged the text, on two loads. What Tab cannot reach: `aid-entrance`."""
    found = tried(document)
    if found is None:
        return
    told, entrance = found
    if told["entrance"]["tab"]:
        if told["opens"] == "mouse":
            yield failed(entrance, f"焦点能走到“{told['words']}”，按回车键和空格键都没有反应，用鼠标点击才打开；请在 click 事件里打开")
            return
        if told["opens"] == "":
            yield unsure(entrance, f"按回车键、空格键和用鼠标点击“{told['words']}”，页面都没有变化；请看工具条是否已经失效")
            return
    enlarge = told["enlarge"]
    if enlarge and enlarge["how"] == "mouse":
        what = enlarge["control"]["name"] or "放大"
        yield failed(entrance, f"“{told['words']}”打开以后，“{what}”按回车键没有作用，用鼠标点击才放大；请在 click 事件里执行")
    elif told["opens"] not in ("", None):
        yield passed(entrance)
