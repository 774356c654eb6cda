"""A page that opens something, or moves the focus, as soon as the Tab key gets somewhere throws keyboard users off their way."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.wcag.focus_removed import THROWS

DONE = {
    "navigate": "网页就要跳转到别处", "submit": "表单就被提交", "open": "就打开一个新窗口", "dialog": "就弹出提示框",
    "lost": "焦点立刻被脚本取消",
}  # fmt: skip


@check(
    id="change-on-focus",
    criteria=("3.2.1",),
    impact=Impact.SERIOUS,
    title="焦点一到网页就自行变化",
    title_en="Receiving focus changes the context",
    who="用键盘的人只是路过这里，还没有按回车，网页就跳转、弹窗或把焦点移走；盲人不知道发生了什么，往往走不过去。",
    who_en="Keyboard users merely pass here and have not pressed Enter, yet the page leaves, opens a window or moves the focus; blind "
           "people "
        "do not know what happened.",
    repair=("请开发单位把写在 onfocus 里的跳转、弹窗和移走焦点的脚本，改到点击或按回车键时才执行。",),
    repair_en=("Ask the vendor to move what onfocus does (leaving, opening windows, moving the focus) to clicks and Enter.",),
    verify="不用鼠标，按 Tab 键走过这里，网页不跳转、不弹窗，焦点停在这里，再按一次 Tab 键走到下一处。",
    before='<a href="/a" onfocus="window.open(this.href)">办事指南</a>',
    after='<a href="/a" target="_blank">办事指南（新窗口打开）</a>',
    reads=("capture", "keyboard"),
    bad=(
        '<a href="/a" onfocus="location.href = this.href">政务公开</a><a href="/b">服务</a>',
        '<input aria-label="关键词" onfocus="window.open(\'/search\')"><a href="/b">服务</a>',
        '<form action="/s"><input name="q" aria-label="关键词"><input type="button" value="检索" onfocus="this.form.submit()"></form>',
        '<input aria-label="手机号码" onfocus="alert(\'请输入手机号码\')"><a href="/b">服务</a>',
        '<a href="/a" id="a">政务公开</a><a href="/b">服务</a><script>a.addEventListener("focus", () => a.blur())</script>',
        '<form action="/s"><select aria-label="区县" onfocus="setTimeout(() => this.form.requestSubmit(), 10)"><option>城关镇</option>'
        '</select></form>',
    ),
    unsure=('<button type="button" id="a">上一步</button><button type="button">说明</button><button type="button" id="c">提交</button>'
            '<script>'
            'a.onfocus = () => { if (!window.once) { window.once = 1; c.focus(); } }</script>',),
    good=(
        '<a href="/a" onfocus="this.style.color = \'red\'">政务公开</a><a href="/b">服务</a>',
        '<a href="/a" onclick="window.open(this.href); return false">政务公开</a>',
        '<input aria-label="关键词" onfocus="tip.hidden = false"><p id="tip" hidden>可以输入多个词</p>',
        '<a href="/a" onfocus="location.hash = \'x\'">政务公开</a><a href="/b">服务</a>',
        '<a href="/a" onfocus="this.blur()">政务公开</a><a href="/b">服务</a>',
        '<span tabindex="0" aria-hidden="true" onfocus="q.focus()"></span><input id="q" aria-label="关键词"><a href="/b">服务</a>',
        '<div tabindex="0" role="group" aria-label="选项" onfocus="if (event.target === this) this.firstElementChild.focus()"><button '
        'type="button" tabindex="-1">'
        '要闻</button></div><a href="/b">服务</a>',
    ),
)  # fmt: skip
def change_on_focus(document: Document) -> Iterator[Hit]:
    """3.2.1, F55: seen on the walk, and again when the same element received the focus on a fresh load."""
    facts = document.facts.get("keyboard") or {}
    told: set[int] = set()
    for change in facts.get("changes", ()):
        node = document.meet(change["element"])
        if node is None or node.index in told or change["hidden"]:
            continue
        words = (change["name"] or node.name or node.text).replace("\n", " ")[:20]
        if change["what"] == "lost" and THROWS.search(node.get("onfocus")):
            continue  # `focus-removed` says so
        if change["what"] == "passed on":
            if change["shown"] and words and not change["within"] and facts["left"]:
                told.add(node.index)
                yield unsure(node, f"按 Tab 键走到“{words}”时，焦点被脚本移到别处；请确认用键盘的人仍能使用它")
        elif change["sure"] and change["what"] in DONE:
            told.add(node.index)
            yield failed(node, f"按 Tab 键刚走到“{words or '这里'}”，{DONE[change['what']]}；请改为点击或按回车键后才执行")
    if not told and facts.get("left") and facts["stops"] and (first := document.meet(facts["stops"][0]["element"])):
        yield passed(first)
