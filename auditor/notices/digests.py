"""What each reader is told after a round: one digest, and only if something changed or failed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import takewhile

from auditor.case_dates import due
from auditor.model import Channel, History, IssueState, Reader, RunState, RunSummary, SiteHistory
from auditor.notices.message import Message
from reports import places, words
from reports.grouping import Group, board
from reports.runs import judged, stopped, unconfirmed
from reports.text import address, line, plain

MOST_GROUPS = 5  # of a site are told by name
FRESH = frozenset({IssueState.NEW, IssueState.NEW_RULE, IssueState.REOPENED})


def digest(history: History, channel: Channel, round: str, now: datetime) -> Message | None:
    """What a channel's reader is told at the end of a round; None where there is nothing to tell."""
    sites = [one for one in history.sites if one.target.enabled and (not channel.sites or one.target.site.id in channel.sites)]
    if channel.reader is Reader.FEDERATION:
        return _week(history, channel, sites, now)
    told = [(site, run) for site in sites if (run := next((one for one in site.runs if one.round == round), None))]
    tell = _owner if channel.reader is Reader.OWNER else _operator
    return tell(history, channel, round, told, now)


def trouble(sentence: str, timezone: str, now: datetime) -> Message:
    """What the operator is told when a round could not be finished: once a day for the same reason."""
    day = words.date_of(now, timezone)
    mark = hashlib.sha256(sentence.encode()).hexdigest()[:8]
    return Message(
        id=f"trouble-{day.isoformat()}-{mark}", reader=Reader.OPERATOR, subject=f"无障碍检测没有完成（{words.short_day(day)}）", made=now,
        lines=(_sentence(sentence), "检测会在下一次计划时间再次启动；请先处理上面的问题，用 auditor doctor 可以查看本机缺少什么。"),
        data={"trouble": sentence},
    )  # fmt: skip


def trial(channel: Channel, now: datetime) -> Message:
    """What `auditor notify --test` sends."""
    return Message(
        id=f"trial-{now.astimezone(UTC):%Y%m%dT%H%M%S}", reader=channel.reader, subject="无障碍检测：试发的消息", made=now,
        link=channel.link, lines=(f"收到这条消息，说明通知“{channel.id}”可以使用。没有任何检测结果。",), data={"trial": True},
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- the operator


def _operator(
    history: History, channel: Channel, round: str, told: Sequence[tuple[SiteHistory, RunSummary]], now: datetime
) -> Message | None:
    """How the night went, and each site that could not be judged, with its reason and since when."""
    planned = [(site, run) for site, run in told if not unconfirmed(site)]
    sound = [(site, run) for site, run in planned if judged(run)]
    missing = [(site, run) for site, run in planned if not judged(run)]
    partly = [site for site, run in sound if run.state is RunState.PARTIAL]
    sums = {name: sum(getattr(run, name) for _, run in sound) for name in ("new", "reopened", "fixed", "open")}
    if not (missing or partly or sums["new"] or sums["reopened"] or sums["fixed"]):
        return None
    lines = [f"检测站点 {len(planned)} 个，得到评价 {len(sound)} 个，未能评价 {len(missing)} 个。", f"障碍：{_counts(sums)}。"]
    lines += [_missing(site, run, history) for site, run in missing]
    lines += [f"只检测到部分网页的站点：{'、'.join(_name(site) for site in partly)}。"] if partly else []
    lines += [halted] if (halted := stopped(history)) else []
    day = words.day(told[0][1].started, history.timezone)
    return Message(
        id=f"night-{round}", reader=Reader.OPERATOR, subject=f"无障碍检测：{day}，{len(missing)} 个站点未能评价", made=now,
        link=channel.link, lines=tuple(lines), data={"round": round, "sites": [_plain(site, run) for site, run in planned]},
    )  # fmt: skip


def _missing(site: SiteHistory, run: RunSummary, history: History) -> str:
    nights = list(takewhile(lambda one: not judged(one), (one for one in site.runs if one.started <= run.started)))
    since = f"（已连续 {len(nights)} 次，从{words.day(nights[-1].started, history.timezone)}起）" if len(nights) > 1 else ""
    return _sentence(f"{_name(site)}：{words.RUN_STATE[run.state]}{since}。{run.reason or words.RUN_MEANING[run.state]}")


# ---------------------------------------------------------------------------------------------- owners


def _owner(history: History, channel: Channel, round: str, told: Sequence[tuple[SiteHistory, RunSummary]], now: datetime) -> Message | None:
    """What appeared, came back and was repaired on the reader's own sites, barrier by barrier."""
    parts = [(site, run, list(_of_site(history, site, run))) for site, run in told if not unconfirmed(site)]
    changed = [(site, run, lines) for site, run, lines in parts if lines]
    if not changed:
        return None
    names = _name(changed[0][0]) if len(changed) == 1 else f"{_name(changed[0][0])}等 {len(changed)} 个站点"
    link = f"{channel.link.rstrip('/')}/sites/{changed[0][0].target.site.id}" if channel.link and len(changed) == 1 else channel.link
    return Message(
        id=f"owner-{round}", reader=Reader.OWNER, subject=f"无障碍检测：{names}有变化", made=now, link=link,
        lines=tuple(one for _, _, lines in changed for one in lines),
        data={"round": round, "sites": [_plain(site, run) for site, run, _ in changed]},
    )  # fmt: skip


def _of_site(history: History, site: SiteHistory, run: RunSummary) -> Iterator[str]:
    """The lines on one site; none where nothing changed."""
    if not judged(run):
        yield _missing(site, run, history)
        return
    groups = board(site, history.rules, history.now, history.timezone)
    fresh = [one for one in groups.to_fix if one.state in FRESH and any(issue.spans[-1].first == run.round for issue in one.issues)]
    fixed = [one for one in groups.fixed if any(issue.spans[-1].last == run.round for issue in one.issues)]
    if not fresh and not fixed:
        return
    yield f"{_name(site)}：新出现或再次出现 {len(fresh)} 组，修复 {len(fixed)} 组，目前共有 {len(groups.to_fix)} 组要修复。"
    for title, some in (("", fresh), ("已修复：", fixed)):
        yield from (_barrier(history, title or f"{words.ISSUE_STATE[one.state]}：", one) for one in some[:MOST_GROUPS])
        if len(some) > MOST_GROUPS:
            yield f"另有 {len(some) - MOST_GROUPS} 组，请看报告。"


def _barrier(history: History, what: str, group: Group) -> str:
    rule = history.rules.get(group.rule)
    title = rule.title if rule else group.rule
    return _sentence(f"{what}{title}，{len(group.pages)} 页，如 {address(group.pages[0])}")


# ---------------------------------------------------------------------------------------------- the federation


def _week(history: History, channel: Channel, sites: Sequence[SiteHistory], now: datetime) -> Message | None:
    """What the last whole week (Monday to Sunday) brought, county by county. Told at the end of the first round after it."""
    zone = words.zone(history.timezone)
    today = words.date_of(now, history.timezone)
    monday = today - timedelta(days=today.weekday() + 7)
    begin, end = (datetime.combine(monday + timedelta(days=days), time.min, zone) for days in (0, 7))
    if not any(run.started < end for site in sites for run in site.runs):
        return None
    rows = [(place.name, place.sites, _within(place.sites, begin, end)) for place in places.counties(history, sites) if place.sites]
    waits = [one.sentence for site in sites for case in site.cases for one in due(case, today, history.timezone)]
    still = not any(run.new or run.fixed or run.reopened for _, _, runs in rows for run in runs)
    if still and not waits and all(judged(_last(site, begin, end)) for _, some, _ in rows for site in some if not unconfirmed(site)):
        return None
    year, week, _ = monday.isocalendar()
    sunday = monday + timedelta(days=6)
    return Message(
        id=f"week-{year}-W{week:02}", reader=Reader.FEDERATION, made=now, link=channel.link,
        subject=f"无障碍监测一周情况（{words.short_day(monday)}—{words.short_day(sunday)}）",
        lines=(*(_county(name, some, runs, begin, end) for name, some, runs in rows), *waits),
        data={"week": f"{year}-W{week:02}", "from": monday.isoformat(), "to": sunday.isoformat()},
    )  # fmt: skip


def _county(name: str, sites: Sequence[SiteHistory], runs: Sequence[RunSummary], begin: datetime, end: datetime) -> str:
    lasts = [last for site in sites if (last := _last(site, begin, end)) and judged(last)]
    sums = {what: sum(getattr(run, what) for run in runs) for what in ("new", "reopened", "fixed")}
    sums["open"] = sum(run.open for run in lasts)
    return f"{line(name)}：站点 {len(sites)} 个，这一周得到评价 {len(lasts)} 个；{_counts(sums)}。"


def _within(sites: Iterable[SiteHistory], begin: datetime, end: datetime) -> list[RunSummary]:
    return [run for site in sites for run in site.runs if begin <= run.started < end and judged(run)]


def _last(site: SiteHistory, begin: datetime, end: datetime) -> RunSummary | None:
    """The last run of the week."""
    return next((run for run in site.runs if begin <= run.started < end), None)


# ---------------------------------------------------------------------------------------------- words


def _counts(sums: dict[str, int]) -> str:
    told = (("new", "新出现"), ("reopened", "再次出现"), ("fixed", "已修复"), ("open", "目前未修复"))
    return "，".join(f"{word} {words.number(sums[name])} 处" for name, word in told)


def _plain(site: SiteHistory, run: RunSummary) -> dict[str, object]:
    return {
        "id": site.target.site.id, "state": run.state.value, "reason": run.reason, "new": run.new, "reopened": run.reopened,
        "fixed": run.fixed, "open": run.open,
    }  # fmt: skip


def _name(site: SiteHistory) -> str:
    return plain(site.target.site.name, 60)


def _sentence(text: str) -> str:
    """One line that ends like a sentence."""
    told = plain(text, 600)
    return told if told.endswith(("。", "！", "？")) else f"{told}。"
