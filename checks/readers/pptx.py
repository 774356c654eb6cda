"""What a presentation (PPTX) tells: its title, the titles of its slides, its pictures."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from checks.readers.package import BROKEN, Package, Pictures, described, elements, local, text_of, value
from checks.readers.told import Trouble, few, short

MOST_SLIDES = 300


def facts(body: bytes) -> dict[str, Any]:
    """The facts of a presentation. Raises Trouble where it cannot be opened."""
    package = Package(body)
    show = package.part("ppt/presentation.xml")
    if show is None:
        raise Trouble(BROKEN)
    relations = package.targets("ppt/presentation.xml")
    named = [relations.get(_relation(one), ("", ""))[1] for one in elements(show, "sldId")]
    pictures, titles = Pictures(), []
    count = characters = 0
    for number, part in enumerate(named[:MOST_SLIDES], 1):
        slide = package.part(part)
        if slide is None:
            continue
        count += 1
        characters += len(text_of(slide, "t").strip())
        titles.append((number, _title(slide), bool(text_of(slide, "t").strip())))
        _pictures(slide, number, pictures)
    told = [title for _, title, _ in titles if title]
    return {
        "title": package.title(), "slides": count, "characters": characters,
        "untitled": len(titles) - len(told), "slides_untitled": few(number for number, title, _ in titles if not title),
        "slides_same_title": few(sorted({title for title in told if told.count(title) > 1})),
        "figures": pictures.told(),
    }  # fmt: skip


def _relation(entry: etree._Element) -> str:
    """The id of the relation: <p:sldId> has an id of its own beside it, and only the namespace tells them apart."""
    return next((str(told) for key, told in entry.attrib.items() if "}" in str(key)), "")


def _title(slide: etree._Element) -> str:
    for shape in elements(slide, "sp"):
        place = next(elements(shape, "ph"), None)
        if place is not None and re.fullmatch("title|ctrTitle", value(place, "type") or ""):
            return short(text_of(shape, "t"))
    return ""


def _pictures(slide: etree._Element, number: int, pictures: Pictures) -> None:
    for shown in elements(slide, "pic", "graphicFrame"):
        if local(shown) == "graphicFrame" and next(elements(shown, "tbl"), None) is not None:
            continue
        properties = next(elements(shown, "cNvPr"), None)
        if properties is not None:
            words, decoration = described(properties)
            pictures.add(words, decoration=decoration, page=number)
