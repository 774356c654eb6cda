"""A blind person hears a page in the order of its source; where the style sheet turns that, the answer is read before the question."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, unsure
from checks.document import Document, Node

AT_MOST = 3
LEAST_TEXT = 8
FIRST = "<div>第一步，请在网上填写申请表并上传照片。</div>"
SECOND = "<div>第二步，请携带身份证到窗口领取证件。</div>"


@check(
    id="order-on-screen",
    criteria=("1.3.2",),
    impact=Impact.MODERATE,
    title="看到的顺序与读出的顺序不同",
    title_en="Order on the screen is not the order that is read",
    who="使用读屏软件的盲人按源代码的顺序听内容，样式表把前后颠倒后，听到的步骤、问答与看到的次序不一样。",
    who_en="A blind person hears the order of the source; where the style sheet turns steps or answers round, they come in another order.",
    repair=("请开发单位按阅读的先后排列源代码，不用 order、row-reverse、column-reverse 来调换有先后关系的内容。",),
    repair_en=("Ask the vendor to put the source in the order of reading instead of turning it by order, row-reverse or column-reverse.",),
    verify="关掉样式表或用读屏软件从头读，次序与看到的一致。",
    before=f'<div style="display:flex;flex-direction:column-reverse">{SECOND}{FIRST}</div>',
    after=f'<div style="display:flex;flex-direction:column">{FIRST}{SECOND}</div>',
    unsure=(
        f'<div style="display:flex;flex-direction:row-reverse">{SECOND}{FIRST}</div>',
        f'<div style="display:flex">{SECOND.replace("<div", "<div style=order:2")}{FIRST}</div>',
    ),
    good=(
        f'<div style="display:flex">{FIRST}{SECOND}</div>',
        f'<div style="display:flex;flex-direction:row-reverse">{FIRST}<img src="/x.png" alt=""></div>',
        f'<div hidden><div style="display:flex;flex-direction:row-reverse">{FIRST}{SECOND}</div></div>',
        f'<div style="display:flex;flex-direction:row-reverse">{FIRST}</div>',
        '<div style="display:flex;flex-direction:row-reverse"><a href="/a">登录</a><a href="/b">注册</a></div>',
        f'<div style="display:flex">{FIRST.replace("<div", "<div style=order:1")}{SECOND.replace("<div", "<div style=order:2")}</div>',
    ),
)  # fmt: skip
def order_on_screen(document: Document) -> Iterator[Hit]:
    """C27 turned round: items of a flex or grid container with sentences in them, that the style sheet shows in another order."""
    told = 0
    for node in document.nodes:
        if told >= AT_MOST or len(node.children) < 2 or node.layout is None or node.style("display") not in ("flex", "inline-flex", "grid"):
            continue
        moved = any(one.style("order") not in ("0", "") for one in node.children)
        if node.hidden or not (moved or node.style("flex-direction").endswith("reverse")):
            continue
        items = [one for one in node.children if one.visible and not one.hidden and len(one.text) >= LEAST_TEXT]
        items = [one for one in items if one.style("position") != "absolute"]
        seen = sorted(items, key=_corner)
        if len(items) >= 2 and seen != items:
            told += 1
            told_first = f"看到的次序以“{seen[0].text[:15]}”开头，读屏软件却先读“{items[0].text[:15]}”"
            yield unsure(node, f"{told_first}；若有先后关系，请调整源代码的次序")


def _corner(node: Node) -> tuple[float, float]:
    box = node.box
    return (round(box.y / 8), box.x) if box else (0.0, 0.0)
