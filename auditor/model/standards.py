"""Success criteria, and the rules that test them."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.terms import Impact, Level


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """A success criterion of WCAG 2.2."""

    number: str
    level: Level
    name_zh: str
    name_en: str
    since: str
    gloss: str = ""  #: a help word to print in brackets, where the authorised name is dark
    official: bool = True  #: False: the Chinese name is this project's wording


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is demanded, whoever demands it. The id is ours and engine-neutral."""

    id: str
    title: str
    title_en: str
    criteria: tuple[str, ...]
    level: Level | None  #: None: best practice, no criterion demands it
    impact: Impact
    who: str  #: one sentence: who is shut out, and when
    who_en: str
    repair: tuple[str, ...]
    repair_en: tuple[str, ...]
    verify: str
    before: str
    after: str
    engines: tuple[str, ...]
