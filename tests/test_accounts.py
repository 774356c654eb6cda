"""Accounts: only digests of what is secret are kept, sessions end, tries are throttled across restarts, keys do only what they are for."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from consoles import PASSWORD, PEOPLE, QUICK, TARGETS, Browser, service

from auditor import accounts as rules
from auditor import store_accounts
from auditor.accounts import MAY, SCOPES, Account, Right, Role, Session
from auditor.store import Store, StoreError
from auditor.store_accounts import Accounts, Refused

NOW = datetime(2026, 11, 29, 1, tzinfo=UTC)
OWNER = PEOPLE[Role.OWNER]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "auditor.db") as made:
        for account in PEOPLE.values():
            Accounts(made, QUICK).add(account, PASSWORD, NOW)
        yield made


def test_every_right_is_somebodys_and_only_what_opens_the_door_is_everybodys() -> None:
    assert set(MAY) == set(Right) and all(MAY.values())
    assert [right for right in Right if Role.NOBODY in MAY[right]] == [Right.ENTER]
    assert not any(
        right in MAY and Role.OWNER in MAY[right] for right in (Right.LOOK_ALL, Right.JUDGE, Right.SET_ASIDE, Right.RUN, Right.LOG)
    )


def test_no_key_for_programs_can_change_how_the_service_is_kept_safe() -> None:
    reached = frozenset[Right]().union(*SCOPES.values())
    assert reached.isdisjoint({Right.SETTINGS, Right.CONFIRM, Right.STOP, Right.LOG, Right.SELF})


def test_an_owner_sees_the_own_sites_and_a_disabled_scope_narrows_a_role() -> None:
    assert OWNER.sees("one") and not OWNER.sees("two")
    assert PEOPLE[Role.REVIEWER].sees("two")
    narrowed = Session(account=PEOPLE[Role.OPERATOR], scope=SCOPES["read"])
    assert narrowed.may(Right.LOOK) and not narrowed.may(Right.RUN)
    assert not Session(account=OWNER, scope=SCOPES["run"]).may(Right.RUN), "a scope gives nothing that the role has not"


@pytest.mark.parametrize("password", ["Short-1", "alllowercaseletters", "Zeren-zeren-11", "Aaaaaa-1111111"[:10] * 14, "Aa1Aa1Aa1A"])
def test_weak_passwords_are_refused_with_a_sentence(password: str) -> None:
    assert rules.weakness(password, "zeren").endswith("。")


def test_good_passwords_are_taken_and_kept_as_scrypt_with_its_parameters() -> None:
    assert rules.weakness(PASSWORD, "zeren") == "" and rules.weakness("残疾人也要能用Web2", "zeren") == ""
    seal = rules.sealed(PASSWORD)
    assert seal.startswith("scrypt$32768$8$3$") and PASSWORD not in seal
    assert rules.opens(PASSWORD, seal) and not rules.opens(PASSWORD + " ", seal)
    assert rules.sealed(PASSWORD, QUICK) != rules.sealed(PASSWORD, QUICK), "salted"
    assert not rules.opens("", rules.never(QUICK)) and not rules.opens(PASSWORD, "plain")


def test_nothing_secret_lies_in_the_database(store: Store, tmp_path: Path) -> None:
    accounts = Accounts(store, QUICK)
    session, token = accounts.begin(OWNER, "10.0.0.1", NOW), accounts.make_token(OWNER, "平台", ["read"], 30, NOW)
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert OWNER.name.encode() in kept
    assert not [secret for secret in (PASSWORD, session, token, token[4:]) if secret.encode() in kept]


def test_a_password_sealed_with_other_parameters_is_sealed_anew_when_it_is_next_used(store: Store) -> None:
    stronger = rules.Cost(n=4, p=1)
    assert isinstance(Accounts(store, stronger).admit("zeren", PASSWORD, "10.0.0.1", NOW), Account)
    seal = store.db.execute("SELECT password FROM account WHERE name = 'zeren'").fetchone()[0]
    assert seal.startswith("scrypt$4$") and rules.opens(PASSWORD, seal)


def test_passwords_are_sealed_before_a_transaction_and_no_more_than_two_at_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    sealed, writing = rules.sealed, Store.writing
    inside = 0

    @contextmanager
    def counted(self: Store) -> Iterator[sqlite3.Connection]:
        nonlocal inside
        inside += 1
        try:
            with writing(self) as connection:
                yield connection
        finally:
            inside -= 1

    def told(password: str, cost: rules.Cost) -> str:
        free = [store_accounts._AT_ONCE.acquire(blocking=False) for _ in range(2)]
        for _ in filter(None, free):
            store_accounts._AT_ONCE.release()
        held.append(inside > 0 or all(free))
        return sealed(password, cost)

    monkeypatch.setattr(Store, "writing", counted)
    monkeypatch.setattr(rules, "sealed", told)
    stronger = rules.Cost(n=4, p=1)
    Accounts(store, QUICK).add(Account(name="new", title="新", role=Role.REVIEWER), PASSWORD)
    Accounts(store, QUICK).set_password("zeren", PASSWORD)
    assert isinstance(Accounts(store, stronger).admit("zeren", PASSWORD, "10.0.0.1", NOW), Account)
    (tmp_path / "other").mkdir()
    with closing(service(tmp_path / "other")) as made:
        browser = Browser(made).sign_in(Role.REVIEWER)
        assert browser.post("/self/password", old=PASSWORD, new="Better-horse-9", again="Better-horse-9").status_code == 303
    assert len(held) == 3 + len(PEOPLE) + 1 and not any(held)


def test_a_session_ends_after_an_idle_hour_or_twenty_hours(store: Store) -> None:
    accounts = Accounts(store, QUICK)
    key = accounts.begin(OWNER, "10.0.0.1", NOW)
    assert accounts.session(key, NOW + timedelta(minutes=59))
    assert accounts.session(key, NOW + timedelta(minutes=60)) is None
    for hour in range(20):
        at = NOW + timedelta(minutes=50 * (hour + 1))
        assert accounts.session(key, at) is not None
        accounts.touch(key, at)
    stay = accounts.begin(OWNER, "10.0.0.1", NOW, stay=True)
    assert accounts.session(stay, NOW + timedelta(hours=19, minutes=59)) and accounts.session(stay, NOW + timedelta(hours=20)) is None


def test_sessions_end_with_the_password_the_account_and_by_hand(store: Store) -> None:
    accounts = Accounts(store, QUICK)
    here, there = accounts.begin(OWNER, "10.0.0.1", NOW), accounts.begin(OWNER, "10.0.0.2", NOW)
    accounts.set_password("zeren", "Another-horse-8", keep=here)
    assert accounts.session(here, NOW) and accounts.session(there, NOW) is None
    accounts.end(here)
    assert accounts.session(here, NOW) is None
    again, token = accounts.begin(OWNER, "10.0.0.1", NOW), accounts.make_token(OWNER, "平台", ["read"], 30, NOW)
    accounts.disable("zeren", NOW)
    assert accounts.session(again, NOW) is None and accounts.bearer(token, NOW) is None
    assert isinstance(accounts.admit("zeren", "Another-horse-8", "10.0.0.1", NOW), Refused)


def test_five_failures_lock_an_account_for_a_quarter_of_an_hour_even_after_a_restart(store: Store, tmp_path: Path) -> None:
    accounts = Accounts(store, QUICK)
    for second in range(5):
        assert accounts.admit("zeren", "wrong", f"10.0.1.{second}", NOW + timedelta(seconds=second)) == Refused()
    with Store.open(tmp_path / "auditor.db") as again:
        locked = Accounts(again, QUICK).admit("ZEREN", PASSWORD, "10.0.9.9", NOW + timedelta(minutes=1))
    assert isinstance(locked, Refused) and locked.wait == timedelta(minutes=14)
    assert isinstance(accounts.admit("caozuo", PASSWORD, "10.0.9.9", NOW + timedelta(minutes=1)), Account), "nobody else has to wait"
    assert isinstance(accounts.admit("zeren", PASSWORD, "10.0.9.9", NOW + timedelta(minutes=16)), Account)


def test_an_address_that_tries_many_names_has_to_wait_and_names_that_do_not_exist_count_alike(store: Store) -> None:
    accounts = Accounts(store, QUICK)
    told = [accounts.admit(f"nobody{number}", "wrong", "10.0.0.66", NOW) for number in range(rules.PER_ADDRESS)]
    assert set(map(repr, told)) == {repr(Refused())}
    locked = accounts.admit("caozuo", PASSWORD, "10.0.0.66", NOW)
    assert isinstance(locked, Refused) and locked.wait > timedelta()
    for _ in range(rules.PER_ACCOUNT):
        accounts.admit("ghost", "wrong", "10.0.0.67", NOW)
    ghost = accounts.admit("ghost", "wrong", "10.0.0.68", NOW)
    assert isinstance(ghost, Refused) and ghost.wait > timedelta(), "an account that does not exist locks like one that does"


def test_success_clears_the_failures_of_the_account(store: Store) -> None:
    accounts = Accounts(store, QUICK)
    for _ in range(3):
        for _ in range(rules.PER_ACCOUNT - 1):
            accounts.admit("zeren", "wrong", "10.0.0.1", NOW)
        assert isinstance(accounts.admit("zeren", PASSWORD, "10.0.0.1", NOW), Account)


def test_keys_hold_until_they_run_out_or_are_revoked_by_their_own_account(store: Store) -> None:
    accounts = Accounts(store, QUICK)
    token = accounts.make_token(OWNER, "平台", ["read"], 30, NOW)
    session = accounts.bearer(token, NOW + timedelta(days=29))
    assert session is not None and session.account == OWNER and session.scope == SCOPES["read"]
    assert accounts.bearer(token, NOW + timedelta(days=30)) is None and accounts.bearer("aud_x", NOW) is None
    (listed,) = accounts.tokens("zeren")
    assert not accounts.revoke("caozuo", listed.number, NOW), "nobody else's"
    assert accounts.revoke("zeren", listed.number, NOW) and accounts.bearer(token, NOW) is None


def test_names_are_taken_once_whatever_their_case(store: Store) -> None:
    with pytest.raises(StoreError, match="已经有"):
        Accounts(store, QUICK).add(Account(name="ZeRen", title="x", role=Role.REVIEWER), PASSWORD)


def auditor(folder: Path, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "auditor", *words], input=said, capture_output=True, text=True, timeout=120, cwd=folder)


def test_accounts_are_made_listed_and_closed_by_commands_that_the_log_tells_of(tmp_path: Path) -> None:
    made = auditor(tmp_path, "user", "add", "caozuo", "--role", "operator", "--title", "张三", "--password-stdin", said=f"{PASSWORD}\n")
    assert (made.returncode, "已添加" in made.stdout) == (0, True), made
    (tmp_path / "targets.yml").write_text(TARGETS, encoding="utf-8")
    owner = auditor(tmp_path, "user", "add", "zeren", "--role", "owner", "--title", "李四", "--site", "one", "--no-password")
    assert owner.returncode == 0, owner
    lost = auditor(tmp_path, "user", "add", "b", "--role", "owner", "--title", "李四", "--site", "one", "--site", "on", "--no-password")
    assert (lost.returncode, lost.stderr.strip()) == (2, "网站清单中没有 on。")
    listed = auditor(tmp_path, "user", "list").stdout
    assert "caozuo 张三 运行管理员" in listed and "zeren 李四 网站责任人 one" in listed
    assert auditor(tmp_path, "user", "disable", "zeren").returncode == 0
    assert "已停用" in auditor(tmp_path, "user", "list").stdout
    told = auditor(tmp_path, "log").stdout
    assert [word in told for word in ("account-added", "account-disabled", "命令行")] == [True] * 3
    verified = auditor(tmp_path, "log", "--verify")
    assert verified.returncode == 0 and "共 3 条" in verified.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "a b", "--role", "operator", "--title", "x", "--password-stdin"), PASSWORD),
        (("add", "a", "--role", "owner", "--title", "x", "--password-stdin"), PASSWORD),
        (("add", "a", "--role", "operator", "--title", "x", "--site", "one", "--password-stdin"), PASSWORD),
        (("add", "a", "--role", "operator", "--title", "x", "--password-stdin"), "weak"),
        (("password", "nobody", "--password-stdin"), PASSWORD),
        (("disable", "nobody"), ""),
    ],
)
def test_commands_on_accounts_that_are_wrong_end_with_two_and_a_sentence(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = auditor(tmp_path, "user", *words, said=said)
    assert done.returncode == 2 and done.stderr.strip().endswith("。") and "Traceback" not in done.stderr, done
