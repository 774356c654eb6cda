"""The one door of every address: who asks, whether the role has the right that the address declares, and whether the form is ours."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, NoReturn
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from auditor import accounts as rules
from auditor.accounts import MAY, Account, Right, Role, Session
from auditor.addresses import is_ip
from auditor.model import Access, History, Target
from auditor.service import Service
from auditor.store_accounts import Accounts
from auditor.store_log import Act, Actor, LogBook

SAFE = frozenset({"GET", "HEAD"})
FORM = "application/x-www-form-urlencoded"
TOKEN_FIELD = "form-token"
SESSION, DOOR = "auditor", "auditor-door"
"""Names of the cookies: of a session, and of a browser that has not signed in yet."""


class SignInFirst(Exception):
    """Nobody is signed in, and the address is not open to everybody."""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who asks, and what the request brought."""

    service: Service
    session: Session | None
    key: str  #: of the session, or of the door; "" where neither is there
    address: str  #: of the machine that asks
    secure: bool  #: whether it came by https
    path: str
    here: str = "/"  #: path and query of the page that is shown; of the answer to a form the page that it was sent from
    proxied: str = ""  #: login name that a trusted proxy vouches for
    form: FormData = field(default_factory=FormData)
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        """Whoever is signed in; behind a right that nobody else has."""
        assert self.session is not None
        return self.session.account

    @property
    def actor(self) -> Actor:
        """The same as it stands in the log."""
        return Actor(name=self.account.name, role=self.account.role.value, address=self.address)

    @property
    def form_token(self) -> str:
        """What the forms of this visitor carry."""
        return rules.form_token(self.key) if self.key else ""

    def may(self, right: Right) -> bool:
        """Whether this visitor has a right."""
        if self.session is not None:
            return self.session.may(right)
        opened = {Right.REPORTS: self.service.reports_public, Right.COMPLAIN: self.service.watch.service.complaints}
        return Role.NOBODY in MAY[right] or opened.get(right, False)

    def sees(self, site: str) -> bool:
        """Whether anything of a site may be shown to this visitor."""
        return self.session is not None and self.session.account.sees(site)

    def target(self, site: str) -> Target:
        """A site; 404, as if there were none, where the visitor must not see it."""
        found = self.service.target(site)
        if found is None or not self.sees(site):
            raise HTTPException(404)
        return found

    def history(self, site: str) -> History:
        """All that may be shown of one site, which is the only one in it; 404 as `target`."""
        self.target(site)
        found = self.service.history_of(site)
        if found is None or not found.sites:
            raise HTTPException(404)
        return found

    def targets(self, words: str = "") -> list[Target]:
        """The sites that the visitor may see, in the order of the list; with `words` those whose name, address, owner or id holds them."""
        wanted = words.strip().casefold()
        return [
            one for one in self.service.watch.targets
            if self.sees(one.site.id) and wanted in f"{one.site.name} {one.site.url} {one.site.owner} {one.site.id}".casefold()
        ]  # fmt: skip

    def said(self, name: str) -> str:
        """One field of the form; "" where it is not there."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""

    def file(self, name: str) -> tuple[str, bytes]:
        """Name and content of a file that came along; both empty where there is none."""
        return self.files.get(name, ("", b""))

    def all_said(self, name: str) -> list[str]:
        """Every value of a field of the form."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]


@dataclass(frozen=True)
class Guard:
    """The dependency that every route has exactly once: `Depends(Guard(Right.LOOK))`."""

    right: Right
    programs: bool = False  #: for programs: what changes something brings a key instead of a form of ours
    file: bool = False  #: the form may bring a file along
    unasked: bool = False  #: a page of ours asks by itself, which does not keep a session from ending for being idle

    async def __call__(self, request: Request) -> Visitor:
        """The visitor, if the right is there. SignInFirst, or 403 with a row in the log, where it is not."""
        unsafe = request.method not in SAFE
        form = await _form(request, file=self.file) if unsafe and not self.programs else FormData()
        files = {name: (one.filename or "", await one.read()) for name, one in form.items() if isinstance(one, UploadFile)}
        await form.close()
        visitor = replace(await run_in_threadpool(_visitor, request, form, unasked=self.unasked), files=files)
        bearer = bool(request.headers.get("authorization"))
        if not visitor.may(self.right):
            if visitor.session is None:
                raise HTTPException(401) if bearer else SignInFirst
            await run_in_threadpool(_refuse, visitor, f"{request.method} {visitor.path}")
        if unsafe and not bearer and (self.programs or not _ours(request, visitor)):
            raise HTTPException(*((401,) if self.programs else (403, "form")))
        return visitor


Entering = Annotated[Visitor, Depends(Guard(Right.ENTER))]
Reporting = Annotated[Visitor, Depends(Guard(Right.REPORTS))]
Looking = Annotated[Visitor, Depends(Guard(Right.LOOK))]
Following = Annotated[Visitor, Depends(Guard(Right.LOOK, unasked=True))]
Judging = Annotated[Visitor, Depends(Guard(Right.JUDGE))]
Retesting = Annotated[Visitor, Depends(Guard(Right.RETEST))]
Running = Annotated[Visitor, Depends(Guard(Right.RUN))]
Stopping = Annotated[Visitor, Depends(Guard(Right.STOP))]
Confirming = Annotated[Visitor, Depends(Guard(Right.CONFIRM))]
Setting = Annotated[Visitor, Depends(Guard(Right.SETTINGS))]
Drafting = Annotated[Visitor, Depends(Guard(Right.DRAFT))]
Complaining = Annotated[Visitor, Depends(Guard(Right.COMPLAIN))]
Answering = Annotated[Visitor, Depends(Guard(Right.COMPLAINTS))]
Appointing = Annotated[Visitor, Depends(Guard(Right.ACCOUNTS))]
Logging = Annotated[Visitor, Depends(Guard(Right.LOG))]
OpeningCases = Annotated[Visitor, Depends(Guard(Right.CASE_OPEN))]
EditingSites = Annotated[Visitor, Depends(Guard(Right.EDIT_SITES))]
SendingSites = Annotated[Visitor, Depends(Guard(Right.EDIT_SITES, file=True))]
Checking = Annotated[Visitor, Depends(Guard(Right.JUDGE, file=True))]
AskingRounds = Annotated[Visitor, Depends(Guard(Right.RUN, programs=True))]
Watching = Annotated[Visitor, Depends(Guard(Right.LOOK_ALL))]
Own = Annotated[Visitor, Depends(Guard(Right.SELF))]


def give_key(response: Response, visitor: Visitor, key: str, name: str = SESSION) -> None:
    """Set a cookie that no script reads and that other sites' forms do not bring along."""
    response.set_cookie(_cookie(name, visitor.secure), key, httponly=True, samesite="lax", secure=visitor.secure, path="/")


def take_key(response: Response, visitor: Visitor, name: str = SESSION) -> None:
    """Have the browser forget a cookie."""
    response.delete_cookie(_cookie(name, visitor.secure), httponly=True, samesite="lax", secure=visitor.secure, path="/")


def by_program(request: Request) -> bool:
    """Whether a program asks, which reads no pages."""
    return request.url.path.startswith("/api/") or request.url.path == "/metrics"


def way_in(path: str) -> str:
    """The address of the sign-in page that leads on to a path."""
    return f"/login?next={quote(onward(path))}" if onward(path) != "/" else "/login"


def onward(path: str) -> str:
    """A path of this service; the start page for everything that could lead elsewhere."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    parts = urlsplit(path) if safe and len(path) < 1000 else None
    return path if parts is not None and not parts.scheme and not parts.netloc else "/"


def peer(request: Request, access: Access) -> tuple[str, bool, bool]:
    """The address that asks, whether it came by https, and whether a trusted proxy stands between."""
    address = request.client.host if request.client else ""
    secure = request.url.scheme == "https"
    if not _trusted(address, access):
        return address, secure, False
    secure = request.headers.get("x-forwarded-proto", "").rpartition(",")[2].strip() == "https" or secure
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    asked = next((hop for hop in reversed(hops) if not _trusted(hop, access)), address)
    return asked if is_ip(asked) else address, secure, True


def _visitor(request: Request, form: FormData, *, unasked: bool = False) -> Visitor:
    """Who asks, by token, cookie or neither."""
    service: Service = request.app.state.service
    access = service.watch.service
    address, secure, behind = peer(request, access)
    vouched = request.headers.get(access.user_header, "").strip() if behind and access.user_header else ""
    key = request.cookies.get(_cookie(SESSION, secure), "")
    now = datetime.now(UTC)
    session: Session | None = None
    worn = False
    told = request.headers.get("authorization", "")
    if told or key:
        with service.read() as store:
            accounts = Accounts(store)
            if told:
                session = accounts.bearer(told[7:].strip(), now) if told[:7].lower() == "bearer " else None
            elif found := accounts.session(key, now):
                session, worn = found
                if session.proxied and session.account.name.casefold() != vouched.casefold():
                    session = None  # the proxy speaks of another person now, or of none
    if session is None:
        key = request.cookies.get(_cookie(DOOR, secure), "")
    elif worn and not unasked:
        with service.write() as store:
            Accounts(store).touch(key, now)
    path = request.url.path
    return Visitor(
        service=service, session=session, key=key, address=address, secure=secure, path=path, here=_here(request), proxied=vouched,
        form=form,
    )  # fmt: skip


def _here(request: Request) -> str:
    """Path and query of the page on which the visitor is; the start page where that is not known."""
    if request.method in SAFE:
        query = request.url.query
        return quote(request.url.path) + (f"?{query}" if query else "")
    sent = urlsplit(request.headers.get("referer", ""))
    if not sent.path or sent.netloc.lower() != request.headers.get("host", "").lower():
        return "/"
    return onward(sent.path + (f"?{sent.query}" if sent.query else ""))


async def _form(request: Request, *, file: bool) -> FormData:
    """The fields of a form; 415 for anything else than a form, without files unless `file`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind and request.headers.get("content-length", "0") == "0":
        return FormData()
    if kind != FORM and not (file and kind == "multipart/form-data"):
        raise HTTPException(415)
    return await request.form(max_files=int(file), max_fields=1000)


def _ours(request: Request, visitor: Visitor) -> bool:
    """Whether a form was made by us for this visitor, and sent from a page of ours."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        return False
    return bool(visitor.key) and rules.same(visitor.said(TOKEN_FIELD), visitor.form_token)


def _refuse(visitor: Visitor, what: str) -> NoReturn:
    with visitor.service.write() as store:
        LogBook(store).record(visitor.actor, Act.REFUSED, what[:200])
    raise HTTPException(403)


def _cookie(name: str, secure: bool) -> str:
    """By https the name itself keeps other hosts of the domain from setting it (RFC 6265bis)."""
    return f"__Host-{name}" if secure else name


def _trusted(address: str, access: Access) -> bool:
    if not is_ip(address):
        return False
    asked = ipaddress.ip_address(address)
    return any(asked in ipaddress.ip_network(network) for network in access.proxies)
