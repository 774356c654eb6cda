"""Writes the head and the foot of a site's report: what was audited, what came of it, on whose word, with which tools."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from auditor.addresses import host_of
from auditor.language import aside, capital, counted, joined, say, sentences
from auditor.model import History, Permit, RunState, RunSummary, SiteHistory
from reports import brief, notice, platforms, reuse, scores, words
from reports.grouping import Board
from reports.pages import made, paragraph, piece
from reports.runs import judged, known, newest, pages_judged, state_word, stopped, why_not_judged


def lead(history: History, site: SiteHistory, standing: Board) -> Markup:
    """What stands above the first section."""
    sheet = work_list(site) in history.beside or history.public
    return piece(
        "site.html", "lead", site=site.target.site, state=capital(state_word(site)), facts=list(_facts(history, site, standing)),
        warning=sentences([_warning(site, standing), stopped(history, host_of(site.target.site.url))]),
        files=_files(history, site, standing), sheet=sheet,
    )  # fmt: skip


def _warning(site: SiteHistory, standing: Board) -> str:
    """Why the numbers below do not stand for the whole site; "" where they do."""
    last, why = newest(site), why_not_judged(site)
    if why and standing.to_fix:
        not_now = last is None or last.state is RunState.FAILED
        listed = say(
            f"下面列出的是已经查到的问题，{'这一次没有核实' if not_now else '这一次只核实了其中一部分'}。",
            f"The problems listed below were found before; this audit confirmed {'none' if not_now else 'only some'} of them.",
        )
        return sentences([why, listed])
    if last and last.state is RunState.PARTIAL:
        only = say("下面的数字只代表检测到的页面。", "The figures below stand only for the pages that were audited.")
        return sentences([last.reason or words.RUN_MEANING[last.state], only])
    return why


def _facts(history: History, site: SiteHistory, standing: Board) -> Iterator[tuple[str, str]]:
    last, subject = newest(site), site.target.site
    regions = {region.id: region.name for region in history.regions}
    yield say("主办单位", "Owner"), subject.owner or say("未填写", "Not entered")
    region = regions.get(subject.region, subject.region)
    yield say("类别和地区", "Category and region"), joined([capital(words.CATEGORY[subject.category]), region])
    none = say("还没有检测过", "There was no audit yet")
    told = joined([words.span(last.started, last.finished, history.timezone), state_word(site)]) if last else none
    yield say("最近一次检测", "Latest audit"), told
    if last:
        yield say("检测范围", "Audited"), _range(last)
    if tried := reuse.error(site.runs):
        yield say("沿用结果是否可靠", "Results carried over"), capital(tried)
    if index := scores.fact(site):
        yield index
    if last or standing.to_fix:
        yield say("待修复", "To fix"), _to_fix(standing, last)
    if last and judged(last):
        yield say("与上一次相比", "Since the previous audit"), _change(last)
    if standing.to_judge:
        count = len(standing.to_judge)
        yield say("需要人工判断", "For a person to judge"), say(f"{count} 组", counted(count, "group"))
    if standing.documents:
        count = len(standing.documents)
        told = say(f"{count} 组（单独列出）", f"{counted(count, 'group')} (listed apart)")
        yield say("文档中的问题", "Problems in documents"), told
    if site.permits:
        yield say("本轮访问依据", "Permission for this visit"), _permit(history, site.permits[0])
    yield from platforms.facts(history, site)
    if subject.legal_basis:
        yield say("法律依据", "Legal basis"), words.legal_basis(subject.legal_basis)


def paper(site: SiteHistory) -> str:
    """Where the report lies for printing."""
    return f"sites/{site.target.site.id}.pdf"


def work_list(site: SiteHistory) -> str:
    """Where the spreadsheet lies in which the owner notes what is done."""
    return f"sites/{site.target.site.id}.xlsx"


def _files(history: History, site: SiteHistory, standing: Board) -> list[tuple[str, str]]:
    """What else there is for this site: (what it is, path)."""
    head = say("给负责人的一页（不用专业词语）", "One page for whoever is in charge (without technical words)")
    files = [(head, f"{brief.path_of(site)}.html")]
    if work_list(site) in history.beside:
        sheet = say("工作清单（XLSX，可筛选、可记办理情况）", "Work list (XLSX, to filter and to note what is done)")
        files.append((sheet, work_list(site)))
    if notice.wanted(site, standing) and not history.public:
        draft = say("整改通知草稿（DOCX，公文格式）", "Draft of the notice to repair (DOCX, an official letter, in Chinese)")
        files.append((draft, notice.path_of(site)))
    if paper(site) in history.beside:
        files.append((say("供打印的本报告（PDF）", "This report for printing (PDF)"), paper(site)))
    return [(name, path.rpartition("/")[2]) for name, path in files]


def _permit(history: History, permit: Permit) -> str:
    """On whose word we came."""
    ended = ""
    if permit.until:
        until = words.day(permit.until, history.timezone)
        ended = say(f"；{until}起不再访问", f"; not visited from {until} on")
    if permit.date is None or not (permit.by or history.public):
        return say(
            f"{permit.host} 是配置中指定的本机或自有地址，不需要确认{ended}",
            f"The host {permit.host} is named in the settings as an address of this machine or our own and needs no confirmation{ended}",
        )
    day = words.day(permit.date, history.timezone)
    return say(
        f"{permit.by or '已经'}确认可以访问 {permit.host}，{day}{ended}",
        f"Visits to {permit.host} were confirmed{f' by {permit.by}' if permit.by else ''} on {day}{ended}",
    )


def _range(run: RunSummary) -> str:
    reused, pages, addresses = words.number(run.pages_reused), pages_judged(run), known(run)
    same = say(f"其中 {reused} 页内容未变，沿用上次结果", f"{reused} of them unchanged, with the result of the previous audit")
    return say(
        f"已知 {words.number(addresses)} 个地址，检测 {words.number(pages)} 页",
        f"{counted(pages, 'page')}, of {counted(addresses, 'known address', 'known addresses')}",
    ) + (aside(same) if run.pages_reused else "")


def _to_fix(standing: Board, last: RunSummary | None) -> str:
    groups, pages = len(standing.to_fix), standing.pages()
    if groups:
        found, seen = "已查到、待核实的 ", ", found before and not confirmed by this audit"
        hardest = joined([
            say(f"{words.IMPACT[impact]} {count} 组", f"{count:,} {words.IMPACT[impact]}")
            for impact, count in standing.by_impact().items() if count
        ])  # fmt: skip
        return say(
            f"{'' if judged(last) else found}{groups} 组，涉及 {words.number(pages)} 页：{hardest}",
            f"{counted(groups, 'group')} on {counted(pages, 'page')}{'' if judged(last) else seen}: {hardest}",
        )
    if last is None or not judged(last):
        return say("未能评价", "Not rated")
    return say(
        f"在检测到的 {words.number(pages_judged(last))} 页上，没有查到需要修复的问题",
        f"No problem to fix was found on the pages that were audited ({counted(pages_judged(last), 'page')})",
    )


def _change(run: RunSummary) -> str:
    ruled = say(
        f"；另有 {run.new_rule} 处由新增的检测规则首次查出，可能早已存在，不算新出现",
        f"; {counted(run.new_rule, 'more place')} first found by a new rule, perhaps there long before, not counted as new",
    )
    return say(
        f"新出现 {run.new} 处，修复后再次出现 {run.reopened} 处，已修复 {run.fixed} 处",
        f"{counted(run.new, 'new place')}, {run.reopened:,} back after a repair, {run.fixed:,} fixed",
    ) + (ruled if run.new_rule else "")


TOOLS = ("auditor", "axe", "checks", "ocr", "browser", "driver")
"""What a reader is told of the versions of a run; all of them stand in the store."""


def foot(history: History, site: SiteHistory) -> Markup:
    """When the report was made, and with which tools."""
    last = newest(site)
    told = {name: last.versions[name] for name in TOOLS if last.versions.get(name)} if last else {}
    left_out = paragraph(say(
        "公开的报告不附整个窗口的截图，也不附查到过个人信息的网页的截图；个人信息已经遮盖，见“关于本监测”。",
        "The public report shows no picture of a whole window and none of a page on which personal data was found; such data is covered.",
    )) if history.public else Markup()  # fmt: skip
    versions = say("；", "; ").join(f"{name} {version}" for name, version in told.items())
    return made(history) + left_out + (paragraph(say(f"检测工具：{versions}。", f"Tools: {versions}.")) if versions else Markup())
