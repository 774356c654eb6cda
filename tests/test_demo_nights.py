"""The main job on the demo city: the findings are the known answers, and three nights bring what was planned, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import reports
from auditor import targets as targets_file
from auditor.demo import city as demo
from auditor.demo.server import City
from auditor.model import DOCUMENTS, SEEN, STANDING, Issue, IssueState, Outcome, Profile, RunState, State, Variant, Watch
from auditor.publish import publish, read_history
from auditor.rounds import run_round
from auditor.store import Store
from auditor.workers import workers
from checks.attachments import attachment_checks
from checks.survey import site_checks

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
NIGHTS = (1, 2, 3)


class Nights:
    """Three audited nights: the store, the watch list, and what stood after each night."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store.open(folder / "auditor.db")
        self.seen: dict[int, set[demo.Known]] = {}
        self.changes: dict[int, demo.Changes] = {}
        self.outcomes = []
        with City(night=1) as city:
            watch = targets_file.loads(demo.targets_text(city.port, Profile.STATIC))
            desktop = tuple(replace(target, variants=(Variant.DESKTOP,)) for target in watch.targets)  # the others: test_variants
            self.watch: Watch = replace(watch, targets=desktop)
            for night in NIGHTS:
                city.night = night
                before = self.states()
                with workers() as executor:
                    self.outcomes.append(run_round(self.watch, self.watch.targets, self.store, executor, trigger="demo"))
                after = self.states()
                self.seen[night] = {known for known, state in after.items() if state in STANDING}
                self.changes[night] = _changes(before, after)
            self.agents = city.user_agents
            self.methods = set(city.methods)

    def issues(self) -> Iterator[Issue]:
        for target in self.watch.targets:
            yield from (issue for issue in self.store.issues(target.site.id) if issue.variant is Variant.DESKTOP)

    def states(self) -> dict[demo.Known, IssueState]:
        """Where every barrier stands, by place."""
        if not hasattr(self, "watch"):
            return {}
        return {_known(issue): issue.state for issue in self.issues()}


def _known(issue: Issue) -> demo.Known:
    parts = urlsplit(issue.page)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return demo.Known(parts.hostname or "", path, issue.rule, issue.element.selector, issue.outcome.value)


def _changes(before: dict[demo.Known, IssueState], after: dict[demo.Known, IssueState]) -> demo.Changes:
    def now(state: IssueState) -> frozenset[demo.Known]:
        return frozenset(known for known, found in after.items() if found is state and before.get(known) is not state)

    return demo.Changes(new=now(IssueState.NEW), fixed=now(IssueState.FIXED), reopened=now(IssueState.REOPENED))


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    audited = Nights(tmp_path_factory.mktemp("nights"))
    yield audited
    audited.store.close()


@pytest.mark.parametrize("night", NIGHTS)
def test_the_findings_are_the_known_answers_both_ways(nights: Nights, night: int) -> None:
    want = demo.expected(night)
    assert sorted(want - nights.seen[night]) == [], "missing"
    assert sorted(nights.seen[night] - want) == [], "extra"
    assert len(want) > 90


@pytest.mark.parametrize("night", NIGHTS)
def test_every_night_brings_what_was_planned_and_nothing_else(nights: Nights, night: int) -> None:
    planned = demo.planned(*range(1, night + 1))
    assert nights.changes[night] == planned
    if night > 1:
        assert planned.new and planned.fixed
    if night == 3:
        assert planned.reopened


@pytest.mark.parametrize("night", NIGHTS)
def test_the_counts_that_are_told_are_those_of_the_plan(nights: Nights, night: int) -> None:
    def failed(known: frozenset[demo.Known]) -> int:
        return sum(one.outcome == Outcome.FAILED and one.rule not in attachment_checks() for one in known)  # documents are told apart

    planned, runs = demo.planned(*range(1, night + 1)), nights.outcomes[night - 1].runs
    told = tuple(sum(getattr(run, name) for run in runs) for name in ("new", "fixed", "reopened", "open"))
    assert told == (failed(planned.new), failed(planned.fixed), failed(planned.reopened), failed(demo.expected(night)))


def test_documents_are_read_and_count_among_no_pages(nights: Nights) -> None:
    (run,) = [run for run in nights.outcomes[0].runs if run.site == "archive"]
    assert (run.state, run.pages_audited, run.coverage) == (RunState.AUDITED, 3, {State.AUDITED: 3, State.NOT_HTML: 13})
    read = [entry for entry in nights.store.ledger("archive") if DOCUMENTS in entry.engines]
    assert len(read) == 12 and all(entry.title and entry.state is State.NOT_HTML for entry in read)


def test_nothing_is_found_on_the_control_site(nights: Nights) -> None:
    assert list(nights.store.issues("clean")) == []
    (run,) = [run for run in nights.outcomes[0].runs if run.site == "clean"]
    assert run.pages_audited >= 4


def _seen(state: State) -> State:
    """A page that has not changed since the first night is seen without being opened, unless it was drawn or had its turn."""
    return State.AUDITED if state in SEEN else state


def test_every_address_ends_in_the_state_that_was_planned_for_it(nights: Nights) -> None:
    for portal in demo.PORTALS:
        entries = [entry for entry in nights.store.ledger(portal.id) if entry.variant is Variant.DESKTOP]
        ledger = {urlsplit(entry.url)._replace(scheme="", netloc="").geturl(): _seen(entry.state) for entry in entries}
        assert ledger == {entry.path: entry.state for entry in demo.addresses() if entry.site == portal.id and not entry.frame}
        (run,) = [run for run in nights.outcomes[-1].runs if run.site == portal.id]
        assert sum(run.coverage.values()) == len(ledger)


def test_every_finding_has_a_picture_and_the_report_shows_it(nights: Nights, tmp_path: Path) -> None:
    standing = [issue for issue in nights.issues() if issue.state in STANDING]
    off_the_screen = {"skip-link-broken"}
    found_when_the_pages_are_closed = site_checks().keys()
    no_page_at_all = attachment_checks().keys()
    whole_document = {"html", "head", "title", "meta"}
    unseen = [issue for issue in standing if not issue.picture and issue.element.tag not in whole_document]
    assert {issue.rule for issue in unseen} <= off_the_screen | found_when_the_pages_are_closed | no_page_at_all
    first = publish(nights.watch, nights.store, tmp_path)
    assert first.exists()
    for issue in standing:
        assert not issue.picture or nights.store.blobs.get(issue.picture)
    assert len(list((tmp_path / "pictures").glob("*.webp"))) > 20
    assert len(list((tmp_path / "sites").glob("*.html"))) >= len(demo.PORTALS)


def test_we_ask_only_and_say_who_we_are(nights: Nights) -> None:
    assert nights.methods <= {"GET", "HEAD"}
    assert nights.agents and all("DemoCityAudit/1.0 (+http://www.demo.test/" in agent for agent in nights.agents)


def test_a_shared_header_is_one_group_on_many_pages(nights: Nights) -> None:
    searches = [issue for issue in nights.store.issues("portal") if issue.rule == "input-image-alt" and issue.state in STANDING]
    assert len(searches) == 7
    assert len({issue.group for issue in searches}) == 1


def test_history_holds_every_site_and_round(nights: Nights) -> None:
    history = read_history(nights.watch, nights.store)
    assert len(history.rounds) == len(NIGHTS)
    assert [site.target.site.id for site in history.sites] == [portal.id for portal in demo.PORTALS]
    assert all(SEEN & set(site.runs[0].coverage) for site in history.sites)


def test_what_is_told_of_all_sites_together_needs_the_brief_history_only(nights: Nights) -> None:
    whole = read_history(nights.watch, nights.store)
    brief = replace(read_history(nights.watch, nights.store, brief=True), now=whole.now)
    assert dict(reports.of_all_sites(brief)) == dict(reports.of_all_sites(whole))


def test_what_the_sites_of_one_platform_have_in_common_is_told_once(nights: Nights, tmp_path: Path) -> None:
    city = publish(nights.watch, nights.store, tmp_path).read_text(encoding="utf-8")
    assert "同一平台的共同问题" in city and "演示厂商：云浔集约化平台（虚构）" in city and "有这个问题" in city
    site = (tmp_path / "sites" / "emergency.html").read_text(encoding="utf-8")
    assert "9900000021" in site and "建站平台" in site
