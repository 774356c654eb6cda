"""In which language a report is told: `say` gives the one of two sentences that is wanted, both standing side by side in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, TypeVar

from markupsafe import Markup, escape

Language = Literal["zh", "en"]
Pair = tuple[str, str]
"""The same in Chinese and in English."""
T = TypeVar("T")
K = TypeVar("K")
TAG = {"zh": "zh-CN", "en": "en"}
"""Language -> how HTML names it."""

_spoken: ContextVar[Language] = ContextVar("spoken", default="zh")


@contextmanager
def told_in(language: Language) -> Iterator[None]:
    """Everything that is told inside is told in this language."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> Language:
    """The language that is told now."""
    return _spoken.get()


def say(chinese: T, english: T) -> T:
    """The same in the language that is told now: a sentence, or any value that holds words."""
    return english if _spoken.get() == "en" else chinese


def listed(parts: Sequence[str]) -> str:
    """Things in a row, as the language puts them: 甲、乙、丙 or a, b, c."""
    return say("、", ", ").join(parts)


def joined(parts: Sequence[str]) -> str:
    """Parts of a sentence in a row, as the language puts them: 甲，乙 or a, b."""
    return say("，", ", ").join(parts)


def sentences(parts: Sequence[str]) -> str:
    """Whole sentences one after the other; English parts them by a space."""
    return say("", " ").join(part for part in parts if part)


def aside(words: str) -> str:
    """Words in brackets, as the language sets them behind others; nothing for nothing."""
    return say(f"（{words}）", f" ({words})") if words else ""


def counted(count: int, one: str, many: str = "") -> str:
    """An English count with its noun: 1 page, 1,200 pages; `many` where the plural is not the word with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def capital(words: str) -> str:
    """The words as they stand at the beginning of a cell or a sentence; Chinese knows no capitals."""
    return say(words, words[:1].upper() + words[1:])


def chinese(words: str) -> Markup:
    """Text as a piece of HTML; in an English page what is Chinese in it is marked as such, so that it is read out rightly."""
    return marked(escape(words))


def marked(html: str) -> Markup:
    """HTML, in which Chinese words of an English page are marked as Chinese; what is marked already, titles and attributes stay.

    Names of sites, quotations and the messages of checks exist in Chinese alone. So that none is forgotten, every page passes here as a
    whole once it is filled in; templates need do nothing for it. Fields and options, which hold no element, are marked as a whole.
    Markup of ours is assumed: no `>` inside of attributes.
    """
    return Markup(say(html, _PIECES.sub(_mark, html)))


_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SIGNS = "\u3000-\u303f\uff00-\uffef"
_PIECES = re.compile(
    r'<(\w+)\b(?=[^>]* lang="zh-CN")[^>]*>[^<]*</\1>|<title>[^<]*</title>'
    rf"|(?P<field><(textarea|option)\b[^>]*>[^<]*[{_HAN}][^<]*)|(?P<entry><input\b[^>]* value=\"[^\"]*[{_HAN}][^>]*>)|<[^>]*>"
    rf"|(?P<han>[《“{_SIGNS}]*[{_HAN}](?:[^<A-Za-z&]*[{_HAN}])*[》”{_SIGNS}]*)"
)
"""What is passed over as it is, fields that can hold no other element, and runs of Chinese text with the digits and signs in them."""


def _mark(found: re.Match[str]) -> str:
    if found["field"] or found["entry"]:
        return re.sub(r"^<\w+", r'\g<0> lang="zh-CN"', found[0])
    return f'<span lang="zh-CN">{found[0]}</span>' if found["han"] else found[0]


class Words(Mapping[K, str]):
    """A table of words in both languages, read in the one that is told now."""

    def __init__(self, pairs: Mapping[K, tuple[str, str]]) -> None:
        self._pairs = pairs

    def __getitem__(self, key: K) -> str:
        return say(*self._pairs[key])

    def __iter__(self) -> Iterator[K]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)
