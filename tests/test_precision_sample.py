"""The sample of findings that people judge is drawn as announced, and counted honestly."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from auditor.addresses import host_of
from auditor.model import Element, Finding, Impact, Outcome
from bench.precision import COLUMNS, KEPT_COLUMNS, STATISTICS, count, draw


def finding(
    rule: str, host: str, number: int = 0, *, outcome: Outcome = Outcome.FAILED, engines: tuple[str, ...] = ("auditor",)
) -> Finding:
    return Finding(
        rule=rule, criteria=("1.1.1",), outcome=outcome, impact=Impact.SERIOUS, page=f"http://{host}/{number}.html",
        element=Element(selector=f"#n{number}"), message="说明", engines=engines,
    )  # fmt: skip


MANY = [
    finding(f"rule-{rule}", host, number)
    for rule in range(60)
    for host in ("www.a.gov.cn", "www.b.gov.cn", STATISTICS)
    for number in range(5)
    if host != STATISTICS or rule >= 20
] + [finding(f"statistics-{rule}", STATISTICS, number) for rule in range(40) for number in range(5)]


def test_the_same_findings_give_the_same_sample_in_whatever_order_they_come() -> None:
    assert draw(MANY) == draw(reversed(MANY))
    assert draw(MANY) != draw(MANY, seed=1)


def test_no_check_comes_too_often_and_statistics_are_a_fifth_at_most() -> None:
    sample = draw(MANY)
    assert len(sample) == 100
    assert max(Counter((host_of(one.page), one.rule) for one in sample).values()) <= 3
    assert 0 < sum(host_of(one.page) == STATISTICS for one in sample) <= 20


def test_a_small_sample_keeps_statistics_to_a_fifth_too() -> None:
    sample = draw([finding(f"rule-{n}", "www.a.gov.cn") for n in range(8)] + [finding(f"other-{n}", STATISTICS) for n in range(30)])
    assert len(sample) == 10
    assert sum(host_of(one.page) == STATISTICS for one in sample) == 2


def test_one_check_is_drawn_at_most_three_times_on_a_host() -> None:
    hosts = [f"www.{name}.gov.cn" for name in "abc"]
    sample = draw([finding("rule", host, number) for host in hosts for number in range(9)])
    assert sorted(host_of(one.page) for one in sample) == sorted(hosts * 3)


def test_only_failed_findings_of_our_checks_alone_are_drawn() -> None:
    others = [
        finding("a", "www.a.gov.cn", outcome=Outcome.CANT_TELL), finding("b", "www.a.gov.cn", engines=("axe",)),
        finding("c", "www.a.gov.cn", engines=("axe", "auditor")),
    ]  # fmt: skip
    assert draw([*others, finding("d", "www.a.gov.cn")]) == [finding("d", "www.a.gov.cn")]


def rows(*verdicts: str) -> list[dict[str, str]]:
    plain = {**dict.fromkeys(COLUMNS, ""), "snippet": "<a>" + "文" * 200, "message": "网页上的文字", "rule": "rule"}
    return [{**plain, "number": str(number), "verdict": verdict} for number, verdict in enumerate(verdicts, 1)]


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [(["true"] * 19 + ["false"], 0), (["true"] * 18 + ["unclear", "false"], 1), (["true", ""], 2)],
)
def test_unclear_counts_as_false_and_a_missing_verdict_counts_not_at_all(tmp_path: Path, verdicts: list[str], status: int) -> None:
    assert count(rows(*verdicts), tmp_path / "kept.csv") == status
    assert (tmp_path / "kept.csv").exists() == (status != 2)


def test_the_table_that_is_kept_holds_no_text_of_pages_but_a_little_markup(tmp_path: Path) -> None:
    count(rows("true"), tmp_path / "kept.csv")
    with (tmp_path / "kept.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == KEPT_COLUMNS
    assert len(row["snippet"]) == 80
    assert "网页上的文字" not in row.values()
