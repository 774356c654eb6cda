"""Tells how a sample was drawn: out of how many addresses, in which strata, by which seed, why it ended, and what it does not speak for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from auditor.language import Words, counted, say
from auditor.model import NOT_A_PAGE, SEEN, Enough, Mark, Sample, Score, SiteHistory, Variant
from reports import words
from reports.pages import Section, paragraph, piece, table
from reports.runs import newest

WHY = Words(
    {
        Enough.NARROW: (
            "上一时段的检测表明，抽取这么多网页就足够：新问题已很少出现，置信区间也已足够窄，所以没有用满每次检测页数的上限",
            "the audits of the period before showed that so many pages are enough: new problems turn up seldom, and the confidence "
            "interval "
            "is narrow enough; so the pages allowed for an audit were not used up",
        ),
        Enough.DRAWN: ("抽到的网页已全部检测，达到每次检测页数的上限", "all pages drawn were audited, as many as an audit is allowed"),
        Enough.TIME: (
            "到了规定的结束时间或网站中途不能再访问，抽到的网页没有测完",
            "the time allowed was over, or the site could no longer be visited; not all pages drawn were audited",
        ),
    }
)
SURE = ""
"""In place of a stratum: pages that are always audited, and those audited ahead of the draw."""


def basis(score: Score, sample: Sample) -> str:
    """What a number rests on, where a sample was drawn."""
    return say(
        f"随机抽取：已知网页约 {words.number(score.population)} 页，检测 {words.number(score.pages)} 页"
        f"（从 {words.number(sample.frame)} 个网址中分 {sample.strata} 层随机抽取 {words.number(sample.looked)} 个，"
        f"另有必查和先行检测的 {words.number(sample.sure)} 个）；括号内是 95% 置信区间",
        f"drawn at random: of about {counted(score.population, 'known page')}, {words.number(score.pages)} were audited "
        f"({words.number(sample.looked)} drawn at random in {counted(sample.strata, 'stratum', 'strata')} out of "
        f"{counted(sample.frame, 'address', 'addresses')}, and {words.number(sample.sure)} that are always audited or were audited ahead); "
        "in brackets the 95% confidence interval",
    )


def told(sample: Sample) -> Iterator[str]:
    """How the sample was drawn, in sentences: enough to draw it again."""
    yield say(
        f"抽样时段 {period(sample.period)}，种子 {sample.seed}，上一时段的种子 {sample.before}。每层的网页一半按上一时段的种子抽取，"
        f"一半按本时段的种子抽取；同一时段内各次检测抽到的网页不变。本次检测页数的上限为 {words.number(sample.budget)} 页。",
        f"Period of the sample: {period(sample.period)}, seed {sample.seed}, seed of the period before {sample.before}. Half of the pages "
        "of "
        "each stratum are drawn by the seed of the period before, half by that of this one; all audits of one period draw the same pages. "
        f"This audit was allowed {counted(sample.budget, 'page')}.",
    )
    yield say(f"停止原因：{WHY[sample.enough]}。", f"Why it stopped: {WHY[sample.enough]}.")
    if left := say("；", "; ").join(_left(sample)):
        yield say(f"不在推算范围内的有：{left}。", f"The estimate does not speak of: {left}.")
    yield from completeness(sample)


def _left(sample: Sample) -> Iterator[str]:
    """What the estimate does not speak of."""
    if sample.late:
        yield say(
            f"抽样之后才发现的网址 {words.number(sample.late)} 个（下次检测时列入抽样范围）",
            f"{counted(sample.late, 'address', 'addresses')} found after the draw (they can be drawn at the next audit)",
        )
    if sample.left_out:
        yield say(
            f"以前检测时不是本站网页的网址 {words.number(sample.left_out)} 个",
            f"{counted(sample.left_out, 'address', 'addresses')} that earlier audits found to be no pages of this site",
        )


def completeness(sample: Sample) -> Iterator[str]:
    """How much of the site the index speaks for: of the addresses that are known, and how many there may be beside them."""
    if sample.read:
        yield say(
            f"抽样前不用浏览器读取了 {words.number(sample.read)} 个网址的链接，由此新发现网址 {words.number(sample.met)} 个；"
            "只读取链接的网址不算检测过，仍按同样的机会参加抽取。",
            f"Before the draw the links of {counted(sample.read, 'address', 'addresses')} were read without a browser, which led to "
            f"{counted(sample.met, 'new address', 'new addresses')}. Addresses of which only the links were read do not count as audited "
            "and "
            "are drawn with the same chance as others.",
        )
    known = sample.frame + sample.late
    if sample.unread:
        yield say(
            f"指数只说明抽样时已知的网址。还有 {words.number(sample.unread)} 个列表等网址的链接没有读到，网站的网址多于已知的，"
            "多多少要等读完才能估计；没有读完的以后各次检测时接着读。",
            f"The index speaks only of addresses known at the draw. The links of {counted(sample.unread, 'more list', 'more lists')} and "
            "the "
            "like have not been read yet; the site has more addresses than are known, and how many more can be estimated only once they "
            "are "
            "read. Later audits go on reading them.",
        )
    elif sample.unknown is None:
        yield say(
            "指数只说明抽样时已知的网址；网站另有多少网址，不能估计。",
            "The index speaks only of addresses known at the draw; how many more the site has cannot be estimated.",
        )
    elif sample.unknown + sample.late < 0.5:
        yield say(
            "指数只说明抽样时已知的网址。抽到的网页没有链接到新的网址，已知网址估计基本完整；没有链接指向的网页不在其中。",
            "The index speaks only of addresses known at the draw. The pages drawn link to no new address, so those known seem to be "
            "nearly "
            "all; pages that no link leads to are not among them.",
        )
    else:
        share = sample.frame / (known + sample.unknown)
        total = round(known + sample.unknown)
        yield say(
            "指数只说明抽样时已知的网址。按抽到的网页所链接的新网址估计，"
            f"可抽取的网址共约 {words.number(total)} 个，抽样时已知约 {100 * share:.0f}%；"
            "没有链接指向的网页不在其中。",
            "The index speaks only of addresses known at the draw. By the new addresses that the pages drawn link to, there are about "
            f"{counted(total, 'address', 'addresses')} that could be drawn, of which about {100 * share:.0f}% were known at the draw; "
            "pages that "
            "no link leads to are not among them.",
        )


def period(name: str) -> str:
    """`2026 年第 4 季度` or `quarter 4 of 2026`, or the name as it is where it is no quarter."""
    year, mark, quarter = name.partition("Q")
    return say(f"{year} 年第 {quarter} 季度", f"quarter {quarter} of {year}") if mark else name


def of_site(site: SiteHistory) -> Section | None:
    """The strata of the newest run with their sizes, what was drawn and seen of them, and how many pages each seen one stands for."""
    last = newest(site)
    if last is None or last.sample is None:
        return None
    known, drawn, seen, others = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for entry in site.coverage:
        if entry.variant is not Variant.DESKTOP or entry.mark in (Mark.NONE, Mark.LATE, Mark.LEFT_OUT):
            continue
        key = entry.stratum or SURE
        known[key] += 1
        if entry.mark is not Mark.FRAME:
            drawn[key] += 1
            seen[key] += entry.state in SEEN
            others[key] += entry.state in NOT_A_PAGE
    named = {
        SURE: say("必查和先行检测的网页", "Pages always audited, and those audited ahead"),
        "~": say("其余少见的网址", "Other addresses, each of a rare kind"),
    }
    rows = [
        piece(
            "scores.html", "stratum", name=named.get(key, key), known=known[key], drawn=drawn[key], seen=seen[key],
            others=others[key], weight=_weight(known[key], seen[key] + others[key], key),
        )
        for key in sorted(known, key=lambda key: (key != SURE, -known[key], key))
    ]  # fmt: skip
    intro = say(
        "网址按写法和页面模板分层，数字和日期以 # 和 <d> 代替。每层检测到的一页代表本层已知网址数除以已检测网址数那么多页。",
        "Addresses are put into strata by how they are written and by the template of the page, with # and <d> for numbers and dates. A "
        "page "
        "audited stands for as many pages as the known addresses of its stratum divided by those audited.",
    )
    heads = say(
        ["网址种类", "已知网址", "选取", "检测", "不是网页", "每页代表"],
        ["Kind of address", "Known", "Drawn", "Audited", "Not web pages", "One stands for"],
    )
    caption = say("各层的网址和选取情况", "The addresses of each stratum and what was drawn of them")
    return table("sample", say("抽样情况", "The sample"), paragraph(intro), caption, heads, rows, counts=heads[1:])


def _weight(known: int, seen: int, key: str) -> str:
    if key == SURE:
        return "1"
    return f"{known / seen:.1f}" if seen else "—"
