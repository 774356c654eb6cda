"""What people check by hand: which pages of a site (WCAG-EM, step 3), and what their findings come to beside those of the program; pure.

Two numbers are told, never one: what the program found on all pages it saw, and what people found on the sample. Neither is a
statement of conformity.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files

from auditor.language import say
from auditor.model import SEEN, STANDING, Coverage, Covered, Issue, Outcome, Reach, Variant
from auditor.sampling import number_of

WCAG = "wcag"
"""The list of the success criteria, with a page as the subject."""

TEMPLATES = 9
DRAWN = 1
"""Pages of a sample besides the start page: one of each of the largest templates, and one drawn from all others."""


class Held(StrEnum):
    """What a person found of one item on one subject."""

    YES = "yes"
    NO = "no"
    ABSENT = "absent"  #: nothing of the kind is there
    UNSURE = "unsure"  #: looked at, and not to be told


@dataclass(frozen=True, kw_only=True)
class HandCheck:
    """One finding by hand. Findings are added, never changed; the last one on an item counts."""

    list: str
    site: str  #: "" where it is no site
    subject: str  #: an address, or what a thing is called
    item: str  #: number of a criterion, or id of an item of a checklist
    held: Held
    note: str
    by: str
    day: date  #: on which it was looked at
    made: datetime
    picture: str = ""  #: digest


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question of a checklist."""

    id: str
    text: str
    text_en: str
    basis: str  #: quoted, as it is in Chinese alone

    @property
    def told(self) -> str:
        """The question in the language that is told."""
        return say(self.text, self.text_en)


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """What is asked of one kind of thing that no crawler reaches."""

    id: str
    name: str
    name_en: str
    basis: str  #: quoted, as it is in Chinese alone
    subject: str  #: what its things are called, as the label of a field
    subject_en: str
    items: tuple[Item, ...]

    @property
    def name_told(self) -> str:
        """The name in the language that is told."""
        return say(self.name, self.name_en)

    @property
    def subject_told(self) -> str:
        """What its things are called, in the language that is told."""
        return say(self.subject, self.subject_en)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One criterion, as the program and as people found it."""

    covered: Covered
    places: int  #: that stand as failed by the program
    checked: int  #: pages of the sample that people looked at for it
    pages: int  #: of the sample
    failing: int  #: pages on which it does not hold
    held: bool | None  #: by hand: False as soon as it fails on a page, True once all pages are checked; None: not known yet


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Both numbers, with the criteria that they rest on."""

    lines: tuple[Line, ...]

    @property
    def found(self) -> int:
        """Criteria of which the program found failures."""
        return sum(one.places > 0 for one in self.lines)

    @property
    def findable(self) -> int:
        """Criteria of which it can find any."""
        return sum(one.covered.reach is Reach.FAILED for one in self.lines)

    @property
    def checked(self) -> int:
        """Criteria that people checked on the whole sample."""
        return sum(one.held is not None for one in self.lines)

    @property
    def failing(self) -> int:
        """Criteria that people found not to hold, on the whole sample or what they saw of it."""
        return sum(one.failing > 0 for one in self.lines)


def sample(start: str, ledger: Iterable[Coverage], checks: Iterable[HandCheck], *, seed: str) -> tuple[str, ...]:
    """The pages that people look at: what they have begun with, the start page, one of each large template, and one drawn.

    `start`: canonical address; `seed`: site and period. The same ledger gives the same pages; where it changes, pages that people have
    begun with stay.
    """
    pages = [one for one in ledger if one.variant is Variant.DESKTOP and one.state in SEEN]
    known = {one.url for one in pages}
    begun = dict.fromkeys(one.subject for one in checks if one.list == WCAG and one.subject in known)
    first = [start] if start in known else []
    sizes = Counter(one.dom_key for one in pages)
    templates: dict[str, str] = {}
    for one in sorted(pages, key=lambda one: number_of(seed, one.url)):
        templates.setdefault(one.dom_key, one.url)
    taken = {one.dom_key for one in pages if one.url in begun or one.url in first}
    others = [templates[key] for key, _ in sorted(sizes.items(), key=lambda item: (-item[1], item[0])) if key not in taken]
    chosen = list(dict.fromkeys([*first, *begun, *others]))[: max(len(begun), 1 + TEMPLATES)]
    drawn = sorted(known - set(chosen), key=lambda url: number_of(seed, url))[:DRAWN]
    return tuple(chosen if len(begun) > len(first) + TEMPLATES else [*chosen, *drawn])


def latest(checks: Iterable[HandCheck]) -> Mapping[tuple[str, str], HandCheck]:
    """Subject and item -> the finding that counts. `checks`: oldest first."""
    return {(one.subject, one.item): one for one in checks}


def evaluation(covered: Sequence[Covered], pages: Sequence[str], checks: Iterable[HandCheck], issues: Iterable[Issue]) -> Evaluation:
    """What both found of each criterion. `checks`: of the site, oldest first; `issues`: of the site."""
    found = latest(one for one in checks if one.list == WCAG)
    standing = Counter(
        number for issue in issues
        if issue.state in STANDING and issue.outcome is Outcome.FAILED and issue.variant is Variant.DESKTOP for number in issue.criteria
    )  # fmt: skip
    return Evaluation(lines=tuple(_line(one, pages, found, standing[one.criterion.number]) for one in covered))


def _line(covered: Covered, pages: Sequence[str], found: Mapping[tuple[str, str], HandCheck], places: int) -> Line:
    said = [found[page, covered.criterion.number].held for page in pages if (page, covered.criterion.number) in found]
    told = [one for one in said if one is not Held.UNSURE]
    failing = sum(one is Held.NO for one in told)
    whole = bool(pages) and len(told) == len(pages)
    held = failing == 0 if whole or failing else None
    return Line(covered=covered, places=places, checked=len(said), pages=len(pages), failing=failing, held=held)


@cache
def checklists() -> Mapping[str, Checklist]:
    """The checklists by their ids, from checklists.toml."""
    told = tomllib.loads(files("auditor").joinpath("checklists.toml").read_text(encoding="utf-8"))
    return {
        one["id"]: Checklist(
            id=one["id"], name=one["name"], name_en=one["name_en"], basis=one["basis"], subject=one["subject"],
            subject_en=one["subject_en"],
            items=tuple(Item(id=item["id"], text=item["text"], text_en=item["text_en"], basis=item["basis"]) for item in one["item"]),
        )
        for one in told["checklist"]
    }  # fmt: skip
