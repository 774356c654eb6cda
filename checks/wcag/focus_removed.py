"""Who uses the keyboard loses the place at once where a link throws the focus away as soon as it receives it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed
from checks.document import Document

THROWS = re.compile(
    r"(?:\bthis|\bevent\.(?:target|srcElement|currentTarget)|document\.activeElement|"
    r"^\s*(?:javascript:)?)\.?\s*blur\s*\(\s*\)",
    re.IGNORECASE,
)
CONDITION = re.compile(r"\bif\s*\(|\?|&&|\|\|")


@check(
    id="focus-removed",
    criteria=("2.1.1", "2.4.7"),
    impact=Impact.CRITICAL,
    title="焦点一到就被脚本取消",
    title_en="A script throws the focus away",
    who="用键盘的人按 Tab 键走到这里，焦点立刻被取消，按不了回车，也不知道走到了哪里，往往要从页面开头重新来。",
    who_en="Keyboard users who tab here lose the focus at once: they cannot press Enter, do not see where they are, and often start again "
        "from the top.",
    repair=(
        "请开发单位删去 onfocus=\"this.blur()\"；它多是为了去掉点击时的虚线框，可以改用样式 :focus:not(:focus-visible) { outline: none }。",
    ),
    repair_en=(
        "Ask the vendor to remove onfocus=\"this.blur()\"; to hide the frame on clicks, use the style :focus:not(:focus-visible) { "
        "outline: none } instead.",
    ),
    verify="按 Tab 键走到这里，看得到焦点框，按回车键能打开。",
    before='<a href="/zwgk/" onfocus="this.blur()">政务公开</a>',
    after='<a href="/zwgk/">政务公开</a>',
    bad=(
        '<a href="/zwgk/" onfocus="this.blur();">政务公开</a>', '<input type="button" value="查询" onfocus="this.blur()">',
        '<map name="m"><area href="/a" alt="公开" coords="0,0,9,9" onFocus="blur()"></map><img src="/a.png" usemap="#m" alt="导航">',
        '<a href="/a" onfocus="event.target.blur()">办事</a>',
    ),
    good=(
        '<a href="/zwgk/" onclick="this.blur()">政务公开</a>',
        '<input aria-label="关键词" onfocus="if(this.value==\'请输入\')this.value=\'\'">',
        '<input aria-label="日期" readonly onfocus="pick(this)">', '<a href="/a" onfocus="show()" onblur="hide()">公开</a>',
        '<a href="/a" onfocus="if (this.hideFocus) this.blur()">公开</a>',
        '<a href="/a" style="display:none" onfocus="this.blur()">公开</a>',
        '<a href="/a" tabindex="-1" onfocus="this.blur()">公开</a>', '<input aria-label="日期" type="text" readonly onfocus="this.blur()">',
    ),
)  # fmt: skip
def focus_removed(document: Document) -> Iterator[Hit]:
    """F55: the focus is removed when it is received. Fields that may not be typed in are left to a person's eye."""
    for node in document.with_attribute("onfocus"):
        code = node.get("onfocus")
        if not THROWS.search(code) or CONDITION.search(code) or (node.tag == "input" and node.has("readonly")):
            continue
        if node.tabbable and (node.visible or node.tag == "area") and not node.veiled:
            words = node.name or node.text
            yield failed(
                node, f'{f"“{words[:20]}”" if words else "这里"}写有 onfocus="{code.strip()[:30]}"，按 Tab 键走到时焦点会被取消；请删去'
            )
