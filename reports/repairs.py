"""Proposes the change to one very element that repairs a barrier there, as far as that can be said without knowing what is meant.

What a program cannot know (what a picture shows, where a link leads) is left as a blank that says what belongs there:
it has to be written by somebody who knows the content, and no guess is put forward as if it were known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from auditor.language import say, sentences
from auditor.model import Element
from reports.markup import holds_elements, shortened, tag_of


def blank(what: str) -> str:
    """What is left for a person to write, in the code of a repair: 【图片的内容】 or [what the picture shows]."""
    return say(f"【{what}】", f"[{what}]")


def by_person() -> str:
    """The note beside code with a blank in it."""
    return say("【】里的文字要由了解内容的人写，程序不能代写。",
               "The words in [ ] have to be written by somebody who knows the content; a program cannot write them.")  # fmt: skip


def to_check() -> str:
    """The note beside code whose words were taken from the page."""
    return say("这里的文字取自网页上已有的内容，请核对是否说得准确。",
               "The words are taken from what the page has already; please check that they say what is meant.")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to repair an element."""

    code: str  #: HTML or CSS; "" where the element is to be taken out
    when: str = ""  #: in which case this is the right way; "" where there is no other
    blank: bool = False  #: whether words are missing that only a person can write


@dataclass(frozen=True, kw_only=True)
class Repair:
    """What is proposed for one element."""

    ways: tuple[Way, ...]
    before: str = ""  #: the element as it is, written in the same manner; "" where the ways are rules of a style sheet
    note: str = ""  #: what is to be looked after, in one or more sentences

    @property
    def blank(self) -> bool:
        """Whether a person has to write something, whichever way is chosen."""
        return all(way.blank for way in self.ways)


_CLOSED = re.compile(r"<([a-z][a-z0-9-]*)[ >].*</\1>")
"""One element on one line."""

Proposal = Callable[[Element, str], Repair | None]
"""From an element and the message of its finding; None where nothing can be said of this one."""


def propose(rule: str, element: Element, message: str = "") -> Repair | None:
    """The change that repairs `rule` at an element; None where it cannot be said mechanically, or the element is not known."""
    known = proposals().get(rule)
    found = known(element, message) if known and element.tag else None
    return replace(found, note=sentences([found.note, *_kept(element, found)])) if found else None


def _kept(element: Element, found: Repair) -> Iterator[str]:
    """Notes on what stays as it is, though the code does not show it."""
    codes, tag = [way.code for way in found.ways if way.code.startswith("<")], tag_of(element)
    if not found.before or not codes:
        return
    if any("…</" in code or "\n  …\n" in code for code in codes):
        if all(code.startswith((f"<{tag} ", f"<{tag}>")) and code.endswith(f">…</{tag}>") for code in codes):
            yield say("只改开始标签，里面的内容不动。", "Change the opening tag only; what is inside stays as it is.")
        else:
            yield say("“…”代表原有的内容，不动。", "The “…” stands for what is there already; leave it as it is.")
    if holds_elements(element) and any(_CLOSED.fullmatch(code) and "…" not in code for code in codes):
        yield say("里面原有的图标、图片等标签要保留，只改文字。",
                  "Keep the icons, pictures and other elements inside; change the words only.")  # fmt: skip
    if shortened(element):
        yield say("以“…”结尾的属性值和没有写出的属性照原样保留。",
                  "Keep values that end in “…” here, and attributes not shown here, as they are.")  # fmt: skip


@cache
def proposals() -> Mapping[str, Proposal]:
    """Rule -> what proposes its repair."""
    from reports import repair_code, repair_roles, repair_words  # they use the words above

    return {**repair_words.PROPOSALS, **repair_code.PROPOSALS, **repair_roles.PROPOSALS}
