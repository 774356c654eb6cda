"""A blind person hears a Chinese paragraph in an English voice, or an English one spelled by a Chinese voice, and understands neither."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node
from checks.languages import ENOUGH, guessed, known, named, verdict

PROOF = 20.0  #: Chinese characters, or fifty letters
LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’-][A-Za-z]+)*")
BINDING = re.compile(r"\b(?:the|of|and|to|in|is|are|for|with|that|on|by|will|has|have|from|be|as|which|or|this)\b", re.IGNORECASE)
HAN = re.compile("[\u3400-\u9fff]")
HAN_SENTENCE = re.compile("[\u3400-\u9fff，、；：《》“”（）]{8,}[。！？；，]")
CHINESE = "办理残疾人证请携带身份证和户口簿原件，行动不便的可以预约上门服务。"
ENGLISH = "You can apply for the card at any of our offices, and our staff will help you with the form."
CODE = ("code", "pre", "kbd", "samp", "script", "style", "textarea", "option", "noscript", "title", "address", "cite")


def _page(language: str, body: str) -> str:
    return f'<!DOCTYPE html><html lang="{language}"><head><title>Guide 指南</title></head><body>{body}</body></html>'


@check(
    id="part-language-mismatch",
    criteria=("3.1.2",),
    impact=Impact.MODERATE,
    title="一段文字的语言没有标对",
    title_en="Language of a passage is not marked rightly",
    who="使用读屏软件的盲人听到这一段时，读屏软件用另一种语言的语音去读，中文读成乱音，外文读成一串字母，听不懂内容。",
    who_en="A blind person hears this passage in the voice of another language: Chinese as noise, English letter by letter.",
    repair=(
        "这段文字在正文中的，可以在后台编辑器的源代码方式下修改，不熟悉的请转告开发单位。",
        '请开发单位在这段文字所在的元素上写明语言：英文写 lang="en"，简体中文写 lang="zh-CN"；写错的改正或删去。',
    ),
    repair_en=(
        "Where the passage stands in an article, change it in the source view of the editor, or pass it on to the vendor.",
        'Ask the vendor to name the language on the element: lang="en" for English, lang="zh-CN" for Chinese; correct wrong ones.',
    ),
    verify="用读屏软件读到这一段，语音随文字的语言切换。",
    before=f'<p lang="en">{CHINESE}</p>',
    after=f"<p>{CHINESE}</p>",
    bad=(
        f'<div lang="en"><p>{CHINESE}</p></div>', f'<p lang="zh">{ENGLISH}</p>',
        _page("en", f'<p>{ENGLISH}</p><section lang="ja"><p>{CHINESE}{CHINESE}</p></section>'),
    ),
    unsure=(
        f"<p>{CHINESE}</p><p>{ENGLISH}</p>", _page("en", f"<p>{ENGLISH}</p><p>{ENGLISH}</p><p>{CHINESE}</p>"),
        f'<p lang="en">{ENGLISH}</p><div lang="zh"><p>{CHINESE}</p><p>{ENGLISH}</p></div>',
    ),
    good=(
        f'<p lang="en">{ENGLISH}</p>', '<p>请安装 Microsoft Edge 或 Google Chrome 浏览器</p>', '<a href="/en" lang="zh">English</a>',
        _page("en", f'<p>{ENGLISH}</p><a href="/zh">中文版</a>'), _page("en", f'<p>{ENGLISH}</p><p lang="zh-CN">{CHINESE}</p>'),
        '<p>Copyright © 2026 Yunxun Municipal People’s Government. All rights reserved.</p>', f"<pre>{ENGLISH}</pre>",
        f'<p hidden lang="en">{CHINESE}</p>', f'<div lang="en"><p lang="zh-CN">{CHINESE}</p></div>',
    ),
)  # fmt: skip
def part_language(document: Document) -> Iterator[Hit]:
    """A lang attribute against the text that takes its language from it; then long passages without any, told once for a page."""
    texts, spoken = _texts(document)
    wrong: set[int] = set()
    for index, passages in texts.items():
        node = document.nodes[index]
        declared = (node.get("lang") or node.get("xml:lang")).strip()
        if not known(declared):
            continue
        told = verdict(declared, passages)
        if node.tag == "html":
            if told.against >= 0.5 or told.leaning:
                wrong.add(index)  # said of the whole page by page-language-mismatch
        elif told.weight >= PROOF and told.against >= 0.8:
            wrong.add(index)
            yield failed(node, f"这里标明的语言是“{declared}”，文字却是{named(told.language)}：“{_cut(passages)}”；请改正 lang 或删去")
        elif told.weight >= PROOF:
            yield passed(node)
    yield from _unmarked(document, spoken, wrong)


def _unmarked(document: Document, spoken: list[tuple[Node, int, str]], wrong: set[int]) -> Iterator[Hit]:
    """The first passage in another language than its surroundings, with how many more there are."""
    first: dict[str, Node] = {}
    more: dict[str, list[str]] = defaultdict(list)
    for node, source, text in spoken:
        if source in wrong or len(text) < 15:
            continue
        owner = document.nodes[source]
        declared = (owner.get("lang") or owner.get("xml:lang")).lower()
        other = _other(declared.split("-")[0], text)
        if other:
            first.setdefault(other, node)
            more[other].append(text)
    for other, node in first.items():
        count = f"等{len(more[other])}处" if len(more[other]) > 1 else ""
        yield unsure(node, f"“{_cut(more[other])}”{count}是{named(other)}，没有用 lang 标明语言")


def _other(declared: str, text: str) -> str:
    """The language of a passage that is clearly not the declared one; "" for names, terms and mixed text."""
    if declared == "zh":
        words = LATIN_WORD.findall(text)
        if len(words) < 10 or len(HAN.findall(text)) > 0.05 * len(text) or len(BINDING.findall(text)) < 3 or "©" in text:
            return ""
        language, certain = guessed(" ".join(words))
        return language if certain >= ENOUGH else ""
    if declared == "en":
        return "zh" if HAN_SENTENCE.search(text) and len(HAN.findall(text)) >= 0.6 * len(text) else ""
    return ""


def _texts(document: Document) -> tuple[dict[int, list[str]], list[tuple[Node, int, str]]]:
    """The text that assistive technology reads, by the element whose lang it takes; and each passage with its element and that one."""
    source: dict[int, int] = {}
    found: dict[int, list[str]] = defaultdict(list)
    passages: list[tuple[Node, int, str]] = []
    for node in document.nodes:
        own = node.has("lang") or node.has("xml:lang")
        border = node.parent is None or (node.scope.kind == "frame" and node is node.scope.root)
        above = -1 if border or node.parent is None else source[node.parent.index]
        source[node.index] = node.index if own else above
        if source[node.index] < 0 or not node.texts or node.tag in CODE:
            continue
        text = " ".join("".join(text.raw for _, text in node.texts).split())
        if text and not node.hidden:
            found[source[node.index]].append(text)
            passages.append((node, source[node.index], text))
    return found, passages


def _cut(passages: list[str]) -> str:
    text = max(passages[:5], key=len)
    return text if len(text) <= 40 else text[:40] + "…"
