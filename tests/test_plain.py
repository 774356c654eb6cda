"""Plain data: every word of the model comes back from disk as it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from auditor.model import (
    Box,
    Coverage,
    Element,
    Finding,
    Impact,
    Judged,
    Level,
    Outcome,
    Page,
    Plan,
    Rule,
    RunState,
    RunSummary,
    State,
    Tally,
    Watch,
)
from auditor.plain import dump, from_plain, load, to_plain

NOW = datetime(2026, 11, 23, 2, 0, 0, 123, tzinfo=UTC)
FINDING = Finding(
    rule="image-alt", criteria=("1.1.1",), outcome=Outcome.CANT_TELL, impact=Impact.SERIOUS, page="http://a/", message="请写替代文字。",
    element=Element(
        selector="img", attributes={"src": "a"}, ancestors=({"tag": "p"}, {"tag": "main"}), box=Box(x=1.5, y=0, width=3, height=4),
    ),
    engines=("axe", "wcag"),
)  # fmt: skip

WORDS = [
    FINDING,
    Judged(
        coverage=Coverage(url="http://a/", state=State.AUDITED, status=200, validators={"etag": '"1"'}, seconds=1.25),
        findings=(FINDING,), tallies=(Tally(page="http://a/", rule="label", failed=1),), links=("http://a/b",),
    ),
    Page(url="a", final_url="b", state=State.AUDITED, facts={"axe": {"rules": [1, 2.5, None, True, {"中": "文"}]}}, seen_at=NOW,
         pictures={"img": b"\x00\xff"}),
    Plan(id="p", name="规划", document="济政字〔2021〕71号", period=(date(2021, 1, 1), date(2025, 12, 31))),
    RunSummary(
        site="a", round="n1", started=NOW, finished=NOW, state=RunState.PARTIAL, reason="", coverage={State.GONE: 2, State.AUDITED: 1},
        findings=0, new=0, open=0, fixed=0, reopened=0, ruleset_id="", environment_id="", versions={},
    ),
    Rule(id="r", title="", title_en="", criteria=(), level=Level.AA, impact=Impact.MINOR, who="", who_en="", repair=(), repair_en=(),
         verify="", before="", after="", engines=()),
    Watch(),
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS, ids=lambda word: type(word).__name__)
def test_a_word_comes_back_as_it_went(word: Any) -> None:
    assert load(type(word), dump(word)) == word
    assert from_plain(type(word), to_plain(word)) == word


def test_what_is_empty_is_left_out_and_what_is_zero_is_not() -> None:
    assert to_plain(Tally(page="a", rule="b")) == {"page": "a", "variant": "desktop", "rule": "b", "failed": 0, "passed": 0, "cant_tell": 0}
    assert to_plain(Element(selector="img")) == {"selector": "img"}


def test_what_is_written_again_is_the_same_text() -> None:
    """Browsers say 10 where they mean 10.0; evidence is known again by its text."""
    for box in (Box(x=1, y=2, width=3, height=4), Box(x=1.0, y=2.5, width=3.0, height=4.0)):
        assert dump(load(Box, dump(box))) == dump(box)


def test_times_are_kept_in_utc_and_a_time_without_a_zone_is_refused() -> None:
    shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    assert to_plain(shanghai) == "2026-11-23T02:00:00.000123+00:00"
    assert from_plain(datetime, to_plain(shanghai)) == NOW
    with pytest.raises(ValueError, match="without a zone"):
        to_plain(NOW.replace(tzinfo=None))


def test_halves_of_characters_survive() -> None:
    page = Page(url="a", final_url="a", state=State.AUDITED, html="<p>\ud83d 中文 \udc00\x00</p>", title="\ud800")
    assert load(Page, dump(page)) == page


@dataclass(frozen=True, kw_only=True)
class Older:
    name: str
    gone: int = 1


@dataclass(frozen=True, kw_only=True)
class Newer:
    name: str
    remark: str = ""
    choice: int | str = 0


def test_a_word_that_gained_and_lost_fields_reads_old_data() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Gained:
        name: str
        remark: str = ""

    assert from_plain(Gained, to_plain(Older(name="甲"))) == Gained(name="甲")
    assert to_plain(Gained(name="甲")) == {"name": "甲"}


@pytest.mark.parametrize(("kind", "data"), [
    (Tally, {"page": "a"}), (Tally, []), (State, "lost"), (Newer, {"name": "a"}), (datetime, "yesterday"), (Tally, None),
    (Box, {"x": "1", "y": 0, "width": 0, "height": 0}),
])  # fmt: skip
def test_what_does_not_fit_is_refused(kind: type, data: Any) -> None:
    with pytest.raises(ValueError, match=r"^(not a |Invalid isoformat|'lost' is not)"):
        from_plain(kind, data)


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(TypeError, match="no plain form"):
        to_plain({"a": object()})
