"""Lets our own audit look at pages of the console, as a gate: no failure, and nothing left to a person but what is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from conftest import Web, serving
from consoles import Browser

from auditor.model import Outcome, Profile, State
from auditor.pages import audit_pages

UNDECIDED = {"color-contrast", "image-shows-text", "image-text-in-alt", "link-text-address"}
"""What is left to a person, as in test_console_browser."""

WIDE = (1280, 800)
STYLE = {path: path for path in ("/style.css", "/console.css")}


def told_in_english(browser: Browser, paths: Iterable[str]) -> None:
    """Ask for pages in English; AssertionError where one breaks, or something that is ours alone still speaks Chinese."""
    for path in paths:
        browser.get(f"{path}?lang=en")
        page = browser.page(path)
        browser.get(f"{path}?lang=zh")
        ours = page.select("main h2, main dt, main thead th, main button, main legend, main .hint")
        assert [one.get_text() for one in ours if re.search("[一-鿿]", one.get_text())] == [], path


def look_at(
    browser: Browser, pages: Mapping[str, str], viewport: tuple[int, int], settled: Collection[str] = (), *,
    beside: Mapping[str, str] = STYLE,
) -> None:  # fmt: skip
    """Audit some pages (address -> HTML, as the console answered) at a viewport in CSS px; AssertionError where one fails.

    They are tried in full in the wide window, where the experiments set the narrow ones themselves, and looked at in others.

    `settled`: rules whose doubts on these pages were looked at, and are none. `beside`: what else the pages ask for -> where the console
    has the answer.
    """
    book = Web()
    for path, text in pages.items():
        book[path] = text
    for path, where in beside.items():
        answer = browser.get(where)
        book[path] = (answer.status_code, {"Content-Type": answer.headers["content-type"]}, answer.content)
    with serving(book) as web:
        addresses = [web.url(path) for path in pages]
        profile = Profile.FULL if viewport == WIDE else Profile.STATIC
        run = audit_pages(
            addresses, level=None, profile=profile, allow=("localhost",), browser="playwright", tell=lambda _: None, viewport=viewport
        )
    told = {(finding.outcome, finding.rule, finding.page, finding.element.selector, finding.message) for finding in run.findings}
    wrong = [one for one in told if one[0] is Outcome.FAILED or one[1] not in UNDECIDED | set(settled)]
    states = {entry.url: entry.state for entry in run.coverage if entry.state is not State.AUDITED}
    assert not states and not wrong, (states, wrong)
    assert len({tally.rule for tally in run.tallies if tally.passed}) > 25, "the audit really looked"
