"""In which language readers are told: `say` gives the one of two sentences that is wanted, both standing side by side in the source."""

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


def between(low: str, high: str) -> str:
    """From one number to another."""
    return say(f"{low}—{high}", f"{low} to {high}")


def counted(count: int, one: str, many: str = "") -> str:
    """An English count with its noun: 1 page, 1,200 pages; `many` where the plural is not the word with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def capital(words: str) -> str:
    """The words as they stand at the beginning of a cell or a sentence; Chinese knows no capitals."""
    return say(words, words[:1].upper() + words[1:])


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
