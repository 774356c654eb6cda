"""Who reads slowly cannot finish a line that glides away, and who is easily distracted cannot read the text beside what never rests."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.probes.motion_parts import SHARE_OF_WINDOW, Kind, Part, parts

REST = "<p>本页说明残疾人证换领的条件、材料和时间，请在办理之前仔细阅读全文。</p>"
ITEMS = (
    "<li><a href='/1'>关于元旦假期办事大厅安排的通知</a></li><li><a href='/2'>关于换领残疾人证的通知</a></li><li>"
    "第三条通知</li><li>第四条通知</li>"
)
RUN = "var n=0,t=0;function go(){t=setInterval(function(){n=(n+1)%60;box.style.top=-n+'px'},50)}go()"
TICKER = (
    f"<div id=wrap style='height:40px;width:400px;overflow:hidden;position:relative'><ul id=box style='position:absolute;"
    f"margin:0'>{ITEMS}</ul></div>"
)
GLIDE = "<style>@keyframes gun{from{transform:translateX(0)}to{transform:translateX(-300px)}}</style>"
SCRIPT = f"<script>{RUN}</script>"


@check(
    id="moving-content",
    criteria=("2.2.2",),
    impact=Impact.SERIOUS,
    title="内容不停移动，无法暂停",
    title_en="Content keeps moving and cannot be paused",
    who="阅读慢的人和低视力者来不及读完移动的文字，注意力容易分散的人被不停的动静打断，读不了旁边的内容。",
    who_en="Slow readers and people with low vision cannot finish moving text; people who are easily distracted cannot read beside it.",
    repair=(
        "在后台停用滚动字幕和不停的动画，把通知改成静止的列表。",
        "请开发单位让动画在5秒内停下，或者在旁边放一个能用键盘操作的“暂停”按钮；只在鼠标移上去时停下是不够的。",
    ),
    repair_en=(
        "Switch tickers and endless animations off; show notices as a still list.",
        "Ask the vendor to end the movement within 5 seconds, or for a “pause” button that works by keyboard; a stop on hover "
        "is not enough.",
    ),
    verify="打开网页后放着不动，5秒后没有内容还在移动；或者用键盘按“暂停”按钮，它就停下来。",
    before=f"{TICKER}{REST}{SCRIPT}",
    after=f"<ul>{ITEMS}</ul>{REST}",
    covers=("marquee", "endless-animation", "floating-window"),
    reads=("capture", "motion"),
    bad=(
        f"{TICKER}{REST}{SCRIPT}",
        f"{TICKER}{REST}{SCRIPT}<script>wrap.onmouseover=function(){{clearInterval(t)}};wrap.onmouseout=go</script>",
        f"<marquee width=500>欢迎访问云浔市残疾人联合会网站</marquee>{REST}",
        f"{GLIDE}<div style='width:600px;overflow:hidden'><p style='animation:gun 6s linear infinite;white-space:nowrap'>"
        f"关于换领残疾人证的通知</p></div>{REST}",
        f"<div id=gd style='height:50px;width:300px;overflow:hidden'><ul style='margin:0'>{ITEMS}{ITEMS}</ul></div>{REST}"
        "<script>setInterval(function(){gd.scrollTop=(gd.scrollTop+1)%60},40)</script>",
        f"<div id=gd style='height:30px;line-height:30px;width:300px;overflow:hidden'><ul id=u style='margin:0;"
        f"list-style:none'>{ITEMS}</ul></div>{REST}"
        "<script>setInterval(function(){u.appendChild(u.children[0])},1500)</script>",
    ),
    unsure=(
        f"{TICKER}<span style='cursor:pointer' onclick='clearInterval(t)'>暂停</span>{REST}{SCRIPT}",
        f"{TICKER}<button type=button onclick='n=0'>暂停</button>{REST}{SCRIPT}",
        f"{GLIDE}<div style='animation:gun 2s infinite alternate;width:80px;height:60px;background:#06c'></div>{REST}",
    ),
    good=(
        f"{TICKER}<button type=button onclick='clearInterval(t)'>暂停</button>{REST}{SCRIPT}",
        f"{TICKER}<a href='javascript:clearInterval(t)' title='停止滚动'>||</a>{REST}{SCRIPT}",
        f"{TICKER}{REST}<script>{RUN};setTimeout(function(){{clearInterval(t)}},1500)</script>",
        f"{GLIDE}<div style='animation:gun 1s 2;width:300px'>关于换领残疾人证的通知</div>{REST}",
        f"<div class=loading role=progressbar>{GLIDE}<i style='display:block;width:200px;height:90px;animation:gun 1s "
        f"infinite'></i></div>{REST}",
        f"<div style='display:none'>{TICKER}</div>{REST}{SCRIPT}",
        f"{GLIDE}<p id=s style='animation:gun 6s linear infinite'>关于换领残疾人证的通知</p><label><input type=checkbox "
        f"onclick=\"s.style.animationPlayState='paused'\">停止动画</label>{REST}",
        f"<ul>{ITEMS}</ul>{REST}",
    ),
)
def moving_content(document: Document) -> Iterator[Hit]:
    """2.2.2: seen to move for more than five seconds on two loads, beside other content, with nothing that ends it (F16, F7, G4)."""
    for part in parts(document, Kind.SCROLLS, Kind.MOVES, Kind.PLAYS, Kind.PAINTS):
        if not part.beside or (part.kind is not Kind.SCROLLS and part.area < SHARE_OF_WINDOW / 4) or part.area < 1_000:
            continue
        if part.stopped == "" or (part.node.tag == "video" and part.node.has("controls")):
            yield passed(part.node)
        elif part.stopped is None and part.again and _plain(part) and not document.facts["motion"]["cut"]:
            yield failed(part.node, f"{_what(part)}，{part.seconds}秒后仍没有停下，也没有找到“暂停”按钮；请改为静止，"
                f"或加上能用键盘操作的“暂停”")
        else:
            why = part.stopped or ("重新打开后没有再次见到" if not part.again else "范围较小或只是装饰")
            yield unsure(part.node, f"{_what(part)}，{part.seconds}秒后仍没有停下；{why}")


def _plain(part: Part) -> bool:
    """Whether what was seen is plainly movement that a person sees too."""
    if part.kind is Kind.SCROLLS:
        return True
    if part.kind is Kind.PLAYS:
        return part.area >= SHARE_OF_WINDOW
    return part.kind is Kind.MOVES and part.area >= SHARE_OF_WINDOW and (part.told["path"] >= 8 or "show" in part.told["kinds"])


def _what(part: Part) -> str:
    if part.kind is Kind.SCROLLS:
        return f"文字“{(part.told['text'] or part.node.text)[:16]}”自行移动"
    return {Kind.PLAYS: "视频自行播放", Kind.PAINTS: "脚本绘制的画面自行变化"}.get(part.kind, "这部分内容自行移动或变化")
