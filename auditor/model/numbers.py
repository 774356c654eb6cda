"""Scores, why they moved, and the bridges over changes of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.model.running import Sample


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
