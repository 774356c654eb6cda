"""«跳到正文» may have a target and still not move the focus: the next Tab leads to the links that were to be skipped."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.document import Document

MENU = '<ul><li><a href="/a">首页</a></li><li><a href="/b">政务公开</a></li><li><a href="/c">办事服务</a></li></ul>'
BODY = '<div id="main" style="margin-top: {}px"><p>通知</p><a href="/n">公告全文</a></div>'


@check(
    id="skip-link-inert",
    criteria=("2.4.1",),
    impact=Impact.MODERATE,
    title="“跳到正文”的链接不移动焦点",
    title_en="Skip link does not move the focus",
    who="用键盘或读屏软件的人按下“跳到正文”，画面也许动了，焦点却还在原处，再按 Tab 键又回到页首的导航。",
    who_en="Who uses a keyboard or screen reader presses “Skip to content”; the page may scroll, but the focus stays, and the next "
           "Tab leads "
        "back into the menu.",
    repair=(
        "这是模板里的问题，网站编辑无法修改，请转告开发单位。",
        "请开发单位去掉链接上阻止默认动作的脚本（return false、preventDefault），或者在脚本里让正文区域得到焦点："
        "给它加上 tabindex=\"-1\"，滚动后调用 focus()。",
    ),
    repair_en=(
        "This lies in the template and editors cannot change it; please pass it on to the vendor.",
        'Ask the vendor to remove the script that prevents the default action, or to move the focus in it: tabindex="-1" on the content, '
        "and focus() after scrolling.",
    ),
    verify="按 Tab 键走到这个链接，按回车键后再按一次 Tab 键，焦点已到正文里。",
    before='<a href="#main" onclick="window.scrollTo(0, 900); return false">跳到正文</a>' + MENU + BODY.format(900),
    after='<a href="#main">跳到正文</a>' + MENU + BODY.format(900),
    reads=("capture", "keyboard"),
    bad=(
        '<a href="#main" onclick="document.getElementById(\'main\').scrollIntoView(); return false">跳转到主要内容</a>' + MENU
        + BODY.format(1200),
        '<a href="#main" id="s">跳到正文</a>' + MENU + BODY.format(90) + '<script>s.addEventListener("click", (e) => '
                                                                     'e.preventDefault());</script>',
        '<a href="javascript:void(0)" onclick="window.scrollTo({ top: 900, behavior: \'smooth\' })">跳过导航</a>' + MENU + BODY.format(900),
        '<a href="#">Skip to content</a>' + MENU + BODY.format(20),
    ),
    good=(
        '<a href="#main">跳到正文</a>' + MENU + BODY.format(900),
        '<a href="#main" onclick="main.tabIndex = -1; main.focus(); return false">跳到正文</a>' + MENU + BODY.format(900),
        '<a href="javascript:void(0)" onclick="setTimeout(() => { main.tabIndex = -1; main.focus(); }, 300)">跳到主要内容</a>' + MENU
        + BODY.format(900),
        '<a href="#gone">跳到正文</a>' + MENU + BODY.format(900),
        '<a href="/text">进入正文</a>' + MENU,
        MENU + '<a href="#main">跳到正文</a><div id="main"><p>通知</p></div>',
    ),
)  # fmt: skip
def skip_link_inert(document: Document) -> Iterator[Hit]:
    """2.4.1, G1 and SCR28: Enter was pressed on it and then Tab. A target that is missing is told of by `skip-link-broken`."""
    for told in (document.facts.get("keyboard") or {}).get("skips", ()):
        node = document.meet(told["element"])
        if node is None:
            continue
        if told["moved"]:
            yield passed(node)
        elif not told["went"]:
            yield failed(node, f"在“{(node.name or node.text)[:20]}”上按回车键后，焦点没有移动，再按 Tab 键仍走到原来的下一个链接；"
                               f"请让焦点移到正文")
