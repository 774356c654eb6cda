"""The closed sets of words: levels, impacts, outcomes, states of pages, runs and issues."""

from __future__ import annotations

from enum import StrEnum


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


class Compared(StrEnum):
    """What came of a page that was judged anew although there was an older judgement to carry over."""

    NONE = ""  #: there was none
    STEADY = "steady"  #: what makes it up was the same, and so was the judgement
    DIFFERED = "differed"  #: what makes it up was the same, the judgement was another
    CHANGED = "changed"  #: what makes it up had changed
    RESTED = "rested"  #: it would not have been carried over, as it changes all the time; this time all was the same
    RESTLESS = "restless"  #: it would not have been carried over; what makes it up was the same, the judgement was another


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


JUDGED = frozenset({RunState.AUDITED, RunState.PARTIAL})
"""States of a run that saw enough for its numbers to stand for the site."""


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
