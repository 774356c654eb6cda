"""Tells what became of the documents (附件) of a site: which were read, which shut people out wholly, which no program could check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from auditor.addresses import document_kind
from auditor.model import DOCUMENTS, STANDING, Coverage, Issue, Outcome, SiteHistory, State
from reports import words
from reports.cards import Cards
from reports.grouping import Board
from reports.pages import Section, paragraph, piece, table

SHUTTING = frozenset({"file-untagged", "file-scanned", "file-protected"})
"""Rules that make a document of no use at all where they are broken: no tags, no text, locked (methods.md 6)."""


def sections(site: SiteHistory, standing: Board, cards: Cards, first: int = 1) -> Sequence[Section]:
    """The sections on documents: what was read, and what is to be repaired; none where no document was ever met or read."""
    told = _listed(site)
    if told is None and not standing.documents:
        return ()
    found = [] if told is None else [told]
    if standing.documents:
        why = "文档的问题单独列出，不计入网页的问题。同一个问题涉及的文档合为一组；“需要人工判断”的，请有人打开看一看。"
        items = [cards.card(group, place) for place, group in enumerate(standing.documents, first)]
        found.append(Section(id="documents-issues", title=f"文档中的问题（{len(items)} 组）", intro=paragraph(why), items=items))
    return found


def inaccessible(site: SiteHistory) -> tuple[int, int]:
    """Of the documents that were read in the newest run, or asked for a password: how many are of no use at all, and how many there are."""
    issues = _standing(site)
    read = [entry for entry in site.coverage if DOCUMENTS in entry.engines or _locked(issues.get(entry.url, ()))]
    return sum(_shut(issues.get(entry.url, ())) for entry in read), len(read)


def unread(site: SiteHistory) -> int:
    """Documents of the newest run that were not fetched, or fetched and not checked."""
    issues = _standing(site)
    tried = [entry for entry in site.coverage if _tried(entry) and (document_kind(entry.url) or entry.url in issues or entry.engines)]
    checked = sum(DOCUMENTS in entry.engines or _locked(issues.get(entry.url, ())) for entry in tried)
    return len(tried) - checked + sum(_waits(entry) for entry in site.coverage)


def _listed(site: SiteHistory) -> Section | None:
    issues = _standing(site)
    tried = [entry for entry in site.coverage if _tried(entry) and (document_kind(entry.url) or entry.url in issues or entry.engines)]
    waiting = sum(_waits(entry) for entry in site.coverage)
    if not tried and not waiting:
        return None
    shut, read = inaccessible(site)
    checked = [entry for entry in tried if DOCUMENTS in entry.engines]
    sentences = [f"最近一次检测打开检查了 {words.number(len(checked))} 份文档。"]
    if read:
        sentences.append(f"按标准计为不可用的（没有结构标签、没有文字或禁止读取）{words.share(shut, read)}。")
    if unread := len(tried) - len(checked):
        sentences.append(f"{words.number(unread)} 份没有能够检查，原因见表，需要由人查看。")
    if waiting:
        sentences.append(f"另有 {words.number(waiting)} 份附件这一次没有抽到，不能说有问题，也不能说没有问题。")
    sentences.append("文档不算作网页，不影响网页的检测结果。")
    rows = [_row(entry, issues.get(entry.url, ())) for entry in sorted(tried, key=lambda one: (DOCUMENTS in one.engines, one.url))]
    heads = ["文档", "结果", "查到的问题"]
    return table("documents", "文档", paragraph("".join(sentences)), "最近一次检测的文档，没有能够检查的在前", heads, rows)


def _row(entry: Coverage, issues: Sequence[Issue]) -> Markup:
    failed = sum(issue.outcome is Outcome.FAILED for issue in issues)
    asking = len(issues) - failed
    state = ("按标准计为不可用；" if _shut(issues) else "") + (entry.reason.removeprefix("附件，") or "已检查")
    parts = [f"{failed} 个问题" if failed else "", f"{asking} 个需要人工判断" if asking else ""]
    nothing = "没有查到问题" if DOCUMENTS in entry.engines else "没有检查"
    return piece("site.html", "document", entry=entry, title=entry.title, state=state, found="，".join(filter(None, parts)) or nothing)


def _tried(entry: Coverage) -> bool:
    """Whether it is no page, and was asked for."""
    return entry.state is State.NOT_HTML and bool(entry.final_url)


def _waits(entry: Coverage) -> bool:
    """Whether it is a document that was not fetched."""
    return entry.state is State.NOT_HTML and not entry.final_url and bool(document_kind(entry.url))


def _standing(site: SiteHistory) -> Mapping[str, Sequence[Issue]]:
    """Address -> what stands in the document."""
    found: dict[str, list[Issue]] = defaultdict(list)
    for issue in site.issues:
        if DOCUMENTS in issue.engines and issue.state in STANDING:
            found[issue.page].append(issue)
    return found


def _shut(issues: Sequence[Issue]) -> bool:
    return any(issue.rule in SHUTTING and issue.outcome is Outcome.FAILED for issue in issues)


def _locked(issues: Sequence[Issue]) -> bool:
    return any(issue.rule == "file-protected" and issue.outcome is Outcome.FAILED for issue in issues)
