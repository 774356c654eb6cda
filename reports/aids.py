"""Tells of a site's aids: its toolbar closed, open and blocked side by side, its phone and elder pages, the ministry's rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from auditor.language import Words, capital, counted, joined, listed, say, sentences
from auditor.model import SEEN, STANDING, Coverage, History, Issue, Outcome, SiteHistory, Variant
from checks import miit, toolbars
from checks.miit import RowState
from reports import words
from reports.pages import Section, paragraph, piece, table
from reports.runs import judged, newest

SITUATIONS = (Variant.DESKTOP, Variant.TOOLBAR_OPEN, Variant.TOOLBAR_BLOCKED)
BESIDE = (Variant.MOBILE, Variant.ELDER)
HEADS: Mapping[Variant, str] = Words({
    Variant.DESKTOP: ("不打开工具条", "Toolbar closed"), Variant.TOOLBAR_OPEN: ("打开工具条", "Toolbar open"),
    Variant.TOOLBAR_BLOCKED: ("屏蔽工具条", "Toolbar blocked"),
})  # fmt: skip
ROW_STATE: Mapping[RowState, str] = Words({
    RowState.PASS: ("监测符合", "passed"), RowState.FAIL: ("监测发现不符合", "failed"),
    RowState.PERSON: ("需要人工判断", "for a person to judge"), RowState.ABSENT: ("未涉及", "not applicable"),
})  # fmt: skip
CONFIDENCE: Mapping[str, str] = Words({
    "V": ("条文已核对", "wording checked"), "V2": ("条文据转引", "wording quoted from others"), "I": ("推断", "inferred"),
    "U": ("条文未核对", "wording not checked"),
})  # fmt: skip
SIGNS: Mapping[str, str] = Words({
    "V": ("特征已核对", "signs checked"), "V2": ("特征据转引", "signs quoted from others"), "I": ("推断", "inferred"),
    "U": ("特征未核对", "signs not checked"),
})  # fmt: skip
OPENS: Mapping[str, str] = Words({
    "Enter": ("按回车键能打开", "opens with Enter"), "Space": ("按空格键能打开", "opens with the space bar"),
    "mouse": ("只能用鼠标打开", "opens with the mouse only"),
    "": ("按回车键、用鼠标点击都没有打开", "opens neither with Enter nor with a click"),
})  # fmt: skip
CLOSES: Mapping[str, str] = Words({
    "Escape": ("按 Esc 键能关闭", "closes with Esc"), "key": ("用键盘能关闭", "closes by keyboard"),
    "toggle": ("再按一次入口能关闭", "closes when its entrance is pressed again"),
    "mouse": ("只能用鼠标关闭", "closes with the mouse only"), "": ("没有找到关闭的办法", "no way to close it was found"),
})  # fmt: skip
HARMS: Mapping[str, str] = Words({
    "hides": ("打开后读屏软件读不到正文", "once it is open, screen readers no longer reach the content"),
    "sounds": ("一打开就有声音", "it makes sounds as soon as it opens"),
    "key": ("打开后单个字母键成了快捷键", "once it is open, single letters become shortcut keys"),
    "trapped": ("键盘进去出不来", "the keyboard gets in and not out again"),
})  # fmt: skip


def _no_credit() -> str:
    return say(
        "工具条不能代替网页自身的无障碍：不打开工具条时查到的问题，以及试用时查到的工具条自身的障碍，计入待修复清单和各项数字；"
        "打开或屏蔽工具条之后网页上的结果只供对照。",
        "A toolbar cannot take the place of accessible pages: problems found with the toolbar closed, and barriers of the toolbar itself "
        "found while it was tried, count as problems to fix and in all figures; results with the toolbar open or blocked are there only "
        "to compare.",
    )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Failed places on the start page by rule, in each situation that was judged; the same engines in all of them."""

    situations: tuple[Variant, ...]
    counts: Mapping[str, tuple[int, ...]]  #: rule -> places, in the order of the situations; most in desktop first
    missing: Mapping[Variant, str]  #: situations that were tried and not judged, and why

    def totals(self) -> tuple[int, ...]:
        """Places of all rules in each situation."""
        return tuple(sum(row[place] for row in self.counts.values()) for place in range(len(self.situations)))


def sections(history: History, site: SiteHistory) -> Iterator[Section | None]:
    """What there is to tell of a site's aids; nothing where nothing was seen."""
    if site.noted:
        yield _toolbar(history, site)
    yield _beside(history, site)
    if site.noted:
        yield _rows(site)


def compare(site: SiteHistory) -> Comparison:
    """The start page with its toolbar closed, open and blocked."""
    start = site.noted.get("start", "")
    entries = {entry.variant: entry for entry in site.coverage if entry.url == start and entry.variant in SITUATIONS}
    seen = tuple(variant for variant in SITUATIONS if variant in entries and entries[variant].state in SEEN)
    common = frozenset.intersection(*(frozenset(entries[variant].engines) for variant in seen)) if seen else frozenset[str]()
    found: dict[str, Counter[Variant]] = {}
    for issue in site.issues:
        if issue.page == start and issue.variant in seen and _stands(issue) and common.intersection(issue.engines):
            found.setdefault(issue.rule, Counter())[issue.variant] += 1
    order = sorted(found, key=lambda rule: (-found[rule].total(), rule))
    counts = {rule: tuple(found[rule][variant] for variant in seen) for rule in order}
    missing = {variant: entry.reason for variant, entry in entries.items() if variant not in seen}
    return Comparison(situations=seen, counts=counts, missing=missing)


def _stands(issue: Issue) -> bool:
    return issue.outcome is Outcome.FAILED and issue.state in STANDING


# ---------------------------------------------------------------------------------------------- the toolbar


def _toolbar(history: History, site: SiteHistory) -> Section | None:
    if not miit.has_toolbar(site.noted):
        return None
    told = [_named(site.noted), *_tried(site.noted), _no_credit()]
    compared = compare(site)
    if len(compared.situations) < 2:
        told.append(_why_not(site, compared))
        return Section(id="toolbar", title=say("无障碍工具条", "Accessibility toolbar"), intro=_paragraphs(told))
    told += [
        say(f"“{HEADS[variant]}”这一种没有对比：{why}。", f"“{HEADS[variant]}” could not be compared: {why}.")
        for variant, why in compared.missing.items()
    ]
    told.append(_verdict(compared))
    rows = [
        piece("aids.html", "counted", name=_title(history, rule), counts=counts) for rule, counts in compared.counts.items()
    ]  # fmt: skip
    if not rows:
        nothing = say("没有查到不符合之处", "No failures found")
        rows = [piece("aids.html", "counted", name=nothing, counts=(0,) * len(compared.situations))]
    rows.append(piece("aids.html", "counted", name=say("合计", "Total"), counts=compared.totals()))
    heads = [HEADS[variant] for variant in compared.situations]
    caption = say("首页各条规则的不符合处数，三种情形用同样的检查", "Failures on the home page by rule, by the same checks")
    title = say("无障碍工具条：三种情形对比", "Accessibility toolbar: three situations compared")
    return table("toolbar", title, _paragraphs(told), caption, [say("规则", "Rule"), *heads], rows, counts=heads)


def _named(told: Mapping[str, Any]) -> str:
    known = [toolbars.families()[family] for family in miit.families(told) if family in toolbars.families()]
    if not known:
        return say(
            "首页有无障碍工具条的入口，没有识别出是哪一种产品。",
            "The home page has an entrance to an accessibility toolbar; which product it is was not recognised.",
        )
    names = listed([say(f"{one.name}（{SIGNS[one.confidence]}）", f"{one.name} ({SIGNS[one.confidence]})") for one in known])
    return say(f"首页上的工具条：{names}。", f"Toolbar on the home page: {names}.")


def _tried(told: Mapping[str, Any]) -> Iterator[str]:
    """What came of using the toolbar by keyboard."""
    used = next((page["used"] for page in told["pages"] if page["variant"] == Variant.DESKTOP.value and "used" in page), None)
    if used is None:
        yield say(
            "这一次没有试用工具条（检查范围不是 full，或首页上没有能在本页打开的入口）。",
            "The toolbar was not tried this time (the profile is not full, or the home page has no entrance that opens it there).",
        )
        return
    unknown = say("能否用键盘打开没有试出", "whether it opens by keyboard could not be found out")
    said = [OPENS.get(used["opens"], unknown), CLOSES.get(used["closes"], "")]
    if used["enlarge"]:
        times = f"{used['enlarge']['ratio']:g}"
        if used["enlarge"]["how"] in ("key", "mouse"):
            said.append(say(f"放大后正文变为原来的 {times} 倍", f"magnified, the text is {times} times as large"))
        else:
            said.append(say("按了放大，正文没有变大", "magnifying was pressed and the text did not grow"))
    said += [word for name, word in HARMS.items() if used[name]]
    result = say("，", "; ").join(word for word in said if word)
    yield say(f"用键盘试用“{used['words']}”：{result}。", f"“{used['words']}”, tried by keyboard: {result}.")


def _why_not(site: SiteHistory, compared: Comparison) -> str:
    if compared.missing:
        return sentences([
            say(f"“{HEADS[variant]}”没有检测成功：{why}。", f"“{HEADS[variant]}” could not be audited: {why}.")
            for variant, why in compared.missing.items()
        ])  # fmt: skip
    if not {Variant.TOOLBAR_OPEN, Variant.TOOLBAR_BLOCKED}.intersection(site.target.variants):
        return say(
            "在 targets.yml 的 variants 里加上 toolbar-open 和 toolbar-blocked，就会对比打开、屏蔽工具条时的结果。",
            "Add toolbar-open and toolbar-blocked to variants in targets.yml to compare results with the toolbar open and blocked.",
        )
    return say("这一次没有对比。", "There was no comparison this time.")


def _verdict(compared: Comparison) -> str:
    """What opening and blocking changed, in a sentence."""
    totals = dict(zip(compared.situations, compared.totals(), strict=True))
    closed = totals.get(Variant.DESKTOP, 0)
    said = [say(f"不打开工具条，首页查到 {closed} 处不符合", f"With the toolbar closed, the home page has {counted(closed, 'failure')}")]
    if (opened := totals.get(Variant.TOOLBAR_OPEN)) is not None:
        same = say("，没有变化", ", no change") if opened == closed else ""
        said.append(say(f"打开之后 {opened} 处{same}", f"with it open {opened:,}{same}"))
    if (blocked := totals.get(Variant.TOOLBAR_BLOCKED)) is not None:
        fewer = ""
        if blocked < closed:
            fewer = say(f"，其中 {closed - blocked} 处是工具条自己带来的", f"; {closed - blocked:,} came from the toolbar itself")
        elif blocked == closed:
            fewer = say("，与工具条无关", ", none of them due to the toolbar")
        said.append(say(f"屏蔽之后 {blocked} 处{fewer}", f"with it blocked {blocked:,}{fewer}"))
    return say("；", "; ").join(said) + say("。", ".")


# ---------------------------------------------------------------------------------------------- phone and elder version


def _beside(history: History, site: SiteHistory) -> Section | None:
    entries = [entry for entry in site.coverage if entry.variant in BESIDE]
    if not entries:
        return None
    intro = _paragraphs([
        say(
            "下面的网页另用手机的窗口或从长者版入口看过，每种最多几页。查到的问题单独列出，不计入电脑版的清单、数字和评价。",
            "These pages were also looked at in the window of a phone, or through the entrance to the version for older people, a few "
            "pages of each. Problems found there are listed apart; they do not count in lists, figures and ratings of the desktop version.",
        )
    ])  # fmt: skip
    rows = [_beside_row(history, site, entry) for entry in sorted(entries, key=lambda entry: BESIDE.index(entry.variant))]
    heads = [say("网页", "Page"), say("方式", "Version"), say("结果", "Result"), say("不符合之处", "Failures")]
    title = say("手机版和长者版", "Mobile version and version for older people")
    return table("beside", title, intro, say("在其他方式下看过的网页", "Pages looked at in other versions"), heads, rows)


def _beside_row(history: History, site: SiteHistory, entry: Coverage) -> Markup:
    counts = Counter(
        issue.rule for issue in site.issues if (issue.page, issue.variant) == (entry.url, entry.variant) and _stands(issue)
    )  # fmt: skip
    rest = len(counts) - 8
    told = [
        say(f"{_title(history, rule)} {count} 处", f"{_title(history, rule)}: {counted(count, 'place')}")
        for rule, count in counts.most_common(8)
    ]
    if rest > 0:
        told.append(say(f"另有 {rest} 条规则", f"and {counted(rest, 'more rule')}"))
    result = capital(words.STATE[entry.state]) + (say("：", ": ") + entry.reason if entry.reason else "")
    found = (say("；", "; ").join(told) or say("没有查到", "None found")) if entry.state in SEEN else "—"
    return piece("aids.html", "beside", entry=entry, way=capital(words.VARIANT[entry.variant]), result=result, found=found)


# ---------------------------------------------------------------------------------------------- the ministry's rows


def _rows(site: SiteHistory) -> Section | None:
    rows = miit.rows(site.noted)
    if not rows or not judged(newest(site)):
        return None
    counts = Counter(row.state for row in rows)
    told = joined([
        say(f"{ROW_STATE[state]} {counts[state]} 项", f"{counts[state]:,} {ROW_STATE[state]}") for state in RowState if counts[state]
    ])  # fmt: skip
    intro = _paragraphs([
        say(
            "对照工业和信息化部《互联网网站适老化通用设计规范》（附件1）和《移动互联网应用（APP）适老化通用设计规范》（附件2，只取网页涉及的部分）"
            "中程序能够初步判断的条文。这是自动监测的结果，不是评测，不产生标识，也不代替用户满意度和人工技术评价。",
            "This compares the site with those clauses of two specifications of the Ministry of Industry and Information Technology of "
            "which a program can see something: the general design specification of websites for older people (annex 1) and that of mobile "
            "apps (annex 2, as far as it concerns web pages). It is a result of automatic monitoring and no evaluation; it yields no mark "
            "and takes the place neither of users’ satisfaction nor of a technical evaluation by people.",
        ),
        say(
            f"{told}。条文的来源可靠程度写在每一行里，未经核对的不要引用。",
            f"{told}. Each row says how well its wording is known; do not quote what was not checked. The wordings are Chinese.",
        ),
    ])  # fmt: skip
    body = [
        piece(
            "aids.html", "requirement", title=row.requirement.title, clause=_clause(row.requirement), wording=row.requirement.wording,
            state=capital(ROW_STATE[row.state]), why=row.why,
        )
        for row in rows
    ]  # fmt: skip
    heads = [say("要求", "Requirement"), say("监测结果", "Result of monitoring"), say("说明", "Remark"), say("条文", "Clause")]
    title = say("适老化设计规范对照监测", "Monitoring by the design specifications for older people")
    return table("miit", title, intro, say("各条文的监测结果", "Result of monitoring for each clause"), heads, body)


def _clause(one: miit.Requirement) -> str:
    document = say(one.document, one.document.replace("附件", "annex "))
    return joined([f"{document} {one.clause or say('（编号未核对）', '(number not checked)')}", CONFIDENCE[one.confidence]])


def _title(history: History, rule: str) -> str:
    known = history.rules.get(rule)
    return say(known.title, known.title_en) if known else rule


def _paragraphs(sentences: Sequence[str]) -> Markup:
    return Markup().join(paragraph(sentence) for sentence in sentences)
