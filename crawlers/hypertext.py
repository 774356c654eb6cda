"""Reads what a server sent as HTML, without a browser."""

from __future__ import annotations

from lxml import etree
from lxml import html as markup
from w3lib.encoding import html_to_unicode

from crawlers.browsers.http import Answer

LIMIT_BYTES, LIMIT_SECONDS = 1_000_000, 15.0
"""How much of a document is read, and how long it is waited for."""


def html_of(answer: Answer) -> str | None:
    """The document of an answer in Unicode; None where it is an error, or no HTML."""
    kind = answer.headers.get("content-type", "")
    if not answer.ok or (kind and "html" not in kind.lower()):
        return None
    return html_to_unicode(kind or None, answer.body)[1]


def root_of(html: str) -> markup.HtmlElement | None:
    """The root of a document, None where nothing stands in it. Half characters (lone surrogates) are replaced."""
    try:
        return markup.document_fromstring(html.encode("utf-8", "replace"), parser=markup.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        return None
