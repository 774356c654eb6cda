"""Who goes through a page with the Tab key should meet things in the order in which they are read, not jump about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, passed, unsure
from checks.controls import CONTROLS, reached_by_tab
from checks.document import Document, Node

POSITIVE = re.compile(r"\s*\+?0*([1-9]\d*)")


@check(
    id="focus-order",
    criteria=("2.4.3",),
    title="Tab 键的顺序与阅读顺序不一致",
    title_en="The Tab key jumps out of reading order",
    who="按 Tab 键浏览的人会在页面上跳来跳去，先走到后面的内容再回到开头，放大屏幕的人尤其容易丢失自己的位置。",
    who_en="People who use the Tab key are thrown about the page, to later parts first and back again; those who enlarge the screen lose "
        "their place.",
    repair=(
        "请开发单位删去大于 0 的 tabindex，让焦点按代码的先后移动；要改变顺序的，调整代码的先后。",
    ),
    repair_en=(
        "Ask the vendor to remove tabindex values above 0, so that the focus follows the code; where another order is wanted, change the "
        "code.",
    ),
    verify="从地址栏开始一直按 Tab 键，焦点从上到下、从左到右依次移动。",
    before='<p><a href="/a">首页</a> <a href="/b">政务公开</a> <a href="/c" tabindex="3">办事服务</a></p>',
    after='<p><a href="/a">首页</a> <a href="/b">政务公开</a> <a href="/c">办事服务</a></p>',
    unsure=(
        '<a href="/a">首页</a><a href="/b">公开</a><form><input tabindex="2" aria-label="姓名"><input tabindex="1" aria-label="电话">'
        '</form>',
        '<a href="/a">首页</a><a href="/b">公开</a><a tabindex="5" href="/c">搜索</a>',
    ),
    good=(
        '<a href="/a">首页</a><a href="/b">公开</a>',
        '<a href="/a" tabindex="1">跳到正文</a><a href="/b" tabindex="2">公开</a><a href="/c">服务</a>',
        '<a href="/a">首页</a><div tabindex="0">公告</div><div tabindex="-1">公告</div>',
        '<a href="/a">首页</a><a href="/b" tabindex="3" hidden>公开</a>',
        '<a href="/a">首页</a><span tabindex="x">公告</span>',
    ),
)  # fmt: skip
def focus_order(document: Document) -> Iterator[Hit]:
    """2.4.3 (F44): what has a tabindex above 0 comes before all else. Whether that order still makes sense a person must say."""
    stops = [node for node in document.nodes if (node.tag in CONTROLS or node.has("tabindex")) and reached_by_tab(node)]
    scopes: dict[int, list[Node]] = {}
    for node in stops:
        scopes.setdefault(id(node.scope), []).append(node)
    for here in scopes.values():
        early = [node for node in here if _number(node)]
        if not early:
            continue
        order = [*sorted(early, key=_number), *(node for node in here if not _number(node))]
        moved = [node for node, other in zip(order, here, strict=True) if node is not other and _number(node)]
        if moved:
            first = moved[0]
            yield unsure(
                first,
                f"有 {len(early)} 处 tabindex 大于 0，“{(first.name or first.text)[:16]}”会先于写在它前面的内容得到焦点；"
                f"请确认这个顺序合理，最好删去",
            )
        else:
            yield passed(early[0])


def _number(node: Node) -> int:
    found = POSITIVE.match(node.get("tabindex"))
    return int(found[1]) if found else 0
