"""What is said of a page: findings, tallies, the walk by keyboard, the entry of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from auditor.model.terms import Compared, Impact, Mark, Outcome, State, Variant
from auditor.model.visiting import Box, Source


@dataclass(frozen=True, kw_only=True, slots=True)
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
    compared: Compared = Compared.NONE  #: with the older judgement that could have been carried over


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One address with its judgement: what an audit reports as it goes, and what a resumed audit starts from."""

    coverage: Coverage
    findings: tuple[Finding, ...] = ()
    tallies: tuple[Tally, ...] = ()
    links: tuple[str, ...] = ()
    extract: Mapping[str, Any] = field(default_factory=dict)  #: what checks over all pages of the run need of this one (`checks.survey`)
    noted: Mapping[str, Any] = field(default_factory=dict)  #: toolbar, entrances, sizes of text of some pages (`checks.noted`)
    sources: tuple[Source, ...] = ()  #: what made up the page, its document first; empty: not all of it is known
