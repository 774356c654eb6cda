"""What opens under the mouse and cannot be held, sent away or had without a mouse shuts out who enlarges the page, trembles, or types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checks.check import Hit, check, failed, passed, unsure
from checks.document import Document, Node
from checks.wcag.hover_only import hover_only

MOST = 3  # findings of one page
STYLE = (
    "<style>.nav{{margin:0;padding:0;height:40px;background:#06c}}.nav>li{{float:left;width:120px;list-style:none;position:relative;"
    "height:40px}}"
    ".nav>li>ul{{display:none;position:absolute;left:0;top:{top}px;width:160px;background:#fff;border:1px solid #999;margin:0;padding:8px}}"
    ".nav>li:hover>ul{{display:block}}</style>"
)
MENU = (
    "<ul class='nav'><li><a href='/jg/'>机构设置</a><ul><li><a href='/jg/1'>办公室</a></li><li><a href='/jg/2'>综合处</a></li></ul></li>"
    "<li><a href='/gk/'>信息公开</a><ul><li><a href='/gk/1'>公开指南</a></li><li><a href='/gk/2'>公开年报</a></li></ul></li></ul>"
)
NEWS = (
    "<div style='clear:both;padding:20px'><p>县政府召开常务会议，研究残疾人工作。</p>"
    "<p><a href='/n/1'>关于开展助残日活动的通知</a></p></div>"
)
FAR = "<div style='clear:both;height:260px'></div>" + NEWS
QR = (
    "<div style='padding:60px'><a href='javascript:;' class='wx' {on}>微信公众号</a><div id='qr' style='{show}position:absolute;left:60px;"
    "top:{top}px;background:#fff;padding:4px'><img src='/qr.png' alt='微信二维码' width='120' height='120'><p>扫一扫关注</p></div></div>"
)
SHOW = "onmouseover=\"qr.style.display='block'\" onmouseout=\"qr.style.display='none'\""
TIP = (
    "<p style='padding:60px 20px'>办理<span class='tip' tabindex='0' aria-describedby='t' onmouseenter='show()' onmouseleave='{leave}' "
    "onfocus='show()' onblur='hide()'>残疾人两项补贴</span>请到窗口。<span role='tooltip' id='t' style='display:none;position:absolute;"
    "left:60px;top:{top}px;background:#ffc;width:240px' {on}>困难残疾人生活补贴和重度残疾人护理补贴</span></p><script>let later=0;"
    "function show(){{clearTimeout(later);t.style.display='block'}}function hide(){{t.style.display='none'}}"
    "function soon(){{clearTimeout(later);later=setTimeout(hide,{delay})}}{more}</script>"
)
ESC = "document.addEventListener('keydown',e=>{if(e.key==='Escape')hide()})"


@check(
    id="hover-content",
    reads=("capture", "hover"),
    criteria=("1.4.13",),
    title="鼠标移上时出现的内容看不住或挡住别处",
    title_en="Content shown on hover cannot be held or sent away",
    who="放大屏幕的低视力人士要把鼠标移到弹出的内容上才看得全，手抖的人会误触；内容一移就没、或者挡着正文又关不掉，他们就读不下去。",
    who_en="A person with low vision who magnifies the screen must move the mouse over what opens to see it all, and opens things by "
        "accident; when it vanishes on the way, or covers the text and cannot be sent away, they cannot read on.",
    repair=(
        "请把移上鼠标才显示的说明、二维码尽量直接放在页面上。",
        "请开发单位让弹出的内容在鼠标移进去时保持显示（触发处与内容之间不留空隙，或延迟约 300 毫秒再关闭），不要定时自动消失。",
        "请开发单位加上按 Esc 键关闭弹出内容的功能，鼠标不必移开。",
    ),
    repair_en=(
        "Where you can, put hints and QR codes on the page itself.",
        "Ask the vendor to keep what opens while the mouse is over it (no gap, or a delay of some 300 ms), and not to close it by a timer.",
        "Ask the vendor to let the Esc key close it without moving the mouse.",
    ),
    verify="鼠标停在触发处，内容一直显示；鼠标慢慢移到内容上，仍然显示；内容挡住别处时，按 Esc 键就关闭。",
    before=QR.format(on=SHOW, show="display:none;", top=120),
    after=QR.format(on="", show="", top=120),
    bad=(
        STYLE.format(top=40) + MENU + NEWS,  # covers the news, and Esc does not close it
        QR.format(on=SHOW, show="display:none;", top=140),
        TIP.format(leave="hide()", top=110, on="", delay=0, more=""),
        TIP.format(leave="soon()", top=76, on="onmouseenter='show()' onmouseleave='soon()'", delay=300, more=ESC
            + ";document.querySelector('.tip').addEventListener('mouseenter',()=>setTimeout(hide,1500))"),
        "<style>.share{position:relative;display:inline-block;margin:80px}.share .box{visibility:hidden;position:absolute;left:90px;top:0;"
        "width:180px;background:#eee;pointer-events:none}.share:hover .box{visibility:visible}</style><div class='share'><span>分享</span>"
        "<div class='box'>把本页网址复制给好友即可分享</div></div>",
    ),
    good=(
        STYLE.format(top=40) + MENU + FAR,
        QR.format(on="", show="", top=120),
        TIP.format(leave="soon()", top=76, on="onmouseenter='show()' onmouseleave='soon()'", delay=300, more=ESC),
        STYLE.format(top=40) + MENU + NEWS + "<style>.off .nav>li>ul{display:none!important}</style><script>document.addEventListener("
        "'keydown',e=>{if(e.key==='Escape')document.body.classList.add('off')});document.addEventListener('mouseout',e=>{"
        "if(!e.relatedTarget?.closest?.('.nav'))document.body.classList.remove('off')})</script>",
        "<p style='padding:60px'><a href='/a' title='关于开展助残日活动的通知全文'>关于开展助残日…</a></p>",
        "<style>a:hover{color:red;font-weight:bold}</style>" + NEWS,
        "<div style='padding:80px'><details><summary>办理条件</summary><p>本县户籍。</p></details></div>",
    ),
)  # fmt: skip
def hover_content(document: Document) -> Iterator[Hit]:
    """1.4.13 as it was seen: the mouse rested, walked into what came, and Esc was pressed where it covered something else."""
    said = 0
    for node, effect in _effects(document):
        if not effect["vanishes"]:
            continue
        words = _words(node, effect)
        reasons = []
        if effect["hoverable"] is False:
            reasons.append("鼠标一往内容上移就消失")
        if effect["persistent"] is False:
            reasons.append("鼠标不动，3 秒内也会自己消失")
        if effect["dismissed"] is False:
            covered = "、".join(f"“{one[:10]}”" for one in effect["covered"][:2])
            reasons.append(f"挡住{covered}{'等' if effect['covers'] > 2 else ''}，按 Esc 键关不掉")
        if reasons and said < MOST:
            said += 1
            yield failed(node, f"鼠标移到{words}上时出现{_content(effect)}，{'；'.join(reasons)}；请让内容可以移入、停留，并能用 Esc "
                f"键关闭")
        elif effect["gap"] and said < MOST:
            said += 1
            yield unsure(node, f"鼠标移到{words}上时出现{_content(effect)}，慢慢移过去会消失，快速移过去才留得住；请减小两者之间的空隙")
        elif not reasons and effect["hoverable"]:
            yield passed(node)


@check(
    id="hover-shut",
    reads=("capture", "hover"),
    covers=("hover-only",),
    criteria=("2.1.1",),
    title="鼠标移上才出现的内容，键盘打不开",
    title_en="What opens under the mouse cannot be opened by keyboard",
    who="不能使用鼠标的人和盲人用 Tab 键走到这里，按回车键、空格键都没有反应，里面的链接和文字他们得不到。",
    who_en="People who cannot use a mouse, and blind people, come here with the Tab key and press Enter in vain; they never get what "
        "is inside.",
    repair=(
        "请把只在鼠标移上时出现的链接、二维码也放在页面上能直接看到的地方。",
        "请开发单位让它在获得键盘焦点时也显示，或改用 <button aria-expanded> 打开；切换栏目用 role=\"tab\" 并支持方向键。",
    ),
    repair_en=(
        "Put the links or codes that appear only under the mouse where they can be seen at once.",
        "Ask the vendor to show it on focus too, or with a <button aria-expanded>; for tabs, role=\"tab\" with arrow keys.",
    ),
    verify="不用鼠标，按 Tab 键走到这里（必要时按回车键），内容就出现，其中的链接也走得到。",
    before=QR.format(on=SHOW, show="display:none;", top=80),
    after=QR.format(on=SHOW.replace("onmouseover", "onfocus").replace("onmouseout", "onblur") + " " + SHOW, show="display:none;", top=80),
    bad=(
        QR.format(on=SHOW, show="display:none;", top=80),
        "<ul class='tab' style='padding:40px'><li onmouseover='setTab(0)'>要闻</li><li onmouseover='setTab(1)'>公告</li></ul><div id='c0'>"
        "<a href='/1'>今日要闻一则</a></div><div id='c1' style='display:none'><a href='/2'>今日公告一则</a></div>"
        "<script>function setTab(i){c0.style.display=i?'none':'';c1.style.display=i?'':'none'}</script>",
        STYLE.format(top=38) + MENU.replace("<a href='/jg/'>机构设置</a>", "<span>机构设置</span>").replace(
            "<a href='/gk/'>信息公开</a>", "<span>信息公开</span>") + FAR,
        "<div style='padding:60px'><span id='m' style='background:#06c'>网站群</span><div id='s' style='display:none;position:absolute;"
        "left:60px;top:79px;background:#fff'><a href='http://a.example/'>县教育局</a> <a href='http://b.example/'>县民政局</a></div></div>"
        "<script>m.onmouseenter=()=>s.style.display='block';s.onmouseleave=()=>s.style.display='none'</script>",
    ),
    unsure=(STYLE.format(top=38) + MENU + FAR,),
    good=(
        STYLE.format(top=38) + "<style>.nav>li:focus-within>ul{display:block}</style>" + MENU + FAR,
        STYLE.format(top=38) + MENU + FAR + "<p><a href='/jg/1'>办公室</a> <a href='/jg/2'>综合处</a> <a href='/gk/1'>公开指南</a> "
        "<a href='/gk/2'>公开年报</a></p>",
        QR.format(on=SHOW + " onclick=\"qr.style.display='block'\"", show="display:none;", top=80),
        "<ul class='tab' style='padding:40px'><li tabindex='0' onfocus='setTab(0)' onmouseover='setTab(0)'>要闻</li><li tabindex='0' "
        "onfocus='setTab(1)' onmouseover='setTab(1)'>公告</li></ul><div id='c0'><a href='/1'>今日要闻一则</a></div><div id='c1' "
        "style='display:none'><a href='/2'>今日公告一则</a></div>"
        "<script>function setTab(i){c0.style.display=i?'none':'';c1.style.display=i?'':'none'}</script>",
        "<div style='padding:60px' onmouseenter='s.style.opacity=1' onmouseleave='s.style.opacity=0'>专题<span id='s' style='opacity:0'>"
        "<a href='/z'>助残专题</a></span></div>",
    ),
)  # fmt: skip
def hover_shut(document: Document) -> Iterator[Hit]:
    """2.1.1 as it was seen: the same was looked for with Tab, Enter, Space and the arrows, and its links elsewhere on the page."""
    said = 0
    known = {hit.node.parent.index for hit in hover_only.look(document) if hit.outcome and hit.node.parent}
    for node, effect in _effects(document):
        if effect["rotates"] or effect["keyboard"] is None:
            continue
        if effect["keyboard"]:
            yield passed(node)
        elif said < MOST:
            said += 1
            words, content = _words(node, effect), _content(effect)
            if effect["leads"] or not (effect["new_links"] or effect["new_words"] or effect["pictures"]):
                if node.parent is None or node.parent.index not in known:  # told by `hover-only` already
                    yield unsure(node, f"鼠标移到{words}上时出现{content}，用键盘打不开；请确认它的链接打开后能看到同样的内容")
            else:
                yield failed(node, f"鼠标移到{words}上时出现{content}，按 Tab 键、回车键、空格键和方向键都打不开，本页别处也没有；"
                    f"请让键盘也能打开")


def _effects(document: Document) -> Iterator[tuple[Node, Mapping[str, Any]]]:
    """What was seen, once for each trigger that is still known."""
    met: set[int] = set()
    for effect in (document.facts.get("hover") or {}).get("effects", ()):
        node = document.meet(effect["trigger"])
        if node is not None and node.index not in met and effect["vanishes"] is not None:
            met.add(node.index)
            yield node, effect


def _words(node: Node, effect: Mapping[str, Any]) -> str:
    words = node.own_text or node.text or node.get("title") or next((one.get("alt") for one in (node, *node.descendants("img"))), "")
    words = words.replace(effect["words"], "").strip()
    return f"“{words[:16]}”" if words else "这里"


def _content(effect: Mapping[str, Any]) -> str:
    words = effect["words"].strip()
    if words:
        return f"“{words[:20]}{'…' if len(words) > 20 else ''}”"
    return "图片"
