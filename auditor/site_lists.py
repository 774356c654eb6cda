"""The list of sites as a table that officers keep in a spreadsheet: written as CSV and XLSX, read from both, row by row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import xlsxwriter

from auditor.language import Words, say, told_in
from auditor.model import Target
from checks.readers.package import Package, elements, value
from checks.readers.told import Trouble
from reports.exports.csv import ACTIVE, line
from reports.words import CATEGORY

COLUMNS: Mapping[str, str] = {
    "id": "编号", "name": "名称", "url": "网址", "category": "类别", "region": "区划代码", "owner": "主办单位", "legal_basis": "法律依据",
    "enabled": "启用", "contact": "联系人", "note": "说明",
}  # fmt: skip
"""What can be written into the table -> its heading; the table is in Chinese, whoever takes it along."""

HEADINGS: Mapping[str, str] = Words({
    key: (COLUMNS[key], english) for key, english in {
        "id": "id", "name": "name", "url": "address", "category": "category", "region": "region code", "owner": "owner",
        "legal_basis": "legal basis", "enabled": "audits", "contact": "contact", "note": "note",
    }.items()
})  # fmt: skip
"""The same as a page calls it."""

with told_in("zh"):
    CATEGORIES: Mapping[str, str] = {one.value: word for one, word in CATEGORY.items()}
"""Categories -> what they are called in the table."""

TOLD = ("确认人", "确认日期")
"""Headings of what is only told: a host is confirmed on the page of its site, one by one."""

NEEDED = ("id", "name", "url", "category", "region")
MOST_ROWS = 20_000


class Unreadable(Exception):
    """The file is no such table; the text is a sentence that says why."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a table: its number in the file, and what it says of a site."""

    number: int
    values: Mapping[str, Any]


def cells(targets: Iterable[Target]) -> Iterable[list[str]]:
    """The head and a row for each site."""
    yield [*COLUMNS.values(), *TOLD]
    for one in targets:
        site, word = one.site, one.confirmed
        yield [
            site.id, site.name, site.url, CATEGORIES[site.category.value], site.region, site.owner, site.legal_basis,
            "是" if one.enabled else "否", one.contact, one.note, word.by if word else "",
            word.date.isoformat() if word and word.date else "",
        ]  # fmt: skip


def as_csv(targets: Iterable[Target]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read it as such; no cell that they would calculate."""
    return "\ufeff".encode() + b"".join(map(line, cells(targets)))


def as_xlsx(targets: Iterable[Target]) -> bytes:
    """A workbook of one sheet, everything text."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet, bold, plain = book.add_worksheet("网站清单"), book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, len(COLUMNS) + len(TOLD), 18, plain)
        for number, row in enumerate(cells(targets)):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell, plain if number else bold)
    return out.getvalue()


def read(name: str, content: bytes) -> tuple[Row, ...]:
    """The rows of a CSV or XLSX file with our headings, in any order; other columns are left aside. Unreadable with the reason."""
    table = _xlsx(content) if content[:2] == b"PK" else _csv(content)
    if not table:
        raise Unreadable(say("文件里没有内容。", "There is nothing in the file."))
    heads = [cell.strip() for cell in table[0][1]]
    keys = {heading: key for key, heading in COLUMNS.items()} | {key: key for key in COLUMNS}
    known = [keys.get(head) for head in heads]
    if "id" not in known:
        raise Unreadable(say(
            f"第一行要写各列的名称，其中至少要有“编号”一列；可用的列：{'、'.join(COLUMNS.values())}。",
            f"The first row has to name the columns, with “id” at least among them; columns that can be used: {', '.join(COLUMNS)}.",
        ))  # fmt: skip
    if repeated := [head for head in heads if keys.get(head) and heads.count(head) > 1]:
        raise Unreadable(say(f"“{repeated[0]}”一列出现了两次。", f"The column “{repeated[0]}” is there twice."))
    if len(table) > MOST_ROWS:
        raise Unreadable(say(f"一次最多导入 {MOST_ROWS} 行。", f"At most {MOST_ROWS:,} rows can be taken at once."))
    rows = [
        Row(number=number, values={key: meaning(key, cell) for key, cell in zip(known, _filled(line, len(known)), strict=True) if key})
        for number, line in table[1:]
        if any(cell.strip() for cell in line)
    ]
    return tuple(rows)


def _filled(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * width][:width]


def meaning(key: str, cell: str) -> Any:
    """What a cell means; what means nothing is left as it is, for the rules of targets.yml to complain of."""
    cell = cell.strip()
    if cell.startswith("'") and cell[1:].lstrip(" ").startswith(ACTIVE):
        cell = cell[1:]
    if key == "category":
        return next((value for value, word in CATEGORIES.items() if cell in (word, word.removesuffix("网站"), value)), cell)
    if key == "enabled":
        return {"是": True, "": True, "true": True, "1": True, "否": False, "false": False, "0": False}.get(cell.lower(), cell)
    return re.sub(r"^([0-9]+)\.0$", r"\1", cell) if key == "region" else cell


def _csv(content: bytes) -> list[tuple[int, list[str]]]:
    """Each row with its number. Spreadsheets in China write CSV in GB 18030 unless they are told otherwise."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return list(enumerate(islice(csv.reader(io.StringIO(text, newline=""), strict=True), MOST_ROWS + 1), 1))
        except csv.Error:
            break
    raise Unreadable(say(
        "这个文件不是 CSV 或者 XLSX 表格，请在表格软件中另存为其中一种后再上传。",
        "This file is neither a CSV nor an XLSX table. Please save it as one of these in your spreadsheet program and send it again.",
    ))  # fmt: skip


def _xlsx(content: bytes) -> list[tuple[int, list[str]]]:
    """The rows of the first sheet, each with its number: where nothing stands in a row, the file leaves it out."""
    try:
        package = Package(content)
        book = package.part("xl/workbook.xml")
        first = next(elements(book, "sheet"), None) if book is not None else None
        part = package.targets("xl/workbook.xml").get(value(first, "id") or "", ("", ""))[1] if first is not None else ""
        sheet, strings = package.part(part), package.part("xl/sharedStrings.xml")
    except Trouble as error:
        raise Unreadable(say(f"没能打开这个表格：{error}。", f"This table could not be opened: {error}.")) from None
    if sheet is None:
        raise Unreadable(say(
            "这个文件不是 XLSX 表格，请在表格软件中另存为 XLSX 或者 CSV 后再上传。",
            "This file is no XLSX table. Please save it as XLSX or CSV in your spreadsheet program and send it again.",
        ))  # fmt: skip
    shared = [_text(one) for one in elements(strings, "si")] if strings is not None else []
    table: list[tuple[int, list[str]]] = []
    for row in elements(sheet, "row"):
        found: list[str] = []
        for cell in elements(row, "c"):
            place = _column(value(cell, "r") or "", len(found))
            found += [""] * (place - len(found)) + [_cell(cell, shared)] if place >= len(found) else []
        told = value(row, "r") or ""
        table.append((int(told) if re.fullmatch("[0-9]{1,7}", told) else (table[-1][0] if table else 0) + 1, found))
        if len(table) > MOST_ROWS:
            break
    return table


def _cell(cell: Any, shared: Sequence[str]) -> str:
    kind, told = value(cell, "t") or "n", next((one.text or "" for one in elements(cell, "v")), "")
    if kind == "s":
        return shared[int(told)] if told.isdecimal() and int(told) < len(shared) else ""
    return _text(cell) if kind == "inlineStr" else told


def _text(element: Any) -> str:
    return "".join(one.text or "" for one in elements(element, "t"))


def _column(reference: str, following: int) -> int:
    """The place of a cell such as C7, counted from 0; columns beyond the 200th are none of ours."""
    letters = re.match("[A-Z]{1,3}", reference)
    if letters is None:
        return following
    place = 0
    for letter in letters[0]:
        place = place * 26 + ord(letter) - 64
    return min(place - 1, 200)
