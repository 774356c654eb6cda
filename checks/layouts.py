"""What the checks share that read how the page bears other layouts (probe `layout`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from checks.check import Hit, passed
from checks.document import Document

MOST = 3  # elements that one check tells of; the rest is of the same kind
LENGTH = 24


def each_once(document: Document, found: Callable[[Document, Any], Iterator[Hit]]) -> Iterator[Hit]:
    """What a check finds in the facts of the probe, one word for an element and MOST in all; passed where all was looked at and is well."""
    seen = document.facts.get("layout")
    if not seen or document.body is None:
        return
    said: set[int] = set()
    for hit in found(document, seen):
        if hit.node.index not in said and len(said) < MOST:
            said.add(hit.node.index)
            yield hit
    if not said and not seen["full"]:
        yield passed(document.body)


def short(words: str) -> str:
    """The beginning of a text, to be quoted."""
    return words if len(words) <= LENGTH else f"{words[:LENGTH]}…"
