"""Recognises by its address what a visitor cannot do without: login, search, site map, contact, accessibility statement, elder version.

Pure. Such pages are looked at in any case (methods.md 1.4, step 4). Only addresses and the entrances of the start page are asked, which are
known of the whole site: what the titles of some pages tell would take pages out of the draw because they had been drawn before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from auditor.addresses import canonical

OF_EACH = 2
"""Addresses of one kind, at most: a search has as many as there are questions."""

KINDS: Mapping[str, str] = {
    "login": r"log-?in|sign-?in|passport|denglu|sso|登录",
    "search": r"search|sousuo|jiansuo|zhannei|搜索|检索",
    "site map": r"site-?map|wzdt|wzd|zddt|网站地图",
    "contact": r"contact(-?us)?|lxwm|lxfs|lianxi(women)?|联系我们|联系方式",
    "accessibility": r"wza|wuzhangai|accessibility|barrier-?free|无障碍",
    "elder version": r"elder|oldman|zhangzhe|shilaohua|slh|zzb|guanhuai|长者版|适老化|关怀版",
    "help": r"help|bangzhu|faq|cjwt|帮助|常见问题",
    "statement": r"wzsm|fwsm|statement|disclaimer|网站声明|隐私政策|privacy",
}
"""Kind -> what a step of the path of such an address is called, in the letters, pinyin initials and words that portals use."""

_SIGNS = {kind: re.compile(rf"(?:{names})(?:_?(?:index|page|form|list))?[0-9]*", re.IGNORECASE) for kind, names in KINDS.items()}


def kind_of(url: str) -> str:
    """The kind of an essential page by its address; "" for all others. The last two steps of the path are looked at, without endings."""
    path = urlsplit(url).path
    steps = [unquote(step).partition(".")[0] for step in path.split("/") if step]
    if steps[-1:] and steps[-1].lower() in ("index", "default", "main"):
        steps.pop()
    return next((kind for kind, sign in _SIGNS.items() if any(sign.fullmatch(step) for step in steps[-1:])), "")


def essential(addresses: Iterable[str], noted: Mapping[str, Any], base: str) -> list[str]:
    """Of these addresses those to be looked at in any case: OF_EACH of a kind, the shortest, and what the start page's entrances lead to.

    `noted`: what is kept of the start page (`checks.noted`), whose address is `base`.
    """
    known = list(dict.fromkeys(addresses))
    entrances = {canonical(one["url"], base) for kind in ("elder", "aid") for one in noted.get(kind, ()) if one.get("url")}
    chosen = [url for url in known if url in entrances]
    by_kind: dict[str, list[str]] = {}
    for url in known:
        if kind := kind_of(url):
            by_kind.setdefault(kind, []).append(url)
    for kind in KINDS:
        chosen += sorted(by_kind.get(kind, ()), key=lambda url: (len(url), url))[:OF_EACH]
    return list(dict.fromkeys(chosen))
