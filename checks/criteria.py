"""The success criteria of WCAG 2.2 with their English and Chinese names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from auditor.model import Criterion, Level


@cache
def criteria() -> Mapping[str, Criterion]:
    """Every live criterion of WCAG 2.2 by its number, in the order of the numbers; 4.1.1 was removed and is absent.

    Chinese names come from the authorised translation of WCAG 2.1 (浙江大学, 2019); where `official` is False the name is
    this project's wording and is to be printed with （非官方译名）.
    """
    known = (
        Criterion(
            number=fact["num"],
            level=Level(fact["level"]),
            name_zh=fact["zh"],
            name_en=fact["en"],
            since=fact["since"],
            gloss=fact["gloss"],
            official=fact["zh_official"],
        )
        for fact in _facts()
    )
    return MappingProxyType({criterion.number: criterion for criterion in sorted(known, key=lambda one: in_order(one.number))})


STRICTER: Mapping[str, str] = MappingProxyType(
    {"1.4.3": "1.4.6", "1.4.5": "1.4.9", "2.1.1": "2.1.3", "2.3.1": "2.3.2", "2.4.4": "2.4.9", "2.4.11": "2.4.12", "2.5.8": "2.5.5",
     "3.3.4": "3.3.6", "3.3.8": "3.3.9"}
)  # fmt: skip
"""Criteria that ask the same as another without its exceptions, or more of it: what breaks the first breaks the second (WCAG 2.2)."""


def with_stricter(numbers: tuple[str, ...]) -> tuple[str, ...]:
    """Criteria with those of level AAA that are broken along with them."""
    found = {*numbers, *(STRICTER[number] for number in numbers if number in STRICTER)}
    return tuple(sorted(found, key=in_order))


def lowest_level(numbers: Iterable[str]) -> Level | None:
    """The level at which a rule for these criteria is first demanded; None where no criterion demands it."""
    levels = (criteria()[number].level for number in numbers)
    return min(levels, key=lambda level: len(level.value), default=None)


def address(number: str) -> str:
    """The address of a criterion in W3C's recommendation. Raises KeyError where there is none of that number."""
    return "https://www.w3.org/TR/WCAG22/#" + _anchors()[number]


def in_order(number: str) -> tuple[int, ...]:
    """A key that sorts criterion numbers as people count them: 1.4.9 before 1.4.10."""
    return tuple(int(part) for part in number.split("."))


@cache
def _anchors() -> Mapping[str, str]:
    return {fact["num"]: fact["id"] for fact in _facts()}


@cache
def _facts() -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(files("checks").joinpath("criteria.json").read_text(encoding="utf-8"))["criteria"]
    return told
