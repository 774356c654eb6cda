"""The reports in English: every word of ours is English, and what exists in Chinese alone is marked as Chinese.

What is ours and what is a name or a quotation cannot be told apart in a page. So the reports are made of histories from which every Chinese
character is taken (`romanised`): one that still stands in a page was written by us.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import test_forecasts as forecasting
from bs4 import BeautifulSoup, Tag
from click.testing import CliRunner
from histories import NOW, PLAN, ZONE, history
from materials import full_store
from romanised import HAN, romanised
from test_index_chart import BRIDGE, upgraded
from test_platform_reports import HANWEB, twins
from test_sample_reports import SAMPLE
from test_sample_reports import site as sampled
from test_tendencies import climbing, site

import reports
from auditor.cli import main
from auditor.language import counted, spoken, told_in
from auditor.model import (
    Attribute,
    Cause,
    CoreIndex,
    Coverage,
    Disk,
    Element,
    Enough,
    History,
    Move,
    Paired,
    Reported,
    Ruling,
    SiteHistory,
    State,
    Stop,
    Verdict,
)
from checks.judge import rules
from reports import index_chart, pages, platforms, sampling, scores, tendencies, words
from reports.marking import chinese, marked


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Site 某市 of 2</p>", '<p>Site <span lang="zh-CN">某市</span> of 2</p>'),
        ("<p>某市，共 3 页。</p>", '<p><span lang="zh-CN">某市，共 3 页。</span></p>'),
        ("<p>the “首页” and “更多”</p>", '<p>the <span lang="zh-CN">“首页”</span> and <span lang="zh-CN">“更多”</span></p>'),
        ('<title>某市</title><a title="某市">x</a>', '<title>某市</title><a title="某市">x</a>'),
        ('<span lang="zh-CN">某市</span>', '<span lang="zh-CN">某市</span>'),
        ("《某法》 Article 2", '<span lang="zh-CN">《某法》</span> Article 2'),
        ('<textarea id="a">某市</textarea>', '<textarea lang="zh-CN" id="a">某市</textarea>'),
        ('<option value="a">某市</option><option>b</option>', '<option lang="zh-CN" value="a">某市</option><option>b</option>'),
        ('<input name="a" value="某市">某', '<input lang="zh-CN" name="a" value="某市"><span lang="zh-CN">某</span>'),
        ('<a lang="zh-CN" hreflang="zh-CN">中文</a>', '<a lang="zh-CN" hreflang="zh-CN">中文</a>'),
        ('<a hreflang="zh-CN">中文</a>', '<a hreflang="zh-CN"><span lang="zh-CN">中文</span></a>'),
    ],
)  # fmt: skip
def test_chinese_words_of_an_english_page_are_marked_and_titles_attributes_and_chinese_pages_are_left_alone(
    html: str, expected: str
) -> None:
    assert marked(html) == html
    with told_in("en"):
        assert marked(html) == expected


def test_text_becomes_html_with_its_chinese_marked() -> None:
    assert chinese("<某市>") == "&lt;某市&gt;"
    with told_in("en"):
        assert chinese("<某市>") == '&lt;<span lang="zh-CN">某市</span>&gt;'


def test_counts_dates_and_lengths_of_time_are_told_in_english() -> None:
    assert [counted(1, "page"), counted(1200, "page"), counted(0, "country", "countries")] == ["1 page", "1,200 pages", "0 countries"]
    with told_in("en"):
        assert words.day(date(2026, 11, 3), ZONE) == "3 November 2026"
        assert words.span(NOW, NOW, ZONE).count("November") == 1 and " to " in words.span(NOW, NOW, ZONE)
        assert [words.duration(59), words.duration(60), words.duration(4320), words.duration(7200)] == [
            "59 seconds", "1 minute", "1 hour 12 minutes", "2 hours",
        ]  # fmt: skip
        assert words.share(3, 13) == "3/13 (23.1%)"


def test_words_of_the_model_and_parts_of_pages_are_told_in_english() -> None:
    with told_in("en"):
        assert (
            words.component(Element(selector="", tag="img", landmark="banner", attributes={"id": "logo"}))
            == "picture #logo in the page header"
        )
        assert words.component(Element(selector="", tag="html", landmark="banner")) == "whole page"
        assert words.advice(State.TOO_LARGE)[1] == ""
        assert words.advice(State.TIMEOUT) == ("It did not open in the time allowed", "Please check how fast the website answers")


def test_an_english_page_says_so_to_the_browser() -> None:
    with told_in("en"):
        one = pages.Document(path="a", title="某市", lead=pages.NOTHING, sections=())
        ((_, page),) = pages.write(one)
    assert b'<html lang="en">' in page and '<h1><span lang="zh-CN">某市</span></h1>'.encode() in page


# ---------------------------------------------------------------------------------------------- no word of ours is left in Chinese


def english(history: History) -> History:
    """The same history without a Chinese character, by rules that have their English words."""
    return romanised(replace(history, rules={id: rules().get(id, rule) for id, rule in history.rules.items()}))


def left(html: str) -> list[str]:
    """Pieces of a page that hold Chinese characters, with what stands around them."""
    return [html[max(0, found.start() - 40) : found.end() + 40] for found in HAN.finditer(html)]


def written(render: Callable[[History], Iterator[tuple[str, bytes]]], history: History) -> dict[str, str]:
    """The pages that a report makes in English, none of which holds a Chinese character."""
    with told_in("en"):
        made = {path: content.decode() for path, content in render(english(history)) if path.endswith(".html")}
    assert made and {path: left(html) for path, html in made.items() if HAN.search(html)} == {}
    return made


def said(sentences: str) -> str:
    """What is told in English, which holds no Chinese character."""
    assert left(sentences) == []
    return sentences


def troubled() -> History:
    """Much that needs attention: no room, a round that does not end, stops, a decision that runs out, an engine that did not answer."""
    known = history()
    portal = next(one for one in known.sites if one.decisions)
    ending = replace(portal.decisions[0], verdict=Verdict.ACCEPTED, until=NOW.date() + timedelta(days=9), made=NOW)
    silent = tuple(Coverage(url=f"http://www.shi.gov.cn/{n}", state=State.AUDITED, engines=("axe", "layout")) for n in range(3))
    rounds = (replace(known.rounds[0], finished=None, trigger="manual"), *known.rounds[1:])
    sites = (replace(portal, decisions=(ending,), coverage=silent), *(one for one in known.sites if one is not portal))
    stops = (Stop(host="*", by="王工", why="等保检查", since=NOW), Stop(host="www.shi.gov.cn"))
    return replace(known, sites=sites, rounds=rounds, stops=stops, disk=Disk(database=5, blobs=7, free=2**30))


def reported() -> History:
    """A plan that is still open, with what people report and what the federation has ruled."""
    ruling = Ruling(by="市残联", date=date(2026, 3, 1), document="济残字〔2026〕9号")
    goals = tuple(replace(one, attribute=Attribute.BINDING, ruling=ruling) for one in PLAN.goals)
    facts = {"by": "某局", "date": date(2026, 7, 1), "evidence": "某函"}
    told = (
        Reported(about="press", period=(date(2026, 1, 1), date(2026, 6, 30)), value=3, unit="场", said="已办", **facts),  # type: ignore[arg-type]
        Reported(about="IA-1", region="370826", period=(date(2024, 1, 1), date(2024, 6, 30)), value=50, **facts),  # type: ignore[arg-type]
    )
    return replace(history(), plans=(replace(PLAN, period=(date(2026, 1, 1), date(2030, 12, 31)), goals=goals, reported=told),))


def in_twins() -> History:
    return replace(history(), sites=twins(), platforms={"hanweb": HANWEB})


def trending() -> History:
    fall = [100 - value for value in climbing(150)]
    return replace(history(), sites=(site("a", climbing(150)), site("b", fall), site("c", [70.0] * 150), site("d", [70.0])))


def rising() -> History:
    return forecasting.city(9, lambda quarter: quarter, ruleset=lambda quarter: "new" if quarter > 1 else "old")


CITIES = [history, troubled, reported, in_twins, trending, rising, lambda: forecasting.city(2, lambda quarter: 1)]


@pytest.mark.parametrize("made", CITIES)
def test_pages_about_all_sites_are_wholly_english(made: Callable[[], History]) -> None:
    assert "index.html" in written(reports.of_all_sites, made())


def test_an_empty_service_is_told_in_english() -> None:
    bare = replace(history(), sites=(), rounds=(), plans=(), reach=())
    shown = written(reports.of_all_sites, bare)
    assert "No audit has been made yet." in shown["index.html"] and "No site is monitored yet." in shown["index.html"]


def test_english_pages_say_what_the_chinese_ones_say() -> None:
    shown = {path: BeautifulSoup(html, "lxml").get_text(" ", strip=True) for path, html in written(reports.of_all_sites, history()).items()}
    assert "Latest night: 23 November 2026, 02:00 to 03:12." in shown["index.html"]
    assert "2 sites rated, 2 not rated." in shown["index.html"]
    assert "71.3 (68.4 to 74.1)" in shown["index.html"]
    assert "It is not the state’s assessment" in shown["index.html"]
    assert "New in 6 places, back again in" in shown["night.html"]
    assert "to be reported (the owners of the sites)" in shown["indicators.html"]


# ---------------------------------------------------------------------------------------------- what pages of sites tell of the index


def moves() -> Iterator[Move]:
    """Every way in which an index can have moved."""
    parts = {Cause.REPAIRED: 2.5, Cause.NEW: -0.25, Cause.CONTENT: 0.0, Cause.COVERAGE: 0.0, Cause.RULES: -0.01}
    move = Move(since="night-1", until="night-0", before=70, after=72.24, parts=parts, pages=11)
    sure = Paired(pages=11, covered=0.9, change=2.0, low=1.0, high=3.0, turned={"1.1.1": (4, 1)})
    for paired in (None, sure, replace(sure, change=-2.0, low=-3.0, high=-1.0), replace(sure, low=-1.0), Paired(pages=3, covered=1)):
        yield from (replace(move, paired=paired, bridged=bridged) for bridged in (None, True, False))
    yield replace(move, paired=Paired(pages=11, covered=1, change=0, low=0, high=0))
    yield replace(move, since="long ago", after=70, parts=dict.fromkeys(Cause, 0.0))


@pytest.mark.parametrize("move", list(moves()))
def test_why_an_index_moved_is_told_in_english(move: Move) -> None:
    known = english(history())
    portal = next(one for one in known.sites if one.runs and one.runs[0].score)
    with told_in("en"):
        section = scores.of_site(known, replace(portal, runs=(replace(portal.runs[0], move=move), *portal.runs[1:])))
    assert section is not None
    said("".join(map(str, (section.title, section.intro, section.opening, *section.items))))


@pytest.mark.parametrize(
    "changes",
    [{"enough": one} for one in Enough]
    + [{"read": 100, "met": 900}, {"unread": 12}, {"unknown": 23.0}, {"unknown": 0.0, "late": 0}, {"late": 0, "left_out": 0}],
)
def test_a_sample_is_told_in_english(changes: dict[str, object]) -> None:
    one = romanised(sampled())
    sample = replace(SAMPLE, **changes)  # type: ignore[arg-type]
    last = one.runs[0]
    assert last.score is not None
    one = replace(one, runs=(replace(last, sample=sample, score=replace(last.score, sample=sample)),))
    with told_in("en"):
        for section in (scores.of_site(english(history()), one), sampling.of_site(one)):
            assert section is not None
            said("".join(map(str, (section.title, section.intro, section.opening, *section.items))))


CORE = CoreIndex(rules=("a", "b"), values={f"night-{back}": 91.0 - back / 10 for back in range(15, -1, -1)})


@pytest.mark.parametrize("one", [upgraded(BRIDGE), upgraded(), replace(upgraded(BRIDGE), core=CORE), site("b", [70.0, 71.0])])
def test_the_drawing_of_the_index_and_its_trend_are_told_in_english(one: SiteHistory) -> None:
    with told_in("en"):
        said(str(index_chart.of_site(english(history()), romanised(one))))
        assert "The first assessment is after 31 December 2026." in said(tendencies.of_site(english(history()), romanised(one)))
        longer = romanised(site("b", [70.0 + n % 2 for n in range(120)]))
        assert "as of 30 September 2026" in said(tendencies.of_site(english(history()), longer))


def test_the_platform_and_the_codes_of_a_site_are_told_in_english() -> None:
    known = english(in_twins())
    with told_in("en"):
        shown = dict(platforms.facts(known, known.sites[0]))
    said("".join((*shown, *shown.values())))
    assert "Platform" in shown and "Site code" in shown


# ---------------------------------------------------------------------------------------------- from the command to the files


def test_the_command_writes_english_pages_with_their_chinese_marked(tmp_path: Path) -> None:
    full_store(tmp_path / "auditor.db", 20, pages=4)
    watched = (
        "version: 1\ntimezone: Asia/Shanghai\nnetwork: {user_agent: x (+https://example.gov.cn/)}\n"
        'regions: [{id: "370800", name: 济宁市}]\nsites:\n'
        '  - {id: big, name: 大网站, url: "http://www.big.gov.cn/", category: portal, region: "370800", owner: 市政府办公室}\n'
    )
    (tmp_path / "targets.yml").write_text(watched, encoding="utf-8")
    words_ = ["report", "-t", str(tmp_path / "targets.yml"), "--db", str(tmp_path / "auditor.db"), "--out", str(tmp_path / "site")]
    result = CliRunner().invoke(main, [*words_, "--no-pdf", "--lang", "en"])
    assert result.exit_code == 0, result.output
    for name in ("index.html", "night.html", "indicators.html", "sites/big.html"):
        page = BeautifulSoup((tmp_path / "site" / name).read_bytes(), "lxml")
        assert page.html is not None and page.html["lang"] == "en"
        bare = [
            text
            for text in page.find_all(string=re.compile("[\u4e00-\u9fff]"))
            if text.parent and text.parent.name != "title" and not _in_chinese(text.parent)
        ]
        assert bare == [], name
    assert "大网站" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert spoken() == "zh"


def _in_chinese(tag: Tag) -> bool:
    return any(one.get("lang") == "zh-CN" for one in (tag, *tag.parents))
