"""Open data say what they are: each column stands in the dictionary, each cell is of its kind, nothing in them calculates or hides."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup
from histories import HOSTILE, NOW, history, hostile_history
from test_tendencies import climbing, site

from auditor.language import told_in
from auditor.model import Bridge, History
from reports import open_data, scores
from reports.rollups import watched

KINDS = {"integer": int, "decimal": float, "date": date.fromisoformat}


def year() -> History:
    """The hand-made city, and two sites with a hundred and forty nights; the rules of one of them changed, and were bridged."""
    steady, changed = site("a", climbing(140, 0.0)), site("b", climbing(140), upgraded=60)
    bridge = Bridge(site="b", round="night-59", before="old", after="new", shift=-4.0, error=0.4, pages=30)
    return history(steady, replace(changed, bridges=(bridge,)))


def rows(told: History, name: str) -> list[dict[str, str]]:
    content = open_data.file_of(told, f"data/{name}.csv")
    assert content is not None and content.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_column_of_every_file_stands_in_the_dictionary_and_on_the_page(language: str) -> None:
    with told_in(language):  # type: ignore[arg-type]
        told = year()
        known = {(row["file"], row["column"]): row for row in rows(told, "dictionary")}
        page = BeautifulSoup(b"".join(content for _, content in open_data.render(told)), "lxml")
        for path, lines in open_data.files(told):
            if path.endswith("dictionary.csv"):
                continue
            head = next(lines).decode("utf-8-sig").strip().split(",")
            name = path.removeprefix("data/")
            assert head == [column for file, column in known if file == name], "in the same order"
            assert all(known[name, column]["meaning"] for column in head)
            told_on_page = [cell.get_text() for cell in page.select(f"#{name.removesuffix('.csv')} tbody th")]
            assert told_on_page == head
    units = {row["unit"] for row in known.values() if row["column"] == "index"}
    assert units == {"分（0—100）" if language == "zh" else "points (0-100)"}


def test_cells_are_of_their_kind() -> None:
    told = year()
    kinds = {(row["file"], row["column"]): row["type"] for row in rows(told, "dictionary")}
    filled = set()
    for path in open_data.PATHS[:-1]:
        name = path.removeprefix("data/")
        for row in rows(told, name.removesuffix(".csv")):
            for column, cell in row.items():
                if cell and (read := KINDS.get(kinds[name, column])):
                    read(cell)
                    filled.add(name)
    assert len(filled) == len(open_data.TABLES), "every file holds numbers"


def test_the_numbers_are_those_of_the_pages() -> None:
    told = year()
    known = scores.comparable(watched(told))
    for row in rows(told, "sites"):
        if row["site"] in known and row["rank_best"]:
            assert float(row["index"]) == pytest.approx(known[row["site"]].value, abs=0.005)
    (whole,) = [row for row in rows(told, "groups") if row["by"] == "city"]
    assert int(whole["sites_counted"]) == len(known)
    assert {row["site"]: row["state"] for row in rows(told, "sites")}["gxq"] == "waiting"
    assert {row["indicator"] for row in rows(told, "indicators")} == {f"IA-{number}" for number in range(1, 17)}
    assert [row["period_over"] for row in rows(told, "goals")] == ["yes"] * 3
    barriers = {(row["site"], row["rule"]): row for row in rows(told, "barriers")}
    assert barriers["shi", "image-alt"]["pages"] == "40" and ("hall", "color-contrast") not in barriers, "hall was not judged last night"
    assert {row["rule"]: row["sites"] for row in rows(told, "rules")}["image-alt"] == "1"


def test_the_index_over_time_tells_what_can_be_compared() -> None:
    nights = [row for row in rows(year(), "index") if row["site"] == "b"]
    assert len(nights) == 140 and nights[-1]["day"] == "2026-11-23" and nights[0]["day"] < nights[-1]["day"]
    old = [row for row in nights if row["ruleset"] == "old"]
    assert all(float(row["index_linked"]) == pytest.approx(float(row["index"]) - 4.0, abs=0.02) for row in old)
    assert float(old[0]["error_linked"]) > 0.5 and [row["break"] for row in nights if row["break"]] == ["linked"]
    loose = replace(year(), sites=(site("b", climbing(140), upgraded=60),))
    nights = rows(loose, "index")
    assert [bool(row["index_linked"]) for row in nights] == [row["ruleset"] == "new" for row in nights]
    assert [row["break"] for row in nights if row["break"]] == ["unlinked"]


def test_nothing_in_them_calculates_hides_or_breaks_a_row() -> None:
    evil = hostile_history()
    subject = evil.sites[0].target
    for words in ("=1+1", "@SUM(A1)", "\t=1", "＝HYPERLINK(1)", f"{HOSTILE}\r\n=2", "\ud800"):
        named = replace(subject, site=replace(subject.site, name=words, owner=words))
        told = replace(evil, sites=(replace(evil.sites[0], target=named),))
        for path in open_data.PATHS:
            content = (open_data.file_of(told, path) or b"").decode("utf-8-sig")
            assert not set(content) & {"\u202e", "\u200b", "\x07", "\t"}
            table = list(csv.reader(io.StringIO(content)))
            assert len({len(row) for row in table}) == 1
            assert not [cell for row in table for cell in row if cell.lstrip(" ").startswith(("=", "@", "＝", "\t"))]


def test_lines_are_made_as_they_are_asked_for() -> None:
    """The second site is not looked at before the first one has been written."""
    looked: list[str] = []

    class Sites(tuple):  # type: ignore[type-arg]
        def __iter__(self) -> Iterator[object]:
            for one in tuple.__iter__(self):
                looked.append(one.target.site.id)
                yield one

    told = replace(year(), sites=Sites(year().sites))
    lines = dict(open_data.files(told))["data/barriers.csv"]
    next(lines)
    assert looked == []
    next(lines)
    assert looked == ["xian", "shi"], "the first that was judged"


def test_a_city_without_a_night_has_heads_alone() -> None:
    told = replace(history(), sites=(), rounds=(), plans=())
    assert [len(rows(told, name)) for name in ("sites", "index", "conformance", "groups", "barriers", "rules", "goals")] == [0] * 7
    assert {row["told"][:4] for row in rows(told, "indicators")} == {"尚无数据"} and told.now == NOW
