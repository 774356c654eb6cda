"""The reports in English: every word of ours is English, and what exists in Chinese alone is marked as Chinese."""

from __future__ import annotations

from datetime import date

import pytest
from histories import NOW, ZONE

from auditor.model import Element, State
from reports import pages, words
from reports.language import chinese, counted, marked, told_in


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Site 某市 of 2</p>", '<p>Site <span lang="zh-CN">某市</span> of 2</p>'),
        ("<p>某市，共 3 页。</p>", '<p><span lang="zh-CN">某市，共 3 页。</span></p>'),
        ("<p>the “首页” and “更多”</p>", '<p>the <span lang="zh-CN">“首页”</span> and <span lang="zh-CN">“更多”</span></p>'),
        ('<title>某市</title><a title="某市">x</a>', '<title>某市</title><a title="某市">x</a>'),
        ('<span lang="zh-CN">某市</span>', '<span lang="zh-CN">某市</span>'),
        ("《某法》 Article 2", '<span lang="zh-CN">《某法》</span> Article 2'),
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
