"""What axe's rules are called here, whom each barrier shuts out and how it is repaired (the words are in catalogue.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from auditor.model import Impact, Rule
from checks.criteria import lowest_level

ENGINE = "axe"


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule of the axe build by our id, deprecated ones too; ordered by criterion, best practice last."""
    return MappingProxyType({id: _rule(id, entry) for id, entry in entries().items()})


def rule_of(axe_id: str) -> str:
    """Our id of axe's rule; a rule that the catalogue does not know keeps the name that axe gave it."""
    return _ours().get(axe_id, axe_id)


@cache
def entries() -> Mapping[str, Mapping[str, Any]]:
    """The catalogue as it is written, by our ids."""
    return tomllib.loads(files("checks.axe").joinpath("catalogue.toml").read_text(encoding="utf-8"))


@cache
def _ours() -> Mapping[str, str]:
    return {entry["axe"]: id for id, entry in entries().items()}


def _rule(id: str, entry: Mapping[str, Any]) -> Rule:
    return Rule(
        id=id,
        title=entry["title"],
        title_en=entry["title_en"],
        criteria=tuple(entry["criteria"]),
        level=lowest_level(entry["criteria"]),
        impact=Impact(entry["impact"]),
        who=entry["who"],
        who_en=entry["who_en"],
        repair=tuple(entry["repair"]),
        repair_en=tuple(entry["repair_en"]),
        verify=entry["verify"],
        before=entry["before"].strip("\n"),
        after=entry["after"].strip("\n"),
        engines=(ENGINE,),
    )


AXE_RULES: tuple[str, ...] = tuple(entry["axe"] for entry in entries().values() if not entry.get("deprecated", False))
"""The ids that axe is asked for: all its rules that are not deprecated."""
