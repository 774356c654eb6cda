"""Takes personal data out of everything that pages left behind, for everybody's eyes: words, addresses and pictures of the same page.

What was found in one text of a page is covered in all of them, so that a name beside a number does not stand alone somewhere else.
A picture is left out where personal data was found anywhere in what is known of its page, since the picture shows what stands around
the element too. Pictures of a whole window are left out altogether: nobody has read what they show (个人信息保护法).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from auditor.language import spoken
from auditor.model import Coverage, Element, Issue, KeyboardWalk, SiteHistory, Tally
from reports.masking import mask, masked, personal

Secrets = Mapping[str, Mapping[str, str]]
"""Address of a page -> words found there that are personal data -> what is written in their place."""
NOTHING: Mapping[str, str] = {}
HELD = 4096
"""Covered elements that are kept, since issues share them."""


def secrets(issues: Iterable[Issue], ledger: Iterable[Coverage]) -> Secrets:
    """What personal data stands in all that is known of the pages of a site; pages without any are not in it."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for issue in issues:
        for text in (issue.page, issue.message, *_texts(issue.element)):
            for words, instead in _found(text, spoken()):
                found[issue.page][words] = instead
    for entry in ledger:
        stops = entry.walk.stops if entry.walk else ()
        for text in (entry.url, entry.final_url, entry.title, entry.reason, *entry.labels.values(), *(stop.name for stop in stops)):
            for words, instead in _found(text, spoken()):
                found[entry.url][words] = instead
    return dict(found)


class Cover:
    """Covers what is told of one site, in the language that is told when it is made."""

    def __init__(self, found: Secrets) -> None:
        self._secrets, self._language = found, spoken()
        self._elements: dict[tuple[int, str], tuple[Element, Element]] = {}  #: with the first one held, so that its id stays its own

    def issue(self, issue: Issue) -> Issue:
        """The same without personal data; without its picture where the page holds any, and never with that of a window."""
        known = self._secrets.get(issue.page)
        if known is None:  # all of its texts were looked through (`secrets`)
            return replace(issue, scene="", caption="") if issue.scene or issue.caption else issue
        return replace(
            issue, element=self._element(issue.element, issue.page), message=self.text(issue.message, known),
            page=self.text(issue.page, known), picture="", scene="", caption="",
        )  # fmt: skip

    def entry(self, entry: Coverage) -> Coverage:
        """An entry of the ledger; a walk by keyboard keeps its words."""
        known = self._secrets.get(entry.url)
        if known is None:
            return replace(entry, walk=self._walk(entry.walk, NOTHING)) if entry.walk else entry
        return replace(
            entry, url=self.text(entry.url, known), final_url=self.text(entry.final_url, known), title=self.text(entry.title, known),
            reason=self.text(entry.reason, known), labels={key: self.text(value, known) for key, value in entry.labels.items()},
            walk=self._walk(entry.walk, known),
        )  # fmt: skip

    def tally(self, tally: Tally) -> Tally:
        """A tally, whose page is called as in the ledger."""
        known = self._secrets.get(tally.page)
        return tally if known is None else replace(tally, page=self.text(tally.page, known))

    def plain(self, value: Any) -> Any:
        """Plain data with every text in it covered; keys stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.plain(one) for key, one in value.items()}
        return [self.plain(one) for one in value] if isinstance(value, list | tuple) else value

    def text(self, text: str, known: Mapping[str, str] = NOTHING) -> str:
        """A text with what is personal in it covered, and what was found to be on its page."""
        text = _masked(text, self._language)
        for words, instead in known.items():
            if words in text:
                text = text.replace(words, instead)
        return text

    def _element(self, element: Element, page: str) -> Element:
        key = (id(element), page)
        if key not in self._elements:
            if len(self._elements) >= HELD:
                self._elements.clear()
            self._elements[key] = (element, self._fresh(element, self._secrets.get(page, NOTHING)))
        return self._elements[key][1]

    def _fresh(self, element: Element, known: Mapping[str, str]) -> Element:
        return replace(
            element, selector=self.text(element.selector, known), xpath=self.text(element.xpath, known),
            snippet=self.text(element.snippet, known), name=self.text(element.name, known), text=self.text(element.text, known),
            attributes={key: self.text(value, known) for key, value in element.attributes.items()},
            ancestors=tuple({key: self.text(value, known) for key, value in one.items()} for one in element.ancestors),
        )  # fmt: skip

    def _walk(self, walk: KeyboardWalk | None, known: Mapping[str, str]) -> KeyboardWalk | None:
        if walk is None:
            return None
        return replace(walk, picture="", stops=tuple(replace(stop, name=self.text(stop.name, known)) for stop in walk.stops))


def covered(site: SiteHistory) -> SiteHistory:
    """A site with everything that its pages and the list of sites say of it covered strictly."""
    cover, subject = Cover(secrets(site.issues, site.coverage)), site.target.site
    told = replace(subject, name=cover.text(subject.name), owner=cover.text(subject.owner), url=cover.text(subject.url))
    runs, landmarks = (
        tuple(run if (reason := cover.text(run.reason)) == run.reason else replace(run, reason=reason) for run in some)
        for some in (site.runs, site.landmarks)
    )
    return replace(
        site, target=replace(site.target, site=told), issues=tuple(map(cover.issue, site.issues)),
        coverage=tuple(map(cover.entry, site.coverage)), runs=runs, landmarks=landmarks, noted=cover.plain(site.noted),
    )  # fmt: skip


def _texts(element: Element) -> Iterator[str]:
    yield from (element.selector, element.snippet, element.name, element.text, *element.attributes.values())
    for ancestor in element.ancestors:
        yield from ancestor.values()


@lru_cache(maxsize=8192)
def _found(text: str, language: str) -> tuple[tuple[str, str], ...]:
    """The words in a text that are personal data, the longest first, each with what is written in its place."""
    found = {text[one.start : one.end]: mask(one.kind, language) for one in personal(text, strict=True)}
    return tuple(sorted(found.items(), key=lambda one: -len(one[0])))


@lru_cache(maxsize=8192)
def _masked(text: str, language: str) -> str:
    return masked(text, strict=True, language=language)
