"""Writes a list of any length as pages of bounded size, one at a time, so that a site with a hundred thousand issues opens at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from auditor.language import say
from reports import words
from reports.pages import LARGEST, NOTHING, Document, Section, piece, sheet_of, size

RANGES = 60
"""Links to parts of a list on each of its pages; where it has more pages, every second one is named, or every third …"""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A long list. Nothing of it is made before its page is written, and a page is made without those before it."""

    path: str  #: of the first page, without .html
    title: str
    count: int  #: of its items
    each: int  #: items on a page
    unit: str  #: what an item is counted in, such as 组 or Groups
    full: Callable[[int], Markup]  #: the item at a place
    short: Callable[[int], Markup]  #: the same on less than LARGEST / each bytes, where the page would grow too long
    before: int = 0  #: items that come before these and stand elsewhere; counted in what a page says it holds
    intro: Markup = NOTHING
    opening: Markup = NOTHING  #: before the items of each page
    closing: Markup = NOTHING
    trail: tuple[tuple[str, str], ...] = ()
    foot: Markup = NOTHING

    @property
    def paths(self) -> list[str]:
        """The addresses of its pages in order."""
        pages = -(-self.count // self.each)
        return [f"{self.path}.html" if number == 0 else f"{self.path}.{number + 1}.html" for number in range(pages)]

    @property
    def ranges(self) -> list[tuple[str, str]]:
        """(Which items, path) of its pages, at most RANGES of them."""
        paths = self.paths
        step = -(-len(paths) // RANGES) or 1
        return [(self._range(number, min(number + step, len(paths))), paths[number]) for number in range(0, len(paths), step)]

    def _range(self, begin: int, end: int) -> str:
        first, last = self.before + begin * self.each + 1, self.before + min(self.count, end * self.each)
        until = f" to {words.number(last)}" if last > first else ""
        return say(f"第 {words.number(first)}—{words.number(last)} {self.unit}", f"{self.unit}: {words.number(first)}{until}")


def write(listing: Listing, only: str | None = None) -> Iterator[tuple[str, bytes]]:
    """Its pages as (path, content); `only`: just the one of this path, which costs as much as that one alone."""
    paths = listing.paths
    document = Document(path=listing.path, title=listing.title, lead=NOTHING, sections=(), trail=listing.trail, foot=listing.foot)
    for index, path in enumerate(paths):
        if only is None or path == only:
            section = Section(
                id="list", title=listing._range(index, index + 1), intro=listing.intro, opening=listing.opening, closing=listing.closing,
                items=list(_items(listing, index)),
            )  # fmt: skip
            yield path, sheet_of(document, [section], paths, index, ranges=listing.ranges if len(paths) > 1 else ())


def pointed_to(listing: Listing) -> Markup:
    """Links to its pages, for the report that it belongs to."""
    return piece("parts.html", "ranges", ranges=[(name, path.rpartition("/")[2]) for name, path in listing.ranges])


def _items(listing: Listing, index: int) -> Iterator[Markup]:
    """The items of one page: whole ones as long as there stays room for short ones in place of all that follow."""
    begin, end = index * listing.each, min((index + 1) * listing.each, listing.count)
    room = LARGEST - size(listing.intro, listing.opening, listing.closing)
    least = LARGEST // listing.each
    for place in range(begin, end):
        item = listing.full(place)
        if size(item) + (end - place - 1) * least > room:
            item = listing.short(place)
        room -= size(item)
        yield item
