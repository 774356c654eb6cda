"""Tells the operator of the last night: what ran, what could not be audited and why, how long, how politely, what needs a hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from auditor.addresses import host_of
from auditor.model import History, RoundSummary, RunState, RunSummary, SiteHistory, State
from reports import hands, words
from reports.city import last_night
from reports.pages import Document, Section, made, paragraph, piece, table, write
from reports.runs import known, pages_judged, unconfirmed, visited

ALL_SITES = True
INTERNAL = True
PATH = "night"
TITLE = "夜间检测运行情况"
NOT_IT = "这一页供运行维护人员查看。"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One site in the night."""

    site: SiteHistory
    run: RunSummary

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.run.finished - self.run.started).total_seconds()

    @property
    def own(self) -> int:
        """Requests to the site's own host."""
        return self.run.requests.get(host_of(self.site.target.site.url), 0)


def render(history: History) -> Iterator[tuple[str, bytes]]:
    """The page night.html, and night.2.html … where there are very many sites."""
    night = last_night(history)
    visits = _visits(history, night)
    sections = [_hands(history), *(_of_night(history, night, visits) if night else ()), _disk(history)]
    document = Document(
        path=PATH, title=TITLE, lead=_lead(history, night, visits), sections=tuple(one for one in sections if one is not None),
        trail=(("全市总览", "index.html"),),
        foot=made(history),
    )  # fmt: skip
    yield from write(document)


def _visits(history: History, night: RoundSummary | None) -> list[Visit]:
    """The sites of the night, what took longest first."""
    found = [Visit(site=site, run=run) for site in history.sites for run in site.runs if night is not None and run.round == night.id]
    return sorted(found, key=lambda one: (-one.seconds, one.site.target.site.id))


def _of_night(history: History, night: RoundSummary, visits: Sequence[Visit]) -> Iterator[Section | None]:
    yield _missed(visits)
    yield _ran(history, visits)
    yield _polite(history, night, visits)


def _lead(history: History, night: RoundSummary | None, visits: Sequence[Visit]) -> Markup:
    if night is None:
        return paragraph("还没有进行过检测。") + paragraph(NOT_IT)
    states = Counter(words.RUN_STATE[one.run.state] for one in visits if visited(one.run))  # two states may have one word
    told = "，".join(f"{state} {states[state]} 个" for state in dict.fromkeys(words.RUN_STATE.values()) if states[state])
    enabled = [site for site in history.sites if site.target.enabled]
    seen = {one.site.target.site.id for one in visits}
    idle = sum(site.target.site.id not in seen and not unconfirmed(site) for site in enabled)
    waiting = sum(unconfirmed(site) for site in enabled)
    apart = {"等待确认": waiting, "这一轮没有轮到": idle, "停用": len(history.sites) - len(enabled)}
    finished = words.span(night.started, night.finished, history.timezone) if night.finished else ""
    took = f"，用时 {words.duration((night.finished - night.started).total_seconds())}" if night.finished else ""
    facts = [
        ("时间", f"{finished or words.clock(night.started, history.timezone) + ' 开始，没有结束'}{took}"),
        ("启动方式", words.TRIGGER.get(night.trigger, night.trigger)),
        ("网站", f"访问 {sum(states.values())} 个：{told}" if told else "没有访问任何网站"),
        ("没有访问的", "，".join(f"{name} {count} 个" for name, count in apart.items() if count) or "没有"),
        ("网页", f"检测 {words.number(sum(pages_judged(one.run) for one in visits))} 页，"
                 f"已知 {words.number(sum(known(one.run) for one in visits))} 个地址"),
        ("问题", f"新出现 {words.number(sum(one.run.new for one in visits))} 处，"
                 f"再次出现 {words.number(sum(one.run.reopened for one in visits))} 处，"
                 f"已修复 {words.number(sum(one.run.fixed for one in visits))} 处"),
    ]  # fmt: skip
    return paragraph(NOT_IT) + piece("parts.html", "fact_list", facts=facts) + piece("parts.html", "disclaimer")


def _hands(history: History) -> Section:
    found = list(hands.wanted(history))
    if not found:
        return Section(id="hands", title="需要处理的", intro=paragraph("没有需要处理的事项。"))
    rows = [piece("night.html", "hand", name=_name(one.site), path=_path(one.site), hand=one) for one in found]
    intro = paragraph("关系整个服务的在前，其余按网站排列。")
    return table("hands", f"需要处理的（{len(found)} 项）", intro, "需要人处理的事项", ["关系到", "什么事", "情况", "请这样做"], rows)


def _missed(visits: Sequence[Visit]) -> Section:
    rows = [
        piece(
            "night.html", "missed", name=_name(one.site), path=_path(one.site), state=words.RUN_STATE[one.run.state],
            reason=one.run.reason or words.RUN_MEANING[one.run.state], pages=pages_judged(one.run), states=_states(one.run),
        )
        for one in visits if one.run.state is not RunState.AUDITED and visited(one.run)
    ]  # fmt: skip
    title = f"没有能够完整检测的（{len(rows)} 个）" if rows else "没有能够完整检测的"
    told = "没有检测到的页面，不能说有问题，也不能说没有问题。" if rows else "访问过的网站都已完整检测。"
    heads = ["网站", "结果", "原因", "检测页数", "没有检测的地址"]
    return table("missed", title, paragraph(told), "没有能够完整检测的网站和原因", heads, rows, counts=heads[3:4])


def _states(run: RunSummary) -> str:
    counts = {state: count for state, count in run.coverage.items() if words.kind(state) == words.FAILED_KIND}
    return "，".join(f"{words.STATE[state]} {words.number(counts[state])}" for state in State if state in counts) or "—"


def _ran(history: History, visits: Sequence[Visit]) -> Section:
    rows = []
    for one in visits:
        pages = one.run.pages_audited
        each = f"{one.seconds / pages:.1f}" if pages else "—"
        rows.append(
            piece(
                "night.html", "ran", name=_name(one.site), path=_path(one.site), state=words.RUN_STATE[one.run.state],
                begun=words.clock(one.run.started, history.timezone)[-5:], time=words.duration(one.seconds), each=each,
                counts=[pages, one.run.pages_reused, known(one.run), one.run.new, one.run.fixed],
            )
        )  # fmt: skip
    heads = ["网站", "结果", "开始", "用时", "每页秒数", "检测页数", "沿用页数", "已知地址数", "新出现", "已修复"]
    intro = paragraph("用时长的在前；“每页秒数”是用时除以这一轮真正打开检测的页数，含等待和重试。")
    return table("ran", "检测了什么，用了多久", intro, "这一轮各网站的检测", heads, rows, counts=heads[4:])


def _polite(history: History, night: RoundSummary, visits: Sequence[Visit]) -> Section | None:
    asked = [one for one in visits if visited(one.run)]
    if not asked:
        return None
    rows = [
        piece(
            "night.html", "polite", name=_name(one.site), path=_path(one.site), delay=f"{one.site.target.delay:g}",
            window="—".join(one.site.target.window or ()) or "不限", own=one.own,
            rate=f"{60 * one.own / one.seconds:.1f}" if one.seconds else "—", others=sum(one.run.requests.values()) - one.own,
            robots=one.run.coverage.get(State.BLOCKED_BY_ROBOTS, 0),
        )
        for one in sorted(asked, key=lambda one: -one.own)
    ]  # fmt: skip
    bound = "定时检测只在允许的时段内开始访问。" if night.trigger == "schedule" else "这一轮由人启动，不受允许时段的限制。"
    intro = paragraph(
        f"同一主机上相邻两次打开网页至少相隔所设的秒数；robots.txt 不允许的地址不访问。{bound}HTTPS 按连接计数，一个连接上可以有许多请求。"
    )
    heads = ["网站", "间隔（秒）", "允许的时段", "对本站的请求", "平均每分钟", "对其他主机的请求", "按 robots.txt 没有访问"]
    return table("polite", "对网站的影响", intro, "这一轮对各网站的请求，多的在前", heads, rows, counts=[heads[1], *heads[3:]])


def _disk(history: History) -> Section | None:
    if history.disk is None:
        return None
    sizes = {"数据库": history.disk.database, "截图和页面快照": history.disk.blobs, "磁盘剩余": history.disk.free}
    intro = paragraph("到期的截图和快照在每轮检测结束时清理；办理和决定引用的一直保留。")
    facts = piece("parts.html", "fact_list", facts=[(name, _size(size)) for name, size in sizes.items()])
    return Section(id="disk", title="磁盘", intro=intro + facts)


def _size(size: int) -> str:
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{size / 1024:,.0f} kB"


def _name(site: SiteHistory | None) -> str:
    return site.target.site.name if site else "整个服务"


def _path(site: SiteHistory | None) -> str:
    return f"sites/{site.target.site.id}.html" if site else ""
