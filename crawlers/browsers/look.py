"""What every browser does with an address: tells what an answer means for the ledger, and reads the page that arrived."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from auditor.model import Driver, NotAnswered, Page, Probe, State
from crawlers import recognise
from crawlers.arrival import Answered, arrive
from crawlers.browsers.closed import closed_parts
from crawlers.browsers.frames import in_every_frame
from crawlers.browsers.pictures import take_pictures
from crawlers.browsers.still import hold_still
from crawlers.contents import validators_of
from crawlers.pace import retry_after
from crawlers.slots import Idle

HTML_TYPES = ("text/html", "application/xhtml+xml")
LARGEST = 20_000_000  # characters of rendered HTML
MOST_ELEMENTS = 100_000  # axe takes minutes and gigabytes beyond; pages of portals have some thousands
LINKS_AT_MOST = 5000
LOAD_LIMIT = 15.0  # seconds for the load event; a page whose document is there is audited without it

COUNT = "document.getElementsByTagName('*').length"
GATHER = """(() => ({
  title: document.title, lang: document.documentElement?.getAttribute("lang") ?? "",
  html: (document.doctype ? "<!DOCTYPE html>" : "") + (document.documentElement?.outerHTML ?? ""),
  width: Math.max(document.documentElement?.scrollWidth ?? 0, innerWidth),
  height: Math.max(document.documentElement?.scrollHeight ?? 0, document.body?.scrollHeight ?? 0, innerHeight),
}))()"""
LINKS = r"""(() => {
  const goes = /(?:\blocation(?:\.href)?\s*=|\blocation\.(?:assign|replace)\s*\(|\bopen\s*\()\s*/.source;
  const way = new RegExp(goes + /(['"])([^'"\\<>\s]{1,2000})\1\s*(?=[;,)}]|$|\n)/.source);
  const told = (words) => {
    const found = way.exec(String(words).slice(0, 4000));
    try { return found ? new URL(found[2], document.baseURI).href : ""; } catch { return ""; }
  };
  return Array.from(document.querySelectorAll("a[href], area[href], [onclick]")).slice(0, 5000).flatMap((link) => {
    const href = link.hasAttribute("href") ? String(link.href?.baseVal ?? link.href ?? "") : "";
    return [/^\s*javascript:/i.test(href) ? told(href) : href, told(link.getAttribute("onclick") ?? "")].filter(Boolean);
  });
})()"""
"""Where links lead; those that a script would follow are known by the words of the script, of which nothing is run."""


class Exit(Protocol):
    """The one way out to the network, as a browser needs to know it (`crawlers.egress.Egress`)."""

    url: str  #: address of the proxy
    username: str
    password: str
    needs_login: bool  #: whether the proxy wants the password from programs of our own user too

    def trouble(self, host: str, port: int) -> tuple[State, str] | None:
        """What last went wrong on the way to a host."""
        ...

    def own_answer(self, headers: Mapping[str, str]) -> bool:
        """Whether an answer is the proxy's own and not the site's."""
        ...


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer that brought a document: its address, status and headers (names in lower case)."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was read from an open page."""

    state: State = State.AUDITED
    reason: str = ""
    title: str = ""
    lang: str = ""
    html: str = ""
    links: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    unanswered: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)


CRASHED = Seen(state=State.CRASHED, reason="浏览器在访问这一页时意外退出")


def told(found: tuple[State, str]) -> Seen:
    """What is known of a page without looking into it."""
    return Seen(state=found[0], reason=found[1])


def overran(limit: float) -> Seen:
    """A page that was not done within its limit, in seconds."""
    return Seen(state=State.TIMEOUT, reason=f"页面在 {limit:.0f} 秒内没有处理完")


def page_of(url: str, answer: Answer | None, final_url: str, seen: Seen, *, seen_at: datetime, seconds: float) -> Page:
    """The Page of a visit, with what is known of the answer."""
    headers = answer.headers if answer else {}
    return Page(
        url=url,
        final_url=final_url if final_url.startswith("http") else (answer.url if answer else url),
        state=seen.state,
        reason=seen.reason,
        status=answer.status if answer else None,
        content_type=headers.get("content-type", ""),
        title=seen.title,
        lang=seen.lang,
        html=seen.html,
        links=seen.links,
        facts=seen.facts,
        unanswered=seen.unanswered,
        pictures=seen.pictures,
        validators=validators_of(headers),
        seen_at=seen_at,
        seconds=round(seconds, 3),
        retry_after=retry_after(headers.get("retry-after", ""), seen_at),
    )


def refused(answer: Answer, egress: Exit) -> tuple[State, str] | None:
    """What an answer means that brings no page of the site; None if there is a document to look at, be it that of an error."""
    if egress.own_answer(answer.headers):
        return on_the_way(answer.url, egress) or (State.CONNECTION_REFUSED, "没有连上网站")
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    strange = bool(kind) and kind not in HTML_TYPES
    if answer.status in (401, 404, 407, 410) or (answer.status >= 400 and strange):
        return _by_status(answer)
    return (State.NOT_HTML, f"内容类型是 {kind}，不是网页") if strange else None


def trouble(url: str, message: str, egress: Exit, answer: Answer | None = None) -> tuple[State, str]:
    """What the message of a failed navigation means; what the way out knows of the host is more exact than the browser.

    `answer`: what the site answered before; full browsers call an error without a document a failed navigation.
    """
    named = re.search(r"net::(ERR_[A-Z0-9_]+)", message)
    kind = named[1] if named else ""
    if kind == "ERR_HTTP_RESPONSE_CODE_FAILURE" and answer is not None and (met := refused(answer, egress) or _by_status(answer)):
        return met
    if kind == "ERR_ABORTED" and answer is not None and answer.status in (204, 205):
        return State.NOT_HTML, f"网站的回答没有内容（{answer.status}）"
    if kind == "ERR_ABORTED" or "Download is starting" in message:
        return State.NOT_HTML, "这个地址给出的是下载文件，不是网页"
    for pattern, state, sentence in NETWORK_ERRORS:
        if re.match(pattern, kind):
            return on_the_way(url, egress) or (state, f"{sentence}（{kind}）")
    return on_the_way(url, egress) or (State.RENDER_FAILED, f"浏览器没能打开这一页：{(message.splitlines() or [''])[0][:200]}")


def _by_status(answer: Answer) -> tuple[State, str] | None:
    seen = recognise.Seen(asked=answer.url, final=answer.url, status=answer.status, server=answer.headers.get("server", ""))
    return recognise.recognise(seen)


def on_the_way(url: str, egress: Exit) -> tuple[State, str] | None:
    """What last went wrong on the way to the host of an address, None if nothing did."""
    parts = urlsplit(url)
    return egress.trouble(parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80))


async def look(
    driver: Driver, probes: Sequence[Probe], *, pictures: bool, asked: str, answered: Callable[[], Answered],
    welcome: frozenset[State] = frozenset(), idle: Idle = contextlib.nullcontext,
) -> Seen:  # fmt: skip
    """Read an open page once it has arrived (`arrive`), and put the probes' questions to it.

    `asked` is the address asked for; `answered` tells what the site last answered for the document; what would otherwise be told as
    one of the states of `welcome` is read as a page. `idle()` surrounds the time in which nothing is done but wait.
    """
    try:
        arrival = await arrive(driver, asked, answered, welcome=welcome, idle=idle)
        rest = arrival.rest
        if arrival.met:
            return told(arrival.met)
        if rest["type"] not in HTML_TYPES:
            return Seen(state=State.NOT_HTML, reason=f"内容类型是 {rest['type'] or '未知'}，不是网页")
        if (count := await driver.evaluate(COUNT)) > MOST_ELEMENTS:
            return Seen(state=State.TOO_LARGE, reason=f"页面有 {count} 个元素，超过 {MOST_ELEMENTS} 个，无法检测")
        await hold_still(driver)
        gathered = await driver.evaluate(GATHER)
    except NotAnswered as why:
        return Seen(state=State.RENDER_FAILED, reason=f"页面打开后不能读取：{why}")
    if len(gathered["html"]) > LARGEST:
        return Seen(state=State.TOO_LARGE, reason="页面渲染后的内容过大，无法检测")
    facts: dict[str, Any] = {"settled": rest["settled"]}
    unanswered: dict[str, str] = {}
    for probe in probes:
        try:
            facts[probe.name] = await probe.ask(driver, facts)
        except NotAnswered as why:
            unanswered[probe.name] = str(why)
    if closed := await closed_parts(driver):
        facts["closed"] = list(closed)
    places = await asyncio.to_thread(_places, probes, facts) if pictures else []  # our checks read the page for it
    return Seen(
        title=gathered["title"],
        lang=gathered["lang"],
        html=gathered["html"],
        links=await _links(driver),
        facts=facts,
        unanswered=unanswered,
        pictures=await take_pictures(driver, places, gathered["width"], gathered["height"]) if places else {},
    )


NETWORK_ERRORS: tuple[tuple[str, State, str], ...] = (
    (r"ERR_NAME_NOT_RESOLVED", State.DNS_ERROR, "域名没有解析结果"),
    (r"ERR_CONNECTION_REFUSED|ERR_ADDRESS_UNREACHABLE", State.CONNECTION_REFUSED, "网站拒绝连接"),
    (
        r"ERR_(CONNECTION_(RESET|CLOSED|ABORTED)|EMPTY_RESPONSE|INCOMPLETE|CONTENT_LENGTH|HTTP2|INVALID_(CHUNKED|HTTP))",
        State.CONNECTION_RESET,
        "连接在传输中断开",
    ),
    (r"ERR_(TIMED_OUT|CONNECTION_TIMED_OUT)", State.TIMEOUT, "网站没有在限定时间内回答"),
    (r"ERR_CERT_DATE", State.TLS_ERROR, "网站的证书不在有效期内"),
    (r"ERR_CERT_COMMON_NAME", State.TLS_ERROR, "网站的证书与域名不符"),
    (r"ERR_CERT_AUTHORITY", State.TLS_ERROR, "网站的证书不是由浏览器信任的机构签发的"),
    (r"ERR_CERT_REVOKED", State.TLS_ERROR, "网站的证书已被吊销"),
    (r"ERR_SSL_(VERSION|OBSOLETE)", State.TLS_ERROR, "网站只支持过旧或不通用的安全协议"),
    (r"ERR_(CERT|SSL|BAD_SSL|TLS)", State.TLS_ERROR, "安全连接（HTTPS）没有建立"),
    (r"ERR_TOO_MANY_REDIRECTS", State.ERROR_PAGE, "跳转次数过多"),
    (r"ERR_RESPONSE_HEADERS_TOO_BIG", State.TOO_LARGE, "网站回答的头部过大，浏览器不接受"),
    (r"ERR_(BLOCKED|UNSAFE)", State.DENIED_BY_EGRESS, "这个地址不允许访问"),
    (r"ERR_(TUNNEL|PROXY)", State.CONNECTION_REFUSED, "没有连上网站"),
)


async def _links(driver: Driver) -> tuple[str, ...]:
    """Addresses of links in all frames, in document order of frames, each once."""
    found: dict[str, None] = {}
    with contextlib.suppress(NotAnswered):
        async for links in in_every_frame(driver, LINKS):
            found.update(dict.fromkeys(links))
    return tuple(link for link in found if link.startswith("http"))[:LINKS_AT_MOST]


def _places(probes: Sequence[Probe], facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a picture should show, by the word of those who asked."""
    seen: dict[str, Mapping[str, Any]] = {}
    for probe in probes:
        for place in probe.places(facts):
            seen.setdefault(place["selector"], place)
    return list(seen.values())
