"""A keyboard user presses «跳到正文», nothing happens, and all the links of the page's head are to be gone through after all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from checks.check import Hit, Impact, check, failed, passed
from checks.document import Document, Node
from checks.words import SKIPS

ROUTE = re.compile(r"[/!?=]")


@check(
    id="skip-link-broken",
    criteria=("2.4.1",),
    impact=Impact.MODERATE,
    covers=("skip-link",),
    title="“跳到正文”的链接没有落点",
    title_en="Skip link leads nowhere",
    who="用键盘或读屏软件的人按下“跳到正文”后仍停在原处，每打开一页都要逐个经过页首和导航里的链接。",
    who_en="Who uses a keyboard or screen reader presses “Skip to content”, stays in place and must pass every link of the page's head.",
    repair=(
        "这是模板里的问题，网站编辑无法修改，请转告开发单位。",
        "请开发单位让链接中 # 后面的名字与正文区域的 id 完全相同，并给正文区域加上 tabindex=\"-1\"；正文区域不能是隐藏的。",
    ),
    repair_en=(
        "This lies in the template and editors cannot change it; please pass it on to the vendor.",
        'Ask the vendor to make the name after # exactly the id of the content, which must not be hidden, and to give that tabindex="-1".',
    ),
    verify="按 Tab 键走到这个链接，按回车键后再按一次 Tab 键，焦点已到正文里。",
    before='<a href="#content">跳到正文</a><div id="zhengwen"><p>通知</p></div>',
    after='<a href="#zhengwen">跳到正文</a><div id="zhengwen" tabindex="-1"><p>通知</p></div>',
    bad=(
        '<a href="#main">跳转到主要内容</a><div class="main"><p>通知</p></div>',
        '<a href="#c">Skip to content</a><main id="c" hidden><p>通知</p></main>',
        '<a href="#nav">跳过导航</a><p>通知</p>',
    ),
    good=(
        '<a href="#main">跳到正文</a><main id="main"><p>通知</p></main>', '<a href="#z">跳到正文</a><a name="z"></a><p>通知</p>',
        '<a href="#/home">跳到主要内容</a><p>通知</p>', '<a href="#top">回到顶部</a>', '<a href="#">跳到正文</a>',
        '<a href="#%E6%AD%A3%E6%96%87">跳到正文</a><div id="正文"><p>通知</p></div>',
        '<a href="/a.html#c">进入正文</a>', '<a href="#c1">第一章</a>',
    ),
)  # fmt: skip
def skip_link_broken(document: Document) -> Iterator[Hit]:
    """Links of the page itself whose words promise to skip something: is there what their fragment names, and is it rendered?"""
    if any(base.has("href") for base in document.elements("base")):
        return
    for link in document.elements("a"):
        fragment = document.same_page(link)
        if not fragment or link.hidden or ROUTE.search(fragment) or fragment.lower() == "top" or not SKIPS.search(link.name or link.text):
            continue
        target = _target(document, link, fragment)
        if target is None:
            yield failed(link, f"链接“{link.name[:20]}”指向 #{unquote(fragment)[:30]}，网页中没有这个落点；请核对正文区域的 id")
        elif not target.rendered and target.raw_text and target.tag != "a":
            yield failed(link, f"链接“{link.name[:20]}”的落点 #{unquote(fragment)[:30]} 是隐藏的，跳不过去；请改为指向显示出来的正文")
        else:
            yield passed(link)


def _target(document: Document, link: Node, fragment: str) -> Node | None:
    for wanted in (fragment, unquote(fragment)):
        named = (one for one in document.elements("a") if one.scope is link.scope and one.get("name") == wanted)
        if found := link.by_id(wanted) or next(named, None):
            return found
    return None
