"""A page on which families of mutations work, with what chance and other pages bring to it: for the benchmark of identity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from random import Random
from typing import TypeVar

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from bench.identity_pages import RULES, TRUTH, UNREAD, words

T = TypeVar("T")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Scene:
    """One page about to change, and what chance and other pages bring to it."""

    def __init__(self, soup: BeautifulSoup, chance: Random, titles: Sequence[str], others: Sequence[BeautifulSoup]) -> None:
        self.soup = soup
        self.chance = chance
        self.titles = titles  #: words of news, to replace others with
        self.others = others  #: pages of other hosts, numbered and marked
        self.number = 0

    @property
    def body(self) -> Tag:
        """The body of the page."""
        return self.soup.body or self.soup

    def barriers(self) -> list[Tag]:
        """All barriers within the body."""
        return [tag for tag in self.body.find_all(True) if tag.get(RULES)]

    def some(self, things: Iterable[T], share: float) -> list[T]:
        """About this share of some things, at least one where there are any."""
        listed = list(things)
        return self.chance.sample(listed, min(len(listed), max(1, round(share * len(listed))))) if listed else []

    def fresh(self, root: Tag) -> Tag:
        """Make an element and all in it others than they were."""
        for tag in [root, *root.find_all(True)]:
            self.number += 1
            tag[TRUTH] = f"new {self.number}"
        return root

    def digits(self, text: str) -> str:
        """The text with other digits."""
        return re.sub(r"\d", lambda found: str((int(found[0]) + self.chance.randint(1, 9)) % 10), text)

    def token(self, length: int = 6) -> str:
        """Letters and digits as machines mix them."""
        return "".join(self.chance.choice(LETTERS) + str(self.chance.randrange(10)) for _ in range((length + 1) // 2))[:length]

    def lists(self) -> list[list[Tag]]:
        """Items of lists and rows of tables: three or more children of one tag that say something, barriers among or in them."""
        found = []
        for parent in self.body.find_all(("ul", "ol", "tbody", "table", "div", "dl")):
            items = [child for child in parent.find_all(("li", "tr", "dd", "a", "div"), recursive=False) if len(words(child)) >= 4]
            items = [item for item in items if item.name == items[0].name]
            if len(items) >= 3 and any(tag.get(RULES) for item in items for tag in [item, *item.find_all(True)]):
                found.append(items)
        inner = {id(item) for items in found for item in items}
        return [items for items in found if not any(id(above) in inner for above in items[0].parents)]


def texts(root: Tag) -> list[NavigableString]:
    """The texts in an element that a reader meets."""
    return [
        text for text in root.find_all(string=True)
        if isinstance(text, NavigableString) and not isinstance(text, PreformattedString) and text.strip()
        and text.parent is not None and text.parent.name not in UNREAD
    ]  # fmt: skip


def classes(tag: Tag) -> list[str]:
    """The names of its classes."""
    return [str(name) for name in tag.get_attribute_list("class") if name]
