"""Who goes through the frames of a page with a screen reader hears «iframe» or «main.html» and cannot decide whether to enter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed
from checks.document import Document
from checks.words import ADDRESS, PAGE_FILE, bare

ANY_FRAME = re.compile(
    r"(?:内嵌|内联|嵌入|嵌套|浮动|页面|网页|子|主|左|右|上|下)*(?:框架|窗口|页面|网页|帧|内容|框)[0-9]{0,3}|"
    r"(?:i?frame|iframecontent|embed(?:ded)?(?:frame|page|content)?|(?:i?frame)?(?:main|left|right|top|bottom|header|footer|content)(?:i?frame)?|page|"
    r"inlineframe|untitled(?:document|page)?|无标题(?:文档|页面?|网页)?|title|标题|document|index|default|undefined|null|none|blank|aboutblank)[0-9]{0,3}"
)


@check(
    id="frame-title-describes",
    criteria=("4.1.2",),
    impact=Impact.MODERATE,
    title="嵌入页面的名称没有说明里面是什么",
    title_en="Frame title does not say what is inside",
    who="使用读屏软件的盲人走到嵌入的页面，听到的是“iframe”“框架”或文件名，不知道里面是天气、信件还是办事入口。",
    who_en="A blind person hears “iframe” or a file name and cannot tell whether weather, letters or a service is inside.",
    repair=(
        "请开发单位把 <iframe> 的 title 改成几个字的内容说明，例如“天气预报”“信件列表”。",
        '只用于统计、不显示内容的框架，加 aria-hidden="true" 和 tabindex="-1"，或用 hidden 隐藏。',
    ),
    repair_en=(
        "Ask the vendor to change the title of the <iframe> to a few words on what is inside, such as “Weather forecast”.",
        'A frame that shows nothing should be hidden, or have aria-hidden="true" and tabindex="-1".',
    ),
    verify="用读屏软件调出框架列表，只听名称就知道里面是什么。",
    before='<iframe src="/weather.html" title="iframe"></iframe>',
    after='<iframe src="/weather.html" title="天气预报"></iframe>',
    bad=(
        '<iframe src="/a.html" title="框架"></iframe>',
        '<iframe src="/a.html" title="list_1.html"></iframe>',
        '<iframe src="/a.html" aria-label="mainFrame"></iframe>',
        '<iframe src="/a.html" title="无标题文档"></iframe>',
        '<iframe src="/a.html" title="http://www.example.test/a/b.jsp?id=3"></iframe>',
    ),
    good=(
        '<iframe src="/a.html" title="信件列表"></iframe>',
        '<iframe src="/a.html"></iframe>',
        '<iframe src="/a.html" title="iframe" hidden></iframe>',
        '<iframe src="/a.html" title="iframe" aria-hidden="true" tabindex="-1"></iframe>',
        '<iframe src="/a.html" title="Main office map"></iframe>',
        '<iframe src="/a.html" title="统计" style="display:none"></iframe>',
    ),
)
def frame_title_describes(document: Document) -> Iterator[Hit]:
    """H64: the title of a frame says what is in it."""
    for frame in document.elements("iframe", "frame"):
        if frame.hidden or not frame.name or not frame.exposed:
            continue
        words = bare(frame.name)
        if not words or ANY_FRAME.fullmatch(words) or PAGE_FILE.fullmatch(frame.name) or ADDRESS.fullmatch(frame.name):
            yield failed(frame, f"嵌入页面的名称是“{frame.name[:40]}”，没有说明里面是什么；请在 title 里用几个字写明")
        else:
            yield passed(frame)
