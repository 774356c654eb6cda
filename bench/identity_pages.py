"""Finds barriers in saved real pages without a browser, each with a hidden mark, for the benchmark of identity.

What a style sheet would decide cannot be told from markup alone. In its stead some kinds of elements of each page (tag, classes, tag of
the parent) are drawn by the seed and count as too pale or too small, as one rule of a style sheet makes all elements of a kind.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from random import Random
from typing import Any, cast

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString
from w3lib.encoding import html_to_unicode

from auditor.addresses import canonical
from auditor.model import Finding, Impact, Outcome
from checks.elements import element
from checks.nodes import Node
from checks.parts import Scope, Text
from checks.texts import collapsed

SHARED = Path(os.environ.get("AUDITOR_SHARED", Path(__file__).parents[2] / "shared")) / "realpages"
TRUTH, RULES = "\0truth", "\0rules"
"""Attributes that no page can have: who an element is, and the rules that it does not meet."""

ENGINE = "bench"
UNREAD = ("script", "style", "noscript", "template")
LANDMARKS = {"header": "banner", "nav": "navigation", "main": "main", "aside": "complementary", "footer": "contentinfo", "form": "form"}


@dataclass(frozen=True, kw_only=True)
class Saved:
    """One saved page: where it stood, and its text decoded as a browser would."""

    url: str
    html: str


def saved_pages(most: int) -> list[Saved]:
    """The saved real pages, every host in turn. FileNotFoundError where the research material is missing."""
    sites = json.loads((SHARED / "sites.json").read_text(encoding="utf-8"))["sites"]
    turns = zip_longest(*(_of_host(SHARED / site["root"], site["aliases"][0]) for site in sites.values()))
    return list(islice((page for turn in turns for page in turn if page is not None), most))


def _of_host(root: Path, host: str) -> Iterator[Saved]:
    for path in sorted(path for path in root.rglob("*.html") if path.stat().st_size > 2000):
        _, html = html_to_unicode(None, path.read_bytes())  # gb2312 is read as gb18030, marks of byte order are heeded
        address = f"http://{host}/{path.relative_to(root).as_posix()}"
        yield Saved(url=canonical(address) or address, html=html)


# ---------------------------------------------------------------------------------------------- barriers


def marked(page: Saved, seed: str) -> BeautifulSoup:
    """The page with every element numbered and every barrier marked: the same each time for one seed."""
    soup = BeautifulSoup(page.html, "lxml")
    for number, tag in enumerate(soup.find_all(True)):
        tag[TRUTH] = str(number)
    mark_barriers(soup)
    _mark_kinds(soup, Random(f"{seed} kinds {page.url}"))
    return soup


def mark_barriers(root: Tag) -> None:
    """Mark what markup alone shows to be a barrier, in a page or a part of one."""
    labelled = {str(label["for"]) for label in root.find_all("label") if label.get("for")}
    for tag in [root, *root.find_all(True)]:
        for rule, fails in CHECKS.items():
            if tag.name != "[document]" and (tag.get("id") not in labelled or rule != "label") and fails(tag):
                add_rule(tag, rule)


def add_rule(tag: Tag, rule: str) -> None:
    """Mark an element as a barrier under one more rule."""
    tag[RULES] = " ".join(sorted({*str(tag.get(RULES, "")).split(), rule}))


def words(tag: Tag) -> str:
    """What an element says: its text, names of pictures and labels in it."""
    said = [text for text in tag.find_all(string=True) if type(text) is NavigableString and text.parent and text.parent.name not in UNREAD]
    named = [str(one.get(name, "")) for one in [tag, *tag.find_all(True)] for name in ("alt", "aria-label", "title") if one.get(name)]
    return collapsed(" ".join([*said, *named]))


def _field(tag: Tag) -> bool:
    kind = str(tag.get("type", "text")).lower()
    typed = tag.name == "input" and kind not in ("hidden", "button", "submit", "reset", "image")
    named = tag.get("aria-label") or tag.get("title") or tag.find_parent("label")
    return (typed or tag.name in ("select", "textarea")) and not named


def _button(tag: Tag) -> bool:
    pressed = tag.name == "button" or (tag.name == "input" and str(tag.get("type", "")).lower() in ("button", "submit", "image"))
    return pressed and not (words(tag) or tag.get("value"))


def _coloured(tag: Tag) -> bool:
    style = str(tag.get("style", "")).replace(" ", "").lower()
    told = (tag.name == "font" and tag.get("color")) or style.startswith("color:") or ";color:" in style
    return bool(told and words(tag))


CHECKS: dict[str, Callable[[Tag], bool]] = {
    "image-alt": lambda tag: tag.name == "img" and tag.get("alt") is None,
    "image-alt-describes": lambda tag: tag.name == "img" and tag.get("alt") is not None and len(str(tag["alt"])) < 3,
    "link-name": lambda tag: tag.name == "a" and bool(tag.get("href")) and not words(tag),
    "button-name": _button,
    "label": _field,
    "frame-title": lambda tag: tag.name == "iframe" and not tag.get("title"),
    "mouse-only": lambda tag: bool(tag.get("onclick")) and tag.name not in ("a", "button", "input", "area", "select"),
    "link-purpose": lambda tag: tag.name == "a" and str(tag.get("href", "")).lower().startswith("javascript:"),
    "empty-heading": lambda tag: tag.name in ("h1", "h2", "h3", "h4", "h5", "h6") and not words(tag),
    "table-without-header": lambda tag: tag.name == "table" and len(tag.find_all("tr")) > 1 and not tag.find("th"),
    "html-has-lang": lambda tag: tag.name == "html" and not tag.get("lang"),
    "color-contrast": _coloured,
}


def _mark_kinds(soup: BeautifulSoup, chance: Random) -> None:
    """Mark all elements of up to six kinds of this page, four of them as too pale, two as too small."""
    kinds: dict[tuple[str, str, str], list[Tag]] = {}
    for tag in soup.find_all(("a", "span", "p", "td", "li", "h2", "h3", "em", "b", "div")):
        own = any(type(text) is NavigableString and text.strip() for text in tag.find_all(string=True, recursive=False))
        if own and tag.parent:
            kinds.setdefault((tag.name, " ".join(tag.get_attribute_list("class")), tag.parent.name) if tag.get("class")
                             else (tag.name, "", tag.parent.name), []).append(tag)  # fmt: skip
    plenty = sorted(kind for kind, members in kinds.items() if len(members) <= 120)
    for number, kind in enumerate(chance.sample(plenty, min(6, len(plenty)))):
        for tag in kinds[kind]:
            add_rule(tag, "target-small" if number % 3 == 2 else "color-contrast")


# ---------------------------------------------------------------------------------------------- findings


class _Read(Node):
    """An element of a saved page, told as an element of a captured one is; there are no boxes."""

    __slots__ = ("said", "stands_in")

    said: str
    stands_in: str

    @property
    def name(self) -> str:
        return self.said

    @property
    def text(self) -> str:
        return self.raw_text

    @property
    def landmark(self) -> str:
        return self.stands_in


def findings(soup: BeautifulSoup, page: str) -> list[tuple[Finding, str]]:
    """All marked barriers in document order, each with the number of its element."""
    scope = Scope("page", None, page)
    nodes: dict[int, _Read] = {}
    found = []
    for tag in soup.find_all(True):
        node = _node(tag, nodes.get(id(tag.parent)), scope, len(nodes))
        nodes[id(tag)] = node
        if tag.get(RULES):
            found.append((tag, node))
    return [(_finding(rule, node, page), str(tag[TRUTH])) for tag, node in found for rule in str(tag[RULES]).split()]


def _node(tag: Tag, parent: _Read | None, scope: Scope, index: int) -> _Read:
    attributes = {name: " ".join(value) if isinstance(value, list) else str(value) for name, value in tag.attrs.items() if name[0] != "\0"}
    node = _Read(cast(Any, None), index, tag.name, attributes, parent, scope)
    node.said = words(tag)[:200] if tag.get(RULES) else ""
    role = attributes.get("role") or LANDMARKS.get(tag.name, "")
    node.stands_in = role if role in {*LANDMARKS.values(), "search", "region"} else parent.stands_in if parent else ""
    if parent is not None:
        node.order = node.rank = len(parent.children)
        parent.children.append(node)
    if named := attributes.get("id"):
        if named in scope.ids:
            scope.repeated.setdefault(named, [scope.ids[named]]).append(node)
        scope.ids.setdefault(named, node)
    before = 0
    for child in tag.children:
        if isinstance(child, Tag):
            before += 1
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            node.texts.append((before, Text(str(child))))
    return node


def _finding(rule: str, node: Node, page: str) -> Finding:
    return Finding(
        rule=rule, criteria=(), outcome=Outcome.FAILED, impact=Impact.SERIOUS, page=page, element=element(node), message="",
        engines=(ENGINE,),
    )  # fmt: skip


def titles(pages: Sequence[Saved]) -> list[str]:
    """Words of links that are long enough to be titles of news, each once."""
    said = (words(link) for page in pages for link in BeautifulSoup(page.html, "lxml").find_all("a"))
    return list(dict.fromkeys(text for text in said if 8 <= len(text) <= 60))
