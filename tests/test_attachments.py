"""Documents of a site: fetched by budget and as a good guest, never among its pages, followed by evidence, told apart in the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Web
from loopback import Ground, Reply, ground, redirect, run
from test_crawl import START, PlainBrowser, html, order

from auditor import targets as targets_file
from auditor.addresses import document_kind
from auditor.audit import _Desk, verdict
from auditor.demo import documents
from auditor.demo.attachments import OLD
from auditor.identity import group_of, instance_of
from auditor.lifecycle import advance
from auditor.model import (
    DOCUMENTS,
    Attachment,
    Coverage,
    Decision,
    History,
    Issue,
    IssueState,
    Judged,
    Order,
    Outcome,
    Page,
    Run,
    RunState,
    Scope,
    SiteHistory,
    State,
    Verdict,
    Watch,
)
from auditor.opening import NOT_RUNNING, Opener
from auditor.opening_child import TOO_SLOW
from auditor.publish import publish
from auditor.rounds import run_round
from auditor.snapshots import unpack
from auditor.store import Store
from auditor.workers import workers
from checks import judge, readers
from crawlers import attachments
from crawlers.browsers.http import Answer
from crawlers.crawl import crawl
from reports.cards import Cards
from reports.grouping import board
from reports.indicators import values

PDF = Reply(b"%PDF-1.7", headers={"Content-Type": "application/pdf"})
NOW = datetime(2026, 11, 28, 2, tzinfo=UTC)


class Saving(PlainBrowser):
    """A browser that saves what it does not show, and does not know of what type it was, as real ones do."""

    async def visit(self, url: str, *args: Any, **options: Any) -> Page:
        page = await super().visit(url, *args, **options)
        return replace(page, status=None) if "down" in url else replace(page, content_type="text/css") if "style" in url else page


async def offered(here: Ground, wanted: Order, documents: int = 10) -> tuple[dict[str, Attachment], dict[str, State]]:
    """The documents that a crawl brought, in their order, and how every address ended."""
    found: dict[str, Attachment] = {}
    states: dict[str, State] = {}
    async for item in crawl(wanted, Saving(here.fetcher), here.fetcher, (), retry_pause=0.01, documents=documents):
        assert item.url not in states, "an address in two states"
        states[item.url] = item.state
        assert item.state is State.AUDITED or item.reason or isinstance(item, Attachment)
        if isinstance(item, Attachment):
            found[item.url] = item
    return found, states


def names(found: Mapping[str, Attachment]) -> list[str]:
    return [url.removeprefix(START) for url in found]


# ------------------------------------------------------------------------------------------------ which of them


def test_as_many_as_wanted_are_fetched_and_one_of_each_kind_first() -> None:
    async def story() -> None:
        async with ground() as here:
            links = ["a1.pdf", "a2.pdf", "a3.pdf", "b.docx", "c.XLSX?x=1", "d.ofd", "e.doc", "picture.png", "all.zip", "page"]
            here.site.pages |= {"/": html(*links), "/page": html("a4.pdf", title="page")}
            here.site.fallback = lambda path: PDF
            found, states = await offered(here, order(), 6)
            assert names(found) == ["a1.pdf", "b.docx", "c.XLSX?x=1", "e.doc", "a2.pdf", "d.ofd"], "OFD comes last"
            assert Counter(states.values()) == {State.AUDITED: 2, State.NOT_HTML: 10}
            assert {item.linked_from for item in found.values()} == {START}
            assert (await offered(here, order(), 6))[0].keys() == found.keys()
            assert len((await offered(here, order(), 100))[0]) == 8
            before = len(here.site.asked)
            assert (await offered(here, order(), 0))[0] == {}
            assert not any(document_kind(path) for path in here.site.paths()[before:])

    run(story())


def test_those_read_before_are_read_again_and_new_ones_get_their_turn() -> None:
    kinds = {f"{name}.pdf": "pdf" for name in ("new1", "new2", "new3", "old1", "old2", "old3")}
    known = {"old1.pdf", "old2.pdf", "old3.pdf"}
    assert attachments.Offered(kinds=kinds).preferred(4, known)[:4] == ["new1.pdf", "old1.pdf", "old2.pdf", "new2.pdf"]


def test_what_lies_beside_a_document_under_the_same_name_is_known() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html("f/%E5%8A%9E%E6%B3%95.ofd", "f/%E5%8A%9E%E6%B3%95.pdf", "f/other.pdf", "g/%E5%8A%9E%E6%B3%95.html")
            here.site.fallback = lambda path: html(title=path) if path.endswith("html") else PDF
            found, _ = await offered(here, order())
            beside = {url.removeprefix(START): item.beside for url, item in found.items()}
            stem = f"{START}f/%E5%8A%9E%E6%B3%95"
            assert beside["f/%E5%8A%9E%E6%B3%95.ofd"] == (f"{stem}.pdf", f"{START}g/%E5%8A%9E%E6%B3%95.html")
            assert beside["f/other.pdf"] == ()

    run(story())


def test_only_a_page_counts_as_a_page_beside_a_document() -> None:
    told = {
        "f/a.html": "html", "f/a.shtml?x=1": "html", "f/a": "html", "f/": "html", "a.jsp": "html", "a.do": "html", "a.zip": "zip",
        "a.JPG": "jpg", "a.pdf": "pdf", "a.rar?v=2.html": "rar",
    }  # fmt: skip
    assert {path: attachments.form_of(START + path) for path in told} == told


def test_of_an_ofd_with_an_archive_or_a_picture_beside_it_nothing_is_said_for_sure() -> None:
    wanted = replace(order(), evidence=False)
    for beside, ends in (("a.zip", [Outcome.CANT_TELL]), ("a.jpg", [Outcome.CANT_TELL]), ("a.html", [])):
        item = Attachment(
            url=f"{START}a.ofd", final_url=f"{START}a.ofd", state=State.NOT_HTML, body=documents.ofd(), kind="ofd", beside=(START + beside,)
        )
        desk = _Desk(wanted)
        desk.opener = Known(readers.read(documents.ofd()))
        judged, _ = desk.judge(item)
        assert [finding.outcome for finding in judged.findings if finding.rule == "file-ofd-alone"] == ends, beside


class Known(Opener):
    """An opener to whom everything is known beforehand."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__()
        self.facts = facts

    def read(self, body: bytes, name: str = "") -> Mapping[str, Any]:
        return self.facts


def test_where_our_own_program_does_not_run_the_document_is_not_blamed() -> None:
    item = Attachment(url=URL, final_url=URL, state=State.NOT_HTML, body=b"x", kind="pdf")
    desk = _Desk(replace(order(), evidence=False))
    desk.opener = Known({"kind": "unknown", "opened": False, "trouble": NOT_RUNNING, "ours": True, "unread": True})
    judged, _ = desk.judge(item)
    assert judged.findings == () and judged.tallies == () and judged.coverage.engines == ()
    assert judged.coverage.reason == "附件，本机的文档检查程序没有运行起来"
    assert set(after(night(1, READ, "untagged"), night(2, judged.coverage)).values()) == {IssueState.NOT_OBSERVED}


def test_a_download_that_was_not_read_in_time_is_not_taken_for_none() -> None:
    item = Attachment(url=URL, final_url=URL, state=State.NOT_HTML, body=b"x", kind="file")
    for facts, reason in (({"trouble": TOO_SLOW, "unread": True}, f"附件，{TOO_SLOW}"), ({}, "下载文件，不是文档")):
        desk = _Desk(replace(order(), evidence=False))
        desk.opener = Known({"kind": "unknown", "opened": False} | facts)
        judged, _ = desk.judge(item)
        assert judged.coverage.reason == reason


def test_an_address_that_turns_out_to_be_a_document_is_fetched_as_one() -> None:
    async def story() -> None:
        async with ground() as here:
            headers = {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename*=UTF-8''%E5%8A%9E.ofd"}
            here.site.pages |= {"/": html("/down?id=3", "/style"), "/style": Reply(b"x{}", headers={"Content-Type": "text/css"})}
            here.site.pages["/down?id=3"] = Reply(documents.ofd(), headers=headers)
            for wanted in (order(), order(crawl=False, pages=(f"{START}down?id=3", f"{START}style"))):
                found, states = await offered(here, wanted)
                assert [(item.kind, item.name, item.state) for item in found.values()] == [("file", "办.ofd", State.NOT_HTML)]
                assert states[f"{START}style"] is State.NOT_HTML

    run(story())


# ------------------------------------------------------------------------------------------------ as a good guest


def test_documents_are_fetched_in_turn_within_robots_and_scope() -> None:
    async def story() -> None:
        async with ground("site.test", "other.test") as here:
            here.site.pages |= {
                "site.test/": html("a.pdf", "b.pdf", "/no/c.pdf", "/left/d.pdf",
                    "http://other.test/e.pdf", "away.pdf", "into.pdf", "left.pdf"),
                "/robots.txt": Reply(b"User-agent: *\nDisallow: /no/\n", headers={"Content-Type": "text/plain"}),
                "/away.pdf": redirect("http://other.test/x.pdf"), "/into.pdf": redirect("/no/y.pdf"),
                "/left.pdf": redirect("/left/z.pdf"),
            }  # fmt: skip
            here.site.fallback = lambda path: PDF
            found, states = await offered(here, order(delay=0.2, exclude=("*/left/*",)))
            assert names(found) == ["a.pdf", "b.pdf", "away.pdf", "into.pdf", "left.pdf"]
            told = {url.removeprefix(START): state for url, state in states.items()}
            assert (told["no/c.pdf"], told["left/d.pdf"], told["away.pdf"]) == (State.NOT_HTML, State.EXCLUDED, State.REDIRECTED_OUT)
            assert found[f"{START}into.pdf"].reason.endswith("robots.txt 不允许访问这个地址")
            assert all(not item.body for item in found.values() if item.reason) and f"{START}e.pdf" not in states
            assert not {"/no/c.pdf", "/left/d.pdf", "/no/y.pdf", "/left/z.pdf", "/x.pdf"} & set(here.site.paths()), "nor after a redirect"
            at = [asked.at for asked in here.site.asked if asked.path in ("/a.pdf", "/b.pdf", "/away.pdf", "/into.pdf")]
            assert at[-1] - at[0] > 3 * 0.2 - 0.1, "the gap between two visits holds for documents too"

    run(story())


def test_nothing_is_fetched_once_somebody_stops_us_or_the_time_is_over() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html("a.pdf", "b.pdf")
            here.site.fallback = lambda path: PDF
            clock = iter([datetime.now(UTC) + timedelta(seconds=step) for step in range(0, 4000, 1)])
            wanted = order(deadline=datetime.now(UTC) + timedelta(seconds=8))
            states = {}
            walk = crawl(wanted, PlainBrowser(here.fetcher), here.fetcher, (), documents=5, clock=lambda: next(clock), retry_pause=0.01)
            async for item in walk:
                states[item.url] = (item.state, type(item).__name__)
            assert states[f"{START}b.pdf"] == (State.NOT_HTML, "Coverage")

    run(story())


def test_a_host_that_is_barred_keeps_no_other_from_its_turn_and_what_was_broken_off_is_not_told() -> None:
    async def story() -> None:
        async with ground("site.test", "files.site.test") as here:
            names_ = ("a.pdf", "b.pdf", "http://files.site.test/c.pdf", "d.pdf")
            here.site.pages["site.test/"] = html(*names_)
            here.site.fallback = lambda path: PDF
            called_off: set[str] = set()

            def stopped(host: str) -> bool:
                return host in called_off

            found = []
            wanted = order(scope=Scope.SAME_DOMAIN)
            walk = crawl(wanted, PlainBrowser(here.fetcher), here.fetcher, (), documents=5, stopped=stopped, retry_pause=0.01)
            states: dict[str, str] = {}
            async for item in walk:
                if isinstance(item, Attachment):
                    found.append(item.url)
                    called_off.add("site.test")
                states[item.url] = type(item).__name__
            assert found == [f"{START}a.pdf", "http://files.site.test/c.pdf"]
            assert states[f"{START}b.pdf"] == "Coverage"

    run(story())


def test_what_was_broken_off_stays_what_it_was_before_and_can_be_resumed() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html("a.pdf", "b.pdf")
            called_off: list[str] = []

            def slow(path: str) -> Reply:
                if path == "/robots.txt":
                    return Reply(status=404)
                called_off.append(path)
                return replace(PDF, wait=20.0)

            here.site.fallback = slow
            walk = crawl(
                order(), PlainBrowser(here.fetcher), here.fetcher, (), documents=5, stopped=lambda host: bool(called_off), retry_pause=0.01
            )
            items = {item.url: item async for item in walk}
            assert called_off == ["/a.pdf"]
            for name in ("a.pdf", "b.pdf"):
                entry = items[f"{START}{name}"]
                assert isinstance(entry, Coverage) and (entry.state, entry.final_url) == (State.NOT_HTML, "")

    run(story())


def test_what_was_broken_off_is_no_answer_of_the_site() -> None:
    async def story() -> None:
        class Late:
            async def get(self, url: str, **options: Any) -> Answer:
                return Answer(url=url, final_url=url, state=State.INTERRUPTED, reason="到了规定的结束时间")

        item = await attachments.fetch(Late(), f"{START}a.pdf", attachments.Offered())
        assert item.state is State.INTERRUPTED and not item.body

    run(story())


def test_what_cannot_be_had_is_told_and_is_no_failure_of_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "LIMIT_BYTES", 1000)

    async def story() -> None:
        async with ground() as here:
            here.site.pages |= {
                "/": html("gone.pdf", "error.pdf", "big.pdf", "empty.pdf", "good.pdf"), "/error.pdf": Reply(b"", status=500),
                "/big.pdf": Reply(bytes(5000)), "/empty.pdf": Reply(b""), "/good.pdf": PDF,
            }  # fmt: skip
            found = {}
            for path in ("gone", "error", "big", "empty", "good"):
                item = await attachments.fetch(here.fetcher, f"{START}{path}.pdf", attachments.Offered(), limit_bytes=1000)
                found[path] = (item.state, item.reason, bool(item.body))
            assert found == {
                "gone": (State.GONE, "附件已不存在（网站回答 404）", False),
                "error": (State.NOT_HTML, "附件没有取到：网站回答 500", False),
                "big": (State.NOT_HTML, "附件超过 0 MB，没有打开", False),
                "empty": (State.NOT_HTML, "附件是空的", False),
                "good": (State.NOT_HTML, "", True),
            }
            _, states = await offered(here, order())
            ledger = [Coverage(url=url, state=state) for url, state in states.items()]
            assert verdict(ledger, START) == (RunState.AUDITED, "")

    run(story())


def test_a_resumed_run_does_not_read_again_what_was_read() -> None:
    async def story() -> None:
        async with ground() as here:
            here.site.pages["/"] = html("a.pdf", "b.pdf", "c.pdf")
            here.site.fallback = lambda path: PDF
            read = Judged(coverage=Coverage(url=f"{START}a.pdf", state=State.NOT_HTML, final_url=f"{START}a.pdf", engines=(DOCUMENTS,)))
            found, states = await offered(here, order(done=(read,)), 2)
            assert names(found) == ["b.pdf"]
            assert f"{START}a.pdf" not in states, "it has been told already"

    run(story())


# ------------------------------------------------------------------------------------------------ followed by evidence

URL = "http://a.test/x.pdf"


def night(number: int, entry: Coverage, *faults: str, rules: tuple[str, ...] | None = None) -> Run:
    """A night on which the document ended like this, and was found to have these faults."""
    made = {"untagged": {"tagged": False}, "title": {"title": ""}}
    options = {key: value for fault in faults for key, value in made[fault].items()}
    said = judge.judge_document(URL, readers.read(documents.pdf(**options)))
    begun = NOW + timedelta(days=number)
    asked = judge.asked() if rules is None else rules
    findings = said.findings if faults else ()
    return Run(
        site="a", round=f"r{number}", started=begun, finished=begun, state=RunState.AUDITED, coverage=(entry,), findings=findings,
        rules=asked,
    )  # fmt: skip


READ = Coverage(url=URL, state=State.NOT_HTML, final_url=URL, status=200, engines=(DOCUMENTS,))
UNREAD = Coverage(url=URL, state=State.NOT_HTML)
BROKEN = Coverage(url=URL, state=State.NOT_HTML, final_url=URL, status=500)


def after(*nights: Run) -> dict[str, IssueState]:
    issues: tuple[Issue, ...] = ()
    for one in nights:
        changed = {issue.id: issue for issue in advance(issues, one, catalogue=frozenset(judge.rules())).changed}
        issues = (*(changed.pop(issue.id, issue) for issue in issues), *changed.values())
    return {issue.rule: issue.state for issue in issues}


def test_only_reading_the_document_closes_what_was_found_in_it() -> None:
    first = night(1, READ, "untagged", "title")
    assert after(first) == {"file-untagged": IssueState.NEW, "file-title": IssueState.NEW}
    assert after(first, night(2, READ, "title")) == {"file-untagged": IssueState.FIXED, "file-title": IssueState.OPEN}
    assert set(after(first, night(2, UNREAD)).values()) == {IssueState.NEW}, "it was not its turn"
    assert set(after(first, night(2, BROKEN)).values()) == {IssueState.NOT_OBSERVED}
    assert set(after(first, night(2, replace(BROKEN, state=State.GONE))).values()) == {IssueState.PAGE_GONE}
    assert set(after(first, night(2, replace(READ, state=State.AUDITED, engines=("axe",)))).values()) == {IssueState.PAGE_GONE}
    assert set(after(first, night(2, replace(BROKEN, state=State.TIMEOUT))).values()) == {IssueState.NOT_OBSERVED}
    assert set(after(first, night(2, READ, rules=())).values()) == {IssueState.NEW}, "nobody asked"
    assert after(first, night(2, READ, "title"), night(3, READ, "untagged"))["file-untagged"] is IssueState.REOPENED


def test_what_is_found_on_a_later_night_is_told_instead() -> None:
    rules = frozenset(judge.rules())
    (first,) = advance((), night(1, READ, "untagged"), catalogue=rules).changed
    again = night(2, READ, "untagged")
    (same,) = advance((first,), again, catalogue=rules).changed
    assert same.message == first.message
    longer = judge.judge_document(URL, readers.read(documents.pdf(tagged=False, pages=7))).findings
    (later,) = advance((same,), replace(again, findings=longer), catalogue=rules).changed
    assert (later.id, later.first_seen) == (first.id, first.first_seen)
    assert "7 页" in later.message and "7 页" not in first.message


def test_an_issue_from_before_documents_were_told_apart_is_followed_on() -> None:
    rules = frozenset(judge.rules())
    (first,) = advance((), night(1, READ, "untagged"), catalogue=rules).changed
    bare = replace(first.element, attributes={})
    group = group_of("a", first.rule, bare)
    old = replace(first, element=bare, group=group, instance=instance_of(group, first.page, bare, 0))
    (later,) = advance((old,), night(2, READ, "untagged"), catalogue=rules).changed
    assert (later.id, later.state, later.group) == (first.id, IssueState.OPEN, first.group) and group != first.group


def test_a_decision_on_one_document_says_nothing_of_another() -> None:
    facts = readers.read(documents.pdf(tagged=False))
    each = [f"http://a.test/{name}.pdf" for name in ("x1", "x2", "y")]
    findings = tuple(finding for url in each for finding in judge.judge_document(url, facts).findings)
    coverage = tuple(replace(READ, url=url, final_url=url) for url in each)
    run = replace(night(1, READ, "untagged"), findings=findings, coverage=coverage)
    issues = advance((), run, catalogue=frozenset(judge.rules())).changed
    groups = {issue.page: issue.group for issue in issues}
    assert len(set(groups.values())) == 3
    target = targets_file.loads(TARGETS.format(port=80, documents=1)).targets[0]
    decision = Decision(site="a", group=groups[each[0]], verdict=Verdict.ACCEPTED, by="乙", why="已另发网页", made=NOW)
    site = SiteHistory(target=target, coverage=coverage, issues=issues, decisions=(decision,))
    drawn = board(site, judge.rules(), NOW, "Asia/Shanghai")
    (together,) = drawn.documents
    assert together.pages == (each[2], each[1]) and [group.pages for group in drawn.decided] == [(each[0],)]
    told = str(Cards(History(now=NOW, timezone="Asia/Shanghai", sites=(site,), rules=judge.rules()), site).card(together, 1))
    assert all(f"编号：{groups[url][:10]}" in told for url in each[1:]) and told.count("编号：") == 2


def test_barriers_in_documents_are_counted_apart_from_those_of_pages() -> None:
    counts = advance((), night(1, READ, "untagged"), catalogue=frozenset(judge.rules())).counts
    assert (counts.new, counts.open) == (0, 0)


def test_the_indicator_of_documents_has_a_value_where_some_were_read() -> None:
    (issue,) = advance((), night(1, READ, "untagged"), catalogue=frozenset(judge.rules())).changed
    other = replace(READ, url="http://a.test/y.pdf")
    target = targets_file.loads(TARGETS.format(port=80, documents=1)).targets[0]
    read = SiteHistory(target=target, coverage=(READ, other), issues=(issue,))
    history = History(now=NOW, timezone="Asia/Shanghai")
    assert values(replace(history, sites=(read,)))["IA-11"].startswith("1/2（50.0%）：最近一次检测打开的附件 2 份")
    assert values(replace(history, sites=(replace(read, coverage=(UNREAD,), issues=()),)))["IA-11"].startswith("尚无数据")


# ------------------------------------------------------------------------------------------------ two nights, from the site to the report

TARGETS = """version: 1
network: {{user_agent: "T/1.0 (+http://a.test/)", resolve: {{"a.test:80": "127.0.0.1:{port}"}}}}
defaults: {{profile: static, delay: 0, window: null, finders: [links], documents: {documents}}}
regions: [{{id: "1", name: 一区}}]
sites: [{{id: a, name: 甲, url: "http://a.test/", category: portal, region: "1", owner: 乙}}]
"""


@pytest.fixture
def site(web: Web) -> Web:
    """A site with one page and some documents."""
    links = "".join(f'<li><a href="/f/{name}">文件 {name}</a></li>' for name in ("a.pdf", "b.docx", "c.doc", "d.ofd", "e.pdf", "z.zip"))
    web["/"] = f'<html lang="zh"><title>测试站</title><main><h1>文件下载</h1><ul>{links}</ul></main></html>'
    files: dict[str, bytes] = {
        "a.pdf": documents.pdf(tagged=False), "b.docx": documents.docx(picture=""), "c.doc": OLD,
        "d.ofd": documents.ofd(scanned=True), "e.pdf": documents.pdf(),
    }  # fmt: skip
    for name, body in files.items():
        web[f"/f/{name}"] = (200, {"Content-Type": "application/octet-stream"}, body)
    return web


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "a.db") as opened:
        yield opened


def audited(store: Store, web: Web, **options: Any) -> Watch:
    watch = targets_file.loads(TARGETS.format(port=web.port, **{"documents": 10} | options))
    with workers(apart=False) as executor:
        run_round(watch, watch.targets, store, executor, trigger="test")
    return watch


@pytest.mark.browser
def test_two_nights_from_the_site_to_the_report(site: Web, store: Store, tmp_path: Path) -> None:
    watch = audited(store, site)
    (first,) = store.runs("a")
    assert first.coverage == {State.AUDITED: 1, State.NOT_HTML: 6} and first.state is RunState.AUDITED and first.pages_audited == 1
    found = [issue for issue in store.issues("a", standing=True) if DOCUMENTS in issue.engines]
    standing = {(issue.page.rpartition("/")[2], issue.rule): issue.outcome for issue in found}
    assert standing == {
        ("a.pdf", "file-untagged"): Outcome.FAILED, ("b.docx", "file-image-alt"): Outcome.FAILED,
        ("c.doc", "file-old-format"): Outcome.CANT_TELL, ("d.ofd", "file-scanned"): Outcome.FAILED,
        ("d.ofd", "file-ofd-alone"): Outcome.CANT_TELL,
    }  # fmt: skip
    assert first.new == sum(issue.outcome is Outcome.FAILED for issue in store.issues("a")) - 3, "told apart"
    (kept,) = [entry for entry in store.known("a") if entry.url.endswith("a.pdf")]
    assert unpack(store.blobs.get(kept.snapshot) or b"").facts[DOCUMENTS]["tagged"] is False
    tallies = [tally for tally in store.tallies("a") if tally.rule == "file-untagged"]
    assert {(tally.page[-5:], tally.failed) for tally in tallies} == {("a.pdf", 1), ("e.pdf", 0)}

    site["/f/a.pdf"] = (200, {"Content-Type": "application/pdf"}, documents.pdf())
    site.pages.pop("/f/b.docx")
    audited(store, site)
    states = {issue.rule: issue.state for issue in store.issues("a") if DOCUMENTS in issue.engines}
    assert (states["file-untagged"], states["file-image-alt"]) == (IssueState.FIXED, IssueState.PAGE_GONE)
    assert states["file-scanned"] is IssueState.OPEN

    audited(store, site, documents=0)
    assert {issue.rule: issue.state for issue in store.issues("a") if DOCUMENTS in issue.engines} == states, "nobody looked"
    assert any(tally.rule == "file-untagged" for tally in store.tallies("a")), "what is known of documents stays"
    publish(watch, store, tmp_path / "site")
    told = (tmp_path / "site" / "sites" / "a.html").read_text(encoding="utf-8")
    assert "文档中的问题（3 组）" in told and "5 份附件这一次没有抽到" in told


@pytest.mark.browser
def test_the_report_tells_what_was_read_what_is_useless_and_what_nobody_could_check(site: Web, store: Store, tmp_path: Path) -> None:
    watch = audited(store, site)
    publish(watch, store, tmp_path / "site")
    told = (tmp_path / "site" / "sites" / "a.html").read_text(encoding="utf-8")
    assert "最近一次检测打开检查了 4 份文档。" in told
    assert "按标准计为不可用的（没有结构标签、没有文字或禁止读取）2/4（50.0%）。" in told
    assert "1 份没有能够检查，原因见表，需要由人查看。" in told
    assert "受影响的文档（1 份）" in told and "旧版 Word 文档是程序不能检查的格式" in told
    assert "没有查到需要修复的问题" in told or "待修复的" in told
