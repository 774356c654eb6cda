"""What a file of open data is: its columns, each declared once with its meaning, its unit and where its formula stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports.open_data.rows import Gathered

Cell = str | int | float | date | None
Words = tuple[str, str]
"""In Chinese and in English."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: `value` takes a row of its file to the cell."""

    key: str
    meaning: Words
    value: Callable[[Any], Cell]
    unit: Words = ("", "")
    kind: str = "string"  #: of XML Schema: string, integer, decimal, date or anyURI
    source: str = ""  #: where the formula stands, in this project or in print


@dataclass(frozen=True, kw_only=True)
class Table:
    """One file of open data."""

    name: str  #: without .csv
    title: Words
    about: Words
    rows: Callable[[Gathered], Iterable[Any]]
    columns: tuple[Column, ...]


POINTS: Words = ("分（0—100）", "points (0-100)")
PAGES, SITES_, SHARE = ("页", "pages"), ("个站点", "sites"), ("比例（0—1）", "share (0-1)")
POINT, COMPONENTS = ("分", "points"), ("组", "groups")
SCORING, INTERVAL = "auditor/scoring.py", "auditor/intervals.py; auditor/scoring.py"


def of_site() -> tuple[Column, ...]:
    """Which site a row is about."""
    return (
        Column(
            key="site", value=lambda row: row.site.id, meaning=("站点编号，改名换址不变", "Id of the site; stays through renames and moves")
        ),
        Column(key="site_name", value=lambda row: row.site.name, meaning=("站点名称", "Name of the site")),
    )


def of_index(of: Callable[[Any], Any], *, about: Words) -> tuple[Column, ...]:
    """The index with the bounds of its interval; blank where there is none."""
    return (
        Column(key="index", kind="decimal", unit=POINTS, source=SCORING, value=lambda row: number(of(row), "value"), meaning=about),
        Column(
            key="index_low",
            kind="decimal",
            unit=POINTS,
            source=INTERVAL,
            value=lambda row: number(of(row), "low"),
            meaning=(
                "95% 置信区间的下限；全部网页都检测时等于指数",
                "Lower bound of the 95% interval; the index itself where every page was judged",
            ),
        ),
        Column(
            key="index_high",
            kind="decimal",
            unit=POINTS,
            source=INTERVAL,
            value=lambda row: number(of(row), "high"),
            meaning=("95% 置信区间的上限", "Upper bound of the 95% interval"),
        ),
    )


def number(one: Any, name: str, digits: int = 2) -> float | None:
    """A number of something, rounded; None where there is no such thing."""
    return None if one is None else round(getattr(one, name), digits)


def rank(which: int, of: Callable[[Any], Any]) -> Callable[[Any], int | None]:
    """The best (0) or the worst (1) rank of what `of` takes a row to."""
    return lambda row: found[which] if (found := of(row).rank) else None
