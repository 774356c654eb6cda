"""What an OFD document (GB/T 33190-2016) tells: its title, whether its pages hold text, its outline and its custom tags.

The format defines neither alternatives for pictures nor a language in the parts that are read here, so nothing is said of them.
"""

from __future__ import annotations

import posixpath
from typing import Any

from lxml import etree

from checks.readers.package import BROKEN, Package, child, elements
from checks.readers.told import Trouble, few, short

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
    scanned, characters, looked_at = [], 0, 0
    for number, page in enumerate(pages[:MOST_PAGES], 1):
        content = package.part(page)
        if content is None:
            continue
        looked_at += 1
        words = sum(len(_text(one)) for one in elements(content, "TextCode"))
        pictures = sum(1 for _ in elements(content, "ImageObject"))
        characters += words
        if pictures and words < 10:
            scanned.append(number)
    tags = _path(folder, _text(child(root, "CustomTags")))
    return {
        "title": short(_text(child(main, "DocInfo", "Title"))),
        "pages": len(pages), "looked_at": looked_at, "scanned": len(scanned), "scanned_pages": few(scanned), "characters": characters,
        "bookmarks": sum(1 for _ in elements(root, "OutlineElem")),
        "custom_tags": bool(tags) and tags in package.names,
        "permissions": child(root, "Permissions") is not None,
        "signed": child(main, "Signatures") is not None,
    }  # fmt: skip


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _path(folder: str, place: str) -> str:
    """The name of the entry that a location means, seen from the folder of the file it stands in; "" for none."""
    if not place:
        return ""
    return place.lstrip("/") if place.startswith("/") else posixpath.normpath(posixpath.join(folder, place))
