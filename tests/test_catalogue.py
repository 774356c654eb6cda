"""The catalogue of axe's rules is complete, agrees with the axe build that is installed, and speaks proper Chinese."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from auditor.model import Level
from checks.axe.catalogue import AXE_RULES, rule_of, rules
from checks.axe.source import axe_source
from checks.criteria import criteria, in_order

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
ENTRIES: dict[str, dict[str, Any]] = tomllib.loads(files("checks.axe").joinpath("catalogue.toml").read_text(encoding="utf-8"))
CHINESE_KEYS = ("title", "who", "repair", "verify")
ENGLISH_KEYS = ("title_en", "who_en", "repair_en")
KEYS = {"axe", "criteria", "impact", "before", "after", *CHINESE_KEYS, *ENGLISH_KEYS}
MORE = {"deprecated", "undecided", "shown", "more_bad", "more_good"}

HAN = "[\u3400-\u9fff]"
HALF_WIDTH = re.compile(rf"(?<={HAN})[,.;:?!()](?={HAN}|$)|(?<={HAN})[,;?!]|\.\.\.")
SPACING = re.compile(rf"{HAN}[A-Za-z<]|[A-Za-z>]{HAN}")

@contextmanager
def page_with_axe() -> Iterator[Page]:
    executable = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            page = browser.new_page()
            page.evaluate(axe_source())
            yield page
        finally:
            browser.close()


# ------------------------------------------------------------------------------------------ against the installed axe


@pytest.fixture(scope="module")
def build() -> dict[str, dict[str, Any]]:
    """The facts of the installed axe, by its rule ids."""
    with page_with_axe() as page:
        found = page.evaluate("axe._audit.rules.map(({id, impact, tags}) => ({id, impact, tags}))")
        assert {rule["id"] for rule in found} >= {rule["ruleId"] for rule in page.evaluate("axe.getRules()")}
    return {rule["id"]: rule for rule in found}


@pytest.mark.browser
def test_catalogue_names_every_rule_of_the_installed_axe_and_no_other(build: dict[str, dict[str, Any]]) -> None:
    named = [entry["axe"] for entry in ENTRIES.values()]
    assert len(build) > 90
    assert sorted(named) == sorted(build)


@pytest.mark.browser
def test_criteria_impact_and_retirement_are_those_of_the_installed_axe(build: dict[str, dict[str, Any]]) -> None:
    for id, entry in ENTRIES.items():
        rule = build[entry["axe"]]
        assert entry["criteria"] == live_criteria(rule["tags"]), id
        assert entry["impact"] == rule["impact"], id
        assert entry.get("deprecated", False) == ("deprecated" in rule["tags"]), id


@pytest.mark.browser
def test_the_engine_is_asked_for_all_rules_that_are_not_deprecated(build: dict[str, dict[str, Any]]) -> None:
    assert sorted(AXE_RULES) == sorted(id for id, rule in build.items() if "deprecated" not in rule["tags"])


@pytest.mark.browser
def test_every_example_shows_its_barrier_before_and_is_clean_after() -> None:
    wrong = []
    with page_with_axe() as page:
        for id, entry in ENTRIES.items():
            if not entry.get("shown", True) or entry.get("deprecated"):
                continue
            for example in (entry["before"], *entry.get("more_bad", ())):
                failed, undecided = found(page, entry["axe"], example)
                if bool(failed) is entry.get("undecided", False) or not failed + undecided:
                    wrong.append(f"{id}: {failed} failed and {undecided} undecided in {example}")
            for example in (entry["after"], *entry.get("more_good", ())):
                if any(found(page, entry["axe"], example)):
                    wrong.append(f"{id}: still found in {example}")
    assert wrong == []


def live_criteria(tags: list[str]) -> list[str]:
    """Criterion numbers out of tags such as wcag1410; those that WCAG 2.2 removed are left out."""
    numbers = (".".join(match.groups()) for tag in tags if (match := re.fullmatch(r"wcag(\d)(\d)(\d+)", tag)))
    return sorted((number for number in numbers if number in criteria()), key=in_order)


def found(page: Page, axe_id: str, snippet: str) -> tuple[int, int]:
    """How many places axe's rule finds failed, and how many undecided, in the snippet."""
    page.set_content(document(snippet.strip()))
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(axe_source())
    failed, undecided = page.evaluate(
        """async id => {
            const {violations, incomplete} = await axe.run(document, {runOnly: {type: 'rule', values: [id]}, iframes: false});
            return [violations, incomplete].map(results => results.flatMap(result => result.nodes).length);
        }""",
        axe_id,
    )
    return failed, undecided


def document(snippet: str) -> str:
    """The snippet as a whole page that is otherwise in order."""
    html, head, body = '<html lang="zh-CN">', "<head><title>例</title></head>", "<body><p>正文</p></body>"
    if snippet.startswith("<html"):
        html = snippet
    elif snippet.startswith("<head"):
        head = snippet
    elif snippet.startswith("<body"):
        body = snippet
    elif snippet.startswith("<meta"):
        head = f"<head><title>例</title>{snippet}</head>"
    elif snippet.startswith("<tr"):
        body = f"<body><table>{snippet}</table></body>"
    elif "<" in snippet:
        body = f"<body>{snippet}</body>"
    else:
        head = f"<head><title>例</title><style>{snippet}</style></head>"
        links = '<a href="/1">1</a><a href="/2">2</a>'
        body = f'<body><p class="zhengwen riqi">具体条件和标准按照<a href="/wj">有关文件</a>执行</p><div class="fenye">{links}</div></body>'
    return f"<!doctype html>{html}{head}{body}</html>"


# ------------------------------------------------------------------------------------------ the words themselves


def test_every_entry_has_all_its_words() -> None:
    for id, entry in ENTRIES.items():
        assert set(entry) - MORE == KEYS, id
        assert all(text.strip() for text in texts(entry, KEYS - {"criteria"})), id
        assert 1 <= len(entry["repair"]) <= 4, id
        assert len(entry["repair"]) == len(entry["repair_en"]), id
        assert entry["before"].strip() != entry["after"].strip(), id


def test_titles_are_short_and_sentences_are_whole() -> None:
    for id, entry in ENTRIES.items():
        assert len(entry["title"]) <= 22 and not entry["title"].endswith("。"), id
        assert len(entry["title_en"]) <= 60 and not entry["title_en"].endswith("."), id
        assert all(text.endswith("。") and text.count("。") == 1 for text in (entry["who"], entry["verify"])), id
        assert all(step.endswith("。") for step in entry["repair"]), id
        assert all(text.endswith(".") for text in (entry["who_en"], *entry["repair_en"])), id


def test_chinese_is_written_with_chinese_punctuation() -> None:
    for entry in ENTRIES.values():
        for text in texts(entry, CHINESE_KEYS):
            assert re.search(HAN, text), text
            assert not HALF_WIDTH.search(text), text
            assert not SPACING.search(text), f"a space is missing between Chinese and Latin letters: {text}"
            assert "！" not in text, text
            assert text.count("“") == text.count("”") and text.count("（") == text.count("）"), text


def test_english_is_written_in_english() -> None:
    for entry in ENTRIES.values():
        for text in texts(entry, ENGLISH_KEYS):
            assert re.search("[A-Za-z]", text), text
            assert not re.search(rf"{HAN}|[，。、；：]", text), text


def test_titles_tell_the_rules_apart() -> None:
    for key in ("title", "title_en"):
        titles = [entry[key] for entry in ENTRIES.values()]
        assert sorted({title for title in titles if titles.count(title) > 1}) == []


def texts(entry: dict[str, Any], keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        yield from entry[key] if isinstance(entry[key], list) else [entry[key]]


# ------------------------------------------------------------------------------------------ rules and criteria as data


def test_every_criterion_of_a_rule_is_known() -> None:
    assert {number for rule in rules().values() for number in rule.criteria} <= set(criteria())


def test_a_rule_has_the_lowest_level_among_its_criteria() -> None:
    assert rules()["image-alt"].level is Level.A
    assert rules()["scrollable-region-focusable"].criteria == ("2.1.1", "2.1.3")
    assert rules()["scrollable-region-focusable"].level is Level.A
    assert rules()["color-contrast"].level is Level.AA
    assert rules()["color-contrast-enhanced"].level is Level.AAA
    assert rules()["region"].level is None
    assert all((rule.level is None) == (rule.criteria == ()) for rule in rules().values())


def test_rules_are_ordered_by_criterion_with_best_practice_last() -> None:
    firsts = [in_order(rule.criteria[0]) if rule.criteria else (9,) for rule in rules().values()]
    assert firsts == sorted(firsts)


def test_ids_of_axe_are_turned_into_ours() -> None:
    assert rule_of("image-alt") == "image-alt"
    assert rule_of("frame-tested") == "frame-unexamined"
    assert rule_of("a-rule-of-tomorrow") == "a-rule-of-tomorrow"
    assert {rule_of(axe_id) for axe_id in AXE_RULES} <= set(rules())
    assert not any("axe" in re.split("[-:]", id) for id in rules())


def test_criteria_are_the_live_ones_of_wcag_2_2_in_the_order_of_their_numbers() -> None:
    numbers = list(criteria())
    assert len(numbers) == 86
    assert "4.1.1" not in criteria()
    assert numbers == sorted(numbers, key=in_order)
    assert numbers.index("1.4.9") + 1 == numbers.index("1.4.10")
    counts = {level: sum(one.level is level for one in criteria().values()) for level in Level}
    assert counts == {Level.A: 31, Level.AA: 24, Level.AAA: 31}


def test_criteria_carry_the_authorised_chinese_name_or_say_that_it_is_ours() -> None:
    known = criteria()
    assert (known["1.1.1"].name_zh, known["1.1.1"].name_en, known["1.1.1"].official) == ("非文本内容", "Non-text Content", True)
    assert known["4.1.2"].name_zh == "名称，角色，值"
    assert known["1.4.10"].gloss == "重排"
    unofficial = {number for number, one in known.items() if not one.official}
    assert unofficial == {number for number, one in known.items() if one.since == "2.2"} | {"2.5.5"}
