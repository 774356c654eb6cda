"""Puts the open data of several cities together, each of which has a list, a database and a service of its own."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from auditor.exporting import keep
from reports import open_data
from reports.exports.csv import defused

CITY = "city"
"""Column that is put in front of every table."""

MARK = "\ufeff".encode()


class Unfit(Exception):
    """Tables that cannot be put together; the text is a Chinese sentence."""


def roll_up(cities: Mapping[str, Path], out: Path) -> Mapping[str, int]:
    """Write each table of open data with the rows of all cities (name -> folder of its report) below `out`; gives the rows of each.

    A line is held at a time, whatever the number of cities and sites. What is computed over sites stays what each city computed: cities
    are audited by rules, on days and with samples of their own, which stand beside the figures. Unfit, and nothing is written, where a
    table is missing or was written by another version; OSError where something cannot be read or written.
    """
    paths = [name for name in open_data.PATHS if not name.endswith("dictionary.csv")]
    heads = {path: _head(path, cities) for path in paths}
    counts = dict.fromkeys(paths, 0)
    for path in paths:
        keep(_lines(path, heads[path], cities, counts), out / Path(path).name)
    return {Path(path).name: many for path, many in counts.items()}


def _head(path: str, cities: Mapping[str, Path]) -> list[str]:
    """The columns of a table, which have to be the same in all cities."""
    first: tuple[str, list[str]] | None = None
    for city, folder in cities.items():
        file = folder / path
        if not file.is_file():
            raise Unfit(f"{city}：没有找到 {file}，请先用 auditor report 生成这个城市的报告。")
        head = next(_rows(file), [])
        first = first or (city, head)
        if head != first[1]:
            raise Unfit(f"{city} 和 {first[0]} 的 {file.name} 列不相同，请用同一版本重新生成两边的报告。")
    return first[1] if first else []


def _lines(path: str, head: list[str], cities: Mapping[str, Path], counts: dict[str, int]) -> Iterator[bytes]:
    yield MARK + _line([CITY, *head])
    for city, folder in cities.items():
        rows = _rows(folder / path)
        next(rows, None)
        for row in rows:
            counts[path] += 1
            yield _line([defused(city), *row])


def _rows(file: Path) -> Iterator[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.reader(lines)


class _Line(list[str]):
    """Where `csv.writer` leaves its line."""

    def write(self, line: str) -> None:
        self.append(line)


def _line(cells: Iterable[str]) -> bytes:
    """Cells as they were, since those of text have been made safe already and a number below zero is none."""
    told = _Line()
    csv.writer(told).writerow(cells)
    return "".join(told).encode()
