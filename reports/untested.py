"""Says in one place what was not tested and why: addresses, engines that gave no answer, parts of pages, documents, criteria for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from auditor.model import SEEN, Covered, History, Reach, SiteHistory, State, Variant
from checks.check import INTERACTION
from checks.judge import engines
from reports import documents, words
from reports.pages import Section, paragraph, piece, table
from reports.runs import judged, newest, why_not_judged

ENGINES: Mapping[str, str] = {
    "axe": "代码检查（axe-core）", "auditor": "代码和画面检查（本项目）", "layout": "窄屏、放大和加宽间距试验",
    "interaction": "键盘、表单和弹窗试用",
}  # fmt: skip
"""Engine of pages -> what it does, in plain words."""
TRIED_ON_SOME = INTERACTION
"""The engine that is asked on some pages of a site only, since trying them takes long."""
UNSEEN_KINDS = (words.Kind.FAILED, words.Kind.NEVER)
NAMED = 8
MORE_USE = "以后的检测会试用其他页面；可以在 targets.yml 里调大 interaction_pages"

Row = tuple[str, str, str, str]
"""What was not tested, how much of it, why, what can be done."""


def section(history: History, site: SiteHistory) -> Section:
    """The table of what was not tested."""
    told = list(rows(history, site))
    intro = paragraph("没有检测到的，不能说有问题，也不能说没有问题。下面各项都不能算作“没有障碍”。")
    heads = ["没有检测的内容", "多少", "为什么", "怎样补上"]
    body = [piece("site.html", "untested", what=what, extent=extent, why=why, remedy=remedy) for what, extent, why, remedy in told]
    return table("untested", "没有检测什么，为什么", intro, "没有检测的内容、原因和补救办法", heads, body)


def rows(history: History, site: SiteHistory) -> Iterator[Row]:
    """What was not tested, most far-reaching first; there is always something, since some criteria only people can judge."""
    last = newest(site)
    if not judged(last):
        yield "整个网站", "这一次没有可用的结果", why_not_judged(site), "按说明处理后，等下一次检测"
    yield from _addresses(site)
    yield from _engines(site)
    if closed := sum(len(entry.silent_frames) for entry in site.coverage if entry.state in SEEN and entry.variant is Variant.DESKTOP):
        yield ("网页里的一部分", f"{words.number(closed)} 处框架或封闭的组件", "其中的内容读取不到，没有检测",
               "请直接检测框架里的网页，或者由人查看")  # fmt: skip
    if unread := documents.unread(site):
        yield "附件", f"{words.number(unread)} 份", "没有抽到，或者程序打不开", "见“文档”一节，由人查看"
    if not any(entry.variant is not Variant.DESKTOP for entry in site.coverage) and judged(last):
        yield ("手机版、长者版", "没有看", "检测设置里没有列入，或者没有找到入口", "在 targets.yml 的 variants 里加上 mobile、elder")
    yield from _criteria(history.reach)
    yield "实际使用", "全部", "程序不能代替残疾人试用", "请组织残疾人体验员完成网站上最常办的几件事"


def _addresses(site: SiteHistory) -> Iterator[Row]:
    counts = Counter(entry.state for entry in site.coverage if entry.variant is Variant.DESKTOP)
    for kind in UNSEEN_KINDS:
        for state in State:
            if counts[state] and words.kind(state) == kind:
                meaning, remedy = words.advice(state)
                yield (f"网页：{words.STATE[state]}", f"{words.number(counts[state])} 个地址", meaning, remedy or "以后的检测会再试")


def _engines(site: SiteHistory) -> Iterator[Row]:
    """Engines that did not answer on pages that were judged; one that is tried on some pages only is told as such."""
    asked = silent(site)
    for engine, (missing, pages) in asked.items():
        if not missing:
            continue
        extent = f"{words.number(pages)} 页中的 {words.number(missing)} 页"
        if engine == TRIED_ON_SOME:
            yield ENGINES[engine], extent, "试用费时，每次只选有代表性的几页", MORE_USE
        else:
            yield ENGINES[engine], extent, "这项检查在这些页面上没有得到回答", "以后的检测会再试；总是这样的，请告诉运行维护人员"
    for engine, does in ENGINES.items():
        if engine not in asked:
            yield does, "全部网页", "检测设置（profile）没有要求", "在 targets.yml 里把 profile 改为 full"


def silent(site: SiteHistory) -> Mapping[str, tuple[int, int]]:
    """Engine that the site's profile asks -> (pages on which it gave no answer, pages); of pages whose engines are known."""
    seen = [entry for entry in site.coverage if entry.state in SEEN and entry.variant is Variant.DESKTOP and entry.engines]
    names = [engine.name for engine in engines(site.target.profile)]
    return {name: (sum(name not in entry.engines for entry in seen), len(seen)) for name in names}


def _criteria(reach: Sequence[Covered]) -> Iterator[Row]:
    for kind, why, remedy in (
        (Reach.HUMAN, "程序不能判断，只能由人检查", "请无障碍专业人员按 WCAG 2.2 逐条检查"),
        (Reach.CANT_TELL, "程序只能找出可疑的地方", "见“需要人工判断”一节"),
    ):
        met = [one.criterion for one in reach if one.reach is kind]
        if met:
            named = "；".join(f"{one.number} {one.name_zh}" for one in met[:NAMED]) + ("……" if len(met) > NAMED else "")
            yield "A、AA 级成功准则", f"{len(reach)} 条中的 {len(met)} 条：{named}", why, remedy
