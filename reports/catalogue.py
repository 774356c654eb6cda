"""Tells what each of the sixteen indicators is, on which sentences it rests, and how it stands in counties and departments."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from auditor.language import Words, capital, listed, say
from auditor.model import Category, History
from reports import indicators
from reports.definitions import By, Definition, Source, Unit, definitions
from reports.indicators import Counted, counted
from reports.pages import Document, Section, made, piece, table, write
from reports.places import Place, counties, departments

ALL_SITES = True
PATH = "indicators.html"
SOURCE = Words(
    {
        Source.AUTOMATIC: ("自动：由检测结果计算", "Automatic: counted from the results of audits"),
        Source.WORKFLOW: ("流程：由本服务的办理流程产生", "Workflow: comes out of the handling of cases in this service"),
        Source.HUMAN: ("填报：由人工填报，附证据", "Reported: by people, with evidence"),
    }
)
UNIT = Words(
    {Unit.SHARE: ("比例", "share"), Unit.RATE: ("率", "rate"), Unit.COUNT: ("项数", "number of items"), Unit.DAYS: ("天数", "days")}
)
BY = Words(
    {
        By.CITY: ("全市", "the whole city"),
        By.COUNTY: ("县（市、区）", "county or district"),
        By.DEPARTMENT: ("主办单位", "owner"),
        By.SITE: ("站点", "site"),
        By.PLATFORM: ("服务平台", "service platform"),
        By.SERVICE: ("服务事项", "service"),
    }
)


def lead() -> tuple[str, ...]:
    """What the indicators are, and what no data means."""
    return say(
        (
            "这些指标由本服务拟定，用来反映规划任务的进展，本身不是约束性或预期性指标；残联依据文件设定的属性见各规划的评估表。"
            "这里的数值取自最近一次检测，没有数据的写明由谁填报。",
            "没有列入监测的站点，或者站点未能评价的县（市、区）和单位，写作“尚无数据”，不算作零，也不算作达标。",
        ),
        (
            "These indicators were drawn up by this service to show how the tasks of the plans come on; they are not themselves binding or "
            "expected targets. Where the Disabled Persons’ Federation has made one so by a document, the review tables of the plans say "
            "it. "
            "The values here are those of the latest audit; where there are none it is said who has to report them.",
            "Counties, districts and owners without a monitored site, or whose sites are not rated, show “no data yet”, which counts "
            "neither as zero nor as met.",
        ),
    )


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """The page of all indicators: indicators.html, and indicators.2.html … when there are very many sites."""
    yield from write(
        Document(
            path=PATH.removesuffix(".html"),
            title=say("指标的定义和现值", "The indicators and their values"),
            lead=piece("assessment.html", "lead", sentences=lead()),
            sections=tuple(_section(history, one) for one in definitions().values()),
            trail=((say("全市总览", "City overview"), "index.html"),),
            foot=made(history),
        )
    )


def _section(history: History, one: Definition) -> Section:
    found = counted(history, one.id, history.sites)
    facts = [
        (say("算法", "How it is counted"), one.definition),
        (say("数据来源", "Where the data come from"), SOURCE[one.source]),
        (say("人工部分", "What people add"), one.reporter),
        (say("依据", "Basis"), one.basis),
        (say("牵头", "In charge"), listed(one.lead)),
        (say("参与", "Taking part"), listed(one.participants)),
        (say("计量", "Measured as"), listed([UNIT[unit] for unit in one.units])),
        (say("统计范围", "Told of"), listed([BY[group] for group in one.by])),
        (say("现值", "Value now"), indicators.told(one.id, found)),
        (say("未检测数", "Not audited"), _untested(found)),
    ]
    quotes = [(goal, plan) for plan in history.plans for goal in plan.goals if one.id in goal.indicators]
    intro = piece("assessment.html", "definition", facts=[fact for fact in facts if fact[1]], quotes=quotes)
    title = f"{one.id} {one.name}"
    rows = [_row(history, one.id, by, place) for by, place in _places(history, one)] if found else []
    if not rows:
        return Section(id=one.id, title=title, intro=intro)
    heads = say(["名称", "统计范围", "现值", "未检测数"], ["Name", "Told of", "Value now", "Not audited"])
    caption = f"{one.name}{say('：', ': ')}{listed([BY[by] for by in one.by if by is not By.CITY])}"
    return table(one.id, title, intro, caption, heads, rows)


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
    told = found.sentence if found else indicators.no_data()
    return piece("assessment.html", "placed", name=place.name, by=capital(BY[by]), told=told, untested=_untested(found))


def _untested(found: Counted | None) -> str:
    return found.left if found else ""
