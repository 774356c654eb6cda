"""Finds the addresses in the sitemaps of a site (sitemaps.org): XML, index files, gzip and plain text, within firm bounds."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from lxml import etree

from auditor.addresses import canonical, origin_of
from crawlers.browsers.http import Getter, gunzip
from crawlers.finders import Ground
from crawlers.robots import Robots

NAME = "sitemap"

MOST_FILES = 50
MOST_LEVELS = 3  # index files within index files
MOST_ADDRESSES = 50_000
FILE_BYTES = 10_000_000
ALL_BYTES = 30_000_000
FILE_SECONDS = 30.0
ALL_SECONDS = 120.0


async def on_site(ground: Ground) -> Iterable[str]:
    """The addresses in the sitemaps of the site."""
    return await sitemap(ground.fetcher, ground.origin, ground.robots)


async def sitemap(fetcher: Getter, origin: str, robots: Robots) -> list[str]:
    """The addresses in the sitemaps that robots.txt names, else in /sitemap.xml, in their order, each once.

    Index files are followed MOST_LEVELS deep. What cannot be fetched or read adds nothing; a broken file gives what comes before
    the break. Bounded in files, addresses, bytes and seconds by the constants above.
    """
    start = robots.sitemaps or (f"{origin}/sitemap.xml",)
    queue = deque((address, 1) for address in start)
    known = set(start)
    found: dict[str, None] = {}
    loop = asyncio.get_running_loop()
    end, room, files = loop.time() + ALL_SECONDS, ALL_BYTES, MOST_FILES
    while queue and files and room > 0 and len(found) < MOST_ADDRESSES and (left := end - loop.time()) > 0:
        address, level = queue.popleft()
        if origin_of(address) == origin and robots.refusal(address):
            continue
        files -= 1
        answer = await fetcher.get(address, limit_bytes=min(FILE_BYTES, room), limit=min(FILE_SECONDS, left))
        if not answer.ok:
            continue
        body = gunzip(answer.body, min(FILE_BYTES, room)) if answer.body[:2] == b"\x1f\x8b" else answer.body
        room -= len(body)
        pages, indexes = parse(body)
        found.update(dict.fromkeys(pages[: MOST_ADDRESSES - len(found)]))
        for index in indexes if level < MOST_LEVELS else ():
            if index not in known and len(known) < 2 * MOST_FILES:
                known.add(index)
                queue.append((index, level + 1))
    return list(found)


def parse(body: bytes) -> tuple[list[str], list[str]]:
    """The addresses of pages and of further sitemaps in a sitemap, canonical. Entities are not expanded, nothing is fetched."""
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return _addresses(body.decode("utf-8-sig", "replace").split()), []
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return [], []
    if root is None:
        return [], []
    found: dict[str, list[str]] = {"url": [], "sitemap": []}
    for place in root.iter("{*}loc"):
        parent = place.getparent()
        kind = etree.QName(parent).localname if parent is not None else ""
        if kind in found:
            found[kind].append("".join(map(str, place.itertext())))
    return _addresses(found["url"]), _addresses(found["sitemap"])


def _addresses(texts: Iterable[str]) -> list[str]:
    return [address for text in texts if (address := canonical(text))]
