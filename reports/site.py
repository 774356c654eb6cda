"""Tells a site's owner what shuts people out of it, what to repair first and how, and what was not looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from markupsafe import Markup

from auditor.addresses import host_of
from auditor.decisions import decisions_in_force
from auditor.model import Coverage, Decision, History, Permit, RunState, RunSummary, SiteHistory, Variant
from reports import aids, documents, platforms, sampling, scores, walks, words
from reports.cards import Cards
from reports.charts import Night, issues_over_nights
from reports.grouping import Board, Group, board
from reports.pages import Document, Jump, Section, paragraph, piece, table, write
from reports.runs import judged, known, ledger, newest, pages_judged, state_word, stopped, why_not_judged

FIRST = 10
RECENT = timedelta(days=90)
NIGHTS = 60
CHARTED = 30


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """Every site's pages: sites/ID.html, sites/ID.2.html …"""
    for site in history.sites:
        yield from render_site(history, site)


def render_site(history: History, site: SiteHistory) -> Iterator[tuple[str, bytes]]:
    """The pages of one site."""
    standing = board(site, history.rules, history.now, history.timezone)
    cards = Cards(history, site)
    document = Document(
        path=f"sites/{site.target.site.id}",
        title=f"{site.target.site.name}无障碍检测报告",
        lead=_lead(history, site, standing),
        sections=tuple(section for section in _sections(history, site, standing, cards) if section is not None),
        trail=(("全市总览", "index.html"),),
        foot=_foot(history, site),
    )
    yield from write(document)


def _sections(history: History, site: SiteHistory, standing: Board, cards: Cards) -> Iterator[Section | None]:
    yield _first(site, standing, cards)
    yield _others(standing, cards)
    yield _to_judge(standing, cards)
    yield from documents.sections(site, standing, cards)
    if site.runs:
        yield _fixed(history, standing, cards)
    yield walks.section(site.coverage)
    yield _decisions(history, site, standing, cards)
    yield from aids.sections(history, site)
    yield scores.of_site(history, site)
    yield sampling.of_site(site)
    yield _runs(history, site)
    yield _requests(site)
    yield _ledger(site)


def _lead(history: History, site: SiteHistory, standing: Board) -> Markup:
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
    return piece("site.html", "lead", site=subject, state=state, facts=facts, warning=warning)


def _permit(history: History, permit: Permit) -> str:
    """On whose word we came."""
    ended = f"；{words.day(permit.until, history.timezone)}起不再访问" if permit.until else ""
    if not permit.by or permit.date is None:
        return f"{permit.host} 是配置中指定的本机或自有地址，不需要确认{ended}"
    return f"{permit.by}确认可以访问 {permit.host}，{words.day(permit.date, history.timezone)}{ended}"


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


def _first(site: SiteHistory, standing: Board, cards: Cards) -> Section:
    groups = standing.to_fix[:FIRST]
    sound = judged(newest(site))
    if not groups:
        why = "最近一次检测未能评价" if site.runs else "还没有检测过"
        nothing = "在自动检测范围内，没有查到需要修复的问题。" if sound else f"{why}，没有可以列出的问题。这不表示网站没有问题。"
        return Section(id="first", title="待修复的问题", intro=paragraph(nothing))
    order = "先后依据：对人的影响大小、准则级别（A 级在前）、涉及的页数。同一部件在许多页面上的同一个问题合为一组，修复部件即可一并解决。"
    title = f"先修复这 {len(groups)} 组" if len(standing.to_fix) > len(groups) else f"待修复的 {len(groups)} 组问题"
    return Section(
        id="first",
        title=title if sound else f"已查到、待核实的问题（{len(standing.to_fix)} 组）",
        intro=paragraph(order),
        jumps=[
            Jump(item=place, anchor=group.anchor, title=cards.heading(group), aside=f"{words.IMPACT[group.impact]}，{cards.extent(group)}")
            for place, group in enumerate(groups)
        ],
        items=[cards.card(group, place) for place, group in enumerate(groups, 1)],
    )


def _others(standing: Board, cards: Cards) -> Section | None:
    groups = standing.to_fix[FIRST:]
    if not groups:
        return None
    items = [cards.card(group, place) for place, group in enumerate(groups, FIRST + 1)]
    return Section(id="others", title=f"其余待修复的问题（{len(groups)} 组）", intro=paragraph("按同样的先后排列。"), items=items)


def _to_judge(standing: Board, cards: Cards) -> Section | None:
    if not standing.to_judge:
        return None
    why = "程序对下面这些位置不能得出结论，需要有人看一看。判断之前，它们不计入待修复的问题。"
    items = [cards.card(group, place) for place, group in enumerate(standing.to_judge, 1)]
    return Section(id="judge", title=f"需要人工判断（{len(items)} 组）", intro=paragraph(why), items=items)


def _fixed(history: History, standing: Board, cards: Cards) -> Section:
    recent = [group for group in standing.fixed if history.now - group.changed <= RECENT]
    intro = "在同一页面上再次检测、问题确实不再出现，才记为已修复。" if recent else f"最近 {RECENT.days} 天没有记为已修复的问题组。"
    if standing.ended:
        intro += f"另有 {words.number(standing.ended)} 处问题因所在页面撤下或者检测规则停用而不再跟踪，不算作已修复。"
    rows = [
        piece(
            "site.html", "fixed", heading=cards.heading(group), date=words.day(group.changed, history.timezone), extent=cards.extent(group)
        )
        for group in recent
    ]
    title = f"已修复（最近 {RECENT.days} 天，{len(recent)} 组）" if recent else "已修复"
    return table("fixed", title, paragraph(intro), f"最近 {RECENT.days} 天已修复的问题组", ["问题", "确认修复的日期", "范围"], rows)


def _decisions(history: History, site: SiteHistory, standing: Board, cards: Cards) -> Section | None:
    if not site.decisions:
        return None
    in_force = decisions_in_force(site.decisions, history.now.astimezone(words.zone(history.timezone)).date())
    known = (*standing.fixed, *standing.to_judge, *standing.to_fix, *standing.documents, *standing.decided)
    groups: dict[str, Group] = {issue.group: group for group in known for issue in group.issues}
    rows = [
        _decision_row(history, decision, groups.get(decision.group), in_force, cards)
        for decision in sorted(site.decisions, key=lambda one: one.made, reverse=True)
    ]
    intro = "下列决定都已到期，或者有关的问题已不再出现。"
    if standing.decided:
        intro = f"因有效的决定，{len(standing.decided)} 组问题没有列入上面的清单；问题本身仍在跟踪。决定到期之后，问题会重新列入。"
    elif any(group.decision for group in standing.to_fix):
        intro = "经人工确认属实的问题，列在上面待修复的清单里。"
    heads = ["问题", "决定", "理由", "决定人", "决定日期", "有效期至", "现状"]
    return table("decisions", "人工决定", paragraph(intro), "对问题组作出的决定，新的在前", heads, rows)


def _decision_row(history: History, decision: Decision, group: Group | None, in_force: Mapping[str, Decision], cards: Cards) -> Markup:
    if in_force.get(decision.group) == decision:
        standing = "有效" if group is None or group.decision else "有效，问题已不再出现"
    else:
        standing = "已到期或已由新的决定代替"
    return piece(
        "site.html",
        "decision",
        heading=cards.heading(group) if group else "问题已不在记录中",
        verdict=words.VERDICT[decision.verdict],
        why=decision.why,
        by=decision.by,
        made=words.day(decision.made, history.timezone),
        until=words.day(decision.until, history.timezone) if decision.until else "未设期限",
        standing=standing,
    )


def _ledger(site: SiteHistory) -> Section:
    title = "检测了什么，没有检测什么"
    entries = [entry for entry in site.coverage if entry.variant is Variant.DESKTOP]
    if not entries:
        return Section(id="coverage", title=title, intro=paragraph(why_not_judged(site) or "最近一次检测没有留下地址记录。"))
    counts = Counter(entry.state for entry in entries)
    intro = paragraph("下面按结果列出最近一次检测时已知的全部地址。没有检测到的页面，不能说有问题，也不能说没有问题。")
    intro += ledger("ledger-sum", counts, "最近一次检测：各种结果的地址数")
    rows = [
        piece("site.html", "address", entry=entry, title=entry.title, state=words.STATE[entry.state], reason=_remark(entry))
        for entry in sorted(entries, key=lambda entry: (words.KINDS.index(words.kind(entry.state)), entry.state.value, entry.url))
    ]
    return table("coverage", title, intro, "最近一次检测的地址清单，需要处理的在前", ["地址", "结果", "说明"], rows)


def _remark(entry: Coverage) -> str:
    if entry.reason:
        return entry.reason
    if entry.silent_frames:
        return f"页面中有 {len(entry.silent_frames)} 处内容（框架或封闭的组件）读取不到，没有检测。"
    return f"服务器答复 {entry.status}。" if entry.status and entry.status != 200 else ""


def _runs(history: History, site: SiteHistory) -> Section:
    if not site.runs:
        return Section(id="runs", title="历次检测", intro=paragraph(why_not_judged(site)))
    chart = issues_over_nights(_nights(history, site.runs[: CHARTED + 1])[-CHARTED:], id="chart", title="待修复问题数量的变化")
    older = len(site.runs) - NIGHTS
    intro = chart + (paragraph(f"下表列出最近 {NIGHTS} 次检测，更早的 {older} 次没有列出。") if older > 0 else Markup())
    rows = [
        piece(
            "site.html",
            "run",
            date=words.clock(run.started, history.timezone),
            state=words.RUN_STATE[run.state],
            reason=run.reason if run.state is not RunState.AUDITED else "",
            pages=pages_judged(run),
            known=known(run),
            index=scores.of_run(run),
            time=words.duration((run.finished - run.started).total_seconds()),
            ruleset=run.ruleset_id[:8] or "—",
        )
        for run in site.runs[:NIGHTS]
    ]
    heads = ["开始时间", "结果", "检测页数", "已知地址数", scores.NAME, "用时", "规则集编号"]
    return table("runs", "历次检测", intro, "历次检测，新的在前", heads, rows, counts=heads[2:4])


def _requests(site: SiteHistory) -> Section | None:
    last = newest(site)
    if last is None or not last.requests:
        return None
    intro = paragraph("最近一次检测从本服务发出的请求，包括网页自己引用的其他主机。HTTPS 按连接计数，一个连接上可以有许多请求。")
    names = {host: "其他主机合计" if host == "*" else host for host in last.requests}
    rows = [piece("site.html", "requests", host=names[host], count=count) for host, count in last.requests.items()]
    heads = ["主机", "次数"]
    return table("requests", "向哪些主机发出过请求", intro, "最近一次检测发出的请求", heads, rows, counts=heads[1:])


def _nights(history: History, runs: Sequence[RunSummary]) -> list[Night]:
    nights, before = [], None
    for run in reversed(runs):
        sound = judged(run)
        changed = sound and before is not None and run.ruleset_id != before
        before = run.ruleset_id if sound else before
        nights.append(
            Night(
                date=words.day(run.started, history.timezone),
                open=run.open,
                new=run.new,
                ruled=run.new_rule,
                reopened=run.reopened,
                fixed=run.fixed,
                judged=sound,
                changed=changed,
            )
        )
    return nights


TOOLS = ("auditor", "axe", "checks", "ocr", "browser", "driver")
"""What a reader is told of the versions of a run; all of them stand in the store."""


def _foot(history: History, site: SiteHistory) -> Markup:
    last = newest(site)
    told = {name: last.versions[name] for name in TOOLS if last.versions.get(name)} if last else {}
    versions = "；".join(f"{name} {version}" for name, version in told.items())
    made = f"报告生成时间：{words.clock(history.now, history.timezone)}（{history.timezone}）。"
    return paragraph(made) + (paragraph(f"检测工具：{versions}。") if versions else Markup())
