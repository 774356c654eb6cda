"""What blinks without end draws the eye away from all else, and is gone when somebody with low vision has just found it."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.probes.motion_parts import Kind, parts

REST = "<p>本页说明残疾人证换领的条件、材料和时间，请在办理之前仔细阅读全文。</p>"
STYLE = "<style>@keyframes shan{50%{opacity:0}}@keyframes an{0%,49%{visibility:visible}50%,100%{visibility:hidden}}</style>"
NEWS = "关于换领残疾人证的紧急通知"
TOGGLE = "var k=0,t=setInterval(function(){s.style.visibility=k++%2?'visible':'hidden'},600)"


@check(
    id="blinking-content",
    criteria=("2.2.2",),
    impact=Impact.SERIOUS,
    title="内容不停闪动，无法停止",
    title_en="Content keeps blinking and cannot be stopped",
    who="注意力容易分散的人和认知障碍者被不停的闪动吸引，读不了旁边的内容，低视力者看不清时隐时现的文字。",
    who_en="People who are easily distracted cannot read beside what blinks, and people with low vision cannot catch words "
        "that come and go.",
    repair=("请取消闪动效果，需要强调的内容改用加粗或醒目的标题。", "请开发单位让闪动在5秒内停下，或者加上能用键盘操作的“停止闪动”按钮。"),
    repair_en=(
        "Remove the blinking; emphasise with bold type or a clear heading.",
        "Ask the vendor to end it within 5 seconds, or for a “stop” button that works by keyboard.",
    ),
    verify="打开网页5秒之后，没有内容还在闪动。",
    before=f"<p id=s>{NEWS}</p>{REST}<script>{TOGGLE}</script>",
    after=f"<p><strong>{NEWS}</strong></p>{REST}",
    covers=("blink", "endless-animation"),
    reads=("capture", "motion"),
    bad=(
        f"<p id=s>{NEWS}</p>{REST}<script>{TOGGLE}</script>",
        f"{STYLE}<p style='animation:shan 1.3s infinite'>{NEWS}</p>{REST}",
        f"{STYLE}<h2 style='animation:an 1.2s infinite'>{NEWS}</h2>{REST}",
    ),
    unsure=(
        f"<p id=s>{NEWS}</p>{REST}<script>var k=0;setInterval(function(){{s.style.color=['#c00','#06c','#080'][k++%3]}},700)</script>",
        f"<p id=s>{NEWS}</p><span style='cursor:pointer' onclick=\"clearInterval(t);s.style.visibility='visible'\">停止闪动</span>{REST}"
        f"<script>{TOGGLE}</script>",
    ),
    good=(
        f"<p id=s>{NEWS}</p><button type=button onclick=\"clearInterval(t);s.style.visibility='visible'\">停止闪动</button>{REST}"
        f"<script>{TOGGLE}</script>",
        f"{STYLE}<p style='animation:shan 1s 2'>{NEWS}</p>{REST}",
        f"{STYLE}<input value=''><i style='animation:shan 1s infinite;width:6px;height:6px;display:block;background:red'></i>{REST}",
        f"<p>{NEWS}</p>{REST}",
    ),
)
def blinking_content(document: Document) -> Iterator[Hit]:
    """2.2.2, F4, F7, F47: seen to come and go for more than five seconds on two loads. What changes its colours only, a person judges."""
    for part in parts(document, Kind.BLINKS):
        if not part.beside or part.area < 1_000:
            continue
        goes = bool({"show", "fade"} & set(part.told["kinds"]))
        what = f"“{(part.told['text'] or part.node.name)[:16]}”" if part.told["text"] or part.node.name else "这部分内容"
        if part.stopped == "":
            yield passed(part.node)
        elif part.stopped is None and part.again and goes and not document.facts["motion"]["cut"]:
            yield failed(part.node, f"{what}时隐时现，{part.seconds}秒后仍没有停下，也没有找到停止的办法；请取消闪动")
        elif goes:
            yield unsure(part.node, f"{what}时隐时现，{part.seconds}秒后仍没有停下；{part.stopped or '重新打开后没有再次见到'}")
        else:
            yield unsure(part.node, f"{what}的颜色不停变化，请看是否像闪动；若是，请取消")
