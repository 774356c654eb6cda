"""Open data of sites: as the newest night left them, criterion by criterion, and night by night."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from auditor.model import Impact
from reports import words
from reports.open_data import rows
from reports.open_data.columns import (
    COMPONENTS,
    PAGES,
    POINT,
    POINTS,
    SHARE,
    Column,
    Table,
    count,
    measured,
    number,
    of_index,
    of_site,
    ranked,
)


def _of_impact(impact: Impact) -> Callable[[Any], int | None]:
    return lambda row: row.groups(impact)


SITES = Table(
    name="sites",
    title=("站点", "Sites"),
    rows=rows.sites,
    about=("每个列入监测的站点一行，最近一次检测的结果。", "One row for each site that is watched, as the newest night left it."),
    columns=(
        *of_site(),
        Column(key="url", kind="anyURI", value=lambda row: row.site.url, meaning=("首页网址", "Address of its start page")),
        Column(key="category", value=lambda row: row.site.category.value, meaning=("类别代码", "Kind of site, as a code")),
        Column(key="category_name", value=lambda row: words.CATEGORY[row.site.category], meaning=("类别名称", "Kind of site")),
        Column(
            key="region",
            value=lambda row: row.site.region,
            meaning=("地区代码；功能区用自编代码", "Division code; zones carry a code of our own"),
        ),
        Column(key="region_name", value=lambda row: row.region, meaning=("地区名称", "Name of the region")),
        Column(key="department", value=lambda row: row.site.owner, meaning=("主办单位；空白是待核", "Who runs it; blank: not known yet")),
        Column(
            key="platform",
            value=lambda row: row.platform,
            source="reports/platforms.py",
            meaning=(
                "建站平台编号，从网页的代码特征推断；空白是没有认出",
                "System that made its pages, told by their marks; blank: not recognised",
            ),
        ),
        Column(
            key="state",
            value=lambda row: row.state,
            source="auditor/audit.py",
            meaning=(
                "audited 已检测，partial 部分检测，withheld 未能评价，failed 未能检测，waiting 待确认，off 停用，none 还没有检测",
                "audited, partial, withheld, failed, waiting for confirmation, off, none: never audited",
            ),
        ),
        Column(
            key="day", kind="date", value=lambda row: row.day, meaning=("最近一次检测开始的日期", "Day on which the newest audit began")
        ),
        *of_index(
            lambda row: row.score, about=("无障碍指数；空白是未能评价或还没有指数", "Accessibility index; blank: withheld, or none yet")
        ),
        *ranked(
            lambda row: row,
            best=(
                "区间允许的最好名次；与多数站点规则不同的不排",
                "Best rank its interval allows; none where its rules are not those of most",
            ),
            worst=("区间允许的最差名次", "Worst rank its interval allows"),
        ),
        count("pages_judged", lambda row: row.pages, ("最近一次检测的网页数", "Pages judged"), unit=PAGES),
        count(
            "addresses_known",
            lambda row: row.known,
            ("已知的网址数，包括没有抽到的和打不开的", "Addresses known, with those not drawn and those that failed"),
            unit=("个网址", "addresses"),
        ),
        count(
            "population",
            lambda row: row.score.population if row.score else None,
            ("指数所推算的网页总数", "Pages the index speaks for"),
            unit=PAGES,
        ),
        Column(
            key="random_sample",
            value=lambda row: row.drawn,
            source="auditor/selecting.py",
            meaning=(
                "yes 随机抽样，no 按访问顺序，all 全部检测；空白是没有指数",
                "yes: random, no: in order of the visit, all: every page; blank: no index",
            ),
        ),
        *(
            count(
                f"groups_{impact.value}",
                _of_impact(impact),
                (
                    f"影响程度为 {impact.value} 的待修复问题组数；空白是未能评价",
                    f"Groups to repair of impact {impact.value}; blank: withheld",
                ),
                unit=COMPONENTS,
                source="reports/grouping.py",
            )
            for impact in Impact
        ),
        Column(
            key="ruleset",
            value=lambda row: row.ruleset,
            meaning=("检测规则的版本；不同的不能直接比较", "Rule set; different ones cannot be compared"),
        ),
    ),
)

CONFORMANCE = Table(
    name="conformance",
    title=("各准则的符合情况", "Conformance by criterion"),
    rows=rows.conformance,
    about=(
        "每个站点、每条适用的 A、AA 级准则一行，自动检测范围内；不是符合性结论。",
        "One row for each site and criterion of level A and AA that applies, as far as a program can tell; no statement of conformity.",
    ),
    columns=(
        *of_site(),
        Column(
            key="criterion",
            value=lambda row: row.criterion,
            meaning=("WCAG 2.2 成功准则的编号", "Number of the success criterion of WCAG 2.2"),
        ),
        count("pages_applicable", lambda row: row.met.pages, ("检测到的适用网页数", "Judged pages to which it applies"), unit=PAGES),
        count(
            "pages_failing",
            lambda row: row.met.failing,
            ("其中查到不符合的网页数", "Of them, with at least one proven failure"),
            unit=PAGES,
        ),
        *measured(
            "share",
            lambda row: row.met,
            unit=SHARE,
            source="auditor/scoring.py (conformance)",
            bounds="Wilson 1927; Kish 1965",
            digits=4,
            value="share",
            meaning=(
                "没有查到不符合的网页占全站适用网页的比例，按抽样加权",
                "Share of the site's pages without a proven failure, weighted by the sample",
            ),
        ),
    ),
)

INDEX = Table(
    name="index",
    title=("各站点的指数", "Index of sites over time"),
    rows=rows.index,
    about=(
        "每个站点每个有指数的检测日一行，旧的在前；一天检测几次的取最后一次。",
        "One row for each site and day with an index, oldest first; of several audits of one day the last.",
    ),
    columns=(
        *of_site(),
        Column(key="day", kind="date", value=lambda row: row.day, meaning=("检测开始的日期", "Day on which the audit began")),
        *of_index(lambda row: row.score, about=("当时公布的无障碍指数", "Accessibility index as published then")),
        count("pages_judged", lambda row: row.score.pages, ("指数所依据的网页数", "Pages the index rests on"), unit=PAGES),
        count("population", lambda row: row.score.population, ("指数所推算的网页总数", "Pages the index speaks for"), unit=PAGES),
        Column(
            key="index_linked",
            kind="decimal",
            unit=POINTS,
            source="auditor/linking.py",
            value=lambda row: number(row.linked, "value"),
            meaning=(
                "换算到现行规则的指数；空白是不能换算，与现在的不能相比",
                "The index in terms of today's rules; blank: cannot be linked or compared",
            ),
        ),
        Column(
            key="error_linked",
            kind="decimal",
            unit=POINT,
            source="auditor/linking.py",
            value=lambda row: number(row.linked, "se"),
            meaning=("换算以后的标准误，包括换算的误差", "Its standard error, with that of the link"),
        ),
        Column(key="ruleset", value=lambda row: row.ruleset, meaning=("检测规则的版本", "Rule set")),
        Column(
            key="break",
            value=lambda row: row.mark,
            source="auditor/linking.py",
            meaning=(
                "linked 从这一天起规则更换、可以换算，unlinked 不能换算，空白是没有更换",
                "linked or unlinked: the rules changed on this day; blank: they did not",
            ),
        ),
    ),
)
