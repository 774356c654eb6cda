"""Who goes through a page with the Tab key must see where they are; where the frame was taken away, they press on blindly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document, Node
from checks.probes.keyboard_look import FEW
from checks.texts import BLOCKS

MOST, MOST_WEAK = 3, 1  # findings of one page
FOCUS = frozenset({"focus", "blur", "focusin", "focusout"})
LINKS = '<p><a href="/a">政务公开</a> <a href="/b">办事服务</a> <a href="/c">互动交流</a></p>'
STYLED = "<style>{}</style>" + LINKS


@check(
    id="focus-not-visible",
    criteria=("2.4.7",),
    title="按 Tab 键看不出走到了哪里",
    title_en="Keyboard focus cannot be seen",
    who="用键盘操作的人，包括手部不便和弱视的人，按 Tab 键走到这里时画面没有任何变化，不知道按下回车会打开什么。",
    who_en="Keyboard users, among them people with weak hands or low vision, see no change when they tab here and do not know what Enter "
        "will open.",
    repair=(
        "这是样式里的问题，网站编辑无法修改，请转告开发单位。",
        "请开发单位在样式表中找到 outline: none 或 outline: 0，删去它，或者为 :focus-visible 写上明显的样子，"
        "例如 outline: 2px solid #1a5fb4；藏在屏幕外的链接，得到焦点时要显示出来。",
    ),
    repair_en=(
        "This lies in the style sheet and editors cannot change it; please pass it on to the vendor.",
        "Ask the vendor to remove outline: none, or to give :focus-visible a clear look such as outline: 2px solid #1a5fb4; links "
        "hidden off "
        "the screen must show when they receive the focus.",
    ),
    verify="不用鼠标，一直按 Tab 键，每一步都看得出焦点在哪个链接、按钮或输入框上。",
    before="<style>a { outline: none }</style>" + LINKS,
    after="<style>a:focus-visible { outline: 2px solid #1a5fb4 }</style>" + LINKS,
    reads=("capture", "keyboard"),
    bad=(
        STYLED.format("* { outline: none !important }"),
        STYLED.format("a:focus { outline: 0 }"),
        STYLED.format(":focus { outline: 3px solid transparent }"),
        STYLED.format("body { background: #fff } :focus { outline: 3px solid #fff }"),
        STYLED.format("a { background: #fff; outline: none } a:focus { background: rgb(255, 255, 255); color: -webkit-link }"),
        '<style>button { border: 0; background: #06c; color: #fff; padding: 6px; outline: none }</style><button type="button">查询</button>'
        '<button type="button">重置</button>',
        '<input aria-label="关键词" style="outline: none; caret-color: transparent; border: 1px solid #999"><a href="/a">检索</a>',
        '<style>.c { position: absolute; opacity: 0 } .c + span { padding-left: 20px; border: 1px solid }</style><label><input class="c" '
        'type="checkbox"><span>同意</span></label>',
        '<a href="#m" style="position: absolute; left: -9999px">跳到正文</a><div id="m">' + LINKS + "</div>",
        '<input aria-label="日期" readonly value="2026-11-20" style="outline: none"><a href="/a">查询</a>',
        '<p><a href="/a" onfocus="this.style.outline = \'none\'">政务公开</a></p>',
        '<style>.on { font-style: inherit }</style><div tabindex="0" style="outline: 0" onfocus="this.className = \'on\'">公告列表</div>',
        '<style>a { outline-style: none; text-decoration: none } a:focus { text-decoration-color: red }</style>' + LINKS,
        '<ul style="list-style: none"><li style="height: 0; overflow: hidden"><a href="/a">办公室</a></li></ul>' + LINKS,
    ),
    unsure=(
        STYLED.format("a:focus { outline: 1px solid #eee }"),
        '<style>a:focus { outline: 3px solid #c00 } img { display: block }</style><a href="/a"><img src="/a.png" alt="专题"></a>',
        STYLED.format("a { outline: none } a:focus { color: #0000da }"),
        '<style>button { outline: none; background: #eee; border: 1px solid #888 } button:focus { background: #e4e4e4 }</style>'
        '<button type="button">查询</button>',
    ),
    good=(
        LINKS,
        STYLED.format("a { outline: none } a:focus { background: #036; color: #fff }"),
        STYLED.format("a { outline: none; text-decoration: none } a:focus { box-shadow: 0 0 0 3px #036 }"),
        STYLED.format("a:focus:not(:focus-visible) { outline: none } a:focus-visible { outline: 2px solid #c00 }"),
        STYLED.format("a { outline: none; position: relative } a:focus::after { content: ''; position: absolute; inset: auto 0 -4px; "
                      "height: "
                      "3px; background: #c00 }"),
        STYLED.format("a { outline: none; transition: background-color .3s .25s } a:focus { background: #fd0 } a:focus { color: #000 }"),
        '<style>a { outline: none } p:focus-within { outline: 3px solid #036 }</style>' + LINKS,
        '<style>.c { position: absolute; opacity: 0 } .c + span { padding: 4px; border: 1px solid } .c:focus + span { outline: 3px solid '
        '#036 }</style><label><input class="c" type="checkbox"><span>同意</span></label>',
        '<input aria-label="关键词" style="outline: none"><textarea aria-label="内容" style="outline: none; border: 1px solid"></textarea>',
        '<style>a { outline: none } .on { background: #fd0; color: #000 }</style><p><a href="/a" onfocus="this.className = \'on\'" '
        'onblur="this.className = \'\'">政务公开</a></p>',
        '<p><a href="/a" style="outline: none" onfocus="now.textContent = \'当前位置：政务公开\'" onblur="now.textContent = \'\'">'
        '政务公开</a></p>'
        '<p id="now" style="margin-top: 300px"></p>',
        '<style>.skip { position: absolute; left: -9999px } .skip:focus { left: 8px; top: 8px; background: #fff }</style><a class="skip" '
        'href="#m">跳到正文</a><div id="m" style="margin-top: 60px">' + LINKS + "</div>",
        '<img src="/a.png" alt="导航图" usemap="#n"><map name="n"><area href="/a" alt="公开" coords="0,0,90,90" shape="rect"></map>',
        '<select aria-label="区县"><option>城关镇</option></select><input type="checkbox" aria-label="同意"><input type="radio" '
        'aria-label="是">'
        '<button type="button">提交</button>',
        '<p>没有可以操作的内容</p>',
        '<style>a { outline: none } i { display: inline-block; width: 9px; height: 9px } a:focus i { background: #c00 }</style><p><a '
        'href="/a">'
        '<i></i>政务公开</a></p>',
        '<a href="/a" style="outline: none" onfocus="p.style.border = \'3px solid #c00\'" onblur="p.style.border = \'0\'"><img id="p" '
        'src="/a.png" alt="专题"></a>',
    ),
)  # fmt: skip
def focus_not_visible(document: Document) -> Iterator[Hit]:
    """2.4.7, F55 and F78: pictures with the focus and without are the same, on two loads. A person looks at signs hard to see."""
    facts = document.facts.get("keyboard") or {}
    kinds: dict[tuple[int, bool], list[Mapping[str, Any]]] = {}
    for stop in facts.get("stops", ()):
        if not stop["frame"] and not stop["hidden"]:
            kinds.setdefault((stop["group"], stop["shown"]), []).append(stop)
    blank: list[tuple[Node, str, int]] = []
    weak: list[tuple[Node, str, int]] = []
    for stops in kinds.values():
        states = [(stop, _state(stop, document)) for stop in stops]
        met = {state for _, state in states if state}
        for stop, state in states:
            node = document.meet(stop["element"]) if state else None
            if node is not None and state == "seen":
                yield passed(node)
        for wanted, found in (("blank", blank), ("weak", weak), ("unpainted", weak)):
            first = next((node for stop, state in states if state == wanted and (node := document.meet(stop["element"])) is not None), None)
            if first is not None:
                alike = sum(state in (wanted, "") for _, state in states) if met == {wanted} else sum(s == wanted for _, s in states)
                stop = next(one for one, state in states if state == wanted)
                found.append((first, _seen(stop, first, wanted), alike))
    for found, say, most in ((blank, failed, MOST), (weak, unsure, MOST_WEAK)):
        found.sort(key=lambda one: -one[2])
        for number, (node, text, alike) in enumerate(found[:most]):
            count = f"，本页同样的有 {alike} 处" if alike > 1 else ""
            more = f"；另有 {len(found) - most} 类控件也是这样" if number == most - 1 and len(found) > most else ""
            yield say(node, text + count + more)


def _state(stop: Mapping[str, Any], document: Document) -> str:
    """seen, weak or blank; unpainted: blank, but the styles mean it to be seen; "" where it was not looked at, or the look was no use."""
    look = stop["look"]
    if look is None:
        return "seen" if stop["sign"] in ("caret", "ring") and stop["shown"] else ""
    if look["near"] > FEW:
        strong = look["strong"] >= max(30, 0.3 * look["edge"])
        broad = look["near"] >= 3 * look["edge"] and look["contrast"] >= 1.5
        return "seen" if strong or broad else "weak"
    if stop["looks"] < 2 or (not stop["shown"] and not stop["name"]):
        return ""
    node = document.meet(stop["element"])
    if node is None or (look["far"] > FEW and any(one.listeners & FOCUS for one in (node, *node.ancestors()))):
        return ""
    return "unpainted" if stop["sign"] == "style" and _holds_blocks(node) else "blank"


def _holds_blocks(node: Node) -> bool:
    """Whether it is an inline element with blocks in it, around which Chromium paints no outline but its own."""
    return node.style("display") == "inline" and any(one.style("display") in BLOCKS for one in node.descendants())


def _seen(stop: Mapping[str, Any], node: Node, state: str) -> str:
    words = (stop["name"] or node.name or node.text).replace("\n", " ")[:20]
    said = bool(words) and "\ufffd" not in words
    named = f"“{words}”" if said else {"a": "这个链接", "button": "这个按钮", "input": "这个输入框"}.get(node.tag, "这里")
    look = stop["look"]
    if state == "weak":
        return f"按 Tab 键走到{named}时，只有 {look['near']} 个像素变了，深浅相差 {look['contrast']:g}:1；请确认弱视的人看得出焦点在这里"
    if state == "unpainted":
        return f"样式为{named}写了焦点框，但 Chromium 没有画出来，因为链接里面是块级内容；请给链接加上 display: block 或 inline-block"
    if node.box is not None and node.box.width < 1 and node.box.height < 1:
        return f"按 Tab 键走到{named}时，它没有大小，画面上什么也看不到；请让它显示出来，或者不让焦点走到"
    if not stop["shown"]:
        return f"按 Tab 键走到{named}时，它不在画面中，看不出焦点到了哪里；请让它得到焦点时显示出来，或者不让焦点走到"
    return f"按 Tab 键走到{named}前后，画面完全一样，看不出焦点在哪里；请在样式中写上明显的焦点框"
