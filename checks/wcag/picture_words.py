"""Words that stand in a picture alone: who hears the page never learns them, and who enlarges it sees them blur."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node
from checks.notices import picture_notices
from checks.probes.picture_text import NAME, leads_away
from checks.reading import COVERS, DRAWN, LINES
from checks.wcag.plugin_content import plugin

HAN = re.compile("[\u3400-\u9fff]")
OTHER = re.compile(r"[\W_]+")
CODE = re.compile(
    r"验证码|captcha|check_?code|auth_?code|valid_?code|verif|kaptcha|rand_?code|二维码|扫一扫|扫码|qr[-_]?code|ewm|erwei", re.IGNORECASE
)
ESSENTIAL = re.compile(
    r"图表|示意图|流程图|架构图|地图|截图|统计图|证书|扫描|手写|书法|题字|签名|chart|graph|diagram|screenshot|map\b", re.IGNORECASE
)
LOGO = re.compile(r"logo|标志|标识|徽|商标|品牌|brand|emblem|sitename|site-name", re.IGNORECASE)
OFFICIAL = re.compile(r"党政机关|事业单位|政府网站找错|违法和不良信息|公安备案|公网安备|12377")  # badges that sites must show as they are
PORTAL = re.compile(r"政府|委员会|(?<!大)[局厅部院署办站网]$|联合会|门户|government|portal", re.IGNORECASE)
ADDRESS = re.compile(r"www\.|\.(?:cn|com|org)\b|\d{7}", re.IGNORECASE)
MARK = re.compile(r"\b[A-Z][A-Z0-9]+\b")
HOLIDAY = "春节期间照常办理业务"
TOP = 220  #: CSS px: what stands higher may be the title of the site
STRIP = 80  #: CSS px: what is not higher holds no room for a scene beside the words
FEW_LINES = 8  #: more make a table, a chart or a scanned paper, and these may be essential


def drawn(text: str, width: int = 240, *, size: int = 32, under: str = "") -> str:
    """The address of a picture of a text, for examples."""
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{size + 18}'>{under}"
    svg += f"<text x='10' y='{size + 4}' font-size='{size}'>{text}</text></svg>"
    return "data:image/svg+xml," + svg.replace("#", "%23")


RAINBOW = (
    "<defs><linearGradient id='g'><stop stop-color='#6ad'/><stop offset='.3' stop-color='#9e6'/><stop offset='.6' stop-color='#fc0'/>"
    "<stop offset='1' stop-color='#fad'/></linearGradient></defs><rect width='900' height='300' fill='url(#g)'/>"
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What was read in the picture of an element."""

    node: Node
    lines: tuple[str, ...]
    found: int  #: lines of text in it
    covers: float  #: share of its area under text
    plain: float  #: share of its five most common colours
    inked: float  #: how much of what is drawn lies in text

    @cached_property
    def words(self) -> str:
        """Its letters and digits, nothing else."""
        return letters("".join(self.lines))

    @property
    def said(self) -> str:
        """The words as a message quotes them."""
        text = " ".join(self.lines)
        return text if len(text) <= 40 else text[:40] + "…"

    @property
    def mainly_text(self) -> bool:
        """Whether text fills the picture, and next to nothing else is drawn in it."""
        return self.plain >= DRAWN and (self.covers >= 0.35 or (self.plain >= 0.75 and self.inked >= 0.75))

    @property
    def only_text(self) -> bool:
        """Whether it is nothing but text on a plain ground, or a button or strip of it; what was found like a line but not read is
        mostly an emblem."""
        box = self.node.box
        if self.found > len(self.lines):
            return False
        strip = box is not None and box.height <= STRIP and self.covers >= 0.35
        return self.plain >= DRAWN and (strip or (self.plain >= 0.75 and self.inked >= 0.75))

    @property
    def partly_text(self) -> bool:
        """Whether text is a good part of it: a poster or a banner."""
        return self.covers >= COVERS or self.mainly_text

    @property
    def readable(self) -> bool:
        """Whether there is more than an initial, a number or a slip of the model in it."""
        return len(HAN.findall(self.words)) >= 2 or sum(letter.isalpha() for letter in self.words) >= 4


@check(
    id="image-shows-text",
    reads=("capture", NAME),
    criteria=("1.4.5",),
    impact=Impact.MODERATE,
    title="图片里写着文字",
    title_en="Words are drawn in a picture",
    who="低视力者放大网页时，图片里的字变得模糊，也不能换成看得清的颜色和字体；翻译和朗读软件也认不出来。",
    who_en="When a person with low vision enlarges the page, words in a picture blur, and their colour and typeface cannot be changed.",
    repair=(
        "能用文字的地方直接写文字，大小、颜色和字体由网页样式决定。",
        "请开发单位把按钮、栏目标题和横幅上的字从图片中取出，图片只作背景。标志和书法作品可以保留。",
    ),
    repair_en=(
        "Write words as words; let the style of the page decide size, colour and typeface.",
        "Ask the vendor to take the words of buttons, headings and banners out of the pictures. Logos and calligraphy may stay.",
    ),
    verify="把网页放大到两倍，字仍然清楚；用鼠标能选中这些字。",
    before=f'<img alt="办事大厅" src="{drawn("办事大厅", 150)}">',
    after='<a href="/hall" style="background: #c00; color: white; font-size: 32px">办事大厅</a>',
    bad=(
        f'<img alt="Opening hours" src="{drawn("Opening hours")}">',
        f'<form><input type="image" alt="立即申请" src="{drawn("立即申请", 150)}"></form>',
        f'<div style="width: 300px; height: 50px; background-image: url(&quot;{drawn("政务公开专栏", 300)}&quot;)"></div>',
        '<canvas id="c" width="260" height="60" role="img" aria-label="惠民政策问答"></canvas><script>'
        'const c = document.getElementById("c").getContext("2d"); c.fillStyle = "#fff"; c.fillRect(0, 0, 260, 60); c.fillStyle = "#900";'
        'c.font = "36px sans-serif"; c.fillText("惠民政策问答", 12, 44);</script>',
    ),
    unsure=(f'<img alt="全国助残日" src="{drawn("全国助残日", 400, size=60, under=RAINBOW)}" width="400" height="200">',),
    good=(
        '<img src="/photo.jpg" alt="市民在政务大厅办事">',
        f'<img alt="云浔市残联标志" src="{drawn("云浔市残联")}">',
        f'<form><input type="image" alt="放大文字" src="{drawn("A", 50)}"></form>',
        f'<img id="captcha" alt="验证码" src="{drawn("KXWPQ", 130)}">',
        f'<a href="https://www.example.cn/"><img alt="云浔日报" src="{drawn("云浔日报")}"></a>',
        '<svg width="300" height="60" role="img" aria-label="政务公开专栏"><text x="10" y="44" font-size="36">政务公开专栏</text></svg>',
        '<div style="width: 300px; height: 60px; font-size: 36px; background-image: url(/b.png)">政务公开专栏</div>',
        f'<img hidden alt="Opening hours" src="{drawn("Opening hours")}">',
        '<embed src="/a.swf" width="300" height="90">',
    ),
)
def image_shows_text(document: Document) -> Iterator[Hit]:
    """1.4.5 by reading: fails where text is nearly all that a picture shows; one question for all pictures that show more beside it."""
    doubtful: list[Reading] = []
    for reading in readings(document):
        if not reading.readable or _exempt(reading):
            continue
        if reading.only_text and reading.found <= FEW_LINES and not _essential(reading):
            yield failed(reading.node, f"图片里写着“{reading.said}”，几乎没有别的内容；请改用真正的文字，样式由网页设定")
        elif reading.partly_text:
            doubtful.append(reading)
    if doubtful:
        more = f"，本页这样的图片有 {len(doubtful)} 张" if len(doubtful) > 1 else ""
        yield unsure(doubtful[0].node, f"图片里写着“{doubtful[0].said}”，还画有别的内容{more}；请看这些字能不能改用真正的文字")


@check(
    id="image-text-in-alt",
    reads=("capture", NAME),
    criteria=("1.1.1",),
    impact=Impact.SERIOUS,
    title="图片里的文字没有写进替代文本",
    title_en="The words in a picture are missing from its text alternative",
    who="使用读屏软件的盲人听不到图片里写的字，通知、标语和按钮的名称就这样漏掉了，或者听到的与图片上写的不是一回事。",
    who_en="A blind person never hears the words that are written in the picture, or hears something else in their place.",
    repair=(
        "在后台编辑器中把图片里的文字写进替代文本；字多的，在图片旁边用正文写出，替代文本写一句概括。",
        "由模板输出的图片，请开发单位补上 alt；用作背景的，请把文字改为真正的文字。",
    ),
    repair_en=(
        "Write the words of the picture into its text alternative; where they are many, set them beside the picture as text.",
        "Ask the vendor to fill in the alt of pictures that the template puts out, and to write words in backgrounds as text.",
    ),
    verify="遮住图片，只听替代文本和旁边的文字，能知道图片里写的内容。",
    before=f'<img alt="" src="{drawn(HOLIDAY, 360)}">',
    after=f'<img alt="{HOLIDAY}" src="{drawn(HOLIDAY, 360)}">',
    bad=(
        f'<img alt="ERCIM logo" src="{drawn("W3C", 100)}">',
        f'<img alt="工作动态配图" src="{drawn(HOLIDAY, 360)}">',
        f'<img role="presentation" src="{drawn("Closed on Monday", 280)}">',
    ),
    unsure=(
        f'<img alt="进入" src="{drawn("登录", 90)}">',
        f'<img alt="春节配图" src="{drawn(HOLIDAY, 360)}">',
    ),
    good=(
        f'<img alt="春节期间，照常办理业务" src="{drawn(HOLIDAY, 360)}">',
        f'<p>春节期间，我中心照常办理业务。</p><img alt="" src="{drawn(HOLIDAY, 360)}">',
        f'<img alt="W3C logo" src="{drawn("W3C", 100)}">',
        f'<a href="/s" aria-label="网上信访"><img alt="" src="{drawn("网上信访", 150)}"></a>',
        f'<a href="/s"><img alt="" src="{drawn("网上信访", 150)}">网上信访</a>',
        f'<img alt="欢迎" src="{drawn("Welcome", 150)}">',
        '<img src="/photo.jpg" alt="市民在政务大厅办事">',
    ),
)
def image_text_in_alt(document: Document) -> Iterator[Hit]:
    """1.1.1 by reading: fails where a picture is text and nothing of it is in the alternative, in its link, or anywhere on the page."""
    notices = {notice.image.index for notice in picture_notices(document)}
    for reading in readings(document):
        if reading.node.index in notices and reading.found > LINES:
            continue  # of whole notices, `notice-picture` speaks
        if CODE.search(_labels(reading.node)) or OFFICIAL.search(reading.words) or len(reading.words) < 2:
            continue
        name = letters(reading.node.name if reading.node.exposed else "")
        if any(letter.isalpha() for letter in name):
            yield from _named(reading, name)
        elif not (reading.node.tag in ("img", "input") and _nameless(reading.node)) and reading.readable:
            yield from _silent(reading)


def readings(document: Document) -> Iterator[Reading]:
    """What was read in the pictures of a page, in document order."""
    told: Mapping[str, Any] = document.facts.get(NAME) or {}
    for node in document.nodes if told else ():
        if told.get(node.place) and node.visible and not (node.tag in ("object", "embed") and plugin(node)):  # that text is Chromium's
            one = told[node.place]
            yield Reading(
                node=node, lines=tuple(line[0] for line in one["lines"]), found=one["found"], covers=one["covers"], plain=one["plain"],
                inked=one["inked"],
            )  # fmt: skip


def letters(text: str) -> str:
    """The letters and digits of a text, of full and half width alike, in small letters."""
    return OTHER.sub("", unicodedata.normalize("NFKC", text).lower())


def shared(words: str, name: str) -> float:
    """How much of the words stands in a name, 0 to 1; slips of the model are forgiven."""
    if not words or words in name:
        return 1.0
    if _chinese(words):
        pairs = Counter(words[at : at + 2] for at in range(len(words) - 1))
        return sum(count for pair, count in pairs.items() if pair in name) / max(1, sum(pairs.values()))
    blocks = difflib.SequenceMatcher(None, words, name, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= min(3, max(2, len(words) - 1))) / len(words)


# ------------------------------------------------------------------------------------------------ inside


def _named(reading: Reading, name: str) -> Iterator[Hit]:
    node, words = reading.node, reading.words
    part = max(shared(words, name), shared(name, words))
    if _chinese(words) is not _chinese(name) or not reading.mainly_text:
        return
    if part >= 0.5:
        yield passed(node)
    elif part == 0 and reading.found <= LINES and (_other_mark(reading) or (_much(reading) and not _beside(reading))):
        yield failed(node, f"图片里写着“{reading.said}”，替代文本却是“{_short(node.name)}”；请把图片里的文字写进替代文本")
    elif reading.readable and not _beside(reading):
        yield unsure(node, f"图片里写着“{reading.said}”，替代文本是“{_short(node.name)}”；请看意思是否相同，漏掉的文字请补上")


def _chinese(words: str) -> bool:
    """Whether most of it is Chinese: names in another language may well say the same."""
    return 2 * len(HAN.findall(words)) > len(words)


def _silent(reading: Reading) -> Iterator[Hit]:
    node = reading.node
    if not reading.partly_text or leads_away(node):
        return
    if _beside(reading):
        yield passed(node)
    elif reading.mainly_text and len(reading.words) >= 4:
        how = f"替代文本只有“{_short(node.name)}”" if node.name and node.exposed else "读屏软件读不到"
        yield failed(node, f"图片里写着“{reading.said}”，{how}，本页别处也没有这些文字；请写进替代文本或改用真正的文字")
    elif reading.covers >= 0.15:
        yield unsure(node, f"图片里写着“{reading.said}”，读屏软件读不到，本页别处也没有这些文字；请看是不是要让人读到的内容")


def _much(reading: Reading) -> bool:
    """Whether it says a sentence or a title, which no other words can stand for."""
    return len(reading.words) >= (8 if _chinese(reading.words) else 12)


def _nameless(node: Node) -> bool:
    """Whether a name is missing altogether: that is found by other rules."""
    return node.exposed and not node.has("alt")


def _other_mark(reading: Reading) -> bool:
    """Whether picture and name are two different abbreviations, as «W3C» and «ERCIM logo»."""
    shown = [mark for line in reading.lines for mark in MARK.findall(line) if len(mark) >= 3]
    named = [mark for mark in MARK.findall(reading.node.name) if len(mark) >= 3]
    return bool(shown and named) and not any(shared(mark.lower(), letters(reading.node.name)) for mark in shown)


def _beside(reading: Reading) -> bool:
    """Whether the words stand on the page as text, or in the name of the link that holds the picture."""
    holder = reading.node.inside("a", "button", "link")
    spoken = letters(holder.name) if holder else ""
    if spoken and max(shared(reading.words, spoken), shared(spoken, reading.words)) >= 0.5:
        return True
    body = reading.node.document.body
    text = letters((body.text if body else "") + reading.node.document.title)
    known = [shared(letters(line), text) for line in reading.lines if len(letters(line)) >= 2 and not ADDRESS.search(line)]
    return not known or sum(known) / len(known) >= 0.6


def _exempt(reading: Reading) -> bool:
    """Logos, the title of the site, codes, prescribed badges: WCAG lets them be pictures."""
    node, labels = reading.node, _labels(reading.node)
    if CODE.search(labels) or LOGO.search(labels) or OFFICIAL.search(reading.words) or leads_away(node):
        return True
    box = node.box
    title = letters(node.document.title)
    at_top = box is not None and box.y < TOP
    return at_top and (any(PORTAL.search(line) for line in reading.lines) or any(letters(line) in title for line in reading.lines))


def _essential(reading: Reading) -> bool:
    return bool(ESSENTIAL.search(_labels(reading.node)))


def _labels(node: Node) -> str:
    """All that is written about it: name, file, id and class, those of its link and holder too."""
    parts = [node.name, node.get("title")]
    parts += [address[:300] for address in (node.get("src"), node.style("background-image")) if "data:" not in address[:20]]
    for one in (node, *list(node.ancestors())[:2]):
        parts += [one.get("id"), one.get("class"), one.get("alt")]
    return " ".join(parts)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
