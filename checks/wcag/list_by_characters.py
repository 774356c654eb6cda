"""A blind person hears «点», «杠» and numbers in front of lines, and neither that this is a list nor how long it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.check import Hit, Impact, check, passed, unsure
from checks.document import Document, Node, collapsed

BULLET = re.compile(r"^\s*[•·●○◆◇■□▪▲►➢➤✓√★☆※◎*–—-]\s*\S")
NUMBER = re.compile(r"^\s*(?:[（(]?(\d{1,2})(?:[）).．、](?!\d))|([①-⑳]))")
LEAST, LISTS_AT_MOST, ITEM_AT_MOST = 3, 3, 160


@check(
    id="list-by-characters",
    criteria=("1.3.1",),
    impact=Impact.MODERATE,
    title="用符号或数字排成的列表没有设为列表",
    title_en="List made of bullets or numbers typed by hand",
    who="使用读屏软件的盲人听不到“列表，共几项”，也不能按项跳读，办事材料清单容易漏听。",
    who_en="A blind person is not told that this is a list and of how many items, and may miss one of the papers required.",
    repair=(
        "在后台编辑器中选中这些行，删去手工输入的符号或数字，改用“项目符号”或“编号”按钮。",
        "由模板生成的，请开发单位改用 <ul>、<ol> 和 <li>，符号由样式表给出。",
    ),
    repair_en=(
        "Select the lines in the editor, delete the typed bullets or numbers and use the bullet or numbering button.",
        "Where a template makes them, ask the vendor for <ul> or <ol> with <li>; bullets come from the style sheet.",
    ),
    verify="用读屏软件读到这里，能听到“列表”和项数。",
    before="<p>• 身份证</p><p>• 户口簿</p><p>• 照片两张</p>",
    after="<ul><li>身份证</li><li>户口簿</li><li>照片两张</li></ul>",
    unsure=(
        "<p>1. 身份证</p><p>2. 户口簿</p><p>3. 照片两张</p>", "<div>所需材料：<br>1、身份证<br>2、户口簿<br>3、照片两张</div>",
        "<div><div>·<a href='/1'>通知一</a></div><div>·<a href='/2'>通知二</a></div><div>·<a href='/3'>通知三</a></div></div>",
    ),
    good=(
        "<ul><li>• 身份证</li><li>• 户口簿</li><li>• 照片</li></ul>", "<p>1. 身份证</p><p>2. 户口簿</p>",
        "<p>3.5万人</p><p>4.6万人</p><p>5.7万人</p>",
        "<p>-5℃</p><p>晴</p><p>多云</p>", "<p>2026-11-20</p><p>2026-11-21</p><p>2026-11-22</p>",
        "<p hidden>• 一</p><p hidden>• 二</p><p hidden>• 三</p>",
        "<ol><li>身份证</li><li>户口簿</li><li>照片</li></ol>", "<p>1. 一</p><p>5. 二</p><p>9. 三</p>",
    ),
)  # fmt: skip
def list_by_characters(document: Document) -> Iterator[Hit]:
    """H48 turned round: three and more lines in a row that begin with the same kind of bullet or with numbers that go on."""
    for marked in document.by_role("list"):
        if not marked.hidden:
            yield passed(marked)
    found = 0
    for node in document.nodes:
        if found >= LISTS_AT_MOST or node.tag in ("ul", "ol", "li", "table", "tr", "select", "pre", "code", "head", "html"):
            continue
        lines = _lines(node)
        run = _run(lines) if len(lines) >= LEAST else []
        if run and node.visible and not node.hidden and node.role not in ("list", "listitem"):
            found += 1
            yield unsure(node, f"“{run[0][:20]}”起连续{len(run)}行以符号或数字开头，看上去是列表；若是，请设为列表")


def _lines(node: Node) -> list[str]:
    """Its child blocks, or its own lines where <br> parts them."""
    if sum(child.tag == "br" for child in node.children) >= LEAST - 1:
        pieces, texts = [""], list(node.texts)
        for place, child in enumerate([*node.children, None]):
            while texts and texts[0][0] <= place:
                pieces[-1] += texts.pop(0)[1].shown
            if child is not None and child.tag == "br":
                pieces.append("")
            elif child is not None:
                pieces[-1] += child.text
        return [collapsed(piece) for piece in pieces if piece.strip()]
    blocks = [child for child in node.children if child.tag in ("p", "div", "span", "dd") and child.rendered]
    if sum(bool(_mark(_lead(child) + "…")) for child in blocks) < LEAST:
        return []
    return [child.text for child in blocks if child.style("display") not in ("inline", "none")] if len(blocks) >= LEAST else []


def _lead(node: Node) -> str:
    """The text that it begins with, as in the source."""
    at = node
    for _ in range(6):
        first = next((text.raw for place, text in at.texts if text.raw.strip() and place == 0), "")
        if first or not at.children:
            return first
        at = at.children[0]
    return ""


def _run(lines: list[str]) -> list[str]:
    """The longest run of short lines that go on as a list does, of at least three."""
    best: list[str] = []
    run: list[str] = []
    last = ""
    for line in lines:
        mark = _mark(line)
        follows = bool(run) and bool(mark) and (mark == last if not mark.isdigit() else last.isdigit() and int(mark) == int(last) + 1)
        starts = bool(mark) and (not mark.isdigit() or mark == "1") and len(line) <= ITEM_AT_MOST
        run = [*run, line] if follows and len(line) <= ITEM_AT_MOST else [line] if starts else []
        last = mark
        best = max(best, run, key=len)
    return best if len(best) >= LEAST else []


def _mark(line: str) -> str:
    if BULLET.match(line) and not re.match(r"\s*[-–—]\s*\d", line):
        return line.strip()[0]
    found = NUMBER.match(line)
    return "" if not found else found[1] or str(ord(found[2]) - ord("①") + 1)
