"""A blind person who lands on a <div> that works as a button hears its text at most, and does not learn that it can be pressed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.controls import CLICKS, KEYS, entrance
from checks.document import Document

PLAIN = frozenset({"generic", "none", "presentation", "paragraph", "StaticText", "listitem", "img", "emphasis", "strong", "layout-cell",
                   "cell", "term", "definition", "heading", "figure", "SvgRoot", "svg", "DescriptionListTerm",
                   "DescriptionListDetail"})  # fmt: skip
TAGS = ("div", "span", "p", "li", "td", "img", "i", "em", "b", "strong", "dt", "dd", "svg", "a", "font", "h2", "h3", "h4", "section",
        "article")  # fmt: skip
INNER = frozenset({"a", "button", "input", "select", "textarea", "summary", "iframe"})
DRAGGED = re.compile(r"swiper|slide|carousel|scroll|drag|slick|modal|dialog|mask|overlay|wrap", re.IGNORECASE)
LISTEN = '<script>document.querySelector("#x").addEventListener("click", () => { document.title = "a" })</script>'


@check(
    id="role-missing",
    criteria=("4.1.2",),
    title="控件没有说明自己是什么",
    title_en="Control does not say what it is",
    who="使用读屏软件的盲人按 Tab 键走到这里，只听到一段文字，听不到“按钮”或“链接”，不知道可以按下去，这项功能就用不上。",
    who_en="A blind person who tabs here hears mere text, neither “button” nor “link”, does not know that it can be pressed, and misses "
        "what it offers.",
    repair=(
        "在后台编辑器中加的，请改用编辑器的“插入链接”。",
        "请开发单位把它改为 <button type=\"button\">（执行操作）或 <a href=\"网址\">（打开页面）。",
        "一时不能换元素的，加上 role=\"button\" 或 role=\"link\"，并让回车键（按钮还有空格键）与点击有同样的效果。",
    ),
    repair_en=(
        "What was added in the editor: use its “insert link” instead.",
        "Ask the vendor for a <button type=\"button\"> (it does something) or an <a href> (it opens a page).",
        "Where the element cannot be replaced yet, add role=\"button\" or role=\"link\" and let Enter (and Space, for a button) do what a "
        "click does.",
    ),
    verify="用读屏软件按 Tab 键走到这里，听到“按钮”或“链接”，按回车键有反应。",
    before='<div tabindex="0" onclick="window.print()" style="cursor: pointer">打印本页</div>',
    after='<button type="button" onclick="window.print()">打印本页</button>',
    covers=("focus-order-semantics",),
    bad=(
        '<div tabindex="0" style="cursor:pointer" onclick="location.href=\'/a\'">办事指南</div>',
        '<span tabindex="0" style="cursor:pointer" onclick="a()" onkeydown="b()">打印</span>',
        '<div id="x" tabindex="0" style="cursor:pointer">收起</div>' + LISTEN,
        '<li id="x" tabindex="0" style="cursor:pointer">图片新闻</li>' + LISTEN,
    ),
    unsure=('<p tabindex="0" onclick="a()">收起</p>',),
    good=(
        '<div tabindex="0" role="button" style="cursor:pointer" onclick="a()">打印</div>',
        '<div tabindex="0" aria-label="公告" role="region">公告</div>',
        '<div tabindex="-1" style="cursor:pointer" onclick="a()">公告</div>', '<div tabindex="0" onclick="a()"><a href="/a">公告</a></div>',
        '<div tabindex="0">公告正文</div>', '<a href="/a" tabindex="0" onclick="a()">公告</a>',
        '<div class="swiper" tabindex="0" style="cursor:pointer" onclick="a()">图</div>',
        '<label tabindex="0" onclick="a()">姓名<input></label>', '<div tabindex="0" style="display:none" onclick="a()">公告</div>',
        '<ul role="tablist"><li role="tab" tabindex="0" onclick="a()" aria-selected="true">要闻</li></ul>',
        '<div contenteditable="true" onclick="a()" style="cursor:pointer" aria-label="正文">文字</div>',
        '<div role="button" tabindex="0"><span onclick="a()" style="cursor:pointer">打印</span></div>',
    ),
)  # fmt: skip
def role_missing(document: Document) -> Iterator[Hit]:
    """4.1.2 (F59): what takes the focus and answers to clicks is a control, and needs the role of one."""
    for node in document.elements(*TAGS):
        if not node.has("tabindex") or not node.tabbable or not node.visible or not node.exposed or node.has("contenteditable"):
            continue
        if not (node.listeners & CLICKS) or any(one.tag in INNER or one.has("tabindex") for one in node.descendants()):
            continue
        if node.has("href"):
            continue
        if node.role not in PLAIN:
            yield passed(node)
        elif DRAGGED.search(node.get("class")) or len(node.text) > 120:
            continue
        elif node.style("cursor") == "pointer" or node.listeners & KEYS:
            words = node.name or node.text or entrance(node)
            yield failed(
                node,
                f"{f'“{words[:30]}”' if words else '这个控件'}能获得焦点也能点击，但没有角色；请改用 <button> 或 <a> 元素，或加上 role",
            )
        else:
            yield unsure(node, f"“{node.text[:30]}”能获得焦点，也写有点击脚本，但没有角色；若点击后有反应，请改用 <button> 元素")
