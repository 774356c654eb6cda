"""What exports are made from, as plain data and streams, and how text of a page is made fit to leave the house."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import quote, urlsplit

from auditor.model import (
    DOCUMENTS,
    SEEN,
    STANDING,
    Coverage,
    Criterion,
    Decision,
    Issue,
    IssueState,
    Outcome,
    Rule,
    RunSummary,
    Site,
    Tally,
    Variant,
    Verdict,
)
from reports import text
from reports.masking import masked
from reports.words import date_of

TOOL = "portal-auditor"
NOWHERE = "about:invalid"
Place = tuple[str, Variant]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One site with what is known of it; streams begin anew with every call, and have no end of memory to themselves."""

    site: Site
    run: RunSummary  #: the newest
    decisions: Mapping[str, Decision] = field(default_factory=dict)  #: those in force, by group
    reach: Mapping[str, int] = field(default_factory=dict)  #: pages on which something of a group stands
    urgent: Callable[[], Iterator[Issue]]  #: issues, the hardest first
    by_page: Callable[[], Iterator[Issue]]  #: the same issues page by page, on each rule by rule
    ledger: Callable[[], Iterator[Coverage]]
    tallies: Callable[[], Iterator[Tally]]


@dataclass(frozen=True, kw_only=True)
class Material:
    """What an export may tell, and to whom."""

    subjects: tuple[Subject, ...]
    now: datetime
    timezone: str
    version: str  #: of this program
    rules: Mapping[str, Rule]
    criteria: Mapping[str, Criterion]
    anchors: Mapping[str, str]  #: number of a criterion -> its name in the addresses of W3C's recommendation
    language: str = "zh"  #: or "en"
    public: bool = False  #: for everybody's eyes: personal data is masked strictly, notes of people are left out

    def say(self, chinese: str, english: str) -> str:
        """The words in the language of the export."""
        return english if self.language == "en" else chinese

    def told(self, words: str, limit: int = text.LINE) -> str:
        """Text of a page on one line: personal data covered, nothing hidden, nothing endless."""
        return text.line(text.visible(self._covered(words, limit)), limit)

    def code(self, source: str, limit: int = text.SNIPPET) -> str:
        """Source code of a page with its line breaks, made fit in the same way."""
        return text.snippet(text.visible(self._covered(source, limit)), limit)

    def address(self, url: str) -> str:
        """The address of a page to read or to open: of bearable length, with nothing hidden."""
        return text.visible(self._covered(url, text.LONGEST_LINK))[: text.LONGEST_LINK]

    def day(self, moment: datetime) -> date:
        """The day in the timezone of the city."""
        return date_of(moment, self.timezone)

    def rule_title(self, id: str) -> str:
        """What the rule demands, in a few words; its id where it exists no more."""
        rule = self.rules.get(id)
        return self.say(rule.title, rule.title_en) if rule else id

    def criterion_name(self, number: str) -> str:
        """Number and name of a criterion."""
        known = self.criteria.get(number)
        return f"{number} {self.say(known.name_zh, known.name_en)}" if known else number

    def criterion_address(self, number: str) -> str:
        """The address of a criterion in W3C's recommendation; the recommendation itself where the number is not known."""
        return f"https://www.w3.org/TR/WCAG22/#{self.anchors.get(number, '')}"

    def _covered(self, words: str, limit: int) -> str:
        return masked(words[: 4 * limit], strict=self.public, language=self.language)


def uri(url: str) -> str:
    """The address as a URI that any reader can take in (RFC 3986): http or https, else about:invalid, and nothing but ASCII."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        known = False
    return quote(url[: text.LONGEST_LINK], safe="/:?#@!$&'()*+,;=%~-._", errors="replace") if known else NOWHERE


def set_aside(subject: Subject, issue: Issue) -> Decision | None:
    """The decision in force that lets an issue rest, None where nobody decided so or somebody confirmed it."""
    decision = subject.decisions.get(issue.group)
    return decision if decision and decision.verdict is not Verdict.CONFIRMED else None


def sure(subject: Subject, issue: Issue) -> bool:
    """Whether it is a barrier: proven, or confirmed by a person, and nobody has let it rest."""
    decision = subject.decisions.get(issue.group)
    return decision.verdict is Verdict.CONFIRMED if decision else issue.outcome is Outcome.FAILED


def page_barrier(issue: Issue) -> bool:
    """Whether it is met on a page as a visitor first meets it on a desktop, and not in a document."""
    return issue.variant is Variant.DESKTOP and DOCUMENTS not in issue.engines


def looked_at(subject: Subject) -> frozenset[Place]:
    """Pages and documents that the newest run really judged."""
    return frozenset((entry.url, entry.variant) for entry in subject.ledger() if entry.state in SEEN or DOCUMENTS in entry.engines)


CLOSED = frozenset(IssueState) - STANDING


def last_checked(subject: Subject, issue: Issue, seen: frozenset[Place]) -> datetime | None:
    """When an issue was last looked for and found, or proven gone; None where the newest run did not look."""
    if issue.state in CLOSED:
        return issue.changed
    if issue.state is IssueState.NOT_OBSERVED or (issue.page, issue.variant) not in seen:
        return None
    return subject.run.started


def clean_rules(subject: Subject) -> Mapping[str, tuple[str, ...]]:
    """Pages as a visitor first meets them -> the rules that applied there and were met everywhere, as far as a program can tell."""
    met: dict[str, tuple[str, ...]] = {}
    for tally in subject.tallies():
        if tally.variant is Variant.DESKTOP and tally.passed and not tally.failed and not tally.cant_tell:
            met[tally.page] = (*met.get(tally.page, ()), tally.rule)
    return met
