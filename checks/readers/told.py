"""What all readers share: the sentence for a document that cannot be opened, and the bounds of what is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

MOST_TOLD = 20
MOST_TEXT = 120
"""Characters of one text."""


class Trouble(Exception):
    """The document cannot be opened; the text is a Chinese clause that says why. `protected`: it asks for a password."""

    def __init__(self, why: str, *, protected: bool = False) -> None:
        super().__init__(why)
        self.protected = protected


def short(text: object) -> str:
    """A text on one line, cut; broken characters become U+FFFD."""
    told = " ".join(str(text).replace("\x00", " ").split())
    return told[:MOST_TEXT].encode("utf-8", "replace").decode("utf-8")


def few(values: Iterable[T]) -> list[T]:
    """The first of some values."""
    found: list[T] = []
    for value in values:
        if len(found) == MOST_TOLD:
            break
        found.append(value)
    return found
