"""Writes one group of issues as a card: who is shut out, where, and how to repair it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from auditor.language import aside, capital, counted, joined, say, spoken
from auditor.model import History, Impact, Issue, IssueState, Outcome, Rule, SiteHistory, Variant
from checks.criteria import criteria
from checks.editions import clauses, editions
from reports import proofs, text, words
from reports.efforts import Effort, effort
from reports.grouping import Group
from reports.hearing import Heard, heard
from reports.pages import piece
from reports.priorities import Factor, Ranked, wavering
from reports.repairs import Repair, propose

PAGES = 10


@dataclass(frozen=True, kw_only=True)
class Card:
    """Everything the template prints about a group."""

    anchor: str
    heading: str
    who: str
    impact: Impact
    state: str
    extent: str
    number: str  #: `words.group_number`
    page: str
    page_title: str
    message: str
    selector: str
    picture: str
    alt: str
    scene: str  #: picture of what happened when the page was used
    caption: str
    heard: Heard | None  #: what a screen reader is given of the element
    snippet: str
    change: Repair | None  #: proposed for this very element
    factors: tuple[Factor, ...]  #: what its rank is made of; none where it has no rank
    rank: str
    effort: Effort
    past: Sequence[tuple[str, str]]
    steps: Sequence[str]
    command: str
    undecided: bool
    document: bool
    rule_title: str
    repair: tuple[str, ...]
    before: str
    after: str
    criteria: list[str]
    clauses: list[str]
    pages: list[tuple[str, str, int]]
    numbers: dict[str, str]  #: address -> number, where each document of the card is decided on by itself
    pages_total: int
    pages_more: int


class Cards:
    """The cards of one site: what they say beyond the group comes from the rules and from the titles in the ledger."""

    def __init__(self, history: History, site: SiteHistory) -> None:
        self._history, self._site = history, site
        self._today = words.date_of(history.now, history.timezone)
        first = (entry for entry in site.coverage if entry.title and entry.variant is Variant.DESKTOP)
        self.titles = {entry.url: entry.title for entry in first}  #: address -> title of the page
        self._efforts: dict[str, Effort] = {}  #: anchor of a group -> how much work it is

    def heading(self, group: Group) -> str:
        """The rule and the component, such as 图片没有替代文本：页头中的图片 .logo."""
        title = self.title(group)
        return title if group.document else f"{title}{say('：', ': ')}{words.component(group.example.element)}"

    def extent(self, group: Group) -> str:
        """How far a group reaches."""
        if group.document:
            return say(f"{words.number(len(group.pages))} 份文档", counted(len(group.pages), "document"))
        return say(
            f"{words.number(len(group.pages))} 页，共 {words.number(len(group.issues))} 处",
            f"{counted(len(group.pages), 'page')}, {counted(len(group.issues), 'place')} in all",
        )

    def card(self, group: Group, place: int | None = None, rank: Ranked | None = None) -> Markup:
        """The card, with its number where it stands in a list, and what its rank is made of."""
        return piece("site.html", "card", card=self._card(group, place, rank))

    def short(self, group: Group, place: int) -> Markup:
        """What stands for a card where there is no room: what, who is shut out, where, and the number to ask for."""
        return piece(
            "site.html", "short", anchor=group.anchor, heading=f"{place}. {self.heading(group)}", who=self.who(group),
            undecided=group.undecided, impact=group.impact, extent=self.extent(group), effort=self.effort(group).told,
            page=group.example.page, number=words.group_number(group.example.group),
        )  # fmt: skip

    def effort(self, group: Group) -> Effort:
        """How much work its repair is."""
        return self._efforts.get(group.anchor) or self._effort(group, self._change(group))

    def _effort(self, group: Group, change: Repair | None) -> Effort:
        """Worked out once for each group: the list, its cards and the letters all ask for it."""
        if group.anchor not in self._efforts:
            self._efforts[group.anchor] = effort(group, self._history.rules.get(group.rule), change)
        return self._efforts[group.anchor]

    def title(self, group: Group) -> str:
        """What the barrier is called, in plain words."""
        rule = self._rule(group)
        return say(rule.title, rule.title_en)

    def who(self, group: Group) -> str:
        """One sentence on who is shut out; "" where the rule is not known any more."""
        rule = self._rule(group)
        return say(rule.who, rule.who_en)

    def _change(self, group: Group) -> Repair | None:
        return None if group.document else propose(group.rule, group.example.element, group.example.message)

    def _card(self, group: Group, place: int | None, rank: Ranked | None) -> Card:
        rule, example, change = self._rule(group), group.example, self._change(group)
        demanded = rule.criteria or example.criteria
        places = Counter(issue.page for issue in group.issues)
        listed = group.pages[:PAGES]
        return Card(
            anchor=group.anchor,
            heading=self.heading(group) if place is None else f"{place}. {self.heading(group)}",
            who=self.who(group),
            impact=group.impact,
            state=_state(group),
            extent=self.extent(group),
            number=words.group_number(example.group),
            page=example.page,
            page_title=self.titles.get(example.page, ""),
            message=text.line(example.message, 600),
            selector=example.element.selector,
            picture=f"../{picture_path(example.picture)}" if example.picture else "",
            alt=self._alt(example),
            scene=f"../{picture_path(example.scene)}" if example.scene else "",
            caption=example.caption,
            heard=None if group.document else heard(example.element),
            snippet=example.element.snippet,
            change=change,
            factors=rank.factors if rank else (),
            rank=f"{rank.rank:.1f}" if rank else "",
            effort=self._effort(group, change),
            past=proofs.past(self._history, self._site, group),
            steps=proofs.steps(group, self._history.rules.get(group.rule)),
            command=proofs.command(group),
            undecided=group.undecided,
            document=group.document,
            rule_title=self.title(group),
            repair=say(rule.repair, rule.repair_en),
            before=rule.before,
            after=rule.after,
            criteria=[self._criterion(number) for number in demanded],
            clauses=self._clauses(demanded),
            pages=[(page, self.titles.get(page, ""), places[page]) for page in listed],
            numbers={one.page: words.group_number(one.group) for one in group.issues} if group.document and len(group.pages) > 1 else {},
            pages_total=len(group.pages),
            pages_more=len(group.pages) - len(listed),
        )

    def _rule(self, group: Group) -> Rule:
        known = self._history.rules.get(group.rule)
        return known or Rule(
            id=group.rule,
            title=group.rule,
            title_en=group.rule,
            criteria=(),
            level=group.level,
            impact=group.impact,
            who="",
            who_en="",
            repair=(),
            repair_en=(),
            verify="",
            before="",
            after="",
            engines=(),
        )

    def _criterion(self, number: str) -> str:
        known = self._history.criteria.get(number)
        return words.criterion(known) if known else number

    def _clauses(self, numbers: Sequence[str]) -> list[str]:
        """Clauses of Chinese standards that ask for the same; one sentence where nobody has confirmed any yet."""
        found = {
            (clause.edition, clause.number): clause
            for number in numbers if number in criteria() for clause in clauses(number, self._today)
        }  # fmt: skip
        told = [joined([f"{editions()[one.edition].number} {one.number} {one.title}", one.level]) for one in found.values()]
        none = say(
            "GB/T 37668-2019 中对应的条款还没有经人核对原文，暂不列出。",
            "The clauses of GB/T 37668-2019 that correspond are not listed yet: nobody has checked them against the text.",
        )
        return told or ([none] if numbers else [])

    def _alt(self, issue: Issue) -> str:
        if spoken() == "en":  # an attribute cannot say that a part of it is Chinese
            what = words.component(replace(issue.element, name="", text=""))
            return f"Part of a screenshot of the page with a frame around this: {what}"
        words_on_it, title = text.line(issue.element.name or issue.element.text, 60), text.line(self.titles.get(issue.page, ""), 60)
        said = f"，上面的文字是“{words_on_it}”" if words_on_it else ""
        return f"页面{f'“{title}”' if title else ''}的局部截图，框出了{words.component(issue.element)}{said}"


def picture_path(digest: str) -> str:
    """Where a picture lies, seen from the folder of the start page."""
    return f"pictures/{digest}.webp"


def _state(group: Group) -> str:
    new = sum(issue.state is IssueState.NEW for issue in group.issues)
    ruled = sum(issue.state is IssueState.NEW_RULE for issue in group.issues)
    again = sum(issue.state is IssueState.REOPENED for issue in group.issues)
    unseen = sum(issue.state is IssueState.NOT_OBSERVED for issue in group.issues)
    among = [
        (count, word)
        for count, word in (
            (new, say("新出现", "new")), (ruled, say("新规则首次查出", "first found by a new rule")),
            (again, say("再次出现", "back again")), (unseen, say("最近一次未能复查", "not rechecked in the latest audit")),
        )
        if 0 < count < len(group.issues)
    ]  # fmt: skip
    if group.repaired:
        among.append((group.repaired, say("此前已修复", "fixed before")))
    if unsteady := sum(map(wavering, group.issues)):
        among.append((unsteady, say("时有时无，可能随页面内容变化", "on and off, perhaps with the content of the page")))
    detail = joined([say(f"{count} 处{word}", f"{counted(count, 'place')} {word}") for count, word in among])
    word = words.ISSUE_STATE[group.state]
    if group.outcome is Outcome.CANT_TELL and not group.undecided:
        word = joined([word, say("经人工确认", "confirmed by a person")])
    elif group.undecided:
        waits = say("待判断", "needs a person’s judgement")
        word = waits if group.state is IssueState.OPEN else joined([word, waits])
    return capital(word) + aside(detail)
