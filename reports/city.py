"""Tells the whole city at a glance: which sites were judged last night and which were not, what stands, and what the plan promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from auditor.model import Goal, History, Impact, Plan, Reach, RoundSummary, RunState, RunSummary, SiteHistory, State
from reports import about, assessment, catalogue, indicators, places, platforms, reviews, scores, tendencies, words
from reports.charts import Night, issues_over_nights
from reports.definitions import definitions
from reports.grouping import IMPACTS, board
from reports.indicators import counted
from reports.pages import Document, Section, made, paragraph, piece, table, write
from reports.runs import judged, known, ledger, newest, pages_judged, state_word, stopped, unconfirmed, visited, why_not_judged

ALL_SITES = True
NIGHTS = 30
CHANGES = {"新出现": "new", "新规则查出": "new_rule", "再次出现": "reopened", "已修复": "fixed"}
RULED = "new_rule"  # told only of nights on which a rule was new

BASIS = (
    "监测的依据：《中华人民共和国无障碍环境建设法》第三十二条，“利用财政资金建立的互联网网站、服务平台、移动互联网应用程序，"
    "应当逐步符合无障碍网站设计标准和国家信息无障碍标准。”"
)


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """The city's page: index.html, and index.2.html … when there are very many sites."""
    night = last_night(history)
    document = Document(
        path="index",
        title=f"{_city(history)}网站信息无障碍监测",
        lead=_lead(history, night),
        sections=tuple(section for section in _sections(history, night) if section is not None),
        foot=made(history),
    )
    yield from write(document)


def last_night(history: History) -> RoundSummary | None:
    """The newest round that has ended; the newest at all if none has."""
    ended = (one for one in history.rounds if one.finished is not None)
    return next(ended, history.rounds[0] if history.rounds else None)


def _sections(history: History, night: RoundSummary | None) -> Iterator[Section | None]:
    yield _sites(history, night)
    yield about.more()
    yield scores.of_city(history)
    yield tendencies.of_city(history)
    yield platforms.shared(history)
    yield _coverage(history)
    yield _nights(history)
    yield _waiting(history)
    yield _disabled(history)
    yield from _goals(history)
    yield _reach(history)


def _city(history: History) -> str:
    """The city all regions belong to: its code ends in 00 and begins like every other national code. Empty if there is none such."""
    codes = [region.id for region in history.regions if not region.local]
    cities = [one.name for one in history.regions if one.id.endswith("00") and all(code.startswith(one.id[:4]) for code in codes)]
    return cities[0] if len(cities) == 1 else ""


def _lead(history: History, night: RoundSummary | None) -> Markup:
    sentences = ["还没有进行过检测。"]
    if night is not None:
        ended = (
            f"{words.span(night.started, night.finished, history.timezone)}"
            if night.finished
            else words.clock(night.started, history.timezone)
        )
        runs = _runs(history, night)
        pages = sum(pages_judged(run) for run in runs.values())
        sound = sum(map(judged, runs.values()))
        sentences = [
            f"最近一晚：{ended}{'' if night.finished else ' 开始，尚未结束'}。",
            f"访问 {len(runs)} 个站点，检测 {words.number(pages)} 页。{sound} 个站点得到评价，{len(runs) - sound} 个未能评价。"
            if runs
            else "这一晚没有访问任何站点。",
        ]
        if history.rounds[0] is not night:
            sentences.append(f"{words.clock(history.rounds[0].started, history.timezone)} 开始的检测还没有结束，结果陆续计入。")
    if stop := stopped(history):
        sentences.append(stop)
    return piece("city.html", "lead", sentences=sentences, basis=BASIS)


def _runs(history: History, night: RoundSummary) -> dict[str, RunSummary]:
    """Site -> its run in that night; sites that were only listed are not among them."""
    found = ((site.target.site.id, run) for site in history.sites for run in site.runs if run.round == night.id)
    return {site: run for site, run in found if visited(run)}


def _by_round(history: History) -> Mapping[str, Mapping[str, RunSummary]]:
    """The same of every night, gone through once: a year of many sites has tens of thousands of runs."""
    found: dict[str, dict[str, RunSummary]] = defaultdict(dict)
    for site in history.sites:
        for run in site.runs:
            if visited(run):
                found[run.round][site.target.site.id] = run
    return found


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
    if not history.sites:
        return Section(id="sites", title="各站点的情况", intro=paragraph("还没有列入监测的站点。"))
    kinds = tuple(words.CATEGORY)
    sites = [
        site
        for place in places.counties(history, history.sites)
        for site in sorted(place.sites, key=lambda one: kinds.index(one.target.site.category))
    ]
    heads = _changes(history, night)
    rows = [piece("city.html", "site", row=_row(history, site, night, heads)) for site in sites]
    intro = paragraph(
        "同一部件在许多页面上的同一个问题合为一组。未能评价的站点不给出数字：打不开的页面不能算作没有问题。已由人工作出决定的问题组不在其中，见各站点的报告。"
    )
    if RULED in heads.values():
        intro += paragraph("“新规则查出”是由新增的检测规则首次查出的，可能早已存在，不算新出现。")
    caption = f"列入监测的 {words.number(len(rows))} 个站点，市本级在前，各县（市、区）按代码排列，功能区在后"
    opening = piece("city.html", "sites_open", id="sites-table", caption=caption, impacts=IMPACTS, changes=list(heads))
    return Section(id="sites", title="各站点的情况", intro=intro, items=rows, opening=opening, closing=piece("parts.html", "region_end"))


def _changes(history: History, night: RoundSummary | None) -> dict[str, str]:
    """Head of a column -> what of a run it counts."""
    ruled = night is not None and any(run.new_rule for run in _runs(history, night).values())
    return {head: name for head, name in CHANGES.items() if ruled or name != RULED}


def _row(history: History, site: SiteHistory, night: RoundSummary | None, heads: Mapping[str, str]) -> Row:
    subject, last = site.target.site, newest(site)
    regions = {region.id: region.name for region in history.regions}
    standing = board(site, history.rules, history.now, history.timezone)
    reason = why_not_judged(site)
    instead = "尚无数据"
    if last and reason:
        instead = f"未能评价。已查到的 {len(standing.to_fix)} 组待核实" if standing.to_fix else "未能评价"
    change, unchanged = _change(site, night, heads)
    return Row(
        path=f"sites/{subject.id}.html",
        name=subject.name,
        kind=f"{words.CATEGORY[subject.category]}，{regions.get(subject.region, subject.region)}",
        state=state_word(site),
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
        return None, "最近一晚没有检测"
    if not judged(tonight):
        return None, "未能评价"
    return {head: getattr(tonight, name) for head, name in heads.items()}, ""


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
    title = "检测了什么，没有检测什么"
    if not counts:
        return Section(id="coverage", title=title, intro=paragraph("还没有检测记录。"))
    intro = paragraph("下表合计各站点最近一次检测时已知的地址。从未访问过的站点中，等待确认的和停用的各计首页一个地址。")
    return Section(id="coverage", title=title, intro=intro + ledger("ledger", counts, "各种结果的地址数"))


def _reach(history: History) -> Section | None:
    """How far each criterion can be judged by a program at all."""
    if not history.reach:
        return None
    counts = Counter(one.reach for one in history.reach)
    intro = paragraph(
        f"《网页内容无障碍指南》（WCAG）2.2 的 A、AA 两级共有 {len(history.reach)} 条成功准则。"
        f"本服务能够判定违反其中的 {counts[Reach.FAILED]} 条，"
        f"对另外 {counts[Reach.CANT_TELL]} 条能找出可疑之处交人工判断，其余 {counts[Reach.HUMAN]} 条只能由人检查。"
        "能够判定，是说有的情形程序能证明不符合，不是说每一种情形都查得出来。"
    )
    rows = [
        piece(
            "city.html",
            "reach",
            name=words.criterion(one.criterion),
            cells=[words.REACH[reach] for reach in (one.reach, one.axe, one.ours)],
        )
        for one in history.reach
    ]
    heads = ["成功准则", "合起来", "axe-core", "本项目的检查"]
    return table("reach", "程序能判断哪些准则", intro, "A、AA 级各条成功准则的自动检测能力", heads, rows)


def _nights(history: History) -> Section:
    if not history.rounds:
        return Section(id="nights", title="最近各晚", intro=paragraph("还没有进行过检测。"))
    rounds = history.rounds[:NIGHTS]
    chart = issues_over_nights(charted(history), id="chart", title="全市待修复问题数量的变化")
    intro = chart + paragraph("仍待修复的数量是各站点截至当晚的合计；当晚没有检测或者未能评价的站点，沿用其上一次的数字。")
    intro += Markup() if history.public else piece("city.html", "operating")
    rows, runs_of = [], _by_round(history)
    for one in rounds:
        runs = runs_of.get(one.id, {})
        states = Counter(run.state for run in runs.values())
        counts = [states[RunState.AUDITED], states[RunState.PARTIAL], states[RunState.WITHHELD] + states[RunState.FAILED]]
        rows.append(
            piece(
                "city.html",
                "night",
                date=words.clock(one.started, history.timezone),
                trigger=words.TRIGGER.get(one.trigger, one.trigger),
                sites=counts,
                pages=sum(pages_judged(run) for run in runs.values()),
                time=words.duration((one.finished - one.started).total_seconds()) if one.finished else "尚未结束或中途中断",
            )
        )
    heads = ["开始时间", "启动方式", "已检测的站点数", "部分检测的站点数", "未能评价的站点数", "检测页数", "用时"]
    return table("nights", "最近各晚", intro, f"最近 {len(rounds)} 次检测，新的在前", heads, rows, counts=heads[2:6])


def charted(history: History) -> list[Night]:
    """The nights of the drawing in order of time; a site that was not judged keeps its last number."""
    standing: dict[str, int] = {}
    rules: dict[str, str] = {}
    nights, runs_of = [], _by_round(history)
    for one in reversed(history.rounds):
        sound = {site: run for site, run in runs_of.get(one.id, {}).items() if judged(run)}
        changed = any(rules.get(site, run.ruleset_id) != run.ruleset_id for site, run in sound.items())
        standing |= {site: run.open for site, run in sound.items()}
        rules |= {site: run.ruleset_id for site, run in sound.items()}
        nights.append(
            Night(
                date=words.day(one.started, history.timezone),
                open=sum(standing.values()),
                new=sum(run.new for run in sound.values()),
                ruled=sum(run.new_rule for run in sound.values()),
                reopened=sum(run.reopened for run in sound.values()),
                fixed=sum(run.fixed for run in sound.values()),
                judged=bool(sound),
                changed=changed,
            )
        )
    return nights[-NIGHTS:]


def _waiting(history: History) -> Section | None:
    sites = [site for site in history.sites if unconfirmed(site) and site.target.enabled]
    if not sites:
        return None
    intro = "这些站点已经列出，但网址还没有经人核对，所以没有访问。"
    if not history.public:
        intro += "请核对网址和主办单位，然后运行给出的命令，写上核对人的姓名。"
    command = "" if history.public else "确认命令：auditor confirm {} --by 姓名"
    items = [_waiting_item(site, command.format(site.target.site.id)) for site in sites]
    return _list("unconfirmed", f"等待确认的站点（{len(items)} 个）", intro, items)


def _disabled(history: History) -> Section | None:
    sites = [site for site in history.sites if not site.target.enabled]
    if not sites:
        return None
    intro = "这些站点暂不检测。"
    if not history.public:
        intro += "如需检测，请先核对网址，再在 targets.yml 中把该站点的 enabled 改为 true。"
    return _list("disabled", f"停用检测的站点（{len(sites)} 个）", intro, [_waiting_item(site, "") for site in sites])


def _waiting_item(site: SiteHistory, todo: str) -> Markup:
    subject = site.target.site
    return piece(
        "city.html", "waiting", name=subject.name, path=f"sites/{subject.id}.html", url=subject.url, note=site.target.note, todo=todo
    )


def _list(id: str, title: str, intro: str, items: list[Markup]) -> Section:
    return Section(id=id, title=title, intro=paragraph(intro), items=items, opening=Markup('<ul class="waiting">'), closing=Markup("</ul>"))


def _goals(history: History) -> Iterator[Section]:
    """Every promise with its sentence. A number stands only where one exists, and never as if the plan had set it."""
    for plan in history.plans:
        intro = paragraph(f"引文照录规划原文。{reviews.rank(plan)}")
        if closed := reviews.over(history, plan):
            end = words.day(plan.period[1], history.timezone)
            intro += paragraph(f"规划期已于{end}结束。这里的数据产生于规划期之后，只作为今后的基线，不用来评价规划期内的进展。")
        intro += piece("city.html", "more", path=assessment.path(plan), indicators=catalogue.PATH)
        yield Section(
            id=f"plan-{plan.id}",
            title=f"规划任务：{plan.name}{'（已结束）' if closed else ''}",
            intro=intro,
            items=[_goal(plan, goal, history) for goal in plan.goals],
        )


def _goal(plan: Plan, goal: Goal, history: History) -> Markup:
    indicator, value = "任务进展（由人工填报）", indicators.NO_DATA
    if known := definitions().get(goal.indicator or ""):
        indicator = known.name
        value = indicators.told(known.id, counted(history, known.id, reviews.sites_of(goal, history.sites)))
    target = reviews.target(goal, history.timezone) or "规划和有关文件没有设定"
    return piece(
        "city.html",
        "goal",
        plan=plan,
        goal=goal,
        indicator=indicator,
        target=target,
        value=value,
    )
