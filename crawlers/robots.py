"""What a host allows (robots.txt, RFC 9309) and how long it wants us to wait between two visits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from protego import Protego

from auditor.addresses import canonical
from auditor.model import State
from crawlers.browsers.http import Answer, Getter
from crawlers.recognise import Seen, recognise

LIMIT_BYTES = 500_000
MOST_ORIGINS = 100  # whose robots.txt is asked for in one crawl
LIMIT_SECONDS = 15.0
LONGEST_DELAY = 60.0
"""Seconds. A longer crawl-delay would make a night of a handful of pages; the note says that it was asked for."""

NOT_CONNECTED = frozenset({State.DNS_ERROR, State.CONNECTION_REFUSED, State.TLS_ERROR, State.DENIED_BY_EGRESS})
"""Failures that any visit of the host meets as well, so that visiting the start page tells more than a missing robots.txt."""


async def at_once(answer: Answer) -> bool:
    """Ask again without a pause."""
    return True


@dataclass(frozen=True, kw_only=True)
class Robots:
    """The rules of one origin, as they concern us."""

    product: str
    rules: Protego
    closed: str = ""  #: why nothing may be visited, although no rule says so
    connected: bool = True  #: False: the host cannot be reached at all, or its firewall answers in its place
    failure: State | None = None  #: what went wrong on the way, where it is closed for that
    delay: float = 0.0  #: seconds between visits that the host asks for, at most LONGEST_DELAY
    note: str = ""
    sitemaps: tuple[str, ...] = ()

    def refusal(self, url: str) -> str:
        """Why an address may not be visited, "" if it may."""
        if self.closed or self.rules.can_fetch(url.partition("#")[0], self.product):
            return self.closed
        return "robots.txt 不允许访问这个地址"

    @classmethod
    async def fetch(cls, fetcher: Getter, origin: str, product: str, pause: Callable[[Answer], Awaitable[bool]] = at_once) -> Robots:
        """The robots.txt of an origin, read for our product token (`product_token`).

        As search engines do it: no such file (4xx) allows everything; an answer that fails (5xx, 429, no answer at all), twice, allows
        nothing. `pause` waits in between, or says that there is to be no second time. At most LIMIT_BYTES are read.
        """
        address = f"{origin}/robots.txt"
        answer = await fetcher.get(address, limit_bytes=LIMIT_BYTES, limit=LIMIT_SECONDS)
        if _failed(answer) and answer.state not in NOT_CONNECTED and not _challenged(answer) and await pause(answer):
            answer = await fetcher.get(address, limit_bytes=LIMIT_BYTES, limit=LIMIT_SECONDS)
        if _failed(answer):
            challenged = _challenged(answer)
            why = "网站的防护系统没有放行" if challenged else answer.reason or f"网站回答 {answer.status}"
            return cls(
                product=product, rules=Protego.parse(""), closed=f"robots.txt 没有取到（{why}），按惯例视为不允许访问",
                connected=not challenged and answer.state not in NOT_CONNECTED, failure=answer.state,
            )  # fmt: skip
        return cls.parse(answer.body if answer.ok else b"", product)

    @classmethod
    def parse(cls, body: bytes, product: str) -> Robots:
        """The rules in a robots.txt."""
        rules = Protego.parse(body.decode("utf-8-sig", "replace"))
        rate = rules.request_rate(product)
        asked = max(rules.crawl_delay(product) or 0.0, rate.seconds / rate.requests if rate and rate.requests > 0 else 0.0)
        delay = min(asked, LONGEST_DELAY) if asked > 0 else 0.0
        note = f"robots.txt 要求每次访问间隔 {asked:.0f} 秒，按上限 {LONGEST_DELAY:.0f} 秒执行" if asked > LONGEST_DELAY else ""
        sitemaps = tuple(dict.fromkeys(address for found in rules.sitemaps if (address := canonical(found))))
        return cls(product=product, rules=rules, delay=delay, note=note, sitemaps=sitemaps)


def product_token(user_agent: str) -> str:
    """The name that robots.txt files call us by: `JiningA11yAudit` of `JiningA11yAudit/1.0 (+https://…)`."""
    return user_agent.strip().partition("/")[0].partition(" ")[0] or "*"


def _failed(answer: Answer) -> bool:
    if answer.status is None:
        return answer.state is not State.ERROR_PAGE  # too many redirects count as: no such file
    return answer.status >= 500 or answer.status == 429 or answer.state not in (None, State.TOO_LARGE)


def _challenged(answer: Answer) -> bool:
    """Whether a firewall answered: what the site itself allows is then not known, but its start page shows what is in the way."""
    if answer.status is None:
        return False
    text = answer.body[:20_000].decode("utf-8", "replace")
    server = answer.headers.get("server", "")
    seen = Seen(asked=answer.url, final=answer.final_url, status=answer.status, server=server, text=text, html=text)
    known = recognise(seen)
    return known is not None and known[0] is State.CHALLENGE
