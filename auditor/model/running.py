"""Orders, the progress and the result of a run: one site in one round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from auditor.model.judging import Coverage, Finding, Judged, Tally
from auditor.model.terms import Enough, Level, RunState, State, Variant
from auditor.model.watching import Network, Target


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
    called_off: str = ""  #: why nothing more is visited and `done` alone makes the run; "" if something is
    spent: float = 0.0  #: seconds of `site_limit` that an audit which was lost has used
    stops: str = ""  #: path of the file that says which hosts must not be visited any more; "" if nobody can say so
    period: str = ""  #: of the sample, such as 2026Q4; "": that of `now`
    suffices: int | None = None  #: random pages at most, by what the period before has shown; None: as many as `max_pages` leaves
    carried: tuple[Carried, ...] = ()  #: judgements of earlier nights that may hold on
    today: date | None = None  #: in the zone of targets.yml; None: that of `now`, in UTC


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The last judgement of a page, which holds on as long as nothing that makes up the page changes."""

    url: str
    variant: Variant
    seen: date  #: the day, in the zone of targets.yml, on which the round began that judged it
    ruleset_id: str
    environment_id: str
    changing: int = 0  #: how little it can be relied on: see `auditor.reusing.LEARNED`
    body: bytes = b""  #: the `Judged`, as `auditor.plain.dump` writes it, compressed by zlib


@dataclass(frozen=True, kw_only=True)
class Reuse:
    """How far a run carried over older judgements, and how well those held that were tried again."""

    reused: int = 0  #: pages that were not opened, as nothing that makes them up had changed
    steady: int = 0  #: pages that would have been carried over, were judged anew, and came out the same
    differed: int = 0  #: pages that would have been carried over, were judged anew, and came out otherwise: the error of reuse
    changed: int = 0  #: pages that had changed


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One step of an audit, told to the coordinator: a page is done, and these blobs belong to it."""

    round: str
    site: str
    judged: Judged
    blobs: Mapping[str, bytes] = field(default_factory=dict)  #: digest -> content


@dataclass(frozen=True, kw_only=True)
class Looking:
    """That a page is being opened or judged, or no longer is, told to the coordinator: a worker lost meanwhile may be lost by that page."""

    site: str
    url: str
    variant: Variant = Variant.DESKTOP
    document: bool = False  #: not a page, but a document (附件) that is being opened
    over: bool = False


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
    reuse: Reuse | None = None  #: None: there was nothing to carry over
