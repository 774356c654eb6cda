"""Notices whose whole text is a picture (一图读懂, 公告长图): which pictures stand alone where the text of an article should be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checks.document import Document, Node, collapsed
from checks.words import is_file_name

BODY = re.compile(
    r"zoom\w*|trs_?(?:editor(?:_view)?|ueditor)|(?:am-|cms)?art(?:icle)?[-_]?(?:con(?:tent)?|body|bd|text|main|detail)|v_news_content|"
    r"vsb_content\w*|zw_?cont?(?:_[a-z])?|(?:\w+-)?detail-(?:box|editor)|connr|"
    r"wp_articlecontent|(?:pages?|news|detail|info|main|xl|text)[-_]?(?:con(?:tent)?|detail|text)\d*|con(?:tent)?[-_]?(?:text|detail|box)?",
    re.IGNORECASE,
)
"""Words in class or id by which templates call the text of an article; whole words."""
LEFT_OUT = re.compile(
    r"(?:来源|发布(?:时间|日期|机构|单位)?|时间|日期|作者|编辑|责任编辑|浏览(?:次数|量)?|阅读|点击|字[体号]|"
    r"索引号|文号|分享到?|打印(?:本页)?|关闭(?:窗口)?|"
    r"【[^】]{0,8}】|\[[^\]]{0,8}\]|(?<![\u4e00-\u9fff])[大中小](?![\u4e00-\u9fff])|扫一扫.{0,16}|分享|收藏)[:：]?\s*[\d年月日:：\-\s]*"
)
"""What templates write above and below a text."""
URGENT = re.compile(
    r"预警|应急|突发|紧急|避险|撤离|疏散|台风|暴雨|暴雪|洪水|汛情|山洪|地震|泥石流|寒潮|高温|雷电|大风|"
    r"疫情|停水|停电|停气|停课|停运|封闭施工|交通管制|寻人|食品召回"
)
EQUAL = re.compile(
    r"文字(?:版|稿|解读|说明|实录|内容)|无障碍版|(?:全文|政策原文|文件原文|原文)(?:链接|阅读|如下)?$|text version", re.IGNORECASE
)
"""Names of links to the same in words."""

LARGE, TALL = (360, 260), 1.15  #: CSS px; height by width, from which a picture is no common photograph
LITTLE = 80  #: characters beside the picture that may still be its heading and its lines of data
ENOUGH = 60  #: characters of a text alternative that may tell what a notice says


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A picture that is all the text of its article."""

    image: Node
    title: str  #: of the page
    urgent: bool  #: about danger, or about what is shut off
    told: bool  #: its alternative is long, or a link leads to the same in words
    pictures: int  #: of this kind in the article


def picture_notices(document: Document) -> Iterator[Notice]:
    """The first picture of every article that consists of pictures; only those that assistive technology meets under a name.

    Pictures without a name, marked as decoration or named by their file are told by `image-alt`, `image-withheld` and
    `image-alt-describes`.
    """
    title = _title(document)
    urgent = bool(URGENT.search(title))
    found: dict[int, list[Node]] = {}
    for image in document.elements("img"):
        if not image.visible or not image.exposed or not image.name or image.inside("a", "nav", "header", "footer", "figure") is not None:
            continue
        if is_file_name(image.name, image.get("src")):
            continue
        if _large(image, urgent) and (text := _article(image)) is not None and len(_words(text, title)) < LITTLE:
            found.setdefault(text.index, []).append(image)
    equal = any(EQUAL.search(collapsed(link.name)) for link in document.links) if found else False
    for images in found.values():
        alternatives = "".join(image.name for image in images)
        told = equal or len(alternatives) >= ENOUGH * min(len(images), 3)
        yield Notice(image=images[0], title=title, urgent=urgent, told=told, pictures=len(images))


# ------------------------------------------------------------------------------------------------ inside


def _title(document: Document) -> str:
    first = next((one.name for one in document.headings if one.heading_level == 1 and one.name), "")
    return first or collapsed(document.title)


def _large(image: Node, urgent: bool) -> bool:
    box = image.box
    if box is None or box.width < LARGE[0] or box.height < LARGE[1] or image.natural_size == (0, 0):
        return False
    return urgent or box.height >= TALL * box.width


def _article(image: Node) -> Node | None:
    """What holds the text of the article in which a picture stands; None where nothing is called so."""
    for above in image.ancestors():
        if above.tag in ("body", "html", "li", "form"):
            return None
        called = [*above.get("class").split(), *above.get("id").split()]
        if above.tag in ("article", "ucapcontent") or any(BODY.fullmatch(word) for word in called):
            return above
    return None


def _words(article: Node, title: str) -> str:
    """What an article says in words, without its title and what the template adds."""
    return collapsed(LEFT_OUT.sub(" ", article.text.replace(title, " "))) if title else article.text
