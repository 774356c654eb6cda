"""What an OFD document (GB/T 33190-2016) tells: its title, whether its pages hold text, its outline and its custom tags.

The format defines neither alternatives for pictures nor a language in the parts that are read here, so nothing is said of them.
"""

from __future__ import annotations

import posixpath
from contextlib import suppress
from typing import Any

from lxml import etree

from checks.readers.package import BROKEN, Package, child, elements
from checks.readers.told import Trouble, few, short

FEW = 10  # characters that make no text of a page
COVERED = 0.8  # of a page, by pictures
MOST_PAGES = 60
"""Pages whose content is read."""


def facts(body: bytes) -> dict[str, Any]:
    """The facts of an OFD document. Raises Trouble where it cannot be opened."""
    package = Package(body)
    head = package.part("OFD.xml")
    main = child(head, "DocBody")
    place = _path("", _text(child(main, "DocRoot")))
    root = package.part(place) if place else None
    if root is None:
        raise Trouble(BROKEN)
    folder = posixpath.dirname(place)
    pages = [_path(folder, one.get("BaseLoc", "")) for one in elements(root, "Page")]
    area = _box(_text(child(root, "CommonData", "PageArea", "PhysicalBox")))
    templates = {one.get("ID", ""): _path(folder, one.get("BaseLoc", "")) for one in elements(root, "TemplatePage")}
    scanned, characters, looked_at, silent = [], 0, 0, 0
    for number, page in enumerate(pages[:MOST_PAGES], 1):
        content = package.part(page)
        if content is None:
            continue
        looked_at += 1
        words = _words(content)
        for one in list(elements(content, "Template"))[:5]:
            below = package.part(templates.get(one.get("TemplateID", ""), ""))
            words += 0 if below is None else _words(below)
        boxes = [_box(one.get("Boundary", "")) for one in elements(content, "ImageObject")]
        characters += words
        silent += bool(boxes) and not words
        page_area = _box(_text(child(content, "Area", "PhysicalBox"))) or area
        if page_area and words < FEW and sum(_covered(box, page_area) for box in boxes) > COVERED:
            scanned.append(number)
    tags = _path(folder, _text(child(root, "CustomTags")))
    return {
        "title": short(_text(child(main, "DocInfo", "Title"))),
        "pages": len(pages), "looked_at": looked_at, "scanned": len(scanned), "scanned_pages": few(scanned), "characters": characters,
        "picture_pages": silent,
        "bookmarks": sum(1 for _ in elements(root, "OutlineElem")),
        "custom_tags": bool(tags) and tags in package.names,
        "permissions": child(root, "Permissions") is not None,
        "signed": child(main, "Signatures") is not None,
    }  # fmt: skip


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _words(content: etree._Element) -> int:
    return sum(len(_text(one)) for one in elements(content, "TextCode"))


def _box(told: str) -> tuple[float, float, float, float] | None:
    """Left, top, width and height as the format writes them; None where they are not told, or are nothing."""
    with suppress(ValueError):
        left, top, width, height = (float(one) for one in told.split())
        if width > 0 and height > 0:
            return left, top, width, height
    return None


def _covered(box: tuple[float, float, float, float] | None, page: tuple[float, float, float, float]) -> float:
    """The share of a page that a box covers. Where a box stands is told from the corner of the page."""
    if box is None:
        return 0.0
    left, top, width, height = box
    wide = max(0.0, min(left + width, page[2]) - max(left, 0.0))
    high = max(0.0, min(top + height, page[3]) - max(top, 0.0))
    return wide * high / (page[2] * page[3])


def _path(folder: str, place: str) -> str:
    """The name of the entry that a location means, seen from the folder of the file it stands in; "" for none."""
    if not place:
        return ""
    return place.lstrip("/") if place.startswith("/") else posixpath.normpath(posixpath.join(folder, place))
