"""Tells the accessibility index (无障碍指数) of sites, regions and the city: never without its interval and its basis."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from markupsafe import Markup

from auditor.intervals import Estimate
from auditor.model import Conformance, History, Move, RunSummary, Score, SiteHistory
from auditor.scoring import ranks, together
from reports import alternatives, comparisons, index_chart, sampling, tendencies, words
from reports.pages import Section, paragraph, piece, table
from reports.places import counties
from reports.runs import judged, newest, unconfirmed

NAME = "无障碍指数"
WITHHELD = "未能评价，不给出指数"
OLD = "由旧版本检测，还没有指数"
MEANING = (
    f"{NAME}（0—100）只反映自动检测范围内的结果，不是符合性结论，也不是评测。一页的指数是各条适用的 A、AA 级准则得分的平均，"
    "每条准则一半看有没有查到问题，一半看查到问题的比例；网站的指数按页面模板加权。可疑而未证实的不计，附件和只在少数页面上试用的检查不计。"
)


def fact(site: SiteHistory) -> tuple[str, str] | None:
    """The line for the head of a site's report; None where nothing was ever judged, or by a version that gave no index."""
    last = newest(site)
    if last is None or not judged(last) or last.score is None:
        return None
    return NAME, f"{span(estimate_of(last.score))}。{basis(last.score)}"


def span(score: Estimate) -> str:
    """`83.2（81.0—85.4）`, or the number alone where every page was judged."""
    return f"{score.value:.1f}（{score.low:.1f}—{score.high:.1f}）" if score.error else f"{score.value:.1f}"


def basis(score: Score) -> str:
    """What the number rests on."""
    if score.pages >= score.population:
        return f"已知的 {words.number(score.population)} 页全部检测，没有抽样误差"
    if score.sample is not None:
        return sampling.basis(score, score.sample)
    return (
        f"依据 {words.number(score.pages)} 页推算已知的 {words.number(score.population)} 页，括号内是 95% 置信区间；"
        "网页按访问顺序检测，不是随机抽取，区间仅供参考"
    )


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
    more = [f"{NAME} {span(estimate_of(score))}：{basis(score)}。", MEANING]
    if score.sample is not None:
        more += sampling.told(score.sample)
    if last.move is not None:
        more.append(moved(history, last.move))
        more += comparisons.of_move(history, last.move)
    more.append(tendencies.of_site(history, site))
    if score.used is not None:
        apart = f"{'低' if score.used < 0 else '高'} {abs(score.used):.1f}" if abs(score.used) >= 0.05 else "没有差别"
        more.append(f"在另外做了键盘、表单等试用的 {score.used_pages} 页上，计入试用结果后，指数平均{apart}。这部分不计入上面的指数。")
    rows = [
        piece("scores.html", "criterion", name=words.criterion(criterion), applies=met.pages, failing=met.failing, told=_share(met))
        for number, criterion in history.criteria.items()
        if (met := score.criteria.get(number)) is not None
    ]
    heads = ["成功准则", "适用的页数", "查到不符合的页数", "没有查到不符合的比例"]
    intro = Markup().join(map(paragraph, more)) + index_chart.of_site(history, site) + alternatives.folded(history, score)
    return table("index", NAME, intro, "检测到的网页上各条准则的情况", heads, rows, counts=heads[1:3])


def moved(history: History, move: Move) -> str:
    """Why the index is not what it was, in a sentence: the parts add up to the change, as far as rounding lets them."""
    since = next((one.started for one in history.rounds if one.id == move.since), None)
    when = f"{words.day(since, history.timezone)}的检测" if since else "上一次检测"
    change = move.after - move.before
    if abs(change) < 0.05 and all(abs(points) < 0.05 for points in move.parts.values()):
        return f"与{when}相比没有变化。"
    parts = "，".join(f"{words.CAUSE[cause]} {words.signed(points)}" for cause, points in move.parts.items() if abs(points) >= 0.05)
    return f"与{when}（{move.before:.1f}）相比变动 {words.signed(change)}，其中：{parts}。两次都检测的有 {words.number(move.pages)} 页。"


def of_run(run: RunSummary) -> str:
    """The index of one run as a table shows it; a dash where there is none."""
    return span(estimate_of(run.score)) if judged(run) and run.score is not None else "—"


def _share(met: Conformance) -> str:
    told = f"{100 * met.share:.0f}%"
    return told if met.low == met.high else f"{told}（{100 * met.low:.0f}%—{100 * met.high:.0f}%）"


# ---------------------------------------------------------------------------------------------- the city


def of_city(history: History) -> Section | None:
    """The index of every site with the rank that its interval allows, and of regions, kinds and the city."""
    watched = [site for site in history.sites if site.target.enabled and site.runs and not unconfirmed(site)]
    known = {site.target.site.id: found for site in watched if (found := _score(site)) is not None}
    if not known:
        return None
    scores = {id: found for id, found in known.items() if id in _comparable(watched)}
    placed = ranks(scores)
    order = sorted(watched, key=lambda site: (site.target.site.id not in scores, -_value(known, site), site.target.site.name))
    rows = [*_groups(history, watched, scores), *(_row(site, known, placed) for site in order)]
    intro = Markup().join(map(paragraph, [
        MEANING,
        "地区、类别和全市的数字是所辖站点的简单平均，各站点权重相同，未能评价的站点不在其中；"
        "检测规则与多数站点不同的，数字不能相比，不参加平均和排名。"
        "两个站点的差别小于误差、不能断定高下时，名次并列，写作一个范围。",
    ]))  # fmt: skip
    heads = ["范围", f"{NAME}（95% 置信区间）", "名次", "依据"]
    return table("index", NAME, intro, f"全市和各站点最近一次检测的{NAME}", heads, rows)


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
    yield _group("全部站点", watched, scores)
    for place in counties(history, watched):
        if place.sites:
            yield _group(f"地区：{place.name}", place.sites, scores)
    for kind, sites in sorted(_by(watched, lambda site: words.CATEGORY[site.target.site.category]).items()):
        yield _group(f"类别：{kind}", sites, scores)


def _by(sites: Sequence[SiteHistory], key: Callable[[SiteHistory], str]) -> Mapping[str, list[SiteHistory]]:
    found: dict[str, list[SiteHistory]] = defaultdict(list)
    for site in sites:
        found[key(site)].append(site)
    return found


def _group(name: str, sites: Sequence[SiteHistory], scores: Mapping[str, Estimate]) -> Markup:
    known = [scores[site.target.site.id] for site in sites if site.target.site.id in scores]
    mean = together(known)
    left = [site for site in sites if site.target.site.id not in scores]
    other, old = sum(_score(site) is not None for site in left), sum(judged(newest(site)) and _score(site) is None for site in left)
    counts = {"未能评价": len(left) - other - old, "由旧版本检测、还没有指数": old, "检测规则不同": other}
    missing = "".join(f"，{why} {count} 个" for why, count in counts.items() if count)
    told = f"{len(known)} 个站点的平均{missing}"
    return piece("scores.html", "scored", name=name, path="", score=span(mean) if mean else "—", rank="—", basis=told)


def _row(site: SiteHistory, scores: Mapping[str, Estimate], placed: Mapping[str, tuple[int, int]]) -> Markup:
    id, last = site.target.site.id, newest(site)
    told = basis(last.score) if id in scores and last and last.score else ""
    best, worst = placed.get(id, (0, 0))
    rank = ("规则不同" if id in scores else "—") if not best else str(best) if best == worst else f"{best}—{worst}"
    number = span(scores[id]) if id in scores else OLD if judged(last) else WITHHELD
    return piece("scores.html", "scored", name=site.target.site.name, path=f"sites/{id}.html", score=number, rank=rank, basis=told)
