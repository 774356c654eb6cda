"""Who may sign in: the operator adds people, changes what they are, gives passwords and keys, and lets nobody in any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response

from auditor import people as acting
from auditor.accounts import ROLE_NAMES, Account, Role
from auditor.language import aside, say
from auditor.store_accounts import Accounts
from auditor.web.guard import Appointing, Visitor
from auditor.web.showing import back, beside, choices, show
from auditor.web.sign_in import LIFE, SCOPE_WORDS

router = APIRouter(prefix="/people", include_in_schema=False)
READ = ["GET", "HEAD"]


@router.api_route("", methods=READ)
def everybody(visitor: Appointing, done: str = "") -> Response:
    """All accounts, those that are disabled last."""
    with visitor.service.read() as store:
        accounts = sorted(Accounts(store).all(), key=lambda one: one.disabled)
    return show(visitor, "people.html", say("人员", "People"), done=done, accounts=accounts)


@router.api_route("/new", methods=READ)
def new(visitor: Appointing) -> Response:
    """The form for another account."""
    return _new(visitor)


@router.post("/new")
def add(visitor: Appointing) -> Response:
    """Enter it. A password that we make up is shown by the page that answers, and nowhere else."""
    name, how = visitor.said("name").strip(), visitor.said("how")
    if how not in _ways():
        return _new(visitor, {"how": say("请选择怎样登录。", "Choose how they sign in.")})
    password = {"made": acting.made_up(name or "-"), "set": visitor.said("password"), "proxy": None}[how]
    try:
        with visitor.service.write() as store:
            made = acting.add(
                Accounts(store, visitor.service.cost), visitor.actor, name=name, title=visitor.said("title"), role=visitor.said("role"),
                sites=visitor.all_said("site"), known=_known(visitor), password=password,
            )  # fmt: skip
    except acting.Unfit as unfit:
        return _new(visitor, dict(unfit.errors))
    if how == "made":
        return _person(visitor, made.name, done="added", password=password or "")
    return back(_at(made.name), "added")


@router.api_route("/{person}", methods=READ)
def one(visitor: Appointing, person: str, done: str = "") -> Response:
    """One account, with what can be done about it."""
    return _person(visitor, person, done=done)


@router.post("/{person}/change")
def change(visitor: Appointing, person: str) -> Response:
    """Another title, role or other sites."""
    said = {"title": visitor.said("change-title"), "role": visitor.said("change-role")}
    sites = visitor.all_said("change-site")
    return _act(visitor, person, "change", "changed", lambda accounts: acting.change(
        accounts, visitor.actor, person, title=said["title"], role=said["role"], sites=sites, known=_known(visitor)
    ))  # fmt: skip


@router.post("/{person}/password")
def password(visitor: Appointing, person: str) -> Response:
    """Another password, chosen here or made up and shown once."""
    how = visitor.said("password-how")
    if how not in ("made", "set"):
        return _person(visitor, person, {"password-how": say("请选择一种。", "Choose one.")})
    word = acting.made_up(person) if how == "made" else visitor.said("password-password")
    answer = _act(visitor, person, "password", "reset", lambda accounts: acting.set_password(accounts, visitor.actor, person, word))
    return _person(visitor, person, done="reset", password=word) if how == "made" and answer.status_code == 303 else answer


@router.post("/{person}/sessions")
def end_sessions(visitor: Appointing, person: str) -> Response:
    """Sign them out everywhere; whoever does it to themselves stays signed in here."""
    return _act(visitor, person, "", "ended", lambda accounts: acting.end_sessions(accounts, visitor.actor, person, keep=visitor.key))


@router.post("/{person}/disable")
def disable(visitor: Appointing, person: str) -> Response:
    """Let them sign in no more."""
    if visitor.said("disable-sure") != "yes":
        return _person(visitor, person, {"disable-sure": say("请确认要停用这个人员。", "Confirm that this account is to be disabled.")})
    return _act(visitor, person, "", "disabled", lambda accounts: acting.disable(accounts, visitor.actor, person))


@router.post("/{person}/enable")
def enable(visitor: Appointing, person: str) -> Response:
    """Let them sign in again."""
    return _act(visitor, person, "", "enabled", lambda accounts: acting.enable(accounts, visitor.actor, person))


@router.post("/{person}/keys")
def make_key(visitor: Appointing, person: str) -> Response:
    """A key for a program, which acts for them; the page that answers is the only place where it is ever shown."""
    made: list[str] = []
    answer = _act(visitor, person, "key", "", lambda accounts: made.append(acting.make_key(
        accounts, visitor.actor, person, label=visitor.said("key-label"), scope=visitor.all_said("key-scope"), days=visitor.said("key-days")
    )))  # fmt: skip
    return _person(visitor, person, key=made[0]) if made else answer


@router.post("/{person}/keys/{number}/revoke")
def revoke_key(visitor: Appointing, person: str, number: int) -> Response:
    """End one of their keys at once."""
    with visitor.service.write() as store:
        if not acting.revoke_key(Accounts(store), visitor.actor, person, number):
            raise HTTPException(404)
    return back(_at(person), "revoked")


def _act(visitor: Visitor, person: str, form: str, done: str, act: Callable[[Accounts], object]) -> Response:
    """Do something to an account; back to its page, with what does not fit beside the fields of the form."""
    try:
        with visitor.service.write() as store:
            act(Accounts(store, visitor.service.cost))
    except acting.Unfit as unfit:
        return _person(visitor, person, beside(unfit.errors, form) if form else dict(unfit.errors))
    return back(_at(person), done)


def _ways() -> dict[str, str]:
    return {
        "made": say("系统生成密码，只显示一次", "With a password made up by the service, shown once"),
        "set": say("在下面填写密码", "With the password given below"),
        "proxy": say("不设密码，只通过统一认证登录", "Without a password, through the single sign-on proxy only"),
    }


def _known(visitor: Visitor) -> set[str]:
    return {target.site.id for target in visitor.service.watch.targets}


def _at(person: str) -> str:
    """The address of somebody's page."""
    return f"/people/{quote(person, safe='')}"


def _offered(visitor: Visitor, have: frozenset[str] = frozenset()) -> list[tuple[str, str, str]]:
    """The sites that can be chosen; those that somebody has already, but that are watched no more, among them."""
    names = {target.site.id: target.site.name for target in visitor.service.watch.targets}
    gone = [(id, id, say("已不在清单中", "no longer on the list")) for id in sorted(have - set(names))]
    return [(id, name + aside(id), "") for id, name in names.items()] + gone


def _roles() -> list[tuple[str, str, str]]:
    return [(role.value, ROLE_NAMES[role], "") for role in ROLE_NAMES]


def _new(visitor: Visitor, errors: dict[str, str] | None = None) -> Response:
    return show(
        visitor, "person_new.html", say("添加人员", "Add somebody"), status=422 if errors else 200, errors=errors or {}, said=visitor.said,
        roles_offered=_roles(), sites=_offered(visitor), chosen=visitor.all_said("site"), ways=choices(_ways()),
    )  # fmt: skip


def _person(
    visitor: Visitor, person: str, errors: dict[str, str] | None = None, *, done: str = "", password: str = "", key: str = ""
) -> Response:  # fmt: skip
    now = datetime.now(UTC)
    with visitor.service.read() as store:
        accounts = Accounts(store)
        account = accounts.named(person)
        if account is None:
            raise HTTPException(404)
        sessions, keys, sealed = accounts.sessions(person, now), accounts.tokens(person), accounts.has_password(person)
    return show(
        visitor, "person.html", account.title, status=422 if errors else 200, errors=errors or {}, done=done, account=account,
        sessions=sessions, keys=keys, sealed=sealed, password=password, key=key, now=now, roles_offered=_roles(),
        sites=_offered(visitor, account.sites), wanted=_wanted(visitor, account), scopes=SCOPE_WORDS, scope_choices=choices(SCOPE_WORDS),
        lives=choices(LIFE), said=visitor.said,
    )  # fmt: skip


def _wanted(visitor: Visitor, account: Account) -> Account:
    """What the form for changes shows: what was sent, where it was, else what is."""
    role = visitor.said("change-role")
    if role not in {one.value for one in ROLE_NAMES}:
        return account
    return Account(name=account.name, title=visitor.said("change-title"), role=Role(role), sites=frozenset(visitor.all_said("change-site")))
