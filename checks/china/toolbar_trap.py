"""Once in the toolbar, the Tab key never leads out of it again."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.china.toolbar_parts import bar, tried
from checks.document import Document

TRAP = (
    "o.disabled=true;b.querySelector('button').focus();document.addEventListener('keydown',function(e){if(e.key=='Tab'&&b){e.preventDefault();"
    "var a=[].slice.call(b.querySelectorAll('button'));a[(a.indexOf(document.activeElement)+1)%a.length].focus()}},true)"
)
STAYS = "<button type='button' onclick='f()'>放大文字</button><button type='button'>语音阅读</button>"


@check(
    id="toolbar-trap",
    reads=("capture", "toolbar"),
    criteria=("2.1.2",),
    impact=Impact.CRITICAL,
    title="键盘进了无障碍工具条就出不来",
    title_en="The keyboard does not get out of the accessibility toolbar",
    who="用键盘或读屏软件的人打开工具条以后，焦点在它的按钮之间打转，再也回不到正文，只能关掉网页。",
    who_en="After opening the toolbar, people with keyboard or screen reader go round and round its buttons, never back to the text.",
    repair=("在修好之前，请停用工具条。", "请工具条的服务商不要拦截 Tab 键；确需让焦点留在其中的，按 Esc 键要能关闭。"),
    repair_en=(
        "Switch the toolbar off until it is repaired.",
        "Ask its vendor not to catch the Tab key; where the focus has to stay inside, Esc must close it.",
    ),
    verify="用键盘打开工具条，连续按 Tab 键，焦点能走到正文；或按 Esc 键，工具条关闭。",
    before=bar(tools=STAYS, opens=TRAP),
    after=bar(tools=STAYS, opens=TRAP + ";document.addEventListener('keydown',function(e){if(e.key=='Escape')c()})"),
    bad=(
        bar(tools=STAYS, opens=TRAP),
        bar(tools=STAYS, opens="o.disabled=true;b.addEventListener('focusout',function(){setTimeout(function(){"
            "if(!b.contains(document.activeElement))b.querySelector('button').focus()},0)})"),
    ),
    good=(
        bar(), bar(tools=STAYS), bar(tools=STAYS, opens=TRAP + ";document.addEventListener('keydown',function(e){if(e.key=='Escape')c()})"),
        "<button type='button'>搜索</button>",
    ),
)  # fmt: skip
def toolbar_trap(document: Document) -> Iterator[Hit]:
    """2.1.2: neither Tab nor Shift+Tab left it in twice as many presses as it has stops, and neither Esc nor a button closed it, twice."""
    found = tried(document)
    if found is None:
        return
    told, entrance = found
    if told["trapped"]:
        yield failed(entrance, f"“{told['words']}”打开以后，按 Tab、Shift+Tab 都走不出工具条，按 Esc 也关不掉；请让服务商不要拦截 Tab 键")
    elif told["trapped"] is False:
        yield passed(entrance)
