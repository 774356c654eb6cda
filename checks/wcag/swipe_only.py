"""A row of pictures that only a swipe moves, a map that only two fingers enlarge: closed to who steers with one point, or without hands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, unsure
from checks.document import Document, Node

SWIPES = (frozenset({"touchstart", "touchmove"}), frozenset({"pointerdown", "pointermove"}), frozenset({"touchstart", "touchend"}))
STEERS = re.compile(
    r"prev|next|arrow|dots?(?:$|[\s_-])|pagination|indicator|pager|btn|button|num(?:$|[\s_-])|zoom|left|right|icon", re.IGNORECASE
)
CONTROL = re.compile(r"上一|下一|前一|后一|[<>‹›«»←→＜＞]|^\s*\d\s*$|放大|缩小|prev|next|zoom|^[+－＋-]$", re.IGNORECASE)
MAP = re.compile(
    r"(?:^|\s)(?:amap-container|BMap_mask|bmap-container|leaflet-container|ol-viewport|tdt-container|mapboxgl-map)(?:$|\s)", re.IGNORECASE
)
LEAST = 60.0  # CSS px: the width and height of what is called a slide

STYLE = (
    "<style>.b{width:480px;height:160px;overflow:hidden;position:relative}.b ul{margin:0;padding:0;width:1440px}"
    ".b li{float:left;width:480px;height:160px;list-style:none}</style>"
)
SLIDES = "".join(f"<li><a href='/{n}'><img src='/{n}.jpg' alt='专题{n}' width=480 height=160></a></li>" for n in (1, 2, 3))
ROW = f"{STYLE}<div class=b id=b><ul>{SLIDES}</ul></div>"
SWIPE = "<script>b.addEventListener('touchstart',function(){});b.addEventListener('touchmove',function(){})</script>"
LEAFLET = "<div class='leaflet-container' id=b style='width:600px;height:300px;background:#def'>{0}</div>"


@check(
    id="swipe-only",
    criteria=("2.5.1",),
    impact=Impact.MODERATE,
    title="可能只能用手指滑动或双指缩放",
    title_en="May work by swiping or pinching only",
    who="手指不灵活的人、用头控或口控设备的人做不出滑动和双指缩放，没有按钮，他们就看不到后面的内容。",
    who_en="People who cannot move their fingers freely, or who use a head pointer, cannot swipe or pinch; without a button the rest is "
        "out of their reach.",
    repair=("请开发单位在旁边加上“上一张”“下一张”或“放大”“缩小”按钮，单次点按就能完成，并能用键盘操作。",),
    repair_en=("Ask the vendor for “previous” and “next”, or “zoom in” and “zoom out” buttons that work with a tap and by keyboard.",),
    verify="不滑动、不用两根手指，只用单次点按，也能看到全部内容。",
    before=ROW + SWIPE,
    after=ROW + "<button type='button'>上一张</button><button type='button'>下一张</button>" + SWIPE,
    unsure=(
        ROW + SWIPE,
        f"{STYLE}<section><div class=b id=b><ul><li>一图读懂残疾人两项补贴</li><li>一图读懂无障碍环境建设法</li></ul></div></section>"
        "<script>b.addEventListener('touchstart',function(){});b.addEventListener('touchend',function(){})</script>",
        LEAFLET.format("") + SWIPE,
    ),
    good=(
        ROW + "<button type='button'>上一张</button><button type='button'>下一张</button>" + SWIPE,
        ROW + "<div class='swiper-pagination'><span onclick='go(0)'>1</span><span onclick='go(1)'>2</span></div>"
        + SWIPE,
        ROW, LEAFLET.format("<a class='leaflet-control-zoom-in' href='#' title='放大'>+</a>") + SWIPE,
        "<div id=b><p>滑动时记录一次访问，没有可以切换的内容。</p></div>" + SWIPE,
        f"{STYLE}<div class=b id=b style='overflow-x:auto'><ul>{SLIDES}</ul></div>" + SWIPE,
        "<ul id=b><li>要闻</li><li>公告</li></ul>" + SWIPE,
    ),
)  # fmt: skip
def swipe_only(document: Document) -> Iterator[Hit]:
    """2.5.1, F105: what listens to the path of a finger, with no control for a single tap; whether there is another way a person sees."""
    for node in document.nodes:
        if node.tag in ("html", "body") or not any(swipe <= node.listeners for swipe in SWIPES) or node.box is None or not node.rendered:
            continue
        around = node.parent if node.parent is not None and node.parent.tag not in ("html", "body", "main") else node
        if any(_steers(one) for one in (*around.descendants(), *_beside(node))):
            continue
        if MAP.search(node.get("class")):
            yield unsure(node, "这张地图能用双指缩放，没有找到放大、缩小的按钮；请确认单次点按或键盘也能缩放")
        elif (slides := _out_of_sight(node)) and node.style("overflow-x") not in ("auto", "scroll"):
            yield unsure(node, f"这里有 {slides} 块内容要滑动才能看到，没有找到“上一张”“下一张”一类的按钮；请确认只用单次点按也能看到")


def _beside(node: Node) -> Iterator[Node]:
    """What follows it, where pages put the buttons."""
    at = node.next
    for _ in range(3):
        if at is None:
            return
        yield at
        yield from at.descendants()
        at = at.next


def _steers(node: Node) -> bool:
    if not node.rendered or node.box is None or node.box.width > 120 or node.box.height > 120:
        return False
    operable = node.tag in ("button", "input") or node.get("role") == "button" or "click" in node.listeners or node.has("onclick")
    words = f"{node.own_text} {node.get('title')} {node.get('aria-label')}"
    return (operable and bool(CONTROL.search(words) or STEERS.search(f"{node.get('class')} {node.get('id')}"))) or (
        node.tag == "a" and bool(CONTROL.search(words.strip()))
    )


def _out_of_sight(node: Node) -> int:
    """How many of two or more like parts in a row lie outside its box, to the left or right."""
    box = node.box
    for row in (node, *node.descendants("ul", "ol", "div")):
        parts = [one for one in row.children if one.box is not None and one.box.width >= LEAST and one.box.height >= LEAST]
        if box is not None and len(parts) > 1 and len({one.tag for one in parts}) == 1:
            out = sum(1 for one in parts if one.box and (one.box.x >= box.x + box.width - 2 or one.box.x + one.box.width <= box.x + 2))
            if out:
                return out
    return 0
