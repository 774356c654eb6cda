"""The Chinese standards beside WCAG, edition by edition; of their clauses only those are told that a person has confirmed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from checks.criteria import criteria


class Status(StrEnum):
    """Where an edition stands."""

    IN_FORCE = "in-force"
    APPROVING = "approving"
    WITHDRAWN = "withdrawn"


class Mark(StrEnum):
    """How sure we are of a fact."""

    READ = "V"  #: read in a public copy
    QUOTED = "V2"  #: read in other people's notes on the original
    CONCLUDED = "I"
    UNCHECKED = "U"


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """Who has held a clause against the original, and when."""

    by: str
    date: date


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause of an edition, with the criteria of WCAG 2.2 that ask for the same."""

    edition: str  #: id
    number: str
    title: str
    level: str = ""  #: in the edition's own words; never the same as A, AA or AAA
    wording: str | None = None  #: None: only its sense is known
    criteria: tuple[str, ...]
    mark: Mark
    note: str = ""
    confirmed: Confirmed | None = None


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One edition of a standard."""

    id: str
    number: str
    title: str
    status: Status
    issued: date | None = None
    starts: date | None = None  #: in force from this day on; None: not known, it is cited on no day
    ends: date | None = None  #: the first day on which it is no longer in force
    replaces: str = ""  #: id
    mark: Mark
    source: str
    note: str = ""
    clauses: tuple[Clause, ...] = ()

    def holds(self, on: date) -> bool:
        """Whether the edition was in force on a day. One that is withdrawn needs `ends` to have ever been."""
        if self.starts is None or self.status is Status.APPROVING or (self.status is Status.WITHDRAWN and self.ends is None):
            return False
        return self.starts <= on and (self.ends is None or on < self.ends)


class BadTable(ValueError):
    """The table of editions cannot be believed; the text says where and why."""


@cache
def editions() -> Mapping[str, Edition]:
    """Every edition of the shipped table by id, unconfirmed clauses and all: for those who maintain it, never for a report."""
    return parse(files("checks").joinpath("editions.toml").read_text(encoding="utf-8"))


def clauses(criterion: str, on: date, known: Mapping[str, Edition] | None = None) -> Iterator[Clause]:
    """What may be cited beside a criterion on a day: clauses of the editions then in force that a person has confirmed.

    `known`: editions, None for the shipped table. Raises KeyError where WCAG 2.2 has no such criterion.
    """
    criteria()[criterion]
    for edition in (editions() if known is None else known).values():
        if edition.holds(on):
            yield from (clause for clause in edition.clauses if clause.confirmed and criterion in clause.criteria)


def parse(text: str) -> Mapping[str, Edition]:
    """The editions of a table (TOML) by id. Raises BadTable."""
    try:
        entries = tomllib.loads(text).get("edition", [])
    except tomllib.TOMLDecodeError as error:
        raise BadTable(str(error)) from error
    found: dict[str, Edition] = {}
    for entry in entries:
        edition = _edition(entry)
        if edition.id in found:
            raise BadTable(f"{edition.id}: named twice")
        found[edition.id] = edition
    for edition in found.values():
        if edition.replaces and edition.replaces not in found:
            raise BadTable(f"{edition.id}: replaces {edition.replaces}, which is not in the table")
    return MappingProxyType(found)


def _edition(entry: Mapping[str, Any]) -> Edition:
    id = str(entry.get("id", "?"))
    own = {name: value for name, value in entry.items() if name != "clause"}
    with _at(id):
        parts = tuple(_clause(id, clause) for clause in entry.get("clause", ()))
        dates = [_day(own[name]) for name in ("issued", "starts", "ends") if name in own]
        edition = Edition(**{**own, "status": Status(own["status"]), "mark": Mark(own["mark"]), "clauses": parts})
    if len({clause.number for clause in parts}) < len(parts):
        raise BadTable(f"{id}: a clause stands there twice")
    if dates != sorted(dates) or (edition.ends and edition.starts is None):
        raise BadTable(f"{id}: its dates contradict each other")
    return edition


def _clause(edition: str, entry: Mapping[str, Any]) -> Clause:
    place = f"{edition} {entry.get('number', '?')}"
    with _at(place):
        signed = entry.get("confirmed")
        confirmed = None if signed is None else Confirmed(by=signed["by"].strip(), date=_day(signed["date"]))
        kept = {**entry, "edition": edition, "criteria": tuple(entry["criteria"]), "mark": Mark(entry["mark"]), "confirmed": confirmed}
        clause = Clause(**kept)
    if unknown := [number for number in clause.criteria if number not in criteria()]:
        raise BadTable(f"{place}: WCAG 2.2 has no criterion {', '.join(unknown)}")
    if clause.confirmed and not clause.confirmed.by:
        raise BadTable(f"{place}: confirmed by nobody")
    return clause


def _day(value: object) -> date:
    if type(value) is not date:
        raise ValueError(f"{value!r} is not a day such as 2026-11-23")
    return value


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Says where in the table something is wrong."""
    try:
        yield
    except BadTable:
        raise
    except KeyError as error:
        raise BadTable(f"{place}: {error} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise BadTable(f"{place}: {error}") from error
