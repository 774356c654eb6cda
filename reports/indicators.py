"""Counts the indicators that audits can answer, for any group of sites; of every other one it says who has to report it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.decisions import decisions_in_force
from auditor.model import (
    DOCUMENTS,
    SEEN,
    STANDING,
    Category,
    History,
    Issue,
    IssueState,
    Level,
    Outcome,
    RunState,
    SiteHistory,
    State,
    Variant,
    Verdict,
)
from checks import miit
from checks.miit import RowState
from reports import caseload, documents, words
from reports.definitions import Source, definitions
from reports.runs import judged, newest, unconfirmed

NO_DATA = "尚无数据"
CLOSED_TOLD = 30  # rounds for which a history tells of closed issues (`auditor.store_read.CLOSED_TOLD`)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """An indicator of a group of sites. A share of nothing is no number."""

    part: int | None  #: None: no program can say
    whole: int
    told: str  #: what was counted, as a clause
    unit: str = ""  #: of a count; "": a share
    untested: int = 0  #: things that belong to the whole, or might, and were not judged
    things: str = "个站点"  #: what they are, with the word to count them by
    lacking: str = ""  #: what is missing, as a clause

    @property
    def value(self) -> str:
        """The number in words, or that there is none."""
        if self.part is None or not self.whole:
            return NO_DATA
        return f"{self.part} {self.unit}（共涉及 {self.whole} {self.unit}）" if self.unit else words.share(self.part, self.whole)

    @property
    def sentence(self) -> str:
        """The number with what it rests on and what is missing."""
        rest = f"；{self.lacking}" if self.lacking else ""
        if self.value != NO_DATA:
            return f"{self.value}：{self.told}{rest}"
        return f"{NO_DATA}（{self.told}{rest}）" if self.told else NO_DATA


def values(history: History) -> dict[str, str]:
    """Every indicator -> its value for the whole city, in words."""
    return {id: told(id, counted(history, id, history.sites)) for id in definitions()}


def counted(history: History, id: str, sites: Sequence[SiteHistory], *, detailed: bool = True) -> Counted | None:
    """An indicator of some sites of a history; None where no program counts it.

    `detailed`: issues, ledgers and notes are there. Of most nights but the last there are summaries of the runs alone.
    """
    count = (COUNTS if detailed else OF_SUMMARIES).get(id)
    return count(history, [site for site in sites if site.target.enabled]) if count else None


def told(id: str, found: Counted | None) -> str:
    """What is known of an indicator and who has to report the rest, in a sentence."""
    if found is None or (found.value == NO_DATA and definitions()[id].source is Source.WORKFLOW):
        return f"{NO_DATA}：{waiting(id)}"
    more = f"；{waiting(id)}" if definitions()[id].source is Source.HUMAN else ""
    return found.sentence + more


def waiting(id: str) -> str:
    """Who has to report an indicator, or what has to be there first."""
    one = definitions()[id]
    if one.source is Source.WORKFLOW:
        return f"{one.later}才有（{one.reporter}）"
    return f"待填报（{one.reporter}）" if one.source is Source.HUMAN else "还没有检测"


# ---------------------------------------------------------------------------------------------- each indicator


def _portals(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-1: portals that were judged among those somebody has confirmed."""
    portals = _of(sites, Category.PORTAL)
    return _coverage([site for site in portals if not unconfirmed(site)], "经确认的政府门户网站", sum(map(unconfirmed, portals)))


def _platforms(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-2: service platforms that were judged among all that are watched."""
    return _coverage(_of(sites, Category.SERVICE), "列入监测的政务服务平台")


def _coverage(sites: Sequence[SiteHistory], what: str, waiting: int = 0) -> Counted:
    sound = sum(judged(newest(site)) for site in sites)
    begun = any(site.runs for site in sites)
    some = bool(sites or waiting)
    counted_ = f"{what} {len(sites)} 个，最近一次检测得到评价的 {sound} 个" if begun else f"{what}为 {len(sites)} 个" if some else ""
    return Counted(
        part=sound if begun else None, whole=len(sites), told=counted_, untested=len(sites) - sound + waiting,
        lacking=f"另有 {waiting} 个等待确认" if waiting else "",
    )  # fmt: skip


def _unblocked(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-3: judged sites on whose pages no failure of level A is proven or confirmed."""
    sound = [site for site in sites if judged(newest(site))]
    free = sum(not _blocked(history, site) for site in sound)
    partly = sum(site.runs[0].state is RunState.PARTIAL for site in sound)
    kinds = Counter(words.CATEGORY[site.target.site.category] for site in sound)
    which = f"（{'，'.join(f'{kind} {count} 个' for kind, count in kinds.items())}）" if len(kinds) > 1 else ""
    lacking = [f"{partly} 个只检测到部分网页"] if partly else []
    lacking += [f"另有 {len(sites) - len(sound)} 个未能评价或还没有检测"] if len(sites) > len(sound) else []
    return Counted(
        part=free, whole=len(sound), told=f"得到评价的站点 {len(sound)} 个{which}，没有查实 A 级障碍的 {free} 个" if sound else "",
        untested=len(sites) - len(sound), lacking="，".join(lacking),
    )  # fmt: skip


def _unblocked_before(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-3 of an earlier night: by what the index of the run rests on, which leaves out decisions and what was tried by keyboard."""
    scores = [last.score for site in sites if (last := newest(site)) and judged(last) and last.score]
    hard = {number for number, one in history.criteria.items() if one.level is Level.A}
    free = sum(not any(met.failing for number, met in score.criteria.items() if number in hard) for score in scores)
    what = f"得到评价的站点 {len(scores)} 个，没有一条 A 级准则查到不符合的 {free} 个（按当次指数的依据，未计试用检查和人工认定）"
    rest = len(sites) - len(scores)
    return Counted(
        part=free, whole=len(scores), told=what if scores else "", untested=rest,
        lacking=f"另有 {rest} 个当时没有指数、未能评价或还没有检测" if rest else "",
    )  # fmt: skip


def _repairs(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-5: of what owners were told to repair, what was found repaired, in time, and after how many days."""
    found = caseload.repairs(sites, words.date_of(history.now, history.timezone))
    return Counted(part=found.repaired, whole=found.told, told=found.sentence, things="组")


def _complaints(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-14: complaints that were answered or settled among all that came in; what people say of the answer."""
    found = caseload.complaints(sites)
    return Counted(part=found.settled, whole=found.received, told=found.sentence, things="件")


def _relapses(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-6: barriers that came back among those that were closed in the newest rounds."""
    nights = history.rounds[:CLOSED_TOLD]
    recent = {one.id for one in (*nights, *history.retests) if nights and one.started >= nights[-1].started}
    closed = [issue for site in sites for issue in site.issues if _counts(issue) and _closed(issue, recent)]
    back = sum(_came_back(issue, recent) for issue in closed)
    what = f"最近 {len(nights)} 次检测中关闭过的问题 {words.number(len(closed))} 处，后来再次出现的 {back} 处"
    return Counted(
        part=back, whole=len(closed), told=what if closed else "", untested=sum(not judged(newest(site)) for site in sites),
        lacking="；".join(filter(None, ("网页撤下后又恢复的也算再次出现" if back else "", caseload.relapses(sites)))),
    )  # fmt: skip


def _captchas(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-8, as far as it can be found: picture captchas, of which a person has to try each other way that is offered."""
    seen = [site for site in sites if site.noted and judged(newest(site))]
    pictures, logins = (Counter[str](), Counter[str]())
    for site in seen:
        for rule, counts in (("captcha-picture", pictures), ("captcha-login", logins)):
            counts.update(dict(zip(("failed", "passed", "open"), site.noted["rules"].get(rule, (0, 0, 0)), strict=True)))
    parts = [
        f"{what} {found.total()} 处，其中没有其他方式的 {found['failed']} 处，附近有其他方式、要人试用的 {found['passed']} 处，"
        f"没有看到其他方式、要人查看的 {found['open']} 处"
        for what, found in (("图形验证码", pictures), ("要辨认图形验证码的登录", logins))
        if found.total()
    ]
    none = f"查看过的 {len(seen)} 个站点，检测的网页上没有见到图形验证码" if seen else ""
    return Counted(
        part=None, whole=pictures.total() + logins.total(), told=f"程序查到{'；'.join(parts)}" if parts else none,
        untested=len(sites) - len(seen),
    )  # fmt: skip


def _depends(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-9: sites with a toolbar whose pages, met without it, fail level A, among all with a toolbar that were judged."""
    seen = [site for site in sites if judged(newest(site)) and site.noted]
    equipped = [site for site in seen if miit.has_toolbar(site.noted)]
    failing = sum(_blocked(history, site, toolbar=False) for site in equipped)
    what = f"首页有无障碍工具条、得到评价的站点 {len(equipped)} 个，不打开工具条时仍查到 A 级障碍的 {failing} 个"
    none = f"查看过首页的 {len(seen)} 个站点都没有找到无障碍工具条" if seen else ""
    return Counted(part=failing, whole=len(equipped), told=what if equipped else none, untested=len(sites) - len(seen))


def _old_age(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-10: rows of the ministry's specification for web pages (附件1) that monitoring finds met."""
    seen = [site for site in sites if judged(newest(site)) and site.noted]
    rows = [row for site in seen for row in miit.rows(site.noted) if row.requirement.document == "附件1"]
    states = Counter(row.state for row in rows)
    concerned = len(rows) - states[RowState.ABSENT]
    what = f"{len(seen)} 个站点涉及的附件1 条文共 {concerned} 项，监测符合 {states[RowState.PASS]} 项，不符合 {states[RowState.FAIL]} 项"
    person = states[RowState.PERSON]
    return Counted(
        part=states[RowState.PASS], whole=concerned, unit="项", told=what if concerned else "", untested=len(sites) - len(seen),
        lacking=f"{person} 项要由人判断，没有算作符合" if person else "",
    )  # fmt: skip


def _documents(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-11: of the documents that were read, those that are not wholly out of reach."""
    counts = [documents.inaccessible(site) for site in sites]
    shut, read = (sum(each) for each in zip(*counts, strict=True)) if counts else (0, 0)
    unread = sum(map(documents.unread, sites))
    what = f"最近一次检测打开的附件 {words.number(read)} 份，带结构标签、有文字、允许读取的 {words.number(read - shut)} 份"
    return Counted(
        part=read - shut, whole=read, told=what if read else "", untested=unread, things="份",
        lacking=f"另有 {words.number(unread)} 份没有抽到或没有能够检查" if unread else "",
    )  # fmt: skip


def _not_judged(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-16: sites that were visited and could not be judged, and the pages that did not open."""
    planned = [site for site in sites if not unconfirmed(site)]
    visited = [site for site in planned if site.runs]
    missing = sum(not judged(newest(site)) for site in visited)
    states: Counter[State] = Counter()
    for site in visited:
        states.update(site.runs[0].coverage)
    failed = {state: count for state, count in states.most_common() if words.kind(state) == words.Kind.FAILED}
    tried = sum(failed.values()) + sum(states[state] for state in SEEN)
    why = "、".join(f"{words.STATE[state]} {words.number(count)} 页" for state, count in list(failed.items())[:5])
    pages = f"；尝试访问的网页 {words.number(tried)} 页，未能检测的 {words.number(sum(failed.values()))} 页" if tried else ""
    waiting = len(planned) - len(visited)
    return Counted(
        part=missing, whole=len(visited), untested=waiting, lacking=f"另有 {waiting} 个还没有访问" if waiting and visited else "",
        told=f"访问过的站点 {len(visited)} 个，最近一次检测未能评价的 {missing} 个{pages}{f'（{why}）' if why else ''}" if visited else "",
    )  # fmt: skip


Count = Callable[[History, Sequence[SiteHistory]], Counted]

COUNTS: Mapping[str, Count] = {
    "IA-1": _portals, "IA-2": _platforms, "IA-3": _unblocked, "IA-5": _repairs, "IA-6": _relapses, "IA-8": _captchas, "IA-9": _depends,
    "IA-10": _old_age, "IA-11": _documents, "IA-14": _complaints, "IA-16": _not_judged,
}  # fmt: skip
OF_SUMMARIES: Mapping[str, Count] = {"IA-1": _portals, "IA-2": _platforms, "IA-3": _unblocked_before, "IA-16": _not_judged}
"""Those that can be told of an earlier night too."""


# ---------------------------------------------------------------------------------------------- helpers


def _of(sites: Iterable[SiteHistory], category: Category) -> list[SiteHistory]:
    return [site for site in sites if site.target.site.category is category]


def _blocked(history: History, site: SiteHistory, *, toolbar: bool = True) -> bool:
    """Whether a failure of level A is to be repaired on its pages (`grouping.board`); `toolbar`: those of the toolbar itself count."""
    today = words.date_of(history.now, history.timezone)
    verdicts = {group: decision.verdict for group, decision in decisions_in_force(site.decisions, today).items()}
    hard = {id for id, rule in history.rules.items() if rule.level is Level.A and (toolbar or not id.startswith("toolbar-"))}
    held: Mapping[Outcome, set[Verdict | None]] = {Outcome.FAILED: {None, Verdict.CONFIRMED}, Outcome.CANT_TELL: {Verdict.CONFIRMED}}
    return any(
        issue.rule in hard and issue.state in STANDING and issue.variant is Variant.DESKTOP and DOCUMENTS not in issue.engines
        and verdicts.get(issue.group) in held[issue.outcome]
        for issue in site.issues
    )  # fmt: skip


def _counts(issue: Issue) -> bool:
    return issue.outcome is Outcome.FAILED and issue.variant is Variant.DESKTOP and DOCUMENTS not in issue.engines


def _closed(issue: Issue, recent: set[str]) -> bool:
    """Whether it was closed in one of the rounds, by repair as far as its state tells."""
    repaired = issue.spans if issue.state not in {IssueState.PAGE_GONE, IssueState.RULE_RETIRED} else issue.spans[:-1]
    return any(span.last in recent for span in repaired)


def _came_back(issue: Issue, recent: set[str]) -> bool:
    return any(before.last in recent for before in issue.spans[:-1])
