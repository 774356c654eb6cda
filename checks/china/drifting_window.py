"""A picture that wanders over the page by itself (飘窗) covers the text and flees the hand; many people cannot get rid of it."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.probes.motion_parts import Kind, parts

REST = "<p>本页说明残疾人证换领的条件、材料和时间，请在办理之前仔细阅读全文。</p>"
AD = (
    "<div id=ad style='position:{};z-index:9;left:50px;top:60px;width:200px;height:110px'><a href='/zt'>"
    "<img src='/zt.png' alt='专题' width=200 height=90></a>{}</div>"
)
RUN = (
    "<script>var ad=document.getElementById('ad'),x=50,y=60,a=2,b=2,t;function go(){t=setInterval(function(){x+=a;y+=b;if(x<0||x>900)a=-a;"
    "if(y<0||y>400)b=-b;ad.style.left=x+'px';ad.style.top=y+'px'},40)}go()</script>"
)
HOVER = "<script>ad.onmouseover=function(){clearInterval(t)};ad.onmouseout=go</script>"
FLOAT = (
    "<style>@keyframes fei{25%{transform:translate(500px,80px)}50%{transform:translate(700px,300px)}"
    "75%{transform:translate(90px,200px)}}</style>"
)


@check(
    id="drifting-window",
    criteria=("2.2.2",),
    impact=Impact.SERIOUS,
    title="飘窗不停移动，停不下来",
    title_en="Drifting window cannot be stopped",
    who="飘来飘去的图片遮住正文，注意力容易分散的人读不下去，手部不便的人点不中它，不用鼠标的人关不掉它。",
    who_en="A wandering picture covers the text and distracts; an unsteady hand cannot hit it, and without a mouse it cannot be closed.",
    repair=("在后台停用飘窗，把它改为页面上固定的专题入口。", "请开发单位让飘窗固定不动；确需移动的，加上能用键盘操作的“关闭”按钮。"),
    repair_en=(
        "Switch the drifting window off and give the topic a fixed place on the page.",
        "Ask the vendor to let it stand still, or for a “close” button that works by keyboard.",
    ),
    verify="打开网页后放着不动，没有图片在页面上移动；若有，按 Tab 键能走到“关闭”，按回车键后它消失。",
    before=f"{AD.format('absolute', '')}{REST}{RUN}",
    after=f"<p><a href='/zt'><img src='/zt.png' alt='专题' width=200 height=90></a></p>{REST}",
    covers=("floating-window", "endless-animation"),
    reads=("capture", "motion"),
    bad=(
        f"{AD.format('absolute', '')}{REST}{RUN}",
        f"{AD.format('fixed', '')}{REST}{RUN}{HOVER}",
        f"{FLOAT}<div style='position:fixed;left:0;top:0;width:180px;height:100px;animation:fei 20s linear infinite'><a href='/zt'>"
        f"<img src='/zt.png' alt='专题' width=180 height=100></a></div>{REST}",
    ),
    unsure=(
        f"""{AD.format("absolute", "<span style='cursor:pointer' onclick='ad.style.display=&quot;none&quot;'>关闭</span>")}{REST}{RUN}""",
    ),
    good=(
        f"""{AD.format("absolute", "<button type=button onclick='ad.style.display=&quot;none&quot;'>关闭</button>")}{REST}{RUN}""",
        f"""{AD.format("fixed", "<a href='javascript:void(ad.remove())'>×</a>")}{REST}{RUN}{HOVER}""",
        f"{AD.format('fixed', '')}{REST}",
        f"{AD.format('absolute;display:none', '')}{REST}{RUN}",
        f"{AD.format('absolute', '')}{REST}{RUN}<script>setTimeout(function(){{clearInterval(t)}},1500)</script>",
    ),
)
def drifting_window(document: Document) -> Iterator[Hit]:
    """2.2.2: a floating box that was seen to wander for more than five seconds on two loads; close counts as well as pause."""
    for part in parts(document, Kind.DRIFTS):
        if part.area < 400:
            continue
        what = f"这块浮动内容在页面上不停移动（{part.seconds}秒内移动了{part.told['path']}像素）"
        if part.stopped == "":
            yield passed(part.node)
        elif part.stopped is None and part.again and part.beside and not document.facts["motion"]["cut"]:
            yield failed(part.node, f"{what}，没有找到关闭或停止它的按钮；请让它固定不动，或加上能用键盘操作的“关闭”")
        else:
            yield unsure(part.node, f"{what}；{part.stopped or '重新打开后没有再次见到'}")
