"""In which language a report is told: `say` gives the one of two sentences that is wanted, both standing side by side in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, TypeVar

Language = Literal["zh", "en"]
Pair = tuple[str, str]
"""The same in Chinese and in English."""
T = TypeVar("T")
K = TypeVar("K")
TAG = {"zh": "zh-CN", "en": "en"}
"""Language -> how HTML names it."""
FROM, TO = "\ue0f0", "\ue0f1"
"""Between them stand Chinese words in an English text, until `pages` writes the language into the page."""
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BESIDE = "\u2e80-\u303f\uff00-\uffef"
_CHINESE = re.compile(f"[{_HAN}{_BESIDE}]*[{_HAN}][{_HAN}{_BESIDE}]*")

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


def chinese(text: str) -> str:
    """Words that exist in Chinese only, such as the name of a site: in an English text they are marked as Chinese, as a whole."""
    return f"{FROM}{bare(text)}{TO}" if _spoken.get() == "en" and _CHINESE.search(text) else text


def chinese_parts(text: str) -> str:
    """Source code, in which Chinese words may stand: in an English text just these are marked."""
    return _CHINESE.sub(lambda met: f"{FROM}{met[0]}{TO}", bare(text)) if _spoken.get() == "en" else text


def bare(text: str) -> str:
    """A text without the marks, for places that can hold no mark, such as an attribute."""
    return text.replace(FROM, "").replace(TO, "") if _spoken.get() == "en" else text


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
