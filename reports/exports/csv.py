"""The list of issues as CSV for a spreadsheet or open data: UTF-8 with a mark, and no cell that a spreadsheet would calculate."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from reports.columns import COLUMNS, Cell, rows
from reports.material import TOOL, Material
from reports.wording import reservation

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell of text must not begin with: spreadsheets take the rest for a formula (OWASP, CSV injection)."""


def chunks(material: Material) -> Iterator[bytes]:
    """A head and one line for each issue, as RFC 4180 has it."""
    yield "\ufeff".encode() + line(material.say(column.title, column.title_en) for column in COLUMNS)
    yield from map(line, rows(material))


def line(cells: Iterable[Cell | float]) -> bytes:
    """One line; text that a spreadsheet might calculate begins with an apostrophe."""
    out = io.StringIO()
    csv.writer(out).writerow([defused(cell) if isinstance(cell, str) else _plain(cell) for cell in cells])
    return out.getvalue().encode()


def defused(cell: str) -> str:
    """The text as a cell that stays text."""
    return f"'{cell}" if cell.lstrip(" ").startswith(ACTIVE) else cell


def beside(material: Material, name: str) -> Mapping[str, bytes]:
    """The data dictionary, as W3C's CSV on the Web has it: NAME-metadata.json."""
    columns = [
        {
            "name": column.key,
            "titles": {"zh": column.title, "en": column.title_en},
            "dc:description": {"zh": column.meaning, "en": column.meaning_en},
            "datatype": column.kind,
        }
        for column in COLUMNS
    ]
    described = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": name,
        "dc:title": material.say("无障碍问题清单", "List of accessibility problems"),
        "dc:description": reservation(material),
        "dc:date": material.day(material.now).isoformat(),
        "dc:creator": f"{TOOL} {material.version}",
        "dialect": {"encoding": "utf-8", "header": True},
        "tableSchema": {"columns": columns, "primaryKey": "issue"},
    }
    return {f"{name}-metadata.json": json.dumps(described, ensure_ascii=False, indent=2).encode() + b"\n"}


def _plain(cell: Cell | float) -> str:
    return cell.isoformat() if isinstance(cell, date) else "" if cell is None else str(cell)
