"""Tells the operator of the last night: what ran, what could not be audited and why, how long, how politely, what needs attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from auditor.addresses import host_of
from auditor.language import aside, capital, counted, joined, say
from auditor.model import History, RoundSummary, RunState, RunSummary, SiteHistory, State
from reports import hands, words
from reports.nights import last_night
from reports.pages import Document, Section, made, paragraph, piece, table, write
from reports.runs import known, pages_judged, unconfirmed, visited

ALL_SITES = True
INTERNAL = True
PATH = "night"


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
        path=PATH, title=say("夜间检测运行情况", "How the nightly audits run"), lead=_lead(history, night, visits),
        sections=tuple(one for one in sections if one is not None),
        trail=((say("全市总览", "City overview"), "index.html"),),
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
    whom = paragraph(say("这一页供运行维护人员查看。", "This page is for those who run the service."))
    if night is None:
        return paragraph(say("还没有进行过检测。", "No audit has been made yet.")) + whom
    return whom + piece("parts.html", "fact_list", facts=list(_facts(history, night, visits))) + piece("parts.html", "disclaimer")


def _facts(history: History, night: RoundSummary, visits: Sequence[Visit]) -> Iterator[tuple[str, str]]:
    """What the night was, in a few lines: name, words."""
    finished = words.span(night.started, night.finished, history.timezone) if night.finished else ""
    took = words.duration((night.finished - night.started).total_seconds()) if night.finished else ""
    begun = words.clock(night.started, history.timezone)
    running = say(f"{begun} 开始，没有结束", f"begun on {begun}, not ended")
    yield say("时间", "Time"), finished + say(f"，用时 {took}", f", taking {took}") if finished else running
    yield say("启动方式", "Started"), capital(words.TRIGGER.get(night.trigger, night.trigger))
    states = Counter(words.RUN_STATE[one.run.state] for one in visits if visited(one.run))  # two states may have one word
    counts = {state: states[state] for state in dict.fromkeys(words.RUN_STATE.values()) if states[state]}
    told = joined([say(f"{state} {count} 个", f"{count} {state}") for state, count in counts.items()])
    total = sum(states.values())
    visited_ = say(f"访问 {total} 个：{told}", f"{total} visited: {told}")
    yield say("网站", "Websites"), visited_ if told else say("没有访问任何网站", "None visited")
    yield say("没有访问的", "Not visited"), joined(list(_unvisited(history, visits))) or say("没有", "None")
    pages, addresses = sum(pages_judged(one.run) for one in visits), sum(known(one.run) for one in visits)
    yield (
        say("网页", "Pages"),
        say(
            f"检测 {words.number(pages)} 页，已知 {words.number(addresses)} 个地址",
            f"{counted(pages, 'page')} audited, {counted(addresses, 'address', 'addresses')} known",
        ),
    )
    new, back, fixed = (words.number(sum(getattr(one.run, name) for one in visits)) for name in ("new", "reopened", "fixed"))
    yield (
        say("问题", "Problems"),
        say(f"新出现 {new} 处，再次出现 {back} 处，已修复 {fixed} 处", f"new in {new} places, back again in {back}, fixed in {fixed}"),
    )


def _unvisited(history: History, visits: Sequence[Visit]) -> Iterator[str]:
    """How many sites were not visited, by what kept us from it."""
    enabled = [site for site in history.sites if site.target.enabled]
    seen = {one.site.target.site.id for one in visits}
    idle = sum(site.target.site.id not in seen and not unconfirmed(site) for site in enabled)
    waiting = sum(unconfirmed(site) for site in enabled)
    apart = {
        say("等待确认", "awaiting confirmation"): waiting,
        say("这一轮没有轮到", "not due in this round"): idle,
        say("停用", "switched off"): len(history.sites) - len(enabled),
    }
    yield from (say(f"{name} {count} 个", f"{count} {name}") for name, count in apart.items() if count)


def _hands(history: History) -> Section:
    found = list(hands.wanted(history))
    title = say("需要处理的", "What needs attention")
    if not found:
        return Section(id="hands", title=title, intro=paragraph(say("没有需要处理的事项。", "Nothing needs attention.")))
    rows = [piece("night.html", "hand", name=_name(one.site), path=_path(one.site), hand=one) for one in found]
    intro = paragraph(say("关系整个服务的在前，其余按网站排列。", "What concerns the whole service comes first, then site by site."))
    heads = say(["关系到", "什么事", "情况", "请这样做"], ["Concerns", "What", "How it stands", "Please do this"])
    title += aside(say(f"{len(found)} 项", str(len(found))))
    return table("hands", title, intro, say("需要人处理的事项", "What a person has to see to"), heads, rows)


def _missed(visits: Sequence[Visit]) -> Section:
    rows = [
        piece(
            "night.html", "missed", name=_name(one.site), path=_path(one.site), state=capital(words.RUN_STATE[one.run.state]),
            reason=one.run.reason or words.RUN_MEANING[one.run.state], pages=pages_judged(one.run), states=_states(one.run),
        )
        for one in visits if one.run.state is not RunState.AUDITED and visited(one.run)
    ]  # fmt: skip
    title = say("没有能够完整检测的", "What could not be audited in full")
    if rows:
        title += aside(say(f"{len(rows)} 个", str(len(rows))))
        told = say(
            "没有检测到的页面，不能说有问题，也不能说没有问题。",
            "Of pages that were not audited it can be said neither that they have problems nor that they have none.",
        )
    else:
        told = say("访问过的网站都已完整检测。", "All websites that were visited were audited in full.")
    heads = say(
        ["网站", "结果", "原因", "检测页数", "没有检测的地址"],
        ["Website", "Result", "Reason", "Pages audited", "Addresses not audited"],
    )
    caption = say("没有能够完整检测的网站和原因", "Websites that could not be audited in full, and why")
    return table("missed", title, paragraph(told), caption, heads, rows, counts=heads[3:4])


def _states(run: RunSummary) -> str:
    counts = {state: count for state, count in run.coverage.items() if words.kind(state) == words.Kind.FAILED}
    return joined([f"{words.STATE[state]} {words.number(counts[state])}" for state in State if state in counts]) or "—"


def _ran(history: History, visits: Sequence[Visit]) -> Section:
    rows = []
    for one in visits:
        pages = one.run.pages_audited
        each = f"{one.seconds / pages:.1f}" if pages else "—"
        rows.append(
            piece(
                "night.html", "ran", name=_name(one.site), path=_path(one.site), state=capital(words.RUN_STATE[one.run.state]),
                begun=words.time(one.run.started, history.timezone), time=words.duration(one.seconds), each=each,
                counts=[pages_judged(one.run), one.run.pages_reused, known(one.run), one.run.new, one.run.fixed],
            )
        )  # fmt: skip
    heads = say(
        ["网站", "结果", "开始", "用时", "每页秒数", "检测页数", "其中沿用", "已知地址数", "新出现", "已修复"],
        [
            "Website", "Result", "Started", "Time taken", "Seconds a page", "Pages audited", "Of them carried over", "Addresses known",
            "New", "Fixed",
        ],
    )  # fmt: skip
    intro = paragraph(
        say(
            "用时长的在前；“每页秒数”是用时除以这一轮真正打开检测的页数，含等待和重试。",
            "Those that took longest come first. “Seconds a page” is the time divided by the pages really opened and audited in this "
            "round, "
            "with waiting and second tries.",
        )
    )
    caption = say("这一轮各网站的检测", "The audit of each website in this round")
    return table(
        "ran", say("检测了什么，用了多久", "What was audited, and how long it took"), intro, caption, heads, rows, counts=heads[4:]
    )


def _polite(history: History, night: RoundSummary, visits: Sequence[Visit]) -> Section | None:
    asked = [one for one in visits if visited(one.run)]
    if not asked:
        return None
    rows = [
        piece(
            "night.html", "polite", name=_name(one.site), path=_path(one.site), delay=f"{one.site.target.delay:g}",
            window=say("—", " to ").join(one.site.target.window or ()) or say("不限", "Any time"), own=one.own,
            rate=f"{60 * one.own / one.seconds:.1f}" if one.seconds else "—", others=sum(one.run.requests.values()) - one.own,
            robots=one.run.coverage.get(State.BLOCKED_BY_ROBOTS, 0),
        )
        for one in sorted(asked, key=lambda one: -one.own)
    ]  # fmt: skip
    bound = say("这一轮由人启动，不受允许时段的限制。", "This round was started by a person and is not bound to the times allowed.")
    if night.trigger == "schedule":
        bound = say("定时检测只在允许的时段内开始访问。", "Scheduled audits begin visits only within the times allowed.")
    intro = paragraph(
        say(
            f"同一主机上相邻两次打开网页至少相隔所设的秒数；robots.txt 不允许的地址不访问。{bound}HTTPS "
            "按连接计数，一个连接上可以有许多请求。",
            "Between two pages opened on one host at least the seconds set go by; addresses that robots.txt does not allow are not "
            "visited. "
            f"{bound} HTTPS is counted by connections, each of which may carry many requests.",
        )
    )
    heads = say(
        ["网站", "间隔（秒）", "允许的时段", "对本站的请求", "平均每分钟", "对其他主机的请求", "按 robots.txt 没有访问"],
        [
            "Website", "Gap (seconds)", "Times allowed", "Requests to the site", "A minute on average", "Requests to other hosts",
            "Not visited by robots.txt",
        ],
    )  # fmt: skip
    caption = say("这一轮对各网站的请求，多的在前", "Requests to each website in this round, the most first")
    return table(
        "polite", say("对网站的影响", "What it meant for the websites"), intro, caption, heads, rows, counts=[heads[1], *heads[3:]]
    )


def _disk(history: History) -> Section | None:
    if history.disk is None:
        return None
    sizes = {
        say("数据库", "Database"): history.disk.database,
        say("截图和页面快照", "Pictures and snapshots of pages"): history.disk.blobs,
        say("磁盘剩余", "Free on the disk"): history.disk.free,
    }
    intro = paragraph(
        say(
            "到期的截图和快照在每轮检测结束时清理；办理和决定引用的一直保留。",
            "Pictures and snapshots past their time are cleared away at the end of each round; those that cases and decisions cite are "
            "kept.",
        )
    )
    facts = piece("parts.html", "fact_list", facts=[(name, _size(size)) for name, size in sizes.items()])
    return Section(id="disk", title=say("磁盘", "Disk"), intro=intro + facts)


def _size(size: int) -> str:
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{size / 1024:,.0f} kB"


def _name(site: SiteHistory | None) -> str:
    return site.target.site.name if site else say("整个服务", "The whole service")


def _path(site: SiteHistory | None) -> str:
    return f"sites/{site.target.site.id}.html" if site else ""
