"""Finds the addresses that the links and frames of a visited page lead to."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.model import Page

NAME = "links"


def on_page(page: Page) -> Iterable[str]:
    """The links of the page in document order."""
    return page.links
