"""Who goes through the links of a page with a screen reader hears «更多» and «详情» twenty times, and nothing of what they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node

EMPTY_WORDS = re.compile(
    r"(?:点击|点|请|查看|了解|阅读|显示|展开|进入|浏览)*(?:更多|全部|详情|详细|全文|这里|此处|链接|点击|查看|进入|了解|阅读|下载|打开|more|here|"
    r"click here|read more|details?|link|learn more|view|go)(?:内容|信息|进入|下载|查看)?",
    re.IGNORECASE,
)
DATE = re.compile(r"[\[(（【]?\d{2,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?[\])）】]?")
ORNAMENT = re.compile(r"[\s>»›+＋…·.。、:：\[\]【】()（）&|-]+")


@check(
    id="link-purpose",
    criteria=("2.4.4",),
    impact=Impact.SERIOUS,
    title="链接文字没有说明去处",
    title_en="Link text does not say where it leads",
    who="使用读屏软件的盲人常常逐个听链接来找要办的事，听到的若只是“更多”“详情”，又没有上下文可以依靠，就不知道点开是什么。",
    who_en="Blind people often listen to the links alone to find their way; “more” and “details” without context tell them nothing.",
    repair=(
        "在后台编辑器中把链接文字改成去处的名称，例如把“详情”改为“残疾人证办理指南”。",
        "版面上只能放“更多”的，请开发单位加上 aria-label 属性，写明是哪个栏目的更多，例如“更多通知公告”。",
    ),
    repair_en=(
        "In the editor, replace the link text with the name of what it leads to.",
        "Where the design has room for “more” only, ask the vendor for an aria-label that names the section, beginning with the visible words.",
    ),
    verify="只听这个链接，或者连同它所在的句子、列表项、表格单元格一起听，知道点开是什么。",
    before='<div><a href="/a.html">更多</a></div>',
    after='<div><a href="/a.html" aria-label="更多通知公告">更多</a></div>',
    bad=(
        '<div><a href="/a.html">更多&gt;&gt;</a></div>', '<p><a href="/a.html">点击这里</a></p>',
        '<div><a href="/x">2026-11-20</a></div>',
    ),
    good=(
        '<h2>通知公告</h2><div><a href="/a.html">更多</a></div>', '<ul><li>残疾人证办理 <a href="/a.html">详情</a></li></ul>',
        '<a href="/a.html">残疾人证办理指南</a>', '<p>申请表在<a href="/a.html">这里</a>。</p>',
        '<table><tr><th>事项</th><td><a href="/a.html">查看</a></td></tr></table>',
    ),
)  # fmt: skip
def link_purpose(document: Document) -> Iterator[Hit]:
    """2.4.4 lets the sentence, list item, table cell and heading before the link speak for it; 2.4.9 (AAA) does not."""
    for link in document.links:
        words = ORNAMENT.sub("", link.name)
        if not words:
            continue
        if not (EMPTY_WORDS.fullmatch(words) or DATE.fullmatch(link.name.strip())) or _context(link, words):
            yield passed(link)
        elif link.description:
            yield unsure(link, f"链接只说“{link.name}”，去处写在补充说明“{link.description[:60]}”里")
        else:
            yield failed(link, f"链接只说“{link.name}”，前后也没有说明去处的文字；请写明它通向哪里")


def _context(link: Node, words: str) -> bool:
    """Whether what may speak for the link (H77 to H81, G53) says anything beside it."""
    here = link
    for above in link.ancestors():
        if above.role in ("listitem", "cell", "gridcell", "paragraph", "layout-cell", "row") and _says_more(above, words):
            return True
        earlier = above.children[: here.order]
        if any(one.heading_level or any(deep.heading_level for deep in one.descendants()) for one in earlier):
            return True
        if above.tag in ("body", "html"):
            break
        here = above
    return False


def _says_more(node: Node, words: str) -> bool:
    rest = ORNAMENT.sub("", DATE.sub("", node.text)).replace(words, "")
    return len(rest) >= 2
