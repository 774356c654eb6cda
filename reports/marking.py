"""Marks what is Chinese on an English page as such, so that screen readers read it out rightly."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from auditor.language import say

TAG = {"zh": "zh-CN", "en": "en"}
"""Language -> how HTML names it."""


def chinese(words: str) -> Markup:
    """Text as a piece of HTML; in an English page what is Chinese in it is marked as such, so that it is read out rightly."""
    return marked(escape(words))


def marked(html: str) -> Markup:
    """HTML, in which Chinese words of an English page are marked as Chinese; what is marked already, titles and attributes stay.

    Names of sites, quotations and the messages of checks exist in Chinese alone. So that none is forgotten, every page passes here as a
    whole once it is filled in; templates need do nothing for it. Fields and options, which hold no element, are marked as a whole.
    Markup of ours is assumed: no `>` inside of attributes.
    """
    return Markup(say(html, _PIECES.sub(_mark, html)))


_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SIGNS = "\u3000-\u303f\uff00-\uffef"
_PIECES = re.compile(
    r'<(\w+)\b(?=[^>]* lang="zh-CN")[^>]*>[^<]*</\1>|<title>[^<]*</title>'
    rf"|(?P<field><(textarea|option)\b[^>]*>[^<]*[{_HAN}][^<]*)|(?P<entry><input\b[^>]* value=\"[^\"]*[{_HAN}][^>]*>)|<[^>]*>"
    rf"|(?P<han>[《“{_SIGNS}]*[{_HAN}](?:[^<A-Za-z&]*[{_HAN}])*[》”{_SIGNS}]*)"
)
"""What is passed over as it is, fields that can hold no other element, and runs of Chinese text with the digits and signs in them."""


def _mark(found: re.Match[str]) -> str:
    if found["field"] or found["entry"]:
        return re.sub(r"^<\w+", r'\g<0> lang="zh-CN"', found[0])
    return f'<span lang="zh-CN">{found[0]}</span>' if found["han"] else found[0]
