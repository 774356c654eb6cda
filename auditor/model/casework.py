"""Cases: notices to owners, and all that was done in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


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
