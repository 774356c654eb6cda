"""Chooses, while a site is walked through, which of its pages are looked at: the sampler that `crawlers.crawl` is given.

A site whose addresses fit into `max_pages` is looked at whole, in the order of the walk. Of any other a sample is drawn:

1. The start page, `target.pages` and what is recognised as essential (`auditor.essential`) are looked at in any case.
2. What takes part: the addresses that earlier runs have met, those of the sitemap, all that the pages of step 1 link to, and what is met
   by reading the links of lists without a browser (`auditor.exploring`), every night until next to nothing new is met. Where a first run
   finds nothing by reading, because scripts write the links, up to half of the budget goes to exploring, level by level.
3. Then the frame is closed, and the rest of the budget drawn from it (`auditor.sampling.draw`), or fewer pages where the period before
   has shown that they suffice (`Order.suffices`, `auditor.sampling.sufficient`).

Why the estimate stays valid although the frame grows under way: it is about the addresses that were known when the frame was closed, and
given those everything is as it has to be. Pages looked at in any case and explored ones were chosen without chance; they make a stratum
of their own that is seen whole, and stand for nothing but themselves. What was only read is in the frame like any other address. All
others had a chance that is known, equal within their stratum, and strata and shares were fixed by addresses and by what earlier runs
saw, not by what the drawn pages show. What is met after the draw (LATE) takes part from the next run on and is told apart; how much more
there is is estimated by it (`_unknown`). How many pages are drawn is known before any of them is seen.

Addresses at which earlier runs found no page (LEFT_OUT) are not in the frame; a few of them are looked at again in every run, and what
proves to be a page counts for itself. An address drawn for the first time may turn out to be none; how many pages a stratum has is
then estimated too (`scoring.stratified`).

Unless the time for reading is over before its requests are, nothing depends on the clock; nor on the order of answers, and only pages
handed out by this very object are considered. An interrupted run that goes on therefore chooses the same pages again.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from auditor.addresses import canonical, url_key
from auditor.essential import essential
from auditor.exploring import Exploration
from auditor.identity import group_of
from auditor.model import NOT_A_PAGE, Coverage, Enough, Judged, Mark, Order, Outcome, Sample, State, Variant
from auditor.run_score import CHOSEN, DRAWN
from auditor.sampling import BATCH, Draw, Known, before, draw, number_of, period_of, seed_of, sufficient, unseen, weighty

EXPLORED = 0.5
"""Share of the budget that a run may spend on learning what a site has, where it is not known how large it is."""

ESSENTIAL = 0.2
"""Share of the budget for essential pages that nobody named."""

AGAIN = 0.05
"""Share of the budget for addresses at which earlier runs found no page."""

UNVISITED = frozenset({State.NOT_SAMPLED, State.OVER_BUDGET, State.INTERRUPTED})

HalfWidth = Callable[[Sequence[Coverage]], float | None]
"""Half the width of the index's interval, in points, by a ledger of what was seen by now; None: there is no index yet."""


class Selection:
    """The choice of one run. `done`: everything judged so far, of an interrupted run too; it grows while the crawl goes on."""

    def __init__(self, order: Order, done: Sequence[Judged], half_width: HalfWidth) -> None:
        self.order, self.done, self.half_width = order, done, half_width
        self.budget = order.target.max_pages
        self.start = canonical(order.target.site.url) or order.target.site.url
        self.period = order.period or period_of(order.now.date())
        self.marks: dict[str, Mark] = dict.fromkeys((self.start, *map(_canonical, order.target.pages)), Mark.SURE)
        self.draw: Draw | None = None
        self.enough = Enough.DRAWN
        self._strata: dict[str, str] = {}  #: address up for the draw -> its stratum
        self._left: list[str] = []  #: drawn, not handed out yet
        self._given: dict[str, None] = {}  #: drawn and handed out
        self._known = {entry.url: entry for entry in order.known if entry.variant is Variant.DESKTOP and "#" not in entry.url}
        self._nothing = {url for url, entry in self._known.items() if entry.state in NOT_A_PAGE or entry.mark is Mark.LEFT_OUT}
        self._fixed = False
        led_to = {url: entry.led_to for url, entry in self._known.items() if entry.led_to is not None}
        self._exploration = Exploration(led_to, max_pages=self.budget, seed=seed_of(order.target.site.id, order.round))
        self._unread = 0  #: addresses that promised more when the frame was closed

    def remembered(self) -> Sequence[str]:
        """The addresses of earlier runs that take part although tonight's pages may not lead to them; none where the site seems to fit."""
        pages = [url for url, entry in self._known.items() if url not in self._nothing and entry.state not in _CLOSED]
        return (*pages, *sorted(self._nothing)) if len(pages) > self.budget else ()

    def wanted(self, waiting: Sequence[str]) -> Sequence[str]:
        """The addresses to read for their links alone, of those waiting; none where the site seems to fit, or enough is known of it."""
        pages = [url for url in waiting if url not in self._nothing]
        if self.draw is not None or "links" not in self.order.target.finders or len(pages) <= self.budget - len(self.marks):
            return ()
        return self._exploration.wanted(pages)

    def was_read(self, url: str, new: Iterable[str]) -> None:
        """An address was read, and led to these that nobody knew."""
        self._exploration.was_read(url, new)

    def __call__(self, waiting: Sequence[str]) -> Sequence[str]:
        """The addresses to visit next, of those waiting; none: all that was drawn has been handed out."""
        if self.draw is not None:
            return self._next()
        gone = self.marks.keys()
        room = self.budget - len(gone)
        nothing = self._nothing if self._known_to_be_large() else set()
        pages = [url for url in waiting if url not in nothing and url not in gone]
        if len(pages) <= room:
            return self._take([url for url in waiting if url not in gone][: self._step()], Mark.EXPLORED)
        if not self._fixed:
            self._fixed = True
            if first := self._essential(pages, [url for url in waiting if url in nothing]):
                return self._take(first, Mark.SURE)
        exploring = math.ceil(EXPLORED * self.budget) - len(gone)
        if exploring > 0 and not self._known_to_be_large() and not self._exploration.found:
            return self._take(pages[: min(BATCH, exploring)], Mark.EXPLORED)
        self._close(waiting)
        return self._next() if self.draw is not None else ()

    def marked(self, ledger: Iterable[Coverage]) -> tuple[Coverage, ...]:
        """A ledger with the mark and stratum of each address, where a sample was drawn; and so why it was not visited."""
        ledger = tuple(self._with_reading(entry) for entry in ledger)
        if self.draw is None:
            return ledger
        why = next((entry.reason for entry in ledger if self._waits(entry) and entry.state is State.INTERRUPTED), "")
        if why:
            self.enough = Enough.TIME
        return tuple(self._marked(entry, why) for entry in ledger)

    def sample(self, ledger: Iterable[Coverage]) -> Sample | None:
        """How the sample was drawn, by the ledger as `marked` left it; None where the site was looked at whole, or no draw came about."""
        if self.draw is None:
            return None
        counts = Counter(entry.mark for entry in ledger)
        drawn = sum(map(len, self.draw.drawn.values()))
        return Sample(
            period=self.period, seed=self.draw.seeds[1], before=self.draw.seeds[0], budget=self.budget, frame=len(self._strata),
            strata=len(self.draw.strata), drawn=drawn, looked=len(self._given), sure=counts[Mark.SURE] + counts[Mark.EXPLORED],
            late=counts[Mark.LATE], left_out=counts[Mark.LEFT_OUT], enough=self.enough, read=self._exploration.read,
            met=self._exploration.found, unread=self._unread, unknown=self._unknown(ledger), limit=self.order.suffices,
            suffices=self._suffices(),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ before the draw

    def _known_to_be_large(self) -> bool:
        return len(self._known) - len(self._nothing) > self.budget

    def _step(self) -> int:
        """How many pages to visit before asking again whether the site still fits; in a first run few, since reading is cheaper."""
        return BATCH if not self._known else max(BATCH, math.ceil(EXPLORED * self.budget) - len(self.marks))

    def _take(self, addresses: Sequence[str], mark: Mark) -> Sequence[str]:
        self.marks |= dict.fromkeys(addresses, mark)
        return addresses

    def _essential(self, pages: Sequence[str], nothing: Sequence[str]) -> list[str]:
        """What is looked at in any case: what is essential, and some of the addresses that were no pages."""
        start = next((judged for judged in self.done if judged.coverage.url == self.start), None)
        chosen = essential(pages, start.noted if start else {}, self.start)[: int(ESSENTIAL * self.budget)]
        seed = seed_of(self.order.target.site.id, self.order.round)
        return chosen + sorted(nothing, key=lambda url: number_of(seed, url))[: int(AGAIN * self.budget)]

    def _close(self, waiting: Sequence[str]) -> None:
        """Close the frame and draw."""
        site = self.order.target.site.id
        up = [url for url in waiting if url not in self.marks and url not in self._nothing]
        self._unread = self._exploration.unread(up)
        self.marks |= {url: Mark.LEFT_OUT for url in waiting if url not in self.marks and url in self._nothing}
        frame = [Known(url=url, url_key=url_key(url), dom_key=self._template(url)) for url in up]
        taken = sum(mark in CHOSEN for mark in self.marks.values())
        seeds = seed_of(site, before(self.period)), seed_of(site, self.period)
        room = max(0, self.budget - taken)
        enough = room if self.order.suffices is None else min(room, self.order.suffices)
        self.enough = Enough.NARROW if enough < min(room, len(frame)) else Enough.DRAWN
        found = draw(frame, seeds=seeds, budget=enough)
        if not found.pages:  # no room: what was looked at in any case says nothing of the rest
            return
        self.draw = found
        self._strata = {url: key for key, urls in self.draw.strata.items() for url in urls}
        self._left = list(self.draw.pages)
        drawn = frozenset(self._left)
        for url in up:
            self.marks[url] = Mark.FRAME if url not in drawn else Mark.PANEL if url in self.draw.panel else Mark.FRESH

    def _template(self, url: str) -> str:
        return self._known[url].dom_key if url in self._known else ""

    # ------------------------------------------------------------------------------------------ after the draw

    def _next(self) -> Sequence[str]:
        """The next drawn pages; none once all were handed out."""
        batch, self._left = self._left[:BATCH], self._left[BATCH:]
        self._given |= dict.fromkeys(batch)
        return batch

    def _suffices(self) -> int | None:
        """How many random pages the next period needs, as far as the panel tells, which that will not draw again."""
        assert self.draw is not None
        told = {judged.coverage.url: judged for judged in self.done if judged.coverage.variant is Variant.DESKTOP}
        panel = [told[url] for url in self._given if url in self.draw.panel and url in told]
        heavy = weighty(self.draw.strata)
        groups: list[str] = []
        for judged in panel:
            if self._strata[judged.coverage.url] in heavy:
                failed = (finding for finding in judged.findings if finding.outcome is Outcome.FAILED)
                groups += {group_of(self.order.target.site.id, finding.rule, finding.element) for finding in failed}
        return sufficient(len(panel), half_width=self.half_width(self._as_if(panel)), unseen=unseen(groups))

    def _as_if(self, panel: Sequence[Judged]) -> list[Coverage]:
        """The ledger as if nothing but these had been drawn."""
        sure = [one.coverage for one in self.done if self.marks.get(one.coverage.url) in CHOSEN and one.coverage.variant is Variant.DESKTOP]
        ended = [self._with_mark(entry) for entry in (*sure, *(one.coverage for one in panel))]
        kept = {entry.url for entry in ended}
        rest = (url for url in self._strata if url not in kept)
        return ended + [
            Coverage(url=url, state=State.NOT_SAMPLED, url_key=url_key(url), mark=Mark.FRAME, stratum=self._strata[url]) for url in rest
        ]

    def _unknown(self, ledger: Iterable[Coverage]) -> float | None:
        """How many further addresses the pages that were not drawn lead to, as far as the drawn ones tell; None: none was seen.

        Good and Turing: the chance that one more page shows an address nobody has met is the share of drawn pages that show one which no
        other drawn page shows (Good 1953; for pages with several, Chao 1987). So of each stratum: its addresses that were not looked at,
        times late addresses met on one drawn page alone / pages looked at. What those would lead to in turn is not in it.
        """
        assert self.draw is not None
        late = {entry.url for entry in ledger if entry.mark is Mark.LATE}
        met: dict[str, list[str]] = defaultdict(list)
        looked = Counter[str]()
        for judged in self.done:
            page = judged.coverage
            if page.url not in self._given or page.variant is not Variant.DESKTOP:
                continue
            looked[self._strata[page.url]] += 1
            for url in late.intersection(filter(None, (canonical(link, page.final_url or page.url) for link in judged.links))):
                met[url].append(self._strata[page.url])
        once = Counter(strata[0] for strata in met.values() if len(strata) == 1)
        return sum((len(self.draw.strata[key]) / n - 1) * once[key] for key, n in looked.items()) if looked else None

    # ------------------------------------------------------------------------------------------ what the ledger says

    def _with_reading(self, entry: Coverage) -> Coverage:
        led_to = self._exploration.led_to(entry.url) if entry.variant is Variant.DESKTOP else None
        return replace(entry, led_to=led_to) if led_to is not None else entry

    def _with_mark(self, entry: Coverage) -> Coverage:
        late = Mark.LATE if entry.state in UNVISITED else Mark.NONE
        return replace(entry, mark=self.marks.get(entry.url, late), stratum=self._strata.get(entry.url, ""))

    def _waits(self, entry: Coverage) -> bool:
        """Whether an address was drawn, and not handed out or not visited."""
        return entry.variant is Variant.DESKTOP and entry.state in UNVISITED

    def _marked(self, entry: Coverage, late: str) -> Coverage:
        if entry.variant is not Variant.DESKTOP or "#" in entry.url or entry.state in _CLOSED:
            return entry
        entry = self._with_mark(entry)
        if entry.state not in UNVISITED or entry.url in self._given:
            return entry
        if entry.mark in CHOSEN:
            return entry
        if entry.mark in DRAWN and late:
            return replace(entry, state=State.INTERRUPTED, reason=late)
        return replace(entry, state=State.NOT_SAMPLED, reason=_WHY[entry.mark])


def _canonical(url: str) -> str:
    return canonical(url) or url


_CLOSED = frozenset({State.EXCLUDED, State.BLOCKED_BY_ROBOTS, State.NOT_CONFIRMED})
"""States of addresses that nobody may look at: they are not up for the draw."""

_WHY = {
    Mark.FRAME: "列入抽样范围，本次没有抽到",
    Mark.LATE: "抽样之后才发现的网址，下次检测时列入抽样范围",
    Mark.LEFT_OUT: "以前检测时不是本站的网页，本次没有列入抽样范围",
}
