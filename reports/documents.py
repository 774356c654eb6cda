"""Tells what became of the documents (附件) of a site: which were read, which shut people out wholly, which no program could check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from auditor.addresses import document_kind
from auditor.language import counted, joined, say, sentences
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
        why = say(
            "文档的问题单独列出，不计入网页的问题。同一个问题涉及的文档合为一组；“需要人工判断”的，请有人打开看一看。",
            "Problems in documents are listed apart and do not count among those of web pages. Documents with the same problem form one "
            "group; please have somebody open those that need a person’s judgement.",
        )
        items = [cards.card(group, place) for place, group in enumerate(standing.documents, first)]
        title = say(f"文档中的问题（{len(items)} 组）", f"Problems in documents ({counted(len(items), 'group')})")
        found.append(Section(id="documents-issues", title=title, intro=paragraph(why), items=items))
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
    rows = [_row(entry, issues.get(entry.url, ())) for entry in sorted(tried, key=lambda one: (DOCUMENTS in one.engines, one.url))]
    heads = [say("文档", "Document"), say("结果", "Result"), say("查到的问题", "Problems found")]
    caption = say("最近一次检测的文档，没有能够检查的在前", "Documents of the latest audit, those that could not be checked first")
    told = _sentences(len(checked), len(tried) - len(checked), waiting, shut, read)
    return table("documents", say("文档", "Documents"), paragraph(told), caption, heads, rows)


def _sentences(checked: int, unread: int, waiting: int, shut: int, read: int) -> str:
    """How many were checked, not checked, not fetched; and how many of those that were read are of no use."""
    told = [say(f"最近一次检测打开检查了 {words.number(checked)} 份文档。",
                f"The latest audit opened and checked {counted(checked, 'document')}.")]  # fmt: skip
    if read:
        told.append(say(
            f"按标准计为不可用的（没有结构标签、没有文字或禁止读取）{words.share(shut, read)}。",
            f"Of no use by the standard (without structure tags, without text, or locked): {words.share(shut, read)}.",
        ))  # fmt: skip
    if unread:
        told.append(say(
            f"{words.number(unread)} 份没有能够检查，原因见表，需要由人查看。",
            f"{counted(unread, 'document')} could not be checked, for the reasons in the table, and {'needs' if unread == 1 else 'need'} a "
            "person to look.",
        ))  # fmt: skip
    if waiting:
        told.append(say(
            f"另有 {words.number(waiting)} 份附件这一次没有抽到，不能说有问题，也不能说没有问题。",
            f"{counted(waiting, 'more attachment')} {'was' if waiting == 1 else 'were'} not in the sample this time: whether "
            f"{'it has' if waiting == 1 else 'they have'} problems is not known.",
        ))  # fmt: skip
    told.append(say(
        "文档不算作网页，不影响网页的检测结果。", "Documents do not count as web pages and do not change the results of web pages."
    ))  # fmt: skip
    return sentences(told)


def _row(entry: Coverage, issues: Sequence[Issue]) -> Markup:
    failed = sum(issue.outcome is Outcome.FAILED for issue in issues)
    asking = len(issues) - failed
    shut = say("按标准计为不可用；", "Of no use by the standard; ") if _shut(issues) else ""
    state = shut + (entry.reason.removeprefix("附件，") or say("已检查", "checked" if shut else "Checked"))
    parts = [
        say(f"{failed} 个问题", counted(failed, "problem")) if failed else "",
        say(f"{asking} 个需要人工判断", f"{asking:,} for a person to judge") if asking else "",
    ]
    nothing = say("没有检查", "Not checked")
    if DOCUMENTS in entry.engines:
        nothing = say("没有查到问题", "No problem found")
    found = joined([part for part in parts if part]) or nothing
    return piece("site.html", "document", entry=entry, title=entry.title, state=state, found=found)


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
