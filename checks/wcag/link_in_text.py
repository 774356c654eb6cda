"""Who cannot tell blue from grey reads past the link, as nothing but its colour sets it off from the sentence around it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from checks.check import Hit, check, failed, passed
from checks.colour import Colour, contrast, parsed
from checks.document import Document, Node, number

BLOCKS = ("p", "li", "td", "dd", "div", "blockquote", "section", "article")
SHOWN = ("font-weight", "font-style", "font-size", "font-family")
AROUND = 12  #: letters of text beside the link
STYLE = "text-decoration:none;color:#3a3a6a"
RULE = "申请残疾人两项补贴的，请先阅读"
END = "再到户籍所在地的街道办事处提出申请。"


@check(
    id="link-in-text-block",
    bad=(
        f'<p style="color:#333">{RULE}<a href="/a" style="{STYLE}">管理办法</a>{END}</p>',
        f'<div style="color:#333;background:url(/x.png)">{RULE}<a href="/a"><span style="{STYLE}">管理办法</span></a>{END}</div>'.replace(
            "<a ", '<a style="text-decoration:none;color:#3a3a6a" '
        ),
    ),
    good=(
        f'<p style="color:#333">{RULE}<a href="/a">管理办法</a>{END}</p>',
        f'<p style="color:#333">{RULE}<a href="/a" style="{STYLE};font-weight:bold">管理办法</a>{END}</p>',
        f'<p style="color:#333">{RULE}<a href="/a" style="{STYLE};border-bottom:1px solid">管理办法</a>{END}</p>',
        f'<p style="color:#000">{RULE}<a href="/a" style="text-decoration:none;color:#6a6aff">管理办法</a>{END}</p>',
        f'<div><a href="/a" style="{STYLE}">管理办法</a> | <a href="/b" style="{STYLE}">办事指南</a></div>',
        f'<p style="color:#333">{RULE}<a href="/a" style="text-decoration:none;color:#333">管理办法</a>{END}</p>',
        f'<p style="color:#333">{RULE}<a href="/a" style="{STYLE};background:#ff0">管理办法</a>{END}</p>',
        f'<p style="color:#333" hidden>{RULE}<a href="/a" style="{STYLE}">管理办法</a>{END}</p>',
        f'<p style="color:#333">{RULE}<a href="/a" style="{STYLE}"><img src="/x.png" alt="">管理办法</a>{END}</p>',
    ),
)  # fmt: skip
def link_in_text(document: Document) -> Iterator[Hit]:
    """1.4.1, F73. The colours of link and text are compared with each other, so that a picture behind both does not matter."""
    for link in document.elements("a"):
        block = link.parent
        if block is None or not link.has("href") or block.tag not in BLOCKS or link.style("display") != "inline":
            continue
        if link.hidden or not link.visible:
            continue
        if block.remembered("letters beside links", partial(_letters, block)) < AROUND or not link.text:
            continue
        words = _words(link)
        ours, theirs = parsed(words.style("color")), parsed(block.style("color"))
        if ours is None or theirs is None or ours.alpha < 1 or theirs.alpha < 1:
            continue
        if _set_off(link, words, block):
            yield passed(link)
        elif 1.0 < (ratio := contrast(ours, theirs)) < 3.0 and _differ(ours, theirs):
            yield failed(link, f"链接“{link.text[:20]}”只靠颜色与正文区分，两种颜色的对比度只有{int(ratio * 100) / 100:g}:1；请加上下划线")


def _letters(block: Node) -> int:
    """The length of the text that stands in it directly, without what only parts one link from the next."""
    return sum(len(text.shown.strip(" |·、，。\n\t")) for _, text in block.texts)


def _words(link: Node) -> Node:
    return next((one for one in (link, *link.descendants()) if one.own_text), link)


def _set_off(link: Node, words: Node, block: Node) -> bool:
    """Whether anything but colour shows that it is a link."""
    parts = [words, *(above for above in words.ancestors() if above is link or above.index > link.index)]
    for one in parts:
        if one.style("text-decoration-line") not in ("none", "") or number(one.style("border-bottom-width"), 0) > 0:
            return True
        if one.background and block.background and one.background != block.background:
            return True
        if one.style("background-image") not in ("none", "") or one.style("box-shadow") not in ("none", ""):
            return True
    return any(words.style(name) != block.style(name) for name in SHOWN) or any(link.descendants("img", "svg", "i"))


def _differ(one: Colour, other: Colour) -> bool:
    return max(abs(one.red - other.red), abs(one.green - other.green), abs(one.blue - other.blue)) >= 24
