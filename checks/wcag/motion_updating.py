"""Words that become others while they are read can be followed neither by slow readers nor by a screen reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.probes.motion_parts import Kind, Part, parts

CLOCK = re.compile(
    r"\d\s*[:：]\s*\d|\d\s*(?:时|小时|分|分钟|秒|天)|\d{4}\s*[-/年.]\s*\d|星期|周[一二三四五六日]|GMT|[AP]M\b", re.IGNORECASE
)
REST = "<p>本页说明残疾人证换领的条件、材料和时间，请在办理之前仔细阅读全文。</p>"
COUNT = "<p>当前排队人数：<span id=n>31</span></p>"
RUN = "var k=31,t=setInterval(function(){n.textContent=++k},900)"


@check(
    id="updating-text",
    criteria=("2.2.2",),
    impact=Impact.MODERATE,
    title="文字自动更新，无法暂停",
    title_en="Text updates by itself and cannot be paused",
    who="阅读慢的人还没读完，文字就变了；使用读屏软件的盲人听到一半，内容已经换成别的。",
    who_en="Slow readers lose the words before they have read them, and a screen reader speaks of what is no longer there.",
    repair=("请关闭自动更新，放一个“刷新”按钮，由使用者自己决定。", "请开发单位加上能用键盘操作的“暂停更新”按钮，或者可以调慢更新的设置。"),
    repair_en=(
        "Switch the updates off and offer a “refresh” button.",
        "Ask the vendor for a “pause updates” button that works by keyboard, or a setting for how often it updates.",
    ),
    verify="打开网页后放着不动，文字不会自己变化；或者用键盘按“暂停”，它就不再变化。",
    before=f"{COUNT}{REST}<script>{RUN}</script>",
    after=f"{COUNT}<button type=button onclick='clearInterval(t)'>暂停更新</button>{REST}<script>{RUN}</script>",
    reads=("capture", "motion"),
    bad=(
        f"{COUNT}{REST}<script>{RUN}</script>",
        f"<div id=n>关于元旦假期安排的通知</div>{REST}<script>var "
        f"a=['关于换领残疾人证的通知','关于办事大厅搬迁的通知','关于元旦假期安排的通知'],k=0;"
        "setInterval(function(){n.innerHTML=a[k++%3]},1700)</script>",
        f"<p>实时在线：<b id=n>1</b>人</p><a href='/about'>关于本站</a>{REST}<script>"
        f"setInterval(function(){{n.innerText=Math.random()*1e4|0}},1e3)</script>",
    ),
    unsure=(
        f"<p>现在是<span id=n></span></p>{REST}<script>setInterval(function(){{n.innerHTML=new "
        f"Date().toLocaleTimeString()}},1000)</script>",
        f"{COUNT}<label>更新间隔（秒）<input type=number value=1 onchange='clearInterval(t)'></label>{REST}<script>{RUN}</script>",
        f"{COUNT}<button type=button onclick='clearInterval(t)'>确定</button>{REST}<script>{RUN}</script>",
    ),
    good=(
        f"{COUNT}{REST}",
        f"{COUNT}<input type=button value='Stop updates' onclick='clearInterval(t)'>{REST}<script>{RUN}</script>",
        f"{COUNT}{REST}<script>{RUN};setTimeout(function(){{clearInterval(t)}},2000)</script>",
        f"<div hidden>{COUNT}</div>{REST}<script>{RUN}</script>",
        f"{COUNT}<button type=button onclick='n.parentNode.hidden=true'>隐藏</button>{REST}<script>{RUN}</script>",
    ),
)
def updating_text(document: Document) -> Iterator[Hit]:
    """2.2.2, ACT efbfc7: words that were seen to change again and again on two loads. Clocks and countdowns may be essential."""
    for part in parts(document, Kind.UPDATES):
        if not part.beside or part.area <= 0:
            continue
        shown = "、".join(text[:12] for text in part.told["texts"][:3])
        what = f"文字自动更新（先后是“{shown}”）"
        if part.stopped == "":
            yield passed(part.node)
        elif _clock(part):
            yield unsure(part.node, f"{what}，像是时钟或倒计时；若不必时时更新，请改为静止，或加上“暂停”按钮")
        elif part.stopped is None and part.again and not document.facts["motion"]["cut"]:
            yield failed(part.node, f"{what}，没有找到暂停的办法；请改为由使用者刷新，或加上能用键盘操作的“暂停”按钮")
        else:
            yield unsure(part.node, f"{what}；{part.stopped or '重新打开后没有再次见到'}")


def _clock(part: Part) -> bool:
    """Whether it tells the time, or how much of it is left."""
    around = part.node.parent.text[:60] if part.node.parent else ""
    return any(CLOCK.search(text) for text in part.told["texts"]) or bool(re.search(r"倒计时|剩余|距离|还有\s*\d|秒", around))
