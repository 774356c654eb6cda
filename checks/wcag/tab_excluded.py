"""A link that is taken out of the Tab order is there for the mouse only: who uses the keyboard passes it by."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed, unsure
from checks.controls import address, field_beside, same_by_keyboard, twin_beside
from checks.document import Document, Node

COMPOSITES = frozenset(
    {"menu", "menubar", "tablist", "tree", "treegrid", "grid", "listbox", "radiogroup", "toolbar", "combobox", "application"}
)
MOVING = ("swiper", "slick", "carousel", "slide", "owl-", "flexslider", "bx-clone", "clone")


@check(
    id="tab-excluded",
    criteria=("2.1.1",),
    title="链接或按钮被排除在 Tab 键之外",
    title_en="Link or button is taken out of the Tab order",
    who="不能使用鼠标的人按 Tab 键会越过这个链接或按钮，页面上又没有别的办法到达，它的内容和功能就用不上。",
    who_en="People who cannot use a mouse tab past this link or button, have no other way to it, and miss what it offers.",
    repair=(
        "请开发单位删去链接或按钮上的 tabindex=\"-1\"。",
        "同一去处另有一个链接的（例如图片和标题各一个），请合并成一个链接。",
    ),
    repair_en=(
        "Ask the vendor to remove tabindex=\"-1\" from the link or button.",
        "Where another link leads to the same place (picture and title), make them one link.",
    ),
    verify="不用鼠标，按 Tab 键能走到这个链接或按钮。",
    before='<a href="/zwgk/" tabindex="-1">政务公开</a>',
    after='<a href="/zwgk/">政务公开</a>',
    bad=(
        '<a href="/zwgk/" tabindex="-1">政务公开</a><a href="/bsfw/">办事服务</a>', '<p><a href="/a.pdf" tabindex="-1">申请表下载</a></p>',
        '<form><input aria-label="关键词"><p>说明</p><div><p><span><a href="/gj/" tabindex=" -1 ">高级检索</a></span></p></div></form>',
    ),
    unsure=(
        '<button type="button" tabindex="-1" onclick="a()">展开全部</button>',
        '<div class="swiper-slide"><a href="/a" tabindex="-1">图片新闻</a></div>',
    ),
    good=(
        '<a href="/a" tabindex="-1"><img src="/a.png" alt="通知"></a><a href="/a">通知</a>',
        '<a href="/a" tabindex="-1" aria-hidden="true">通知</a>',
        '<ul role="menu"><li role="none"><a role="menuitem" href="/a" tabindex="-1">公开</a></li></ul>', '<a href="/a">通知</a>',
        '<div role="tablist"><button role="tab" tabindex="-1" aria-selected="false">要闻</button></div>',
        '<a href="#top" tabindex="-1">回到顶部</a>',
        '<div><input type="password" aria-label="密码"><button type="button" tabindex="-1">显示</button></div>',
        '<h1 tabindex="-1">公告</h1>',
        '<a href="/a" tabindex="-1">通知</a><a href="http://www.example.test/a">通知全文</a>',
        '<a href="/a" tabindex="-1" style="display:none">通知</a>', '<a href="javascript:void(0)" tabindex="-1">上一张</a>',
        '<button type="button" tabindex="-1" disabled>下一页</button>',
    ),
)  # fmt: skip
def tab_excluded(document: Document) -> Iterator[Hit]:
    """2.1.1, for what is seen and told to screen readers, but left out of the Tab order, while nothing else leads to the same place."""
    elsewhere: frozenset[str] | None = None
    for node in document.elements("a", "area", "button"):
        if not node.get("tabindex").strip().startswith("-") or not node.visible or node.hidden or not (node.name or node.text):
            continue
        if node.has("disabled") or any(above.role in COMPOSITES for above in (node, *node.ancestors())):
            continue
        elsewhere = same_by_keyboard(document) if elsewhere is None else elsewhere
        words = (node.name or node.text)[:20]
        if node.tag == "button":
            if field_beside(node) is None and twin_beside(node) is None and node.get("onclick") not in elsewhere:
                yield unsure(
                    node, f'按钮“{words}”写有 tabindex="{node.get("tabindex").strip()}"，Tab 键走不到；请确认不用鼠标也能完成同样的操作'
                )
        elif (leads := address(node, node.get("href"))) and leads not in elsewhere:
            if _moves(node):
                yield unsure(node, f'轮播中的链接“{words}”写有 tabindex="-1"；请确认它显示时能用 Tab 键走到')
            else:
                yield failed(
                    node, f'链接“{words}”写有 tabindex="{node.get("tabindex").strip()}"，Tab 键走不到，也没有别的链接通向同一处；请删去'
                )


def _moves(node: Node) -> bool:
    """Whether it stands in a carousel, which may let it into the Tab order while it is shown."""
    around = (node, *(above for _, above in zip(range(6), node.ancestors(), strict=False)))
    return any(word in one.get("class").lower() for one in around for word in MOVING)
