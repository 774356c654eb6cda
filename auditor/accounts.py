"""Who may do what: roles and rights, passwords, how long a session lasts and when a sign-in has to wait; pure."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from auditor.cases import ROLES
from auditor.language import Words, say
from auditor.model import CaseStep, Party


class Role(StrEnum):
    """What a person is to the service."""

    OPERATOR = "operator"  #: 大数据中心: runs it
    OWNER = "owner"  #: answers for some sites and sees no others
    FEDERATION = "federation"  #: 残联: reads everything, follows up
    REVIEWER = "reviewer"  #: checks by hand what no program can tell
    NOBODY = "nobody"  #: not signed in


ROLE_NAMES: Mapping[Role, str] = Words({
    Role.OPERATOR: ("运行管理员", "operator"), Role.OWNER: ("网站责任人", "site owner"),
    Role.FEDERATION: ("残联", "Disabled Persons’ Federation"), Role.REVIEWER: ("人工核查员", "reviewer"),
})  # fmt: skip
"""What the roles of people are called."""


class Right(StrEnum):
    """What somebody may do. Every address of the service declares exactly one."""

    ENTER = "enter"  #: the sign-in page, the style sheet, whether the service is well
    REPORTS = "reports"  #: the report pages: of the own sites; all of them where the service shows them to the public
    LOOK = "look"  #: nights, sites and barriers: an owner's own ones
    LOOK_ALL = "look-all"  #: what concerns sites together
    JUDGE = "judge"  #: say whether a doubt is a barrier
    SET_ASIDE = "set-aside"  #: accept a barrier for a time, or exempt it
    RETEST = "retest"  #: have the pages of a barrier looked at again
    CASE_OPEN = "case-open"  #: begin a case (督办); this and the following as `auditor.cases` has them
    CASE_READ = "case-read"
    CASE_REMIND = "case-remind"
    CASE_EXTEND = "case-extend"
    CASE_RETEST = "case-retest"
    CASE_DISPUTE = "case-dispute"
    CASE_DECIDE = "case-decide"
    CASE_CLOSE = "case-close"
    CASE_TRANSFER = "case-transfer"
    DRAFT = "draft"  #: have a draft of an own site checked before it is published
    COMPLAIN = "complain"  #: tell of a barrier, and ask what became of it; everybody, where the service takes complaints
    COMPLAINTS = "complaints"  #: read what people complain of, answer it, open a case from it
    RUN = "run"  #: start a round, pause the schedule
    STOP = "stop"  #: keep the service away from a host, and take that back
    CONFIRM = "confirm"  #: say that a host may be visited
    EDIT_SITES = "edit-sites"  #: change the list of sites
    ACCOUNTS = "accounts"  #: who may sign in, and as what
    SETTINGS = "settings"  #: see how the service is set up, have targets.yml read again
    LOG = "log"  #: read who did what
    SELF = "self"  #: own password and tokens


_SIGNED_IN = frozenset({Role.OPERATOR, Role.OWNER, Role.FEDERATION, Role.REVIEWER})

MAY: Mapping[Right, frozenset[Role]] = {
    Right.ENTER: _SIGNED_IN | {Role.NOBODY},
    Right.REPORTS: _SIGNED_IN,  # and Role.NOBODY where the reports are public
    Right.LOOK: _SIGNED_IN,
    Right.LOOK_ALL: _SIGNED_IN - {Role.OWNER},
    Right.JUDGE: _SIGNED_IN - {Role.OWNER},
    Right.SET_ASIDE: frozenset({Role.OPERATOR, Role.FEDERATION}),
    Right.RETEST: _SIGNED_IN,
    **{
        Right(f"case-{step.value}"): frozenset(Role(party.value) for party in parties if party is not Party.SERVICE)
        for step, parties in ROLES.items()
    },
    Right.DRAFT: frozenset({Role.OPERATOR, Role.OWNER}),
    Right.COMPLAIN: _SIGNED_IN,  # and Role.NOBODY where complaints are taken
    Right.COMPLAINTS: frozenset({Role.OPERATOR, Role.FEDERATION}),
    Right.RUN: frozenset({Role.OPERATOR}),
    Right.STOP: frozenset({Role.OPERATOR}),
    Right.CONFIRM: frozenset({Role.OPERATOR}),
    Right.EDIT_SITES: frozenset({Role.OPERATOR}),
    Right.ACCOUNTS: frozenset({Role.OPERATOR}),
    Right.SETTINGS: frozenset({Role.OPERATOR}),
    Right.LOG: frozenset({Role.OPERATOR, Role.FEDERATION}),
    Right.SELF: _SIGNED_IN,
}
"""The one table of what each role may do; the guard of the routes and their test are both made from it."""


def right_of(step: CaseStep) -> Right:
    """The right to do something in a case."""
    return Right(f"case-{step.value}")


SCOPES: Mapping[str, frozenset[Right]] = {
    "read": frozenset({Right.REPORTS, Right.LOOK, Right.LOOK_ALL}),
    "decide": frozenset({Right.JUDGE, Right.SET_ASIDE}),
    "run": frozenset({Right.RUN, Right.RETEST}),
}
"""What a token may be made for. Nothing that keeps the service itself safe can be done with a token."""

KEY_DAYS = (30, 90, 365)
"""For how many days a token may be made."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody who may sign in."""

    name: str  #: with which one signs in
    title: str  #: how the person is called in lists and in the log
    role: Role
    sites: frozenset[str] = frozenset()  #: ids of the sites that an owner answers for
    disabled: bool = False

    def sees(self, site: str) -> bool:
        """Whether anything of a site may be shown."""
        return self.role in MAY[Right.LOOK_ALL] or (self.role is Role.OWNER and site in self.sites)


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody signed in, in one browser or through a token."""

    account: Account
    scope: frozenset[Right] | None = None  #: None: all that the role may
    proxied: bool = False  #: the word of a trusted proxy stood for the password

    def may(self, right: Right) -> bool:
        """Whether the role has a right and the scope does not keep it away."""
        return self.account.role in MAY[right] and (self.scope is None or right in self.scope or right is Right.ENTER)


@dataclass(frozen=True, kw_only=True)
class Token:
    """A key for programs, as it is listed; the key itself is shown once and kept nowhere."""

    number: int
    account: str
    label: str  #: what it is for
    scope: tuple[str, ...]
    created: datetime
    expires: datetime
    used: datetime | None
    revoked: datetime | None


# ---------------------------------------------------------------------------------------------- sessions

IDLE, LONGEST = timedelta(hours=1), timedelta(hours=20)
"""A session ends an hour after its last use, or after 20 hours. Whoever needs more time asks for it when signing in, and is then not
signed out for being idle: a limit of 20 hours is none in the sense of WCAG 2.2.1."""

TOUCH = timedelta(minutes=1)
"""How exactly it is noted when a session was last used."""


def idle_limit(*, stay: bool) -> timedelta:
    """How long a session may lie unused."""
    return LONGEST if stay else IDLE


def over(created: datetime, seen: datetime, idle: timedelta, now: datetime) -> bool:
    """Whether a session has ended by itself."""
    return now - seen >= idle or now - created >= LONGEST


def fresh_key() -> str:
    """256 random bits, as they stand in a cookie or a token."""
    return secrets.token_urlsafe(32)


def kept(key: str) -> str:
    """What is stored of a key. It is random, so that a plain digest cannot be turned back."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def form_token(key: str) -> str:
    """What every form of a session carries: it can be made only by whoever knows the cookie."""
    return hmac.new(key.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets without telling how far they agree."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


# ---------------------------------------------------------------------------------------------- throttling

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 5, 30
"""Failures within the window after which an account, or an address that tries many accounts, has to wait."""


def wait(failures: Sequence[datetime], most: int, now: datetime, *, window: timedelta = WINDOW) -> timedelta:
    """How long until the next try; zero: at once. `failures`: when, in any order."""
    recent = sorted(when for when in failures if now - when < window)
    return recent[-most] + window - now if len(recent) >= most else timedelta()


# ---------------------------------------------------------------------------------------------- passwords


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Parameters of scrypt (RFC 7914): memory is 128 × n × r bytes, time grows with p."""

    n: int = 2**15
    r: int = 8
    p: int = 3


COST = Cost()
"""32 MiB and three passes, one of the equal choices of the OWASP Password Storage Cheat Sheet."""

SHORTEST, LONGEST_PASSWORD = 10, 128
KINDS = 3


def weakness(password: str, name: str) -> str:
    """Why a password will not do, as a sentence; "" if it will."""
    if len(password) < SHORTEST:
        return say(f"密码至少要有 {SHORTEST} 个字符。", f"The password needs at least {SHORTEST} characters.")
    if len(password) > LONGEST_PASSWORD:
        return say(f"密码最多 {LONGEST_PASSWORD} 个字符。", f"The password can have {LONGEST_PASSWORD} characters at most.")
    if name.casefold() in password.casefold():
        return say("密码中不能含有登录名。", "The password must not contain the login name.")
    kinds = (str.isupper, str.islower, str.isdigit, lambda letter: not letter.isalnum() or not letter.isascii())
    if sum(any(kind(letter) for letter in password) for kind in kinds) < KINDS:
        told = "The password needs at least three of these: capital letters, small letters, digits, other characters."
        return say("密码要含有大写字母、小写字母、数字、其他字符中的至少三种。", told)
    if len(set(password)) < SHORTEST // 2:
        return say("密码中重复的字符太多。", "Too many characters of the password are the same.")
    return ""


def sealed(password: str, cost: Cost = COST) -> str:
    """What is stored of a password: scrypt$n$r$p$salt$hash, salt and hash in hexadecimal digits."""
    salt = secrets.token_bytes(16)
    return f"scrypt${cost.n}${cost.r}${cost.p}${salt.hex()}${_scrypt(password, salt, cost).hex()}"


def opens(password: str, seal: str) -> bool:
    """Whether a password is the one that was sealed. A seal of another kind is opened by none."""
    parts = seal.split("$")
    if len(parts) != 6 or parts[0] != "scrypt":
        return False
    cost = Cost(n=int(parts[1]), r=int(parts[2]), p=int(parts[3]))
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(parts[4]), cost), bytes.fromhex(parts[5]))


def never(cost: Cost = COST) -> str:
    """A seal that no password opens, which takes as long to find out as with any other."""
    return f"scrypt${cost.n}${cost.r}${cost.p}${'00' * 16}${'00' * 32}"


def outdated(seal: str, cost: Cost = COST) -> bool:
    """Whether a password was sealed with other parameters than those of today."""
    return not seal.startswith(f"scrypt${cost.n}${cost.r}${cost.p}$")


def _scrypt(password: str, salt: bytes, cost: Cost) -> bytes:
    memory = 128 * cost.n * cost.r + 128 * cost.r * cost.p
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=2 * memory + 2**20, dklen=32)


def unknown_sites(sites: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """The sites of an account that are not watched."""
    return tuple(sorted(set(sites) - set(known)))
