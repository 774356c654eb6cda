"""A console without a Chinese character in its store, and browsers that read it in English.

What is ours and what people wrote cannot be told apart in a page. So everything in the store is romanised: a Chinese character that still
stands in a page was written by us.
"""

from __future__ import annotations

import re
from pathlib import Path

import consoles
import httpx
import pytest
from bs4 import BeautifulSoup
from consoles import Browser, run
from romanised import HAN, romanised
from test_cases_console import MAILED
from test_console import group

from auditor.accounts import Role
from auditor.service import Service
from checks.judge import rules

LINK = ".languages a[lang='zh-CN']"
"""The link to the Chinese page, which its readers have to know."""

CODE = "pre [lang='zh-CN']"
"""Examples of code, which are meant for Chinese pages."""

VERIFY = {rule.verify for rule in rules().values()}
"""How repairs are checked: sentences that exist in Chinese alone."""


def service(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service of the other tests, without a Chinese character in its store."""
    monkeypatch.setattr(consoles, "PEOPLE", romanised(consoles.PEOPLE))
    monkeypatch.setattr(consoles, "run", lambda site, shown: romanised(run(site, shown)))
    return consoles.service(folder, romanised(MAILED))


def english(made: Service, role: Role, **more: object) -> Browser:
    """The browser of somebody who chose English before signing in."""
    browser = Browser(made, **more)  # type: ignore[arg-type]
    assert browser.get("/login?lang=en").headers["location"] == "/login"
    return browser.sign_in(role)


def scanned(answer: httpx.Response, *theirs: str) -> str:
    """The words of a page that holds no Chinese characters but in elements marked as Chinese that `theirs` select."""
    page = BeautifulSoup(answer.content, "lxml")
    assert page.html is not None and page.html["lang"] == "en", answer.url
    for element in page.select("[lang='zh-CN']"):
        if element.get_text() in VERIFY or element in page.select(", ".join((LINK, CODE, *(f"{one} [lang='zh-CN']" for one in theirs)))):
            element.decompose()
    for element in page.select(", ".join(theirs)) if theirs else ():
        assert not re.search("[\u4e00-\u9fff]", element.get_text()), element
        element.decompose()
    for field in page.select("option, input[type=radio]"):
        del field["value"]  # nobody reads it
    left = str(page)
    assert not HAN.search(left), (str(answer.url), [left[max(0, met.start() - 60) : met.end() + 60] for met in HAN.finditer(left)][:5])
    return page.get_text(" ", strip=True)


def seen(browser: Browser, path: str, *theirs: str) -> str:
    """The words of a page that is there, wholly English."""
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return scanned(answer, *theirs)


def opened(made: Service, browser: Browser, site: str = "one", **more: object) -> str:
    answer = browser.post(f"/sites/{site}/cases", **{"group": [group(made, site)], "days": "30", "why": "x", **more})
    assert answer.status_code == 303, BeautifulSoup(answer.content, "lxml").select_one(".errors")
    return str(answer.headers["location"]).partition("?")[0]


def form_of(made: Service, **changes: str) -> dict[str, str]:
    """The fields of the form of site one, with changes."""
    target = made.target("one")
    assert target is not None
    same = {"name": target.site.name, "url": target.site.url, "category": "portal", "region": "990000", "owner": "x", "enabled": "是"}
    return {**same, "legal_basis": "", "contact": "", "note": "", **changes}


def sent_table(browser: Browser, content: bytes, what: str) -> httpx.Response:
    files = {"table": ("sites.csv", content, "text/csv")}
    return browser.ask("POST", "/list/import", form={"form-token": browser.token, "what": what}, files=files)
