"""A night under changed rules, end to end: the last night is judged again from its snapshots, and the change is bridged and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Web

from auditor.bridging import RuleSet
from auditor.explaining import explained as moved_between
from auditor.model import Category, Cause, Network, Profile, RunState, RunSummary, Site, Target, Watch
from auditor.rejudging import rejudged, same_questions
from auditor.rounds import run_round
from auditor.store import Store, StoreError
from auditor.telling import move_json, move_text
from auditor.workers import workers
from checks import judge, own
from checks.check import Check, Hit, checks, failed
from checks.document import Document

PAGES = 14
ENTRY = '<li>残疾人证办理 <a href="/art/{n}.html">详情</a></li>'


def page(number: int, *, mended: bool = False) -> str:
    picture = '<img src="/a.png" alt="换领通知">' if mended or number % 2 else '<img src="/a.png">'
    entries = "".join(ENTRY.format(n=(number + k) % PAGES) for k in range(1, number % 4 + 2))
    return f"""<!DOCTYPE html><html lang="zh-CN"><title>第{number}篇通知</title><main><h1>第{number}篇通知</h1>
    <p>正文第{number}段。</p>{picture}<ul>{entries}</ul></main></html>"""


def portal(web: Web, *, mended: int = 0) -> None:
    links = "".join(f'<li><a href="/art/{n}.html">第{n}篇通知</a></li>' for n in range(PAGES))
    web["/"] = f'<!DOCTYPE html><html lang="zh-CN"><title>门户</title><main><h1>门户</h1><ul>{links}</ul></main></html>'
    for number in range(PAGES):
        web[f"/art/{number}.html"] = page(number, mended=number < mended)


def stricter(look: Callable[[Document], Iterator[Hit]]) -> Callable[[Document], Iterator[Hit]]:
    """The check as its next version: it finds more on the same pages."""

    def changed(document: Document) -> Iterator[Hit]:
        for hit in look(document):
            yield failed(hit.node, "链接只说“详情”") if hit.outcome is None and hit.node.name == "详情" else hit

    return changed


def upgraded(monkeypatch: pytest.MonkeyPatch) -> None:
    (before,) = checks()["link-purpose"]
    group: Mapping[str, tuple[Check, ...]] = {**checks(), "link-purpose": (replace(before, look=stricter(before.look)),)}
    monkeypatch.setattr(own, "checks", lambda: group)
    monkeypatch.setattr(own, "checks_digest", lambda: "the next version")


def watch(web: Web) -> Watch:
    site = Site(id="s", name="门户", url=web.url("/"), category=Category.PORTAL, region="", owner="")
    target = Target(site=site, delay=0.0, finders=("links",), profile=Profile.STATIC, tabs=3)
    return Watch(network=Network(resolve={f"localhost:{web.port}": f"127.0.0.1:{web.port}"}), targets=(target,))


def one_night(web: Web, store: Store) -> RunSummary:
    told = watch(web)
    with workers(apart=False) as executor:  # here, where the rules are changed under it
        (run,) = run_round(told, told.targets, store, executor, trigger="manual").runs
    assert run.state is RunState.AUDITED and run.score is not None
    return run


@pytest.mark.slow
@pytest.mark.browser
def test_a_changed_check_moves_the_linked_index_by_nothing_and_real_repairs_still_show(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal(web)
    with Store.open(tmp_path / "auditor.db") as store, Store.open(tmp_path / "truth.db") as truth:
        first = one_night(web, store)
        night = store.night("s", first.round)
        same = rejudged(night.coverage, watch(web).targets[0], first.state, store.blobs.get)
        assert {(t.page, t.rule): (t.failed, t.passed) for t in same.tallies} == {
            (t.page, t.rule): (t.failed, t.passed) for t in night.tallies
        }, "a kept page is judged by unchanged rules as it was when it was open"
        upgraded(monkeypatch)
        seen = one_night(web, truth)  # the unrepaired site by the new rules, with a browser
        portal(web, mended=8)
        second = one_night(web, store)
        assert second.ruleset_id == seen.ruleset_id != first.ruleset_id
        (bridge,) = store.bridges("s")
        assert (bridge.before, bridge.after, bridge.round) == (first.ruleset_id, second.ruleset_id, second.round)
        assert bridge.pages == PAGES + 1 and bridge.shift < -3 and len(bridge.core) > 20
        assert first.score and second.score and seen.score and second.move
        linked = first.score.value + bridge.shift
        assert linked == pytest.approx(seen.score.value, abs=1e-6), "the ruler explains all that the same pages moved by"
        assert second.score.value - linked > 1, "repairs show in the linked series"
        assert second.move.parts[Cause.RULES] == pytest.approx(bridge.shift) and second.move.parts[Cause.NEW] == pytest.approx(0)
        on_the_pages = second.move.parts[Cause.REPAIRED] + second.move.parts[Cause.CONTENT]  # a picture with words answers more rules
        assert on_the_pages == pytest.approx(second.score.value - linked, abs=0.01) and second.move.parts[Cause.REPAIRED] > 1
        core = store.core("s")
        assert core is not None and core.rules == bridge.core and core.values[second.round] > core.values[first.round], "repairs show"
        third = one_night(web, store)
        later = store.core("s")
        assert later == replace(core, values={**core.values, third.round: core.values[second.round]})
        assert third.ruleset_id == second.ruleset_id and store.bridges("s") == (bridge,)
        kept = store.ruleset(first.ruleset_id)
        assert kept is not None and kept["link-purpose"].criteria == judge.rules()["link-purpose"].criteria
        assert store.history(watch(web), rules={}, criteria={}, now=third.finished).sites[0].bridges == (bridge,)
        over_it(store, first, second, third)
        assert RuleSet(id=first.ruleset_id, rules=kept).rules.keys() == set(judge.asked(watch(web).targets[0].level, Profile.STATIC))


def over_it(store: Store, first: RunSummary, second: RunSummary, third: RunSummary) -> None:
    """Any two nights are split at the change of the rules between them."""
    whole = moved_between(store, "s", judge.counting(), since=first.round, until=third.round)
    assert second.move is not None and whole is not None and whole.bridged and second.move.bridged
    assert sum(whole.parts.values()) == pytest.approx(whole.after - whole.before)
    assert {cause: round(points, 9) for cause, points in whole.parts.items()} == {
        cause: round(points, 9) for cause, points in second.move.parts.items()
    }, "nothing happened after the change"
    assert move_json(whole)["bridged"] is True and "两套规则判断同样的网页" in move_text(whole)
    with pytest.raises(StoreError, match="不早于"):
        moved_between(store, "s", judge.counting(), since=third.round, until=first.round)


@pytest.mark.slow
@pytest.mark.browser
def test_another_question_is_not_bridged_by_kept_answers(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    portal(web)
    with Store.open(tmp_path / "auditor.db") as store:
        first = one_night(web, store)
        monkeypatch.setattr(own, "probes_digest", lambda: "other probes")
        second = one_night(web, store)
        assert second.ruleset_id != first.ruleset_id and store.bridges("s") == () and store.core("s") is None
        assert second.move is not None and second.move.bridged is False and "不能断言" in move_text(second.move)
        third = one_night(web, store)
        whole = moved_between(store, "s", judge.counting(), since=first.round, until=third.round)
        assert third.move is not None and third.move.bridged is None and whole is not None and whole.bridged is False


def test_what_was_asked_of_pages_is_the_same_where_all_its_versions_are() -> None:
    now = {"axe": "4.12.1", "probes": "p", "ocr": "none", "checks": "c"}
    assert same_questions({**now, "checks": "b", "browser": "1"}, now)
    assert not same_questions({**now, "axe": "4.11.0"}, now) and not same_questions({"axe": "4.12.1"}, now) and not same_questions({}, now)
    assert same_questions(now, {"axe": "4.12.1"}), "a smaller profile asks less of the same"
