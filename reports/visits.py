"""Tells of a site's audits: every address with what became of it, the nights, and which hosts were asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from auditor.language import capital, counted, say
from auditor.model import Coverage, History, RunState, RunSummary, SiteHistory, Variant
from reports import scores, words
from reports.charts import Night, dated, issues_over_nights
from reports.lists import Listing, pointed_to
from reports.pages import Section, paragraph, piece, table
from reports.runs import first_audit, judged, known, ledger, newest, pages_judged, why_not_judged

NIGHTS = 60
CHARTED = 30
INLINE = 300
"""Addresses that are listed in the report itself; longer lists have pages of their own."""
EACH = 100


def addresses(site: SiteHistory) -> Listing | None:
    """The list of all addresses where it is too long for the report itself."""
    entries, name = _entries(site), site.target.site.name
    if len(entries) <= INLINE:
        return None
    return Listing(
        path=f"sites/{site.target.site.id}.addresses", title=say(f"{name}：地址清单", f"{name}: list of addresses"), count=len(entries),
        each=EACH, unit=say("个地址", "Addresses"), full=lambda place: _row(entries[place]), short=lambda place: _short_row(entries[place]),
        intro=paragraph(say(
            "最近一次检测时已知的全部地址，需要处理的在前。",
            "All addresses known at the latest audit, those that need something done first."
        )),
        opening=piece("parts.html", "region", id="coverage-table", caption=_caption(), heads=_heads(), counts=()),
        closing=piece("parts.html", "region_end"),
    )  # fmt: skip


def coverage(site: SiteHistory, listing: Listing | None) -> Section:
    """How many addresses ended in which state, and the addresses themselves or where they are listed."""
    title, entries = say("检测了什么：地址清单", "What was audited: the addresses"), _entries(site)
    if not entries:
        none = say("最近一次检测没有留下地址记录。", "The latest audit left no record of addresses.")
        return Section(id="coverage", title=title, intro=paragraph(why_not_judged(site) or none))
    counts = Counter(entry.state for entry in entries)
    intro = paragraph(say(
        "下面按结果列出最近一次检测时已知的全部地址。没有检测到的页面，不能说有问题，也不能说没有问题。",
        "Below are all addresses known at the latest audit, by result. Of pages that were not audited it cannot be said that they have "
        "problems, nor that they have none.",
    ))  # fmt: skip
    intro += ledger("ledger-sum", counts, say("最近一次检测：各种结果的地址数", "The latest audit: addresses by result"))
    if listing is not None:
        each = say("逐个地址的清单：", "List of the single addresses:")
        return Section(id="coverage", title=title, intro=intro + paragraph(each) + pointed_to(listing))
    return table("coverage", title, intro, _caption(), _heads(), [_row(entry) for entry in entries])


def _heads() -> Sequence[str]:
    return say(("地址", "结果", "说明"), ("Address", "Result", "Remark"))


def _caption() -> str:
    return say("最近一次检测的地址清单，需要处理的在前", "Addresses of the latest audit, those that need something done first")


def _entries(site: SiteHistory) -> list[Coverage]:
    entries = (entry for entry in site.coverage if entry.variant is Variant.DESKTOP)
    return sorted(entries, key=lambda entry: (list(words.Kind).index(words.kind(entry.state)), entry.state.value, entry.url))


def _row(entry: Coverage) -> Markup:
    return piece("site.html", "address", entry=entry, title=entry.title, state=capital(words.STATE[entry.state]), reason=_remark(entry))


def _short_row(entry: Coverage) -> Markup:
    return piece("site.html", "short_address", url=entry.url, state=capital(words.STATE[entry.state]))


def _remark(entry: Coverage) -> str:
    if entry.reason:
        return entry.reason
    if entry.silent_frames:
        parts = len(entry.silent_frames)
        return say(
            f"页面中有 {parts} 处内容（框架或封闭的组件）读取不到，没有检测。",
            f"{counted(parts, 'part')} of the page (frames or closed components) could not be read "
            f"and {'was' if parts == 1 else 'were'} not audited.",
        )
    return say(f"服务器答复 {entry.status}。", f"The server answered {entry.status}.") if entry.status and entry.status != 200 else ""


def runs(history: History, site: SiteHistory) -> Section:
    """The nights of a site: how many barriers stood, came and went, and what each audit saw."""
    title = say("历次检测", "Audits so far")
    if not site.runs:
        return Section(id="runs", title=title, intro=paragraph(why_not_judged(site)))
    nights = _nights(history, site, site.runs[: CHARTED + 1])[-CHARTED:]
    chart = issues_over_nights(nights, id="chart", title=say("待修复问题数量的变化", "How many problems there were to fix"))
    older = len(site.runs) - NIGHTS
    listed = say(
        f"下表列出最近 {NIGHTS} 次检测，更早的 {older} 次没有列出。",
        f"The table lists the last {NIGHTS} audits; {counted(older, 'earlier one')} {'is' if older == 1 else 'are'} not listed.",
    )
    intro = chart + (paragraph(listed) if older > 0 else Markup())
    rows = [
        piece(
            "site.html",
            "run",
            date=words.clock(run.started, history.timezone),
            state=capital(words.RUN_STATE[run.state]),
            reason=run.reason if run.state is not RunState.AUDITED else "",
            pages=pages_judged(run),
            known=known(run),
            index=scores.of_run(run),
            time=words.duration((run.finished - run.started).total_seconds()),
            ruleset=run.ruleset_id[:8] or "—",
        )
        for run in site.runs[:NIGHTS]
    ]
    heads = [
        say("开始时间", "Started"), say("结果", "Result"), say("检测页数", "Pages audited"), say("已知地址数", "Known addresses"),
        scores.name(), say("用时", "Time taken"), say("规则集编号", "Rule set"),
    ]  # fmt: skip
    return table("runs", title, intro, say("历次检测，新的在前", "Audits so far, the newest first"), heads, rows, counts=heads[2:4])


def requests(site: SiteHistory) -> Section | None:
    """Which hosts the last audit asked, and how often; None where nobody was asked."""
    last = newest(site)
    if last is None or not last.requests:
        return None
    intro = paragraph(say(
        "最近一次检测从本服务发出的请求，包括网页自己引用的其他主机。HTTPS 按连接计数，一个连接上可以有许多请求。",
        "Requests that this service sent in the latest audit, with those to other hosts that the pages use themselves. HTTPS is counted by "
        "connection; one connection may carry many requests.",
    ))  # fmt: skip
    names = {host: say("其他主机合计", "All other hosts") if host == "*" else host for host in last.requests}
    rows = [piece("site.html", "requests", host=names[host], count=count) for host, count in last.requests.items()]
    heads = [say("主机", "Host"), say("次数", "Number")]
    title = say("检测时访问了哪些服务器", "Hosts contacted")
    return table("requests", title, intro, say("最近一次检测发出的请求", "Requests of the latest audit"), heads, rows, counts=heads[1:])


def _nights(history: History, site: SiteHistory, runs: Sequence[RunSummary]) -> list[Night]:
    nights, before, first = [], None, first_audit(site)
    days = dated([run.started for run in reversed(runs)], history.timezone)
    for run, day in zip(reversed(runs), days, strict=True):
        sound = judged(run)
        changed = sound and before is not None and run.ruleset_id != before
        before = run.ruleset_id if sound else before
        nights.append(
            Night(
                date=day,
                open=run.open,
                first=run.new if run is first else 0,
                new=0 if run is first else run.new,
                ruled=run.new_rule,
                reopened=run.reopened,
                fixed=run.fixed,
                judged=sound,
                changed=changed,
            )
        )
    return nights
