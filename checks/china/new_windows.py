"""Every link of the page opens a window of its own: the way back is gone, and who does not see the screen is not told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from checks.check import Hit, Impact, check, failed, passed
from checks.controls import address
from checks.document import Document, Node

SAID = re.compile(r"新(?:开)?(?:窗口|页面|标签页?)|new (?:window|tab)", re.IGNORECASE)
NEW = re.compile(r"_blank|_new|blank", re.IGNORECASE)
MANY, SHARE = 8, 0.6  #: links inside the site, and the share of them, from which on it is a habit
LIST = "<ul>" + "".join(f'<li><a href="/n/{at}.html"{{0}}>关于第{at}批补贴名单的公示</a></li>' for at in range(1, 11)) + "</ul>"
BLANK = ' target="_blank"'


@check(
    id="new-window-links",
    impact=Impact.MINOR,
    title="站内链接都在新窗口打开",
    title_en="Links inside the site open new windows",
    who="使用读屏软件的盲人和认知障碍者点一次就多一个窗口，“后退”不起作用，找不到回去的路；用放大镜的人往往没有发现窗口换了。",
    who_en="Blind people and people with cognitive disabilities get one more window with each link; “back” does nothing, and magnifier "
        "users often do not see that the window has changed.",
    repair=(
        "站内链接在原窗口打开：请开发单位从模板里去掉 target=\"_blank\"，需要新窗口的人自己会打开。",
        "打开文件、外部网站或申请表单，确需新窗口的，在链接文字后面写明“（新窗口）”。",
    ),
    repair_en=(
        "Let links inside the site open in the same window: ask the vendor to take target=\"_blank\" out of the templates.",
        "Where a new window is needed for a file, another site or a form, say “(new window)” after the link text.",
    ),
    verify="点开站内的一条链接，用浏览器的“后退”能回到原来的网页。",
    before=LIST.format(BLANK),
    after=LIST.format(""),
    bad=(
        LIST.format(BLANK), '<!DOCTYPE html><html lang="zh-CN"><head><title>公示</title><base target="_blank"></head><body>'
        + LIST.format("") + "</body></html>",
    ),
    good=(
        LIST.format(""), LIST.format(BLANK + ' title="在新窗口打开"'),
        "".join(f'<p><a href="http://www{at}.other.test/" target="_blank">第{at}个友情链接</a></p>' for at in range(12)),
        '<a href="/a.html" target="_blank">申请表</a><a href="http://[/" target="_blank">坏的网址</a>' + LIST.format(""),
        LIST.format(BLANK).replace("<ul>", '<ul style="display:none">'),
    ),
)  # fmt: skip
def new_window_links(document: Document) -> Iterator[Hit]:
    """Best practice (G200, G201): one word for each page, at the first of them, where most links inside the site do so unannounced."""
    base = next((node.get("target") for node in document.elements("base") if node.get("target")), "")
    inside = [link for link in document.links if link.visible and _own(link)]
    silent = [link for link in inside if NEW.fullmatch(link.get("target") or base) and not SAID.search(f"{link.name} {link.description}")]
    if len(silent) >= MANY and len(silent) >= SHARE * len(inside):
        yield failed(
            silent[0], f"本页 {len(inside)} 个站内链接中有 {len(silent)} 个在新窗口打开，也没有事先说明；请改为在原窗口打开"
        )
    elif inside:
        yield passed(inside[0])


def _own(link: Node) -> bool:
    """Whether it leads to another page of the same host."""
    try:
        there = urlsplit(address(link, link.get("href")))
        return there.scheme in ("http", "https") and there.hostname == urlsplit(link.scope.url).hostname
    except ValueError:
        return False
