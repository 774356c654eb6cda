"""Says how likely two elements that nothing exact ties together are one element, seen on two nights.

After Similo (arXiv 2301.03863; methods.md 3.2 step 5): a weighted likeness of several properties. Unlike Similo it asks first what the
element says and where it leads: a list shows other news every day in the same place and the same dress, and these are other barriers.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cached_property

from auditor.identity import WHOLE_PAGE, component_classes, stable_id
from auditor.model import Element

ENOUGH = 0.7
"""Likeness from which two elements count as one. Found with `bench/statistics_identity.py`, whose families were there before."""

CONTENT, PLACE = 0.75, 0.25
ALONE = 0.8
"""What the place must reach where neither element says anything."""

DIGITS_DIFFER = 0.85
CONTAINED = 0.8
SILENT = 0.2
LONG = 80
"""Likeness of words that differ in digits only, that hold the others, and of which only one are there; characters that are compared."""

HOLDERS = frozenset(
    {"title", "header", "footer", "aside", "nav", "main", "section", "article", "form", "fieldset", "iframe", "frameset", "table", "tbody",
     "tr", "ul", "ol", "dl"}
)  # fmt: skip
"""Tags of elements that are known by their place, not by what they hold today."""

PAIRS, WINDOW = 400, 4
"""Of those that share a property, all pairs are looked at up to this many; beyond that only those of about the same rank."""


_AGAINST_CACHES = re.compile(r"(?:v|t|ts|ver|version|time|timestamp|r|rand|random|_)(?:=|\Z)")


class Traits:
    """What likeness is computed from, each trait when it is first asked for."""

    def __init__(self, element: Element, group: str) -> None:
        self.element = element
        self.group = group

    @cached_property
    def words(self) -> str:
        """What it is called, not where it leads; "" for what only a file name or an address tells."""
        element = self.element
        told = (" ".join(words.split()) for words in (element.name, element.text, element.attributes.get("alt", "")))
        return next((words.lower()[:LONG] for words in told if words), "")

    @cached_property
    def text(self) -> str:
        """What people see of its words."""
        return " ".join(self.element.text.split()).lower()[:LONG]

    @cached_property
    def letters(self) -> str:
        """Its words without digits, blanks and signs."""
        return re.sub(r"[\W\d_]+", "", self.words)

    @cached_property
    def address(self) -> tuple[str, ...]:
        """The steps of the path that it leads to or shows; () where there is none or it says nothing."""
        value = (self.element.attributes.get("href") or self.element.attributes.get("src") or "").strip()
        if not value or re.match(r"#|(?:data|javascript|blob|about):", value, re.IGNORECASE):
            return ()
        place = re.split(r"[?#]", value, maxsplit=1)[0]
        host = re.match(r"(?:[a-z][\w+.-]*:)?//([^/]*)", place, re.IGNORECASE)
        steps = tuple(step for step in place[host.end() if host else 0 :].split("/") if step not in ("", ".", ".."))
        return steps or ((host[1].lower(),) if host else ())

    @cached_property
    def query(self) -> str:
        """The query of its address without what only keeps caches away."""
        value = self.element.attributes.get("href") or self.element.attributes.get("src") or ""
        told = value.partition("#")[0].partition("?")[2]
        return "&".join(part for part in told.split("&") if not _AGAINST_CACHES.match(part))

    @cached_property
    def called(self) -> str:
        """The name that a form sends, else an id that will be the same tomorrow."""
        return self.element.attributes.get("name", "").strip() or stable_id(self.element.attributes.get("id", ""))

    @cached_property
    def steps(self) -> list[str]:
        return self.element.xpath.split("/")

    @cached_property
    def dress(self) -> Counter[str]:
        """Tags and classes of itself and its ancestors, and the names of its attributes."""
        around = [{"tag": self.element.tag, "class": self.element.attributes.get("class", "")}, *self.element.ancestors]
        worn = Counter(word for one in around for word in (one.get("tag", ""), *component_classes(one.get("class", ""))))
        return worn + Counter("@" + name for name in self.element.attributes)

    def keys(self) -> Iterator[Hashable]:
        """Two elements that are one are expected to share at least one of these."""
        yield "path", self.element.xpath
        yield "group", self.group
        if self.words:
            yield "words", self.words
        if self.letters:
            yield from (("letters", self.letters), ("begin", self.letters[:4]), ("end", self.letters[-4:]))
        if self.address:
            yield "file", self.address[-1]
        if self.called:
            yield "called", self.called


def likely_pairs(issues: Sequence[Traits], spots: Sequence[Traits]) -> list[tuple[int, int]]:
    """Indices of elements that are one, the likeliest first; every element at most once. Both in document order.

    Near-linear: only pairs that share a property are looked at, and of those that many share only neighbours.
    """
    if not issues or not spots:
        return []
    scored = [
        (-likeness(issues[one], spots[other]), abs(one / len(issues) - other / len(spots)), one, other)
        for one, other in _candidates(issues, spots)
    ]
    taken: tuple[set[int], set[int]] = set(), set()
    found = []
    for score, _, one, other in sorted(scored):
        if -score >= ENOUGH and one not in taken[0] and other not in taken[1]:
            taken[0].add(one)
            taken[1].add(other)
            found.append((one, other))
    return found


def _candidates(issues: Sequence[Traits], spots: Sequence[Traits]) -> set[tuple[int, int]]:
    having: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((issues, spots)):
        for index, item in enumerate(items):
            for key in set(item.keys()):
                having[key][side].append(index)
    found: set[tuple[int, int]] = set()
    for ones, others in having.values():
        if len(ones) * len(others) <= PAIRS:
            found.update((one, other) for one in ones for other in others)
            continue
        for rank, one in enumerate(ones):
            middle = rank * len(others) // len(ones)
            found.update((one, other) for other in others[max(0, middle - WINDOW) : middle + WINDOW + 1])
    return found


def likeness(one: Traits, other: Traits) -> float:
    """How alike two elements are, 0 to 1: what they say and where they lead, then where they stand and how they are dressed."""
    content, place = _content(one, other), _place(one, other)
    if one.element.tag != other.element.tag and (content != 1.0 or one.steps[:-1] != other.steps[:-1]):
        return 0.0
    if content is None:
        return place if place >= ALONE else 0.0
    return CONTENT * content + PLACE * place


def _content(one: Traits, other: Traits) -> float | None:
    """Likeness of what they say, where they lead and what they are called; None where nothing tells."""
    if one.element.tag.lower() in WHOLE_PAGE:
        return 1.0 if one.element.tag == other.element.tag else 0.0
    words, address = _words(one, other), _address(one, other)
    if address is not None and one.element.tag == "img" and max(len(one.letters), len(other.letters)) < 4:
        words = None  # «图片» says of no picture which one it is
    told = [value for value in (words, address, _called(one, other)) if value is not None]
    return (max(told) + sum(told) / len(told)) / 2 if told else None


def _words(one: Traits, other: Traits) -> float | None:
    """None where neither says anything, or both say numbers alone, other ones: a date is as much of an element as its place."""
    holds = one.element.tag.lower() in HOLDERS
    if not one.words or not other.words:
        return None if one.words == other.words or (holds and one.steps == other.steps) else SILENT
    if one.words == other.words:
        return 1.0
    if (one.text and one.text == other.text) or one.letters == other.letters:
        lettered = re.search(r"[^\W\d_]", one.text) if one.text == other.text else one.letters
        return (1.0 if one.text == other.text else DIGITS_DIFFER) if lettered else None
    alike = _alike(one.words, other.words)
    shorter, longer = sorted((one.letters, other.letters), key=len)
    if len(shorter) >= max(3, len(longer) / 3) and shorter in longer:
        alike = max(alike, CONTAINED)
    return None if holds and alike < 0.5 else alike


def _alike(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    bound = matcher.quick_ratio()
    return matcher.ratio() if bound >= 0.5 else bound / 2


def _address(one: Traits, other: Traits) -> float | None:
    """Likeness of two addresses; None where one has none. A host more or less, and the steps up of relative ones, do not matter."""
    if not one.address or not other.address:
        return None
    shorter, longer = sorted((one.address, other.address), key=len)
    if longer[-len(shorter) :] == shorter:
        return 1.0 if one.query == other.query else 0.7
    equal = sum(step == step_ for step, step_ in zip(reversed(shorter), reversed(longer), strict=False)) / len(longer)
    file, file_ = shorter[-1], longer[-1]
    if file == file_:
        return (1 + equal) / 2
    return _alike(file, file_) * (0.5 + equal / 2) if re.sub(r"\d", "", file) == re.sub(r"\d", "", file_) else equal * 0.3


def _called(one: Traits, other: Traits) -> float | None:
    """1 where they have one name or id; None where that says nothing: one has none, or they differ."""
    return 1.0 if one.called and one.called == other.called else None


def _place(one: Traits, other: Traits) -> float:
    steps, steps_ = one.steps, other.steps
    dress = sum((one.dress & other.dress).values()) / max(1, sum((one.dress | other.dress).values()))
    return 0.5 * _along(steps, steps_) + 0.5 * (1.0 if one.group == other.group else dress)


def _along(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of two paths that is equal at their begin and end, 0 to 1; 0 where they are not known."""
    if one == other == [""]:
        return 0.0
    if one == other:
        return 1.0
    shorter = min(len(one), len(other))
    begin = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    end = next((place for place in range(shorter - begin) if one[-1 - place] != other[-1 - place]), shorter - begin)
    return (begin + end) / max(len(one), len(other))
