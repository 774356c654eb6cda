"""What a file of open data is: its columns, each declared once with its meaning, its unit and where its formula stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditor.language import Pair
from reports.open_data.rows import Gathered

Cell = str | int | float | date | None


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: `value` takes a row of its file to the cell."""

    key: str
    meaning: Pair
    value: Callable[[Any], Cell]
    unit: Pair = ("", "")
    kind: str = "string"  #: of XML Schema: string, integer, decimal, date or anyURI
    source: str = ""  #: where the formula stands, in this project or in print


@dataclass(frozen=True, kw_only=True)
class Table:
    """One file of open data."""

    name: str  #: without .csv
    title: Pair
    about: Pair
    rows: Callable[[Gathered], Iterable[Any]]
    columns: tuple[Column, ...]


POINTS: Pair = ("分（0—100）", "points (0-100)")
PAGES, SITES_, SHARE = ("页", "pages"), ("个站点", "sites"), ("比例（0—1）", "share (0-1)")
POINT, COMPONENTS = ("分", "points"), ("组", "groups")
LOW, HIGH = ("95% 置信区间的下限", "Lower bound of the 95% interval"), ("95% 置信区间的上限", "Upper bound of the 95% interval")
SCORING, INTERVAL = "auditor/scoring.py", "auditor/intervals.py; auditor/scoring.py"


def of_site() -> tuple[Column, ...]:
    """Which site a row is about."""
    return (
        Column(
            key="site", value=lambda row: row.site.id, meaning=("站点编号，改名换址不变", "Id of the site; stays through renames and moves")
        ),
        Column(key="site_name", value=lambda row: row.site.name, meaning=("站点名称", "Name of the site")),
    )


def of_index(of: Callable[[Any], Any], *, about: Pair) -> tuple[Column, ...]:
    """The index with the bounds of its interval; blank where there is none."""
    low = (
        "95% 置信区间的下限；全部网页都检测时等于指数", "Lower bound of the 95% interval; the index itself where every page was judged"
    )  # fmt: skip
    return measured("index", of, unit=POINTS, source=SCORING, bounds=INTERVAL, meaning=about, low=low)


def measured(
    key: str, of: Callable[[Any], Any], *, unit: Pair, source: str, meaning: Pair, bounds: str = "", digits: int = 2, low: Pair = LOW,
    value: str = "value",
) -> tuple[Column, ...]:  # fmt: skip
    """A number with the bounds of its interval: KEY, KEY_low and KEY_high; `of` takes a row to what has them, or to None."""
    parts = ((key, value, meaning, source), (f"{key}_low", "low", low, bounds or source), (f"{key}_high", "high", HIGH, bounds or source))
    return tuple(
        Column(key=name, kind="decimal", unit=unit, source=where, value=_part(of, attribute, digits), meaning=told)
        for name, attribute, told, where in parts
    )


def ranked(of: Callable[[Any], Any], *, best: Pair, worst: Pair) -> tuple[Column, ...]:
    """The best and the worst rank of what `of` takes a row to."""
    return tuple(
        Column(key=key, kind="integer", source="auditor/scoring.py (ranks; Welch)", meaning=told, value=_place(of, which))
        for which, (key, told) in enumerate((("rank_best", best), ("rank_worst", worst)))
    )


def counted(about: Pair = ("", "")) -> tuple[Column, ...]:
    """Numerator and denominator of an indicator; `about`: what is said before."""
    where = "reports/indicators.py; reports/indicators.toml"
    part = (f"{about[0]}分子；空白是没有数据", f"Numerator{about[1]}; blank: no data")
    whole = (f"{about[0]}分母；空白是没有数据", f"Denominator{about[1]}; blank: no data")
    return (
        Column(key="part", kind="integer", source=where, value=lambda row: row.part, meaning=part),
        Column(key="whole", kind="integer", source=where, value=lambda row: row.whole, meaning=whole),
    )


def count(key: str, value: Callable[[Any], Cell], meaning: Pair, *, unit: Pair = ("", ""), source: str = "") -> Column:
    """A whole number of things."""
    return Column(key=key, kind="integer", unit=unit, source=source, value=value, meaning=meaning)


def number(one: Any, name: str, digits: int = 2) -> float | None:
    """A number of something, rounded; None where there is no such thing."""
    return None if one is None else round(getattr(one, name), digits)


def _part(of: Callable[[Any], Any], name: str, digits: int) -> Callable[[Any], float | None]:
    return lambda row: number(of(row), name, digits)


def _place(of: Callable[[Any], Any], which: int) -> Callable[[Any], int | None]:
    return lambda row: found[which] if (found := of(row).rank) else None
