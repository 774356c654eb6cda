"""Why an index moved from one night to another: the change, split exactly into what was repaired, what is new, and what is not the site's.

The index is computed again with one thing changed after the other; the parts add up to the whole change by construction. Repairs, new
failures and changed content happen on the same pages and are taken in every order, each part being the mean over the orders (Shapley
1953), so that none of them is favoured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from statistics import fmean

from auditor.ground import Ground, Told, of_site, told
from auditor.model import SEEN, Cause, Coverage, Move, Rule, State, Tally, Variant
from auditor.panel import compared
from auditor.run_score import Excused, is_page, needed, was_seen, without
from auditor.scoring import Sums

ON_THE_PAGE = (Cause.REPAIRED, Cause.NEW, Cause.CONTENT)


@dataclass(frozen=True, kw_only=True)
class Night:
    """What an index rests on: the ledger, the tallies of its pages, and the rules that were asked."""

    round: str
    coverage: tuple[Coverage, ...]
    tallies: tuple[Tally, ...]
    asked: frozenset[str]
    published: float | None = None  #: the index that was told of it; None: the one that it comes to now


Place = tuple[str, Variant, str]


def moved(
    before: Night, after: Night, rules: Mapping[str, Rule], spared: Excused | None = None, *, old: Mapping[str, Rule] | None = None
) -> Move | None:
    """Split the change between the indices that were published of two nights; None where one of them has none.

    In turn: both nights are counted again as they look today; rules that count otherwise now, or are asked on one night only, are left
    out; pages that were judged on one night only are left out; what happened on the others; the other pages of the second night; its
    other rules. "Coverage" and "rules" are each the sum of several of these steps.
    `rules`: those that count (`scoring.that_count`), `old`: as they did on the first night, where that is known;
    `spared`: failures that a person has found to be none, left out on both nights.
    """
    before, after = (replace(night, tallies=without(night.tallies, spared or {})) for night in (before, after))
    first, second = (_index(night, night.tallies, rules) for night in (before, after))
    was = first if old is None or _alike(old, rules, before.asked) else _index(before, before.tallies, old)
    start, end = _told(before, was, first), _told(after, second)
    if start is None or end is None:
        return None
    whole = Move(since=before.round, until=after.round, before=start, after=end, parts=dict.fromkeys(Cause, 0.0), pages=0)
    if first is None or second is None:
        return replace(whole, parts={**whole.parts, Cause.RULES: end - start})
    counted_then = start if was is None else was
    apart = {Cause.RECOUNTED: _sum(counted_then - start, end - second), Cause.RULES: first - counted_then}
    split = _split(before, after, rules, first, second)
    return replace(
        whole, parts={cause: points + apart.get(cause, 0.0) for cause, points in split.parts.items()},
        pages=split.pages, rules=split.rules, paired=split.paired,
    )  # fmt: skip


def joined(moves: Sequence[Move]) -> Move:
    """Moves that follow each other, as one: the parts are added up, and where a rule changed on a page in several it counts in each.

    Pages and pairs are those of the last.
    """
    causes = {cause: [dict(move.rules.get(cause, ())) for move in moves] for cause in ON_THE_PAGE}
    by_rule = {cause: sum((Counter(pages) for pages in told), Counter[str]()) for cause, told in causes.items()}
    return replace(
        moves[-1], since=moves[0].since, before=moves[0].before,
        parts={cause: sum(move.parts.get(cause, 0.0) for move in moves) for cause in Cause},
        rules={cause: _most_first(pages) for cause, pages in by_rule.items()},
    )  # fmt: skip


def _told(night: Night, *counted_now: float | None) -> float | None:
    """The index of a night as it was published, else as it is counted."""
    return next((value for value in (night.published, *counted_now) if value is not None), None)


def _sum(*points: float) -> float:
    """Nothing where all that is left is rounding."""
    return total if abs(total := sum(points)) > 1e-9 else 0.0


def _split(before: Night, after: Night, rules: Mapping[str, Rule], first: float, second: float) -> Move:
    """The change from `first` to `second`, the indices of two nights by the same rules."""
    both = before.asked & after.asked
    panel = _seen(before, rules) & _seen(after, rules)
    old, new = _of(before, both, panel), _of(after, both, panel)
    core_first, core_second = (_by(night, both, rules, whole) for night, whole in ((before, first), (after, second)))
    ground = Ground(only(before, panel).coverage, rules, before.asked)
    panel_first, panel_second = (ground.index(told(tallies.values(), rules)) for tallies in (old, new))
    parts = dict.fromkeys(Cause, 0.0)
    move = Move(since=before.round, until=after.round, before=first, after=second, parts=parts, pages=len(panel))
    if core_first is None or core_second is None or panel_first is None or panel_second is None:
        parts[Cause.RULES if core_first is None or core_second is None else Cause.COVERAGE] = second - first
        return move
    parts[Cause.RULES] = (core_first - first) + (second - core_second)
    parts[Cause.COVERAGE] = (panel_first - core_first) + (core_second - panel_second)
    causes = {place: _cause(old.get(place), new.get(place)) for place in old.keys() | new.keys()}
    causes = {place: cause for place, cause in causes.items() if place[2] in rules}
    if any(causes.values()):
        parts |= _shares(ground, old, new, causes, rules, panel_first)
    pair = compared(
        (before.coverage, before.tallies), (after.coverage, after.tallies), rules, asked=both, seed=f"{before.round}\n{after.round}"
    )
    return replace(move, parts=parts, rules={cause: _by_rule(causes, cause) for cause in ON_THE_PAGE}, paired=pair)


def _alike(old: Mapping[str, Rule], new: Mapping[str, Rule], asked: Collection[str]) -> bool:
    """Whether these rules count the same."""
    return all(weighing(old.get(rule)) == weighing(new.get(rule)) for rule in asked)


def weighing(rule: Rule | None) -> tuple[object, ...]:
    """What of a rule makes an index; nothing where it does not count."""
    return (rule.criteria, rule.impact, rule.engines) if rule else ()


def _by(night: Night, both: Collection[str], rules: Mapping[str, Rule], whole: float) -> float | None:
    """The index of a night by some of its rules; `whole`: by all of them."""
    tallies = _asked(night, both)
    return whole if len(tallies) == len(night.tallies) and night.asked <= frozenset(both) else _index(night, tallies, rules)


def _seen(night: Night, rules: Mapping[str, Rule]) -> frozenset[tuple[str, Variant]]:
    judged, wanted = {(tally.page, tally.variant) for tally in night.tallies}, needed(night.asked, rules)
    return frozenset(
        (entry.url, entry.variant)
        for entry in night.coverage
        if is_page(entry) and was_seen(entry, wanted) and (entry.url, entry.variant) in judged
    )


def _asked(night: Night, rules: Collection[str]) -> list[Tally]:
    return [tally for tally in night.tallies if tally.rule in rules]


def _of(night: Night, rules: Collection[str], panel: Collection[tuple[str, Variant]]) -> dict[Place, Tally]:
    """The tallies of these rules on these pages."""
    return {(tally.page, tally.variant, tally.rule): tally for tally in _asked(night, rules) if (tally.page, tally.variant) in panel}


def only(night: Night, panel: Collection[tuple[str, Variant]]) -> Night:
    """The night as if only these pages had been judged: the others count as pages that were not visited."""
    coverage = tuple(
        entry if entry.state not in SEEN or (entry.url, entry.variant) in panel else replace(entry, state=State.NOT_SAMPLED)
        for entry in night.coverage
    )
    return replace(night, coverage=coverage)


def _index(night: Night, tallies: Iterable[Tally], rules: Mapping[str, Rule]) -> float | None:
    return Ground(night.coverage, rules, night.asked).index(told(tallies, rules))


def _cause(old: Tally | None, new: Tally | None) -> Cause | None:
    """What happened to a rule on a page; None where nothing did."""
    was, now = ((one.failed, one.passed) if one else (0, 0) for one in (old, new))
    if was == now:
        return None
    return Cause.REPAIRED if now[0] < was[0] else Cause.NEW if now[0] > was[0] else Cause.CONTENT


def _shares(
    ground: Ground, old: Mapping[Place, Tally], new: Mapping[Place, Tally], causes: Mapping[Place, Cause | None],
    rules: Mapping[str, Rule], start: float,
) -> dict[Cause, float]:  # fmt: skip
    """The part of each cause: the mean of what it adds, over every order in which the causes can come."""
    mixed = _Mixed(old, new, causes, rules)
    known: dict[frozenset[Cause], float] = {frozenset(): start}

    def with_(happened: frozenset[Cause]) -> float:
        if happened not in known:
            known[happened] = ground.index(mixed.told(happened)) or 0.0
        return known[happened]

    orders = [[frozenset(order[:place]) for place in range(len(order) + 1)] for order in permutations(ON_THE_PAGE)]
    return {
        cause: fmean(
            with_(step | {cause}) - with_(step) for order in orders for step in order if cause not in step and step | {cause} in order
        )
        for cause in ON_THE_PAGE
    }


class _Mixed:
    """The tallies of a panel when only some of what happened has happened; what no cause touched is summed up once."""

    def __init__(
        self, old: Mapping[Place, Tally], new: Mapping[Place, Tally], causes: Mapping[Place, Cause | None], rules: Mapping[str, Rule]
    ) -> None:
        self.old, self.new, self.causes, self.rules = old, new, causes, rules
        self.whole = frozenset(place for place in causes if of_site(rules.get(place[2])))  # they speak for all pages together
        touched = {place[:2] for place, cause in causes.items() if cause and place not in self.whole}
        still: list[Tally | None] = []
        self.moving: dict[tuple[str, Variant], list[Place]] = {page: [] for page in touched}
        for place in causes:
            if place in self.whole:
                continue
            if place[:2] in touched:
                self.moving[place[:2]].append(place)
            else:
                still.append(old.get(place))
        self.still = told(filter(None, still), rules).pages
        self.known: dict[tuple[tuple[str, Variant], frozenset[Cause | None]], Mapping[str, Sums]] = {}

    def told(self, happened: frozenset[Cause]) -> Told:
        """What the tallies come to when these causes have come."""
        pages = dict(self.still)
        for page, places in self.moving.items():
            here = frozenset(self.causes[place] for place in places) & happened
            if (page, here) not in self.known:
                self.known[page, here] = told(self._tallies(places, happened), self.rules).pages
            pages |= self.known[page, here]
        return Told(pages=pages, site=told(self._tallies(self.whole, happened), self.rules).site)

    def _tallies(self, places: Iterable[Place], happened: frozenset[Cause]) -> Iterator[Tally]:
        for place in places:
            tally = (self.new if self.causes[place] in happened else self.old).get(place)
            if tally is not None:
                yield tally


def _by_rule(causes: Mapping[Place, Cause | None], cause: Cause) -> tuple[tuple[str, int], ...]:
    return _most_first(Counter(rule for (_, variant, rule), found in causes.items() if found is cause and variant is Variant.DESKTOP))


def _most_first(pages: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(pages.items(), key=lambda item: (-item[1], item[0])))
