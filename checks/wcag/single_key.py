"""A letter that acts by itself is pressed by accident, and spoken by people who dictate: they set off things they never wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document

LIST = "<p>办事指南</p><ul id='list'><li>残疾人证办理</li></ul>"
ADD = "var n=document.createElement('li');n.textContent='又一条记录';document.getElementById('list').appendChild(n);"
ON = LIST + "<script>document.addEventListener('keydown',function(e){{if({0}){{{1}}}}});</script>"
EN = (
    "<!DOCTYPE html><html lang='en'><head><title>Shortcuts</title></head><body {body}>{rest}<div id='target'>Nothing here.</div>"
    "<script>var on=true,modifier='';function act(e){{if(on&&e.key==='+'&&(!modifier||e[modifier+'Key']))"
    "document.getElementById('target').textContent+=' List item added using keyboard shortcut.'}}{script}</script></body></html>"
)
SEARCH = "<input id='q' aria-label='站内搜索'>"


@check(
    id="single-key-shortcut",
    reads=("capture", "shortcuts"),
    criteria=("2.1.4",),
    title="按一个字母键就触发操作",
    title_en="A single character key sets something off",
    who="用语音输入的人说出的字会被当成一串按键，手抖的人常误碰键盘，页面就在他们不知情时跳走、弹出或改变。",
    who_en="For people who dictate, every spoken word is a row of keys, and people whose hands tremble hit keys by accident: the page "
        "jumps, "
        "opens or changes without their will.",
    repair=(
        "请开发单位取消单个字母、数字或符号的快捷键，或改为 Alt、Ctrl 加字母的组合键。",
        "必须保留的，请提供关闭快捷键或更改按键的设置，或只在焦点位于该控件上时才起作用。",
    ),
    repair_en=(
        "Ask the vendor to drop shortcuts of a single letter, digit or sign, or to combine them with Alt or Ctrl.",
        "Where one must stay, offer a setting that switches it off or changes the key, or let it work only while that control has the "
        "focus.",
    ),
    verify="不点击任何控件，逐个按字母、数字和符号键，页面没有变化；或者页面上有可以关闭快捷键的设置。",
    before=ON.format("e.key==='n'", ADD),
    after=ON.format("e.altKey&&e.key==='n'", ADD),
    bad=(
        ON.format("e.key==='n'", ADD),
        ON.format("e.keyCode===83", "location.href='/search.html'"),
        SEARCH + "<script>window.onkeydown=function(e){if(e.key==='/'){document.getElementById('q').focus();e.preventDefault()}}</script>",
        "<body onkeypress=\"if(String.fromCharCode(event.charCode||event.keyCode)=='2')big()\"><p id='t'>正文内容</p><div id='d' "
        "style='display:none'>已放大显示</div><script>function big(){d.style.display='block'}</script></body>",
        LIST + "<script>document.onkeyup=function(e){e=e||window.event;if(e.which==74){" + ADD + "}}</script>",
        LIST + "<script>document.documentElement.addEventListener('keydown',function(e){if(e.key==='N'){" + ADD + "}})</script>",
        EN.format(body="onkeydown='act(event)'", rest="<p>This page implements the \"+\" key to quickly add an item to the list.</p>"
            "", script=""),
        EN.format(body="", rest="<button onclick=\"document.title='x'\">Disable keyboard shortcuts</button>",
            script="document.addEventListener('keypress',act)"),
        EN.format(body="onkeydown='act(event)'", rest="<label>Text <input onkeydown='event.stopPropagation()'></label>", script=""),
        LIST + "<select aria-label='友情链接' onchange='location.href=this.value'><option value=''>请选择</option><option value='/b.html'>"
        "市政府</option></select><script>document.addEventListener('keydown',function(e){if(e.key==='n'){" + ADD + "}})</script>",
        LIST + "<button>查询</button><div id='layer' style='display:none;position:fixed;left:0;top:0;background:#fff'>帮助：按问号"
        "打开</div><script>document.addEventListener('keydown',function(e){if(e.key==='?')layer.style.display='block'})</script>",
        LIST + "<div id='layer' style='display:none;position:fixed;left:0;top:0;background:#fff'>快捷键说明：按问号打开</div><script>"
        "document.addEventListener('keydown',function(e){if(e.key==='?')layer.style.display='block'})</script>",
        LIST + "<div id='p1'>第一页的内容</div><div id='p2' style='display:none'>第二页的内容</div><script>document.body.addEventListener("
        "'keyup',function(e){if(e.key==='l'||e.key==='h'){p1.style.display=e.key==='l'?'none':'';p2.style.display=e.key==='l'?'':'none'}})"
        "</script>",
        LIST + "<label><input type='checkbox' id='c'> 关闭快捷键</label><script>document.addEventListener('keydown',function(e){if(e.key==="
        "'n'){" + ADD + "}})</script>",
    ),
    unsure=(
        LIST + "<p>可在“个人中心”里关闭快捷键。</p><script>document.addEventListener('keydown',function(e){if(e.key==='n'){" + ADD
        + "}})</script>",
        LIST + "<label>自定义快捷键 <input id='k' maxlength='1'></label><script>document.addEventListener('keydown',function(e){if("
        "e.target===document.body&&e.key===(k.value||'n')){" + ADD + "}})</script>",
    ),
    good=(
        LIST, ON.format("e.ctrlKey&&e.key==='m'", ADD), ON.format("e.altKey&&e.shiftKey&&e.key==='N'", ADD),
        ON.format("e.key==='Escape'", ADD),
        ON.format("e.keyCode===37||e.keyCode===39", ADD),
        LIST + "<div role='listbox' tabindex='0' aria-label='区县' onkeydown=\"if(event.key==='x')x.textContent='选中了'\"><div "
            "role='option' "
        "aria-selected='true' id='x'>城关镇</div></div>",
        LIST + "<input aria-label='备注' onkeydown=\"if(event.key==='n'){" + ADD + "}\">",
        ON.format("e.target.tagName==='INPUT'&&e.key==='n'", ADD) + SEARCH,
        EN.format(body="onkeydown='act(event)'", rest="<button onclick='on=!on'>Toggle keyboard shortcuts</button>", script=""),
        EN.format(body="onkeydown='act(event)'", rest="<label><input type='checkbox' onchange='on=!this.checked'> Turn off "
            "shortcuts</label>",
            script=""),
        EN.format(body="onkeydown='act(event)'", rest="<label>Remap shortcut <select onchange='modifier=this.value'><option value=''>"
            "+</option>"
            "<option value='ctrl'>Ctrl and +</option><option value='alt'>Alt and +</option></select></label>", script=""),
        EN.format(body="onkeydown='act(event)'", rest="<fieldset><legend>Keyboard shortcuts</legend><label><input type='radio' "
            "name='s' checked>"
            " Enabled</label><label><input type='radio' name='s' id='no'> Off</label><button onclick='on=!no.checked'>Save</button>"
            "</fieldset>",
            script=""),
        LIST + "<script>document.addEventListener('keydown',function(){document.documentElement.className='using-keyboard'})</script>",
        LIST + "<script>document.addEventListener('keydown',function(e){window.last=e.key})</script>",
        LIST + "<p id='clock'>0</p><script>document.addEventListener('keydown',function(){});setInterval(function(){clock.textContent="
        "Date.now()},200)</script>",
        "<a href='/' accesskey='1'>首页</a><script>document.addEventListener('keydown',function(e){if(e.altKey)return})</script>",
    ),
)  # fmt: skip
def single_key_shortcut(document: Document) -> Iterator[Hit]:
    """2.1.4 (ACT ffbc54) as it was seen: keys pressed while nothing had the focus, and what switches them off used."""
    told = document.facts.get("shortcuts") or {}
    body = document.body
    if body is None or not told.get("listens"):
        return
    keys: Sequence[Mapping[str, Any]] = told["keys"]
    if not keys:
        if not told["cut"]:
            yield passed(body)
        return
    switch = told["switch"]
    node = next((found for key in keys if (found := document.meet(key["target"]))), body)
    words = f"没有焦点时按“{keys[0]['key']}”键，{_done(keys[0])}"
    if switch["works"]:
        yield passed(node)
    elif switch["typed"] or switch["promised"] or switch["opens"] or told["many"]:
        why = "随便按哪个字母键都会这样" if told["many"] else "页面上似乎可以设置快捷键"
        yield unsure(node, f"{words}；{why}，请确认能关闭或改为组合键")
    else:
        yield failed(node, f"{words}，而且没有关闭或更改它的设置；请取消单键快捷键或改为组合键")


def _done(key: Mapping[str, Any]) -> str:
    kinds = key["kinds"]
    if "leads" in kinds:
        return "页面要跳到别处或弹出窗口"
    if "focus" in kinds:
        return "焦点跳到了别处"
    said = f"“{key['words'][:20]}”" if key["words"] else "内容"
    if "appears" in kinds or "words" in kinds:
        return f"页面上出现了{said}"
    if "vanishes" in kinds:
        return "页面上有内容消失"
    return "页面发生滚动" if "scrolls" in kinds else "页面换了样子"
