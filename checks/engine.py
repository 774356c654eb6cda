"""What an engine is: a question put to an open page, and a reading of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.model import Finding, Outcome, Page, Probe, Rule, Tally


def mark(tag: str, attributes: Mapping[str, str], words: str) -> str:
    """What tells an element from another one that has come to stand in its place; `words`: its own text, without white space."""
    return "|".join((tag, *(attributes.get(name, "")[:200] for name in ("id", "href", "src", "name", "type")), words[:60]))


@dataclass(frozen=True, kw_only=True)
class Voice:
    """What an engine says of one element under one rule."""

    engine: str
    rule: str
    place: str  #: the way to the element from the top: which child of its parent, s into a shadow root, f into a frame; "" unknown
    mark: str  #: what the element is (`mark`): a page may move between two looks
    outcome: Outcome | None  #: None: the rule applies there and is kept
    finding: Finding | None  #: None where the rule is kept
    overrules: bool = False  #: what is kept here is no barrier, whatever another engine says under the same rule
    covers: tuple[str, ...] = ()  #: rules of other engines that speak of the same barrier where they meet on one element


@dataclass(frozen=True, kw_only=True)
class PageEngine:
    """An engine that judges one page by itself. All its functions are pure: they read `page.facts` and nothing else."""

    name: str
    probes: tuple[Probe, ...]  #: asked by the browser while the page is open
    rules: Callable[[], Mapping[str, Rule]]  #: the rules whose words it brings, by our id
    asked: Callable[[], tuple[str, ...]]  #: ids of the rules it asks
    voices: Callable[[Page], Iterator[Voice]]  #: what it saw, even where it did not see everything
    tallies: Callable[[Page], Iterator[Tally]]
    answered: Callable[[Page], bool]  #: whether it judged this page in full: only then anything may be concluded from its silence
    silent_frames: Callable[[Page], tuple[str, ...]]  #: selectors of frames in it that gave no answer
    versions: Callable[[], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class SiteEngine:
    """An engine that judges the pages of a run together, out of small extracts; what it says and where it answered: `checks.sites.look`."""

    name: str
    rules: Callable[[], Mapping[str, Rule]]
    asked: Callable[[], tuple[str, ...]]
    extract: Callable[[Page], Mapping[str, Any]]  #: plain JSON, kept with the judged page; empty where it cannot take part
    versions: Callable[[], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class DocumentEngine:
    """An engine that judges documents one by one, out of their facts; what it says and when it answered: `checks.documents_engine.look`."""

    name: str
    rules: Callable[[], Mapping[str, Rule]]
    asked: Callable[[], tuple[str, ...]]
    versions: Callable[[], Mapping[str, str]]
