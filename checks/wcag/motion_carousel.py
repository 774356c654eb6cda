"""Pictures that take turns by themselves are gone before they are read, and draw the eye away from the text beside them."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.probes.motion_parts import Kind, parts

REST = "<p>本页说明残疾人证换领的条件、材料和时间，请在办理之前仔细阅读全文。</p>"
STYLE = (
    "<style>.banner{width:480px;height:160px;overflow:hidden;position:relative}.banner ul{margin:0;padding:0;width:1440px;"
    "position:absolute;"
    "left:0;transition:left .4s}.banner li{float:left;width:480px;height:160px;list-style:none}</style>"
)
SLIDES = "".join(f"<li><a href='/{n}'><img src='/{n}.jpg' alt='专题{n}' width=480 height=160></a></li>" for n in (1, 2, 3))
BANNER = f"{STYLE}<div class=banner><ul id=u>{SLIDES}</ul></div>"
RUN = "var i=0,t;function go(k){i=k%3;u.style.left=-480*i+'px'}function play(){t=setInterval(function(){go(i+1)},2000)}play()"
FADE = (
    "<style>.f{position:relative;width:480px;height:160px}.f li{position:absolute;left:0;top:0;opacity:0;transition:opacity "
    ".4s;list-style:none}"
    f".f li.on{{opacity:1}}</style><div class=f><ul id=u style='margin:0;padding:0'>{SLIDES}</ul></div>"
)
FADING = "var i=0,t=setInterval(f,2000);function f(){for(var k=0;k<3;k++)u.children[k].className=k==i?'on':'';i=(i+1)%3}f()"
SWAP = "var i=1,t=setInterval(function(){i=i%3+1;p.src='/'+i+'.jpg';p.alt='专题'+i},2200)"


@check(
    id="carousel-runs",
    criteria=("2.2.2",),
    impact=Impact.SERIOUS,
    title="轮播图自动切换，无法暂停",
    title_en="Carousel changes by itself and cannot be paused",
    who="阅读慢的人还没读完，图片就换了；注意力容易分散的人被不停的切换打断；手部不便的人想点的图片已经换走。",
    who_en="Slow readers lose a picture before they have read it; the changes distract; an unsteady hand clicks what has just "
        "come instead.",
    repair=(
        "在后台关闭轮播图的自动播放，由使用者自己切换；或者减少到一张图。",
        "请开发单位在轮播图上加一个能用键盘操作的“暂停”按钮；只在鼠标移上去时停下是不够的。",
    ),
    repair_en=(
        "Switch off the carousel's autoplay, or show a single picture.",
        "Ask the vendor for a “pause” button on the carousel that works by keyboard; a stop on hover is not enough.",
    ),
    verify="打开网页后放着不动，图片不会自己切换；或者用键盘按“暂停”，切换就停下来。",
    before=f"{BANNER}{REST}<script>{RUN}</script>",
    after=f"{BANNER}<button type=button onclick='clearInterval(t)'>暂停轮播</button>{REST}<script>{RUN}</script>",
    reads=("capture", "motion"),
    bad=(
        f"{BANNER}{REST}<script>{RUN};u.onmouseover=function(){{clearInterval(t)}};u.onmouseout=play</script>",
        f"{FADE}{REST}<script>{FADING}</script>",
        f"<a href='/zt'><img id=p src='/1.jpg' alt='专题1' width=480 height=160></a>{REST}<script>{SWAP}</script>",
        f"{BANNER}<span onclick='go(0)'>1</span><span onclick='go(1)'>2</span><span onclick='go(2)'>3</span>{REST}<script>{RUN}</script>",
    ),
    unsure=(
        f"{BANNER}<button type=button onclick='clearInterval(t);go(i+1)'>下一张</button>{REST}<script>{RUN}</script>",
        f"{BANNER}<span style='cursor:pointer' onclick='clearInterval(t)'>暂停</span>{REST}<script>{RUN}</script>",
    ),
    good=(
        f"{BANNER}{REST}",
        f"{BANNER}<button type=button aria-label='暂停轮播' onclick='clearInterval(t)'><i class=ico></i></button>{REST}<script>"
        f"{RUN}</script>",
        f"{BANNER}{REST}<script>{RUN};setTimeout(function(){{clearInterval(t)}},3000)</script>",
        f"{FADE}<a href='#' class=pause title='暂停播放' onclick='clearInterval(t);return false'>||</a>{REST}<script>{FADING}</script>",
        f"{BANNER}<button type=button onclick='go(i+1)'>下一张</button>{REST}<script>{RUN.replace('play()', '', 2)}</script>",
    ),
)
def carousel_runs(document: Document) -> Iterator[Hit]:
    """2.2.2: pictures or panels that were seen to take turns on two loads for more than five seconds, with nothing that ends it."""
    for part in parts(document, Kind.CHANGES):
        if not part.beside:
            continue
        times = len(part.told["bursts"])
        what = f"{part.seconds}秒内自动切换了{times}次" if times > 1 else "内容不停地自动切换"
        if part.stopped == "":
            yield passed(part.node)
        elif part.stopped is None and part.again and not document.facts["motion"]["cut"]:
            yield failed(part.node, f"{what}，没有找到能停下来的按钮；请关闭自动播放，或加上能用键盘操作的“暂停”按钮")
        else:
            yield unsure(part.node, f"{what}；{part.stopped or '重新打开后没有再次见到'}")
