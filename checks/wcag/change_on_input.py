"""Who merely moves through a list with the arrow keys, ticks a box or leaves a field finds himself on another page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, failed
from checks.document import Document, Node
from checks.probes.forms import NAME
from checks.wcag.select_jump import select_jump

WARNS = re.compile(r"自动(?:跳转|打开|提交|刷新|进入)|选择后(?:将|即|会|立即)|(?:将|会|立即|直接)(?:跳转|打开|刷新|提交|进入)|新窗口|"
r"will (?:open|submit|reload|go)|opens? ", re.IGNORECASE)
KINDS = {"select": "下拉框", "radio": "单选按钮", "checkbox": "复选框", "text": "输入框"}
DID = {"navigate": "页面就跳转", "open": "就打开新窗口", "submit": "表单就提交"}
CITIES = '<option value="">各县区</option><option value="http://a.example/">城关区</option><option value="http://b.example/">河东区</option>'


@check(
    id="change-on-input",
    covers=("select-jump",),
    reads=("capture", "forms"),
    criteria=("3.2.2",),
    title="一选择或一填写就跳转或提交",
    title_en="Choosing or typing alone opens a page or sends the form",
    who="用键盘的人按方向键看选项、盲人刚勾选一项，页面就跳走或提交，后面的选项到不了，也不知道发生了什么。",
    who_en="People who use the keyboard look through the entries, a blind person ticks a box, and the page goes elsewhere; they cannot "
    "reach "
        "the rest and do not know what happened.",
    repair=(
        "友情链接、站群导航这类内容，在后台改为普通的链接列表。",
        "请开发单位去掉选择或填写时就跳转、提交的脚本，改由旁边的“前往”“查询”按钮来做；确实要保留的，在前面用文字说明。",
    ),
    repair_en=(
        "Turn links to other sites into an ordinary list of links.",
        "Ask the vendor to move the script to a “Go” or “Search” button beside it; where it must stay, to say so in words before the "
        "field.",
    ),
    verify="只用键盘走到这里，按方向键、空格键或填写后按 Tab 键，页面不变；按下按钮后才打开。",
    before=f'<select id="x" aria-label="县区网站">{CITIES}</select><script>x.addEventListener("change", '
    f'function(){{window.open(x.value)}})</script>',
    after=f'<select id="x" aria-label="县区网站">{CITIES}</select> <button type="button" onclick="window.open(x.value)">前往</button>',
    bad=(
        f'<select id="x" aria-label="县区网站">{CITIES}</select><script>x.addEventListener("change", function(){{window.open(x.value)}}'
        f')</script>',
        f'<select onchange="jump(this)" aria-label="县区网站">{CITIES}</select><script>function jump(o){{if(o.value)setTimeout(function(){{'
        'location.href=o.value},50)}</script>',
        '<form id="f" action="/list"><label><input type="radio" name="n" value="1" checked>按时间</label><label><input type="radio" '
        'name="n" '
        'value="2">按热度</label></form><script>document.querySelectorAll("input").forEach(function(o){o.onclick=function(){f.submit()}})'
        '</script>',
        '<form id="f" action="/list" method="post"><label><input id="c" type="checkbox">只看已回复</label></form>'
        '<script>c.onchange=function(){f.submit()}</script>',
        '<label>页码 <input id="p" name="page" size="3"></label><script>p.onblur=function(){if(p.value)location="/list_"+p.value+".html"}'
        '</script>',
        '<form id="f" action="/cx" onsubmit="return true"><label>身份证号 <input id="h" name="h"></label><button>查询</button></form>'
        '<script>h.onchange=function(){f.submit()}</script>',
    ),
    good=(
        f'<select id="x" aria-label="县区网站">{CITIES}</select><button type="button" onclick="window.open(x.value)">前往</button>',
        '<label>区县 <select id="x"><option>城关</option><option>河东</option></select></label><label>街道 <select id="y"></select></label>'
        '<script>x.onchange=function(){y.innerHTML="<option>一街</option>"}</script>',
        f'<p>选择后将打开新窗口：<select id="x" aria-label="县区网站">{CITIES}</select></p><script>'
        f'x.onchange=function(){{window.open(x.value)}}</script>',
        '<label><input type="checkbox" id="c">同意</label><script>c.onchange=function(){location.hash="ok"}</script>',
        '<form action="/list"><label><input type="radio" name="n" checked>按时间</label><label><input type="radio" name="n">按热度</label>'
        '<button>查询</button></form>',
        '<label>关键词 <input id="k"></label><ul id="l"></ul><script>k.oninput=function(){fetch("/tips?k="+k.value);l.innerHTML="<li>'
        '残疾证</li>"}'
        '</script>',
        f'<select aria-label="友情链接" onchange="window.open(this.value)">{CITIES}</select>',
    ),
)  # fmt: skip
def change_on_input(document: Document) -> Iterator[Hit]:
    """3.2.2 (F36, F37): tried with the keyboard on two loads of the page. What `select-jump` reads from the code is told there."""
    told = document.facts.get(NAME) or {}
    known = {hit.node.index for hit in select_jump.look(document) if hit.outcome == "failed"}
    for one in told.get("inputs", ()):
        node = document.meet(one["told"])
        if node is not None and node.index not in known and not _warned(node):
            kind, (did, where, *_) = KINDS[one["kind"]], one["did"]
            how = {"select": "用方向键一选", "text": "填写后一离开"}.get(one["kind"], "一选中")
            yield failed(node, f"这个{kind}{how}，{DID[did]}{f'（{where[:60]}）' if where else ''}；请改由旁边的按钮来做，或事先用文字说明")
    for form in told.get("forms", ()):
        runs = form["runs"]
        if len(runs) == 2:
            for number, did, where in runs[0]["jumps"]:
                node = document.meet(form["fields"][number])
                if any(other[:2] == [number, did] for other in runs[1]["jumps"]) and node is not None and not _warned(node):
                    yield failed(node, f"这个输入框填写后一离开，{DID[did]}{f'（{where[:60]}）' if where else ''}；请改由旁边的按钮来做，"
                    f"或事先用文字说明")


def _warned(node: Node) -> bool:
    """Whether words before it, or its own, say what will happen."""
    around = node.parent.text if node.parent is not None and node.parent.tag not in ("body", "form") and len(node.parent.text) < 200 else ""
    before = node.previous.text if node.previous is not None and len(node.previous.text) < 200 else ""
    return bool(WARNS.search(" ".join((node.name, node.description, around, before))))
