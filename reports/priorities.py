"""Ranks what a site's owner should repair first, and shows in plain words what the rank is made of.

rank = impact × level × log2(1 + estimated pages) × reach × confidence            (methods.md 3.2)

impact: 10, 7, 3, 1, as in the accessibility index. level: 1.5 for A, 1 for AA; 0.5 for all that no criterion of these levels asks for
(our own choice: the source names A and AA only). reach: 2 for the start page, 1.5 where a form is filled in or a journey is made, else 1.
confidence: 1 for what is proven and was seen by the last audit of its page, 0.5 for what could not be looked at again, or comes and goes.
Pages are estimated for each template by the share of its judged pages that show the barrier, times its known pages, as the index is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.language import counted, say
from auditor.model import SEEN, Coverage, Impact, Issue, IssueState, Level, SiteHistory
from auditor.run_score import JOURNEY, NO_PAGES, is_page
from auditor.sampling import Known, strata_of
from reports import words
from reports.grouping import Group

IMPACTS: Mapping[Impact, float] = {Impact.CRITICAL: 10, Impact.SERIOUS: 7, Impact.MODERATE: 3, Impact.MINOR: 1}
LEVELS: Mapping[Level | None, float] = {Level.A: 1.5, Level.AA: 1.0, Level.AAA: 0.5, None: 0.5}
START, FORM, ELSEWHERE = 2.0, 1.5, 1.0
SURE, UNSURE = 1.0, 0.5
WAVERING = 3
"""Stretches of rounds in which an issue was seen: with the third it has been gone and back twice, which repairs do not explain."""

FIELDS = frozenset({"input", "select", "textarea", "form", "fieldset", "legend", "label", "option"})


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One of the things that a rank is made of."""

    name: str
    told: str  #: what was found, in words
    value: float  #: what the rank is multiplied by


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How far a barrier reaches over the pages of a site."""

    found: int  #: judged pages that show it
    estimated: int  #: pages of the site, by the shares in their templates
    most: int  #: as many as there can be: those that show it, and every page of the same templates that was not judged
    templates: tuple[str, ...]  #: keys of the strata that it stands in, those with most of its pages first


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A group with its rank and what the rank is made of, in the order of the formula."""

    group: Group
    spread: Spread
    factors: tuple[Factor, ...]

    @property
    def rank(self) -> float:
        """The product of the factors: the higher, the sooner to be repaired."""
        return math.prod(factor.value for factor in self.factors)


class Templates:
    """The pages of a site by the templates that made them, as its newest ledger tells."""

    def __init__(self, coverage: Sequence[Coverage]) -> None:
        pages = [entry for entry in coverage if is_page(entry) and entry.state not in NO_PAGES]
        groups = strata_of(Known(url=entry.url, url_key=entry.url_key, dom_key=entry.dom_key) for entry in pages)
        seen = {entry.url for entry in pages if entry.state in SEEN}
        self._of = {url: key for key, urls in groups.items() for url in urls}
        self.known: Mapping[str, int] = {key: len(urls) for key, urls in groups.items()}  #: key -> pages of the site
        self.seen: Mapping[str, int] = Counter(self._of[url] for url in seen)  #: key -> judged pages
        self.example: Mapping[str, str] = {key: next((url for url in urls if url in seen), urls[0]) for key, urls in groups.items()}

    def spread(self, pages: Iterable[str]) -> Spread:
        """How far something reaches that was met on these pages; a page that the ledger does not know stands for itself."""
        met = Counter(self._of.get(page, "") for page in pages)
        found, lost = met.total(), met.pop("", 0)
        estimated, most = float(lost), lost
        for key, count in met.items():
            seen, known = max(self.seen.get(key, 0), count), max(self.known[key], count)
            estimated += known * count / seen
            most += count + known - seen
        return Spread(
            found=found, estimated=max(found, min(most, round(estimated))), most=most,
            templates=tuple(sorted(met, key=lambda key: (-met[key], key))),
        )  # fmt: skip


def ranked(site: SiteHistory, groups: Iterable[Group], templates: Templates) -> list[Ranked]:
    """The groups of a site, what to repair first at the head; equals stay in the order given."""
    start = {_bare(site.target.site.url), _bare(str(site.noted.get("start", "")))} - {""}
    return sorted((_ranked(group, templates, start) for group in groups), key=lambda one: -one.rank)


def wavering(issue: Issue) -> bool:
    """Whether an issue comes and goes, which repairs do not explain."""
    return len(issue.spans) >= WAVERING


def _ranked(group: Group, templates: Templates, start: set[str]) -> Ranked:
    spread = templates.spread(group.pages)
    factors = (
        Factor(name=say("对人的影响", "impact on people"), told=words.IMPACT[group.impact], value=IMPACTS[group.impact]),
        Factor(
            name=say("准则级别", "level of the criterion"),
            told=words.LEVEL[group.level] if group.level else say("良好做法", "good practice"), value=LEVELS[group.level],
        ),
        Factor(name=say("涉及页数", "pages concerned"), told=pages_told(spread), value=math.log2(1 + spread.estimated)),
        _reach(group, start),
        _confidence(group),
    )  # fmt: skip
    return Ranked(group=group, spread=spread, factors=factors)


def pages_told(spread: Spread) -> str:
    """`查到 12 页；按同一模板推算约 60 页（12 至 75 页）`: never an estimate without its bounds."""
    found = say(f"查到 {words.number(spread.found)} 页", f"found on {counted(spread.found, 'page')}")
    if spread.most <= spread.found:
        return found
    least, most, about = words.number(spread.found), words.number(spread.most), words.number(spread.estimated)
    return say(
        f"{found}；按同一模板推算约 {about} 页（{least} 至 {most} 页）",
        f"{found}; about {about} by the same templates ({least} to {most})",
    )


def _reach(group: Group, start: set[str]) -> Factor:
    name = say("位置", "place")
    if any(_bare(page) in start for page in group.pages):
        return Factor(name=name, told=say("在首页上，来访的人大多会遇到", "on the home page, where most visitors meet it"), value=START)
    if any(JOURNEY in page for page in group.pages) or group.example.element.landmark == "form" or any(map(_in_form, group.issues)):
        told = say("在填写或办理的地方，遇到就办不下去", "where a form is filled in or a matter dealt with, which then goes no further")
        return Factor(name=name, told=told, value=FORM)
    return Factor(name=name, told=say("在其他页面上", "on other pages"), value=ELSEWHERE)


def _in_form(issue: Issue) -> bool:
    return issue.element.tag in FIELDS or any(one.get("tag") == "form" for one in issue.element.ancestors)


def _confidence(group: Group) -> Factor:
    name = say("把握", "certainty")
    if all(issue.state is IssueState.NOT_OBSERVED for issue in group.issues):
        told = say("以前查到，最近一次没有能够复查", "found before, not rechecked in the latest audit")
        return Factor(name=name, told=told, value=UNSURE)
    if all(map(wavering, group.issues)):
        told = say("时有时无，可能随页面内容变化", "on and off, perhaps with the content of the page")
        return Factor(name=name, told=told, value=UNSURE)
    engines = {engine for issue in group.issues for engine in issue.engines}
    if group.decision:
        told = say("程序查出后经人工确认", "found by program and confirmed by a person")
    elif len(engines) > 1:
        told = say("两种检查方法都查到", "found by two methods")
    else:
        told = say("程序能够确定", "a program can be certain")
    return Factor(name=name, told=told, value=SURE)


def _bare(url: str) -> str:
    """An address as start pages are compared: without its scheme, and without a slash or index page at its end."""
    rest = url.partition("://")[2] or url
    for ending in ("index.html", "index.htm", "index.shtml", "index.jsp"):
        rest = rest.removesuffix(f"/{ending}")
    return rest.rstrip("/")
