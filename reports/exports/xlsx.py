"""The work list for owners as a spreadsheet: frozen head, filters, states to fill in; second the data dictionary, third the coverage."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from reports.columns import COLUMNS, Cell, rows
from reports.material import TOOL, Material
from reports.wording import reservation, word

BINARY = True
ROWS = 1_048_575
"""Lines of a sheet below its head; a workbook cannot have more (Excel specifications and limits)."""
LONGEST = 32_767
AT_ONCE = 1 << 20
FIT_IN = 5000
"""Rows for which the choices of a column to fill in are offered at least."""

_TODO = (("处理情况", "Progress"), ("负责人", "In charge"), ("备注", "Remarks"))
_CHOICES = (
    ("未开始", "not begun"),
    ("处理中", "under way"),
    ("已改，待复核", "repaired, to be checked"),
    ("不改，另附说明", "stays, see remarks"),
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table that may need several sheets."""

    name: str
    heads: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[Cell]]
    choices: tuple[int, Sequence[str]] | None = None  #: place of a column, and what may be chosen in it


def chunks(material: Material) -> Iterator[bytes]:
    """The workbook; written row by row into a file of its own, because its parts cannot be told one after another."""
    with tempfile.TemporaryFile() as file:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(file, options)
        book.set_properties(_properties(material))
        for writer in [_Writer(book, sheet) for sheet in (_work_list(material), _dictionary(material), _coverage(material))]:
            writer.write()
        book.close()
        file.seek(0)
        while piece := file.read(AT_ONCE):
            yield piece


def _work_list(material: Material) -> Sheet:
    todo = [material.say(*titles) for titles in _TODO]
    return Sheet(
        name=material.say("问题清单", "Work list"),
        heads=[*(material.say(column.title, column.title_en) for column in COLUMNS), *todo],
        widths=[*(column.width for column in COLUMNS), 18, 12, 30],
        rows=rows(material),
        choices=(len(COLUMNS), [material.say(*choice) for choice in _CHOICES]),
    )


def _dictionary(material: Material) -> Sheet:
    told = [(material.say(column.title, column.title_en), material.say(column.meaning, column.meaning_en)) for column in COLUMNS]
    told.append((material.say(*_TODO[0]), material.say("由主办单位填写：整改到了哪一步。", "For the owner to fill in.")))
    told.append((material.say(*_TODO[1]), material.say("由主办单位填写。", "For the owner to fill in.")))
    told.append((material.say(*_TODO[2]), material.say("由主办单位填写。", "For the owner to fill in.")))
    told.append((material.say("说明", "Note"), reservation(material)))
    heads = [material.say("字段", "Column"), material.say("含义", "Meaning")]
    return Sheet(name=material.say("字段说明", "Columns"), heads=heads, widths=(18, 90), rows=told)


def _coverage(material: Material) -> Sheet:
    heads = [("站点", "Site"), ("网址", "Address"), ("访问方式", "Variant"), ("结果", "State"), ("说明", "Reason"), ("页面标题", "Title")]
    return Sheet(
        name=material.say("检测范围", "Coverage"),
        heads=[material.say(*head) for head in heads],
        widths=(20, 60, 10, 22, 40, 40),
        rows=_ledger(material),
    )


def _ledger(material: Material) -> Iterator[Sequence[Cell]]:
    for subject in material.subjects:
        name = material.told(subject.site.name)
        for entry in subject.ledger():
            yield (name, material.address(entry.url), word(material, entry.variant), word(material, entry.state),
                   material.told(entry.reason), material.told(entry.title))  # fmt: skip


def _properties(material: Material) -> dict[str, Any]:
    names = "、".join(material.told(subject.site.name, 60) for subject in material.subjects[:3])
    return {
        "title": material.say(f"{names}：无障碍问题清单", f"Accessibility problems: {names}")[:200],
        "subject": material.say("信息无障碍监测", "Accessibility monitoring"),
        "author": f"{TOOL} {material.version}",
        "category": material.say("工作清单", "Work list"),
        "comments": reservation(material),
        "created": material.now.replace(tzinfo=None),
    }


class _Writer:
    """Writes a table into a sheet, and goes on in a further one where it is full."""

    def __init__(self, book: Any, sheet: Sheet) -> None:
        self.book, self.sheet, self.number = book, sheet, 0
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DCE6F1", "border": 1})
        self.text = book.add_format({"text_wrap": False, "valign": "top", "num_format": "@"})
        self.day = book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})
        self.page = self._begun()

    def write(self) -> None:
        """All rows."""
        line = 0
        for row in self.sheet.rows:
            if line == ROWS:
                self._ended(line)
                self.page, line = self._begun(), 0
            line += 1
            for column, cell in enumerate(row):
                self._cell(line, column, cell)
        self._ended(line)

    def _begun(self) -> Any:
        self.number += 1
        page = self.book.add_worksheet(self.sheet.name if self.number == 1 else f"{self.sheet.name} {self.number}")
        page.freeze_panes(1, 0)
        for column, width in enumerate(self.sheet.widths):
            _done(page.set_column(column, column, width))
        for column, head in enumerate(self.sheet.heads):
            _done(page.write_string(0, column, head, self.head))
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        return page

    def _ended(self, line: int) -> None:
        _done(self.page.autofilter(0, 0, max(line, 1), len(self.sheet.heads) - 1))
        if self.sheet.choices:
            column, choices = self.sheet.choices
            last = min(max(line, FIT_IN), ROWS)
            _done(self.page.data_validation(1, column, last, column, {"validate": "list", "source": list(choices)}))

    def _cell(self, line: int, column: int, cell: Cell) -> None:
        if isinstance(cell, str):
            _done(self.page.write_string(line, column, cell[:LONGEST], self.text) if cell else 0)
        elif isinstance(cell, date):
            _done(self.page.write_datetime(line, column, cell, self.day))
        elif cell is not None:
            _done(self.page.write_number(line, column, cell))


def _done(code: Any) -> None:
    """xlsxwriter says with a number, and else keeps silent, that a cell was not written."""
    if code:
        raise ValueError(f"a cell or column of the workbook was refused ({code})")
