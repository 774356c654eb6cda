"""What an engine is: a question put to an open page, and a reading of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from auditor.model import Finding, Page, Probe, Rule, Tally


@dataclass(frozen=True, kw_only=True)
class PageEngine:
    """An engine that judges one page by itself. All its functions are pure: they read `page.facts` and nothing else."""

    name: str
    probe: Probe | None  #: asked by the browser while the page is open
    rules: Callable[[], Mapping[str, Rule]]  #: every rule it can speak of, by our id
    asked: Callable[[], tuple[str, ...]]  #: ids of the rules it asks
    findings: Callable[[Page], Iterator[Finding]]
    tallies: Callable[[Page], Iterator[Tally]]
    answered: Callable[[Page], bool]  #: whether it really judged this page
    silent_frames: Callable[[Page], tuple[str, ...]]  #: selectors of frames in it that gave no answer
    versions: Callable[[], Mapping[str, str]]
