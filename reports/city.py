"""Tells the whole city at a glance: which sites were judged last night and which were not, what stands, and what the plan promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from auditor.language import Words, capital, counted, joined, say, sentences
from auditor.model import History, Impact, Reach, RoundSummary, RunState, SiteHistory, State
from reports import about, nights, places, platforms, promises, scores, tendencies, words
from reports.grouping import IMPACTS, board
from reports.pages import Document, Section, made, paragraph, piece, table, write
from reports.runs import judged, known, ledger, newest, pages_judged, state_word, stopped, unconfirmed, why_not_judged

ALL_SITES = True
CHANGES = Words(
    {
        "new": ("新出现", "new"),
        "new_rule": ("新规则查出", "found by a new rule"),
        "reopened": ("再次出现", "back again"),
        "fixed": ("已修复", "fixed"),
    }
)
"""What of a run the table of sites counts."""
RULED = "new_rule"  # told only of nights on which a rule was new


def basis() -> str:
    """The law on which the monitoring rests."""
    return say(
        "监测的依据：《中华人民共和国无障碍环境建设法》第三十二条，“利用财政资金建立的互联网网站、服务平台、移动互联网应用程序，"
        "应当逐步符合无障碍网站设计标准和国家信息无障碍标准。”",
        "The monitoring rests on Article 32 of the Law of the People’s Republic of China on the Construction of a Barrier-Free "
        "Environment: websites, service platforms and mobile applications built with public funds shall gradually meet the "
        "standards for accessible web design and the national standards for information accessibility.",
    )


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """The city's page: index.html, and index.2.html … when there are very many sites."""
    night = nights.last_night(history)
    document = Document(
        path="index",
        title=say(f"{_city(history)}网站信息无障碍监测", f"Accessibility monitoring of websites: {_city(history)}".removesuffix(": ")),
        lead=_lead(history, night),
        sections=tuple(section for section in _sections(history, night) if section is not None),
        foot=made(history),
    )
    yield from write(document)


def _sections(history: History, night: RoundSummary | None) -> Iterator[Section | None]:
    yield _sites(history, night)
    yield about.more()
    yield scores.of_city(history)
    yield tendencies.of_city(history)
    yield platforms.shared(history)
    yield _coverage(history)
    yield nights.section(history)
    yield _waiting(history)
    yield _disabled(history)
    yield from promises.sections(history)
    yield _reach(history)


def _city(history: History) -> str:
    """The city all regions belong to: its code ends in 00 and begins like every other national code. Empty if there is none such."""
    codes = [region.id for region in history.regions if not region.local]
    cities = [one.name for one in history.regions if one.id.endswith("00") and all(code.startswith(one.id[:4]) for code in codes)]
    return cities[0] if len(cities) == 1 else ""


def _lead(history: History, night: RoundSummary | None) -> Markup:
    told = [say("还没有进行过检测。", "No audit has been made yet.")] if night is None else list(nights.told(history, night))
    if stop := stopped(history):
        told.append(stop)
    return piece("city.html", "lead", sentences=told, basis=basis())


@dataclass(frozen=True, kw_only=True)
class Row:
    """One site in the table."""

    path: str
    name: str
    kind: str
    state: str
    date: str
    reason: str
    pages: str
    groups: Mapping[Impact, int] | None  #: None: nothing that could stand as a number
    instead: str
    change: Mapping[str, int] | None
    unchanged: str
    changes: int  #: columns that `change` has, or would have


def _sites(history: History, night: RoundSummary | None) -> Section:
    title = say("各站点的情况", "The sites")
    if not history.sites:
        return Section(id="sites", title=title, intro=paragraph(say("还没有列入监测的站点。", "No site is monitored yet.")))
    kinds = tuple(words.CATEGORY)
    sites = [
        site
        for place in places.counties(history, history.sites)
        for site in sorted(place.sites, key=lambda one: kinds.index(one.target.site.category))
    ]
    heads = _changes(history, night)
    rows = [piece("city.html", "site", row=_row(history, site, night, heads)) for site in sites]
    intro = paragraph(
        say(
            "同一部件在许多页面上的同一个问题合为一组。未能评价的站点不给出数字：打不开的页面不能算作没有问题。已经人工认定的问题组不在其中，见各站点的报告。",
            "The same problem of the same component on many pages makes one group. Sites that are not rated show no figures: pages that do "
            "not open cannot count as free of problems. Groups on which a person has decided are left out; see the reports of the sites.",
        )
    )
    if RULED in heads:
        intro += paragraph(
            say(
                "“新规则查出”是由新增的检测规则首次查出的，可能早已存在，不算新出现。",
                "“Found by a new rule” means found for the first time by a rule that was added; it may have been there long before, and "
                "does "
                "not count as new.",
            )
        )
    caption = say(
        f"列入监测的 {words.number(len(rows))} 个站点，市本级在前，各县（市、区）按代码排列，功能区在后",
        f"{counted(len(rows), 'monitored site')}: the city’s own first, then counties and districts by code, then zones",
    )
    opening = piece(
        "city.html", "sites_open", id="sites-table", caption=caption, impacts=IMPACTS, changes=list(map(capital, heads.values()))
    )
    return Section(id="sites", title=title, intro=intro, items=rows, opening=opening, closing=piece("parts.html", "region_end"))


def _changes(history: History, night: RoundSummary | None) -> dict[str, str]:
    """What of a run is counted -> head of its column."""
    ruled = night is not None and any(run.new_rule for run in nights.runs_of(history, night).values())
    return {name: head for name, head in CHANGES.items() if ruled or name != RULED}


def _row(history: History, site: SiteHistory, night: RoundSummary | None, heads: Mapping[str, str]) -> Row:
    subject, last = site.target.site, newest(site)
    regions = {region.id: region.name for region in history.regions}
    standing = board(site, history.rules, history.now, history.timezone)
    reason = why_not_judged(site)
    instead = say("尚无数据", "No data yet")
    if last and reason:
        instead, groups = _not_rated(), len(standing.to_fix)
        if groups:
            instead = say(f"未能评价。已查到的 {groups} 组待核实", f"Not rated. {counted(groups, 'group')} found before to be verified")
    change, unchanged = _change(site, night, heads)
    return Row(
        path=f"sites/{subject.id}.html",
        name=subject.name,
        kind=joined([capital(words.CATEGORY[subject.category]), regions.get(subject.region, subject.region)]),
        state=capital(state_word(site)),
        date=words.day(last.started, history.timezone) if last else "",
        reason=reason or (last.reason if last and last.state is RunState.PARTIAL else ""),
        pages=f"{words.number(pages_judged(last))} / {words.number(known(last))}" if last else "—",
        groups=None if reason else standing.by_impact(),
        instead=instead,
        change=change,
        unchanged=unchanged,
        changes=len(heads),
    )


def _change(site: SiteHistory, night: RoundSummary | None, heads: Mapping[str, str]) -> tuple[Mapping[str, int] | None, str]:
    """What came and went last night, or why there is no number."""
    tonight = next((run for run in site.runs if night is not None and run.round == night.id), None)
    if tonight is None or unconfirmed(site):
        return None, say("最近一晚没有检测", "Not audited in the latest night")
    if not judged(tonight):
        return None, _not_rated()
    return {capital(head): getattr(tonight, name) for name, head in heads.items()}, ""


def _not_rated() -> str:
    return say("未能评价", "Not rated")


def _coverage(history: History) -> Section:
    counts: Counter[State] = Counter()
    for site in history.sites:
        last = newest(site)
        if last is not None:
            counts.update(last.coverage)
        elif not site.target.enabled:
            counts[State.EXCLUDED] += 1
        elif unconfirmed(site):
            counts[State.NOT_CONFIRMED] += 1
    title = say("检测了什么，没有检测什么", "What was audited, and what was not")
    if not counts:
        return Section(id="coverage", title=title, intro=paragraph(say("还没有检测记录。", "There are no records of audits yet.")))
    intro = paragraph(
        say(
            "下表合计各站点最近一次检测时已知的地址。从未访问过的站点中，等待确认的和停用的各计首页一个地址。",
            "The table adds up the addresses known at the latest audit of each site. Of sites that were never visited, those that await "
            "confirmation and disabled sites count with the one address of their home page.",
        )
    )
    caption = say("各种结果的地址数", "Addresses by result")
    return Section(id="coverage", title=title, intro=intro + ledger("ledger", counts, caption))


def _reach(history: History) -> Section | None:
    """How far each criterion can be judged by a program at all."""
    if not history.reach:
        return None
    counts = Counter(one.reach for one in history.reach)
    left = counts[Reach.HUMAN]
    intro = paragraph(
        say(
            f"《网页内容无障碍指南》（WCAG）2.2 的 A、AA 两级共有 {len(history.reach)} 条成功准则。"
            f"本服务能够判定违反其中的 {counts[Reach.FAILED]} 条，"
            f"对另外 {counts[Reach.CANT_TELL]} 条能找出可疑之处交人工判断{f'，其余 {left} 条只能由人检查' if left else ''}。"
            "能够判定，是说有的情形程序能证明不符合，不是说每一种情形都查得出来。",
            f"The Web Content Accessibility Guidelines (WCAG) 2.2 have {len(history.reach)} success criteria at levels A and AA. This "
            "service "
            f"can prove failures of {counts[Reach.FAILED]} of them; for another {counts[Reach.CANT_TELL]} it finds what a person then "
            f"judges{f'; the remaining {left} only a person can check' if left else ''}. That a failure can be proved means that a program "
            "can prove it in some cases, not that it finds every case.",
        )
    )
    rows = [
        piece(
            "city.html",
            "reach",
            name=words.criterion(one.criterion),
            cells=[capital(words.REACH[reach]) for reach in (one.reach, one.axe, one.ours)],
        )
        for one in history.reach
    ]
    heads = say(
        ["成功准则", "综合", "axe-core", "本项目的检查"], ["Success criterion", "Combined", "axe-core", "Checks of this project"]
    )
    title = say("程序能判断哪些准则", "Which criteria a program can judge")
    caption = say("A、AA 级各条成功准则的自动检测能力", "How far each success criterion of levels A and AA can be tested automatically")
    return table("reach", title, intro, caption, heads, rows)


def _waiting(history: History) -> Section | None:
    sites = [site for site in history.sites if unconfirmed(site) and site.target.enabled]
    if not sites:
        return None
    intro = [
        say(
            "这些站点已经列出，但网址还没有经人核对，所以没有访问。",
            "These sites are listed, but nobody has checked their addresses yet, so they were not visited.",
        )
    ]
    if not history.public:
        intro.append(
            say(
                "请核对网址和主办单位，然后运行给出的命令，写上核对人的姓名。",
                "Please check the address and the owner, then run the command given, with the name of the person who checked.",
            )
        )
    command = "" if history.public else say("确认命令：auditor confirm {} --by 姓名", "To confirm: auditor confirm {} --by NAME")
    items = [_waiting_item(site, command.format(site.target.site.id)) for site in sites]
    title = say(f"等待确认的站点（{len(items)} 个）", f"Sites that await confirmation ({len(items)})")
    return _list("unconfirmed", title, sentences(intro), items)


def _disabled(history: History) -> Section | None:
    sites = [site for site in history.sites if not site.target.enabled]
    if not sites:
        return None
    intro = [say("这些站点暂不检测。", "These sites are not audited for now.")]
    if not history.public:
        intro.append(
            say(
                "如需检测，请先核对网址，再在 targets.yml 中把该站点的 enabled 改为 true。",
                "To have one audited, first check its address, then set its enabled to true in targets.yml.",
            )
        )
    title = say(f"停用检测的站点（{len(sites)} 个）", f"Sites whose audits are switched off ({len(sites)})")
    return _list("disabled", title, sentences(intro), [_waiting_item(site, "") for site in sites])


def _waiting_item(site: SiteHistory, todo: str) -> Markup:
    subject = site.target.site
    return piece(
        "city.html", "waiting", name=subject.name, path=f"sites/{subject.id}.html", url=subject.url, note=site.target.note, todo=todo
    )


def _list(id: str, title: str, intro: str, items: list[Markup]) -> Section:
    return Section(id=id, title=title, intro=paragraph(intro), items=items, opening=Markup('<ul class="waiting">'), closing=Markup("</ul>"))
