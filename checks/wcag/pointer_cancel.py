"""What acts as the button goes down cannot be taken back by who missed; what must be dragged is out of reach of a trembling hand."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node

TEXT = "<p>正文第一段</p><p>正文第二段</p><p>正文第三段</p><p>正文第四段</p>"
SIZE = "<style>.size span{{cursor:pointer;padding:6px}}</style><div class='size'>字号：<span {0}=\"big()\">大</span></div>" + TEXT + (
    "<script>function big(){{document.querySelectorAll('p').forEach(function(one){{one.style.fontSize='40px'}})}}</script>"
)
BAR = (
    "<div style='padding:40px'><div class='ui-slider' id='s' style='width:300px;height:8px;background:#ccc'><span tabindex='0' "
    "style='display:block;width:20px;height:20px;background:#06c'></span></div>{0}</div>"
    "<script>s.addEventListener('mousedown',function(){{}})</script>"
)


@check(
    id="acts-on-press",
    reads=("capture", "pointer"),
    criteria=("2.5.2",),
    title="鼠标一按下就执行，来不及取消",
    title_en="Acts on the down-event, before the button is let go",
    who="手抖或不能准确移动的人按错了地方，想移开再松手来取消，可是按下的那一刻操作已经执行。",
    who_en="People who tremble and press the wrong thing cannot take it back by moving off: it has acted already.",
    repair=("请开发单位把写在 mousedown（pointerdown、touchstart）上的操作改写在 click 上。",),
    repair_en=("Ask the vendor to move what stands on mousedown (pointerdown, touchstart) to click.",),
    verify="在控件上按住鼠标左键，移到别处再松开，什么也没有发生。",
    before=SIZE.format("onmousedown"),
    after=SIZE.format("onclick"),
    bad=(
        SIZE.format("onmousedown"), SIZE.format("onpointerdown"),
        "<p><a href='javascript:;' onmousedown=\"location.href='/zw/'\">政务公开</a></p>" + TEXT,
        "<p><span id='w' style='cursor:pointer'>打开专题</span></p>" + TEXT + "<script>"
        "w.addEventListener('mousedown',function(){window.open("
        "'/zt/')})</script>",
    ),
    unsure=(
        "<p><button type='button' id='b'>选择区县</button></p><ul id='m' style='display:none;position:absolute;background:#fff'><li>"
        "城关镇</li>"
        "<li>河西乡</li></ul>" + TEXT + "<script>b.onmousedown=function(){m.style.display='block'}</script>",
    ),
    good=(
        SIZE.format("onclick"), SIZE.format("onmouseup"),
        "<p><a href='/zw/' onmousedown='void 0'>政务公开</a></p>" + TEXT,
        "<p><button type='button' id='b'>按住看密码</button> <span id='k' hidden>明文显示</span></p>" + TEXT + "<script>"
        "b.onmousedown=function()"
        "{k.hidden=false};document.onmouseup=function(){k.hidden=true}</script>",
        "<p><button type='button' onmousedown=\"this.style.background='#ccc'\" onclick='void 0'>查询</button></p>" + TEXT,
    ),
)  # fmt: skip
def acts_on_press(document: Document) -> Iterator[Hit]:
    """2.5.2 (F101) as it was seen: pressed, moved off, let go. What opens over the page may be undone in other ways: a person must look."""
    for told in (document.facts.get("pointer") or {}).get("presses", ()):
        node = document.meet(told["control"])
        if node is None:
            continue
        words = _words(node)
        if "leads" in told["down"]:
            yield failed(node, f"在{words}上按下鼠标、还没有松开，页面就要跳走或打开新窗口；请改为在松开时（click）执行")
        elif told["kept"] and not told["floats"]:
            yield failed(node, f"在{words}上按下鼠标就已执行，移到别处松开也不恢复；请改为在松开时（click）执行")
        elif told["kept"]:
            yield unsure(node, f"在{words}上按下鼠标就弹出“{told['words'][:16]}”，移到别处松开也还在；请确认按错了能取消")
        elif not told["down"]:
            yield passed(node)


@check(
    id="drag-only",
    reads=("capture", "pointer"),
    criteria=("2.5.7",),
    impact=Impact.MODERATE,
    title="可能只能拖动，没有点按的办法",
    title_en="May work by dragging only",
    who="手抖、用头控或口控设备的人按住不放再移动很难做到，没有点按的办法，他们就调不了、排不了、验证不过。",
    who_en="For people who tremble or use a head pointer, holding and moving is next to impossible; without a way to tap they are stuck.",
    repair=("请开发单位为拖动提供点按的办法，例如加上“＋”“－”按钮、输入框或“上移”“下移”按钮。",),
    repair_en=("Ask the vendor for a way by single clicks, such as plus and minus buttons, a text field, or move-up and move-down "
        "buttons.",),
    verify="不拖动，只用点按，也能得到同样的结果。",
    before=BAR.format(""),
    after=BAR.format("<input type='number' aria-label='金额'>"),
    unsure=(
        BAR.format(""),
        "<ul><li draggable='true' id='a'>社保查询</li><li draggable='true'>公积金</li></ul><script>a.ondragstart=function(){}</script>",
    ),
    good=(
        BAR.format("<input type='number' aria-label='金额'>"), BAR.format("<button type='button'>加</button><button type='button'>"
            "减</button>"),
        "<input type='range' aria-label='音量'>", TEXT,
    ),
)  # fmt: skip
def drag_only(document: Document) -> Iterator[Hit]:
    """2.5.7: a slider or a thing to be dragged with no button or field beside it; whether its track answers to clicks a person must see."""
    for told in (document.facts.get("pointer") or {}).get("drags", ())[:2]:
        if (node := document.meet(told)) is not None:
            yield unsure(node, f"{_words(node)}看来要按住拖动，旁边没有按钮或输入框；请确认只用点按也能完成")


def _words(node: Node) -> str:
    words = node.name or node.text
    return f"“{words[:16]}”" if words else "这里"
