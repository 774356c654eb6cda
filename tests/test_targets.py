"""targets.yml: every mistake at once, at its place and in Chinese; what a good file says; the schema for editors."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic_core import ValidationError, core_schema

from auditor import target_checks, target_notices, target_plans, target_schema, target_tree
from auditor.model import (
    Action,
    Attribute,
    Category,
    Channel,
    Journey,
    Level,
    Profile,
    Reader,
    Scope,
    Security,
    Step,
    Target,
    Variant,
    Watch,
)
from auditor.targets import Problem, TargetsError, loads, problems, schema, weekly

ROOT = Path(__file__).resolve().parents[1]
GOOD = """\
version: 1
plan:
  - id: p1
    name: 规划
    period: [2021-01-01, 2025-12-31]
    goals:
      - {id: g1, indicator: IA-3, quote: 原句, source: 三（六）2, with: [甲局], target: null, due: null}
regions:
  - {id: "370800", name: 济宁市}
  - {id: "370811", name: 任城区, parent: "370800"}
network:
  user_agent: "Audit/1.0 (+https://example.gov.cn/audit)"
  resolve: {"*.demo.test:80": "127.0.0.1:18940"}
  allow_private: false
timezone: Asia/Shanghai
defaults:
  max_pages: 20
  window: ["22:00", "06:30"]
retention: {snapshots: 30, pictures: 90}
notices:
  - {kind: wecom, url: env:WECOM_URL}
sites:
  - id: a
    name: 甲
    url: http://a.gov.cn/
    category: portal
    region: "370800"
    owner: 甲局
    confirmed: null
  - id: b
    name: 乙
    url: http://b.gov.cn/
    category: hospital
    region: "370811"
"""

RULING = "{by: 市残联, date: 2026-03-01, document: 济残字〔2026〕9号}"
REPORTED = (
    "    reported:\n"
    '      - {about: g1, region: "370811", period: [2024-01-01, 2024-12-31], value: 12, unit: 台, by: 市卫生健康委, date: 2025-01-15, '
    "evidence: 济卫函〔2025〕1号}\n"
)

def reported(old: str, new: str) -> str:
    return REPORTED.replace(old, new) + "regions:"


# what is written, what it is replaced with, line and column of the complaint, words in it
MISTAKES = [
    ("version: 1", "version: 2", 1, 10, "version：目前的格式版本是 1"),
    ("version: 1", "version: true", 1, 10, "version：目前的格式版本是 1"),
    ("version: 1\n", "", 1, 1, "version：缺少这一项（格式版本）"),
    ("id: p1", "id: P1", 3, 9, "id：编号只能用小写英文字母"),
    ("2021-01-01, 2025", "2026-01-01, 2025", 5, 13, "period：开始日期不能晚于结束日期"),
    ("2025-12-31", "2025-02-30", 5, 26, "period 第 2 项：没有这一天"),
    ("2021-01-01", "2021年", 5, 14, "period 第 1 项：日期要写成"),
    ("[2021-01-01, 2025-12-31]", "[2021-01-01]", 5, 13, "period：至少要有 2 项"),
    ("[2021-01-01, 2025-12-31]", "[2021-01-01, 2022-01-01, 2023-01-01]", 5, 13, "period：最多只能有 2 项"),
    ("[2021-01-01, 2025-12-31]", "2021-01-01", 5, 13, "period：应为列表"),
    ("IA-3", "IA-17", 7, 29, "indicator：指标编号是 IA-1 到 IA-16"),
    ("quote: 原句", 'quote: ""', 7, 42, "quote：这里不能留空"),
    ("target: null", "target: -1", 7, 81, "target：不能小于 0"),
    ("target: null", "target: 很多", 7, 81, "target：应为数字"),
    ("target: null", "target: .nan", 7, 81, "有限的数字"),
    ("target: null", "target: 1e999", 7, 81, "数字太大"),
    ("target: null", "target: 95", 7, 9, "target_document：写了目标值，就要在 target_document 里写明"),
    ("target: null", "target: 101, target_document: 某文", 7, 81, "IA-3 是比例，目标值写百分数，不能大于 100"),
    ("target: null", "also: [IA-17]", 7, 80, "also 第 1 项：指标编号是 IA-1 到 IA-16"),
    ("target: null", "also: [IA-3]", 7, 79, "also：IA-3 已经写在 indicator 里了"),
    ("target: null", "also: [IA-6, IA-6]", 7, 79, "also：有重复的内容"),
    ("indicator: IA-3", "also: [IA-6]", 7, 24, "also：只有一个指标时写在 indicator 里"),
    ("target: null", "attribute: 约束", 7, 84, "attribute：只能写 none、预期性、约束性（是否想写 约束性？）"),
    ("target: null", "attribute: 约束性", 7, 9, "ruling：属性只由残联设定：请在 ruling 里写明"),
    ("target: null", f"attribute: 预期性, ruling: {RULING.replace('市残联', '市大数据中心')}", 7, 102, "by：任务的属性只由残联设定"),
    ("target: null", f"attribute: 预期性, ruling: {RULING.replace('date: 2026-03-01, ', '')}", 7, 97, "date：缺少这一项（设定日期）"),
    ("target: null", f"ruling: {RULING}", 7, 81, "ruling：写了 ruling，却没有写 attribute"),
    ("    goals:", "    midterm: 2025-12-31\n    goals:", 6, 14, "midterm：中期评估的截止日期要在规划期之内"),
    ("regions:", reported("about: g1", "about: g2"), 9, 17, "about：本规划没有编号为 g2 的任务"),
    ("regions:", reported("about: g1", "about: IA-17"), 9, 17, "about：这里写本规划一项任务的编号"),
    ("regions:", reported("370811", "370881"), 9, 29, "region：regions 里没有区划 370881（是否想写 370811？）"),
    ("regions:", reported("2024-12-31]", "2026-06-30]"), 9, 47, "period：所属时段要在规划期之内"),
    ("regions:", reported("2024", "2026").replace("2025-01-15", "2027-01-15"), 9, 47, "period：所属时段要在规划期之内"),
    ("regions:", reported("value: 12", "value: -1"), 9, 80, "value：不能小于 0"),
    ("regions:", reported("unit: 台, ", ""), 9, 9, "unit：写了数值，就要写计量单位"),
    ("regions:", reported("value: 12, unit: 台, ", ""), 9, 9, "value（数值）和 said（进展）至少要写一个"),
    ("regions:", reported("2025-01-15", "2023-01-15"), 9, 111, "date：填报日期早于所属时段的第一天"),
    ("regions:", reported("济卫函〔2025〕1号", '""'), 9, 133, "evidence：这里不能留空"),
    ("regions:", reported("济卫函〔2025〕1号", "ftp://a.cn/b"), 9, 133, "evidence：网址要以 http:// 或 https:// 开头"),
    ("regions:", reported(", evidence: 济卫函〔2025〕1号", ""), 9, 9, "evidence：缺少这一项（证据）"),
    ("regions:", f"{REPORTED}{REPORTED.partition(chr(10))[2]}regions:", 10, 9, "与第 9 行填报的是同一件事、同一时段"),
    ("with: [甲局]", "wiht: [甲局]", 7, 61, "wiht：没有这个设置（是否想写 with？）"),
    ('{id: "370800", name', "{id: 370800, name", 9, 10, "id：应为文字：请给这个值加上引号"),
    ("name: 任城区", "name: 任城区, title: 区", 10, 31, "title：没有这个设置"),
    (', parent: "370800"}', '}\n  - {id: "370800", name: 济宁}', 11, 10, "id：区划编号与第 9 行重复"),
    ('parent: "370800"', 'parent: "370801"', 10, 39, "parent：regions 里没有区划 370801（是否想写 370800？）"),
    ('parent: "370800"', 'parent: "370811"', 10, 39, "绕了一圈"),
    ("Audit/1.0 (+https://example.gov.cn/audit)", "Audit/1.0", 12, 15, "user_agent：User-Agent 里要有联系方式"),
    ("Audit/1.0 (+https", "审计/1.0 (+https", 12, 15, "user_agent：User-Agent 只能是一行"),
    ("Audit/1.0 (+https", "A" * 500 + " (+https", 12, 15, "user_agent：User-Agent 太长"),
    ("Audit/1.0 (+https", "A\\r\\nB: c (+https", 12, 15, "user_agent：User-Agent 只能是一行"),
    ('"*.demo.test:80"', '"*.demo.test"', 13, 13, "*.demo.test：左边要写成“主机名:端口”"),
    ('"*.demo.test:80"', '"demo.*.test:80"', 13, 13, "左边要写成“主机名:端口”"),
    ("127.0.0.1:18940", "127.0.0.1:99999", 13, 31, "右边要写成“IP 地址:端口”"),
    ("127.0.0.1:18940", "demo.test:80", 13, 31, "右边要写成“IP 地址:端口”"),
    ("allow_private: false", "allow_private: no", 14, 18, "allow_private：应为 true（是）或 false（否）"),
    ("Asia/Shanghai", "Asia/Shangai", 15, 11, "timezone：没有这个时区（是否想写 Asia/Shanghai？）"),
    ("Asia/Shanghai", "../../etc/passwd", 15, 11, "timezone：没有这个时区"),
    ("max_pages: 20", "max_pages: 0", 17, 14, "max_pages：不能小于 1"),
    ("max_pages: 20", "max_pages: 1.5", 17, 14, "max_pages：应为整数"),
    ("max_pages: 20", 'max_pages: "20"', 17, 14, "max_pages：应为整数，不加引号"),
    ("max_pages: 20", "max_pages:", 17, 3, "max_pages：这里不能留空"),
    ("max_pages: 20", "max_pages: " + "9" * 5000, 17, 14, "数字太大"),
    ("max_pages: 20", "max_page: 20", 17, 3, "max_page：没有这个设置（是否想写 max_pages？）"),
    ("max_pages: 20", "每晚页数: 20", 17, 3, "是否想写 max_pages？"),
    ("max_pages: 20", "tabs: 9", 17, 9, "tabs：不能大于 8"),
    ("max_pages: 20", "delay: -0.5", 17, 10, "delay：不能小于 0"),
    ("max_pages: 20", "delay: 601", 17, 10, "delay：不能大于 600"),
    ("max_pages: 20", "delay: true", 17, 10, "delay：应为数字"),
    ("max_pages: 20", "level: aa", 17, 10, "level：只能写 A、AA、AAA（是否想写 AA？）"),
    ("max_pages: 20", "variants: [desktop, mobil]", 17, 23, "variants 第 2 项：只能写 desktop、mobile、"),
    ("max_pages: 20", "variants: []", 17, 13, "variants：至少要有 1 项"),
    ("max_pages: 20", "finders: [links, links]", 17, 12, "finders：有重复的内容"),
    ("max_pages: 20", "finders: [sitemaps]", 17, 13, "finders 第 1 项：只能写 links、sitemap、listed（是否想写 sitemap？）"),
    ("max_pages: 20", "scope: same-host", 17, 10, "是否想写 same-hostname？"),
    ("max_pages: 20", "browser: chrome", 17, 12, "browser：只能写 playwright、selenium"),
    ("max_pages: 20", "schedule: 1-5 02:00", 17, 13, "会在错误的日子启动"),
    ("max_pages: 20", "schedule: 0 2 * * 1", 17, 13, "会在错误的日子启动"),
    ("max_pages: 20", 'schedule: "24:00"', 17, 13, "24 小时制"),
    ("max_pages: 20", "schedule: fri-mon 02:00", 17, 13, "跨周的请逐个列出"),
    ("max_pages: 20", "schedule: munday 02:00", 17, 13, "星期只能写 mon、tue"),
    ("max_pages: 20", "exclude: [x]", 17, 3, "exclude：这一项只能写在 sites 的站点里"),
    ('["22:00", "06:30"]', '["22:00"]', 18, 11, "window：至少要有 2 项"),
    ('["22:00", "06:30"]', '["22:00", "22:00"]', 18, 11, "开始和结束的时间不能相同"),
    ('"06:30"', '"6:30"', 18, 21, "window 第 2 项：时间要写成"),
    ("snapshots: 30", "snapshots: -1", 19, 24, "snapshots：不能小于 0"),
    ("url: env:WECOM_URL", "url: https://x.cn/send?key=abc", 21, 24, "url：这个网址里含有密钥"),
    ("url: env:WECOM_URL", "key: abc", 21, 24, "key：密钥不能写在文件里"),
    ("url: env:WECOM_URL", 'key: "env:"', 21, 24, "env: 后面要写环境变量的名字"),
    ("url: env:WECOM_URL", "accessToken: env:T", 21, 19, "accessToken：没有这个设置"),
    ("kind: wecom", "kind: weixin", 21, 12, "kind：只能写 dingtalk、feishu、mail、webhook、wecom"),
    ("url: env:WECOM_URL", "reader: owner", 21, 5, "机器人要写 key，或者用 url 写出完整的网址"),
    ("url: env:WECOM_URL", "key: env:K, reader: owner", 21, 5, "reader 是 owner 时要在 sites 里写明"),
    ("url: env:WECOM_URL", "key: env:K, sites: [a, c]", 21, 42, "sites：没有编号为 c 的站点"),
    ("url: env:WECOM_URL", "key: env:K, secret: env:S", 21, 5, "secret 只用于 dingtalk、feishu、webhook"),
    ("url: env:WECOM_URL", "key: env:K, host: a.cn", 21, 5, "wecom 用不到 host"),
    ("url: env:WECOM_URL", "url: http://a.cn/send, key: env:K", 21, 5, "不加密的只允许在内网使用"),
    ("wecom, url: env:WECOM_URL", "mail, host: smtp.a.cn, to: [b@a.cn]", 21, 5, "mail 要写 from"),
    ("wecom, url: env:WECOM_URL", "mail, from: a@a.cn, host: a.cn, to: [b]", 21, 49, "to 第 1 项：邮箱地址要写成"),
    ("wecom, url: env:WECOM_URL", "mail, from: a@a.cn, host: a.cn, to: [b@a.cn], username: u", 21, 5, "username 和 password 要一起写"),
    ("wecom, url: env:WECOM_URL", "webhook, url: https://a.cn/h", 21, 5, "webhook 要写 url 和 secret"),
    ("url: env:WECOM_URL}", "key: env:K}\n  - {kind: wecom, key: env:L}", 22, 12, "id：通知编号与第 21 行重复"),
    ("- {kind: wecom, url: env:WECOM_URL}", "- wecom", 21, 5, "notices 第 1 项：应为一组“键: 值”"),
    ("id: b", "id: a", 30, 9, "id：站点编号与第 23 行重复"),
    ("http://b.gov.cn/", "HTTP://A.gov.cn:80/#top", 32, 10, "url：网址与第 25 行重复"),
    ("http://b.gov.cn/", "www.b.gov.cn", 32, 10, "url：网址要以 http:// 或 https:// 开头"),
    ("http://b.gov.cn/", "http://u:p@b.gov.cn/", 32, 10, "url：网址里不能带用户名或密码"),
    ("http://b.gov.cn/", "http:///x", 32, 10, "url：网址里缺少主机名"),
    ("http://b.gov.cn/", "http://b.gov.cn:99999/", 32, 10, "url：网址的主机名或端口写法有误"),
    ("http://b.gov.cn/", "http://a.gov.cn\\@b.cn/", 32, 10, "url：网址里不能有空格、换行或反斜杠"),
    ("category: hospital", "category: hospitals", 33, 15, "是否想写 hospital？"),
    ("    category: hospital\n", "", 30, 5, "category：缺少这一项（类别）"),
    ('region: "370811"', "region: 370811", 34, 13, "region：应为文字：请给这个值加上引号"),
    ('region: "370811"', 'region: "370881"', 34, 13, "region：regions 里没有区划 370881（是否想写 370811？）"),
    ("owner: 甲局", "ownr: 甲局", 28, 5, "ownr：没有这个设置（是否想写 owner？）"),
    ("owner: 甲局", "owner: [甲局]", 28, 12, "owner：应为一段文字"),
    ("owner: 甲局", "name: 又名", 28, 5, "name 重复了，第 24 行已经写过"),
    ("owner: 甲局", "legal_basis: 第32条", 28, 18, "legal_basis：法律依据写成“条-款”"),
    ("owner: 甲局", "pages: [http://a.gov.cn/, b]", 28, 31, "pages 第 2 项：网址要以"),
    ("owner: 甲局", "include: 3", 28, 14, "include：应为列表"),
    ("owner: 甲局", "journeys: [登录]", 28, 16, "journeys 第 1 项：应为一组“键: 值”"),
    ("owner: 甲局", "journeys: [{name: 登录, steps: []}]", 28, 34, "steps：至少要有 1 项"),
    ("owner: 甲局", "journeys: [{name: 登录, steps: [{click: a}]}]", 28, 34, "steps：第一步要用 open 打开一个网页"),
    ("owner: 甲局", "journeys: [{name: 登录, steps: [{open: /a, click: b}]}]", 28, 35, "要写且只写一个动作"),
    ("owner: 甲局", 'journeys: [{name: 登录, steps: [{open: /a}, {fill: "#x"}]}]', 28, 47, "fill 要用 value 写明"),
    ("owner: 甲局", "journeys: [{name: 登录, steps: [{open: /a, submit: true}]}]", 28, 35, "submit 只能写在 click 或 press"),
    ("owner: 甲局", "journeys: [{name: 登录, steps: [{open: /a}, {clik: b}]}]", 28, 48, "是否想写 click？"),
    ("owner: 甲局", 'journeys: [{name: 登录, steps: [{open: /a}, {fill: "#password", value: a1}]}]', 28, 74, "密钥不能写在文件里"),
    ("owner: 甲局", 'journeys: [{name: 登录, steps: [{open: /a}, {fill: "#x", value: "env:1"}]}]', 28, 67, "value：env: 后面要写"),
    ("owner: 甲局", 'journeys: [{name: 登录, steps: [{open: "javascript:a()"}]}]', 28, 42, "open：只能写以 http:// 或 https:// 开头"),
    ("owner: 甲局", 'journeys: [{name: 登录, steps: [{open: "file:///etc/hosts"}]}]', 28, 42, "open：只能写以 http:// 或 https:// 开头"),
    (
        "owner: 甲局", 'journeys: [{name: 登录, steps: [{open: /a}, {fill: "#x", value: 37082819700101123X}]}]', 28, 67,
        "value：这像是一个居民身份证号码，请写成 env:NAME",
    ),
    (
        "owner: 甲局", "journeys: [{name: 登录, steps: [{open: /a, name: 填 写}, {click: b, name: 填/写}]}]", 28, 75,
        "name：与第 28 行的名称只差空格",
    ),
    (
        "owner: 甲局", "journeys: [{name: 流程 甲, steps: [{open: /a}]}, {name: 流程-甲, steps: [{open: /a}]}]", 28, 58,
        "name：与第 28 行的名称只差空格",
    ),
    ("owner: 甲局", "browser: selenium\n    journeys: [{name: 登录, steps: [{open: /a}]}]", 29, 16, "办事流程要用 playwright"),
    ("owner: 甲局", "enabled: yes", 28, 14, "enabled：应为 true（是）或 false（否）"),
    ("confirmed: null", "confirmed: {by: 王某}", 29, 16, "date：缺少这一项（确认日期）"),
    ("confirmed: null", "confirmed: {by: 王某, date: 2026-1-1}", 29, 31, "date：日期要写成"),
    ("owner: 甲局", "? [a]\n    : b", 28, 7, "键只能是一个词"),
    ("owner: 甲局", "<<: {note: x}", 28, 5, "合并键"),
    ("owner: 甲局", "owner: !!python/object/apply:os.system [x]", 28, 12, "类型标签"),
    ("owner: 甲局", "owner: *nobody", 28, 12, "别名 *nobody 没有对应的锚点"),
    ("kind: wecom", "kind: wecom, sites: &j [*j]", 21, 30, "包含它自己"),
    ("owner: 甲局", "\towner: 甲局", 28, 5, "不能用制表符"),
    ("owner: 甲局", "owner：甲局", 28, 10, "半角冒号"),
    ("owner: 甲局", "owner:甲局", 28, 10, "半角冒号"),
    ("owner: 甲局", " owner: 甲局", 28, 6, "缩进不对"),
    ("owner: 甲局", "owner: [甲局", 29, 14, "左括号在第 28 行"),
    ("owner: 甲局", "owner: 甲: 局", 28, 13, "这里不该出现冒号"),
    ("owner: 甲局", "owner: @甲", 28, 12, "不能以这个符号开头"),
    ("owner: 甲局", 'owner: "\\q"', 28, 14, "反斜杠"),
    ('region: "370811"', 'region: "370811', 34, 13, "引号没有成对"),
    ("owner: 甲局", "owner: 甲\0局", 28, 13, "控制字符"),
    ("sites:\n", "sites: []\n---\nsites:\n", 23, 1, "一个文件里只能有一份内容"),
]

# words of targets.yml and of the sentences' own examples; any other English would have leaked from a library
OUR_WORDS = {
    word.lower()
    for text in (
        *(
            " ".join(part.model_fields)
            for module in (target_schema, target_plans, target_notices)
            for part in vars(module).values()
            if hasattr(part, "model_fields")
        ),
        *(member for kind in (Attribute, Category, Level, Profile, Reader, Scope, Security, Variant) for member in kind),
        *("links sitemap listed playwright selenium http https mon tue wed thu fri sat sun true false null env NAME NOTICE_TOKEN with",),
        *("text url iframe button CSS Enter Shift",),
        *("dingtalk feishu mail webhook wecom access token smtp name@example.gov.cn from",),
        *("IP IA User-Agent UTF-8 YAML Tab WCAG Asia/Shanghai targets.yml auditor confirm jining www.example.gov.cn JiningA11yAudit",),
    )
    for word in re.findall("[A-Za-z]{2,}", text)
}


def english(sentence: str) -> set[str]:
    """English words of a sentence that are not ours; the setting named in front of the first colon does not count."""
    words = re.findall("[A-Za-z]{2,}", sentence.partition("：")[2] or sentence)
    return {word.lower() for word in words} - OUR_WORDS


def complaints(text: str) -> list[tuple[int, int, str]]:
    return [(problem.line, problem.column, problem.sentence) for problem in problems(text)]


# ---------------------------------------------------------------------------------------------- mistakes


def test_a_good_file_has_no_problems() -> None:
    assert problems(GOOD) == ()


@pytest.mark.parametrize(("old", "new", "line", "column", "words"), MISTAKES, ids=[f"{new[:40]!r}" for _, new, *_ in MISTAKES])
def test_every_mistake_is_one_chinese_sentence_at_its_place(old: str, new: str, line: int, column: int, words: str) -> None:
    assert old in GOOD
    found = complaints(GOOD.replace(old, new, 1))
    assert [(at, beside) for at, beside, _ in found] == [(line, column)], found
    sentence = found[0][2]
    assert words in sentence
    assert sentence.endswith("。") and "\n" not in sentence
    assert english(sentence) <= {word.lower() for word in re.findall("[A-Za-z]{2,}", new)}, sentence


def test_ten_mistakes_give_ten_lines_in_order_with_line_and_column() -> None:
    text = GOOD
    for old, new in [
        ("IA-3", "IA-0"),
        ('parent: "370800"', 'parent: "1"'),
        ("allow_private: false", "allow_privat: false"),
        ("max_pages: 20", "max_pages: none"),
        ("snapshots: 30", "snapshots: -1"),
        ("url: env:WECOM_URL", "key: abc"),
        ("http://a.gov.cn/", "a.gov.cn"),
        ("owner: 甲局", "ower: 甲局"),
        ("id: b", "id: a"),
        ('region: "370811"', 'region: "370812"'),
    ]:
        text = text.replace(old, new, 1)
    with pytest.raises(TargetsError) as caught:
        loads(text)
    lines = str(caught.value).splitlines()
    places = [(7, 29), (10, 39), (14, 3), (17, 14), (19, 24), (21, 24), (25, 10), (28, 5), (30, 9), (34, 13)]
    assert [line.partition(": ")[0] for line in lines] == [f"targets.yml:{line}:{column}" for line, column in places]
    assert [problem.at("targets.yml") for problem in caught.value.problems] == lines
    assert lines[3] == "targets.yml:17:14: max_pages：应为整数，不加引号。"


def test_cross_references_are_checked_although_the_models_refuse_the_file() -> None:
    text = GOOD.replace("version: 1", "version: 9").replace("id: b", "id: a").replace('"370811"\n', '"370899"\n')
    assert [place for place, _, _ in complaints(text)] == [1, 30, 34]


def test_goals_may_repeat_an_id_of_another_plan_but_not_of_their_own() -> None:
    goal = "      - {id: g1, quote: 又一句, source: 三}\n"
    assert "任务编号与第 7 行重复" in complaints(GOOD.replace("regions:\n", goal + "regions:\n"))[0][2]
    other = f"  - id: p2\n    name: 新规划\n    period: [2026-01-01, 2030-12-31]\n    goals:\n{goal}"
    assert problems(GOOD.replace("regions:\n", other + "regions:\n")) == ()
    assert "规划编号与第 3 行重复" in complaints(GOOD.replace("regions:\n", other.replace("p2", "p1") + "regions:\n"))[0][2]


def test_a_secret_in_a_notice_is_never_repeated() -> None:
    for line in (
        "token: hunter2-x",
        "url: https://u:hunter2-x@h/",
        "url: https://h/open-apis/bot/v2/hook/hunter2-x",
        "smtp: {user: x, pwd: hunter2-x, app_key: [hunter2-x]}",
    ):
        found = complaints(GOOD.replace("url: env:WECOM_URL", line))
        assert found and not any("hunter2-x" in sentence for _, _, sentence in found), line


def test_every_complaint_a_library_could_make_is_put_in_chinese() -> None:
    tree, _ = target_tree.read(GOOD)
    assert tree is not None
    numbers = "ge gt le lt multiple_of min_length max_length actual_length max_digits decimal_places whole_digits expected_version"
    words = "error expected class_name class pattern discriminator tag expected_tags field_type method_name encoding encoding_error"
    more = "expected_schemes attribute function_name mapping_type"
    limits: dict[str, Any] = dict.fromkeys(numbers.split(), 1) | dict.fromkeys((words + " " + more).split(), "English")
    provoked = 0
    for kind in get_args(core_schema.ErrorType):
        try:
            error = ValidationError.from_exception_data("x", [{"type": kind, "loc": ("timezone",), "input": object(), "ctx": limits}])
        except (TypeError, KeyError, ValueError):
            continue  # this kind wants a context of another sort, none that our models could give
        provoked += 1
        for problem in target_checks.refused(error, tree):
            assert re.search("[一-鿿]", problem.sentence) and not english(problem.sentence), (kind, problem.sentence)
    assert provoked > 80


# ---------------------------------------------------------------------------------------------- what is loaded


def test_defaults_are_merged_into_every_target_and_may_be_overridden() -> None:
    own = "\n    ".join(["owner: 甲局", "max_pages: 5", "window: null", "variants: [mobile, elder]", "include: [/a*]", "level: AAA"])
    text = GOOD.replace("owner: 甲局", own)
    watch = loads(text)
    a, b = watch.targets
    assert (a.max_pages, a.window, a.variants, a.level, a.include) == (5, None, (Variant.MOBILE, Variant.ELDER), Level.AAA, ("/a*",))
    assert (b.max_pages, b.window, b.variants, b.level) == (20, ("22:00", "06:30"), (Variant.DESKTOP,), Level.AA)
    assert (a.site.owner, b.site.owner, b.site.category, b.site.region) == ("甲局", "", Category.HOSPITAL, "370811")
    assert watch.network.resolve == {"*.demo.test:80": "127.0.0.1:18940"}
    assert watch.retention == {"snapshots": 30, "pictures": 90}
    assert watch.plans[0].period == (date(2021, 1, 1), date(2025, 12, 31))
    assert watch.plans[0].goals[0].participants == ("甲局",)
    assert watch.regions[1].parent == "370800"


def test_what_a_file_leaves_out_is_what_the_words_themselves_say() -> None:
    bare = loads('version: 1\nnetwork: {user_agent: "A (+http://a.cn)"}\nsites: []\n')
    assert bare == Watch(network=bare.network)
    options = target_schema.Options()
    for field in fields(Target):
        if field.name in target_schema.Options.model_fields:
            ours = getattr(options, field.name)
            assert (tuple(ours) if isinstance(ours, list) else ours) == field.default, field.name


def test_a_journey_is_read_with_its_addresses_made_whole() -> None:
    steps = '[{open: /yy}, {fill: "#xm", value: "env:TEST_NAME"}, {click: text=提交, submit: true, name: 提交结果}]'
    journeys = loads(GOOD.replace("owner: 甲局", f"journeys:\n      - {{name: 预约, steps: {steps}}}")).targets[0].journeys
    assert journeys == (
        Journey(
            name="预约",
            steps=(
                Step(action=Action.OPEN, what="http://a.gov.cn/yy"),
                Step(action=Action.FILL, what="#xm", value="env:TEST_NAME"),
                Step(action=Action.CLICK, what="text=提交", submit=True, name="提交结果"),
            ),
        ),
    )


def test_channels_are_read_with_their_secrets_left_where_they_are() -> None:
    mail = "id: post, kind: mail, reader: owner, sites: [a], host: mx.a.cn, security: starttls, from: x@a.cn, to: [y@a.cn], link: https://b.cn/"
    watch = loads(GOOD.replace("  - {kind: wecom", f"  - {{{mail}}}\n  - {{kind: wecom"))
    assert watch.notices == (
        Channel(
            id="post", kind="mail", reader=Reader.OWNER, sites=("a",), host="mx.a.cn", security=Security.STARTTLS, sender="x@a.cn",
            to=("y@a.cn",), link="https://b.cn/",
        ),
        Channel(id="wecom", kind="wecom", url="env:WECOM_URL"),
    )  # fmt: skip


def test_aliases_may_be_used_where_they_stay_small() -> None:
    text = GOOD.replace("owner: 甲局", "exclude: &no [/login*]").replace('region: "370811"', 'region: "370811"\n    exclude: *no')
    assert [target.exclude for target in loads(text).targets] == [("/login*",), ("/login*",)]


@pytest.mark.parametrize(
    ("text", "days", "hour"),
    [("02:00", 7, 2), ("mon-fri 23:59", 5, 23), ("sun 00:00", 1, 0), ("thu,mon 02:00", 2, 2), ("mon-tue,sat 05:05", 3, 5)],
)
def test_schedules_are_read_into_weekdays_and_time(text: str, days: int, hour: int) -> None:
    found, at, _ = weekly(text)
    assert (len(found), at) == (days, hour)
    assert list(found) == [day for day in target_schema.WEEKDAYS if day in found]


@pytest.mark.parametrize("agent", ["A/1 (0537-1234567)", "A/1 (audit@example.gov.cn)", "A/1 (+86 537 1234567)", "A/1 (+http://a.cn)"])
def test_a_user_agent_may_name_a_site_a_phone_or_a_mail_address(agent: str) -> None:
    assert loads(GOOD.replace("Audit/1.0 (+https://example.gov.cn/audit)", agent)).network.user_agent == agent


@pytest.mark.parametrize(
    "url", ["http://中文.政务.cn/", "https://[2001:db8::1]:8443/x", "http://a.gov.cn:8080/a?b=c#d", "http://127.0.0.1/"]
)
def test_unusual_addresses_that_a_browser_opens_are_taken(url: str) -> None:
    assert loads(GOOD.replace("http://b.gov.cn/", f'"{url}"')).targets[1].site.url == url


def test_problems_sort_by_place_and_print_as_one_line() -> None:
    later, sooner = Problem(line=10, column=1, sentence="乙。"), Problem(line=9, column=5, sentence="甲。")
    assert str(TargetsError([later, sooner, later], "x.yml")) == "x.yml:9:5: 甲。\nx.yml:10:1: 乙。"


# ---------------------------------------------------------------------------------------------- for editors


def test_the_schema_for_editors_is_the_schema_of_the_models() -> None:
    stored = json.loads((ROOT / "auditor" / "targets.schema.json").read_text())
    assert stored == schema(), "write it anew: json.dumps(auditor.targets.schema(), ensure_ascii=False, indent=2)"


def test_the_schema_for_editors_speaks_chinese_and_knows_every_setting() -> None:
    parts = [schema(), *schema()["$defs"].values()]
    for part in parts:
        assert "enum" in part or re.search("[一-鿿]", part["title"])
        for name, setting in part.get("properties", {}).items():
            assert re.search("[一-鿿]", setting.get("title") or schema()["$defs"][setting["$ref"].rpartition("/")[2]]["title"]), name
            assert not english(setting.get("description", "")), name
    assert set(schema()["$defs"]["Site"]["required"]) == {"id", "name", "url", "category", "region"}
