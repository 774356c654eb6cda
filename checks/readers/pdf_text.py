"""The text layer of a PDF: which pages are mere pictures, and how much of the text a screen reader gets as the right characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from checks.readers.pdf_fonts import HAN, Font, font
from checks.readers.told import few, short

MOST_LOOKED_AT = 60
"""Pages whose content is read: all of a short document, of a long one so many, evenly spread."""

MOST_CONTENT = 8_000_000
"""Bytes of one content stream that are read; what is longer is left out and told."""

MOST_OPERATIONS = 200_000
"""On one page."""

MOST_ALTOGETHER = 300_000
"""Operations of all pages, of which GLYPHS count as one: what lies beyond is left out, so that a big file is told of in time."""

GLYPHS = 4

DEEPEST = 6
COVERED = 0.8  # of the page, by pictures
FEW_GLYPHS = 10
OPERATORS = "q Q cm Do BI ID EI Tf Tj TJ BDC BMC EMC ' \""

Matrix = tuple[float, float, float, float]
WHOLE: Matrix = (1.0, 0.0, 0.0, 1.0)


@dataclass
class _Page:
    """What a page shows."""

    glyphs: int = 0
    unknown: int = 0  #: glyphs of which no character is told
    private: int = 0  #: glyphs whose character is in a private area: nobody but the font knows what it is
    han: int = 0
    doubtful: int = 0  #: glyphs whose character may or may not be known
    pictures: float = 0.0  #: area of its pictures, in square points
    operations: int = 0
    unread: bool = False
    fonts: Counter[str] = field(default_factory=Counter)  #: names of fonts with glyphs of the second and third kind


def text_layer(pdf: Pdf) -> dict[str, Any]:
    """The facts of the text of an open PDF."""
    count = len(pdf.pages)
    fonts: dict[Any, Font] = {}
    scanned: list[int] = []
    silent: list[int] = []
    whole, looked_at = _Page(), 0
    for number in _spread(count, MOST_LOOKED_AT):
        if whole.operations >= MOST_ALTOGETHER:
            break
        page, area = _page(pdf, number, fonts)
        whole.operations += page.operations + page.glyphs // GLYPHS
        if page.unread:
            continue
        looked_at += 1
        if page.glyphs < FEW_GLYPHS and page.pictures >= COVERED * area > 0:
            scanned.append(number + 1)
        if not page.glyphs and page.pictures:
            silent.append(number + 1)
        for name in ("glyphs", "unknown", "private", "han", "doubtful"):
            setattr(whole, name, getattr(whole, name) + getattr(page, name))
        whole.fonts += page.fonts
    return {
        "looked_at": looked_at,
        "scanned": len(scanned), "scanned_pages": few(scanned), "picture_pages": len(silent),
        "glyphs": whole.glyphs, "han": whole.han, "unknown": whole.unknown, "private": whole.private,
        "doubtful": whole.doubtful,
        "unknown_fonts": [short(name) for name, _ in whole.fonts.most_common(5)],
    }  # fmt: skip


def _spread(count: int, most: int) -> Sequence[int]:
    if count <= most:
        return range(count)
    return sorted({round(step * (count - 1) / (most - 1)) for step in range(most)})


def _page(pdf: Pdf, number: int, fonts: dict[Any, Font]) -> tuple[_Page, float]:
    """What a page shows, and its area in square points."""
    seen = _Page()
    with suppress(Exception):
        page = pdf.pages[number]
        box = [float(value) for value in page.mediabox.as_list()]
        area = abs((box[2] - box[0]) * (box[3] - box[1]))
        _read(page.obj, page.resources, WHOLE, seen, fonts, 0)
        return seen, area
    seen.unread = True
    return seen, 0.0


def _read(
    holder: Any, resources: Any, matrix: Matrix, seen: _Page, fonts: dict[Any, Font], depth: int, *, worded: bool = False
) -> None:  # fmt: skip
    """Go through the content of a page or of a form in it. `worded`: the words for it are told (/ActualText), whatever its fonts say."""
    if depth > DEEPEST or _length(holder) > MOST_CONTENT:
        seen.unread = True
        return
    stack: list[tuple[Matrix, Font | None]] = []
    current: Font | None = None
    marks = [worded]  #: of the marked content around: whether its words are told
    for instruction in pikepdf.parse_content_stream(holder, OPERATORS):
        seen.operations += 1
        if seen.operations + seen.glyphs // GLYPHS > MOST_OPERATIONS:
            seen.unread = True
            return
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "q":
            stack.append((matrix, current))
        elif operator == "Q":
            matrix, current = stack.pop() if stack else (WHOLE, None)
        elif operator == "cm":
            matrix = _times([float(value) for value in operands], matrix)
        elif operator == "Tf":
            current = _font(_entry(resources, "/Font", str(operands[0])), fonts)
        elif operator == "Do":
            _draw(_entry(resources, "/XObject", str(operands[0])), resources, matrix, seen, fonts, depth, marks[-1])
        elif operator == "INLINE IMAGE":
            seen.pictures += _area(matrix)
        elif operator in ("BDC", "BMC"):
            words = _actual_text(operands, resources)
            marks.append(marks[-1] or words is not None)
            seen.han += len(HAN.findall(words or ""))
        elif operator == "EMC":
            marks = marks[:-1] if len(marks) > 1 else marks
        else:
            _show(operands, current, seen, worded=marks[-1])


def _length(holder: Any) -> int:
    """Bytes of content as they stand in the file; what they swell to is bounded by the memory that the reader is given."""
    found = holder if isinstance(holder, Stream) else holder.get("/Contents")
    streams = list(found) if isinstance(found, Array) else [found]
    return sum(int(stream.get("/Length", 0)) for stream in streams if isinstance(stream, Stream))


def _actual_text(operands: Any, resources: Any) -> str | None:
    """The words that marked content tells for all of itself; None where it tells none."""
    found = operands[1] if len(operands) > 1 else None
    if isinstance(found, Name):
        found = _entry(resources, "/Properties", str(found))
    words = found.get("/ActualText") if isinstance(found, Dictionary) else None
    return str(words) if isinstance(words, pikepdf.String) else None


def _draw(drawn: Any, resources: Any, matrix: Matrix, seen: _Page, fonts: dict[Any, Font], depth: int, worded: bool) -> None:
    if not isinstance(drawn, Stream):
        return
    kind = drawn.get("/Subtype")
    if kind == Name.Image:
        seen.pictures += _area(matrix)
    elif kind == Name.Form:
        own = drawn.get("/Matrix")
        inner = _times([float(value) for value in own], matrix) if isinstance(own, Array) and len(own) == 6 else matrix
        _read(drawn, drawn.get("/Resources", resources), inner, seen, fonts, depth + 1, worded=worded)


def _show(operands: Any, current: Font | None, seen: _Page, *, worded: bool) -> None:
    for operand in operands:
        for piece in operand if isinstance(operand, Array) else [operand]:
            if isinstance(piece, pikepdf.String):
                told = (current or font(None)).told(bytes(piece))
                seen.glyphs += told.glyphs
                if worded:
                    continue
                seen.unknown += told.unknown
                seen.private += told.private
                seen.han += told.han
                seen.doubtful += told.doubtful
                if current is not None and told.unknown + told.private + told.doubtful:
                    seen.fonts[current.name] += told.unknown + told.private + told.doubtful


def _font(found: Any, fonts: dict[Any, Font]) -> Font:
    key = found.objgen if isinstance(found, Dictionary) and found.objgen != (0, 0) else None
    if key is None:
        return font(found)
    if key not in fonts:
        fonts[key] = font(found)
    return fonts[key]


def _entry(resources: Any, kind: str, name: str) -> Any:
    group: Any = resources.get(kind) if isinstance(resources, Dictionary) else None
    return group.get(name) if isinstance(group, Dictionary) else None


def _times(step: Sequence[float], matrix: Matrix) -> Matrix:
    """The linear part of two transformations, one after the other: areas do not depend on where things lie."""
    a, b, c, d = step[:4]
    e, f, g, h = matrix
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def _area(matrix: Matrix) -> float:
    a, b, c, d = matrix
    return abs(a * d - b * c)
