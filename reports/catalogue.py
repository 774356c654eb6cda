"""Tells what each of the sixteen indicators is, on which sentences it rests, and how it stands in counties and departments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from auditor.model import History
from reports import indicators, words
from reports.definitions import By, Definition, Source, Unit, definitions
from reports.indicators import counted
from reports.pages import Document, Section, paragraph, piece, write
from reports.places import Place, counties, departments

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
    "这里的数值取自最近一次检测，没有数据的写明由谁填报。"
)


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """The page of all indicators: indicators.html."""
    items = [_item(history, one) for one in definitions().values()]
    intro = paragraph("没有列入监测的站点，或者站点未能评价的县（市、区）和单位，写作“尚无数据”，不算作零，也不算作达标。")
    yield from write(
        Document(
            path=PATH.removesuffix(".html"),
            title="指标的定义和现值",
            lead=piece("assessment.html", "lead", sentences=[LEAD]),
            sections=(Section(id="all", title="各项指标", intro=intro, items=items),),
            trail=(("全市总览", "index.html"),),
            foot=paragraph(f"报告生成时间：{words.clock(history.now, history.timezone)}（{history.timezone}）。"),
        )
    )


def _item(history: History, one: Definition) -> Markup:
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
        ("未检测数", f"{words.number(found.untested)} {found.things}" if found else ""),
    ]
    quotes = [(goal, plan) for plan in history.plans for goal in plan.goals if one.id in goal.indicators]
    places = list(_places(history, one)) if found is not None else []
    return piece("assessment.html", "definition", one=one, facts=[fact for fact in facts if fact[1]], quotes=quotes, places=places)


def _places(history: History, one: Definition) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    if By.COUNTY in one.by:
        yield "分县（市、区）", _values(history, one.id, counties(history, history.sites))
    if By.DEPARTMENT in one.by:
        yield "分主办单位", _values(history, one.id, departments(history, [site for site in history.sites if site.target.enabled]))


def _values(history: History, id: str, places: Sequence[Place]) -> list[tuple[str, str]]:
    found = [(place.name, counted(history, id, place.sites)) for place in places]
    return [(name, one.sentence if one else indicators.NO_DATA) for name, one in found]
