"""Issues over time, what people decided on them, stops and permits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from auditor.model.judging import Element
from auditor.model.terms import Impact, IssueState, Outcome, Variant, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The rounds in which an issue was seen without a break; `last` is None while it stands."""

    first: str
    last: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
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
