"""Knows the accessibility toolbars of Chinese portals by what they leave in a page; the signs are data (`checks/china/toolbars.toml`)."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

UNKNOWN = "unknown"
"""The family of toolbars that only the name of a script gives away; told only where no other was recognised."""

TAG = re.compile(r"<([a-zA-Z][^\s/>]*+)((?:[^>\"']|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+)(?:>|\Z)")
ATTRIBUTE = re.compile(r"([^\s\"'<>/=]++)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]++)))?")
LARGEST = 3_000_000  # characters that are read of a page
LONGEST = 2_000  # characters of an address that is looked at


@dataclass(frozen=True, kw_only=True)
class Family:
    """One product, or one way of making a toolbar."""

    id: str
    name: str  #: as reports call it
    confidence: str  #: V, V2 or I, see the head of the data file
    source: str
    blocked: tuple[str, ...]  #: regular expressions for the addresses of its scripts
    entrances: tuple[str, ...]  #: CSS selectors
    signs: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """A family on a page, with the signs that gave it away: `kind=what was seen`."""

    family: Family
    signs: tuple[str, ...]


@cache
def families() -> Mapping[str, Family]:
    """All families by id, in the order of the data file."""
    told = tomllib.loads(files("checks.china").joinpath("toolbars.toml").read_text(encoding="utf-8"))
    return {
        row["id"]: Family(
            id=row["id"], name=row["name"], confidence=row["confidence"], source=row["source"], blocked=tuple(row["blocked"]),
            entrances=tuple(row["entrances"]), signs=tuple(row["sign"]),
        )
        for row in told["family"]
    }  # fmt: skip


def recognised(rendered: str) -> tuple[Recognised, ...]:
    """The families whose signs stand in the HTML of a page; comments do not count. A page may carry two."""
    seen = _seen(rendered[:LARGEST])
    found = [one for family in families().values() if (one := _of(family, seen)) is not None]
    known = [one for one in found if one.family.id != UNKNOWN]
    return tuple(known or found)


def addresses(rendered: str) -> tuple[str, ...]:
    """The addresses of all scripts of a page, as written."""
    return tuple(_seen(rendered[:LARGEST])["script"])


def entrances() -> tuple[str, ...]:
    """Selectors of what opens a known toolbar."""
    return tuple(dict.fromkeys(selector for family in families().values() for selector in family.entrances))


def blockable(found: Sequence[Recognised], rendered: str) -> tuple[str, ...]:
    """Regular expressions that keep these toolbars' scripts away; none where no script of the page answers to them."""
    patterns = tuple(dict.fromkeys(pattern for one in found for pattern in one.family.blocked))
    scripts = addresses(rendered)
    return tuple(pattern for pattern in patterns if any(re.search(pattern, address, re.IGNORECASE) for address in scripts))


def _of(family: Family, seen: Mapping[str, list[str]]) -> Recognised | None:
    sure, hints = list[str](), list[str]()
    for sign in family.signs:
        if (what := _met(sign, seen)) is not None:
            (sure if sign.get("alone", True) else hints).append(f"{sign['kind']}={what[:120]}")
    return Recognised(family=family, signs=(*sure, *hints)) if sure or len(hints) > 1 else None


def _met(sign: Mapping[str, Any], seen: Mapping[str, list[str]]) -> str | None:
    values = seen[sign["kind"]]
    if sign["kind"] in ("script", "style", "inline"):
        return next((found[0] if sign["kind"] == "inline" else value for value in values
                     if (found := re.search(sign["is"], value, re.IGNORECASE if sign["kind"] != "inline" else 0))), None)  # fmt: skip
    return sign["is"] if sign["is"] in values else None


def _seen(rendered: str) -> dict[str, list[str]]:
    """What signs may be seen in: addresses, ids, classes, names of attributes, inline scripts and handlers."""
    seen: dict[str, list[str]] = {kind: [] for kind in ("script", "script-id", "style", "id", "class", "attribute", "inline")}
    names: set[str] = set()
    for tag, told, body in _tags(rendered):
        names |= told.keys()
        kept = {"id": told.get("id"), "style": told.get("href", "")[:LONGEST] if tag == "link" else None}
        if tag == "script":
            kept = {"script": told.get("src", "")[:LONGEST], "script-id": told.get("id"), "inline": body.strip()}
        for kind, value in kept.items():
            seen[kind] += [value] if value else []
        seen["class"] += told.get("class", "").split()
        seen["inline"] += [value for name, value in told.items() if name.startswith("on") or value.startswith("javascript:")]
    seen["attribute"] = sorted(names)
    return seen


def _tags(rendered: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Name, attributes and, of scripts, the text of every start tag outside of comments; linear in the length, whatever stands there."""
    at, end = rendered.find("<"), len(rendered)
    lower = rendered.lower()
    while 0 <= at < end:
        if rendered.startswith("<!--", at):
            at = rendered.find("-->", at)
        elif found := TAG.match(rendered, at):
            tag, at, body = found[1].lower(), found.end(), ""
            if tag == "script":
                close = lower.find("</script", at)
                body, at = rendered[at : close if close >= 0 else end], close if close >= 0 else end
            yield tag, _attributes(found[2]), body
        else:
            at += 1
        at = rendered.find("<", at) if at >= 0 else -1


def _attributes(written: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in ATTRIBUTE.findall(written):
        found.setdefault(name.lower(), html.unescape(next(filter(None, values), "")))
    return found
