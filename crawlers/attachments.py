"""Which of the documents that a site offers (附件) are fetched in one round, and how: in turn, within robots.txt, no more than so many."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from auditor.addresses import canonical, document_kind, host_of, matches, origin_of
from auditor.model import DOCUMENTS, Attachment, Judged, Order, Page, State
from crawlers.browsers.http import Answer, Getter, Refuse
from crawlers.contents import validators_of
from crawlers.frontier import Frontier
from crawlers.guest import Guest
from crawlers.robots import MOST_ORIGINS, Robots
from crawlers.scope import belongs

LIMIT_BYTES = 30_000_000
LIMIT_SECONDS = 60.0

TYPES: Mapping[str, str] = {
    "application/pdf": "pdf", "application/msword": "doc", "application/vnd.ms-excel": "xls", "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/ofd": "ofd", "application/octet-stream": "file", "application/force-download": "file", "application/x-download": "file",
}  # fmt: skip
"""Content types of documents, and of downloads that may be one."""

NAMED = re.compile(r"filename\*?\s*=\s*(?:UTF-8'[^']*')?\"?([^\";]+)", re.IGNORECASE)


PAGE = re.compile("x?html?|shtml|jspx?|aspx?|php|do|action", re.IGNORECASE)
"""Endings of addresses of pages."""


def kind_of(url: str, content_type: str = "") -> str:
    """What kind of document an address leads to, by its ending or its content type; "" for what is none."""
    return document_kind(url) or TYPES.get(content_type.partition(";")[0].strip().lower(), "")


def form_of(url: str) -> str:
    """In what form an address offers a text: the kind of a document, "html" for a page, else its ending, such as zip or jpg."""
    ending = re.search(r"\.([a-z0-9]{1,8})$", urlsplit(url).path.rpartition("/")[2], re.IGNORECASE)
    return kind_of(url) or ("html" if ending is None or PAGE.fullmatch(ending[1]) else ending[1].lower())


@dataclass
class Offered:
    """The documents that the pages of a site link to, in the order in which they were met."""

    kinds: dict[str, str] = field(default_factory=dict)  #: address -> kind
    pages: dict[str, str] = field(default_factory=dict)  #: address -> first page that links to it
    beside: dict[str, tuple[str, ...]] = field(default_factory=dict)  #: address -> other links of that page that may hold the same

    def met(self, page: str, links: Iterable[str]) -> None:
        """Take up the links (canonical addresses) of a page."""
        listed = list(dict.fromkeys(links))
        stems: dict[str, list[str]] = defaultdict(list)
        for url in listed:
            if stem := _stem(url):
                stems[stem].append(url)
        for url in listed:
            kind = kind_of(url)
            if kind and url not in self.pages:
                self.kinds.setdefault(url, kind)
                self.pages[url] = page
                self.beside[url] = tuple(other for other in stems[_stem(url)] if other != url)[:10]

    def turned_out(self, page: Page) -> bool:
        """Whether an address that was visited as a page turned out to be a document; it is taken up then."""
        kind = kind_of(page.url, page.content_type) or kind_of(page.final_url) or ("file" if _download(page) else "")
        if page.state is State.NOT_HTML and kind:
            self.kinds.setdefault(page.url, kind)
        return page.url in self.kinds and page.state is State.NOT_HTML

    def preferred(self, most: int, before: Collection[str]) -> list[str]:
        """All of them, in the order in which they are wanted where `most` may be fetched; the same every night if nothing changes.

        One of each kind comes first, then half as many as may be fetched of those that were read on the night before, so that what was
        found in them is followed, then the rest in the order of discovery, so that new ones get their turn.
        """
        first: dict[str, str] = {}
        for url, kind in self.kinds.items():
            first.setdefault(kind, url)
        known = [url for url in self.kinds if url in before][: (most + 1) // 2]
        return list(dict.fromkeys((*first.values(), *known, *self.kinds)))


def _stem(url: str) -> str:
    """The name of a file without its ending, by which the same text in another form is known."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    return re.sub(r"\.[a-z]{2,5}$", "", name, flags=re.IGNORECASE).lower()


def _download(page: Page) -> bool:
    return not page.content_type and page.status is None


class Papers:
    """The documents of one crawl: taken up as the pages name them, fetched at its end."""

    def __init__(self, order: Order, guest: Guest, frontier: Frontier, robots: dict[str, Robots], *, wanted: bool) -> None:
        self.order, self.guest, self.frontier, self.robots, self.wanted = order, guest, frontier, robots, wanted
        self.offered = Offered()
        self.held: dict[str, Page] = {}  #: visited addresses that turned out to be documents, told when those have their turn

    def named(self, url: str) -> None:
        """Take up an address that entered the ledger."""
        if kind := kind_of(url):
            self.offered.kinds[url] = kind

    def linked(self, page: str, links: Iterable[str], base: str) -> None:
        """Remember which documents a page offers."""
        self.offered.met(page, (url for link in links if (url := canonical(link, base)) and belongs(url, self.order.target)))

    def holds(self, page: Page) -> bool:
        """Whether a visited address is a document, to be told later and not as a page."""
        if self.wanted and self.offered.turned_out(page):
            self.held[page.url] = page
        return page.url in self.held

    async def fetched(self, most: int, done: Mapping[str, Judged]) -> AsyncGenerator[Page | Attachment, None]:
        """Fetch up to `most` of the documents, in turn, without those that an interrupted run has read (`done`).

        What is not fetched ends as it stood. OFD comes last: what lies beside it is known then. Addresses that are given one by one
        are all fetched.
        """
        room = most - sum(DOCUMENTS in judged.coverage.engines for judged in done.values())
        before = {entry.url for entry in self.order.known if DOCUMENTS in entry.engines}
        chosen: list[str] = []
        for url in self.offered.preferred(most, before) if self.wanted else ():
            if len(chosen) >= room and self.order.crawl:
                break
            if url not in done and await self._may_fetch(url):
                chosen.append(url)
        for url in sorted(chosen, key=lambda url: self.offered.kinds[url] == "ofd"):
            if self.guest.left() <= 0:
                break
            if self.guest.barred(host_of(url)):
                continue
            attachment = await fetch(self.guest, url, self.offered, refuse=self._refused if self.order.crawl else None)
            if attachment.state is State.INTERRUPTED:  # our own doing: it stands as if it had not been its turn
                continue
            self.held.pop(url, None)
            self.frontier.taken_up(url)
            yield attachment
        for page in self.held.values():
            yield page

    async def _may_fetch(self, url: str) -> bool:
        """Whether a document may be fetched: it is known as one, nobody left it out, and robots.txt and the owner let us."""
        if url not in self.held and self.frontier.state(url) is not State.NOT_HTML:
            return False
        if not self.order.crawl:
            return True
        origin = origin_of(url)
        if self.guest.left() <= 0 or self.guest.barred(host_of(url)) or (origin not in self.robots and len(self.robots) >= MOST_ORIGINS):
            return False
        robots = await self._robots(origin)
        if robots is None:
            return False
        why = robots.refusal(url)
        if why and url not in self.held:
            self.frontier.settle(url, State.NOT_HTML, f"附件，{why}")
        return not why

    async def _robots(self, origin: str) -> Robots | None:
        robots = self.robots.get(origin) or await self.guest.robots(origin)
        if robots is not None:
            self.robots[origin] = robots
        return robots

    async def _refused(self, onward: str) -> tuple[State, str] | None:
        """Why a document is not followed to another address: it is not of this site, or its robots.txt or its owner forbid it."""
        address = canonical(onward) or onward
        if not belongs(address, self.order.target):
            return State.REDIRECTED_OUT, f"附件跳转到本站以外的地址 {address}"
        if matches(address, self.order.target.exclude):
            return State.NOT_HTML, f"附件跳转到 {address}，按 exclude 设置不访问"
        origin = origin_of(address)
        if origin not in self.robots and len(self.robots) >= MOST_ORIGINS:
            return State.NOT_HTML, f"附件跳转到 {address}，没有再访问"
        robots = await self._robots(origin)
        if robots is None:
            return State.INTERRUPTED, self.guest.barred(host_of(address))
        why = robots.refusal(address)
        return (State.NOT_HTML, f"附件跳转到 {address}，{why}") if why else None


async def fetch(
    getter: Getter, url: str, offered: Offered,
    *, limit_bytes: int = LIMIT_BYTES, limit: float = LIMIT_SECONDS, refuse: Refuse | None = None,
) -> Attachment:  # fmt: skip
    """Fetch a document in its turn; what goes wrong is told, and never as a failure of a page."""
    begun = asyncio.get_running_loop().time()
    answer = await getter.get(url, limit_bytes=limit_bytes, limit=limit, refuse=refuse)
    state, reason = _told(answer)
    headers = answer.headers
    return Attachment(
        url=url, final_url=answer.final_url, state=state, reason=reason, status=answer.status, body=b"" if reason else answer.body,
        kind=offered.kinds.get(url, "file"), name=_name(answer), linked_from=offered.pages.get(url, ""), beside=offered.beside.get(url, ()),
        validators=validators_of(headers),
        seconds=asyncio.get_running_loop().time() - begun,
    )  # fmt: skip


def _told(answer: Answer) -> tuple[State, str]:
    """The state of the address, and why there is nothing to open; "" where there is."""
    if answer.status in (404, 410):
        return State.GONE, f"附件已不存在（网站回答 {answer.status}）"
    if answer.state is State.TOO_LARGE:
        return State.NOT_HTML, f"附件超过 {LIMIT_BYTES // 1_000_000} MB，没有打开"
    if answer.state in (State.INTERRUPTED, State.REDIRECTED_OUT, State.NOT_HTML):  # said by us, not by the site
        return answer.state, answer.reason
    if answer.state is not None:
        return State.NOT_HTML, f"附件没有取到：{answer.reason}"
    if answer.status != 200:
        return State.NOT_HTML, f"附件没有取到：网站回答 {answer.status}"
    return State.NOT_HTML, "" if answer.body else "附件是空的"


def _name(answer: Answer) -> str:
    """The name of the file, as the site gives it or as its address has it."""
    found = NAMED.search(answer.headers.get("content-disposition", ""))
    if found:
        return unquote(found[1].strip())[:200]
    return unquote(urlsplit(canonical(answer.final_url) or answer.final_url).path.rpartition("/")[2])[:200]
