"""In which language a report is told: `say` gives the one of two sentences that is wanted, both standing side by side in the source."""

from __future__ import annotations

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
