"""«一、总体要求» in a text of ten pages is a heading to the eye, whatever it looks like; by headings nobody can jump to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, unsure
from checks.document import Document, Node

NUMBERS = "一二三四五六七八九十"
NUMBERED = re.compile(r"^(?:([一二三四五六七八九十])[、．.]|第([一二三四五六七八九十])[章节部])\s*\S")
SENTENCE_END = re.compile(r"[。；，、;,.…：:]$")
TEXT = "各县区残联要按照本方案的要求，结合当地实际，制定实施细则，明确责任单位和完成时限，定期报送进展。" * 2
SHORT, LONG = 30, 60  #: characters of a heading at most, and of what has to follow it


def _text(number: str, name: str) -> str:
    return f"<p>{number}、{name}</p><p>{TEXT}</p>"


@check(
    id="numbered-heading",
    criteria=("1.3.1",),
    impact=Impact.MODERATE,
    title="按序号排列的小标题没有设为标题",
    title_en="Numbered headings are not marked as headings",
    who="使用读屏软件的盲人打开一份长文件，只能从头听到尾，不能按“一、二、三”在各部分之间跳转。",
    who_en="A blind person who opens a long document must listen from the beginning and cannot jump between its numbered parts.",
    repair=(
        "在后台编辑器中把“一、”“二、”这样的行设为“标题2”，下一层“（一）”设为“标题3”，字体字号可以不变。",
        "请开发单位让编辑器在粘贴公文时自动识别序号，设为标题。",
    ),
    repair_en=(
        "In the editor, give the numbered lines the style “Heading 2”, the next level “Heading 3”; they may look as before.",
        "Ask the vendor to let the editor recognise the numbering of official documents on pasting.",
    ),
    verify="用读屏软件按 H 键，能在“一、”“二、”“三、”之间跳转。",
    before=_text("一", "总体要求") + _text("二", "重点任务"),
    after=f"<h2>一、总体要求</h2><p>{TEXT}</p><h2>二、重点任务</h2><p>{TEXT}</p>",
    unsure=(
        _text("一", "总体要求") + _text("二", "重点任务") + _text("三", "保障措施"),
        "<h1>实施方案</h1>" + _text("一", "补贴对象").replace("<p>一", '<p class="MsoNormal">一') + _text("二", "补贴标准"),
    ),
    good=(
        "<p>一、总体要求</p><p>二、重点任务</p><p>三、保障措施</p>",
        _text("一", "总体要求") + "<p>短文</p>",
        (_text("一", "总体要求") + _text("二", "重点任务")).replace("<p>一、总体要求</p>", "<h2>一、总体要求</h2>").replace(
            "<p>二、重点任务</p>", "<h2>二、重点任务</h2>"),
        "<ol><li>一、总体要求</li><li>二、重点任务</li></ol>",
        _text("一", "各县区要加强领导。") + _text("二", "各单位要落实责任。"),
    ),
)  # fmt: skip
def numbered_headings(document: Document) -> Iterator[Hit]:
    """1.3.1 (F2): short lines numbered in turn, each before a longer text. Larger or bold ones are told by `visual-heading`."""
    expected, found = 0, list[Node]()
    for node in document.elements("p", "div"):
        which = _heading(node)
        if which == 0 or (which is not None and which == expected):
            found = [node] if which == 0 else [*found, node]
            expected = which + 1
    if len(found) >= 2:
        yield unsure(found[0], f"“{found[0].text[:30]}”等 {len(found)} 行按序号排列，看上去是小标题；若是，请设为标题")


def _heading(node: Node) -> int | None:
    """The number of a line that looks like a heading, from 0; None for all others."""
    alone = any(one.shown.strip() for _, one in node.texts) or len(node.children) == 1
    text = node.text if alone and node.visible else ""
    match = NUMBERED.match(text) if 4 <= len(text) <= SHORT and not SENTENCE_END.search(text) else None
    inner = list(node.descendants())
    if match is None or node.hidden or node.role == "heading" or node.bold or any(one.bold for one in inner if one.text):
        return None
    if node.inside("heading", "a", "li", "td", "th", "nav", "button") is not None or any(one.role == "heading" for one in inner):
        return None
    after = node.next
    if after is None or after.tag in ("ul", "ol", "table") or len(after.text) < LONG or after.font_size != node.font_size:
        return None
    return NUMBERS.index(match[1] or match[2])
