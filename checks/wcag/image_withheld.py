"""Who cannot see a picture is not told of it at all: it was marked as decoration or left without a name, though it tells something."""

from __future__ import annotations

from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node

LARGE = (200, 120)  #: CSS px: smaller pictures are often decoration
GRAPHIC = (80, 60)  #: CSS px: smaller graphics are icons
SURROUNDINGS = ("banner", "navigation", "contentinfo", "complementary")
CONTROLS = ("link", "button", "tab", "option", "menuitem", "img")


@check(
    id="image-withheld",
    criteria=("1.1.1",),
    impact=Impact.SERIOUS,
    title="文章中的图片可能被当成了装饰",
    title_en="Picture in an article may be wrongly marked as decoration",
    who="使用读屏软件的盲人读这篇文章时，完全不知道这里有一张图片；图片若是通知、表格或流程图，内容就整个丢失。",
    who_en="A blind person reading the article does not learn that there is a picture; a notice or chart in it is lost entirely.",
    repair=(
        "请看这些图片：有内容的，在后台编辑器中填写“替代文本”，图上的文字一并写入，或者把内容写进正文。",
        "只起美化作用的，不必修改。",
    ),
    repair_en=(
        "Look at these pictures: where they tell something, fill in the alternative text with the words in them, or say it in the article.",
        "Where they are mere decoration, nothing needs changing.",
    ),
    verify="用读屏软件读这篇文章，不缺少图片要说的内容。",
    before='<main><h1>办理流程</h1><p><img src="/liucheng.png" alt="" width="600" height="400"></p></main>',
    after='<main><h1>办理流程</h1><p><img src="/liucheng.png" alt="先申请，再评定，后发证" width="600" height="400"></p></main>',
    unsure=(
        '<h1>通知</h1><p>正文</p><p><img src="/a.png" alt=""></p><p><img src="/b.png" role="presentation"></p>',
        '<article><h1>通知</h1><div><img src="/a.png" alt="一张表" aria-hidden="true"></div></article>',
    ),
    good=(
        '<h1>通知</h1><p><img src="/a.png" alt="" width="20" height="20">正文</p>',
        '<figure><img src="/a.png" alt=""><figcaption>办理流程：先申请，再评定</figcaption></figure>',
        '<a href="/x"><img src="/a.png" alt="">办理流程</a>',
        '<header><img src="/a.png" alt=""></header>',
        '<p><img src="/a.png" alt="办理流程"></p><p><img src="/a.png" alt="" hidden></p>',
        '<p><img src="/a.png"></p>',
        '<div aria-hidden="true"><p><img src="/a.png" alt=""></p></div>',
    ),
)
def image_withheld(document: Document) -> Iterator[Hit]:
    """F38 and F39 turned round; whether a picture tells something, only a person can judge. One report for each page."""
    found: list[Node] = []
    for image in document.elements("img"):
        if not image.visible or not _as_large(image, LARGE) or image.natural_size == (0, 0):
            continue
        if not image.exposed and _marked(image) and _alone(image):
            found.append(image)
        elif image.exposed and image.name:
            yield passed(image)
    if found:
        more = f"，本页这样的图片共有 {len(found)} 张" if len(found) > 1 else ""
        box = found[0].box
        size = f"{box.width:.0f}×{box.height:.0f} 像素" if box else ""
        yield unsure(found[0], f"这张图片（{size}）单独成段，却标成了装饰图片{more}；请看图上有没有内容，有的请写上替代文本")


@check(
    id="graphic-without-name",
    criteria=("1.1.1",),
    covers=("svg-img-alt", "role-img-alt", "object-alt"),
    impact=Impact.SERIOUS,
    title="图形或嵌入的文件没有替代文本",
    title_en="Graphic or embedded file has no text alternative",
    who="使用读屏软件的盲人读到用代码画出的图表、地图或嵌入的文件时什么也听不到，数据和内容就此错过。",
    who_en="A blind person hears nothing of a chart or map drawn by code, or of an embedded file, and misses what it tells.",
    repair=(
        '请开发单位给图形加上 role="img" 和 aria-label，用一句话写明图形说的是什么；图表另附数据表格。',
        "嵌入的文件请加上 title，写明文件名称，并在旁边放一个下载链接。",
        '只起装饰作用的图形，加上 aria-hidden="true"。',
    ),
    repair_en=(
        'Ask the vendor to add role="img" and an aria-label that says what the graphic tells, and to give charts a table of their data.',
        "Give an embedded file a title with its name, and put a download link beside it.",
        'A graphic that is mere decoration should have aria-hidden="true".',
    ),
    verify="用读屏软件读到这里，能听出图形或文件的内容；装饰图形不被读出。",
    before='<embed src="/zhinan.pdf" type="application/pdf" width="600" height="400">',
    after='<embed src="/zhinan.pdf" type="application/pdf" width="600" height="400" title="残疾人证办理指南">',
    bad=(
        '<embed src="/a.svg" type="image/svg+xml" width="300" height="200">',
        '<embed src="/a.pdf" type="application/pdf" width="300" height="200">',
    ),
    unsure=(
        '<p>人口变化</p><canvas width="300" height="200"></canvas>',
        '<svg width="300" height="200"><path d="M0 0 L300 200" stroke="red"/></svg>',
    ),
    good=(
        '<a href="/x" aria-label="搜索"><svg width="100" height="90"><circle cx="9" cy="9" r="9"/></svg></a>',
        '<svg width="16" height="16"><circle cx="9" cy="9" r="9"/></svg>',
        '<canvas width="300" height="200" aria-label="2026年人口变化图"></canvas>',
        '<canvas width="300" height="200" aria-hidden="true"></canvas>',
        '<svg width="300" height="200"><circle role="graphics-symbol" aria-label="市区" cx="50" cy="50" r="40"/></svg>',
        '<svg width="300" height="200"><title>行政区划图</title><path d="M0 0 L300 200" stroke="red"/></svg>',
        '<canvas width="300" height="200"><p>一月 3 人，二月 5 人</p></canvas>',
        '<svg width="300" height="200"><text x="10" y="20">第一季度 3 人</text></svg>',
        '<embed src="/a.pdf" type="application/pdf" width="300" height="200" title="办理指南">',
        '<embed src="/a.swf" width="300" height="200">',
    ),
)
def graphic_without_name(document: Document) -> Iterator[Hit]:
    """An <embed> with nothing said is F65; a <canvas> or <svg> may be decoration, which only a person can judge."""
    found: list[Node] = []
    for node in document.elements("canvas", "svg", "embed"):
        if not node.visible or node.veiled or not _as_large(node, GRAPHIC) or node.get("role").lower() in ("none", "presentation"):
            continue
        if node.name or node.get("aria-label").strip():
            yield passed(node)
        elif node.inside(*CONTROLS) is not None or (node.tag == "svg" and node.inside("svg") is not None):
            continue
        elif node.tag == "embed":
            if node.get("type").startswith(("image/", "application/pdf", "text/")):
                yield failed(node, "嵌入的图形或文件没有名称，读屏软件读不出是什么；请加上 title 写明")
        elif not node.raw_text and not node.get("role") and not _wallpaper(node) and not _named_within(node):
            found.append(node)
    if found:
        more = f"，本页这样的图形共有 {len(found)} 个" if len(found) > 1 else ""
        yield unsure(found[0], f"这个图形（<{found[0].tag}>）没有替代文本{more}；请看它是不是图表、地图、二维码等有内容的图形")


def _as_large(node: Node, least: tuple[int, int]) -> bool:
    return node.box is not None and node.box.width >= least[0] and node.box.height >= least[1]


def _marked(image: Node) -> bool:
    """Whether the picture itself, not a part of the page around it, is marked as decoration."""
    if image.parent is not None and image.parent.veiled:
        return False
    marked = image.has("alt") and not image.get("alt").strip() and not image.get("title").strip()
    return marked or image.get("role").lower() in ("none", "presentation") or image.get("aria-hidden") == "true"


def _alone(image: Node) -> bool:
    """Whether it stands in the contents of the page, in no link or caption, with no text in its block."""
    for above in image.ancestors():
        if above.role in (*CONTROLS, *SURROUNDINGS) or above.tag in ("a", "figure", "header", "footer", "nav", "picture"):
            return above.tag == "picture" and not above.inside("link", "figure")
        if above.style("display") in ("block", "list-item", "table-cell", "flex"):
            return not above.text and not any(up.tag in ("a", "figure", "header", "footer", "nav") for up in above.ancestors())
    return False


def _named_within(node: Node) -> bool:
    """Whether parts of it have names of their own, or it has no parts to show, or it is the page itself."""
    drawn = node.tag != "svg" or any(one.tag not in ("defs", "metadata", "style", "symbol") for one in node.children)
    return node.parent is None or not drawn or any(one.exposed and one.name for one in node.descendants())


def _wallpaper(node: Node) -> bool:
    """Whether it lies behind the page as its background."""
    return node.style("position") == "fixed" or node.style("pointer-events") == "none" or node.style("z-index").startswith("-")
