"""People with low vision cannot read text that melts into the picture behind it; axe leaves such text to a person, pixels often decide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, check, failed, passed, unsure
from checks.colour import Colour, contrast, over, parsed
from checks.document import Document, Node
from checks.probes.backgrounds import NAME

GRADIENT = "background: linear-gradient(90deg, {}, {}); padding: 8px; width: 400px"
SAYS = re.compile("[0-9\u3400-\u9fff]|[^\\W_]{2}")  # a lone letter, such as the X of a close button, may be a mere sign
READS = ("axe", "capture", NAME)

BAD = (
    f'<p style="color: #bbb; {GRADIENT.format("#fff", "#eee")}">残疾人证换领通知</p>',
    f'<p style="color: #111; {GRADIENT.format("#000", "#333")}">办事指南</p>',
)
UNSURE = (f'<p style="color: #444; {GRADIENT.format("#fff", "#000")}; width: 140px">残疾人证换领通知</p>',)
GOOD = (
    f'<p style="color: #000; {GRADIENT.format("#fff", "#eef")}">残疾人证换领通知</p>',
    f'<p style="color: #fff; {GRADIENT.format("#024", "#135")}">残疾人证换领通知</p>',
    '<p style="color: #777">没有图片的文字由另一个引擎判断</p>',
)


@check(id="color-contrast", bad=BAD, unsure=UNSURE, good=GOOD, reads=READS)
def contrast_by_pixels(document: Document) -> Iterator[Hit]:
    """1.4.3: 4.5:1, for large text 3:1. Failed where not even the most favourable point behind the text is enough."""
    return _measured(document, "color-contrast", 4.5, 3.0)


@check(id="color-contrast-enhanced", bad=BAD, good=(*GOOD, *UNSURE), reads=READS)
def enhanced_contrast_by_pixels(document: Document) -> Iterator[Hit]:
    """1.4.6: 7:1, for large text 4.5:1."""
    return _measured(document, "color-contrast-enhanced", 7.0, 4.5)


@check(
    id="color-contrast", bad=(), overrules=True, reads=READS,
    unsure=(), good=('<p style="color: #ccc">---===---</p>', '<p style="color: #ccc">———————</p>', '<p style="color: #000">办事指南</p>'),
)  # fmt: skip
def drawn_line(document: Document) -> Iterator[Hit]:
    """Characters that only draw a line say nothing in any language: they are no text (WCAG 2.2, definition «text»)."""
    return _drawn(document, "color-contrast")


@check(id="color-contrast-enhanced", overrules=True, reads=READS, good=('<p style="color: #ccc">---===---</p>',))
def drawn_line_enhanced(document: Document) -> Iterator[Hit]:
    """The same for 1.4.6."""
    return _drawn(document, "color-contrast-enhanced")


def _drawn(document: Document, rule: str) -> Iterator[Hit]:
    places = _places(document, rule, "failed")
    for node in document.nodes if places else ():
        if node.place in places and _says_nothing(node.text):
            yield passed(node)


def _places(document: Document, rule: str, outcome: str) -> set[str]:
    """Where axe says something under a rule: failed or incomplete."""
    told = document.facts.get("axe", {}).get("rules", {}).get(rule, {}).get(outcome, ())
    return {node["seen"]["place"] for node in told if node["seen"]}


def _says_nothing(text: str) -> bool:
    """At least six characters, next to none of them letters or digits."""
    return len(text) >= 6 and sum(map(str.isalnum, text)) <= len(text) / 10


def _measured(document: Document, rule: str, normal: float, large: float) -> Iterator[Hit]:
    """What pixels decide; where they do not, the doubt stands if axe has it too."""
    seen = document.facts.get(NAME) or {}
    undecided = _places(document, rule, "incomplete")
    for node in document.nodes if seen else ():
        if node.place not in seen:
            continue
        fore = parsed(node.style("color"))
        if fore is None or fore.alpha < 0.3 or node.style("text-shadow") not in ("none", "") or _translucent(node):
            continue
        least = large if _is_large(node) else normal
        dark, light = (Colour(*colour) for colour in seen[node.place])
        ratios = [contrast(over(fore, below), below) for below in (dark, light)]
        between = dark.luminance < fore.luminance < light.luminance
        least_ratio = 1.0 if between else min(ratios)
        ground = f"背景 {dark}" if dark == light else f"背景在 {dark} 与 {light} 之间"
        ratio = f"对比度 {max(ratios):.1f}:1" if dark == light else f"对比度最低 {least_ratio:.1f}:1、最高 {max(ratios):.1f}:1"
        told = f"文字 {fore}，{ground}，{ratio}"
        if max(ratios) < least and SAYS.search(node.text):
            yield failed(node, f"{told}，应不低于 {least:g}:1；请加深文字或在文字下面垫一层纯色")
        elif min(ratios) >= least and not between:
            yield passed(node)
        elif node.place in undecided:
            yield unsure(node, f"{told}，要求不低于 {least:g}:1；请看文字最难辨认的地方")


def _translucent(node: Node) -> bool:
    return any(one.style("opacity") not in ("1", "") for one in (node, *node.ancestors()))


def _is_large(node: Node) -> bool:
    """18 pt, or 14 pt bold (WCAG 2.2, definition «large scale»), in CSS px."""
    return node.font_size >= 24 or (node.font_size >= 18.66 and node.bold)
