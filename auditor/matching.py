"""Says which finding of tonight is which issue of the nights before, strongest evidence first (methods.md 3.2)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from auditor.identity import FRAME_STEP, WHOLE_PAGE, document_order, identify, outer_steps, stable_id, stable_steps, wording
from auditor.model import STANDING, Element, Finding, Issue, IssueState, Run, Variant
from auditor.similarity import Traits, likely_pairs

MAY_RETURN = frozenset({IssueState.FIXED, IssueState.PAGE_GONE})
"""Closed states that a finding may reopen. A retired rule that is asked again starts afresh."""


class Spot(NamedTuple):
    """Where a finding was made, as matching sees it."""

    finding: Finding
    page: str
    variant: Variant
    rule: str
    group: str
    instance: str
    element: Element
    alone: bool  #: whether no other of the same component says the same on this page


def spots_of(run: Run) -> list[Spot]:
    """All findings of a run in document order."""
    found = identify(run.site, run.findings)
    alike = Counter((finding.page, finding.variant, group, wording(finding.element)) for finding, group, _ in found)
    spots = [
        Spot(
            finding, finding.page, finding.variant, finding.rule, group, instance, finding.element,
            alone=alike[finding.page, finding.variant, group, wording(finding.element)] == 1,
        )
        for finding, group, instance in found
    ]  # fmt: skip
    return sorted(spots, key=lambda spot: document_order(spot.element))


def match(issues: Sequence[Issue], spots: Sequence[Spot]) -> tuple[dict[str, Spot], list[Spot]]:
    """Issue id -> where it was seen, and the spots that belong to no issue yet, in document order.

    `spots` are in document order. Page, variant and rule are always equal; the outcome plays no part. Each step works among what the
    steps before left over, standing issues before closed ones, of which the last closed go first:

    1. same component, words and opening tag; 2. same xpath and opening tag; 3. same tag and an id that only they have;
    4. standing issues: same tag, words and address; no words and no address, but the same rank on the way down; alike enough
    (`auditor.similarity`); closed ones: same component and words.

    The component alone ties nothing together: tomorrow's news in the same list are other barriers.
    """
    seen: dict[str, Spot] = {}
    standing = sorted((issue for issue in issues if issue.state in STANDING), key=lambda issue: document_order(issue.element))
    left = _by_evidence(standing, spots, seen, (_same_look, _same_place, _same_id, _same_content))
    left = _by_rank(standing, spots, left, seen)
    left = _by_likeness(standing, left, seen)
    closed = sorted((issue for issue in issues if issue.state in MAY_RETURN), key=lambda issue: issue.changed, reverse=True)
    return seen, _by_evidence(closed, left, seen, (_same_look, _same_place, _same_id, _same_words))


# ---------------------------------------------------------------------------------------------- exact evidence


def _same_look(item: Issue | Spot) -> Hashable:
    element = item.element
    snippet = "" if element.tag.lower() in WHOLE_PAGE else " ".join(element.snippet.split())
    return item.page, item.variant, item.rule, item.group, wording(element), snippet


def _same_place(item: Issue | Spot) -> Hashable:
    element = item.element
    if not element.xpath or not element.snippet:
        return None
    frame = element.selector.rpartition(FRAME_STEP)[0]
    return item.page, item.variant, item.rule, frame, element.xpath, " ".join(element.snippet.split())


def _same_id(item: Issue | Spot) -> Hashable:
    element = item.element
    name = stable_id(element.attributes.get("id", ""))
    return (item.page, item.variant, item.rule, *outer_steps(element.selector), element.tag, name) if name else None


def _same_words(item: Issue | Spot) -> Hashable:
    return item.page, item.variant, item.rule, item.group, wording(item.element)


def _same_content(item: Issue | Spot) -> Hashable:
    element, traits = item.element, Traits(item.element, item.group)
    if not traits.letters and not traits.address:
        return None
    return *_bucket(item), element.tag, traits.words, traits.address, traits.query


_Bucket = tuple[Hashable, ...]
_Key = Callable[[Issue | Spot], Hashable]


def _by_evidence(issues: Sequence[Issue], spots: Sequence[Spot], seen: dict[str, Spot], cascade: Iterable[_Key]) -> list[Spot]:
    """Pair issues and spots with equal keys, step by step, and note the pairs in `seen`; the spots left over, in the order given."""
    left = list(spots)
    for key in cascade:
        waiting: dict[Hashable, list[Issue]] = defaultdict(list)
        for issue in issues:
            if issue.id not in seen and (of_issue := key(issue)) is not None:
                waiting[of_issue].append(issue)
        met: dict[Hashable, list[int]] = defaultdict(list)
        for index, spot in enumerate(left):
            if (of_spot := key(spot)) in waiting:
                met[of_spot].append(index)
        paired = set()
        for of_both, indices in met.items():
            for issue, index in _equals(waiting[of_both], indices, left, key):
                seen[issue.id] = left[index]
                paired.add(index)
        left = [spot for index, spot in enumerate(left) if index not in paired]
    return left


def _equals(issues: Sequence[Issue], indices: Sequence[int], spots: Sequence[Spot], key: _Key) -> list[tuple[Issue, int]]:
    """Which is which among equals: in order, where all are still there; else those first that stand where they stood."""
    if len(issues) == len(indices):
        return list(zip(issues, indices, strict=True)) if key is not _same_id or len(issues) == 1 else []
    if key is _same_id:
        return []
    places = {spots[index].element.xpath: index for index in reversed(indices)}
    pairs = [(issue, places.pop(issue.element.xpath)) for issue in issues if issue.element.xpath in places]
    if key is _same_content:
        return pairs
    met, taken = {issue.id for issue, _ in pairs}, {index for _, index in pairs}
    rest = [issue for issue in issues if issue.id not in met]
    return pairs + list(zip(rest, (index for index in indices if index not in taken), strict=False))


# ---------------------------------------------------------------------------------------------- rank and likeness


def _by_rank(issues: Sequence[Issue], spots: Sequence[Spot], left: Sequence[Spot], seen: dict[str, Spot]) -> list[Spot]:
    """Pair what says nothing of its own, a date or a field, by its rank among all that the same tags lead to, if they are as many still."""
    before: dict[Hashable, list[Issue]] = defaultdict(list)
    for issue in issues:
        before[_way_down(issue)].append(issue)
    tonight: dict[Hashable, list[Spot]] = defaultdict(list)
    for spot in spots:
        tonight[_way_down(spot)].append(spot)
    waiting, paired = {id(spot) for spot in left}, set()
    for way, members in tonight.items():
        if len(before[way]) != len(members):
            continue
        for issue, spot in zip(before[way], members, strict=True):
            if issue.id not in seen and id(spot) in waiting and _mute(issue) and _mute(spot):
                seen[issue.id] = spot
                paired.add(id(spot))
    return [spot for spot in left if id(spot) not in paired]


def _way_down(item: Issue | Spot) -> Hashable:
    return *_bucket(item), item.element.tag, re.sub(r"\[\d+\]", "", item.element.xpath)


def _mute(item: Issue | Spot) -> bool:
    traits = Traits(item.element, item.group)
    return not traits.letters and not traits.address and not traits.called


def _by_likeness(issues: Sequence[Issue], spots: Sequence[Spot], seen: dict[str, Spot]) -> list[Spot]:
    """Pair what is alike enough, on the same page and in the same frame under the same rule; the spots left over, in the order given."""
    waiting: dict[_Bucket, list[Issue]] = defaultdict(list)
    for issue in issues:
        if issue.id not in seen:
            waiting[_bucket(issue)].append(issue)
    met: dict[_Bucket, list[int]] = defaultdict(list)
    for index, spot in enumerate(spots):
        if (bucket := _bucket(spot)) in waiting:
            met[bucket].append(index)
    paired = set()
    for bucket, indices in met.items():
        before = [Traits(issue.element, issue.group) for issue in waiting[bucket]]
        tonight = [Traits(spots[index].element, spots[index].group) for index in indices]
        for one, other in likely_pairs(before, tonight):
            seen[waiting[bucket][one].id] = spots[indices[other]]
            paired.add(indices[other])
    return [spot for index, spot in enumerate(spots) if index not in paired]


def _bucket(item: Issue | Spot) -> _Bucket:
    frames = tuple(tuple(step) for step in stable_steps(outer_steps(item.element.selector)))
    return item.page, item.variant, item.rule, frames
