"""Reads what each indicator is: name, definition, basis, departments, and where its value comes from (`indicators.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from auditor.language import say


class Source(StrEnum):
    """Where the value of an indicator comes from."""

    AUTOMATIC = "automatic"
    WORKFLOW = "workflow"
    HUMAN = "human"


class Unit(StrEnum):
    """What kind of number it is."""

    SHARE = "share"
    RATE = "rate"
    COUNT = "count"
    DAYS = "days"


class By(StrEnum):
    """What it may be told of."""

    CITY = "city"
    COUNTY = "county"
    DEPARTMENT = "department"
    SITE = "site"
    PLATFORM = "platform"
    SERVICE = "service"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One indicator, as the data file has it."""

    id: str
    name: str
    definition: str
    source: Source
    reporter: str  #: who reports it, or what a person has to add
    later: str = ""  #: of a workflow: what has to be there first
    basis: str
    lead: tuple[str, ...]
    participants: tuple[str, ...]
    units: tuple[Unit, ...]  #: of its numbers, in the order of the name
    by: tuple[By, ...]
    less: bool = False  #: whether less of it is better
    english: Mapping[str, Any]  #: name of a field -> the same in English

    @property
    def share(self) -> bool:
        """Whether it is a part of a whole, told in per cent."""
        return self.units[0] in (Unit.SHARE, Unit.RATE)


def definitions() -> Mapping[str, Definition]:
    """All indicators by id, in their order, in the language that is told now."""
    return say(*_definitions())


@cache
def _definitions() -> tuple[Mapping[str, Definition], Mapping[str, Definition]]:
    """The same in Chinese and in English."""
    told = tomllib.loads(files("reports").joinpath("indicators.toml").read_text(encoding="utf-8"))
    chinese = {row["id"]: _definition(row) for row in told["indicator"]}
    return chinese, {id: replace(one, **one.english) for id, one in chinese.items()}


def _definition(row: Mapping[str, Any]) -> Definition:
    frozen = _frozen(row)
    units, by = tuple(map(Unit, row["units"])), tuple(map(By, row["by"]))
    return Definition(**{**frozen, "source": Source(row["source"]), "units": units, "by": by, "english": _frozen(row["english"])})


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
