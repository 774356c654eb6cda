"""Writes the head and the foot of a site's report: what was audited, what came of it, on whose word, with which tools."""

from __future__ import annotations

from markupsafe import Markup

from auditor.addresses import host_of
from auditor.model import History, Permit, RunState, RunSummary, SiteHistory
from reports import brief, notice, platforms, scores, words
from reports.grouping import Board
from reports.language import say
from reports.pages import made, paragraph, piece
from reports.runs import judged, known, newest, pages_judged, state_word, stopped, why_not_judged


def lead(history: History, site: SiteHistory, standing: Board) -> Markup:
    """What stands above the first section."""
    last, subject = newest(site), site.target.site
    warning = why_not_judged(site)
    if warning and standing.to_fix:
        checked = "这一次没有核实" if last is None or last.state is RunState.FAILED else "这一次只核实了其中一部分"
        warning += f"下面列出的是已经查到的问题，{checked}。"
    elif last and last.state is RunState.PARTIAL:
        warning = f"{last.reason or words.RUN_MEANING[last.state]}下面的数字只代表检测到的页面。"
    warning += stopped(history, host_of(subject.url))
    state = state_word(site)
    regions = {region.id: region.name for region in history.regions}
    facts = [
        ("主办单位", subject.owner or "未填写"),
        ("类别和地区", f"{words.CATEGORY[subject.category]}，{regions.get(subject.region, subject.region)}"),
        ("最近一次检测", f"{words.span(last.started, last.finished, history.timezone)}，{state}" if last else "还没有检测过"),
    ]
    if last:
        facts.append(("检测范围", _range(last)))
    if index := scores.fact(site):
        facts.append(index)
    if last or standing.to_fix:
        facts.append(("待修复", _to_fix(standing, last)))
    if last and judged(last):
        facts.append(("与上一次相比", _change(last)))
    if standing.to_judge:
        facts.append(("需要人工判断", f"{len(standing.to_judge)} 组"))
    if standing.documents:
        facts.append(("文档中的问题", f"{len(standing.documents)} 组（单独列出）"))
    if site.permits:
        facts.append(("本轮访问依据", _permit(history, site.permits[0])))
    facts += platforms.facts(history, site)
    if subject.legal_basis:
        facts.append(("法律依据", words.legal_basis(subject.legal_basis)))
    files = _files(history, site, standing)
    sheet = work_list(site) in history.beside or history.public
    return piece("site.html", "lead", site=subject, state=state, facts=facts, warning=warning, files=files, sheet=sheet)


def paper(site: SiteHistory) -> str:
    """Where the report lies for printing."""
    return f"sites/{site.target.site.id}.pdf"


def work_list(site: SiteHistory) -> str:
    """Where the spreadsheet lies in which the owner notes what is done."""
    return f"sites/{site.target.site.id}.xlsx"


def _files(history: History, site: SiteHistory, standing: Board) -> list[tuple[str, str]]:
    """What else there is for this site: (what it is, path)."""
    files = [("给负责人的一页（不用专业词语）", f"{brief.path_of(site)}.html")]
    if work_list(site) in history.beside:
        files.append(("工作清单（XLSX，可筛选、可记办理情况）", work_list(site)))
    if notice.wanted(site, standing) and not history.public:
        files.append(("整改通知草稿（DOCX，公文格式）", notice.path_of(site)))
    if paper(site) in history.beside:
        files.append(("供打印的本报告（PDF）", paper(site)))
    return [(name, path.rpartition("/")[2]) for name, path in files]


def _permit(history: History, permit: Permit) -> str:
    """On whose word we came."""
    ended = f"；{words.day(permit.until, history.timezone)}起不再访问" if permit.until else ""
    if permit.date is None or not (permit.by or history.public):
        return f"{permit.host} 是配置中指定的本机或自有地址，不需要确认{ended}"
    return f"{permit.by or '已经'}确认可以访问 {permit.host}，{words.day(permit.date, history.timezone)}{ended}"


def _range(run: RunSummary) -> str:
    reused = f"（其中 {words.number(run.pages_reused)} 页内容未变，沿用上次结果）" if run.pages_reused else ""
    pages = words.number(pages_judged(run))
    return f"已知 {words.number(known(run))} 个地址，检测 {pages} 页{reused}"


def _to_fix(standing: Board, last: RunSummary | None) -> str:
    if standing.to_fix:
        before = "" if judged(last) else "已查到、待核实的 "
        hardest = "，".join(f"{words.IMPACT[impact]} {count} 组" for impact, count in standing.by_impact().items() if count)
        return f"{before}{len(standing.to_fix)} 组，涉及 {words.number(standing.pages())} 页：{hardest}"
    if last is None or not judged(last):
        return "未能评价"
    return f"在检测到的 {words.number(pages_judged(last))} 页上，没有查到需要修复的问题"


def _change(run: RunSummary) -> str:
    ruled = f"；另有 {run.new_rule} 处由新增的检测规则首次查出，可能早已存在，不算新出现" if run.new_rule else ""
    return f"新出现 {run.new} 处，修复后再次出现 {run.reopened} 处，已修复 {run.fixed} 处{ruled}"


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
    versions = "；".join(f"{name} {version}" for name, version in told.items())
    return made(history) + left_out + (paragraph(f"检测工具：{versions}。") if versions else Markup())
