"""Other indices of the same data: exact, labelled, folded away, and never in place of the index."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.model import Conformance, Coverage, Impact, Level, Rule, Score, State, Tally
from auditor.run_score import counted
from auditor.scoring import INTERFERING
from checks.criteria import criteria
from reports import alternatives
from reports.alternatives import Weights
from tests import histories

SCORE = Score(
    value=64, error=1, low=62, high=66, pages=40, population=300, strata=3, principles=61.234, used=0.0, used_pages=2, criteria={
        "1.1.1": Conformance(pages=40, failing=20, share=0.5, low=0.4, high=0.6),
        "2.4.2": Conformance(pages=40, failing=0, share=1, low=0.9, high=1),
    },
)  # fmt: skip


def told(score: Score) -> str:
    return str(alternatives.folded(histories.history(), score))


def test_pass_rates_are_weighed_as_the_data_file_says() -> None:
    heavy = Weights(name="", name_en="", usual=1, source="", source_en="", weights={"1.1.1": 3})
    assert alternatives.experienced(SCORE.criteria, heavy) == pytest.approx(100 * (3 * 0.5 + 1) / 4)
    assert alternatives.experienced({}, heavy) is None
    assert alternatives.experienced(SCORE.criteria, replace(heavy, usual=0, weights={})) is None


def test_the_data_file_weighs_criteria_that_exist_and_says_where_its_weights_come_from() -> None:
    shipped = alternatives.weights()
    assert set(shipped.weights) <= set(criteria()) and shipped.usual > 0 and len(shipped.source) > 10
    assert alternatives.as_json(SCORE)["experience"] == pytest.approx(75)


@pytest.mark.parametrize(
    ("score", "passed", "words"),
    [
        (SCORE, True, "技术得分达到 60 分"),
        (replace(SCORE, used_pages=0), None, "没有查到否决项（要试用才能查到的没有查），技术得分达到 60 分"),
        (replace(SCORE, low=58), None, "是否达到 60 分不能断言"),
        (replace(SCORE, value=50, low=48, high=52), False, "技术得分不到 60 分"),
        (replace(SCORE, value=95, low=94, high=96, interfering={"2.1.2": 2}), False, "查到否决项：2.1.2（2 页），不再看技术得分"),
    ],
)
def test_the_technical_line_asks_for_vetoes_first_and_never_claims_what_the_interval_leaves_open(
    score: Score, passed: bool | None, words: str
) -> None:
    assert alternatives.passed(score) is passed
    assert words in told(score)
    assert "不是评测" in told(score) and "不能用来申请或代替信息无障碍标识" in told(score)


def test_a_veto_is_a_failure_of_looked_at_or_used_pages() -> None:
    rule = Rule(
        id="keyboard-trap", title="", title_en="", criteria=("2.1.2",), level=Level.A, impact=Impact.CRITICAL, who="", who_en="", repair=(),
        repair_en=(), verify="", before="", after="", engines=("interaction",),
    )  # fmt: skip
    rules = {"keyboard-trap": rule, "moves": replace(rule, id="moves", criteria=("2.2.2",), engines=("axe",))}
    ledger = [Coverage(url=f"http://x/{n}", state=State.AUDITED, engines=("axe",), dom_key="d") for n in range(3)]
    tallies = [Tally(page=entry.url, rule="moves", passed=1) for entry in ledger]
    clean = counted(ledger, tallies, rules, asked=set(rules))
    trapped = counted(ledger, [*tallies, Tally(page="http://x/1", rule="keyboard-trap", failed=1)], rules, asked=set(rules))
    assert clean is not None and clean.interfering == {}
    assert trapped is not None and trapped.interfering == {"2.1.2": 1}
    assert trapped.value == clean.value == 100, "what is only tried on some pages stays out of the index"


def test_all_vetoes_are_criteria_of_level_a() -> None:
    assert {criteria()[number].level for number in INTERFERING} == {Level.A}


def test_they_stand_folded_beside_the_index_and_say_what_they_are_not() -> None:
    page = histories.soup("sites/shi.html")
    section = page.find(id="alternatives")
    assert section is not None
    details = section.find_parent("details")
    assert details is not None and "open" not in details.attrs
    assert "不代替无障碍指数，不参加平均和排名" in details.get_text()
    assert "按另外" not in histories.said("index.html")
