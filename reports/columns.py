"""The flat list of issues, one row each: its columns, what they mean, and their values. CSV and XLSX tell the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from auditor.model import Issue
from reports.material import Material, Place, Subject, last_checked, looked_at
from reports.wording import place, word
from reports.words import group_number

Cell = str | int | date | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One issue with what its columns are filled from."""

    material: Material
    subject: Subject
    seen: frozenset[Place]
    issue: Issue


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the list."""

    key: str  #: for programs
    title: str
    title_en: str
    meaning: str
    meaning_en: str
    width: int  #: in characters
    value: Callable[[Row], Cell]
    kind: str = "string"  #: of XML Schema: string, integer, date or anyURI


def rows(material: Material) -> Iterator[list[Cell]]:
    """All issues of all sites, the hardest of each site first, with the cells of COLUMNS."""
    for subject in material.subjects:
        seen = looked_at(subject)
        for issue in subject.urgent():
            row = Row(material=material, subject=subject, seen=seen, issue=issue)
            yield [column.value(row) for column in COLUMNS]


def _criteria(row: Row) -> str:
    return "; ".join(row.material.criterion_name(number) for number in row.issue.criteria)


def _level(row: Row) -> str:
    rule = row.material.rules.get(row.issue.rule)
    return rule.level.value if rule and rule.level else ""


def _who(row: Row) -> str:
    rule = row.material.rules.get(row.issue.rule)
    return row.material.say(rule.who, rule.who_en) if rule else ""


def _repair(row: Row) -> str:
    rule = row.material.rules.get(row.issue.rule)
    return " ".join(rule.repair_en if row.material.language == "en" else rule.repair) if rule else ""


def _checked(row: Row) -> date | None:
    moment = last_checked(row.subject, row.issue, row.seen)
    return row.material.day(moment) if moment else None


def _decision(row: Row) -> str:
    decision = row.subject.decisions.get(row.issue.group)
    return word(row.material, decision.verdict) if decision else ""


COLUMNS = (
    Column(key="site", title="站点", title_en="Site", width=20, value=lambda row: row.material.told(row.subject.site.name),
           meaning="站点的名称。", meaning_en="Name of the site."),
    Column(key="url", title="网址", title_en="Page", width=44, kind="anyURI", value=lambda row: row.material.address(row.issue.page),
           meaning="查到问题的页面或文档。", meaning_en="The page or document on which it was found."),
    Column(key="variant", title="访问方式", title_en="Variant", width=10, value=lambda row: word(row.material, row.issue.variant),
           meaning="页面以哪种方式打开；统计只用电脑版。", meaning_en="How the page was met; only desktop counts."),
    Column(key="criteria", title="标准条款", title_en="Criteria", width=26, value=_criteria,
           meaning="WCAG 2.2 的条款号和名称，几条之间用分号隔开；空白是良好做法。",
           meaning_en="Success criteria of WCAG 2.2, separated by semicolons; blank: best practice."),
    Column(key="level", title="等级", title_en="Level", width=6, value=_level,
           meaning="条款的等级：A、AA 或 AAA。", meaning_en="Level of the criterion: A, AA or AAA."),
    Column(key="problem", title="问题", title_en="Problem", width=26, value=lambda row: row.material.rule_title(row.issue.rule),
           meaning="规则的名称。", meaning_en="Title of the rule."),
    Column(key="who", title="谁受影响", title_en="Who is shut out", width=40, value=_who,
           meaning="哪些人在什么时候被挡在外面。", meaning_en="Who is shut out, and when."),
    Column(key="found", title="查到的情况", title_en="Finding", width=40, value=lambda row: row.material.told(row.issue.message, 600),
           meaning="检测程序在这一处看到了什么。", meaning_en="What the program saw at this place; in Chinese."),
    Column(key="place", title="位置", title_en="Place", width=26, value=lambda row: place(row.material, row.issue.element),
           meaning="在页面的哪个区域、是什么元素。", meaning_en="Part of the page and kind of element."),
    Column(key="selector", title="CSS 选择器", title_en="Selector", width=30,
           value=lambda row: row.material.told(row.issue.element.selector, 600),
           meaning="开发人员用来找到这一处。", meaning_en="For developers, to find the place."),
    Column(key="snippet", title="代码片段", title_en="Snippet", width=40,
           value=lambda row: row.material.told(row.issue.element.snippet, 600),
           meaning="这一处的源代码，可能有删节。", meaning_en="Source code of the place, shortened."),
    Column(key="impact", title="影响程度", title_en="Impact", width=10, value=lambda row: word(row.material, row.issue.impact),
           meaning="遇到的人受阻到什么程度。", meaning_en="How hard it hits whoever meets it."),
    Column(key="outcome", title="判定", title_en="Outcome", width=12, value=lambda row: word(row.material, row.issue.outcome),
           meaning="不符合；或需要人工判断，由人确认之前不算问题。",
           meaning_en="failed; or cannot tell, which is no problem until a person confirms it."),
    Column(key="pages", title="影响页数", title_en="Pages", width=9, kind="integer",
           value=lambda row: row.subject.reach.get(row.issue.group, 0),
           meaning="同一个部件的同一个问题现在涉及多少个页面。", meaning_en="Pages on which the same component has the same problem now."),
    Column(key="first_seen", title="首次发现", title_en="First seen", width=12, kind="date",
           value=lambda row: row.material.day(row.issue.first_seen),
           meaning="第一次查到的日期。", meaning_en="Day on which it was first found."),
    Column(key="last_checked", title="最近一次核实", title_en="Last checked", width=13, kind="date", value=_checked,
           meaning="最近一次查到它，或者证实它已经消除的日期；空白是最近一次检测没有看到这一处。",
           meaning_en="Day on which it was last found, or proven gone; blank: the newest audit did not look there."),
    Column(key="state", title="状态", title_en="State", width=16, value=lambda row: word(row.material, row.issue.state),
           meaning="新出现、未修复、修复后再次出现、最近一次未能复查、已修复等。", meaning_en="new, open, reopened, fixed ..."),
    Column(key="decision", title="人工决定", title_en="Decision", width=10, value=_decision,
           meaning="人对这个部件作出的、仍然有效的决定。", meaning_en="What a person decided of the component, while it holds."),
    Column(key="repair", title="修复建议", title_en="Repair", width=60, value=_repair, meaning="怎样修改。", meaning_en="How to mend it."),
    Column(key="rule", title="规则编号", title_en="Rule", width=20, value=lambda row: row.issue.rule,
           meaning="auditor rules 列出全部规则。", meaning_en="Listed by auditor rules."),
    Column(key="group", title="部件编号", title_en="Component", width=12, value=lambda row: group_number(row.issue.group),
           meaning="同一个部件在各个页面上的编号相同；报告和 auditor decide 用的就是它。",
           meaning_en="The same for a component on all its pages; what auditor decide takes."),
    Column(key="issue", title="问题编号", title_en="Issue", width=18, value=lambda row: row.issue.id,
           meaning="这一处问题的编号，每一次检测都不变。", meaning_en="Id of the issue, the same every night."),
)  # fmt: skip
