"""Reads the links of pages from their documents as they are sent, without a browser: one request each instead of a visit.

Two habits of Chinese editing systems are known besides plain links, because their lists turn pages by script: that of TRS WCM, which writes
`createPageHTML(pages, current, "index", "html")` into every list and names its pages index_1.html, index_2.html ...; and that of 大汉 JCMS,
which keeps the rows of a list as HTML inside of a script element of type text/xml.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol
from urllib.parse import urljoin

from auditor.addresses import canonical, host_of, origin_of
from auditor.model import State, Target
from crawlers.browsers.http import Answer
from crawlers.guest import Guest
from crawlers.hypertext import LIMIT_BYTES, LIMIT_SECONDS, html_of, root_of
from crawlers.robots import MOST_ORIGINS, Robots
from crawlers.scope import belongs, unwanted

MOST_TURNS = 2000  # pages of one list that a script may name

SHARE = 0.25
"""Of the time that a site has left, what reading may take at most."""

TURNS = re.compile(r"""createPageHTML\s*\(\s*(\d+)\s*,\s*\d+\s*,\s*["']([\w-]+)["']\s*,\s*["'](\w+)["']""")
IN_SCRIPT = re.compile(r"""<a\s[^>]*?href\s*=\s*(["'])([^"'<>]+)\1""", re.IGNORECASE)


class Explorer(Protocol):
    """Says what is to be read (`auditor.exploring`)."""

    def wanted(self, waiting: Sequence[str]) -> Sequence[str]:
        """The addresses to read next, of those waiting; none: no more."""
        ...

    def was_read(self, url: str, new: Iterable[str]) -> None:
        """What an address led to that nobody knew."""
        ...


class Walk(Protocol):
    """What of a walk through a site is needed here: its manners hold on."""

    target: Target
    guest: Guest
    start: str
    robots: dict[str, Robots]

    def add(self, addresses: Iterable[str], *, base: str | None = None) -> Sequence[str]:
        """Enter addresses into the ledger; those of them that are new and may be visited."""
        ...

    def allowed(self, origins: Sequence[str]) -> Mapping[str, None]:
        """The addresses waiting."""
        ...

    async def rules_of(self, url: str) -> Robots | None:
        """The robots.txt that concerns an address."""
        ...

    def left(self) -> float:
        """Seconds in which a visit may begin."""
        ...


async def read_on(walk: Walk, explorer: Explorer) -> None:
    """Read as long as the explorer wishes, in turn like every visit, and in at most SHARE of the seconds that are left at the beginning.

    Requests go out side by side like visits, but what they tell is taken up in order: nothing depends on how fast the answers come.
    """
    end = walk.left() * (1 - SHARE)
    places = asyncio.Semaphore(max(1, walk.target.tabs))

    async def refuse(onward: str) -> tuple[State, str] | None:
        address = canonical(onward) or onward
        if not belongs(address, walk.target) or not await _may_read(walk, address):
            return State.EXCLUDED, "不在检测范围内"
        return unwanted(address, walk.target, listed=True)

    async def fetched(url: str) -> Answer:
        async with places:
            if walk.left() < end:
                return Answer(url=url, final_url=url, state=State.INTERRUPTED)
            return await walk.guest.get(url, limit_bytes=LIMIT_BYTES, limit=LIMIT_SECONDS, refuse=refuse)

    while walk.left() >= end and (batch := explorer.wanted(list(walk.allowed([origin_of(walk.start)])))):
        may = [url for url in batch if await _may_read(walk, url)]
        for url, answer in zip(may, await asyncio.gather(*map(fetched, may)), strict=True):
            if answer.state is not State.INTERRUPTED:
                new = walk.add(links_of(answer), base=answer.final_url)
                explorer.was_read(url, [one for one in new if not (rules := walk.robots.get(origin_of(one))) or not rules.refusal(one)])


async def _may_read(walk: Walk, url: str) -> bool:
    """Whether robots.txt and the owner let us read an address; no further host is asked for its rules once there were too many."""
    origin = origin_of(url)
    if walk.guest.barred(host_of(url)) or (origin not in walk.robots and len(walk.robots) >= MOST_ORIGINS):
        return False
    robots = await walk.rules_of(url)
    return robots is not None and not robots.refusal(url)


def links_of(answer: Answer) -> list[str]:
    """Where an answer leads, absolute and each once, in the order of the document; nothing where it is no HTML."""
    html = html_of(answer)
    return [] if html is None else list(dict.fromkeys(links_in(html, answer.final_url)))


def links_in(document: str, base: str) -> Iterator[str]:
    """The links and frames of a document, then what its scripts write into lists; `base` is its address."""
    root = root_of(document)
    if root is None:
        return
    told = root.find(".//base[@href]")
    base = _joined(base, str(told.get("href"))) if told is not None else base
    for place in root.iter("a", "area", "iframe", "frame"):
        if target := place.get("src" if place.tag in ("iframe", "frame") else "href"):
            yield _joined(base, target)
    for script in root.iter("script"):
        text = script.text or ""
        yield from (_joined(base, target) for _, target in IN_SCRIPT.findall(text))
        for pages, name, ending in TURNS.findall(text):
            yield from (_joined(base, f"{name}_{turn}.{ending}") for turn in range(1, min(int(pages), MOST_TURNS)))


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target.strip())
    except ValueError:
        return ""
