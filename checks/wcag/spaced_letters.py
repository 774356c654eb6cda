"""A blind person hears «biāo» «tí» as two words, and finds nothing when searching for «标题», as blanks were typed between the letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, unsure
from checks.document import Document, Node

HAN_APART = re.compile(r"^\s*([\u3400-\u9fff](?:[^\S\r\n]+[\u3400-\u9fff]){1,7})\s*[:：*]?\s*$")
LATIN_APART = re.compile(r"^\s*([A-Za-z](?:[ \u00a0]+[A-Za-z]){3,})\s*[:：]?\s*$")
CHOICES = frozenset(
    "日一二三四五六七八九十大中小男女是否有无上下左右东西南北前后内外年月周天时分秒省市县区乡镇村街甲乙丙丁"
    "春夏秋冬特优良差高低简繁开关收放"
)
TITLES = frozenset({"a", "th", "label", "legend", "button", "dt", "caption", "h1", "h2", "h3", "h4", "h5", "h6"})
SHORT = frozenset({"td", "strong", "b", "p"})
PLAIN = TITLES | SHORT | {"span", "div", "li", "font", "dd", "em"}
AT_MOST = 12


@check(
    id="spaced-letters",
    criteria=("1.3.2",),
    impact=Impact.MINOR,
    title="词语中间用空格隔开",
    title_en="Blanks typed between the letters of a word",
    who="使用读屏软件的盲人听到的是拆开的单字，在网页中查找这个词也找不到，点显器上还会多出空方。",
    who_en="A blind person hears single letters instead of a word, and cannot find it by searching.",
    repair=(
        "在后台编辑器中删去字与字之间的空格。",
        "为了排版对齐的，请开发单位用样式表的 letter-spacing（字间距）或 text-align-last: justify（两端对齐）代替空格。",
    ),
    repair_en=(
        "Delete the blanks between the letters in the editor.",
        "Where they serve the layout, ask the vendor for letter-spacing or text-align-last: justify in the style sheet instead.",
    ),
    verify="在网页中按 Ctrl+F 查找这个词，能找到。",
    before="<h2>通　知</h2>",
    after='<h2 style="letter-spacing: 1em">通知</h2>',
    bad=(
        "<table><tr><th>姓 名</th><td>张某某</td></tr></table>",
        "<h1>公&nbsp;&nbsp;告</h1>",
        '<a href="/x">联　系　我　们</a>',
        "<h1>W E L C O M E</h1>",
    ),
    unsure=("<p>张 三</p>", "<div>会 议 纪 要</div>"),
    good=(
        "<tr><td>日 一 二 三</td></tr>",
        "<h2>通知 公告</h2>",
        "<span>大 中 小</span>",
        "<p>是 否</p>",
        '<h2 style="letter-spacing:1em">通知</h2>',
        '<a href="/x" aria-label="联系我们">联 系 我 们</a>',
        "<p hidden>公 告</p>",
        "<p>A B C D E F</p>",
        "<h2>通\n知公告</h2>",
    ),
)  # fmt: skip
def spaced_letters(document: Document) -> Iterator[Hit]:
    """F32. Letters that may be choices of one kind (days, sizes) are left alone; short words outside of titles and labels are asked."""
    told = 0
    for node in document.nodes:
        if told >= AT_MOST or len(node.texts) != 1 or node.tag not in PLAIN or node.children:
            continue
        raw = node.texts[0][1].raw
        if len(raw) > 40:
            continue
        found = HAN_APART.match(raw) or LATIN_APART.match(raw)
        if not found or node.hidden or not node.visible:
            continue
        word = "".join(found[1].split())
        if set(word) <= CHOICES or _alphabetical(word) or _said(node, word):
            continue
        titled = node.tag in TITLES or node.inside("heading", "link")
        if not titled and len(word) < 3 and node.tag not in SHORT:
            continue
        told += 1
        if titled:
            yield failed(node, f"“{found[1].strip()}”的字之间加了空格，读屏软件会拆开来读；请写成“{word}”，间距由样式表设置")
        else:
            yield unsure(node, f"“{found[1].strip()}”的字之间有空格；若是一个词，请写成“{word}”")


def _alphabetical(word: str) -> bool:
    return word.isascii() and list(word.lower()) == sorted(word.lower())


def _said(node: Node, word: str) -> bool:
    """Whether assistive technology is told the whole word all the same."""
    owner = next((one for one in (node, *node.ancestors()) if one.tag in ("a", "button") or one.has("aria-label")), None)
    return owner is not None and word in owner.name
