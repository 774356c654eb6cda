"""Which judgements of earlier nights may hold on, and what it showed when pages that had not changed were judged anew. Pure.

A page whose document, style sheets, scripts and data are the same bytes as when it was judged looks the same, unless its scripts make
something of the day or of chance. So every page is judged anew in its turn, at least every `full_audit_every` nights, and some more are
drawn; how often these then came out otherwise is the error of reuse, and such pages are not carried over for a while.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from auditor.identity import group_of
from auditor.model import Carried, Compared, Coverage, Judged, Order, Reuse, Source, State, Variant
from auditor.plain import load
from auditor.sampling import number_of
from checks import judge

Place = tuple[str, Variant]

REASON = "网页及其样式、脚本没有变化，沿用上次的结果"
"""Why a page was not opened, as the ledger tells it."""

UNSTEADY = 2
"""From here on a page counts as one that changes all the time, and is not even asked about."""

LEARNED = {Compared.STEADY: -1, Compared.RESTED: -1, Compared.CHANGED: +1, Compared.DIFFERED: +7, Compared.RESTLESS: +7}
"""What a comparison adds to `Carried.changing`, which stays between 0 and MOST: a page that was carried over wrongly has to come out the
same on six nights, one that had changed on two nights running on one, before it is carried over again."""

MOST = {Compared.CHANGED: UNSTEADY, Compared.DIFFERED: 7, Compared.RESTLESS: 7}


class Held:
    """The judgements of one site that an order brings along, of the same rules and the same browser."""

    def __init__(self, order: Order, ruleset_id: str, environment_id: str) -> None:
        self.order = order
        self.today = order.today or order.now.date()
        fit = [one for one in order.carried if (one.ruleset_id, one.environment_id) == (ruleset_id, environment_id)]
        self._held: dict[Place, Carried] = {(one.url, one.variant): one for one in fit}
        self._changed: set[Place] = set()
        self._asked: set[Place] = set()

    # ------------------------------------------------------------------------------------------ before a page is opened

    def holds(self, url: str, variant: Variant) -> bool:
        """Whether a page has a judgement and is not to be judged anew tonight."""
        one = self._held.get((url, variant))
        return one is not None and one.changing < UNSTEADY and not self._anew(one)

    def offer(self, url: str, variant: Variant) -> Judged | None:
        """The judgement of a page that is not to be judged anew tonight, as one that was carried over."""
        one = self._held.get((url, variant))
        if one is None or not self.holds(url, variant):
            return None
        judged = self._read(one)
        if judged is None or not judged.sources:
            return None
        self._asked.add((url, variant))
        return _carried_over(judged)

    def recheck(self, url: str, variant: Variant) -> Sequence[Source]:
        """What makes up a page that is judged anew tonight although it could be carried over.

        The site is asked about it all the same: only so it shows where it says that nothing has changed, and that is not so. Where every
        page is judged anew every night, nothing rests on what it says.
        """
        one = self._held.get((url, variant))
        target = self.order.target
        if one is None or one.changing >= UNSTEADY or target.full_audit_every == 1 or target.recheck_percent >= 100 or not self._anew(one):
            return ()
        if (judged := self._read(one)) is None:
            return ()
        self._asked.add((url, variant))
        return judged.sources

    def tried(self, judged: Judged) -> bool:
        """Whether it was tried at the page how it is used."""
        return judge.tried(judged.coverage)

    def has_changed(self, url: str, variant: Variant) -> None:
        """What makes up the page is no longer what it was."""
        self._changed.add((url, variant))

    # ------------------------------------------------------------------------------------------ after it was judged

    def compared(self, judged: Judged) -> Judged:
        """A judgement of tonight, with how it compares with the older one."""
        place = judged.coverage.url, judged.coverage.variant
        one = self._held.get(place)
        if one is None or judged.coverage.state is not State.AUDITED or (before := self._read(one)) is None:
            return judged
        return replace(judged, coverage=replace(judged.coverage, compared=self._word(judged, before, one)))

    def _word(self, judged: Judged, before: Judged, one: Carried) -> Compared:
        place = one.url, one.variant
        files, said = _files(judged) == _files(before), self._said(judged) == self._said(before)
        if place in self._changed or not judged.sources or not (files or place in self._asked):
            return Compared.CHANGED
        if _who_spoke(judged) != _who_spoke(before):  # more was tried, or somebody fell silent: that says nothing of the page
            return Compared.NONE
        if one.changing >= UNSTEADY:
            return Compared.RESTED if said else Compared.RESTLESS
        if not said:  # whatever the browser got then: the site had said that all is as it was
            return Compared.DIFFERED
        return Compared.STEADY if files else Compared.CHANGED

    # ------------------------------------------------------------------------------------------ where an interrupted run goes on

    def filled(self, done: Iterable[Judged]) -> tuple[Judged, ...]:
        """The pages of an interrupted run; to those it had carried over their judgement is added, without which they are left out."""
        whole = []
        for judged in done:
            if judged.coverage.state is State.REUSED:
                one = self._held.get((judged.coverage.url, judged.coverage.variant))
                found = self._read(one) if one else None
                judged = _carried_over(found) if found else judged
                if found is None:
                    continue
            whole.append(judged)
        return tuple(whole)

    # ------------------------------------------------------------------------------------------ inside

    def _anew(self, one: Carried) -> bool:
        """Whether it is the page's turn, or it was drawn: by numbers that know nothing of the page but its address."""
        target = self.order.target
        site, nights = target.site.id, target.full_audit_every
        turn, drawn = _number(site, one.url, one.variant.value), _number(self.order.round, site, one.url, one.variant.value)
        if nights is not None and ((self.today.toordinal() - turn) % nights == 0 or (self.today - one.seen).days >= nights):
            return True
        return drawn / 2**64 < target.recheck_percent / 100

    def _said(self, judged: Judged) -> Counter[tuple[str, str, str]]:
        site = self.order.target.site.id
        return Counter((one.rule, one.outcome.value, group_of(site, one.rule, one.element)) for one in judged.findings)

    def _read(self, one: Carried) -> Judged | None:
        """What was packed away, None where it cannot be read any more: the page is then judged anew."""
        try:
            return load(Judged, zlib.decompress(one.body))
        except (ValueError, zlib.error):
            return None


def light(judged: Judged) -> Judged:
    """What the coordinator has to know at once of a judgement that was carried over: it has the rest."""
    return Judged(coverage=judged.coverage) if judged.coverage.state is State.REUSED else judged


def counted(coverage: Iterable[Coverage]) -> Reuse | None:
    """What a run tells of reuse; None where there was nothing to carry over. All variants count: each is a page that was opened or not."""
    ledger = tuple(coverage)
    words = Counter(entry.compared for entry in ledger)
    reused = sum(entry.state is State.REUSED for entry in ledger)
    if not reused and not any(count for word, count in words.items() if word is not Compared.NONE):
        return None
    return Reuse(reused=reused, steady=words[Compared.STEADY], differed=words[Compared.DIFFERED], changed=words[Compared.CHANGED])


def learned(changing: int, word: Compared) -> int:
    """`Carried.changing` after a comparison."""
    return max(0, min(changing + LEARNED.get(word, 0), max(changing, MOST.get(word, 0))))


def _carried_over(judged: Judged) -> Judged:
    coverage = replace(judged.coverage, state=State.REUSED, reason=REASON, compared=Compared.NONE, seconds=0.0)
    return replace(judged, coverage=coverage)


def _who_spoke(judged: Judged) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(judged.coverage.engines), frozenset(judged.coverage.silent_frames)


def _files(judged: Judged) -> frozenset[tuple[str, str]]:
    return frozenset((source.url, source.digest) for source in judged.sources)


def _number(*words: str) -> int:
    """64 bits drawn by some words, as samples are."""
    *seed, last = words
    return int.from_bytes(number_of("\n".join(seed), last)[:8], "big")
