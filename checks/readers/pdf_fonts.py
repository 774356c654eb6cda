"""What a font of a PDF says of its glyphs: the characters they stand for, by its ToUnicode table or by its encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from pikepdf import Dictionary, Name, Stream

MOST_CHARACTERS = 70_000
MOST_TABLE = 2_000_000
"""Bytes of a ToUnicode table that are read."""

ORDERINGS = frozenset({"GB1", "CNS1", "Japan1", "Korea1", "KR"})
"""Collections of characters whose numbers Adobe has published: readers know what they stand for."""

HEX = re.compile(rb"<([0-9a-fA-F\s]*)>")
BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
RANGE = re.compile(rb"<([0-9a-fA-F\s]+)>\s*<([0-9a-fA-F\s]+)>\s*(?:<([0-9a-fA-F\s]*)>|\[([^\]]*)\])")
PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0x10FFFD))
HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003134f]")


class Told(NamedTuple):
    """What a string of glyphs tells."""

    glyphs: int
    unknown: int
    private: int
    han: int


@dataclass(frozen=True)
class Font:
    """A font as far as its characters are concerned."""

    name: str
    width: int  #: bytes of a code
    characters: Mapping[int, str] | None  #: code -> text; None: not needed, or there is none
    known: bool  #: where `characters` is None: whether readers know the characters all the same

    def told(self, codes: bytes) -> Told:
        """What these codes tell."""
        glyphs = len(codes) // self.width
        if self.characters is None:
            return Told(glyphs, 0 if self.known else glyphs, 0, 0)
        unknown = private = han = 0
        for place in range(0, glyphs * self.width, self.width):
            text = self.characters.get(int.from_bytes(codes[place : place + self.width]), "")
            if not text or text in ("\x00", "\ufffd"):
                unknown += 1
            elif any(low <= ord(text[0]) <= high for low, high in PRIVATE):
                private += 1
            elif HAN.match(text):
                han += 1
        return Told(glyphs, unknown, private, han)


def font(found: Any) -> Font:
    """The font that a font dictionary describes; of none, nothing is held against it."""
    if not isinstance(found, Dictionary):
        return Font("", 1, None, True)
    name = str(found.get("/BaseFont", "")).removeprefix("/").rpartition("+")[2]
    composite = found.get("/Subtype") == Name.Type0
    width = 2 if composite else 1
    table = found.get("/ToUnicode")
    if isinstance(table, Stream):
        with suppress(Exception):
            text = table.read_bytes()[:MOST_TABLE]
            if characters := dict(_characters(text)):
                return Font(name, _width(text, width), characters, True)
    return Font(name, width, None, _known(found, composite))


def _known(found: Any, composite: bool) -> bool:
    """Whether readers know the characters without a table."""
    encoding = found.get("/Encoding")
    if composite:
        named = str(encoding).removeprefix("/") if isinstance(encoding, Name) else ""
        if named and not named.startswith("Identity"):
            return True
        below = found.get("/DescendantFonts")
        system = below[0].get("/CIDSystemInfo") if below is not None and len(below) else None
        return isinstance(system, Dictionary) and str(system.get("/Ordering", "")) in ORDERINGS
    if isinstance(encoding, Name):
        return True
    if isinstance(encoding, Dictionary):
        return _named_glyphs(encoding)
    embedded = "+" in str(found.get("/BaseFont", ""))
    return found.get("/Subtype") != Name.Type3 and not (embedded and found.get("/Subtype") == Name.TrueType)


def _named_glyphs(encoding: Any) -> bool:
    """Whether most glyphs bear names that tell the character, such as /A or /uni4E00, and not /g12 or /a3."""
    names = [str(one).removeprefix("/") for one in encoding.get("/Differences", []) if isinstance(one, Name)]
    odd = sum(bool(re.fullmatch(r"(?:[a-zA-Z]{1,3}|glyph|cid|index)\d+|\.notdef", name)) for name in names)
    return not names or odd * 2 < len(names)


def _width(table: bytes, width: int) -> int:
    """Bytes of a code, as the table's codespace has it."""
    found = re.search(rb"begincodespacerange\s*<([0-9a-fA-F]+)>", table)
    return max(1, min(4, len(found[1]) // 2)) if found else width


def _characters(table: bytes) -> Iterator[tuple[int, str]]:
    """The pairs of a ToUnicode table."""
    count = 0
    for kind, block in BLOCK.findall(table):
        pairs = _singles(block) if kind == b"bfchar" else _ranges(block)
        for code, text in pairs:
            yield code, text
            count += 1
            if count >= MOST_CHARACTERS:
                return


def _singles(block: bytes) -> Iterator[tuple[int, str]]:
    values = HEX.findall(block)
    for code, text in zip(values[::2], values[1::2], strict=False):
        yield _number(code), _text(text)


def _ranges(block: bytes) -> Iterator[tuple[int, str]]:
    for first, last, text, listed in RANGE.findall(block):
        low, high = _number(first), _number(last)
        if listed:
            for step, one in enumerate(HEX.findall(listed)):
                yield low + step, _text(one)
        elif text and low <= high < low + 65_536:
            start = _text(text)
            for step in range(high - low + 1):
                if start:
                    yield low + step, start[:-1] + chr(min(ord(start[-1]) + step, 0x10FFFF))


def _number(digits: bytes) -> int:
    return int(b"".join(digits.split()) or b"0", 16)


def _text(digits: bytes) -> str:
    plain = b"".join(digits.split())
    return bytes.fromhex((plain + b"0" * (len(plain) % 2)).decode()).decode("utf-16-be", "replace")
