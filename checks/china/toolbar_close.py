"""A toolbar that a key opened must go away by a key, or people without a mouse are left with it over the page."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.china.toolbar_parts import ENTRY, bar, tried
from checks.document import Document

MOUSE = "<button type='button' onclick='f()'>放大文字</button><span onclick='c()' style='cursor:pointer'>关闭</span>"
ONCE = "o.disabled=true"
NONE = "<button type='button' onclick='f()'>放大文字</button>"


@check(
    id="toolbar-close",
    reads=("capture", "toolbar"),
    criteria=("2.1.1",),
    impact=Impact.SERIOUS,
    title="无障碍工具条只能用鼠标关闭",
    title_en="The accessibility toolbar closes only by mouse",
    who="不能使用鼠标的人用键盘打开了工具条，却关不掉它，此后每一页都要先绕过它。",
    who_en="People without a mouse open the toolbar by keyboard and cannot close it again; then it is in their way on every page.",
    repair=("请工具条的服务商把“关闭”写成 <button>，并让 Esc 键也能关闭工具条。", "关闭之后，把焦点放回打开它的入口。"),
    repair_en=(
        "Ask the vendor of the toolbar for a “close” that is a <button>, and to close on Esc too.",
        "After closing, put the focus back on the entrance that opened it.",
    ),
    verify="用键盘打开工具条，按 Esc 键，或按 Tab 键走到“关闭”再按回车键，工具条消失。",
    before=bar(tools=MOUSE, opens=ONCE),
    after=bar(),
    bad=(
        bar(tools=MOUSE, opens=ONCE),
        bar(tools=MOUSE.replace("<span", "<img src='/x.png' alt='关闭' width='30' height='30'"), opens=ONCE),
    ),
    unsure=(bar(tools=NONE, opens=ONCE),),
    good=(
        bar(), bar(tools=NONE), bar(tools=MOUSE, opens="o.disabled=true;document.onkeydown=function(e){if(e.key=='Escape')c()}"),
        bar(entry=ENTRY.replace("<button", "<button disabled")), "<a href='/wza.html'>无障碍服务</a>",
    ),
)  # fmt: skip
def toolbar_close(document: Document) -> Iterator[Hit]:
    """2.1.1: Esc, its own button and its entrance were tried on two loads; the mouse closed it both times."""
    found = tried(document)
    if found is None:
        return
    told, entrance = found
    if told["closes"] == "mouse":
        yield failed(entrance, f"“{told['words']}”打开以后，按 Esc 键、在“关闭”上按回车键都关不掉，只有用鼠标点击才行；请把“关闭”改为按钮")
    elif told["closes"] == "" and told["root"]:
        yield unsure(entrance, f"“{told['words']}”打开以后，按 Esc 键、再按一次入口都没有关闭，也没有找到写明“关闭”的按钮；请看怎样关闭它")
    elif told["closes"]:
        yield passed(entrance)
