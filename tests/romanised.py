"""Takes every Chinese character out of a history, so that those that are left in a report can only be words of the report itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

from auditor.model import Criterion, Rule

T = TypeVar("T")
HAN = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")
KEPT: Mapping[type, frozenset[str]] = {
    Rule: frozenset({"title", "who", "repair"}),
    Criterion: frozenset({"name_zh", "gloss"}),
}
"""Fields that stay Chinese, since there is the same in English beside them: a report in English that shows them has taken the wrong one."""


def romanised(value: T) -> T:
    """The same value, in all the depth of it, with Latin letters for Chinese ones; no two different names become one."""
    return _romanised(value)  # type: ignore[return-value]


def _romanised(value: object) -> object:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return HAN.sub(lambda found: f"{ord(found[0]):x}", value)
    if is_dataclass(value) and not isinstance(value, type):
        kept = KEPT.get(type(value), frozenset())
        changes = {one.name: _romanised(getattr(value, one.name)) for one in fields(value) if one.init and one.name not in kept}
        return replace(value, **changes)
    if isinstance(value, Mapping):
        return {_romanised(key): _romanised(one) for key, one in value.items()}
    if isinstance(value, (tuple, list, frozenset, set)):
        return type(value)(map(_romanised, value))  # type: ignore[call-arg]
    return value
