"""Who jumps from heading to heading with a screen reader hears «heading 1» or the sign of an icon font, and cannot choose where to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document
from checks.words import TEMPLATE, bare, is_path, unspoken

ANY_HEADING = re.compile(
    r"(?:这是|新|主|副|大|小|一级|二级|三级|四级|文章|页面|段落|模块|栏目|请输入|在此输入|此处输入|输入|添加|未命名)*(?:标题|标题文字|标题文本|未命名|无标题)[0-9一二三四五六]{0,3}|"
    r"(?:(?:this|my|your|the|new|sub|main|page|section|add|an?)*(?:heading|headline|title|subheading|subtitle|untitled)(?:here|text|goeshere)?|"
    r"h[1-6]|loremipsum\w{0,40}|placeholder|text|label|div|image|img|icon|logo|banner)[0-9]{0,3}"
)


@check(
    id="heading-describes",
    criteria=("2.4.6",),
    impact=Impact.MODERATE,
    title="标题没有说明下面是什么内容",
    title_en="Heading does not say what follows it",
    who="使用读屏软件的盲人用快捷键逐个听标题来找要读的部分，听到“标题1”“小标题”这样的占位字样，就无从选择，只好从头听到尾。",
    who_en="A blind person who goes from heading to heading hears placeholder words and has to listen to the whole page instead.",
    repair=(
        "在后台编辑器中把标题改成下面内容的名称，例如“申请条件”“办理流程”。",
        "标题由模板生成的，请开发单位去掉模板留下的占位字样，没有内容的标题不要输出。",
    ),
    repair_en=(
        "In the editor, change the heading to the name of what follows, such as “Who may apply”.",
        "Where the template makes it, ask the vendor to remove its placeholder words and to output no heading without content.",
    ),
    verify="只听标题，就知道下面讲什么。",
    before="<h2>标题1</h2><p>年满十六周岁的残疾人可以申请。</p>",
    after="<h2>申请条件</h2><p>年满十六周岁的残疾人可以申请。</p>",
    bad=(
        "<h2>{{ column.name }}</h2>",
        "<h2>小标题</h2><p>年满十六周岁的残疾人可以申请。</p>",
        "<h1>请输入标题</h1><p>通知</p>",
        '<div role="heading" aria-level="2">Heading 2</div>',
        "<h3>Lorem ipsum dolor sit amet</h3>",
        '<h2 aria-label="title">申请条件</h2>',
    ),
    unsure=("<h2>——</h2><p>年满十六周岁的残疾人可以申请。</p>",),
    good=(
        "<h2>申请条件</h2><p>年满十六周岁。</p>",
        "<h1>A</h1><dl><dt>airplane<dd>flies</dl>",
        "<h2 hidden>标题1</h2>",
        "<h2></h2>",
        "<h2>标题党整治工作通报</h2>",
        "<h2>404</h2><p>网页不存在</p>",
        '<h2><img src="/a.png" alt="办事服务"></h2>',
        '<div aria-hidden="true"><h2>标题</h2></div>',
        "<h2>Headings and labels</h2><p>How to write them.</p>",
        "<h2>第一章</h2>",
        "<h2>照片</h2>",
        "<h2>TCP/IP 培训</h2>",
        "<h2>正文</h2>",
        '<h2><img src="/a.png" alt="logo"></h2>',
    ),
)
def heading_describes(document: Document) -> Iterator[Hit]:
    """2.4.6 (G130); whether a heading of real words fits what follows, only a person can tell."""
    for heading in document.headings:
        if heading.hidden or not heading.name or unspoken(heading.name):
            continue
        words = bare(heading.name)
        if not words:
            yield unsure(heading, f"标题只有符号“{heading.name[:20]}”；只作装饰的，请不要用标题标签")
        elif ANY_HEADING.fullmatch(words) or is_path(heading.name) or TEMPLATE.search(heading.name):
            if not heading.text and heading.name_from == "contents":
                continue  # a picture's words, of which image-alt-describes speaks
            yield failed(heading, f"标题是“{heading.name[:40]}”，没有说明下面是什么内容；请改成内容的名称")
        else:
            yield passed(heading)


@check(
    id="empty-heading",
    bad=("<h2>&#xe601;</h2><p>年满十六周岁。</p>", '<style>b::before { content: "\\e60a" }</style><h3><b></b></h3><p>通知</p>'),
    good=("<h2>&#xe601; 申请条件</h2>", '<h2 aria-label="申请条件">&#xe601;</h2>', "<h2 hidden>&#xe601;</h2>", "<h2>申请条件</h2>"),
)
def heading_of_glyphs(document: Document) -> Iterator[Hit]:
    """The sign of an icon font is text to axe, but no word."""
    for heading in document.headings:
        if not heading.hidden and unspoken(heading.name):
            yield failed(heading, "标题里只有图标字体的符号，读屏软件读不出它的意思；请加上文字，只作装饰的不要用标题标签")
