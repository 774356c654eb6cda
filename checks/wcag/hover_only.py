"""What opens when the mouse rests on it stays shut for everyone who has no mouse: submenus, and tabs that change under the pointer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, unsure
from checks.controls import reached_by_tab
from checks.document import Document, Node

HOVERS = frozenset({"mouseover", "mouseenter", "pointerenter", "pointerover"})
OTHERS = frozenset({"focus", "focusin", "keydown", "keyup", "keypress", "click"})
LOOKS = re.compile(r"(?:\s*(?:javascript:)?\s*this\.(?:style\.[\w.]+|className|src|bgColor)\s*=\s*[^;]*;?)+\s*")
TABS = re.compile(
    r"(?:^|[\s_-])tabs?(?:\d*|[\s_-]?(?:hd|title|head|nav|menu|list|item)\w*)(?:$|[\s_-])|slidetxtbox|(?:^|[\s_-])hd(?:$|"
    r"[\s_-])",
    re.IGNORECASE,
)
ITEMS = ("li", "div", "span", "td", "dl", "dt", "dd", "a", "p", "h2", "h3")
SUB = '<ul style="display:none"><li><a href="/b">办公室</a></li><li><a href="/c">综合处</a></li></ul>'
TWO = "<ul class='tab'><li {0}>要闻</li><li {0}>公告</li></ul><div>内容</div>"


@check(
    id="hover-only",
    criteria=("2.1.1",),
    title="菜单或栏目只在鼠标移上时打开",
    title_en="Menu or tab opens under the mouse only",
    who="不能使用鼠标的人和盲人没有“移上去”这个动作，下拉菜单里的栏目、切换后的内容，他们都到不了。",
    who_en="People who cannot use a mouse, and blind people, cannot hover; they never reach what is in the drop-down menu or behind the "
        "other tabs.",
    repair=(
        "请确认栏目的链接打开后，能看到下拉菜单里的全部条目；不能的，请开发单位改进菜单。",
        "请开发单位让菜单在获得焦点或按回车键时也打开：用 <button aria-expanded> 作开关；切换栏目用 role=\"tab\" 并支持方向键。",
    ),
    repair_en=(
        "See whether the page behind the top entry shows all that the drop-down holds; if not, the menu must be mended.",
        "Ask the vendor to let it open on focus or Enter too: a <button aria-expanded> as switch; for tabs, role=\"tab\" with arrow keys.",
    ),
    verify="不用鼠标，用 Tab 键、回车键和方向键能打开菜单、切换栏目，走到其中每一条链接。",
    before=f'<ul><li onmouseover="show(this)"><a href="/a">机构设置</a>{SUB}</li></ul>',
    after='<ul><li><a href="/a">机构设置</a> <button type="button" aria-expanded="false" aria-label="展开机构设置" onclick="show(this)">'
        '+</button>'
    f"{SUB}</li></ul>",
    unsure=(
        f'<ul><li onmouseover="show(this)"><a href="/a">机构设置</a>{SUB}</li><li onmouseover="show(this)"><a href="/d">公开</a>{SUB}</li>'
        f'</ul>',
        f'<ul><li id="x"><a href="/a">机构设置</a>{SUB}</li></ul><script>x.addEventListener("mouseenter", () => 1)</script>',
        TWO.format("onmouseover=\"setTab('one',1,2)\""),
        "<div class='slideTxtBox'><div class='hd'><ul><li>要闻</li><li>公告</li></ul></div></div>"
        "<script>document.querySelectorAll('li').forEach(one => one.addEventListener('mouseover', () => 1))</script>",
    ),
    good=(
        '<ul><li onmouseover="show(this)" onfocusin="show(this)"><a href="/a">机构设置</a></li></ul>',
        '<ul><li><a href="/a">机构设置</a></li></ul>',
        f'<ul><li onmouseover="show(this)"><a href="/a" aria-haspopup="true" aria-expanded="false">机构设置</a>{SUB}</li></ul>',
        f'<ul><li onmouseover="show(this)"><a href="/a" onfocus="show(this)">机构设置</a>{SUB}</li></ul>',
        f'<ul><li><a href="/a">机构设置</a>{SUB}</li></ul>',
        TWO.format("onmouseover=\"this.style.color='red'\""), TWO.format("onmouseover=\"setTab(1)\" onclick=\"setTab(1)\""),
        "<ul class='tab'><li onmouseover=\"setTab(1)\"><a href='/x'>要闻</a></li></ul>",
        "<div><img src='/a.png' alt='图' onmouseover='big(this)'></div>",
        "<div onmouseover='stop()' onmouseout='go()'><p>滚动的公告</p></div>",
    ),
)  # fmt: skip
def hover_only(document: Document) -> Iterator[Hit]:
    """2.1.1 (G90, SCR2). Whether the same is offered elsewhere a person must see: one word for each menu or row of tabs."""
    told: set[int] = set()
    for node in document.elements(*ITEMS):
        if not (node.listeners & HOVERS) or not node.visible or node.parent is None or node.parent.index in told or _keyed(node):
            continue
        code = node.get("onmouseover") or node.get("onmouseenter")
        if LOOKS.fullmatch(code):
            continue
        words = node.own_text or next((one.text for one in node.descendants("a", "span") if one.text), "") or node.text
        if links := _shut(node):
            told.add(node.parent.index)
            yield unsure(node, f"“{words[:16]}”下面有 {links} 条链接要鼠标移上去才显示，键盘走不到；请确认不用鼠标也能到达这些链接")
        elif _tab(node, code):
            told.add(node.parent.index)
            yield unsure(node, f"“{words[:16]}”要鼠标移上去才切换，Tab 键走不到；请确认不用鼠标也能看到各栏的内容")


def _keyed(node: Node) -> bool:
    """Whether it, or something in it, answers to focus, keys or clicks too, or tells that it opens."""
    parts = [node, *(one for one in node.descendants("a", "button", "span", "div") if one.rendered)]
    if node.parent is not None and node.parent.listeners & {"focusin", "keydown"}:
        return True
    return any(one.listeners & OTHERS or one.has("aria-expanded") or one.has("aria-haspopup") for one in parts)


def _shut(node: Node) -> int:
    """How many links stand in it that are not shown now, while others or words of its own are."""
    if not node.text:
        return 0
    shut = (one for one in node.descendants("a") if not one.rendered or one.style("visibility") == "hidden")
    return sum(1 for one in shut if one.has("href") and one.raw_text)


def _tab(node: Node, code: str) -> bool:
    if node.parent is None or not 0 < len(node.text) <= 20 or any(reached_by_tab(one) for one in (node, *node.descendants())):
        return False
    like = [one for one in node.parent.children if one.tag == node.tag and one.listeners & HOVERS]
    if len(like) < 2:
        return False
    around = [node, *(above for _, above in zip(range(3), node.ancestors(), strict=False))]
    return bool(code) or any(TABS.search(f"{one.get('class')} {one.get('id')}") for one in around)
