"""What checks of documents (附件) speak in: the facts of a document, the declaration of such a check, and the documents of its examples.

A check is a function from the facts of one document (`checks.readers`) to one Hit, or None where its rule does not apply; it is declared
in a file of `checks/documents/` and found there by walking. Its examples are facts; `tests/test_documents.py` holds every rule to real
files too, a bad and a good one, that the tests make.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from auditor.model import DOCUMENTS, Impact, Outcome, Rule
from checks.criteria import lowest_level
from checks.readers.kinds import OLD

FOLDER = "checks.documents"
OFFICE = ("docx", "xlsx", "pptx")
READABLE = ("pdf", *OFFICE, "ofd")
ANY = (*READABLE, *sorted(OLD), "encrypted", "html", "zip", "unknown")

Facts = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """What a check says of a document. `outcome` None: the rule applies and is kept."""

    outcome: Outcome | None
    message: str = ""


def failed(message: str) -> Hit:
    """The rule is broken, and the facts prove it. `message`: one Chinese sentence on what was found."""
    return Hit(outcome=Outcome.FAILED, message=message)


def unsure(message: str) -> Hit:
    """A person must look: `message` says at what."""
    return Hit(outcome=Outcome.CANT_TELL, message=f"程序不能确定，请人工查看：{message}")


def passed() -> Hit:
    """The rule applies and is kept."""
    return Hit(outcome=None)


@dataclass(frozen=True, kw_only=True)
class AttachmentCheck:
    """A check of documents with its rule and its examples."""

    rule: Rule
    kinds: Sequence[str]  #: of documents that it is asked of
    opened: bool  #: only of documents that could be opened
    shuts: bool  #: what fails it is of no use at all to people with a screen reader
    look: Callable[[Facts], Hit | None]
    bad: Sequence[Facts]  #: must fail
    unsure: Sequence[Facts]  #: must end in cantTell
    good: Sequence[Facts]  #: must do neither

    def says(self, facts: Facts) -> Hit | None:
        """What it says of a document; None where it is not asked."""
        if facts["kind"] not in self.kinds or (self.opened and not facts.get("opened")):
            return None
        return self.look(facts)


def attachment_check(
    *, id: str, kinds: Sequence[str], criteria: Sequence[str], impact: Impact, title: str, title_en: str, who: str, who_en: str,
    repair: Sequence[str], repair_en: Sequence[str], verify: str, before: str, after: str, good: Sequence[Facts],
    bad: Sequence[Facts] = (), unsure: Sequence[Facts] = (), opened: bool = True, shuts: bool = False,
) -> Callable[[Callable[[Facts], Hit | None]], AttachmentCheck]:  # fmt: skip
    """Declare a check of documents; the words are those of `checks.check.check`, said to the clerk who makes the document."""

    def declare(look: Callable[[Facts], Hit | None]) -> AttachmentCheck:
        rule = Rule(
            id=id, title=title, title_en=title_en, criteria=tuple(criteria), level=lowest_level(criteria), impact=impact, who=who,
            who_en=who_en, repair=tuple(repair), repair_en=tuple(repair_en), verify=verify, before=before, after=after,
            engines=(DOCUMENTS,),
        )  # fmt: skip
        return AttachmentCheck(
            rule=rule, kinds=tuple(kinds), opened=opened, shuts=shuts, look=look, bad=tuple(bad), unsure=tuple(unsure), good=tuple(good)
        )

    return declare


@cache
def attachment_checks() -> Mapping[str, AttachmentCheck]:
    """All checks of documents by the id of their rule, in the order of file names."""
    package = importlib.import_module(FOLDER)
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    values = [value for name in names for value in vars(importlib.import_module(f"{FOLDER}.{name}")).values()]
    return {one.rule.id: one for one in values if isinstance(one, AttachmentCheck)}


def pages_told(numbers: Sequence[int], count: int) -> str:
    """Some pages of so many, such as （第 2、5 页等）."""
    if not numbers:
        return ""
    return f"（第 {'、'.join(map(str, numbers[:8]))} 页{'等' if count > min(8, len(numbers)) else ''}）"


# ------------------------------------------------------------------------------------------------ examples


def pdf(**told: Any) -> Facts:
    """The facts of a good PDF, changed in these; parts of a part are changed one by one."""
    figures = {"count": 1, "untold": 0, "pages": [], "alternatives": ["办事大厅平面图"]}
    return _changed({
        "kind": "pdf", "opened": True, "pages": 4, "encrypted": False, "reading_allowed": True, "language": "zh-CN",
        "title": "残疾人补贴办法", "shows_title": True, "made_with": "WPS 文字", "marked": True, "tree": True, "suspects": False,
        "tagged": True, "headings": [1, 2, 2], "worded": 0, "figures": figures, "tables": {"count": 1, "without_header": 0, "plain": 0},
        "looked_at": 4, "scanned": 0, "scanned_pages": [],
        "picture_pages": 0, "glyphs": 1800, "han": 1500, "unknown": 0, "private": 0, "doubtful": 0, "unknown_fonts": [],
        "links": {"count": 1, "untagged": 0}, "pages_without_tab_order": 0, "bookmarks": 0,
        "fields": {"count": 0, "unnamed": 0, "names": [], "xfa": False},
    }, told)  # fmt: skip


def docx(**told: Any) -> Facts:
    """The facts of a good Word document, changed in these."""
    return _changed({
        "kind": "docx", "opened": True, "title": "残疾人补贴办法", "language": "zh-CN", "characters": 1800, "han": 1500,
        "headings": [1, 2, 2],
        "heading_looks": {"count": 0, "numbered": 0, "texts": []},
        "figures": {"count": 1, "untold": 0, "pages": [], "alternatives": ["办事大厅平面图"]},
        "tables": {"count": 1, "without_header": 0, "merged": 0}, "links": {"count": 1, "addresses": []},
    }, told)  # fmt: skip


def xlsx(*sheets: dict[str, Any], **told: Any) -> Facts:
    """The facts of a workbook with these sheets, each changed from a good one."""
    good: dict[str, Any] = {"name": "发放名单", "unnamed": False, "rows": 40, "widest": 6, "header": True, "merged": 0}
    figures = {"count": 0, "untold": 0, "pages": [], "alternatives": []}
    whole = {
        "kind": "xlsx",
        "opened": True,
        "title": "补贴发放名单",
        "sheets": [good | sheet for sheet in sheets or ({},)],
        "figures": figures,
    }
    return _changed(whole, told)


def pptx(**told: Any) -> Facts:
    """The facts of a good presentation, changed in these."""
    return _changed({
        "kind": "pptx", "opened": True, "title": "政策解读",
        "slides": 6, "characters": 900, "untitled": 0, "slides_untitled": [], "slides_same_title": [],
        "figures": {"count": 1, "untold": 0, "pages": [], "alternatives": ["申请流程图"]},
    }, told)  # fmt: skip


def ofd(**told: Any) -> Facts:
    """The facts of a good OFD document, changed in these."""
    return _changed({
        "kind": "ofd", "opened": True, "title": "残疾人补贴办法",
        "pages": 3, "looked_at": 3, "scanned": 0, "scanned_pages": [], "picture_pages": 0,
        "characters": 900,
        "bookmarks": 0, "custom_tags": True, "permissions": False, "signed": False, "beside": [],
    }, told)  # fmt: skip


def unopened(kind: str, trouble: str = "文件已损坏，办公软件打不开", **told: Any) -> Facts:
    """The facts of a document that could not be opened."""
    return {"kind": kind, "opened": False, "trouble": trouble, **told}


def _changed(whole: dict[str, Any], told: Mapping[str, Any]) -> Facts:
    for name, value in told.items():
        whole[name] = whole[name] | value if isinstance(value, Mapping) and isinstance(whole.get(name), Mapping) else value
    return whole


__all__ = [
    "ANY", "OFFICE", "READABLE", "AttachmentCheck", "Facts", "Hit", "Impact", "attachment_check", "attachment_checks", "docx", "failed",
    "ofd", "pages_told", "passed", "pdf", "pptx", "unopened", "unsure", "xlsx",
]  # fmt: skip
