"""Makes text that came from somebody's page safe to show: nothing hidden, nothing endless, and only web addresses become links."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from reports.masking import has_mask

LINE = 200
SNIPPET = 600
ADDRESS = 160
LONGEST_LINK = 2000

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset("\n\t")


def visible(text: str) -> str:
    """The text with every control, direction, zero-width, private-use or broken character written out, such as [U+202E].

    Whoever reads a report sees what the page really holds; nothing in it can turn the text around or hide a part of it.
    """
    if text.isprintable():
        return text
    return "".join(character if _harmless(character) else f"[U+{ord(character):04X}]" for character in text)


def line(text: str, limit: int = LINE) -> str:
    """The text on one line of at most `limit` characters, the rest replaced by an ellipsis."""
    return _cut(" ".join(text.split()), limit)


def quoted(text: str, limit: int = LINE) -> str:
    """Words of a site on one line of a terminal or a log: nothing in them can steer it, and nobody takes them for ours."""
    return f"“{line(visible(line(text, 4 * limit)), limit)}”"


def plain(text: str, limit: int = LINE) -> str:
    """A sentence of ours, in which words of a site may stand, on one line of a terminal or a log."""
    return line(visible(" ".join(text.split())), limit)


def escaped(json_text: str) -> str:
    """JSON with every control, direction, zero-width or broken character inside of strings written as `\\uXXXX`: the same data."""
    if json_text.isprintable():
        return json_text
    return "".join(character if _harmless(character) else _escape(character) for character in json_text)


def snippet(text: str, limit: int = SNIPPET) -> str:
    """Source code of at most `limit` characters with its line breaks kept and runs of blank lines and spaces drawn together."""
    tidy = re.sub(r"[^\S\n]{2,}", " ", text.replace("\r\n", "\n").strip())
    return _cut(re.sub(r"\n\s*\n+", "\n", tidy), limit)


def address(url: str, limit: int = ADDRESS) -> str:
    """An address to read: whole if short, else its beginning and its end, since pages often differ only there."""
    if len(url) <= limit:
        return url
    return f"{url[: limit * 2 // 3]}…{url[-(limit // 3) :]}"


def web_address(url: str) -> str | None:
    """The address if it may become a link: http or https with a host, of bearable length, without blanks, hidden characters or masks."""
    if len(url) > LONGEST_LINK or not url.isprintable() or " " in url or has_mask(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def _harmless(character: str) -> bool:
    return character in _KEPT or unicodedata.category(character) not in _HIDDEN


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
