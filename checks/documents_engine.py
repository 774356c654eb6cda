"""The engine of the checks of documents: what they say of the facts of one document, and when their silence proves anything."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from auditor.identity import DOCUMENT_ADDRESS, DOCUMENT_TAG
from auditor.model import DOCUMENTS as NAME
from auditor.model import Element, Finding, Outcome, Rule, Tally
from checks.attachments import Facts, Hit, attachment_checks
from checks.engine import DocumentEngine
from checks.readers.kinds import WORDS

LOG = logging.getLogger(__name__)
FOLDERS = ("checks.documents", "checks.readers")


def whole(url: str) -> Element:
    """The place of every finding: a document is repaired as a whole, by the one who made it. The message says where in it."""
    return Element(selector="document", xpath="/document", tag=DOCUMENT_TAG, attributes={DOCUMENT_ADDRESS: url})


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What is said of one document."""

    findings: tuple[Finding, ...] = ()
    tallies: tuple[Tally, ...] = ()
    answered: bool = False  #: it was opened and every check was asked: only then anything may be concluded from their silence
    told: str = ""  #: what became of it, in a few words for the ledger


def look(url: str, facts: Facts, rules: Collection[str]) -> Paper:
    """What the checks of these rules say of a document.

    Of one that could not be opened nothing is concluded but that: what was found in it on an earlier night stays.
    """
    hits: dict[str, Hit] = {}
    for id, check in attachment_checks().items():
        if id not in rules:
            continue
        try:
            hit = check.says(facts)
        except Exception:
            LOG.exception("检查项 %s 在文档 %s 上出错，这份文档没有使用文档检查项", id, url)
            return Paper(told=f"附件（{WORDS.get(facts['kind'], '文档')}），检查时程序出错")
        if hit is not None:
            hits[id] = hit
    known = {id: check.rule for id, check in attachment_checks().items()}
    findings = tuple(_finding(known[id], url, hit, hit.outcome) for id, hit in hits.items() if hit.outcome is not None)
    tallies = tuple(
        Tally(
            page=url, rule=id, failed=hit.outcome is Outcome.FAILED, passed=hit.outcome is None, cant_tell=hit.outcome is Outcome.CANT_TELL
        )
        for id, hit in hits.items()
    )
    opened = bool(facts.get("opened")) and facts.get("looked_at", 1) > 0
    return Paper(findings=findings, tallies=tallies if opened else (), answered=opened, told=_told(facts))


def _told(facts: Facts) -> str:
    kind = WORDS.get(facts["kind"], "文档")
    if not facts.get("opened"):
        return f"附件，{facts.get('trouble') or '没有读出'}"
    pages = facts.get("pages") or facts.get("slides")
    extent = f"，{pages} 页" if pages else f"，{len(facts['sheets'])} 个工作表" if facts.get("sheets") else ""
    return f"附件（{kind}{extent}），已检查"


def _finding(rule: Rule, url: str, hit: Hit, outcome: Outcome) -> Finding:
    return Finding(
        rule=rule.id, criteria=rule.criteria, outcome=outcome, impact=rule.impact, page=url, element=whole(url), message=hit.message,
        engines=(NAME,),
    )  # fmt: skip


def asked() -> tuple[str, ...]:
    """Ids of the rules that the checks of documents speak for."""
    return tuple(attachment_checks())


def rules() -> Mapping[str, Rule]:
    """The rules of the checks of documents, by id."""
    return {id: check.rule for id, check in attachment_checks().items()}


def shutting() -> frozenset[str]:
    """Ids of the rules that make a document of no use at all where they are broken: untagged, without text, protected."""
    return frozenset(id for id, check in attachment_checks().items() if check.shuts)


@cache
def checks_digest() -> str:
    """SHA-256 over the text of the checks and readers of documents, as 16 hexadecimal digits."""
    told = hashlib.sha256()
    for folder in FOLDERS:
        for file in sorted(files(folder).iterdir(), key=lambda one: one.name):
            if file.name.endswith(".py"):
                told.update(file.name.encode() + file.read_bytes())
    return told.hexdigest()[:16]


ENGINE = DocumentEngine(name=NAME, rules=rules, asked=asked, versions=lambda: {"documents": checks_digest(), "pikepdf": version("pikepdf")})
