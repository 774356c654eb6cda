"""Writes a DOCX in the layout of official letters (GB/T 9704-2012): Chinese throughout, real headings, table heads that repeat."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from reports.masking import masked
from reports.text import visible

SONG, FANG, HEI, PAGED = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
TITLE, TEXT, NUMBER, TABLE, LEADING = Pt(22), Pt(16), Pt(14), Pt(12), Pt(28)
LONGEST = 2000  # characters of a paragraph
EPOCH = (1980, 1, 1, 0, 0, 0)


class Letter:
    """A letter that is written from top to bottom. Text of any origin may be given: what XML cannot hold is written out."""

    def __init__(self, *, title: str, made: datetime) -> None:
        self._document = docx.Document()
        self._style()
        about = self._document.core_properties
        about.title, about.language, about.author, about.comments = _clean(title), "zh-CN", "", ""
        about.created = about.modified = made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        about.last_modified_by, about.revision = "", 1

    def heading(self, words: str) -> None:
        """The title of the letter."""
        self._titled(words, level=1, font=SONG, size=TITLE, centred=True)

    def section(self, words: str) -> None:
        """A heading of the first order, such as 一、检测情况."""
        self._titled(words, level=2, font=HEI, size=TEXT, centred=False)

    def line(self, words: str, *, indented: bool = True, centred: bool = False) -> None:
        """A paragraph of text."""
        paragraph = self._document.add_paragraph()
        self._write(paragraph, words, FANG, TEXT)
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif indented:
            paragraph.paragraph_format.first_line_indent = Pt(32)

    def attachment(self, name: str) -> None:
        """The note under the text that says what is attached (附件说明); a single attachment has no number."""
        self._document.add_paragraph()
        self.line(f"附件：{name}")

    def signature(self, issuer: str, day: str) -> None:
        """Who signs, and the day, at the right with four characters left free after the day."""
        self._document.add_paragraph()
        for words, free in ((issuer, 0), (day, 64)):
            paragraph = self._document.add_paragraph()
            self._write(paragraph, words, FANG, TEXT)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = Pt(free)

    def appendix(self, mark: str, words: str) -> None:
        """Begin an attachment on a page of its own: its mark at the left in 黑体, its title below."""
        self._document.add_section(WD_SECTION.NEW_PAGE)
        self._write(self._document.add_paragraph(), mark, HEI, TEXT)
        self._titled(words, level=1, font=SONG, size=TITLE, centred=True)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """A table whose head is marked as such and repeats on every page; rows are not torn apart. `widths` in mm."""
        table = self._document.add_table(rows=0, cols=len(heads))
        table.style = "Table Grid"
        table.autofit = False
        for index, cells in enumerate([heads, *rows]):
            row = table.add_row()
            properties = row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if index == 0:
                properties.append(OxmlElement("w:tblHeader"))
            for cell, words, width in zip(row.cells, cells, widths, strict=True):
                cell.width = Mm(width)
                self._write(cell.paragraphs[0], words, FANG if index else HEI, TABLE, leading=Pt(18))

    def content(self) -> bytes:
        """The file, which is the same whenever the same is written."""
        made = io.BytesIO()
        self._document.save(made)
        fixed = io.BytesIO()
        with zipfile.ZipFile(made) as parts, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as told:
            for name in parts.namelist():
                told.writestr(zipfile.ZipInfo(name, EPOCH), parts.read(name), zipfile.ZIP_DEFLATED)
        return fixed.getvalue()

    def _style(self) -> None:
        """Paper, language and fonts of all that follows."""
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.left_margin = Mm(37), Mm(28)
        section.right_margin, section.bottom_margin = Mm(26), Mm(35)
        self._numbered(section)
        for name in ("Normal", "Heading 1", "Heading 2"):
            run = self._document.styles[name].element.get_or_add_rPr()
            for old in run.findall(qn("w:lang")):
                run.remove(old)
            told = OxmlElement("w:lang")
            for attribute in ("w:val", "w:eastAsia"):
                told.set(qn(attribute), "zh-CN")
            run.append(told)
        normal = self._document.styles["Normal"]
        normal.font.size = TEXT
        _font(normal.element.get_or_add_rPr(), FANG)
        normal.paragraph_format.space_after = Pt(0)
        settings = self._document.settings.element.iter(qn("w:themeFontLang"))
        for language in (*self._document.styles.element.iter(qn("w:lang")), *settings):
            language.set(qn("w:val"), "zh-CN")
            language.set(qn("w:eastAsia"), "zh-CN")
        _bared(self._document.part, "/stylesWithEffects")
        _bared(self._document.part.package, "/thumbnail")

    def _titled(self, words: str, *, level: int, font: str, size: Any, centred: bool) -> None:
        paragraph = self._document.add_heading(level=level)
        self._write(paragraph, words, font, size)
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(14 if centred else 0)
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        else:
            paragraph.paragraph_format.first_line_indent = Pt(32)

    def _write(self, paragraph: Any, words: str, font: str, size: Any, *, leading: Any = LEADING) -> None:
        _run(paragraph, _clean(words), font, size)
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY if leading is LEADING else WD_LINE_SPACING.AT_LEAST
        paragraph.paragraph_format.line_spacing = leading

    def _numbered(self, section: Any) -> None:
        """— 1 — under every page, on odd pages at the right and on even ones at the left, one character in."""
        self._document.settings.odd_and_even_pages_header_footer = True
        for footer, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
            paragraph = footer.paragraphs[0]
            paragraph.alignment = side
            paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = NUMBER
            _run(paragraph, "— ", PAGED, NUMBER)
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            paragraph._p.append(field)
            field.append(_run(paragraph, "1", PAGED, NUMBER)._r)
            _run(paragraph, " —", PAGED, NUMBER)


def _run(paragraph: Any, words: str, font: str, size: Any) -> Any:
    run = paragraph.add_run(words)
    run.font.size, run.font.bold, run.font.italic = size, False, False
    run.font.color.rgb = docx.shared.RGBColor(0, 0, 0)
    _font(run._r.get_or_add_rPr(), font)
    return run


def _bared(part: Any, kind: str) -> None:
    """Leave out what python-docx's template brings along and no letter needs."""
    for name in [name for name, relation in part.rels.items() if relation.reltype.endswith(kind)]:
        del part.rels[name]


def _font(properties: Any, name: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for attribute in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(attribute), name)
    for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(attribute), None)


def _clean(words: str) -> str:
    """On one line, with the spaces of blanks to be filled in kept, without numbers and names that do harm."""
    told = visible(masked(words).replace("\n", " ").replace("\t", " "))
    return told if len(told) <= LONGEST else told[: LONGEST - 1] + "…"
