"""Merging of sites: nights go to the one alone, and the history of the other stays readable under its own name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from consoles import Browser, service
from own_pages import look_at, told_in_english

from auditor import acting_merges
from auditor import targets as targets_file
from auditor.accounts import Role
from auditor.model import Decision, Outcome, Verdict
from auditor.service import Service
from auditor.store import StoreBusy
from auditor.store_log import Act, LogBook
from auditor.store_merges import Merges

MERGE = "/list/sites/two/merge"
WHY = "机构改革，两局合并。"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path)
    with running.write() as store:
        group = next(one.group for one in store.issues("two") if one.outcome is Outcome.FAILED)
        store.decide(Decision(site="two", group=group, verdict=Verdict.EXEMPT, by="王五", why="依法可以不改。", made=datetime.now(UTC)))
    yield running
    running.close()


def merged(made: Service) -> Browser:
    """The operator, who has merged the second site into the first."""
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert operator.post(MERGE, into="one", why=WHY, sure="yes").headers["location"] == "/merged/two?done=merged"
    return operator


def test_the_site_leaves_the_list_and_its_history_is_read_under_its_own_name(made: Service) -> None:
    federation, owner = Browser(made).sign_in(Role.FEDERATION), Browser(made).sign_in(Role.OWNER)
    with made.read() as store:
        kept = {site: (store.issues(site), store.runs(site), store.decisions(site)) for site in ("one", "two")}
    opened = federation.post("/sites/two/cases", complaint="读不出通知。", days="30", why="影响办事。")
    case = str(opened.headers["location"]).partition("?")[0]
    refused = Browser(made).sign_in(Role.OPERATOR).post(MERGE, into="one", why=WHY, sure="yes")
    assert refused.status_code == 422 and case.rpartition("/")[2] in refused.text and "没有办结的案件" in refused.text
    assert federation.post(f"{case}/close", close_why="已经答复。").status_code == 303
    operator = merged(made)
    assert [one.site.id for one in made.watch.targets] == ["one", "three"] and "二号" not in made.path.read_text(encoding="utf-8")
    assert operator.get("/sites/two").status_code == 404 and "二号网站" not in operator.get("/list").text
    with made.read() as store:
        assert kept == {site: (store.issues(site), store.runs(site), store.decisions(site)) for site in ("one", "two")}
        assert set(store.archived()) == {"two"}
        (one,) = Merges(store).all()
        told = [(entry.who, entry.about, entry.detail) for entry in LogBook(store).entries(20) if entry.act is Act.SITE_MERGED]
    assert (one.site, one.name, one.into, one.into_name, one.by, one.why) == ("two", "二号网站", "one", "一号网站", "张三", WHY)
    assert told == [("caozuo", "two", f"two 并入 one：{WHY}")]
    page = federation.page("/merged/two").get_text(" ", strip=True)
    assert all(word in page for word in ("一号网站", WHY, "张三", "依法可以不改。", "http://www.two.test/"))
    assert "二号网站" in federation.get("/merged").text and case in federation.get("/merged/two").text
    assert federation.get(case).status_code == 200, "a case stays under the old name"
    assert owner.get("/merged").status_code == 403 and owner.get("/merged/two").status_code == 403
    assert federation.get("/merged/one").status_code == 404


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("into", {"into": ""}),
        ("into", {"into": "two"}),
        ("into", {"into": "gone"}),
        ("why", {"why": " "}),
        ("why", {"why": "长" * 1001}),
        ("sure", {"sure": ""}),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field_and_nothing_is_done(made: Service, field: str, said: dict[str, object]) -> None:
    before = made.path.read_bytes()
    answer = Browser(made).sign_in(Role.OPERATOR).post(MERGE, **{"into": "one", "why": WHY, "sure": "yes", **said})
    assert answer.status_code == 422 and f'href="#{field}"' in answer.text and made.path.read_bytes() == before
    with made.read() as store:
        assert Merges(store).all() == () and store.archived() == {}


def test_nothing_is_half_done_while_a_night_runs_or_where_the_list_cannot_be_written(
    made: Service, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    operator = Browser(made).sign_in(Role.OPERATOR)
    with monkeypatch.context() as patch:
        patch.setattr(type(made.nights), "running", property(lambda self: True))
        assert "请等它结束" in operator.post(MERGE, into="one", why=WHY, sure="yes").text

    def unwritable(*_: object) -> None:
        raise targets_file.TargetsError([targets_file.Problem(line=1, column=1, sentence="写不进去。")], "targets.yml")

    monkeypatch.setattr(targets_file, "rewrite", unwritable)
    answer = operator.post(MERGE, into="one", why=WHY, sure="yes")
    assert answer.status_code == 422 and "写不进去。" in answer.text
    with made.read() as store:
        assert Merges(store).all() == () and store.archived() == {}
        assert LogBook(store).entries(1)[0].act is Act.FAILED


def nothing_of_it(made: Service, before: bytes) -> None:
    """AssertionError where the list or the database knows of a merge, or the log does not know that it failed."""
    with made.read() as store:
        assert Merges(store).all() == () and store.archived() == {} and LogBook(store).entries(1)[0].act is Act.FAILED
    assert made.path.read_bytes() == before and [one.site.id for one in made.watch.targets] == ["one", "two", "three"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_the_database_fails_nothing_is_half_done_and_the_page_says_so(
    made: Service, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:  # fmt: skip
    operator, before, add = Browser(made).sign_in(Role.OPERATOR), made.path.read_bytes(), Merges.add
    operator.get(f"/?lang={language}")
    told = {"zh": "没能并入，什么都没有改动", "en": "The sites were not merged, and nothing was changed."}[language]

    def busy(*_: object) -> None:
        raise StoreBusy("数据库正被另一个程序占用，请稍后再试。")

    def fails_at_the_end(merges: Merges, *said: Any) -> None:
        add(merges, *said)
        merges.store.db.execute("PRAGMA defer_foreign_keys = ON")
        merges.store.db.execute("UPDATE site_merge SET into_site = 999")

    written: list[bytes] = []
    monkeypatch.setattr(targets_file, "_replace", lambda path, content, *said: (written.append(content), path.write_bytes(content)))
    for failing, times in ((busy, 0), (fails_at_the_end, 2)):
        monkeypatch.setattr(Merges, "add", failing)
        answer = operator.post(MERGE, into="one", why=WHY, sure="yes")
        assert answer.status_code == 422 and told in answer.text and len(written) == times
        nothing_of_it(made, before)
    monkeypatch.setattr(Merges, "add", add)
    merged(made)


def test_what_happens_between_looking_and_merging_is_seen(made: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    operator, whole = Browser(made).sign_in(Role.OPERATOR), made.path.read_bytes()
    with monkeypatch.context() as patch:
        told = iter(({}, {"": "刚刚立了案。"}))
        patch.setattr(acting_merges, "_waiting", lambda *_: next(told))
        answer = operator.post(MERGE, into="one", why=WHY, sure="yes")
    assert answer.status_code == 422 and "刚刚立了案。" in answer.text
    nothing_of_it(made, whole)
    shorter = "".join(line for line in whole.decode().splitlines(keepends=True) if "three" not in line)
    made.path.write_text(shorter, encoding="utf-8")  # by hand, and not read again yet
    answer = operator.post(MERGE, into="three", why=WHY, sure="yes")
    assert answer.status_code == 422 and 'href="#into"' in answer.text and "网站清单刚刚改过" in answer.text
    nothing_of_it(made, shorter.encode())


def test_the_id_of_a_merged_site_is_not_given_to_another(made: Service) -> None:
    operator = merged(made)
    form = {"id": "two", "name": "另一个", "url": "http://new.test/", "category": "政府门户", "region": "990000", "enabled": "是"}
    answer = operator.post("/list/new", **form)
    assert answer.status_code == 422 and "已并入一号网站" in answer.text
    operator.get("/?lang=en")
    assert "Please choose another id." in operator.post("/list/new", **form).text
    operator.get("/?lang=zh")
    assert operator.post("/list/new", **{**form, "id": "four"}).status_code == 303


def test_a_chain_of_merges_leads_on_from_page_to_page(made: Service) -> None:
    operator = merged(made)
    assert 'href="/sites/one"' in operator.get("/merged/two").text
    assert operator.post("/list/sites/one/merge", into="three", why=WHY, sure="yes").status_code == 303
    assert 'href="/merged/one"' in operator.get("/merged/two").text and 'href="/sites/three"' in operator.get("/merged/one").text


def test_only_the_operator_merges_and_no_forged_form_does(made: Service) -> None:
    for role in (Role.OWNER, Role.FEDERATION, Role.REVIEWER):
        assert Browser(made).sign_in(role).post(MERGE, into="one", why=WHY, sure="yes").status_code == 403
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert operator.ask("POST", MERGE, form={"into": "one", "why": WHY, "sure": "yes"}).status_code == 403
    assert 'href="/list/sites/two/merge"' in operator.get("/list/sites/two/edit").text and 'href="/merged"' in operator.get("/list").text


def test_the_pages_are_told_in_english_too(made: Service) -> None:
    operator = merged(made)
    told_in_english(operator, ("/list/sites/one/merge", "/merged", "/merged/two"))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("viewport", [(1280, 800), (320, 640)])
def test_the_pages_have_no_failure_under_our_own_audit(made: Service, viewport: tuple[int, int]) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    pages = {MERGE: operator.get(MERGE).text, "/wrong": operator.post(MERGE).text, "/none": operator.get("/merged").text}
    merged(made)
    look_at(operator, pages | {path: operator.get(path).text for path in ("/merged", "/merged/two")}, viewport)
