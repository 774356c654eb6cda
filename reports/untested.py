"""Says in one place what was not tested and why: addresses, engines that gave no answer, parts of pages, documents, criteria for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from auditor.language import Words, capital, counted, say
from auditor.model import SEEN, Covered, History, Reach, SiteHistory, State, Variant
from checks.check import INTERACTION
from checks.judge import engines
from reports import documents, words
from reports.pages import Section, paragraph, piece, table
from reports.runs import judged, newest, why_not_judged

ENGINES: Mapping[str, str] = Words({
    "axe": ("代码检查（axe-core）", "Checks of the code (axe-core)"),
    "auditor": ("代码和画面检查（本项目）", "Checks of code and picture (this project)"),
    "layout": ("窄屏、放大和加宽间距试验", "Trials with a narrow screen, magnified and with wider spacing"),
    "interaction": ("键盘、表单和弹窗试用", "Trials of keyboard, forms and dialogues"),
})  # fmt: skip
"""Engine of pages -> what it does, in plain words."""
TRIED_ON_SOME = INTERACTION
"""The engine that is asked on some pages of a site only, since trying them takes long."""
UNSEEN_KINDS = (words.Kind.FAILED, words.Kind.NEVER)
NAMED = 8

Row = tuple[str, str, str, str]
"""What was not tested, how much of it, why, what can be done."""


def section(history: History, site: SiteHistory, *, doubts: bool) -> Section:
    """The table of what was not tested; `doubts`: whether the report has a section of places for a person to judge."""
    told = list(rows(history, site, doubts=doubts))
    intro = paragraph(say(
        "没有检测到的，不能说有问题，也不能说没有问题。下面各项都不能算作“没有障碍”。",
        "Of what was not tested it cannot be said that it has problems, nor that it has none. Nothing below counts as free of barriers.",
    ))  # fmt: skip
    heads = say(["没有检测的内容", "多少", "为什么", "怎样补上"], ["What was not tested", "How much", "Why", "What can be done"])
    body = [
        piece("site.html", "untested", what=capital(what), extent=capital(extent), why=capital(why), remedy=capital(remedy))
        for what, extent, why, remedy in told
    ]
    caption = say("没有检测的内容、原因和补救办法", "What was not tested, the reasons and the remedies")
    return table("untested", say("没有检测什么，为什么", "What was not tested, and why"), intro, caption, heads, body)


def rows(history: History, site: SiteHistory, *, doubts: bool) -> Iterator[Row]:
    """What was not tested, most far-reaching first; there is always something, since some criteria only people can judge."""
    last = newest(site)
    if not judged(last):
        yield (
            say("整个网站", "the whole site"), say("这一次没有可用的结果", "this time there is no result to use"), why_not_judged(site),
            say("按说明处理后，等下一次检测", "follow the explanation and wait for the next audit"),
        )  # fmt: skip
    yield from _addresses(site)
    yield from _engines(site)
    if closed := sum(len(entry.silent_frames) for entry in site.coverage if entry.state in SEEN and entry.variant is Variant.DESKTOP):
        yield (
            say("网页里的一部分", "parts of web pages"),
            say(f"{words.number(closed)} 处框架或封闭的组件", counted(closed, "frame or closed component", "frames or closed components")),
            say("其中的内容读取不到，没有检测", "what is in them could not be read and was not tested"),
            say("请直接检测框架里的网页，或者由人查看", "audit the page in the frame directly, or have a person look"),
        )  # fmt: skip
    if unread := documents.unread(site):
        yield (
            say("附件", "attachments"), say(f"{words.number(unread)} 份", f"{unread:,}"),
            say("没有抽到，或者程序打不开", "not in the sample, or the program could not open them"),
            say("见“文档”一节，由人查看", "see the section “Documents” and have a person look"),
        )  # fmt: skip
    if not any(entry.variant is not Variant.DESKTOP for entry in site.coverage) and judged(last):
        yield (
            say("手机版、长者版", "mobile version, version for older people"), say("没有看", "not looked at"),
            say("检测设置里没有列入，或者没有找到入口", "the settings do not ask for them, or no entrance was found"),
            say("在 targets.yml 的 variants 里加上 mobile、elder", "add mobile and elder to variants in targets.yml"),
        )  # fmt: skip
    yield from _criteria(history.reach, _where(site, doubts))
    yield (
        say("实际使用", "real use"), say("全部", "all of it"),
        say("程序不能代替残疾人试用", "no program can take the place of disabled people trying it"),
        say("请组织残疾人体验员完成网站上最常办的几件事", "have disabled testers do what is done most often on the site"),
    )  # fmt: skip


def _addresses(site: SiteHistory) -> Iterator[Row]:
    counts = Counter(entry.state for entry in site.coverage if entry.variant is Variant.DESKTOP)
    later = say("以后的检测会再试", "later audits will try again")
    for kind in UNSEEN_KINDS:
        for state in State:
            if (count := counts[state]) and words.kind(state) == kind:
                meaning, remedy = words.advice(state)
                what = say(f"网页：{words.STATE[state]}", f"web pages: {words.STATE[state]}")
                yield what, say(f"{words.number(count)} 个地址", counted(count, "address", "addresses")), meaning, remedy or later


def _engines(site: SiteHistory) -> Iterator[Row]:
    """Engines that did not answer on pages that were judged; one that is tried on some pages only is told as such."""
    asked = silent(site)
    for engine, (missing, pages) in asked.items():
        if not missing:
            continue
        extent = say(f"{words.number(pages)} 页中的 {words.number(missing)} 页", f"{missing:,} of {counted(pages, 'page')}")
        if engine == TRIED_ON_SOME:
            yield (
                ENGINES[engine], extent,
                say("试用费时，每次只选有代表性的几页", "trials take long; a few typical pages are chosen each time"),
                say("以后的检测会试用其他页面；可以在 targets.yml 里调大 interaction_pages",
                    "later audits will try other pages; interaction_pages in targets.yml can be raised"),
            )  # fmt: skip
        else:
            yield (
                ENGINES[engine], extent, say("这项检查在这些页面上没有得到回答", "this check got no answer on these pages"),
                say("以后的检测会再试；总是这样的，请告诉运行维护人员",
                    "later audits will try again; if it stays like this, please tell those who run the service"),
            )  # fmt: skip
    for engine, does in ENGINES.items():
        if engine not in asked:
            yield (
                does, say("全部网页", "all web pages"),
                say("检测设置（profile）没有要求", "the settings (profile) do not ask for it"),
                say("在 targets.yml 里把 profile 改为 full", "set profile to full in targets.yml"),
            )  # fmt: skip


def silent(site: SiteHistory) -> Mapping[str, tuple[int, int]]:
    """Engine that the site's profile asks -> (pages on which it gave no answer, pages); of pages whose engines are known."""
    seen = [entry for entry in site.coverage if entry.state in SEEN and entry.variant is Variant.DESKTOP and entry.engines]
    names = [engine.name for engine in engines(site.target.profile)]
    return {name: (sum(name not in entry.engines for entry in seen), len(seen)) for name in names}


def _where(site: SiteHistory, doubts: bool) -> str:
    """What is to be done about criteria for which a program only finds doubtful places."""
    if doubts:
        return say("见“需要人工判断”一节", "see the section “For a person to judge”")
    if not judged(newest(site)):
        return say("等下一次检测；这些条仍要由人检查", "wait for the next audit; people have to check these criteria all the same")
    return say(
        "本站这次没有查到可疑之处；这些条仍要由人检查",
        "no doubtful places were found on this site this time; people still have to check these criteria",
    )


def _criteria(reach: Sequence[Covered], doubtful: str) -> Iterator[Row]:
    for kind, why, remedy in (
        (Reach.HUMAN, say("程序不能判断，只能由人检查", "no program can judge them; only people can"),
         say("请无障碍专业人员按 WCAG 2.2 逐条检查", "have accessibility professionals check them one by one by WCAG 2.2")),
        (Reach.CANT_TELL, say("程序只能找出可疑的地方", "a program can only find places that raise doubts"),
         doubtful),
    ):  # fmt: skip
        met = [one.criterion for one in reach if one.reach is kind]
        if met:
            named = say("；", "; ").join(f"{one.number} {say(one.name_zh, one.name_en)}" for one in met[:NAMED])
            more = say("……", " …") if len(met) > NAMED else ""
            yield (
                say("A、AA 级成功准则", "success criteria of levels A and AA"),
                say(f"{len(reach)} 条中的 {len(met)} 条：{named}{more}", f"{len(met)} of {len(reach)}: {named}{more}"), why, remedy,
            )  # fmt: skip
