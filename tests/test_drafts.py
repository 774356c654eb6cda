"""The check before release: an owner has a draft looked at on allowed hosts only, one at a time, and nothing of it enters the series."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Web, serving
from consoles import LOGO, PEOPLE, TARGETS, Browser, run, service
from own_pages import look_at, told_in_english

from auditor import drafts as checking
from auditor.accounts import Account, Role
from auditor.apart import WorkerLost
from auditor.drafts import KEPT, LONGEST, LONGEST_CHECK, DraftCheck, DraftRefused, Drafts, allowed, order_of
from auditor.looking import GivenWay, TookTooLong
from auditor.model import Coverage, Order, Outcome, Run, State
from auditor.service import Service
from auditor.store_accounts import Accounts
from auditor.store_log import Act, LogBook
from auditor.targets import TargetsError, loads

DRAFTS = TARGETS.replace("id: one,", 'id: one, prerelease: [draft.one.test, "10.1.2.3:8080"],')
URL = "http://draft.one.test/new/page.html"


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """The orders that were given; each is answered with a barrier and a doubt."""
    given: list[Order] = []

    def look(order: Order, given_way: object) -> Run:
        given.append(order)
        return run("one", LOGO)

    monkeypatch.setattr(checking, "look", look)
    return given


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path, DRAFTS)
    yield running
    running.close()


def finished(made: Service, account: str = "zeren", site: str = "one") -> DraftCheck:
    """The check of an account once it has ended: what is asked for after it in the same thread comes later."""
    made._drafter.submit(lambda: None).result(timeout=60)
    found = made.drafts.of(account, site)
    assert found is not None and found.ended is not None
    return found


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        (URL, True),
        ("https://draft.one.test/", True),
        ("http://www.one.test/x", True),
        ("http://WWW.ONE.TEST:443/x", True),
        ("http://10.1.2.3:8080/x", True),
        ("http://10.1.2.3/x", False),
        ("http://draft.one.test:8443/", False),
        ("http://www.one.test:22/", False),
        ("http://www.two.test/", False),
        ("http://one.test/", False),
        ("http://draft.one.test.evil.test/", False),
        ("http://draft.one.test@evil.test/", False),
        ("http://evil.test@draft.one.test/", False),
        ("http://evil.test/#draft.one.test", False),
        ("http://evil.test\\@draft.one.test/", False),
        ("http://169.254.169.254/latest/meta-data/", False),
        ("http://127.0.0.1/", False),
        ("http://[::1]/", False),
        ("http://0x7f000001/", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("//draft.one.test/", False),
        ("draft.one.test", False),
        ("", False),
    ],
)
def test_only_the_own_confirmed_host_and_those_the_operator_named_are_looked_at(url: str, fits: bool) -> None:
    watch = loads(DRAFTS)
    assert allowed(watch.targets[0], watch, url) is fits


def test_the_own_host_needs_its_confirmation_and_hosts_of_others_are_nobodys() -> None:
    watch = loads(DRAFTS)
    assert not allowed(watch.targets[2], watch, "http://www.three.test/"), "nobody has confirmed it"
    assert not allowed(watch.targets[1], watch, URL), "named for another site"


@pytest.mark.parametrize("host", ["http://draft.one.test", "*.one.test", "draft.one.test/x", "a b", "draft.one.test:0", "x:y", "user@x"])
def test_what_is_no_host_is_told_when_targets_are_read(host: str) -> None:
    with pytest.raises(TargetsError):
        loads(TARGETS.replace("id: one,", f'id: one, prerelease: ["{host}"],'))


def test_an_owner_reads_what_was_found_and_nothing_is_stored(made: Service, orders: list[Order]) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    assert 'href="/sites/one/draft"' in owner.get("/sites/one").text
    with made.read() as store:
        before = (store.issues("one"), store.runs("one"), store.rounds(), store.marks())
    secret = f"{URL}?preview=secret"
    assert owner.post("/sites/one/draft", url=secret, pages="1").headers["location"] == "/sites/one/draft?done=draft"
    finished(made)
    page = owner.page("/sites/one/draft").get_text(" ", strip=True)
    assert "没有替代文本。" in page and "需要人工判断" not in page.partition("没有替代文本。")[0]
    with made.read() as store:
        assert before == (store.issues("one"), store.runs("one"), store.rounds(), store.marks())
        told = [(one.who, one.about, one.detail) for one in LogBook(store).entries(9) if one.act is Act.DRAFT_CHECKED]
    assert told == [("zeren", "one", f"{URL}，最多 1 页")]
    (order,) = orders
    assert (order.crawl, order.evidence, order.target.pages) == (False, False, (secret,)) and order.network == made.watch.network
    assert "没有替代文本。" not in Browser(made).sign_in(Role.OPERATOR).get("/sites/one/draft").text, "for who asked alone"


def test_some_pages_below_one_path_are_looked_at_and_no_others(made: Service, orders: list[Order]) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    assert owner.post("/sites/one/draft", url="http://draft.one.test/new/page.html?a=b#c", pages="20").status_code == 303
    finished(made)
    target = orders[0].target
    assert (orders[0].crawl, target.max_pages, target.include) == (True, 20, ("http://draft.one.test/new/*",))
    assert (target.finders, target.documents, target.window) == (("links",), 0, None)
    asked = DraftCheck(account="x", site="one", url="http://draft.one.test/", pages=20, asked=datetime.now(UTC))
    later = datetime.now(UTC) + timedelta(hours=1)
    order = order_of(made.watch.targets[0], made.watch, asked, later, made.db.with_name("x.stop"))
    assert (order.now, order.deadline) == (later, later + LONGEST), "however long it waited for its turn"
    assert order.stops == str(made.db.with_name("x.stop"))
    assert order.target.include == ("http://draft.one.test/*",)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("url", {"url": ""}),
        ("url", {"url": "http://127.0.0.1/"}),
        ("url", {"url": "http://www.two.test/"}),
        ("url", {"url": "http://draft.one.test/" + "x" * 2000}),
        ("pages", {"pages": "21"}),
        ("pages", {"pages": ""}),
    ],
)
def test_what_does_not_fit_is_told_and_nobody_is_visited(made: Service, orders: list[Order], field: str, said: dict[str, object]) -> None:
    answer = Browser(made).sign_in(Role.OWNER).post("/sites/one/draft", **{"url": URL, "pages": "1", **said})
    assert answer.status_code == 422 and f'href="#{field}"' in answer.text and orders == []


def test_others_and_forged_forms_are_refused(made: Service, orders: list[Order]) -> None:
    for role in (Role.FEDERATION, Role.REVIEWER):
        assert Browser(made).sign_in(role).post("/sites/one/draft", url=URL, pages="1").status_code == 403
    owner = Browser(made).sign_in(Role.OWNER)
    assert owner.post("/sites/two/draft", url="http://www.two.test/", pages="1").status_code == 404
    assert owner.ask("POST", "/sites/one/draft", form={"url": URL, "pages": "1"}).status_code == 403
    assert orders == []


def test_one_at_a_time_for_an_account_and_not_while_a_night_runs(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()

    def look(order: Order, given_way: object) -> Run:
        assert go.wait(60)
        return run("one", LOGO)

    monkeypatch.setattr(checking, "look", look)
    owner, operator = Browser(made).sign_in(Role.OWNER), Browser(made).sign_in(Role.OPERATOR)
    assert owner.post("/sites/one/draft", url=URL, pages="1").status_code == 303
    again = owner.post("/sites/one/draft", url=URL, pages="1")
    assert again.status_code == 422 and "还没有结束" in again.text
    assert "正在检查" in owner.get("/sites/one/draft").text
    assert operator.post("/sites/one/draft", url=URL, pages="1").status_code == 303, "it waits for its turn"
    go.set()
    finished(made, "caozuo")
    assert owner.post("/sites/one/draft", url=URL, pages="1").status_code == 303
    finished(made)
    monkeypatch.setattr(type(made.nights), "running", property(lambda self: True))
    busy = owner.post("/sites/one/draft", url=URL, pages="1")
    assert busy.status_code == 422 and "夜间检测正在进行" in busy.text
    owner.get("/?lang=en")
    assert "A nightly audit is under way" in owner.post("/sites/one/draft", url=URL, pages="1").text
    with made.read() as store:
        failed = [one.detail for one in LogBook(store).entries(99) if one.act is Act.FAILED]
    assert len(failed) == 3 and all("夜间检测正在进行" in one for one in failed[:2]), "the log is in Chinese, whoever reads in English"


def role_taken(made: Service) -> None:
    change(made, replace(PEOPLE[Role.OWNER], role=Role.REVIEWER, sites=frozenset()))


def site_taken(made: Service) -> None:
    change(made, replace(PEOPLE[Role.OWNER], sites=frozenset({"two"})))


def change(made: Service, account: Account) -> None:
    with made.write() as store:
        Accounts(store).change(account)


def disabled(made: Service) -> None:
    with made.write() as store:
        Accounts(store).disable("zeren")


def host_taken(made: Service) -> None:
    made.watch = loads(DRAFTS.replace("draft.one.test", "other.one.test"))


def site_gone(made: Service) -> None:
    made.watch = replace(made.watch, targets=made.watch.targets[1:])


@pytest.mark.parametrize("taken", [role_taken, site_taken, disabled, host_taken, site_gone])
def test_whether_a_draft_may_be_looked_at_is_asked_again_when_its_turn_comes(
    made: Service, monkeypatch: pytest.MonkeyPatch, taken: Callable[[Service], None]
) -> None:
    go, given = threading.Event(), list[Order]()

    def look(order: Order, given_way: object) -> Run:
        given.append(order)
        assert go.wait(60)
        return run("one", LOGO)

    monkeypatch.setattr(checking, "look", look)
    operator, owner = Browser(made).sign_in(Role.OPERATOR), Browser(made).sign_in(Role.OWNER)
    assert operator.post("/sites/one/draft", url=URL, pages="1").status_code == 303
    assert owner.post("/sites/one/draft", url=URL, pages="1").status_code == 303
    waits = owner.get("/sites/one/draft").text
    assert "等待检查，前面还有 1 个" in waits and "正在检查" not in waits
    assert made._retester.submit(lambda: "at once").result(60) == "at once", "a retest does not wait for drafts"
    taken(made)
    go.set()
    found = finished(made)
    assert (found.run, len(given)) == (None, 1) and "不能检查这个网址" in found.told
    asked_first = made.drafts.of("caozuo", "one")
    assert asked_first is not None and asked_first.run is not None


def test_by_when_a_check_has_its_turn_counts_all_that_are_before_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calm = Drafts(tmp_path / "x.db", lambda: loads(DRAFTS), lambda *_: None, lambda: False, lambda account, site: True)
    target, early = loads(DRAFTS).targets[0], datetime.now(UTC)
    first, second, third = (calm.begin(name, target, URL, 1) for name in ("a", "b", "c"))
    begun = early - timedelta(minutes=1)
    calm._checks["a"] = replace(first, begun=begun)
    assert calm.before(second) == (1, begun + LONGEST_CHECK) and calm.before(third) == (2, begun + 2 * LONGEST_CHECK)
    calm._checks["a"] = replace(first, begun=begun, ended=early)
    many, latest = calm.before(third)
    assert many == 1 and early + LONGEST_CHECK <= latest <= datetime.now(UTC) + LONGEST_CHECK


def drafts(audit_of: Callable[[], Run], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Drafts:
    """Checks that are done at once."""
    monkeypatch.setattr(checking, "look", lambda order, given_way: audit_of())
    return Drafts(tmp_path / "x.db", lambda: loads(DRAFTS), lambda act, *words: act(*words), lambda: False, lambda account, site: True)


def test_what_breaks_off_is_told_and_what_is_old_is_forgotten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken() -> Run:
        raise ZeroDivisionError

    target, failing = loads(DRAFTS).targets[0], drafts(broken, monkeypatch, tmp_path)
    failing.begin("zeren", target, URL, 1)
    found = failing.of("zeren", "one")
    assert found is not None and found.run is None and "ZeroDivisionError" in found.told
    assert failing.of("zeren", "two") is None and failing.of("caozuo", "one") is None
    failing._checks["zeren"] = replace(found, ended=datetime.now(UTC) - KEPT + timedelta(minutes=1))
    assert failing.of("zeren", "one") is not None
    failing._checks["zeren"] = replace(found, ended=datetime.now(UTC) - KEPT)
    assert failing.of("zeren", "one") is None
    with pytest.raises(DraftRefused):
        failing.begin("zeren", target, "http://127.0.0.1/", 1)
    with pytest.raises(DraftRefused):
        failing.begin("zeren", target, URL, 21)


@pytest.mark.parametrize(
    ("trouble", "told"), [(WorkerLost("-9"), "占用的内存太多"), (TookTooLong(), "没有在规定的时间内结束"), (GivenWay(), "夜间检测已经开始")]
)
def test_why_a_check_came_to_nothing_is_told_in_both_languages(
    made: Service, monkeypatch: pytest.MonkeyPatch, trouble: Exception, told: str
) -> None:  # fmt: skip
    def look(order: Order, given_way: object) -> Run:
        raise trouble

    monkeypatch.setattr(checking, "look", look)
    owner = Browser(made).sign_in(Role.OWNER)
    assert owner.post("/sites/one/draft", url=URL, pages="1").status_code == 303
    finished(made)
    assert told in owner.get("/sites/one/draft").text
    owner.get("/?lang=en")
    english = owner.page("/sites/one/draft").get_text().lower()
    assert told not in english and "check" in english and ("no result" in english or "try again" in english)


def test_barriers_come_before_doubts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    barrier, doubt = run("one", LOGO).findings
    mixed = replace(run("one", LOGO), findings=(replace(doubt, rule="a-doubt"), replace(barrier, rule="z-barrier"), barrier))
    done = drafts(lambda: mixed, monkeypatch, tmp_path)
    done.begin("zeren", loads(DRAFTS).targets[0], URL, 1)
    found = done.of("zeren", "one")
    assert found is not None and list(found.findings) == ["image-alt", "z-barrier", "a-doubt"]


def test_the_page_is_told_in_english_too(made: Service, orders: list[Order]) -> None:
    owner = Browser(made).sign_in(Role.OWNER)
    assert owner.post("/sites/one/draft", url=URL, pages="1").status_code == 303
    finished(made)
    told_in_english(owner, ("/sites/one/draft",))


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_draft_is_really_looked_at_and_an_inner_address_is_not_reached(tmp_path: Path) -> None:
    html = '<!DOCTYPE html><html lang="zh-CN"><head><title>草稿</title></head><body><main><h1>草稿</h1>{}</main></body></html>'
    book = Web()
    pictures = '<img src="/x.png"><img src="http://inner.test/inner.png">'
    book["/new/a.html"] = html.format(f'{pictures}<a href="/new/b.html">下一页</a><a href="/old/c.html">旧的一页</a>')
    for path in ("/new/b.html", "/old/c.html"):
        book[path] = html.format("<p>正文</p>")
    with serving(book) as web:
        port = web.url("/").rpartition(":")[2].strip("/")
        inner = f'prerelease: ["draft.one.test", "127.0.0.1:{port}"],'
        text = TARGETS.replace("id: one,", f"id: one, {inner}").replace(
            "network: {", f'network: {{resolve: {{"*.test:80": "127.0.0.1:{port}"}}, '
        )  # fmt: skip
        running = service(tmp_path, text)
        try:
            owner = Browser(running).sign_in(Role.OWNER)
            assert owner.post("/sites/one/draft", url="http://draft.one.test/new/a.html", pages="20").status_code == 303
            found = finished(running)
            assert found.run is not None, found
            seen = {entry.url.partition("draft.one.test")[2] for entry in found.run.coverage if entry.state is State.AUDITED}
            assert seen == {"/new/a.html", "/new/b.html"}
            hosts = {host for host, _ in book.asked}
            assert hosts == {"draft.one.test"}, "whatever else network.resolve opens at night"
            assert "image-alt" in {one.rule for one in found.run.findings if one.outcome is Outcome.FAILED}
            before = len(book.asked)
            assert owner.post("/sites/one/draft", url=f"http://127.0.0.1:{port}/new/a.html", pages="1").status_code == 303
            (entry,) = finished(running).run.coverage  # type: ignore[union-attr]
            assert entry.state is State.DENIED_BY_EGRESS and len(book.asked) == before, "named, but not in network.resolve"
        finally:
            running.close()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("viewport", [(1280, 800), (320, 640)])
def test_the_page_has_no_failure_under_our_own_audit(
    made: Service, monkeypatch: pytest.MonkeyPatch, viewport: tuple[int, int]
) -> None:  # fmt: skip
    gone = Coverage(url="http://draft.one.test/new/gone.html", state=State.GONE, reason="网页不存在（404）")
    told = replace(run("one", LOGO), coverage=(*run("one", LOGO).coverage, gone))
    with monkeypatch.context() as patch:
        patch.setattr(checking, "look", lambda order, given_way: told)
        owner = Browser(made).sign_in(Role.OWNER)
        assert owner.get("/sites/one/draft").status_code == 200
        assert owner.post("/sites/one/draft", url=URL, pages="20").status_code == 303
        finished(made)
    wrong = owner.post("/sites/one/draft", url="http://127.0.0.1/")
    look_at(owner, {"/sites/one/draft": owner.get("/sites/one/draft").text, "/wrong": wrong.text}, viewport)
