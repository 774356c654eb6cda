"""targets.yml as files: the shipped one, confirmations written into it, and hostile ones."""

from __future__ import annotations

import os
import random
import re
import time
from datetime import date
from pathlib import Path

import pytest
from test_targets import GOOD, ROOT, complaints

from auditor.model import Attribute, Category, Confirmation
from auditor.targets import TargetsError, confirm, load, loads, problems

SHIPPED = ROOT / "targets.yml"

# ---------------------------------------------------------------------------------------------- the shipped file


def test_the_shipped_file_is_good_and_nothing_in_it_is_confirmed() -> None:
    watch = load(SHIPPED)
    assert len(watch.targets) == 30
    assert all(target.confirmed is None for target in watch.targets)
    assert all(target.note for target in watch.targets if not target.enabled)
    assert len([target for target in watch.targets if target.site.category is Category.PORTAL]) == 1 + 11 + 2
    assert watch.network.resolve == {} and not watch.network.allow_private


def test_the_shipped_regions_are_the_city_the_counties_in_code_order_and_the_zones() -> None:
    regions = load(SHIPPED).regions
    counties = [region.id for region in regions[1:12]]
    assert regions[0].id == "370800" and counties == sorted(counties)
    assert [region.id for region in regions[12:]] == ["370871", "370800-tbh", "370800-jkq", "370800-qfwh"]
    assert [region.local for region in regions] == [False] * 13 + [True] * 3
    portals = [target.site.region for target in load(SHIPPED).targets if target.site.category is Category.PORTAL]
    assert portals[1:12] == counties


def test_every_indicator_tells_of_a_promise_and_no_target_or_attribute_is_made_up() -> None:
    goals = [goal for plan in load(SHIPPED).plans for goal in plan.goals]
    assert {indicator for goal in goals for indicator in goal.indicators} == {f"IA-{number}" for number in range(1, 17)}
    assert all(goal.target is None and goal.due is None and goal.attribute is Attribute.NONE and not goal.ruling for goal in goals)
    assert all(plan.midterm is None and not plan.reported for plan in load(SHIPPED).plans)


@pytest.mark.shared
def test_every_quoted_sentence_and_department_stands_in_the_plan() -> None:
    plan = Path(os.environ.get("AUDITOR_SHARED", ROOT.parent / "shared")) / "domain" / "plan-jizhengzi-2021-71.txt"
    if not plan.exists():
        pytest.skip("the plan's text is not here")
    words = re.sub(r"\s", "", plan.read_text())
    for goal in load(SHIPPED).plans[0].goals:
        assert goal.quote in words, goal.id
        if goal.lead and goal.participants:
            sentence = f"（牵头部门：{goal.lead}；参与部门：{'、'.join(goal.participants)}）"
            assert sentence.replace("、市政府有关部门）", "，市政府有关部门）") in words or sentence in words, goal.id


# ---------------------------------------------------------------------------------------------- confirming


def test_confirming_changes_one_line_of_the_shipped_file_and_no_other_byte(tmp_path: Path) -> None:
    before = SHIPPED.read_bytes().splitlines(keepends=True)
    for target in load(SHIPPED).targets:
        path = tmp_path / "targets.yml"
        path.write_bytes(b"".join(before))
        confirm(path, target.site.id, "王某", date(2026, 11, 23))
        after = path.read_bytes().splitlines(keepends=True)
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert changed == [(b"    confirmed: null\n", "    confirmed: {by: 王某, date: 2026-11-23}\n".encode())], target.site.id
        confirmed = {each.site.id: each.confirmed for each in load(path).targets if each.confirmed}
        assert confirmed == {target.site.id: Confirmation(by="王某", date=date(2026, 11, 23))}


OLD = "    confirmed: null\n"
NEW = "    confirmed: {by: 王某, date: 2026-11-23}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OLD, f"{NEW}\n"),
        ("    confirmed: ~   # 等大数据中心核对\n", f"{NEW}   # 等大数据中心核对\n"),
        ("    confirmed:   # 等大数据中心核对\n", f"{NEW}   # 等大数据中心核对\n"),
        ("    confirmed:\n", f"{NEW}\n"),
        ("    confirmed: {by: 李某, date: 2025-01-01}\n", f"{NEW}\n"),
        ("    confirmed:\n      by: 李某\n      date: 2025-01-01  # 上次\n", f"{NEW}  # 上次\n"),
        ("    'confirmed' : null\n", "    'confirmed' : {by: 王某, date: 2026-11-23}\n"),
    ],
)
def test_a_confirmation_replaces_what_stood_there_and_keeps_the_comment(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "t.yml"
    path.write_text(GOOD.replace(OLD, before))
    confirm(path, "a", "王某", date(2026, 11, 23))
    assert path.read_text() == GOOD.replace(OLD, after)


def test_a_site_without_the_key_gets_it_after_its_id(tmp_path: Path) -> None:
    path = tmp_path / "t.yml"
    path.write_text(GOOD.replace("id: b\n", "id: b  # 乙站\n"))
    confirm(path, "b", "王某", date(2026, 11, 23))
    assert path.read_text() == GOOD.replace("id: b\n", f"id: b  # 乙站\n{NEW}\n")


def test_a_site_in_braces_is_confirmed_too(tmp_path: Path) -> None:
    path = tmp_path / "t.yml"
    line = '  - {id: c, name: 丙, url: http://c.cn/, category: other, region: "370800", }  # 丙站\n'
    path.write_text(GOOD + line)
    confirm(path, "c", "王某", date(2026, 11, 23))
    assert path.read_text() == GOOD + line.replace("id: c,", "id: c, confirmed: {by: 王某, date: 2026-11-23},")


def test_windows_line_ends_the_byte_order_mark_the_mode_and_a_link_survive(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yml", tmp_path / "link.yml"
    real.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    link.symlink_to(real)
    confirm(link, "b", "王某", date(2026, 11, 23))
    assert real.read_bytes() == b"\xef\xbb\xbf" + GOOD.replace("id: b\n", f"id: b\n{NEW}\n").replace("\n", "\r\n").encode()
    assert link.is_symlink() and real.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.yml", "real.yml"]


@pytest.mark.parametrize("by", ["王某", "Wang Ming", "阿不都·热合曼", 'a "b": {c}, #d\\', "null", "2026", " 王", "true", "- x", "😀"])
def test_every_name_comes_back_as_it_was_given(tmp_path: Path, by: str) -> None:
    path = tmp_path / "t.yml"
    path.write_text(GOOD)
    confirm(path, "a", by, date(2026, 11, 23))
    confirmed = load(path).targets[0].confirmed
    assert confirmed is not None and confirmed.by == by


@pytest.mark.parametrize(
    ("text", "site", "by", "words"),
    [
        (GOOD.replace("id: a\n", "id: jining\n"), "jinin", "王某", "22:1: 没有编号为 jinin 的站点（是否想写 jining？）"),
        (GOOD, "a", "  ", "确认人要写姓名"),
        (GOOD, "a", "王\n某", "确认人要写姓名"),
        (GOOD, "a", "王\0某", "请手工写上"),
        (GOOD.replace("max_pages: 20", "max_pages: 0"), "a", "王某", "max_pages：不能小于 1"),
        (GOOD.replace(OLD, "    confirmed: &c null\n").replace("id: b\n", "id: b\n    confirmed: *c\n"), "a", "王某", "请手工写上"),
    ],
)
def test_what_cannot_be_confirmed_leaves_the_file_alone(tmp_path: Path, text: str, site: str, by: str, words: str) -> None:
    path = tmp_path / "t.yml"
    path.write_text(text)
    with pytest.raises(TargetsError) as caught:
        confirm(path, site, by, date(2026, 11, 23))
    assert words in str(caught.value) and str(caught.value).startswith(str(path))
    assert path.read_text() == text
    assert [each.name for each in tmp_path.iterdir()] == ["t.yml"]


# ---------------------------------------------------------------------------------------------- hostile files


BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30))
STAIRS = "x0: &x0 [[[[[[[[[[1]]]]]]]]]]\n" + "".join(f"x{i}: &x{i} [*x{i - 1}]\n" for i in range(1, 2000))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "文件里没有内容"),
        ("# 只有注释\n", "文件里没有内容"),
        ("- a\n- b\n", "整个文件应为一组“键: 值”"),
        ("一句话", "整个文件应为一组“键: 值”"),
        (BOMB, "内容太多"),
        (STAIRS, "层"),
        ("a: " + "[" * 100_000, "层"),
        ("a: " + "{b: " * 100_000, "层"),
        ("\n".join(" " * depth + "a:" for depth in range(3000)), "层"),
        ("a: *a", "没有对应的锚点"),
        ("a: &a {b: *a}", "包含它自己"),
        ("a: !!python/object/apply:os.system [x]", "类型标签"),
        ("!!map {}", "类型标签"),
        ("a: \ud800", "控制字符"),
        ("\0", "控制字符"),
        ("%YAML 9.9\n---\na: 1", "YAML"),
        ("version: 0x" + "f" * 9999, "数字太大"),
        ("version: -" + "9" * 9999, "数字太大"),
        ("version: 1e" + "9" * 50, "数字太大"),
        ('"a\\nb\\e[31m": 1', "没有这个设置"),
        ("x" * 5000 + ": 1", "YAML|设置|缺少|冒号|缩进"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_a_hostile_file_gets_a_sentence(text: str, words: str) -> None:
    started = time.monotonic()
    found = complaints(text)
    assert time.monotonic() - started < 20
    assert any(re.search(words, sentence) for _, _, sentence in found), found
    for line, column, sentence in found:
        assert line >= 1 and column >= 1 and len(sentence) < 200 and sentence.isprintable()


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ("version: 1\n# 济宁".encode("gb18030"), "2:3", "不是 UTF-8 编码"),
        (GOOD.encode("utf-16"), "1:1", "不是 UTF-8 编码"),
        (b"", "1:1", "文件里没有内容"),
        (b"\xef\xbb\xbf", "1:1", "文件里没有内容"),
    ],
)
def test_a_file_that_is_no_text_gets_a_sentence(tmp_path: Path, content: bytes, place: str, words: str) -> None:
    path = tmp_path / "t.yml"
    path.write_bytes(content)
    with pytest.raises(TargetsError, match=words) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:{place}: ")


def test_a_file_that_is_not_there_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TargetsError, match="没有找到这个文件"):
        load(tmp_path / "none.yml")
    with pytest.raises(TargetsError, match="文件夹"):
        load(tmp_path)


def test_a_thousand_garbled_files_get_sentences_and_never_a_traceback() -> None:
    dice = random.Random(2026)
    pieces = [*"\t\n :-[]{}\"'#&*!|>%@`,?~019aZ甲：\\\r\x85\u2028\ufeff", "null", "- ", "!!str ", "&a ", "*a", "<<: ", "1e9", "---\n", "? "]
    for _ in range(1000):
        letters = list(GOOD)
        for _ in range(dice.choice([1, 1, 2, 4])):
            at = dice.randrange(len(letters))
            letters[at : at + dice.choice([0, 1, 1, 9])] = [dice.choice(pieces)]
        text = "".join(letters)
        lines = len(re.split("\r\n|[\n\r\x85\u2028]", text))
        for problem in problems(text):
            assert 1 <= problem.line <= lines and problem.column >= 1, (problem, text)
            assert problem.sentence.endswith("。") and problem.sentence.isprintable(), problem


@pytest.mark.slow
def test_a_national_file_of_fourteen_thousand_sites_loads_in_well_under_a_minute() -> None:
    head, _, _ = GOOD.partition("sites:\n")
    keys = ["  - id: s{0}", "name: 第{0}站", "url: http://s{0}.gov.cn/", "category: portal", "region: '370800'", "owner: 某局"]
    site = "\n    ".join(keys) + "\n"
    text = head + "sites:\n" + "".join(site.format(number) for number in range(14_000))
    started = time.monotonic()
    assert len(loads(text).targets) == 14_000
    assert time.monotonic() - started < 180
