"""Drafts the letter (整改通知) to the owner of a site in the manner of official letters (公文), with blanks where people must fill in.

Layout after GB/T 9704-2012: A4, 37 mm above and 28 mm left of a text area of 156 × 225 mm, title in 小标宋 二号 (22 pt), text in 仿宋 三号
(16 pt) on fixed lines of 28 pt, first lines indented by two characters, headings of the first order in 黑体.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.language import told_in
from auditor.model import Case, History, Impact, SiteHistory
from reports import words
from reports.cards import Cards
from reports.grouping import Board, board
from reports.letters import Letter
from reports.priorities import Ranked, Templates, ranked
from reports.runs import judged, known, newest, pages_judged

INTERNAL = True
FIRST = 10
ISSUER, NUMBER, DAY, REACHED = "（发文机关名称）", "〔　　　　〕　　号", "　　　　年　　月　　日", "（联系人、电话）"
LAW = "《中华人民共和国无障碍环境建设法》"


def path_of(site: SiteHistory) -> str:
    """Where the letter of a site lies."""
    return f"sites/{site.target.site.id}.notice.docx"


def wanted(site: SiteHistory, standing: Board) -> bool:
    """Whether there is anything to write of: barriers that the newest audit has seen."""
    return bool(standing.to_fix) and judged(newest(site))


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """The letters to all sites that have something to repair."""
    for site in history.sites:
        if judged(newest(site)) and (content := letter(history, site)):
            yield path_of(site), content


def letter(history: History, site: SiteHistory, case: Case | None = None) -> bytes | None:
    """The draft as DOCX, the same for the same history; None where there is nothing to write of. An official letter is in Chinese always.

    With a case (督办案件) it is about the case's barriers that still stand, bears its number, and names its last day.
    """
    with told_in("zh"):
        return _letter(history, site, case)


def _letter(history: History, site: SiteHistory, case: Case | None) -> bytes | None:
    standing = board(site, history.rules, history.now, history.timezone)
    last = newest(site)
    if not wanted(site, standing) or last is None:
        return None
    subject, cards = site.target.site, Cards(history, site)
    order = ranked(site, standing.to_fix, Templates(site.coverage))
    order = order[:FIRST] if case is None else [one for one in order if one.group.example.group in case.standing]
    if not order:
        return None
    attached = "请先修复的问题" if case is None else "请修复的问题"
    draft = Letter(title=f"关于修复{subject.name}信息无障碍问题的通知", made=history.now)
    draft.line(NUMBER, centred=True)
    draft.heading(f"关于修复{subject.name}信息无障碍问题的通知")
    draft.line(f"{subject.owner or '（主办单位名称）'}：", indented=False)
    draft.line(_opening(history, site, standing))
    draft.section("一、检测情况")
    critical = standing.by_impact()[Impact.CRITICAL]
    hard = f"，其中 {critical} 组使一部分人完全受阻" if critical else ""
    draft.line(
        f"本次检测已知地址 {words.number(known(last))} 个，检测网页 {words.number(pages_judged(last))} 页，"
        f"查到需要修复的问题 {len(standing.to_fix)} 组{hard}，涉及 {words.number(standing.pages())} 页。"
    )
    rest = (("需要人工判断的", standing.to_judge), ("网站附件（文档）中的问题", standing.documents))
    if also := "，".join(f"{name} {len(groups)} 组" for name, groups in rest if groups):
        draft.line(f"另有{also}，见检测报告。")
    draft.line(
        "以上是自动检测范围内的结果，不是国家的无障碍信息评测、标识或者认证，也不表示网站符合或者不符合某项标准；没有查到的，不等于没有障碍。"
    )
    draft.section(f"二、{attached}")
    what = "改起。它们影响的人多、涉及的页面多，" if case is None else "改好。"
    draft.line(f"请{'从' if case is None else '把'}附件所列的 {len(order)} 组问题{what}修复公共部件或者模板后，许多页面可以一并改好。")
    draft.section("三、办理要求")
    for sentence in _demands(history, case):
        draft.line(sentence)
    draft.attachment(attached)
    draft.signature(ISSUER, DAY)
    draft.appendix("附件", attached)
    _table(draft, cards, order)
    draft.line(f"在哪里、怎样改、怎样核实，见《{subject.name}无障碍检测报告》。", indented=False)
    return draft.content()


def _table(draft: Letter, cards: Cards, order: Sequence[Ranked]) -> None:
    heads = ["序号", "问题和位置", "谁会受阻", "范围", "工作量", "编号"]
    rows = [
        [str(place), cards.heading(one.group), cards.who(one.group), cards.extent(one.group), cards.effort(one.group).told,
         words.group_number(one.group.example.group)]
        for place, one in enumerate(order, 1)
    ]  # fmt: skip
    draft.table(heads, rows, widths=(10, 44, 46, 24, 14, 20))


def _demands(history: History, case: Case | None) -> Iterator[str]:
    """What the owner is asked to do, and until when."""
    day = "于　　　　年　　月　　日前" if case is None else f"在{words.day(case.deadline, history.timezone)}以前（含当日）"
    yield f"请{day}完成附件所列问题的修复，并将办理情况函告我单位。"
    yield "修复后不需要另行申报：下一次检测在同一页面上不再查到的，自动记为已修复。确有困难的，请说明理由和计划完成的时间。"
    yield "对检测结果有不同意见的，请一并提出，我单位将组织人工复核。"
    yield f"联系方式：{REACHED}。" if case is None else f"联系方式：{REACHED}。本案编号 {case.id}，来函来电时请注明。"


def _opening(history: History, site: SiteHistory, standing: Board) -> str:
    last = newest(site)
    day = words.day(last.started, history.timezone) if last else ""
    basis = words.legal_basis(site.target.site.legal_basis)
    law = basis if basis.startswith("《") else LAW
    return (
        f"为保障残疾人、老年人平等获取信息和办理事务，依照{law.partition('（')[0]}，{day}对你单位主办的{site.target.site.name}"
        "进行了信息无障碍自动检测。现将有关情况通知如下。"
    )
