"""A person with dyslexia or low vision widens lines and letters with a style of their own; an !important in the page forbids it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed
from checks.document import Document, Node, number

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARED = re.compile(r"(?:^|;)\s*(line-height|letter-spacing|word-spacing)\s*:\s*([^;]*?)\s*!\s*important\s*(?=;|$)", re.IGNORECASE)
LEFT_OPEN = frozenset({"inherit", "unset", "revert", "revert-layer"})
LEAST = {"line-height": 1.5, "letter-spacing": 0.12, "word-spacing": 0.16}
WORDS = {"line-height": "行高", "letter-spacing": "字间距", "word-spacing": "词间距"}
SENTENCE = "行动不便的居民可以预约上门办理残疾人证，请提前三个工作日拨打电话登记，工作人员会与您约定时间。"
ENGLISH = "People who cannot come may ask for a visit at home. Please call three working days ahead."


@check(
    id="avoid-inline-spacing",
    bad=(
        f'<p style="line-height: 1em !important; width: 200px">{SENTENCE}</p>',
        f'<p style="width:200px;line-height:normal!important">{ENGLISH}</p>',
        f'<p style="letter-spacing: 0.05em !important">{SENTENCE}</p>',
        f'<p lang="en" style="word-spacing: 0.1em ! important;">{ENGLISH}</p>',
        f'<div style="font-size:20px; line-height: 24px !important; width:200px"><p>{SENTENCE}</p></div>',
    ),
    good=(
        f'<p style="line-height: 1.5 !important; width: 200px">{SENTENCE}</p>', f'<p style="line-height: 1em; width: 200px">{SENTENCE}</p>',
        '<p style="line-height: 1em !important">行动不便的居民可以预约</p>', f'<p style="letter-spacing: .12em !important">{SENTENCE}</p>',
        f'<p style="word-spacing: 0 !important">{SENTENCE}</p>',
        f'<p style="line-height:1em!important;line-height:2em!important;width:200px">{SENTENCE}</p>',
        f'<p style="line-height: 1.2"><span style="display:block;width:200px;line-height:inherit !important">{SENTENCE}</span></p>',
        f'<p style="line-height: 1em !important; width: 200px; position: absolute; top: -999em">{SENTENCE}</p>',
        f'<div style="font-size:16px;line-height:15px!important"><p style="font-size:10px;width:200px">{SENTENCE}</p></div>',
        '<p style="width:300px"><b style="line-height:1 !important">单行</b></p>',
    ),
)  # fmt: skip
def inline_spacing(document: Document) -> Iterator[Hit]:
    """1.4.12 as ACT 78fd32, 24afc2 and 9e45ec read it: the computed value of what a style attribute declares as important."""
    for node in document.with_attribute("style"):
        style = node.get("style")
        if "important" not in style.lower() or node.layout is None:
            continue
        declared = {found[1].lower(): found[2].lower() for found in DECLARED.finditer(COMMENT.sub("", style))}
        told = [word for name, value in declared.items() if value not in LEFT_OPEN for word in _narrow(node, name)]
        if told:
            yield failed(node, f"样式写死了{'、'.join(told)}（!important），读者无法自行加宽；请去掉 !important")
        elif any(value not in LEFT_OPEN for value in declared.values()) and "word-spacing" not in declared:
            yield passed(node)  # whether Chinese needs word spacing is left to axe's word


def _narrow(node: Node, name: str) -> Iterator[str]:
    """What is too narrow in the text that has the value, its own or inherited, as a phrase."""
    value = node.style(name)
    for one in (node, *node.descendants()):
        if one.style(name) != value and not _same_ratio(one, node, name):
            continue
        if not one.texts or not one.visible or not one.own_text:
            continue
        if name == "line-height" and not _wraps(one):
            continue
        if name == "word-spacing" and not re.search(r"[A-Za-z\u00c0-\u024f]\s+[A-Za-z\u00c0-\u024f]", one.own_text):
            continue
        ratio = number(one.style(name), 0.0) / (one.font_size or 16)
        if ratio < LEAST[name] - 0.005:
            told = "默认值" if value == "normal" else f"字号的{round(ratio, 2):g}倍"
            yield f"{WORDS[name]}（{told}，至少应为{LEAST[name]:g}倍）"
            return


def _same_ratio(one: Node, other: Node, name: str) -> bool:
    if name != "line-height" or not one.font_size or not other.font_size or "normal" in (one.style(name), other.style(name)):
        return False
    return abs(number(one.style(name), 0) / one.font_size - number(other.style(name), 0) / other.font_size) < 0.01


def _wraps(node: Node) -> bool:
    """Whether one of its text nodes breaks onto a second line."""
    tops = [[box.y for box in text.boxes] for _, text in node.texts if text.boxes]
    return any(max(rows) - min(rows) > 0.4 * node.font_size for rows in tops)
