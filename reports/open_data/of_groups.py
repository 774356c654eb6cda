"""Open data of the city: groups of sites, indicators and what plans promised."""

from __future__ import annotations

from reports.open_data import rows
from reports.open_data.columns import (
    POINT,
    SHARE,
    SITES_,
    Column,
    Table,
    count,
    counted,
    measured,
    of_index,
    ranked,
)

GROUPS = Table(
    name="groups",
    title=("地区、类别、部门和平台", "Regions, kinds, departments and platforms"),
    rows=rows.groups,
    about=(
        "全市和每个地区、类别、主办单位、建站平台一行：现在的平均指数和截至上季度末的变化。",
        "One row for the city, each region, kind, department and platform: the mean index now, its change up to the end of last quarter.",
    ),
    columns=(
        Column(
            key="by",
            value=lambda row: row.group.by.value,
            meaning=(
                "city 全市，region 地区，category 类别，department 主办单位，platform 建站平台",
                "city, region, category, department or platform",
            ),
        ),
        Column(key="id", value=lambda row: row.group.id, meaning=("代码；主办单位用名称", "Code; of departments the name")),
        Column(key="name", value=lambda row: row.group.name, meaning=("名称", "Name")),
        count("sites", lambda row: len(row.group.sites), ("访问过的站点数", "Sites that were visited"), unit=SITES_),
        count(
            "sites_judged",
            lambda row: row.group.judged,
            ("最近一次检测得到评价的站点数", "Sites whose newest audit was judged"),
            unit=SITES_,
        ),
        count(
            "sites_counted",
            lambda row: row.group.counted,
            ("参加平均的站点数：有指数，规则与多数站点相同", "Sites in the mean: with an index, by the rules of most"),
            unit=SITES_,
        ),
        *of_index(lambda row: row.group.index, about=("所辖站点指数的简单平均", "Plain mean of the indices of its sites")),
        *ranked(
            lambda row: row.group,
            best=("同类中区间允许的最好名次", "Best rank among its kind that the interval allows"),
            worst=("同类中区间允许的最差名次", "Worst rank among its kind that the interval allows"),
        ),
        *measured(
            "change",
            lambda row: row.moved and row.moved.points,
            unit=POINT,
            source="reports/changes.py",
            meaning=("可以相比的站点的平均变化；空白是还不能相比", "Mean change of the sites that can be compared; blank: none yet"),
        ),
        Column(
            key="change_since",
            kind="date",
            value=lambda row: row.moved.since if row.moved else None,
            meaning=("变化的起点", "First day of the change"),
        ),
        Column(
            key="change_until",
            kind="date",
            value=lambda row: row.moved.until if row.moved else None,
            meaning=("变化的终点", "Last day of the change"),
        ),
        count(
            "change_sites",
            lambda row: row.moved.sites if row.moved else None,
            ("变化所依据的站点数", "Sites the change rests on"),
            unit=SITES_,
        ),
        Column(
            key="change_proven",
            value=lambda row: {True: "yes", False: "no"}[row.sure] if row.moved else "",
            source="Benjamini & Hochberg 1995",
            meaning=(
                "yes 同时检验所有组之后仍能证实，no 不能断定；空白是还不能相比",
                "yes: proven after all groups are tested at once, no: not; blank: none yet",
            ),
        ),
    ),
)

INDICATORS = Table(
    name="indicators",
    title=("指标", "Indicators"),
    rows=rows.indicators_,
    about=(
        "IA-1 至 IA-16 各项指标，全市和各地区、主办单位一行；没有数据的也列出，不算作零。",
        "The indicators IA-1 to IA-16 of the city, of regions and of departments; those without data are listed too, and are no zero.",
    ),
    columns=(
        Column(key="indicator", value=lambda row: row.known.id, meaning=("指标编号", "Id of the indicator")),
        Column(key="indicator_name", value=lambda row: row.known.name, meaning=("指标名称", "Its name")),
        Column(key="by", value=lambda row: row.by, meaning=("city 全市，region 地区，department 主办单位", "city, region or department")),
        Column(key="id", value=lambda row: row.id, meaning=("地区代码或单位名称", "Code of the region, or name of the department")),
        Column(key="name", value=lambda row: row.place, meaning=("名称", "Name")),
        *counted(),
        Column(
            key="share",
            kind="decimal",
            unit=SHARE,
            source="part / whole",
            value=lambda row: round(row.part / row.whole, 4) if row.share else None,
            meaning=("比例；只有计数意义的指标空白", "The share; blank for indicators that are counts"),
        ),
        count("untested", lambda row: row.untested, ("没有检测、或者没有能够判断的数目", "Things that were not judged")),
        Column(key="things", value=lambda row: row.things, meaning=("以上各数数的是什么", "What is counted")),
        Column(
            key="told",
            value=lambda row: row.told,
            meaning=("同样的内容写成一句话，包括由谁填报", "The same in a sentence, with who has to report the rest"),
        ),
    ),
)

GOALS = Table(
    name="goals",
    title=("规划任务", "Goals"),
    rows=rows.goals,
    about=(
        "各规划中与信息无障碍有关的任务，每项任务的每个指标一行；引文照录规划原文。",
        "The promises of plans, one row for each with each of its indicators; sentences are as the plan has them.",
    ),
    columns=(
        Column(key="plan", value=lambda row: row.plan.id, meaning=("规划编号", "Id of the plan")),
        Column(key="plan_name", value=lambda row: row.plan.name, meaning=("规划名称", "Its name")),
        Column(key="document", value=lambda row: row.plan.document, meaning=("文号", "Number of its document")),
        Column(key="goal", value=lambda row: row.goal.id, meaning=("任务编号", "Id of the promise")),
        Column(key="quote", value=lambda row: row.goal.quote, meaning=("任务原文", "The sentence it was made in")),
        Column(key="place", value=lambda row: row.goal.source, meaning=("在规划中的位置", "Where it stands in the plan")),
        Column(key="lead", value=lambda row: row.goal.lead, meaning=("牵头部门", "Department in the lead")),
        Column(
            key="participants",
            value=lambda row: "; ".join(row.goal.participants),
            meaning=("参与部门，用分号隔开", "Departments that take part"),
        ),
        Column(
            key="indicator",
            value=lambda row: row.indicator,
            meaning=("指标编号；空白是由人填报进展", "Indicator; blank: people report its progress"),
        ),
        Column(
            key="target",
            kind="decimal",
            value=lambda row: row.goal.target if row.main else None,
            meaning=(
                "文件规定的目标值，比例类为百分数；空白是没有文件规定",
                "Target set by a document, in per cent for shares; blank: none does",
            ),
        ),
        Column(
            key="target_document",
            value=lambda row: row.goal.target_document if row.main else "",
            meaning=("规定目标值的文号", "Number of the document that sets it"),
        ),
        Column(key="due", kind="date", value=lambda row: row.goal.due if row.main else None, meaning=("期限", "Due day")),
        *counted(("现值的", " of the value now")),
        Column(
            key="period_over",
            value=lambda row: {True: "yes", False: "no"}[row.over],
            meaning=("yes 规划期已经结束，现值只作为今后的基线", "yes: the period is over, and the value a baseline for what comes"),
        ),
    ),
)
