"""What a font of a PDF says of its glyphs: the characters they stand for, by its ToUnicode table or by its encoding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pikepdf import Dictionary, Name, Stream

MOST_CHARACTERS = 70_000
MOST_TABLE = 2_000_000
"""Bytes of a ToUnicode table that are read."""

ORDERINGS: Mapping[str, int] = {"GB1": 590, "CNS1": 590, "Japan1": 1125, "Korea1": 70_000, "KR": 70_000}
"""Collections of characters whose numbers Adobe has published, so that readers know them -> number from which on they are Han."""

Range = tuple[bytes, bytes]
"""Codes of one length: every byte lies between those of the first and of the last code."""

ONE: Range = (b"\x00", b"\xff")
TWO: Range = (b"\x00\x00", b"\xff\xff")
PREDEFINED: Sequence[tuple[str, str, Sequence[Range]]] = (
    ("Identity", "", (TWO,)),
    ("UCS2", "utf-16-be", (TWO,)),
    ("UTF16", "utf-16-be", ((b"\x00\x00", b"\xd7\xff"), (b"\xd8\x00\xdc\x00", b"\xdb\xff\xdf\xff"), (b"\xe0\x00", b"\xff\xff"))),
    ("UTF32", "utf-32-be", ((b"\x00" * 4, b"\x00\x10\xff\xff"),)),
    ("GBK2K", "gb18030", ((b"\x00", b"\x7f"), (b"\x81\x30\x81\x30", b"\xfe\x39\xfe\x39"), (b"\x81\x40", b"\xfe\xfe"))),
    ("GBpc", "gb18030", ((b"\x00", b"\x80"), (b"\xa1\xa1", b"\xfc\xfe"), (b"\xfd", b"\xff"))),
    ("GB", "gb18030", ((b"\x00", b"\x80"), (b"\x81\x40", b"\xfe\xfe"))),
    ("B5", "big5hkscs", ((b"\x00", b"\x80"), (b"\x87\x40", b"\xfe\xfe"))),
    ("RKSJ", "cp932", ((b"\x00", b"\x80"), (b"\x81\x40", b"\x9f\xfc"), (b"\xa0", b"\xdf"), (b"\xe0\x40", b"\xfc\xfc"))),
    ("KSC", "cp949", ((b"\x00", b"\x80"), (b"\x81\x40", b"\xfe\xfe"))),
    ("CNS-EUC", "", ((b"\x00", b"\x80"), (b"\x8e\xa1\xa1\xa1", b"\x8e\xa7\xfe\xfe"), (b"\xa1\xa1", b"\xfe\xfe"))),
    ("EUC", "euc_jp", ((b"\x00", b"\x80"), (b"\x8e\xa0", b"\x8e\xdf"), (b"\xa1\xa1", b"\xfe\xfe"))),
)
"""What stands in the name of a predefined CMap -> how its codes are read as text ("": they are no text), and its codespace ranges."""

HEX = re.compile(rb"<([0-9a-fA-F\s]*)>")
BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
RANGE = re.compile(rb"<([0-9a-fA-F\s]+)>\s*<([0-9a-fA-F\s]+)>\s*(?:<([0-9a-fA-F\s]*)>|\[([^\]]*)\])")
PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0x10FFFD))
HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003134f]")


class Told(NamedTuple):
    """What a string of glyphs tells."""

    glyphs: int
    unknown: int = 0
    private: int = 0
    han: int = 0
    doubtful: int = 0  #: glyphs whose character some readers know and others do not


@dataclass(frozen=True)
class Font:
    """A font as far as its characters are concerned."""

    name: str
    known: bool | None  #: whether readers know the characters that `characters` does not tell; None: that cannot be said
    ranges: Sequence[Range] = (ONE,)  #: what its codes look like
    characters: Mapping[int, str] = field(default_factory=dict)  #: code -> text
    odd: frozenset[int] = frozenset()  #: codes of glyphs whose name tells no character, whatever `known` says
    encoding: str = ""  #: in which codes that nothing else tells can be read
    han_from: int = 0  #: codes from this one on are Han where nothing else tells; 0: that cannot be said
    _met: dict[bytes, str] = field(default_factory=dict, compare=False, repr=False)

    def told(self, codes: bytes) -> Told:
        """What these codes tell."""
        if not self.characters and not self.odd and not self.encoding and not self.han_from and len(self.ranges) == 1:
            glyphs = len(codes) // len(self.ranges[0][0])
            return Told(glyphs, unknown=glyphs * (self.known is False), doubtful=glyphs * (self.known is None))
        glyphs = 0
        kinds: Counter[str] = Counter()
        for code, times in Counter(self._split(codes)).items():
            if code not in self._met:
                self._met[code] = self._kind(code)
            glyphs += times
            kinds[self._met[code]] += times
        return Told(glyphs, kinds["unknown"], kinds["private"], kinds["han"], kinds["doubtful"])

    def _kind(self, code: bytes) -> str:
        """What a code counts as: one of the fields of Told, or "" for a character like any other."""
        number = int.from_bytes(code)
        text = self.characters.get(number, "")
        if text in ("\x00", "\ufffd"):
            return "unknown"
        if text and any(low <= ord(text[0]) <= high for low, high in PRIVATE):
            return "private"
        if text:
            return "han" if HAN.match(text) else ""
        if self.known is False or number in self.odd:
            return "unknown"
        return "doubtful" if self.known is None else "han" if self._reads_han(code, number) else ""

    def _split(self, codes: bytes) -> Iterator[bytes]:
        place, least = 0, min(len(low) for low, _ in self.ranges)
        only = len(self.ranges) == 1
        while place + least <= len(codes):
            size = least if only else next((len(low) for low, high in self.ranges if _within(codes, place, low, high)), least)
            yield codes[place : place + size]
            place += size

    def _reads_han(self, code: bytes, number: int) -> bool:
        if self.encoding:
            return bool(HAN.match(code.decode(self.encoding, "replace")))
        return 0 < self.han_from <= number


def _within(codes: bytes, place: int, low: bytes, high: bytes) -> bool:
    code = codes[place : place + len(low)]
    return len(code) == len(low) and all(first <= one <= last for first, one, last in zip(low, code, high, strict=True))


def font(found: Any) -> Font:
    """The font that a font dictionary describes; of none, nothing is held against it."""
    if not isinstance(found, Dictionary):
        return Font("", True)
    plain = _composite(found) if found.get("/Subtype") == Name.Type0 else _simple(found)
    table = found.get("/ToUnicode")
    if isinstance(table, Stream):
        with suppress(Exception):
            return replace(plain, characters=dict(_characters(table.read_bytes()[:MOST_TABLE])), _met={})
    return plain


def _name(found: Any) -> str:
    return str(found.get("/BaseFont", "")).removeprefix("/").rpartition("+")[2]


def _composite(found: Any) -> Font:
    """A font whose codes its encoding, a CMap, divides; its collection of characters may be a public one."""
    encoding, below = found.get("/Encoding"), found.get("/DescendantFonts")
    system = below[0].get("/CIDSystemInfo") if below is not None and len(below) else None
    ordering = str(system.get("/Ordering", "")) if isinstance(system, Dictionary) else ""
    if isinstance(encoding, Stream):
        ranges: Sequence[Range] = ()
        with suppress(Exception):
            ranges = tuple(_ranges_of(encoding.read_bytes()[:MOST_TABLE]))
        return Font(_name(found), True if ordering in ORDERINGS else None, ranges or (TWO,))
    cmap = str(encoding).removeprefix("/") if isinstance(encoding, Name) else ""
    _, text, spaces = next((one for one in PREDEFINED if one[0] in cmap), ("", "", (TWO,)))
    numbers = not cmap or cmap.startswith("Identity")
    return Font(
        _name(found), not numbers or ordering in ORDERINGS, spaces, encoding=text, han_from=ORDERINGS.get(ordering, 0) if numbers else 0
    )


def _simple(found: Any) -> Font:
    """A font of one byte a code: its encoding names the glyphs."""
    encoding = found.get("/Encoding")
    if isinstance(encoding, Name):
        return Font(_name(found), True)
    if isinstance(encoding, Dictionary):
        return Font(_name(found), True, odd=frozenset(_odd(encoding)))
    if found.get("/Subtype") == Name.Type3:
        return Font(_name(found), False)
    subset = "+" in str(found.get("/BaseFont", ""))
    return Font(_name(found), None if subset and found.get("/Subtype") == Name.TrueType else True)


ODD = re.compile(r"(?:[a-zA-Z]{1,3}|glyph|cid|index)\d+|\.notdef")
TELLING = re.compile(r"uni(?:[0-9A-F]{4})+|u[0-9A-F]{4,6}")


def _odd(encoding: Any) -> Iterator[int]:
    """The codes whose glyphs bear names such as /g12 or /a3, which tell no character as /A or /uni4E00 do."""
    code = 0
    for one in encoding.get("/Differences", []):
        if isinstance(one, Name):
            name = str(one).removeprefix("/")
            if ODD.fullmatch(name) and not TELLING.fullmatch(name):
                yield code
            code += 1
        else:
            code = int(one)


def _ranges_of(table: bytes) -> Iterator[Range]:
    """The codespace ranges of a CMap; none that could never be met."""
    for block in re.findall(rb"begincodespacerange(.*?)endcodespacerange", table, re.DOTALL):
        values = [bytes.fromhex(b"".join(digits.split()).decode()) for digits in HEX.findall(block)]
        for low, high in zip(values[::2], values[1::2], strict=False):
            if 0 < len(low) == len(high) <= 4:
                yield low, high


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
