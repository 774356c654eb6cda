"""Where a page is made narrower for phones, its buttons often shrink with it, to what no trembling finger can hit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checks.check import Hit, check, failed
from checks.document import Document
from checks.layouts import each_once, short

PHONE = "<style>@media (max-width:600px){{{0}}}</style>"
NAV = "<nav>{0}</nav><p>政务服务大厅办事指南</p>"
LINKS = "".join(f'<a class=k style="display:inline-block;padding:10px 14px" href="/{at}">{at}月</a>' for at in range(1, 7))
BUTTONS = '<div><button class=k style="width:40px;height:40px">＋</button><button class=k style="width:40px;height:40px">－</button></div>'
DOTS = "".join(f'<a class=k href="#p{at}" aria-label="第{at}张" style="float:left;width:30px;height:30px"></a>' for at in range(1, 5))


@check(
    id="target-size-narrow",
    reads=("capture", "layout"),
    criteria=("2.5.8",),
    title="窄窗口里按钮或链接太小、挨得太近",
    title_en="Button or link is too small and too close to others in a narrow window",
    who="手抖的人、手指粗大的人和用手机的老年人点不准，常常点到旁边的链接。",
    who_en="People whose hands tremble, and older people on a phone, miss it and hit what stands beside it.",
    repair=(
        "请开发单位在窄窗口的样式里，把可以点的部分做到至少24×24像素，或者把它们之间的距离拉开。",
        "宜用 min-width、min-height 和 padding 撑开，不要只放大文字。",
    ),
    repair_en=(
        "Ask the vendor to make what can be clicked at least 24 by 24 CSS px in the styles for narrow windows, or to put it further apart.",
        "Better use min-width, min-height and padding than a larger font alone.",
    ),
    verify="把窗口缩到320像素宽，每个按钮和链接至少24×24像素，或者以它为中心的24像素圆不碰到别的按钮和链接。",
    before=PHONE.format(".k{width:14px!important;height:14px!important;padding:0!important}") + BUTTONS,
    after=PHONE.format(".k{width:28px!important;height:28px!important;padding:0!important}") + BUTTONS,
    bad=(
        PHONE.format(".k{width:14px!important;height:14px!important;padding:0!important;font-size:9px}") + BUTTONS,
        PHONE.format(".k{width:10px!important;height:10px!important;margin:0 3px}") + f"<div>{DOTS}</div><p>轮播图</p>",
        PHONE.format(".k{padding:0 2px!important;font-size:11px;line-height:14px}") + NAV.format(LINKS),
    ),
    good=(
        BUTTONS,
        PHONE.format(".k{width:28px!important;height:28px!important}") + BUTTONS,
        PHONE.format(".k{width:14px!important;height:14px!important;padding:0!important;margin:12px}") + BUTTONS,
        PHONE.format(".k{padding:0!important}") + "<p>本办法自<a href='/1'>2026年</a>起施行，见<a href='/2' class=k>通知</a>的规定</p>",
        PHONE.format(".k{display:none!important}") + NAV.format(LINKS),
        '<div><input type="checkbox" aria-label="甲"><input type="checkbox" aria-label="乙"></div>',
        "<style>.k{width:14px!important;height:14px!important;padding:0!important}</style>" + BUTTONS,  # so in every window: axe tells it
    ),
)  # fmt: skip
def target_small_narrow(document: Document) -> Iterator[Hit]:
    """2.5.8 in a window of 320 CSS px, for targets that are large enough, or far enough from others, in one of 1280."""
    yield from each_once(document, _found)


def _found(document: Document, seen: Any) -> Iterator[Hit]:
    for one in seen["small"]:
        node = document.meet(one["top"])
        if node is not None:
            size, words = f"{one['size'][0]}×{one['size'][1]}像素", f"“{short(one['words'])}”" if one["words"] else "这里"
            more = f"，这样的共有{len(seen['small'])}处" if len(seen["small"]) > 1 else ""
            yield failed(node, f"窗口宽320像素时，{words}只有{size}，又紧挨着别的按钮或链接{more}；请做到至少24×24像素或拉开距离")
