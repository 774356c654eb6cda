"""Two nights compared on the same pages: what is demonstrable is told, and what is not is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.model import Coverage, Move, Paired, State, Tally
from auditor.panel import compared
from auditor.plain import from_plain, to_plain
from auditor.telling import move_json
from reports import comparisons
from tests.histories import history
from tests.test_moves import move, night
from tests.test_scoring import RULES, START, entry, tally

PAGES = [f"{START}{number}" for number in range(20)]
LEDGER = tuple(entry(page) for page in PAGES)


def pair(before: list[Tally], after: list[Tally], ledger: tuple[Coverage, ...] = LEDGER) -> Paired:
    return compared((ledger, before), (ledger, after), RULES, asked=frozenset(RULES), seed="one two")


def failing(count: int) -> list[Tally]:
    """The page language is missing on so many of the pages."""
    return [tally("lang", int(n < count), int(n >= count), page=page) for n, page in enumerate(PAGES)]


def test_a_repair_on_most_pages_is_demonstrable_and_names_its_criterion() -> None:
    found = pair(failing(16), failing(2))
    assert found.pages == 20 and found.covered == 1 and found.change == pytest.approx(70)
    assert found.demonstrable and dict(found.turned) == {"3.1.1": (14, 0)}
    back = pair(failing(2), failing(16))
    assert back.change == pytest.approx(-70) and dict(back.turned) == {"3.1.1": (0, 14)}


def test_one_page_of_twenty_proves_nothing_of_the_site() -> None:
    found = pair(failing(3), failing(2))
    assert found.change == pytest.approx(5) and not found.demonstrable and found.turned == {}


def test_too_few_pages_of_both_nights_say_nothing() -> None:
    lost = tuple(entry(page) if n < 9 else entry(page, State.TIMEOUT) for n, page in enumerate(PAGES))
    found = pair(failing(16), failing(2), lost)
    assert found.pages == 9 and found.change is None and not found.demonstrable


def test_a_page_on_which_an_engine_fell_silent_is_no_evidence() -> None:
    silent = tuple(replace(one, engines=()) if n < 4 else one for n, one in enumerate(LEDGER))
    assert compared((LEDGER, failing(16)), (silent, failing(2)), RULES, asked=frozenset(RULES), seed="").pages == 16


def test_rules_of_one_night_of_the_whole_site_and_of_trials_take_no_part() -> None:
    more = [tally(rule, 1, 0, page=page) for rule in ("trap", "same-help") for page in PAGES]
    assert pair(failing(2), failing(2) + more).change == 0
    contrast = [tally("contrast", 1, 0, page=page) for page in PAGES]
    only = compared((LEDGER, failing(2)), (LEDGER, failing(2) + contrast), RULES, asked=frozenset({"lang"}), seed="")
    assert only.change == 0


def test_a_move_carries_the_comparison_through_the_store_and_into_json() -> None:
    found = move(night(*failing(16), coverage=LEDGER), night(*failing(2), coverage=LEDGER))
    assert found.paired is not None and found.paired.demonstrable
    assert from_plain(Move, to_plain(found)) == found
    told = move_json(found)["paired"]
    assert told["demonstrable"] and told["criteria"] == {"3.1.1": {"mended": 14, "broken": 0}}


def sentence(found: Paired | None) -> str:
    return "".join(comparisons.of_move(history(), Move(since="a", until="b", before=1, after=2, parts={}, pages=20, paired=found)))


def test_the_report_says_what_can_be_said_and_what_cannot() -> None:
    sure = Paired(pages=20, covered=0.8, change=3.2, low=1.1, high=5.3, turned={"1.1.1": (9, 1), "9.9.9": (1, 1)})
    told = sentence(sure)
    assert "两次都检测的 20 页" in told and "占全站页面的 80%" in told and "上升 +3.2（95% 置信区间 +1.1 至 +5.3）" in told
    assert "可以认为确有变化" in told and "1.1.1 非文本内容由不符合转为未查到不符合 9 页，反过来 1 页" in told and "9.9.9" not in told
    assert "区间包含 0，不能断言网站有变化" in sentence(replace(sure, low=-0.4, covered=1, turned={}))
    assert "不足 10 页" in sentence(Paired(pages=4, covered=0.1)) and "不能断言" in sentence(Paired(pages=4, covered=0.1))
    assert "每一页的得分都与上一次相同" in sentence(Paired(pages=20, covered=1, change=0, low=0, high=0))
    assert sentence(None) == ""
