"""Signing in and out, and what everybody may change of the own account: password and keys for programs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Response

from auditor import accounts as rules
from auditor import people
from auditor.accounts import Account, weakness
from auditor.language import Words, counted, say
from auditor.store_accounts import Accounts, Refused
from auditor.store_log import Act, Actor, LogBook
from auditor.web.guard import DOOR, Entering, Own, Visitor, give_key, onward, take_key
from auditor.web.showing import back, choices, show

router = APIRouter(include_in_schema=False)
READ = ["GET", "HEAD"]
SCOPE_WORDS: Mapping[str, str] = Words({
    "read": ("查看网站、障碍和报告", "look at sites, barriers and reports"), "decide": ("作出决定和人工判断", "decide and judge"),
    "run": ("启动检测和复测", "start audits and rechecks"),
})  # fmt: skip
LIFE: Mapping[str, str] = Words({"30": ("30 天", "30 days"), "90": ("90 天", "90 days"), "365": ("一年", "a year")})
"""Days for which a key may be made -> what that is called."""


@router.api_route("/login", methods=READ)
def door(visitor: Entering, next: str = "/") -> Response:
    """The sign-in page; whoever is signed in already, or whom a trusted proxy names, goes on."""
    if visitor.session is not None:
        return back(onward(next))
    if visitor.proxied:
        return _vouched(visitor, next)
    return _door(visitor, next)


@router.post("/login")
def enter(visitor: Entering) -> Response:
    """Let somebody in who knows the password: with a new key, whatever key the browser had."""
    name, password = visitor.said("name").strip(), visitor.said("password")
    wrong = {}
    if not name:
        wrong["name"] = say("请填写登录名。", "Please enter your login name.")
    if not password:
        wrong["password"] = say("请填写密码。", "Please enter your password.")
    if wrong:
        return _door(visitor, visitor.said("next"), wrong, status=422)
    now = datetime.now(UTC)
    with visitor.service.write() as store:
        found = Accounts(store, visitor.service.cost).admit(name, password[: 4 * rules.LONGEST_PASSWORD], visitor.address, now)
        if isinstance(found, Refused):
            LogBook(store).record(Actor(name=name[:64], role="", address=visitor.address), Act.SIGN_IN_REFUSED)
    if isinstance(found, Refused):
        if found.wait:
            minutes = math.ceil(found.wait.total_seconds() / 60)
            told = f"Signing in failed several times. Please try again in {counted(minutes, 'minute')}."
            return _door(visitor, visitor.said("next"), {"": say(f"多次没有登录成功，请 {minutes} 分钟后再试。", told)}, status=429)
        told = say("登录名或密码不对，请核对后重新填写。", "The login name or the password is wrong. Please check both and try again.")
        return _door(visitor, visitor.said("next"), {"name": told}, status=422)
    return _let_in(visitor, found, visitor.said("next"), stay=visitor.said("stay") == "yes")


@router.post("/logout")
def leave(visitor: Own) -> Response:
    """End the session on our side too, and have the browser forget what it keeps of us."""
    with visitor.service.write() as store, store.writing():
        Accounts(store).end(visitor.key)
        LogBook(store).record(visitor.actor, Act.SIGN_OUT)
    answer = back("/login")
    take_key(answer, visitor)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.api_route("/self", methods=READ)
def own(visitor: Own, done: str = "") -> Response:
    """The own account."""
    return _own(visitor, done=done)


@router.post("/self/password")
def change_password(visitor: Own) -> Response:
    """Another password, for whoever knows the present one."""
    new, wrong = visitor.said("new"), {}
    if why := weakness(new, visitor.account.name):
        wrong["new"] = why
    elif new != visitor.said("again"):
        wrong["again"] = say("两次填写的新密码不一样。", "The two entries of the new password differ.")
    if wrong:
        return _own(visitor, wrong, status=422)
    with visitor.service.write() as store:
        found = Accounts(store, visitor.service.cost).admit(visitor.account.name, visitor.said("old"), visitor.address, datetime.now(UTC))
        if isinstance(found, Refused):
            LogBook(store).record(visitor.actor, Act.SIGN_IN_REFUSED, visitor.account.name, "更换密码时")
            late = say("多次填错，请 15 分钟后再试。", "It was wrong several times. Please try again in 15 minutes.")
            told = late if found.wait else say("现在的密码不对。", "The present password is wrong.")
            return _own(visitor, {"old": told}, status=422)
        seal = Accounts(store, visitor.service.cost).seal(new)
        with store.writing():
            Accounts(store).set_password(visitor.account.name, seal, keep=visitor.key)
            LogBook(store).record(visitor.actor, Act.PASSWORD_CHANGED, visitor.account.name)
    return back("/self", "password")


@router.post("/self/tokens")
def make_token(visitor: Own) -> Response:
    """A key for a program; the page that answers is the only place where it is ever shown."""
    try:
        with visitor.service.write() as store:
            key = people.make_key(
                Accounts(store), visitor.actor, visitor.account.name, label=visitor.said("label"), scope=visitor.all_said("scope"),
                days=visitor.said("days"),
            )  # fmt: skip
    except people.Unfit as unfit:
        return _own(visitor, dict(unfit.errors), status=422)
    return _own(visitor, key=key)


@router.post("/self/tokens/{number}/revoke")
def revoke_token(visitor: Own, number: int) -> Response:
    """End one of the own keys at once."""
    with visitor.service.write() as store:
        if not people.revoke_key(Accounts(store), visitor.actor, visitor.account.name, number):
            raise HTTPException(404)
    return back("/self", "revoked")


def _vouched(visitor: Visitor, next: str) -> Response:
    with visitor.service.read() as store:
        account = Accounts(store).named(visitor.proxied)
    if account is None or account.disabled:
        name = visitor.proxied[:64]
        told = say(
            f"统一认证的用户 {name} 在这里没有开通，请联系运行管理员。",
            f"{name}, as whom the central sign-in knows you, has no account here. Please ask the operator.",
        )
        return _door(visitor, next, {"": told}, status=403)
    return _let_in(visitor, account, next, proxied=True)


def _let_in(visitor: Visitor, account: Account, next: str, *, stay: bool = False, proxied: bool = False) -> Response:
    actor = Actor(name=account.name, role=account.role.value, address=visitor.address)
    with visitor.service.write() as store, store.writing():
        if visitor.session is not None:
            Accounts(store).end(visitor.key)
        key = Accounts(store).begin(account, visitor.address, datetime.now(UTC), stay=stay, proxied=proxied)
        LogBook(store).record(actor, Act.SIGN_IN, "", "统一认证" if proxied else "")
    answer = back(onward(next))
    give_key(answer, visitor, key)
    take_key(answer, visitor, DOOR)
    return answer


def _door(visitor: Visitor, next: str, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    """The form, and the cookie without which nobody can fill it in for somebody else."""
    with visitor.service.read() as store:
        empty = not Accounts(store).all()
    key = visitor.key or rules.fresh_key()
    title = say("登录", "Sign in")
    answer = show(
        visitor, "login.html", title, status=status, errors=errors or {}, next=onward(next), name=visitor.said("name"), empty=empty,
        door=rules.form_token(key),
    )  # fmt: skip
    if not visitor.key:
        give_key(answer, visitor, key, DOOR)
    return answer


def _own(visitor: Visitor, errors: dict[str, str] | None = None, *, status: int = 200, done: str = "", key: str = "") -> Response:
    with visitor.service.read() as store:
        tokens = Accounts(store).tokens(visitor.account.name)
    title = say("我的账户", "My account")
    return show(
        visitor, "self.html", title, status=status, done=done, errors=errors or {}, tokens=tokens, key=key, scopes=SCOPE_WORDS,
        scope_choices=choices(SCOPE_WORDS), lives=choices(LIFE), now=datetime.now(UTC),
    )  # fmt: skip
