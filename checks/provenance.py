"""Where a page comes from: what it says of its site and column (网页标签), and which family of systems made it (`platforms.toml`).

Pure: read from the rendered document in one pass that is linear in its length, whatever is in it.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape
from importlib.resources import files
from typing import Any
from urllib.parse import urljoin, urlsplit

from auditor.model import Page, Platform
from auditor.skeletons import attributes, tags

LABELS = (
    "SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnType", "ArticleTitle", "PubDate", "ContentSource", "Keywords",
)  # fmt: skip
"""Names of <meta> that government sites carry (standards_cn.md 5.3), as they are written most; case does not count."""
KNOWN = {name.lower(): name for name in LABELS}
LONGEST = 80  # characters of a label that are kept
ADDRESSES = ("src", "href", "action")
REFERENCES, LONGEST_PATH = 3000, 300  # addresses of one page that are looked at, and characters of their paths


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What a page tells of where it comes from."""

    labels: Mapping[str, str]  #: name, one of LABELS -> what is written there; left out where nothing is
    platform: str  #: id of the family; "" where none is told, or two are


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One thing that the templates of a family leave behind."""

    kind: str  #: path, mark, tag or meta
    pattern: re.Pattern[str]  #: of a path the beginning, of all others the whole
    sure: bool  #: it needs no second one

    def met(self, told: str) -> bool:
        """Whether this is the sign."""
        return bool(self.pattern.match(told) if self.kind == "path" else self.pattern.fullmatch(told))


def provenance(page: Page) -> Provenance:
    """The labels of a page and its family, from its rendered document and its address."""
    labels: dict[str, str] = {}
    met: dict[str, set[str]] = {"path": set(), "mark": set(), "tag": set(), "meta": set()}
    home = page.final_url or page.url
    met["path"].add(_own_path(home, home))
    seen = 0
    for closing, name, written in tags(page.html):
        if closing:
            continue
        met["tag"].add(name)
        told = attributes(written)
        if name == "meta" and (meta := told.get("name", "").strip().lower()):
            met["meta"].add(meta)
            value = " ".join(unescape(told.get("content", "")).split())[:LONGEST]
            if meta in KNOWN and value:
                labels.setdefault(KNOWN[meta], value)
        met["mark"].update(told.get("class", "").split(), told.get("id", "").split())
        written_here = [told[key] for key in ADDRESSES if told.get(key)]
        seen += len(written_here)
        if seen <= REFERENCES:
            met["path"].update(_own_path(unescape(address), home) for address in written_here)
    return Provenance(labels=labels, platform=_family(met))


@cache
def platforms() -> Mapping[str, Platform]:
    """All families by id."""
    return {row["id"]: Platform(id=row["id"], name=row["name"], vendor=row["vendor"], mark=row["mark"]) for row in _table()}


# ------------------------------------------------------------------------------------------------ inside


def _family(met: Mapping[str, set[str]]) -> str:
    """The one family that the signs tell."""
    told = [id for id, signs in _signs().items() if _tells(signs, met)]
    return told[0] if len(told) == 1 else ""


def _tells(signs: tuple[Sign, ...], met: Mapping[str, set[str]]) -> bool:
    found = [sign for sign in signs if any(sign.met(one) for one in met[sign.kind])]
    return any(sign.sure for sign in found) or len(found) >= 2


def _own_path(address: str, home: str) -> str:
    """Path and query of an address on the page's own host; "" for all others."""
    if len(address) > 2 * LONGEST_PATH:
        return ""
    try:
        there, here = urlsplit(urljoin(home, address.strip())), urlsplit(home)
    except ValueError:
        return ""
    if there.hostname != here.hostname or there.scheme not in ("http", "https"):
        return ""
    path = there.path + (f"?{there.query}" if there.query else "")
    return path if len(path) <= LONGEST_PATH else ""


@cache
def _signs() -> Mapping[str, tuple[Sign, ...]]:
    found: dict[str, list[Sign]] = defaultdict(list)
    for row in _table():
        for sign in row["signs"]:
            (kind,) = sign.keys() & {"path", "mark", "tag", "meta"}
            pattern = sign[kind] if kind in ("path", "mark") else re.escape(sign[kind])
            found[row["id"]].append(Sign(kind=kind, pattern=re.compile(pattern), sure=sign.get("sure", False)))
    return {id: tuple(signs) for id, signs in found.items()}


@cache
def _table() -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = tomllib.loads(files("checks").joinpath("platforms.toml").read_text(encoding="utf-8"))["platform"]
    return told
