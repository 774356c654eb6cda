"""The engine of the site checks: what the pages of one run say together, and on which of them its silence proves anything."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from auditor.addresses import canonical, url_key
from auditor.model import JUDGED, NOT_A_PAGE, SEEN, Coverage, Finding, Judged, Outcome, Rule, RunState, State, Tally, Variant
from checks import extract
from checks.engine import SiteEngine
from checks.survey import ENGINE as NAME
from checks.survey import FOLDER, Hit, Sight, Survey, site_checks, unpacked

LOG = logging.getLogger(__name__)
Place = tuple[str, Variant]


@dataclass(frozen=True, kw_only=True)
class Together:
    """What the pages of one run say together."""

    findings: tuple[Finding, ...] = ()
    tallies: tuple[Tally, ...] = ()
    answered: frozenset[Place] = frozenset()  #: pages on which the silence of this engine is evidence


def look(
    judged: Sequence[Judged], ledger: Sequence[Coverage], *, start: str, known: Iterable[Coverage], state: RunState, rules: Collection[str]
) -> Together:
    """Findings and tallies over the judged pages of one run, for the rules asked.

    `ledger` holds how every address of the run ended, `known` how earlier nights knew them. A withheld run says nothing: on half
    of its pages the order of the few could pass for that of the many. Silence is evidence only as `conclusive` says; otherwise no
    page counts as answered and nothing is closed.
    """
    if state not in JUDGED:
        return Together()
    surveys = list(_surveys(judged, ledger, start))
    findings: list[Finding] = []
    counts: dict[tuple[str, Variant, str], Counter[Outcome | None]] = defaultdict(Counter)
    for survey in surveys:
        for id in rules:
            try:
                hits = list(site_checks()[id].look(survey))
            except Exception:
                LOG.exception("检查项 %s 在网站 %s 上出错，这一轮没有使用跨页面检查项", id, start)
                return Together()
            for hit in hits:
                counts[hit.page.url, hit.page.variant, id][hit.outcome] += 1
                if hit.outcome is not None:
                    findings.append(_finding(site_checks()[id].rule, hit))
    tallies = tuple(
        Tally(page=page, variant=variant, rule=rule, failed=count[Outcome.FAILED], passed=count[None], cant_tell=count[Outcome.CANT_TELL])
        for (page, variant, rule), count in counts.items()
    )
    took_part = frozenset((page.url, page.variant) for survey in surveys if len(survey.pages) > 1 for page in survey.pages)
    answered = took_part if conclusive(took_part, ledger, known, state) else frozenset[Place]()
    return Together(findings=tuple(findings), tallies=tallies, answered=answered)


def conclusive(took_part: Collection[Place], ledger: Iterable[Coverage], known: Iterable[Coverage], state: RunState) -> bool:
    """Whether what is not found any more is gone, and not only without a page to be compared with.

    It is when the run is `audited` (start page and 80 % of the pages seen), and no page that may have been a partner on an earlier
    night is missing: of the addresses of tonight's ledger that were ever judged, each took part again, or is no page any more, or
    another page of its kind (`url_key`) took part. Addresses that tonight's ledger does not name, or that we were told to leave out
    (excluded, robots.txt), are no longer waited for: nobody will ever look at them again.
    """
    if state is not RunState.AUDITED or len(took_part) < 2:
        return False
    before = {(entry.url, entry.variant): entry for entry in known if entry.digest and entry.state not in NOT_A_PAGE}
    kinds = {(url_key(url), variant) for url, variant in took_part}
    let_go = NOT_A_PAGE | {State.EXCLUDED, State.BLOCKED_BY_ROBOTS, State.NOT_CONFIRMED}
    return all(
        (entry.url, entry.variant) in took_part or (url_key(entry.url), entry.variant) in kinds
        for entry in ledger
        if (entry.url, entry.variant) in before and entry.state not in let_go
    )


def asked() -> tuple[str, ...]:
    """Ids of the rules that the site checks speak for."""
    return tuple(site_checks())


def rules() -> Mapping[str, Rule]:
    """The rules of the site checks, by id."""
    return {id: check.rule for id, check in site_checks().items()}


@cache
def checks_digest() -> str:
    """SHA-256 over the text of the site checks, as 16 hexadecimal digits; what they stand on belongs to our own checks' digest."""
    told = hashlib.sha256()
    for file in sorted(files(FOLDER).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".py"):
            told.update(file.name.encode() + file.read_bytes())
    return told.hexdigest()[:16]


def _surveys(judged: Iterable[Judged], ledger: Iterable[Coverage], start: str) -> Iterator[Survey]:
    """One survey for each variant."""
    whole = all(entry.state in SEEN or entry.state in NOT_A_PAGE for entry in ledger)
    sights: dict[Variant, dict[str, Sight]] = defaultdict(dict)
    for one in judged:
        told = unpacked(one.extract) if one.extract else None
        if told is not None and one.coverage.state in SEEN:
            page = one.coverage
            base = page.final_url or page.url
            links = frozenset(url for link in one.links if (url := canonical(link, base)))
            sights[page.variant][page.url] = Sight(
                url=page.url, final_url=page.final_url, variant=page.variant, kind=page.url_key, extract=told, links=links
            )
        elif one.coverage.state in SEEN:
            whole = False
    for pages in sights.values():
        yield Survey(pages=tuple(pages.values()), start=start, complete=whole)


def _finding(rule: Rule, hit: Hit) -> Finding:
    assert hit.element is not None and hit.outcome is not None
    return Finding(
        rule=rule.id, criteria=rule.criteria, outcome=hit.outcome, impact=rule.impact, page=hit.page.url, variant=hit.page.variant,
        element=hit.element, message=hit.message, engines=(NAME,),
    )  # fmt: skip


ENGINE = SiteEngine(name=NAME, rules=rules, asked=asked, extract=extract.extract, versions=lambda: {"site": checks_digest()})
