"""A blind person who opens page after page must listen to the same thirty links before the first word of the text."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, check, failed
from checks.document import Document, Node

LINKS = "".join(f'<a href="/{number}">栏目{number}</a>' for number in range(14))
TEXT = "<p>" + "为方便残疾人就近办理业务，各街道办事处设立了综合服务窗口，提供证件换领、补贴申请、辅具适配等服务。" * 2 + "</p>"
MANY, LONG = 10, 60
SKIPPING = 3  #: a link of the page itself among the first so many counts as a way past


@check(
    id="bypass",
    bad=(f"<div>{LINKS}</div><div>{TEXT}</div>", f'<a href="#nowhere">跳到正文</a><div>{LINKS}</div><div>{TEXT}</div>'),
    good=(
        f"<div>{LINKS}</div><h1>通知</h1>{TEXT}", f"<nav>{LINKS}</nav><main>{TEXT}</main>",
        f'<a href="#z">跳到正文</a>{LINKS}<div id="z">{TEXT}</div>',
        f"<div>{LINKS[:60]}</div>{TEXT}", f"{TEXT}<div>{LINKS}</div>",
    ),
)  # fmt: skip
def bypass_decided(document: Document) -> Iterator[Hit]:
    """2.4.1: ten links and more before the first long text, and no heading, landmark, frame or link that leads past them."""
    if next(document.headings, None) or next(document.by_role("main", "navigation", "region", "complementary", "search", "iframe"), None):
        return
    passing = 0
    for node in document.nodes:
        if node.tag == "a" and node.has("href") and node.tabbable and not node.hidden:
            if passing < SKIPPING and _leads_on(document, node):
                return
            passing += 1
        elif passing and _speaks(node):
            if passing >= MANY:
                yield failed(document.root, f"正文之前有{passing}个链接，网页却没有“跳到正文”的链接，也没有标题和区域标记；请加上其中一种")
            return


def _leads_on(document: Document, link: Node) -> bool:
    fragment = document.same_page(link)
    return bool(fragment) and (link.by_id(fragment or "") is not None or any(one.get("name") == fragment for one in document.elements("a")))


def _speaks(node: Node) -> bool:
    """Whether its own text is long and no link."""
    own = sum(len(text.shown.strip()) for _, text in node.texts)
    return own >= LONG and node.visible and node.tag != "a" and not node.inside("a")
