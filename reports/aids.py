"""Tells of a site's aids: its toolbar closed, open and blocked side by side, its phone and elder pages, the ministry's rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from auditor.model import SEEN, STANDING, Coverage, History, Issue, Outcome, SiteHistory, Variant
from checks import miit, toolbars
from checks.miit import RowState
from reports import words
from reports.pages import Section, paragraph, piece, table
from reports.runs import judged, newest

SITUATIONS = (Variant.DESKTOP, Variant.TOOLBAR_OPEN, Variant.TOOLBAR_BLOCKED)
BESIDE = (Variant.MOBILE, Variant.ELDER)
HEADS = {Variant.DESKTOP: "不打开工具条", Variant.TOOLBAR_OPEN: "打开工具条", Variant.TOOLBAR_BLOCKED: "屏蔽工具条"}
ROW_STATE = {RowState.PASS: "监测符合", RowState.FAIL: "监测不符合", RowState.PERSON: "需要人工判断", RowState.ABSENT: "未涉及"}
CONFIDENCE = {"V": "条文已核对", "V2": "条文据转引", "I": "推断", "U": "条文未核对"}
NO_CREDIT = (
    "工具条不能代替网页自身的无障碍：不打开工具条时查到的问题，以及试用时查到的工具条自身的障碍，计入待修复清单和各项数字；"
    "打开或屏蔽工具条之后网页上的结果只供对照。"
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
    sentences = [_named(site.noted), *_tried(site.noted), NO_CREDIT]
    compared = compare(site)
    if len(compared.situations) < 2:
        sentences.append(_why_not(site, compared))
        return Section(id="toolbar", title="无障碍工具条", intro=_paragraphs(sentences))
    sentences += [f"“{HEADS[variant]}”这一种没有对比：{why}。" for variant, why in compared.missing.items()]
    sentences.append(_verdict(compared))
    rows = [
        piece("aids.html", "counted", name=_title(history, rule), counts=counts) for rule, counts in compared.counts.items()
    ] or [piece("aids.html", "counted", name="没有查到不符合之处", counts=(0,) * len(compared.situations))]  # fmt: skip
    rows.append(piece("aids.html", "counted", name="合计", counts=compared.totals()))
    heads = [HEADS[variant] for variant in compared.situations]
    caption = "首页各条规则的不符合处数，三种情形用同样的检查"
    return table("toolbar", "无障碍工具条：三种情形对比", _paragraphs(sentences), caption, ["规则", *heads], rows, counts=heads)


def _named(told: Mapping[str, Any]) -> str:
    known = [toolbars.families()[family] for family in miit.families(told) if family in toolbars.families()]
    if not known:
        return "首页有无障碍工具条的入口，没有识别出是哪一种产品。"
    names = "、".join(f"{family.name}（{CONFIDENCE[family.confidence].replace('条文', '特征')}）" for family in known)
    return f"首页上的工具条：{names}。"


def _tried(told: Mapping[str, Any]) -> Iterator[str]:
    """What came of using the toolbar by keyboard."""
    used = next((page["used"] for page in told["pages"] if page["variant"] == Variant.DESKTOP.value and "used" in page), None)
    if used is None:
        yield "这一次没有试用工具条（检查范围不是 full，或首页上没有能在本页打开的入口）。"
        return
    how = {"Enter": "按回车键能打开", "Space": "按空格键能打开", "mouse": "只能用鼠标打开", "": "按回车键、用鼠标点击都没有打开"}
    closes = {"Escape": "按 Esc 键能关闭", "key": "用键盘能关闭", "toggle": "再按一次入口能关闭", "mouse": "只能用鼠标关闭",
              "": "没有找到关闭的办法"}  # fmt: skip
    said = [how.get(used["opens"], "能否用键盘打开没有试出"), closes.get(used["closes"], "")]
    if used["enlarge"]:
        grown = used["enlarge"]["how"] in ("key", "mouse")
        said.append(f"放大后正文变为原来的 {used['enlarge']['ratio']:g} 倍" if grown else "按了放大，正文没有变大")
    harms = (
        ("hides", "打开后读屏软件读不到正文"), ("sounds", "一打开就有声音"), ("key", "打开后单个字母键成了快捷键"),
        ("trapped", "键盘进去出不来"),
    )  # fmt: skip
    said += [word for name, word in harms if used[name]]
    yield f"用键盘试用“{used['words']}”：{'，'.join(filter(None, said))}。"


def _why_not(site: SiteHistory, compared: Comparison) -> str:
    if compared.missing:
        return "".join(f"“{HEADS[variant]}”没有检测成功：{why}。" for variant, why in compared.missing.items())
    if not {Variant.TOOLBAR_OPEN, Variant.TOOLBAR_BLOCKED}.intersection(site.target.variants):
        return "在 targets.yml 的 variants 里加上 toolbar-open 和 toolbar-blocked，就会对比打开、屏蔽工具条时的结果。"
    return "这一次没有对比。"


def _verdict(compared: Comparison) -> str:
    """What opening and blocking changed, in a sentence."""
    totals = dict(zip(compared.situations, compared.totals(), strict=True))
    closed = totals.get(Variant.DESKTOP, 0)
    said = [f"不打开工具条，首页查到 {closed} 处不符合"]
    if (opened := totals.get(Variant.TOOLBAR_OPEN)) is not None:
        said.append(f"打开之后 {opened} 处" + ("，没有变化" if opened == closed else ""))
    if (blocked := totals.get(Variant.TOOLBAR_BLOCKED)) is not None:
        fewer = f"，其中 {closed - blocked} 处是工具条自己带来的" if blocked < closed else "，与工具条无关" if blocked == closed else ""
        said.append(f"屏蔽之后 {blocked} 处{fewer}")
    return "；".join(said) + "。"


# ---------------------------------------------------------------------------------------------- phone and elder version


def _beside(history: History, site: SiteHistory) -> Section | None:
    entries = [entry for entry in site.coverage if entry.variant in BESIDE]
    if not entries:
        return None
    intro = _paragraphs([
        "下面的网页另用手机的窗口或从长者版入口看过，每种最多几页。查到的问题单独列出，不计入电脑版的清单、数字和评价。"
    ])  # fmt: skip
    rows = [_beside_row(history, site, entry) for entry in sorted(entries, key=lambda entry: BESIDE.index(entry.variant))]
    heads = ["网页", "方式", "结果", "不符合之处"]
    return table("beside", "手机版和长者版", intro, "在其他方式下看过的网页", heads, rows)


def _beside_row(history: History, site: SiteHistory, entry: Coverage) -> Markup:
    counts = Counter(
        issue.rule for issue in site.issues if (issue.page, issue.variant) == (entry.url, entry.variant) and _stands(issue)
    )  # fmt: skip
    told = "；".join(f"{_title(history, rule)} {count} 处" for rule, count in counts.most_common(8))
    more = f"；另有 {len(counts) - 8} 条规则" if len(counts) > 8 else ""
    result = words.STATE[entry.state] + (f"：{entry.reason}" if entry.reason else "")
    found = (told + more or "没有查到") if entry.state in SEEN else "—"
    return piece("aids.html", "beside", entry=entry, way=words.VARIANT[entry.variant], result=result, found=found)


# ---------------------------------------------------------------------------------------------- the ministry's rows


def _rows(site: SiteHistory) -> Section | None:
    rows = miit.rows(site.noted)
    if not rows or not judged(newest(site)):
        return None
    counts = Counter(row.state for row in rows)
    told = "，".join(f"{ROW_STATE[state]} {counts[state]} 项" for state in RowState if counts[state])
    intro = _paragraphs([
        "对照工业和信息化部《互联网网站适老化通用设计规范》（附件1）和《移动互联网应用（APP）适老化通用设计规范》（附件2，只取网页涉及的部分）"
        "中程序能看出端倪的条文。这是自动监测的结果，不是评测，不产生标识，也不代替用户满意度和人工技术评价。",
        f"{told}。条文的来源可靠程度写在每一行里，未经核对的不要引用。",
    ])  # fmt: skip
    body = [
        piece(
            "aids.html", "requirement", title=row.requirement.title, clause=_clause(row.requirement), wording=row.requirement.wording,
            state=ROW_STATE[row.state], why=row.why,
        )
        for row in rows
    ]  # fmt: skip
    return table("miit", "适老化设计规范对照监测", intro, "各条文的监测结果", ["要求", "监测结果", "说明", "条文"], body)


def _clause(one: miit.Requirement) -> str:
    return f"{one.document} {one.clause or '（编号未核对）'}，{CONFIDENCE[one.confidence]}"


def _title(history: History, rule: str) -> str:
    known = history.rules.get(rule)
    return known.title if known else rule


def _paragraphs(sentences: Sequence[str]) -> Markup:
    return Markup().join(paragraph(sentence) for sentence in sentences)
