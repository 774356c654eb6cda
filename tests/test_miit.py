"""Rows of the ministry's specifications are judged by facts alone, and say what they cannot know."""

from __future__ import annotations

from typing import Any

import pytest

from checks.miit import RowState, families, has_toolbar, requirements, rows

ELDER = {"words": "长者版", "url": "http://a.test/zz/", "tab": True}
HERE = {"words": "无障碍", "url": "", "tab": True}


def page(variant: str = "desktop", url: str = "http://a.test/", **more: Any) -> dict[str, Any]:
    quiet = {"toolbars": [], "blockable": [], "elder": [], "aid": [], "nameless": 0, "floats": [], "pictures": 0, "frames": 0}
    return {"url": url, "variant": variant, **quiet, "text": {"chars": 500, "large": 0.1, "median": 14.0}, **more}


def large(variant: str, **more: Any) -> dict[str, Any]:
    return page(variant, text={"chars": 400, "large": 1.0, "median": 24.0}, **more)


def used(**more: Any) -> dict[str, Any]:
    told = {"kind": "aid", "words": "无障碍", "reached": True, "opens": "Enter", "names": ["放大", "语音阅读"], "sounds": False}
    return {**told, "stops": False, "trapped": False, "closes": "key", "enlarge": None, "hides": "", "key": "", **more}


def said(*pages: dict[str, Any], **more: Any) -> dict[str, tuple[RowState, str]]:
    told: dict[str, Any] = {"start": "http://a.test/", "pages": list(pages), "rules": {}, "keyboard": [0, 0], "used": 1}
    variants = ["desktop", "mobile", "elder"]
    return {row.requirement.id: (row.state, row.why) for row in rows({**told, "variants": variants, **more})}


def test_nothing_is_said_of_a_site_that_was_not_seen() -> None:
    assert rows({}) == ()
    assert not has_toolbar({}) and families({}) == ()


def test_every_row_has_a_word_and_a_sentence_whatever_was_seen() -> None:
    told = said(page())
    assert list(told) == [one.id for one in requirements()]
    assert all(why for _, why in told.values())
    assert all(one.document in ("附件1", "附件2") and one.confidence in ("V", "V2", "U") for one in requirements())


def floating(**more: Any) -> dict[str, Any]:
    return {"words": "专题", "closes": True, "named": False, "tab": True, "width": 48.0, "height": 48.0, "place": "右上", **more}


@pytest.mark.parametrize(
    ("row", "state", "pages", "more"),
    [
        ("elder-entrance", RowState.FAIL, [page()], {}),
        ("elder-entrance", RowState.PERSON, [page(nameless=2)], {}),
        ("elder-entrance", RowState.FAIL, [page(elder=[{**ELDER, "tab": False}])], {}),
        ("elder-entrance", RowState.PERSON, [page(elder=[ELDER])], {}),  # looked for and not reached
        ("elder-entrance", RowState.PASS, [page(elder=[ELDER]), large("elder")], {}),
        ("mobile-text", RowState.FAIL, [page(), page("mobile")], {}),
        ("mobile-text", RowState.PERSON, [page(aid=[HERE]), page("mobile")], {}),
        ("mobile-text", RowState.PASS, [page(), large("mobile")], {}),
        ("mobile-text", RowState.PASS, [page(), page("mobile"), large("elder")], {}),
        ("mobile-text", RowState.PERSON, [page()], {}),
        ("elder-text", RowState.ABSENT, [page()], {}),
        ("elder-text", RowState.PERSON, [page(elder=[ELDER])], {}),
        ("elder-text", RowState.FAIL, [page(elder=[ELDER]), page("elder")], {}),
        ("elder-text", RowState.PERSON, [page(elder=[ELDER]), page("elder", text={"chars": 9, "large": 1.0, "median": 24.0})], {}),
        ("elder-text", RowState.PASS, [page(elder=[ELDER]), large("elder")], {}),
        ("enlarge", RowState.PASS, [page(used=used(enlarge={"how": "key", "ratio": 1.5, "largest": 24.0}))], {}),
        ("enlarge", RowState.FAIL, [page(used=used(enlarge={"how": "", "ratio": 1.0, "largest": 16.0}))], {}),
        ("enlarge", RowState.FAIL, [page(used=used(enlarge={"how": "mouse", "ratio": 1.5, "largest": 24.0}))], {}),
        ("enlarge", RowState.PERSON, [page(aid=[HERE])], {}),
        ("enlarge", RowState.FAIL, [page()], {}),
        ("voice", RowState.PASS, [page(used=used())], {}),
        ("contrast", RowState.PERSON, [page(used=used())], {}),
        ("keyboard", RowState.FAIL, [page()], {"keyboard": [2, 0]}),
        ("keyboard", RowState.PERSON, [page()], {"keyboard": [0, 1]}),
        ("keyboard", RowState.PERSON, [page()], {"used": 0}),
        ("keyboard", RowState.PASS, [page()], {}),
        ("no-adverts", RowState.FAIL, [page(elder=[ELDER]), large("elder", floats=[floating(named=True)])], {}),
        ("no-adverts", RowState.PERSON, [page(elder=[ELDER]), large("elder", floats=[floating()])], {}),
        ("no-adverts", RowState.PERSON, [page(elder=[ELDER]), large("elder", pictures=3)], {}),
        ("no-adverts", RowState.PASS, [page(elder=[ELDER]), large("elder")], {}),
        ("no-adverts", RowState.ABSENT, [page()], {}),
        ("float-closes", RowState.ABSENT, [page()], {}),
        ("float-closes", RowState.FAIL, [page(floats=[floating(closes=False, named=True)])], {}),
        ("float-closes", RowState.PERSON, [page(floats=[floating(closes=False)])], {}),
        ("float-closes", RowState.PERSON, [page(floats=[floating()])], {}),
        ("float-button", RowState.PASS, [page(floats=[floating()])], {}),
        ("float-button", RowState.FAIL, [page(floats=[floating(width=20.0)])], {}),
        ("float-button", RowState.FAIL, [page(floats=[floating(place="")])], {}),
        ("captcha", RowState.ABSENT, [page()], {}),
        ("captcha", RowState.FAIL, [page()], {"rules": {"captcha-login": [1, 0, 0]}}),
        ("captcha", RowState.PERSON, [page()], {"rules": {"captcha-picture": [0, 0, 1]}}),
        ("captcha", RowState.PERSON, [page()], {"rules": {"captcha-picture": [0, 1, 0]}}),
    ],
)  # fmt: skip
def test_a_row_follows_from_the_facts(row: str, state: RowState, pages: list[dict[str, Any]], more: dict[str, Any]) -> None:
    assert said(*pages, **more)[row][0] is state


def test_monitoring_never_calls_itself_evaluation_or_mark() -> None:
    told = said(page(elder=[ELDER]), large("elder"), used=0)
    assert not any(word in why for _, why in told.values() for word in ("评测", "标识", "认证", "合格"))
