"""What an Excel workbook (XLSX) tells: its title, the names of its sheets, their header rows, merged cells and pictures."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from checks.readers.package import BROKEN, Package, Pictures, child, described, elements, value
from checks.readers.told import Trouble, short

MOST_SHEETS = 30
UNNAMED = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.IGNORECASE)


def facts(body: bytes) -> dict[str, Any]:
    """The facts of a workbook. Raises Trouble where it cannot be opened."""
    package = Package(body)
    book = package.part("xl/workbook.xml")
    if book is None:
        raise Trouble(BROKEN)
    relations = package.targets("xl/workbook.xml")
    titled = {value(one, "localSheetId") for one in elements(book, "definedName") if (value(one, "name") or "").endswith("Print_Titles")}
    pictures = Pictures()
    sheets = []
    for number, sheet in enumerate(elements(book, "sheet")):
        if number >= MOST_SHEETS or (value(sheet, "state") or "visible") != "visible":
            continue
        _, part = relations.get(value(sheet, "id") or "", ("", ""))
        root = package.part(part)
        if root is not None:
            sheets.append(_sheet(root, short(value(sheet, "name") or ""), titled=str(number) in titled))
            _pictures(package, part, pictures)
    return {"title": package.title(), "sheets": sheets, "figures": pictures.told()}


def _sheet(root: etree._Element, name: str, *, titled: bool) -> dict[str, Any]:
    rows = [sum(1 for cell in row if len(cell)) for row in elements(root, "row")]
    filled = [cells for cells in rows if cells]
    frozen = any(
        (value(pane, "state") or "").startswith("frozen") and (value(pane, "ySplit") or "0") != "0" for pane in elements(root, "pane")
    )
    table = child(root, "tableParts") is not None or child(root, "autoFilter") is not None
    return {
        "name": name, "unnamed": bool(UNNAMED.fullmatch(name)), "rows": len(filled), "widest": max(filled, default=0),
        "header": titled or frozen or table, "merged": sum(1 for _ in elements(root, "mergeCell")),
    }  # fmt: skip


def _pictures(package: Package, part: str, pictures: Pictures) -> None:
    for kind, target in package.targets(part).values():
        drawing = package.part(target) if kind == "drawing" else None
        for shown in [] if drawing is None else elements(drawing, "pic", "graphicFrame"):
            properties = next(elements(shown, "cNvPr"), None)
            if properties is not None:
                words, decoration = described(properties)
                pictures.add(words, decoration=decoration)
