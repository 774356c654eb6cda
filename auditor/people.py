"""What is done with accounts, by the console and by the commands alike: checked, done, and told to the log in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from auditor.accounts import KEY_DAYS, ROLE_NAMES, SCOPES, Account, Role, unknown_sites, weakness
from auditor.language import say, told_in
from auditor.store import StoreError
from auditor.store_accounts import Accounts
from auditor.store_log import Act, Actor, LogBook

LONGEST_NAME, LONGEST_TITLE, LONGEST_LABEL = 64, 80, 80
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Unfit(Exception):
    """Nothing was done: field -> what to mend; "" for what belongs to no field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = errors
        super().__init__(" ".join(errors.values()))


def add(
    accounts: Accounts,
    actor: Actor,
    *,
    name: str,
    title: str,
    role: str,
    sites: Collection[str],
    known: Collection[str],
    password: str | None,
) -> Account:
    """Enter somebody. `known`: ids of the sites that are watched; password None: signs in through a trusted proxy only. Raises Unfit."""
    errors = _wrong_name(name) | wrong_role(role, sites, known) | _wrong_title(title)
    if password is not None and (why := weakness(password, name)):
        errors["password"] = why
    if errors:
        raise Unfit(errors)
    account = Account(name=name, title=title.strip() or name, role=Role(role), sites=frozenset(sites))
    seal = accounts.seal(password) if password is not None else None
    with _told("name"), accounts.store.writing():
        accounts.add(account, seal)
        LogBook(accounts.store).record(actor, Act.ACCOUNT_ADDED, name, _as_logged(account))
    return account


def change(
    accounts: Accounts, actor: Actor, name: str, *, title: str, role: str, sites: Collection[str], known: Collection[str]
) -> Account:  # fmt: skip
    """Give somebody another title, role or other sites; it holds from the next request on. Raises Unfit."""
    errors = wrong_role(role, sites, known) | _wrong_title(title)
    if errors:
        raise Unfit(errors)
    with _told(), accounts.store.writing():
        before = _one(accounts, name)
        after = replace(before, title=title.strip() or before.name, role=Role(role), sites=frozenset(sites))
        if after == before:
            return after
        if before.role is Role.OPERATOR and after.role is not Role.OPERATOR:
            _keep_an_operator(accounts, before, "role")
        accounts.change(after)
        LogBook(accounts.store).record(actor, Act.ACCOUNT_CHANGED, before.name, f"{_as_logged(before)} → {_as_logged(after)}"[:1000])
    return after


def set_password(accounts: Accounts, actor: Actor, name: str, password: str) -> int:
    """Give somebody another password; how many keys for programs that revoked. Raises Unfit.

    Whatever was let in before is out: sessions end, and keys that were made until now, maybe by whom the password is taken from.
    """
    if why := weakness(password, name):
        raise Unfit({"password": why})
    with _told():
        account = _one(accounts, name)
        seal = accounts.seal(password)
        with accounts.store.writing():
            accounts.set_password(account.name, seal)
            LogBook(accounts.store).record(actor, Act.PASSWORD_CHANGED, account.name)
            return _revoke_keys(accounts, actor, account.name, "更换密码时")


def made_up(name: str) -> str:
    """A password for somebody that nobody chose: 16 letters and digits, none mistaken for another, some 90 bits."""
    while True:
        password = "".join(secrets.choice(_LETTERS) for _ in range(16))
        if not weakness(password, name):
            return password


def disable(accounts: Accounts, actor: Actor, name: str) -> None:
    """Let somebody sign in no more; Unfit for the last operator, who would leave the service to nobody."""
    with _told(), accounts.store.writing():
        account = _one(accounts, name)
        if account.role is Role.OPERATOR and not account.disabled:
            _keep_an_operator(accounts, account)
        LogBook(accounts.store).record(actor, Act.ACCOUNT_DISABLED, account.name)
        _revoke_keys(accounts, actor, account.name, "停用时")
        accounts.disable(account.name)


def enable(accounts: Accounts, actor: Actor, name: str) -> None:
    """Let somebody sign in again, with the password of before; keys for programs stay revoked. Raises Unfit."""
    with _told(), accounts.store.writing():
        account = _one(accounts, name)
        accounts.enable(account.name)
        LogBook(accounts.store).record(actor, Act.ACCOUNT_ENABLED, account.name)


def end_sessions(accounts: Accounts, actor: Actor, name: str, *, keep: str = "") -> int:
    """Sign somebody out everywhere, but in the session with the key `keep`; how many sessions that ended. Raises Unfit."""
    with _told(), accounts.store.writing():
        account = _one(accounts, name)
        ended = accounts.end_all(account.name, keep=keep)
        LogBook(accounts.store).record(actor, Act.SESSIONS_ENDED, account.name, str(ended))
    return ended


def make_key(accounts: Accounts, actor: Actor, name: str, *, label: str, scope: Sequence[str], days: str) -> str:
    """A key for a program that acts for somebody, given back once and kept nowhere. Raises Unfit."""
    errors, label = {}, label.strip()
    if not label or len(label) > LONGEST_LABEL:
        errors["label"] = say(f"请写明用途，最多 {LONGEST_LABEL} 个字。", f"Say what it is for, in at most {LONGEST_LABEL} characters.")
    if not scope or not set(scope) <= set(SCOPES):
        errors["scope"] = say("请至少选择一项。", "Choose at least one.")
    if days not in {str(one) for one in KEY_DAYS}:
        errors["days"] = say("请选择有效期。", "Choose how long it holds.")
    if errors:
        raise Unfit(errors)
    with _told(), accounts.store.writing():
        account = _one(accounts, name)
        if account.disabled:
            raise Unfit({"": say("这个人员已经停用，不能生成密钥。", "This account is disabled; no key can be made for it.")})
        key = accounts.make_token(account, label, scope, int(days), datetime.now(UTC))
        whose = "" if actor.name == account.name else f"{account.name}，"
        LogBook(accounts.store).record(actor, Act.TOKEN_MADE, label, f"{whose}{'、'.join(scope)}，{days} 天")
    return key


def revoke_key(accounts: Accounts, actor: Actor, name: str, number: int) -> bool:
    """End one key of somebody at once; False if there is none that still holds."""
    with accounts.store.writing():
        done = accounts.revoke(name, number, datetime.now(UTC))
        if done:
            LogBook(accounts.store).record(actor, Act.TOKEN_REVOKED, str(number), "" if actor.name == name else name)
    return done


def _revoke_keys(accounts: Accounts, actor: Actor, name: str, when: str) -> int:
    """End every key of somebody that still holds, each with its row in the log; how many. Belongs inside a transaction."""
    now = datetime.now(UTC)
    held = [one.number for one in accounts.tokens(name) if one.revoked is None and one.expires > now]
    for number in held:
        accounts.revoke(name, number, now)
        LogBook(accounts.store).record(actor, Act.TOKEN_REVOKED, str(number), f"{name}，{when}")
    return len(held)


def wrong_role(role: str, sites: Collection[str], known: Collection[str]) -> dict[str, str]:
    """What does not fit in a role with its sites."""
    if role not in {one.value for one in ROLE_NAMES}:
        return {"role": say("请选择角色。", "Choose a role.")}
    if Role(role) is Role.OWNER and not sites:
        return {"site": say("网站责任人要写明负责的网站。", "Say which sites the owner answers for.")}
    if Role(role) is not Role.OWNER and sites:
        return {"site": say("只有网站责任人才写负责的网站。", "Only an owner has sites of their own.")}
    if unknown := unknown_sites(sites, known):
        return {"site": say(f"网站清单中没有 {'、'.join(unknown)}。", f"Not in the list of sites: {', '.join(unknown)}.")}
    return {}


def _wrong_name(name: str) -> dict[str, str]:
    """What keeps a login name from being taken; it has to be able to stand in an address."""
    fits = name == "".join(name.split()) and name.isprintable() and 0 < len(name) <= LONGEST_NAME
    if not fits or {"/", "\\"} & set(name) or name.casefold() in (".", "..", "new"):
        return {"name": say(f"请填写登录名，不能有空格和斜线，最多 {LONGEST_NAME} 个字符。",
                            f"Give a login name without spaces and slashes, of at most {LONGEST_NAME} characters.")}  # fmt: skip
    return {}


def _wrong_title(title: str) -> dict[str, str]:
    if len(title.strip()) > LONGEST_TITLE:
        return {"title": say(f"姓名最多 {LONGEST_TITLE} 个字。", f"A name has at most {LONGEST_TITLE} characters.")}
    return {}


def _one(accounts: Accounts, name: str) -> Account:
    account = accounts.named(name)
    if account is None:
        raise StoreError(say(f"没有登录名 {name}。", f"There is no login name {name}."))
    return account


def _keep_an_operator(accounts: Accounts, account: Account, field: str = "") -> None:
    """Unfit if nobody else could run the service. Inside the transaction, so that two do not go at once."""
    if not any(one.role is Role.OPERATOR and not one.disabled and one.name != account.name for one in accounts.all()):
        told = say(
            "这是最后一个能用的运行管理员，不能停用，也不能改作其他角色；请先添加另一个。",
            "This is the last operator who can sign in: add another one before you disable this one or give it another role.",
        )
        raise Unfit({field: told})


def _as_logged(account: Account) -> str:
    """The log is kept in Chinese, whichever language the console is read in."""
    with told_in("zh"):
        return f"{account.title}，{ROLE_NAMES[account.role]}" + (f" {'、'.join(sorted(account.sites))}" if account.sites else "")


@contextmanager
def _told(field: str = "") -> Iterator[None]:
    """What the database refuses, such as a name that is taken, beside the field that it is about."""
    try:
        yield
    except StoreError as error:
        raise Unfit({field: str(error)}) from None
