"""The success criteria of WCAG 2.2 with their English and Chinese names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from auditor.model import Criterion, Level


@cache
def criteria() -> Mapping[str, Criterion]:
    """Every live criterion of WCAG 2.2 by its number, in the order of the numbers; 4.1.1 was removed and is absent.

    Chinese names come from the authorised translation of WCAG 2.1 (浙江大学, 2019); where `official` is False the name is
    this project's wording and is to be printed with （非官方译名）.
    """
    facts = json.loads(files("checks").joinpath("criteria.json").read_text(encoding="utf-8"))["criteria"]
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
        for fact in facts
    )
    return MappingProxyType({criterion.number: criterion for criterion in sorted(known, key=lambda one: in_order(one.number))})


def in_order(number: str) -> tuple[int, ...]:
    """A key that sorts criterion numbers as people count them: 1.4.9 before 1.4.10."""
    return tuple(int(part) for part in number.split("."))
