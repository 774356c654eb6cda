"""Knows what is no page of the site although it looks like one: firewalls that ask for proof, notices of maintenance, walls of login
forms, excuses for a missing page. Pure; the facts it goes by are in recognise.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from auditor.addresses import canonical, host_of
from auditor.model import State

MOST_TEXT = 4000  # characters of visible text that are looked at
MOST_HTML = 50_000
SMALL, FEW_LINKS = 400, 8
"""A document with at most so many visible characters and links says one thing only. Anything larger is taken for a page."""

BARE = 30  # characters
QUOTED = 60  # characters of a notice that are repeated in the reason

QUESTION = """(() => {
  const proper = (name) => Reflect.get(Document.prototype, name, document), all = (what) => proper("querySelectorAll").call(document, what);
  const shows = (element) => Element.prototype.checkVisibility?.call(element, { visibilityProperty: true }) ?? true;
  const [body] = all("body, frameset"), root = proper("documentElement");
  let text = "";
  if (body) {
    const walker = proper("createTreeWalker").call(document, body, NodeFilter.SHOW_TEXT);
    for (let left = 5000, node; text.length < 4000 && left-- && (node = walker.nextNode()); ) {
      const words = node.data.slice(0, 4000).trim(), box = node.parentElement;
      if (words && box && !/^(script|style|noscript|template|textarea|option)$/i.test(box.localName) && shows(box)) text += words + "\\n";
    }
  }
  const inputs = Array.from(all("input, select, textarea")).slice(0, 300)
    .filter((field) => !/^(hidden|submit|button|image|reset)$/i.test(field.type ?? "") && shows(field));
  return {
    title: String(proper("title")).slice(0, 300), text: text.slice(0, 4000),
    html: text.length < 1000 ? (root?.outerHTML ?? "").slice(0, 50000) : "",
    links: all("a[href], area[href]").length, frames: all("iframe, frame").length,
    fields: inputs.filter((field) => field.type !== "password").length,
    passwords: inputs.filter((field) => field.type === "password").length,
    article: all('meta[name="ArticleTitle" i], meta[name="PubDate" i]').length > 0,
    empty: !text && !all("frameset, body > :not(script, style, noscript, template, link, meta, br)").length,
    scripted: all("script").length > 0 || (performance.getEntriesByType("navigation")[0]?.decodedBodySize ?? 0) > 1000,
  };
})()"""
"""The facts about an open document, as an expression; `Seen.of` reads the answer."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a visit saw, as far as it tells what kind of document it is."""

    asked: str  #: the address that was asked for
    final: str  #: where it ended
    status: int | None = None  #: None: not known, taken for 200
    server: str = ""  #: the Server header
    title: str = ""
    text: str = ""  #: visible text, its beginning
    html: str = ""  #: the document, its beginning, where there is little text
    links: int = 0
    frames: int = 0
    fields: int = 0  #: visible fields besides those for passwords
    passwords: int = 0
    article: bool = False  #: its CMS calls it an article
    empty: bool = False  #: nothing at all in it
    scripted: bool = False  #: it may change by itself

    @classmethod
    def of(cls, told: Mapping[str, Any], *, asked: str, final: str, status: int | None, server: str) -> Seen:
        """The facts as an open document told them (`QUESTION`). Where the page's own scripts can reach, it may tell anything."""
        words = {name: str(told.get(name) or "") for name in ("title", "text", "html")}
        counts = {name: int(told.get(name) or 0) for name in ("links", "frames", "fields", "passwords")}
        marks = {name: told.get(name) is True for name in ("article", "empty", "scripted")}
        facts: dict[str, Any] = {**words, **counts, **marks}
        return cls(asked=asked, final=final, status=status, server=server, **facts)

    @property
    def refused(self) -> bool:
        """Whether the status says that this is not what was asked for."""
        return self.status is not None and self.status >= 400

    @property
    def small(self) -> bool:
        """Whether the document says one thing only."""
        return len(self.text) <= SMALL and self.links <= FEW_LINKS and not self.article

    @property
    def bare(self) -> bool:
        """Whether there is next to nothing to see."""
        return len(self.text) <= BARE and not (self.links or self.frames or self.fields or self.passwords)


def recognise(seen: Seen) -> tuple[State, str] | None:
    """The state of a visit that saw no page of the site, and the Chinese sentence why; None where it is to be judged.

    Large documents, articles and forms beside other content are pages, whatever they talk about.
    """
    challenge = _challenge(seen)
    if challenge:
        return State.CHALLENGE, f"网站的防护系统{challenge.told}没有放行{_status(seen)}"
    if seen.status in (404, 410):
        return State.GONE, f"网站回答这一页不存在（{seen.status}）"
    if seen.status in (401, 407):
        return State.LOGIN_WALL, f"网站要求登录（{seen.status}）"
    notice = _maintenance(seen)
    if notice:
        return State.MAINTENANCE, f"网站正在维护，没有显示这一页：“{notice}”{_status(seen)}"
    if seen.refused:
        return State.ERROR_PAGE, f"网站回答出错（{seen.status}）"
    return _login(seen) or _missing(seen) or _empty(seen)


def may_pass(seen: Seen) -> bool:
    """Whether this is a challenge that a browser may get through by itself, if it is given a moment."""
    challenge = _challenge(seen)
    return challenge is not None and challenge.passes and seen.scripted


def how_to_allow(user_agent: str) -> str:
    """What the owner can do about a challenge: we evade nothing, so that only the owner can let us in."""
    return f"请网站管理单位在防护系统中放行 User-Agent 含“{user_agent}”的访问"


# ---------------------------------------------------------------------------------------------- one kind after the other


@dataclass(frozen=True, kw_only=True)
class _Challenge:
    """One entry of the table."""

    name: str
    status: frozenset[int] = frozenset()
    not_server: re.Pattern[str] | None = None
    patterns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)  #: title, text, html
    bare: bool = False
    no_password: bool = False
    passes: bool = False

    @property
    def told(self) -> str:
        return f"（{self.name}）" if self.name else ""

    def met(self, seen: Seen) -> bool:
        return (
            (seen.refused or seen.small)
            and (not self.status or seen.status in self.status)
            and not (self.not_server and self.not_server.search(seen.server))
            and (not self.bare or seen.bare)
            and not (self.no_password and seen.passwords)
            and all(pattern.search(getattr(seen, where)) for where, pattern in self.patterns.items())
        )


def _challenge(seen: Seen) -> _Challenge | None:
    return next((entry for entry in _challenges() if entry.met(seen)), None)


def _maintenance(seen: Seen) -> str:
    """The words of a notice that stands in the place of the page, with the planned time where it tells one; "" if there is none."""
    if not (seen.small or seen.refused) or seen.passwords or seen.article:
        return ""
    lines = [line for line in re.split(r"[\n。！!]+", _plain(seen.text)) if line.strip()]
    found = [line for line in lines if _pattern("maintenance", "words").search(line)]
    times = [line for line in lines if line not in found and PLANNED.search(line)]
    if not found and not _pattern("maintenance", "titles").search(seen.title):
        return ""
    return _short("，".join([*found[:1], *times[:1]]) or _plain(seen.title))


PLANNED = re.compile(r"预计|恢复|\d{1,2}月\d{1,2}日|\d{1,2}[:：时点]\d{0,2}.{0,12}(至|到|-|—|~|～)|维护时间")


def _login(seen: Seen) -> tuple[State, str] | None:
    if _names_login(seen.asked):  # it is the login page itself that was asked for, and that is a page like any other
        return None
    led_away = canonical(seen.final) != canonical(seen.asked)
    if led_away and _names_login(seen.final) and (seen.passwords or _pattern("login", "words").search(f"{seen.title}\n{seen.text}")):
        return State.LOGIN_WALL, f"需要登录才能看到：转到了登录页面 {_short(seen.final)}"
    if seen.passwords and seen.fields <= 4 and seen.small:
        return State.LOGIN_WALL, "需要登录才能看到：页面上只有登录表单"
    return None


def _names_login(url: str) -> bool:
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    return bool(_pattern("login", "hosts").search(host_of(url)) or _pattern("login", "paths").search(f"/{path}"))


def _missing(seen: Seen) -> tuple[State, str] | None:
    path = canonical(seen.final) or seen.final
    address = _pattern("missing", "addresses")
    if path != canonical(seen.asked) and address.search(path.partition("?")[0]) and not address.search(seen.asked.partition("?")[0]):
        return State.SOFT_404, f"网站转到了“页面不存在”的提示页 {_short(seen.final)}，状态却是 {seen.status or 200}"
    if seen.article or len(seen.text) >= MOST_TEXT:
        return None
    named = next((part for part in _parts(seen.title) if _pattern("missing", "titles").search(part)), "")
    said = _pattern("missing", "texts").search(_plain(seen.text)) if seen.small else None
    if named or said:
        words = named or (said[0] if said else "")
        return State.SOFT_404, f"页面内容是“{_short(_plain(words))}”，状态却是 {seen.status or 200}"
    return None


def _empty(seen: Seen) -> tuple[State, str] | None:
    return (State.RENDER_FAILED, "页面打开后是空白，没有任何内容") if seen.empty else None


def _parts(title: str) -> list[str]:
    """The title and its parts: sites put their name before or after."""
    return [_plain(title), *(part.strip() for part in re.split(r"[-_|｜—–·]+", _plain(title)))]


def _status(seen: Seen) -> str:
    return f"（{seen.status}）" if seen.refused or seen.status == 202 else ""


def _plain(text: str) -> str:
    """Without control and formatting characters: what a site wrote is repeated in our words, so it must not bend them."""
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter != "\n" else letter for letter in text)


def _short(text: str) -> str:
    tidy = " ".join(_plain(text).split())
    return tidy if len(tidy) <= QUOTED else f"{tidy[: QUOTED - 1]}…"


# ---------------------------------------------------------------------------------------------- the table


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files("crawlers").joinpath("recognise.toml").read_text("utf-8"))


@cache
def _pattern(kind: str, name: str) -> re.Pattern[str]:
    return re.compile(_table()[kind][name], re.IGNORECASE)


@cache
def _challenges() -> tuple[_Challenge, ...]:
    return tuple(
        _Challenge(
            name=entry["name"],
            status=frozenset(entry.get("status", ())),
            not_server=re.compile(entry["not_server"], re.IGNORECASE) if "not_server" in entry else None,
            patterns={where: re.compile(entry[where], re.IGNORECASE) for where in ("title", "text", "html") if where in entry},
            bare=entry.get("bare", False),
            no_password=entry.get("no_password", False),
            passes=entry.get("passes", False),
        )
        for entry in _table()["challenge"]
    )
