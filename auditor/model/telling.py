"""What reports see: summaries of runs and sites, and the history of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from auditor.model.casework import Case
from auditor.model.following import Decision, Issue, Permit, Stop
from auditor.model.judging import Coverage
from auditor.model.numbers import Bridge, CoreIndex, Move, Score
from auditor.model.running import Reuse, Sample
from auditor.model.standards import Criterion, Rule
from auditor.model.terms import RunState, State
from auditor.model.watching import Plan, Region, Target


@dataclass(frozen=True, kw_only=True)
class RoundSummary:
    """One night as the store remembers it."""

    id: str
    started: datetime
    finished: datetime | None  #: None: still running, or interrupted
    trigger: str  #: schedule, manual or demo


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
    reuse: Reuse | None = None  #: None: there was nothing to carry over

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
    complaints: tuple[int, int] = (0, 0)  #: complaints of the public that became no case: how many came in, how many of them are closed


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
    contact: str = ""  #: whom everybody may write to (`Access.contact`)
    public: bool = False  #: for everybody's eyes: what people wrote for one another was taken out (`auditor.everybody`)
