"""Tells the accessibility index (无障碍指数) of sites, regions and the city: never without its interval and its basis."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from markupsafe import Markup

from auditor.intervals import Estimate
from auditor.language import aside, between, capital, counted, joined, say
from auditor.model import Conformance, History, Move, RunSummary, Score, SiteHistory
from auditor.scoring import ranks, together
from reports import alternatives, comparisons, index_chart, sampling, tendencies, words
from reports.pages import Section, paragraph, piece, table
from reports.places import counties
from reports.runs import judged, newest, unconfirmed


def name() -> str:
    """What the index is called."""
    return say("无障碍指数", "Accessibility index")


def withheld() -> str:
    """What stands instead of the index of a site that is not rated."""
    return say("未能评价，不给出指数", "Not rated; no index is given")


def old() -> str:
    """What stands instead of the index of a site that an earlier version audited."""
    return say("由旧版本检测，还没有指数", "Audited by an earlier version; no index yet")


def meaning() -> str:
    """What the index is and what it is not."""
    return say(
        "无障碍指数（0—100）只反映自动检测范围内的结果，不是符合性结论，也不是评测。一页的指数是各条适用的 A、AA 级准则得分的平均，"
        "每条准则一半看有没有查到问题，一半看查到问题的比例；网站的指数按页面模板加权。可疑而未证实的不计，附件和只在少数页面上试用的检查不计。",
        "The accessibility index (0 to 100) tells only what lies within the reach of automatic testing; it is neither a conclusion on "
        "conformity nor an assessment. The index of a page is the mean over the criteria of levels A and AA that apply to it; of each "
        "criterion, half goes by whether a problem was found and half by the share of elements with a problem. The index of a site weights "
        "pages by template. What is suspected but not proven does not count, nor do documents and checks tried on a few pages only.",
    )


def fact(site: SiteHistory) -> tuple[str, str] | None:
    """The line for the head of a site's report; None where nothing was ever judged, or by a version that gave no index."""
    last = newest(site)
    if last is None or not judged(last) or last.score is None:
        return None
    return name(), f"{span(estimate_of(last.score))}{say('。', '. ')}{capital(basis(last.score))}"


def span(score: Estimate) -> str:
    """`83.2（81.0—85.4）` or `83.2 (81.0 to 85.4)`; the number alone where every page was judged."""
    return f"{score.value:.1f}{aside(between(f'{score.low:.1f}', f'{score.high:.1f}'))}" if score.error else f"{score.value:.1f}"


def basis(score: Score) -> str:
    """What the number rests on."""
    if score.pages >= score.population:
        return say(
            f"已知的 {words.number(score.population)} 页全部检测，没有抽样误差（没有发现的网页不在其中）",
            f"{_known(score.population)} audited, without sampling error (pages nobody found are not among them)",
        )
    if score.sample is not None:
        return sampling.basis(score, score.sample)
    return say(
        f"依据 {words.number(score.pages)} 页推算已知的 {words.number(score.population)} 页，括号内是 95% 置信区间；"
        "网页按访问顺序检测，不是随机抽取，区间仅供参考",
        f"estimated from {counted(score.pages, 'page')} for the {words.number(score.population)} that are known, in brackets the 95% "
        "confidence interval; the pages were audited in the order of visiting, not drawn at random, so the interval is a rough guide only",
    )


def _known(pages: int) -> str:
    """All pages of a site, in English."""
    return {1: "the one known page", 2: "both known pages"}.get(pages, f"all {pages:,} known pages")


def estimate_of(score: Score) -> Estimate:
    """The same as an estimate."""
    freedom = math.inf if score.freedom is None else score.freedom
    return Estimate(value=score.value, error=score.error, low=score.low, high=score.high, freedom=freedom)


def of_site(history: History, site: SiteHistory) -> Section | None:
    """How far each criterion is met, and the other indices from the same data."""
    last = newest(site)
    if last is None or not judged(last) or last.score is None:
        return None
    score = last.score
    value = span(estimate_of(score))
    more = [say(f"{name()} {value}：{basis(score)}。", f"{name()} {value}: {basis(score)}."), meaning()]
    if score.sample is not None:
        more += sampling.told(score.sample)
    if last.move is not None:
        more.append(moved(history, last.move))
        more += comparisons.of_move(history, last.move)
    more.append(tendencies.of_site(history, site))
    if score.used is not None:
        more.append(_used(score.used, score.used_pages))
    rows = [
        piece("scores.html", "criterion", name=words.criterion(criterion), applies=met.pages, failing=met.failing, told=_share(met))
        for number, criterion in history.criteria.items()
        if (met := score.criteria.get(number)) is not None
    ]
    heads = say(
        ["成功准则", "适用的页数", "查到不符合的页数", "没有查到不符合的比例"],
        ["Success criterion", "Pages it applies to", "Pages with a failure found", "Share without a failure found"],
    )
    caption = say("检测到的网页上各条准则的情况", "The criteria on the pages that were audited")
    intro = Markup().join(map(paragraph, more)) + index_chart.of_site(history, site) + alternatives.folded(history, score)
    return table("index", name(), intro, caption, heads, rows, counts=heads[1:3])


def _used(points: float, pages: int) -> str:
    """What trying pages out by keyboard and forms adds to the index of these pages."""
    lower, size = points < 0, f"{abs(points):.1f}"
    apart = say(f"{'低' if lower else '高'} {size}", f"{size} {'lower' if lower else 'higher'}")
    if abs(points) < 0.05:
        apart = say("没有差别", "the same")
    return say(
        f"在另外做了键盘、表单等试用的 {pages} 页上，计入试用结果后，指数平均{apart}。这部分不计入上面的指数。",
        f"On the {counted(pages, 'page')} that {'was' if pages == 1 else 'were'} also tried out by keyboard, forms and the like, "
        f"the index is {apart} on average once what was found that way counts. It does not count towards the index above.",
    )


def moved(history: History, move: Move) -> str:
    """Why the index is not what it was, in a sentence: the parts add up to the change, as far as rounding lets them."""
    begun = {one.id: one.started for one in history.rounds}
    since, until = begun.get(move.since), begun.get(move.until)
    day = words.day(since, history.timezone) if since else ""
    if since and until and day == words.day(until, history.timezone):
        day = words.clock(since, history.timezone) + say(" ", "")
    when = say(f"{day}的检测", f"the audit of {day}") if day else say("上一次检测", "the previous audit")
    change = move.after - move.before
    if abs(change) < 0.05 and all(abs(points) < 0.05 for points in move.parts.values()):
        return say(f"与{when}相比没有变化。", f"No change since {when}.")
    parts = joined([f"{words.CAUSE[cause]} {words.signed(points)}" for cause, points in move.parts.items() if abs(points) >= 0.05])
    before, both = aside(f"{move.before:.1f}"), counted(move.pages, "page")
    if words.signed(change) == words.signed(0.0):
        return say(
            f"与{when}{before}相比没有变化（{parts}）。两次都检测的有 {words.number(move.pages)} 页。",
            f"No change since {when}{before}: {parts}. {both} audited both times.",
        )
    return say(
        f"与{when}{before}相比变动 {words.signed(change)}，其中：{parts}。两次都检测的有 {words.number(move.pages)} 页。",
        f"Change since {when}{before}: {words.signed(change)}, of which: {parts}. {both} audited both times.",
    )


def rank(best: int, worst: int) -> str:
    """A place, or the places that the intervals leave open."""
    return str(best) if best == worst else between(str(best), str(worst))


def of_run(run: RunSummary) -> str:
    """The index of one run as a table shows it; a dash where there is none."""
    return span(estimate_of(run.score)) if judged(run) and run.score is not None else "—"


def _share(met: Conformance) -> str:
    told = f"{100 * met.share:.0f}%"
    return told if met.low == met.high else f"{told}{aside(between(f'{100 * met.low:.0f}%', f'{100 * met.high:.0f}%'))}"


# ---------------------------------------------------------------------------------------------- the city


def of_city(history: History) -> Section | None:
    """The index of every site with the rank that its interval allows, and of regions, kinds and the city."""
    watched = [site for site in history.sites if site.target.enabled and site.runs and not unconfirmed(site)]
    known = {site.target.site.id: found for site in watched if (found := _score(site)) is not None}
    if not known:
        return None
    usual = _comparable(watched)
    scores = {id: found for id, found in known.items() if id in usual}
    placed = ranks(scores)
    order = sorted(watched, key=lambda site: (site.target.site.id not in scores, -_value(known, site), site.target.site.name))
    rows = [*_groups(history, watched, scores), *(_row(site, known, placed) for site in order)]
    intro = Markup().join(map(paragraph, [
        meaning(),
        say(
            "地区、类别和全市的数字是所辖站点的简单平均，各站点权重相同，未能评价的站点不在其中；"
            "检测规则与多数站点不同的，数字不能相比，不参加平均和排名。"
            "两个站点的差别小于误差、不能断定高下时，名次并列，写作一个范围。",
            "The figures of regions, kinds and the city are plain means of their sites, each with the same weight, without those that are "
            "not rated. Sites audited under a different rule set are excluded from averages and ranks. Where two sites "
            "differ by less than the error, so that neither can be said to be ahead, they share a rank, which is written as a range.",
        ),
    ]))  # fmt: skip
    heads = say(
        ["范围", "无障碍指数（95% 置信区间）", "名次", "依据"],
        ["Scope", "Accessibility index (95% confidence interval)", "Rank", "Basis"],
    )
    caption = say("全市和各站点最近一次检测的无障碍指数", "Accessibility index of the city and of each site at the latest audit")
    return table("index", name(), intro, caption, heads, rows)


def comparable(sites: Sequence[SiteHistory]) -> Mapping[str, Estimate]:
    """Site -> its index, of those whose newest night has one that can be compared with most others (`_comparable`)."""
    usual = _comparable(sites)
    return {site.target.site.id: found for site in sites if site.target.site.id in usual and (found := _score(site)) is not None}


def _comparable(sites: Sequence[SiteHistory]) -> frozenset[str]:
    """The sites whose newest index was counted by the rules that most of them share; of equally many the newest."""
    runs = {site.target.site.id: site.runs[0] for site in sites if _score(site) is not None}
    counts = Counter(run.ruleset_id for run in runs.values())
    usual = max(counts, key=lambda id: (counts[id], max(run.started for run in runs.values() if run.ruleset_id == id)), default="")
    return frozenset(site for site, run in runs.items() if run.ruleset_id == usual)


def _score(site: SiteHistory) -> Estimate | None:
    last = newest(site)
    return estimate_of(last.score) if last is not None and judged(last) and last.score is not None else None


def _value(scores: Mapping[str, Estimate], site: SiteHistory) -> float:
    found = scores.get(site.target.site.id)
    return found.value if found else 0.0


def _groups(history: History, watched: Sequence[SiteHistory], scores: Mapping[str, Estimate]) -> Iterator[Markup]:
    """The city, its regions in the order of their codes, the kinds of sites."""
    yield _group(say("全部站点", "All sites"), watched, scores)
    for place in counties(history, watched):
        if place.sites:
            yield _group(say(f"地区：{place.name}", f"Region: {place.name}"), place.sites, scores)
    for kind, sites in sorted(_by(watched, lambda site: words.CATEGORY[site.target.site.category]).items()):
        yield _group(say(f"类别：{kind}", f"Kind: {kind}"), sites, scores)


def _by(sites: Sequence[SiteHistory], key: Callable[[SiteHistory], str]) -> Mapping[str, list[SiteHistory]]:
    found: dict[str, list[SiteHistory]] = defaultdict(list)
    for site in sites:
        found[key(site)].append(site)
    return found


def _group(label: str, sites: Sequence[SiteHistory], scores: Mapping[str, Estimate]) -> Markup:
    known = [scores[site.target.site.id] for site in sites if site.target.site.id in scores]
    mean = together(known)
    left = [site for site in sites if site.target.site.id not in scores]
    other, before = sum(_score(site) is not None for site in left), sum(judged(newest(site)) and _score(site) is None for site in left)
    counts = {
        say("未能评价", "not rated"): len(left) - other - before,
        say("由旧版本检测、还没有指数", "audited by an earlier version, without an index yet"): before,
        say("检测规则不同", "audited under a different rule set"): other,
    }
    missing = "".join(say(f"，{why} {count} 个", f"; {count} {why}") for why, count in counts.items() if count)
    told = say(f"{len(known)} 个站点的平均", f"Mean of {counted(len(known), 'site')}") + missing
    return piece("scores.html", "scored", name=label, path="", score=span(mean) if mean else "—", rank="—", basis=told)


def _row(site: SiteHistory, scores: Mapping[str, Estimate], placed: Mapping[str, tuple[int, int]]) -> Markup:
    id, last = site.target.site.id, newest(site)
    told = capital(basis(last.score)) if id in scores and last and last.score else ""
    best, worst = placed.get(id, (0, 0))
    order = rank(best, worst) if best else say("规则不同", "different rules") if id in scores else "—"
    number = span(scores[id]) if id in scores else old() if judged(last) else withheld()
    return piece("scores.html", "scored", name=site.target.site.name, path=f"sites/{id}.html", score=number, rank=order, basis=told)
