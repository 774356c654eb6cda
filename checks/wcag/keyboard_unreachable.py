"""What does something when it is clicked, and is met by no press of the Tab key, exists for users of a mouse only."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.controls import address, same_by_keyboard
from checks.document import Document

DONE = {"navigate": "会打开另一个网页", "open": "会打开新窗口", "dialog": "会弹出提示", "text": "网页的内容会变化"}
TABS = (
    '<ul class="tabs"><li class="on" style="cursor: pointer">要闻</li><li style="cursor: pointer">公告</li></ul><div class="p">'
    '要闻列表</div>'
    '<div class="p" style="display: none">公告列表</div><script>{}.addEventListener("click", (e) => {{ const at = '
    '[...document.querySelectorAll('
    '".tabs li")].indexOf(e.target.closest(".tabs li")); if (at < 0) return; document.querySelectorAll(".p").forEach((p, n) => {{ '
    'p.style.display'
    ' = n === at ? "" : "none"; }}); }});</script>'
)
OPENER = (
    '<div id="app"><div class="more"><span class="open" style="cursor: pointer">展开全部</span></div><p id="t" hidden>'
    '残疾人证办理须知</p></div>'
    '<script>{}.addEventListener("click", (e) => {{ if (e.target.closest(".open")) {} }});</script>'
)


@check(
    id="keyboard-unreachable",
    criteria=("2.1.1",),
    impact=Impact.CRITICAL,
    title="点击有反应，键盘却走不到",
    title_en="Answers to clicks, but the keyboard does not reach it",
    who="不能使用鼠标的人和使用读屏软件的盲人，按 Tab 键把整页走完也遇不到这里，它展开的内容或打开的网页对他们等于没有。",
    who_en="People who cannot use a mouse, and blind people, tab through the whole page without meeting this; what it opens does not "
           "exist for "
        "them.",
    repair=(
        "这是模板里的问题，网站编辑无法修改，请转告开发单位。",
        "请开发单位把它改成真正的控件：打开网页的用 <a href=\"网址\">，展开、切换内容的用 <button type=\"button\">。",
    ),
    repair_en=(
        "This lies in the template and editors cannot change it; please pass it on to the vendor.",
        "Ask the vendor for a real control: <a href> for what opens a page, <button type=\"button\"> for what unfolds or switches content.",
    ),
    verify="不用鼠标，按 Tab 键能走到这里，按回车键与点击有同样的结果。",
    before=OPENER.format("document", "t.hidden = false;"),
    after=OPENER.format("document", "t.hidden = false;").replace("<span", '<button type="button"').replace("</span", "</button"),
    covers=("mouse-only-control",),
    reads=("capture", "keyboard"),
    bad=(
        OPENER.format("document", "t.hidden = false;"),
        OPENER.format("document.body", "location.href = '/zwgk/';"),
        OPENER.format("document.getElementById('app')", "window.open('/zwgk/');"),
        TABS.format("document"),
        TABS.format("document.querySelector('ul')").replace('li class="on"', 'li').replace("at < 0", "at < 1 && (e.target.textContent "
            "= '头条')"),
    ),
    good=(
        OPENER.format("document", "t.hidden = false;").replace("<span", "<button").replace("</span", "</button"),
        OPENER.format("document", "void 0;"),
        OPENER.format("document.body", "location.href = '/zwgk/';") + '<a href="/zwgk/">政务公开</a>',
        TABS.format("document").replace("<li", '<li tabindex="0"'),
        '<p style="cursor: pointer">装饰</p><script>document.addEventListener("click", () => {});</script>',
        '<label><input type="checkbox"><span style="cursor: pointer">同意</span></label><script>document.addEventListener("click", () '
        '=> {});'
        "</script>",
    ),
)  # fmt: skip
def keyboard_unreachable(document: Document) -> Iterator[Hit]:
    """2.1.1, F54 and F59: clicked on a fresh page; the whole walk had not met it. What markup proves, `mouse-only-control` tells."""
    elsewhere = same_by_keyboard(document)
    for told in (document.facts.get("keyboard") or {}).get("clicked", ()):
        node = document.meet(told["element"])
        if node is None or told["effect"] not in DONE:
            continue
        if told["to"] and address(node, told["to"]) in elsewhere:
            yield passed(node)
            continue
        words = node.text or node.get("alt") or node.get("title") or node.name
        named = f"“{words[:20]}”" if words else "这里"
        yield failed(node, f"用鼠标点击{named}，{DONE[told['effect']]}；按 Tab 键走完全页却走不到它，请改用 <button> 或 <a href> 元素")
