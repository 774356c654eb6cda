"""A year of nights, made by a seeded script: how large the database grows, and how long each question of reports and service takes.

    python -m bench.history [--nights 365] [--sites 200] [--pages 50] [--keep FILE]

Nothing is visited: runs are made up (pages, tallies, barriers that come, go and come back) and stored as a night stores them, through
`lifecycle.advance` and `Store.save`. Gates of issue 7 at the full size: the database under 500 MB, each question under 300 ms. Smaller
sizes say what they would come to; only the full size is a measurement.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from auditor.demo.city import targets_text
from auditor.explaining import explained
from auditor.lifecycle import advance
from auditor.model import Category, Coverage, Element, Finding, Outcome, Run, RunState, Site, State, Tally, Target, Watch
from auditor.moves import Night, moved
from auditor.run_score import score
from auditor.store import Store
from auditor.targets import loads
from checks import judge
from checks.criteria import criteria

SEED = 20261129
FIRST = datetime(2026, 1, 1, 18, tzinfo=UTC)
RULES_OF_A_PAGE, BARRIERS_OF_A_PAGE, CHANCE = 40, 3, 0.02  # a page changes about once in fifty nights
LARGEST, SLOWEST = 500, 300  # MB, ms


def main() -> None:
    """Make, measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, many in (("--nights", 365), ("--sites", 200), ("--pages", 50)):
        words.add_argument(name, type=int, default=many)
    words.add_argument("--keep", type=Path, help="where the database stays; without it it is thrown away")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.keep or Path(folder) / "auditor.db"
        sites = [MadeSite(number, chosen.pages) for number in range(chosen.sites)]
        begun = time.monotonic()
        with Store.open(path) as store:
            made(store, sites, chosen.nights)
            print(f"{chosen.nights} nights x {chosen.sites} sites x {chosen.pages} pages stored in {time.monotonic() - begun:.0f} s")
            size = sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*") if one.is_file()) / 1e6
            print(f"database: {size:.1f} MB (aim < {LARGEST} MB at 365 x 200 x 50)")
            for line in questions(store, sites):
                print(line, flush=True)


class MadeSite:
    """A site of which every night is made up."""

    def __init__(self, number: int, pages: int) -> None:
        url = f"http://s{number}.test/"
        self.target = Target(
            site=Site(id=f"s{number:04}", name=f"第{number}个网站", url=url, category=Category.PORTAL, region="370800", owner="某局")
        )
        self.chance = Random(f"{SEED} {number}")
        self.rules = sorted(judge.counting())
        self.urls = [self.target.site.url, *(f"http://s{number}.test/{n % 6}/{n}.html" for n in range(1, pages))]
        self.tallies = {url: self._tallies() for url in self.urls}
        self.barriers = {url: self._barriers() for url in self.urls}

    def night(self, round: str, now: datetime) -> Run:
        """One more night: a few pages are not as they were."""
        for url in self.urls:
            if self.chance.random() < CHANCE:
                self.tallies[url], self.barriers[url] = self._tallies(), self._barriers()
        engines = ("axe", "auditor", "layout")
        return Run(
            site=self.target.site.id, round=round, started=now, finished=now + timedelta(minutes=5), state=RunState.AUDITED,
            coverage=tuple(
                Coverage(
                    url=url, state=State.AUDITED, status=200, final_url=url, engines=engines, url_key=url.rsplit("/", 1)[0], title="网页"
                )
                for url in self.urls
            ),
            findings=tuple(self._finding(url, rule, n) for url, found in self.barriers.items() for rule, n in found),
            tallies=tuple(
                Tally(page=url, rule=rule, failed=failed, passed=passed)
                for url, told in self.tallies.items() for rule, (failed, passed) in told.items()
            ),
            rules=tuple(self.rules), ruleset_id="r1", environment_id="e1", versions={"axe": "4.12.1"},
        )  # fmt: skip

    def _tallies(self) -> dict[str, tuple[int, int]]:
        chosen = self.chance.sample(self.rules, min(RULES_OF_A_PAGE, len(self.rules)))
        return {rule: (self.chance.choice((0, 0, 0, 1, 3)), self.chance.randint(1, 60)) for rule in chosen}

    def _barriers(self) -> list[tuple[str, int]]:
        return [(self.chance.choice(self.rules), self.chance.randint(0, 99)) for _ in range(BARRIERS_OF_A_PAGE)]

    def _finding(self, url: str, rule: str, n: int) -> Finding:
        known = judge.rules()[rule]
        element = Element(
            selector=f"#main > a:nth-of-type({n + 1})", xpath=f"/html[1]/body[1]/div[2]/a[{n + 1}]", tag="a", name=f"第{n}项",
            attributes={"href": f"/art/{n}.html", "class": "more"}, snippet=f'<a class="more" href="/art/{n}.html">第{n}项</a>',
            text=f"第{n}项", ancestors=({"tag": "div", "id": "main"},),
        )  # fmt: skip
        return Finding(
            rule=rule, criteria=known.criteria, outcome=Outcome.FAILED, impact=known.impact, page=url, element=element, message="示例",
            engines=("auditor",),
        )  # fmt: skip


def made(store: Store, sites: Sequence[MadeSite], nights: int) -> None:
    """Store all nights."""
    catalogue = frozenset(judge.rules())
    store.register([site.target.site for site in sites], FIRST)
    before: dict[str, Night] = {}
    for number in range(nights):
        now = FIRST + timedelta(days=number)
        name = now.strftime("%Y%m%d-%H%M%S")
        store.begin_round(name, now, "schedule")
        for site in sites:
            run = site.night(name, now)
            changed, counts = advance(store.issues(run.site), run, catalogue=catalogue)
            night = Night(round=name, coverage=run.coverage, tallies=run.tallies, asked=frozenset(run.rules))
            move = moved(before[run.site], night, judge.counting()) if number % 7 == 0 and run.site in before else None
            store.save(run, changed, counts, score(run, judge.counting()), move)
            before[run.site] = night
        store.end_round(name, now + timedelta(hours=1))


def questions(store: Store, sites: Sequence[MadeSite]) -> Iterator[str]:
    """The median of five goes at each question, and the worst of them."""
    base = loads(targets_text(80))
    watch = Watch(targets=tuple(site.target for site in sites), plans=base.plans, regions=base.regions)
    rounds = store.rounds()
    site, first, last = sites[0].target.site.id, rounds[-1].id, rounds[0].id
    now = FIRST + timedelta(days=len(rounds))
    one = Watch(targets=watch.targets[:1], plans=base.plans, regions=base.regions)
    asked: dict[str, Callable[[], Any]] = {
        "rounds": lambda: store.rounds(400),
        "runs of a site": lambda: store.runs(site, 400),
        "issues of a site that stand": lambda: store.issues(site, standing=True),
        "all issues of a site": lambda: store.issues(site),
        "ledger of a site": lambda: tuple(store.ledger(site)),
        "ledger of a site on the first night": lambda: tuple(store.ledger(site, first)),
        "tallies of a site": lambda: store.tallies(site),
        "known addresses of a site": lambda: store.known(site),
        "why an index moved over the whole time": lambda: explained(store, site, judge.counting(), since=first, until=last),
        "history of one site (its report)": lambda: store.history(one, rules=judge.rules(), criteria=criteria(), now=now),
        "history of all sites (the city's report)": lambda: store.history(watch, rules=judge.rules(), criteria=criteria(), now=now),
    }
    for name, ask in asked.items():
        times = [_timed(ask) for _ in range(5)]
        yield f"{name:<44} median {median(times):>8.1f} ms, worst {max(times):>8.1f} ms"


def _timed(ask: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
