"""What a Word document (DOCX) tells: its title, language, headings, pictures, tables and links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from checks.readers.package import BROKEN, Package, Pictures, child, described, elements, local, on, text_of, value
from checks.readers.told import Trouble, few, short

MOST_PARAGRAPHS = 20_000
LONGEST_HEADING = 40
NUMBERED = re.compile(r"\s*(?:第[一二三四五六七八九十百]+[章节编]|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)")
HEAVY = re.compile(r"黑体|小标宋|SimHei|楷体|KaiTi", re.IGNORECASE)
"""Typefaces that GB/T 9704 sets headings in."""

ADDRESS = re.compile(r"\s*(?:https?://|www\.)\S+\s*", re.IGNORECASE)
HAN = re.compile("[\u3400-\u9fff]")


def facts(body: bytes) -> dict[str, Any]:
    """The facts of a Word document. Raises Trouble where it cannot be opened."""
    package = Package(body)
    root = package.part("word/document.xml")
    text = child(root, "body")
    if text is None:
        raise Trouble(BROKEN)
    styles = package.part("word/styles.xml")
    words = text_of(text, "t")
    return {
        "title": package.title(),
        "language": _language(styles),
        "characters": len(words), "han": len(HAN.findall(words)),
        **_headings(text, {} if styles is None else _levels(styles)),
        "figures": _pictures(text),
        "tables": _tables(text),
        "links": _links(text),
    }  # fmt: skip


def _language(styles: etree._Element | None) -> str:
    found = child(styles, "docDefaults", "rPrDefault", "rPr", "lang")
    return short(value(found, "eastAsia") or value(found, "val") or "")


# ------------------------------------------------------------------------------------------------ headings


def _levels(styles: etree._Element) -> Mapping[str, int]:
    """Style -> level of the heading that it makes; styles that make none are not in it."""
    own: dict[str, int] = {}
    above: dict[str, str] = {}
    for style in elements(styles, "style"):
        id = value(style, "styleId") or ""
        level = value(child(style, "pPr", "outlineLvl")) or ""
        name = (value(child(style, "name")) or "").lower().strip()
        found = re.fullmatch(r"(?:heading|标题)\s*([1-9])", name)
        if found:
            own[id] = int(found[1])
        elif level.isdecimal() and int(level) < 9:
            own[id] = int(level) + 1
        elif name in ("title", "标题"):
            own[id] = 1
        above[id] = value(child(style, "basedOn")) or ""
    for id in above:
        parent = above[id]
        for _ in range(10):
            if id in own or not parent:
                break
            if parent in own:
                own[id] = own[parent]
            parent = above.get(parent, "")
    return own


def _headings(text: etree._Element, levels: Mapping[str, int]) -> dict[str, Any]:
    real: list[int] = []
    looks: list[str] = []
    for number, paragraph in enumerate(elements(text, "p")):
        if number >= MOST_PARAGRAPHS:
            break
        words = text_of(paragraph, "t").strip()
        if not words:
            continue
        own = value(child(paragraph, "pPr", "outlineLvl")) or ""
        style = value(child(paragraph, "pPr", "pStyle")) or ""
        level = int(own) + 1 if own.isdecimal() and int(own) < 9 else 0 if own == "9" else levels.get(style, 0)
        if level:
            real.append(level)
        elif _stands_out(paragraph, words):
            looks.append(words)
    numbered = sum(bool(NUMBERED.match(words)) for words in looks)
    return {
        "headings": real[:500],
        "heading_looks": {"count": len(looks), "numbered": numbered, "texts": few(short(words) for words in looks)},
    }


def _stands_out(paragraph: etree._Element, words: str) -> bool:
    """Whether a short paragraph outside of tables is set in bold, or numbered and in a typeface of headings."""
    if (
        len(words) > LONGEST_HEADING
        or words[-1] in "。；，：,;"
        or any(local(above) in ("tc", "txbxContent") for above in paragraph.iterancestors())
    ):
        return False
    runs = [run for run in elements(paragraph, "r") if text_of(run, "t").strip()]
    bold = all(on(child(run, "rPr", "b")) for run in runs)
    heavy = all(HEAVY.search(value(child(run, "rPr", "rFonts"), "eastAsia") or "") for run in runs)
    return bool(runs) and (bold or (heavy and bool(NUMBERED.match(words))))


# ------------------------------------------------------------------------------------------------ pictures, tables, links


def _pictures(text: etree._Element) -> dict[str, Any]:
    found = Pictures()
    for drawing in elements(text, "drawing"):
        shown = next(elements(drawing, "pic", "chart", "relIds"), None)
        properties = next(elements(drawing, "docPr"), None)
        if shown is not None and properties is not None:
            words, decoration = described(properties)
            found.add(words, decoration=decoration)
    for shape in elements(text, "imagedata"):
        above = shape.getparent()
        found.add(short(value(above, "alt") or "") if above is not None else "")
    return found.told()


def _tables(text: etree._Element) -> dict[str, Any]:
    count = without = merged = 0
    for table in elements(text, "tbl"):
        rows = [row for row in table if local(row) == "tr"]
        widest = max((sum(local(cell) == "tc" for cell in row) for row in rows), default=0)
        if len(rows) < 2 or widest < 2:
            continue
        count += 1
        without += not any(on(child(row, "trPr", "tblHeader")) for row in rows)
        cells = [child(cell, "tcPr") for row in rows for cell in row if local(cell) == "tc"]
        merged += any(child(cell, "vMerge") is not None or (value(child(cell, "gridSpan")) or "1") != "1" for cell in cells)
    return {"count": count, "without_header": without, "merged": merged}


def _links(text: etree._Element) -> dict[str, Any]:
    told = [text_of(link, "t").strip() for link in elements(text, "hyperlink")]
    addresses = [words for words in told if ADDRESS.fullmatch(words) and len(words) > 30]
    return {"count": len(told), "addresses": few(short(words) for words in addresses)}
