"""Draws barriers together by the system that made the pages: what stands on several sites of one vendor is repaired once for all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup

from auditor.identity import component_of
from auditor.language import aside, counted, listed, say
from auditor.model import SEEN, Category, Coverage, History, Platform, SiteHistory, Variant
from reports import text, words
from reports.grouping import IMPACTS, board
from reports.pages import Section, paragraph, piece, table
from reports.runs import judged, newest

MOST = 20  # rows of one platform
NAMED = 12  # sites named in a row
CODE = "SiteIDCode"  # the label with the code of a government site
BY_GOVERNMENT = frozenset({Category.PORTAL, Category.SERVICE, Category.DEPARTMENT})
"""Sites of which such a code is expected."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """The family of a site, as its pages tell it."""

    platform: str  #: id
    pages: int  #: that tell it
    seen: int  #: judged pages in all


def platform_of(site: SiteHistory) -> Told | None:
    """The family that more than half of the pages tell which tell any; None where there is no such family."""
    seen = [entry for entry in site.coverage if entry.state in SEEN and entry.variant is Variant.DESKTOP]
    counts = Counter(entry.platform for entry in seen if entry.platform)
    if not counts:
        return None
    family, pages = counts.most_common(1)[0]
    return Told(platform=family, pages=pages, seen=len(seen)) if 2 * pages > sum(counts.values()) else None


# ------------------------------------------------------------------------------------------------ of one site


def facts(history: History, site: SiteHistory) -> Iterator[tuple[str, str]]:
    """What the head of a site's report says of its platform and its code; nothing where the pages say nothing."""
    told = platform_of(site)
    if told is not None and (known := history.platforms.get(told.platform)):
        guess = say(
            f"{_name(known)}。这是从 {told.seen} 页中 {told.pages} 页的代码特征推断的，请主办单位核对",
            f"{_name(known)}. This is inferred from the code of {told.pages} of {counted(told.seen, 'page')}; the owner is asked to check "
            "it",
        )
        yield say("建站平台", "Platform"), guess
    if code := _code(history, site):
        yield say("网站标识码", "Site code"), code
    seen = [entry for entry in site.coverage if entry.state in SEEN and entry.variant is Variant.DESKTOP]
    if name := _other_name(site, seen):
        yield say("网页上的网站名称", "Name of the site on its pages"), name
    if kinds := Counter(kind for entry in seen if (kind := kind_of(entry))):
        told_ = listed([say(f"{kind} {count} 页", counted(count, f"{kind} page")) for kind, count in kinds.most_common()])
        yield say("网页类型", "Kinds of pages"), told_ + aside(say("按网页标签", "by the labels of the pages"))


def kind_of(page: Coverage) -> str:
    """Whether a page is an article or a column, as its labels say; "" where they do not."""
    if page.labels.get("ArticleTitle") or page.labels.get("PubDate"):
        return say("文章", "article")
    return say("栏目", "column") if page.labels.get("ColumnName") or page.labels.get("ColumnType") else ""


def _other_name(site: SiteHistory, seen: Sequence[Coverage]) -> str:
    """What most pages call their site, where that is not the name we know it by."""
    names = Counter(entry.labels["SiteName"] for entry in seen if entry.labels.get("SiteName"))
    if not names:
        return ""
    told, known = names.most_common(1)[0][0], site.target.site.name
    other = say(
        f"“{_short(told)}”，与清单中的名称不同，请核对主办单位",
        f"“{_short(told)}”, not the name in the list; please check whose site it is",
    )
    return "" if known in told or told in known else other


def _code(history: History, site: SiteHistory) -> str:
    """What the pages say of the site's code, and what does not fit."""
    seen = [entry for entry in site.coverage if entry.state in SEEN and entry.variant is Variant.DESKTOP]
    codes = Counter(entry.labels[CODE] for entry in seen if entry.labels.get(CODE))
    silent = len(seen) - sum(codes.values())
    if not codes:
        expected = site.target.site.category in BY_GOVERNMENT and seen
        nowhere = say(
            f"检测的 {len(seen)} 页都没有写（网页标签 {CODE}）；政府网站通常都写，请核对",
            f"On none of the {counted(len(seen), 'page')} audited (label {CODE}); government websites usually have it, please check",
        )
        return nowhere if expected else ""
    said = listed([_short(code) + aside(say(f"{count} 页", counted(count, "page"))) for code, count in codes.most_common(3)])
    if len(codes) > 1:
        return say(f"各页写得不一样：{said}；请核对网页标签 {CODE}", f"The pages do not agree: {said}; please check the label {CODE}")
    (code,) = codes
    source = say(f"取自网页标签 {CODE}", f"from the label {CODE} of the pages")
    remarks = [source, say(f"另有 {silent} 页没有写", f"not on {counted(silent, 'page')}")] if silent else [source]
    region = next((one for one in history.regions if one.id == site.target.site.region), None)
    if region is not None and not region.local and code.isdecimal() and not code.startswith(region.id[:4]):
        remarks.append(
            say(
                f"前四位与地区代码 {region.id} 不同，请核对",
                f"its first four digits are not those of the code {region.id} of the region, please check",
            )
        )
    return f"{_short(code)}{aside(say('；', '; ').join(remarks))}"


# ------------------------------------------------------------------------------------------------ of the city


class _Barrier(NamedTuple):
    """A rule that is not met by a component that sites share; by whatever components where none is named."""

    rule: str
    component: str = ""


@dataclass
class _Family:
    """What stands on the sites of one platform, as far as it is counted."""

    sites: list[str] = field(default_factory=list)  #: ids
    on: dict[_Barrier, dict[str, int]] = field(default_factory=dict)  #: barrier -> site -> pages
    called: dict[str, str] = field(default_factory=dict)  #: component -> what it is, in words


def shared(history: History) -> Section | None:
    """What several sites of one platform have in common; None where no platform has two judged sites."""
    families = {id: family for id, family in _families(history).items() if len(family.sites) > 1 and id in history.platforms}
    if not families:
        return None
    rows = [row for id, family in sorted(families.items(), key=_size) for row in _rows(history, history.platforms[id], family)]
    sizes = {_name(history.platforms[id]): len(family.sites) for id, family in sorted(families.items(), key=_size)}
    found = say("；", "; ").join(say(f"{name} {sites} 个", f"{name}, {counted(sites, 'site')}") for name, sites in sizes.items())
    intro = paragraph(
        say(
            f"用同一平台建的网站往往有同样的问题：由厂商在模板或部件中修改一次，各网站更新后即可一并解决。检测到的有：{found}。"
            "同一个部件在几个网站上的同一个问题合为一行；部件按标签、类名、所在区域和链接的样式辨认，与网址无关。"
            "平台是从网页的代码特征推断的，不是合同或采购信息，联系厂商之前请先向主办单位核对。",
            "Websites built on one platform often have the same problems: if the vendor fixes the template once, every updated site is "
            f"fixed. Found: {found}. The same problem of the same component on several sites makes one row; components are identified by "
            "their tags, classes, region of the page and the form of their links, whatever their address. The platform is inferred from "
            "the code of the pages, not from contracts; please check with the owner before you contact the vendor.",
        )
    )
    title = say("同一平台的共同问题", "Problems that sites of one platform share")
    if not rows:
        none = say(
            "这些平台上，没有两个网站查到同样的待修复问题。",
            "On none of these platforms do two sites have the same problem to be repaired.",
        )
        return Section(id="platforms", title=title, intro=intro + paragraph(none))
    heads = say(["平台", "问题", "范围", "网站"], ["Platform", "Problem", "Extent", "Sites"])
    caption = say(
        "同一平台的几个网站都有的待修复问题，同一个部件的在前",
        "Problems to be repaired that several sites of one platform have, those of one component first",
    )
    return table("platforms", title, intro, caption, heads, rows)


def _families(history: History) -> dict[str, _Family]:
    """Site by site, so that no more than the counts are held."""
    families: dict[str, _Family] = {}
    for site in history.sites:
        told = platform_of(site) if judged(newest(site)) else None
        if told is None:
            continue
        family = families.setdefault(told.platform, _Family())
        family.sites.append(site.target.site.id)
        pages: dict[_Barrier, set[str]] = defaultdict(set)
        for group in board(site, history.rules, history.now, history.timezone).to_fix:
            component = component_of(group.rule, group.example.element, group.example.page)
            family.called.setdefault(component, words.component(group.example.element))
            for barrier in (_Barrier(group.rule), _Barrier(group.rule, component)):
                pages[barrier].update(group.pages)
        for barrier, met in pages.items():
            family.on.setdefault(barrier, {})[site.target.site.id] = len(met)
    return families


def _rows(history: History, platform: Platform, family: _Family) -> Iterator[Markup]:
    names = {site.target.site.id: site.target.site.name for site in history.sites}
    for barrier, on in _common(history, family)[:MOST]:
        whole = len(on) == len(family.sites)
        extent = (
            say(f"同一平台的 {len(on)} 个网站都有这个问题", f"All {len(on)} sites of the platform")
            if whole
            else say(
                f"同一平台的 {len(family.sites)} 个网站中，{len(on)} 个有这个问题",
                f"{len(on)} of {len(family.sites)} sites of the platform",
            )
        )
        pages = say(f"，共 {words.number(sum(on.values()))} 页", f", {counted(sum(on.values()), 'page')} in all")
        most = sorted(on.items(), key=lambda one: (-one[1], one[0]))
        rule = history.rules[barrier.rule]
        component = say("各网站出问题的部件不同，未必是同一处模板", "Other components on each site; it need not be one template")
        if barrier.component:
            component = say("同一个部件：", "One component: ") + family.called[barrier.component]
        yield piece(
            "city.html", "shared", platform=_name(platform), title=say(rule.title, rule.title_en), impact=rule.impact, component=component,
            extent=extent + pages,
            sites=[(f"sites/{site}.html", names[site], pages) for site, pages in most[:NAMED]], more=len(most) - NAMED,
        )  # fmt: skip


def _common(history: History, family: _Family) -> list[tuple[_Barrier, dict[str, int]]]:
    """What several sites have: one and the same component first, then rules of which no component is shared."""
    shared = {barrier: on for barrier, on in family.on.items() if len(on) > 1 and barrier.rule in history.rules}
    told = {barrier.rule for barrier in shared if barrier.component}
    common = [(barrier, on) for barrier, on in shared.items() if barrier.component or barrier.rule not in told]
    return sorted(common, key=lambda one: (
        not one[0].component, -len(one[1]), IMPACTS.index(history.rules[one[0].rule].impact), -sum(one[1].values()), one[0]
    ))  # fmt: skip


def _size(one: tuple[str, _Family]) -> tuple[int, str]:
    return -len(one[1].sites), one[0]


def _name(platform: Platform) -> str:
    return f"{platform.vendor}{say('：', ': ')}{platform.name}"


def _short(value: str) -> str:
    return text.line(text.visible(value), 40)
