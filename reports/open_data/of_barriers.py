"""Open data of barriers: by site and rule, and by rule."""

from __future__ import annotations

from reports.open_data import rows
from reports.open_data.columns import (
    COMPONENTS,
    PAGES,
    SITES_,
    Column,
    Table,
    count,
    of_site,
)

BARRIERS = Table(
    name="barriers",
    title=("各站点的问题", "Barriers of sites"),
    rows=rows.barriers,
    about=(
        "每个站点、每条规则一行：现在待修复和待人工判断的问题。最近一次未能评价的站点不在其中。",
        "One row for each site and rule: what stands to be repaired and to be judged by a person. Sites not judged are not in it.",
    ),
    columns=(
        *of_site(),
        Column(key="rule", value=lambda row: row.rule, meaning=("规则编号，见 rules.csv", "Rule, as in rules.csv")),
        count(
            "groups",
            lambda row: row.groups,
            ("待修复的问题组数：同一部件的同一个问题合为一组", "Groups to repair: the same problem of one component is one group"),
            unit=COMPONENTS,
            source="reports/grouping.py",
        ),
        count("places", lambda row: row.places, ("其中的处数", "Places in them"), unit=("处", "places")),
        count("pages", lambda row: row.pages, ("涉及的网页数", "Pages on which they stand"), unit=PAGES),
        count(
            "groups_to_judge",
            lambda row: row.asked,
            ("需要人工判断的组数，由人确认之前不算问题", "Groups for a person to judge; no problem until one is confirmed"),
            unit=COMPONENTS,
            source="reports/grouping.py",
        ),
    ),
)

RULES = Table(
    name="rules",
    title=("规则", "Rules"),
    rows=rows.rules,
    about=("每条查到过现存问题的规则一行。", "One row for each rule of which something stands to be repaired."),
    columns=(
        Column(key="rule", value=lambda row: row.rule.id, meaning=("规则编号", "Id of the rule")),
        Column(key="title", value=lambda row: row.title, meaning=("要求什么", "What it demands")),
        Column(key="who", value=lambda row: row.who, meaning=("哪些人在什么时候被挡在外面", "Who is shut out, and when")),
        Column(
            key="criteria",
            value=lambda row: "; ".join(row.rule.criteria),
            meaning=("WCAG 2.2 成功准则，用分号隔开；空白是良好做法", "Success criteria of WCAG 2.2; blank: best practice"),
        ),
        Column(
            key="level",
            value=lambda row: row.rule.level.value if row.rule.level else "",
            meaning=("等级：A、AA 或 AAA", "Level: A, AA or AAA"),
        ),
        Column(
            key="impact",
            value=lambda row: row.rule.impact.value,
            meaning=("影响程度：critical、serious、moderate 或 minor", "Impact: critical, serious, moderate or minor"),
        ),
        count("sites", lambda row: row.sites, ("有这个问题的站点数", "Sites it stands on"), unit=SITES_),
        count("groups", lambda row: row.groups, ("待修复的组数", "Groups to repair"), unit=COMPONENTS, source="reports/grouping.py"),
        count("pages", lambda row: row.pages, ("涉及的网页数", "Pages on which it stands"), unit=PAGES),
    ),
)
