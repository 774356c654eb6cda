"""The draft of an accessibility statement claims nothing, says what fails and for whom, and is itself accessible."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from histories import city_portal, clean, withheld
from materials import exported, hostile, material, subject

from auditor.model import SiteHistory
from reports.material import Material


def page(site: SiteHistory, language: str = "zh") -> BeautifulSoup:
    return BeautifulSoup(exported("statement", material(subject(site), language=language)), "lxml")


def test_it_says_what_fails_and_for_whom_and_what_the_owner_must_fill_in() -> None:
    found = page(city_portal())
    text = " ".join(found.get_text().split())
    assert found.html is not None and found.html["lang"] == "zh-CN" and found.title is not None
    assert found.title.get_text() == "某市人民政府无障碍声明（草案）" == found.h1.get_text()  # type: ignore[union-attr]
    for said in ("这是草案，还不是声明", "1.1.1 非文本内容 (A)", "只能听到“图片”二字", "40 页上有 40 处", "不宜写“完全符合”",
                 "第三十二条", "第六十二条", "12345", "1 处需要由人判断", "内容不在任何区域里 (暂不整改，到2026年12月31日为止)",
                 "编制日期：2026年11月23日", "不晚于 2027年11月23日"):  # fmt: skip
        assert said in text, said
    assert "飘窗将于年底" not in text and "李工" not in text
    blanks = [mark.get_text() for mark in found.find_all("mark")]
    assert len(blanks) > 12 and all(blank.startswith("【请填写") for blank in blanks)


@pytest.mark.parametrize("site", [city_portal, clean, withheld])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_never_claims_to_conform(site: object, language: str) -> None:
    text = " ".join(page(site(), language).get_text().split())  # type: ignore[operator]
    for claim in ("本网站符合", "网站已符合", "达到了标准", "完全符合标准", "is fully compliant", "is accessible", "conforms to"):
        assert claim not in text
    assert ("只能由人评价后写明" if language == "zh" else "can only be said after people have evaluated it") in text
    assert ("不是符合性声明" if language == "zh" else "no statement of conformity") in text


def test_a_clean_site_and_one_that_could_not_be_judged_are_told_apart() -> None:
    assert "这不表示符合标准" in page(clean()).get_text()
    told = page(withheld()).get_text()
    assert "不足以说明情况" in told and "未能评价" in told and "没有查到能够确定的问题" not in told


def test_hostile_text_stays_text() -> None:
    for language in ("zh", "en"):
        found = BeautifulSoup(exported("statement", hostile(language)), "lxml")
        assert not found.find_all(["script", "img"]) and not found.find_all("a") and not found.find_all(onerror=True)


@pytest.mark.browser
def test_the_statement_itself_has_no_axe_violation_and_reflows(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    from crawlers.browsers.find import find_browser, launch_flags

    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    written: dict[str, Material] = {
        f"{name}-{language}.html": (hostile(language) if name == "evil" else material(subject(city_portal()), language=language))
        for name in ("portal", "evil") for language in ("zh", "en")
    }  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=launch_flags())
        for name, of in written.items():
            (tmp_path / name).write_bytes(exported("statement", of))
            for width in (320, 1280):
                opened = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)
                opened.goto((tmp_path / name).as_uri())
                assert opened.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
                opened.evaluate(axe)
                found = opened.evaluate("axe.run().then(found => ({broken: found.violations.map(one => [one.id, one.nodes[0].html]), "
                                        "passed: found.passes.length}))")  # fmt: skip
                assert found["broken"] == [] and found["passed"] > 10, (name, width, json.dumps(found["broken"], ensure_ascii=False))
                opened.close()
        browser.close()


def test_an_owner_that_is_not_known_is_to_be_filled_in() -> None:
    site = city_portal()
    nobody = replace(site, target=replace(site.target, site=replace(site.target.site, owner="")))
    assert "【请填写：主办单位】" in page(nobody).get_text()
