"""What is watched: sites, regions, plans and their goals, and by which network and notices; the content of targets.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from auditor.model.terms import Action, Attribute, Category, Level, Profile, Scope, Variant


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """Who gave a goal its attribute, when, and by which document."""

    by: str
    date: date
    document: str


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One promise of a plan, with the sentence it was made in."""

    id: str
    indicator: str | None = None  #: IA-1 … IA-16 (`reports/indicators.toml`), None: no indicator tells of it, people do
    also: tuple[str, ...] = ()  #: further indicators that tell of the same promise
    categories: tuple[Category, ...] = ()  #: kinds of sites that the promise speaks of; none: all
    quote: str
    source: str  #: where in the plan the sentence stands
    lead: str
    participants: tuple[str, ...] = ()
    target: float | None = None  #: only where a document sets one: of `indicator`, in per cent where that is a share; 100 means all of them
    target_document: str = ""  #: number of the document that sets it
    due: date | None = None
    attribute: Attribute = Attribute.NONE
    ruling: Ruling | None = None  #: who set the attribute; never None where it is not NONE

    @property
    def indicators(self) -> tuple[str, ...]:
        """All its indicators, the main one first."""
        return ((self.indicator,) if self.indicator else ()) + self.also


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What people report (填报) for a goal or an indicator of a plan, with their evidence."""

    about: str  #: id of a goal, or of an indicator
    region: str | None = None  #: None: the whole city
    period: tuple[date, date]  #: the time it speaks of
    value: float | None = None
    unit: str = ""
    said: str = ""  #: what cannot be put as a number
    by: str
    date: date
    evidence: str  #: a document, a place where it is kept, or an address


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What was promised: a plan with its document number, period and goals, and what people have reported of them."""

    id: str
    name: str
    document: str
    period: tuple[date, date]
    midterm: date | None = None  #: last day that the mid-term review speaks of; None: no document says
    goals: tuple[Goal, ...] = ()
    reported: tuple[Reported, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Region:
    """A city, county or zone by its division code; zones without a national code carry a local one."""

    id: str
    name: str
    parent: str | None = None
    local: bool = False  #: the code is ours, not the national one
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """Who confirmed that this host may be visited, and when."""

    by: str
    date: date


@dataclass(frozen=True, kw_only=True)
class Site:
    """What we watch. Its id carries its history through renames and moves."""

    id: str
    name: str
    url: str
    category: Category
    region: str
    owner: str
    legal_basis: str = ""  #: article and paragraph, such as 32-1


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a journey. Places are CSS selectors, `text=…` or, where something is waited for or expected, `url=…`."""

    action: Action
    what: str  #: an address, a place or a key
    value: str = ""  #: what is filled in; `env:NAME` stands for a secret
    name: str = ""  #: of the state that is reached with it
    submit: bool = False  #: whether it may send something to the site


@dataclass(frozen=True, kw_only=True)
class Journey:
    """A task that people do on a site (办事流程), as the steps that a visitor takes."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A site with how to audit it: one entry of targets.yml with the defaults filled in."""

    site: Site
    enabled: bool = True
    confirmed: Confirmation | None = None
    level: Level = Level.AA
    profile: Profile = Profile.FULL
    variants: tuple[Variant, ...] = (Variant.DESKTOP,)
    finders: tuple[str, ...] = ("links", "sitemap")
    scope: Scope = Scope.SAME_HOSTNAME
    include: tuple[str, ...] = ()  #: wildcard patterns of addresses; empty: all in scope
    exclude: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()  #: addresses to visit first, whatever the crawl finds
    max_pages: int = 50
    interaction_pages: int = 12  #: on which it is tried how the site is used, at most 2 of each template
    documents: int = 10  #: that are opened in one round, at least one of each kind; 0: none
    tabs: int = 2
    delay: float = 1.0  #: seconds between navigation starts on one host
    page_seconds: float = 60.0  #: for one page, all told
    minutes: float | None = None  #: for the site in one round; None: as many as its pages may need (`auditor.budgets`)
    schedule: str = "02:00"
    window: tuple[str, str] | None = ("22:00", "06:30")
    browser: str = "playwright"
    journeys: tuple[Journey, ...] = ()
    full_audit_every: int | None = 7  #: nights after which a page is judged anew at the latest, changed or not; None: never for that reason
    recheck_percent: float = 5.0  #: of the pages that have not changed, drawn every night to be judged anew all the same
    prerelease: tuple[str, ...] = ()  #: hosts, or hosts with a port, on which the owner may have drafts checked
    elder: str = ""  #: address of the elder version; "": it is looked for on the start page
    contact: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Network:
    """How we show ourselves and where we may go."""

    user_agent: str = "PortalA11yAudit/1.0"  #: suffix with a contact, appended to the browser's own
    resolve: Mapping[str, str] = field(default_factory=dict)  #: "host:port" (host may be *.name) -> "address:port"
    allow_private: bool = False
    allow: tuple[str, ...] = ()  #: hosts that may be private addresses (`auditor page --allow`)
    webdriver: str | None = None  #: address of a WebDriver server or Grid for `browser: selenium`; None: one is started here


class Reader(StrEnum):
    """Who is told."""

    OPERATOR = "operator"  #: 大数据中心: how the night went, what failed
    OWNER = "owner"  #: of some sites: what changed on them
    FEDERATION = "federation"  #: 残联: a summary of the week by county


class Security(StrEnum):
    """How the way to a mail server is kept closed."""

    TLS = "tls"  #: from the first byte on, usually port 465
    STARTTLS = "starttls"  #: after a first word in the open, usually port 587
    NONE = "none"  #: not at all: in an internal network only


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way to tell one of the readers, as targets.yml describes it. Secrets stand as `env:NAME`; what they are is kept nowhere."""

    id: str
    kind: str  #: name of a file in `auditor/notices/channels/`
    reader: Reader = Reader.OPERATOR
    sites: tuple[str, ...] = ()  #: ids; none: all
    link: str = ""  #: address of the service, to which links in messages lead; "": no links
    allow_private: bool = False
    url: str = ""  #: of a robot or webhook; `env:NAME` where it holds a key; "": that of the public cloud
    key: str = ""  #: what names the robot in its address
    secret: str = ""  #: what a message is signed with
    host: str = ""  #: of the mail server
    port: int | None = None  #: None: the usual one
    security: Security = Security.TLS
    username: str = ""
    password: str = ""
    sender: str = ""  #: mail address
    to: tuple[str, ...] = ()  #: mail addresses


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who is let in to the service without signing in, and whose word stands for a sign-in."""

    public: bool = False  #: whether everybody may read the report pages
    proxies: tuple[str, ...] = ()  #: networks of reverse proxies whose X-Forwarded-* headers are believed
    complaints: bool = False  #: whether everybody may tell of barriers
    user_header: str = ""  #: in which such a proxy names who is signed in; "": it does not
    contact: str = ""  #: whom everybody may write to about errors and personal data; "": nobody is named


@dataclass(frozen=True, kw_only=True)
class Watch:
    """The whole of targets.yml."""

    plans: tuple[Plan, ...] = ()
    regions: tuple[Region, ...] = ()
    network: Network = field(default_factory=Network)
    timezone: str = "Asia/Shanghai"
    targets: tuple[Target, ...] = ()
    retention: Mapping[str, int] = field(default_factory=lambda: {"snapshots": 90, "pictures": 90})  #: nights
    notices: tuple[Channel, ...] = ()
    service: Access = field(default_factory=Access)
