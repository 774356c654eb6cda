"""Who hears «link» expects another page; what runs a script instead should be a button, and nobody should lose the mouse's own menu."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.controls import CLICKS
from checks.document import Document, Node, collapsed
from checks.words import GLYPHS

EMPTY_CODE = re.compile(r"javascript:\s*(?:void\s*\(?\s*\d*\s*\)?|;|//|\s)*;?\s*$", re.IGNORECASE)
OPENS = re.compile(r"location|scroll|\bopen\s*\(|\.href|history\.|goto|jump|link\s*\(", re.IGNORECASE)
REFUSES = re.compile(r"return\s+false|preventDefault\s*\(|returnValue\s*=\s*(?:false|!1)", re.IGNORECASE)
LISTED = 5


@check(
    id="script-link",
    impact=Impact.MINOR,
    title="按钮写成了链接",
    title_en="Buttons are written as links",
    who="使用读屏软件的盲人听到“链接”，以为会打开新的页面，实际却是执行操作；用语音操作的人说“点击按钮”也找不到它。",
    who_en="A blind person who hears “link” expects a new page, not an action; people who speak to their computer do not find it among the "
        "buttons.",
    repair=(
        "请开发单位把执行操作的 <a href=\"javascript:…\"> 改为 <button type=\"button\">，样式可以不变。",
        "用来打开页面的，把网址写进 href，不要只写在脚本里。",
    ),
    repair_en=(
        "Ask the vendor to turn <a href=\"javascript:…\"> that does something into <button type=\"button\">; it may look the same.",
        "Where it opens a page, put the address into href, not only into a script.",
    ),
    verify="用读屏软件读到这些控件：执行操作的读作“按钮”，打开页面的读作“链接”。",
    before='<a href="javascript:void(0)" onclick="window.print()">打印本页</a>',
    after='<button type="button" onclick="window.print()">打印本页</button>',
    bad=(
        '<a href="javascript:void(0);" onclick="doZoom(16)">大</a> <a href="javascript:doZoom(12)">小</a>',
        '<a href="javascript:window.print()">打印</a>',
        '<a href="#" onclick="window.print();return false">打印本页</a> <a href="###" onclick="doZoom(16)">大</a>',
        '<a id="x" href="javascript:;">展开</a><script>x.onclick=()=>{document.title="a"}</script>',
    ),
    good=(
        '<a href="/a.html">公告</a>', '<a role="button" href="javascript:void(0)" onclick="a()">打印</a>',
        '<a href="javascript:void(0)">登录</a>', '<a href="#" onclick="window.scrollTo(0,0)">返回顶部</a> <a href="#">首页</a>',
        '<a href="javascript:void(0)" onclick="window.open(\'/a\')">公告</a>', '<button type="button" onclick="a()">打印</button>',
        '<a href="javascript:window.print()" style="display:none">打印</a>', '<a href="/a.html" onclick="count()">公告</a>',
    ),
)  # fmt: skip
def script_link(document: Document) -> Iterator[Hit]:
    """A good practice (F59 is about having no role at all): one word for each page, at the first of them."""
    found: list[Node] = []
    for link in document.links:
        href = link.get("href").strip()
        nowhere = href.strip("#") == "" and bool(link.get("onclick").strip())  # to the top of the page, if the script did not stop it
        if not (href.lower().startswith("javascript:") or nowhere) or link.has("role") or not link.visible:
            continue
        code = link.get("onclick") or ("" if EMPTY_CODE.match(href) else href)
        if (code or link.listeners & CLICKS) and not OPENS.search(code):
            found.append(link)
    if found:
        names = [name for one in found if (name := collapsed(GLYPHS.sub(" ", one.name)))]
        told = "、".join(f"“{name[:10]}”" for name in names[:LISTED]) + ("等" if len(found) > LISTED else "")
        many = f"本页至少有 {len(found)} 个执行操作的控件写成了链接：{told or '图标'}"
        yield failed(found[0], f"{many}；仍有用的请改用 <button> 元素，失效的请删去")


@check(
    id="use-blocked",
    impact=Impact.MINOR,
    title="页面不许选中文字或使用右键菜单",
    title_en="The page blocks selecting text or the context menu",
    who="阅读有困难的人要选中一段文字让软件朗读或翻译，视力弱的人要用右键菜单放大和打印，页面禁止这些操作，他们就用不了自己的辅助工具。",
    who_en="People with reading difficulties select text to have it read aloud or translated, others use the context menu; a page that "
        "forbids both takes their aids.",
    repair=(
        "请开发单位删去整个页面上禁止选中、复制和右键的脚本与样式；政府公开信息本来就供人使用。",
    ),
    repair_en=(
        "Ask the vendor to remove scripts and styles that stop selecting, copying and the context menu on the whole page; public "
        "information is there to be used.",
    ),
    verify="在正文上能用鼠标选中文字，能打开右键菜单。",
    before='<!DOCTYPE html><html lang="zh-CN"><head><title>公告</title></head><body oncontextmenu="return false" onselectstart="return '
        'false"><p>公告正文</p></body></html>',
    after='<!DOCTYPE html><html lang="zh-CN"><head><title>公告</title></head><body><p>公告正文</p></body></html>',
    bad=(
        '<!DOCTYPE html><html lang="zh-CN"><head><title>公告</title></head><body oncontextmenu="return false"><p>公告正文</p></body>'
        '</html>',
        '<!DOCTYPE html><html lang="zh-CN"><head><title>公告</title></head><body onselectstart="event.preventDefault()"><p>公告正文</p>'
        '</body></html>',
        '<!DOCTYPE html><html lang="zh-CN"><head><title>公告</title></head><body style="user-select:none"><p>公告正文</p></body></html>',
    ),
    good=(
        '<p>公告正文</p>', '<div style="user-select:none">1 2 3</div><p>公告正文</p>',
        '<img src="/a.png" alt="图" oncontextmenu="return false">',
        '<!DOCTYPE html><html lang="zh-CN"><head><title>公告</title></head><body oncopy="track()"><p>公告正文</p></body></html>',
    ),
)  # fmt: skip
def use_blocked(document: Document) -> Iterator[Hit]:
    """A good practice, not a criterion of WCAG: judged on the page as a whole only."""
    body = document.body
    if body is None or body.tag == "frameset":
        return
    stopped = [
        word
        for word, event in (("右键菜单", "oncontextmenu"), ("选中文字", "onselectstart"), ("复制", "oncopy"))
        if any(REFUSES.search(one.get(event)) for one in (document.root, body))
    ]
    if body.style("user-select") == "none" and "选中文字" not in stopped:
        stopped.append("选中文字")
    if stopped:
        yield failed(body, f"整个页面禁止{'、'.join(stopped)}；请删去相应的脚本或样式")
    else:
        yield passed(body)
