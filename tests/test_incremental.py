"""Nights over a site that hardly changes: what is carried over, what is opened, and that nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Web

from auditor.model import STANDING, Category, IssueState, Network, Profile, Reuse, RunSummary, Site, State, Target, Watch
from auditor.rounds import run_round
from auditor.store import Store
from auditor.workers import workers

pytestmark = pytest.mark.browser

HEAD = '<html lang="zh"><head><title>{title}</title><link rel="stylesheet" href="/s.css"><script src="/s.js"></script></head>'
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="9"/>'
BY_PICTURE = """<img id="p" alt="照片" src="/p.svg"><script>
onload = () => { if (document.getElementById("p").naturalWidth > 50) document.body.insertAdjacentHTML("beforeend", '<img src="/p.svg">') };
</script>"""
BY_POST = '<p id="p"></p><script>fetch("/data", { method: "POST" }).then((answer) => answer.text()).then((text) => p.append(text))</script>'


class Town:
    """A site of five pages, audited night after night."""

    def __init__(self, web: Web, store: Store) -> None:
        self.web, self.store, self.day = web, store, 0
        web["/s.css"] = (200, {"Content-Type": "text/css"}, b"p { color: #333 }")
        web["/s.js"] = (200, {"Content-Type": "text/javascript"}, b"var shared = 1;")
        web["/p.svg"] = (200, {"Content-Type": "image/svg+xml"}, PICTURE % 9)
        web["/data"] = "今天"
        links = "".join(f'<a href="/{name}">{name}</a> ' for name in ("one", "two", "picture", "post"))
        self.page("/", links)
        self.page("/one", '<img src="/p.svg">')
        self.page("/two", "<p>第二页</p>")
        self.page("/picture", BY_PICTURE)
        self.page("/post", BY_POST)
        site = Site(id="town", name="测试网站", url="http://town.test/", category=Category.OTHER, region="", owner="")
        self.target = Target(
            site=site, delay=0.0, finders=("links",), profile=Profile.STATIC, full_audit_every=None, recheck_percent=0.0, documents=0
        )
        self.network = Network(resolve={"town.test:80": f"127.0.0.1:{web.port}"})

    def page(self, path: str, body: str) -> None:
        self.web[path] = HEAD.format(title=path) + f"<body><main><h1>{path}</h1>{body}</main></body></html>"

    def night(self, *, fresh: bool = False, **changes: int) -> RunSummary:
        self.day += 1
        ahead = timedelta(days=self.day)
        target = replace(self.target, **changes)
        self.web.asked.clear()
        with workers(1, apart=False) as executor:
            outcome = run_round(
                Watch(targets=(target,), network=self.network), (target,), self.store, executor, trigger="manual", fresh=fresh,
                clock=lambda: datetime.now(UTC) + ahead,
            )  # fmt: skip
        return outcome.runs[0]

    def states(self) -> dict[str, State]:
        return {entry.url.rpartition("/")[2]: entry.state for entry in self.store.ledger("town")}

    def standing(self) -> set[tuple[str, str]]:
        return {(issue.page.rpartition("/")[2], issue.rule) for issue in self.store.issues("town") if issue.state in STANDING}


@pytest.fixture
def town(web: Web, tmp_path: Path) -> Iterator[Town]:
    with Store.open(tmp_path / "auditor.db") as store:
        yield Town(web, store)


def test_pages_that_have_not_changed_are_not_opened_and_keep_their_issues(town: Town) -> None:
    first = town.night()
    assert (first.pages_audited, first.reuse) == (5, None)
    known = town.standing()
    assert ("one", "image-alt") in known
    second = town.night()
    assert second.reuse == Reuse(reused=4)
    assert {name for name, state in town.states().items() if state is State.REUSED} == {"", "one", "two", "picture"}
    assert town.states()["post"] is State.AUDITED, "what a POST brought cannot be asked about"
    assert (town.standing(), second.findings, second.state) == (known, first.findings, first.state)
    assert (second.new, second.fixed) == (0, 0)
    assert second.score == first.score or (second.score and first.score and second.score.value == first.score.value)
    asked = [path for _, path in town.web.asked if path in ("/s.css", "/s.js")]
    assert len(asked) <= 4, "shared files are asked about once, and loaded once by the browser that opened the other page"


def test_what_changed_is_found_and_what_was_mended_is_closed(town: Town) -> None:
    town.night()
    town.page("/two", '<p>第二页</p><img src="/p.svg">')
    town.page("/one", '<img src="/p.svg" alt="市民服务中心大厅">')
    run = town.night()
    assert {issue.page for issue in town.store.issues("town") if issue.state is IssueState.NEW and issue.first_seen == run.started} == {
        "http://town.test/two"
    }
    assert run.fixed == 1
    assert run.reuse == Reuse(reused=2, changed=2)
    assert {name for name, state in town.states().items() if state is State.AUDITED} == {"one", "two", "post"}
    assert ("two", "image-alt") in town.standing()
    assert ("one", "image-alt") not in town.standing()


@pytest.mark.slow
def test_a_shared_style_sheet_that_changed_has_every_page_opened(town: Town) -> None:
    town.night()
    town.web["/s.css"] = (200, {"Content-Type": "text/css"}, b"p { color: #eee }")
    run = town.night()
    assert run.pages_reused == 0
    assert ("two", "color-contrast") in town.standing()


def test_nothing_is_carried_over_when_asked_to_begin_afresh_or_in_a_pages_turn(town: Town) -> None:
    town.night()
    assert town.night(fresh=True).pages_reused == 0
    run = town.night(full_audit_every=1)
    assert run.reuse == Reuse(steady=4), "judged anew, and the same: that is the check of reuse"
    assert town.night(recheck_percent=100).reuse == Reuse(steady=4)


@pytest.mark.slow
def test_a_page_that_comes_out_otherwise_without_a_change_is_told_and_no_longer_carried_over(town: Town) -> None:
    town.night()
    town.web["/p.svg"] = (200, {"Content-Type": "image/svg+xml"}, PICTURE % 90)
    unseen = town.night()
    assert unseen.pages_reused == 4
    assert ("picture", "image-alt") not in town.standing(), "pictures are not asked about"
    found = town.night(full_audit_every=1).reuse
    assert found == Reuse(steady=3, differed=1)
    assert ("picture", "image-alt") in town.standing()
    assert town.night().reuse == Reuse(reused=3), "it is looked at every night for a while"
    new = [issue for issue in town.store.issues("town") if issue.page.endswith("/picture") and issue.state in STANDING]
    assert all(issue.state is not IssueState.NEW for issue in new)
