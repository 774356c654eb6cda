"""What has the focus must not lie wholly under a bar or window that stays in place: who uses the keyboard would work behind it."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, passed
from checks.document import Document, Node

MOST = 3
TEXT = "<p>残疾人证办理须知</p>" * 8
LONG = "<p>残疾人证办理须知</p>" * 40
BAR = '<div id="k" style="position: fixed; left: 0; right: 0; {}">政务服务网</div>'
LINK = '<a href="/a">办事指南</a>'


@check(
    id="focus-obscured",
    criteria=("2.4.11",),
    title="得到焦点的控件被挡住",
    title_en="The focused control is covered",
    who="用键盘的人按 Tab 键走到这里时，链接或按钮整个压在固定的横条或弹窗下面，看不见自己在操作什么，放大网页的人遇到得更多。",
    who_en="When keyboard users tab here, the link or button lies wholly under a fixed bar or window; they cannot see what they operate.",
    repair=(
        "弹窗、飘窗和二维码浮层请在后台关闭，或改放到不挡内容的地方。",
        "请开发单位为固定的页头、页脚留出位置（scroll-padding-top、scroll-padding-bottom），弹窗打开时不让焦点走到它后面的内容。",
    ),
    repair_en=(
        "Switch pop-ups and floating pictures off in the administration, or place them where they cover nothing.",
        "Ask the vendor to leave room for fixed headers and footers (scroll-padding-top, scroll-padding-bottom), and to keep the "
        "focus out of "
        "what lies behind an open window.",
    ),
    verify="不用鼠标，一直按 Tab 键，再一直按 Shift+Tab 键，得到焦点的控件总有一部分看得见。",
    before='<a href="/a">办事指南</a><div style="position: fixed; top: 0; left: 0; right: 0; height: 120px; background: #06c">'
           '政务服务网</div>',
    after='<div style="margin-top: 130px"><a href="/a">办事指南</a></div><div style="position: fixed; top: 0; left: 0; right: 0; height: '
          '120px; background: #06c">政务服务网</div>',
    reads=("capture", "keyboard"),
    bad=(
        LINK + BAR.format("top: 0; height: 90px; background: #06c"),
        '<div style="height: 740px"></div>' + LINK + BAR.format("bottom: 0; height: 100px; background: #fff"),
        LINK + '<div style="position: fixed; inset: 0; background: #fff"><p>网站公告</p><button type="button">我已阅读</button></div>',
        '<div style="position: sticky; top: 0; height: 0"><div style="height: 80px; background: #036; color: #fff">导航</div></div>' + LINK
        + LONG,
        LINK + '<div style="position: fixed; left: 0; top: 0"><img src="/q.png" alt="扫码关注"></div><p><a href="/b">公开</a></p>',
    ),
    good=(
        LINK + TEXT,
        '<div style="margin-top: 100px">' + LINK + "</div>" + BAR.format("top: 0; height: 90px; background: #06c"),
        LINK + BAR.format("top: 0; height: 90px; background: rgba(0, 0, 0, .3)"),
        LINK + BAR.format("top: 0; height: 90px; background: #06c; opacity: .2"),
        LINK + BAR.format("top: 0; height: 90px; background: #06c; pointer-events: none; z-index: -1"),
        '<p style="font-size: 40px; margin: 0">' + LINK + "</p>" + BAR.format("top: 0; height: 30px; background: #06c"),
        '<div style="position: fixed; top: 0; left: 0; right: 0; height: 90px; background: #eee">' + LINK + "</div>" + TEXT,
        LINK + '<div id="f" style="position: fixed; left: 0; top: 0; width: 120px; height: 90px; background: #fd0">飘窗</div><script>'
        'let x = 0; setInterval(() => { x = (x + 3) % 900; f.style.left = x + "px"; }, 30);</script>',
        '<label style="position: relative"><input type="checkbox" style="position: absolute; opacity: 0"><span style="background: '
        '#fff">同意'
        '</span></label>',
    ),
)  # fmt: skip
def focus_obscured(document: Document) -> Iterator[Hit]:
    """2.4.11, F110: none of nine points of it can be seen, reached forwards and backwards, under one opaque cover that stands still."""
    facts = document.facts.get("keyboard") or {}
    by_cover: dict[str, list[tuple[Node, Node]]] = {}
    for stop in facts.get("stops", ()):
        node = document.meet(stop["element"])
        if node is None:
            continue
        cover = document.meet(stop["cover"])
        if cover is not None:
            by_cover.setdefault(cover.place, []).append((node, cover))
        elif stop["shown"] and stop["cover"] is None:
            yield passed(node)
    for pairs in list(by_cover.values())[:MOST]:
        node, cover = pairs[0]
        words, over = (node.name or node.text)[:20], (cover.text or cover.get("id") or cover.get("class"))[:20]
        count = f"，被它挡住的还有 {len(pairs) - 1} 处" if len(pairs) > 1 else ""
        yield failed(node, f"按 Tab 键走到“{words}”时，它整个被固定在窗口上的“{over}”挡住{count}；请为焦点让出位置或关闭浮层")
