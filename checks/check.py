"""What a check is: a declaration of the rule, the logic, and examples that it must catch and must leave alone.

A check is a generator over a Document, declared in a file of its own under `checks/wcag/` or `checks/china/`; it is found there by
walking. It yields one Hit for each element that the rule applies to. `tests/test_checks.py` opens every example in a real browser.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from auditor.model import Impact, Level, Outcome, Rule
from checks.criteria import lowest_level
from checks.document import Document, Node
from checks.experiments import EXPERIMENT_PROBES

ENGINE, LAYOUT, INTERACTION = "auditor", "layout", "interaction"
"""Names of our engines: what the capture tells, how the page bears other layouts, what happens when it is used."""

EXPERIMENTS: Mapping[str, str] = {probe.name: LAYOUT if probe.everywhere else INTERACTION for probe in EXPERIMENT_PROBES}
"""Probes that do something with the page -> the engine that reads them; all others are asked for the first."""

FOLDERS = ("checks.wcag", "checks.china")


@dataclass(frozen=True, kw_only=True)
class Hit:
    """What a check says of one element. `outcome` None: the rule applies there and is kept."""

    node: Node
    outcome: Outcome | None
    message: str = ""


def failed(node: Node, message: str) -> Hit:
    """The rule is broken, and the capture proves it. `message`: one Chinese sentence on what was found and what to do."""
    return Hit(node=node, outcome=Outcome.FAILED, message=message)


def unsure(node: Node, message: str) -> Hit:
    """A person must look: `message` says at what, with what was measured."""
    return Hit(node=node, outcome=Outcome.CANT_TELL, message=f"程序不能确定，请人工查看：{message}")


def passed(node: Node) -> Hit:
    """The rule applies here and is kept."""
    return Hit(node=node, outcome=None)


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check with its rule and its examples (HTML; what has no <html> is put into the body of a Chinese page)."""

    id: str  #: of the rule it speaks for
    rule: Rule | None  #: None: a rule of axe, for which this check is a second voice
    look: Callable[[Document], Iterator[Hit]]
    bad: Sequence[str]  #: must fail
    unsure: Sequence[str]  #: must end in cantTell, and not fail
    good: Sequence[str]  #: must do neither
    covers: Sequence[str]  #: rules of axe that speak of the same barrier where they meet on one element
    reads: Sequence[str]  #: the probes whose answers it reads
    overrules: bool  #: what it passes is no barrier, whatever axe's rule of the same id says

    @property
    def engine(self) -> str:
        """The engine that it speaks for."""
        return engine_of(self.reads)


def engine_of(reads: Sequence[str]) -> str:
    """The engine of a check that reads these probes; what reads several experiments belongs to the one that is asked on fewer pages."""
    met = {EXPERIMENTS[name] for name in reads if name in EXPERIMENTS}
    return INTERACTION if INTERACTION in met else LAYOUT if LAYOUT in met else ENGINE


def check(
    *, id: str, bad: Sequence[str] = (), good: Sequence[str], unsure: Sequence[str] = (), covers: Sequence[str] = (),
    reads: Sequence[str] = ("capture",), overrules: bool = False,
    criteria: Sequence[str] = (), impact: Impact = Impact.SERIOUS, title: str = "", title_en: str = "", who: str = "", who_en: str = "",
    repair: Sequence[str] = (), repair_en: Sequence[str] = (), verify: str = "", before: str = "", after: str = "",
) -> Callable[[Callable[[Document], Iterator[Hit]]], Check]:  # fmt: skip
    """Declare a check. Without a title it is a second voice for axe's rule `id`, whose words stand in axe's catalogue.

    The words follow that catalogue: `title` names the barrier, `who` says in one sentence who is shut out and when, `repair` holds
    steps for the webmaster first and the developer after, `verify` says how one sees that it is repaired, `before` and `after` are code.
    """

    def declare(look: Callable[[Document], Iterator[Hit]]) -> Check:
        rule = Rule(
            id=id, title=title, title_en=title_en, criteria=tuple(criteria), level=lowest_level(criteria), impact=impact, who=who,
            who_en=who_en, repair=tuple(repair), repair_en=tuple(repair_en), verify=verify, before=before.strip("\n"),
            after=after.strip("\n"), engines=(engine_of(reads),),
        )  # fmt: skip
        return Check(
            id=id, rule=rule if title else None, look=look, bad=tuple(bad), unsure=tuple(unsure), good=tuple(good), covers=tuple(covers),
            reads=tuple(reads), overrules=overrules,
        )  # fmt: skip

    return declare


@cache
def checks() -> Mapping[str, tuple[Check, ...]]:
    """All checks by the id of their rule, in the order of file names."""
    found: dict[str, list[Check]] = {}
    for folder in FOLDERS:
        package = importlib.import_module(folder)
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
            for value in vars(importlib.import_module(f"{folder}.{module.name}")).values():
                if isinstance(value, Check):
                    found.setdefault(value.id, []).append(value)
    return {id: tuple(group) for id, group in found.items()}


__all__ = ["ENGINE", "Check", "Hit", "Impact", "Level", "check", "checks", "failed", "passed", "unsure"]
