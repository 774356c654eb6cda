"""Who cannot see a picture hears «图片 1» or «IMG_2031.jpg» in its place, and what the picture tells is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node
from checks.words import PICTURE_FILE, TEMPLATE, bare, is_file_name, says_something

PLACEHOLDER = re.compile(
    r"(?:新|大|小|主|默认|普通|正文|文章|新闻|这是|一张|此处|本)*"
    r"(?:图片|图像|照片|相片|配图|题图|插图|缩略图|轮播图|焦点图|幻灯片|横幅|占位图|背景图|封面图|图标|小图标|未命名|无标题|未标题|"
    r"替代文本|替代文字|图片描述|图片说明|图片名称|图片标题|图片加载失败|图片加载中|暂无图片|请输入图片描述|请输入替代文本)"
    r"[0-9０-９一二三四五]{0,3}|"
    r"(?:an?|the|my|new|default|this is an?)?"
    r"(?:image|img|picture|pic|photo|photograph|graphic|icon|ico|banner|slide|thumbnail|thumb|spacer|placeholder|untitled|undefined|null|"
    r"none|nan|noimage|noalt|alt|alttext|imagealt|imagedescription|altgoeshere|objectobject|imageplaceholder|bgimage|backgroundimage|"
    r"jpe?g|png|gif)(?:here)?[0-9]{0,4}",
)
EMBLEM = re.compile(r"(?:网站|站点|本站|单位|the|our|site|website|company)?logo(?:图片?|image|img)?[0-9]{0,2}|标志(?:图片?)?|徽标|站标")
BADGE = re.compile(r"(?:网站|站点|本站|单位)?(?:标识|标志)(?:图片?)?")
CODE = re.compile(r"(?:扫一扫|扫码|扫描)?(?:二维码|qr?code|ewm|erweima)(?:图片|图|image)?[0-9]{0,2}")
NUMBERED = re.compile(r"(?:图|附图|fig(?:ure)?)[0-9]{1,3}|[0-9]{1,4}")
BIG = 100  #: CSS px in both directions, from which on a number is hardly the whole of a picture
SAME = 3  #: different files with one name, from which on it is told


@check(
    id="image-alt-describes",
    criteria=("1.1.1",),
    impact=Impact.SERIOUS,
    title="图片的替代文本没有说出图片的内容",
    title_en="Text alternative does not say what the image shows",
    who="使用读屏软件的盲人读到这张图片，听到的是“图片1”或者一串文件名，以为已经有说明，图片里的内容却仍然不知道。",
    who_en="A blind person hears a file name or “image 1” at this picture and still does not learn what it shows.",
    repair=(
        "在后台编辑器中选中图片，把“替代文本”改成一句话，写明图片上是什么；图片上的文字要一并写入。",
        '只起装饰作用的图片，请开发单位写成空的替代文本 alt=""。',
        "替代文本由模板自动取文件名的，请开发单位改为必须人工填写。",
    ),
    repair_en=(
        "Select the image in the editor and change its alternative text to one sentence on what it shows, with the words in it.",
        'Where it is mere decoration, ask the vendor for an empty alternative, alt="".',
        "Where the template takes the file name by itself, ask the vendor to make the field one to be filled in by hand.",
    ),
    verify="不看图片，只听替代文本，知道图片要说什么。",
    before='<img src="/upload/IMG_2031.jpg" alt="IMG_2031.jpg">',
    after='<img src="/upload/IMG_2031.jpg" alt="市残联工作人员上门为老人安装扶手">',
    bad=(
        '<img src="/a/2.png" alt="图片1">',
        '<p><img src="/a/2.png" alt="/upload/2026/11/W020261120.png"></p>',
        '<img src="/a/2.png" alt="Untitled">',
        '<img src="/a/banner_top_01.png" alt="banner_top_01">',
        '<a href="/"><img src="/a/l.png" alt="logo"></a>',
        '<img src="/x.png" alt="微信图片_20231108093012">',
        '<svg role="img" aria-label="icon" width="40" height="40"><circle cx="20" cy="20" r="20"/></svg>',
        '<img src="/x.png" title="image.jpg">',
        '<div role="img" aria-label="照片" style="width:90px;height:90px;background:#ccc"></div>',
        '<form><input type="image" src="/s.gif" alt="图片"></form>',
        '<img src="/x.png" alt="https://www.example.test/upload/2.png">',
        '<img src="/x.png" alt="20261108093012">',
        '<img src="/x.png" alt="微信图片_20231108.jpg">',
        '<img src="/x.png" alt="图片加载失败">',
        '<img src="/x.png" alt="{{item.title}}">',
    ),
    unsure=(
        '<p>关注我们：<img src="/q.png" alt="二维码"></p>',
        '<p><img src="/t.png" alt="图1"></p>',
        '<img src="/x.png" alt="2">',
        '<img src="/x.png" alt="市残联走访困难家庭.jpg">',
        '<ul><li><img src="/a/chart.png" alt="chart.png"> chart.png（23 kB）</li></ul>',
        '<a href="/"><img src="/a/l.png" alt="logo"> 云浔市政务服务网</a>',
    ),
    good=(
        '<img src="/a/2.png" alt="市民在政务大厅办理残疾人证">',
        '<img src="/a/2.png" alt="">',
        '<img src="/a/12345.png" alt="12345">',
        '<img src="/i.png" alt="照片：市残联工作人员入户走访">',
        '<img src="/a/w3c_logo.png" alt="W3C logo">',
        '<img src="/i.png" alt="图标" hidden>',
        '<div aria-hidden="true"><img src="/i.png" alt="图片"></div>',
        '<img src="/i.png" alt="image" role="presentation">',
        '<img src="/1.png" alt="1" width="16" height="16">',
        '<a href="/"><img src="/h.png" alt="首页"></a>',
        '<img src="/c.png" alt="公众号二维码：云浔残联">',
        '<!DOCTYPE html><html lang="en"><head><title>Hall</title></head><body><img src="/c.png" alt="Photo of the new hall"></body></html>',
        '<img src="/g.png" alt="国徽">',
        '<a href="/"><img src="/search.png" alt="search"></a>',
        '<img src="/a.png" alt="PNG、JPG 格式对比">',
    ),
)
def image_alt_describes(document: Document) -> Iterator[Hit]:
    """F30: file names and placeholder text are no alternatives. Whether a sentence fits its picture, a program cannot tell."""
    codes: list[Node] = []
    for image in pictures(document):
        name, words = image.name, bare(image.name)
        beside = bare(_around(image))
        if is_file_name(name, image.get("src")) or PLACEHOLDER.fullmatch(words) or TEMPLATE.search(name):
            what = "是文件名或编号" if is_file_name(name, image.get("src")) else "是占位的字样"
            if PICTURE_FILE.fullmatch(name) and says_something(name):
                yield unsure(image, f"替代文本“{_short(name)}”带着文件的扩展名；请看它能不能代替图片，能的请去掉扩展名")
            elif words and words in beside:
                yield unsure(image, f"替代文本“{_short(name)}”{what}，旁边也写着同样的文字；请看它能不能代替图片")
            else:
                yield failed(image, f"替代文本“{_short(name)}”{what}，没有说出图片的内容；请写明图片上是什么，装饰图片请写成空的替代文本")
        elif EMBLEM.fullmatch(words) or BADGE.fullmatch(words):
            if beside or not EMBLEM.fullmatch(words):
                yield unsure(image, f"替代文本只说“{_short(name)}”；请看有没有说明是谁的标志；旁边的文字已经说明的，可以改为空的替代文本")
            else:
                yield failed(image, f"替代文本只说“{_short(name)}”，没有说是谁的标志；请写上网站或单位的名称")
        elif CODE.fullmatch(words):
            codes.append(image)
        elif NUMBERED.fullmatch(words) and _big(image):
            yield unsure(image, f"替代文本只有“{_short(name)}”；请看它能不能代替这张图片")
        else:
            yield passed(image)
    if codes:
        more = f"，本页共有 {len(codes)} 处" if len(codes) > 1 else ""
        yield unsure(codes[0], f"替代文本只说“{_short(codes[0].name)}”{more}；请看前后的文字有没有说明扫码后进入哪里，没有的请补上")


@check(
    id="image-alt-repeated",
    criteria=("1.1.1",),
    impact=Impact.MODERATE,
    title="几张不同的图片用了相同的替代文本",
    title_en="Different images share one text alternative",
    who="使用读屏软件的盲人连着几次听到同一句话，分不清这几张图片各是什么，也不知道有没有漏掉内容。",
    who_en="A blind person hears the same words several times and cannot tell what each of these images shows.",
    repair=(
        "在后台编辑器中逐张填写替代文本，各写各的内容，不要都写文章标题或网站名称。",
        "替代文本由模板自动填入标题的，请开发单位改为允许逐张填写。",
    ),
    repair_en=(
        "Fill in the alternative of each image with its own content, not with the headline or the site's name throughout.",
        "Where the template fills in the headline by itself, ask the vendor to allow one alternative for each image.",
    ),
    verify="逐张听替代文本，能分清各是什么图片。",
    before='<p><img src="/1.png" alt="助残日活动"><img src="/2.png" alt="助残日活动"><img src="/3.png" alt="助残日活动"></p>',
    after='<p><img src="/1.png" alt="开幕式"><img src="/2.png" alt="轮椅比赛"><img src="/3.png" alt="手语演出"></p>',
    unsure=('<p><img src="/1.png" alt="通知"></p><p><img src="/2.png" alt="通知"></p><p><img src="/3.png" alt="通知"></p>',),
    good=(
        '<p><img src="/1.png" alt="开幕式"><img src="/2.png" alt="轮椅比赛"><img src="/3.png" alt="手语演出"></p>',
        '<p><img src="/pdf.png" alt="PDF"> 甲 <img src="/pdf.png" alt="PDF"> 乙 <img src="/pdf.png" alt="PDF"> 丙</p>',
        '<img src="/1.png" alt="新" width="20" height="20"><img src="/2.png" alt="新" width="20"><img src="/3.png" alt="新" width="20">',
        '<p><img src="/1.png" alt="通知"><img src="/2.png" alt="通知"></p>',
        '<p><img src="/1.png" alt=""><img src="/2.png" alt=""><img src="/3.png" alt=""></p>',
    ),
)
def image_alt_repeated(document: Document) -> Iterator[Hit]:
    """Three files or more under one name, none of them an icon; one report for each name."""
    groups: dict[str, list[Node]] = {}
    for image in pictures(document):
        if image.tag == "img" and image.visible and _big(image):
            groups.setdefault(image.name, []).append(image)
    for name, images in groups.items():
        files = {image.get("src") for image in images}
        if len(files) >= SAME:
            yield unsure(images[0], f"本页有 {len(files)} 张不同的图片，替代文本都是“{_short(name)}”；请看能不能各写各的内容")
        else:
            yield from map(passed, images)


def pictures(document: Document) -> Iterator[Node]:
    """What assistive technology meets as a picture with a name, image buttons too."""
    seen: set[int] = set()
    for node in (*document.by_role("img", "svg", "canvas", "object", "embed"), *document.elements("img", "input")):
        if node.index in seen or (node.tag == "input" and node.get("type").strip().lower() != "image"):
            continue
        seen.add(node.index)
        written = node.tag != "input" or any(node.has(name) for name in ("alt", "aria-label", "aria-labelledby", "title"))
        if node.exposed and written and node.name and not node.hidden and node.role not in ("none", "presentation"):
            yield node


def _around(image: Node) -> str:
    """The text that people see in the same link, button, caption or list item."""
    holder = image.inside("link", "button", "figure", "listitem", "heading")
    return holder.text if holder else ""


def _big(image: Node) -> bool:
    return image.box is not None and image.box.width >= BIG and image.box.height >= BIG


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
