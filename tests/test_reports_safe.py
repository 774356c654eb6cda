"""Reports are safe whatever pages hold, never too long to open, and usable by everybody on a telephone, a screen and paper."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from histories import city_portal, element, history, hostile_history, issue, picture, rendered

import reports
from auditor.model import Coverage, State
from reports import pages, text
from reports import site as site_report

# ---------------------------------------------------------------------------------------------- hostile text

NO_SITES = ("plan-", "about", "data/", "trends")
"""Pages that name no site of which nothing was judged."""


def test_text_from_pages_cannot_become_markup_or_hide_or_turn_anything() -> None:
    for path, content in reports.render(hostile_history()):
        if not path.endswith(".html"):
            continue
        page = BeautifulSoup(content, "lxml")
        assert not page.find_all("script") and not page.find_all(onerror=True)
        assert all(str(image["src"]).startswith("../pictures/") for image in page.find_all("img"))
        shown = content.decode()
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u0000-\u0008]", shown)
        assert "[U+202E]gro.live[U+200B][U+0007]" in page.get_text() or path.startswith(NO_SITES)
        for link in page.find_all("a", href=True):
            outward = str(link["href"]).partition(":")[0] if ":" in str(link["href"]) else ""
            assert outward in {"", "http", "https"}
            assert not outward or set(link["rel"]) == {"noreferrer", "noopener"}


def test_only_real_web_addresses_become_links() -> None:
    assert text.web_address("http://www.jining.gov.cn/a?b=1#c") == "http://www.jining.gov.cn/a?b=1#c"
    for bad in (
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//www.gov.cn/",
        "http://",
        "http://a b/",
        "http://a/\u202e",
        "http://[::1",
        "http://a/" + "x" * 3000,
    ):
        assert text.web_address(bad) is None


def test_hidden_characters_are_written_out_and_chinese_is_left_alone() -> None:
    plain = "济宁市，“无障碍” — 2026\n\t①㎡𠀀"
    assert text.visible(plain) == plain
    assert text.visible("a\u202eb\u0000\ufeff\ue001\ud800") == "a[U+202E]b[U+0000][U+FEFF][U+E001][U+D800]"


def test_long_text_is_cut_and_says_so() -> None:
    assert text.line("  很\n长 " * 100, 10) == "很 长 很 长 很…"
    assert len(text.snippet("x" * 5000)) == text.SNIPPET
    shown = text.address("http://www.gov.cn/" + "a" * 500 + "/last.html")
    assert shown.startswith("http://www.gov.cn/") and shown.endswith("/last.html") and len(shown) <= text.ADDRESS + 1


# ---------------------------------------------------------------------------------------------- long lists


def test_long_lists_are_spread_over_pages_of_bearable_size_and_nothing_is_lost() -> None:
    portal = city_portal()
    issues = tuple(
        issue(n, "color-contrast", f"http://www.shi.gov.cn/p{n % 50}", element(f"#x{n}", "a", "main", "<a>" * 60, id=f"x{n}"))
        for n in range(400)
    )
    ledger = tuple(Coverage(url=f"http://www.shi.gov.cn/{n:05d}", state=State.OVER_BUDGET) for n in range(6000))
    big = replace(history(), sites=(replace(portal, issues=issues, coverage=ledger),))
    written = dict(site_report.render(big))
    assert len(written) > 3 and all(len(content) < 300_000 for content in written.values())
    assert {"sites/shi.html", "sites/shi.others.html", "sites/shi.others.16.html", "sites/shi.addresses.60.html"} <= set(written)
    everything = "".join(content.decode() for content in written.values())
    assert len(re.findall(r'<article class="card"', everything)) == 400
    assert len(set(re.findall(r"http://www.shi.gov.cn/(\d{5})<", everything))) == 6000
    met = {"sites/shi.html"}
    for path, content in written.items():
        page = BeautifulSoup(content, "lxml")
        assert ("（第 2 页，共 " in page.h1.get_text()) == path.endswith(".2.html")  # type: ignore[union-attr]
        for link in page.select("nav a[href*='.html'], .ranges a, .files a[href*='.html']"):
            place, _, anchor = str(link["href"]).partition("#")
            assert place == "../index.html" or f"sites/{place}" in written, path
            met.add(f"sites/{place}")
            assert not anchor or f'id="{anchor}"' in written[f"sites/{place}"].decode()
    assert met >= set(written), "every page is led to by a link"


def test_the_ten_to_fix_first_are_reached_even_when_they_stand_on_a_later_page() -> None:
    items = [pages.paragraph("字" * 400) for _ in range(6)]
    jumps = [pages.Jump(item=place, anchor=f"g{place}", title=f"第{place}组", aside="") for place in range(6)]
    section = pages.Section(id="first", title="先修复", items=items, jumps=jumps)
    document = pages.Document(path="sites/shi", title="报告", lead=pages.NOTHING, sections=(section,))
    written = dict(pages.write(document, largest=3000))
    links = [str(link["href"]) for link in BeautifulSoup(written["sites/shi.html"], "lxml").select("ol.jumps a")]
    assert links == ["#g0", "#g1", "shi.2.html#g2", "shi.2.html#g3", "shi.3.html#g4", "shi.3.html#g5"]


# ---------------------------------------------------------------------------------------------- in a browser

AXE = files("axe_playwright_python").joinpath("axe.min.js")
ASK = """async () => {
    const rules = axe.getRules().filter(rule => !rule.tags.includes('deprecated')).map(rule => rule.ruleId);
    const found = await axe.run(document, {runOnly: {type: 'rule', values: rules}, resultTypes: ['violations']});
    return {asked: rules.length, passed: found.passes.length, 
            broken: found.violations.map(one => [one.id, one.nodes.map(node => node.html)])};
}"""

FOLDED_OUT = """[...document.querySelectorAll('details:not(.elsewhere)')].every(
    one => one.lastElementChild.checkVisibility({contentVisibilityAuto: true}))"""  # elsewhere: told on the page in another way
NOT_CUT = "[...document.querySelectorAll('.scroll')].every(one => one.scrollWidth <= one.clientWidth + 1)"


@pytest.mark.slow
@pytest.mark.browser
def test_every_page_has_no_axe_violation_and_reflows_at_320_px(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    from crawlers.browsers.find import find_browser, launch_flags

    written = {**rendered(), **{f"evil/{path}": content for path, content in reports.render(hostile_history())}}
    for path, content in written.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    digest, content = picture("logo")
    for folder in (tmp_path / "pictures", tmp_path / "evil" / "pictures"):
        folder.mkdir()
        (folder / f"{digest}.webp").write_bytes(content)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
        for width in (1280, 320):
            page = browser.new_page(viewport={"width": width, "height": 900})
            for path in (path for path in written if path.endswith(".html")):
                page.goto((tmp_path / path).as_uri())
                page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)"), path
                page.evaluate(AXE.read_text(encoding="utf-8"))
                answer = page.evaluate(ASK)
                assert answer["asked"] > 90 and answer["passed"] > 15
                assert answer["broken"] == [], (path, width, json.dumps(answer["broken"], ensure_ascii=False))
        browser.close()


@pytest.mark.browser
def test_on_paper_nothing_is_folded_away_or_cut_off(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    from crawlers.browsers.find import find_browser, launch_flags

    for path, content in rendered().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
        page = browser.new_page(viewport={"width": 680, "height": 960})
        for path in ("index.html", "sites/shi.html"):
            page.emulate_media(media="screen")
            page.goto((tmp_path / path).as_uri())
            assert not page.evaluate(FOLDED_OUT), "what is unfolded anyway would prove nothing"
            page.emulate_media(media="print")
            page.reload()
            assert page.evaluate(FOLDED_OUT), path
            assert page.evaluate(NOT_CUT), path
            assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"WenQuanYi Zen Hei"')
        browser.close()
