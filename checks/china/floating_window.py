"""A picture that floats over the page hides what stands under it, and without a way to close it by keyboard it goes on doing so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from checks.check import Hit, Impact, check, passed, unsure
from checks.controls import mouse_only
from checks.document import Document, Node

DRIFTS = re.compile(r"piao|drift|(?:^|[\s_-])fly(?:$|[\s_-])|float[-_]?(?:ad|img|win|window|div|box|layer|banner)|ad[-_]?float|fudong|"
    r"fuchuang|pop[-_]?ad|moveimg|"
                    r"duilian|couplet|floatdiv|imgfloat|gundongad|(?:^|[\s_-])(?:left|right)[-_]?(?:ad|fix|float|piao)s?(?:$|[\s_-])|"
                    r"(?:^|[\s_-])ad[-_]?(?:left|right)(?:$|[\s_-])", re.IGNORECASE)  # fmt: skip
CLOSES = re.compile(r"关闭|×|✕|✖|^\s*[xX]\s*$|close|隐藏|收起", re.IGNORECASE)
CLOSER = re.compile(r"close|guanbi|(?:^|[\s_-])gb(?:$|[\s_.-])|(?:^|[\s_-])cls(?:$|[\s_-])", re.IGNORECASE)
PLACED = "position:absolute;left:300px;top:200px;width:200px;height:120px"
COUPLETS = 20  #: windows at either edge that are held against each other
EDGE, ALIKE = 60.0, 24.0  #: CSS px: how far from the edge of the page a couplet hangs, and how much its halves may differ
SIDE = (
    '<div style="position:fixed;{}:4px;top:150px;width:110px;height:300px"><a href="/zt/" title="专题"><img src="/l.png" alt="专题" '
    'width="110" height="260"></a>{}</div>'
)


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
        SIDE.format("left", "") + SIDE.format("right", "") + "<p>正文</p>",
        f'<div class="ad_left" style="{PLACED};position:fixed;background:url(/l.png)"><a href="/zt/" title="专题" style="display:block;'
        f'width:200px;height:120px"></a></div>',
        f'<div id="piaofu" style="{PLACED}"><iframe src="/zt/" title="专题" width="200" height="120"></iframe></div>',
    ),
    good=(
        SIDE.format("left", '<button type="button">关闭</button>') + SIDE.format("right", '<button type="button">关闭</button>'),
        SIDE.format("right", ""),
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
    floats = [node for node in document.nodes if node.style("position") in ("fixed", "absolute") and node.visible and _window(node)]
    halves = dict(_couplets(floats))
    only_mouse = {one.index for one in mouse_only(document)} if floats else set()
    told: set[int] = set()
    for node in floats:
        animated = node.style("animation-name") not in ("none", "") and "infinite" in node.style("animation-iteration-count")
        moving = animated and node.style("position") == "fixed"
        twin = halves.get(node.index)
        if node.index in told or not (moving or twin or DRIFTS.search(f"{node.get('id')} {node.get('class')}")):
            continue
        told.update((node.index, *((twin.index,) if twin else ())))
        parts = (node, twin) if twin else (node,)
        what = "左右两侧各浮着一块图片（对联）" if twin else "动画不停的浮动图片" if moving else "从名称看，这是飘窗"
        closers = [[one for one in part.descendants() if one.visible and _closes(one)] for part in parts]
        if not all(closers):
            yield unsure(node, f"{what}，其中没有找到关闭按钮；若它会移动或遮住正文，请加上能用键盘操作的关闭按钮，最好改为固定的入口")
        elif any(all(one.index in only_mouse or not one.focusable for one in own) for own in closers):
            yield unsure(node, f"{what}，“关闭”只能用鼠标点击；若它会移动或遮住正文，请把“关闭”改成按钮")
        else:
            yield from map(passed, parts)


def _window(node: Node) -> bool:
    """Whether it is a small window with a linked picture or a page in it, and not a part of the page's frame."""
    box = node.box
    if box is None or not (40 <= box.width <= 700 and 40 <= box.height <= 620) or len(node.text) > 80:
        return False
    if any(True for _ in node.descendants("iframe")):
        return DRIFTS.search(f"{node.get('id')} {node.get('class')}") is not None
    links = [one for one in node.descendants("a", "area") if one.has("href")]
    return 0 < len(links) <= 8 and (_painted(node) or any(_painted(link) or any(map(_picture, link.descendants())) for link in links))


def _picture(node: Node) -> bool:
    return node.tag == "img" or _painted(node)


def _painted(node: Node) -> bool:
    """Whether a picture is its background."""
    return "url(" in node.style("background-image")


def _couplets(floats: Sequence[Node]) -> Iterator[tuple[int, Node]]:
    """对联: two like windows that hang at the left and right edge of the page at the same height; each with the other."""
    page = next((node.document.body.box for node in floats if node.document.body), None)
    tall = [(node, node.box) for node in floats if node.box and node.box.width <= 260 and node.box.height >= 1.2 * node.box.width]
    if page is None:
        return
    left = [one for one in tall if one[1].x <= EDGE][:COUPLETS]
    right = [one for one in tall if one[1].x + one[1].width >= page.x + page.width - EDGE and one[1].x > 2 * EDGE][:COUPLETS]
    for (node, one), (other, two) in product(left, right):
        if all(abs(a - b) <= ALIKE for a, b in ((one.y, two.y), (one.width, two.width), (one.height, two.height))):
            yield node.index, other
            yield other.index, node


def _closes(node: Node) -> bool:
    words = node.own_text or node.get("alt") or node.get("title") or node.get("aria-label")
    marks = f"{node.get('id')} {node.get('class')} {node.get('onclick')} {node.get('src').rpartition('/')[2]}"
    return bool((words and len(words) <= 10 and CLOSES.search(words)) or CLOSER.search(marks))
