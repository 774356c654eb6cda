"""Tells the nights of the city: the last one in a few sentences, and the newest ones in a drawing with its table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from markupsafe import Markup

from auditor.language import capital, counted, say
from auditor.model import History, RoundSummary, RunState, RunSummary
from reports import words
from reports.charts import Night, dated, issues_over_nights
from reports.pages import Section, paragraph, piece, table
from reports.runs import first_audit, judged, pages_judged, visited

NIGHTS = 30


def last_night(history: History) -> RoundSummary | None:
    """The newest round that has ended; the newest at all if none has."""
    ended = (one for one in history.rounds if one.finished is not None)
    return next(ended, history.rounds[0] if history.rounds else None)


def told(history: History, night: RoundSummary) -> Iterator[str]:
    """A night in a few sentences."""
    begun, zone = words.clock(night.started, history.timezone), history.timezone
    named = say("最近一晚", "Latest night") if night.trigger == "schedule" else say("最近一次检测", "Latest audit")
    if night.finished:
        ended = words.span(night.started, night.finished, zone)
        yield say(f"{named}：{ended}。", f"{named}: {ended}.")
    else:
        yield say(f"{named}：{begun} 开始，尚未结束。", f"{named}: started on {begun}, not finished yet.")
    runs = runs_of(history, night)
    pages = sum(pages_judged(run) for run in runs.values())
    sound = sum(map(judged, runs.values()))
    missed = len(runs) - sound
    if runs:
        yield say(
            f"访问 {len(runs)} 个站点，检测 {words.number(pages)} 页。{sound} 个站点得到评价，{missed} 个未能评价。",
            f"{counted(len(runs), 'site')} visited, {counted(pages, 'page')} audited. {counted(sound, 'site')} rated, {missed} not rated.",
        )
    else:
        yield say("这一晚没有访问任何站点。", "No site was visited that night.")
    if history.rounds[0] is not night:
        newer = words.clock(history.rounds[0].started, zone)
        yield say(
            f"{newer} 开始的检测还没有结束，结果陆续计入。",
            f"The audit begun on {newer} has not finished; its results are counted as they come.",
        )


def runs_of(history: History, night: RoundSummary) -> dict[str, RunSummary]:
    """Site -> its run in that night; sites that were only listed are not among them."""
    found = ((site.target.site.id, run) for site in history.sites for run in site.runs if run.round == night.id)
    return {site: run for site, run in found if visited(run)}


def section(history: History) -> Section:
    """The newest nights: a drawing and a table."""
    title = say("最近各晚", "The latest nights")
    if not history.rounds:
        return Section(id="nights", title=title, intro=paragraph(say("还没有进行过检测。", "No audit has been made yet.")))
    rounds = history.rounds[:NIGHTS]
    drawn = say("全市待修复问题数量的变化", "Problems of the whole city still to be repaired, night by night")
    chart = issues_over_nights(charted(history), id="chart", title=drawn)
    intro = chart + paragraph(
        say(
            "仍待修复的数量是各站点截至当晚的合计；当晚没有检测或者未能评价的站点，沿用其上一次的数字。",
            "What is still to be repaired is the sum over all sites as of that night; sites that were not audited or not rated that night "
            "count with their last figure.",
        )
    )
    intro += Markup() if history.public else piece("city.html", "operating")
    rows, by_round = [], _by_round(history)
    for one in rounds:
        runs = by_round.get(one.id, {})
        states = Counter(run.state for run in runs.values())
        counts = [states[RunState.AUDITED], states[RunState.PARTIAL], states[RunState.WITHHELD] + states[RunState.FAILED]]
        rows.append(
            piece(
                "city.html",
                "night",
                date=words.clock(one.started, history.timezone),
                trigger=capital(words.TRIGGER.get(one.trigger, one.trigger)),
                sites=counts,
                pages=sum(pages_judged(run) for run in runs.values()),
                time=words.duration((one.finished - one.started).total_seconds())
                if one.finished
                else say("尚未结束或中途中断", "Not finished yet, or interrupted"),
            )
        )
    heads = say(
        ["开始时间", "启动方式", "已检测的站点数", "部分检测的站点数", "未能评价的站点数", "检测页数", "用时"],
        ["Started", "Started by", "Sites audited", "Sites partly audited", "Sites not rated", "Pages audited", "Time taken"],
    )
    caption = say(f"最近 {len(rounds)} 次检测，新的在前", f"The latest {counted(len(rounds), 'audit')}, newest first")
    return table("nights", title, intro, caption, heads, rows, counts=heads[2:6])


def charted(history: History) -> list[Night]:
    """The nights of the drawing in order of time; a site that was not judged keeps its last number."""
    standing: dict[str, int] = {}
    rules: dict[str, str] = {}
    firsts = {site.target.site.id: run.round for site in history.sites if (run := first_audit(site)) is not None}
    nights, by_round = [], _by_round(history)
    rounds = history.rounds[::-1]
    days = dated([one.started for one in rounds], history.timezone)
    for one, day in zip(rounds, days, strict=True):
        sound = {site: run for site, run in by_round.get(one.id, {}).items() if judged(run)}
        changed = any(rules.get(site, run.ruleset_id) != run.ruleset_id for site, run in sound.items())
        standing |= {site: run.open for site, run in sound.items()}
        rules |= {site: run.ruleset_id for site, run in sound.items()}
        first = sum(run.new for site, run in sound.items() if firsts.get(site) == one.id)
        nights.append(
            Night(
                date=day,
                open=sum(standing.values()),
                first=first,
                new=sum(run.new for run in sound.values()) - first,
                ruled=sum(run.new_rule for run in sound.values()),
                reopened=sum(run.reopened for run in sound.values()),
                fixed=sum(run.fixed for run in sound.values()),
                judged=bool(sound),
                changed=changed,
            )
        )
    return nights[-NIGHTS:]


def _by_round(history: History) -> Mapping[str, Mapping[str, RunSummary]]:
    """The same of every night, gone through once: a year of many sites has tens of thousands of runs."""
    found: dict[str, dict[str, RunSummary]] = defaultdict(dict)
    for site in history.sites:
        for run in site.runs:
            if visited(run):
                found[run.round][site.target.site.id] = run
    return found
