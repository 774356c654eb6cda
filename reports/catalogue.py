"""Tells what each of the sixteen indicators is, on which sentences it rests, and how it stands in counties and departments."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from auditor.model import Category, History
from reports import indicators, words
from reports.definitions import By, Definition, Source, Unit, definitions
from reports.indicators import Counted, counted
from reports.pages import Document, Section, made, piece, table, write
from reports.places import Place, counties, departments

ALL_SITES = True
PATH = "indicators.html"
SOURCE = {
    Source.AUTOMATIC: "自动：由检测结果计算", Source.WORKFLOW: "流程：由本服务的办理流程产生", Source.HUMAN: "填报：由人工填报，附证据",
}  # fmt: skip
UNIT = {Unit.SHARE: "比例", Unit.RATE: "率", Unit.COUNT: "项数", Unit.DAYS: "天数"}
BY = {
    By.CITY: "全市", By.COUNTY: "县（市、区）", By.DEPARTMENT: "主办单位", By.SITE: "站点", By.PLATFORM: "服务平台", By.SERVICE: "服务事项",
}  # fmt: skip
LEAD = (
    "这些指标由本服务拟定，用来反映规划任务的进展，本身不是约束性或预期性指标；残联依据文件设定的属性见各规划的评估表。"
    "这里的数值取自最近一次检测，没有数据的写明由谁填报。",
    "没有列入监测的站点，或者站点未能评价的县（市、区）和单位，写作“尚无数据”，不算作零，也不算作达标。",
)


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """The page of all indicators: indicators.html, and indicators.2.html … when there are very many sites."""
    yield from write(
        Document(
            path=PATH.removesuffix(".html"),
            title="指标的定义和现值",
            lead=piece("assessment.html", "lead", sentences=LEAD),
            sections=tuple(_section(history, one) for one in definitions().values()),
            trail=(("全市总览", "index.html"),),
            foot=made(history),
        )
    )


def _section(history: History, one: Definition) -> Section:
    found = counted(history, one.id, history.sites)
    facts = [
        ("算法", one.definition),
        ("数据来源", SOURCE[one.source]),
        ("人工部分", one.reporter),
        ("依据", one.basis),
        ("牵头", "、".join(one.lead)),
        ("参与", "、".join(one.participants)),
        ("计量", "、".join(UNIT[unit] for unit in one.units)),
        ("统计范围", "、".join(BY[group] for group in one.by)),
        ("现值", indicators.told(one.id, found)),
        ("未检测数", _untested(found)),
    ]
    quotes = [(goal, plan) for plan in history.plans for goal in plan.goals if one.id in goal.indicators]
    intro = piece("assessment.html", "definition", facts=[fact for fact in facts if fact[1]], quotes=quotes)
    title = f"{one.id} {one.name}"
    rows = [_row(history, one.id, by, place) for by, place in _places(history, one)] if found else []
    if not rows:
        return Section(id=one.id, title=title, intro=intro)
    heads = ["名称", "统计范围", "现值", "未检测数"]
    return table(one.id, title, intro, f"{one.name}：{'、'.join(BY[by] for by in one.by if by is not By.CITY)}", heads, rows)


def _places(history: History, one: Definition) -> Iterator[tuple[By, Place]]:
    """What the indicator is told of, one by one."""
    sites = [site for site in history.sites if site.target.enabled]
    if By.COUNTY in one.by:
        yield from ((By.COUNTY, place) for place in counties(history, sites))
    if By.DEPARTMENT in one.by:
        yield from ((By.DEPARTMENT, place) for place in departments(history, sites))
    for by in (By.PLATFORM, By.SITE):
        if by in one.by:
            told = (site for site in sites if by is By.SITE or site.target.site.category is Category.SERVICE)
            yield from ((by, Place(id=site.target.site.id, name=site.target.site.name, sites=(site,))) for site in told)


def _row(history: History, id: str, by: By, place: Place) -> Markup:
    found = counted(history, id, place.sites)
    told = found.sentence if found else indicators.NO_DATA
    return piece("assessment.html", "placed", name=place.name, by=BY[by], told=told, untested=_untested(found))


def _untested(found: Counted | None) -> str:
    return f"{words.number(found.untested)} {found.things}" if found else ""
