"""Who cannot use a mouse must be able to scroll an area whose text is cut off; where only empty space scrolls, nothing is missed."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, passed
from checks.document import Document, Node, number

SCROLLS = frozenset({"auto", "scroll"})
NEVER = frozenset({"html", "body", "textarea", "select", "input", "marquee"})
SHOWN = frozenset({"img", "svg", "video", "canvas", "input", "button", "select", "textarea", "iframe", "object", "embed", "hr"})
SLACK = 2.0
LONG = "<p>" + "残疾人证办理须知，请携带身份证和照片。" * 12 + "</p>"


@check(
    id="scrollable-region-focusable",
    bad=(
        f'<div style="height:60px;width:300px;overflow:auto">{LONG}</div>',
        f'<section style="width:400px;height:60px;overflow-y:scroll">{LONG}</section>',
        f'<div tabindex="-1" style="height:60px;width:300px;overflow:auto">{LONG}</div>',
    ),
    good=(
        f'<div tabindex="0" style="height:60px;width:300px;overflow:auto">{LONG}</div>',
        f'<div style="height:60px;overflow:hidden">{LONG}</div>',
        f'<div style="height:60px;width:300px;overflow:auto"><a href="/a">办理指南</a>{LONG}</div>',
        '<section style="height:100px;width:400px;overflow:scroll;padding:30px 0 30px 30px"><div style="width:390px;height:90px">'
        '一行字</div></section>',
        '<div style="height:60px;width:300px;overflow:auto"><div style="height:500px"></div></div>',
        f'<div style="overflow:auto">{LONG}</div>',
        f'<div style="height:60px;overflow:auto;visibility:hidden">{LONG}</div>',
        f'<div style="height:60px;width:300px;overflow:auto"><div style="height:40px;overflow:hidden">{LONG}</div></div>',
        f'<div style="height:60px;width:300px;overflow:auto"><div style="position:absolute;top:300px">{LONG}</div></div>',
    ),
)  # fmt: skip
def scroll_reach(document: Document) -> Iterator[Hit]:
    """ACT 0ssw9k: what is cut off must be visible content, and neither the area nor anything in it is reached with Tab."""
    for node in document.nodes:
        if node.tag in NEVER or not (SCROLLS & {node.style("overflow-x"), node.style("overflow-y")}):
            continue
        if not node.visible or node.veiled or any(_tab(one) for one in (node, *node.descendants())):
            continue
        beyond = _beyond(node)
        if beyond is None:
            continue
        if max(beyond) <= SLACK:
            yield passed(node)
        elif max(beyond) > 20 and node.role not in ("listbox", "menu", "tree", "grid"):
            down = beyond[1] >= beyond[0]
            yield failed(
                node, f'这里有{max(beyond):.0f}像素{"高" if down else "宽"}的内容要滚动才看得到，但 Tab 键走不到；请加上 tabindex="0"'
            )


def _tab(node: Node) -> bool:
    native = node.tag in ("a", "button", "input", "select", "textarea", "summary", "iframe", "audio", "video", "area")
    return node.tabbable and (native or node.has("tabindex") or node.has("contenteditable"))


def _beyond(node: Node) -> tuple[float, float] | None:
    """How far visible content reaches past the right and the lower edge of an area, in CSS px; None where the area does not scroll."""
    box = node.box
    assert box is not None
    right = box.x + box.width - number(node.style("border-right-width"), 0)
    bottom = box.y + box.height - number(node.style("border-bottom-width"), 0)
    scrolls, x, y = False, 0.0, 0.0
    across, down = node.style("overflow-x") in SCROLLS, node.style("overflow-y") in SCROLLS
    for one in (node, *_moved(node)):
        if one.box is None:
            continue
        if one is not node and one.box.width and one.box.height:
            past = one.box.x + one.box.width + number(node.style("padding-left"), 0) - right if across else 0.0
            under = one.box.y + one.box.height + number(node.style("padding-top"), 0) - bottom if down else 0.0
            scrolls = scrolls or past > SLACK or under > SLACK
        if one.visible:
            edges = [one.box] if one.tag in SHOWN else one.lines
            x = max([x, *(edge.x + edge.width - right for edge in edges)]) if across else 0.0
            y = max([y, *(edge.y + edge.height - bottom for edge in edges)]) if down else 0.0
    return (x, y) if scrolls or x > SLACK or y > SLACK else None


def _moved(area: Node) -> Iterator[Node]:
    """What an area moves when it scrolls and does not itself cut off: without what is placed elsewhere, or stands in a smaller window."""
    placed = {"fixed"} if area.style("position") != "static" else {"fixed", "absolute"}
    waiting = list(reversed(area.children))
    while waiting:
        one = waiting.pop()
        if one.style("position") in placed:
            continue
        yield one
        if one.style("overflow-x") in ("visible", "") and one.tag not in SHOWN:
            waiting.extend(reversed(one.children))
