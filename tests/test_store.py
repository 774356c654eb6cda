"""The store: what goes in comes out, nothing grows that did not change, and no failure costs an earlier night."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from auditor import store_read
from auditor.lifecycle import Counts, advance
from auditor.model import (
    Box,
    Category,
    Coverage,
    Decision,
    Element,
    Finding,
    Impact,
    IssueState,
    Outcome,
    Plan,
    Run,
    RunState,
    RunSummary,
    Site,
    Span,
    State,
    Tally,
    Target,
    Variant,
    Verdict,
    Watch,
)
from auditor.store import Store, StoreError

HERE = Path(__file__).parents[1]
START = datetime(2026, 11, 23, 18, tzinfo=UTC)
RULES = tuple(f"rule-{number}" for number in range(10))


def url(number: int) -> str:
    return f"http://www.example.gov.cn/page{number}.html"


def finding(page: int, place: int, kind: str = "", picture: str = "") -> Finding:
    item = Element(
        selector=f"main > img:nth-child({place})", xpath=f"/html/body/main/img[{place}]", tag="img", text=f"图{place}{kind}",
        snippet=f'<img src="/{place}{kind}.png" class="photo{kind}">', attributes={"src": f"/{place}{kind}.png", "class": f"photo{kind}"},
        ancestors=({"tag": "main"},), landmark="main", box=Box(x=0, y=float(place), width=10, height=10),
    )  # fmt: skip
    return Finding(
        rule=RULES[place % 10], criteria=("1.1.1",), outcome=Outcome.FAILED, impact=Impact.SERIOUS, page=url(page), element=item,
        message="请写替代文字。", engines=("axe",), picture=picture,
    )  # fmt: skip


def entry(page: int, state: State = State.AUDITED, **changes: object) -> Coverage:
    values: dict[str, object] = {"url": url(page), "state": state}
    if state is State.AUDITED:
        values |= {
            "final_url": url(page), "status": 200, "title": f"第{page}页", "engines": ("axe",), "url_key": "k", "dom_key": "d",
            "digest": f"{page:064x}", "validators": {"etag": f'"{page}"'}, "seconds": 1.5,
        }  # fmt: skip
    return Coverage(**(values | changes))  # type: ignore[arg-type]


def a_run(
    night: int, findings: Sequence[Finding] = (), coverage: Sequence[Coverage] | None = None, tallies: Sequence[Tally] = (),
    **changes: object,
) -> Run:  # fmt: skip
    started = START + timedelta(days=night)
    values: dict[str, object] = {
        "site": "portal", "round": f"n{night}", "started": started, "finished": started + timedelta(hours=1), "state": RunState.AUDITED,
        "coverage": tuple(coverage if coverage is not None else (entry(1), entry(2))), "findings": tuple(findings),
        "tallies": tuple(tallies), "rules": RULES, "versions": {"axe": "4.12.1"}, "ruleset_id": "r1", "environment_id": "e1",
    }  # fmt: skip
    return Run(**(values | changes))  # type: ignore[arg-type]


def big_run(night: int, pages: int = 10, each: int = 30, tallies: int = 20, churn: int = 0) -> Run:
    """A run with `pages` × `each` findings; `churn` of them are others every night."""
    fresh = {(night * churn + number) % (pages * each) for number in range(churn)}
    findings = [
        finding(page, place, f"-{'abcdefghij'[night % 10]}" if page * each + place in fresh else "")
        for page in range(pages) for place in range(each)
    ]  # fmt: skip
    told = [Tally(page=url(page), rule=f"rule-{rule}", failed=3, passed=rule) for page in range(pages) for rule in range(tallies)]
    return a_run(night, findings, [entry(page) for page in range(pages)], told)


def keep(store: Store, run: Run, *, end: bool = True) -> RunSummary:
    """What a round does with one run."""
    store.begin_round(run.round, run.started, "demo")
    changed, counts = advance(store.issues(run.site), run, catalogue=frozenset(RULES))
    summary = store.save(run, changed, counts)
    if end:
        store.end_round(run.round, run.finished)
    return summary


def rows(store: Store) -> dict[str, int]:
    """How many rows every table has."""
    with closing(sqlite3.connect(store.path)) as look:
        names = [name for (name,) in look.execute("SELECT name FROM sqlite_schema WHERE type = 'table'") if not name.startswith("_")]
        return {name: look.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "auditor.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


# ---------------------------------------------------------------------------------------------- in and out


def test_the_rules_that_the_run_before_asked_are_known(store: Store) -> None:
    for night, rules in enumerate([("rule-1",), ("rule-1", "rule-2"), ()], 1):
        keep(store, a_run(night, rules=rules))
    assert store.asked_before("portal", "n1") == frozenset()
    assert store.asked_before("portal", "n2") == {"rule-1"}
    assert store.asked_before("portal", "n4") == {"rule-1", "rule-2"}, "a run that asked nothing tells nothing"


def test_a_run_comes_back_as_it_was_stored(store: Store) -> None:
    tallies = (Tally(page=url(1), rule="rule-1", failed=1, passed=4), Tally(page=url(2), rule="rule-2", cant_tell=2))
    coverage = (entry(1), entry(2), entry(3, State.TIMEOUT, reason="三十秒内没有回应"), entry(1, variant=Variant.MOBILE))
    run = a_run(1, [finding(1, 1), finding(2, 2)], coverage, tallies, state=RunState.PARTIAL, reason="首页未能检测")
    store.begin_round("n1", run.started, "schedule")
    changed, counts = advance((), run, catalogue=RULES)
    summary = store.save(run, changed, counts)
    assert summary == RunSummary(
        site="portal", round="n1", started=run.started, finished=run.finished, state=RunState.PARTIAL, reason="首页未能检测",
        coverage={State.AUDITED: 2, State.TIMEOUT: 1}, findings=2, new=2, open=2, fixed=0, reopened=0, ruleset_id="r1",
        environment_id="e1", versions={"axe": "4.12.1"},
    )  # fmt: skip
    assert store.runs("portal") == (summary,)
    assert store.issues("portal") == changed
    assert store.issue(changed[0].id) == changed[0]
    assert tuple(store.ledger("portal")) == store.known("portal") == coverage
    assert store.tallies("portal") == tallies
    (begun,) = store.rounds()
    assert (begun.id, begun.started, begun.finished, begun.trigger) == ("n1", run.started, None, "schedule")
    store.end_round("n1", run.finished)
    assert store.rounds()[0].finished == run.finished
    assert store.integrity() == "ok"


def test_what_is_not_there_is_nothing(store: Store) -> None:
    assert (store.run_of("portal", "n1"), store.issue("x"), store.runs("portal"), store.issues("portal")) == (None, None, (), ())
    assert (tuple(store.ledger("portal")), store.known("portal"), store.journal("n1", "portal"), store.unfinished()) == ((), (), (), ())
    assert store.sweep() == 0


def test_issues_live_through_the_nights_as_they_do_in_memory(store: Store) -> None:
    nights = [[1, 2, 3], [1, 3], [1, 2], [], [2]]
    memory: dict[str, object] = {}
    for night, places in enumerate(nights):
        run = a_run(night, [finding(1, place) for place in places])
        changed, counts = advance(memory.values(), run, catalogue=RULES)  # type: ignore[arg-type]
        memory |= {issue.id: issue for issue in changed}
        summary = keep(store, run)
        assert (summary.new, summary.open, summary.fixed, summary.reopened) == (counts.new, counts.open, counts.fixed, counts.reopened)
        assert store.issues("portal") == tuple(memory.values())
    assert [issue.state for issue in store.issues("portal", standing=True)] == [IssueState.REOPENED]
    assert store.issues("portal", standing=True)[0].spans == (Span(first="n0", last="n1"), Span(first="n2", last="n3"), Span(first="n4"))
    assert len(store.issues("portal", standing=False)) == 2
    assert [run.round for run in store.runs("portal", limit=2)] == ["n4", "n3"]


def test_storing_a_run_twice_changes_nothing(store: Store) -> None:
    run = a_run(1, [finding(1, 1)])
    first = keep(store, run, end=False)
    before = (rows(store), store.issues("portal"), store.db.conn.total_changes)
    assert store.save(run, (), Counts(new=99)) == first
    assert (rows(store), store.issues("portal"), store.db.conn.total_changes) == before


def test_a_run_is_stored_as_a_whole_or_not_at_all(store: Store) -> None:
    store.begin_round("n1", START, "demo")
    run = a_run(1, [finding(1, 1)])
    (issue,), counts = advance((), run, catalogue=RULES)
    before = rows(store)
    with pytest.raises(StoreError, match="没有轮次 lost"):
        store.save(run, [replace(issue, spans=(Span(first="lost"),))], counts)
    with pytest.raises(TypeError):
        store.save(run, [issue, replace(issue, id="2", criteria=(object(),))], counts)  # type: ignore[arg-type]
    assert rows(store) == before
    assert store.save(run, [issue], counts).new == 1


def test_the_newest_round_that_ended_is_found_behind_any_number_that_did_not(store: Store) -> None:
    assert store.last_finished() is None
    keep(store, a_run(1))
    for number in range(2, 62):
        store.begin_round(f"n{number}", START, "demo")
    assert (found := store.last_finished()) is not None and (found.id, found.finished is not None) == ("n1", True)


def test_a_round_that_a_later_one_has_overtaken_writes_no_more(store: Store) -> None:
    store.begin_round("n1", START, "demo")
    assert store.unfinished() == ("n1",)
    keep(store, a_run(2))
    assert store.unfinished() == ()
    with pytest.raises(StoreError, match="已有更新一轮的结果"):
        store.save(a_run(1), (), Counts())
    with pytest.raises(StoreError, match="已经结束"):
        store.begin_round("n2", START, "demo")


def test_broken_characters_from_a_page_are_stored_harmlessly(store: Store) -> None:
    odd = "\ud800题\x00目\udfff"
    item = finding(1, 1)
    run = a_run(1, [replace(item, message=odd, element=replace(item.element, text=odd))], [entry(1, title=odd, reason=odd)], reason=odd)
    keep(store, run)
    keep(store, replace(run, round="n2"))
    (issue,) = store.issues("portal")
    assert (issue.message, issue.element.text) == ("\ufffd题\x00目\ufffd", odd)
    assert next(store.ledger("portal")).title == "\ufffd题\x00目\ufffd"


# ---------------------------------------------------------------------------------------------- the ledger and tallies


def test_the_ledger_can_be_asked_for_any_round(store: Store) -> None:
    states = [State.AUDITED, State.TIMEOUT, State.TIMEOUT, State.AUDITED]
    for night, state in enumerate(states):
        keep(store, a_run(night, [], [entry(1), entry(2, state), *([entry(3, State.GONE, status=404)] if night == 2 else [])]))
    for night, state in enumerate(states):
        ledger = tuple(store.ledger("portal", f"n{night}"))
        assert [found.state for found in ledger] == [State.AUDITED, state] + [State.GONE] * (night == 2)
        run = store.run_of("portal", f"n{night}")
        assert run is not None
        assert sum(run.coverage.values()) == len(ledger)
    assert [found.state for found in store.ledger("portal")] == [State.AUDITED, State.AUDITED]
    assert [found.state for found in store.known("portal")] == [State.AUDITED, State.AUDITED, State.GONE]
    assert rows(store)["coverage"] == 1 + 3 + 1


def test_an_address_that_cannot_be_judged_tonight_keeps_what_it_was_last_judged_with(store: Store) -> None:
    judged = entry(1, snapshot="a" * 64, silent_frames=("iframe",))
    keep(store, a_run(1, [], [judged]))
    keep(store, a_run(2, [], [Coverage(url=url(1), state=State.TIMEOUT, reason="超时")]))
    (known,) = store.known("portal")
    assert known == replace(judged, state=State.TIMEOUT, reason="超时", status=None, final_url="", engines=())
    keep(store, a_run(3, [], [Coverage(url=url(1), state=State.REUSED, engines=("axe",), final_url=url(1), status=304)]))
    (known,) = store.known("portal")
    assert (known.digest, known.snapshot, known.validators, known.title) == (judged.digest, "a" * 64, judged.validators, judged.title)
    changed = entry(1, digest="b" * 64, validators={})
    keep(store, a_run(4, [], [changed]))
    assert store.known("portal") == (changed,)


def test_a_digest_that_changes_every_night_is_kept_in_place(store: Store) -> None:
    keep(store, a_run(0))
    before = rows(store)
    for night in range(1, 6):
        keep(store, a_run(night, [], [entry(1, digest=f"{night:064x}", title=f"今日访问 {night} 次"), entry(2, seconds=float(night))]))
    assert grown(before, rows(store)) == {"round": 5, "run": 5}
    assert next(store.ledger("portal")).title == "今日访问 5 次"


def tally(rule: str, page: int = 1, **counts: int) -> Tally:
    return Tally(page=url(page), rule=rule, **counts)


@pytest.mark.parametrize(("coverage", "tonight", "expected"), [
    pytest.param([entry(1)], [("rule-1", 1), ("rule-2", 5)], [("rule-1", 1), ("rule-2", 5)], id="unchanged"),
    pytest.param([entry(1)], [("rule-1", 2), ("rule-2", 5)], [("rule-1", 2), ("rule-2", 5)], id="another count"),
    pytest.param([entry(1)], [("rule-2", 5)], [("rule-2", 5)], id="a rule that applies no more"),
    pytest.param([entry(1)], [("rule-1", 1), ("rule-2", 5), ("rule-3", 1)], [("rule-1", 1), ("rule-2", 5), ("rule-3", 1)], id="one more"),
    pytest.param([entry(1, State.TIMEOUT)], [], [("rule-1", 1), ("rule-2", 5)], id="page not reached"),
    pytest.param([entry(1, State.REUSED)], [], [("rule-1", 1), ("rule-2", 5)], id="page reused"),
    pytest.param([], [], [("rule-1", 1), ("rule-2", 5)], id="page not in the ledger"),
    pytest.param([entry(1, engines=("wcag",))], [("rule-2", 5)], [("rule-1", 1), ("rule-2", 5)], id="an engine fell silent"),
    pytest.param([entry(1, silent_frames=("iframe",))], [("rule-2", 5)], [("rule-1", 1), ("rule-2", 5)], id="a frame fell silent"),
    pytest.param([entry(1, State.GONE)], [], [], id="page gone"),
])  # fmt: skip
def test_tallies_follow_what_was_judged(
    store: Store, coverage: list[Coverage], tonight: list[tuple[str, int]], expected: list[tuple[str, int]]
) -> None:
    keep(store, a_run(1, [], [entry(1)], [tally("rule-1", failed=1), tally("rule-2", failed=5)]))
    before = rows(store)["tally"]
    keep(store, a_run(2, [], coverage, [tally(rule, failed=count) for rule, count in tonight]))
    assert [(found.rule, found.failed) for found in store.tallies("portal")] == expected
    assert rows(store)["tally"] - before == len(set(expected) - {("rule-1", 1), ("rule-2", 5)})


def test_a_smaller_profile_ends_no_tally_of_rules_it_did_not_ask(store: Store) -> None:
    keep(store, a_run(1, [], [entry(1)], [tally("rule-1", failed=1), tally("rule-2", failed=5)]))
    keep(store, a_run(2, [], [entry(1)], [], rules=("rule-2",)))
    assert [found.rule for found in store.tallies("portal")] == ["rule-1"]


# ---------------------------------------------------------------------------------------------- growth


def test_thirty_nights_without_change_cost_one_run_each(store: Store) -> None:
    for night in range(2):
        keep(store, big_run(night))
    before, pages = rows(store), store.db.execute("PRAGMA page_count").fetchone()[0]
    assert before["issue"] == before["issue_span"] == 300
    for night in range(2, 32):
        writes = store.db.conn.total_changes
        keep(store, big_run(night))
        assert store.db.conn.total_changes - writes == 3, "one round begun, one run, one round ended"
    assert grown(before, rows(store)) == {"round": 30, "run": 30}
    assert store.db.execute("PRAGMA page_count").fetchone()[0] <= 1.05 * pages


def test_growth_follows_churn(store: Store) -> None:
    for night in range(2):
        keep(store, big_run(night))
    before = rows(store)
    for night in range(2, 32):
        writes = store.db.conn.total_changes
        keep(store, big_run(night, churn=3))
        assert store.db.conn.total_changes - writes < 60
    more = grown(before, rows(store))
    assert more["issue"] <= 2 * 3 * 30
    assert more["issue_span"] <= more["issue"] + 2 * 3 * 30
    assert set(more) == {"round", "run", "issue", "issue_span", "evidence"}


def test_one_defect_on_many_nights_keeps_one_piece_of_evidence(store: Store) -> None:
    for night in range(4):
        keep(store, a_run(night, [finding(1, 1)] if night % 2 else [finding(1, 1, "x")]))
    assert rows(store)["evidence"] == 2


def selects(store: Store, run: Run) -> int:
    """How many times the database is asked while a run is stored."""
    store.begin_round(run.round, run.started, "demo")
    changed, counts = advance(store.issues(run.site), run, catalogue=RULES)
    asked: list[str] = []
    store.db.conn.set_trace_callback(lambda statement: asked.append(statement) if statement.startswith("SELECT") else None)
    store.save(run, changed, counts)
    store.db.conn.set_trace_callback(None)
    store.end_round(run.round, run.finished)
    return len(asked)


def test_a_run_is_written_in_sets_not_row_by_row(store: Store) -> None:
    few = selects(store, replace(big_run(1, pages=2, each=3), site="small"))
    many = selects(store, big_run(2, pages=50, each=30, tallies=60))
    assert few == many < 20


# ---------------------------------------------------------------------------------------------- people and sites


def test_the_last_word_on_a_group_comes_last(store: Store) -> None:
    first = Decision(site="portal", group="g", verdict=Verdict.ACCEPTED, by="张三", why="年底改版", made=START, until=date(2026, 12, 31))
    second = replace(first, verdict=Verdict.FALSE_POSITIVE, by="李四", until=None)
    store.decide(first)
    store.decide(second)
    assert store.decisions("portal") == (first, second)


def a_site(name: str) -> Site:
    address = f"http://{name}.example.gov.cn/"
    return Site(id=name, name=f"{name}网站", url=address, category=Category.PORTAL, region="370800", owner="办公室")


def test_a_site_that_is_watched_no_more_is_archived_and_keeps_its_history(store: Store) -> None:
    store.register([a_site("portal"), a_site("county")], START)
    keep(store, a_run(1, [finding(1, 1)]))
    store.register([a_site("county")], START + timedelta(days=1))
    assert store.archived() == {"portal": START + timedelta(days=1)}
    store.register([a_site("county")], START + timedelta(days=2))
    assert store.archived() == {"portal": START + timedelta(days=1)}
    assert len(store.issues("portal")) == 1
    store.register([a_site("portal"), a_site("county")], START + timedelta(days=3))
    assert store.archived() == {}


def test_history_tells_the_sites_of_the_list_in_its_order(path: Path, store: Store) -> None:
    for night in range(35):
        standing = [finding(1, 1)] + ([finding(1, 2, "early")] if night < 2 else []) + ([finding(1, 3, "late")] if night < 20 else [])
        keep(store, a_run(night, standing, [entry(1), *([entry(2)] if night else [])]))
    keep(store, replace(a_run(36), site="county"))
    store.decide(Decision(site="portal", group="g", verdict=Verdict.ACCEPTED, by="张三", why="", made=START))
    watch = Watch(targets=tuple(Target(site=a_site(name)) for name in ("hospital", "portal", "county")))
    history = store.history(watch, rules={}, criteria={}, now=START)
    with Store.open(path, readonly=True) as reader:
        assert reader.history(watch, rules={}, criteria={}, now=START) == history
    hospital, portal, county = history.sites
    assert (hospital.runs, hospital.issues, hospital.coverage) == ((), (), ())
    assert [run.round for run in portal.runs][:2] == ["n34", "n33"]
    assert len(portal.runs) == 35
    assert [issue.element.text for issue in portal.issues] == ["图1", "图3late"], "what was closed long ago is told no more"
    assert portal.coverage == (entry(1), entry(2))
    assert len(portal.decisions) == 1
    assert len(county.runs) == 1
    assert [told.id for told in history.rounds][:2] == ["n36", "n34"]
    assert (history.now, history.timezone) == (START, "Asia/Shanghai")


def test_runs_that_reviews_of_plans_rest_on_are_told_however_old_they_are(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_read, "RUNS_TOLD", 3)
    for night in range(12):
        keep(store, a_run(night, state=RunState.AUDITED if night else RunState.FAILED))
    ends, midterm = (date(2026, 11, 23), date(2027, 11, 1)), date(2026, 11, 30)  # nights are of the next day in Shanghai
    plans = (
        Plan(id="old", name="", document="", period=ends),
        Plan(id="new", name="", document="", period=(date(2026, 1, 1), date(2030, 12, 31)), midterm=midterm),
    )
    watch = Watch(targets=(Target(site=a_site("portal")),), plans=plans)
    (portal,) = store.history(watch, rules={}, criteria={}, now=START + timedelta(days=20)).sites
    assert [run.round for run in portal.runs] == ["n11", "n10", "n9"]
    assert [run.round for run in portal.landmarks] == ["n6", "n1"], "the last one before the mid-term review, and the first that judged"
    monkeypatch.setattr(store_read, "RUNS_TOLD", 20)
    assert store.history(watch, rules={}, criteria={}, now=START).sites[0].landmarks == ()
