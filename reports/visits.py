"""Tells of a site's audits: every address with what became of it, the nights, and which hosts were asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from auditor.model import Coverage, History, RunState, RunSummary, SiteHistory, Variant
from reports import scores, words
from reports.charts import Night, issues_over_nights
from reports.lists import Listing, pointed_to
from reports.pages import Section, paragraph, piece, table
from reports.runs import judged, known, ledger, newest, pages_judged, why_not_judged

NIGHTS = 60
CHARTED = 30
INLINE = 300
"""Addresses that are listed in the report itself; longer lists have pages of their own."""
EACH = 100
HEADS = ("地址", "结果", "说明")
CAPTION = "最近一次检测的地址清单，需要处理的在前"


def addresses(site: SiteHistory) -> Listing | None:
    """The list of all addresses where it is too long for the report itself."""
    entries = _entries(site)
    if len(entries) <= INLINE:
        return None
    return Listing(
        path=f"sites/{site.target.site.id}.addresses", title=f"{site.target.site.name}：地址清单", count=len(entries), each=EACH,
        unit="个地址", full=lambda place: _row(entries[place]), short=lambda place: _short_row(entries[place]),
        intro=paragraph("最近一次检测时已知的全部地址，需要处理的在前。"),
        opening=piece("parts.html", "region", id="coverage-table", caption=CAPTION, heads=HEADS, counts=()),
        closing=piece("parts.html", "region_end"),
    )  # fmt: skip


def coverage(site: SiteHistory, listing: Listing | None) -> Section:
    """How many addresses ended in which state, and the addresses themselves or where they are listed."""
    title, entries = "检测了什么：地址清单", _entries(site)
    if not entries:
        return Section(id="coverage", title=title, intro=paragraph(why_not_judged(site) or "最近一次检测没有留下地址记录。"))
    counts = Counter(entry.state for entry in entries)
    intro = paragraph("下面按结果列出最近一次检测时已知的全部地址。没有检测到的页面，不能说有问题，也不能说没有问题。")
    intro += ledger("ledger-sum", counts, "最近一次检测：各种结果的地址数")
    if listing is not None:
        return Section(id="coverage", title=title, intro=intro + paragraph("逐个地址的清单：") + pointed_to(listing))
    return table("coverage", title, intro, CAPTION, HEADS, [_row(entry) for entry in entries])


def _entries(site: SiteHistory) -> list[Coverage]:
    entries = (entry for entry in site.coverage if entry.variant is Variant.DESKTOP)
    return sorted(entries, key=lambda entry: (list(words.Kind).index(words.kind(entry.state)), entry.state.value, entry.url))


def _row(entry: Coverage) -> Markup:
    return piece("site.html", "address", entry=entry, title=entry.title, state=words.STATE[entry.state], reason=_remark(entry))


def _short_row(entry: Coverage) -> Markup:
    return piece("site.html", "short_address", url=entry.url, state=words.STATE[entry.state])


def _remark(entry: Coverage) -> str:
    if entry.reason:
        return entry.reason
    if entry.silent_frames:
        return f"页面中有 {len(entry.silent_frames)} 处内容（框架或封闭的组件）读取不到，没有检测。"
    return f"服务器答复 {entry.status}。" if entry.status and entry.status != 200 else ""


def runs(history: History, site: SiteHistory) -> Section:
    """The nights of a site: how many barriers stood, came and went, and what each audit saw."""
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
    heads = ["开始时间", "结果", "检测页数", "已知地址数", scores.name(), "用时", "规则集编号"]
    return table("runs", "历次检测", intro, "历次检测，新的在前", heads, rows, counts=heads[2:4])


def requests(site: SiteHistory) -> Section | None:
    """Which hosts the last audit asked, and how often; None where nobody was asked."""
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
