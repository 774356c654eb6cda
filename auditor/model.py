"""The words of the project: plain frozen data that every other module speaks in. Standard library only.

Times are aware datetimes in UTC; dates stand only for promises. Lengths are CSS px of the page, durations are seconds.
A *round* is one night over many sites, a *run* is one site in one round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

# ---------------------------------------------------------------------------------------------- enumerations


class Level(StrEnum):
    """WCAG conformance level."""

    A = "A"
    AA = "AA"
    AAA = "AAA"

    def includes(self, other: Level | None) -> bool:
        """Whether an audit at this level answers for a rule of level `other` (None: best practice, never)."""
        return other is not None and len(other.value) <= len(self.value)


class Impact(StrEnum):
    """How hard a barrier hits the person who meets it, hardest first."""

    CRITICAL = "critical"
    SERIOUS = "serious"
    MODERATE = "moderate"
    MINOR = "minor"


class Outcome(StrEnum):
    """EARL's words for a result that somebody must look at; what passed is counted in a Tally."""

    FAILED = "failed"
    CANT_TELL = "cantTell"


class Variant(StrEnum):
    """The way a page is met. Desktop, as a visitor first meets it, is the one that counts."""

    DESKTOP = "desktop"
    MOBILE = "mobile"
    ELDER = "elder"
    TOOLBAR_OPEN = "toolbar-open"
    TOOLBAR_BLOCKED = "toolbar-blocked"


class Category(StrEnum):
    """What kind of site it is."""

    PORTAL = "portal"
    SERVICE = "service"
    DEPARTMENT = "department"
    DISABLED_FEDERATION = "disabled-federation"
    HOSPITAL = "hospital"
    SCHOOL = "school"
    OTHER = "other"


class Profile(StrEnum):
    """How much is asked of a page: axe alone, every static check, or the interaction checks too."""

    AXE = "axe"
    STATIC = "static"
    FULL = "full"


class Action(StrEnum):
    """What a step of a journey does."""

    OPEN = "open"
    CLICK = "click"
    FILL = "fill"
    PRESS = "press"
    WAIT_FOR = "wait_for"
    EXPECT = "expect"


class Scope(StrEnum):
    """Which addresses belong to a site (crawlee's words)."""

    ALL = "all"
    SAME_DOMAIN = "same-domain"
    SAME_HOSTNAME = "same-hostname"
    SAME_ORIGIN = "same-origin"


class State(StrEnum):
    """How an address ended in the coverage ledger of a run. Every known address ends in exactly one of them."""

    AUDITED = "audited"
    REUSED = "reused"
    NOT_SAMPLED = "not-sampled"
    OVER_BUDGET = "over-budget"
    EXCLUDED = "excluded"
    BLOCKED_BY_ROBOTS = "blocked-by-robots"
    REDIRECTED_OUT = "redirected-out"
    NOT_HTML = "not-html"
    DUPLICATE = "duplicate"
    GONE = "gone"
    ERROR_PAGE = "error-page"
    SOFT_404 = "soft-404"
    MAINTENANCE = "maintenance"
    LOGIN_WALL = "login-wall"
    CHALLENGE = "challenge"
    TIMEOUT = "timeout"
    TLS_ERROR = "tls-error"
    DNS_ERROR = "dns-error"
    CONNECTION_REFUSED = "connection-refused"
    CONNECTION_RESET = "connection-reset"
    DENIED_BY_EGRESS = "denied-by-egress"
    TOO_LARGE = "too-large"
    RENDER_FAILED = "render-failed"
    CRASHED = "crashed"
    INTERRUPTED = "interrupted"
    NOT_CONFIRMED = "not-confirmed"


SEEN = frozenset({State.AUDITED, State.REUSED})
"""States in which the page was really judged."""

NOT_A_PAGE = frozenset({State.NOT_HTML, State.DUPLICATE, State.REDIRECTED_OUT, State.GONE, State.SOFT_404})
"""States of visited addresses that turned out not to be a page of this site; they say nothing about coverage."""

NEVER_TRIED = frozenset({State.NOT_SAMPLED, State.OVER_BUDGET, State.EXCLUDED, State.BLOCKED_BY_ROBOTS, State.NOT_CONFIRMED})
"""States of addresses that were never asked for."""

STILL_TO_DO = NEVER_TRIED | {State.INTERRUPTED}
"""States of addresses that a resumed audit takes up again, whatever the interrupted one said of them."""


DOCUMENTS = "documents"
"""Name of the engine that judges documents (附件). They stay `not-html` in the ledger and count among no pages, read or not."""


class Mark(StrEnum):
    """What the draw of a run's sample made of an address (`auditor.sampling`)."""

    NONE = ""  #: no sample was drawn, or it is no page of the site
    SURE = "sure"  #: looked at in any case
    EXPLORED = "explored"  #: looked at before the draw, to learn what the site has; stands for itself alone
    PANEL = "panel"  #: drawn by the numbers of the period before, so that half of the sample stays
    FRESH = "fresh"  #: drawn by the numbers of this period
    FRAME = "frame"  #: could have been drawn, and was not
    LATE = "late"  #: met after the draw; takes part in the next one
    LEFT_OUT = "left-out"  #: an earlier run found no page there


class Enough(StrEnum):
    """Why a sample ended."""

    NARROW = "narrow"  #: so many pages suffice, as the period before has shown: next to nothing new is met, and the interval is narrow
    DRAWN = "drawn"  #: all that was drawn has been looked at, which is as much as `max_pages` allows
    TIME = "time"  #: the time was over, or the host was not to be visited any more


class RunState(StrEnum):
    """What a run is worth (thresholds: `auditor.audit.verdict`)."""

    AUDITED = "audited"
    PARTIAL = "partial"
    WITHHELD = "withheld"
    FAILED = "failed"


class IssueState(StrEnum):
    """Where a barrier stands. Only evidence closes an issue."""

    NEW = "new"
    NEW_RULE = "new-rule"  #: first seen as its rule was first asked: it may have stood for long
    OPEN = "open"
    REOPENED = "reopened"
    NOT_OBSERVED = "not-observed"
    FIXED = "fixed"
    PAGE_GONE = "page-gone"
    RULE_RETIRED = "rule-retired"


STANDING = frozenset({IssueState.NEW, IssueState.NEW_RULE, IssueState.OPEN, IssueState.REOPENED, IssueState.NOT_OBSERVED})
"""States of an issue that still stands, as far as anybody knows."""


class Verdict(StrEnum):
    """What a person decided about a group of issues, which is a component on all its pages."""

    CONFIRMED = "confirmed"  #: what the program could not tell is a barrier
    ACCEPTED = "accepted"
    FALSE_POSITIVE = "false-positive"
    EXEMPT = "exempt"


class Attribute(StrEnum):
    """Whether a document makes a task an indicator of its plan. Only the federation (残联) says so."""

    NONE = "none"
    EXPECTED = "预期性"
    BINDING = "约束性"


# ---------------------------------------------------------------------------------------------- what is watched


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
    user_header: str = ""  #: in which such a proxy names who is signed in; "": it does not


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


# ---------------------------------------------------------------------------------------------- standards and rules


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """A success criterion of WCAG 2.2."""

    number: str
    level: Level
    name_zh: str
    name_en: str
    since: str
    gloss: str = ""  #: a help word to print in brackets, where the authorised name is dark
    official: bool = True  #: False: the Chinese name is this project's wording


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is demanded, whoever demands it. The id is ours and engine-neutral."""

    id: str
    title: str
    title_en: str
    criteria: tuple[str, ...]
    level: Level | None  #: None: best practice, no criterion demands it
    impact: Impact
    who: str  #: one sentence: who is shut out, and when
    who_en: str
    repair: tuple[str, ...]
    repair_en: tuple[str, ...]
    verify: str
    before: str
    after: str
    engines: tuple[str, ...]


# ---------------------------------------------------------------------------------------------- visiting


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle on the page in CSS px, measured from the top left of the document."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A frame of an open page; the first of `Driver.frames()` is the page itself."""

    id: str
    parent: str | None
    url: str


class NotAnswered(Exception):
    """A question to an open page got no answer; the sentence says why. Never the same as a clean answer."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A picture of what an experiment brought about, which the page as it stands does not show."""

    picture: bytes  #: WebP
    caption: str  #: in Chinese, without a full stop

    @property
    def digest(self) -> str:
        """SHA-256 of the picture in hexadecimal, as blobs are named."""
        return hashlib.sha256(self.picture).hexdigest()


class Driver(Protocol):
    """An open page, as probes may use it. Every call is under a time limit and raises NotAnswered when that is over.

    Scripts run in a world of their own (the page's scripts cannot see or break them) where the browser offers one.
    """

    async def frames(self) -> Sequence[Frame]:
        """All frames that can be asked, the page itself first, parents before children."""
        ...

    async def evaluate(self, script: str, *, frame: str | None = None, limit: float | None = None) -> Any:
        """The JSON value (awaited) of an expression in a frame; None: the page itself."""
        ...

    async def load(self, library: str, *, frame: str | None = None) -> None:
        """Make a script library, which puts its name on the global object itself, available in a frame's world."""
        ...

    async def child_frame(self, expression: str, *, frame: str | None = None) -> str | None:
        """The id of the frame shown by the element that `expression` yields, None if it shows none."""
        ...

    async def press(self, key: str) -> None:
        """Press and release a key, such as Tab or Shift+Tab."""
        ...

    async def write(self, text: str) -> None:
        """Type a text into what has the focus, key by key."""
        ...

    async def move(self, x: float, y: float) -> None:
        """Move the mouse to a point of the viewport."""
        ...

    async def click(self, x: float, y: float) -> None:
        """Press and release the left button of the mouse at a point of the viewport."""
        ...

    async def shot(self, clip: Box | None = None, *, quality: int | None = None) -> bytes:
        """A PNG of a part of the page (document coordinates), without a clip of the viewport; a JPEG where a quality is named."""
        ...

    async def cdp(self, method: str, params: Mapping[str, Any] | None = None, *, frame: str | None = None) -> Any:
        """A command of the Chrome DevTools Protocol, to the process of a frame; None: that of the page."""
        ...

    async def set_viewport(self, width: int, height: int) -> None:
        """Resize the viewport, in CSS px."""
        ...

    async def reload(self) -> None:
        """Load the page afresh and wait until it has settled."""
        ...

    def keep(self, place: str, scene: Scene) -> None:
        """Keep a picture with what is told of the element at a place (`Node.place`); "": of the page as a whole. The first one counts."""
        ...


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A question put to an open page; the answer is JSON and lands in `Page.facts` under the name.

    `ask` is also given the answers to the questions before it; `places` says what of all answers a picture should show.
    """

    name: str
    ask: Callable[[Driver, Mapping[str, Any]], Awaitable[Any]]
    fresh: bool = False  #: an experiment: it needs a page loaded for it alone, and does with it what it likes
    everywhere: bool = True  #: False: asked on some pages of each template only
    limit: float | None = None  #: seconds for it; None: the page's own limit alone
    places: Callable[[Mapping[str, Any]], Sequence[Mapping[str, Any]]] = lambda facts: ()  #: facts -> [{"selector", "box"}]


@dataclass(frozen=True, kw_only=True)
class Page:
    """What was seen at one address at one moment: plain data, so that it can be judged again."""

    url: str  #: as asked for (canonical)
    final_url: str
    variant: Variant = Variant.DESKTOP
    state: State
    reason: str = ""  #: one Chinese sentence where the state is not `audited`
    status: int | None = None
    content_type: str = ""
    title: str = ""
    lang: str = ""
    html: str = ""  #: as rendered
    links: tuple[str, ...] = ()  #: absolute addresses of links, those inside frames too, as found
    facts: Mapping[str, Any] = field(default_factory=dict)  #: probe -> answer
    unanswered: Mapping[str, str] = field(default_factory=dict)  #: probe -> why it has no answer
    pictures: Mapping[str, bytes] = field(default_factory=dict)  #: selector -> picture (WebP) with the element marked
    scenes: Mapping[str, Scene] = field(default_factory=dict)  #: `scene_key` -> what an experiment brought about there
    validators: Mapping[str, str] = field(default_factory=dict)  #: etag, last-modified: for reuse on later nights
    seen_at: datetime | None = None
    seconds: float = 0.0
    retry_after: float | None = None  #: seconds the site asked us to stay away


def scene_key(probe: str, place: str = "") -> str:
    """Names a scene of a page by the probe that kept it and the place (`Node.place`) it belongs to; "": the page as a whole."""
    return f"{probe} {place}"


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A document (附件) as it came, before anybody has opened it."""

    url: str  #: as linked (canonical)
    final_url: str
    state: State  #: not-html, or what shows that it is not there, not the site's or not for us
    reason: str = ""  #: one Chinese clause where there is nothing to open
    status: int | None = None
    body: bytes = b""
    kind: str = ""  #: by its address or content type; "file": a download of which neither says what it is
    name: str = ""  #: of the file
    linked_from: str = ""  #: the first page that links to it
    beside: tuple[str, ...] = ()  #: addresses that the same page links to and that seem to hold the same in another form
    validators: Mapping[str, str] = field(default_factory=dict)  #: etag, last-modified
    seconds: float = 0.0


# ---------------------------------------------------------------------------------------------- judging


@dataclass(frozen=True, kw_only=True)
class Element:
    """The place of a finding, with all that identity needs, so that identity can be recomputed."""

    selector: str  #: steps into frames and shadow roots joined with " >>> "
    xpath: str = ""
    snippet: str = ""  #: outer HTML, shortened
    tag: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    ancestors: tuple[Mapping[str, str], ...] = ()  #: up to 4, nearest first: {"tag", "id", "class", "role", …}
    landmark: str = ""
    name: str = ""  #: accessible name
    text: str = ""  #: visible text, shortened
    box: Box | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule not met, or not decidable, at one place on one page."""

    rule: str
    criteria: tuple[str, ...]
    outcome: Outcome
    impact: Impact
    page: str  #: address as asked for
    variant: Variant = Variant.DESKTOP
    element: Element
    message: str
    engines: tuple[str, ...]
    picture: str = ""  #: digest of the blob that shows the element marked
    scene: str = ""  #: digest of the blob that shows what happened when the page was used
    caption: str = ""  #: what the scene shows


class WalkEnd(StrEnum):
    """How a walk with the Tab key ended."""

    LEFT = "left"  #: behind the last stop the focus got out of the page
    TRAPPED = "trapped"  #: it never did
    CUT = "cut"  #: a limit of ours was reached before


@dataclass(frozen=True, kw_only=True)
class TabStop:
    """One stop of a walk through a page with the Tab key."""

    name: str  #: accessible name, shortened
    tag: str
    visible: bool | None  #: whether the focus could be seen there; None: not told
    covered: bool = False  #: something lay over it


@dataclass(frozen=True, kw_only=True)
class KeyboardWalk:
    """The walk through one page with the Tab key, as far as it went."""

    stops: tuple[TabStop, ...]
    ended: WalkEnd
    picture: str = ""  #: digest of the blob that shows the page with the stops numbered


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many elements of a page failed, passed or stayed undecided under a rule that applied there."""

    page: str
    variant: Variant = Variant.DESKTOP
    rule: str
    failed: int = 0
    passed: int = 0
    cant_tell: int = 0


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How one address ended in one run, and what is needed to know it again."""

    url: str
    state: State
    variant: Variant = Variant.DESKTOP
    reason: str = ""
    final_url: str = ""
    status: int | None = None
    title: str = ""
    engines: tuple[str, ...] = ()  #: engines that really answered; only they may close an issue
    silent_frames: tuple[str, ...] = ()  #: selectors of frames that gave no answer; issues inside them stay as they are
    url_key: str = ""
    dom_key: str = ""
    digest: str = ""  #: of the rendered document
    snapshot: str = ""  #: digest of the blob with the Page
    walk: KeyboardWalk | None = None  #: the last one that was made there
    validators: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)  #: what the page says of its site and column (`checks.provenance.LABELS`)
    platform: str = ""  #: id of the family of systems that made it; "" where its marks do not tell
    seconds: float = 0.0
    mark: Mark = Mark.NONE  #: what the draw of the sample made of it
    stratum: str = ""  #: out of which it was or could have been drawn; "" for all that was not up for the draw
    led_to: int | None = None  #: addresses first met by reading its links without a browser, in all nights; None: they were never read


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One address with its judgement: what an audit reports as it goes, and what a resumed audit starts from."""

    coverage: Coverage
    findings: tuple[Finding, ...] = ()
    tallies: tuple[Tally, ...] = ()
    links: tuple[str, ...] = ()
    extract: Mapping[str, Any] = field(default_factory=dict)  #: what checks over all pages of the run need of this one (`checks.survey`)
    noted: Mapping[str, Any] = field(default_factory=dict)  #: toolbar, entrances, sizes of text of some pages (`checks.noted`)


# ---------------------------------------------------------------------------------------------- orders and runs


@dataclass(frozen=True, kw_only=True)
class Order:
    """What an audit is asked to do. Everything it needs is in here, so that it can be done anywhere."""

    target: Target
    network: Network
    round: str
    now: datetime
    deadline: datetime | None = None
    page_limit: float = 60.0  #: seconds for one page, all told
    site_limit: float | None = None  #: seconds from its beginning after which no further visit begins; None: the deadline alone counts
    known: tuple[Coverage, ...] = ()  #: what earlier nights knew of the addresses
    done: tuple[Judged, ...] = ()  #: pages of this round that an interrupted run has already judged
    crawl: bool = True  #: False: visit exactly `target.pages`
    evidence: bool = True  #: False: no pictures and snapshots are made
    viewport: tuple[int, int] = (1280, 800)  #: width and height of the window, in CSS px
    level: Level | None = Level.AA  #: None: findings of rules of every level
    welcome: frozenset[State] = frozenset()  #: what is otherwise told as one of these states is judged as a page, if there is a document
    stops: str = ""  #: path of the file that says which hosts must not be visited any more; "" if nobody can say so
    period: str = ""  #: of the sample, such as 2026Q4; "": that of `now`
    suffices: int | None = None  #: random pages at most, by what the period before has shown; None: as many as `max_pages` leaves


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One step of an audit, told to the coordinator: a page is done, and these blobs belong to it."""

    round: str
    site: str
    judged: Judged
    blobs: Mapping[str, bytes] = field(default_factory=dict)  #: digest -> content


@dataclass(frozen=True, kw_only=True)
class Sample:
    """How a run drew its sample; what each address was to it stands in the ledger (`Coverage.mark`, `Coverage.stratum`)."""

    period: str  #: in which the same addresses are drawn again, such as 2026Q4
    seed: str  #: of the period, in hexadecimal digits
    before: str  #: seed of the period before, by which the panel is drawn
    budget: int  #: pages to be looked at, at most
    frame: int  #: addresses up for the draw, without those looked at in any case
    strata: int
    drawn: int  #: addresses that were drawn, and
    looked: int  #: of them, that were handed out to be looked at
    sure: int  #: addresses looked at in any case, explored ones among them
    late: int  #: addresses met after the draw
    left_out: int  #: addresses at which earlier runs found no page
    enough: Enough
    read: int = 0  #: addresses whose links were read before the draw, without a browser, and
    met: int = 0  #: addresses that were met by that for the first time
    unread: int = 0  #: addresses that promise further ones, and were not read yet
    unknown: float | None = None  #: further addresses that the site has, estimated by what the drawn pages link to; None: cannot be said
    limit: int | None = None  #: random pages at most, by what the period before has shown; None: as many as the budget leaves
    suffices: int | None = None  #: random pages that the next period needs at most, by the panel of this one; None: cannot be said


@dataclass(frozen=True, kw_only=True)
class Run:
    """One site in one round."""

    site: str
    round: str
    started: datetime
    finished: datetime
    state: RunState
    reason: str = ""  #: one Chinese sentence where the state is not `audited`
    coverage: tuple[Coverage, ...] = ()
    findings: tuple[Finding, ...] = ()
    tallies: tuple[Tally, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()  #: ids of the rules that were asked; others cannot close or open anything
    ruleset_id: str = ""  #: breaks a series when it changes
    environment_id: str = ""  #: browser, fonts, system: does not break a series
    requests: Mapping[str, int] = field(default_factory=dict)  #: host -> requests that went out to it; https is counted by connections
    noted: Mapping[str, Any] = field(default_factory=dict)  #: what the specifications for old people's use are judged by (`checks.miit`)
    sample: Sample | None = None  #: None: nothing was drawn


# ---------------------------------------------------------------------------------------------- issues over time


@dataclass(frozen=True, kw_only=True)
class Span:
    """The rounds in which an issue was seen without a break; `last` is None while it stands."""

    first: str
    last: str | None = None


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A finding followed over time. One row, however many nights it stands."""

    id: str
    site: str
    rule: str
    page: str
    variant: Variant = Variant.DESKTOP
    group: str  #: the component it belongs to, across pages (F_group)
    instance: str  #: this very element on this very page (F_inst)
    state: IssueState
    outcome: Outcome
    impact: Impact
    criteria: tuple[str, ...]
    element: Element
    message: str
    engines: tuple[str, ...]
    picture: str = ""
    scene: str = ""
    caption: str = ""
    first_seen: datetime
    changed: datetime  #: when the state last changed
    spans: tuple[Span, ...]
    identity_version: int = 1


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A person's word on a group of issues: who, why, until when."""

    site: str
    group: str
    verdict: Verdict
    by: str
    why: str
    made: datetime
    until: date | None = None


class Party(StrEnum):
    """Who acts in a case."""

    FEDERATION = "federation"
    OPERATOR = "operator"
    OWNER = "owner"
    REVIEWER = "reviewer"
    SERVICE = "service"  #: the program itself


class CaseStep(StrEnum):
    """What can be done in a case (督办): 通报, 已读, 催办, 延期, 复测, 申诉, 申诉决定, 销号, 移送."""

    OPEN = "open"
    READ = "read"
    REMIND = "remind"
    EXTEND = "extend"
    RETEST = "retest"
    DISPUTE = "dispute"
    DECIDE = "decide"
    CLOSE = "close"
    TRANSFER = "transfer"


class CaseState(StrEnum):
    """Where a case stands."""

    NOTIFIED = "notified"  #: the owner has not said that it was read
    READ = "read"
    DISPUTED = "disputed"
    TRANSFERRED = "transferred"
    CLOSED = "closed"


class Ending(StrEnum):
    """How a case was closed."""

    REPAIRED = "repaired"
    WITHDRAWN = "withdrawn"  #: nothing of it is left after a dispute
    ANSWERED = "answered"  #: a complaint that no audit can settle


@dataclass(frozen=True, kw_only=True)
class CaseEvent:
    """One thing done in a case. Events are added, never changed; what a case is follows from them (`auditor.cases`)."""

    at: datetime
    step: CaseStep
    by: str
    party: Party
    why: str = ""
    groups: tuple[str, ...] = ()  #: OPEN: that it is about; DISPUTE: that are disputed
    issues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: OPEN: ids of the issues of each group
    complaint: str = ""  #: OPEN: what somebody complained of; "": an audit gave occasion
    days: int | None = None  #: OPEN, EXTEND: calendar days, of which the first is the day after
    round: str = ""  #: RETEST: that it rests on
    repaired: Mapping[str, date] = field(default_factory=dict)  #: RETEST: group -> day on which its last place was found repaired
    gone: tuple[str, ...] = ()  #: RETEST: groups that went with their pages or rules, which is no repair
    unseen: tuple[str, ...] = ()  #: RETEST: groups that could not be looked at
    upheld: bool | None = None  #: DECIDE: whether the dispute was right
    to: str = ""  #: TRANSFER: the authority that takes it over
    ending: Ending | None = None  #: CLOSE
    satisfied: bool | None = None  #: CLOSE: what the person who complained says of the answer; None: not asked, or no answer


@dataclass(frozen=True, kw_only=True)
class Case:
    """A notice to an owner with a deadline, and what came of it."""

    id: str
    site: str
    state: CaseState
    events: tuple[CaseEvent, ...]
    complaint: str = ""
    groups: tuple[str, ...] = ()  #: that it was opened about
    withdrawn: tuple[str, ...] = ()  #: of them, those that a dispute took out
    opened: date
    deadline: date  #: the last day
    read: date | None = None
    disputed: tuple[str, ...] = ()  #: groups that a dispute is open about
    repaired: Mapping[str, date] = field(default_factory=dict)  #: as of the last retest
    gone: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    retested: date | None = None
    ending: Ending | None = None
    closed: date | None = None

    @property
    def standing(self) -> tuple[str, ...]:
        """The groups that are still to be repaired."""
        return tuple(one for one in self.groups if one not in self.withdrawn and one not in self.repaired and one not in self.gone)


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Somebody's word that a host must not be visited until it is taken back."""

    host: str  #: a host, `*.name`, or `*` for all
    by: str = ""
    why: str = ""
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Permit:
    """On whose word rounds visited a host: recorded when a round begins, and anew when it has changed by then."""

    host: str
    by: str = ""  #: "" where nobody needs to confirm: the address is one of our own, named in `network.resolve`
    date: date | None = None  #: of the confirmation
    since: datetime
    until: datetime | None = None  #: None: it holds still


@dataclass(frozen=True, kw_only=True)
class RoundSummary:
    """One night as the store remembers it."""

    id: str
    started: datetime
    finished: datetime | None  #: None: still running, or interrupted
    trigger: str  #: schedule, manual or demo


@dataclass(frozen=True, kw_only=True)
class Conformance:
    """How many pages meet a criterion, among those it applies to."""

    pages: int  #: judged, to which it applies
    failing: int  #: of them, with at least one sure failure
    share: float  #: of the pages of the site that meet it, as far as they were judged
    low: float  #: 95 % interval of the share; the share itself where every page was judged
    high: float


@dataclass(frozen=True, kw_only=True)
class Score:
    """The accessibility index (无障碍指数, 0-100) of one run with its error, and the counts it rests on (`auditor.run_score`)."""

    value: float
    error: float  #: standard error, in points; 0 where every page was judged
    low: float  #: bounds of the 95 % interval
    high: float
    freedom: float | None = None  #: degrees of freedom of the error; None: without limit
    pages: int  #: judged pages it rests on
    population: int  #: pages of the site, as far as they are known
    strata: int
    principles: float  #: the same base data, the four principles weighing 30, 30, 20 and 20
    used: float | None = None  #: points by which pages that were used too lie above or below the same pages only looked at
    used_pages: int = 0
    criteria: Mapping[str, Conformance] = field(default_factory=dict)
    sample: Sample | None = None  #: out of which it is estimated; None: nothing was drawn
    interfering: Mapping[str, int] = field(default_factory=dict)  #: criterion of `scoring.INTERFERING` -> judged pages failing it


class Cause(StrEnum):
    """What moves an index."""

    REPAIRED = "repaired"  #: fewer failures of a rule on a page
    NEW = "new"  #: more failures of a rule on a page
    CONTENT = "content"  #: as many failures among more or fewer elements that the rule applies to
    COVERAGE = "coverage"  #: other pages were judged, or the site has other pages
    RULES = "rules"  #: other rules were asked, or the same otherwise
    RECOUNTED = "recounted"  #: a night that was told already counts otherwise today: words of people, templates known better


@dataclass(frozen=True, kw_only=True)
class Paired:
    """How far a run lies above an earlier one on the pages that both have judged, by the rules that both asked (`auditor.panel`)."""

    pages: int
    covered: float  #: share of the site whose templates have such pages, 0 to 1
    change: float | None = None  #: points; None: too few pages to say
    low: float | None = None  #: 95 % interval of the change
    high: float | None = None
    turned: Mapping[str, tuple[int, int]] = field(default_factory=dict)  #: criterion -> pages that meet it now, and that do no longer

    @property
    def demonstrable(self) -> bool:
        """Whether the interval leaves no change out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, kw_only=True)
class Move:
    """The change of an index and its parts, in points."""

    since: str  #: the round it is compared with
    until: str
    before: float
    after: float
    parts: Mapping[Cause, float]  #: they add up to after - before
    pages: int  #: judged on both nights
    rules: Mapping[Cause, tuple[tuple[str, int], ...]] = field(default_factory=dict)  #: rule -> pages it changed on, most first
    paired: Paired | None = None  #: the same pages compared with each other; None: by an earlier version, or across a change of rules
    bridged: bool | None = None  #: whether the rules' part was measured on kept pages (`Bridge`); None: the rules did not change


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """What a change of the rules did to the index of a site: the same loaded pages judged by both rule sets."""

    site: str
    round: str  #: the first under the new rules
    before: str  #: rule set
    after: str
    shift: float  #: points by which the new rules lie above the old ones on the same pages
    error: float  #: standard error of the shift
    pages: int  #: judged by both
    core: tuple[str, ...] = ()  #: rules that are the same in both and say the same of every one of these pages


@dataclass(frozen=True, kw_only=True)
class CoreIndex:
    """The index of a site by those rules alone that no bridged change of the rules has touched (methods.md 2.4)."""

    rules: tuple[str, ...]
    values: Mapping[str, float]  #: round -> index, of the newest nights


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """One run as the store remembers it, without its findings."""

    site: str
    round: str
    started: datetime
    finished: datetime
    state: RunState
    reason: str
    coverage: Mapping[State, int]
    findings: int
    new: int
    open: int
    fixed: int
    reopened: int
    new_rule: int = 0  #: first seen as their rule was first asked (`lifecycle.Counts`); not among `new`
    ruleset_id: str
    environment_id: str
    versions: Mapping[str, str]
    requests: Mapping[str, int] = field(default_factory=dict)  #: host -> requests that went out to it
    score: Score | None = None  #: None: withheld for want of coverage, or of an earlier version
    move: Move | None = None  #: why the index is not that of the run before that has one
    sample: Sample | None = None  #: None: nothing was drawn

    @property
    def pages_audited(self) -> int:
        """Pages really judged tonight."""
        return self.coverage.get(State.AUDITED, 0)

    @property
    def pages_reused(self) -> int:
        """Pages whose judgement was carried over unchanged."""
        return self.coverage.get(State.REUSED, 0)


@dataclass(frozen=True, kw_only=True)
class SiteHistory:
    """One site as reports see it."""

    target: Target
    runs: tuple[RunSummary, ...] = ()  #: newest first; criteria, moves and requests of the newest and of those that reviews speak of
    landmarks: tuple[RunSummary, ...] = ()  #: older than these: the newest up to each day that reports of plans speak of
    issues: tuple[Issue, ...] = ()
    coverage: tuple[Coverage, ...] = ()  #: the ledger of the newest run
    decisions: tuple[Decision, ...] = ()
    permits: tuple[Permit, ...] = ()  #: newest first
    noted: Mapping[str, Any] = field(default_factory=dict)  #: `Run.noted` of the newest run that saw the start page
    bridges: tuple[Bridge, ...] = ()  #: over changes of the rules, oldest first
    core: CoreIndex | None = None  #: None: no change of the rules was bridged, or the newest was not
    cases: tuple[Case, ...] = ()  #: oldest first


class Reach(StrEnum):
    """What the judgement of a criterion can end in."""

    FAILED = "failed"  #: a proven failure
    CANT_TELL = "cantTell"  #: the evidence is put before a person
    HUMAN = "human"  #: only people can judge it


@dataclass(frozen=True, kw_only=True)
class Covered:
    """How far one criterion is judged."""

    criterion: Criterion
    axe: Reach
    ours: Reach
    reach: Reach  #: of both together, where enough failing and passing examples prove it
    failing: int  #: examples that end in failed
    asking: int  #: examples that end in cantTell
    passing: int  #: examples that end in neither


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A family of content management systems, known by what its templates leave in a page."""

    id: str
    name: str
    vendor: str
    mark: str  #: how sure we are that its signs belong to it: V, V2 or I (`checks/platforms.toml`)


@dataclass(frozen=True, kw_only=True)
class Disk:
    """What the store takes of the disk it lies on, in bytes."""

    database: int
    blobs: int  #: pictures and snapshots of pages
    free: int


@dataclass(frozen=True, kw_only=True)
class History:
    """What reports are made from: everything they may know, as plain data."""

    now: datetime
    timezone: str
    plans: tuple[Plan, ...] = ()
    regions: tuple[Region, ...] = ()
    rounds: tuple[RoundSummary, ...] = ()  #: newest first
    retests: tuple[RoundSummary, ...] = ()  #: the same of the pages of single groups of issues, by day
    sites: tuple[SiteHistory, ...] = ()
    stops: tuple[Stop, ...] = ()  #: emergency stops in force
    rules: Mapping[str, Rule] = field(default_factory=dict)
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    reach: tuple[Covered, ...] = ()  #: how far the criteria of level AA are judged
    platforms: Mapping[str, Platform] = field(default_factory=dict)  #: families of systems by id
    beside: frozenset[str] = frozenset()  #: paths of files that lie beside the report pages, such as sites/ID.pdf
    disk: Disk | None = None  #: None: nobody looked
