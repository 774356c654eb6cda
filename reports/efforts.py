"""Estimates how much work a repair is, small, medium or large, with the reason; for planning, not for a contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.language import Pair, Words, counted, say
from auditor.model import Rule
from reports.grouping import Group
from reports.repairs import Repair


class Size(StrEnum):
    """How much work it is."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


SIZE: Mapping[Size, str] = Words({Size.SMALL: ("小", "small"), Size.MEDIUM: ("中", "medium"), Size.LARGE: ("大", "large")})


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much work a repair is, and why."""

    size: Size
    reason: str

    @property
    def told(self) -> str:
        """Its size in a word."""
        return SIZE[self.size]


CONTENT = ("要另做内容（字幕、文字稿或者可以读的文件），由了解内容的人完成。",
           "Content has to be made (captions, a transcript or a file that can be read) by people who know it.")  # fmt: skip
REBUILT = ("要改版面或者办理流程，需要设计、开发和试用配合。",
           "The layout or a procedure has to change, which takes design, development and trials.")  # fmt: skip
TRIED = ("要改操作方式，改完要用键盘和读屏软件试用。",
         "The way of operating it has to change, and to be tried with a keyboard and a screen reader.")  # fmt: skip
LARGE: Mapping[str, Pair] = {
    **dict.fromkeys(
        ("video-caption", "audio-caption", "audio-transcript", "video-description", "live-captions", "notice-picture", "emergency-picture",
         "file-scanned", "file-untagged", "file-garbled", "file-ofd-alone", "plugin-content", "image-of-text"), CONTENT
    ),
    **dict.fromkeys(
        ("reflow-narrow", "text-cut-zoomed", "text-cut-spaced", "captcha-picture", "captcha-login", "commitment-unchecked", "time-limit",
         "layout-table-marked", "order-on-screen", "service-other-way", "old-browser-only", "toolbar-hides-page"), REBUILT
    ),
}  # fmt: skip
"""Rule -> why its repair is much work."""

MANY = 10
"""Places with different code from which each has to be looked at by somebody, which is no small work any more."""


def effort(group: Group, rule: Rule | None, repair: Repair | None) -> Effort:
    """How much work a group is: by what its rule asks for, whether people must write something, and in how many different places."""
    if reason := LARGE.get(group.rule):
        return Effort(size=Size.LARGE, reason=say(*reason))
    places = len({(issue.element.snippet, issue.element.selector if group.document else "") for issue in group.issues})
    if group.document:
        return _of_documents(len(group.pages))
    if rule is not None and set(rule.engines) == {"interaction"}:
        return Effort(size=Size.MEDIUM, reason=say(*TRIED))
    if places > MANY:
        written = repair is not None and repair.blank
        who = say(
            "每一处都要由了解内容的人补写" if written else "要逐处修改，或者改生成它们的模板",
            "somebody who knows the content has to write each of them" if written else "change each, or the templates that make them",
        )
        return Effort(size=Size.MEDIUM, reason=say(f"有 {places} 种不同的内容，{who}。", f"{places:,} different contents; {who}."))
    if len(group.pages) > 1 and places == 1:
        return Effort(size=Size.SMALL, reason=say(
            f"{len(group.pages)} 页上的代码相同，改模板或者共用部件一处，各页随之改好。",
            f"The code is the same on {len(group.pages):,} pages: one change in the template or shared part repairs them all.",
        ))  # fmt: skip
    if repair is not None:
        only = "只改一处代码。" if places == 1 else f"只改 {places} 处代码。"
        return Effort(size=Size.SMALL, reason=say(only, f"Only {counted(places, 'place')} in the code to change."))
    return Effort(size=Size.MEDIUM, reason=say("要看具体的页面再决定怎样改。", "Look at the page first to decide how to change it."))


def _of_documents(count: int) -> Effort:
    if count == 1:
        return Effort(size=Size.SMALL, reason=say("改一份文档。", "One document to change."))
    return Effort(size=Size.MEDIUM, reason=say(
        f"{count} 份文档要在原来的办公软件里逐份修改，再重新发布。",
        f"{count:,} documents have to be changed one by one in the office software they come from, and published again.",
    ))  # fmt: skip
