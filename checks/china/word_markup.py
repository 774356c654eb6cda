"""What was pasted out of Word keeps Word's fixed letters and distances, and its headings and lists are only painted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, failed, passed, unsure
from checks.document import Document, Node

CLASS = re.compile(r"(?:^|\s)Mso[A-Z]\w*")
STYLE = re.compile(r"\bmso-[a-z-]{1,60}\s{0,5}:|font-family\s{0,5}:[^;]{0,120}(?:仿宋_GB2312|楷体_GB2312|方正小标宋)", re.IGNORECASE)
SYMBOLS = re.compile(r"(?:^|[\s,\"'])(?:wingdings(?: [23])?|webdings|symbol)(?:[\s,\"']|$)", re.IGNORECASE)
MANY = 3
PASTED = '<p class="MsoNormal" style="mso-pagination:widow-orphan;line-height:28pt;font-family:仿宋_GB2312;font-size:16pt">{}</p>'
LINES = ("一、补贴对象", "具有本市户籍、持有第二代残疾人证的居民。", "二、补贴标准", "每人每月一百二十元。")


@check(
    id="word-markup",
    impact=Impact.MINOR,
    title="正文带着从 Word 粘贴来的格式",
    title_en="Text carries the formats of the Word file it was pasted from",
    who="低视力者和有阅读障碍的人要换看得清的字体、拉开行距，写死的字号、字体和行距常常不跟着变；标题和列表只有样子，盲人跳不过去。",
    who_en="People with low vision or dyslexia set their own typeface and spacing, and fixed ones do not follow; headings and lists that "
        "are only painted do not exist for a screen reader.",
    repair=(
        "在后台编辑器里用“粘贴为纯文本”或“清除格式”，再用编辑器的标题、列表、表格样式重新排版。",
        "请开发单位让编辑器在粘贴时自动去掉 Mso 样式和固定的字体、字号、行距，由样式表统一规定。",
    ),
    repair_en=(
        "Paste as plain text or clear the formats, then use the editor's own styles for headings, lists and tables.",
        "Ask the vendor to strip Mso styles, typefaces, sizes and line heights on pasting and to leave them to the style sheet.",
    ),
    verify="查看正文的源代码，没有 MsoNormal 和 mso- 字样；换字体、加大行距后正文跟着变化。",
    before="".join(PASTED.format(line) for line in LINES),
    after=f"<h2>{LINES[0]}</h2><p>{LINES[1]}</p><h2>{LINES[2]}</h2><p>{LINES[3]}</p>",
    bad=(
        "".join(PASTED.format(line) for line in LINES),
        "".join(f'<p><span style="mso-bidi-font-size:16pt;font-family:仿宋_GB2312">{line}</span></p>' for line in LINES),
    ),
    good=(
        "".join(f"<p>{line}</p>" for line in LINES), PASTED.format("一处不算"),
        '<div style="display:none">' + "".join(PASTED.format(line) for line in LINES) + "</div>",
        "".join(f'<p style="font-family:SimSun">{line}</p>' for line in LINES),
    ),
)  # fmt: skip
def word_markup(document: Document) -> Iterator[Hit]:
    """Best practice: one word for each page, at the first of them."""
    found = [node for node in document.with_attribute("class", "style") if _pasted(node) and node.text and node.visible]
    if len(found) >= MANY:
        fixed = any("font" in node.get("style") or "line-height" in node.get("style") for node in found)
        what = "字体、字号、行距等" if fixed else "Word 的"
        yield failed(found[0], f"正文有 {len(found)} 处带着从 Word 粘贴来的格式，写有{what}样式；请清除格式后用编辑器的样式重排")
    elif document.body is not None and not found:
        yield passed(document.body)


@check(
    id="symbol-font-letter",
    criteria=("1.3.1",),
    impact=Impact.MODERATE,
    title="项目符号是用符号字体写的字母",
    title_en="Bullets are letters in a symbol font",
    who="使用读屏软件的盲人听到的不是圆点、方块，而是莫名其妙的“l”“n”“Ø”；没有这种字体的手机和国产系统上，大家看到的也是字母。",
    who_en="A blind person hears a stray “l” or “n” in place of a bullet; where the font is missing, everybody sees the letter.",
    repair=(
        "在后台编辑器中删去这些符号，把这几段设为“项目列表”。",
        "请开发单位让编辑器在粘贴时把 Wingdings、Symbol 等符号字体的字符换成列表。",
    ),
    repair_en=(
        "Delete these signs in the editor and make the paragraphs a list.",
        "Ask the vendor to turn characters in Wingdings or Symbol into lists on pasting.",
    ),
    verify="用读屏软件读到这里，听到的是列表和内容，没有多出的字母。",
    before='<p><span style="font-family:Wingdings">l</span> 身份证原件</p>',
    after="<ul><li>身份证原件</li></ul>",
    unsure=(
        '<p><span style="font-family:Wingdings">l</span> 身份证原件</p><p><span style="font-family:Wingdings">l</span> 户口簿</p>',
        "<p><font face='Wingdings 2'>n</font> 近期免冠照片两张</p>",
    ),
    good=(
        "<ul><li>身份证原件</li></ul>", '<p><span style="font-family:Wingdings" aria-hidden="true">l</span> 身份证原件</p>',
        '<p style="font-family:Arial">l 型角钢</p>', '<p style="display:none"><span style="font-family:Wingdings">l</span> 甲</p>',
    ),
)  # fmt: skip
def symbol_font_letter(document: Document) -> Iterator[Hit]:
    """What the source calls a sign is a letter to everything but its font. One report for each page."""
    found = [node for node in document.with_attribute("style", "face") if _symbol(node) and node.visible and not node.veiled]
    if found:
        more = f"，本页共有 {len(found)} 处" if len(found) > 1 else ""
        yield unsure(found[0], f"这个“{found[0].own_text}”用符号字体显示成图形，读屏软件会照字母来读{more}；请改用列表")


def _pasted(node: Node) -> bool:
    return bool(CLASS.search(node.get("class")) or STYLE.search(node.get("style")))


def _symbol(node: Node) -> bool:
    own = node.own_text
    return len(own) == 1 and own.isprintable() and not 0x3400 <= ord(own) <= 0x9FFF and bool(
        SYMBOLS.search(f"{node.get('face')} {node.style('font-family')}")
    )
