"""A running service reads again only the sites of which something changed, and always tells what a fresh reading would tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from histories import NOW, target
from test_store import a_run, entry, finding, keep

from auditor.model import Confirmation, Decision, History, Permit, Verdict, Watch
from auditor.publish import read_history
from auditor.remembering import Remembered
from auditor.store import Store
from reports import city

SITES = ("portal", "hall")
WATCH = Watch(targets=tuple(target(name, f"网站{name}") for name in SITES))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with Store.open(tmp_path / "auditor.db") as writer:
        writer.register([one.site for one in WATCH.targets], NOW)
        for night in (1, 2):
            for site in SITES:
                keep(writer, a_run(night, [finding(1, 1), finding(2, night)], [entry(1), entry(2)], site=site), end=site == SITES[-1])
    return Store.open(tmp_path / "auditor.db")


def fresh(store: Store, watch: Watch, now: datetime) -> History:
    return replace(read_history(watch, store, brief=True), now=now)


def decide(store: Store, site: str) -> None:
    group = store.issues(site)[0].group
    store.decide(Decision(site=site, group=group, verdict=Verdict.FALSE_POSITIVE, by="张三", why="看过", made=NOW))


def test_nothing_is_read_again_while_nothing_changes(store: Store) -> None:
    remembered = Remembered()
    first = remembered.history(WATCH, store, NOW)
    assert replace(first, now=NOW) == fresh(store, WATCH, NOW)
    assert remembered.history(WATCH, store, NOW + timedelta(minutes=1)) is first
    assert remembered.history(WATCH, store, NOW + timedelta(hours=1)) is not first


@pytest.mark.parametrize("change", ["decision", "permit", "run"])
def test_the_site_that_changed_is_read_again_and_the_other_is_not(store: Store, change: str) -> None:
    remembered = Remembered()
    before = remembered.history(WATCH, store, NOW)
    if change == "decision":
        decide(store, "hall")
    elif change == "permit":
        confirmed = Confirmation(by="李四", date=date(2026, 11, 20))
        store.permit({"hall": Permit(host="hall.test", by=confirmed.by, date=confirmed.date, since=NOW)})
    else:
        keep(store, a_run(3, [finding(1, 1)], [entry(1), entry(2)], site="hall"))
    after = remembered.history(WATCH, store, NOW)
    assert replace(after, now=NOW) == fresh(store, WATCH, NOW)
    assert after.sites[1] != before.sites[1]
    assert change == "run" or after.sites[0] is before.sites[0]


def test_another_list_of_sites_counts_at_once(store: Store) -> None:
    remembered = Remembered()
    remembered.history(WATCH, store, NOW)
    fewer = replace(WATCH, targets=(target("hall", "换了名字"), target("new", "还没有检测")))
    found = remembered.history(fewer, store, NOW)
    assert replace(found, now=NOW) == fresh(store, fewer, NOW) and found.sites[0].target.site.name == "换了名字"


def test_a_page_is_drawn_once_for_a_history(store: Store) -> None:
    remembered = Remembered()
    history = remembered.history(WATCH, store, NOW)
    page = remembered.page(history, "index.html")
    assert page is not None and "网站hall".encode() in page
    assert remembered.page(history, "index.html") is page and remembered.page(history, "nothing.html") is None
    decide(store, "hall")
    again = remembered.page(remembered.history(WATCH, store, NOW), "index.html")
    assert again is not None and again is not page


def test_a_page_that_is_none_is_not_looked_for_by_drawing_all_of_them_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    remembered, drawn = Remembered(), 0

    def counted(history: History) -> Iterator[tuple[str, bytes]]:
        nonlocal drawn
        drawn += 1
        yield "index.html", b""

    monkeypatch.setattr(city, "render", counted)
    history = remembered.history(WATCH, store, NOW)
    for number in range(20):
        assert remembered.page(history, f"x{number}.html", public=True) is None
    assert drawn == 1 and remembered.page(history, "index.html") == b"" and drawn == 2, "once for everybody, and once in full"
