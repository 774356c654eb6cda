"""Accounts in the console: what the operator changes holds at once, stands in the log, and leaves the service to somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from consoles import PASSWORD, PEOPLE, QUICK, Browser, service
from own_pages import look_at, told_in_english

from auditor import people
from auditor.accounts import Role, weakness
from auditor.cli_accounts import user
from auditor.language import told_in
from auditor.service import Service
from auditor.store_accounts import Accounts
from auditor.store_log import Act, Actor, LogBook

HERE = Actor(name="caozuo", role="operator", address="10.0.0.9")
OTHER = "Better-horse-9"
SETTLED = ("autocomplete-missing",)  # the fields are about somebody else than who fills them in


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Service]:
    running = service(tmp_path)
    yield running
    running.close()


def log(made: Service) -> list[tuple[str, Act, str, str]]:
    """What the log tells of accounts, oldest first."""
    with made.read() as store:
        told = [one for one in LogBook(store).entries(100) if one.act not in (Act.SIGN_IN, Act.SIGN_OUT, Act.SIGN_IN_REFUSED)]
    return [(one.who, one.act, one.about, one.detail) for one in reversed(told)]


def shown(page: str) -> str:
    """The secret that a page shows once."""
    (found,) = re.findall(r"<pre><code>([^<]+)</code></pre>", page)
    return found


def enters(made: Service, name: str, password: str) -> bool:
    browser = Browser(made)
    browser.get("/login")
    return browser.post("/login", name=name, password=password).status_code == 303


def test_somebody_is_added_with_a_password_that_is_shown_once(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    answer = operator.post("/people/new", name="xiaoqian", title="钱七", role="owner", site=["one", "two"], how="made")
    assert answer.status_code == 200 and "已添加" in answer.text
    password = shown(answer.text)
    assert weakness(password, "xiaoqian") == "" and enters(made, "xiaoqian", password)
    assert password not in operator.get("/people/xiaoqian").text
    with made.read() as store:
        account = Accounts(store).named("xiaoqian")
    assert account is not None and (account.title, account.role, account.sites) == ("钱七", Role.OWNER, {"one", "two"})
    assert log(made) == [("caozuo", Act.ACCOUNT_ADDED, "xiaoqian", "钱七，网站责任人 one、two")]
    assert "钱七" in operator.get("/people").text


def test_somebody_is_added_with_a_chosen_password_or_with_none(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    added = operator.post("/people/new", name="chosen", title="孙八", role="reviewer", how="set", password=OTHER)
    assert added.headers["location"] == "/people/chosen?done=added" and enters(made, "chosen", OTHER)
    assert operator.post("/people/new", name="vouched", title="", role="federation", how="proxy").status_code == 303
    assert not enters(made, "vouched", OTHER) and "只通过统一认证" in operator.get("/people/vouched").text


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "a b"}),
        ("name", {"name": "a/b"}),
        ("name", {"name": "new"}),
        ("name", {"name": "HECHA"}),
        ("name", {"name": "x" * 65}),
        ("title", {"title": "长" * 81}),
        ("role", {"role": "root"}),
        ("role", {"role": "nobody"}),
        ("site", {"role": "owner"}),
        ("site", {"role": "owner", "site": ["one", "gone"]}),
        ("site", {"site": ["one"]}),
        ("how", {"how": ""}),
        ("password", {"how": "set", "password": "weak"}),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field_and_nothing_is_done(made: Service, field: str, said: dict[str, object]) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    answer = operator.post("/people/new", **{"name": "fresh", "title": "吴九", "role": "reviewer", "how": "made", **said})
    assert answer.status_code == 422 and f'href="#{field}"' in answer.text
    assert log(made) == []
    with made.read() as store:
        assert len(Accounts(store).all()) == len(PEOPLE)


def test_another_role_and_other_sites_hold_from_the_next_request_on(made: Service) -> None:
    operator, owner = Browser(made).sign_in(Role.OPERATOR), Browser(made).sign_in(Role.OWNER)
    assert (owner.get("/sites/one").status_code, owner.get("/sites/two").status_code) == (200, 404)
    assert operator.post("/people/zeren/change", change_title="李四", change_role="owner", change_site=["two"]).status_code == 303
    assert (owner.get("/sites/one").status_code, owner.get("/sites/two").status_code) == (404, 200)
    assert operator.post("/people/zeren/change", change_title="李四", change_role="reviewer").status_code == 303
    assert owner.get("/desk").status_code == 200
    assert operator.post("/people/zeren/change", change_title="李四", change_role="reviewer").status_code == 303, "nothing to change"
    assert [(act, detail) for _, act, _, detail in log(made)] == [
        (Act.ACCOUNT_CHANGED, "李四，网站责任人 one → 李四，网站责任人 two"),
        (Act.ACCOUNT_CHANGED, "李四，网站责任人 two → 李四，人工核查员"),
    ]
    wrong = operator.post("/people/zeren/change", change_title="李四", change_role="owner")
    assert wrong.status_code == 422 and 'href="#change-site"' in wrong.text


def test_another_password_ends_the_sessions_of_before(made: Service) -> None:
    operator, reviewer = Browser(made).sign_in(Role.OPERATOR), Browser(made).sign_in(Role.REVIEWER)
    assert operator.post("/people/hecha/password", password_how="set", password_password="weak").status_code == 422
    assert operator.post("/people/hecha/password").status_code == 422
    assert reviewer.get("/desk").status_code == 200
    password = shown(operator.post("/people/hecha/password", password_how="made").text)
    assert reviewer.get("/desk").status_code == 303
    assert enters(made, "hecha", password) and not enters(made, "hecha", PASSWORD)
    assert operator.post("/people/hecha/password", password_how="set", password_password=OTHER).status_code == 303
    assert enters(made, "hecha", OTHER)
    assert log(made) == [("caozuo", Act.PASSWORD_CHANGED, "hecha", "")] * 2


def test_sessions_are_listed_and_ended_but_the_own_one(made: Service) -> None:
    operator, elsewhere = Browser(made).sign_in(Role.OPERATOR), Browser(made, address="10.0.0.77").sign_in(Role.OPERATOR)
    reviewer = Browser(made).sign_in(Role.REVIEWER)
    assert "10.0.0.77" in operator.get("/people/caozuo").text
    for person in ("hecha", "caozuo"):
        assert operator.post(f"/people/{person}/sessions").headers["location"] == f"/people/{person}?done=ended"
    assert [browser.get("/").status_code for browser in (reviewer, elsewhere, operator)] == [303, 303, 200]
    assert [one[1:] for one in log(made)] == [(Act.SESSIONS_ENDED, "hecha", "1"), (Act.SESSIONS_ENDED, "caozuo", "1")]


def test_who_is_disabled_is_out_at_once_and_may_be_let_in_again(made: Service) -> None:
    operator, reviewer = Browser(made).sign_in(Role.OPERATOR), Browser(made).sign_in(Role.REVIEWER)
    key = shown(operator.post("/people/hecha/keys", key_label="平台", key_scope=["read"], key_days="30").text)
    program = Browser(made)
    program.headers["Authorization"] = f"Bearer {key}"
    assert program.get("/api/v1/sites").status_code == 200
    assert operator.post("/people/hecha/disable").status_code == 422 and reviewer.get("/desk").status_code == 200, "to be confirmed"
    assert operator.post("/people/hecha/disable", disable_sure="yes").status_code == 303
    assert (reviewer.get("/desk").status_code, program.get("/api/v1/sites").status_code) == (303, 401)
    assert not enters(made, "hecha", PASSWORD)
    assert operator.post("/people/hecha/keys", key_label="平台", key_scope=["read"], key_days="30").status_code == 422
    assert operator.post("/people/hecha/enable").status_code == 303 and enters(made, "hecha", PASSWORD)
    assert program.get("/api/v1/sites").status_code == 401, "a key that was revoked stays so"
    assert [one[1:] for one in log(made)] == [
        (Act.TOKEN_MADE, "平台", "hecha，read，30 天"),
        (Act.ACCOUNT_DISABLED, "hecha", ""),
        (Act.TOKEN_REVOKED, "1", "hecha，停用时"),
        (Act.ACCOUNT_ENABLED, "hecha", ""),
    ]


def test_keys_of_before_end_with_a_password_that_an_administrator_gives_and_stay_with_ones_own(made: Service) -> None:
    operator, reviewer = Browser(made).sign_in(Role.OPERATOR), Browser(made).sign_in(Role.REVIEWER)
    held = {"label": "平台", "scope": ["read"], "days": "30"}

    def program(key: str) -> Browser:
        browser = Browser(made)
        browser.headers["Authorization"] = f"Bearer {key}"
        return browser

    first, second = (program(shown(reviewer.post("/self/tokens", **held).text)) for _ in range(2))
    others = program(shown(operator.post("/self/tokens", **held).text))
    own = reviewer.post("/self/password", old=PASSWORD, new=OTHER, again=OTHER)
    assert "密钥没有变动" in reviewer.get(own.headers["location"]).text and first.get("/api/v1/sites").status_code == 200
    assert reviewer.post("/self/tokens/1/revoke").status_code == 303
    assert "以前生成的密钥都会作废" in operator.get("/people/hecha").text
    reset = operator.post("/people/hecha/password", password_how="set", password_password=PASSWORD)
    assert "以前生成的密钥都已作废" in operator.get(reset.headers["location"]).text
    assert [one.get("/api/v1/sites").status_code for one in (first, second, others)] == [401, 401, 200]
    later = program(shown(operator.post("/people/hecha/keys", key_label="平台", key_scope=["read"], key_days="30").text))
    assert later.get("/api/v1/sites").status_code == 200
    with made.read() as store:
        assert [one.revoked is None for one in Accounts(store).tokens("hecha")] == [True, False, False]
    told = [one for one in log(made) if one[1] in (Act.PASSWORD_CHANGED, Act.TOKEN_REVOKED)]
    assert told == [
        ("hecha", Act.PASSWORD_CHANGED, "hecha", ""),
        ("hecha", Act.TOKEN_REVOKED, "1", ""),
        ("caozuo", Act.PASSWORD_CHANGED, "hecha", ""),
        ("caozuo", Act.TOKEN_REVOKED, "2", "hecha，更换密码时"),
    ]


def test_a_command_that_gives_a_password_says_how_many_keys_it_revoked(made: Service) -> None:
    with made.write() as store:
        owner = Accounts(store).named("zeren")
        assert owner is not None
        Accounts(store).make_token(owner, "平台", ["read"], 30, datetime.now(UTC))
    command = ["password", "zeren", "--password-stdin", "--db", str(made.db)]
    told = [CliRunner().invoke(user, command, input=f"{word}\n").output for word in (OTHER, PASSWORD)]
    assert told == ["已更换 zeren 的密码，作废密钥 1 个。\n", "已更换 zeren 的密码。\n"]


def test_keys_are_made_for_others_with_scope_and_end_and_are_revoked(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    for missing in ({"key_label": " "}, {"key_scope": ["read", "root"]}, {"key_scope": []}, {"key_days": "9999"}):
        said = {"key_label": "平台", "key_scope": ["read"], "key_days": "30", **missing}
        wrong = operator.post("/people/canlian/keys", **said)
        assert wrong.status_code == 422 and f'href="#{next(iter(missing)).replace("_", "-")}"' in wrong.text
    key = shown(operator.post("/people/canlian/keys", key_label="平台", key_scope=["read", "run"], key_days="90").text)
    assert "平台" in operator.get("/people/canlian").text and key not in operator.get("/people/canlian").text
    assert operator.post("/people/hecha/keys/1/revoke").status_code == 404, "a key of somebody else"
    assert operator.post("/people/canlian/keys/1/revoke").status_code == 303
    assert operator.post("/people/canlian/keys/1/revoke").status_code == 404
    assert [one[1:] for one in log(made)] == [(Act.TOKEN_MADE, "平台", "canlian，read、run，90 天"), (Act.TOKEN_REVOKED, "1", "canlian")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_keys_stand_in_the_same_words_on_ones_own_page_and_on_that_of_the_operator(made: Service, language: str) -> None:
    owner, operator = Browser(made).sign_in(Role.OWNER), Browser(made).sign_in(Role.OPERATOR)
    for browser in (owner, operator):
        browser.get(f"/?lang={language}")
    for label in ("平台", "备用"):
        assert owner.post("/self/tokens", label=label, scope="read", days="30").status_code == 200
    assert owner.post("/self/tokens/1/revoke").status_code == 303

    def told(browser: Browser, path: str) -> list[str]:
        page = browser.page(path)
        for hidden in page.select("input[type=hidden]"):
            hidden.decompose()
        return [one.get_text(" ", strip=True) for one in (*page.select("table"), *page.select("form[action$=keys], form[action$=tokens]"))]

    own, others = told(owner, "/self"), told(operator, "/people/zeren")
    words = {"zh": ("最近使用", "已作废"), "en": ("Last used", "revoked")}[language]
    assert own == others and len(own) == 2 and all(word in own[0] for word in words)
    wrong = owner.post("/self/tokens", label="第三把", scope="read", days="x")
    assert wrong.status_code == 422 and 'value="第三把"' in wrong.text and 'value="read" checked' in wrong.text


def test_the_last_operator_stays(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    for path, said in (("disable", {"disable_sure": "yes"}), ("change", {"change_title": "张三", "change_role": "reviewer"})):
        answer = operator.post(f"/people/caozuo/{path}", **said)
        assert answer.status_code == 422 and "最后一个" in answer.text
    assert operator.get("/people").status_code == 200 and log(made) == []
    with made.write() as store, pytest.raises(people.Unfit, match="最后一个"):
        people.disable(Accounts(store), HERE, "caozuo")  # as the command does it
    operator.post("/people/hecha/change", change_title="赵六", change_role="operator")
    assert operator.post("/people/caozuo/disable", disable_sure="yes").status_code in (303, 401)
    assert operator.get("/people").status_code == 303 and enters(made, "hecha", PASSWORD)
    with made.write() as store, pytest.raises(people.Unfit):
        people.disable(Accounts(store, QUICK), HERE, "hecha")


def test_nobody_else_and_no_forged_form_gets_at_accounts(made: Service) -> None:
    for role in (Role.OWNER, Role.FEDERATION, Role.REVIEWER):
        browser = Browser(made).sign_in(role)
        assert browser.get("/people").status_code == browser.post("/people/caozuo/disable", disable_sure="yes").status_code == 403
        assert "/people" not in browser.get("/").text
    operator = Browser(made).sign_in(Role.OPERATOR)
    form = {"name": "forged", "title": "x", "role": "operator", "how": "made"}
    assert operator.ask("POST", "/people/new", form={**form, "form-token": "0" * 64}).status_code == 403
    assert operator.ask("POST", "/people/new", form=form).status_code == 403
    assert operator.ask("POST", "/people/new", form={**form, "form-token": operator.token, "x": "y" * 70_000}).status_code == 413
    other = operator.ask("POST", "/people/new", form={**form, "form-token": operator.token}, headers={"Origin": "http://evil.test"})
    assert other.status_code == 403
    with made.write() as store:
        key = Accounts(store).make_token(PEOPLE[Role.OPERATOR], "x", ("read", "decide", "run"), 30, datetime.now(UTC))
        assert len(Accounts(store).all()) == len(PEOPLE)
    program = Browser(made)
    program.headers["Authorization"] = f"Bearer {key}"
    assert program.ask("POST", "/people/new", form=form).status_code == 403, "no key for programs reaches accounts"


def test_a_name_is_shown_as_it_is_and_a_page_of_nobody_is_none(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    operator.post("/people/new", name="<i>钱&七", title="<script>alert(1)</script>", role="reviewer", how="set", password=OTHER)
    page = operator.page("/people/%3Ci%3E%E9%92%B1%26%E4%B8%83")
    assert page.select("script") == [] and page.h1 is not None and page.h1.get_text() == "<script>alert(1)</script>"
    assert operator.get(str(operator.page("/people").select_one('th a[href*="%3C"]')["href"])).status_code == 200  # type: ignore[index]
    assert operator.get("/people/nobody").status_code == 404
    assert operator.post("/people/nobody/sessions").status_code == 404


def test_every_sentence_is_told_in_english_too(made: Service) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    assert operator.post("/people/zeren/keys", key_label="x", key_scope=["read"], key_days="30").status_code == 200
    operator.post("/people/hecha/disable", disable_sure="yes")
    told_in_english(operator, ("/people", "/people/new", "/people/zeren", "/people/hecha"))
    with told_in("en"):
        assert people.wrong_role("owner", (), ()) == {"site": "Say which sites the owner answers for."}
        assert "Choose" in people.wrong_role("x", (), ())["role"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("viewport", [(1280, 800), (320, 640)])
def test_the_pages_have_no_failure_under_our_own_audit(made: Service, viewport: tuple[int, int]) -> None:
    operator = Browser(made).sign_in(Role.OPERATOR)
    wrong = operator.post("/people/new", name="", role="owner", how="")
    key = operator.post("/people/zeren/keys", key_label="平台", key_scope=["read"], key_days="30")
    assert key.status_code == 200
    wrong_change = operator.post("/people/zeren/change", change_role="owner")
    pages = {path: operator.get(path).text for path in ("/people", "/people/new", "/people/zeren")}
    look_at(operator, pages | {"/wrong": wrong.text, "/key": key.text, "/wrong-change": wrong_change.text}, viewport, SETTLED)
