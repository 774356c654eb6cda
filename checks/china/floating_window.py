"""A picture that floats over the page hides what stands under it, and without a way to close it by keyboard it goes on doing so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, passed, unsure
from checks.controls import mouse_only
from checks.document import Document, Node

DRIFTS = re.compile(r"piao|drift|(?:^|[\s_-])fly(?:$|[\s_-])|float[-_]?(?:ad|img|win|window|div|box|layer|banner)|ad[-_]?float|fudong|"
    r"fuchuang|pop[-_]?ad|moveimg|"
                    r"duilian|couplet|floatdiv|imgfloat|gundongad", re.IGNORECASE)  # fmt: skip
CLOSES = re.compile(r"关闭|×|✕|✖|^\s*[xX]\s*$|close|隐藏|收起", re.IGNORECASE)
CLOSER = re.compile(r"close|guanbi|(?:^|[\s_-])gb(?:$|[\s_.-])|(?:^|[\s_-])cls(?:$|[\s_-])", re.IGNORECASE)
PLACED = "position:absolute;left:300px;top:200px;width:200px;height:120px"


@check(
    id="floating-window",
    criteria=("2.2.2",),
    impact=Impact.MODERATE,
    title="飘窗关不掉",
    title_en="Floating window cannot be closed",
    who="飘来飘去的图片遮住正文，注意力容易分散的人和放大屏幕阅读的人无法安心读下去，不能使用鼠标的人又关不掉它。",
    who_en="A drifting picture covers the text; people who are easily distracted or read enlarged cannot go on, and without a mouse cannot "
        "close it.",
    repair=(
        "在后台停用飘窗，把它改为首页上固定的专题入口；确需保留的，让它固定不动。",
        "请开发单位给飘窗加上用键盘也能操作的“关闭”按钮，并让它在获得焦点时停止移动。",
    ),
    repair_en=(
        "Switch the floating window off and give the topic a fixed place on the home page; where it must stay, let it stand still.",
        "Ask the vendor for a “close” button that works by keyboard, and for the movement to stop while it has the focus.",
    ),
    verify="打开页面，没有移动的图片；若有，按 Tab 键能走到“关闭”，按回车键后它消失。",
    before=f'<div id="piaochuang" style="{PLACED}"><a href="/zt/"><img src="/zt.png" alt="专题" width="200" height="120"></a></div>',
    after=f'<div id="piaochuang" style="{PLACED}"><a href="/zt/"><img src="/zt.png" alt="专题" width="200" height="90"></a><button '
        f'type="button">关闭</button></div>',
    unsure=(
        f'<div id="ad_float" style="{PLACED};position:fixed"><a href="/zt/"><img src="/zt.png" alt="专题" width="200" height="120"></a>'
        f'</div>',
        f'<div class="duilian" style="{PLACED}"><a href="/zt/"><img src="/z.png" alt="专题"></a><span style="cursor:pointer" onclick="c()">'
        f'关闭</span></div>',
        '<style>@keyframes m{to{left:900px}}</style><div style="position:fixed;left:0;top:100px;width:200px;height:120px;animation:m 20s '
        'infinite">'
        '<a href="/zt/"><img src="/zt.png" alt="专题" width="200" height="120"></a></div>',
    ),
    good=(
        f'<div id="piao1" style="{PLACED}"><a href="/zt/"><img src="/z.png" alt="专题" width="200"></a><a href="javascript:c()">关闭</a>'
        f'</div>',
        f'<div id="piao1" style="{PLACED}"><a href="/zt/"><img src="/z.png" alt="专题" width="200"></a><a href="#" class="close" '
        f'style="display:block;width:20px;height:20px"></a></div>',
        f'<div id="piao1" style="{PLACED};display:none"><a href="/zt/"><img src="/z.png" alt="专题"></a></div>',
        '<div class="clearfloat"><a href="/zt/"><img src="/z.png" alt="专题"></a></div>',
        '<div id="piao1"><a href="/zt/"><img src="/z.png" alt="专题"></a></div>',
        '<div style="position:fixed;right:0;bottom:50px"><a href="#">返回顶部</a></div>',
        f'<div class="float-left" style="{PLACED}"><img src="/z.png" alt="图"></div>',
    ),
)  # fmt: skip
def floating_window(document: Document) -> Iterator[Hit]:
    """2.2.2: what moves by itself for more than five seconds can be stopped or hidden. That it moves, one capture cannot prove."""
    only_mouse: set[int] | None = None
    for node in document.nodes:
        position = node.style("position")
        if position not in ("fixed", "absolute") or not node.visible or not _picture_link(node):
            continue
        animated = node.style("animation-name") not in ("none", "") and "infinite" in node.style("animation-iteration-count")
        moving = animated and position == "fixed"
        if not moving and not DRIFTS.search(f"{node.get('id')} {node.get('class')}"):
            continue
        if only_mouse is None:
            only_mouse = {one.index for one in mouse_only(document)}
        closers = [one for one in node.descendants() if one.visible and _closes(one)]
        what = "动画不停的浮动图片" if moving else "从名称看，这是飘窗"
        if not closers:
            yield unsure(node, f"{what}，其中没有找到关闭按钮；若它会移动或遮住正文，请加上能用键盘操作的关闭按钮，最好改为固定的入口")
        elif all(one.index in only_mouse or not one.focusable for one in closers):
            yield unsure(node, f"{what}，“关闭”只能用鼠标点击；若它会移动或遮住正文，请把“关闭”改成按钮")
        else:
            yield passed(node)


def _picture_link(node: Node) -> bool:
    """Whether it is a small window with a linked picture, and not a part of the page's frame."""
    box = node.box
    if box is None or not (40 <= box.width <= 700 and 40 <= box.height <= 620) or len(node.text) > 80:
        return False
    links = [one for one in node.descendants("a", "area") if one.has("href")]
    return 0 < len(links) <= 8 and any(any(True for _ in link.descendants("img")) for link in links)


def _closes(node: Node) -> bool:
    words = node.own_text or node.get("alt") or node.get("title") or node.get("aria-label")
    marks = f"{node.get('id')} {node.get('class')} {node.get('onclick')} {node.get('src').rpartition('/')[2]}"
    return bool((words and len(words) <= 10 and CLOSES.search(words)) or CLOSER.search(marks))
