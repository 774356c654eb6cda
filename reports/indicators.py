"""Counts the indicators that audits can answer, for any group of sites; of every other one it says who has to report it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.decisions import decisions_in_force
from auditor.language import aside, joined, listed, say
from auditor.language import counted as count_of
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

CLOSED_TOLD = 30  # rounds for which a history tells of closed issues (`auditor.store_read.CLOSED_TOLD`)

THINGS = {"site": "个站点", "group": "组", "complaint": "件", "document": "份"}
"""English noun of what an indicator counts -> the Chinese word to count it by."""


def no_data() -> str:
    """What stands instead of a number that nobody has."""
    return say("尚无数据", "no data yet")


@dataclass(frozen=True, kw_only=True)
class Counted:
    """An indicator of a group of sites. A share of nothing is no number."""

    part: int | None  #: None: no program can say
    whole: int
    told: str  #: what was counted, as a clause
    items: bool = False  #: whether it counts items of a specification; else it is a share
    untested: int = 0  #: things that belong to the whole, or might, and were not judged
    things: str = "site"  #: what they are, one of THINGS
    lacking: str = ""  #: what is missing, as a clause

    @property
    def value(self) -> str:
        """The number in words, or that there is none."""
        if self.part is None or not self.whole:
            return no_data()
        if self.items:
            return say(f"{self.part} 项（共涉及 {self.whole} 项）", f"{count_of(self.part, 'item')} (of {self.whole} that apply)")
        return words.share(self.part, self.whole)

    @property
    def sentence(self) -> str:
        """The number with what it rests on and what is missing."""
        rest = f"{say('；', '; ')}{self.lacking}" if self.lacking else ""
        if self.value != no_data():
            return f"{self.value}{say('：', ': ')}{self.told}{rest}"
        return f"{no_data()}{aside(f'{self.told}{rest}')}" if self.told else no_data()

    @property
    def left(self) -> str:
        """How many things were not judged."""
        return say(f"{words.number(self.untested)} {THINGS[self.things]}", count_of(self.untested, self.things))


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
    if found is None or (found.value == no_data() and definitions()[id].source is Source.WORKFLOW):
        return f"{no_data()}{say('：', ': ')}{waiting(id)}"
    more = f"{say('；', '; ')}{waiting(id)}" if definitions()[id].source is Source.HUMAN else ""
    return found.sentence + more


def waiting(id: str) -> str:
    """Who has to report an indicator, or what has to be there first."""
    one = definitions()[id]
    if one.source is Source.WORKFLOW:
        return say(f"{one.later}才有（{one.reporter}）", f"{one.later} ({one.reporter})")
    return (
        say(f"待填报（{one.reporter}）", f"to be reported ({one.reporter})")
        if one.source is Source.HUMAN
        else say("还没有检测", "no audit yet")
    )


# ---------------------------------------------------------------------------------------------- each indicator


def _portals(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-1: portals that were judged among those somebody has confirmed."""
    portals = _of(sites, Category.PORTAL)
    confirmed = [site for site in portals if not unconfirmed(site)]
    what = say("经确认的政府门户网站", count_of(len(confirmed), "confirmed government portal"))
    return _coverage(confirmed, what, sum(map(unconfirmed, portals)))


def _platforms(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-2: service platforms that were judged among all that are watched."""
    served = _of(sites, Category.SERVICE)
    return _coverage(served, say("列入监测的政务服务平台", count_of(len(served), "monitored government services platform")))


def _coverage(sites: Sequence[SiteHistory], what: str, waiting: int = 0) -> Counted:
    sound = sum(judged(newest(site)) for site in sites)
    begun = any(site.runs for site in sites)
    some = bool(sites or waiting)
    rated = say(f"{what} {len(sites)} 个，最近一次检测得到评价的 {sound} 个", f"{what}, {sound} of them rated in the latest audit")
    counted_ = rated if begun else say(f"{what}为 {len(sites)} 个", what) if some else ""
    return Counted(
        part=sound if begun else None, whole=len(sites), told=counted_, untested=len(sites) - sound + waiting,
        lacking=_further(waiting, say("个等待确认", "awaiting confirmation")),
    )  # fmt: skip


def _unblocked(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-3: judged sites on whose pages no failure of level A is proven or confirmed."""
    sound = [site for site in sites if judged(newest(site))]
    free = sum(not _blocked(history, site) for site in sound)
    partly = sum(site.runs[0].state is RunState.PARTIAL for site in sound)
    kinds = Counter(words.CATEGORY[site.target.site.category] for site in sound)
    which = aside(joined([say(f"{kind} {count} 个", count_of(count, kind)) for kind, count in kinds.items()])) if len(kinds) > 1 else ""
    told = say(
        f"得到评价的站点 {len(sound)} 个{which}，没有查实 A 级障碍的 {free} 个",
        f"{count_of(len(sound), 'site')} rated{which}, {free} without a proven barrier of level A",
    )
    left = _further(len(sites) - len(sound), say("个未能评价或还没有检测", "not rated or not audited yet"))
    some = say(f"{partly} 个只检测到部分网页", f"of {partly} only some pages were audited") if partly else ""
    return Counted(
        part=free, whole=len(sound), told=told if sound else "", untested=len(sites) - len(sound),
        lacking=joined([part for part in (some, left) if part]),
    )  # fmt: skip


def _unblocked_before(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-3 of an earlier night: by what the index of the run rests on, which leaves out decisions and what was tried by keyboard."""
    scores = [last.score for site in sites if (last := newest(site)) and judged(last) and last.score]
    hard = {number for number, one in history.criteria.items() if one.level is Level.A}
    free = sum(not any(met.failing for number, met in score.criteria.items() if number in hard) for score in scores)
    what = say(
        f"得到评价的站点 {len(scores)} 个，没有一条 A 级准则查到不符合的 {free} 个（按当次指数的依据，未计试用检查和人工认定）",
        f"{count_of(len(scores), 'site')} rated, {free} without a failure of any criterion of level A (by what the index of that audit "
        "rests "
        "on, without what is found by trying things out or decided by people)",
    )
    rest = len(sites) - len(scores)
    return Counted(
        part=free, whole=len(scores), told=what if scores else "", untested=rest,
        lacking=_further(rest, say("个当时没有指数、未能评价或还没有检测", "without an index then, not rated or not audited yet")),
    )  # fmt: skip


def _repairs(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-5: of what owners were told to repair, what was found repaired, in time, and after how many days."""
    found = caseload.repairs(sites, words.date_of(history.now, history.timezone))
    return Counted(part=found.repaired, whole=found.told, told=found.sentence, things="group")


def _complaints(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-14: complaints that were answered or settled among all that came in; what people say of the answer."""
    found = caseload.complaints(sites)
    return Counted(part=found.settled, whole=found.received, told=found.sentence, things="complaint")


def _relapses(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-6: barriers that came back among those that were closed in the newest rounds."""
    nights = history.rounds[:CLOSED_TOLD]
    recent = {one.id for one in (*nights, *history.retests) if nights and one.started >= nights[-1].started}
    closed = [issue for site in sites for issue in site.issues if _counts(issue) and _closed(issue, recent)]
    back = sum(_came_back(issue, recent) for issue in closed)
    what = say(
        f"最近 {len(nights)} 次检测中关闭过的问题 {words.number(len(closed))} 处，后来再次出现的 {back} 处",
        f"problems closed in the latest {count_of(len(nights), 'audit')}: {count_of(len(closed), 'place')}, {back} of them came back later",
    )
    revived = say("网页撤下后又恢复的也算再次出现", "pages withdrawn and put back count as having come back") if back else ""
    return Counted(
        part=back, whole=len(closed), told=what if closed else "", untested=sum(not judged(newest(site)) for site in sites),
        lacking=say("；", "; ").join(filter(None, (revived, caseload.relapses(sites)))),
    )  # fmt: skip


def _captchas(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-8, as far as it can be found: picture captchas, of which a person has to try each other way that is offered."""
    seen = [site for site in sites if site.noted and judged(newest(site))]
    pictures, logins = (Counter[str](), Counter[str]())
    for site in seen:
        for rule, counts in (("captcha-picture", pictures), ("captcha-login", logins)):
            counts.update(dict(zip(("failed", "passed", "open"), site.noted["rules"].get(rule, (0, 0, 0)), strict=True)))
    kinds = ((say("图形验证码", "picture captchas"), pictures), (say("要辨认图形验证码的登录", "logins with a picture captcha"), logins))
    ways = say("；", "; ").join(_ways(what, found) for what, found in kinds if found.total())
    none = say(
        f"查看过的 {len(seen)} 个站点，检测的网页上没有见到图形验证码",
        f"{count_of(len(seen), 'site')} looked at; no picture captcha seen on the pages audited",
    )
    return Counted(
        part=None, whole=pictures.total() + logins.total(), untested=len(sites) - len(seen),
        told=say(f"程序查到{ways}", f"found by a program: {ways}") if ways else none if seen else "",
    )  # fmt: skip


def _ways(what: str, found: Counter[str]) -> str:
    """How many captchas offer another way."""
    return say(
        f"{what} {found.total()} 处，其中没有其他方式的 {found['failed']} 处，附近有其他方式、要人试用的 {found['passed']} 处，"
        f"没有看到其他方式、要人查看的 {found['open']} 处",
        f"{what}: {count_of(found.total(), 'place')}, of which {found['failed']} offer no other way, {found['passed']} have another way "
        "nearby "
        f"that a person has to try, and at {found['open']} no other way was seen, which a person has to look at",
    )


def _depends(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-9: sites with a toolbar whose pages, met without it, fail level A, among all with a toolbar that were judged."""
    seen = [site for site in sites if judged(newest(site)) and site.noted]
    equipped = [site for site in seen if miit.has_toolbar(site.noted)]
    failing = sum(_blocked(history, site, toolbar=False) for site in equipped)
    what = say(
        f"首页有无障碍工具条、得到评价的站点 {len(equipped)} 个，不打开工具条时仍查到 A 级障碍的 {failing} 个",
        f"{count_of(len(equipped), 'rated site')} with an accessibility toolbar on the home page, {failing} of them with barriers of level "
        "A "
        "while the toolbar is not open",
    )
    none = say(
        f"查看过首页的 {len(seen)} 个站点都没有找到无障碍工具条",
        f"no accessibility toolbar found on the home pages of {count_of(len(seen), 'site')}",
    )
    told = what if equipped else none if seen else ""
    return Counted(part=failing, whole=len(equipped), told=told, untested=len(sites) - len(seen))


def _old_age(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-10: rows of the ministry's specification for web pages (附件1) that monitoring finds met."""
    seen = [site for site in sites if judged(newest(site)) and site.noted]
    rows = [row for site in seen for row in miit.rows(site.noted) if row.requirement.document == "附件1"]
    states = Counter(row.state for row in rows)
    concerned = len(rows) - states[RowState.ABSENT]
    met, failed, person = states[RowState.PASS], states[RowState.FAIL], states[RowState.PERSON]
    what = say(
        f"{len(seen)} 个站点涉及的附件1 条文共 {concerned} 项，监测符合 {met} 项，不符合 {failed} 项",
        f"on {count_of(len(seen), 'site')}, {count_of(concerned, 'item')} of Annex 1 that apply: {met} met as far as monitoring tells, "
        f"{failed} failed",
    )
    doubtful = say(f"{person} 项要由人判断，没有算作符合", f"{person} need a person’s judgement and do not count as met")
    return Counted(
        part=met, whole=concerned, items=True, told=what if concerned else "", untested=len(sites) - len(seen),
        lacking=doubtful if person else "",
    )  # fmt: skip


def _documents(history: History, sites: Sequence[SiteHistory]) -> Counted:
    """IA-11: of the documents that were read, those that are not wholly out of reach."""
    counts = [documents.inaccessible(site) for site in sites]
    shut, read = (sum(each) for each in zip(*counts, strict=True)) if counts else (0, 0)
    unread = sum(map(documents.unread, sites))
    what = say(
        f"最近一次检测打开的附件 {words.number(read)} 份，带结构标签、有文字、允许读取的 {words.number(read - shut)} 份",
        f"{count_of(read, 'document')} opened in the latest audit, {words.number(read - shut)} with structure tags, with text and open to "
        "reading",
    )
    missing = say(
        f"另有 {words.number(unread)} 份没有抽到或没有能够检查", f"{count_of(unread, 'more document')} not drawn or not to be checked"
    )
    return Counted(
        part=read - shut, whole=read, told=what if read else "", untested=unread, things="document",
        lacking=missing if unread else "",
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
    why = listed([f"{words.STATE[state]} {say(f'{count:,} 页', count_of(count, 'page'))}" for state, count in list(failed.items())[:5]])
    lost, waiting = sum(failed.values()), len(planned) - len(visited)
    pages = say(
        f"；尝试访问的网页 {words.number(tried)} 页，未能检测的 {words.number(lost)} 页",
        f"; {count_of(tried, 'page')} tried, {words.number(lost)} could not be audited",
    )
    what = say(
        f"访问过的站点 {len(visited)} 个，最近一次检测未能评价的 {missing} 个",
        f"{count_of(len(visited), 'site')} visited, {missing} not rated in the latest audit",
    )
    return Counted(
        part=missing, whole=len(visited), untested=waiting,
        lacking=_further(waiting, say("个还没有访问", "not visited yet")) if visited else "",
        told=f"{what}{pages if tried else ''}{aside(why)}" if visited else "",
    )  # fmt: skip


Count = Callable[[History, Sequence[SiteHistory]], Counted]

COUNTS: Mapping[str, Count] = {
    "IA-1": _portals, "IA-2": _platforms, "IA-3": _unblocked, "IA-5": _repairs, "IA-6": _relapses, "IA-8": _captchas, "IA-9": _depends,
    "IA-10": _old_age, "IA-11": _documents, "IA-14": _complaints, "IA-16": _not_judged,
}  # fmt: skip
OF_SUMMARIES: Mapping[str, Count] = {"IA-1": _portals, "IA-2": _platforms, "IA-3": _unblocked_before, "IA-16": _not_judged}
"""Those that can be told of an earlier night too."""


# ---------------------------------------------------------------------------------------------- helpers


def _further(sites: int, what: str) -> str:
    """A clause on sites that are not among those counted; empty without any."""
    return say(f"另有 {sites} {what}", f"{count_of(sites, 'more site')} {what}") if sites else ""


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
