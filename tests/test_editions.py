"""The criteria agree with the facts they were copied from; of Chinese standards nothing is cited that no person has confirmed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.model import Level
from checks.criteria import address, criteria
from checks.editions import BadTable, Clause, Edition, clauses, editions, parse

TODAY = date(2026, 11, 23)

TABLE = """
[[edition]]
id = "old"
number = "GB/T 1-2019"
title = "旧标准"
status = "in-force"
issued = 2019-08-30
starts = 2020-03-01
ends = 2027-01-01
mark = "V2"
source = "公开资料"

[[edition.clause]]
number = "3.1"
title = "已核对"
level = "一级"
wording = "应有名称"
criteria = ["1.1.1", "4.1.2"]
mark = "V2"
confirmed = {by = "张三", date = 2026-11-20}

[[edition.clause]]
number = "3.2"
title = "未核对"
criteria = ["1.1.1"]
mark = "V2"

[[edition]]
id = "new"
number = "GB/T 1-2026"
title = "新标准"
status = "in-force"
starts = 2027-01-01
replaces = "old"
mark = "V2"
source = "公开资料"

[[edition.clause]]
number = "4.1"
title = "新条款"
criteria = ["1.1.1"]
mark = "V"
confirmed = {by = "李四", date = 2026-12-30}
"""


@pytest.fixture
def known() -> Mapping[str, Edition]:
    """Two editions, the second of which takes over on the first day of 2027."""
    return parse(TABLE)


def numbers(criterion: str, on: date, known: Mapping[str, Edition]) -> list[str]:
    return [clause.number for clause in clauses(criterion, on, known)]


# ------------------------------------------------------------------------------------------ editions


def test_only_confirmed_clauses_are_cited(known: Mapping[str, Edition]) -> None:
    (clause,) = clauses("1.1.1", TODAY, known)
    assert (clause.number, clause.level, clause.wording) == ("3.1", "一级", "应有名称")
    assert clause.confirmed is not None
    assert (clause.confirmed.by, clause.confirmed.date) == ("张三", date(2026, 11, 20))


def test_clauses_are_found_by_criterion(known: Mapping[str, Edition]) -> None:
    assert numbers("4.1.2", TODAY, known) == ["3.1"]
    assert numbers("2.4.2", TODAY, known) == []
    with pytest.raises(KeyError):
        list(clauses("4.1.1", TODAY, known))


@pytest.mark.parametrize(
    ("day", "cited"),
    [(date(2020, 2, 29), []), (date(2020, 3, 1), ["3.1"]), (date(2026, 12, 31), ["3.1"]), (date(2027, 1, 1), ["4.1"])],
)
def test_the_edition_in_force_on_that_day_is_cited(known: Mapping[str, Edition], day: date, cited: list[str]) -> None:
    assert numbers("1.1.1", day, known) == cited


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('status = "in-force"\nissued', 'status = "approving"\nissued'),
        ("starts = 2020-03-01\nends = 2027-01-01\n", ""),
        ('status = "in-force"\nissued = 2019-08-30\nstarts = 2020-03-01\nends = 2027-01-01', 'status = "withdrawn"\nstarts = 2020-03-01'),
    ],
)
def test_what_is_not_known_to_be_in_force_is_cited_on_no_day(was: str, becomes: str) -> None:
    assert was in TABLE
    known = parse(TABLE.replace(was, becomes, 1))
    assert numbers("1.1.1", TODAY, known) == []


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ('"4.1.2"]', '"4.1.1"]', "old 3.1: WCAG 2.2 has no criterion 4.1.1"),
        ('by = "张三"', 'by = " "', "old 3.1: confirmed by nobody"),
        ("date = 2026-11-20", 'date = "gestern"', "old 3.1: 'gestern' is not a day"),
        ('by = "张三", ', "", "old 3.1: 'by' is missing"),
        ('mark = "V"\n', 'mark = "W"\n', "new 4.1: 'W' is not a valid Mark"),
        ('number = "3.2"', 'number = "3.1"', "old: a clause stands there twice"),
        ('id = "new"', 'id = "old"', "old: named twice"),
        ('replaces = "old"', 'replaces = "older"', "replaces older, which is not in the table"),
        ("ends = 2027-01-01", "ends = 2019-01-01", "old: its dates contradict each other"),
        ('title = "新标准"', 'titel = "新标准"', "new: .*titel"),
        ("[[edition]]", "[[edition", "line 2"),
    ],
)
def test_a_table_that_cannot_be_believed_is_refused(was: str, becomes: str, why: str) -> None:
    assert was in TABLE
    with pytest.raises(BadTable, match=why):
        parse(TABLE.replace(was, becomes, 1))


def test_the_shipped_table_cites_nothing_that_no_person_has_signed() -> None:
    shipped = {(clause.edition, clause.number): clause for edition in editions().values() for clause in edition.clauses}
    cited = [clause for number in criteria() for clause in clauses(number, TODAY)]
    assert all(clause.confirmed and clause.confirmed.by for clause in cited)
    unsigned = {key for key, clause in shipped.items() if clause.confirmed is None}
    assert not unsigned & {(clause.edition, clause.number) for clause in cited}


def test_the_shipped_table_holds_what_could_be_read_of_the_national_standard() -> None:
    edition = editions()["gbt37668-2019"]
    assert edition.holds(TODAY)
    assert [clause.number for clause in edition.clauses] == ["3.2.1.3", "3.2.1.4", "3.2.4.2", "3.3.2.2", "3.3.3.6", "3.3.4.2", "3.5.1.2"]
    assert {clause.level for clause in edition.clauses} <= {"一级", "二级", "三级"}
    assert not editions()["gbt37668-next"].holds(TODAY)


def test_every_shipped_edition_says_where_it_is_known_from() -> None:
    assert len(editions()) >= 5
    assert all(edition.source and edition.title and edition.number for edition in editions().values())
    assert all(isinstance(clause, Clause) and clause.title for edition in editions().values() for clause in edition.clauses)


# ------------------------------------------------------------------------------------------ criteria


@pytest.mark.shared
def test_criteria_are_those_of_the_domain_facts_in_both_languages(shared: Path) -> None:
    facts = json.loads((shared / "domain" / "wcag22.json").read_text(encoding="utf-8"))["criteria"]
    wanted: dict[str, dict[str, Any]] = {fact["num"]: fact for fact in facts if fact["level"] != "removed"}
    assert sorted(criteria()) == sorted(wanted)
    for number, criterion in criteria().items():
        fact = wanted[number]
        assert (criterion.level, criterion.since) == (Level(fact["level"]), fact["since"])
        assert (criterion.name_en, criterion.name_zh) == (fact["en"], fact["zh"])
        assert (criterion.official, criterion.gloss) == (fact["zh_official"], fact.get("gloss", "")), number
        assert address(number).endswith(f"#{fact['id']}")


def test_every_level_and_both_kinds_of_names_are_there() -> None:
    levels = [criterion.level for criterion in criteria().values()]
    assert [levels.count(level) for level in Level] == [31, 24, 31]
    unofficial = {number for number, criterion in criteria().items() if not criterion.official}
    assert {number for number, criterion in criteria().items() if criterion.since == "2.2"} <= unofficial
    assert "1.1.1" not in unofficial
