"""Who needs larger letters or other colours cannot change words that are part of a picture; they blur when enlarged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node, number

EMBLEM = re.compile(
    r"logo|标志|标识|徽|商标|品牌|brand|emblem|验证码|captcha|签名|signature|chart|graph|diagram|图表|示意图|地图|map|截图|二维码",
    re.IGNORECASE,
)
DRAWN = re.compile(r"<(?:image|path|polygon|polyline|circle|ellipse|use|foreignObject|symbol)\b", re.IGNORECASE)
WRITTEN = re.compile(r"<text\b[^>]*>(.*?)</text>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"<[^>]*>")
HAN = re.compile("[\u3400-\u9fff]")
LETTERS = re.compile(r"[^\W\d_]{2,}")
BANNER = (400, 40)  #: CSS px: a strip at least so wide, at least so high
WIDE = 4.0


@check(
    id="image-of-text",
    criteria=("1.4.5",),
    impact=Impact.MODERATE,
    title="文字做成了图片",
    title_en="Words are shown as a picture",
    who="低视力者放大网页时，图片里的字变得模糊，也不能换成看得清的颜色和字体；翻译和朗读软件也认不出来。",
    who_en="When a person with low vision enlarges the page, words in a picture blur, and their colour and typeface cannot be changed.",
    repair=(
        "能用文字的地方直接写文字，大小、颜色和字体由网页样式决定。",
        "请开发单位把栏目标题、按钮和横幅上的字从图片中取出，图片只作背景。标志和书法作品可以保留。",
    ),
    repair_en=(
        "Write words as words; let the style of the page decide size, colour and typeface.",
        "Ask the vendor to take the words of headings, buttons and banners out of the pictures. Logos and calligraphy may stay.",
    ),
    verify="把网页放大到两倍，字仍然清楚；用鼠标能选中这些字。",
    before='<h2><img src="/images/title_tzgg.png" alt="通知公告" width="160" height="40"></h2>',
    after="<h2>通知公告</h2>",
    bad=(
        "<img alt=\"欢迎来访\" src=\"data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' height='20' width='80'>"
        "<text x='0' y='15'>欢迎来访</text></svg>\">",
        "<img alt=\"\" src=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' height='20' width='180'%3E"
        "%3Crect width='180' height='20' fill='red'/%3E%3Ctext y='15'%3EOffice hours%3C/text%3E%3C/svg%3E\">",
    ),
    unsure=(
        '<a href="/tz" style="display:block;text-indent:-999px;width:200px;height:40px;background:url(/t.png)">通知公告</a>',
        '<h2><img src="/t.png" alt="通知公告"></h2>',
        '<img src="/b.png" alt="热烈庆祝全国助残日三十六周年" width="900" height="90">',
        '<form><input type="image" src="/b.png" alt="在线提交" width="120" height="36"></form>',
    ),
    good=(
        '<h1 style="text-indent:-999px;width:200px;height:40px;background:url(/l.png)" class="logo">云浔市人民政府</h1>',
        '<a href="/" style="display:block;width:200px;height:40px;background:url(/l.png)">通知公告</a>',
        "<h2>通知公告</h2>",
        '<h1><img src="/logo.png" alt="云浔市人民政府标志"></h1>',
        '<img src="/p.png" alt="市民在政务大厅办事">',
        '<header><h1><img src="/t.png" alt="云浔市人民政府"></h1></header>',
        '<form><input type="image" src="/s.png" alt="搜索" width="20" height="20"></form>',
        "<img alt=\"星\" src=\"data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' height='20'><path d='M0 0h9v9z'/></svg>\">",
        '<svg width="200" height="40"><text x="10" y="20">通知公告</text></svg>',
        '<h2><img src="/t.png" alt="通知公告" hidden>通知公告</h2>',
    ),
)
def image_of_text(document: Document) -> Iterator[Hit]:
    """1.4.5; what a picture file shows is not captured, save for SVG written into the address. One report for each page and reason."""
    found: dict[str, list[Node]] = {}
    read = document.facts.get("picture_text") or {}  # what was read there is told by image-shows-text
    for image in document.elements("img", "input"):
        if image.tag == "input" and image.get("type").strip().lower() != "image":
            continue
        if image.place in read or not image.visible:
            continue
        if EMBLEM.search(f"{image.name} {image.get('class')} {image.get('id')} {image.get('src')[:200]}"):
            continue
        words = _written(image.get("src"))
        if words:
            yield failed(image, f"图片里写着“{words[:30]}”，放大后不能换字体和颜色；请改用网页文字")
        elif why := _suspicion(image):
            found.setdefault(why, []).append(image)
        else:
            yield passed(image)
    for node in document.by_role("link", "heading", "button"):
        if _replaced(node) and not (node.role == "heading" and node.inside("link")) and not node.inside("heading"):
            found.setdefault("文字移到了画面之外，显示的是背景图片", []).append(node)
    for why, images in found.items():
        more = f"，本页共有 {len(images)} 处" if len(images) > 1 else ""
        yield unsure(images[0], f"{why}（“{images[0].name[:30]}”）{more}；请看能不能改用网页文字")


def _written(address: str) -> str:
    """The words of an SVG in a data address that draws nothing else; "" for all others."""
    if not address[:40].lower().lstrip().startswith("data:image/svg+xml") or ";base64" in address[:60].lower():
        return ""
    code = unquote(address)
    words = " ".join(TAG.sub(" ", text) for text in WRITTEN.findall(code)).strip()
    return words if LETTERS.search(words) and not DRAWN.search(code) else ""


def _replaced(node: Node) -> bool:
    """Whether its words are pushed out of sight and a background picture stands in their place."""
    if "url(" not in node.style("background-image") or not node.visible or node.hidden or node.landmark == "banner":
        return False
    away = number(node.style("text-indent"), 0) <= -100 or node.font_size == 0
    return away and len(HAN.findall(node.raw_text)) >= 2 and not EMBLEM.search(f"{node.raw_text} {node.get('class')} {node.get('id')}")


def _suspicion(image: Node) -> str:
    """Why a picture may hold words that could be text."""
    name, box = image.name, image.box
    if box is None or not LETTERS.search(name):
        return ""
    heading = image.inside("heading")
    if heading is not None and not heading.text and heading.landmark != "banner" and len(HAN.findall(name)) >= 2:
        return "标题只有一张图片，上面可能是文字"
    if image.tag == "input" and image.has("alt") and box.width >= 48 and box.width >= 1.8 * box.height:
        return "按钮是一张图片，上面可能是文字"
    if (
        box.width >= BANNER[0]
        and BANNER[1] <= box.height <= box.width / WIDE
        and len(HAN.findall(name)) >= 8
        and image.landmark != "banner"
    ):
        return "横幅是一张图片，上面可能有文字"
    return ""
