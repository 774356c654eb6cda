"""Learns how a site answers for a page that does not exist, where it says 200 all the same, and knows such answers again."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from auditor.addresses import canonical
from crawlers.browsers.http import Answer, Getter
from crawlers.hypertext import LIMIT_BYTES, LIMIT_SECONDS, html_of, root_of

SHORTEST = 8  # characters of its own; less says nothing
MOST_TEXT = 3000  # characters that are compared
CLOSE = 3
"""Bits in which two fingerprints may differ and the texts still be called the same (Manku et al., WWW 2007: 3 of 64)."""


def made_up(origin: str) -> str:
    """An address of this origin at which no page stands; its name tells the owner's log what it is for."""
    return f"{origin}/auditor-asks-for-a-missing-page-{hashlib.sha256(origin.encode()).hexdigest()[:8]}.htm"


@dataclass(frozen=True)
class Text:
    """A document as its words: title and pieces of text, without blanks and with all figures alike."""

    title: str
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Missing:
    """What a site shows where there is no page. What stands on its start page too (head, menus, foot) is left out of account."""

    title: str
    words: str
    template: frozenset[str]

    @cached_property
    def fingerprint(self) -> int:
        """See `fingerprint`."""
        return fingerprint(self.words)

    def is_page(self, title: str, html: str) -> bool:
        """Whether a page with this title and document shows nearly the same."""
        if _tidy(title) != self.title:
            return False
        words = _own(read(html), self.template)
        return bool(words) and (fingerprint(words) ^ self.fingerprint).bit_count() <= CLOSE


async def learn(fetcher: Getter, start: str, origin: str, may_ask: Callable[[str], bool]) -> Missing | None:
    """What the site shows with status 200 where there is no page; None if it says so properly, as most do.

    Asks for one made-up address, and for the start page where that was answered: a site that shows its start page for any address
    has no page for missing ones. `may_ask` is the word of robots.txt.
    """
    address = made_up(origin)
    if not may_ask(address):
        return None
    answer = await fetcher.get(address, limit_bytes=LIMIT_BYTES, limit=LIMIT_SECONDS)
    shown = _document(answer)
    if shown is None or len("".join(shown.pieces)) < SHORTEST or canonical(answer.final_url) == start:
        return None
    home = _document(await fetcher.get(start, limit_bytes=LIMIT_BYTES, limit=LIMIT_SECONDS))
    if home is None:
        return None
    template = frozenset(home.pieces)
    words = _own(shown, template)
    return Missing(shown.title, words, template) if len(words) >= SHORTEST else None


def read(html: str) -> Text:
    """Title and words of a document."""
    root = root_of(html)
    if root is None:
        return Text("", ())
    title = root.findtext(".//title") or ""
    etree.strip_elements(root, "script", "style", "noscript", "template", "title", etree.Comment, with_tail=False)
    return Text(_tidy(title), tuple(filter(None, (_tidy(str(piece)) for piece in root.itertext()))))


def fingerprint(words: str) -> int:
    """64 bits that differ little where texts differ little (simhash, Charikar 2002), over runs of three characters."""
    runs = Counter(words[at : at + 3] for at in range(max(1, len(words) - 2)))
    sums = [0] * 64
    for run, count in runs.items():
        number = int.from_bytes(hashlib.blake2b(run.encode("utf-8", "replace"), digest_size=8).digest())
        for bit in range(64):
            sums[bit] += count if number >> bit & 1 else -count
    return sum(1 << bit for bit, total in enumerate(sums) if total > 0)


def _document(answer: Answer) -> Text | None:
    html = html_of(answer)
    return None if html is None else read(html)


def _own(text: Text, template: frozenset[str]) -> str:
    """The words of a document that are not those of the template."""
    return "".join(piece for piece in text.pieces if piece not in template)[:MOST_TEXT]


def _tidy(text: str) -> str:
    """Without blanks, and with all figures alike: dates, times and counters differ from one answer to the next."""
    return re.sub(r"\d", "0", "".join(text.split()))
